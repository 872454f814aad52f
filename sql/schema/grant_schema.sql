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

CREATE FUNCTION grant_schema(schema name, role name, access text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $grant_schema$
DECLARE
    wanted record;
    routine regprocedure;
BEGIN
    IF primecloud.schema_version(schema) IS NULL THEN
        RAISE EXCEPTION 'schema "%" is not a control plane', schema USING ERRCODE = '3F000',
            HINT = 'Create one with primecloud.create_schema.';
    END IF;
    IF to_regrole(quote_ident(role)) IS NULL THEN
        RAISE EXCEPTION 'role "%" does not exist', role USING ERRCODE = '42704',
            HINT = 'Make it with primecloud.create_app_role, create_gate_role, create_platform_role or create_maintenance_role.';
    END IF;
    IF access IS NULL OR access NOT IN ('app', 'gate', 'gateway', 'platform', 'worker', 'maintenance') THEN
        RAISE EXCEPTION 'access % is not known', coalesce(quote_literal(access), 'NULL') USING ERRCODE = '22023',
            HINT = 'It is app, gate, gateway, platform, worker or maintenance.';
    END IF;
    IF access <> 'gate' AND EXISTS (SELECT FROM pg_roles r WHERE r.rolname = role AND (r.rolsuper OR r.rolbypassrls))
       AND access <> 'maintenance' THEN
        RAISE EXCEPTION 'row-level security does not hold role "%"', role USING ERRCODE = '42501',
            HINT = 'A client role is neither a superuser nor has BYPASSRLS.';
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', schema, role);
    FOR wanted IN SELECT g.privilege, g.object FROM primecloud_internal.schema_grants() g WHERE g.access = grant_schema.access LOOP
        IF wanted.privilege IN ('EXECUTE', 'OWNER') THEN
            FOR routine IN SELECT p.oid FROM pg_proc p
                           WHERE p.pronamespace = schema::text::regnamespace AND p.proname = wanted.object LOOP
                IF wanted.privilege = 'EXECUTE' THEN
                    EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO %I', routine, role);
                ELSE
                    PERFORM primecloud_internal.schema_hand_over(schema, routine, role);
                END IF;
            END LOOP;
        ELSIF to_regclass(format('%I.%I', schema, wanted.object)) IS NOT NULL THEN
            EXECUTE format('GRANT %s ON TABLE %I.%I TO %I', wanted.privilege, schema, wanted.object, role);
        END IF;
    END LOOP;
    EXECUTE format('INSERT INTO %I.schema_roles (role_name, access) VALUES ($1, $2) ON CONFLICT DO NOTHING', schema)
        USING role, access;
END
$grant_schema$;
COMMENT ON FUNCTION grant_schema(name, name, text)
    IS 'lets a role into a control plane as app, gate, gateway, platform, worker or maintenance; again after a migration';

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
        RAISE EXCEPTION 'no control plane "%" that role "%" could leave', schema, role USING ERRCODE = '42704';
    END IF;
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM %I', schema, role);
    EXECUTE format('REVOKE ALL ON ALL ROUTINES IN SCHEMA %I FROM %I', schema, role);
    EXECUTE format('REVOKE ALL ON SCHEMA %I FROM %I', schema, role);
    EXECUTE format('DELETE FROM %I.schema_roles WHERE role_name = $1', schema) USING role;
END
$revoke_schema$;
COMMENT ON FUNCTION revoke_schema(name, name) IS 'takes from a role all it was given in a control plane';
