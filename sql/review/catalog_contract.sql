-- What a schema promises of itself: classes, personal data, read models, how long rows are kept.

CREATE FUNCTION primecloud_internal.review_contract(w primecloud_internal.review_words) RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
BEGIN
    RETURN QUERY SELECT x.check_name::text, x.level::text, x.object::text, x.evidence::text, x.fix::text, x.parts::text[] FROM (
    WITH t AS MATERIALIZED (SELECT t.* FROM unnest((w).tables) AS t WHERE t.here),
    c AS MATERIALIZED (SELECT c.*, format('%s.%I', c.label, c.attname) AS object,
            c.comment ~ '(^|[^\w@])@(public|pii|token|secret)\M' AS classed FROM primecloud_internal.review_columns(w) AS c),
    -- What lets every rank of an account read: no least role, and no confinement.
    policy AS MATERIALIZED (
        SELECT p.polrelid, p.polpermissive, coalesce(primecloud_internal.review_says(p.oid, p.polqual, p.polrelid, false), '')
            ~ '(tenant_\w+|has_role)\(''(developer|admin|owner)''|in_scope\(|^false$' AS narrow
        FROM pg_policy AS p JOIN t ON t.rel = p.polrelid WHERE p.polcmd IN ('*', 'r') AND p.polroles && (w).reached
          AND t.tenant IS NOT NULL AND t.rls),
    open AS (SELECT p.polrelid AS rel FROM policy AS p GROUP BY p.polrelid
        HAVING bool_or(p.polpermissive AND NOT p.narrow) AND NOT bool_or(NOT p.polpermissive AND p.narrow)),
    named AS MATERIALIZED (SELECT x.oid AS rel, format('%s.%I', (w).label, x.relname) AS label, x.relkind,
            lower(left(x.relname, -13)) AS stem FROM pg_class AS x
        WHERE x.relnamespace = (w).schema AND x.relkind IN ('v', 'm', 'c') AND x.relname LIKE '%\_with\_details'),
    model AS (
        SELECT n.label, n.rel, t.rel AS source, t.label AS source_label FROM named AS n JOIN t ON t.kind IN ('r', 'p')
            AND lower(t.name) IN (n.stem, n.stem || 's', n.stem || 'es', regexp_replace(n.stem, 'y$', 'ies'), regexp_replace(n.stem, 's$',
                ''),
                regexp_replace(n.stem, 'ies$', 'y'))),
    lagging AS (
        SELECT m.label, m.source_label, string_agg(quote_ident(c.attname), ', ' ORDER BY c.attnum) AS missing
        FROM model AS m JOIN c ON c.rel = m.source
        WHERE coalesce(c.comment, '') !~ '(^|[^\w@])@(secret|token|omit)\M' AND NOT EXISTS (SELECT FROM pg_attribute AS a
            WHERE a.attrelid = m.rel AND a.attname = c.attname AND NOT a.attisdropped)
        GROUP BY m.label, m.source_label)
    SELECT 'column_unclassed', 'warning', c.object, 'the columns of the schema have classes, and this one has none',
        format('COMMENT ON COLUMN %s IS %L; -- choose: @public, @pii, @token or @secret', c.object, concat_ws(' ', '@pii', c.comment)),
        '{}'::text[]
    FROM c WHERE c.classed IS NOT TRUE AND EXISTS (SELECT FROM c AS o WHERE o.classed)
    UNION ALL
    SELECT 'class_contradicts_name', 'error', c.object, format('is classed @public, and is by its name %s', CASE WHEN x.secret
            THEN 'a secret' ELSE 'personal' END),
        format('COMMENT ON COLUMN %s IS %L; -- choose: or another name', c.object, regexp_replace(c.comment, '@public\M', CASE WHEN x.secret
            THEN '@secret' ELSE '@pii' END)), '{}'
    FROM c CROSS JOIN LATERAL (SELECT primecloud_internal.review_names_secret(c.words, false) AS secret,
            c.words ~ '_(e_?mails?|phones?|tax_id|cpf|cnpj|birth_?(date|day)|date_of_birth|iban|passport|ssn)_'
            AND regexp_replace(c.words, '_tax_id_', '_') !~ '_(id|ids|last4|key|name|at|count|type|hash|status)_' AS personal) AS x
    WHERE c.comment ~ '(^|[^\w@])@public\M' AND c.base <> 'boolean'::regtype AND (x.secret OR x.personal)
    UNION ALL
    SELECT 'pii_open_to_clients', 'warning', t.label, format('%s: an external client of the account reads it', c.personal),
        format('SELECT primecloud.protect_table(%L, %L, read_role => ''developer'');', t.label, t.tenant_name), '{}'
    FROM t JOIN open AS o ON o.rel = t.rel JOIN (SELECT c.rel, string_agg(quote_ident(c.attname), ', ' ORDER BY c.attnum) AS personal
        FROM c JOIN pg_class AS r ON r.oid = c.rel JOIN pg_attribute AS a ON a.attrelid = c.rel AND a.attnum = c.attnum
        WHERE c.comment ~ '(^|[^\w@])@pii\M' AND EXISTS (SELECT FROM (SELECT x.* FROM aclexplode(coalesce(r.relacl, acldefault('r',
            r.relowner))) AS x UNION ALL SELECT x.* FROM aclexplode(a.attacl) AS x) AS x
            WHERE x.privilege_type = 'SELECT' AND x.grantee = ANY ((w).reached)) GROUP BY c.rel) AS c ON c.rel = t.rel
    WHERE t.reach && '{SELECT}' AND NOT t.exempt AND NOT t.part
    UNION ALL
    SELECT 'read_model_lags', 'notice', l.label, format('does not have %s of %s', l.missing, l.source_label),
        format('-- choose: CREATE OR REPLACE with %s, or a comment @omit on what stays out', l.missing), ARRAY[l.missing]
    FROM lagging AS l
    UNION ALL
    SELECT 'retention_undefined', 'notice', t.label, 'is named as a log, and nothing says how long its rows are kept',
        format('SELECT primecloud.retain(%L, %L, ''1 year''); -- choose: how long', t.label, c.attname), '{}'
    FROM t JOIN (SELECT DISTINCT ON (c.rel) c.rel, c.attname FROM c WHERE c.type = 'timestamptz'::regtype ORDER BY c.rel, c.attnum) AS c
        ON c.rel = t.rel
    WHERE t.kind IN ('r', 'p') AND NOT t.part
        AND primecloud_internal.words_of(t.name) ~ '(^|_)(log|logs|events|records|metrics|usage|history|attempts|notifications)$'
        AND NOT coalesce((w).registered -> 'retained' ? t.name::text, false)
    ) AS x(check_name, level, object, evidence, fix, parts);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_contract(primecloud_internal.review_words)
    IS 'column_unclassed, class_contradicts_name, pii_open_to_clients, read_model_lags, retention_undefined';
