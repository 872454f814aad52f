-- An account's own mail server.

CREATE FUNCTION @schema@.set_smtp(host text, username text, password text, from_email text, port integer DEFAULT 587,
                                 encryption text DEFAULT 'tls', from_name text DEFAULT '', enabled boolean DEFAULT true) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $set_smtp$
DECLARE
    account uuid := @schema@.command_account('admin', 'set_smtp');
    at CONSTANT timestamptz := now();
BEGIN
    PERFORM @schema@.check_text('host', set_smtp.host), @schema@.check_text('username', set_smtp.username, 1100),
        @schema@.check_text('password', set_smtp.password, 65536), @schema@.check_text('from_email', set_smtp.from_email),
        @schema@.check_text('encryption', set_smtp.encryption), @schema@.check_text('from_name', set_smtp.from_name);
    INSERT INTO @schema@.account_smtp AS s (account_id, is_enabled, host, port, username, from_email, from_name, encryption)
    VALUES (account, set_smtp.enabled, set_smtp.host, set_smtp.port, set_smtp.username, set_smtp.from_email, set_smtp.from_name,
        set_smtp.encryption)
    ON CONFLICT ON CONSTRAINT account_smtp_pk DO UPDATE SET is_enabled = excluded.is_enabled, host = excluded.host, port = excluded.port,
        username = excluded.username, from_email = excluded.from_email, from_name = excluded.from_name, encryption = excluded.encryption,
            updated_at = at
        -- Asked of the row as it is once it is locked: what another sets just now counts.
        WHERE set_smtp.password IS NOT NULL
            OR (s.host, s.port, s.username, s.encryption) = (excluded.host, excluded.port, excluded.username, excluded.encryption);
    IF NOT FOUND THEN
        RAISE invalid_parameter_value USING MESSAGE = 'another host, port, login or encryption of the mail server needs its password',
            HINT = 'The one that is kept goes nowhere but where it was given for: say it again.';
    END IF;
    -- Without a new password the old one stays.
    IF set_smtp.password IS NOT NULL THEN
        INSERT INTO @schema@.account_smtp_secrets (account_id, password)
        VALUES (account, primecloud.seal(set_smtp.password, account::text, '@schema@.account_smtp_secrets.password', account::text))
        ON CONFLICT ON CONSTRAINT account_smtp_secrets_pk DO UPDATE SET password = excluded.password;
    END IF;
    PERFORM @schema@.audit('set_smtp', 'account_smtp', account::text, jsonb_build_object('host', set_smtp.host));
END
$set_smtp$;
COMMENT ON FUNCTION @schema@.set_smtp(text, text, text, text, integer, text, text, boolean)
    IS 'sets the account''s mail server, its password sealed; without one the old one stays, for the same server and login; admins';
GRANT EXECUTE ON FUNCTION @schema@.set_smtp TO @app@;

CREATE FUNCTION @schema@.remove_smtp() RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $remove_smtp$
DECLARE
    account uuid := @schema@.command_account('admin', 'remove_smtp');
BEGIN
    PERFORM @schema@.check_not_held('account_smtp', jsonb_build_object('account_id', account), 'account_id');
    DELETE FROM @schema@.account_smtp s WHERE s.account_id = account;
    IF FOUND THEN
        PERFORM @schema@.audit('remove_smtp', 'account_smtp', account::text);
        RETURN true;
    END IF;
    RETURN false;
END
$remove_smtp$;
COMMENT ON FUNCTION @schema@.remove_smtp() IS 'forgets the account''s mail server and its password; admins';
GRANT EXECUTE ON FUNCTION @schema@.remove_smtp TO @app@;
