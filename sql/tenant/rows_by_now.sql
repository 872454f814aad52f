-- The rows of somebody's table wherever they lie, as they are by now, read without a query: planning one would run its owner's
-- functions as whoever asks.  Rows of transactions that are still open, or prepared, are told as such.

CREATE FUNCTION primecloud_internal.rows_by_now(rel regclass, first name, second name, third name, OUT first_value text,
    OUT second_value text, OUT third_value text, OUT is_open boolean) RETURNS SETOF record
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_rows_by_now';
COMMENT ON FUNCTION primecloud_internal.rows_by_now(regclass, name, name, name)
    IS 'columns of a table''s rows on this server as texts, those too that an open transaction is making or taking away; for superusers';

-- On the server that has the shards.  An error there has its code here.
CREATE FUNCTION primecloud_internal.rows_by_now_on(shards text[], columns name[]) RETURNS json
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    code text;
    message text;
BEGIN
    RETURN (SELECT coalesce(json_agg(json_build_array(r.first_value, r.second_value, r.third_value, r.is_open)), '[]')
        FROM unnest(shards) AS s(name)
        CROSS JOIN LATERAL primecloud_internal.rows_by_now(s.name::regclass, columns[1], columns[2], columns[3]) AS r);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    RETURN json_build_object('code', code, 'message', message);
END $$;
COMMENT ON FUNCTION primecloud_internal.rows_by_now_on(text[], name[])
    IS 'rows_by_now() of shards of this server, or the error of that; asked by the coordinator';

-- Where each shard lies once, with the names that it has there; never with one that is left out.
CREATE FUNCTION primecloud_internal.shards_by_server(rel regclass) RETURNS TABLE (host text, port integer, names text[])
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    lost text;
BEGIN
    SELECT coalesce(s.name, 'a shard') INTO lost FROM primecloud_internal.shards_of(rel) AS s WHERE s.host IS NULL OR s.port IS NULL
        LIMIT 1;
    IF FOUND THEN
        RAISE connection_failure USING MESSAGE = format('rows of table %s were not read: %s lies on no server that is known', rel, lost),
            HINT = 'Let Citus know the server again, or bring the shard back from a backup.';
    END IF;
    RETURN QUERY SELECT o.host, o.port, array_agg(o.name ORDER BY o.name) FROM (SELECT DISTINCT ON (s.shard) s.host, s.port, s.name
        FROM primecloud_internal.shards_of(rel) AS s ORDER BY s.shard, s.server_group DESC) AS o GROUP BY o.host, o.port;
END $$;
COMMENT ON FUNCTION primecloud_internal.shards_by_server(regclass)
    IS 'the servers that have a distributed table, each with the shards that are to be read there';

CREATE FUNCTION primecloud_internal.rows_on_servers(rel regclass, columns name[])
    RETURNS TABLE (first_value text, second_value text, third_value text, is_open boolean)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    servers CONSTANT jsonb := (SELECT coalesce(jsonb_agg(to_jsonb(s)), '[]') FROM primecloud_internal.shards_by_server(rel) AS s);
    one record;
    answers integer := 0;
BEGIN
    FOR one IN EXECUTE 'SELECT r.* FROM (SELECT pg_catalog.array_agg(a.host) AS hosts, pg_catalog.array_agg(a.port) AS ports,
                pg_catalog.array_agg(pg_catalog.format(''SELECT primecloud_internal.rows_by_now_on(%L, %L)'', a.names, $2)) AS commands
                FROM pg_catalog.jsonb_to_recordset($1) AS a(host text, port integer, names text[])) AS all_of_them
            CROSS JOIN LATERAL pg_catalog.master_run_on_worker(hosts, ports, commands, true) AS r(host, port, success, result)'
            USING servers, columns LOOP
        IF one.success IS NOT TRUE OR one.result IS NULL THEN
            RAISE connection_failure USING MESSAGE = format('rows of table %s were not read: %s:%s was not reached', rel, one.host,
                one.port),
                DETAIL = one.result, HINT = 'Ask again when that server answers; check_installation() says what it is wanting.';
        ELSIF json_typeof(one.result::json) = 'object' THEN
            RAISE object_not_in_prerequisite_state USING MESSAGE = format('rows of table %s were not read: %s', rel,
                one.result::json ->> 'message'), DETAIL = format('This was said by %s:%s.', one.host, one.port),
                HINT = 'Ask again, and not in a transaction that has distributed or changed the table.';
        END IF;
        answers := answers + 1;
        RETURN QUERY SELECT a ->> 0, a ->> 1, a ->> 2, (a ->> 3)::boolean FROM json_array_elements(one.result::json) AS a;
    END LOOP;
    IF answers = 0 OR answers < jsonb_array_length(servers) THEN
        RAISE connection_failure USING MESSAGE = format('rows of table %s were not read: a server was not asked', rel),
            HINT = 'Ask again.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.rows_on_servers(regclass, name[])
    IS 'rows_by_now() of a distributed table, on every server that has a shard of it; an error where one was not read';

CREATE FUNCTION primecloud_internal.rows_anywhere(rel regclass, columns name[])
    RETURNS TABLE (first_value text, second_value text, third_value text, is_open boolean)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF primecloud_internal.is_distributed(rel) THEN
        RETURN QUERY SELECT r.* FROM primecloud_internal.rows_on_servers(rel, columns) AS r;
    ELSE
        RETURN QUERY SELECT r.* FROM primecloud_internal.rows_by_now(rel, columns[1], columns[2], columns[3]) AS r;
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.rows_anywhere(regclass, name[]) IS 'rows_by_now() of a table wherever its rows lie';
REVOKE ALL ON FUNCTION primecloud_internal.rows_by_now(regclass, name, name, name), primecloud_internal.rows_by_now_on(text[], name[]),
    primecloud_internal.shards_by_server(regclass), primecloud_internal.rows_on_servers(regclass, name[]),
    primecloud_internal.rows_anywhere(regclass, name[]) FROM PUBLIC;

-- The door: policies hold an owner to the account that he has entered, which he may lift; so his own rows are his to compare.
CREATE FUNCTION primecloud_internal.owners_rows(rel regclass, columns name[], OUT first_value text, OUT second_value text,
    OUT third_value text, OUT is_open boolean) RETURNS SETOF record
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_owners_rows';
COMMENT ON FUNCTION primecloud_internal.owners_rows(regclass, name[])
    IS 'up to three columns of all rows of a table as they are by now, wherever they lie; for who has the rights of its owner';
