-- A flat view of accounts, for tools that introspect.

CREATE VIEW @schema@.accounts_flat WITH (security_invoker, security_barrier = false) AS
SELECT a.id, a.name, a.slug, a.status, a.storage_quota_bytes, a.storage_used_bytes, a.bandwidth_used_bytes, a.custom_domain,
    a.domain_status, a.created_at,
       s.id AS subscription_id, s.status AS subscription_status, s.current_period_end, p.id AS product_id, p.name AS product_name
FROM @schema@.accounts a
LEFT JOIN @schema@.account_subscriptions s ON s.account_id = a.id AND s.status IN ('trial', 'active', 'past_due')
LEFT JOIN @schema@.products p ON p.id = s.product_id;

CREATE DISTRIBUTED VIEW @schema@.accounts_flat WITH (security_invoker, security_barrier = false) AS
SELECT a.id, a.name, a.slug, a.status, a.storage_quota_bytes, a.storage_used_bytes, a.bandwidth_used_bytes, a.custom_domain,
    a.domain_status, a.created_at,
    (SELECT s.id FROM @schema@.account_subscriptions s WHERE s.account_id = a.id
        AND s.status IN ('trial', 'active', 'past_due')) AS subscription_id,
    (SELECT s.status FROM @schema@.account_subscriptions s WHERE s.account_id = a.id
        AND s.status IN ('trial', 'active', 'past_due')) AS subscription_status,
    (SELECT s.current_period_end FROM @schema@.account_subscriptions s WHERE s.account_id = a.id
        AND s.status IN ('trial', 'active', 'past_due')) AS current_period_end,
    (SELECT s.product_id FROM @schema@.account_subscriptions s WHERE s.account_id = a.id
        AND s.status IN ('trial', 'active', 'past_due')) AS product_id,
    (SELECT p.name FROM @schema@.account_subscriptions s JOIN @schema@.products p ON p.id = s.product_id WHERE s.account_id = a.id
        AND s.status IN ('trial', 'active', 'past_due')) AS product_name
FROM @schema@.accounts a;
COMMENT ON VIEW @schema@.accounts_flat
    IS 'accounts beside their live subscription and plan, one plain column each; row-level security is the reader''s';
GRANT SELECT ON @schema@.accounts_flat TO @app@;

-- Tools read the view: its columns are described as those they come from.  Behind an outer join one may be missing.
DO $accounts_flat$
DECLARE
    described record;
BEGIN
    FOR described IN
        SELECT a.attname, CASE WHEN v.outer_joined THEN replace(col_description(b.attrelid, b.attnum), '@notNull ', '')
            ELSE col_description(b.attrelid, b.attnum) END AS comment
        FROM (VALUES ('accounts', '', false), ('account_subscriptions', 'subscription_', true), ('account_subscriptions', '', true),
            ('products', 'product_', true)) AS v(base, prefix, outer_joined)
        JOIN pg_attribute a ON a.attrelid = '@schema@.accounts_flat'::regclass AND a.attnum > 0
        JOIN pg_attribute b ON b.attrelid = ('@schema@.' || v.base)::regclass AND v.prefix || b.attname = a.attname
        WHERE v.prefix <> '' OR v.base <> 'account_subscriptions' OR a.attname = 'current_period_end'
    LOOP
        EXECUTE format('COMMENT ON COLUMN @schema@.accounts_flat.%I IS %L', described.attname, described.comment);
    END LOOP;
END
$accounts_flat$;
