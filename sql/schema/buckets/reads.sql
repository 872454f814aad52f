-- Buckets that the caller may reach, and whether he may read in one.

LIST buckets_page, buckets_page_before
    OF buckets BY created_at, id
    FOR external_client
    IS 'the buckets that the caller may reach, with what they hold, newest first, after a cursor';
GRANT EXECUTE ON FUNCTION @schema@.buckets_page, @schema@.buckets_page_before TO @app@;

CREATE FUNCTION @schema@.may_read_bucket(bucket uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $may_read_bucket$
    SELECT EXISTS (SELECT FROM @schema@.bucket_permissions p
                   WHERE p.account_id = primecloud.tenant_uuid() AND p.bucket_id = bucket AND p.user_id = @schema@.entered_person()
                       AND p.permission IN ('read', 'read-write'))
        -- a command, which runs as the owner, has asked already
        OR current_user = (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = '@schema@.object_tags'::regclass)
$may_read_bucket$;
COMMENT ON FUNCTION @schema@.may_read_bucket(uuid) IS 'whether the caller was granted to read a bucket; for policies';
GRANT EXECUTE ON FUNCTION @schema@.may_read_bucket TO @app@;
