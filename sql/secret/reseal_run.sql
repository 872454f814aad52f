-- A run of a reseal: where it begins, where it goes on, what it met and how it ends.

CREATE FUNCTION primecloud_internal.reseal_begin(who oid, rel regclass, col name, anew boolean) RETURNS primecloud_internal.reseal_run
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    run primecloud_internal.reseal_run;
    space text;
    name text;
    newest CONSTANT bigint := (SELECT coalesce(max(k.key_id), 0) FROM primecloud.data_key k WHERE k.purpose = 'seal');
BEGIN
    SELECT n.nspname, c.relname INTO space, name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = rel;
    PERFORM primecloud_internal.retention_check_whole(rel), primecloud_internal.retention_check_parts(rel, rel,
        primecloud_internal.is_distributed(rel));
    IF primecloud_internal.is_distributed(rel) THEN
        PERFORM primecloud_internal.check_reseals_shards(rel);
    END IF;
    SELECT r.* INTO run FROM primecloud_internal.reseal_run r
    WHERE r.schema_name = space AND r.table_name = name AND r.column_name = col AND r.state IN ('running', 'paused') ORDER BY r.id DESC
        LIMIT 1 FOR UPDATE;
    -- Since a rotation there is work again where it was done.
    IF FOUND AND (anew OR run.newest_key <> newest) THEN
        UPDATE primecloud_internal.reseal_run r SET state = 'superseded', finished_at = clock_timestamp() WHERE r.id = run.id;
        run := NULL;
    END IF;
    IF run.id IS NULL THEN
        INSERT INTO primecloud_internal.reseal_run (schema_name, table_name, column_name, newest_key, done_by)
        VALUES (space, name, col, newest, pg_get_userbyid(who)) RETURNING * INTO run;
    END IF;
    RETURN run;
END $$;
COMMENT ON FUNCTION primecloud_internal.reseal_begin(oid, regclass, name, boolean) IS 'the run to go on with, or a new one';

-- Where a run goes on: in the table under way, at the beginning of the next, or, for what
-- was locked, once more from the start; NULL when all is done.
CREATE FUNCTION primecloud_internal.reseal_position(rel regclass, run primecloud_internal.reseal_run) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at jsonb := run.position;
    leaf record;
BEGIN
    IF primecloud_internal.is_distributed(rel) THEN
        RETURN primecloud_internal.reseal_shard_position(rel, run);
    END IF;
    LOOP
        SELECT t.oid, t.schema_name, t.table_name, t.table_name = at ->> 'leaf' AND t.schema_name = at ->> 'schema' AS same INTO leaf
        FROM primecloud_internal.retention_tree(rel) t
        WHERE t.kind = 'r' AND (NOT at ? 'leaf' OR (t.schema_name, t.table_name) > (at ->> 'schema', at ->> 'leaf')
              OR (t.schema_name, t.table_name) = (at ->> 'schema', at ->> 'leaf') AND (at ->> 'block')::bigint < (at ->> 'end')::bigint)
        ORDER BY t.schema_name, t.table_name LIMIT 1;
        IF leaf.oid IS NOT NULL AND leaf.same THEN
            RETURN at || jsonb_build_object('oid', leaf.oid);
        ELSIF leaf.oid IS NOT NULL THEN
            -- What is added later has been sealed with the active key, or waits for the next run.
            RETURN at || jsonb_build_object('oid', leaf.oid, 'schema', leaf.schema_name, 'leaf', leaf.table_name, 'block', 0, 'offset', 0,
                                            'end', pg_relation_size(leaf.oid) / current_setting('block_size')::int);
        ELSIF (at ->> 'pass')::int = 1 AND run.rows_locked > 0 THEN
            at := jsonb_build_object('pass', 2, 'limit', at -> 'limit');
            UPDATE primecloud_internal.reseal_run r SET rows_locked = 0, rows_failed = 0 WHERE r.id = run.id;  -- it meets all of them again
        ELSE
            RETURN NULL;
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.reseal_position(regclass, primecloud_internal.reseal_run) IS 'where a run goes on';

CREATE FUNCTION primecloud_internal.reseal_note(run primecloud_internal.reseal_run, leaf text, problem jsonb, constraint_name text)
    RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO primecloud_internal.reseal_problem AS p (schema_name, table_name, column_name, partition_name, tenant, row_id, key_id, code,
        constraint_name)
    VALUES (run.schema_name, run.table_name, run.column_name, leaf, problem ->> 'tenant', problem ->> 'row', (problem ->> 'key')::bigint,
        problem ->> 'code',
            coalesce(reseal_note.constraint_name, ''))
    ON CONFLICT (schema_name, table_name, column_name, partition_name, md5(tenant), md5(row_id)) DO UPDATE
        SET last_seen = clock_timestamp(), key_id = excluded.key_id, code = excluded.code, constraint_name = excluded.constraint_name
$$;
COMMENT ON FUNCTION primecloud_internal.reseal_note(primecloud_internal.reseal_run, text, jsonb, text)
    IS 'writes down a row that cannot be sealed anew';

CREATE FUNCTION primecloud_internal.reseal_end(registered sealed_column, run_id bigint, state text, problem text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    run primecloud_internal.reseal_run;
BEGIN
    UPDATE primecloud_internal.reseal_run r SET state = reseal_end.state, updated_at = clock_timestamp(),
        last_error = coalesce(problem, r.last_error),
           finished_at = CASE WHEN reseal_end.state = 'paused' THEN NULL ELSE clock_timestamp() END
    WHERE r.id = run_id AND r.state IN ('running', 'paused') RETURNING * INTO run;
    IF run.state = 'finished' THEN  -- what it did not meet again is no problem any more
        DELETE FROM primecloud_internal.reseal_problem p WHERE p.schema_name = run.schema_name AND p.table_name = run.table_name
            AND p.column_name = run.column_name
          AND p.last_seen < run.started_at;
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.reseal_end(sealed_column, bigint, text, text) IS 'ends or pauses a run';

REVOKE ALL ON FUNCTION primecloud_internal.reseal_begin(oid, regclass, name, boolean), primecloud_internal.reseal_position(regclass,
    primecloud_internal.reseal_run), primecloud_internal.reseal_note(primecloud_internal.reseal_run, text, jsonb, text),
    primecloud_internal.reseal_end(sealed_column, bigint, text, text) FROM PUBLIC;
