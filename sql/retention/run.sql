-- A run of a policy: begun, stepped, ended.  Its position is written in the
-- transaction of the batch that moved it, so a run that died goes on where it was.

-- (An owner's transaction that has changed the policy, and is left open, holds the rows of its runs.)
CREATE FUNCTION primecloud_internal.retention_begin(caller oid, rel regclass) RETURNS primecloud_internal.retention_answer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp SET lock_timeout = '250ms'
AS $$
DECLARE
    policy CONSTANT primecloud_internal.retention_policy := primecloud_internal.retention_policy_of(rel);
    run primecloud_internal.retention_run;
    answer primecloud_internal.retention_answer;
BEGIN
    PERFORM primecloud_internal.retention_check_policy(rel, policy, false);
    IF NOT primecloud_internal.retention_claim('primecloud_internal.retention_policy', policy.id) THEN
        RETURN answer;
    END IF;
    SELECT r.* INTO run FROM primecloud_internal.retention_run r
    WHERE r.schema_name = policy.schema_name AND r.table_name = policy.table_name AND r.state IN ('running', 'paused')
        ORDER BY r.id DESC LIMIT 1;
    IF FOUND THEN
        UPDATE primecloud_internal.retention_run r SET state = 'running', updated_at = clock_timestamp(), last_message = NULL,
            done_by = pg_get_userbyid(caller) WHERE r.id = run.id;
    ELSE
        INSERT INTO primecloud_internal.retention_run (schema_name, table_name, policy_version, at, done_by)
        VALUES (policy.schema_name, policy.table_name, policy.version, now(), pg_get_userbyid(caller)) RETURNING * INTO run;
    END IF;
    PERFORM primecloud_internal.retention_plan(rel, policy, run);
    answer.run := run.id;
    RETURN answer;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_begin(oid, regclass)
    IS 'takes the policy''s claim, finds the run to go on with or makes one, and writes its worklist';

CREATE FUNCTION primecloud_internal.retention_held_up(rel regclass) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT format('the retention of table %s is held up by a transaction that has changed it, or locked the table', rel) $$;
COMMENT ON FUNCTION primecloud_internal.retention_held_up(regclass) IS 'what the server calls a lock timeout, for expire()';

-- An attempt that failed before it began is a run that failed.
CREATE FUNCTION primecloud_internal.retention_refuse(caller oid, policy primecloud_internal.retention_policy, code text,
    message text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    number bigint;
BEGIN
    INSERT INTO primecloud_internal.retention_run (schema_name, table_name, policy_version, at, state, done_by, finished_at, last_error,
        last_message)
    VALUES (policy.schema_name, policy.table_name, policy.version, now(), 'failed', pg_get_userbyid(caller), clock_timestamp(), code,
        message) RETURNING id INTO number;
    PERFORM primecloud_internal.retention_fold(number);
    PERFORM primecloud_internal.retention_trim();
    PERFORM primecloud_internal.retention_release('primecloud_internal.retention_policy', policy.id);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_refuse(oid, primecloud_internal.retention_policy, text, text)
    IS 'writes down an attempt that failed before its run began';

-- Leaves the run for good or for later, and lets the claim go.
CREATE FUNCTION primecloud_internal.retention_end(rel regclass, question primecloud_internal.retention_question) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp SET lock_timeout = '250ms'
AS $$
DECLARE
    policy CONSTANT primecloud_internal.retention_policy := primecloud_internal.retention_policy_of(rel);
    ended bigint;
BEGIN
    UPDATE primecloud_internal.retention_run r SET state = question.state, updated_at = clock_timestamp(),
        last_error = coalesce(question.code, r.last_error),
           last_message = coalesce(question.message, r.last_message), finished_at = CASE WHEN question.state = 'paused' THEN NULL
               ELSE clock_timestamp() END
    WHERE r.id = question.run AND r.schema_name = policy.schema_name AND r.table_name = policy.table_name AND r.state IN ('running',
        'paused')
    RETURNING r.id INTO ended;
    PERFORM primecloud_internal.retention_release('primecloud_internal.retention_policy', policy.id);
    IF ended IS NOT NULL AND question.state <> 'paused' THEN
        DELETE FROM primecloud_internal.retention_worklist w WHERE w.run = ended;
        DELETE FROM primecloud_internal.retention_tenant t WHERE t.run = ended;
        PERFORM primecloud_internal.retention_fold(ended);
        PERFORM primecloud_internal.retention_trim();
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_end(regclass, primecloud_internal.retention_question) IS 'ends or pauses a run';

-- For who has to come back: the server names a table that nobody knows.
CREATE FUNCTION primecloud_internal.retention_lock_policy(rel regclass, number bigint) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM FROM primecloud_internal.retention_policy p WHERE p.id = number FOR SHARE NOWAIT;
EXCEPTION WHEN lock_not_available THEN
    RAISE lock_not_available USING MESSAGE = format('the retention of table %s is being changed, or a hold is being placed', rel),
        HINT = 'Try again when that transaction has ended.';
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_lock_policy(regclass, bigint)
    IS 'locks a policy against a change until the end of the transaction; raises 55P03 while one is under way';

-- The run and the policy of a step; the policy is locked against a change until the
-- batch has committed, and the wait for one under way is the caller's.
CREATE FUNCTION primecloud_internal.retention_running(rel regclass, run_id bigint, OUT run primecloud_internal.retention_run,
    OUT policy primecloud_internal.retention_policy, OUT at primecloud_internal.retention_position)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    policy := primecloud_internal.retention_policy_of(rel);
    SELECT p.* INTO policy FROM primecloud_internal.retention_policy p WHERE p.id = policy.id FOR SHARE NOWAIT;
    SELECT r.* INTO run FROM primecloud_internal.retention_run r
    WHERE r.id = run_id AND r.schema_name = policy.schema_name AND r.table_name = policy.table_name FOR UPDATE NOWAIT;
    IF run.id IS NULL THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('run %s is not one of table %s', coalesce(run_id::text, 'NULL'), rel),
            HINT = 'Tables have changed names meanwhile, or the policy has ended: CALL primecloud.expire() again, which begins one.';
    END IF;
    SELECT p.* INTO at FROM primecloud_internal.retention_position p WHERE p.run = run_id;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_running(regclass, bigint) IS 'a run, its policy and its position, locked for one batch';

CREATE FUNCTION primecloud_internal.retention_move(at primecloud_internal.retention_position) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE primecloud_internal.retention_position p SET (run, item, relation, schema_name, table_name, method, over, careful, per_row,
        most_rows, row_limit, block, end_block, unit,
        density, first_offset, span, from_time, until_time, bounded, key_tenant, key_time, key_row) = (SELECT (at).*) WHERE p.run = at.run;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_move(primecloud_internal.retention_position) IS 'writes down where a run stands';

REVOKE ALL ON FUNCTION primecloud_internal.retention_begin(oid, regclass), primecloud_internal.retention_refuse(oid,
    primecloud_internal.retention_policy, text, text), primecloud_internal.retention_end(regclass,
    primecloud_internal.retention_question), primecloud_internal.retention_running(regclass, bigint),
    primecloud_internal.retention_lock_policy(regclass, bigint),
    primecloud_internal.retention_move(primecloud_internal.retention_position) FROM PUBLIC;
