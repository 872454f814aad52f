-- What goes along when rows are removed: by ON DELETE CASCADE, from table to table.  Where one of those is held, nothing of
-- the first is removed as long: which rows would take a held one with them is known to the server alone.

-- Found by the triggers that do it, which are indexed by table.  Partitions and children are of the table: their rows
-- are removed by its name.
CREATE FUNCTION primecloud_internal.cascade_reach(relations oid[]) RETURNS SETOF oid
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
BEGIN
    RETURN QUERY WITH RECURSIVE reached(rel, carried) AS (
        SELECT unnest(relations), false
        UNION
        (WITH step AS (SELECT r.* FROM reached r)
         SELECT k.conrelid, true FROM step JOIN pg_trigger t ON t.tgrelid = step.rel AND t.tgisinternal
         JOIN pg_constraint k ON k.oid = t.tgconstraint AND k.contype = 'f' AND k.confrelid = step.rel AND k.confdeltype = 'c'
         UNION SELECT i.inhrelid, step.carried FROM step JOIN pg_inherits i ON i.inhparent = step.rel))
    SELECT r.rel FROM reached r WHERE r.carried;
END $$;
COMMENT ON FUNCTION primecloud_internal.cascade_reach(oid[])
    IS 'the tables of which rows are deleted along with rows of these, perhaps themselves';

-- A hold on the whole is one on each part, whose key may be its own.
CREATE FUNCTION primecloud_internal.cascade_is_held(relations oid[]) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM primecloud_internal.open_hold)
        AND EXISTS (SELECT FROM primecloud_internal.cascade_reach(relations) AS r JOIN primecloud_internal.known_table k ON k.relation = r
            JOIN primecloud_internal.known_table top ON top.relation = k.root
            JOIN primecloud_internal.open_hold h ON h.schema_name = top.schema_name AND h.table_name = top.table_name);
END $$;
COMMENT ON FUNCTION primecloud_internal.cascade_is_held(oid[])
    IS 'whether a hold is open on a table of which rows are deleted along with rows of these';

-- The batch under way of a table from which the held one is reached was decided without the hold.
CREATE FUNCTION primecloud_internal.wait_for_cascades(held regclass) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
BEGIN
    PERFORM FROM primecloud_internal.retention_policy p JOIN primecloud_internal.known_table k
        ON k.schema_name = p.schema_name AND k.table_name = p.table_name
    WHERE EXISTS (SELECT FROM primecloud_internal.cascade_reach(ARRAY(SELECT t.oid
            FROM primecloud_internal.retention_tree(k.relation) t)) AS r
        JOIN primecloud_internal.retention_tree(held) AS t ON t.oid = r)
    ORDER BY p.id FOR UPDATE OF p;
END $$;
COMMENT ON FUNCTION primecloud_internal.wait_for_cascades(regclass)
    IS 'waits for the batches under way that may delete rows of a table along with their own';
REVOKE ALL ON FUNCTION primecloud_internal.cascade_reach(oid[]), primecloud_internal.cascade_is_held(oid[]),
    primecloud_internal.wait_for_cascades(regclass) FROM PUBLIC;
