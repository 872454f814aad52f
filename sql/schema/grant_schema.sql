-- Letting roles into a control plane.  Who may do what is declared beside each object, in
-- sql/schema/<entity>; schema_grants() lists it.

CREATE FUNCTION schema_roles(schema name, OUT role_name text, OUT access text) RETURNS SETOF record
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $schema_roles$
BEGIN
    IF to_regclass(format('%I.schema_roles', schema)) IS NOT NULL THEN
        RETURN QUERY EXECUTE format('SELECT role_name, access FROM %I.schema_roles ORDER BY access = ''gate'' DESC, role_name', schema);
    END IF;
END
$schema_roles$;
COMMENT ON FUNCTION schema_roles(name) IS 'the roles that were let into a control plane, and as what';

CREATE FUNCTION primecloud_internal.schema_lacking(schema name, source name, OUT role_name text, OUT access text, OUT privilege text,
    OUT object text) RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $schema_lacking$
    -- What a role holds by itself: neither by membership nor as PUBLIC.
    SELECT r.role_name, r.access, g.privilege, g.object
    FROM primecloud.schema_roles(schema) r
    JOIN primecloud_internal.schema_source_grants(source) g ON g.access = r.access
    CROSS JOIN LATERAL (SELECT to_regrole(quote_ident(r.role_name))::oid AS role, to_regnamespace(quote_ident(schema)) AS space,
                               split_part(g.privilege, ' ', 1) AS word, string_to_array(substring(g.privilege FROM '\((.*)\)'), ', ')
                                   AS columns) n
    WHERE CASE
        WHEN n.word = 'OWNER' THEN EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = n.space AND p.proname = g.object
            AND p.proowner IS DISTINCT FROM n.role)
        WHEN n.word = 'EXECUTE' THEN EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = n.space AND p.proname = g.object
            AND NOT EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) e WHERE e.grantee = n.role
                AND e.privilege_type = n.word))
        WHEN n.columns IS NOT NULL THEN EXISTS (SELECT FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            AND a.attname = ANY (n.columns)
            WHERE c.relnamespace = n.space AND c.relname = g.object
              AND NOT EXISTS (SELECT FROM aclexplode(a.attacl) e WHERE e.grantee = n.role AND e.privilege_type = n.word))
        ELSE EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.space AND c.relname = g.object AND c.relkind IN ('r', 'p', 'v')
            AND NOT EXISTS (SELECT FROM aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) e WHERE e.grantee = n.role
                AND e.privilege_type = n.word)) END
$schema_lacking$;
COMMENT ON FUNCTION primecloud_internal.schema_lacking(name, name)
    IS 'what the roles that were let in do not hold of what is declared for them';

CREATE FUNCTION primecloud_internal.schema_take_back(schema name, source name) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $schema_take_back$
DECLARE
    given record;
    routine regprocedure;
BEGIN
    -- What the last version gave and this one does not; what the owner gave by himself stays.
    FOR given IN
        SELECT r.role_name, split.privilege, split.object
        FROM (SELECT p AS part FROM primecloud_internal.schema_parts(schema) p
              EXCEPT SELECT w FROM primecloud_internal.schema_parts_wanted(source, '[]') w) gone
        CROSS JOIN LATERAL (SELECT m[1] AS privilege, m[2] AS access, m[3] AS object
            FROM regexp_matches(gone.part, '^grant (.*) to ([a-z]+) on ([a-z0-9_]+)$') m) split
        JOIN primecloud.schema_roles(schema) r ON r.access = split.access
        WHERE to_regrole(quote_ident(r.role_name)) IS NOT NULL
    LOOP
        IF given.privilege IN ('EXECUTE', 'OWNER') THEN
            FOR routine IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = to_regnamespace(quote_ident(schema))
                AND p.proname = given.object LOOP
                IF given.privilege = 'OWNER' THEN
                    EXECUTE format('ALTER ROUTINE %s OWNER TO %I', routine, current_user);
                ELSE
                    EXECUTE format('REVOKE EXECUTE ON ROUTINE %s FROM %I', routine, given.role_name);
                END IF;
            END LOOP;
        ELSIF to_regclass(format('%I.%I', schema, given.object)) IS NOT NULL THEN
            EXECUTE format('REVOKE %s ON TABLE %I.%I FROM %I', given.privilege, schema, given.object, given.role_name);
        END IF;
    END LOOP;
END
$schema_take_back$;
COMMENT ON FUNCTION primecloud_internal.schema_take_back(name, name)
    IS 'takes from the roles that were let in what a version does not give any more';

CREATE FUNCTION primecloud_internal.schema_give(schema name, role name, privilege text, object text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $schema_give$
DECLARE
    routine regprocedure;
BEGIN
    IF privilege IN ('EXECUTE', 'OWNER') THEN
        FOR routine IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = to_regnamespace(quote_ident(schema)) AND p.proname = object LOOP
            IF privilege = 'EXECUTE' THEN
                EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO %I', routine, role);
            ELSE
                PERFORM primecloud_internal.schema_hand_over(schema, routine, role);
            END IF;
        END LOOP;
    ELSIF to_regclass(format('%I.%I', schema, object)) IS NOT NULL THEN
        EXECUTE format('GRANT %s ON TABLE %I.%I TO %I', privilege, schema, object, role);
    END IF;
END
$schema_give$;
COMMENT ON FUNCTION primecloud_internal.schema_give(name, name, text, text)
    IS 'gives a role one of what is declared for its kind of access; passing over an object that is not there';

CREATE FUNCTION primecloud_internal.schema_let_in(schema name, source name, role name, access text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $schema_let_in$
BEGIN
    IF primecloud.schema_version(schema) IS NULL THEN
        RAISE invalid_schema_name USING MESSAGE = format('schema "%s" is not a control plane', schema),
            HINT = 'Create one with primecloud.create_schema.';
    END IF;
    IF to_regrole(quote_ident(role)) IS NULL THEN
        RAISE undefined_object USING MESSAGE = format('role "%s" does not exist', role),
            HINT = 'Make it with primecloud.create_app_role, create_gate_role, create_platform_role or create_maintenance_role.';
    END IF;
    IF access IS NULL OR access NOT IN ('app', 'gate', 'gateway', 'platform', 'worker', 'maintenance') THEN
        RAISE invalid_parameter_value USING MESSAGE = format('access %s is not known', coalesce(quote_literal(access), 'NULL')),
            HINT = 'It is app, gate, gateway, platform, worker or maintenance.';
    END IF;
    IF access <> 'gate' AND EXISTS (SELECT FROM pg_roles r WHERE r.rolname = role AND (r.rolsuper OR r.rolbypassrls))
       AND access <> 'maintenance' THEN
        RAISE insufficient_privilege USING MESSAGE = format('row-level security does not hold role "%s"', role),
            HINT = 'A client role is neither a superuser nor has BYPASSRLS.';
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', schema, role);
    PERFORM primecloud_internal.schema_give(schema, role, g.privilege, g.object) FROM primecloud_internal.schema_source_grants(source) g
        WHERE g.access = schema_let_in.access;
    EXECUTE format('INSERT INTO %I.schema_roles (role_name, access) VALUES ($1, $2) ON CONFLICT DO NOTHING', schema)
        USING role, access;
END
$schema_let_in$;
COMMENT ON FUNCTION primecloud_internal.schema_let_in(name, name, name, text)
    IS 'grant_schema for what another schema''s schema_grants() gives';

CREATE FUNCTION grant_schema(schema name, role name, access text) RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $grant_schema$
    SELECT primecloud_internal.schema_let_in(schema, 'primecloud_internal', role, access)
$grant_schema$;
COMMENT ON FUNCTION grant_schema(name, name, text)
    IS 'lets a role into a control plane as app, gate, gateway, platform, worker or maintenance; migrate_schema gives it what is new';

CREATE FUNCTION primecloud_internal.schema_hand_over(schema name, routine regprocedure, role name) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $schema_hand_over$
BEGIN
    IF (SELECT p.proowner FROM pg_proc p WHERE p.oid = routine) = to_regrole(quote_ident(role)) THEN
        RETURN;
    END IF;
    -- A new owner must be able to create there, for the moment of becoming it.
    EXECUTE format('GRANT CREATE ON SCHEMA %I TO %I', schema, role);
    EXECUTE format('ALTER ROUTINE %s OWNER TO %I', routine, role);
    EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM %I', schema, role);
END
$schema_hand_over$;
COMMENT ON FUNCTION primecloud_internal.schema_hand_over(name, regprocedure, name)
    IS 'gives a narrow function to the gate role; called by grant_schema';

CREATE FUNCTION revoke_schema(schema name, role name) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $revoke_schema$
BEGIN
    IF primecloud.schema_version(schema) IS NULL OR to_regrole(quote_ident(role)) IS NULL THEN
        RAISE undefined_object USING MESSAGE = format('no control plane "%s" that role "%s" could leave', schema, role);
    END IF;
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM %I', schema, role);
    EXECUTE format('REVOKE ALL ON ALL ROUTINES IN SCHEMA %I FROM %I', schema, role);
    EXECUTE format('REVOKE ALL ON SCHEMA %I FROM %I', schema, role);
    EXECUTE format('DELETE FROM %I.schema_roles WHERE role_name = $1', schema) USING role;
END
$revoke_schema$;
COMMENT ON FUNCTION revoke_schema(name, name) IS 'takes from a role all it was given in a control plane';
