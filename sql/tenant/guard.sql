-- The guard: a migration tool that does not know of row-level security drops policies
-- and disables it without a word.  Event triggers stop that, and protect partitions
-- as they come.

CREATE FUNCTION primecloud_internal.guard_level() RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_guard_level';
COMMENT ON FUNCTION primecloud_internal.guard_level()
    IS 'primecloud.guard, also in a session that has not loaded the library yet; off within the extension''s own functions';

CREATE FUNCTION primecloud_internal.weakenings(command pg_ddl_command, OUT action text, OUT name text) RETURNS SETOF record
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_weakenings';
COMMENT ON FUNCTION primecloud_internal.weakenings(pg_ddl_command)
    IS 'the parts of an ALTER TABLE that could take protection away, or bring a table under it; called by the guard';

CREATE FUNCTION primecloud_internal.guard_against(what text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CASE primecloud_internal.guard_level()
        WHEN 'error' THEN
            RAISE insufficient_privilege USING MESSAGE = what,
                HINT = 'Use primecloud.unprotect_table() if this is meant. A superuser may SET primecloud.guard = off.';
        WHEN 'warn' THEN
            RAISE WARNING '%', what USING HINT = 'primecloud.guard = warn let it pass.';
        ELSE NULL;
    END CASE;
END $$;
COMMENT ON FUNCTION primecloud_internal.guard_against(text) IS 'what the guard does about a command that takes protection away';

CREATE FUNCTION primecloud_internal.guard_changes() RETURNS event_trigger
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    done record;
    part record;
    rel regclass;
BEGIN
    IF TG_TAG IN ('ALTER TABLE', 'GRANT', 'CREATE SCHEMA') AND primecloud_internal.guard_level() <> 'off' THEN
        PERFORM primecloud_internal.guard_carried();
    END IF;
    FOR done IN SELECT c.classid, c.objid, c.objsubid, c.command_tag, c.command FROM pg_event_trigger_ddl_commands() AS c
                WHERE c.classid IN ('pg_class'::regclass, 'pg_policy'::regclass) LOOP
        IF done.command_tag = 'ALTER POLICY' THEN
            PERFORM primecloud_internal.guard_against(format('policy "%s" of protected table %s would be altered', polname,
                polrelid::regclass))
            FROM pg_policy WHERE oid = done.objid
                AND (starts_with(polname, 'primecloud_') OR starts_with(obj_description(oid, 'pg_policy'), 'primecloud: {'));
        ELSIF done.command_tag = 'ALTER TABLE' THEN
            rel := done.objid;
            FOR part IN SELECT w.action, w.name FROM primecloud_internal.weakenings(done.command) AS w LOOP
                IF part.action = 'take in' THEN
                    PERFORM primecloud_internal.protect_partitions(rel);
                    CONTINUE;
                END IF;
                CONTINUE WHEN primecloud_internal.guard_level() = 'off' OR NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = rel
                    AND polname IN ('primecloud_floor', 'primecloud_shared'));
                CONTINUE WHEN part.action IN ('drop not null', 'change the default of')
                    AND part.name IS DISTINCT FROM primecloud.tenant_column(rel)::text;
                CONTINUE WHEN part.action = 'drop constraint' AND NOT part.name::name = ANY (primecloud_internal.tenant_constraints(rel));
                PERFORM primecloud_internal.guard_against(format('protected table %s: %s', rel,
                    concat_ws(' ', part.action, quote_ident(part.name))));
            END LOOP;
        -- A partition is a table that can be read by its own name.
        ELSIF done.command_tag = 'CREATE TABLE' AND EXISTS (SELECT FROM pg_inherits WHERE inhrelid = done.objid) THEN
            PERFORM primecloud_internal.protect_partitions(done.objid);
            IF primecloud_internal.guard_level() <> 'off' THEN
                PERFORM primecloud_internal.guard_carried();
            END IF;
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
            dropped.rel));
    END LOOP;
    IF EXISTS (SELECT FROM pg_event_trigger_dropped_objects() AS d WHERE d.object_type IN ('index', 'table constraint')
               AND NOT d.is_temporary) THEN
        PERFORM primecloud_internal.guard_member_key();
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.guard_drops() IS 'event trigger: keeps the policies of protected tables';
REVOKE ALL ON FUNCTION primecloud_internal.guard_drops() FROM PUBLIC;

-- Gives every partition below a protected table what the table has.
CREATE FUNCTION primecloud_internal.protect_partitions(rel regclass) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    root regclass;
    key name;
    part pg_class;
    policy record;
    steps primecloud_internal.plan_step[];
    made text[];
BEGIN
    -- The nearest table above that has policies of ours, or this one.
    WITH RECURSIVE above(relid, n) AS (
        SELECT rel::oid, 0 UNION SELECT i.inhparent, n + 1 FROM above JOIN pg_inherits i ON i.inhrelid = above.relid)
    SELECT a.relid INTO root FROM above a WHERE EXISTS (SELECT FROM pg_policy WHERE polrelid = a.relid
        AND polname IN ('primecloud_floor', 'primecloud_shared')) ORDER BY n LIMIT 1;
    IF root IS NULL THEN
        RETURN;
    END IF;
    key := primecloud.tenant_column(root);
    FOR part IN SELECT c.* FROM primecloud_internal.table_tree(root) AS t JOIN pg_class c ON c.oid = t.relid WHERE t.level > 0
        AND t.kind IN ('r', 'p') ORDER BY t.level, t.relid LOOP
        steps := '{}';
        made := '{}';
        CONTINUE WHEN EXISTS (SELECT FROM pg_policy WHERE polrelid = part.oid AND polname IN ('primecloud_floor', 'primecloud_shared'));
        FOR policy IN SELECT polname, polpermissive, polcmd, pg_get_expr(polqual, polrelid) AS qual, pg_get_expr(polwithcheck, polrelid)
            AS with_check
                      FROM pg_policy WHERE polrelid = root AND starts_with(polname, 'primecloud_')
                        AND NOT EXISTS (SELECT FROM pg_policy there WHERE there.polrelid = part.oid AND there.polname = pg_policy.polname)
                            LOOP
            steps := steps || primecloud_internal.step('policy', part.oid::regclass::text,
                format('CREATE POLICY %I ON %s AS %s FOR %s TO PUBLIC%s%s', policy.polname, part.oid::regclass,
                CASE WHEN policy.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
                CASE policy.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL'
                    END,
                coalesce(' USING (' || policy.qual || ')', ''), coalesce(' WITH CHECK (' || policy.with_check || ')', '')));
        END LOOP;
        IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = part.oid AND attname = key AND NOT atthasdef) THEN
            made := made || 'default'::text;
            steps := steps || primecloud_internal.step('default', part.oid::regclass::text,
                format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s()', part.oid::regclass, key,
                    primecloud_internal.tenant_function(part.oid, key)));
        END IF;
        PERFORM primecloud_internal.run_plan(steps || primecloud_internal.step('row security', part.oid::regclass::text,
            format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part.oid::regclass))
            || primecloud_internal.note_protection(part.oid, jsonb_build_object('made', to_jsonb(made),
                'row security', CASE WHEN part.relforcerowsecurity AND part.relrowsecurity THEN 'forced' WHEN part.relrowsecurity THEN 'on'
                    ELSE 'off' END),
                CASE WHEN key IS NULL THEN 'primecloud_shared' ELSE 'primecloud_floor' END), false);
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.protect_partitions(regclass)
    IS 'gives partitions the policies of the protected table above them; called by the guard';

CREATE EVENT TRIGGER primecloud_guard_changes ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE', 'ALTER POLICY',
    'GRANT', 'CREATE SCHEMA')
    EXECUTE FUNCTION primecloud_internal.guard_changes();
COMMENT ON EVENT TRIGGER primecloud_guard_changes IS 'keeps protection on tables, and protects new partitions';
CREATE EVENT TRIGGER primecloud_guard_drops ON sql_drop EXECUTE FUNCTION primecloud_internal.guard_drops();
COMMENT ON EVENT TRIGGER primecloud_guard_drops IS 'keeps the policies of protected tables';
