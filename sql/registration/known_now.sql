-- What has changed since somebody last looked.  Catalogs alone are read: nothing of a table's runs, and none is locked.

CREATE FUNCTION primecloud_internal.top_of(rel oid) RETURNS oid
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
BEGIN
    RETURN (WITH RECURSIVE above(oid) AS (SELECT rel UNION SELECT i.inhparent FROM above JOIN pg_inherits i ON i.inhrelid = above.oid)
            SELECT min(a.oid::bigint)::oid FROM above a WHERE NOT EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = a.oid));
END $$;
COMMENT ON FUNCTION primecloud_internal.top_of(oid) IS 'the table at the top of what a table is a partition or child of';

CREATE VIEW primecloud_internal.known_now AS
SELECT k.relation, k.root, k.above, k.schema_name, k.table_name, k.owner_name, k.owner_id, k.let_go,
    c.oid IS NOT NULL AS there, n.nspname::text AS schema_now, c.relname::text AS table_now,
    pg_catalog.pg_get_userbyid(c.relowner)::text AS owner_now, c.relowner AS owner_id_now,
    CASE WHEN c.oid IS NULL THEN k.root
        WHEN EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid) THEN primecloud_internal.top_of(c.oid)
        ELSE c.oid END AS root_now,
    CASE WHEN c.oid IS NULL THEN k.above ELSE primecloud_internal.above_of(c.oid) END AS above_now
FROM primecloud_internal.known_table k LEFT JOIN pg_catalog.pg_class c ON c.oid = k.relation AND c.reltype = k.row_type
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace;
COMMENT ON VIEW primecloud_internal.known_now IS 'the tables that are known, as they were and as they are';

-- Registrations without a known table: after a restore.  A name is believed where the table is that of whoever owned it, or
-- a superuser's; never where a table is known by that name.
CREATE VIEW primecloud_internal.unlinked_table AS
WITH lost AS MATERIALIZED (
    SELECT DISTINCT r.schema_name, r.table_name, r.owner_name FROM primecloud_internal.registered_name r
    WHERE NOT EXISTS (SELECT FROM primecloud_internal.known_table k WHERE k.schema_name = r.schema_name AND k.table_name = r.table_name))
SELECT DISTINCT c.oid AS relation, c.reltype AS row_type, l.schema_name, l.table_name, o.rolname::text AS owner_name, o.oid AS owner_id
FROM lost l JOIN pg_catalog.pg_namespace n ON n.nspname = l.schema_name::name
JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = l.table_name::name AND c.relkind IN ('r', 'p')
JOIN pg_catalog.pg_roles o ON o.oid = c.relowner
WHERE (o.rolname = l.owner_name::name OR o.rolsuper)
    AND NOT EXISTS (SELECT FROM primecloud_internal.known_table k WHERE k.relation = c.oid);
COMMENT ON VIEW primecloud_internal.unlinked_table IS 'tables that registrations name, and that are not known yet';

CREATE VIEW primecloud_internal.unlinked_column AS
WITH named AS MATERIALIZED (
    SELECT k.relation, n.col FROM primecloud_internal.registered_name r JOIN primecloud_internal.known_table k
        ON k.schema_name = r.schema_name AND k.table_name = r.table_name
    CROSS JOIN LATERAL pg_catalog.unnest(r.columns) AS n(col) WHERE n.col IS NOT NULL
    EXCEPT SELECT c.relation, c.column_name FROM primecloud_internal.known_column c)
SELECT n.relation, a.attnum, a.attname::text AS column_name, a.atttypid, a.atttypmod, a.attcollation
FROM named n JOIN pg_catalog.pg_attribute a ON a.attrelid = n.relation AND a.attname = n.col::name AND a.attnum > 0 AND NOT a.attisdropped
WHERE NOT EXISTS (SELECT FROM primecloud_internal.known_column c WHERE c.relation = n.relation AND c.attnum = a.attnum);
COMMENT ON VIEW primecloud_internal.unlinked_column IS 'columns that registrations name, and that are not known yet';

CREATE VIEW primecloud_internal.changed_column AS
SELECT k.relation, t.schema_name, t.table_name, k.attnum, k.column_name, a.attname::text AS column_now, a.attisdropped,
    k.type_id, a.atttypid AS type_now, k.type_mod, a.atttypmod AS mod_now, k.collation_id, a.attcollation AS collation_now
FROM primecloud_internal.known_column k JOIN primecloud_internal.known_table t ON t.relation = k.relation
JOIN pg_catalog.pg_class c ON c.oid = t.relation AND c.reltype = t.row_type
JOIN pg_catalog.pg_attribute a ON a.attrelid = k.relation AND a.attnum = k.attnum
WHERE a.attname::text <> k.column_name OR NOT a.attisdropped
    AND (a.atttypid, a.atttypmod, a.attcollation) <> (k.type_id, k.type_mod, k.collation_id);
COMMENT ON VIEW primecloud_internal.changed_column
    IS 'columns that have another name, type or collation than they are known by; one that was dropped has the server''s';

-- Below what is sealed or held each table is known, since its leaving is a matter of the whole.  (PL/pgSQL, whose plans are kept: this
-- is asked around every command.)
CREATE FUNCTION primecloud_internal.unlinked_parts() RETURNS TABLE (root oid, relation oid, row_type oid, schema_name text,
    table_name text, owner_name text, owner_id oid)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM primecloud_internal.known_table k JOIN pg_class c ON c.oid = k.relation AND c.relhassubclass) THEN
        RETURN;
    END IF;
    RETURN QUERY WITH RECURSIVE tops AS MATERIALIZED (
        SELECT k.relation AS top FROM primecloud_internal.known_table k JOIN pg_class c ON c.oid = k.relation AND c.relhassubclass
        WHERE (k.root = k.relation AND
            EXISTS (SELECT FROM primecloud.sealed_column s WHERE s.schema_name = k.schema_name AND s.table_name = k.table_name)
            OR EXISTS (SELECT FROM primecloud_internal.open_hold h WHERE h.schema_name = k.schema_name AND h.table_name = k.table_name))),
    tree(top, oid) AS (
        SELECT p.top, p.top FROM tops p UNION SELECT t.top, i.inhrelid FROM tree t JOIN pg_inherits i ON i.inhparent = t.oid
            AND NOT i.inhdetachpending)
    SELECT t.top, c.oid, c.reltype, n.nspname::text, c.relname::text, pg_get_userbyid(c.relowner)::text,
        c.relowner
    FROM tree t JOIN pg_class c ON c.oid = t.oid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT EXISTS (SELECT FROM primecloud_internal.known_table k WHERE k.relation = t.oid);
END $$;
COMMENT ON FUNCTION primecloud_internal.unlinked_parts() IS 'partitions and children of what is sealed or held that are not known yet';

CREATE FUNCTION primecloud_internal.require_latest() RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_require_latest';
COMMENT ON FUNCTION primecloud_internal.require_latest()
    IS 'raises 40001 where a transaction that keeps its snapshot does not see what is registered by now';

CREATE FUNCTION primecloud_internal.registrations_moved() RETURNS boolean
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_registrations_moved';
COMMENT ON FUNCTION primecloud_internal.registrations_moved()
    IS 'whether what is known has another name, owner or type, is part of another table or gone';
CREATE FUNCTION primecloud_internal.registrations_have_parts() RETURNS boolean
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_registrations_have_parts';
COMMENT ON FUNCTION primecloud_internal.registrations_have_parts() IS 'whether a table that is known has, or is, a partition or child';
CREATE FUNCTION primecloud_internal.registrations_settled() RETURNS boolean
    LANGUAGE c STABLE PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'primecloud_registrations_settled';
COMMENT ON FUNCTION primecloud_internal.registrations_settled()
    IS 'whether registrations are those of which this session has noted that all they name is known';
CREATE FUNCTION primecloud_internal.note_settled() RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_note_settled';
COMMENT ON FUNCTION primecloud_internal.note_settled() IS 'has this session note that all that is registered is known';

CREATE VIEW primecloud_internal.unknown_name AS
SELECT r.schema_name, r.table_name FROM primecloud_internal.registered_name r
LEFT JOIN primecloud_internal.known_table k ON k.schema_name = r.schema_name AND k.table_name = r.table_name
WHERE k.relation IS NULL OR EXISTS (SELECT FROM pg_catalog.unnest(r.columns) AS n(col) WHERE n.col IS NOT NULL
    AND NOT EXISTS (SELECT FROM primecloud_internal.known_column c WHERE c.relation = k.relation AND c.column_name = n.col));
REVOKE ALL ON primecloud_internal.unknown_name FROM PUBLIC;
COMMENT ON VIEW primecloud_internal.unknown_name IS 'registrations of tables or columns that are not known';

-- Asked around every command: three looks at small tables without a query, where nothing has changed.
CREATE FUNCTION primecloud_internal.unfollowed() RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
BEGIN
    IF primecloud_internal.registrations_moved() THEN
        RETURN true;
    END IF;
    IF NOT primecloud_internal.registrations_settled() THEN
        IF EXISTS (SELECT FROM primecloud_internal.unlinked_table) OR EXISTS (SELECT FROM primecloud_internal.unlinked_column)
            OR EXISTS (SELECT FROM primecloud_internal.unlinked_label) THEN
            RETURN true;
        END IF;
        IF NOT EXISTS (SELECT FROM primecloud_internal.unknown_name) THEN
            PERFORM primecloud_internal.note_settled();
        END IF;
    END IF;
    IF NOT primecloud_internal.registrations_have_parts() THEN
        RETURN false;
    END IF;
    RETURN EXISTS (SELECT FROM primecloud_internal.known_table k JOIN pg_class c ON c.oid = k.relation
            WHERE k.above <> '{}' AND NOT c.relispartition AND primecloud_internal.above_of(k.relation) <> k.above)
        OR EXISTS (SELECT FROM primecloud_internal.unlinked_parts());
END $$;
COMMENT ON FUNCTION primecloud_internal.unfollowed() IS 'whether anything that is registered has changed since somebody last looked';
-- (The guard asks top_of() as whoever types a command; it tells what the catalogs do.)
REVOKE ALL ON FUNCTION primecloud_internal.unlinked_parts(), primecloud_internal.require_latest(),
    primecloud_internal.registrations_moved(), primecloud_internal.registrations_have_parts(),
    primecloud_internal.registrations_settled(), primecloud_internal.note_settled(), primecloud_internal.unfollowed() FROM PUBLIC;
