-- protect_fk: the tenant column in foreign keys.  One without it lets a row point at
-- another tenant's row.

-- Notes that a constraint carries the tenant, and what it is: a `foreign key`, a `unique`
-- constraint or index, or the `support` that a foreign key of another table leans on.
-- With a NULL kind, that it does so no longer.
CREATE FUNCTION primecloud_internal.note_tenant_constraint(rel regclass, constraint_name name, kind text)
    RETURNS primecloud_internal.plan_step
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT primecloud_internal.note_protection(rel, (note - 'constraints') || CASE tied WHEN '{}' THEN '{}'
        ELSE jsonb_build_object('constraints', tied) END)
    FROM primecloud_internal.protection_note(rel) AS note,
        LATERAL (SELECT CASE WHEN kind IS NULL THEN coalesce(note -> 'constraints', '{}') - constraint_name::text
                             ELSE coalesce(note -> 'constraints', '{}') || jsonb_build_object(constraint_name, kind) END) AS t(tied);
$$;
COMMENT ON FUNCTION primecloud_internal.note_tenant_constraint(regclass, name, text)
    IS 'the step that puts a constraint under the guard, or takes it away';

CREATE FUNCTION primecloud_internal.check_protected(rel regclass) RETURNS name
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM primecloud_internal.check_owner(rel);
    IF primecloud.tenant_column(rel) IS NULL THEN
        RAISE wrong_object_type USING MESSAGE = format('table %s is not protected', rel), HINT = 'Call primecloud.protect_table() first.';
    END IF;
    RETURN primecloud.tenant_column(rel);
END $$;
COMMENT ON FUNCTION primecloud_internal.check_protected(regclass)
    IS 'the tenant column of a protected table that the current user owns; an error otherwise';

-- A unique constraint over the tenant and the columns, so that a foreign key can name both.
CREATE FUNCTION primecloud_internal.unique_with_tenant(rel regclass, tenant_column name, columns name[], online boolean)
    RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wanted int2[] := (SELECT array_agg(attnum ORDER BY attnum) FROM pg_attribute WHERE attrelid = rel
        AND attname = ANY (tenant_column || columns));
    name_wanted text := format('%s_%s_%s_key', (SELECT relname FROM pg_class WHERE oid = rel), tenant_column,
        array_to_string(columns, '_'));
    left_over record := primecloud_internal.unfinished_index(rel, name_wanted, tenant_column || columns);
    constraint_name name := coalesce(left_over.index_name, primecloud_internal.free_name(primecloud_internal.schema_of(rel), name_wanted));
    list text := (SELECT string_agg(quote_ident(c), ', ' ORDER BY n) FROM unnest(tenant_column || columns) WITH ORDINALITY AS u(c, n));
BEGIN
    IF EXISTS (SELECT FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
               WHERE indrelid = rel AND indisunique AND indisvalid AND indpred IS NULL AND indexprs IS NULL
                 AND NOT (online AND c.relname = coalesce(left_over.index_name, ''))
                 AND (SELECT array_agg(k ORDER BY k) FROM unnest(indkey::int2[]) WITH ORDINALITY AS u(k, n) WHERE n <= indnkeyatts) =
                     wanted) THEN
        RETURN;
    END IF;
    IF left_over.whole IS FALSE THEN
        RETURN NEXT primecloud_internal.step('drop index', rel::text, format('DROP INDEX %s%I.%I',
            CASE WHEN online THEN 'CONCURRENTLY ' ELSE '' END, primecloud_internal.schema_of(rel), constraint_name));
    END IF;
    IF NOT online THEN
        RETURN NEXT primecloud_internal.step('unique', rel::text, format('ALTER TABLE %s ADD CONSTRAINT %I UNIQUE (%s)', rel,
            constraint_name, list));
        RETURN NEXT primecloud_internal.note_tenant_constraint(rel, constraint_name, 'support');
        RETURN;
    END IF;
    IF left_over.whole IS NOT TRUE THEN
        RETURN NEXT primecloud_internal.step('index', rel::text, format('CREATE UNIQUE INDEX CONCURRENTLY %I ON %s (%s)', constraint_name,
            rel, list));
    END IF;
    RETURN QUERY SELECT s.* FROM unnest(primecloud_internal.in_one_transaction(ARRAY[
        primecloud_internal.step('unique', rel::text, format('ALTER TABLE %s ADD CONSTRAINT %I UNIQUE USING INDEX %I', rel, constraint_name,
            constraint_name)),
        primecloud_internal.note_tenant_constraint(rel, constraint_name, 'support')])) AS s;
END $$;
COMMENT ON FUNCTION primecloud_internal.unique_with_tenant(regclass, name, name[], boolean)
    IS 'the steps that make columns unique together with the tenant';

CREATE FUNCTION primecloud_internal.foreign_key_action(action "char", columns name[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- SET NULL names its columns: the tenant column must stay.
    SELECT CASE action WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE'
        ELSE CASE action WHEN 'n' THEN 'SET NULL' ELSE 'SET DEFAULT'
            END || coalesce(' (' || (SELECT string_agg(quote_ident(c), ', ') FROM unnest(columns) AS c) || ')', '') END;
$$;
COMMENT ON FUNCTION primecloud_internal.foreign_key_action("char", name[]) IS 'ON DELETE or ON UPDATE of a foreign key, in SQL';

-- A foreign key as the clause that makes it.
CREATE FUNCTION primecloud_internal.foreign_key_definition(key pg_constraint, columns name[], parent_columns name[], deleted name[])
    RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('FOREIGN KEY (%s) REFERENCES %s (%s)%s ON UPDATE %s ON DELETE %s%s%s',
        (SELECT string_agg(quote_ident(c), ', ' ORDER BY n) FROM unnest(columns) WITH ORDINALITY AS u(c, n)), key.confrelid::regclass,
        (SELECT string_agg(quote_ident(c), ', ' ORDER BY n) FROM unnest(parent_columns) WITH ORDINALITY AS u(c, n)),
        CASE key.confmatchtype WHEN 'f' THEN ' MATCH FULL' ELSE '' END,
        primecloud_internal.foreign_key_action(key.confupdtype, columns), primecloud_internal.foreign_key_action(key.confdeltype, deleted),
        CASE WHEN key.condeferrable THEN ' DEFERRABLE' ELSE '' END, CASE WHEN key.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END);
$$;
COMMENT ON FUNCTION primecloud_internal.foreign_key_definition(pg_constraint, name[], name[], name[])
    IS 'a foreign key, with other columns than it has';

CREATE FUNCTION primecloud_internal.foreign_key_columns(key pg_constraint, OUT columns name[], OUT parent_columns name[],
    OUT deleted name[])
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT array_agg(c.attname ORDER BY k.n), array_agg(p.attname ORDER BY k.n),
        array_agg(c.attname ORDER BY k.n) FILTER (WHERE k.child = ANY (key.confdelsetcols))
    FROM unnest(key.conkey, key.confkey) WITH ORDINALITY AS k(child, parent, n)
    JOIN pg_attribute c ON c.attrelid = key.conrelid AND c.attnum = k.child JOIN pg_attribute p ON p.attrelid = key.confrelid
        AND p.attnum = k.parent;
$$;
COMMENT ON FUNCTION primecloud_internal.foreign_key_columns(pg_constraint)
    IS 'the columns of a foreign key, those it points at, and those that ON DELETE SET names';

CREATE FUNCTION primecloud_internal.validate_as_owner(rel regclass, constraint_name name) RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.check_as_owner(rel, format('ALTER TABLE %s VALIDATE CONSTRAINT %I', rel, constraint_name)) $$;
COMMENT ON FUNCTION primecloud_internal.validate_as_owner(regclass, name)
    IS 'checks the rows that a foreign key found, as the owner of its table; called by the scripts of protect_fk()';

CREATE FUNCTION primecloud_internal.validate_key(key pg_constraint) RETURNS primecloud_internal.plan_step
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.step('validate', key.conrelid::regclass::text,
    format('SELECT primecloud_internal.validate_as_owner(%L, %L)', key.conrelid::regclass, key.conname)) $$;
COMMENT ON FUNCTION primecloud_internal.validate_key(pg_constraint) IS 'the step that checks the rows that a foreign key found';

-- Steps that put a foreign key in another's place, with the step that notes it.  The check of
-- existing rows is a query like any other: it is run as the owner, past the forced policies
-- that would hide rows from him, so that the constraint would count as checked.
CREATE FUNCTION primecloud_internal.replace_foreign_key(key pg_constraint, definition text, note primecloud_internal.plan_step,
    online boolean)
    RETURNS primecloud_internal.plan_step[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    change text := format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', key.conrelid::regclass, key.conname, key.conname,
        definition);
BEGIN
    IF NOT online THEN
        RETURN ARRAY[primecloud_internal.step('foreign key', key.conrelid::regclass::text, change), note];
    END IF;
    IF (SELECT relkind FROM pg_class WHERE oid = key.conrelid) = 'p' THEN
        RAISE feature_not_supported USING MESSAGE = format('%s is partitioned: its foreign keys cannot be added NOT VALID',
            key.conrelid::regclass), HINT = 'Call it without online in a quiet hour.';
    END IF;
    RETURN primecloud_internal.in_one_transaction(ARRAY[primecloud_internal.step('unchecked foreign key', key.conrelid::regclass::text,
        change || ' NOT VALID'), note])
        || primecloud_internal.validate_key(key);
END $$;
COMMENT ON FUNCTION primecloud_internal.replace_foreign_key(pg_constraint, text, primecloud_internal.plan_step, boolean)
    IS 'the steps that change a foreign key in its place';

CREATE FUNCTION protect_fk(rel regclass, constraint_name name, dry_run boolean DEFAULT false, online boolean DEFAULT false)
    RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    tenant name := primecloud_internal.check_protected(rel);
    key pg_constraint := (SELECT c FROM pg_constraint c WHERE c.conrelid = rel AND c.conname = constraint_name AND c.contype = 'f');
    parent_tenant name := primecloud.tenant_column(key.confrelid);
    had record;
    steps primecloud_internal.plan_step[];
BEGIN
    IF key.oid IS NULL THEN
        RAISE undefined_object USING MESSAGE = format('table %s has no foreign key "%s"', rel, constraint_name);
    END IF;
    IF parent_tenant IS NULL THEN
        RAISE wrong_object_type USING MESSAGE = format('foreign key "%s" points at %s, which is not protected', constraint_name,
            key.confrelid::regclass),
            HINT = 'Protect that table first. A shared table needs no tenant in the keys that point at it.';
    END IF;
    PERFORM primecloud_internal.check_owner(key.confrelid);
    PERFORM primecloud_internal.check_carried(rel);
    had := primecloud_internal.foreign_key_columns(key);
    IF EXISTS (SELECT FROM unnest(had.columns, had.parent_columns) AS k(c, p) WHERE k.c = tenant AND k.p = parent_tenant) THEN
        -- It carries the tenant already: what is left is what a script was interrupted before.
        IF NOT key.convalidated AND constraint_name = ANY (primecloud_internal.tenant_constraints(rel)) THEN
            RETURN QUERY SELECT *
                FROM primecloud_internal.run_plan(CASE WHEN online
                THEN primecloud_internal.script_around(ARRAY[primecloud_internal.validate_key(key)])
                                                                ELSE ARRAY[primecloud_internal.validate_key(key)] END, dry_run, online);
        END IF;
        RETURN;
    END IF;
    IF tenant = ANY (had.columns) OR parent_tenant = ANY (had.parent_columns) THEN
        RAISE invalid_foreign_key USING MESSAGE = format('foreign key "%s" joins a tenant column to another column', constraint_name);
    END IF;
    IF key.confupdtype IN ('n', 'd') THEN
        RAISE feature_not_supported USING MESSAGE = format('foreign key "%s" has ON UPDATE SET NULL or SET DEFAULT', constraint_name),
            HINT = 'It would take the tenant column along. Choose NO ACTION or CASCADE.';
    END IF;
    steps := ARRAY(SELECT s FROM primecloud_internal.unique_with_tenant(key.confrelid, parent_tenant, had.parent_columns, online) AS s)
        || primecloud_internal.replace_foreign_key(key, primecloud_internal.foreign_key_definition(key, tenant || had.columns, parent_tenant
            || had.parent_columns, coalesce(had.deleted, had.columns)),
                                          primecloud_internal.note_tenant_constraint(rel, constraint_name, 'foreign key'), online);
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(CASE WHEN online THEN primecloud_internal.script_around(steps) ELSE steps
        END, dry_run, online);
END $$;
COMMENT ON FUNCTION protect_fk(regclass, name, boolean, boolean) IS
    'puts the tenant column into a foreign key, so that no row can point at another tenant''s row';

CREATE FUNCTION unprotect_fk(rel regclass, constraint_name name, dry_run boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    tenant name := primecloud_internal.check_protected(rel);
    key pg_constraint := (SELECT c FROM pg_constraint c WHERE c.conrelid = rel AND c.conname = constraint_name AND c.contype = 'f');
    had record;
BEGIN
    IF primecloud_internal.protection_note(rel) -> 'constraints' ->> constraint_name IS DISTINCT FROM 'foreign key' OR key.oid IS NULL THEN
        RETURN;  -- protect_fk() did not change it
    END IF;
    had := primecloud_internal.foreign_key_columns(key);
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(
        primecloud_internal.replace_foreign_key(key, primecloud_internal.foreign_key_definition(key,
            ARRAY(SELECT c FROM unnest(had.columns, had.parent_columns) WITH ORDINALITY AS k(c, p, n) WHERE c <> tenant ORDER BY n),
            ARRAY(SELECT p FROM unnest(had.columns, had.parent_columns) WITH ORDINALITY AS k(c, p, n) WHERE c <> tenant ORDER BY n),
            -- All of its columns is what SET NULL says when it names none.
            CASE WHEN cardinality(had.deleted) < cardinality(had.columns) - 1 THEN had.deleted END),
                primecloud_internal.note_tenant_constraint(rel, constraint_name, NULL), false)
        -- The support goes with the last key that leans on it.
        || ARRAY(SELECT s FROM pg_constraint u,
            LATERAL (VALUES (1, primecloud_internal.step('drop unique', u.conrelid::regclass::text,
            format('ALTER TABLE %s DROP CONSTRAINT %I', u.conrelid::regclass, u.conname))),
                                                                (2, primecloud_internal.note_tenant_constraint(u.conrelid, u.conname,
                                                                    NULL))) AS v(n, s)
                 WHERE u.conrelid = key.confrelid AND primecloud_internal.protection_note(key.confrelid) -> 'constraints'
                     ->> u.conname = 'support' AND u.conindid = key.conindid
                   AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = u.conindid AND f.oid <> key.oid
                       AND f.conparentid <> key.oid) ORDER BY n), dry_run);
END $$;
COMMENT ON FUNCTION unprotect_fk(regclass, name, boolean) IS 'undoes protect_fk(): the foreign key is what it was';
