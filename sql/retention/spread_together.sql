-- Citus commits a write on one shard there before this transaction commits here, and one on two shards together with it: so that
-- no row goes whose record could be lost, each batch writes on a second shard too, where it finds nothing.
CREATE FUNCTION primecloud_internal.retention_beside(leaf regclass, type regtype, tenant text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    beside text;
BEGIN
    -- Of keys of no matter whom, one whose shard is another: on the same server, if there is one.
    EXECUTE format('WITH shard AS MATERIALIZED (SELECT s.shardid, s.shardminvalue::pg_catalog.int4 AS least,
            s.shardmaxvalue::pg_catalog.int4 AS most, p.groupid
            FROM pg_catalog.pg_dist_shard s JOIN pg_catalog.pg_dist_placement p ON p.shardid = s.shardid AND p.shardstate = 1
            WHERE s.logicalrelid::oid = $1), own AS MATERIALIZED (SELECT s.* FROM shard s
            WHERE pg_catalog.worker_hash(%1$L::%2$s) BETWEEN s.least AND s.most LIMIT 1),
        other AS MATERIALIZED (SELECT o.n, o.key, pg_catalog.worker_hash(o.key::%2$s) AS hash
            FROM (SELECT n, %3$s AS key FROM pg_catalog.generate_series(1, 256) AS n) AS o)
        SELECT o.key FROM own, other o JOIN shard s ON o.hash BETWEEN s.least AND s.most
        WHERE s.shardid <> own.shardid ORDER BY s.groupid <> own.groupid, o.n LIMIT 1', tenant, type,
        CASE type WHEN 'uuid'::regtype THEN 'pg_catalog.md5(n::pg_catalog.text)::pg_catalog.uuid::pg_catalog.text'
            ELSE 'n::pg_catalog.text' END) INTO beside USING leaf::oid;
    IF beside IS NULL THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('table %s has one shard', leaf),
            HINT = format('With two what is deleted and its record are committed together: SELECT alter_distributed_table(%L, shard_count '
                '=> 2, cascade_to_colocated => true).', leaf);
    END IF;
    RETURN beside;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_beside(regclass, regtype, text)
    IS 'a key whose rows would lie on another shard than a tenant''s';

CREATE FUNCTION primecloud_internal.retention_together(leaf regclass, policy primecloud_internal.retention_policy, tenant text)
    RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    type CONSTANT regtype := primecloud_internal.retention_column(leaf, policy.tenant_column, primecloud_internal.retention_key_types());
BEGIN
    -- (No row stands at this place of any table.)
    RETURN format(CASE policy.mode WHEN 'soft_delete' THEN 'UPDATE ONLY %1$s AS x SET %2$I = x.%2$I' ELSE 'DELETE FROM ONLY %1$s AS x' END
        || ' WHERE (x.%3$I = %4$L::%6$s OR x.%3$I = %5$L::%6$s) AND x.ctid = ''(0,0)''::tid; ', leaf, policy.soft_delete_column,
        policy.tenant_column, tenant, primecloud_internal.retention_beside(leaf, type, tenant), type);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_together(regclass, primecloud_internal.retention_policy, text)
    IS 'the statement that changes nothing, and has Citus commit together what is written on shards of a table and here';
REVOKE ALL ON FUNCTION primecloud_internal.retention_beside(regclass, regtype, text),
    primecloud_internal.retention_together(regclass, primecloud_internal.retention_policy, text) FROM PUBLIC;
