-- Opening an account, before there is one to enter; what the platform decides of it; its end.

CREATE FUNCTION @schema@.create_account(name text, slug text) RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $create_account$
DECLARE
    founder @schema@.users;
    account uuid := primecloud.uuid_v7();
    today date := (clock_timestamp() AT TIME ZONE 'UTC')::date;
BEGIN
    PERFORM @schema@.check_text('name', create_account.name), @schema@.check_text('slug', create_account.slug);
    PERFORM primecloud.require_read_committed();
    -- Two accounts that one person opens at once are opened one after the other, so that both are counted.
    SELECT * INTO founder FROM @schema@.users u WHERE u.id = @schema@.entered_person() FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE insufficient_privilege USING MESSAGE = 'no registered user is entered',
            HINT = 'Enter with a token of a user whom register_user has added.';
    END IF;
    PERFORM @schema@.check_owned(founder.id);
    IF founder.opened_on = today AND founder.opened >= @schema@.limit_of('accounts_per_day', founder.id) THEN
        RAISE configuration_limit_exceeded USING MESSAGE = format('user %s has opened %s accounts today', founder.id, founder.opened),
            HINT = format('Go on tomorrow, or ask the platform to raise the limit accounts_per_day of user %s.', founder.id);
    END IF;
    UPDATE @schema@.users u SET opened_on = today, opened = 1 + CASE WHEN u.opened_on = today THEN u.opened ELSE 0 END
        WHERE u.id = founder.id;
    INSERT INTO @schema@.accounts (id, owner_user_id, name, slug) VALUES (account, founder.id, create_account.name, create_account.slug);
    INSERT INTO @schema@.account_members (user_id, account_id, role, email, display_name)
    VALUES (founder.id, account, 'owner', founder.email, founder.display_name);
    INSERT INTO @schema@.account_owners (account_id, user_id) VALUES (account, founder.id);
    INSERT INTO @schema@.account_billing (account_id) VALUES (account);
    PERFORM @schema@.send_notifications(jsonb_build_array(jsonb_build_object('account_id', account, 'type', 'welcome', 'title',
        'Welcome')));
    INSERT INTO @schema@.audit_log (account_id, user_id, role, action, resource, resource_id)
    VALUES (account, founder.id::text, 'owner', 'create_account', 'accounts', account::text);
    RETURN account;
END
$create_account$;
COMMENT ON FUNCTION @schema@.create_account(text, text)
    IS 'opens an account of which the entered user is the owner; enter it afterwards, in a new transaction';
GRANT EXECUTE ON FUNCTION @schema@.create_account TO @app@;
ALTER FUNCTION @schema@.create_account OWNER TO @gate@;

CREATE FUNCTION @schema@.set_account_status(status text, reason text DEFAULT '') RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $set_account_status$
DECLARE
    account uuid := @schema@.platform_account('set_account_status');
    old_status text;
BEGIN
    old_status := @schema@.take_account();
    IF old_status = set_account_status.status THEN
        RETURN;
    END IF;
    UPDATE @schema@.accounts a SET status = set_account_status.status, updated_at = now() WHERE a.id = account;
    -- Who may not enter does not get in by the services either.
    IF (old_status = 'active') <> (set_account_status.status = 'active') THEN
        PERFORM @schema@.order_service('minio', 'account:' || account, 'settle', '{}'),
            @schema@.order_service('sftpgo', 'account:' || account, 'settle', '{}');
    END IF;
    PERFORM @schema@.audit('set_account_status', 'accounts', account::text,
        jsonb_build_object('from', old_status, 'to', set_account_status.status, 'reason', reason), 'warning');
    IF set_account_status.status IN ('active', 'suspended') THEN
        PERFORM @schema@.send_notification(CASE set_account_status.status WHEN 'active' THEN 'account_activated' ELSE 'account_suspended'
            END,
            format('The account is %s', set_account_status.status), coalesce(reason, ''));
    END IF;
END
$set_account_status$;
COMMENT ON FUNCTION @schema@.set_account_status(text, text)
    IS 'activates, suspends or rejects an account, and with it its keys and login; for the platform';
GRANT EXECUTE ON FUNCTION @schema@.set_account_status TO @platform@;

CREATE FUNCTION @schema@.delete_account(slug text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $delete_account$
DECLARE
    account uuid := @schema@.command_account('owner', 'delete_account');
    item record;
BEGIN
    PERFORM @schema@.check_text('slug', delete_account.slug);
    IF NOT EXISTS (SELECT FROM @schema@.accounts a WHERE a.id = account AND a.slug = delete_account.slug) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('the entered account is not %s', coalesce(quote_literal(delete_account.slug), 'NULL')),
            HINT = 'Name the slug of the account, to be sure that this is the one.';
    END IF;
    PERFORM @schema@.check_not_held();  -- before anybody's session is ended for it
    PERFORM @schema@.take_account(ending => true);
    PERFORM @schema@.check_not_held();
    -- The services are told, in the order in which they can follow: keys, logins, buckets.
    FOR item IN SELECT k.access_key_id FROM @schema@.access_keys k WHERE k.account_id = account AND k.status = 'active' LOOP
        PERFORM @schema@.order_service('minio', 'key:' || item.access_key_id, 'delete_service_account',
            jsonb_build_object('accessKey', item.access_key_id));
    END LOOP;
    FOR item IN SELECT c.username FROM @schema@.sftp_credentials c WHERE c.account_id = account LOOP
        PERFORM @schema@.order_service('sftpgo', 'user:' || item.username, 'delete_user', jsonb_build_object('username', item.username));
    END LOOP;
    FOR item IN SELECT b.physical_name FROM @schema@.buckets b WHERE b.account_id = account LOOP
        PERFORM @schema@.order_service('minio', 'bucket:' || item.physical_name, 'delete_bucket',
            jsonb_build_object('bucket', item.physical_name, 'force', true));
    END LOOP;
    PERFORM @schema@.audit('delete_account', 'accounts', account::text, jsonb_build_object('slug', delete_account.slug), 'critical');
    -- Buckets first: a customer cannot go before what is kept for him.  The rest follows the account.
    DELETE FROM @schema@.object_share_openings o WHERE o.account_id = account;
    DELETE FROM @schema@.buckets b WHERE b.account_id = account;
    DELETE FROM @schema@.accounts a WHERE a.id = account;
END
$delete_account$;
COMMENT ON FUNCTION @schema@.delete_account(text) IS 'ends the entered account with all it owns; its invoices and audit log stay; owners';
GRANT EXECUTE ON FUNCTION @schema@.delete_account TO @app@;
