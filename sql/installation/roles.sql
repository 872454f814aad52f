-- check_installation(): what it says of each role that serves tenants.

CREATE FUNCTION primecloud_internal.kind_of_role(role oid) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT k.kind FROM primecloud_internal.role_kinds() AS k WHERE k.role = kind_of_role.role
$$;
COMMENT ON FUNCTION primecloud_internal.kind_of_role(oid)
    IS 'app, platform, gate, maintenance, worker or backup; NULL for a role that is none';
REVOKE ALL ON FUNCTION primecloud_internal.kind_of_role(oid) FROM PUBLIC;

-- Roles of create_app_role(), and roles that log in and may use a protected table: after a
-- restore on another server the second may be what the first was.
CREATE FUNCTION primecloud_internal.client_roles() RETURNS TABLE (oid oid, name name, kind text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.oid, r.rolname, k.kind
    FROM pg_roles AS r LEFT JOIN primecloud_internal.role_kinds() AS k ON k.role = r.oid
    WHERE NOT starts_with(r.rolname, 'pg_') AND has_database_privilege(r.oid, current_database(), 'CONNECT')
      AND (k.kind = 'app' OR k.kind IS NULL AND r.rolcanlogin AND NOT r.rolsuper AND NOT r.rolbypassrls AND EXISTS (
          SELECT FROM pg_policy AS p JOIN pg_class AS c ON c.oid = p.polrelid
          WHERE p.polname IN ('primecloud_floor', 'primecloud_shared', 'primecloud_people') AND NOT pg_has_role(r.oid, c.relowner, 'MEMBER')
            AND (has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE')
                 OR has_any_column_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE'))))
$$;
COMMENT ON FUNCTION primecloud_internal.client_roles() IS 'the roles that an application connects as, made by create_app_role() or not';
REVOKE ALL ON FUNCTION primecloud_internal.client_roles() FROM PUBLIC;

-- A role, and every one that it can SET ROLE to.
CREATE FUNCTION primecloud_internal.roles_to_become(role oid) RETURNS TABLE (oid oid, rolname name)
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.oid, r.rolname FROM pg_roles AS r WHERE pg_has_role(roles_to_become.role, r.oid, 'MEMBER')
$$;
COMMENT ON FUNCTION primecloud_internal.roles_to_become(oid) IS 'the role itself, and the roles that it can act as';
REVOKE ALL ON FUNCTION primecloud_internal.roles_to_become(oid) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.check_roles() RETURNS TABLE (what text, state text, fix text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
    WITH client AS (
        SELECT c.oid, c.name, c.kind, a.rolsuper, a.rolbypassrls, a.rolcreaterole, a.rolreplication, a.rolconnlimit
        FROM primecloud_internal.client_roles() AS c JOIN pg_roles AS a ON a.oid = c.oid)
    SELECT format('role %I is made by create_app_role()', c.name), CASE WHEN c.kind = 'app' THEN 'ok' ELSE 'missing' END,
        format('SELECT primecloud.create_app_role(%L)', c.name) FROM client AS c
    UNION ALL
    SELECT format('role %I is held by policies', c.name),
        CASE WHEN c.rolsuper OR c.rolbypassrls OR c.rolcreaterole OR c.rolreplication THEN 'missing' ELSE 'ok' END,
        format('ALTER ROLE %I NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION', c.name) FROM client AS c
    UNION ALL
    SELECT format('role %I is no member of a role that policies do not hold', c.name),
        CASE WHEN g.roles IS NULL THEN 'ok' ELSE 'missing' END,
        format('REVOKE %s FROM %I', g.roles, c.name)
    FROM client AS c CROSS JOIN LATERAL (
        SELECT string_agg(quote_ident(r.rolname), ', ' ORDER BY r.rolname) AS roles FROM pg_roles AS r
        WHERE NOT c.rolsuper AND pg_has_role(c.oid, r.oid, 'MEMBER')
          AND (r.oid <> c.oid AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR starts_with(r.rolname, 'pg_')
                                   OR primecloud_internal.kind_of_role(r.oid) <> 'app')
               OR EXISTS (SELECT FROM pg_policy AS p JOIN pg_class AS t ON t.oid = p.polrelid
                          WHERE p.polname IN ('primecloud_floor', 'primecloud_shared', 'primecloud_people') AND t.relowner = r.oid))) AS g
    UNION ALL
    SELECT format('role %I loads the library as it logs in', c.name),
        CASE WHEN primecloud_internal.preloads(c.oid) THEN 'ok' ELSE 'missing' END, primecloud_internal.preload_statement(c.oid)
    FROM client AS c
    UNION ALL
    SELECT format('role %I makes no temporary tables', c.name),
        CASE WHEN t.roles IS NULL OR has_database_privilege('public', current_database(), 'TEMPORARY') THEN 'ok' ELSE 'missing' END,
        format('REVOKE TEMPORARY ON DATABASE %I FROM %s', current_database(), t.roles)
    FROM client AS c CROSS JOIN LATERAL (
        SELECT string_agg(quote_ident(r.rolname), ', ' ORDER BY r.rolname) AS roles FROM primecloud_internal.roles_to_become(c.oid) AS r
        WHERE has_database_privilege(r.oid, current_database(), 'TEMPORARY')) AS t
    UNION ALL
    SELECT format('role %I creates in no schema and no database', c.name), CASE WHEN n.places IS NULL THEN 'ok' ELSE 'missing' END,
        n.fixes
    FROM client AS c CROSS JOIN LATERAL (
        SELECT string_agg(p.place, ', ') AS places,
            string_agg(format('REVOKE CREATE ON %s FROM PUBLIC, %I', p.place, p.rolname), '; ' ORDER BY p.place, p.rolname) AS fixes
        FROM (SELECT format('SCHEMA %I', s.nspname) AS place, r.rolname
              FROM pg_namespace AS s, primecloud_internal.roles_to_become(c.oid) AS r
              WHERE NOT starts_with(s.nspname, 'pg_') AND has_schema_privilege(r.oid, s.oid, 'CREATE')
              UNION ALL
              SELECT format('DATABASE %I', current_database()), r.rolname FROM primecloud_internal.roles_to_become(c.oid) AS r
              WHERE has_database_privilege(r.oid, current_database(), 'CREATE')) AS p) AS n
    UNION ALL
    SELECT format('role %I has %s', c.name, t.name),
        CASE WHEN coalesce(primecloud_internal.setting_for(c.oid, t.name), '0') IN ('0', '-1') THEN t.state ELSE 'ok' END,
        format('ALTER ROLE %I SET %s = %L', c.name, t.name, t.value)
    FROM client AS c CROSS JOIN (VALUES ('idle_in_transaction_session_timeout', '60s', 'missing'), ('lock_timeout', '10s', 'missing'),
        ('statement_timeout', '60s', 'risk'), ('temp_file_limit', '1GB', 'risk')) AS t (name, value, state)
    UNION ALL
    -- Its price: you see no statement of the application's either.
    SELECT format('role %I shows no statement in pg_stat_activity', c.name),
        CASE WHEN primecloud_internal.setting_for(c.oid, 'track_activities') IN ('off', 'false', 'no', '0') THEN 'ok' ELSE 'risk' END,
        format('ALTER ROLE %I SET track_activities = off', c.name) FROM client AS c
    UNION ALL
    SELECT format('role %I has a CONNECTION LIMIT', c.name), CASE WHEN c.rolconnlimit < 0 THEN 'risk' ELSE 'ok' END,
        format('ALTER ROLE %I CONNECTION LIMIT 50', c.name) FROM client AS c
    UNION ALL
    SELECT format('role %I connects to no other database', c.name), CASE WHEN d.others IS NULL THEN 'ok' ELSE 'risk' END,
        format('REVOKE CONNECT ON DATABASE %s FROM PUBLIC, %I', d.others, c.name)
    FROM client AS c CROSS JOIN LATERAL (
        SELECT string_agg(quote_ident(o.datname), ', ' ORDER BY o.datname) AS others FROM pg_database AS o
        WHERE o.datname <> current_database() AND o.datallowconn AND has_database_privilege(c.oid, o.oid, 'CONNECT')) AS d
$$;
COMMENT ON FUNCTION primecloud_internal.check_roles() IS 'what check_installation() says of roles';
REVOKE ALL ON FUNCTION primecloud_internal.check_roles() FROM PUBLIC;
