-- seal_column: plaintext becomes envelopes, in place, or on a large live table in a second column that takes the place of the first.

CREATE FUNCTION primecloud_internal.register_steps(rel regclass, col name, label text, id_column name, tenant_column name, plain jsonb,
    maintenance_role name) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN NEXT primecloud_internal.step('register', rel::text,
        format('SELECT primecloud_internal.register_sealed_column(%L, %L, %L, %L, %L)', rel, col, label, id_column, tenant_column));
    IF plain IS NOT NULL THEN
        RETURN NEXT primecloud_internal.step('remember', rel::text,
            format('SELECT primecloud_internal.remember_plain(%L, %L, %L)', rel, col, plain));
    END IF;
    IF maintenance_role IS NOT NULL THEN
        RETURN NEXT primecloud_internal.step('grant', rel::text, format('SELECT primecloud.allow_reseal(%L, %L, %L)', rel, col,
            maintenance_role));
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.register_steps(regclass, name, text, name, name, jsonb, name)
    IS 'the steps that register a sealed column, and what it was before';

CREATE FUNCTION primecloud_internal.sealing_remark(rel regclass, online boolean) RETURNS primecloud_internal.plan_step
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT primecloud_internal.step('remark', rel::text, CASE WHEN online
        THEN format('-- plaintext remains in the rows of %s until they are written anew (VACUUM FULL, CLUSTER), ', rel) ELSE '-- plaintext '
            'remains ' END || 'in WAL and archives until they are recycled, in older backups, and in free space of the disk: change the '
                'secrets themselves where that matters');
$$;
COMMENT ON FUNCTION primecloud_internal.sealing_remark(regclass, boolean) IS 'where plaintext remains after a column was sealed';

-- (Descriptions and expressions of the server's are compared: no setting quotes them otherwise.)
CREATE FUNCTION seal_column(rel regclass, col name, label text, id_column name DEFAULT 'id', tenant_column name DEFAULT 'account_id',
    dry_run boolean DEFAULT false, maintenance_role name DEFAULT NULL, online boolean DEFAULT false)
    RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
DECLARE
    class pg_class := (SELECT c FROM pg_class c WHERE oid = rel);
    attribute pg_attribute := (SELECT a FROM pg_attribute a WHERE attrelid = rel AND attname = col AND attnum > 0 AND NOT attisdropped);
    obstacles text := (SELECT string_agg(o, ', ') FROM primecloud_internal.sealed_column_obstacles(rel, col) AS o);
    steps primecloud_internal.plan_step[] := '{}';
    -- Read by nobody but the script: what the second column is bound to.
    bound primecloud.sealed_column := ROW(NULL, NULL, NULL, label, tenant_column, id_column, NULL, NULL, NULL);
    way CONSTANT record := primecloud_internal.conversion(rel, col);
BEGIN
    IF class.relkind NOT IN ('r', 'p') THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is not a table', rel), HINT = 'Seal the column of the table below it.';
    END IF;
    IF class.relpersistence = 't' THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is a temporary table', rel), HINT = 'Seal single values with primecloud.seal().';
    END IF;
    IF class.relispartition THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is a partition', rel), HINT = 'Seal the column of the partitioned table.';
    END IF;
    IF EXISTS (SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhparent WHERE c.relkind = 'r' AND rel IN (i.inhrelid, i.inhparent))
        THEN
        RAISE feature_not_supported USING MESSAGE = format('%s inherits, or is inherited from', rel),
            HINT = 'No index keeps ids unique across such tables: partition it instead.';
    END IF;
    PERFORM primecloud_internal.check_owner(rel);
    PERFORM primecloud_internal.check_one_hand(rel);
    PERFORM primecloud_internal.check_not_distributed(rel);
    IF attribute IS NULL THEN
        RAISE undefined_column USING MESSAGE = format('table %s has no column "%s"', rel, col),
            HINT = 'Name the column that holds the secrets.';
    END IF;
    IF col IN (id_column, tenant_column) THEN
        RAISE invalid_parameter_value USING MESSAGE = format('column "%s" cannot be bound to itself', col),
            HINT = 'Name the row''s id in id_column and its tenant in tenant_column.';
    END IF;
    PERFORM primecloud_internal.check_sealed_row(rel, id_column, tenant_column);
    IF coalesce(octet_length(label), 0) NOT BETWEEN 1 AND 128 THEN
        RAISE invalid_parameter_value USING MESSAGE = format('the label has %s bytes', coalesce(octet_length(label), 0)),
            HINT = 'Take a name of 1 to 128 bytes for what the column holds, and never change it.';
    END IF;
    IF primecloud_internal.sealed_carrier(rel, ARRAY[id_column, tenant_column]) IS NOT NULL THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('foreign key "%s" of %s would change the row''s id or tenant, to '
            'which its envelopes are bound', primecloud_internal.sealed_carrier(rel, ARRAY[id_column, tenant_column]), rel),
            HINT = 'Make it ON UPDATE NO ACTION, and ON DELETE NO ACTION or CASCADE.';
    END IF;
    PERFORM primecloud_internal.check_text_of_column(rel, attribute);
    IF attribute.atttypid = 'primecloud.sealed'::regtype THEN
        steps := array_remove(ARRAY[primecloud_internal.step('remark', rel::text, primecloud_internal.check_label(rel, col, label,
            id_column, tenant_column))], primecloud_internal.step('remark', rel::text, NULL));
    ELSE
        IF attribute.attgenerated <> '' OR attribute.attidentity <> '' THEN
            RAISE feature_not_supported USING MESSAGE = format('column "%s" of %s is generated', col, rel),
                HINT = 'Seal the column that it is made from, or make it an ordinary one.';
        END IF;
        IF obstacles IS NOT NULL THEN
            RAISE dependent_objects_still_exist USING MESSAGE = format('column "%s" of %s cannot be sealed: %s', col, rel, obstacles),
                HINT = CASE WHEN EXISTS (SELECT FROM primecloud_internal.sealed_column_obstacles(rel, col) AS o
                        WHERE o = 'view ' || primecloud_internal.copy_target_name(rel))
                    THEN format('SELECT primecloud.drop_copy_target(%L) first, and copy_target() again once the column is sealed.', rel)
                    ELSE 'Drop what depends on the plaintext first; it could not work on an envelope. What is another role''s, that role '
                        'or a superuser drops.' END;
        END IF;
        IF online THEN
            RETURN QUERY SELECT * FROM primecloud_internal.run_plan(primecloud_internal.script_around(
                primecloud_internal.online_conversion(rel, col, 'primecloud.sealed', bound, 'refuse',
                    ARRAY(SELECT s FROM primecloud_internal.register_steps(rel, way.target, label, id_column, tenant_column,
                        primecloud_internal.plain_column(rel, col), maintenance_role) AS s), '{}',
                    ARRAY[primecloud_internal.sealing_remark(rel, true)]), rel), dry_run, true);
            RETURN;
        END IF;
        steps := primecloud_internal.abandon_conversion(rel, col);
        IF attribute.atthasdef THEN
            steps := steps || primecloud_internal.step('drop default', rel::text, format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT', rel,
                col));
        END IF;
        -- A rewrite, not an UPDATE: no dead row keeps the plaintext in the new file.
        steps := steps || primecloud_internal.step('seal', rel::text, format(CASE WHEN attribute.atttypid = 'bytea'::regtype
                THEN 'ALTER TABLE %s ALTER COLUMN %I TYPE primecloud.sealed USING primecloud.seal_bytes(%2$I, %I::text, %L, %I::text)'
                ELSE 'ALTER TABLE %s ALTER COLUMN %I TYPE primecloud.sealed USING primecloud_internal.seal_or_keep(%2$I::text, %I::text, '
                    '%L, %I::text)' END, rel, col, tenant_column, label, id_column));
    END IF;
    IF online THEN
        -- It is sealed: what is left of a script, if anything.
        steps := primecloud_internal.abandon_conversion(rel, col) || primecloud_internal.known_not_null(rel, col);
        IF (SELECT s FROM primecloud_internal.names_of(rel) AS n JOIN primecloud.sealed_column s ON s.schema_name = n.schema_name
            AND s.table_name = n.table_name AND s.column_name = col AND s.label = seal_column.label) IS NULL THEN
            steps := steps || ARRAY(SELECT s FROM primecloud_internal.register_steps(rel, col, label, id_column, tenant_column, NULL,
                maintenance_role) AS s);
        END IF;
        RETURN QUERY SELECT * FROM primecloud_internal.run_plan(primecloud_internal.script_around(steps, rel), dry_run, true);
        RETURN;
    END IF;
    IF attribute.atttypid = 'primecloud.sealed'::regtype THEN
        steps := steps || primecloud_internal.abandon_conversion(rel, col);
    END IF;
    steps := steps || ARRAY(SELECT s FROM primecloud_internal.register_steps(rel, col, label, id_column, tenant_column,
        CASE WHEN attribute.atttypid <> 'primecloud.sealed'::regtype THEN primecloud_internal.plain_column(rel, col) END,
        maintenance_role) AS s);
    IF attribute.atttypid <> 'primecloud.sealed'::regtype THEN
        steps := steps || primecloud_internal.sealing_remark(rel, false);
    END IF;
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(steps, dry_run);
END $$;
COMMENT ON FUNCTION seal_column(regclass, name, text, name, name, boolean, name, boolean) IS
    'seals a column of plaintext in place and registers it; returns the statements it ran and what plaintext remains where; online: a psql '
        'script for a large live table';
