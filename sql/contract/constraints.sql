-- contract: what rows of a table must keep among themselves.  Expressions are told as the search path of the moment shows
-- them, which contract() sets to the schema, so that they do not name it.

CREATE FUNCTION primecloud_internal.contract_key_columns(index oid) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- (One look at the catalog for each column: joined, all of it would be read.)
    SELECT jsonb_agg(CASE WHEN i.indkey[n] = 0 THEN jsonb_build_object('expression',
            primecloud_internal.contract_expression(pg_get_indexdef(i.indexrelid, n + 1, true)))
        ELSE (SELECT to_jsonb(a.attname) FROM pg_attribute AS a WHERE a.attrelid = i.indrelid AND a.attnum = i.indkey[n]) END ORDER BY n)
    FROM pg_index AS i CROSS JOIN LATERAL generate_series(0, i.indnkeyatts - 1) AS n
    WHERE i.indexrelid = index;
END;
COMMENT ON FUNCTION primecloud_internal.contract_key_columns(oid) IS 'what a unique index is over, in order';

CREATE FUNCTION primecloud_internal.contract_equal_by(index oid) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN count(*) = 0 THEN '{}' ELSE jsonb_build_object('equal_by', jsonb_object_agg(
        n + 1, CASE WHEN pg_collation_is_visible(c.oid) THEN '' ELSE quote_ident(s.nspname) || '.' END || quote_ident(c.collname))) END
    FROM pg_index AS i CROSS JOIN LATERAL generate_series(0, i.indnkeyatts - 1) AS n
        JOIN pg_collation AS c ON c.oid = i.indcollation[n] JOIN pg_namespace AS s ON s.oid = c.collnamespace
    WHERE i.indexrelid = index AND NOT c.collisdeterministic;
END;
COMMENT ON FUNCTION primecloud_internal.contract_equal_by(oid) IS
    'collations that make one of texts that differ, by their places in a key';

CREATE FUNCTION primecloud_internal.contract_keys(relations oid[]) RETURNS TABLE (relation oid, keys jsonb)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT i.indrelid, jsonb_object_agg(coalesce(k.conname, c.relname), jsonb_build_object(
            'kind', CASE k.contype WHEN 'p' THEN 'primary' WHEN 'u' THEN 'unique' ELSE 'unique index' END,
            'columns', primecloud_internal.contract_key_columns(i.indexrelid),
            'where', primecloud_internal.contract_expression(pg_get_expr(i.indpred, i.indrelid, true)),
            'nulls_distinct', NOT i.indnullsnotdistinct)
        || CASE WHEN k.condeferrable THEN '{"deferrable": true}'::jsonb ELSE '{}' END
        || CASE WHEN k.condeferred THEN '{"deferred": true}'::jsonb ELSE '{}' END
        || CASE WHEN 16384::oid <= ANY (i.indcollation) THEN primecloud_internal.contract_equal_by(i.indexrelid) ELSE '{}' END)
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
        LEFT JOIN pg_constraint AS k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u')
    WHERE i.indrelid = ANY (relations) AND i.indisunique AND i.indisvalid
    GROUP BY i.indrelid;
END;
COMMENT ON FUNCTION primecloud_internal.contract_keys(oid[]) IS 'primary keys, unique constraints and unique indexes of tables, by name';

CREATE FUNCTION primecloud_internal.contract_action(action "char") RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE action WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' WHEN 'd' THEN 'set default'
    ELSE 'no action' END;
COMMENT ON FUNCTION primecloud_internal.contract_action("char") IS 'what a foreign key does, in words';

CREATE FUNCTION primecloud_internal.contract_column_names(relation oid, numbers smallint[]) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(jsonb_agg(a.attname ORDER BY n.position), '[]')
    FROM unnest(numbers) WITH ORDINALITY AS n (number, position)
        JOIN pg_attribute AS a ON a.attrelid = relation AND a.attnum = n.number;
END;
COMMENT ON FUNCTION primecloud_internal.contract_column_names(oid, smallint[]) IS 'names of columns, in the order of their numbers given';

CREATE FUNCTION primecloud_internal.contract_references(relations oid[], space oid) RETURNS TABLE (relation oid, refers jsonb)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- (A key that refers to a partitioned table is told once, without those to its partitions.)
    SELECT k.conrelid, jsonb_object_agg(k.conname, jsonb_build_object(
            'columns', primecloud_internal.contract_column_names(k.conrelid, k.conkey),
            'to', primecloud_internal.contract_relation_label(k.confrelid, space),
            'to_columns', primecloud_internal.contract_column_names(k.confrelid, k.confkey),
            'on_delete', primecloud_internal.contract_action(k.confdeltype),
            'on_update', primecloud_internal.contract_action(k.confupdtype))
        || jsonb_strip_nulls(jsonb_build_object(
            'not_valid', CASE WHEN NOT k.convalidated THEN true END,
            'deferrable', CASE WHEN k.condeferrable THEN true END,
            'deferred', CASE WHEN k.condeferred THEN true END,
            'match_full', CASE WHEN k.confmatchtype = 'f' THEN true END)))
    FROM pg_constraint AS k
    WHERE k.conrelid = ANY (relations) AND k.contype = 'f' AND k.conparentid = 0
    GROUP BY k.conrelid;
END;
COMMENT ON FUNCTION primecloud_internal.contract_references(oid[], oid) IS 'foreign keys of tables, by name';

CREATE FUNCTION primecloud_internal.contract_enforced(held pg_constraint) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
RETURN (contract_enforced.held).convalidated OR coalesce((to_jsonb(contract_enforced.held) ->> 'conenforced')::boolean, true);
COMMENT ON FUNCTION primecloud_internal.contract_enforced(pg_constraint) IS
    'whether new rows are held to a constraint: until PostgreSQL 18 always';

CREATE FUNCTION primecloud_internal.contract_rules(relations oid[]) RETURNS TABLE (relation oid, rules jsonb, checks jsonb)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH held AS (
        SELECT k.*, k.contype = 'c' AND k.convalidated
            AND NOT (k.connoinherit AND EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhparent = k.conrelid))
            AND primecloud_internal.contract_told(k.conbin) AS told
        FROM pg_constraint AS k
        WHERE k.conrelid = ANY (relations) AND k.contype IN ('c', 'x') AND primecloud_internal.contract_enforced(k))
    SELECT h.conrelid, jsonb_object_agg(h.conname, CASE h.contype WHEN 'c' THEN '23514' ELSE '23P01' END),
        jsonb_object_agg(h.conname, jsonb_build_object('told', CASE WHEN h.told THEN 'all' ELSE 'none' END,
                'columns', (SELECT coalesce(jsonb_agg(c ORDER BY c COLLATE "C"), '[]')
                    FROM jsonb_array_elements_text(primecloud_internal.contract_column_names(h.conrelid, h.conkey)) AS c))
            || jsonb_strip_nulls(jsonb_build_object(
                'text', CASE WHEN NOT h.told THEN primecloud_internal.contract_expression(CASE h.contype
                    WHEN 'c' THEN pg_get_expr(h.conbin, h.conrelid, true) ELSE pg_get_constraintdef(h.oid, true) END) END,
                'only_values', CASE WHEN h.told AND primecloud_internal.contract_only_values(h.conbin) THEN true END,
                'not_valid', CASE WHEN NOT h.convalidated THEN true END)))
    FROM held AS h GROUP BY h.conrelid;
END;
COMMENT ON FUNCTION primecloud_internal.contract_rules(oid[]) IS
    'CHECK and EXCLUDE constraints of tables with their SQLSTATEs, and what of them the columns do not tell';

CREATE FUNCTION primecloud_internal.contract_domain_checks(domain oid) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- Of all levels.
    WITH RECURSIVE levels AS (
        SELECT t.oid, t.typbasetype, t.typtype FROM pg_type AS t WHERE t.oid = domain
        UNION ALL
        SELECT t.oid, t.typbasetype, t.typtype FROM levels AS l JOIN pg_type AS t ON t.oid = l.typbasetype WHERE l.typtype = 'd')
    SELECT jsonb_object_agg(k.conname, jsonb_build_object('told', CASE WHEN h.told THEN 'all' ELSE 'none' END)
        || jsonb_strip_nulls(jsonb_build_object('text',
                CASE WHEN NOT h.told THEN primecloud_internal.contract_expression(pg_get_expr(k.conbin, 0, true)) END,
            'not_valid', CASE WHEN NOT k.convalidated THEN true END)))
    FROM levels AS l JOIN pg_constraint AS k ON k.contypid = l.oid AND k.contype = 'c'
        CROSS JOIN LATERAL (SELECT k.convalidated AND primecloud_internal.contract_told(k.conbin) AS told) AS h;
END;
COMMENT ON FUNCTION primecloud_internal.contract_domain_checks(oid)
    IS 'the CHECKs of a domain and of those below it, as contract_rules has them';
