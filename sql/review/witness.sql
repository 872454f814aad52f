-- review_prove(): a row that is let through, where nothing proves that none is.

CREATE FUNCTION primecloud_internal.review_witness_rows(rel oid, tenant smallint, askers oid[])
    RETURNS TABLE (number integer, let_by text, attnum integer, value text)
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE ROWS 10
    SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'primecloud_review_witness_rows';
COMMENT ON FUNCTION primecloud_internal.review_witness_rows(oid, smallint, oid[])
    IS 'the constants of what in policies is bound to no tenant; numbered 0, the settings that they read';

CREATE FUNCTION primecloud_internal.review_try_witness(rel oid, app_role text, tenant text, statement text, OUT seen boolean, OUT why text)
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'primecloud_review_try_witness';
COMMENT ON FUNCTION primecloud_internal.review_try_witness(oid, text, text, text)
    IS 'runs an INSERT as the owner of a table, whose rights the caller has, looks for its row as a role, and takes it back';

-- Something of a type that a NOT NULL column takes.
CREATE FUNCTION primecloud_internal.review_filler(type oid, mod integer, other boolean) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN y.typtype = 'd' THEN primecloud_internal.review_filler(y.typbasetype, y.typtypmod, other)
        WHEN y.typtype = 'e' THEN (SELECT e.enumlabel::text FROM pg_enum AS e WHERE e.enumtypid = y.oid ORDER BY e.enumsortorder LIMIT 1)
        WHEN y.typtype IN ('r', 'm') THEN CASE y.typtype WHEN 'r' THEN 'empty' ELSE '{}' END
        WHEN y.typcategory = 'A' THEN '{}'
        WHEN y.oid = 'smallint'::regtype THEN (32001 + other::int)::text
        WHEN y.typcategory = 'N' AND y.typlen IN (4, 8) AND y.oid <> 'real'::regtype THEN (2147480001 + other::int)::text
        WHEN y.typcategory = 'N' THEN (1 + other::int)::text
        WHEN y.typcategory = 'S' THEN left(CASE WHEN other THEN 'b' ELSE 'a' END || '-witness',
            CASE WHEN mod > 4 AND y.oid <> 'text'::regtype THEN mod - 4 END)
        WHEN y.typcategory = 'B' THEN 'true'
        WHEN y.oid = 'uuid'::regtype THEN format('00000000-0000-4000-8000-00000000000%s', 1 + other::int)
        WHEN y.oid IN ('json'::regtype, 'jsonb'::regtype) THEN '{}'
        WHEN y.oid = 'time'::regtype THEN '00:00'
        WHEN y.typcategory = 'D' THEN '2001-01-01'
        WHEN y.typcategory = 'T' THEN '1 day'
        WHEN y.typcategory = 'I' THEN '192.0.2.1'
        WHEN y.oid IN ('xml'::regtype, 'bytea'::regtype) THEN '' END
    FROM pg_type AS y WHERE y.oid = type
$$;
COMMENT ON FUNCTION primecloud_internal.review_filler(oid, integer, boolean) IS 'a value of a type, or another one; NULL if none is known';

-- Every column is named: no default is asked.
CREATE FUNCTION primecloud_internal.review_witness_insert(rel oid, tenant smallint, chosen jsonb, other boolean) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
    SELECT format('INSERT INTO %I.%I (%s) OVERRIDING SYSTEM VALUE VALUES (%s) RETURNING tableoid, ctid', n.nspname, c.relname,
        string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum), string_agg(quote_nullable(CASE
            WHEN chosen ? a.attnum::text THEN chosen ->> a.attnum::text
            WHEN a.attnum = tenant OR a.attnotnull OR y.typnotnull
                THEN primecloud_internal.review_filler(a.atttypid, a.atttypmod, other) END), ', ' ORDER BY a.attnum))
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    JOIN pg_type AS y ON y.oid = a.atttypid
    WHERE c.oid = rel GROUP BY n.nspname, c.relname
$$;
COMMENT ON FUNCTION primecloud_internal.review_witness_insert(oid, smallint, jsonb, boolean)
    IS 'the INSERT of a row with some values and fillers, of one tenant or another';
