-- byte_size: comparison, indexes and hashing.  The value is a bigint's eight bytes, so the functions
-- are bigint's own: as fast, leakproof, and with its sort support.
-- Operators stand in pg_catalog: a dump names none of them in IS DISTINCT FROM, NULLIF
-- or JOIN USING, and must find them with an empty search_path.

CREATE FUNCTION primecloud_internal.byte_size_lt(byte_size, byte_size) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'int8lt';
COMMENT ON FUNCTION primecloud_internal.byte_size_lt(byte_size, byte_size) IS 'whether the first is less than the second';

CREATE FUNCTION primecloud_internal.byte_size_le(byte_size, byte_size) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'int8le';
COMMENT ON FUNCTION primecloud_internal.byte_size_le(byte_size, byte_size) IS 'whether the first is at most the second';

CREATE FUNCTION primecloud_internal.byte_size_eq(byte_size, byte_size) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'int8eq';
COMMENT ON FUNCTION primecloud_internal.byte_size_eq(byte_size, byte_size) IS 'whether the first equals the second';

CREATE FUNCTION primecloud_internal.byte_size_ge(byte_size, byte_size) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'int8ge';
COMMENT ON FUNCTION primecloud_internal.byte_size_ge(byte_size, byte_size) IS 'whether the first is at least the second';

CREATE FUNCTION primecloud_internal.byte_size_gt(byte_size, byte_size) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'int8gt';
COMMENT ON FUNCTION primecloud_internal.byte_size_gt(byte_size, byte_size) IS 'whether the first is greater than the second';

CREATE FUNCTION primecloud_internal.byte_size_ne(byte_size, byte_size) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'int8ne';
COMMENT ON FUNCTION primecloud_internal.byte_size_ne(byte_size, byte_size) IS 'whether the first does not equal the second';

CREATE FUNCTION primecloud_internal.byte_size_cmp(byte_size, byte_size) RETURNS integer
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'btint8cmp';
COMMENT ON FUNCTION primecloud_internal.byte_size_cmp(byte_size, byte_size) IS 'the order of two sizes: negative, 0 or positive';

CREATE FUNCTION primecloud_internal.byte_size_sortsupport(internal) RETURNS void
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
    AS 'btint8sortsupport';
COMMENT ON FUNCTION primecloud_internal.byte_size_sortsupport(internal) IS 'sorts sizes without calling byte_size_cmp for each pair';

CREATE FUNCTION primecloud_internal.byte_size_hash(byte_size) RETURNS integer
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'hashint8';
COMMENT ON FUNCTION primecloud_internal.byte_size_hash(byte_size) IS 'hash for hash joins, aggregates and indexes';

CREATE FUNCTION primecloud_internal.byte_size_hash_extended(byte_size, bigint) RETURNS bigint
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'hashint8extended';
COMMENT ON FUNCTION primecloud_internal.byte_size_hash_extended(byte_size, bigint) IS 'hash with a seed, for hash partitions';

CREATE FUNCTION primecloud_internal.byte_size_larger(byte_size, byte_size) RETURNS byte_size
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'int8larger';
COMMENT ON FUNCTION primecloud_internal.byte_size_larger(byte_size, byte_size) IS 'the greater of the two';

CREATE FUNCTION primecloud_internal.byte_size_smaller(byte_size, byte_size) RETURNS byte_size
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'int8smaller';
COMMENT ON FUNCTION primecloud_internal.byte_size_smaller(byte_size, byte_size) IS 'the lesser of the two';

CREATE FUNCTION primecloud_internal.byte_size_in_range(byte_size, byte_size, byte_size, boolean, boolean) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
    AS 'in_range_int8_int8';
COMMENT ON FUNCTION primecloud_internal.byte_size_in_range(byte_size, byte_size, byte_size, boolean, boolean)
    IS 'RANGE ... PRECEDING and FOLLOWING in windows';

CREATE OPERATOR pg_catalog.< (
    LEFTARG = byte_size, RIGHTARG = byte_size, FUNCTION = primecloud_internal.byte_size_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (byte_size, byte_size) IS 'is less than';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = byte_size, RIGHTARG = byte_size, FUNCTION = primecloud_internal.byte_size_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (byte_size, byte_size) IS 'is at most';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = byte_size, RIGHTARG = byte_size, FUNCTION = primecloud_internal.byte_size_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel,
    HASHES, MERGES);
COMMENT ON OPERATOR pg_catalog.= (byte_size, byte_size) IS 'equals';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = byte_size, RIGHTARG = byte_size, FUNCTION = primecloud_internal.byte_size_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (byte_size, byte_size) IS 'is at least';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = byte_size, RIGHTARG = byte_size, FUNCTION = primecloud_internal.byte_size_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (byte_size, byte_size) IS 'is greater than';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = byte_size, RIGHTARG = byte_size, FUNCTION = primecloud_internal.byte_size_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
    RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (byte_size, byte_size) IS 'does not equal';

-- equalimage: equal values are equal bytes, so a btree may store duplicates once.
CREATE OPERATOR CLASS byte_size_ops DEFAULT FOR TYPE byte_size USING btree AS
    OPERATOR 1 pg_catalog.<, OPERATOR 2 pg_catalog.<=, OPERATOR 3 pg_catalog.=, OPERATOR 4 pg_catalog.>=, OPERATOR 5 pg_catalog.>,
    FUNCTION 1 primecloud_internal.byte_size_cmp(byte_size, byte_size),
    FUNCTION 2 primecloud_internal.byte_size_sortsupport(internal),
    FUNCTION 3 (byte_size, byte_size) primecloud_internal.byte_size_in_range(byte_size, byte_size, byte_size, boolean, boolean),
    FUNCTION 4 btequalimage(oid);
COMMENT ON OPERATOR CLASS byte_size_ops USING btree IS 'order of sizes';

CREATE OPERATOR CLASS byte_size_ops DEFAULT FOR TYPE byte_size USING hash AS
    OPERATOR 1 pg_catalog.=,
    FUNCTION 1 primecloud_internal.byte_size_hash(byte_size),
    FUNCTION 2 primecloud_internal.byte_size_hash_extended(byte_size, bigint);
COMMENT ON OPERATOR CLASS byte_size_ops USING hash IS 'equality of sizes';

CREATE OPERATOR CLASS byte_size_minmax_ops DEFAULT FOR TYPE byte_size USING brin AS
    OPERATOR 1 pg_catalog.<, OPERATOR 2 pg_catalog.<=, OPERATOR 3 pg_catalog.=, OPERATOR 4 pg_catalog.>=, OPERATOR 5 pg_catalog.>,
    FUNCTION 1 brin_minmax_opcinfo(internal),
    FUNCTION 2 brin_minmax_add_value(internal, internal, internal, internal),
    FUNCTION 3 brin_minmax_consistent(internal, internal, internal),
    FUNCTION 4 brin_minmax_union(internal, internal, internal);
COMMENT ON OPERATOR CLASS byte_size_minmax_ops USING brin IS 'ranges of sizes';

CREATE AGGREGATE pg_catalog.min(byte_size) (
    SFUNC = primecloud_internal.byte_size_smaller, STYPE = byte_size, SORTOP = OPERATOR(pg_catalog.<),
    COMBINEFUNC = primecloud_internal.byte_size_smaller, PARALLEL = SAFE);
COMMENT ON AGGREGATE pg_catalog.min(byte_size) IS 'the least of all';

CREATE AGGREGATE pg_catalog.max(byte_size) (
    SFUNC = primecloud_internal.byte_size_larger, STYPE = byte_size, SORTOP = OPERATOR(pg_catalog.>),
    COMBINEFUNC = primecloud_internal.byte_size_larger, PARALLEL = SAFE);
COMMENT ON AGGREGATE pg_catalog.max(byte_size) IS 'the greatest of all';
