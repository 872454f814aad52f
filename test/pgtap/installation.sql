-- check_installation(): each of what it looks at, broken once, is told, and what it says under
-- `fix` mends it.
\o /dev/null
SET client_min_messages = warning;
SELECT current_database() AS here, current_database() || '_other' AS other \gset
CREATE DATABASE :"other" TEMPLATE template0;
CREATE ROLE installation_owner;
CREATE ROLE installation_bare LOGIN;
CREATE ROLE installation_group;
SELECT primecloud.create_platform_role('installation_operator'), primecloud.create_gate_role('installation_gate');
SELECT primecloud.create_app_role('installation_app');
ALTER ROLE installation_app LOGIN;
CREATE SCHEMA shop;
CREATE TABLE shop.orders (id int PRIMARY KEY, account_id int NOT NULL);
CREATE TABLE shop.loose (id int);
ALTER TABLE shop.orders OWNER TO installation_owner;
SELECT primecloud.protect_table('shop.orders');
GRANT SELECT ON shop.orders TO installation_app;
CREATE FUNCTION public.planted() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE FUNCTION states(state text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT c.what FROM primecloud.check_installation() AS c WHERE c.state = states.state $$;
CREATE FUNCTION state_of(what text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce((SELECT c.state FROM primecloud.check_installation() AS c WHERE c.what = state_of.what), 'ok') $$;
-- What was said of `what` after `breaking`, and after its fix.
CREATE FUNCTION broken_and_mended(breaking text, what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before text := state_of(what);
    told record;
BEGIN
    EXECUTE breaking;
    SELECT c.* INTO told FROM primecloud.check_installation() AS c WHERE c.what = broken_and_mended.what;
    IF told.fix IS NOT NULL THEN
        EXECUTE told.fix;
    END IF;
    RETURN concat_ws(' ', before, told.state, state_of(what));
END $$;
\o
SELECT no_plan();

SELECT is_empty($$SELECT states('missing')$$, 'nothing is missing where the helpers made everything');
SELECT set_eq($$SELECT states('risk')$$, $$
    SELECT format('role installation_app %s', w) FROM unnest(ARRAY['connects to no other database', 'has a CONNECTION LIMIT',
        'has statement_timeout', 'has temp_file_limit', 'shows no statement in pg_stat_activity']) AS w
    UNION ALL SELECT format('server function pg_catalog.%s is not everybody''s', f) FROM unnest(ARRAY['lo_creat(integer)', 'lo_create(oid)',
        'lo_from_bytea(oid,bytea)', 'pg_cancel_backend(integer)', 'pg_terminate_backend(integer,bigint)']
        || ARRAY(SELECT oid::regprocedure::text FROM pg_proc WHERE proname = 'pg_logical_emit_message')) AS f$$,
    'and what PostgreSQL leaves open is told');
SELECT is_empty($$SELECT c.what FROM primecloud.check_installation() AS c WHERE (c.state = 'ok') <> (c.fix IS NULL)$$,
    'what is not ok has a fix, what is has none');
SELECT is(primecloud_internal.library_version(), (SELECT default_version FROM pg_available_extensions WHERE name = 'primecloud'),
    'the library is of the version that the control file names');

SELECT is(broken_and_mended(breaking, what), 'ok missing ok', what) FROM (VALUES
    (format('GRANT TEMPORARY ON DATABASE %I TO PUBLIC', :'here'), 'PUBLIC makes no temporary tables'),
    ('GRANT CREATE ON SCHEMA public TO PUBLIC', 'PUBLIC creates nothing in schema public'),
    ('GRANT CREATE ON SCHEMA shop TO PUBLIC', 'PUBLIC creates nothing in schema shop'),
    ('ALTER EVENT TRIGGER primecloud_guard_changes DISABLE', 'event trigger primecloud_guard_changes is enabled'),
    ('ALTER EVENT TRIGGER primecloud_guard_drops ENABLE REPLICA', 'event trigger primecloud_guard_drops is enabled'),
    ('ALTER EVENT TRIGGER primecloud_guard_drop DISABLE', 'event trigger primecloud_guard_drop is enabled'),
    ('GRANT TEMPORARY ON DATABASE ' || quote_ident(:'here') || ' TO installation_app', 'role installation_app makes no temporary tables'),
    ('GRANT CREATE ON SCHEMA shop TO installation_app', 'role installation_app creates in no schema and no database'),
    ('GRANT CREATE ON DATABASE ' || quote_ident(:'here') || ' TO installation_app',
        'role installation_app creates in no schema and no database'),
    ('ALTER ROLE installation_app RESET session_preload_libraries', 'role installation_app loads the library as it logs in'),
    ('ALTER ROLE installation_app SET session_preload_libraries = ''primecloudy, other''',
        'role installation_app loads the library as it logs in'),
    ('ALTER ROLE installation_app SET idle_in_transaction_session_timeout = 0',
        'role installation_app has idle_in_transaction_session_timeout'),
    ('ALTER ROLE installation_app BYPASSRLS', 'role installation_app is held by policies'),
    ('ALTER ROLE installation_app CREATEROLE', 'role installation_app is held by policies'),
    ('GRANT pg_read_all_data TO installation_app', 'role installation_app is no member of a role that policies do not hold'),
    ('GRANT installation_operator TO installation_app', 'role installation_app is no member of a role that policies do not hold'),
    (format('GRANT installation_group TO installation_app; GRANT TEMPORARY ON DATABASE %I TO installation_group', :'here'),
        'role installation_app makes no temporary tables'),
    ('GRANT CREATE ON SCHEMA shop TO installation_group', 'role installation_app creates in no schema and no database'),
    ('GRANT EXECUTE ON FUNCTION primecloud.enter_trusted(text, text, text) TO installation_app',
        'applications have no more of the extension than it gives'),
    ('GRANT EXECUTE ON FUNCTION primecloud.add_token_key(text, text, bytea, text) TO PUBLIC',
        'applications have no more of the extension than it gives'),
    ('GRANT SELECT ON primecloud_internal.audit_key TO installation_group', 'applications have no more of the extension than it gives'),
    ('GRANT INSERT ON primecloud_internal.token_key TO installation_app', 'applications have no more of the extension than it gives'),
    ('GRANT SET ON PARAMETER primecloud.guard TO installation_app', 'no role may set what a superuser sets'),
    ('ALTER ROLE installation_gate LOGIN', 'role installation_gate, which owns what crosses accounts, does not log in'),
    ('ALTER ROLE installation_app SET log_statement = ''all''',
        'log_statement of ROLE installation_app is not set against what the pages promise'),
    (format('ALTER ROLE installation_bare IN DATABASE %I SET primecloud.guard = off', :'here'),
        format('primecloud.guard of ROLE installation_bare IN DATABASE %I is not set against what the pages promise', :'here')),
    ('GRANT installation_owner TO installation_app', 'role installation_app is no member of a role that policies do not hold'),
    ('GRANT SELECT ON shop.orders TO installation_bare', 'role installation_bare is made by create_app_role()'),
    ('SET LOCAL primecloud.guard = off; ALTER TABLE shop.orders NO FORCE ROW LEVEL SECURITY; SET LOCAL primecloud.guard = error',
        'row-level security of shop.orders holds its owner too')) AS t (breaking, what);
SELECT is(broken_and_mended(breaking, what), 'risk risk ok', what) FROM (VALUES
    ('SELECT', 'role installation_app has statement_timeout'), ('SELECT', 'role installation_app has temp_file_limit'),
    ('SELECT', 'role installation_app has a CONNECTION LIMIT'), ('SELECT', 'role installation_app shows no statement in pg_stat_activity'),
    ('SELECT', 'server function pg_catalog.pg_terminate_backend(integer,bigint) is not everybody''s'),
    ('SELECT', 'server function pg_catalog.lo_create(oid) is not everybody''s')) AS t (breaking, what);

-- TRUNCATE is seen by the library alone: while something is held, whoever may empty it begins with it.
\o /dev/null
CREATE ROLE installation_holder LOGIN;
CREATE ROLE installation_keeper;
CREATE TABLE shop.held (id int PRIMARY KEY, made timestamptz);
ALTER TABLE shop.held OWNER TO installation_holder;
GRANT TRUNCATE ON shop.held TO installation_keeper;
SELECT primecloud.exempt('shop.held', 'no tenant''s');
\o
SELECT is(state_of('role installation_holder, which may TRUNCATE table shop.held under a legal hold, loads the library as it logs in'),
    'ok', 'who may empty what is not held is told of nothing');
SELECT * FROM primecloud.place_hold('shop.held', 'court') AS hold \gset
SELECT is((SELECT fix FROM primecloud.check_installation()
    WHERE what = 'role installation_holder, which may TRUNCATE table shop.held under '
    'a legal hold, loads the library as it logs in' AND state = 'missing'),
    'ALTER ROLE installation_holder SET session_preload_libraries = ''primecloud''',
    'the owner of what is held, who begins without the library, is named with the way');
SELECT is(broken_and_mended(breaking, 'role installation_holder, which may TRUNCATE table shop.held under a legal hold, loads the library '
    'as it logs in'), outcome, breaking) FROM (VALUES
    ('SELECT', 'missing missing ok'),
    ('ALTER ROLE installation_holder SET session_preload_libraries = ''auto_explain''', 'ok missing ok'),
    (format('ALTER ROLE installation_holder IN DATABASE %I SET session_preload_libraries = ''auto_explain''', :'here'), 'ok missing ok'),
    (format('ALTER ROLE installation_holder RESET ALL; ALTER ROLE installation_holder IN DATABASE %I RESET ALL; '
        'ALTER DATABASE %1$I SET session_preload_libraries = ''primecloud''', :'here'), 'ok ok')) AS t (breaking, outcome);
SELECT is((SELECT array_agg(substring(item FROM '=(.*)')) FROM pg_db_role_setting, unnest(setconfig) AS item
    WHERE setrole = 'installation_holder'::regrole), NULL, 'one setting of the database is everybody''s');
SELECT format('ALTER DATABASE %I RESET session_preload_libraries', :'here') AS reset \gset
:reset;
SELECT is(broken_and_mended(breaking, format('role %s, which may TRUNCATE table shop.held under a legal hold, loads the library as it logs '
    'in', role)), 'ok missing ok', breaking) FROM (VALUES
    ('GRANT TRUNCATE ON shop.held TO installation_bare; ALTER ROLE installation_bare RESET session_preload_libraries', 'installation_bare'),
    ('GRANT installation_keeper TO installation_app; ALTER ROLE installation_app RESET session_preload_libraries', 'installation_app'))
    AS t (breaking, role);
ALTER ROLE installation_holder RESET session_preload_libraries;
\setenv PGDATABASE :here
\set told `psql -XqAt -U postgres -c "SELECT primecloud.place_hold('shop.held', 'again') > 0" 2>&1`
SELECT is(:'told', E'NOTICE:  TRUNCATE of table shop.held is seen where the library is loaded, and sessions of role "installation_holder" '
    'begin without it\nHINT:  As a superuser: ALTER ROLE installation_holder SET session_preload_libraries = ''primecloud''.\nt'::text,
    'place_hold says so');
ALTER ROLE installation_holder SET session_preload_libraries = 'primecloud';
\set told `psql -XqAt -U postgres -c "SELECT primecloud.place_hold('shop.held', 'again') > 0" 2>&1`
SELECT is(:'told', 't'::text, 'and nothing where all of them load it');
SELECT count(primecloud.release_hold('shop.held', id, 'over')) AS released FROM primecloud.retention_holds \gset

-- What the nearest setting is: the role's in this database, the role's, the database's.
SELECT lives_ok(format('ALTER ROLE installation_app IN DATABASE %I SET lock_timeout = 0', :'here'),
    'a time-out taken off in this database alone');
SELECT is(state_of('role installation_app has lock_timeout'), 'missing', 'is missing, whatever the role has elsewhere');
SELECT lives_ok(format('ALTER ROLE installation_app IN DATABASE %I RESET lock_timeout', :'here'));
SELECT lives_ok(format('ALTER DATABASE %I SET statement_timeout = ''5s''', :'here'), 'a time-out of the database');
SELECT is(state_of('role installation_app has statement_timeout'), 'ok', 'is the role''s too');

-- A table that came later.
SELECT is(state_of('table shop.loose, beside protected ones, is protected or kept from applications'), 'ok',
    'a table that no application reads');
GRANT INSERT (id) ON shop.loose TO installation_app;
SELECT is(state_of('table shop.loose, beside protected ones, is protected or kept from applications'), 'missing',
    'and one that some may write');
SELECT primecloud.exempt('shop.loose', 'no tenant''s');
SELECT is(state_of('table shop.loose, beside protected ones, is protected or kept from applications'), 'ok', 'on purpose');
-- An event trigger runs as whoever changes the database.
CREATE EVENT TRIGGER installation_planted ON ddl_command_end EXECUTE FUNCTION public.planted();
SELECT is(state_of('event trigger installation_planted runs a superuser''s function'), 'ok', 'an event trigger of a superuser''s');
ALTER FUNCTION public.planted() OWNER TO installation_owner;
SELECT is(state_of('event trigger installation_planted runs a superuser''s function'), 'missing',
    'and one of somebody else''s');
DROP EVENT TRIGGER installation_planted;
-- The root key.
SELECT primecloud.rotate_key('1', 'seal') IS NOT NULL AS made \gset
SET primecloud.root_key_file = '/nowhere';
SELECT is(state_of('the root key is this database''s'), 'missing', 'a root key that is not there, where keys need it');
RESET primecloud.root_key_file;
-- The log.
SET log_statement = 'all';
SET log_min_duration_statement = 0;
SELECT set_eq($$SELECT what FROM states('risk') AS what WHERE what LIKE '%log setting%'$$, ARRAY[
    'no log setting prints tokens: log_statement', 'no log setting prints tokens: log_min_duration_statement',
    'no log setting prints tokens: log_parameter_max_length'], 'a log that prints');
SET primecloud.guard = warn;
SELECT is(state_of('primecloud.guard is error'), 'missing', 'a guard that only warns');
RESET primecloud.guard;
SELECT is(has_function_privilege('installation_app', 'primecloud.check_installation()', 'EXECUTE'), false, 'it is no application''s');
SELECT * FROM finish();
\o /dev/null
DROP DATABASE :"other";
DROP OWNED BY installation_app, installation_bare, installation_owner, installation_group, installation_operator, installation_gate,
    installation_holder, installation_keeper CASCADE;
DROP SCHEMA shop CASCADE;
DROP ROLE installation_app, installation_bare, installation_owner, installation_group, installation_operator, installation_gate,
    installation_holder, installation_keeper;
