-- What leads past the policies of a table, or makes them another's: for review_prove().

-- Tables that its rows are read with or as: parts, children, parents.  Each is bound by policies of its own, or not reached.
CREATE FUNCTION primecloud_internal.review_relatives(w primecloud_internal.review_words, t primecloud_internal.review_table, askers oid[])
    RETURNS TABLE (holds boolean, says text)
    LANGUAGE sql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE below AS (
        SELECT i.inhrelid AS rel FROM pg_inherits AS i WHERE i.inhparent = t.rel
        UNION SELECT i.inhrelid FROM pg_inherits AS i JOIN below AS b ON b.rel = i.inhparent),
    above AS (
        SELECT i.inhparent AS rel FROM pg_inherits AS i WHERE i.inhrelid = t.rel
        UNION SELECT i.inhparent FROM pg_inherits AS i JOIN above AS a ON a.rel = i.inhrelid),
    relative AS (SELECT b.rel, 'part' AS what FROM below AS b UNION SELECT a.rel, 'parent' FROM above AS a),
    known AS MATERIALIZED (
        SELECT r.rel, r.what, format('%I.%I', n.nspname, c.relname) AS label, c.relrowsecurity AS rls,
            EXISTS (SELECT FROM unnest(w.reached) AS g CROSS JOIN unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) AS p
                WHERE CASE WHEN p = 'DELETE' THEN has_table_privilege(g, c.oid, p)
                    ELSE has_any_column_privilege(g, c.oid, p) END) AS reached,
            coalesce((SELECT bool_and(primecloud_internal.review_held(g, c.relowner, c.relrowsecurity, c.relforcerowsecurity))
                FROM unnest(w.app) AS g), false) AS held,
            coalesce((SELECT a.attnum FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = t.tenant_name), 0::int2) AS tenant
        FROM relative AS r JOIN pg_class AS c ON c.oid = r.rel JOIN pg_namespace AS n ON n.oid = c.relnamespace)
    SELECT NOT k.reached OR b.bound, format('%s %s %s', k.what, k.label, CASE WHEN NOT k.reached THEN 'is not reached by its own name'
        WHEN NOT k.rls THEN 'is reached by its own name, without row security' WHEN b.bound THEN 'is bound by policies of its own'
        ELSE 'is reached by its own name, and its own policies are not proved' END)
    FROM known AS k CROSS JOIN LATERAL (SELECT k.rls AND k.held AND k.tenant > 0 AND (SELECT coalesce(bool_and(p.holds), false)
        FROM primecloud_internal.review_proof(k.rel, k.tenant, askers) AS p) AS bound) AS b
    ORDER BY k.what, k.label COLLATE "C"
$$;
COMMENT ON FUNCTION primecloud_internal.review_relatives(primecloud_internal.review_words, primecloud_internal.review_table, oid[])
    IS 'the parts and parents of a table, and whether each is bound or not reached';

CREATE FUNCTION primecloud_internal.review_past(w primecloud_internal.review_words, t primecloud_internal.review_table, line oid[])
    RETURNS TABLE (holds boolean, says text)
    LANGUAGE sql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- Whom policies do not hold, whom they are, and who makes himself such a one.
    SELECT false, format('%s can become %I, %s', primecloud_internal.review_role_names(w.app), r.rolname, CASE
        WHEN r.rolsuper OR r.rolbypassrls THEN 'whom no policy holds' WHEN pg_has_role(r.oid, t.owner, 'MEMBER')
        THEN 'who can change the policies' ELSE 'who, until PostgreSQL 16, takes any role' END)
    FROM pg_roles AS r
    WHERE r.oid = ANY (w.reached) AND (r.oid <> ALL (w.app) AND (r.rolsuper OR r.rolbypassrls)
        OR NOT r.rolsuper AND pg_has_role(r.oid, t.owner, 'MEMBER')
        OR NOT r.rolsuper AND r.rolcreaterole AND current_setting('server_version_num')::integer < 160000)
    -- A trigger runs with the rights of whoever writes, and sees his rows.
    UNION ALL SELECT false, 'TRIGGER is granted: a trigger of the role would see the rows that others write'
        WHERE EXISTS (SELECT FROM unnest(w.tables) AS x WHERE x.rel = ANY (line) AND x.reach && '{TRIGGER}')
    UNION ALL SELECT false, format('%s: %s', f.check_name, f.evidence) FROM primecloud_internal.review_policy_findings(w) AS f
        WHERE f.check_name = 'policy_reads_writable_table' AND starts_with(f.object, t.label || '.')
    -- Two columns that may be the tenant's.
    UNION ALL SELECT false, format('%I is called a tenant''s column, and %I is what policies compare', a.attname, t.tenant_name)
        FROM pg_attribute AS a WHERE a.attrelid = t.rel AND a.attnum > 0 AND NOT a.attisdropped AND a.attnum <> t.tenant
            AND replace(lower(a.attname), '_', '') = ANY (primecloud_internal.review_tenant_words())
            AND replace(lower(t.tenant_name), '_', '') <> ALL (primecloud_internal.review_tenant_words())
            AND NOT EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = t.rel AND p.polname = 'primecloud_floor')
$$;
COMMENT ON FUNCTION primecloud_internal.review_past(primecloud_internal.review_words, primecloud_internal.review_table, oid[])
    IS 'what leads past the policies of a table, or makes its proof another column''s; no row: nothing';
