-- Where envelopes lie: columns of type sealed, and of types that are made of it.

CREATE FUNCTION primecloud_internal.is_sealed_column(schema_name text, table_name text, column_name text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (SELECT FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid JOIN pg_attribute a ON a.attrelid = c.oid
                   WHERE n.nspname = schema_name AND c.relname = table_name AND a.attname = column_name
                       AND a.atttypid = 'primecloud.sealed'::regtype);
$$;
COMMENT ON FUNCTION primecloud_internal.is_sealed_column(text, text, text) IS 'whether there is a column of that name and of type sealed';

-- Sealed itself, an array, a domain, or a row type that holds one.
CREATE FUNCTION primecloud_internal.sealed_kinds() RETURNS SETOF oid
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE kinds(oid) AS (
        SELECT 'primecloud.sealed'::regtype::oid
        UNION
        SELECT step.oid FROM kinds k, LATERAL (
            SELECT t.oid FROM pg_type t WHERE t.typelem = k.oid OR t.typbasetype = k.oid
            UNION ALL
            SELECT c.reltype FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE a.atttypid = k.oid AND NOT a.attisdropped AND c.reltype <> 0) AS step)
    SELECT k.oid FROM kinds k;
$$;
COMMENT ON FUNCTION primecloud_internal.sealed_kinds() IS 'the types whose values hold envelopes: sealed, and what is made of it';

-- By the size of files: policies could hide rows from whoever asks.
CREATE FUNCTION primecloud_internal.holds_rows(rel regclass) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT pg_relation_size(rel) > 0 OR EXISTS (SELECT FROM pg_partition_tree(rel) WHERE pg_relation_size(relid) > 0);
$$;
COMMENT ON FUNCTION primecloud_internal.holds_rows(regclass)
    IS 'whether a table or one of its partitions has ever held a row since it was emptied';
REVOKE ALL ON FUNCTION primecloud_internal.holds_rows(regclass) FROM PUBLIC;
