-- How long rows are kept.

CREATE TABLE @schema@.retention_periods (
    relation text NOT NULL,  --: @public table whose rows are let go
    keep interval NOT NULL,  --: @public how long they are kept
    CONSTRAINT retention_periods_pk PRIMARY KEY (relation),
    CONSTRAINT retention_periods_relation_known CHECK (relation IN ('notifications', 'usage_records', 'usage_hourly', 'audit_log',
        'outbox')),
    CONSTRAINT retention_periods_keep_positive CHECK (keep >= interval '1 day')
);
COMMENT ON TABLE @schema@.retention_periods IS 'how long rows are kept; the owner may change it';
INSERT INTO @schema@.retention_periods (relation, keep) VALUES
    ('notifications', '180 days'), ('usage_records', '40 days'), ('usage_hourly', '400 days'), ('audit_log', '2 years'),
        ('outbox', '30 days');
GRANT SELECT ON @schema@.retention_periods TO @gate@;
