-- contract: what cannot be told.

CREATE FUNCTION primecloud_internal.contract_taken_names(told jsonb) RETURNS TABLE (name text, object text, holder text[])
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT h.name, 'a helper of the emitted file', '{}'::text[]
    FROM unnest('{Json,NonFinite,Sealed,Reads,Commands,Constraints,Lists,CommandError}'::text[]) AS h (name)
    UNION ALL
    SELECT (e.body ->> 'name') || s.suffix, format('%s %s%s', e.body ->> 'kind', e.name, s.what), ARRAY['entities', e.name]
    FROM jsonb_each(told -> 'entities') AS e (name, body)
        CROSS JOIN LATERAL (VALUES ('', '', true), ('Row', ' (row)', e.body ->> 'kind' <> 'composite'),
            ('Insert', ' (insert)', e.body ->> 'kind' LIKE '%table'), ('Update', ' (update)', e.body ->> 'kind' LIKE '%table'))
            AS s (suffix, what, is_there)
    WHERE s.is_there
    UNION ALL
    SELECT n.body ->> 'name', 'enum ' || n.name, ARRAY['enum_names', n.name] FROM jsonb_each(told -> 'enum_names') AS n (name, body)
    UNION ALL
    SELECT o.body #>> '{returns,name}', format('result of function %s', f.name), '{}'
    FROM (SELECT * FROM jsonb_each(told -> 'reads') UNION ALL SELECT * FROM jsonb_each(told -> 'commands')) AS f (name, bodies)
        CROSS JOIN LATERAL jsonb_array_elements(f.bodies) AS o (body)
    WHERE o.body #>> '{returns,name}' IS NOT NULL;
END;
COMMENT ON FUNCTION primecloud_internal.contract_taken_names(jsonb) IS 'the names of types in an emitted file, and what each is of';

-- Who may write a comment on something of his own stops nobody's files: a name that a comment gives, and that another has, is not
-- taken.  What then has its own name again may have that of another comment, and so on.
CREATE FUNCTION primecloud_internal.contract_taken_back(told jsonb) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE given AS MATERIALIZED (
        SELECT 'entities.' || e.key AS holder, e.value ->> 'name' || s.suffix AS name, e.value ->> 'own_name' || s.suffix AS own
        FROM jsonb_each(told -> 'entities') AS e CROSS JOIN LATERAL (VALUES ('', true), ('Row', e.value ->> 'kind' <> 'composite'),
            ('Insert', e.value ->> 'kind' LIKE '%table'), ('Update', e.value ->> 'kind' LIKE '%table'), ('Id', e.value ? 'keys'))
            AS s (suffix, is_there)
        WHERE e.value ? 'own_name' AND s.is_there
        UNION ALL
        SELECT 'enum_names.' || n.key, n.value ->> 'name', n.value ->> 'own_name' FROM jsonb_each(told -> 'enum_names') AS n
        WHERE n.value ? 'own_name'),
    -- (The types of ids are made beside the others, where they are asked for.)
    names AS MATERIALIZED (
        SELECT n.name, array_to_string(n.holder, '.') AS holder FROM primecloud_internal.contract_taken_names(told) AS n
        UNION ALL SELECT e.value ->> 'name' || 'Id', 'entities.' || e.key FROM jsonb_each(told -> 'entities') AS e WHERE e.value ? 'keys'),
    shared AS (SELECT n.name FROM names AS n GROUP BY n.name HAVING count(*) > 1),
    back AS (
        SELECT g.holder FROM given AS g JOIN shared AS s ON s.name = g.name
        UNION
        SELECT other.holder FROM back AS b JOIN given AS g ON g.holder = b.holder
            JOIN given AS other ON other.name = g.own AND other.holder <> g.holder)
    SELECT coalesce(array_agg(b.holder), '{}') FROM back AS b
$$;
COMMENT ON FUNCTION primecloud_internal.contract_taken_back(jsonb) IS
    'what has its own name again, for the one that its comment gives is taken';

CREATE FUNCTION primecloud_internal.contract_settled(told jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $contract_settled$
DECLARE
    section text;
    back text[];
BEGIN
    IF NOT jsonb_path_exists(told, '$.entities.*.own_name') AND NOT jsonb_path_exists(told, '$.enum_names.*.own_name') THEN
        RETURN told;
    END IF;
    back := primecloud_internal.contract_taken_back(told);
    FOREACH section IN ARRAY '{entities,enum_names}'::text[] LOOP
        told := jsonb_set(told, ARRAY[section], (
            SELECT coalesce(jsonb_object_agg(e.key, (e.value - 'own_name') || CASE WHEN b.holder IS NULL THEN '{}'
                ELSE jsonb_build_object('name', e.value -> 'own_name', 'name_asked', e.value -> 'name') END), '{}')
            FROM jsonb_each(told -> section) AS e
                LEFT JOIN unnest(back) AS b (holder) ON b.holder = section || '.' || e.key));
    END LOOP;
    RETURN told;
END
$contract_settled$;
COMMENT ON FUNCTION primecloud_internal.contract_settled(jsonb) IS
    'a contract in which what a comment gives the name of something else has its own; name_asked is the one that was given';

CREATE FUNCTION primecloud_internal.contract_name_faults(told jsonb) RETURNS TABLE (object text, tag text, problem text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT regexp_replace(coalesce(e.value ->> 'kind', 'type') || ' ' || quote_ident(e.key), '[[:cntrl:]]', '?', 'g'),
        '@name ' || (e.value ->> 'name_asked'),
        format('is the name of something else too, or of a type that is made beside it: it is called %s', e.value ->> 'name')
    FROM unnest('{entities,enum_names}'::text[]) AS s (section), jsonb_each(told -> s.section) AS e
    WHERE e.value ? 'name_asked'
$$;
COMMENT ON FUNCTION primecloud_internal.contract_name_faults(jsonb) IS 'names that comments give and that are not taken';

CREATE FUNCTION primecloud_internal.check_contract_keys(told jsonb) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $check_contract_keys$
DECLARE
    same record;
BEGIN
    SELECT e.key AS entity, c.value ->> 'key' AS key, array_agg(c.key ORDER BY c.key COLLATE "C") AS columns INTO same
    FROM jsonb_each(told -> 'entities') AS e CROSS JOIN LATERAL jsonb_each(e.value -> 'columns') AS c
    GROUP BY e.key, c.value ->> 'key' HAVING count(*) > 1
    ORDER BY e.key COLLATE "C", min(c.key) COLLATE "C" LIMIT 1;
    IF FOUND THEN
        RAISE duplicate_column USING
            MESSAGE = format('columns %s and %s of %s have one name in camelCase', quote_ident(same.columns[1]),
                quote_ident(same.columns[2]),
                quote_ident(same.entity)),
            HINT = 'Rename one of them: to_camel_json refuses such a row too.';
    END IF;
END
$check_contract_keys$;
COMMENT ON FUNCTION primecloud_internal.check_contract_keys(jsonb) IS 'refuses a relation of which two columns have one key';

CREATE FUNCTION primecloud_internal.check_contract_names(told jsonb) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $check_contract_names$
DECLARE
    same record;
BEGIN
    SELECT n.name, array_agg(n.object ORDER BY n.object COLLATE "C") AS objects INTO same
    FROM primecloud_internal.contract_taken_names(told) AS n
    GROUP BY n.name HAVING count(*) > 1 ORDER BY n.name COLLATE "C" LIMIT 1;
    IF FOUND THEN
        RAISE duplicate_object USING
            MESSAGE = format('%s and %s have one name in the contract, %s', same.objects[1], same.objects[2], same.name),
            HINT = 'Say another in the comment of one of them: @name Other.';
    END IF;
    SELECT f.key, array_agg(f.name ORDER BY f.name COLLATE "C") AS functions INTO same
    FROM (SELECT c.key AS name, primecloud_internal.contract_key(c.key) AS key
        FROM (SELECT key FROM jsonb_each(told -> 'reads') UNION SELECT key FROM jsonb_each(told -> 'commands')) AS c) AS f
    GROUP BY f.key HAVING count(*) > 1 ORDER BY f.key COLLATE "C" LIMIT 1;
    IF FOUND THEN
        RAISE duplicate_object USING
            MESSAGE = format('functions %s and %s have one name in the contract, %s', quote_ident(same.functions[1]),
                quote_ident(same.functions[2]), same.key),
            HINT = 'Rename one of them.';
    END IF;
END
$check_contract_names$;
COMMENT ON FUNCTION primecloud_internal.check_contract_names(jsonb) IS 'refuses names of an emitted file that are one';
