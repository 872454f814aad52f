-- What a maintenance role is given on a table, by retain() and by allow_reseal().

CREATE FUNCTION primecloud_internal.maintenance_grants(rel regclass, maintenance_role name, privileges text)
    RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    space CONSTANT name := (SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = rel);
BEGIN
    IF (SELECT r.rolbypassrls OR r.rolsuper FROM pg_roles r WHERE r.rolname = maintenance_role) IS NOT TRUE THEN
        RAISE invalid_parameter_value USING MESSAGE = format('role "%s" is no maintenance role', maintenance_role),
            HINT = 'Make it with primecloud.create_maintenance_role().';
    END IF;
    -- The owner of a table may not be the schema's, who let the role in before.
    IF NOT has_schema_privilege(maintenance_role, space, 'USAGE') THEN
        RETURN NEXT primecloud_internal.step('grant', space, format('GRANT USAGE ON SCHEMA %I TO %I', space, maintenance_role));
    END IF;
    RETURN NEXT primecloud_internal.step('grant', rel::text, format('GRANT %s ON TABLE %s TO %I', privileges, rel, maintenance_role));
END $$;
COMMENT ON FUNCTION primecloud_internal.maintenance_grants(regclass, name, text)
    IS 'the grants on a table that scheduled work needs; refuses a role that policies hold';
