-- Notifications, and how many are unread.

LIST notifications_page, notifications_page_before
    OF notifications BY created_at, id
    FOR developer
    IS 'notifications, newest first, after a cursor';
GRANT EXECUTE ON FUNCTION @schema@.notifications_page, @schema@.notifications_page_before TO @app@;

LIST unread_notifications_page, unread_notifications_page_before
    OF notifications BY created_at, id
    FOR developer
    WHERE t.read_at IS NULL
    IS 'notifications nobody has read, newest first, after a cursor';
GRANT EXECUTE ON FUNCTION @schema@.unread_notifications_page, @schema@.unread_notifications_page_before TO @app@;

CREATE FUNCTION @schema@.unread_count() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- A screen shows 99+: the index is read no further than that.
    SELECT count(*) FROM (SELECT FROM @schema@.notifications n
                          WHERE n.account_id = primecloud.tenant_uuid('developer') AND n.read_at IS NULL LIMIT 100) unread;
END;

CREATE DISTRIBUTED FUNCTION @schema@.unread_count() RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $unread_count$
DECLARE
    account CONSTANT uuid := primecloud.tenant_uuid('developer');
BEGIN
    RETURN (SELECT count(*) FROM (
        SELECT FROM @schema@.notifications n WHERE n.account_id = account AND n.read_at IS NULL LIMIT 100) unread);
END
$unread_count$;
COMMENT ON FUNCTION @schema@.unread_count() IS 'unread notifications, 100 standing for 100 and more';
GRANT EXECUTE ON FUNCTION @schema@.unread_count TO @app@;
