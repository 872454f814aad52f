-- Code of an attacker's in somebody else's hands: objects planted where a search path or an
-- overload finds them, and functions that run as somebody else.
\set app attack_planting
\set app_owner attack_planting_owner
\ir support/attack.sql
SELECT no_plan();

-- What there is to attack, from the catalog: whatever is added stands here or fails.
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p
    WHERE pronamespace IN ('primecloud'::regnamespace, 'primecloud_internal'::regnamespace) AND prosecdef$$,
    'no function of the extension runs as its owner');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_language l ON l.oid = prolang
    WHERE pronamespace IN ('primecloud'::regnamespace, 'primecloud_internal'::regnamespace) AND lanname IN ('sql', 'plpgsql')
    AND proconfig IS NULL AND prosqlbody IS NULL
    -- a SET clause would forbid them COMMIT; they name everything in full
    AND proname NOT IN ('expire', 'expire_all', 'retention_drive', 'reseal')
    -- one call of a qualified function, or a constant
    AND prosrc !~ '^\s*SELECT primecloud_internal\.make_role\(''\w+'', name, ''[A-Z ]+''\)\s*$'
        AND proname NOT IN ('online_preamble', 'schema_grants', 'schema_statements', 'schema_steps', 'act_for_any_tenant',
            'carry_out_orders')$$,
    'every function with a body pins its search path');
SELECT is_empty($$SELECT p.oid::regprocedure, proconfig FROM pg_proc p
    WHERE pronamespace IN ('primecloud'::regnamespace, 'primecloud_internal'::regnamespace) AND proconfig IS NOT NULL
    AND NOT proconfig @> ARRAY['search_path=pg_catalog, pg_temp']$$, 'to pg_catalog, and pg_temp last');
SELECT set_eq($$SELECT relname FROM pg_class c WHERE relnamespace IN ('primecloud'::regnamespace, 'primecloud_internal'::regnamespace)
    AND relkind = 'v'
    AND (has_table_privilege('public', oid, 'INSERT') OR has_table_privilege('public', oid, 'UPDATE')
        OR has_table_privilege('public', oid, 'DELETE'))$$,
    '{}'::text[], 'no view is written through');
SELECT is_empty($$SELECT relname FROM pg_class c WHERE relnamespace IN ('primecloud'::regnamespace, 'primecloud_internal'::regnamespace)
    AND relkind IN ('r', 'p')
    AND (has_table_privilege('public', oid, 'INSERT') OR has_table_privilege('public', oid, 'UPDATE')
        OR has_table_privilege('public', oid, 'DELETE') OR has_table_privilege('public', oid, 'TRUNCATE')
        OR has_table_privilege('public', oid, 'TRIGGER'))$$, 'tables that everyone may write: none');
SELECT ok(NOT has_schema_privilege('public', 'primecloud', 'CREATE'), 'nobody creates in the extension''s schema');
SELECT set_eq($$SELECT proname::text FROM pg_proc WHERE pronamespace IN ('primecloud'::regnamespace, 'primecloud_internal'::regnamespace)
    AND proname <> 'enter_context' AND proname ~ '^(enter_|assume|probe|assert_|create_.*_role|make_role|.*token_key)'
    AND has_function_privilege('public', oid, 'EXECUTE')$$,
    '{}'::text[], 'what enters, assumes, probes or makes roles is for nobody in general');

\ir support/plants.sql
SELECT cmp_ok(harness.plant(space), '>', 800::bigint, 'planted in ' || space) FROM unnest(ARRAY['common', :'app']) AS space;

-- A function as careless people write them is taken at once: the plants work.
CREATE FUNCTION careless(rel regclass) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN RETURN format('%s', lower(rel::text));
    END $$;
SELECT isnt(harness.over('app', format('SET search_path = %I, common, public, pg_catalog', :'app'), $$SELECT public.careless('pg_class')$$),
    '42501', 'a careless definer runs');
SELECT isnt_empty($$SELECT FROM harness.loot WHERE who = 'postgres'$$, 'a careless definer runs what was planted, as its owner');
TRUNCATE harness.loot;

-- The attacker's own session, everything shadowed: catalogs and types in pg_temp too.
SELECT is(harness.over('app', 'SET search_path = pg_catalog, pg_temp',
    'CREATE TEMP TABLE token_key (kid text, alg text, key bytea, issuer text, added_at timestamptz, revoked_at timestamptz)',
        $$INSERT INTO pg_temp.token_key VALUES ('mine', 'HS256', decode(repeat('00', 32), 'hex'), NULL, now(), NULL)$$,
    'CREATE TEMP VIEW membership_source AS SELECT true AS only_one', 'CREATE TEMP TABLE members (account_id int, user_id text, role text)',
        $$INSERT INTO pg_temp.members VALUES (2, 'mallory', 'owner')$$,
    'CREATE TEMP TABLE pg_class (oid oid, relowner oid, relname name)', 'CREATE TEMP TABLE pg_roles (rolname name, rolsuper boolean)',
        'CREATE DOMAIN pg_temp.text AS pg_catalog.text CHECK (false)', 'CREATE DOMAIN pg_temp.regclass AS pg_catalog.regclass',
    'CREATE TEMP TABLE guarded (id int)', 'SELECT 1'), '1', 'everything shadowed in pg_temp');
SELECT is(harness.over('app', 'BEGIN', format('SET LOCAL search_path = pg_temp, %I, common, public, pg_catalog', :'app'), call)
    || harness.over('app', 'ROLLBACK'), expected || 'ROLLBACK', 'shadowed: ' || call)
FROM (VALUES
    (format('SELECT primecloud.enter(%L)', harness.mint('{"sub": "mallory", "account": "1"}', '{"alg": "HS256", "kid": "mine"}',
        decode(repeat('00', 32), 'hex'))), '28000'),
    (format('SELECT primecloud.enter(%L)', harness.mint('{"sub": "mallory", "account": "2"}')), '28000'),
    (format('SELECT primecloud.register_membership(%L, %L, %L, %L)', 'pg_temp.members', 'account_id', 'user_id', 'role'), '42501'),
    ($$SELECT primecloud.exempt('public.guarded', 'shadowed')$$, '42501'),
    ($$SELECT primecloud.exemption_of('public.guarded') IS NULL$$, 't'),
    ($$SELECT primecloud.unprotect_table('public.guarded')$$, '42501'),
    ($$SELECT primecloud.protect_table('public.guarded')$$, '42501'),
    ($$SELECT primecloud_internal.register_sealed_column('public.guarded', 'secret', 'x', 'id', 'account_id')$$, '42501'),
    ($$SELECT primecloud_internal.run_plan(ARRAY[primecloud_internal.step('lift', 'public.guarded',
        'ALTER TABLE public.guarded DISABLE ROW LEVEL SECURITY')], false)$$, '42501'),
    ($$SELECT primecloud_internal.run_as_owner('public.guarded', 'ALTER TABLE public.guarded DISABLE ROW LEVEL SECURITY')$$, '42501'),
    ($$SELECT primecloud_internal.run_plan(ARRAY[primecloud_internal.step('fill', 'public.guarded', 'DELETE FROM public.guarded')],
        false)$$, '42501'),
    ($$SELECT primecloud_internal.exempt_as(10, 'public.guarded', 'mine', NULL)$$, '42501'),
    ($$SELECT primecloud_internal.register_sealed_column_as(10, 'public.guarded', 'secret', 'mine', 'account_id', 'id')$$, '42501'))
        AS c(call, expected);
SELECT is(harness.over('app', 'BEGIN', format('SET LOCAL search_path = pg_temp, %I, common, public, pg_catalog', :'app'),
    harness.entering(), 'SELECT primecloud.tenant_int()') || harness.over('app', 'ROLLBACK'), '1ROLLBACK', 'shadowed: entering is as ever');
SELECT is(harness.over('app', 'BEGIN', format('SET LOCAL search_path = pg_temp, %I, common, public, pg_catalog', :'app'),
    harness.entering(), 'SELECT pg_catalog.count(*) FROM public.guarded') || harness.over('app', 'ROLLBACK'), '5ROLLBACK',
    'shadowed: policies are as ever');
SELECT is_empty(format('SELECT DISTINCT who, what FROM harness.loot WHERE who <> %L', :'app'),
    'and nobody but the attacker ran what was planted');
TRUNCATE harness.loot;

CREATE FUNCTION harness.attempt(who name, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', who);
    EXECUTE statement;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE;
END $$;
BEGIN;
DELETE FROM primecloud_internal.membership_source;
SELECT is(harness.attempt(:'app', $$SELECT primecloud.register_membership('public.members', 'account_id', 'user_id', 'role')$$),
    '42501', 'nobody but the owner of the database registers where nothing is');
ROLLBACK;

-- A superuser whose search path the attacker would choose.
\o /dev/null
CREATE TABLE parents (id int PRIMARY KEY, account_id int, name text CONSTRAINT parents_name UNIQUE, made timestamptz DEFAULT '2020-01-01');
CREATE TABLE children (id int PRIMARY KEY, parent_id int CONSTRAINT children_parent REFERENCES parents, at date);
CREATE TABLE codes (code text);
CREATE TABLE parts (account_id int NOT NULL, at int) PARTITION BY RANGE (at);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10);
INSERT INTO parents VALUES (1, 1, 'a'), (2, 2, 'b');
INSERT INTO children VALUES (1, 1), (2, 2);
CREATE VIEW looking AS SELECT * FROM parents;
TRUNCATE harness.loot;
\o
CREATE TABLE old (id int PRIMARY KEY, made timestamptz);
INSERT INTO old VALUES (1, '2020-01-01');
CREATE FUNCTION harness.as_superuser(call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_catalog.set_config('search_path', pg_catalog.current_setting('harness.app') OPERATOR(pg_catalog.||)
        ', common, public, pg_catalog', true);
    EXECUTE call;
    PERFORM pg_catalog.set_config('search_path', 'public', true);
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    PERFORM pg_catalog.set_config('search_path', 'public', true);
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT is(harness.as_superuser(call), 'done', 'a superuser with the attacker''s search path: ' || call) FROM unnest(ARRAY[
    $$SELECT primecloud.protect_table('public.parents')$$, $$SELECT primecloud.protect_table('public.parents', online => true)$$,
        $$SELECT primecloud.protect_child('public.children', 'public.parents')$$,
        $$SELECT primecloud.protect_fk('public.children', 'children_parent')$$,
    $$SELECT primecloud.protect_unique('public.parents', 'parents_name')$$, $$SELECT primecloud.confine_table('public.parents', 'id')$$,
        $$SELECT primecloud.protect_view('public.looking')$$,
    $$SELECT primecloud.share_table('public.codes')$$, $$SELECT primecloud.protect_table('public.parts')$$,
        $$CREATE TABLE public.parts_2 PARTITION OF public.parts FOR VALUES FROM (10) TO (20)$$,
    $$SELECT primecloud.copy_target('public.parents')$$, $$SELECT primecloud.assert_isolated('public.parents', 'attack_planting')$$,
        $$SELECT primecloud.explain_access('public.parents', 'attack_planting')$$,
    $$SELECT primecloud.register_membership('public.members', 'account_id', 'user_id', 'role')$$,
        $$SELECT primecloud.exempt('public.plain', 'a reason')$$, $$SELECT primecloud.exemption_of('public.plain')$$,
    $$SELECT primecloud.protect_schema('public', 'public.accounts', dry_run => true)$$,
        $$SELECT primecloud.retain('public.old', 'made', '1 day')$$, $$SELECT primecloud.expire_preview('public.old')$$,
    $$SELECT primecloud.expire_batch('public.old')$$, $$SELECT primecloud.create_app_role('attack_planting')$$,
        $$SELECT primecloud.add_token_key('planted', 'HS256', '\x5b1d0a63cf1c7e0d2f9a44d0b9e7c1a8835f60e2d7914caab3f05e6c28d19b74')$$,
    $$SELECT primecloud.revoke_token_key('planted')$$, $$SELECT * FROM primecloud.token_key_status$$, $$SELECT *
        FROM primecloud.job_progress$$, $$SELECT primecloud.unprotect_table('public.children')$$,
    $$SELECT primecloud.create_schema('planted_cloud', register => true)$$, $$SELECT primecloud.check_schema('planted_cloud')$$,
        $$ALTER TABLE public.parents ADD COLUMN extra text$$, $$DROP TABLE public.children$$]) AS call;
SELECT is_empty(format('SELECT DISTINCT who, what FROM harness.loot WHERE who <> %L', :'app'), 'ran nothing that was planted');

-- Triggers, indexes and functions of a table's owner, run while somebody greater is at work.
\o /dev/null
CREATE ROLE attack_planting_mallory LOGIN;
CREATE SCHEMA mallory AUTHORIZATION attack_planting_mallory;
SET ROLE attack_planting_mallory;
CREATE TABLE mallory.members (account_id int, user_id text, role text);
INSERT INTO mallory.members VALUES (2, 'mallory', 'owner');
CREATE FUNCTION mallory.act(who text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    BEGIN PERFORM primecloud.register_membership('mallory.members', 'account_id', 'user_id', 'role');
        INSERT INTO harness.loot VALUES (current_user, 'register_membership'); EXCEPTION WHEN OTHERS THEN NULL; END;
    BEGIN PERFORM primecloud.exempt('public.plain', 'mallory says so'); INSERT INTO harness.loot VALUES (current_user, 'exempt');
        EXCEPTION WHEN OTHERS THEN NULL; END;
    BEGIN PERFORM primecloud_internal.register_sealed_column('public.sealed_notes', 'note', 'mallory', 'id', 'account_id');
        INSERT INTO harness.loot VALUES (current_user, 'register_sealed_column'); EXCEPTION WHEN OTHERS THEN NULL; END;
    BEGIN PERFORM primecloud.enter_trusted('2', 'victim', 'owner'); INSERT INTO harness.loot VALUES (current_user, 'enter_trusted');
        EXCEPTION WHEN OTHERS THEN NULL; END;
    BEGIN PERFORM primecloud.unprotect_table('public.guarded'); INSERT INTO harness.loot VALUES (current_user, 'unprotect_table');
        EXCEPTION WHEN OTHERS THEN NULL; END;
    BEGIN PERFORM primecloud.add_token_key('mallory', 'HS256', decode(repeat('00', 32), 'hex'));
        INSERT INTO harness.loot VALUES (current_user, 'add_token_key'); EXCEPTION WHEN OTHERS THEN NULL; END;
    INSERT INTO harness.loot VALUES (current_user, 'sprung');
    RETURN true;
END $$;
CREATE FUNCTION mallory.trap(who text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN mallory.act(who); END $$;
CREATE INDEX ON mallory.members (mallory.trap(user_id));
RESET ROLE;
CREATE TABLE sealed_notes (id int, account_id int, note primecloud.sealed);
TRUNCATE harness.loot;
ANALYZE mallory.members;
\o
SELECT isnt_empty($$SELECT FROM harness.loot WHERE what = 'sprung'$$, 'ANALYZE by a superuser runs an index''s function');
SELECT is_empty($$SELECT who, what FROM harness.loot WHERE what <> 'sprung'$$, 'which gets no more than its owner has');
SELECT is(mallory.trap('x'), true, 'a superuser calls a SECURITY DEFINER function of its owner''s');
SELECT is_empty($$SELECT who, what FROM harness.loot WHERE what <> 'sprung'$$, 'which gets no more than its owner has either');
SELECT isnt((SELECT relation_schema FROM primecloud_internal.membership_source), 'mallory', 'the registration is what it was');
SELECT * FROM finish();
\o /dev/null
DROP OWNED BY attack_planting_mallory CASCADE;
DROP ROLE attack_planting_mallory;
\ir support/done.sql
