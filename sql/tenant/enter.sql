-- Entering an account, by a token or on a gateway's word.

CREATE FUNCTION enter(token text) RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE SUPPORT primecloud_internal.hide_plaintext
    AS 'MODULE_PATHNAME', 'primecloud_enter';
COMMENT ON FUNCTION enter(text) IS
    'verifies a token and enters its account, or its user alone, for the rest of the transaction; 28000 for every bad token';

CREATE FUNCTION enter_context(token text) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE SUPPORT primecloud_internal.hide_plaintext
    AS 'MODULE_PATHNAME', 'primecloud_enter_context';
COMMENT ON FUNCTION enter_context(text) IS
    'enters as enter(token) does and returns the context, as context() does: for clients that take no void';

CREATE FUNCTION enter_trusted(tenant text, user_id text, role text DEFAULT NULL) RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_enter_trusted';
COMMENT ON FUNCTION enter_trusted(text, text, text) IS
    'enters an account for the rest of the transaction on the caller''s word; for a gateway role that has authenticated the user itself';
REVOKE ALL ON FUNCTION enter_trusted(text, text, text) FROM PUBLIC;
