-- Tables whose rows are open: no row security, or none that holds.

-- Whether the policies of a schema ask who comes, and none of them the product: what the product protects then asks another.
CREATE FUNCTION primecloud_internal.review_has_own_context(w primecloud_internal.review_words) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
    WITH p AS MATERIALIZED (SELECT p.oid, p.polqual, p.polrelid FROM pg_policy AS p JOIN unnest((w).tables) AS t
        ON t.rel = p.polrelid AND t.here AND t.rls)
    SELECT NOT EXISTS (SELECT FROM p JOIN pg_depend AS d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid
            AND d.refclassid = 'pg_proc'::regclass JOIN pg_proc AS f ON f.oid = d.refobjid
            JOIN pg_namespace AS n ON n.oid = f.pronamespace WHERE n.nspname = 'primecloud')
        AND EXISTS (SELECT FROM p WHERE primecloud_internal.review_says(p.oid, p.polqual, p.polrelid, false)
            ~ '[\w"]\.[\w"]+\(|current_setting\(')
$$;
COMMENT ON FUNCTION primecloud_internal.review_has_own_context(primecloud_internal.review_words)
    IS 'whether a schema has a context of its own, and not the product''s';

CREATE FUNCTION primecloud_internal.review_open(w primecloud_internal.review_words) RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
BEGIN
    RETURN QUERY SELECT x.check_name::text, x.level::text, x.object::text, x.evidence::text, x.fix::text, x.parts::text[] FROM (
    WITH RECURSIVE t AS MATERIALIZED (SELECT t.*, t.kind IN ('r', 'p') AS plain,
            t.reach && '{SELECT,INSERT,UPDATE,DELETE}' AS reached FROM unnest((w).tables) AS t),
    policy AS MATERIALIZED (SELECT p.polrelid, string_agg(quote_ident(p.polname), ', ' ORDER BY p.polname) AS names,
            bool_or(p.polname = 'primecloud_floor') AS floored FROM pg_policy AS p GROUP BY p.polrelid),
    definer AS MATERIALIZED (
        SELECT p.proowner, min(p.oid::regprocedure::text COLLATE "C") AS f FROM pg_proc AS p
        WHERE p.prosecdef AND p.oid >= 16384
          AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
          AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a WHERE a.grantee = ANY ((w).reached))
        GROUP BY p.proowner),
    owned AS MATERIALIZED (SELECT o.owner, bool_or(pg_has_role(r, o.owner, 'USAGE')) AS app
        FROM (SELECT DISTINCT t.owner FROM t) AS o, unnest((w).app) AS r GROUP BY o.owner),
    -- What leads to a tenant by a foreign key, hop by hop; what is shared leads nowhere.
    -- (What refers to the table of tenants is called as those are that do.)
    called AS MATERIALIZED (
        SELECT k.confrelid AS rel, mode() WITHIN GROUP (ORDER BY c.tenant_name) AS name FROM pg_constraint AS k
        JOIN t AS c ON c.rel = k.conrelid AND k.conkey = ARRAY[c.tenant] JOIN t AS f ON f.rel = k.confrelid AND f.root
        WHERE k.contype = 'f' GROUP BY k.confrelid),
    leads AS (
        SELECT k.oid AS key, k.conrelid AS rel, CASE WHEN f.root THEN coalesce(n.name, 'account_id') ELSE f.tenant_name END AS name
        FROM pg_constraint AS k JOIN t AS f ON f.rel = k.confrelid JOIN t AS c ON c.rel = k.conrelid LEFT JOIN called AS n ON n.rel = f.rel
        WHERE k.contype = 'f' AND f.tenant IS NOT NULL AND NOT f.shared AND c.tenant IS NULL AND NOT c.shared AND NOT c.rls
        UNION
        SELECT k.oid, k.conrelid, l.name FROM leads AS l JOIN pg_constraint AS k ON k.contype = 'f' AND k.confrelid = l.rel
        JOIN t AS c ON c.rel = k.conrelid WHERE c.tenant IS NULL AND NOT c.shared AND NOT c.rls AND k.conrelid <> k.confrelid),
    way AS MATERIALIZED (
        SELECT DISTINCT ON (l.rel) l.rel, k.conname, f.label AS parent, f.rel AS above, f.tenant IS NULL AS further, f.root,
            l.name, k.conkey, concat(CASE WHEN l.name <> 'account_id' THEN format(', tenant_column => %L', l.name) END,
                CASE WHEN (SELECT count(*) FROM pg_constraint AS o WHERE o.contype = 'f' AND o.conrelid = l.rel AND o.confrelid = f.rel) > 1
                    THEN format(', constraint_name => %L', k.conname) END) AS more
        FROM leads AS l JOIN pg_constraint AS k ON k.oid = l.key JOIN t AS f ON f.rel = k.confrelid
        ORDER BY l.rel, f.tenant IS NULL, k.conname, l.name),
    -- What is deleted or changed here is so in tables of tenants, past their policies.
    carried AS MATERIALIZED (
        SELECT k.confrelid AS rel, string_agg(DISTINCT c.label, ', ') AS tables FROM pg_constraint AS k
        JOIN t AS f ON f.rel = k.confrelid JOIN t AS c ON c.rel = k.conrelid AND c.tenant IS NOT NULL
        WHERE k.contype = 'f' AND (k.confdeltype IN ('c', 'n', 'd') AND f.reach && '{DELETE}'
            OR k.confupdtype IN ('c', 'n', 'd') AND f.reach && '{UPDATE}') GROUP BY k.confrelid),
    -- (In a comment behind SQL no name stands.)
    own(choice) AS (SELECT CASE WHEN primecloud_internal.review_has_own_context(w)
        THEN ' -- choose: or row security with the context that the policies of the schema ask' ELSE '' END)
    SELECT 'rls_off', 'error', t.label,
        format('tenant column %I, row security is off; %s%s', t.tenant_name, CASE WHEN t.reached THEN 'reached by '
            || primecloud_internal.review_role_names(t.grantees) ELSE 'reached by nobody yet' END, '; dormant policies: ' || p.names),
        format('SELECT primecloud.protect_table(%L, %L);', t.label, t.tenant_name) || own.choice,
        t.tenant_name::text || primecloud_internal.review_granted(t.rel, (w).reached, t.reach, t.grantees)
    FROM own CROSS JOIN t LEFT JOIN policy AS p ON p.polrelid = t.rel
    WHERE t.here AND t.plain AND t.tenant IS NOT NULL AND NOT t.rls AND NOT t.part AND t.parent IS NULL AND NOT t.exempt
    UNION ALL
    SELECT 'rls_not_forced', CASE WHEN o.app OR d.f IS NOT NULL THEN 'error' ELSE 'warning' END, t.label,
        format('policies do not hold the owner %I%s%s', pg_get_userbyid(t.owner),
            CASE WHEN o.app THEN ', whose privileges the application has' END, ', as whom the application runs ' || d.f),
        CASE WHEN (SELECT r.rolsuper OR r.rolbypassrls FROM pg_roles AS r WHERE r.oid = t.owner)
            THEN format('-- choose: another owner for %s: whom no policy holds, FORCE ROW LEVEL SECURITY does not hold', t.label)
            ELSE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY;', t.label) END, '{}'
    FROM t LEFT JOIN owned AS o ON o.owner = t.owner LEFT JOIN definer AS d ON d.proowner = t.owner
    WHERE t.here AND t.plain AND t.rls AND NOT t.forced AND NOT t.exempt
    UNION ALL
    SELECT 'partition_unprotected', 'error', t.label,
        format('%s has row security, this part of it has none, and %s by its own name', a.label,
            coalesce(primecloud_internal.review_role_names(t.grantees) || ' reaches it', 'its owner, the application, reaches it')),
        -- (Over policies of another hand protect_table() would lay its own: they are left as they are.)
        CASE WHEN p.floored THEN format('SELECT primecloud.protect_table(%L, %L);', a.label, a.tenant_name)
            WHEN t.grantees = '{}' THEN format('-- choose: another owner for %s', t.label)
            ELSE format('REVOKE ALL ON %s FROM %s;', t.label, primecloud_internal.review_role_names(t.grantees)) END,
        a.label || primecloud_internal.review_granted(t.rel, (w).reached, t.reach, t.grantees)
    FROM t JOIN t AS a ON a.rel = t.parent LEFT JOIN policy AS p ON p.polrelid = a.rel
    WHERE (t.here OR a.here) AND t.plain AND NOT t.rls AND t.reached AND NOT t.exempt
    UNION ALL
    SELECT 'tenant_column_missing', 'error', t.label,
        format('no tenant column, and %I leads to %s%s', y.conname, y.parent, CASE WHEN y.further THEN ', and on to a tenant' END),
        format(CASE WHEN y.further THEN E'-- choose: when %2$s has its tenant\nSELECT primecloud.protect_child(%1$L, %2$L%6$s);'
            WHEN y.root THEN 'SELECT primecloud.protect_child(%1$L, %2$L%6$s);'
            ELSE 'SELECT primecloud.protect_child(%1$L, %2$L%6$s); SELECT primecloud.protect_fk(%1$L, %3$L); '
                'CREATE INDEX ON %1$s (%4$I, %5$s);'
            END, t.label, y.parent, y.conname, y.name, (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY u.n)
                FROM unnest(y.conkey) WITH ORDINALITY AS u(col, n) JOIN pg_attribute AS a ON a.attrelid = t.rel AND a.attnum = u.col),
            y.more) || CASE WHEN p.floored IS NOT TRUE AND NOT y.further THEN ' -- choose: first protect_table() of that one' ELSE '' END,
        y.conname::text || primecloud_internal.review_granted(t.rel, (w).reached, t.reach, t.grantees)
    FROM t JOIN way AS y ON y.rel = t.rel LEFT JOIN policy AS p ON p.polrelid = y.above
    WHERE t.here AND t.plain AND NOT t.rls AND NOT t.part AND t.parent IS NULL AND NOT t.exempt AND t.reached
    UNION ALL
    SELECT 'table_undeclared', CASE WHEN d.tables IS NOT NULL THEN 'error' WHEN t.reach && '{INSERT,UPDATE,DELETE}' THEN 'warning'
            ELSE 'notice' END, t.label,
        'no tenant, no row security, and nothing says that it is shared; the application has '
            || (SELECT string_agg(p, ', ' ORDER BY p) FROM unnest(t.reach) AS p WHERE p IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE'))
            || coalesce(', which a foreign key carries on to the rows of every tenant in ' || d.tables, ''),
        format('SELECT primecloud.share_table(%L);', t.label) || CASE WHEN t.reach && '{INSERT,UPDATE,DELETE}'
            AND t.grantees <> '{}' THEN format(' REVOKE INSERT, UPDATE, DELETE ON %s FROM %s;', t.label,
                primecloud_internal.review_role_names(t.grantees)) ELSE '' END,
        primecloud_internal.review_granted(t.rel, (w).reached, t.reach, t.grantees)
    FROM t LEFT JOIN carried AS d ON d.rel = t.rel
    WHERE t.here AND t.plain AND t.tenant IS NULL AND NOT t.rls AND NOT t.shared AND NOT t.part AND t.parent IS NULL
        AND NOT t.exempt AND t.reached AND NOT EXISTS (SELECT FROM way AS y WHERE y.rel = t.rel)
    UNION ALL
    SELECT 'foreign_table_exposed', 'error', t.label,
        format('a foreign table with tenant column %I, which no policy can hold, is reached by %s', t.tenant_name,
            coalesce(primecloud_internal.review_role_names(t.grantees), 'its owner')),
        CASE WHEN t.grantees = '{}' THEN format('ALTER TABLE %s OWNER TO another; -- choose', t.label)
            ELSE format('REVOKE ALL ON %s FROM %s;', t.label, primecloud_internal.review_role_names(t.grantees)) END,
        t.tenant_name::text || primecloud_internal.review_granted(t.rel, (w).reached, t.reach, t.grantees)
            || ARRAY(SELECT md5(f.ftoptions::text) FROM pg_foreign_table AS f WHERE f.ftrelid = t.rel)
    FROM t LEFT JOIN t AS a ON a.rel = t.parent
    WHERE (t.here OR a.here) AND t.kind = 'f' AND t.tenant IS NOT NULL AND t.reached AND NOT t.exempt
    ) AS x(check_name, level, object, evidence, fix, parts);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_open(primecloud_internal.review_words)
    IS 'rls_off, rls_not_forced, partition_unprotected, tenant_column_missing, table_undeclared, foreign_table_exposed';
