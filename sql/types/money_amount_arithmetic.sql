-- money_amount: arithmetic.  Mixed currencies are 22000, out of range 22003, a zero divisor 22012.

CREATE FUNCTION primecloud_internal.money_amount_add(money_amount, money_amount) RETURNS money_amount
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_add';
COMMENT ON FUNCTION primecloud_internal.money_amount_add(money_amount, money_amount) IS 'the sum of two amounts of one currency';
CREATE OPERATOR pg_catalog.+ (LEFTARG = money_amount, RIGHTARG = money_amount, FUNCTION = primecloud_internal.money_amount_add,
    COMMUTATOR = OPERATOR(pg_catalog.+));
COMMENT ON OPERATOR pg_catalog.+ (money_amount, money_amount) IS 'add';

CREATE FUNCTION primecloud_internal.money_amount_subtract(money_amount, money_amount) RETURNS money_amount
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_subtract';
COMMENT ON FUNCTION primecloud_internal.money_amount_subtract(money_amount, money_amount)
    IS 'the difference of two amounts of one currency';
CREATE OPERATOR pg_catalog.- (LEFTARG = money_amount, RIGHTARG = money_amount, FUNCTION = primecloud_internal.money_amount_subtract);
COMMENT ON OPERATOR pg_catalog.- (money_amount, money_amount) IS 'subtract';

CREATE FUNCTION primecloud_internal.money_amount_negate(money_amount) RETURNS money_amount
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_negate';
COMMENT ON FUNCTION primecloud_internal.money_amount_negate(money_amount) IS 'the same with the other sign';
CREATE OPERATOR pg_catalog.- (RIGHTARG = money_amount, FUNCTION = primecloud_internal.money_amount_negate);
COMMENT ON OPERATOR pg_catalog.- (NONE, money_amount) IS 'negate';

CREATE FUNCTION primecloud_internal.money_amount_multiply(money_amount, bigint) RETURNS money_amount
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_multiply';
COMMENT ON FUNCTION primecloud_internal.money_amount_multiply(money_amount, bigint) IS 'the product';
CREATE OPERATOR pg_catalog.* (LEFTARG = money_amount, RIGHTARG = bigint, FUNCTION = primecloud_internal.money_amount_multiply,
    COMMUTATOR = OPERATOR(pg_catalog.*));
COMMENT ON OPERATOR pg_catalog.* (money_amount, bigint) IS 'multiply';

CREATE FUNCTION primecloud_internal.money_amount_multiply(bigint, money_amount) RETURNS money_amount
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_multiply_left';
COMMENT ON FUNCTION primecloud_internal.money_amount_multiply(bigint, money_amount) IS 'the product';
CREATE OPERATOR pg_catalog.* (LEFTARG = bigint, RIGHTARG = money_amount, FUNCTION = primecloud_internal.money_amount_multiply,
    COMMUTATOR = OPERATOR(pg_catalog.*));
COMMENT ON OPERATOR pg_catalog.* (bigint, money_amount) IS 'multiply';

CREATE FUNCTION primecloud_internal.money_amount_divide(money_amount, bigint) RETURNS money_amount
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_divide';
COMMENT ON FUNCTION primecloud_internal.money_amount_divide(money_amount, bigint) IS 'the quotient, rounded half away from zero';
CREATE OPERATOR pg_catalog./ (LEFTARG = money_amount, RIGHTARG = bigint, FUNCTION = primecloud_internal.money_amount_divide);
COMMENT ON OPERATOR pg_catalog./ (money_amount, bigint) IS 'divide';

CREATE FUNCTION primecloud_internal.money_amount_multiply(money_amount, integer) RETURNS money_amount
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_multiply_int4';
COMMENT ON FUNCTION primecloud_internal.money_amount_multiply(money_amount, integer) IS 'the product';
CREATE OPERATOR pg_catalog.* (LEFTARG = money_amount, RIGHTARG = integer, FUNCTION = primecloud_internal.money_amount_multiply,
    COMMUTATOR = OPERATOR(pg_catalog.*));
COMMENT ON OPERATOR pg_catalog.* (money_amount, integer) IS 'multiply';

CREATE FUNCTION primecloud_internal.money_amount_multiply(integer, money_amount) RETURNS money_amount
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_multiply_int4_left';
COMMENT ON FUNCTION primecloud_internal.money_amount_multiply(integer, money_amount) IS 'the product';
CREATE OPERATOR pg_catalog.* (LEFTARG = integer, RIGHTARG = money_amount, FUNCTION = primecloud_internal.money_amount_multiply,
    COMMUTATOR = OPERATOR(pg_catalog.*));
COMMENT ON OPERATOR pg_catalog.* (integer, money_amount) IS 'multiply';

CREATE FUNCTION primecloud_internal.money_amount_divide(money_amount, integer) RETURNS money_amount
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_divide_int4';
COMMENT ON FUNCTION primecloud_internal.money_amount_divide(money_amount, integer) IS 'the quotient, rounded half away from zero';
CREATE OPERATOR pg_catalog./ (LEFTARG = money_amount, RIGHTARG = integer, FUNCTION = primecloud_internal.money_amount_divide);
COMMENT ON OPERATOR pg_catalog./ (money_amount, integer) IS 'divide';

CREATE FUNCTION primecloud_internal.money_amount_multiply(money_amount, numeric) RETURNS money_amount
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_multiply_numeric';
COMMENT ON FUNCTION primecloud_internal.money_amount_multiply(money_amount, numeric) IS 'the product, rounded half away from zero';
CREATE OPERATOR pg_catalog.* (LEFTARG = money_amount, RIGHTARG = numeric, FUNCTION = primecloud_internal.money_amount_multiply,
    COMMUTATOR = OPERATOR(pg_catalog.*));
COMMENT ON OPERATOR pg_catalog.* (money_amount, numeric) IS 'multiply';

CREATE FUNCTION primecloud_internal.money_amount_multiply(numeric, money_amount) RETURNS money_amount
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_multiply_numeric_left';
COMMENT ON FUNCTION primecloud_internal.money_amount_multiply(numeric, money_amount) IS 'the product, rounded half away from zero';
CREATE OPERATOR pg_catalog.* (LEFTARG = numeric, RIGHTARG = money_amount, FUNCTION = primecloud_internal.money_amount_multiply,
    COMMUTATOR = OPERATOR(pg_catalog.*));
COMMENT ON OPERATOR pg_catalog.* (numeric, money_amount) IS 'multiply';

CREATE FUNCTION primecloud_internal.money_amount_divide(money_amount, numeric) RETURNS money_amount
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_divide_numeric';
COMMENT ON FUNCTION primecloud_internal.money_amount_divide(money_amount, numeric) IS 'the quotient, rounded half away from zero';
CREATE OPERATOR pg_catalog./ (LEFTARG = money_amount, RIGHTARG = numeric, FUNCTION = primecloud_internal.money_amount_divide);
COMMENT ON OPERATOR pg_catalog./ (money_amount, numeric) IS 'divide';

CREATE FUNCTION primecloud_internal.money_amount_divide(money_amount, money_amount) RETURNS numeric
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_ratio';
COMMENT ON FUNCTION primecloud_internal.money_amount_divide(money_amount, money_amount) IS 'how often the second goes into the first';
CREATE OPERATOR pg_catalog./ (LEFTARG = money_amount, RIGHTARG = money_amount, FUNCTION = primecloud_internal.money_amount_divide);
COMMENT ON OPERATOR pg_catalog./ (money_amount, money_amount) IS 'ratio';
