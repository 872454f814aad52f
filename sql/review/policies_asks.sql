-- What stands behind the names in policies: a function or a view that is replaced lets through what no policy says.

CREATE FUNCTION primecloud_internal.review_names_in(class oid, object oid) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
RETURN (SELECT string_agg(DISTINCT i.identity COLLATE "C", ' ') FROM pg_depend AS d
    CROSS JOIN LATERAL pg_identify_object(d.refclassid, d.refobjid, d.refobjsubid) AS i
    WHERE d.classid = class AND d.objid = object AND d.deptype = 'n');
COMMENT ON FUNCTION primecloud_internal.review_names_in(oid, oid) IS 'the names of what a view or a function is made of';

CREATE FUNCTION primecloud_internal.review_called(function oid, home oid) RETURNS TABLE (class oid, object oid)
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE ROWS 5
    SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'primecloud_review_called';
COMMENT ON FUNCTION primecloud_internal.review_called(oid, oid)
    IS 'what a function whose body is a text calls and reads, by its words: what has no schema, in the function''s own and this one';

CREATE FUNCTION primecloud_internal.review_asks(rel oid) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off SET standard_conforming_strings = on
AS $$
    WITH RECURSIVE asked(classid, objid) AS (
        SELECT 'pg_policy'::regclass::oid, p.oid FROM pg_policy AS p WHERE p.polrelid = rel
        UNION
        SELECT x.classid, x.objid FROM asked AS a CROSS JOIN LATERAL (
            SELECT d.refclassid AS classid, d.refobjid AS objid FROM pg_depend AS d WHERE d.classid = a.classid AND d.objid = a.objid
                AND a.classid IN ('pg_policy'::regclass, 'pg_rewrite'::regclass, 'pg_proc'::regclass)
                AND d.refclassid IN ('pg_proc'::regclass, 'pg_class'::regclass)
            UNION ALL SELECT c.class, c.object FROM (SELECT k.relnamespace FROM pg_class AS k WHERE k.oid = rel) AS k
                CROSS JOIN LATERAL primecloud_internal.review_called(a.objid, k.relnamespace) AS c
                WHERE a.classid = 'pg_proc'::regclass AND a.objid >= 16384
            UNION ALL SELECT 'pg_rewrite'::regclass, w.oid FROM pg_rewrite AS w WHERE a.classid = 'pg_class'::regclass
                AND w.ev_class = a.objid AND w.ev_type = '1') AS x),
    said AS (
        -- (Places in a text and oids are others in another database: what they are of is said by name.)
        SELECT p.oid::regprocedure::text AS name, concat_ws(' ', p.prosrc, p.provolatile, p.prosecdef, p.proconfig::text,
            regexp_replace(p.prosqlbody::text, ':\w*location -?\d+|\m\d{5,}\M', '', 'g'),
            primecloud_internal.review_names_in('pg_proc'::regclass, p.oid)) AS said
        FROM asked AS a JOIN pg_proc AS p ON a.classid = 'pg_proc'::regclass AND p.oid = a.objid
        WHERE p.oid >= 16384 AND p.pronamespace <> 'primecloud'::regnamespace
        UNION ALL
        SELECT format('%I.%I', n.nspname, c.relname), concat_ws(' ', c.reloptions::text,
            regexp_replace(w.ev_action::text, ':\w*location -?\d+|\m\d{5,}\M', '', 'g'),
            primecloud_internal.review_names_in('pg_rewrite'::regclass, w.oid))
        FROM asked AS a JOIN pg_rewrite AS w ON a.classid = 'pg_rewrite'::regclass AND w.oid = a.objid
        JOIN pg_class AS c ON c.oid = w.ev_class JOIN pg_namespace AS n ON n.oid = c.relnamespace)
    SELECT coalesce(jsonb_object_agg(s.name, md5(s.said)), '{}') FROM said AS s
$$;
COMMENT ON FUNCTION primecloud_internal.review_asks(oid)
    IS 'the functions and views that policies of a table ask, and a digest of what each is';

-- Whether something that policies ask has its name and is another.
CREATE FUNCTION primecloud_internal.review_replaced(before jsonb, after jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (SELECT FROM jsonb_each(CASE jsonb_typeof(before) WHEN 'object' THEN before ELSE '{}' END) AS b
        WHERE b.value <> (CASE jsonb_typeof(after) WHEN 'object' THEN after ELSE '{}' END -> b.key))
$$;
COMMENT ON FUNCTION primecloud_internal.review_replaced(jsonb, jsonb)
    IS 'whether a function or view of one document is another in the other';
