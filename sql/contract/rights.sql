-- contract: which schema it is asked of, and what a role may do, where it is told to one.

CREATE FUNCTION primecloud_internal.contract_space(schema name) RETURNS oid
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $contract_space$
DECLARE
    space oid := (SELECT n.oid FROM pg_namespace AS n WHERE n.nspname = contract_space.schema);
BEGIN
    IF contract_space.schema IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'a contract is of a schema, and none is named',
            HINT = 'Name a schema of this database: SELECT nspname FROM pg_namespace.';
    END IF;
    IF space IS NULL THEN
        RAISE invalid_schema_name USING MESSAGE = format('schema %s does not exist', quote_ident(contract_space.schema)),
            HINT = 'Name a schema of this database: SELECT nspname FROM pg_namespace.';
    END IF;
    RETURN space;
END
$contract_space$;
COMMENT ON FUNCTION primecloud_internal.contract_space(name) IS 'the schema that a contract is asked of';

CREATE FUNCTION primecloud_internal.contract_column_rights(role_ oid, relation oid, number smallint) RETURNS TABLE (told boolean,
    flags jsonb)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT role_ IS NULL OR c.relkind = 'c' OR r.selects OR r.inserts OR r.updates, CASE WHEN role_ IS NOT NULL AND c.relkind <> 'c' THEN
            CASE WHEN NOT r.selects THEN '{"select": false}'::jsonb ELSE '{}' END
            || CASE WHEN NOT r.inserts THEN '{"insert": false}'::jsonb ELSE '{}' END
            || CASE WHEN NOT r.updates THEN '{"update": false}'::jsonb ELSE '{}' END END
    FROM pg_class AS c LEFT JOIN LATERAL (
        SELECT has_column_privilege(role_, relation, number, 'SELECT') AS selects,
            has_column_privilege(role_, relation, number, 'INSERT') AS inserts,
            has_column_privilege(role_, relation, number, 'UPDATE') AS updates) AS r ON role_ IS NOT NULL AND c.relkind <> 'c'
    WHERE c.oid = relation;
END;
COMMENT ON FUNCTION primecloud_internal.contract_column_rights(oid, oid, smallint)
    IS 'whether a role is told of a column, and what it may not do with it';
