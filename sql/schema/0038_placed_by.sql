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

-- A default for writers of the version before, who go on writing as they did.
ALTER TABLE @schema@.orders ALTER COLUMN placed_by SET DEFAULT coalesce(primecloud.context() ->> 'user', 'unknown');

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
    SELECT primecloud.make_cursor('orders', d.created_at, d.id), d::@schema@.order_with_details
    FROM @schema@.orders_with_details() d
    WHERE (d.created_at, d.id) < (primecloud.cursor_ts(after, 'orders'), primecloud.cursor_id(after, 'orders'))
    ORDER BY d.created_at DESC, d.id DESC
    LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END;

CREATE OR REPLACE FUNCTION @schema@.orders_page_before(before text, page_size integer DEFAULT 50)
RETURNS TABLE (cursor text, item @schema@.order_with_details)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    SELECT primecloud.make_cursor('orders', (b.d).created_at, (b.d).id), b.d
    FROM (SELECT d::@schema@.order_with_details AS d
          FROM @schema@.orders_with_details() d
          WHERE (d.created_at, d.id) > (primecloud.cursor_ts(before, 'orders'), primecloud.cursor_id(before, 'orders'))
          ORDER BY d.created_at, d.id
          LIMIT least(greatest(coalesce(page_size, 50), 1), 200)) b
    ORDER BY (b.d).created_at DESC, (b.d).id DESC;
END;

CREATE OR REPLACE FUNCTION @schema@.orders_page_by_status(order_status text, after text DEFAULT NULL, page_size integer DEFAULT 50)
RETURNS TABLE (cursor text, item @schema@.order_with_details)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    SELECT primecloud.make_cursor('orders?status=' || order_status, d.created_at, d.id), d::@schema@.order_with_details
    FROM @schema@.orders_with_details() d
    WHERE d.status = order_status
      AND (d.created_at, d.id) < (primecloud.cursor_ts(after, 'orders?status=' || order_status), primecloud.cursor_id(after, 'orders?status=' || order_status))
    ORDER BY d.created_at DESC, d.id DESC
    LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END;
