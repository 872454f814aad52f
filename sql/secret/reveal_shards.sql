-- The row of a secret where Citus has spread the table: read on the servers that have the shards, as the caller and in his context,
-- and opened here.  Read by src/secret/read_elsewhere.cpp alone, when the caller's privileges have been asked for here.

-- On the server that has the shard.
CREATE FUNCTION primecloud_internal.take_context(context text) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_take_context';
COMMENT ON FUNCTION primecloud_internal.take_context(text)
    IS 'enters the context of the session that asks from the coordinator, as primecloud.carried brings it; asked by the coordinator';

CREATE FUNCTION primecloud_internal.row_on_shard(shard regclass, col name, tenant_column name, id_column name, row_id text, wanted text,
    reader name, writing bigint[], OUT row_count integer, OUT tenant text, OUT id text, OUT envelope bytea)
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_row_on_shard';
COMMENT ON FUNCTION primecloud_internal.row_on_shard(regclass, name, name, name, text, text, name, bigint[])
    IS 'a row of a shard as a role may read it, with what the processes that are named have written; asked by the coordinator';

-- An error there has its code here.  (What the session that asks has not committed, other connections of its own have written.)
CREATE FUNCTION primecloud_internal.rows_here(shards text[], columns name[], row_id text, wanted text, reader name, context text,
    without_context text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
AS $$
DECLARE
    shard text;
    one record;
    found jsonb := '[]';
    writing bigint[];
    code text;
    message text;
    hint text;
BEGIN
    PERFORM primecloud_internal.take_context(context), set_config('primecloud.missing_context', without_context, true);
    writing := (SELECT array_agg(a.pid) FROM pg_stat_activity a WHERE a.backend_xid IS NOT NULL AND a.pid <> pg_backend_pid()
        AND a.application_name ~ '^citus_internal gpid=[0-9]+$'
        AND a.application_name = (SELECT s.reset_val FROM pg_settings s WHERE s.name = 'application_name'));
    FOREACH shard IN ARRAY shards LOOP
        SELECT * INTO one FROM primecloud_internal.row_on_shard(shard::regclass, columns[1], columns[2], columns[3], row_id, wanted, reader,
            writing) AS r;
        CONTINUE WHEN one.row_count = 0;
        found := found || jsonb_build_object('count', one.row_count, 'tenant', one.tenant, 'id', one.id, 'envelope',
            encode(one.envelope, 'hex'));
    END LOOP;
    RETURN found;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
    RETURN jsonb_build_object('code', code, 'message', message, 'hint', hint);
END $$;
COMMENT ON FUNCTION primecloud_internal.rows_here(text[], name[], text, text, name, text, text)
    IS 'the rows of shards of this server that a role may read under an id, or the error of that as JSON; asked by the coordinator';

-- On the coordinator.  Where one account alone is asked for, so is one shard.
CREATE FUNCTION primecloud_internal.shards_with(rel regclass, tenant_column text, wanted text)
    RETURNS TABLE (shard bigint, host text, port integer, name text)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    one bigint;
    type text;
BEGIN
    -- (Without Citus this says so.)
    PERFORM FROM primecloud_internal.shards_of(rel);
    EXECUTE 'SELECT pg_catalog.format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_dist_partition d
        JOIN pg_catalog.pg_attribute a ON a.attrelid = $1 AND a.attname = $2
            AND a.attname = pg_catalog.column_to_column_name(d.logicalrelid, d.partkey)
        WHERE d.logicalrelid = $1 AND d.partmethod = ''h''' INTO type USING rel, tenant_column;
    IF wanted IS NOT NULL AND type IS NOT NULL THEN
        EXECUTE format('SELECT pg_catalog.get_shard_id_for_distribution_column($1, $2::%s)', type) INTO one USING rel, wanted;
    END IF;
    -- (Of copies the one of a worker.)
    RETURN QUERY SELECT DISTINCT ON (s.shard) s.shard, s.host, s.port, s.name FROM primecloud_internal.shards_of(rel) AS s
        WHERE one IS NULL OR s.shard = one ORDER BY s.shard, s.server_group DESC NULLS LAST;
END $$;
COMMENT ON FUNCTION primecloud_internal.shards_with(regclass, text, text)
    IS 'the shards of a distributed table that rows of a tenant, or of any, lie in, each on one server that has it';

CREATE FUNCTION primecloud_internal.rows_on_shards(rel regclass, col text, tenant_column text, id_column text, row_id text, wanted text,
    reader text, context text)
    RETURNS TABLE (tenant text, id text, envelope bytea)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    shards CONSTANT jsonb := (SELECT jsonb_agg(to_jsonb(s) ORDER BY s.shard)
        FROM primecloud_internal.shards_with(rel, tenant_column, wanted) AS s);
    one record;
    answer jsonb;
    code text;
BEGIN
    IF shards IS NULL OR EXISTS (SELECT FROM jsonb_array_elements(shards) AS s WHERE s ->> 'host' IS NULL) THEN
        RAISE connection_failure USING MESSAGE = format('a shard of table %s lies on no server that is known', rel),
            HINT = 'Let Citus know the server again, or bring the shard back from a backup.';
    END IF;
    FOR one IN EXECUTE 'WITH asked AS MATERIALIZED (SELECT s.host, s.port, pg_catalog.array_agg(s.name ORDER BY s.name) AS names
            FROM pg_catalog.jsonb_to_recordset($1) AS s(host text, port integer, name text) GROUP BY s.host, s.port)
        SELECT r.node_name AS host, r.node_port AS port, r.success, r.result FROM (SELECT
                pg_catalog.array_agg(a.host ORDER BY a.host, a.port) AS hosts,
                pg_catalog.array_agg(a.port ORDER BY a.host, a.port) AS ports,
                pg_catalog.array_agg(pg_catalog.format(''SELECT primecloud_internal.rows_here(%L, %L, %L, %L, %L, %L, %L)'', a.names, $2,
                    $3, $4, $5, $6, $7) ORDER BY a.host, a.port) AS commands FROM asked a) AS all_of_them
            CROSS JOIN LATERAL pg_catalog.master_run_on_worker(hosts, ports, commands, true) AS r(node_name, node_port, success, result)'
            USING shards, ARRAY[col, tenant_column, id_column], row_id, wanted, reader, context,
                current_setting('primecloud.missing_context') LOOP
        answer := CASE WHEN one.success THEN one.result::jsonb END;
        IF answer IS NULL THEN
            RAISE connection_failure USING
                MESSAGE = format('a row of table %s was not read: %s:%s was not reached', rel, one.host, one.port),
                DETAIL = one.result, HINT = 'Ask again when that server answers; check_installation() says what it is wanting.';
        ELSIF jsonb_typeof(answer) = 'object' THEN
            code := answer ->> 'code';
            RAISE EXCEPTION USING ERRCODE = code, MESSAGE = answer ->> 'message', HINT = answer ->> 'hint',
                DETAIL = format('This was said by %s:%s.', one.host, one.port);
        END IF;
        RETURN QUERY SELECT f.tenant, f.id, decode(f.envelope, 'hex') FROM jsonb_to_recordset(answer)
            AS f(count integer, tenant text, id text, envelope text), generate_series(1, f.count);
    END LOOP;
    IF shards IS DISTINCT FROM (SELECT jsonb_agg(to_jsonb(s) ORDER BY s.shard)
            FROM primecloud_internal.shards_with(rel, tenant_column, wanted) AS s) THEN
        RAISE lock_not_available USING MESSAGE = format('shards of table %s were moved while a row was read', rel), HINT = 'Ask again.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.rows_on_shards(regclass, text, text, text, text, text, text, text)
    IS 'the rows of a distributed table that a role may read under an id; asked by who has looked at that role''s privileges';

REVOKE ALL ON FUNCTION primecloud_internal.take_context(text),
    primecloud_internal.row_on_shard(regclass, name, name, name, text, text, name, bigint[]),
    primecloud_internal.rows_here(text[], name[], text, text, name, text, text), primecloud_internal.shards_with(regclass, text, text),
    primecloud_internal.rows_on_shards(regclass, text, text, text, text, text, text, text) FROM PUBLIC;
