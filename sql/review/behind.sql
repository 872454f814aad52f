-- What stands behind a name: a function, a view, an operator that is replaced is another thing under the same name.

CREATE FUNCTION primecloud_internal.review_names_in(class oid, object oid) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    RETURN (SELECT string_agg(DISTINCT i.identity COLLATE "C", ' ') FROM pg_depend AS d
        CROSS JOIN LATERAL pg_identify_object(d.refclassid, d.refobjid, d.refobjsubid) AS i
        WHERE d.classid = class AND d.objid = object AND d.deptype = 'n');
END $$;
COMMENT ON FUNCTION primecloud_internal.review_names_in(oid, oid) IS 'the names of what a view or a function is made of';

CREATE FUNCTION primecloud_internal.review_called(function oid, home oid) RETURNS TABLE (class oid, object oid)
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE ROWS 5
    SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'primecloud_review_called';
COMMENT ON FUNCTION primecloud_internal.review_called(oid, oid)
    IS 'what a function whose body is a text calls and reads, by its words: what has no schema, in the function''s own and this one';

-- All that policies, rules or functions come to.
CREATE FUNCTION primecloud_internal.review_behind(kind oid, objects oid[], home oid) RETURNS TABLE (class oid, object oid)
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE asked(classid, objid) AS (
        SELECT kind, o FROM unnest(objects) AS o
        UNION
        SELECT x.classid, x.objid FROM asked AS a CROSS JOIN LATERAL (
            SELECT d.refclassid AS classid, d.refobjid AS objid FROM pg_depend AS d WHERE d.classid = a.classid AND d.objid = a.objid
                AND a.classid IN ('pg_policy'::regclass, 'pg_rewrite'::regclass, 'pg_proc'::regclass, 'pg_operator'::regclass,
                    'pg_type'::regclass, 'pg_constraint'::regclass)
                AND d.refclassid IN ('pg_proc'::regclass, 'pg_class'::regclass, 'pg_operator'::regclass, 'pg_collation'::regclass,
                    'pg_type'::regclass)
            UNION ALL SELECT c.class, c.object FROM primecloud_internal.review_called(a.objid, home) AS c
                WHERE a.classid = 'pg_proc'::regclass AND a.objid >= 16384
            -- The CHECKs of a domain.
            UNION ALL SELECT d.classid, d.objid FROM pg_depend AS d WHERE a.classid = 'pg_type'::regclass
                AND d.refclassid = a.classid AND d.refobjid = a.objid AND d.classid = 'pg_constraint'::regclass
            UNION ALL SELECT 'pg_rewrite'::regclass, w.oid FROM pg_rewrite AS w WHERE a.classid = 'pg_class'::regclass
                AND w.ev_class = a.objid AND w.ev_type = '1') AS x)
    SELECT a.classid, a.objid FROM asked AS a;
END $$;
COMMENT ON FUNCTION primecloud_internal.review_behind(oid, oid[], oid)
    IS 'the functions, views, operators, collations and domains that policies, rules or functions come to, and they themselves';

-- Places in a text and oids are others in another database: what they are of is said by name.
CREATE FUNCTION primecloud_internal.review_unplaced(tree pg_node_tree) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$ BEGIN
    RETURN regexp_replace(tree::text, ':\w*location -?\d+|\m\d{5,}\M', '', 'g');
END $$;
COMMENT ON FUNCTION primecloud_internal.review_unplaced(pg_node_tree) IS 'a tree as it is in every database of a version';

-- What a tree compares and does, as every version of the server writes it.  (What a name is found by has its oid for a value.)
CREATE FUNCTION primecloud_internal.review_tree_does(tree pg_node_tree) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
    SELECT string_agg(m[1], ' ' ORDER BY n) FROM regexp_matches(regexp_replace(tree::text, '\{CONST :consttype '
            '(?:(?:24|2202|2203|2204|2205|2206|3734|3769|4089|4096|4191) |\d{5,} [^}]*:constlen 4 )[^}]*\}', '', 'g'),
        ':((?:opno|funcid|aggfnoid|winfnoid) \d{1,4}\M|(?:boolop|nulltesttype|booltesttype|subLinkType|commandType|jointype|op|setOp) \w+|'
        'varattno -?\d+|constvalue (?:<>|\d+ \[[^]]*\]))', 'g') WITH ORDINALITY AS x(m, n)
$$;
COMMENT ON FUNCTION primecloud_internal.review_tree_does(pg_node_tree)
    IS 'operators, functions of the server, constants and the like of a tree, in their order';

-- What an accepted finding of views, rules or functions is known by besides names: another text, there or behind it, is another finding.
CREATE FUNCTION primecloud_internal.review_known_by(kind oid, objects oid[], home oid) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    RETURN (
    SELECT md5(string_agg(x.said, ' ' ORDER BY x.said COLLATE "C"))
    FROM primecloud_internal.review_behind(kind, objects, home) AS b CROSS JOIN LATERAL (
        SELECT concat_ws(' ', p.oid::regprocedure, p.prosrc, primecloud_internal.review_tree_does(p.prosqlbody),
            primecloud_internal.review_names_in(b.class, p.oid))
        FROM pg_proc AS p WHERE b.class = 'pg_proc'::regclass AND p.oid = b.object AND p.oid >= 16384
          AND p.pronamespace <> 'primecloud'::regnamespace
        UNION ALL
        SELECT concat_ws(' ', c.relname, primecloud_internal.review_tree_does(w.ev_action),
            primecloud_internal.review_names_in(b.class, w.oid))
        FROM pg_rewrite AS w JOIN pg_class AS c ON c.oid = w.ev_class WHERE b.class = 'pg_rewrite'::regclass AND w.oid = b.object
        ) AS x(said));
END $$;
COMMENT ON FUNCTION primecloud_internal.review_known_by(oid, oid[], oid)
    IS 'a hash of what views, rules or functions do, and of all that they come to';
