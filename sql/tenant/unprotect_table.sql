-- unprotect_table: back to what was there before.

-- What takes one table back, by its note, or by that of a script that is not through.  A table
-- whose note was lost loses its policies and row-level security, and keeps the rest.
CREATE FUNCTION primecloud_internal.unprotection_plan(rel regclass) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    class pg_class := (SELECT c FROM pg_class c WHERE oid = rel);
    note jsonb := primecloud_internal.unfinished_note(rel) || primecloud_internal.protection_note(rel);
    key name := coalesce(primecloud.tenant_column(rel), note ->> 'tenant');
    tenant pg_attribute := (SELECT a FROM pg_attribute a WHERE attrelid = rel AND attname = key AND NOT attisdropped);
    held_before text := coalesce(note ->> 'row security', 'off');
BEGIN
    RETURN QUERY SELECT 'drop policy', rel::text, format('DROP POLICY %I ON %s', polname, rel)
        FROM pg_policy WHERE polrelid = rel AND starts_with(polname, 'primecloud_') ORDER BY polname;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT 'drop fill trigger', rel::text, format('DROP TRIGGER %I ON %s', tgname, rel)
        FROM pg_trigger WHERE tgrelid = rel AND tgname = 'primecloud_fill_tenant' AND tgparentid = 0;
    RETURN QUERY SELECT 'drop check', rel::text, format('ALTER TABLE %s DROP CONSTRAINT %I', rel, conname)
        FROM pg_constraint WHERE conrelid = rel AND conname = 'primecloud_tenant_known' AND coninhcount = 0;
    IF note ?| '{row security,lost}' OR primecloud_internal.protection_note(rel) = '{}' THEN
        IF class.relforcerowsecurity AND held_before <> 'forced' THEN
            RETURN NEXT primecloud_internal.step('lift', rel::text, format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', rel));
        END IF;
        IF class.relrowsecurity AND held_before = 'off' THEN
            RETURN NEXT primecloud_internal.step('lift', rel::text, format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', rel));
        END IF;
    END IF;
    RETURN QUERY SELECT 'drop index', rel::text, format('DROP INDEX %s', i.indexrelid::regclass) FROM pg_index i JOIN pg_class c
        ON c.oid = i.indexrelid
        WHERE i.indrelid = rel AND (c.relname = note ->> 'index' OR note -> 'constraints' ->> c.relname = 'key index')
            AND NOT c.relispartition
            AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid);
    RETURN QUERY SELECT 'drop member key', rel::text, format('ALTER TABLE %s DROP CONSTRAINT %I', rel, c.conname)
        FROM pg_constraint c WHERE c.conrelid = rel AND c.contype = 'u' AND note -> 'constraints' ->> c.conname = 'member key';
    -- (Citus changes nothing of the column by which it spreads a table.)
    IF primecloud_internal.is_distributed(rel) THEN
        RETURN QUERY SELECT 'remark', rel::text, format('-- column "%s" of %s keeps its default and stays NOT NULL as long as the table is '
            'distributed', key, rel) WHERE note -> 'made' <> '[]';
        RETURN;
    END IF;
    IF note -> 'made' ? 'column' THEN
        RETURN QUERY SELECT 'drop column', rel::text, format('ALTER TABLE %s DROP COLUMN %I', rel, key) WHERE tenant.attnum IS NOT NULL;
        RETURN;
    END IF;
    IF note -> 'made' ? 'default' AND (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = rel AND adnum = tenant.attnum)
                                      = primecloud_internal.tenant_key_function(tenant.atttypid) || '()' THEN
        RETURN NEXT primecloud_internal.step('drop default', rel::text, format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT', rel, key));
    END IF;
    IF note -> 'made' ? 'not null' AND tenant.attnotnull AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = rel AND indisprimary
        AND tenant.attnum = ANY (indkey)) THEN
        RETURN NEXT primecloud_internal.step('drop not null', rel::text, format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL', rel, key));
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.unprotection_plan(regclass) IS 'the steps by which unprotect_table() takes one table back';

CREATE FUNCTION unprotect_table(rel regclass, dry_run boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
DECLARE
    tied record;
BEGIN
    PERFORM primecloud_internal.check_owner(rel);
    PERFORM primecloud_internal.check_one_hand(rel);
    -- What it was before is what it is now, else.
    IF EXISTS (SELECT FROM primecloud_internal.table_tree(rel) AS t WHERE primecloud_internal.is_lifted(t.relid)) THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('migrating() has lifted row-level security of %s', rel),
            HINT = 'Call primecloud.migrated() first.';
    END IF;
    IF (SELECT relkind FROM pg_class WHERE oid = rel) NOT IN ('r', 'p') THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is not a table', rel),
            HINT = 'Protection stands on tables; for a view there is primecloud.unprotect_view().';
    END IF;
    -- Constraints first: foreign keys before the keys that they lean on.  (Without a tenant column none carries it, whatever is noted.)
    FOR tied IN SELECT c.name, c.kind FROM jsonb_each_text(primecloud_internal.protection_note(rel) -> 'constraints') AS c(name, kind)
                WHERE c.kind IN ('foreign key', 'unique') AND primecloud.tenant_column(rel) IS NOT NULL ORDER BY c.kind, c.name LOOP
        IF tied.kind = 'foreign key' THEN
            RETURN QUERY SELECT * FROM primecloud.unprotect_fk(rel, tied.name::name, dry_run);
        ELSE
            RETURN QUERY SELECT * FROM primecloud.unprotect_unique(rel, tied.name::name, dry_run);
        END IF;
    END LOOP;
    IF EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname = 'primecloud_copy'
        AND c.oid = to_regclass(primecloud_internal.copy_target_name(rel))) THEN
        RETURN QUERY SELECT * FROM primecloud.drop_copy_target(rel, dry_run);
    END IF;
    -- Policies of every partition before anything else of any: they hold on to the column.
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(ARRAY(
        SELECT p.s FROM primecloud_internal.table_tree(rel) WITH ORDINALITY AS t,
            LATERAL (SELECT s, row_number() OVER () AS n FROM primecloud_internal.unprotection_plan(t.relid) AS s) AS p
        WHERE t.kind IN ('r', 'p') ORDER BY (p.s).kind <> 'drop policy', t.ordinality, p.n), dry_run);
END $$;
COMMENT ON FUNCTION unprotect_table(regclass, boolean) IS
    'undoes protect_table(), protect_child(), share_table(), confine_table() and what protect_fk(), protect_unique() and copy_target() '
        'made on the table: what was there before is there again';
