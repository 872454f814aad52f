-- protect_child: a table that reaches its tenant by a foreign key gets a tenant column of
-- its own, since a policy that looks the tenant up costs hundreds of times as much.

-- Before the column is to be NOT NULL, in the words of whoever asked for it.
CREATE FUNCTION primecloud_internal.check_filled(rel regclass, parent regclass, tenant_column name) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    empty_rows bigint := primecloud_internal.rows_without_tenant(rel, tenant_column);
BEGIN
    IF empty_rows > 0 THEN
        RAISE not_null_violation USING MESSAGE = format('%s rows of %s point at no row of %s that has a tenant', empty_rows, rel, parent),
            HINT = format('Give each a parent or delete it; or add column "%s", fill it yourself, and call primecloud.protect_table().',
                tenant_column);
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_filled(regclass, regclass, name)
    IS 'raises 23502 where rows of a child got no tenant from its parent; called by the plans of protect_child()';

CREATE FUNCTION primecloud_internal.child_plan(rel regclass, parent regclass, tenant_column name, parent_column name, type text,
    online boolean, constraint_name name,
                           read_role text, write_role text, delete_role text, refuse boolean)
    RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    filling boolean := EXISTS (SELECT FROM pg_trigger WHERE tgrelid = rel AND tgname = 'primecloud_fill_tenant');
    steps primecloud_internal.plan_step[] := primecloud_internal.child_column(rel, parent, constraint_name, tenant_column, parent_column,
        type, online);
    last primecloud_internal.plan_step[] := CASE WHEN filling OR online THEN ARRAY[
        primecloud_internal.step('drop fill trigger', rel::text, format('DROP TRIGGER primecloud_fill_tenant ON %s', rel))] ELSE '{}' END;
BEGIN
    IF online THEN
        RETURN QUERY SELECT * FROM primecloud_internal.online_protection(rel, tenant_column, read_role, write_role, delete_role, steps,
            last, type::regtype, refuse => refuse);
        RETURN;
    END IF;
    -- Planned before the column is there, so that the note says who made it.
    RETURN QUERY SELECT s.* FROM unnest(steps || last) AS s;
    RETURN QUERY SELECT s.* FROM primecloud_internal.table_tree(rel) AS t,
        LATERAL primecloud_internal.protection_plan(t.relid, tenant_column, read_role, write_role, delete_role, rel, type::regtype,
            refuse => refuse) AS s
            WHERE t.kind IN ('r', 'p');
END $$;
COMMENT ON FUNCTION primecloud_internal.child_plan(regclass, regclass, name, name, text, boolean, name, text, text, text, boolean)
    IS 'the steps by which a table gets a tenant column from its parent, and protection';

-- Whether a client is told what its role may not change: in what is protected now unless
-- somebody says otherwise, else as it was chosen.
CREATE FUNCTION primecloud_internal.refuses(rel regclass, wanted boolean) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT coalesce(wanted, CASE WHEN primecloud.tenant_column(rel) IS NULL THEN true END) $$;
COMMENT ON FUNCTION primecloud_internal.refuses(regclass, boolean)
    IS 'whether protect_schema() and protect_child() refuse what a role may not change; NULL: as before';

-- The same for a parent whose column is still to be added: `type` is what it will be.
CREATE FUNCTION primecloud_internal.protect_child_as(rel regclass, parent regclass, tenant_column name, parent_column name, type text,
    dry_run boolean, online boolean, constraint_name name,
                                 read_role text, write_role text, delete_role text, refuse boolean) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    steps primecloud_internal.plan_step[];
BEGIN
    PERFORM primecloud_internal.check_one_hand(rel, ARRAY[parent]), primecloud_internal.check_one_kind(rel, 'primecloud_floor');
    IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = rel AND attname = tenant_column AND attnum > 0 AND NOT attisdropped)
       AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = rel AND tgname = 'primecloud_fill_tenant') THEN
        RETURN QUERY SELECT * FROM primecloud_internal.protect_one(rel, tenant_column, read_role, write_role, delete_role, dry_run, online,
            refuse => refuse);
        RETURN;
    END IF;
    steps := ARRAY(SELECT s FROM primecloud_internal.child_plan(rel, parent, tenant_column, parent_column, type, online, constraint_name,
        read_role, write_role, delete_role, refuse) AS s);
    -- A table with triggers that still wait cannot be altered.
    IF NOT dry_run AND NOT online THEN
        SET CONSTRAINTS ALL IMMEDIATE;
    END IF;
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(CASE WHEN online
        THEN primecloud_internal.script_around(steps, rel, ARRAY[parent]) ELSE steps END, dry_run, online);
END $$;
COMMENT ON FUNCTION primecloud_internal.protect_child_as(regclass, regclass, name, name, text, boolean, boolean, name, text, text, text,
    boolean)
    IS 'does what protect_child() checked, also ahead of a parent''s own column';

CREATE FUNCTION protect_child(rel regclass, parent regclass, tenant_column name DEFAULT 'account_id', dry_run boolean DEFAULT false,
    online boolean DEFAULT false,
                              constraint_name name DEFAULT NULL, read_role text DEFAULT NULL, write_role text DEFAULT NULL,
                                  delete_role text DEFAULT NULL, refuse boolean DEFAULT NULL)
    RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
DECLARE
    parent_column name := coalesce(primecloud.tenant_column(parent), tenant_column);
BEGIN
    PERFORM primecloud_internal.check_owner(rel);
    PERFORM primecloud_internal.check_owner(parent);
    PERFORM primecloud_internal.tenant_function(parent, parent_column);
    IF (SELECT relkind FROM pg_class WHERE oid = rel) NOT IN ('r', 'p') THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is not a table', rel),
            HINT = 'Only tables and partitioned tables can be protected.';
    END IF;
    PERFORM primecloud_internal.check_not_distributed(rel), primecloud_internal.check_not_distributed(parent);
    PERFORM primecloud_internal.child_key(rel, parent, constraint_name);
    PERFORM primecloud_internal.check_carried(rel);
    RETURN QUERY SELECT * FROM primecloud_internal.protect_child_as(rel, parent, tenant_column, parent_column,
        (SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = parent AND attname = parent_column
            AND NOT attisdropped),
        dry_run, online, constraint_name, read_role, write_role, delete_role, primecloud_internal.refuses(rel, refuse));
END $$;
COMMENT ON FUNCTION protect_child(regclass, regclass, name, boolean, boolean, name, text, text, text, boolean) IS
    'gives a table that reaches its tenant by a foreign key a tenant column of its own, fills it from the parent, and protects it; with '
        'online => true as a psql script for a large live table';
