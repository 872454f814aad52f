-- Keys that tell one tenant what another has, references that nobody enforces, and who may let himself in.

CREATE FUNCTION primecloud_internal.review_unique(w primecloud_internal.review_words) RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT x.check_name::text, x.level::text, x.object::text, x.evidence::text, x.fix::text, x.parts::text[] FROM (
    WITH t AS MATERIALIZED (SELECT t.* FROM unnest((w).tables) AS t WHERE t.here AND t.kind IN ('r', 'p') AND t.tenant IS NOT NULL
        AND NOT t.root AND NOT t.shared AND NOT t.exempt AND NOT t.part),
    -- The columns that an index has as keys, in expressions too.
    keyed AS MATERIALIZED (
        SELECT i.indexrelid AS index, i.indrelid AS rel, i.indisprimary AS primary, a.attnum, a.attname, a.attidentity <> '' OR a.atthasdef
                AND (a.atttypid = 'uuid'::regtype OR EXISTS (SELECT FROM pg_depend AS d WHERE d.refclassid = 'pg_class'::regclass
                    AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a',
                        'i')
                    AND d.objid IN (SELECT s.oid FROM pg_class AS s WHERE s.relkind = 'S'))) AS made,
            i.indisprimary AND a.atttypid = 'uuid'::regtype AND EXISTS (SELECT FROM pg_constraint AS f
                WHERE f.contype = 'f' AND f.conrelid = t.rel AND a.attnum = ANY (f.conkey)) AS joins
        FROM t JOIN pg_index AS i ON i.indrelid = t.rel AND (i.indisunique OR i.indisexclusion)
        JOIN pg_attribute AS a ON a.attrelid = t.rel AND a.attnum > 0 AND NOT a.attisdropped
        WHERE a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])
           OR i.indexprs IS NOT NULL AND strpos(i.indexprs::text, format(':varattno %s ', a.attnum)) > 0),
    writes AS MATERIALIZED (
        SELECT a.attrelid AS rel, a.attnum FROM t JOIN pg_attribute AS a ON a.attrelid = t.rel CROSS JOIN LATERAL aclexplode(a.attacl) AS g
        WHERE g.privilege_type = 'UPDATE' AND g.grantee = ANY ((w).reached)
        UNION
        SELECT t.rel, 0::int2 FROM t JOIN pg_class AS c ON c.oid = t.rel
        CROSS JOIN LATERAL aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) AS g
        WHERE g.privilege_type = 'UPDATE' AND g.grantee = ANY ((w).reached)),
    led_to AS MATERIALIZED (SELECT DISTINCT f.conindid AS index FROM pg_constraint AS f WHERE f.contype = 'f'),
    asked AS (
        SELECT k.index, k.rel, string_agg(quote_ident(k.attname), ', ' ORDER BY k.attnum) AS columns, bool_or(k.attnum = t.tenant) AS bound,
            -- (What joins rows by their uuids tells who knows both already.)
            bool_or(k.primary AND k.made) OR bool_and(k.joins) AND count(*) > 1 AS made,
            bool_or(s.rel IS NOT NULL) OR t.reach && '{INSERT}' AS written
        FROM keyed AS k JOIN t ON t.rel = k.rel LEFT JOIN writes AS s ON s.rel = k.rel AND s.attnum IN (0, k.attnum)
        GROUP BY k.index, k.rel, t.reach)
    SELECT 'unique_without_tenant', 'warning', format('%s.%I', t.label, c.relname),
        format('(%s) is one for all tenants: whoever writes is told what another has', a.columns),
        CASE WHEN k.contype IN ('u', 'p') THEN format('SELECT primecloud.protect_unique(%L, %L);%s', t.label, k.conname,
                CASE WHEN NOT t.rls THEN ' -- choose: first protect_table()'
                WHEN l.index IS NOT NULL THEN ' -- choose: first protect_fk() of the keys that lead to it'
                    WHEN k.contype = 'p' THEN ' -- choose: or a key that nobody chooses' ELSE '' END)
            ELSE format('-- choose: %I with %I among its columns', c.relname, t.tenant_name) END, ARRAY[a.columns]
    FROM asked AS a JOIN t ON t.rel = a.rel JOIN pg_class AS c ON c.oid = a.index
    LEFT JOIN pg_constraint AS k ON k.conindid = a.index AND k.contype IN ('u', 'p', 'x')
    LEFT JOIN led_to AS l ON l.index = a.index
    WHERE NOT a.bound AND NOT a.made AND a.written
    ) AS x(check_name, level, object, evidence, fix, parts);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_unique(primecloud_internal.review_words) IS 'unique_without_tenant';

-- Who may write the table of members, or of grants, enters any account: but for owners, who could not rise any more, and for admins where
-- the policies compare the rank that is written with the writer's.
CREATE FUNCTION primecloud_internal.review_membership(w primecloud_internal.review_words) RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
BEGIN
    RETURN QUERY SELECT x.check_name::text, x.level::text, x.object::text, x.evidence::text, x.fix::text, x.parts::text[] FROM (
    WITH t AS MATERIALIZED (
        SELECT DISTINCT t.rel, t.label, t.rls, t.reach, t.tenant_name, r.part FROM unnest((w).tables) AS t
        JOIN pg_class AS c ON c.oid = t.rel JOIN pg_namespace AS n ON n.oid = c.relnamespace
        JOIN primecloud_internal.registered_table AS r ON r.relation_schema = n.nspname AND r.relation_name = c.relname
        WHERE t.here AND r.part IN ('members', 'grants') AND t.reach && '{INSERT,UPDATE}'),
    said AS (
        SELECT t.rel, t.part, p.polname, p.polpermissive, p.polcmd, coalesce(
            primecloud_internal.review_says(p.oid, p.polwithcheck, p.polrelid, true),
            primecloud_internal.review_says(p.oid, p.polqual, p.polrelid, false)) AS said
        FROM t JOIN pg_policy AS p ON p.polrelid = t.rel WHERE p.polcmd IN ('*', 'a', 'w') AND p.polroles && (w).reached),
    judged AS (
        SELECT s.*, coalesce(s.said ~ '(tenant_\w+|has_role)\(''owner''' OR s.said = 'false'
            OR (s.part = 'grants' OR s.said ~ 'role_rank\(') AND s.said ~ '(tenant_\w+|has_role)\(''admin''', false) AS narrow
        FROM said AS s),
    open AS (
        SELECT t.rel, c.name, min(j.polname COLLATE "C") FILTER (WHERE j.polpermissive AND NOT j.narrow) AS policy,
            coalesce(bool_or(NOT j.polpermissive AND j.narrow), false) AS floor
        FROM t CROSS JOIN (VALUES ('INSERT', 'a'::"char"), ('UPDATE', 'w')) AS c(name, cmd)
        LEFT JOIN judged AS j ON j.rel = t.rel AND j.polcmd IN ('*', c.cmd)
        WHERE c.name = ANY (t.reach) GROUP BY t.rel, c.name)
    SELECT DISTINCT ON (t.rel) 'membership_writable', 'error', t.label,
        format('the application may %s what decides who enters an account, and %s', o.name, CASE WHEN t.rls
            THEN format('policy %I lets others than owners', o.policy) ELSE 'row security is off' END),
        format('SELECT primecloud.protect_table(%L, %L, write_role => ''owner'', delete_role => ''owner'');', t.label, t.tenant_name),
        ARRAY[o.name]
    FROM t JOIN open AS o ON o.rel = t.rel WHERE NOT t.rls OR o.policy IS NOT NULL AND NOT o.floor ORDER BY t.rel, o.name
    ) AS x(check_name, level, object, evidence, fix, parts);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_membership(primecloud_internal.review_words) IS 'membership_writable';

CREATE FUNCTION primecloud_internal.review_references(w primecloud_internal.review_words) RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
BEGIN
    RETURN QUERY SELECT x.check_name::text, x.level::text, x.object::text, x.evidence::text, x.fix::text, x.parts::text[] FROM (
    WITH t AS MATERIALIZED (SELECT t.* FROM unnest((w).tables) AS t WHERE t.here AND t.kind IN ('r', 'p') AND NOT t.part),
    keyed AS MATERIALIZED (SELECT DISTINCT k.conrelid AS rel, u.col, CASE WHEN cardinality(k.conkey) = 1 THEN k.confrelid END AS target
        FROM pg_constraint AS k CROSS JOIN LATERAL unnest(k.conkey) AS u(col) WHERE k.contype = 'f'),
    -- The table of tenants, or that of another schema to which tenants of this one refer.
    roots AS MATERIALIZED (SELECT r.rel, r.label, r.tenant_name FROM unnest((w).tables) AS r WHERE r.root AND r.kind IN ('r', 'p')
        AND (r.here OR EXISTS (SELECT FROM keyed AS k JOIN t ON t.rel = k.rel AND t.tenant = k.col WHERE k.target = r.rel))),
    target AS MATERIALIZED (SELECT lower(t.name) AS name, t.rel, t.label, a.attname, a.atttypid FROM t JOIN pg_constraint AS k
        ON k.conrelid = t.rel AND k.contype = 'p' AND cardinality(k.conkey) = 1
        JOIN pg_attribute AS a ON a.attrelid = t.rel AND a.attnum = k.conkey[1]),
    col AS MATERIALIZED (
        SELECT t.rel, t.label, a.attname, a.attnum, a.atttypid, lower(regexp_replace(a.attname, '(_id|Id)$', '')) AS stem, t.tenant
        FROM t JOIN pg_attribute AS a ON a.attrelid = t.rel AND a.attnum > 0 AND NOT a.attisdropped
        WHERE a.attname ~ '.(_id|Id)$' OR a.attname ~ '_type$'),
    named AS (
        SELECT c.rel, c.label, c.attname, f.label AS target, f.attname AS key FROM col AS c
        JOIN target AS f ON f.name IN (c.stem, c.stem || 's') AND f.atttypid = c.atttypid AND f.rel <> c.rel
        WHERE c.attnum IS DISTINCT FROM c.tenant
          AND NOT EXISTS (SELECT FROM keyed AS k WHERE k.rel = c.rel AND k.col = c.attnum)
          AND NOT EXISTS (SELECT FROM col AS o WHERE o.rel = c.rel AND lower(o.attname) = c.stem || '_type')
        UNION
        SELECT t.rel, t.label, t.tenant_name, f.label, f.tenant_name FROM t JOIN roots AS f ON f.rel <> t.rel
        WHERE t.tenant IS NOT NULL AND NOT t.root AND NOT EXISTS (SELECT FROM keyed AS k WHERE k.rel = t.rel AND k.col = t.tenant))
    SELECT 'reference_unenforced', 'notice', format('%s.%I', n.label, n.attname), format('names a row of %s, and no key holds it to that',
            n.target),
        -- (Until 18 a partitioned table has no key that is not valid.)
        format('ALTER TABLE %s ADD FOREIGN KEY (%I) REFERENCES %s (%I)%s', n.label, n.attname, n.target, n.key, CASE WHEN t.kind = 'p'
            THEN '; -- choose: an hour for it, or first that of each part' ELSE ' NOT VALID; -- choose: and VALIDATE CONSTRAINT' END),
        ARRAY[n.target]
    FROM named AS n JOIN t ON t.rel = n.rel
    ) AS x(check_name, level, object, evidence, fix, parts);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_references(primecloud_internal.review_words) IS 'reference_unenforced';
