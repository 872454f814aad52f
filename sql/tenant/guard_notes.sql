-- A note of protection (protection_note.sql) is its table's owner's to restore, and is read for others too: as each table is made, as
-- a schema is renamed, by views over all tables.  One that is none of ours is passed over there, so it stops who writes it.

CREATE FUNCTION primecloud_internal.guard_notes() RETURNS event_trigger
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
AS $$
DECLARE
    noted record;
BEGIN
    -- (OFFSET: of each policy that was commented on, and not of all that there are.)
    FOR noted IN SELECT p.rel, p.polname, p.comment AS note FROM pg_event_trigger_ddl_commands() AS c,
            LATERAL (SELECT o.polrelid::regclass AS rel, o.polname, obj_description(o.oid, 'pg_policy') AS comment FROM pg_policy o
                     WHERE o.oid = c.objid OFFSET 0) AS p
            WHERE c.classid = 'pg_policy'::regclass AND starts_with(p.polname, 'primecloud_')
                AND starts_with(p.comment, 'primecloud: {') LOOP
        IF primecloud_internal.note_in(noted.note) IS NULL THEN
            RAISE invalid_parameter_value USING
                MESSAGE = format('the comment on policy "%s" of table %s is no note of primecloud''s', noted.polname, noted.rel),
                HINT = 'Leave it as the helpers wrote it: what the table was before stands in it, and the views over all tables read it.';
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.guard_notes() IS 'event trigger: no note of protection is written that cannot be read';
REVOKE ALL ON FUNCTION primecloud_internal.guard_notes() FROM PUBLIC;
CREATE EVENT TRIGGER primecloud_guard_notes ON ddl_command_end WHEN TAG IN ('COMMENT') EXECUTE FUNCTION primecloud_internal.guard_notes();
COMMENT ON EVENT TRIGGER primecloud_guard_notes IS 'keeps the notes of protected tables readable';

-- What would take a policy of ours from its name, or a note from its policy, is known before it runs alone.

-- (What is renamed may be dropped, and what takes our name is taken for ours.)
CREATE FUNCTION primecloud_internal.guard_renamed_policy(renamed oid, new_name text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM primecloud_internal.guard_against(format('policy "%s" of %s %s would be renamed to "%s"', p.polname,
            CASE WHEN starts_with(p.polname, 'primecloud_') THEN 'protected table' ELSE 'table' END, p.polrelid::regclass, new_name),
        CASE WHEN starts_with(p.polname, 'primecloud_') THEN 'Use primecloud.unprotect_table() if this is meant.'
            ELSE 'Names that begin with "primecloud_" are those of the helpers'' policies.' END)
    FROM pg_policy p WHERE p.oid = renamed AND (starts_with(p.polname, 'primecloud_') OR starts_with(new_name, 'primecloud_'));
END $$;
COMMENT ON FUNCTION primecloud_internal.guard_renamed_policy(oid, text) IS 'what the guard does about a policy that changes its name';

-- (A note may say more than before: scripts add to it, a statement at a time.)
CREATE FUNCTION primecloud_internal.guard_lost_note(noted oid, comment text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM primecloud_internal.guard_against(format('the note of protected table %s, on policy "%s", would be %s', p.polrelid::regclass,
        p.polname, CASE WHEN guard_lost_note.comment IS NULL THEN 'removed' ELSE 'replaced' END))
    FROM pg_policy p WHERE p.oid = noted AND starts_with(p.polname, 'primecloud_')
        AND primecloud_internal.note_in(obj_description(p.oid, 'pg_policy')) IS NOT NULL
        AND (primecloud_internal.note_in(guard_lost_note.comment)
            @> primecloud_internal.note_in(obj_description(p.oid, 'pg_policy'))) IS NOT TRUE;
END $$;
COMMENT ON FUNCTION primecloud_internal.guard_lost_note(oid, text) IS 'what the guard does about a note of protection that is taken away';

CREATE FUNCTION primecloud_internal.guard_policy() RETURNS event_trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'primecloud_guard_policy';
COMMENT ON FUNCTION primecloud_internal.guard_policy()
    IS 'event trigger: keeps policies of protected tables by their names, and their notes, before anything has happened';
REVOKE ALL ON FUNCTION primecloud_internal.guard_policy() FROM PUBLIC;
CREATE EVENT TRIGGER primecloud_guard_policy ON ddl_command_start WHEN TAG IN ('ALTER POLICY', 'COMMENT')
    EXECUTE FUNCTION primecloud_internal.guard_policy();
COMMENT ON EVENT TRIGGER primecloud_guard_policy IS 'keeps policies of protected tables by their names, and their notes';
