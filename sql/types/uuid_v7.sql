-- uuid_v7: identifiers that sort by the time they were made (RFC 9562).

CREATE FUNCTION uuid_v7() RETURNS uuid
    LANGUAGE c VOLATILE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_uuid_v7';
COMMENT ON FUNCTION uuid_v7() IS 'a new version 7 UUID; within one session each is greater than the one before';

CREATE FUNCTION uuid_timestamp(id uuid) RETURNS timestamptz
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_uuid_timestamp';
COMMENT ON FUNCTION uuid_timestamp(uuid) IS 'when a version 7 UUID was made, to the millisecond; NULL for any other UUID';


CREATE FUNCTION uuid_v7_floor(at timestamptz) RETURNS uuid
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_uuid_v7_floor';
COMMENT ON FUNCTION uuid_v7_floor(timestamptz)
    IS 'the least version 7 UUID of that millisecond: WHERE id >= uuid_v7_floor(t) reads what was made since t by the primary key';
