-- confine_table and share_table: less than the account, and more than one.

CREATE FUNCTION confine_table(rel regclass, id_column name, dry_run boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$
DECLARE
    type regtype := (SELECT atttypid FROM pg_attribute WHERE attrelid = rel AND attname = id_column AND attnum > 0 AND NOT attisdropped);
BEGIN
    PERFORM primecloud_internal.check_owner(rel);
    PERFORM primecloud_internal.check_one_hand(rel);
    -- A policy on a table whose row-level security is off would hold nobody.
    IF NOT (SELECT relrowsecurity FROM pg_class WHERE oid = rel) THEN
        RAISE wrong_object_type USING MESSAGE = format('table %s is not protected', rel), HINT = 'Call primecloud.protect_table() first.';
    END IF;
    IF type IS NULL THEN
        RAISE undefined_column USING MESSAGE = format('table %s has no column "%s"', rel, id_column),
            HINT = 'Name the column whose ids the user''s grants list.';
    END IF;
    IF primecloud_internal.tenant_key_function(type) IS NULL THEN
        RAISE datatype_mismatch USING MESSAGE = format('column "%s" of %s is of type %s', id_column, rel, type),
            HINT = 'Ids that are granted are of type uuid, bigint, integer, text or varchar.';
    END IF;
    -- On shards what is restrictive would let in: there the other policies ask it.
    IF primecloud_internal.is_distributed(rel) AND primecloud.tenant_column(rel) IS NOT NULL THEN
        RETURN QUERY SELECT * FROM primecloud_internal.run_plan(ARRAY(
            SELECT s FROM primecloud_internal.shape_steps(rel, true, id_column) AS s), dry_run);
        RETURN;
    END IF;
    PERFORM primecloud_internal.check_not_distributed(rel);
    -- Restrictive, beside the equality and not within it: the index condition stays.
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(ARRAY(
        SELECT s FROM primecloud_internal.table_tree(rel) AS t,
            LATERAL (SELECT p.*, pg_get_expr(p.polqual, p.polrelid) AS qual FROM (SELECT 1) AS one LEFT JOIN pg_policy p
                ON p.polrelid = t.relid AND p.polname = 'primecloud_confine') AS had,
            LATERAL (SELECT primecloud_internal.confinement(t.relid, id_column)) AS w(condition),
            LATERAL (SELECT primecloud_internal.step('drop policy', t.relid::text, format('DROP POLICY primecloud_confine ON %s', t.relid))
                WHERE had.polname IS NOT NULL
                     UNION ALL SELECT primecloud_internal.step('policy', t.relid::text,
                         format('CREATE POLICY primecloud_confine ON %s AS RESTRICTIVE FOR ALL TO PUBLIC USING %s', t.relid, w.condition)))
                         AS c(s)
        WHERE t.kind IN ('r', 'p')
          AND NOT coalesce(had.polcmd = '*' AND NOT had.polpermissive AND had.polroles = '{0}' AND had.polwithcheck IS NULL
              AND had.qual = w.condition, false)), dry_run);
END $$;
COMMENT ON FUNCTION confine_table(regclass, name, boolean) IS 'shows a confined role only the rows whose id its user was granted';

CREATE FUNCTION unconfine_table(rel regclass, dry_run boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM primecloud_internal.check_owner(rel);
    PERFORM primecloud_internal.check_one_hand(rel);
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(ARRAY(
        SELECT s FROM primecloud_internal.shape_steps(rel, true, '') AS s
        WHERE primecloud_internal.is_distributed(rel) AND primecloud.tenant_column(rel) IS NOT NULL)
        || ARRAY(
        SELECT primecloud_internal.step('drop policy', t.relid::text, format('DROP POLICY primecloud_confine ON %s', t.relid))
        FROM primecloud_internal.table_tree(rel) AS t JOIN pg_policy p ON p.polrelid = t.relid AND p.polname = 'primecloud_confine'
        ORDER BY t.level, t.relid), dry_run);
END $$;
COMMENT ON FUNCTION unconfine_table(regclass, boolean) IS 'undoes confine_table(): a confined role sees the rows of its account again';

CREATE FUNCTION primecloud_internal.share_plan(rel regclass) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part record;
BEGIN
    PERFORM primecloud_internal.check_owner(rel);
    PERFORM primecloud_internal.check_one_hand(rel);
    PERFORM primecloud_internal.check_not_distributed(rel);
    IF (SELECT relkind FROM pg_class WHERE oid = rel) NOT IN ('r', 'p') THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is not a table', rel), HINT = 'Share the tables below it.';
    END IF;
    PERFORM primecloud_internal.check_one_kind(rel, 'primecloud_shared');
    FOR part IN SELECT c.* FROM primecloud_internal.table_tree(rel) AS t JOIN pg_class c ON c.oid = t.relid WHERE t.kind IN ('r', 'p')
        ORDER BY t.level, t.relid LOOP
        IF NOT (part.relrowsecurity AND part.relforcerowsecurity) THEN
            RETURN NEXT primecloud_internal.step('row security', part.oid::regclass::text,
                format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part.oid::regclass));
        END IF;
        RETURN QUERY SELECT 'policy', part.oid::regclass::text, format('CREATE POLICY %I ON %s FOR %s TO PUBLIC %s (%s)', told.name,
            part.oid::regclass, told.command, told.clause, 'primecloud.refuse_owner((tableoid)::regclass)')
            FROM (VALUES ('primecloud_shared_insert', 'INSERT', 'WITH CHECK'), ('primecloud_shared_update', 'UPDATE', 'USING'),
                ('primecloud_shared_delete', 'DELETE', 'USING')) AS told(name, command, clause)
            WHERE NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = part.oid AND polname = told.name);
        IF EXISTS (SELECT FROM pg_policy WHERE polrelid = part.oid AND polname = 'primecloud_shared') THEN
            RETURN QUERY SELECT (primecloud_internal.note_protection(part.oid, '{"lost": true}', 'primecloud_shared')).*
                WHERE primecloud_internal.protection_note(part.oid) = '{}';
            CONTINUE;
        END IF;
        RETURN NEXT primecloud_internal.step('policy', part.oid::regclass::text,
            format('CREATE POLICY primecloud_shared ON %s FOR SELECT TO PUBLIC USING (true)', part.oid::regclass));
        RETURN NEXT primecloud_internal.note_protection(part.oid, jsonb_build_object('row security',
            CASE WHEN part.relforcerowsecurity AND part.relrowsecurity THEN 'forced' WHEN part.relrowsecurity THEN 'on' ELSE 'off' END),
                'primecloud_shared');
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.share_plan(regclass) IS 'the steps by which every tenant reads a table and none writes it';

CREATE FUNCTION share_table(rel regclass, dry_run boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
AS $$ SELECT * FROM primecloud_internal.run_plan(ARRAY(SELECT s FROM primecloud_internal.share_plan(rel) AS s), dry_run) $$;
COMMENT ON FUNCTION share_table(regclass, boolean)
    IS 'reference data: every tenant reads it, none writes it; recorded by the policy primecloud_shared, undone by unprotect_table()';
