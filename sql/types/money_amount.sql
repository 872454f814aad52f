-- money_amount: a currency and a whole number of its minor units.

CREATE TYPE money_amount;

CREATE FUNCTION primecloud_internal.money_amount_in(cstring) RETURNS money_amount
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_in';
COMMENT ON FUNCTION primecloud_internal.money_amount_in(cstring) IS 'text input';
CREATE FUNCTION primecloud_internal.money_amount_out(money_amount) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_out';
COMMENT ON FUNCTION primecloud_internal.money_amount_out(money_amount) IS 'text output';
CREATE FUNCTION primecloud_internal.money_amount_recv(internal) RETURNS money_amount
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_recv';
COMMENT ON FUNCTION primecloud_internal.money_amount_recv(internal) IS 'binary input, as strict as text input';
CREATE FUNCTION primecloud_internal.money_amount_send(money_amount) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_send';
COMMENT ON FUNCTION primecloud_internal.money_amount_send(money_amount) IS 'binary output';

CREATE TYPE money_amount (
    INPUT = primecloud_internal.money_amount_in, OUTPUT = primecloud_internal.money_amount_out,
        RECEIVE = primecloud_internal.money_amount_recv, SEND = primecloud_internal.money_amount_send,
    INTERNALLENGTH = 12, ALIGNMENT = int4, STORAGE = plain, CATEGORY = 'U');
COMMENT ON TYPE money_amount IS 'an amount of money in one currency: ''12.34 BRL''';

CREATE FUNCTION make_money(minor bigint, currency text) RETURNS money_amount
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_make_money';
COMMENT ON FUNCTION make_money(bigint, text) IS 'an amount from a number of minor units (cents) and an ISO 4217 code';

CREATE FUNCTION money_minor(money_amount) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_money_minor';
COMMENT ON FUNCTION money_minor(money_amount) IS 'the number of minor units (cents)';

CREATE FUNCTION money_currency(money_amount) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_money_currency';
COMMENT ON FUNCTION money_currency(money_amount) IS 'the ISO 4217 code of the currency';

CREATE FUNCTION currency_digits(currency text) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_currency_digits';
COMMENT ON FUNCTION currency_digits(text) IS 'how many decimals a currency has; 22023 for an unknown one';

CREATE FUNCTION allocate(amount money_amount, weights integer[]) RETURNS money_amount[]
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_allocate';
COMMENT ON FUNCTION allocate(money_amount, integer[])
    IS 'the amount in parts that stand in the ratio of the weights and add up to it exactly';

CREATE CAST (text AS money_amount) WITH INOUT AS ASSIGNMENT;
CREATE CAST (varchar AS money_amount) WITH INOUT AS ASSIGNMENT;
