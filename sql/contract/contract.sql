-- contract: the whole, as the caller.

CREATE FUNCTION primecloud_internal.check_contract_options(options jsonb) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $check_contract_options$
DECLARE
    wrong text;
BEGIN
    IF jsonb_typeof(options) IS DISTINCT FROM 'object' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'options of a contract are a JSON object', HINT = 'For none, give {}.';
    END IF;
    SELECT o.key INTO wrong FROM jsonb_each(options) AS o
    WHERE NOT CASE o.key
        WHEN 'int8' THEN o.value IN ('"number"', '"string"', '"bigint"')
        WHEN 'pii' THEN jsonb_typeof(o.value) = 'boolean'
        WHEN 'brand' THEN jsonb_typeof(o.value) = 'boolean'
        WHEN 'unknown_keys' THEN o.value IN ('"strip"', '"reject"')
        WHEN 'role' THEN jsonb_typeof(o.value) = 'string'
        ELSE false END
    ORDER BY o.key COLLATE "C" LIMIT 1;
    IF FOUND THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('option %s of a contract is not known, or not with the value %s', quote_literal(wrong), options -> wrong),
            HINT = 'int8 is number, string or bigint; pii and brand are true or false; unknown_keys is strip or reject; role is a role.';
    END IF;
END
$check_contract_options$;
COMMENT ON FUNCTION primecloud_internal.check_contract_options(jsonb) IS 'refuses options that no contract has';

CREATE FUNCTION primecloud_internal.check_contract_tags(told jsonb) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $check_contract_tags$
DECLARE
    refuted text;
BEGIN
    SELECT format('column %s of %s', quote_ident(c.key), quote_ident(e.key)) INTO refuted
    FROM jsonb_each(told -> 'entities') AS e CROSS JOIN LATERAL jsonb_each(e.value -> 'columns') AS c
    WHERE c.value ? 'refuted' ORDER BY e.key COLLATE "C", c.key COLLATE "C" LIMIT 1;
    IF NOT FOUND THEN
        SELECT format('column %s of the result of %s', quote_ident(o.body ->> 'refuted'), quote_ident(f.key)) INTO refuted
        FROM (SELECT * FROM jsonb_each(told -> 'reads') UNION ALL SELECT * FROM jsonb_each(told -> 'commands')) AS f
            CROSS JOIN LATERAL jsonb_array_elements(f.value) AS o (body)
        WHERE o.body ? 'refuted' ORDER BY f.key COLLATE "C" LIMIT 1;
    END IF;
    IF FOUND THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('%s is tagged @notNull, and its query makes it NULL', refuted),
            HINT = 'Take the tag out of the comment, or join so that the row must be there.';
    END IF;
END
$check_contract_tags$;
COMMENT ON FUNCTION primecloud_internal.check_contract_tags(jsonb) IS 'refuses a tag that a query refutes';

CREATE FUNCTION primecloud_internal.contract_assembled(space oid, role_ oid) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH chosen AS MATERIALIZED (
        SELECT primecloud_internal.contract_told_relations(space) AS own, ARRAY(
            SELECT f FROM unnest(primecloud_internal.contract_told_functions(space)) AS f
            WHERE role_ IS NULL OR has_function_privilege(role_, f, 'EXECUTE') ORDER BY f) AS functions),
    used AS MATERIALIZED (SELECT c.*, primecloud_internal.contract_used_types(c.own, c.functions) AS types FROM chosen AS c),
    whole AS MATERIALIZED (
        SELECT u.*, ARRAY(SELECT r FROM unnest(u.own) AS r UNION SELECT t.typrelid FROM pg_type AS t
                WHERE t.oid = ANY (u.types) AND t.typtype = 'c' AND t.typnamespace <> 11 ORDER BY 1) AS relations,
            primecloud_internal.contract_results(u.functions, 'primecloud.make_cursor(text,timestamptz,uuid)'::regprocedure) AS looked
        FROM used AS u),
    calls AS MATERIALIZED (
        SELECT c.is_read, c.name, jsonb_agg(c.body ORDER BY c.place) AS bodies
        FROM whole AS w CROSS JOIN LATERAL primecloud_internal.contract_calls(w.functions, w.looked, space) AS c
        GROUP BY c.is_read, c.name)
    SELECT jsonb_build_object('version', 1,
        'entities', primecloud_internal.contract_entities(w.relations, space, role_),
        'enums', primecloud_internal.contract_enums(w.types, space),
        'enum_names', primecloud_internal.contract_enum_names(w.types, space),
        'domains', primecloud_internal.contract_domains(w.types, space),
        'reads', (SELECT coalesce(jsonb_object_agg(c.name, c.bodies), '{}') FROM calls AS c WHERE c.is_read),
        'commands', (SELECT coalesce(jsonb_object_agg(c.name, c.bodies), '{}') FROM calls AS c WHERE NOT c.is_read),
        'lists', primecloud_internal.contract_lists(w.functions, w.looked))
        || jsonb_strip_nulls(jsonb_build_object('breaks', primecloud_internal.contract_breaks(obj_description(space, 'pg_namespace'))))
    FROM whole AS w;
END;
COMMENT ON FUNCTION primecloud_internal.contract_assembled(oid, oid) IS 'the contract before it is checked';

-- The settings are those that text of values and expressions depends on.  (Plans rest on no statistics, which a new database
-- has none of; jit would take the price of a scan that is not wanted for real.)
CREATE FUNCTION primecloud_internal.contract_whole(schema name, options jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off SET extra_float_digits = 1 SET bytea_output = hex
    SET datestyle = 'ISO, YMD' SET intervalstyle = postgres SET timezone = 'UTC' SET lc_monetary = 'C'
    SET standard_conforming_strings = on SET enable_seqscan = off SET jit = off
AS $contract_whole$
DECLARE
    space oid := primecloud_internal.contract_space(contract_whole.schema);
    asking oid;
    told jsonb;
    differs jsonb;
BEGIN
    PERFORM primecloud_internal.check_contract_options(contract_whole.options);
    differs := contract_whole.options - 'role';
    asking := (contract_whole.options ->> 'role')::regrole;
    IF has_schema_privilege(asking, space, 'USAGE') IS FALSE THEN
        space := 0;
    END IF;
    -- Expressions then do not name the schema that they stand in.
    PERFORM set_config('search_path', format('pg_catalog, %I, pg_temp', contract_whole.schema), true);
    told := primecloud_internal.contract_settled(primecloud_internal.contract_assembled(space, asking));
    PERFORM set_config('search_path', 'pg_catalog, pg_temp', true);
    PERFORM primecloud_internal.check_contract_keys(told), primecloud_internal.check_contract_names(told),
        primecloud_internal.check_contract_tags(told);
    SELECT coalesce(jsonb_object_agg(o.key, o.value), '{}') INTO differs
    FROM jsonb_each(differs) AS o WHERE jsonb '{"int8": "number", "pii": true, "brand": false}' -> o.key IS DISTINCT FROM o.value;
    RETURN told || CASE differs WHEN '{}' THEN jsonb '{}' ELSE jsonb_build_object('options', differs) END;
END
$contract_whole$;
COMMENT ON FUNCTION primecloud_internal.contract_whole(name, jsonb) IS 'the contract, and nothing said of what its comments say wrong';

CREATE FUNCTION contract(schema name, options jsonb DEFAULT '{}') RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $contract$
DECLARE
    told jsonb := primecloud_internal.contract_whole(contract.schema, contract.options);
BEGIN
    PERFORM primecloud_internal.warn_of_contract_tags(contract.schema, told);
    RETURN told;
END
$contract$;
COMMENT ON FUNCTION contract(name, jsonb) IS
    'what an application may rely on: a schema''s entities, reads and commands in one canonical document, from catalog and comments';
