-- What a statement did, written down in its transaction.

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

-- Where the next batch begins and how large it is: the time aimed at, never more
-- than twice the last one's size, and never more than would take that time if every
-- row of it were due.
CREATE FUNCTION primecloud_internal.retention_advance(place primecloud_internal.retention_position,
    outcome primecloud_internal.retention_outcome, elapsed double precision, target double precision)
    RETURNS primecloud_internal.retention_position
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    factor CONSTANT double precision := least(2, greatest(0.25, target / greatest(elapsed, 0.01)));
    per_row CONSTANT double precision := greatest(0.0005,
        coalesce(CASE WHEN outcome.rows >= 100 THEN (coalesce(place.per_row, elapsed / outcome.rows) + elapsed / outcome.rows) / 2 END,
            place.per_row));
    most CONSTANT double precision := least(200000, target / per_row);
BEGIN
    place.per_row := per_row;
    place.careful := false;
    CASE
        WHEN place.method = 'ranges' THEN
            place.over := place.until_time IS NULL;
            place.from_time := place.until_time;
            place.until_time := NULL;
            place.bounded := false;
            place.row_limit := greatest(1, least(place.row_limit * factor, most)::bigint);
        WHEN place.method IN ('keyset', 'tenants') THEN
            place.over := CASE place.method WHEN 'keyset' THEN outcome.picked < place.row_limit ELSE outcome.ended END;
            place.key_tenant := outcome.key_tenant;
            place.key_time := outcome.key_time;
            place.key_row := outcome.key_row;
            place.row_limit := greatest(1, least(place.row_limit * factor, 10000, most)::bigint);
        -- A block of 8 kB has no more than 291 rows, and others as many per byte.
        WHEN place.first_offset IS NOT NULL AND place.first_offset + place.span <= current_setting('block_size')::int / 28 THEN
            place.first_offset := place.first_offset + place.span;
            place.span := 2 * place.span;
        WHEN place.first_offset IS NOT NULL THEN
            place.first_offset := NULL;
            place.span := NULL;
            place.block := place.block + 1;
        ELSE
            place.block := place.block + place.unit;
            -- Twice as far where nothing was due: most of such a run is looking.
            place.unit := greatest(1, least(place.unit * factor, 8192, most * CASE outcome.rows WHEN 0 THEN 2
                ELSE 1 END / place.density)::bigint);
    END CASE;
    place.over := place.over OR place.method = 'slices' AND place.block >= place.end_block;
    RETURN place;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_advance(primecloud_internal.retention_position, primecloud_internal.retention_outcome,
    double precision, double precision) IS 'the position after a batch';

-- A range and its end.  Where more rows than one too many have one and the same time
-- it has none: a longer one is tried, and if that will not do, the rest goes by slices.
CREATE FUNCTION primecloud_internal.retention_bounded(place primecloud_internal.retention_position, until_time timestamptz)
    RETURNS primecloud_internal.retention_position
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF place.from_time IS NULL OR until_time IS NULL OR until_time <> place.from_time THEN
        place.until_time := retention_bounded.until_time;
        place.bounded := true;
    ELSIF place.row_limit < least(50000, place.most_rows) THEN
        place.row_limit := least(50000, place.most_rows);
    ELSE
        place.method := 'slices';
        place.over := place.block >= place.end_block;
    END IF;
    RETURN place;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_bounded(primecloud_internal.retention_position, timestamptz)
    IS 'what becomes of a range when its end is known';

CREATE FUNCTION primecloud_internal.retention_record(caller oid, rel_oid oid, work primecloud_internal.retention_work,
    outcome primecloud_internal.retention_outcome) RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    rel CONSTANT regclass := rel_oid;
    policy CONSTANT primecloud_internal.retention_policy := primecloud_internal.retention_policy_of(rel);
    run primecloud_internal.retention_run;
    answer primecloud_internal.retention_answer;
BEGIN
    IF work.kind = 'preview' THEN
        answer.lines := outcome.lines;
        RETURN primecloud_internal.retention_answered(answer);
    ELSIF outcome.archived <> outcome.rows THEN
        RAISE data_exception USING MESSAGE = format('%s rows left table %s and %s reached its archive', outcome.rows, rel,
            outcome.archived),
            HINT = 'A trigger of the archive swallows rows: remove it.';
    ELSIF work.kind = 'batch' THEN
        RETURN primecloud_internal.retention_record_batch(caller, rel, policy, work, outcome);
    END IF;
    SELECT r.* INTO run FROM primecloud_internal.retention_run r WHERE r.id = work.run;
    CASE work.kind
        WHEN 'bound' THEN
            RETURN primecloud_internal.retention_batch_at(rel, policy, run, primecloud_internal.retention_bounded(work.place,
                outcome.until_time), work.target, work.started);
        WHEN 'step' THEN
            RETURN primecloud_internal.retention_record_step(caller, rel, policy, run, work, outcome);
        WHEN 'held' THEN
            UPDATE primecloud_internal.retention_run r SET rows_held = r.rows_held + outcome.held,
                rows_vetoed = r.rows_vetoed + outcome.vetoed WHERE r.id = run.id;
            answer.rows := work.done;
            answer.elapsed := extract(epoch FROM clock_timestamp() - work.started) * 1000;
        WHEN 'skip' THEN
            RETURN primecloud_internal.retention_record_skip(run, work, outcome);
        WHEN 'look' THEN
            RETURN primecloud_internal.retention_record_look(caller, rel, policy, run, work, outcome);
        WHEN 'removed' THEN
            answer.rows := 0;
    END CASE;
    RETURN primecloud_internal.retention_answered(answer);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_record(oid, oid, primecloud_internal.retention_work,
    primecloud_internal.retention_outcome) IS 'writes down what a statement did and says what comes next';

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

CREATE FUNCTION primecloud_internal.retention_record_look(caller oid, rel regclass, policy primecloud_internal.retention_policy,
    run primecloud_internal.retention_run, work primecloud_internal.retention_work,
    outcome primecloud_internal.retention_outcome) RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    answer primecloud_internal.retention_answer;
    removal primecloud_internal.retention_work;
    gone primecloud_internal.retention_outcome;
BEGIN
    PERFORM primecloud_internal.retention_move(work.place);
    UPDATE primecloud_internal.retention_run r SET updated_at = clock_timestamp(),
        partitions_done = r.partitions_done + (NOT outcome.stays)::int WHERE r.id = run.id;
    IF outcome.stays THEN
        answer.rows := 0;
        RETURN primecloud_internal.retention_answered(answer);
    END IF;
    gone.rows := (SELECT sum(nullif(c.reltuples, -1))::bigint FROM primecloud_internal.retention_tree(work.relation) t
        JOIN pg_class c ON c.oid = t.oid WHERE t.kind = 'r');
    PERFORM primecloud_internal.retention_log_batch(run.id, policy, (work.place).table_name, 'partition',
        primecloud.retention_cutoff(run.at, policy.keep), caller, gone);
    removal.kind := 'removed';
    removal.run := run.id;
    RETURN primecloud_internal.retention_do(rel, removal, primecloud_internal.retention_remove(work.parent, work.relation, policy.mode),
        true);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_record_look(oid, regclass, primecloud_internal.retention_policy,
    primecloud_internal.retention_run, primecloud_internal.retention_work, primecloud_internal.retention_outcome)
    IS 'removes a partition of which no row stays';

REVOKE ALL ON FUNCTION primecloud_internal.retention_log_batch(bigint, primecloud_internal.retention_policy, text, text, timestamptz,
    oid, primecloud_internal.retention_outcome),
    primecloud_internal.retention_advance(primecloud_internal.retention_position, primecloud_internal.retention_outcome,
        double precision, double precision), primecloud_internal.retention_bounded(primecloud_internal.retention_position, timestamptz),
    primecloud_internal.retention_record(oid, oid, primecloud_internal.retention_work, primecloud_internal.retention_outcome),
    primecloud_internal.retention_record_step(oid, regclass, primecloud_internal.retention_policy, primecloud_internal.retention_run,
        primecloud_internal.retention_work, primecloud_internal.retention_outcome),
    primecloud_internal.retention_record_skip(primecloud_internal.retention_run, primecloud_internal.retention_work,
        primecloud_internal.retention_outcome),
    primecloud_internal.retention_record_look(oid, regclass, primecloud_internal.retention_policy, primecloud_internal.retention_run,
        primecloud_internal.retention_work, primecloud_internal.retention_outcome) FROM PUBLIC;
