-- What expressions of lesser roles would have the server do: its functions run as whoever asks, with what they are given.

-- A function that changes nothing and looks at nothing by name is harmless whoever names it.  Those that run a text, a file or a
-- lock are VOLATILE, but for the ones that write out whole tables as XML, or look a type up by its name.
CREATE FUNCTION primecloud_internal.is_harmless(function oid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.provolatile = 'i'
        -- (An extension's may do anything, and be called STABLE.)
        OR p.provolatile = 's' AND (p.pronamespace = 'pg_catalog'::regnamespace AND p.proname !~ '_to_xml|^pg_input_'
            OR p.pronamespace = 'primecloud'::regnamespace)
        OR p.pronamespace = 'pg_catalog'::regnamespace
            AND p.proname IN ('random', 'clock_timestamp', 'timeofday', 'gen_random_uuid', 'uuidv4', 'uuidv7')
    FROM pg_proc AS p WHERE p.oid = function
$$;
COMMENT ON FUNCTION primecloud_internal.is_harmless(oid) IS 'whether a function does nothing, whatever it is given, but give a value';

-- (What the lesser roles made themselves is told by lesser_objects(); this is what they call.  Domains, whose checks are of the
-- kind, are refused whole where they are a lesser role's.)
CREATE FUNCTION primecloud_internal.lesser_calls(relations oid[], keys boolean) RETURNS TABLE (owner oid, called oid)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET jit = off SET standard_conforming_strings = on
AS $$
    WITH said AS MATERIALIZED (
        SELECT s.rel, s.said FROM primecloud_internal.reached_objects(relations, keys) AS r CROSS JOIN LATERAL (
            SELECT p.polrelid AS rel, concat(p.polqual::text, p.polwithcheck::text) AS said FROM pg_policy AS p
                WHERE r.classid = 'pg_policy'::regclass AND p.oid = r.objid
            UNION ALL SELECT w.ev_class, concat(w.ev_qual::text, w.ev_action::text) FROM pg_rewrite AS w
                WHERE r.classid = 'pg_rewrite'::regclass AND w.oid = r.objid
            UNION ALL SELECT k.conrelid, k.conbin::text FROM pg_constraint AS k
                WHERE r.classid = 'pg_constraint'::regclass AND k.oid = r.objid AND k.conbin IS NOT NULL
            UNION ALL SELECT f.adrelid, f.adbin::text FROM pg_attrdef AS f WHERE r.classid = 'pg_attrdef'::regclass AND f.oid = r.objid
            UNION ALL SELECT i.indrelid, concat(i.indexprs::text, i.indpred::text) FROM pg_index AS i
                WHERE r.classid = 'pg_class'::regclass AND i.indexrelid = r.objid
            -- (A trial names every column of a table; a view may leave some to their defaults.)
            UNION ALL SELECT f.adrelid, replace(f.adbin::text, ':funcid ' || 'nextval'::regproc::oid, '') FROM pg_attrdef AS f
                WHERE r.classid = 'pg_class'::regclass AND f.adrelid = r.objid
                  AND EXISTS (SELECT FROM pg_class AS v WHERE v.oid = ANY (relations) AND v.relkind = 'v')) AS s)
    SELECT DISTINCT o.oid, m.called FROM said AS s JOIN pg_class AS c ON c.oid = s.rel
    JOIN pg_roles AS o ON o.oid = c.relowner AND NOT o.rolsuper AND o.rolname <> current_user
    CROSS JOIN LATERAL (SELECT DISTINCT x[1]::oid AS called FROM regexp_matches(s.said, ':(?:func|opfunc)id (\d+)', 'g') AS x) AS m
    WHERE NOT primecloud_internal.is_harmless(m.called)
$$;
COMMENT ON FUNCTION primecloud_internal.lesser_calls(oid[], boolean)
    IS 'functions that expressions of lesser roles'' tables and views call, and that do more than give a value';

CREATE FUNCTION primecloud_internal.lesser_calls_said(relations oid[], keys boolean) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('what %s wrote would call %s', quote_ident(pg_get_userbyid(l.owner)), l.called::regprocedure)
    FROM primecloud_internal.lesser_calls(relations, keys) AS l ORDER BY l.called::regprocedure::text COLLATE "C", l.owner LIMIT 1
$$;
COMMENT ON FUNCTION primecloud_internal.lesser_calls_said(oid[], boolean)
    IS 'why nothing is tried where expressions of lesser roles would do more than give a value; NULL where none would';
