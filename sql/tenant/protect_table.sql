-- protect_table: a tenant column, row-level security that cannot be stepped around,
-- and the index that makes it free.

-- Read without SQL: a superuser may protect a table of somebody else's, whose functions in
-- its indexes must not run as his.
CREATE FUNCTION primecloud_internal.rows_without_tenant(rel regclass, tenant_column text) RETURNS bigint
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_rows_without_tenant';
COMMENT ON FUNCTION primecloud_internal.rows_without_tenant(regclass, text) IS 'how many rows of a table have no tenant; for its owner';

-- What protect_table() does but for asking whether something is carried into the table, which
-- protect_schema() asks when it has put the application's rights right.
CREATE FUNCTION primecloud_internal.protect_one(rel regclass, tenant_column name, read_role text, write_role text, delete_role text,
                              dry_run boolean, online boolean, role_column name DEFAULT NULL, refuse boolean DEFAULT NULL,
                              adopted jsonb DEFAULT NULL) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part regclass;
    empty_rows bigint;
BEGIN
    PERFORM primecloud_internal.check_owner(rel);
    PERFORM primecloud_internal.check_one_hand(rel);
    PERFORM primecloud_internal.tenant_function(rel, tenant_column), primecloud_internal.check_one_kind(rel, 'primecloud_floor');
    IF role_column IS NOT NULL AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = rel AND attname = role_column AND attnum > 0
        AND NOT attisdropped
                                               AND atttypid IN ('text'::regtype, 'varchar'::regtype)) THEN
        RAISE undefined_column USING MESSAGE = format('table %s has no column "%s" of type text or varchar', rel, role_column),
            HINT = 'Name the column that holds the roles of members.';
    END IF;
    IF primecloud.tenant_column(rel) <> tenant_column THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('table %s is protected by column "%s"', rel,
            primecloud.tenant_column(rel)),
            HINT = 'Call primecloud.unprotect_table() first, if the tenant is another column.';
    END IF;
    -- (Citus changes nothing of the column by which it spreads a table.)
    IF primecloud_internal.is_distributed(rel) AND (online OR NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = rel
            AND a.attname = tenant_column AND a.attnotnull AND a.atthasdef)) THEN
        PERFORM primecloud_internal.check_not_distributed(rel);
    END IF;
    IF online THEN
        RETURN QUERY SELECT * FROM primecloud_internal.run_plan(primecloud_internal.script_around(ARRAY(
            SELECT s FROM primecloud_internal.online_protection(rel, tenant_column, read_role, write_role, delete_role,
                role_column => role_column, refuse => refuse, adopted => adopted) AS s), rel), false, true);
        RETURN;
    END IF;
    IF NOT dry_run AND NOT primecloud_internal.is_not_null(rel, tenant_column) THEN
        empty_rows := primecloud_internal.rows_without_tenant(rel, tenant_column);
        IF empty_rows > 0 THEN
            RAISE not_null_violation USING MESSAGE = format('%s rows of %s have no tenant in "%s"', empty_rows, rel, tenant_column),
                HINT = 'Give each a tenant or delete it, then protect the table.';
        END IF;
    END IF;
    -- A partition can be read by its own name: each one is protected like the whole.
    FOR part IN SELECT t.relid FROM primecloud_internal.table_tree(rel) AS t WHERE t.kind IN ('r', 'p') ORDER BY t.level, t.relid LOOP
        RETURN QUERY SELECT * FROM primecloud_internal.run_plan(
            ARRAY(SELECT s FROM primecloud_internal.protection_plan(part, tenant_column, read_role, write_role, delete_role, rel,
                role_column => role_column, refuse => refuse, adopted => adopted) AS s), dry_run);
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.protect_one(regclass, name, text, text, text, boolean, boolean, name, boolean, jsonb)
    IS 'protects one table and its partitions; called by protect_table() and protect_schema()';

CREATE FUNCTION protect_table(rel regclass, tenant_column name DEFAULT 'account_id', read_role text DEFAULT NULL,
                              write_role text DEFAULT NULL, delete_role text DEFAULT NULL, dry_run boolean DEFAULT false,
                                  online boolean DEFAULT false,
                              role_column name DEFAULT NULL, refuse boolean DEFAULT NULL)
    RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
BEGIN
    PERFORM primecloud_internal.check_owner(rel);
    PERFORM primecloud_internal.check_carried(rel, role_column);
    RETURN QUERY SELECT * FROM primecloud_internal.protect_one(rel, tenant_column, read_role, write_role, delete_role, dry_run, online,
        role_column, refuse);
END $$;
COMMENT ON FUNCTION protect_table(regclass, name, text, text, text, boolean, boolean, name, boolean) IS
    'row-level security on a table and its partitions, forced, with a policy for each command; returns the statements it ran, or with '
        'online => true a psql script for a large live table';
