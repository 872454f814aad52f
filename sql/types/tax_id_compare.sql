-- tax_id: comparison, indexes and hashing.  The value is a bigint's eight bytes, so the functions
-- are bigint's own: as fast, leakproof, and with its sort support.
-- Operators stand in pg_catalog: a dump names none of them in IS DISTINCT FROM, NULLIF
-- or JOIN USING, and must find them with an empty search_path.

CREATE FUNCTION primecloud_internal.tax_id_lt(tax_id, tax_id) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'int8lt';
COMMENT ON FUNCTION primecloud_internal.tax_id_lt(tax_id, tax_id) IS 'whether the first is less than the second';

CREATE FUNCTION primecloud_internal.tax_id_le(tax_id, tax_id) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'int8le';
COMMENT ON FUNCTION primecloud_internal.tax_id_le(tax_id, tax_id) IS 'whether the first is at most the second';

CREATE FUNCTION primecloud_internal.tax_id_eq(tax_id, tax_id) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'int8eq';
COMMENT ON FUNCTION primecloud_internal.tax_id_eq(tax_id, tax_id) IS 'whether the first equals the second';

CREATE FUNCTION primecloud_internal.tax_id_ge(tax_id, tax_id) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'int8ge';
COMMENT ON FUNCTION primecloud_internal.tax_id_ge(tax_id, tax_id) IS 'whether the first is at least the second';

CREATE FUNCTION primecloud_internal.tax_id_gt(tax_id, tax_id) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'int8gt';
COMMENT ON FUNCTION primecloud_internal.tax_id_gt(tax_id, tax_id) IS 'whether the first is greater than the second';

CREATE FUNCTION primecloud_internal.tax_id_ne(tax_id, tax_id) RETURNS boolean
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'int8ne';
COMMENT ON FUNCTION primecloud_internal.tax_id_ne(tax_id, tax_id) IS 'whether the first does not equal the second';

CREATE FUNCTION primecloud_internal.tax_id_cmp(tax_id, tax_id) RETURNS integer
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'btint8cmp';
COMMENT ON FUNCTION primecloud_internal.tax_id_cmp(tax_id, tax_id) IS 'the order of two tax ids: negative, 0 or positive';

CREATE FUNCTION primecloud_internal.tax_id_sortsupport(internal) RETURNS void
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
    AS 'btint8sortsupport';
COMMENT ON FUNCTION primecloud_internal.tax_id_sortsupport(internal) IS 'sorts tax ids without calling tax_id_cmp for each pair';

CREATE FUNCTION primecloud_internal.tax_id_hash(tax_id) RETURNS integer
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'hashint8';
COMMENT ON FUNCTION primecloud_internal.tax_id_hash(tax_id) IS 'hash for hash joins, aggregates and indexes';

CREATE FUNCTION primecloud_internal.tax_id_hash_extended(tax_id, bigint) RETURNS bigint
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'hashint8extended';
COMMENT ON FUNCTION primecloud_internal.tax_id_hash_extended(tax_id, bigint) IS 'hash with a seed, for hash partitions';

CREATE FUNCTION primecloud_internal.tax_id_larger(tax_id, tax_id) RETURNS tax_id
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'int8larger';
COMMENT ON FUNCTION primecloud_internal.tax_id_larger(tax_id, tax_id) IS 'the greater of the two';

CREATE FUNCTION primecloud_internal.tax_id_smaller(tax_id, tax_id) RETURNS tax_id
    LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'int8smaller';
COMMENT ON FUNCTION primecloud_internal.tax_id_smaller(tax_id, tax_id) IS 'the lesser of the two';

CREATE OPERATOR pg_catalog.< (
    LEFTARG = tax_id, RIGHTARG = tax_id, FUNCTION = primecloud_internal.tax_id_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (tax_id, tax_id) IS 'is less than';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = tax_id, RIGHTARG = tax_id, FUNCTION = primecloud_internal.tax_id_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (tax_id, tax_id) IS 'is at most';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = tax_id, RIGHTARG = tax_id, FUNCTION = primecloud_internal.tax_id_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel,
    HASHES, MERGES);
COMMENT ON OPERATOR pg_catalog.= (tax_id, tax_id) IS 'equals';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = tax_id, RIGHTARG = tax_id, FUNCTION = primecloud_internal.tax_id_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (tax_id, tax_id) IS 'is at least';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = tax_id, RIGHTARG = tax_id, FUNCTION = primecloud_internal.tax_id_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (tax_id, tax_id) IS 'is greater than';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = tax_id, RIGHTARG = tax_id, FUNCTION = primecloud_internal.tax_id_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
    RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (tax_id, tax_id) IS 'does not equal';

-- equalimage: equal values are equal bytes, so a btree may store duplicates once.
CREATE OPERATOR CLASS tax_id_ops DEFAULT FOR TYPE tax_id USING btree AS
    OPERATOR 1 pg_catalog.<, OPERATOR 2 pg_catalog.<=, OPERATOR 3 pg_catalog.=, OPERATOR 4 pg_catalog.>=, OPERATOR 5 pg_catalog.>,
    FUNCTION 1 primecloud_internal.tax_id_cmp(tax_id, tax_id),
    FUNCTION 2 primecloud_internal.tax_id_sortsupport(internal),
    FUNCTION 4 btequalimage(oid);
COMMENT ON OPERATOR CLASS tax_id_ops USING btree IS 'order of tax ids';

CREATE OPERATOR CLASS tax_id_ops DEFAULT FOR TYPE tax_id USING hash AS
    OPERATOR 1 pg_catalog.=,
    FUNCTION 1 primecloud_internal.tax_id_hash(tax_id),
    FUNCTION 2 primecloud_internal.tax_id_hash_extended(tax_id, bigint);
COMMENT ON OPERATOR CLASS tax_id_ops USING hash IS 'equality of tax ids';

CREATE AGGREGATE pg_catalog.min(tax_id) (
    SFUNC = primecloud_internal.tax_id_smaller, STYPE = tax_id, SORTOP = OPERATOR(pg_catalog.<),
    COMBINEFUNC = primecloud_internal.tax_id_smaller, PARALLEL = SAFE);
COMMENT ON AGGREGATE pg_catalog.min(tax_id) IS 'the least of all';

CREATE AGGREGATE pg_catalog.max(tax_id) (
    SFUNC = primecloud_internal.tax_id_larger, STYPE = tax_id, SORTOP = OPERATOR(pg_catalog.>),
    COMBINEFUNC = primecloud_internal.tax_id_larger, PARALLEL = SAFE);
COMMENT ON AGGREGATE pg_catalog.max(tax_id) IS 'the greatest of all';
