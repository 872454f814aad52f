-- What buckets used: as measured, by the hour and by the day.

CREATE TABLE @schema@.usage_records (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier
    bucket_id uuid NOT NULL,  --: @public @notNull the bucket; kept when the bucket is gone
    account_id uuid NOT NULL,  --: @public @notNull the account
    recorded_at timestamptz NOT NULL,  --: @public @notNull when it was measured
    storage_bytes bigint NOT NULL,  --: @public @notNull what the bucket held
    object_count bigint NOT NULL,  --: @public @notNull objects it held
    ingress_bytes bigint NOT NULL DEFAULT 0,  --: @public @notNull bytes that came in since the measurement before
    egress_bytes bigint NOT NULL DEFAULT 0,  --: @public @notNull bytes that went out since the measurement before
    request_count bigint NOT NULL DEFAULT 0,  --: @public @notNull requests since the measurement before
    CONSTRAINT usage_records_pk PRIMARY KEY (account_id, id),
    -- a collector that reports a measurement twice adds nothing
    CONSTRAINT usage_records_once UNIQUE (account_id, bucket_id, recorded_at),
    CONSTRAINT usage_records_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE,
    CONSTRAINT usage_records_figures_safe CHECK (least(storage_bytes, object_count, ingress_bytes, egress_bytes, request_count) >= 0
        AND greatest(storage_bytes, object_count, ingress_bytes, egress_bytes, request_count) <= 9007199254740991)
);
COMMENT ON TABLE @schema@.usage_records IS 'measurements as the collector sent them; kept for a while, then only rolled up';
CREATE INDEX usage_records_list_idx ON @schema@.usage_records (account_id, recorded_at DESC, id DESC);
CREATE INDEX usage_records_time_idx ON @schema@.usage_records (recorded_at);
SELECT primecloud.protect_table('@schema@.usage_records', read_role => 'developer', write_role => 'admin', delete_role => 'owner');
GRANT SELECT ON @schema@.usage_records TO @app@, @gate@;
GRANT INSERT ON @schema@.usage_records TO @gate@;
GRANT UPDATE (recorded_at) ON @schema@.usage_records TO @gate@;
GRANT DELETE ON @schema@.usage_records TO @gate@;

CREATE TABLE @schema@.usage_hourly (
    bucket_id uuid NOT NULL,  --: @public @notNull the bucket
    account_id uuid NOT NULL,  --: @public @notNull the account
    period_start timestamptz NOT NULL,  --: @public @notNull the hour, in UTC
    storage_bytes_max bigint NOT NULL,  --: @public @notNull most the bucket held in it
    ingress_bytes bigint NOT NULL,  --: @public @notNull bytes in; sum of usage_records, added to by record_usage
    egress_bytes bigint NOT NULL,  --: @public @notNull bytes out; sum of usage_records, added to by record_usage
    request_count bigint NOT NULL,  --: @public @notNull requests; sum of usage_records, added to by record_usage
    CONSTRAINT usage_hourly_pk PRIMARY KEY (account_id, period_start, bucket_id),
    CONSTRAINT usage_hourly_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE
);
COMMENT ON TABLE @schema@.usage_hourly IS 'usage by hour, kept equal to its records by record_usage';
CREATE INDEX usage_hourly_time_idx ON @schema@.usage_hourly USING brin (period_start);
SELECT primecloud.protect_table('@schema@.usage_hourly', read_role => 'developer', write_role => 'admin', delete_role => 'owner');
GRANT SELECT ON @schema@.usage_hourly TO @app@, @platform@, @gate@;
GRANT INSERT ON @schema@.usage_hourly TO @gate@;
GRANT UPDATE ON @schema@.usage_hourly TO @gate@;
GRANT DELETE ON @schema@.usage_hourly TO @gate@;

CREATE TABLE @schema@.usage_daily (
    bucket_id uuid NOT NULL,  --: @public @notNull the bucket
    account_id uuid NOT NULL,  --: @public @notNull the account
    period_start timestamptz NOT NULL,  --: @public @notNull the day, in UTC
    storage_bytes_max bigint NOT NULL,  --: @public @notNull most the bucket held in it
    ingress_bytes bigint NOT NULL,  --: @public @notNull bytes in; sum of usage_records, added to by record_usage
    egress_bytes bigint NOT NULL,  --: @public @notNull bytes out; sum of usage_records, added to by record_usage
    request_count bigint NOT NULL,  --: @public @notNull requests; sum of usage_records, added to by record_usage
    CONSTRAINT usage_daily_pk PRIMARY KEY (account_id, period_start, bucket_id),
    CONSTRAINT usage_daily_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE
);
COMMENT ON TABLE @schema@.usage_daily IS 'usage by day, kept equal to its records by record_usage';
SELECT primecloud.protect_table('@schema@.usage_daily', read_role => 'developer', write_role => 'admin', delete_role => 'owner');
GRANT SELECT ON @schema@.usage_daily TO @app@, @platform@, @gate@;
GRANT INSERT ON @schema@.usage_daily TO @gate@;
GRANT UPDATE ON @schema@.usage_daily TO @gate@;
