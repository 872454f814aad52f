-- The limits of the lifecycle type and its functions at the level of SQL: the right
-- answer, or a clean refusal.
BEGIN;
SELECT no_plan();
SET search_path = primecloud, public;
SET timezone = 'UTC';

CREATE FUNCTION pg_temp.rule(changes jsonb) RETURNS lifecycle LANGUAGE sql AS
    $$ SELECT jsonb_build_object('Rules',
        jsonb_build_array('{"ID": "r", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 30}}'::jsonb || changes))::lifecycle $$;
CREATE FUNCTION pg_temp.many(n int, id_length int, tags int, value_length int, prefix_length int DEFAULT 0) RETURNS text LANGUAGE sql AS $$
    SELECT jsonb_build_object('Rules',
        jsonb_agg(jsonb_build_object('ID', lpad(i::text, id_length, 'i'), 'Status', 'Enabled', 'Expiration', jsonb_build_object('Days', i),
        'Filter', jsonb_build_object('And', jsonb_build_object('Prefix', 'p' || i || '/' || repeat('p', prefix_length),
            'Tags', (SELECT jsonb_agg(jsonb_build_object('Key', 'key' || t, 'Value', repeat('v', value_length)))
                FROM generate_series(1, tags) AS t))))))::text
    FROM generate_series(1, n) AS i $$;

-- A thousand rules of ten tags
CREATE TEMP TABLE big AS SELECT pg_temp.many(1000, 255, 10, 3)::lifecycle AS c, (SELECT string_agg('key' || t || '=vvv', '&')
    FROM generate_series(1, 10) t) AS tags;
SELECT is((lifecycle_evaluate(c, 'p1000/x', '2020-01-01', tags => tags, at => '2030-01-01')).rule_id, lpad('1000', 255, 'i'),
    'the last of a thousand rules, by ten tags') FROM big;
SELECT is((lifecycle_evaluate(c, 'p1000/x', '2020-01-01', tags => replace(tags, '&key10=vvv', ''), at => '2030-01-01')).action, 'none',
    'nine tags are not ten') FROM big;
SELECT is((lifecycle_evaluate(c, 'p1000/x', '2020-01-01', tags => tags || '&eleven=1', at => '2030-01-01')).action, 'none',
    'eleven are none') FROM big;
SELECT is(c::text::lifecycle, c, 'and its text is read back') FROM big;
SELECT is(lifecycle_xml(c)::lifecycle, c, 'and its XML') FROM big;
SELECT is((SELECT count(*) FROM lifecycle_explain(c, jsonb_populate_record(NULL::object_version, '{"key": "x", "mod_time": "2020-01-01"}'),
    '2030-01-01')), 1000::bigint, 'explained rule by rule') FROM big;
SELECT throws_ok($$SELECT pg_temp.many(1001, 10, 2, 1)::lifecycle$$, '22P02', 'invalid lifecycle configuration: there are 1001 rules',
    'one more is refused');
SELECT throws_ok($$SELECT pg_temp.many(1, 256, 2, 1)::lifecycle$$, '22P02', NULL, 'an ID of 256 characters is refused');

-- A megabyte
SELECT ok(length(pg_temp.many(1000, 255, 10, 20, 150)::lifecycle::text) BETWEEN 1000000 AND 1048576, 'nearly a megabyte is taken');
SELECT throws_ok($$SELECT pg_temp.many(1000, 255, 10, 60, 150)::lifecycle$$, '54000', NULL, 'more is refused');
SELECT throws_ok($$SELECT repeat(' ', 100000000)::lifecycle$$, '54000', NULL, 'a hundred megabytes are refused unread');
SELECT throws_ok($$SELECT ('{"Rules":[' || repeat('{"Status":"Enabled"},', 90000) || '{}]}')::lifecycle$$, '22P02', NULL,
    'ninety thousand rules');
SELECT throws_ok($$SELECT ('<LifecycleConfiguration>' || repeat('<Rule>', 10000))::lifecycle$$, '54000', NULL,
    'ten thousand levels of XML');

-- Days and times
SELECT is((lifecycle_evaluate(pg_temp.rule(jsonb_build_object('Expiration', jsonb_build_object('Days', days))), 'k', '2020-01-01',
    at => at::timestamptz)).action, action, format('%s days, asked %s', days, at))
FROM (VALUES (106750, '2300-01-01', 'none'), (106751, '2300-01-01', 'none'), (106751, '2313-01-01', 'delete'),
    (2147483647, '9999-12-31', 'none'), (9223372036854775807, '294276-12-31 23:59:59', 'none'),
             (9223372036854775807, 'infinity', 'none'), (30, 'infinity', 'delete'), (30, '-infinity', 'none'),
                 (30, '4713-01-01 BC', 'none'), (30, '2020-02-01 00:00', 'none'), (30, '2020-02-01 00:00:00.000001', 'delete'))
                 AS t(days, at, action);
SELECT is((lifecycle_evaluate(pg_temp.rule('{}'), 'k', mod_time::timestamptz, at => '2024-03-31')).action, action,
    format('modified %s', mod_time))
FROM (VALUES ('infinity', 'none'), ('-infinity', 'none'), ('9999-12-31', 'none'), ('4713-01-01 BC', 'delete'), ('2024-02-29 00:00', 'none'),
    ('2024-02-28 23:59:59.999999', 'delete'), (NULL, 'none')) AS t(mod_time, action);
SELECT is((lifecycle_predict(pg_temp.rule('{}'),
    jsonb_populate_record(NULL::object_version, jsonb_build_object('key', 'k', 'mod_time', mod_time)))).due, due::timestamptz,
    format('after %s', mod_time))
FROM (VALUES ('2024-01-30 10:00', '2024-03-01'), ('2023-01-30 10:00', '2023-03-02'), ('1999-12-31 23:00', '2000-01-31'),
    ('9999-12-31', '10000-01-31'), ('infinity', NULL), ('-infinity', NULL),
             ('294276-12-20', NULL)) AS t(mod_time, due);
SELECT is(lifecycle_cutoff(pg_temp.rule('{}'), at::timestamptz), cutoff::timestamptz, format('cut-off at %s', at))
FROM (VALUES ('infinity', 'infinity'), ('-infinity', '-infinity'), ('2024-03-31 12:00', '2024-03-01 12:00')) AS t(at, cutoff);
SELECT ok(lifecycle_cutoff(pg_temp.rule('{}'), '4713-01-02 BC') <= '4713-01-02 BC', 'a cut-off before the beginning of time');
SELECT is((lifecycle_evaluate(pg_temp.rule('{"Expiration": {"Date": "9999-12-31"}}'), 'k', '2020-01-01',
    at => '9999-12-31 00:00:01')).action, 'delete', 'the last date that can be written');
SELECT throws_ok($$SELECT pg_temp.rule('{"Expiration": {"Date": "2023-02-29"}}')$$, '22P02', NULL, 'a day that was not');
SELECT is(lifecycle_upload_due(pg_temp.rule('{"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}'), 'k', 'infinity'), NULL,
    'an upload begun at infinity');
SELECT is((lifecycle_explain(pg_temp.rule('{"Expiration": {"Days": 9223372036854775807}}'),
    jsonb_populate_record(NULL::object_version, '{"key": "k", "mod_time": "2020-01-01"}'), '2030-01-01')).reason,
    'never due: the days reach beyond the end of time', 'explain says so');

-- Sizes
SELECT is((lifecycle_evaluate(pg_temp.rule('{"Filter": {"ObjectSizeGreaterThan": 5497558138879}}'), 'k', '2020-01-01', size,
    at => '2030-01-01')).action, action, format('of %s bytes', size))
FROM (VALUES (5497558138880, 'delete'), (5497558138879, 'none'), (9223372036854775807, 'delete'), (0, 'none'), (-1, 'none'), (NULL, 'none'))
    AS t(size, action);
SELECT is((lifecycle_evaluate(pg_temp.rule('{"Filter": {"ObjectSizeLessThan": 9223372036854775807}}'), 'k', '2020-01-01',
    9223372036854775806, at => '2030-01-01')).action, 'delete', 'the greatest limit');

-- Nothing given: NULL stands for no configuration, and for what is not known
SELECT is((lifecycle_evaluate(NULL, 'k', '2020-01-01')).action, NULL, 'no configuration, no answer');
SELECT is(lifecycle_evaluate(NULL, 'k', '2020-01-01') IS NULL, true, 'none at all');
SELECT is((lifecycle_evaluate(pg_temp.rule('{}'), NULL, '2020-01-01')).action, NULL, 'no key');
SELECT is((lifecycle_evaluate(pg_temp.rule('{}'), 'k', '2020-01-01', at => NULL)).action, NULL, 'no time');
SELECT is((lifecycle_evaluate(pg_temp.rule('{}'), '', '2020-01-01', at => '2030-01-01')).action, 'none', 'a key of no length');
SELECT is((lifecycle_evaluate(pg_temp.rule('{}'), 'k', '2020-01-01', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    '2030-01-01')).action, 'delete', 'all the others NULL');
SELECT is((lifecycle_evaluate_object(pg_temp.rule('{}'), NULL::object_version)).action, NULL, 'no object');
SELECT is((lifecycle_evaluate_object(pg_temp.rule('{}'), ROW(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    NULL)::object_version)).action, 'none', 'an object of which nothing is known');
SELECT is((lifecycle_evaluate_object(pg_temp.rule('{}'), jsonb_populate_record(NULL::object_version, '{"size": 1}'))).action, 'none',
    'an object without key and time');
SELECT is((SELECT count(*) FROM lifecycle_evaluate_versions(pg_temp.rule('{}'), '{}', now())), 0::bigint, 'no versions');
SELECT is((SELECT count(*) FROM lifecycle_evaluate_versions(NULL, '{}', now())), 0::bigint, 'versions of no configuration');
SELECT throws_ok($$SELECT lifecycle_evaluate_versions(pg_temp.rule('{}'), ARRAY[NULL]::object_version[])$$, '22004', NULL,
    'a version that is NULL');
SELECT throws_ok($$SELECT lifecycle_evaluate_versions(pg_temp.rule('{}'),
    ARRAY[ARRAY[jsonb_populate_record(NULL::object_version, '{"key": "k"}')]])$$, '2202E', NULL, 'two dimensions');
SELECT is(lifecycle_problem(NULL, 'minio'), NULL, 'no problem of no configuration');
SELECT throws_ok($$SELECT lifecycle_problem(pg_temp.rule('{}'), 'ceph')$$, '22023', NULL, 'an unknown dialect');
SELECT is(lifecycle_xml(NULL), NULL, 'no XML');
SELECT is(lifecycle_expiration_header(pg_temp.rule('{"Expiration": {"Days": 9223372036854775807}}'),
    jsonb_populate_record(NULL::object_version, '{"key": "k", "mod_time": "2020-01-01"}')), NULL, 'no header for what never expires');
SELECT is((SELECT count(*) FROM lifecycle_explain(NULL, NULL)), 0::bigint, 'nothing to explain');
CREATE TEMP TABLE inventory (key text, mod_time timestamptz, size bigint);
INSERT INTO inventory VALUES ('a', 'infinity', 1), ('b', '-infinity', 1), ('c', NULL, 1), ('d', '2020-01-01', NULL),
    (NULL, '2020-01-01', 1), ('', '2020-01-01', 1), ('e', '2020-01-01', 9223372036854775807), ('f', '2020-01-01', 9223372036854775807);
SELECT results_eq($$SELECT objects, bytes FROM lifecycle_preview(pg_temp.rule('{}'), 'inventory', at => '2030-01-01')$$,
    $$VALUES (3::bigint, 18446744073709551614::numeric)$$, 'a preview of the odd; bytes do not overflow');
SELECT is_empty($$SELECT * FROM lifecycle_preview(pg_temp.rule('{}'), 'inventory', at => '-infinity')$$, 'at the beginning of time');
SELECT is((SELECT objects FROM lifecycle_preview(pg_temp.rule('{}'), 'inventory', at => 'infinity')), 3::bigint, 'and at its end');
SELECT is_empty($$SELECT * FROM lifecycle_preview(pg_temp.rule('{}'), 'inventory', at => NULL)$$, 'or at no time');
SELECT is((SELECT cardinality(keys) FROM lifecycle_preview(pg_temp.rule('{}'), 'inventory', at => '2030-01-01', sample => s)), n,
    format('a sample of %s', s))
FROM (VALUES (0, NULL), (-5, NULL), (2147483647, 3), (NULL, NULL)) AS t(s, n);
SELECT is_empty($$SELECT * FROM lifecycle_impact(NULL, NULL, 'inventory')$$, 'from nothing to nothing');
SELECT * FROM finish();
ROLLBACK;
