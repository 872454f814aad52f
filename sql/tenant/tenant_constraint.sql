-- Constraints that carry the tenant: how they are noted, and the unique one that a foreign key leans on.

-- Notes that constraints carry the tenant, and what each is: a `foreign key`, a `unique`
-- constraint or index, the `support` that a foreign key of another table leans on, or the
-- `key index` by which rows that point somewhere are found.  With a null, that it is so no longer.
CREATE FUNCTION primecloud_internal.note_tied(rel regclass, tied jsonb) RETURNS primecloud_internal.plan_step
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT primecloud_internal.note_protection(rel, (note - 'constraints') || CASE now WHEN '{}' THEN '{}'
        ELSE jsonb_build_object('constraints', now) END)
    FROM primecloud_internal.protection_note(rel) AS note,
        LATERAL (SELECT jsonb_strip_nulls(coalesce(note -> 'constraints', '{}') || tied)) AS t(now);
$$;
COMMENT ON FUNCTION primecloud_internal.note_tied(regclass, jsonb)
    IS 'the step that puts constraints under the guard, or takes them away';

CREATE FUNCTION primecloud_internal.note_tenant_constraint(rel regclass, constraint_name name, kind text)
    RETURNS primecloud_internal.plan_step
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.note_tied(rel, jsonb_build_object(constraint_name, kind)) $$;
COMMENT ON FUNCTION primecloud_internal.note_tenant_constraint(regclass, name, text)
    IS 'the step that puts a constraint under the guard, or takes it away';

-- What the note of a table says under a name that is no constraint's and no index's any more is what has another name now.
CREATE FUNCTION primecloud_internal.rename_noted(class oid, object oid) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    named record;
    note jsonb;
    gone text[];
    step primecloud_internal.plan_step;
BEGIN
    -- Constraint and index have one name, whichever is renamed.
    SELECT k.conrelid AS rel, k.conname::text AS name, k.contype = 'f' AS is_key INTO named FROM pg_constraint k
    WHERE class = 'pg_constraint'::regclass AND k.oid = object AND k.contype IN ('f', 'u', 'p')
    UNION ALL
    SELECT i.indrelid, x.relname, false FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
    WHERE class = 'pg_class'::regclass AND i.indexrelid = object;
    note := primecloud_internal.protection_note(named.rel);
    gone := ARRAY(SELECT n FROM (SELECT jsonb_object_keys(note -> 'constraints') UNION SELECT note ->> 'index') AS t(n)
        WHERE n IS NOT NULL AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = named.rel AND k.conname = n::name)
            AND NOT EXISTS (SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
                            WHERE i.indrelid = named.rel AND x.relname = n::name));
    IF cardinality(gone) <> 1 OR note -> 'constraints' ? named.name
        OR named.is_key <> (note -> 'constraints' ->> gone[1] IS NOT DISTINCT FROM 'foreign key') THEN
        RETURN;
    END IF;
    IF note ->> 'index' = gone[1] THEN
        note := note || jsonb_build_object('index', named.name);
    END IF;
    IF note -> 'constraints' ? gone[1] THEN
        note := note || jsonb_build_object('constraints', (note -> 'constraints') - gone[1]
            || jsonb_build_object(named.name, note -> 'constraints' -> gone[1]));
    END IF;
    step := primecloud_internal.note_protection(named.rel, note);
    PERFORM primecloud_internal.run_plan(ARRAY[step], false);
END $$;
COMMENT ON FUNCTION primecloud_internal.rename_noted(oid, oid) IS 'gives what the note of a protected table names the name that it has now';

CREATE FUNCTION primecloud_internal.way_to_drop(rel regclass, constraint_name name) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('Use primecloud.%s if this is meant.', CASE primecloud_internal.protection_note(rel) -> 'constraints' ->> constraint_name
        WHEN 'foreign key' THEN format('unprotect_fk(%L, %L)', rel, constraint_name)
        WHEN 'unique' THEN format('unprotect_unique(%L, %L)', rel, constraint_name) ELSE 'unprotect_table()' END);
$$;
COMMENT ON FUNCTION primecloud_internal.way_to_drop(regclass, name)
    IS 'the hint of the guard: what takes back a tenant constraint, or a table';

CREATE FUNCTION primecloud_internal.check_protected(rel regclass) RETURNS name
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM primecloud_internal.check_owner(rel);
    PERFORM primecloud_internal.check_one_hand(rel);
    IF primecloud.tenant_column(rel) IS NULL THEN
        RAISE wrong_object_type USING MESSAGE = format('table %s is not protected', rel), HINT = 'Call primecloud.protect_table() first.';
    END IF;
    RETURN primecloud.tenant_column(rel);
END $$;
COMMENT ON FUNCTION primecloud_internal.check_protected(regclass)
    IS 'the tenant column of a protected table that the current user owns; an error otherwise';

CREATE FUNCTION primecloud_internal.name_with_tenant(rel regclass, tenant_column name, columns name[]) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT format('%s_%s_%s_key', relname, tenant_column, array_to_string(columns, '_')) FROM pg_class WHERE oid = rel $$;
COMMENT ON FUNCTION primecloud_internal.name_with_tenant(regclass, name, name[])
    IS 'how a constraint that makes columns unique together with the tenant is to be named';

-- A unique constraint over the tenant and the columns, so that a foreign key can name both.
CREATE FUNCTION primecloud_internal.unique_with_tenant(rel regclass, tenant_column name, columns name[], online boolean)
    RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wanted int2[] := (SELECT array_agg(attnum ORDER BY attnum) FROM pg_attribute WHERE attrelid = rel
        AND attname = ANY (tenant_column || columns));
    name_wanted text := primecloud_internal.name_with_tenant(rel, tenant_column, columns);
    left_over record := primecloud_internal.unfinished_index(rel, name_wanted, tenant_column || columns);
    constraint_name name := coalesce(left_over.index_name, primecloud_internal.free_name(primecloud_internal.schema_of(rel), name_wanted));
    list text := (SELECT string_agg(quote_ident(c), ', ' ORDER BY n) FROM unnest(tenant_column || columns) WITH ORDINALITY AS u(c, n));
BEGIN
    IF EXISTS (SELECT FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
               WHERE indrelid = rel AND indisunique AND indisvalid AND indislive AND indpred IS NULL AND indexprs IS NULL
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
        primecloud_internal.step('take index', rel::text, format('ALTER TABLE %s ADD CONSTRAINT %I UNIQUE USING INDEX %I', rel,
            constraint_name, constraint_name)),
        primecloud_internal.note_tenant_constraint(rel, constraint_name, 'support')])) AS s;
END $$;
COMMENT ON FUNCTION primecloud_internal.unique_with_tenant(regclass, name, name[], boolean)
    IS 'the steps that make columns unique together with the tenant';
