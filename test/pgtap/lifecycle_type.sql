-- The lifecycle type: what it takes, what it prints, how it compares, how it is stored.
BEGIN;
SELECT plan(38);
SET search_path = primecloud, public;
SET timezone = 'UTC';

-- Forms of input
CREATE TEMP TABLE canonical
    AS SELECT '{"Rules": [{"ID": "logs", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 30}}]}'::text AS text;
SELECT is(lifecycle '<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><Expiration><Days>30</Days></Expiration>
    <Filter><Prefix>logs/</Prefix></Filter><Status>Enabled</Status><ID>logs</ID></Rule></LifecycleConfiguration>'::text, text,
    'S3 XML, elements in any order') FROM canonical;
SELECT is(text::lifecycle::text, text, 'canonical JSON prints as it was read') FROM canonical;
SELECT is('{"Rules":[{"ID":"logs","Filter":{"And":{},"Prefix":"logs/","Tag":{}},"Status":"Enabled",'
    '"Expiration":{"Date":"0001-01-01T00:00:00Z","Days":30,"DeleteMarker":false},"Transition":{"Date":"0001-01-01T00:00:00Z","Days":0,'
    '"StorageClass":""},"NoncurrentVersionExpiration":{}}]}'::lifecycle::text,
    text, 'MinIO''s older JSON export, with zeros for what is absent') FROM canonical;
SELECT is('[{"id":"logs","prefix":"logs/","status":"Enabled","expiration":{"days":30}}]'::jsonb::lifecycle::text, text,
    'an application''s nested rules, from jsonb') FROM canonical;
SELECT is('[{"id":"a","name":"tidy up","type":"transition","days":7,"storageClass":"COLD","enabled":false}]'::lifecycle::text,
    '{"Rules": [{"ID": "a", "Status": "Disabled", "Filter": {}, "Transitions": [{"Days": 7, "StorageClass": "COLD"}]}]}',
        'an application''s typed rules');
SELECT is('{"Rules":[{"Status":"Enabled","Prefix":"","Expiration":{"Date":"2030-01-31"}},{"ID":"rule-1","Status":"Enabled","Filter":{},'
    '"Expiration":{"Days":1}}]}'::lifecycle::text,
    '{"Rules": [{"ID": "rule-1-2", "Status": "Enabled", "Prefix": "", "Expiration": {"Date": "2030-01-31T00:00:00Z"}}, {"ID": "rule-1", '
        '"Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1}}]}',
    'a rule without an ID gets a free one by its position');

-- Refusals: the rule, what is wrong, what is allowed
SELECT throws_ok($$SELECT '{"Rules":[{"ID":"a","Status":"Enabled","Filter":{},"Expiration":{"Days":1}},{"ID":"b","Status":"enabled",'
    '"Filter":{},"Expiration":{"Days":1}}]}'::lifecycle$$, '22P02', 'invalid lifecycle configuration: rule 2 (ID "b"): Status is "enabled"',
    'a refusal names the rule by position and id');
CREATE FUNCTION pg_temp.refused(document text, wanted text, code text DEFAULT '22P02') RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN NEXT throws_like(format('SELECT %L::primecloud.lifecycle', document), '%' || wanted || '%', wanted);
END $$;
SELECT pg_temp.refused('', 'the document is empty');
SELECT pg_temp.refused('Rules', 'starts with neither <, { nor [');
SELECT pg_temp.refused('[]', 'there is no rule');
SELECT pg_temp.refused('{"Rules":[{"Status":"Enabled","Filter":{},"Expiration":{"Days":0}}]}', 'Days of Expiration is 0');
SELECT pg_temp.refused('{"Rules":[{"Status":"Enabled","Filter":{},"Expiration":{"Days":"5"}}]}',
    'Days of Expiration is not a whole number');
SELECT pg_temp.refused('{"Rules":[{"Status":"Enabled","Filter":{},"Expiration":{"Date":"2030-01-31T12:00:00Z"}}]}', 'not midnight UTC');
SELECT pg_temp.refused('{"Rules":[{"Status":"Enabled","Filter":{},"Expirations":{"Days":1}}]}', '"Expirations" is not known');
SELECT pg_temp.refused('{"Rules":[{"Status":"Enabled","Status":"Disabled","Filter":{},"Expiration":{"Days":1}}]}',
    '"Status" is given twice');
SELECT pg_temp.refused('<!DOCTYPE x [<!ENTITY a "b">]><LifecycleConfiguration/>', 'the document has a DOCTYPE');
SELECT pg_temp.refused('<LifecycleConfiguration><Rule></LifecycleConfiguration>', 'XML error at line 1');
SELECT pg_temp.refused(repeat('[', 100000), 'nests more than 16 levels');
SELECT pg_temp.refused('{"Rules":[' || repeat(' ', 3000000) || ']}', 'longer than');
SELECT throws_ok(format('SELECT %L::primecloud.lifecycle', repeat('<a>', 50)), '54000', NULL, 'what is merely too large is 54000');

-- Output
SELECT is(lifecycle_xml('{"Rules":[{"ID":"a&b","Status":"Enabled","Filter":{"Prefix":"<x>"},"Transitions":[{"Days":0,'
    '"StorageClass":"COLD"}]}]}'),
    '<LifecycleConfiguration><Rule><ID>a&amp;b</ID><Status>Enabled</Status><Filter><Prefix>&lt;x&gt;</Prefix></Filter><Transition>'
        '<StorageClass>COLD</StorageClass></Transition></Rule></LifecycleConfiguration>',
    'XML for MinIO');
SELECT is(lifecycle_xml(lifecycle_xml('{"Rules":[{"ID":"a&b","Status":"Enabled","Filter":{"Prefix":"<x>"},"Transitions":[{"Days":0,'
    '"StorageClass":"COLD"}]}]}', 'aws')::lifecycle, 'aws'),
    '<LifecycleConfiguration '
        'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ID>a&amp;b</ID><Status>Enabled</Status><Filter><Prefix>&lt;x&gt;</Prefix>'
        '</Filter><Transition><Days>0</Days><StorageClass>COLD</StorageClass></Transition></Rule></LifecycleConfiguration>',
    'XML for AWS, read back');
SELECT is(to_json(text::lifecycle)::jsonb, text::jsonb, 'to_json nests it') FROM canonical;
SELECT is(to_jsonb(text::lifecycle), text::jsonb, 'to_jsonb nests it') FROM canonical;
SELECT is(text::lifecycle::jsonb, text::jsonb, 'it casts to jsonb') FROM canonical;

-- Comparison
SELECT ok(text::lifecycle = lifecycle_xml(text::lifecycle)::lifecycle, 'XML and JSON of one configuration are equal') FROM canonical;
SELECT ok(text::lifecycle <> replace(text, '30', '31')::lifecycle, 'another day is another configuration') FROM canonical;
SELECT is(count(DISTINCT c), 2::bigint, 'DISTINCT') FROM (SELECT text::lifecycle AS c FROM canonical UNION ALL SELECT text::lifecycle
    FROM canonical UNION ALL SELECT replace(text, '30', '31')::lifecycle FROM canonical) all_of_them;
SELECT is(primecloud_internal.lifecycle_hash(text::lifecycle),
    primecloud_internal.lifecycle_hash(lifecycle_xml(text::lifecycle)::lifecycle), 'equal configurations hash alike') FROM canonical;
SELECT lives_ok('CREATE TEMP TABLE keyed (c primecloud.lifecycle PRIMARY KEY); CREATE INDEX ON keyed USING hash (c)',
    'btree and hash operator classes');

-- Binary
SELECT is(length(primecloud_internal.lifecycle_send(text::lifecycle)) > 100, true, 'binary output') FROM canonical;

-- Storage: every form a value takes on disk gives the same answer, from row to row
CREATE TEMP TABLE stored (id int, form text, c lifecycle);
ALTER TABLE stored ALTER c SET STORAGE extended;
CREATE FUNCTION pg_temp.many(n int, prefix text DEFAULT 'p') RETURNS lifecycle LANGUAGE sql AS $$
    SELECT jsonb_build_object('Rules', jsonb_agg(jsonb_build_object('ID', 'r' || i, 'Status', 'Enabled',
        'Filter', jsonb_build_object('Prefix', prefix || i || '/'), 'Expiration', jsonb_build_object('Days', i))))::lifecycle
    FROM generate_series(1, n) AS i $$;
INSERT INTO stored VALUES (1, 'inline-short', pg_temp.many(1));
INSERT INTO stored VALUES (2, 'inline-plain', pg_temp.many(8));
INSERT INTO stored VALUES (3, 'compressed', pg_temp.many(60));
INSERT INTO stored VALUES (4,
    'out of line', (SELECT jsonb_build_object('Rules', jsonb_agg(jsonb_build_object('ID', 'r' || i, 'Status', 'Enabled',
        'Filter', jsonb_build_object('Prefix', 'p' || i || '/', 'Tag', NULL), 'Expiration', jsonb_build_object('Days', i))
            || jsonb_build_object('ID', 'r' || i || repeat(md5(i::text), 4))))::lifecycle FROM generate_series(1, 100) AS i));
INSERT INTO stored SELECT id + 10, form || ' again', c FROM stored;
SELECT is(form, wanted, 'stored ' || wanted)
FROM (SELECT id, wanted, CASE WHEN pg_column_size(c) > 2100 THEN 'out of line'
      WHEN pg_column_size(c) < length(primecloud_internal.lifecycle_send(c)) THEN 'compressed'
      WHEN pg_column_size(c) <= 127 THEN 'inline-short' ELSE 'inline-plain' END AS form
      FROM stored JOIN (VALUES (1, 'inline-short'), (2, 'inline-plain'), (3, 'compressed'), (4, 'out of line')) w(wid, wanted) ON wid = id)
          forms ORDER BY id;
SELECT is(array_agg(DISTINCT left((lifecycle_evaluate(c, 'p1/x', '2025-01-01', at => '2025-06-01')).rule_id, 2)), ARRAY['r1'],
    'all forms are evaluated')
FROM (SELECT c FROM stored, generate_series(1, 5) ORDER BY random()) mixed;
SELECT is(count(*), 8 * 2::bigint, 'changing from row to row, the cache is not mistaken')
FROM (SELECT (lifecycle_evaluate(c, 'p' || n || '/x', '2025-01-01', at => '2026-01-01')).action AS action, id, n FROM stored,
    generate_series(1, 2) n ORDER BY n, id % 10, id) e
WHERE action = CASE WHEN n = 1 OR id % 10 > 1 THEN 'delete' ELSE 'none' END;
SELECT is(count(*), 8::bigint, 'binary output is read back by a copy') FROM stored WHERE c::text::lifecycle = c;
SELECT * FROM finish();
ROLLBACK;
