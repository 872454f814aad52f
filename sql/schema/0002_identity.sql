-- People, accounts and who belongs to which account in what role.

CREATE TABLE @schema@.users (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier; the sub claim of this person's tokens
    email text NOT NULL,  --: @pii @notNull address, lower case, unique
    display_name text NOT NULL,  --: @pii @notNull what others see
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when the person was registered
    updated_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when the profile last changed
    CONSTRAINT users_pk PRIMARY KEY (id),
    CONSTRAINT users_email_unique UNIQUE (email),
    -- what account_members copies, kept equal by a foreign key ON UPDATE CASCADE
    CONSTRAINT users_profile_unique UNIQUE (id, email, display_name),
    CONSTRAINT users_email_canonical CHECK (email = lower(email) AND email ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND octet_length(email) <= 254),
    CONSTRAINT users_display_name_short CHECK (char_length(display_name) <= 200)
);
COMMENT ON TABLE @schema@.users IS 'people; no client role reads this table: a member of an account is seen through account_members';

CREATE TABLE @schema@.accounts (
    owner_user_id uuid NOT NULL,  --: @public @notNull the member who owns the account
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier and tenant key
    name text NOT NULL,  --: @public @notNull display name
    slug text NOT NULL,  --: @public @notNull name in addresses, unique
    status text NOT NULL DEFAULT 'active',  --: @public @notNull pending, active, suspended, rejected or closing
    storage_quota_bytes bigint NOT NULL DEFAULT 107374182400,  --: @public @notNull storage the account may use; changed by approve_quota
    storage_used_bytes bigint NOT NULL DEFAULT 0,  --: @public @notNull sum of buckets.size_bytes; written by record_usage in the same transaction
    bandwidth_used_bytes bigint NOT NULL DEFAULT 0,  --: @public @notNull bytes in and out in bandwidth_month; added to by record_usage, sum of usage_daily
    bandwidth_month date NOT NULL DEFAULT date(date_trunc('month', now() AT TIME ZONE 'UTC')),  --: @public @notNull first day of the month, in UTC, that bandwidth_used_bytes counts
    quota_level integer NOT NULL DEFAULT 0,  --: @public @notNull last threshold told of: 0, 80, 95 or 100; falls back only five points below it
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
    CONSTRAINT accounts_domain_canonical CHECK (custom_domain ~ '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$' AND octet_length(custom_domain) <= 253),
    CONSTRAINT accounts_domain_status_known CHECK (domain_status IN ('none', 'pending', 'active', 'failed')),
    CONSTRAINT accounts_domain_has_status CHECK ((custom_domain IS NULL) = (domain_status = 'none'))
);
COMMENT ON TABLE @schema@.accounts IS 'the tenants: what every member, external clients included, may see of an account';
CREATE UNIQUE INDEX accounts_domain_active_unique ON @schema@.accounts (custom_domain) WHERE domain_status = 'active';

CREATE TABLE @schema@.account_members (
    id uuid NOT NULL DEFAULT primecloud.uuid_v7(),  --: @public @notNull identifier
    user_id uuid NOT NULL,  --: @public @notNull the person
    account_id uuid NOT NULL,  --: @public @notNull the account
    role text NOT NULL,  --: @public @notNull owner, admin, developer or external_client
    email text NOT NULL,  --: @pii @notNull copy of users.email, kept equal by the foreign key
    display_name text NOT NULL,  --: @pii @notNull copy of users.display_name, kept equal by the foreign key
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when the person joined
    CONSTRAINT account_members_pk PRIMARY KEY (account_id, id),
    CONSTRAINT account_members_user_unique UNIQUE (account_id, user_id),
    CONSTRAINT account_members_role_unique UNIQUE (account_id, user_id, role),
    CONSTRAINT account_members_role_known CHECK (role IN ('owner', 'admin', 'developer', 'external_client')),
    CONSTRAINT account_members_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE,
    CONSTRAINT account_members_user_fk FOREIGN KEY (user_id, email, display_name)
        REFERENCES @schema@.users (id, email, display_name) ON UPDATE CASCADE ON DELETE RESTRICT
);
COMMENT ON TABLE @schema@.account_members IS 'who belongs to an account, in what role; the only place where an account sees people';
CREATE INDEX account_members_list_idx ON @schema@.account_members (account_id, created_at DESC, id DESC);
-- of a person: the accounts to switch between, and the profile's foreign key
CREATE INDEX account_members_user_idx ON @schema@.account_members (user_id, email, display_name);

-- While the account stands its owner is a member in the role of owner, whoever
-- removes or demotes the member and however many do so at once.  A table of its
-- own says so: a foreign key from accounts would close a circle with the members',
-- and TypeScript infers no types that go round in one.
CREATE TABLE @schema@.account_owners (
    user_id uuid NOT NULL,  --: @public @notNull copy of accounts.owner_user_id, kept equal by the foreign key
    account_id uuid NOT NULL,  --: @public @notNull the account
    owner_role text NOT NULL GENERATED ALWAYS AS ('owner') STORED,  --: @public @notNull @omit constant of the foreign key to the member
    CONSTRAINT account_owners_pk PRIMARY KEY (account_id),
    CONSTRAINT account_owners_account_fk FOREIGN KEY (account_id, user_id)
        REFERENCES @schema@.accounts (id, owner_user_id) ON UPDATE CASCADE ON DELETE CASCADE,
    CONSTRAINT account_owners_member_fk FOREIGN KEY (account_id, user_id, owner_role)
        REFERENCES @schema@.account_members (account_id, user_id, role) ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED
);
COMMENT ON TABLE @schema@.account_owners IS 'private: keeps each account''s owner among its members; written with the account, and by the foreign key from then on';

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
    CONSTRAINT account_billing_tax_id_valid CHECK (primecloud.tax_id_problem(tax_id) IS NULL)
);
COMMENT ON TABLE @schema@.account_billing IS 'whom an account''s invoices are made out to; for its owners and admins';

CREATE TABLE @schema@.account_smtp (
    account_id uuid NOT NULL,  --: @public @notNull the account
    is_enabled boolean NOT NULL DEFAULT false,  --: @public @notNull whether mail goes out through this server
    host text NOT NULL,  --: @public @notNull the server's name
    port integer NOT NULL DEFAULT 587,  --: @public @notNull TCP port
    username text NOT NULL,  --: @pii @notNull login
    from_email text NOT NULL,  --: @pii @notNull sender's address
    from_name text NOT NULL,  --: @public @notNull sender's name
    encryption text NOT NULL DEFAULT 'tls',  --: @public @notNull none, ssl or tls
    updated_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it last changed
    CONSTRAINT account_smtp_pk PRIMARY KEY (account_id),
    CONSTRAINT account_smtp_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE,
    CONSTRAINT account_smtp_port_valid CHECK (port BETWEEN 1 AND 65535),
    CONSTRAINT account_smtp_encryption_known CHECK (encryption IN ('none', 'ssl', 'tls'))
);
COMMENT ON TABLE @schema@.account_smtp IS 'the mail server of an account; its password is sealed in account_smtp_secrets';

CREATE TABLE @schema@.account_smtp_secrets (
    account_id uuid NOT NULL,  --: @public the account
    password primecloud.sealed NOT NULL,  --: @secret password of the mail server
    CONSTRAINT account_smtp_secrets_pk PRIMARY KEY (account_id),
    CONSTRAINT account_smtp_secrets_smtp_fk FOREIGN KEY (account_id) REFERENCES @schema@.account_smtp (account_id) ON DELETE CASCADE
);
COMMENT ON TABLE @schema@.account_smtp_secrets IS 'private: no client role has a grant';

CREATE TABLE @schema@.account_domain_tokens (
    account_id uuid NOT NULL,  --: @public the account
    token text NOT NULL,  --: @token what a TXT record of the domain must hold
    CONSTRAINT account_domain_tokens_pk PRIMARY KEY (account_id),
    CONSTRAINT account_domain_tokens_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE
);
COMMENT ON TABLE @schema@.account_domain_tokens IS 'private: what proves a custom domain; set_domain shows it once to an admin';
