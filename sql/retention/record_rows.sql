-- What a batch of rows did, or could not do, written down in its transaction.

CREATE FUNCTION primecloud_internal.retention_log_batch(run_id bigint, policy primecloud_internal.retention_policy, partition text,
    method text, cutoff timestamptz, caller oid, outcome primecloud_internal.retention_outcome) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO primecloud_internal.retention_log (run, schema_name, table_name, partition_name, action, method, row_count, oldest,
        newest, tenants, cutoff, policy_version, done_by)
    VALUES (run_id, policy.schema_name, policy.table_name, nullif(partition, policy.table_name), policy.mode, method, outcome.rows,
            outcome.oldest, outcome.newest, outcome.tenants, cutoff, policy.version, pg_get_userbyid(caller));
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_log_batch(bigint, primecloud_internal.retention_policy, text, text, timestamptz, oid,
    primecloud_internal.retention_outcome) IS 'the audit row of a batch';

CREATE FUNCTION primecloud_internal.retention_record_step(caller oid, rel regclass, policy primecloud_internal.retention_policy,
    run primecloud_internal.retention_run, work primecloud_internal.retention_work,
    outcome primecloud_internal.retention_outcome) RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    elapsed CONSTANT double precision := extract(epoch FROM clock_timestamp() - work.started) * 1000;
    onward CONSTANT primecloud_internal.retention_position := primecloud_internal.retention_advance(work.place, outcome, elapsed,
        work.target);
    method CONSTANT text := (work.place).method;
    answer primecloud_internal.retention_answer;
    look primecloud_internal.retention_work;
BEGIN
    PERFORM primecloud_internal.retention_move(onward);
    UPDATE primecloud_internal.retention_run r SET updated_at = clock_timestamp(), batches = r.batches + (outcome.rows > 0)::int,
        rows_expired = r.rows_expired + outcome.rows, rows_held = r.rows_held + coalesce(outcome.held, 0),
        rows_locked = r.rows_locked + coalesce(outcome.locked, 0), rows_vetoed = r.rows_vetoed + coalesce(outcome.vetoed, 0)
            WHERE r.id = run.id;
    IF outcome.rows > 0 THEN
        PERFORM primecloud_internal.retention_log_batch(run.id, policy, (work.place).table_name, method,
            primecloud.retention_cutoff(run.at, policy.keep), caller, outcome);
    END IF;
    IF work.held_statement IS NOT NULL AND (onward.over OR method NOT IN ('keyset', 'tenants')) THEN
        look.kind := 'held';
        look.run := run.id;
        look.done := outcome.rows;
        look.started := work.started;
        RETURN primecloud_internal.retention_do(rel, look, work.held_statement, false);
    END IF;
    answer.rows := outcome.rows;
    answer.elapsed := elapsed;
    RETURN primecloud_internal.retention_answered(answer);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_record_step(oid, regclass, primecloud_internal.retention_policy,
    primecloud_internal.retention_run, primecloud_internal.retention_work, primecloud_internal.retention_outcome) IS 'writes down a batch';

-- A row that cannot go is counted, and the run goes around it.
CREATE FUNCTION primecloud_internal.retention_record_skip(run primecloud_internal.retention_run, work primecloud_internal.retention_work,
    outcome primecloud_internal.retention_outcome) RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    place primecloud_internal.retention_position := work.place;
    found CONSTANT bigint := coalesce(outcome.picked, 0);
    decision primecloud_internal.retention_decision := primecloud_internal.retention_told(NULL, false);
    nothing primecloud_internal.retention_outcome;
BEGIN
    IF place.method = 'slices' AND found > 1 THEN
        PERFORM primecloud_internal.retention_move(primecloud_internal.retention_smaller(place));
        RETURN decision;
    ELSIF place.method = 'slices' THEN
        nothing.rows := 0;
        place := primecloud_internal.retention_advance(place, nothing, 1, 1);
    ELSIF place.method = 'shards' THEN
        place.key_time := outcome.key_time;
        place.key_row := outcome.key_row;
    ELSE
        place.over := CASE place.method WHEN 'keyset' THEN found = 0 ELSE found = 0 AND outcome.ended END;
        place.key_tenant := outcome.key_tenant;
        place.key_time := outcome.key_time;
        place.key_row := outcome.key_row;
    END IF;
    PERFORM primecloud_internal.retention_move(place);
    IF found = 0 THEN
        RETURN decision;
    END IF;
    IF primecloud_internal.retention_error(work.code) = 'passing' THEN  -- something that hangs on it is locked: for the next run
        UPDATE primecloud_internal.retention_run r SET updated_at = clock_timestamp(), rows_locked = r.rows_locked + 1 WHERE r.id = run.id;
        RETURN decision;
    END IF;
    decision.answer.first_seen := primecloud_internal.retention_note_problem(run, work.code, work.constraint_name, NULL, outcome.oldest);
    UPDATE primecloud_internal.retention_run r SET updated_at = clock_timestamp(), rows_failed = r.rows_failed + 1,
        last_error = work.code WHERE r.id = run.id;
    -- Each costs a batch of its own: after so many the next call goes on behind them.
    IF run.rows_failed % 1000 = 999 THEN
        decision.answer.done := true;
        decision.answer.state := 'paused';
        decision.answer.error := work.code;
    END IF;
    RETURN decision;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_record_skip(primecloud_internal.retention_run, primecloud_internal.retention_work,
    primecloud_internal.retention_outcome) IS 'goes around a row that cannot go';

REVOKE ALL ON FUNCTION primecloud_internal.retention_log_batch(bigint, primecloud_internal.retention_policy, text, text, timestamptz,
    oid, primecloud_internal.retention_outcome), primecloud_internal.retention_record_step(oid, regclass,
    primecloud_internal.retention_policy, primecloud_internal.retention_run, primecloud_internal.retention_work,
    primecloud_internal.retention_outcome), primecloud_internal.retention_record_skip(primecloud_internal.retention_run,
    primecloud_internal.retention_work, primecloud_internal.retention_outcome) FROM PUBLIC;
