-- A statement over all accounts: forced policies hold the owner of a control
-- plane too, and he lifts them for the rest of it.

CREATE FUNCTION force_policies(schema name, forced boolean) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $force_policies$
BEGIN
    IF primecloud.schema_version(schema) IS NULL THEN
        RAISE invalid_schema_name USING MESSAGE = format('schema "%s" is not a control plane', schema);
    END IF;
    -- A table that a deferred constraint still waits for cannot be altered.
    SET CONSTRAINTS ALL IMMEDIATE;
    PERFORM primecloud_internal.run_plan(ARRAY(
        SELECT primecloud_internal.step('row security', c.oid::regclass::text,
            format('ALTER TABLE %s %s ROW LEVEL SECURITY', c.oid::regclass, CASE WHEN forced THEN 'FORCE' ELSE 'NO FORCE' END))
        FROM pg_class c WHERE c.relnamespace = to_regnamespace(quote_ident(schema)) AND c.relkind IN ('r', 'p')
          AND c.relrowsecurity AND c.relforcerowsecurity <> forced), false);
    SET CONSTRAINTS ALL DEFERRED;
END
$force_policies$;
COMMENT ON FUNCTION force_policies(name, boolean)
    IS 'lifts and restores, inside one transaction, what holds the owner of a control plane to the entered account; the owner alone can';
