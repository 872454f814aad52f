-- The user of the context: who it is, in what role, and which ids a confined one was granted.

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
