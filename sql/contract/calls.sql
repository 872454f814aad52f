-- contract: calls, that is reads and commands, and lists.

CREATE FUNCTION primecloud_internal.contract_errors(comment text) RETURNS TABLE (errors jsonb, texts jsonb)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    -- In the order of the comment, each once.
    SELECT coalesce(jsonb_agg(e.code ORDER BY e.line), '[]'), jsonb_object_agg(e.code, e.text) FILTER (WHERE e.text <> '')
    FROM (SELECT DISTINCT ON (c.code) c.code, c.line, btrim(substring(c.tag FROM 6)) AS text
        FROM (SELECT t.tag, t.line, substring(t.tag COLLATE "C" FROM '^[0-9A-Z]{5}(?![0-9A-Za-z_])') AS code
            FROM unnest(primecloud_internal.contract_tags(comment, 'error')) WITH ORDINALITY AS t (tag, line)) AS c
        WHERE c.code IS NOT NULL ORDER BY c.code, c.line) AS e;
END;
COMMENT ON FUNCTION primecloud_internal.contract_errors(text) IS 'the SQLSTATEs that a comment says a call raises, and its words on each';

CREATE FUNCTION primecloud_internal.contract_returns(function oid, columns jsonb, sent jsonb) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE
        WHEN p.prorettype = 2278 THEN '{"void": true}'
        WHEN columns IS NOT NULL AND (p.prorettype = 2249 OR 't' = ANY (p.proargmodes)) THEN
            jsonb_build_object('row', columns, 'nullable', NOT (p.proretset OR p.prokind = 'p' OR w.tagged))
        ELSE sent
            || jsonb_build_object('nullable', NOT (w.tagged OR (p.proretset AND t.typtype = 'c')))
            || jsonb_strip_nulls(jsonb_build_object('class', primecloud_internal.contract_class(w.comment))) END
    FROM pg_proc AS p JOIN pg_type AS t ON t.oid = p.prorettype
        LEFT JOIN pg_description AS d ON d.objoid = p.oid AND d.classoid = 'pg_proc'::regclass AND d.objsubid = 0
        CROSS JOIN LATERAL (SELECT d.description AS comment,
            '' = ANY (primecloud_internal.contract_words(primecloud_internal.contract_tags(d.description, 'notNull'))) AS tagged) AS w
    WHERE p.oid = function;
END;
COMMENT ON FUNCTION primecloud_internal.contract_returns(oid, jsonb, jsonb) IS 'what a call gives back';

CREATE FUNCTION primecloud_internal.contract_calls(functions oid[], looked json, space oid)
    RETURNS TABLE (name text, is_read boolean, place bigint, body jsonb)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- (Looked up once for all of them.)
    WITH arguments AS MATERIALIZED (SELECT * FROM primecloud_internal.contract_arguments(functions, space)),
    results AS MATERIALIZED (SELECT * FROM primecloud_internal.contract_result_columns(functions, looked, space)),
    shapes AS MATERIALIZED (SELECT s.* FROM primecloud_internal.contract_sent(
        ARRAY(SELECT DISTINCT p.prorettype FROM pg_proc AS p WHERE p.oid = ANY (functions)), space) AS s),
    called AS MATERIALIZED (
        SELECT p.oid, p.proname::text AS name, p.prokind = 'f' AND p.provolatile <> 'v' AS is_read, c.refuted, p.proretset, p.prokind,
            coalesce(a.arguments, '[]') AS arguments, d.description AS comment,
            primecloud_internal.contract_returns(p.oid, c.columns, s.sent) AS returns,
            row_number() OVER (PARTITION BY p.proname ORDER BY coalesce(a.types, '') COLLATE "C", p.oid) AS place
        FROM pg_proc AS p JOIN shapes AS s ON s.type = p.prorettype LEFT JOIN arguments AS a ON a.function = p.oid
            LEFT JOIN results AS c ON c.function = p.oid
            LEFT JOIN pg_description AS d ON d.objoid = p.oid AND d.classoid = 'pg_proc'::regclass AND d.objsubid = 0
        WHERE p.oid = ANY (functions)),
    named AS (
        SELECT c.*, CASE WHEN returns ? 'row' THEN primecloud_internal.contract_name(c.name, false) || 'Result'
            || CASE WHEN count(*) FILTER (WHERE returns ? 'row') OVER earlier > 1
                THEN (count(*) FILTER (WHERE returns ? 'row') OVER earlier)::text ELSE '' END END AS row_name
        FROM called AS c WINDOW earlier AS (PARTITION BY c.name ORDER BY c.place))
    SELECT n.name, n.is_read, n.place, jsonb_build_object(
            'key', primecloud_internal.contract_key(n.name), 'arguments', n.arguments, 'many', n.proretset,
            'returns', n.returns || CASE WHEN n.row_name IS NULL THEN '{}' ELSE jsonb_build_object('name', n.row_name) END,
            'errors', e.errors)
        || jsonb_strip_nulls(jsonb_build_object(
            'kind', CASE WHEN n.prokind = 'p' THEN 'procedure' END,
            'refuted', n.refuted,
            'error_texts', e.texts,
            'description', primecloud_internal.contract_description(n.comment),
            'breaks', primecloud_internal.contract_breaks(n.comment)))
    FROM named AS n CROSS JOIN LATERAL primecloud_internal.contract_errors(n.comment) AS e;
END;
COMMENT ON FUNCTION primecloud_internal.contract_calls(oid[], json, oid) IS 'reads and commands as the contract tells them';

CREATE FUNCTION primecloud_internal.contract_lists(functions oid[], looked json) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(jsonb_object_agg(p.proname, (l -> 'list')::jsonb || jsonb_build_object(
        'filter', (SELECT coalesce(jsonb_agg(a.name ORDER BY a.name COLLATE "C"), '[]')
            FROM primecloud_internal.contract_parameters(ARRAY[p.oid]) AS a
            WHERE a.sent IS NOT NULL AND a.name NOT IN ('after', 'before', 'after_cursor', 'before_cursor', 'page_size')),
        'back', (SELECT min(b.proname::text) FROM pg_proc AS b WHERE b.oid = ANY (functions) AND b.proname = p.proname || '_before'))),
            '{}')
    FROM json_array_elements(looked) AS l JOIN pg_proc AS p ON p.oid = (l ->> 'of')::oid
    WHERE l -> 'list' IS NOT NULL AND p.proargnames && '{after_cursor,after}' AND p.provolatile <> 'v';
END;
COMMENT ON FUNCTION primecloud_internal.contract_lists(oid[], json) IS 'lists with a cursor, by the function that goes forward';
