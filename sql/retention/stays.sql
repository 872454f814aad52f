-- What is due and stays, since partitions are taken whole: looked at, counted where a hold keeps it, and told.

-- How late row x is, as a time by the policy's clock: its own, but of a tenant with a time of his own.
CREATE FUNCTION primecloud_internal.retention_since(rel regclass, policy primecloud_internal.retention_policy, at timestamptz) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO' SET timezone = 'UTC'
AS $$
DECLARE
    time CONSTANT text := primecloud_internal.retention_time(rel, policy);
    cutoff CONSTANT timestamptz := primecloud.retention_cutoff(at, policy.keep);
    exceptions CONSTANT jsonb := (SELECT jsonb_object_agg(o.tenant, c.cutoff::text)
        FROM primecloud_internal.retention_override o, primecloud.retention_cutoff(at, o.keep) AS c(cutoff)
        WHERE o.schema_name = policy.schema_name AND o.table_name = policy.table_name AND isfinite(c.cutoff));
BEGIN
    IF exceptions IS NULL OR NOT isfinite(cutoff) THEN
        RETURN time;
    END IF;
    RETURN format('((%1$s AT TIME ZONE ''UTC'') + (%2$L::timestamptz - coalesce((%3$L::jsonb ->> x.%4$I::text)::timestamptz, %2$L))) '
        'AT TIME ZONE ''UTC''', time, cutoff, exceptions, policy.tenant_column);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_since(regclass, primecloud_internal.retention_policy, timestamptz)
    IS 'an expression of row x that is due: since when, as if it were kept as long as others';

-- The oldest by the index on the time, where nothing is held and no tenant excepted.
CREATE FUNCTION primecloud_internal.retention_look_at_stays(rel regclass, policy primecloud_internal.retention_policy, at timestamptz,
    node regclass, fate text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    due CONSTANT text := primecloud_internal.retention_due(rel, policy, at);
    free CONSTANT text := primecloud_internal.retention_free(policy, node);
    since CONSTANT text := primecloud_internal.retention_since(rel, policy, at);
BEGIN
    IF free = 'true' AND since = primecloud_internal.retention_time(rel, policy) THEN
        RETURN format('SELECT 0::bigint AS held, (SELECT %s FROM %s AS x WHERE %s ORDER BY x.%I LIMIT 1) AS oldest', since, node, due,
            policy.time_column);
    END IF;
    -- One row that is held keeps a whole partition, and with it all that is due there.
    RETURN format(CASE fate WHEN 'kept' THEN 'SELECT CASE WHEN held > 0 THEN due ELSE 0 END AS held, CASE WHEN held = 0 THEN oldest END '
        'AS oldest ' ELSE 'SELECT held, oldest ' END || 'FROM (SELECT count(*) AS due, count(*) FILTER (WHERE NOT (%1$s)) AS held, '
        'min(%2$s) FILTER (WHERE %1$s) AS oldest FROM %3$s AS x WHERE %4$s) AS n', free, since, node, due);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_look_at_stays(regclass, primecloud_internal.retention_policy, timestamptz, regclass, text)
    IS 'the statement that counts what holds keep of a partition, and finds since when other rows that are due stay in it';

CREATE FUNCTION primecloud_internal.retention_is_told(run primecloud_internal.retention_run, part text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM primecloud_internal.retention_problem p WHERE p.schema_name = run.schema_name
        AND p.table_name = run.table_name AND p.partition_name = part AND p.run = run.id);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_is_told(primecloud_internal.retention_run, text)
    IS 'whether a partition is a problem of this run already: one that could not be detached, say';

CREATE FUNCTION primecloud_internal.retention_record_stays(run primecloud_internal.retention_run,
    work primecloud_internal.retention_work, outcome primecloud_internal.retention_outcome) RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    answer primecloud_internal.retention_answer;
    part CONSTANT text := (work.place).table_name;
    fate CONSTANT text := (SELECT w.fate FROM primecloud_internal.retention_worklist w WHERE w.run = run.id
        AND w.item = (work.place).item);
    for_good CONSTANT boolean := outcome.oldest IS NOT NULL AND fate <> 'waits';
BEGIN
    PERFORM primecloud_internal.retention_move(work.place);
    UPDATE primecloud_internal.retention_run r SET updated_at = clock_timestamp(), rows_held = r.rows_held + outcome.held,
        left_since = least(r.left_since, outcome.oldest), parts_left = r.parts_left + for_good::int,
        first_left = coalesce(r.first_left, CASE WHEN for_good THEN part END)
    WHERE r.id = run.id;
    answer.rows := 0;
    answer.elapsed := extract(epoch FROM clock_timestamp() - work.started) * 1000;
    RETURN primecloud_internal.retention_answered(answer);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_record_stays(primecloud_internal.retention_run, primecloud_internal.retention_work,
    primecloud_internal.retention_outcome) IS 'writes down what is due and stays in a partition';

CREATE FUNCTION primecloud_internal.retention_why_stays(fate text, mode text, ends timestamptz) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO' SET timezone = 'UTC'
AS $$
BEGIN
    RETURN CASE fate WHEN 'waits' THEN format('they go with their partition, which ends at %s', ends)
        WHEN 'endless' THEN format('their partition has no end, and mode ''%s'' takes whole partitions alone', mode)
        WHEN 'kept' THEN format('rows of others that are not due keep their partition, and mode ''%s'' takes whole ones alone', mode) END;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_why_stays(text, text, timestamptz) IS 'why what is due in a partition stays, in words';

REVOKE ALL ON FUNCTION primecloud_internal.retention_since(regclass, primecloud_internal.retention_policy, timestamptz),
    primecloud_internal.retention_look_at_stays(regclass, primecloud_internal.retention_policy, timestamptz, regclass, text),
    primecloud_internal.retention_is_told(primecloud_internal.retention_run, text),
    primecloud_internal.retention_record_stays(primecloud_internal.retention_run, primecloud_internal.retention_work,
    primecloud_internal.retention_outcome), primecloud_internal.retention_why_stays(text, text, timestamptz) FROM PUBLIC;
