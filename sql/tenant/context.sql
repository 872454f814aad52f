-- The context of the transaction: what it is, and lowering its role.

CREATE FUNCTION narrow(role text) RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_narrow';
COMMENT ON FUNCTION narrow(text)
    IS 'lowers the role for the rest of the transaction; ROLLBACK TO an earlier savepoint restores it, nothing else raises it';

CREATE FUNCTION context() RETURNS jsonb
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_context';
COMMENT ON FUNCTION context() IS 'the context of the transaction: tenant, user, role, confined, expires; NULL without one';
