-- A schema that protect_schema() has been through, and the tables that came after: they are nobody's yet.

-- It stands in the note of the table of tenants, with the names of the tables that were there: so that those that came
-- later are told, and those that were left alone then.
CREATE FUNCTION primecloud_internal.schemas_noted(tenants regclass, schema name) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(primecloud_internal.protection_note(tenants) -> 'schemas', '{}') || jsonb_build_object(schema, coalesce((
        SELECT jsonb_agg(c.relname ORDER BY c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = schema AND c.relkind IN ('r', 'p') AND NOT c.relispartition), '[]'));
$$;
COMMENT ON FUNCTION primecloud_internal.schemas_noted(regclass, name)
    IS 'what protect_schema() notes of the schemas that it has been through';

-- A schema that was renamed is known by its table of tenants.
CREATE FUNCTION primecloud_internal.adopted_schemas() RETURNS TABLE (space oid, tables jsonb)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- (Asked as each table is made: of many notes one has it.)
    SELECT n.oid, s.value FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
    JOIN pg_description d ON d.classoid = 'pg_policy'::regclass AND d.objoid = p.oid AND strpos(d.description, '"schemas"') > 0,
        LATERAL primecloud_internal.protection_note(p.polrelid) AS note,
        LATERAL jsonb_each(CASE jsonb_typeof(note -> 'schemas') WHEN 'object' THEN note -> 'schemas' ELSE '{}' END) AS s,
        LATERAL (SELECT coalesce((SELECT x.oid FROM pg_namespace x WHERE x.nspname = s.key), c.relnamespace)) AS n(oid)
    WHERE p.polname = 'primecloud_floor' AND jsonb_typeof(s.value) = 'array';
$$;
COMMENT ON FUNCTION primecloud_internal.adopted_schemas()
    IS 'the schemas that protect_schema() has been through, with the tables that were there';

-- For the guard: as a table is made.  (A temporary one is in no such schema.)
CREATE FUNCTION primecloud_internal.tell_of_table(made regclass) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_class c JOIN primecloud_internal.adopted_schemas() AS a ON a.space = c.relnamespace
               WHERE c.oid = made AND c.relkind IN ('r', 'p') AND NOT c.relispartition) THEN
        RAISE NOTICE 'table % is not protected', made
            USING HINT = 'Call primecloud.protect_schema() again, or protect_table(), share_table() or exempt() for it; '
                'primecloud.unprotected_tables() lists such tables.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.tell_of_table(regclass) IS 'says of a new table that its schema is protected and it is not';
