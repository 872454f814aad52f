-- What the three identities hand each other.  The caller asks a question; the
-- extension's owner decides; the table's owner runs a statement, whose outcome the
-- extension's owner writes down and decides on.  src/retention/request.cpp carries it.

CREATE TYPE primecloud_internal.retention_question AS (
    kind text,
    -- a policy
    time_column text, keep interval, mode text, tenant_column text, id_column text, hold_column text, soft_delete_column text, archive oid,
    -- an exception, a hold
    tenant text, row_id text, hold bigint, reason text,
    -- a run
    run bigint, batch bigint, rate bigint, target double precision, method text,
    -- how it went
    code text, message text, constraint_name text, tries integer, state text);
COMMENT ON TYPE primecloud_internal.retention_question
    IS 'what a caller asks of the retention of a table; what does not belong to its kind is NULL';

CREATE TYPE primecloud_internal.retention_line AS (what text, name text, row_count bigint, oldest timestamptz, newest timestamptz,
    note text);
COMMENT ON TYPE primecloud_internal.retention_line IS 'a line of expire_preview()';

CREATE TYPE primecloud_internal.retention_answer AS (
    notes text[], hold bigint, lines primecloud_internal.retention_line[],
    run bigint, rows bigint, elapsed double precision, first_seen boolean, done boolean, state text, error text);
COMMENT ON TYPE primecloud_internal.retention_answer IS 'what retention_request() answers; run is NULL where another session is the runner';

CREATE TYPE primecloud_internal.retention_work AS (
    kind text, run bigint, place primecloud_internal.retention_position, started timestamptz, target double precision,
    relation oid, parent oid, most bigint, done bigint, held_statement text, code text, constraint_name text);
COMMENT ON TYPE primecloud_internal.retention_work IS 'what a statement is run for: handed to retention_record() with its outcome';

CREATE TYPE primecloud_internal.retention_outcome AS (
    rows bigint, vetoed bigint, picked bigint, held bigint, locked bigint, archived bigint,
    oldest timestamptz, newest timestamptz, tenants jsonb,
    key_tenant text, key_time timestamptz, key_row tid, until_time timestamptz, ended boolean, stays boolean,
        lines primecloud_internal.retention_line[]);
COMMENT ON TYPE primecloud_internal.retention_outcome
    IS 'what a statement did: its columns of these names, or what retention_request() counted of its rows';

CREATE TYPE primecloud_internal.retention_decision AS (work primecloud_internal.retention_work,
    answer primecloud_internal.retention_answer, run_as oid, statement text, writes boolean, tenant text);
COMMENT ON TYPE primecloud_internal.retention_decision
    IS 'what retention_request() does next: run a statement as the owner of the table, or, without one, answer';

CREATE FUNCTION primecloud_internal.retention_answered(answer primecloud_internal.retention_answer)
    RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    decision primecloud_internal.retention_decision;
BEGIN
    decision.answer := answer;
    decision.answer.done := coalesce(answer.done, false);  -- so that it is never NULL as a whole
    RETURN decision;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_answered(primecloud_internal.retention_answer) IS 'a decision that is an answer';

CREATE FUNCTION primecloud_internal.retention_told(state text, done boolean DEFAULT true, error text DEFAULT NULL)
    RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    decision primecloud_internal.retention_decision;
BEGIN
    decision.answer.state := retention_told.state;
    decision.answer.done := coalesce(retention_told.done, false);
    decision.answer.error := retention_told.error;
    RETURN decision;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_told(text, boolean, text) IS 'the answer that a run goes on or is over';

CREATE FUNCTION primecloud_internal.retention_do(rel regclass, work primecloud_internal.retention_work, statement text,
    writes boolean) RETURNS primecloud_internal.retention_decision
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    decision primecloud_internal.retention_decision;
BEGIN
    work.started := coalesce(work.started, clock_timestamp());
    decision.work := work;
    decision.run_as := (SELECT c.relowner FROM pg_class c WHERE c.oid = rel);
    decision.statement := statement;
    decision.writes := writes;
    RETURN decision;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_do(regclass, primecloud_internal.retention_work, text, boolean)
    IS 'a decision that is a statement, to be run as the owner of the table';

REVOKE ALL ON FUNCTION primecloud_internal.retention_answered(primecloud_internal.retention_answer),
    primecloud_internal.retention_told(text, boolean, text), primecloud_internal.retention_do(regclass,
    primecloud_internal.retention_work, text, boolean) FROM PUBLIC;
