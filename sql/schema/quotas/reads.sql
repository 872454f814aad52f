-- Requests for more room: an account's, and those that wait for the platform.

LIST quota_requests_page, quota_requests_page_before
    OF quota_requests BY created_at, id
    FOR developer
    IS 'quota requests, newest first, after a cursor';
GRANT EXECUTE ON FUNCTION @schema@.quota_requests_page, @schema@.quota_requests_page_before TO @app@;

CREATE FUNCTION @schema@.platform_quota_requests(page_size integer DEFAULT 50)
RETURNS TABLE (id uuid, account_id uuid, account_name text, current_quota_bytes bigint, requested_quota_bytes bigint,
    storage_used_bytes bigint, reason text, created_at timestamptz)
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, pg_temp
AS $platform_quota_requests$
BEGIN
    PERFORM @schema@.require_platform('platform_quota_requests');
    RETURN QUERY
    SELECT q.id, q.account_id, a.name, q.current_quota_bytes, q.requested_quota_bytes, a.storage_used_bytes, q.reason, q.created_at
    FROM @schema@.quota_requests q JOIN @schema@.accounts a ON a.id = q.account_id
    WHERE q.status = 'pending' ORDER BY q.created_at, q.id LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END
$platform_quota_requests$;
COMMENT ON FUNCTION @schema@.platform_quota_requests(integer) IS 'the pending quota requests, longest waiting first; for the platform';
GRANT EXECUTE ON FUNCTION @schema@.platform_quota_requests TO @platform@;
ALTER FUNCTION @schema@.platform_quota_requests OWNER TO @gate@;
