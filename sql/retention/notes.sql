-- What makes expiry slow or fail, found before it runs; and first of all what goes.

CREATE FUNCTION primecloud_internal.retention_notes(rel regclass, policy primecloud_internal.retention_policy, OUT kind text,
    OUT note text) RETURNS SETOF record
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO' SET timezone = 'UTC'
AS $$
BEGIN
    kind := 'policy';
    note := format('rows whose %I is before %s (older than %s) %s', policy.time_column, primecloud.retention_cutoff(date_trunc('second',
        now()), policy.keep), policy.keep,
        CASE policy.mode WHEN 'soft_delete' THEN format('are marked in %I', policy.soft_delete_column)
            WHEN 'archive' THEN format('move to %I.%I', policy.archive_schema, policy.archive_table)
            WHEN 'drop_partition' THEN 'go with their partitions, when those are over'
            WHEN 'detach_partition' THEN 'leave with their partitions, when those are over'
                ELSE 'are deleted' END);
    RETURN NEXT;
    kind := 'index';
    note := primecloud_internal.retention_index_note(rel, policy);
    IF note IS NOT NULL THEN
        RETURN NEXT;
    END IF;
    RETURN QUERY SELECT 'foreign key', format('foreign key %I of table %s: %s', k.name, k.child, k.effect)
        FROM primecloud_internal.retention_foreign_keys(rel) k;
    RETURN QUERY
        SELECT 'trigger', format('trigger %I of table %s runs with search_path pg_catalog: unless it qualifies every name, ALTER '
            'FUNCTION %s SET search_path = ...',
                                 t.tgname, rel, p.oid::regprocedure)
        FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_language l ON l.oid = p.prolang
        WHERE t.tgrelid = rel AND NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgtype::int & CASE policy.mode WHEN 'soft_delete'
            THEN 16 ELSE 8 END <> 0
          AND l.lanname NOT IN ('c', 'internal') AND NOT EXISTS (SELECT FROM unnest(p.proconfig) AS s WHERE starts_with(s,
              'search_path=')) ORDER BY t.tgname;
    IF policy.mode IN ('delete', 'archive') AND EXISTS (SELECT FROM pg_partitioned_table p
            JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attname = policy.time_column
            WHERE p.partrelid = rel AND p.partstrat = 'r' AND p.partnatts = 1 AND p.partattrs[0] = a.attnum) THEN
        kind := 'partition';
        note := format('table %s is partitioned by %I: mode ''drop_partition'' costs next to nothing', rel, policy.time_column);
        RETURN NEXT;
    ELSIF policy.mode = 'detach_partition' THEN
        RETURN QUERY SELECT 'partition', format('rows of partition %s stay: %s', p.oid::regclass, primecloud_internal.retention_why_stays(
            p.fate, policy.mode, p.ends)) FROM primecloud_internal.retention_parts(rel, policy, now()) p
            WHERE p.fate = 'endless' ORDER BY p.schema_name, p.table_name LIMIT 10;
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_notes(regclass, primecloud_internal.retention_policy)
    IS 'what a policy takes away, and what makes it slow or lets it fail';

CREATE FUNCTION primecloud_internal.retention_index_note(rel regclass, policy primecloud_internal.retention_policy) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    tenant text;
BEGIN
    -- (Rows on other servers go tenant after tenant.)
    IF policy.tenant_column IS NOT NULL AND primecloud_internal.is_distributed(rel) THEN
        RETURN CASE WHEN NOT primecloud_internal.retention_index(rel, policy.tenant_column, policy.time_column) THEN
            format('no index leads with %1$I and then %2$I, so every run reads the rows of a tenant whole, tenant after tenant: '
                'CREATE INDEX CONCURRENTLY ON %3$s (%1$I, %2$I)', policy.tenant_column, policy.time_column, rel) END;
    ELSIF primecloud_internal.retention_index(rel, policy.time_column) THEN
        RETURN NULL;
    END IF;
    SELECT a.attname INTO tenant FROM pg_attribute a WHERE a.attrelid = rel AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull
      AND (policy.tenant_column IS NULL OR a.attname = policy.tenant_column)
      AND primecloud_internal.retention_base_type(a.atttypid) = ANY (primecloud_internal.retention_key_types())
          AND primecloud_internal.retention_index(rel, a.attname, policy.time_column)
    ORDER BY a.attnum LIMIT 1;
    IF tenant IS NULL THEN
        RETURN format('no index leads with %1$I, so every run reads the whole table: CREATE INDEX CONCURRENTLY ON %2$s (%1$I)',
            policy.time_column, rel);
    ELSIF policy.tenant_column IS NULL THEN
        RETURN format('no index leads with %I, but one with %I before it: with tenant_column => %L a run goes by that one, tenant '
            'after tenant',
                      policy.time_column, tenant, tenant);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_index_note(regclass, primecloud_internal.retention_policy)
    IS 'which index a policy lacks';

CREATE FUNCTION primecloud_internal.retention_foreign_keys(rel regclass, OUT name text, OUT child regclass, OUT effect text)
    RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT DISTINCT k.conname::text, k.conrelid::regclass,
           CASE k.confdeltype WHEN 'c' THEN 'its rows are deleted with them' WHEN 'n' THEN 'it is set to null'
               WHEN 'd' THEN 'it is set to its default' ELSE 'rows that it refers to stay' END
           || CASE WHEN EXISTS (SELECT FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indkey[0] = ANY (k.conkey)) THEN ''
                   ELSE '; no index on it, so each row searches the whole table' END
    FROM primecloud_internal.retention_tree(rel) t JOIN pg_constraint k ON k.confrelid = t.oid AND k.contype = 'f' AND k.conparentid = 0
    ORDER BY 1, 2
$$;
COMMENT ON FUNCTION primecloud_internal.retention_foreign_keys(regclass)
    IS 'foreign keys that point at a table, and what a delete does to them';

REVOKE ALL ON FUNCTION primecloud_internal.retention_notes(regclass, primecloud_internal.retention_policy),
    primecloud_internal.retention_index_note(regclass, primecloud_internal.retention_policy),
    primecloud_internal.retention_foreign_keys(regclass) FROM PUBLIC;
