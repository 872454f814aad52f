-- Buckets, whom they are kept for, who may reach them and what expires in them.

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
    CONSTRAINT customers_price_safe CHECK (price_cents >= 0 AND price_cents <= 100000000000 AND overage_cents >= 0 AND overage_cents <= 1000000000),
    CONSTRAINT customers_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT customers_tax_id_valid CHECK (primecloud.tax_id_problem(tax_id) IS NULL)
);
COMMENT ON TABLE @schema@.customers IS 'the customers of an account that resells';
CREATE INDEX customers_list_idx ON @schema@.customers (account_id, created_at DESC, id DESC);

CREATE TABLE @schema@.buckets (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier
    customer_id uuid,  --: @public the customer it is kept for
    account_id uuid NOT NULL,  --: @public @notNull the account
    name text NOT NULL,  --: @public @notNull name inside the account
    physical_name text NOT NULL,  --: @public @notNull name in the object store: bucket_physical_name of account and name
    region text NOT NULL DEFAULT 'us-east-1',  --: @public @notNull where it is kept
    is_public boolean NOT NULL DEFAULT false,  --: @public @notNull whether anyone may read it
    versioning_enabled boolean NOT NULL DEFAULT false,  --: @public @notNull whether older versions are kept
    quota_bytes bigint NOT NULL DEFAULT 53687091200,  --: @public @notNull what it may hold
    size_bytes bigint NOT NULL DEFAULT 0,  --: @public @notNull what it holds; the object store's own count, as record_usage was last told
    object_count bigint NOT NULL DEFAULT 0,  --: @public @notNull objects in it; as record_usage was last told
    measured_at timestamptz,  --: @public when size_bytes and object_count were measured
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it was made
    updated_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it last changed
    CONSTRAINT buckets_pk PRIMARY KEY (account_id, id),
    CONSTRAINT buckets_name_unique UNIQUE (account_id, name),
    CONSTRAINT buckets_physical_name_unique UNIQUE (physical_name),
    CONSTRAINT buckets_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE,
    CONSTRAINT buckets_customer_fk FOREIGN KEY (account_id, customer_id) REFERENCES @schema@.customers (account_id, id) ON DELETE RESTRICT,
    CONSTRAINT buckets_name_valid CHECK (primecloud.bucket_name_problem(name) IS NULL),
    CONSTRAINT buckets_name_not_reserved CHECK (name !~ '^(tenant|primecloud)-'),
    CONSTRAINT buckets_physical_name_own CHECK (physical_name = primecloud.bucket_physical_name(account_id::text, name)),
    CONSTRAINT buckets_region_known CHECK (region IN ('sa-east-1', 'us-east-1', 'us-west-2', 'eu-west-1', 'ap-southeast-1')),
    CONSTRAINT buckets_quota_safe CHECK (quota_bytes BETWEEN 0 AND 9007199254740991),
    CONSTRAINT buckets_size_safe CHECK (size_bytes BETWEEN 0 AND 9007199254740991),
    CONSTRAINT buckets_count_safe CHECK (object_count BETWEEN 0 AND 9007199254740991)
);
COMMENT ON TABLE @schema@.buckets IS 'buckets; made and removed by commands, which tell the object store through the outbox';
CREATE INDEX buckets_list_idx ON @schema@.buckets (account_id, created_at DESC, id DESC);
CREATE INDEX buckets_customer_idx ON @schema@.buckets (account_id, customer_id) WHERE customer_id IS NOT NULL;

CREATE TABLE @schema@.bucket_permissions (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier
    bucket_id uuid NOT NULL,  --: @public @notNull the bucket
    user_id uuid NOT NULL,  --: @public @notNull the member
    account_id uuid NOT NULL,  --: @public @notNull the account
    permission text NOT NULL DEFAULT 'read',  --: @public @notNull read, write or read-write
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it was granted
    CONSTRAINT bucket_permissions_pk PRIMARY KEY (account_id, id),
    CONSTRAINT bucket_permissions_member_unique UNIQUE (account_id, user_id, bucket_id),
    CONSTRAINT bucket_permissions_bucket_fk FOREIGN KEY (account_id, bucket_id) REFERENCES @schema@.buckets (account_id, id) ON DELETE CASCADE,
    CONSTRAINT bucket_permissions_member_fk FOREIGN KEY (account_id, user_id) REFERENCES @schema@.account_members (account_id, user_id) ON DELETE CASCADE,
    CONSTRAINT bucket_permissions_known CHECK (permission IN ('read', 'write', 'read-write'))
);
COMMENT ON TABLE @schema@.bucket_permissions IS 'the buckets that an external client reaches, and how';
CREATE INDEX bucket_permissions_bucket_idx ON @schema@.bucket_permissions (account_id, bucket_id);

CREATE TABLE @schema@.lifecycle_rules (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier
    bucket_id uuid NOT NULL,  --: @public @notNull the bucket
    account_id uuid NOT NULL,  --: @public @notNull the account
    rule_id text NOT NULL,  --: @public @notNull the rule's name in the bucket: ID in S3
    position integer NOT NULL,  --: @public @notNull place in the configuration
    rule jsonb NOT NULL,  --: @public @notNull the rule as AWS JSON: one member of Rules
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it was added
    CONSTRAINT lifecycle_rules_pk PRIMARY KEY (account_id, id),
    CONSTRAINT lifecycle_rules_name_unique UNIQUE (account_id, bucket_id, rule_id),
    CONSTRAINT lifecycle_rules_bucket_fk FOREIGN KEY (account_id, bucket_id) REFERENCES @schema@.buckets (account_id, id) ON DELETE CASCADE,
    CONSTRAINT lifecycle_rules_name_short CHECK (char_length(rule_id) BETWEEN 1 AND 255)
);
COMMENT ON TABLE @schema@.lifecycle_rules IS 'lifecycle rules, one a row, so that two people adding one at once lose neither; bucket_lifecycle puts them together';
