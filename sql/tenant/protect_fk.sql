-- protect_fk: the tenant column in foreign keys.  One without it lets a row point at
-- another tenant's row.

CREATE FUNCTION protect_fk(rel regclass, constraint_name name, dry_run boolean DEFAULT false, online boolean DEFAULT false)
    RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
DECLARE
    tenant name := primecloud_internal.check_protected(rel);
    key pg_constraint := (SELECT c FROM pg_constraint c WHERE c.conrelid = rel AND c.conname = constraint_name AND c.contype = 'f');
    parent regclass := key.confrelid;
    parent_tenant name := primecloud.tenant_column(parent);
    had record;
    found_by record;
    support primecloud_internal.plan_step[];
    made jsonb := '{}';
    name_wanted text;
    steps primecloud_internal.plan_step[];
BEGIN
    IF key.oid IS NULL THEN
        RAISE undefined_object USING MESSAGE = format('table %s has no foreign key "%s"', rel, constraint_name),
            HINT = 'Name a foreign key of this table: pg_constraint has them.';
    END IF;
    IF parent_tenant IS NULL THEN
        RAISE wrong_object_type USING MESSAGE = format('foreign key "%s" points at %s, which is not protected', constraint_name,
            key.confrelid::regclass),
            HINT = 'Protect that table first. A shared table needs no tenant in the keys that point at it.';
    END IF;
    PERFORM primecloud_internal.check_owner(parent);
    PERFORM primecloud_internal.check_one_hand(rel, ARRAY[parent]);
    PERFORM primecloud_internal.check_carried(rel);
    -- (Servers before 18 have neither of these words, and no such column.)
    IF to_jsonb(key) ->> 'conenforced' = 'false' THEN
        RAISE feature_not_supported USING MESSAGE = format('foreign key "%s" is NOT ENFORCED', constraint_name),
            HINT = format('Nothing holds it: ALTER TABLE %s ALTER CONSTRAINT %I ENFORCED first, or drop it.', rel, constraint_name);
    END IF;
    had := primecloud_internal.foreign_key_columns(key);
    IF EXISTS (SELECT FROM unnest(had.columns, had.parent_columns) AS k(c, p) WHERE k.c = tenant AND k.p = parent_tenant) THEN
        -- It carries the tenant already: what is left is what a script was interrupted before.
        IF NOT key.convalidated AND constraint_name = ANY (primecloud_internal.tenant_constraints(rel)) THEN
            RETURN QUERY SELECT *
                FROM primecloud_internal.run_plan(CASE WHEN online
                THEN primecloud_internal.script_around(ARRAY[primecloud_internal.validate_key(key)], rel, ARRAY[parent])
                                                                ELSE ARRAY[primecloud_internal.validate_key(key)] END, dry_run, online);
        END IF;
        RETURN;
    END IF;
    IF tenant = ANY (had.columns) OR parent_tenant = ANY (had.parent_columns) THEN
        RAISE invalid_foreign_key USING MESSAGE = format('foreign key "%s" joins a tenant column to another column', constraint_name),
            HINT = 'Make it anew with the tenant columns of both tables side by side.';
    END IF;
    IF to_jsonb(key) ->> 'conperiod' = 'true' THEN
        RAISE feature_not_supported USING MESSAGE = format('foreign key "%s" is of a PERIOD', constraint_name),
            HINT = 'Make it anew by hand, with the tenant columns of both tables in front.';
    END IF;
    IF key.confupdtype IN ('n', 'd') THEN
        RAISE feature_not_supported USING MESSAGE = format('foreign key "%s" has ON UPDATE SET NULL or SET DEFAULT', constraint_name),
            HINT = 'It would take the tenant column along. Choose NO ACTION or CASCADE.';
    END IF;
    support := ARRAY(SELECT s FROM primecloud_internal.unique_with_tenant(key.confrelid, parent_tenant, had.parent_columns, online) AS s);
    -- What is noted of one table is noted together: each note is written anew.
    IF parent = rel AND cardinality(support) > 0 THEN
        name_wanted := primecloud_internal.name_with_tenant(rel, tenant, had.parent_columns);
        made := jsonb_build_object(coalesce(
            (primecloud_internal.unfinished_index(rel, name_wanted, tenant || had.parent_columns)).index_name,
            primecloud_internal.free_name(primecloud_internal.schema_of(rel), name_wanted)), 'support');
    END IF;
    found_by := primecloud_internal.key_index(rel, tenant, had.columns, online, made);
    steps := support || found_by.steps
        || primecloud_internal.replace_foreign_key(key, primecloud_internal.foreign_key_definition(key, tenant || had.columns, parent_tenant
            || had.parent_columns, coalesce(had.deleted, had.columns)),
            primecloud_internal.note_tied(rel, made || found_by.tied || jsonb_build_object(constraint_name, 'foreign key')), online);
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(CASE WHEN online
        THEN primecloud_internal.script_around(steps, rel, ARRAY[parent]) ELSE steps END, dry_run, online);
END $$;
COMMENT ON FUNCTION protect_fk(regclass, name, boolean, boolean) IS
    'puts the tenant column into a foreign key, so that no row can point at another tenant''s row';

CREATE FUNCTION unprotect_fk(rel regclass, constraint_name name, dry_run boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
DECLARE
    tenant name := primecloud_internal.check_protected(rel);
    key pg_constraint := (SELECT c FROM pg_constraint c WHERE c.conrelid = rel AND c.conname = constraint_name AND c.contype = 'f');
    had record;
    found_by name;
    support name;
    gone jsonb;
BEGIN
    IF primecloud_internal.protection_note(rel) -> 'constraints' ->> constraint_name IS DISTINCT FROM 'foreign key' OR key.oid IS NULL THEN
        RETURN;  -- protect_fk() did not change it
    END IF;
    PERFORM primecloud_internal.check_not_distributed(rel);
    PERFORM primecloud_internal.check_one_hand(rel, ARRAY[key.confrelid::regclass]);
    had := primecloud_internal.foreign_key_columns(key);
    found_by := primecloud_internal.made_key_index(key);
    -- The support goes with the last key that leans on it.
    SELECT u.conname INTO support FROM pg_constraint u
    WHERE u.conrelid = key.confrelid AND primecloud_internal.protection_note(key.confrelid) -> 'constraints' ->> u.conname = 'support'
        AND u.conindid = key.conindid AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = u.conindid
            AND f.oid <> key.oid AND f.conparentid <> key.oid);
    -- (What is noted of one table is noted together: each note is written anew.)
    gone := jsonb_build_object(constraint_name, NULL, coalesce(found_by, constraint_name), NULL,
        CASE WHEN key.confrelid = rel AND support IS NOT NULL THEN support ELSE constraint_name END, NULL);
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(
        primecloud_internal.replace_foreign_key(key, primecloud_internal.foreign_key_definition(key,
            ARRAY(SELECT c FROM unnest(had.columns, had.parent_columns) WITH ORDINALITY AS k(c, p, n) WHERE c <> tenant ORDER BY n),
            ARRAY(SELECT p FROM unnest(had.columns, had.parent_columns) WITH ORDINALITY AS k(c, p, n) WHERE c <> tenant ORDER BY n),
            -- All of its columns is what SET NULL says when it names none.
            CASE WHEN cardinality(had.deleted) < cardinality(had.columns) - 1 THEN had.deleted END),
                primecloud_internal.note_tied(rel, gone), false)
        || CASE WHEN found_by IS NULL THEN '{}' ELSE ARRAY[primecloud_internal.step('drop index', rel::text,
            format('DROP INDEX %I.%I', primecloud_internal.schema_of(rel), found_by))] END
        || CASE WHEN support IS NULL THEN '{}' ELSE ARRAY[primecloud_internal.step('drop unique', key.confrelid::regclass::text,
            format('ALTER TABLE %s DROP CONSTRAINT %I', key.confrelid::regclass, support))] END
        || CASE WHEN support IS NULL OR key.confrelid = rel THEN '{}'
            ELSE ARRAY[primecloud_internal.note_tenant_constraint(key.confrelid, support, NULL)] END, dry_run);
END $$;
COMMENT ON FUNCTION unprotect_fk(regclass, name, boolean) IS 'undoes protect_fk(): the foreign key is what it was';
