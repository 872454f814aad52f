-- What the helpers keep about a protected table: what it was before, what they made,
-- and the constraints that carry the tenant.  It stands in the comment of the policy
-- that every protected table has: dumped, restored and renamed along with the table,
-- and writable by its owner alone.  Names and words only: nothing of it is ever run.

-- A table with its partitions and the children that inherit from it, parents first.
CREATE FUNCTION table_tree(rel regclass) RETURNS TABLE (relid regclass, level integer, kind "char")
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE tree(relid, level) AS (
        SELECT rel::oid, 0
        UNION
        SELECT i.inhrelid, tree.level + 1 FROM tree JOIN pg_inherits i ON i.inhparent = tree.relid)
    SELECT t.relid::regclass, max(t.level), c.relkind FROM tree t JOIN pg_class c ON c.oid = t.relid
    WHERE c.relkind IN ('r', 'p', 'f') GROUP BY t.relid, c.relkind ORDER BY 2, 1;
$$;
COMMENT ON FUNCTION table_tree(regclass) IS 'a table with all its partitions and inheriting children, parents first';

CREATE FUNCTION protection_note(rel regclass) RETURNS jsonb
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce((
        SELECT CASE WHEN comment LIKE 'primecloud: {%}' THEN substr(comment, 13)::jsonb END
        FROM (SELECT obj_description(oid, 'pg_policy') AS comment FROM pg_policy
              WHERE polrelid = rel AND polname IN ('primecloud_floor', 'primecloud_shared') ORDER BY polname LIMIT 1) AS p), '{}');
$$;
COMMENT ON FUNCTION protection_note(regclass) IS 'what a protected table was before, what was made for it, and its tenant constraints';

CREATE FUNCTION note_protection(rel regclass, note jsonb, policy name DEFAULT 'primecloud_floor') RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT format('COMMENT ON POLICY %I ON %s IS %L', policy, rel, 'primecloud: ' || note::text) $$;
COMMENT ON FUNCTION note_protection(regclass, jsonb, name) IS 'the statement that keeps a note of protection';

-- The tenant column of a protected table, which its floor compares; NULL otherwise.
CREATE FUNCTION tenant_column(rel regclass) RETURNS name
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT a.attname FROM pg_policy p
    JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = p.polrelid AND d.refobjsubid > 0
    JOIN pg_attribute a ON a.attrelid = p.polrelid AND a.attnum = d.refobjsubid
    WHERE p.polrelid = rel AND p.polname = 'primecloud_floor' ORDER BY a.attnum LIMIT 1;
$$;
COMMENT ON FUNCTION tenant_column(regclass) IS 'the tenant column of a protected table; NULL for any other';

CREATE FUNCTION tenant_constraints(rel regclass) RETURNS name[]
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT ARRAY(SELECT k::name FROM jsonb_object_keys(primecloud.protection_note(rel) -> 'constraints') AS k ORDER BY k) $$;
COMMENT ON FUNCTION tenant_constraints(regclass) IS 'the constraints that protect_fk() and protect_unique() made on a table';

CREATE FUNCTION check_owner_as(caller oid, rel regclass) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF rel IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'the table is NULL', HINT = 'Name a table; to_regclass() gives NULL for one that does not exist.';
    END IF;
    IF (SELECT pg_has_role(caller, relowner, 'USAGE') FROM pg_class WHERE oid = rel) IS NOT TRUE THEN
        RAISE insufficient_privilege USING MESSAGE = format('must be owner of %s', rel),
            HINT = coalesce((SELECT format('It belongs to role "%s".', pg_get_userbyid(relowner)) FROM pg_class WHERE oid = rel), 'There is no such relation.');
    END IF;
END $$;
COMMENT ON FUNCTION check_owner_as(oid, regclass) IS 'raises 42501 unless a role owns the relation';

CREATE FUNCTION check_owner(rel regclass) RETURNS void
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud.check_owner_as((SELECT oid FROM pg_roles WHERE rolname = current_user), rel) $$;
COMMENT ON FUNCTION check_owner(regclass) IS 'raises 42501 unless the current user owns the relation';

-- The guard lets pass what the extension's own functions do.
CREATE FUNCTION lift_guard() RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_lift_guard';
COMMENT ON FUNCTION lift_guard() IS 'lifts the guard until the function that calls this one returns; called by the functions that change protection on purpose';

-- Runs statements in order, with the caller's own rights, or just returns them.
CREATE FUNCTION run_statements(statements text[], dry_run boolean, script boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    statement text;
BEGIN
    PERFORM primecloud.lift_guard();
    FOREACH statement IN ARRAY coalesce(statements, '{}') LOOP
        CONTINUE WHEN statement IS NULL;
        IF NOT dry_run AND NOT script THEN
            EXECUTE statement;
        END IF;
        RETURN NEXT statement || CASE WHEN script AND statement NOT LIKE '\\%' AND statement NOT LIKE '--%' AND statement NOT LIKE '%;' THEN ';' ELSE '' END;
    END LOOP;
END $$;
COMMENT ON FUNCTION run_statements(text[], boolean, boolean) IS 'runs what a protect function composed; with the caller''s own rights';

-- How every script begins: it stops at the first error, gives up waiting for a lock before
-- the application's wait for it counts as a deadlock (deadlock_timeout, a second), and is
-- run by somebody whom forced policies do not hold, since checks are queries.
CREATE FUNCTION online_preamble() RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT ARRAY['\set ON_ERROR_STOP on', 'SET lock_timeout = ''500ms'';  -- where a statement times out, ask for the script again: it leaves out what is done',
                 'SET row_security = off;', 'SET primecloud.guard = off;'];
$$;
COMMENT ON FUNCTION online_preamble() IS 'how the scripts begin that protect functions return with online => true';

-- A name that no relation of a schema has.
CREATE FUNCTION free_name(space name, wanted text) RETURNS name
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT n FROM generate_series(0, 1000) AS s(i), LATERAL (SELECT (CASE WHEN octet_length(wanted) <= 56 THEN wanted ELSE left(wanted, 10) || '_' || left(md5(wanted), 10) END
        || CASE i WHEN 0 THEN '' ELSE '_' || i END)::name) AS u(n)
    WHERE NOT EXISTS (SELECT FROM pg_class c JOIN pg_namespace p ON p.oid = c.relnamespace WHERE p.nspname = space AND c.relname = n) ORDER BY i LIMIT 1;
$$;
COMMENT ON FUNCTION free_name(name, text) IS 'a name for a relation that is not taken in a schema';

CREATE FUNCTION schema_of(rel regclass) RETURNS name
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = rel $$;
COMMENT ON FUNCTION schema_of(regclass) IS 'the name of the schema that a relation is in';
