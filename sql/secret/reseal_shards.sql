-- Resealing what Citus has spread: read where it lies, opened and sealed anew here, written there.  That stays when this transaction is
-- rolled back, and opens all the same: its key was there before.

CREATE FUNCTION primecloud_internal.seal_row_anew(envelope bytea, tenant text, label text, row_id text, OUT after sealed, OUT problem text)
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_seal_row_anew';
COMMENT ON FUNCTION primecloud_internal.seal_row_anew(bytea, text, text, text)
    IS 'an envelope sealed anew with its tenant''s active key, or the SQLSTATE of why not; neither where that key has sealed it';

CREATE FUNCTION primecloud_internal.flush_keys() RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_flush_keys';
COMMENT ON FUNCTION primecloud_internal.flush_keys() IS 'waits until the keys are on disk, before another server has what they have sealed';

CREATE FUNCTION primecloud_internal.ask_shard(at jsonb, question text, col text, rest jsonb) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    said record;
    answer jsonb;
    code text;
BEGIN
    EXECUTE 'SELECT r.success, r.result FROM pg_catalog.master_run_on_worker(ARRAY[$1], ARRAY[$2], ARRAY[$3], false)
            AS r(host, port, success, result)'
        INTO said USING at ->> 'host', (at ->> 'port')::int, format('SELECT primecloud_internal.on_shard(%L, %L, %L, %L)', question,
            at ->> 'name', col, rest);
    IF said.success IS NOT TRUE OR said.result IS NULL THEN
        RAISE connection_failure USING MESSAGE = format('shard %s on %s:%s was not reached', at ->> 'name', at ->> 'host', at ->> 'port'),
            DETAIL = said.result, HINT = 'Nothing is lost: go on when that server answers.';
    END IF;
    answer := said.result::jsonb;
    IF jsonb_typeof(answer) = 'object' AND answer ? 'code' THEN
        code := answer ->> 'code';
        RAISE EXCEPTION USING ERRCODE = code, MESSAGE = answer ->> 'message', CONSTRAINT = coalesce(answer ->> 'constraint', ''),
            HINT = format('This was said by shard %s on %s:%s.', at ->> 'name', at ->> 'host', at ->> 'port');
    END IF;
    RETURN answer;
END $$;
COMMENT ON FUNCTION primecloud_internal.ask_shard(jsonb, text, text, jsonb) IS 'what the server of a shard answers; raises its error';

-- As reseal_rows().
CREATE FUNCTION primecloud_internal.reseal_shard(at jsonb, registered sealed_column, most integer, refusal text,
    OUT next_block bigint, OUT next_offset integer, OUT resealed bigint, OUT passed bigint, OUT problems jsonb)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    answer jsonb;
    one jsonb;
    anew record;
    written jsonb[] := '{}';
BEGIN
    answer := primecloud_internal.ask_shard(at, 'read', registered.column_name, jsonb_build_object(
        'tenant_column', registered.tenant_column, 'id_column', registered.id_column, 'keys', at -> 'keys', 'block', at -> 'block',
        'offset', at -> 'offset', 'most', most, 'blocks', least(4096, (at ->> 'end')::bigint - (at ->> 'block')::bigint)));
    problems := '[]';
    FOR one IN SELECT jsonb_array_elements(answer -> 'rows') LOOP
        SELECT * INTO anew FROM primecloud_internal.seal_row_anew(decode(one ->> 'envelope', 'hex'), one ->> 'tenant', registered.label,
            one ->> 'row') AS s;
        IF anew.problem IS NOT NULL OR refusal <> '' AND anew.after IS NOT NULL THEN
            problems := problems || jsonb_build_object('tenant', coalesce(one ->> 'tenant', ''), 'row', coalesce(one ->> 'row', ''),
                'key', one -> 'key', 'code', coalesce(anew.problem, refusal));
        ELSIF anew.after IS NOT NULL THEN
            written := written || jsonb_build_object('at', one -> 'at', 'before', one -> 'envelope', 'after', anew.after::text);
        END IF;
    END LOOP;
    resealed := 0;
    IF written <> '{}' THEN
        PERFORM primecloud_internal.flush_keys();
        resealed := primecloud_internal.ask_shard(at, 'write', registered.column_name, to_jsonb(written));
    END IF;
    passed := cardinality(written) - resealed;
    next_block := answer -> 'block';
    next_offset := answer -> 'offset';
END $$;
COMMENT ON FUNCTION primecloud_internal.reseal_shard(jsonb, sealed_column, integer, text)
    IS 'one batch of a reseal of a shard, as reseal_rows() is one of a table here';

-- As reseal_position(): of a shard in which no older key has sealed anything there is nothing to read; one that was moved begins anew.
CREATE FUNCTION primecloud_internal.reseal_shard_position(rel regclass, run primecloud_internal.reseal_run) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at jsonb := run.position;
    next record;
    held bigint;
    extent jsonb;
    older jsonb;
BEGIN
    LOOP
        SELECT t.oid, t.schema_name AS schema, t.table_name AS leaf, s.shard, s.server_group, s.host, s.port, s.name,
            at @> jsonb_build_object('schema', t.schema_name, 'leaf', t.table_name, 'shard', s.shard, 'server_group', s.server_group)
                AS same INTO next
        FROM primecloud_internal.retention_tree(rel) t CROSS JOIN LATERAL primecloud_internal.shards_of(t.oid) AS s
        WHERE t.kind = 'r' AND (NOT at ? 'leaf'
            OR (t.schema_name, t.table_name, s.shard) > (at ->> 'schema', at ->> 'leaf', (at ->> 'shard')::bigint)
            OR (t.schema_name, t.table_name, s.shard) = (at ->> 'schema', at ->> 'leaf', (at ->> 'shard')::bigint)
                AND (at ->> 'block')::bigint < (at ->> 'end')::bigint)
        ORDER BY t.schema_name, t.table_name, s.shard LIMIT 1;
        IF next.oid IS NOT NULL AND next.shard IS DISTINCT FROM held THEN
            held := next.shard;
            PERFORM primecloud_internal.hold_shards(ARRAY[held]);
        ELSIF next.oid IS NOT NULL THEN
            at := at || to_jsonb(next);
            IF next.same IS TRUE THEN RETURN at; END IF;
            extent := primecloud_internal.ask_shard(at, 'extent', run.column_name, '{}');
            IF (extent ->> 'locked')::boolean THEN
                RAISE lock_not_available USING MESSAGE = format('somebody holds shard %s locked', next.name), HINT = 'Ask again later.';
            END IF;
            older := (SELECT coalesce(jsonb_agg(k), '[]') FROM jsonb_array_elements(extent -> 'keys') AS k WHERE NOT EXISTS (
                SELECT FROM primecloud.data_key d WHERE d.key_id = k::bigint AND d.purpose = 'seal' AND d.state = 'active'));
            at := at || jsonb_build_object('block', 0, 'offset', 0, 'end', CASE WHEN older = '[]' THEN '0' ELSE extent -> 'blocks' END,
                'keys', older);
            CONTINUE WHEN (at ->> 'end')::bigint = 0;
            RETURN at;
        ELSIF (at ->> 'pass')::int = 1 AND run.rows_locked > 0 THEN
            at := jsonb_build_object('pass', 2, 'limit', at -> 'limit');
            UPDATE primecloud_internal.reseal_run r SET rows_locked = 0, rows_failed = 0 WHERE r.id = run.id;  -- it meets all of them again
        ELSE
            RETURN NULL;
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.reseal_shard_position(regclass, primecloud_internal.reseal_run)
    IS 'where a run goes on in a distributed table';

REVOKE ALL ON FUNCTION primecloud_internal.seal_row_anew(bytea, text, text, text), primecloud_internal.flush_keys(),
    primecloud_internal.ask_shard(jsonb, text, text, jsonb), primecloud_internal.reseal_shard(jsonb, sealed_column, integer, text),
    primecloud_internal.reseal_shard_position(regclass, primecloud_internal.reseal_run) FROM PUBLIC;
