-- The policies of a schema as a document, and what two documents say of each other.

CREATE FUNCTION primecloud_internal.review_predicates_compared(open_before text, narrow_before text, open_after text, narrow_after text)
    RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'primecloud_review_predicates_compared';
COMMENT ON FUNCTION primecloud_internal.review_predicates_compared(text, text, text, text)
    IS 'opened, closed, both, neither, or that it cannot be decided: of the trees of permissive and restrictive policies, before and after';

CREATE FUNCTION primecloud_internal.review_predicate_implied(narrow text, wide text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'primecloud_review_predicate_implied';
COMMENT ON FUNCTION primecloud_internal.review_predicate_implied(text, text)
    IS 'whether a predicate lets through no more than another, by their trees; false where that cannot be decided';

-- A schema that is none would be a document of no tables, and every one of another's would be new.
CREATE FUNCTION primecloud_internal.review_schema(schema name) RETURNS name
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF schema IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'the schema is NULL', HINT = 'Name the schema to review.';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_namespace AS n WHERE n.nspname = schema) THEN
        RAISE invalid_schema_name USING MESSAGE = format('schema "%s" does not exist', schema), HINT = 'Name the schema to review.';
    END IF;
    RETURN schema;
END $$;
COMMENT ON FUNCTION primecloud_internal.review_schema(name) IS 'the name of a schema; 3F000 where there is none';

CREATE FUNCTION review_policies(schema name) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off SET datestyle = 'ISO, YMD' SET timezone = 'UTC'
    SET intervalstyle = 'postgres' SET extra_float_digits = 1 SET bytea_output = 'hex' SET xmlbinary = 'base64' SET lc_monetary = 'C'
AS $$
    WITH t AS MATERIALIZED (
        SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS label, c.relrowsecurity, c.relforcerowsecurity
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = schema AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
          AND c.oid NOT IN (SELECT s FROM primecloud_internal.shards_here() AS s)
          AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')),
    said AS MATERIALIZED (
        SELECT s.* FROM (SELECT coalesce(array_agg(t.oid), '{}') AS rels FROM t WHERE t.relrowsecurity) AS r,
            primecloud_internal.review_policy_trees(r.rels, array_fill(0::int2, ARRAY[cardinality(r.rels)])) AS s),
    policy AS (
        SELECT t.oid, jsonb_object_agg(p.polname, jsonb_strip_nulls(jsonb_build_object(
            'command', CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL'
                END, 'permissive', p.polpermissive, 'roles', (SELECT jsonb_agg(x.name ORDER BY x.name) FROM (SELECT CASE r WHEN 0
                THEN 'PUBLIC'
                ELSE quote_ident(pg_get_userbyid(r)) END AS name FROM unnest(p.polroles) AS r) AS x),
            'using', s.using_said, 'using_tree', s.using_tree, 'check', s.check_said, 'check_tree', s.check_tree))) AS said
        FROM t JOIN pg_policy AS p ON p.polrelid = t.oid
        LEFT JOIN said AS s ON s.object = t.label AND s.policy = quote_ident(p.polname)
        GROUP BY t.oid)
    SELECT jsonb_build_object('schema', primecloud_internal.review_schema(schema), 'tables',
        coalesce(jsonb_object_agg(t.label, jsonb_build_object(
        'row_security', t.relrowsecurity, 'forced', t.relforcerowsecurity, 'policies', coalesce(p.said, '{}'),
        'asks', primecloud_internal.review_asks(t.oid))), '{}'))
    FROM t LEFT JOIN policy AS p ON p.oid = t.oid
$$;
COMMENT ON FUNCTION review_policies(name)
    IS 'the policies of a schema as a document, to be kept and compared with that of another day by review_policies_diff()';

-- The predicates of a table in such a document, for a role and a command: trees that follow each other.
CREATE FUNCTION primecloud_internal.review_effective(said jsonb, role text, command text, permissive boolean) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- Without row security every row is let through.
    SELECT CASE WHEN said IS NULL THEN '' WHEN NOT (said ->> 'row_security')::boolean THEN
            CASE WHEN permissive THEN '1.0.0.0.1.0.0.' ELSE '' END
        ELSE coalesce((SELECT string_agg(x.tree, '' ORDER BY p.key COLLATE "C") FROM jsonb_each(said -> 'policies') AS p
            CROSS JOIN LATERAL (SELECT CASE WHEN command NOT IN ('INSERT', 'UPDATE CHECK') THEN p.value ->> 'using_tree'
                WHEN p.value ? 'check_tree' OR p.value ->> 'command' = 'INSERT' THEN p.value ->> 'check_tree'
                ELSE p.value ->> 'using_tree' END) AS x(tree)
            WHERE p.value ->> 'command' IN ('ALL', split_part(command, ' ', 1)) AND (p.value ->> 'permissive')::boolean = permissive
              AND p.value -> 'roles' ?| ARRAY['PUBLIC', role] AND x.tree IS NOT NULL), '') END
$$;
COMMENT ON FUNCTION primecloud_internal.review_effective(jsonb, text, text, boolean)
    IS 'the trees of the policies of a table that apply to a role and a command';

-- The tables of such a document: what is none has no tables, and no change would be found in it.
CREATE FUNCTION primecloud_internal.review_tables_of(document jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF jsonb_typeof(document -> 'tables') IS DISTINCT FROM 'object'
        OR document @? '$.tables.* ? (!(@.row_security.type() == "boolean") || !(@.policies.type() == "object"))'
        OR document @? '$.tables.*.policies.* ? (!(@.command like_regex "^(ALL|SELECT|INSERT|UPDATE|DELETE)$")
            || !(@.permissive.type() == "boolean") || !(@.roles.type() == "array"))' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'this is no document of policies', HINT = 'Pass what review_policies() returned.';
    END IF;
    RETURN document -> 'tables';
END $$;
COMMENT ON FUNCTION primecloud_internal.review_tables_of(jsonb) IS 'the tables of a document of review_policies(); 22023 for another';

CREATE FUNCTION review_policies_diff(before jsonb, after jsonb) RETURNS TABLE (object text, role text, command text, change text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
    WITH t AS (
        SELECT k.label, before -> 'tables' -> k.label AS was, after -> 'tables' -> k.label AS is
        FROM (SELECT jsonb_object_keys(primecloud_internal.review_tables_of(before))
            UNION SELECT jsonb_object_keys(primecloud_internal.review_tables_of(after))) AS k(label)),
    r AS (
        SELECT DISTINCT t.label, x.role FROM t CROSS JOIN LATERAL (
            SELECT 'PUBLIC' UNION ALL
            SELECT e.role FROM jsonb_each(coalesce(t.was -> 'policies', '{}') || coalesce(t.is -> 'policies', '{}')) AS p
                CROSS JOIN LATERAL jsonb_array_elements_text(p.value -> 'roles') AS e(role)
            UNION ALL SELECT e.role FROM jsonb_each(coalesce(t.was -> 'policies', '{}')) AS p
                CROSS JOIN LATERAL jsonb_array_elements_text(p.value -> 'roles') AS e(role)) AS x(role))
    SELECT t.label, r.role, c.command, CASE WHEN t.was IS NULL THEN 'a new table' WHEN t.is IS NULL THEN 'a table less'
        WHEN d.change IN ('neither', 'closed') AND primecloud_internal.review_replaced(t.was -> 'asks', t.is -> 'asks')
            THEN 'cannot be decided'
        ELSE d.change END
    FROM t JOIN r ON r.label = t.label
    CROSS JOIN (VALUES (1, 'SELECT'), (2, 'INSERT'), (3, 'UPDATE'), (4, 'UPDATE CHECK'), (5, 'DELETE')) AS c(n, command)
    CROSS JOIN LATERAL (SELECT CASE WHEN t.was IS NOT NULL AND t.is IS NOT NULL THEN primecloud_internal.review_predicates_compared(
            primecloud_internal.review_effective(t.was, r.role, c.command, true),
            primecloud_internal.review_effective(t.was, r.role, c.command, false),
            primecloud_internal.review_effective(t.is, r.role, c.command, true),
            primecloud_internal.review_effective(t.is, r.role, c.command, false)) END) AS d(change)
    ORDER BY t.label COLLATE "C", r.role <> 'PUBLIC', r.role COLLATE "C", c.n
$$;
COMMENT ON FUNCTION review_policies_diff(jsonb, jsonb)
    IS 'for each table, role and command of two documents of review_policies() whether rows were opened, closed, both or neither';
