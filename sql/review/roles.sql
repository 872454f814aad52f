-- Who the application is.

-- A role that may inherit from, become, or let itself into another has what that one has.
CREATE FUNCTION primecloud_internal.review_reached(app oid[]) RETURNS TABLE (role oid, path oid[])
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE ROWS 20
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT x.role::oid, x.path::oid[] FROM (
    WITH RECURSIVE membership AS MATERIALIZED (
        -- (Until 16 a membership is all of it.)
        SELECT m.member, m.roleid FROM pg_auth_members AS m CROSS JOIN LATERAL to_jsonb(m) AS j
        WHERE coalesce((j ->> 'inherit_option')::boolean OR (j ->> 'set_option')::boolean OR m.admin_option, true)),
    reach AS (
        SELECT a AS role, ARRAY[a] AS path FROM unnest(app) AS a
        UNION ALL
        SELECT m.roleid, r.path || m.roleid FROM reach AS r JOIN membership AS m ON m.member = r.role
        WHERE m.roleid <> ALL (r.path) AND cardinality(r.path) < 12)
    SELECT DISTINCT ON (r.path[1], r.role) r.role, r.path FROM reach AS r ORDER BY r.path[1], r.role, cardinality(r.path), r.path
    ) AS x(role, path);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_reached(oid[]) IS 'the roles that these are, inherit from or can become, and the way there';

-- Without a name: every role that holds a grant in the schema.  Those whom no policy holds are no application's.
CREATE FUNCTION primecloud_internal.review_app(schema oid, app_role name) RETURNS oid[]
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN app_role IS NOT NULL THEN ARRAY(SELECT r.oid FROM pg_roles AS r WHERE r.rolname = app_role) ELSE ARRAY(
        SELECT r.oid FROM pg_roles AS r
        WHERE NOT r.rolsuper AND NOT r.rolbypassrls AND NOT starts_with(r.rolname::text, 'pg_')
          AND r.oid IN (
            SELECT a.grantee FROM pg_namespace AS n CROSS JOIN LATERAL aclexplode(n.nspacl) AS a WHERE n.oid = schema
            UNION SELECT a.grantee FROM pg_class AS c CROSS JOIN LATERAL aclexplode(c.relacl) AS a WHERE c.relnamespace = schema
            UNION SELECT a.grantee FROM pg_attribute AS t JOIN pg_class AS c ON c.oid = t.attrelid CROSS JOIN LATERAL aclexplode(t.attacl)
                AS a WHERE c.relnamespace = schema
            UNION SELECT a.grantee FROM pg_proc AS p CROSS JOIN LATERAL aclexplode(p.proacl) AS a WHERE p.pronamespace = schema)
          AND r.oid NOT IN (SELECT c.relowner FROM pg_class AS c WHERE c.relnamespace = schema
            UNION SELECT n.nspowner FROM pg_namespace AS n WHERE n.oid = schema
            UNION SELECT p.proowner FROM pg_proc AS p WHERE p.pronamespace = schema)
        ORDER BY r.oid) END
$$;
COMMENT ON FUNCTION primecloud_internal.review_app(oid, name) IS 'the roles of the application: the one named, or all that hold a grant';

-- What is granted to everybody is more than what is granted to somebody: for what findings are known by.
CREATE FUNCTION primecloud_internal.review_public(grantees oid[]) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN 0::oid = ANY (grantees) THEN '{PUBLIC}' ELSE '{}' END::text[];
COMMENT ON FUNCTION primecloud_internal.review_public(oid[]) IS 'PUBLIC, where it is among those';

-- The commands that are granted on a table, on which columns alone, and whether to everybody.
CREATE FUNCTION primecloud_internal.review_granted(rel oid, reached oid[], reach text[], grantees oid[]) RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
RETURN ARRAY(SELECT r FROM unnest(reach) AS r ORDER BY r COLLATE "C") || primecloud_internal.review_public(grantees) || ARRAY(
    SELECT DISTINCT format('%s (%I)', g.privilege_type, a.attname) COLLATE "C" FROM pg_attribute AS a CROSS JOIN aclexplode(a.attacl) AS g
    WHERE a.attrelid = rel AND NOT a.attisdropped AND g.grantee = ANY (reached) ORDER BY 1);
COMMENT ON FUNCTION primecloud_internal.review_granted(oid, oid[], text[], oid[])
    IS 'the commands that are granted, PUBLIC, if to everybody, and what is granted on columns';

-- Whether policies hold a role on a table.
CREATE FUNCTION primecloud_internal.review_held(role oid, owner oid, rls boolean, forced boolean) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT rls AND NOT r.rolsuper AND NOT r.rolbypassrls AND (forced OR NOT pg_has_role(role, owner, 'USAGE'))
    FROM pg_roles AS r WHERE r.oid = role
$$;
COMMENT ON FUNCTION primecloud_internal.review_held(oid, oid, boolean, boolean) IS 'whether row security of such a table holds a role';

-- The names of roles, for a sentence.
CREATE FUNCTION primecloud_internal.review_role_names(roles oid[]) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END, ', '
        ORDER BY r = 0, pg_get_userbyid(r)) FROM unnest(roles) AS r
$$;
COMMENT ON FUNCTION primecloud_internal.review_role_names(oid[]) IS 'the names of roles, quoted; PUBLIC for 0';
