-- Sealing, bound to tenant, label and row.

-- VOLATILE: each call draws a nonce, and the first for a tenant makes its key.
CREATE FUNCTION seal(plaintext text, tenant text, label text, row_id text) RETURNS sealed
    LANGUAGE c VOLATILE PARALLEL UNSAFE SUPPORT primecloud_internal.hide_plaintext
    AS 'MODULE_PATHNAME', 'primecloud_seal';
COMMENT ON FUNCTION seal(text, text, text, text) IS 'encrypts, bound to tenant, label and row; the tenant must be the one entered';
CREATE FUNCTION seal_bytes(plaintext bytea, tenant text, label text, row_id text) RETURNS sealed
    LANGUAGE c VOLATILE PARALLEL UNSAFE SUPPORT primecloud_internal.hide_plaintext
    AS 'MODULE_PATHNAME', 'primecloud_seal_bytes';
COMMENT ON FUNCTION seal_bytes(bytea, text, text, text)
    IS 'encrypts bytes, bound to tenant, label and row; the tenant must be the one entered';
