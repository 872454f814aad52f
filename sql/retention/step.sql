-- One batch of a run: what is to be run next.

-- Rows that a trigger vetoes stay in silence: where there is one, what is due and free
-- after a batch is counted.
CREATE FUNCTION primecloud_internal.retention_may_veto(leaf oid, mode text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- TRIGGER_TYPE_ROW and BEFORE, DELETE or UPDATE
    RETURN EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = leaf AND NOT t.tgisinternal AND t.tgenabled <> 'D'
                   AND t.tgtype::int & 3 = 3 AND t.tgtype::int & CASE mode WHEN 'soft_delete' THEN 16 ELSE 8 END <> 0);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_may_veto(oid, text) IS 'whether a trigger could keep rows of a table in silence';

-- The batch at a place.  A range is asked for its end first.
CREATE FUNCTION primecloud_internal.retention_batch_at(rel regclass, policy primecloud_internal.retention_policy,
    run primecloud_internal.retention_run, at primecloud_internal.retention_position, target double precision, started timestamptz)
    RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ordered CONSTANT boolean := at.method IN ('keyset', 'tenants');
    due CONSTANT text := primecloud_internal.retention_due(rel, policy, run.at);
    free CONSTANT text := primecloud_internal.retention_free(policy, at.relation);
    type CONSTANT regtype := primecloud_internal.retention_column(rel, policy.time_column, primecloud_internal.retention_time_types());
    narrow CONSTANT text := primecloud_internal.retention_narrow(at, policy, type);
    vetoes CONSTANT boolean := NOT ordered AND NOT at.careful AND policy.mode <> 'archive'
        AND primecloud_internal.retention_may_veto(at.relation, policy.mode);
    work primecloud_internal.retention_work;
BEGIN
    work.kind := 'step';
    work.run := run.id;
    work.place := at;
    work.started := started;
    work.target := target;
    IF at.method = 'ranges' AND NOT at.bounded THEN
        work.kind := 'bound';
        RETURN primecloud_internal.retention_do(rel, work, primecloud_internal.retention_bound(rel, policy, run.at, at, type), false);
    END IF;
    -- What is held: of a slice or range after it, along the index at the end.
    IF at.method = 'tenants' AND free <> 'true' THEN
        work.held_statement := primecloud_internal.retention_held_by_tenant(rel, policy, at, run.at, free);
    ELSIF vetoes OR free <> 'true' AND (ordered OR NOT at.careful AND policy.mode <> 'archive') THEN
        work.held_statement := format('SELECT count(*) FILTER (WHERE NOT (%4$s)) AS held, %5$s AS vetoed FROM ONLY %1$s AS x WHERE '
            '%2$s AND %3$s', at.relation::regclass,
            CASE WHEN ordered THEN 'true' ELSE narrow END, due, free,
            CASE WHEN vetoes THEN format('count(*) FILTER (WHERE %s)', free) ELSE '0::bigint' END);
    END IF;
    RETURN primecloud_internal.retention_do(rel, work, primecloud_internal.retention_statement(rel, at.relation, policy, due, free, narrow,
        ordered OR at.careful, at, CASE WHEN ordered THEN at.row_limit END), true);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_batch_at(regclass, primecloud_internal.retention_policy,
    primecloud_internal.retention_run, primecloud_internal.retention_position, double precision, timestamptz)
    IS 'the next batch, at the place of a run';

CREATE FUNCTION primecloud_internal.retention_step(rel regclass, question primecloud_internal.retention_question)
    RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    running record;
    item primecloud_internal.retention_worklist;
    at primecloud_internal.retention_position;
    work primecloud_internal.retention_work;
    -- Neither more rows than asked for, nor more than the rate gives in half a second.
    most CONSTANT bigint := greatest(1, least(question.batch, question.rate / 2, 400000));
BEGIN
    SELECT r.* INTO running FROM primecloud_internal.retention_running(rel, question.run) r;
    IF (running.run).state <> 'running' OR (running.run).policy_version <> (running.policy).version THEN
        RETURN primecloud_internal.retention_told('superseded');
    END IF;
    PERFORM primecloud_internal.retention_check_names(rel, running.policy);
    item := primecloud_internal.retention_next_item(rel, running.at);
    IF item.run IS NULL THEN
        RETURN primecloud_internal.retention_told('finished');
    END IF;
    IF item.kind = 'stays' AND primecloud_internal.retention_is_told(running.run, item.table_name) THEN
        PERFORM primecloud_internal.retention_move(primecloud_internal.retention_at_item(running.at, item));
        RETURN primecloud_internal.retention_told(NULL, false);
    END IF;
    PERFORM primecloud_internal.retention_check_part(rel, (running.policy).mode, item,
        NOT (running.at).over AND (running.at).item = item.item);
    IF item.kind = 'partition' THEN
        RETURN primecloud_internal.retention_step_partition(rel, running.policy, running.run, running.at, item);
    ELSIF item.kind = 'stays' THEN
        work.kind := 'stays';
        work.run := (running.run).id;
        work.place := primecloud_internal.retention_at_item(running.at, item);
        RETURN primecloud_internal.retention_do(rel, work, primecloud_internal.retention_look_at_stays(rel, running.policy,
            (running.run).at, item.relation, item.fate), false);
    END IF;
    IF primecloud_internal.is_distributed(item.relation) THEN
        RETURN primecloud_internal.retention_step_spread(rel, running.policy, running.run, running.at, item, question.target,
            least(most, 10000));
    END IF;
    at := primecloud_internal.retention_next_position(running.policy, running.run, running.at, item, question.method);
    at.most_rows := most;
    at.row_limit := least(at.row_limit, most);
    at.unit := least(at.unit, greatest(1, (most / at.density)::bigint));
    RETURN primecloud_internal.retention_batch_at(rel, running.policy, running.run, at, question.target, NULL);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_step(regclass, primecloud_internal.retention_question)
    IS 'the next batch of a run, or that it is done';

REVOKE ALL ON FUNCTION primecloud_internal.retention_may_veto(oid, text), primecloud_internal.retention_batch_at(regclass,
    primecloud_internal.retention_policy, primecloud_internal.retention_run, primecloud_internal.retention_position, double precision,
    timestamptz), primecloud_internal.retention_step(regclass, primecloud_internal.retention_question) FROM PUBLIC;
