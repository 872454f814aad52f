-- What stands on the extension outside of it: where DROP EXTENSION would stop.

-- As the catalog has it, each object once: a view for its rule, a table for its column.
CREATE FUNCTION primecloud_internal.dependents() RETURNS TABLE (classid oid, objid oid, objsubid integer, relation oid, on_type oid)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
    WITH extension AS MATERIALIZED (SELECT e.oid FROM pg_extension e WHERE e.extname = 'primecloud'),
    members AS MATERIALIZED (
        SELECT d.classid, d.objid FROM pg_depend d JOIN extension e ON e.oid = d.refobjid
        WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'),
    -- An array of a type is no member by itself.
    ours AS MATERIALIZED (
        SELECT m.classid, m.objid FROM members m
        UNION ALL SELECT m.classid, t.typarray FROM members m JOIN pg_type t ON m.classid = 'pg_type'::regclass AND t.oid = m.objid
        WHERE t.typarray <> 0),
    -- What belongs to a member is none of its own: members of its operator families, checks of its domains, attributes of its rows.
    strangers AS MATERIALIZED (
        SELECT d.* FROM pg_depend d JOIN ours o ON o.classid = d.refclassid AND o.objid = d.refobjid
        WHERE d.deptype IN ('n', 'a') AND d.classid NOT IN ('pg_amop'::regclass, 'pg_amproc'::regclass)
            AND NOT EXISTS (SELECT FROM pg_depend x JOIN extension e ON e.oid = x.refobjid
                WHERE x.classid = d.classid AND x.objid = d.objid AND x.deptype = 'e')),
    placed AS MATERIALIZED (
        SELECT CASE WHEN r.oid IS NOT NULL THEN 'pg_class'::regclass ELSE d.classid END::oid AS classid,
            coalesce(r.ev_class, d.objid) AS objid,
            CASE WHEN r.oid IS NULL THEN d.objsubid ELSE 0 END AS objsubid,
            coalesce(f.adrelid, nullif(k.conrelid, 0), p.polrelid, t.tgrelid, i.indrelid, CASE WHEN d.classid = 'pg_class'::regclass
                AND r.oid IS NULL THEN d.objid END) AS relation,
            CASE WHEN d.refclassid = 'pg_type'::regclass THEN d.refobjid END AS on_type,
            coalesce(nullif(k.contypid, 0), c.reltype, r.ev_class) AS belongs
        FROM strangers d
        LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
        LEFT JOIN pg_attrdef f ON d.classid = 'pg_attrdef'::regclass AND f.oid = d.objid
        LEFT JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
        LEFT JOIN pg_policy p ON d.classid = 'pg_policy'::regclass AND p.oid = d.objid
        LEFT JOIN pg_trigger t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
        LEFT JOIN pg_index i ON d.classid = 'pg_class'::regclass AND i.indexrelid = d.objid
        LEFT JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid AND c.relkind = 'c'
        -- What a trigger of a partitioned table makes on each partition goes with it.
        WHERE coalesce(t.tgparentid, 0) = 0)
    SELECT DISTINCT f.classid, f.objid, f.objsubid, f.relation, f.on_type FROM placed f
    WHERE NOT EXISTS (SELECT FROM pg_depend x JOIN extension e ON e.oid = x.refobjid
        WHERE x.deptype = 'e' AND (x.classid = 'pg_class'::regclass AND x.objid IN (f.relation, f.belongs)
            OR x.classid = 'pg_type'::regclass AND x.objid = f.belongs));
$$;
COMMENT ON FUNCTION primecloud_internal.dependents()
    IS 'objects outside the extension that depend on what is in it, with the table that they stand on';

CREATE FUNCTION primecloud_internal.needs_extension(class oid, object oid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
    SELECT EXISTS (SELECT FROM pg_depend d JOIN pg_depend m ON m.deptype = 'e' AND (m.classid = d.refclassid AND m.objid = d.refobjid
            OR d.refclassid = 'pg_type'::regclass AND m.classid = 'pg_type'::regclass
                AND m.objid = (SELECT t.typelem FROM pg_type t WHERE t.oid = d.refobjid AND t.typcategory = 'A'))
        JOIN pg_extension e ON e.oid = m.refobjid AND m.refclassid = 'pg_extension'::regclass AND e.extname = 'primecloud'
        WHERE d.classid = class AND d.objid = object);
$$;
COMMENT ON FUNCTION primecloud_internal.needs_extension(oid, oid)
    IS 'whether a default or a constraint calls or names what is the extension''s';

-- The server's own type that holds the values of one of ours; NULL for sealed, whose values need a key, and for any other.
CREATE FUNCTION primecloud_internal.type_without(type oid) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN primecloud_internal.type_without(t.typelem) || '[]'
        WHEN t.typtype = 'd' THEN CASE WHEN b.oid < 16384 THEN format_type(t.typbasetype, t.typtypmod) END
        ELSE CASE t.typname WHEN 'byte_size' THEN 'bigint' WHEN 'money_amount' THEN 'text' WHEN 'tax_id' THEN 'text'
            WHEN 'lifecycle' THEN 'jsonb' END END
    FROM pg_type t LEFT JOIN pg_type b ON b.oid = t.typbasetype
    WHERE t.oid = type AND t.typnamespace = 'primecloud'::regnamespace;
$$;
COMMENT ON FUNCTION primecloud_internal.type_without(oid) IS 'the server''s own type for the values of a type of the extension';

-- What is left when all that leave() can do is done, in words; of many of a kind in a schema, how many.
CREATE FUNCTION primecloud_internal.left_standing(tables oid[]) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH standing AS (
        SELECT i.type, coalesce(i.schema, '') AS schema, i.identity FROM primecloud_internal.dependents() AS d,
            pg_identify_object(d.classid, d.objid, d.objsubid) AS i
        -- (A view that copy_target() made goes with its table.)
        WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = coalesce(d.relation, d.objid) AND t.tgname = 'primecloud_copy')
            AND NOT (d.relation = ANY (tables) AND d.relation IS NOT NULL AND (
            d.classid IN ('pg_attrdef'::regclass, 'pg_constraint'::regclass) OR d.on_type IS NOT NULL
            OR d.classid = 'pg_policy'::regclass AND EXISTS (SELECT FROM pg_policy p WHERE p.oid = d.objid
                AND starts_with(p.polname, 'primecloud_'))
            OR d.classid = 'pg_trigger'::regclass AND EXISTS (SELECT FROM pg_trigger t WHERE t.oid = d.objid
                AND t.tgfoid IN ('primecloud.watch_membership()'::regprocedure, 'primecloud.empty_when_changed()'::regprocedure,
                    'primecloud.fill_tenant()'::regprocedure, 'primecloud.refuse_misplaced()'::regprocedure)))))
    SELECT CASE WHEN c.number > 10 THEN format('-- %s of type %s in schema %s stand on primecloud still', c.number, c.type, c.schema)
        ELSE format('-- %s %s stands on primecloud still', c.type, primecloud_internal.one_line(c.identity)) END
    FROM (SELECT DISTINCT s.type, s.schema, CASE WHEN n.number <= 10 THEN s.identity END AS identity, n.number FROM standing s
        JOIN (SELECT t.type, t.schema, count(DISTINCT t.identity) AS number FROM standing t GROUP BY 1, 2) AS n USING (type, schema)) AS c
    ORDER BY c.schema, c.type, c.identity;
$$;
COMMENT ON FUNCTION primecloud_internal.left_standing(oid[])
    IS 'what depends on the extension and is not undone by leave() of these tables, for whoever drops the extension';
