-- What mends a view that reads as its owner.

-- What a view reads besides being one: as an invoker it asks whoever reads it for each column that it names, and for no more.
CREATE FUNCTION primecloud_internal.review_view_grants(w primecloud_internal.review_words, view oid, roles text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE t AS MATERIALIZED (SELECT t.* FROM unnest((w).tables) AS t),
    below AS (
        SELECT view AS view, d.refobjid AS rel, d.refobjsubid AS col FROM pg_rewrite AS r JOIN pg_depend AS d
            ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
        WHERE r.ev_class = view AND r.ev_type = '1' AND d.refobjid <> view
        UNION
        SELECT b.rel, d.refobjid, d.refobjsubid FROM below AS b JOIN pg_class AS v ON v.oid = b.rel AND v.relkind = 'v'
        JOIN pg_rewrite AS r ON r.ev_class = b.rel AND r.ev_type = '1'
        JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
        WHERE d.refobjid <> b.rel),
    named AS (
        SELECT t.rel, t.label, coalesce(string_agg(DISTINCT quote_ident(a.attname), ', '), quote_ident(t.tenant_name)) AS columns,
            t.kind IN ('r', 'p', 'f', 'm') AND NOT t.rls AND NOT t.reach @> '{SELECT}' AS bare
        FROM below AS b JOIN t ON t.rel = b.rel LEFT JOIN pg_attribute AS a ON a.attrelid = b.rel AND a.attnum = b.col AND b.col > 0
        GROUP BY t.rel, t.label, t.tenant_name, t.kind, t.rls, t.reach)
    SELECT concat(string_agg(concat('GRANT SELECT', ' (' || n.columns || ')', ' ON ', n.label, ' TO ', roles, ';'), ' '
            ORDER BY n.label COLLATE "C"),
        CASE WHEN bool_or(n.bare) THEN ' -- choose: it shows columns of tables that no policy holds, and would open them' END)
    FROM named AS n
$$;
COMMENT ON FUNCTION primecloud_internal.review_view_grants(primecloud_internal.review_words, oid, text)
    IS 'what those who read a view have to be granted where it reads as they do';
