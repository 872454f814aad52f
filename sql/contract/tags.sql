-- contract: tags of comments that say nothing, for they are written wrong or stand where nobody reads them.

CREATE FUNCTION primecloud_internal.contract_comment_faults(comment text, kind text, sent text, given text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'primecloud_contract_comment_faults';
COMMENT ON FUNCTION primecloud_internal.contract_comment_faults(text, text, text, text) IS
    'tags of a comment that say nothing, and why: two lines each';

CREATE FUNCTION primecloud_internal.contract_commented(space oid) RETURNS TABLE (kind text, id oid, object text, comment text)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- (There are few comments that have an @, so these are what is joined to.)
    WITH d AS MATERIALIZED (SELECT * FROM pg_description AS d WHERE strpos(d.description, '@') > 0)
    SELECT CASE WHEN c.relkind IN ('i', 'I', 'S') THEN 'other' WHEN d.objsubid = 0 THEN 'relation'
            WHEN c.relkind IN ('v', 'm', 'c') THEN 'column' WHEN a.attnotnull THEN 'filled column' ELSE 'open column' END, c.oid,
        CASE WHEN d.objsubid > 0 THEN format('column %I.%I', c.relname, a.attname)
            ELSE CASE WHEN c.relkind IN ('i', 'I') THEN 'index' WHEN c.relkind = 'S' THEN 'sequence'
                ELSE primecloud_internal.contract_kind(c.relkind) END || ' ' || quote_ident(c.relname) END, d.description
    FROM d JOIN pg_class AS c ON d.classoid = 'pg_class'::regclass AND c.oid = d.objoid
        LEFT JOIN pg_attribute AS a ON a.attrelid = d.objoid AND a.attnum = d.objsubid
    WHERE c.relnamespace = space AND NOT c.relispartition
    UNION ALL
    SELECT 'function', p.oid, format('%s %I', CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, p.proname), d.description
    FROM d JOIN pg_proc AS p ON d.classoid = 'pg_proc'::regclass AND p.oid = d.objoid
    WHERE p.pronamespace = space AND p.prokind IN ('f', 'p')
    UNION ALL
    SELECT CASE t.typtype WHEN 'e' THEN 'relation' WHEN 'c' THEN 'relation' WHEN 'd' THEN 'domain' ELSE 'other' END, t.oid,
        format('%s %I', CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END, t.typname), d.description
    FROM d JOIN pg_type AS t ON d.classoid = 'pg_type'::regclass AND t.oid = d.objoid WHERE t.typnamespace = space
    UNION ALL
    SELECT 'other', k.oid, format('constraint %I of %I', k.conname, coalesce(c.relname, t.typname)), d.description
    FROM d JOIN pg_constraint AS k ON d.classoid = 'pg_constraint'::regclass AND k.oid = d.objoid
        LEFT JOIN pg_class AS c ON c.oid = k.conrelid LEFT JOIN pg_type AS t ON t.oid = k.contypid WHERE k.connamespace = space
    UNION ALL
    SELECT 'schema', n.oid, format('schema %I', n.nspname), d.description
    FROM d JOIN pg_namespace AS n ON d.classoid = 'pg_namespace'::regclass AND n.oid = d.objoid WHERE n.oid = space;
END;
COMMENT ON FUNCTION primecloud_internal.contract_commented(oid) IS 'what of a schema has a comment with an @ in it';

CREATE FUNCTION primecloud_internal.contract_tag_faults(space oid) RETURNS TABLE (object text, tag text, problem text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
    WITH read AS (
        SELECT c.*, string_to_array(primecloud_internal.contract_comment_faults(c.comment, c.kind, n.sent, n.given), E'\n') AS lines
        FROM primecloud_internal.contract_commented(space) AS c CROSS JOIN LATERAL (
            SELECT coalesce(string_agg(E'\n' || p.name, '') FILTER (WHERE p.sent IS NOT NULL), '') AS sent,
                coalesce(string_agg(E'\n' || coalesce(p.name, 'column' || p.given), '') FILTER (WHERE p.given IS NOT NULL), '') AS given
            FROM primecloud_internal.contract_parameters(CASE WHEN c.kind = 'function' AND c.comment ~ '@(notNull|nullable)'
                THEN ARRAY[c.id] END) AS p) AS n)
    -- (What is shown is of one line, and of no signs that a terminal obeys.)
    SELECT regexp_replace(r.object || CASE r.kind WHEN 'function' THEN format('(%s)', pg_get_function_identity_arguments(r.id))
            ELSE '' END, '[[:cntrl:]]', '?', 'g'),
        regexp_replace(left(r.lines[i], 100), '[[:cntrl:]]', '?', 'g'), regexp_replace(r.lines[i + 1], '[[:cntrl:]]', '?', 'g')
    FROM read AS r CROSS JOIN LATERAL generate_series(2, cardinality(r.lines), 2) AS i
$$;
COMMENT ON FUNCTION primecloud_internal.contract_tag_faults(oid) IS 'tags of a schema''s comments that say nothing, and why';

-- A warning and no error: who may write a comment on something of his own stops nobody else's pipeline.
CREATE FUNCTION primecloud_internal.warn_of_contract_tags(schema name, told jsonb) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on SET jit = off
AS $$
DECLARE
    faults text[] := ARRAY(SELECT format('%s: %s %s', f.object, f.tag, f.problem)
        FROM (SELECT t.* FROM pg_namespace AS n, primecloud_internal.contract_tag_faults(n.oid) AS t
                WHERE n.nspname = warn_of_contract_tags.schema
            UNION ALL SELECT * FROM primecloud_internal.contract_name_faults(told)) AS f ORDER BY f.object COLLATE "C", f.tag COLLATE "C");
BEGIN
    IF cardinality(faults) > 0 THEN
        RAISE WARNING 'tags in comments of schema % that say nothing: %', quote_ident(schema), cardinality(faults)
            USING DETAIL = array_to_string(faults[:5], E'\n'), HINT = 'All of them are in primecloud.contract_problems(schema).';
    END IF;
END
$$;
COMMENT ON FUNCTION primecloud_internal.warn_of_contract_tags(name, jsonb) IS 'warns of the first tags that say nothing';

CREATE FUNCTION contract_problems(schema name) RETURNS TABLE (object text, tag text, problem text)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
AS $$
    WITH asked AS MATERIALIZED (SELECT primecloud_internal.contract_space(contract_problems.schema) AS space)
    SELECT f.object, f.tag, f.problem
    FROM asked AS a CROSS JOIN LATERAL (
        SELECT * FROM primecloud_internal.contract_tag_faults(a.space)
        -- (All of the contract has to be told for what only a name can be wrong of.)
        UNION ALL SELECT n.* FROM primecloud_internal.contract_name_faults(CASE WHEN EXISTS (
                SELECT FROM primecloud_internal.contract_commented(a.space) AS c WHERE strpos(c.comment, '@name') > 0)
            THEN primecloud_internal.contract_settled(primecloud_internal.contract_assembled(a.space, NULL)) END) AS n) AS f
    ORDER BY f.object COLLATE "C", f.tag COLLATE "C"
$$;
COMMENT ON FUNCTION contract_problems(name) IS
    'tags in comments of a schema that say nothing to its contract, being written wrong or standing where nobody reads them, and why';
