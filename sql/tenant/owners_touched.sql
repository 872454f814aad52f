-- Whom the command at hand concerns: nobody else's objects make it fail.

CREATE FUNCTION primecloud_internal.granted_on(command pg_ddl_command, OUT rel regclass, OUT whole boolean) RETURNS SETOF record
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_granted_on';
COMMENT ON FUNCTION primecloud_internal.granted_on(pg_ddl_command)
    IS 'the tables that a GRANT or REVOKE is on, and whether as a whole or by columns; called by the guard';

-- Whose the relations are that the command at hand makes, alters, or gives rights on.
CREATE FUNCTION primecloud_internal.owners_touched() RETURNS oid[]
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    -- (Each by its index: it is asked after every command, and there are many relations.)
    RETURN ARRAY(SELECT DISTINCT c.relowner FROM pg_event_trigger_ddl_commands() AS e
        LEFT JOIN LATERAL (SELECT g.rel FROM primecloud_internal.granted_on(e.command) AS g WHERE e.classid IS NULL) AS g ON true,
        LATERAL (SELECT x.relowner FROM pg_class x WHERE x.oid = ANY (ARRAY[g.rel::oid,
            (SELECT r.ev_class FROM pg_rewrite r WHERE e.classid = 'pg_rewrite'::regclass AND r.oid = e.objid),
            CASE WHEN e.classid = 'pg_class'::regclass THEN e.objid END]) OFFSET 0) AS c);
END $$;
COMMENT ON FUNCTION primecloud_internal.owners_touched()
    IS 'the owners of the relations that a command makes, alters or gives rights on; called by the guard';
