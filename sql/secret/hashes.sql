-- Keyed hashes of secrets: tokens that are only verified, what is searched for, what is compared.

-- STABLE, so that an index on the hash serves a look-up.  The first call in a database
-- makes the key, hence not in a parallel plan.
CREATE FUNCTION token_hash(token text, purpose text) RETURNS bytea
    LANGUAGE c STABLE PARALLEL UNSAFE SUPPORT primecloud_internal.hide_plaintext
    AS 'MODULE_PATHNAME', 'primecloud_token_hash';
COMMENT ON FUNCTION token_hash(text, text)
    IS '32 bytes that a generated token is stored and looked up by: BLAKE2b under a key of this database; not for passwords';

CREATE FUNCTION blind_index(value text, tenant text, label text) RETURNS bytea
    LANGUAGE c STABLE PARALLEL UNSAFE SUPPORT primecloud_internal.hide_plaintext
    AS 'MODULE_PATHNAME', 'primecloud_blind_index';
COMMENT ON FUNCTION blind_index(text, text, text)
    IS '16 bytes to find a sealed value by equality, under a key of the tenant''s; as it is given: normalise it first';
REVOKE ALL ON FUNCTION blind_index(text, text, text) FROM PUBLIC;

CREATE FUNCTION fingerprint(s sealed, tenant text, label text, row_id text) RETURNS text
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_fingerprint';
COMMENT ON FUNCTION fingerprint(sealed, text, text, text)
    IS '16 hexadecimal digits that are equal for equal secrets of one tenant and label, and comparable nowhere else';
REVOKE ALL ON FUNCTION fingerprint(sealed, text, text, text) FROM PUBLIC;

INSERT INTO primecloud_internal.role_grant VALUES
    ('app', 'EXECUTE', 'FUNCTION primecloud.blind_index(text, text, text)'),
    ('platform', 'EXECUTE', 'FUNCTION primecloud.blind_index(text, text, text)'),
    ('platform', 'EXECUTE', 'FUNCTION primecloud.fingerprint(primecloud.sealed, text, text, text)');
