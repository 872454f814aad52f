-- What a file for Drizzle needs and a contract does not hold: policies, indexes, sequences, expressions of defaults and checks,
-- types as they are written.

-- What drizzle-kit reads and an application has no use for, partitions and members of extensions, is told to it alone.
CREATE FUNCTION primecloud_internal.contract_drizzle_facts(schema name) RETURNS jsonb
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
    SELECT jsonb_build_object('schema', n.nspname,
        'enums', (SELECT coalesce(jsonb_object_agg(e.typname, e.labels), '{}') FROM (
            SELECT t.typname, jsonb_agg(l.enumlabel ORDER BY l.enumsortorder) AS labels
            FROM pg_type AS t JOIN pg_enum AS l ON l.enumtypid = t.oid WHERE t.typnamespace = n.oid GROUP BY t.typname) AS e),
        'sequences', primecloud_internal.drizzle_sequences(n.oid),
        'relations', (SELECT coalesce(jsonb_object_agg(c.relname, jsonb_strip_nulls(jsonb_build_object('kind', c.relkind,
                'read_alone', nullif(c.relispartition OR m.objid IS NOT NULL, false),
                'rls', c.relrowsecurity, 'forced', nullif(c.relforcerowsecurity, false), 'columns', a.columns,
                'indexes', i.indexes, 'constraints', k.constraints, 'policies', p.policies))), '{}')
            FROM pg_class AS c LEFT JOIN primecloud_internal.drizzle_columns(n.oid) AS a ON a.relation = c.oid
                LEFT JOIN primecloud_internal.drizzle_indexes(n.oid) AS i ON i.relation = c.oid
                LEFT JOIN primecloud_internal.drizzle_constraints(n.oid) AS k ON k.relation = c.oid
                LEFT JOIN primecloud_internal.drizzle_policies(n.oid) AS p ON p.relation = c.oid
                LEFT JOIN pg_depend AS m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid AND m.deptype = 'e'
            WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm')
                AND c.oid NOT IN (SELECT s FROM primecloud_internal.shards_here() AS s)
                AND NOT (c.relkind = 'p' AND (c.relispartition OR m.objid IS NOT NULL))))
    FROM pg_namespace AS n WHERE n.nspname = schema
$$;
COMMENT ON FUNCTION primecloud_internal.contract_drizzle_facts(name) IS
    'tables, views, indexes, constraints, policies and sequences of a schema, for a file that drizzle-kit takes';

CREATE FUNCTION contract_drizzle(schema name, options jsonb DEFAULT '{}') RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT primecloud_internal.contract_file('drizzle', schema, options,
        coalesce(primecloud_internal.contract_drizzle_facts(schema), '{}'))
$$;
COMMENT ON FUNCTION contract_drizzle(name, jsonb) IS
    'a schema for Drizzle: tables, views, keys, relations, indexes, defaults, sequences and policies';
