-- Sealing for a row of a registered column.

-- Two of each: with an id of the column's own type, and with text or a parameter that a
-- driver sends without a type.
CREATE FUNCTION seal_for(rel regclass, col name, row_id anyelement, plaintext text) RETURNS sealed
    LANGUAGE c VOLATILE PARALLEL UNSAFE SUPPORT primecloud_internal.hide_plaintext
    AS 'MODULE_PATHNAME', 'primecloud_seal_for';
COMMENT ON FUNCTION seal_for(regclass, name, anyelement, text)
    IS 'encrypts a value for a row of a registered column, in the entered account';
CREATE FUNCTION seal_for(rel regclass, col name, row_id text, plaintext text) RETURNS sealed
    LANGUAGE c VOLATILE PARALLEL UNSAFE SUPPORT primecloud_internal.hide_plaintext
    AS 'MODULE_PATHNAME', 'primecloud_seal_for_text';
COMMENT ON FUNCTION seal_for(regclass, name, text, text)
    IS 'encrypts a value for a row of a registered column, in the entered account; the id as text';
