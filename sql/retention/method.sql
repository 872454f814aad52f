-- How a partition is gone through.  Where much is due: in ranges of time by the index
-- of the time column, if rows lie in the order of their time, else block by block.
-- Where little is: along the index, row by row, passing over what is locked; or tenant
-- after tenant.

-- The share of a table's rows that is due, by what ANALYZE last saw; NULL: unknown.
CREATE FUNCTION primecloud_internal.retention_share(leaf oid, time_column text, cutoff timestamptz) RETURNS double precision
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO' SET timezone = 'UTC'
AS $$
DECLARE
    seen record;
    bounds bigint;
    below bigint;
BEGIN
    SELECT s.null_frac, s.histogram_bounds::text AS bounds, s.most_common_vals::text AS common, s.most_common_freqs AS frequencies INTO seen
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = time_column AND NOT s.inherited
        WHERE c.oid = leaf;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT count(*), count(*) FILTER (WHERE b::timestamptz < cutoff) INTO bounds, below FROM unnest(seen.bounds::text[]) AS b;
    RETURN (SELECT coalesce(sum(f) FILTER (WHERE v::timestamptz < cutoff), 0)
                 + (1 - seen.null_frac - coalesce(sum(f), 0)) * CASE WHEN bounds < 2 THEN 0 ELSE greatest(below - 1,
                     0)::float8 / (bounds - 1) END
            FROM unnest(seen.common::text[], seen.frequencies) AS u(v, f));
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_share(oid, text, timestamptz) IS 'share of rows older than an instant, by the statistics';

-- An index that serves: on the time column, or on tenant and time.
CREATE FUNCTION primecloud_internal.retention_index(rel oid, VARIADIC names text[]) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am am ON am.oid = c.relam
                   WHERE i.indrelid = rel AND i.indpred IS NULL AND (i.indisvalid OR c.relkind = 'I') AND am.amname = 'btree'
                     AND names = ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, n)
                                         JOIN pg_attribute a ON a.attrelid = rel AND a.attnum = k.attnum
                                             WHERE k.n <= cardinality(names) ORDER BY k.n));
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_index(oid, text[]) IS 'whether an index leads with these columns';

-- Tenant after tenant, where the index that a tenant table has anyway is the only one
-- with the time: for each tenant one look, so not where there is one for every few rows.
CREATE FUNCTION primecloud_internal.retention_by_tenant(leaf oid, policy primecloud_internal.retention_policy) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN policy.tenant_column IS NOT NULL
       AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = leaf AND a.attname = policy.tenant_column AND a.attnotnull)
       AND primecloud_internal.retention_index(leaf, policy.tenant_column, policy.time_column)
       AND coalesce((SELECT CASE WHEN s.n_distinct < 0 THEN -s.n_distinct * c.reltuples ELSE s.n_distinct END * 4 <= c.relpages
                     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                     JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = policy.tenant_column
                         AND NOT s.inherited
                     WHERE c.oid = leaf), true);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_by_tenant(oid, primecloud_internal.retention_policy)
    IS 'whether a table is best gone through tenant after tenant';

-- (Its size is asked of the table itself, which somebody may have locked: here and below as long as a batch would wait.)
CREATE FUNCTION primecloud_internal.retention_method(leaf oid, policy primecloud_internal.retention_policy, cutoff timestamptz) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET lock_timeout = '250ms'
AS $$
DECLARE
    by_time CONSTANT boolean := primecloud_internal.retention_index(leaf, policy.time_column);
BEGIN
    IF pg_relation_size(leaf) < 1048576 OR NOT by_time AND NOT primecloud_internal.retention_by_tenant(leaf, policy) THEN
        RETURN 'slices';
    ELSIF primecloud_internal.retention_share(leaf, policy.time_column, cutoff) > 0.05 THEN
        RETURN CASE WHEN by_time AND EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                              JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname
                                  AND s.attname = policy.time_column AND NOT s.inherited
                              WHERE c.oid = leaf AND abs(s.correlation) > 0.9) THEN 'ranges' ELSE 'slices' END;
    END IF;
    RETURN CASE WHEN by_time THEN 'keyset' ELSE 'tenants' END;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_method(oid, primecloud_internal.retention_policy, timestamptz)
    IS 'ranges, slices, keyset or tenants, for one partition';

-- Where a partition is begun: all of its blocks as they are now; what is added later is not due.
CREATE FUNCTION primecloud_internal.retention_start_leaf(leaf oid, policy primecloud_internal.retention_policy, cutoff timestamptz,
    method text) RETURNS primecloud_internal.retention_position
    LANGUAGE plpgsql VOLATILE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET lock_timeout = '250ms'
AS $$
DECLARE
    place primecloud_internal.retention_position;
BEGIN
    place.method := coalesce(method, primecloud_internal.retention_method(leaf, policy, cutoff));
    IF place.method = 'tenants' AND NOT (policy.tenant_column IS NOT NULL
            AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = leaf AND a.attname = policy.tenant_column AND a.attnotnull)) THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('table %s cannot be gone through by tenant', leaf::regclass),
            HINT = 'It needs a policy with a tenant column, and that column NOT NULL.';
    END IF;
    place.block := 0;
    place.end_block := pg_relation_size(leaf) / current_setting('block_size')::int;
    place.density := (SELECT CASE WHEN c.relpages > 0 AND c.reltuples > 0 THEN least(291, greatest(1, c.reltuples / c.relpages))
        ELSE 60 END FROM pg_class c WHERE c.oid = leaf);
    place.unit := 8;
    place.row_limit := 500;
    place.over := false;
    place.careful := false;
    place.bounded := false;
    RETURN place;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_start_leaf(oid, primecloud_internal.retention_policy, timestamptz, text)
    IS 'the position at the beginning of a table';

REVOKE ALL ON FUNCTION primecloud_internal.retention_share(oid, text, timestamptz), primecloud_internal.retention_index(oid, text[]),
    primecloud_internal.retention_by_tenant(oid, primecloud_internal.retention_policy),
    primecloud_internal.retention_method(oid, primecloud_internal.retention_policy, timestamptz),
        primecloud_internal.retention_start_leaf(oid, primecloud_internal.retention_policy, timestamptz, text) FROM PUBLIC;
