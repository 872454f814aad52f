-- Who else writes the tables that policies ask: for review_prove().

-- The tables that the policies of some ask, by themselves, by views and by functions.
CREATE FUNCTION primecloud_internal.review_asked(line oid[]) RETURNS SETOF oid
    LANGUAGE sql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE named(classid, objid) AS (
        SELECT d.refclassid, d.refobjid FROM pg_policy AS p JOIN pg_depend AS d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid
        WHERE p.polrelid = ANY (line) AND NOT (d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY (line))
        UNION
        SELECT x.classid, x.objid FROM named AS n CROSS JOIN LATERAL (
            SELECT d.refclassid AS classid, d.refobjid AS objid FROM pg_class AS v JOIN pg_rewrite AS r ON r.ev_class = v.oid
            JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
            WHERE n.classid = 'pg_class'::regclass AND v.oid = n.objid AND v.relkind = 'v' AND r.ev_type = '1'
            UNION ALL SELECT 'pg_proc'::regclass, o.oprcode FROM pg_operator AS o
            WHERE n.classid = 'pg_operator'::regclass AND o.oid = n.objid) AS x),
    asked(rel) AS (
        SELECT n.objid FROM named AS n WHERE n.classid = 'pg_class'::regclass
        UNION
        SELECT b.rel::oid FROM primecloud_internal.review_bodies(ARRAY(SELECT n.objid FROM named AS n JOIN pg_proc AS f ON f.oid
            = n.objid WHERE n.classid = 'pg_proc'::regclass AND f.oid >= 16384
              AND f.pronamespace <> 'primecloud'::regnamespace)) AS b WHERE NOT b.writes AND b.rel <> ALL (line))
    SELECT a.rel FROM asked AS a JOIN pg_class AS c ON c.oid = a.rel AND c.relkind IN ('r', 'p')
$$;
COMMENT ON FUNCTION primecloud_internal.review_asked(oid[]) IS 'the tables that policies of some tables ask';

-- A view that writes as its owner, a rule, a function that runs as somebody else: each puts rows where policies look for them.
CREATE FUNCTION primecloud_internal.review_writers(w primecloud_internal.review_words, line oid[])
    RETURNS TABLE (holds boolean, says text)
    LANGUAGE sql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
    WITH RECURSIVE asked AS MATERIALIZED (SELECT a AS rel FROM primecloud_internal.review_asked(line) AS a),
    t AS MATERIALIZED (SELECT t.rel, t.label, t.kind, t.reach FROM unnest(w.tables) AS t WHERE t.reach && '{INSERT,UPDATE,DELETE}'),
    leads(label, rel, ruled) AS (
        SELECT t.label, d.refobjid, r.ev_type <> '1' FROM t JOIN pg_rewrite AS r ON r.ev_class = t.rel
        JOIN pg_class AS c ON c.oid = t.rel
        JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
        -- (A rule that notifies or does nothing writes nothing; one of the table that policies ask may write that anew.)
        WHERE r.ev_type <> '1' AND r.ev_action::text ~ ':commandType [1-5]\M' OR t.kind = 'v' AND d.refobjid <> t.rel AND NOT EXISTS (
            SELECT FROM pg_options_to_table(c.reloptions) AS o WHERE o.option_name = 'security_invoker' AND o.option_value::boolean)
        UNION
        SELECT l.label, d.refobjid, l.ruled FROM leads AS l JOIN pg_class AS v ON v.oid = l.rel AND v.relkind = 'v'
        JOIN pg_rewrite AS r ON r.ev_class = l.rel
        JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass),
    -- What is written with a table: its parts, and what keys carry along.
    touched(rel) AS (
        SELECT t.rel FROM t
        UNION
        SELECT x.rel FROM touched AS u CROSS JOIN LATERAL (
            SELECT i.inhrelid AS rel FROM pg_inherits AS i WHERE i.inhparent = u.rel
            UNION ALL SELECT k.conrelid FROM pg_constraint AS k JOIN t AS o ON o.rel = k.confrelid
            WHERE k.contype = 'f' AND k.confrelid = u.rel
              AND (k.confdeltype IN ('c', 'n', 'd') AND o.reach && '{DELETE}' OR k.confupdtype IN ('c', 'n', 'd') AND o.reach && '{UPDATE}')
            ) AS x),
    executable AS MATERIALIZED (
        SELECT p.oid FROM pg_proc AS p CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
        WHERE p.oid >= 16384 AND a.grantee = ANY (w.reached) AND a.privilege_type = 'EXECUTE'),
    runs AS MATERIALIZED (
        SELECT array_agg(p.oid ORDER BY p.oid) AS each FROM pg_proc AS p
        WHERE EXISTS (SELECT FROM asked) AND p.pronamespace = w.schema AND p.prosecdef
          AND CASE WHEN p.prorettype = 'trigger'::regtype THEN EXISTS (SELECT FROM pg_trigger AS g JOIN touched AS u ON u.rel = g.tgrelid
                WHERE g.tgfoid = p.oid)
            -- (Who may ask an aggregate need not be able to call what it is made of.)
            ELSE p.oid IN (SELECT e.oid FROM executable AS e) OR p.oid IN (
                SELECT f FROM pg_aggregate AS g JOIN executable AS e ON e.oid = g.aggfnoid CROSS JOIN LATERAL unnest(ARRAY[g.aggtransfn,
                    g.aggfinalfn, g.aggcombinefn, g.aggmtransfn, g.aggminvtransfn, g.aggmfinalfn]::oid[]) AS f) END)
    SELECT false, format('%s, which policies ask, is written by %s %s, as its owner', a.rel::regclass, CASE WHEN bool_or(l.ruled)
        THEN 'a rule of' ELSE 'the view' END, l.label)
    FROM asked AS a JOIN leads AS l ON l.rel = ANY (primecloud_internal.review_line(a.rel)) GROUP BY a.rel, l.label
    UNION ALL
    SELECT b.asks, format('%s, which policies ask, is written by %s, as its owner%s', b.rel, r.each[b.number]::regprocedure,
        CASE WHEN b.asks THEN ': it asks who comes, and is believed' ELSE ', and asks no context' END)
    FROM runs AS r CROSS JOIN LATERAL primecloud_internal.review_bodies(r.each) AS b JOIN asked AS a ON a.rel = b.rel WHERE b.writes
$$;
COMMENT ON FUNCTION primecloud_internal.review_writers(primecloud_internal.review_words, oid[])
    IS 'what writes the tables that policies of some tables ask, with other rights than the application''s';
