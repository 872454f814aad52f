-- What each of them is, in words that are another's where it is another.

CREATE FUNCTION primecloud_internal.review_function_is(function oid) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
    SELECT concat_ws(' ', p.prosrc, p.probin, l.lanname, p.prokind, p.provolatile, p.proisstrict, p.prorettype::regtype, p.proretset,
        CASE WHEN p.prosecdef THEN format('as %I', pg_get_userbyid(p.proowner)) END, p.proconfig::text,
        primecloud_internal.review_unplaced(p.prosqlbody), primecloud_internal.review_unplaced(p.proargdefaults),
        primecloud_internal.review_names_in('pg_proc'::regclass, p.oid), g.aggkind, g.aggtransfn, g.aggfinalfn, g.aggcombinefn,
        g.aggmtransfn, g.aggminvtransfn, g.aggmfinalfn, g.aggsortop::regoperator, g.aggtranstype::regtype, g.agginitval, g.aggminitval)
    FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang LEFT JOIN pg_aggregate AS g ON g.aggfnoid = p.oid
    WHERE p.oid = function AND p.oid >= 16384 AND p.pronamespace <> 'primecloud'::regnamespace);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_function_is(oid)
    IS 'what a function does: its text, settings, defaults, and as whom it runs';

CREATE FUNCTION primecloud_internal.review_is(kind oid, object oid) RETURNS TABLE (name text, said text)
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off SET standard_conforming_strings = on
AS $$
BEGIN
    RETURN QUERY
    SELECT object::regprocedure::text, f.said FROM (SELECT primecloud_internal.review_function_is(object)
        WHERE kind = 'pg_proc'::regclass OFFSET 0) AS f(said) WHERE f.said IS NOT NULL
    UNION ALL
    -- (A view reads as its owner, unless it says otherwise.)
    SELECT format('%I.%I', n.nspname, c.relname), concat_ws(' ', c.reloptions::text, format('as %I', pg_get_userbyid(c.relowner)),
        primecloud_internal.review_unplaced(w.ev_action), primecloud_internal.review_names_in(kind, object))
    FROM pg_rewrite AS w JOIN pg_class AS c ON c.oid = w.ev_class JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE kind = 'pg_rewrite'::regclass AND w.oid = object
    UNION ALL
    SELECT format('operator %s', object::regoperator), concat_ws(' ', o.oprcode::regprocedure, o.oprresult::regtype)
    FROM pg_operator AS o WHERE kind = 'pg_operator'::regclass AND o.oid = object AND object >= 16384
    UNION ALL
    SELECT format('collation %s', object::regcollation), (to_jsonb(c)
        - '{oid,collname,collnamespace,collowner,collversion,collencoding}'::text[])::text
    FROM pg_collation AS c WHERE kind = 'pg_collation'::regclass AND c.oid = object AND object >= 16384
    UNION ALL
    SELECT format('domain %s', object::regtype), concat_ws(' ', format_type(y.typbasetype, y.typtypmod), y.typnotnull,
        (SELECT string_agg(primecloud_internal.review_unplaced(k.conbin), ' ' ORDER BY k.conname COLLATE "C")
            FROM pg_constraint AS k WHERE k.contypid = y.oid))
    FROM pg_type AS y WHERE kind = 'pg_type'::regclass AND y.oid = object AND y.typtype = 'd';
END $$;
COMMENT ON FUNCTION primecloud_internal.review_is(oid, oid) IS 'the name of what policies ask, and what it is';

CREATE FUNCTION primecloud_internal.review_asks(rel oid) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    RETURN (
    SELECT coalesce(jsonb_object_agg(s.name, md5(s.said)), '{}')
    FROM (SELECT k.relnamespace, ARRAY(SELECT p.oid FROM pg_policy AS p WHERE p.polrelid = rel) AS policies FROM pg_class AS k
            WHERE k.oid = rel) AS k
    CROSS JOIN LATERAL primecloud_internal.review_behind('pg_policy'::regclass, k.policies, k.relnamespace) AS b
    CROSS JOIN LATERAL primecloud_internal.review_is(b.class, b.object) AS s
    WHERE k.policies <> '{}' AND b.class NOT IN ('pg_policy'::regclass, 'pg_class'::regclass));
END $$;
COMMENT ON FUNCTION primecloud_internal.review_asks(oid)
    IS 'what policies of a table ask besides tables, and a digest of what each is';

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
