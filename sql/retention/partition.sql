-- Whole partitions: dropped or detached when every row of theirs is due.

CREATE FUNCTION primecloud_internal.retention_last_instant()
    RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT '294276-12-31 23:59:59.999999+00'::timestamptz $$;
COMMENT ON FUNCTION primecloud_internal.retention_last_instant() IS 'every partition that ends at all ends before it or then';

-- Range partitions by the time column that end before the cut-off, topmost first;
-- the default partition, MAXVALUE and infinity never do.
CREATE FUNCTION primecloud_internal.retention_partitions(rel regclass, policy primecloud_internal.retention_policy, cutoff timestamptz,
                                     OUT oid oid, OUT parent oid, OUT schema_name text, OUT table_name text, OUT upper timestamptz) RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO' SET timezone = 'UTC'
AS $$
    WITH ranged AS (
        SELECT t.oid, t.parent, t.schema_name, t.table_name,
               (regexp_match(pg_get_expr(c.relpartbound, c.oid), ' TO \(''([^'']*)''\)$'))[1]::timestamptz AS upper
        FROM primecloud_internal.retention_tree(rel) t JOIN pg_class c ON c.oid = t.oid JOIN pg_partitioned_table p ON p.partrelid = t.parent
        JOIN pg_attribute a ON a.attrelid = t.parent AND a.attname = policy.time_column
        WHERE p.partstrat = 'r' AND p.partnatts = 1 AND p.partattrs[0] = a.attnum)
    SELECT r.oid, r.parent, r.schema_name, r.table_name, r.upper FROM ranged r
    WHERE r.upper <= cutoff AND NOT EXISTS (SELECT FROM ranged above WHERE above.oid = r.parent AND above.upper <= cutoff)
$$;
COMMENT ON FUNCTION primecloud_internal.retention_partitions(regclass, primecloud_internal.retention_policy, timestamptz)
    IS 'partitions that end before an instant';

-- Parent before partition, the order in which everybody locks.  The partition is
-- closed to writers while it is looked through for rows that stay, so that none
-- can be renewed or held between the look and the drop.
CREATE FUNCTION primecloud_internal.retention_look(rel regclass, node regclass, policy primecloud_internal.retention_policy, due text, free text)
    RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('LOCK TABLE ONLY %1$s IN SHARE UPDATE EXCLUSIVE MODE; LOCK TABLE %2$s IN SHARE ROW EXCLUSIVE MODE; '
        'SELECT jsonb_build_object(''stays'', %3$s)', rel, node,
        -- Where nothing is held and no tenant excepted, the bound has said it all.
        CASE WHEN free = 'true' AND NOT EXISTS (SELECT FROM primecloud_internal.retention_override o WHERE o.schema_name = policy.schema_name AND o.table_name = policy.table_name)
             THEN 'false' ELSE format('EXISTS (SELECT FROM %s AS x WHERE (%s AND %s) IS NOT TRUE)', node, due, free) END)
$$;
COMMENT ON FUNCTION primecloud_internal.retention_look(regclass, regclass, primecloud_internal.retention_policy, text, text)
    IS 'the statement that looks whether any row of a partition stays';

CREATE FUNCTION primecloud_internal.retention_remove(parent regclass, node regclass, mode text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('ALTER TABLE %s DETACH PARTITION %s; %sSELECT ''{}''::jsonb', parent, node,
                  CASE mode WHEN 'drop_partition' THEN format('DROP TABLE %s; ', node) ELSE '' END)
$$;
COMMENT ON FUNCTION primecloud_internal.retention_remove(regclass, regclass, text)
    IS 'the statements that detach a partition and, if that is the mode, drop it';

-- The next whole partition of a run, or NULL when none is left.
CREATE FUNCTION primecloud_internal.retention_step_partition(rel regclass, policy primecloud_internal.retention_policy, run primecloud_internal.retention_run, due text, free text)
    RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    node record;
BEGIN
    SELECT p.* INTO node FROM primecloud_internal.retention_partitions(rel, policy, primecloud.retention_cutoff(run.at, policy.keep)) p
    WHERE run.position ->> 'node' IS NULL OR (p.schema_name, p.table_name) > (run.position ->> 'node_schema', run.position ->> 'node')
    ORDER BY p.schema_name, p.table_name LIMIT 1;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    RETURN ROW(jsonb_build_object('kind', 'look', 'run', run.id, 'node', node.oid, 'parent', node.parent, 'node_schema', node.schema_name,
                                  'node_name', node.table_name, 'started', clock_timestamp()),
               (SELECT c.relowner FROM pg_class c WHERE c.oid = rel),
               primecloud_internal.retention_look(rel, node.oid, policy, due, free), true)::primecloud_internal.retention_decision;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_step_partition(regclass, primecloud_internal.retention_policy, primecloud_internal.retention_run, text, text)
    IS 'the look at the next whole partition of a run';

REVOKE ALL ON FUNCTION primecloud_internal.retention_last_instant(), primecloud_internal.retention_partitions(regclass,
    primecloud_internal.retention_policy, timestamptz), primecloud_internal.retention_look(regclass, regclass, primecloud_internal.retention_policy, text, text),
    primecloud_internal.retention_remove(regclass, regclass, text), primecloud_internal.retention_step_partition(regclass,
    primecloud_internal.retention_policy, primecloud_internal.retention_run, text, text) FROM PUBLIC;
