-- What a policy's names stand for today, verified at each use.  Catalogs alone are
-- read here: nothing of the table's runs.

CREATE FUNCTION primecloud_internal.retention_base_type(type oid) RETURNS regtype
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    base oid;
BEGIN
    LOOP
        SELECT t.typbasetype INTO base FROM pg_type t WHERE t.oid = type;
        EXIT WHEN coalesce(base, 0) = 0;
        type := base;
    END LOOP;
    RETURN type;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_base_type(oid) IS 'the type below a domain, or the type itself';

-- Registrations have the server's name of a column that was dropped, which no later one can take; people know the other.
CREATE FUNCTION primecloud_internal.column_said(rel oid, col text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN coalesce((SELECT k.dropped_name FROM primecloud_internal.known_column k
        WHERE k.relation = rel AND k.column_name = col AND k.dropped_name IS NOT NULL LIMIT 1), col);
END $$;
COMMENT ON FUNCTION primecloud_internal.column_said(oid, text) IS 'the name by which a column was registered, also of one that was dropped';

CREATE FUNCTION primecloud_internal.retention_column(rel regclass, column_name text, types regtype[]) RETURNS regtype
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    type regtype := (SELECT primecloud_internal.retention_base_type(a.atttypid) FROM pg_attribute a
                     WHERE a.attrelid = rel AND a.attname = column_name AND a.attnum > 0 AND NOT a.attisdropped);
BEGIN
    IF type IS NULL THEN
        RAISE undefined_column USING MESSAGE = format('table %s has no column "%s"', rel, primecloud_internal.column_said(rel,
            column_name)),
            HINT = 'Name a column of the table, without quotes.';
    END IF;
    IF type <> ALL (types) THEN
        RAISE datatype_mismatch USING MESSAGE = format('column "%s" of table %s has type %s', column_name, rel, type),
            HINT = format('It must be one of: %s.', array_to_string(types::text[], ', '));
    END IF;
    RETURN type;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_column(regclass, text, regtype[])
    IS 'the base type of a column, which must exist and have one of the given types';

CREATE FUNCTION primecloud_internal.retention_tree(rel regclass, OUT oid oid, OUT schema_name text, OUT table_name text, OUT kind "char",
    OUT owner oid,
                               OUT parent oid, OUT depth integer) RETURNS SETOF record
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE tree(oid, parent, depth) AS (
        SELECT rel::oid, NULL::oid, 0
        UNION ALL SELECT i.inhrelid, i.inhparent, t.depth + 1 FROM tree t JOIN pg_inherits i ON i.inhparent = t.oid
            AND NOT i.inhdetachpending)
    SELECT DISTINCT ON (c.oid) c.oid, n.nspname::text, c.relname::text, c.relkind, c.relowner, t.parent, t.depth
    FROM tree t JOIN pg_class c ON c.oid = t.oid JOIN pg_namespace n ON n.oid = c.relnamespace;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_tree(regclass) IS 'a table with its partitions and children, all levels';

REVOKE ALL ON FUNCTION primecloud_internal.retention_base_type(oid), primecloud_internal.retention_column(regclass, text, regtype[]),
    primecloud_internal.retention_tree(regclass) FROM PUBLIC;
