-- How many: no count is the default of a page, since it can cost more than the page.

CREATE FUNCTION @schema@.unread_count() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- A screen shows 99+: the index is read no further than that.
    SELECT count(*) FROM (SELECT FROM @schema@.notifications n
                          WHERE n.account_id = primecloud.tenant_uuid('developer') AND n.read_at IS NULL LIMIT 100) unread;
END;
COMMENT ON FUNCTION @schema@.unread_count() IS 'unread notifications, 100 standing for 100 and more';

CREATE FUNCTION @schema@.orders_count(mode text DEFAULT 'capped', order_status text DEFAULT NULL, OUT orders bigint, OUT is_exact boolean)
-- VOLATILE, since EXPLAIN is a utility command, which no other function may run.
LANGUAGE plpgsql VOLATILE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $orders_count$
DECLARE
    account CONSTANT uuid := primecloud.tenant_uuid('developer');
    plan jsonb;
BEGIN
    -- A statement with the filter and one without: "status = $1 OR $1 IS NULL" would be no condition of an index.
    IF mode = 'none' THEN
        is_exact := false;
    ELSIF mode = 'exact' AND order_status IS NULL THEN
        SELECT count(*), true INTO orders, is_exact FROM @schema@.orders o WHERE o.account_id = account;
    ELSIF mode = 'exact' THEN
        SELECT count(*), true INTO orders, is_exact FROM @schema@.orders o WHERE o.account_id = account AND o.status = order_status;
    ELSIF mode = 'capped' AND order_status IS NULL THEN
        SELECT count(*), count(*) <= 1000 INTO orders, is_exact FROM (SELECT FROM @schema@.orders o WHERE o.account_id = account LIMIT 1001) counted;
    ELSIF mode = 'capped' THEN
        SELECT count(*), count(*) <= 1000 INTO orders, is_exact
        FROM (SELECT FROM @schema@.orders o WHERE o.account_id = account AND o.status = order_status LIMIT 1001) counted;
    ELSIF mode = 'estimated' THEN
        EXECUTE format('EXPLAIN (FORMAT JSON) SELECT FROM @schema@.orders o WHERE o.account_id = %L', account)
            || CASE WHEN order_status IS NULL THEN '' ELSE format(' AND o.status = %L', order_status) END INTO plan;
        orders := (plan #>> '{0,Plan,Plan Rows}')::bigint;
        is_exact := false;
    ELSE
        RAISE EXCEPTION 'count mode % is not known', coalesce(quote_literal(mode), 'NULL') USING ERRCODE = '22023', HINT = 'It is none, capped, estimated or exact.';
    END IF;
END
$orders_count$;
COMMENT ON FUNCTION @schema@.orders_count(text, text) IS 'how many orders: none, capped at 1001, estimated by the planner, or exact; and whether the figure is exact';

-- Flat views, for tools that introspect relations and know no functions.
CREATE VIEW @schema@.orders_flat WITH (security_invoker, security_barrier = false) AS
SELECT o.id, o.account_id, o.order_number, o.order_type, o.status, o.payment_status, o.quantity, o.unit_price_cents, o.discount_cents, o.total_cents, o.currency,
       o.created_at, o.updated_at, p.id AS product_id, p.name AS product_name, v.os AS vps_os, v.location AS vps_location, v.cpu_cores AS vps_cpu_cores,
       v.ram_gib AS vps_ram_gib, v.storage_gib AS vps_storage_gib
FROM @schema@.orders o
LEFT JOIN @schema@.products p ON p.id = o.product_id
LEFT JOIN @schema@.vps_configs v ON v.account_id = o.account_id AND v.order_id = o.id;
COMMENT ON VIEW @schema@.orders_flat IS 'orders beside their product and machine, one plain column each; row-level security is the reader''s';

CREATE VIEW @schema@.accounts_flat WITH (security_invoker, security_barrier = false) AS
SELECT a.id, a.name, a.slug, a.status, a.storage_quota_bytes, a.storage_used_bytes, a.bandwidth_used_bytes, a.custom_domain, a.domain_status, a.created_at,
       s.id AS subscription_id, s.status AS subscription_status, s.current_period_end, p.id AS product_id, p.name AS product_name
FROM @schema@.accounts a
LEFT JOIN @schema@.subscriptions s ON s.account_id = a.id AND s.status IN ('trial', 'active', 'past_due')
LEFT JOIN @schema@.products p ON p.id = s.product_id;
COMMENT ON VIEW @schema@.accounts_flat IS 'accounts beside their live subscription and plan, one plain column each; row-level security is the reader''s';
