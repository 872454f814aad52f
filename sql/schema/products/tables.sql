-- What is for sale, and at what price.

CREATE TABLE @schema@.products (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier
    name text NOT NULL,  --: @public @notNull name of the plan
    description text NOT NULL,  --: @public @notNull what it holds
    order_type text NOT NULL DEFAULT 'product',  --: @public @notNull what an order of it is: product, storage, backup_cloud or backup_vps
    price_cents bigint NOT NULL,  --: @public @notNull price of one month
    currency text NOT NULL DEFAULT 'BRL',  --: @public @notNull ISO 4217 code
    storage_limit_bytes bigint NOT NULL,  --: @public @notNull storage included
    transfer_limit_bytes bigint NOT NULL,  --: @public @notNull transfer included a month
    overage_storage_cents bigint NOT NULL DEFAULT 0,  --: @public @notNull price of one GiB-month above the storage included
    overage_transfer_cents bigint NOT NULL DEFAULT 0,  --: @public @notNull price of one GiB above the transfer included
    is_public boolean NOT NULL DEFAULT true,  --: @public @notNull whether a customer may order it
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it was added
    updated_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it last changed
    CONSTRAINT products_pk PRIMARY KEY (id),
    CONSTRAINT products_name_unique UNIQUE (name),
    CONSTRAINT products_order_type_known CHECK (order_type IN ('product', 'storage', 'backup_cloud', 'backup_vps')),
    CONSTRAINT products_price_safe CHECK (price_cents BETWEEN 0 AND 9007199254740991),
    CONSTRAINT products_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT products_storage_safe CHECK (storage_limit_bytes BETWEEN 0 AND 9007199254740991),
    CONSTRAINT products_transfer_safe CHECK (transfer_limit_bytes BETWEEN 0 AND 9007199254740991),
    CONSTRAINT products_overage_safe CHECK (least(overage_storage_cents, overage_transfer_cents) >= 0
        AND greatest(overage_storage_cents, overage_transfer_cents) <= 1000000000),
    CONSTRAINT products_short CHECK (char_length(name) >= 1 AND char_length(name) <= 200 AND char_length(description) <= 4000)
);
COMMENT ON TABLE @schema@.products IS 'the plans on offer; reference data, shared by all accounts';
SELECT primecloud.share_table('@schema@.products');
GRANT SELECT ON @schema@.products TO @app@, @platform@, @gate@;
GRANT INSERT ON @schema@.products TO @gate@;
GRANT UPDATE ON @schema@.products TO @gate@;

CREATE TABLE @schema@.prices (
    category text NOT NULL,  --: @public @notNull vps, backup_cloud, backup_vps or storage
    resource text NOT NULL,  --: @public @notNull what is priced: core, ram, ssd, ip ...
    price_key text NOT NULL  --: @public @notNull both in one, as in vps/core; what price_changes refers to
        GENERATED ALWAYS AS (category || '/' || resource) STORED,
    unit text NOT NULL,  --: @public @notNull core, gib, mbps, day, unit or percent
    price_millicents bigint NOT NULL,  --: @public @notNull price of one unit a month, in thousandths of a cent
    currency text NOT NULL DEFAULT 'BRL',  --: @public @notNull ISO 4217 code
    updated_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it last changed
    CONSTRAINT prices_pk PRIMARY KEY (category, resource),
    CONSTRAINT prices_key_unique UNIQUE (price_key),
    CONSTRAINT prices_category_known CHECK (category IN ('vps', 'backup_cloud', 'backup_vps', 'storage')),
    CONSTRAINT prices_resource_plain CHECK (resource ~ '^[a-z][a-z0-9_]{0,62}$'),
    CONSTRAINT prices_unit_known CHECK (unit IN ('core', 'gib', 'mbps', 'day', 'unit', 'percent')),
    CONSTRAINT prices_price_safe CHECK (price_millicents BETWEEN 0 AND 9007199254740991),
    CONSTRAINT prices_currency_code CHECK (currency ~ '^[A-Z]{3}$')
);
COMMENT ON TABLE @schema@.prices IS 'prices of configurable resources as they stand; changed by set_price alone';
SELECT primecloud.share_table('@schema@.prices');
GRANT SELECT ON @schema@.prices TO @app@, @platform@, @gate@;
GRANT INSERT ON @schema@.prices TO @gate@;
GRANT UPDATE ON @schema@.prices TO @gate@;

CREATE TABLE @schema@.price_changes (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier
    category text NOT NULL,  --: @public @notNull of which price
    resource text NOT NULL,  --: @public @notNull of which price
    price_key text NOT NULL GENERATED ALWAYS AS (category || '/' || resource) STORED,  --: @public @notNull of which price, as in vps/core
    old_price_millicents bigint,  --: @public price before; missing for the first
    new_price_millicents bigint NOT NULL,  --: @public @notNull price after
    reason text NOT NULL,  --: @public @notNull why
    changed_by text NOT NULL,  --: @public @notNull database role or user who changed it
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when
    CONSTRAINT price_changes_pk PRIMARY KEY (id),
    CONSTRAINT price_changes_price_fk FOREIGN KEY (price_key) REFERENCES @schema@.prices (price_key) ON DELETE RESTRICT,
    CONSTRAINT price_changes_reason_short CHECK (char_length(reason) <= 2000)
);
COMMENT ON TABLE @schema@.price_changes IS 'every change of a price, in the transaction that made it; append-only';
CREATE INDEX price_changes_list_idx ON @schema@.price_changes (price_key, created_at DESC, id DESC);
SELECT primecloud.share_table('@schema@.price_changes');
GRANT SELECT ON @schema@.price_changes TO @platform@;
GRANT INSERT ON @schema@.price_changes TO @gate@;
