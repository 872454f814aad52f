-- What would expire now: a statement that reads.

CREATE FUNCTION primecloud_internal.retention_preview(rel regclass, policy primecloud_internal.retention_policy) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    due CONSTANT text := primecloud_internal.retention_due(rel, policy, now());
    free CONSTANT text := primecloud_internal.retention_free(policy, rel);
    time CONSTANT text := primecloud_internal.retention_time(rel, policy);
    tenant CONSTANT text := CASE WHEN policy.tenant_column IS NULL THEN 'NULL::text' ELSE format('x.%I::text', policy.tenant_column) END;
    unfit oid[];
    passed_over primecloud_internal.retention_line[];
    fixed primecloud_internal.retention_line[];
BEGIN
    SELECT array_agg(u.part), array_agg(ROW('error', u.code, NULL, NULL, NULL, u.message)::primecloud_internal.retention_line)
        INTO unfit, passed_over FROM primecloud_internal.retention_unfit(rel, policy) u;
    SELECT array_agg(ROW(f.what, f.name, NULL, NULL, NULL, f.note)::primecloud_internal.retention_line) INTO fixed FROM (
        SELECT 'foreign key' AS what, format('%s.%s', k.child, k.name) AS name, k.effect AS note
            FROM primecloud_internal.retention_foreign_keys(rel) k
        UNION ALL
        SELECT 'partition', p.oid::regclass::text, CASE policy.mode WHEN 'drop_partition' THEN 'dropped whole, unless a row of it stays'
            WHEN 'detach_partition' THEN 'detached whole, unless a row of it stays'
                ELSE 'every row of it is due, unless held or excepted' END
        FROM primecloud_internal.retention_walk(rel, policy.time_column, primecloud.retention_cutoff(now(), policy.keep)) p WHERE p.topmost
        UNION ALL
        SELECT 'note', '', n.note FROM primecloud_internal.retention_notes(rel, policy) AS n WHERE n.kind <> 'foreign key') AS f;
    RETURN format('WITH due AS MATERIALIZED (SELECT %1$s AS at, %2$s AS tenant, (%3$s) AS free FROM %4$s AS x WHERE %5$s%7$s), '
        'line AS (SELECT 1 AS place, ''expires'' AS what, '''' AS name, count(*) AS n, min(at) AS oldest, max(at) AS newest FROM due '
        'WHERE free '
        'UNION ALL SELECT 2, ''held'', '''', count(*), min(at), max(at) FROM due WHERE NOT free HAVING count(*) > 0 '
        'UNION ALL SELECT 3, ''tenant'', tenant, count(*), min(at), max(at) FROM due WHERE free AND tenant IS NOT NULL GROUP BY tenant) '
        'SELECT (SELECT array_agg(ROW(what, name, n, oldest, newest, NULL)::primecloud_internal.retention_line ORDER BY place, n '
        'DESC, name) FROM line) '
        '|| %6$L::primecloud_internal.retention_line[] AS lines', time, tenant, free, rel, due,
        coalesce(passed_over || fixed, '{}'),
        CASE WHEN unfit IS NULL THEN '' ELSE format(' AND x.tableoid <> ALL (%L::oid[])', unfit) END);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_preview(regclass, primecloud_internal.retention_policy)
    IS 'the statement behind expire_preview()';
REVOKE ALL ON FUNCTION primecloud_internal.retention_preview(regclass, primecloud_internal.retention_policy) FROM PUBLIC;
