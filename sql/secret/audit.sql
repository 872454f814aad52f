-- Records of an audit: a role that may run SQL writes to the server's log, and messages to the
-- WAL, whatever it likes; only what is sealed with the key of this table is a record.

CREATE TABLE primecloud_internal.audit_key (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    key bytea NOT NULL CHECK (octet_length(key) = 32),
    made_at timestamptz NOT NULL DEFAULT now());
COMMENT ON TABLE primecloud_internal.audit_key
    IS 'the key that seals audit records, made with the extension; no dump carries it, so a restored database has another';
COMMENT ON COLUMN primecloud_internal.audit_key.key IS 'never leaves the database but by a superuser''s hand';
REVOKE ALL ON primecloud_internal.audit_key FROM PUBLIC;
-- 244 random bits.
INSERT INTO primecloud_internal.audit_key (key)
VALUES (uuid_send(pg_catalog.gen_random_uuid()) || uuid_send(pg_catalog.gen_random_uuid()));

CREATE FUNCTION primecloud_internal.record_audit(record text) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_record_audit';
COMMENT ON FUNCTION primecloud_internal.record_audit(text) IS 'writes a sealed record to the server''s log';
REVOKE ALL ON FUNCTION primecloud_internal.record_audit(text) FROM PUBLIC;

CREATE FUNCTION verify_audit(record text) RETURNS boolean
    LANGUAGE c STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_verify_audit';
COMMENT ON FUNCTION verify_audit(text)
    IS 'whether a line of the server''s log, or a message of the WAL, is an audit record of this database';
REVOKE ALL ON FUNCTION verify_audit(text) FROM PUBLIC;
