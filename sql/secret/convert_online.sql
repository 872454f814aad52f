-- The script itself: the second column, its rows in batches, and the switch.

-- The rows of one table in batches, each committed, as often as many were written meanwhile.
CREATE FUNCTION primecloud_internal.convert_step(leaf regclass, source name, target name, tenant_column name, id_column name, label text,
    unopened text) RETURNS primecloud_internal.plan_step
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $convert_step$
    SELECT primecloud_internal.step('fill', leaf::text, 'DO ' || primecloud_internal.dollar_quoted(format($do$
DECLARE
    pages bigint;
    missed bigint;
BEGIN
    FOR pass IN 1..5 LOOP
        missed := 0;
        pages := pg_catalog.pg_relation_size(%1$L) / pg_catalog.current_setting('block_size')::bigint;
        FOR page IN 0..pages BY 1000 LOOP
            missed := missed + (SELECT c.lacking FROM primecloud_internal.fill_rows(%1$L, %2$L, %3$L, %4$L, %5$L, %6$L, page, page + 1000,
                %7$L) AS c);
            COMMIT;
        END LOOP;
        EXIT WHEN missed < 1000;
    END LOOP;
END $do$, leaf, source, target, tenant_column, id_column, label, unopened), 'fill'));
$convert_step$;
COMMENT ON FUNCTION primecloud_internal.convert_step(regclass, name, name, name, name, text, text)
    IS 'the step that fills a column from another in one table';

-- `first` registers the second column as soon as it is there; `within` is done in the switch before the first column goes, `last`
-- after the second has its name.
CREATE FUNCTION primecloud_internal.online_conversion(rel regclass, col name, type text, registered sealed_column, unopened text,
    first primecloud_internal.plan_step[], within primecloud_internal.plan_step[], last primecloud_internal.plan_step[])
    RETURNS primecloud_internal.plan_step[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    way CONSTANT record := primecloud_internal.conversion(rel, col);
    attribute CONSTANT pg_attribute := (SELECT a FROM pg_attribute a WHERE attrelid = rel AND attname = col);
    known CONSTANT name := format('primecloud_known_%s', attribute.attnum);
    steps primecloud_internal.plan_step[] := '{}';
BEGIN
    PERFORM primecloud_internal.check_last_trigger(rel, way.trigger_name);
    IF NOT way.begun THEN
        IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = rel AND attname = way.target AND NOT attisdropped) THEN
            RAISE duplicate_column USING MESSAGE = format('table %s has a column "%s" already', rel, way.target),
                HINT = 'Rename it: this is the name of the column that the script makes.';
        END IF;
        steps := primecloud_internal.in_one_transaction(ARRAY[
            primecloud_internal.step('column', rel::text, format('ALTER TABLE %s ADD COLUMN %I %s', rel, way.target, type)),
            primecloud_internal.step('row trigger', rel::text,
                format('CREATE TRIGGER %I BEFORE INSERT OR UPDATE ON %s FOR EACH ROW '
                'EXECUTE FUNCTION primecloud.empty_when_changed(%L, %L, %L, %L)', way.trigger_name, rel, way.target, col,
                registered.tenant_column, registered.id_column)),
            primecloud_internal.step('row trigger', rel::text, format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', rel, way.trigger_name))]
            || first);
    END IF;
    steps := steps || ARRAY(SELECT primecloud_internal.convert_step(t.relid, col, way.target, registered.tenant_column,
        registered.id_column,
            registered.label, unopened)
        FROM primecloud_internal.table_tree(rel) AS t WHERE t.kind = 'r' ORDER BY t.level, t.relid);
    RETURN steps || primecloud_internal.in_one_transaction(ARRAY[
            primecloud_internal.step('lock', rel::text, format('LOCK TABLE %s IN EXCLUSIVE MODE', rel)),
            primecloud_internal.step('fill', rel::text, format('SELECT primecloud_internal.finish_rows(%L, %L, %L, %L, %L, %L, %L)',
                rel, col,
                way.target, registered.tenant_column, registered.id_column, registered.label, unopened)),
            primecloud_internal.step('lock', rel::text, format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', rel)),
            primecloud_internal.step('drop trigger', rel::text, format('DROP TRIGGER %I ON %s', way.trigger_name, rel))]
        || within || ARRAY[
            primecloud_internal.step('drop column', rel::text, format('ALTER TABLE %s DROP COLUMN %I', rel, col)),
            primecloud_internal.step('rename', rel::text, format('ALTER TABLE %s RENAME COLUMN %I TO %I', rel, way.target, col)),
            CASE WHEN attribute.attnotnull THEN primecloud_internal.step('check', rel::text,
                format('ALTER TABLE %s ADD CONSTRAINT %I CHECK (%I IS NOT NULL) NOT VALID', rel, known, col)) END]
        || ARRAY(SELECT s FROM primecloud_internal.column_belongings(rel, col) AS s) || last)
        || primecloud_internal.known_not_null(rel, col, CASE WHEN attribute.attnotnull THEN known END);
END $$;
COMMENT ON FUNCTION primecloud_internal.online_conversion(regclass, name, text, sealed_column, text, primecloud_internal.plan_step[],
    primecloud_internal.plan_step[], primecloud_internal.plan_step[])
    IS 'the steps of a script that puts a column that is filled from another in its place';
