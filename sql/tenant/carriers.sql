-- What carries something into a table of ranks.  Referential actions write past every policy: who
-- may change a key that members refer to with ON UPDATE CASCADE writes members.

-- The columns by which a row of a table says who is what: those that entering reads, or all
-- of a table whose ranks are declared and not registered.
CREATE FUNCTION primecloud_internal.rank_columns(rel regclass, role_column name DEFAULT NULL) RETURNS name[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
AS $$
DECLARE
    named text[];
    whole boolean := coalesce(role_column, primecloud_internal.rank_column(rel)) IS NOT NULL
        AND NOT EXISTS (SELECT FROM primecloud_internal.registered_as(rel) AS r WHERE r.part = 'members');
BEGIN
    SELECT array_agg(n.col) INTO named FROM primecloud_internal.registered_table r
    JOIN pg_namespace s ON s.nspname = r.relation_schema::name
    JOIN pg_class c ON c.relnamespace = s.oid AND c.relname = r.relation_name::name AND pg_get_userbyid(c.relowner) = r.relation_owner
    CROSS JOIN LATERAL unnest(r.columns) AS n(col) WHERE c.oid = rel;
    IF NOT whole AND named IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT array_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
        WHERE a.attrelid = rel AND a.attnum > 0 AND NOT a.attisdropped AND (whole OR a.attname = ANY (named)));
END $$;
COMMENT ON FUNCTION primecloud_internal.rank_columns(regclass, name)
    IS 'the columns of a table of members, accounts or grants that decide who is what; NULL for any other table';

-- Where a change of those columns may come from: by which key of the table, from which
-- column that is changed, or from which table whose rows are deleted.  Followed from key to
-- key, from a computed column to those of its expression, and to partitions and the tables
-- above them, by whose names the same rows are written.
CREATE FUNCTION primecloud_internal.carriers(target regclass, role_column name DEFAULT NULL)
    RETURNS TABLE (key oid, source regclass, source_column int2, gone boolean)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    -- The guard asks at each GRANT: compiling would take longer than the answer.
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    deciding name[] := primecloud_internal.rank_columns(target, role_column);
BEGIN
    IF deciding IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY WITH RECURSIVE reached(key, rel, att, gone) AS (
        SELECT NULL::oid, t.relid::oid, a.attnum, false
        FROM primecloud_internal.table_tree(target) AS t, pg_attribute a
        WHERE a.attrelid = t.relid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname = ANY (deciding)
        UNION
        SELECT s.* FROM reached AS r, LATERAL (
            -- A column follows the column that it points at ...
            SELECT coalesce(r.key, k.oid), k.confrelid, f.att, false
            FROM pg_constraint k, unnest(k.conkey, k.confkey) AS f(own, att)
            WHERE k.contype = 'f' AND k.conrelid = r.rel AND k.confupdtype = 'c' AND f.own = r.att
            UNION ALL
            -- ... or is emptied when any column of the key changes, ...
            SELECT coalesce(r.key, k.oid), k.confrelid, f.att, false FROM pg_constraint k, unnest(k.confkey) AS f(att)
            WHERE k.contype = 'f' AND k.conrelid = r.rel AND k.confupdtype IN ('n', 'd') AND r.att = ANY (k.conkey)
            UNION ALL
            -- ... or when what it points at is deleted, which may be by a key again.
            SELECT coalesce(r.key, k.oid), k.confrelid, 0::int2, true FROM pg_constraint k
            WHERE k.contype = 'f' AND k.conrelid = r.rel AND CASE WHEN r.gone THEN k.confdeltype = 'c'
                ELSE k.confdeltype IN ('n', 'd') AND r.att = ANY (coalesce(k.confdelsetcols, k.conkey)) END
            UNION ALL
            -- A computed column changes with those that it is computed from.
            SELECT r.key, r.rel, d.refobjsubid::int2, false FROM pg_attribute g
            JOIN pg_attrdef e ON e.adrelid = g.attrelid AND e.adnum = g.attnum
            JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = e.oid AND d.refclassid = 'pg_class'::regclass
                AND d.refobjid = r.rel AND d.refobjsubid > 0
            WHERE g.attrelid = r.rel AND g.attnum = r.att AND g.attgenerated <> '' AND d.refobjsubid <> r.att AND NOT r.gone
            UNION ALL
            SELECT r.key, n.rel, coalesce(b.attnum, 0::int2), r.gone
            FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent
            CROSS JOIN LATERAL (SELECT CASE r.rel WHEN i.inhparent THEN i.inhrelid ELSE i.inhparent END AS rel) AS n
            LEFT JOIN pg_attribute a ON a.attrelid = r.rel AND a.attnum = r.att AND r.att > 0
            LEFT JOIN pg_attribute b ON b.attrelid = n.rel AND b.attname = a.attname AND NOT b.attisdropped
            WHERE (i.inhrelid = r.rel OR i.inhparent = r.rel AND p.relkind = 'p') AND r.key IS NOT NULL
                AND (r.gone OR b.attnum IS NOT NULL)) AS s)
    SELECT r.key, r.rel::regclass, r.att, r.gone FROM reached AS r WHERE r.key IS NOT NULL;
END $$;
COMMENT ON FUNCTION primecloud_internal.carriers(regclass, name)
    IS 'the columns and tables from which referential actions reach the ranks of a table';

-- Whether policies hold what a carrier gives: nobody writes another account into a tenant
-- column, and who may write members and accounts may write grants, which the same roles write.
CREATE FUNCTION primecloud_internal.carrier_is_held(target regclass, source regclass, source_column int2, gone boolean) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (SELECT FROM pg_attribute a WHERE NOT gone AND a.attrelid = source AND a.attnum = source_column
                   AND (a.attname = primecloud.tenant_column(source)
                        -- Before the table of ranks is protected, others need not be: it will ask again.
                        OR primecloud.tenant_column(target) IS NULL AND a.attname IN (SELECT columns[1]::name
                            FROM primecloud_internal.registered_table
                            WHERE to_regclass(format('%I.%I', relation_schema, relation_name)) = target
                                OR part = 'accounts' AND to_regclass(format('%I.%I', relation_schema, relation_name)) = source)))
        OR EXISTS (SELECT FROM primecloud_internal.registered_as(coalesce(pg_partition_root(source), source)))
           AND (primecloud.tenant_column(source) IS NOT NULL OR primecloud.tenant_column(target) IS NULL)
           AND EXISTS (SELECT FROM primecloud_internal.registered_as(target) WHERE part = 'grants');
$$;
COMMENT ON FUNCTION primecloud_internal.carrier_is_held(regclass, regclass, int2, boolean)
    IS 'whether policies keep a carrier from raising anybody';
