-- Revealing the secret of a row of a registered column.

-- As the caller: who may not read the row cannot reveal it.
CREATE FUNCTION primecloud_internal.sealed_row(rel regclass, col name, row_id text, OUT tenant text, OUT label text, OUT id text,
    OUT envelope sealed)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    registered primecloud.sealed_column := primecloud.sealed_column_of(rel, col);
    type text := (SELECT format_type(a.atttypid, -1) FROM pg_attribute a WHERE a.attrelid = rel AND a.attname = registered.id_column);
    seen integer := 0;
BEGIN
    IF row_id IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'the row id is NULL';
    END IF;
    FOR tenant, id, envelope IN EXECUTE format('SELECT %I::text, %I::text, %I FROM %s WHERE %2$I = $1::%5$s LIMIT 2',
        registered.tenant_column, registered.id_column, col, rel, type) USING row_id LOOP
        seen := seen + 1;
    END LOOP;
    IF seen = 0 THEN
        RAISE no_data_found USING MESSAGE = format('%s has no row "%s"', rel, row_id);
    ELSIF seen > 1 THEN
        RAISE cardinality_violation USING MESSAGE = format('%s has more than one row "%s"', rel, row_id),
            HINT = 'Enter the account first, or open() the one you mean.';
    END IF;
    label := registered.label;
END $$;
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
