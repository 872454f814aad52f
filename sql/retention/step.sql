-- One batch of a run: what is to be run next.

-- The range of a batch, as a condition on row x.
CREATE FUNCTION primecloud_internal.retention_narrow(place jsonb, policy primecloud_internal.retention_policy, type regtype) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN concat_ws(' AND ',
        -- What ranges have done before is done.
        CASE WHEN place ? 'from' THEN format('x.%I >= %L::%s', policy.time_column, place ->> 'from', type) END,
        CASE WHEN place ->> 'method' = 'keyset' AND place ? 'key' THEN
            format('(x.%I, x.ctid) > (%L::%s, %L::tid)', policy.time_column, place -> 'key' ->> 0, type, place -> 'key' ->> 1)
        WHEN place ->> 'method' = 'ranges' AND place ->> 'until' IS NOT NULL THEN
            format('x.%I < %L::%s', policy.time_column, place ->> 'until', type)
        WHEN place ->> 'method' <> 'slices' THEN 'true'
        WHEN place ? 'offset' THEN
            format('x.ctid >= ''(%1$s,%2$s)''::tid AND x.ctid < ''(%1$s,%3$s)''::tid', place ->> 'block', place ->> 'offset',
                   (place ->> 'offset')::int + (place ->> 'span')::int)
        ELSE format('x.ctid >= ''(%s,0)''::tid AND x.ctid < ''(%s,0)''::tid', place ->> 'block',
                    least((place ->> 'block')::bigint + (place ->> 'unit')::bigint, (place ->> 'end')::bigint)) END);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_narrow(jsonb, primecloud_internal.retention_policy, regtype)
    IS 'where a run stands in a partition, as a condition';

-- The place of the next batch: in the partition under way, or at the beginning of
-- the next; NULL when all are done.
CREATE FUNCTION primecloud_internal.retention_place(rel regclass, policy primecloud_internal.retention_policy, run primecloud_internal.retention_run, method text)
    RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at CONSTANT jsonb := run.position;
    cutoff CONSTANT timestamptz := primecloud.retention_cutoff(run.at, policy.keep);
    leaf record;
BEGIN
    IF NOT at ? 'over' AND (at ->> 'method' IN ('keyset', 'ranges') OR (at ->> 'block')::bigint < (at ->> 'end')::bigint) THEN
        SELECT l.* INTO leaf FROM primecloud_internal.retention_tree(rel) l
        WHERE l.schema_name = at ->> 'schema' AND l.table_name = at ->> 'leaf' AND l.kind = 'r';
        IF FOUND THEN
            RETURN at || jsonb_build_object('oid', leaf.oid);
        END IF;
    END IF;
    SELECT l.* INTO leaf FROM primecloud_internal.retention_next_leaf(rel, policy, cutoff, at ->> 'schema', at ->> 'leaf') l;
    IF leaf.oid IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN primecloud_internal.retention_start_leaf(leaf.oid, leaf.schema_name, leaf.table_name, policy, cutoff, method) || jsonb_build_object('oid', leaf.oid);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_place(regclass, primecloud_internal.retention_policy, primecloud_internal.retention_run, text)
    IS 'where a run goes on';

-- Where a range ends: before the time of the row that would be one too many.
CREATE FUNCTION primecloud_internal.retention_bound(policy primecloud_internal.retention_policy, at timestamptz, place jsonb, type regtype)
    RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN format('SELECT jsonb_build_object(''until'', (SELECT x.%1$I FROM ONLY %2$s AS x WHERE %3$s AND x.%1$I < %4$L::%5$s ORDER BY x.%1$I OFFSET %6$s LIMIT 1))',
        policy.time_column, (place ->> 'oid')::oid::regclass, primecloud_internal.retention_narrow(place, policy, type),
        primecloud_internal.retention_instant(type, primecloud_internal.retention_latest(policy, at)), type, place ->> 'limit');
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_bound(primecloud_internal.retention_policy, timestamptz, jsonb, regtype)
    IS 'the statement that finds the end of a range of so many rows';

-- The batch at a place.  A range is asked for its end first.
CREATE FUNCTION primecloud_internal.retention_batch_at(rel regclass, policy primecloud_internal.retention_policy, run primecloud_internal.retention_run, at jsonb, request jsonb)
    RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    keyset CONSTANT boolean := at ->> 'method' = 'keyset';
    due CONSTANT text := primecloud_internal.retention_due(rel, policy, run.at);
    free CONSTANT text := primecloud_internal.retention_free(policy);
    type CONSTANT regtype := primecloud_internal.retention_column(rel, policy.time_column, primecloud_internal.retention_time_types());
    narrow CONSTANT text := primecloud_internal.retention_narrow(at, policy, type);
    decision primecloud_internal.retention_decision;
BEGIN
    decision.run_as := (SELECT c.relowner FROM pg_class c WHERE c.oid = rel);
    decision.state := jsonb_build_object('kind', 'step', 'run', run.id, 'position', at, 'started', coalesce(request -> 'started', to_jsonb(clock_timestamp())),
        'target', request -> 'target');
    IF at ->> 'method' = 'ranges' AND NOT at ? 'until' THEN
        decision.state := decision.state || '{"kind": "bound"}';
        decision.statement := primecloud_internal.retention_bound(policy, run.at, at, type);
        decision.writes := false;
        RETURN decision;
    END IF;
    -- What is held: of a slice or range after it, along the index at the end.
    IF free <> 'true' AND (keyset OR NOT at ? 'careful' AND policy.mode <> 'archive') THEN
        decision.state := decision.state || jsonb_build_object('held',
            format('SELECT jsonb_build_object(''held'', count(*)) FROM ONLY %s AS x WHERE %s AND %s AND NOT (%s)', (at ->> 'oid')::oid::regclass,
                   CASE WHEN keyset THEN primecloud_internal.retention_narrow(at - 'key', policy, type) ELSE narrow END, due, free));
    END IF;
    decision.statement := primecloud_internal.retention_statement(rel, (at ->> 'oid')::oid, policy, due, free,
        narrow, keyset OR at ? 'careful', keyset, CASE WHEN keyset THEN (at ->> 'limit')::bigint END);
    decision.writes := true;
    RETURN decision;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_batch_at(regclass, primecloud_internal.retention_policy, primecloud_internal.retention_run, jsonb, jsonb)
    IS 'the next batch, at the place of a run';

CREATE FUNCTION primecloud_internal.retention_step(rel regclass, request jsonb) RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    run primecloud_internal.retention_run;
    policy primecloud_internal.retention_policy;
    decision primecloud_internal.retention_decision;
    at jsonb;
    -- Neither more rows than asked for, nor more than the rate gives in half a second.
    most CONSTANT bigint := greatest(1, least((request ->> 'batch')::bigint, (request ->> 'rate')::bigint / 2, 400000));
BEGIN
    SELECT (r.run).*  INTO run FROM primecloud_internal.retention_running(rel, (request ->> 'run')::bigint) r;
    policy := primecloud_internal.retention_policy_of(rel);
    IF run.state <> 'running' OR run.policy_version <> policy.version THEN
        RETURN primecloud_internal.retention_answer('{"done": true, "state": "superseded"}');
    END IF;
    PERFORM primecloud_internal.retention_check_policy(rel, policy);
    IF policy.mode LIKE '%\_partition' AND NOT run.position ? 'leaf' THEN
        decision := primecloud_internal.retention_step_partition(rel, policy, run, primecloud_internal.retention_due(rel, policy, run.at), primecloud_internal.retention_free(policy));
        IF decision.statement IS NOT NULL THEN
            RETURN decision;
        END IF;
    END IF;
    at := primecloud_internal.retention_place(rel, policy, run, request ->> 'method');
    IF at IS NULL THEN
        RETURN primecloud_internal.retention_answer('{"done": true, "state": "finished"}');
    END IF;
    RETURN primecloud_internal.retention_batch_at(rel, policy, run, at || jsonb_build_object('most', most, 'limit', least((at ->> 'limit')::bigint, most),
        'unit', least((at ->> 'unit')::bigint, greatest(1, (most / (at ->> 'density')::float8)::bigint))), request - 'started');
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_step(regclass, jsonb) IS 'the next batch of a run, or that it is done';

REVOKE ALL ON FUNCTION primecloud_internal.retention_narrow(jsonb, primecloud_internal.retention_policy, regtype),
    primecloud_internal.retention_place(regclass, primecloud_internal.retention_policy, primecloud_internal.retention_run, text),
    primecloud_internal.retention_bound(primecloud_internal.retention_policy, timestamptz, jsonb, regtype),
    primecloud_internal.retention_batch_at(regclass, primecloud_internal.retention_policy, primecloud_internal.retention_run, jsonb, jsonb),
    primecloud_internal.retention_step(regclass, jsonb) FROM PUBLIC;
