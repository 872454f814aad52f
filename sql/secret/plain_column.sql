-- What a column is in the clear: noted by names when it is sealed, and made of them when it is unsealed.

-- A default that is one literal is its value: what stands here is never run.  Any other, and one with a backslash, which begins with
-- E, is told for whoever sets it again.
CREATE FUNCTION primecloud_internal.plain_column(rel regclass, col name) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object('type', format_type(a.atttypid, NULL), 'typmod', nullif(a.atttypmod, -1),
        'collation', (SELECT a.attcollation::regcollation::text FROM pg_type t
            WHERE t.oid = a.atttypid AND t.typcollation <> a.attcollation),
        'default', replace(d.literal, '''''', ''''), 'default expression', CASE WHEN d.literal IS NULL THEN d.expression END))
    FROM pg_attribute a LEFT JOIN LATERAL (
        SELECT pg_get_expr(f.adbin, f.adrelid) AS expression,
            substring(pg_get_expr(f.adbin, f.adrelid) FROM '^''((?:[^'']|'''')*)''::[a-z_0-9 "().]+$') AS literal
        FROM pg_attrdef f WHERE f.adrelid = a.attrelid AND f.adnum = a.attnum) AS d ON true
    WHERE a.attrelid = rel AND a.attname = col;
$$;
COMMENT ON FUNCTION primecloud_internal.plain_column(regclass, name) IS 'type, collation and default of a column, by names and values';

-- A name that was noted, as the type it means today; NULL where it means none.  The owner of a table may note what he likes.
CREATE FUNCTION primecloud_internal.plain_type(noted text) RETURNS regtype
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN to_regtype(noted);
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END $$;
COMMENT ON FUNCTION primecloud_internal.plain_type(text) IS 'the type that a note of a column in the clear names; NULL for none';

-- Whether a value of it is made by code of the server alone.
CREATE FUNCTION primecloud_internal.is_server_type(type regtype) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT EXISTS (SELECT FROM pg_type t WHERE t.oid = type AND t.typtype = 'b' AND t.oid < 16384) $$;
COMMENT ON FUNCTION primecloud_internal.is_server_type(regtype) IS 'whether a type is a base type of the server''s own';

-- Who reads it from now on: those who could read the envelope.
CREATE FUNCTION primecloud_internal.readers_of(rel regclass, col name) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT string_agg(quote_ident(r.rolname), ', ' ORDER BY r.rolname) FROM pg_roles r JOIN pg_class c ON c.oid = rel
    WHERE NOT r.rolsuper AND NOT starts_with(r.rolname, 'pg_') AND r.oid <> c.relowner AND has_column_privilege(r.oid, rel, col, 'SELECT');
$$;
COMMENT ON FUNCTION primecloud_internal.readers_of(regclass, name) IS 'roles, besides the owner, that may read a column; NULL for none';

-- What allow_reseal() gave is no right to read secrets in the clear.
CREATE FUNCTION primecloud_internal.withdraw_reseal(rel regclass, col name) RETURNS SETOF primecloud_internal.plan_step
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT primecloud_internal.step('revoke', rel::text, format('REVOKE SELECT (%I), UPDATE (%1$I) ON TABLE %s FROM %I', col, rel,
        pg_get_userbyid(g.grantee)))
    FROM (SELECT DISTINCT e.grantee FROM pg_attribute a, aclexplode(a.attacl) AS e WHERE a.attrelid = rel AND a.attname = col) AS g
    JOIN pg_roles r ON r.oid = g.grantee AND r.rolbypassrls ORDER BY r.rolname;
$$;
COMMENT ON FUNCTION primecloud_internal.withdraw_reseal(regclass, name)
    IS 'the steps that take from maintenance roles what allow_reseal() gave them on a column';
