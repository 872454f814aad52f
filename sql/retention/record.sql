-- What a step of a run did, written down in its transaction.

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
        WHEN 'spread look', 'spread' THEN
            RETURN primecloud_internal.retention_record_spread(caller, rel, policy, run, work, outcome);
        WHEN 'held' THEN
            UPDATE primecloud_internal.retention_run r SET rows_held = r.rows_held + outcome.held,
                rows_vetoed = r.rows_vetoed + coalesce(outcome.vetoed, 0) WHERE r.id = run.id;
            answer.rows := work.done;
            answer.elapsed := extract(epoch FROM clock_timestamp() - work.started) * 1000;
        WHEN 'skip' THEN
            RETURN primecloud_internal.retention_record_skip(run, work, outcome);
        WHEN 'look' THEN
            RETURN primecloud_internal.retention_record_look(caller, rel, policy, run, work, outcome);
        WHEN 'stays' THEN
            RETURN primecloud_internal.retention_record_stays(run, work, outcome);
        WHEN 'removed' THEN
            answer.rows := 0;
    END CASE;
    RETURN primecloud_internal.retention_answered(answer);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_record(oid, oid, primecloud_internal.retention_work,
    primecloud_internal.retention_outcome) IS 'writes down what a statement did and says what comes next';

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
    PERFORM primecloud_internal.let_go(work.relation);
    removal.kind := 'removed';
    removal.run := run.id;
    RETURN primecloud_internal.retention_do(rel, removal, primecloud_internal.retention_remove(work.parent, work.relation, policy.mode),
        true);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_record_look(oid, regclass, primecloud_internal.retention_policy,
    primecloud_internal.retention_run, primecloud_internal.retention_work, primecloud_internal.retention_outcome)
    IS 'removes a partition of which no row stays';

REVOKE ALL ON FUNCTION primecloud_internal.retention_record(oid, oid, primecloud_internal.retention_work,
    primecloud_internal.retention_outcome), primecloud_internal.retention_record_look(oid, regclass,
    primecloud_internal.retention_policy, primecloud_internal.retention_run, primecloud_internal.retention_work,
    primecloud_internal.retention_outcome) FROM PUBLIC;
