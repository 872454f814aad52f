-- byte_size: arithmetic.  Out of range is 22003, a zero divisor 22012.

CREATE FUNCTION primecloud_internal.byte_size_add(byte_size, byte_size) RETURNS byte_size
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_byte_size_add';
COMMENT ON FUNCTION primecloud_internal.byte_size_add(byte_size, byte_size) IS 'the sum of two sizes';
CREATE OPERATOR pg_catalog.+ (LEFTARG = byte_size, RIGHTARG = byte_size, FUNCTION = primecloud_internal.byte_size_add,
    COMMUTATOR = OPERATOR(pg_catalog.+));
COMMENT ON OPERATOR pg_catalog.+ (byte_size, byte_size) IS 'add';

CREATE FUNCTION primecloud_internal.byte_size_subtract(byte_size, byte_size) RETURNS byte_size
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_byte_size_subtract';
COMMENT ON FUNCTION primecloud_internal.byte_size_subtract(byte_size, byte_size) IS 'the difference of two sizes';
CREATE OPERATOR pg_catalog.- (LEFTARG = byte_size, RIGHTARG = byte_size, FUNCTION = primecloud_internal.byte_size_subtract);
COMMENT ON OPERATOR pg_catalog.- (byte_size, byte_size) IS 'subtract';

CREATE FUNCTION primecloud_internal.byte_size_negate(byte_size) RETURNS byte_size
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_byte_size_negate';
COMMENT ON FUNCTION primecloud_internal.byte_size_negate(byte_size) IS 'the same with the other sign';
CREATE OPERATOR pg_catalog.- (RIGHTARG = byte_size, FUNCTION = primecloud_internal.byte_size_negate);
COMMENT ON OPERATOR pg_catalog.- (NONE, byte_size) IS 'negate';

CREATE FUNCTION primecloud_internal.byte_size_multiply(byte_size, bigint) RETURNS byte_size
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_byte_size_multiply';
COMMENT ON FUNCTION primecloud_internal.byte_size_multiply(byte_size, bigint) IS 'the product';
CREATE OPERATOR pg_catalog.* (LEFTARG = byte_size, RIGHTARG = bigint, FUNCTION = primecloud_internal.byte_size_multiply,
    COMMUTATOR = OPERATOR(pg_catalog.*));
COMMENT ON OPERATOR pg_catalog.* (byte_size, bigint) IS 'multiply';

CREATE FUNCTION primecloud_internal.byte_size_multiply(bigint, byte_size) RETURNS byte_size
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_byte_size_multiply_left';
COMMENT ON FUNCTION primecloud_internal.byte_size_multiply(bigint, byte_size) IS 'the product';
CREATE OPERATOR pg_catalog.* (LEFTARG = bigint, RIGHTARG = byte_size, FUNCTION = primecloud_internal.byte_size_multiply,
    COMMUTATOR = OPERATOR(pg_catalog.*));
COMMENT ON OPERATOR pg_catalog.* (bigint, byte_size) IS 'multiply';

CREATE FUNCTION primecloud_internal.byte_size_divide(byte_size, bigint) RETURNS byte_size
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_byte_size_divide';
COMMENT ON FUNCTION primecloud_internal.byte_size_divide(byte_size, bigint) IS 'the quotient, rounded half away from zero';
CREATE OPERATOR pg_catalog./ (LEFTARG = byte_size, RIGHTARG = bigint, FUNCTION = primecloud_internal.byte_size_divide);
COMMENT ON OPERATOR pg_catalog./ (byte_size, bigint) IS 'divide';

CREATE FUNCTION primecloud_internal.byte_size_multiply(byte_size, integer) RETURNS byte_size
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_byte_size_multiply_int4';
COMMENT ON FUNCTION primecloud_internal.byte_size_multiply(byte_size, integer) IS 'the product';
CREATE OPERATOR pg_catalog.* (LEFTARG = byte_size, RIGHTARG = integer, FUNCTION = primecloud_internal.byte_size_multiply,
    COMMUTATOR = OPERATOR(pg_catalog.*));
COMMENT ON OPERATOR pg_catalog.* (byte_size, integer) IS 'multiply';

CREATE FUNCTION primecloud_internal.byte_size_multiply(integer, byte_size) RETURNS byte_size
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_byte_size_multiply_int4_left';
COMMENT ON FUNCTION primecloud_internal.byte_size_multiply(integer, byte_size) IS 'the product';
CREATE OPERATOR pg_catalog.* (LEFTARG = integer, RIGHTARG = byte_size, FUNCTION = primecloud_internal.byte_size_multiply,
    COMMUTATOR = OPERATOR(pg_catalog.*));
COMMENT ON OPERATOR pg_catalog.* (integer, byte_size) IS 'multiply';

CREATE FUNCTION primecloud_internal.byte_size_divide(byte_size, integer) RETURNS byte_size
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_byte_size_divide_int4';
COMMENT ON FUNCTION primecloud_internal.byte_size_divide(byte_size, integer) IS 'the quotient, rounded half away from zero';
CREATE OPERATOR pg_catalog./ (LEFTARG = byte_size, RIGHTARG = integer, FUNCTION = primecloud_internal.byte_size_divide);
COMMENT ON OPERATOR pg_catalog./ (byte_size, integer) IS 'divide';

CREATE FUNCTION primecloud_internal.byte_size_multiply(byte_size, numeric) RETURNS byte_size
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_byte_size_multiply_numeric';
COMMENT ON FUNCTION primecloud_internal.byte_size_multiply(byte_size, numeric) IS 'the product, rounded half away from zero';
CREATE OPERATOR pg_catalog.* (LEFTARG = byte_size, RIGHTARG = numeric, FUNCTION = primecloud_internal.byte_size_multiply,
    COMMUTATOR = OPERATOR(pg_catalog.*));
COMMENT ON OPERATOR pg_catalog.* (byte_size, numeric) IS 'multiply';

CREATE FUNCTION primecloud_internal.byte_size_multiply(numeric, byte_size) RETURNS byte_size
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_byte_size_multiply_numeric_left';
COMMENT ON FUNCTION primecloud_internal.byte_size_multiply(numeric, byte_size) IS 'the product, rounded half away from zero';
CREATE OPERATOR pg_catalog.* (LEFTARG = numeric, RIGHTARG = byte_size, FUNCTION = primecloud_internal.byte_size_multiply,
    COMMUTATOR = OPERATOR(pg_catalog.*));
COMMENT ON OPERATOR pg_catalog.* (numeric, byte_size) IS 'multiply';

CREATE FUNCTION primecloud_internal.byte_size_divide(byte_size, numeric) RETURNS byte_size
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_byte_size_divide_numeric';
COMMENT ON FUNCTION primecloud_internal.byte_size_divide(byte_size, numeric) IS 'the quotient, rounded half away from zero';
CREATE OPERATOR pg_catalog./ (LEFTARG = byte_size, RIGHTARG = numeric, FUNCTION = primecloud_internal.byte_size_divide);
COMMENT ON OPERATOR pg_catalog./ (byte_size, numeric) IS 'divide';

CREATE FUNCTION primecloud_internal.byte_size_divide(byte_size, byte_size) RETURNS numeric
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_byte_size_ratio';
COMMENT ON FUNCTION primecloud_internal.byte_size_divide(byte_size, byte_size) IS 'how often the second goes into the first';
CREATE OPERATOR pg_catalog./ (LEFTARG = byte_size, RIGHTARG = byte_size, FUNCTION = primecloud_internal.byte_size_divide);
COMMENT ON OPERATOR pg_catalog./ (byte_size, byte_size) IS 'ratio';
