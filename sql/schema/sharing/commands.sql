-- Tags and links, by whom the bucket was granted to.

CREATE FUNCTION @schema@.reach_bucket(bucket uuid, needed text, command text) RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $reach_bucket$
DECLARE
    account uuid := @schema@.command_account('external_client', command);
    person CONSTANT uuid := @schema@.entered_person();
BEGIN
    IF primecloud.has_role('developer') THEN
        PERFORM FROM @schema@.buckets b WHERE b.account_id = account AND b.id = bucket;
    ELSE
        PERFORM FROM @schema@.bucket_permissions p
        WHERE p.account_id = account AND p.bucket_id = bucket AND p.user_id = person
          AND p.permission IN (needed, 'read-write');
    END IF;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('bucket', bucket::text);
    END IF;
    RETURN account;
END
$reach_bucket$;
COMMENT ON FUNCTION @schema@.reach_bucket(uuid, text, text)
    IS 'the entered account, for a caller who may read or write a bucket; else the bucket is not there';

CREATE FUNCTION @schema@.tag_object(bucket uuid, object_key text, tag text) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $tag_object$
DECLARE
    account uuid := @schema@.reach_bucket(tag_object.bucket, 'write', 'tag_object');
BEGIN
    PERFORM @schema@.check_text('object_key', tag_object.object_key, 1100), @schema@.check_text('tag', tag_object.tag);
    INSERT INTO @schema@.object_tags (bucket_id, account_id, object_key, tag)
    VALUES (tag_object.bucket, account, tag_object.object_key, tag_object.tag) ON CONFLICT ON CONSTRAINT object_tags_unique DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM @schema@.count_text(concat(tag_object.object_key, tag_object.tag));
    RETURN true;
END
$tag_object$;
COMMENT ON FUNCTION @schema@.tag_object(uuid, text, text) IS 'puts a tag on an object; false if it was there; who may write the bucket';
GRANT EXECUTE ON FUNCTION @schema@.tag_object TO @app@;

CREATE FUNCTION @schema@.untag_object(bucket uuid, object_key text, tag text) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $untag_object$
DECLARE
    account uuid := @schema@.reach_bucket(untag_object.bucket, 'write', 'untag_object');
BEGIN
    PERFORM @schema@.check_text('object_key', untag_object.object_key, 1100), @schema@.check_text('tag', untag_object.tag);
    PERFORM @schema@.check_not_held('object_tags', jsonb_build_object('bucket_id', bucket, 'object_key', untag_object.object_key, 'tag',
        untag_object.tag));
    DELETE FROM @schema@.object_tags t WHERE t.account_id = account AND t.bucket_id = bucket
        AND t.object_key = untag_object.object_key AND t.tag = untag_object.tag;
    RETURN FOUND;
END
$untag_object$;
COMMENT ON FUNCTION @schema@.untag_object(uuid, text, text)
    IS 'takes a tag off an object; false if it was not there; who may write the bucket';
GRANT EXECUTE ON FUNCTION @schema@.untag_object TO @app@;

CREATE FUNCTION @schema@.share_object(bucket uuid, object_key text, access text DEFAULT 'read', valid_for interval DEFAULT '7 days',
    email text DEFAULT NULL)
RETURNS TABLE (id uuid, token text)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
AS $share_object$
DECLARE
    account uuid := @schema@.reach_bucket(share_object.bucket, 'read', 'share_object');
BEGIN
    PERFORM @schema@.check_text('object_key', share_object.object_key, 1100), @schema@.check_text('access', share_object.access),
        @schema@.check_text('email', share_object.email);
    PERFORM @schema@.count_text(concat(share_object.object_key, share_object.email));
    id := primecloud.uuid_v7();
    token := primecloud.generate_secret(40);
    INSERT INTO @schema@.object_shares (id, bucket_id, account_id, object_key, access, expires_at, created_by)
    VALUES (share_object.id, share_object.bucket, account, share_object.object_key, share_object.access,
            now() + least(greatest(coalesce(valid_for, interval '7 days'), interval '1 minute'), interval '90 days'), primecloud.user_id());
    INSERT INTO @schema@.object_share_tokens (id, account_id, token_hash, shared_with_email)
    VALUES (share_object.id, account, primecloud.token_hash(share_object.token, 'share'), share_object.email);
    PERFORM @schema@.audit('share_object', 'object_shares', share_object.id::text,
        jsonb_build_object('bucket', bucket, 'object_key', share_object.object_key));
    RETURN NEXT;
END
$share_object$;
COMMENT ON FUNCTION @schema@.share_object(uuid, text, text, interval, text)
    IS 'makes a link to an object and tells its token, now and never again; who may read the bucket';
GRANT EXECUTE ON FUNCTION @schema@.share_object TO @app@;

CREATE FUNCTION @schema@.revoke_share(share uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $revoke_share$
DECLARE
    account uuid := @schema@.command_account('external_client', 'revoke_share');
    any_of_them CONSTANT boolean := primecloud.has_role('developer');
    person CONSTANT text := primecloud.user_id();
BEGIN
    -- His own, or any for a developer: nobody ends others at the link of somebody else.
    IF NOT EXISTS (SELECT FROM @schema@.object_shares s WHERE s.account_id = account AND s.id = share
        AND (any_of_them OR s.created_by = person)) THEN
        RETURN false;
    END IF;
    PERFORM FROM @schema@.object_shares s WHERE s.account_id = account AND s.id = share FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        PERFORM @schema@.take_row('object_shares', share);
    END IF;
    DELETE FROM @schema@.object_shares s WHERE s.account_id = account AND s.id = share;
    IF FOUND THEN
        PERFORM @schema@.audit('revoke_share', 'object_shares', share::text);
        RETURN true;
    END IF;
    RETURN false;
END
$revoke_share$;
COMMENT ON FUNCTION @schema@.revoke_share(uuid) IS 'ends a link, one''s own for an external client; false if there is none';
GRANT EXECUTE ON FUNCTION @schema@.revoke_share TO @app@;

CREATE FUNCTION @schema@.end_shares(person uuid) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $end_shares$
DECLARE
    account CONSTANT uuid := primecloud.tenant_uuid();
    bucket uuid;
BEGIN
    FOR bucket IN SELECT DISTINCT o.bucket_id FROM @schema@.object_shares o
        WHERE o.account_id = account AND o.created_by = person::text
    LOOP
        CONTINUE WHEN @schema@.may_share(account, bucket, person::text);
        -- One that is being revoked is not waited for: open_share asks the same.
        DELETE FROM @schema@.object_shares s WHERE s.account_id = account AND s.id IN (
            SELECT o.id FROM @schema@.object_shares o WHERE o.account_id = account AND o.bucket_id = bucket AND o.created_by = person::text
                FOR UPDATE SKIP LOCKED);
    END LOOP;
END
$end_shares$;
COMMENT ON FUNCTION @schema@.end_shares(uuid)
    IS 'ends the links of a person to what he may no longer read: nobody keeps by a link what was taken from him; for commands';
