-- Access keys: the secret leaves the database once, when it is made.

CREATE FUNCTION @schema@.create_access_key(name text, permissions text DEFAULT 'read-write', expires_at timestamptz DEFAULT NULL)
RETURNS TABLE (id uuid, access_key_id text, secret_access_key text)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
AS $create_access_key$
BEGIN
    PERFORM @schema@.check_text('name', create_access_key.name), @schema@.check_text('permissions', create_access_key.permissions);
    PERFORM @schema@.command_account('developer', 'create_access_key');
    IF (char_length(btrim(create_access_key.name)) BETWEEN 1 AND 200) IS NOT TRUE THEN
        RAISE invalid_parameter_value USING MESSAGE = 'the key has no name, or one of more than 200 characters',
            HINT = 'Say what it is for.';
    END IF;
    RETURN QUERY SELECT * FROM @schema@.make_access_key(create_access_key.name, create_access_key.permissions, create_access_key.expires_at,
        NULL);
END
$create_access_key$;
COMMENT ON FUNCTION @schema@.create_access_key(text, text, timestamptz)
    IS 'makes an S3 access key and tells its secret, now and never again; developers and above';
GRANT EXECUTE ON FUNCTION @schema@.create_access_key TO @app@;

CREATE FUNCTION @schema@.make_access_key(name text, permissions text, expires_at timestamptz, rotated_from uuid)
RETURNS TABLE (id uuid, access_key_id text, secret_access_key text)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE ROWS 1 SET search_path = pg_catalog, pg_temp
AS $make_access_key$
DECLARE
    account uuid := primecloud.tenant_uuid();
BEGIN
    IF make_access_key.expires_at <= now() THEN
        RAISE invalid_parameter_value USING MESSAGE = format('the key would have expired at %s', make_access_key.expires_at),
            HINT = 'Name a time to come.';
    END IF;
    PERFORM @schema@.count_text(make_access_key.name);
    id := primecloud.uuid_v7();
    access_key_id := primecloud.generate_access_key_id();
    secret_access_key := primecloud.generate_secret();
    PERFORM @schema@.claim_value('access_keys_id_unique', make_access_key.access_key_id, account);
    INSERT INTO @schema@.access_keys (id, rotated_from_id, account_id, name, access_key_id, permissions, expires_at, created_by)
    VALUES (make_access_key.id, rotated_from, account, make_access_key.name, make_access_key.access_key_id, make_access_key.permissions,
            make_access_key.expires_at, primecloud.user_id());
    INSERT INTO @schema@.access_key_secrets (id, account_id, secret)
    VALUES (make_access_key.id, account,
            primecloud.seal(secret_access_key, account::text, '@schema@.access_key_secrets.secret', make_access_key.id::text));
    PERFORM @schema@.order_service('minio', 'key:' || make_access_key.access_key_id, 'add_service_account', jsonb_build_object(
        'accessKey', make_access_key.access_key_id, 'policy', @schema@.key_policy(make_access_key.permissions),
        -- MinIO's name is 32 letters and digits; what a person wrote stands in the description.
        'name', 'key-' || make_access_key.access_key_id, 'description', left(make_access_key.name, 64),
        -- It refuses a time that is near or over a year away; such a key is ended by run_maintenance alone.
        'expiration', CASE WHEN make_access_key.expires_at BETWEEN now() + interval '1 day' AND now() + interval '364 days'
                           THEN to_char(make_access_key.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') END,
        'secretKey', jsonb_build_object('secret', 'access_key_secrets.secret', 'id', make_access_key.id)));
    PERFORM @schema@.audit(CASE WHEN rotated_from IS NULL THEN 'create_access_key' ELSE 'rotate_access_key' END, 'access_keys',
        make_access_key.id::text,
        jsonb_build_object('name', make_access_key.name, 'access_key_id', make_access_key.access_key_id, 'permissions',
            make_access_key.permissions));
    RETURN NEXT;
END
$make_access_key$;
COMMENT ON FUNCTION @schema@.make_access_key(text, text, timestamptz, uuid)
    IS 'a new key, its secret sealed and its service account ordered; for commands';

CREATE FUNCTION @schema@.lock_key(key uuid, ending boolean DEFAULT false) RETURNS @schema@.access_keys
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $lock_key$
DECLARE
    account CONSTANT uuid := primecloud.tenant_uuid();
    found_key @schema@.access_keys;
BEGIN
    IF ending THEN
        PERFORM FROM @schema@.access_keys k WHERE k.account_id = account AND k.id = key FOR NO KEY UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
            PERFORM @schema@.take_row('access_keys', key);
        END IF;
    END IF;
    SELECT * INTO found_key FROM @schema@.access_keys k WHERE k.account_id = account AND k.id = key FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('access key', key::text);
    END IF;
    RETURN found_key;
END
$lock_key$;
COMMENT ON FUNCTION @schema@.lock_key(uuid, boolean)
    IS 'an access key of the entered account, locked; to end it, whoever holds it up is ended; for commands';

CREATE FUNCTION @schema@.rotate_access_key(key uuid, overlap interval DEFAULT '24 hours')
RETURNS TABLE (id uuid, access_key_id text, secret_access_key text)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
AS $rotate_access_key$
DECLARE
    account uuid := @schema@.command_account('developer', 'rotate_access_key');
    old_key @schema@.access_keys := @schema@.lock_key(key);
    ends timestamptz := now() + least(greatest(coalesce(rotate_access_key.overlap, interval '0'), interval '0'), interval '30 days');
BEGIN
    IF old_key.status <> 'active' THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('access key %s is revoked', key),
            HINT = 'Make a new one with create_access_key.';
    END IF;
    -- The second of two who rotate finds the successor and is told, so no key is orphaned.
    IF EXISTS (SELECT FROM @schema@.access_keys k WHERE k.account_id = account AND k.rotated_from_id = old_key.id AND k.status = 'active')
        THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('access key %s has been rotated already', key),
            HINT = 'Rotate its successor.';
    END IF;
    RETURN QUERY SELECT * FROM @schema@.make_access_key(old_key.name, old_key.permissions,
        CASE WHEN old_key.expires_at > now() THEN old_key.expires_at END, old_key.id);
    IF ends <= now() THEN
        PERFORM @schema@.end_access_key(old_key);
    ELSE
        UPDATE @schema@.access_keys k SET expires_at = least(k.expires_at, ends) WHERE k.account_id = account AND k.id = old_key.id;
    END IF;
END
$rotate_access_key$;
COMMENT ON FUNCTION @schema@.rotate_access_key(uuid, interval)
    IS 'makes a successor and lets the key work on for a while, or not at all; developers and above';
GRANT EXECUTE ON FUNCTION @schema@.rotate_access_key TO @app@;

CREATE FUNCTION @schema@.end_access_key(key @schema@.access_keys) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $end_access_key$
BEGIN
    UPDATE @schema@.access_keys k SET status = 'revoked', revoked_at = now() WHERE k.account_id = key.account_id AND k.id = key.id
        AND k.status = 'active';
    DELETE FROM @schema@.access_key_secrets s WHERE s.account_id = key.account_id AND s.id = key.id;
    PERFORM @schema@.order_service('minio', 'key:' || key.access_key_id, 'delete_service_account',
        jsonb_build_object('accessKey', key.access_key_id));
END
$end_access_key$;
COMMENT ON FUNCTION @schema@.end_access_key(@schema@.access_keys)
    IS 'revokes a locked key, forgets its secret and orders its service account away; for commands';

CREATE FUNCTION @schema@.revoke_access_key(key uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $revoke_access_key$
DECLARE
    account uuid := @schema@.command_account('developer', 'revoke_access_key');
    found_key @schema@.access_keys := @schema@.lock_key(key, ending => true);
BEGIN
    IF found_key.status = 'revoked' THEN
        RETURN false;
    END IF;
    PERFORM @schema@.end_access_key(found_key);
    PERFORM @schema@.audit('revoke_access_key', 'access_keys', key::text, jsonb_build_object('access_key_id', found_key.access_key_id));
    RETURN true;
END
$revoke_access_key$;
COMMENT ON FUNCTION @schema@.revoke_access_key(uuid)
    IS 'ends a key at once and forgets its secret; false if it was revoked already; developers and above';
GRANT EXECUTE ON FUNCTION @schema@.revoke_access_key TO @app@;
