-- unprotected_tables: what nobody has said anything of, in schemas that are protected.

CREATE FUNCTION unprotected_tables(OUT rel regclass, OUT since text) RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT c.oid::regclass, CASE WHEN bool_or(a.entry -> 'left' ? c.relname) THEN 'left alone by protect_schema'
        WHEN bool_or(a.entry -> 'tables' ? c.relname) THEN 'protected by protect_schema, not any more' ELSE 'came after protect_schema' END
    FROM primecloud_internal.adopted_schemas() AS a JOIN pg_class c ON c.relnamespace = a.space
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND primecloud.exemption_of(c.oid) IS NULL
        AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid
                        AND p.polname IN ('primecloud_floor', 'primecloud_shared', 'primecloud_people'))
    GROUP BY c.oid, c.relname ORDER BY 2, c.oid::regclass::text;
$$;
COMMENT ON FUNCTION unprotected_tables()
    IS 'the tables of schemas that protect_schema() has been through that no policy of ours holds, and since when';
