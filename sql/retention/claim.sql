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

REVOKE ALL ON FUNCTION primecloud_internal.retention_claim(regclass, bigint),
    primecloud_internal.retention_release(regclass, bigint) FROM PUBLIC;
