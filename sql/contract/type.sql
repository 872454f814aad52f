-- contract: a type with what is known of its values.

CREATE FUNCTION primecloud_internal.contract_casts_to_json(type oid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- (Those of sealed and byte_size are the contract's own to tell.)
    SELECT EXISTS (SELECT FROM pg_cast AS c WHERE c.castsource = contract_casts_to_json.type AND c.casttarget = 114
            AND c.castmethod = 'f' AND c.castsource >= 16384)
        AND NOT EXISTS (SELECT FROM pg_type AS t JOIN pg_depend AS d ON d.classid = 1247 AND d.objid = t.oid AND d.deptype = 'e'
            JOIN pg_extension AS e ON d.refclassid = 3079 AND e.oid = d.refobjid AND e.extname = 'primecloud'
            WHERE t.oid = contract_casts_to_json.type AND t.typname IN ('sealed', 'byte_size'));
END;
COMMENT ON FUNCTION primecloud_internal.contract_casts_to_json(oid) IS 'whether a cast to json decides what to_camel_json writes of a type';

CREATE FUNCTION primecloud_internal.contract_values(known jsonb, base oid, typmod integer) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- Of an enum in its order, and nothing where all labels are left; of char(n) with its padding.
    SELECT CASE
        WHEN EXISTS (SELECT FROM pg_enum AS e WHERE e.enumtypid = base) THEN (
            SELECT CASE WHEN count(*) FILTER (WHERE known -> 'values' ? e.enumlabel::text) < count(*)
                THEN coalesce(jsonb_agg(e.enumlabel ORDER BY e.enumsortorder) FILTER (WHERE known -> 'values' ? e.enumlabel::text),
                    '[]') END
            FROM pg_enum AS e WHERE e.enumtypid = base)
        WHEN base = 1042 AND typmod > 4 THEN (
            SELECT coalesce(jsonb_agg(DISTINCT to_jsonb(rpad(v, typmod - 4) COLLATE "C")), '[]')
            FROM jsonb_array_elements_text(known -> 'values') AS v)
        ELSE known -> 'values' END;
END;
COMMENT ON FUNCTION primecloud_internal.contract_values(jsonb, oid, integer)
    IS 'the only values, of those that are known, as they come on the wire';

CREATE FUNCTION primecloud_internal.contract_of(base oid, space oid) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- (As contract_type_label has it.)
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'type', CASE WHEN t.typnamespace IN (11, space) OR e.extname IS NOT NULL THEN t.typname
            ELSE quote_ident(n.nspname) || '.' || quote_ident(t.typname) END,
        'of', CASE WHEN t.typnamespace = 11 THEN NULL ELSE CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'c' THEN 'composite' WHEN 'b'
            THEN 'base'
            WHEN 'r' THEN 'range' WHEN 'm' THEN 'multirange' WHEN 'p' THEN 'pseudo' END END,
        'extension', e.extname,
        'wire', CASE WHEN t.oid >= 16384 AND EXISTS (SELECT FROM pg_cast AS c WHERE c.castsource = t.oid AND c.casttarget = 114)
            AND primecloud_internal.contract_casts_to_json(t.oid) THEN 'json' END))
    FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
        LEFT JOIN pg_depend AS d ON d.classid = 1247 AND d.objid = t.oid AND d.refclassid = 3079 AND d.deptype = 'e'
        LEFT JOIN pg_extension AS e ON e.oid = d.refobjid
    WHERE t.oid = contract_of.base;
END;
COMMENT ON FUNCTION primecloud_internal.contract_of(oid, oid) IS 'which type it is, below domains and arrays';

CREATE FUNCTION primecloud_internal.contract_type(of jsonb, base oid, typmod integer, arrays integer, declared integer,
    element_not_null boolean,
    domain text, element_domain text, self jsonb, element jsonb) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH whole AS MATERIALIZED (SELECT coalesce(CASE WHEN arrays > 0 THEN element ELSE self END, '{}') AS known,
        CASE WHEN typmod < 0 THEN '{}' ELSE primecloud_internal.contract_modifier(base, typmod) END AS modifier)
    SELECT of || (w.known - '{values,not_null,excluded,elements_nullable,max_length,min_length}'::text[]) || w.modifier
        || jsonb_strip_nulls(jsonb_build_object(
            'values', CASE WHEN base >= 16384 OR base = 1042 THEN CASE WHEN w.known ? 'values'
                THEN primecloud_internal.contract_values(w.known, base, typmod) END ELSE w.known -> 'values' END,
            'max_length', CASE WHEN base <> 1042 THEN least((w.known ->> 'max_length')::bigint, (w.modifier ->> 'max_length')::bigint)
                ELSE (w.modifier ->> 'max_length')::bigint END,
            'min_length', CASE WHEN base <> 1042 THEN (w.known ->> 'min_length')::bigint ELSE (w.modifier ->> 'min_length')::bigint END,
            'domain', domain,
            'element_domain', element_domain,
            'non_finite', CASE WHEN base IN (700, 701) OR (base = 1700 AND typmod < 0) THEN '["-Infinity","Infinity","NaN"]'::jsonb
                WHEN base = 1700 THEN '["NaN"]' END
                - ARRAY(SELECT x FROM jsonb_array_elements_text(coalesce(w.known -> 'excluded', '[]')) AS x),
            'dimensions', CASE WHEN arrays > 0 THEN greatest(declared, arrays, 1) END,
            'elements_nullable', CASE WHEN arrays > 0 THEN NOT (element_not_null OR coalesce((element ->> 'not_null')::boolean, false)
                OR coalesce(self ->> 'elements_nullable', '') = 'false') END,
            'wire', CASE WHEN arrays > 1 THEN 'json' END))
    FROM whole AS w;
END;
COMMENT ON FUNCTION primecloud_internal.contract_type(jsonb, oid, integer, integer, integer, boolean, text, text, jsonb, jsonb) IS
    'the keys of a type, with what is known of the values and of an array''s elements';

CREATE FUNCTION primecloud_internal.contract_shapes(types oid[], space oid) RETURNS TABLE (type oid, base oid, typmod integer,
    arrays integer,
    dimensions integer, not_null boolean, default_of oid, element_not_null boolean, domain text, element_domain text, checks oid[],
    element_checks oid[], of jsonb)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT u.type, u.base, u.typmod, u.arrays, u.dimensions, u.not_null, u.default_of, u.element_not_null,
        CASE WHEN u.domain IS NOT NULL THEN primecloud_internal.contract_type_label(u.domain, space, false) END,
        CASE WHEN u.element_domain IS NOT NULL THEN primecloud_internal.contract_type_label(u.element_domain, space, false) END,
        u.checks, u.element_checks, primecloud_internal.contract_of(u.base, space)
    FROM primecloud_internal.contract_unwrapped(types) AS u;
END;
COMMENT ON FUNCTION primecloud_internal.contract_shapes(oid[], oid) IS 'contract_unwrapped with the names that the contract gives';

CREATE FUNCTION primecloud_internal.contract_sent(types oid[], space oid) RETURNS TABLE (type oid, sent jsonb, not_null boolean)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- Of arguments, results and domains: what each type alone says, each once.
    SELECT s.type, primecloud_internal.contract_type(s.of, s.base, s.typmod, s.arrays, s.dimensions, s.element_not_null, s.domain,
            s.element_domain, f.facts -> '1', f.facts -> '-1'),
        s.not_null OR coalesce((f.facts #>> '{1,not_null}')::boolean, false)
    FROM primecloud_internal.contract_shapes(types, space) AS s
        CROSS JOIN LATERAL (SELECT primecloud_internal.contract_facts(s.checks || s.element_checks,
            array_fill(1::smallint, ARRAY[cardinality(s.checks)]) || array_fill((-1)::smallint,
                ARRAY[cardinality(s.element_checks)]))::jsonb
            AS facts) AS f;
END;
COMMENT ON FUNCTION primecloud_internal.contract_sent(oid[], oid) IS 'what types alone say, without a column';
