-- What a policy says, written out without waiting for a table of another schema that it asks, and without the end of a long constant.

CREATE FUNCTION primecloud_internal.review_predicate(policy oid, checked boolean) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    p record;
BEGIN
    SELECT q.oid, q.polname, q.polrelid, q.polqual, q.polwithcheck, c.relnamespace INTO p
    FROM pg_policy AS q JOIN pg_class AS c ON c.oid = q.polrelid WHERE q.oid = policy;
    IF EXISTS (SELECT FROM pg_depend AS d JOIN pg_class AS o ON o.oid = d.refobjid WHERE d.classid = 'pg_policy'::regclass
            AND d.objid = policy AND d.refclassid = 'pg_class'::regclass AND o.relnamespace <> p.relnamespace)
        OR octet_length(CASE WHEN checked THEN p.polwithcheck ELSE p.polqual END::text) > 500000 THEN
        RETURN (SELECT CASE WHEN checked THEN t.check_said ELSE t.using_said END
            FROM primecloud_internal.review_policy_trees(ARRAY[p.polrelid], '{0}') AS t WHERE t.policy = quote_ident(p.polname));
    END IF;
    RETURN pg_get_expr(CASE WHEN checked THEN p.polwithcheck ELSE p.polqual END, p.polrelid);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_predicate(oid, boolean)
    IS 'what a policy''s USING or WITH CHECK says, without waiting for a table of another schema that it asks';

-- (One expression, which is put where it is called: without a subquery nothing is locked to be written out.)
CREATE FUNCTION primecloud_internal.review_says(policy oid, said pg_node_tree, rel oid, checked boolean) RETURNS text
    LANGUAGE sql STABLE PARALLEL UNSAFE
RETURN CASE WHEN octet_length(said::text) > 500000 OR strpos(said::text, '{SUBLINK') > 0
    THEN primecloud_internal.review_predicate(policy, checked)
    ELSE pg_get_expr(said, rel) END;
COMMENT ON FUNCTION primecloud_internal.review_says(oid, pg_node_tree, oid, boolean)
    IS 'what USING or WITH CHECK of a policy says, without waiting for anybody''s table';
