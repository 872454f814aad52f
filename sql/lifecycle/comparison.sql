-- Comparison of configurations: equal when the document says the same, however it
-- was written.  The order means nothing; sorting and grouping need one.
-- The operators stand in pg_catalog, so that a restore with an empty search_path finds them.

CREATE FUNCTION primecloud_internal.lifecycle_eq(lifecycle, lifecycle) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_eq';
COMMENT ON FUNCTION primecloud_internal.lifecycle_eq(lifecycle, lifecycle) IS 'implementation of =';

CREATE FUNCTION primecloud_internal.lifecycle_ne(lifecycle, lifecycle) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_ne';
COMMENT ON FUNCTION primecloud_internal.lifecycle_ne(lifecycle, lifecycle) IS 'implementation of <>';

CREATE FUNCTION primecloud_internal.lifecycle_lt(lifecycle, lifecycle) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_lt';
COMMENT ON FUNCTION primecloud_internal.lifecycle_lt(lifecycle, lifecycle) IS 'implementation of <';

CREATE FUNCTION primecloud_internal.lifecycle_le(lifecycle, lifecycle) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_le';
COMMENT ON FUNCTION primecloud_internal.lifecycle_le(lifecycle, lifecycle) IS 'implementation of <=';

CREATE FUNCTION primecloud_internal.lifecycle_gt(lifecycle, lifecycle) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_gt';
COMMENT ON FUNCTION primecloud_internal.lifecycle_gt(lifecycle, lifecycle) IS 'implementation of >';

CREATE FUNCTION primecloud_internal.lifecycle_ge(lifecycle, lifecycle) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_ge';
COMMENT ON FUNCTION primecloud_internal.lifecycle_ge(lifecycle, lifecycle) IS 'implementation of >=';

CREATE FUNCTION primecloud_internal.lifecycle_cmp(lifecycle, lifecycle) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_cmp';
COMMENT ON FUNCTION primecloud_internal.lifecycle_cmp(lifecycle, lifecycle) IS 'less, equal or greater: -1, 0, 1';

CREATE FUNCTION primecloud_internal.lifecycle_hash(lifecycle) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_hash';
COMMENT ON FUNCTION primecloud_internal.lifecycle_hash(lifecycle) IS 'hash of a configuration';

CREATE FUNCTION primecloud_internal.lifecycle_hash_extended(lifecycle, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_hash_extended';
COMMENT ON FUNCTION primecloud_internal.lifecycle_hash_extended(lifecycle, bigint) IS 'hash of a configuration with a seed';

CREATE OPERATOR pg_catalog.= (
    LEFTARG = lifecycle, RIGHTARG = lifecycle, FUNCTION = primecloud_internal.lifecycle_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
    RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR pg_catalog.= (lifecycle, lifecycle) IS 'equal';

CREATE OPERATOR pg_catalog.<> (
    LEFTARG = lifecycle, RIGHTARG = lifecycle, FUNCTION = primecloud_internal.lifecycle_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
    RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (lifecycle, lifecycle) IS 'not equal';

CREATE OPERATOR pg_catalog.< (
    LEFTARG = lifecycle, RIGHTARG = lifecycle, FUNCTION = primecloud_internal.lifecycle_lt,
    COMMUTATOR = OPERATOR(pg_catalog.>), NEGATOR = OPERATOR(pg_catalog.>=),
    RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR pg_catalog.< (lifecycle, lifecycle) IS 'before';

CREATE OPERATOR pg_catalog.<= (
    LEFTARG = lifecycle, RIGHTARG = lifecycle, FUNCTION = primecloud_internal.lifecycle_le,
    COMMUTATOR = OPERATOR(pg_catalog.>=), NEGATOR = OPERATOR(pg_catalog.>),
    RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR pg_catalog.<= (lifecycle, lifecycle) IS 'before or equal';

CREATE OPERATOR pg_catalog.> (
    LEFTARG = lifecycle, RIGHTARG = lifecycle, FUNCTION = primecloud_internal.lifecycle_gt,
    COMMUTATOR = OPERATOR(pg_catalog.<), NEGATOR = OPERATOR(pg_catalog.<=),
    RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR pg_catalog.> (lifecycle, lifecycle) IS 'after';

CREATE OPERATOR pg_catalog.>= (
    LEFTARG = lifecycle, RIGHTARG = lifecycle, FUNCTION = primecloud_internal.lifecycle_ge,
    COMMUTATOR = OPERATOR(pg_catalog.<=), NEGATOR = OPERATOR(pg_catalog.<),
    RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR pg_catalog.>= (lifecycle, lifecycle) IS 'after or equal';

CREATE OPERATOR CLASS lifecycle_ops DEFAULT FOR TYPE lifecycle USING btree AS
    OPERATOR 1 pg_catalog.<,
    OPERATOR 2 pg_catalog.<=,
    OPERATOR 3 pg_catalog.=,
    OPERATOR 4 pg_catalog.>=,
    OPERATOR 5 pg_catalog.>,
    FUNCTION 1 primecloud_internal.lifecycle_cmp(lifecycle, lifecycle),
    FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS lifecycle_ops USING btree IS 'the order of configurations, byte by byte';

CREATE OPERATOR CLASS lifecycle_ops DEFAULT FOR TYPE lifecycle USING hash AS
    OPERATOR 1 pg_catalog.=,
    FUNCTION 1 primecloud_internal.lifecycle_hash(lifecycle),
    FUNCTION 2 primecloud_internal.lifecycle_hash_extended(lifecycle, bigint);
COMMENT ON OPERATOR CLASS lifecycle_ops USING hash IS 'hashing of configurations';
