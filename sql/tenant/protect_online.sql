-- protect_table(online => true): the same as a psql script that holds no lock for
-- longer than a moment.

-- Steps that make a column NOT NULL: a validated check lets SET NOT NULL skip the scan
-- under an exclusive lock.
CREATE FUNCTION online_not_null(rel regclass, tenant_column name) RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY[
        format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS primecloud_tenant_known', rel),
        format('ALTER TABLE %s ADD CONSTRAINT primecloud_tenant_known CHECK (%I IS NOT NULL) NOT VALID', rel, tenant_column),
        format('ALTER TABLE %s VALIDATE CONSTRAINT primecloud_tenant_known', rel),
        format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL', rel, tenant_column),
        format('ALTER TABLE %s DROP CONSTRAINT primecloud_tenant_known', rel)];
$$;
COMMENT ON FUNCTION online_not_null(regclass, name) IS 'the steps that make a column of a live table NOT NULL';

-- Steps that build an index: concurrently on a table; on a partitioned one an empty frame
-- first, then each part, attached to the part above it, until the whole is valid.
CREATE FUNCTION online_index(rel regclass, tenant_column name, index_name name) RETURNS SETOF text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    columns text := primecloud.tenant_index_columns(rel, tenant_column);
    part record;
    names jsonb := '{}';
    leaf_name name;
    above name;
BEGIN
    -- What a broken run has left.
    RETURN QUERY SELECT format('DROP INDEX CONCURRENTLY %s', i.indexrelid::regclass) FROM primecloud.table_tree(rel) AS t
        JOIN pg_index i ON i.indrelid = t.relid JOIN pg_class c ON c.oid = i.indexrelid
        WHERE t.kind = 'r' AND NOT i.indisvalid AND c.relname LIKE '%\_tenant\_idx%';
    IF (SELECT relkind FROM pg_class WHERE oid = rel) <> 'p' THEN
        RETURN NEXT format('CREATE INDEX CONCURRENTLY %I ON %s %s', index_name, rel, columns);
        RETURN;
    END IF;
    FOR part IN SELECT t.relid, t.kind, (SELECT i.inhparent::regclass FROM pg_inherits i WHERE i.inhrelid = t.relid) AS parent
                FROM primecloud.table_tree(rel) AS t WHERE t.kind IN ('r', 'p') ORDER BY t.level, t.relid LOOP
        leaf_name := CASE WHEN part.relid = rel THEN index_name
                          ELSE primecloud.free_name(primecloud.schema_of(part.relid), format('%s_tenant_idx', (SELECT relname FROM pg_class WHERE oid = part.relid))) END;
        names := names || jsonb_build_object(part.relid, format('%I.%I', primecloud.schema_of(part.relid), leaf_name));
        IF part.kind = 'p' THEN
            RETURN NEXT format('CREATE INDEX %I ON ONLY %s %s', leaf_name, part.relid, columns);
        ELSE
            RETURN NEXT format('CREATE INDEX CONCURRENTLY %I ON %s %s', leaf_name, part.relid, columns);
        END IF;
        IF part.relid <> rel THEN
            RETURN NEXT format('ALTER INDEX %s ATTACH PARTITION %s', names ->> part.parent::text, names ->> part.relid::text);
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION online_index(regclass, name, name) IS 'the steps that build the tenant index of a live table';

-- The long steps are taken out of a plan and done ahead; the switch is what is left, and
-- takes a moment.  `before` and `within` are a caller's own steps.
CREATE FUNCTION online_protection(rel regclass, tenant_column name, read_role text, write_role text, delete_role text,
                                  before text[] DEFAULT '{}', within text[] DEFAULT '{}', type regtype DEFAULT NULL, role_column name DEFAULT NULL) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part regclass;
    statement text;
    steps text[] := before;
    switch text[] := '{}';
BEGIN
    FOR part IN SELECT t.relid FROM primecloud.table_tree(rel) AS t WHERE t.kind IN ('r', 'p') ORDER BY t.level, t.relid LOOP
        FOR statement IN SELECT s FROM primecloud.protection_plan(part, tenant_column, read_role, write_role, delete_role, rel, type, role_column) AS s LOOP
            IF statement LIKE 'ALTER TABLE % SET NOT NULL' THEN
                steps := steps || primecloud.online_not_null(part, tenant_column);
            ELSIF statement LIKE 'CREATE INDEX %' THEN
                steps := steps || ARRAY(SELECT i FROM primecloud.online_index(part, tenant_column, (parse_ident(substring(statement FROM '^CREATE INDEX ("(?:[^"]|"")+"|\S+) ON')))[1]::name) AS i);
            ELSE
                switch := switch || statement;
            END IF;
        END LOOP;
    END LOOP;
    IF EXISTS (SELECT FROM unnest(switch) AS s WHERE s LIKE 'DROP POLICY %') THEN
        -- What is there is mended, and that is the guard's business: protect_table may.
        switch := ARRAY[format('SELECT primecloud.protect_table(%L, %L, %L, %L, %L, role_column => %L)', rel, tenant_column, read_role, write_role, delete_role, role_column)];
    END IF;
    IF cardinality(switch || within) > 0 THEN
        steps := steps || ARRAY['-- From here on the table is protected: the application must enter tenants.', 'BEGIN'] || within || switch || 'COMMIT'::text;
    END IF;
    IF cardinality(steps) > 0 THEN
        RETURN QUERY SELECT * FROM primecloud.run_statements(primecloud.online_preamble() || steps || 'RESET lock_timeout'::text || 'RESET row_security'::text, false, true);
    END IF;
END $$;
COMMENT ON FUNCTION online_protection(regclass, name, text, text, text, text[], text[], regtype, name) IS 'a psql script that protects a large live table; called by protect_table() and protect_child()';
