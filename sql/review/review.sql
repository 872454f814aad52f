-- review(): what is unsafe, slow or careless in a schema.

-- What each theme gives, before anything is left out.
CREATE FUNCTION primecloud_internal.review_rows(schema name, app_role name) RETURNS SETOF primecloud_internal.review_row
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off SET standard_conforming_strings = on
AS $$
DECLARE
    words primecloud_internal.review_words := primecloud_internal.review_words_of(schema, app_role);
BEGIN
    RETURN QUERY SELECT * FROM primecloud_internal.review_tree_findings(words);
    RETURN QUERY SELECT * FROM primecloud_internal.review_open(words);
    RETURN QUERY SELECT * FROM primecloud_internal.review_grants(words);
    RETURN QUERY SELECT * FROM primecloud_internal.review_role_findings(words);
    RETURN QUERY SELECT * FROM primecloud_internal.review_settings(words);
    RETURN QUERY SELECT * FROM primecloud_internal.review_publications(words);
    RETURN QUERY SELECT * FROM primecloud_internal.review_functions(words);
    RETURN QUERY SELECT * FROM primecloud_internal.review_key_findings(words);
    RETURN QUERY SELECT * FROM primecloud_internal.review_unique(words);
    RETURN QUERY SELECT * FROM primecloud_internal.review_membership(words);
    RETURN QUERY SELECT * FROM primecloud_internal.review_references(words);
    RETURN QUERY SELECT * FROM primecloud_internal.review_index_findings(words);
    RETURN QUERY SELECT * FROM primecloud_internal.review_duplicates(words);
    RETURN QUERY SELECT * FROM primecloud_internal.review_unindexed(words);
    RETURN QUERY SELECT * FROM primecloud_internal.review_whole(words);
    RETURN QUERY SELECT * FROM primecloud_internal.review_types(words);
    RETURN QUERY SELECT * FROM primecloud_internal.review_secrets(words);
    RETURN QUERY SELECT * FROM primecloud_internal.review_contract(words);
    RETURN QUERY SELECT * FROM primecloud_internal.review_hygiene(words);
    RETURN QUERY SELECT * FROM primecloud_internal.review_drift(words);
END $$;
COMMENT ON FUNCTION primecloud_internal.review_rows(name, name) IS 'what all checks find in a schema';

-- Row by row of a catalog that is joined to itself would be slow in a large schema: tables are joined as wholes.
CREATE FUNCTION review(schema name, app_role name DEFAULT NULL, checks text[] DEFAULT NULL, levels text[] DEFAULT NULL)
    RETURNS SETOF finding
    LANGUAGE sql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET jit = off SET enable_nestloop = off
AS $$
    SELECT f.check_name, f.level, f.object, f.evidence, f.fix, f.fingerprint FROM (
        SELECT DISTINCT ON (r.fingerprint COLLATE "C") r.* FROM (
            SELECT x.*, primecloud_internal.review_fingerprint(x.check_name, x.object, x.parts) AS fingerprint,
                array_position('{error,warning,notice}', x.level) AS grade
            FROM primecloud_internal.review_rows(schema, app_role) AS x
            WHERE (checks IS NULL OR x.check_name = ANY (checks)) AND (levels IS NULL OR x.level = ANY (levels))
              AND NOT (x.check_name IN ('definer_bypasses_policies', 'definer_without_search_path')
                AND x.object IN (SELECT s FROM primecloud_internal.review_shipped(schema) AS s))) AS r
        ORDER BY r.fingerprint COLLATE "C", r.grade, r.evidence COLLATE "C") AS f
    ORDER BY f.grade, f.object COLLATE "C", f.check_name COLLATE "C", f.fingerprint COLLATE "C"
$$;
COMMENT ON FUNCTION review(name, name, text[], text[])
    IS 'what is unsafe, slow or careless in a schema, for the role that the application logs in as';
