-- Orders with details: one, all, pages by cursor, a count.
--
-- These functions are inlined: the planner sees the join.  So they are not
-- strict, set nothing and run as the caller.  Each repeats the equality of the
-- row policy, which costs nothing and also holds a caller whom policies do not.

CREATE FUNCTION @schema@.orders_with_details() RETURNS SETOF @schema@.order_with_details
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

CREATE DISTRIBUTED FUNCTION @schema@.orders_with_details() RETURNS SETOF @schema@.order_with_details
LANGUAGE plpgsql STABLE PARALLEL UNSAFE SECURITY DEFINER ROWS 1000 SET search_path = pg_catalog, pg_temp
AS $orders_with_details$
DECLARE
    account CONSTANT uuid := primecloud.tenant_uuid('developer');
    said record;
BEGIN
    FOR said IN SELECT to_jsonb(t) || jsonb_build_object('account', (SELECT to_jsonb(a) FROM @schema@.accounts a WHERE a.id = account),
            'product', (SELECT to_jsonb(p) FROM @schema@.products p WHERE p.id = t.product_id),
            'vps_config', (SELECT to_jsonb(v) FROM @schema@.vps_configs v WHERE v.account_id = account AND v.order_id = t.id)) AS details
        FROM @schema@.orders t WHERE t.account_id = account
    LOOP
        RETURN NEXT jsonb_populate_record(NULL::@schema@.order_with_details, said.details);
    END LOOP;
END
$orders_with_details$;
COMMENT ON FUNCTION @schema@.orders_with_details()
    IS 'all orders of the entered account with their details; filter, order and limit it as a table';
GRANT EXECUTE ON FUNCTION @schema@.orders_with_details TO @app@, @platform@;

CREATE FUNCTION @schema@.order_with_details(order_id uuid) RETURNS SETOF @schema@.order_with_details
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT * FROM @schema@.orders_with_details() d WHERE d.id = order_id;
END;

CREATE DISTRIBUTED FUNCTION @schema@.order_with_details(order_id uuid) RETURNS SETOF @schema@.order_with_details
LANGUAGE plpgsql STABLE PARALLEL UNSAFE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
AS $order_with_details$
DECLARE
    account CONSTANT uuid := primecloud.tenant_uuid('developer');
    said record;
BEGIN
    FOR said IN SELECT to_jsonb(t) || jsonb_build_object('account', (SELECT to_jsonb(a) FROM @schema@.accounts a WHERE a.id = account),
            'product', (SELECT to_jsonb(p) FROM @schema@.products p WHERE p.id = t.product_id),
            'vps_config', (SELECT to_jsonb(v) FROM @schema@.vps_configs v WHERE v.account_id = account AND v.order_id = t.id)) AS details
        FROM @schema@.orders t WHERE t.account_id = account AND t.id = order_id
    LOOP
        RETURN NEXT jsonb_populate_record(NULL::@schema@.order_with_details, said.details);
    END LOOP;
END
$order_with_details$;
COMMENT ON FUNCTION @schema@.order_with_details(uuid) IS 'one order with its details; no row if the entered account has none of that id';
GRANT EXECUTE ON FUNCTION @schema@.order_with_details TO @app@, @platform@;

LIST orders_page, orders_page_before
    OF order_with_details BY created_at, id
    FROM @schema@.orders_with_details()
    SCOPE 'orders'
    APART to_jsonb(t) || jsonb_build_object('account', (SELECT to_jsonb(a) FROM @schema@.accounts a WHERE a.id = account),
        'product', (SELECT to_jsonb(p) FROM @schema@.products p WHERE p.id = t.product_id),
        'vps_config', (SELECT to_jsonb(v) FROM @schema@.vps_configs v WHERE v.account_id = account AND v.order_id = t.id)
        ) AS details FROM @schema@.orders
    MADE item := jsonb_populate_record(NULL::@schema@.order_with_details, said.details)
    IS 'orders with details, newest first, after a cursor; 1 to 200 a page';
GRANT EXECUTE ON FUNCTION @schema@.orders_page, @schema@.orders_page_before TO @app@, @platform@;

LIST orders_page_by_status, orders_page_by_status_before
    OF order_with_details BY created_at, id
    FROM @schema@.orders_with_details()
    GIVEN order_status text WHERE t.status = order_status
    SCOPE 'orders?status='
    APART to_jsonb(t) || jsonb_build_object('account', (SELECT to_jsonb(a) FROM @schema@.accounts a WHERE a.id = account),
        'product', (SELECT to_jsonb(p) FROM @schema@.products p WHERE p.id = t.product_id),
        'vps_config', (SELECT to_jsonb(v) FROM @schema@.vps_configs v WHERE v.account_id = account AND v.order_id = t.id)
        ) AS details FROM @schema@.orders
    MADE item := jsonb_populate_record(NULL::@schema@.order_with_details, said.details)
    IS 'orders of one status with details, newest first, after a cursor; 1 to 200 a page';
GRANT EXECUTE ON FUNCTION @schema@.orders_page_by_status TO @app@, @platform@;
GRANT EXECUTE ON FUNCTION @schema@.orders_page_by_status_before TO @app@;

CREATE FUNCTION @schema@.order_cursor(order_id uuid) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $order_cursor$
DECLARE
    account CONSTANT uuid := primecloud.tenant_uuid('developer');
    placed timestamptz;
BEGIN
    SELECT o.created_at INTO placed
    FROM @schema@.orders o WHERE o.account_id = account AND o.id = order_cursor.order_id;
    IF placed IS NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = format('no order %s to start after', coalesce(order_id::text, 'NULL')),
            HINT = 'Name an order of the entered account.';
    END IF;
    RETURN primecloud.make_cursor('orders', placed, order_cursor.order_id);
END
$order_cursor$;
DEFINER order_cursor;
COMMENT ON FUNCTION @schema@.order_cursor(uuid) IS 'the cursor of an order, for orders_page: starting after a known id';
GRANT EXECUTE ON FUNCTION @schema@.order_cursor TO @app@, @platform@;

CREATE FUNCTION @schema@.orders_count(mode text DEFAULT 'capped', order_status text DEFAULT NULL, OUT orders bigint, OUT is_exact boolean)
-- VOLATILE, since EXPLAIN is a utility command, which no other function may run.
LANGUAGE plpgsql VOLATILE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $orders_count$
DECLARE
    account CONSTANT uuid := primecloud.tenant_uuid('developer');
    plan jsonb;
BEGIN
    PERFORM @schema@.check_text('mode', orders_count.mode), @schema@.check_text('order_status', orders_count.order_status);
    -- A statement with the filter and one without: "status = $1 OR $1 IS NULL" would be no condition of an index.
    IF mode = 'none' THEN
        is_exact := false;
    ELSIF mode = 'exact' AND order_status IS NULL THEN
        SELECT count(*), true INTO orders, is_exact FROM @schema@.orders o WHERE o.account_id = account;
    ELSIF mode = 'exact' THEN
        SELECT count(*), true INTO orders, is_exact FROM @schema@.orders o WHERE o.account_id = account AND o.status = order_status;
    ELSIF mode = 'capped' AND order_status IS NULL THEN
        SELECT count(*), count(*) <= 1000 INTO orders, is_exact FROM (SELECT FROM @schema@.orders o WHERE o.account_id = account LIMIT 1001)
            counted;
    ELSIF mode = 'capped' THEN
        SELECT count(*), count(*) <= 1000 INTO orders, is_exact
        FROM (SELECT FROM @schema@.orders o WHERE o.account_id = account AND o.status = order_status LIMIT 1001) counted;
    ELSIF mode = 'estimated' THEN
        EXECUTE format('EXPLAIN (FORMAT JSON) SELECT FROM @schema@.orders o WHERE o.account_id = %L', account)
            || CASE WHEN order_status IS NULL THEN '' ELSE format(' AND o.status = %L', order_status) END INTO plan;
        -- (The plan of the shard, where there are shards.)
        orders := coalesce(plan #>> '{0,Plan,Distributed Query,Job,Tasks,0,Remote Plan,0,0,Plan,Plan Rows}',
            plan #>> '{0,Plan,Plan Rows}')::bigint;
        is_exact := false;
    ELSE
        RAISE invalid_parameter_value USING MESSAGE = format('count mode %s is not known', coalesce(quote_literal(mode), 'NULL')),
            HINT = 'It is none, capped, estimated or exact.';
    END IF;
END
$orders_count$;
DEFINER orders_count;
COMMENT ON FUNCTION @schema@.orders_count(text, text)
    IS 'how many orders: none, capped at 1001, estimated by the planner, or exact; and whether the figure is exact';
GRANT EXECUTE ON FUNCTION @schema@.orders_count TO @app@;
