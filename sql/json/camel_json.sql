-- to_camel_json: rows as JSON for applications.

-- STABLE: output functions may read settings.  Not LEAKPROOF: so may anything a type does.
CREATE FUNCTION to_camel_json(value anyelement) RETURNS json
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 5
    AS 'MODULE_PATHNAME', 'primecloud_to_camel_json';
COMMENT ON FUNCTION to_camel_json(anyelement) IS
    'any value as JSON: camelCase keys, ISO 8601 times in UTC, sealed values redacted at any depth';

