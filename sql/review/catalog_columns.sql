-- Types that do not fit what a column is for.

-- The columns of a schema's tables, with their names as words between underscores and their types below domains.
CREATE FUNCTION primecloud_internal.review_columns(w primecloud_internal.review_words)
    RETURNS TABLE (rel oid, label text, attnum int2, attname name, words text, type oid, base oid, checked boolean, comment text)
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT x.rel::oid, x.label::text, x.attnum::int2, x.attname::name, x.words::text, x.type::oid, x.base::oid,
        x.checked::boolean, x.comment::text FROM (
    WITH RECURSIVE checked AS MATERIALIZED (SELECT DISTINCT k.contypid FROM pg_constraint AS k WHERE k.contypid <> 0 AND k.contype = 'c'),
    base AS MATERIALIZED (
        SELECT y.oid, y.oid AS base, y.typbasetype, c.contypid IS NOT NULL AS checked FROM pg_type AS y LEFT JOIN checked AS c
            ON c.contypid = y.oid
        UNION ALL
        SELECT b.oid, y.oid, y.typbasetype, b.checked OR c.contypid IS NOT NULL FROM base AS b JOIN pg_type AS y ON y.oid = b.typbasetype
        LEFT JOIN checked AS c ON c.contypid = y.oid WHERE b.typbasetype <> 0)
    SELECT t.rel, t.label, a.attnum, a.attname, '_' || primecloud_internal.words_of(a.attname) || '_', a.atttypid, b.base, b.checked,
        d.description
    FROM unnest((w).tables) AS t JOIN pg_attribute AS a ON a.attrelid = t.rel AND a.attnum > 0 AND NOT a.attisdropped
    JOIN base AS b ON b.oid = a.atttypid AND b.typbasetype = 0
    LEFT JOIN pg_description AS d ON d.classoid = 'pg_class'::regclass AND d.objoid = t.rel AND d.objsubid = a.attnum
    WHERE t.here AND t.kind IN ('r', 'p', 'f') AND NOT t.part
    ) AS x(rel, label, attnum, attname, words, type, base, checked, comment);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_columns(primecloud_internal.review_words) IS 'the columns of a schema, by their words';

CREATE FUNCTION primecloud_internal.review_types(w primecloud_internal.review_words) RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
BEGIN
    RETURN QUERY SELECT x.check_name::text, x.level::text, x.object::text, x.evidence::text, x.fix::text, x.parts::text[] FROM (
    WITH c AS MATERIALIZED (SELECT c.*, format('%s.%I', c.label, c.attname) AS object FROM primecloud_internal.review_columns(w) AS c),
    t AS MATERIALIZED (SELECT t.rel, t.shared, t.name FROM unnest((w).tables) AS t WHERE t.here),
    -- Tables with expressions of a lesser role: it runs them who writes the table anew.
    coded AS MATERIALIZED (
        SELECT DISTINCT c.oid AS rel FROM pg_class AS c JOIN pg_roles AS o ON o.oid = c.relowner AND NOT o.rolsuper
            AND o.rolname <> current_user
        WHERE c.relnamespace = (w).schema AND (EXISTS (SELECT FROM pg_constraint AS k WHERE k.conrelid = c.oid AND k.contype = 'c')
            OR EXISTS (SELECT FROM pg_attrdef AS d WHERE d.adrelid = c.oid)
            OR EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = c.oid AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL))
            OR EXISTS (SELECT FROM pg_attribute AS a JOIN pg_type AS y ON y.oid = a.atttypid WHERE a.attrelid = c.oid
                AND a.attnum > 0 AND y.oid >= 16384))),
    ruled AS MATERIALIZED (SELECT DISTINCT k.conrelid AS rel, u.col FROM pg_constraint AS k CROSS JOIN LATERAL unnest(k.conkey) AS u(col)
        WHERE k.contype IN ('c', 'f', 'p')),
    key AS MATERIALIZED (
        SELECT k.conrelid AS rel, u.col, cardinality(k.conkey) = 1 AS alone FROM pg_constraint AS k
        CROSS JOIN LATERAL unnest(k.conkey) AS u(col) WHERE k.contype = 'p'),
    sequence AS MATERIALIZED (
        SELECT d.refobjid AS rel, d.refobjsubid AS col, q.seqrelid, least(q.seqmax, 2147483647) AS most
        FROM pg_sequence AS q JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = q.seqrelid
            AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0),
    used AS MATERIALIZED (
        SELECT c.rel, c.attnum FROM c JOIN key AS k ON k.rel = c.rel AND k.col = c.attnum JOIN sequence AS s ON s.rel = c.rel AND s.col =
            c.attnum
        WHERE c.base = 'integer'::regtype AND CASE WHEN has_sequence_privilege(s.seqrelid, 'SELECT,USAGE')
            THEN pg_sequence_last_value(s.seqrelid) > s.most / 2 END)
    SELECT 'state_unconstrained', 'warning', c.object, format('%s, and any word is a state', c.type::regtype),
        format('ALTER TABLE %s ADD CHECK (%I IN (...)) NOT VALID; -- choose: the states', c.label, c.attname), '{}'::text[]
    FROM c JOIN t ON t.rel = c.rel
    WHERE c.words ~ '_(status|state)_$' AND c.base IN ('text'::regtype, 'varchar'::regtype) AND NOT c.checked AND NOT t.shared
      AND (c.rel, c.attnum) NOT IN (SELECT r.rel, r.col FROM ruled AS r)
      -- (Beside a city or a country it is a part of one.)
      AND (c.rel, regexp_replace(c.words, '_state_$', '_')) NOT IN (SELECT o.rel, regexp_replace(o.words, '_(city|country)_$', '_')
          FROM c AS o WHERE o.words ~ '_(city|country)_$')
    UNION ALL
    SELECT 'money_inexact', 'warning', c.object, format('%s does not keep cents', c.type::regtype),
        format('ALTER TABLE %s ALTER COLUMN %I TYPE bigint USING round(%I::numeric * 100); -- choose: cents, or primecloud.money_amount',
            c.label, c.attname, c.attname), ARRAY[c.type::regtype::text]
    FROM c WHERE c.base IN ('real'::regtype, 'double precision'::regtype, 'money'::regtype)
      AND c.words ~ '_(price|amount|total|cost|balance|fee|cents|subtotal)s?_' AND c.words !~ '_(rate|ratio|percent|index|of)s?_'
    UNION ALL
    SELECT 'type_unsuitable', u.level, c.object, format('%s: %s', c.type::regtype, u.why),
        format('ALTER TABLE %s ALTER COLUMN %I TYPE %s;%s', c.label, c.attname, u.better,
            CASE WHEN u.choose = '' AND k.rel IS NOT NULL
                THEN ' -- choose: as the owner of the table, since it runs what he wrote in its checks'
                ELSE u.choose END), ARRAY[c.type::regtype::text]
    FROM c JOIN (
        SELECT y.oid, 'warning' AS level, 'an oid that pg_upgrade refuses' AS why, 'text' AS better, '' AS choose FROM pg_type AS y
        WHERE y.typnamespace = 'pg_catalog'::regnamespace AND y.typname ~ '^reg' AND y.typname NOT IN ('regclass', 'regrole', 'regtype')
            AND y.typtype = 'b' AND y.typlen = 4
        UNION ALL VALUES ('timestamp'::regtype::oid, 'warning', 'a time without the place where it was', 'timestamptz',
                ' -- choose: the time zone that was meant'),
            ('bpchar'::regtype, 'notice', 'padded with blanks', 'text', ''),
            ('json'::regtype, 'notice', 'no equality, no index, read anew each time', 'jsonb', ''),
            ('timetz'::regtype, 'notice', 'an offset without a day says no time', 'time', ' -- choose')) AS u ON u.oid = c.base
    LEFT JOIN coded AS k ON k.rel = c.rel
    UNION ALL
    SELECT 'key_too_narrow', CASE WHEN c.base = 'smallint'::regtype OR x.rel IS NOT NULL THEN 'warning' ELSE 'notice' END, c.object,
        format('%s: %s', c.type::regtype, CASE WHEN c.base = 'smallint'::regtype THEN '32767 rows' WHEN x.rel IS NOT NULL
            THEN 'more than half of its sequence is used' ELSE 'a log grows past two thousand million rows' END),
        format('ALTER TABLE %s ALTER COLUMN %I TYPE bigint; -- choose: and the columns that refer to it', c.label, c.attname),
        ARRAY[c.type::regtype::text]
    FROM c JOIN t ON t.rel = c.rel JOIN key AS k ON k.rel = c.rel AND k.col = c.attnum
    LEFT JOIN sequence AS s ON s.rel = c.rel AND s.col = c.attnum LEFT JOIN used AS x ON x.rel = c.rel AND x.attnum = c.attnum
    WHERE (k.alone OR s.rel IS NOT NULL) AND (c.base = 'smallint'::regtype OR c.base = 'integer'::regtype AND (x.rel IS NOT NULL
        OR s.rel IS NOT NULL AND primecloud_internal.words_of(t.name)
            ~ '(^|_)(log|logs|events|records|metrics|usage|history|attempts|notifications)$'))
    ) AS x(check_name, level, object, evidence, fix, parts);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_types(primecloud_internal.review_words)
    IS 'state_unconstrained, money_inexact, type_unsuitable, key_too_narrow';
