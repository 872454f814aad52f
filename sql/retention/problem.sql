-- What cannot go, counted.

CREATE FUNCTION primecloud_internal.retention_note_problem(run primecloud_internal.retention_run, code text, constraint_name text,
    partition_name text, oldest timestamptz) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    first boolean;
    seen CONSTANT timestamptz := clock_timestamp();
    -- No constraint has a longer name; a trigger may say what it likes, and more than an index takes.
    named CONSTANT text := left(coalesce(retention_note_problem.constraint_name, ''), 63);
BEGIN
    INSERT INTO primecloud_internal.retention_problem AS p (first_seen, last_seen, schema_name, table_name, code, constraint_name,
        partition_name, run, row_count, oldest)
    VALUES (seen, seen, run.schema_name, run.table_name, retention_note_problem.code, named,
            coalesce(retention_note_problem.partition_name, ''), run.id, 1, retention_note_problem.oldest)
    ON CONFLICT ON CONSTRAINT retention_problem_pkey DO UPDATE SET last_seen = seen, run = excluded.run,
        row_count = CASE WHEN p.run = excluded.run THEN p.row_count + 1 ELSE 1 END,
        oldest = CASE WHEN p.run = excluded.run THEN least(p.oldest, excluded.oldest) ELSE excluded.oldest END
    RETURNING p.first_seen = seen INTO first;
    RETURN first;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_note_problem(primecloud_internal.retention_run, text, text, text, timestamptz)
    IS 'counts a row or a partition that cannot go; whether this is the first';
REVOKE ALL ON FUNCTION primecloud_internal.retention_note_problem(primecloud_internal.retention_run, text, text, text, timestamptz)
    FROM PUBLIC;
