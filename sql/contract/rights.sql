-- contract: what a role may do, where the contract is told to one.

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
