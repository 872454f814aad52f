-- What the read models return: a row with what it refers to.  A missing side is
-- NULL.  Secrets are in none of these tables, so none can be here.

CREATE TYPE @schema@.order_with_details AS (
    id uuid, account_id uuid, product_id uuid, order_number text, order_type text, status text, payment_status text,
    payment_method text, quantity integer, unit_price_cents bigint, discount_cents bigint, total_cents bigint, currency text,
    notes text, cancel_reason text, paid_at timestamptz, canceled_at timestamptz, delivered_at timestamptz,
    created_at timestamptz, updated_at timestamptz,
    account @schema@.accounts, product @schema@.products, vps_config @schema@.vps_configs);
COMMENT ON TYPE @schema@.order_with_details IS 'an order with its account, its product and, of a machine, its configuration';

CREATE TYPE @schema@.subscription_with_product AS (
    id uuid, account_id uuid, product_id uuid, status text, price_cents bigint, currency text, current_period_start timestamptz,
    current_period_end timestamptz, cancel_at_period_end boolean, trial_ends_at timestamptz, canceled_at timestamptz, created_at timestamptz,
    product @schema@.products);
COMMENT ON TYPE @schema@.subscription_with_product IS 'a subscription with its plan';

CREATE TYPE @schema@.account_with_details AS (
    id uuid, owner_user_id uuid, name text, slug text, status text, storage_quota_bytes bigint, storage_used_bytes bigint,
    bandwidth_used_bytes bigint, bandwidth_month date, quota_level integer, branding_name text, branding_logo_url text, branding_icon_url text,
    branding_primary_color text, branding_sidebar_color text, branding_background_color text, custom_domain text,
    domain_status text, created_at timestamptz, updated_at timestamptz,
    owner @schema@.account_members, subscription @schema@.subscription_with_product,
    billing @schema@.account_billing, smtp @schema@.account_smtp);
COMMENT ON TYPE @schema@.account_with_details IS 'an account with its owner, its live subscription and, for its admins, billing and mail settings';
