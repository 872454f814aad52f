-- What changed between two contracts, and whom it breaks.  Nothing is read but the two.

CREATE FUNCTION primecloud_internal.contract_changes(before bytea, after bytea) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000
    AS 'MODULE_PATHNAME', 'primecloud_contract_changes';
COMMENT ON FUNCTION primecloud_internal.contract_changes(bytea, bytea) IS
    'the changes between two contracts, as JSON; all three in UTF-8';

CREATE FUNCTION contract_diff(old jsonb, new jsonb)
    RETURNS TABLE (object text, change text, readers text, writers text, reason text, review boolean)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000 ROWS 20
    SET search_path = pg_catalog, pg_temp
AS $$
    -- What is no object is not read through to say so.  (NULL is none either: of a snapshot that is not there nothing is safe.)
    SELECT c.object, c.change, c.readers, c.writers, c.reason, c.review
    FROM jsonb_array_elements(convert_from(primecloud_internal.contract_changes(
            convert_to(CASE jsonb_typeof(old) WHEN 'object' THEN old::text ELSE 'null' END, 'UTF8'),
            convert_to(CASE jsonb_typeof(new) WHEN 'object' THEN new::text ELSE 'null' END, 'UTF8')), 'UTF8')::jsonb)
            WITH ORDINALITY AS e (row, place),
        jsonb_to_record(e.row) AS c (object text, change text, readers text, writers text, reason text, review boolean)
    ORDER BY e.place
$$;
COMMENT ON FUNCTION contract_diff(jsonb, jsonb) IS
    'every change between two contracts with its verdict, safe or breaking, for those who read and those who write; review: look at it '
        'though it breaks nobody';
