-- What stands in a small table of somebody's, read without a query: planning one would run
-- its owner's functions as whoever asks.

CREATE FUNCTION primecloud_internal.stored_values(rel regclass, first name, second name DEFAULT NULL, OUT first_value text,
    OUT second_value text) RETURNS SETOF record
    LANGUAGE c STABLE PARALLEL SAFE ROWS 100
    AS 'MODULE_PATHNAME', 'primecloud_stored_values';
COMMENT ON FUNCTION primecloud_internal.stored_values(regclass, name, name)
    IS 'one or two columns of a table''s rows as texts, as far as the caller may read them, read without a query';

-- What cannot be read so is read as the owner, who sees what a superuser sees.
CREATE FUNCTION primecloud_internal.read_as_owner(rel regclass, statement text, types regtype[], parameters text[]) RETURNS SETOF record
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_read_as_owner';
COMMENT ON FUNCTION primecloud_internal.read_as_owner(regclass, text, regtype[], text[])
    IS 'a query over a relation as its owner, past forced policies; for superusers, who would else run the owner''s code as themselves';
REVOKE ALL ON FUNCTION primecloud_internal.read_as_owner(regclass, text, regtype[], text[]) FROM PUBLIC;
