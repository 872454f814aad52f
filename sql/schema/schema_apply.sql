-- Making a schema's functions, views, policies and comments what they are now: the
-- statements of those that differ, in their order, and no others.

CREATE FUNCTION primecloud_internal.schema_pending(schema name, source name, expected jsonb, OUT "position" integer, OUT file text,
    OUT kind text, OUT name text, OUT statement text) RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $schema_pending$
    WITH statements AS MATERIALIZED (
        SELECT * FROM primecloud_internal.schema_source(source, primecloud_internal.schema_is_distributed(schema))),
    differs AS MATERIALIZED (
        SELECT d.kind, d.name, d.what, split_part(d.name, '.', 1) AS of,
               -- a function's name without its arguments
               CASE d.kind WHEN 'function' THEN regexp_replace(d.name, '^@\.([^(]*)\(.*', '\1') ELSE d.name END AS plain
        FROM primecloud_internal.schema_differences(schema, expected) d
        -- Tables, their columns and types are made by steps: of one that is not there, nothing can be said.
        WHERE d.problem = 'changed' OR (d.problem = 'missing' AND (d.kind IN ('function', 'view')
              OR (d.kind = 'policy' AND to_regclass(format('%I.%I', schema, split_part(d.name, '.', 1))) IS NOT NULL)))
    )
    SELECT s."position", s.file, s.kind, s.name, s.statement FROM statements s
    WHERE EXISTS (SELECT FROM differs d WHERE CASE s.kind
        WHEN 'function' THEN d.kind = 'function' AND d.plain = s.name AND d.what = 'definition'
        WHEN 'view' THEN d.kind = 'view' AND d.name = s.name
        WHEN 'policy' THEN d.kind = 'policy' AND d.name = s.name
        WHEN 'protection' THEN d.of = s.name AND (d.kind = 'table' AND d.what = 'definition'
            OR d.kind = 'policy' AND NOT EXISTS (SELECT FROM statements e WHERE e.kind = 'policy' AND e.name = d.name))
        -- a function's or a view's after it was made again, any other where it differs
        WHEN 'comment' THEN (d.kind = 'function' AND s.name = 'function ' || d.plain)
            OR (d.kind = 'view' AND s.name IN ('view ' || d.name, 'columns ' || d.name))
            OR (d.kind IN ('table', 'column') AND d.what = 'comment'
                AND s.name IN ('table ' || d.name, 'view ' || d.name, 'type ' || d.name, 'column ' || d.name, 'columns ' || d.of))
        ELSE false END)
$schema_pending$;
COMMENT ON FUNCTION primecloud_internal.schema_pending(name, name, jsonb)
    IS 'the statements by which a schema becomes what its reference is, tables and data apart; none where nothing differs';

CREATE FUNCTION primecloud_internal.schema_apply(schema name, source name, expected jsonb, before_tables boolean) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $schema_apply$
DECLARE
    pending record;
    known CONSTANT oid[] := ARRAY(SELECT p.oid FROM pg_proc p WHERE p.pronamespace = to_regnamespace(quote_ident(schema)));
    added regprocedure;
    distributed CONSTANT boolean := primecloud_internal.schema_is_distributed(schema);
BEGIN
    PERFORM primecloud_internal.lift_guard();
    FOR pending IN SELECT * FROM primecloud_internal.schema_pending(schema, source, expected) s
                   WHERE s.file = 'functions_for_tables.sql' OR NOT before_tables ORDER BY s."position" LOOP
        -- Functions and views are on this server alone, tables on all.
        PERFORM set_config('citus.enable_ddl_propagation', CASE WHEN pending.kind IN ('policy', 'protection')
            OR pending.name ~ '^(table|column) ' THEN 'on' ELSE 'off' END, true) WHERE distributed;
        IF pending.kind = 'policy' THEN
            EXECUTE format('DROP POLICY IF EXISTS %I ON %I.%I', split_part(pending.name, '.', 2), schema, split_part(pending.name, '.', 1));
        END IF;
        EXECUTE replace(pending.statement, '@schema@', quote_ident(schema));
    END LOOP;
    -- Who may call what is declared beside each function: it starts with nobody.
    FOR added IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = to_regnamespace(quote_ident(schema)) AND p.oid <> ALL (known) LOOP
        EXECUTE format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC', added);
    END LOOP;
    PERFORM set_config('citus.enable_ddl_propagation', 'on', true) WHERE distributed;
    -- What was made again is as on one server.
    IF distributed AND NOT before_tables AND EXISTS (SELECT FROM primecloud_internal.schema_differences(schema, expected) d
            WHERE d.kind = 'policy') THEN
        PERFORM primecloud_internal.run_plan(ARRAY(SELECT s FROM primecloud_internal.schema_policy_steps(schema, source, true) s), false);
    END IF;
END
$schema_apply$;
COMMENT ON FUNCTION primecloud_internal.schema_apply(name, name, jsonb, boolean)
    IS 'runs what is pending: functions that tables need alone, or all of it';
