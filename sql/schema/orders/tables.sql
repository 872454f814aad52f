-- Orders, their states, and what staff remark on them.

CREATE TABLE @schema@.orders (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier
    product_id uuid,  --: @public the plan; missing for a configured machine
    account_id uuid NOT NULL,  --: @public @notNull the account
    order_number text NOT NULL  --: @public @notNull number a person can read out, from the id's random part
        GENERATED ALWAYS AS ('ORD-' || upper((substr(id::text, 20, 4) || '-' || right(id::text, 12)) COLLATE "C")) STORED,
    order_type text NOT NULL DEFAULT 'product',  --: @public @notNull product, vps, dedicated, storage, backup_cloud or backup_vps
    status text NOT NULL DEFAULT 'pending',  --: @public @notNull pending, quoting, approved, provisioning, processing, completed,
        --: canceled, refunded or denied
    payment_status text NOT NULL DEFAULT 'pending',  --: @public @notNull pending, paid, failed or refunded
    payment_method text,  --: @public credit_card, pix, boleto or bank_transfer
    quantity integer NOT NULL DEFAULT 1,  --: @public @notNull how many
    unit_price_cents bigint NOT NULL,  --: @public @notNull price of one, copied by the server when the order was placed
    discount_cents bigint NOT NULL DEFAULT 0,  --: @public @notNull taken off the whole
    total_cents bigint NOT NULL  --: @public @notNull what is to be paid
        GENERATED ALWAYS AS (quantity * unit_price_cents - discount_cents) STORED,
    currency text NOT NULL DEFAULT 'BRL',  --: @public @notNull ISO 4217 code
    notes text,  --: @public what the customer wrote
    cancel_reason text,  --: @public why it was canceled, denied or refunded
    request_id text,  --: @public @omit the client's own mark: the same one twice is one order
    paid_at timestamptz,  --: @public when it was paid
    canceled_at timestamptz,  --: @public when it was canceled or denied
    delivered_at timestamptz,  --: @public when it was completed
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it was placed
    updated_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it last changed
    placed_by text NOT NULL DEFAULT 'unknown',  --: @public @notNull user who placed it; unknown for orders older than this column
    CONSTRAINT orders_pk PRIMARY KEY (account_id, id),
    CONSTRAINT orders_number_unique UNIQUE (account_id, order_number),
    CONSTRAINT orders_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE,
    CONSTRAINT orders_product_fk FOREIGN KEY (product_id) REFERENCES @schema@.products (id) ON DELETE RESTRICT,
    CONSTRAINT orders_type_known CHECK (order_type IN ('product', 'vps', 'dedicated', 'storage', 'backup_cloud', 'backup_vps')),
    CONSTRAINT orders_product_named CHECK ((order_type IN ('vps', 'dedicated')) = (product_id IS NULL)),
    CONSTRAINT orders_status_known CHECK (status IN ('pending', 'quoting', 'approved', 'provisioning', 'processing', 'completed',
        'canceled', 'refunded', 'denied')),
    CONSTRAINT orders_payment_status_known CHECK (payment_status IN ('pending', 'paid', 'failed', 'refunded')),
    CONSTRAINT orders_payment_method_known CHECK (payment_method IN ('credit_card', 'pix', 'boleto', 'bank_transfer')),
    CONSTRAINT orders_quantity_sane CHECK (quantity BETWEEN 1 AND 10000),
    CONSTRAINT orders_price_safe CHECK (unit_price_cents BETWEEN 0 AND 100000000000),
    CONSTRAINT orders_discount_within CHECK (discount_cents BETWEEN 0 AND quantity * unit_price_cents),
    CONSTRAINT orders_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT orders_notes_short CHECK (char_length(notes) <= 4000),
    CONSTRAINT orders_request_short CHECK (char_length(request_id) BETWEEN 1 AND 200),
    -- the timestamps belong to the states: neither moves without the other
    CONSTRAINT orders_paid_when CHECK ((payment_status IN ('paid', 'refunded')) = (paid_at IS NOT NULL)),
    CONSTRAINT orders_canceled_when CHECK ((status IN ('canceled', 'denied')) = (canceled_at IS NOT NULL)),
    CONSTRAINT orders_delivered_when CHECK ((status IN ('completed', 'refunded')) = (delivered_at IS NOT NULL)),
    -- What has no price of a product is approved at a price.
    CONSTRAINT orders_dedicated_quoted
    CHECK (order_type <> 'dedicated' OR unit_price_cents > 0 OR status IN ('pending', 'quoting', 'canceled', 'denied')),
    CONSTRAINT orders_reason_short CHECK (char_length(cancel_reason) <= 2000)
);
COMMENT ON TABLE @schema@.orders IS 'what was ordered; states and prices are moved by move_order and place_order alone';
CREATE INDEX orders_list_idx ON @schema@.orders (account_id, created_at DESC, id DESC);
CREATE INDEX orders_status_idx ON @schema@.orders (account_id, status, created_at DESC, id DESC);
CREATE INDEX orders_product_idx ON @schema@.orders (product_id);
CREATE UNIQUE INDEX orders_request_unique ON @schema@.orders (account_id, request_id) WHERE request_id IS NOT NULL;
-- Orders that are still to be worked on: few, however many there have been.
CREATE INDEX orders_open_idx ON @schema@.orders (created_at, id) INCLUDE (status)
    WHERE status IN ('pending', 'quoting', 'approved', 'provisioning', 'processing');
SELECT primecloud.protect_table('@schema@.orders', read_role => 'developer', write_role => 'developer', delete_role => 'owner');
GRANT SELECT ON @schema@.orders TO @app@, @platform@, @gate@;

CREATE TABLE @schema@.order_internal_notes (
    order_id uuid NOT NULL,  --: @public the order
    account_id uuid NOT NULL,  --: @public the account
    note text NOT NULL,  --: @secret what the platform's staff wrote
    updated_at timestamptz NOT NULL DEFAULT now(),  --: @public when it last changed
    CONSTRAINT order_internal_notes_pk PRIMARY KEY (account_id, order_id),
    CONSTRAINT order_internal_notes_order_fk FOREIGN KEY (account_id, order_id) REFERENCES @schema@.orders (account_id, id)
        ON DELETE CASCADE,
    CONSTRAINT order_internal_notes_short CHECK (char_length(note) <= 10000)
);
COMMENT ON TABLE @schema@.order_internal_notes IS 'private: remarks of the platform''s staff on an order';
SELECT primecloud.protect_table('@schema@.order_internal_notes', read_role => 'owner', write_role => 'owner', delete_role => 'owner');
GRANT SELECT ON @schema@.order_internal_notes TO @platform@;

CREATE TABLE @schema@.order_transitions (
    from_status text NOT NULL,  --: @public @notNull state before
    to_status text NOT NULL,  --: @public @notNull state after
    moved_by text NOT NULL,  --: @public @notNull who may: a role of the account, or platform
    CONSTRAINT order_transitions_pk PRIMARY KEY (from_status, to_status),
    CONSTRAINT order_transitions_moved_by_known CHECK (moved_by IN ('developer', 'admin', 'platform'))
);
COMMENT ON TABLE @schema@.order_transitions IS 'the ways an order can go; reference data, shared by all accounts';
INSERT INTO @schema@.order_transitions (from_status, to_status, moved_by) VALUES
    ('pending', 'quoting', 'platform'), ('pending', 'approved', 'platform'), ('pending', 'denied', 'platform'),
        ('pending', 'canceled', 'developer'),
    ('quoting', 'approved', 'platform'), ('quoting', 'denied', 'platform'), ('quoting', 'canceled', 'developer'),
    ('approved', 'provisioning', 'platform'), ('approved', 'canceled', 'admin'),
    ('provisioning', 'processing', 'platform'), ('provisioning', 'completed', 'platform'), ('provisioning', 'canceled', 'platform'),
    ('processing', 'completed', 'platform'), ('processing', 'canceled', 'platform'),
    ('completed', 'refunded', 'platform');
SELECT primecloud.share_table('@schema@.order_transitions');
GRANT SELECT ON @schema@.order_transitions TO @app@, @platform@;
