-- What was done, and how far: runs, where they stand, what they log and what would not go.

CREATE TABLE primecloud_internal.retention_run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    schema_name text NOT NULL,
    table_name text NOT NULL,
    policy_version bigint NOT NULL,
    at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'paused', 'finished', 'failed', 'superseded')),
    done_by text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    batches bigint NOT NULL DEFAULT 0,
    rows_expired bigint NOT NULL DEFAULT 0,
    rows_held bigint NOT NULL DEFAULT 0,
    rows_locked bigint NOT NULL DEFAULT 0,
    rows_vetoed bigint NOT NULL DEFAULT 0,
    rows_failed bigint NOT NULL DEFAULT 0,
    partitions_done bigint NOT NULL DEFAULT 0,
    left_since timestamptz,
    parts_left bigint NOT NULL DEFAULT 0,
    first_left text,
    last_error text,
    last_message text,
    runs_folded bigint NOT NULL DEFAULT 0,
    folded_since timestamptz);
COMMENT ON TABLE primecloud_internal.retention_run
    IS 'each run of a policy: its fixed instant and what it did; an attempt that failed before it began is one too';
COMMENT ON COLUMN primecloud_internal.retention_run.runs_folded
    IS 'runs before this one, since folded_since, that ended like it and did as little: one row stands for all of them';
COMMENT ON COLUMN primecloud_internal.retention_run.left_since IS 'since when it has left rows that are due, free and in partitions '
    'that its mode does not take: of a tenant with a time of his own, as late as his row is';
COMMENT ON COLUMN primecloud_internal.retention_run.parts_left
    IS 'partitions in which such rows stay without end: one that has none, or that others'' rows keep; first_left is one of them';
CREATE INDEX retention_run_of ON primecloud_internal.retention_run (schema_name, table_name, id);
CREATE INDEX retention_run_open ON primecloud_internal.retention_run (schema_name, table_name) WHERE state IN ('running', 'paused');
CREATE INDEX retention_run_ended ON primecloud_internal.retention_run (finished_at) WHERE finished_at IS NOT NULL;

-- Blocks and row addresses mean nothing in another database: these two are not dumped,
-- and a run that was restored begins its table again.
CREATE TABLE primecloud_internal.retention_position (
    run bigint PRIMARY KEY,
    item integer NOT NULL DEFAULT 0,
    relation oid,
    schema_name text,
    table_name text,
    method text,
    over boolean NOT NULL DEFAULT true,
    careful boolean NOT NULL DEFAULT false,
    per_row double precision,
    most_rows bigint,
    row_limit bigint,
    block bigint,
    end_block bigint,
    unit bigint,
    density double precision,
    first_offset integer,
    span integer,
    from_time timestamptz,
    until_time timestamptz,
    bounded boolean NOT NULL DEFAULT false,
    key_tenant text,
    key_time timestamptz,
    key_row tid);
COMMENT ON TABLE primecloud_internal.retention_position
    IS 'where a run stands, written in the transaction of the batch that moved it; as a type, what the three identities of a batch '
        'hand each other';
COMMENT ON COLUMN primecloud_internal.retention_position.item IS 'the item of the worklist that is under way or was the last';
COMMENT ON COLUMN primecloud_internal.retention_position.over IS 'whether the item is done';
COMMENT ON COLUMN primecloud_internal.retention_position.careful IS 'whether the next batch passes over rows that are locked';
COMMENT ON COLUMN primecloud_internal.retention_position.bounded IS 'whether the end of the range has been asked for; it may have none';
COMMENT ON COLUMN primecloud_internal.retention_position.per_row IS 'milliseconds that a row has taken';

CREATE TABLE primecloud_internal.retention_worklist (
    run bigint NOT NULL,
    item integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('partition', 'rows', 'stays')),
    relation oid NOT NULL,
    parent oid,
    schema_name text NOT NULL,
    table_name text NOT NULL,
    fate text NOT NULL CHECK (fate IN ('goes', 'kept', 'waits', 'endless')),
    PRIMARY KEY (run, item));
COMMENT ON TABLE primecloud_internal.retention_worklist
    IS 'what a run is to go through, made by one walk over the partitions: whole partitions first, then the tables whose rows go one '
        'by one, then what is looked at alone';
COMMENT ON COLUMN primecloud_internal.retention_worklist.fate
    IS 'goes; or why what is due in it stays: a row keeps the whole, it waits for its end, it has none';

CREATE TABLE primecloud_internal.retention_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run bigint,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    schema_name text NOT NULL,
    table_name text NOT NULL,
    partition_name text,
    action text NOT NULL,
    method text NOT NULL,
    row_count bigint,
    oldest timestamptz,
    newest timestamptz,
    tenants jsonb,
    cutoff timestamptz NOT NULL,
    policy_version bigint NOT NULL,
    done_by text NOT NULL,
    gone_at timestamptz);
COMMENT ON TABLE primecloud_internal.retention_log
    IS 'one row for each batch, written in its transaction: how many, of when, of which tenants; never what was in them';
COMMENT ON COLUMN primecloud_internal.retention_log.gone_at IS 'when its table was found to be gone: another of its name has other rows';
CREATE INDEX retention_log_run ON primecloud_internal.retention_log (run);

CREATE TABLE primecloud_internal.retention_problem (
    schema_name text NOT NULL,
    table_name text NOT NULL,
    code text NOT NULL,
    constraint_name text NOT NULL,
    partition_name text NOT NULL,
    first_seen timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_seen timestamptz NOT NULL DEFAULT clock_timestamp(),
    run bigint NOT NULL,
    row_count bigint NOT NULL,
    oldest timestamptz,
    PRIMARY KEY (schema_name, table_name, code, constraint_name, partition_name));
COMMENT ON TABLE primecloud_internal.retention_problem
    IS 'rows and whole partitions that are due and cannot go, by the error and the constraint; counted in the last run that met them';

REVOKE ALL ON primecloud_internal.retention_run, primecloud_internal.retention_position, primecloud_internal.retention_worklist,
    primecloud_internal.retention_log, primecloud_internal.retention_problem FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('primecloud_internal.retention_run', '');
SELECT pg_catalog.pg_extension_config_dump('primecloud_internal.retention_run_id_seq', '');
COMMENT ON SEQUENCE primecloud_internal.retention_run_id_seq IS 'ids of retention runs';
SELECT pg_catalog.pg_extension_config_dump('primecloud_internal.retention_log', '');
SELECT pg_catalog.pg_extension_config_dump('primecloud_internal.retention_log_id_seq', '');
COMMENT ON SEQUENCE primecloud_internal.retention_log_id_seq IS 'ids of retention audited batches';
SELECT pg_catalog.pg_extension_config_dump('primecloud_internal.retention_problem', '');
