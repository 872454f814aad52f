-- A schema that protect_schema() has been through, and the tables that came after: they are nobody's yet.

-- A note is its table's owner's to write: of a schema it is believed where he has the rights of the schema's owner, or of the database's.
CREATE FUNCTION primecloud_internal.may_note_schema(owner oid, space oid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (SELECT FROM pg_namespace n, pg_database d
        WHERE n.oid = space AND NOT starts_with(n.nspname, 'pg_') AND n.nspname <> 'information_schema' AND d.datname = current_database()
          AND (pg_has_role(owner, n.nspowner, 'USAGE') OR pg_has_role(owner, d.datdba, 'USAGE')));
$$;
COMMENT ON FUNCTION primecloud_internal.may_note_schema(oid, oid)
    IS 'whether a note on a table of one role is believed about a schema';

-- It stands in the note of the table of tenants, with the names of the tables that were there and of those that were left alone, so
-- that those that came later are told.  Where it was written the schema is known by its number, through every rename, and what has its
-- name now inherits nothing.  Where it was restored the numbers are others': there the schema of the tenants is theirs, and any other the
-- one of that name.
-- `wanted`: of one schema alone, for which nobody else's notes are opened.
CREATE FUNCTION primecloud_internal.adopted_schemas(wanted oid DEFAULT NULL)
    RETURNS TABLE (tenants regclass, name name, space oid, entry jsonb)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- (Asked as each table is made: planned once, and of many notes one has it: the others are not taken apart.)
    RETURN QUERY WITH noted AS MATERIALIZED (
        SELECT p.polrelid, c.relowner, c.relnamespace, d.description FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
        JOIN pg_description d ON d.classoid = 'pg_policy'::regclass AND d.objoid = p.oid AND d.objsubid = 0
        WHERE p.polname = 'primecloud_floor' AND c.relpersistence <> 't'
            -- (The length of a long one is known without reading it.)
            AND CASE WHEN octet_length(d.description) > 1048588 THEN false WHEN strpos(d.description, '"schemas"') = 0 THEN false
                ELSE wanted IS NULL OR primecloud_internal.may_note_schema(c.relowner, wanted) END)
    SELECT c.polrelid::regclass, n.nspname, n.oid, s.value FROM noted c,
        LATERAL primecloud_internal.note_in(c.description) AS note,
        LATERAL jsonb_each(CASE jsonb_typeof(note -> 'schemas') WHEN 'object' THEN note -> 'schemas' ELSE '{}' END) AS s,
        LATERAL (SELECT * FROM pg_namespace x WHERE CASE
            WHEN s.value -> 'tenants' = to_jsonb(c.polrelid::bigint) AND s.value -> 'their schema' = to_jsonb(c.relnamespace::bigint)
                THEN to_jsonb(x.oid::bigint) = s.value -> 'schema'
            WHEN s.value -> 'schema' = s.value -> 'their schema' THEN x.oid = c.relnamespace
            ELSE x.nspname = s.key END) AS n
    WHERE (wanted IS NULL OR n.oid = wanted)
        AND primecloud_internal.may_note_schema(c.relowner, n.oid) AND jsonb_typeof(s.value -> 'tables') = 'array'
        AND jsonb_typeof(s.value -> 'left') = 'array';
END $$;
COMMENT ON FUNCTION primecloud_internal.adopted_schemas(oid)
    IS 'the schemas that protect_schema() has been through and that are there still, by the tables of tenants in whose notes they stand';

CREATE FUNCTION primecloud_internal.adopted_entry(tenants regclass, space oid, entry jsonb) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT entry || jsonb_build_object('schema', space::bigint, 'tenants', c.oid::bigint, 'their schema', c.relnamespace::bigint)
    FROM pg_class c WHERE c.oid = tenants;
$$;
COMMENT ON FUNCTION primecloud_internal.adopted_entry(regclass, oid, jsonb)
    IS 'what is noted of a schema that protect_schema() has been through, with its number here';

CREATE FUNCTION primecloud_internal.schemas_noted(tenants regclass, schema name, left_alone regclass[]) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce((SELECT jsonb_object_agg(a.name, primecloud_internal.adopted_entry(a.tenants, a.space, a.entry))
            FROM primecloud_internal.adopted_schemas() AS a WHERE a.tenants = schemas_noted.tenants AND a.name <> schema), '{}')
        || (SELECT jsonb_build_object(schema, primecloud_internal.adopted_entry(tenants, n.oid, jsonb_build_object(
                'tables', coalesce(jsonb_agg(c.relname ORDER BY c.relname), '[]'),
                'left', coalesce(jsonb_agg(c.relname ORDER BY c.relname) FILTER (WHERE c.oid = ANY (left_alone)), '[]'))))
            FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                AND c.oid NOT IN (SELECT s FROM primecloud_internal.shards_here() AS s)
            WHERE n.nspname = schema GROUP BY n.oid);
$$;
COMMENT ON FUNCTION primecloud_internal.schemas_noted(regclass, name, regclass[])
    IS 'what protect_schema() notes of the schemas that it has been through';

-- Before a schema is renamed or dropped and after: each is noted by the name and number that it has, which a dump then carries.
-- (Of what is somebody else's nothing is written: the number knows it here.)
CREATE FUNCTION primecloud_internal.settle_schemas() RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    noted record;
    note jsonb;
    step primecloud_internal.plan_step;
BEGIN
    FOR noted IN SELECT a.tenants, jsonb_object_agg(a.name, primecloud_internal.adopted_entry(a.tenants, a.space, a.entry)) AS schemas
                 FROM primecloud_internal.adopted_schemas() AS a JOIN pg_class c ON c.oid = a.tenants
                 WHERE pg_has_role(c.relowner, 'USAGE') GROUP BY a.tenants LOOP
        note := primecloud_internal.protection_note(noted.tenants);
        CONTINUE WHEN note -> 'schemas' = noted.schemas;
        step := primecloud_internal.note_protection(noted.tenants, note || jsonb_build_object('schemas', noted.schemas));
        -- Nobody waits for the table of another, which its owner may hold locked.  (LOCK TABLE would go to other servers where the table
        -- is distributed, which do not know its schema's new name yet.)
        IF primecloud_internal.hold_relation(noted.tenants, false) IS NOT TRUE THEN
            RAISE NOTICE 'the note of table % is not brought up to date, which somebody holds locked', noted.tenants
                USING HINT = 'The next ALTER SCHEMA or DROP SCHEMA does it; until then its schemas are known here by their numbers.';
            CONTINUE;
        END IF;
        PERFORM primecloud_internal.run_plan(ARRAY[step], false);
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.settle_schemas()
    IS 'notes the schemas that protect_schema() has been through by the names and numbers that they have; called by the guard';

CREATE FUNCTION primecloud_internal.guard_schemas() RETURNS event_trigger
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM primecloud_internal.settle_schemas();
END $$;
COMMENT ON FUNCTION primecloud_internal.guard_schemas() IS 'event trigger: what protect_schema() has been through follows its schema';
REVOKE ALL ON FUNCTION primecloud_internal.guard_schemas() FROM PUBLIC;
CREATE EVENT TRIGGER primecloud_guard_schemas_start ON ddl_command_start WHEN TAG IN ('ALTER SCHEMA', 'DROP SCHEMA')
    EXECUTE FUNCTION primecloud_internal.guard_schemas();
COMMENT ON EVENT TRIGGER primecloud_guard_schemas_start IS 'notes which schemas protect_schema() has been through before one is another';
CREATE EVENT TRIGGER primecloud_guard_schemas ON ddl_command_end WHEN TAG IN ('ALTER SCHEMA', 'DROP SCHEMA')
    EXECUTE FUNCTION primecloud_internal.guard_schemas();
COMMENT ON EVENT TRIGGER primecloud_guard_schemas IS 'notes which schemas protect_schema() has been through, by their names';

-- For the guard: as a table is made or moved.  (A temporary one is in no such schema.)
CREATE FUNCTION primecloud_internal.tell_of_table(made regclass) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_class c, LATERAL primecloud_internal.adopted_schemas(c.relnamespace) AS a
                   WHERE c.oid = made AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND NOT EXISTS (SELECT FROM pg_policy p
                       WHERE p.polrelid = made AND p.polname IN ('primecloud_floor', 'primecloud_shared', 'primecloud_people'))) THEN
        RETURN;
    END IF;
    IF primecloud.exemption_of(made) IS NULL THEN
        RAISE NOTICE 'table % is not protected', made
            USING HINT = 'Call primecloud.protect_schema() again, or protect_table(), share_table() or exempt() for it; '
                'primecloud.unprotected_tables() lists such tables.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.tell_of_table(regclass) IS 'says of a new table that its schema is protected and it is not';
