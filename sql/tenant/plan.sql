-- Plans: what a helper would do, as rows that say what each statement is for.  Whoever works
-- on a plan chooses by kind, never by the text of a statement.

CREATE TYPE primecloud_internal.plan_step AS (kind text, object text, statement text);
COMMENT ON TYPE primecloud_internal.plan_step IS 'one statement of a plan: what kind it is, what it is about, and its text';

CREATE FUNCTION primecloud_internal.step(kind text, object text, statement text) RETURNS primecloud_internal.plan_step
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT ROW(kind, object, statement)::primecloud_internal.plan_step $$;
COMMENT ON FUNCTION primecloud_internal.step(text, text, text) IS 'a step of a plan';

-- The statement as the table's owner runs it, past the forced policies that would hold him
-- to one tenant: triggers and indexes of his have his rights, whoever asked.
CREATE FUNCTION primecloud_internal.run_as_owner(rel regclass, statement text) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_run_as_owner';
COMMENT ON FUNCTION primecloud_internal.run_as_owner(regclass, text)
    IS 'runs a statement of a plan as the owner of a table; for who has the owner''s rights';

-- The same for a command on the table.  Foreign keys are checked by a query, which is planned over the
-- owner's indexes; SET NOT NULL reads his checks, whose constant calls are run to see whether they say
-- so already; VALIDATE runs whatever check has the name by then; a column is made of his type, a default
-- of a literal that his type reads, and a constraint of an index whose expressions are folded.  Whose
-- table it is, and whether what is below it is of one hand with it, is looked up under a lock.
CREATE FUNCTION primecloud_internal.check_as_owner(rel regclass, statement text) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_check_as_owner';
COMMENT ON FUNCTION primecloud_internal.check_as_owner(regclass, text)
    IS 'runs a command of a plan as the owner of a table; for who has the owner''s rights';

-- The kinds of steps that could run what the owner of the table wrote: never with the rights of whoever
-- runs the plan, or the script that it is printed as.  The others name, drop, lock, grant or note things, make policies of our own
-- conditions, defaults that call a function of ours, or indexes, for which the server itself takes the owner's rights.
CREATE FUNCTION primecloud_internal.is_owners(kind text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(kind IN ('column', 'drop column', 'retype', 'literal default', 'view default', 'copied policy', 'storage', 'check',
        'drop check', 'validate', 'not null', 'row trigger', 'fill trigger', 'foreign key', 'unchecked foreign key', 'take index',
        'member key of index', 'expression index', 'spread'), false);
$$;
COMMENT ON FUNCTION primecloud_internal.is_owners(text) IS 'whether a step of a plan is run as the owner of its table, by its kind';

-- The guard lets pass what the extension's own functions do.
CREATE FUNCTION primecloud_internal.lift_guard() RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_lift_guard';
COMMENT ON FUNCTION primecloud_internal.lift_guard()
    IS 'lifts the guard until the function that calls this one returns; called by the functions that change protection on purpose';

-- Runs a plan in order, with the caller's rights or the owner's, or just returns its statements; as a
-- psql script each ends where psql wants it to.  A `remark` is for readers, `psql` for psql.
CREATE FUNCTION primecloud_internal.run_plan(steps primecloud_internal.plan_step[], dry_run boolean, script boolean DEFAULT false)
    RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    step primecloud_internal.plan_step;
BEGIN
    PERFORM primecloud_internal.lift_guard();
    FOREACH step IN ARRAY coalesce(steps, '{}') LOOP
        CONTINUE WHEN step.statement IS NULL;
        IF NOT dry_run AND NOT script THEN
            CASE
                WHEN step.kind = 'remark' THEN NULL;
                WHEN step.kind = 'fill' THEN PERFORM primecloud_internal.run_as_owner(step.object::regclass, step.statement);
                WHEN primecloud_internal.is_owners(step.kind) THEN
                    PERFORM primecloud_internal.check_as_owner(step.object::regclass, step.statement);
                ELSE EXECUTE step.statement;
            END CASE;
        ELSIF script AND primecloud_internal.is_owners(step.kind) THEN
            step.statement := format('SELECT primecloud_internal.check_as_owner(%L, %L)', step.object, step.statement);
        END IF;
        RETURN NEXT CASE WHEN step.kind = 'remark' THEN primecloud_internal.one_line(step.statement)
            WHEN script AND step.kind <> 'psql' THEN step.statement || ';' ELSE step.statement END;
    END LOOP;
END $$;
COMMENT ON FUNCTION primecloud_internal.run_plan(primecloud_internal.plan_step[], boolean, boolean)
    IS 'runs what a helper composed; with the caller''s own rights, or the owner''s where code of his could run';

-- How every script begins and ends.  It stops at the first error, gives up waiting for a lock
-- before the application's wait for it counts as a deadlock (deadlock_timeout, a second), and
-- is run by somebody whom forced policies do not hold, since checks are queries.  It asks again
-- whose the tables are, as they may have changed hands since it was written.  The guard is off
-- within its transactions alone: a session that reads the script may go on where it stops.
CREATE FUNCTION primecloud_internal.script_around(steps primecloud_internal.plan_step[], rel regclass, others regclass[] DEFAULT '{}')
    RETURNS primecloud_internal.plan_step[]
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
    SELECT ARRAY[
        primecloud_internal.step('psql', NULL, '\set ON_ERROR_STOP on'),
        primecloud_internal.step('remark', NULL,
            '-- Where a statement times out, ask for the script again: it goes on where this one stopped.'),
        primecloud_internal.step('setting', 'lock_timeout', 'SET lock_timeout = ''500ms'''),
        primecloud_internal.step('setting', 'row_security', 'SET row_security = off'),
        primecloud_internal.step('hand', rel::text, format('SELECT primecloud_internal.check_one_hand(%L, %L)', rel, others))]
        || ARRAY(SELECT u.step FROM unnest(steps) WITH ORDINALITY AS s(kind, object, statement, n), LATERAL (
            VALUES (1, primecloud_internal.step(s.kind, s.object, s.statement)),
                (2, primecloud_internal.step('setting', 'primecloud.guard', 'SET LOCAL primecloud.guard = off'))) AS u(part, step)
            WHERE u.part = 1 OR s.kind = 'begin' ORDER BY s.n, u.part)
        || ARRAY[
        primecloud_internal.step('setting', 'row_security', 'RESET row_security'),
        primecloud_internal.step('setting', 'lock_timeout', 'RESET lock_timeout')]
    WHERE cardinality(steps) > 0;
$$;
COMMENT ON FUNCTION primecloud_internal.script_around(primecloud_internal.plan_step[], regclass, regclass[])
    IS 'a plan as the script that online => true prints; NULL where there is nothing to do';

-- Steps that hold together: all of them, or none.
CREATE FUNCTION primecloud_internal.in_one_transaction(steps primecloud_internal.plan_step[]) RETURNS primecloud_internal.plan_step[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT primecloud_internal.step('begin', NULL, 'BEGIN') || steps || primecloud_internal.step('commit', NULL, 'COMMIT')
    WHERE cardinality(steps) > 0 $$;
COMMENT ON FUNCTION primecloud_internal.in_one_transaction(primecloud_internal.plan_step[])
    IS 'steps of a script that are done together or not at all';
