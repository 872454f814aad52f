-- What the read models of accounts return: a row with what it refers to.  A missing side is
-- NULL.  Secrets are in none of these tables, so none can be here.

CREATE TYPE @schema@.account_with_details AS (
    id uuid,  --: @public @notNull identifier and tenant key
    owner_user_id uuid,  --: @public @notNull the member who owns the account
    name text,  --: @public @notNull display name
    slug text,  --: @public @notNull name in addresses, unique
    status text,  --: @public @notNull pending, active, suspended, rejected or closing
    storage_quota_bytes bigint,  --: @public @notNull storage the account may use; changed by approve_quota
    storage_used_bytes bigint,  --: @public @notNull sum of buckets.size_bytes; written by record_usage in the same transaction
    bandwidth_used_bytes bigint,  --: @public @notNull bytes in and out in bandwidth_month; added to by record_usage, sum of
        --: usage_daily
    bandwidth_month date,  --: @public @notNull first day of the month, in UTC, that bandwidth_used_bytes counts
    quota_level integer,  --: @public @notNull last threshold told of: 0, 80, 95 or 100; falls back only five points below it
    branding_name text,  --: @public name shown to the account's own customers
    branding_logo_url text,  --: @public logo
    branding_icon_url text,  --: @public icon
    branding_primary_color text,  --: @public colour, #rrggbb
    branding_sidebar_color text,  --: @public colour, #rrggbb
    branding_background_color text,  --: @public colour, #rrggbb
    custom_domain text,  --: @public own host name, lower case
    domain_status text,  --: @public @notNull none, pending, active or failed
    created_at timestamptz,  --: @public @notNull when the account was opened
    updated_at timestamptz,  --: @public @notNull when it last changed
    owner @schema@.account_members,  --: @public its owner, to a member who may see members
    subscription @schema@.subscription_with_product,  --: @public the live one
    billing @schema@.account_billing,  --: @public to its admins
    smtp @schema@.account_smtp  --: @public to its admins, without the password
);
COMMENT ON TYPE @schema@.account_with_details
    IS 'an account with its owner, its live subscription and, for its admins, billing and mail settings';
