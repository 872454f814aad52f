-- Grants: what policies leave open, or were never asked for.

CREATE FUNCTION primecloud_internal.review_grants(w primecloud_internal.review_words) RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT x.check_name::text, x.level::text, x.object::text, x.evidence::text, x.fix::text, x.parts::text[] FROM (
    WITH RECURSIVE t AS MATERIALIZED (SELECT t.* FROM unnest((w).tables) AS t WHERE t.here AND t.kind IN ('r', 'p')),
    -- What an owner has without a grant is said of the owner.
    granted AS MATERIALIZED (
        SELECT c.oid AS rel, a.grantee, a.privilege_type FROM pg_class AS c CROSS JOIN LATERAL aclexplode(c.relacl) AS a
        WHERE c.relnamespace = (w).schema AND a.grantee <> c.relowner AND a.grantee = ANY ((w).reached)
        UNION
        SELECT c.oid, a.grantee, a.privilege_type FROM pg_attribute AS t JOIN pg_class AS c ON c.oid = t.attrelid
        CROSS JOIN LATERAL aclexplode(t.attacl) AS a
        WHERE c.relnamespace = (w).schema AND a.grantee <> c.relowner AND a.grantee = ANY ((w).reached)),
    command AS (VALUES ('SELECT', 'r'::"char"), ('INSERT', 'a'), ('UPDATE', 'w'), ('DELETE', 'd')),
    -- A policy without an expression for its command admits nothing.
    permissive AS MATERIALIZED (
        SELECT p.polrelid, p.polcmd, p.polqual IS NOT NULL AS uses,
            p.polwithcheck IS NOT NULL OR p.polqual IS NOT NULL AND p.polcmd <> 'a' AS checks
        FROM pg_policy AS p WHERE p.polpermissive AND p.polroles && (w).reached),
    silent AS (
        SELECT t.rel, t.label, g.privilege_type, array_agg(DISTINCT g.grantee) AS grantees
        FROM t JOIN granted AS g ON g.rel = t.rel JOIN command AS c(name, cmd) ON c.name = g.privilege_type
        LEFT JOIN pg_roles AS x ON x.oid = g.grantee
        -- (Whom no policy holds needs none.)
        WHERE t.rls AND NOT t.exempt AND NOT coalesce(x.rolsuper OR x.rolbypassrls, false)
          AND NOT EXISTS (SELECT FROM permissive AS p WHERE p.polrelid = t.rel AND p.polcmd IN ('*', c.cmd)
            AND CASE c.cmd WHEN 'a' THEN p.checks ELSE p.uses END)
        GROUP BY t.rel, t.label, g.privilege_type),
    past AS (
        SELECT t.rel, t.label, string_agg(DISTINCT g.privilege_type, ', ' ORDER BY g.privilege_type) AS privileges,
            bool_or(g.privilege_type = 'TRUNCATE') AS empties, array_agg(DISTINCT g.grantee) AS grantees
        FROM t JOIN granted AS g ON g.rel = t.rel
        -- (A part of a table under policies is under them by that one's name, and by its own under none.)
        WHERE (t.rls OR t.parent IS NOT NULL) AND NOT t.exempt AND g.privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN')
        GROUP BY t.rel, t.label),
    -- A sequence that belongs to a column, or that a default asks.
    sequence AS (
        SELECT d.objid AS seq, d.refobjid AS rel FROM pg_depend AS d JOIN pg_class AS s ON s.oid = d.objid AND s.relkind = 'S'
        WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
        UNION
        SELECT d.refobjid, f.adrelid FROM pg_depend AS d JOIN pg_attrdef AS f ON f.oid = d.objid
        JOIN pg_class AS s ON s.oid = d.refobjid AND s.relkind = 'S'
        WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass),
    sequences AS (
        SELECT s.seq, min(t.label COLLATE "C") AS label, string_agg(DISTINCT g.privilege_type, ', ' ORDER BY g.privilege_type) AS
            privileges,
            array_agg(DISTINCT g.grantee) AS grantees
        FROM sequence AS s JOIN t ON t.rel = s.rel JOIN granted AS g ON g.rel = s.seq
        WHERE t.tenant IS NOT NULL AND NOT t.exempt AND g.privilege_type IN ('SELECT', 'UPDATE') GROUP BY s.seq),
    -- Views that read as their owners, and what is kept of one: rows of tenants, through views.  (An invoker's asks whoever reads.)
    reads AS (
        SELECT DISTINCT r.ev_class AS rel, d.refobjid AS source FROM pg_rewrite AS r JOIN pg_depend AS d
            ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
        WHERE r.ev_type = '1' AND d.refobjid <> r.ev_class),
    below AS (
        SELECT v.rel, v.label, r.source FROM unnest((w).tables) AS v JOIN pg_class AS c ON c.oid = v.rel JOIN reads AS r ON r.rel = v.rel
        WHERE v.here AND NOT v.exempt AND (v.kind = 'm' OR v.kind = 'v' AND NOT coalesce((SELECT o.option_value::boolean
            FROM pg_options_to_table(c.reloptions) AS o WHERE o.option_name = 'security_invoker'), false))
        UNION
        SELECT b.rel, b.label, r.source FROM below AS b JOIN reads AS r ON r.rel = b.source),
    shows AS (
        SELECT DISTINCT b.rel, b.label FROM below AS b JOIN unnest((w).tables) AS s ON s.rel = b.source
        WHERE s.kind IN ('r', 'p') AND s.tenant IS NOT NULL AND NOT s.exempt),
    public AS (
        SELECT o.rel, o.label, o.kind, string_agg(DISTINCT g.privilege_type, ', ' ORDER BY g.privilege_type) AS privileges
        FROM (SELECT t.rel, t.label, 'table' AS kind FROM t WHERE t.tenant IS NOT NULL AND NOT t.exempt
            UNION ALL SELECT s.rel, s.label, 'view' FROM shows AS s) AS o JOIN granted AS g ON g.rel = o.rel
        WHERE g.grantee = 0 AND g.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
        GROUP BY o.rel, o.label, o.kind)
    SELECT 'grant_without_policy', 'warning', s.label,
        format('%s is granted to %s, and no permissive policy lets a row through for it', s.privilege_type,
            primecloud_internal.review_role_names(s.grantees)),
        format('REVOKE %s ON %s FROM %s; -- choose: or the policy that was meant', s.privilege_type, s.label,
            primecloud_internal.review_role_names(s.grantees)), s.privilege_type || primecloud_internal.review_public(s.grantees)
    FROM silent AS s JOIN t ON t.rel = s.rel WHERE (w).app = '{}' OR EXISTS (SELECT FROM unnest((w).app) AS a
        WHERE primecloud_internal.review_held(a, t.owner, t.rls, t.forced))
    UNION ALL
    SELECT 'privilege_beyond_policies', CASE WHEN p.empties THEN 'error' ELSE 'warning' END, p.label,
        format('%s has %s, which no policy holds', primecloud_internal.review_role_names(p.grantees), p.privileges),
        format('REVOKE %s ON %s FROM %s;', p.privileges, p.label, primecloud_internal.review_role_names(p.grantees)),
        p.privileges || primecloud_internal.review_public(p.grantees)
    FROM past AS p
    UNION ALL
    SELECT 'privilege_beyond_policies', 'warning', s.seq::regclass::text,
        format('%s has %s on the sequence that feeds %s: it is read and set past all policies',
            primecloud_internal.review_role_names(s.grantees), s.privileges, s.label),
        format('REVOKE SELECT, UPDATE ON SEQUENCE %s FROM %s;', s.seq::regclass, primecloud_internal.review_role_names(s.grantees)),
        ARRAY[s.privileges, s.label] || primecloud_internal.review_public(s.grantees)
    FROM sequences AS s
    UNION ALL
    SELECT 'grant_to_public', 'warning', p.label, format('PUBLIC has %s on a %s of tenants', p.privileges, p.kind),
        format('REVOKE %s ON %s FROM PUBLIC;', p.privileges, p.label), ARRAY[p.privileges]
    FROM public AS p
    UNION ALL
    SELECT 'grant_to_public', 'warning', CASE WHEN d.defaclnamespace = 0 THEN 'database' ELSE (w).label END,
        format('the next table of %I is given to PUBLIC: %s', pg_get_userbyid(d.defaclrole), p.privileges),
        format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s REVOKE %s ON TABLES FROM PUBLIC;', pg_get_userbyid(d.defaclrole),
            CASE WHEN d.defaclnamespace <> 0 THEN ' IN SCHEMA ' || (w).label ELSE '' END, p.privileges), ARRAY[p.privileges]
    FROM pg_default_acl AS d CROSS JOIN LATERAL (
        SELECT string_agg(DISTINCT a.privilege_type, ', ' ORDER BY a.privilege_type) AS privileges FROM aclexplode(d.defaclacl) AS a
        WHERE a.grantee = 0 AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')) AS p
    WHERE d.defaclobjtype = 'r' AND d.defaclnamespace IN (0, (w).schema) AND p.privileges IS NOT NULL
    ) AS x(check_name, level, object, evidence, fix, parts);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_grants(primecloud_internal.review_words)
    IS 'grant_without_policy, privilege_beyond_policies, grant_to_public';
