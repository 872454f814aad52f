-- Resealing: from older data keys to the active one, batch by batch.
--
-- reseal_request() asks the keeper (key_request.sql), who decides and writes down, and
-- never writes the table: that is done as the table's owner (reseal_rows).

CREATE FUNCTION reseal_rows(leaf regclass, col text, tenant_column text, id_column text, label text, block bigint, offset_number integer, blocks bigint,
                            most integer, careful boolean, refusal text,
                            OUT next_block bigint, OUT next_offset integer, OUT resealed bigint, OUT passed bigint, OUT problems jsonb)
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_reseal_rows';
COMMENT ON FUNCTION reseal_rows(regclass, text, text, text, text, bigint, integer, bigint, integer, boolean, text) IS
    'one batch of a reseal: from a place in a table on, rows sealed anew, rows passed over since others had them, rows that cannot be';

-- Needs what typing the UPDATE would need: the owner's rights, or the privilege on the
-- column of a role that policies do not hold.
CREATE FUNCTION check_may_reseal(asker key_asker, rel regclass, col name) RETURNS sealed_column
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
COMMENT ON FUNCTION check_may_reseal(key_asker, regclass, name) IS 'the registration of a column that the caller may reseal';

CREATE FUNCTION reseal_begin(who oid, rel regclass, col name, anew boolean) RETURNS reseal_run
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    run primecloud.reseal_run;
    space text;
    name text;
    newest CONSTANT bigint := (SELECT coalesce(max(k.key_id), 0) FROM primecloud.data_key k WHERE k.purpose = 'seal');
BEGIN
    SELECT n.nspname, c.relname INTO space, name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = rel;
    PERFORM primecloud.retention_check_table(rel);
    SELECT r.* INTO run FROM primecloud.reseal_run r
    WHERE r.schema_name = space AND r.table_name = name AND r.column_name = col AND r.state IN ('running', 'paused') ORDER BY r.id DESC LIMIT 1 FOR UPDATE;
    -- Since a rotation there is work again where it was done.
    IF FOUND AND (anew OR run.newest_key <> newest) THEN
        UPDATE primecloud.reseal_run r SET state = 'superseded', finished_at = clock_timestamp() WHERE r.id = run.id;
        run := NULL;
    END IF;
    IF run.id IS NULL THEN
        INSERT INTO primecloud.reseal_run (schema_name, table_name, column_name, newest_key, done_by)
        VALUES (space, name, col, newest, pg_get_userbyid(who)) RETURNING * INTO run;
    END IF;
    RETURN run;
END $$;
COMMENT ON FUNCTION reseal_begin(oid, regclass, name, boolean) IS 'the run to go on with, or a new one';

-- Where a run goes on: in the table under way, at the beginning of the next, or, for what
-- was locked, once more from the start; NULL when all is done.
CREATE FUNCTION reseal_place(rel regclass, run reseal_run) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at jsonb := run.position;
    leaf record;
BEGIN
    LOOP
        SELECT t.oid, t.schema_name, t.table_name, t.table_name = at ->> 'leaf' AND t.schema_name = at ->> 'schema' AS same INTO leaf
        FROM primecloud.retention_tree(rel) t
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
            UPDATE primecloud.reseal_run r SET rows_locked = 0, rows_failed = 0 WHERE r.id = run.id;  -- it meets all of them again
        ELSE
            RETURN NULL;
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION reseal_place(regclass, reseal_run) IS 'where a run goes on';

CREATE FUNCTION reseal_note(run reseal_run, leaf text, problem jsonb, constraint_name text) RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO primecloud.reseal_problem AS p (schema_name, table_name, column_name, partition_name, tenant, row_id, key_id, code, constraint_name)
    VALUES (run.schema_name, run.table_name, run.column_name, leaf, problem ->> 'tenant', problem ->> 'row', (problem ->> 'key')::bigint, problem ->> 'code',
            coalesce(reseal_note.constraint_name, ''))
    ON CONFLICT (schema_name, table_name, column_name, partition_name, md5(tenant), md5(row_id)) DO UPDATE
        SET last_seen = clock_timestamp(), key_id = excluded.key_id, code = excluded.code, constraint_name = excluded.constraint_name
$$;
COMMENT ON FUNCTION reseal_note(reseal_run, text, jsonb, text) IS 'writes down a row that cannot be sealed anew';

CREATE FUNCTION reseal_step(rel regclass, registered sealed_column, run_id bigint, batch integer, refusal text DEFAULT '', constraint_name text DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    run primecloud.reseal_run;
    at jsonb;
    done record;
    problem jsonb;
    most integer;
    began CONSTANT timestamptz := clock_timestamp();
BEGIN
    SELECT r.* INTO run FROM primecloud.reseal_run r WHERE r.id = run_id AND r.column_name = registered.column_name FOR UPDATE;
    IF run.state IS DISTINCT FROM 'running' AND run.state IS DISTINCT FROM 'paused' THEN
        RETURN '{"done": true, "state": "superseded"}';
    END IF;
    at := primecloud.reseal_place(rel, run);
    IF at IS NULL THEN
        RETURN '{"done": true, "state": "finished"}';
    END IF;
    most := greatest(1, least(batch, (at ->> 'limit')::int, 50000));
    SELECT * INTO done FROM primecloud.reseal_rows((at ->> 'oid')::oid, registered.column_name, registered.tenant_column, registered.id_column, registered.label,
        (at ->> 'block')::bigint, (at ->> 'offset')::int, least(4096, (at ->> 'end')::bigint - (at ->> 'block')::bigint), most,
        at ? 'careful' OR (at ->> 'pass')::int > 1, refusal);
    FOR problem IN SELECT jsonb_array_elements(done.problems) LOOP
        PERFORM primecloud.reseal_note(run, at ->> 'leaf', problem, constraint_name);
    END LOOP;
    -- After smaller bites, larger ones again.
    at := (at - '{oid,careful}'::text[]) || jsonb_build_object('block', done.next_block, 'offset', done.next_offset, 'limit', least(most * 2, 50000));
    UPDATE primecloud.reseal_run r SET position = at, updated_at = clock_timestamp(), batches = r.batches + (done.resealed > 0)::int,
        rows_resealed = r.rows_resealed + done.resealed, rows_locked = r.rows_locked + done.passed, rows_failed = r.rows_failed + jsonb_array_length(done.problems)
    WHERE r.id = run.id;
    RETURN jsonb_build_object('rows', done.resealed, 'elapsed', extract(epoch FROM clock_timestamp() - began) * 1000);
END $$;
COMMENT ON FUNCTION reseal_step(regclass, sealed_column, bigint, integer, text, text) IS 'the next batch of a run, or that it is done';

-- After a batch failed: again, more carefully; in smaller bites; around the row; or not at all.
CREATE FUNCTION reseal_failed(rel regclass, registered sealed_column, run_id bigint, code text, constraint_name text, tries integer) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    passing CONSTANT boolean := code IN ('55P03', '40P01', '40001');
    run primecloud.reseal_run;
    at jsonb;
    most integer;
BEGIN
    IF passing AND tries > 20 OR NOT passing AND left(code, 2) NOT IN ('22', '23', '27', '44', 'P0') THEN
        RETURN jsonb_build_object('done', true, 'state', CASE WHEN passing THEN 'paused' ELSE 'failed' END, 'error', code);
    END IF;
    SELECT r.* INTO run FROM primecloud.reseal_run r WHERE r.id = run_id FOR UPDATE;
    at := primecloud.reseal_place(rel, run) - 'oid';
    most := coalesce((at ->> 'limit')::int, 50000);
    IF passing THEN
        at := at || '{"careful": true}';
    ELSIF most > 1 THEN
        at := at || jsonb_build_object('limit', greatest(1, least(most, 1000) / 8));
    ELSE
        RETURN primecloud.reseal_step(rel, registered, run_id, 1, code, constraint_name) || jsonb_build_object('passed', true);
    END IF;
    UPDATE primecloud.reseal_run r SET position = at, last_error = code, updated_at = clock_timestamp() WHERE r.id = run.id;
    RETURN '{}';
END $$;
COMMENT ON FUNCTION reseal_failed(regclass, sealed_column, bigint, text, text, integer) IS 'what to do after a batch failed';

CREATE FUNCTION reseal_end(registered sealed_column, run_id bigint, state text, problem text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    run primecloud.reseal_run;
BEGIN
    UPDATE primecloud.reseal_run r SET state = reseal_end.state, updated_at = clock_timestamp(), last_error = coalesce(problem, r.last_error),
           finished_at = CASE WHEN reseal_end.state = 'paused' THEN NULL ELSE clock_timestamp() END
    WHERE r.id = run_id AND r.state IN ('running', 'paused') RETURNING * INTO run;
    IF run.state = 'finished' THEN  -- what it did not meet again is no problem any more
        DELETE FROM primecloud.reseal_problem p WHERE p.schema_name = run.schema_name AND p.table_name = run.table_name AND p.column_name = run.column_name
          AND p.last_seen < run.started_at;
    END IF;
END $$;
COMMENT ON FUNCTION reseal_end(sealed_column, bigint, text, text) IS 'ends or pauses a run';

-- Batches inside the caller's transaction.  Nothing is left only when a whole run has
-- found nothing.
CREATE FUNCTION reseal_within(who oid, rel regclass, registered sealed_column, batch integer) RETURNS bigint
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    done bigint := 0;
    run primecloud.reseal_run;
    answer jsonb;
    fresh boolean;
BEGIN
    IF batch IS NULL OR batch < 1 THEN
        RAISE invalid_parameter_value USING MESSAGE = format('a batch of %s rows is none', coalesce(batch::text, 'NULL'));
    END IF;
    LOOP
        run := primecloud.reseal_begin(who, rel, registered.column_name, false);
        fresh := run.position = '{"pass": 1}';
        LOOP
            answer := primecloud.reseal_step(rel, registered, run.id, (batch - done)::int);
            EXIT WHEN (answer ->> 'done')::boolean;
            done := done + (answer ->> 'rows')::bigint;
            IF done >= batch THEN
                RETURN done;
            END IF;
        END LOOP;
        PERFORM primecloud.reseal_end(registered, run.id, answer ->> 'state', NULL);
        IF done > 0 OR fresh THEN
            RETURN done;
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION reseal_within(oid, regclass, sealed_column, integer) IS 'behind reseal_batch()';

CREATE FUNCTION reseal_decide(asker key_asker, request jsonb) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kind CONSTANT text := request ->> 'kind';
    rel CONSTANT regclass := (request ->> 'rel')::oid;
    col CONSTANT name := request ->> 'col';
    number CONSTANT bigint := request ->> 'run';
    registered primecloud.sealed_column;
    lock_id bigint;
BEGIN
    PERFORM primecloud.check_asker(asker);
    registered := primecloud.check_may_reseal(asker, rel, col);
    lock_id := hashtext(concat_ws('.', registered.schema_name, registered.table_name, registered.column_name));
    CASE kind
        WHEN 'batch' THEN RETURN to_jsonb(primecloud.reseal_within(asker.role, rel, registered, (request ->> 'batch')::int));
        WHEN 'begin' THEN
            IF NOT primecloud.retention_claim('primecloud.reseal_run', lock_id) THEN
                RETURN '{"busy": true}';
            END IF;
            RETURN jsonb_build_object('run', (primecloud.reseal_begin(asker.role, rel, col, true)).id);
        WHEN 'step' THEN RETURN primecloud.reseal_step(rel, registered, number, (request ->> 'batch')::int);
        WHEN 'failed' THEN RETURN primecloud.reseal_failed(rel, registered, number, request ->> 'code', request ->> 'constraint', (request ->> 'tries')::int);
        WHEN 'end' THEN
            PERFORM primecloud.reseal_end(registered, number, request ->> 'state', request ->> 'error');
            PERFORM primecloud.retention_release('primecloud.reseal_run', lock_id);
            RETURN (SELECT jsonb_build_object('locked', r.rows_locked, 'failed', r.rows_failed) FROM primecloud.reseal_run r WHERE r.id = number);
    END CASE;
END $$;
COMMENT ON FUNCTION reseal_decide(key_asker, jsonb) IS 'behind reseal_request()';

CREATE FUNCTION reseal_request(rel regclass, col name, request jsonb) RETURNS jsonb
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud.key_request('reseal', request || jsonb_build_object('rel', rel::oid, 'col', col)) $$;
COMMENT ON FUNCTION reseal_request(regclass, name, jsonb) IS 'behind reseal() and reseal_batch(); call those';

CREATE FUNCTION reseal_batch(rel regclass, col name, batch integer DEFAULT 1000) RETURNS bigint
    LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud.reseal_request(rel, col, jsonb_build_object('kind', 'batch', 'batch', batch))::bigint $$;
COMMENT ON FUNCTION reseal_batch(regclass, name, integer) IS 'reseals at most so many rows in the caller''s transaction, passing over locked ones; returns how many, 0 when none is left that it can have';

-- Commits after every batch, so it can be neither SECURITY DEFINER nor have SET clauses:
-- it sets its search_path anew in every transaction, and until it has, it calls nothing
-- but pg_catalog by its full name.
CREATE PROCEDURE reseal(rel regclass, col name, batch integer DEFAULT 5000, max_duration interval DEFAULT NULL, max_rate integer DEFAULT NULL)
    LANGUAGE plpgsql
AS $$
DECLARE
    answer pg_catalog.jsonb;
    run pg_catalog.jsonb;
    code pg_catalog.text;
    message pg_catalog.text;
    constraint_name pg_catalog.text;
    failures pg_catalog.int4;
    rest pg_catalog.float8;
    began pg_catalog.timestamptz;
    state pg_catalog.text;
BEGIN
    COMMIT;  -- refused, and rightly, inside a transaction block
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    began := clock_timestamp();
    failures := 0;
    IF batch < 1 OR max_rate < 1 OR max_duration < '0' THEN
        RAISE EXCEPTION 'batch and max_rate must be positive, max_duration not negative' USING ERRCODE = '22023';
    END IF;
    answer := primecloud.reseal_request(rel, col, '{"kind": "begin"}');
    IF answer ? 'busy' THEN
        RAISE NOTICE 'another session reseals column "%" of %', col, rel;
        RETURN;
    END IF;
    run := jsonb_build_object('run', answer -> 'run', 'batch', least(batch, max_rate / 2 + 1));
    LOOP
        COMMIT;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
        IF clock_timestamp() >= began + max_duration THEN
            state := 'paused';
            EXIT;
        ELSIF rest > 0 THEN  -- in naps, each in a transaction of its own
            PERFORM pg_sleep(least(rest, 500) / 1000);
            rest := rest - 500;
            CONTINUE;
        END IF;
        code := NULL;
        BEGIN
            answer := primecloud.reseal_request(rel, col, run || '{"kind": "step"}');
            failures := 0;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, constraint_name = CONSTRAINT_NAME;
        END;
        IF code IS NOT NULL THEN
            failures := failures + 1;
            answer := primecloud.reseal_request(rel, col, run || jsonb_build_object('kind', 'failed', 'code', code, 'constraint', constraint_name, 'tries', failures));
            IF (answer ->> 'passed')::boolean THEN
                RAISE WARNING 'a row of % cannot be resealed: %', rel, message USING ERRCODE = code, HINT = 'It is passed over; see primecloud.reseal_problems.';
            END IF;
        END IF;
        state := answer ->> 'state';
        EXIT WHEN (answer ->> 'done')::boolean;
        rest := CASE WHEN code IN ('55P03', '40P01', '40001') THEN 20 * failures
                     WHEN max_rate IS NULL THEN 0
                     ELSE (answer ->> 'rows')::float8 * 1000 / max_rate - (answer ->> 'elapsed')::float8 END;
    END LOOP;
    answer := primecloud.reseal_request(rel, col, run || jsonb_build_object('kind', 'end', 'state', state, 'error', answer -> 'error'));
    COMMIT;
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    IF state = 'failed' THEN
        RAISE EXCEPTION USING ERRCODE = code, MESSAGE = message, HINT = 'What was done before is committed; primecloud.job_progress says how far it came.';
    ELSIF (answer ->> 'failed')::bigint > 0 THEN
        RAISE WARNING '% rows of % could not be resealed', answer ->> 'failed', rel USING HINT = 'They are as they were; see primecloud.reseal_problems.';
    END IF;
    IF (answer ->> 'locked')::bigint > 0 THEN
        RAISE NOTICE '% rows of % were in use by others', answer ->> 'locked', rel USING HINT = 'Call reseal() again for them.';
    END IF;
END $$;
COMMENT ON PROCEDURE reseal(regclass, name, integer, interval, integer) IS
    'reseals what older keys have sealed in a column, batch by batch, each committed; call it again after an interruption';

-- For a row that gets another id or tenant, in the UPDATE that gives it.
CREATE FUNCTION reseal_move(s sealed, tenant text, label text, row_id text, new_tenant text, new_label text, new_row_id text) RETURNS sealed
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_reseal_move';
COMMENT ON FUNCTION reseal_move(sealed, text, text, text, text, text, text) IS 'the same secret for another tenant, label or row, without revealing it; needs the right to both tenants';
REVOKE ALL ON FUNCTION reseal_move(sealed, text, text, text, text, text, text) FROM PUBLIC;

-- Exactly what a maintenance role needs to be let in; it works as the owner does.
CREATE FUNCTION allow_reseal(rel regclass, col name, maintenance_role name) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    space CONSTANT text := (SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = rel);
BEGIN
    PERFORM primecloud.check_owner(rel), primecloud.sealed_column_of(rel, col);
    IF (SELECT r.rolbypassrls OR r.rolsuper FROM pg_roles r WHERE r.rolname = maintenance_role) IS NOT TRUE THEN
        RAISE invalid_parameter_value USING MESSAGE = format('role "%s" is no maintenance role', maintenance_role),
            HINT = 'Make it with primecloud.create_maintenance_role().';
    END IF;
    IF NOT has_schema_privilege(maintenance_role, space, 'USAGE') THEN
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', space, maintenance_role);
    END IF;
    EXECUTE format('GRANT SELECT (%1$I), UPDATE (%1$I) ON TABLE %2$s TO %3$I', col, rel, maintenance_role);
END $$;
COMMENT ON FUNCTION allow_reseal(regclass, name, name) IS 'gives a maintenance role what it needs to reseal a column, as its owner';

REVOKE ALL ON FUNCTION reseal_rows(regclass, text, text, text, text, bigint, integer, bigint, integer, boolean, text),
    check_may_reseal(key_asker, regclass, name), reseal_begin(oid, regclass, name, boolean), reseal_place(regclass, reseal_run), reseal_note(reseal_run, text, jsonb, text),
    reseal_step(regclass, sealed_column, bigint, integer, text, text), reseal_failed(regclass, sealed_column, bigint, text, text, integer),
    reseal_end(sealed_column, bigint, text, text), reseal_within(oid, regclass, sealed_column, integer),
    reseal_decide(key_asker, jsonb), reseal_request(regclass, name, jsonb), reseal_batch(regclass, name, integer) FROM PUBLIC;
REVOKE ALL ON PROCEDURE reseal(regclass, name, integer, interval, integer) FROM PUBLIC;
INSERT INTO role_grant VALUES
    ('maintenance', 'EXECUTE', 'FUNCTION primecloud.reseal_move(primecloud.sealed, text, text, text, text, text, text)'),
    ('platform', 'EXECUTE', 'FUNCTION primecloud.reseal_move(primecloud.sealed, text, text, text, text, text, text)'),
    ('maintenance', 'EXECUTE', 'FUNCTION primecloud.reseal_request(regclass, name, jsonb)'),
    ('maintenance', 'EXECUTE', 'FUNCTION primecloud.reseal_batch(regclass, name, integer)'),
    ('maintenance', 'EXECUTE', 'PROCEDURE primecloud.reseal(regclass, name, integer, interval, integer)');
