-- Where a data key is needed on other servers: the shards of what Citus has spread, each counted where it lies.
-- (Citus' own are named at run time alone: without it there are none.)

-- On the server that has the shards: as sealed_rows_by_key() counts, one of what is held locked is waited for.
CREATE FUNCTION primecloud_internal.count_shards(shards text[], col text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    shard text;
    u record;
    patient boolean := true;
    found jsonb := '[]';
BEGIN
    FOREACH shard IN ARRAY shards LOOP
        FOR u IN SELECT * FROM primecloud_internal.sealed_rows_by_key(shard::regclass, col, patient) AS s LOOP
            patient := patient AND u.row_count IS NOT NULL;
            found := found || jsonb_build_object('shard', shard, 'key', u.key_id, 'rows', u.row_count);
        END LOOP;
    END LOOP;
    RETURN found;
END $$;
COMMENT ON FUNCTION primecloud_internal.count_shards(text[], text)
    IS 'how many rows each data key has sealed in a column of shards of this server, those of open transactions included; key and rows are '
        'NULL of a shard that somebody holds locked; asked by the coordinator';
REVOKE ALL ON FUNCTION primecloud_internal.count_shards(text[], text) FROM PUBLIC;

-- With every column NULL that is not known, so that who asks can tell what he does not see.
CREATE FUNCTION primecloud_internal.shards_of(rel regclass)
    RETURNS TABLE (shard bigint, server_group integer, host text, port integer, name text)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF to_regprocedure('pg_catalog.master_run_on_worker(text[], integer[], text[], boolean)') IS NULL THEN
        RAISE feature_not_supported USING MESSAGE = format('table "%s" is distributed', (SELECT relname FROM pg_class WHERE oid = rel)),
            HINT = 'Its rows lie on other servers, and Citus is not here to ask them.';
    END IF;
    -- (Citus leaves out the schema of a name where that is "public".)
    RETURN QUERY EXECUTE 'SELECT s.shardid, p.groupid, n.nodename, n.nodeport,
            pg_catalog.quote_ident(space.nspname) || ''.'' || pg_catalog.quote_ident(
            (SELECT words[pg_catalog.cardinality(words)] FROM pg_catalog.parse_ident(pg_catalog.shard_name(c.oid, s.shardid)) AS words))
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace space ON space.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_dist_shard s ON s.logicalrelid::oid = c.oid
        LEFT JOIN pg_catalog.pg_dist_placement p ON p.shardid = s.shardid AND p.shardstate = 1
        LEFT JOIN pg_catalog.pg_dist_node n ON n.groupid = p.groupid AND n.noderole = ''primary''
        WHERE c.oid = $1 ORDER BY s.shardid, p.groupid' USING rel;
END $$;
COMMENT ON FUNCTION primecloud_internal.shards_of(regclass) IS 'the shards of a distributed table, and the servers that each lies on';
REVOKE ALL ON FUNCTION primecloud_internal.shards_of(regclass) FROM PUBLIC;

-- As Citus does before it writes there itself: a shard that is being moved is waited for, and who would move it waits.  (Where it
-- lies is looked for after that, not before.)
CREATE FUNCTION primecloud_internal.hold_shards(shards bigint[]) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF cardinality(shards) > 0 AND to_regprocedure('pg_catalog.lock_shard_metadata(integer, bigint[])') IS NOT NULL THEN
        EXECUTE 'SELECT pg_catalog.lock_shard_metadata(5, $1)' USING shards;  -- (5: ShareLock)
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.hold_shards(bigint[])
    IS 'keeps shards of distributed tables where they are until the transaction ends';
REVOKE ALL ON FUNCTION primecloud_internal.hold_shards(bigint[]) FROM PUBLIC;

-- Where everything lies that holds envelopes: what is other at the end of a count than it was at its beginning has not been counted.
CREATE FUNCTION primecloud_internal.spread_sealed() RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found jsonb := '{}';
    one oid;
BEGIN
    IF to_regclass('pg_catalog.pg_dist_partition') IS NULL THEN
        RETURN found;
    END IF;
    FOR one IN EXECUTE 'SELECT c.oid FROM pg_catalog.pg_dist_partition d JOIN pg_catalog.pg_class c ON c.oid = d.logicalrelid::oid
        WHERE c.relkind IN (''r'', ''m'') AND EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped
            AND a.attnum > 0 AND a.atttypid IN (SELECT k.type FROM primecloud_internal.sealed_kinds() AS k(type))) ORDER BY c.oid' LOOP
        found := found || jsonb_build_object(one::text, (SELECT jsonb_agg(to_jsonb(s)) FROM primecloud_internal.shards_of(one) AS s));
    END LOOP;
    IF found <> '{}' AND current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = 'shards cannot be counted in this transaction',
            HINT = 'Where they were moved since it began would not be seen: use READ COMMITTED.';
    END IF;
    RETURN found;
END $$;
COMMENT ON FUNCTION primecloud_internal.spread_sealed() IS 'the shards of every distributed table that has a column of envelopes';
REVOKE ALL ON FUNCTION primecloud_internal.spread_sealed() FROM PUBLIC;

CREATE FUNCTION primecloud_internal.hold_spread_sealed() RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM primecloud_internal.hold_shards(ARRAY(SELECT DISTINCT (s ->> 'shard')::bigint
        FROM jsonb_each(primecloud_internal.spread_sealed()) AS t, jsonb_array_elements(t.value) AS s
        WHERE s ->> 'shard' IS NOT NULL ORDER BY 1));
END $$;
COMMENT ON FUNCTION primecloud_internal.hold_spread_sealed() IS 'keeps where it is what spread_sealed() finds';
REVOKE ALL ON FUNCTION primecloud_internal.hold_spread_sealed() FROM PUBLIC;

-- They are counted with the table that they are of.  (By where they lie: a table here may have the name of a shard elsewhere.)
CREATE FUNCTION primecloud_internal.own_shards(spread jsonb) RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    own integer;
BEGIN
    IF spread = '{}' THEN
        RETURN '{}';
    END IF;
    EXECUTE 'SELECT groupid FROM pg_catalog.pg_dist_local_group' INTO own;
    RETURN ARRAY(SELECT s ->> 'name' FROM jsonb_each(spread) AS t, jsonb_array_elements(t.value) AS s WHERE (s ->> 'server_group')::int =
        own);
END $$;
COMMENT ON FUNCTION primecloud_internal.own_shards(jsonb) IS 'the shards that lie on this server, among those of spread_sealed()';
REVOKE ALL ON FUNCTION primecloud_internal.own_shards(jsonb) FROM PUBLIC;

-- What every server has a copy of would have to be written on all of them at once.
CREATE FUNCTION primecloud_internal.check_reseals_shards(rel regclass) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    leaf record;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = 'rows cannot be resealed in this transaction',
            HINT = 'What was committed since it began would not be seen: use READ COMMITTED.';
    END IF;
    FOR leaf IN SELECT t.oid, format('%I.%I', t.schema_name, t.table_name) AS name FROM primecloud_internal.retention_tree(rel) t
            WHERE t.kind = 'r' LOOP
        PERFORM primecloud_internal.check_shards(leaf.oid, (SELECT jsonb_agg(to_jsonb(s))
            FROM primecloud_internal.shards_of(leaf.oid) AS s));
        IF EXISTS (SELECT FROM primecloud_internal.shards_of(leaf.oid) AS s GROUP BY s.shard HAVING count(*) > 1) THEN
            RAISE feature_not_supported USING MESSAGE = format('table %s has copies on several servers', leaf.name),
                HINT = 'Take it back with undistribute_table(), reseal it, and distribute it again.';
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_reseals_shards(regclass)
    IS 'refuses a distributed table whose shards are not known, or lie on several servers each';
REVOKE ALL ON FUNCTION primecloud_internal.check_reseals_shards(regclass) FROM PUBLIC;
