-- Whether a control plane is what its version says: compared, object by object,
-- with one made for the purpose and undone.

CREATE FUNCTION primecloud_internal.schema_check(schema name, source name) RETURNS TABLE (object text, problem text)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $schema_check$
DECLARE
    seen integer := primecloud.schema_version(schema);
    latest integer := (SELECT max(h.version) FROM primecloud_internal.schema_history(source) h);
BEGIN
    IF seen IS NULL THEN
        RAISE invalid_schema_name USING MESSAGE = format('schema "%s" is not a control plane', schema),
            HINT = 'Create one with primecloud.create_schema.';
    END IF;
    IF seen > latest THEN
        RETURN QUERY SELECT 'schema version', format('%s, newer than the %s that this extension knows: update the extension', seen, latest);
    ELSIF seen < latest THEN
        RETURN QUERY SELECT 'schema version', format('%s, older than %s: run primecloud.migrate_schema', seen, latest);
    ELSE
        RETURN QUERY SELECT d.kind || ' ' || d.name, d.problem
            FROM primecloud_internal.schema_differences(schema,
                primecloud_internal.schema_reference(source, primecloud_internal.schema_is_distributed(schema))) d;
        IF primecloud_internal.schema_is_distributed(schema) THEN
            RETURN QUERY SELECT * FROM primecloud_internal.schema_claims_told(schema, source);
        END IF;
    END IF;
END
$schema_check$;
COMMENT ON FUNCTION primecloud_internal.schema_check(name, name) IS 'check_schema against what another schema''s schema_statements() gives';

CREATE FUNCTION check_schema(schema name) RETURNS TABLE (object text, problem text)
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $check_schema$
    SELECT * FROM primecloud_internal.schema_check(schema, 'primecloud_internal')
$check_schema$;
COMMENT ON FUNCTION check_schema(name)
    IS 'how a control plane differs from what its version should be: missing, changed, or added by its users; no row where nothing does';
