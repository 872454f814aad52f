-- sum and avg of amounts: a 128-bit total, checked once at the end; in parallel and over moving windows.

CREATE FUNCTION primecloud_internal.money_amount_accumulate(internal, money_amount) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_accumulate';
COMMENT ON FUNCTION primecloud_internal.money_amount_accumulate(internal, money_amount) IS 'adds one amount to a total';
CREATE FUNCTION primecloud_internal.money_amount_remove(internal, money_amount) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_remove';
COMMENT ON FUNCTION primecloud_internal.money_amount_remove(internal, money_amount) IS 'takes a value that leaves the window from a total';
CREATE FUNCTION primecloud_internal.money_amount_combine(internal, internal) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_combine';
COMMENT ON FUNCTION primecloud_internal.money_amount_combine(internal, internal) IS 'adds the total of a parallel worker';
CREATE FUNCTION primecloud_internal.money_amount_serialize(internal) RETURNS bytea
    LANGUAGE c IMMUTABLE PARALLEL SAFE STRICT
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_serialize';
COMMENT ON FUNCTION primecloud_internal.money_amount_serialize(internal) IS 'a total on its way from a parallel worker';
CREATE FUNCTION primecloud_internal.money_amount_deserialize(bytea, internal) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE STRICT
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_deserialize';
COMMENT ON FUNCTION primecloud_internal.money_amount_deserialize(bytea, internal) IS 'a total as it came from a parallel worker';
CREATE FUNCTION primecloud_internal.money_amount_sum(internal) RETURNS money_amount
    LANGUAGE c IMMUTABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_sum';
COMMENT ON FUNCTION primecloud_internal.money_amount_sum(internal) IS 'the sum; NULL of no values, an error out of range';
CREATE FUNCTION primecloud_internal.money_amount_average(internal) RETURNS money_amount
    LANGUAGE c IMMUTABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_average';
COMMENT ON FUNCTION primecloud_internal.money_amount_average(internal) IS 'the mean, rounded half away from zero';

CREATE AGGREGATE pg_catalog.sum(money_amount) (
    SFUNC = primecloud_internal.money_amount_accumulate, STYPE = internal, SSPACE = 48, FINALFUNC = primecloud_internal.money_amount_sum,
    COMBINEFUNC = primecloud_internal.money_amount_combine, SERIALFUNC = primecloud_internal.money_amount_serialize,
        DESERIALFUNC = primecloud_internal.money_amount_deserialize,
    MSFUNC = primecloud_internal.money_amount_accumulate, MINVFUNC = primecloud_internal.money_amount_remove, MSTYPE = internal,
        MSSPACE = 48, MFINALFUNC = primecloud_internal.money_amount_sum,
    PARALLEL = SAFE);
COMMENT ON AGGREGATE pg_catalog.sum(money_amount) IS 'the sum; an error for mixed currencies';

CREATE AGGREGATE pg_catalog.avg(money_amount) (
    SFUNC = primecloud_internal.money_amount_accumulate, STYPE = internal, SSPACE = 48,
        FINALFUNC = primecloud_internal.money_amount_average,
    COMBINEFUNC = primecloud_internal.money_amount_combine, SERIALFUNC = primecloud_internal.money_amount_serialize,
        DESERIALFUNC = primecloud_internal.money_amount_deserialize,
    MSFUNC = primecloud_internal.money_amount_accumulate, MINVFUNC = primecloud_internal.money_amount_remove, MSTYPE = internal,
        MSSPACE = 48, MFINALFUNC = primecloud_internal.money_amount_average,
    PARALLEL = SAFE);
COMMENT ON AGGREGATE pg_catalog.avg(money_amount) IS 'the mean, rounded half away from zero to the minor unit';
