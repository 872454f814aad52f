-- What protect_schema() says of a schema besides its statements: the same before anything is done and after.

-- What is nobody's: before, a client was the owner, or had what he was granted; now it has what its role was granted, on every row.
CREATE FUNCTION primecloud_internal.report_open(rel regclass, app_role name) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('-- %s: a client that connected as "%s" read and wrote every row; "%s" may %s', rel, pg_get_userbyid(c.relowner),
        app_role,
        coalesce((SELECT string_agg(w.right, ', ' ORDER BY w.n) || ' every row, whoever''s' FROM (VALUES (1, 'SELECT'), (2, 'INSERT'),
            (3, 'UPDATE'), (4, 'DELETE'), (5, 'TRUNCATE')) AS w(n, "right")
            WHERE has_table_privilege(app_role, rel, w.right)
                OR w.n < 4 AND has_any_column_privilege(app_role, rel, CASE WHEN w.n < 4 THEN w.right ELSE 'SELECT' END)),
            'do nothing with it'))
    FROM pg_class c WHERE c.oid = rel;
$$;
COMMENT ON FUNCTION primecloud_internal.report_open(regclass, name)
    IS 'what a client could do with a table that is left alone, and what it can do now';

-- External clients: what they see where nothing else was said is their account's.
CREATE FUNCTION primecloud_internal.report_external(reached regclass[], persons regclass[], roles jsonb) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH seen AS (
        SELECT t.rel, CASE WHEN coalesce(primecloud_internal.named_role(roles, t.rel, 'read'),
                primecloud_internal.chosen_role(t.rel, 'read'), 'external_client') <> 'external_client' THEN 'nothing'
            WHEN EXISTS (SELECT FROM pg_policy WHERE polrelid = t.rel AND polname = 'primecloud_confine') THEN 'granted'
            ELSE 'all' END AS what
        FROM unnest(reached) AS t(rel)
        UNION ALL SELECT t.rel, 'himself' FROM unnest(persons) AS t(rel))
    SELECT format('-- external clients %s: %s%s', w.words, string_agg(s.rel::text, ', ' ORDER BY s.rel::text), w.way)
    FROM seen s JOIN (VALUES (1, 'all', 'see every row of their account in',
            ' (confine_table() holds them to what they were granted, roles => {"table": {"read": "developer"}} keeps them out)'),
        (2, 'granted', 'see what they were granted of', ''), (3, 'himself', 'see themselves alone in', ''),
        (4, 'nothing', 'see nothing of', '')) AS w(n, what, words, way) ON w.what = s.what
    GROUP BY w.n, w.words, w.way ORDER BY w.n;
$$;
COMMENT ON FUNCTION primecloud_internal.report_external(regclass[], regclass[], jsonb) IS 'what external clients see of a schema';

-- What reads a table that the application's role may not: nothing of it is run, and a body that is text is looked through for names.
CREATE FUNCTION primecloud_internal.report_broken(closed regclass[], reached regclass[], app_role name) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
    WITH who AS (SELECT coalesce('"' || app_role || '"', 'the application''s role') AS name)
    SELECT format('-- will break: a join of %s with %s ("%s"): %s may not read %2$s', k.conrelid::regclass, k.confrelid::regclass,
        k.conname, w.name)
    FROM pg_constraint k, who w
    WHERE k.contype = 'f' AND k.conrelid = ANY (reached) AND k.confrelid = ANY (closed) AND k.conparentid = 0
    UNION ALL
    SELECT CASE WHEN v.reader IS NULL THEN format('-- will break: view %s reads %s, which %s may not', v.view, c, w.name)
        ELSE format('-- view %s reads %s with the rights of "%s", and shows %s what it may not read itself', v.view, c,
            pg_get_userbyid(v.reader), w.name) END
    FROM unnest(closed) AS c, who w, primecloud_internal.views_over(c) AS v WHERE EXISTS (SELECT FROM pg_depend d
        WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = c AND d.classid = 'pg_rewrite'::regclass)
    UNION ALL
    SELECT format('-- %s: function %s %s %s%s', CASE WHEN p.prosecdef THEN 'look at it' ELSE 'may break' END, p.oid::regprocedure,
        CASE WHEN n.depends THEN 'uses' ELSE 'names' END, c,
        CASE WHEN p.prosecdef THEN format(', with the rights of "%s"', pg_get_userbyid(p.proowner))
            ELSE format(', which %s may not read', w.name) END)
    FROM unnest(closed) AS c, who w, pg_proc p JOIN pg_language l ON l.oid = p.prolang JOIN pg_namespace s ON s.oid = p.pronamespace,
        LATERAL (SELECT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
            AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c) AS depends) AS n
    WHERE p.oid >= 16384 AND s.nspname NOT IN ('primecloud', 'primecloud_internal')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
        AND (n.depends OR l.lanname IN ('sql', 'plpgsql')
            AND strpos(' ' || regexp_replace(p.prosrc, '\W+', ' ', 'g') || ' ',
                ' ' || regexp_replace(primecloud_internal.relation_name(c), '\W+', ' ', 'g') || ' ') > 0)
    UNION ALL
    -- What reads protected tables as somebody whom no policy holds shows every account's rows.
    SELECT CASE WHEN c.relkind = 'm' THEN format('-- look at it: materialized view %s holds rows of every account, of %s, and no policy '
            'holds it: REVOKE it from clients, or make it a table with the tenant column', v.view, t)
        WHEN v.stored THEN format('-- look at it: view %s shows rows of every account: it reads what a materialized view holds of %s; '
            'REVOKE it from clients', v.view, t)
        ELSE format('-- look at it: view %s shows rows of every account: it reads %s with the rights of "%s"; protect_view() makes it '
            'read as its caller', v.view, t, r.rolname) END
    FROM unnest(reached) AS t, primecloud_internal.views_over(t) AS v JOIN pg_class c ON c.oid = v.view JOIN pg_roles r ON r.oid = v.reader
    WHERE (r.rolsuper OR r.rolbypassrls OR v.stored) AND EXISTS (SELECT FROM pg_depend d
        WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = t AND d.classid = 'pg_rewrite'::regclass)
    ORDER BY 1;
$$;
COMMENT ON FUNCTION primecloud_internal.report_broken(regclass[], regclass[], name)
    IS 'joins, views and functions that read what the application''s role may not, by dependencies and names';

CREATE FUNCTION primecloud_internal.schema_report(schema name, reached regclass[], persons regclass[], shared name[], keep_out name[],
    app_role name, roles jsonb) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    one record;
    alone regclass[] := '{}';
    every regclass[] := ARRAY(SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = schema AND c.relkind IN ('r', 'p') AND NOT c.relispartition
            AND c.oid NOT IN (SELECT s FROM primecloud_internal.shards_here() AS s));
BEGIN
    FOR one IN SELECT s.* FROM (
        SELECT t.rel, CASE WHEN primecloud.exemption_of(t.rel) IS NOT NULL THEN 2 WHEN c.relname = ANY (keep_out) THEN 3 ELSE 1 END AS n,
            CASE WHEN primecloud.exemption_of(t.rel) IS NOT NULL THEN format('-- exempt: %s: %s', t.rel, primecloud.exemption_of(t.rel))
                WHEN c.relname = ANY (keep_out) THEN format('-- kept out, as asked: %I.%I', schema, c.relname)
                ELSE format('-- left alone, no way from it to a tenant: %s', t.rel) END AS line
        FROM unnest(every) AS t(rel) JOIN pg_class c ON c.oid = t.rel
        WHERE NOT t.rel = ANY (reached || persons) AND NOT c.relname = ANY (shared)
        UNION ALL
        SELECT NULL, 3, format('-- kept out, as asked: %I.%I', schema, o) FROM unnest(keep_out) AS o
        WHERE NOT EXISTS (SELECT FROM unnest(every) AS t(rel) WHERE primecloud_internal.relation_name(t.rel) = o)) AS s
        ORDER BY s.n, s.line LOOP
        RETURN NEXT primecloud_internal.step('remark', one.rel::text, one.line);
        CONTINUE WHEN one.rel IS NULL;
        alone := alone || one.rel;
        RETURN QUERY SELECT 'remark', one.rel::text, primecloud_internal.report_open(one.rel, app_role) WHERE app_role IS NOT NULL;
    END LOOP;
    RETURN QUERY SELECT 'remark', m.rel::text, format('-- look at it: "%s" may write %s, and make anybody a colleague: REVOKE INSERT, '
        'UPDATE', app_role, m.rel)
    FROM primecloud_internal.registered_table r JOIN pg_namespace n ON n.nspname = r.relation_schema
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = r.relation_name, LATERAL (SELECT c.oid::regclass) AS m(rel)
    WHERE r.part = 'members' AND persons <> '{}' AND NOT c.oid = ANY (reached)
        AND has_any_column_privilege(app_role, c.oid, 'INSERT, UPDATE');
    RETURN QUERY SELECT 'remark', NULL, l FROM primecloud_internal.report_external(reached, persons, roles) AS l;
    RETURN QUERY SELECT 'remark', s.rel::text, format('-- looks like a secret in the clear: %s.%I %s (seal_column() encrypts it, '
        'token_hash() is for what is only compared)', s.rel, s.column_name, s.type) FROM primecloud_internal.secrets_in_clear(every) AS s;
    RETURN QUERY SELECT 'remark', NULL, l FROM primecloud_internal.report_broken(
        ARRAY(SELECT a FROM unnest(alone) AS a WHERE app_role IS NULL OR NOT has_table_privilege(app_role, a, 'SELECT')),
        reached || persons, app_role) AS l;
END $$;
COMMENT ON FUNCTION primecloud_internal.schema_report(name, regclass[], regclass[], name[], name[], name, jsonb)
    IS 'what protect_schema() says: what is left alone and what that means, what external clients see, secrets in the clear, what breaks';
