-- The gate of a pipeline: a change that breaks somebody, and that nobody has accepted, ends it.

-- A line "@breaks column_removed orders.note nobody reads it" in a comment accepts a change: of the object that the comment is on,
-- or of the one it names, which may be gone: then the line stands at its table, or at the schema.  Who may write a comment on
-- something else accepts nothing of it.
CREATE FUNCTION primecloud_internal.contract_accepted(contract jsonb) RETURNS TABLE (class text, key text, holder text, line text)
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH told (class, key, holder, body) AS (
        SELECT 'schema', '', '', contract
        UNION ALL SELECT 'entities', e.key, e.key, e.value FROM jsonb_each(contract -> 'entities') AS e
        UNION ALL SELECT 'entities', e.key, e.key || '.' || c.key, c.value FROM jsonb_each(contract -> 'entities') AS e,
            jsonb_each(e.value -> 'columns') AS c
        UNION ALL SELECT 'enums', e.key, e.key, e.value FROM jsonb_each(contract -> 'enum_names') AS e
        UNION ALL SELECT 'domains', d.key, d.key, d.value FROM jsonb_each(contract -> 'domains') AS d
        UNION ALL SELECT 'functions', f.key, f.key, o.value FROM unnest('{reads,commands}'::text[]) AS s (section),
            jsonb_each(contract -> s.section) AS f, jsonb_array_elements(f.value) AS o)
    SELECT t.class, t.key, t.holder, b.line FROM told AS t, jsonb_array_elements_text(t.body -> 'breaks') AS b (line)
$$;
COMMENT ON FUNCTION primecloud_internal.contract_accepted(jsonb) IS 'changes that comments accept, and where each is written';

-- (An object of contract_diff is a name: of a table, an enum or a function, or of a part of one.  Where it may be of two, whose owners
-- may be two, a comment on either accepts nothing; nor one on an overload, since the change may be another's.)
CREATE FUNCTION primecloud_internal.contract_holds(class text, key text, object text, before jsonb, after jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000
    SET search_path = pg_catalog, pg_temp
AS $$
    -- (Of one name a read and a command are two overloads.)
    SELECT count(*) = 1 AND bool_and(o.class = contract_holds.class AND o.key = contract_holds.key AND o.overloads <= 1)
    FROM (SELECT p.class, p.key, max(p.overloads) AS overloads
        FROM (SELECT c.n, CASE WHEN s.section IN ('reads', 'commands') THEN 'functions' WHEN s.section = 'enum_names' THEN 'enums'
                    ELSE s.section END AS class, k.key,
                sum(CASE WHEN s.section IN ('reads', 'commands') AND jsonb_typeof(k.value) = 'array' THEN jsonb_array_length(k.value)
                    ELSE 0 END) AS overloads
            FROM (VALUES (1, before), (2, after)) AS c (n, body),
                unnest('{entities,enums,enum_names,domains,reads,commands}'::text[]) AS s (section),
                jsonb_each(CASE jsonb_typeof(c.body -> s.section) WHEN 'object' THEN c.body -> s.section ELSE '{}' END) AS k
            WHERE k.key = object OR starts_with(object, k.key || '.') OR starts_with(object, k.key || '(')
                OR starts_with(object, k.key || '->')
            GROUP BY 1, 2, 3) AS p
        GROUP BY 1, 2) AS o
$$;
COMMENT ON FUNCTION primecloud_internal.contract_holds(text, text, text, jsonb, jsonb) IS
    'whether an object of contract_diff can be of nothing else than a table, enum, domain or function';

CREATE FUNCTION contract_gate(before jsonb, schema name, accept text[] DEFAULT '{}')
    RETURNS TABLE (object text, change text, readers text, writers text, reason text, review boolean, accepted boolean)
    LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 20
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
DECLARE
    after jsonb := primecloud.contract(contract_gate.schema, '{}');
    found_ jsonb;
    refused text := (SELECT min(a.line) FROM unnest(contract_gate.accept) AS a (line) WHERE a.line !~ '^[a-z_]+ [^ ]');
BEGIN
    IF refused IS NOT NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = format('"%s" accepts no change', refused),
            HINT = 'Give a change and its object, as contract_diff tells them, and a reason: column_removed orders.note nobody reads it.';
    END IF;
    WITH comments AS MATERIALIZED (SELECT * FROM primecloud_internal.contract_accepted(after))
    SELECT coalesce(jsonb_agg(to_jsonb(d) || jsonb_build_object('accepted', (d.readers = 'breaking' OR d.writers = 'breaking') AND (
            EXISTS (SELECT FROM comments AS b CROSS JOIN LATERAL (
                    SELECT ltrim(substr(b.line, length(d.change) + 1)) || ' ' AS rest) AS r
                WHERE starts_with(b.line || ' ', d.change || ' ')
                    AND (b.holder = d.object OR starts_with(r.rest, d.object || ' ')
                        OR starts_with(b.holder || '.' || r.rest, d.object || ' '))
                    AND (b.class = 'schema'
                        OR (b.holder = d.object OR starts_with(d.object, b.holder || '.') OR starts_with(d.object, b.holder || '(')
                            OR starts_with(d.object, b.holder || '->'))
                        AND primecloud_internal.contract_holds(b.class, b.key, d.object, contract_gate.before, after)))
            OR EXISTS (SELECT FROM unnest(contract_gate.accept) AS a (line)
                WHERE starts_with(a.line || ' ', d.change || ' ' || d.object || ' ')))) ORDER BY n), '[]') INTO found_
    FROM primecloud.contract_diff(contract_gate.before, after) WITH ORDINALITY AS d (object, change, readers, writers, reason, review, n);
    SELECT string_agg(format('%s %s: %s (%s)', r.change, r.object, r.reason,
            concat_ws(' and ', CASE WHEN r.readers = 'breaking' THEN 'readers' END, CASE WHEN r.writers = 'breaking' THEN 'writers' END)),
            E'\n') INTO refused
    FROM jsonb_to_recordset(found_) AS r (object text, change text, readers text, writers text, reason text, accepted boolean)
    WHERE NOT r.accepted AND 'breaking' IN (r.readers, r.writers);
    IF refused IS NOT NULL THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('the contract of schema %s breaks who rely on it', quote_ident(contract_gate.schema)), DETAIL = refused,
            HINT = 'Keep what was, or accept a change: @breaks with its name, its object and a reason in a comment, or in accept.';
    END IF;
    RETURN QUERY SELECT r.object, r.change, r.readers, r.writers, r.reason, r.review, r.accepted
        FROM jsonb_to_recordset(found_) AS r (object text, change text, readers text, writers text, reason text, review boolean,
            accepted boolean);
END
$$;
COMMENT ON FUNCTION contract_gate(jsonb, name, text[]) IS
    'the changes since a snapshot of a schema''s contract; 55000 where one breaks readers or writers and neither a comment nor accept '
        'takes it, as "change object reason"';
