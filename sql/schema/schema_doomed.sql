-- What a new version cannot replace and so takes away first: functions whose arguments
-- or result have changed, views whose columns have, and what is gone.  By name, never
-- with CASCADE; what is not the extension's and depends on one is found before.

CREATE FUNCTION primecloud_internal.schema_doomed(schema name, expected jsonb, OUT class regclass, OUT object oid, OUT part text,
    OUT depth integer, OUT own boolean) RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $schema_doomed$
    WITH RECURSIVE parts AS MATERIALIZED (SELECT p FROM primecloud_internal.schema_parts(schema) p),
    gone AS (
        SELECT o.kind, o.kind || ' ' || o.name AS part, CASE o.kind
            WHEN 'function' THEN to_regprocedure(replace(o.name, '@.', quote_ident(schema) || '.'))::oid
            WHEN 'view' THEN to_regclass(format('%I.%I', schema, o.name))::oid END AS oid
        FROM primecloud_internal.schema_objects(schema) o
        LEFT JOIN jsonb_to_recordset(expected) AS e(kind text, name text, shape text) ON e.kind = o.kind AND e.name = o.name
        WHERE o.kind IN ('function', 'view') AND o.kind || ' ' || o.name IN (SELECT p FROM parts)
          AND (e.name IS NULL OR CASE o.kind WHEN 'view' THEN NOT starts_with(e.shape, o.shape) ELSE e.shape <> o.shape END)
    ),
    doomed (class, object, part, depth, own) AS (
        SELECT CASE g.kind WHEN 'function' THEN 'pg_proc' ELSE 'pg_class' END::regclass, g.oid, g.part, 0, true FROM gone g
        UNION
        SELECT n.class, n.object, n.part, d.depth + 1, n.part IN (SELECT p FROM parts)
        FROM doomed d
        JOIN pg_depend p ON (p.refclassid = d.class AND p.refobjid = d.object)
                         OR (d.class = 'pg_class'::regclass AND p.refclassid = 'pg_type'::regclass
                             AND p.refobjid = (SELECT reltype FROM pg_class WHERE oid = d.object))
        LEFT JOIN pg_rewrite w ON p.classid = 'pg_rewrite'::regclass AND w.oid = p.objid
        LEFT JOIN pg_policy y ON p.classid = 'pg_policy'::regclass AND y.oid = p.objid
        -- A rule stands for its view.
        CROSS JOIN LATERAL (SELECT CASE WHEN w.oid IS NULL THEN p.classid ELSE 'pg_class'::regclass END::regclass AS class,
            coalesce(w.ev_class, p.objid) AS object) o
        CROSS JOIN LATERAL (SELECT o.class, o.object, CASE
            WHEN o.class = 'pg_proc'::regclass THEN 'function ' || regexp_replace(o.object::regprocedure::text, '\m' || quote_ident(schema)
                || '\.', '@.', 'g')
            WHEN w.oid IS NOT NULL THEN 'view ' || (SELECT c.relname FROM pg_class c WHERE c.oid = o.object
                AND c.relnamespace = to_regnamespace(quote_ident(schema)))
            WHEN y.oid IS NOT NULL THEN 'policy ' || (SELECT c.relname FROM pg_class c WHERE c.oid = y.polrelid) || '.' || y.polname
                END COLLATE "default" AS part) n
        WHERE d.own AND d.depth < 100 AND p.deptype = 'n' AND (o.class, o.object) <> (d.class, d.object)
    )
    SELECT d.class, d.object, d.part, max(d.depth), bool_and(coalesce(d.own, false)) FROM doomed d GROUP BY d.class, d.object, d.part
$schema_doomed$;
COMMENT ON FUNCTION primecloud_internal.schema_doomed(name, jsonb)
    IS 'what must go before a version can be applied, with what depends on it: the extension''s own, deepest last, and others''';

CREATE FUNCTION primecloud_internal.schema_refuse_dependents(schema name, expected jsonb) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $schema_refuse_dependents$
DECLARE
    others text;
BEGIN
    SELECT string_agg(DISTINCT pg_describe_object(d.class, d.object, 0), E'\n' ORDER BY pg_describe_object(d.class, d.object, 0))
        INTO others
    FROM primecloud_internal.schema_doomed(schema, expected) d WHERE NOT d.own;
    IF others IS NOT NULL THEN
        RAISE dependent_objects_still_exist USING
            MESSAGE = format('something that is not primecloud''s depends on what this version of schema "%s" changes', schema),
            DETAIL = others, HINT = 'Drop these, migrate, and make them again; nothing was changed.';
    END IF;
END
$schema_refuse_dependents$;
COMMENT ON FUNCTION primecloud_internal.schema_refuse_dependents(name, jsonb)
    IS 'lists what users have built on functions and views that a version changes, and refuses';

CREATE FUNCTION primecloud_internal.schema_drop_doomed(schema name, expected jsonb) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $schema_drop_doomed$
DECLARE
    statement text;
BEGIN
    PERFORM primecloud_internal.lift_guard();
    FOR statement IN
        SELECT CASE d.class WHEN 'pg_proc'::regclass THEN format('DROP ROUTINE %s', d.object::regprocedure)
                            WHEN 'pg_class'::regclass THEN format('DROP VIEW %s', d.object::regclass)
                            ELSE (SELECT format('DROP POLICY %I ON %s', y.polname, y.polrelid::regclass) FROM pg_policy y
                                WHERE y.oid = d.object) END
        FROM primecloud_internal.schema_doomed(schema, expected) d WHERE d.own ORDER BY d.depth DESC, d.part
    LOOP
        EXECUTE statement;
    END LOOP;
END
$schema_drop_doomed$;
COMMENT ON FUNCTION primecloud_internal.schema_drop_doomed(name, jsonb) IS 'drops what a version cannot replace, one by one';

CREATE FUNCTION primecloud_internal.schema_own_grants(schema name, expected jsonb) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $schema_own_grants$
    -- To whoever was not let in: what those have is declared, and given anew.
    WITH doomed AS (SELECT d.class, d.object FROM primecloud_internal.schema_doomed(schema, expected) d WHERE d.own),
    held AS (
        SELECT 'function' AS kind, p.proname::text AS name, e.* FROM doomed d JOIN pg_proc p ON d.class = 'pg_proc'::regclass
            AND p.oid = d.object, aclexplode(p.proacl) e
        WHERE e.grantee <> p.proowner
        UNION ALL
        SELECT 'view', c.relname, e.* FROM doomed d JOIN pg_class c ON d.class = 'pg_class'::regclass AND c.oid = d.object,
            aclexplode(c.relacl) e
        WHERE e.grantee <> c.relowner
    )
    SELECT format('GRANT %s ON %s TO %s%s', h.privilege_type,
                  CASE h.kind WHEN 'function' THEN 'ROUTINE ' || replace(e.name, '@.', quote_ident(schema) || '.')
                      ELSE format('TABLE %I.%I', schema, h.name) END,
                  CASE h.grantee WHEN 0 THEN 'PUBLIC' ELSE h.grantee::regrole::text END, CASE WHEN h.is_grantable THEN ' WITH GRANT OPTION'
                      ELSE '' END)
    FROM held h
    JOIN jsonb_to_recordset(expected) AS e(kind text, name text) ON e.kind = h.kind
     AND CASE h.kind WHEN 'function' THEN starts_with(e.name, format('@.%I(', h.name)) ELSE e.name = h.name END
    WHERE h.grantee NOT IN (SELECT to_regrole(quote_ident(r.role_name)) FROM primecloud.schema_roles(schema) r
        WHERE to_regrole(quote_ident(r.role_name)) IS NOT NULL)
$schema_own_grants$;
COMMENT ON FUNCTION primecloud_internal.schema_own_grants(name, jsonb)
    IS 'the statements that give again what users granted on functions and views that a version makes anew';
