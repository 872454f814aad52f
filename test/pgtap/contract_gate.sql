-- contract_gate(): a change is accepted by a comment on what changed, or on what holds it, and by nobody else's.
SELECT no_plan();
SET client_min_messages = error;
CREATE SCHEMA g;
CREATE TABLE g.orders (id integer PRIMARY KEY, loaves integer NOT NULL CHECK (loaves BETWEEN 1 AND 40), note text);
CREATE TABLE g.other (id integer PRIMARY KEY, note text);
CREATE FUNCTION g.read() RETURNS integer STABLE LANGUAGE sql AS 'SELECT 1';
CREATE TYPE g.word AS ENUM ('a', 'b');
SELECT primecloud.contract('g') AS before \gset
ALTER TABLE g.orders DROP CONSTRAINT orders_loaves_check, ADD CONSTRAINT orders_loaves_check CHECK (loaves BETWEEN 1 AND 24), DROP note;
CREATE FUNCTION g.accepted(before jsonb, holder text, line text, accept text[] DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    COMMENT ON SCHEMA g IS NULL;
    COMMENT ON TABLE g.orders IS NULL;
    COMMENT ON COLUMN g.orders.loaves IS NULL;
    EXECUTE format('COMMENT ON %s IS %L', holder, line);
    BEGIN
        RETURN (SELECT string_agg(object, ' ') FROM primecloud.contract_gate(before, 'g', accept) WHERE accepted);
    EXCEPTION WHEN object_not_in_prerequisite_state THEN
        GET STACKED DIAGNOSTICS line := PG_EXCEPTION_DETAIL;
        RETURN 'refused: ' || array_to_string(ARRAY(SELECT split_part(l, ':', 1) FROM unnest(string_to_array(line, E'\n')) AS l), ', ');
    END;
END $$;
\set both '@breaks bound_tightened orders.loaves smaller\n@breaks column_removed orders.note nobody'
SELECT is(g.accepted(:'before', holder, replace(line, '\n', E'\n')), said, concat_ws(': ', holder, said)) FROM (VALUES
    ('TABLE g.other', '', 'refused: bound_tightened orders.loaves, column_removed orders.note'),
    ('TABLE g.other', :'both', 'refused: bound_tightened orders.loaves, column_removed orders.note'),
    ('COLUMN g.other.note', :'both', 'refused: bound_tightened orders.loaves, column_removed orders.note'),
    ('FUNCTION g.read()', :'both', 'refused: bound_tightened orders.loaves, column_removed orders.note'),
    ('TYPE g.word', :'both', 'refused: bound_tightened orders.loaves, column_removed orders.note'),
    ('COLUMN g.orders.loaves', :'both', 'refused: column_removed orders.note'),
    ('TABLE g.orders', :'both', 'orders.loaves orders.note'),
    ('TABLE g.orders', '@breaks bound_tightened loaves smaller\n@breaks column_removed note nobody', 'orders.loaves orders.note'),
    ('SCHEMA g', :'both', 'orders.loaves orders.note'),
    ('SCHEMA g', '@breaks bound_tightened orders.loave smaller\n@breaks column_removed orders nobody',
        'refused: bound_tightened orders.loaves, column_removed orders.note')) AS c (holder, line, said);
SELECT is(g.accepted(:'before', 'SCHEMA g', '', '{bound_tightened orders.loaves,column_removed orders.note}'), 'orders.loaves orders.note',
    'or by whoever runs the gate');
-- A snapshot that is not there lets nothing pass.
SELECT throws_ok('SELECT primecloud.contract_gate(NULL, ''g'')', '22023', NULL, 'nor without a snapshot');
SELECT throws_ok('SELECT primecloud.contract_gate(primecloud.contract(''g''), NULL)', '22004', NULL, 'nor without a schema');
SELECT throws_ok(format('SELECT primecloud.contract_gate(%L, ''g'', NULL)', :'before'), '55000', NULL, 'and NULL accepts nothing');
SELECT throws_ok('SELECT primecloud.contract_diff(primecloud.contract(''g''), NULL)', '22023', NULL, 'nor is it compared');
-- What begins as another's name is not that one's; arguments and results are the function's.
CREATE TABLE g."orders.v2" (id int PRIMARY KEY, n int);
CREATE FUNCTION g.sent(a int) RETURNS int STABLE LANGUAGE sql AS 'SELECT 1';
SELECT primecloud.contract('g') AS before \gset
ALTER TABLE g."orders.v2" DROP n;
SELECT is(g.accepted(:'before', 'TABLE g.orders', '@breaks column_removed orders.v2.n x'),
    'refused: column_removed orders.v2.n', 'not by its beginning');
SELECT is(g.accepted(:'before', 'TABLE g."orders.v2"', '@breaks column_removed n x'),
    'refused: column_removed orders.v2.n', 'nor by itself, where the name may be of another');
SELECT is(g.accepted(:'before', 'SCHEMA g', '@breaks column_removed orders.v2.n x'), 'orders.v2.n', 'but at the schema');
DROP TABLE g."orders.v2";
SELECT primecloud.contract('g') #- '{reads,sent}' || jsonb_build_object('reads', :'before'::jsonb -> 'reads') AS before \gset
DROP FUNCTION g.sent;
CREATE FUNCTION g.sent(b int) RETURNS int STABLE LANGUAGE sql AS 'SELECT 1';
SELECT is(g.accepted(:'before', 'FUNCTION g.read', E'@breaks argument_removed sent(a) x\n@breaks argument_added sent(b) x'),
    'refused: argument_removed sent(a), argument_added sent(b)', 'and no other''s');
SELECT is(g.accepted(:'before', 'FUNCTION g.sent', E'@breaks argument_removed sent(a) x\n@breaks argument_added sent(b) x'),
    'sent(a) sent(b)', 'arguments are a function''s');
-- One name of two kinds, or of two functions: whoever may make the one accepts nothing of the other's.
CREATE TABLE g.items (id int PRIMARY KEY, n int NOT NULL);
SELECT primecloud.contract('g') AS before \gset
ALTER TABLE g.items ALTER n DROP NOT NULL;
CREATE FUNCTION g.items(a int) RETURNS int STABLE LANGUAGE sql AS 'SELECT 1';
SELECT is(g.accepted(:'before', 'FUNCTION g.items', '@breaks nullability_loosened items.n x'),
    'refused: nullability_loosened items.n', 'a function of a table''s name');
DROP FUNCTION g.items;
CREATE TYPE g."items.n" AS ENUM ('a');
CREATE TABLE g.using (e g."items.n");
SELECT is(g.accepted(:'before', 'TYPE g."items.n"', '@breaks nullability_loosened items.n x'),
    'refused: nullability_loosened items.n', 'an enum of a column''s name');
DROP TABLE g.using;
DROP TYPE g."items.n";
SELECT is(g.accepted(:'before', 'TABLE g.items', '@breaks nullability_loosened n x'), 'items.n', 'the table itself');
CREATE FUNCTION g.sent(b int, c int) RETURNS int STABLE LANGUAGE sql AS 'SELECT 1';
SELECT primecloud.contract('g') AS before \gset
DROP FUNCTION g.sent(int);
SELECT is(g.accepted(:'before', 'FUNCTION g.sent', '@breaks function_removed sent x'), 'refused: function_removed sent', 'an overload');
CREATE FUNCTION g.made(a int) RETURNS int STABLE LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION g.made(a int, b int) RETURNS int VOLATILE LANGUAGE sql AS 'SELECT 1';
SELECT primecloud.contract('g') AS before \gset
DROP FUNCTION g.made(int);
SELECT is(g.accepted(:'before', 'FUNCTION g.made', '@breaks function_removed made x'), 'refused: function_removed made',
    'an overload that is a command where the other was a read');
DROP FUNCTION g.made;
-- What the diff tells the fingerprint tells too.
CREATE FUNCTION pg_temp.told(before jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', object, change, writers), ', ') FROM primecloud.contract_diff(before, primecloud.contract('g')) $$;
CREATE DOMAIN g.demand AS text;
CREATE TABLE g.demanded (w g.demand);
CREATE FUNCTION g.joined(VARIADIC "of" int[]) RETURNS int STABLE LANGUAGE sql AS 'SELECT 1';
SELECT primecloud.contract('g') AS before, primecloud.contract_fingerprint('g') AS was \gset
ALTER DOMAIN g.demand ADD CHECK (value ~ 'a');
SELECT is(pg_temp.told(:'before'), 'demand constraint_added breaking', 'a rule of a domain');
SELECT isnt(primecloud.contract_fingerprint('g'), :'was', 'and its fingerprint');
SELECT primecloud.contract('g') AS before, primecloud.contract_fingerprint('g') AS was \gset
DROP FUNCTION g.joined;
CREATE FUNCTION g.joined("of" int[]) RETURNS int STABLE LANGUAGE sql AS 'SELECT 1';
SELECT is(pg_temp.told(:'before'), 'joined(of) type_changed breaking', 'VARIADIC no more');
SELECT isnt(primecloud.contract_fingerprint('g'), :'was', 'and its fingerprint');
-- However many functions a snapshot has of one name, each is compared with each once.
CREATE FUNCTION g.many(type text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('version', 1, 'entities', '{}'::jsonb, 'reads', jsonb_build_object('f', (
        SELECT jsonb_agg(jsonb_build_object('key', 'f', 'many', false, 'returns', '{"void": true}'::jsonb, 'arguments', (
            SELECT jsonb_agg(jsonb_build_object('name', 'a' || j, 'key', 'a' || j, 'type', type || i)) FROM generate_series(1, 40) AS j)))
        FROM generate_series(1, 200) AS i))) $$;
SET statement_timeout = '30s';
SELECT is((SELECT count(*) FROM primecloud.contract_diff(g.many('a'), g.many('b'))), 40::bigint, 'many overloads');
RESET statement_timeout;
-- And however many values a column has.
CREATE FUNCTION g.valued(factor int) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('version', 1, 'entities', jsonb_build_object('t', jsonb_build_object('name', 'T', 'kind', 'table', 'columns',
        jsonb_build_object('c', jsonb_build_object('key', 'c', 'nullable', false, 'type', 'pg_catalog.int4', 'values',
            (SELECT jsonb_agg(n * factor) FROM generate_series(1, 50000) AS n))))))
$$;
SET statement_timeout = '20s';
SELECT is((SELECT string_agg(change, ' ') FROM primecloud.contract_diff(g.valued(1), g.valued(2))), 'value_added value_removed',
    'many values');
DROP SCHEMA g CASCADE;
SELECT * FROM finish();
