-- What is due, through SQL: single versions, sets, prediction, explanation.
BEGIN;
SELECT plan(37);
SET search_path = primecloud, public;
SET timezone = 'UTC';

CREATE FUNCTION pg_temp.config(rules text) RETURNS lifecycle LANGUAGE sql IMMUTABLE AS $$
    SELECT ('{"Rules": [' || rules || ']}')::lifecycle $$;
CREATE FUNCTION pg_temp.version(key text, mod_time timestamptz, is_latest boolean DEFAULT true, delete_marker boolean DEFAULT false,
        num_versions integer DEFAULT NULL, successor timestamptz DEFAULT NULL, tags text DEFAULT '', legal_hold boolean DEFAULT false,
        size bigint DEFAULT 0, retain_until timestamptz DEFAULT NULL)
    RETURNS object_version LANGUAGE sql IMMUTABLE AS $$
    SELECT ROW(key, 'v', mod_time, size, is_latest, delete_marker, num_versions, successor, tags, '', NULL, legal_hold, retain_until,
        false)::object_version $$;
CREATE TEMP TABLE c AS SELECT
    pg_temp.config('{"ID": "exp", "Status": "Enabled", "Filter": {"Prefix": "a/"}, "Expiration": {"Days": 10}},
                    {"ID": "move", "Status": "Enabled", "Filter": {"Prefix": "a/"}, "Transitions": [{"Days": 3, "StorageClass": "COLD"}]},
                    {"ID": "off", "Status": "Disabled", "Filter": {}, "Expiration": {"Days": 1}}') AS simple,
    pg_temp.config('{"ID": "old", "Status": "Enabled", "Filter": {}, "NoncurrentVersionExpiration": {"NoncurrentDays": 1, '
        '"NewerNoncurrentVersions": 2}},
                    {"ID": "marker", "Status": "Enabled", "Filter": {}, "Expiration": {"ExpiredObjectDeleteMarker": true}}') AS versioned;

SELECT is((lifecycle_evaluate(simple, 'a/x', '2025-01-01 10:30', at => '2025-01-12 00:00:00.000001')),
    ROW('delete', '2025-01-12 00:00', 'exp', NULL)::lifecycle_event, 'delete, the microsecond after it is due') FROM c;
SELECT is((lifecycle_evaluate(simple, 'a/x', '2025-01-01 10:30', at => '2025-01-12 00:00')).action, 'transition',
    'not at the moment itself') FROM c;
SELECT is((lifecycle_evaluate(simple, 'a/x', '2025-01-01 10:30', at => '2025-01-06')),
    ROW('transition', '2025-01-05', 'move', 'COLD')::lifecycle_event, 'transition with its class') FROM c;
SELECT is((lifecycle_evaluate(simple, 'b/x', '2025-01-01 10:30', at => '2035-01-06')), ROW('none', NULL, NULL, NULL)::lifecycle_event,
    'another prefix; disabled rules do nothing') FROM c;
SELECT is(lifecycle_evaluate(NULL, 'a', '2025-01-01'), NULL, 'no configuration, no answer');
SELECT is((lifecycle_evaluate(simple, 'a/x', NULL, at => '2035-01-06')).action, 'none', 'modification time unknown: nothing is due') FROM c;
SELECT is((lifecycle_evaluate(simple, 'a/x', '-infinity', at => '2035-01-06')).action, 'none', '-infinity: nothing is due') FROM c;
SELECT is((lifecycle_evaluate(pg_temp.config('{"Status": "Enabled", "Filter": {}, "Expiration": {"Days": 200000}}'), 'a/x', '2025-01-01',
    at => '2026-01-01')).action, 'none', '200000 days are a long time, not a date in the past');
SELECT is((lifecycle_evaluate(simple, 'a/x', now() - interval '30 days')).action, 'delete', 'now() is the default') FROM c;

-- Holds
SELECT is((lifecycle_evaluate_object(versioned, pg_temp.version('k', '2025-01-01', true, true, 1), '2026-01-01')).action, 'delete_version',
    'a delete marker that is known to be the only version') FROM c;
SELECT is((lifecycle_evaluate_object(versioned, pg_temp.version('k', '2025-01-01', true, true), '2026-01-01')).action, 'none',
    'a delete marker that is not known to be the only version stays') FROM c;
SELECT is((lifecycle_evaluate_object(pg_temp.config('{"Status": "Enabled", "Filter": {}, "NoncurrentVersionExpiration": {"NoncurrentDays": '
    '1}}'), version, '2026-01-01')).action, wanted, what)
FROM (VALUES (pg_temp.version('k', '2025-01-01', false, false, NULL, '2025-01-02'), 'delete_version', 'a noncurrent version'),
             (pg_temp.version('k', '2025-01-01', false, false, NULL, '2025-01-02', '', true), 'none', 'a held one is not destroyed'),
             (pg_temp.version('k', '2025-01-01', false, false, NULL, '2025-01-02', '', false, 0, '2027-01-01'), 'none',
                 'nor a retained one'),
             (pg_temp.version('k', '2025-01-01', false), 'none', 'without the time of its successor it is not due'))
                 AS t(version, wanted, what);

-- Sets
CREATE FUNCTION pg_temp.set_of(n integer, held integer DEFAULT 0) RETURNS object_version[] LANGUAGE sql IMMUTABLE AS $$
    SELECT array_agg(pg_temp.version('k', timestamptz '2025-01-10' - i * interval '1 day', i = 1, false, NULL, NULL, '', i = held)
        ORDER BY i) FROM generate_series(1, n) AS i $$;
SELECT is(array_agg(action ORDER BY n), '{none,none,none,delete_version,delete_version}', 'two noncurrent versions are spared')
FROM c, ROWS FROM (lifecycle_evaluate_versions(versioned, pg_temp.set_of(5), '2026-01-01'))
    WITH ORDINALITY AS e(action, due, rule_id, storage_class, n);
SELECT is(array_agg(action ORDER BY n), '{none,none,none,none,delete_version}', 'a held version stays, and counts')
FROM c, ROWS FROM (lifecycle_evaluate_versions(versioned, pg_temp.set_of(5, 4), '2026-01-01'))
    WITH ORDINALITY AS e(action, due, rule_id, storage_class, n);
SELECT is(count(*), 0::bigint, 'no versions, no events') FROM c, lifecycle_evaluate_versions(versioned, '{}');
SELECT throws_ok($$SELECT lifecycle_evaluate_versions(versioned, ARRAY[pg_temp.version('k', '2025-01-01', true, false, 7)]) FROM c$$,
    '22023', 'version 1 says that its key has 7 versions, the array holds 1', 'an incomplete set');
SELECT throws_ok($$SELECT lifecycle_evaluate_versions(versioned,
    ARRAY[pg_temp.version('k', '2025-01-01'), pg_temp.version('l', '2025-01-01')]) FROM c$$, '22023', NULL, 'two keys');
SELECT throws_ok($$SELECT lifecycle_evaluate_versions(versioned,
    ARRAY[pg_temp.version('k', '2025-01-01'), pg_temp.version('k', '2025-01-02')]) FROM c$$, '22023', NULL, 'oldest first');
SELECT throws_ok($$SELECT lifecycle_evaluate_versions(versioned, ARRAY[NULL::object_version]) FROM c$$, '22004', NULL, 'a NULL version');
SELECT is((SELECT count(*) FROM lifecycle_evaluate_versions(versioned, pg_temp.set_of(2000))), 2000::bigint, 'a large set') FROM c;

-- Prediction, header, explanation
SELECT is(lifecycle_predict(simple, pg_temp.version('a/x', '2025-01-01 10:30')),
    ROW('transition', '2025-01-05', 'move', 'COLD')::lifecycle_event, 'what happens next') FROM c;
SELECT is(lifecycle_expiration_header(pg_temp.config('{"ID": "x y", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 10}}'),
    pg_temp.version('a', '2025-01-01 10:30')),
    'expiry-date="Sun, 12 Jan 2025 00:00:00 GMT", rule-id="x%20y"', 'x-amz-expiration');
SELECT is(lifecycle_expiration_header(simple, pg_temp.version('b', '2025-01-01')), NULL, 'no header') FROM c;
SELECT results_eq($$SELECT rule, rule_id, matches, action, chosen, reason FROM c,
    lifecycle_explain(simple, pg_temp.version('a/x', '2025-01-01 10:30'), '2025-02-01')$$,
    $$VALUES (1, 'exp', true, 'delete', true, 'due'),
             (2, 'move', true, 'transition', false, 'due, but delete of rule "exp" goes before transition'),
             (3, 'off', false, NULL, false, 'the rule is disabled')$$, 'every rule is explained');
SELECT is(reason, 'the object has no tag "env" = "prod"', 'a missing tag is named')
FROM lifecycle_explain(pg_temp.config('{"Status": "Enabled", "Filter": {"Tag": {"Key": "env", "Value": "prod"}}, "Expiration": {"Days": '
    '1}}'), pg_temp.version('a', '2025-01-01'));

-- The configuration as a whole
SELECT is(ARRAY[lifecycle_has_active_rules(simple, 'a'), lifecycle_has_active_rules(simple, 'b')], '{t,f}', 'active rules by prefix')
    FROM c;
SELECT is(lifecycle_noncurrent_limit(versioned, pg_temp.version('a', '2025-01-01'))::text, '(old,1,2)', 'the limit of noncurrent versions')
    FROM c;
SELECT is(lifecycle_cutoff(simple, '2025-01-10 12:00'), '2025-01-07 12:00'::timestamptz, 'the cut-off is the shortest of the days') FROM c;
SELECT is(lifecycle_problem(versioned, 'minio'), NULL, 'nothing that MinIO would refuse') FROM c;
SELECT is(lifecycle_restore_expires('ongoing-request="false", expiry-date="Fri, 21 Dec 2012 00:00:00 GMT"'), '2012-12-21'::timestamptz,
    'x-amz-restore');
-- What somebody has made of the type is not written as it was.
SELECT throws_ok(format($$ALTER TYPE primecloud.lifecycle_event ALTER ATTRIBUTE %I TYPE inet;
    DO 'BEGIN PERFORM primecloud.lifecycle_evaluate(simple, ''a/x'', ''2020-01-01'') FROM c; END'$$,
    attribute), '42804', 'the row type lifecycle_event was altered', attribute || ' of another type')
FROM unnest('{action,due,rule_id,storage_class}'::text[]) AS attribute;
SELECT * FROM finish();
ROLLBACK;
