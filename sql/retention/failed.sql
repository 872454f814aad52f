-- After a batch failed: the same place in smaller bites, or around what cannot go.

CREATE FUNCTION primecloud_internal.retention_note_problem(run primecloud_internal.retention_run, code text, constraint_name text, oldest timestamptz)
    RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    first boolean;
    seen CONSTANT timestamptz := clock_timestamp();
BEGIN
    INSERT INTO primecloud_internal.retention_problem AS p (first_seen, last_seen, schema_name, table_name, code, constraint_name, run, row_count, oldest)
    VALUES (seen, seen, run.schema_name, run.table_name, retention_note_problem.code, coalesce(retention_note_problem.constraint_name, ''), run.id, 1, retention_note_problem.oldest)
    ON CONFLICT ON CONSTRAINT retention_problem_pkey DO UPDATE SET last_seen = seen, run = excluded.run,
        row_count = CASE WHEN p.run = excluded.run THEN p.row_count + 1 ELSE 1 END,
        oldest = CASE WHEN p.run = excluded.run THEN least(p.oldest, excluded.oldest) ELSE excluded.oldest END
    RETURNING p.first_seen = seen INTO first;
    RETURN first;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_note_problem(primecloud_internal.retention_run, text, text, timestamptz)
    IS 'counts a row that cannot go; whether this is the first';

CREATE FUNCTION primecloud_internal.retention_failed(rel regclass, request jsonb) RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    code CONSTANT text := request ->> 'code';
    passing CONSTANT boolean := code IN ('55P03', '40P01', '40001');
    run primecloud_internal.retention_run;
    policy primecloud_internal.retention_policy;
    due text;
    free text;
    node primecloud_internal.retention_decision;
    place jsonb;
    bite text;
BEGIN
    IF passing AND (request ->> 'tries')::int > 20 OR NOT passing AND left(code, 2) NOT IN ('22', '23', '27', '44', 'P0') THEN
        RETURN primecloud_internal.retention_answer(jsonb_build_object('done', true, 'state', CASE WHEN passing THEN 'paused' ELSE 'failed' END, 'error', code));
    END IF;
    BEGIN
        SELECT (r.run).* INTO run FROM primecloud_internal.retention_running(rel, (request ->> 'run')::bigint) r;
    EXCEPTION WHEN lock_not_available THEN  -- somebody changes the policy: nothing to note, and no haste
        RETURN primecloud_internal.retention_answer('{}');
    END;
    policy := primecloud_internal.retention_policy_of(rel);
    due := primecloud_internal.retention_due(rel, policy, run.at);
    free := primecloud_internal.retention_free(policy);

    IF policy.mode LIKE '%\_partition' AND NOT run.position ? 'leaf' THEN
        node := primecloud_internal.retention_step_partition(rel, policy, run, due, free);
        IF node.statement IS NOT NULL THEN
            IF passing AND (request ->> 'tries')::int < 5 THEN
                RETURN primecloud_internal.retention_answer('{}');
            END IF;
            UPDATE primecloud_internal.retention_run r SET position = r.position || jsonb_build_object('node', node.state -> 'node_name', 'node_schema', node.state -> 'node_schema'),
                rows_locked = r.rows_locked + CASE WHEN passing THEN 1 ELSE 0 END, last_error = code WHERE r.id = run.id;
            RETURN primecloud_internal.retention_answer(jsonb_build_object('first',
                NOT passing AND primecloud_internal.retention_note_problem(run, code, request ->> 'constraint', NULL)));
        END IF;
    END IF;

    place := primecloud_internal.retention_place(rel, policy, run, request ->> 'method');
    bite := CASE place ->> 'method' WHEN 'keyset' THEN 'limit' ELSE 'unit' END;
    IF place ->> 'method' = 'ranges' THEN  -- the rest along the index, which can stop at any row
        place := place || '{"method": "keyset", "limit": 500}';
    ELSIF place IS NULL OR passing THEN
        place := coalesce(place || '{"careful": true}', '{}');
    ELSIF (place ->> bite)::bigint > 1 THEN
        place := place || jsonb_build_object(bite, (place ->> bite)::bigint / 8 + ((place ->> bite)::bigint < 8)::int);
    ELSIF bite = 'unit' AND NOT place ? 'offset' THEN
        place := place || '{"offset": 1, "span": 128}';  -- within the block: halved until it is one row
    ELSIF bite = 'unit' AND (place ->> 'span')::int > 1 THEN
        place := place || jsonb_build_object('span', (place ->> 'span')::int / 2);
    ELSE
        -- One row, and it cannot go: it is counted, and the run goes around it.
        RETURN ROW(jsonb_build_object('kind', 'skip', 'run', run.id, 'position', place, 'code', code, 'constraint', request -> 'constraint'),
            (SELECT c.relowner FROM pg_class c WHERE c.oid = rel),
            format('SELECT coalesce((SELECT jsonb_build_object(''oldest'', %s, ''key'', jsonb_build_array(x.%I, x.ctid::text)) FROM ONLY %s AS x WHERE %s AND %s AND %s '
                   'ORDER BY x.%I, x.ctid LIMIT 1), ''{}'')', primecloud_internal.retention_time(rel, policy), policy.time_column, (place ->> 'oid')::oid::regclass,
                   primecloud_internal.retention_narrow(place, policy, primecloud_internal.retention_column(rel, policy.time_column, primecloud_internal.retention_time_types())),
                   due, free, policy.time_column), false)::primecloud_internal.retention_decision;
    END IF;
    UPDATE primecloud_internal.retention_run r SET position = place, updated_at = clock_timestamp() WHERE r.id = run.id;
    RETURN primecloud_internal.retention_answer('{}');
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_failed(regclass, jsonb)
    IS 'what to do after a batch failed: again, smaller, around the row, or not at all';

REVOKE ALL ON FUNCTION primecloud_internal.retention_note_problem(primecloud_internal.retention_run, text, text, timestamptz),
    primecloud_internal.retention_failed(regclass, jsonb) FROM PUBLIC;
