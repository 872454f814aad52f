-- protect_schema: from one table to all of them.

CREATE FUNCTION protect_schema(schema name, tenants regclass, tenant_column name DEFAULT 'account_id', tenants_key_column name DEFAULT 'id',
                               app_role name DEFAULT NULL, shared name[] DEFAULT '{}', keep_out name[] DEFAULT '{}',
                                   dry_run boolean DEFAULT false,
                               online boolean DEFAULT false, roles jsonb DEFAULT '{}', refuse boolean DEFAULT NULL,
                               people name[] DEFAULT '{}')
    RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
DECLARE
    todo regclass[];
    reached regclass[] := '{}';
    persons regclass[];
    ways oid[];
    child record;
    adopted jsonb;
    rel regclass;
    type text := (SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = tenants AND attname = tenants_key_column
        AND NOT attisdropped);
BEGIN
    IF schema IS NULL OR tenants IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = CASE WHEN schema IS NULL THEN 'the schema is NULL' ELSE 'the table of tenants is NULL'
            END, HINT = 'Name the schema of the application''s tables, and its table of accounts.';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = schema) THEN
        RAISE invalid_schema_name USING MESSAGE = format('schema "%s" does not exist', schema),
            HINT = 'Name the schema that holds the application''s tables.';
    END IF;
    PERFORM primecloud_internal.tenant_function(tenants, tenants_key_column);
    IF app_role IS NOT NULL AND NOT EXISTS (SELECT FROM pg_roles WHERE rolname = app_role) THEN
        RAISE undefined_object USING MESSAGE = format('role "%s" does not exist', app_role),
            HINT = 'Call primecloud.create_app_role() first.';
    END IF;
    PERFORM primecloud_internal.check_schema_roles(people, roles),
        primecloud_internal.check_schema_names(schema, tenants, shared, keep_out, people, roles),
        primecloud_internal.check_schema_kinds(schema, tenant_column, shared, keep_out, people);
    -- What was shared or made people before stays so.
    shared := shared || primecloud_internal.tables_with(schema, 'primecloud_shared', keep_out || people || shared);
    people := people || primecloud_internal.tables_with(schema, 'primecloud_people', keep_out || people || shared);
    todo := ARRAY(SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
        WHERE nspname = schema AND relkind IN ('r', 'p') AND NOT relispartition AND NOT relname = ANY (keep_out || people)
            AND c.oid NOT IN (SELECT s FROM primecloud_internal.shards_here() AS s)
            AND primecloud.exemption_of(c.oid) IS NULL ORDER BY relname);
    persons := ARRAY(SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
        WHERE nspname = schema AND relname = ANY (people) ORDER BY relname);

    -- What is reached: the tenants, what has their column, then what hangs from it by a foreign key, and what hangs from that.
    reached := tenants || ARRAY(SELECT c.oid FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.oid = ANY (todo)
        AND a.attname = tenant_column AND a.attnum > 0 AND NOT a.attisdropped AND c.oid <> tenants AND NOT c.relname = ANY (shared)
        ORDER BY c.oid::regclass::text);
    ways := array_fill(NULL::oid, ARRAY[cardinality(reached)]);
    FOR child IN SELECT k.rel, k.way FROM primecloud_internal.reached_by_keys(tenants, reached, ARRAY(SELECT c.oid FROM pg_class c
            WHERE c.oid = ANY (todo) AND NOT c.oid = ANY (reached) AND NOT c.relname = ANY (shared))) AS k LOOP
        reached := reached || child.rel;
        ways := ways || child.way;
    END LOOP;
    PERFORM primecloud_internal.check_schema_parts(schema, reached, keep_out || shared || people),
        primecloud_internal.check_schema_parts(schema, persons, keep_out || shared),
        primecloud_internal.check_schema_parts(schema, ARRAY(SELECT t FROM unnest(todo) AS t
            WHERE primecloud_internal.relation_name(t) = ANY (shared)), keep_out || people);
    adopted := primecloud_internal.schemas_noted(tenants, schema, ARRAY(SELECT c.oid FROM pg_class c JOIN pg_namespace n
        ON n.oid = relnamespace WHERE n.nspname = schema AND NOT c.oid = ANY (reached || persons)
            AND NOT (c.oid = ANY (todo) AND c.relname = ANY (shared))));

    -- The tenants themselves: each sees its own row, and its admins may change it.
    RETURN QUERY SELECT * FROM primecloud_internal.protect_one(tenants, tenants_key_column,
        read_role => primecloud_internal.named_role(roles, tenants, 'read'),
        write_role => coalesce(primecloud_internal.named_role(roles, tenants, 'write'),
            primecloud_internal.chosen_role(tenants, 'write'), 'admin'),
        delete_role => coalesce(primecloud_internal.named_role(roles, tenants, 'delete'),
            primecloud_internal.chosen_role(tenants, 'delete'), 'owner'), dry_run => dry_run, online => online,
        refuse => primecloud_internal.refuses(tenants, refuse), adopted => adopted);
    FOR child IN SELECT r.rel, k.confrelid::regclass AS parent, k.conname FROM unnest(reached, ways) WITH ORDINALITY AS r(rel, way, n)
                 LEFT JOIN pg_constraint k ON k.oid = r.way WHERE r.n > 1 ORDER BY r.n LOOP
        PERFORM primecloud_internal.check_owner(child.rel);
        IF child.parent IS NULL THEN
            RETURN QUERY SELECT * FROM primecloud_internal.protect_one(child.rel, tenant_column,
                primecloud_internal.named_role(roles, child.rel, 'read'), primecloud_internal.named_role(roles, child.rel, 'write'),
                primecloud_internal.named_role(roles, child.rel, 'delete'), dry_run, online,
                refuse => primecloud_internal.refuses(child.rel, refuse));
        ELSE
            RETURN QUERY SELECT * FROM primecloud_internal.protect_child_as(child.rel, child.parent, tenant_column, tenant_column, type,
                dry_run, online, child.conname, primecloud_internal.named_role(roles, child.rel, 'read'),
                primecloud_internal.named_role(roles, child.rel, 'write'), primecloud_internal.named_role(roles, child.rel, 'delete'),
                primecloud_internal.refuses(child.rel, refuse));
        END IF;
    END LOOP;

    FOR rel IN SELECT t FROM unnest(todo) AS t JOIN pg_class ON oid = t WHERE relname = ANY (shared) ORDER BY t::text LOOP
        RETURN QUERY SELECT * FROM primecloud_internal.run_plan(ARRAY(SELECT s FROM primecloud_internal.share_plan(rel) AS s), dry_run,
            online);
    END LOOP;

    FOREACH rel IN ARRAY persons LOOP
        RETURN QUERY SELECT * FROM primecloud_internal.run_plan(CASE WHEN online
            THEN primecloud_internal.online_people(rel, primecloud_internal.named_role(roles, rel, 'read'))
            ELSE ARRAY(SELECT s FROM primecloud_internal.people_plan(rel, NULL,
                primecloud_internal.named_role(roles, rel, 'read')) AS s) END, dry_run, online);
    END LOOP;

    IF app_role IS NOT NULL THEN
        RETURN QUERY SELECT * FROM primecloud_internal.run_plan(ARRAY(SELECT s FROM primecloud_internal.schema_rights(schema, tenants,
            tenant_column, tenants_key_column, app_role, reached, persons, todo, shared) AS s), dry_run, online);
    END IF;

    -- When the application's rights are right, or will be: nobody carries anything past the policies.
    FOREACH rel IN ARRAY reached LOOP
        PERFORM primecloud_internal.check_carried(rel, spared => CASE WHEN dry_run OR online THEN app_role END,
            mended => reached || persons);
    END LOOP;

    -- Nothing is left alone without a word.
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(ARRAY(SELECT s FROM primecloud_internal.schema_report(schema, reached, persons,
        shared, keep_out, app_role, roles) AS s), true);
END $$;
COMMENT ON FUNCTION protect_schema(name, regclass, name, name, name, name[], name[], boolean, boolean, jsonb, boolean, name[]) IS
    'protects every table of a schema that has a tenant column or reaches one by a foreign key, and its people; says which it left alone, '
        'and what that means';

