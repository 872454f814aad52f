-- Running what a helper composed.

-- The statement as the table's owner runs it, past the forced policies that would hold him
-- to one tenant: triggers and indexes of his have his rights, whoever asked.
CREATE FUNCTION run_as_owner(rel regclass, statement text) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_run_as_owner';
COMMENT ON FUNCTION run_as_owner(regclass, text) IS 'runs a statement of a plan as the owner of a table; for who has the owner''s rights';
