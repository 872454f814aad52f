-- SFTP logins: the password leaves the database once, and stays in it as a hash.

CREATE FUNCTION @schema@.create_sftp_credential(username text) RETURNS TABLE (id uuid, password text)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
AS $create_sftp_credential$
DECLARE
    account uuid := @schema@.command_account('admin', 'create_sftp_credential');
BEGIN
    PERFORM @schema@.check_text('username', create_sftp_credential.username);
    PERFORM @schema@.count_text(create_sftp_credential.username);
    PERFORM @schema@.lock_account();
    id := primecloud.uuid_v7();
    password := primecloud.generate_secret(32);
    PERFORM @schema@.claim_value('sftp_credentials_username_unique', create_sftp_credential.username, account);
    INSERT INTO @schema@.sftp_credentials (id, account_id, username)
        VALUES (create_sftp_credential.id, account, create_sftp_credential.username);
    INSERT INTO @schema@.sftp_secrets (id, account_id, password_hash)
        VALUES (create_sftp_credential.id, account, primecloud.seal(primecloud.password_hash(password), account::text,
            '@schema@.sftp_secrets.password_hash', create_sftp_credential.id::text));
    PERFORM @schema@.order_sftp_users();
    PERFORM @schema@.audit('create_sftp_credential', 'sftp_credentials', create_sftp_credential.id::text,
        jsonb_build_object('username', username));
    RETURN NEXT;
END
$create_sftp_credential$;
COMMENT ON FUNCTION @schema@.create_sftp_credential(text)
    IS 'makes the account''s SFTP login and tells its password, now and never again; admins';
GRANT EXECUTE ON FUNCTION @schema@.create_sftp_credential TO @app@;

CREATE FUNCTION @schema@.lock_sftp(credential uuid, ending boolean DEFAULT false) RETURNS @schema@.sftp_credentials
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $lock_sftp$
DECLARE
    account CONSTANT uuid := primecloud.tenant_uuid();
    found_login @schema@.sftp_credentials;
BEGIN
    IF ending THEN
        PERFORM FROM @schema@.sftp_credentials c WHERE c.account_id = account AND c.id = credential FOR NO KEY UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
            PERFORM @schema@.take_row('sftp_credentials', credential);
        END IF;
    END IF;
    SELECT * INTO found_login FROM @schema@.sftp_credentials c WHERE c.account_id = account AND c.id = credential FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('SFTP login', credential::text);
    END IF;
    RETURN found_login;
END
$lock_sftp$;
COMMENT ON FUNCTION @schema@.lock_sftp(uuid, boolean)
    IS 'an SFTP login of the entered account, locked; to end it, whoever holds it up is ended; for commands';

CREATE FUNCTION @schema@.reset_sftp_password(credential uuid) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $reset_sftp_password$
DECLARE
    account uuid := @schema@.command_account('admin', 'reset_sftp_password');
    login @schema@.sftp_credentials;
    made text := primecloud.generate_secret(32);
    sealed primecloud.sealed;
BEGIN
    PERFORM @schema@.lock_account();
    login := @schema@.lock_sftp(credential);
    IF login.status <> 'active' THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('SFTP login %s is revoked', credential),
            HINT = 'Make a new one with create_sftp_credential.';
    END IF;
    sealed := primecloud.seal(primecloud.password_hash(made), account::text, '@schema@.sftp_secrets.password_hash', login.id::text);
    UPDATE @schema@.sftp_secrets s SET password_hash = sealed WHERE s.account_id = account AND s.id = login.id;
    PERFORM @schema@.order_sftp_user(login);
    PERFORM @schema@.audit('reset_sftp_password', 'sftp_credentials', login.id::text);
    RETURN made;
END
$reset_sftp_password$;
COMMENT ON FUNCTION @schema@.reset_sftp_password(uuid) IS 'gives a login a new password and tells it, now and never again; admins';
GRANT EXECUTE ON FUNCTION @schema@.reset_sftp_password TO @app@;

CREATE FUNCTION @schema@.revoke_sftp_credential(credential uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $revoke_sftp_credential$
DECLARE
    account uuid := @schema@.command_account('admin', 'revoke_sftp_credential');
    login @schema@.sftp_credentials;
BEGIN
    -- (An order that a new bucket gives beside this is made when it is claimed: of a login that is revoked.)
    login := @schema@.lock_sftp(credential, ending => true);
    IF login.status = 'revoked' THEN
        RETURN false;
    END IF;
    UPDATE @schema@.sftp_credentials c SET status = 'revoked', revoked_at = now() WHERE c.account_id = account AND c.id = login.id
        RETURNING * INTO login;
    DELETE FROM @schema@.sftp_secrets s WHERE s.account_id = account AND s.id = login.id;
    PERFORM @schema@.order_sftp_user(login);
    PERFORM @schema@.audit('revoke_sftp_credential', 'sftp_credentials', login.id::text);
    RETURN true;
END
$revoke_sftp_credential$;
COMMENT ON FUNCTION @schema@.revoke_sftp_credential(uuid) IS 'ends a login at once; false if it was revoked already; admins';
GRANT EXECUTE ON FUNCTION @schema@.revoke_sftp_credential TO @app@;

CREATE FUNCTION @schema@.sftp_used(username text, at timestamptz DEFAULT now()) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $sftp_used$
DECLARE
    account uuid;
    login uuid;
    since CONSTANT timestamptz := at - interval '1 minute';
BEGIN
    PERFORM @schema@.require_worker();
    SELECT c.account_id, c.id INTO account, login FROM @schema@.sftp_credentials c WHERE c.username = sftp_used.username
        AND (c.last_login_at IS NULL OR c.last_login_at < since);
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM FROM @schema@.sftp_credentials c WHERE c.account_id = account AND c.id = login
        AND (c.last_login_at IS NULL OR c.last_login_at < since) FOR NO KEY UPDATE SKIP LOCKED;
    IF FOUND THEN
        UPDATE @schema@.sftp_credentials c SET last_login_at = at WHERE c.account_id = account AND c.id = login;
    END IF;
END
$sftp_used$;
COMMENT ON FUNCTION @schema@.sftp_used(text, timestamptz) IS 'records that an SFTP login was used; for a worker that SFTPGo calls';
GRANT EXECUTE ON FUNCTION @schema@.sftp_used TO @worker@;
ALTER FUNCTION @schema@.sftp_used OWNER TO @gate@;
