-- One runner per policy.

CREATE FUNCTION primecloud_internal.retention_claim(keyspace regclass, policy bigint) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_retention_claim';
COMMENT ON FUNCTION primecloud_internal.retention_claim(regclass, bigint)
    IS 'makes this session the runner of a policy until it lets go, fails or ends; false: another one is';

CREATE FUNCTION primecloud_internal.retention_release(keyspace regclass, policy bigint) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_retention_release';
COMMENT ON FUNCTION primecloud_internal.retention_release(regclass, bigint) IS 'lets the policy go';

-- (A lock of the server's, as pg_locks shows it to everybody.)
CREATE FUNCTION primecloud_internal.retention_is_claimed(keyspace regclass, policy bigint) RETURNS boolean
    LANGUAGE sql VOLATILE STRICT PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'object' AND l.classid = keyspace AND l.objid = policy::oid
        AND l.objsubid = 1 AND l.mode = 'ExclusiveLock'
        AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))
$$;
COMMENT ON FUNCTION primecloud_internal.retention_is_claimed(regclass, bigint) IS 'whether a session is the runner of a policy';

REVOKE ALL ON FUNCTION primecloud_internal.retention_claim(regclass, bigint),
    primecloud_internal.retention_release(regclass, bigint) FROM PUBLIC;
