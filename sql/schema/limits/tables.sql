-- What an account or a person may use up at most, as the platform sets it; and what an account has.

CREATE TABLE @schema@.limits (
    kind text NOT NULL,  --: @public what is limited
    subject uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',  --: @public the account or person that it is for; zeros: all
        --: that have none of their own
    most bigint NOT NULL,  --: @public as much as there may be; 0: no limit
    updated_at timestamptz NOT NULL DEFAULT now(),  --: @public when it was set
    CONSTRAINT limits_pk PRIMARY KEY (kind, subject),
    CONSTRAINT limits_kind_known CHECK (kind IN ('accounts_per_person', 'accounts_per_day', 'orders_per_minute', 'text_bytes')),
    CONSTRAINT limits_most_sane CHECK (most BETWEEN 0 AND 9007199254740991)
);
COMMENT ON TABLE @schema@.limits
    IS 'what an account may order and write, and how many accounts a person may own and open; set by the platform, with set_limit';
INSERT INTO @schema@.limits (kind, most) VALUES ('accounts_per_person', 100), ('accounts_per_day', 20), ('orders_per_minute', 600),
    ('text_bytes', 268435456);
GRANT SELECT ON @schema@.limits TO @gate@, @platform@;
GRANT INSERT ON @schema@.limits TO @gate@;
GRANT UPDATE ON @schema@.limits TO @gate@;
GRANT DELETE ON @schema@.limits TO @gate@;

-- Several counters for one thing: who finds one locked takes another, so that nobody waits.
CREATE TABLE @schema@.account_counters (
    id uuid NOT NULL DEFAULT gen_random_uuid(),  --: @public as many of a kind as were ever counting at once
    account_id uuid NOT NULL,  --: @public the account
    kind text NOT NULL,  --: @public orders_per_minute or text_bytes
    since timestamptz NOT NULL,  --: @public of orders, the minute; of text, when it was measured last
    amount bigint NOT NULL,  --: @public what was counted since
    counted_by xid8 NOT NULL,  --: @public transaction that counted last
    added bigint NOT NULL,  --: @public how much of the amount is that one's
    CONSTRAINT account_counters_pk PRIMARY KEY (account_id, kind, id),
    CONSTRAINT account_counters_kind_known CHECK (kind IN ('orders_per_minute', 'text_bytes')),
    CONSTRAINT account_counters_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE
) WITH (fillfactor = 50);
COMMENT ON TABLE @schema@.account_counters IS 'private: what an account has ordered and written, for its limits';
SELECT primecloud.protect_table('@schema@.account_counters', read_role => 'external_client', write_role => 'external_client',
    delete_role => 'owner');
GRANT SELECT ON @schema@.account_counters TO @gate@;
GRANT INSERT ON @schema@.account_counters TO @gate@;
GRANT UPDATE ON @schema@.account_counters TO @gate@;
GRANT DELETE ON @schema@.account_counters TO @gate@;
