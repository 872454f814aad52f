-- What is kept for how long, and what is held.  Names as text, resolved and verified at each use;
-- nobody but the extension reads or writes here directly (see request.sql; the views are in views.sql).

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
    owner_name text NOT NULL,
    column_name text,
    gone_at timestamptz,
    reached oid[],
    CHECK (tenant IS NULL OR row_id IS NULL));
COMMENT ON TABLE primecloud_internal.retention_hold
    IS 'what must not expire, whatever the policy says: a row, a tenant, or (neither named) the whole table';
COMMENT ON COLUMN primecloud_internal.retention_hold.owner_name IS 'who owns the table, or did when it was dropped';
COMMENT ON COLUMN primecloud_internal.retention_hold.column_name IS 'the column that holds the tenant or the id that is held';
COMMENT ON COLUMN primecloud_internal.retention_hold.reached IS 'the tables of which it kept rows when it was placed: asked for by '
    'transactions that were open then, and by nobody later';
COMMENT ON COLUMN primecloud_internal.retention_hold.gone_at IS 'when its table was found to be gone, in spite of the hold';
CREATE INDEX retention_hold_open ON primecloud_internal.retention_hold (schema_name, table_name) WHERE released_at IS NULL;
CREATE VIEW primecloud_internal.open_hold AS
SELECT h.* FROM primecloud_internal.retention_hold h WHERE h.released_at IS NULL AND h.gone_at IS NULL;
COMMENT ON VIEW primecloud_internal.open_hold IS 'holds that keep something';

REVOKE ALL ON primecloud_internal.retention_policy, primecloud_internal.retention_override,
    primecloud_internal.retention_hold, primecloud_internal.open_hold FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('primecloud_internal.retention_policy_id_seq', '');
COMMENT ON SEQUENCE primecloud_internal.retention_policy_id_seq IS 'ids of retention policies';
SELECT pg_catalog.pg_extension_config_dump('primecloud_internal.retention_override', '');
SELECT pg_catalog.pg_extension_config_dump('primecloud_internal.retention_hold_id_seq', '');
COMMENT ON SEQUENCE primecloud_internal.retention_hold_id_seq IS 'ids of retention holds';
