-- What was left behind, what ran out, and what nobody may rewrite.

CREATE FUNCTION primecloud_internal.review_hygiene(w primecloud_internal.review_words) RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
BEGIN
    RETURN QUERY SELECT x.check_name::text, x.level::text, x.object::text, x.evidence::text, x.fix::text, x.parts::text[] FROM (
    WITH t AS MATERIALIZED (SELECT t.* FROM unnest((w).tables) AS t WHERE t.here),
    object AS MATERIALIZED (
        SELECT t.label AS object, t.name, CASE t.kind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE'
            ELSE 'TABLE' END AS kind, t.label AS said, true AS relation FROM t
        UNION ALL SELECT format('%s.%I', t.label, p.polname), p.polname, 'POLICY', format('%I ON %s', p.polname, t.label), false
        FROM t JOIN pg_policy AS p ON p.polrelid = t.rel
        UNION ALL SELECT format('%s.%I', t.label, c.relname), c.relname, 'INDEX', c.oid::regclass::text, false
        FROM t JOIN pg_index AS i ON i.indrelid = t.rel JOIN pg_class AS c ON c.oid = i.indexrelid),
    worded AS MATERIALIZED (SELECT o.*, primecloud_internal.words_of(o.name) AS words FROM object AS o),
    tables AS MATERIALIZED (SELECT DISTINCT primecloud_internal.words_of(t.name) AS words FROM t WHERE t.kind IN ('r', 'p'))
    SELECT 'leftover_object', 'warning', x.object, 'is named as what was to go',
        format('DROP %s %s; -- choose: or a name of its own', x.kind, x.said), '{}'::text[]
    FROM worded AS x WHERE x.words ~
        '^_?(old|bak|tmp|copy|todo|fixme|xxx|deprecated)(_|$)|(^|_)(old|bak|tmp|copy|todo|fixme|xxx|deprecated)_?$'
        OR x.relation AND x.words ~ '._backup(_[0-9_]+)?$'
            AND regexp_replace(x.words, '_backup(_[0-9_]+)?$', '') IN (SELECT b.words FROM tables AS b)
    UNION ALL
    SELECT 'audit_rewritable', 'warning', t.label, format('%s has %s on what is written once',
            coalesce(primecloud_internal.review_role_names(t.grantees), 'its owner'), (SELECT string_agg(p, ', ' ORDER BY p)
            FROM unnest(t.reach) AS p WHERE p IN ('UPDATE', 'DELETE'))),
        CASE WHEN t.grantees = '{}' THEN format('-- choose: another owner for %s', t.label)
            ELSE format('REVOKE UPDATE, DELETE ON %s FROM %s;', t.label, primecloud_internal.review_role_names(t.grantees)) END,
        primecloud_internal.review_granted(t.rel, (w).reached, ARRAY(SELECT p FROM unnest(t.reach) AS p WHERE p IN ('UPDATE', 'DELETE',
            'TRUNCATE')), t.grantees)
    FROM t WHERE t.kind IN ('r', 'p') AND NOT t.part AND NOT t.exempt AND t.reach && '{UPDATE,DELETE}'
        AND primecloud_internal.words_of(t.name) ~ '(^|_)(audits?|ledgers?|journals?)(_(logs?|trails?|events?|entry|entries|records?))?$'
    UNION ALL
    SELECT 'exemption_expired', 'warning', format('%I.%I', e.relation_schema, e.relation_name),
        CASE WHEN c.oid IS NULL THEN 'the exemption is of a table that is gone' ELSE format('the exemption ended on %s', e.until) END,
        CASE WHEN c.oid IS NULL THEN '-- choose: nothing; it goes with the next change of the schema'
            ELSE format('SELECT primecloud.exempt(%L, NULL);', format('%I.%I', e.relation_schema, e.relation_name)) END,
        ARRAY[e.until::text]
    FROM primecloud_internal.exemption AS e JOIN pg_namespace AS n ON n.oid = (w).schema AND n.nspname = e.relation_schema
    LEFT JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = e.relation_name AND c.relkind IN ('r', 'p', 'f')
    WHERE e.until < current_date OR c.oid IS NULL
    UNION ALL
    SELECT 'software_outdated', 'warning', 'database', format('extension %I is %s, and %s is installed beside the server', x.extname,
            x.extversion, a.default_version), format('ALTER EXTENSION %I UPDATE;', x.extname), ARRAY[x.extname::text]
    FROM pg_extension AS x JOIN pg_available_extensions AS a ON a.name = x.extname
    WHERE x.extversion ~ '^\d+(\.\d+)*$' AND a.default_version ~ '^\d+(\.\d+)*$'
      AND string_to_array(x.extversion, '.')::bigint[] < string_to_array(a.default_version, '.')::bigint[]
    UNION ALL
    SELECT 'software_outdated', 'warning', 'database', format('the server is %s: faults of row security were mended in %s',
            current_setting('server_version'), m.mended), format('-- choose: %s or later', m.mended), ARRAY[m.mended]
    FROM (VALUES (150014, '15.14'), (160010, '16.10'), (170006, '17.6')) AS m(number, mended)
    WHERE current_setting('server_version_num')::integer / 10000 = m.number / 10000
      AND current_setting('server_version_num')::integer < m.number
    UNION ALL
    SELECT 'token_key_unsound', 'warning', k ->> 'kid', CASE k ->> 'alg' WHEN 'HS256' THEN 'HS256: whoever verifies with it signs with it'
            ELSE 'was followed by another, and has no end' END,
        format('-- choose: SELECT primecloud.rotate_token_key(%L, new_kid, new_key)', k ->> 'kid'), '{}'
    FROM jsonb_array_elements(CASE jsonb_typeof((w).registered -> 'keys') WHEN 'array' THEN (w).registered -> 'keys' ELSE '[]' END) AS k
    WHERE k ->> 'alg' = 'HS256' OR (k ->> 'newer')::boolean AND k ->> 'until' IS NULL
    ) AS x(check_name, level, object, evidence, fix, parts);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_hygiene(primecloud_internal.review_words)
    IS 'leftover_object, audit_rewritable, exemption_expired, software_outdated, token_key_unsound';

-- Whoever owns a table makes policies of any name on it, and what they say ends no review: of what cannot be planned that is said.
CREATE FUNCTION primecloud_internal.review_plan(rel regclass, tenant_column name) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM primecloud_internal.protection_plan(rel, tenant_column, NULL, NULL, NULL, rel);
EXCEPTION WHEN OTHERS THEN
    RETURN NEXT primecloud_internal.step('lost', format('what protect_table() would still do cannot be said: %s', SQLERRM),
        format('-- choose: SELECT primecloud.unprotect_table(%L), or DROP POLICY of those that it did not make, and protect_table()', rel));
END $$;
COMMENT ON FUNCTION primecloud_internal.review_plan(regclass, name) IS 'protection_plan(), or why there is none';

-- What protect_table() would still do, but for the index, which has a check of its own, and its note.
CREATE FUNCTION primecloud_internal.review_drift(w primecloud_internal.review_words) RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT x.check_name::text, x.level::text, x.object::text, x.evidence::text, x.fix::text, x.parts::text[] FROM (
    SELECT 'protection_drifted', 'error', t.label, CASE WHEN bool_or(s.kind = 'lost') THEN max(s.object) ELSE format(
            'protect_table() would still do: %s', string_agg(DISTINCT s.kind, ', ' ORDER BY s.kind)) END,
        CASE WHEN bool_or(s.kind = 'lost') THEN max(s.statement) ELSE string_agg(s.statement || ';', ' ' ORDER BY s.n) END,
        ARRAY[string_agg(DISTINCT s.kind, ', ' ORDER BY s.kind)]
    FROM unnest((w).tables) AS t
    CROSS JOIN LATERAL primecloud_internal.review_plan(t.rel, t.tenant_name)
        WITH ORDINALITY AS s(kind, object, statement, n)
    WHERE t.here AND t.kind IN ('r', 'p') AND NOT t.part AND t.parent IS NULL AND NOT t.exempt AND t.tenant IS NOT NULL
      AND EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = t.rel AND p.polname = 'primecloud_floor')
      AND s.kind IN ('policy', 'drop policy', 'row security', 'not null', 'default', 'lost')
    GROUP BY t.rel, t.label
    ) AS x(check_name, level, object, evidence, fix, parts);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_drift(primecloud_internal.review_words) IS 'protection_drifted';
