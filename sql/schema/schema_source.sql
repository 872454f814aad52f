-- What a control plane is made of, of the schema that has it: the extension's own, or
-- one that the tests made by the same scripts.

CREATE FUNCTION primecloud_internal.schema_source(source name, distributed boolean, OUT "position" integer, OUT entity text, OUT file text,
    OUT kind text, OUT name text, OUT statement text) RETURNS SETOF record
    LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000 SET search_path = pg_catalog, pg_temp
AS $schema_source$
BEGIN
    -- What is another where tables are distributed stands beside what it is elsewhere.
    RETURN QUERY EXECUTE format('SELECT s."position", s.entity, s.file, s.kind, s.name, coalesce(d.statement, s.statement)
        FROM %1$I.schema_statements() s
        LEFT JOIN %1$I.schema_statements() d ON $1 AND d.kind = ''distributed '' || s.kind AND d.name = s.name
        WHERE NOT starts_with(s.kind, ''distributed '')', source) USING distributed;
END
$schema_source$;
COMMENT ON FUNCTION primecloud_internal.schema_source(name, boolean)
    IS 'schema_statements() of a schema, as they are for tables of one server or for distributed ones';

CREATE FUNCTION primecloud_internal.schema_is_distributed(schema name) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $schema_is_distributed$
    SELECT coalesce(primecloud_internal.is_distributed(to_regclass(format('%I.accounts', schema))), false)
$schema_is_distributed$;
COMMENT ON FUNCTION primecloud_internal.schema_is_distributed(name) IS 'whether the accounts of a control plane are distributed';

CREATE FUNCTION primecloud_internal.schema_bodies(schema name, source name, distributed boolean)
    RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 50 SET search_path = pg_catalog, pg_temp
AS $schema_bodies$
BEGIN
    -- On the coordinator alone: nobody enters an account elsewhere, and Citus takes a body that others name for a circle.
    RETURN NEXT primecloud_internal.step('setting', schema, 'SET LOCAL citus.enable_ddl_propagation = off');
    RETURN QUERY SELECT 'replace', format('%I.%I', schema, s.name), replace(s.statement, '@schema@', quote_ident(schema))
        FROM primecloud_internal.schema_source(source, schema_bodies.distributed) s
        JOIN primecloud_internal.schema_source(source, NOT schema_bodies.distributed) other USING ("position")
        WHERE s.statement <> other.statement ORDER BY s."position";
    RETURN NEXT primecloud_internal.step('setting', schema, 'SET LOCAL citus.enable_ddl_propagation = on');
END
$schema_bodies$;
COMMENT ON FUNCTION primecloud_internal.schema_bodies(name, name, boolean)
    IS 'what makes the functions and views of a control plane those for distributed tables, or those for tables of one server';

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
