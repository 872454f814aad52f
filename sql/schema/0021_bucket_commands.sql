-- Buckets and the lifecycle of what is in them.

CREATE FUNCTION @schema@.create_bucket(name text, region text DEFAULT 'us-east-1', versioning boolean DEFAULT false) RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $create_bucket$
DECLARE
    account uuid := @schema@.command_account('developer', 'create_bucket');
    made uuid := primecloud.uuid_v7();
    physical text := primecloud.bucket_physical_name(account::text, create_bucket.name);
    quota bigint;
BEGIN
    -- Two who make a bucket each tell SFTPGo of all buckets: one after the other, so that the later knows of both.
    PERFORM @schema@.lock_account();
    -- 50 GiB to begin with, or what the account has
    INSERT INTO @schema@.buckets (id, account_id, name, physical_name, region, versioning_enabled, quota_bytes)
    SELECT made, account, create_bucket.name, physical, create_bucket.region, coalesce(versioning, false), least(53687091200, a.storage_quota_bytes)
    FROM @schema@.accounts a WHERE a.id = account RETURNING quota_bytes INTO quota;
    PERFORM @schema@.order_service('minio', 'bucket:' || physical, 'create_bucket', jsonb_build_object('bucket', physical, 'region', region));
    IF versioning THEN
        PERFORM @schema@.order_service('minio', 'bucket:' || physical, 'set_versioning', jsonb_build_object('bucket', physical, 'status', 'Enabled'));
    END IF;
    PERFORM @schema@.order_service('minio', 'bucket:' || physical, 'set_bucket_quota', jsonb_build_object('bucket', physical, 'quota', quota, 'quotatype', 'hard'));
    PERFORM @schema@.order_sftp_user(c) FROM @schema@.sftp_credentials c WHERE c.account_id = account AND c.status = 'active';
    PERFORM @schema@.audit('create_bucket', 'buckets', made::text, jsonb_build_object('name', name));
    RETURN made;
END
$create_bucket$;
COMMENT ON FUNCTION @schema@.create_bucket(text, text, boolean) IS 'makes a bucket and tells the object store; developers and above';

CREATE FUNCTION @schema@.bucket_lifecycle(bucket uuid) RETURNS primecloud.lifecycle
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $bucket_lifecycle$
DECLARE
    rules text;
BEGIN
    SELECT string_agg(r.rule::text, ',' ORDER BY r.position) INTO rules
    FROM @schema@.lifecycle_rules r WHERE r.account_id = primecloud.tenant_uuid() AND r.bucket_id = bucket;
    IF rules IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN ('{"Rules":[' || rules || ']}')::primecloud.lifecycle;
END
$bucket_lifecycle$;
COMMENT ON FUNCTION @schema@.bucket_lifecycle(uuid) IS 'the lifecycle configuration of a bucket, put together from its rules; NULL without rules';

CREATE FUNCTION @schema@.lock_bucket(bucket uuid) RETURNS @schema@.buckets
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $lock_bucket$
DECLARE
    found_bucket @schema@.buckets;
BEGIN
    SELECT * INTO found_bucket FROM @schema@.buckets b WHERE b.account_id = primecloud.tenant_uuid() AND b.id = bucket FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('bucket', bucket::text);
    END IF;
    RETURN found_bucket;
END
$lock_bucket$;
COMMENT ON FUNCTION @schema@.lock_bucket(uuid) IS 'the bucket, locked until the end of the transaction; for commands';

CREATE FUNCTION @schema@.order_lifecycle(bucket @schema@.buckets) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $order_lifecycle$
DECLARE
    -- Rules that are well formed each can contradict each other: this raises then.
    configuration primecloud.lifecycle := @schema@.bucket_lifecycle(bucket.id);
BEGIN
    IF configuration IS NULL THEN
        PERFORM @schema@.order_service('minio', 'bucket:' || bucket.physical_name, 'remove_lifecycle', jsonb_build_object('bucket', bucket.physical_name));
    ELSE
        PERFORM @schema@.order_service('minio', 'bucket:' || bucket.physical_name, 'set_lifecycle',
            jsonb_build_object('bucket', bucket.physical_name, 'xml', primecloud.lifecycle_xml(configuration)));
    END IF;
END
$order_lifecycle$;
COMMENT ON FUNCTION @schema@.order_lifecycle(@schema@.buckets) IS 'tells the object store a bucket''s whole configuration as it now is';

CREATE FUNCTION @schema@.add_lifecycle_rule(bucket uuid, rule text) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $add_lifecycle_rule$
DECLARE
    account uuid := @schema@.command_account('developer', 'add_lifecycle_rule');
    target @schema@.buckets := @schema@.lock_bucket(bucket);
    canonical jsonb := (('{"Rules":[' || add_lifecycle_rule.rule || ']}')::primecloud.lifecycle)::text::jsonb -> 'Rules' -> 0;
    rule_name text := coalesce(nullif(canonical ->> 'ID', ''), primecloud.uuid_v7()::text);
BEGIN
    INSERT INTO @schema@.lifecycle_rules (bucket_id, account_id, rule_id, position, rule)
    SELECT bucket, account, rule_name, coalesce(max(r.position), 0) + 1, jsonb_set(canonical, '{ID}', to_jsonb(rule_name))
    FROM @schema@.lifecycle_rules r WHERE r.account_id = account AND r.bucket_id = bucket;
    PERFORM @schema@.order_lifecycle(target);
    PERFORM @schema@.audit('add_lifecycle_rule', 'lifecycle_rules', bucket::text, canonical);
    RETURN rule_name;
END
$add_lifecycle_rule$;
COMMENT ON FUNCTION @schema@.add_lifecycle_rule(uuid, text) IS 'adds a rule, written as a member of AWS''s Rules, behind the others; tells its ID; developers and above';

CREATE FUNCTION @schema@.remove_lifecycle_rule(bucket uuid, rule_id text) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $remove_lifecycle_rule$
DECLARE
    account uuid := @schema@.command_account('developer', 'remove_lifecycle_rule');
    target @schema@.buckets := @schema@.lock_bucket(bucket);
BEGIN
    DELETE FROM @schema@.lifecycle_rules r WHERE r.account_id = account AND r.bucket_id = bucket AND r.rule_id = remove_lifecycle_rule.rule_id;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM @schema@.order_lifecycle(target);
    PERFORM @schema@.audit('remove_lifecycle_rule', 'lifecycle_rules', bucket::text, jsonb_build_object('rule_id', remove_lifecycle_rule.rule_id));
    RETURN true;
END
$remove_lifecycle_rule$;
COMMENT ON FUNCTION @schema@.remove_lifecycle_rule(uuid, text) IS 'removes a rule by its ID; false if there is none; developers and above';

CREATE FUNCTION @schema@.set_bucket_lifecycle(bucket uuid, configuration text) RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $set_bucket_lifecycle$
DECLARE
    account uuid := @schema@.command_account('developer', 'set_bucket_lifecycle');
    target @schema@.buckets := @schema@.lock_bucket(bucket);
    canonical jsonb := (set_bucket_lifecycle.configuration::primecloud.lifecycle)::text::jsonb -> 'Rules';
    added integer;
BEGIN
    DELETE FROM @schema@.lifecycle_rules r WHERE r.account_id = account AND r.bucket_id = bucket;
    INSERT INTO @schema@.lifecycle_rules (bucket_id, account_id, rule_id, position, rule)
    SELECT bucket, account, named.id, named.position, jsonb_set(named.rule, '{ID}', to_jsonb(named.id))
    FROM (SELECT coalesce(nullif(r.rule ->> 'ID', ''), primecloud.uuid_v7()::text) AS id, r.position, r.rule
          FROM jsonb_array_elements(canonical) WITH ORDINALITY AS r(rule, position)) named;
    GET DIAGNOSTICS added = ROW_COUNT;
    PERFORM @schema@.order_lifecycle(target);
    PERFORM @schema@.audit('set_bucket_lifecycle', 'lifecycle_rules', bucket::text, jsonb_build_object('rules', added));
    RETURN added;
END
$set_bucket_lifecycle$;
COMMENT ON FUNCTION @schema@.set_bucket_lifecycle(uuid, text) IS 'replaces all rules of a bucket by an S3 document, XML or JSON; tells how many; developers and above';
