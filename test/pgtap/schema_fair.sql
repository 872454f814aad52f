-- The outbox is claimed fairly: an account that has ordered a great deal, or whose orders all wait, has its turn like any other.
\set test schema_fair
\ir ../fixtures/control_plane.sql
SELECT no_plan();
DELETE FROM cloud.outbox;
INSERT INTO cloud.accounts (owner_user_id, id, name, slug)
SELECT '00000000-0000-7000-8000-0000000000b1', primecloud.uuid_v7(), 'n', 'more-' || n FROM generate_series(1, 30) n;
CREATE FUNCTION claim(most int, service text DEFAULT 'minio') RETURNS SETOF text LANGUAGE sql AS $$
    SELECT string_to_table(act('worker', format('SELECT string_agg(concat_ws('' '', account_id, object, operation, payload),'
        ' E''\n'' ORDER BY sequence) FROM cloud.claim_outbox(%L, ''w'', %s)', service, most)), E'\n') $$;
\set a '00000000-0000-7000-8000-00000000000a'
-- one account with very many, before all others with one each
INSERT INTO cloud.outbox (account_id, service, object, operation, payload)
SELECT :'a', 'minio', 'bucket:a' || n, 'create_bucket', '{}' FROM generate_series(1, 5000) n;
INSERT INTO cloud.outbox (account_id, service, object, operation, payload)
SELECT id, 'minio', 'bucket:' || slug, 'create_bucket', '{}' FROM cloud.accounts WHERE slug LIKE 'more-%';
SELECT is((SELECT count(DISTINCT left(c, 36)) FROM claim(31) c), 31::bigint, 'a call has one order of each account, whoever came first');
SELECT is((SELECT count(*) FROM claim(50) c WHERE c LIKE :'a' || '%'), 50::bigint, 'and then the rest');
UPDATE cloud.outbox SET status = 'done', finished_at = now();
-- nobody waits for long: thirty accounts, ten at a time
INSERT INTO cloud.outbox (account_id, service, object, operation, payload)
SELECT id, 'minio', 'bucket:' || slug || n, 'create_bucket', '{}' FROM cloud.accounts, generate_series(1, 2) n WHERE slug LIKE 'more-%';
SELECT is((SELECT sum(n) FROM (SELECT count(*) AS n FROM generate_series(1, 6) i, claim(10)) t), 60::numeric, 'sixty orders are six calls');
UPDATE cloud.outbox SET status = 'done', finished_at = now();
-- all that one account has ordered waits behind what was given up
INSERT INTO cloud.outbox (account_id, service, object, operation, payload, status, finished_at)
SELECT :'a', 'minio', 'bucket:dead' || n, 'create_bucket', '{}', 'dead', now() FROM generate_series(1, 300) n;
INSERT INTO cloud.outbox (account_id, service, object, operation, payload, available_at)
SELECT :'a', 'minio', 'bucket:dead' || n, 'tag_bucket', '{}', now() - interval '1 hour' FROM generate_series(1, 300) n;
INSERT INTO cloud.outbox (account_id, service, object, operation, payload) VALUES (:'a', 'minio', 'bucket:alive', 'create_bucket', '{}'),
    ('00000000-0000-7000-8000-00000000000b', 'minio', 'bucket:b', 'create_bucket', '{}');
SELECT results_eq('SELECT claim(10)', $$VALUES ('00000000-0000-7000-8000-00000000000b bucket:b create_bucket {}')$$,
    'orders that wait hold no other account up');
SELECT is_empty('SELECT claim(10) UNION ALL SELECT claim(10)', '(nor are they claimed)');
SELECT results_eq('SELECT claim(10)', $$VALUES ('00000000-0000-7000-8000-00000000000a bucket:alive create_bucket {}')$$,
    'nor their own account for ever: it is looked further');
DELETE FROM cloud.outbox;
-- of several orders that set the same of one object the last will do
INSERT INTO cloud.outbox (account_id, service, object, operation, payload)
SELECT :'a', 'minio', 'bucket:a', 'set_versioning', jsonb_build_object('n', n) FROM generate_series(1, 5000) n;
INSERT INTO cloud.outbox (account_id, service, object, operation, payload) VALUES
    (:'a', 'minio', 'bucket:a', 'set_bucket_quota', '{"n": 1}'),
    (:'a', 'minio', 'bucket:a', 'set_lifecycle', '{"n": 1}'), (:'a', 'minio', 'bucket:a', 'remove_lifecycle', '{"n": 2}');
SELECT results_eq('SELECT claim(10)', format($$VALUES ('%s bucket:a set_versioning {"n": 5000}')$$, :'a'),
    'five thousand are one, with what the last one says');
SELECT is_empty('SELECT claim(10)', 'of one object one at a time');
SELECT act('worker', format('SELECT cloud.acknowledge_outbox(%s, %L)', sequence, claim_token)) FROM cloud.outbox
    WHERE claim_token IS NOT NULL AND status = 'pending' \g /dev/null
SELECT results_eq('SELECT claim(10)', format($$VALUES ('%s bucket:a set_bucket_quota {"n": 1}')$$, :'a'), 'then what sets something else');
SELECT is((SELECT count(*) FROM cloud.outbox WHERE status = 'pending'), 3::bigint, 'three are left of them');
SELECT finish();
