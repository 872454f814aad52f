-- A crash of the server empties what is not logged: it does not come under a hold.

-- When a table has been made, or altered: another's part, perhaps.
CREATE FUNCTION primecloud_internal.check_logged() RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    part record;
BEGIN
    IF NOT EXISTS (SELECT FROM primecloud_internal.open_hold)
            OR coalesce(nullif(current_setting('primecloud.allow_drop', true), '')::boolean, false) THEN
        RETURN;
    END IF;
    SELECT DISTINCT t.oid::regclass AS rel, k.relation::regclass AS held INTO part
    FROM pg_event_trigger_ddl_commands() AS d CROSS JOIN LATERAL primecloud_internal.retention_tree(d.objid::regclass) AS t
    JOIN pg_class c ON c.oid = t.oid AND c.relpersistence = 'u' AND c.relkind = 'r'
    CROSS JOIN LATERAL unnest(t.oid || primecloud_internal.above_of(t.oid)) AS a(oid)
    JOIN primecloud_internal.known_table k ON k.relation = a.oid
    JOIN primecloud_internal.open_hold h ON h.schema_name = k.schema_name AND h.table_name = k.table_name
    WHERE d.classid = 'pg_class'::regclass LIMIT 1;
    IF FOUND THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('table %s is not logged, and table %s is under a legal hold: a crash would empty it', part.rel, part.held),
            HINT = 'Make it a logged table first: ALTER TABLE ... SET LOGGED, or CREATE TABLE without UNLOGGED.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_logged()
    IS 'raises 55000 where a table that is not logged has come under an open hold; called by the event trigger';
REVOKE ALL ON FUNCTION primecloud_internal.check_logged() FROM PUBLIC;
