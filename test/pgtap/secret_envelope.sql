-- The sealed type: what is accepted, what opens where, and nothing else.
SET client_min_messages = error;  -- literals stand for parameters here; secret_literals tests the warning
SELECT no_plan();

-- The SQLSTATE of a statement, or its one value.
CREATE FUNCTION outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    value text;
BEGIN
    EXECUTE statement INTO value;
    RETURN coalesce(value, 'NULL');
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
-- An envelope's text from its bytes, altered perhaps; and bytes as recv would take them are tried by test/server/secret_binary.
CREATE FUNCTION written(envelope bytea) RETURNS text LANGUAGE sql AS $$
    SELECT 'pc1.' || rtrim(translate(encode(envelope, 'base64'), E'+/\n', '-_'), '=') $$;
CREATE FUNCTION bytes_of(s primecloud.sealed) RETURNS bytea LANGUAGE sql AS $$ SELECT primecloud_internal.sealed_send(s) $$;

CREATE TABLE size AS SELECT * FROM (VALUES ('empty', 0), ('one byte', 1), ('short', 40), ('a KiB', 1024), ('a block', 8192),
    ('a MiB', 1048576)) AS v(name, bytes);
CREATE TABLE plain AS SELECT name, bytes,
    coalesce(left((SELECT string_agg(md5(n::text), '') FROM generate_series(1, bytes / 32 + 1) AS n), bytes), '') AS secret FROM size;

-- Round trips: as text and as bytes, from a short, a plain, a compressed and an out-of-line value.
CREATE TABLE stored (name text, how text, secret text);
ALTER TABLE stored ALTER secret SET STORAGE EXTERNAL;
INSERT INTO stored SELECT name, 'out of line', secret FROM plain;
ALTER TABLE stored ALTER secret SET STORAGE EXTENDED;
INSERT INTO stored SELECT name, 'compressed', repeat('x', bytes) FROM size;
INSERT INTO stored SELECT name, 'short or plain', secret FROM plain WHERE bytes < 8192;
SELECT isnt_empty($$SELECT FROM stored WHERE how = 'compressed' AND pg_column_size(secret) < octet_length(secret)$$,
    '(some are compressed)');
SELECT is(primecloud.open(primecloud.seal(secret, '1', 'l', name), '1', 'l', name, 'test'), secret,
    format('%s, %s: opens as it was', name, how)) FROM stored;
SELECT is(primecloud.open_bytes(primecloud.seal_bytes(secret::bytea, '1', 'l', name), '1', 'l', name, 'test'), secret::bytea,
    format('%s, %s: bytes open as they were', name, how)) FROM stored;
SELECT is(primecloud.open(primecloud.seal(secret, '1', 'l', name), '1', 'l', name, 'test'), secret,
    format('%s: opens whatever its argument', name)) FROM plain;
-- The envelope itself, in every storage.
CREATE TABLE kept (id text, how text, s primecloud.sealed);
INSERT INTO kept SELECT name, 'external', primecloud.seal(secret, '1', 'kept', name) FROM plain;
ALTER TABLE kept ALTER s SET STORAGE EXTENDED;
INSERT INTO kept SELECT name, 'extended', primecloud.seal(secret, '1', 'kept', name) FROM plain;
ALTER TABLE kept ALTER s SET STORAGE MAIN;
INSERT INTO kept SELECT name, 'main', primecloud.seal(secret, '1', 'kept', name) FROM plain WHERE bytes < 4096;
SELECT is(primecloud.open(s, '1', 'kept', id, 'test'), secret, format('%s, stored %s, opens', name, how)) FROM kept JOIN plain ON name = id;
SELECT is(s::text::primecloud.sealed::text, s::text, format('%s, stored %s: text there and back', id, how)) FROM kept;
SELECT is(octet_length(bytes_of(s)), bytes + 84, format('%s: 84 bytes more than the plaintext', name)) FROM kept JOIN plain ON name = id
    WHERE how = 'external';
SELECT is(outcome($$SELECT primecloud.seal(repeat('x', 1048577), '1', 'l', 'r')$$), '54000', 'more than a MiB is refused');
SELECT is(primecloud.seal(NULL, '1', 'l', 'r')::text, NULL, 'NULL is no secret');
SELECT is(primecloud.open(NULL, '1', 'l', 'r', 'test'), NULL, 'and opens as NULL');
SELECT is(outcome($$SELECT primecloud.open(primecloud.seal_bytes('\xff00fe', '1', 'l', 'r'), '1', 'l', 'r', 'test')$$), '22021',
    'bytes that are no text are not given as text');
SELECT is(primecloud.open_bytes(primecloud.seal_bytes('\xff00fe', '1', 'l', 'r'), '1', 'l', 'r', 'test'), '\xff00fe'::bytea,
    'but as bytes');
SELECT isnt(primecloud.seal('x', '1', 'l', 'r')::text, primecloud.seal('x', '1', 'l', 'r')::text, 'no two envelopes are alike');
SELECT is(count(DISTINCT s::text), 1000::bigint, 'not in one statement either') FROM (SELECT primecloud.seal('x', '1', 'l', 'r') AS s
    FROM generate_series(1, 1000)) AS t;

-- Every bit, every length: 22P02 where it is no envelope any more (bits 39 and 88 make the key id negative and zero), else an error of the
-- key or of the envelope, never plaintext.
CREATE TABLE one AS SELECT primecloud.seal('an ordinary secret', '1', 'l', 'r') AS s;
CREATE TABLE flipped AS
    SELECT bit, outcome(format('SELECT primecloud.open(%L, ''1'', ''l'', ''r'', ''test'')',
        written(set_bit(bytes_of(s), bit, 1 - get_bit(bytes_of(s), bit))))) AS outcome
    FROM one, generate_series(0, octet_length(bytes_of(s)) * 8 - 1) AS bit;
SELECT is(outcome, CASE WHEN lo < 32 OR lo IN (39, 88) THEN '22P02' WHEN lo < 96 THEN 'PC003' ELSE 'PC005'
    END, format('bits %s to %s altered: %s', lo, hi, outcome))
FROM (SELECT outcome, min(bit) AS lo, max(bit) AS hi FROM (
        SELECT bit, outcome, count(*) FILTER (WHERE outcome IS DISTINCT FROM before) OVER (ORDER BY bit) AS run
            FROM (SELECT *, lag(outcome) OVER (ORDER BY bit) AS before FROM flipped) AS f) AS g GROUP BY run, outcome) AS runs;
SELECT bag_eq($$SELECT DISTINCT outcome FROM flipped$$, ARRAY['22P02', 'PC003', 'PC005'], 'no altered bit opens');
SELECT bag_eq($$SELECT DISTINCT outcome(format('SELECT primecloud.open(%L, ''1'', ''l'', ''r'', ''test'')',
    written(substr(bytes_of(s), 1, n)))) FROM one, generate_series(0, octet_length(bytes_of(s)) - 1) AS n$$,
    ARRAY['22P02', 'PC005'], 'no shortened envelope opens');
SELECT bag_eq($$SELECT DISTINCT outcome(format('SELECT %L::primecloud.sealed', left(s::text, n))) FROM one, generate_series(0, 115) AS n$$,
    ARRAY['22P02'], 'a text that is cut below an empty envelope is none');

-- Text that is not the one text of an envelope.
SELECT is(outcome(format('SELECT %L::primecloud.sealed', text)), '22P02', 'refused: ' || left(text, 20)) FROM one,
    unnest(ARRAY['', 'plaintext', 'pc1.', '[sealed]', ' ' || s::text, s::text || ' ', s::text || E'\n', s::text || '=', upper(s::text),
    replace(s::text, 'pc1.', 'pc2.'), s::text || 'A', encode(bytes_of(s), 'hex'), 'pc1.' || encode(bytes_of(s), 'hex'),
        written(bytes_of(s) || repeat('x', 1048577)::bytea)]) AS text;

-- Between rows, columns, tables and tenants.
CREATE TABLE place AS SELECT * FROM (VALUES ('here', '1', 'a.secret', '10'), ('another row', '1', 'a.secret', '11'),
    ('another column', '1', 'a.other', '10'), ('another table', '1', 'b.secret', '10'), ('another tenant', '2', 'a.secret', '10'))
    AS v(name, tenant, label, row_id);
CREATE TABLE held AS SELECT *, primecloud.seal('of ' || name, tenant, label, row_id) AS s FROM place;
SELECT is(outcome(format('SELECT primecloud.open(%L, %L, %L, %L, ''test'')', h.s, p.tenant, p.label, p.row_id)),
    CASE WHEN h.name = p.name THEN 'of ' || h.name ELSE 'PC005' END, format('sealed for %s, opened as %s', h.name, p.name)) FROM held h,
    place p;
SELECT is(outcome(format('SELECT primecloud.opens(%L, %L, %L, %L)', h.s, p.tenant, p.label, p.row_id)), (h.name = p.name)::text,
    format('opens() says the same: %s, %s', h.name, p.name)) FROM held h, place p;
SELECT is(primecloud.why_closed(h.s, p.tenant, p.label, p.row_id), CASE WHEN h.name <> p.name THEN 'PC005' END,
    format('and why_closed() why: %s, %s', h.name, p.name)) FROM held h, place p;
SELECT is(outcome(format('SELECT primecloud.%s', call)), 'PC005', 'misplaced for ' || call) FROM held h JOIN place p ON h.name = 'here'
    AND p.name = 'another row',
    LATERAL unnest(ARRAY[format('open_bytes(%L, %L, %L, %L, ''t'')', s, p.tenant, p.label, p.row_id),
        format('matches(%L, %L, %L, %L, ''x'')', s, p.tenant, p.label, p.row_id),
        format('fingerprint(%L, %L, %L, %L)', s, p.tenant, p.label, p.row_id),
        format('s3_signing_key(%L, %L, %L, %L, now()::date, ''r'')', s, p.tenant, p.label, p.row_id),
            format('s3_presign(%L, %L, %L, %L, ''K'', ''GET'', ''https://h'', ''/'')', s, p.tenant, p.label, p.row_id)]) AS call;
-- A key of the same tenant for another purpose is none for envelopes; a key that is nobody's is PC003.
SELECT primecloud.blind_index('x', '1', 'l') IS NOT NULL AS made \gset
SELECT is(outcome(format('SELECT primecloud.open(%L, ''1'', ''l'', ''r'', ''t'')',
    written(overlay(bytes_of(s) PLACING int8send(key_id) FROM 5)))), 'PC005', 'the tenant''s index key seals nothing') FROM one,
    primecloud.data_key WHERE tenant = '1' AND purpose = 'index';

-- What every call wants of its place.
SELECT is(outcome(format('SELECT primecloud.%s', replace(call, 'PLACE', place))), code, call || ' at ' || left(place, 30)) FROM one,
    unnest(ARRAY[$$seal('x', PLACE)$$, $$seal_bytes('x', PLACE)$$, format($$open(%L, PLACE, 'p')$$, s),
        format($$open_bytes(%L, PLACE, 'p')$$, s), format($$matches(%L, PLACE, 'x')$$, s), format($$opens(%L, PLACE)$$, s),
        format($$why_closed(%L, PLACE)$$, s),
        format('fingerprint(%L, PLACE)', s)]) AS call,
    (VALUES ($$NULL, 'l', 'r'$$, '22004'), ($$'1', NULL, 'r'$$, '22004'), ($$'1', 'l', NULL$$, '22004'), ($$'', 'l', 'r'$$, '22023'),
        ($$'1', '', 'r'$$, '22023'), ($$'1', 'l', ''$$, '22023'),
            ($$repeat('1', 256), 'l', 'r'$$, '22023'), ($$'1', repeat('l', 129), 'r'$$, '22023'), ($$'1', 'l', repeat('r', 513)$$, '22023'))
                AS wrong(place, code);
SELECT is(primecloud.open(primecloud.seal('x', repeat('1', 255), repeat('l', 128), repeat('r', 512)), repeat('1', 255), repeat('l', 128),
    repeat('r', 512), 'p'), 'x', 'the longest place');
SELECT is(outcome(format('SELECT primecloud.open(s, ''1'', ''l'', ''r'', %s) FROM one', purpose)), code, 'a purpose is wanted: '
    || left(purpose, 20)) FROM (VALUES ('NULL', '22004'), ($$''$$, '22023'), ($$repeat('p', 201)$$, '22023')) AS v(purpose, code);
SELECT is(outcome(format('SELECT primecloud.seal(%L, ''1'', ''l'', ''r'')', plaintext)), '22023', 'not sealed again: '
    || left(plaintext, 10)) FROM one, unnest(ARRAY['[sealed]', s::text]) AS plaintext;

-- Nothing compares, sorts, groups, indexes or casts it; what makes JSON of it redacts it.
SELECT is(outcome(format('SELECT count(*)::text FROM %s', query)), code, query) FROM (VALUES
    ('one a JOIN one b ON a.s = b.s', '42883'), ('(SELECT DISTINCT s FROM one) AS t', '42883'), ('(SELECT s FROM one GROUP BY s) AS t',
        '42883'), ('(SELECT s FROM one UNION SELECT s FROM one) AS t', '42883'),
    ('(SELECT s FROM one ORDER BY s OFFSET 0) AS t', '42883'), ('(SELECT s::bytea FROM one) AS t', '42846'),
        ('(SELECT s::jsonb FROM one) AS t', '42846'), ('one WHERE s LIKE ''%''', '42883'),
    ('one WHERE s = ''x''', '42883'), ('(SELECT max(s) FROM one) AS t', '42883'), ('one WHERE s IS NULL', '0')) AS v(query, code);
SELECT is(outcome('CREATE INDEX ON one (s)'), '42704', 'no index');
SELECT is(outcome('ALTER TABLE one ADD UNIQUE (s)'), '42704', 'no unique constraint');
SELECT ok(json ~ '"sealed": ?true' AND json !~ 'pc1|secret', how) FROM (
    SELECT 'to_json' AS how, to_json(s)::text AS json FROM one UNION ALL SELECT 'to_jsonb', to_jsonb(s)::text FROM one UNION ALL
        SELECT 'row_to_json', row_to_json(one)::text FROM one UNION ALL
    SELECT 'json_agg', json_agg(s)::text FROM one UNION ALL SELECT 'jsonb_agg', jsonb_agg(one)::text FROM one UNION ALL
        SELECT 'json_build_array', json_build_array(s)::text FROM one UNION ALL
    SELECT 'an array', to_json(ARRAY[s])::text FROM one UNION ALL SELECT 'to_camel_json', primecloud.to_camel_json(s)::text FROM one) AS t;
SELECT is(primecloud.redacted(s), '[sealed]', 'redacted') FROM one;
SELECT is(primecloud.key_id(s), (SELECT key_id FROM primecloud.data_key WHERE tenant = '1' AND purpose = 'seal'), 'key_id') FROM one;
SELECT finish();
