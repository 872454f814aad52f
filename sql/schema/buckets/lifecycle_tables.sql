-- The lifecycle of what is in a bucket, rule by rule.

CREATE TABLE @schema@.lifecycle_rules (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier
    bucket_id uuid NOT NULL,  --: @public @notNull the bucket
    account_id uuid NOT NULL,  --: @public @notNull the account
    rule_id text NOT NULL,  --: @public @notNull the rule's name in the bucket: ID in S3
    position integer NOT NULL,  --: @public @notNull place in the configuration
    rule jsonb NOT NULL,  --: @public @notNull the rule as AWS JSON: one member of Rules
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it was added
    CONSTRAINT lifecycle_rules_pk PRIMARY KEY (account_id, id),
    CONSTRAINT lifecycle_rules_name_unique UNIQUE (account_id, bucket_id, rule_id),
    CONSTRAINT lifecycle_rules_bucket_fk FOREIGN KEY (account_id, bucket_id) REFERENCES @schema@.buckets (account_id, id) ON DELETE CASCADE,
    CONSTRAINT lifecycle_rules_name_short CHECK (char_length(rule_id) BETWEEN 1 AND 255),
    -- AWS takes 1000 rules of a few hundred bytes each
    CONSTRAINT lifecycle_rules_rule_short CHECK (octet_length(rule::text) <= 20000)
);
COMMENT ON TABLE @schema@.lifecycle_rules
    IS 'lifecycle rules, one a row, so that two people adding one at once lose neither; bucket_lifecycle puts them together';
SELECT primecloud.protect_table('@schema@.lifecycle_rules', read_role => 'external_client', write_role => 'developer',
    delete_role => 'developer');
SELECT primecloud.confine_table('@schema@.lifecycle_rules', 'bucket_id');
GRANT SELECT ON @schema@.lifecycle_rules TO @app@, @gate@;
