-- protect_table: a tenant column, row-level security that cannot be stepped around,
-- and the index that makes it free.

CREATE FUNCTION protect_table(rel regclass, tenant_column name DEFAULT 'account_id', read_role text DEFAULT 'external_client',
                              write_role text DEFAULT 'developer', delete_role text DEFAULT 'admin', dry_run boolean DEFAULT false, online boolean DEFAULT false)
    RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part regclass;
    empty_rows bigint;
BEGIN
    PERFORM primecloud.check_owner(rel);
    PERFORM primecloud.tenant_function(rel, tenant_column);
    IF primecloud.tenant_column(rel) <> tenant_column THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('table %s is protected by column "%s"', rel, primecloud.tenant_column(rel)),
            HINT = 'Call primecloud.unprotect_table() first, if the tenant is another column.';
    END IF;
    IF online THEN
        RETURN QUERY SELECT * FROM primecloud.online_protection(rel, tenant_column, read_role, write_role, delete_role);
        RETURN;
    END IF;
    IF NOT dry_run AND NOT (SELECT attnotnull FROM pg_attribute WHERE attrelid = rel AND attname = tenant_column) THEN
        EXECUTE format('SELECT count(*) FROM %s WHERE %I IS NULL', rel, tenant_column) INTO empty_rows;
        IF empty_rows > 0 THEN
            RAISE not_null_violation USING MESSAGE = format('%s rows of %s have no tenant in "%s"', empty_rows, rel, tenant_column),
                HINT = 'Give each a tenant or delete it, then protect the table.';
        END IF;
    END IF;
    -- A partition can be read by its own name: each one is protected like the whole.
    FOR part IN SELECT t.relid FROM primecloud.table_tree(rel) AS t WHERE t.kind IN ('r', 'p') ORDER BY t.level, t.relid LOOP
        RETURN QUERY SELECT * FROM primecloud.run_statements(
            ARRAY(SELECT s FROM primecloud.protection_plan(part, tenant_column, read_role, write_role, delete_role, rel) AS s), dry_run);
    END LOOP;
END $$;
COMMENT ON FUNCTION protect_table(regclass, name, text, text, text, boolean, boolean) IS
    'row-level security on a table and its partitions, forced, with a policy for each command; returns the statements it ran, or with online => true a psql script for a large live table';
