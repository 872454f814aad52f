-- What takes a table's secret columns from those that read them: SELECT on the other columns instead.

CREATE FUNCTION primecloud_internal.review_less(rel oid, reached oid[]) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
    WITH c AS (
        SELECT a.attnum, a.attname, a.attacl, col_description(rel, a.attnum) ~ '(^|[^\w@])@(secret|token)\M'
            OR primecloud_internal.review_names_secret('_' || primecloud_internal.words_of(a.attname) || '_', true) AS secret
        FROM pg_attribute AS a WHERE a.attrelid = rel AND a.attnum > 0 AND NOT a.attisdropped),
    reader AS (
        SELECT a.grantee, true AS whole FROM pg_class AS r CROSS JOIN LATERAL aclexplode(r.relacl) AS a
        WHERE r.oid = rel AND a.privilege_type = 'SELECT' AND a.grantee = ANY (reached) AND a.grantee <> r.relowner
        UNION
        SELECT a.grantee, false FROM c CROSS JOIN LATERAL aclexplode(c.attacl) AS a
        WHERE c.secret AND a.privilege_type = 'SELECT' AND a.grantee = ANY (reached))
    SELECT coalesce(string_agg(CASE WHEN r.whole
            THEN format('REVOKE SELECT ON %s FROM %s; GRANT SELECT (%s) ON %s TO %s;', rel::regclass, n.name, k.open, rel::regclass, n.name)
            ELSE format('REVOKE SELECT (%s) ON %s FROM %s;', k.secret, rel::regclass, n.name) END, ' ' ORDER BY n.name),
        format('-- choose: another owner for %s', rel::regclass))
    FROM (SELECT x.grantee, bool_or(x.whole) AS whole FROM reader AS x GROUP BY x.grantee) AS r
    CROSS JOIN LATERAL (SELECT primecloud_internal.review_role_names(ARRAY[r.grantee])) AS n(name)
    CROSS JOIN (SELECT string_agg(quote_ident(c.attname), ', ' ORDER BY c.attnum) FILTER (WHERE c.secret IS NOT TRUE) AS open,
        string_agg(quote_ident(c.attname), ', ' ORDER BY c.attnum) FILTER (WHERE c.secret) AS secret FROM c) AS k
$$;
COMMENT ON FUNCTION primecloud_internal.review_less(oid, oid[]) IS 'the statements that take secret columns out of what roles may read';
