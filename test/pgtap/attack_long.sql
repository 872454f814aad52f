-- Text is measured before work is done on it: every function that an application may call is given 5 MB in each place that
-- takes text, bytes or JSON, and every type is given them as input.  Each answers, or refuses, in next to no time; what works
-- through all of it is listed, both ways.
\set test attack_long
\ir ../fixtures/control_plane.sql
SELECT no_plan();
\set a '00000000-0000-7000-8000-00000000000a'
SELECT act('a_dev', $$SELECT cloud.create_bucket('assets')$$) AS bucket, act('a_dev', $$SELECT id
    FROM cloud.create_access_key('k')$$) AS key,
    act('a_owner', $$SELECT id FROM cloud.create_sftp_credential('login')$$) AS login,
    act('a_dev', $$SELECT cloud.place_order('00000000-0000-7000-8000-000000000001')$$) AS "order" \gset
SELECT act('a_dev', format('SELECT id FROM cloud.share_object(%L, ''o'')', :'bucket')) AS share \gset

CREATE SCHEMA harness;
-- Stored as they are, so that whoever does not read them does not pay for it.
CREATE TABLE harness.long (t text, b bytea, j jsonb, a text[]);
ALTER TABLE harness.long ALTER t SET STORAGE EXTERNAL, ALTER b SET STORAGE EXTERNAL, ALTER j SET STORAGE EXTERNAL,
    ALTER a SET STORAGE EXTERNAL;
INSERT INTO harness.long SELECT x, convert_to(x, 'UTF8'), to_jsonb(x), ARRAY[x] FROM (SELECT string_agg(p, '') AS x FROM (VALUES
    (repeat('x', 5000000)), (NULL)) AS l(p)) l;
INSERT INTO harness.long SELECT x, convert_to(x, 'UTF8'), to_jsonb(x), string_to_array(x, ' ') FROM (SELECT repeat('[é ',
    1250000) AS x) l;
INSERT INTO harness.long VALUES ('x', 'x', '"x"', '{x}');
-- What this session has cost so far, in nanoseconds: whatever else the machine does.
CREATE FUNCTION harness.cost() RETURNS bigint LANGUAGE sql VOLATILE SECURITY DEFINER AS $$
    SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::bigint $$;
CREATE TABLE harness.value (type text, argument text, value text);
INSERT INTO harness.value VALUES
    ('uuid', 'bucket', quote_literal(:'bucket')), ('uuid', 'key', quote_literal(:'key')), ('uuid', 'credential', quote_literal(:'login')),
    ('uuid', 'product', quote_literal('00000000-0000-7000-8000-000000000001')), ('uuid', 'order_id', quote_literal(:'order')),
    ('uuid', 'share', quote_literal(:'share')), ('uuid', 'person', quote_literal('00000000-0000-7000-8000-0000000000a3')),
    ('uuid', '', 'gen_random_uuid()'), ('text', 'permissions', '''read'''), ('text', 'role', '''developer'''), ('text', 'region',
        '''us-east-1'''),
    ('text', 'email', '''x@example.com'''), ('text', 'access', '''read'''), ('text', 'kind', '''order_placed'''), ('text', 'os',
        '''debian-12'''),
    ('text', 'location', '''sp'''), ('text', 'host', '''m.example.com'''), ('text', 'from_email', '''f@example.com'''),
    ('text', 'to_status', '''canceled'''), ('text', 'list', '''orders_page_by_status'''), ('text', 'tenant', quote_literal(:'a')),
    ('text', 'configuration', quote_literal('{"Rules":[]}')), ('text', '', '''x'''), ('character varying', '', '''x'''), ('name', '',
        '''name'''),
    ('integer', '', '1'), ('bigint', '', '1'), ('smallint', '', '1'), ('boolean', '', 'true'), ('interval', '', '''1 day'''), ('date',
        '', 'current_date'),
    ('timestamp with time zone', '', 'now()'), ('bytea', '', '''\x00'''), ('jsonb', '', '''{}'''), ('json', '', '''{}'''), ('text[]',
        '', '''{}'''),
    ('regclass', '', '''cloud.buckets'''), ('inet', '', '''::1'''), ('numeric', '', '1'), ('double precision', '', '1'), ('anyelement',
        '', '''x''::text'),
    ('primecloud.lifecycle', '', quote_literal('{"Rules":[{"Status":"Enabled","Filter":{"Prefix":""},"Expiration":{"Days":1}}]}')),
    ('primecloud.object_version', '', $$ROW('k','v',now(),1,true,false,1,NULL,'a=b',NULL,NULL,NULL,NULL,NULL)$$),
    ('primecloud.byte_size', '', '''1'''), ('primecloud.money_amount', '', '''BRL 1.00'''), ('primecloud.tax_id', '', '''52998224725''');
GRANT USAGE ON SCHEMA harness TO PUBLIC;
GRANT SELECT ON harness.long TO PUBLIC;
-- One call for each place of each function.
CREATE TABLE harness.call AS
WITH f AS (
    SELECT p.oid, p.proname, n.nspname, p.proargnames, p.prorettype, array_agg(format_type(a.t, NULL) ORDER BY a.n) AS types
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace, unnest(p.proargtypes) WITH ORDINALITY AS a(t, n)
    WHERE n.nspname IN ('primecloud', 'cloud') AND p.prokind = 'f' AND has_function_privilege(:'app', p.oid, 'EXECUTE') GROUP BY p.oid,
        n.nspname
)
SELECT format('%I.%I(%s)', f.nspname, f.proname, array_to_string(f.types, ',')) AS function, i.place, format('SELECT count(*)
    FROM %I.%I(%s) r', f.nspname,
    f.proname, (SELECT string_agg(CASE WHEN a.n = i.place THEN format('(SELECT %s FROM harness.long OFFSET $1 LIMIT 1)', l.col)
        ELSE format('(%s)::%s', coalesce((SELECT v.value FROM harness.value v WHERE v.type = a.t AND v.argument IN ('',
            f.proargnames[a.n])
            ORDER BY v.argument DESC LIMIT 1), 'NULL'), replace(a.t, 'anyelement', 'text')) END, ', ' ORDER BY a.n)
        FROM unnest(f.types) WITH ORDINALITY AS a(t, n))) AS statement
FROM f, generate_subscripts(f.types, 1) AS i(place), (VALUES ('text', 't'), ('character varying', 't'), ('bytea', 'b'), ('jsonb', 'j'),
    ('text[]', 'a'),
    ('anyelement', 't'), ('json', 'j::text::json')) AS l(type, col) WHERE l.type = f.types[i.place];
-- and one in which every place is given them
INSERT INTO harness.call SELECT f.function, 0, format('SELECT count(*) FROM %I.%I(%s) r', f.nspname, f.proname,
    string_agg(CASE WHEN l.col IS NOT NULL THEN format('(SELECT %s FROM harness.long OFFSET $1 LIMIT 1)', l.col)
        ELSE format('(%s)::%s', coalesce((SELECT v.value FROM harness.value v WHERE v.type = a.t AND v.argument IN ('', f.proargnames[a.n])
            ORDER BY v.argument DESC LIMIT 1), 'NULL'), a.t) END, ', ' ORDER BY a.n))
FROM (SELECT n.nspname, p.proname, p.proargnames, t.types, format('%I.%I(%s)', n.nspname, p.proname, array_to_string(t.types, ','))
        AS function
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace CROSS JOIN LATERAL (SELECT array_agg(format_type(x.t, NULL) ORDER BY x.n)
        AS types FROM unnest(p.proargtypes) WITH ORDINALITY AS x(t, n)) t WHERE n.nspname IN ('primecloud', 'cloud')) f,
    unnest(f.types) WITH ORDINALITY AS a(t, n)
    LEFT JOIN (VALUES ('text', 't'), ('character varying', 't'), ('bytea', 'b'), ('jsonb', 'j'), ('text[]', 'a')) AS l(type, col)
        ON l.type = a.t
WHERE f.function IN (SELECT c.function FROM harness.call c GROUP BY c.function HAVING count(*) > 1)
GROUP BY f.function, f.nspname, f.proname;
INSERT INTO harness.call SELECT format('input of %s', t.typname), 1, format('SELECT (SELECT t
    FROM harness.long OFFSET $1 LIMIT 1)::%s', t.oid::regtype)
FROM pg_type t WHERE t.typnamespace = 'primecloud'::regnamespace AND t.typtype IN ('b', 'd') AND t.typelem = 0;
GRANT SELECT ON harness.call TO PUBLIC;
CREATE TABLE harness.seen (function text, place bigint, content int, ms numeric, otherwise numeric, answer text, said int);
GRANT INSERT ON harness.seen TO PUBLIC;
CREATE FUNCTION harness.cost_of(statement text, content int, enough numeric, OUT ms numeric, OUT answer text,
    OUT said int) LANGUAGE plpgsql AS $$
DECLARE
    began bigint;
BEGIN
    FOR attempt IN 1..5 LOOP
        began := harness.cost();
        BEGIN
            EXECUTE statement USING content;
            RAISE EXCEPTION USING ERRCODE = '00UND', MESSAGE = 'undone';
        EXCEPTION WHEN OTHERS THEN
            answer := CASE SQLSTATE WHEN '00UND' THEN 'answers' ELSE SQLSTATE END;
            said := octet_length(SQLERRM);
        END;
        ms := least(ms, (harness.cost() - began) / 1000000.0);
        EXIT WHEN ms < enough;
    END LOOP;
END $$;
-- Whoever reads it reads it once, and may write it once more: a plain function of the server that does so is the measure.
-- What takes more is given a short text too: that much is not the text's.  (Handed on from one function to the next, it is
-- copied at each.)
CREATE FUNCTION harness.walk() RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
    c record;
    r record;
    enough numeric;
    -- (A machine that has nothing else to do reads it in no time: that is no measure.)
    once numeric := greatest(1, (harness.cost_of('SELECT octet_length(t || ''x'') FROM harness.long OFFSET $1 LIMIT 1', 0, 0)).ms);
BEGIN
    FOR c IN SELECT * FROM harness.call, generate_series(0, 1) AS content ORDER BY 1, 2 LOOP
        enough := 2 * once * CASE c.place WHEN 0 THEN 4 ELSE 1 END;
        r := harness.cost_of(c.statement, c.content, enough);
        INSERT INTO harness.seen VALUES (c.function, c.place, c.content, r.ms,
            CASE WHEN r.ms >= enough THEN (harness.cost_of(c.statement, 2, 0)).ms ELSE 0 END, r.answer, r.said);
    END LOOP;
    RETURN once;
END $$;
SELECT begin_as(connection('long'), 'a_owner');
SELECT t.once FROM dblink('long', 'SELECT harness.walk()') AS t(once numeric) \gset
SELECT dblink_exec('long', 'COMMIT');
SELECT cmp_ok((SELECT count(DISTINCT function) FROM harness.seen), '>', 140::bigint, 'every function that takes text, and every type');
-- What works through all of it: its result is made of it.
CREATE TABLE harness.accepted (function text PRIMARY KEY);
INSERT INTO harness.accepted VALUES ('primecloud.to_camel_json(anyelement)');
SELECT is_empty(format('SELECT function, place, content, round(ms), round(otherwise), round(%s), answer FROM harness.seen'
    ' WHERE ms - 3 * otherwise > 12 * %1$s * CASE place WHEN 0 THEN 4 ELSE 1 END'
    ' AND function NOT IN (SELECT function FROM harness.accepted)', :'once'), 'none works much longer than it takes to read the text');
SELECT is_empty('SELECT function, place, content, said FROM harness.seen WHERE said > 5000', 'none repeats it in an error');
SELECT is_empty('SELECT function FROM harness.accepted EXCEPT SELECT function FROM harness.seen WHERE answer = ''answers''',
    'what is accepted is there');


SELECT finish();
