-- contract: tables, views and composite types.

CREATE FUNCTION primecloud_internal.contract_relation_label(relation oid, space oid) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN c.relnamespace = space THEN c.relname ELSE quote_ident(n.nspname) || '.' || quote_ident(c.relname) END
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = relation;
END;
COMMENT ON FUNCTION primecloud_internal.contract_relation_label(oid, oid)
    IS 'the name of a relation, with its schema where that is another';

CREATE FUNCTION primecloud_internal.contract_told_relations(space oid) RETURNS oid[]
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(array_agg(c.oid ORDER BY c.oid), '{}') FROM pg_class AS c
    WHERE c.relnamespace = space AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c') AND NOT c.relispartition
        AND c.oid NOT IN (SELECT s FROM primecloud_internal.shards_here() AS s)
        AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 1259 AND d.objid = c.oid AND d.deptype = 'e')
        AND NOT EXISTS (SELECT FROM pg_depend AS d JOIN pg_type AS t ON t.oid = d.objid WHERE c.relkind = 'c' AND d.classid = 1247
            AND t.typrelid = c.oid AND d.deptype = 'e');
END;
COMMENT ON FUNCTION primecloud_internal.contract_told_relations(oid) IS 'the relations of a schema that a contract tells';

CREATE FUNCTION primecloud_internal.contract_told_functions(space oid) RETURNS oid[]
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(array_agg(p.oid ORDER BY p.oid), '{}') FROM pg_proc AS p
    WHERE p.pronamespace = space AND p.prokind IN ('f', 'p') AND p.prorettype NOT IN (2279, 3838, 2281, 3115, 325, 3310, 269, 2280)
        AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 1255 AND d.objid = p.oid AND d.deptype = 'e');
END;
COMMENT ON FUNCTION primecloud_internal.contract_told_functions(oid) IS
    'the functions of a schema that an application calls: none that serve triggers, types or the server';

CREATE FUNCTION primecloud_internal.contract_used_types(relations oid[], functions oid[]) RETURNS oid[]
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH RECURSIVE used AS (
        SELECT a.atttypid AS type FROM pg_attribute AS a WHERE a.attrelid = ANY (relations) AND a.attnum > 0 AND NOT a.attisdropped
        UNION
        SELECT unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]) || p.prorettype) FROM pg_proc AS p WHERE p.oid = ANY (functions)
        UNION
        SELECT n.type FROM used AS u JOIN pg_type AS t ON t.oid = u.type CROSS JOIN LATERAL (
            SELECT t.typbasetype AS type WHERE t.typtype = 'd'
            UNION ALL SELECT t.typelem WHERE t.typelem <> 0 AND t.typtype = 'b'
            UNION ALL SELECT a.atttypid FROM pg_attribute AS a WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0
                AND NOT a.attisdropped) AS n)
    SELECT coalesce(array_agg(type ORDER BY type), '{}') FROM used;
END;
COMMENT ON FUNCTION primecloud_internal.contract_used_types(oid[], oid[])
    IS 'the types of columns, arguments and results, and those in them';

CREATE FUNCTION primecloud_internal.contract_kind(kind "char") RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE kind WHEN 'f' THEN 'foreign table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'c' THEN 'composite'
    ELSE 'table' END;
COMMENT ON FUNCTION primecloud_internal.contract_kind("char") IS 'the kind of a relation in words';
