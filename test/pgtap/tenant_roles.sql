-- What create_app_role() and its sisters make of a role beyond its grants: the library from
-- the first statement on, no temporary tables, time-outs, and no change of the role by itself.
\o /dev/null
SET client_min_messages = warning;
SET search_path = public, pg_catalog;
CREATE EXTENSION dblink;
CREATE ROLE roles_other LOGIN;
CREATE ROLE roles_group;
CREATE ROLE roles_existing LOGIN;
ALTER ROLE roles_existing SET lock_timeout = '3s';
CREATE ROLE roles_member;
GRANT roles_group TO roles_existing;
CREATE TABLE things (id int);
SELECT primecloud.create_app_role('roles_existing');
SELECT primecloud.create_app_role('roles_app'), primecloud.create_platform_role('roles_platform'),
    primecloud.create_gate_role('roles_gate'),
    primecloud.create_maintenance_role('roles_maintenance'), primecloud.create_backup_role('roles_backup');
GRANT SELECT, INSERT, UPDATE, DELETE ON things TO roles_app, roles_platform, roles_other, roles_group;
ALTER ROLE roles_app LOGIN;
ALTER ROLE roles_platform LOGIN;
-- What the last of some statements gave in a session of the role, or its SQLSTATE.
CREATE FUNCTION as_role(role name, VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    PERFORM dblink_connect('session', format('host=%s port=%s dbname=%s user=%s', current_setting('unix_socket_directories'),
        current_setting('port'), current_database(), role));
    FOR i IN 1..cardinality(statements) LOOP
        SELECT coalesce(value, 'null') INTO answer FROM dblink('session', statements[i]) AS t(value text);
    END LOOP;
    PERFORM dblink_disconnect('session');
    RETURN answer;
EXCEPTION WHEN OTHERS THEN
    PERFORM dblink_disconnect('session');
    RETURN SQLSTATE;
END $$;
CREATE VIEW settings AS
SELECT r.rolname::text AS role, s.name, s.value
FROM pg_roles r, primecloud_internal.settings_of_role(r.rolname) s WHERE starts_with(r.rolname, 'roles_');
\o
SELECT no_plan();

SELECT set_eq($$SELECT role, value FROM settings WHERE name = 'primecloud.role_kind'$$,
    $$VALUES ('roles_app', 'app'), ('roles_backup', 'backup'), ('roles_existing', 'app'), ('roles_gate', 'gate'),
             ('roles_maintenance', 'maintenance'), ('roles_platform', 'platform')$$, 'the kind stands in the role');
SELECT set_eq($$SELECT role FROM settings WHERE name = 'session_preload_libraries' AND value = 'primecloud'$$,
    ARRAY['roles_app', 'roles_existing', 'roles_maintenance', 'roles_platform'], 'who serves requests begins with the library');
SELECT is(as_role('roles_app', 'SHOW primecloud.role_kind'), 'app', 'it is there before the first statement');
SELECT set_eq($$SELECT role, name, value FROM settings WHERE name IN ('lock_timeout', 'idle_in_transaction_session_timeout')$$,
    $$VALUES ('roles_app', 'lock_timeout', '10s'), ('roles_app', 'idle_in_transaction_session_timeout', '60s'),
             ('roles_existing', 'lock_timeout', '3s'), ('roles_existing', 'idle_in_transaction_session_timeout', '60s')$$,
    'an application has time-outs, and keeps those that it had');

SELECT is(as_role('roles_app', 'CREATE TEMP TABLE t (id int)'), '42501', 'an application makes no temporary table');
SELECT is(as_role('roles_app', 'CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS ''SELECT 1'''), '42501',
    'nor a temporary function');
SELECT is(as_role('roles_other', 'CREATE TEMP TABLE t (id int)'), 'CREATE TABLE', 'a role that was there may as before');
SELECT is(as_role('roles_existing', 'SET ROLE roles_group', 'CREATE TEMP TABLE t (id int)'), '42501',
    'what an application is a member of was not given it');

-- In a transaction that is not committed: what got through would change what comes after.
SELECT is(as_role(role, 'BEGIN', statement), wanted, format('%s: %s', role, statement)) FROM (VALUES
    ('roles_app', 'ALTER ROLE roles_app PASSWORD ''x''', '42501'),
    ('roles_app', 'ALTER USER CURRENT_USER PASSWORD NULL', '42501'),
    ('roles_app', 'ALTER ROLE SESSION_USER PASSWORD ''x''', '42501'),
    ('roles_app', 'ALTER ROLE roles_app SET local_preload_libraries = ''nothing''', '42501'),
    ('roles_app', 'ALTER ROLE roles_app SET statement_timeout = 1', '42501'),
    ('roles_app', format('ALTER ROLE roles_app IN DATABASE %I SET default_transaction_read_only = on', current_database()), '42501'),
    ('roles_app', 'ALTER ROLE CURRENT_ROLE SET search_path = pg_temp', '42501'),
    ('roles_app', 'ALTER ROLE roles_app RESET ALL', '42501'),
    ('roles_app', 'DO $d$ BEGIN EXECUTE ''ALTER ROLE roles_app PASSWORD NULL''; END $d$', '42501'),
    ('roles_platform', 'ALTER ROLE roles_platform PASSWORD ''x''', '42501'),
    ('roles_other', 'ALTER ROLE roles_other PASSWORD NULL', 'ALTER ROLE'),
    ('roles_app', 'SET primecloud.role_kind = ''''', '42501'),
    ('roles_app', 'RESET ALL', 'RESET'),
    ('roles_app', 'LOCK TABLE things IN ROW EXCLUSIVE MODE', '42501'),
    ('roles_app', 'LOCK TABLE things IN SHARE MODE', '42501'),
    ('roles_app', 'LOCK TABLE things', '42501'),
    ('roles_app', 'DO $d$ BEGIN LOCK TABLE things IN EXCLUSIVE MODE; END $d$', '42501'),
    ('roles_app', 'DO $d$ BEGIN LOCK TABLE things IN ROW SHARE MODE; END $d$', 'DO'),
    ('roles_existing', 'DO $d$ BEGIN SET ROLE roles_group; LOCK TABLE things; END $d$', '42501'),
    ('roles_platform', 'DO $d$ BEGIN LOCK TABLE things; END $d$', 'DO')) AS t(role, statement, wanted);
GRANT roles_app TO roles_other;
SELECT is(as_role('roles_other', 'SELECT primecloud.uuid_v7()::text', 'SET ROLE roles_app', 'ALTER ROLE roles_app PASSWORD NULL'), '42501',
    'nor is it changed by who has become it, once the library is there');
REVOKE roles_app FROM roles_other;
-- Nor does it get by without the library.
CREATE ROLE roles_lost LOGIN;
ALTER ROLE roles_lost SET session_preload_libraries = 'a_library_that_is_not_there';
SELECT throws_ok(format('SELECT dblink_connect(''lost'', %L)', format('host=%s port=%s dbname=%s user=roles_lost',
    current_setting('unix_socket_directories'), current_setting('port'), current_database())), '08001', NULL,
    'a role whose library is not there does not log in');
-- What runs as its owner locks as its owner.
CREATE FUNCTION locks() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN LOCK TABLE public.things; END $$;
SELECT is(as_role('roles_app', 'SELECT public.locks()'), '', 'a function of somebody else''s locks for an application');
-- Rerun: nothing of the operator's is undone.
SELECT lives_ok($$ALTER ROLE roles_app SET lock_timeout = '1s'$$, 'an operator chooses another time-out');
SELECT lives_ok($$SELECT primecloud.create_app_role('roles_app')$$, 'and asks for the role again');
SELECT is((SELECT value FROM settings WHERE role = 'roles_app' AND name = 'lock_timeout'), '1s', 'his stays');
SELECT lives_ok(format('GRANT TEMPORARY ON DATABASE %I TO roles_app', current_database()), 'who needs them may be given temporary tables');
SELECT is(as_role('roles_app', 'CREATE TEMP TABLE t (id int)'), 'CREATE TABLE', 'and has them');
SELECT * FROM finish();
\o /dev/null
SELECT format('DROP OWNED BY %s', string_agg(rolname, ', ')), format('DROP ROLE %s', string_agg(rolname, ', ')) FROM pg_roles
WHERE starts_with(rolname, 'roles_') \gexec
