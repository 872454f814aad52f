-- assert_isolated: tries to reach another tenant's rows as the application would.

CREATE FUNCTION enter_probe(tenant text, role text) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_enter_probe';
COMMENT ON FUNCTION enter_probe(text, text) IS 'enters a tenant without asking for membership; called by assert_isolated()';
REVOKE ALL ON FUNCTION enter_probe(text, text) FROM PUBLIC;

-- Runs one statement as a role in a tenant and undoes it: the rows it touched, or the
-- SQLSTATE it was refused with.
CREATE FUNCTION probe(app_role name, tenant text, statement text, argument text DEFAULT NULL, role text DEFAULT 'owner', OUT rows bigint, OUT refused text)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    touched bigint;
BEGIN
    IF tenant IS NOT NULL THEN
        PERFORM primecloud.enter_probe(tenant, role);
    END IF;
    EXECUTE format('SET LOCAL ROLE %I', app_role);
    IF statement LIKE 'SELECT%' THEN
        EXECUTE statement INTO touched;
    ELSE
        EXECUTE statement USING argument;
        GET DIAGNOSTICS touched = ROW_COUNT;
    END IF;
    RAISE SQLSTATE 'PCROL' USING MESSAGE = touched::text;
EXCEPTION
    WHEN SQLSTATE 'PCROL' THEN
        rows := SQLERRM::bigint;
    WHEN OTHERS THEN
        refused := SQLSTATE;
END $$;
COMMENT ON FUNCTION probe(name, text, text, text, text) IS 'runs a statement as a role in a tenant and undoes it; called by assert_isolated()';
REVOKE ALL ON FUNCTION probe(name, text, text, text, text) FROM PUBLIC;

-- What is tried on a table, a partition or a view.  `allowed`: how many rows it may touch;
-- -1: it must be refused.  `argument`: a row of the other tenant, as text.
CREATE FUNCTION isolation_probes(target regclass, tenant_column name, one text, other text, own_rows bigint, confined boolean)
    RETURNS TABLE (tenant text, role text, statement text, argument text, allowed bigint, claim text, applies boolean)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kind "char" := (SELECT relkind FROM pg_class WHERE oid = target);
    foreign_row text;
    columns text;
    own_columns text;  -- the same, with the tenant of the one who tries
    theirs text := format('%I::text = %L', tenant_column, other);
    two boolean := coalesce(one <> other, false);
    key name := (SELECT c.conname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = target AND a.attname = tenant_column
                 WHERE c.conrelid = target AND c.contype IN ('p', 'u') AND NOT a.attnum = ANY (c.conkey) AND NOT c.condeferrable ORDER BY c.contype, c.conname LIMIT 1);
BEGIN
    EXECUTE format('SELECT t::text FROM %s AS t WHERE %s LIMIT 1', target, theirs) INTO foreign_row;
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum), string_agg(CASE attname WHEN tenant_column THEN format('%L', one) ELSE quote_ident(attname) END, ', ' ORDER BY attnum)
    INTO columns, own_columns FROM pg_attribute WHERE attrelid = target AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity <> 'a';
    RETURN QUERY SELECT t.tenant, t.role, t.statement, foreign_row, t.allowed, t.claim, coalesce(t.applies, false) FROM (VALUES
        (1, NULL, 'owner', format('SELECT count(*) FROM %s', target), 0::bigint, 'without a context no row is seen', true),
        (2, one, 'owner', format('SELECT count(*) FROM %s', target), own_rows, 'a tenant sees all of its rows', one IS NOT NULL),
        (3, one, 'owner', format('SELECT count(*) FROM %s WHERE %I::text <> %L', target, tenant_column, one), 0, 'and none of another', one IS NOT NULL),
        (4, one, 'owner', format('SELECT count(*) FROM %s WHERE %s', target, theirs), 0, 'not by naming the other tenant', two),
        (5, one, 'owner', format('SELECT count(*) FROM (SELECT FROM %s WHERE %s FOR UPDATE) AS locked', target, theirs), 0, 'nor by locking its rows', two),
        (6, one, 'owner', format('INSERT INTO %1$s (%2$s)%3$s SELECT %2$s FROM (SELECT ($1::%1$s).*) AS theirs', target, columns, CASE kind WHEN 'v' THEN '' ELSE ' OVERRIDING SYSTEM VALUE' END), 0,
            'a row of another tenant cannot be inserted', two AND foreign_row IS NOT NULL),
        (7, one, 'owner', format('UPDATE %s SET %2$I = %2$I WHERE %3$s', target, tenant_column, theirs), 0, 'nor updated', two),
        (8, one, 'owner', format('UPDATE %s SET %2$I = %3$L WHERE %2$I::text = %4$L', target, tenant_column, other, one), 0, 'a row cannot be moved to another tenant', two),
        (9, one, 'owner', format('DELETE FROM %s WHERE %s', target, theirs), 0, 'a row of another tenant cannot be deleted', two),
        (10, one, 'owner', format('INSERT INTO %1$s (%2$s) OVERRIDING SYSTEM VALUE SELECT %3$s FROM (SELECT ($1::%1$s).*) AS theirs ON CONFLICT ON CONSTRAINT %4$s DO UPDATE SET %5$I = excluded.%5$I',
            target, columns, own_columns, quote_ident(key), tenant_column), 0, 'nor taken over by ON CONFLICT', CASE WHEN key IS NOT NULL THEN two AND foreign_row IS NOT NULL END),
        (11, one, 'owner', format('MERGE INTO %s AS t USING (VALUES (1)) AS s(x) ON t.%s WHEN MATCHED THEN UPDATE SET %I = %L', target, theirs, tenant_column, one), 0,
            'nor by MERGE', CASE WHEN kind <> 'v' THEN two END),
        (12, one, 'owner', format('MERGE INTO %s AS t USING (VALUES (1)) AS s(x) ON t.%s WHEN MATCHED THEN DELETE', target, theirs), 0, 'nor deleted by MERGE', CASE WHEN kind <> 'v' THEN two END),
        (13, one, 'owner', format('TRUNCATE %s', target), -1, 'the table cannot be truncated', CASE WHEN kind <> 'v' THEN one IS NOT NULL END),
        (14, one, 'external_client', format('SELECT count(*) FROM %s', target), 0, 'a confined user to whom nothing was granted sees no row', CASE WHEN confined THEN one IS NOT NULL END)
        ) AS t(n, tenant, role, statement, allowed, claim, applies)
    WHERE t.applies IS NOT NULL OR t.n < 10 ORDER BY t.n;
END $$;
COMMENT ON FUNCTION isolation_probes(regclass, name, text, text, bigint, boolean) IS 'the statements that assert_isolated() tries';
REVOKE ALL ON FUNCTION isolation_probes(regclass, name, text, text, bigint, boolean) FROM PUBLIC;

-- What the catalog says already.
CREATE FUNCTION isolation_facts(rel regclass, tenant_column name, app_role name) RETURNS TABLE (holds boolean, claim text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT relrowsecurity AND relforcerowsecurity, 'row-level security is enabled and forced' FROM pg_class WHERE oid = rel
    UNION ALL
    SELECT NOT EXISTS (SELECT FROM primecloud.table_tree(rel) AS t JOIN pg_class c ON c.oid = t.relid
                       WHERE CASE t.kind WHEN 'f' THEN has_table_privilege(app_role, c.oid, 'SELECT, INSERT, UPDATE, DELETE') ELSE NOT (relrowsecurity AND relforcerowsecurity) END), 'and on every partition'
    UNION ALL
    SELECT NOT EXISTS (SELECT FROM primecloud.table_tree(rel) AS t, pg_attribute a,
                           LATERAL primecloud.tenant_policies(t.relid, tenant_column, a.atttypid, 'owner', 'owner', 'owner') AS w
                       WHERE t.kind IN ('r', 'p') AND a.attrelid = t.relid AND a.attname = tenant_column AND w.policy = 'primecloud_floor'
                         AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = t.relid AND p.polname = w.policy AND NOT p.polpermissive AND p.polcmd = '*' AND p.polroles = '{0}'
                                         AND pg_get_expr(p.polqual, t.relid) = w.qual AND pg_get_expr(p.polwithcheck, t.relid) = w.with_check)), 'the floor is whole'
    UNION ALL
    SELECT NOT rolsuper AND NOT rolbypassrls AND NOT EXISTS (SELECT FROM pg_roles r WHERE (r.rolsuper OR r.rolbypassrls) AND pg_has_role(app_role, r.oid, 'MEMBER')),
           format('%s is held by policies', app_role) FROM pg_roles WHERE rolname = app_role
    UNION ALL
    SELECT NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname IN ('pg_write_server_files', 'pg_execute_server_program', 'pg_read_server_files') AND pg_has_role(app_role, r.oid, 'MEMBER')),
           format('%s does not reach the server''s files', app_role)
    UNION ALL
    SELECT NOT EXISTS (SELECT FROM primecloud.table_tree(rel) AS t JOIN pg_class c ON c.oid = t.relid WHERE pg_has_role(app_role, c.relowner, 'MEMBER')), format('%s cannot become the owner', app_role)
    UNION ALL
    SELECT NOT EXISTS (SELECT FROM primecloud.table_tree(rel) AS t WHERE has_table_privilege(app_role, t.relid, 'TRUNCATE, REFERENCES, TRIGGER') OR has_any_column_privilege(app_role, t.relid, 'REFERENCES')),
           format('%s cannot truncate, reference or attach a trigger', app_role);
$$;
COMMENT ON FUNCTION isolation_facts(regclass, name, name) IS 'what assert_isolated() reads in the catalog';

CREATE FUNCTION assert_isolated(rel regclass, app_role name) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    tenant_column name := primecloud.tenant_column(rel);
    confined boolean := EXISTS (SELECT FROM pg_policy WHERE polrelid = rel AND polname = 'primecloud_confine');
    number int := 0;
    one text;
    other text;
    own_rows bigint;
    target record;
    tried record;
    outcome record;
BEGIN
    IF NOT (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user) THEN
        RAISE insufficient_privilege USING MESSAGE = 'assert_isolated must see the rows of every tenant', HINT = 'Run it as a superuser.';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = app_role) THEN
        RAISE undefined_object USING MESSAGE = format('role "%s" does not exist', app_role), HINT = 'Name the role that the application connects as.';
    END IF;
    IF tenant_column IS NULL THEN
        RAISE wrong_object_type USING MESSAGE = format('table %s is not protected', rel), HINT = 'Call primecloud.protect_table() first.';
    END IF;
    EXECUTE format('SELECT %1$I::text FROM %2$s ORDER BY %1$I LIMIT 1', tenant_column, rel) INTO one;
    EXECUTE format('SELECT %1$I::text FROM %2$s ORDER BY %1$I DESC LIMIT 1', tenant_column, rel) INTO other;

    FOR tried IN SELECT * FROM primecloud.isolation_facts(rel, tenant_column, app_role) LOOP
        number := number + 1;
        RETURN NEXT format('%s %s - %s: %s', CASE WHEN tried.holds THEN 'ok' ELSE 'not ok' END, number, rel, tried.claim);
    END LOOP;
    -- The table, its parts by their own names, and the views that show the tenant.
    FOR target IN
        SELECT t.relid, 0 AS sort, t.level FROM primecloud.table_tree(rel) AS t WHERE t.kind IN ('r', 'p')
        UNION ALL
        SELECT DISTINCT v.view, 1, 0 FROM primecloud.views_over(rel) v JOIN pg_class c ON c.oid = v.view JOIN pg_attribute a ON a.attrelid = v.view AND a.attname = tenant_column AND NOT a.attisdropped
        WHERE c.relkind = 'v' AND has_table_privilege(app_role, v.view, 'SELECT')
        ORDER BY 2, 3, 1
    LOOP
        EXECUTE format('SELECT count(*) FROM %s WHERE %I::text = $1', target.relid, tenant_column) INTO own_rows USING one;
        FOR tried IN SELECT * FROM primecloud.isolation_probes(target.relid, tenant_column, one, other, own_rows, confined) LOOP
            CONTINUE WHEN target.relid <> rel AND (tried.claim = 'a tenant sees all of its rows' OR NOT tried.applies);
            number := number + 1;
            IF NOT tried.applies THEN
                RETURN NEXT format('ok %s - %s: %s # SKIP the table has rows of %s', number, target.relid, tried.claim, CASE WHEN one IS NULL THEN 'no tenant' ELSE 'one tenant' END);
                CONTINUE;
            END IF;
            SELECT * INTO outcome FROM primecloud.probe(app_role, tried.tenant, tried.statement, tried.argument, tried.role);
            -- A view may be one that cannot be written at all.
            IF outcome.rows = tried.allowed OR (tried.allowed <= 0 AND outcome.refused = '42501') OR (target.sort = 1 AND outcome.refused IN ('55000', '0A000', '42P10')) THEN
                RETURN NEXT format('ok %s - %s: %s', number, target.relid, tried.claim);
            ELSE
                RETURN NEXT format('not ok %s - %s: %s (%s)', number, target.relid, tried.claim, coalesce('refused with ' || outcome.refused, format('%s rows', outcome.rows)));
            END IF;
        END LOOP;
    END LOOP;
    -- Other ways to it: each must be held by policies.
    FOR tried IN SELECT path, bool_and(held) AS held, string_agg(why, '; ' ORDER BY why) AS why FROM primecloud.explain_access(rel, app_role) WHERE path ~ '^(materialized )?view ' GROUP BY path ORDER BY path LOOP
        number := number + 1;
        RETURN NEXT format('%s %s - %s: by %s, policies hold: %s', CASE WHEN tried.held THEN 'ok' ELSE 'not ok' END, number, rel, tried.path, tried.why);
    END LOOP;
    RETURN QUERY SELECT format('# %s: %s: %s', rel, path, why) FROM primecloud.explain_access(rel, app_role) WHERE path ~ '^function ' AND NOT held ORDER BY 1;
    RETURN QUERY SELECT format('# %s: foreign key "%s" lets a row point at another tenant''s in %s: see primecloud.protect_fk()', rel, conname, confrelid::regclass) FROM pg_constraint c
        WHERE c.conrelid = rel AND c.contype = 'f' AND primecloud.tenant_column(c.confrelid) IS NOT NULL
          AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = rel AND a.attname = tenant_column AND a.attnum = ANY (c.conkey)) ORDER BY 1;
    RETURN QUERY SELECT format('# %s: "%s" tells whether a value exists at another tenant: see primecloud.protect_unique()', rel, i.indexrelid::regclass) FROM pg_index i
        WHERE i.indrelid = rel AND i.indisunique AND NOT i.indisprimary
          AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = rel AND a.attname = tenant_column AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])) ORDER BY 1;
    RETURN NEXT format('1..%s', number);
END $$;
COMMENT ON FUNCTION assert_isolated(regclass, name) IS
    'TAP lines: what a role can and cannot do with the rows of another tenant, on the table, its partitions and the views over it, tried and undone; run it as a superuser';
REVOKE ALL ON FUNCTION assert_isolated(regclass, name) FROM PUBLIC;
