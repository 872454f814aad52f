-- unseal_column: envelopes become plaintext again, in place or on a large live table in a second column.

-- By the reason, over the whole of the table.
CREATE FUNCTION primecloud_internal.unopened_rows(rel regclass, registered sealed_column) RETURNS text
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT string_agg(format('%s %s (%s)', c.row_count, c.code, CASE c.code WHEN 'PC003' THEN 'the key is missing'
        WHEN 'PC004' THEN 'the key was destroyed or retired' WHEN 'PC005' THEN 'moved from another row, or altered'
        WHEN 'PC006' THEN 'damaged' ELSE 'the row has no id or tenant' END), ', ' ORDER BY c.code)
    FROM (SELECT r.code, sum(r.row_count) AS row_count FROM primecloud_internal.table_tree(rel) AS t
        CROSS JOIN LATERAL primecloud_internal.closed_rows(t.relid, registered.column_name, registered.tenant_column, registered.id_column,
            registered.label) AS r WHERE t.kind = 'r' GROUP BY r.code) AS c;
$$;
COMMENT ON FUNCTION primecloud_internal.unopened_rows(regclass, sealed_column)
    IS 'how many secrets of a column cannot be opened, by the reason; NULL where all can';

-- (Descriptions and expressions of the server's are compared: no setting quotes them otherwise.)
CREATE FUNCTION unseal_column(rel regclass, col name, as_type regtype DEFAULT NULL, unopened text DEFAULT 'refuse',
    dry_run boolean DEFAULT false, online boolean DEFAULT false)
    RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
DECLARE
    attribute CONSTANT pg_attribute := (SELECT a FROM pg_attribute a WHERE attrelid = rel AND attname = col AND attnum > 0
        AND NOT attisdropped);
    -- (leave() drops the view of copy_target() before, and has not done so in a dry run.)
    obstacles text := (SELECT string_agg(o, ', ') FROM primecloud_internal.sealed_column_obstacles(rel, col) AS o
        WHERE NOT (dry_run AND o = 'view ' || primecloud_internal.copy_target_name(rel)));
    way CONSTANT record := primecloud_internal.conversion(rel, col);
    registered primecloud.sealed_column;
    target record;
    closed text;
    at_once regtype;
    steps primecloud_internal.plan_step[];
BEGIN
    PERFORM primecloud_internal.check_owner(rel);
    PERFORM primecloud_internal.check_one_hand(rel);
    PERFORM primecloud_internal.check_not_distributed(rel);
    IF attribute IS NULL THEN
        RAISE undefined_column USING MESSAGE = format('table %s has no column "%s"', rel, col), HINT = 'Name the sealed column.';
    END IF;
    IF attribute.atttypid <> 'primecloud.sealed'::regtype THEN
        -- Not sealed, or not yet: what a script has begun is taken back.
        steps := primecloud_internal.abandon_conversion(rel, col) || CASE WHEN online THEN primecloud_internal.known_not_null(rel, col)
            ELSE '{}' END;
        RETURN QUERY SELECT * FROM primecloud_internal.run_plan(CASE WHEN online THEN primecloud_internal.script_around(steps, rel)
            ELSE steps END, dry_run, online);
        RETURN;
    END IF;
    registered := primecloud.sealed_column_of(rel, col);
    IF obstacles IS NOT NULL THEN
        RAISE dependent_objects_still_exist USING MESSAGE = format('column "%s" of %s cannot be unsealed: %s', col, rel, obstacles),
            HINT = 'Drop what depends on the envelopes first, and make it anew for plaintext.';
    END IF;
    closed := primecloud_internal.unopened_rows(rel, registered);
    IF closed IS NOT NULL AND unopened = 'refuse' AND NOT dry_run THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('secrets in column "%s" of %s cannot be opened: %s', col, rel, closed),
            HINT = 'Pass unopened => ''null'' to lose them, or ''envelope'' to keep the text of their envelopes.';
    END IF;
    IF closed IS NOT NULL AND unopened = 'null' AND attribute.attnotnull AND NOT dry_run THEN
        RAISE not_null_violation USING MESSAGE = format('column "%s" of %s is NOT NULL, and secrets in it cannot be opened: %s', col, rel,
            closed), HINT = format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL, or pass unopened => ''envelope''.', rel, col);
    END IF;
    target := primecloud_internal.plain_target(rel, registered.plain, as_type);
    at_once := CASE WHEN primecloud_internal.is_server_type(target.type) AND target.collation_name IS NULL THEN target.type ELSE 'text' END;
    steps := CASE WHEN closed IS NULL THEN '{}' ELSE ARRAY[primecloud_internal.step('remark', rel::text,
        format('-- column "%s" of %s: what cannot be opened %s: %s', col, rel, CASE unopened WHEN 'null' THEN 'becomes NULL'
            WHEN 'envelope' THEN 'stays as the text of its envelope' ELSE 'is in the way' END, closed))] END
        || ARRAY(SELECT s FROM primecloud_internal.withdraw_reseal(rel, col) AS s)
        -- (A script's statements are not ours to the guard: there the next step does it.)
        || ARRAY(SELECT s FROM primecloud_internal.unguard_steps(rel, col) AS s WHERE NOT online)
        || primecloud_internal.step('unregister', rel::text, format('SELECT primecloud.unregister_sealed_column(%L, %L)', rel, col));
    IF online THEN
        steps := primecloud_internal.online_conversion(rel, col, format_type(target.type, target.typmod)
                || coalesce(' COLLATE ' || target.collation_name, ''), registered, unopened, '{}', steps,
            primecloud_internal.plain_steps(rel, col, target, true));
    ELSE
        steps := steps || primecloud_internal.abandon_conversion(rel, col)
            || primecloud_internal.step('unseal', rel::text,
                format('SELECT primecloud_internal.unseal_in_place(%L, %L, %L, %L, %L, %L, %s, '
                '%L)', rel, col, registered.tenant_column, registered.id_column, registered.label, at_once,
                CASE at_once WHEN target.type THEN target.typmod ELSE -1 END, unopened))
            || primecloud_internal.plain_steps(rel, col, target, at_once = target.type AND target.collation_name IS NULL);
    END IF;
    IF primecloud_internal.readers_of(rel, col) IS NOT NULL THEN
        steps := steps || primecloud_internal.step('remark', rel::text,
            format('-- column "%s" of %s is read in the clear from now on by %s',
            col, rel, primecloud_internal.readers_of(rel, col)));
    END IF;
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(CASE WHEN online THEN primecloud_internal.script_around(steps, rel)
        ELSE steps END, dry_run, online);
EXCEPTION WHEN invalid_text_representation OR numeric_value_out_of_range OR invalid_datetime_format OR datetime_field_overflow
    OR invalid_json_text OR untranslatable_character THEN
    PERFORM primecloud_internal.refuse_value(rel, col, coalesce(as_type::text, 'that it had'));
END $$;
COMMENT ON FUNCTION unseal_column(regclass, name, regtype, text, boolean, boolean) IS
    'makes a sealed column one of plaintext again, of the type it had, and ends its registration; unopened: refuse, null or envelope, for '
        'what no key opens; online: a psql script for a large live table';
