-- sum and avg of sizes: a 128-bit total, checked once at the end; in parallel and over moving windows.

CREATE FUNCTION primecloud_internal.byte_size_accumulate(internal, byte_size) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_byte_size_accumulate';
COMMENT ON FUNCTION primecloud_internal.byte_size_accumulate(internal, byte_size) IS 'adds one size to a total';
CREATE FUNCTION primecloud_internal.byte_size_remove(internal, byte_size) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_byte_size_remove';
COMMENT ON FUNCTION primecloud_internal.byte_size_remove(internal, byte_size) IS 'takes a value that leaves the window from a total';
CREATE FUNCTION primecloud_internal.byte_size_combine(internal, internal) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_byte_size_combine';
COMMENT ON FUNCTION primecloud_internal.byte_size_combine(internal, internal) IS 'adds the total of a parallel worker';
CREATE FUNCTION primecloud_internal.byte_size_serialize(internal) RETURNS bytea
    LANGUAGE c IMMUTABLE PARALLEL SAFE STRICT
    AS 'MODULE_PATHNAME', 'primecloud_byte_size_serialize';
COMMENT ON FUNCTION primecloud_internal.byte_size_serialize(internal) IS 'a total on its way from a parallel worker';
CREATE FUNCTION primecloud_internal.byte_size_deserialize(bytea, internal) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE STRICT
    AS 'MODULE_PATHNAME', 'primecloud_byte_size_deserialize';
COMMENT ON FUNCTION primecloud_internal.byte_size_deserialize(bytea, internal) IS 'a total as it came from a parallel worker';
CREATE FUNCTION primecloud_internal.byte_size_sum(internal) RETURNS byte_size
    LANGUAGE c IMMUTABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_byte_size_sum';
COMMENT ON FUNCTION primecloud_internal.byte_size_sum(internal) IS 'the sum; NULL of no values, an error out of range';
CREATE FUNCTION primecloud_internal.byte_size_average(internal) RETURNS byte_size
    LANGUAGE c IMMUTABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_byte_size_average';
COMMENT ON FUNCTION primecloud_internal.byte_size_average(internal) IS 'the mean, rounded half away from zero';

CREATE AGGREGATE pg_catalog.sum(byte_size) (
    SFUNC = primecloud_internal.byte_size_accumulate, STYPE = internal, SSPACE = 48, FINALFUNC = primecloud_internal.byte_size_sum,
    COMBINEFUNC = primecloud_internal.byte_size_combine, SERIALFUNC = primecloud_internal.byte_size_serialize,
        DESERIALFUNC = primecloud_internal.byte_size_deserialize,
    MSFUNC = primecloud_internal.byte_size_accumulate, MINVFUNC = primecloud_internal.byte_size_remove, MSTYPE = internal, MSSPACE = 48,
        MFINALFUNC = primecloud_internal.byte_size_sum,
    PARALLEL = SAFE);
COMMENT ON AGGREGATE pg_catalog.sum(byte_size) IS 'the sum; an error beyond 8 EiB';

CREATE AGGREGATE pg_catalog.avg(byte_size) (
    SFUNC = primecloud_internal.byte_size_accumulate, STYPE = internal, SSPACE = 48, FINALFUNC = primecloud_internal.byte_size_average,
    COMBINEFUNC = primecloud_internal.byte_size_combine, SERIALFUNC = primecloud_internal.byte_size_serialize,
        DESERIALFUNC = primecloud_internal.byte_size_deserialize,
    MSFUNC = primecloud_internal.byte_size_accumulate, MINVFUNC = primecloud_internal.byte_size_remove, MSTYPE = internal, MSSPACE = 48,
        MFINALFUNC = primecloud_internal.byte_size_average,
    PARALLEL = SAFE);
COMMENT ON AGGREGATE pg_catalog.avg(byte_size) IS 'the mean, rounded half away from zero to the byte';
