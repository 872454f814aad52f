-- The account with details; inlined like the orders.

CREATE FUNCTION @schema@.account_with_details() RETURNS SETOF @schema@.account_with_details
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT a.id, a.owner_user_id, a.name, a.slug, a.status, a.storage_quota_bytes, a.storage_used_bytes, a.bandwidth_used_bytes,
           a.bandwidth_month, a.quota_level, a.branding_name, a.branding_logo_url, a.branding_icon_url, a.branding_primary_color,
           a.branding_sidebar_color, a.branding_background_color, a.custom_domain, a.domain_status, a.created_at, a.updated_at,
           o,
           CASE WHEN s.id IS NOT NULL THEN ROW(s.id, s.account_id, s.product_id, s.status, s.price_cents, s.currency,
                s.current_period_start, s.current_period_end, s.cancel_at_period_end, s.trial_ends_at, s.canceled_at, s.created_at, p
           )::@schema@.subscription_with_product END,
           b, m
    FROM @schema@.accounts a
    LEFT JOIN @schema@.account_members o ON o.account_id = a.id AND o.user_id = a.owner_user_id
    LEFT JOIN @schema@.subscriptions s ON s.account_id = a.id AND s.status IN ('trial', 'active', 'past_due')
    LEFT JOIN @schema@.products p ON p.id = s.product_id
    LEFT JOIN @schema@.account_billing b ON b.account_id = a.id
    LEFT JOIN @schema@.account_smtp m ON m.account_id = a.id
    WHERE a.id = primecloud.tenant_uuid();
END;
COMMENT ON FUNCTION @schema@.account_with_details() IS 'the entered account with what the caller''s role may see of its details';
