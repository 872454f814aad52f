-- Looking for what was hashed before the key was rotated.

CREATE FUNCTION blind_index_candidates(value text, tenant text, label text) RETURNS bytea[]
    LANGUAGE c STABLE PARALLEL UNSAFE SUPPORT primecloud_internal.hide_plaintext
    AS 'MODULE_PATHNAME', 'primecloud_blind_index_candidates';
COMMENT ON FUNCTION blind_index_candidates(text, text, text)
    IS 'blind_index() under each of the tenant''s keys that is not retired: = ANY finds what was stored before a rotation too';
REVOKE ALL ON FUNCTION blind_index_candidates(text, text, text) FROM PUBLIC;

CREATE FUNCTION token_hash_candidates(token text, purpose text) RETURNS bytea[]
    LANGUAGE c STABLE PARALLEL UNSAFE SUPPORT primecloud_internal.hide_plaintext
    AS 'MODULE_PATHNAME', 'primecloud_token_hash_candidates';
COMMENT ON FUNCTION token_hash_candidates(text, text)
    IS 'token_hash() under each key that is not retired: = ANY finds tokens that were made before a rotation too';

INSERT INTO primecloud_internal.role_grant VALUES
    ('app', 'EXECUTE', 'FUNCTION primecloud.blind_index_candidates(text, text, text)'),
    ('platform', 'EXECUTE', 'FUNCTION primecloud.blind_index_candidates(text, text, text)');
