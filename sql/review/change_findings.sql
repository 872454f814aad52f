-- review_change(): what a migration costs, what rules it takes away, and what protection.

CREATE FUNCTION primecloud_internal.review_change_costs(trial primecloud_internal.review_trial) RETURNS SETOF primecloud_internal.review_row
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET enable_nestloop = off
AS $$
    WITH b AS MATERIALIZED (SELECT * FROM unnest((trial).before)), a AS MATERIALIZED (SELECT * FROM unnest((trial).after)),
    -- (Nobody waits for a table that is new, or empty.)
    e AS MATERIALIZED (
        SELECT b.label, (b.says ->> 'child')::boolean AS child, e.rel, e.number, e.tag, bool_or(coalesce(e.scanned, false)) AS scanned,
            bool_or(e.moved) AS moved,
            bool_or(e.patient) AS patient, bool_or(x.rank IS NOT NULL AND e.way IS DISTINCT FROM 'validate') AS blocks,
            -- (A key is added under the strongest, whatever the index took first; a lock of before is not told of again.)
            CASE WHEN e.tag = 'ALTER TABLE' AND e.way IN ('unique', 'exclude', 'type') THEN 'AccessExclusiveLock'
                ELSE (array_agg(e.mode ORDER BY x.rank DESC) FILTER (WHERE x.rank IS NOT NULL))[1] END AS mode, e.way
        FROM unnest((trial).effects) AS e JOIN b ON b.kind = 'relation' AND b.rel = e.rel
        CROSS JOIN LATERAL (SELECT array_position('{ShareLock,ShareRowExclusiveLock,ExclusiveLock,AccessExclusiveLock}', e.mode)) AS x(rank)
        WHERE (b.says ->> 'rows')::boolean AND e.tag NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE', 'TRUNCATE TABLE',
            'DROP TABLE')
        GROUP BY b.label, b.says, e.rel, e.number, e.tag, e.way),
    written AS (SELECT b.label, e.number, e.tag FROM unnest((trial).effects) AS e JOIN b ON b.kind = 'relation' AND b.rel = e.rel
        WHERE e.written AND (b.says ->> 'rows')::boolean)
    SELECT DISTINCT ON (e.label) 'change_rewrites_table', 'warning', e.label, format('statement %s, %s, writes every row anew while nobody '
            'reads or writes', e.number, e.tag), '-- choose: ' ||
            CASE e.tag WHEN 'REFRESH MATERIALIZED VIEW' THEN 'CONCURRENTLY, with a unique index'
            WHEN 'CLUSTER' THEN 'an hour at which nobody waits' ELSE 'a column or table beside it, filled in batches' END, ARRAY[e.tag]
    FROM e WHERE e.moved
    UNION ALL
    (SELECT DISTINCT ON (e.label) 'change_locks', 'warning', e.label,
        format('statement %s, %s, reads every row under %s: writers wait%s', e.number, e.tag, coalesce(e.mode, 'a lock of before'),
            CASE WHEN e.mode = 'AccessExclusiveLock' AND NOT e.patient THEN
                ', readers too, and whoever comes while it waits: no lock_timeout '
                'is set' ELSE '' END),
        CASE e.tag WHEN 'CREATE INDEX' THEN '-- choose: CREATE INDEX CONCURRENTLY' WHEN 'REINDEX' THEN '-- choose: REINDEX CONCURRENTLY'
            ELSE CASE CASE WHEN e.way = 'references' AND e.child THEN 'key of parts' ELSE e.way END
                WHEN 'unique' THEN '-- choose: CREATE UNIQUE INDEX CONCURRENTLY first, and ADD CONSTRAINT .. USING INDEX'
                WHEN 'exclude' THEN '-- choose: an hour at which nobody waits; it has no other way'
                WHEN 'type' THEN '-- choose: a column beside it, filled in batches'
                WHEN 'attach' THEN '-- choose: first a CHECK of the bounds and NOT NULL, NOT VALID and validated, on what is attached, '
                    'and the other way round on a DEFAULT part'
                WHEN 'key of parts' THEN '-- choose: the key on each part, NOT VALID and validated, before that of the whole'
                ELSE '-- choose: NOT VALID first, and VALIDATE CONSTRAINT in a transaction of its own' END END, ARRAY[e.tag]
    FROM e WHERE e.scanned AND e.blocks AND NOT e.moved ORDER BY e.label, e.number)
    UNION ALL
    (SELECT DISTINCT ON (e.label) 'change_writes_rows', 'notice', e.label, format('statement %s, %s, writes every row: each is there twice '
            'until VACUUM, and who writes one of them waits', e.number, e.tag), '-- choose: in batches, each in a transaction of its own',
        ARRAY[e.tag] FROM written AS e ORDER BY e.label, e.number)
    UNION ALL
    SELECT 'change_loosens', 'warning', b.label, 'the rule is gone, and no other took its place',
        '-- choose: keep it, or the one that follows '
            'it', ARRAY[(b.says ->> 'says')]
    FROM b JOIN a AS r ON r.kind = 'relation' AND r.rel = b.rel
    WHERE b.kind = 'constraint' AND NOT EXISTS (SELECT FROM a WHERE a.kind IN ('constraint', 'inherited') AND a.id = b.id)
      -- (Of columns that are gone nothing has to hold.)
      AND NOT EXISTS (SELECT FROM jsonb_array_elements_text(b.says -> 'columns') AS n WHERE NOT EXISTS (SELECT FROM a
          WHERE a.kind = 'column' AND a.rel = b.rel AND a.part = n::int))
      AND NOT EXISTS (SELECT FROM a WHERE a.kind IN ('constraint', 'inherited') AND a.rel = b.rel
          AND (a.says ->> 'says' = (b.says ->> 'says')
          OR (a.says ->> 'kind') = (b.says ->> 'kind') AND (a.says -> 'columns') @> (b.says -> 'columns')
             AND (b.says -> 'columns') @> (a.says -> 'columns')
          OR (a.says ->> 'kind') = 'p' AND (b.says ->> 'kind') = 'u' AND (a.says -> 'columns') = b.says -> 'columns'))
    UNION ALL
    -- An index that is a key, and no constraint.
    SELECT 'change_loosens', 'warning', b.label, 'what was unique may be there twice', '-- choose: keep it, or the one that follows it',
        '{unique}'
    FROM b JOIN a AS r ON r.kind = 'relation' AND r.rel = b.rel
    WHERE b.kind = 'key' AND NOT (r.says ->> 'child')::boolean AND jsonb_array_length(b.says -> 'columns') > 0
      AND NOT EXISTS (SELECT FROM b AS k WHERE k.kind = 'constraint' AND k.rel = b.rel AND k.label = b.label)
      AND NOT EXISTS (SELECT FROM a WHERE a.kind = 'key' AND (a.id = b.id OR a.rel = b.rel AND b.says -> 'columns' @> (a.says ->
          'columns')))
      AND NOT EXISTS (SELECT FROM jsonb_array_elements_text(b.says -> 'columns') AS n WHERE NOT EXISTS (SELECT FROM a
          WHERE a.kind = 'column' AND a.rel = b.rel AND (a.says ->> 'name') = n))
    UNION ALL
    SELECT 'change_loosens', 'warning', b.label, 'it may be NULL now', '-- choose: keep NOT NULL, or a CHECK', '{null}'
    FROM b JOIN a ON a.kind = 'column' AND a.rel = b.rel AND a.part = b.part
    WHERE b.kind = 'column' AND (b.says ->> 'there')::boolean AND NOT (a.says ->> 'there')::boolean
      AND NOT (b.says ->> 'inherited')::boolean AND NOT EXISTS (SELECT FROM a AS k WHERE k.kind = 'constraint'
          AND k.rel = b.rel AND (k.says ->> 'kind') = 'c'
          AND strpos(k.says ->> 'says', format('(%I IS NOT NULL)', a.says ->> 'name')) > 0)
$$;
COMMENT ON FUNCTION primecloud_internal.review_change_costs(primecloud_internal.review_trial)
    IS 'change_rewrites_table, change_locks, change_writes_rows, change_loosens';

CREATE FUNCTION primecloud_internal.review_change_protection(trial primecloud_internal.review_trial, tenants jsonb)
    RETURNS SETOF primecloud_internal.review_row
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET enable_nestloop = off
AS $$
    WITH b AS MATERIALIZED (SELECT * FROM unnest((trial).before)), a AS MATERIALIZED (SELECT * FROM unnest((trial).after)),
    -- Both of one table: a policy of the second kind does for the first if it is for its command and roles.
    pair AS MATERIALIZED (
        SELECT b.id AS before, a.id AS after, (b.says ->> 'permissive')::boolean AS permissive,
            (b.says ->> 'command') IN ('*', a.says ->> 'command') AND (b.says -> 'roles' @> '["0"]' OR (b.says -> 'roles') @> (a.says ->
                'roles'))
                AS covers, (a.says ->> 'command') IN ('*', b.says ->> 'command')
                AND (a.says -> 'roles' @> '["0"]' OR (a.says -> 'roles') @> (b.says -> 'roles')) AS covered,
            primecloud_internal.review_no_more(a.says ->> 'using', b.says ->> 'using', a.says ->> 'using_tree', b.says ->> 'using_tree')
                AND primecloud_internal.review_no_more(a.says ->> 'check', b.says ->> 'check', a.says ->> 'check_tree', b.says ->>
                    'check_tree') AS no_more
        FROM b JOIN a ON a.kind = 'policy' AND a.rel = b.rel AND (a.says -> 'permissive') = (b.says -> 'permissive') WHERE b.kind =
            'policy'),
    weaker(rel, label, why, part) AS (
        SELECT b.rel, b.label, CASE WHEN NOT (a.says ->> 'rls')::boolean THEN 'row security is off' ELSE
            'row security holds its owner no more'
            END, 'row security'
        FROM b JOIN a ON a.kind = 'relation' AND a.rel = b.rel WHERE b.kind = 'relation'
          AND ((b.says ->> 'rls')::boolean AND NOT (a.says ->> 'rls')::boolean
            OR (b.says ->> 'forced')::boolean AND NOT (a.says ->> 'forced')::boolean)
        UNION ALL
        SELECT b.rel, b.label, format('restrictive policy %I is gone, or lets more through', b.says ->> 'name'), (b.says ->> 'name')
        FROM b JOIN a AS r ON r.kind = 'relation' AND r.rel = b.rel WHERE b.kind = 'policy' AND NOT (b.says ->> 'permissive')::boolean
          AND NOT EXISTS (SELECT FROM pair AS p WHERE p.before = b.id AND p.covered AND p.no_more)
        UNION ALL
        SELECT a.rel, a.label, format('permissive policy %I lets more through', a.says ->> 'name'), (a.says ->> 'name')
        FROM a JOIN b AS r ON r.kind = 'relation' AND r.rel = a.rel WHERE a.kind = 'policy' AND (a.says ->> 'permissive')::boolean
          AND (r.says ->> 'rls')::boolean AND NOT EXISTS (SELECT FROM pair AS p WHERE p.after = a.id AND p.covers AND p.no_more)
        UNION ALL
        SELECT a.rel, a.label, format('%s has %s now', CASE a.part WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.part::oid)) END,
            string_agg(p.name, ', ' ORDER BY p.name)), 'grant'
        FROM a CROSS JOIN LATERAL jsonb_object_keys(a.says) AS p(name)
        LEFT JOIN b ON b.kind = 'grant' AND b.rel = a.rel AND b.part = a.part
        WHERE a.kind = 'grant' AND NOT coalesce(b.says ? p.name, false) AND (a.part = 0 OR p.name IN ('TRUNCATE', 'REFERENCES', 'TRIGGER',
            'MAINTAIN')) GROUP BY a.rel, a.label, a.part
        UNION ALL
        SELECT b.rel, r.label, format('%s was of each tenant, and is of all now', a.label), a.label
        FROM b JOIN a AS r ON r.kind = 'relation' AND r.rel = b.rel JOIN a ON a.kind = 'key' AND a.rel = b.rel
        WHERE b.kind = 'key' AND (b.says -> 'columns') ? (tenants ->> b.rel::text) AND NOT EXISTS (SELECT FROM a AS s WHERE s.kind = 'key'
            AND s.rel = b.rel AND (s.says -> 'columns') = b.says -> 'columns') AND NOT EXISTS (SELECT FROM b AS o WHERE o.kind = 'key'
            AND o.id = a.id) AND (a.says -> 'columns') = (b.says -> 'columns') - (tenants ->> b.rel::text)
        UNION ALL
        -- The tenant out of a foreign key.
        SELECT b.rel, r.label, format('%s led to rows of the same tenant, and leads to those of all now', a.label), a.label
        FROM b JOIN a AS r ON r.kind = 'relation' AND r.rel = b.rel
        JOIN b AS c ON c.kind = 'column' AND c.rel = b.rel AND (c.says ->> 'name') = tenants ->> b.rel::text
        JOIN a ON a.kind = 'constraint' AND a.rel = b.rel AND (a.says ->> 'kind') = 'f'
        WHERE b.kind = 'constraint' AND (b.says ->> 'kind') = 'f' AND b.says -> 'columns' @> to_jsonb(c.part)
          AND NOT EXISTS (SELECT FROM a AS s WHERE s.kind = 'constraint' AND s.rel = b.rel AND s.says ->> 'kind' = 'f'
              AND s.says -> 'columns' @> (b.says -> 'columns'))
          AND NOT EXISTS (SELECT FROM b AS o WHERE o.kind = 'constraint' AND o.id = a.id)
          AND jsonb_array_length(a.says -> 'columns') > 0
          AND b.says -> 'columns' @> (a.says -> 'columns') AND NOT a.says -> 'columns' @> to_jsonb(c.part))
    SELECT 'change_weakens_protection', 'error', w.label, w.why, '-- choose: leave it out, or what holds instead', ARRAY[w.part]
    FROM weaker AS w
$$;
COMMENT ON FUNCTION primecloud_internal.review_change_protection(primecloud_internal.review_trial, jsonb) IS 'change_weakens_protection';
