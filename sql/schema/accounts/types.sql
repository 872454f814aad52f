-- What the read models of accounts return: a row with what it refers to.  A missing side is
-- NULL.  Secrets are in none of these tables, so none can be here.

CREATE TYPE @schema@.account_with_details AS (
    id uuid, owner_user_id uuid, name text, slug text, status text, storage_quota_bytes bigint, storage_used_bytes bigint,
    bandwidth_used_bytes bigint, bandwidth_month date, quota_level integer, branding_name text, branding_logo_url text,
        branding_icon_url text,
    branding_primary_color text, branding_sidebar_color text, branding_background_color text, custom_domain text,
    domain_status text, created_at timestamptz, updated_at timestamptz,
    owner @schema@.account_members, subscription @schema@.subscription_with_product,
    billing @schema@.account_billing, smtp @schema@.account_smtp);
COMMENT ON TYPE @schema@.account_with_details
    IS 'an account with its owner, its live subscription and, for its admins, billing and mail settings';
