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
-- taken.  (Each round takes back one of them at least.)
CREATE FUNCTION primecloud_internal.contract_settled(told jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $contract_settled$
DECLARE
    section text;
    shared text[];
BEGIN
    LOOP
        EXIT WHEN NOT jsonb_path_exists(told, '$.*.*.own_name');
        -- (The types of ids are made beside these, where they are asked for.)
        WITH names AS MATERIALIZED (
            SELECT n.name, n.holder FROM primecloud_internal.contract_taken_names(told) AS n
            UNION ALL SELECT (e.value ->> 'name') || 'Id', '{}' FROM jsonb_each(told -> 'entities') AS e WHERE e.value ? 'keys')
        SELECT coalesce(array_agg(DISTINCT array_to_string(n.holder, '.')), '{}') INTO shared
        FROM (SELECT m.holder, count(*) OVER (PARTITION BY m.name) AS alike FROM names AS m) AS n
        WHERE n.alike > 1 AND told #> n.holder ? 'own_name';
        FOREACH section IN ARRAY '{entities,enum_names}'::text[] LOOP
            told := jsonb_set(told, ARRAY[section], (SELECT coalesce(jsonb_object_agg(e.key, CASE
                    WHEN concat_ws('.', section, e.key) = ANY (shared) THEN (e.value - 'own_name')
                        || jsonb_build_object('name', e.value -> 'own_name', 'name_asked', e.value -> 'name')
                    WHEN shared = '{}' THEN e.value - 'own_name' ELSE e.value END), '{}')
                FROM jsonb_each(told -> section) AS e));
        END LOOP;
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
