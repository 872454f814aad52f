-- byte_size: a number of bytes that reads '50 GiB' and never guesses what "GB" means.

CREATE TYPE byte_size;

CREATE FUNCTION primecloud_internal.byte_size_in(cstring) RETURNS byte_size
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_byte_size_in';
COMMENT ON FUNCTION primecloud_internal.byte_size_in(cstring) IS 'text input';

-- STABLE: reads primecloud.byte_size_output.
CREATE FUNCTION primecloud_internal.byte_size_out(byte_size) RETURNS cstring
    LANGUAGE c STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_byte_size_out';
COMMENT ON FUNCTION primecloud_internal.byte_size_out(byte_size) IS 'text output';

-- Every eight bytes are a size, so binary input is bigint's own.
CREATE FUNCTION primecloud_internal.byte_size_recv(internal) RETURNS byte_size
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
    AS 'int8recv';
COMMENT ON FUNCTION primecloud_internal.byte_size_recv(internal) IS 'binary input';
CREATE FUNCTION primecloud_internal.byte_size_send(byte_size) RETURNS bytea
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
    AS 'int8send';
COMMENT ON FUNCTION primecloud_internal.byte_size_send(byte_size) IS 'binary output';

CREATE TYPE byte_size (
    INPUT = primecloud_internal.byte_size_in, OUTPUT = primecloud_internal.byte_size_out, RECEIVE = primecloud_internal.byte_size_recv,
        SEND = primecloud_internal.byte_size_send,
    LIKE = bigint, CATEGORY = 'U');
COMMENT ON TYPE byte_size IS 'a number of bytes: reads ''50 GiB'', writes 53687091200';

CREATE FUNCTION parse_size(text text, convention text) RETURNS byte_size
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_parse_size';
COMMENT ON FUNCTION parse_size(text, text)
    IS 'a size as people and programs write it, under the convention strict, iec, si (GB = 10^9), pg (GB = 2^30) or k8s';

CREATE FUNCTION size_pretty(size byte_size, convention text DEFAULT 'iec') RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_size_pretty';
COMMENT ON FUNCTION size_pretty(byte_size, text) IS 'a rounded size for people: 1.5 GiB (iec), 1.6 GB (si), or as pg_size_pretty (pg)';

-- Casts: none implicit, so that no comparison changes its meaning by itself.
CREATE FUNCTION primecloud_internal.byte_size_numeric(byte_size) RETURNS numeric
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_byte_size_numeric';
COMMENT ON FUNCTION primecloud_internal.byte_size_numeric(byte_size) IS 'the number of bytes';
CREATE FUNCTION primecloud_internal.numeric_byte_size(numeric) RETURNS byte_size
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_numeric_byte_size';
COMMENT ON FUNCTION primecloud_internal.numeric_byte_size(numeric) IS 'a number of bytes, rounded half away from zero';
CREATE FUNCTION primecloud_internal.integer_byte_size(integer) RETURNS byte_size
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'int48';
COMMENT ON FUNCTION primecloud_internal.integer_byte_size(integer) IS 'a number of bytes';
CREATE FUNCTION primecloud_internal.byte_size_json(byte_size) RETURNS json
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_byte_size_json';
COMMENT ON FUNCTION primecloud_internal.byte_size_json(byte_size) IS 'the number of bytes as a JSON number';
CREATE CAST (byte_size AS bigint) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (bigint AS byte_size) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (integer AS byte_size) WITH FUNCTION primecloud_internal.integer_byte_size(integer) AS ASSIGNMENT;
CREATE CAST (byte_size AS numeric) WITH FUNCTION primecloud_internal.byte_size_numeric(byte_size) AS ASSIGNMENT;
CREATE CAST (numeric AS byte_size) WITH FUNCTION primecloud_internal.numeric_byte_size(numeric) AS ASSIGNMENT;
CREATE CAST (byte_size AS json) WITH FUNCTION primecloud_internal.byte_size_json(byte_size);
CREATE CAST (text AS byte_size) WITH INOUT AS ASSIGNMENT;
CREATE CAST (varchar AS byte_size) WITH INOUT AS ASSIGNMENT;
