-- The script by which a column of a large live table changes into a sealed one or back: a second column beside it, a
-- trigger, the rows in batches, and a switch that takes a moment.  Which of these is done is seen from the table.

-- The second column of one, by the number of the first; and the trigger that tells it from a column of that name that is the
-- application's.  No trigger of a row may come after it: what it changed would not be seen.
CREATE FUNCTION primecloud_internal.conversion(rel regclass, col name, OUT target name, OUT trigger_name name, OUT begun boolean)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT n.target, format('~%s', n.target)::name,
        EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = rel AND t.tgname = format('~%s', n.target)::name
        AND t.tgfoid = 'primecloud.empty_when_changed()'::regprocedure)
    FROM pg_attribute a CROSS JOIN LATERAL (SELECT format('primecloud_%s', a.attnum)::name) AS n(target)
    WHERE a.attrelid = rel AND a.attname = col AND a.attnum > 0 AND NOT a.attisdropped;
$$;
COMMENT ON FUNCTION primecloud_internal.conversion(regclass, name)
    IS 'the second column and the trigger of a script that seals or unseals a column, and whether one is under way';

-- Takes back what a script has begun: a column that is filled by nothing but it.
CREATE FUNCTION primecloud_internal.abandon_conversion(rel regclass, col name) RETURNS primecloud_internal.plan_step[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    way CONSTANT record := primecloud_internal.conversion(rel, col);
    label CONSTANT text := (SELECT s.label FROM primecloud_internal.names_of(rel) AS n JOIN primecloud.sealed_column s
        ON s.schema_name = n.schema_name AND s.table_name = n.table_name AND s.column_name = way.target);
BEGIN
    IF way.begun IS NOT TRUE THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(SELECT s FROM (VALUES
        (1, primecloud_internal.step('drop trigger', rel::text, format('DROP TRIGGER %I ON %s', way.trigger_name, rel))),
        (2, CASE WHEN label IS NOT NULL THEN primecloud_internal.step('unregister', rel::text,
            format('SELECT primecloud.unregister_sealed_column(%L, %L)', rel, way.target)) END),
        -- It was never anything else's: nothing was sealed under it but what goes here.
        (3, CASE WHEN label IS NOT NULL THEN primecloud_internal.step('unregister', rel::text,
            format('SELECT primecloud.forget_label(%L)', label)) END),
        (4, primecloud_internal.step('drop column', rel::text, format('ALTER TABLE %s DROP COLUMN %I', rel, way.target)))) AS v(n, s)
        WHERE s IS NOT NULL ORDER BY n);
END $$;
COMMENT ON FUNCTION primecloud_internal.abandon_conversion(regclass, name)
    IS 'the steps that take back what a script that seals or unseals a column has begun';

-- What stands on the first column goes with it, and is made anew on the second: comment, rights, default.
CREATE FUNCTION primecloud_internal.column_belongings(rel regclass, col name) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT primecloud_internal.step('remember', rel::text, format('COMMENT ON COLUMN %s.%I IS %L', rel, col,
        col_description(a.attrelid, a.attnum)))
    FROM pg_attribute a WHERE a.attrelid = rel AND a.attname = col AND col_description(a.attrelid, a.attnum) IS NOT NULL
    UNION ALL
    SELECT primecloud_internal.step('grant', rel::text, format('GRANT %s (%I) ON TABLE %s TO %s%s', e.privilege_type, col, rel,
        CASE e.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(e.grantee)) END,
        CASE WHEN e.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END))
    FROM pg_attribute a, aclexplode(a.attacl) AS e WHERE a.attrelid = rel AND a.attname = col;
$$;
COMMENT ON FUNCTION primecloud_internal.column_belongings(regclass, name)
    IS 'the steps that give a column that takes the place of another its comment and its rights';

-- What a check of rows that are there takes long for is done after the switch; whatever is left of it is found by its name.
CREATE FUNCTION primecloud_internal.known_not_null(rel regclass, col name, constraint_name name DEFAULT NULL)
    RETURNS primecloud_internal.plan_step[]
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(array_agg(s ORDER BY n), '{}') FROM (
        SELECT constraint_name UNION
        SELECT k.conname FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = rel AND a.attname = col AND k.conkey = ARRAY[a.attnum]
        WHERE k.conrelid = rel AND k.contype = 'c' AND starts_with(k.conname, 'primecloud_known_')) AS c(name)
    CROSS JOIN LATERAL (VALUES
        (1, primecloud_internal.step('validate', rel::text, format('ALTER TABLE %s VALIDATE CONSTRAINT %I', rel, c.name))),
        (2, primecloud_internal.step('not null', rel::text, format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL', rel, col))),
        (3, primecloud_internal.step('drop check', rel::text, format('ALTER TABLE %s DROP CONSTRAINT %I', rel, c.name)))) AS v(n, s)
    WHERE c.name IS NOT NULL;
$$;
COMMENT ON FUNCTION primecloud_internal.known_not_null(regclass, name, name)
    IS 'the steps that make a column NOT NULL that took the place of one';

CREATE FUNCTION primecloud_internal.check_last_trigger(rel regclass, trigger_name name) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    later CONSTANT name := (SELECT t.tgname FROM primecloud_internal.table_tree(rel) AS r JOIN pg_trigger t ON t.tgrelid = r.relid
        WHERE NOT t.tgisinternal AND t.tgtype & 3 = 3 AND t.tgtype & 20 > 0 AND t.tgname > trigger_name ORDER BY t.tgname LIMIT 1);
BEGIN
    IF later IS NOT NULL THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('trigger "%s" of %s would run after the one that notices changes', later, rel),
            HINT = 'Triggers run in the order of their names: rename it, or convert the column at once.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_last_trigger(regclass, name)
    IS 'raises where a trigger could change a row after empty_when_changed() has seen it';
