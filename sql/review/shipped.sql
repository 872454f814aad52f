-- What the product itself has put into a schema.

-- (Not inlined, having a SET: what a control plane is made of is long, and planned only where somebody asks.)
CREATE FUNCTION primecloud_internal.review_shipped_bodies(schema oid) RETURNS TABLE (said text, whole boolean)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.oid::regprocedure::text, p.proconfig @> '{"search_path=pg_catalog, pg_temp"}' FROM pg_proc AS p
    JOIN primecloud_internal.schema_statements() AS s ON s.kind = 'function' AND s.name = p.proname
    WHERE p.pronamespace = schema AND p.prosecdef AND p.prosrc <> ''
      AND EXISTS (SELECT FROM pg_class AS c WHERE c.relnamespace = schema AND c.relname = 'schema_version')
      AND strpos(replace(s.statement, '@schema@', schema::regnamespace::text), p.prosrc) > 0
$$;
COMMENT ON FUNCTION primecloud_internal.review_shipped_bodies(oid) IS
    'the SECURITY DEFINER functions of a schema with the body of one that is shipped, and whether it has its path too';

-- Functions of a control plane as they were shipped: their own tests attack them.  (Of a body that was changed, or a path that was
-- taken off, nothing is believed.)
CREATE FUNCTION primecloud_internal.review_shipped(schema name) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT b.said FROM pg_namespace AS n, primecloud_internal.review_shipped_bodies(n.oid) AS b WHERE n.nspname = schema AND b.whole
$$;
COMMENT ON FUNCTION primecloud_internal.review_shipped(name) IS
    'the SECURITY DEFINER functions of a control plane that are as they were made';
