-- The lists behind the screens: newest first, by cursor, 1 to 200 a page; inlined.

CREATE FUNCTION @schema@.members_page(after text DEFAULT NULL, page_size integer DEFAULT 50)
RETURNS TABLE (cursor text, item @schema@.account_members)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    SELECT * FROM (
        SELECT primecloud.make_cursor('members_page', t.created_at, t.id), t
        FROM @schema@.account_members t
        WHERE t.account_id = primecloud.tenant_uuid('developer')
          AND (t.created_at, t.id) < (primecloud.cursor_ts(after, 'members_page'), primecloud.cursor_id(after, 'members_page'))
        ORDER BY t.created_at DESC, t.id DESC
        LIMIT 200) page
    LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END;
COMMENT ON FUNCTION @schema@.members_page(text, integer) IS 'the members of the account, newest first, after a cursor';

CREATE FUNCTION @schema@.buckets_page(after text DEFAULT NULL, page_size integer DEFAULT 50)
RETURNS TABLE (cursor text, item @schema@.buckets)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    SELECT * FROM (
        SELECT primecloud.make_cursor('buckets_page', t.created_at, t.id), t
        FROM @schema@.buckets t
        WHERE t.account_id = primecloud.tenant_uuid()
          AND (t.created_at, t.id) < (primecloud.cursor_ts(after, 'buckets_page'), primecloud.cursor_id(after, 'buckets_page'))
        ORDER BY t.created_at DESC, t.id DESC
        LIMIT 200) page
    LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END;
COMMENT ON FUNCTION @schema@.buckets_page(text, integer) IS 'the buckets that the caller may reach, with what they hold, newest first, after a cursor';

CREATE FUNCTION @schema@.access_keys_page(after text DEFAULT NULL, page_size integer DEFAULT 50)
RETURNS TABLE (cursor text, item @schema@.access_keys)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    SELECT * FROM (
        SELECT primecloud.make_cursor('access_keys_page', t.created_at, t.id), t
        FROM @schema@.access_keys t
        WHERE t.account_id = primecloud.tenant_uuid('developer')
          AND (t.created_at, t.id) < (primecloud.cursor_ts(after, 'access_keys_page'), primecloud.cursor_id(after, 'access_keys_page'))
        ORDER BY t.created_at DESC, t.id DESC
        LIMIT 200) page
    LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END;
COMMENT ON FUNCTION @schema@.access_keys_page(text, integer) IS 'access keys, without their secrets, newest first, after a cursor';

CREATE FUNCTION @schema@.notifications_page(after text DEFAULT NULL, page_size integer DEFAULT 50)
RETURNS TABLE (cursor text, item @schema@.notifications)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    SELECT * FROM (
        SELECT primecloud.make_cursor('notifications_page', t.created_at, t.id), t
        FROM @schema@.notifications t
        WHERE t.account_id = primecloud.tenant_uuid('developer')
          AND (t.created_at, t.id) < (primecloud.cursor_ts(after, 'notifications_page'), primecloud.cursor_id(after, 'notifications_page'))
        ORDER BY t.created_at DESC, t.id DESC
        LIMIT 200) page
    LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END;
COMMENT ON FUNCTION @schema@.notifications_page(text, integer) IS 'notifications, newest first, after a cursor';

CREATE FUNCTION @schema@.audit_page(after text DEFAULT NULL, page_size integer DEFAULT 50)
RETURNS TABLE (cursor text, item @schema@.audit_log)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    SELECT * FROM (
        SELECT primecloud.make_cursor('audit_page', t.created_at, t.id), t
        FROM @schema@.audit_log t
        WHERE t.account_id = primecloud.tenant_uuid('admin')
          AND (t.created_at, t.id) < (primecloud.cursor_ts(after, 'audit_page'), primecloud.cursor_id(after, 'audit_page'))
        ORDER BY t.created_at DESC, t.id DESC
        LIMIT 200) page
    LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END;
COMMENT ON FUNCTION @schema@.audit_page(text, integer) IS 'the audit log, newest first, after a cursor';

CREATE FUNCTION @schema@.audit_page_by_action(wanted_action text, after text DEFAULT NULL, page_size integer DEFAULT 50)
RETURNS TABLE (cursor text, item @schema@.audit_log)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    SELECT * FROM (
        SELECT primecloud.make_cursor('audit_page_by_action?' || wanted_action, t.created_at, t.id), t
        FROM @schema@.audit_log t
        WHERE t.account_id = primecloud.tenant_uuid('admin')
          AND t.action = wanted_action
          AND (t.created_at, t.id) < (primecloud.cursor_ts(after, 'audit_page_by_action?' || wanted_action), primecloud.cursor_id(after, 'audit_page_by_action?' || wanted_action))
        ORDER BY t.created_at DESC, t.id DESC
        LIMIT 200) page
    LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END;
COMMENT ON FUNCTION @schema@.audit_page_by_action(text, text, integer) IS 'the audit log of one action, newest first, after a cursor';

CREATE FUNCTION @schema@.audit_page_by_user(wanted_user text, after text DEFAULT NULL, page_size integer DEFAULT 50)
RETURNS TABLE (cursor text, item @schema@.audit_log)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    SELECT * FROM (
        SELECT primecloud.make_cursor('audit_page_by_user?' || wanted_user, t.created_at, t.id), t
        FROM @schema@.audit_log t
        WHERE t.account_id = primecloud.tenant_uuid('admin')
          AND t.user_id = wanted_user
          AND (t.created_at, t.id) < (primecloud.cursor_ts(after, 'audit_page_by_user?' || wanted_user), primecloud.cursor_id(after, 'audit_page_by_user?' || wanted_user))
        ORDER BY t.created_at DESC, t.id DESC
        LIMIT 200) page
    LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END;
COMMENT ON FUNCTION @schema@.audit_page_by_user(text, text, integer) IS 'the audit log of one user, newest first, after a cursor';

CREATE FUNCTION @schema@.invoices_page(after text DEFAULT NULL, page_size integer DEFAULT 50)
RETURNS TABLE (cursor text, item @schema@.invoices)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    SELECT * FROM (
        SELECT primecloud.make_cursor('invoices_page', t.created_at, t.id), t
        FROM @schema@.invoices t
        WHERE t.account_id = primecloud.tenant_uuid('admin')
          AND (t.created_at, t.id) < (primecloud.cursor_ts(after, 'invoices_page'), primecloud.cursor_id(after, 'invoices_page'))
        ORDER BY t.created_at DESC, t.id DESC
        LIMIT 200) page
    LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END;
COMMENT ON FUNCTION @schema@.invoices_page(text, integer) IS 'invoices, newest first, after a cursor';

CREATE FUNCTION @schema@.invoices_page_by_status(wanted_status text, after text DEFAULT NULL, page_size integer DEFAULT 50)
RETURNS TABLE (cursor text, item @schema@.invoices)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    SELECT * FROM (
        SELECT primecloud.make_cursor('invoices_page_by_status?' || wanted_status, t.created_at, t.id), t
        FROM @schema@.invoices t
        WHERE t.account_id = primecloud.tenant_uuid('admin')
          AND t.status = wanted_status
          AND (t.created_at, t.id) < (primecloud.cursor_ts(after, 'invoices_page_by_status?' || wanted_status), primecloud.cursor_id(after, 'invoices_page_by_status?' || wanted_status))
        ORDER BY t.created_at DESC, t.id DESC
        LIMIT 200) page
    LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END;
COMMENT ON FUNCTION @schema@.invoices_page_by_status(text, text, integer) IS 'invoices of one status, newest first, after a cursor';

CREATE FUNCTION @schema@.quota_requests_page(after text DEFAULT NULL, page_size integer DEFAULT 50)
RETURNS TABLE (cursor text, item @schema@.quota_requests)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    SELECT * FROM (
        SELECT primecloud.make_cursor('quota_requests_page', t.created_at, t.id), t
        FROM @schema@.quota_requests t
        WHERE t.account_id = primecloud.tenant_uuid('developer')
          AND (t.created_at, t.id) < (primecloud.cursor_ts(after, 'quota_requests_page'), primecloud.cursor_id(after, 'quota_requests_page'))
        ORDER BY t.created_at DESC, t.id DESC
        LIMIT 200) page
    LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END;
COMMENT ON FUNCTION @schema@.quota_requests_page(text, integer) IS 'quota requests, newest first, after a cursor';

CREATE FUNCTION @schema@.customers_page(after text DEFAULT NULL, page_size integer DEFAULT 50)
RETURNS TABLE (cursor text, item @schema@.customers)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    SELECT * FROM (
        SELECT primecloud.make_cursor('customers_page', t.created_at, t.id), t
        FROM @schema@.customers t
        WHERE t.account_id = primecloud.tenant_uuid('developer')
          AND (t.created_at, t.id) < (primecloud.cursor_ts(after, 'customers_page'), primecloud.cursor_id(after, 'customers_page'))
        ORDER BY t.created_at DESC, t.id DESC
        LIMIT 200) page
    LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END;
COMMENT ON FUNCTION @schema@.customers_page(text, integer) IS 'customers, newest first, after a cursor';

CREATE FUNCTION @schema@.invitations_page(after text DEFAULT NULL, page_size integer DEFAULT 50)
RETURNS TABLE (cursor text, item @schema@.invitations)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    SELECT * FROM (
        SELECT primecloud.make_cursor('invitations_page', t.created_at, t.id), t
        FROM @schema@.invitations t
        WHERE t.account_id = primecloud.tenant_uuid('admin')
          AND (t.created_at, t.id) < (primecloud.cursor_ts(after, 'invitations_page'), primecloud.cursor_id(after, 'invitations_page'))
        ORDER BY t.created_at DESC, t.id DESC
        LIMIT 200) page
    LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END;
COMMENT ON FUNCTION @schema@.invitations_page(text, integer) IS 'invitations, newest first, after a cursor';

CREATE FUNCTION @schema@.subscriptions_page(after text DEFAULT NULL, page_size integer DEFAULT 50)
RETURNS TABLE (cursor text, item @schema@.subscriptions)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    SELECT * FROM (
        SELECT primecloud.make_cursor('subscriptions_page', t.created_at, t.id), t
        FROM @schema@.subscriptions t
        WHERE t.account_id = primecloud.tenant_uuid('developer')
          AND (t.created_at, t.id) < (primecloud.cursor_ts(after, 'subscriptions_page'), primecloud.cursor_id(after, 'subscriptions_page'))
        ORDER BY t.created_at DESC, t.id DESC
        LIMIT 200) page
    LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END;
COMMENT ON FUNCTION @schema@.subscriptions_page(text, integer) IS 'subscriptions, ended ones included, newest first, after a cursor';

CREATE FUNCTION @schema@.unread_notifications_page(after text DEFAULT NULL, page_size integer DEFAULT 50)
RETURNS TABLE (cursor text, item @schema@.notifications)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    SELECT * FROM (
        SELECT primecloud.make_cursor('unread_notifications_page', t.created_at, t.id), t
        FROM @schema@.notifications t
        WHERE t.account_id = primecloud.tenant_uuid('developer')
          AND t.read_at IS NULL
          AND (t.created_at, t.id) < (primecloud.cursor_ts(after, 'unread_notifications_page'), primecloud.cursor_id(after, 'unread_notifications_page'))
        ORDER BY t.created_at DESC, t.id DESC
        LIMIT 200) page
    LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END;
COMMENT ON FUNCTION @schema@.unread_notifications_page(text, integer) IS 'notifications nobody has read, newest first, after a cursor';
