-- Plans that accounts have taken.

CREATE TABLE @schema@.subscriptions (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier
    product_id uuid NOT NULL,  --: @public @notNull the plan
    account_id uuid NOT NULL,  --: @public @notNull the account
    status text NOT NULL DEFAULT 'active',  --: @public @notNull trial, active, past_due or canceled
    price_cents bigint NOT NULL,  --: @public @notNull the plan's price when it was subscribed to
    currency text NOT NULL,  --: @public @notNull ISO 4217 code
    current_period_start timestamptz NOT NULL,  --: @public @notNull start of the paid period, included
    current_period_end timestamptz NOT NULL,  --: @public @notNull end of the paid period, not included
    cancel_at_period_end boolean NOT NULL DEFAULT false,  --: @public @notNull whether it ends with this period
    trial_ends_at timestamptz,  --: @public end of the trial, from which on it is billed; missing without one
    canceled_at timestamptz,  --: @public when it ended
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it began
    CONSTRAINT subscriptions_pk PRIMARY KEY (account_id, id),
    CONSTRAINT subscriptions_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE,
    CONSTRAINT subscriptions_product_fk FOREIGN KEY (product_id) REFERENCES @schema@.products (id) ON DELETE RESTRICT,
    CONSTRAINT subscriptions_status_known CHECK (status IN ('trial', 'active', 'past_due', 'canceled')),
    CONSTRAINT subscriptions_price_safe CHECK (price_cents BETWEEN 0 AND 9007199254740991),
    CONSTRAINT subscriptions_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT subscriptions_period_forward CHECK (current_period_start < current_period_end),
    CONSTRAINT subscriptions_trial_ends CHECK ((status = 'trial') <= (trial_ends_at IS NOT NULL)),
    CONSTRAINT subscriptions_canceled_when CHECK ((status = 'canceled') = (canceled_at IS NOT NULL))
);
COMMENT ON TABLE @schema@.subscriptions IS 'the plans of an account, one of them live at most';
CREATE UNIQUE INDEX subscriptions_one_live ON @schema@.subscriptions (account_id) WHERE status IN ('trial', 'active', 'past_due');
CREATE INDEX subscriptions_product_idx ON @schema@.subscriptions (product_id);
CREATE INDEX subscriptions_list_idx ON @schema@.subscriptions (account_id, created_at DESC, id DESC);
CREATE INDEX subscriptions_due_idx ON @schema@.subscriptions (current_period_end) WHERE status IN ('trial', 'active', 'past_due');
SELECT primecloud.protect_table('@schema@.subscriptions', read_role => 'developer', write_role => 'admin', delete_role => 'owner');
GRANT SELECT ON @schema@.subscriptions TO @app@, @platform@, @gate@;
GRANT UPDATE (status, canceled_at, current_period_start, current_period_end) ON @schema@.subscriptions TO @gate@;
