-- Files that an application is built with, made from the contract.

CREATE FUNCTION primecloud_internal.contract_emit(what text, contract bytea, options bytea, facts bytea) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000
    AS 'MODULE_PATHNAME', 'primecloud_contract_emit';
COMMENT ON FUNCTION primecloud_internal.contract_emit(text, bytea, bytea, bytea) IS
    'a file made from a contract; all but its kind in UTF-8';

-- What contract() takes of the options; the rest is the emitter's, which knows them all.
CREATE FUNCTION primecloud_internal.contract_file(what text, schema name, options jsonb, facts jsonb) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT convert_from(primecloud_internal.contract_emit(what,
        convert_to(primecloud.contract(schema, options - '{brand,dates,naming}'::text[])::text, 'UTF8'),
        convert_to((options || jsonb_build_object('fingerprint', primecloud.contract_fingerprint(schema)))::text, 'UTF8'),
        convert_to(facts::text, 'UTF8')), 'UTF8')
$$;
COMMENT ON FUNCTION primecloud_internal.contract_file(text, name, jsonb, jsonb) IS
    'a file made from a schema''s contract, with its fingerprint';

CREATE FUNCTION contract_typescript(schema name, options jsonb DEFAULT '{}') RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.contract_file('typescript', schema, options, '{}') $$;
COMMENT ON FUNCTION contract_typescript(name, jsonb) IS
    'the types of an application in TypeScript: rows as to_camel_json writes them and as node-postgres gives them, inserts, updates, '
        'reads, commands with their errors, constraints, lists';

CREATE FUNCTION contract_zod(schema name, options jsonb DEFAULT '{}') RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.contract_file('zod', schema, options, '{}') $$;
COMMENT ON FUNCTION contract_zod(name, jsonb) IS
    'schemas for zod 4 of what to_camel_json writes; unknown keys are stripped unless options say unknown_keys: reject';

CREATE FUNCTION contract_json_schema(schema name, options jsonb DEFAULT '{}') RETURNS jsonb
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.contract_file('json_schema', schema, options, '{}')::jsonb $$;
COMMENT ON FUNCTION contract_json_schema(name, jsonb) IS
    'JSON Schema 2020-12 of what to_camel_json writes, a definition for each row; closed unless options say unknown_keys: strip';
