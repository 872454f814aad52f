-- One batch inside the caller's transaction, gathered from partition after partition.

CREATE FUNCTION primecloud_internal.retention_batch(rel regclass, policy primecloud_internal.retention_policy, most bigint, done bigint, after_schema text, after_name text)
    RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    leaf record;
BEGIN
    SELECT l.* INTO leaf FROM primecloud_internal.retention_next_leaf(rel, policy, primecloud.retention_cutoff(now(), policy.keep), after_schema, after_name) l;
    IF leaf.oid IS NULL OR done >= most THEN
        RETURN primecloud_internal.retention_answer(to_jsonb(done));
    END IF;
    RETURN ROW(jsonb_build_object('kind', 'batch', 'most', most, 'done', done, 'schema', leaf.schema_name, 'leaf', leaf.table_name, 'started', clock_timestamp()),
        (SELECT c.relowner FROM pg_class c WHERE c.oid = rel),
        primecloud_internal.retention_statement(rel, leaf.oid, policy, primecloud_internal.retention_due(rel, policy, now()), primecloud_internal.retention_free(policy), 'true',
            true, primecloud_internal.retention_method(leaf.oid, policy, '-infinity') = 'keyset', most - done), true)::primecloud_internal.retention_decision;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_batch(regclass, primecloud_internal.retention_policy, bigint, bigint, text, text)
    IS 'the statement for the next partition of a batch';

CREATE FUNCTION primecloud_internal.retention_record_batch(caller oid, rel regclass, policy primecloud_internal.retention_policy, state jsonb, result jsonb)
    RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF (result ->> 'rows')::bigint > 0 THEN
        PERFORM primecloud_internal.retention_log_batch(NULL, policy, state ->> 'leaf', 'batch', primecloud.retention_cutoff(now(), policy.keep), caller, result);
    END IF;
    RETURN primecloud_internal.retention_batch(rel, policy, (state ->> 'most')::bigint, (state ->> 'done')::bigint + (result ->> 'rows')::bigint,
                                      state ->> 'schema', state ->> 'leaf');
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_record_batch(oid, regclass, primecloud_internal.retention_policy, jsonb, jsonb)
    IS 'writes down one partition''s share of a batch and goes on to the next';

REVOKE ALL ON FUNCTION primecloud_internal.retention_batch(regclass, primecloud_internal.retention_policy, bigint, bigint, text, text),
    primecloud_internal.retention_record_batch(oid, regclass, primecloud_internal.retention_policy, jsonb, jsonb) FROM PUBLIC;
