-- contract: types, as a column, an argument or a result tells them.

CREATE FUNCTION primecloud_internal.contract_type_label(type oid, space oid, bare_extension boolean DEFAULT true) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN n.nspname = 'pg_catalog' OR n.oid = contract_type_label.space OR (bare_extension AND e.extname IS NOT NULL)
        THEN t.typname
        ELSE quote_ident(n.nspname) || '.' || quote_ident(t.typname) END
    FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
        LEFT JOIN pg_depend AS d ON d.classid = 1247 AND d.objid = t.oid AND d.refclassid = 3079 AND d.deptype = 'e'
        LEFT JOIN pg_extension AS e ON e.oid = d.refobjid
    WHERE t.oid = contract_type_label.type;
END;
COMMENT ON FUNCTION primecloud_internal.contract_type_label(oid, oid, boolean) IS
    'the name of a type, with its schema where that is neither pg_catalog nor the contract''s own';

CREATE FUNCTION primecloud_internal.contract_unwrapped(types oid[])
    RETURNS TABLE (type oid, base oid, typmod integer, arrays integer, dimensions integer, not_null boolean, default_of oid,
        element_not_null boolean, domain oid, element_domain oid, checks oid[], element_checks oid[])
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- Domains and arrays are taken off one by one, the outermost first.
    WITH RECURSIVE peeled AS (
        SELECT u.type, u.type AS at, -1 AS typmod, 0 AS arrays, 0 AS dimensions, false AS not_null, NULL::oid AS default_of,
            false AS element_not_null, NULL::oid AS domain, NULL::oid AS element_domain, '{}'::oid[] AS checks,
                '{}'::oid[] AS element_checks
        FROM (SELECT DISTINCT unnest(contract_unwrapped.types) AS type) AS u
        UNION ALL
        SELECT p.type, CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.typelem END,
            CASE WHEN t.typtype = 'd' AND t.typtypmod <> -1 THEN t.typtypmod ELSE p.typmod END,
            p.arrays + (t.typtype <> 'd')::integer,
            p.dimensions + CASE WHEN t.typtype = 'd' THEN t.typndims ELSE 0 END,
            p.not_null OR (t.typtype = 'd' AND t.typnotnull AND p.arrays = 0),
            CASE WHEN t.typtype = 'd' AND p.arrays = 0 AND p.default_of IS NULL AND t.typdefaultbin IS NOT NULL THEN t.oid
                ELSE p.default_of END,
            p.element_not_null OR (t.typtype = 'd' AND t.typnotnull AND p.arrays > 0),
            CASE WHEN t.typtype = 'd' AND p.arrays = 0 THEN coalesce(p.domain, t.oid) ELSE p.domain END,
            CASE WHEN t.typtype = 'd' AND p.arrays > 0 THEN coalesce(p.element_domain, t.oid) ELSE p.element_domain END,
            CASE WHEN t.typtype = 'd' AND p.arrays = 0 THEN p.checks || c.oids ELSE p.checks END,
            CASE WHEN t.typtype = 'd' AND p.arrays > 0 THEN p.element_checks || c.oids ELSE p.element_checks END
        FROM peeled AS p JOIN pg_type AS t ON t.oid = p.at
            CROSS JOIN LATERAL (SELECT coalesce(array_agg(k.oid), '{}') AS oids FROM pg_constraint AS k
                WHERE k.contypid = t.oid AND k.contype = 'c' AND k.convalidated) AS c
        WHERE t.typtype = 'd'
            OR (t.typelem <> 0 AND t.typsubscript = 'array_subscript_handler'::regproc AND t.oid NOT IN (22, 30)))
    SELECT p.type, p.at, p.typmod, p.arrays, p.dimensions, p.not_null, p.default_of, p.element_not_null, p.domain, p.element_domain,
        p.checks, p.element_checks
    FROM peeled AS p JOIN pg_type AS t ON t.oid = p.at
    WHERE NOT (t.typtype = 'd'
        OR (t.typelem <> 0 AND t.typsubscript = 'array_subscript_handler'::regproc AND t.oid NOT IN (22, 30)));
END;
COMMENT ON FUNCTION primecloud_internal.contract_unwrapped(oid[]) IS
    'the types below domains and arrays, and what was taken off: constraints of all levels, of the value and of elements';

CREATE FUNCTION primecloud_internal.contract_modifier(base oid, typmod integer) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE
        WHEN typmod < 0 THEN '{}'
        WHEN base = 1043 THEN jsonb_build_object('max_length', typmod - 4)
        WHEN base = 1042 THEN jsonb_build_object('min_length', typmod - 4, 'max_length', typmod - 4)
        WHEN base = 1700 THEN jsonb_build_object('precision', (typmod - 4) >> 16 & 65535, 'scale',
            (((typmod - 4) & 2047) # 1024) - 1024)
        WHEN base IN (1083, 1114, 1184, 1266, 1560, 1562) THEN jsonb_build_object('precision', typmod)
        WHEN base = 1186 AND typmod & 65535 < 65535 THEN jsonb_build_object('precision', typmod & 65535)
        ELSE '{}' END;
END;
COMMENT ON FUNCTION primecloud_internal.contract_modifier(oid, integer) IS 'what is written behind a type in parentheses';
