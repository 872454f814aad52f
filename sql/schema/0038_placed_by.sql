-- Who placed an order: a required column, added to a table that may hold millions.

-- A constant default fills the rows there are without touching one of them.
ALTER TABLE @schema@.orders
    ADD COLUMN placed_by text NOT NULL DEFAULT 'unknown';  --: @public @notNull user who placed it; unknown for orders older than this column

-- The owner, whom forced policies hold to one account, fills in what is known of all.
ALTER TABLE @schema@.orders NO FORCE ROW LEVEL SECURITY;
ALTER TABLE @schema@.audit_log NO FORCE ROW LEVEL SECURITY;
UPDATE @schema@.orders o SET placed_by = known.user_id
FROM (SELECT a.account_id, a.resource_id, min(a.user_id) AS user_id FROM @schema@.audit_log a
      WHERE a.action IN ('place_order', 'place_vps_order') AND a.user_id IS NOT NULL GROUP BY 1, 2) known
WHERE o.account_id = known.account_id AND o.id::text = known.resource_id;
ALTER TABLE @schema@.audit_log FORCE ROW LEVEL SECURITY;
ALTER TABLE @schema@.orders FORCE ROW LEVEL SECURITY;

-- The default stays, for writers of the version before, who go on writing as they did.
-- It stays a constant: drizzle-kit makes no code that compiles of a text column with any
-- other.  The commands say who it is.
CREATE OR REPLACE FUNCTION @schema@.place_order(product uuid, quantity integer DEFAULT 1, notes text DEFAULT NULL, request_id text DEFAULT NULL) RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $place_order$
#variable_conflict use_column
DECLARE
    account uuid := @schema@.command_account('developer', 'place_order');
    offered @schema@.products;
    made uuid := primecloud.uuid_v7();
BEGIN
    SELECT * INTO offered FROM @schema@.products p WHERE p.id = product AND p.is_public;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('product', product::text);
    END IF;
    INSERT INTO @schema@.orders (id, product_id, account_id, order_type, quantity, unit_price_cents, currency, notes, request_id, placed_by)
    VALUES (made, offered.id, account, offered.order_type, coalesce(place_order.quantity, 1), offered.price_cents, offered.currency, place_order.notes, place_order.request_id, primecloud.user_id())
    ON CONFLICT (account_id, request_id) WHERE request_id IS NOT NULL DO NOTHING;
    IF NOT FOUND THEN
        SELECT o.id INTO made FROM @schema@.orders o WHERE o.account_id = account AND o.request_id = place_order.request_id;
        RETURN made;
    END IF;
    PERFORM @schema@.audit('place_order', 'orders', made::text, jsonb_build_object('product', product, 'quantity', place_order.quantity));
    PERFORM @schema@.send_notification('order_placed', format('Order of %s', offered.name), '', jsonb_build_object('order', made));
    RETURN made;
END
$place_order$;

CREATE OR REPLACE FUNCTION @schema@.place_vps_order(
    os text, location text, cpu_cores integer, ram_gib integer, storage_gib integer, storage_type text DEFAULT 'ssd',
    bandwidth_mbps integer DEFAULT 50, public_ip_count integer DEFAULT 1, backup_frequency text DEFAULT NULL,
    backup_retention_days integer DEFAULT NULL, notes text DEFAULT NULL, request_id text DEFAULT NULL) RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $place_vps_order$
#variable_conflict use_column
DECLARE
    account uuid := @schema@.command_account('developer', 'place_vps_order');
    made uuid := primecloud.uuid_v7();
    base bigint := @schema@.price_cents('vps', 'core', place_vps_order.cpu_cores) + @schema@.price_cents('vps', 'ram', place_vps_order.ram_gib)
        + @schema@.price_cents('vps', coalesce(place_vps_order.storage_type, 'ssd'), place_vps_order.storage_gib);
    network bigint := @schema@.price_cents('vps', 'bandwidth', place_vps_order.bandwidth_mbps);
    ips bigint := @schema@.price_cents('vps', 'ip', greatest(place_vps_order.public_ip_count - 1, 0));
    backup bigint := CASE WHEN place_vps_order.backup_frequency IS NULL THEN 0
        ELSE @schema@.price_cents('backup_vps', 'backup', place_vps_order.backup_retention_days) END;
BEGIN
    INSERT INTO @schema@.orders (id, account_id, order_type, unit_price_cents, notes, request_id, placed_by)
    VALUES (made, account, 'vps', base + network + ips + backup, place_vps_order.notes, place_vps_order.request_id, primecloud.user_id())
    ON CONFLICT (account_id, request_id) WHERE request_id IS NOT NULL DO NOTHING;
    IF NOT FOUND THEN
        SELECT o.id INTO made FROM @schema@.orders o WHERE o.account_id = account AND o.request_id = place_vps_order.request_id;
        RETURN made;
    END IF;
    INSERT INTO @schema@.vps_configs (order_id, account_id, os, location, cpu_cores, ram_gib, storage_gib, storage_type, bandwidth_mbps,
        public_ip_count, backup_frequency, backup_retention_days, base_price_cents, ip_price_cents, backup_price_cents, network_price_cents)
    VALUES (made, account, place_vps_order.os, place_vps_order.location, place_vps_order.cpu_cores, place_vps_order.ram_gib,
        place_vps_order.storage_gib, coalesce(place_vps_order.storage_type, 'ssd'), place_vps_order.bandwidth_mbps, place_vps_order.public_ip_count,
        place_vps_order.backup_frequency, place_vps_order.backup_retention_days, base, ips, backup, network);
    PERFORM @schema@.audit('place_vps_order', 'orders', made::text, jsonb_build_object('os', place_vps_order.os, 'cpu_cores', place_vps_order.cpu_cores));
    PERFORM @schema@.send_notification('order_placed', 'Order of a machine', '', jsonb_build_object('order', made));
    RETURN made;
END
$place_vps_order$;

-- The read model and its type change together.
ALTER TYPE @schema@.order_with_details ADD ATTRIBUTE placed_by text;
CREATE OR REPLACE FUNCTION @schema@.orders_with_details() RETURNS SETOF @schema@.order_with_details
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
BEGIN ATOMIC
    SELECT o.id, o.account_id, o.product_id, o.order_number, o.order_type, o.status, o.payment_status, o.payment_method,
           o.quantity, o.unit_price_cents, o.discount_cents, o.total_cents, o.currency, o.notes, o.cancel_reason,
           o.paid_at, o.canceled_at, o.delivered_at, o.created_at, o.updated_at, a, p, v, o.placed_by
    FROM @schema@.orders o
    JOIN @schema@.accounts a ON a.id = o.account_id
    LEFT JOIN @schema@.products p ON p.id = o.product_id
    LEFT JOIN @schema@.vps_configs v ON v.account_id = o.account_id AND v.order_id = o.id
    WHERE o.account_id = primecloud.tenant_uuid('developer');
END;

-- Whatever names the model has its columns spelt out since it was made: a dump of
-- these would differ from what it is restored to, did they not learn of the new one.
CREATE OR REPLACE FUNCTION @schema@.order_with_details(order_id uuid) RETURNS SETOF @schema@.order_with_details
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT * FROM @schema@.orders_with_details() d WHERE d.id = order_id;
END;

CREATE OR REPLACE FUNCTION @schema@.orders_page(after text DEFAULT NULL, page_size integer DEFAULT 50)
RETURNS TABLE (cursor text, item @schema@.order_with_details)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    SELECT * FROM (
        SELECT primecloud.make_cursor('orders', d.created_at, d.id), d::@schema@.order_with_details
        FROM @schema@.orders_with_details() d
        WHERE (d.created_at, d.id) < (primecloud.cursor_ts(after, 'orders'), primecloud.cursor_id(after, 'orders'))
        ORDER BY d.created_at DESC, d.id DESC
        LIMIT 200) page
    LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END;

CREATE OR REPLACE FUNCTION @schema@.orders_page_before(before text, page_size integer DEFAULT 50)
RETURNS TABLE (cursor text, item @schema@.order_with_details)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    SELECT primecloud.make_cursor('orders', (b.d).created_at, (b.d).id), b.d
    FROM (SELECT * FROM (
                SELECT d::@schema@.order_with_details AS d
                FROM @schema@.orders_with_details() d
                WHERE (d.created_at, d.id) > (primecloud.cursor_ts(before, 'orders'), primecloud.cursor_id(before, 'orders'))
                ORDER BY d.created_at, d.id
                LIMIT 200) page
          LIMIT least(greatest(coalesce(page_size, 50), 1), 200)) b
    ORDER BY (b.d).created_at DESC, (b.d).id DESC;
END;

CREATE OR REPLACE FUNCTION @schema@.orders_page_by_status(order_status text, after text DEFAULT NULL, page_size integer DEFAULT 50)
RETURNS TABLE (cursor text, item @schema@.order_with_details)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    SELECT * FROM (
        SELECT primecloud.make_cursor('orders?status=' || order_status, d.created_at, d.id), d::@schema@.order_with_details
        FROM @schema@.orders_with_details() d
        WHERE d.status = order_status
          AND (d.created_at, d.id) < (primecloud.cursor_ts(after, 'orders?status=' || order_status), primecloud.cursor_id(after, 'orders?status=' || order_status))
        ORDER BY d.created_at DESC, d.id DESC
        LIMIT 200) page
    LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END;
