-- What the owner of a table says about its rows.

CREATE FUNCTION retain(rel regclass, time_column name, keep interval, mode text DEFAULT 'delete', tenant_column name DEFAULT NULL,
                       id_column name DEFAULT NULL, hold_column name DEFAULT NULL, soft_delete_column name DEFAULT NULL,
                       archive regclass DEFAULT NULL, maintenance_role name DEFAULT NULL) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    notes jsonb;
    space text := (SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = rel);
BEGIN
    notes := primecloud_internal.retention_request(rel, jsonb_build_object('kind', 'retain', 'time_column', time_column, 'keep', keep, 'mode', mode,
        'tenant_column', tenant_column, 'id_column', id_column, 'hold_column', hold_column, 'soft_delete_column', soft_delete_column,
        'archive', archive::oid));
    IF maintenance_role IS NOT NULL THEN
        IF (SELECT r.rolbypassrls OR r.rolsuper FROM pg_roles r WHERE r.rolname = maintenance_role) IS NOT TRUE THEN
            RAISE invalid_parameter_value USING MESSAGE = format('role "%s" is no maintenance role', maintenance_role),
                HINT = 'Make it with primecloud.create_maintenance_role().';
        END IF;
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', space, maintenance_role);
        EXECUTE format('GRANT SELECT, %s ON TABLE %s TO %I', CASE mode WHEN 'soft_delete' THEN format('UPDATE (%I)', soft_delete_column) ELSE 'DELETE' END,
                       rel, maintenance_role);
    END IF;
    RETURN QUERY SELECT jsonb_array_elements_text(notes);
END $$;
COMMENT ON FUNCTION retain(regclass, name, interval, text, name, name, name, name, regclass, name) IS
    'registers how long rows of a table are kept and what is done with them then; returns what its owner should know';

CREATE FUNCTION unretain(rel regclass) RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.retention_request(rel, '{"kind": "unretain"}') $$;
COMMENT ON FUNCTION unretain(regclass) IS 'forgets the policy of a table and its exceptions; holds and the audit stay';

CREATE FUNCTION retain_tenant(rel regclass, tenant text, keep interval) RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.retention_request(rel, jsonb_build_object('kind', 'retain_tenant', 'tenant', tenant, 'keep', keep)) $$;
COMMENT ON FUNCTION retain_tenant(regclass, text, interval) IS 'keeps the rows of one tenant for another time; NULL: for ever';

CREATE FUNCTION unretain_tenant(rel regclass, tenant text) RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.retention_request(rel, jsonb_build_object('kind', 'unretain_tenant', 'tenant', tenant)) $$;
COMMENT ON FUNCTION unretain_tenant(regclass, text) IS 'the policy of the table again, for a tenant that had its own';

CREATE FUNCTION place_hold(rel regclass, reason text, tenant text DEFAULT NULL, row_id text DEFAULT NULL) RETURNS bigint
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.retention_request(rel, jsonb_build_object('kind', 'hold', 'reason', reason, 'tenant', tenant, 'row_id', row_id))::bigint $$;
COMMENT ON FUNCTION place_hold(regclass, text, text, text)
    IS 'nothing of this row, this tenant or (neither given) this table expires from now on; returns the number of the hold';

CREATE FUNCTION release_hold(rel regclass, hold bigint, reason text) RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.retention_request(rel, jsonb_build_object('kind', 'release', 'id', hold, 'reason', reason)) $$;
COMMENT ON FUNCTION release_hold(regclass, bigint, text) IS 'ends a hold; who placed and who released it is kept';
