-- The guard: a migration tool that does not know of row-level security drops policies
-- and disables it without a word.  Event triggers stop that, and protect partitions
-- as they come.

CREATE FUNCTION primecloud_internal.guard_level() RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_guard_level';
COMMENT ON FUNCTION primecloud_internal.guard_level()
    IS 'primecloud.guard, also in a session that has not loaded the library yet; off within the extension''s own functions';

CREATE FUNCTION primecloud_internal.guard_is_lifted() RETURNS boolean
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_guard_is_lifted';
COMMENT ON FUNCTION primecloud_internal.guard_is_lifted() IS 'whether the guard is off because a function has lifted it, not a superuser';
REVOKE ALL ON FUNCTION primecloud_internal.guard_is_lifted() FROM PUBLIC;

CREATE FUNCTION primecloud_internal.weakenings(command pg_ddl_command, OUT action text, OUT name text) RETURNS SETOF record
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_weakenings';
COMMENT ON FUNCTION primecloud_internal.weakenings(pg_ddl_command)
    IS 'the parts of an ALTER TABLE that could take protection away, bring a table under it or into a schema; called by the guard';

CREATE FUNCTION primecloud_internal.guard_against(what text,
    hint text DEFAULT 'Use primecloud.unprotect_table() if this is meant.') RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CASE primecloud_internal.guard_level()
        WHEN 'error' THEN
            RAISE insufficient_privilege USING MESSAGE = what,
                HINT = hint || ' A superuser may SET primecloud.guard = off.';
        WHEN 'warn' THEN
            RAISE WARNING '%', what USING HINT = 'primecloud.guard = warn let it pass.';
        ELSE NULL;
    END CASE;
END $$;
COMMENT ON FUNCTION primecloud_internal.guard_against(text, text) IS 'what the guard does about a command that takes protection away';

-- (A plan of its own would have the command in it as a constant, which auto_explain cannot show, and so fails.)
CREATE FUNCTION primecloud_internal.guard_changes() RETURNS event_trigger
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    done record;
    part record;
    rel regclass;
    sent boolean;
BEGIN
    IF TG_TAG IN ('ALTER TABLE', 'GRANT', 'CREATE SCHEMA', 'CREATE VIEW', 'ALTER VIEW', 'CREATE RULE')
        AND primecloud_internal.guard_level() <> 'off' THEN
        PERFORM primecloud_internal.guard_carried(primecloud_internal.owners_touched());
    END IF;
    FOR done IN SELECT c.classid, c.objid, c.objsubid, c.command_tag, c.command FROM pg_event_trigger_ddl_commands() AS c
                WHERE c.classid IN ('pg_class'::regclass, 'pg_policy'::regclass, 'pg_constraint'::regclass) LOOP
        IF done.classid = 'pg_constraint'::regclass OR done.command_tag = 'ALTER INDEX' THEN
            PERFORM primecloud_internal.rename_noted(done.classid, done.objid);
            CONTINUE;
        END IF;
        IF done.command_tag IN ('CREATE POLICY', 'ALTER POLICY') THEN
            PERFORM primecloud_internal.guard_spread_policy(done.objid);
        END IF;
        IF done.command_tag = 'ALTER POLICY' THEN
            CONTINUE WHEN primecloud_internal.sent_by_node();
            PERFORM primecloud_internal.guard_against(format('policy "%s" of protected table %s would be altered', polname,
                polrelid::regclass))
            FROM pg_policy WHERE oid = done.objid
                AND (starts_with(polname, 'primecloud_') OR starts_with(obj_description(oid, 'pg_policy'), 'primecloud: {'));
        ELSIF done.command_tag IN ('ALTER TABLE', 'ALTER FOREIGN TABLE') THEN
            rel := done.objid;
            sent := primecloud_internal.sent_by_node();
            PERFORM primecloud_internal.guard_bound(rel);
            FOR part IN SELECT w.action, w.name FROM primecloud_internal.weakenings(done.command) AS w LOOP
                IF part.action = 'take in' THEN
                    PERFORM primecloud_internal.protect_partitions(rel);
                    PERFORM primecloud_internal.guard_inheritance(rel);
                    PERFORM primecloud_internal.note_taken_in(inhrelid::regclass) FROM pg_inherits WHERE inhparent = rel;
                    CONTINUE;
                END IF;
                IF part.action = 'move' THEN
                    PERFORM primecloud_internal.tell_of_table(rel) WHERE primecloud_internal.guard_level() <> 'off';
                    CONTINUE;
                END IF;
                CONTINUE WHEN sent OR primecloud_internal.guard_level() = 'off' OR NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = rel
                    AND polname IN ('primecloud_floor', 'primecloud_shared', 'primecloud_people'));
                CONTINUE WHEN part.action IN ('lose NOT NULL of', 'change the default of')
                    AND part.name IS DISTINCT FROM primecloud.tenant_column(rel)::text;
                CONTINUE WHEN part.action = 'lose constraint' AND NOT part.name::name = ANY (primecloud_internal.tenant_constraints(rel));
                PERFORM primecloud_internal.guard_against(format('protected table %s would %s', rel,
                    concat_ws(' ', part.action, quote_ident(part.name))), primecloud_internal.way_to_drop(rel, CASE part.action
                    WHEN 'lose constraint' THEN part.name END));
            END LOOP;
        -- A partition is a table that can be read by its own name.
        ELSIF done.command_tag IN ('CREATE TABLE', 'CREATE FOREIGN TABLE')
            AND EXISTS (SELECT FROM pg_inherits WHERE inhrelid = done.objid) THEN
            PERFORM primecloud_internal.protect_partitions(done.objid);
            PERFORM primecloud_internal.guard_inheritance(done.objid);
            PERFORM primecloud_internal.guard_bound(done.objid);
            IF primecloud_internal.guard_level() <> 'off' THEN
                PERFORM primecloud_internal.guard_carried(primecloud_internal.owners_touched());
            END IF;
        ELSIF done.command_tag IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO') AND primecloud_internal.guard_level() <> 'off' THEN
            PERFORM primecloud_internal.tell_of_table(done.objid);
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.guard_changes() IS 'event trigger: keeps protection on tables, and protects new partitions';
REVOKE ALL ON FUNCTION primecloud_internal.guard_changes() FROM PUBLIC;

CREATE FUNCTION primecloud_internal.guard_drops() RETURNS event_trigger
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    dropped record;
BEGIN
    IF primecloud_internal.guard_level() = 'off' THEN
        RETURN;
    END IF;
    FOR dropped IN
        SELECT d.address_names, c.oid::regclass AS rel FROM pg_event_trigger_dropped_objects() AS d
        -- With the table itself its policies go too, and that is no weakening.
        JOIN pg_namespace n ON n.nspname = d.address_names[1]
        JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = d.address_names[2]
        WHERE d.object_type = 'policy' AND starts_with(d.address_names[3], 'primecloud_')
    LOOP
        PERFORM primecloud_internal.guard_against(format('policy "%s" of protected table %s would be dropped', dropped.address_names[3],
            dropped.rel)) WHERE NOT primecloud_internal.sent_by_node();
    END LOOP;
    PERFORM primecloud_internal.guard_member_key();
    PERFORM primecloud_internal.guard_dropped_triggers();
END $$;
COMMENT ON FUNCTION primecloud_internal.guard_drops() IS 'event trigger: keeps the policies of protected tables';
REVOKE ALL ON FUNCTION primecloud_internal.guard_drops() FROM PUBLIC;

CREATE EVENT TRIGGER primecloud_guard_changes ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO',
    'ALTER TABLE', 'CREATE POLICY', 'ALTER POLICY', 'GRANT', 'CREATE SCHEMA', 'CREATE FOREIGN TABLE', 'ALTER FOREIGN TABLE',
    'CREATE VIEW', 'ALTER VIEW', 'CREATE RULE', 'ALTER INDEX') EXECUTE FUNCTION primecloud_internal.guard_changes();
COMMENT ON EVENT TRIGGER primecloud_guard_changes IS 'keeps protection on tables, and protects new partitions';
CREATE EVENT TRIGGER primecloud_guard_drops ON sql_drop EXECUTE FUNCTION primecloud_internal.guard_drops();
COMMENT ON EVENT TRIGGER primecloud_guard_drops IS 'keeps the policies of protected tables';
