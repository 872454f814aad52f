-- What would expire now: a statement that reads.

-- A partition that lies elsewhere is passed over: nobody connects to look at it.
CREATE FUNCTION primecloud_internal.retention_readable(rel regclass) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    columns CONSTANT text := (SELECT string_agg(format(', p.%I', a.attname), '' ORDER BY a.attnum) FROM pg_attribute a
        WHERE a.attrelid = rel AND a.attnum > 0 AND NOT a.attisdropped);
BEGIN
    IF NOT EXISTS (SELECT FROM primecloud_internal.retention_tree(rel) t WHERE t.kind = 'f') THEN
        RETURN rel::text;
    END IF;
    RETURN (SELECT format('(%s)', string_agg(format('SELECT p.tableoid, p.ctid%s FROM ONLY %s AS p', columns, t.oid::regclass),
        ' UNION ALL ')) FROM primecloud_internal.retention_tree(rel) t WHERE t.kind NOT IN ('f', 'p') OR t.oid = rel);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_readable(regclass) IS 'what a statement reads to see the rows of a table on this server';

-- The rows that are due, each with what becomes of it: expires, held, or stays, where partitions are taken whole.
CREATE FUNCTION primecloud_internal.retention_preview_due(rel regclass, policy primecloud_internal.retention_policy, fit text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    due CONSTANT text := primecloud_internal.retention_due(rel, policy, now()) || fit;
    free CONSTANT text := primecloud_internal.retention_free(policy, rel);
    source CONSTANT text := primecloud_internal.retention_readable(rel);
    rows CONSTANT text := format('SELECT %s AS at, %s AS tenant, (%s) AS free, x.tableoid AS part FROM %s AS x WHERE %s',
        primecloud_internal.retention_time(rel, policy), CASE WHEN policy.tenant_column IS NULL THEN 'NULL::text'
        ELSE format('x.%I::text', policy.tenant_column) END, free, source, due);
    parts text;
BEGIN
    -- The partitions from which not all that is due goes.
    SELECT string_agg(format('(%s::oid, %s::oid, %L, %L)', p.oid, CASE p.fate WHEN 'kept' THEN p.top ELSE 0 END,
        CASE p.fate WHEN 'kept' THEN p.top ELSE p.oid END::regclass,
        primecloud_internal.retention_why_stays(p.fate, policy.mode, p.ends)), ', ') INTO parts
    FROM primecloud_internal.retention_parts(rel, policy, now()) p WHERE p.kind = 'stays';
    IF parts IS NULL THEN
        RETURN format('due AS MATERIALIZED (SELECT d.*, CASE WHEN d.free THEN ''expires'' ELSE ''held'' END AS what, '''' AS name, '
            'NULL::text AS note FROM (%s) AS d)', rows);
    END IF;
    -- A whole stays for one row of it that is not due, or held.
    RETURN format('kept(part, top, name, note) AS (VALUES %1$s), '
        'shut AS MATERIALIZED (SELECT k.top, bool_or(%2$s AND NOT (%3$s)) AS held FROM %4$s AS x JOIN kept AS k ON k.part = x.tableoid '
        'WHERE k.top <> 0 AND (%2$s AND %3$s) IS NOT TRUE GROUP BY k.top), '
        'due AS MATERIALIZED (SELECT d.*, w.what, CASE w.what WHEN ''stays'' THEN k.name ELSE '''' END AS name, '
        'CASE w.what WHEN ''stays'' THEN k.note END AS note FROM (%5$s) AS d LEFT JOIN kept AS k USING (part) LEFT JOIN shut AS s '
        'ON s.top = k.top CROSS JOIN LATERAL (SELECT CASE WHEN NOT d.free OR s.held THEN ''held'' '
        'WHEN k.top = 0 OR s.top IS NOT NULL THEN ''stays'' ELSE ''expires'' END AS what) AS w)', parts, due, free, source, rows);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_preview_due(regclass, primecloud_internal.retention_policy, text)
    IS 'the part of a statement that finds the rows that are due and what becomes of them';

CREATE FUNCTION primecloud_internal.retention_preview(rel regclass, policy primecloud_internal.retention_policy) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    unfit oid[];
    passed_over primecloud_internal.retention_line[];
    fixed primecloud_internal.retention_line[];
BEGIN
    SELECT array_agg(u.part), array_agg(DISTINCT ROW('error', u.code, NULL, NULL, NULL, u.message)::primecloud_internal.retention_line)
        INTO unfit, passed_over FROM primecloud_internal.retention_unfit(rel, policy) u;
    SELECT array_agg(ROW(f.what, f.name, NULL, NULL, NULL, f.note)::primecloud_internal.retention_line) INTO fixed FROM (
        SELECT 'foreign key' AS what, format('%s.%s', k.child, k.name) AS name, k.effect AS note
            FROM primecloud_internal.retention_foreign_keys(rel) k
        UNION ALL
        SELECT 'partition', p.oid::regclass::text, CASE policy.mode WHEN 'drop_partition' THEN 'dropped whole, unless a row of it stays'
            WHEN 'detach_partition' THEN 'detached whole, unless a row of it stays'
                ELSE 'every row of it is due, unless held or excepted' END
        FROM primecloud_internal.retention_parts(rel, policy, now()) p WHERE p.kind = 'partition'
        UNION ALL
        SELECT 'note', '', n.note FROM primecloud_internal.retention_notes(rel, policy) AS n WHERE n.kind <> 'foreign key') AS f;
    RETURN format('WITH %1$s, line AS (SELECT CASE what WHEN ''expires'' THEN 1 WHEN ''held'' THEN 2 ELSE 3 END AS place, what, '
        'name, count(*) AS n, min(at) AS oldest, max(at) AS newest, note FROM due GROUP BY what, name, note '
        'UNION ALL SELECT 1, ''expires'', '''', 0, NULL, NULL, NULL WHERE NOT EXISTS (SELECT FROM due WHERE what = ''expires'') '
        'UNION ALL SELECT 4, ''tenant'', tenant, count(*), min(at), max(at), NULL FROM due WHERE what = ''expires'' AND tenant IS NOT NULL '
        'GROUP BY tenant) '
        'SELECT (SELECT array_agg(ROW(what, name, n, oldest, newest, note)::primecloud_internal.retention_line ORDER BY place, n DESC, '
        'name) FROM line) || %2$L::primecloud_internal.retention_line[] AS lines',
        primecloud_internal.retention_preview_due(rel, policy, CASE WHEN unfit IS NULL THEN '' ELSE format(
            ' AND x.tableoid <> ALL (%L::oid[])', unfit) END), coalesce(passed_over || fixed, '{}'));
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_preview(regclass, primecloud_internal.retention_policy)
    IS 'the statement behind expire_preview()';
REVOKE ALL ON FUNCTION primecloud_internal.retention_preview(regclass, primecloud_internal.retention_policy),
    primecloud_internal.retention_readable(regclass),
    primecloud_internal.retention_preview_due(regclass, primecloud_internal.retention_policy, text) FROM PUBLIC;
