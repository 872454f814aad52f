-- What the servers that have the shards answer, and that none is left out.

-- Whether the shards of a table are all known, and nothing of it lies here besides.
CREATE FUNCTION primecloud_internal.check_shards(rel regclass, shards jsonb) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    lost text := (SELECT coalesce(s ->> 'name', 'a shard') FROM jsonb_array_elements(shards) AS s
        WHERE s -> 'host' IS NULL OR s -> 'host' = 'null' OR s -> 'port' = 'null' LIMIT 1);
BEGIN
    IF lost IS NOT NULL OR shards IS NULL OR shards = '[]' THEN
        RAISE connection_failure USING MESSAGE = format('keys in use cannot be counted: %s of table %s lies on no server that is known',
            coalesce(lost, 'a shard'), rel), HINT = 'Let Citus know the server again, or bring the shard back from a backup.';
    ELSIF pg_relation_size(rel) > 0 THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('rows of table %s lie here, from before it was distributed', rel),
            HINT = format('They hold envelopes that no query finds: SELECT truncate_local_data_after_distributing_table(%L).', rel);
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_shards(regclass, jsonb)
    IS 'raises an error where a shard of a table is on no known server, or rows of it lie in the table that is left here';
REVOKE ALL ON FUNCTION primecloud_internal.check_shards(regclass, jsonb) FROM PUBLIC;

-- As sealed_rows_by_key().  Copies of one shard are counted once.
CREATE FUNCTION primecloud_internal.sealed_rows_on_shards(rel regclass, col text, shards jsonb, OUT key_id bigint, OUT row_count bigint)
    RETURNS SETOF record
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    one record;
    counted jsonb := '[]';
BEGIN
    PERFORM primecloud_internal.check_shards(rel, shards);
    FOR one IN EXECUTE 'WITH asked AS MATERIALIZED (SELECT s.host, s.port, pg_catalog.array_agg(s.name ORDER BY s.name) AS names
            FROM pg_catalog.jsonb_to_recordset($1) AS s(host text, port integer, name text) GROUP BY s.host, s.port)
        SELECT a.host, a.port, a.names, r.success, r.result FROM (SELECT pg_catalog.array_agg(a.host ORDER BY a.host, a.port) AS hosts,
                pg_catalog.array_agg(a.port ORDER BY a.host, a.port) AS ports,
                pg_catalog.array_agg(pg_catalog.format(''SELECT primecloud_internal.count_shards(%L, %L)'', a.names, $2)
                    ORDER BY a.host, a.port) AS commands FROM asked a) AS all_of_them
            CROSS JOIN LATERAL pg_catalog.master_run_on_worker(hosts, ports, commands, true) AS r(node_name, node_port, success, result)
            JOIN asked a ON a.host = r.node_name AND a.port = r.node_port' USING shards, col LOOP
        IF one.success IS NOT TRUE THEN
            RAISE connection_failure USING MESSAGE = format('keys in use cannot be counted: %s on %s:%s was not seen',
                array_to_string(one.names, ', '), one.host, one.port),
                DETAIL = one.result, HINT = 'Ask again when that server answers; check_installation() says what it is wanting.';
        END IF;
        SELECT counted || coalesce(jsonb_agg(c || jsonb_build_object('node', one.host || ':' || one.port)), '[]') INTO counted
        FROM jsonb_array_elements(one.result::jsonb) AS c;
        shards := (SELECT coalesce(jsonb_agg(s), '[]') FROM jsonb_array_elements(shards) AS s
            WHERE (s ->> 'host', s ->> 'port') IS DISTINCT FROM (one.host, one.port::text));
    END LOOP;
    IF shards <> '[]' THEN
        RAISE connection_failure USING MESSAGE = format('keys in use cannot be counted: %s was not seen', (SELECT string_agg(s ->> 'name',
            ', ') FROM jsonb_array_elements(shards) AS s)), HINT = 'Citus has not asked the server that it lies on.';
    END IF;
    RETURN QUERY SELECT c.key, CASE WHEN c.key IS NOT NULL THEN sum(c.rows)::bigint END FROM (
        SELECT (r ->> 'key')::bigint AS key, max((r ->> 'rows')::bigint) AS rows FROM jsonb_array_elements(counted) AS r
        GROUP BY r ->> 'shard', r ->> 'key') AS c GROUP BY c.key ORDER BY c.key NULLS LAST;
END $$;
COMMENT ON FUNCTION primecloud_internal.sealed_rows_on_shards(regclass, text, jsonb)
    IS 'how many rows of a distributed column each data key has sealed; raises an error that names a shard that was not seen';
REVOKE ALL ON FUNCTION primecloud_internal.sealed_rows_on_shards(regclass, text, jsonb) FROM PUBLIC;
