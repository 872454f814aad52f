-- What the read models of orders return: a row with what it refers to.  A missing side is
-- NULL.  Secrets are in none of these tables, so none can be here.

CREATE TYPE @schema@.order_with_details AS (
    id uuid, account_id uuid, product_id uuid, order_number text, order_type text, status text, payment_status text,
    payment_method text, quantity integer, unit_price_cents bigint, discount_cents bigint, total_cents bigint, currency text,
    notes text, cancel_reason text, paid_at timestamptz, canceled_at timestamptz, delivered_at timestamptz,
    created_at timestamptz, updated_at timestamptz,
    account @schema@.accounts, product @schema@.products, vps_config @schema@.vps_configs,
    placed_by text);
COMMENT ON TYPE @schema@.order_with_details IS 'an order with its account, its product and, of a machine, its configuration';
