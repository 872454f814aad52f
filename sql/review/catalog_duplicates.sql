-- Indexes that another one makes needless, and foreign keys that have none.

CREATE FUNCTION primecloud_internal.review_duplicates(w primecloud_internal.review_words) RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT x.check_name::text, x.level::text, x.object::text, x.evidence::text, x.fix::text, x.parts::text[] FROM (
    WITH i AS MATERIALIZED (SELECT i.*, i.keys[1] AS first, m.amname = 'btree' AS ordered FROM primecloud_internal.review_indexes(w) AS i
        JOIN pg_am AS m ON m.oid = i.method WHERE i.valid AND NOT i.part),
    -- The one that goes, and the one that stays: what is unique stays, then what stands for a constraint, then the first by name.
    pair AS (
        SELECT DISTINCT ON (a.index) a.*, b.name AS other, a.keys = b.keys AS whole, b.is_unique AS beside
        FROM i AS a JOIN i AS b ON b.rel = a.rel AND b.method = a.method AND b.first = a.first AND b.index <> a.index
        WHERE NOT a.owned AND a.predicate IS NOT DISTINCT FROM b.predicate AND a.expressions IS NOT DISTINCT FROM b.expressions
          AND CASE WHEN a.keys = b.keys THEN (NOT a.is_unique OR b.is_unique) AND a.included <@ (b.included || b.columns)
                  AND (a.is_unique < b.is_unique OR b.owned OR NOT b.included <@ (a.included || a.columns) OR b.name < a.name)
              ELSE NOT a.is_unique AND a.ordered AND b.keys[1:cardinality(a.keys)] = a.keys AND a.included <@ (b.included || b.columns) END
        ORDER BY a.index, a.keys = b.keys DESC, b.is_unique DESC, b.name)
    SELECT 'index_duplicate', CASE WHEN p.whole THEN 'warning' ELSE 'notice' END, format('%s.%I', t.label, p.name),
        CASE WHEN p.whole THEN format('has what %I has', p.other) ELSE format('is the beginning of %I', p.other) END,
        format('DROP INDEX %s%s;', CASE t.kind WHEN 'p' THEN '' ELSE 'CONCURRENTLY ' END, p.index::regclass), ARRAY[p.other::text]
    FROM pair AS p JOIN unnest((w).tables) AS t ON t.rel = p.rel
    ) AS x(check_name, level, object, evidence, fix, parts);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_duplicates(primecloud_internal.review_words) IS 'index_duplicate';

CREATE FUNCTION primecloud_internal.review_unindexed(w primecloud_internal.review_words) RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
BEGIN
    RETURN QUERY SELECT x.check_name::text, x.level::text, x.object::text, x.evidence::text, x.fix::text, x.parts::text[] FROM (
    WITH k AS MATERIALIZED (SELECT * FROM primecloud_internal.review_keys(w)),
    i AS MATERIALIZED (
        SELECT i.rel, i.columns, i.is_unique, i.predicate IS NOT NULL AS partial, CASE WHEN octet_length(x.indpred::text) < 500000
            THEN pg_get_expr(x.indpred, x.indrelid) END AS said
        FROM primecloud_internal.review_indexes(w) AS i JOIN pg_index AS x ON x.indexrelid = i.index
        JOIN pg_am AS m ON m.oid = i.method WHERE i.valid AND m.amname IN ('btree', 'hash')),
    covered AS MATERIALIZED (
        SELECT DISTINCT k.key FROM k JOIN i ON i.rel = k.rel
        WHERE i.columns[1:cardinality(k.columns)] @> k.columns
              AND (NOT i.partial OR i.said IN (SELECT format('(%I IS NOT NULL)', a.attname) FROM pg_attribute AS a
                  WHERE a.attrelid = k.rel AND a.attnum = ANY (k.columns)))
           OR i.is_unique AND NOT i.partial AND i.columns <@ k.columns AND i.columns[1] <> 0)
    SELECT 'foreign_key_unindexed', CASE WHEN f.shared AND k.on_delete IN ('a', 'r') THEN 'notice' ELSE 'warning' END,
        format('%s.%I', t.label, k.name),
        format('no index leads with (%s): a DELETE or UPDATE on %s reads the whole table', c.columns, k.target::regclass),
        format('CREATE INDEX %sON %s (%s);', CASE t.kind WHEN 'r' THEN 'CONCURRENTLY ' ELSE '' END, t.label, c.columns), ARRAY[c.columns]
    FROM k JOIN unnest((w).tables) AS t ON t.rel = k.rel LEFT JOIN unnest((w).tables) AS f ON f.rel = k.target
    CROSS JOIN LATERAL (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY u.n) AS columns
        FROM unnest(k.columns) WITH ORDINALITY AS u(col, n) JOIN pg_attribute AS a ON a.attrelid = k.rel AND a.attnum = u.col) AS c
    WHERE k.key NOT IN (SELECT v.key FROM covered AS v)
    ) AS x(check_name, level, object, evidence, fix, parts);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_unindexed(primecloud_internal.review_words) IS 'foreign_key_unindexed';
