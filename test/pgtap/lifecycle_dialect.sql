-- Whose rules decide: MinIO's, AWS's, or those of the one that a configuration was written for.
BEGIN;
SELECT no_plan();
SET search_path = primecloud, public;
SET timezone = 'UTC';

CREATE TEMP TABLE c AS SELECT rules AS plain, (rules::text::jsonb || '{"Dialect": "aws"}')::lifecycle AS for_aws
FROM (SELECT '{"Rules": [{"ID": "ladder", "Status": "Enabled", "Filter": {"Prefix": "logs/"},
    "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}, {"Days": 90, "StorageClass": "GLACIER"}],
    "Expiration": {"Days": 365}}]}'::lifecycle AS rules) AS r;
CREATE FUNCTION pg_temp.version(in_class text DEFAULT '', version_id text DEFAULT '', size bigint DEFAULT 1000000)
    RETURNS object_version LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_populate_record(NULL::object_version, jsonb_build_object('key', 'logs/a', 'mod_time', '2025-01-01 10:30+00',
        'transition_status', in_class, 'version_id', version_id, 'size', size)) $$;
CREATE FUNCTION pg_temp.answer(e lifecycle_event) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT e.action || coalesce(' ' || e.storage_class, '') $$;

-- The ladder of the guide: days, class it is in, MinIO, AWS
CREATE TEMP TABLE ladder(days int, in_class text, minio text, aws text);
INSERT INTO ladder VALUES
    (20, '', 'none', 'none'),
    (40, '', 'none', 'transition STANDARD_IA'),
    (40, 'STANDARD_IA', 'none', 'none'),
    (100, '', 'transition GLACIER', 'transition GLACIER'),
    (100, 'STANDARD_IA', 'transition GLACIER', 'transition GLACIER'),
    (100, 'GLACIER', 'transition GLACIER', 'none'),
    (100, 'complete', 'none', 'none'),
    (400, 'GLACIER', 'delete', 'delete');
SELECT is(pg_temp.answer(lifecycle_evaluate_object(plain, pg_temp.version(in_class),
    timestamptz '2025-01-01 12:00' + days * interval '1 day', dialect => dialect)), wanted,
    format('%s, day %s, in "%s"', dialect, days, in_class))
FROM c, ladder, LATERAL (VALUES ('minio', minio), ('aws', aws)) AS of(dialect, wanted);

-- Which one decides
SELECT is((lifecycle_evaluate(config, 'logs/a', '2025-01-01', at => '2025-02-10', dialect => dialect)).storage_class, wanted,
    format('%s, asked as %s', said, dialect))
FROM c, LATERAL (VALUES (plain, 'no dialect kept', 'kept', NULL), (for_aws, 'aws kept', 'kept', 'STANDARD_IA'),
    (for_aws, 'aws kept', 'minio', NULL), (plain, 'no dialect kept', 'aws', 'STANDARD_IA'), (for_aws, 'aws kept', NULL, 'STANDARD_IA'))
    AS of(config, said, dialect, wanted);
SELECT is((lifecycle_evaluate(for_aws, 'logs/a', '2025-01-01', at => '2025-02-10')).storage_class, 'STANDARD_IA', 'kept is the default')
FROM c;
SELECT is(for_aws::text::jsonb ->> 'Dialect', 'aws', 'and it is shown') FROM c;
SELECT is((for_aws::text::jsonb - 'Dialect')::lifecycle, plain, 'and can be taken away') FROM c;
SELECT ok(for_aws <> plain, 'for AWS is another configuration') FROM c;
SELECT is(lifecycle_xml(for_aws, 'aws'), lifecycle_xml(plain, 'aws'), 'which XML does not tell') FROM c;
SELECT is((lifecycle_predict(plain, pg_temp.version(), 'aws')).storage_class, 'STANDARD_IA', 'foretold by AWS') FROM c;
SELECT is((lifecycle_predict(for_aws, pg_temp.version())).storage_class, 'STANDARD_IA', 'or by the one kept') FROM c;
SELECT is(lifecycle_expiration_header(plain, pg_temp.version()), NULL, 'MinIO''s header is of what comes next') FROM c;
SELECT is(lifecycle_expiration_header(plain, pg_temp.version(), 'aws'), 'expiry-date="Fri, 02 Jan 2026 00:00:00 GMT", rule-id="ladder"',
    'AWS''s is of the expiration') FROM c;
SELECT results_eq($$SELECT action, storage_class, chosen, reason, decided_by
    FROM c, lifecycle_explain(plain, pg_temp.version(), '2025-04-11', 'aws')$$,
    $$VALUES ('delete', NULL, false, 'not due yet', 'aws'),
             ('transition', 'STANDARD_IA', false,
                'due, but to AWS GLACIER of rule "ladder" goes before STANDARD_IA, of what is due the cheapest', 'aws'),
             ('transition', 'GLACIER', true, 'due', 'aws')$$, 'explain says who decided, and why');
SELECT results_eq($$SELECT reason, decided_by FROM c, lifecycle_explain(plain, pg_temp.version(), '2025-04-11')
    WHERE storage_class = 'STANDARD_IA'$$,
    $$VALUES ('MinIO keeps the last transition of a rule alone', 'minio')$$, 'and of MinIO');
SELECT is(array_agg(DISTINCT decided_by), '{aws}', 'or the one kept')
FROM c, lifecycle_explain(for_aws, pg_temp.version(), '2025-04-11');
SELECT is(array_agg(action ORDER BY n), wanted, dialect || ': of a set')
FROM c, (VALUES ('minio', '{none}'::text[]), ('aws', '{transition}')) AS of(dialect, wanted),
    ROWS FROM (lifecycle_evaluate_versions(plain, ARRAY[pg_temp.version('', 'v1')], '2025-02-10', false, dialect))
    WITH ORDINALITY AS e(action, due, rule_id, storage_class, n)
GROUP BY dialect, wanted ORDER BY dialect DESC;
SELECT is((lifecycle_evaluate('{"Rules": [{"ID": "a", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 30}}, '
    '{"ID": "b", "Status": "Enabled", "Filter": {}, "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}]}]}', 'k', '2025-01-01',
    at => '2025-03-01', dialect => 'aws', version_id => version_id)).action, wanted, format('version "%s"', version_id))
FROM (VALUES ('', 'delete'), ('null', 'delete'), ('v1', 'transition')) AS t(version_id, wanted);
SELECT throws_ok(format($$SELECT %s FROM c$$, call), '22023', 'unknown dialect "ceph"', call)
FROM unnest(ARRAY['lifecycle_evaluate(plain, ''k'', now(), dialect => ''ceph'')',
    'lifecycle_evaluate_object(plain, pg_temp.version(), dialect => ''ceph'')',
    'lifecycle_explain(plain, pg_temp.version(), now(), ''ceph'')',
    'lifecycle_predict(plain, pg_temp.version(), ''ceph'')']) AS call;

-- Small objects, as AWS was told
CREATE FUNCTION pg_temp.small(by_default text) RETURNS lifecycle LANGUAGE sql IMMUTABLE AS $$
    SELECT (jsonb_build_object('TransitionDefaultMinimumObjectSize', by_default) || '{"Rules": [{"ID": "r", "Status": "Enabled",
        "Filter": {}, "Transitions": [{"Days": 90, "StorageClass": "GLACIER"}]}]}')::lifecycle $$;
SELECT is((lifecycle_evaluate_object(pg_temp.small(by_default), pg_temp.version('', '', size), '2025-06-01', dialect)).action,
    wanted, format('%s, %s bytes, %s', by_default, size, dialect))
FROM (VALUES (NULL, 131071, 'aws', 'none'), (NULL, 131072, 'aws', 'transition'), ('varies_by_storage_class', 1, 'aws', 'transition'),
    ('all_storage_classes_128K', 1, 'aws', 'none'), ('all_storage_classes_128K', 1, 'minio', 'transition'),
    (NULL, NULL, 'aws', 'transition')) AS t(by_default, size, dialect, wanted);
SELECT is(pg_temp.small('varies_by_storage_class')::text::jsonb ->> 'TransitionDefaultMinimumObjectSize', 'varies_by_storage_class',
    'it is kept and shown');
SELECT throws_like($$SELECT pg_temp.small('128K')$$, '%TransitionDefaultMinimumObjectSize is "128K"%', 'no other word');

-- Over a table, whose column of classes is named
CREATE TABLE inventory (key text, mod_time timestamptz, storage_class text);
INSERT INTO inventory VALUES ('logs/a', '2025-01-01', 'STANDARD'), ('logs/b', '2025-01-01', 'STANDARD_IA'),
    ('logs/c', '2025-03-01', 'STANDARD');
SELECT results_eq(format($$SELECT storage_class, keys
    FROM c, lifecycle_preview(plain, 'inventory', '{"transition_status": "storage_class"}', at => '2025-04-11',
        dialect => %L)$$, dialect), wanted, 'preview as ' || dialect)
FROM (VALUES ('minio', $$VALUES ('GLACIER', '{logs/a,logs/b}'::text[])$$),
    ('aws', $$VALUES ('GLACIER', '{logs/a,logs/b}'::text[]), ('STANDARD_IA', '{logs/c}')$$)) AS t(dialect, wanted);
SELECT results_eq($$SELECT action_before, action_after, keys
    FROM c, lifecycle_impact(NULL, plain, 'inventory', '{"transition_status": "storage_class"}', at => '2025-03-01',
        dialect => 'aws')$$, $$VALUES ('none', 'transition', '{logs/a}'::text[])$$, 'impact as AWS');
SELECT * FROM finish();
ROLLBACK;
