-- One batch inside the caller's transaction, gathered from partition after partition.

CREATE FUNCTION retention_batch(rel regclass, policy retention_policy, most bigint, done bigint, after_schema text, after_name text) RETURNS retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    leaf record;
BEGIN
    SELECT l.* INTO leaf FROM primecloud.retention_next_leaf(rel, policy, primecloud.retention_cutoff(now(), policy.keep), after_schema, after_name) l;
    IF leaf.oid IS NULL OR done >= most THEN
        RETURN primecloud.retention_answer(to_jsonb(done));
    END IF;
    RETURN ROW(jsonb_build_object('kind', 'batch', 'most', most, 'done', done, 'schema', leaf.schema_name, 'leaf', leaf.table_name, 'started', clock_timestamp()),
        (SELECT c.relowner FROM pg_class c WHERE c.oid = rel),
        primecloud.retention_statement(rel, leaf.oid, policy, primecloud.retention_due(rel, policy, now()), primecloud.retention_free(policy), 'true',
            true, primecloud.retention_method(leaf.oid, policy, '-infinity') = 'keyset', most - done), true)::primecloud.retention_decision;
END $$;
COMMENT ON FUNCTION retention_batch(regclass, retention_policy, bigint, bigint, text, text) IS 'the statement for the next partition of a batch';

CREATE FUNCTION retention_record_batch(caller oid, rel regclass, policy retention_policy, state jsonb, result jsonb) RETURNS retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF (result ->> 'rows')::bigint > 0 THEN
        PERFORM primecloud.retention_log_batch(NULL, policy, state ->> 'leaf', 'batch', primecloud.retention_cutoff(now(), policy.keep), caller, result);
    END IF;
    RETURN primecloud.retention_batch(rel, policy, (state ->> 'most')::bigint, (state ->> 'done')::bigint + (result ->> 'rows')::bigint,
                                      state ->> 'schema', state ->> 'leaf');
END $$;
COMMENT ON FUNCTION retention_record_batch(oid, regclass, retention_policy, jsonb, jsonb) IS 'writes down one partition''s share of a batch and goes on to the next';

REVOKE ALL ON FUNCTION retention_batch(regclass, retention_policy, bigint, bigint, text, text),
    retention_record_batch(oid, regclass, retention_policy, jsonb, jsonb) FROM PUBLIC;
