-- protect_child and protect_schema: from one table to all of them.

CREATE FUNCTION protect_child(rel regclass, parent regclass, tenant_column name DEFAULT 'account_id', dry_run boolean DEFAULT false)
    RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    key pg_constraint;
    type text := (SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = parent AND attname = tenant_column AND attnum > 0 AND NOT attisdropped);
    forced boolean := (SELECT relforcerowsecurity FROM pg_class WHERE oid = parent);
    statements text[];
    statement text;
BEGIN
    PERFORM primecloud.check_owner(rel);
    PERFORM primecloud.check_owner(parent);
    PERFORM primecloud.tenant_function(parent, tenant_column);
    SELECT c.* INTO key FROM pg_constraint c WHERE contype = 'f' AND conrelid = rel AND confrelid = parent ORDER BY conname LIMIT 1;
    IF NOT FOUND THEN
        RAISE undefined_object USING MESSAGE = format('table %s has no foreign key to %s', rel, parent), HINT = 'Name the table that the child''s foreign key points at.';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = rel AND attname = tenant_column AND NOT attisdropped) THEN
        statements := ARRAY[format('ALTER TABLE %s ADD COLUMN %I %s', rel, tenant_column, type)];
        -- Forced policies hold the owner too, and would hide the parent's rows from the backfill.
        IF forced THEN
            statements := statements || format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', parent);
        END IF;
        statements := statements || format('UPDATE %s AS child SET %I = parent.%I FROM %s AS parent WHERE %s', rel, tenant_column, tenant_column, parent,
            (SELECT string_agg(format('child.%I = parent.%I', c.attname, p.attname), ' AND ')
             FROM unnest(key.conkey, key.confkey) AS pair(child_column, parent_column)
             JOIN pg_attribute c ON c.attrelid = rel AND c.attnum = child_column
             JOIN pg_attribute p ON p.attrelid = parent AND p.attnum = parent_column));
        IF forced THEN
            statements := statements || format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', parent);
        END IF;
    END IF;
    FOREACH statement IN ARRAY coalesce(statements, '{}') LOOP
        IF NOT dry_run THEN
            EXECUTE statement;
        END IF;
        RETURN NEXT statement;
    END LOOP;
    IF dry_run AND statements IS NOT NULL THEN
        RETURN NEXT format('SELECT primecloud.protect_table(%L, %L)', rel, tenant_column);
        RETURN;
    END IF;
    RETURN QUERY SELECT * FROM primecloud.protect_table(rel, tenant_column, dry_run => dry_run);
END $$;
COMMENT ON FUNCTION protect_child(regclass, regclass, name, boolean) IS
    'gives a table that reaches its tenant by a foreign key a tenant column of its own, fills it from the parent, and protects it';

CREATE FUNCTION protect_schema(schema name, tenants regclass, tenant_column name DEFAULT 'account_id', tenants_key_column name DEFAULT 'id',
                               app_role name DEFAULT NULL, shared name[] DEFAULT '{}', keep_out name[] DEFAULT '{}', dry_run boolean DEFAULT false)
    RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    todo regclass[];
    reached regclass[] := '{}';
    child record;
    rel regclass;
    statement text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = schema) THEN
        RAISE invalid_schema_name USING MESSAGE = format('schema "%s" does not exist', schema);
    END IF;
    IF app_role IS NOT NULL AND NOT EXISTS (SELECT FROM pg_roles WHERE rolname = app_role) THEN
        RAISE undefined_object USING MESSAGE = format('role "%s" does not exist', app_role), HINT = 'Call primecloud.create_app_role() first.';
    END IF;
    SELECT array_agg(c.oid::regclass ORDER BY relname) INTO todo FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname = schema AND relkind IN ('r', 'p') AND NOT relispartition AND NOT relname = ANY (keep_out) AND primecloud.exemption_of(c.oid) IS NULL;

    -- The tenants themselves: each sees its own row, and its admins may change it.
    RETURN QUERY SELECT * FROM primecloud.protect_table(tenants, tenants_key_column, write_role => 'admin', delete_role => 'owner', dry_run => dry_run);
    reached := reached || tenants;

    FOR rel IN SELECT t FROM unnest(todo) AS t JOIN pg_attribute a ON a.attrelid = t
               WHERE a.attname = tenant_column AND a.attnum > 0 AND NOT attisdropped AND t <> tenants ORDER BY t::text LOOP
        RETURN QUERY SELECT * FROM primecloud.protect_table(rel, tenant_column, dry_run => dry_run);
        reached := reached || rel;
    END LOOP;

    -- Then what hangs from them by a foreign key, and what hangs from that.
    LOOP
        SELECT c.conrelid::regclass AS rel, c.confrelid::regclass AS parent INTO child FROM pg_constraint c
        WHERE contype = 'f' AND c.conrelid::regclass = ANY (todo) AND NOT c.conrelid::regclass = ANY (reached)
          AND c.confrelid::regclass = ANY (reached) AND c.confrelid::regclass <> tenants
          AND NOT (SELECT relname FROM pg_class WHERE oid = c.conrelid) = ANY (shared)
        ORDER BY conname LIMIT 1;
        EXIT WHEN NOT FOUND;
        RETURN QUERY SELECT * FROM primecloud.protect_child(child.rel, child.parent, tenant_column, dry_run);
        reached := reached || child.rel;
    END LOOP;

    FOR rel IN SELECT t FROM unnest(todo) AS t JOIN pg_class ON oid = t WHERE relname = ANY (shared) ORDER BY t::text LOOP
        RETURN QUERY SELECT * FROM primecloud.share_table(rel, dry_run);
    END LOOP;

    IF app_role IS NOT NULL THEN
        FOR statement IN
            SELECT format('GRANT USAGE ON SCHEMA %I TO %I', schema, app_role)
            UNION ALL SELECT format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', t, app_role) FROM unnest(reached) AS t
            UNION ALL SELECT format('GRANT SELECT ON %s TO %I', t, app_role) FROM unnest(todo) AS t JOIN pg_class ON oid = t WHERE relname = ANY (shared)
            UNION ALL SELECT format('GRANT USAGE ON SEQUENCE %s TO %I', s.oid::regclass, app_role) FROM pg_class s
                JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
                WHERE s.relkind = 'S' AND d.refobjid::regclass = ANY (reached)
        LOOP
            IF NOT dry_run THEN
                EXECUTE statement;
            END IF;
            RETURN NEXT statement;
        END LOOP;
    END IF;

    -- Nothing is left alone without a word.
    RETURN QUERY SELECT format('-- left alone, no way from it to a tenant: %s', t) FROM unnest(todo) AS t JOIN pg_class ON oid = t
        WHERE NOT t = ANY (reached) AND NOT relname = ANY (shared) ORDER BY 1;
    RETURN QUERY SELECT format('-- exempt: %s: %s', c.oid::regclass, primecloud.exemption_of(c.oid)) FROM pg_class c
        WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = schema) AND relkind IN ('r', 'p') AND primecloud.exemption_of(c.oid) IS NOT NULL ORDER BY 1;
    RETURN QUERY SELECT format('-- kept out, as asked: %I.%I', schema, o) FROM unnest(keep_out) AS o ORDER BY 1;
END $$;
COMMENT ON FUNCTION protect_schema(name, regclass, name, name, name, name[], name[], boolean) IS
    'protects every table of a schema that has a tenant column or reaches one by a foreign key, and says which it left alone';

