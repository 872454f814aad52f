-- contract: what of it is compared.

CREATE FUNCTION primecloud_internal.contract_sorted(list jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT jsonb_agg(v ORDER BY v::text COLLATE "C") FROM jsonb_array_elements(list) AS v;
END;
COMMENT ON FUNCTION primecloud_internal.contract_sorted(jsonb) IS 'a list without its order; NULL for an empty one';

-- (One expression, which is put where it is called.)
CREATE FUNCTION primecloud_internal.contract_normal_type(told jsonb, whole jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    -- An enum is its labels, a varchar a text, a domain what is below; a composite is named, and stands among the entities.
    SELECT (told - '{domain,element_domain,values,of,type,description,breaks,source,position,domain,extension}'::text[])
        || jsonb_build_object('type', CASE
            WHEN told ->> 'type' = 'varchar' AND NOT told ? 'of' THEN 'text'
            WHEN told ->> 'of' = 'enum' THEN CASE WHEN told ? 'dimensions' THEN 'enum' ELSE 'text' END
            ELSE told ->> 'type' END)
        || jsonb_strip_nulls(jsonb_build_object(
            'of', CASE WHEN told ->> 'of' <> 'enum' THEN told ->> 'of' END,
            'extension', told ->> 'extension',
            'element_domain', CASE WHEN told ? 'element_domain' THEN true END,
            'values', CASE WHEN told ? 'values' THEN primecloud_internal.contract_sorted(told -> 'values')
                WHEN told ->> 'of' = 'enum' THEN primecloud_internal.contract_sorted(whole #> ARRAY['enums', told ->> 'type']) END));
END;
COMMENT ON FUNCTION primecloud_internal.contract_normal_type(jsonb, jsonb) IS 'the keys of a type, as two contracts are compared by them';

CREATE FUNCTION primecloud_internal.contract_normal_columns(columns jsonb, whole jsonb, keep_positions boolean) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(jsonb_object_agg(c.key, primecloud_internal.contract_normal_type(c.value, whole)
        || CASE WHEN keep_positions THEN jsonb_build_object('position', c.value -> 'position') ELSE '{}' END), '{}')
    FROM jsonb_each(columns) AS c;
END;
COMMENT ON FUNCTION primecloud_internal.contract_normal_columns(jsonb, jsonb, boolean) IS 'columns as they are compared';

CREATE FUNCTION primecloud_internal.contract_sent_composites(told jsonb) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    -- Literals of rows go by position: those of arguments, and of what is in them.
    WITH RECURSIVE sent AS (
        SELECT a.value ->> 'type' AS name
        FROM (SELECT * FROM jsonb_each(told -> 'reads') UNION ALL SELECT * FROM jsonb_each(told -> 'commands')) AS f
            CROSS JOIN LATERAL jsonb_array_elements(f.value) AS o (body) CROSS JOIN LATERAL jsonb_array_elements(o.body -> 'arguments') AS a
        WHERE a.value ->> 'of' = 'composite'
        UNION
        SELECT c.value ->> 'type' FROM sent AS s CROSS JOIN LATERAL jsonb_each(told #> ARRAY['entities', s.name, 'columns']) AS c
        WHERE c.value ->> 'of' = 'composite')
    SELECT coalesce(array_agg(name ORDER BY name COLLATE "C"), '{}') FROM sent;
END;
COMMENT ON FUNCTION primecloud_internal.contract_sent_composites(jsonb) IS 'composite types that an application sends';

CREATE FUNCTION primecloud_internal.contract_normal_rules(entity jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(jsonb_object_agg(r.key, jsonb_build_object('code', r.value) || ((entity #> ARRAY['checks', r.key]) - 'columns')), '{}')
    FROM jsonb_each(entity -> 'rules') AS r WHERE NOT entity #> ARRAY['checks', r.key] ? 'only_values';
END;
COMMENT ON FUNCTION primecloud_internal.contract_normal_rules(jsonb) IS 'the rules of a table that its columns do not tell';

CREATE FUNCTION primecloud_internal.contract_normal_calls(calls jsonb, whole jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(jsonb_object_agg(f.key, (SELECT jsonb_agg((o.body - '{description,breaks,error_texts}'::text[]) || jsonb_build_object(
            'arguments', (SELECT coalesce(jsonb_agg(primecloud_internal.contract_normal_type(a.value, whole) ORDER BY a.position), '[]')
                FROM jsonb_array_elements(o.body -> 'arguments') WITH ORDINALITY AS a (value, position)),
            'errors', (SELECT coalesce(jsonb_agg(e ORDER BY e::text COLLATE "C"), '[]') FROM jsonb_array_elements(o.body -> 'errors') AS e),
            'returns', CASE
                WHEN o.body -> 'returns' ? 'row' THEN (o.body -> 'returns') - 'name' || jsonb_build_object('row',
                    primecloud_internal.contract_normal_columns(o.body #> '{returns,row}', whole, false))
                WHEN o.body -> 'returns' ? 'void' THEN o.body -> 'returns'
                ELSE primecloud_internal.contract_normal_type(o.body -> 'returns', whole) END) ORDER BY o.position)
        FROM jsonb_array_elements(f.value) WITH ORDINALITY AS o (body, position))), '{}')
    FROM jsonb_each(calls) AS f;
END;
COMMENT ON FUNCTION primecloud_internal.contract_normal_calls(jsonb, jsonb) IS 'reads or commands as they are compared';

CREATE FUNCTION primecloud_internal.contract_normal(contract jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH sent AS MATERIALIZED (SELECT primecloud_internal.contract_sent_composites(contract) AS names)
    SELECT jsonb_build_object('version', contract -> 'version', 'lists', contract -> 'lists',
        'entities', (SELECT coalesce(jsonb_object_agg(e.key,
                (e.value - '{name,name_asked,description,breaks,columns,checks,rules}'::text[])
                || jsonb_build_object('columns', primecloud_internal.contract_normal_columns(e.value -> 'columns', contract,
                    e.key = ANY (s.names)))
                || CASE WHEN e.value ? 'rules' THEN jsonb_build_object('rules', primecloud_internal.contract_normal_rules(e.value))
                    ELSE '{}' END), '{}')
            FROM jsonb_each(contract -> 'entities') AS e),
        'reads', primecloud_internal.contract_normal_calls(contract -> 'reads', contract),
        'commands', primecloud_internal.contract_normal_calls(contract -> 'commands', contract),
        -- What domains demand that no type tells, whatever they are called.
        'demands', (SELECT coalesce(jsonb_agg(DISTINCT k.value -> 'text'), '[]') FROM jsonb_each(contract -> 'domains') AS d
            CROSS JOIN LATERAL jsonb_each(d.value -> 'checks') AS k
            WHERE jsonb_typeof(k.value) = 'object' AND (k.value ->> 'told' IS DISTINCT FROM 'all' OR k.value -> 'not_valid' = 'true')))
    FROM sent AS s;
END;
COMMENT ON FUNCTION primecloud_internal.contract_normal(jsonb)
    IS 'the part of a contract that two are compared by, and the fingerprint is made of';
