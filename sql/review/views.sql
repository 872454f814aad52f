-- What views, rules and functions show past the policies; CHECKs that refuse nothing; keys that stand in the catalog.

CREATE FUNCTION primecloud_internal.review_views_judged(rels oid[], tenant_rels oid[], tenants smallint[], askers oid[])
    RETURNS TABLE (check_name text, level text, object text, evidence text, fix text, parts text)
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE ROWS 20
    SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD' SET timezone = 'UTC'
    SET intervalstyle = 'postgres' SET extra_float_digits = 1 SET bytea_output = 'hex' SET xmlbinary = 'base64' SET lc_monetary = 'C'
    AS 'MODULE_PATHNAME', 'primecloud_review_views_judged';
COMMENT ON FUNCTION primecloud_internal.review_views_judged(oid[], oid[], smallint[], oid[])
    IS 'findings of views, materialized views and rules over tables of tenants';

CREATE FUNCTION primecloud_internal.review_definers_judged(functions oid[], home oid, tenant_rels oid[], tenants smallint[],
        askers oid[])
    RETURNS TABLE (check_name text, level text, object text, evidence text, fix text, parts text)
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE ROWS 20
    SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD' SET timezone = 'UTC'
    SET intervalstyle = 'postgres' SET extra_float_digits = 1 SET bytea_output = 'hex' SET xmlbinary = 'base64' SET lc_monetary = 'C'
    AS 'MODULE_PATHNAME', 'primecloud_review_definers_judged';
COMMENT ON FUNCTION primecloud_internal.review_definers_judged(oid[], oid, oid[], smallint[], oid[])
    IS 'those of SECURITY DEFINER functions that read a table of tenants whose policies do not hold their owner, by views and calls too';

CREATE FUNCTION primecloud_internal.review_bodies(functions oid[])
    RETURNS TABLE (number integer, rel regclass, writes boolean, asks boolean)
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE ROWS 100
    SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'primecloud_review_bodies';
COMMENT ON FUNCTION primecloud_internal.review_bodies(oid[])
    IS 'the tables that bodies of functions read and write, through views too, and whether they ask who comes; functions by their place';

CREATE FUNCTION primecloud_internal.review_checks_judged(rels oid[])
    RETURNS TABLE (check_name text, level text, object text, evidence text, fix text, parts text)
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE ROWS 20
    SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD' SET timezone = 'UTC'
    SET intervalstyle = 'postgres' SET extra_float_digits = 1 SET bytea_output = 'hex' SET xmlbinary = 'base64' SET lc_monetary = 'C'
    AS 'MODULE_PATHNAME', 'primecloud_review_checks_judged';
COMMENT ON FUNCTION primecloud_internal.review_checks_judged(oid[]) IS 'CHECKs of tables that nothing can break';

CREATE FUNCTION primecloud_internal.review_keys_judged(rels oid[], functions oid[])
    RETURNS TABLE (check_name text, level text, object text, evidence text, fix text, parts text)
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE ROWS 20
    SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD' SET timezone = 'UTC'
    SET intervalstyle = 'postgres' SET extra_float_digits = 1 SET bytea_output = 'hex' SET xmlbinary = 'base64' SET lc_monetary = 'C'
    AS 'MODULE_PATHNAME', 'primecloud_review_keys_judged';
COMMENT ON FUNCTION primecloud_internal.review_keys_judged(oid[], oid[])
    IS 'keys that stand as constants in views, defaults, CHECKs, policies and bodies';

CREATE FUNCTION primecloud_internal.review_views(w primecloud_internal.review_words) RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT x.check_name::text, x.level::text, x.object::text, x.evidence::text, x.fix::text, x.parts::text[] FROM (
    -- In the fix {app} stands for those who were granted it.
    SELECT f.check_name, f.level, f.object, f.evidence,
        CASE WHEN right(f.fix, 8) = '{grants}' THEN left(f.fix, -8) || primecloud_internal.review_view_grants(w, t.rel, r.roles)
            ELSE primecloud_internal.review_for_app(f.fix, r.roles) END,
        string_to_array(f.parts, chr(31)) || primecloud_internal.review_granted(t.rel, (w).reached, t.reach, t.grantees)
            || primecloud_internal.review_known_by('pg_rewrite'::regclass,
                ARRAY(SELECT r.oid FROM pg_rewrite AS r WHERE r.ev_class = t.rel), (w).schema)
    FROM (SELECT coalesce(array_agg(t.rel), '{}') AS rels, coalesce(array_agg(t.tenant), '{}') AS tenants FROM unnest((w).tables) AS t
            WHERE t.tenant IS NOT NULL AND t.kind IN ('r', 'p', 'f')) AS x,
        primecloud_internal.review_views_judged(ARRAY(SELECT t.rel FROM unnest((w).tables) AS t
                WHERE t.here AND NOT t.exempt AND t.reach && '{SELECT,INSERT,UPDATE,DELETE}' AND (t.kind IN ('v', 'm')
                    OR EXISTS (SELECT FROM pg_class AS c WHERE c.oid = t.rel AND c.relhasrules)) ORDER BY t.label),
            x.rels, x.tenants, (w).app || ARRAY(SELECT r FROM unnest((w).reached) AS r WHERE r <> ALL ((w).app))) AS f
    LEFT JOIN unnest((w).tables) AS t ON t.label = f.object
    CROSS JOIN LATERAL (SELECT coalesce(primecloud_internal.review_role_names(nullif(t.grantees, '{}')), 'PUBLIC')) AS r(roles)
    ) AS x(check_name, level, object, evidence, fix, parts);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_views(primecloud_internal.review_words)
    IS 'view_bypasses_policies, view_filter_leaks, matview_exposed';

-- A function of a trigger counts where the app writes the trigger's table: it is not called by itself.
CREATE FUNCTION primecloud_internal.review_definers(w primecloud_internal.review_words) RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT x.check_name::text, x.level::text, x.object::text, x.evidence::text, x.fix::text, x.parts::text[] FROM (
    WITH f AS MATERIALIZED (
        SELECT p.oid FROM pg_proc AS p
        WHERE p.pronamespace = (w).schema AND p.prosecdef AND p.prokind IN ('f', 'p')
          AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
          AND CASE WHEN p.prorettype IN ('trigger'::regtype, 'event_trigger'::regtype) THEN EXISTS (SELECT FROM pg_trigger AS g
                JOIN unnest((w).tables) AS t ON t.rel = g.tgrelid
                WHERE g.tgfoid = p.oid AND NOT g.tgisinternal AND t.reach && '{INSERT,UPDATE,DELETE,TRUNCATE}')
            ELSE EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
                WHERE a.grantee = ANY ((w).reached) AND a.privilege_type = 'EXECUTE') END)
    SELECT f.check_name, f.level, f.object, f.evidence,
        primecloud_internal.review_for_app(f.fix, concat_ws(', ', 'PUBLIC', primecloud_internal.review_role_names(nullif((w).app, '{}'))))
            -- (Who may not execute what a policy asks sees no row: it fails.)
            || CASE WHEN EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_policy'::regclass AND d.refclassid = 'pg_proc'::regclass
                AND d.refobjid = to_regprocedure(f.object)) THEN ' -- choose: a policy asks it, so rather an owner whom policies hold'
                ELSE '' END,
        string_to_array(f.parts, chr(31)) || primecloud_internal.review_known_by('pg_proc'::regclass,
            ARRAY[to_regprocedure(f.object)]::oid[], (w).schema)
    FROM (SELECT coalesce(array_agg(t.rel), '{}') AS rels, coalesce(array_agg(t.tenant), '{}') AS tenants FROM unnest((w).tables) AS t
            WHERE t.tenant IS NOT NULL AND t.kind IN ('r', 'p', 'f')) AS x,
        primecloud_internal.review_definers_judged(ARRAY(SELECT f.oid FROM f ORDER BY f.oid), (w).schema, x.rels, x.tenants,
            (w).app || ARRAY(SELECT r FROM unnest((w).reached) AS r WHERE r <> ALL ((w).app))) AS f
    -- (What the control plane ships, as it ships it, was looked at once for all.)
    WHERE f.object NOT IN (SELECT b.said FROM primecloud_internal.review_shipped_bodies((w).schema) AS b)
    ) AS x(check_name, level, object, evidence, fix, parts);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_definers(primecloud_internal.review_words) IS 'definer_bypasses_policies';

CREATE FUNCTION primecloud_internal.review_constants(w primecloud_internal.review_words) RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT x.check_name::text, x.level::text, x.object::text, x.evidence::text, x.fix::text, x.parts::text[] FROM (
    SELECT f.check_name, f.level, f.object, f.evidence, f.fix, string_to_array(f.parts, chr(31))
    FROM primecloud_internal.review_checks_judged(ARRAY(SELECT t.rel FROM unnest((w).tables) AS t
        WHERE t.here AND t.kind IN ('r', 'p', 'f') AND NOT t.part ORDER BY t.label)) AS f
    UNION ALL
    SELECT f.check_name, f.level, f.object, f.evidence, f.fix, string_to_array(f.parts, chr(31))
    FROM primecloud_internal.review_keys_judged(ARRAY(SELECT t.rel FROM unnest((w).tables) AS t WHERE t.here ORDER BY t.label),
        ARRAY(SELECT p.oid FROM pg_proc AS p WHERE p.pronamespace = (w).schema AND p.prokind IN ('f', 'p')
            AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
            ORDER BY p.oid)) AS f
    ) AS x(check_name, level, object, evidence, fix, parts);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_constants(primecloud_internal.review_words) IS 'check_always_true, key_in_catalog';

-- All that trees tell.
CREATE FUNCTION primecloud_internal.review_tree_findings(w primecloud_internal.review_words)
    RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT x.check_name::text, x.level::text, x.object::text, x.evidence::text, x.fix::text, x.parts::text[] FROM (
    SELECT * FROM primecloud_internal.review_policy_findings(w)
    UNION ALL SELECT * FROM primecloud_internal.review_views(w)
    UNION ALL SELECT * FROM primecloud_internal.review_definers(w)
    UNION ALL SELECT * FROM primecloud_internal.review_constants(w)
    ) AS x(check_name, level, object, evidence, fix, parts);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_tree_findings(primecloud_internal.review_words)
    IS 'the findings of policies, views, rules, CHECKs and bodies';
