-- What a protected table is given, and what of it is still missing.

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

-- Citus keeps no `AS RESTRICTIVE`: on shards a restrictive policy lets in what it should keep
-- out.  And what reads a table's own rows finds none in the shell of a distributed one.
CREATE FUNCTION primecloud_internal.is_distributed(rel regclass) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found boolean := false;
BEGIN
    IF to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL THEN
        EXECUTE 'SELECT EXISTS (SELECT FROM pg_catalog.pg_dist_partition WHERE logicalrelid::oid = $1::oid)' INTO found USING rel;
    END IF;
    RETURN found;
END $$;
COMMENT ON FUNCTION primecloud_internal.is_distributed(regclass) IS 'whether Citus has spread a table over other servers';

CREATE FUNCTION primecloud_internal.check_not_distributed(rel regclass) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF primecloud_internal.is_distributed(rel) THEN
        RAISE feature_not_supported USING MESSAGE = format('table %s is distributed', rel),
            HINT = 'On its shards policies would not hold, and keys would be others: take it back with undistribute_table() first.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_not_distributed(regclass)
    IS 'raises 0A000 for a table that Citus has spread over other servers';

CREATE FUNCTION primecloud_internal.tenant_function(rel regclass, tenant_column name) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kind "char" := (SELECT relkind FROM pg_class WHERE oid = rel);
    type regtype := (SELECT atttypid FROM pg_attribute WHERE attrelid = rel AND attname = tenant_column AND attnum > 0
        AND NOT attisdropped);
BEGIN
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
    PERFORM primecloud_internal.check_not_distributed(rel);
    RETURN primecloud_internal.tenant_key_function(type);
END $$;
COMMENT ON FUNCTION primecloud_internal.tenant_function(regclass, name)
    IS 'the tenant function for a tenant column''s type; an error for what cannot be protected';

-- The policies that a protected table has: what each is, and the statement that makes it.
-- With a column of ranks, nobody writes a row that stands above himself, nor makes one: in
-- the policies that let in, and again in restrictive ones below whatever else lets in.
CREATE FUNCTION primecloud_internal.tenant_policies(rel regclass, tenant_column name, type regtype, read_role text, write_role text,
    delete_role text, rank_column name DEFAULT NULL, refuse boolean DEFAULT false)
    RETURNS TABLE (policy name, command "char", permissive boolean, qual text, with_check text, statement text)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wanted record;
    equality text;
    key text;
    condition text;
    reading text;
    -- What is no role at all gives nobody anything: owners may mend it.
    rank text := CASE WHEN rank_column IS NOT NULL
        THEN format('(COALESCE((primecloud.role_rank(%s))::integer, 4) <= primecloud.role_rank(primecloud.role()))',
        format(CASE (SELECT atttypid FROM pg_attribute WHERE attrelid = rel AND attname = rank_column) WHEN 'varchar'::regtype
            THEN '(%I)::text' ELSE '%I' END, rank_column)) END;
BEGIN
    FOR wanted IN SELECT * FROM (VALUES
            ('primecloud_floor', '*', 'ALL', 'external_client', true, true, false),
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
        CONTINUE WHEN starts_with(wanted.name, 'primecloud_rank_') AND rank_column IS NULL;
        policy := wanted.name;
        command := wanted.command;
        permissive := wanted.name <> 'primecloud_floor' AND NOT starts_with(wanted.name, 'primecloud_rank_');
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
        ELSIF wanted.ranked AND rank_column IS NOT NULL THEN
            condition := format('(%s AND %s)', condition, rank);
            reading := format('(%s AND %s)', reading, rank);
        END IF;
        qual := CASE WHEN wanted.reads THEN reading END;
        with_check := CASE WHEN wanted.writes THEN condition END;
        statement := format('CREATE POLICY %I ON %s AS %s FOR %s TO PUBLIC%s%s', policy, rel,
            CASE WHEN permissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END, wanted.word,
            coalesce(' USING ' || qual, ''), coalesce(' WITH CHECK ' || with_check, ''));
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.tenant_policies(regclass, name, regtype, text, text, text, name, boolean)
    IS 'the policies that protect_table() gives a table';

-- The columns of the index that leads with the tenant: lists are read newest first, and
-- the same index then serves the filter and the order.
CREATE FUNCTION primecloud_internal.tenant_index_columns(rel regclass, tenant_column name) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('(%I', tenant_column) || coalesce(string_agg(format(', %I DESC', attname), '' ORDER BY attname = 'id'), '') || ')'
        FROM pg_attribute
    WHERE attrelid = rel AND attname IN ('created_at', 'id') AND attname <> tenant_column AND NOT attisdropped;
$$;
COMMENT ON FUNCTION primecloud_internal.tenant_index_columns(regclass, name) IS 'the columns of the index that protect_table() makes';

-- The name of the tenant index: what an interrupted script took, or one that is free.
CREATE FUNCTION primecloud_internal.tenant_index_name(rel regclass) RETURNS name
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(primecloud_internal.unfinished_note(rel) ->> 'index', primecloud_internal.free_name(primecloud_internal.schema_of(rel),
        format('%s_tenant_idx', c.relname)))::name
    FROM pg_class c WHERE c.oid = rel;
$$;
COMMENT ON FUNCTION primecloud_internal.tenant_index_name(regclass) IS 'the name of the index that protect_table() makes';

-- Indexes of interrupted scripts that would be in the way: a partitioned one whose parts are
-- missing, and those that a build has left invalid.
CREATE FUNCTION primecloud_internal.broken_indexes(rel regclass) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT primecloud_internal.step('drop index', t.relid::text, format('DROP INDEX %s', i.indexrelid::regclass))
    FROM primecloud_internal.table_tree(rel) AS t JOIN pg_index i ON i.indrelid = t.relid JOIN pg_class c ON c.oid = i.indexrelid
    WHERE NOT i.indisvalid AND c.relname = primecloud_internal.unfinished_note(t.relid) ->> 'index' AND NOT c.relispartition
        ORDER BY t.level, t.relid;
$$;
COMMENT ON FUNCTION primecloud_internal.broken_indexes(regclass)
    IS 'the steps that drop what an interrupted script has left of the tenant index';

-- `root` is the table that the call was for: what it is given, its partitions get from it.
-- `type` is the type of a tenant column that is still to be added.  What an interrupted script
-- has made counts as made here.
CREATE FUNCTION primecloud_internal.protection_plan(rel regclass, tenant_column name, read_role text, write_role text, delete_role text,
    root regclass, type regtype DEFAULT NULL, role_column name DEFAULT NULL, refuse boolean DEFAULT NULL)
    RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    class pg_class := (SELECT c FROM pg_class c WHERE oid = rel);
    tenant pg_attribute := (SELECT a FROM pg_attribute a WHERE attrelid = rel AND attname = tenant_column AND NOT attisdropped);
    above pg_attribute := (SELECT a FROM pg_attribute a WHERE attrelid = root AND attname = tenant_column AND NOT attisdropped
        AND root <> rel);
    key_type regtype := coalesce(tenant.atttypid, type);
    note jsonb := primecloud_internal.protection_note(rel);
    fresh boolean := note = '{}';
    unfinished jsonb := primecloud_internal.unfinished_note(rel);
    made text[] := ARRAY(SELECT jsonb_array_elements_text(unfinished -> 'made'));
    index_name name := CASE WHEN NOT class.relispartition THEN unfinished ->> 'index' END;
    wanted record;
    existing pg_policy;
    new_floor boolean := false;
    key record;
    roles jsonb := jsonb_build_object(
        'read', coalesce(read_role, primecloud_internal.chosen_role(root, 'read'), 'external_client'),
        'write', coalesce(write_role, primecloud_internal.chosen_role(root, 'write'), 'developer'),
        'delete', coalesce(delete_role, primecloud_internal.chosen_role(root, 'delete'), 'admin'))
        || CASE WHEN coalesce(refuse, primecloud_internal.protection_note(root) #> '{roles,refuse}' = 'true', false) THEN '{"refuse": true}'
            ELSE '{}' END::jsonb;
BEGIN
    IF rel = root AND (tenant.attnum IS NULL OR EXISTS (SELECT FROM pg_trigger WHERE tgrelid = rel AND tgname = 'primecloud_fill_tenant'))
        THEN
        made := made || 'column'::text;
    END IF;
    RETURN QUERY SELECT 'drop check', rel::text, format('ALTER TABLE %s DROP CONSTRAINT %I', rel, conname)
        FROM pg_constraint WHERE conrelid = rel AND conname = 'primecloud_tenant_known' AND coninhcount = 0;
    IF NOT coalesce(tenant.attnotnull, false) AND coalesce(above.attnotnull, true) THEN
        made := made || 'not null'::text;
        RETURN NEXT primecloud_internal.step('not null', rel::text, format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL', rel,
            tenant_column));
    END IF;
    IF NOT coalesce(tenant.atthasdef, false) AND coalesce(tenant.attidentity, '') = ''
        AND coalesce(above.atthasdef OR above.attidentity <> '', true) THEN
        made := made || 'default'::text;
        RETURN NEXT primecloud_internal.step('default', rel::text, format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s()', rel,
            tenant_column, primecloud_internal.tenant_key_function(key_type)));
    END IF;
    -- Of two rows of a user the lesser role counts: there is one.
    IF rel = root AND primecloud_internal.member_columns(rel) IS NOT NULL AND NOT primecloud_internal.members_are_unique(rel) THEN
        key := primecloud_internal.member_key(rel);
        RETURN NEXT primecloud_internal.member_key_step(rel, false);
        note := note || jsonb_build_object('constraints', coalesce(note -> 'constraints', '{}') || jsonb_build_object(key.key_name,
            'member key'));
    END IF;
    IF NOT class.relispartition AND key IS NULL AND NOT EXISTS (
            SELECT FROM pg_index WHERE indrelid = rel AND indkey[0] = tenant.attnum AND indpred IS NULL AND indisvalid) THEN
        index_name := primecloud_internal.tenant_index_name(rel);
        RETURN QUERY SELECT * FROM primecloud_internal.broken_indexes(rel);
        RETURN NEXT primecloud_internal.step('index', rel::text, format('CREATE INDEX %I ON %s %s', index_name, rel,
            primecloud_internal.tenant_index_columns(rel, tenant_column)));
    END IF;
    IF NOT class.relrowsecurity THEN
        RETURN NEXT primecloud_internal.step('row security', rel::text, format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', rel));
    END IF;
    IF NOT class.relforcerowsecurity THEN
        RETURN NEXT primecloud_internal.step('row security', rel::text, format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', rel));
    END IF;
    FOR wanted IN SELECT * FROM primecloud_internal.tenant_policies(rel, tenant_column, key_type, roles ->> 'read',
        primecloud_internal.least_writer(root, 'write', roles ->> 'write'),
                                                           primecloud_internal.least_writer(root, 'delete', roles ->> 'delete'),
                                                               coalesce(role_column, primecloud_internal.rank_column(root)),
                                                           coalesce(roles -> 'refuse' = 'true', false)) LOOP
        SELECT p.* INTO existing FROM pg_policy p WHERE polrelid = rel AND polname = wanted.policy;
        IF FOUND THEN
            CONTINUE WHEN existing.polcmd = wanted.command AND existing.polpermissive = wanted.permissive AND existing.polroles = '{0}'
                AND pg_get_expr(existing.polqual, rel) IS NOT DISTINCT FROM wanted.qual
                    AND pg_get_expr(existing.polwithcheck, rel) IS NOT DISTINCT FROM wanted.with_check;
            RETURN NEXT primecloud_internal.step('drop policy', rel::text, format('DROP POLICY %I ON %s', wanted.policy, rel));
        END IF;
        new_floor := new_floor OR wanted.policy = 'primecloud_floor';
        RETURN NEXT primecloud_internal.step('policy', rel::text, wanted.statement);
    END LOOP;
    -- Roles that were chosen are kept, so that asking again does not loosen them.
    IF new_floor OR NOT (key IS NULL) OR (rel = root AND note -> 'roles' IS DISTINCT FROM roles) THEN
        RETURN NEXT primecloud_internal.note_protection(rel, CASE WHEN fresh AND new_floor THEN note
            || jsonb_strip_nulls(jsonb_build_object('row security', CASE WHEN class.relforcerowsecurity AND class.relrowsecurity
                THEN 'forced' WHEN class.relrowsecurity THEN 'on' ELSE 'off' END,
            'made', ARRAY(SELECT m FROM unnest('{column,not null,default}'::text[]) WITH ORDINALITY AS u(m, n) WHERE m = ANY (made)
                ORDER BY n), 'index', index_name))
            ELSE note END || CASE WHEN rel = root THEN jsonb_build_object('roles', roles) ELSE '{}' END);
    END IF;
    RETURN QUERY SELECT 'drop unfinished', rel::text, format('DROP POLICY primecloud_unfinished ON %s', rel)
        FROM pg_policy WHERE polrelid = rel AND polname = 'primecloud_unfinished';
END $$;
COMMENT ON FUNCTION primecloud_internal.protection_plan(regclass, name, text, text, text, regclass, regtype, name, boolean)
    IS 'the steps that protect_table() would still have to take on one table';
