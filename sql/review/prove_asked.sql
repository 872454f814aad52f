-- What the application itself writes into the tables that proofs ask: for review_prove().

-- Whether what is written into a table changes columns that were not named: a trigger writes what it likes.  One whose text has neither
-- them nor the row as a whole does not.
CREATE FUNCTION primecloud_internal.review_carries(rel oid, columns smallint[]) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
    SELECT EXISTS (SELECT FROM pg_trigger AS g JOIN pg_proc AS p ON p.oid = g.tgfoid JOIN pg_language AS l ON l.oid = p.prolang
        -- (Before the update of a row.)
        WHERE g.tgrelid = rel AND NOT g.tgisinternal AND g.tgenabled <> 'D' AND g.tgtype::integer & 19 = 19
          AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
          AND NOT (l.lanname = 'plpgsql' AND p.prosrc !~* '\mnew\M\s*[^.;\s]' AND NOT EXISTS (SELECT FROM pg_attribute AS a
            WHERE a.attrelid = rel AND a.attnum = ANY (columns) AND strpos(lower(p.prosrc), lower(a.attname)) > 0)))
$$;
COMMENT ON FUNCTION primecloud_internal.review_carries(oid, smallint[])
    IS 'whether a trigger of a table may change columns that an UPDATE does not name';

-- Whether some insert rows, or change one of the columns, or what one is made of; with 0, any.
CREATE FUNCTION primecloud_internal.review_may_write(rel oid, columns smallint[], roles oid[], OUT inserts boolean, OUT updates boolean)
    LANGUAGE sql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(bool_or(has_any_column_privilege(g, rel, 'INSERT')), false), coalesce(bool_or(has_any_column_privilege(g, rel, 'UPDATE')
        AND (x.all OR EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = rel AND a.attnum = ANY (x.columns)
            AND a.attnum > 0 AND NOT a.attisdropped AND has_column_privilege(g, rel, a.attnum, 'UPDATE')))), false)
    FROM (SELECT 0 = ANY (columns) OR primecloud_internal.review_carries(rel, columns) AS all, columns || ARRAY(
        SELECT d.refobjsubid::smallint FROM pg_attrdef AS f JOIN pg_depend AS d ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid
        WHERE f.adrelid = rel AND f.adnum = ANY (columns) AND d.refclassid = 'pg_class'::regclass AND d.refobjid = rel) AS columns) AS x,
        unnest(roles) AS g
$$;
COMMENT ON FUNCTION primecloud_internal.review_may_write(oid, smallint[], oid[])
    IS 'whether roles may put into a table what columns of it say';

-- Of a table the column that says whose a row is, by its name.
CREATE FUNCTION primecloud_internal.review_column_named(rel oid, tenant_name name) RETURNS smallint
    LANGUAGE sql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT a.attnum FROM pg_attribute AS a WHERE a.attrelid = rel AND a.attnum > 0 AND NOT a.attisdropped
        AND (a.attname = tenant_name OR replace(lower(a.attname), '_', '') = ANY (primecloud_internal.review_tenant_words()))
    ORDER BY a.attname = tenant_name DESC, a.attnum LIMIT 1
$$;
COMMENT ON FUNCTION primecloud_internal.review_column_named(oid, name) IS 'the column that says by its name which tenant a row is of';

-- The columns that the proof of a table asks, of other tables and, for what these let be written, of others again; `given`: the tenant
-- comes from there.  Of what a believed function reads it is the column that is called so.
CREATE FUNCTION primecloud_internal.review_needed(rel oid, tenant smallint, tenant_name name, roles oid[], askers oid[])
    RETURNS TABLE (asked oid, att smallint, given boolean)
    LANGUAGE sql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE used(by, asked, att, given) AS (
        SELECT rel, p.asked, p.att, p.given FROM primecloud_internal.review_proof_uses(rel, tenant, askers) AS p
        UNION
        SELECT x.by, x.asked, x.att, x.given FROM used AS u CROSS JOIN LATERAL (
            SELECT u.asked AS by, p.asked, p.att, p.given
            FROM primecloud_internal.review_proof_uses(u.asked, u.att, askers) AS p,
                primecloud_internal.review_may_write(u.asked, '{0}', roles) AS m
            WHERE u.asked <> 0 AND u.given AND (p.command = 'INSERT' AND m.inserts OR p.command = 'UPDATE CHECK' AND m.updates)
            UNION ALL
            SELECT u.by, a, coalesce(n.att, 0::smallint), n.att IS NOT NULL FROM primecloud_internal.review_asked(ARRAY[u.by]) AS a
            CROSS JOIN LATERAL (SELECT primecloud_internal.review_column_named(a, tenant_name)) AS n(att) WHERE u.asked = 0) AS x)
    SELECT DISTINCT u.asked, u.att, u.given FROM used AS u WHERE u.asked <> 0
$$;
COMMENT ON FUNCTION primecloud_internal.review_needed(oid, smallint, name, oid[], oid[])
    IS 'the columns of other tables that decide what a proof says';

-- Why what is written into one of them says what it likes of tenants; NULL where it is bound to that of the writer.
CREATE FUNCTION primecloud_internal.review_unbound_write(w primecloud_internal.review_words, written oid, given smallint[], inserts boolean,
    updates boolean, askers oid[]) RETURNS text
    LANGUAGE sql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN NOT c.relrowsecurity THEN 'row security is off'
        WHEN NOT coalesce((SELECT bool_and(primecloud_internal.review_held(g, c.relowner, c.relrowsecurity, c.relforcerowsecurity))
            FROM unnest(w.app) AS g), false) THEN 'its policies do not hold the application'
        WHEN given IS NULL THEN 'it has no column of the tenant that its policies could bind'
        ELSE (SELECT format('%s: %s', p.command, p.says) FROM unnest(given) AS g,
                primecloud_internal.review_proof(written, g, askers) AS p
            WHERE NOT p.holds AND (p.command = 'INSERT' AND inserts OR p.command = 'UPDATE CHECK' AND updates) LIMIT 1) END
    FROM pg_class AS c WHERE c.oid = written
$$;
COMMENT ON FUNCTION primecloud_internal.review_unbound_write(primecloud_internal.review_words, oid, smallint[], boolean, boolean, oid[])
    IS 'why a row that the application writes where policies look may say anything; NULL: it may not';

-- (A table without row security that the policies ask themselves is a finding of review_past().)
CREATE FUNCTION primecloud_internal.review_asked_writes(w primecloud_internal.review_words, t primecloud_internal.review_table,
    line oid[], askers oid[]) RETURNS TABLE (holds boolean, says text)
    LANGUAGE sql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH needed AS MATERIALIZED (
        SELECT n.* FROM primecloud_internal.review_needed(t.rel, t.tenant, t.tenant_name, w.reached, askers) AS n
        WHERE n.asked <> ALL (line)),
    -- What is in a part is in the table, and what goes into a table may end in a part of it.
    near AS (
        SELECT l AS rel, array_agg(DISTINCT CASE WHEN l = n.asked THEN n.att ELSE 0::smallint END) AS columns,
            array_agg(DISTINCT p.attnum) FILTER (WHERE n.given) AS given
        FROM needed AS n CROSS JOIN LATERAL unnest(primecloud_internal.review_line(n.asked)) AS l
        LEFT JOIN pg_attribute AS a ON a.attrelid = n.asked AND a.attnum = n.att
        LEFT JOIN pg_attribute AS p ON p.attrelid = l AND p.attname = a.attname AND NOT p.attisdropped GROUP BY l),
    written AS MATERIALIZED (
        SELECT n.*, m.* FROM near AS n CROSS JOIN LATERAL primecloud_internal.review_may_write(n.rel, n.columns, w.reached) AS m
        WHERE m.inserts OR m.updates)
    SELECT x.why IS NULL, format('%I.%I, which policies ask, is written by the application, %s', s.nspname, c.relname,
        coalesce('and ' || x.why, 'in rows of its own tenant alone'))
    FROM written AS n JOIN pg_class AS c ON c.oid = n.rel JOIN pg_namespace AS s ON s.oid = c.relnamespace
    CROSS JOIN LATERAL (
        SELECT primecloud_internal.review_unbound_write(w, n.rel, n.given, n.inserts, n.updates, askers) OFFSET 0) AS x(why)
    WHERE c.relrowsecurity
        OR n.rel NOT IN (SELECT unnest(primecloud_internal.review_line(a)) FROM primecloud_internal.review_asked(line) AS a)
    ORDER BY s.nspname COLLATE "C", c.relname COLLATE "C"
$$;
COMMENT ON FUNCTION primecloud_internal.review_asked_writes(
    primecloud_internal.review_words, primecloud_internal.review_table, oid[], oid[])
    IS 'what the application writes where the proof of a table looks, and whether that is bound to its tenant';
