-- Opening an envelope, and what is asked of one without revealing it.

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

CREATE FUNCTION opens(s sealed, tenant text, label text, row_id text) RETURNS boolean
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_opens';
COMMENT ON FUNCTION opens(sealed, text, text, text)
    IS 'whether an envelope belongs to this tenant, label and row, without revealing it: for checks after a restore';
REVOKE ALL ON FUNCTION opens(sealed, text, text, text) FROM PUBLIC;

-- What is wrong with one row must not keep the others from being looked at.
CREATE FUNCTION why_closed(s sealed, tenant text, label text, row_id text) RETURNS text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN CASE WHEN NOT primecloud.opens(s, tenant, label, row_id) THEN 'PC005' END;
EXCEPTION WHEN SQLSTATE 'PC002' OR SQLSTATE 'PC003' OR SQLSTATE 'PC004' OR SQLSTATE 'PC006' THEN
    RETURN SQLSTATE;
END $$;
COMMENT ON FUNCTION why_closed(sealed, text, text, text)
    IS 'the SQLSTATE that opening an envelope in its place would end with, NULL where it opens: for checks of many rows after a restore';
REVOKE ALL ON FUNCTION why_closed(sealed, text, text, text) FROM PUBLIC;

CREATE FUNCTION matches(s sealed, tenant text, label text, row_id text, candidate text) RETURNS boolean
    LANGUAGE c VOLATILE PARALLEL UNSAFE SUPPORT primecloud_internal.hide_plaintext
    AS 'MODULE_PATHNAME', 'primecloud_matches';
COMMENT ON FUNCTION matches(sealed, text, text, text, text) IS 'whether a secret is the candidate, in constant time, without revealing it';
REVOKE ALL ON FUNCTION matches(sealed, text, text, text, text) FROM PUBLIC;

INSERT INTO primecloud_internal.role_grant VALUES
    ('platform', 'EXECUTE', 'FUNCTION primecloud.open(primecloud.sealed, text, text, text, text)'),
    ('platform', 'EXECUTE', 'FUNCTION primecloud.open_bytes(primecloud.sealed, text, text, text, text)'),
    ('platform', 'EXECUTE', 'FUNCTION primecloud.opens(primecloud.sealed, text, text, text)'),
    ('maintenance', 'EXECUTE', 'FUNCTION primecloud.opens(primecloud.sealed, text, text, text)'),
    ('platform', 'EXECUTE', 'FUNCTION primecloud.why_closed(primecloud.sealed, text, text, text)'),
    ('maintenance', 'EXECUTE', 'FUNCTION primecloud.why_closed(primecloud.sealed, text, text, text)'),
    ('platform', 'EXECUTE', 'FUNCTION primecloud.matches(primecloud.sealed, text, text, text, text)');
