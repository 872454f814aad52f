-- contract_problems(): tags of comments that say nothing are told, with the reason; those that say something are not.
SELECT no_plan();
SET client_min_messages = error;
CREATE SCHEMA t;
CREATE TYPE t.state AS ENUM ('a');
CREATE TYPE t.pair AS (x int, y int);
CREATE DOMAIN t.small AS int;
CREATE TABLE t.orders (id int PRIMARY KEY, note text);
CREATE VIEW t.seen AS SELECT id, note FROM t.orders;
CREATE FUNCTION t.f(a int, b text DEFAULT NULL) RETURNS TABLE (x int, total int) LANGUAGE sql AS 'SELECT 1, 2';
CREATE PROCEDURE t.p(a int) LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION t.said(place text, comment text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    told text;
BEGIN
    EXECUTE format('COMMENT ON %s IS %L', place, comment);
    SELECT string_agg(p.tag || ' ' || p.problem, '; ') INTO told FROM primecloud.contract_problems('t') AS p;
    EXECUTE format('COMMENT ON %s IS NULL', place);
    RETURN told;
END $$;
SELECT is(t.said(place, replace(comment, '\n', E'\n')), said, concat_ws(': ', place, comment)) FROM (VALUES
    ('FUNCTION t.f', '@error P0002 no such order\n@error 55000\n@notNull x, total\n@nullable b\n@nullable total\n@notNull', NULL),
    ('FUNCTION t.f', '@error P002 x', '@error P002 x is not followed by an SQLSTATE, which is five digits and capital letters'),
    ('FUNCTION t.f', '@error p0002', '@error p0002 is not followed by an SQLSTATE, which is five digits and capital letters'),
    ('FUNCTION t.f', 'says\n  @error', '@error is not followed by an SQLSTATE, which is five digits and capital letters'),
    ('FUNCTION t.f', '@error 55000, 22023', '@error 55000, 22023 is followed by a second SQLSTATE, which wants a line of its own'),
    ('FUNCTION t.f', '@error 55000 x @error 22023 y', '@error 55000 x @error 22023 y is followed by another on its line'),
    ('FUNCTION t.f', '@errors 55000', '@errors 55000 is written @error'),
    ('FUNCTION t.f', '@notNull totl', '@notNull totl names "totl", which is no column of the result'),
    ('FUNCTION t.f', '@notNull x, b', '@notNull x, b names "b", which is no column of the result'),
    ('FUNCTION t.f', '@nullable c', '@nullable c names "c", which is no column of the result and no argument'),
    ('FUNCTION t.f', '@nullable', '@nullable is followed by no name'),
    ('FUNCTION t.f', '@name F', '@name F is of tables, views, enums and composite types alone'),
    ('FUNCTION t.f', '@breaks function_removed f nobody calls it', NULL),
    ('FUNCTION t.f', '@breaks function_remved f',
        '@breaks function_remved f is not followed by the name of a change, as contract_diff tells it'),
    ('PROCEDURE t.p', '@Error P0002', '@Error P0002 is written @error'),
    ('PROCEDURE t.p', '@not_null', '@not_null is written @notNull'),
    ('TABLE t.orders', '@name Purchase\n@breaks column_removed orders.note x\nmail a@public.org @param @throws P0002', NULL),
    ('TABLE t.orders', '@breaks', '@breaks is not followed by the name of a change, as contract_diff tells it'),
    ('TABLE t.orders', '@name', '@name is followed by no name'),
    ('TABLE t.orders', '@error P0002', '@error P0002 is of functions alone'),
    ('TABLE t.orders', '@secret', '@secret is of columns alone'),
    ('COLUMN t.orders.note', '@pii what was said', NULL),
    ('COLUMN t.orders.note', '@Secret', '@Secret is written @secret'),
    ('COLUMN t.orders.note', '@notNull', '@notNull is not so: the column can be NULL'),
    ('COLUMN t.orders.id', '@notNull', NULL),
    ('COLUMN t.orders.id', '@nullable', '@nullable is not so: the column is NOT NULL'),
    ('VIEW t.seen', '@name Seen', NULL),
    ('COLUMN t.seen.note', '@notNull', NULL),
    ('COLUMN t.seen.note', '@notNull @nullable', '@notNull @nullable is contradicted by @nullable'),
    ('TYPE t.state', '@name State @breaks value_removed state b', NULL),
    ('TYPE t.pair', '@name Pair', NULL),
    ('COLUMN t.pair.x', '@notNull @public', NULL),
    ('DOMAIN t.small', '@name Small', '@name Small is of tables, views, enums and composite types alone'),
    ('CONSTRAINT orders_pkey ON t.orders', '@breaks key_removed orders.orders_pkey',
        '@breaks key_removed orders.orders_pkey is read of a schema, a table, a view, a column, a type or a function alone'),
    ('INDEX t.orders_pkey', '@name Key', '@name Key is of tables, views, enums and composite types alone'),
    ('SCHEMA t', '@breaks column_removed orders.note nobody', NULL),
    ('SCHEMA t', '@breaks column_removed', '@breaks column_removed names no object'),
    ('TABLE t.orders', E'@error \x1b[31m\t', '@error ?[31m is of functions alone'),
    ('TABLE t.orders', '@error ' || repeat('é', 200),
        '@error ' || repeat('é', 93) || ' is of functions alone')) AS c (place, comment, said);

-- What somebody else's comment says wrong stops nobody.
CREATE ROLE tagger;
GRANT CREATE, USAGE ON SCHEMA t TO tagger;
SELECT primecloud.contract('t') AS before, primecloud.contract_fingerprint('t') AS fingerprint \gset
SET ROLE tagger;
CREATE TABLE t."his
own" (id int);
COMMENT ON TABLE t."his
own" IS E'@breaks everything\n@error';
SELECT is((SELECT string_agg(p.object, ' ') FROM primecloud.contract_problems('t') AS p), 'table "his?own" table "his?own"',
    'who owns nothing else may ask too');
RESET ROLE;
SELECT is((SELECT count(*) FROM primecloud.contract_gate(:'before', 't')), 1::bigint, 'the gate passes');
-- Nor does a name that is taken: by a table, by what stands in every file, by a type that is made beside another, by another comment.
CREATE FUNCTION t.named(given text, other text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('COMMENT ON TABLE t.%I IS %L; COMMENT ON TYPE t.state IS %L', E'his\nown', '@name ' || given, '@name ' || other);
    PERFORM length(primecloud.contract_typescript('t', '{"brand": true}') || primecloud.contract_zod('t'));
    RETURN (SELECT string_agg((e.value ->> 'name') || coalesce(' for ' || (e.value ->> 'name_asked'), ''), ', ' ORDER BY e.key COLLATE "C")
        FROM (SELECT * FROM jsonb_each(primecloud.contract('t') -> 'entities') UNION ALL
            SELECT * FROM jsonb_each(primecloud.contract('t') -> 'enum_names')) AS e WHERE e.key IN (E'his\nown', 'state'));
END $$;
CREATE TABLE t.stated (state t.state);
SELECT is(t.named(given, other), said, concat_ws(' and ', given, other)) FROM (VALUES
    ('Mine', NULL, 'Mine, State'), ('Order', NULL, 'HisOwn for Order, State'), ('Reads', NULL, 'HisOwn for Reads, State'),
    ('OrderInsert', NULL, 'HisOwn for OrderInsert, State'), ('OrderId', NULL, 'HisOwn for OrderId, State'),
    ('State', NULL, 'HisOwn for State, State'), ('State', 'Other', 'State, Other'),
    ('Both', 'Both', 'HisOwn for Both, State for Both')) AS c (given, other, said);
SELECT is((SELECT string_agg(concat_ws(' ', p.object, p.tag, p.problem), E'\n') FROM primecloud.contract_problems('t') AS p),
    E'table "his?own" @name Both is the name of something else too, or of a type that is made beside it: it is called HisOwn\n'
    'type state @name Both is the name of something else too, or of a type that is made beside it: it is called State', 'which is told');
SELECT is((SELECT count(*) FROM primecloud.contract_diff(:'before', primecloud.contract('t')) AS d WHERE d.change = 'name_changed'),
    0::bigint, 'and nothing has another name');
-- One that gives its name back takes it from whoever has it by a comment: of any number, in the time of one.
CREATE SCHEMA chained;
SELECT format('CREATE TABLE chained.t%s (id int)', i), format('COMMENT ON TABLE chained.t%s IS ''@name %s''', i,
    CASE i WHEN 1 THEN 'Reads' ELSE 'T' || i - 1 END) FROM generate_series(1, 40) AS i \gexec
SELECT is((SELECT count(*) FROM jsonb_each(primecloud.contract('chained') -> 'entities') AS e
    WHERE e.value ->> 'name' = 'T' || substr(e.key, 2) AND e.value ? 'name_asked'), 40::bigint, 'a chain of names');
COMMENT ON TABLE chained.t1 IS '@name First';
SELECT is((SELECT count(*) FROM jsonb_each(primecloud.contract('chained') -> 'entities') AS e WHERE e.value ? 'name_asked'), 0::bigint,
    'or a chain that holds');
DROP SCHEMA chained CASCADE;
DROP FUNCTION t.named;
DROP TABLE t.stated;
COMMENT ON TYPE t.state IS NULL;
SELECT isnt(primecloud.contract_typescript('t'), NULL, 'files are written');
DROP OWNED BY tagger;
DROP ROLE tagger;
SELECT is(primecloud.contract_fingerprint('t'), :'fingerprint', 'and nothing is left of it');
SELECT throws_ok('SELECT * FROM primecloud.contract_problems(''no_such'')', '3F000', 'schema no_such does not exist', 'no such schema');
SELECT throws_ok('SELECT * FROM primecloud.contract_problems(NULL)', '22004', NULL, 'none is named');
DROP SCHEMA t CASCADE;
SELECT * FROM finish();
