-- What a schema holds, free of the schema's own name, so that two can be compared.

CREATE FUNCTION primecloud_internal.schema_objects(schema name, OUT kind text, OUT name text, OUT definition text, OUT comment text,
    OUT shape text) RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    SET standard_conforming_strings = on SET quote_all_identifiers = off
AS $schema_objects$
    WITH relations AS (SELECT c.* FROM pg_class c WHERE c.relnamespace = to_regnamespace(quote_ident(schema))
        AND c.relkind IN ('r', 'p', 'v', 'c') AND (c.relkind <> 'r' OR NOT primecloud_internal.is_shard(c.oid))),
    found (kind, name, definition, comment, shape) AS (
        SELECT 'table', r.relname::text, CASE WHEN r.relkind <> 'c' THEN concat_ws(' ', r.relkind, r.relrowsecurity, r.relforcerowsecurity)
            END,
               obj_description(CASE r.relkind WHEN 'c' THEN r.reltype ELSE r.oid END, CASE r.relkind WHEN 'c' THEN 'pg_type' ELSE 'pg_class'
                   END), NULL::text
        FROM relations r
        UNION ALL
        SELECT CASE r.relkind WHEN 'c' THEN 'type' ELSE 'column' END, r.relname || '.' || a.attname,
               concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END, nullif(a.attgenerated, ''),
                   nullif(a.attidentity, ''),
                         (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum)),
               col_description(r.oid, a.attnum), NULL
        FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        -- (Of NOT NULL, a constraint from 18 on, the column tells; but for one that was never checked.)
        SELECT 'constraint', r.relname || '.' || k.conname, pg_get_constraintdef(k.oid), NULL, NULL FROM relations r JOIN pg_constraint k
            ON k.conrelid = r.oid AND NOT (k.contype = 'n' AND k.convalidated)
        UNION ALL
        SELECT 'index', i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), NULL, NULL FROM relations r JOIN pg_index i
            ON i.indrelid = r.oid
        UNION ALL
        SELECT 'policy', r.relname || '.' || p.polname, concat_ws(' ', p.polcmd, p.polpermissive, pg_get_expr(p.polqual, p.polrelid),
            pg_get_expr(p.polwithcheck, p.polrelid)), NULL, NULL
        FROM relations r JOIN pg_policy p ON p.polrelid = r.oid
        UNION ALL
        SELECT 'trigger', r.relname || '.' || t.tgname, pg_get_triggerdef(t.oid), NULL, NULL FROM relations r JOIN pg_trigger t
            ON t.tgrelid = r.oid AND NOT t.tgisinternal
            -- those of register_membership(..., watch => true) are of the registration, not of the schema
            AND t.tgfoid <> 'primecloud.watch_membership()'::regprocedure
        UNION ALL
        -- CREATE OR REPLACE takes a view whose columns begin with those it had.
        SELECT 'view', r.relname::text, concat_ws(' ', r.reloptions::text, pg_get_viewdef(r.oid)), NULL,
               (SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ',', '' ORDER BY a.attnum) FROM pg_attribute a
                   WHERE a.attrelid = r.oid AND a.attnum > 0)
        FROM relations r WHERE r.relkind = 'v'
        UNION ALL
        -- And a function of the same result, with the same arguments under the same names.
        SELECT 'function', p.oid::regprocedure::text, pg_get_functiondef(p.oid), obj_description(p.oid, 'pg_proc'),
               concat_ws(' ', p.prokind, pg_get_function_result(p.oid), p.proargnames::text, p.proargmodes::text, p.pronargdefaults)
        FROM pg_proc p WHERE p.pronamespace = to_regnamespace(quote_ident(schema)) AND p.prokind IN ('f', 'p')
    )
    SELECT f.kind, plain.name, plain.definition, f.comment, plain.shape
    FROM found f, LATERAL (SELECT '\m' || quote_ident(schema) || '\.' AS own) o,
         LATERAL (SELECT regexp_replace(f.name, o.own, '@.', 'g') AS name, regexp_replace(f.shape, o.own, '@.', 'g') AS shape,
                         regexp_replace(regexp_replace(f.definition, o.own, '@.', 'g'), '''' || schema || '''', '''@''', 'g') AS definition)
                             plain
$schema_objects$;
COMMENT ON FUNCTION primecloud_internal.schema_objects(name)
    IS 'what a schema holds: each object with its definition, its comment, and for what can be replaced what must stay as it is; free of '
    'the schema''s name';

CREATE FUNCTION primecloud_internal.schema_reference(source name, distributed boolean) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $schema_reference$
DECLARE
    reference CONSTANT name := 'primecloud_check_' || pg_backend_pid();
    expected jsonb;
BEGIN
    -- Made and taken back, all but what is read from it; its locks go with it.
    BEGIN
        PERFORM primecloud_internal.schema_create(reference, source, distributed);
        SELECT jsonb_agg(to_jsonb(o)) INTO expected FROM primecloud_internal.schema_objects(reference) o;
        RAISE SQLSTATE 'PCCHK' USING MESSAGE = 'made to be undone';
    EXCEPTION WHEN SQLSTATE 'PCCHK' THEN
        NULL;
    END;
    RETURN expected;
END
$schema_reference$;
COMMENT ON FUNCTION primecloud_internal.schema_reference(name, boolean) IS 'what schema_objects would say of a control plane made just now';

CREATE FUNCTION primecloud_internal.schema_differences(schema name, expected jsonb, OUT kind text, OUT name text, OUT problem text,
    OUT what text) RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $schema_differences$
    SELECT coalesce(e.kind, o.kind), coalesce(e.name, o.name),
           CASE WHEN o.name IS NULL THEN 'missing' WHEN e.name IS NULL THEN 'added' ELSE 'changed' END,
           CASE WHEN o.name IS NULL OR e.name IS NULL OR e.definition IS DISTINCT FROM o.definition THEN 'definition' ELSE 'comment' END
    FROM jsonb_to_recordset(expected) AS e(kind text, name text, definition text, comment text)
    FULL JOIN primecloud_internal.schema_objects(schema) o ON o.kind = e.kind AND o.name = e.name
    WHERE o.name IS NULL OR e.name IS NULL OR e.definition IS DISTINCT FROM o.definition OR e.comment IS DISTINCT FROM o.comment
    ORDER BY 1, 2
$schema_differences$;
COMMENT ON FUNCTION primecloud_internal.schema_differences(name, jsonb)
    IS 'how a schema differs from a reference: missing, changed (its definition, or its comment alone), or added by its users';
