-- contract: what the catalog's trees say.  A pg_node_tree is the catalog's own; of a constraint, a relation or a
-- function its oid is enough, and nothing of it is planned or run.

CREATE FUNCTION primecloud_internal.contract_facts(checks oid[], stand_for smallint[]) RETURNS json
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'primecloud_contract_facts';
COMMENT ON FUNCTION primecloud_internal.contract_facts(oid[], smallint[]) IS
    'what CHECKs say together of the columns in them, by number; VALUE of a domain''s is the number beside it';

CREATE FUNCTION primecloud_internal.contract_told(condition pg_node_tree) RETURNS boolean
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'primecloud_contract_told';
COMMENT ON FUNCTION primecloud_internal.contract_told(pg_node_tree) IS
    'whether what a CHECK says of columns is all that it demands';

CREATE FUNCTION primecloud_internal.contract_only_values(condition pg_node_tree) RETURNS boolean
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'primecloud_contract_lists';
COMMENT ON FUNCTION primecloud_internal.contract_only_values(pg_node_tree) IS
    'whether a CHECK says what an enum or NOT NULL would, and no more';

CREATE FUNCTION primecloud_internal.contract_default(expression pg_node_tree) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'primecloud_contract_default';
COMMENT ON FUNCTION primecloud_internal.contract_default(pg_node_tree) IS
    'a default as the contract tells it, as JSON; NULL for one of NULL, which is none';

CREATE FUNCTION primecloud_internal.contract_argument_defaults(expressions pg_node_tree) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'primecloud_contract_argument_defaults';
COMMENT ON FUNCTION primecloud_internal.contract_argument_defaults(pg_node_tree) IS
    'the defaults of a function''s arguments, in order, as the contract tells them';

CREATE FUNCTION primecloud_internal.contract_columns(relations oid[]) RETURNS json
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'primecloud_contract_columns';
COMMENT ON FUNCTION primecloud_internal.contract_columns(oid[]) IS
    'of each column whether it can be NULL, what it is a copy of, and whose values it can hold';

CREATE FUNCTION primecloud_internal.contract_results(functions oid[], make_cursor regprocedure) RETURNS json
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'primecloud_contract_results';
COMMENT ON FUNCTION primecloud_internal.contract_results(oid[], regprocedure) IS
    'the same of the results of functions with SQL bodies, and the lists that they make with a cursor';

CREATE FUNCTION primecloud_internal.contract_view_condition(view oid) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'primecloud_contract_view_condition';
COMMENT ON FUNCTION primecloud_internal.contract_view_condition(oid) IS
    'the WHERE of a view of one relation, as a CHECK of that would be written; NULL for none';

CREATE FUNCTION primecloud_internal.contract_expression_read(shown text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'primecloud_contract_expression';
COMMENT ON FUNCTION primecloud_internal.contract_expression_read(text) IS 'an expression as the server shows it after a dump and a restore';

-- (One expression, which is put where it is called: most have no list.)
CREATE FUNCTION primecloud_internal.contract_expression(shown text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN strpos(shown, 'ARRAY[') > 0 THEN primecloud_internal.contract_expression_read(shown) ELSE shown END;
COMMENT ON FUNCTION primecloud_internal.contract_expression(text) IS
    'contract_expression_read of what it may show otherwise than before';
