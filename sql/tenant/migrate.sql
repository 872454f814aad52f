-- What owners call in their migrations.

-- Not PL/pgSQL: what it asks first is whether something else has called it.
CREATE FUNCTION migrating(schema name, tables name[] DEFAULT NULL) RETURNS SETOF text
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT primecloud_internal.check_may_migrate();
    SELECT * FROM primecloud_internal.lift_forced(schema, tables);
$$;
COMMENT ON FUNCTION migrating(name, name[])
    IS 'for the owner of protected tables, in a transaction block: their policies do not hold him until migrated(); nobody else reads them';

CREATE FUNCTION migrated() RETURNS SETOF text
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.* FROM (SELECT array_agg(oid::regclass ORDER BY oid) AS tables FROM pg_class
        WHERE relrowsecurity AND NOT relforcerowsecurity AND primecloud_internal.is_lifted(oid)) AS lifted,
        LATERAL primecloud_internal.set_forced(lifted.tables, true) AS s WHERE lifted.tables IS NOT NULL;
$$;
COMMENT ON FUNCTION migrated() IS 'puts back what migrating() has lifted in this transaction; without it COMMIT is refused';

CREATE FUNCTION primecloud_internal.run_backfill(rel regclass, statement text) RETURNS bigint
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_backfill';
COMMENT ON FUNCTION primecloud_internal.run_backfill(regclass, text) IS 'what backfill() does when the tables are of one hand';

-- A loop that asks for no more rows would not end on NULL.
CREATE FUNCTION backfill(rel regclass, statement text) RETURNS bigint
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF rel IS NULL OR statement IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = CASE WHEN rel IS NULL THEN 'the table is NULL' ELSE 'the statement is NULL' END,
            HINT = 'Name a table and the statement that is to be run.';
    END IF;
    PERFORM primecloud_internal.check_one_hand(rel);
    RETURN primecloud_internal.run_backfill(rel, statement);
END $$;
COMMENT ON FUNCTION backfill(regclass, text) IS
    'runs one statement over all accounts as the owner of a table, without a lock on it, and tells how many rows; for the owner';

CREATE FUNCTION primecloud_internal.check_may_validate(rel regclass) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_check_may_validate';
COMMENT ON FUNCTION primecloud_internal.check_may_validate(regclass)
    IS 'refuses whoever does not ask as the owner of the table himself, outside any account';

CREATE FUNCTION validate_constraint(rel regclass, constraint_name name) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF rel IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'the table is NULL',
            HINT = 'Name a table; to_regclass() gives NULL for one that does not exist.';
    END IF;
    PERFORM primecloud_internal.check_may_validate(rel);
    IF NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = rel AND conname = constraint_name) THEN
        RAISE undefined_object USING MESSAGE = format('table %s has no constraint "%s"', rel, constraint_name),
            HINT = 'Add it with NOT VALID first.';
    END IF;
    PERFORM primecloud_internal.validate_as_owner(rel, constraint_name);
END $$;
COMMENT ON FUNCTION validate_constraint(regclass, name) IS
    'VALIDATE CONSTRAINT over all accounts, which no tenant waits for; for the owner';

-- For the policies of shared tables.  Not of the planner's to move: it raises what it raises.
CREATE FUNCTION refuse_owner(rel regclass) RETURNS boolean
    LANGUAGE c STABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_refuse_owner';
COMMENT ON FUNCTION refuse_owner(regclass) IS 'false; to the owner of a shared table, who is to know that nothing was written, 42501';
