-- Functions that run as somebody else, and claims that the planner believes.

CREATE FUNCTION primecloud_internal.review_functions(w primecloud_internal.review_words) RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
BEGIN
    RETURN QUERY SELECT x.check_name::text, x.level::text, x.object::text, x.evidence::text, x.fix::text, x.parts::text[] FROM (
    WITH f AS MATERIALIZED (
        SELECT p.oid, p.oid::regprocedure::text AS said, CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS kind, p.proowner,
            p.prosecdef, p.proleakproof, p.prosqlbody IS NULL AND l.lanname NOT IN ('c', 'internal') AS text, p.proconfig,
            EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a WHERE a.grantee = ANY ((w).reached)
                AND a.privilege_type = 'EXECUTE') AS callable
        FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
        WHERE p.pronamespace = (w).schema AND (p.prosecdef OR p.proleakproof) AND p.prokind IN ('f', 'p')
          AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')),
    -- Who may create in a schema decides what its names mean.
    creatable AS MATERIALIZED (
        SELECT quote_ident(n.nspname) AS name FROM pg_namespace AS n CROSS JOIN LATERAL aclexplode(n.nspacl) AS a
        WHERE a.privilege_type = 'CREATE' AND a.grantee <> n.nspowner AND a.grantee = ANY ((w).reached)
        UNION SELECT quote_ident(n.nspname) FROM pg_namespace AS n WHERE n.nspowner = ANY ((w).reached)),
    path AS (
        SELECT f.oid, e.entry, e.n, max(e.n) OVER (PARTITION BY f.oid) AS last, c.name IS NOT NULL AS creatable
        FROM f CROSS JOIN LATERAL primecloud_internal.review_path(f.proconfig) WITH ORDINALITY AS e(entry, n)
        LEFT JOIN creatable AS c ON c.name = e.entry),
    fault AS (
        SELECT f.oid, CASE WHEN NOT EXISTS (SELECT FROM unnest(f.proconfig) AS c WHERE starts_with(c, 'search_path=')) THEN
                'the caller''s search_path decides what its names mean'
            WHEN f.proconfig && '{"search_path=\"\"",search_path=}' THEN NULL
            WHEN (SELECT p.entry FROM path AS p WHERE p.oid = f.oid AND p.n = p.last) IS DISTINCT FROM 'pg_temp' THEN
                'pg_temp is not named last in its search_path: temporary tables of the caller are found first'
            ELSE (SELECT format('%s in its search_path is where %s', p.entry, CASE p.entry WHEN '"$user"' THEN 'the role is'
                    ELSE 'the application may create' END)
                FROM path AS p WHERE p.oid = f.oid AND (p.creatable OR p.entry = '"$user"') ORDER BY p.n LIMIT 1) END AS why
        FROM f WHERE f.prosecdef AND f.text),
    -- What the path had that nobody else may create in stays; without one the function's own schema does.
    mended AS (
        SELECT f.oid, concat_ws(', ', 'pg_catalog', coalesce((SELECT string_agg(p.entry, ', ' ORDER BY p.n) FROM path AS p
            WHERE p.oid = f.oid AND NOT p.creatable AND p.entry NOT IN ('pg_catalog', 'pg_temp', '"$user"')),
            CASE WHEN NOT EXISTS (SELECT FROM path AS p WHERE p.oid = f.oid)
                AND (w).label NOT IN (SELECT c.name FROM creatable AS c) THEN (w).label END), 'pg_temp') AS path
        FROM f)
    SELECT 'definer_without_search_path', CASE WHEN f.callable THEN 'error' ELSE 'warning' END, f.said,
        format('runs as %I: %s', pg_get_userbyid(f.proowner), x.why),
        format('ALTER %s %s SET search_path = %s;', f.kind, f.said, m.path), '{}'::text[]
    FROM f JOIN fault AS x ON x.oid = f.oid JOIN mended AS m ON m.oid = f.oid WHERE x.why IS NOT NULL
    UNION ALL
    SELECT 'leakproof_claimed', 'warning', f.said, 'the planner lets it see rows that policies hide, on its word alone',
        format('ALTER %s %s NOT LEAKPROOF;', f.kind, f.said), '{}'
    FROM f WHERE f.proleakproof
    ) AS x(check_name, level, object, evidence, fix, parts);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_functions(primecloud_internal.review_words) IS
    'definer_without_search_path, leakproof_claimed';
