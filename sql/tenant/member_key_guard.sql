-- The guard of the key of a table of members: it goes by no DROP.

-- For the guard: of what table a unique index was that this transaction has dropped; NULL for one that held nothing.
CREATE FUNCTION primecloud_internal.table_of_dropped_key(dropped regclass) RETURNS regclass
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_table_of_dropped_key';
COMMENT ON FUNCTION primecloud_internal.table_of_dropped_key(regclass)
    IS 'the table of a valid unique index that this transaction has dropped; called by the guard';

-- What was dropped may have been the key: only tables are looked at that have lost one.
CREATE FUNCTION primecloud_internal.guard_member_key() RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM primecloud_internal.guard_against(format('protected table %s could then hold a member twice', t.rel)) FROM (
        SELECT DISTINCT primecloud_internal.table_of_dropped_key(d.objid::regclass) FROM pg_event_trigger_dropped_objects() AS d
        WHERE d.classid = 'pg_class'::regclass AND d.object_type = 'index' AND NOT d.is_temporary) AS t(rel)
    WHERE primecloud_internal.member_columns(t.rel) IS NOT NULL AND primecloud.tenant_column(t.rel) IS NOT NULL
        AND NOT primecloud_internal.members_are_unique(t.rel);
END $$;
COMMENT ON FUNCTION primecloud_internal.guard_member_key() IS 'what the guard does where a table of members has lost its key';

-- The same before DROP INDEX CONCURRENTLY, whose indexes serve nobody any more when it tells of them: it has committed that.
CREATE FUNCTION primecloud_internal.guard_member_key(dropped oid[]) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM primecloud_internal.guard_against(format('protected table %s could then hold a member twice', t.rel))
    FROM (SELECT DISTINCT i.indrelid::regclass FROM pg_index i WHERE i.indexrelid = ANY (dropped)) AS t(rel)
    WHERE primecloud_internal.member_columns(t.rel) IS NOT NULL AND primecloud.tenant_column(t.rel) IS NOT NULL
        AND primecloud_internal.members_are_unique(t.rel) AND NOT primecloud_internal.members_are_unique(t.rel, dropped);
END $$;
COMMENT ON FUNCTION primecloud_internal.guard_member_key(oid[]) IS 'what the guard does where a table of members would lose its key';

CREATE FUNCTION primecloud_internal.guard_index() RETURNS event_trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'primecloud_guard_index';
COMMENT ON FUNCTION primecloud_internal.guard_index()
    IS 'event trigger: keeps the key of a table of members from DROP INDEX CONCURRENTLY, before anything has happened';
REVOKE ALL ON FUNCTION primecloud_internal.guard_index() FROM PUBLIC;
CREATE EVENT TRIGGER primecloud_guard_index ON ddl_command_start WHEN TAG IN ('DROP INDEX')
    EXECUTE FUNCTION primecloud_internal.guard_index();
COMMENT ON EVENT TRIGGER primecloud_guard_index IS 'keeps the key of a table of members from DROP INDEX CONCURRENTLY';
