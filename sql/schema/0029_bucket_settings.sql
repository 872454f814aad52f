-- What becomes of a bucket after it is made, and who may reach it.

CREATE FUNCTION @schema@.delete_bucket(bucket uuid) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $delete_bucket$
DECLARE
    account uuid := @schema@.command_account('admin', 'delete_bucket');
    target @schema@.buckets;
BEGIN
    PERFORM @schema@.lock_account();
    -- The account before the bucket, as record_usage does.
    PERFORM FROM @schema@.accounts a WHERE a.id = account FOR NO KEY UPDATE;
    target := @schema@.lock_bucket(bucket);
    IF target.object_count > 0 THEN
        RAISE EXCEPTION 'bucket % holds % objects', target.name, target.object_count USING ERRCODE = '55000', HINT = 'Empty it first.';
    END IF;
    DELETE FROM @schema@.buckets b WHERE b.account_id = account AND b.id = target.id;
    UPDATE @schema@.accounts a SET storage_used_bytes = a.storage_used_bytes - target.size_bytes WHERE a.id = account AND target.size_bytes > 0;
    PERFORM @schema@.order_service('minio', 'bucket:' || target.physical_name, 'delete_bucket', jsonb_build_object('bucket', target.physical_name));
    PERFORM @schema@.order_sftp_user(c) FROM @schema@.sftp_credentials c WHERE c.account_id = account AND c.status = 'active';
    PERFORM @schema@.tell_quota(ARRAY[account]);
    PERFORM @schema@.audit('delete_bucket', 'buckets', bucket::text, jsonb_build_object('name', target.name), 'warning');
END
$delete_bucket$;
COMMENT ON FUNCTION @schema@.delete_bucket(uuid) IS 'removes an empty bucket with its rules, tags, shares and permissions; admins';

CREATE FUNCTION @schema@.set_bucket_quota(bucket uuid, quota_bytes bigint) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $set_bucket_quota$
DECLARE
    account uuid := @schema@.command_account('admin', 'set_bucket_quota');
    target @schema@.buckets := @schema@.lock_bucket(bucket);
BEGIN
    IF set_bucket_quota.quota_bytes > (SELECT a.storage_quota_bytes FROM @schema@.accounts a WHERE a.id = account) THEN
        RAISE EXCEPTION 'a bucket cannot hold more than the account: % bytes', set_bucket_quota.quota_bytes USING ERRCODE = '23514',
            HINT = 'Ask for more with request_quota.';
    END IF;
    UPDATE @schema@.buckets b SET quota_bytes = set_bucket_quota.quota_bytes, updated_at = now() WHERE b.account_id = account AND b.id = target.id;
    PERFORM @schema@.order_service('minio', 'bucket:' || target.physical_name, 'set_bucket_quota',
        jsonb_build_object('bucket', target.physical_name, 'quota', set_bucket_quota.quota_bytes, 'quotatype', 'hard'));
    PERFORM @schema@.audit('set_bucket_quota', 'buckets', bucket::text, jsonb_build_object('from', target.quota_bytes, 'to', set_bucket_quota.quota_bytes));
END
$set_bucket_quota$;
COMMENT ON FUNCTION @schema@.set_bucket_quota(uuid, bigint) IS 'limits what a bucket may hold, to the account''s quota at most; admins';

CREATE FUNCTION @schema@.set_bucket_versioning(bucket uuid, enabled boolean) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $set_bucket_versioning$
DECLARE
    account uuid := @schema@.command_account('developer', 'set_bucket_versioning');
    target @schema@.buckets := @schema@.lock_bucket(bucket);
BEGIN
    UPDATE @schema@.buckets b SET versioning_enabled = enabled, updated_at = now() WHERE b.account_id = account AND b.id = target.id;
    PERFORM @schema@.order_service('minio', 'bucket:' || target.physical_name, 'set_versioning',
        jsonb_build_object('bucket', target.physical_name, 'status', CASE WHEN enabled THEN 'Enabled' ELSE 'Suspended' END));
    PERFORM @schema@.audit('set_bucket_versioning', 'buckets', bucket::text, jsonb_build_object('enabled', enabled));
END
$set_bucket_versioning$;
COMMENT ON FUNCTION @schema@.set_bucket_versioning(uuid, boolean) IS 'keeps older versions of objects, or no longer; developers and above';

CREATE FUNCTION @schema@.end_shares(person uuid) RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $end_shares$
    DELETE FROM @schema@.object_shares s
    WHERE s.account_id = primecloud.tenant_uuid() AND s.created_by = person::text
      AND NOT EXISTS (SELECT FROM @schema@.account_members m WHERE m.account_id = s.account_id AND m.user_id = person AND m.role <> 'external_client')
      AND NOT EXISTS (SELECT FROM @schema@.bucket_permissions p WHERE p.account_id = s.account_id AND p.bucket_id = s.bucket_id AND p.user_id = person
                      AND p.permission IN ('read', 'read-write'))
$end_shares$;
COMMENT ON FUNCTION @schema@.end_shares(uuid) IS 'ends the links of a person to what he may no longer read: nobody keeps by a link what was taken from him; for commands';

CREATE FUNCTION @schema@.grant_bucket(bucket uuid, person uuid, permission text DEFAULT 'read') RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $grant_bucket$
#variable_conflict use_column
DECLARE
    account uuid := @schema@.command_account('admin', 'grant_bucket');
BEGIN
    PERFORM @schema@.lock_account();
    PERFORM @schema@.lock_bucket(grant_bucket.bucket);
    PERFORM @schema@.lock_member(grant_bucket.person);
    INSERT INTO @schema@.bucket_permissions (bucket_id, user_id, account_id, permission)
    VALUES (grant_bucket.bucket, grant_bucket.person, account, grant_bucket.permission)
    ON CONFLICT ON CONSTRAINT bucket_permissions_member_unique DO UPDATE SET permission = excluded.permission;
    PERFORM @schema@.end_shares(grant_bucket.person);
    PERFORM @schema@.audit('grant_bucket', 'bucket_permissions', grant_bucket.bucket::text,
        jsonb_build_object('user', grant_bucket.person, 'permission', grant_bucket.permission));
END
$grant_bucket$;
COMMENT ON FUNCTION @schema@.grant_bucket(uuid, uuid, text) IS 'lets an external client reach a bucket, reading, writing or both; admins';

CREATE FUNCTION @schema@.revoke_bucket(bucket uuid, person uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $revoke_bucket$
DECLARE
    account uuid := @schema@.command_account('admin', 'revoke_bucket');
BEGIN
    PERFORM @schema@.lock_account();
    DELETE FROM @schema@.bucket_permissions p WHERE p.account_id = account AND p.bucket_id = bucket AND p.user_id = person;
    IF FOUND THEN
        PERFORM @schema@.end_shares(person);
        PERFORM @schema@.audit('revoke_bucket', 'bucket_permissions', bucket::text, jsonb_build_object('user', person));
        RETURN true;
    END IF;
    RETURN false;
END
$revoke_bucket$;
COMMENT ON FUNCTION @schema@.revoke_bucket(uuid, uuid) IS 'takes a bucket from an external client, and the links he made to it; false if he had it not; admins';
