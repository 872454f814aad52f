-- Buckets, and who may reach which.

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
    -- no two accounts have one: buckets_physical_name_own makes it of account and name, and no two pairs give the same
    CONSTRAINT buckets_physical_name_unique UNIQUE (physical_name, account_id),
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
SELECT primecloud.protect_table('@schema@.buckets', read_role => 'external_client', write_role => 'developer', delete_role => 'admin');
SELECT primecloud.confine_table('@schema@.buckets', 'id');
GRANT SELECT ON @schema@.buckets TO @app@, @platform@, @gate@;
GRANT UPDATE (size_bytes, object_count, measured_at) ON @schema@.buckets TO @gate@;

CREATE TABLE @schema@.bucket_permissions (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier
    bucket_id uuid NOT NULL,  --: @public @notNull the bucket
    user_id uuid NOT NULL,  --: @public @notNull the member
    account_id uuid NOT NULL,  --: @public @notNull the account
    permission text NOT NULL DEFAULT 'read',  --: @public @notNull read, write or read-write
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it was granted
    CONSTRAINT bucket_permissions_pk PRIMARY KEY (account_id, id),
    CONSTRAINT bucket_permissions_member_unique UNIQUE (account_id, user_id, bucket_id),
    CONSTRAINT bucket_permissions_bucket_fk FOREIGN KEY (account_id, bucket_id) REFERENCES @schema@.buckets (account_id, id)
        ON DELETE CASCADE,
    CONSTRAINT bucket_permissions_member_fk FOREIGN KEY (account_id, user_id) REFERENCES @schema@.account_members (account_id, user_id)
        ON DELETE CASCADE,
    CONSTRAINT bucket_permissions_known CHECK (permission IN ('read', 'write', 'read-write'))
);
COMMENT ON TABLE @schema@.bucket_permissions IS 'the buckets that an external client reaches, and how';
CREATE INDEX bucket_permissions_bucket_idx ON @schema@.bucket_permissions (account_id, bucket_id);
SELECT primecloud.protect_table('@schema@.bucket_permissions', read_role => 'external_client', write_role => 'admin',
    delete_role => 'admin');
SELECT primecloud.confine_table('@schema@.bucket_permissions', 'bucket_id');
GRANT SELECT ON @schema@.bucket_permissions TO @app@, @gate@;
