-- Which distributed tables rows expire from: those whose shards are their tenants', and run no code but their owner's own.

-- A foreign key is kept on the servers where the rows are, with the rights of the tables' owners.
CREATE FUNCTION primecloud_internal.retention_check_tied(part oid, rel regclass, mode text) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    tied record;
BEGIN
    SELECT k.conrelid::regclass AS rel, k.conname INTO tied FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
        WHERE k.contype = 'f' AND k.confrelid = part AND c.relowner <> (SELECT o.relowner FROM pg_class o WHERE o.oid = part)
        ORDER BY 1, 2 LIMIT 1;
    IF FOUND AND mode = 'delete' THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('table %s refers to distributed table %s, and belongs to somebody else', tied.rel, rel),
            HINT = 'What is looked at on other servers for one owner shows nothing of another: give both tables one.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_check_tied(oid, regclass, text)
    IS 'refuses a distributed table whose rows those of another owner''s table refer to';

CREATE FUNCTION primecloud_internal.retention_check_spread_part(rel regclass, key name, part record) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF key IS NULL OR part.partmethod <> 'h' OR part.attname IS DISTINCT FROM key
        OR part.kind = 'r' AND EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = part.oid) THEN
        RAISE feature_not_supported USING MESSAGE = format('table %I.%I is distributed otherwise than by its tenants', part.schema_name,
            part.table_name), HINT = 'Rows are taken tenant by tenant, where they lie: protect_table() and distribute_table(), or do the '
            'work where it lives.';
    ELSIF (SELECT r.rolsuper FROM pg_roles r WHERE r.oid = part.owner) THEN
        RAISE feature_not_supported USING MESSAGE = format('table %I.%I is distributed, and belongs to a superuser', part.schema_name,
            part.table_name), HINT = 'On other servers the code of whoever may attach some to a shard would run with his rights: give '
            'it to a role that is none.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_check_spread_part(regclass, name, record)
    IS 'refuses a distributed table or partition whose rows cannot be taken tenant by tenant, as its owner';

CREATE FUNCTION primecloud_internal.retention_check_spread(rel regclass, policy primecloud_internal.retention_policy) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    key CONSTANT name := primecloud.tenant_column(rel);
    part record;
    distributed boolean := false;
BEGIN
    IF to_regclass('pg_catalog.pg_dist_partition') IS NULL THEN
        RETURN;
    END IF;
    FOR part IN EXECUTE 'SELECT t.*, d.partmethod, a.attname FROM primecloud_internal.retention_tree($1) t
            JOIN pg_catalog.pg_dist_partition d ON d.logicalrelid::oid OPERATOR(pg_catalog.=) t.oid
            LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) t.oid
                AND a.attnum OPERATOR(pg_catalog.=) pg_catalog.substring(d.partkey, '':varattno ([0-9]+)'')::pg_catalog.int2
            ORDER BY t.depth, t.schema_name, t.table_name' USING rel LOOP
        PERFORM primecloud_internal.retention_check_spread_part(rel, key, part),
            primecloud_internal.retention_check_tied(part.oid, rel, policy.mode);
        distributed := true;
    END LOOP;
    IF NOT distributed THEN
        RETURN;
    ELSIF policy.mode NOT IN ('delete', 'soft_delete') THEN
        RAISE feature_not_supported USING MESSAGE = format('mode %s cannot be carried out on distributed table %s', policy.mode, rel),
            HINT = 'Rows of a distributed table are deleted or marked: use mode ''delete'' or ''soft_delete''.';
    ELSIF policy.tenant_column IS DISTINCT FROM key::text THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('table %s is distributed by column "%s", which its retention does '
            'not name', rel, key), HINT = format('Say tenant_column => %L: each tenant''s rows lie on one server.', key);
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_check_spread(regclass, primecloud_internal.retention_policy)
    IS 'refuses a policy that could not be carried out on the servers of Citus';
REVOKE ALL ON FUNCTION primecloud_internal.retention_check_tied(oid, regclass, text),
    primecloud_internal.retention_check_spread_part(regclass, name, record),
    primecloud_internal.retention_check_spread(regclass, primecloud_internal.retention_policy) FROM PUBLIC;
