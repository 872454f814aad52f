-- Whatever makes a policy another one is told: of each kind of expression the parts that change what it says, two and two.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE review_apart_app;
CREATE SCHEMA shop;
CREATE COLLATION shop.ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TYPE shop.ct AS (a integer, b integer);
CREATE DOMAIN shop.above AS integer CHECK (VALUE > 0);
CREATE DOMAIN shop.below AS integer CHECK (VALUE < 0);
CREATE FUNCTION shop.nm(a integer DEFAULT 1, b integer DEFAULT 2) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN a; END';
CREATE FUNCTION shop.many(VARIADIC a integer[]) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN 1; END';
CREATE TABLE shop.m (a integer, b integer, c text);
CREATE TABLE shop.n (a integer, b integer);
CREATE TABLE shop.t (id integer PRIMARY KEY, account_id integer, body text, flag boolean, d date, arr integer[], ts timestamptz, f float8,
    x xml, c shop.ct, n numeric, s primecloud.byte_size);
ALTER TABLE shop.t ENABLE ROW LEVEL SECURITY;
GRANT USAGE ON SCHEMA shop TO review_apart_app;
GRANT SELECT ON shop.t, shop.m, shop.n TO review_apart_app;
CREATE POLICY p ON shop.t FOR SELECT USING (true);

CREATE FUNCTION pg_temp.changed(was text, made text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before jsonb;
BEGIN
    EXECUTE format('ALTER POLICY p ON shop.t USING (%s)', was);
    before := primecloud.review_policies('shop');
    EXECUTE format('ALTER POLICY p ON shop.t USING (%s)', made);
    RETURN (SELECT d.change FROM primecloud.review_policies_diff(before, primecloud.review_policies('shop')) AS d
        WHERE d.object = 'shop.t' AND d.command = 'SELECT');
END $$;
-- Nothing but that it cannot be decided is right of these (or that both rows were opened and closed).
SELECT ok(pg_temp.changed(v.was, v.made) IN ('cannot be decided', 'both'), concat_ws(' -> ', v.was, v.made)) FROM (VALUES
    ('(id, account_id) < (1, 2)', '(id, account_id) > (1, 2)'),
    ('(id, account_id) < (1, 2)', '(id, account_id) <= (1, 2)'),
    ('(account_id, id) > (SELECT a, b FROM shop.m)', '(account_id, id) < (SELECT a, b FROM shop.m)'),
    ('(account_id, id) > ANY (SELECT a, b FROM shop.m)', '(account_id, id) < ANY (SELECT a, b FROM shop.m)'),
    ('(account_id, id) = ANY (SELECT a, b FROM shop.m)', '(account_id, id) <> ANY (SELECT a, b FROM shop.m)'),
    ('(c).a = 1', '(c).b = 1'),
    ('body = ''a''', 'body = ''a'' COLLATE shop.ci'),
    ('body < ''a''', 'body < ''a'' COLLATE "C"'),
    ('body ~<~ ''a''', 'body < ''a'''),
    ('body IN (''a'', ''b'')', 'body COLLATE shop.ci IN (''a'', ''b'')'),
    ('body = ANY (SELECT c FROM shop.m)', 'body COLLATE shop.ci = ANY (SELECT c FROM shop.m)'),
    ('body IS DISTINCT FROM ''a''', 'body IS DISTINCT FROM ''a'' COLLATE shop.ci'),
    ('NULLIF(body, ''a'') IS NULL', 'NULLIF(body, ''a'' COLLATE shop.ci) IS NULL'),
    ('CASE body WHEN ''a'' THEN flag ELSE false END', 'CASE body WHEN ''a'' COLLATE shop.ci THEN flag ELSE false END'),
    ('body LIKE ''a%''', 'body LIKE ''a%'' COLLATE "C"'),
    ('lower(body) = ''a''', 'lower(body COLLATE "tr-x-icu") COLLATE "default" = ''a'''),
    ('EXISTS (SELECT FROM shop.m WHERE m.c = body)', 'EXISTS (SELECT FROM shop.m WHERE m.c = body COLLATE shop.ci)'),
    ('GREATEST(body, ''a'') = ''a''', 'GREATEST(body COLLATE "C", ''a'') COLLATE "default" = ''a'''),
    ('EXISTS (SELECT FROM shop.m LEFT JOIN shop.n ON m.a = n.a WHERE m.a = account_id)',
        'EXISTS (SELECT FROM shop.m RIGHT JOIN shop.n ON m.a = n.a WHERE m.a = account_id)'),
    ('EXISTS (SELECT FROM shop.m LEFT JOIN shop.n ON m.a = n.a WHERE m.a = account_id)',
        'EXISTS (SELECT FROM shop.m FULL JOIN shop.n ON m.a = n.a WHERE m.a = account_id)'),
    ('d < current_date', 'd < localtimestamp'),
    ('ts < localtimestamp(0)', 'ts < localtimestamp(3)'),
    ('ts < current_timestamp', 'ts < localtimestamp'),
    ('body = current_schema', 'body = current_catalog'),
    ('shop.nm(b => account_id, a => 7) = 1', 'shop.nm(a => account_id, b => 7) = 1'),
    ('shop.nm(a => account_id) = 1', 'shop.nm(b => account_id) = 1'),
    ('shop.many(VARIADIC arr) = 1', 'shop.many(VARIADIC ARRAY[id]) = 1'),
    ('ROW(id, body) IS NOT NULL', 'NOT (ROW(id, body) IS NULL)'),
    ('t.* IS NOT NULL', 'NOT (t.* IS NULL)'),
    ('t.* IS NOT NULL', 'true'),
    ('account_id::shop.above = 1', 'account_id::shop.below = 1'),
    ('account_id::shop.above = 1', 'account_id = 1'),
    ('(ARRAY(SELECT a FROM shop.m ORDER BY a))[1] = account_id', '(ARRAY(SELECT a FROM shop.m ORDER BY a DESC))[1] = account_id'),
    ('(ARRAY(SELECT a FROM shop.m ORDER BY a))[1] = account_id', '(ARRAY(SELECT a FROM shop.m ORDER BY a NULLS FIRST))[1] = account_id'),
    ('(ARRAY(SELECT a FROM shop.m ORDER BY a))[1] = account_id', '(ARRAY(SELECT a FROM shop.m ORDER BY b))[1] = account_id'),
    ('account_id = (SELECT a FROM shop.m ORDER BY shop.nm(a, b) LIMIT 1)',
        'account_id = (SELECT a FROM shop.m ORDER BY shop.many(a, b) LIMIT 1)'),
    ('account_id = (SELECT a FROM shop.m ORDER BY b FETCH FIRST 1 ROW ONLY)',
        'account_id = (SELECT a FROM shop.m ORDER BY b FETCH FIRST 1 ROW WITH TIES)'),
    ('account_id = (SELECT count(a) FROM shop.m)', 'account_id = (SELECT count(DISTINCT a) FROM shop.m)'),
    ('account_id = (SELECT count(a) FROM shop.m)', 'account_id = (SELECT count(a) FILTER (WHERE a > 1) FROM shop.m)'),
    ('arr = (SELECT array_agg(a ORDER BY a) FROM shop.m)', 'arr = (SELECT array_agg(a ORDER BY a DESC) FROM shop.m)'),
    ('account_id IN (SELECT sum(a) OVER (ORDER BY b ROWS 1 PRECEDING) FROM shop.m)',
        'account_id IN (SELECT sum(a) OVER (ORDER BY b ROWS 2 PRECEDING) FROM shop.m)'),
    ('account_id IN (SELECT a FROM shop.m UNION SELECT a FROM shop.n)', 'account_id IN (SELECT a FROM shop.m EXCEPT SELECT a FROM shop.n)'),
    ('account_id IN (SELECT a FROM shop.m GROUP BY CUBE (a, b))', 'account_id IN (SELECT a FROM shop.m GROUP BY ROLLUP (a, b))'),
    ('EXISTS (SELECT FROM unnest(arr) WITH ORDINALITY AS u(v, n) WHERE u.v = id)',
        'EXISTS (SELECT FROM unnest(arr) AS u(v) WHERE u.v = id)'),
    ('EXISTS (SELECT FROM (VALUES (1, 2), (3, 4)) AS v(a, b) WHERE v.a = id)',
        'EXISTS (SELECT FROM (VALUES (1), (2), (3), (4)) AS v(a) WHERE v.a = id)'),
    ('EXISTS (SELECT FROM xmltable(''/a'' PASSING x COLUMNS v integer PATH ''b'') AS v WHERE v.v = id)',
        'EXISTS (SELECT FROM xmltable(''/a'' PASSING x COLUMNS v integer PATH ''c'') AS v WHERE v.v = id)'),
    ('xmlelement(NAME a, body)::text = ''a''', 'xmlelement(NAME b, body)::text = ''a'''),
    ('xmlforest(body AS a)::text = ''a''', 'xmlforest(body AS b)::text = ''a'''),
    ('x IS DOCUMENT', 'xmlserialize(CONTENT x AS text) IS NOT NULL'),
    ('arr[1:2] = ARRAY[1]', 'arr[2:2] = ARRAY[1]'),
    ('f < 1.1::float4', 'f < 1.1::float8'),
    ('d < ''2020-01-01''::date', 'd < ''2020-01-01''::timestamp'),
    ('GREATEST(id, 1) = 1', 'LEAST(id, 1) = 1'),
    ('id = 1 AND (c).a = 1 AND (c).b = 2', 'id = 1 AND (c).b = 1 AND (c).a = 2'),
    ('f = ''0''', 'f = ''-0'''),
    ('s = ''1024''', 's = ''2048'''),
    ('s IN (''1024'', ''2048'')', 's IN (''1024'', ''4096'')'),
    ('n = 1.0', 'n = 1.00')) AS v(was, made);

-- And what is the same is, in another order and in other words.
SELECT is(pg_temp.changed(v.was, v.made), 'neither', concat_ws(' -> ', v.was, v.made)) FROM (VALUES
    ('id = 1 AND (id, account_id) < (1, 2)', '(id, account_id) < (1, 2) AND id = 1'),
    ('body = ''a'' COLLATE shop.ci AND flag', 'flag AND body = ''a'' COLLATE shop.ci'),
    ('NOT (body = ''a'' COLLATE "C")', 'body <> ''a'' COLLATE "C"'),
    ('(c).a = 1 OR d < current_date', 'd < current_date OR (c).a = 1'),
    ('account_id = 1::bigint', 'account_id = 1'),
    ('body = ''a''::varchar', 'body = ''a'''),
    ('NOT (NOT flag)', 'flag'),
    ('id = ANY (ARRAY[1, 2])', 'id IN (2, 1)'),
    ('(SELECT max(a) FROM shop.m) = id', '(SELECT max(a) FROM shop.m) = id'),
    ('ROW(id, body) IS NOT NULL', 'row(id, body) IS NOT NULL AND true'),
    ('shop.nm(b => account_id, a => 7) = 1', 'NOT (shop.nm(b => account_id, a => 7) <> 1)'),
    ('n = 1.0 AND flag', 'flag AND n = 1.0')) AS v(was, made);

-- More conditions close, fewer open, whatever the conditions are.
SELECT is(pg_temp.changed(v.was, v.made), v.wanted, concat_ws(' -> ', v.was, v.made)) FROM (VALUES
    ('id = 1', 'id = 1 AND id = 2', 'closed'),
    ('n = 1.0', 'n = 1.0 AND n = 1.00', 'cannot be decided'),
    ('body = ''a'' COLLATE shop.ci', 'body = ''a'' COLLATE shop.ci AND body = ''A'' COLLATE shop.ci',
        'cannot be decided')) AS v(was, made, wanted);

-- A change is told as well.
SELECT is((SELECT string_agg(DISTINCT f."check", ' ') FROM primecloud.review_change(
    format('ALTER POLICY p ON shop.t USING (%s)', v.made), 'shop', 'review_apart_app') AS f
    WHERE f."check" = 'change_weakens_protection'), 'change_weakens_protection', v.made)
FROM (VALUES ('account_id = 1 AND (id, account_id) > (1, 2)'), ('account_id = 1 AND (c).b = 1')) AS v(made),
    LATERAL (SELECT pg_temp.changed('true', 'account_id = 1 AND (id, account_id) < (1, 2)') WHERE v.made IS NOT NULL) AS made;

-- What is set in a session is no part of the document: a clock is written as it is anywhere.
SET datestyle = 'SQL';
SET timezone = 'America/Chicago';
ALTER POLICY p ON shop.t USING (ts > '2020-01-01 00:00 America/Chicago');
CREATE TEMP TABLE kept AS SELECT primecloud.review_policies('shop') AS said;
SET timezone = 'Asia/Shanghai';
SELECT is(primecloud.review_policies('shop'), kept.said, 'one document in two time zones') FROM kept;
ALTER POLICY p ON shop.t USING (ts > '2020-01-01 00:00 Asia/Shanghai');
SELECT isnt((SELECT d.change FROM kept, primecloud.review_policies_diff(kept.said, primecloud.review_policies('shop')) AS d
    WHERE d.object = 'shop.t' AND d.command = 'SELECT'), 'neither', 'CST and CST are two');
SELECT * FROM finish();
