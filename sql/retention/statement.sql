-- The statement of one batch: what removes rows from one partition and says how many
-- went, of when, of which tenants: as one jsonb, or by yielding tenant and time of
-- each row to retention_request(), which counts them.

CREATE FUNCTION primecloud_internal.retention_statement(rel regclass, leaf oid, policy primecloud_internal.retention_policy, due text, free text, narrow text,
                                    skip_locked boolean DEFAULT false, ordered boolean DEFAULT false, most bigint DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    name CONSTANT text := (SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = leaf);
    condition CONSTANT text := format('%s AND %s AND %s', narrow, due, free);
    tenant CONSTANT text := CASE WHEN policy.tenant_column IS NULL THEN 'NULL::text' ELSE format('coalesce(x.%I::text, '''')', policy.tenant_column) END;
    yields CONSTANT text := format('%s AS "of tenant", %s AS "of time"', tenant, primecloud_internal.retention_time(rel, policy));
    picked text := '';
    source text := '';
    moved text := '';
    answer text := '';
    action text;
    columns text;
    own text;
BEGIN
    IF skip_locked THEN
        -- (tableoid, ctid): a ctid alone is unique in one partition only.
        picked := format('candidate AS MATERIALIZED (SELECT x.tableoid AS t, x.ctid AS c, x.%I AS k FROM ONLY %s AS x WHERE %s%s%s FOR UPDATE SKIP LOCKED), ',
                         policy.time_column, name, condition, CASE WHEN ordered THEN format(' ORDER BY x.%I, x.ctid', policy.time_column) ELSE '' END,
                         CASE WHEN most IS NULL THEN '' ELSE format(' LIMIT %s', most) END);
        source := 'x.tableoid = d.t AND x.ctid = d.c AND ';
        answer := ', ''picked'', (SELECT count(*) FROM candidate)'
            || CASE WHEN ordered THEN ', ''key'', (SELECT jsonb_build_array(d.k, d.c::text) FROM candidate d ORDER BY d.k DESC, d.c DESC LIMIT 1)' ELSE '' END;
    END IF;
    IF skip_locked AND most IS NULL THEN
        answer := answer || format(', ''locked'', (SELECT count(*) FROM ONLY %s AS x WHERE %s) - (SELECT count(*) FROM candidate)', name, condition);
    END IF;
    IF free <> 'true' AND NOT ordered AND (skip_locked OR policy.mode = 'archive') THEN
        answer := answer || format(', ''held'', (SELECT count(*) FROM ONLY %s AS x WHERE %s AND %s AND NOT (%s))',
                                   name, narrow, due, free);
    END IF;
    IF policy.mode = 'soft_delete' THEN
        action := format('UPDATE ONLY %s AS x SET %I = %s%s WHERE %s%s RETURNING %s', name, policy.soft_delete_column,
            CASE primecloud_internal.retention_column(rel, policy.soft_delete_column, '{timestamptz,timestamp,boolean}')
                WHEN 'boolean'::regtype THEN 'true' WHEN 'timestamptz'::regtype THEN 'now()' ELSE '(now() AT TIME ZONE ''UTC'')' END,
            CASE WHEN skip_locked THEN ' FROM candidate AS d' ELSE '' END, source, condition, yields);
    ELSE
        IF policy.mode = 'archive' THEN
            SELECT string_agg(quote_ident(s.attname), ', ' ORDER BY s.attnum), string_agg(format(', x.%I', s.attname), '' ORDER BY s.attnum) INTO columns, own
            FROM pg_attribute s JOIN pg_attribute a ON a.attname = s.attname AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
                AND a.attrelid = to_regclass(format('%I.%I', policy.archive_schema, policy.archive_table))
            WHERE s.attrelid = rel AND s.attnum > 0 AND NOT s.attisdropped;
            moved := format('moved AS (INSERT INTO %I.%I (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM gone RETURNING 1), ',
                            policy.archive_schema, policy.archive_table, columns, columns);
            answer := answer || ', ''archived'', (SELECT count(*) FROM moved)';
        END IF;
        action := format('DELETE FROM ONLY %s AS x%s WHERE %s%s RETURNING %s%s', name, CASE WHEN skip_locked THEN ' USING candidate AS d' ELSE '' END,
                         source, condition, yields,
                         own);
    END IF;
    IF NOT skip_locked AND policy.mode <> 'archive' THEN
        RETURN action;
    END IF;
    RETURN format('WITH %sgone AS (%s), %sper_tenant AS (SELECT "of tenant" AS tenant, count(*) AS n, min("of time") AS oldest, max("of time") AS newest FROM gone GROUP BY 1) '
        'SELECT jsonb_build_object(''rows'', (SELECT coalesce(sum(n), 0) FROM per_tenant), ''oldest'', (SELECT min(oldest) FROM per_tenant), '
        '''newest'', (SELECT max(newest) FROM per_tenant), ''tenants'', %s%s)',
        picked, action, moved,
        CASE WHEN policy.tenant_column IS NULL THEN 'NULL' ELSE '(SELECT jsonb_object_agg(tenant, n) FROM per_tenant)' END, answer);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_statement(regclass, oid, primecloud_internal.retention_policy, text, text, text, boolean, boolean, bigint) IS
    'the statement that removes the due and free rows of one partition, narrowed to a range, and counts them';

REVOKE ALL ON FUNCTION primecloud_internal.retention_statement(regclass, oid,
    primecloud_internal.retention_policy, text, text, text, boolean, boolean, bigint) FROM PUBLIC;
