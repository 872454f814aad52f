-- copy_target: COPY into a protected table.  COPY FROM refuses tables with row-level
-- security; a view whose trigger inserts takes it, and every row meets the policies.

CREATE FUNCTION primecloud_internal.copy_target_name(rel regclass) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT format('%I.%I', primecloud_internal.schema_of(rel), (left(relname, 50) || '_copy')::name) FROM pg_class WHERE oid = rel $$;
COMMENT ON FUNCTION primecloud_internal.copy_target_name(regclass) IS 'the name of the view that copy_target() makes';

-- (Made known to nodes that have none of it, its view and its function keep Citus from distributing their table.)
CREATE FUNCTION primecloud_internal.copy_target_steps(tables regclass[], back boolean) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    made record;
BEGIN
    FOR made IN SELECT t AS rel, g.tgrelid::regclass AS view FROM unnest(tables) WITH ORDINALITY AS u(t, n)
        JOIN pg_trigger g ON g.tgrelid = to_regclass(primecloud_internal.copy_target_name(t)) AND g.tgname = 'primecloud_copy' ORDER BY n
    LOOP
        RETURN NEXT primecloud_internal.step('spread', made.rel::text, format('SELECT count(*) FROM primecloud.%I(%L)',
            CASE WHEN back THEN 'copy_target' ELSE 'drop_copy_target' END, made.rel));
        RETURN QUERY SELECT * FROM primecloud_internal.view_steps(ARRAY[made.view]) AS s WHERE back AND s.kind = 'view grant';
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.copy_target_steps(regclass[], boolean)
    IS 'the steps that take off what copy_target() made of some tables, or give it back with what was granted on it';

-- (Where Citus is, COPY comes to the coordinator, and other servers have no such view: Citus knows no defaults of one.)
CREATE FUNCTION copy_target(rel regclass, dry_run boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off SET citus.enable_ddl_propagation = off
AS $$
DECLARE
    space name := (SELECT nspname FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid WHERE c.oid = rel);
    target name := left((SELECT relname FROM pg_class WHERE oid = rel), 50) || '_copy';
    columns text;
    values text;
    defaults primecloud_internal.plan_step[];
    tag text := '$copy$';
BEGIN
    PERFORM primecloud_internal.check_protected(rel);
    IF (to_regclass(primecloud_internal.copy_target_name(rel)) IS NOT NULL
        OR to_regprocedure(primecloud_internal.copy_target_name(rel) || '()') IS NOT NULL)
       AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'primecloud_copy'
           AND tgrelid = to_regclass(primecloud_internal.copy_target_name(rel))) THEN
        RAISE duplicate_table USING MESSAGE = format('%s exists already', primecloud_internal.copy_target_name(rel)),
            HINT = 'Rename it: this is the name of the view to make.';
    END IF;
    -- Columns that the table fills by itself are none of the view's.
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum), string_agg('NEW.' || quote_ident(attname), ', ' ORDER BY attnum)
    INTO columns, values FROM pg_attribute WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
        AND attidentity <> 'a';
    -- What COPY leaves out takes the table's default, which is read again: a literal of a domain runs its check.  So the view is its
    -- table's owner's.
    SELECT array_agg(primecloud_internal.step('view default', format('%I.%I', space, target),
        format('ALTER VIEW %I.%I ALTER COLUMN %I SET DEFAULT %s', space, target, attname, value)) ORDER BY attnum) INTO defaults
    FROM (SELECT a.attnum, a.attname,
        CASE a.attidentity WHEN 'd'
        THEN format('nextval(%L::regclass)', pg_get_serial_sequence(format('%I.%I', space, c.relname), a.attname))
                 ELSE pg_get_expr(d.adbin, d.adrelid) END AS value
          FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
          WHERE a.attrelid = rel AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity <> 'a') AS u
    WHERE value IS NOT NULL;
    WHILE strpos(columns || space || rel::text, tag) > 0 LOOP
        tag := '$copy' || length(tag) || '$';
    END LOOP;
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(ARRAY[
        primecloud_internal.step('view', target,
            format('CREATE OR REPLACE VIEW %I.%I WITH (security_invoker = true, security_barrier = true) AS SELECT %s FROM %s', space,
            target, columns, rel)),
        primecloud_internal.step('view owner', target, (SELECT format('ALTER VIEW %I.%I OWNER TO %s', space, target, c.relowner::regrole)
            FROM pg_class c JOIN pg_roles r ON r.rolname = current_user WHERE c.oid = rel AND c.relowner <> r.oid))]
        || coalesce(defaults, '{}') || ARRAY[
        primecloud_internal.step('function', target,
            format('CREATE OR REPLACE FUNCTION %I.%I() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS %s BEGIN '
            'INSERT INTO %I.%I (%s) VALUES (%s); RETURN NEW; END %s',
            space, target, tag, space, (SELECT relname FROM pg_class WHERE oid = rel), columns, values, tag)),
        -- (Or he could not drop it, nor distribute the table.)
        primecloud_internal.step('function owner', target, (SELECT format('ALTER FUNCTION %I.%I() OWNER TO %s', space, target,
            c.relowner::regrole) FROM pg_class c JOIN pg_roles r ON r.rolname = current_user WHERE c.oid = rel AND c.relowner <> r.oid)),
        primecloud_internal.step('trigger', target,
            format('CREATE OR REPLACE TRIGGER primecloud_copy INSTEAD OF INSERT ON %I.%I FOR EACH ROW EXECUTE FUNCTION %I.%I()', space,
            target, space, target)),
        primecloud_internal.step('remember', target, format('COMMENT ON VIEW %I.%I IS %L', space, target,
            format('COPY into this view to load %s, whose policies hold', rel)))], dry_run);
END $$;
COMMENT ON FUNCTION copy_target(regclass, boolean)
    IS 'makes a view beside a protected table that COPY can load, row by row through the policies; grant INSERT on it';

CREATE FUNCTION drop_copy_target(rel regclass, dry_run boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
DECLARE
    target text := primecloud_internal.copy_target_name(rel);
BEGIN
    PERFORM primecloud_internal.check_owner(rel);
    IF EXISTS (SELECT FROM pg_trigger WHERE tgname = 'primecloud_copy' AND tgrelid = to_regclass(target)) THEN
        PERFORM primecloud_internal.check_owner(to_regclass(target));
        RETURN QUERY SELECT * FROM primecloud_internal.run_plan(ARRAY[
            primecloud_internal.step('drop view', target, format('DROP VIEW %s', target)),
                primecloud_internal.step('drop function', target, format('DROP FUNCTION %s()', target))], dry_run);
    END IF;
END $$;
COMMENT ON FUNCTION drop_copy_target(regclass, boolean) IS 'undoes copy_target()';
