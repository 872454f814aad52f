-- What hides plaintext in plans.  A bind parameter is a constant in a custom plan, which
-- EXPLAIN and auto_explain print: so the planner is told that a constant which a function
-- takes as plaintext is of a type that shows nothing.  The call is the same, and its bytes.

CREATE TYPE primecloud_internal.hidden;
CREATE FUNCTION primecloud_internal.hidden_in(cstring) RETURNS primecloud_internal.hidden
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_hidden_in';
COMMENT ON FUNCTION primecloud_internal.hidden_in(cstring) IS 'refuses: values of this type are made by the planner alone';
CREATE FUNCTION primecloud_internal.hidden_out(primecloud_internal.hidden) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_hidden_out';
COMMENT ON FUNCTION primecloud_internal.hidden_out(primecloud_internal.hidden) IS 'says that something is hidden';
CREATE TYPE primecloud_internal.hidden (
    INPUT = primecloud_internal.hidden_in, OUTPUT = primecloud_internal.hidden_out,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = plain);
COMMENT ON TYPE primecloud_internal.hidden IS 'plaintext in a plan';

CREATE FUNCTION primecloud_internal.hide_plaintext(internal) RETURNS internal
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_hide_plaintext';
COMMENT ON FUNCTION primecloud_internal.hide_plaintext(internal) IS
    'for the planner: the arguments plaintext, token, value, candidate, password, secret, key and new_key of a function that has this one '
        'are shown in no plan';
REVOKE ALL ON FUNCTION primecloud_internal.hide_plaintext(internal) FROM PUBLIC;
