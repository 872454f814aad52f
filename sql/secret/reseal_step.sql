-- One step of a reseal: from older data keys to the active one, batch by batch.
--
-- reseal_request() asks the keeper (key_request.sql), who decides and writes down, and
-- never writes the table: that is done as the table's owner (reseal_rows).

CREATE FUNCTION primecloud_internal.reseal_rows(leaf regclass, col text, tenant_column text, id_column text, label text, block bigint,
    offset_number integer, blocks bigint,
                            most integer, careful boolean, refusal text,
                            OUT next_block bigint, OUT next_offset integer, OUT resealed bigint, OUT passed bigint, OUT problems jsonb)
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_reseal_rows';
COMMENT ON FUNCTION primecloud_internal.reseal_rows(regclass, text, text, text, text, bigint, integer, bigint, integer, boolean, text) IS
    'one batch of a reseal: from a place in a table on, rows sealed anew, rows passed over since others had them, rows that cannot be';

-- Needs what typing the UPDATE would need: the owner's rights, or the privilege on the
-- column of a role that policies do not hold.
CREATE FUNCTION primecloud_internal.check_may_reseal(asker primecloud_internal.key_asker, rel regclass, col name) RETURNS sealed_column
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    registered CONSTANT primecloud.sealed_column := primecloud.sealed_column_of(rel, col);
    who CONSTANT oid := asker.role;
BEGIN
    IF NOT (SELECT pg_has_role(who, c.relowner, 'USAGE') OR
                   (SELECT r.rolbypassrls FROM pg_roles r WHERE r.oid = who) AND has_schema_privilege(who, c.relnamespace, 'USAGE')
                   AND has_column_privilege(who, rel, col, 'SELECT') AND has_column_privilege(who, rel, col, 'UPDATE')
            FROM pg_class c WHERE c.oid = rel) THEN
        RAISE insufficient_privilege USING MESSAGE = format('permission denied to reseal column "%s" of %s', col, rel),
            HINT = 'It needs the rights of the table''s owner, or BYPASSRLS with the grants that allow_reseal() gives a maintenance role.';
    END IF;
    RETURN registered;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_may_reseal(primecloud_internal.key_asker, regclass, name)
    IS 'the registration of a column that the caller may reseal';

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
    PERFORM primecloud_internal.retention_check_table(rel);
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
CREATE FUNCTION primecloud_internal.reseal_place(rel regclass, run primecloud_internal.reseal_run) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at jsonb := run.position;
    leaf record;
BEGIN
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
COMMENT ON FUNCTION primecloud_internal.reseal_place(regclass, primecloud_internal.reseal_run) IS 'where a run goes on';

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

CREATE FUNCTION primecloud_internal.reseal_step(rel regclass, registered sealed_column, run_id bigint, batch integer,
    refusal text DEFAULT '', constraint_name text DEFAULT NULL)
    RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    run primecloud_internal.reseal_run;
    at jsonb;
    done record;
    problem jsonb;
    most integer;
    began CONSTANT timestamptz := clock_timestamp();
BEGIN
    SELECT r.* INTO run FROM primecloud_internal.reseal_run r WHERE r.id = run_id AND r.column_name = registered.column_name FOR UPDATE;
    IF run.state IS DISTINCT FROM 'running' AND run.state IS DISTINCT FROM 'paused' THEN
        RETURN '{"done": true, "state": "superseded"}';
    END IF;
    at := primecloud_internal.reseal_place(rel, run);
    IF at IS NULL THEN
        RETURN '{"done": true, "state": "finished"}';
    END IF;
    most := greatest(1, least(batch, (at ->> 'limit')::int, 50000));
    SELECT * INTO done FROM primecloud_internal.reseal_rows((at ->> 'oid')::oid, registered.column_name, registered.tenant_column,
        registered.id_column, registered.label,
        (at ->> 'block')::bigint, (at ->> 'offset')::int, least(4096, (at ->> 'end')::bigint - (at ->> 'block')::bigint), most,
        at ? 'careful' OR (at ->> 'pass')::int > 1, refusal);
    FOR problem IN SELECT jsonb_array_elements(done.problems) LOOP
        PERFORM primecloud_internal.reseal_note(run, at ->> 'leaf', problem, constraint_name);
    END LOOP;
    -- After smaller bites, larger ones again.
    at := (at - '{oid,careful}'::text[]) || jsonb_build_object('block', done.next_block, 'offset', done.next_offset, 'limit',
        least(most * 2, 50000));
    UPDATE primecloud_internal.reseal_run r SET position = at, updated_at = clock_timestamp(),
        batches = r.batches + (done.resealed > 0)::int,
        rows_resealed = r.rows_resealed + done.resealed, rows_locked = r.rows_locked + done.passed,
            rows_failed = r.rows_failed + jsonb_array_length(done.problems)
    WHERE r.id = run.id;
    RETURN jsonb_build_object('rows', done.resealed, 'elapsed', extract(epoch FROM clock_timestamp() - began) * 1000);
END $$;
COMMENT ON FUNCTION primecloud_internal.reseal_step(regclass, sealed_column, bigint, integer, text, text)
    IS 'the next batch of a run, or that it is done';

-- After a batch failed: again, more carefully; in smaller bites; around the row; or not at all.
CREATE FUNCTION primecloud_internal.reseal_failed(rel regclass, registered sealed_column, run_id bigint, code text, constraint_name text,
    tries integer)
    RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    passing CONSTANT boolean := code IN ('55P03', '40P01', '40001');
    run primecloud_internal.reseal_run;
    at jsonb;
    most integer;
BEGIN
    IF passing AND tries > 20 OR NOT passing AND left(code, 2) NOT IN ('22', '23', '27', '44', 'P0') THEN
        RETURN jsonb_build_object('done', true, 'state', CASE WHEN passing THEN 'paused' ELSE 'failed' END, 'error', code);
    END IF;
    SELECT r.* INTO run FROM primecloud_internal.reseal_run r WHERE r.id = run_id FOR UPDATE;
    at := primecloud_internal.reseal_place(rel, run) - 'oid';
    most := coalesce((at ->> 'limit')::int, 50000);
    IF passing THEN
        at := at || '{"careful": true}';
    ELSIF most > 1 THEN
        at := at || jsonb_build_object('limit', greatest(1, least(most, 1000) / 8));
    ELSE
        RETURN primecloud_internal.reseal_step(rel, registered, run_id, 1, code, constraint_name) || jsonb_build_object('passed', true);
    END IF;
    UPDATE primecloud_internal.reseal_run r SET position = at, last_error = code, updated_at = clock_timestamp() WHERE r.id = run.id;
    RETURN '{}';
END $$;
COMMENT ON FUNCTION primecloud_internal.reseal_failed(regclass, sealed_column, bigint, text, text, integer)
    IS 'what to do after a batch failed';

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

REVOKE ALL ON FUNCTION primecloud_internal.reseal_rows(regclass, text, text, text, text, bigint, integer, bigint, integer, boolean, text),
    primecloud_internal.check_may_reseal(primecloud_internal.key_asker, regclass, name),
    primecloud_internal.reseal_begin(oid, regclass, name, boolean), primecloud_internal.reseal_place(regclass,
    primecloud_internal.reseal_run), primecloud_internal.reseal_note(primecloud_internal.reseal_run, text, jsonb, text),
    primecloud_internal.reseal_step(regclass, sealed_column, bigint, integer, text, text),
    primecloud_internal.reseal_failed(regclass, sealed_column, bigint, text, text, integer),
    primecloud_internal.reseal_end(sealed_column, bigint, text, text) FROM PUBLIC;
