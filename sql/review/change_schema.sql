-- review_change(): what readers and writers of a schema meet after a migration, and what it costs while it runs.

-- Whether what a column took before it takes still: by its types, and by their limits.
CREATE FUNCTION primecloud_internal.review_takes_as_much(before oid, before_mod int, after oid, after_mod int) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN before = after AND before_mod = after_mod THEN true
        WHEN b.typcategory = 'S' AND a.typcategory = 'S' THEN after_mod = -1 OR before_mod <> -1 AND after_mod >= before_mod
        WHEN before = 'numeric'::regtype AND after = before THEN after_mod = -1 OR before_mod <> -1
            AND ((after_mod - 4) >> 16) - ((after_mod - 4) & 2047) >= ((before_mod - 4) >> 16) - ((before_mod - 4) & 2047)
            AND ((after_mod - 4) & 2047) >= ((before_mod - 4) & 2047)
        WHEN before = after THEN after_mod = -1 OR before_mod <> -1 AND after_mod >= before_mod
        WHEN a.typcategory = 'S' THEN after_mod = -1
        ELSE EXISTS (SELECT FROM pg_cast AS c WHERE c.castsource = before AND c.casttarget = after AND (c.castcontext = 'i'
            OR before IN ('json'::regtype, 'jsonb'::regtype))) END
    FROM pg_type AS b, pg_type AS a WHERE b.oid = before AND a.oid = after
$$;
COMMENT ON FUNCTION primecloud_internal.review_takes_as_much(oid, int, oid, int)
    IS 'whether a column of the second type takes all that one of the first takes';

-- A CHECK lets through what another does if it is the same, or the same with more words in its list.
CREATE FUNCTION primecloud_internal.review_wider_check(before text, after text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
    SELECT before = after OR b.frame = a.frame AND b.words <@ a.words FROM (
        SELECT regexp_replace(regexp_replace(before, '''(?:[^'']|'''')*''(::[\w ]+)?', '?', 'g'), '\?(, \?)*', '?', 'g'),
            ARRAY(SELECT m[1] FROM regexp_matches(before, '''((?:[^'']|'''')*)''', 'g') AS m)) AS b(frame, words), (
        SELECT regexp_replace(regexp_replace(after, '''(?:[^'']|'''')*''(::[\w ]+)?', '?', 'g'), '\?(, \?)*', '?', 'g'),
            ARRAY(SELECT m[1] FROM regexp_matches(after, '''((?:[^'']|'''')*)''', 'g') AS m)) AS a(frame, words)
$$;
COMMENT ON FUNCTION primecloud_internal.review_wider_check(text, text) IS 'whether a CHECK lets through all that another does';

CREATE FUNCTION primecloud_internal.review_change_readers(trial primecloud_internal.review_trial) RETURNS SETOF
    primecloud_internal.review_row
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET enable_nestloop = off
AS $$
    WITH b AS MATERIALIZED (SELECT * FROM unnest((trial).before)), a AS MATERIALIZED (SELECT * FROM unnest((trial).after)),
    -- By name: a view that took a table's name and has its columns is as good to who reads.
    gone AS (SELECT b.label, b.rel FROM b WHERE b.kind = 'relation' AND b.label NOT IN (SELECT a.label FROM a WHERE a.kind = 'relation'))
    SELECT 'change_breaks_readers', 'error', g.label, CASE WHEN a.label IS NULL THEN 'it is gone' ELSE
        format('it is %s now, and nothing has '
            'the old name', a.label) END, format('-- choose: a view %s with the old columns, until nobody reads it', g.label),
        ARRAY['gone']
    FROM gone AS g LEFT JOIN a ON a.kind = 'relation' AND a.rel = g.rel
    UNION ALL
    SELECT 'change_breaks_readers', 'error', b.label, CASE WHEN m.label IS NULL THEN 'the column is gone' ELSE
        format('the column is %s now',
            m.says ->> 'name') END, '-- choose: the old column beside the new one, until nobody reads it', ARRAY['gone']
    FROM b JOIN b AS o ON o.kind = 'relation' AND o.rel = b.rel JOIN a AS r ON r.kind = 'relation' AND r.label = o.label
    LEFT JOIN a AS m ON m.kind = 'column' AND m.rel = b.rel AND m.part = b.part
    WHERE b.kind = 'column' AND NOT (b.says ->> 'inherited')::boolean AND NOT EXISTS (SELECT FROM a AS c
        WHERE c.kind = 'column' AND c.rel = r.rel
        AND (c.says ->> 'name') = b.says ->> 'name')
    UNION ALL
    SELECT 'change_breaks_readers', 'error', b.label, 'the function is gone, or takes other arguments',
        '-- choose: the old one beside it, until nobody calls it', ARRAY['gone']
    FROM b WHERE b.kind = 'function' AND b.label NOT IN (SELECT a.label FROM a WHERE a.kind = 'function')
    UNION ALL
    SELECT 'change_breaks_readers', 'error', b.label, format('the rows of %s are not read through it any more', b.says ->> 'part'),
        '-- choose: when nobody asks for them any more', ARRAY[b.says ->> 'part']
    FROM b JOIN a AS r ON r.kind = 'relation' AND r.rel = b.rel
    WHERE b.kind = 'part' AND NOT EXISTS (SELECT FROM a WHERE a.kind = 'part' AND a.id = b.id AND a.rel = b.rel)
      AND EXISTS (SELECT FROM b AS o WHERE o.kind = 'relation' AND o.rel = b.id AND (o.says ->> 'rows')::boolean)
    UNION ALL
    SELECT 'change_breaks_readers', 'error', b.label, CASE WHEN w.label IS NULL THEN 'the value is gone' ELSE
        format('the value is %L now', w.says ->> 'word') END, '-- choose: both values, until nobody knows the old one', ARRAY['gone']
    FROM b LEFT JOIN a AS w ON w.kind = 'word' AND w.id = b.id
    WHERE b.kind = 'word' AND w.says ->> 'word' IS DISTINCT FROM b.says ->> 'word'
      AND b.says -> 'type' IN (SELECT a.says -> 'type' FROM a WHERE a.kind = 'word')
    UNION ALL
    SELECT 'change_breaks_readers', 'notice', w.label, 'readers meet a value that they do not know',
        '-- choose: when every reader knows it', ARRAY['new']
    FROM a AS w WHERE w.kind = 'word' AND w.id NOT IN (SELECT b.id FROM b WHERE b.kind = 'word')
      AND w.says -> 'type' IN (SELECT b.says -> 'type' FROM b WHERE b.kind = 'word')
    UNION ALL
    SELECT DISTINCT 'change_breaks_readers', 'error', b.label, format('statement %s takes its rows away', e.number),
        '-- choose: DELETE of what is not needed', ARRAY['rows']
    FROM unnest((trial).effects) AS e JOIN b ON b.kind = 'relation' AND b.rel = e.rel
    WHERE e.tag = 'TRUNCATE TABLE' AND e.moved AND (b.says ->> 'rows')::boolean
    UNION ALL
    SELECT 'change_breaks_readers', 'error', b.label, 'none of its rows is left', '-- choose: DELETE of what is not needed', ARRAY['rows']
    FROM unnest((trial).emptied) AS m JOIN b ON b.kind = 'relation' AND b.rel = m WHERE (b.says ->> 'rows')::boolean
$$;
COMMENT ON FUNCTION primecloud_internal.review_change_readers(primecloud_internal.review_trial) IS 'change_breaks_readers';

CREATE FUNCTION primecloud_internal.review_change_writers(trial primecloud_internal.review_trial) RETURNS SETOF
    primecloud_internal.review_row
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET enable_nestloop = off SET standard_conforming_strings = on
AS $$
    WITH b AS MATERIALIZED (SELECT * FROM unnest((trial).before)), a AS MATERIALIZED (SELECT * FROM unnest((trial).after)),
    old AS MATERIALIZED (SELECT b.rel FROM b WHERE b.kind = 'relation' AND (b.says ->> 'kind') IN ('r', 'p')),
    col AS MATERIALIZED (
        SELECT a.rel, a.part, a.label, b.says AS before, a.says AS after FROM a JOIN old ON old.rel = a.rel
        LEFT JOIN b ON b.kind = 'column' AND b.rel = a.rel AND b.part = a.part
        WHERE a.kind = 'column' AND NOT ((a.says ->> 'inherited')::boolean AND coalesce((b.says ->> 'inherited')::boolean, true))),
    rule AS MATERIALIZED (
        SELECT a.label, a.rel, a.says FROM a JOIN old ON old.rel = a.rel WHERE a.kind = 'constraint' AND (a.says ->> 'kind') IN ('c', 'f')
          -- (What has another name, or is of a column that has, is the same.)
          AND NOT EXISTS (SELECT FROM b WHERE b.kind IN ('constraint', 'inherited') AND b.id = a.id)
          AND NOT EXISTS (SELECT FROM b WHERE b.kind IN ('constraint', 'inherited') AND b.rel = a.rel AND (b.says ->> 'kind') = 'f'
              AND (a.says ->> 'kind') = 'f' AND b.says -> 'columns' = a.says -> 'columns')
          AND NOT EXISTS (SELECT FROM b WHERE b.kind = 'constraint' AND b.rel = a.rel AND (b.says ->> 'kind') = 'c'
              AND primecloud_internal.review_wider_check(b.says ->> 'says', a.says ->> 'says'))
          -- What a column that is new may hold was nobody's before.
          AND EXISTS (SELECT FROM jsonb_array_elements_text(a.says -> 'columns') AS n JOIN b ON b.kind = 'column' AND b.rel = a.rel
              AND b.part = n::int)
          -- That a column is not NULL is said of the column.
          AND (a.says ->> 'says') !~ '^CHECK \(\((\w+|"[^"]+") IS NOT NULL\)\)$')
    SELECT 'change_breaks_writers', 'error', c.label, x.why, x.fix, ARRAY[x.what]
    FROM col AS c CROSS JOIN LATERAL (VALUES
        (c.before IS NULL AND (c.after ->> 'there')::boolean AND NOT (c.after ->> 'filled')::boolean, 'added',
            'it is new and NOT NULL, and whoever does not know it writes none', '-- choose: a DEFAULT'),
        (NOT (c.before ->> 'there')::boolean AND (c.after ->> 'there')::boolean, 'required', 'it is NOT NULL now',
            '-- choose: a DEFAULT, and when nobody writes NULL any more'),
        ((c.before ->> 'filled')::boolean AND NOT (c.after ->> 'filled')::boolean AND (c.after ->> 'there')::boolean, 'default',
            'it is NOT NULL, and its default is gone', '-- choose: the default'),
        (NOT (c.before ->> 'made')::boolean AND (c.after ->> 'made')::boolean, 'made', 'it is made by the server now, and who writes it '
            'is refused', '-- choose: when nobody writes it any more'),
        (NOT primecloud_internal.review_takes_as_much((c.before ->> 'type')::oid, (c.before ->> 'mod')::int, (c.after ->> 'type')::oid,
            (c.after ->> 'mod')::int), 'type', format('it was %s, and takes less as %s', format_type((c.before ->> 'type')::oid,
            (c.before ->> 'mod')::int), format_type((c.after ->> 'type')::oid, (c.after ->> 'mod')::int)), '-- choose: a column beside it')
        ) AS x(found, what, why, fix)
    WHERE x.found
    UNION ALL
    SELECT 'change_breaks_writers', 'error', r.label, 'rows that were taken are refused now',
        '-- choose: when nobody writes such rows any more', ARRAY[(r.says ->> 'says')]
    FROM rule AS r
    UNION ALL
    -- A key of columns that were there, of which none was a key by fewer of them.
    SELECT 'change_breaks_writers', 'error', k.label, 'rows that were taken twice are refused now',
        '-- choose: when nobody writes such rows any more', ARRAY['unique']
    FROM a AS k JOIN old ON old.rel = k.rel
    WHERE k.kind = 'key' AND NOT EXISTS (SELECT FROM b WHERE b.kind = 'key' AND (b.id = k.id OR b.rel = k.rel
            AND k.says -> 'columns' @> (b.says -> 'columns')))
      AND NOT EXISTS (SELECT FROM a AS c LEFT JOIN b ON b.kind = 'column' AND b.rel = c.rel AND b.part = c.part
          WHERE c.kind = 'column' AND c.rel = k.rel AND k.says -> 'columns' ? (c.says ->> 'name') AND b.rel IS NULL)
$$;
COMMENT ON FUNCTION primecloud_internal.review_change_writers(primecloud_internal.review_trial) IS 'change_breaks_writers';
