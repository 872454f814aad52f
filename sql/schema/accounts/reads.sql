-- An account with its details, the accounts of a person, those of the platform.

CREATE FUNCTION @schema@.account_with_details() RETURNS SETOF @schema@.account_with_details
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT a.id, a.owner_user_id, a.name, a.slug, a.status, a.storage_quota_bytes, a.storage_used_bytes, a.bandwidth_used_bytes,
           a.bandwidth_month, a.quota_level, a.branding_name, a.branding_logo_url, a.branding_icon_url, a.branding_primary_color,
           a.branding_sidebar_color, a.branding_background_color, a.custom_domain, a.domain_status, a.created_at, a.updated_at,
           o,
           CASE WHEN s.id IS NOT NULL THEN ROW(s.id, s.account_id, s.product_id, s.status, s.price_cents, s.currency,
                s.current_period_start, s.current_period_end, s.cancel_at_period_end, s.trial_ends_at, s.canceled_at, s.created_at, p
           )::@schema@.subscription_with_product END,
           b, m
    FROM @schema@.accounts a
    LEFT JOIN @schema@.account_members o ON o.account_id = a.id AND o.user_id = a.owner_user_id
    LEFT JOIN @schema@.account_subscriptions s ON s.account_id = a.id AND s.status IN ('trial', 'active', 'past_due')
    LEFT JOIN @schema@.products p ON p.id = s.product_id
    LEFT JOIN @schema@.account_billing b ON b.account_id = a.id
    LEFT JOIN @schema@.account_smtp m ON m.account_id = a.id
    WHERE a.id = primecloud.tenant_uuid();
END;

CREATE DISTRIBUTED FUNCTION @schema@.account_with_details() RETURNS SETOF @schema@.account_with_details
LANGUAGE plpgsql STABLE PARALLEL UNSAFE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
AS $account_with_details$
DECLARE
    account CONSTANT uuid := primecloud.tenant_uuid();
    said jsonb;
BEGIN
    SELECT to_jsonb(a) || jsonb_build_object(
            'owner', (SELECT to_jsonb(o) FROM @schema@.account_members o WHERE o.account_id = account AND o.user_id = a.owner_user_id),
            'subscription', (SELECT to_jsonb(s) || jsonb_build_object('product', (SELECT to_jsonb(p) FROM @schema@.products p
                    WHERE p.id = s.product_id))
                FROM @schema@.account_subscriptions s WHERE s.account_id = account AND s.status IN ('trial', 'active', 'past_due')),
            'billing', (SELECT to_jsonb(b) FROM @schema@.account_billing b WHERE b.account_id = account),
            'smtp', (SELECT to_jsonb(m) FROM @schema@.account_smtp m WHERE m.account_id = account)) INTO said
    FROM @schema@.accounts a WHERE a.id = account;
    IF FOUND THEN
        RETURN NEXT jsonb_populate_record(NULL::@schema@.account_with_details, said);
    END IF;
END
$account_with_details$;
COMMENT ON FUNCTION @schema@.account_with_details() IS 'the entered account with what the caller''s role may see of its details';
GRANT EXECUTE ON FUNCTION @schema@.account_with_details TO @app@, @platform@;

CREATE FUNCTION @schema@.my_accounts(after_name text DEFAULT NULL, after_id uuid DEFAULT NULL, page_size integer DEFAULT 200)
    RETURNS TABLE (role text, account @schema@.account_with_details)
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 5 SET search_path = pg_catalog, pg_temp
AS $my_accounts$
    -- What a role could see inside the account, and nothing beyond it.
    SELECT me.role,
           ROW(a.id, a.owner_user_id, a.name, a.slug, a.status, a.storage_quota_bytes, a.storage_used_bytes, a.bandwidth_used_bytes,
               a.bandwidth_month, a.quota_level, a.branding_name, a.branding_logo_url, a.branding_icon_url, a.branding_primary_color,
               a.branding_sidebar_color, a.branding_background_color, a.custom_domain, a.domain_status, a.created_at, a.updated_at,
               CASE WHEN me.role <> 'external_client' THEN o END,
               CASE WHEN me.role <> 'external_client' AND s.id IS NOT NULL THEN
                   ROW(s.id, s.account_id, s.product_id, s.status, s.price_cents, s.currency, s.current_period_start, s.current_period_end,
                       s.cancel_at_period_end, s.trial_ends_at, s.canceled_at, s.created_at, p)::@schema@.subscription_with_product END,
               CASE WHEN me.role IN ('owner', 'admin') THEN b END,
               CASE WHEN me.role IN ('owner', 'admin') THEN m END)::@schema@.account_with_details
    FROM @schema@.account_members me
    JOIN @schema@.accounts a ON a.id = me.account_id
    LEFT JOIN @schema@.account_members o ON o.account_id = a.id AND o.user_id = a.owner_user_id
    LEFT JOIN @schema@.account_subscriptions s ON s.account_id = a.id AND s.status IN ('trial', 'active', 'past_due')
    LEFT JOIN @schema@.products p ON p.id = s.product_id
    LEFT JOIN @schema@.account_billing b ON b.account_id = a.id
    LEFT JOIN @schema@.account_smtp m ON m.account_id = a.id
    WHERE me.user_id = @schema@.entered_person() AND (after_name IS NULL OR (a.name, a.id) > (after_name, after_id))
    ORDER BY a.name, a.id LIMIT least(greatest(coalesce(page_size, 200), 1), 200)
$my_accounts$;

CREATE DISTRIBUTED FUNCTION @schema@.my_accounts(after_name text DEFAULT NULL, after_id uuid DEFAULT NULL, page_size integer DEFAULT 200)
    RETURNS TABLE (role text, account @schema@.account_with_details)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE SECURITY DEFINER ROWS 5 SET search_path = pg_catalog, pg_temp
AS $my_accounts$
DECLARE
    person CONSTANT uuid := @schema@.entered_person();
    most CONSTANT integer := least(greatest(coalesce(page_size, 200), 1), 200);
    said record;
BEGIN
    FOR said IN
        SELECT me.role, to_jsonb(a) || jsonb_build_object(
                'owner', (SELECT to_jsonb(o) FROM @schema@.account_members o WHERE o.account_id = a.id AND o.user_id = a.owner_user_id),
                'subscription', (SELECT to_jsonb(s) || jsonb_build_object('product', (SELECT to_jsonb(p) FROM @schema@.products p
                        WHERE p.id = s.product_id))
                    FROM @schema@.account_subscriptions s WHERE s.account_id = a.id AND s.status IN ('trial', 'active', 'past_due')),
                'billing', (SELECT to_jsonb(b) FROM @schema@.account_billing b WHERE b.account_id = a.id),
                'smtp', (SELECT to_jsonb(m) FROM @schema@.account_smtp m WHERE m.account_id = a.id)) AS details
        FROM @schema@.account_members me JOIN @schema@.accounts a ON a.id = me.account_id
        WHERE me.user_id = person AND (after_name IS NULL OR (a.name, a.id) > (after_name, after_id))
        ORDER BY a.name, a.id LIMIT most
    LOOP
        role := said.role;
        account := jsonb_populate_record(NULL::@schema@.account_with_details, said.details
            - CASE said.role WHEN 'external_client' THEN ARRAY['owner', 'subscription', 'billing', 'smtp']
                WHEN 'developer' THEN ARRAY['billing', 'smtp'] ELSE '{}' END);
        RETURN NEXT;
    END LOOP;
END
$my_accounts$;
COMMENT ON FUNCTION @schema@.my_accounts(text, uuid, integer)
    IS 'the accounts of the entered user, with what each role may see, by name, after one of a name and id: the account switcher; a token '
    'without an account is enough';
GRANT EXECUTE ON FUNCTION @schema@.my_accounts TO @app@;
ALTER FUNCTION @schema@.my_accounts OWNER TO @gate@;

CREATE FUNCTION @schema@.platform_accounts_page(after_slug text DEFAULT '', page_size integer DEFAULT 50)
RETURNS TABLE (id uuid, slug text, name text, status text, storage_used_bytes bigint, storage_quota_bytes bigint, product text,
    subscription_status text, created_at timestamptz)
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, pg_temp
AS $platform_accounts_page$
BEGIN
    PERFORM @schema@.require_platform('platform_accounts_page');
    RETURN QUERY
    SELECT a.id, a.slug, a.name, a.status, a.storage_used_bytes, a.storage_quota_bytes, p.name, s.status, a.created_at
    FROM @schema@.accounts a
    LEFT JOIN @schema@.account_subscriptions s ON s.account_id = a.id AND s.status IN ('trial', 'active', 'past_due')
    LEFT JOIN @schema@.products p ON p.id = s.product_id
    WHERE a.slug > coalesce(after_slug, '') ORDER BY a.slug LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END
$platform_accounts_page$;
COMMENT ON FUNCTION @schema@.platform_accounts_page(text, integer) IS 'accounts by slug, after one; for the platform';
GRANT EXECUTE ON FUNCTION @schema@.platform_accounts_page TO @platform@;
ALTER FUNCTION @schema@.platform_accounts_page OWNER TO @gate@;
