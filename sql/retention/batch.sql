-- One batch inside the caller's transaction, gathered from partition after partition.

-- The partition after a place, or the same again behind the rows that were looked at and stayed.
CREATE FUNCTION primecloud_internal.retention_batch(rel regclass, policy primecloud_internal.retention_policy, most bigint, done bigint,
    place primecloud_internal.retention_position) RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    leaf record;
    at primecloud_internal.retention_position := place;
    work primecloud_internal.retention_work;
    answer primecloud_internal.retention_answer;
BEGIN
    IF done >= most THEN
        answer.rows := done;
        RETURN primecloud_internal.retention_answered(answer);
    ELSIF at.over IS DISTINCT FROM false THEN
        SELECT t.oid, t.schema_name, t.table_name INTO leaf FROM primecloud_internal.retention_tree(rel) t
        WHERE t.kind = 'r' AND (at.table_name IS NULL OR (t.schema_name, t.table_name) > (at.schema_name, at.table_name))
        ORDER BY t.schema_name, t.table_name LIMIT 1;
        IF leaf.oid IS NULL THEN
            answer.rows := done;
            RETURN primecloud_internal.retention_answered(answer);
        END IF;
        at := primecloud_internal.retention_batch_place(leaf.oid, leaf.schema_name, leaf.table_name, policy);
    END IF;
    work.kind := 'batch';
    work.most := most;
    work.done := done;
    work.place := at;
    RETURN primecloud_internal.retention_do(rel, work, primecloud_internal.retention_statement(rel, at.relation, policy,
        primecloud_internal.retention_due(rel, policy, now()), primecloud_internal.retention_free(policy, at.relation),
        CASE at.method WHEN 'slices' THEN 'true' ELSE primecloud_internal.retention_narrow(at, policy,
            primecloud_internal.retention_column(rel, policy.time_column, primecloud_internal.retention_time_types())) END,
        true, at, most - done), true);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_batch(regclass, primecloud_internal.retention_policy, bigint, bigint,
    primecloud_internal.retention_position) IS 'the next statement of a batch';

-- By an index, where a run would go by one; in order too where a trigger may keep rows, so that there is a behind them.
CREATE FUNCTION primecloud_internal.retention_batch_place(leaf oid, schema_name text, table_name text,
    policy primecloud_internal.retention_policy) RETURNS primecloud_internal.retention_position
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at primecloud_internal.retention_position;
BEGIN
    at.method := primecloud_internal.retention_method(leaf, policy, '-infinity');
    IF at.method = 'slices' AND primecloud_internal.retention_may_veto(leaf, policy.mode) THEN
        at.method := 'keyset';
    END IF;
    at.relation := leaf;
    at.schema_name := retention_batch_place.schema_name;
    at.table_name := retention_batch_place.table_name;
    RETURN at;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_batch_place(oid, text, text, primecloud_internal.retention_policy)
    IS 'the beginning of a partition, for a batch';

CREATE FUNCTION primecloud_internal.retention_record_batch(caller oid, rel regclass, policy primecloud_internal.retention_policy,
    work primecloud_internal.retention_work, outcome primecloud_internal.retention_outcome) RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at primecloud_internal.retention_position := work.place;
BEGIN
    IF outcome.rows > 0 THEN
        PERFORM primecloud_internal.retention_log_batch(NULL, policy, (work.place).table_name, 'batch',
            primecloud.retention_cutoff(now(), policy.keep), caller, outcome);
    END IF;
    IF outcome.vetoed > 0 THEN
        RAISE WARNING '% rows of table % are kept by a trigger', outcome.vetoed, rel
            USING HINT = 'Its BEFORE trigger returns NULL for them, or takes their mark back.';
    END IF;
    at.key_tenant := outcome.key_tenant;
    at.key_time := outcome.key_time;
    at.key_row := outcome.key_row;
    at.over := CASE at.method WHEN 'keyset' THEN outcome.picked < work.most - work.done WHEN 'tenants' THEN outcome.ended ELSE true END;
    RETURN primecloud_internal.retention_batch(rel, policy, work.most, work.done + outcome.rows, at);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_record_batch(oid, regclass, primecloud_internal.retention_policy,
    primecloud_internal.retention_work, primecloud_internal.retention_outcome) IS
    'writes down one partition''s share of a batch and goes on to the next';

REVOKE ALL ON FUNCTION primecloud_internal.retention_batch(regclass, primecloud_internal.retention_policy, bigint, bigint,
    primecloud_internal.retention_position), primecloud_internal.retention_batch_place(oid, text, text,
    primecloud_internal.retention_policy), primecloud_internal.retention_record_batch(oid, regclass,
        primecloud_internal.retention_policy, primecloud_internal.retention_work, primecloud_internal.retention_outcome) FROM PUBLIC;
