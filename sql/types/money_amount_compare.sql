-- money_amount: comparison, indexes and hashing.  LEAKPROOF, and none of it raises an error.
-- Operators stand in pg_catalog: a dump names none of them in IS DISTINCT FROM, NULLIF
-- or JOIN USING, and must find them with an empty search_path.

CREATE FUNCTION primecloud_internal.money_amount_lt(money_amount, money_amount) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_lt';
COMMENT ON FUNCTION primecloud_internal.money_amount_lt(money_amount, money_amount) IS 'whether the first is less than the second';

CREATE FUNCTION primecloud_internal.money_amount_le(money_amount, money_amount) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_le';
COMMENT ON FUNCTION primecloud_internal.money_amount_le(money_amount, money_amount) IS 'whether the first is at most the second';

CREATE FUNCTION primecloud_internal.money_amount_eq(money_amount, money_amount) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_eq';
COMMENT ON FUNCTION primecloud_internal.money_amount_eq(money_amount, money_amount) IS 'whether the first equals the second';

CREATE FUNCTION primecloud_internal.money_amount_ge(money_amount, money_amount) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_ge';
COMMENT ON FUNCTION primecloud_internal.money_amount_ge(money_amount, money_amount) IS 'whether the first is at least the second';

CREATE FUNCTION primecloud_internal.money_amount_gt(money_amount, money_amount) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_gt';
COMMENT ON FUNCTION primecloud_internal.money_amount_gt(money_amount, money_amount) IS 'whether the first is greater than the second';

CREATE FUNCTION primecloud_internal.money_amount_ne(money_amount, money_amount) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_ne';
COMMENT ON FUNCTION primecloud_internal.money_amount_ne(money_amount, money_amount) IS 'whether the first does not equal the second';

CREATE FUNCTION primecloud_internal.money_amount_cmp(money_amount, money_amount) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_cmp';
COMMENT ON FUNCTION primecloud_internal.money_amount_cmp(money_amount, money_amount) IS 'the order of two amounts: negative, 0 or positive';

CREATE FUNCTION primecloud_internal.money_amount_sortsupport(internal) RETURNS void
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_sortsupport';
COMMENT ON FUNCTION primecloud_internal.money_amount_sortsupport(internal)
    IS 'sorts amounts without calling money_amount_cmp for each pair';

CREATE FUNCTION primecloud_internal.money_amount_hash(money_amount) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_hash';
COMMENT ON FUNCTION primecloud_internal.money_amount_hash(money_amount) IS 'hash for hash joins, aggregates and indexes';

CREATE FUNCTION primecloud_internal.money_amount_hash_extended(money_amount, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_hash_extended';
COMMENT ON FUNCTION primecloud_internal.money_amount_hash_extended(money_amount, bigint) IS 'hash with a seed, for hash partitions';

CREATE FUNCTION primecloud_internal.money_amount_larger(money_amount, money_amount) RETURNS money_amount
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_larger';
COMMENT ON FUNCTION primecloud_internal.money_amount_larger(money_amount, money_amount) IS 'the greater of the two';

CREATE FUNCTION primecloud_internal.money_amount_smaller(money_amount, money_amount) RETURNS money_amount
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_money_amount_smaller';
COMMENT ON FUNCTION primecloud_internal.money_amount_smaller(money_amount, money_amount) IS 'the lesser of the two';

CREATE OPERATOR pg_catalog.< (
    LEFTARG = money_amount, RIGHTARG = money_amount, FUNCTION = primecloud_internal.money_amount_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR pg_catalog.< (money_amount, money_amount) IS 'is less than';
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = money_amount, RIGHTARG = money_amount, FUNCTION = primecloud_internal.money_amount_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR pg_catalog.<= (money_amount, money_amount) IS 'is at most';
CREATE OPERATOR pg_catalog.= (
    LEFTARG = money_amount, RIGHTARG = money_amount, FUNCTION = primecloud_internal.money_amount_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel,
    HASHES, MERGES);
COMMENT ON OPERATOR pg_catalog.= (money_amount, money_amount) IS 'equals';
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = money_amount, RIGHTARG = money_amount, FUNCTION = primecloud_internal.money_amount_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR pg_catalog.>= (money_amount, money_amount) IS 'is at least';
CREATE OPERATOR pg_catalog.> (
    LEFTARG = money_amount, RIGHTARG = money_amount, FUNCTION = primecloud_internal.money_amount_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR pg_catalog.> (money_amount, money_amount) IS 'is greater than';
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = money_amount, RIGHTARG = money_amount, FUNCTION = primecloud_internal.money_amount_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
    RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR pg_catalog.<> (money_amount, money_amount) IS 'does not equal';

-- equalimage: equal values are equal bytes, so a btree may store duplicates once.
CREATE OPERATOR CLASS money_amount_ops DEFAULT FOR TYPE money_amount USING btree AS
    OPERATOR 1 pg_catalog.<, OPERATOR 2 pg_catalog.<=, OPERATOR 3 pg_catalog.=, OPERATOR 4 pg_catalog.>=, OPERATOR 5 pg_catalog.>,
    FUNCTION 1 primecloud_internal.money_amount_cmp(money_amount, money_amount),
    FUNCTION 2 primecloud_internal.money_amount_sortsupport(internal),
    FUNCTION 4 btequalimage(oid);
COMMENT ON OPERATOR CLASS money_amount_ops USING btree IS 'order of amounts';

CREATE OPERATOR CLASS money_amount_ops DEFAULT FOR TYPE money_amount USING hash AS
    OPERATOR 1 pg_catalog.=,
    FUNCTION 1 primecloud_internal.money_amount_hash(money_amount),
    FUNCTION 2 primecloud_internal.money_amount_hash_extended(money_amount, bigint);
COMMENT ON OPERATOR CLASS money_amount_ops USING hash IS 'equality of amounts';

CREATE AGGREGATE pg_catalog.min(money_amount) (
    SFUNC = primecloud_internal.money_amount_smaller, STYPE = money_amount, SORTOP = OPERATOR(pg_catalog.<),
    COMBINEFUNC = primecloud_internal.money_amount_smaller, PARALLEL = SAFE);
COMMENT ON AGGREGATE pg_catalog.min(money_amount) IS 'the least of all';

CREATE AGGREGATE pg_catalog.max(money_amount) (
    SFUNC = primecloud_internal.money_amount_larger, STYPE = money_amount, SORTOP = OPERATOR(pg_catalog.>),
    COMBINEFUNC = primecloud_internal.money_amount_larger, PARALLEL = SAFE);
COMMENT ON AGGREGATE pg_catalog.max(money_amount) IS 'the greatest of all';
