-- One hand: what a helper works on as the owner of a table is that owner's, or belongs to somebody
-- who has his rights anyway.  A statement over a table runs what the owners of its partitions,
-- children and parents wrote into checks, indexes and triggers.

CREATE FUNCTION primecloud_internal.check_hand(other regclass, rel regclass) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    stranger name := (SELECT pg_get_userbyid(o.relowner) FROM pg_class o, pg_class c WHERE o.oid = other AND c.oid = rel
        AND NOT pg_has_role(o.relowner, c.relowner, 'USAGE'));
    owner name := (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = rel);
BEGIN
    IF stranger IS NOT NULL THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('table %s belongs to role "%s", who has not the rights of "%s", the owner of %s', other, stranger, owner, rel),
            HINT = format('What is written into it would run with those rights. Give both one owner (ALTER TABLE %s OWNER TO %I), or GRANT '
                '%2$I TO %3$I.', other, owner, stranger);
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_hand(regclass, regclass)
    IS 'raises 42501 unless the owner of one table has the rights of the owner of another';

-- Each partition and child is held against the table above it, since a command may begin at any of
-- them; `others` (a parent that a foreign key names) against the table itself.
CREATE FUNCTION primecloud_internal.check_one_hand(rel regclass, others regclass[] DEFAULT '{}') RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
AS $$
BEGIN
    PERFORM primecloud_internal.check_hand(m.below, m.above) FROM (
        WITH RECURSIVE meets(below, above) AS (
            SELECT t::oid, rel::oid FROM unnest(rel || others) AS t
            UNION
            SELECT i.inhrelid, i.inhparent FROM meets JOIN pg_inherits i ON i.inhparent = meets.below)
        SELECT * FROM meets) AS m,
        LATERAL (SELECT relowner FROM pg_class WHERE oid = m.below OFFSET 0) AS b,
        LATERAL (SELECT relowner FROM pg_class WHERE oid = m.above OFFSET 0) AS a
    WHERE b.relowner <> a.relowner ORDER BY m.below, m.above;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_one_hand(regclass, regclass[])
    IS 'raises 42501 where a table, what is below it, or what is read with it is of an owner who has not the rights of the table''s';
