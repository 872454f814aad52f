-- A column is filled from another while the application writes: plaintext into a sealed one, or envelopes into one of
-- plaintext.  Nobody who writes needs a key for it: his write empties the second column of the row, and the script fills it again.

CREATE FUNCTION empty_when_changed() RETURNS trigger
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_empty_when_changed';
COMMENT ON FUNCTION empty_when_changed() IS
    'trigger: empties the column of its first argument where one of the others changes, until seal_column(online => true) or '
        'unseal_column(online => true) is through';

CREATE FUNCTION primecloud_internal.convert_rows(leaf regclass, source text, target text, tenant_column text, id_column text, label text,
    first_page bigint, end_page bigint, unopened text, OUT found bigint, OUT done bigint)
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_convert_rows';
COMMENT ON FUNCTION primecloud_internal.convert_rows(regclass, text, text, text, text, text, bigint, bigint, text)
    IS 'fills a column from another in a range of pages: rows that lacked it, and how many have it now; rows that others have wait';

-- The server's own error for a text that is no value of a type repeats the text, to the client and in the log.
CREATE FUNCTION primecloud_internal.refuse_value(rel regclass, col name, type text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE invalid_text_representation USING MESSAGE = format('a secret in column "%s" of %s is no value of type %s', col, rel, type),
        HINT = 'Pass as_type => ''text''.';
END $$;
COMMENT ON FUNCTION primecloud_internal.refuse_value(regclass, name, text)
    IS 'raises 22P02 for a secret that a column in the clear cannot hold, without repeating it';

CREATE FUNCTION primecloud_internal.fill_rows(leaf regclass, source text, target text, tenant_column text, id_column text, label text,
    first_page bigint, end_page bigint, unopened text, OUT lacking bigint, OUT filled bigint)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    SELECT c.found, c.done INTO lacking, filled FROM primecloud_internal.convert_rows(leaf, source, target, tenant_column, id_column, label,
        first_page, end_page, unopened) AS c;
EXCEPTION WHEN invalid_text_representation OR numeric_value_out_of_range OR invalid_datetime_format OR datetime_field_overflow
    OR invalid_json_text OR untranslatable_character THEN
    PERFORM primecloud_internal.refuse_value(leaf, source, (SELECT format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
        WHERE a.attrelid = leaf AND a.attname = target));
END $$;
COMMENT ON FUNCTION primecloud_internal.fill_rows(regclass, text, text, text, text, text, bigint, bigint, text)
    IS 'convert_rows(), which repeats no secret in an error';

-- Under a lock that keeps writers out: what is left is filled, and if anything still lacks its value the switch is off.
CREATE FUNCTION primecloud_internal.finish_rows(rel regclass, source text, target text, tenant_column text, id_column text, label text,
    unopened text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    leaf regclass;
    converted record;
BEGIN
    FOR leaf IN SELECT t.relid FROM primecloud_internal.table_tree(rel) AS t WHERE t.kind = 'r' ORDER BY t.level, t.relid LOOP
        FOR attempt IN 1..2 LOOP
            converted := primecloud_internal.fill_rows(leaf, source, target, tenant_column, id_column, label, 0, 4294967295, unopened);
            EXIT WHEN converted.lacking = 0;
        END LOOP;
        IF converted.lacking > 0 THEN
            RAISE object_not_in_prerequisite_state USING
                MESSAGE = format('%s rows of %s cannot be filled: column "%s" stays empty', converted.lacking, leaf, target),
                HINT = 'A trigger of the table undoes it. Disable that, and ask for the script again.';
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.finish_rows(regclass, text, text, text, text, text, text)
    IS 'the last rows of a column that is filled from another; called by the scripts of seal_column() and unseal_column()';

CREATE FUNCTION primecloud_internal.closed_rows(leaf regclass, col text, tenant_column text, id_column text, label text)
    RETURNS TABLE (code text, row_count bigint)
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_closed_rows';
COMMENT ON FUNCTION primecloud_internal.closed_rows(regclass, text, text, text, text)
    IS 'how many secrets of a column cannot be opened in their place, by the SQLSTATE that opening them would end with';

CREATE FUNCTION primecloud_internal.seal_or_keep(plaintext text, tenant text, label text, row_id text) RETURNS sealed
    LANGUAGE c VOLATILE PARALLEL UNSAFE SUPPORT primecloud_internal.hide_plaintext
    AS 'MODULE_PATHNAME', 'primecloud_seal_or_keep';
COMMENT ON FUNCTION primecloud_internal.seal_or_keep(text, text, text, text)
    IS 'seals plaintext, and keeps what is the text of an envelope that opens in its place; called by seal_column()';

CREATE FUNCTION primecloud_internal.unseal(s sealed, tenant text, label text, row_id text) RETURNS text
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_unseal';
COMMENT ON FUNCTION primecloud_internal.unseal(sealed, text, text, text) IS 'opens an envelope for good, within unseal_in_place() alone';
CREATE FUNCTION primecloud_internal.unseal_bytes(s sealed, tenant text, label text, row_id text) RETURNS bytea
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_unseal_bytes';
COMMENT ON FUNCTION primecloud_internal.unseal_bytes(sealed, text, text, text)
    IS 'opens an envelope for good, within unseal_in_place() alone';

CREATE FUNCTION primecloud_internal.unseal_in_place(rel regclass, col text, tenant_column text, id_column text, label text, type regtype,
    typmod integer, unopened text) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_unseal_in_place';
COMMENT ON FUNCTION primecloud_internal.unseal_in_place(regclass, text, text, text, text, regtype, integer, text)
    IS 'makes a sealed column one of plaintext by a rewrite of its table, with a record; called by unseal_column()';
