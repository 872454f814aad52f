-- contract: its entities.

CREATE FUNCTION primecloud_internal.contract_insertable(relation oid, kind "char") RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN kind IN ('r', 'p', 'f') THEN true WHEN kind = 'v' THEN pg_relation_is_updatable(relation, true) & 8 <> 0 ELSE false END;
COMMENT ON FUNCTION primecloud_internal.contract_insertable(oid, "char") IS 'whether rows can be inserted into a relation';

CREATE FUNCTION primecloud_internal.contract_named(comment text, name text, holds_rows boolean) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN (primecloud_internal.contract_tags(comment, 'name'))[1] ~ '^\S'
    THEN primecloud_internal.contract_given_name(split_part((primecloud_internal.contract_tags(comment, 'name'))[1], ' ', 1))
    ELSE primecloud_internal.contract_name(name, holds_rows) END;
COMMENT ON FUNCTION primecloud_internal.contract_named(text, text, boolean)
    IS 'the name of a type: what its comment asks for, else what its SQL name makes';

CREATE FUNCTION primecloud_internal.contract_outer_name(space oid, own oid, name text, holds_rows boolean, comment text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- Of another schema: <Schema><Type>.
    SELECT CASE WHEN own = space OR cardinality(primecloud_internal.contract_tags(comment, 'name')) > 0 THEN ''
            ELSE primecloud_internal.contract_name(n.nspname, false) END
        || primecloud_internal.contract_named(comment, name, holds_rows)
    FROM pg_namespace AS n WHERE n.oid = own;
END;
COMMENT ON FUNCTION primecloud_internal.contract_outer_name(oid, oid, text, boolean, text)
    IS 'contract_named, with the schema''s before it where that is another';

CREATE FUNCTION primecloud_internal.contract_entities(relations oid[], space oid, role_ oid) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH bodies AS MATERIALIZED (
        SELECT b.relation, jsonb_object_agg(b.name, b.body || coalesce(r.flags, '{}')) FILTER (WHERE r.told) AS columns
        FROM primecloud_internal.contract_column_bodies(relations, space) AS b
            CROSS JOIN LATERAL primecloud_internal.contract_column_rights(role_, b.relation, b.number) AS r
        GROUP BY b.relation),
    keys AS MATERIALIZED (SELECT * FROM primecloud_internal.contract_keys(relations)),
    refers AS MATERIALIZED (SELECT * FROM primecloud_internal.contract_references(relations, space)),
    rules AS MATERIALIZED (SELECT * FROM primecloud_internal.contract_rules(relations)),
    told AS MATERIALIZED (
        SELECT c.oid, c.relkind, c.relnamespace, c.reltype, c.relname, c.reloptions, c.relhasrules,
            coalesce(d.description, CASE WHEN c.relkind = 'c' THEN e.description END) AS comment
        FROM pg_class AS c LEFT JOIN pg_description AS d ON d.objoid = c.oid AND d.classoid = 'pg_class'::regclass AND d.objsubid = 0
            LEFT JOIN pg_description AS e ON e.objoid = c.reltype AND e.classoid = 'pg_type'::regclass AND e.objsubid = 0
        WHERE c.oid = ANY (relations))
    SELECT coalesce(jsonb_object_agg(primecloud_internal.contract_type_label(t.reltype, space), jsonb_build_object(
            'name', primecloud_internal.contract_outer_name(space, t.relnamespace, t.relname, t.relkind <> 'c', t.comment),
            'kind', primecloud_internal.contract_kind(t.relkind),
            'insertable', primecloud_internal.contract_insertable(t.oid, t.relkind),
            'columns', coalesce(b.columns, '{}'))
        || CASE WHEN t.relkind IN ('r', 'p', 'f') THEN jsonb_build_object('keys', coalesce(k.keys, '{}'), 'relations', coalesce(f.refers,
            '{}'),
            'rules', coalesce(c.rules, '{}'), 'checks', coalesce(c.checks, '{}')) ELSE '{}' END
        || jsonb_strip_nulls(jsonb_build_object(
            'own_name', CASE WHEN strpos(t.comment, '@name') > 0
                THEN primecloud_internal.contract_outer_name(space, t.relnamespace, t.relname, t.relkind <> 'c', NULL) END,
            'description', primecloud_internal.contract_description(t.comment),
            'outside', CASE WHEN t.relnamespace <> space THEN true END,
            'deletable', primecloud_internal.contract_deletable(t.oid, t.relkind),
            'conditions', CASE WHEN t.relkind = 'v' AND t.reloptions IS NOT NULL
                THEN primecloud_internal.contract_conditions(t.oid) END,
            'rewrites', CASE WHEN t.relhasrules THEN primecloud_internal.contract_rewrites(t.oid) END,
            'breaks', primecloud_internal.contract_breaks(t.comment)))), '{}')
    FROM told AS t LEFT JOIN bodies AS b ON b.relation = t.oid
        LEFT JOIN keys AS k ON k.relation = t.oid
        LEFT JOIN refers AS f ON f.relation = t.oid
        LEFT JOIN rules AS c ON c.relation = t.oid
    WHERE role_ IS NULL OR t.relkind = 'c' OR b.columns IS NOT NULL;
END;
COMMENT ON FUNCTION primecloud_internal.contract_entities(oid[], oid, oid)
    IS 'relations as the contract tells them, to a role or, of NULL, to nobody in particular';

CREATE FUNCTION primecloud_internal.contract_enums(types oid[], space oid) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(jsonb_object_agg(primecloud_internal.contract_type_label(t.oid, space),
        coalesce((SELECT jsonb_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum AS e WHERE e.enumtypid = t.oid), '[]')), '{}')
    FROM pg_type AS t WHERE t.oid = ANY (types) AND t.typtype = 'e';
END;
COMMENT ON FUNCTION primecloud_internal.contract_enums(oid[], oid) IS 'enums with their labels in order';

CREATE FUNCTION primecloud_internal.contract_enum_names(types oid[], space oid) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(jsonb_object_agg(primecloud_internal.contract_type_label(t.oid, space), jsonb_strip_nulls(jsonb_build_object(
        'name', primecloud_internal.contract_outer_name(space, t.typnamespace, t.typname, false, c.comment),
        'own_name', CASE WHEN strpos(c.comment, '@name') > 0
            THEN primecloud_internal.contract_outer_name(space, t.typnamespace, t.typname, false, NULL) END,
        'description', primecloud_internal.contract_description(c.comment),
        'breaks', primecloud_internal.contract_breaks(c.comment)))), '{}')
    FROM pg_type AS t CROSS JOIN LATERAL (SELECT obj_description(t.oid, 'pg_type') AS comment) AS c
    WHERE t.oid = ANY (types) AND t.typtype = 'e';
END;
COMMENT ON FUNCTION primecloud_internal.contract_enum_names(oid[], oid) IS 'how enums are called, and what their comments say';

CREATE FUNCTION primecloud_internal.contract_domains(types oid[], space oid) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(jsonb_object_agg(primecloud_internal.contract_type_label(t.oid, space, false),
        (s.sent - 'domain')
        || jsonb_build_object('nullable', NOT s.not_null, 'has_default', d.told IS NOT NULL)
        || jsonb_strip_nulls(jsonb_build_object('default', d.told, 'checks', primecloud_internal.contract_domain_checks(t.oid),
            'description', primecloud_internal.contract_description(obj_description(t.oid, 'pg_type'))))), '{}')
    FROM pg_type AS t JOIN primecloud_internal.contract_sent(ARRAY(SELECT d.oid FROM pg_type AS d WHERE d.oid = ANY (types)
            AND d.typtype = 'd'), space) AS s ON s.type = t.oid
        CROSS JOIN LATERAL (SELECT primecloud_internal.contract_default(t.typdefaultbin)::jsonb AS told) AS d
    WHERE t.oid = ANY (types) AND t.typtype = 'd' AND t.typnamespace <> 11;
END;
COMMENT ON FUNCTION primecloud_internal.contract_domains(oid[], oid) IS 'domains with the constraints of all their levels';
