-- Less than the account: what confine_table() asks of a row, and by which column.

-- What confine_table() asks of a row; NULL for a column that there is not, or that lists no ids.
CREATE FUNCTION primecloud_internal.confinement(rel regclass, id_column name) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('(primecloud.has_role(''developer''::text) OR primecloud.in_scope(%s))', format(CASE atttypid
        WHEN 'integer'::regtype THEN '(%I)::bigint' WHEN 'varchar'::regtype THEN '(%I)::text' ELSE '%I' END, id_column))
    FROM pg_attribute WHERE attrelid = rel AND attname = id_column AND attnum > 0 AND NOT attisdropped
        AND primecloud_internal.tenant_key_function(atttypid) IS NOT NULL;
$$;
COMMENT ON FUNCTION primecloud_internal.confinement(regclass, name)
    IS 'the condition of confine_table(): the user''s role, or the ids that he was granted';

-- The column that confine_table() was given; NULL for a table that is not confined.
CREATE FUNCTION primecloud_internal.confined_by(rel regclass) RETURNS name
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
AS $$
BEGIN
    RETURN (SELECT a.attname FROM pg_policy p
        JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_class'::regclass
            AND d.refobjid = p.polrelid AND d.refobjsubid > 0
        JOIN pg_attribute a ON a.attrelid = p.polrelid AND a.attnum = d.refobjsubid
        WHERE p.polrelid = rel AND p.polname = 'primecloud_confine' ORDER BY a.attnum LIMIT 1);
END $$;
COMMENT ON FUNCTION primecloud_internal.confined_by(regclass) IS 'the column of ids by which a table is confined; NULL for any other';
