-- Columns and sequences for a file that drizzle-kit takes: as they are, and as drizzle-kit reads them.
-- Expressions and types are as the server shows them to one who has nothing in the search path but pg_catalog.

CREATE FUNCTION primecloud_internal.drizzle_columns(space oid) RETURNS TABLE (relation oid, columns jsonb)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH unwrapped AS MATERIALIZED (SELECT w.* FROM primecloud_internal.contract_unwrapped(ARRAY(
        SELECT DISTINCT a.atttypid FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
        WHERE c.relnamespace = space AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped)) AS w)
    SELECT a.attrelid, jsonb_object_agg(a.attname, jsonb_strip_nulls(jsonb_build_object(
        'position', a.attnum, 'type', format_type(a.atttypid, a.atttypmod), 'not_null', a.attnotnull,
        'dimensions', CASE WHEN t.typelem <> 0 AND t.typlen = -1 THEN greatest(a.attndims, 1) END,
        'domain', nullif(t.typtype = 'd', false),
        -- (What a driver is told the type of: that below domains.)
        'sent', jsonb_build_object('type', x.typname, 'of', CASE WHEN x.typnamespace <> 'pg_catalog'::regnamespace THEN x.typtype END,
            'dimensions', CASE WHEN w.arrays > 0 THEN greatest(a.attndims + w.dimensions, w.arrays) END,
            'element_domain', nullif(w.element_domain IS NOT NULL OR w.arrays > 1, false)),
        -- (Of a domain information_schema tells the type below it.)
        'bare', CASE WHEN NOT (u.typelem <> 0 AND u.typlen = -1) AND u.typnamespace <> 'pg_catalog'::regnamespace THEN u.typname END,
        'array_read', nullif(u.typelem <> 0 AND u.typlen = -1, false),
        'type_name', CASE WHEN n.nspname <> 'pg_catalog' OR b.typname = 'char' THEN b.typname END,
        'type_schema', CASE WHEN n.nspname <> 'pg_catalog' OR b.typname = 'char' THEN n.nspname END,
        'collation', CASE WHEN a.attcollation <> t.typcollation THEN (SELECT format('%I.%I', o.collnamespace::regnamespace, o.collname)
            FROM pg_collation AS o WHERE o.oid = a.attcollation) END,
        'enum', CASE WHEN t.typtype = 'e' AND t.typnamespace = space THEN t.typname END,
        'default', CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END,
        'generated', CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END,
        'serial', s.seqrelid IS NOT NULL AND a.attidentity = '' AND a.atttypid IN (20, 21, 23)
            AND pg_get_expr(d.adbin, d.adrelid) = format('nextval(%L::regclass)', s.seqrelid::regclass),
        'identity', CASE WHEN a.attidentity <> '' THEN jsonb_build_object('always', a.attidentity = 'a', 'name', q.relname,
            'startWith', s.seqstart::text, 'increment', s.seqincrement::text, 'minValue', s.seqmin::text, 'maxValue', s.seqmax::text,
            'cache', s.seqcache::text, 'cycle', s.seqcycle,
            'unread', nullif(quote_ident(q.relname) <> q.relname OR c.relnamespace::regnamespace::text ~ '"', false)) END)))
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_type AS t ON t.oid = a.atttypid
        JOIN pg_type AS b ON b.oid = CASE WHEN t.typtype <> 'd' AND t.typelem <> 0 AND t.typlen = -1 THEN t.typelem ELSE t.oid END
        JOIN pg_namespace AS n ON n.oid = b.typnamespace
        JOIN pg_type AS u ON u.oid = CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END
        JOIN unwrapped AS w ON w.type = a.atttypid JOIN pg_type AS x ON x.oid = w.base
        LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        LEFT JOIN pg_depend AS e ON e.classid = 'pg_class'::regclass AND e.refclassid = 'pg_class'::regclass
            AND e.refobjid = a.attrelid AND e.refobjsubid = a.attnum AND e.deptype IN ('a', 'i')
            AND EXISTS (SELECT FROM pg_sequence AS x WHERE x.seqrelid = e.objid)
        LEFT JOIN pg_sequence AS s ON s.seqrelid = e.objid LEFT JOIN pg_class AS q ON q.oid = e.objid
    WHERE c.relnamespace = space AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped
    GROUP BY a.attrelid
$$;
COMMENT ON FUNCTION primecloud_internal.drizzle_columns(oid) IS
    'columns of a schema''s relations, with what drizzle-kit reads of them';

-- drizzle-kit takes a sequence for a column's where it reads the column, and where the sequence's name needs no quotes.  What it
-- makes itself with a column is not told to it.
CREATE FUNCTION primecloud_internal.drizzle_sequences(space oid) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(jsonb_object_agg(c.relname, jsonb_build_object('startWith', s.seqstart::text, 'increment', s.seqincrement::text,
        'minValue', s.seqmin::text, 'maxValue', s.seqmax::text, 'cache', s.seqcache::text, 'cycle', s.seqcycle,
        'read', owner.relkind IS DISTINCT FROM 'r' OR (n.nspname <> 'public' AND NOT (quote_ident(n.nspname) = n.nspname
            AND quote_ident(c.relname) = c.relname)),
        'made', coalesce(owner.attidentity, '') = '' AND NOT coalesce(owner.serial, false))), '{}')
    FROM pg_sequence AS s JOIN pg_class AS c ON c.oid = s.seqrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
        LEFT JOIN LATERAL (SELECT t.relkind, a.attidentity, a.atttypid IN (20, 21, 23)
                AND pg_get_expr(d.adbin, d.adrelid) = format('nextval(%L::regclass)', s.seqrelid::regclass) AS serial
            FROM pg_depend AS e JOIN pg_class AS t ON t.oid = e.refobjid
                JOIN pg_attribute AS a ON a.attrelid = e.refobjid AND a.attnum = e.refobjsubid
                LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.refclassid = 'pg_class'::regclass AND e.deptype IN ('a', 'i')
            LIMIT 1) AS owner ON true
    WHERE c.relnamespace = space
$$;
COMMENT ON FUNCTION primecloud_internal.drizzle_sequences(oid) IS
    'sequences of a schema: which drizzle-kit reads as nobody''s, and which it must make';
