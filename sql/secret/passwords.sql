-- Passwords, which are only verified.

CREATE FUNCTION password_hash(password text) RETURNS text
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE SUPPORT primecloud_internal.hide_plaintext
    AS 'MODULE_PATHNAME', 'primecloud_password_hash';
COMMENT ON FUNCTION password_hash(text)
    IS 'an argon2id hash in PHC format, as SFTPGo takes it; 22023 for a password that begins like a hash';

CREATE FUNCTION password_verify(password text, hash text) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE SUPPORT primecloud_internal.hide_plaintext
    AS 'MODULE_PATHNAME', 'primecloud_password_verify';
COMMENT ON FUNCTION password_verify(text, text)
    IS 'whether a password is the one that was hashed; 22023 for a hash beyond the primecloud.password_max_ settings';

CREATE FUNCTION password_needs_rehash(hash text) RETURNS boolean
    LANGUAGE c STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_password_needs_rehash';
COMMENT ON FUNCTION password_needs_rehash(text) IS 'whether a hash was made with other parameters than the settings ask for now';
