-- What takes something away says so, and what decides by membership asks for the latest.

-- What takes something away says so: every session that is in a context then asks again before
-- its next statement.
CREATE FUNCTION membership_changed() RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_membership_changed';
COMMENT ON FUNCTION membership_changed() IS
    'says to every session, when this transaction commits, that membership, accounts, grants or token keys changed: each asks again before '
        'its next statement';

CREATE FUNCTION watch_membership() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_watch_membership';
COMMENT ON FUNCTION watch_membership() IS 'statement trigger of register_membership(..., watch => true): calls membership_changed()';

-- The extension's own tables that every session keeps: a statement of anybody's on them, a restore's too, is told.
CREATE FUNCTION primecloud_internal.tell_sessions() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_tell_sessions';
COMMENT ON FUNCTION primecloud_internal.tell_sessions()
    IS 'statement trigger: every session forgets what it keeps of the table, and asks again who may enter, once this transaction commits';
REVOKE ALL ON FUNCTION primecloud_internal.tell_sessions() FROM PUBLIC;
CREATE TRIGGER tell_sessions AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON primecloud_internal.membership_source FOR EACH STATEMENT
    EXECUTE FUNCTION primecloud_internal.tell_sessions();
ALTER TABLE primecloud_internal.membership_source ENABLE ALWAYS TRIGGER tell_sessions;

CREATE FUNCTION require_read_committed() RETURNS void
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_require_read_committed';
COMMENT ON FUNCTION require_read_committed() IS
    'for the first line of a command: 55000 in a transaction whose snapshot may be older than what was taken away meanwhile';

-- The statement triggers that call membership_changed(), on a table and what is below it: DML
-- that names a partition fires the partition's.
CREATE FUNCTION primecloud_internal.membership_watch_plan(source regclass, watch boolean, events text)
    RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part regclass;
BEGIN
    FOR part IN
        WITH RECURSIVE tree(relid) AS (
            SELECT source::oid UNION SELECT i.inhrelid FROM tree JOIN pg_inherits AS i ON i.inhparent = tree.relid)
        SELECT relid FROM tree ORDER BY relid
    LOOP
        IF watch THEN
            RETURN NEXT primecloud_internal.step('trigger', part::text, format('CREATE OR REPLACE TRIGGER primecloud_watch AFTER %s ON %s '
                'FOR EACH STATEMENT EXECUTE FUNCTION primecloud.watch_membership()', events, part));
            RETURN NEXT primecloud_internal.step('trigger', part::text,
                format('ALTER TABLE ONLY %s ENABLE ALWAYS TRIGGER primecloud_watch', part));
        ELSIF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = part AND tgname = 'primecloud_watch'
                      AND tgfoid = 'primecloud.watch_membership()'::regprocedure) THEN
            RETURN NEXT primecloud_internal.step('trigger', part::text, format('DROP TRIGGER IF EXISTS primecloud_watch ON %s', part));
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.membership_watch_plan(regclass, boolean, text)
    IS 'what adds or drops the triggers of register_membership(..., watch => ...)';
