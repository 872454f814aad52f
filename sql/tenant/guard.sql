-- The guard: a migration tool that does not know of row-level security drops policies
-- and disables it without a word.  Event triggers stop that, and protect partitions
-- as they come.

-- The tenant column of a protected table, which its floor compares; NULL otherwise.
CREATE FUNCTION tenant_column(rel regclass) RETURNS name
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT a.attname FROM pg_policy p
    JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = p.polrelid AND d.refobjsubid > 0
    JOIN pg_attribute a ON a.attrelid = p.polrelid AND a.attnum = d.refobjsubid
    WHERE p.polrelid = rel AND p.polname = 'primecloud_floor' ORDER BY a.attnum LIMIT 1;
$$;
COMMENT ON FUNCTION tenant_column(regclass) IS 'the tenant column of a protected table; NULL for any other';

-- Constraints that carry the tenant column stand in the comment of the floor: dumped,
-- restored and renamed along with the table, and writable by its owner alone.
CREATE FUNCTION tenant_constraints(rel regclass) RETURNS name[]
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce((
        SELECT array_agg(j.name::name ORDER BY j.name)
        FROM pg_policy p, obj_description(p.oid, 'pg_policy') AS c(comment),
             json_array_elements_text(CASE WHEN c.comment LIKE 'tenant constraints: [%]' THEN substr(c.comment, 21)::json ELSE '[]' END) AS j(name)
        WHERE p.polrelid = rel AND p.polname = 'primecloud_floor'), '{}');
$$;
COMMENT ON FUNCTION tenant_constraints(regclass) IS 'the constraints that protect_fk() and protect_unique() made on a table';

CREATE FUNCTION guard_level() RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_guard_level';
COMMENT ON FUNCTION guard_level() IS 'primecloud.guard, also in a session that has not loaded the library yet';

CREATE FUNCTION weakenings(command pg_ddl_command, OUT action text, OUT name text) RETURNS SETOF record
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_weakenings';
COMMENT ON FUNCTION weakenings(pg_ddl_command) IS 'the parts of an ALTER TABLE that could take protection away; called by the guard';

-- Refuses, warns or lets pass.  What the extension's own functions do, they may.
CREATE FUNCTION guard_against(what text, stack text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF stack ~ 'function primecloud\.(?!guard_)' THEN
        RETURN;
    END IF;
    IF primecloud.guard_level() = 'warn' THEN
        RAISE WARNING '%', what USING HINT = 'primecloud.guard = warn let it pass.';
        RETURN;
    END IF;
    RAISE insufficient_privilege USING MESSAGE = what,
        HINT = 'Use primecloud.unprotect_table() if this is meant. A superuser may SET primecloud.guard = off.';
END $$;
COMMENT ON FUNCTION guard_against(text, text) IS 'what the guard does about a command that takes protection away';

CREATE FUNCTION guard_changes() RETURNS event_trigger
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    stack text;
    done record;
    part record;
    rel regclass;
BEGIN
    GET DIAGNOSTICS stack = PG_CONTEXT;
    FOR done IN SELECT c.classid, c.objid, c.command_tag, c.command FROM pg_event_trigger_ddl_commands() AS c
                WHERE c.classid IN ('pg_class'::regclass, 'pg_policy'::regclass) LOOP
        IF done.classid = 'pg_policy'::regclass THEN
            CONTINUE WHEN done.command_tag <> 'ALTER POLICY';
            PERFORM primecloud.guard_against(format('policy "%s" of protected table %s would be altered', polname, polrelid::regclass), stack)
            FROM pg_policy WHERE oid = done.objid AND primecloud.guard_level() <> 'off'
              AND (polname LIKE 'primecloud\_%' OR obj_description(oid, 'pg_policy') LIKE 'tenant constraints: [%]');
            CONTINUE;
        END IF;
        IF done.command_tag = 'ALTER TABLE' AND primecloud.guard_level() <> 'off' AND primecloud.tenant_column(done.objid) IS NOT NULL THEN
            rel := done.objid;
            FOR part IN SELECT w.action, w.name FROM primecloud.weakenings(done.command) AS w LOOP
                IF part.action = 'drop not null' THEN
                    CONTINUE WHEN part.name <> primecloud.tenant_column(rel);
                ELSIF part.action = 'drop constraint' THEN
                    CONTINUE WHEN NOT part.name::name = ANY (primecloud.tenant_constraints(rel));
                END IF;
                PERFORM primecloud.guard_against(format('protected table %s: %s', rel, concat_ws(' ', part.action, quote_ident(part.name))), stack);
            END LOOP;
        END IF;
        -- A partition is a table that can be read by its own name.
        IF done.command_tag IN ('CREATE TABLE', 'ALTER TABLE') AND EXISTS (SELECT FROM pg_class WHERE oid = done.objid AND (relispartition OR relkind = 'p'))
           AND stack !~ 'function primecloud\.protect_' THEN
            PERFORM primecloud.protect_partitions(done.objid);
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION guard_changes() IS 'event trigger: keeps protection on tables, and protects new partitions';

CREATE FUNCTION guard_drops() RETURNS event_trigger
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    stack text;
    dropped record;
BEGIN
    IF primecloud.guard_level() = 'off' THEN
        RETURN;
    END IF;
    GET DIAGNOSTICS stack = PG_CONTEXT;
    FOR dropped IN
        SELECT d.address_names, c.oid::regclass AS rel FROM pg_event_trigger_dropped_objects() AS d
        -- With the table itself its policies go too, and that is no weakening.
        JOIN pg_namespace n ON n.nspname = d.address_names[1]
        JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = d.address_names[2]
        WHERE d.object_type = 'policy' AND d.address_names[3] LIKE 'primecloud\_%'
    LOOP
        PERFORM primecloud.guard_against(format('policy "%s" of protected table %s would be dropped', dropped.address_names[3], dropped.rel), stack);
    END LOOP;
END $$;
COMMENT ON FUNCTION guard_drops() IS 'event trigger: keeps the policies of protected tables';

-- Gives every partition below a protected table what the table has.
CREATE FUNCTION protect_partitions(rel regclass) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    root regclass;
    part regclass;
    policy record;
    key name;
BEGIN
    -- The nearest protected table above, or this one.
    SELECT a.relid INTO root FROM pg_partition_ancestors(rel) WITH ORDINALITY AS a(relid, n)
    WHERE primecloud.tenant_column(a.relid) IS NOT NULL ORDER BY n DESC LIMIT 1;
    IF root IS NULL THEN
        RETURN;
    END IF;
    key := primecloud.tenant_column(root);
    FOR part IN SELECT t.relid FROM pg_partition_tree(root) AS t WHERE t.relid <> root ORDER BY t.level LOOP
        CONTINUE WHEN (SELECT relkind FROM pg_class WHERE oid = part) NOT IN ('r', 'p') OR primecloud.tenant_column(part) IS NOT NULL;
        FOR policy IN SELECT polname, polpermissive, polcmd, pg_get_expr(polqual, polrelid) AS qual, pg_get_expr(polwithcheck, polrelid) AS with_check
                      FROM pg_policy WHERE polrelid = root AND polname LIKE 'primecloud\_%'
                        AND NOT EXISTS (SELECT FROM pg_policy there WHERE there.polrelid = part AND there.polname = pg_policy.polname) LOOP
            EXECUTE format('CREATE POLICY %I ON %s AS %s FOR %s TO PUBLIC%s%s', policy.polname, part,
                CASE WHEN policy.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
                CASE policy.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
                ' USING (' || policy.qual || ')', ' WITH CHECK (' || policy.with_check || ')');
        END LOOP;
        IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = part AND attname = key AND NOT atthasdef) THEN
            EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s()', part, key, primecloud.tenant_function(part, key));
        END IF;
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part);
    END LOOP;
END $$;
COMMENT ON FUNCTION protect_partitions(regclass) IS 'gives partitions the policies of the protected table above them; called by the guard';

CREATE EVENT TRIGGER primecloud_guard_changes ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE', 'ALTER POLICY')
    EXECUTE FUNCTION primecloud.guard_changes();
COMMENT ON EVENT TRIGGER primecloud_guard_changes IS 'keeps protection on tables, and protects new partitions';
CREATE EVENT TRIGGER primecloud_guard_drops ON sql_drop EXECUTE FUNCTION primecloud.guard_drops();
COMMENT ON EVENT TRIGGER primecloud_guard_drops IS 'keeps the policies of protected tables';
