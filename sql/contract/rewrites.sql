-- contract: what becomes of a write that is no constraint's doing: a view's check option, and rules.  What triggers and policies do
-- is not told.

CREATE FUNCTION primecloud_internal.contract_check_option(view oid) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT o.option_value FROM pg_class AS c CROSS JOIN LATERAL pg_options_to_table(c.reloptions) AS o
    WHERE c.oid = view AND c.relkind = 'v' AND o.option_name = 'check_option';
END;
COMMENT ON FUNCTION primecloud_internal.contract_check_option(oid) IS 'local or cascaded, of a view WITH CHECK OPTION';

CREATE FUNCTION primecloud_internal.contract_conditions(view oid) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- CASCADED holds writes to the conditions of the views below too, and so does each of those that has the option itself.
    WITH RECURSIVE checked AS (
        SELECT contract_conditions.view AS relation, true AS held,
            primecloud_internal.contract_check_option(contract_conditions.view) = 'cascaded' AS cascades
        WHERE primecloud_internal.contract_check_option(contract_conditions.view) IS NOT NULL
        UNION
        SELECT b.oid, k.cascades OR o.option IS NOT NULL, k.cascades OR coalesce(o.option = 'cascaded', false)
        FROM checked AS k JOIN pg_rewrite AS r ON r.ev_class = k.relation AND r.rulename = '_RETURN'
            JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.deptype = 'n'
            JOIN pg_class AS b ON d.refclassid = 'pg_class'::regclass AND b.oid = d.refobjid AND b.relkind = 'v'
            CROSS JOIN LATERAL (SELECT primecloud_internal.contract_check_option(b.oid) AS option) AS o)
    SELECT jsonb_agg(c.condition ORDER BY c.condition COLLATE "C")
    FROM (SELECT DISTINCT primecloud_internal.contract_expression(
            primecloud_internal.contract_view_condition(k.relation)) AS condition FROM checked AS k WHERE k.held) AS c
    WHERE c.condition IS NOT NULL;
END;
COMMENT ON FUNCTION primecloud_internal.contract_conditions(oid) IS
    'what rows that are written through a view WITH CHECK OPTION must meet; NULL for nothing';

CREATE FUNCTION primecloud_internal.contract_rewrites(relation oid) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- (Their names are nobody's business but the owner's.)
    SELECT jsonb_agg(t.text ORDER BY t.text COLLATE "C")
    FROM (SELECT DISTINCT primecloud_internal.contract_expression(rtrim(substr(pg_get_ruledef(r.oid, true),
            length(format(E'CREATE RULE %I AS\n    ON ', r.rulename)) + 1), ';')) AS text
        FROM pg_rewrite AS r WHERE r.ev_class = relation AND r.rulename <> '_RETURN' AND r.ev_enabled IN ('O', 'A')) AS t;
END;
COMMENT ON FUNCTION primecloud_internal.contract_rewrites(oid) IS
    'the rules that are put in the place of writes, or beside them, without their names; NULL for none';

CREATE FUNCTION primecloud_internal.contract_deletable(relation oid, kind "char") RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN kind = 'v' AND (pg_relation_is_updatable(relation, true) & 16 <> 0) <> (pg_relation_is_updatable(relation, true) & 8 <> 0)
    THEN pg_relation_is_updatable(relation, true) & 16 <> 0 END;
COMMENT ON FUNCTION primecloud_internal.contract_deletable(oid, "char") IS
    'whether rows of a view can be deleted, where that is not as with inserting; else NULL';
