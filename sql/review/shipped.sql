-- What the product itself has put into a schema.

-- Functions of a control plane as they were shipped: their own tests attack them.  (Of a body that was changed, or a path that was
-- taken off, nothing is believed.)
CREATE FUNCTION primecloud_internal.review_shipped(schema name) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.oid::regprocedure::text FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
    JOIN primecloud_internal.schema_statements() AS s ON s.kind = 'function' AND s.name = p.proname
    WHERE n.nspname = schema AND p.prosecdef AND p.proconfig @> '{"search_path=pg_catalog, pg_temp"}'
      AND EXISTS (SELECT FROM pg_class AS c WHERE c.relnamespace = n.oid AND c.relname = 'schema_version')
      AND strpos(replace(s.statement, '@schema@', quote_ident(schema)), p.prosrc) > 0
$$;
COMMENT ON FUNCTION primecloud_internal.review_shipped(name) IS
    'the SECURITY DEFINER functions of a control plane that are as they were made';
