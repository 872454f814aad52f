-- A table of object versions, and what its columns are called.  Only names are taken,
-- looked up in the catalog and quoted; no text of anybody's is run as SQL.

CREATE FUNCTION lifecycle_inventory_columns(inventory regclass, columns jsonb DEFAULT '{}')
    RETURNS TABLE (attribute name, type regtype, column_name name)
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    unknown text;
BEGIN
    IF jsonb_typeof(columns) <> 'object' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'columns is not a JSON object',
            HINT = 'Write {"attribute of object_version": "column of the inventory"}.';
    END IF;
    SELECT k INTO unknown FROM jsonb_object_keys(columns) AS k
    WHERE NOT EXISTS (SELECT FROM pg_attribute AS a
                      WHERE a.attrelid = 'primecloud.object_version'::regclass AND a.attname = k AND a.attnum > 0);
    IF unknown IS NOT NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = format('object_version has no attribute "%s"', unknown),
            HINT = 'The names in columns are attributes of primecloud.object_version.';
    END IF;
    SELECT c.value INTO unknown FROM jsonb_each_text(columns) AS c
    WHERE c.value IS NOT NULL
      AND NOT EXISTS (SELECT FROM pg_attribute AS a
                      WHERE a.attrelid = inventory AND a.attname = c.value AND a.attnum > 0 AND NOT a.attisdropped);
    IF unknown IS NOT NULL THEN
        RAISE undefined_column USING MESSAGE = format('table %s has no column "%s"', inventory, unknown),
            HINT = 'The values in columns are columns of the inventory.';
    END IF;

    FOR attribute, type, column_name IN
        SELECT a.attname, a.atttypid::regtype, i.attname
        FROM pg_attribute AS a
        LEFT JOIN pg_attribute AS i ON i.attrelid = inventory AND i.attnum > 0 AND NOT i.attisdropped
            AND i.attname = CASE WHEN columns ? a.attname::text THEN columns ->> a.attname::text ELSE a.attname::text END
        WHERE a.attrelid = 'primecloud.object_version'::regclass AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY a.attnum
    LOOP
        IF column_name IS NULL AND attribute IN ('key', 'mod_time') THEN
            RAISE undefined_column USING MESSAGE = format('table %s has no column "%s"', inventory, attribute),
                HINT = format('Name the one that stands for it: columns => ''{"%s": "..."}''.', attribute);
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION lifecycle_inventory_columns(regclass, jsonb) IS
    'which column of a table stands for each attribute of object_version: the one named, else the one of the same name';

-- The query that asks two configurations about every row: columns key, size, mod_time,
-- before and after.  $1 and $2 are the configurations, $3 is the time.
CREATE FUNCTION lifecycle_inventory_query(
    before lifecycle, after lifecycle, inventory regclass, columns jsonb,
    bucket_column name, bucket text, object_lock boolean, at timestamptz, dialect text DEFAULT 'kept'
) RETURNS text
    LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    mapped jsonb;          -- attribute to column, the mapped ones alone
    version text;          -- an object_version from the columns of i
    in_set text;           -- the same, where all versions of the key are seen together
    condition text := 'true';
    whole boolean;
BEGIN
    SELECT jsonb_object_agg(c.attribute, c.column_name) FILTER (WHERE c.column_name IS NOT NULL),
           format('ROW(%s)::primecloud.object_version', string_agg(
               CASE WHEN c.column_name IS NULL THEN format('NULL::%s', c.type) ELSE format('i.%I::%s', c.column_name, c.type) END, ', ')),
           format('ROW(%s)::primecloud.object_version', string_agg(
               CASE WHEN c.column_name IS NULL OR c.attribute = 'num_versions' THEN format('NULL::%s', c.type)
                   ELSE format('i.%I::%s', c.column_name, c.type) END, ', '))
    INTO mapped, version, in_set
    FROM primecloud.lifecycle_inventory_columns(inventory, columns) AS c;

    IF bucket_column IS NOT NULL THEN
        IF NOT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = inventory AND a.attname = bucket_column AND a.attnum > 0
            AND NOT a.attisdropped) THEN
            RAISE undefined_column USING MESSAGE = format('table %s has no column "%s"', inventory, bucket_column),
                HINT = 'Name in bucket_column the column that has the bucket, or leave it out.';
        END IF;
        condition := format('i.%I = %L', bucket_column, bucket);
    END IF;

    -- Rules that count versions, and columns that leave a version's place among the
    -- others unsaid, want all versions of a key together.
    whole := coalesce(primecloud.lifecycle_counts_versions(before), false) OR coalesce(primecloud.lifecycle_counts_versions(after), false)
        OR (mapped ?| ARRAY['version_id', 'delete_marker', 'is_latest']
            AND NOT mapped ?& ARRAY['is_latest', 'num_versions', 'successor_mod_time']);
    IF whole THEN
        RETURN format(
            'SELECT k.versions[e.n].key, k.versions[e.n].size, k.versions[e.n].mod_time,
                    ROW(e.a1, e.d1, e.r1, e.s1)::primecloud.lifecycle_event AS before,
                    ROW(e.a2, e.d2, e.r2, e.s2)::primecloud.lifecycle_event AS after
             FROM (SELECT array_agg(%s ORDER BY i.%I DESC NULLS LAST%s) AS versions FROM %s AS i WHERE %s GROUP BY i.%I) AS k,
                  LATERAL ROWS FROM (primecloud.lifecycle_evaluate_versions($1, k.versions, $3, %L, %L),
                                     primecloud.lifecycle_evaluate_versions($2, k.versions, $3, %L, %L))
                  WITH ORDINALITY AS e(a1, d1, r1, s1, a2, d2, r2, s2, n)',
            in_set, mapped ->> 'mod_time', CASE WHEN mapped ? 'is_latest' THEN format(', i.%I DESC NULLS LAST', mapped ->> 'is_latest')
                ELSE '' END,
            inventory, condition, mapped ->> 'key', object_lock, dialect, object_lock, dialect);
    END IF;

    -- Nothing newer than the cut-off can be due: most rows never reach the rules.
    RETURN format(
        'SELECT i.%I::text AS key, %s AS size, i.%I::timestamptz AS mod_time,
                primecloud.lifecycle_evaluate_object($1, %s, $3, %L) AS before,
                primecloud.lifecycle_evaluate_object($2, %s, $3, %L) AS after
         FROM %s AS i WHERE %s AND (i.%I < %L::timestamptz%s) OFFSET 0',
        mapped ->> 'key', CASE WHEN mapped ? 'size' THEN format('i.%I::bigint', mapped ->> 'size') ELSE 'NULL::bigint'
            END, mapped ->> 'mod_time',
        version, dialect, version, dialect, inventory, condition, mapped ->> 'mod_time',
        coalesce(greatest(primecloud.lifecycle_cutoff(before, at), primecloud.lifecycle_cutoff(after, at)), '-infinity'),
        CASE WHEN mapped ? 'restore_expires' THEN format(' OR i.%I < %L::timestamptz', mapped ->> 'restore_expires', at) ELSE '' END);
END
$$;
COMMENT ON FUNCTION lifecycle_inventory_query(lifecycle, lifecycle, regclass, jsonb, name, text, boolean, timestamptz, text) IS
    'the query behind lifecycle_preview and lifecycle_impact; made of quoted names alone';
