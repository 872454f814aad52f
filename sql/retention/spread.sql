-- Where Citus has spread a table: each batch is one tenant's, in his context on the server that has his rows, as the table's
-- owner whom its policies hold.  So no batch can take another tenant's row, whatever it says.

CREATE TABLE primecloud_internal.retention_tenant (run bigint, tenant text COLLATE "C", PRIMARY KEY (run, tenant));
COMMENT ON TABLE primecloud_internal.retention_tenant IS 'tenants whose rows a run on a distributed table is to look at next';
COMMENT ON COLUMN primecloud_internal.retention_tenant.run IS 'of which run';
COMMENT ON COLUMN primecloud_internal.retention_tenant.tenant IS 'as its column prints it';
REVOKE ALL ON primecloud_internal.retention_tenant FROM PUBLIC;

CREATE FUNCTION primecloud_internal.stored_tenants(rel regclass, tenant_column text, OUT tenant text, OUT rows bigint) RETURNS SETOF record
    LANGUAGE c VOLATILE STRICT PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'primecloud_stored_tenants';
COMMENT ON FUNCTION primecloud_internal.stored_tenants(regclass, text) IS 'whose rows a shard has, and how many have no tenant, read '
    'without a query; for superusers, who would else run its owner''s code as themselves';
REVOKE ALL ON FUNCTION primecloud_internal.stored_tenants(regclass, text) FROM PUBLIC;

-- On the server that has the shards.  An error there has its code here: a run goes by it.
CREATE FUNCTION primecloud_internal.tenants_on_shards(shards text[], tenant_column text, behind text, most bigint) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    answer jsonb;
    code text;
    message text;
BEGIN
    WITH stored AS MATERIALIZED (SELECT t.* FROM unnest(shards) AS s(name)
        CROSS JOIN LATERAL primecloud_internal.stored_tenants(s.name::regclass, tenant_column) AS t)
    SELECT jsonb_build_object('without', (SELECT coalesce(sum(t.rows), 0) FROM stored t WHERE t.tenant IS NULL), 'tenants',
        (SELECT coalesce(jsonb_agg(l.tenant), '[]') FROM (SELECT DISTINCT t.tenant COLLATE "C" AS tenant FROM stored t
            WHERE t.tenant IS NOT NULL AND (behind IS NULL OR t.tenant COLLATE "C" > behind) ORDER BY 1 LIMIT most) AS l)) INTO answer;
    RETURN answer;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    RETURN jsonb_build_object('code', code, 'message', message);
END $$;
COMMENT ON FUNCTION primecloud_internal.tenants_on_shards(text[], text, text, bigint) IS 'the least tenants behind one whose rows shards '
    'of this server have, and how many rows have none; an error as JSON; asked by the coordinator';

CREATE FUNCTION primecloud_internal.retention_not_reached(leaf regclass, who text, why text) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE connection_failure USING MESSAGE = format('%s with rows of table %s does not answer', who, leaf), DETAIL = why,
        HINT = 'Nothing is lost: CALL primecloud.expire() again when it does.';
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_not_reached(regclass, text, text) IS 'raises 08006: a server that has rows is not there';

-- Each shard is read once for so many tenants.
CREATE FUNCTION primecloud_internal.retention_ask_shards(leaf regclass, tenant_column text, behind text, most bigint)
    RETURNS SETOF jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    code text;
    shards CONSTANT jsonb := (SELECT jsonb_agg(to_jsonb(s)) FROM primecloud_internal.shards_of(leaf) AS s);
    lost CONSTANT text := (SELECT coalesce(s ->> 'name', 'a shard') FROM jsonb_array_elements(shards) AS s
        WHERE s ->> 'host' IS NULL OR s ->> 'port' IS NULL LIMIT 1);
    one record;
    asked bigint := 0;
BEGIN
    IF lost IS NOT NULL OR shards IS NULL THEN
        PERFORM primecloud_internal.retention_not_reached(leaf, coalesce(lost, 'a shard'), 'It lies on no server that is known.');
    END IF;
    FOR one IN EXECUTE 'WITH asked AS MATERIALIZED (SELECT s.host, s.port, pg_catalog.array_agg(DISTINCT s.name) AS names
            FROM pg_catalog.jsonb_to_recordset($1) AS s(host text, port integer, name text) GROUP BY s.host, s.port)
        SELECT r.* FROM (SELECT pg_catalog.array_agg(a.host ORDER BY a.host, a.port) AS hosts,
                pg_catalog.array_agg(a.port ORDER BY a.host, a.port) AS ports,
                pg_catalog.array_agg(pg_catalog.format(''SELECT primecloud_internal.tenants_on_shards(%L, %L, %L, %s)'', a.names, $2, $3,
                    $4) ORDER BY a.host, a.port) AS commands FROM asked a) AS all_of_them
            CROSS JOIN LATERAL pg_catalog.master_run_on_worker(hosts, ports, commands, true) AS r(host, port, success, result)'
        USING shards, tenant_column, behind, most LOOP
        IF one.success IS NOT TRUE OR one.result IS NULL THEN
            PERFORM primecloud_internal.retention_not_reached(leaf, format('server %s:%s', one.host, one.port), one.result);
        ELSIF one.result::jsonb ? 'code' THEN
            -- (A shard that is not there any more has been moved since its place was looked up.)
            code := CASE one.result::jsonb ->> 'code' WHEN '42P01' THEN '40001' ELSE one.result::jsonb ->> 'code' END;
            RAISE EXCEPTION USING ERRCODE = code, MESSAGE = format('server %s:%s says of table %s: %s', one.host, one.port, leaf,
                one.result::jsonb ->> 'message'),
                HINT = 'Nothing is lost: CALL primecloud.expire() again, when that server can be read.';
        END IF;
        asked := asked + 1;
        RETURN NEXT one.result::jsonb;
    END LOOP;
    IF asked < (SELECT count(DISTINCT (s ->> 'host', s ->> 'port')) FROM jsonb_array_elements(shards) AS s) THEN
        PERFORM primecloud_internal.retention_not_reached(leaf, 'a server', 'Citus has not asked it.');
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_ask_shards(regclass, text, text, bigint)
    IS 'what tenants_on_shards() says on each server that has shards of a table; raises an error where one has not answered';

-- The least of them behind one, of all shards.
CREATE FUNCTION primecloud_internal.retention_seek_tenants(run_id bigint, leaf regclass, tenant_column text, behind text,
    OUT any_left boolean, OUT rows_without bigint)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    most CONSTANT bigint := 10000;
    told jsonb;
BEGIN
    told := (SELECT jsonb_agg(a) FROM primecloud_internal.retention_ask_shards(leaf, tenant_column, behind, most) AS a);
    DELETE FROM primecloud_internal.retention_tenant t WHERE t.run = run_id;
    INSERT INTO primecloud_internal.retention_tenant SELECT DISTINCT run_id, t COLLATE "C" FROM jsonb_array_elements(told) AS a,
        jsonb_array_elements_text(a -> 'tenants') AS t ORDER BY 2 LIMIT most;
    any_left := FOUND;
    rows_without := (SELECT coalesce(sum((a ->> 'without')::bigint), 0) FROM jsonb_array_elements(told) AS a);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_seek_tenants(bigint, regclass, text, text)
    IS 'notes whose rows a run on a distributed table is to look at next, and says how many rows have no tenant';
REVOKE ALL ON FUNCTION primecloud_internal.tenants_on_shards(text[], text, text, bigint),
    primecloud_internal.retention_not_reached(regclass, text, text),
    primecloud_internal.retention_ask_shards(regclass, text, text, bigint),
    primecloud_internal.retention_seek_tenants(bigint, regclass, text, text) FROM PUBLIC;
