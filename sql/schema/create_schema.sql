-- The control plane as ordinary objects of the caller.  All run as the caller, who
-- can do by them only what he could by hand; the text executed is the extension's own:
-- what schema_statements() and schema_steps() of the schema `source` give.

CREATE FUNCTION schema_version(schema name) RETURNS integer
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $schema_version$
DECLARE
    found integer;
BEGIN
    -- A plain name is one identifier wherever a statement writes it.
    IF schema IS NULL OR schema::text !~ '^[a-z_][a-z0-9_]*$' OR schema::text ~ '^pg_' THEN
        RAISE invalid_name USING MESSAGE = format('schema name %s is not plain', coalesce(quote_literal(schema), 'NULL')),
            HINT = 'Use lower-case letters, digits and underscores, starting with a letter.';
    END IF;
    SELECT max(v.first_value::integer) INTO found
        FROM primecloud_internal.stored_values(to_regclass(format('%I.schema_version', schema)), 'version') v;
    RETURN found;
END
$schema_version$;
COMMENT ON FUNCTION schema_version(name) IS 'version of a control plane; NULL where the schema is none';

-- (Citus is not asked to make on other servers what stays here, or goes there when the schema is distributed.)
CREATE FUNCTION primecloud_internal.schema_create(schema name, source name, distributed boolean DEFAULT false) RETURNS integer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
    SET citus.enable_ddl_propagation = off
AS $schema_create$
DECLARE
    made record;
BEGIN
    EXECUTE format('CREATE SCHEMA %I', schema);
    EXECUTE format('COMMENT ON SCHEMA %I IS %L', schema, 'a control plane made by primecloud.create_schema');
    EXECUTE format('CREATE TABLE %I.schema_version (version integer NOT NULL, name text NOT NULL, checksum text NOT NULL, '
        'extension_version text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT clock_timestamp(), CONSTRAINT schema_version_pk PRIMARY KEY (version))', schema);
    EXECUTE format('COMMENT ON TABLE %I.schema_version IS %L', schema,
        'the versions of this schema; written by primecloud.create_schema and primecloud.migrate_schema alone');
    FOR made IN SELECT c.name, c.description
        FROM (VALUES ('version', '@public number of the version'), ('name', '@public name of the step to it'),
        ('checksum', '@public checksum of the step that was applied'),
            ('extension_version', '@public version of primecloud that applied it'),
        ('applied_at', '@public when it was applied')) AS c(name, description) LOOP
        EXECUTE format('COMMENT ON COLUMN %I.schema_version.%I IS %L', schema, made.name, made.description);
    END LOOP;
    EXECUTE format('CREATE TABLE %I.schema_parts (part text NOT NULL, CONSTRAINT schema_parts_pk PRIMARY KEY (part))', schema);
    EXECUTE format('COMMENT ON TABLE %I.schema_parts IS %L', schema,
        'private: what of this schema is primecloud''s and not its owner''s: functions, views, policies and grants');
    EXECUTE format('COMMENT ON COLUMN %I.schema_parts.part IS %L', schema, '@public kind and name');
    FOR made IN SELECT s.statement FROM primecloud_internal.schema_source(source, distributed) s ORDER BY s."position" LOOP
        EXECUTE replace(made.statement, '@schema@', quote_ident(schema));
    END LOOP;
    IF distributed THEN
        PERFORM primecloud_internal.run_plan(ARRAY(SELECT s FROM primecloud_internal.schema_key_steps(schema, source, true) s)
            || ARRAY(SELECT s FROM primecloud_internal.schema_policy_steps(schema, source, true) s), false);
    END IF;
    -- Who may call what is declared beside each function: it starts with nobody.
    EXECUTE format('REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA %I FROM PUBLIC', schema);
    EXECUTE format('INSERT INTO %I.schema_version (version, name, checksum, extension_version) SELECT h.version, h.name, h.checksum, $2 '
        'FROM primecloud_internal.schema_history($1) h', schema)
        USING source, (SELECT extversion FROM pg_extension WHERE extname = 'primecloud');
    PERFORM primecloud_internal.schema_record(schema,
        source, (SELECT jsonb_agg(to_jsonb(o)) FROM primecloud_internal.schema_objects(schema) o));
    RETURN primecloud.schema_version(schema);
END
$schema_create$;
COMMENT ON FUNCTION primecloud_internal.schema_create(name, name, boolean)
    IS 'makes a control plane of what another schema''s schema_statements() gives; for create_schema and check_schema';

-- Who may enter every account of a database is registered once.  It is never replaced because something else is made beside.
CREATE FUNCTION primecloud_internal.check_register(register boolean) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $check_register$
DECLARE
    members text := (SELECT format('%I.%I', r.relation_schema, r.relation_name) FROM primecloud_internal.registered_table r
        JOIN pg_namespace n ON n.nspname = r.relation_schema JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = r.relation_name
        WHERE r.part = 'members');
BEGIN
    IF members IS NULL OR NOT register THEN
        RETURN;
    END IF;
    IF register IS NULL THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('entering asks table %s for membership', members),
            HINT = 'Say register => false to leave it so, or register => true to have it ask the new schema: the users of the other cannot '
                'enter then.';
    END IF;
    RAISE NOTICE 'entering asks table % no more', members
        USING HINT = 'Who is a member there and not in the new schema cannot enter.';
END
$check_register$;
COMMENT ON FUNCTION primecloud_internal.check_register(boolean)
    IS 'refuses to replace a registered membership table unless it is asked for';

CREATE FUNCTION create_schema(schema name, register boolean DEFAULT NULL) RETURNS integer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $create_schema$
DECLARE
    reached integer;
BEGIN
    IF primecloud.schema_version(schema) IS NOT NULL THEN
        RAISE duplicate_schema USING MESSAGE = format('schema "%s" is a control plane already', schema),
            HINT = 'Bring it up to date with primecloud.migrate_schema.';
    END IF;
    IF to_regnamespace(quote_ident(schema)) IS NOT NULL THEN
        RAISE duplicate_schema USING MESSAGE = format('schema "%s" exists already', schema),
            HINT = 'Choose a name that is free; nothing was changed.';
    END IF;
    PERFORM primecloud_internal.check_register(register);
    reached := primecloud_internal.schema_create(schema, 'primecloud_internal');
    -- What enter asks: who is a member in what role, of an account in what state, with what granted.
    IF coalesce(register, true) THEN
        PERFORM primecloud.register_membership(
            rel => format('%I.account_members', schema)::regclass, tenant_column => 'account_id', user_column => 'user_id',
                role_column => 'role',
            accounts => format('%I.accounts', schema)::regclass, accounts_key_column => 'id', accounts_status_column => 'status',
                accounts_active_status => 'active',
            grants => format('%I.bucket_permissions', schema)::regclass, grants_tenant_column => 'account_id',
                grants_user_column => 'user_id', grants_id_column => 'bucket_id',
            watch => true);
    END IF;
    RETURN reached;
END
$create_schema$;
COMMENT ON FUNCTION create_schema(name, boolean)
    IS 'makes a control plane in a new schema, owned by the caller, and has enter ask it for membership where no other table is '
    'registered; tells its version';
