-- After a batch failed: the same place in smaller bites, or around what cannot go.

-- What an error says: of the moment, of the rows at hand, or of the server, the session
-- and the right to run it at all, which no smaller bite would mend.
CREATE FUNCTION primecloud_internal.retention_error(code text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN CASE WHEN code IN ('55P03', '40P01', '40001') THEN 'passing'
                -- (XX000 is what code in C says of anything that it did not expect.)
                WHEN left(code, 2) IN ('25', '53', '57', '58', 'F0', 'XX') AND code <> 'XX000' THEN 'fatal' ELSE 'rows' END;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_error(text) IS 'passing, rows or fatal';

CREATE FUNCTION primecloud_internal.retention_failed(rel regclass, question primecloud_internal.retention_question)
    RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kind CONSTANT text := primecloud_internal.retention_error(question.code);
    running record;
    item primecloud_internal.retention_worklist;
    place primecloud_internal.retention_position;
    work primecloud_internal.retention_work;
BEGIN
    IF (question.code LIKE '08%' OR question.code LIKE '57P%') AND primecloud_internal.is_distributed(rel) THEN
        RETURN primecloud_internal.retention_told('paused', true, question.code);
    ELSIF kind = 'fatal' THEN
        RETURN primecloud_internal.retention_told('failed', true, question.code);
    END IF;
    BEGIN
        SELECT r.* INTO running FROM primecloud_internal.retention_running(rel, question.run) r;
    EXCEPTION WHEN lock_not_available THEN  -- somebody changes the policy: nothing to note, and no haste
        RETURN primecloud_internal.retention_told(CASE WHEN question.tries > 20 THEN 'paused' END, question.tries > 20, question.code);
    END;
    PERFORM primecloud_internal.retention_check_names(rel, running.policy);
    item := primecloud_internal.retention_next_item(rel, running.at);
    IF item.run IS NULL THEN
        RETURN primecloud_internal.retention_told(NULL, false);
    ELSIF item.kind = 'rows' AND primecloud_internal.is_distributed(item.relation) THEN
        RETURN primecloud_internal.retention_failed_spread(rel, running.policy, running.run, running.at, item, question);
    ELSIF kind = 'rows' AND (item.kind <> 'rows' OR (primecloud_internal.retention_part_problem(rel, (running.policy).mode,
            item)).code IS NOT NULL) THEN
        RETURN primecloud_internal.retention_pass_over(running.run, running.at, item, question.code, question.constraint_name);
    ELSIF kind = 'passing' AND (item.kind <> 'rows' OR NOT primecloud_internal.retention_may_look(item.relation)) THEN
        IF question.tries >= 5 THEN
            RETURN primecloud_internal.retention_pass_over(running.run, running.at, item, question.code, NULL);
        END IF;
        RETURN primecloud_internal.retention_told(NULL, false);
    ELSIF kind = 'passing' AND question.tries > 40 THEN  -- what holds up so many is none of the rows; the next call goes on behind them
        RETURN primecloud_internal.retention_told('paused', true, question.code);
    END IF;

    place := primecloud_internal.retention_next_position(running.policy, running.run, running.at, item, question.method);
    IF place.method = 'ranges' THEN  -- the rest along the index, which can stop at any row
        place.method := 'keyset';
        place.row_limit := 500;
        place.bounded := false;
    ELSIF kind = 'passing' AND question.tries < 5 THEN  -- rows that are locked are left; later, those that lead to a locked one
        place.careful := true;
    ELSIF place.method IN ('keyset', 'tenants') AND place.row_limit > 1 THEN
        place.row_limit := place.row_limit / 8 + (place.row_limit < 8)::int;
    ELSE
        -- Where a slice has no due row, its failure is nobody's; where it has one, it is found.
        work.kind := 'skip';
        work.run := question.run;
        work.place := place;
        work.code := question.code;
        work.constraint_name := question.constraint_name;
        RETURN primecloud_internal.retention_do(rel, work, primecloud_internal.retention_culprit(rel, running.policy, running.run,
            place), false);
    END IF;
    PERFORM primecloud_internal.retention_move(place);
    UPDATE primecloud_internal.retention_run r SET updated_at = clock_timestamp() WHERE r.id = question.run;
    RETURN primecloud_internal.retention_told(NULL, false);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_failed(regclass, primecloud_internal.retention_question)
    IS 'what to do after a batch failed: again, smaller, around the row, or not at all';

-- What does not let go of a whole table or partition: it stays, and the next one is tried.
CREATE FUNCTION primecloud_internal.retention_pass_over(run primecloud_internal.retention_run,
    at primecloud_internal.retention_position, item primecloud_internal.retention_worklist, code text, constraint_name text)
    RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    decision primecloud_internal.retention_decision := primecloud_internal.retention_told(NULL, false);
BEGIN
    PERFORM primecloud_internal.retention_move(primecloud_internal.retention_at_item(at, item));
    UPDATE primecloud_internal.retention_run r SET updated_at = clock_timestamp(), last_error = retention_pass_over.code,
        rows_locked = r.rows_locked + (primecloud_internal.retention_error(retention_pass_over.code) = 'passing')::int
    WHERE r.id = run.id;
    decision.answer.rows := 0;  -- which is news: it went on
    decision.answer.first_seen := primecloud_internal.retention_note_problem(run, code, constraint_name, item.table_name, NULL);
    RETURN decision;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_pass_over(primecloud_internal.retention_run, primecloud_internal.retention_position,
    primecloud_internal.retention_worklist, text, text) IS 'leaves a table or partition that cannot be worked on, and tells it';

-- The statement that finds the row that a batch failed at: the first of the place, and
-- how many there are.
CREATE FUNCTION primecloud_internal.retention_culprit(rel regclass, policy primecloud_internal.retention_policy,
    run primecloud_internal.retention_run, place primecloud_internal.retention_position) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    type CONSTANT regtype := primecloud_internal.retention_column(rel, policy.time_column, primecloud_internal.retention_time_types());
    condition CONSTANT text := format('%s AND %s AND %s', primecloud_internal.retention_narrow(place, policy, type),
        primecloud_internal.retention_due(rel, policy, run.at), primecloud_internal.retention_free(policy, place.relation));
    name CONSTANT text := place.relation::regclass::text;
BEGIN
    RETURN CASE replace(place.method, 'shards', 'keyset')
        WHEN 'tenants' THEN format('WITH RECURSIVE %sunused AS (SELECT 1) SELECT (SELECT count(*) FROM candidate) AS picked%s, '
            '(SELECT min(d.k) FROM candidate d) AS oldest',
            primecloud_internal.retention_pick_by_tenant(name, policy, place, condition, 1, ''),
                primecloud_internal.retention_reached_tenant(1))
        WHEN 'keyset' THEN format('SELECT 1::bigint AS picked, %1$s AS oldest, %1$s AS key_time, x.ctid AS key_row FROM ONLY %2$s AS '
            'x WHERE %3$s ORDER BY x.%4$I, x.ctid LIMIT 1',
            primecloud_internal.retention_time(rel, policy), name, condition, policy.time_column)
        ELSE format('SELECT count(*) AS picked, min(%s) AS oldest FROM ONLY %s AS x WHERE %s', primecloud_internal.retention_time(rel,
            policy), name, condition) END;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_culprit(regclass, primecloud_internal.retention_policy,
    primecloud_internal.retention_run, primecloud_internal.retention_position) IS 'the statement that looks for the row that cannot go';

-- A slice that failed: in smaller bites, down to one row.
CREATE FUNCTION primecloud_internal.retention_smaller(place primecloud_internal.retention_position)
    RETURNS primecloud_internal.retention_position
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF place.unit > 1 THEN
        place.unit := place.unit / 8 + (place.unit < 8)::int;
    ELSIF place.first_offset IS NULL THEN  -- within the block: halved until it is one row
        place.first_offset := 1;
        place.span := 128;
    ELSE
        place.span := greatest(1, place.span / 2);
    END IF;
    RETURN place;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_smaller(primecloud_internal.retention_position)
    IS 'the place of a slice that failed, smaller';

REVOKE ALL ON FUNCTION primecloud_internal.retention_error(text),
    primecloud_internal.retention_failed(regclass, primecloud_internal.retention_question),
    primecloud_internal.retention_pass_over(primecloud_internal.retention_run, primecloud_internal.retention_position,
        primecloud_internal.retention_worklist, text, text),
    primecloud_internal.retention_culprit(regclass, primecloud_internal.retention_policy, primecloud_internal.retention_run,
        primecloud_internal.retention_position), primecloud_internal.retention_smaller(primecloud_internal.retention_position) FROM PUBLIC;
