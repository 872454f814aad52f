-- unprotect_table: back to what was there before.

-- What takes one table back, by its note.  A table that was protected without one (its
-- comment was overwritten) loses its policies and row-level security, and keeps the rest.
CREATE FUNCTION unprotection_plan(rel regclass) RETURNS TABLE (step integer, statement text)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    class pg_class := (SELECT c FROM pg_class c WHERE oid = rel);
    note jsonb := primecloud.protection_note(rel);
    key name := primecloud.tenant_column(rel);
    tenant pg_attribute := (SELECT a FROM pg_attribute a WHERE attrelid = rel AND attname = key);
    held_before text := coalesce(note ->> 'row security', 'off');
BEGIN
    -- Step 1 on every partition before step 2 on any: policies hold on to the column.
    step := 1;
    FOR statement IN SELECT format('DROP POLICY %I ON %s', polname, rel) FROM pg_policy WHERE polrelid = rel AND polname LIKE 'primecloud\_%' ORDER BY polname LOOP
        RETURN NEXT;
    END LOOP;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    step := 2;
    IF class.relforcerowsecurity AND held_before <> 'forced' THEN
        statement := format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', rel);
        RETURN NEXT;
    END IF;
    IF class.relrowsecurity AND held_before = 'off' THEN
        statement := format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', rel);
        RETURN NEXT;
    END IF;
    FOR statement IN SELECT format('DROP INDEX %s', i.indexrelid::regclass) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                     WHERE i.indrelid = rel AND c.relname = note ->> 'index' AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid) LOOP
        RETURN NEXT;
    END LOOP;
    IF note -> 'made' ? 'column' THEN
        statement := format('ALTER TABLE %s DROP COLUMN %I', rel, key);
        RETURN NEXT;
        RETURN;
    END IF;
    IF note -> 'made' ? 'default' AND (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = rel AND adnum = tenant.attnum)
                                      = primecloud.tenant_key_function(tenant.atttypid) || '()' THEN
        statement := format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT', rel, key);
        RETURN NEXT;
    END IF;
    IF note -> 'made' ? 'not null' AND tenant.attnotnull AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = rel AND indisprimary AND tenant.attnum = ANY (indkey)) THEN
        statement := format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL', rel, key);
        RETURN NEXT;
    END IF;
END $$;
COMMENT ON FUNCTION unprotection_plan(regclass) IS 'the statements by which unprotect_table() takes one table back';

CREATE FUNCTION unprotect_table(rel regclass, dry_run boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    tied record;
BEGIN
    PERFORM primecloud.check_owner(rel);
    IF (SELECT relkind FROM pg_class WHERE oid = rel) NOT IN ('r', 'p') THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is not a table', rel), HINT = 'Protection stands on tables; for a view there is primecloud.unprotect_view().';
    END IF;
    -- Constraints first: foreign keys before the keys that they lean on.
    FOR tied IN SELECT c.name, c.kind FROM jsonb_each_text(primecloud.protection_note(rel) -> 'constraints') AS c(name, kind)
                WHERE c.kind IN ('foreign key', 'unique') ORDER BY c.kind, c.name LOOP
        IF tied.kind = 'foreign key' THEN
            RETURN QUERY SELECT * FROM primecloud.unprotect_fk(rel, tied.name::name, dry_run);
        ELSE
            RETURN QUERY SELECT * FROM primecloud.unprotect_unique(rel, tied.name::name, dry_run);
        END IF;
    END LOOP;
    IF EXISTS (SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname = 'primecloud_copy' AND c.oid = to_regclass(primecloud.copy_target_name(rel))) THEN
        RETURN QUERY SELECT * FROM primecloud.drop_copy_target(rel, dry_run);
    END IF;
    RETURN QUERY SELECT r FROM primecloud.run_statements(ARRAY(
        SELECT p.statement FROM primecloud.table_tree(rel) WITH ORDINALITY AS t, LATERAL primecloud.unprotection_plan(t.relid) WITH ORDINALITY AS p(step, statement, n)
        WHERE t.kind IN ('r', 'p') ORDER BY p.step, t.ordinality, p.n), dry_run) AS r;
END $$;
COMMENT ON FUNCTION unprotect_table(regclass, boolean) IS
    'undoes protect_table(), protect_child(), share_table(), confine_table() and what protect_fk(), protect_unique() and copy_target() made on the table: what was there before is there again';
