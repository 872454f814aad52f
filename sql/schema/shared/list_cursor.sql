-- A cursor of any list from the id of a row.

CREATE FUNCTION @schema@.list_cursor(list text, id uuid, filter text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $list_cursor$
DECLARE
    placed timestamptz;
    account CONSTANT uuid := primecloud.tenant_uuid();
    developers CONSTANT uuid := primecloud.tenant_uuid('developer');
    admins CONSTANT uuid := primecloud.tenant_uuid('admin');
    scope text := list || coalesce('?' || filter, '');
BEGIN
    PERFORM @schema@.check_text('list', list_cursor.list), @schema@.check_text('filter', list_cursor.filter);
    -- A list that takes a filter, and only that, is named with one.
    IF (list IN ('audit_page_by_action', 'audit_page_by_user', 'invoices_page_by_status', 'orders_page_by_status', 'object_shares_page'))
        <> (filter IS NOT NULL) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('list %s and its filter do not go together', coalesce(quote_literal(list), 'NULL')),
            HINT = 'Name the filter of a list that has one.';
    END IF;
    CASE list
        WHEN 'orders_page' THEN SELECT t.created_at INTO placed FROM @schema@.orders t
            WHERE t.account_id = developers AND t.id = list_cursor.id;
            scope := 'orders';
        WHEN 'orders_page_by_status' THEN SELECT t.created_at INTO placed FROM @schema@.orders t
            WHERE t.account_id = developers AND t.id = list_cursor.id;
            scope := 'orders?status=' || filter;
        WHEN 'members_page', 'members_with_buckets_page' THEN SELECT t.created_at INTO placed FROM @schema@.account_members t
            WHERE t.account_id = developers AND t.id = list_cursor.id;
        WHEN 'buckets_page' THEN SELECT t.created_at INTO placed FROM @schema@.buckets t WHERE t.account_id = account
            AND t.id = list_cursor.id;
        WHEN 'access_keys_page' THEN SELECT t.created_at INTO placed FROM @schema@.access_keys t
            WHERE t.account_id = developers AND t.id = list_cursor.id;
        WHEN 'notifications_page', 'unread_notifications_page' THEN SELECT t.created_at INTO placed FROM @schema@.notifications t
            WHERE t.account_id = developers AND t.id = list_cursor.id;
        WHEN 'audit_page', 'audit_page_by_action', 'audit_page_by_user' THEN SELECT t.created_at INTO placed FROM @schema@.audit_log t
            WHERE t.account_id = admins AND t.id = list_cursor.id;
        WHEN 'invoices_page', 'invoices_page_by_status' THEN SELECT t.created_at INTO placed FROM @schema@.invoices t
            WHERE t.account_id = admins AND t.id = list_cursor.id;
        WHEN 'quota_requests_page' THEN SELECT t.created_at INTO placed FROM @schema@.quota_requests t
            WHERE t.account_id = developers AND t.id = list_cursor.id;
        WHEN 'customers_page' THEN SELECT t.created_at INTO placed FROM @schema@.customers t
            WHERE t.account_id = developers AND t.id = list_cursor.id;
        WHEN 'invitations_page' THEN SELECT t.created_at INTO placed FROM @schema@.invitations t
            WHERE t.account_id = admins AND t.id = list_cursor.id;
        WHEN 'subscriptions_page' THEN SELECT t.created_at INTO placed FROM @schema@.account_subscriptions t
            WHERE t.account_id = developers AND t.id = list_cursor.id;
        WHEN 'object_shares_page' THEN SELECT t.created_at INTO placed FROM @schema@.object_shares t
            WHERE t.account_id = account AND t.id = list_cursor.id;
        ELSE RAISE invalid_parameter_value USING
            MESSAGE = format('list %s has no ids to start after', coalesce(quote_literal(list), 'NULL')),
            HINT = 'Name a list whose rows have an id, as orders_page.';
    END CASE;
    IF placed IS NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = format('no row %s to start after', coalesce(list_cursor.id::text, 'NULL')),
            HINT = 'Name a row of the entered account.';
    END IF;
    RETURN primecloud.make_cursor(scope, placed, list_cursor.id);
END
$list_cursor$;
DEFINER list_cursor;
COMMENT ON FUNCTION @schema@.list_cursor(text, uuid, text)
    IS 'the cursor of a row of a list, by its id: starting after, or before, a known one; the list''s filter with it';
GRANT EXECUTE ON FUNCTION @schema@.list_cursor TO @app@;
