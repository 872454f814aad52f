-- What the contract tells of what is called here: what is never NULL.
NOTNULL platform_dashboard: accounts, accounts_active, accounts_suspended, bandwidth_used_bytes, buckets, invoices_open_cents,
    invoices_overdue, monthly_revenue_cents, orders_pending, outbox_dead, outbox_pending, quota_requests_pending, storage_quota_bytes,
    storage_used_bytes, subscriptions_live;
