-- Keys that lead from one tenant to another, or that cannot do what they say.

-- Foreign keys of the tables of a schema, without the copies that partitions have, each column with the one that it meets.
CREATE FUNCTION primecloud_internal.review_keys(w primecloud_internal.review_words)
    RETURNS TABLE (key oid, name name, rel oid, target oid, columns int2[], targets int2[], on_delete "char", on_update "char",
        sets int2[], match "char", said text)
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT x.key::oid, x.name::name, x.rel::oid, x.target::oid, x.columns::int2[], x.targets::int2[],
        x.on_delete::"char", x.on_update::"char", x.sets::int2[], x.match::"char", x.said::text FROM (
    SELECT k.oid, k.conname, k.conrelid, k.confrelid, k.conkey, k.confkey, k.confdeltype, k.confupdtype,
        coalesce(k.confdelsetcols, k.conkey), k.confmatchtype, pg_get_constraintdef(k.oid)
    FROM pg_constraint AS k JOIN unnest((w).tables) AS t ON t.rel = k.conrelid
    WHERE k.contype = 'f' AND k.conparentid = 0 AND t.here AND t.kind IN ('r', 'p') AND NOT t.part
    ) AS x(key, name, rel, target, columns, targets, on_delete, on_update, sets, match, said);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_keys(primecloud_internal.review_words) IS 'the foreign keys of a schema';

CREATE FUNCTION primecloud_internal.review_key_findings(w primecloud_internal.review_words) RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
BEGIN
    RETURN QUERY SELECT x.check_name::text, x.level::text, x.object::text, x.evidence::text, x.fix::text, x.parts::text[] FROM (
    WITH t AS MATERIALIZED (SELECT t.* FROM unnest((w).tables) AS t WHERE t.kind IN ('r', 'p')),
    k AS MATERIALIZED (SELECT * FROM primecloud_internal.review_keys(w)),
    met AS MATERIALIZED (
        SELECT k.key, u.col, u.target, a.attname, a.attnotnull, a.atttypid AS type, b.attname AS target_name, b.atttypid AS target_type,
            u.n, a.attnum = ANY (k.sets) AND k.on_delete = 'n' OR k.on_update = 'n' AS set
        FROM k CROSS JOIN LATERAL unnest(k.columns, k.targets) WITH ORDINALITY AS u(col, target, n)
        JOIN pg_attribute AS a ON a.attrelid = k.rel AND a.attnum = u.col
        JOIN pg_attribute AS b ON b.attrelid = k.target AND b.attnum = u.target),
    -- What a key's columns come to: asked once for all keys, and not once for each.
    per AS MATERIALIZED (
        SELECT m.key, string_agg(quote_ident(m.attname), ', ' ORDER BY m.n) AS columns,
            bool_or(m.col = t.tenant AND m.target = f.tenant) AS meets, bool_or(m.col = t.tenant OR m.target = f.tenant) AS crosses,
            string_agg(quote_ident(m.attname), ', ' ORDER BY m.n) FILTER (WHERE NOT m.attnotnull) AS nullable,
            coalesce(bool_or(NOT m.attnotnull) FILTER (WHERE m.col = t.tenant), false) AS tenant,
            count(*) FILTER (WHERE m.col IS DISTINCT FROM t.tenant AND m.attnotnull) AS there,
            count(*) FILTER (WHERE m.col IS DISTINCT FROM t.tenant AND NOT m.attnotnull) AS open,
            string_agg(quote_ident(m.attname), ', ' ORDER BY m.n) FILTER (WHERE m.set AND m.attnotnull) AS kept,
            string_agg(quote_ident(m.attname), ', ' ORDER BY m.n) FILTER (WHERE m.set AND NOT m.attnotnull) AS free
        FROM met AS m JOIN k ON k.key = m.key JOIN t ON t.rel = k.rel LEFT JOIN t AS f ON f.rel = k.target GROUP BY m.key),
    -- Types that are one, and what is one kept as another.
    base AS MATERIALIZED (SELECT y.oid, coalesce(nullif(y.typbasetype, 0), y.oid) AS base FROM pg_type AS y),
    alike AS MATERIALIZED (SELECT c.castsource, c.casttarget FROM pg_cast AS c WHERE c.castmethod = 'b' AND c.castcontext = 'i'),
    -- (One of another schema counts where a tenant of this one refers to it.)
    roots AS (SELECT r.rel, r.label, a.atttypid AS type, a.attname FROM t AS r JOIN pg_attribute AS a ON a.attrelid = r.rel
        AND a.attnum = r.tenant WHERE r.root AND (r.here OR EXISTS (SELECT FROM k JOIN t AS c ON c.rel = k.rel
            WHERE k.target = r.rel AND k.columns = ARRAY[c.tenant])))
    SELECT 'fk_without_tenant', 'warning', format('%s.%I', t.label, k.name),
        format('(%s) leads to %s, which may be another tenant''s%s', n.columns, f.label, CASE k.on_delete WHEN 'c'
            THEN ', and ON DELETE CASCADE deletes across' ELSE '' END),
        format(CASE WHEN n.crosses
            THEN '-- choose: ALTER TABLE %s DROP CONSTRAINT %I, and one in which the tenants meet'
            ELSE 'SELECT primecloud.protect_fk(%L, %L);'
                || CASE WHEN CASE f.rel WHEN t.rel THEN 1 ELSE 2 END = (SELECT count(*) FROM pg_policy AS p
                    WHERE p.polname = 'primecloud_floor'
                    AND p.polrelid IN (t.rel, f.rel)) THEN ''
                    ELSE ' -- choose: first protect_table() of both tables' END END,
            t.label, k.name), ARRAY[k.said]
    FROM k JOIN t ON t.rel = k.rel JOIN t AS f ON f.rel = k.target JOIN per AS n ON n.key = k.key
    WHERE t.tenant IS NOT NULL AND f.tenant IS NOT NULL AND NOT t.shared AND NOT f.shared AND NOT t.exempt
      AND n.meets IS NOT TRUE
    UNION ALL
    SELECT 'key_type_differs', 'warning', format('%s.%I', t.label, m.attname),
        format('is %s, and what it refers to, %s.%I, is %s', m.type::regtype, f.label, m.target_name, m.target_type::regtype),
        format('ALTER TABLE %s ALTER COLUMN %I TYPE %s; -- choose: which of the two', t.label, m.attname, m.target_type::regtype),
        ARRAY[k.name::text]
    FROM met AS m JOIN k ON k.key = m.key JOIN t ON t.rel = k.rel JOIN t AS f ON f.rel = k.target
    JOIN base AS a ON a.oid = m.type JOIN base AS b ON b.oid = m.target_type
    WHERE a.base <> b.base AND (a.base, b.base) NOT IN (SELECT c.castsource, c.casttarget FROM alike AS c)
      AND (b.base, a.base) NOT IN (SELECT c.castsource, c.casttarget FROM alike AS c)
    UNION ALL
    SELECT 'key_type_differs', 'warning', format('%s.%I', t.label, t.tenant_name),
        format('is %s, and the key of %s is %s', a.atttypid::regtype, r.label, r.type::regtype),
        format('ALTER TABLE %s ALTER COLUMN %I TYPE %s; -- choose: which of the two', t.label, t.tenant_name, r.type::regtype), '{tenant}'
    FROM t JOIN pg_attribute AS a ON a.attrelid = t.rel AND a.attnum = t.tenant JOIN roots AS r ON r.rel <> t.rel
    JOIN base AS x ON x.oid = a.atttypid JOIN base AS y ON y.oid = r.type
    WHERE t.here AND NOT t.part AND (SELECT count(*) FROM roots) = 1 AND x.base <> y.base
      AND (x.base, y.base) NOT IN (SELECT c.castsource, c.casttarget FROM alike AS c)
      AND (y.base, x.base) NOT IN (SELECT c.castsource, c.casttarget FROM alike AS c)
      AND NOT EXISTS (SELECT FROM met AS m JOIN k ON k.key = m.key WHERE k.rel = t.rel AND m.col = t.tenant)
    UNION ALL
    SELECT 'foreign_key_skips_nulls', 'warning', format('%s.%I', t.label, k.name),
        format('a NULL in (%s) and the key is not asked at all', n.nullable),
        format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s; -- choose: or the columns NOT NULL', t.label, k.name, k.name,
            primecloud_internal.review_foreign_key(k.key, 'FULL', NULL, NULL)), ARRAY[k.said]
    FROM k JOIN t ON t.rel = k.rel JOIN per AS n ON n.key = k.key
    WHERE k.match = 's' AND cardinality(k.columns) > 1 AND (n.tenant OR n.there > 0 AND n.open > 0)
    UNION ALL
    SELECT 'set_null_impossible', 'error', format('%s.%I', t.label, k.name),
        format('SET NULL would set %s, which is NOT NULL: the statement on %s fails', n.kept, k.target::regclass),
        CASE WHEN n.free IS NULL OR k.on_update = 'n'
            THEN format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s; -- choose: or the column without NOT NULL', t.label,
                k.name, k.name, primecloud_internal.review_foreign_key(k.key, NULL, CASE k.on_delete WHEN 'n' THEN 'RESTRICT' END,
                    CASE k.on_update WHEN 'n' THEN 'RESTRICT' END))
            ELSE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s;', t.label, k.name, k.name,
                primecloud_internal.review_foreign_key(k.key, NULL, format('SET NULL (%s)', n.free), NULL)) END, ARRAY[k.said]
    FROM k JOIN t ON t.rel = k.rel JOIN per AS n ON n.key = k.key
    WHERE n.kept IS NOT NULL
    ) AS x(check_name, level, object, evidence, fix, parts);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_key_findings(primecloud_internal.review_words)
    IS 'fk_without_tenant, key_type_differs, foreign_key_skips_nulls, set_null_impossible';
