-- Whether a control plane is what its version says: compared, object by object,
-- with one made for the purpose and undone.

CREATE FUNCTION primecloud_internal.schema_objects(schema name, OUT object text, OUT definition text) RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $schema_objects$
    WITH relations AS (SELECT c.* FROM pg_class c WHERE c.relnamespace = to_regnamespace(quote_ident(schema)) AND c.relkind IN ('r', 'p', 'v', 'c')),
    found AS (
        SELECT 'table ' || relname AS object, concat_ws(' ', relkind, relrowsecurity, relforcerowsecurity, obj_description(oid, 'pg_class')) AS definition FROM relations WHERE relkind <> 'c'
        UNION ALL
        SELECT CASE r.relkind WHEN 'c' THEN 'type ' ELSE 'column ' END || r.relname || '.' || a.attname,
               concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END, nullif(a.attgenerated, ''), nullif(a.attidentity, ''),
                         (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum), '-- ' || col_description(r.oid, a.attnum))
        FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        SELECT 'constraint ' || r.relname || '.' || k.conname, pg_get_constraintdef(k.oid) FROM relations r JOIN pg_constraint k ON k.conrelid = r.oid
        UNION ALL
        SELECT 'index ' || i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM relations r JOIN pg_index i ON i.indrelid = r.oid
        UNION ALL
        SELECT 'policy ' || r.relname || '.' || p.polname, concat_ws(' ', p.polcmd, p.polpermissive, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
        FROM relations r JOIN pg_policy p ON p.polrelid = r.oid
        UNION ALL
        SELECT 'trigger ' || r.relname || '.' || t.tgname, pg_get_triggerdef(t.oid) FROM relations r JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal
            -- (those of register_membership(..., watch => true) are of the registration, not of the schema)
            AND t.tgfoid <> 'primecloud.watch_membership()'::regprocedure
        UNION ALL
        SELECT 'view ' || r.relname, pg_get_viewdef(r.oid) FROM relations r WHERE r.relkind = 'v'
        UNION ALL
        SELECT 'function ' || p.oid::regprocedure::text, pg_get_functiondef(p.oid) || coalesce(obj_description(p.oid, 'pg_proc'), '') FROM pg_proc p
        WHERE p.pronamespace = to_regnamespace(quote_ident(schema)) AND p.prokind IN ('f', 'p')
    )
    -- The schema's own name is no difference.
    SELECT regexp_replace(f.object, '\m' || quote_ident(schema) || '\.', '@.', 'g'),
           regexp_replace(regexp_replace(f.definition, '\m' || quote_ident(schema) || '\.', '@.', 'g'), '''' || schema || '''', '''@''', 'g') FROM found f
$schema_objects$;
COMMENT ON FUNCTION primecloud_internal.schema_objects(name)
    IS 'what a schema holds, each object with its definition, free of the schema''s name; for check_schema';

CREATE FUNCTION check_schema(schema name) RETURNS TABLE (object text, problem text)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $check_schema$
DECLARE
    seen integer := primecloud.schema_version(schema);
    latest integer := (SELECT max(h.version) FROM primecloud_internal.schema_history('primecloud_internal') h);
    reference CONSTANT name := 'primecloud_check_' || pg_backend_pid();
    expected jsonb;
BEGIN
    IF seen IS NULL THEN
        RAISE EXCEPTION 'schema "%" is not a control plane', schema USING ERRCODE = '3F000', HINT = 'Create one with primecloud.create_schema.';
    END IF;
    IF seen > latest THEN
        RETURN QUERY SELECT 'schema version', format('%s, newer than the %s that this extension knows: update the extension', seen, latest);
        RETURN;
    END IF;
    -- A reference is made and taken back, all but what is read from it.
    BEGIN
        PERFORM primecloud_internal.schema_create(reference, 'primecloud_internal');
        SELECT jsonb_object_agg(o.object, coalesce(o.definition, '')) INTO expected FROM primecloud_internal.schema_objects(reference) o;
        RAISE SQLSTATE 'PCCHK';
    EXCEPTION WHEN SQLSTATE 'PCCHK' THEN
        NULL;
    END;
    IF seen < latest THEN
        RETURN QUERY SELECT 'schema version', format('%s, older than %s: run primecloud.migrate_schema', seen, latest);
    END IF;
    RETURN QUERY
    SELECT coalesce(e.key, o.object), CASE WHEN o.object IS NULL THEN 'missing' WHEN e.key IS NULL THEN 'added' ELSE 'changed' END
    FROM jsonb_each_text(expected) e FULL JOIN primecloud_internal.schema_objects(schema) o ON o.object = e.key
    WHERE o.object IS NULL OR e.key IS NULL OR e.value <> coalesce(o.definition, '')
    ORDER BY 1;
END
$check_schema$;
COMMENT ON FUNCTION check_schema(name)
    IS 'how a control plane differs from what its version should be: missing, changed, or added by its users; no row where nothing does';
