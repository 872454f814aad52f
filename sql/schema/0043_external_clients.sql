-- An external client reads no more than was granted: not in a bucket that he may
-- only write, not what others share, not what others were granted.

CREATE FUNCTION @schema@.may_read_bucket(bucket uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $may_read_bucket$
    SELECT EXISTS (SELECT FROM @schema@.bucket_permissions p
                   WHERE p.account_id = primecloud.tenant_uuid() AND p.bucket_id = bucket AND p.user_id = @schema@.entered_person() AND p.permission IN ('read', 'read-write'))
        -- a command, which runs as the owner, has asked already
        OR current_user = (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = '@schema@.object_tags'::regclass)
$may_read_bucket$;
COMMENT ON FUNCTION @schema@.may_read_bucket(uuid) IS 'whether the caller was granted to read a bucket; for policies';

CREATE POLICY readers_only ON @schema@.object_tags AS RESTRICTIVE FOR SELECT USING (primecloud.has_role('developer') OR @schema@.may_read_bucket(bucket_id));
CREATE POLICY own_shares_only ON @schema@.object_shares AS RESTRICTIVE FOR SELECT USING (primecloud.has_role('developer') OR created_by = primecloud.user_id());
CREATE POLICY own_grants_only ON @schema@.bucket_permissions AS RESTRICTIVE FOR SELECT USING (primecloud.has_role('developer') OR user_id = @schema@.entered_person());
