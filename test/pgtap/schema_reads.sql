-- The read models: inlined, on the keyset index, under row-level security, with a
-- generic plan; their cursors, both ways.
\set test schema_reads
\ir ../fixtures/control_plane.sql
SELECT cloud.load_demo(20, 4000);
SELECT no_plan();
SELECT set_eq('SELECT account_id, user_id FROM cloud.account_owners', 'SELECT id, owner_user_id FROM cloud.accounts',
    'each account of the demo is kept with its owner');
-- The largest account is a's, so that its plans are worth reading.
INSERT INTO cloud.orders (product_id, account_id, unit_price_cents, created_at)
SELECT '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-00000000000a', 100, now() - n * interval '1 minute'
    FROM generate_series(1, 3000) AS n;
ANALYZE cloud.orders;

-- The plan that a person gets for a prepared statement, generic, as lines of one text.
CREATE FUNCTION plan_of(who text, arguments text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    plan text;
BEGIN
    PERFORM connection('plan');
    PERFORM begin_as('plan', who);
    PERFORM dblink_exec('plan', 'SET LOCAL plan_cache_mode = force_generic_plan');
    PERFORM dblink_exec('plan', 'PREPARE q AS ' || statement);
    SELECT string_agg(t.v, E'\n') INTO plan FROM dblink('plan', format('EXPLAIN (COSTS OFF) EXECUTE q(%s)', arguments)) AS t(v text);
    PERFORM dblink_exec('plan', 'DEALLOCATE q');
    PERFORM dblink_exec('plan', 'COMMIT');
    RETURN plan;
END $$;

-- Small tables are read whole, and rightly: the plan is asked for as if they were not.
SELECT dblink_exec(connection('plan'), 'SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off');
-- (each screen of the table in docs/read-models.md: test/server/schema_screens)
-- the keyset is an index condition, not a filter
SELECT matches(plan_of('a_dev', 'NULL, 50', 'SELECT cursor, item FROM cloud.orders_page($1, $2)'),
    'orders_list_idx on orders o\s+Index Cond: \(\(account_id = .*ROW\(created_at, id\) <', 'the cursor is an index condition');
SELECT unalike(plan_of('a_dev', 'NULL, 50', 'SELECT cursor, item FROM cloud.orders_page($1, $2)'), '%Sort%', 'nothing is sorted');

-- every order once, in order, there and back
CREATE FUNCTION walk(who text, page_size int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    after text;
    page text;
    ids text[] := '{}';
    pages int := 0;
BEGIN
    LOOP
        page := act(who, format('SELECT string_agg((item).id::text, '','') || ''|'' || (array_agg(cursor))[count(*)] FROM '
            'cloud.orders_page(%L, %s)', after, page_size));
        EXIT WHEN page IS NULL;
        ids := ids || string_to_array(split_part(page, '|', 1), ',');
        after := split_part(page, '|', 2);
        pages := pages + 1;
    END LOOP;
    RETURN md5(array_to_string(ids, ',')) || ' ' || array_length(ids, 1);
END $$;
SELECT is(walk('a_dev', 200), (SELECT md5(string_agg(id::text, ',' ORDER BY created_at DESC, id DESC)) || ' ' || count(*) FROM cloud.orders
    WHERE account_id = '00000000-0000-7000-8000-00000000000a'),
    'walking the pages meets every order once, newest first');
SELECT act('a_dev', 'SELECT cursor FROM cloud.orders_page(page_size => 60) OFFSET 50 LIMIT 1') AS fiftyfirst \gset
SELECT is(act('a_dev', format('SELECT string_agg((item).id::text, '','') FROM cloud.orders_page_before(%L, 50)', :'fiftyfirst')),
          act('a_dev', 'SELECT string_agg((item).id::text, '','') FROM cloud.orders_page(page_size => 50)'),
    'the page before is the page before');
SELECT is(act('a_dev', format('SELECT cursor FROM cloud.orders_page(%L, 1)', :'fiftyfirst')),
          act('a_dev', format('SELECT (SELECT cursor FROM cloud.orders_page(cloud.order_cursor((item).id), 1)) FROM '
              'cloud.orders_page(page_size => 51) OFFSET 50')), 'starting after an id');

-- a cursor belongs to its list, its account and itself
SELECT is(act('a_dev', format('SELECT count(*) FROM cloud.orders_page(%L)', cursor)), '22023', what) FROM (VALUES
    ('rubbish', 'a cursor that is none'), ('', 'an empty one'), (overlay(:'fiftyfirst' PLACING 'x' FROM 20), 'an altered one'),
        (left(:'fiftyfirst', -1), 'a shortened one')) AS t(cursor, what);
SELECT is(act('b_owner', format('SELECT count(*) FROM cloud.orders_page(%L)', :'fiftyfirst')), '22023', 'another account''s');
SELECT is(act('a_dev', format('SELECT count(*) FROM cloud.orders_page_by_status(''pending'', %L)', :'fiftyfirst')), '22023',
    'another list''s');
SELECT act('a_dev', 'SELECT cursor FROM cloud.orders_page_by_status(''pending'', NULL, 1)') AS pending \gset
SELECT is(act('a_dev', format('SELECT count(*) FROM cloud.orders_page_by_status(''completed'', %L)', :'pending')), '22023',
    'another filter''s');
SELECT is(act('a_dev', format('SELECT cloud.order_cursor(%L)', gen_random_uuid())), '22023', 'an id that is none');
SELECT is(act('a_dev', format('SELECT count(*) FROM cloud.orders_page(page_size => %s)', n)), least(greatest(n, 1), 200)::text, 'a page of '
    || n) FROM unnest(ARRAY[-1, 0, 7, 200, 100000]) AS n;

-- every list against every other: a cursor is of its own alone, with its filter
CREATE TABLE lists AS SELECT p.proname::text AS list, format('cloud.%s(%s', p.proname,
    CASE WHEN p.proargnames[1] IN ('after_cursor', 'before_cursor') THEN ''
        WHEN p.proargtypes[0] = 'uuid'::regtype THEN '''00000000-0000-7000-8000-00000000000a'', ' ELSE '''x'', ' END) AS call,
    CASE p.proname WHEN 'orders_page' THEN 'orders' WHEN 'orders_page_before' THEN 'orders' WHEN 'orders_page_by_status'
        THEN 'orders?status=x' WHEN 'orders_page_by_status_before' THEN 'orders?status=x' ELSE regexp_replace(p.proname, '_before$', '') ||
        CASE WHEN p.proargnames[1] IN ('after_cursor', 'before_cursor') THEN '' WHEN p.proargtypes[0] = 'uuid'::regtype
            THEN '?00000000-0000-7000-8000-00000000000a' ELSE '?x' END END AS scope
FROM pg_proc p WHERE p.pronamespace = 'cloud'::regnamespace AND p.proname ~ '_page' AND p.provolatile = 's' AND NOT p.prosecdef;
SELECT cmp_ok((SELECT count(*) FROM lists), '>=', 18::bigint, 'lists there are');
CREATE TABLE cursors AS SELECT list, act('a_owner', format('SELECT primecloud.make_cursor(%L, now(), gen_random_uuid())', scope)) AS cursor
    FROM lists;
CREATE TABLE crossed AS SELECT l.list, l.scope, c.list AS of_list, s.scope AS of_scope,
    act('a_owner', format('SELECT count(*) >= 0 FROM %s%L)', l.call, c.cursor)) AS answer
FROM lists l CROSS JOIN cursors c JOIN lists s ON s.list = c.list WHERE c.list NOT LIKE '%\_before';
SELECT is_empty($$SELECT list, of_list, answer FROM crossed WHERE answer <> CASE WHEN scope = of_scope THEN 'true' ELSE '22023' END$$,
    'each takes its own cursor and refuses every other''s');
SELECT is(act('a_owner', format('SELECT count(*) FROM cloud.audit_page_by_action(''other'', %L)', cursor)), '22023',
    'and another filter''s') FROM cursors WHERE list = 'audit_page_by_action';
SELECT is(act('a_owner', format('SELECT count(*) FROM cloud.orders_page(%L)', 'B' || substr(cursor, 2))), '22023',
    'and one of another version') FROM cursors WHERE list = 'orders_page';
SELECT is(act('b_owner', format('SELECT count(*) FROM %s%L)', l.call, c.cursor)), '22023', l.list || ' refuses another account''s')
    FROM lists l JOIN cursors c USING (list);
SELECT is(act('a_owner', format('SELECT count(*) FROM %sNULL, page_size => 1000000)', l.call)) ::bigint <= 200, true, l.list
    || ' gives no more than 200') FROM lists l;

-- the way back of each list, from the middle of rows with equal times
CREATE PROCEDURE fill_lists() LANGUAGE plpgsql AS $$
DECLARE
    a CONSTANT uuid := '00000000-0000-7000-8000-00000000000a';
BEGIN
    INSERT INTO cloud.notifications (account_id, type, title, message, created_at) SELECT a, 'welcome', 'n', '',
        now() - n / 3 * interval '1 hour' FROM generate_series(1, 90) n;
    INSERT INTO cloud.audit_log (account_id, user_id, action, resource, created_at) SELECT a, 'x', 'x', 'r',
        now() - n / 3 * interval '1 hour' FROM generate_series(1, 90) n;
    INSERT INTO cloud.invoices (account_id, invoice_number, billed_name, period_start, period_end, subtotal_cents, currency, due_at,
        created_at)
        SELECT a, 'n' || n, 'b', timestamptz '2000-01-01' + n * interval '1 day', timestamptz '2000-01-02' + n * interval '1 day', 1, 'BRL',
            now(), now() - n / 3 * interval '1 hour' FROM generate_series(1, 90) n;
    UPDATE cloud.orders SET status = 'processing' WHERE account_id = a AND id IN (SELECT id FROM cloud.orders WHERE account_id = a
        ORDER BY id LIMIT 200);
    INSERT INTO cloud.usage_daily SELECT u.* FROM generate_series(1, 90) n,
        jsonb_populate_record(NULL::cloud.usage_daily, jsonb_build_object('account_id', a, 'bucket_id', gen_random_uuid(),
        'period_start', date_trunc('day', now(), 'UTC') - n / 3 * interval '1 day', 'storage_bytes_max', 1, 'ingress_bytes', 1,
            'egress_bytes', 1, 'request_count', 1)) u;
    INSERT INTO cloud.customers (account_id, name, created_at) SELECT a, 'c', now() - n / 3 * interval '1 hour'
        FROM generate_series(1, 90) n;
    INSERT INTO cloud.access_keys (account_id, name, access_key_id, created_at) SELECT a, 'k', upper(substr(md5(n::text), 1, 20)),
        now() - n / 3 * interval '1 hour' FROM generate_series(1, 90) n;
END $$;
CALL fill_lists();
CREATE TABLE walks (list text, arguments text);
INSERT INTO walks VALUES ('orders_page', ''), ('orders_page_by_status', '''processing'', '), ('notifications_page', ''),
    ('unread_notifications_page', ''), ('audit_page', ''), ('audit_page_by_action', '''x'', '), ('audit_page_by_user', '''x'', '),
    ('invoices_page', ''), ('invoices_page_by_status', '''pending'', '), ('usage_page', ''), ('customers_page', ''),
        ('access_keys_page', '');
SELECT is(act('a_owner', format($$SELECT string_agg(p.item::text, '|')
    FROM cloud.%1$s_before(%2$s (SELECT cursor FROM cloud.%1$s(%2$s NULL, 60) OFFSET 50 LIMIT 1), 20) p$$, list, arguments)),
          act('a_owner', format($$SELECT string_agg(item::text, '|') FROM (SELECT item FROM cloud.%1$s(%2$s NULL, 60) OFFSET 30 LIMIT 20)
              p$$, list, arguments)), list || ': the twenty rows before the 51st') FROM walks;
SELECT is(act('a_owner', format($$SELECT cloud.list_cursor(%1$L, (p.item).id, %3$s) FROM cloud.%1$s(%2$s NULL, 60) p OFFSET 50 LIMIT 1$$,
    list, arguments, coalesce(nullif(rtrim(arguments, ', '), ''), 'NULL'))),
          act('a_owner', format($$SELECT p.cursor FROM cloud.%1$s(%2$s NULL, 60) p OFFSET 50 LIMIT 1$$, list, arguments)),
              list || ': the cursor of a known id') FROM walks WHERE list <> 'usage_page';
SELECT is(act('a_owner', q), '22023', q)
    FROM unnest(ARRAY['SELECT cloud.list_cursor(''usage_page'', gen_random_uuid())',
    'SELECT cloud.list_cursor(''orders_page'', gen_random_uuid())',
    'SELECT cloud.list_cursor(''orders_page'', gen_random_uuid(), ''pending'')',
    'SELECT cloud.list_cursor(''audit_page_by_user'', gen_random_uuid())', 'SELECT cloud.list_cursor(NULL, gen_random_uuid())']) AS q;
SELECT is(act(who, format($$SELECT cloud.list_cursor('audit_page', %L)$$, (SELECT id FROM cloud.audit_log LIMIT 1))), '22023',
    who || ' learns of no row that he does not see') FROM unnest(ARRAY['a_dev', 'b_owner', 'a_ext']) AS who;
DELETE FROM cloud.invoices; UPDATE cloud.orders SET status = 'pending' WHERE status = 'processing'
    AND account_id = '00000000-0000-7000-8000-00000000000a';

-- how many
SELECT results_eq(format($$SELECT act('a_dev', 'SELECT orders || '' '' || is_exact FROM cloud.orders_count(''%s'')')$$, mode),
    format('VALUES (%L)', answer), 'counting: ' || mode) FROM (VALUES ('exact', '3000 true'), ('capped', '1001 false')) AS t(mode, answer);
SELECT is(act('a_dev', 'SELECT orders IS NULL AND NOT is_exact FROM cloud.orders_count(''none'')'), 'true', 'counting: none');
SELECT ok(act('a_dev', 'SELECT orders FROM cloud.orders_count(''estimated'')')::int BETWEEN 1500 AND 6000,
    'counting: estimated, within a factor of two');
SELECT is(act('a_dev', 'SELECT orders FROM cloud.orders_count(''exact'', ''pending'')'), '3000', 'of a status');
SELECT is(act('a_dev', 'SELECT orders || '' '' || is_exact FROM cloud.orders_count(''capped'', ''denied'')'), '0 true', 'of another');
SELECT ok(act('a_dev', 'SELECT orders FROM cloud.orders_count(''estimated'', ''denied'')')::int < 100, 'estimated, too');
SELECT is(act('a_dev', 'SELECT orders FROM cloud.orders_count(''roughly'')'), '22023', 'in a way that is none');
SELECT is(act('b_owner', 'SELECT orders FROM cloud.orders_count(''exact'')'), '0', 'of another account');

-- 5000 rows under change: what was there all the time is met, once
CREATE FUNCTION walk_under_change() RETURNS TABLE (missed bigint, doubled bigint) LANGUAGE plpgsql AS $$
DECLARE
    account CONSTANT uuid := '00000000-0000-7000-8000-00000000000a';
    before uuid[] := ARRAY(SELECT id FROM cloud.orders WHERE account_id = account);
    met uuid[] := '{}';
    after text;
    page text;
BEGIN
    LOOP
        page := act('a_dev', format('SELECT string_agg((item).id::text, '','') || ''|'' || (array_agg(cursor))[count(*)] FROM '
            'cloud.orders_page(%L, 50)', after));
        EXIT WHEN page IS NULL;
        met := met || string_to_array(split_part(page, '|', 1), ',')::uuid[];
        after := split_part(page, '|', 2);
        -- three come at the top, three go from anywhere, between any two pages
        PERFORM dblink_exec('other', format('INSERT INTO cloud.orders (product_id, account_id, unit_price_cents) SELECT %L, %L, 1 FROM '
            'generate_series(1, 3)', '00000000-0000-7000-8000-000000000001', account));
        PERFORM dblink_exec('other', format('DELETE FROM cloud.orders WHERE (account_id, id) IN (SELECT account_id, id FROM cloud.orders '
            'WHERE account_id = %L ORDER BY md5(id::text) LIMIT 3)', account));
    END LOOP;
    RETURN QUERY SELECT (SELECT count(*) FROM unnest(before) b JOIN cloud.orders o ON o.account_id = account AND o.id = b
        WHERE b <> ALL (met)),
                        (SELECT count(*) - count(DISTINCT m) FROM unnest(met) m);
END $$;
INSERT INTO cloud.orders (product_id, account_id, unit_price_cents, created_at)
SELECT '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-00000000000a', 100, now() - n * interval '1 minute'
    FROM generate_series(1, 2000) AS n;
SELECT connection('other');
SELECT results_eq('SELECT * FROM walk_under_change()', 'VALUES (0::bigint, 0::bigint)',
    'walking 5000 rows under inserts and deletes: none missed, none doubled');

-- details
SELECT is(act('a_dev', format('SELECT (item).vps_config IS NULL AND (item).product IS NOT NULL FROM cloud.orders_page(page_size => 1)')),
    'true', 'a missing side is NULL, not a row of NULLs');
SELECT is(act('a_dev', 'SELECT (primecloud.to_camel_json(item)::jsonb) -> ''vpsConfig'' FROM cloud.orders_page(page_size => 1)'), 'null',
    'and null in JSON');
SELECT matches(act('a_dev', 'SELECT primecloud.to_camel_json(item) FROM cloud.orders_page(page_size => 1)'),
    '"unitPriceCents":1,.*"product":\{"id":', 'JSON in one piece');
SELECT is(act('a_owner', 'SELECT (billing).billing_day FROM cloud.account_with_details()'), '10', 'an owner sees the billing');
SELECT is(act('a_dev', 'SELECT billing IS NULL FROM cloud.account_with_details()'), 'true', 'a developer does not');
SELECT is(act('a_dev', 'SELECT (owner).email FROM cloud.account_with_details()'), 'a_owner@example.com', 'but who the owner is');
SELECT is(act('a_ext', 'SELECT owner IS NULL FROM cloud.account_with_details()'), 'true', 'which an external client does not');
SELECT is(act('a_ext', 'SELECT count(*) FROM cloud.orders_page()'), '0', 'nor any order');
SELECT finish();
