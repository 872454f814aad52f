-- Buckets: made, settled, deleted; the object store is told.

CREATE FUNCTION @schema@.lock_bucket(bucket uuid) RETURNS @schema@.buckets
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $lock_bucket$
DECLARE
    account CONSTANT uuid := primecloud.tenant_uuid();
    found_bucket @schema@.buckets;
BEGIN
    SELECT * INTO found_bucket FROM @schema@.buckets b WHERE b.account_id = account AND b.id = bucket FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('bucket', bucket::text);
    END IF;
    RETURN found_bucket;
END
$lock_bucket$;
COMMENT ON FUNCTION @schema@.lock_bucket(uuid) IS 'the bucket, locked until the end of the transaction; for commands';

CREATE FUNCTION @schema@.create_bucket(name text, region text DEFAULT 'us-east-1', versioning boolean DEFAULT false) RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $create_bucket$
DECLARE
    account uuid := @schema@.command_account('developer', 'create_bucket');
    made uuid := primecloud.uuid_v7();
    physical text := primecloud.bucket_physical_name(account::text, create_bucket.name);
    target @schema@.buckets;
BEGIN
    PERFORM @schema@.check_text('name', create_bucket.name), @schema@.check_text('region', create_bucket.region);
    PERFORM @schema@.count_text(create_bucket.name);
    -- Two who make a bucket each tell SFTPGo of all buckets: one after the other, so that the later knows of both.
    PERFORM @schema@.lock_account();
    -- 50 GiB to begin with, or what the account has
    INSERT INTO @schema@.buckets (id, account_id, name, physical_name, region, versioning_enabled, quota_bytes)
    SELECT made, account, create_bucket.name, physical, create_bucket.region, coalesce(versioning, false),
        least(53687091200, a.storage_quota_bytes)
    FROM @schema@.accounts a WHERE a.id = account RETURNING * INTO target;
    PERFORM @schema@.order_bucket(target, 'create_bucket');
    IF versioning THEN
        PERFORM @schema@.order_bucket(target, 'set_versioning', '{"status": "Enabled"}');
    END IF;
    PERFORM @schema@.order_bucket_quota(target);
    PERFORM @schema@.order_sftp_users();
    PERFORM @schema@.audit('create_bucket', 'buckets', made::text, jsonb_build_object('name', name));
    RETURN made;
END
$create_bucket$;
COMMENT ON FUNCTION @schema@.create_bucket(text, text, boolean) IS 'makes a bucket and tells the object store; developers and above';
GRANT EXECUTE ON FUNCTION @schema@.create_bucket TO @app@;

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
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('bucket %s holds %s objects', target.name, target.object_count),
            HINT = 'Empty it first.';
    END IF;
    PERFORM @schema@.check_not_held('buckets', jsonb_build_object('id', target.id), 'bucket_id');
    DELETE FROM @schema@.buckets b WHERE b.account_id = account AND b.id = target.id;
    UPDATE @schema@.accounts a SET storage_used_bytes = a.storage_used_bytes - target.size_bytes WHERE a.id = account
        AND target.size_bytes > 0;
    PERFORM @schema@.order_bucket(target, 'delete_bucket');
    PERFORM @schema@.order_sftp_users();
    PERFORM @schema@.tell_quota(ARRAY[account]);
    PERFORM @schema@.audit('delete_bucket', 'buckets', bucket::text, jsonb_build_object('name', target.name), 'warning');
END
$delete_bucket$;
COMMENT ON FUNCTION @schema@.delete_bucket(uuid) IS 'removes an empty bucket with its rules, tags, shares and permissions; admins';
GRANT EXECUTE ON FUNCTION @schema@.delete_bucket TO @app@;

CREATE FUNCTION @schema@.set_bucket_quota(bucket uuid, quota_bytes bigint) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $set_bucket_quota$
DECLARE
    account uuid := @schema@.command_account('admin', 'set_bucket_quota');
    target @schema@.buckets := @schema@.lock_bucket(bucket);
BEGIN
    IF set_bucket_quota.quota_bytes > (SELECT a.storage_quota_bytes FROM @schema@.accounts a WHERE a.id = account) THEN
        RAISE check_violation USING MESSAGE = format('a bucket cannot hold more than the account: %s bytes', set_bucket_quota.quota_bytes),
            HINT = 'Ask for more with request_quota.';
    END IF;
    UPDATE @schema@.buckets b SET quota_bytes = set_bucket_quota.quota_bytes, updated_at = now() WHERE b.account_id = account
        AND b.id = target.id;
    PERFORM @schema@.audit('set_bucket_quota', 'buckets', bucket::text, jsonb_build_object('from', target.quota_bytes, 'to',
        set_bucket_quota.quota_bytes));
    target.quota_bytes := set_bucket_quota.quota_bytes;
    PERFORM @schema@.order_bucket_quota(target);
END
$set_bucket_quota$;
COMMENT ON FUNCTION @schema@.set_bucket_quota(uuid, bigint) IS 'limits what a bucket may hold, to the account''s quota at most; admins';
GRANT EXECUTE ON FUNCTION @schema@.set_bucket_quota TO @app@;

CREATE FUNCTION @schema@.set_bucket_versioning(bucket uuid, enabled boolean) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $set_bucket_versioning$
DECLARE
    account uuid := @schema@.command_account('developer', 'set_bucket_versioning');
    target @schema@.buckets := @schema@.lock_bucket(bucket);
BEGIN
    UPDATE @schema@.buckets b SET versioning_enabled = enabled, updated_at = now() WHERE b.account_id = account AND b.id = target.id;
    PERFORM @schema@.order_bucket(target, 'set_versioning',
        jsonb_build_object('status', CASE WHEN enabled THEN 'Enabled' ELSE 'Suspended' END));
    PERFORM @schema@.audit('set_bucket_versioning', 'buckets', bucket::text, jsonb_build_object('enabled', enabled));
END
$set_bucket_versioning$;
COMMENT ON FUNCTION @schema@.set_bucket_versioning(uuid, boolean) IS 'keeps older versions of objects, or no longer; developers and above';
GRANT EXECUTE ON FUNCTION @schema@.set_bucket_versioning TO @app@;
