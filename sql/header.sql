\echo Use "CREATE EXTENSION primecloud" to load this file. \quit

-- CREATE EXTENSION takes a schema of this name that is there already.  One that a lesser role owns, may create in or
-- has put something into would let him stand among the functions that superusers and policies call: it is refused
-- before anything else is looked up in it, operators above all.
DO $own_schema$
DECLARE
    script_path text := pg_catalog.current_setting('search_path');
    strangers text;
    contents text;
    found text;
BEGIN
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    SELECT string_agg(DISTINCT coalesce(quote_ident(r.rolname), 'PUBLIC'), ', ') INTO strangers
    FROM pg_namespace AS n CROSS JOIN LATERAL aclexplode(n.nspacl) AS a LEFT JOIN pg_roles AS r ON r.oid = a.grantee
    WHERE n.nspname = 'primecloud' AND a.privilege_type = 'CREATE' AND r.rolsuper IS NOT TRUE;
    -- The extension itself depends on its schema by now.
    SELECT string_agg(pg_describe_object(d.classid, d.objid, d.objsubid), ', ' ORDER BY d.classid, d.objid) INTO contents
    FROM pg_depend AS d
    WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = 'primecloud'::regnamespace
      AND (d.classid, d.objid) NOT IN (SELECT 'pg_extension'::regclass, e.oid FROM pg_extension AS e WHERE e.extname = 'primecloud');
    SELECT concat_ws(' ',
        (SELECT format('Its owner %I is no superuser.', r.rolname) FROM pg_namespace AS n JOIN pg_roles AS r ON r.oid = n.nspowner
            WHERE n.nspname = 'primecloud' AND NOT r.rolsuper),
        'May create in it: ' || strangers || '.', 'It holds: ' || contents || '.') INTO found;
    IF found <> '' THEN
        RAISE insufficient_privilege USING MESSAGE = 'schema "primecloud" exists and is not the extension''s own', DETAIL = found,
            HINT = 'Keep it under another name with ALTER SCHEMA primecloud RENAME TO ..., or remove it with DROP SCHEMA primecloud '
                'CASCADE; '
                'then CREATE EXTENSION primecloud.';
    END IF;
    PERFORM set_config('search_path', script_path, true);
END $own_schema$;

-- Everyone may look names up; what each role may call is granted object by object.
GRANT USAGE ON SCHEMA primecloud TO PUBLIC;
COMMENT ON SCHEMA primecloud IS 'tenants, secrets, lifecycle rules, cursors and types of the primecloud extension';

-- What no page documents; a member of the extension, so an error where there is one.  Everyone may look names up here
-- too: bodies of functions that the caller runs resolve them as the caller.
CREATE SCHEMA primecloud_internal;
GRANT USAGE ON SCHEMA primecloud_internal TO PUBLIC;
COMMENT ON SCHEMA primecloud_internal
    IS 'what the functions of schema primecloud are made of; nothing here is for callers, and all of it may change';

-- Sessions keep what they read of a few small tables (src/pg/cached_table.hpp): who changes
-- rows there tells them.
CREATE FUNCTION primecloud_internal.table_changed(rel regclass) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_table_changed';
COMMENT ON FUNCTION primecloud_internal.table_changed(regclass)
    IS 'makes every session forget what it keeps of a table of the extension, from this transaction''s commit on';
REVOKE ALL ON FUNCTION primecloud_internal.table_changed(regclass) FROM PUBLIC;
