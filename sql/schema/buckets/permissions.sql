-- Granting a bucket to an external client, and taking it back.

CREATE FUNCTION @schema@.grant_bucket(bucket uuid, person uuid, permission text DEFAULT 'read') RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $grant_bucket$
DECLARE
    account uuid := @schema@.command_account('admin', 'grant_bucket');
BEGIN
    PERFORM @schema@.check_text('permission', grant_bucket.permission);
    PERFORM FROM @schema@.buckets b WHERE b.account_id = account AND b.id = grant_bucket.bucket;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('bucket', grant_bucket.bucket::text);
    END IF;
    PERFORM FROM @schema@.account_members m WHERE m.account_id = account AND m.user_id = grant_bucket.person;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('member', grant_bucket.person::text);
    END IF;
    INSERT INTO @schema@.bucket_permissions (bucket_id, user_id, account_id, permission)
    VALUES (grant_bucket.bucket, grant_bucket.person, account, grant_bucket.permission)
    ON CONFLICT ON CONSTRAINT bucket_permissions_member_unique DO UPDATE SET permission = excluded.permission;
    PERFORM @schema@.end_shares(grant_bucket.person);
    PERFORM @schema@.audit('grant_bucket', 'bucket_permissions', grant_bucket.bucket::text,
        jsonb_build_object('user', grant_bucket.person, 'permission', grant_bucket.permission));
END
$grant_bucket$;
COMMENT ON FUNCTION @schema@.grant_bucket(uuid, uuid, text) IS 'lets an external client reach a bucket, reading, writing or both; admins';
GRANT EXECUTE ON FUNCTION @schema@.grant_bucket TO @app@;

CREATE FUNCTION @schema@.revoke_bucket(bucket uuid, person uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $revoke_bucket$
DECLARE
    account uuid := @schema@.command_account('admin', 'revoke_bucket');
    granted uuid;
BEGIN
    SELECT p.id INTO granted FROM @schema@.bucket_permissions p WHERE p.account_id = account AND p.bucket_id = bucket
        AND p.user_id = person;
    PERFORM FROM @schema@.bucket_permissions p WHERE p.account_id = account AND p.id = granted FOR UPDATE SKIP LOCKED;
    IF granted IS NOT NULL AND NOT FOUND THEN
        PERFORM @schema@.take_row('bucket_permissions', granted);
    END IF;
    DELETE FROM @schema@.bucket_permissions p WHERE p.account_id = account AND p.id = granted;
    IF FOUND THEN
        PERFORM @schema@.tell_sessions();
        PERFORM @schema@.end_shares(person);
        PERFORM @schema@.audit('revoke_bucket', 'bucket_permissions', bucket::text, jsonb_build_object('user', person));
        RETURN true;
    END IF;
    RETURN false;
END
$revoke_bucket$;
COMMENT ON FUNCTION @schema@.revoke_bucket(uuid, uuid)
    IS 'takes a bucket from an external client, and the links he made to it; false if he had it not; admins';
GRANT EXECUTE ON FUNCTION @schema@.revoke_bucket TO @app@;
