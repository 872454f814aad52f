-- What an account has bought: subscriptions, orders and the machines behind them.

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

CREATE TABLE @schema@.orders (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier
    product_id uuid,  --: @public the plan; missing for a configured machine
    account_id uuid NOT NULL,  --: @public @notNull the account
    order_number text NOT NULL GENERATED ALWAYS AS ('ORD-' || upper(substr(id::text, 20, 4) || '-' || right(id::text, 12))) STORED,  --: @public @notNull number a person can read out, from the id's random part
    order_type text NOT NULL DEFAULT 'product',  --: @public @notNull product, vps, dedicated, storage, backup_cloud or backup_vps
    status text NOT NULL DEFAULT 'pending',  --: @public @notNull pending, quoting, approved, provisioning, processing, completed, canceled, refunded or denied
    payment_status text NOT NULL DEFAULT 'pending',  --: @public @notNull pending, paid, failed or refunded
    payment_method text,  --: @public credit_card, pix, boleto or bank_transfer
    quantity integer NOT NULL DEFAULT 1,  --: @public @notNull how many
    unit_price_cents bigint NOT NULL,  --: @public @notNull price of one, copied by the server when the order was placed
    discount_cents bigint NOT NULL DEFAULT 0,  --: @public @notNull taken off the whole
    total_cents bigint NOT NULL GENERATED ALWAYS AS (quantity * unit_price_cents - discount_cents) STORED,  --: @public @notNull what is to be paid
    currency text NOT NULL DEFAULT 'BRL',  --: @public @notNull ISO 4217 code
    notes text,  --: @public what the customer wrote
    cancel_reason text,  --: @public why it was canceled, denied or refunded
    request_id text,  --: @public @omit the client's own mark: the same one twice is one order
    paid_at timestamptz,  --: @public when it was paid
    canceled_at timestamptz,  --: @public when it was canceled or denied
    delivered_at timestamptz,  --: @public when it was completed
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it was placed
    updated_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it last changed
    CONSTRAINT orders_pk PRIMARY KEY (account_id, id),
    CONSTRAINT orders_number_unique UNIQUE (account_id, order_number),
    CONSTRAINT orders_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE,
    CONSTRAINT orders_product_fk FOREIGN KEY (product_id) REFERENCES @schema@.products (id) ON DELETE RESTRICT,
    CONSTRAINT orders_type_known CHECK (order_type IN ('product', 'vps', 'dedicated', 'storage', 'backup_cloud', 'backup_vps')),
    CONSTRAINT orders_product_named CHECK ((order_type IN ('vps', 'dedicated')) = (product_id IS NULL)),
    CONSTRAINT orders_status_known CHECK (status IN ('pending', 'quoting', 'approved', 'provisioning', 'processing', 'completed', 'canceled', 'refunded', 'denied')),
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
    CONSTRAINT orders_delivered_when CHECK ((status IN ('completed', 'refunded')) = (delivered_at IS NOT NULL))
);
COMMENT ON TABLE @schema@.orders IS 'what was ordered; states and prices are moved by order_transition and place_order alone';
CREATE INDEX orders_list_idx ON @schema@.orders (account_id, created_at DESC, id DESC);
CREATE INDEX orders_status_idx ON @schema@.orders (account_id, status, created_at DESC, id DESC);
CREATE INDEX orders_product_idx ON @schema@.orders (product_id);
CREATE UNIQUE INDEX orders_request_unique ON @schema@.orders (account_id, request_id) WHERE request_id IS NOT NULL;

CREATE TABLE @schema@.order_internal_notes (
    order_id uuid NOT NULL,  --: @public the order
    account_id uuid NOT NULL,  --: @public the account
    note text NOT NULL,  --: @secret what the platform's staff wrote
    updated_at timestamptz NOT NULL DEFAULT now(),  --: @public when it last changed
    CONSTRAINT order_internal_notes_pk PRIMARY KEY (account_id, order_id),
    CONSTRAINT order_internal_notes_order_fk FOREIGN KEY (account_id, order_id) REFERENCES @schema@.orders (account_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE @schema@.order_internal_notes IS 'private: remarks of the platform''s staff on an order';

CREATE TABLE @schema@.vps_configs (
    order_id uuid NOT NULL,  --: @public @notNull the order, which is of type vps
    account_id uuid NOT NULL,  --: @public @notNull the account
    os text NOT NULL,  --: @public @notNull operating system
    location text NOT NULL,  --: @public @notNull sp, rj, ny, mia or fra
    cpu_cores integer NOT NULL,  --: @public @notNull processor cores
    ram_gib integer NOT NULL,  --: @public @notNull memory
    storage_gib integer NOT NULL,  --: @public @notNull disk
    storage_type text NOT NULL DEFAULT 'ssd',  --: @public @notNull ssd, nvme or hdd
    bandwidth_mbps integer NOT NULL DEFAULT 50,  --: @public @notNull network speed
    public_ip_count integer NOT NULL DEFAULT 1,  --: @public @notNull public addresses
    backup_frequency text,  --: @public daily, weekly or monthly; missing without backup
    backup_retention_days integer,  --: @public how long a backup is kept
    base_price_cents bigint NOT NULL,  --: @public @notNull price of cores, memory and disk a month
    ip_price_cents bigint NOT NULL DEFAULT 0,  --: @public @notNull price of the addresses beyond the first
    backup_price_cents bigint NOT NULL DEFAULT 0,  --: @public @notNull price of the backup
    network_price_cents bigint NOT NULL DEFAULT 0,  --: @public @notNull price of the network speed
    server_hostname text,  --: @public name of the machine, once there is one
    server_ip inet,  --: @public address of the machine
    provisioned_at timestamptz,  --: @public when the machine was ready
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it was configured
    CONSTRAINT vps_configs_pk PRIMARY KEY (account_id, order_id),
    CONSTRAINT vps_configs_order_fk FOREIGN KEY (account_id, order_id) REFERENCES @schema@.orders (account_id, id) ON DELETE CASCADE,
    CONSTRAINT vps_configs_os_known CHECK (os IN ('ubuntu-24.04', 'ubuntu-22.04', 'ubuntu-20.04', 'debian-12', 'centos-8', 'rocky-9', 'windows-2022', 'windows-2019')),
    CONSTRAINT vps_configs_location_known CHECK (location IN ('sp', 'rj', 'ny', 'mia', 'fra')),
    CONSTRAINT vps_configs_cores_known CHECK (cpu_cores IN (1, 2, 4, 6, 8, 12, 16, 24, 32)),
    CONSTRAINT vps_configs_ram_known CHECK (ram_gib IN (1, 2, 4, 8, 16, 32, 64, 128)),
    CONSTRAINT vps_configs_storage_known CHECK (storage_gib IN (25, 50, 100, 200, 400, 800, 1000, 2000)),
    CONSTRAINT vps_configs_storage_type_known CHECK (storage_type IN ('ssd', 'nvme', 'hdd')),
    CONSTRAINT vps_configs_bandwidth_known CHECK (bandwidth_mbps IN (50, 100, 200, 500, 1000)),
    CONSTRAINT vps_configs_ips_sane CHECK (public_ip_count BETWEEN 0 AND 16),
    CONSTRAINT vps_configs_backup_known CHECK (backup_frequency IN ('daily', 'weekly', 'monthly')),
    CONSTRAINT vps_configs_backup_whole CHECK ((backup_frequency IS NULL) = (backup_retention_days IS NULL) AND backup_retention_days BETWEEN 1 AND 365),
    CONSTRAINT vps_configs_prices_safe CHECK (least(base_price_cents, ip_price_cents, backup_price_cents, network_price_cents) >= 0)
);
COMMENT ON TABLE @schema@.vps_configs IS 'the machine of an order of type vps; written with its order by place_vps_order';

CREATE TABLE @schema@.vps_secrets (
    order_id uuid NOT NULL,  --: @public the order
    account_id uuid NOT NULL,  --: @public the account
    credentials primecloud.sealed NOT NULL,  --: @secret how to log in to the machine
    CONSTRAINT vps_secrets_pk PRIMARY KEY (account_id, order_id),
    CONSTRAINT vps_secrets_config_fk FOREIGN KEY (account_id, order_id) REFERENCES @schema@.vps_configs (account_id, order_id) ON DELETE CASCADE
);
COMMENT ON TABLE @schema@.vps_secrets IS 'private: no client role has a grant';
