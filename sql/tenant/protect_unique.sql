-- protect_unique: the tenant column in a unique constraint or index, which otherwise
-- tells whether a value exists at another tenant.

-- The steps that rebuild a unique index, with its constraint where it has one, with the
-- tenant in front of its columns (`with_tenant`) or without.  The definition is the
-- server's own text, cut where its known beginning ends.
CREATE FUNCTION rebuild_unique(rel regclass, index pg_index, tenant name, with_tenant boolean, online boolean) RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    index_name name := (SELECT relname FROM pg_class WHERE oid = index.indexrelid);
    partitioned boolean := (SELECT relkind = 'p' FROM pg_class WHERE oid = rel);
    key pg_constraint := (SELECT c FROM pg_constraint c WHERE c.conindid = index.indexrelid AND c.conrelid = rel AND c.contype = 'u');
    fresh name := primecloud.free_name(primecloud.schema_of(rel), index_name || '_tenant');
    definition text := CASE WHEN partitioned AND key.oid IS NOT NULL THEN pg_get_constraintdef(key.oid) ELSE pg_get_indexdef(index.indexrelid) END;
    beginning text := CASE WHEN partitioned AND key.oid IS NOT NULL THEN CASE WHEN definition LIKE 'UNIQUE NULLS NOT DISTINCT (%' THEN 'UNIQUE NULLS NOT DISTINCT (' ELSE 'UNIQUE (' END
        ELSE format('CREATE UNIQUE INDEX %I ON %s%s USING btree (', index_name, CASE WHEN partitioned THEN 'ONLY ' ELSE '' END, rel) END;
    columns text := substr(definition, length(beginning) + 1);
    lead text := format('%I, ', tenant);
    build text;
BEGIN
    IF NOT starts_with(definition, beginning) OR (partitioned AND online) OR (NOT with_tenant AND NOT starts_with(columns, lead)) THEN
        RAISE feature_not_supported USING MESSAGE = format('"%s" cannot be rebuilt this way', index_name), HINT = 'Only btree indexes; online, only of tables that are not partitioned.';
    END IF;
    columns := CASE WHEN with_tenant THEN lead || columns ELSE substr(columns, length(lead) + 1) END;
    IF partitioned AND key.oid IS NOT NULL THEN
        RETURN ARRAY[format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', rel, key.conname, key.conname, beginning || columns)];
    END IF;
    build := format('CREATE UNIQUE INDEX %s%I ON %s USING btree (%s', CASE WHEN online THEN 'CONCURRENTLY ' ELSE '' END, fresh, rel, columns);
    IF key.oid IS NOT NULL THEN
        RETURN ARRAY[build, format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I UNIQUE USING INDEX %I%s%s', rel, key.conname, key.conname, fresh,
            CASE WHEN key.condeferrable THEN ' DEFERRABLE' ELSE '' END, CASE WHEN key.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END)];
    END IF;
    RETURN ARRAY[build, format('DROP INDEX %s', index.indexrelid::regclass), format('ALTER INDEX %I.%I RENAME TO %I', primecloud.schema_of(rel), fresh, index_name)];
END $$;
COMMENT ON FUNCTION rebuild_unique(regclass, pg_index, name, boolean, boolean) IS 'the statements that put the tenant in front of a unique index, or take it away';

CREATE FUNCTION protect_unique(rel regclass, constraint_name name, dry_run boolean DEFAULT false, online boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    tenant name := primecloud.check_protected(rel);
    index pg_index := (SELECT i FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = rel AND c.relname = constraint_name AND i.indisunique);
BEGIN
    IF index.indexrelid IS NULL THEN
        RAISE undefined_object USING MESSAGE = format('table %s has no unique constraint or index "%s"', rel, constraint_name);
    END IF;
    IF EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = rel AND a.attname = tenant AND a.attnum = ANY ((index.indkey::int2[])[0:index.indnkeyatts - 1])) THEN
        RETURN;
    END IF;
    IF index.indisprimary THEN
        RAISE wrong_object_type USING MESSAGE = format('"%s" is the primary key of %s', constraint_name, rel),
            HINT = 'A key made of random uuids tells nothing; protect_fk() makes the keys that point at it carry the tenant.';
    END IF;
    IF EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = index.indexrelid) THEN
        RAISE dependent_objects_still_exist USING MESSAGE = format('foreign keys point at "%s"', constraint_name), HINT = 'Call primecloud.protect_fk() on them first.';
    END IF;
    RETURN QUERY SELECT * FROM primecloud.run_statements(CASE WHEN online THEN primecloud.online_preamble() END
        || primecloud.rebuild_unique(rel, index, tenant, true, online) || primecloud.note_tenant_constraint(rel, constraint_name, 'unique'), dry_run, online);
END $$;
COMMENT ON FUNCTION protect_unique(regclass, name, boolean, boolean) IS
    'puts the tenant column in front of a unique constraint or index, so that it says nothing of other tenants';

CREATE FUNCTION unprotect_unique(rel regclass, constraint_name name, dry_run boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    tenant name := primecloud.check_protected(rel);
    index pg_index := (SELECT i FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = rel AND c.relname = constraint_name AND i.indisunique);
BEGIN
    IF primecloud.protection_note(rel) -> 'constraints' ->> constraint_name IS DISTINCT FROM 'unique' OR index.indexrelid IS NULL THEN
        RETURN;  -- protect_unique() did not change it
    END IF;
    RETURN QUERY SELECT * FROM primecloud.run_statements(
        primecloud.rebuild_unique(rel, index, tenant, false, false) || primecloud.note_tenant_constraint(rel, constraint_name, NULL), dry_run);
END $$;
COMMENT ON FUNCTION unprotect_unique(regclass, name, boolean) IS 'undoes protect_unique(); 23505 where two tenants have a value that is unique again';
