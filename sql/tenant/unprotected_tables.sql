-- unprotected_tables: what nobody has said anything of, in schemas that are protected; and what has lost something of its protection.

-- By what is left of it, since each of its policies may be the one that is gone.  (Of partitions too: they are read by their names.)
CREATE FUNCTION primecloud_internal.missing_policies() RETURNS TABLE (rel regclass, kind text, policies name[])
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH part(kind, policy) AS (VALUES
        ('table', 'primecloud_floor'), ('table', 'primecloud_select'), ('table', 'primecloud_insert'), ('table', 'primecloud_update'),
        ('table', 'primecloud_delete'), ('ranks', 'primecloud_rank_insert'), ('ranks', 'primecloud_rank_update'),
        ('ranks', 'primecloud_rank_delete'), ('shared', 'primecloud_shared'), ('shared', 'primecloud_shared_insert'),
        ('shared', 'primecloud_shared_update'), ('shared', 'primecloud_shared_delete'), ('people', 'primecloud_people'),
        ('people', 'primecloud_people_select'), ('people', 'primecloud_people_insert'), ('people', 'primecloud_people_update'),
        ('people', 'primecloud_people_delete'), ('people', 'primecloud_person_insert'), ('people', 'primecloud_person_update'),
        ('people', 'primecloud_person_delete')),
    standing AS MATERIALIZED (SELECT DISTINCT p.polrelid, part.kind FROM pg_policy p JOIN part ON part.policy = p.polname
        WHERE p.polrelid NOT IN (SELECT s FROM primecloud_internal.shards_here() AS s)),
    meant AS (SELECT s.polrelid, s.kind FROM standing s UNION SELECT s.polrelid, 'ranks' FROM standing s
        WHERE s.kind = 'table' AND primecloud_internal.rank_column(s.polrelid) IS NOT NULL)
    SELECT m.polrelid::regclass, max(m.kind) FILTER (WHERE m.kind <> 'ranks'), array_agg(part.policy::name ORDER BY part.policy)
    FROM meant m JOIN part USING (kind)
    WHERE NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = m.polrelid AND p.polname = part.policy) GROUP BY m.polrelid;
$$;
COMMENT ON FUNCTION primecloud_internal.missing_policies()
    IS 'the tables that have some policies of a helper''s and not all, with those that are missing';

-- Which schemas protect_schema() has been through stands in a note: where one is lost, any schema with protected tables may be such.
CREATE FUNCTION primecloud_internal.lost_notes() RETURNS SETOF regclass
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- (Each note is read once, however long somebody has made his.)
    WITH adopted AS MATERIALIZED (SELECT a.space FROM primecloud_internal.adopted_schemas() AS a),
    noted AS MATERIALIZED (SELECT c.oid, c.relnamespace, primecloud_internal.protection_note(c.oid) AS note FROM pg_class c
        WHERE NOT c.relispartition AND c.oid NOT IN (SELECT s FROM primecloud_internal.shards_here() AS s)
            AND c.oid IN (SELECT p.polrelid FROM pg_policy p
            WHERE p.polname IN ('primecloud_floor', 'primecloud_shared', 'primecloud_people')))
    SELECT n.oid::regclass FROM noted n WHERE n.note = '{}' OR n.note ? 'lost' AND NOT n.note ? 'schemas'
        AND n.relnamespace NOT IN (SELECT a.space FROM adopted a);
$$;
COMMENT ON FUNCTION primecloud_internal.lost_notes()
    IS 'the protected tables of which it is not known any more what protect_schema() noted there';

-- The shape of distributed tables holds by itself, and holds nobody's policy beside it: a dump of such a table brings it to one server.
CREATE FUNCTION primecloud_internal.left_apart() RETURNS SETOF regclass
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    rel oid;
BEGIN
    FOR rel IN SELECT p.polrelid FROM pg_policy p WHERE p.polname = 'primecloud_floor' AND p.polpermissive
            AND p.polrelid NOT IN (SELECT s FROM primecloud_internal.shards_here() AS s) LOOP
        IF NOT primecloud_internal.is_distributed(rel) THEN
            RETURN NEXT rel;
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.left_apart()
    IS 'the protected tables of this server alone whose policies are those of distributed tables, none of them restrictive';

CREATE FUNCTION unprotected_tables(OUT rel regclass, OUT since text) RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH adopted AS MATERIALIZED (SELECT a.space, a.entry FROM primecloud_internal.adopted_schemas() AS a),
    -- (Of schemas of whoever lost it, or of those below him: a comment of one's own says nothing of others'.)
    lost AS MATERIALIZED (SELECT DISTINCT c.relowner FROM primecloud_internal.lost_notes() AS l JOIN pg_class c ON c.oid = l),
    space AS (SELECT a.space, a.entry FROM adopted a UNION ALL
        SELECT p.space, NULL FROM (SELECT DISTINCT c.relnamespace AS space FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid
            WHERE p.polname IN ('primecloud_floor', 'primecloud_shared', 'primecloud_people')) AS p
        WHERE EXISTS (SELECT FROM lost l WHERE primecloud_internal.may_note_schema(l.relowner, p.space))
            AND p.space NOT IN (SELECT a.space FROM adopted a)),
    found(rel, since) AS (
        SELECT c.oid::regclass, CASE WHEN bool_or(a.entry IS NULL) THEN 'not known: a note of protection is lost'
            WHEN bool_or(a.entry -> 'left' ? c.relname) THEN 'left alone by protect_schema'
            WHEN bool_or(a.entry -> 'tables' ? c.relname) THEN 'protected by protect_schema, not any more'
            ELSE 'came after protect_schema' END
        FROM space AS a JOIN pg_class c ON c.relnamespace = a.space
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.oid NOT IN (SELECT s FROM primecloud_internal.shards_here() AS s)
            AND primecloud.exemption_of(c.oid) IS NULL
            AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid
                            AND p.polname IN ('primecloud_floor', 'primecloud_shared', 'primecloud_people'))
        GROUP BY c.oid, c.relname
        UNION ALL
        SELECT m.rel, format('protected, without %s', array_to_string(m.policies, ', ')) FROM primecloud_internal.missing_policies() AS m
        WHERE EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = m.rel
            AND p.polname IN ('primecloud_floor', 'primecloud_shared', 'primecloud_people'))
        UNION ALL
        SELECT t, 'protected as a distributed table, without restrictive policies: protect_table() puts them back'
        FROM primecloud_internal.left_apart() AS t
        UNION ALL
        SELECT t, CASE WHEN f.free THEN 'distributed, with policies that do not hold on shards'
            ELSE 'distributed, and not looked at: somebody holds it locked' END
        FROM primecloud_internal.spread_tables() AS t, LATERAL (SELECT primecloud_internal.is_free(t) OFFSET 0) AS f(free)
        WHERE CASE WHEN f.free THEN EXISTS (SELECT FROM primecloud_internal.spread_shape(t) AS s WHERE NOT s.holds) ELSE true END)
    SELECT f.rel, f.since FROM found f ORDER BY f.since, f.rel::text;
$$;
COMMENT ON FUNCTION unprotected_tables()
    IS 'the tables of schemas that protect_schema() has been through that no policy of ours holds, and since when; and those that lack one '
        'of their policies';
