-- The tenant key of the context, by type: what policies and defaults read.

-- STABLE, so that an index scan evaluates them once.  Not LEAKPROOF: they raise an error
-- that shows the argument, and as leakproof would be asked before the policies of a row
-- whose column they are given.  A call without a column is no leak to the planner anyway.
CREATE FUNCTION tenant_uuid(min_role text DEFAULT NULL) RETURNS uuid
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_tenant_uuid';
COMMENT ON FUNCTION tenant_uuid(text) IS 'the tenant key of the context; NULL below min_role; 42501 without a context';

CREATE FUNCTION tenant_bigint(min_role text DEFAULT NULL) RETURNS bigint
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_tenant_bigint';
COMMENT ON FUNCTION tenant_bigint(text) IS 'the tenant key of the context; NULL below min_role; 42501 without a context';

CREATE FUNCTION tenant_int(min_role text DEFAULT NULL) RETURNS integer
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_tenant_int';
COMMENT ON FUNCTION tenant_int(text) IS 'the tenant key of the context; NULL below min_role; 42501 without a context';

CREATE FUNCTION tenant_text(min_role text DEFAULT NULL) RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_tenant_text';
COMMENT ON FUNCTION tenant_text(text) IS 'the tenant key of the context; NULL below min_role; 42501 without a context';

-- For UPDATE and DELETE: policies that find no rows tell nobody that the role was too small.
CREATE FUNCTION tenant_uuid(min_role text, refuse boolean) RETURNS uuid
    LANGUAGE c STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_told_uuid';
COMMENT ON FUNCTION tenant_uuid(text, boolean) IS 'the tenant key of the context; below min_role 42501 where refuse is true, else NULL';

CREATE FUNCTION tenant_bigint(min_role text, refuse boolean) RETURNS bigint
    LANGUAGE c STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_told_bigint';
COMMENT ON FUNCTION tenant_bigint(text, boolean) IS 'the tenant key of the context; below min_role 42501 where refuse is true, else NULL';

CREATE FUNCTION tenant_int(min_role text, refuse boolean) RETURNS integer
    LANGUAGE c STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_told_int';
COMMENT ON FUNCTION tenant_int(text, boolean) IS 'the tenant key of the context; below min_role 42501 where refuse is true, else NULL';

CREATE FUNCTION tenant_text(min_role text, refuse boolean) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_told_text';
COMMENT ON FUNCTION tenant_text(text, boolean) IS 'the tenant key of the context; below min_role 42501 where refuse is true, else NULL';

-- From 18 on a column may say NOT NULL of rows to come alone, NOT VALID.
CREATE FUNCTION primecloud_internal.is_not_null(rel regclass, column_name name) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = rel AND a.attname = column_name AND a.attnotnull
        AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = rel AND k.contype = 'n' AND k.conkey = ARRAY[a.attnum]
            AND NOT k.convalidated));
$$;
COMMENT ON FUNCTION primecloud_internal.is_not_null(regclass, name)
    IS 'whether every row of a table has a value in a column, by the catalog';
