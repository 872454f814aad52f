-- The door: every function of the retention of rows that users call goes through
-- retention_request(), which runs as the caller and asks retention_decide(), as the
-- extension's owner, what the caller may and what is to be done.

CREATE FUNCTION primecloud_internal.retention_decide(caller oid, rel_oid oid, request jsonb) RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kind CONSTANT text := request ->> 'kind';
    rel CONSTANT regclass := rel_oid;
    policy primecloud_internal.retention_policy;
BEGIN
    IF kind IN ('retain', 'unretain', 'retain_tenant', 'unretain_tenant', 'hold', 'release') THEN
        RETURN primecloud_internal.retention_answer(coalesce(primecloud_internal.retention_change(caller, rel, request), 'null'));
    END IF;
    policy := primecloud_internal.retention_policy_of(rel);
    IF primecloud_internal.retention_may_run(caller, rel, policy) IS NOT TRUE THEN
        RAISE insufficient_privilege USING MESSAGE = format('permission denied to expire rows of table %s', rel),
            HINT = 'It needs the rights of the table''s owner, or BYPASSRLS with the grants that retain() gives a maintenance role.';
    END IF;
    IF kind IN ('begin', 'step', 'failed', 'batch') AND current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('rows cannot be expired in a %s transaction', current_setting('transaction_isolation')),
            HINT = 'A hold placed after it began would not be seen: use READ COMMITTED.';
    END IF;
    CASE kind
        WHEN 'preview' THEN
            PERFORM primecloud_internal.retention_check_policy(rel, policy);
            RETURN ROW('{"kind": "preview"}'::jsonb, (SELECT c.relowner FROM pg_class c WHERE c.oid = rel), primecloud_internal.retention_preview(rel, policy),
                       false)::primecloud_internal.retention_decision;
        WHEN 'batch' THEN
            IF policy.mode LIKE '%\_partition' THEN
                RAISE feature_not_supported USING MESSAGE = format('mode %s of table %s has no batches', policy.mode, rel), HINT = 'CALL primecloud.expire() instead.';
            ELSIF coalesce((request ->> 'batch')::bigint, 0) < 1 THEN
                RAISE invalid_parameter_value USING MESSAGE = format('a batch of %s rows is none', coalesce(request ->> 'batch', 'NULL'));
            END IF;
            PERFORM FROM primecloud_internal.retention_policy p WHERE p.id = policy.id FOR SHARE NOWAIT;
            policy := primecloud_internal.retention_policy_of(rel);
            PERFORM primecloud_internal.retention_check_policy(rel, policy);
            RETURN primecloud_internal.retention_batch(rel, policy, (request ->> 'batch')::bigint, 0, NULL, NULL);
        WHEN 'begin' THEN
            RETURN primecloud_internal.retention_answer(primecloud_internal.retention_begin(caller, rel));
        WHEN 'step' THEN
            RETURN primecloud_internal.retention_step(rel, request);
        WHEN 'failed' THEN
            RETURN primecloud_internal.retention_failed(rel, request);
        WHEN 'end' THEN
            PERFORM primecloud_internal.retention_end(rel, (request ->> 'run')::bigint, request ->> 'state', request ->> 'error');
            RETURN primecloud_internal.retention_answer('{}');
    END CASE;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_decide(oid, oid, jsonb)
    IS 'what a caller may ask of the retention of a table, and what is to be done';
REVOKE ALL ON FUNCTION primecloud_internal.retention_decide(oid, oid, jsonb) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.retention_request(rel regclass, request jsonb) RETURNS jsonb
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'primecloud_retention_request';
COMMENT ON FUNCTION primecloud_internal.retention_request(regclass, jsonb) IS 'behind retain(), expire() and their sisters; call those';
