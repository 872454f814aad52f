-- What is tried: to reach another tenant's rows, and to become more than one is.

-- What is tried on a table, a partition or a view.  `allowed`: how many rows it may touch;
-- -1: it must be refused.  `foreign_row`: a row of the other tenant, as text; a view's is read
-- as the application in that tenant.
CREATE FUNCTION primecloud_internal.isolation_probes(target regclass, tenant_column name, one text, other text, own_rows bigint,
    foreign_row text, confined boolean)
    RETURNS TABLE (tenant text, role text, statement text, argument text, reads boolean, allowed bigint, claim text, applies boolean)
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    kind "char" := (SELECT relkind FROM pg_class WHERE oid = target);
    columns text;
    all_columns text;  -- with the keys that are always generated: of such a row they are the other's
    own_columns text;  -- the same, with the tenant of the one who tries
    theirs text := format('%I::text = %L', tenant_column, other);
    two boolean := coalesce(one <> other, false);
    -- The server merges into no view, and into no table with rules.
    merges boolean := kind <> 'v' AND NOT EXISTS (SELECT FROM pg_rewrite WHERE ev_class = target);
    key name := (SELECT c.conname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = target AND a.attname = tenant_column
                 WHERE c.conrelid = target AND c.contype IN ('p', 'u') AND NOT a.attnum = ANY (c.conkey) AND NOT c.condeferrable
                     ORDER BY c.contype, c.conname LIMIT 1);
BEGIN
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FILTER (WHERE attidentity <> 'a'),
        string_agg(quote_ident(attname), ', ' ORDER BY attnum),
        string_agg(CASE attname WHEN tenant_column THEN format('%L', one) ELSE quote_ident(attname) END, ', ' ORDER BY attnum)
    INTO columns, all_columns, own_columns FROM pg_attribute
    WHERE attrelid = target AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
    RETURN QUERY SELECT t.tenant, t.role, t.statement, CASE WHEN t.takes_row THEN foreign_row END, t.reads, t.allowed, t.claim,
        coalesce(t.applies, false) FROM (VALUES
        (1, NULL, 'owner', format('SELECT count(*) FROM %s', target), true, false, 0::bigint, 'without a context no row is seen', true),
        (2, one, 'owner', format('SELECT count(*) FROM %s', target), true, false, own_rows, 'a tenant sees all of its rows',
            one IS NOT NULL),
        (3, one, 'owner', format('SELECT count(*) FROM %s WHERE %I::text <> %L', target, tenant_column, one), true, false, 0,
            'and none of another', one IS NOT NULL),
        (4, one, 'owner', format('SELECT count(*) FROM %s WHERE %s', target, theirs), true, false, 0, 'not by naming the other tenant',
            two),
        (5, one, 'owner', format('SELECT count(*) FROM (SELECT FROM %s WHERE %s FOR UPDATE) AS locked', target, theirs), true, false, 0,
            'nor by locking its rows', two),
        (6, one, 'owner', format('INSERT INTO %1$s (%2$s)%3$s SELECT %2$s FROM (SELECT ($1).*) AS theirs', target, columns,
            CASE kind WHEN 'v' THEN '' ELSE ' OVERRIDING SYSTEM VALUE' END),
            false, true, 0, 'a row of another tenant cannot be inserted', two AND foreign_row IS NOT NULL),
        (7, one, 'owner', format('UPDATE %s SET %2$I = %2$I WHERE %3$s', target, tenant_column, theirs), false, false, 0, 'nor updated',
            two),
        (8, one, 'owner', format('UPDATE %s SET %2$I = %3$L WHERE %2$I::text = %4$L', target, tenant_column, other, one), false, false, 0,
            'a row cannot be moved to another tenant', two),
        (9, one, 'owner', format('DELETE FROM %s WHERE %s', target, theirs), false, false, 0, 'a row of another tenant cannot be deleted',
            two),
        (10, one, 'owner', format('INSERT INTO %1$s (%2$s) OVERRIDING SYSTEM VALUE SELECT %3$s FROM (SELECT ($1).*) AS theirs ON '
            'CONFLICT ON CONSTRAINT %4$s DO UPDATE SET %5$I = excluded.%5$I',
            target, all_columns, own_columns, quote_ident(key), tenant_column), false, true, 0, 'nor taken over by ON CONFLICT',
                CASE WHEN key IS NOT NULL THEN two AND foreign_row IS NOT NULL END),
        (11, one, 'owner', format('MERGE INTO %s AS t USING (VALUES (1)) AS s(x) ON t.%s WHEN MATCHED THEN UPDATE SET %I = %L', target,
            theirs, tenant_column, one), false, false, 0,
            'nor by MERGE', CASE WHEN merges THEN two END),
        (12, one, 'owner', format('MERGE INTO %s AS t USING (VALUES (1)) AS s(x) ON t.%s WHEN MATCHED THEN DELETE', target, theirs), false,
            false, 0,
            'nor deleted by MERGE', CASE WHEN merges THEN two END),
        (13, one, 'owner', format('TRUNCATE %s', target), false, false, -1, 'the table cannot be truncated',
            CASE WHEN kind <> 'v' THEN one IS NOT NULL END),
        (14, one, 'external_client', format('SELECT count(*) FROM %s', target), true, false, 0,
            'a confined user to whom nothing was granted sees no row', CASE WHEN confined THEN one IS NOT NULL END)
        ) AS t(n, tenant, role, statement, reads, takes_row, allowed, claim, applies)
    WHERE t.applies IS NOT NULL OR t.n < 10 ORDER BY t.n;
END $$;
COMMENT ON FUNCTION primecloud_internal.isolation_probes(regclass, name, text, text, bigint, text, boolean)
    IS 'the statements that assert_isolated() tries';
REVOKE ALL ON FUNCTION primecloud_internal.isolation_probes(regclass, name, text, text, bigint, text, boolean) FROM PUBLIC;

-- What is tried within one account on a table that entering asks: to become more than one
-- is, or to make somebody so.  `sample` is a row of the table, whoever's.
CREATE FUNCTION primecloud_internal.rank_probes(rel regclass, tenant_column name, one text, sample text)
    RETURNS TABLE (tenant text, role text, statement text, argument text, reads boolean, allowed bigint, claim text, applies boolean)
    LANGUAGE sql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT one, t.role, format(t.pattern, rel, tenant_column, one, r.role_column, c.columns,
               (SELECT string_agg(CASE attname WHEN tenant_column THEN format('%L', one) WHEN r.role_column THEN quote_literal(t.rank)
                   ELSE quote_ident(attname) END, ', ' ORDER BY attnum)
                FROM pg_attribute WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity <> 'a'),
                    t.rank, r.status_column),
           sample, false, 0::bigint, t.claim, one IS NOT NULL
    FROM primecloud_internal.registered_as(rel) AS r,
        LATERAL (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns FROM pg_attribute
                 WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity <> 'a') AS c,
        LATERAL (VALUES
            (1, 'members', 'external_client', 'owner', 'UPDATE %1$s SET %4$I = %7$L WHERE %2$I::text = %3$L',
                'an external client makes nobody owner'),
            (2, 'members', 'developer', 'owner', 'UPDATE %1$s SET %4$I = %7$L WHERE %2$I::text = %3$L',
                'a developer makes nobody owner, himself neither'),
            (3, 'members', 'admin', 'owner', 'UPDATE %1$s SET %4$I = %7$L WHERE %2$I::text = %3$L', 'an admin makes nobody owner'),
            (4, 'members', 'admin', 'owner', 'UPDATE %1$s SET %4$I = %4$I WHERE %4$I = ''owner'' AND %2$I::text = %3$L',
                'nor changes an owner'),
            (5, 'members', 'admin', 'owner', 'DELETE FROM %1$s WHERE %4$I = ''owner'' AND %2$I::text = %3$L', 'nor removes one'),
            (6, 'members', 'admin', 'owner',
                'INSERT INTO %1$s (%5$s) OVERRIDING SYSTEM VALUE SELECT %6$s FROM (SELECT ($1).*) AS another', 'nor takes one in'),
            (7, 'members', 'developer', 'external_client',
                'INSERT INTO %1$s (%5$s) OVERRIDING SYSTEM VALUE SELECT %6$s FROM (SELECT ($1).*) AS another',
                'a developer takes nobody in'),
            (8, 'accounts', 'developer', NULL, 'UPDATE %1$s SET %8$I = %8$I WHERE %2$I::text = %3$L',
                'a developer changes no status of the account'),
            (9, 'grants', 'developer', NULL,
                'INSERT INTO %1$s (%5$s) OVERRIDING SYSTEM VALUE SELECT %6$s FROM (SELECT ($1).*) AS another',
                'a developer grants nothing'),
            (10, 'grants', 'developer', NULL, 'UPDATE %1$s SET %2$I = %2$I WHERE %2$I::text = %3$L', 'nor changes what was granted'),
            (11, 'grants', 'developer', NULL, 'DELETE FROM %1$s WHERE %2$I::text = %3$L', 'nor takes it away')
        ) AS t(n, part, role, rank, pattern, claim)
    WHERE t.part = r.part ORDER BY t.n;
$$;
COMMENT ON FUNCTION primecloud_internal.rank_probes(regclass, name, text, text)
    IS 'the statements by which assert_isolated() tries to rise within an account';
REVOKE ALL ON FUNCTION primecloud_internal.rank_probes(regclass, name, text, text) FROM PUBLIC;
