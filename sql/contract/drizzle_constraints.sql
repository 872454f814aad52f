-- Indexes, constraints and policies for a file that drizzle-kit takes.

CREATE FUNCTION primecloud_internal.drizzle_indexes(space oid) RETURNS TABLE (relation oid, indexes jsonb)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT i.indrelid, jsonb_object_agg(c.relname, jsonb_strip_nulls(jsonb_build_object('unique', i.indisunique, 'method', m.amname,
        'where', pg_get_expr(i.indpred, i.indrelid), 'with', to_jsonb(c.reloptions), 'columns', k.columns,
        'invalid', nullif(NOT i.indisvalid, false),
        -- drizzle-kit takes the index that a foreign key ends at for that of a constraint.
        'unread', nullif(EXISTS (SELECT FROM pg_constraint AS b WHERE b.conindid = i.indexrelid), false),
        'plain', k.plain,
        'definition', CASE WHEN NOT k.plain THEN right(pg_get_indexdef(i.indexrelid), -length(
            format('CREATE %sINDEX %I ON %s%I.%I USING %I (', CASE WHEN i.indisunique THEN 'UNIQUE ' END, c.relname,
                CASE WHEN c.relkind = 'I' THEN 'ONLY ' END, n.nspname, t.relname, m.amname))) END)))
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_am AS m ON m.oid = c.relam
        JOIN pg_class AS t ON t.oid = i.indrelid JOIN pg_namespace AS n ON n.oid = t.relnamespace
        CROSS JOIN LATERAL (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('column', a.attname,
                'descending', (i.indoption[number - 1] & 1) = 1, 'nulls_first', (i.indoption[number - 1] & 2) = 2))
                ORDER BY number) AS columns,
                i.indnatts = i.indnkeyatts AND NOT i.indnullsnotdistinct AND bool_and(a.attname IS NOT NULL AND o.opcdefault
                    AND x.attoptions IS NULL AND i.indcollation[number - 1] = a.attcollation) AS plain
            FROM generate_series(1, i.indnatts) AS number LEFT JOIN pg_opclass AS o ON o.oid = i.indclass[number - 1]
                LEFT JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[number - 1] AND a.attnum > 0
                LEFT JOIN pg_attribute AS x ON x.attrelid = i.indexrelid AND x.attnum = number) AS k
    WHERE c.relnamespace = space AND NOT EXISTS (SELECT FROM pg_constraint AS b WHERE b.conindid = i.indexrelid
        AND b.conrelid = i.indrelid AND b.contype IN ('p', 'u', 'x'))
    GROUP BY i.indrelid
$$;
COMMENT ON FUNCTION primecloud_internal.drizzle_indexes(oid) IS 'indexes of a schema that stand for no constraint';

CREATE FUNCTION primecloud_internal.drizzle_constraints(space oid) RETURNS TABLE (relation oid, constraints jsonb)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT c.conrelid, jsonb_object_agg(c.conname, jsonb_strip_nulls(jsonb_build_object('kind', c.contype,
        'expression', pg_get_expr(c.conbin, c.conrelid), 'inherited', nullif(c.conparentid <> 0, false),
        'nulls_equal', nullif(c.contype = 'u' AND strpos(pg_get_constraintdef(c.oid), 'UNIQUE NULLS NOT DISTINCT') = 1, false),
        'columns', CASE WHEN c.contype <> 'c' THEN (SELECT jsonb_agg(a.attname ORDER BY k.n)
            FROM unnest(c.conkey) WITH ORDINALITY AS k (num, n) JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.num) END,
        'deferrable', nullif(c.condeferrable, false), 'deferred', nullif(c.condeferred, false)))
        || CASE WHEN c.contype = 'f' THEN jsonb_strip_nulls(jsonb_build_object('to', t.relname, 'to_schema', o.nspname,
            'to_columns', (SELECT jsonb_agg(a.attname ORDER BY k.n) FROM unnest(c.confkey) WITH ORDINALITY AS k (num, n)
                JOIN pg_attribute AS a ON a.attrelid = c.confrelid AND a.attnum = k.num),
            'to_read', (SELECT jsonb_agg(a.attname ORDER BY a.attnum) FROM pg_attribute AS a
                WHERE a.attrelid = c.confrelid AND a.attnum = ANY (c.confkey)),
            'on_delete', c.confdeltype, 'on_update', c.confupdtype,
            'set_columns', CASE WHEN c.confdelsetcols IS NOT NULL THEN (SELECT jsonb_agg(a.attname ORDER BY a.attnum)
                FROM pg_attribute AS a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.confdelsetcols)) END)) ELSE '{}' END)
    FROM pg_constraint AS c LEFT JOIN pg_class AS t ON t.oid = c.confrelid
        LEFT JOIN pg_namespace AS o ON o.oid = nullif(t.relnamespace, space)
    WHERE c.connamespace = space AND c.contype IN ('p', 'u', 'f', 'c') AND c.conrelid <> 0
    GROUP BY c.conrelid
$$;
COMMENT ON FUNCTION primecloud_internal.drizzle_constraints(oid) IS 'constraints of a schema''s tables that Drizzle knows';

CREATE FUNCTION primecloud_internal.drizzle_policies(space oid) RETURNS TABLE (relation oid, policies jsonb)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.polrelid, jsonb_object_agg(p.polname, jsonb_strip_nulls(jsonb_build_object(
        'as', CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END,
        'for', CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete' ELSE 'all' END,
        'to', (SELECT jsonb_agg(CASE r WHEN 0 THEN 'public' ELSE pg_get_userbyid(r) END
            ORDER BY CASE r WHEN 0 THEN 'public' ELSE pg_get_userbyid(r) END) FROM unnest(p.polroles) AS r),
        'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid))))
    FROM pg_policy AS p JOIN pg_class AS c ON c.oid = p.polrelid WHERE c.relnamespace = space GROUP BY p.polrelid
$$;
COMMENT ON FUNCTION primecloud_internal.drizzle_policies(oid) IS 'policies of a schema''s tables';
