-- Access keys: the secret leaves the database once, when it is made.

CREATE FUNCTION @schema@.create_access_key(name text, permissions text DEFAULT 'read-write', expires_at timestamptz DEFAULT NULL)
RETURNS TABLE (id uuid, access_key_id text, secret_access_key text)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
AS $create_access_key$
DECLARE
    account uuid := @schema@.command_account('developer', 'create_access_key');
BEGIN
    id := primecloud.uuid_v7();
    access_key_id := primecloud.generate_access_key_id();
    secret_access_key := primecloud.generate_secret();
    IF create_access_key.expires_at <= now() THEN
        RAISE EXCEPTION 'the key would have expired at %', create_access_key.expires_at USING ERRCODE = '22023', HINT = 'Name a time to come.';
    END IF;
    INSERT INTO @schema@.access_keys (id, account_id, name, access_key_id, permissions, expires_at, created_by)
    VALUES (create_access_key.id, account, create_access_key.name, create_access_key.access_key_id, create_access_key.permissions,
            create_access_key.expires_at, primecloud.user_id());
    INSERT INTO @schema@.access_key_secrets (id, account_id, secret)
    VALUES (create_access_key.id, account,
            primecloud.seal(secret_access_key, account::text, 'access_key_secrets.secret', create_access_key.id::text));
    PERFORM @schema@.audit('create_access_key', 'access_keys', create_access_key.id::text,
        jsonb_build_object('name', create_access_key.name, 'access_key_id', create_access_key.access_key_id, 'permissions', create_access_key.permissions));
    RETURN NEXT;
END
$create_access_key$;
COMMENT ON FUNCTION @schema@.create_access_key(text, text, timestamptz) IS 'makes an S3 access key and tells its secret, now and never again; developers and above';
