-- The way back of each list, and a cursor from a known id: what orders have had from
-- the beginning.  One template: a list differs by its table, its rank and its filter.

DO $lists$
DECLARE
    list record;
    filtered text;
BEGIN
    FOR list IN SELECT * FROM (VALUES
        ('members_page', 'account_members', '''developer''', NULL, NULL, NULL, 'id'), ('buckets_page', 'buckets', '', NULL, NULL, NULL, 'id'),
        ('access_keys_page', 'access_keys', '''developer''', NULL, NULL, NULL, 'id'), ('notifications_page', 'notifications', '''developer''', NULL, NULL, NULL, 'id'),
        ('unread_notifications_page', 'notifications', '''developer''', NULL, NULL, 't.read_at IS NULL', 'id'), ('audit_page', 'audit_log', '''admin''', NULL, NULL, NULL, 'id'),
        ('audit_page_by_action', 'audit_log', '''admin''', 'wanted_action', 'text', 't.action = wanted_action', 'id'),
        ('audit_page_by_user', 'audit_log', '''admin''', 'wanted_user', 'text', 't.user_id = wanted_user', 'id'),
        ('invoices_page', 'invoices', '''admin''', NULL, NULL, NULL, 'id'), ('invoices_page_by_status', 'invoices', '''admin''', 'wanted_status', 'text', 't.status = wanted_status', 'id'),
        ('quota_requests_page', 'quota_requests', '''developer''', NULL, NULL, NULL, 'id'), ('customers_page', 'customers', '''developer''', NULL, NULL, NULL, 'id'),
        ('invitations_page', 'invitations', '''admin''', NULL, NULL, NULL, 'id'), ('subscriptions_page', 'subscriptions', '''developer''', NULL, NULL, NULL, 'id'),
        ('object_shares_page', 'object_shares', '', 'bucket', 'uuid', 't.bucket_id = bucket', 'id'), ('usage_page', 'usage_daily', '''developer''', NULL, NULL, NULL, 'bucket_id')
    ) AS l(name, rel, least, argument, type, condition, key) LOOP
        filtered := format('%L', list.name) || CASE WHEN list.argument IS NULL THEN '' ELSE format(' || %s', list.argument) END;
        IF list.argument IS NOT NULL THEN
            filtered := format('%L || %s', list.name || '?', list.argument);
        END IF;
        EXECUTE format($template$
CREATE FUNCTION @schema@.%1$s_before(%2$s before text, page_size integer DEFAULT 50) RETURNS TABLE (cursor text, item @schema@.%3$s)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    SELECT primecloud.make_cursor(%4$s, b.at, b.key), b.item
    FROM (SELECT * FROM (
                SELECT t AS item, t.%7$s AS at, t.%8$s AS key
                FROM @schema@.%3$s t
                WHERE t.account_id = primecloud.tenant_uuid(%5$s) %6$s
                  AND (t.%7$s, t.%8$s) > (primecloud.cursor_ts(before, %4$s), primecloud.cursor_id(before, %4$s))
                ORDER BY t.%7$s, t.%8$s
                LIMIT 200) page
          LIMIT least(greatest(coalesce(page_size, 50), 1), 200)) b
    ORDER BY b.at DESC, b.key DESC;
END$template$, list.name, list.argument || ' ' || list.type || ',', list.rel, filtered, list.least, 'AND ' || list.condition,
            CASE list.key WHEN 'id' THEN 'created_at' ELSE 'period_start' END, list.key);
        EXECUTE format('COMMENT ON FUNCTION @schema@.%s_before(%s text, integer) IS %L', list.name, list.type || ',', 'the page before a cursor, newest first; the way back of ' || list.name);
    END LOOP;
END
$lists$;

CREATE FUNCTION @schema@.orders_page_by_status_before(order_status text, before text, page_size integer DEFAULT 50)
RETURNS TABLE (cursor text, item @schema@.order_with_details)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    SELECT primecloud.make_cursor('orders?status=' || order_status, (b.d).created_at, (b.d).id), b.d
    FROM (SELECT * FROM (
                SELECT d::@schema@.order_with_details AS d
                FROM @schema@.orders_with_details() d
                WHERE d.status = order_status
                  AND (d.created_at, d.id) > (primecloud.cursor_ts(before, 'orders?status=' || order_status), primecloud.cursor_id(before, 'orders?status=' || order_status))
                ORDER BY d.created_at, d.id
                LIMIT 200) page
          LIMIT least(greatest(coalesce(page_size, 50), 1), 200)) b
    ORDER BY (b.d).created_at DESC, (b.d).id DESC;
END;
COMMENT ON FUNCTION @schema@.orders_page_by_status_before(text, text, integer) IS 'the page before a cursor, newest first; the way back of orders_page_by_status';

CREATE FUNCTION @schema@.members_with_buckets_page_before(before text, page_size integer DEFAULT 50)
RETURNS TABLE (cursor text, item @schema@.account_members, buckets @schema@.bucket_permissions[])
LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
BEGIN ATOMIC
    SELECT primecloud.make_cursor('members_with_buckets_page', b.at, b.key), b.item,
           ARRAY(SELECT p FROM @schema@.bucket_permissions p WHERE p.account_id = b.account_id AND p.user_id = b.user_id ORDER BY p.bucket_id)
    FROM (SELECT * FROM (
                SELECT t AS item, t.created_at AS at, t.id AS key, t.account_id, t.user_id
                FROM @schema@.account_members t
                WHERE t.account_id = primecloud.tenant_uuid('developer')
                  AND (t.created_at, t.id) > (primecloud.cursor_ts(before, 'members_with_buckets_page'), primecloud.cursor_id(before, 'members_with_buckets_page'))
                ORDER BY t.created_at, t.id
                LIMIT 200) page
          LIMIT least(greatest(coalesce(page_size, 50), 1), 200)) b
    ORDER BY b.at DESC, b.key DESC;
END;
COMMENT ON FUNCTION @schema@.members_with_buckets_page_before(text, integer) IS 'the page before a cursor, newest first; the way back of members_with_buckets_page';

CREATE FUNCTION @schema@.list_cursor(list text, id uuid, filter text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $list_cursor$
#variable_conflict use_column
DECLARE
    placed timestamptz;
    scope text := list || coalesce('?' || filter, '');
BEGIN
    -- A list that takes a filter, and only that, is named with one.
    IF (list IN ('audit_page_by_action', 'audit_page_by_user', 'invoices_page_by_status', 'orders_page_by_status', 'object_shares_page')) <> (filter IS NOT NULL) THEN
        RAISE EXCEPTION 'list % and its filter do not go together', coalesce(quote_literal(list), 'NULL') USING ERRCODE = '22023', HINT = 'Name the filter of a list that has one.';
    END IF;
    CASE list
        WHEN 'orders_page' THEN SELECT t.created_at INTO placed FROM @schema@.orders t WHERE t.account_id = primecloud.tenant_uuid('developer') AND t.id = list_cursor.id;
            scope := 'orders';
        WHEN 'orders_page_by_status' THEN SELECT t.created_at INTO placed FROM @schema@.orders t WHERE t.account_id = primecloud.tenant_uuid('developer') AND t.id = list_cursor.id;
            scope := 'orders?status=' || filter;
        WHEN 'members_page', 'members_with_buckets_page' THEN SELECT t.created_at INTO placed FROM @schema@.account_members t WHERE t.account_id = primecloud.tenant_uuid('developer') AND t.id = list_cursor.id;
        WHEN 'buckets_page' THEN SELECT t.created_at INTO placed FROM @schema@.buckets t WHERE t.account_id = primecloud.tenant_uuid() AND t.id = list_cursor.id;
        WHEN 'access_keys_page' THEN SELECT t.created_at INTO placed FROM @schema@.access_keys t WHERE t.account_id = primecloud.tenant_uuid('developer') AND t.id = list_cursor.id;
        WHEN 'notifications_page', 'unread_notifications_page' THEN SELECT t.created_at INTO placed FROM @schema@.notifications t WHERE t.account_id = primecloud.tenant_uuid('developer') AND t.id = list_cursor.id;
        WHEN 'audit_page', 'audit_page_by_action', 'audit_page_by_user' THEN SELECT t.created_at INTO placed FROM @schema@.audit_log t WHERE t.account_id = primecloud.tenant_uuid('admin') AND t.id = list_cursor.id;
        WHEN 'invoices_page', 'invoices_page_by_status' THEN SELECT t.created_at INTO placed FROM @schema@.invoices t WHERE t.account_id = primecloud.tenant_uuid('admin') AND t.id = list_cursor.id;
        WHEN 'quota_requests_page' THEN SELECT t.created_at INTO placed FROM @schema@.quota_requests t WHERE t.account_id = primecloud.tenant_uuid('developer') AND t.id = list_cursor.id;
        WHEN 'customers_page' THEN SELECT t.created_at INTO placed FROM @schema@.customers t WHERE t.account_id = primecloud.tenant_uuid('developer') AND t.id = list_cursor.id;
        WHEN 'invitations_page' THEN SELECT t.created_at INTO placed FROM @schema@.invitations t WHERE t.account_id = primecloud.tenant_uuid('admin') AND t.id = list_cursor.id;
        WHEN 'subscriptions_page' THEN SELECT t.created_at INTO placed FROM @schema@.subscriptions t WHERE t.account_id = primecloud.tenant_uuid('developer') AND t.id = list_cursor.id;
        WHEN 'object_shares_page' THEN SELECT t.created_at INTO placed FROM @schema@.object_shares t WHERE t.account_id = primecloud.tenant_uuid() AND t.id = list_cursor.id;
        ELSE RAISE EXCEPTION 'list % has no ids to start after', coalesce(quote_literal(list), 'NULL') USING ERRCODE = '22023', HINT = 'Name a list whose rows have an id, as orders_page.';
    END CASE;
    IF placed IS NULL THEN
        RAISE EXCEPTION 'no row % to start after', coalesce(list_cursor.id::text, 'NULL') USING ERRCODE = '22023', HINT = 'Name a row of the entered account.';
    END IF;
    RETURN primecloud.make_cursor(scope, placed, list_cursor.id);
END
$list_cursor$;
COMMENT ON FUNCTION @schema@.list_cursor(text, uuid, text) IS 'the cursor of a row of a list, by its id: starting after, or before, a known one; the list''s filter with it';

-- Views are read by tools: their columns are described as those they come from.
DO $described$
DECLARE
    described record;
BEGIN
    FOR described IN
        SELECT v.view, a.attname, col_description(b.attrelid, b.attnum) AS comment
        FROM (VALUES ('orders_flat', 'orders', ''), ('orders_flat', 'products', 'product_'), ('orders_flat', 'vps_configs', 'vps_'),
                     ('accounts_flat', 'accounts', ''), ('accounts_flat', 'subscriptions', 'subscription_'), ('accounts_flat', 'subscriptions', ''), ('accounts_flat', 'products', 'product_')) AS v(view, base, prefix)
        JOIN pg_attribute a ON a.attrelid = ('@schema@.' || v.view)::regclass AND a.attnum > 0
        JOIN pg_attribute b ON b.attrelid = ('@schema@.' || v.base)::regclass AND v.prefix || b.attname = a.attname
        WHERE v.prefix <> '' OR v.base <> 'subscriptions' OR a.attname = 'current_period_end'
    LOOP
        -- what is behind an outer join may be missing
        EXECUTE format('COMMENT ON COLUMN @schema@.%I.%I IS %L', described.view, described.attname,
            CASE WHEN described.attname ~ '^(product_|vps_|subscription_|current_)' THEN replace(described.comment, '@notNull ', '') ELSE described.comment END);
    END LOOP;
END
$described$;
