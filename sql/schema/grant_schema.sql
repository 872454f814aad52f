-- Letting roles into a control plane.  Who may do what is declared beside each object, in
-- sql/schema/<entity>; schema_grants() lists it.

CREATE FUNCTION primecloud_internal.schema_hand_over(schema name, routine regprocedure, role name)
    RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $schema_hand_over$
BEGIN
    IF (SELECT p.proowner FROM pg_proc p WHERE p.oid = routine) = to_regrole(quote_ident(role)) THEN
        RETURN;
    END IF;
    -- A new owner must be able to create there, for the moment of becoming it.
    RETURN NEXT primecloud_internal.step('grant', schema, format('GRANT CREATE ON SCHEMA %I TO %I', schema, role));
    RETURN NEXT primecloud_internal.step('owner', routine::text, format('ALTER ROUTINE %s OWNER TO %I', routine, role));
    RETURN NEXT primecloud_internal.step('grant', schema, format('REVOKE CREATE ON SCHEMA %I FROM %I', schema, role));
END
$schema_hand_over$;
COMMENT ON FUNCTION primecloud_internal.schema_hand_over(name, regprocedure, name)
    IS 'what gives a narrow function to the gate role; for grant_schema';

CREATE FUNCTION primecloud_internal.schema_give(schema name, role name, privilege text, object text)
    RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $schema_give$
DECLARE
    routine regprocedure;
BEGIN
    IF privilege IN ('EXECUTE', 'OWNER') THEN
        FOR routine IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = to_regnamespace(quote_ident(schema)) AND p.proname = object LOOP
            IF privilege = 'EXECUTE' THEN
                RETURN NEXT primecloud_internal.step('grant', routine::text, format('GRANT EXECUTE ON ROUTINE %s TO %I', routine, role));
            ELSE
                RETURN QUERY SELECT * FROM primecloud_internal.schema_hand_over(schema, routine, role);
            END IF;
        END LOOP;
    ELSIF to_regclass(format('%I.%I', schema, object)) IS NOT NULL THEN
        RETURN NEXT primecloud_internal.step('grant', object, format('GRANT %s ON TABLE %I.%I TO %I', privilege, schema, object, role));
    END IF;
END
$schema_give$;
COMMENT ON FUNCTION primecloud_internal.schema_give(name, name, text, text)
    IS 'what gives a role one of what is declared for its kind of access; passing over an object that is not there';

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
            HINT = 'Make it with primecloud.create_app_role, create_gate_role or a sister of theirs.';
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
    PERFORM primecloud_internal.run_plan(ARRAY(
        SELECT primecloud_internal.step('grant', schema, format('GRANT USAGE ON SCHEMA %I TO %I', schema, role))
        UNION ALL
        SELECT s FROM primecloud_internal.schema_source_grants(source) g
            CROSS JOIN LATERAL primecloud_internal.schema_give(schema, role, g.privilege, g.object) s WHERE g.access = schema_let_in.access
        UNION ALL
        SELECT primecloud_internal.step('fill', format('%I.schema_roles', schema),
            format('INSERT INTO %I.schema_roles (role_name, access) VALUES (%L, %L) ON CONFLICT DO NOTHING', schema, role, access))),
        false);
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

CREATE FUNCTION revoke_schema(schema name, role name) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $revoke_schema$
BEGIN
    IF primecloud.schema_version(schema) IS NULL OR to_regrole(quote_ident(role)) IS NULL THEN
        RAISE undefined_object USING MESSAGE = format('no control plane "%s" that role "%s" could leave', schema, role),
            HINT = 'Name a schema made by primecloud.create_schema and a role that exists.';
    END IF;
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM %I', schema, role);
    EXECUTE format('REVOKE ALL ON ALL ROUTINES IN SCHEMA %I FROM %I', schema, role);
    EXECUTE format('REVOKE ALL ON SCHEMA %I FROM %I', schema, role);
    PERFORM primecloud_internal.run_as_owner(format('%I.schema_roles', schema)::regclass,
        format('DELETE FROM %I.schema_roles WHERE role_name = %L', schema, role));
END
$revoke_schema$;
COMMENT ON FUNCTION revoke_schema(name, name) IS 'takes from a role all it was given in a control plane';
