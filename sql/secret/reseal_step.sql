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
    at := primecloud_internal.reseal_position(rel, run);
    IF at IS NULL THEN
        RETURN '{"done": true, "state": "finished"}';
    END IF;
    most := greatest(1, least(batch, (at ->> 'limit')::int, 50000));
    IF at ? 'shard' THEN
        SELECT * INTO done FROM primecloud_internal.reseal_shard(at, registered, least(most, 5000), refusal);
    ELSE
        SELECT * INTO done FROM primecloud_internal.reseal_rows((at ->> 'oid')::oid, registered.column_name, registered.tenant_column,
            registered.id_column, registered.label,
            (at ->> 'block')::bigint, (at ->> 'offset')::int, least(4096, (at ->> 'end')::bigint - (at ->> 'block')::bigint), most,
            at ? 'careful' OR (at ->> 'pass')::int > 1, refusal);
    END IF;
    FOR problem IN SELECT jsonb_array_elements(done.problems) LOOP
        PERFORM primecloud_internal.reseal_note(run, at ->> 'leaf', problem, constraint_name);
    END LOOP;
    -- After smaller bites, larger ones again.
    at := (at - '{oid,careful,host,port,name,same}'::text[]) || jsonb_build_object('block', done.next_block,
        'offset', done.next_offset, 'limit', least(most * 2, 50000));
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
    at := primecloud_internal.reseal_position(rel, run) - '{oid,host,port,name,same}'::text[];
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

REVOKE ALL ON FUNCTION primecloud_internal.reseal_rows(regclass, text, text, text, text, bigint, integer, bigint, integer, boolean,
    text), primecloud_internal.check_may_reseal(primecloud_internal.key_asker, regclass, name),
    primecloud_internal.reseal_step(regclass, sealed_column, bigint, integer, text, text), primecloud_internal.reseal_failed(regclass,
    sealed_column, bigint, text, text, integer) FROM PUBLIC;
