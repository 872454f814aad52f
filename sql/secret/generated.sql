-- Secrets that are made in the server.

CREATE FUNCTION generate_access_key_id() RETURNS text
    LANGUAGE c VOLATILE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_generate_access_key_id';
COMMENT ON FUNCTION generate_access_key_id() IS 'a random access key id of 20 characters from A-Z and 0-9, as MinIO and AWS take it';
CREATE FUNCTION generate_secret(length integer DEFAULT 40) RETURNS text
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_generate_secret';
COMMENT ON FUNCTION generate_secret(integer) IS 'a random secret from A-Z, a-z, 0-9 and +; 40 characters for MinIO and AWS';

-- (Restricted: the leader alone hides a statement from who looks.)
CREATE FUNCTION last_four(secret text) RETURNS text
    LANGUAGE c VOLATILE STRICT PARALLEL RESTRICTED SUPPORT primecloud_internal.hide_plaintext
    AS 'MODULE_PATHNAME', 'primecloud_last_four';
COMMENT ON FUNCTION last_four(text)
    IS 'the last four characters of a generated secret, to keep beside it for screens; NULL of anything short or plain enough to be a '
        'password';
