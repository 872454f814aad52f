-- What takes long on a live table, by steps that hold no lock for longer than a moment: the
-- column made NOT NULL, and its index.

-- Steps that make a column NOT NULL: a validated check lets SET NOT NULL skip the scan
-- under an exclusive lock.
CREATE FUNCTION primecloud_internal.online_not_null(rel regclass, tenant_column name) RETURNS primecloud_internal.plan_step[]
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY[
        primecloud_internal.step('drop check', rel::text, format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS primecloud_tenant_known', rel)),
        primecloud_internal.step('check', rel::text,
            format('ALTER TABLE %s ADD CONSTRAINT primecloud_tenant_known CHECK (%I IS NOT NULL) NOT VALID', rel, tenant_column)),
        primecloud_internal.step('validate', rel::text, format('ALTER TABLE %s VALIDATE CONSTRAINT primecloud_tenant_known', rel)),
        primecloud_internal.step('not null', rel::text, format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL', rel, tenant_column)),
        primecloud_internal.step('drop check', rel::text, format('ALTER TABLE %s DROP CONSTRAINT primecloud_tenant_known', rel))];
$$;
COMMENT ON FUNCTION primecloud_internal.online_not_null(regclass, name) IS 'the steps that make a column of a live table NOT NULL';

-- Steps that build an index on one table: on a partitioned one an empty frame, on any other
-- concurrently.  What an interrupted script has built already is taken, what it has broken is
-- dropped, and both by the name that it noted.
CREATE FUNCTION primecloud_internal.online_index_part(rel regclass, kind "char", index_name name, columns text)
    RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    there pg_index := (SELECT i FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = rel AND c.relname = index_name);
BEGIN
    IF kind = 'p' THEN
        IF there IS NULL THEN
            RETURN NEXT primecloud_internal.step('index', rel::text, format('CREATE INDEX %I ON ONLY %s %s', index_name, rel, columns));
        END IF;
        RETURN;
    END IF;
    IF NOT there.indisvalid THEN
        RETURN NEXT primecloud_internal.step('drop index', rel::text, format('DROP INDEX CONCURRENTLY %s', there.indexrelid::regclass));
    END IF;
    IF there.indisvalid IS NOT TRUE THEN
        RETURN NEXT primecloud_internal.step('index', rel::text, format('CREATE INDEX CONCURRENTLY %I ON %s %s', index_name, rel, columns));
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.online_index_part(regclass, "char", name, text)
    IS 'the steps that build the tenant index of one live table or partition';

-- The server compares the two, and folds their expressions for it: as the part's owner, and there are none where the whole is
-- another's.
CREATE FUNCTION primecloud_internal.attach_index(part regclass, above text, below text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    computed CONSTANT regclass := (SELECT i.indexrelid FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
        WHERE i.indexrelid IN (above::regclass, below::regclass) AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
            AND t.relowner <> (SELECT p.relowner FROM pg_class p WHERE p.oid = part) LIMIT 1);
BEGIN
    IF computed IS NOT NULL THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('index %s is not the one that the script was to make', computed),
            HINT = 'Drop it, and ask for the script again.';
    END IF;
    PERFORM primecloud_internal.check_as_owner(part, format('ALTER INDEX %s ATTACH PARTITION %s', above::regclass, below::regclass));
END $$;
COMMENT ON FUNCTION primecloud_internal.attach_index(regclass, text, text)
    IS 'attaches the index of a part to that of the whole, as the part''s owner; called by the scripts of protect_table()';

-- The whole index: of a partitioned table the frame first, then each part, attached to the
-- part above it, until the whole is valid.
CREATE FUNCTION primecloud_internal.online_index(rel regclass, tenant_column name) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    columns text := primecloud_internal.tenant_index_columns(rel, tenant_column);
    part record;
    names jsonb := '{}';
BEGIN
    FOR part IN SELECT t.relid, t.kind, (SELECT i.inhparent::regclass FROM pg_inherits i WHERE i.inhrelid = t.relid) AS parent,
        primecloud_internal.tenant_index_name(t.relid) AS name
                FROM primecloud_internal.table_tree(rel) AS t
                WHERE t.relid = rel OR (t.kind IN ('r', 'p') AND (SELECT relkind FROM pg_class WHERE oid = rel) = 'p') ORDER BY t.level,
                    t.relid LOOP
        names := names || jsonb_build_object(part.relid, format('%I.%I', primecloud_internal.schema_of(part.relid), part.name));
        RETURN QUERY SELECT * FROM primecloud_internal.online_index_part(part.relid, part.kind, part.name, columns);
        IF part.relid <> rel AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass(names ->> part.relid::text)) THEN
            RETURN NEXT primecloud_internal.step('attach', part.relid::text,
                format('SELECT primecloud_internal.attach_index(%L, %L, %L)', part.relid, names ->> part.parent::text,
                names ->> part.relid::text));
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.online_index(regclass, name) IS 'the steps that build the tenant index of a live table';
