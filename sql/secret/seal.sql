-- Sealing and opening.

-- What was opened, by whom, for what: written beside the transaction (src/secret/reveal_row.cpp), so
-- that no rollback takes a row back.  Indexes here are of plain columns.
CREATE SEQUENCE primecloud_internal.reveal_log_id AS bigint;
COMMENT ON SEQUENCE primecloud_internal.reveal_log_id IS 'ids of reveals';
REVOKE ALL ON SEQUENCE primecloud_internal.reveal_log_id FROM PUBLIC;
CREATE TABLE reveal_log (
    id bigint PRIMARY KEY DEFAULT nextval('primecloud_internal.reveal_log_id'),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    session_role text NOT NULL,
    user_id text,
    tenant text NOT NULL,
    label text NOT NULL,
    row_id text NOT NULL,
    purpose text NOT NULL,
    key_id bigint NOT NULL);
COMMENT ON TABLE reveal_log
    IS 'every secret that was opened, also by a transaction that was rolled back; a line in the server''s log says the same';
CREATE INDEX reveal_log_tenant ON reveal_log (tenant, at DESC);
REVOKE ALL ON reveal_log FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('reveal_log', '');
SELECT pg_catalog.pg_extension_config_dump('primecloud_internal.reveal_log_id', '');

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

CREATE FUNCTION open(s sealed, tenant text, label text, row_id text, purpose text) RETURNS text
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_open';
COMMENT ON FUNCTION open(sealed, text, text, text, text)
    IS 'the plaintext of an envelope that belongs to this tenant, label and row; recorded with its purpose';
REVOKE ALL ON FUNCTION open(sealed, text, text, text, text) FROM PUBLIC;
CREATE FUNCTION open_bytes(s sealed, tenant text, label text, row_id text, purpose text) RETURNS bytea
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_open_bytes';
COMMENT ON FUNCTION open_bytes(sealed, text, text, text, text)
    IS 'the plaintext bytes of an envelope that belongs to this tenant, label and row; recorded with its purpose';
REVOKE ALL ON FUNCTION open_bytes(sealed, text, text, text, text) FROM PUBLIC;

CREATE FUNCTION generate_access_key_id() RETURNS text
    LANGUAGE c VOLATILE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_generate_access_key_id';
COMMENT ON FUNCTION generate_access_key_id() IS 'a random access key id of 20 characters from A-Z and 0-9, as MinIO and AWS take it';
CREATE FUNCTION generate_secret(length integer DEFAULT 40) RETURNS text
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_generate_secret';
COMMENT ON FUNCTION generate_secret(integer) IS 'a random secret from A-Z, a-z, 0-9 and +; 40 characters for MinIO and AWS';

CREATE FUNCTION last_four(secret text) RETURNS text
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_last_four';
COMMENT ON FUNCTION last_four(text)
    IS 'the last four characters of a generated secret, to keep beside it for screens; NULL of anything short or plain enough to be a '
        'password';

CREATE FUNCTION opens(s sealed, tenant text, label text, row_id text) RETURNS boolean
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_opens';
COMMENT ON FUNCTION opens(sealed, text, text, text)
    IS 'whether an envelope belongs to this tenant, label and row, without revealing it: for checks after a restore';
REVOKE ALL ON FUNCTION opens(sealed, text, text, text) FROM PUBLIC;

INSERT INTO primecloud_internal.role_grant VALUES
    ('platform', 'EXECUTE', 'FUNCTION primecloud.opens(primecloud.sealed, text, text, text)'),
    ('maintenance', 'EXECUTE', 'FUNCTION primecloud.opens(primecloud.sealed, text, text, text)'),
    ('maintenance', 'EXECUTE', 'FUNCTION primecloud.act_for_any_tenant()'),
    ('platform', 'EXECUTE', 'FUNCTION primecloud.act_for_any_tenant()'),
    ('platform', 'EXECUTE', 'FUNCTION primecloud.open(primecloud.sealed, text, text, text, text)'),
    ('platform', 'EXECUTE', 'FUNCTION primecloud.open_bytes(primecloud.sealed, text, text, text, text)'),
    ('platform', 'EXECUTE', 'FUNCTION primecloud.verify_root_key()'),
    ('maintenance', 'EXECUTE', 'FUNCTION primecloud.verify_root_key()');

