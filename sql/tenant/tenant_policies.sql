-- The policies of a protected table: by which function it knows its tenant, and what each lets in.

-- The function that gives the tenant key as a type; NULL for types that are no key.
CREATE FUNCTION primecloud_internal.tenant_key_function(type regtype) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE type WHEN 'uuid'::regtype THEN 'primecloud.tenant_uuid' WHEN 'bigint'::regtype THEN 'primecloud.tenant_bigint'
                     WHEN 'integer'::regtype THEN 'primecloud.tenant_int' WHEN 'text'::regtype THEN 'primecloud.tenant_text'
                     WHEN 'varchar'::regtype THEN 'primecloud.tenant_text' END;
$$;
COMMENT ON FUNCTION primecloud_internal.tenant_key_function(regtype) IS 'the tenant function for a type of tenant key';

CREATE FUNCTION primecloud_internal.tenant_function(rel regclass, tenant_column name) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kind "char" := (SELECT relkind FROM pg_class WHERE oid = rel);
    type regtype := (SELECT atttypid FROM pg_attribute WHERE attrelid = rel AND attname = tenant_column AND attnum > 0
        AND NOT attisdropped);
BEGIN
    IF rel IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'the table is NULL',
            HINT = 'Name a table; to_regclass() gives NULL for one that does not exist.';
    END IF;
    IF kind IS NULL OR kind NOT IN ('r', 'p') THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is not a table', rel),
            HINT = CASE kind WHEN 'v'
                THEN 'Protect the tables below the view, and make the view read as its caller with primecloud.protect_view().'
                ELSE 'Only tables and partitioned tables can be protected.' END;
    END IF;
    IF type IS NULL THEN
        RAISE undefined_column USING MESSAGE = format('table %s has no column "%s"', rel, tenant_column),
            HINT = 'Name the tenant column, or use protect_child() for a table that reaches its tenant by a foreign key.';
    END IF;
    IF primecloud_internal.tenant_key_function(type) IS NULL THEN
        RAISE datatype_mismatch USING MESSAGE = format('tenant column "%s" of %s is of type %s', tenant_column, rel, type),
            HINT = 'A tenant column is of type uuid, bigint, integer, text or varchar.';
    END IF;
    -- Such a collation may take two accounts for one.
    IF EXISTS (SELECT FROM pg_attribute a JOIN pg_collation c ON c.oid = a.attcollation WHERE a.attrelid = rel AND a.attname = tenant_column
        AND NOT c.collisdeterministic) THEN
        RAISE datatype_mismatch USING MESSAGE = format('tenant column "%s" of %s has a nondeterministic collation', tenant_column, rel),
            HINT = 'Accounts whose keys it takes for equal would be one: give the column the collation "C".';
    END IF;
    RETURN primecloud_internal.tenant_key_function(type);
END $$;
COMMENT ON FUNCTION primecloud_internal.tenant_function(regclass, name)
    IS 'the tenant function for a tenant column''s type; an error for what cannot be protected';

-- The policies that a protected table has: what each is, and the statement that makes it.
-- With a column of ranks, nobody writes a row that stands above himself, nor makes one: in
-- the policies that let in, and again in restrictive ones below whatever else lets in.
-- `spread`: of a distributed table.  On its shards what is restrictive would let in, so there all that it
-- says (equality, rank, and with `id_column` the confinement) is in each policy that lets in, and in its place
-- stands one of its name that lets nobody in: it holds the column and the note.
CREATE FUNCTION primecloud_internal.tenant_policies(rel regclass, tenant_column name, type regtype, read_role text, write_role text,
    delete_role text, rank_column name DEFAULT NULL, refuse boolean DEFAULT false, spread boolean DEFAULT NULL,
    id_column name DEFAULT NULL)
    RETURNS TABLE (policy name, command "char", permissive boolean, qual text, with_check text, statement text)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wanted record;
    equality text;
    key text;
    wall boolean;
    more text;
    condition text;
    reading text;
    walls boolean := NOT coalesce(spread, primecloud_internal.is_distributed(rel));
    scope text := primecloud_internal.confinement(rel, id_column);
    -- What is no role at all gives nobody anything: owners may mend it.
    rank text := CASE WHEN rank_column IS NOT NULL
        THEN format('(COALESCE((primecloud.role_rank(%s))::integer, 4) <= primecloud.role_rank(primecloud.role()))',
        format(CASE (SELECT atttypid FROM pg_attribute WHERE attrelid = rel AND attname = rank_column) WHEN 'varchar'::regtype
            THEN '(%I)::text' ELSE '%I' END, rank_column)) END;
BEGIN
    FOR wanted IN SELECT * FROM (VALUES
            ('primecloud_floor', '*', 'ALL', 'external_client', true, true, false),
            ('primecloud_confine', '*', 'ALL', 'external_client', true, false, false),
            ('primecloud_select', 'r', 'SELECT', read_role, true, false, false),
            ('primecloud_insert', 'a', 'INSERT', write_role, false, true, true),
            ('primecloud_update', 'w', 'UPDATE', write_role, true, true, true),
            ('primecloud_delete', 'd', 'DELETE', delete_role, true, false, true),
            ('primecloud_rank_insert', 'a', 'INSERT', 'external_client', false, true, true),
            ('primecloud_rank_update', 'w', 'UPDATE', 'external_client', true, true, true),
            ('primecloud_rank_delete', 'd', 'DELETE', 'external_client', true, false, true)) AS p(name, command, word, role, reads, writes,
                ranked) LOOP
        IF wanted.role IS NULL OR wanted.role NOT IN ('external_client', 'developer', 'admin', 'owner') THEN
            RAISE invalid_parameter_value USING MESSAGE = format('unknown role: "%s"', wanted.role),
                HINT = 'The roles are external_client, developer, admin and owner.';
        END IF;
        CONTINUE WHEN starts_with(wanted.name, 'primecloud_rank_') AND rank_column IS NULL
            OR wanted.name = 'primecloud_confine' AND scope IS NULL;
        policy := wanted.name;
        command := wanted.command;
        wall := wanted.name IN ('primecloud_floor', 'primecloud_confine') OR starts_with(wanted.name, 'primecloud_rank_');
        permissive := NOT (wall AND walls);
        -- Every role is at least external_client: without the argument the condition equals
        -- the floor's, and the planner keeps one of the two.
        equality := format(CASE type WHEN 'varchar'::regtype THEN '((%I)::text = %s(%%s))' ELSE '(%I = %s(%%s))' END, tenant_column,
            primecloud_internal.tenant_key_function(type));
        key := CASE wanted.role WHEN 'external_client' THEN '' ELSE quote_literal(wanted.role) || '::text' END;
        condition := format(equality, key);
        -- Where rank forbids a change, its command is told, not left without rows: what is
        -- checked of new rows tells by itself.
        reading := CASE WHEN refuse AND key <> '' AND wanted.command IN ('w', 'd') THEN format(equality, key || ', true') ELSE condition
            END;
        IF starts_with(wanted.name, 'primecloud_rank_') THEN
            condition := rank;
            reading := rank;
        ELSIF wanted.name = 'primecloud_confine' THEN
            condition := scope;
            reading := scope;
        ELSE
            more := CASE WHEN wanted.ranked AND rank_column IS NOT NULL THEN ' AND ' || rank ELSE '' END
                || CASE WHEN NOT wall AND NOT walls AND scope IS NOT NULL THEN ' AND ' || scope ELSE '' END;
            condition := CASE more WHEN '' THEN condition ELSE format('(%s%s)', condition, more) END;
            reading := CASE more WHEN '' THEN reading ELSE format('(%s%s)', reading, more) END;
        END IF;
        qual := CASE WHEN wanted.reads THEN reading END;
        with_check := CASE WHEN wanted.writes THEN condition END;
        IF wall AND NOT walls THEN
            -- Of the rarest command, and in this order: the others do not plan it, and that one looks no further.
            command := 'd';
            qual := format('(false AND %s)', condition);
            with_check := NULL;
        END IF;
        statement := format('CREATE POLICY %I ON %s AS %s FOR %s TO PUBLIC%s%s', policy, rel,
            CASE WHEN permissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END, CASE command WHEN 'd' THEN 'DELETE' ELSE wanted.word END,
            coalesce(' USING ' || qual, ''), coalesce(' WITH CHECK ' || with_check, ''));
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.tenant_policies(regclass, name, regtype, text, text, text, name, boolean, boolean, name)
    IS 'the policies that protect_table() and confine_table() give a table, in the shape that holds where its rows lie';
