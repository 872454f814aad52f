-- Who may do what in a control plane: one list, applied by grant_schema.

CREATE FUNCTION schema_roles(schema name, OUT role_name text, OUT access text) RETURNS SETOF record
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $schema_roles$
BEGIN
    IF to_regclass(format('%I.schema_roles', schema)) IS NOT NULL THEN
        RETURN QUERY EXECUTE format('SELECT role_name, access FROM %I.schema_roles ORDER BY access = ''gate'' DESC, role_name', schema);
    END IF;
END
$schema_roles$;
COMMENT ON FUNCTION schema_roles(name) IS 'the roles that were let into a control plane, and as what';

CREATE FUNCTION schema_grants(OUT access text, OUT privilege text, OUT object text) RETURNS SETOF record
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $schema_grants$
    -- What a client reads as it is; policies say which rows.
    SELECT 'app', 'SELECT', unnest(ARRAY['accounts', 'account_members', 'account_billing', 'account_smtp', 'products', 'prices',
        'subscriptions', 'orders', 'order_transitions', 'vps_configs', 'customers', 'buckets', 'bucket_permissions', 'lifecycle_rules',
        'access_keys', 'sftp_credentials', 'object_tags', 'object_shares', 'invitations', 'notification_types', 'notifications',
        'audit_log', 'usage_records', 'usage_hourly', 'usage_daily', 'quota_requests', 'invoices', 'invoice_lines', 'orders_flat', 'accounts_flat'])
    -- What a client writes by itself: nothing that a rule guards.
    UNION ALL SELECT 'app', 'UPDATE (name, branding_name, branding_logo_url, branding_icon_url, branding_primary_color, branding_sidebar_color, branding_background_color)', 'accounts'
    UNION ALL SELECT 'app', 'UPDATE (legal_name, tax_id, phone, billing_email, financial_contact, billing_day)', 'account_billing'
    UNION ALL SELECT 'app', 'INSERT (id, name, tax_id, admin_email, billing_email, phone, address, notes, status, trial_ends_at, billing_day, billing_model, discount_percent, contracted_storage_bytes, price_cents, overage_cents, currency)', 'customers'
    UNION ALL SELECT 'app', 'UPDATE (name, tax_id, admin_email, billing_email, phone, address, notes, status, trial_ends_at, billing_day, billing_model, discount_percent, contracted_storage_bytes, price_cents, overage_cents, currency)', 'customers'
    UNION ALL SELECT 'app', 'DELETE', 'customers'
    UNION ALL SELECT 'app', 'UPDATE (read_at)', 'notifications'
    -- What a client calls: reads that run as itself, commands that check its role.
    UNION ALL SELECT 'app', 'EXECUTE', unnest(ARRAY['orders_with_details', 'order_with_details', 'orders_page', 'orders_page_before',
        'orders_page_by_status', 'order_cursor', 'list_cursor', 'orders_count', 'account_with_details', 'bucket_lifecycle', 'members_page', 'buckets_page',
        'access_keys_page', 'notifications_page', 'unread_notifications_page', 'unread_count', 'audit_page', 'audit_page_by_action',
        'audit_page_by_user', 'invoices_page', 'invoices_page_by_status', 'invoice_with_lines', 'members_with_buckets_page', 'usage_page', 'object_shares_page', 'may_read_bucket', 'entered_person', 'quota_requests_page', 'customers_page', 'invitations_page', 'subscriptions_page',
        'orders_page_by_status_before', 'members_page_before', 'members_with_buckets_page_before', 'buckets_page_before', 'access_keys_page_before',
        'notifications_page_before', 'unread_notifications_page_before', 'audit_page_before', 'audit_page_by_action_before', 'audit_page_by_user_before',
        'invoices_page_before', 'invoices_page_by_status_before', 'quota_requests_page_before', 'customers_page_before', 'invitations_page_before',
        'subscriptions_page_before', 'usage_page_before', 'object_shares_page_before',
        'create_account', 'my_accounts', 'accept_invitation', 'resolve_domain', 'open_share',
        'invite', 'revoke_invitation', 'change_member_role', 'remove_member', 'transfer_ownership',
        'subscribe', 'change_subscription', 'cancel_subscription', 'place_order', 'place_vps_order', 'order_transition',
        'create_access_key', 'rotate_access_key', 'revoke_access_key',
        'create_sftp_credential', 'reset_sftp_password', 'revoke_sftp_credential',
        'create_bucket', 'delete_bucket', 'set_bucket_quota', 'set_bucket_versioning', 'grant_bucket', 'revoke_bucket',
        'add_lifecycle_rule', 'remove_lifecycle_rule', 'set_bucket_lifecycle', 'tag_object', 'untag_object', 'share_object', 'revoke_share',
        'notify', 'mark_read', 'mark_all_read', 'request_quota', 'mark_invoice_paid', 'cancel_invoice', 'request_dedicated', 'set_domain', 'set_smtp', 'remove_smtp', 'delete_account'])
    -- The service that signs people in and asks the DNS.
    UNION ALL SELECT 'gateway', 'EXECUTE', unnest(ARRAY['register_user', 'confirm_domain'])
    -- An operator, who assumes one account at a time.
    UNION ALL SELECT 'platform', 'SELECT', unnest(ARRAY['accounts', 'account_members', 'account_billing', 'products', 'prices', 'price_changes',
        'subscriptions', 'orders', 'order_transitions', 'vps_configs', 'buckets', 'notification_types', 'notifications', 'audit_log',
        'usage_hourly', 'usage_daily', 'quota_requests', 'invoices', 'invoice_lines', 'order_internal_notes'])
    UNION ALL SELECT 'platform', 'EXECUTE', unnest(ARRAY['orders_with_details', 'order_with_details', 'orders_page', 'orders_page_before',
        'orders_page_by_status', 'order_cursor', 'account_with_details', 'order_transition', 'set_payment', 'set_price', 'set_product',
        'set_vps_credentials', 'approve_quota', 'reject_quota', 'mark_invoice_paid', 'set_account_status', 'platform_dashboard',
        'platform_quota_requests', 'platform_accounts_page', 'platform_open_orders', 'platform_open_invoices', 'dead_orders', 'quote_order',
        'note_order', 'grant_trial', 'cancel_invoice', 'generate_invoices'])
    -- The workers that carry out the outbox and bring measurements.
    UNION ALL SELECT 'worker', 'EXECUTE', unnest(ARRAY['claim_outbox', 'acknowledge_outbox', 'fail_outbox', 'retry_outbox', 'discard_outbox',
        'dead_orders', 'mail_recipients', 'record_usage', 'key_used', 'sftp_used'])
    UNION ALL SELECT 'worker', 'SELECT', unnest(ARRAY['access_key_secrets', 'sftp_secrets', 'account_smtp_secrets', 'account_smtp', 'accounts'])
    -- Scheduled work, which row-level security does not hold.
    UNION ALL SELECT 'maintenance', 'EXECUTE', unnest(ARRAY['run_maintenance', 'maintain', 'generate_invoices'])
    -- The owner of the narrow functions that cross accounts: the columns they touch.
    UNION ALL SELECT 'gate', 'OWNER', unnest(ARRAY['register_user', 'create_account', 'my_accounts', 'accept_invitation', 'resolve_domain',
        'open_share', 'confirm_domain', 'platform_dashboard', 'platform_quota_requests', 'platform_accounts_page', 'set_price', 'set_product',
        'record_usage', 'generate_invoices', 'claim_outbox', 'acknowledge_outbox', 'fail_outbox', 'retry_outbox', 'discard_outbox',
        'key_used', 'sftp_used', 'mail_recipients', 'platform_open_orders', 'platform_open_invoices', 'dead_orders', 'maintain'])
    UNION ALL SELECT 'gate', 'SELECT', unnest(ARRAY['users', 'accounts', 'account_members', 'account_billing', 'account_smtp', 'account_domain_tokens',
        'products', 'prices', 'subscriptions', 'orders', 'customers', 'buckets', 'access_keys', 'sftp_credentials', 'object_shares', 'object_share_tokens', 'invitations',
        'invitation_tokens', 'notification_types', 'usage_records', 'usage_hourly', 'usage_daily', 'quota_requests', 'invoices', 'invoice_lines',
        'invoice_counters', 'outbox', 'notifications', 'notification_marks', 'audit_log', 'schema_roles', 'retention_periods'])
    UNION ALL SELECT 'gate', 'INSERT', unnest(ARRAY['users', 'accounts', 'account_members', 'account_owners', 'account_billing', 'notifications', 'notification_marks', 'audit_log', 'price_changes',
        'prices', 'products', 'usage_records', 'usage_hourly', 'usage_daily', 'invoices', 'invoice_lines', 'invoice_counters', 'outbox'])
    UNION ALL SELECT 'gate', 'UPDATE', unnest(ARRAY['users', 'prices', 'products', 'notification_marks', 'usage_hourly', 'usage_daily', 'invoice_counters', 'outbox'])
    UNION ALL SELECT 'gate', 'UPDATE (domain_status, updated_at, storage_used_bytes, bandwidth_used_bytes, bandwidth_month, quota_level)', 'accounts'
    UNION ALL SELECT 'gate', 'UPDATE (size_bytes, object_count, measured_at)', 'buckets'
    UNION ALL SELECT 'gate', 'UPDATE (accepted_at)', 'invitations'
    UNION ALL SELECT 'gate', 'UPDATE (opened_count)', 'object_shares'
    UNION ALL SELECT 'gate', 'UPDATE (status, revoked_at, last_used_at)', 'access_keys'
    UNION ALL SELECT 'gate', 'UPDATE (last_login_at)', 'sftp_credentials'
    UNION ALL SELECT 'gate', 'UPDATE (status, canceled_at, current_period_start, current_period_end)', 'subscriptions'
    UNION ALL SELECT 'gate', 'UPDATE (status)', 'invoices'
    UNION ALL SELECT 'gate', 'UPDATE (status)', 'customers'
    UNION ALL SELECT 'gate', 'DELETE', unnest(ARRAY['access_key_secrets', 'object_shares', 'invitations', 'notifications', 'usage_records', 'usage_hourly', 'audit_log', 'outbox'])
    UNION ALL SELECT 'gate', 'SELECT', 'access_key_secrets'
    UNION ALL SELECT 'gate', 'EXECUTE', unnest(ARRAY['caller_is', 'entered_person', 'require_worker', 'require_platform', 'tell_quota', 'quota_level', 'usage_cents', 'invoice_candidates',
        'maintain_access', 'maintain_subscriptions', 'maintain_invoices', 'maintain_retention', 'send_notifications'])
$schema_grants$;
COMMENT ON FUNCTION schema_grants() IS 'what each kind of access gives; an object that a schema does not have yet is passed over';

CREATE FUNCTION grant_schema(schema name, role name, access text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $grant_schema$
DECLARE
    wanted record;
    routine regprocedure;
BEGIN
    IF primecloud.schema_version(schema) IS NULL THEN
        RAISE EXCEPTION 'schema "%" is not a control plane', schema USING ERRCODE = '3F000',
            HINT = 'Create one with primecloud.create_schema.';
    END IF;
    IF to_regrole(quote_ident(role)) IS NULL THEN
        RAISE EXCEPTION 'role "%" does not exist', role USING ERRCODE = '42704',
            HINT = 'Make it with primecloud.create_app_role, create_gate_role, create_platform_role or create_maintenance_role.';
    END IF;
    IF access IS NULL OR access NOT IN ('app', 'gate', 'gateway', 'platform', 'worker', 'maintenance') THEN
        RAISE EXCEPTION 'access % is not known', coalesce(quote_literal(access), 'NULL') USING ERRCODE = '22023',
            HINT = 'It is app, gate, gateway, platform, worker or maintenance.';
    END IF;
    IF access <> 'gate' AND EXISTS (SELECT FROM pg_roles r WHERE r.rolname = role AND (r.rolsuper OR r.rolbypassrls))
       AND access <> 'maintenance' THEN
        RAISE EXCEPTION 'row-level security does not hold role "%"', role USING ERRCODE = '42501',
            HINT = 'A client role is neither a superuser nor has BYPASSRLS.';
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', schema, role);
    FOR wanted IN SELECT g.privilege, g.object FROM primecloud.schema_grants() g WHERE g.access = grant_schema.access LOOP
        IF wanted.privilege IN ('EXECUTE', 'OWNER') THEN
            FOR routine IN SELECT p.oid FROM pg_proc p
                           WHERE p.pronamespace = schema::text::regnamespace AND p.proname = wanted.object LOOP
                IF wanted.privilege = 'EXECUTE' THEN
                    EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO %I', routine, role);
                ELSE
                    PERFORM primecloud.schema_hand_over(schema, routine, role);
                END IF;
            END LOOP;
        ELSIF to_regclass(format('%I.%I', schema, wanted.object)) IS NOT NULL THEN
            EXECUTE format('GRANT %s ON TABLE %I.%I TO %I', wanted.privilege, schema, wanted.object, role);
        END IF;
    END LOOP;
    EXECUTE format('INSERT INTO %I.schema_roles (role_name, access) VALUES ($1, $2) ON CONFLICT DO NOTHING', schema)
        USING role, access;
END
$grant_schema$;
COMMENT ON FUNCTION grant_schema(name, name, text) IS 'lets a role into a control plane as app, gate, gateway, platform, worker or maintenance; again after a migration';

CREATE FUNCTION schema_hand_over(schema name, routine regprocedure, role name) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $schema_hand_over$
BEGIN
    IF (SELECT p.proowner FROM pg_proc p WHERE p.oid = routine) = to_regrole(quote_ident(role)) THEN
        RETURN;
    END IF;
    -- A new owner must be able to create there, for the moment of becoming it.
    EXECUTE format('GRANT CREATE ON SCHEMA %I TO %I', schema, role);
    EXECUTE format('ALTER ROUTINE %s OWNER TO %I', routine, role);
    EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM %I', schema, role);
END
$schema_hand_over$;
COMMENT ON FUNCTION schema_hand_over(name, regprocedure, name) IS 'gives a narrow function to the gate role; called by grant_schema';

CREATE FUNCTION revoke_schema(schema name, role name) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $revoke_schema$
BEGIN
    IF primecloud.schema_version(schema) IS NULL OR to_regrole(quote_ident(role)) IS NULL THEN
        RAISE EXCEPTION 'no control plane "%" that role "%" could leave', schema, role USING ERRCODE = '42704';
    END IF;
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM %I', schema, role);
    EXECUTE format('REVOKE ALL ON ALL ROUTINES IN SCHEMA %I FROM %I', schema, role);
    EXECUTE format('REVOKE ALL ON SCHEMA %I FROM %I', schema, role);
    EXECUTE format('DELETE FROM %I.schema_roles WHERE role_name = $1', schema) USING role;
END
$revoke_schema$;
COMMENT ON FUNCTION revoke_schema(name, name) IS 'takes from a role all it was given in a control plane';
