-- Which rows holds keep, whoever's policy asks: those on the table itself, on all that it is a part of, and on its parts.

-- A row has the holds of every table that it is seen in, by whatever way up: of each, its relation; null where it covers
-- all rows of the asked one, else which tables below that it covers.
CREATE FUNCTION primecloud_internal.retention_holders(node oid) RETURNS TABLE (relation oid, schema_name text, table_name text,
    parts oid[])
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
BEGIN
    RETURN QUERY WITH RECURSIVE below(oid) AS (
        SELECT node UNION SELECT i.inhrelid FROM below b JOIN pg_inherits i ON i.inhparent = b.oid AND NOT i.inhdetachpending),
    above(oid, part) AS (
        SELECT b.oid, b.oid FROM below b UNION SELECT i.inhparent, a.part FROM above a JOIN pg_inherits i ON i.inhrelid = a.oid),
    whole AS MATERIALIZED (SELECT DISTINCT a.oid, bool_or(a.part = node) OVER (PARTITION BY a.oid) AS covers FROM above a)
    SELECT w.oid, n.schema_name, n.table_name, CASE WHEN NOT w.covers THEN ARRAY(SELECT a.part FROM above a WHERE a.oid = w.oid) END
    FROM whole w CROSS JOIN LATERAL primecloud_internal.names_of(w.oid::regclass) AS n
    WHERE EXISTS (SELECT FROM primecloud_internal.open_hold h WHERE h.schema_name = n.schema_name AND h.table_name = n.table_name)
        OR EXISTS (SELECT FROM primecloud_internal.retention_policy p WHERE p.schema_name = n.schema_name
            AND p.table_name = n.table_name AND p.hold_column IS NOT NULL);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_holders(oid)
    IS 'the tables with holds that rows of a table may be under: itself, what it is part of, its parts and what those are part of';

-- The condition on row x of a table, or of the named parts of it alone.  A part may have columns that the whole has not.
CREATE FUNCTION primecloud_internal.retention_unheld(node oid, parts oid[], col text, test text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF parts IS NULL THEN
        RETURN format(' AND (%s)', format(test, 'x', col));
    ELSIF EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = node AND a.attname = col AND NOT a.attisdropped) THEN
        RETURN format(' AND (x.tableoid <> ALL (%L::oid[]) OR %s)', parts, format(test, 'x', col));
    END IF;
    RETURN (SELECT coalesce(string_agg(format(' AND NOT EXISTS (SELECT FROM ONLY %s AS h WHERE h.tableoid = x.tableoid '
        'AND h.ctid = x.ctid AND NOT (%s))', c.oid::regclass, format(test, 'h', col)), ''), '')
        FROM pg_class c WHERE c.oid = ANY (parts) AND c.relkind = 'r');
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_unheld(oid, oid[], text, text) IS 'a test of a column as a condition on row x';

CREATE FUNCTION primecloud_internal.retention_unheld_by(node oid, holder record) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    hold record;
    free text := '';
BEGIN
    FOR hold IN SELECT h.column_name AS col, coalesce(bool_or(h.column_name IS NULL), false) AS whole,
            array_agg(DISTINCT coalesce(h.tenant, h.row_id)) AS keys
            FROM primecloud_internal.open_hold h WHERE h.schema_name = holder.schema_name AND h.table_name = holder.table_name
            GROUP BY h.column_name ORDER BY h.column_name LOOP
        -- A whole table; or one that has lost, in spite of the hold, the column that the hold goes by.
        IF hold.whole OR NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = holder.relation AND a.attname = hold.col
                AND NOT a.attisdropped) THEN
            free := free || CASE WHEN holder.parts IS NULL THEN ' AND false' ELSE format(' AND x.tableoid <> ALL (%L::oid[])',
                holder.parts) END;
        ELSE
            free := free || primecloud_internal.retention_unheld(node, holder.parts, hold.col,
                'coalesce(%s.%I::text COLLATE "C" <> ALL (' || replace(quote_literal(hold.keys), '%', '%%') || '::text[]), true)');
        END IF;
    END LOOP;
    FOR hold IN SELECT p.hold_column AS col FROM primecloud_internal.retention_policy p JOIN pg_attribute a
            ON a.attrelid = holder.relation AND a.attname = p.hold_column AND NOT a.attisdropped
            WHERE p.schema_name = holder.schema_name AND p.table_name = holder.table_name LOOP
        free := free || primecloud_internal.retention_unheld(node, holder.parts, hold.col, '%s.%I IS NOT TRUE');
    END LOOP;
    RETURN free;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_unheld_by(oid, record) IS 'the conditions under which no hold of one table keeps row x';
REVOKE ALL ON FUNCTION primecloud_internal.retention_holders(oid), primecloud_internal.retention_unheld(oid, oid[], text, text),
    primecloud_internal.retention_unheld_by(oid, record) FROM PUBLIC;
