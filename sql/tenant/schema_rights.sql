-- What protect_schema() gives the application's role.

-- (Until 17 only the owner could maintain a table, and the server knows no such word.)
CREATE FUNCTION primecloud_internal.past_policies() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT 'TRUNCATE, REFERENCES, TRIGGER'
        || CASE WHEN current_setting('server_version_num')::integer >= 170000 THEN ', MAINTAIN' ELSE '' END;
$$;
COMMENT ON FUNCTION primecloud_internal.past_policies()
    IS 'the rights on a table that policies do not hold: by the last its holder locks everybody out';

CREATE FUNCTION primecloud_internal.schema_rights(schema name, tenants regclass, tenant_column name, tenants_key_column name, app_role name,
    reached regclass[], persons regclass[], todo regclass[], shared name[]) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- People of any schema: whoever is taken into an account is shown to it wherever his row is.
    SELECT s.* FROM (SELECT persons <> '{}' OR EXISTS (SELECT FROM pg_policy WHERE polname = 'primecloud_people')) AS w(people),
        unnest(reached) AS t(rel), primecloud_internal.application_rights(t.rel,
        CASE t.rel WHEN tenants THEN tenants_key_column ELSE tenant_column END, app_role, w.people) AS s
    UNION ALL SELECT s.* FROM unnest(persons) AS t(rel), primecloud_internal.people_rights(t.rel, app_role) AS s
    UNION ALL SELECT 'grant', NULL, g FROM (
        SELECT format('GRANT USAGE ON SCHEMA %I TO %I', schema, app_role)
        UNION ALL SELECT format('GRANT SELECT ON %s TO %I', t, app_role) FROM unnest(todo) AS t JOIN pg_class ON oid = t
            WHERE relname = ANY (shared)
        UNION ALL SELECT format('GRANT USAGE ON SEQUENCE %s TO %I', s.oid::regclass, app_role) FROM pg_class s
            JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
            WHERE s.relkind = 'S' AND d.refobjid::regclass = ANY (reached || persons)
        -- Policies do not hold these.
        UNION ALL SELECT format('REVOKE %s ON %s FROM PUBLIC, %I', primecloud_internal.past_policies(), t, app_role)
            FROM unnest(reached || persons) AS t JOIN pg_class c ON c.oid = t
            WHERE has_table_privilege(app_role, t, primecloud_internal.past_policies())) AS grants(g);
$$;
COMMENT ON FUNCTION primecloud_internal.schema_rights(name, regclass, name, name, name, regclass[], regclass[], regclass[], name[])
    IS 'the steps by which protect_schema() gives the application''s role what it needs in a schema';
