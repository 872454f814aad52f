-- How a partition is gone through.  Where much is due: in ranges of time by the index
-- of the time column, if rows lie in the order of their time, else block by block.
-- Where little is: along the index, row by row, passing over what is locked.

-- The share of a table's rows that is due, by what ANALYZE last saw; NULL: unknown.
CREATE FUNCTION primecloud_internal.retention_share(leaf oid, time_column text, cutoff timestamptz) RETURNS double precision
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    seen record;
    bounds bigint;
    below bigint;
BEGIN
    SELECT s.null_frac, s.histogram_bounds::text AS bounds, s.most_common_vals::text AS common, s.most_common_freqs AS frequencies INTO seen
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = time_column AND NOT s.inherited WHERE c.oid = leaf;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT count(*), count(*) FILTER (WHERE b::timestamptz < cutoff) INTO bounds, below FROM unnest(seen.bounds::text[]) AS b;
    RETURN (SELECT coalesce(sum(f) FILTER (WHERE v::timestamptz < cutoff), 0)
                 + (1 - seen.null_frac - coalesce(sum(f), 0)) * CASE WHEN bounds < 2 THEN 0 ELSE greatest(below - 1, 0)::float8 / (bounds - 1) END
            FROM unnest(seen.common::text[], seen.frequencies) AS u(v, f));
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_share(oid, text, timestamptz) IS 'share of rows older than an instant, by the statistics';

CREATE FUNCTION primecloud_internal.retention_method(leaf oid, policy primecloud_internal.retention_policy, cutoff timestamptz) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN pg_relation_size(leaf) < 1048576 THEN 'slices'
        WHEN NOT EXISTS (SELECT FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am am ON am.oid = c.relam
                         JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] AND a.attname = policy.time_column
                         WHERE i.indrelid = leaf AND i.indisvalid AND i.indpred IS NULL AND am.amname = 'btree') THEN 'slices'
        WHEN primecloud_internal.retention_share(leaf, policy.time_column, cutoff) > 0.05 THEN
            CASE WHEN EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                              JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = policy.time_column AND NOT s.inherited
                              WHERE c.oid = leaf AND abs(s.correlation) > 0.9) THEN 'ranges' ELSE 'slices' END
        ELSE 'keyset' END
$$;
COMMENT ON FUNCTION primecloud_internal.retention_method(oid, primecloud_internal.retention_policy, timestamptz)
    IS 'ranges, slices or keyset, for one partition';

-- The next partition with rows, in the order of their names, after the one given.
CREATE FUNCTION primecloud_internal.retention_next_leaf(rel regclass, policy primecloud_internal.retention_policy, cutoff timestamptz, after_schema text, after_name text,
                                    OUT oid oid, OUT schema_name text, OUT table_name text)
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT t.oid, t.schema_name, t.table_name FROM primecloud_internal.retention_tree(rel) t
    WHERE t.kind = 'r' AND (after_name IS NULL OR (t.schema_name, t.table_name) > (after_schema, after_name))
      -- Where partitions are dropped, rows go one by one from those that could not be,
      -- since they hold rows that stay, and from those that never can be, since they
      -- have no end: the default, MAXVALUE.  Detaching keeps all rows.
      AND (policy.mode NOT LIKE '%\_partition' OR policy.mode = 'drop_partition' AND (
            EXISTS (SELECT FROM primecloud_internal.retention_partitions(rel, policy, cutoff) p JOIN primecloud_internal.retention_tree(p.oid) part ON part.oid = t.oid)
            OR NOT EXISTS (SELECT FROM primecloud_internal.retention_partitions(rel, policy, primecloud_internal.retention_last_instant()) p
                           JOIN primecloud_internal.retention_tree(p.oid) part ON part.oid = t.oid)))
    ORDER BY t.schema_name, t.table_name LIMIT 1
$$;
COMMENT ON FUNCTION primecloud_internal.retention_next_leaf(regclass, primecloud_internal.retention_policy, timestamptz, text, text)
    IS 'the next table to go through, by name';

-- Where a partition is begun: all of its blocks as they are now; what is added later is not due.
CREATE FUNCTION primecloud_internal.retention_start_leaf(leaf oid, schema_name text, table_name text, policy primecloud_internal.retention_policy, cutoff timestamptz, method text)
    RETURNS jsonb
    LANGUAGE sql VOLATILE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object('phase', 'leaves', 'schema', schema_name, 'leaf', table_name,
        'method', coalesce(method, primecloud_internal.retention_method(leaf, policy, cutoff)), 'block', 0,
        'end', pg_relation_size(leaf) / current_setting('block_size')::int,
        'density', CASE WHEN c.relpages > 0 AND c.reltuples > 0 THEN least(291, greatest(1, c.reltuples / c.relpages)) ELSE 60 END,
        'unit', 8, 'limit', 500, 'tries', 0)
    FROM pg_class c WHERE c.oid = leaf
$$;
COMMENT ON FUNCTION primecloud_internal.retention_start_leaf(oid, text, text, primecloud_internal.retention_policy, timestamptz, text)
    IS 'the position at the beginning of a partition';

REVOKE ALL ON FUNCTION primecloud_internal.retention_share(oid, text, timestamptz), primecloud_internal.retention_method(oid,
    primecloud_internal.retention_policy, timestamptz),
    primecloud_internal.retention_next_leaf(regclass, primecloud_internal.retention_policy, timestamptz, text, text),
    primecloud_internal.retention_start_leaf(oid, text, text, primecloud_internal.retention_policy, timestamptz, text) FROM PUBLIC;
