-- What an operator sees across accounts: figures and names, no one's data.

CREATE FUNCTION @schema@.require_platform(command text) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $require_platform$
BEGIN
    IF NOT @schema@.caller_is('platform') THEN
        RAISE EXCEPTION '% is for the platform', command USING ERRCODE = '42501', HINT = 'Let the role in with primecloud.grant_schema, as platform.';
    END IF;
END
$require_platform$;
COMMENT ON FUNCTION @schema@.require_platform(text) IS 'refuses a caller who was not let in as platform';

CREATE FUNCTION @schema@.platform_dashboard() RETURNS TABLE (
    accounts bigint, accounts_active bigint, accounts_suspended bigint, storage_used_bytes bigint, storage_quota_bytes bigint, bandwidth_used_bytes bigint,
    buckets bigint, subscriptions_live bigint, monthly_revenue_cents bigint, orders_pending bigint, quota_requests_pending bigint,
    invoices_overdue bigint, invoices_open_cents bigint, outbox_pending bigint, outbox_dead bigint)
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
AS $platform_dashboard$
#variable_conflict use_column
BEGIN
    PERFORM @schema@.require_platform('platform_dashboard');
    RETURN QUERY
    SELECT a.*, (SELECT count(*) FROM @schema@.buckets), s.*, (SELECT count(*) FROM @schema@.orders o WHERE o.status = 'pending'),
           (SELECT count(*) FROM @schema@.quota_requests q WHERE q.status = 'pending'), i.*, b.*
    FROM (SELECT count(*), count(*) FILTER (WHERE status = 'active'), count(*) FILTER (WHERE status = 'suspended'),
                 coalesce(sum(a.storage_used_bytes), 0)::bigint, coalesce(sum(a.storage_quota_bytes), 0)::bigint, coalesce(sum(a.bandwidth_used_bytes), 0)::bigint
          FROM @schema@.accounts a) a,
         (SELECT count(*), coalesce(sum(price_cents), 0)::bigint FROM @schema@.subscriptions WHERE status IN ('active', 'past_due')) s,
         (SELECT count(*) FILTER (WHERE status = 'overdue'), coalesce(sum(total_cents), 0)::bigint FROM @schema@.invoices WHERE customer_id IS NULL AND status IN ('pending', 'overdue')) i,
         (SELECT count(*) FILTER (WHERE status = 'pending'), count(*) FILTER (WHERE status = 'dead') FROM @schema@.outbox WHERE status <> 'done') b;
END
$platform_dashboard$;
COMMENT ON FUNCTION @schema@.platform_dashboard() IS 'the operator''s figures over all accounts, in one statement; for the platform';

CREATE FUNCTION @schema@.platform_quota_requests(page_size integer DEFAULT 50)
RETURNS TABLE (id uuid, account_id uuid, account_name text, current_quota_bytes bigint, requested_quota_bytes bigint, storage_used_bytes bigint, reason text, created_at timestamptz)
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, pg_temp
AS $platform_quota_requests$
#variable_conflict use_column
BEGIN
    PERFORM @schema@.require_platform('platform_quota_requests');
    RETURN QUERY
    SELECT q.id, q.account_id, a.name, q.current_quota_bytes, q.requested_quota_bytes, a.storage_used_bytes, q.reason, q.created_at
    FROM @schema@.quota_requests q JOIN @schema@.accounts a ON a.id = q.account_id
    WHERE q.status = 'pending' ORDER BY q.created_at, q.id LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END
$platform_quota_requests$;
COMMENT ON FUNCTION @schema@.platform_quota_requests(integer) IS 'the pending quota requests, longest waiting first; for the platform';

CREATE FUNCTION @schema@.platform_accounts_page(after_slug text DEFAULT '', page_size integer DEFAULT 50)
RETURNS TABLE (id uuid, slug text, name text, status text, storage_used_bytes bigint, storage_quota_bytes bigint, product text, subscription_status text, created_at timestamptz)
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, pg_temp
AS $platform_accounts_page$
#variable_conflict use_column
BEGIN
    PERFORM @schema@.require_platform('platform_accounts_page');
    RETURN QUERY
    SELECT a.id, a.slug, a.name, a.status, a.storage_used_bytes, a.storage_quota_bytes, p.name, s.status, a.created_at
    FROM @schema@.accounts a
    LEFT JOIN @schema@.subscriptions s ON s.account_id = a.id AND s.status IN ('trial', 'active', 'past_due')
    LEFT JOIN @schema@.products p ON p.id = s.product_id
    WHERE a.slug > coalesce(after_slug, '') ORDER BY a.slug LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END
$platform_accounts_page$;
COMMENT ON FUNCTION @schema@.platform_accounts_page(text, integer) IS 'accounts by slug, after one; for the platform';

CREATE FUNCTION @schema@.set_product(name text, price_cents bigint, storage_limit_bytes bigint, transfer_limit_bytes bigint,
    overage_storage_cents bigint DEFAULT 0, overage_transfer_cents bigint DEFAULT 0, description text DEFAULT '', is_public boolean DEFAULT true, currency text DEFAULT 'BRL', order_type text DEFAULT 'product') RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $set_product$
#variable_conflict use_column
DECLARE
    made uuid;
BEGIN
    PERFORM @schema@.require_platform('set_product');
    INSERT INTO @schema@.products (name, description, order_type, price_cents, currency, storage_limit_bytes, transfer_limit_bytes, overage_storage_cents, overage_transfer_cents, is_public)
    VALUES (set_product.name, set_product.description, set_product.order_type, set_product.price_cents, set_product.currency, set_product.storage_limit_bytes, set_product.transfer_limit_bytes,
            set_product.overage_storage_cents, set_product.overage_transfer_cents, set_product.is_public)
    ON CONFLICT ON CONSTRAINT products_name_unique DO UPDATE SET description = excluded.description, order_type = excluded.order_type, price_cents = excluded.price_cents, currency = excluded.currency,
        storage_limit_bytes = excluded.storage_limit_bytes, transfer_limit_bytes = excluded.transfer_limit_bytes, overage_storage_cents = excluded.overage_storage_cents,
        overage_transfer_cents = excluded.overage_transfer_cents, is_public = excluded.is_public, updated_at = now()
    RETURNING id INTO made;
    RETURN made;
END
$set_product$;
COMMENT ON FUNCTION @schema@.set_product(text, bigint, bigint, bigint, bigint, bigint, text, boolean, text, text) IS 'adds or changes a product by its name; prices already taken stay; for the platform';
