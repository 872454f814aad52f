-- What is kept for how long, what is held, and what was done.  Names as text,
-- resolved and verified at each use; nobody but the extension reads or writes here
-- directly (see retention_request.sql; the views are in retention_views.sql).

CREATE TABLE primecloud_internal.retention_policy (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    schema_name text NOT NULL,
    table_name text NOT NULL,
    owner_name text NOT NULL,
    time_column text NOT NULL,
    keep interval NOT NULL,
    mode text NOT NULL CHECK (mode IN ('delete', 'soft_delete', 'archive', 'detach_partition', 'drop_partition')),
    tenant_column text,
    id_column text,
    hold_column text,
    soft_delete_column text,
    archive_schema text,
    archive_table text,
    version bigint NOT NULL DEFAULT 1,
    registered_by text NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (schema_name, table_name));
COMMENT ON TABLE primecloud_internal.retention_policy
    IS 'how long rows of a table are kept and what is done with them then, set by retain()';
COMMENT ON COLUMN primecloud_internal.retention_policy.owner_name
    IS 'who owned the table when it was registered: a table of that name that belongs to somebody else is left alone';

CREATE TABLE primecloud_internal.retention_override (
    schema_name text NOT NULL,
    table_name text NOT NULL,
    tenant text NOT NULL,
    keep interval,
    set_by text NOT NULL,
    set_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (schema_name, table_name, tenant));
COMMENT ON TABLE primecloud_internal.retention_override IS 'how long the rows of one tenant are kept instead; NULL: for ever';

CREATE TABLE primecloud_internal.retention_hold (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    schema_name text NOT NULL,
    table_name text NOT NULL,
    tenant text,
    row_id text,
    reason text NOT NULL,
    placed_by text NOT NULL,
    placed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    released_by text,
    released_at timestamptz,
    release_reason text,
    CHECK (tenant IS NULL OR row_id IS NULL));
COMMENT ON TABLE primecloud_internal.retention_hold
    IS 'what must not expire, whatever the policy says: a row, a tenant, or (neither named) the whole table';
CREATE INDEX retention_hold_open ON primecloud_internal.retention_hold (schema_name, table_name) WHERE released_at IS NULL;

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
    position jsonb NOT NULL DEFAULT '{}',
    batches bigint NOT NULL DEFAULT 0,
    rows_expired bigint NOT NULL DEFAULT 0,
    rows_held bigint NOT NULL DEFAULT 0,
    rows_locked bigint NOT NULL DEFAULT 0,
    rows_failed bigint NOT NULL DEFAULT 0,
    partitions_done bigint NOT NULL DEFAULT 0,
    last_error text);
COMMENT ON TABLE primecloud_internal.retention_run IS 'each run of a policy: its fixed instant, how far it is, and what it did';
CREATE INDEX retention_run_of ON primecloud_internal.retention_run (schema_name, table_name, id);
CREATE INDEX retention_run_open ON primecloud_internal.retention_run (schema_name, table_name) WHERE state IN ('running', 'paused');

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
    done_by text NOT NULL);
COMMENT ON TABLE primecloud_internal.retention_log
    IS 'one row for each batch, written in its transaction: how many, of when, of which tenants; never what was in them';
CREATE INDEX retention_log_run ON primecloud_internal.retention_log (run);

CREATE TABLE primecloud_internal.retention_problem (
    schema_name text NOT NULL,
    table_name text NOT NULL,
    code text NOT NULL,
    constraint_name text NOT NULL,
    first_seen timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_seen timestamptz NOT NULL DEFAULT clock_timestamp(),
    run bigint NOT NULL,
    row_count bigint NOT NULL,
    oldest timestamptz,
    PRIMARY KEY (schema_name, table_name, code, constraint_name));
COMMENT ON TABLE primecloud_internal.retention_problem
    IS 'rows that are due and cannot go, by the error and the constraint; counted in the last run that met them';

REVOKE ALL ON primecloud_internal.retention_policy, primecloud_internal.retention_override, primecloud_internal.retention_hold,
    primecloud_internal.retention_run, primecloud_internal.retention_log, primecloud_internal.retention_problem FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('primecloud_internal.retention_policy', '');
SELECT pg_catalog.pg_extension_config_dump('primecloud_internal.retention_policy_id_seq', '');
COMMENT ON SEQUENCE primecloud_internal.retention_policy_id_seq IS 'ids of retention policies';
SELECT pg_catalog.pg_extension_config_dump('primecloud_internal.retention_override', '');
SELECT pg_catalog.pg_extension_config_dump('primecloud_internal.retention_hold', '');
SELECT pg_catalog.pg_extension_config_dump('primecloud_internal.retention_hold_id_seq', '');
COMMENT ON SEQUENCE primecloud_internal.retention_hold_id_seq IS 'ids of retention holds';
SELECT pg_catalog.pg_extension_config_dump('primecloud_internal.retention_run', '');
SELECT pg_catalog.pg_extension_config_dump('primecloud_internal.retention_run_id_seq', '');
COMMENT ON SEQUENCE primecloud_internal.retention_run_id_seq IS 'ids of retention runs';
SELECT pg_catalog.pg_extension_config_dump('primecloud_internal.retention_log', '');
SELECT pg_catalog.pg_extension_config_dump('primecloud_internal.retention_log_id_seq', '');
COMMENT ON SEQUENCE primecloud_internal.retention_log_id_seq IS 'ids of retention audited batches';
SELECT pg_catalog.pg_extension_config_dump('primecloud_internal.retention_problem', '');
