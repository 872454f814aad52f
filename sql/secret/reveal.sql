-- Revealing the secret of a row of a registered column.

-- As the caller: who may not read the row cannot reveal it.  Without SQL: planning a query
-- over a table would run its owner's functions as whoever reveals.
CREATE FUNCTION primecloud_internal.sealed_row(rel regclass, col name, row_id text, OUT tenant text, OUT label text, OUT id text,
    OUT envelope sealed)
    LANGUAGE c STABLE PARALLEL RESTRICTED
    AS 'MODULE_PATHNAME', 'primecloud_sealed_row';
COMMENT ON FUNCTION primecloud_internal.sealed_row(regclass, name, text)
    IS 'the envelope of a row of a registered column with what it is bound to, as far as the caller may read it';

CREATE FUNCTION reveal(rel regclass, col name, row_id anyelement, purpose text) RETURNS text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found_row record := primecloud_internal.sealed_row(rel, col, row_id::text);
BEGIN
    RETURN primecloud.open(found_row.envelope, found_row.tenant, found_row.label, found_row.id, purpose);
END $$;
COMMENT ON FUNCTION reveal(regclass, name, anyelement, text)
    IS 'the plaintext of a row''s secret; needs the right to read the row and the right to open; recorded with its purpose';
REVOKE ALL ON FUNCTION reveal(regclass, name, anyelement, text) FROM PUBLIC;
CREATE FUNCTION reveal(rel regclass, col name, row_id text, purpose text) RETURNS text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found_row record := primecloud_internal.sealed_row(rel, col, row_id);
BEGIN
    RETURN primecloud.open(found_row.envelope, found_row.tenant, found_row.label, found_row.id, purpose);
END $$;
COMMENT ON FUNCTION reveal(regclass, name, text, text)
    IS 'the plaintext of a row''s secret; needs the right to read the row and the right to open; recorded with its purpose; the id as text';
REVOKE ALL ON FUNCTION reveal(regclass, name, text, text) FROM PUBLIC;

INSERT INTO primecloud_internal.role_grant VALUES
    ('platform', 'EXECUTE', 'FUNCTION primecloud.reveal(regclass, name, anyelement, text)'),
    ('platform', 'EXECUTE', 'FUNCTION primecloud.reveal(regclass, name, text, text)');
