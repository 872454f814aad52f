-- Tenant after tenant, by the index on tenant and time that lists have anyway.

-- Each is found by one look for the next key, whatever it has of rows.
CREATE FUNCTION primecloud_internal.retention_tenants(name text, tenant_column text, from_tenant text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN format('tenant(k) AS (SELECT (SELECT x.%1$I FROM ONLY %2$s AS x WHERE %3$s ORDER BY x.%1$I LIMIT 1) '
        'UNION ALL SELECT (SELECT x.%1$I FROM ONLY %2$s AS x WHERE x.%1$I > t.k ORDER BY x.%1$I LIMIT 1) FROM tenant AS t WHERE t.k '
        'IS NOT NULL)', tenant_column, name, from_tenant);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_tenants(text, text, text) IS 'the part of a statement that walks from tenant to tenant';

-- The next rows in the order of tenant and time, as an index on both gives them: for
-- each tenant one look, a thousand tenants in one batch.
CREATE FUNCTION primecloud_internal.retention_pick_by_tenant(name text, policy primecloud_internal.retention_policy,
    at primecloud_internal.retention_position, condition text, most bigint, locking text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    type CONSTANT regtype := primecloud_internal.retention_column(at.relation, policy.time_column,
        primecloud_internal.retention_time_types());
    key CONSTANT regtype := primecloud_internal.retention_column(at.relation, policy.tenant_column,
        primecloud_internal.retention_key_types());
    from_tenant CONSTANT text := CASE WHEN at.key_tenant IS NULL THEN 'true'
        ELSE format('x.%I %s %L::%s', policy.tenant_column, CASE WHEN at.key_row IS NULL THEN '>' ELSE '>=' END, at.key_tenant, key) END;
    behind CONSTANT text := CASE WHEN at.key_row IS NULL THEN 'true'
        ELSE format('(s.k > %L::%s OR (x.%I, x.ctid) > (%L::%s, %L::tid))', at.key_tenant, key, policy.time_column,
                    primecloud_internal.retention_instant(type, at.key_time), type, at.key_row) END;
BEGIN
    RETURN format('%3$s, some_tenant AS MATERIALIZED (SELECT t.k FROM tenant AS t WHERE t.k IS NOT NULL LIMIT 1000), '
        'candidate AS MATERIALIZED (SELECT d.c, d.k, s.k AS n FROM some_tenant AS s CROSS JOIN LATERAL (SELECT '
        'x.ctid AS c, %4$s AS k '
        'FROM ONLY %2$s AS x WHERE x.%1$I = s.k AND %5$s AND %6$s%10$s ORDER BY x.%7$I, x.ctid LIMIT %8$s %9$s) AS d LIMIT %8$s), ',
        policy.tenant_column, name, primecloud_internal.retention_tenants(name, policy.tenant_column, from_tenant),
        primecloud_internal.retention_time(at.relation, policy), behind, condition, policy.time_column, most, locking,
        -- Once more with the tenant that is known before its rows are: by this the index stops where his time does.
        primecloud_internal.retention_due_of(policy, type, coalesce((SELECT r.at FROM primecloud_internal.retention_run r
            WHERE r.id = at.run), now()), 's.k'));
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_pick_by_tenant(text, primecloud_internal.retention_policy,
    primecloud_internal.retention_position, text, bigint, text) IS 'the part of a statement that picks rows tenant after tenant';

-- What is held, when all else has gone: of each tenant what is due still.
CREATE FUNCTION primecloud_internal.retention_held_by_tenant(rel regclass, policy primecloud_internal.retention_policy,
    at primecloud_internal.retention_position, run_at timestamptz, free text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    name CONSTANT text := at.relation::regclass::text;
BEGIN
    RETURN format('WITH RECURSIVE %s SELECT coalesce(sum(h.n), 0)::bigint AS held, 0::bigint AS vetoed FROM tenant AS s '
        'CROSS JOIN LATERAL (SELECT count(*) AS n FROM ONLY %s AS x WHERE x.%I = s.k AND %s%s AND NOT (%s)) AS h WHERE s.k IS NOT NULL',
        primecloud_internal.retention_tenants(name, policy.tenant_column, 'true'), name, policy.tenant_column,
        primecloud_internal.retention_due(rel, policy, run_at), primecloud_internal.retention_due_of(policy,
            primecloud_internal.retention_column(rel, policy.time_column, primecloud_internal.retention_time_types()), run_at, 's.k'),
        free);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_held_by_tenant(regclass, primecloud_internal.retention_policy,
    primecloud_internal.retention_position, timestamptz, text) IS 'the statement that counts what is held, tenant after tenant';

-- Behind which row the next batch begins; without one, behind the last tenant looked at.
CREATE FUNCTION primecloud_internal.retention_reached_tenant(most bigint) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    of_last text := format('FROM candidate d WHERE (SELECT count(*) FROM candidate) >= %s ORDER BY d.n DESC, d.k DESC, d.c DESC LIMIT 1',
        most);
BEGIN
    RETURN format(', coalesce((SELECT d.n::text %1$s), (SELECT s.k::text FROM some_tenant s ORDER BY s.k DESC LIMIT 1)) AS key_tenant, '
        '(SELECT d.k %1$s) AS key_time, (SELECT d.c %1$s) AS key_row, '
        '(SELECT count(*) FROM candidate) < %2$s AND (SELECT count(*) FROM some_tenant) < 1000 AS ended', of_last, most);
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_reached_tenant(bigint) IS 'the part of a statement that says how far it came';

REVOKE ALL ON FUNCTION primecloud_internal.retention_tenants(text, text, text),
    primecloud_internal.retention_held_by_tenant(regclass, primecloud_internal.retention_policy,
        primecloud_internal.retention_position, timestamptz, text),
    primecloud_internal.retention_pick_by_tenant(text, primecloud_internal.retention_policy, primecloud_internal.retention_position,
        text, bigint, text), primecloud_internal.retention_reached_tenant(bigint) FROM PUBLIC;
