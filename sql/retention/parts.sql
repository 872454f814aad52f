-- What is done with each partition: taken whole, gone through row by row, or looked at alone.

CREATE FUNCTION primecloud_internal.retention_last_instant() RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT '294276-12-31 23:59:59.999999+00'::timestamptz $$;
COMMENT ON FUNCTION primecloud_internal.retention_last_instant() IS 'every partition that ends at all ends before it or then';

-- One walk down the tree of partitions.  A partition by range of the time column has an
-- end; the default partition, MAXVALUE and infinity have none.  What is below one that
-- ends, or that is over, is so too: top is the topmost that is over.  A default below one
-- that ends is endless by itself.
CREATE FUNCTION primecloud_internal.retention_walk(rel regclass, time_column text, cutoff timestamptz,
                               OUT oid oid, OUT parent oid, OUT schema_name text, OUT table_name text, OUT kind "char",
                               OUT begins timestamptz, OUT ends timestamptz, OUT endless boolean, OUT top oid) RETURNS SETOF record
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
    SET datestyle = 'ISO' SET timezone = 'UTC'
AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE tree(oid, parent, begins, ends, endless, top) AS (
        SELECT retention_walk.rel::oid, NULL::oid, NULL::timestamptz, NULL::timestamptz, true, NULL::oid
        UNION ALL
        SELECT i.inhrelid, i.inhparent, greatest(t.begins, b.lower), least(t.ends, b.upper),
            CASE WHEN b.by_time THEN b.upper IS NULL ELSE t.endless END,
            coalesce(t.top, CASE WHEN b.upper <= retention_walk.cutoff THEN i.inhrelid END)
        FROM tree t JOIN pg_inherits i ON i.inhparent = t.oid AND NOT i.inhdetachpending
        LEFT JOIN LATERAL (
            SELECT true AS by_time, (regexp_match(e.said, 'FROM \(''([^'']*)''\) TO '))[1]::timestamptz AS lower,
                CASE WHEN e.upper <= primecloud_internal.retention_last_instant() THEN e.upper END AS upper
            FROM pg_class c JOIN pg_partitioned_table p ON p.partrelid = i.inhparent
            JOIN pg_attribute a ON a.attrelid = i.inhparent AND a.attname = retention_walk.time_column
            CROSS JOIN LATERAL pg_get_expr(c.relpartbound, c.oid) AS g(said)
            CROSS JOIN LATERAL (SELECT g.said, (regexp_match(g.said, ' TO \(''([^'']*)''\)$'))[1]::timestamptz AS upper) e
            WHERE c.oid = i.inhrelid AND p.partstrat = 'r' AND p.partnatts = 1 AND p.partattrs[0] = a.attnum) b ON true)
    SELECT DISTINCT ON (c.oid) c.oid, t.parent, n.nspname::text, c.relname::text, c.relkind, t.begins, t.ends, t.endless, t.top
    FROM tree t JOIN pg_class c ON c.oid = t.oid JOIN pg_namespace n ON n.oid = c.relnamespace;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_walk(regclass, text, timestamptz) IS
    'a table and what is below it: when a partition begins and ends, whether it has no end of its own, and the topmost that is over';

-- Where partitions are dropped, rows go one by one from those that could not be, since they hold rows that stay, and from
-- those that have no end.  Detaching keeps all rows.  What is not gone through is looked at, for what is due in it: fate is
-- why it stays, if it stays.
CREATE FUNCTION primecloud_internal.retention_parts(rel regclass, policy primecloud_internal.retention_policy, at timestamptz,
    OUT oid oid, OUT parent oid, OUT schema_name text, OUT table_name text, OUT kind text, OUT fate text, OUT top oid,
    OUT ends timestamptz) RETURNS SETOF record
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY WITH walked AS MATERIALIZED (
        SELECT * FROM primecloud_internal.retention_walk(rel, policy.time_column, primecloud.retention_cutoff(retention_parts.at,
            policy.keep))),
    decided AS (SELECT w.*, f.fate FROM walked w CROSS JOIN LATERAL (SELECT CASE
            WHEN policy.mode = 'drop_partition' AND (w.top IS NOT NULL OR w.endless) THEN 'goes'
            WHEN policy.mode NOT IN ('drop_partition', 'detach_partition') THEN 'goes'
            WHEN w.top IS NOT NULL THEN 'kept' WHEN w.ends IS NOT NULL THEN 'waits' ELSE 'endless' END AS fate) f)
    SELECT d.oid, d.parent, d.schema_name, d.table_name, 'partition', d.fate, d.top, d.ends FROM decided d WHERE d.top = d.oid
    UNION ALL
    SELECT d.oid, d.parent, d.schema_name, d.table_name, CASE d.fate WHEN 'goes' THEN 'rows' ELSE 'stays' END, d.fate, d.top, d.ends
    FROM decided d WHERE d.kind <> 'p' AND (d.fate = 'goes' OR d.begins IS NULL
        OR d.begins < primecloud_internal.retention_latest(policy, retention_parts.at));
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_parts(regclass, primecloud_internal.retention_policy, timestamptz) IS
    'what is done with a table''s partitions: those that are over, as wholes, and each that has rows, with the whole that it goes with; '
    'what begins after all that is due is left out where it is taken whole';

REVOKE ALL ON FUNCTION primecloud_internal.retention_last_instant(), primecloud_internal.retention_walk(regclass, text, timestamptz),
    primecloud_internal.retention_parts(regclass, primecloud_internal.retention_policy, timestamptz) FROM PUBLIC;
