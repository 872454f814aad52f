-- What the application's role is, or may become.

CREATE FUNCTION primecloud_internal.review_role_findings(w primecloud_internal.review_words) RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT x.check_name::text, x.level::text, x.object::text, x.evidence::text, x.fix::text, x.parts::text[] FROM (
    WITH way AS MATERIALIZED (
        SELECT r.*, quote_ident(pg_get_userbyid(r.path[1])) AS app, x.rolname, x.rolsuper, x.rolbypassrls, x.rolcreaterole,
            x.rolreplication,
            (SELECT string_agg(quote_ident(pg_get_userbyid(p)), ' > ' ORDER BY n) FROM unnest(r.path) WITH ORDINALITY AS u(p, n)) AS said,
            CASE WHEN cardinality(r.path) > 1 THEN format('REVOKE %I FROM %I;', pg_get_userbyid(r.path[2]), pg_get_userbyid(r.path[1])) END
                AS parting
        FROM primecloud_internal.review_reached((w).app) AS r JOIN pg_roles AS x ON x.oid = r.role),
    power(name, level) AS (VALUES ('pg_read_server_files', 'error'), ('pg_write_server_files', 'error'),
        ('pg_execute_server_program', 'error'), ('pg_write_all_data', 'error'), ('pg_read_all_data', 'warning'), ('pg_monitor', 'warning'),
        ('pg_read_all_stats', 'warning')),
    powerful AS MATERIALIZED (SELECT r.oid, r.rolname, p.level FROM power AS p JOIN pg_roles AS r ON r.rolname = p.name),
    schema_owner AS (SELECT CASE WHEN r.rolname = 'pg_database_owner' THEN d.datdba ELSE n.nspowner END AS owner FROM pg_namespace AS n
        JOIN pg_roles AS r ON r.oid = n.nspowner JOIN pg_database AS d ON d.datname = current_database() WHERE n.oid = (w).schema),
    -- Schemas in which a name is looked up: the application's own, `public`, and what paths name.
    path AS (
        SELECT DISTINCT n.oid, n.nspname, n.nspowner, n.nspacl FROM pg_namespace AS n
        WHERE n.oid = (w).schema OR n.nspname = 'public' OR quote_ident(n.nspname) IN (
            SELECT e FROM pg_db_role_setting AS s CROSS JOIN LATERAL primecloud_internal.review_path(s.setconfig) AS e
            WHERE s.setdatabase IN (0, (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database()))
              AND (s.setrole = 0 OR s.setrole = ANY ((w).app))
            UNION SELECT e FROM pg_proc AS p CROSS JOIN LATERAL primecloud_internal.review_path(p.proconfig) AS e
            WHERE p.prosecdef AND p.pronamespace = (w).schema)),
    creates AS (
        SELECT quote_ident(p.nspname) AS object, format('SCHEMA %I', p.nspname) AS what, a.grantee FROM path AS p
        CROSS JOIN LATERAL aclexplode(p.nspacl) AS a
        WHERE a.privilege_type = 'CREATE' AND a.grantee <> p.nspowner AND a.grantee = ANY ((w).reached)
        UNION
        SELECT 'database', format('DATABASE %I', d.datname), a.grantee FROM pg_database AS d CROSS JOIN LATERAL aclexplode(d.datacl) AS a
        WHERE d.datname = current_database() AND a.privilege_type = 'CREATE' AND a.grantee <> d.datdba AND a.grantee = ANY ((w).reached))
    SELECT 'app_role_bypasses_rls', 'error', y.app,
        format('%s is %s: no policy holds it', y.said, CASE WHEN y.rolsuper THEN 'a superuser' ELSE 'BYPASSRLS' END),
        coalesce(y.parting, format('ALTER ROLE %s %s;', y.app, CASE WHEN y.rolsuper THEN 'NOSUPERUSER NOBYPASSRLS' ELSE 'NOBYPASSRLS' END)),
        ARRAY[y.said, CASE WHEN y.rolsuper THEN 'superuser' ELSE 'bypassrls' END]
    FROM way AS y WHERE y.rolsuper OR y.rolbypassrls
    UNION ALL
    SELECT 'app_role_owns_tables', CASE WHEN t.forced THEN 'warning' ELSE 'error' END, t.label,
        format('%s owns it: %s', y.said, CASE WHEN t.forced THEN 'it can take the protection away' ELSE 'no policy holds it' END),
        format('ALTER TABLE %s OWNER TO %I; -- choose: a role that nobody logs in as', t.label, ltrim((w).label, '"') || '_owner'),
            ARRAY[y.app]
    FROM way AS y JOIN unnest((w).tables) AS t ON t.owner = y.role
    WHERE t.here AND t.kind IN ('r', 'p') AND t.tenant IS NOT NULL AND NOT t.exempt
    UNION ALL
    SELECT 'app_role_owns_tables', 'warning', (w).label, format('%s owns the schema: it can drop what is in it', y.said),
        format('ALTER SCHEMA %s OWNER TO %I; -- choose: a role that nobody logs in as', (w).label, ltrim((w).label, '"') || '_owner'),
        ARRAY[y.app]
    FROM way AS y JOIN schema_owner AS o ON o.owner = y.role
    UNION ALL
    SELECT 'app_role_overpowered', 'error', y.app,
        format('%s has %s', y.said, concat_ws(' and ', CASE WHEN y.rolcreaterole THEN 'CREATEROLE' END,
            CASE WHEN y.rolreplication THEN 'REPLICATION' END)),
        coalesce(y.parting, format('ALTER ROLE %s%s%s;', y.app, CASE WHEN y.rolcreaterole THEN ' NOCREATEROLE' ELSE '' END,
            CASE WHEN y.rolreplication THEN ' NOREPLICATION' ELSE '' END)),
        ARRAY[y.said, concat_ws(' ', CASE WHEN y.rolcreaterole THEN 'createrole' END, CASE WHEN y.rolreplication THEN 'replication' END)]
    FROM way AS y WHERE (y.rolcreaterole OR y.rolreplication) AND NOT y.rolsuper
    UNION ALL
    SELECT 'app_role_overpowered', p.level, y.app,
        format('%s: %s', y.said, CASE p.rolname WHEN 'pg_read_all_data' THEN 'reads what it was never granted'
            WHEN 'pg_write_all_data' THEN 'writes what it was never granted' WHEN 'pg_monitor' THEN 'reads what others ask, tokens too'
            WHEN 'pg_read_all_stats' THEN 'reads what others ask, tokens too' ELSE 'reaches what the server''s own user does' END),
        y.parting, ARRAY[p.rolname::text]
    FROM way AS y JOIN powerful AS p ON p.oid = y.role
    WHERE NOT EXISTS (SELECT FROM powerful AS o WHERE o.oid = ANY (y.path) AND o.oid <> y.role)
    UNION ALL
    SELECT 'app_role_creates_objects', 'warning', c.object,
        format('%s may create in it, where names are looked up', string_agg(DISTINCT
            primecloud_internal.review_role_names(ARRAY[c.grantee]), ', ')),
        string_agg(DISTINCT format('REVOKE CREATE ON %s FROM %s;', c.what, primecloud_internal.review_role_names(ARRAY[c.grantee])), ' '),
            primecloud_internal.review_public(array_agg(c.grantee))
    FROM creates AS c GROUP BY c.object
    ) AS x(check_name, level, object, evidence, fix, parts);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_role_findings(primecloud_internal.review_words)
    IS 'app_role_bypasses_rls, app_role_owns_tables, app_role_overpowered, app_role_creates_objects';
