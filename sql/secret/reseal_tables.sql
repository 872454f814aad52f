-- What resealing writes down: how far it is, and which rows it could not seal anew.
-- None of it is needed to go on: that a row is done stands in its envelope.

CREATE TABLE primecloud_internal.reseal_run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    schema_name text NOT NULL,
    table_name text NOT NULL,
    column_name text NOT NULL,
    newest_key bigint NOT NULL,
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'paused', 'finished', 'failed', 'superseded')),
    done_by text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    position jsonb NOT NULL DEFAULT '{"pass": 1}',
    batches bigint NOT NULL DEFAULT 0,
    rows_resealed bigint NOT NULL DEFAULT 0,
    rows_locked bigint NOT NULL DEFAULT 0,
    rows_failed bigint NOT NULL DEFAULT 0,
    last_error text);
COMMENT ON SEQUENCE primecloud_internal.reseal_run_id_seq IS 'ids of runs of reseal';
COMMENT ON TABLE primecloud_internal.reseal_run IS 'each run of a reseal: how far it is and what it did; shown by job_progress';
CREATE INDEX reseal_run_of ON primecloud_internal.reseal_run (schema_name, table_name, column_name, id);

CREATE TABLE primecloud_internal.reseal_problem (
    schema_name text NOT NULL,
    table_name text NOT NULL,
    column_name text NOT NULL,
    partition_name text NOT NULL,
    tenant text NOT NULL,
    row_id text NOT NULL,
    key_id bigint NOT NULL,
    code text NOT NULL,
    constraint_name text NOT NULL DEFAULT '',
    first_seen timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_seen timestamptz NOT NULL DEFAULT clock_timestamp());
COMMENT ON TABLE primecloud_internal.reseal_problem IS 'rows that the last reseal of a column passed over, and left as they are';
-- A hash of the row, since its id may be longer than an index takes.
CREATE UNIQUE INDEX reseal_problem_row ON primecloud_internal.reseal_problem (schema_name, table_name, column_name, partition_name,
    md5(tenant), md5(row_id));
CREATE INDEX reseal_problem_key ON primecloud_internal.reseal_problem (key_id);
REVOKE ALL ON primecloud_internal.reseal_run, primecloud_internal.reseal_problem FROM PUBLIC;

CREATE FUNCTION primecloud_internal.may_reseal(schema_name text, table_name text, column_name text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce((SELECT pg_has_role(c.relowner, 'USAGE')
            OR has_column_privilege(c.oid, a.attname, 'UPDATE') AND (SELECT r.rolbypassrls FROM pg_roles r WHERE r.rolname = current_user)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE n.nspname = schema_name AND c.relname = table_name AND a.attname = column_name AND NOT a.attisdropped),
        (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user))
$$;
COMMENT ON FUNCTION primecloud_internal.may_reseal(text, text, text)
    IS 'whether the current role owns a table or may reseal its column; of one that is gone, whether it is a superuser';

CREATE VIEW reseal_problems WITH (security_barrier) AS
SELECT p.* FROM primecloud_internal.reseal_problem p WHERE primecloud_internal.may_reseal(p.schema_name, p.table_name, p.column_name);
COMMENT ON VIEW reseal_problems
    IS 'rows that the last reseal of a column passed over: PC005 does not belong to its row, PC004 and PC003 its key is gone, others are '
        'errors of the table''s own triggers and constraints';
GRANT SELECT ON reseal_problems TO PUBLIC;
