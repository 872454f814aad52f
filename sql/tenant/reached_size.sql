-- How much a statement over a table comes to, before the server is asked to plan it.

-- Policies that ask tables whose policies ask tables are written out by the server, each time they are asked, without
-- looking at a time limit or at how much memory that takes: twenty tables that ask each other thrice fill any machine.
CREATE FUNCTION primecloud_internal.asks_too_much(rel oid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
    WITH RECURSIVE asked(rel, times, depth) AS (
        SELECT rel::oid, 1::numeric, 0
        UNION ALL
        SELECT x.below, a.times * x.entries, a.depth + 1
        FROM asked AS a CROSS JOIN LATERAL (
            -- All that its policies or its rules ask, for each relation that is among these.
            SELECT d.below, s.entries FROM (
                SELECT greatest(sum(cardinality(string_to_array(e.said, ':rtekind 0 ')) - e.besides), 1) AS entries,
                    array_agg(e.oid) AS each FROM (
                    SELECT p.oid, concat(p.polqual::text, p.polwithcheck::text) AS said, 1 AS besides FROM pg_policy AS p
                    WHERE p.polrelid = a.rel
                    -- (A rule has its own relation twice before all else.)
                    UNION ALL SELECT w.oid, w.ev_action::text, 3 FROM pg_rewrite AS w WHERE w.ev_class = a.rel) AS e) AS s
            CROSS JOIN LATERAL (SELECT DISTINCT d.refobjid AS below FROM pg_depend AS d
                WHERE d.classid IN ('pg_policy'::regclass, 'pg_rewrite'::regclass) AND d.objid = ANY (s.each)
                  AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> a.rel) AS d) AS x
        WHERE a.times <= 2000 AND a.depth < 50)
    SELECT coalesce(bool_or(a.times > 2000 OR a.depth = 50), false) FROM asked AS a
$$;
COMMENT ON FUNCTION primecloud_internal.asks_too_much(oid)
    IS 'whether policies and views that ask each other come to more than a few thousand tables';
