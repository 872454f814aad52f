-- What a column is in the clear: noted by names when it is sealed, and made of them when it is unsealed.

-- A default that is one literal is its value: what stands here is never run.  Any other, and one with a backslash, which begins with
-- E, is told for whoever sets it again.
CREATE FUNCTION primecloud_internal.plain_column(rel regclass, col name) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object('type', format_type(a.atttypid, NULL), 'typmod', nullif(a.atttypmod, -1),
        'collation', (SELECT a.attcollation::regcollation::text WHERE t.typcollation <> a.attcollation),
        'storage', (SELECT a.attstorage WHERE a.attstorage <> t.typstorage), 'compression', nullif(a.attcompression, ''),
        'default', d.literal, 'default expression', CASE WHEN d.literal IS NULL THEN d.expression END))
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN LATERAL (
        SELECT e.expression, coalesce(
            replace(substring(e.expression FROM '^''((?:[^'']|'''')*)''::[a-z_0-9 "().]+(?:\[\])*$'), '''''', ''''),
            -- Numbers and truth values stand bare, or in a cast.
            substring(e.expression FROM '^(-?[0-9]+(?:\.[0-9]*)?|true|false)$'),
            substring(e.expression FROM '^\((-?[0-9]+(?:\.[0-9]*)?)\)::[a-z_0-9 "().]+$')) AS literal
        FROM (SELECT pg_get_expr(f.adbin, f.adrelid) AS expression FROM pg_attrdef f
              WHERE f.adrelid = a.attrelid AND f.adnum = a.attnum) AS e WHERE e.expression !~ '^NULL::') AS d ON true
    WHERE a.attrelid = rel AND a.attname = col;
$$;
COMMENT ON FUNCTION primecloud_internal.plain_column(regclass, name)
    IS 'type, collation, storage, compression and default of a column, by names and values';

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

-- A column could not have been of a type that its owner may not use.
CREATE FUNCTION primecloud_internal.check_noted_type(rel regclass, noted text) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF primecloud_internal.plain_type(noted) IS NULL THEN
        RAISE undefined_object USING MESSAGE = format('a column of %s was of no type "%s"', rel, left(noted, 100)),
            HINT = 'The note says what the column was before it was sealed: name a type that is there.';
    ELSIF NOT has_type_privilege((SELECT relowner FROM pg_class WHERE oid = rel), primecloud_internal.plain_type(noted), 'USAGE') THEN
        RAISE insufficient_privilege USING MESSAGE = format('permission denied for type %s', primecloud_internal.plain_type(noted)),
            HINT = 'The owner of the table must have USAGE on the type that its column was of.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_noted_type(regclass, text) IS 'raises for a note of a type that the owner may not use';

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

-- What the column is made to be: the type asked for, else the one it had, else text.
CREATE FUNCTION primecloud_internal.plain_target(rel regclass, plain jsonb, as_type regtype, OUT type regtype, OUT typmod integer,
    OUT collation_name text, OUT default_value text, OUT storage text, OUT compression text,
    OUT remark text)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    noted CONSTANT regtype := primecloud_internal.plain_type(plain ->> 'type');
BEGIN
    type := coalesce(as_type, noted, 'text'::regtype);
    typmod := CASE WHEN type = noted AND as_type IS NULL AND jsonb_typeof(plain -> 'typmod') = 'number' THEN (plain -> 'typmod')::integer
        ELSE -1 END;
    collation_name := CASE WHEN type = noted AND as_type IS NULL THEN (SELECT c.oid::regcollation::text FROM pg_collation c
        WHERE c.oid::regcollation::text = plain ->> 'collation' LIMIT 1) END;
    default_value := CASE WHEN as_type IS NULL THEN plain ->> 'default' END;
    IF type = noted AND as_type IS NULL THEN
        storage := CASE plain ->> 'storage' WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN'
            WHEN 'x' THEN 'EXTENDED' END;
        compression := CASE plain ->> 'compression' WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END;
    END IF;
    remark := nullif(concat_ws('; ', CASE WHEN as_type IS NULL AND noted IS NULL AND plain IS NOT NULL
        THEN format('type %s, which it had, is gone', plain ->> 'type') END,
        CASE WHEN as_type IS NULL THEN 'its default was ' || (plain ->> 'default expression') END), '');
END $$;
COMMENT ON FUNCTION primecloud_internal.plain_target(regclass, jsonb, regtype)
    IS 'type, collation, default and storage of a column that is unsealed, and what cannot be put back';

-- What is put back once the column holds plaintext.  A type of somebody's, a collation and a default are the table's owner's.
CREATE FUNCTION primecloud_internal.plain_steps(rel regclass, col name, target record, type_stands boolean)
    RETURNS primecloud_internal.plan_step[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    described CONSTANT text := format('ALTER TABLE %s ALTER COLUMN %I TYPE %s', rel, col, format_type(target.type, target.typmod))
        || coalesce(' COLLATE ' || target.collation_name, '') || format(' USING %I::%s', col, format_type(target.type, target.typmod));
    steps primecloud_internal.plan_step[] := '{}';
BEGIN
    IF NOT type_stands THEN
        steps := steps || primecloud_internal.step('retype', rel::text, described);
    END IF;
    IF target.default_value IS NOT NULL THEN
        steps := steps || primecloud_internal.step('literal default', rel::text, format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %L',
            rel, col, target.default_value));
    END IF;
    IF target.storage IS NOT NULL THEN
        steps := steps || primecloud_internal.step('storage', rel::text, format('ALTER TABLE %s ALTER COLUMN %I SET STORAGE %s', rel, col,
            target.storage));
    END IF;
    IF target.compression IS NOT NULL THEN
        steps := steps || primecloud_internal.step('storage', rel::text, format('ALTER TABLE %s ALTER COLUMN %I SET COMPRESSION %s', rel,
            col, target.compression));
    END IF;
    IF target.remark IS NOT NULL THEN
        steps := steps || primecloud_internal.step('remark', rel::text, format('-- column "%s" of %s: %s', col, rel, target.remark));
    END IF;
    RETURN steps;
END $$;
COMMENT ON FUNCTION primecloud_internal.plain_steps(regclass, name, record, boolean)
    IS 'the steps that give a column that was unsealed its type, its collation, its default and its storage again';
