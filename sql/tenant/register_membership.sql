-- Registering the tables that entering asks.

CREATE FUNCTION primecloud_internal.record_membership(
    rel regclass, tenant_column name, user_column name, role_column name,
    accounts regclass, accounts_key_column name, accounts_status_column name, accounts_active_status text,
    grants regclass, grants_tenant_column name, grants_user_column name, grants_id_column name, watch boolean) RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'primecloud_door';
COMMENT ON FUNCTION primecloud_internal.record_membership(regclass, name, name, name, regclass, name, name, text, regclass, name, name,
    name, boolean) IS
    'checks and writes down the registration; called by register_membership()';

-- What is registered is the extension's to write; the triggers are made by whoever registers.  Left out is not NULL, which to_regclass()
-- gives for a name that is misspelt: suspended accounts would be entered, unasked.
CREATE FUNCTION register_membership(
    rel regclass, tenant_column name, user_column name, role_column name,
    accounts regclass DEFAULT '-', accounts_key_column name DEFAULT 'id',
    accounts_status_column name DEFAULT 'status', accounts_active_status text DEFAULT 'active',
    grants regclass DEFAULT '-', grants_tenant_column name DEFAULT NULL,
    grants_user_column name DEFAULT NULL, grants_id_column name DEFAULT NULL,
    watch boolean DEFAULT false) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF rel IS NULL OR accounts IS NULL OR grants IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = format('the table of %s is NULL', CASE WHEN rel IS NULL THEN 'members'
            WHEN accounts IS NULL THEN 'accounts' ELSE 'grants' END),
            HINT = 'Name it, or leave the argument out; to_regclass() gives NULL for a table that does not exist.';
    END IF;
    accounts := nullif(accounts, '-'::regclass);
    grants := nullif(grants, '-'::regclass);
    PERFORM primecloud_internal.record_membership(rel, tenant_column, user_column, role_column,
        accounts, accounts_key_column, accounts_status_column, accounts_active_status,
        grants, grants_tenant_column, grants_user_column, grants_id_column, watch);
    PERFORM primecloud_internal.run_plan(ARRAY(
        SELECT s FROM primecloud_internal.membership_watch_plan(rel, watch, 'INSERT OR UPDATE OR DELETE OR TRUNCATE') AS s
        UNION ALL
        SELECT s FROM primecloud_internal.membership_watch_plan(accounts, watch,
            format('UPDATE OF %I, %I OR DELETE OR TRUNCATE', accounts_key_column, accounts_status_column)) AS s WHERE accounts IS NOT NULL
        UNION ALL
        SELECT s FROM primecloud_internal.membership_watch_plan(grants, watch, 'UPDATE OR DELETE OR TRUNCATE') AS s
        WHERE grants IS NOT NULL), false);
    PERFORM primecloud.membership_changed();
END $$;
COMMENT ON FUNCTION register_membership(regclass, name, name, name, regclass, name, name, text, regclass, name, name, name, boolean) IS
    'names the tables that entering asks for membership, account status and granted ids; watch: every session notices what SQL changes in '
        'them';
