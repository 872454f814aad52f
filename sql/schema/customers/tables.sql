-- Customers of an account that sells on.

CREATE TABLE @schema@.customers (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier
    account_id uuid NOT NULL,  --: @public @notNull the account that resells
    name text NOT NULL,  --: @pii @notNull name
    tax_id text,  --: @pii CPF or CNPJ, without punctuation
    admin_email text,  --: @pii contact for technical matters
    billing_email text,  --: @pii contact for invoices
    phone text,  --: @pii telephone
    address text,  --: @pii postal address
    notes text,  --: @pii what the account wrote down
    status text NOT NULL DEFAULT 'active',  --: @public @notNull active, suspended or trial
    trial_ends_at timestamptz,  --: @public end of the trial
    billing_day integer NOT NULL DEFAULT 10,  --: @public @notNull day of the month, 1 to 28
    billing_model text NOT NULL DEFAULT 'fixed',  --: @public @notNull fixed, usage or hybrid
    discount_percent integer NOT NULL DEFAULT 0,  --: @public @notNull 0 to 100
    contracted_storage_bytes bigint NOT NULL DEFAULT 0,  --: @public @notNull storage the price includes
    price_cents bigint NOT NULL DEFAULT 0,  --: @public @notNull fixed part of the month's price
    overage_cents bigint NOT NULL DEFAULT 0,  --: @public @notNull price of one GiB-month above it
    currency text NOT NULL DEFAULT 'BRL',  --: @public @notNull ISO 4217 code
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it was added
    CONSTRAINT customers_pk PRIMARY KEY (account_id, id),
    CONSTRAINT customers_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE,
    CONSTRAINT customers_status_known CHECK (status IN ('active', 'suspended', 'trial')),
    CONSTRAINT customers_trial_ends CHECK ((status = 'trial') <= (trial_ends_at IS NOT NULL)),
    CONSTRAINT customers_day_in_every_month CHECK (billing_day BETWEEN 1 AND 28),
    CONSTRAINT customers_model_known CHECK (billing_model IN ('fixed', 'usage', 'hybrid')),
    CONSTRAINT customers_discount_percent CHECK (discount_percent BETWEEN 0 AND 100),
    CONSTRAINT customers_storage_safe CHECK (contracted_storage_bytes BETWEEN 0 AND 9007199254740991),
    CONSTRAINT customers_price_safe CHECK (price_cents >= 0 AND price_cents <= 100000000000 AND overage_cents >= 0
        AND overage_cents <= 1000000000),
    CONSTRAINT customers_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT customers_tax_id_valid CHECK (primecloud.tax_id_problem(tax_id) IS NULL),
    CONSTRAINT customers_short CHECK (char_length(name) >= 1 AND char_length(name) <= 200 AND char_length(phone) <= 50
        AND char_length(address) <= 1000 AND char_length(notes) <= 4000),
    CONSTRAINT customers_admin_email_shape CHECK (admin_email ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND octet_length(admin_email) <= 254),
    CONSTRAINT customers_billing_email_shape CHECK (billing_email ~ '^[^@[:space:]]+@[^@[:space:]]+$'
        AND octet_length(billing_email) <= 254)
);
COMMENT ON TABLE @schema@.customers IS 'the customers of an account that resells';
CREATE INDEX customers_list_idx ON @schema@.customers (account_id, created_at DESC, id DESC);
SELECT primecloud.protect_table('@schema@.customers', read_role => 'developer', write_role => 'admin', delete_role => 'admin');
GRANT SELECT ON @schema@.customers TO @app@, @gate@;
-- (With those that have a default: Citus writes defaults out. Whose a row is, its policy says.)
GRANT INSERT (id, account_id, name, tax_id, admin_email, billing_email, phone, address, notes, status, trial_ends_at, billing_day,
    billing_model, created_at, discount_percent, contracted_storage_bytes, price_cents, overage_cents, currency)
    ON @schema@.customers TO @app@;
GRANT UPDATE (name, tax_id, admin_email, billing_email, phone, address, notes, status, trial_ends_at, billing_day, billing_model,
    discount_percent, contracted_storage_bytes, price_cents, overage_cents, currency) ON @schema@.customers TO @app@;
GRANT UPDATE (status) ON @schema@.customers TO @gate@;
