-- Sealed columns: registered once, so that sealing and revealing need only the row.

CREATE TABLE sealed_column (
    schema_name text NOT NULL,
    table_name text NOT NULL,
    column_name text NOT NULL,
    label text NOT NULL CHECK (label <> ''),
    tenant_column text NOT NULL,
    id_column text NOT NULL,
    sealed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (schema_name, table_name, column_name));
COMMENT ON TABLE sealed_column IS 'columns of type sealed, with what their envelopes are bound to';
COMMENT ON COLUMN sealed_column.label IS 'part of what an envelope is bound to; stays when the table is renamed';
REVOKE ALL ON sealed_column FROM PUBLIC;
GRANT SELECT ON sealed_column TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('sealed_column', '');

-- What stands on a column and would see plaintext turn into an envelope.
CREATE FUNCTION sealed_column_obstacles(rel regclass, col name) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT pg_describe_object(CASE WHEN d.classid = 'pg_rewrite'::regclass THEN 'pg_class'::regclass ELSE d.classid END::oid,
                              CASE WHEN d.classid = 'pg_rewrite'::regclass THEN r.ev_class ELSE d.objid END, 0)
    FROM pg_depend d JOIN pg_attribute a ON a.attrelid = rel AND a.attname = col AND d.refobjsubid = a.attnum
    LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
    WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = rel AND d.deptype IN ('n', 'a')
      AND (d.classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_constraint'::regclass, 'pg_trigger'::regclass, 'pg_statistic_ext'::regclass, 'pg_publication_rel'::regclass)
           OR (d.classid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_class WHERE oid = d.objid AND relkind IN ('i', 'I')))
           OR (d.classid = 'pg_attrdef'::regclass AND EXISTS (SELECT FROM pg_attrdef f JOIN pg_attribute g ON g.attrelid = f.adrelid AND g.attnum = f.adnum
                                                             WHERE f.oid = d.objid AND g.attgenerated <> '')))
    ORDER BY 1;
$$;
COMMENT ON FUNCTION sealed_column_obstacles(regclass, name) IS 'what depends on a column and keeps it from being sealed in place';

-- The registration is the extension's; checks that the caller owns the table.
CREATE FUNCTION register_sealed_column(rel regclass, col name, label text, id_column name, tenant_column name) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT (SELECT pg_has_role(primecloud.caller(), relowner, 'USAGE') FROM pg_class WHERE oid = rel) THEN
        RAISE insufficient_privilege USING MESSAGE = format('must be owner of table %s', rel);
    END IF;
    IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = rel AND attname = col AND atttypid = 'primecloud.sealed'::regtype AND NOT attisdropped) THEN
        RAISE datatype_mismatch USING MESSAGE = format('column "%s" of %s is not sealed', col, rel);
    END IF;
    INSERT INTO primecloud.sealed_column (schema_name, table_name, column_name, label, tenant_column, id_column)
    SELECT n.nspname, c.relname, col, label, tenant_column, id_column FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = rel
    ON CONFLICT (schema_name, table_name, column_name) DO UPDATE SET label = excluded.label, tenant_column = excluded.tenant_column, id_column = excluded.id_column;
END $$;
COMMENT ON FUNCTION register_sealed_column(regclass, name, text, name, name) IS 'registers a column that is of type sealed already; called by seal_column()';

CREATE FUNCTION seal_column(rel regclass, col name, label text, id_column name DEFAULT 'id', tenant_column name DEFAULT 'account_id', dry_run boolean DEFAULT false)
    RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    class pg_class := (SELECT c FROM pg_class c WHERE oid = rel);
    attribute pg_attribute := (SELECT a FROM pg_attribute a WHERE attrelid = rel AND attname = col AND attnum > 0 AND NOT attisdropped);
    wanted name;
    obstacles text := (SELECT string_agg(o, ', ') FROM primecloud.sealed_column_obstacles(rel, col) AS o);
    statements text[] := '{}';
    statement text;
BEGIN
    IF class.relkind NOT IN ('r', 'p') THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is not a table', rel);
    END IF;
    IF class.relispartition THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is a partition', rel), HINT = 'Seal the column of the partitioned table.';
    END IF;
    PERFORM primecloud.check_owner(rel);
    IF attribute IS NULL THEN
        RAISE undefined_column USING MESSAGE = format('table %s has no column "%s"', rel, col);
    END IF;
    FOREACH wanted IN ARRAY ARRAY[id_column, tenant_column] LOOP
        IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = rel AND attname = wanted AND attnum > 0 AND NOT attisdropped) THEN
            RAISE undefined_column USING MESSAGE = format('table %s has no column "%s"', rel, wanted), HINT = 'Name the row''s id in id_column and its tenant in tenant_column.';
        END IF;
    END LOOP;
    IF coalesce(label, '') = '' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'the label is empty', HINT = 'Take a name for what the column holds, and never change it.';
    END IF;
    IF attribute.atttypid <> 'primecloud.sealed'::regtype THEN
        IF obstacles IS NOT NULL THEN
            RAISE dependent_objects_still_exist USING MESSAGE = format('column "%s" of %s cannot be sealed: %s', col, rel, obstacles),
                HINT = 'Drop what depends on the plaintext first; it could not work on an envelope.';
        END IF;
        IF attribute.attgenerated <> '' THEN
            RAISE feature_not_supported USING MESSAGE = format('column "%s" of %s is generated', col, rel);
        END IF;
        IF attribute.atthasdef THEN
            statements := statements || format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT', rel, col);
        END IF;
        -- A rewrite, not an UPDATE: no dead row keeps the plaintext in the new file.
        statements := statements || format('ALTER TABLE %s ALTER COLUMN %I TYPE primecloud.sealed USING primecloud.seal(%2$I::text, %I::text, %L, %I::text)',
            rel, col, tenant_column, label, id_column);
    END IF;
    statements := statements || format('SELECT primecloud.register_sealed_column(%L, %L, %L, %L, %L)', rel, col, label, id_column, tenant_column);
    FOREACH statement IN ARRAY statements LOOP
        IF NOT dry_run THEN
            EXECUTE statement;
        END IF;
        RETURN NEXT statement;
    END LOOP;
    IF attribute.atttypid <> 'primecloud.sealed'::regtype THEN
        RETURN NEXT '-- plaintext remains in WAL and archives until they are recycled, in older backups, and in free space of the disk: change the secrets themselves where that matters';
    END IF;
END $$;
COMMENT ON FUNCTION seal_column(regclass, name, text, name, name, boolean) IS
    'seals a column of plaintext in place and registers it; returns the statements it ran and what plaintext remains where';

-- The registration of a column, or the error that says there is none.
CREATE FUNCTION sealed_column_of(rel regclass, col name) RETURNS sealed_column
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found_column primecloud.sealed_column;
BEGIN
    -- A partition is registered by its root.
    SELECT s.* INTO found_column FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN primecloud.sealed_column s ON s.schema_name = n.nspname AND s.table_name = c.relname AND s.column_name = col
    WHERE c.oid = coalesce(pg_partition_root(rel), rel);
    IF NOT FOUND THEN
        RAISE undefined_object USING MESSAGE = format('column "%s" of %s is not registered as sealed', col, rel), HINT = 'Call primecloud.seal_column() first.';
    END IF;
    RETURN found_column;
END $$;
COMMENT ON FUNCTION sealed_column_of(regclass, name) IS 'the registration of a sealed column';

CREATE FUNCTION seal_for(rel regclass, col name, row_id anyelement, plaintext text) RETURNS sealed
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    registered primecloud.sealed_column;
BEGIN
    IF plaintext IS NULL OR row_id IS NULL THEN
        RETURN NULL;
    END IF;
    registered := primecloud.sealed_column_of(rel, col);
    RETURN primecloud.seal(plaintext, primecloud.tenant_text(), registered.label, row_id::text);
END $$;
COMMENT ON FUNCTION seal_for(regclass, name, anyelement, text) IS 'encrypts a value for a row of a registered column, in the entered account';

-- As the caller: who may not read the row cannot reveal it.
CREATE FUNCTION reveal(rel regclass, col name, row_id anyelement, purpose text) RETURNS text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    registered primecloud.sealed_column := primecloud.sealed_column_of(rel, col);
    found_tenant text;
    envelope primecloud.sealed;
    seen bigint;
BEGIN
    EXECUTE format('SELECT %I::text, %I FROM %s WHERE %I = $1', registered.tenant_column, col, rel, registered.id_column) INTO found_tenant, envelope USING row_id;
    GET DIAGNOSTICS seen = ROW_COUNT;
    IF seen = 0 THEN
        RAISE no_data_found USING MESSAGE = format('%s has no row "%s"', rel, row_id);
    END IF;
    RETURN primecloud.open(envelope, found_tenant, registered.label, row_id::text, purpose);
END $$;
COMMENT ON FUNCTION reveal(regclass, name, anyelement, text) IS 'the plaintext of a row''s secret; needs the right to read the row and the right to open; recorded with its purpose';
REVOKE ALL ON FUNCTION reveal(regclass, name, anyelement, text) FROM PUBLIC;
INSERT INTO role_grant VALUES ('platform', 'EXECUTE', 'FUNCTION primecloud.reveal(regclass, name, anyelement, text)');

-- DROP EXTENSION would take sealed columns along without a word.
CREATE FUNCTION guard_drop() RETURNS event_trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'primecloud_guard_drop';
COMMENT ON FUNCTION guard_drop() IS 'refuses a DROP that would take the extension while a sealed column holds rows';
CREATE EVENT TRIGGER primecloud_guard_drop ON ddl_command_start WHEN TAG IN ('DROP EXTENSION', 'DROP SCHEMA', 'DROP OWNED')
    EXECUTE FUNCTION guard_drop();
COMMENT ON EVENT TRIGGER primecloud_guard_drop IS 'refuses a DROP that would take the extension while a sealed column holds rows; SET primecloud.allow_drop = on opens it';

