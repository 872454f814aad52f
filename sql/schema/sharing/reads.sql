-- Links to objects, and the object behind one.

LIST object_shares_page, object_shares_page_before
    OF object_shares BY created_at, id
    FOR external_client
    GIVEN bucket uuid WHERE t.bucket_id = bucket
    IS 'the links to objects of a bucket, an external client''s own for him, newest first, after a cursor';
GRANT EXECUTE ON FUNCTION @schema@.object_shares_page, @schema@.object_shares_page_before TO @app@;

CREATE FUNCTION @schema@.may_share(account uuid, bucket uuid, sharer text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $may_share$
DECLARE
    member CONSTANT uuid := @schema@.person(sharer);
BEGIN
    RETURN EXISTS (
        SELECT FROM @schema@.account_members m WHERE m.account_id = account AND m.user_id = member
            AND (m.role <> 'external_client' OR EXISTS (SELECT FROM @schema@.bucket_permissions p WHERE p.account_id = account
                AND p.bucket_id = bucket AND p.user_id = member AND p.permission IN ('read', 'read-write'))));
END
$may_share$;
COMMENT ON FUNCTION @schema@.may_share(uuid, uuid, text) IS 'whether a person may read a bucket of an account, and so share what is in it';
GRANT EXECUTE ON FUNCTION @schema@.may_share TO @gate@;

CREATE FUNCTION @schema@.open_share(token text) RETURNS TABLE (bucket text, object_key text, access text, expires_at timestamptz)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
AS $open_share$
DECLARE
    hash bytea;
    account uuid;
    share uuid;
    of_bucket uuid;
    maker text;
BEGIN
    PERFORM @schema@.check_text('token', open_share.token);
    -- A link that was revoked meanwhile opens nothing.
    PERFORM primecloud.require_read_committed();
    hash := primecloud.token_hash(open_share.token, 'share');
    SELECT t.account_id, t.id INTO account, share FROM @schema@.object_share_tokens t WHERE t.token_hash = hash;
    SELECT b.physical_name, s.object_key, s.access, s.expires_at, s.bucket_id, s.created_by
    INTO bucket, object_key, access, expires_at, of_bucket, maker
    FROM @schema@.object_shares s
    JOIN @schema@.buckets b ON b.account_id = s.account_id AND b.id = s.bucket_id
    JOIN @schema@.accounts a ON a.id = s.account_id AND a.status = 'active'
    WHERE s.account_id = account AND s.id = share AND s.expires_at > now();
    -- Asked here: a link may have been made beside what took the bucket from its maker.
    IF NOT FOUND OR NOT (maker IS NULL OR @schema@.may_share(account, of_bucket, maker)) THEN
        RAISE no_data_found USING MESSAGE = 'no such share', HINT = 'It may have expired or been revoked.';
    END IF;
    INSERT INTO @schema@.object_share_openings (account_id, share_id) VALUES (account, share);
    RETURN NEXT;
END
$open_share$;
COMMENT ON FUNCTION @schema@.open_share(text) IS 'what a link opens, for whoever holds its token; counts the opening';
GRANT EXECUTE ON FUNCTION @schema@.open_share TO @app@;
ALTER FUNCTION @schema@.open_share OWNER TO @gate@;
