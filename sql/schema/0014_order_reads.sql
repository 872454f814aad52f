-- Orders with details: one, all, and pages by cursor.
--
-- These functions are inlined: the planner sees the join.  So they are not
-- strict, set nothing and run as the caller.  Each repeats the equality of the
-- row policy, which costs nothing and also holds a caller whom policies do not.
--
-- A page is bounded twice.  Of a page_size that is a parameter a generic plan knows
-- nothing and reckons with a tenth of all rows, so that a prepared page would be planned
-- anew each time it is read; the constant says what it can be at most.

CREATE FUNCTION @schema@.orders_with_details() RETURNS SETOF @schema@.order_with_details
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
BEGIN ATOMIC
    SELECT o.id, o.account_id, o.product_id, o.order_number, o.order_type, o.status, o.payment_status, o.payment_method,
           o.quantity, o.unit_price_cents, o.discount_cents, o.total_cents, o.currency, o.notes, o.cancel_reason,
           o.paid_at, o.canceled_at, o.delivered_at, o.created_at, o.updated_at, a, p, v
    FROM @schema@.orders o
    JOIN @schema@.accounts a ON a.id = o.account_id
    LEFT JOIN @schema@.products p ON p.id = o.product_id
    LEFT JOIN @schema@.vps_configs v ON v.account_id = o.account_id AND v.order_id = o.id
    WHERE o.account_id = primecloud.tenant_uuid('developer');
END;
COMMENT ON FUNCTION @schema@.orders_with_details() IS 'all orders of the entered account with their details; filter, order and limit it as a table';

CREATE FUNCTION @schema@.order_with_details(order_id uuid) RETURNS SETOF @schema@.order_with_details
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT * FROM @schema@.orders_with_details() d WHERE d.id = order_id;
END;
COMMENT ON FUNCTION @schema@.order_with_details(uuid) IS 'one order with its details; no row if the entered account has none of that id';

CREATE FUNCTION @schema@.orders_page(after text DEFAULT NULL, page_size integer DEFAULT 50)
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
COMMENT ON FUNCTION @schema@.orders_page(text, integer) IS 'orders with details, newest first, after a cursor; 1 to 200 a page';

CREATE FUNCTION @schema@.orders_page_before(before text, page_size integer DEFAULT 50)
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
COMMENT ON FUNCTION @schema@.orders_page_before(text, integer) IS 'the page before a cursor, newest first; the way back of orders_page';

CREATE FUNCTION @schema@.orders_page_by_status(order_status text, after text DEFAULT NULL, page_size integer DEFAULT 50)
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
COMMENT ON FUNCTION @schema@.orders_page_by_status(text, text, integer) IS 'orders of one status with details, newest first, after a cursor; 1 to 200 a page';

CREATE FUNCTION @schema@.order_cursor(order_id uuid) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $order_cursor$
DECLARE
    made text;
BEGIN
    SELECT primecloud.make_cursor('orders', o.created_at, o.id) INTO made
    FROM @schema@.orders o WHERE o.account_id = primecloud.tenant_uuid('developer') AND o.id = order_cursor.order_id;
    IF made IS NULL THEN
        RAISE EXCEPTION 'no order % to start after', coalesce(order_id::text, 'NULL') USING ERRCODE = '22023',
            HINT = 'Name an order of the entered account.';
    END IF;
    RETURN made;
END
$order_cursor$;
COMMENT ON FUNCTION @schema@.order_cursor(uuid) IS 'the cursor of an order, for orders_page: starting after a known id';
