-- Opening an account, before there is one to enter; what the platform decides of it.

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
    PERFORM @schema@.claim_value('accounts_slug_unique', create_account.slug, account);
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
SEQUENTIAL create_account;
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
    PERFORM @schema@.tell_sessions();
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
