-- What the read models of subscriptions return.

CREATE TYPE @schema@.subscription_with_product AS (
    id uuid,  --: @public @notNull identifier
    account_id uuid,  --: @public @notNull the account
    product_id uuid,  --: @public @notNull the plan
    status text,  --: @public @notNull trial, active, past_due or canceled
    price_cents bigint,  --: @public @notNull the plan's price when it was subscribed to
    currency text,  --: @public @notNull ISO 4217 code
    current_period_start timestamptz,  --: @public @notNull start of the paid period, included
    current_period_end timestamptz,  --: @public @notNull end of the paid period, not included
    cancel_at_period_end boolean,  --: @public @notNull whether it ends with this period
    trial_ends_at timestamptz,  --: @public end of the trial, from which on it is billed; missing without one
    canceled_at timestamptz,  --: @public when it ended
    created_at timestamptz,  --: @public @notNull when it began
    product @schema@.products  --: @public @notNull the plan
);
COMMENT ON TYPE @schema@.subscription_with_product IS 'a subscription with its plan';
