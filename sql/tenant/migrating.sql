-- Owners' migrations.  Forced row-level security holds the owner of a table to the entered account;
-- migrating() lifts it from the tables that he names, until migrated() puts it back.

CREATE FUNCTION primecloud_internal.check_may_migrate() RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_check_may_migrate';
COMMENT ON FUNCTION primecloud_internal.check_may_migrate()
    IS 'refuses migrating() outside a transaction block, and once somebody was entered';

CREATE FUNCTION primecloud_internal.lock_to_lift(rel regclass) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_lock_to_lift';
COMMENT ON FUNCTION primecloud_internal.lock_to_lift(regclass)
    IS 'locks a table for its owner; from then on COMMIT asks whether forced row-level security is lifted from it';

CREATE FUNCTION primecloud_internal.is_lifted(rel regclass) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_is_lifted';
COMMENT ON FUNCTION primecloud_internal.is_lifted(regclass)
    IS 'whether migrating() has lifted forced row-level security, and nothing has put it back';

-- A partition is read by its own name where a foreign key is checked: the whole tree is meant.
CREATE FUNCTION primecloud_internal.tables_to_lift(schema name, tables name[]) RETURNS regclass[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    space oid := (SELECT oid FROM pg_namespace WHERE nspname = schema);
    wrong name;
    named oid[] := ARRAY(SELECT c.oid FROM pg_class c WHERE c.relnamespace = space AND c.relkind IN ('r', 'p')
        AND (tables IS NULL OR c.relname = ANY (tables)));
    held oid[] := ARRAY(SELECT DISTINCT polrelid FROM pg_policy WHERE polname IN ('primecloud_floor', 'primecloud_shared',
        'primecloud_people') AND polrelid = ANY (named));
BEGIN
    IF space IS NULL THEN
        RAISE invalid_schema_name USING MESSAGE = format('schema "%s" does not exist', schema),
            HINT = 'Name the schema of the tables, and the tables without it.';
    END IF;
    SELECT n INTO wrong FROM unnest(tables) AS n WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = ANY (named) AND c.relname = n)
        ORDER BY n LIMIT 1;
    IF FOUND THEN
        RAISE undefined_table USING MESSAGE = format('schema "%s" has no table "%s"', schema, wrong),
            HINT = 'Name tables of the schema, without the schema.';
    END IF;
    SELECT c.relname INTO wrong FROM pg_class c WHERE tables IS NOT NULL AND c.oid = ANY (named) AND c.oid <> ALL (held)
        ORDER BY c.relname LIMIT 1;
    IF FOUND OR held = '{}' THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = CASE WHEN wrong IS NULL THEN format('no table of schema "%s" is protected',
            schema) ELSE format('table %I.%I is not protected', schema, wrong) END,
            HINT = 'Nothing holds the owner there: leave it out.';
    END IF;
    RETURN ARRAY(SELECT DISTINCT t.relid::oid FROM unnest(held) AS h, LATERAL primecloud_internal.table_tree(h) AS t
        JOIN pg_class c ON c.oid = t.relid WHERE c.relrowsecurity AND c.relforcerowsecurity ORDER BY 1)::regclass[];
END $$;
COMMENT ON FUNCTION primecloud_internal.tables_to_lift(name, name[])
    IS 'the protected tables of a schema, or those of them that are named, with their partitions, in the order in which they are locked';

-- A table that a deferred constraint still waits for cannot be altered: those that wait for these
-- tables are asked now, and wait again as they were declared.
CREATE FUNCTION primecloud_internal.settle_constraints(tables regclass[]) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    waiting text := (SELECT string_agg(DISTINCT format('%I.%I', n.nspname, c.conname), ', ') FROM pg_constraint c
        JOIN pg_namespace n ON n.oid = c.connamespace
        WHERE c.condeferrable AND (c.conrelid = ANY (tables) OR c.confrelid = ANY (tables)));
    declared text := (SELECT string_agg(DISTINCT format('%I.%I', n.nspname, c.conname), ', ') FROM pg_constraint c
        JOIN pg_namespace n ON n.oid = c.connamespace
        WHERE c.condeferred AND (c.conrelid = ANY (tables) OR c.confrelid = ANY (tables)));
BEGIN
    IF waiting IS NOT NULL THEN
        EXECUTE format('SET CONSTRAINTS %s IMMEDIATE', waiting);
    END IF;
    IF declared IS NOT NULL THEN
        EXECUTE format('SET CONSTRAINTS %s DEFERRED', declared);
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.settle_constraints(regclass[]) IS 'asks the constraints that wait for COMMIT on some tables now';

CREATE FUNCTION primecloud_internal.set_forced(tables regclass[], forced boolean) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    missed text;
BEGIN
    IF NOT forced THEN
        PERFORM primecloud_internal.lock_to_lift(t) FROM unnest(tables) WITH ORDINALITY AS u(t, n) ORDER BY n;
    END IF;
    PERFORM primecloud_internal.settle_constraints(tables);
    RETURN QUERY SELECT * FROM primecloud_internal.run_plan(ARRAY(SELECT primecloud_internal.step('row security', t::text,
        format('ALTER TABLE %s %s ROW LEVEL SECURITY', t, CASE WHEN forced THEN 'FORCE' ELSE 'NO FORCE' END))
        FROM unnest(tables) WITH ORDINALITY AS u(t, n) ORDER BY n), false);
    -- A schema changes its name under a table's lock, too: another table may have been meant.
    SELECT c.oid::regclass::text INTO missed FROM pg_class c WHERE c.oid = ANY (tables) AND c.relforcerowsecurity <> forced LIMIT 1;
    IF FOUND THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('the schema of table %s was renamed meanwhile', missed),
            HINT = 'Do it again.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.set_forced(regclass[], boolean) IS 'has row-level security hold the owner of some tables, or not';

CREATE FUNCTION primecloud_internal.lift_forced(schema name, tables name[]) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- What waited for the lock has missed, in a snapshot of before, what was committed meanwhile.
    PERFORM primecloud.require_read_committed();
    IF schema IS NULL OR tables = '{}' THEN
        RAISE null_value_not_allowed USING MESSAGE = 'no table is named', HINT = 'Name a schema, and tables of it or none.';
    END IF;
    RETURN QUERY SELECT * FROM primecloud_internal.set_forced(primecloud_internal.tables_to_lift(schema, tables), false);
END $$;
COMMENT ON FUNCTION primecloud_internal.lift_forced(name, name[]) IS 'what migrating() does when it may';
