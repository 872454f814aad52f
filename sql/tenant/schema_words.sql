-- The words of a call of protect_schema(): names and roles that would do nothing are refused before anything is done.

CREATE FUNCTION primecloud_internal.schema_of(rel regclass) RETURNS name
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = rel);
END $$;
COMMENT ON FUNCTION primecloud_internal.schema_of(regclass) IS 'the name of the schema that a relation is in';

CREATE FUNCTION primecloud_internal.relation_name(rel regclass) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT relname FROM pg_class WHERE oid = rel $$;
COMMENT ON FUNCTION primecloud_internal.relation_name(regclass) IS 'the name of a relation, without its schema';

-- A name that is no table's would be kept out, shared, made people or given roles in words alone; and of two lists that name a table
-- one would win without a word.
CREATE FUNCTION primecloud_internal.check_schema_names(schema name, tenants regclass, shared name[], keep_out name[], people name[],
    roles jsonb) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wrong record;
BEGIN
    SELECT l.list, l.n INTO wrong FROM (SELECT 'shared' AS list, unnest(shared) AS n UNION ALL SELECT 'keep_out', unnest(keep_out)
        UNION ALL SELECT 'people', unnest(people) UNION ALL SELECT 'roles', k::name FROM jsonb_object_keys(roles) AS k) AS l
    WHERE NOT EXISTS (SELECT FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace WHERE s.nspname = schema AND c.relname = l.n
        AND c.relkind IN ('r', 'p', 'f')) ORDER BY l.n, l.list LIMIT 1;
    IF FOUND THEN
        RAISE undefined_table USING MESSAGE = format('schema "%s" has no table "%s"', schema, wrong.n),
            HINT = format('It is named in %s: name tables of the schema there, without the schema.', wrong.list);
    END IF;
    SELECT l.n, string_agg(l.list, ' and ' ORDER BY l.list) AS lists INTO wrong FROM (
        SELECT 'shared' AS list, unnest(shared) AS n UNION SELECT 'keep_out', unnest(keep_out) UNION SELECT 'people', unnest(people)
        UNION SELECT 'tenants', relname FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
            WHERE c.oid = tenants AND s.nspname = schema
        UNION SELECT 'roles', k::name FROM jsonb_object_keys(roles) AS k WHERE k::name = ANY (shared || keep_out)) AS l
    GROUP BY l.n HAVING count(*) > 1 ORDER BY l.n LIMIT 1;
    IF FOUND THEN
        RAISE invalid_parameter_value USING MESSAGE = format('table "%s" is named in %s', wrong.n, wrong.lists),
            HINT = 'Name each table once; roles are of tables that are protected.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_schema_names(name, regclass, name[], name[], name[], jsonb)
    IS 'refuses names in a call of protect_schema() that would do nothing';

-- What a table is protected as it stays.  Asked before anything is done, so that a dry run refuses what the call would.
CREATE FUNCTION primecloud_internal.check_schema_kinds(schema name, tenant_column name, shared name[], keep_out name[], people name[])
    RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM primecloud_internal.check_one_kind(c.oid, w.policy),
        primecloud_internal.check_no_tenant(CASE WHEN w.policy IS NOT NULL THEN c.oid END, tenant_column)
    FROM (VALUES (shared, 'primecloud_shared'), (people, 'primecloud_people'), (keep_out, NULL)) AS w(named, policy)
    JOIN pg_class c ON c.relname = ANY (w.named) JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = schema
    WHERE c.relkind IN ('r', 'p') ORDER BY c.relname;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_schema_kinds(name, name, name[], name[], name[])
    IS 'refuses lists of protect_schema() with tables that are protected as something else, or that have a tenant column';

-- A part is what the table above it is, whose policies it is given.
CREATE FUNCTION primecloud_internal.check_schema_parts(schema name, held regclass[], named name[]) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part record;
BEGIN
    SELECT t.relid AS rel, h AS above INTO part FROM unnest(held) AS h, primecloud_internal.table_tree(h) AS t
    JOIN pg_class c ON c.oid = t.relid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE t.level > 0 AND n.nspname = schema AND c.relname = ANY (named) ORDER BY c.relname, h LIMIT 1;
    IF FOUND THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('table %s is part of %s, which is protected', part.rel, part.above),
            HINT = 'A partition or child has the policies of the table above it: name that one, or take it out first.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_schema_parts(name, regclass[], name[])
    IS 'refuses lists of protect_schema() that name a part of a table that is protected as something else';

CREATE FUNCTION primecloud_internal.check_schema_roles(people name[], roles jsonb) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wrong text;
BEGIN
    IF jsonb_typeof(roles) <> 'object' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'roles is not an object',
            HINT = 'Write {"invoices": {"read": "admin"}}: for a table what it takes to read, write and delete.';
    END IF;
    SELECT t.key || '.' || w.key INTO wrong FROM jsonb_each(roles) AS t, jsonb_each(CASE jsonb_typeof(t.value) WHEN 'object' THEN t.value
        ELSE '{"": null}' END) AS w
    WHERE w.key NOT IN ('read', 'write', 'delete') OR jsonb_typeof(w.value) <> 'string' ORDER BY 1 LIMIT 1;
    IF FOUND THEN
        RAISE invalid_parameter_value USING MESSAGE = format('roles does not say what "%s" is', wrong),
            HINT = 'Write {"invoices": {"read": "admin"}}: for a table what it takes to read, write and delete.';
    END IF;
    SELECT t.key || '.' || w.key INTO wrong FROM jsonb_each(roles) AS t, jsonb_each(t.value) AS w
    WHERE t.key::name = ANY (people) AND w.key <> 'read' ORDER BY 1 LIMIT 1;
    IF FOUND THEN
        RAISE invalid_parameter_value USING MESSAGE = format('"%s" is nobody''s role', wrong),
            HINT = 'A row of people is written by the person alone; say which role reads those of colleagues.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_schema_roles(name[], jsonb)
    IS 'refuses roles in a call of protect_schema() that would do nothing';

-- The role that was chosen for a table in the call; NULL where none was.
CREATE FUNCTION primecloud_internal.named_role(roles jsonb, rel regclass, command text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT roles #>> ARRAY[primecloud_internal.relation_name(rel), command] $$;
COMMENT ON FUNCTION primecloud_internal.named_role(jsonb, regclass, text) IS 'the role that a call of protect_schema() names for a table';

CREATE FUNCTION primecloud_internal.tables_with(schema name, policy name, besides name[]) RETURNS name[]
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY(SELECT c.relname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE n.nspname = schema AND p.polname = policy AND NOT c.relispartition AND NOT c.relname = ANY (besides)
                     AND c.oid NOT IN (SELECT s FROM primecloud_internal.shards_here() AS s)
                 ORDER BY c.relname)
$$;
COMMENT ON FUNCTION primecloud_internal.tables_with(name, name, name[]) IS 'the tables of a schema that have a policy of ours';
