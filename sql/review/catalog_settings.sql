-- Settings that stand where a context is read, and rows that leave past all policies.

-- The entries of a search_path in a list of settings, quoted as quote_ident() does; no row without one.
CREATE FUNCTION primecloud_internal.review_path(config text[]) RETURNS SETOF text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 3
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
    SELECT CASE WHEN e.entry LIKE '"%' THEN quote_ident(replace(substr(e.entry, 2, length(e.entry) - 2), '""', '"'))
        ELSE quote_ident(lower(e.entry)) END
    FROM unnest(config) AS c(setting),
        regexp_matches(substr(c.setting, 13), '\s*("(?:[^"]|"")*"|[^,"\s]+)\s*(?:,|$)', 'g') WITH ORDINALITY AS m(found, n),
        LATERAL (SELECT m.found[1]) AS e(entry)
    WHERE starts_with(c.setting, 'search_path=') AND e.entry <> '""' ORDER BY m.n
$$;
COMMENT ON FUNCTION primecloud_internal.review_path(text[]) IS 'the schemas of a search_path among settings, in their order';

CREATE FUNCTION primecloud_internal.review_settings(w primecloud_internal.review_words) RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT x.check_name::text, x.level::text, x.object::text, x.evidence::text, x.fix::text, x.parts::text[] FROM (
    WITH RECURSIVE login AS (
        SELECT a AS role FROM unnest((w).app) AS a
        UNION SELECT m.member FROM login AS l JOIN pg_auth_members AS m ON m.roleid = l.role),
    place AS MATERIALIZED (
        SELECT s.setdatabase, s.setrole, lower(split_part(item, '=', 1)) AS name
        FROM pg_db_role_setting AS s CROSS JOIN LATERAL unnest(s.setconfig) AS item
        WHERE s.setdatabase IN (0, (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database()))
          AND (s.setrole = 0 OR s.setrole = ANY ((w).app)
            OR s.setrole IN (SELECT l.role FROM login AS l JOIN pg_roles AS r ON r.oid = l.role AND r.rolcanlogin AND NOT r.rolsuper))),
    -- Only names that are set are looked for: in the policies, and in the functions that they call.
    policy AS MATERIALIZED (
        SELECT p.oid, lower(concat_ws(' ', primecloud_internal.review_says(p.oid, p.polqual, p.polrelid, false),
            primecloud_internal.review_says(p.oid, p.polwithcheck, p.polrelid, true))) AS said
        FROM pg_policy AS p JOIN unnest((w).tables) AS t ON t.rel = p.polrelid AND t.here WHERE EXISTS (SELECT FROM place)),
    said AS MATERIALIZED (
        SELECT p.said FROM policy AS p
        UNION ALL
        SELECT lower(f.prosrc || coalesce(pg_get_function_sqlbody(f.oid), '')) FROM pg_proc AS f
        WHERE f.oid >= 16384 AND f.prolang <> (SELECT l.oid FROM pg_language AS l WHERE l.lanname = 'c')
          AND f.oid IN (SELECT d.refobjid FROM policy AS p JOIN pg_depend AS d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid
            AND d.refclassid = 'pg_proc'::regclass)),
    undermined AS (
        SELECT DISTINCT p.setdatabase, p.setrole, p.name FROM place AS p
        WHERE p.name = 'session_replication_role'
           OR EXISTS (SELECT FROM said AS s WHERE s.said LIKE '%current_setting(%' AND strpos(s.said, '''' || p.name || '''') > 0))
    SELECT 'setting_undermines_policies', 'error', CASE WHEN u.setrole = 0 THEN 'database' ELSE quote_ident(pg_get_userbyid(u.setrole)) END,
        format('%s is set for every session of %s, and %s', u.name, CASE WHEN u.setrole = 0 THEN 'the database'
            ELSE quote_ident(pg_get_userbyid(u.setrole)) END, CASE u.name WHEN 'session_replication_role'
            THEN 'turns triggers and keys off' ELSE 'a policy reads it' END),
        format('ALTER %s RESET %s;', concat_ws(' IN ', CASE WHEN u.setrole <> 0 THEN format('ROLE %I', pg_get_userbyid(u.setrole)) END,
            CASE WHEN u.setdatabase <> 0 THEN format('DATABASE %I', current_database()) END),
            primecloud_internal.review_setting_name(u.name)),
        ARRAY[u.name]
    FROM undermined AS u WHERE u.setrole <> 0 OR u.setdatabase <> 0
    UNION ALL
    SELECT 'setting_undermines_policies', 'error', CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
        format('%s may set %s', primecloud_internal.review_role_names(ARRAY[a.grantee]), p.parname),
        format('REVOKE %s ON PARAMETER %s FROM %s;', a.privilege_type, primecloud_internal.review_setting_name(p.parname),
            primecloud_internal.review_role_names(ARRAY[a.grantee])),
        ARRAY[p.parname]
    FROM pg_parameter_acl AS p CROSS JOIN LATERAL aclexplode(p.paracl) AS a
    WHERE a.grantee = ANY ((w).reached) AND (p.parname = 'session_replication_role' OR starts_with(p.parname, 'primecloud.'))
    ) AS x(check_name, level, object, evidence, fix, parts);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_settings(primecloud_internal.review_words) IS 'setting_undermines_policies';

-- A publication by name, by schema, or of all tables; of a partitioned table the rows leave as its own.
CREATE FUNCTION primecloud_internal.review_published(w primecloud_internal.review_words)
    RETURNS TABLE (rel oid, pub oid, how text, filtered boolean)
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT x.rel::oid, x.pub::oid, x.how::text, x.filtered::boolean FROM (
    SELECT r.prrelid, r.prpubid, 'table', r.prqual IS NOT NULL FROM pg_publication_rel AS r
    UNION ALL
    SELECT c.oid, n.pnpubid, 'schema', false FROM pg_publication_namespace AS n JOIN pg_class AS c ON c.relnamespace = n.pnnspid
    WHERE n.pnnspid = (w).schema AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p'
    UNION ALL
    SELECT c.oid, p.oid, 'all', false FROM pg_publication AS p JOIN pg_class AS c ON c.relnamespace = (w).schema
    WHERE p.puballtables AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p'
    ) AS x(rel, pub, how, filtered);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_published(primecloud_internal.review_words) IS
    'the tables of a schema that are in a publication';

CREATE FUNCTION primecloud_internal.review_publications(w primecloud_internal.review_words) RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT x.check_name::text, x.level::text, x.object::text, x.evidence::text, x.fix::text, x.parts::text[] FROM (
    SELECT 'publication_unfiltered', 'warning', t.label,
        format('publication %I sends the rows of every tenant%s', b.pubname, CASE p.how WHEN 'table' THEN '' WHEN 'schema'
            THEN ', as the whole schema''s' ELSE ', as all tables''' END),
        CASE p.how WHEN 'table' THEN format('ALTER PUBLICATION %I DROP TABLE %s; -- choose: or SET TABLE with a WHERE', b.pubname, t.label)
            ELSE format('-- choose: name the tables of publication %I, with a WHERE, or leave %s out', b.pubname, t.label) END,
        ARRAY[b.pubname::text] || ARRAY(SELECT a.attname::text FROM pg_publication_rel AS r CROSS JOIN unnest(r.prattrs) AS c(att)
            JOIN pg_attribute AS a ON a.attrelid = r.prrelid AND a.attnum = c.att WHERE r.prpubid = p.pub AND r.prrelid = p.rel
            ORDER BY a.attname COLLATE "C")
    FROM primecloud_internal.review_published(w) AS p JOIN pg_publication AS b ON b.oid = p.pub
    JOIN unnest((w).tables) AS t ON t.rel = p.rel
    WHERE t.here AND t.tenant IS NOT NULL AND NOT t.shared AND NOT t.exempt AND NOT p.filtered
    ) AS x(check_name, level, object, evidence, fix, parts);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_publications(primecloud_internal.review_words) IS 'publication_unfiltered';
