-- Bills, numbered without a gap for each issuer.

CREATE TABLE @schema@.invoice_counters (
    issuer text NOT NULL,  --: @public platform, or the account that issues
    year integer NOT NULL,  --: @public year of issue
    last_number integer NOT NULL,  --: @public number given last; locked until the invoice is committed, so none is skipped
    CONSTRAINT invoice_counters_pk PRIMARY KEY (issuer, year)
);
COMMENT ON TABLE @schema@.invoice_counters IS 'private: the last invoice number of each issuer and year';
DISTRIBUTED LOCAL @schema@.invoice_counters;
GRANT SELECT ON @schema@.invoice_counters TO @gate@;
GRANT INSERT ON @schema@.invoice_counters TO @gate@;
GRANT UPDATE ON @schema@.invoice_counters TO @gate@;

CREATE TABLE @schema@.invoices (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier
    customer_id uuid,  --: @public the account's customer; missing when the platform bills the account
    account_id uuid NOT NULL,  --: @public @notNull the account; kept when the account is gone
    issuer text NOT NULL  --: @public @notNull who issued it
        GENERATED ALWAYS AS (CASE WHEN customer_id IS NULL THEN 'platform' ELSE account_id::text END) STORED,
    invoice_number text NOT NULL,  --: @public @notNull number, without a gap for an issuer and year
    billed_name text NOT NULL,  --: @pii @notNull whom it is made out to, as it was then
    billed_tax_id text,  --: @pii CPF or CNPJ, as it was then
    period_start timestamptz NOT NULL,  --: @public @notNull start of the period, included
    period_end timestamptz NOT NULL,  --: @public @notNull end of the period, not included
    subtotal_cents bigint NOT NULL,  --: @public @notNull sum of the lines
    discount_cents bigint NOT NULL DEFAULT 0,  --: @public @notNull taken off
    total_cents bigint NOT NULL GENERATED ALWAYS AS (subtotal_cents - discount_cents) STORED,  --: @public @notNull what is to be paid
    currency text NOT NULL,  --: @public @notNull ISO 4217 code
    status text NOT NULL DEFAULT 'pending',  --: @public @notNull pending, overdue, paid or canceled
    due_at timestamptz NOT NULL,  --: @public @notNull when it is to be paid
    paid_at timestamptz,  --: @public when it was paid
    payment_method text,  --: @public credit_card, pix, boleto, bank_transfer, manual or other
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it was made
    CONSTRAINT invoices_pk PRIMARY KEY (account_id, id),
    CONSTRAINT invoices_number_unique UNIQUE (issuer, invoice_number),
    CONSTRAINT invoices_period_forward CHECK (period_start < period_end),
    CONSTRAINT invoices_amount_safe CHECK (subtotal_cents >= 0 AND subtotal_cents <= 9007199254740991 AND discount_cents >= 0
        AND discount_cents <= subtotal_cents),
    CONSTRAINT invoices_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT invoices_status_known CHECK (status IN ('pending', 'overdue', 'paid', 'canceled')),
    CONSTRAINT invoices_paid_when CHECK ((status = 'paid') = (paid_at IS NOT NULL)),
    CONSTRAINT invoices_payment_method_known CHECK (payment_method IN ('credit_card', 'pix', 'boleto', 'bank_transfer', 'manual', 'other'))
);
COMMENT ON TABLE @schema@.invoices IS 'invoices with the name and tax number they were made out to; kept when the account is gone';
DISTRIBUTED KEY invoices_number_unique ON @schema@.invoices (issuer, invoice_number, account_id);
DISTRIBUTED CLAIM invoices_number_unique ON @schema@.invoices (invoice_number, account_id) WHERE issuer = 'platform';
-- billing a period twice makes one invoice
CREATE UNIQUE INDEX invoices_account_period_unique ON @schema@.invoices (account_id, period_start) WHERE customer_id IS NULL;
CREATE UNIQUE INDEX invoices_customer_period_unique ON @schema@.invoices (account_id, customer_id, period_start)
    WHERE customer_id IS NOT NULL;
CREATE INDEX invoices_list_idx ON @schema@.invoices (account_id, created_at DESC, id DESC);
CREATE INDEX invoices_status_idx ON @schema@.invoices (account_id, status, created_at DESC, id DESC);
CREATE INDEX invoices_open_idx ON @schema@.invoices (due_at, id) WHERE status IN ('pending', 'overdue');
SELECT primecloud.protect_table('@schema@.invoices', read_role => 'admin', write_role => 'admin', delete_role => 'owner');
GRANT SELECT ON @schema@.invoices TO @app@, @platform@, @gate@;
GRANT INSERT ON @schema@.invoices TO @gate@;
GRANT UPDATE (status) ON @schema@.invoices TO @gate@;

CREATE TABLE @schema@.invoice_lines (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier
    invoice_id uuid NOT NULL,  --: @public @notNull the invoice
    account_id uuid NOT NULL,  --: @public @notNull the account
    position integer NOT NULL,  --: @public @notNull place on the invoice
    kind text NOT NULL,  --: @public @notNull subscription, storage, transfer, order or fixed
    description text NOT NULL,  --: @public @notNull what is charged
    quantity_bytes bigint,  --: @public bytes charged, where it is usage
    amount_cents bigint NOT NULL,  --: @public @notNull amount, rounded half up once
    CONSTRAINT invoice_lines_pk PRIMARY KEY (account_id, id),
    CONSTRAINT invoice_lines_position_unique UNIQUE (account_id, invoice_id, position),
    CONSTRAINT invoice_lines_invoice_fk FOREIGN KEY (account_id, invoice_id) REFERENCES @schema@.invoices (account_id, id)
        ON DELETE CASCADE,
    CONSTRAINT invoice_lines_kind_known CHECK (kind IN ('subscription', 'storage', 'transfer', 'order', 'fixed')),
    CONSTRAINT invoice_lines_amount_safe CHECK (amount_cents BETWEEN 0 AND 9007199254740991),
    CONSTRAINT invoice_lines_quantity_safe CHECK (quantity_bytes BETWEEN 0 AND 9007199254740991)
);
COMMENT ON TABLE @schema@.invoice_lines IS 'what an invoice is for; its subtotal is their sum';
SELECT primecloud.protect_table('@schema@.invoice_lines', read_role => 'admin', write_role => 'admin', delete_role => 'owner');
GRANT SELECT ON @schema@.invoice_lines TO @app@, @platform@, @gate@;
GRANT INSERT ON @schema@.invoice_lines TO @gate@;
