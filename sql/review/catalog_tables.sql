-- What keeps the rows of a table whole.

CREATE FUNCTION primecloud_internal.review_whole(w primecloud_internal.review_words) RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
BEGIN
    RETURN QUERY SELECT x.check_name::text, x.level::text, x.object::text, x.evidence::text, x.fix::text, x.parts::text[] FROM (
    WITH t AS MATERIALIZED (SELECT t.*, c.relpersistence, c.relreplident FROM unnest((w).tables) AS t JOIN pg_class AS c ON c.oid = t.rel
        WHERE t.here AND t.kind IN ('r', 'p')),
    keyed AS MATERIALIZED (SELECT k.conrelid AS rel, bool_or(k.contype = 'p') AS primary, bool_or(k.contype = 'f') AS foreign
        FROM pg_constraint AS k WHERE k.contype IN ('p', 'f') GROUP BY k.conrelid),
    published AS MATERIALIZED (SELECT DISTINCT p.rel FROM primecloud_internal.review_published(w) AS p JOIN pg_publication AS b
        ON b.oid = p.pub WHERE b.pubupdate OR b.pubdelete),
    -- A CHECK that was validated says NOT NULL as well as the column does.  (By the table: others are not deparsed, nor long ones.)
    checked AS MATERIALIZED (SELECT t.rel FROM t JOIN pg_constraint AS k ON k.conrelid = t.rel AND k.contype = 'c' AND k.convalidated
            AND t.tenant = ANY (k.conkey) AND octet_length(k.conbin::text) < 500000
        WHERE regexp_replace(pg_get_expr(k.conbin, t.rel), '[()]', '', 'g')
            ~ format('(^| AND )%s IS NOT NULL( AND |$)', regexp_replace(quote_ident(t.tenant_name), '(\W)', '\\\1', 'g'))
          AND pg_get_expr(k.conbin, t.rel) !~ ' OR | CASE '),
    -- Of a foreign key the name: its triggers have numbers in theirs.
    silent AS (
        SELECT DISTINCT t.label, coalesce(k.conname, g.tgname) AS name, g.tgisinternal, (t.rel)::oid AS rel
        FROM t JOIN pg_trigger AS g ON g.tgrelid = t.rel LEFT JOIN pg_constraint AS k ON g.tgisinternal AND k.oid = g.tgconstraint
        WHERE g.tgenabled = 'D' AND g.tgparentid = 0)
    SELECT 'primary_key_missing', CASE WHEN p.rel IS NOT NULL AND t.relreplident IN ('d', 'n') THEN 'error' ELSE 'warning' END, t.label,
        CASE WHEN p.rel IS NOT NULL AND t.relreplident IN ('d', 'n') THEN 'no primary key, and published: UPDATE and DELETE fail'
            ELSE 'no primary key: no row can be named' END,
        coalesce((SELECT format('ALTER TABLE %s ADD PRIMARY KEY (%s); -- choose: what names a row', t.label,
                string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname = 'id', a.attnum))
            FROM pg_attribute AS a WHERE a.attrelid = t.rel AND NOT a.attisdropped AND (a.attnum = t.tenant OR a.attname = 'id'
                OR a.attnum = ANY ((SELECT x.partattrs::int2[] FROM pg_partitioned_table AS x WHERE x.partrelid = t.rel)::int2[]))
            HAVING bool_or(a.attname = 'id')),
            CASE WHEN t.kind = 'p' THEN format('-- choose: ALTER TABLE %s ADD PRIMARY KEY (...): what names a row, with what it is '
                'partitioned by', t.label)
            ELSE format('ALTER TABLE %s ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY; -- choose: what names a row',
                t.label) END),
                '{}'::text[]
    FROM t LEFT JOIN keyed AS k ON k.rel = t.rel LEFT JOIN published AS p ON p.rel = t.rel
    WHERE NOT t.part AND k.primary IS NOT TRUE
    UNION ALL
    SELECT 'tenant_column_nullable', 'warning', format('%s.%I', t.label, t.tenant_name),
        'a row without a tenant is nobody''s, or everybody''s',
        format('ALTER TABLE %1$s ADD CONSTRAINT %2$I CHECK (%3$I IS NOT NULL) NOT VALID; ALTER TABLE %1$s VALIDATE CONSTRAINT %2$I; '
            'ALTER TABLE %1$s ALTER COLUMN %3$I SET NOT NULL, DROP CONSTRAINT %2$I; -- choose: whose the rows without one are', t.label,
            left(t.name, 40) || '_tenant_there', t.tenant_name), '{}'
    FROM t JOIN pg_attribute AS a ON a.attrelid = t.rel AND a.attnum = t.tenant JOIN pg_type AS y ON y.oid = a.atttypid
    WHERE NOT a.attnotnull AND NOT y.typnotnull AND NOT t.part AND NOT t.root AND t.rel NOT IN (SELECT c.rel FROM checked AS c)
    UNION ALL
    SELECT 'trigger_disabled', 'error', format('%s.%I', s.label, s.name),
        CASE WHEN s.tgisinternal THEN 'the triggers of the constraint are disabled: it is not held' ELSE 'the trigger is disabled' END,
        CASE WHEN s.tgisinternal THEN format('ALTER TABLE %s ENABLE TRIGGER ALL;', s.label)
            ELSE format('ALTER TABLE %s ENABLE TRIGGER %I;', s.label, s.name) END, '{}'
    FROM silent AS s
    UNION ALL
    SELECT 'table_unlogged', 'warning', t.label, 'it is empty after a crash, and on every standby',
        format('ALTER TABLE %s SET LOGGED;', t.label), '{}'
    FROM t LEFT JOIN keyed AS k ON k.rel = t.rel WHERE t.relpersistence = 'u' AND (t.tenant IS NOT NULL OR k.foreign)
    UNION ALL
    SELECT 'change_unfinished', 'warning', format('%s.%I', t.label, c.relname),
        'the index was begun and not finished: it costs, and answers nothing',
        CASE WHEN t.kind = 'p' THEN format('-- choose: CREATE INDEX on the partitions, ALTER INDEX %s ATTACH PARTITION', c.oid::regclass)
            ELSE format('REINDEX INDEX CONCURRENTLY %s;', c.oid::regclass) END, '{}'
    FROM t JOIN pg_index AS i ON i.indrelid = t.rel JOIN pg_class AS c ON c.oid = i.indexrelid WHERE NOT (i.indisvalid AND i.indisready)
    UNION ALL
    SELECT 'change_unfinished', 'warning', format('%s.%I', t.label, k.conname), 'the constraint was never validated',
        format('ALTER TABLE %s VALIDATE CONSTRAINT %I; -- choose: what becomes of rows that break it', t.label, k.conname), '{}'
    FROM t JOIN pg_constraint AS k ON k.conrelid = t.rel WHERE NOT k.convalidated AND k.conparentid = 0 AND k.coninhcount = 0
        -- (On 18 a foreign key that is not enforced is not validated either.)
        AND coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)
    ) AS x(check_name, level, object, evidence, fix, parts);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_whole(primecloud_internal.review_words)
    IS 'primary_key_missing, tenant_column_nullable, trigger_disabled, table_unlogged, change_unfinished';
