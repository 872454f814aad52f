-- contract: columns of tables, views and composite types.

CREATE FUNCTION primecloud_internal.contract_states(looked json) RETURNS TABLE (of oid, number smallint, not_null boolean,
    made_null boolean,
    source oid, source_number smallint, flows jsonb)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT (s ->> 'of')::oid, (s ->> 'number')::smallint, (s ->> 'not_null')::boolean, (s ->> 'made_null')::boolean,
        (s #>> '{source,0}')::oid, (s #>> '{source,1}')::smallint, (s -> 'flows')::jsonb
    FROM json_array_elements(looked) AS s
    WHERE s ->> 'number' IS NOT NULL;
END;
COMMENT ON FUNCTION primecloud_internal.contract_states(json) IS 'what contract_columns and contract_results say, as rows';

CREATE FUNCTION primecloud_internal.contract_flowing_class(flows jsonb) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT (array_agg(c.class ORDER BY array_position('{secret,token,pii,public}'::text[], c.class)))[1]
    FROM jsonb_array_elements(flows) AS f
        CROSS JOIN LATERAL (SELECT primecloud_internal.contract_class(col_description((f ->> 0)::oid, (f ->> 1)::integer)) AS class) AS c
    WHERE c.class IS NOT NULL;
END;
COMMENT ON FUNCTION primecloud_internal.contract_flowing_class(jsonb)
    IS 'the class that hides most of those of the columns whose values can be here';

CREATE FUNCTION primecloud_internal.contract_known(relations oid[], space oid) RETURNS TABLE (relation oid, facts jsonb)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- CHECKs that every row of the table keeps, its children's among them, and those of its columns' domains.
    WITH shapes AS MATERIALIZED (
        SELECT s.* FROM primecloud_internal.contract_shapes(
            ARRAY(SELECT DISTINCT a.atttypid FROM pg_attribute AS a WHERE a.attrelid = ANY (relations) AND a.attnum > 0
                AND NOT a.attisdropped),
            space) AS s),
    held AS (
        SELECT k.conrelid AS relation, k.oid AS check, 0::smallint AS number
        FROM pg_constraint AS k JOIN pg_class AS r ON r.oid = k.conrelid
        WHERE k.conrelid = ANY (relations) AND k.contype = 'c' AND k.convalidated
            AND NOT (k.connoinherit AND EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhparent = k.conrelid))
        UNION ALL
        SELECT a.attrelid, c, a.attnum FROM pg_attribute AS a JOIN shapes AS s ON s.type = a.atttypid
            CROSS JOIN LATERAL unnest(s.checks) AS c
        WHERE a.attrelid = ANY (relations) AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        SELECT a.attrelid, c, -a.attnum FROM pg_attribute AS a JOIN shapes AS s ON s.type = a.atttypid
            CROSS JOIN LATERAL unnest(s.element_checks) AS c
        WHERE a.attrelid = ANY (relations) AND a.attnum > 0 AND NOT a.attisdropped)
    SELECT h.relation, primecloud_internal.contract_facts(array_agg(h.check ORDER BY h.check, h.number),
        array_agg(h.number ORDER BY h.check, h.number))::jsonb
    FROM held AS h GROUP BY h.relation;
END;
COMMENT ON FUNCTION primecloud_internal.contract_known(oid[], oid)
    IS 'what constraints say of columns, by number; of elements by the number below zero';

CREATE FUNCTION primecloud_internal.contract_default_of(relation oid, number smallint, type oid) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- The column's own, even NULL, before its domain's.
    SELECT CASE WHEN EXISTS (SELECT FROM pg_attrdef AS d WHERE d.adrelid = relation AND d.adnum = number)
        THEN (SELECT primecloud_internal.contract_default(d.adbin)::jsonb FROM pg_attrdef AS d WHERE d.adrelid = relation
            AND d.adnum = number)
        ELSE (SELECT primecloud_internal.contract_default(t.typdefaultbin)::jsonb FROM pg_type AS t WHERE t.oid = type) END;
END;
COMMENT ON FUNCTION primecloud_internal.contract_default_of(oid, smallint, oid) IS 'what a column is where nothing is given: NULL for NULL';

CREATE FUNCTION primecloud_internal.contract_generated(identity "char", generated "char") RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN generated = 's' THEN 'stored' WHEN generated = 'v' THEN 'virtual' WHEN identity = 'a' THEN 'always'
    WHEN identity = 'd' THEN 'by default' END;
COMMENT ON FUNCTION primecloud_internal.contract_generated("char", "char") IS 'how the server fills a column; NULL where it does not';
