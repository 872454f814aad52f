-- What a configuration would do to a table, and what a change of it would.
BEGIN;
SELECT plan(22);
SET timezone = 'UTC';
CREATE SCHEMA s3;
CREATE TABLE s3."Object list" (bucket_id int, "Object Key" text, last_modified timestamptz, bytes bigint, tags text);
INSERT INTO s3."Object list"
SELECT 1 + i % 2, 'logs/' || i, timestamptz '2025-06-01' - i * interval '1 day', 1000, CASE WHEN i % 10 = 0 THEN 'keep=yes' ELSE '' END
FROM generate_series(1, 100) AS i;
CREATE TEMP TABLE c AS SELECT
    '{"Rules":[{"ID":"ninety","Status":"Enabled","Filter":{"Prefix":"logs/"},"Expiration":{"Days":90}}]}'::primecloud.lifecycle AS loose,
    '{"Rules":[{"ID":"thirty","Status":"Enabled","Filter":{"Prefix":"logs/"},"Expiration":{"Days":30}},
               {"ID":"kept","Status":"Enabled","Filter":{"Tag":{"Key":"keep","Value":"yes"}},
                 "Transitions":[{"Days":1,"StorageClass":"COLD"}]}]}'::primecloud.lifecycle AS tight;
CREATE FUNCTION pg_temp.map() RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT '{"key": "Object Key", "mod_time": "last_modified", "size": "bytes"}'::jsonb $$;

SELECT results_eq($$SELECT rule_id, action, objects, bytes, oldest, keys FROM c, primecloud.lifecycle_preview(loose, 's3."Object list"',
    pg_temp.map(), at => '2025-06-01', sample => 2)$$,
    $$VALUES ('ninety', 'delete', 9::bigint, 9000::numeric, timestamptz '2025-06-01' - interval '100 days', ARRAY['logs/100', 'logs/99'])$$,
        'preview: counts, bytes, oldest, first keys');
SELECT results_eq($$SELECT objects FROM c, primecloud.lifecycle_preview(loose, 's3."Object list"', pg_temp.map(), 'bucket_id', '1',
    at => '2025-06-01')$$, ARRAY[5::bigint], 'preview of one bucket');
SELECT results_eq($$SELECT action_before, action_after, rule_id, objects FROM c,
    primecloud.lifecycle_impact(loose, tight, 's3."Object list"', pg_temp.map(), at => '2025-06-01')$$,
    $$VALUES ('none', 'delete', 'thirty', 60::bigint), ('none', 'transition', 'kept', 3)$$, 'impact of a tighter configuration');
SELECT results_eq($$SELECT action_before, action_after, objects FROM c, primecloud.lifecycle_impact(loose, NULL, 's3."Object list"',
    pg_temp.map(), at => '2025-06-01')$$,
    $$VALUES ('delete', 'none', 9::bigint)$$, 'impact of dropping it');
SELECT results_eq($$SELECT objects FROM c, primecloud.lifecycle_impact(NULL, loose, 's3."Object list"', pg_temp.map(),
    at => '2025-06-01')$$, ARRAY[9::bigint], 'impact of the first one');
SELECT is_empty($$SELECT * FROM c, primecloud.lifecycle_impact(loose, loose, 's3."Object list"', pg_temp.map())$$, 'no change, no impact');
SELECT is_empty($$SELECT * FROM primecloud.lifecycle_preview(NULL, 's3."Object list"', pg_temp.map())$$, 'no configuration, nothing');

-- Versions: judged together where a rule counts them, or where a table does not say their place
CREATE TABLE versions (key text, version_id text, mod_time timestamptz, size bigint, delete_marker boolean, legal_hold boolean);
INSERT INTO versions SELECT 'k' || k, 'v' || i, timestamptz '2025-01-01' + i * interval '1 day', 10, false, k = 3 AND i = 1
    FROM generate_series(1, 3) AS k, generate_series(1, 5) AS i;
INSERT INTO versions VALUES ('gone', 'v1', '2025-01-01', 0, true, false);
SELECT results_eq($$SELECT rule_id, action, objects
    FROM primecloud.lifecycle_preview('{"Rules":[{"ID":"two","Status":"Enabled","Filter":{},'
    '"NoncurrentVersionExpiration":{"NewerNoncurrentVersions":2}},{"ID":"m","Status":"Enabled","Filter":{},'
    '"Expiration":{"ExpiredObjectDeleteMarker":true}}]}', 'versions', at => '2025-06-01') ORDER BY 1$$,
    $$VALUES ('m', 'delete_version', 1::bigint), ('two', 'delete_version', 5)$$,
        'noncurrent versions and a lone delete marker; a held version stays');
SELECT results_eq($$SELECT objects
    FROM primecloud.lifecycle_preview('{"Rules":[{"Status":"Enabled","Filter":{},"NoncurrentVersionExpiration":{"NoncurrentDays":1}}]}',
    'versions', at => '2025-06-01')$$, ARRAY[11::bigint], 'the successor is the version above');

-- Names are names
CREATE TABLE plain (key text, mod_time timestamptz);
INSERT INTO plain VALUES ('a', '2020-01-01');
CREATE TABLE canary (x int);
SELECT throws_ok($$SELECT primecloud.lifecycle_preview(loose, 'plain', '{"size": "0::bigint); DROP TABLE canary; --"}') FROM c$$, '42703',
    NULL, 'SQL in a column name is no column');
SELECT throws_ok($$SELECT primecloud.lifecycle_preview(loose, 'plain', '{}', 'key = key OR true', 'x') FROM c$$, '42703', NULL,
    'nor in the bucket column');
SELECT is_empty($$SELECT primecloud.lifecycle_preview(loose, 'plain', '{}', 'key', $q$x' OR 'a' = 'a$q$) FROM c$$, 'a bucket is a value');
SELECT throws_ok($$SELECT primecloud.lifecycle_preview(loose, 'plain', '{"nonsense": "key"}') FROM c$$, '22023',
    'object_version has no attribute "nonsense"', 'an unknown attribute');
SELECT throws_ok($$SELECT primecloud.lifecycle_preview(loose, 'plain', '[]') FROM c$$, '22023', 'columns is not a JSON object',
    'not an object');
SELECT throws_ok($$SELECT primecloud.lifecycle_preview(loose, 'canary') FROM c$$, '42703', 'table public.canary has no column "key"',
    'a table without keys');
ALTER TABLE canary ADD "odd ""name""" text, ADD mod_time timestamptz;
INSERT INTO canary VALUES (1, 'logs/x', '2020-01-01');
SELECT results_eq($$SELECT keys FROM c, primecloud.lifecycle_preview(loose, 'canary', '{"key": "odd \"name\""}')$$,
    $$VALUES (ARRAY['logs/x'])$$, 'a column name full of quotes');

-- Read as the caller
CREATE ROLE lifecycle_inventory_reader;
GRANT USAGE ON SCHEMA s3 TO lifecycle_inventory_reader;
GRANT SELECT ON c TO lifecycle_inventory_reader;
SET ROLE lifecycle_inventory_reader;
SELECT throws_ok($$SELECT primecloud.lifecycle_preview(loose, 's3."Object list"', '{"key": "Object Key", "mod_time": "last_modified"}')
    FROM c$$, '42501', NULL, 'no more than the caller may read');
RESET ROLE;
GRANT SELECT ON s3."Object list" TO lifecycle_inventory_reader;
ALTER TABLE s3."Object list" ENABLE ROW LEVEL SECURITY;
CREATE POLICY one ON s3."Object list" USING (bucket_id = 1);
SET ROLE lifecycle_inventory_reader;
SELECT results_eq($$SELECT objects FROM c, primecloud.lifecycle_preview(loose, 's3."Object list"',
    '{"key": "Object Key", "mod_time": "last_modified"}', at => '2025-06-01')$$, ARRAY[5::bigint], 'row-level security holds');
RESET ROLE;

-- The cut-off reaches an index
CREATE INDEX ON s3."Object list" (last_modified);
ANALYZE s3."Object list";
SET enable_seqscan = off;
CREATE FUNCTION pg_temp.plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN ' || query;
    END $$;
SELECT ok(EXISTS (SELECT
    FROM pg_temp.plan_of(replace(replace(replace(primecloud.lifecycle_inventory_query(NULL, loose, 's3."Object list"', pg_temp.map(), NULL,
    NULL, false, '2025-06-01'),
    '$1', 'NULL'), '$2', quote_literal(loose::text) || '::primecloud.lifecycle'), '$3', 'timestamptz ''2025-06-01''')) AS line
        WHERE line LIKE '%Index Cond%last_modified%'), 'most rows never reach the rules') FROM c;
SELECT ok(NOT primecloud.lifecycle_inventory_query(NULL, loose, 's3."Object list"', pg_temp.map(), NULL, NULL, false, '2025-06-01') LIKE
    '%array_agg%', 'no grouping where none is needed') FROM c;

-- Times without a zone are UTC, wherever the session is.
CREATE TABLE s3.plain_time (key text, mod_time timestamp);
INSERT INTO s3.plain_time VALUES ('logs/a', '2025-03-02 12:00');
SET timezone = 'Pacific/Kiritimati';
SELECT results_eq($$SELECT objects, oldest FROM c, primecloud.lifecycle_preview(loose, 's3.plain_time', at => '2025-06-01 12:00+00')$$,
    $$VALUES (1::bigint, timestamptz '2025-03-02 12:00+00')$$, 'preview reads a timestamp as UTC');
SET timezone = 'Pacific/Niue';
SELECT results_eq($$SELECT action_after, objects, oldest FROM c, primecloud.lifecycle_impact(NULL, loose, 's3.plain_time',
    at => '2025-06-01 12:00+00')$$,
    $$VALUES ('delete', 1::bigint, timestamptz '2025-03-02 12:00+00')$$, 'and so does impact');
SET timezone = 'UTC';
SELECT * FROM finish();
ROLLBACK;
