-- Bringing a control plane up to date.

CREATE FUNCTION primecloud_internal.schema_require(schema name, source name) RETURNS integer
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $schema_require$
DECLARE
    seen integer := primecloud.schema_version(schema);
    stranger record;
BEGIN
    IF seen IS NULL THEN
        RAISE invalid_schema_name USING MESSAGE = format('schema "%s" is not a control plane', schema),
            HINT = 'Create one with primecloud.create_schema.';
    END IF;
    -- Somebody else's trigger or default would run with the caller's rights.
    IF (SELECT nspowner FROM pg_namespace WHERE nspname = schema) <> current_user::regrole THEN
        RAISE insufficient_privilege USING MESSAGE = format('schema "%s" belongs to another role', schema),
            HINT = format('Log in as %s: what it has planted there could leave a SET ROLE.',
                (SELECT nspowner::regrole FROM pg_namespace WHERE nspname = schema));
    END IF;
    EXECUTE format('SELECT s.version, s.name, s.checksum, h.checksum AS known FROM %I.schema_version s LEFT JOIN '
        'primecloud_internal.schema_history($1) h USING (version)
        WHERE s.checksum IS DISTINCT FROM h.checksum ORDER BY s.version LIMIT 1', schema) INTO stranger USING source;
    IF stranger.version IS NOT NULL AND stranger.known IS NULL THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('schema "%s" has version %s, which this extension does not know', schema, stranger.version),
            HINT = 'Update the extension.';
    ELSIF stranger.version IS NOT NULL THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('version %s of schema "%s" was reached by another step than this extension''s', stranger.version, schema),
            DETAIL = format('Step %s was applied with checksum %s; this extension has %s.', stranger.name, stranger.checksum,
                stranger.known),
            HINT = 'Migrate with the extension that made it, or move the rows into a schema made by this one.';
    END IF;
    RETURN seen;
END
$schema_require$;
COMMENT ON FUNCTION primecloud_internal.schema_require(name, name)
    IS 'the version of a control plane that is the caller''s and whose history is this extension''s; anything else is refused';

CREATE FUNCTION primecloud_internal.schema_run_steps(schema name, source name, seen integer) RETURNS integer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $schema_run_steps$
DECLARE
    step record;
    forced CONSTANT oid[] := ARRAY(SELECT c.oid FROM pg_class c WHERE c.relnamespace = to_regnamespace(quote_ident(schema))
        AND c.relforcerowsecurity);
    lifted text;
BEGIN
    PERFORM primecloud_internal.lift_guard();  -- a backfill lifts FORCE
    FOR step IN EXECUTE format('SELECT * FROM %I.schema_steps() s WHERE s.version > $1 ORDER BY s.version', source) USING seen LOOP
        EXECUTE replace(step.script, '@schema@', quote_ident(schema));
        SELECT string_agg(c.oid::regclass::text, ', ') INTO lifted FROM pg_class c WHERE c.oid = ANY (forced) AND NOT c.relforcerowsecurity;
        IF lifted IS NOT NULL THEN
            RAISE object_not_in_prerequisite_state USING
                MESSAGE = format('step %s to version %s leaves the policies of %s lifted', step.name, step.version, lifted),
                HINT = 'It is a fault of the step: nothing was changed.';
        END IF;
        EXECUTE format('INSERT INTO %I.schema_version (version, name, checksum, extension_version) VALUES ($1, $2, $3, $4)', schema)
            USING step.version, step.name, step.checksum, (SELECT extversion FROM pg_extension WHERE extname = 'primecloud');
        seen := step.version;
    END LOOP;
    RETURN seen;
END
$schema_run_steps$;
COMMENT ON FUNCTION primecloud_internal.schema_run_steps(name, name, integer)
    IS 'applies the frozen steps that are missing; tells the version reached';

CREATE FUNCTION primecloud_internal.schema_is_current(schema name, source name, expected jsonb) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $schema_is_current$
    SELECT primecloud.schema_version(schema) = (SELECT max(h.version) FROM primecloud_internal.schema_history(source) h)
        AND NOT EXISTS (SELECT FROM primecloud_internal.schema_pending(schema, source, expected))
        AND NOT EXISTS (SELECT FROM primecloud_internal.schema_key_mends(schema, source, expected))
        AND NOT EXISTS (SELECT FROM primecloud_internal.schema_lacking(schema, source))
        AND NOT EXISTS (SELECT FROM (SELECT p FROM primecloud_internal.schema_parts(schema) p) p FULL
            JOIN primecloud_internal.schema_parts_wanted(source, expected) w ON w = p.p WHERE w IS NULL OR p.p IS NULL)
        AND CASE WHEN primecloud_internal.schema_is_distributed(schema)
            THEN NOT EXISTS (SELECT FROM primecloud_internal.schema_claim_steps(schema, source)) ELSE true END
$schema_is_current$;
COMMENT ON FUNCTION primecloud_internal.schema_is_current(name, name, jsonb) IS 'whether migrate_schema has nothing to do';

CREATE FUNCTION primecloud_internal.schema_migrate(schema name, source name) RETURNS integer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
    SET citus.enable_ddl_propagation = off
AS $schema_migrate$
DECLARE
    seen integer := primecloud_internal.schema_require(schema, source);
    expected CONSTANT jsonb := primecloud_internal.schema_reference(source, primecloud_internal.schema_is_distributed(schema));
    carried text[];
    statement text;
BEGIN
    IF primecloud_internal.schema_is_current(schema, source, expected) THEN
        RETURN primecloud.schema_version(schema);
    END IF;
    -- On other servers tables are changed and read in one transaction.
    PERFORM set_config('citus.multi_shard_modify_mode', 'sequential', true), set_config('citus.enable_ddl_propagation', 'on', true)
        WHERE primecloud_internal.schema_is_distributed(schema);
    -- One who migrates at a time; the second finds it done.
    EXECUTE format('LOCK TABLE %I.schema_version IN SHARE ROW EXCLUSIVE MODE', schema);
    seen := primecloud_internal.schema_require(schema, source);
    -- Before anything else changes tables there, which their rows could not be read behind.
    PERFORM primecloud_internal.schema_mend_claims(schema, source) WHERE primecloud_internal.schema_is_distributed(schema);
    PERFORM primecloud_internal.schema_refuse_dependents(schema, expected);
    carried := ARRAY(SELECT primecloud_internal.schema_own_grants(schema, expected));
    PERFORM primecloud_internal.schema_apply(schema, source, expected, before_tables => true);
    seen := primecloud_internal.schema_run_steps(schema, source, seen);
    PERFORM primecloud_internal.run_plan(ARRAY(SELECT m FROM primecloud_internal.schema_key_mends(schema, source, expected) m), false);
    PERFORM primecloud_internal.schema_drop_doomed(schema, expected);
    PERFORM primecloud_internal.schema_apply(schema, source, expected, before_tables => false);
    FOREACH statement IN ARRAY carried LOOP
        EXECUTE statement;
    END LOOP;
    PERFORM primecloud_internal.schema_take_back(schema, source);
    -- the gate first: it is to own what others are to call
    PERFORM primecloud_internal.run_plan(ARRAY(
        SELECT primecloud_internal.step(s.kind, s.object, s.statement) FROM primecloud_internal.schema_lacking(schema, source) l
        CROSS JOIN LATERAL primecloud_internal.schema_give(schema, l.role_name, l.privilege, l.object)
            WITH ORDINALITY AS s(kind, object, statement, place)
        ORDER BY l.access = 'gate' DESC, l.role_name, l.privilege, l.object, s.place), false);
    PERFORM primecloud_internal.schema_record(schema, source, expected);
    RETURN seen;
END
$schema_migrate$;
COMMENT ON FUNCTION primecloud_internal.schema_migrate(name, name) IS 'migrate_schema to what another schema gives';

CREATE FUNCTION migrate_schema(schema name) RETURNS integer
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $migrate_schema$
    SELECT primecloud_internal.schema_migrate(schema, 'primecloud_internal')
$migrate_schema$;
COMMENT ON FUNCTION migrate_schema(name)
    IS 'brings a control plane up to date; tells the version reached; touching nothing that is as it should be';
