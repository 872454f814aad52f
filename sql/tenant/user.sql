-- The user of the context: who it is, in what role, and which ids a confined one was granted.

CREATE FUNCTION user_id() RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_user_id';
COMMENT ON FUNCTION user_id() IS 'the user of the context; 42501 without one';

-- The same for columns and keys of other types, so that a policy or default compares and an index serves.
CREATE FUNCTION user_uuid() RETURNS uuid
    LANGUAGE c STABLE PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_user_uuid';
COMMENT ON FUNCTION user_uuid() IS 'the user of the context as uuid, NULL where it is none; 42501 without a context';

CREATE FUNCTION user_bigint() RETURNS bigint
    LANGUAGE c STABLE PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_user_bigint';
COMMENT ON FUNCTION user_bigint() IS 'the user of the context as bigint, NULL where it is none; 42501 without a context';

-- Who shares the entered account, by the registered membership as the statement sees it, the
-- user himself included; he alone without an account, below min_role, and for a confined user.
-- (Not LEAKPROOF: they read a table, and an error of that is told.)
CREATE FUNCTION colleagues_uuid(min_role text DEFAULT NULL) RETURNS uuid[]
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_colleagues_uuid';
COMMENT ON FUNCTION colleagues_uuid(text)
    IS 'the ids of the users who share the entered account with the user of the context, as far as he knows them; 42501 without a context';

CREATE FUNCTION colleagues_bigint(min_role text DEFAULT NULL) RETURNS bigint[]
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_colleagues_bigint';
COMMENT ON FUNCTION colleagues_bigint(text)
    IS 'the ids of the users who share the entered account with the user of the context, as far as he knows them; 42501 without a context';

CREATE FUNCTION colleagues_text(min_role text DEFAULT NULL) RETURNS text[]
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_colleagues_text';
COMMENT ON FUNCTION colleagues_text(text)
    IS 'the ids of the users who share the entered account with the user of the context, as far as he knows them; 42501 without a context';

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
