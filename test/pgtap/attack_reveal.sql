-- Against an operator who reveals a row of a table that is somebody's trap: its owner's code
-- stands wherever a table has room for code, and must not run as whoever reveals.
SET client_min_messages = error;
CREATE ROLE reveal_mallory;
CREATE ROLE reveal_worker;
SELECT primecloud.create_platform_role('reveal_operator');
GRANT EXECUTE ON FUNCTION primecloud.reveal(regclass, name, anyelement, text), primecloud.reveal(regclass, name, text, text),
    primecloud.open(primecloud.sealed, text, text, text, text) TO reveal_worker;
CREATE SCHEMA mallory AUTHORIZATION reveal_mallory;
CREATE TABLE public.loot (who text, what text);
GRANT INSERT, SELECT ON public.loot TO PUBLIC;
-- What an error takes back is counted all the same.
CREATE SEQUENCE public.sprung;
GRANT USAGE ON SEQUENCE public.sprung TO PUBLIC;
CREATE TABLE public.envelopes (place text, id integer, secret primecloud.sealed);
GRANT SELECT ON public.envelopes TO reveal_mallory;

SET ROLE reveal_mallory;
GRANT USAGE ON SCHEMA mallory TO PUBLIC;
CREATE FUNCTION mallory.note(trap text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF current_user <> 'reveal_mallory' THEN PERFORM nextval('public.sprung'); END IF;
    INSERT INTO public.loot VALUES (current_user, trap);
END $$;
CREATE FUNCTION mallory.spring(trap text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM mallory.note(trap); RETURN true;
    END $$;
CREATE FUNCTION mallory.zero(trap text) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM mallory.note(trap); RETURN 0;
    END $$;
RESET ROLE;

-- A table of each kind: what stands in it, and what reveal() says.  Made twice, by the name of
-- the trap: what CREATE TABLE has, and what follows.
CREATE TABLE traps (trap text PRIMARY KEY, columns text, after text[], expected text DEFAULT 'secret');
INSERT INTO traps (trap, columns, after) VALUES
    ('plain', 'id integer PRIMARY KEY, account_id text, secret primecloud.sealed', '{}'),
    ('index_predicate', 'id integer PRIMARY KEY, account_id text, secret primecloud.sealed',
        ARRAY['CREATE INDEX ON mallory.index_predicate (id) WHERE mallory.spring(''index_predicate'')']),
    ('index_expression', 'id integer PRIMARY KEY, account_id text, secret primecloud.sealed',
        ARRAY['CREATE INDEX ON mallory.index_expression (id, (mallory.spring(''index_expression'')))']),
    ('checked', 'id integer PRIMARY KEY, account_id text, secret primecloud.sealed, CHECK (mallory.spring(''checked''))', '{}'),
    ('checked_below', 'id integer PRIMARY KEY, account_id text, secret primecloud.sealed',
        ARRAY['CREATE TABLE mallory.below (CHECK (mallory.spring(''checked_below''))) INHERITS (mallory.checked_below)']),
    ('extended_statistics', 'id integer PRIMARY KEY, account_id text, secret primecloud.sealed',
        ARRAY['CREATE STATISTICS mallory.s ON id, (mallory.zero(''extended_statistics'')) FROM mallory.extended_statistics']),
    ('generated', 'id integer PRIMARY KEY, account_id text, secret primecloud.sealed, more boolean GENERATED ALWAYS AS '
        '(mallory.spring(''generated'')) STORED', '{}'),
    ('id_domain', 'id mallory.number PRIMARY KEY, account_id text, secret primecloud.sealed', '{}'),
    ('partition_key', 'id integer, account_id text, secret primecloud.sealed) PARTITION BY LIST ((id-id + mallory.zero(''partition_key''))',
        ARRAY['CREATE TABLE mallory.part PARTITION OF mallory.partition_key FOR VALUES IN (0)', 'CREATE INDEX ON mallory.part (id)']),
    ('column_default', 'id integer PRIMARY KEY, account_id text, secret primecloud.sealed, more boolean DEFAULT '
        'mallory.spring(''column_default'')', '{}');
INSERT INTO traps (trap, columns, after, expected) VALUES
    ('id_cast', 'id mallory.kind PRIMARY KEY, account_id text, secret primecloud.sealed', '{}', '42804'),
    ('tenant_cast', 'id integer PRIMARY KEY, account_id mallory.kind, secret primecloud.sealed', '{}', '42804');
-- Policies, asked of who does not own the table: those that run his code are refused.
INSERT INTO traps (trap, columns, after, expected)
SELECT trap, 'id integer PRIMARY KEY, account_id text, status mallory.kind, secret primecloud.sealed',
    ARRAY[format('CREATE POLICY it ON mallory.%I USING (%s)', trap, qual),
        format('ALTER TABLE mallory.%I ENABLE ROW LEVEL SECURITY', trap)],
        expected
FROM (VALUES
    ('policy_function', $$mallory.spring('policy_function')$$, '42501'),
    ('policy_branch', $$id > 0 OR mallory.spring('policy_branch')$$, '42501'),
    ('policy_operator', $$id OPERATOR(mallory.===) 1$$, '42501'),
    ('policy_any', $$id OPERATOR(mallory.===) ANY ('{1}')$$, '42501'),
    ('policy_cast', $$('1'::text)::mallory.kind IS NOT NULL$$, '42501'),
    ('policy_domain', $$(id * 0)::mallory.number IS NOT NULL$$, '42501'),
    ('policy_inner', $$(SELECT mallory.spring('policy_inner'))$$, '42501'),
    ('policy_json', $$to_json(status) IS NOT NULL$$, '42501'),
    ('policy_row_json', $$to_json(ROW(status)) IS NOT NULL$$, '42501'),
    ('policy_query', $$EXISTS (SELECT FROM mallory.index_predicate)$$, '0A000'),
    ('policy_from', $$(SELECT mallory.spring('policy_from') FROM (VALUES (1)) AS v)$$, '0A000'),
    ('policy_xml', $$query_to_xml('SELECT mallory.spring(''policy_xml'')', true, true, '') IS NOT NULL$$, '0A000'),
    ('policy_table_xml', $$table_to_xml('mallory.index_predicate', true, true, '') IS NOT NULL$$, '0A000'),
    ('policy_hash', $$satisfies_hash_partition('mallory.partition_key'::regclass, 1, 0, 1) IS NOT NULL$$, '0A000'),
    ('policy_constraint', $$pg_get_partition_constraintdef('mallory.part'::regclass) IS NOT NULL$$, '0A000'),
    ('policy_input', $$domain_in('1', 'mallory.number'::regtype, -1) IS NOT NULL$$, '0A000'),
    ('policy_setting', $$set_config('primecloud.reveals_per_transaction', '0', false) IS NOT NULL$$, '0A000'),
    ('policy_shred', $$primecloud.rotate_key('mallory', 'seal') IS NOT NULL$$, '0A000'),
    ('policy_explain', $$primecloud.may_expire('mallory', 'index_predicate') IS NULL$$, '0A000')) AS p(trap, qual, expected);

\o /dev/null
SET ROLE reveal_mallory;
CREATE DOMAIN mallory.number AS integer CHECK (mallory.spring('domain'));
CREATE TYPE mallory.kind AS ENUM ('1', 'mallory');
CREATE FUNCTION mallory.make(t text) RETURNS mallory.kind LANGUAGE plpgsql IMMUTABLE
    AS $$ BEGIN PERFORM mallory.note('cast'); RETURN CASE t WHEN '1' THEN '1' ELSE 'mallory' END; END $$;
CREATE CAST (text AS mallory.kind) WITH FUNCTION mallory.make(text);
CREATE FUNCTION mallory.unmake(k mallory.kind) RETURNS text LANGUAGE plpgsql IMMUTABLE
    AS $$ BEGIN PERFORM mallory.note('cast'); RETURN 'mallory'; END $$;
CREATE CAST (mallory.kind AS text) WITH FUNCTION mallory.unmake(mallory.kind);
CREATE FUNCTION mallory.show(k mallory.kind) RETURNS json LANGUAGE plpgsql IMMUTABLE
    AS $$ BEGIN PERFORM mallory.note('json'); RETURN '1'; END $$;
CREATE CAST (mallory.kind AS json) WITH FUNCTION mallory.show(mallory.kind);
CREATE FUNCTION mallory.same(integer, integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE
    AS $$ BEGIN PERFORM mallory.note('operator'); RETURN true; END $$;
CREATE OPERATOR mallory.=== (FUNCTION = mallory.same, LEFTARG = integer, RIGHTARG = integer);
RESET ROLE;
INSERT INTO public.envelopes SELECT trap, 1, primecloud.seal('secret', 'mallory', 'mallory.' || trap, '1') FROM traps;
GRANT SELECT ON traps TO PUBLIC;
SET ROLE reveal_mallory;
CREATE FUNCTION pg_temp.lay(t traps) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    statement text;
BEGIN
    EXECUTE format('CREATE TABLE mallory.%I (%s)', t.trap, t.columns);
    FOREACH statement IN ARRAY t.after LOOP
        EXECUTE statement;
    END LOOP;
    EXECUTE format('INSERT INTO mallory.%I (id, account_id, secret) SELECT %s, ''mallory'', secret FROM public.envelopes '
        'WHERE place = %1$L', t.trap, CASE t.trap WHEN 'id_cast' THEN '''1''' ELSE '1' END);
    EXECUTE format('GRANT SELECT ON mallory.%I TO PUBLIC', t.trap);
END $$;
GRANT EXECUTE ON FUNCTION pg_temp.lay(traps) TO PUBLIC;
SELECT pg_temp.lay(t) FROM traps t ORDER BY trap !~ 'index|part', trap;
RESET ROLE;
-- As it stands when a registered table is altered afterwards: the name is what is kept.
INSERT INTO primecloud.sealed_column (schema_name, table_name, column_name, label, tenant_column, id_column, owner_name)
SELECT 'mallory', trap, 'secret', 'mallory.' || trap, 'account_id', 'id', (SELECT tableowner FROM pg_tables WHERE schemaname = 'mallory'
    AND tablename = trap) FROM traps;
\o

CREATE FUNCTION revealed(trap text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN primecloud.reveal(('mallory.' || quote_ident(trap))::regclass, 'secret', 1, 'a trap');
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE;
END $$;

-- A session that has opened none of the tables yet: what they have is read as they are opened.
\c -
SELECT no_plan();
SET client_min_messages = error;
TRUNCATE public.loot;
ALTER SEQUENCE public.sprung RESTART;
BEGIN;
SET LOCAL ROLE reveal_operator;
SELECT primecloud.assume('mallory', 'a support case') \g /dev/null
SELECT is(revealed(trap), expected, 'an operator reveals: ' || trap) FROM traps;
RESET ROLE;
COMMIT;
SELECT is_empty('SELECT DISTINCT who, what FROM public.loot', 'nothing of mallory''s ran');
SELECT is((SELECT is_called FROM public.sprung), false, 'nor was anything taken back by an error');

-- The operator who types the statement springs each trap that a query springs.
TRUNCATE public.loot;
BEGIN;
SET LOCAL ROLE reveal_operator;
CREATE FUNCTION pg_temp.typed(trap text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT secret FROM mallory.%I WHERE id = $1::%s', trap, (SELECT format_type(atttypid, -1) FROM pg_attribute
        WHERE attrelid = ('mallory.' || trap)::regclass AND attname = 'id')) USING '1'::text;
EXCEPTION WHEN OTHERS THEN NULL;
END $$;
SELECT count(pg_temp.typed(trap)) FROM unnest(ARRAY['index_predicate', 'index_expression', 'checked_below', 'extended_statistics',
    'partition_key', 'id_domain', 'id_cast', 'policy_function', 'policy_query', 'policy_operator']) AS trap \gset typed_
RESET ROLE;
SELECT string_agg(DISTINCT what, ' ' ORDER BY what) AS sprung FROM public.loot WHERE who = 'reveal_operator' \gset
ROLLBACK;
SELECT is(:'sprung'::text, 'cast checked_below domain extended_statistics index_expression index_predicate operator partition_key '
    'policy_function',
    'a SELECT runs mallory''s code as whoever types it');
SELECT * FROM finish();
