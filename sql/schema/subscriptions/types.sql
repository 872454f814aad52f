-- What the read models of subscriptions return.

CREATE TYPE @schema@.subscription_with_product AS (
    id uuid, account_id uuid, product_id uuid, status text, price_cents bigint, currency text, current_period_start timestamptz,
    current_period_end timestamptz, cancel_at_period_end boolean, trial_ends_at timestamptz, canceled_at timestamptz,
        created_at timestamptz,
    product @schema@.products);
COMMENT ON TYPE @schema@.subscription_with_product IS 'a subscription with its plan';
