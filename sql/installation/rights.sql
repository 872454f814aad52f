-- check_installation(): what it says of rights on the extension itself, which it began with or
-- the role helpers gave, and of settings that stand in roles and databases.

CREATE FUNCTION primecloud_internal.crosses_servers(role oid) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found boolean := false;
BEGIN
    IF to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL THEN
        EXECUTE 'SELECT EXISTS (SELECT FROM pg_catalog.pg_dist_partition d JOIN pg_catalog.pg_class c ON c.oid = d.logicalrelid::oid
            JOIN pg_catalog.pg_proc p ON p.pronamespace = c.relnamespace AND p.prosecdef WHERE p.proowner = $1)' INTO found USING role;
    END IF;
    RETURN found;
END $$;
COMMENT ON FUNCTION primecloud_internal.crosses_servers(oid)
    IS 'whether functions run as a role beside tables that Citus has spread over other servers';
REVOKE ALL ON FUNCTION primecloud_internal.crosses_servers(oid) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.check_rights() RETURNS TABLE (what text, state text, fix text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH member AS (
        SELECT d.classid, d.objid FROM pg_depend AS d
        WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
          AND d.refobjid = (SELECT e.oid FROM pg_extension AS e WHERE e.extname = 'primecloud')),
    held AS (
        SELECT m.classid, m.objid, p.proacl AS acl, p.proowner AS owner,
            format('%s %s', CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, p.oid::regprocedure) AS object
        FROM member AS m JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
        UNION ALL
        SELECT m.classid, m.objid, c.relacl, c.relowner, format('%s %s', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
            c.oid::regclass)
        FROM member AS m JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid AND c.relkind IN ('r', 'v', 'S')),
    -- To whom an application is, or may become; what it had from the first is no finding.
    given AS (
        SELECT h.object, a.privilege_type, a.grantee FROM held AS h CROSS JOIN LATERAL aclexplode(h.acl) AS a
        WHERE a.grantee <> h.owner
          AND (a.grantee = 0 OR a.grantee IN (SELECT r.oid FROM primecloud_internal.client_roles() AS c,
              primecloud_internal.roles_to_become(c.oid) AS r WHERE coalesce(primecloud_internal.kind_of_role(r.oid), 'app') = 'app'))
          AND NOT EXISTS (SELECT FROM pg_init_privs AS i CROSS JOIN LATERAL aclexplode(i.initprivs) AS b
              WHERE i.classoid = h.classid AND i.objoid = h.objid AND b.grantee IN (0, a.grantee)
                AND b.privilege_type = a.privilege_type)
          AND NOT (a.privilege_type = 'EXECUTE' AND h.objid IN (
              SELECT to_regprocedure(substr(g.object, strpos(g.object, ' ') + 1)) FROM primecloud_internal.role_grant AS g
              WHERE g.kind = 'app')))
    SELECT 'applications have no more of the extension than it gives', CASE WHEN g.fixes IS NULL THEN 'ok' ELSE 'missing' END, g.fixes
    FROM (SELECT string_agg(format('REVOKE %s ON %s FROM %s', x.privilege_type, x.object,
            CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END), '; '
            ORDER BY x.object, x.privilege_type) AS fixes
        FROM given AS x) AS g
    UNION ALL
    SELECT 'what belongs to the extension is a superuser''s', CASE WHEN o.objects IS NULL THEN 'ok' ELSE 'missing' END,
        format('ALTER ... OWNER TO a superuser: %s', o.objects)
    FROM (SELECT string_agg(h.object, ', ' ORDER BY h.object) AS objects FROM (
        SELECT h.object, h.owner FROM held AS h UNION ALL SELECT format('SCHEMA %I', n.nspname), n.nspowner FROM pg_namespace AS n
        WHERE n.nspname IN ('primecloud', 'primecloud_internal')) AS h
        WHERE NOT (SELECT r.rolsuper FROM pg_roles AS r WHERE r.oid = h.owner)) AS o
    UNION ALL
    -- (Citus goes to the other servers as the role whose function runs.)
    SELECT format(CASE WHEN spread.here THEN 'role %I, which owns what crosses accounts, logs in from the other servers alone'
            ELSE 'role %I, which owns what crosses accounts, does not log in' END, r.rolname),
        CASE WHEN CASE WHEN spread.here THEN r.rolcanlogin OR NOT primecloud_internal.crosses_servers(r.oid) ELSE NOT r.rolcanlogin END
            THEN 'ok' ELSE 'missing' END,
        format(CASE WHEN spread.here THEN 'ALTER ROLE %I LOGIN, without a password; pg_hba.conf lets it in from the other servers alone'
            ELSE 'ALTER ROLE %I NOLOGIN' END, r.rolname)
    FROM pg_roles AS r, (SELECT to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL) AS spread(here)
    WHERE primecloud_internal.kind_of_role(r.oid) = 'gate'
    UNION ALL
    SELECT 'no role may set what a superuser sets', CASE WHEN p.fixes IS NULL THEN 'ok' ELSE 'missing' END, p.fixes
    FROM (SELECT string_agg(format('REVOKE %s ON PARAMETER %s FROM %s', a.privilege_type, p.parname, CASE a.grantee WHEN 0 THEN 'PUBLIC'
            ELSE quote_ident(pg_get_userbyid(a.grantee)) END), '; ' ORDER BY p.parname) AS fixes
        FROM pg_parameter_acl AS p CROSS JOIN LATERAL aclexplode(p.paracl) AS a LEFT JOIN pg_roles AS r ON r.oid = a.grantee
        WHERE (starts_with(p.parname, 'primecloud.') OR p.parname IN ('session_replication_role', 'session_preload_libraries'))
          AND r.rolsuper IS NOT TRUE) AS p
    UNION ALL
    -- What is set for a role or a database is not seen in this session.
    SELECT format('%s of %s is not set against what the pages promise', s.name, s.place), 'missing',
        format('ALTER %s RESET %s', s.place, s.name)
    FROM (SELECT split_part(item, '=', 1) AS name, substr(item, strpos(item, '=') + 1) AS value,
            concat_ws(' IN ', CASE WHEN s.setrole <> 0 THEN format('ROLE %I', pg_get_userbyid(s.setrole)) END,
                CASE WHEN s.setdatabase <> 0 THEN format('DATABASE %I', current_database()) END) AS place
        FROM pg_db_role_setting AS s CROSS JOIN LATERAL unnest(s.setconfig) AS item
        WHERE s.setdatabase IN (0, (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database()))
          AND (s.setrole = 0 OR NOT (SELECT r.rolsuper FROM pg_roles AS r WHERE r.oid = s.setrole))) AS s
    WHERE s.name = 'primecloud.guard' AND s.value <> 'error' OR s.name = 'primecloud.missing_context' AND s.value <> 'error'
       OR s.name = 'log_statement' AND s.value = 'all'
       OR s.name IN ('log_min_duration_statement', 'log_min_duration_sample') AND s.value <> '-1'
       OR s.name = 'session_replication_role' AND s.value <> 'origin'
$$;
COMMENT ON FUNCTION primecloud_internal.check_rights()
    IS 'what check_installation() says of rights on the extension, and of settings of roles';
REVOKE ALL ON FUNCTION primecloud_internal.check_rights() FROM PUBLIC;
