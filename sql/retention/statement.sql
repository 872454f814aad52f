-- The statement of one batch: what removes rows from one partition and says how many
-- went, of when, of which tenants: as one outcome, or by yielding tenant and time of
-- each row to retention_request(), which counts them.

CREATE FUNCTION primecloud_internal.retention_statement(rel regclass, leaf oid, policy primecloud_internal.retention_policy, due text,
    free text, narrow text,
                                    skip_locked boolean, at primecloud_internal.retention_position, most bigint) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    name CONSTANT text := (SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = leaf);
    condition CONSTANT text := format('%s AND %s AND %s', narrow, due, free);
    tenant CONSTANT text := CASE WHEN policy.tenant_column IS NULL THEN 'NULL::text' ELSE format('coalesce(x.%I::text, '''')',
        policy.tenant_column) END;
    -- A trigger may take a mark back: such a row is not gone.
    yields CONSTANT text := format('%s AS "of tenant", %s AS "of time", %s AS "still due"', tenant,
        primecloud_internal.retention_time(rel, policy),
        CASE WHEN policy.mode <> 'soft_delete' THEN 'false'
             WHEN primecloud_internal.retention_column(rel, policy.soft_delete_column,
                 '{timestamptz,timestamp,boolean}') = 'boolean'::regtype THEN format('x.%I IS NOT TRUE', policy.soft_delete_column)
             ELSE format('x.%I IS NULL', policy.soft_delete_column) END);
    ordered CONSTANT boolean := at.method IN ('keyset', 'tenants', 'shards');
    picked text := '';
    source text := '';
    moved text := '';
    answer text := '';
    action text;
    columns text;
    own text;
BEGIN
    IF skip_locked THEN
        picked := CASE WHEN at.method = 'tenants'
            THEN primecloud_internal.retention_pick_by_tenant(name, policy, at, condition, most, 'FOR UPDATE SKIP LOCKED')
            ELSE format('candidate AS MATERIALIZED (SELECT x.ctid AS c, %s AS k FROM ONLY %s AS x WHERE %s%s%s FOR '
                'UPDATE SKIP LOCKED), ',
                        primecloud_internal.retention_time(rel, policy), name, condition, CASE WHEN ordered
                            THEN format(' ORDER BY x.%I, x.ctid', policy.time_column) ELSE '' END,
                        CASE WHEN most IS NULL THEN '' ELSE format(' LIMIT %s', most) END) END;
        -- An array of places is fetched row by row; a join might be made by reading the whole table.
        source := 'x.ctid = ANY (ARRAY(SELECT d.c FROM candidate AS d)) AND ';
        answer := ', (SELECT count(*) FROM candidate) AS picked, (SELECT count(*) FROM candidate) - (SELECT count(*) FROM gone WHERE '
            'NOT "still due") AS vetoed'
            || CASE WHEN at.method IN ('keyset', 'shards') THEN
                   ', (SELECT d.k FROM candidate d ORDER BY d.k DESC, d.c DESC LIMIT 1) AS key_time, (SELECT d.c FROM candidate d '
                   'ORDER BY d.k DESC, d.c DESC LIMIT 1) AS key_row'
               WHEN at.method = 'tenants' THEN primecloud_internal.retention_reached_tenant(most) ELSE '' END;
    ELSIF policy.mode = 'archive' AND primecloud_internal.retention_may_veto(leaf, policy.mode) THEN
        -- One statement sees the table as it was: what a trigger vetoes is what was due and is not gone.
        answer := format(', (SELECT count(*) FROM ONLY %s AS x WHERE %s) - (SELECT count(*) FROM gone) AS vetoed', name, condition);
    END IF;
    IF skip_locked AND most IS NULL THEN
        answer := answer || format(', greatest(0, (SELECT count(*) FROM ONLY %s AS x WHERE %s) - (SELECT count(*) FROM candidate)) AS '
            'locked', name, condition);
    END IF;
    IF free <> 'true' AND NOT ordered AND (skip_locked OR policy.mode = 'archive') THEN
        answer := answer || format(', (SELECT count(*) FROM ONLY %s AS x WHERE %s AND %s AND NOT (%s)) AS held',
                                   name, narrow, due, free);
    END IF;
    IF policy.mode = 'soft_delete' THEN
        action := format('UPDATE ONLY %s AS x SET %I = %s WHERE %s%s RETURNING %s', name, policy.soft_delete_column,
            CASE primecloud_internal.retention_column(rel, policy.soft_delete_column, '{timestamptz,timestamp,boolean}')
                WHEN 'boolean'::regtype THEN 'true' WHEN 'timestamptz'::regtype THEN 'now()' ELSE '(now() AT TIME ZONE ''UTC'')' END,
            source, condition, yields);
    ELSE
        IF policy.mode = 'archive' THEN
            SELECT string_agg(quote_ident(s.attname), ', ' ORDER BY s.attnum), string_agg(format(', x.%I', s.attname), ''
                ORDER BY s.attnum) INTO columns, own
            FROM pg_attribute s JOIN pg_attribute a ON a.attname = s.attname AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
                AND a.attrelid = to_regclass(format('%I.%I', policy.archive_schema, policy.archive_table))
            WHERE s.attrelid = rel AND s.attnum > 0 AND NOT s.attisdropped;
            moved := format('moved AS (INSERT INTO %I.%I (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM gone RETURNING 1), ',
                            policy.archive_schema, policy.archive_table, columns, columns);
            answer := answer || ', (SELECT count(*) FROM moved) AS archived';
        END IF;
        action := format('DELETE FROM ONLY %s AS x WHERE %s%s RETURNING %s%s', name, source, condition, yields, own);
    END IF;
    IF NOT skip_locked AND policy.mode <> 'archive' THEN
        RETURN action;
    END IF;
    RETURN format('WITH %s %sgone AS (%s), %sper_tenant AS (SELECT "of tenant" AS tenant, count(*) AS n, min("of time") AS oldest, '
        'max("of time") AS newest '
        'FROM gone WHERE NOT "still due" GROUP BY 1) '
        'SELECT (SELECT coalesce(sum(n), 0)::bigint FROM per_tenant) AS rows, (SELECT min(oldest) FROM per_tenant) AS oldest, '
        '(SELECT max(newest) FROM per_tenant) AS newest, %s AS tenants%s',
        CASE WHEN at.method = 'tenants' THEN 'RECURSIVE' ELSE '' END, picked, action, moved,
        CASE WHEN policy.tenant_column IS NULL THEN 'NULL::jsonb' ELSE '(SELECT jsonb_object_agg(tenant, n) FROM per_tenant)' END, answer);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_statement(regclass, oid, primecloud_internal.retention_policy, text, text, text,
    boolean, primecloud_internal.retention_position, bigint) IS
    'the statement that removes the due and free rows of one partition, narrowed to a range, and counts them';

REVOKE ALL ON FUNCTION primecloud_internal.retention_statement(regclass, oid, primecloud_internal.retention_policy, text, text, text,
    boolean, primecloud_internal.retention_position, bigint) FROM PUBLIC;
