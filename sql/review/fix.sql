-- What mends a finding is run by somebody with greater rights than who chose the names in it: each stands in its quotes, and none ends
-- a comment.

-- A fix is SQL to its end, or SQL and then a comment of constant words, or a comment alone: that one has names in it, and is one line.
CREATE FUNCTION primecloud_internal.review_fix(fix text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT CASE WHEN starts_with(fix, '--') THEN primecloud_internal.one_line(fix) ELSE fix END $$;
COMMENT ON FUNCTION primecloud_internal.review_fix(text) IS 'a fix in which no name ends a comment';

-- {app} stands at the end of a fix alone: anywhere else it is part of a name.
CREATE FUNCTION primecloud_internal.review_for_app(fix text, roles text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT CASE WHEN right(fix, 6) = '{app};' THEN left(fix, -6) || roles || ';' ELSE fix END $$;
COMMENT ON FUNCTION primecloud_internal.review_for_app(text, text) IS 'a fix with the roles of the application where it ends in {app}';

-- seal_column() of a table's own key and tenant, which it takes to be id and account_id.
CREATE FUNCTION primecloud_internal.review_seal(rel oid, label text, name name, tenant name, col name) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN k.key IS NULL OR tenant IS NULL OR k.kind NOT IN ('r', 'p')
        THEN format('-- choose: primecloud.seal_column() of %s, once it has a column that names a row, and its tenant''s', label)
        ELSE format('SELECT primecloud.seal_column(%L, %L, %L%s%s);', label, col, name || '.' || col,
            CASE WHEN k.key <> 'id' THEN format(', id_column => %L', k.key) ELSE '' END,
            CASE WHEN tenant <> 'account_id' THEN format(', tenant_column => %L', tenant) ELSE '' END) END
    FROM (SELECT (SELECT c.relkind FROM pg_class AS c WHERE c.oid = rel) AS kind, (SELECT (array_agg(a.attname))[1]
        FROM pg_constraint AS p JOIN pg_attribute AS a ON a.attrelid = rel AND a.attnum = ANY (p.conkey) AND a.attname <> tenant
            AND a.attnum <> ALL (coalesce((SELECT x.partattrs::int2[] FROM pg_partitioned_table AS x WHERE x.partrelid = rel), '{}'))
        WHERE p.conrelid = rel AND p.contype = 'p' HAVING count(*) = 1) AS key) AS k
$$;
COMMENT ON FUNCTION primecloud_internal.review_seal(oid, text, name, name, name) IS 'what seals a column, in the words of its table';

-- The name of a setting, of which each part is a name.
CREATE FUNCTION primecloud_internal.review_setting_name(setting text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT string_agg(quote_ident(p), '.' ORDER BY n) FROM string_to_table(setting, '.') WITH ORDINALITY AS u(p, n) $$;
COMMENT ON FUNCTION primecloud_internal.review_setting_name(text) IS 'the name of a setting, in quotes where it has to be';

-- A foreign key as SQL, with another match or other actions; what is NULL is as it was.  (Made of its parts: in the text that the
-- server prints a name may look like any of them.)
CREATE FUNCTION primecloud_internal.review_foreign_key(key oid, match text, on_delete text, on_update text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH said(code, action) AS (VALUES ('a'::"char", 'NO ACTION'), ('r', 'RESTRICT'), ('c', 'CASCADE'), ('n', 'SET NULL'),
        ('d', 'SET DEFAULT'))
    SELECT format('FOREIGN KEY (%s) REFERENCES %s (%s)%s ON DELETE %s ON UPDATE %s%s%s', c.columns, k.confrelid::regclass, c.targets,
        CASE WHEN coalesce(match, CASE k.confmatchtype WHEN 'f' THEN 'FULL' END) = 'FULL' THEN ' MATCH FULL' ELSE '' END,
        coalesce(on_delete, d.action || coalesce((SELECT format(' (%s)', string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum))
            FROM pg_attribute AS a WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.confdelsetcols) HAVING count(*) > 0), '')),
        coalesce(on_update, u.action), CASE WHEN k.condeferrable THEN ' DEFERRABLE' ELSE '' END,
        CASE WHEN k.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END)
    FROM pg_constraint AS k JOIN said AS d ON d.code = k.confdeltype JOIN said AS u ON u.code = k.confupdtype
    CROSS JOIN LATERAL (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY n) AS columns,
            string_agg(quote_ident(b.attname), ', ' ORDER BY n) AS targets
        FROM unnest(k.conkey, k.confkey) WITH ORDINALITY AS x(col, target, n)
        JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = x.col
        JOIN pg_attribute AS b ON b.attrelid = k.confrelid AND b.attnum = x.target) AS c
    WHERE k.oid = key
$$;
COMMENT ON FUNCTION primecloud_internal.review_foreign_key(oid, text, text, text) IS 'a foreign key as SQL, with another match or action';
