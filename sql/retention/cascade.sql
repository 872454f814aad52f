-- What goes along when rows are removed: rows that hang on them by ON DELETE CASCADE, and columns that foreign keys change, by
-- ON DELETE SET NULL or SET DEFAULT or, where a referenced column itself is changed, ON UPDATE; from table to table.  Where a
-- held row could go along, or the column by which a hold knows its rows, nothing of the first is removed as long: which rows
-- would be reached is known to the server alone.

-- Found by the triggers that do it, which are indexed by table.  Partitions and children are of the table: their rows
-- are removed by its name.
CREATE FUNCTION primecloud_internal.cascade_reach(relations oid[], start text DEFAULT '') RETURNS TABLE (relation oid, changed text)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
BEGIN
    RETURN QUERY WITH RECURSIVE reached(rel, col, carried) AS (
        SELECT r, start COLLATE "C", false FROM unnest(relations) AS r
        UNION
        (WITH step AS (SELECT r.* FROM reached r), key AS (
            SELECT step.rel, step.col, k.conrelid, k.confdeltype, k.confupdtype, k.conkey, k.confkey, k.confdelsetcols
            FROM step JOIN pg_trigger t ON t.tgrelid = step.rel AND t.tgisinternal
            JOIN pg_constraint k ON k.oid = t.tgconstraint AND k.contype = 'f' AND k.confrelid = step.rel)
         SELECT k.conrelid, '', true FROM key k WHERE k.col = '' AND k.confdeltype = 'c'
         UNION SELECT k.conrelid, a.attname::text, true FROM key k JOIN pg_attribute a ON a.attrelid = k.conrelid
            AND a.attnum = ANY (coalesce(nullif(k.confdelsetcols, '{}'), k.conkey)) WHERE k.col = '' AND k.confdeltype IN ('n', 'd')
         UNION SELECT k.conrelid, a.attname::text, true FROM key k JOIN pg_attribute f ON f.attrelid = k.rel AND f.attname = k.col
            AND f.attnum = ANY (k.confkey)
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
            WHERE k.col <> '' AND k.confupdtype IN ('c', 'n', 'd')
         UNION SELECT step.rel, a.attname::text, step.carried FROM step JOIN pg_attribute a ON a.attrelid = step.rel
            AND a.attgenerated = 's' WHERE step.col <> ''
         UNION SELECT i.inhrelid, step.col, step.carried FROM step JOIN pg_inherits i ON i.inhparent = step.rel))
    SELECT r.rel, r.col FROM reached r WHERE r.carried;
END $$;
COMMENT ON FUNCTION primecloud_internal.cascade_reach(oid[], text) IS
    'the tables of which rows are deleted (changed is empty) or a column is changed along with rows of these that are deleted, or whose '
    'column start is changed; perhaps themselves';

-- A hold on the whole is one on each part, whose key may be its own.
CREATE FUNCTION primecloud_internal.cascade_is_held(relations oid[], start text DEFAULT '') RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM primecloud_internal.open_hold) THEN
        RETURN false;
    END IF;
    RETURN EXISTS (
        WITH RECURSIVE above(oid, changed) AS (
            SELECT r.relation, r.changed FROM primecloud_internal.cascade_reach(relations, start) AS r
            UNION SELECT i.inhparent, a.changed FROM above a JOIN pg_inherits i ON i.inhrelid = a.oid)
        SELECT FROM above a JOIN primecloud_internal.known_table k ON k.relation = a.oid
        JOIN primecloud_internal.open_hold h ON h.schema_name = k.schema_name AND h.table_name = k.table_name
        WHERE a.changed IN ('', h.column_name));
END $$;
COMMENT ON FUNCTION primecloud_internal.cascade_is_held(oid[], text) IS 'whether a hold is open on a table of which rows are deleted, or '
    'the column that the hold goes by is changed, along with rows of these';

-- The batch under way of a table from which the held one is reached, or whose rows are the held one's too, was decided without
-- the hold.
CREATE FUNCTION primecloud_internal.wait_for_cascades(held regclass) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
BEGIN
    PERFORM FROM primecloud_internal.retention_policy p JOIN primecloud_internal.known_table k
        ON k.schema_name = p.schema_name AND k.table_name = p.table_name
    CROSS JOIN LATERAL (SELECT ARRAY(SELECT t.oid FROM primecloud_internal.retention_tree(k.relation) t) AS parts) AS own
    WHERE EXISTS (SELECT FROM (SELECT r.relation FROM primecloud_internal.cascade_reach(own.parts,
            CASE p.mode WHEN 'soft_delete' THEN p.soft_delete_column ELSE '' END) AS r UNION ALL SELECT unnest(own.parts)) AS r
        JOIN primecloud_internal.retention_tree(held) AS t ON t.oid = r.relation)
    ORDER BY p.id FOR UPDATE OF p;
END $$;
COMMENT ON FUNCTION primecloud_internal.wait_for_cascades(regclass)
    IS 'waits for the batches under way that may take rows of a table, as their own or along with those';
REVOKE ALL ON FUNCTION primecloud_internal.cascade_reach(oid[], text), primecloud_internal.cascade_is_held(oid[], text),
    primecloud_internal.wait_for_cascades(regclass) FROM PUBLIC;
