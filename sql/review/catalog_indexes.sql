-- Indexes that are missing, twice there, or of no use.

-- The indexes of a schema's tables: `columns` with what orders them as text, one entry a column, to be compared; an order and its
-- reverse are one.
CREATE FUNCTION primecloud_internal.review_indexes(w primecloud_internal.review_words)
    RETURNS TABLE (index oid, rel oid, name name, method oid, columns int2[], keys text[], included int2[], predicate text, expressions
        text,
        is_unique boolean, owned boolean, valid boolean, part boolean, family oid)
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
BEGIN
    RETURN QUERY SELECT x.index::oid, x.rel::oid, x.name::name, x.method::oid, x.columns::int2[], x.keys::text[],
        x.included::int2[], x.predicate::text, x.expressions::text, x.is_unique::boolean, x.owned::boolean, x.valid::boolean,
        x.part::boolean, x.family::oid FROM (
    SELECT i.indexrelid, i.indrelid, c.relname, c.relam, (i.indkey::int2[])[0:i.indnkeyatts - 1],
        ARRAY(SELECT concat_ws(' ', u.col, u.class, u.coll, CASE WHEN (i.indoption::int2[])[0] & 1 = 1 THEN u.option # 3 ELSE u.option END)
            FROM unnest((i.indkey::int2[])[0:i.indnkeyatts - 1], i.indclass::oid[], i.indcollation::oid[], i.indoption::int2[])
                WITH ORDINALITY AS u(col, class, coll, option, n) ORDER BY u.n),
        (i.indkey::int2[])[i.indnkeyatts:], regexp_replace(i.indpred::text, ' :location -?\d+', '', 'g'),
        regexp_replace(i.indexprs::text, ' :location -?\d+', '', 'g'),
        i.indisunique, i.indisreplident OR i.indisexclusion OR i.indisclustered
            OR EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')),
        i.indisvalid AND i.indisready, c.relispartition, o.opcfamily
    FROM unnest((w).tables) AS t JOIN pg_index AS i ON i.indrelid = t.rel JOIN pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_opclass AS o ON o.oid = (i.indclass::oid[])[0]
    WHERE t.here AND t.kind IN ('r', 'p', 'm')
    ) AS x(index, rel, name, method, columns, keys, included, predicate, expressions, is_unique, owned, valid, part, family);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_indexes(primecloud_internal.review_words) IS 'the indexes of a schema, to be compared';

CREATE FUNCTION primecloud_internal.review_index_findings(w primecloud_internal.review_words) RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT x.check_name::text, x.level::text, x.object::text, x.evidence::text, x.fix::text, x.parts::text[] FROM (
    WITH t AS MATERIALIZED (SELECT t.* FROM unnest((w).tables) AS t WHERE t.here AND t.kind IN ('r', 'p')),
    i AS MATERIALIZED (SELECT * FROM primecloud_internal.review_indexes(w)),
    method AS MATERIALIZED (SELECT a.oid, a.amname FROM pg_am AS a WHERE a.amtype = 'i'),
    policed AS MATERIALIZED (SELECT DISTINCT p.polrelid AS rel FROM pg_policy AS p JOIN t ON t.rel = p.polrelid AND t.rls),
    -- What answers "the rows of this tenant": by the column, or by an expression that a policy has.
    led AS MATERIALIZED (
        SELECT DISTINCT t.rel FROM t JOIN i ON i.rel = t.rel JOIN method AS m ON m.oid = i.method AND m.amname IN ('btree', 'hash')
        WHERE i.valid AND i.predicate IS NULL AND i.columns[1] = t.tenant
        UNION
        SELECT t.rel FROM t JOIN pg_partitioned_table AS p ON p.partrelid = t.rel WHERE (p.partattrs::int2[])[0] = t.tenant),
    slow AS MATERIALIZED (SELECT t.rel FROM t JOIN policed AS p ON p.rel = t.rel WHERE t.tenant IS NOT NULL AND NOT t.shared
        AND t.rel NOT IN (SELECT l.rel FROM led AS l)),
    expressed AS MATERIALIZED (
        SELECT DISTINCT s.rel FROM slow AS s JOIN i ON i.rel = s.rel AND i.columns[1] = 0 AND i.valid AND i.predicate IS NULL
        JOIN pg_policy AS p ON p.polrelid = s.rel
        WHERE strpos(primecloud_internal.review_says(p.oid, p.polqual, p.polrelid, false),
            trim('()' FROM pg_get_indexdef(i.index, 1, false))) > 0),
    leakproof AS MATERIALIZED (
        SELECT DISTINCT a.amopfamily FROM pg_amop AS a JOIN pg_operator AS o ON o.oid = a.amopopr JOIN pg_proc AS p ON p.oid = o.oprcode
        WHERE a.amoppurpose = 's' AND p.proleakproof),
    above AS (SELECT n.inhrelid AS rel FROM pg_inherits AS n JOIN pg_partitioned_table AS p ON p.partrelid = n.inhparent
        JOIN t ON t.rel = n.inhparent WHERE (p.partattrs::int2[])[0] = t.tenant)
    SELECT 'tenant_without_index', 'warning', t.label, format('no index leads with %I, which every query asks for', t.tenant_name),
        format('CREATE INDEX %sON %s %s;', CASE t.kind WHEN 'r' THEN 'CONCURRENTLY ' ELSE '' END, t.label,
            primecloud_internal.tenant_index_columns(t.rel, t.tenant_name)), ARRAY[t.tenant_name::text]
    FROM slow AS s JOIN t ON t.rel = s.rel
    WHERE t.rel NOT IN (SELECT e.rel FROM expressed AS e) AND t.rel NOT IN (SELECT a.rel FROM above AS a)
    UNION ALL
    SELECT 'index_unusable_under_policies', 'notice', format('%s.%I', t.label, i.name),
        'its operators are not leakproof: under policies the tenant is asked first, and it is not used',
        format('-- choose: %s with %s in front (btree_gin, btree_gist), or DROP INDEX', i.index::regclass,
            coalesce(quote_ident(t.tenant_name), 'the tenant')), ARRAY[m.amname::text]
    FROM i JOIN t ON t.rel = i.rel JOIN policed AS p ON p.rel = t.rel JOIN method AS m ON m.oid = i.method
    WHERE NOT i.owned AND NOT i.is_unique AND NOT i.part AND i.columns[1] IS DISTINCT FROM t.tenant
      AND i.family NOT IN (SELECT l.amopfamily FROM leakproof AS l)
    UNION ALL
    SELECT 'list_without_index', 'notice', t.label, format('lists are read by %I, and no index has it behind %I', a.attname, t.tenant_name),
        -- (The index on the tenant alone is the beginning of that, and goes.)
        format('CREATE INDEX %sON %s (%I, %I DESC%s);', CASE t.kind WHEN 'r' THEN 'CONCURRENTLY ' ELSE '' END, t.label, t.tenant_name,
            a.attname, CASE WHEN x.attnum IS NOT NULL THEN ', id DESC' ELSE '' END) || coalesce(b.dropped, ''),
        ARRAY[a.attname::text]
    FROM t JOIN pg_attribute AS a ON a.attrelid = t.rel AND a.attname IN ('created_at', 'recorded_at', 'occurred_at', 'at')
    JOIN pg_attrdef AS d ON d.adrelid = t.rel AND d.adnum = a.attnum
    LEFT JOIN pg_attribute AS x ON x.attrelid = t.rel AND x.attname = 'id' AND NOT x.attisdropped
    LEFT JOIN (SELECT o.rel, string_agg(format(' DROP INDEX %s%s;', CASE o.kind WHEN 'r' THEN 'CONCURRENTLY ' ELSE '' END,
            o.index::regclass), '' ORDER BY o.name) AS dropped FROM (SELECT t.rel, t.kind, i.index, i.name FROM i JOIN t ON t.rel = i.rel
            JOIN method AS m ON m.oid = i.method AND m.amname = 'btree' WHERE i.columns = ARRAY[t.tenant] AND i.included = '{}'
                AND NOT i.is_unique AND NOT i.owned AND i.valid AND NOT i.part AND i.predicate IS NULL) AS o GROUP BY o.rel) AS b
        ON b.rel = t.rel
    -- (Of the table of tenants each has one row.)
    WHERE t.tenant IS NOT NULL AND NOT t.root AND NOT t.part AND a.attnotnull AND a.atttypid = 'timestamptz'::regtype
      AND CASE WHEN octet_length(d.adbin::text) < 500000 THEN pg_get_expr(d.adbin, t.rel) END
            IN ('now()', 'CURRENT_TIMESTAMP', 'transaction_timestamp()', 'statement_timestamp()', 'clock_timestamp()')
      AND NOT EXISTS (SELECT FROM i WHERE i.rel = t.rel AND i.columns[1] = t.tenant AND i.columns[2] = a.attnum AND i.valid
          AND i.predicate IS NULL)
    ) AS x(check_name, level, object, evidence, fix, parts);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_index_findings(primecloud_internal.review_words)
    IS 'tenant_without_index, index_unusable_under_policies, list_without_index';
