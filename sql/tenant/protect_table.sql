-- protect_table: a tenant column, row-level security that cannot be stepped around,
-- and the index that makes it free.

-- The function that gives the tenant key in a column's type; an error for other types.
CREATE FUNCTION tenant_function(rel regclass, tenant_column name) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kind "char" := (SELECT relkind FROM pg_class WHERE oid = rel);
    type regtype := (SELECT atttypid FROM pg_attribute WHERE attrelid = rel AND attname = tenant_column AND attnum > 0 AND NOT attisdropped);
BEGIN
    IF kind NOT IN ('r', 'p') THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is not a table', rel),
            HINT = CASE kind WHEN 'v' THEN 'Protect the tables below the view, and make the view security_invoker.' ELSE 'Only tables and partitioned tables can be protected.' END;
    END IF;
    IF type IS NULL THEN
        RAISE undefined_column USING MESSAGE = format('table %s has no column "%s"', rel, tenant_column),
            HINT = 'Name the tenant column, or use protect_child() for a table that reaches its tenant by a foreign key.';
    END IF;
    RETURN CASE type WHEN 'uuid'::regtype THEN 'primecloud.tenant_uuid' WHEN 'bigint'::regtype THEN 'primecloud.tenant_bigint'
                     WHEN 'integer'::regtype THEN 'primecloud.tenant_int' WHEN 'text'::regtype THEN 'primecloud.tenant_text'
                     WHEN 'varchar'::regtype THEN 'primecloud.tenant_text' END;
EXCEPTION WHEN case_not_found THEN
    RAISE datatype_mismatch USING MESSAGE = format('tenant column "%s" of %s is of type %s', tenant_column, rel, type),
        HINT = 'A tenant column is of type uuid, bigint, integer, text or varchar.';
END $$;
COMMENT ON FUNCTION tenant_function(regclass, name) IS 'the tenant function for a tenant column''s type';

CREATE FUNCTION check_owner(rel regclass) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT (SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = rel) THEN
        RAISE insufficient_privilege USING MESSAGE = format('must be owner of table %s', rel);
    END IF;
END $$;
COMMENT ON FUNCTION check_owner(regclass) IS 'raises 42501 unless the current user owns the table';

-- The policies that a protected table has, as (name, statement that makes it, condition).
CREATE FUNCTION tenant_policies(rel regclass, tenant_column name, read_role text, write_role text, delete_role text)
    RETURNS TABLE (policy name, statement text, condition text)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    key text := primecloud.tenant_function(rel, tenant_column);
    cast_text text := CASE (SELECT atttypid FROM pg_attribute WHERE attrelid = rel AND attname = tenant_column)
                          WHEN 'varchar'::regtype THEN '::text' ELSE '' END;
    wanted record;
BEGIN
    FOR wanted IN SELECT * FROM (VALUES
            ('primecloud_floor', 'AS RESTRICTIVE FOR ALL', 'external_client', true, true),
            ('primecloud_select', 'FOR SELECT', read_role, true, false),
            ('primecloud_insert', 'FOR INSERT', write_role, false, true),
            ('primecloud_update', 'FOR UPDATE', write_role, true, true),
            ('primecloud_delete', 'FOR DELETE', delete_role, true, false)) AS p(name, kind, role, reads, writes) LOOP
        IF wanted.role IS NULL OR wanted.role NOT IN ('external_client', 'developer', 'admin', 'owner') THEN
            RAISE invalid_parameter_value USING MESSAGE = format('unknown role: "%s"', wanted.role), HINT = 'The roles are external_client, developer, admin and owner.';
        END IF;
        policy := wanted.name;
        -- Every role is at least external_client: without the argument the condition equals
        -- the floor's, and the planner keeps one of the two.
        condition := format('((%I)%s = %s(%s))', tenant_column, cast_text, key,
            CASE wanted.role WHEN 'external_client' THEN '' ELSE quote_literal(wanted.role) || '::text' END);
        IF cast_text = '' THEN
            condition := format('(%I = %s(%s))', tenant_column, key,
                CASE wanted.role WHEN 'external_client' THEN '' ELSE quote_literal(wanted.role) || '::text' END);
        END IF;
        statement := format('CREATE POLICY %I ON %s %s TO PUBLIC%s%s', wanted.name, rel, wanted.kind,
            CASE WHEN wanted.reads THEN ' USING ' || condition ELSE '' END,
            CASE WHEN wanted.writes THEN ' WITH CHECK ' || condition ELSE '' END);
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION tenant_policies(regclass, name, text, text, text) IS 'the policies that protect_table() gives a table';

-- The statements that are still missing on one table.
CREATE FUNCTION protection_plan(rel regclass, tenant_column name, read_role text, write_role text, delete_role text) RETURNS SETOF text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    key text := primecloud.tenant_function(rel, tenant_column);
    tenant_attribute pg_attribute := (SELECT a FROM pg_attribute a WHERE attrelid = rel AND attname = tenant_column);
    class pg_class := (SELECT c FROM pg_class c WHERE oid = rel);
    wanted record;
    existing record;
    sort text;
BEGIN
    IF NOT tenant_attribute.attnotnull THEN
        RETURN NEXT format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL', rel, tenant_column);
    END IF;
    IF NOT tenant_attribute.atthasdef AND tenant_attribute.attidentity = '' THEN
        RETURN NEXT format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s()', rel, tenant_column, key);
    END IF;
    IF NOT class.relispartition AND NOT EXISTS (
            SELECT FROM pg_index WHERE indrelid = rel AND indkey[0] = tenant_attribute.attnum AND indpred IS NULL AND indisvalid) THEN
        -- Lists are read newest first: the same index then serves the filter and the order.
        SELECT string_agg(format(', %I DESC', attname), '' ORDER BY attname = 'id') INTO sort FROM pg_attribute
        WHERE attrelid = rel AND attname IN ('created_at', 'id') AND attname <> tenant_column AND NOT attisdropped;
        RETURN NEXT format('CREATE INDEX ON %s (%I%s)', rel, tenant_column, coalesce(sort, ''));
    END IF;
    IF NOT class.relrowsecurity THEN
        RETURN NEXT format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', rel);
    END IF;
    IF NOT class.relforcerowsecurity THEN
        RETURN NEXT format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', rel);
    END IF;
    FOR wanted IN SELECT * FROM primecloud.tenant_policies(rel, tenant_column, read_role, write_role, delete_role) LOOP
        SELECT coalesce(pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) AS condition INTO existing
        FROM pg_policy WHERE polrelid = rel AND polname = wanted.policy;
        IF FOUND THEN
            CONTINUE WHEN existing.condition = wanted.condition;
            RETURN NEXT format('DROP POLICY %I ON %s', wanted.policy, rel);
        END IF;
        RETURN NEXT wanted.statement;
    END LOOP;
END $$;
COMMENT ON FUNCTION protection_plan(regclass, name, text, text, text) IS 'the statements that protect_table() would still have to run on one table';

-- The same as a psql script that holds no lock for longer than a moment.
CREATE FUNCTION online_protection(rel regclass, tenant_column name, read_role text, write_role text, delete_role text) RETURNS SETOF text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part regclass;
    leaf regclass;
    statement text;
    switch text[] := '{}';
    sort text;
    root_index text := left(format('%s_%s_idx', (SELECT relname FROM pg_class WHERE oid = rel), tenant_column), 60);
    leaf_index text;
    space name := (SELECT nspname FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid WHERE c.oid = rel);
    partitioned boolean := (SELECT relkind = 'p' FROM pg_class WHERE oid = rel);
BEGIN
    RETURN NEXT '\set ON_ERROR_STOP on';
    RETURN NEXT 'SET lock_timeout = ''2s'';  -- where a statement times out, run the script again: what is done already is left out of a new one';
    FOR part IN SELECT coalesce(t.relid, rel) FROM (SELECT rel AS root) AS r LEFT JOIN LATERAL pg_partition_tree(rel) AS t ON true ORDER BY t.level DESC LOOP
        FOR statement IN SELECT * FROM primecloud.protection_plan(part, tenant_column, read_role, write_role, delete_role) LOOP
            IF statement LIKE 'ALTER TABLE % SET NOT NULL' THEN
                -- A validated check lets SET NOT NULL skip the scan under an exclusive lock.
                RETURN NEXT format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS primecloud_tenant_known;', part);
                RETURN NEXT format('ALTER TABLE %s ADD CONSTRAINT primecloud_tenant_known CHECK (%I IS NOT NULL) NOT VALID;', part, tenant_column);
                RETURN NEXT format('ALTER TABLE %s VALIDATE CONSTRAINT primecloud_tenant_known;', part);
                RETURN NEXT statement || ';';
                RETURN NEXT format('ALTER TABLE %s DROP CONSTRAINT primecloud_tenant_known;', part);
            ELSIF statement LIKE 'CREATE INDEX ON %' AND NOT partitioned THEN
                RETURN NEXT replace(statement, 'CREATE INDEX ON', 'CREATE INDEX CONCURRENTLY ON') || ';';
            ELSIF statement LIKE 'CREATE INDEX ON %' THEN
                sort := substring(statement FROM '\(.*\)$');
                RETURN NEXT format('CREATE INDEX %I ON ONLY %s %s;', root_index, rel, sort);
                FOR leaf IN SELECT t.relid FROM pg_partition_tree(rel) AS t WHERE t.isleaf AND t.relid <> rel LOOP
                    leaf_index := left(format('%s_%s_idx', (SELECT relname FROM pg_class WHERE oid = leaf), tenant_column), 60);
                    RETURN NEXT format('CREATE INDEX CONCURRENTLY %I ON %s %s;', leaf_index, leaf, sort);
                    IF (SELECT inhparent FROM pg_inherits WHERE inhrelid = leaf) = rel THEN
                        RETURN NEXT format('ALTER INDEX %I.%I ATTACH PARTITION %s;', space, root_index,
                            (SELECT format('%I.%I', nspname, leaf_index) FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid WHERE c.oid = leaf));
                    END IF;
                END LOOP;
            ELSE
                switch := switch || statement;
            END IF;
        END LOOP;
    END LOOP;
    IF cardinality(switch) > 0 THEN
        RETURN NEXT '-- From here on the table is protected: the application must enter tenants.';
        RETURN NEXT 'BEGIN;';
        RETURN QUERY SELECT s || ';' FROM unnest(switch) AS s;
        RETURN NEXT 'COMMIT;';
    END IF;
    RETURN NEXT 'RESET lock_timeout;';
END $$;
COMMENT ON FUNCTION online_protection(regclass, name, text, text, text) IS 'a psql script that protects a large live table; called by protect_table()';

CREATE FUNCTION protect_table(rel regclass, tenant_column name DEFAULT 'account_id', read_role text DEFAULT 'external_client',
                              write_role text DEFAULT 'developer', delete_role text DEFAULT 'admin', dry_run boolean DEFAULT false, online boolean DEFAULT false)
    RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part regclass;
    statement text;
    empty_rows bigint;
BEGIN
    PERFORM primecloud.tenant_function(rel, tenant_column);
    PERFORM primecloud.check_owner(rel);
    IF online THEN
        RETURN QUERY SELECT * FROM primecloud.online_protection(rel, tenant_column, read_role, write_role, delete_role);
        RETURN;
    END IF;
    IF NOT dry_run AND NOT (SELECT attnotnull FROM pg_attribute WHERE attrelid = rel AND attname = tenant_column) THEN
        EXECUTE format('SELECT count(*) FROM %s WHERE %I IS NULL', rel, tenant_column) INTO empty_rows;
        IF empty_rows > 0 THEN
            RAISE not_null_violation USING MESSAGE = format('%s rows of %s have no tenant in "%s"', empty_rows, rel, tenant_column),
                HINT = 'Give each a tenant or delete it, then protect the table.';
        END IF;
    END IF;
    -- A partition can be read by its own name: each one is protected like the whole.
    FOR part IN SELECT coalesce(t.relid, rel) FROM (SELECT rel AS root) AS r LEFT JOIN LATERAL pg_partition_tree(rel) AS t ON true ORDER BY t.level LOOP
        FOR statement IN SELECT * FROM primecloud.protection_plan(part, tenant_column, read_role, write_role, delete_role) LOOP
            IF NOT dry_run THEN
                EXECUTE statement;
            END IF;
            RETURN NEXT statement;
        END LOOP;
    END LOOP;
END $$;
COMMENT ON FUNCTION protect_table(regclass, name, text, text, text, boolean, boolean) IS
    'row-level security on a table and its partitions, forced, with a policy for each command; returns the statements it ran, or with online => true a psql script for a large live table';

CREATE FUNCTION unprotect_table(rel regclass, dry_run boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    statement text;
BEGIN
    PERFORM primecloud.check_owner(rel);
    FOR statement IN
        SELECT format('DROP POLICY %I ON %s', polname, polrelid::regclass) FROM pg_policy
        WHERE polrelid IN (SELECT relid FROM pg_partition_tree(rel) UNION SELECT rel) AND polname LIKE 'primecloud\_%'
        UNION ALL
        SELECT format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY', oid::regclass) FROM pg_class
        WHERE oid IN (SELECT relid FROM pg_partition_tree(rel) UNION SELECT rel) AND relrowsecurity
    LOOP
        IF NOT dry_run THEN
            EXECUTE statement;
        END IF;
        RETURN NEXT statement;
    END LOOP;
END $$;
COMMENT ON FUNCTION unprotect_table(regclass, boolean) IS
    'takes away the policies of protect_table() and row-level security; the column, its default, NOT NULL and index stay';

CREATE FUNCTION confine_table(rel regclass, id_column name, dry_run boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part regclass;
    statement text;
BEGIN
    PERFORM primecloud.check_owner(rel);
    IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = rel AND attname = id_column AND attnum > 0 AND NOT attisdropped) THEN
        RAISE undefined_column USING MESSAGE = format('table %s has no column "%s"', rel, id_column);
    END IF;
    IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = rel AND polname = 'primecloud_floor') THEN
        RAISE wrong_object_type USING MESSAGE = format('table %s is not protected', rel), HINT = 'Call primecloud.protect_table() first.';
    END IF;
    FOR part IN SELECT coalesce(t.relid, rel) FROM (SELECT rel AS root) AS r LEFT JOIN LATERAL pg_partition_tree(rel) AS t ON true LOOP
        CONTINUE WHEN EXISTS (SELECT FROM pg_policy WHERE polrelid = part AND polname = 'primecloud_confine');
        -- Restrictive, beside the equality and not within it: the index condition stays.
        statement := format('CREATE POLICY primecloud_confine ON %s AS RESTRICTIVE FOR ALL TO PUBLIC USING (primecloud.has_role(''developer'') OR primecloud.in_scope(%I))', part, id_column);
        IF NOT dry_run THEN
            EXECUTE statement;
        END IF;
        RETURN NEXT statement;
    END LOOP;
END $$;
COMMENT ON FUNCTION confine_table(regclass, name, boolean) IS 'shows a confined role only the rows whose id its user was granted';

CREATE FUNCTION share_table(rel regclass, dry_run boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    statement text;
    class pg_class := (SELECT c FROM pg_class c WHERE oid = rel);
BEGIN
    PERFORM primecloud.check_owner(rel);
    IF class.relkind NOT IN ('r', 'p') THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is not a table', rel);
    END IF;
    FOR statement IN
        SELECT format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', rel) WHERE NOT (class.relrowsecurity AND class.relforcerowsecurity)
        UNION ALL
        SELECT format('CREATE POLICY primecloud_shared ON %s FOR SELECT TO PUBLIC USING (true)', rel)
        WHERE NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = rel AND polname = 'primecloud_shared')
    LOOP
        IF NOT dry_run THEN
            EXECUTE statement;
        END IF;
        RETURN NEXT statement;
    END LOOP;
END $$;
COMMENT ON FUNCTION share_table(regclass, boolean) IS 'reference data: every tenant reads it, none writes it; recorded by the policy primecloud_shared';

