-- TypeID: a uuid as text that says what it identifies.  Columns stay uuid; these
-- translate at the edge.

CREATE FUNCTION typeid_encode(prefix text, id uuid) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_typeid_encode';
COMMENT ON FUNCTION typeid_encode(text, uuid) IS 'a uuid as a TypeID: prefix, "_" and 26 base-32 digits';

CREATE FUNCTION typeid_decode(text text, prefix text) RETURNS uuid
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_typeid_decode';
COMMENT ON FUNCTION typeid_decode(text, text)
    IS 'the uuid in a TypeID of that prefix; 22023 for another prefix, 22P02 for what is no TypeID';

CREATE FUNCTION typeid_prefix(text text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_typeid_prefix';
COMMENT ON FUNCTION typeid_prefix(text) IS 'the prefix of a TypeID; 22P02 for what is none';

CREATE FUNCTION typeid_problem(text text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_typeid_problem';
COMMENT ON FUNCTION typeid_problem(text) IS 'the rule that a text breaks to be a TypeID; NULL if it is one';
