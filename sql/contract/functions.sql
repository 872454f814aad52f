-- contract: functions and procedures that an application calls.

CREATE FUNCTION primecloud_internal.contract_words(tags text[]) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    -- The names that a tag is about: the first word, and those behind commas.  A tag of none is about the whole: ''.
    SELECT coalesce(array_agg(btrim(w)), '{}')
    FROM unnest(tags) AS t CROSS JOIN LATERAL string_to_table(substring(t COLLATE "C" FROM '^[^ ,]*(?: *, *[^ ,]+)*'), ',') AS w;
END;
COMMENT ON FUNCTION primecloud_internal.contract_words(text[]) IS 'the names that tags of a function''s comment are about';

CREATE FUNCTION primecloud_internal.contract_parameters(functions oid[]) RETURNS TABLE (function oid, number integer, name text, mode text,
    type oid, sent integer, given integer)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT p.oid, a.number::integer, nullif(p.proargnames[a.number], ''), m.mode, a.type,
        CASE WHEN m.mode IN ('i', 'b', 'v') THEN (count(*) FILTER (WHERE m.mode IN ('i', 'b', 'v')) OVER same)::integer END,
        CASE WHEN m.mode IN ('o', 'b', 't') THEN (count(*) FILTER (WHERE m.mode IN ('o', 'b', 't')) OVER same)::integer END
    FROM pg_proc AS p
        CROSS JOIN LATERAL unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) WITH ORDINALITY AS a (type, number)
        CROSS JOIN LATERAL (SELECT coalesce(p.proargmodes[a.number]::text, 'i') AS mode) AS m
    WHERE p.oid = ANY (functions)
    WINDOW same AS (PARTITION BY p.oid ORDER BY a.number);
END;
COMMENT ON FUNCTION primecloud_internal.contract_parameters(oid[]) IS 'parameters of functions, numbered as sent and as given back';

CREATE FUNCTION primecloud_internal.contract_arguments(functions oid[], space oid) RETURNS TABLE (function oid, arguments jsonb, types text)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH parameters AS MATERIALIZED (SELECT * FROM primecloud_internal.contract_parameters(functions) AS a WHERE a.sent IS NOT NULL),
    shapes AS MATERIALIZED (
        SELECT s.* FROM primecloud_internal.contract_sent(ARRAY(SELECT DISTINCT p.type FROM parameters AS p), space) AS s),
    sent AS MATERIALIZED (
        SELECT a.*, p.pronargs, p.pronargdefaults, d.description AS comment,
            CASE WHEN a.sent > p.pronargs - p.pronargdefaults THEN primecloud_internal.contract_argument_defaults(p.proargdefaults)::jsonb
                -> (a.sent - 1 - (p.pronargs - p.pronargdefaults)) END AS fallback,
            s.sent AS shape
        FROM parameters AS a JOIN pg_proc AS p ON p.oid = a.function JOIN shapes AS s ON s.type = a.type
            LEFT JOIN pg_description AS d ON d.objoid = p.oid AND d.classoid = 'pg_proc'::regclass AND d.objsubid = 0),
    told AS (
        SELECT s.*, s.sent > s.pronargs - s.pronargdefaults AS optional,
            coalesce(s.fallback @> '{"constant": null}', false)
                OR s.name = ANY (primecloud_internal.contract_words(primecloud_internal.contract_tags(s.comment, 'nullable'))) AS nullable
        FROM sent AS s)
    SELECT t.function, jsonb_agg(t.shape || jsonb_build_object(
                'name', t.name,
                'key', CASE WHEN t.name IS NULL THEN 'arg' || t.sent ELSE primecloud_internal.contract_key(t.name) END,
                'optional', t.optional,
                'nullable', coalesce(t.nullable, false))
            || CASE WHEN t.optional THEN jsonb_build_object('default', t.fallback) ELSE '{}' END
            || CASE WHEN t.mode = 'v' THEN '{"variadic": true}'::jsonb ELSE '{}' END ORDER BY t.sent),
        string_agg((t.shape ->> 'type') || coalesce(t.shape ->> 'dimensions', ''), ',' ORDER BY t.sent)
    FROM told AS t GROUP BY t.function;
END;
COMMENT ON FUNCTION primecloud_internal.contract_arguments(oid[], oid) IS 'what is sent to functions';

CREATE FUNCTION primecloud_internal.contract_result_columns(functions oid[], looked json, space oid)
    RETURNS TABLE (function oid, columns jsonb, refuted text)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH states AS MATERIALIZED (SELECT * FROM primecloud_internal.contract_states(looked)),
    parameters AS MATERIALIZED (SELECT * FROM primecloud_internal.contract_parameters(functions) AS p WHERE p.given IS NOT NULL),
    shapes AS MATERIALIZED (
        SELECT s.* FROM primecloud_internal.contract_sent(ARRAY(SELECT DISTINCT p.type FROM parameters AS p), space) AS s),
    sources AS MATERIALIZED (
        SELECT b.* FROM primecloud_internal.contract_column_bodies(ARRAY(SELECT DISTINCT source FROM states WHERE source IS NOT NULL),
            space) AS b),
    given AS (
        SELECT p.function, p.given, coalesce(p.name, 'column' || p.given) AS name, p.type, s.flows, s.source, s.source_number,
            coalesce(s.not_null, false) AS not_null, coalesce(s.made_null, false) AS made_null, c.description AS comment,
            primecloud_internal.contract_words(primecloud_internal.contract_tags(c.description, 'notNull')) AS tagged,
            primecloud_internal.contract_words(primecloud_internal.contract_tags(c.description, 'nullable')) AS untagged
        FROM parameters AS p LEFT JOIN states AS s ON s.of = p.function AND s.number = p.given
            LEFT JOIN pg_description AS c ON c.objoid = p.function AND c.classoid = 'pg_proc'::regclass AND c.objsubid = 0)
    SELECT g.function, jsonb_object_agg(g.name,
            coalesce(f.body - '{default,writable,breaks,source,not_null}'::text[],
                h.sent)
            || jsonb_build_object(
                'key', primecloud_internal.contract_key(g.name), 'position', g.given,
                'nullable', CASE WHEN g.name = ANY (g.untagged) THEN true ELSE NOT (g.name = ANY (g.tagged) OR g.not_null) END,
                'class', coalesce(f.body ->> 'class', primecloud_internal.contract_flowing_class(g.flows), 'public'),
                'generated', NULL, 'has_default', false)
            || jsonb_strip_nulls(jsonb_build_object('source', primecloud_internal.contract_relation_label(g.source, space) || '.'
                || f.name))),
        min(g.name) FILTER (WHERE g.made_null AND g.name = ANY (g.tagged))
    FROM given AS g JOIN shapes AS h ON h.type = g.type
        LEFT JOIN (sources AS f JOIN pg_attribute AS a ON a.attrelid = f.relation AND a.attnum = f.number)
            ON f.relation = g.source AND f.number = g.source_number AND a.atttypid = g.type
    GROUP BY g.function;
END;
COMMENT ON FUNCTION primecloud_internal.contract_result_columns(oid[], json, oid) IS
    'columns of results that have no type of their own, and the first whose tag the body refutes';
