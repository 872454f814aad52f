-- What a file for Drizzle needs and a contract does not hold: policies, indexes, expressions of defaults and checks, types
-- as they are written.  Expressions are as the server shows them to one who has nothing in the search path but pg_catalog,
-- which is how drizzle-kit reads them.

CREATE FUNCTION primecloud_internal.drizzle_columns(space oid) RETURNS TABLE (relation oid, columns jsonb)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT a.attrelid, jsonb_object_agg(a.attname, jsonb_strip_nulls(jsonb_build_object(
        'position', a.attnum, 'type', format_type(a.atttypid, a.atttypmod), 'not_null', a.attnotnull,
        'dimensions', CASE WHEN t.typelem <> 0 AND t.typlen = -1 THEN greatest(a.attndims, 1) END,
        'bare', CASE WHEN t.typtype IN ('b', 'e', 'c', 'r', 'm') AND t.typelem = 0 AND t.typnamespace <> 'pg_catalog'::regnamespace
            THEN t.typname END,
        'enum', CASE WHEN t.typtype = 'e' AND t.typnamespace = space THEN t.typname END,
        'default', CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END,
        'generated', CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END,
        'serial', s.seqrelid IS NOT NULL AND a.attidentity = '' AND a.atttypid IN (20, 21, 23)
            AND pg_get_expr(d.adbin, d.adrelid) = format('nextval(%L::regclass)', s.seqrelid::regclass),
        'identity', CASE WHEN a.attidentity <> '' THEN jsonb_build_object('always', a.attidentity = 'a', 'name', q.relname,
            'startWith', s.seqstart::text, 'increment', s.seqincrement::text, 'minValue', s.seqmin::text, 'maxValue', s.seqmax::text,
            'cache', s.seqcache::text, 'cycle', s.seqcycle) END)))
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_type AS t ON t.oid = a.atttypid
        LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        LEFT JOIN pg_depend AS e ON e.classid = 'pg_class'::regclass AND e.refclassid = 'pg_class'::regclass
            AND e.refobjid = a.attrelid AND e.refobjsubid = a.attnum AND e.deptype IN ('a', 'i')
            AND EXISTS (SELECT FROM pg_sequence AS x WHERE x.seqrelid = e.objid)
        LEFT JOIN pg_sequence AS s ON s.seqrelid = e.objid LEFT JOIN pg_class AS q ON q.oid = e.objid
    WHERE c.relnamespace = space AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
    GROUP BY a.attrelid
$$;
COMMENT ON FUNCTION primecloud_internal.drizzle_columns(oid) IS 'columns of a schema''s relations, as drizzle-kit reads them';

CREATE FUNCTION primecloud_internal.drizzle_indexes(space oid) RETURNS TABLE (relation oid, indexes jsonb)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT i.indrelid, jsonb_object_agg(c.relname, jsonb_strip_nulls(jsonb_build_object('unique', i.indisunique, 'method', m.amname,
        'where', pg_get_expr(i.indpred, i.indrelid), 'with', to_jsonb(c.reloptions), 'columns', k.columns)))
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_am AS m ON m.oid = c.relam
        CROSS JOIN LATERAL (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('column', a.attname,
                'expression', CASE WHEN a.attnum IS NULL THEN pg_get_indexdef(i.indexrelid, n, true) END,
                'descending', (i.indoption[n - 1] & 1) = 1, 'nulls_first', (i.indoption[n - 1] & 2) = 2,
                'operators', CASE WHEN NOT o.opcdefault THEN o.opcname END)) ORDER BY n) AS columns
            FROM generate_series(1, i.indnkeyatts) AS n LEFT JOIN pg_opclass AS o ON o.oid = i.indclass[n - 1]
                LEFT JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[n - 1] AND a.attnum > 0) AS k
    WHERE c.relnamespace = space AND i.indisvalid AND NOT EXISTS (SELECT FROM pg_constraint AS b WHERE b.conindid = i.indexrelid
        AND b.conrelid = i.indrelid AND b.contype IN ('p', 'u', 'x'))
    GROUP BY i.indrelid
$$;
COMMENT ON FUNCTION primecloud_internal.drizzle_indexes(oid) IS 'indexes of a schema that stand for no constraint';

CREATE FUNCTION primecloud_internal.drizzle_constraints(space oid) RETURNS TABLE (relation oid, constraints jsonb)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT c.conrelid, jsonb_object_agg(c.conname, jsonb_strip_nulls(jsonb_build_object('kind', c.contype, 'valid', c.convalidated,
        'definition', CASE c.contype WHEN 'c' THEN pg_get_constraintdef(c.oid) END,
        'columns', (SELECT jsonb_agg(a.attname ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY AS k (num, n)
            JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.num),
        'to', t.relname, 'to_schema', nullif(t.relnamespace, space)::regnamespace,
        'to_columns', (SELECT jsonb_agg(a.attname ORDER BY k.n) FROM unnest(c.confkey) WITH ORDINALITY AS k (num, n)
            JOIN pg_attribute AS a ON a.attrelid = c.confrelid AND a.attnum = k.num),
        'on_delete', c.confdeltype, 'on_update', c.confupdtype)))
    FROM pg_constraint AS c LEFT JOIN pg_class AS t ON t.oid = c.confrelid
    WHERE c.connamespace = space AND c.contype IN ('p', 'u', 'f', 'c') AND c.conrelid <> 0
    GROUP BY c.conrelid
$$;
COMMENT ON FUNCTION primecloud_internal.drizzle_constraints(oid) IS 'constraints of a schema''s tables that Drizzle knows';

CREATE FUNCTION primecloud_internal.contract_drizzle_facts(schema name) RETURNS jsonb
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object('schema', n.nspname,
        'enums', (SELECT coalesce(jsonb_object_agg(e.typname, e.labels), '{}') FROM (
            SELECT t.typname, jsonb_agg(l.enumlabel ORDER BY l.enumsortorder) AS labels
            FROM pg_type AS t JOIN pg_enum AS l ON l.enumtypid = t.oid WHERE t.typnamespace = n.oid GROUP BY t.typname) AS e),
        'relations', (SELECT coalesce(jsonb_object_agg(c.relname, jsonb_strip_nulls(jsonb_build_object('kind', c.relkind,
                'rls', c.relrowsecurity, 'columns', a.columns, 'indexes', i.indexes, 'constraints', k.constraints,
                'policies', p.policies))), '{}')
            FROM pg_class AS c LEFT JOIN primecloud_internal.drizzle_columns(n.oid) AS a ON a.relation = c.oid
                LEFT JOIN primecloud_internal.drizzle_indexes(n.oid) AS i ON i.relation = c.oid
                LEFT JOIN primecloud_internal.drizzle_constraints(n.oid) AS k ON k.relation = c.oid
                LEFT JOIN (SELECT p.polrelid, jsonb_object_agg(p.polname, jsonb_strip_nulls(jsonb_build_object(
                        'as', CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END,
                        'for', CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete'
                            ELSE 'all' END,
                        'to', (SELECT jsonb_agg(CASE r WHEN 0 THEN 'public' ELSE pg_get_userbyid(r) END
                            ORDER BY CASE r WHEN 0 THEN 'public' ELSE pg_get_userbyid(r) END) FROM unnest(p.polroles) AS r),
                        'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid)))) AS policies
                    FROM pg_policy AS p GROUP BY p.polrelid) AS p ON p.polrelid = c.oid
            WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
                AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')))
    FROM pg_namespace AS n WHERE n.nspname = schema
$$;
COMMENT ON FUNCTION primecloud_internal.contract_drizzle_facts(name) IS
    'tables, views, indexes, constraints and policies of a schema, for a file that drizzle-kit takes';

CREATE FUNCTION contract_drizzle(schema name, options jsonb DEFAULT '{}') RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT primecloud_internal.contract_file('drizzle', schema, options,
        coalesce(primecloud_internal.contract_drizzle_facts(schema), '{}'))
$$;
COMMENT ON FUNCTION contract_drizzle(name, jsonb) IS
    'a schema for Drizzle: tables, views, keys, relations, indexes, defaults and policies';
