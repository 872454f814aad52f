-- The read models: inlined, on the keyset index, under row-level security, with a
-- generic plan; their cursors, both ways.
\set test schema_reads
\ir ../fixtures/control_plane.sql
SELECT cloud.load_demo(20, 4000);
SELECT no_plan();
-- The largest account is a's, so that its plans are worth reading.
INSERT INTO cloud.orders (product_id, account_id, unit_price_cents, created_at)
SELECT '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-00000000000a', 100, now() - n * interval '1 minute' FROM generate_series(1, 3000) AS n;
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

CREATE TABLE screens (statement text, arguments text, index_used text);
INSERT INTO screens VALUES
    ('SELECT cursor, item FROM cloud.orders_page($1, $2)', 'NULL, 50', 'orders_list_idx'),
    ('SELECT cursor, item FROM cloud.orders_page_before($1, $2)', 'NULL, 50', 'orders_list_idx'),
    ('SELECT cursor, item FROM cloud.orders_page_by_status($1, $2, $3)', '''pending'', NULL, 50', 'orders_status_idx'),
    ('SELECT * FROM cloud.order_with_details($1)', 'gen_random_uuid()', 'orders_pk'),
    ('SELECT * FROM cloud.orders_with_details() ORDER BY created_at DESC, id DESC LIMIT 50', '', 'orders_list_idx'),
    ('SELECT * FROM cloud.account_with_details()', '', 'accounts');
INSERT INTO screens SELECT format('SELECT cursor, item FROM cloud.%s($1, $2)', f), 'NULL, 50', i FROM (VALUES ('members_page', 'account_members_list_idx'), ('buckets_page', 'buckets_list_idx'),
    ('access_keys_page', 'access_keys_list_idx'), ('notifications_page', 'notifications_list_idx'), ('unread_notifications_page', 'notifications_unread_idx'),
    ('audit_page', 'audit_log_list_idx'), ('invoices_page', 'invoices_list_idx'), ('quota_requests_page', 'quota_requests_list_idx'), ('customers_page', 'customers_list_idx'),
    ('invitations_page', 'invitations_list_idx'), ('subscriptions_page', 'subscriptions_list_idx')) AS l(f, i);
INSERT INTO screens VALUES ('SELECT cursor, item FROM cloud.audit_page_by_action($1, $2, $3)', '''x'', NULL, 50', 'audit_log_action_idx'),
    ('SELECT cursor, item FROM cloud.audit_page_by_user($1, $2, $3)', '''x'', NULL, 50', 'audit_log_user_idx'),
    ('SELECT cursor, item FROM cloud.invoices_page_by_status($1, $2, $3)', '''paid'', NULL, 50', 'invoices_status_idx');
-- Small tables are read whole, and rightly: the plan is asked for as if they were not.
SELECT dblink_exec(connection('plan'), 'SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off');
-- every screen of the table in docs/read-models.md is one of these
SELECT unalike(p.plan, '%Function Scan%', 'no Function Scan: ' || s.statement)
FROM screens s, LATERAL (SELECT plan_of('a_dev', coalesce(s.arguments, ''), s.statement) AS plan OFFSET 0) p WHERE s.arguments <> '';
SELECT matches(p.plan, s.index_used, s.index_used || ': ' || s.statement)
FROM screens s, LATERAL (SELECT plan_of('a_dev', coalesce(s.arguments, ''), s.statement) AS plan OFFSET 0) p WHERE s.arguments <> '';
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
        page := act(who, format('SELECT string_agg((item).id::text, '','') || ''|'' || (array_agg(cursor))[count(*)] FROM cloud.orders_page(%L, %s)', after, page_size));
        EXIT WHEN page IS NULL;
        ids := ids || string_to_array(split_part(page, '|', 1), ',');
        after := split_part(page, '|', 2);
        pages := pages + 1;
    END LOOP;
    RETURN md5(array_to_string(ids, ',')) || ' ' || array_length(ids, 1);
END $$;
SELECT is(walk('a_dev', 200), (SELECT md5(string_agg(id::text, ',' ORDER BY created_at DESC, id DESC)) || ' ' || count(*) FROM cloud.orders WHERE account_id = '00000000-0000-7000-8000-00000000000a'),
    'walking the pages meets every order once, newest first');
SELECT act('a_dev', 'SELECT cursor FROM cloud.orders_page(page_size => 60) OFFSET 50 LIMIT 1') AS fiftyfirst \gset
SELECT is(act('a_dev', format('SELECT string_agg((item).id::text, '','') FROM cloud.orders_page_before(%L, 50)', :'fiftyfirst')),
          act('a_dev', 'SELECT string_agg((item).id::text, '','') FROM cloud.orders_page(page_size => 50)'),
    'the page before is the page before');
SELECT is(act('a_dev', format('SELECT cursor FROM cloud.orders_page(%L, 1)', :'fiftyfirst')),
          act('a_dev', format('SELECT (SELECT cursor FROM cloud.orders_page(cloud.order_cursor((item).id), 1)) FROM cloud.orders_page(page_size => 51) OFFSET 50')), 'starting after an id');

-- a cursor belongs to its list, its account and itself
SELECT is(act('a_dev', format('SELECT count(*) FROM cloud.orders_page(%L)', cursor)), '22023', what) FROM (VALUES
    ('rubbish', 'a cursor that is none'), ('', 'an empty one'), (overlay(:'fiftyfirst' PLACING 'x' FROM 20), 'an altered one'), (left(:'fiftyfirst', -1), 'a shortened one')) AS t(cursor, what);
SELECT is(act('b_owner', format('SELECT count(*) FROM cloud.orders_page(%L)', :'fiftyfirst')), '22023', 'another account''s');
SELECT is(act('a_dev', format('SELECT count(*) FROM cloud.orders_page_by_status(''pending'', %L)', :'fiftyfirst')), '22023', 'another list''s');
SELECT act('a_dev', 'SELECT cursor FROM cloud.orders_page_by_status(''pending'', NULL, 1)') AS pending \gset
SELECT is(act('a_dev', format('SELECT count(*) FROM cloud.orders_page_by_status(''completed'', %L)', :'pending')), '22023', 'another filter''s');
SELECT is(act('a_dev', format('SELECT cloud.order_cursor(%L)', gen_random_uuid())), '22023', 'an id that is none');
SELECT is(act('a_dev', format('SELECT count(*) FROM cloud.orders_page(page_size => %s)', n)), least(greatest(n, 1), 200)::text, 'a page of ' || n) FROM unnest(ARRAY[-1, 0, 7, 200, 100000]) AS n;

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
        page := act('a_dev', format('SELECT string_agg((item).id::text, '','') || ''|'' || (array_agg(cursor))[count(*)] FROM cloud.orders_page(%L, 50)', after));
        EXIT WHEN page IS NULL;
        met := met || string_to_array(split_part(page, '|', 1), ',')::uuid[];
        after := split_part(page, '|', 2);
        -- three come at the top, three go from anywhere, between any two pages
        PERFORM dblink_exec('other', format('INSERT INTO cloud.orders (product_id, account_id, unit_price_cents) SELECT %L, %L, 1 FROM generate_series(1, 3)', '00000000-0000-7000-8000-000000000001', account));
        PERFORM dblink_exec('other', format('DELETE FROM cloud.orders WHERE (account_id, id) IN (SELECT account_id, id FROM cloud.orders WHERE account_id = %L ORDER BY md5(id::text) LIMIT 3)', account));
    END LOOP;
    RETURN QUERY SELECT (SELECT count(*) FROM unnest(before) b JOIN cloud.orders o ON o.account_id = account AND o.id = b WHERE b <> ALL (met)),
                        (SELECT count(*) - count(DISTINCT m) FROM unnest(met) m);
END $$;
INSERT INTO cloud.orders (product_id, account_id, unit_price_cents, created_at)
SELECT '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-00000000000a', 100, now() - n * interval '1 minute' FROM generate_series(1, 2000) AS n;
SELECT connection('other');
SELECT results_eq('SELECT * FROM walk_under_change()', 'VALUES (0::bigint, 0::bigint)', 'walking 5000 rows under inserts and deletes: none missed, none doubled');

-- details
SELECT is(act('a_dev', format('SELECT (item).vps_config IS NULL AND (item).product IS NOT NULL FROM cloud.orders_page(page_size => 1)')), 'true', 'a missing side is NULL, not a row of NULLs');
SELECT is(act('a_dev', 'SELECT (primecloud.to_camel_json(item)::jsonb) -> ''vpsConfig'' FROM cloud.orders_page(page_size => 1)'), 'null', 'and null in JSON');
SELECT matches(act('a_dev', 'SELECT primecloud.to_camel_json(item) FROM cloud.orders_page(page_size => 1)'), '"unitPriceCents":1,.*"product":\{"id":', 'JSON in one piece');
SELECT is(act('a_owner', 'SELECT (billing).billing_day FROM cloud.account_with_details()'), '10', 'an owner sees the billing');
SELECT is(act('a_dev', 'SELECT billing IS NULL FROM cloud.account_with_details()'), 'true', 'a developer does not');
SELECT is(act('a_dev', 'SELECT (owner).email FROM cloud.account_with_details()'), 'a_owner@example.com', 'but who the owner is');
SELECT is(act('a_ext', 'SELECT owner IS NULL FROM cloud.account_with_details()'), 'true', 'which an external client does not');
SELECT is(act('a_ext', 'SELECT count(*) FROM cloud.orders_page()'), '0', 'nor any order');
SELECT finish();
