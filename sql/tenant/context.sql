-- The tenant context: entering it, reading it.

CREATE FUNCTION enter_trusted(tenant text, user_id text, role text DEFAULT NULL) RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_enter_trusted';
COMMENT ON FUNCTION enter_trusted(text, text, text) IS
    'enters an account for the rest of the transaction on the caller''s word; for a gateway role that has authenticated the user itself';
REVOKE ALL ON FUNCTION enter_trusted(text, text, text) FROM PUBLIC;

CREATE FUNCTION narrow(role text) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_narrow';
COMMENT ON FUNCTION narrow(text)
    IS 'lowers the role for the rest of the transaction; ROLLBACK TO an earlier savepoint restores it, nothing else raises it';

CREATE FUNCTION context() RETURNS jsonb
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_context';
COMMENT ON FUNCTION context() IS 'the context of the transaction: tenant, user, role, confined, expires; NULL without one';

-- STABLE, so that an index scan evaluates them once.  Not LEAKPROOF: they raise an error
-- that shows the argument, and as leakproof would be asked before the policies of a row
-- whose column they are given.  A call without a column is no leak to the planner anyway.
CREATE FUNCTION tenant_uuid(min_role text DEFAULT NULL) RETURNS uuid
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_tenant_uuid';
COMMENT ON FUNCTION tenant_uuid(text) IS 'the tenant key of the context; NULL below min_role; 42501 without a context';

CREATE FUNCTION tenant_bigint(min_role text DEFAULT NULL) RETURNS bigint
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_tenant_bigint';
COMMENT ON FUNCTION tenant_bigint(text) IS 'the tenant key of the context; NULL below min_role; 42501 without a context';

CREATE FUNCTION tenant_int(min_role text DEFAULT NULL) RETURNS integer
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_tenant_int';
COMMENT ON FUNCTION tenant_int(text) IS 'the tenant key of the context; NULL below min_role; 42501 without a context';

CREATE FUNCTION tenant_text(min_role text DEFAULT NULL) RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_tenant_text';
COMMENT ON FUNCTION tenant_text(text) IS 'the tenant key of the context; NULL below min_role; 42501 without a context';

-- For UPDATE and DELETE: policies that find no rows tell nobody that the role was too small.
CREATE FUNCTION tenant_uuid(min_role text, refuse boolean) RETURNS uuid
    LANGUAGE c STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_told_uuid';
COMMENT ON FUNCTION tenant_uuid(text, boolean) IS 'the tenant key of the context; below min_role 42501 where refuse is true, else NULL';

CREATE FUNCTION tenant_bigint(min_role text, refuse boolean) RETURNS bigint
    LANGUAGE c STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_told_bigint';
COMMENT ON FUNCTION tenant_bigint(text, boolean) IS 'the tenant key of the context; below min_role 42501 where refuse is true, else NULL';

CREATE FUNCTION tenant_int(min_role text, refuse boolean) RETURNS integer
    LANGUAGE c STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_told_int';
COMMENT ON FUNCTION tenant_int(text, boolean) IS 'the tenant key of the context; below min_role 42501 where refuse is true, else NULL';

CREATE FUNCTION tenant_text(min_role text, refuse boolean) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_told_text';
COMMENT ON FUNCTION tenant_text(text, boolean) IS 'the tenant key of the context; below min_role 42501 where refuse is true, else NULL';

CREATE FUNCTION user_id() RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_user_id';
COMMENT ON FUNCTION user_id() IS 'the user of the context; 42501 without one';

CREATE FUNCTION role() RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_role';
COMMENT ON FUNCTION role() IS 'the role in the account: external_client, developer, admin or owner; 42501 without a tenant';

CREATE FUNCTION has_role(min_role text) RETURNS boolean
    LANGUAGE c STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_has_role';
COMMENT ON FUNCTION has_role(text) IS 'whether the role of the context is min_role or above it';

CREATE FUNCTION in_scope(id uuid) RETURNS boolean
    LANGUAGE c STABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_in_scope_uuid';
COMMENT ON FUNCTION in_scope(uuid) IS 'whether a confined user was granted this id; true for a role that is not confined';

CREATE FUNCTION in_scope(id bigint) RETURNS boolean
    LANGUAGE c STABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_in_scope_bigint';
COMMENT ON FUNCTION in_scope(bigint) IS 'whether a confined user was granted this id; true for a role that is not confined';

CREATE FUNCTION in_scope(id text) RETURNS boolean
    LANGUAGE c STABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_in_scope_text';
COMMENT ON FUNCTION in_scope(text) IS 'whether a confined user was granted this id; true for a role that is not confined';

