-- What holds keep of other tables: rows whose removal would take a held row along, or the column that a hold goes by (see
-- cascade.sql), found from the held table upwards.  Asked by who deletes rows himself and heeds holds, such as the control plane.

CREATE VIEW retention_holds_along WITH (security_barrier) AS
WITH RECURSIVE held AS MATERIALIZED (
    SELECT DISTINCT k.relation, h.column_name FROM primecloud_internal.open_hold h
    JOIN primecloud_internal.known_table k ON k.schema_name = h.schema_name AND k.table_name = h.table_name
), part AS (
    SELECT h.relation, h.column_name, h.relation AS oid FROM held h
    UNION SELECT p.relation, p.column_name, i.inhrelid FROM part p JOIN pg_catalog.pg_inherits i ON i.inhparent = p.oid
), hanging(relation, column_name, oid, changed, col, carried) AS (
    -- Of table oid: rows deleted, or a column changed; and the column, if any, that has in such a row what the hold's has in a held one.
    SELECT p.relation, p.column_name, p.oid, c.changed COLLATE "C", p.column_name COLLATE "C", false
    FROM part p CROSS JOIN LATERAL (VALUES (''), (p.column_name)) AS c(changed) WHERE c.changed IS NOT NULL
    UNION
    (WITH step AS (SELECT h.* FROM hanging h), key AS (
        SELECT s.*, k.confrelid, k.confdeltype, k.confupdtype, k.conkey, k.confkey, f.attname::text AS upper,
            EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = s.oid AND a.attname = s.changed
                AND a.attnum = ANY (k.conkey)) AS updates,
            EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = s.oid AND a.attname = s.changed
                AND a.attnum = ANY (coalesce(nullif(k.confdelsetcols, '{}'), k.conkey))) AS unsets
        FROM step s JOIN pg_catalog.pg_constraint k ON k.conrelid = s.oid AND k.contype = 'f'
        LEFT JOIN pg_catalog.pg_attribute c ON c.attrelid = s.oid AND c.attname = s.col AND NOT c.attisdropped
        -- As the same type prints it, and by the same collation.
        LEFT JOIN pg_catalog.pg_attribute f ON f.attrelid = k.confrelid AND f.atttypid = c.atttypid AND f.attcollation = c.attcollation
            AND f.attnum = k.confkey[pg_catalog.array_position(k.conkey, c.attnum)])
     SELECT k.relation, k.column_name, k.confrelid, '', k.upper, true FROM key k
        WHERE k.changed = '' AND k.confdeltype = 'c' OR k.unsets AND k.confdeltype IN ('n', 'd')
     UNION SELECT k.relation, k.column_name, k.confrelid, a.attname::text, k.upper, true FROM key k
        JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = ANY (k.confkey)
        WHERE k.updates AND k.confupdtype IN ('c', 'n', 'd')
     UNION SELECT s.relation, s.column_name, s.oid, a.attname::text, s.col, s.carried FROM step s
        JOIN pg_catalog.pg_attribute g ON g.attrelid = s.oid AND g.attname = s.changed AND g.attgenerated = 's'
        JOIN pg_catalog.pg_attribute a ON a.attrelid = s.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     UNION SELECT s.relation, s.column_name, i.inhparent, s.changed, s.col, s.carried FROM step s
        JOIN pg_catalog.pg_inherits i ON i.inhrelid = s.oid))
SELECT DISTINCT n.nspname::text AS schema_name, c.relname::text AS table_name, CASE WHEN d.value IS NOT NULL THEN h.col END AS column_name,
    d.value, o.held_schema, o.held_table
FROM hanging h JOIN pg_catalog.pg_class c ON c.oid = h.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN primecloud_internal.known_table k ON k.relation = h.relation
JOIN primecloud_internal.open_hold e ON e.schema_name = k.schema_name AND e.table_name = k.table_name
    AND e.column_name IS NOT DISTINCT FROM h.column_name
CROSS JOIN LATERAL (SELECT CASE WHEN h.col IS NOT NULL THEN coalesce(e.tenant, e.row_id) END) AS d(value)
LEFT JOIN LATERAL (SELECT k.schema_name AS held_schema, k.table_name AS held_table
    WHERE primecloud.may_expire(k.schema_name, k.table_name)) AS o ON true
WHERE h.carried AND h.changed = '' AND primecloud.may_expire(n.nspname::text, c.relname::text);
COMMENT ON VIEW retention_holds_along IS 'rows that open holds on other tables keep, since those would go along: the rows with a value in '
    'a column, or without one all rows of the table; and which table is held, to who may expire that, too';
GRANT SELECT ON retention_holds_along TO PUBLIC;
