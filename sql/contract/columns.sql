-- contract: what is told of each column.

CREATE FUNCTION primecloud_internal.contract_column_bodies(relations oid[], space oid) RETURNS TABLE (relation oid, number smallint,
    name text,
    body jsonb)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH states AS MATERIALIZED (
        SELECT * FROM primecloud_internal.contract_states(primecloud_internal.contract_columns(relations))),
    everywhere AS MATERIALIZED (
        SELECT array_agg(DISTINCT r) AS all FROM (SELECT unnest(relations) AS r UNION ALL SELECT source FROM states WHERE source
            IS NOT NULL) AS u),
    known AS MATERIALIZED (
        SELECT k.* FROM everywhere AS e CROSS JOIN LATERAL primecloud_internal.contract_known(e.all, space) AS k),
    attributes AS MATERIALIZED (
        SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attndims, c.relkind,
            row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum) AS position,
            col_description(a.attrelid, a.attnum) AS comment, o.source, o.source_number, o.flows, o.made_null,
            coalesce(o.not_null, false) AS not_null,
            -- A view's column is what its source is, and is filled as that is where it can be written.
            coalesce(from_.attrelid, a.attrelid) AS of_relation, coalesce(from_.attnum, a.attnum) AS of_number,
            CASE WHEN c.relkind IN ('v', 'm') THEN greatest(a.attndims, coalesce(from_.attndims, 0)) ELSE a.attndims END AS declared,
            CASE WHEN c.relkind = 'v' THEN pg_column_is_updatable(a.attrelid, a.attnum, true) END AS writable,
            coalesce(from_.attidentity, a.attidentity) AS identity, coalesce(from_.attgenerated, a.attgenerated) AS generated,
            a.atthasdef AS defaulted, coalesce(from_.atthasdef, false) AS source_defaulted
        FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
            LEFT JOIN states AS o ON o.of = a.attrelid AND o.number = a.attnum
            LEFT JOIN pg_attribute AS from_ ON c.relkind IN ('v', 'm') AND from_.attrelid = o.source AND from_.attnum = o.source_number
        WHERE a.attrelid = ANY (relations) AND a.attnum > 0 AND NOT a.attisdropped),
    shapes AS MATERIALIZED (
        SELECT s.* FROM primecloud_internal.contract_shapes(ARRAY(SELECT DISTINCT atttypid FROM attributes), space) AS s),
    joined AS (
        SELECT a.*, s.base, s.arrays, s.dimensions, s.of, s.domain, s.element_domain, s.element_not_null, s.default_of,
            s.not_null AS of_not_null, CASE WHEN a.atttypmod >= 0 THEN a.atttypmod ELSE s.typmod END AS typmod,
            coalesce(k.facts -> a.of_number::text, '{}') AS self, coalesce(k.facts -> (-a.of_number)::text, '{}') AS element,
            a.relkind NOT IN ('v', 'm') OR coalesce(a.writable, false) AS is_filled,
            cardinality(primecloud_internal.contract_tags(a.comment, 'notNull')) > 0 AND a.relkind IN ('c', 'v', 'm') AS tagged,
            cardinality(primecloud_internal.contract_tags(a.comment, 'nullable')) > 0 AND a.relkind IN ('c', 'v', 'm') AS untagged
        FROM attributes AS a JOIN shapes AS s ON s.type = a.atttypid LEFT JOIN known AS k ON k.relation = a.of_relation),
    filled AS (
        SELECT j.*, primecloud_internal.contract_generated(CASE WHEN is_filled THEN j.identity ELSE '' END,
                CASE WHEN is_filled THEN j.generated ELSE '' END) AS filling,
            CASE WHEN j.is_filled AND j.identity = '' AND j.generated = '' AND j.relkind <> 'c' THEN coalesce(
                CASE WHEN j.defaulted OR j.default_of IS NOT NULL
                    THEN primecloud_internal.contract_default_of(j.attrelid, j.attnum, j.default_of) END,
                CASE WHEN j.relkind = 'v' AND j.source_defaulted
                    THEN primecloud_internal.contract_default_of(j.of_relation, j.of_number, NULL) END) END AS default_value
        FROM joined AS j)
    SELECT f.attrelid, f.attnum, f.attname::text,
        primecloud_internal.contract_type(f.of, f.base, f.typmod, f.arrays, f.declared + f.dimensions, f.element_not_null, f.domain,
            f.element_domain, f.self, f.element)
        || jsonb_build_object(
            'key', primecloud_internal.contract_key(f.attname),
            'position', f.position,
            'nullable', CASE WHEN f.untagged THEN true WHEN f.tagged THEN false WHEN f.relkind = 'c' THEN NOT f.of_not_null
                ELSE NOT f.not_null END,
            -- (Only a view's column has other values in it than its own.)
            'class', coalesce(primecloud_internal.contract_class(f.comment), CASE WHEN f.relkind IN ('v', 'm')
                THEN primecloud_internal.contract_flowing_class(f.flows) END, 'public'),
            'generated', f.filling,
            'has_default', f.default_value IS NOT NULL)
        || jsonb_strip_nulls(jsonb_build_object(
            'default', f.default_value,
            'refuted', CASE WHEN f.tagged AND f.made_null THEN true END,
            'writable', f.writable,
            'source', CASE WHEN f.relkind IN ('v', 'm') AND f.source IS NOT NULL
                THEN primecloud_internal.contract_relation_label(f.source, space) || '.' || (SELECT a.attname FROM pg_attribute AS a
                    WHERE a.attrelid = f.source AND a.attnum = f.source_number) END,
            'description', coalesce(primecloud_internal.contract_description(f.comment),
                CASE WHEN f.relkind IN ('v', 'm') THEN primecloud_internal.contract_description(col_description(f.source,
                    f.source_number)) END),
            'breaks', primecloud_internal.contract_breaks(f.comment)))
    FROM filled AS f;
END;
COMMENT ON FUNCTION primecloud_internal.contract_column_bodies(oid[], oid) IS
    'each column as the contract tells it; refuted where the query that gives it refutes its tag';
