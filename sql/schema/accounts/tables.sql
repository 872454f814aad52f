-- Accounts: the tenants.

CREATE TABLE @schema@.accounts (
    owner_user_id uuid NOT NULL,  --: @public @notNull the member who owns the account
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier and tenant key
    name text NOT NULL,  --: @public @notNull display name
    slug text NOT NULL,  --: @public @notNull name in addresses, unique
    status text NOT NULL DEFAULT 'active',  --: @public @notNull pending, active, suspended, rejected or closing
    storage_quota_bytes bigint NOT NULL DEFAULT 107374182400,  --: @public @notNull storage the account may use; changed by approve_quota
    storage_used_bytes bigint NOT NULL DEFAULT 0,  --: @public @notNull sum of buckets.size_bytes; written by record_usage in the same
        --: transaction
    bandwidth_used_bytes bigint NOT NULL DEFAULT 0,  --: @public @notNull bytes in and out in bandwidth_month; added to by record_usage,
        --: sum of usage_daily
    bandwidth_month date NOT NULL  --: @public @notNull first day of the month, in UTC, that bandwidth_used_bytes counts
        DEFAULT date(date_trunc('month', now() AT TIME ZONE 'UTC')),
    quota_level integer NOT NULL DEFAULT 0,  --: @public @notNull last threshold told of: 0, 80, 95 or 100; falls back only five points
        --: below it
    branding_name text,  --: @public name shown to the account's own customers
    branding_logo_url text,  --: @public logo
    branding_icon_url text,  --: @public icon
    branding_primary_color text,  --: @public colour, #rrggbb
    branding_sidebar_color text,  --: @public colour, #rrggbb
    branding_background_color text,  --: @public colour, #rrggbb
    custom_domain text,  --: @public own host name, lower case
    domain_status text NOT NULL DEFAULT 'none',  --: @public @notNull none, pending, active or failed
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when the account was opened
    updated_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it last changed
    CONSTRAINT accounts_pk PRIMARY KEY (id),
    CONSTRAINT accounts_slug_unique UNIQUE (slug),
    -- led by the owner: an account is looked for by its own key alone
    CONSTRAINT accounts_owner_unique UNIQUE (owner_user_id, id),
    CONSTRAINT accounts_name_short CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT accounts_slug_plain CHECK (slug ~ '^[a-z0-9](-?[a-z0-9])*$' AND octet_length(slug) <= 63),
    CONSTRAINT accounts_status_known CHECK (status IN ('pending', 'active', 'suspended', 'rejected', 'closing')),
    CONSTRAINT accounts_quota_safe CHECK (storage_quota_bytes BETWEEN 0 AND 9007199254740991),
    CONSTRAINT accounts_storage_safe CHECK (storage_used_bytes BETWEEN 0 AND 9007199254740991),
    CONSTRAINT accounts_bandwidth_safe CHECK (bandwidth_used_bytes BETWEEN 0 AND 9007199254740991),
    CONSTRAINT accounts_quota_level_known CHECK (quota_level IN (0, 80, 95, 100)),
    CONSTRAINT accounts_primary_color_hex CHECK (branding_primary_color ~ '^#[0-9a-f]{6}$'),
    CONSTRAINT accounts_sidebar_color_hex CHECK (branding_sidebar_color ~ '^#[0-9a-f]{6}$'),
    CONSTRAINT accounts_background_color_hex CHECK (branding_background_color ~ '^#[0-9a-f]{6}$'),
    CONSTRAINT accounts_domain_canonical CHECK (custom_domain ~ '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$'
        AND octet_length(custom_domain) <= 253),
    CONSTRAINT accounts_domain_status_known CHECK (domain_status IN ('none', 'pending', 'active', 'failed')),
    CONSTRAINT accounts_domain_has_status CHECK ((custom_domain IS NULL) = (domain_status = 'none')),
    CONSTRAINT accounts_branding_short CHECK (char_length(branding_name) <= 200 AND octet_length(branding_logo_url) <= 2000
        AND octet_length(branding_icon_url) <= 2000),
    -- shown to an account's own customers: an address of the web or of the same site, nothing that runs
    CONSTRAINT accounts_logo_address CHECK (branding_logo_url ~ '^(https://|/)[^[:space:]<>"'']*$'),
    CONSTRAINT accounts_icon_address CHECK (branding_icon_url ~ '^(https://|/)[^[:space:]<>"'']*$')
);
COMMENT ON TABLE @schema@.accounts IS 'the tenants: what every member, external clients included, may see of an account';
CREATE UNIQUE INDEX accounts_domain_active_unique ON @schema@.accounts (custom_domain) WHERE domain_status = 'active';
DISTRIBUTED KEY accounts_slug_unique ON @schema@.accounts (slug, id);
DISTRIBUTED INDEX accounts_domain_active_unique ON @schema@.accounts (custom_domain, id) WHERE domain_status = 'active';
DISTRIBUTED CLAIM accounts_slug_unique ON @schema@.accounts (slug, id);
DISTRIBUTED CLAIM accounts_domain_active_unique ON @schema@.accounts (custom_domain, id) WHERE domain_status = 'active';
SELECT primecloud.protect_table('@schema@.accounts', tenant_column => 'id', read_role => 'external_client', write_role => 'admin',
    delete_role => 'owner');
GRANT SELECT ON @schema@.accounts TO @app@, @platform@, @gate@;
GRANT INSERT ON @schema@.accounts TO @gate@;
GRANT UPDATE (domain_status, updated_at, storage_used_bytes, bandwidth_used_bytes, bandwidth_month, quota_level)
    ON @schema@.accounts TO @gate@;
GRANT UPDATE (name, branding_name, branding_logo_url, branding_icon_url, branding_primary_color, branding_sidebar_color,
    branding_background_color) ON @schema@.accounts TO @app@;

CREATE TABLE @schema@.account_billing (
    account_id uuid NOT NULL,  --: @public @notNull the account
    legal_name text,  --: @pii name on invoices
    tax_id text,  --: @pii CPF or CNPJ, without punctuation
    phone text,  --: @pii telephone
    billing_email text,  --: @pii where invoices go
    financial_contact text,  --: @pii who answers for payments
    billing_day integer NOT NULL DEFAULT 10,  --: @public @notNull day of the month an invoice falls due, 1 to 28
    updated_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it last changed
    CONSTRAINT account_billing_pk PRIMARY KEY (account_id),
    CONSTRAINT account_billing_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE,
    CONSTRAINT account_billing_day_in_every_month CHECK (billing_day BETWEEN 1 AND 28),
    CONSTRAINT account_billing_tax_id_valid CHECK (primecloud.tax_id_problem(tax_id) IS NULL),
    CONSTRAINT account_billing_short CHECK (char_length(legal_name) <= 200 AND char_length(phone) <= 50
        AND char_length(financial_contact) <= 200),
    CONSTRAINT account_billing_email_shape CHECK (billing_email ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND octet_length(billing_email) <= 254)
);
COMMENT ON TABLE @schema@.account_billing IS 'whom an account''s invoices are made out to; for its owners and admins';
SELECT primecloud.protect_table('@schema@.account_billing', read_role => 'admin', write_role => 'admin', delete_role => 'owner');
GRANT SELECT ON @schema@.account_billing TO @app@, @platform@, @gate@;
GRANT INSERT ON @schema@.account_billing TO @gate@;
GRANT UPDATE (legal_name, tax_id, phone, billing_email, financial_contact, billing_day) ON @schema@.account_billing TO @app@;
