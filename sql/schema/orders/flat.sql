-- A flat view of orders, for tools that introspect.

-- Flat views, for tools that introspect relations and know no functions.
CREATE VIEW @schema@.orders_flat WITH (security_invoker, security_barrier = false) AS
SELECT o.id, o.account_id, o.order_number, o.order_type, o.status, o.payment_status, o.quantity, o.unit_price_cents, o.discount_cents,
    o.total_cents, o.currency,
       o.created_at, o.updated_at, p.id AS product_id, p.name AS product_name, v.os AS vps_os, v.location AS vps_location, v.cpu_cores
           AS vps_cpu_cores,
       v.ram_gib AS vps_ram_gib, v.storage_gib AS vps_storage_gib
FROM @schema@.orders o
LEFT JOIN @schema@.products p ON p.id = o.product_id
LEFT JOIN @schema@.vps_configs v ON v.account_id = o.account_id AND v.order_id = o.id;

-- (Citus plans no outer join with both a condition on the account and a policy's before PostgreSQL 17.)
CREATE DISTRIBUTED VIEW @schema@.orders_flat WITH (security_invoker, security_barrier = false) AS
SELECT o.id, o.account_id, o.order_number, o.order_type, o.status, o.payment_status, o.quantity, o.unit_price_cents, o.discount_cents,
    o.total_cents, o.currency, o.created_at, o.updated_at,
    o.product_id,
    (SELECT p.name FROM @schema@.products p WHERE p.id = o.product_id) AS product_name,
    (SELECT v.os FROM @schema@.vps_configs v WHERE v.account_id = o.account_id AND v.order_id = o.id) AS vps_os,
    (SELECT v.location FROM @schema@.vps_configs v WHERE v.account_id = o.account_id AND v.order_id = o.id) AS vps_location,
    (SELECT v.cpu_cores FROM @schema@.vps_configs v WHERE v.account_id = o.account_id AND v.order_id = o.id) AS vps_cpu_cores,
    (SELECT v.ram_gib FROM @schema@.vps_configs v WHERE v.account_id = o.account_id AND v.order_id = o.id) AS vps_ram_gib,
    (SELECT v.storage_gib FROM @schema@.vps_configs v WHERE v.account_id = o.account_id AND v.order_id = o.id) AS vps_storage_gib
FROM @schema@.orders o;
COMMENT ON VIEW @schema@.orders_flat
    IS 'orders beside their product and machine, one plain column each; row-level security is the reader''s';
GRANT SELECT ON @schema@.orders_flat TO @app@;

-- Tools read the view: its columns are described as those they come from.  Behind an outer join one may be missing.
DO $orders_flat$
DECLARE
    described record;
BEGIN
    FOR described IN
        SELECT a.attname, CASE WHEN v.outer_joined THEN replace(col_description(b.attrelid, b.attnum), '@notNull ', '')
            ELSE col_description(b.attrelid, b.attnum) END AS comment
        FROM (VALUES ('orders', '', false), ('products', 'product_', true), ('vps_configs', 'vps_', true)) AS v(base, prefix, outer_joined)
        JOIN pg_attribute a ON a.attrelid = '@schema@.orders_flat'::regclass AND a.attnum > 0
        JOIN pg_attribute b ON b.attrelid = ('@schema@.' || v.base)::regclass AND v.prefix || b.attname = a.attname
    LOOP
        EXECUTE format('COMMENT ON COLUMN @schema@.orders_flat.%I IS %L', described.attname, described.comment);
    END LOOP;
END
$orders_flat$;
