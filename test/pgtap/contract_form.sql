-- What contract() says where the cases do not ask, and that it says the same to every session.
SELECT plan(55);
CREATE SCHEMA n;
SET search_path = n, public;
CREATE TYPE st AS ENUM ('x', 'y', 'z');
CREATE DOMAIN narrow AS st CHECK (VALUE IN ('y', 'x'));
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN percent AS positive NOT NULL CHECK (VALUE <= 100);
CREATE COLLATION loose (provider = icu, locale = 'und', deterministic = false);
CREATE TABLE a (
    id bigint PRIMARY KEY CHECK (id BETWEEN 0 AND 9007199254740991), n text NOT NULL, opt text, kind narrow, part percent,
        parts percent[][],
    code char(3) CHECK (code IN ('ab', 'abc')), word varchar(10) CHECK (word IN ('one', 'two')),
        pattern text CHECK (pattern ~ '^[a-z]{2,3}$'),
    posix text CHECK (posix ~ '^[[:alpha:]]$'), single real CHECK (single < 0.7), half real CHECK (half < 0.5),
        double float8 CHECK (double >= 0),
    flag boolean CHECK (flag = true), whole text[] CHECK (array_position(whole, NULL) IS NULL), maybe text CHECK (maybe IS NULL
        OR maybe IN ('q', 'r')),
    gap int CHECK (gap < 5 OR gap > 10), cast_ int CHECK (cast_ > 3 AND cast_::numeric <= 10.5), other int CHECK (other < cast_),
    folded text COLLATE loose CHECK (folded IN ('a')), octets text CHECK (octet_length(octets) < 3), none text CHECK (none IN ('a')
        AND none IN ('b')),
    there text, small smallint DEFAULT 5, amount numeric(6,2) DEFAULT 1.5, nothing text DEFAULT NULL, made timestamptz DEFAULT now(),
        many int[] DEFAULT '{1,2}',
    doc jsonb DEFAULT '{"a": 1}', CONSTRAINT there_is CHECK (there IS NOT NULL));
ALTER TABLE a ADD CONSTRAINT later CHECK (opt IN ('o')) NOT VALID;
CREATE TABLE b (id int PRIMARY KEY, a_id bigint REFERENCES a, m text NOT NULL);
CREATE TABLE told AS SELECT primecloud.contract('n') AS c;
CREATE FUNCTION said(entity text, name text, variadic keys text[]) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(coalesce((SELECT t.c FROM told t) #> ARRAY['entities', entity, 'columns', name, k], 'null')::text, ' ' ORDER BY o)
        FROM unnest(keys) WITH ORDINALITY AS u (k, o) $$;
SELECT is(said('a', 'id', 'min', 'max', 'nullable'), '0 9007199254740991 false', 'BETWEEN');
SELECT is(said('a', 'kind', 'values', 'domain', 'of'), '["x", "y"] "narrow" "enum"', 'a domain leaves labels, in the order of the enum');
SELECT is(said('a', 'part', 'min', 'max', 'nullable'), '1 100 false', 'domains of two levels');
SELECT is(said('a', 'parts', 'dimensions', 'elements_nullable', 'nullable', 'max'), '2 false true 100', 'elements of a domain');
SELECT is(said('a', 'code', 'values', 'min_length'), '["ab ", "abc"] 3', 'char(n) with its padding');
SELECT is(said('a', 'word', 'values'), '["one", "two"]', 'varchar, through its casts');
SELECT is(said('a', 'pattern', 'patterns'), '["^[a-z]{2,3}$"]', 'a pattern');
SELECT is(said('a', 'posix', 'patterns'), 'null', 'not one that means another thing elsewhere');
SELECT is(said('a', 'single', 'below', 'max', 'non_finite'), 'null 0.7 ["-Infinity"]',
    'a float4 beside a float8 is within, for its digits are the same');
SELECT is(said('a', 'half', 'below'), '0.5', 'one that is the same in both is not');
SELECT is(said('a', 'double', 'min', 'non_finite'), '0 ["Infinity", "NaN"]', 'NaN is above all');
SELECT is(said('a', 'flag', 'values'), '[true]', 'a boolean');
SELECT is(said('a', 'whole', 'elements_nullable'), 'false', 'no NULL among the elements');
SELECT is(said('a', 'maybe', 'values', 'nullable'), '["q", "r"] true', 'IS NULL OR');
SELECT is(said('a', 'gap', 'min', 'max'), 'null null', 'two ranges are none');
SELECT is(said('a', 'cast_', 'min', 'max'), '4 10', 'through a cast that only widens');
SELECT is(said('a', 'folded', 'values'), 'null', 'a collation that calls different texts equal');
SELECT is(said('a', 'octets', 'max_length'), 'null', 'octets are no characters');
SELECT is(said('a', 'none', 'values'), '[]', 'lists that have nothing in common');
SELECT is(said('a', 'there', 'nullable'), 'false', 'a CHECK says NOT NULL');
SELECT is(said('a', 'opt', 'values'), 'null', 'NOT VALID says nothing to readers');
SELECT is(said('a', 'small', 'default'), '{"constant": 5}', 'a default below a cast');
SELECT is(said('a', 'amount', 'default'), '{"constant": 1.5}', 'and one below a scale');
SELECT is(said('a', 'nothing', 'has_default'), 'false', 'NULL is no default');
SELECT is(said('a', 'made', 'default'), '{"computed": true}', 'a computed one');
SELECT is(said('a', 'many', 'default'), '{"constant": [1, 2]}', 'an array');
SELECT is(said('a', 'doc', 'default'), '{"constant": {"a": 1}}', 'a document');
SELECT is((SELECT string_agg(k.key, ' ' ORDER BY k.key COLLATE "C") FROM told, jsonb_each(c #> '{entities,a,checks}') k
    WHERE k.value ->> 'told' = 'none'),
    'a_check a_folded_check a_gap_check a_octets_check a_posix_check a_single_check later', 'CHECKs that the columns do not tell');

CREATE VIEW v1 AS SELECT a.id, b.m, coalesce(b.m, 'z') AS cm, (SELECT m FROM b LIMIT 1) AS sub, EXISTS (SELECT FROM b) AS ex,
    upper(a.n) AS up,
    row_number() OVER () AS rn, nullif(a.n, '') AS ni FROM a LEFT JOIN b ON b.a_id = a.id;
CREATE VIEW v2 AS WITH c AS (SELECT id, m FROM v1) SELECT c.id, d.id AS did, l.m AS lm FROM c CROSS JOIN LATERAL (SELECT m FROM b) l RIGHT
    JOIN b d ON d.id = c.id;
CREATE VIEW v3 AS SELECT n, count(*) AS c FROM a GROUP BY ROLLUP (n);
CREATE VIEW v4 AS SELECT n, id FROM a UNION SELECT m, a_id FROM b;
CREATE VIEW v5 AS WITH RECURSIVE t AS (SELECT 1 AS x, n, n AS same FROM a UNION ALL SELECT x, NULL, same FROM t) SELECT * FROM t;
CREATE VIEW v6 AS SELECT n, w.r FROM a, (VALUES (1, 'x'), (2, NULL)) AS w (q, r);
CREATE FUNCTION nulls(entity text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(c.key, ' ' ORDER BY c.key COLLATE "C") FROM jsonb_each(primecloud.contract('n') #> ARRAY['entities', entity,
        'columns']) c
    WHERE (c.value ->> 'nullable')::boolean $$;
SELECT is(nulls('v1'), 'm ni sub up', 'outer joins, scalar subqueries, NULLIF and functions can be NULL');
SELECT is(nulls('v2'), 'id lm', 'through views, CTEs and LATERAL');
SELECT is(nulls('v3'), 'n', 'a grouping set');
SELECT is(nulls('v4'), 'id', 'one arm is enough');
SELECT is(nulls('v5'), 'n', 'a recursive term that differs');
SELECT is(nulls('v6'), 'r', 'one row of VALUES is enough');
CREATE VIEW v7 AS SELECT coalesce(sum(gap), 0) AS zero, coalesce(max(amount), 1) AS one, coalesce(sum(gap), NULL::int) AS none,
    coalesce(max(word), 'z') AS text, coalesce(max(opt), (min(doc::text)::jsonb)::text) AS either, sum(gap) AS total,
    coalesce(max(small), ('null'::jsonb)::int) AS json FROM a;
SELECT is(nulls('v7'), 'either json none total', 'a constant behind coalesce, cast to what the other is; but not one of JSON');

COMMENT ON COLUMN v1.m IS '@notNull';
SELECT throws_ok($$SELECT primecloud.contract('n')$$, '22023', NULL, 'a tag that the query refutes');
COMMENT ON COLUMN v1.m IS NULL;
COMMENT ON COLUMN v1.sub IS '@notNull';
SELECT is(nulls('v1'), 'm ni up', 'one that it does not');
CREATE TABLE parent (v text NOT NULL);
CREATE TABLE child () INHERITS (parent);
SELECT current_setting('server_version_num')::int < 180000 AS lets_in \gset
\if :lets_in
ALTER TABLE child ALTER v DROP NOT NULL;
\endif
SELECT is(nulls('parent'), CASE WHEN current_setting('server_version_num')::int < 180000 THEN 'v' END, 'a child that lets NULL in');

-- A length of what is no text says nothing of it: of a type that is read as one.
CREATE SCHEMA worded;
CREATE TYPE worded.word;
CREATE FUNCTION worded.word_in(cstring) RETURNS worded.word LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION worded.word_out(worded.word) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE worded.word (INPUT = worded.word_in, OUTPUT = worded.word_out, LIKE = text);
CREATE CAST (worded.word AS text) WITHOUT FUNCTION AS IMPLICIT;
CREATE TABLE worded.t (c worded.word CHECK (length(c) <= 2), d text CHECK (length(btrim(d)) <= 2));
SELECT is(jsonb_path_query_array(primecloud.contract('worded'), '$.**.max_length'), '[]', 'a length of what is no text');

-- What SQL writes in words is no cast: of a value it may make NULL.
CREATE TABLE worded.said (t text NOT NULL, at timestamp NOT NULL, p text CHECK (p ~ '^[\s]$'), q text CHECK (q ~ '^[\w-]+$'),
    r text CHECK (r ~ '^[a-z]$'));
CREATE VIEW worded.parts AS SELECT substring(t FROM 'z') AS a, substring(t SIMILAR 'z' ESCAPE '#') AS b, extract(day FROM at) AS c,
    t::varchar AS d FROM worded.said;
SELECT is(jsonb_object_agg(c.key, c.value -> 'nullable'), '{"a": true, "b": true, "c": true, "d": false}', 'words that are no cast')
FROM jsonb_each(primecloud.contract('worded') #> '{entities,parts,columns}') AS c;
SELECT is(jsonb_path_query_array(primecloud.contract('worded'), '$.**.patterns[*]'), '["^[a-z]$"]', 'an escape in a list is no pattern');

SELECT throws_ok($$SELECT primecloud.contract('no_such')$$, '3F000', 'schema no_such does not exist', 'no such schema');
SELECT throws_ok($$SELECT primecloud.contract(NULL)$$, '22004', 'a contract is of a schema, and none is named', 'none is named');
SELECT throws_ok($$SELECT primecloud.contract_fingerprint(NULL)$$, '22004', NULL, 'and a fingerprint is of one');
SELECT throws_ok($$SELECT primecloud.contract('n', 'null')$$, '22023', 'options of a contract are a JSON object', 'no options');
SELECT throws_ok($$SELECT primecloud.contract('n', '{"int8": "float"}')$$, '22023', NULL, 'an option that is not known');

-- A check that says what an enum would has no name in what is compared; one with bounds has.
CREATE FUNCTION changes() RETURNS text LANGUAGE sql AS $$ SELECT string_agg(d.change, ' ')
    FROM told, primecloud.contract_diff(told.c, primecloud.contract('n')) d WHERE d.object LIKE 'a.%' $$;
UPDATE told SET c = primecloud.contract('n');
SELECT primecloud.contract_fingerprint('n') AS fingerprint \gset
ALTER TABLE a RENAME CONSTRAINT a_word_check TO words;
SELECT is(primecloud.contract_fingerprint('n') || coalesce(changes(), ''), :'fingerprint',
    'a list of values under another name is the same');
ALTER TABLE a RENAME CONSTRAINT a_double_check TO doubles;
SELECT is((primecloud.contract_fingerprint('n') <> :'fingerprint') || changes(), 'trueconstraint_renamed',
    'bounds are not');
UPDATE told SET c = primecloud.contract('n');
SELECT primecloud.contract_fingerprint('n') AS fingerprint \gset
ALTER TABLE a ADD CONSTRAINT again CHECK (double >= -1);
SELECT is((primecloud.contract_fingerprint('n') <> :'fingerprint') || changes(), 'trueconstraint_added',
    'nor is a name more for what holds');

-- Whatever the session is set to, and in another order of creation.
SELECT md5(primecloud.contract('n')::text) AS document, primecloud.contract_fingerprint('n') AS fingerprint \gset
SET search_path = public; SET datestyle = 'SQL,
    DMY'; SET timezone = 'Asia/Tokyo'; SET intervalstyle = 'sql_standard'; SET extra_float_digits = 0;
SET bytea_output = 'escape'; SET quote_all_identifiers = on; SET standard_conforming_strings = off; SET escape_string_warning = off;
SELECT is(md5(primecloud.contract('n')::text), :'document', 'the same bytes under other settings');
SELECT is(primecloud.contract_fingerprint('n'), :'fingerprint', 'and the same fingerprint');
RESET ALL;
SELECT throws_ok($$SELECT primecloud.contract_gate(primecloud.contract('n'), 'n', '{column_removed}')$$, '22023',
    '"column_removed" accepts no change', 'who accepts names an object');
CREATE ROLE contract_reader;
GRANT USAGE ON SCHEMA n TO contract_reader;
GRANT SELECT (id, n) ON n.a TO contract_reader;
SELECT is((SELECT string_agg(e.key || '.' || c.key, ' ' ORDER BY c.key COLLATE "C") FROM jsonb_each(primecloud.contract('n',
    '{"role": "contract_reader"}') -> 'entities') e,
    jsonb_each(e.value -> 'columns') c), 'a.id a.n', 'to a role what it may read');
SET ROLE contract_reader;
SELECT is(primecloud.contract_fingerprint('n') IS NOT NULL, true, 'a role of no rights asks as others do');
RESET ROLE;
CREATE FUNCTION n.does_nothing(text) RETURNS void LANGUAGE sql BEGIN ATOMIC END;
SELECT lives_ok($$SELECT primecloud.contract('n')$$, 'a body of no statement');
SELECT finish();
