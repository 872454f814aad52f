-- The control plane as ordinary objects of the caller: made and brought up to
-- date.  All run as the caller, who can do by them only what he could by hand;
-- the text executed is the extension's own.

CREATE FUNCTION schema_version(schema name) RETURNS integer
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $schema_version$
DECLARE
    found integer;
BEGIN
    -- A plain name is one identifier wherever a migration writes it.
    IF schema IS NULL OR schema::text !~ '^[a-z_][a-z0-9_]*$' OR schema::text ~ '^pg_' THEN
        RAISE EXCEPTION 'schema name % is not plain', coalesce(quote_literal(schema), 'NULL') USING ERRCODE = '42602',
            HINT = 'Use lower-case letters, digits and underscores, starting with a letter.';
    END IF;
    IF to_regclass(format('%I.schema_version', schema)) IS NULL THEN
        RETURN NULL;
    END IF;
    EXECUTE format('SELECT max(version) FROM %I.schema_version', schema) INTO found;
    RETURN found;
END
$schema_version$;
COMMENT ON FUNCTION schema_version(name) IS 'number of the last migration a control plane has seen; NULL where the schema is none';

CREATE FUNCTION migrate_schema(schema name, up_to integer DEFAULT NULL) RETURNS integer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $migrate_schema$
DECLARE
    migration record;
    known oid[];
    added regprocedure;
    seen integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('primecloud schema ' || schema, 0));
    seen := primecloud.schema_version(schema);
    IF seen IS NULL THEN
        RAISE EXCEPTION 'schema "%" is not a control plane', schema USING ERRCODE = '3F000',
            HINT = 'Create one with primecloud.create_schema.';
    END IF;
    -- Somebody else's trigger or default would run with the caller's rights.
    IF (SELECT nspowner FROM pg_namespace WHERE nspname = schema) <> current_user::regrole THEN
        RAISE EXCEPTION 'schema "%" belongs to another role', schema USING ERRCODE = '42501',
            HINT = format('SET ROLE %s first.', (SELECT nspowner::regrole FROM pg_namespace WHERE nspname = schema));
    END IF;
    PERFORM primecloud.lift_guard();  -- a migration may lift FORCE for a backfill
    FOR migration IN SELECT m.version, m.name, m.script FROM primecloud.schema_migrations() m
                     WHERE m.version > seen AND m.version <= coalesce(up_to, m.version) ORDER BY m.version LOOP
        known := ARRAY(SELECT p.oid FROM pg_proc p WHERE p.pronamespace = schema::text::regnamespace);
        EXECUTE replace(migration.script, '@schema@', quote_ident(schema));
        -- Who may call what is said by grant_schema: a new function starts with nobody.
        FOR added IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = schema::text::regnamespace AND p.oid <> ALL (known) LOOP
            EXECUTE format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC', added);
        END LOOP;
        EXECUTE format('INSERT INTO %I.schema_version (version, name, extension_version) VALUES ($1, $2, $3)', schema)
            USING migration.version, migration.name, (SELECT extversion FROM pg_extension WHERE extname = 'primecloud');
        seen := migration.version;
    END LOOP;
    PERFORM primecloud.grant_schema(schema, r.role_name, r.access) FROM primecloud.schema_roles(schema) r;
    RETURN seen;
END
$migrate_schema$;
COMMENT ON FUNCTION migrate_schema(name, integer) IS 'brings a control plane up to date, or to a given migration; tells the number reached; applying nothing when there is nothing to apply';

CREATE FUNCTION create_schema(schema name, up_to integer DEFAULT NULL, register boolean DEFAULT true) RETURNS integer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $create_schema$
DECLARE
    reached integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('primecloud schema ' || schema, 0));
    IF primecloud.schema_version(schema) IS NOT NULL THEN
        RAISE EXCEPTION 'schema "%" is a control plane already', schema USING ERRCODE = '42P06',
            HINT = 'Bring it up to date with primecloud.migrate_schema.';
    END IF;
    IF to_regnamespace(quote_ident(schema)) IS NOT NULL THEN
        RAISE EXCEPTION 'schema "%" exists already', schema USING ERRCODE = '42P06',
            HINT = 'Choose a name that is free; nothing was changed.';
    END IF;
    EXECUTE format('CREATE SCHEMA %I', schema);
    EXECUTE format('COMMENT ON SCHEMA %I IS %L', schema, 'a control plane made by primecloud.create_schema');
    EXECUTE format('CREATE TABLE %I.schema_version (version integer NOT NULL, name text NOT NULL, extension_version text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT clock_timestamp(), CONSTRAINT schema_version_pk PRIMARY KEY (version))', schema);
    EXECUTE format('INSERT INTO %I.schema_version VALUES (0, ''empty'', ''0'')', schema);
    reached := primecloud.migrate_schema(schema, up_to);
    -- What enter asks: who is a member in what role, of an account in what state, with what granted.
    IF register AND to_regclass(format('%I.bucket_permissions', schema)) IS NOT NULL THEN
        PERFORM primecloud.register_membership(
            rel => format('%I.account_members', schema)::regclass, tenant_column => 'account_id', user_column => 'user_id', role_column => 'role',
            accounts => format('%I.accounts', schema)::regclass, accounts_key_column => 'id', accounts_status_column => 'status', accounts_active_status => 'active',
            grants => format('%I.bucket_permissions', schema)::regclass, grants_tenant_column => 'account_id', grants_user_column => 'user_id', grants_id_column => 'bucket_id');
    END IF;
    RETURN reached;
END
$create_schema$;
COMMENT ON FUNCTION create_schema(name, integer, boolean) IS 'makes a control plane in a new schema, owned by the caller, and unless told not to has enter ask it for membership; tells the number of its last migration';
