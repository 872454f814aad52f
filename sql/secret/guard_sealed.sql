-- Rows whose secrets would not open in them are refused, where the owner asks for it: an id or a tenant that changes behind an
-- envelope, an envelope that was copied from another row.  One trigger serves all sealed columns of a table, also those that are
-- sealed later; it names no column, so that columns are renamed, retyped and dropped as before.

CREATE FUNCTION refuse_misplaced() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_refuse_misplaced';
COMMENT ON FUNCTION refuse_misplaced()
    IS 'constraint trigger of guard_sealed(): refuses a row whose sealed values would not open in it';

CREATE FUNCTION primecloud_internal.is_guarded(rel regclass) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = rel AND t.tgfoid = 'primecloud.refuse_misplaced()'::regprocedure) $$;
COMMENT ON FUNCTION primecloud_internal.is_guarded(regclass) IS 'whether rows are refused whose secrets would not open in them';

CREATE FUNCTION primecloud_internal.guard_problem(rel regclass) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN NOT EXISTS (SELECT FROM primecloud_internal.names_of(rel) AS n JOIN primecloud.sealed_column s
            ON s.schema_name = n.schema_name AND s.table_name = n.table_name) THEN 'no column of its table is registered as sealed'
        ELSE (SELECT format('its trigger on %s is disabled', p.relid) FROM primecloud_internal.table_tree(rel) AS p
            JOIN pg_trigger t ON t.tgrelid = p.relid
            WHERE t.tgfoid = 'primecloud.refuse_misplaced()'::regprocedure AND t.tgenabled IN ('D', 'R') ORDER BY p.level, p.relid LIMIT 1)
        END
$$;
COMMENT ON FUNCTION primecloud_internal.guard_problem(regclass) IS 'what keeps the trigger of guard_sealed() from refusing rows, in words';

-- `leaving`: a column that is sealed no longer; the trigger goes with the last.
CREATE FUNCTION primecloud_internal.unguard_steps(rel regclass, leaving name) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT primecloud_internal.step('drop trigger', rel::text, format('DROP TRIGGER %I ON %s', t.tgname, rel))
    FROM pg_trigger t WHERE t.tgrelid = rel AND t.tgfoid = 'primecloud.refuse_misplaced()'::regprocedure AND t.tgparentid = 0
        AND (leaving IS NULL OR NOT EXISTS (SELECT FROM primecloud_internal.names_of(rel) AS n JOIN primecloud.sealed_column s
            ON s.schema_name = n.schema_name AND s.table_name = n.table_name WHERE s.column_name <> leaving))
    ORDER BY t.tgname;
$$;
COMMENT ON FUNCTION primecloud_internal.unguard_steps(regclass, name)
    IS 'the steps that drop the trigger of guard_sealed(): in any case, or if a column that is unsealed is the last';

CREATE FUNCTION guard_sealed(rel regclass, dry_run boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    class CONSTANT pg_class := (SELECT c FROM pg_class c WHERE oid = rel);
    steps primecloud_internal.plan_step[];
BEGIN
    PERFORM primecloud_internal.check_owner(rel);
    IF class.relkind NOT IN ('r', 'p') OR class.relispartition THEN
        RAISE wrong_object_type USING MESSAGE = format(CASE WHEN class.relispartition THEN '%s is a partition' ELSE '%s is not a table' END,
            rel), HINT = 'Guard the table whose columns are sealed.';
    END IF;
    PERFORM primecloud_internal.check_one_hand(rel);
    PERFORM primecloud_internal.check_not_distributed(rel);
    IF NOT EXISTS (SELECT FROM primecloud_internal.names_of(rel) AS n JOIN primecloud.sealed_column s
                   ON s.schema_name = n.schema_name AND s.table_name = n.table_name) THEN
        RAISE undefined_object USING MESSAGE = format('no column of %s is registered as sealed', rel),
            HINT = 'Call primecloud.seal_column() first.';
    END IF;
    IF primecloud_internal.is_guarded(rel) THEN
        steps := ARRAY(SELECT primecloud_internal.step('row trigger', rel::text, format('ALTER TABLE %s ENABLE TRIGGER %I',
                t.tgrelid::regclass, t.tgname))
            FROM primecloud_internal.table_tree(rel) AS p JOIN pg_trigger t ON t.tgrelid = p.relid
            WHERE t.tgfoid = 'primecloud.refuse_misplaced()'::regprocedure AND t.tgenabled IN ('D', 'R') ORDER BY p.level, p.relid);
    ELSE
        steps := ARRAY[primecloud_internal.step('row trigger', rel::text, format('CREATE CONSTRAINT TRIGGER primecloud_sealed AFTER '
                'INSERT OR UPDATE ON %s DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION primecloud.refuse_misplaced()', rel)),
            primecloud_internal.step('remark', rel::text, format('-- rows that are in %s already are not looked at: '
                'primecloud.why_closed() tells of those whose secrets do not open', rel))];
    END IF;
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(steps, dry_run);
END $$;
COMMENT ON FUNCTION guard_sealed(regclass, boolean) IS
    'has a table refuse rows whose secrets would not open in them, since id, tenant or envelope is another row''s; tells the statements';

CREATE FUNCTION unguard_sealed(rel regclass, dry_run boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM primecloud_internal.check_owner(rel);
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(ARRAY(SELECT s FROM primecloud_internal.unguard_steps(rel, NULL) AS s),
        dry_run);
END $$;
COMMENT ON FUNCTION unguard_sealed(regclass, boolean) IS 'takes back what guard_sealed() made; tells the statements';
