-- Whether Citus has spread a table over other servers.

-- Citus keeps no `AS RESTRICTIVE`: on shards a restrictive policy lets in what it should keep
-- out.  And what reads a table's own rows finds none in the shell of a distributed one.
CREATE FUNCTION primecloud_internal.is_distributed(rel regclass) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found boolean := false;
BEGIN
    IF to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL THEN
        EXECUTE 'SELECT EXISTS (SELECT FROM pg_catalog.pg_dist_partition WHERE logicalrelid::oid = $1::oid)' INTO found USING rel;
    END IF;
    RETURN found;
END $$;
COMMENT ON FUNCTION primecloud_internal.is_distributed(regclass) IS 'whether Citus has spread a table over other servers';

CREATE FUNCTION primecloud_internal.check_not_distributed(rel regclass) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF primecloud_internal.is_distributed(rel) THEN
        RAISE feature_not_supported USING MESSAGE = format('table %s is distributed', rel),
            HINT = 'On its shards policies would not hold, and keys would be others: take it back with undistribute_table() first.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_not_distributed(regclass)
    IS 'raises 0A000 for a table that Citus has spread over other servers';

CREATE FUNCTION primecloud_internal.spread_tables() RETURNS SETOF regclass
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL THEN
        RETURN QUERY EXECUTE 'SELECT c.oid::regclass FROM pg_catalog.pg_dist_partition d
            JOIN pg_catalog.pg_class c ON c.oid = d.logicalrelid::oid
            WHERE NOT c.relispartition AND EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid
                AND p.polname IN (''primecloud_floor'', ''primecloud_shared'', ''primecloud_people'')) ORDER BY c.oid::regclass::text';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.spread_tables() IS 'the protected tables that Citus has spread over other servers';

-- (By where they lie: a table here may have the name of a shard elsewhere.  And by name: Citus may hide their rows of pg_class.)
CREATE FUNCTION primecloud_internal.shards_here() RETURNS SETOF oid
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF to_regclass('pg_catalog.pg_dist_shard') IS NOT NULL AND to_regclass('pg_catalog.pg_dist_placement') IS NOT NULL
        AND to_regclass('pg_catalog.pg_dist_local_group') IS NOT NULL
        AND EXISTS (SELECT FROM pg_proc p WHERE p.proname = 'shard_name' AND p.pronamespace = 'pg_catalog'::regnamespace) THEN
        RETURN QUERY EXECUTE 'SELECT f.rel::oid FROM pg_catalog.pg_dist_placement p
            JOIN pg_catalog.pg_dist_local_group g ON g.groupid = p.groupid JOIN pg_catalog.pg_dist_shard s ON s.shardid = p.shardid
            JOIN pg_catalog.pg_class c ON c.oid = s.logicalrelid::oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,
            LATERAL pg_catalog.parse_ident(pg_catalog.shard_name(c.oid, s.shardid)) AS words,
            LATERAL (SELECT CASE WHEN pg_catalog.has_schema_privilege(n.oid, ''USAGE'') THEN pg_catalog.to_regclass(
                pg_catalog.format(''%I.%I'', n.nspname, words[pg_catalog.cardinality(words)])) END) AS f(rel) WHERE f.rel IS NOT NULL';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.shards_here()
    IS 'the parts and copies of distributed tables that lie on this server, which are no tables of their own';
