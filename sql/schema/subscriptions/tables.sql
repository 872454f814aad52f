-- Plans that accounts have taken.

CREATE TABLE @schema@.account_subscriptions (
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
    CONSTRAINT account_subscriptions_pk PRIMARY KEY (account_id, id),
    CONSTRAINT account_subscriptions_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE,
    CONSTRAINT account_subscriptions_product_fk FOREIGN KEY (product_id) REFERENCES @schema@.products (id) ON DELETE RESTRICT,
    CONSTRAINT account_subscriptions_status_known CHECK (status IN ('trial', 'active', 'past_due', 'canceled')),
    CONSTRAINT account_subscriptions_price_safe CHECK (price_cents BETWEEN 0 AND 9007199254740991),
    CONSTRAINT account_subscriptions_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT account_subscriptions_period_forward CHECK (current_period_start < current_period_end),
    CONSTRAINT account_subscriptions_trial_ends CHECK ((status = 'trial') <= (trial_ends_at IS NOT NULL)),
    CONSTRAINT account_subscriptions_canceled_when CHECK ((status = 'canceled') = (canceled_at IS NOT NULL))
);
COMMENT ON TABLE @schema@.account_subscriptions IS 'the plans of an account, one of them live at most';
CREATE UNIQUE INDEX account_subscriptions_one_live ON @schema@.account_subscriptions (account_id)
    WHERE status IN ('trial', 'active', 'past_due');
CREATE INDEX account_subscriptions_product_idx ON @schema@.account_subscriptions (product_id);
CREATE INDEX account_subscriptions_list_idx ON @schema@.account_subscriptions (account_id, created_at DESC, id DESC);
CREATE INDEX account_subscriptions_due_idx ON @schema@.account_subscriptions (current_period_end)
    WHERE status IN ('trial', 'active', 'past_due');
SELECT primecloud.protect_table('@schema@.account_subscriptions', read_role => 'developer', write_role => 'admin', delete_role => 'owner');
GRANT SELECT ON @schema@.account_subscriptions TO @app@, @platform@, @gate@;
GRANT UPDATE (status, canceled_at, current_period_start, current_period_end) ON @schema@.account_subscriptions TO @gate@;
