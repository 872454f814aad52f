-- Claiming costs what is claimed: neither how much is ordered of one object nor how many orders wait makes a call read more.
-- What a call reads is counted by the server, in rows.
\set test schema_object_orders
\ir ../fixtures/control_plane.sql
SELECT no_plan();
\set a '00000000-0000-7000-8000-00000000000a'
CREATE FUNCTION rows_read() RETURNS bigint LANGUAGE sql AS $$
    SELECT coalesce(sum(idx_tup_fetch + seq_tup_read), 0)::bigint FROM pg_stat_xact_user_tables WHERE relid = 'cloud.outbox'::regclass $$;
CREATE FUNCTION claim(most int DEFAULT 10, OUT claimed text, OUT rows_read bigint) LANGUAGE plpgsql AS $$
DECLARE
    before bigint := rows_read();
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', 'schema_object_orders_worker');
    claimed := (SELECT coalesce(string_agg(concat_ws(' ', c.object, c.operation, c.payload ->> 'n'), ', ' ORDER BY c.sequence),
        '') FROM cloud.claim_outbox('minio', 'w', most) c);
    RESET ROLE;
    rows_read := rows_read() - before;
END $$;
CREATE FUNCTION many(object text, operation text, n int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO cloud.outbox (account_id, service, object, operation, payload)
    SELECT '00000000-0000-7000-8000-00000000000a', 'minio', object, operation,
        jsonb_build_object('n', i, 'newStatus', 'on', 'newPolicy', '{"Statement": []}'::jsonb) FROM generate_series(1, n) i $$;

-- two thousand behind the order that makes their object
DELETE FROM cloud.outbox;
SELECT many('bucket:a', 'create_bucket', 1), many('bucket:a', 'set_versioning', 2000) \g /dev/null
VACUUM ANALYZE cloud.outbox;
SELECT * FROM claim() \gset
SELECT is(:'claimed'::text, 'bucket:a create_bucket 1', 'the first is claimed');
SELECT cmp_ok(:rows_read::bigint, '<', 1000::bigint, 'without a look at each of those behind it');
SELECT * FROM claim() \gset
SELECT is(:'claimed'::text, '', 'one of an object at a time');
SELECT cmp_ok(:rows_read::bigint, '<', 1000::bigint, 'and to see that costs no more');
UPDATE cloud.outbox SET status = 'dead', finished_at = now() WHERE operation = 'create_bucket';
VACUUM ANALYZE cloud.outbox;
SELECT * FROM claim() \gset
SELECT is(:'claimed'::text, '', 'where it was given up, they wait');
SELECT cmp_ok(:rows_read::bigint, '<', 1000::bigint, 'at that price too');
UPDATE cloud.outbox SET status = 'done', finished_at = now(), available_at = now();
VACUUM ANALYZE cloud.outbox;
SELECT many('bucket:b', 'create_bucket', 1) \g /dev/null
SELECT * FROM claim() \gset
SELECT is(:'claimed'::text, 'bucket:b create_bucket 1', 'and one behind two thousand that are done');
SELECT cmp_ok(:rows_read::bigint, '<', 100::bigint, 'which are not walked');

-- what takes access away is found wherever it stands
DELETE FROM cloud.outbox;
SELECT many('key:k', 'update_service_account', 300), many('key:k', 'delete_service_account', 1) \g /dev/null
SELECT is((SELECT claimed FROM claim()), 'key:k delete_service_account 1', 'behind three hundred orders of its object it comes first');
SELECT is((SELECT count(*) FROM cloud.outbox WHERE status = 'done'), 300::bigint, 'and they are superseded');
SELECT many('key:k', 'add_service_account', 1), many('key:k', 'delete_service_account', 1) \g /dev/null
SELECT is((SELECT claimed FROM claim()), '', 'it waits for one that is being carried out');

-- the index has the words of order_ends, or it would serve nothing
SET enable_seqscan = off;
CREATE FUNCTION plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE 'EXPLAIN (COSTS off) ' || query;
END $$;
SELECT ok((SELECT string_agg(p, E'\n') FROM plan_of($$SELECT * FROM cloud.order_in_turn('minio', 'key:k')$$) p)
    ~ 'Index Only Scan Backward using outbox_ends_idx.*using outbox_object_idx', 'whose turn it is, two indexes say');
SELECT finish();
