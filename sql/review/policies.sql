-- What the policies of a schema are found to be: their trees are read, nothing of them is executed.

CREATE FUNCTION primecloud_internal.review_policies_judged(rels oid[], tenants smallint[], app oid[], others oid[])
    RETURNS TABLE (check_name text, level text, object text, evidence text, fix text, parts text)
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE ROWS 20
    SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD' SET timezone = 'UTC'
    SET intervalstyle = 'postgres' SET extra_float_digits = 1 SET bytea_output = 'hex' SET xmlbinary = 'base64' SET lc_monetary = 'C'
    AS 'MODULE_PATHNAME', 'primecloud_review_policies_judged';
COMMENT ON FUNCTION primecloud_internal.review_policies_judged(oid[], smallint[], oid[], oid[])
    IS 'findings of the policies of tables with these tenant columns (0: none), for the app and for the roles that it may become';

-- What closes a table that a policy asks: it is protected by its tenant column, or nobody writes it.
-- The table comes first of the parts, and its name may have in it what stands between them.
CREATE FUNCTION primecloud_internal.review_asked_label(w primecloud_internal.review_words, parts text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT t.label FROM unnest((w).tables) AS t WHERE t.label = parts OR starts_with(parts, t.label || chr(31))
    ORDER BY length(t.label) DESC LIMIT 1;
$$;
COMMENT ON FUNCTION primecloud_internal.review_asked_label(primecloud_internal.review_words, text)
    IS 'the table that a policy asks, of the parts by which a finding is known';

CREATE FUNCTION primecloud_internal.review_closed(w primecloud_internal.review_words, asked text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN t.tenant IS NOT NULL THEN format('SELECT primecloud.protect_table(%L, %L);', t.label, t.tenant_name)
        WHEN t.grantees = '{}' THEN format('-- choose: another owner for %s, or row security', t.label)
        ELSE format('REVOKE INSERT, UPDATE, DELETE ON %s FROM %s; -- choose: or row security', t.label,
            primecloud_internal.review_role_names(t.grantees)) END
    FROM unnest((w).tables) AS t WHERE t.label = primecloud_internal.review_asked_label(w, asked)
$$;
COMMENT ON FUNCTION primecloud_internal.review_closed(primecloud_internal.review_words, text)
    IS 'what takes a table that a policy asks out of the hands of the application';

CREATE FUNCTION primecloud_internal.review_policy_findings(w primecloud_internal.review_words)
    RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT x.check_name::text, x.level::text, x.object::text, x.evidence::text, x.fix::text, x.parts::text[] FROM (
    WITH policy AS MATERIALIZED (SELECT t.label || '.' || quote_ident(p.polname) AS label, p.polroles FROM unnest((w).tables) AS t
        JOIN pg_policy AS p ON p.polrelid = t.rel WHERE t.here)
    -- (Of those whom the app may become, PUBLIC is nobody; without an app it is everybody who comes.)
    SELECT f.check_name, f.level, f.object, f.evidence, CASE WHEN f.check_name = 'policy_reads_writable_table'
        THEN coalesce(primecloud_internal.review_closed(w, f.parts), f.fix)
        ELSE primecloud_internal.review_for_app(f.fix,
            coalesce(primecloud_internal.review_role_names(nullif((w).app, '{}')), 'PUBLIC')) END,
        -- (What was accepted for one role is not for all, and of a table that is filled not of one that is emptied.)
        string_to_array(f.parts, chr(31)) || coalesce(ARRAY(SELECT primecloud_internal.review_role_names(p.polroles) FROM policy AS p
            WHERE p.label = f.object), '{}') || CASE WHEN f.check_name = 'policy_reads_writable_table' THEN coalesce((
            SELECT primecloud_internal.review_granted(t.rel, (w).reached, array_remove(t.reach, 'SELECT'), t.grantees)
            FROM unnest((w).tables) AS t WHERE t.label = primecloud_internal.review_asked_label(w, f.parts)), '{}') ELSE '{}' END
    FROM (SELECT array_agg(t.rel ORDER BY t.label) AS rels, array_agg(coalesce(t.tenant, 0::int2) ORDER BY t.label) AS tenants
        FROM unnest((w).tables) AS t WHERE t.here AND t.kind IN ('r', 'p') AND t.rls AND NOT t.exempt) AS t,
        primecloud_internal.review_policies_judged(t.rels, t.tenants,
            CASE (w).app WHEN '{}' THEN '{0}' ELSE (w).app END,
            ARRAY(SELECT r FROM unnest((w).reached) AS r WHERE r <> 0 AND r <> ALL ((w).app))) AS f
    ) AS x(check_name, level, object, evidence, fix, parts);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_policy_findings(primecloud_internal.review_words)
    IS 'policy_*, policies_overlap, write_check_open, floor_always_true, tenant_predicate_*';
