-- What a control plane is made of, of the schema that has it: the extension's own, or
-- one that the tests made by the same scripts.

CREATE FUNCTION primecloud_internal.schema_source(source name, OUT "position" integer, OUT entity text, OUT file text, OUT kind text,
    OUT name text, OUT statement text) RETURNS SETOF record
    LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000 SET search_path = pg_catalog, pg_temp
AS $schema_source$
BEGIN
    RETURN QUERY EXECUTE format('SELECT * FROM %I.schema_statements()', source);
END
$schema_source$;
COMMENT ON FUNCTION primecloud_internal.schema_source(name) IS 'schema_statements() of a schema';

CREATE FUNCTION primecloud_internal.schema_source_grants(source name, OUT access text, OUT privilege text, OUT object text)
    RETURNS SETOF record
    LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 300 SET search_path = pg_catalog, pg_temp
AS $schema_source_grants$
BEGIN
    RETURN QUERY EXECUTE format('SELECT access, privilege, object FROM %I.schema_grants()', source);
END
$schema_source_grants$;
COMMENT ON FUNCTION primecloud_internal.schema_source_grants(name) IS 'schema_grants() of a schema';

CREATE FUNCTION primecloud_internal.schema_history(source name, OUT version integer, OUT name text, OUT checksum text) RETURNS SETOF record
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $schema_history$
BEGIN
    RETURN QUERY EXECUTE format('SELECT 1, ''first'', ''open'' UNION ALL SELECT version, name, checksum FROM %I.schema_steps() ORDER BY 1',
        source);
END
$schema_history$;
COMMENT ON FUNCTION primecloud_internal.schema_history(name)
    IS 'the versions that this extension knows, with the checksum of the step to each; the first is open until a release freezes it';
