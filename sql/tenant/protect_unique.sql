-- protect_unique: the tenant column in a unique constraint or index, which otherwise
-- tells whether a value exists at another tenant.

-- The steps that rebuild a unique index, with its constraint where it has one, with the
-- tenant in front of its columns (`with_tenant`) or without.  The definition is the
-- server's own text, cut where its known beginning ends.
CREATE FUNCTION primecloud_internal.rebuild_unique(rel regclass, index pg_index, tenant name, with_tenant boolean,
    note primecloud_internal.plan_step, online boolean)
    RETURNS primecloud_internal.plan_step[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    index_name name := (SELECT relname FROM pg_class WHERE oid = index.indexrelid);
    partitioned boolean := (SELECT relkind = 'p' FROM pg_class WHERE oid = rel);
    key pg_constraint := (SELECT c FROM pg_constraint c WHERE c.conindid = index.indexrelid AND c.conrelid = rel AND c.contype = 'u');
    left_over record := primecloud_internal.unfinished_index(rel, index_name || '_tenant', tenant
        || ARRAY(SELECT a.attname FROM generate_series(0, index.indnkeyatts - 1) AS n LEFT JOIN pg_attribute a ON a.attrelid = rel
            AND a.attnum = index.indkey[n] ORDER BY n));
    fresh name := coalesce(CASE WHEN with_tenant THEN left_over.index_name
        END, primecloud_internal.free_name(primecloud_internal.schema_of(rel), index_name || '_tenant'));
    definition text := CASE WHEN partitioned AND key.oid IS NOT NULL THEN pg_get_constraintdef(key.oid)
        ELSE pg_get_indexdef(index.indexrelid) END;
    beginning text := CASE WHEN partitioned AND key.oid IS NOT NULL THEN CASE WHEN index.indnullsnotdistinct
        THEN 'UNIQUE NULLS NOT DISTINCT (' ELSE 'UNIQUE (' END
        ELSE format('CREATE UNIQUE INDEX %I ON %s%s USING btree (', index_name, CASE WHEN partitioned THEN 'ONLY ' ELSE '' END, rel) END;
    columns text := substr(definition, length(beginning) + 1);
    lead text := format('%I, ', tenant);
    -- Literals of its expressions are read by their types before the server takes the owner's rights.
    computed CONSTANT boolean := index.indexprs IS NOT NULL OR index.indpred IS NOT NULL;
    build primecloud_internal.plan_step[] := '{}';
    change primecloud_internal.plan_step[];
BEGIN
    IF NOT starts_with(definition, beginning) OR (partitioned AND online) OR (NOT with_tenant AND NOT starts_with(columns, lead)) THEN
        RAISE feature_not_supported USING MESSAGE = format('"%s" cannot be rebuilt this way', index_name),
            HINT = 'Only btree indexes; online, only of tables that are not partitioned.';
    END IF;
    IF computed AND online AND EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = index.indexrelid
            AND d.refclassid = 'pg_type'::regclass AND d.refobjid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend e
                WHERE e.classid = 'pg_type'::regclass AND e.objid = d.refobjid AND e.deptype = 'e')) THEN
        RAISE feature_not_supported USING MESSAGE = format('"%s" is computed with types of the application', index_name),
            HINT = 'No script builds it as the owner of the table: call it without online in a quiet hour.';
    END IF;
    columns := CASE WHEN with_tenant THEN lead || columns ELSE substr(columns, length(lead) + 1) END;
    IF partitioned AND key.oid IS NOT NULL THEN
        RETURN ARRAY[primecloud_internal.step('unique', rel::text, format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', rel,
            key.conname, key.conname, beginning || columns)), note];
    END IF;
    -- What an interrupted script has built is taken, what it has broken is dropped.
    IF with_tenant AND left_over.index_name IS NOT NULL AND NOT (left_over.whole AND online) THEN
        build := build || primecloud_internal.step('drop index', rel::text, format('DROP INDEX %s%I.%I',
            CASE WHEN online THEN 'CONCURRENTLY ' ELSE '' END, primecloud_internal.schema_of(rel), fresh));
    END IF;
    IF NOT (with_tenant AND online AND coalesce(left_over.whole, false)) THEN
        build := build || primecloud_internal.step(CASE WHEN computed AND NOT online THEN 'expression index' ELSE 'index' END, rel::text,
            format('CREATE UNIQUE INDEX %s%I ON %s USING btree (%s', CASE WHEN online THEN 'CONCURRENTLY ' ELSE '' END, fresh, rel,
                columns));
    END IF;
    IF key.oid IS NOT NULL THEN
        change := ARRAY[primecloud_internal.step('take index', rel::text,
            format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I UNIQUE USING INDEX %I%s%s', rel, key.conname, key.conname, fresh,
            CASE WHEN key.condeferrable THEN ' DEFERRABLE' ELSE '' END, CASE WHEN key.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END)),
                note];
    ELSE
        change := ARRAY[primecloud_internal.step('drop index', rel::text, format('DROP INDEX %s', index.indexrelid::regclass)),
            primecloud_internal.step('rename', rel::text, format('ALTER INDEX %I.%I RENAME TO %I', primecloud_internal.schema_of(rel),
                fresh, index_name)), note];
    END IF;
    RETURN build || CASE WHEN online THEN primecloud_internal.in_one_transaction(change) ELSE change END;
END $$;
COMMENT ON FUNCTION primecloud_internal.rebuild_unique(regclass, pg_index, name, boolean, primecloud_internal.plan_step, boolean)
    IS 'the steps that put the tenant in front of a unique index, or take it away';

CREATE FUNCTION protect_unique(rel regclass, constraint_name name, dry_run boolean DEFAULT false, online boolean DEFAULT false)
    RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
DECLARE
    tenant name := primecloud_internal.check_protected(rel);
    index pg_index := (SELECT i FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = rel
        AND c.relname = constraint_name AND i.indisunique);
    steps primecloud_internal.plan_step[];
BEGIN
    IF index.indexrelid IS NULL THEN
        RAISE undefined_object USING MESSAGE = format('table %s has no unique constraint or index "%s"', rel, constraint_name),
            HINT = 'Name one of this table: pg_index has them.';
    END IF;
    IF EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = rel AND a.attname = tenant
        AND a.attnum = ANY ((index.indkey::int2[])[0:index.indnkeyatts - 1])) THEN
        RETURN;
    END IF;
    IF index.indisprimary THEN
        RAISE wrong_object_type USING MESSAGE = format('"%s" is the primary key of %s', constraint_name, rel),
            HINT = 'A key made of random uuids tells nothing; protect_fk() makes the keys that point at it carry the tenant.';
    END IF;
    IF EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = index.indexrelid) THEN
        RAISE dependent_objects_still_exist USING MESSAGE = format('foreign keys point at "%s"', constraint_name),
            HINT = 'Call primecloud.protect_fk() on them first.';
    END IF;
    steps := primecloud_internal.rebuild_unique(rel, index, tenant, true, primecloud_internal.note_tenant_constraint(rel, constraint_name,
        'unique'), online);
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(CASE WHEN online THEN primecloud_internal.script_around(steps, rel) ELSE steps
        END, dry_run, online);
END $$;
COMMENT ON FUNCTION protect_unique(regclass, name, boolean, boolean) IS
    'puts the tenant column in front of a unique constraint or index, so that it says nothing of other tenants';

CREATE FUNCTION unprotect_unique(rel regclass, constraint_name name, dry_run boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
DECLARE
    tenant name := primecloud_internal.check_protected(rel);
    index pg_index := (SELECT i FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = rel
        AND c.relname = constraint_name AND i.indisunique);
BEGIN
    IF primecloud_internal.protection_note(rel) -> 'constraints' ->> constraint_name IS DISTINCT FROM 'unique' OR index.indexrelid IS NULL
        THEN
        RETURN;  -- protect_unique() did not change it
    END IF;
    PERFORM primecloud_internal.check_not_distributed(rel);
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(
        primecloud_internal.rebuild_unique(rel, index, tenant, false, primecloud_internal.note_tenant_constraint(rel, constraint_name,
            NULL), false), dry_run);
END $$;
COMMENT ON FUNCTION unprotect_unique(regclass, name, boolean)
    IS 'undoes protect_unique(); 23505 where two tenants have a value that is unique again';
