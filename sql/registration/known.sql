-- Registrations follow their objects.  A registration names its table and its columns, and that is what a dump restores;
-- here stands which objects those names meant when somebody last looked, which no dump carries.  Whatever has another name
-- by then is written anew in the registration, and what is gone ends it (follow.sql).

-- The type of its rows tells a table from a later one that was given its oid.
CREATE TABLE primecloud_internal.known_table (
    relation oid PRIMARY KEY,
    row_type oid NOT NULL,
    root oid NOT NULL,
    schema_name text NOT NULL,
    table_name text NOT NULL,
    owner_name text NOT NULL,
    owner_id oid NOT NULL,
    let_go boolean NOT NULL DEFAULT false,
    above oid[] NOT NULL DEFAULT '{}');
CREATE INDEX known_table_name ON primecloud_internal.known_table (schema_name, table_name);
COMMENT ON TABLE primecloud_internal.known_table
    IS 'the tables that registrations are of, and those below them, by oid and as they were named';
COMMENT ON COLUMN primecloud_internal.known_table.root IS 'the table at the top of its partitions; its own oid where it is the top';
COMMENT ON COLUMN primecloud_internal.known_table.owner_id
    IS 'the role that owner_name meant: under another name it is the same, and another that took its name is not';
COMMENT ON COLUMN primecloud_internal.known_table.above IS 'all that it is a partition or child of, at every level';
COMMENT ON COLUMN primecloud_internal.known_table.let_go
    IS 'a partition that may leave: retention has looked through it for what is held, or it is being detached concurrently';
CREATE TABLE primecloud_internal.known_column (
    relation oid NOT NULL,
    attnum int2 NOT NULL,
    column_name text NOT NULL,
    type_id oid NOT NULL,
    dropped_name text,
    type_mod int4 NOT NULL,
    collation_id oid NOT NULL,
    PRIMARY KEY (relation, attnum));
COMMENT ON TABLE primecloud_internal.known_column IS 'the columns that registrations name, by number and as they were named';
COMMENT ON COLUMN primecloud_internal.known_column.dropped_name IS 'of one that was dropped, what it was called';
REVOKE ALL ON primecloud_internal.known_table, primecloud_internal.known_column FROM PUBLIC;
GRANT SELECT ON primecloud_internal.known_table TO PUBLIC;

-- Every place where a table is registered by its name, with the columns that it names there.
CREATE FUNCTION primecloud_internal.registration_places()
    RETURNS TABLE (place text, schema_column text, table_column text, columns text[], owner_column text, living text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    VALUES ('primecloud.sealed_column', 'schema_name', 'table_name', '{column_name,tenant_column,id_column}'::text[], 'owner_name', ''),
        ('primecloud_internal.retention_policy', 'schema_name', 'table_name',
            '{time_column,tenant_column,id_column,hold_column,soft_delete_column}', 'owner_name', ''),
        ('primecloud_internal.retention_policy', 'archive_schema', 'archive_table', '{}', NULL, ''),
        ('primecloud_internal.retention_hold', 'schema_name', 'table_name', '{column_name}', 'owner_name', ' AND gone_at IS NULL'),
        ('primecloud_internal.retention_override', 'schema_name', 'table_name', '{}', NULL, ''),
        ('primecloud_internal.retention_run', 'schema_name', 'table_name', '{}', NULL, ''),
        ('primecloud_internal.retention_log', 'schema_name', 'table_name', '{}', NULL, ' AND gone_at IS NULL'),
        ('primecloud_internal.retention_problem', 'schema_name', 'table_name', '{}', NULL, ''),
        ('primecloud_internal.exemption', 'relation_schema', 'relation_name', '{}', 'owner_name', ''),
        ('primecloud_internal.membership_source', 'relation_schema', 'relation_name',
            '{tenant_column,user_column,role_column,grants_member_column}', 'relation_owner', ''),
        ('primecloud_internal.membership_source', 'accounts_schema', 'accounts_name', '{accounts_key_column,accounts_status_column}', NULL,
            ''),
        ('primecloud_internal.membership_source', 'grants_schema', 'grants_name',
            '{grants_tenant_column,grants_user_column,grants_id_column}', NULL, ''),
        ('primecloud_internal.reseal_run', 'schema_name', 'table_name', '{column_name}', NULL, ''),
        ('primecloud_internal.reseal_problem', 'schema_name', 'table_name', '{column_name}', NULL, '')
$$;
COMMENT ON FUNCTION primecloud_internal.registration_places() IS 'where tables and columns are registered by their names';

REVOKE ALL ON FUNCTION primecloud_internal.registration_places() FROM PUBLIC;

-- What is registered now, by table, with whose it was then.
CREATE VIEW primecloud_internal.registered_name AS
SELECT s.schema_name, s.table_name, s.owner_name, ARRAY[s.column_name, s.tenant_column, s.id_column] AS columns
FROM primecloud.sealed_column s
UNION ALL
SELECT p.schema_name, p.table_name, p.owner_name, ARRAY[p.time_column, p.tenant_column, p.id_column, p.hold_column, p.soft_delete_column]
FROM primecloud_internal.retention_policy p
UNION ALL
SELECT p.archive_schema, p.archive_table, p.owner_name, '{}' FROM primecloud_internal.retention_policy p WHERE p.archive_table IS NOT NULL
UNION ALL
SELECT h.schema_name, h.table_name, h.owner_name, ARRAY[h.column_name] FROM primecloud_internal.retention_hold h
WHERE h.released_at IS NULL AND h.gone_at IS NULL
UNION ALL
SELECT e.relation_schema, e.relation_name, e.owner_name, '{}' FROM primecloud_internal.exemption e
UNION ALL
SELECT m.relation_schema, m.relation_name, m.relation_owner, m.columns FROM primecloud_internal.registered_table m
UNION ALL
SELECT m.relation_schema, m.relation_name, m.relation_owner, ARRAY[m.grants_member_column] FROM primecloud_internal.membership_source m
WHERE m.grants_member_column IS NOT NULL;
REVOKE ALL ON primecloud_internal.registered_name FROM PUBLIC;
COMMENT ON VIEW primecloud_internal.registered_name IS 'the tables and columns that registrations name, and who owned each table';

-- The names under which a table is registered: those by which it is known, which may be older than its own; its own where
-- nobody has looked since a restore.  Of a table that took the name of another, none.
CREATE FUNCTION primecloud_internal.names_of(rel regclass, OUT schema_name text, OUT table_name text, OUT known boolean)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    SELECT k.schema_name, k.table_name, true INTO schema_name, table_name, known FROM primecloud_internal.known_table k
    JOIN pg_class c ON c.oid = k.relation AND c.reltype = k.row_type WHERE k.relation = rel;
    IF NOT FOUND THEN
        SELECT n.nspname, c.relname, false INTO schema_name, table_name, known FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.oid = rel AND NOT EXISTS (SELECT FROM primecloud_internal.known_table k
                                          WHERE k.schema_name = n.nspname::text AND k.table_name = c.relname::text);
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.names_of(regclass)
    IS 'the names under which a table is registered; NULL for a table that took another''s';

-- All of them: a child may have several parents, each with holds of its own.
CREATE FUNCTION primecloud_internal.above_of(rel oid) RETURNS oid[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
BEGIN
    RETURN ARRAY(WITH RECURSIVE above(oid) AS (SELECT i.inhparent FROM pg_inherits i WHERE i.inhrelid = rel
            UNION SELECT i.inhparent FROM above JOIN pg_inherits i ON i.inhrelid = above.oid) SELECT a.oid FROM above a ORDER BY a.oid);
END $$;
COMMENT ON FUNCTION primecloud_internal.above_of(oid) IS 'all that a table is a partition or child of, at every level';
REVOKE ALL ON FUNCTION primecloud_internal.above_of(oid) FROM PUBLIC;
