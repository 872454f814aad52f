-- A run of a policy: begun, stepped, ended.  Its position is written in the
-- transaction of the batch that moved it, so a run that died goes on where it was.

CREATE TYPE primecloud_internal.retention_decision AS (state jsonb, run_as oid, statement text, writes boolean);
COMMENT ON TYPE primecloud_internal.retention_decision
    IS 'what retention_request() does next: run a statement as the owner of the table, or, without one, answer';

CREATE FUNCTION primecloud_internal.retention_answer(state jsonb) RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$ BEGIN RETURN ROW(state, NULL::oid, NULL::text, false); END $$;
COMMENT ON FUNCTION primecloud_internal.retention_answer(jsonb) IS 'a decision that is an answer';

CREATE FUNCTION primecloud_internal.retention_begin(caller oid, rel regclass) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    policy CONSTANT primecloud_internal.retention_policy := primecloud_internal.retention_policy_of(rel);
    run primecloud_internal.retention_run;
BEGIN
    PERFORM primecloud_internal.retention_check_policy(rel, policy);
    IF NOT primecloud_internal.retention_claim('primecloud_internal.retention_policy', policy.id) THEN
        RETURN '{"busy": true}';
    END IF;
    SELECT r.* INTO run FROM primecloud_internal.retention_run r
    WHERE r.schema_name = policy.schema_name AND r.table_name = policy.table_name AND r.state IN ('running', 'paused') ORDER BY r.id DESC LIMIT 1;
    IF FOUND THEN
        UPDATE primecloud_internal.retention_run r SET state = 'running', updated_at = clock_timestamp(), done_by = pg_get_userbyid(caller) WHERE r.id = run.id;
    ELSE
        INSERT INTO primecloud_internal.retention_run (schema_name, table_name, policy_version, at, done_by)
        VALUES (policy.schema_name, policy.table_name, policy.version, now(), pg_get_userbyid(caller)) RETURNING * INTO run;
    END IF;
    RETURN jsonb_build_object('run', run.id);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_begin(oid, regclass)
    IS 'takes the policy''s claim and finds the run to go on with, or makes one';

-- Leaves the run for good or for later, and lets the claim go.
CREATE FUNCTION primecloud_internal.retention_end(rel regclass, run_id bigint, state text, problem text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE primecloud_internal.retention_run r SET state = retention_end.state, updated_at = clock_timestamp(), last_error = coalesce(problem, r.last_error),
           finished_at = CASE WHEN retention_end.state = 'paused' THEN NULL ELSE clock_timestamp() END
    WHERE r.id = run_id AND r.state IN ('running', 'paused');
    PERFORM primecloud_internal.retention_release('primecloud_internal.retention_policy', (SELECT p.id FROM primecloud_internal.retention_policy p
        JOIN primecloud_internal.retention_run r ON r.schema_name = p.schema_name AND r.table_name = p.table_name WHERE r.id = run_id));
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_end(regclass, bigint, text, text) IS 'ends or pauses a run';

-- The run and the policy of a step; the policy is locked against a change until the
-- batch has committed, and the wait for one under way is the caller's.
CREATE FUNCTION primecloud_internal.retention_running(rel regclass, run_id bigint, OUT run primecloud_internal.retention_run, OUT policy primecloud_internal.retention_policy)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    policy := primecloud_internal.retention_policy_of(rel);
    SELECT p.* INTO policy FROM primecloud_internal.retention_policy p WHERE p.id = policy.id FOR SHARE NOWAIT;
    SELECT r.* INTO run FROM primecloud_internal.retention_run r
    WHERE r.id = run_id AND r.schema_name = policy.schema_name AND r.table_name = policy.table_name FOR UPDATE NOWAIT;
    IF run.id IS NULL THEN
        RAISE undefined_object USING MESSAGE = format('table %s has no run %s', rel, run_id);
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_running(regclass, bigint) IS 'a run and its policy, locked for one batch';

REVOKE ALL ON FUNCTION primecloud_internal.retention_answer(jsonb), primecloud_internal.retention_begin(oid, regclass),
    primecloud_internal.retention_end(regclass, bigint, text, text),
    primecloud_internal.retention_running(regclass, bigint) FROM PUBLIC;
