-- What protect_schema() gives the application's role.

-- Who may write members makes whom he likes his colleague, and sees him: where there are people, taking somebody in is for a
-- function of the gate role, which asks whether he was invited.
CREATE FUNCTION primecloud_internal.member_rights(rel regclass, app_role name) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    columns name[] := primecloud_internal.member_columns(rel);
    others text := (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND NOT attname = ANY (columns));
BEGIN
    IF columns IS NULL THEN
        RETURN;
    END IF;
    RETURN NEXT primecloud_internal.step('grant', rel::text, format('REVOKE INSERT, UPDATE ON %s FROM %I', rel, app_role));
    RETURN QUERY SELECT 'grant', rel::text, format('GRANT UPDATE (%s) ON %s TO %I', others, rel, app_role) WHERE others IS NOT NULL;
    RETURN NEXT primecloud_internal.step('remark', rel::text, format('-- kept back from %I: INSERT into %s and UPDATE of %s, which would '
        'make anybody a colleague, and show him: members are taken in by a function of the gate role', app_role, rel,
        (SELECT string_agg(quote_ident(c), ', ') FROM unnest(columns) AS c)));
END $$;
COMMENT ON FUNCTION primecloud_internal.member_rights(regclass, name)
    IS 'the steps by which protect_schema() keeps the application''s role from taking in strangers, where it protects people';

CREATE FUNCTION primecloud_internal.schema_rights(schema name, tenants regclass, tenant_column name, tenants_key_column name, app_role name,
    reached regclass[], persons regclass[], todo regclass[], shared name[]) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.* FROM unnest(reached) WITH ORDINALITY AS t(rel, n), LATERAL (
        SELECT 0 AS part, r.* FROM primecloud_internal.application_rights(t.rel,
            CASE t.rel WHEN tenants THEN tenants_key_column ELSE tenant_column END, app_role) AS r
        UNION ALL SELECT 1, r.* FROM primecloud_internal.member_rights(t.rel, app_role) AS r WHERE persons <> '{}')
        AS o(part, kind, object, statement), LATERAL (SELECT o.kind, o.object, o.statement) AS s
    UNION ALL SELECT s.* FROM unnest(persons) AS t(rel), primecloud_internal.people_rights(t.rel, app_role) AS s
    UNION ALL SELECT 'grant', NULL, g FROM (
        SELECT format('GRANT USAGE ON SCHEMA %I TO %I', schema, app_role)
        UNION ALL SELECT format('GRANT SELECT ON %s TO %I', t, app_role) FROM unnest(todo) AS t JOIN pg_class ON oid = t
            WHERE relname = ANY (shared)
        UNION ALL SELECT format('GRANT USAGE ON SEQUENCE %s TO %I', s.oid::regclass, app_role) FROM pg_class s
            JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
            WHERE s.relkind = 'S' AND d.refobjid::regclass = ANY (reached || persons)
        -- Policies do not hold these.
        UNION ALL SELECT format('REVOKE TRUNCATE, REFERENCES, TRIGGER ON %s FROM PUBLIC, %I', t, app_role)
            FROM unnest(reached || persons) AS t JOIN pg_class c ON c.oid = t
            WHERE has_table_privilege(app_role, t, 'TRUNCATE, REFERENCES, TRIGGER')) AS grants(g);
$$;
COMMENT ON FUNCTION primecloud_internal.schema_rights(name, regclass, name, name, name, regclass[], regclass[], regclass[], name[])
    IS 'the steps by which protect_schema() gives the application''s role what it needs in a schema';
