-- Bringing a control plane up to date.

CREATE FUNCTION primecloud_internal.schema_require(schema name, source name) RETURNS integer
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $schema_require$
DECLARE
    seen integer := primecloud.schema_version(schema);
    stranger record;
BEGIN
    IF seen IS NULL THEN
        RAISE EXCEPTION 'schema "%" is not a control plane', schema USING ERRCODE = '3F000',
            HINT = 'Create one with primecloud.create_schema.';
    END IF;
    -- Somebody else's trigger or default would run with the caller's rights.
    IF (SELECT nspowner FROM pg_namespace WHERE nspname = schema) <> current_user::regrole THEN
        RAISE EXCEPTION 'schema "%" belongs to another role', schema USING ERRCODE = '42501',
            HINT = format('SET ROLE %s first.', (SELECT nspowner::regrole FROM pg_namespace WHERE nspname = schema));
    END IF;
    EXECUTE format('SELECT s.version, s.name, s.checksum, h.checksum AS known FROM %I.schema_version s LEFT JOIN primecloud_internal.schema_history($1) h USING (version)
        WHERE s.checksum IS DISTINCT FROM h.checksum ORDER BY s.version LIMIT 1', schema) INTO stranger USING source;
    IF stranger.version IS NOT NULL AND stranger.known IS NULL THEN
        RAISE EXCEPTION 'schema "%" has version %, which this extension does not know', schema, stranger.version USING ERRCODE = '55000',
            HINT = 'Update the extension.';
    ELSIF stranger.version IS NOT NULL THEN
        RAISE EXCEPTION 'version % of schema "%" was reached by another step than this extension''s', stranger.version, schema USING ERRCODE = '55000',
            DETAIL = format('Step %s was applied with checksum %s; this extension has %s.', stranger.name, stranger.checksum, stranger.known),
            HINT = 'Migrate with the extension that made it, or move the rows into a schema made by this one.';
    END IF;
    RETURN seen;
END
$schema_require$;
COMMENT ON FUNCTION primecloud_internal.schema_require(name, name)
    IS 'the version of a control plane that is the caller''s and whose history is this extension''s; anything else is refused';

CREATE FUNCTION migrate_schema(schema name) RETURNS integer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $migrate_schema$
DECLARE
    seen integer := primecloud_internal.schema_require(schema, 'primecloud_internal');
BEGIN
    PERFORM primecloud.grant_schema(schema, r.role_name, r.access) FROM primecloud.schema_roles(schema) r;
    RETURN seen;
END
$migrate_schema$;
COMMENT ON FUNCTION migrate_schema(name)
    IS 'brings a control plane up to date; tells the version reached; touching nothing that is as it should be';
