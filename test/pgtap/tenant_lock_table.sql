-- No lock is lent.  LOCK TABLE on a view takes every relation below it, catalogs too, with
-- the rights of the view's owner, and takes INSERT, UPDATE, DELETE or TRUNCATE on a whole
-- table for anything above ACCESS SHARE; ACCESS SHARE needs SELECT, and is what a SELECT in
-- an open transaction holds anyway.  So: SELECT is given, the rest is not.
\o /dev/null
SET client_min_messages = warning;
SELECT primecloud.create_app_role('tenant_lock_table_app'), primecloud.create_platform_role('tenant_lock_table_platform'),
       primecloud.create_maintenance_role('tenant_lock_table_maintenance'), primecloud.create_backup_role('tenant_lock_table_backup'),
       primecloud.create_gate_role('tenant_lock_table_gate');
CREATE ROLE tenant_lock_table_nobody;
CREATE ROLE tenant_lock_table_worker;
SELECT primecloud.create_schema('locked');
SELECT primecloud.grant_schema('locked', 'tenant_lock_table_app', 'app'), primecloud.grant_schema('locked', 'tenant_lock_table_platform',
    'platform'),
       primecloud.grant_schema('locked', 'tenant_lock_table_worker', 'worker'),
           primecloud.grant_schema('locked', 'tenant_lock_table_maintenance', 'maintenance');
CREATE VIEW who AS SELECT rolname AS role FROM pg_roles WHERE rolname LIKE 'tenant\_lock\_table\_%' AND rolname NOT LIKE '%\_gate';
CREATE VIEW lockable AS
SELECT c.oid::regclass AS rel, c.relnamespace::regnamespace AS space FROM pg_class c
WHERE c.relnamespace IN ('primecloud'::regnamespace, 'primecloud_internal'::regnamespace, 'locked'::regnamespace)
    AND c.relkind IN ('r', 'p', 'v', 'f');
\o
SELECT no_plan();

SELECT cmp_ok((SELECT count(*) FROM lockable), '>', 70::bigint, 'tables and views of the extension and of a control plane');
SELECT is_empty($$SELECT role::text, rel, privilege FROM who, lockable, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS privilege
                WHERE has_table_privilege(role, rel, privilege)$$,
    'no role that the helpers make may lock a relation above ACCESS SHARE');
SELECT is_empty($$SELECT rel, acl.privilege_type FROM lockable JOIN pg_class c ON c.oid = rel, aclexplode(c.relacl) AS acl
                  WHERE acl.grantee = 0 AND acl.privilege_type <> 'SELECT'$$, 'PUBLIC has SELECT and nothing else');
SELECT is_empty($$SELECT rel FROM lockable WHERE space = 'locked'::regnamespace AND has_table_privilege('public', rel, 'SELECT')$$,
    'and nothing in a control plane');

-- The attack itself: every role, every relation, every mode.
CREATE FUNCTION lock_as(who name, rel regclass, mode text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', who);
    EXECUTE format('LOCK TABLE %s IN %s MODE NOWAIT', rel, mode);
    RESET ROLE;
    RETURN 'locked';
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE;
END $$;
SELECT is_empty($$SELECT role, rel::text, mode FROM who, lockable,
    unnest(ARRAY['ROW SHARE', 'ROW EXCLUSIVE', 'SHARE UPDATE EXCLUSIVE', 'SHARE', 'SHARE ROW EXCLUSIVE',
                       'EXCLUSIVE', 'ACCESS EXCLUSIVE']) AS mode WHERE lock_as(role, rel, mode) <> '42501'$$,
    'LOCK TABLE above ACCESS SHARE is refused');
SELECT is_empty($$SELECT role, rel FROM who, lockable WHERE (lock_as(role, rel, 'ACCESS SHARE') = 'locked') <> has_table_privilege(role,
    rel, 'SELECT')$$,
    'in ACCESS SHARE it goes where SELECT does');
-- The doors that took the place of views: they know who asks.
CREATE TABLE mine (account_id int, user_id text, role text);
SELECT throws_ok('SET LOCAL ROLE tenant_lock_table_app; ' || call, '42501', NULL, call) FROM (VALUES
    ($$SELECT primecloud.exempt('public.mine', 'not mine')$$),
    ($$SELECT primecloud_internal.exempt_as(10, 'public.mine', 'not mine', NULL)$$),
    ($$SELECT primecloud_internal.register_sealed_column('public.mine', 'role', 'x', 'account_id', 'account_id')$$),
    ($$SELECT primecloud_internal.register_sealed_column_as(10, 'public.mine', 'role', 'x', 'account_id', 'account_id')$$),
    ($$SELECT primecloud.register_membership('public.mine', 'account_id', 'user_id', 'role')$$),
    ($$SELECT primecloud_internal.record_membership_as(10, 'public.mine', 'account_id', 'user_id', 'role', NULL, NULL, NULL, NULL, NULL,
        NULL, NULL, NULL, false)$$)) AS c(call);
SELECT throws_ok($$SELECT primecloud.exempt(4294967295::oid::regclass, 'nothing')$$, '42501', NULL, 'nor is what does not exist written');
GRANT CREATE ON SCHEMA public TO tenant_lock_table_nobody;
SET ROLE tenant_lock_table_nobody;
CREATE TABLE public.own_one (id int);
SELECT lives_ok($$SELECT primecloud.exempt('public.own_one', 'mine')$$, 'an owner exempts his table');
RESET ROLE;
SELECT is((SELECT recorded_by FROM primecloud_internal.exemption WHERE relation_name = 'own_one'), 'tenant_lock_table_nobody',
    'and stands as who did it');

-- A definer counts as its owner, and code that runs in somebody's maintenance does not get in.
CREATE FUNCTION lent() RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ SELECT primecloud.exempt('public.own_one', 'as its owner') $$;
ALTER FUNCTION lent() OWNER TO tenant_lock_table_worker;
SELECT throws_ok('SELECT lent()', '42501', NULL, 'a definer has the rights of its owner, not of who calls it');
CREATE FUNCTION from_an_index(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM primecloud.exempt('public.own_one',
    'by index'); RETURN $1; END $$;
INSERT INTO own_one VALUES (1);
SELECT throws_ok('CREATE INDEX ON public.own_one (from_an_index(id))', '42501', NULL,
    'nothing is written from inside a security-restricted operation');
SELECT * FROM finish();
\o /dev/null
DROP SCHEMA locked CASCADE;
DROP TABLE own_one;
REVOKE CREATE ON SCHEMA public FROM tenant_lock_table_nobody;
DO $$
DECLARE each name;
BEGIN
    FOR each IN SELECT rolname FROM pg_roles WHERE rolname LIKE 'tenant\_lock\_table\_%' LOOP
        EXECUTE format('DROP OWNED BY %I CASCADE', each);
        EXECUTE format('DROP ROLE %I', each);
    END LOOP;
END $$;
