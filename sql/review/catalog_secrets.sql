-- Secrets: kept in clear, or given to who should not have them.

-- Which column of a table a column of a view is, through views: as the rule's target list says of each.
CREATE FUNCTION primecloud_internal.review_view_columns(w primecloud_internal.review_words)
    RETURNS TABLE (view oid, attnum int2, rel oid, origin int2)
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
BEGIN
    RETURN QUERY SELECT x.view::oid, x.attnum::int2, x.rel::oid, x.origin::int2 FROM (
    WITH RECURSIVE target AS MATERIALIZED (
        SELECT DISTINCT r.ev_class AS view, m[1]::int2 AS attnum, m[3]::oid AS rel, m[4]::int2 AS origin
        FROM unnest((w).tables) AS t JOIN pg_rewrite AS r ON r.ev_class = t.rel AND r.ev_type = '1'
        CROSS JOIN LATERAL regexp_matches(r.ev_action::text,
            ':resno (\d+) :resname ((?:\\.|[^ ])+) :ressortgroupref \d+ :resorigtbl (\d+) :resorigcol (\d+) :resjunk false', 'g') AS m
        JOIN pg_attribute AS a ON a.attrelid = r.ev_class AND a.attnum = m[1]::int2
            AND a.attname = regexp_replace(m[2], '\\(.)', '\1', 'g')
        WHERE t.kind IN ('v', 'm') AND m[4] <> '0'),
    way AS (
        SELECT t.view, t.attnum, t.rel, t.origin FROM target AS t
        UNION
        SELECT y.view, y.attnum, t.rel, t.origin FROM way AS y JOIN target AS t ON t.view = y.rel AND t.attnum = y.origin)
    SELECT y.view, y.attnum, y.rel, y.origin FROM way AS y
    ) AS x(view, attnum, rel, origin);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_view_columns(primecloud_internal.review_words)
    IS 'the columns of views, and the columns of tables that they show';

CREATE FUNCTION primecloud_internal.review_secrets(w primecloud_internal.review_words) RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
BEGIN
    RETURN QUERY SELECT x.check_name::text, x.level::text, x.object::text, x.evidence::text, x.fix::text, x.parts::text[] FROM (
    WITH t AS MATERIALIZED (SELECT t.* FROM unnest((w).tables) AS t WHERE t.kind IN ('r', 'p', 'f', 'v', 'm')),
    sealed AS MATERIALIZED (SELECT y.oid FROM pg_type AS y JOIN pg_namespace AS n ON n.oid = y.typnamespace
        WHERE n.nspname = 'primecloud' AND y.typname = 'sealed'),
    c AS MATERIALIZED (
        SELECT t.rel, t.label, t.name, t.tenant_name, t.kind, t.here, t.part, t.reach, t.exempt, a.attnum, a.attname,
            a.attacl, d.description,
            coalesce(nullif(y.typbasetype, 0), y.oid) AS type, y.typcategory AS category,
            '_' || primecloud_internal.words_of(a.attname) || '_' AS words
        FROM t JOIN pg_attribute AS a ON a.attrelid = t.rel AND a.attnum > 0 AND NOT a.attisdropped JOIN pg_type AS y ON y.oid = a.atttypid
        LEFT JOIN pg_description AS d ON d.classoid = 'pg_class'::regclass AND d.objoid = t.rel AND d.objsubid = a.attnum),
    secret AS MATERIALIZED (
        SELECT c.*, c.description ~ '(^|[^\w@])@(secret|token)\M' AS classed FROM c
        WHERE c.description ~ '(^|[^\w@])@(secret|token)\M'
           OR (c.category = 'S' OR c.type IN ('bytea'::regtype, 'json'::regtype, 'jsonb'::regtype))
              AND c.type NOT IN (SELECT s.oid FROM sealed AS s) AND primecloud_internal.review_names_secret(c.words, true)),
    -- SELECT on the whole relation, by who is no owner's, or on the one column.
    readers AS MATERIALIZED (
        SELECT r.oid AS rel, 0::int2 AS attnum, a.grantee FROM pg_class AS r JOIN t ON t.rel = r.oid
        CROSS JOIN LATERAL aclexplode(coalesce(r.relacl, acldefault('r', r.relowner))) AS a
        WHERE a.privilege_type = 'SELECT' AND a.grantee = ANY ((w).reached)
        UNION
        SELECT c.rel, c.attnum, a.grantee FROM c CROSS JOIN LATERAL aclexplode(c.attacl) AS a
        WHERE a.privilege_type = 'SELECT' AND a.grantee = ANY ((w).reached)),
    seen AS (
        SELECT s.label, s.attname, s.rel, s.attnum, s.label AS from_label, s.attname AS from_name, s.classed, s.kind FROM secret AS s
        WHERE s.here AND NOT s.exempt AND s.kind IN ('r', 'p', 'f') AND NOT s.part
        UNION
        SELECT c.label, c.attname, c.rel, c.attnum, s.label, s.attname, s.classed, c.kind
        FROM primecloud_internal.review_view_columns(w) AS v JOIN secret AS s ON s.rel = v.rel AND s.attnum = v.origin
        JOIN c ON c.rel = v.view AND c.attnum = v.attnum WHERE c.here AND s.kind IN ('r', 'p', 'f')),
    read AS (
        SELECT s.label, s.attname, s.rel, s.attnum, min(s.from_label) AS from_label, min(s.from_name::text) AS from_name, s.kind,
            bool_or(s.classed) AS classed, array_agg(DISTINCT r.grantee) AS grantees
        FROM seen AS s JOIN readers AS r ON r.rel = s.rel AND r.attnum IN (0, s.attnum)
        GROUP BY s.label, s.attname, s.rel, s.attnum, s.kind),
    -- A function that runs as somebody else gives rows as he has them.
    given AS (
        SELECT p.oid::regprocedure::text AS said, p.prokind, min(s.label || '.' || quote_ident(s.attname)) AS column
        FROM pg_proc AS p JOIN pg_type AS y ON y.oid = p.prorettype JOIN secret AS s ON s.rel = y.typrelid
        WHERE p.pronamespace = (w).schema AND p.prosecdef AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f',
            p.proowner)))
            AS a WHERE a.privilege_type = 'EXECUTE' AND a.grantee = ANY ((w).reached))
        GROUP BY p.oid, p.prokind),
    -- Or columns of its own that are called as a secret of a table that it reads.
    called AS MATERIALIZED (
        SELECT p.oid, p.prokind, '_' || primecloud_internal.words_of(u.name) || '_' AS words FROM pg_proc AS p
        CROSS JOIN LATERAL unnest(p.proargnames, p.proargmodes, p.proallargtypes) AS u(name, mode, type)
        JOIN pg_type AS y ON y.oid = u.type
        WHERE p.pronamespace = (w).schema AND p.prosecdef AND u.mode IN ('o', 'b', 't')
          AND y.oid NOT IN (SELECT s.oid FROM sealed AS s)
          AND '_' || primecloud_internal.words_of(u.name) || '_' IN (SELECT s.words FROM secret AS s)
          AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
            WHERE a.privilege_type = 'EXECUTE' AND a.grantee = ANY ((w).reached))),
    asked AS MATERIALIZED (SELECT array_agg(c.oid ORDER BY c.oid) AS each FROM (SELECT DISTINCT c.oid FROM called AS c) AS c),
    shown AS (
        SELECT c.oid::regprocedure::text AS said, c.prokind, min(s.label || '.' || quote_ident(s.attname)) AS column
        FROM asked AS q CROSS JOIN LATERAL primecloud_internal.review_bodies(q.each) AS b JOIN called AS c ON c.oid = q.each[b.number]
        JOIN secret AS s ON s.rel = b.rel AND s.words = c.words WHERE NOT b.writes GROUP BY c.oid, c.prokind)
    SELECT 'secret_in_clear', 'error', format('%s.%I', s.label, s.attname), format('%s, in clear: in every backup, and for whoever reads '
            'the table', s.type::regtype), primecloud_internal.review_seal(s.rel, s.label, s.name, s.tenant_name, s.attname), '{}'::text[]
    FROM secret AS s WHERE s.here AND s.kind IN ('r', 'p', 'f') AND NOT s.part AND NOT s.exempt
        AND (s.category = 'S' OR s.type IN ('bytea'::regtype, 'json'::regtype, 'jsonb'::regtype))
        AND s.type NOT IN (SELECT o.oid FROM sealed AS o) AND primecloud_internal.review_names_secret(s.words, false)
        AND NOT (coalesce(s.description, '') ~ '(^|[^\w@])@token\M' AND NOT s.reach && '{SELECT}')
    UNION ALL
    SELECT 'secret_readable', 'error', format('%s.%I', r.label, r.attname),
        format('%s reads it%s', primecloud_internal.review_role_names(r.grantees), CASE WHEN r.rel::regclass::text <> r.from_label
            THEN format(': it is %s.%I', r.from_label, r.from_name) ELSE '' END),
        CASE WHEN r.kind IN ('v', 'm') THEN format('-- choose: %s without it, or REVOKE SELECT ON %s FROM %s', r.label, r.label,
                primecloud_internal.review_role_names(r.grantees))
            ELSE primecloud_internal.review_less(r.rel, (w).reached) END,
        ARRAY[r.from_label, r.from_name] || primecloud_internal.review_public(r.grantees)
    FROM read AS r
    UNION ALL
    SELECT 'secret_readable', 'error', g.said, format('gives rows with %s to whoever calls it', g.column),
        format('-- choose: another row type, or REVOKE EXECUTE ON %s %s FROM PUBLIC', CASE g.prokind WHEN 'p' THEN 'PROCEDURE'
            ELSE 'FUNCTION' END, g.said), ARRAY[g.column]
    FROM (SELECT * FROM given UNION SELECT * FROM shown) AS g
    ) AS x(check_name, level, object, evidence, fix, parts);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_secrets(primecloud_internal.review_words) IS 'secret_in_clear, secret_readable';
