-- The door: every function of the retention of rows that users call goes through
-- retention_request(), which runs as the caller and asks retention_decide(), as the
-- extension's owner, what the caller may and what is to be done.

CREATE FUNCTION primecloud_internal.retention_decide(caller oid, rel_oid oid, question primecloud_internal.retention_question)
    RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kind CONSTANT text := question.kind;
    rel CONSTANT regclass := rel_oid;
    policy primecloud_internal.retention_policy;
    work primecloud_internal.retention_work;
BEGIN
    IF kind IN ('retain', 'unretain', 'retain_tenant', 'unretain_tenant', 'hold', 'release') THEN
        RETURN primecloud_internal.retention_answered(primecloud_internal.retention_change(caller, rel, question));
    END IF;
    IF kind IN ('begin', 'batch', 'preview') AND NOT current_setting('transaction_read_only')::boolean THEN
        PERFORM primecloud_internal.follow(false);
    END IF;
    policy := primecloud_internal.retention_policy_of(rel);
    IF primecloud_internal.retention_may_run(caller, rel, policy) IS NOT TRUE THEN
        RAISE insufficient_privilege USING MESSAGE = format('permission denied to expire rows of table %s', rel),
            HINT = coalesce(primecloud_internal.retention_grant(caller, rel) || '.',
                'It needs the rights of the table''s owner, or BYPASSRLS with the grants that retain() gives a '
                'maintenance role.');
    END IF;
    IF kind IN ('begin', 'step', 'failed', 'batch') AND current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('rows cannot be expired in a %s transaction',
            current_setting('transaction_isolation')),
            HINT = 'A hold placed after it began would not be seen: use READ COMMITTED.';
    END IF;
    CASE kind
        WHEN 'preview' THEN
            PERFORM primecloud_internal.retention_check_policy(rel, policy, false);
            IF primecloud_internal.is_distributed(rel) THEN
                RAISE feature_not_supported USING MESSAGE = format('what would expire of distributed table %s is not counted', rel),
                    HINT = 'primecloud.job_progress and retention_audit count what does, in CALL primecloud.expire().';
            END IF;
            work.kind := 'preview';
            RETURN primecloud_internal.retention_do(rel, work, primecloud_internal.retention_preview(rel, policy), false);
        WHEN 'batch' THEN
            IF policy.mode IN ('drop_partition', 'detach_partition') THEN
                RAISE feature_not_supported USING MESSAGE = format('mode %s of table %s has no batches', policy.mode, rel),
                    HINT = 'CALL primecloud.expire() instead.';
            ELSIF primecloud_internal.is_distributed(rel) THEN
                RAISE feature_not_supported USING MESSAGE = format('rows of distributed table %s expire in transactions of their own', rel),
                    HINT = 'CALL primecloud.expire() instead.';
            ELSIF coalesce(question.batch, 0) < 1 THEN
                RAISE invalid_parameter_value USING MESSAGE = format('a batch of %s rows is none', coalesce(question.batch::text, 'NULL')),
                    HINT = 'Ask for one row at least.';
            END IF;
            PERFORM primecloud_internal.retention_lock_policy(rel, policy.id);
            policy := primecloud_internal.retention_policy_of(rel);
            PERFORM primecloud_internal.retention_check_policy(rel, policy);
            RETURN primecloud_internal.retention_batch(rel, policy, question.batch, 0, NULL);
        WHEN 'begin' THEN
            RETURN primecloud_internal.retention_answered(primecloud_internal.retention_begin(caller, rel));
        WHEN 'step' THEN
            RETURN primecloud_internal.retention_step(rel, question);
        WHEN 'failed' THEN
            RETURN primecloud_internal.retention_failed(rel, question);
        WHEN 'refused' THEN
            PERFORM primecloud_internal.retention_refuse(caller, policy, question.code, question.message);
            RETURN primecloud_internal.retention_told(NULL);
        WHEN 'end' THEN
            PERFORM primecloud_internal.retention_end(rel, question);
            RETURN primecloud_internal.retention_told(NULL);
        ELSE
            RAISE invalid_parameter_value USING MESSAGE = format('retention has no question of kind %s', coalesce(quote_literal(kind),
                'NULL')),
                HINT = 'Call retain(), expire() and their sisters.';
    END CASE;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_decide(oid, oid, primecloud_internal.retention_question)
    IS 'what a caller may ask of the retention of a table, and what is to be done';
REVOKE ALL ON FUNCTION primecloud_internal.retention_decide(oid, oid, primecloud_internal.retention_question) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.retention_request(rel regclass, question primecloud_internal.retention_question)
    RETURNS primecloud_internal.retention_answer
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'primecloud_retention_request';
COMMENT ON FUNCTION primecloud_internal.retention_request(regclass, primecloud_internal.retention_question)
    IS 'behind retain(), expire() and their sisters; call those';

CREATE FUNCTION primecloud_internal.in_transaction_block() RETURNS boolean
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'primecloud_in_transaction_block';
COMMENT ON FUNCTION primecloud_internal.in_transaction_block()
    IS 'whether the client has opened a transaction block, in which no procedure can commit';
