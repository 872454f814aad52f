-- sealed: the type of an encrypted column.

CREATE TYPE sealed;

CREATE FUNCTION primecloud_internal.sealed_in(cstring) RETURNS sealed
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_sealed_in';
COMMENT ON FUNCTION primecloud_internal.sealed_in(cstring) IS 'text form of an envelope: pc1. and base64url; needs no key';
CREATE FUNCTION primecloud_internal.sealed_out(sealed) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_sealed_out';
COMMENT ON FUNCTION primecloud_internal.sealed_out(sealed) IS 'text form of an envelope; never plaintext';
CREATE FUNCTION primecloud_internal.sealed_recv(internal) RETURNS sealed
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_sealed_recv';
COMMENT ON FUNCTION primecloud_internal.sealed_recv(internal) IS 'binary form of an envelope, checked as strictly as the text';
CREATE FUNCTION primecloud_internal.sealed_send(sealed) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_sealed_send';
COMMENT ON FUNCTION primecloud_internal.sealed_send(sealed) IS 'binary form of an envelope; never plaintext';

-- No operator and no operator class: nothing can be learned of a secret by comparing,
-- sorting, grouping or indexing it, and ANALYZE keeps nothing of it.
CREATE TYPE sealed (
    INPUT = primecloud_internal.sealed_in, OUTPUT = primecloud_internal.sealed_out, RECEIVE = primecloud_internal.sealed_recv,
        SEND = primecloud_internal.sealed_send,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = external);
COMMENT ON TYPE sealed
    IS 'an encrypted value, bound to its tenant, label and row; shows and dumps as an envelope, opens by reveal() and open() alone';

CREATE FUNCTION primecloud_internal.sealed_to_json(sealed) RETURNS json
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_sealed_to_json';
COMMENT ON FUNCTION primecloud_internal.sealed_to_json(sealed)
    IS 'what to_json and its kin make of a sealed value: that it is there, and its key id';
CREATE CAST (sealed AS json) WITH FUNCTION primecloud_internal.sealed_to_json(sealed);

CREATE FUNCTION redacted(s sealed) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_redacted';
COMMENT ON FUNCTION redacted(sealed) IS 'a sealed value for a screen: [sealed], and NULL where there is none';

CREATE FUNCTION key_id(s sealed) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_key_id';
COMMENT ON FUNCTION key_id(sealed) IS 'the data key that an envelope was sealed with; needs no key';

