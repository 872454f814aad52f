-- contract: what cannot be told.

CREATE FUNCTION primecloud_internal.contract_taken_names(told jsonb) RETURNS TABLE (name text, object text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT h.name, 'a helper of the emitted file'
    FROM unnest('{Json,NonFinite,Sealed,Reads,Commands,Constraints,Lists,CommandError}'::text[]) AS h (name)
    UNION ALL
    SELECT (e.body ->> 'name') || s.suffix, format('%s %s%s', e.body ->> 'kind', e.name, s.what)
    FROM jsonb_each(told -> 'entities') AS e (name, body)
        CROSS JOIN LATERAL (VALUES ('', '', true), ('Row', ' (row)', e.body ->> 'kind' <> 'composite'),
            ('Insert', ' (insert)', e.body ->> 'kind' LIKE '%table'), ('Update', ' (update)', e.body ->> 'kind' LIKE '%table'))
            AS s (suffix, what, is_there)
    WHERE s.is_there
    UNION ALL
    SELECT n.body ->> 'name', 'enum ' || n.name FROM jsonb_each(told -> 'enum_names') AS n (name, body)
    UNION ALL
    SELECT o.body #>> '{returns,name}', format('result of function %s', f.name)
    FROM (SELECT * FROM jsonb_each(told -> 'reads') UNION ALL SELECT * FROM jsonb_each(told -> 'commands')) AS f (name, bodies)
        CROSS JOIN LATERAL jsonb_array_elements(f.bodies) AS o (body)
    WHERE o.body #>> '{returns,name}' IS NOT NULL;
END;
COMMENT ON FUNCTION primecloud_internal.contract_taken_names(jsonb) IS 'the names of types in an emitted file, and what each is of';

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
