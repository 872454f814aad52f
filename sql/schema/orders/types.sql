-- What the read models of orders return: a row with what it refers to.  A missing side is
-- NULL.  Secrets are in none of these tables, so none can be here.

CREATE TYPE @schema@.order_with_details AS (
    id uuid,  --: @public @notNull identifier
    account_id uuid,  --: @public @notNull the account
    product_id uuid,  --: @public the plan; missing for a configured machine
    order_number text,  --: @public @notNull number a person can read out, from the id's random part
    order_type text,  --: @public @notNull product, vps, dedicated, storage, backup_cloud or backup_vps
    status text,  --: @public @notNull pending, quoting, approved, provisioning, processing, completed, canceled, refunded or denied
    payment_status text,  --: @public @notNull pending, paid, failed or refunded
    payment_method text,  --: @public credit_card, pix, boleto or bank_transfer
    quantity integer,  --: @public @notNull how many
    unit_price_cents bigint,  --: @public @notNull price of one, copied by the server when the order was placed
    discount_cents bigint,  --: @public @notNull taken off the whole
    total_cents bigint,  --: @public @notNull what is to be paid
    currency text,  --: @public @notNull ISO 4217 code
    notes text,  --: @public what the customer wrote
    cancel_reason text,  --: @public why it was canceled, denied or refunded
    paid_at timestamptz,  --: @public when it was paid
    canceled_at timestamptz,  --: @public when it was canceled or denied
    delivered_at timestamptz,  --: @public when it was completed
    created_at timestamptz,  --: @public @notNull when it was placed
    updated_at timestamptz,  --: @public @notNull when it last changed
    account @schema@.accounts,  --: @public @notNull the account
    product @schema@.products,  --: @public the plan; missing for a configured machine
    vps_config @schema@.vps_configs,  --: @public what was configured, of a machine
    placed_by text  --: @public @notNull user who placed it; unknown for orders older than this column
);
COMMENT ON TYPE @schema@.order_with_details IS 'an order with its account, its product and, of a machine, its configuration';
