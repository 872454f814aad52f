-- Which functions, views, policies and grants of a control plane are the extension's:
-- written down in it, so that a later version takes away its own alone.

CREATE FUNCTION primecloud_internal.schema_parts(schema name) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000 SET search_path = pg_catalog, pg_temp
AS $schema_parts$
    SELECT v.first_value FROM primecloud_internal.stored_values(format('%I.schema_parts', schema)::regclass, 'part') v
$schema_parts$;
COMMENT ON FUNCTION primecloud_internal.schema_parts(name)
    IS 'the functions, views, policies and grants that create_schema and migrate_schema have made in a schema';

CREATE FUNCTION primecloud_internal.schema_parts_wanted(source name, expected jsonb) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000 SET search_path = pg_catalog, pg_temp
AS $schema_parts_wanted$
    SELECT e.kind || ' ' || e.name FROM jsonb_to_recordset(expected) AS e(kind text, name text)
        WHERE e.kind IN ('function', 'view', 'policy')
    UNION ALL
    SELECT format('grant %s to %s on %s', g.privilege, g.access, g.object) FROM primecloud_internal.schema_source_grants(source) g
$schema_parts_wanted$;
COMMENT ON FUNCTION primecloud_internal.schema_parts_wanted(name, jsonb) IS 'what schema_parts says when a schema is up to date';

CREATE FUNCTION primecloud_internal.schema_record(schema name, source name, expected jsonb) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $schema_record$
BEGIN
    EXECUTE format('WITH wanted AS MATERIALIZED (SELECT w FROM primecloud_internal.schema_parts_wanted($1, $2) w),
        gone AS (DELETE FROM %1$I.schema_parts p WHERE p.part NOT IN (SELECT w FROM wanted))
        INSERT INTO %1$I.schema_parts (part) SELECT w FROM wanted ORDER BY w ON CONFLICT DO NOTHING', schema) USING source, expected;
END
$schema_record$;
COMMENT ON FUNCTION primecloud_internal.schema_record(name, name, jsonb) IS 'writes down what was made';
