-- The triggers of register_membership(..., watch => true) and guard_sealed() are their table's, and a migration tool drops what it
-- does not know: that is refused as long as they are needed.  (Whoever disables one is told of in registrations.)

CREATE FUNCTION primecloud_internal.way_to_lose(rel oid, trigger_name text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
BEGIN
    RETURN CASE
        WHEN trigger_name = 'primecloud_watch' AND EXISTS (SELECT FROM primecloud_internal.registered_table r WHERE r.watched
                AND primecloud_internal.registered_relation(r.relation_schema, r.relation_name) IN (rel, primecloud_internal.top_of(rel)))
            THEN 'Call primecloud.register_membership() without watch, or primecloud.unregister_membership(), if this is meant.'
        WHEN trigger_name = 'primecloud_sealed' AND EXISTS (SELECT FROM primecloud_internal.names_of(rel::regclass) AS n
                JOIN primecloud.sealed_column s ON s.schema_name = n.schema_name AND s.table_name = n.table_name)
            THEN 'Use primecloud.unguard_sealed() if this is meant.' END;
END $$;
COMMENT ON FUNCTION primecloud_internal.way_to_lose(oid, text)
    IS 'how a table is to lose a trigger of ours that it needs; NULL where it needs none of that name';

CREATE FUNCTION primecloud_internal.guard_dropped_triggers() RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
BEGIN
    -- (With the table itself, or with the trigger of the whole, it is no matter of its own.)
    PERFORM primecloud_internal.guard_against(format('trigger "%s" of table %s would be dropped', d.address_names[3],
        c.oid::regclass), w.way)
    FROM pg_event_trigger_dropped_objects() AS d JOIN pg_namespace n ON n.nspname = d.address_names[1]
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = d.address_names[2]
    CROSS JOIN LATERAL primecloud_internal.way_to_lose(c.oid, d.address_names[3]) AS w(way)
    WHERE d.object_type = 'trigger' AND d.original AND d.address_names[3] IN ('primecloud_watch', 'primecloud_sealed')
        AND w.way IS NOT NULL;
END $$;
COMMENT ON FUNCTION primecloud_internal.guard_dropped_triggers() IS 'what the guard does where a table has lost a trigger of ours';

-- (What is renamed may be dropped.)
CREATE FUNCTION primecloud_internal.guard_triggers() RETURNS event_trigger
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
BEGIN
    PERFORM primecloud_internal.guard_against(format('trigger "%s" of table %s would be renamed to "%s"', f.name, t.tgrelid::regclass,
        t.tgname), w.way)
    FROM pg_event_trigger_ddl_commands() AS d JOIN pg_trigger t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
    JOIN (VALUES ('primecloud_watch', 'primecloud.watch_membership()'::regprocedure),
        ('primecloud_sealed', 'primecloud.refuse_misplaced()')) AS f(name, called) ON f.called = t.tgfoid AND f.name <> t.tgname
    CROSS JOIN LATERAL primecloud_internal.way_to_lose(t.tgrelid, f.name) AS w(way)
    WHERE w.way IS NOT NULL AND NOT EXISTS (SELECT FROM pg_trigger o WHERE o.tgrelid = t.tgrelid AND o.tgname = f.name);
END $$;
COMMENT ON FUNCTION primecloud_internal.guard_triggers() IS 'event trigger: keeps triggers of ours by their names';
REVOKE ALL ON FUNCTION primecloud_internal.guard_triggers() FROM PUBLIC;
CREATE EVENT TRIGGER primecloud_guard_triggers ON ddl_command_end WHEN TAG IN ('ALTER TRIGGER')
    EXECUTE FUNCTION primecloud_internal.guard_triggers();
COMMENT ON EVENT TRIGGER primecloud_guard_triggers
    IS 'keeps the triggers that tell of members and that guard sealed columns by their names';
