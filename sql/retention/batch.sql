-- One batch inside the caller's transaction, gathered from partition after partition.

CREATE FUNCTION primecloud_internal.retention_batch(rel regclass, policy primecloud_internal.retention_policy, most bigint, done bigint,
    after_schema text, after_name text) RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    leaf record;
    at primecloud_internal.retention_position;
    work primecloud_internal.retention_work;
    answer primecloud_internal.retention_answer;
BEGIN
    SELECT t.oid, t.schema_name, t.table_name INTO leaf FROM primecloud_internal.retention_tree(rel) t
    WHERE t.kind = 'r' AND (after_name IS NULL OR (t.schema_name, t.table_name) > (after_schema, after_name)) ORDER BY t.schema_name,
        t.table_name LIMIT 1;
    IF leaf.oid IS NULL OR done >= most THEN
        answer.rows := done;
        RETURN primecloud_internal.retention_answered(answer);
    END IF;
    at.method := CASE primecloud_internal.retention_method(leaf.oid, policy, '-infinity') WHEN 'keyset' THEN 'keyset' ELSE 'slices' END;
    at.relation := leaf.oid;
    at.schema_name := leaf.schema_name;
    at.table_name := leaf.table_name;
    work.kind := 'batch';
    work.most := most;
    work.done := done;
    work.place := at;
    RETURN primecloud_internal.retention_do(rel, work, primecloud_internal.retention_statement(rel, leaf.oid, policy,
        primecloud_internal.retention_due(rel, policy, now()),
        primecloud_internal.retention_free(policy, leaf.oid), 'true', true, at, most - done), true);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_batch(regclass, primecloud_internal.retention_policy, bigint, bigint, text, text)
    IS 'the statement for the next partition of a batch';

CREATE FUNCTION primecloud_internal.retention_record_batch(caller oid, rel regclass, policy primecloud_internal.retention_policy,
    work primecloud_internal.retention_work, outcome primecloud_internal.retention_outcome) RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF outcome.rows > 0 THEN
        PERFORM primecloud_internal.retention_log_batch(NULL, policy, (work.place).table_name, 'batch',
            primecloud.retention_cutoff(now(), policy.keep), caller, outcome);
    END IF;
    RETURN primecloud_internal.retention_batch(rel, policy, work.most, work.done + outcome.rows, (work.place).schema_name,
        (work.place).table_name);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_record_batch(oid, regclass, primecloud_internal.retention_policy,
    primecloud_internal.retention_work, primecloud_internal.retention_outcome) IS
    'writes down one partition''s share of a batch and goes on to the next';

REVOKE ALL ON FUNCTION primecloud_internal.retention_batch(regclass, primecloud_internal.retention_policy, bigint, bigint, text, text),
    primecloud_internal.retention_record_batch(oid, regclass, primecloud_internal.retention_policy, primecloud_internal.retention_work,
        primecloud_internal.retention_outcome) FROM PUBLIC;
