-- protect_schema: from one table to all of them.

CREATE FUNCTION primecloud_internal.relation_name(rel regclass) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT relname FROM pg_class WHERE oid = rel $$;
COMMENT ON FUNCTION primecloud_internal.relation_name(regclass) IS 'the name of a relation, without its schema';

-- A name that is no table's would be kept out, shared or given roles in words alone.
CREATE FUNCTION primecloud_internal.check_schema_words(schema name, tables name[], roles jsonb) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wrong text;
BEGIN
    IF jsonb_typeof(roles) <> 'object' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'roles is not an object',
            HINT = 'Write {"invoices": {"read": "admin"}}: for a table what it takes to read, write and delete.';
    END IF;
    SELECT n INTO wrong FROM unnest(tables || ARRAY(SELECT k::name FROM jsonb_object_keys(roles) AS k)) AS n
    WHERE NOT EXISTS (SELECT FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace WHERE s.nspname = schema AND c.relname = n
        AND c.relkind IN ('r', 'p', 'f')) ORDER BY n LIMIT 1;
    IF FOUND THEN
        RAISE undefined_table USING MESSAGE = format('schema "%s" has no table "%s"', schema, wrong),
            HINT = 'Name tables of the schema in shared, keep_out and roles, without the schema.';
    END IF;
    SELECT t.key || '.' || w.key INTO wrong FROM jsonb_each(roles) AS t, jsonb_each(CASE jsonb_typeof(t.value) WHEN 'object' THEN t.value
        ELSE '{"": null}' END) AS w
    WHERE w.key NOT IN ('read', 'write', 'delete') OR jsonb_typeof(w.value) <> 'string' ORDER BY 1 LIMIT 1;
    IF FOUND THEN
        RAISE invalid_parameter_value USING MESSAGE = format('roles does not say what "%s" is', wrong),
            HINT = 'Write {"invoices": {"read": "admin"}}: for a table what it takes to read, write and delete.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_schema_words(name, name[], jsonb)
    IS 'refuses names and roles in a call of protect_schema() that would do nothing';

CREATE FUNCTION protect_schema(schema name, tenants regclass, tenant_column name DEFAULT 'account_id', tenants_key_column name DEFAULT 'id',
                               app_role name DEFAULT NULL, shared name[] DEFAULT '{}', keep_out name[] DEFAULT '{}',
                                   dry_run boolean DEFAULT false,
                               online boolean DEFAULT false, roles jsonb DEFAULT '{}', refuse boolean DEFAULT NULL)
    RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    todo regclass[];
    reached regclass[] := '{}';
    child record;
    rel regclass;
    type text := (SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = tenants AND attname = tenants_key_column
        AND NOT attisdropped);
BEGIN
    IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = schema) THEN
        RAISE invalid_schema_name USING MESSAGE = format('schema "%s" does not exist', schema),
            HINT = 'Name the schema that holds the application''s tables.';
    END IF;
    PERFORM primecloud_internal.tenant_function(tenants, tenants_key_column);
    IF app_role IS NOT NULL AND NOT EXISTS (SELECT FROM pg_roles WHERE rolname = app_role) THEN
        RAISE undefined_object USING MESSAGE = format('role "%s" does not exist', app_role),
            HINT = 'Call primecloud.create_app_role() first.';
    END IF;
    PERFORM primecloud_internal.check_schema_words(schema, shared || keep_out, roles);
    SELECT array_agg(c.oid::regclass ORDER BY relname) INTO todo FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname = schema AND relkind IN ('r', 'p') AND NOT relispartition AND NOT relname = ANY (keep_out)
        AND primecloud.exemption_of(c.oid) IS NULL;

    -- The tenants themselves: each sees its own row, and its admins may change it.
    RETURN QUERY SELECT * FROM primecloud_internal.protect_one(tenants, tenants_key_column,
        read_role => roles #>> ARRAY[primecloud_internal.relation_name(tenants), 'read'],
            write_role => coalesce(roles #>> ARRAY[primecloud_internal.relation_name(tenants), 'write'],
            primecloud_internal.chosen_role(tenants, 'write'), 'admin'),
        delete_role => coalesce(roles #>> ARRAY[primecloud_internal.relation_name(tenants), 'delete'],
            primecloud_internal.chosen_role(tenants, 'delete'), 'owner'), dry_run => dry_run, online => online,
        refuse => primecloud_internal.refuses(tenants, refuse));
    reached := reached || tenants;

    FOR rel IN SELECT t FROM unnest(todo) AS t JOIN pg_attribute a ON a.attrelid = t
               WHERE a.attname = tenant_column AND a.attnum > 0 AND NOT attisdropped AND t <> tenants ORDER BY t::text LOOP
        RETURN QUERY SELECT *
            FROM primecloud_internal.protect_one(rel, tenant_column, roles #>> ARRAY[primecloud_internal.relation_name(rel), 'read'],
            roles #>> ARRAY[primecloud_internal.relation_name(rel), 'write'],
            roles #>> ARRAY[primecloud_internal.relation_name(rel), 'delete'], dry_run, online,
            refuse => primecloud_internal.refuses(rel, refuse));
        reached := reached || rel;
    END LOOP;

    -- Then what hangs from them by a foreign key, and what hangs from that.
    LOOP
        SELECT c.conrelid::regclass AS rel, c.confrelid::regclass AS parent, c.conname INTO child FROM pg_constraint c
        WHERE contype = 'f' AND c.conrelid::regclass = ANY (todo) AND NOT c.conrelid::regclass = ANY (reached)
          AND c.confrelid::regclass = ANY (reached) AND c.confrelid::regclass <> tenants
          AND NOT (SELECT relname FROM pg_class WHERE oid = c.conrelid) = ANY (shared)
        -- A key that is always there, before one that may be NULL.
        ORDER BY EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND NOT a.attnotnull),
            conname LIMIT 1;
        EXIT WHEN NOT FOUND;
        PERFORM primecloud_internal.check_owner(child.rel);
        RETURN QUERY SELECT * FROM primecloud_internal.protect_child_as(child.rel, child.parent, tenant_column, tenant_column, type,
            dry_run, online, child.conname,
            roles #>> ARRAY[primecloud_internal.relation_name(child.rel), 'read'],
                roles #>> ARRAY[primecloud_internal.relation_name(child.rel), 'write'],
                roles #>> ARRAY[primecloud_internal.relation_name(child.rel), 'delete'],
                primecloud_internal.refuses(child.rel, refuse));
        reached := reached || child.rel;
    END LOOP;

    FOR rel IN SELECT t FROM unnest(todo) AS t JOIN pg_class ON oid = t WHERE relname = ANY (shared) ORDER BY t::text LOOP
        RETURN QUERY SELECT * FROM primecloud_internal.run_plan(ARRAY(SELECT s FROM primecloud_internal.share_plan(rel) AS s), dry_run,
            online);
    END LOOP;

    IF app_role IS NOT NULL THEN
        FOREACH rel IN ARRAY reached LOOP
            RETURN QUERY SELECT * FROM primecloud_internal.run_plan(ARRAY(SELECT s FROM primecloud_internal.application_rights(rel,
                CASE rel WHEN tenants THEN tenants_key_column ELSE tenant_column END, app_role) AS s), dry_run, online);
        END LOOP;
        RETURN QUERY SELECT * FROM primecloud_internal.run_plan(ARRAY(SELECT primecloud_internal.step('grant', NULL, g) FROM (
            SELECT format('GRANT USAGE ON SCHEMA %I TO %I', schema, app_role)
            UNION ALL SELECT format('GRANT SELECT ON %s TO %I', t, app_role) FROM unnest(todo) AS t JOIN pg_class ON oid = t
                WHERE relname = ANY (shared)
            UNION ALL SELECT format('GRANT USAGE ON SEQUENCE %s TO %I', s.oid::regclass, app_role) FROM pg_class s
                JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
                WHERE s.relkind = 'S' AND d.refobjid::regclass = ANY (reached)
            -- Policies do not hold these.
            UNION ALL SELECT format('REVOKE TRUNCATE, REFERENCES, TRIGGER ON %s FROM PUBLIC, %I', t, app_role) FROM unnest(reached) AS t
                JOIN pg_class c ON c.oid = t WHERE has_table_privilege(app_role, t, 'TRUNCATE, REFERENCES, TRIGGER')) AS grants(g)),
                    dry_run, online);
    END IF;

    -- When the application's rights are right, or will be: nobody carries anything past the policies.
    FOREACH rel IN ARRAY reached LOOP
        PERFORM primecloud_internal.check_carried(rel, spared => CASE WHEN dry_run OR online THEN app_role END, mended => reached);
    END LOOP;

    -- Nothing is left alone without a word.
    RETURN QUERY SELECT primecloud_internal.one_line(format('-- left alone, no way from it to a tenant: %s', t))
        FROM unnest(todo) AS t JOIN pg_class ON oid = t WHERE NOT t = ANY (reached) AND NOT relname = ANY (shared) ORDER BY 1;
    RETURN QUERY SELECT primecloud_internal.one_line(format('-- exempt: %s: %s', c.oid::regclass, primecloud.exemption_of(c.oid)))
        FROM pg_class c
        WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = schema) AND relkind IN ('r', 'p')
            AND primecloud.exemption_of(c.oid) IS NOT NULL ORDER BY 1;
    RETURN QUERY SELECT primecloud_internal.one_line(format('-- kept out, as asked: %I.%I', schema, o)) FROM unnest(keep_out) AS o
        ORDER BY 1;
END $$;
COMMENT ON FUNCTION protect_schema(name, regclass, name, name, name, name[], name[], boolean, boolean, jsonb, boolean) IS
    'protects every table of a schema that has a tenant column or reaches one by a foreign key, and says which it left alone';

