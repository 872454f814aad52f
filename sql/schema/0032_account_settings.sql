-- Settings that a rule guards: the domain, the mail server, the account's end.

CREATE FUNCTION @schema@.set_domain(domain text) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $set_domain$
#variable_conflict use_column
DECLARE
    account uuid := @schema@.command_account('admin', 'set_domain');
    proof text := 'primecloud-verify=' || primecloud.generate_secret(32);
BEGIN
    UPDATE @schema@.accounts a
    SET custom_domain = lower(set_domain.domain), domain_status = CASE WHEN set_domain.domain IS NULL THEN 'none' ELSE 'pending' END, updated_at = now()
    WHERE a.id = account;
    IF set_domain.domain IS NULL THEN
        proof := NULL;
        DELETE FROM @schema@.account_domain_tokens t WHERE t.account_id = account;
    ELSE
        INSERT INTO @schema@.account_domain_tokens (account_id, token) VALUES (account, proof)
        ON CONFLICT ON CONSTRAINT account_domain_tokens_pk DO UPDATE SET token = excluded.token;
    END IF;
    PERFORM @schema@.audit('set_domain', 'accounts', account::text, jsonb_build_object('domain', lower(set_domain.domain)));
    RETURN proof;
END
$set_domain$;
COMMENT ON FUNCTION @schema@.set_domain(text) IS 'sets the account''s host name, unverified, and tells the TXT record that proves it; NULL removes it; admins';

CREATE FUNCTION @schema@.confirm_domain(domain text, txt_records text[]) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $confirm_domain$
DECLARE
    proven uuid;
BEGIN
    IF NOT @schema@.caller_is('gateway') THEN
        RAISE EXCEPTION 'confirm_domain is for the gateway' USING ERRCODE = '42501';
    END IF;
    -- Of accounts that claim one name, the one whose token stands in the DNS has it: who has it already, if his does too.
    SELECT a.id INTO proven FROM @schema@.accounts a JOIN @schema@.account_domain_tokens t ON t.account_id = a.id
    WHERE a.custom_domain = lower(confirm_domain.domain) AND t.token = ANY (txt_records)
    ORDER BY a.domain_status = 'active' DESC, a.id LIMIT 1 FOR NO KEY UPDATE OF a;
    -- A name that was given to somebody else, and proven by him, leaves its former account.
    UPDATE @schema@.accounts a SET domain_status = 'failed', updated_at = now()
    WHERE a.custom_domain = lower(confirm_domain.domain) AND a.id IS DISTINCT FROM proven
      AND (a.domain_status = 'pending' AND proven IS NULL OR a.domain_status = 'active' AND proven IS NOT NULL);
    IF proven IS NULL THEN
        RETURN false;
    END IF;
    UPDATE @schema@.accounts a SET domain_status = 'active', updated_at = now() WHERE a.id = proven AND a.domain_status <> 'active';
    INSERT INTO @schema@.audit_log (account_id, user_id, action, resource, resource_id, details)
    VALUES (proven, session_user, 'confirm_domain', 'accounts', proven::text, jsonb_build_object('domain', lower(confirm_domain.domain)));
    RETURN true;
END
$confirm_domain$;
COMMENT ON FUNCTION @schema@.confirm_domain(text, text[]) IS 'verifies a host name by the TXT records that the gateway has seen; false if none proves it';

CREATE FUNCTION @schema@.set_smtp(host text, username text, password text, from_email text, port integer DEFAULT 587,
                                 encryption text DEFAULT 'tls', from_name text DEFAULT '', enabled boolean DEFAULT true) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $set_smtp$
#variable_conflict use_column
DECLARE
    account uuid := @schema@.command_account('admin', 'set_smtp');
BEGIN
    INSERT INTO @schema@.account_smtp (account_id, is_enabled, host, port, username, from_email, from_name, encryption)
    VALUES (account, set_smtp.enabled, set_smtp.host, set_smtp.port, set_smtp.username, set_smtp.from_email, set_smtp.from_name, set_smtp.encryption)
    ON CONFLICT ON CONSTRAINT account_smtp_pk DO UPDATE SET is_enabled = excluded.is_enabled, host = excluded.host, port = excluded.port,
        username = excluded.username, from_email = excluded.from_email, from_name = excluded.from_name, encryption = excluded.encryption, updated_at = now();
    -- Without a new password the old one stays.
    IF set_smtp.password IS NOT NULL THEN
        INSERT INTO @schema@.account_smtp_secrets (account_id, password)
        VALUES (account, primecloud.seal(set_smtp.password, account::text, '@schema@.account_smtp_secrets.password', account::text))
        ON CONFLICT ON CONSTRAINT account_smtp_secrets_pk DO UPDATE SET password = excluded.password;
    END IF;
    PERFORM @schema@.audit('set_smtp', 'account_smtp', account::text, jsonb_build_object('host', set_smtp.host));
END
$set_smtp$;
COMMENT ON FUNCTION @schema@.set_smtp(text, text, text, text, integer, text, text, boolean) IS 'sets the account''s mail server, its password sealed; admins';

CREATE FUNCTION @schema@.remove_smtp() RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $remove_smtp$
DECLARE
    account uuid := @schema@.command_account('admin', 'remove_smtp');
BEGIN
    DELETE FROM @schema@.account_smtp s WHERE s.account_id = account;
    IF FOUND THEN
        PERFORM @schema@.audit('remove_smtp', 'account_smtp', account::text);
        RETURN true;
    END IF;
    RETURN false;
END
$remove_smtp$;
COMMENT ON FUNCTION @schema@.remove_smtp() IS 'forgets the account''s mail server and its password; admins';

CREATE FUNCTION @schema@.set_account_status(status text, reason text DEFAULT '') RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $set_account_status$
DECLARE
    account uuid := @schema@.platform_account('set_account_status');
    old_status text;
    key record;
BEGIN
    SELECT a.status INTO old_status FROM @schema@.accounts a WHERE a.id = account FOR NO KEY UPDATE;
    IF old_status = set_account_status.status THEN
        RETURN;
    END IF;
    UPDATE @schema@.accounts a SET status = set_account_status.status, updated_at = now() WHERE a.id = account;
    -- Who may not enter does not get in by the services either.
    IF (old_status = 'active') <> (set_account_status.status = 'active') THEN
        PERFORM @schema@.lock_account();
        FOR key IN SELECT k.access_key_id, k.permissions FROM @schema@.access_keys k WHERE k.account_id = account AND k.status = 'active' ORDER BY k.id FOR NO KEY UPDATE LOOP
            PERFORM @schema@.order_service('minio', 'key:' || key.access_key_id, 'update_service_account', jsonb_build_object('accessKey', key.access_key_id,
                -- MinIO takes an update without a policy as one that takes the policy away: the key would have its parent's.
                'newPolicy', @schema@.key_policy(key.permissions),
                'newStatus', CASE set_account_status.status WHEN 'active' THEN 'on' ELSE 'off' END));
        END LOOP;
        PERFORM @schema@.order_sftp_user(c) FROM @schema@.sftp_credentials c WHERE c.account_id = account AND c.status = 'active';
    END IF;
    PERFORM @schema@.audit('set_account_status', 'accounts', account::text, jsonb_build_object('from', old_status, 'to', set_account_status.status, 'reason', reason), 'warning');
    IF set_account_status.status IN ('active', 'suspended') THEN
        PERFORM @schema@.send_notification(CASE set_account_status.status WHEN 'active' THEN 'account_activated' ELSE 'account_suspended' END,
            format('The account is %s', set_account_status.status), coalesce(reason, ''));
    END IF;
END
$set_account_status$;
COMMENT ON FUNCTION @schema@.set_account_status(text, text) IS 'activates, suspends or rejects an account, and with it its keys and login; for the platform';

CREATE FUNCTION @schema@.delete_account(slug text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $delete_account$
DECLARE
    account uuid := @schema@.command_account('owner', 'delete_account');
    item record;
BEGIN
    PERFORM @schema@.hold_account('end', true);
    PERFORM FROM @schema@.accounts a WHERE a.id = account AND a.slug = delete_account.slug FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the entered account is not %', coalesce(quote_literal(delete_account.slug), 'NULL') USING ERRCODE = '22023',
            HINT = 'Name the slug of the account, to be sure that this is the one.';
    END IF;
    -- The services are told, in the order in which they can follow: keys, logins, buckets.
    FOR item IN SELECT k.access_key_id FROM @schema@.access_keys k WHERE k.account_id = account AND k.status = 'active' LOOP
        PERFORM @schema@.order_service('minio', 'key:' || item.access_key_id, 'delete_service_account', jsonb_build_object('accessKey', item.access_key_id));
    END LOOP;
    FOR item IN SELECT c.username FROM @schema@.sftp_credentials c WHERE c.account_id = account LOOP
        PERFORM @schema@.order_service('sftpgo', 'user:' || item.username, 'delete_user', jsonb_build_object('username', item.username));
    END LOOP;
    FOR item IN SELECT b.physical_name FROM @schema@.buckets b WHERE b.account_id = account LOOP
        PERFORM @schema@.order_service('minio', 'bucket:' || item.physical_name, 'delete_bucket', jsonb_build_object('bucket', item.physical_name, 'force', true));
    END LOOP;
    PERFORM @schema@.audit('delete_account', 'accounts', account::text, jsonb_build_object('slug', delete_account.slug), 'critical');
    -- Buckets first: a customer cannot go before what is kept for him.  The rest follows the account.
    DELETE FROM @schema@.buckets b WHERE b.account_id = account;
    DELETE FROM @schema@.accounts a WHERE a.id = account;
END
$delete_account$;
COMMENT ON FUNCTION @schema@.delete_account(text) IS 'ends the entered account with all it owns; its invoices and audit log stay; owners';
