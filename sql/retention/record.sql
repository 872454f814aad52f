-- What a statement did, written down in its transaction.

CREATE FUNCTION primecloud_internal.retention_log_batch(run_id bigint, policy primecloud_internal.retention_policy, partition text, method text, cutoff timestamptz, caller oid, result jsonb)
    RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO primecloud_internal.retention_log (run, schema_name, table_name, partition_name, action, method, row_count, oldest, newest, tenants, cutoff, policy_version, done_by)
    SELECT run_id, policy.schema_name, policy.table_name, nullif(partition, policy.table_name), policy.mode, method, (result ->> 'rows')::bigint,
           (result ->> 'oldest')::timestamptz, (result ->> 'newest')::timestamptz, nullif(result -> 'tenants', 'null'), cutoff, policy.version, pg_get_userbyid(caller);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_log_batch(bigint, primecloud_internal.retention_policy, text, text, timestamptz, oid, jsonb)
    IS 'the audit row of a batch';

-- Where the next batch begins and how large it is: the time aimed at, never more
-- than twice the last one's size, and never more than would take that time if every
-- row of it were due.
CREATE FUNCTION primecloud_internal.retention_advance(place jsonb, result jsonb, elapsed double precision, target double precision)
    RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    rows CONSTANT bigint := (result ->> 'rows')::bigint;
    factor CONSTANT double precision := least(2, greatest(0.25, target / greatest(elapsed, 0.01)));
    per_row CONSTANT double precision := greatest(0.0005,
        coalesce(CASE WHEN rows >= 100 THEN (coalesce((place ->> 'per_row')::float8, elapsed / rows) + elapsed / rows) / 2 END, (place ->> 'per_row')::float8));
    most CONSTANT double precision := least(200000, target / per_row);
    onward jsonb := (place - '{careful,oid,most}'::text[]) || jsonb_build_object('per_row', per_row);
BEGIN
    IF place ->> 'method' = 'ranges' THEN
        IF place ->> 'until' IS NULL THEN
            RETURN onward || '{"over": true}';
        END IF;
        RETURN (onward - 'until') || jsonb_build_object('from', place -> 'until',
            'limit', greatest(1, least((place ->> 'limit')::bigint * factor, most)::bigint));
    ELSIF place ->> 'method' = 'keyset' THEN
        IF (result ->> 'picked')::bigint < (place ->> 'limit')::bigint THEN
            RETURN onward || '{"over": true}';
        END IF;
        RETURN onward || jsonb_build_object('key', result -> 'key', 'limit', greatest(1, least((place ->> 'limit')::bigint * factor, 10000, most)::bigint));
    ELSIF place ? 'offset' THEN
        -- A block of 8 kB has no more than 291 rows, and others as many per byte.
        IF (place ->> 'offset')::int + (place ->> 'span')::int <= current_setting('block_size')::int / 28 THEN
            RETURN onward || jsonb_build_object('offset', (place ->> 'offset')::int + (place ->> 'span')::int, 'span', 2 * (place ->> 'span')::int);
        END IF;
        RETURN (onward - '{offset,span}'::text[]) || jsonb_build_object('block', (place ->> 'block')::bigint + 1);
    END IF;
    RETURN onward || jsonb_build_object('block', (place ->> 'block')::bigint + (place ->> 'unit')::bigint,
        -- Twice as far where nothing was due: most of such a run is looking.
        'unit', greatest(1, least((place ->> 'unit')::bigint * factor, 8192, most * CASE rows WHEN 0 THEN 2 ELSE 1 END / (place ->> 'density')::float8)::bigint));
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_advance(jsonb, jsonb, double precision, double precision) IS 'the position after a batch';

-- A range and its end.  Where more rows than one too many have one and the same time
-- it has none: a longer one is tried, and if that will not do, the rest goes by slices.
CREATE FUNCTION primecloud_internal.retention_bounded(place jsonb, until jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF place -> 'from' IS NULL OR until <> place -> 'from' THEN
        RETURN place || jsonb_build_object('until', until);
    ELSIF (place ->> 'limit')::bigint < least(50000, (place ->> 'most')::bigint) THEN
        RETURN place || jsonb_build_object('limit', least(50000, (place ->> 'most')::bigint));
    END IF;
    RETURN place || '{"method": "slices"}';
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_bounded(jsonb, jsonb) IS 'what becomes of a range when its end is known';

CREATE FUNCTION primecloud_internal.retention_record(caller oid, rel_oid oid, asked jsonb, result jsonb)
    RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kind CONSTANT text := asked ->> 'kind';
    rel CONSTANT regclass := rel_oid;
    at CONSTANT jsonb := asked -> 'position';
    policy CONSTANT primecloud_internal.retention_policy := primecloud_internal.retention_policy_of(rel);
    run primecloud_internal.retention_run;
    elapsed CONSTANT double precision := extract(epoch FROM clock_timestamp() - (asked ->> 'started')::timestamptz) * 1000;
    onward jsonb;
    rows CONSTANT bigint := (result ->> 'rows')::bigint;
    first boolean;
BEGIN
    IF kind = 'preview' THEN
        RETURN primecloud_internal.retention_answer(result);
    END IF;
    IF (result ->> 'archived')::bigint <> rows THEN
        RAISE data_exception USING MESSAGE = format('%s rows left table %s and %s reached its archive', rows, rel, result ->> 'archived'),
            HINT = 'A trigger of the archive swallows rows: remove it.';
    END IF;
    IF kind = 'batch' THEN
        RETURN primecloud_internal.retention_record_batch(caller, rel, policy, asked, result);
    END IF;
    SELECT r.* INTO run FROM primecloud_internal.retention_run r WHERE r.id = (asked ->> 'run')::bigint;
    IF kind = 'bound' THEN
        RETURN primecloud_internal.retention_batch_at(rel, policy, run, primecloud_internal.retention_bounded(at, result -> 'until'), asked);
    ELSIF kind = 'step' THEN
        onward := primecloud_internal.retention_advance(at, result, elapsed, (asked ->> 'target')::float8);
        UPDATE primecloud_internal.retention_run r SET position = onward, updated_at = clock_timestamp(), batches = r.batches + (rows > 0)::int,
            rows_expired = r.rows_expired + rows, rows_held = r.rows_held + coalesce((result ->> 'held')::bigint, 0),
            rows_locked = r.rows_locked + greatest(0, coalesce((result ->> 'locked')::bigint, 0)) WHERE r.id = run.id;
        IF rows > 0 THEN
            PERFORM primecloud_internal.retention_log_batch(run.id, policy, at ->> 'leaf', at ->> 'method', primecloud.retention_cutoff(run.at, policy.keep), caller, result);
        END IF;
        IF asked ->> 'held' IS NOT NULL AND (onward ? 'over' OR at ->> 'method' <> 'keyset') THEN
            RETURN ROW(jsonb_build_object('kind', 'held', 'run', run.id, 'rows', rows, 'started', asked -> 'started'),
                       (SELECT c.relowner FROM pg_class c WHERE c.oid = rel), asked ->> 'held', false)::primecloud_internal.retention_decision;
        END IF;
        RETURN primecloud_internal.retention_answer(jsonb_build_object('rows', rows, 'elapsed', elapsed));
    ELSIF kind = 'held' THEN
        UPDATE primecloud_internal.retention_run r SET rows_held = r.rows_held + (result ->> 'held')::bigint WHERE r.id = run.id;
        RETURN primecloud_internal.retention_answer(jsonb_build_object('rows', asked -> 'rows', 'elapsed', elapsed));
    ELSIF kind = 'skip' THEN
        IF result ? 'key' THEN
            first := primecloud_internal.retention_note_problem(run, asked ->> 'code', asked ->> 'constraint', (result ->> 'oldest')::timestamptz);
        END IF;
        onward := CASE WHEN at ->> 'method' = 'keyset' THEN (at || jsonb_build_object('key', result -> 'key')) - 'oid'
                     ELSE primecloud_internal.retention_advance(at, '{"rows": 0}', 1, 1) END;
        IF at ->> 'method' = 'keyset' AND NOT result ? 'key' THEN
            onward := (at - 'oid') || '{"over": true}';
        END IF;
        UPDATE primecloud_internal.retention_run r SET position = onward, updated_at = clock_timestamp(), rows_failed = r.rows_failed + 1, last_error = asked ->> 'code'
        WHERE r.id = run.id;
        -- Each costs a batch of its own: after so many the next call goes on behind them.
        IF run.rows_failed % 1000 = 999 THEN
            RETURN primecloud_internal.retention_answer(jsonb_build_object('done', true, 'state', 'paused', 'error', asked ->> 'code', 'first', first));
        END IF;
        RETURN primecloud_internal.retention_answer(jsonb_build_object('first', first));
    ELSIF kind = 'look' THEN
        onward := run.position || jsonb_build_object('node', asked -> 'node_name', 'node_schema', asked -> 'node_schema');
        UPDATE primecloud_internal.retention_run r SET position = onward, updated_at = clock_timestamp(),
            partitions_done = r.partitions_done + CASE WHEN (result ->> 'stays')::boolean THEN 0 ELSE 1 END WHERE r.id = run.id;
        IF (result ->> 'stays')::boolean THEN
            RETURN primecloud_internal.retention_answer('{"rows": 0}');
        END IF;
        PERFORM primecloud_internal.retention_log_batch(run.id, policy, asked ->> 'node_name', 'partition', primecloud.retention_cutoff(run.at, policy.keep), caller,
            jsonb_build_object('rows', (SELECT sum(nullif(c.reltuples, -1))::bigint FROM primecloud_internal.retention_tree((asked ->> 'node')::oid) t
                                        JOIN pg_class c ON c.oid = t.oid WHERE t.kind = 'r')));
        RETURN ROW('{"kind": "removed"}'::jsonb, (SELECT c.relowner FROM pg_class c WHERE c.oid = rel),
                   primecloud_internal.retention_remove((asked ->> 'parent')::oid, (asked ->> 'node')::oid, policy.mode), true)::primecloud_internal.retention_decision;
    END IF;
    RETURN primecloud_internal.retention_answer('{"rows": 0}');
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_record(oid, oid, jsonb, jsonb)
    IS 'writes down what a statement did and says what comes next';

REVOKE ALL ON FUNCTION primecloud_internal.retention_log_batch(bigint,
    primecloud_internal.retention_policy, text, text, timestamptz, oid, jsonb),
    primecloud_internal.retention_advance(jsonb, jsonb, double precision, double precision),
    primecloud_internal.retention_bounded(jsonb, jsonb),
    primecloud_internal.retention_record(oid, oid, jsonb, jsonb) FROM PUBLIC;
