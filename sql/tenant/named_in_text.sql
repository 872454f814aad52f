-- Whether a function may name a table by its text.

-- Where the search_path is pinned to other schemas, and the text has the table's nowhere, the same name is another's.  What makes SQL of
-- pieces, or hands a name on as a value, may come to any: that is told.
CREATE FUNCTION primecloud_internal.may_name(function oid, rel regclass) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
    SELECT p.prosrc COLLATE "C" ~* ('\m' || t.name || '\M') AND NOT (l.lanname IN ('sql', 'plpgsql') AND t.persistence <> 't'
        AND path.value IS NOT NULL AND (path.value = '""' OR path.value !~ '""|\$') AND t.schema !~ '[, "]'
        AND t.schema <> ALL (SELECT btrim(e, ' "') FROM regexp_split_to_table(path.value, ',') AS e)
        AND p.prosrc COLLATE "C" !~* ('\m' || t.schema_text || '\M')
        AND p.prosrc COLLATE "C" !~* ('[''"]' || t.name || '\M|\m' || t.name || '[''"]')
        AND p.prosrc COLLATE "C" !~* 'execute|prepare|search_path|set_config|regclass|_to_xml|dblink|U&')
    FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
    CROSS JOIN (SELECT regexp_replace(c.relname, '\W', '\\&', 'g'), n.nspname, regexp_replace(n.nspname, '\W', '\\&', 'g'),
            c.relpersistence
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = rel) AS t(name, schema, schema_text, persistence)
    LEFT JOIN LATERAL (SELECT substr(s, length('search_path=') + 1) FROM unnest(p.proconfig) AS s WHERE starts_with(s, 'search_path='))
        AS path(value) ON true
    WHERE p.oid = function;
$$;
COMMENT ON FUNCTION primecloud_internal.may_name(oid, regclass)
    IS 'whether the text of a function may name a table; called by explain_access()';
