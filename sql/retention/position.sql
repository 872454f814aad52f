-- Where the next batch is, and how far it reaches.

CREATE FUNCTION primecloud_internal.retention_of_tenant(at primecloud_internal.retention_position,
    policy primecloud_internal.retention_policy) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN format('x.%I = %L::%s', policy.tenant_column, at.key_tenant, primecloud_internal.retention_column(at.relation,
        policy.tenant_column, primecloud_internal.retention_key_types()));
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_of_tenant(primecloud_internal.retention_position, primecloud_internal.retention_policy)
    IS 'the condition under which row x is of the tenant that a run on a distributed table is at';
REVOKE ALL ON FUNCTION primecloud_internal.retention_of_tenant(primecloud_internal.retention_position,
    primecloud_internal.retention_policy) FROM PUBLIC;

-- The range of a batch, as a condition on row x.
CREATE FUNCTION primecloud_internal.retention_narrow(at primecloud_internal.retention_position,
    policy primecloud_internal.retention_policy, type regtype) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    last text;
BEGIN
    IF at.method = 'shards' THEN
        last := primecloud_internal.retention_of_tenant(at, policy) || CASE WHEN at.key_row IS NULL THEN '' ELSE format(
            ' AND (x.%I, x.ctid) > (%L::%s, %L::tid)', policy.time_column, primecloud_internal.retention_instant(type, at.key_time), type,
            at.key_row) END;
    ELSIF at.method = 'keyset' AND at.key_time IS NOT NULL THEN
        last := format('(x.%I, x.ctid) > (%L::%s, %L::tid)', policy.time_column, primecloud_internal.retention_instant(type,
            at.key_time), type, at.key_row);
    ELSIF at.method = 'ranges' AND at.until_time IS NOT NULL THEN
        last := format('x.%I < %L::%s', policy.time_column, primecloud_internal.retention_instant(type, at.until_time), type);
    ELSIF at.method = 'slices' AND at.first_offset IS NOT NULL THEN
        last := format('x.ctid >= ''(%1$s,%2$s)''::tid AND x.ctid < ''(%1$s,%3$s)''::tid', at.block, at.first_offset,
            at.first_offset + at.span);
    ELSIF at.method = 'slices' THEN
        last := format('x.ctid >= ''(%s,0)''::tid AND x.ctid < ''(%s,0)''::tid', at.block, least(at.block + at.unit, at.end_block));
    END IF;
    RETURN concat_ws(' AND ',
        -- What ranges have done before is done.
        CASE WHEN at.from_time IS NOT NULL THEN format('x.%I >= %L::%s', policy.time_column, primecloud_internal.retention_instant(type,
            at.from_time), type) END,
        coalesce(last, 'true'));
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_narrow(primecloud_internal.retention_position, primecloud_internal.retention_policy,
    regtype) IS 'where a run stands in a partition, as a condition';

-- The position of the next batch: in the table under way, or at the beginning of the next.
CREATE FUNCTION primecloud_internal.retention_next_position(policy primecloud_internal.retention_policy,
    run primecloud_internal.retention_run, at primecloud_internal.retention_position, item primecloud_internal.retention_worklist,
    method text)
    RETURNS primecloud_internal.retention_position
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    place primecloud_internal.retention_position := at;
BEGIN
    IF NOT at.over AND at.item = item.item AND at.method IS NOT NULL THEN
        RETURN at;
    END IF;
    place := primecloud_internal.retention_start_leaf(item.relation, policy, primecloud.retention_cutoff(run.at, policy.keep), method);
    place.run := run.id;
    place.item := item.item;
    place.relation := item.relation;
    place.schema_name := item.schema_name;
    place.table_name := item.table_name;
    place.per_row := at.per_row;
    RETURN place;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_next_position(primecloud_internal.retention_policy, primecloud_internal.retention_run,
    primecloud_internal.retention_position, primecloud_internal.retention_worklist, text) IS 'where a run goes on';

-- Where a range ends: before the time of the row that would be one too many.
CREATE FUNCTION primecloud_internal.retention_bound(rel regclass, policy primecloud_internal.retention_policy, run_at timestamptz,
    at primecloud_internal.retention_position, type regtype) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN format('SELECT (SELECT %7$s FROM ONLY %2$s AS x WHERE %3$s AND x.%1$I < %4$L::%5$s ORDER BY x.%1$I OFFSET %6$s LIMIT 1) AS '
        'until_time',
        policy.time_column, at.relation::regclass, primecloud_internal.retention_narrow(at, policy, type),
        primecloud_internal.retention_instant(type, primecloud_internal.retention_latest(policy, run_at)), type, at.row_limit,
            primecloud_internal.retention_time(rel, policy));
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_bound(regclass, primecloud_internal.retention_policy, timestamptz,
    primecloud_internal.retention_position, regtype) IS 'the statement that finds the end of a range of so many rows';

REVOKE ALL ON FUNCTION primecloud_internal.retention_narrow(primecloud_internal.retention_position,
    primecloud_internal.retention_policy, regtype), primecloud_internal.retention_next_position(primecloud_internal.retention_policy,
    primecloud_internal.retention_run, primecloud_internal.retention_position, primecloud_internal.retention_worklist, text),
    primecloud_internal.retention_bound(regclass, primecloud_internal.retention_policy, timestamptz,
    primecloud_internal.retention_position, regtype) FROM PUBLIC;
