-- What the catalog says of a table's isolation before anything is tried.

-- What the catalog says already.
CREATE FUNCTION primecloud_internal.isolation_facts(rel regclass, tenant_column name, app_role name)
    RETURNS TABLE (holds boolean, claim text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT relrowsecurity AND relforcerowsecurity, 'row-level security is enabled and forced' FROM pg_class WHERE oid = rel
    UNION ALL
    SELECT NOT EXISTS (SELECT FROM primecloud_internal.table_tree(rel) AS t JOIN pg_class c ON c.oid = t.relid
                       WHERE CASE t.kind WHEN 'f' THEN has_table_privilege(app_role, c.oid, 'SELECT, INSERT, UPDATE, DELETE')
                           ELSE NOT (relrowsecurity AND relforcerowsecurity) END), 'and on every partition'
    UNION ALL
    SELECT NOT EXISTS (SELECT FROM primecloud_internal.table_tree(rel) AS t, pg_attribute a,
                           LATERAL primecloud_internal.tenant_policies(t.relid, tenant_column, a.atttypid, 'owner', 'owner', 'owner') AS w
                       WHERE t.kind IN ('r', 'p') AND a.attrelid = t.relid AND a.attname = tenant_column AND w.policy = 'primecloud_floor'
                         AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = t.relid AND p.polname = w.policy
                             AND p.polpermissive = w.permissive AND p.polcmd = w.command AND p.polroles = '{0}'
                             AND pg_get_expr(p.polqual, t.relid) = w.qual
                             AND pg_get_expr(p.polwithcheck, t.relid) IS NOT DISTINCT FROM w.with_check)), 'the floor is whole'
    UNION ALL
    SELECT f.holds, f.claim FROM primecloud_internal.spread_facts(rel) AS f
    UNION ALL
    SELECT NOT rolsuper AND NOT rolbypassrls AND NOT EXISTS (SELECT FROM pg_roles r WHERE (r.rolsuper OR r.rolbypassrls)
        AND pg_has_role(app_role, r.oid, 'MEMBER')),
           format('%s is held by policies', app_role) FROM pg_roles WHERE rolname = app_role
    UNION ALL
    SELECT NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname IN ('pg_write_server_files', 'pg_execute_server_program',
        'pg_read_server_files') AND pg_has_role(app_role, r.oid, 'MEMBER')),
           format('%s does not reach the server''s files', app_role)
    UNION ALL
    SELECT NOT EXISTS (SELECT FROM primecloud_internal.table_tree(rel) AS t JOIN pg_class c ON c.oid = t.relid
        WHERE pg_has_role(app_role, c.relowner, 'MEMBER')), format('%s cannot become the owner', app_role)
    UNION ALL
    SELECT NOT EXISTS (SELECT FROM primecloud_internal.table_tree(rel) AS t
        WHERE has_table_privilege(app_role, t.relid, primecloud_internal.past_policies())
        OR has_any_column_privilege(app_role, t.relid, 'REFERENCES')),
           format('%s cannot truncate, reference, maintain or attach a trigger', app_role)
    UNION ALL
    -- Referential actions write past every policy: a rank could come with the key of another table.
    SELECT NOT EXISTS (SELECT FROM primecloud_internal.open_carriers(rel) AS c
                       WHERE CASE c.role WHEN 0 THEN true ELSE pg_has_role(app_role, c.role, 'MEMBER') END),
           format('no key of another table that %s may change is carried into it', app_role)
    WHERE primecloud_internal.rank_column(rel) IS NOT NULL OR EXISTS (SELECT FROM primecloud_internal.registered_as(rel))
    UNION ALL
    SELECT primecloud_internal.members_are_unique(rel), 'no user has two rows of one account, of which the lesser role would count'
    WHERE primecloud_internal.member_columns(rel) IS NOT NULL;
$$;
COMMENT ON FUNCTION primecloud_internal.isolation_facts(regclass, name, name) IS 'what assert_isolated() reads in the catalog';
REVOKE ALL ON FUNCTION primecloud_internal.isolation_facts(regclass, name, name) FROM PUBLIC;
