-- What a batch of a distributed table did, and what became of one that failed.

CREATE FUNCTION primecloud_internal.retention_record_spread(caller oid, rel regclass, policy primecloud_internal.retention_policy,
    run primecloud_internal.retention_run, work primecloud_internal.retention_work,
    outcome primecloud_internal.retention_outcome) RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    elapsed CONSTANT double precision := extract(epoch FROM clock_timestamp() - work.started) * 1000;
    ended CONSTANT boolean := work.kind = 'spread look' OR outcome.picked < (work.place).row_limit;
    place primecloud_internal.retention_position := work.place;
    answer primecloud_internal.retention_answer;
    look primecloud_internal.retention_work;
BEGIN
    IF work.kind = 'spread look' AND outcome.stays THEN
        RETURN primecloud_internal.retention_spread_work(rel, policy, run, place, work.target, false);
    END IF;
    place.key_time := CASE WHEN NOT ended THEN outcome.key_time END;
    place.key_row := CASE WHEN NOT ended THEN outcome.key_row END;
    place.row_limit := CASE WHEN ended THEN greatest(500, place.row_limit) ELSE greatest(1, least(10000,
        place.row_limit * least(2, greatest(0.25, work.target / greatest(elapsed, 0.01))))::bigint) END;
    PERFORM primecloud_internal.retention_move(place);
    UPDATE primecloud_internal.retention_run r SET updated_at = clock_timestamp(),
        batches = r.batches + (coalesce(outcome.rows, 0) > 0)::int, rows_expired = r.rows_expired + coalesce(outcome.rows, 0),
        rows_vetoed = r.rows_vetoed + coalesce(outcome.vetoed, 0) WHERE r.id = run.id;
    IF outcome.rows > 0 THEN
        PERFORM primecloud_internal.retention_log_batch(run.id, policy, place.table_name, place.method,
            primecloud.retention_cutoff(run.at, policy.keep), caller, outcome);
    END IF;
    IF ended AND work.held_statement IS NOT NULL THEN
        look.kind := 'held';
        look.run := run.id;
        look.done := coalesce(outcome.rows, 0);
        look.started := work.started;
        look.place := place;
        RETURN primecloud_internal.retention_do_for(rel, look, work.held_statement, false);
    END IF;
    answer.rows := coalesce(outcome.rows, 0);
    answer.elapsed := elapsed;
    RETURN primecloud_internal.retention_answered(answer);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_record_spread(oid, regclass, primecloud_internal.retention_policy,
    primecloud_internal.retention_run, primecloud_internal.retention_work, primecloud_internal.retention_outcome)
    IS 'writes down a batch of a distributed table';

CREATE FUNCTION primecloud_internal.retention_failed_spread(rel regclass, policy primecloud_internal.retention_policy,
    run primecloud_internal.retention_run, at primecloud_internal.retention_position, item primecloud_internal.retention_worklist,
    question primecloud_internal.retention_question) RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    place primecloud_internal.retention_position := primecloud_internal.retention_spread_place(at, item);
    was CONSTANT text := place.key_tenant;
    work primecloud_internal.retention_work;
BEGIN
    -- What no smaller bite would mend ends the run.
    PERFORM primecloud_internal.retention_check_spread(rel, policy);
    IF was IS NOT NULL THEN
        PERFORM primecloud_internal.retention_together(item.relation, policy, was);
    END IF;
    IF primecloud_internal.retention_error(question.code) = 'passing' AND question.tries < 5 THEN
        RETURN primecloud_internal.retention_told(NULL, false);
    ELSIF was IS NULL THEN  -- it failed while it looked for tenants
        RETURN primecloud_internal.retention_told('failed', true, question.code);
    ELSIF place.row_limit > 1 THEN
        place.row_limit := place.row_limit / 8 + (place.row_limit < 8)::int;
        place.key_tenant := CASE WHEN place.key_row IS NULL AND at.method = 'shards' AND at.item = item.item AND NOT at.over
            THEN at.key_tenant WHEN place.key_row IS NOT NULL THEN was END;
        PERFORM primecloud_internal.retention_move(place);
        RETURN primecloud_internal.retention_told(NULL, false);
    END IF;
    work.kind := 'skip';
    work.run := run.id;
    work.place := place;
    work.code := question.code;
    work.constraint_name := question.constraint_name;
    RETURN primecloud_internal.retention_do_for(rel, work, primecloud_internal.retention_culprit(rel, policy, run, place), false);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_failed_spread(regclass, primecloud_internal.retention_policy,
    primecloud_internal.retention_run, primecloud_internal.retention_position, primecloud_internal.retention_worklist,
    primecloud_internal.retention_question) IS 'what to do after a batch of a distributed table failed';
REVOKE ALL ON FUNCTION primecloud_internal.retention_record_spread(oid, regclass, primecloud_internal.retention_policy,
    primecloud_internal.retention_run, primecloud_internal.retention_work, primecloud_internal.retention_outcome),
    primecloud_internal.retention_failed_spread(regclass, primecloud_internal.retention_policy, primecloud_internal.retention_run,
    primecloud_internal.retention_position, primecloud_internal.retention_worklist, primecloud_internal.retention_question) FROM PUBLIC;
