-- One runner per policy.

CREATE FUNCTION retention_claim(keyspace regclass, policy bigint) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_retention_claim';
COMMENT ON FUNCTION retention_claim(regclass, bigint) IS 'makes this session the runner of a policy until it lets go, fails or ends; false: another one is';

CREATE FUNCTION retention_release(keyspace regclass, policy bigint) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_retention_release';
COMMENT ON FUNCTION retention_release(regclass, bigint) IS 'lets the policy go';

REVOKE ALL ON FUNCTION retention_claim(regclass, bigint), retention_release(regclass, bigint) FROM PUBLIC;
