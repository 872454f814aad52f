-- What an operator sees across accounts: figures, no one's data.

CREATE FUNCTION @schema@.platform_dashboard() RETURNS TABLE (
    accounts bigint, accounts_active bigint, accounts_suspended bigint, storage_used_bytes bigint, storage_quota_bytes bigint,
        bandwidth_used_bytes bigint,
    buckets bigint, subscriptions_live bigint, monthly_revenue_cents bigint, orders_pending bigint, quota_requests_pending bigint,
    invoices_overdue bigint, invoices_open_cents bigint, outbox_pending bigint, outbox_dead bigint)
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
AS $platform_dashboard$
BEGIN
    PERFORM @schema@.require_platform('platform_dashboard');
    RETURN QUERY
    SELECT a.*, (SELECT count(*) FROM @schema@.buckets), s.*, (SELECT count(*) FROM @schema@.orders o WHERE o.status = 'pending'),
           (SELECT count(*) FROM @schema@.quota_requests q WHERE q.status = 'pending'), i.*, b.*
    FROM (SELECT count(*), count(*) FILTER (WHERE status = 'active'), count(*) FILTER (WHERE status = 'suspended'),
                 coalesce(sum(a.storage_used_bytes), 0)::bigint, coalesce(sum(a.storage_quota_bytes), 0)::bigint,
                     coalesce(sum(a.bandwidth_used_bytes), 0)::bigint
          FROM @schema@.accounts a) a,
         (SELECT count(*), coalesce(sum(price_cents), 0)::bigint
          FROM @schema@.account_subscriptions WHERE status IN ('active', 'past_due')) s,
         (SELECT count(*) FILTER (WHERE status = 'overdue'), coalesce(sum(total_cents), 0)::bigint FROM @schema@.invoices
             WHERE customer_id IS NULL AND status IN ('pending', 'overdue')) i,
         (SELECT count(*) FILTER (WHERE status = 'pending'), count(*) FILTER (WHERE status = 'dead') FROM @schema@.outbox
             WHERE status <> 'done') b;
END
$platform_dashboard$;
COMMENT ON FUNCTION @schema@.platform_dashboard() IS 'the operator''s figures over all accounts, in one statement; for the platform';
GRANT EXECUTE ON FUNCTION @schema@.platform_dashboard TO @platform@;
ALTER FUNCTION @schema@.platform_dashboard OWNER TO @gate@;
