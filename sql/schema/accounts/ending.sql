-- The end of an account: by its owner, or by the platform where nobody may enter it any more.

CREATE FUNCTION @schema@.end_account(command text, slug text, details jsonb DEFAULT '{}') RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $end_account$
DECLARE
    account uuid := primecloud.tenant_uuid();
    named text;
    bucket @schema@.buckets;
BEGIN
    PERFORM @schema@.check_text('slug', end_account.slug);
    IF NOT EXISTS (SELECT FROM @schema@.accounts a WHERE a.id = account AND a.slug = end_account.slug) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('the entered account is not %s', coalesce(quote_literal(end_account.slug), 'NULL')),
            HINT = 'Name the slug of the account, to be sure that this is the one.';
    END IF;
    PERFORM @schema@.check_not_held();  -- before anybody's session is ended for it
    PERFORM @schema@.take_account(ending => true);
    PERFORM @schema@.check_not_held();
    -- Who asks for the row's key, and passes over what is locked, waits nevertheless where one transaction has written the row and then
    -- deletes it: he follows the row to its newer version.  That is everything that serves all accounts.
    IF EXISTS (SELECT FROM @schema@.accounts a WHERE a.id = account AND age(a.xmin) <= age(pg_current_xact_id()::xid)) THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('account %s has been changed since this transaction began', account),
            HINT = 'End it in a transaction of its own.';
    END IF;
    -- The services are told, in the order in which they can follow: keys, logins, buckets.
    FOR named IN SELECT k.access_key_id FROM @schema@.access_keys k WHERE k.account_id = account AND k.status = 'active' LOOP
        PERFORM @schema@.order_service('minio', 'key:' || named, 'delete_service_account', jsonb_build_object('accessKey', named));
    END LOOP;
    FOR named IN SELECT c.username FROM @schema@.sftp_credentials c WHERE c.account_id = account LOOP
        PERFORM @schema@.order_service('sftpgo', 'user:' || named, 'delete_user',
            jsonb_build_object('username', named, 'folder_prefix', @schema@.folder_prefix(account)));
    END LOOP;
    FOR bucket IN SELECT b.* FROM @schema@.buckets b WHERE b.account_id = account LOOP
        PERFORM @schema@.order_bucket(bucket, 'delete_bucket', '{"force": true}');
    END LOOP;
    PERFORM @schema@.audit(command, 'accounts', account::text, jsonb_build_object('slug', end_account.slug) || details, 'critical');
    -- Buckets first: a customer cannot go before what is kept for him.  The rest follows the account.
    DELETE FROM @schema@.object_share_openings o WHERE o.account_id = account;
    DELETE FROM @schema@.buckets b WHERE b.account_id = account;
    DELETE FROM @schema@.accounts a WHERE a.id = account;
    PERFORM @schema@.let_go(account), @schema@.tell_sessions();
END
$end_account$;
COMMENT ON FUNCTION @schema@.end_account(text, text, jsonb)
    IS 'ends the entered account with all it owns, and tells the services; for commands, which have asked who may';

CREATE FUNCTION @schema@.delete_account(slug text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $delete_account$
BEGIN
    PERFORM @schema@.command_account('owner', 'delete_account');
    PERFORM @schema@.end_account('delete_account', delete_account.slug);
END
$delete_account$;
COMMENT ON FUNCTION @schema@.delete_account(text) IS 'ends the entered account with all it owns; its invoices and audit log stay; owners';
GRANT EXECUTE ON FUNCTION @schema@.delete_account TO @app@;

CREATE FUNCTION @schema@.delete_closed_account(slug text, reason text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $delete_closed_account$
DECLARE
    account uuid := @schema@.platform_account('delete_closed_account');
BEGIN
    PERFORM @schema@.check_text('reason', delete_closed_account.reason);
    PERFORM @schema@.check_not_held();  -- before anybody's session is ended for it
    -- Its owner cannot enter it: then the platform may, and need not turn its keys on for it.
    IF @schema@.take_account(ending => true) = 'active' THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('account %s is active', account),
            HINT = 'Its owner ends it with delete_account; or suspend it first.';
    END IF;
    PERFORM @schema@.end_account('delete_closed_account', delete_closed_account.slug,
        jsonb_build_object('reason', coalesce(delete_closed_account.reason, '')));
END
$delete_closed_account$;
COMMENT ON FUNCTION @schema@.delete_closed_account(text, text)
    IS 'ends an account that is suspended or rejected, without its people; for the platform, which has assumed it';
GRANT EXECUTE ON FUNCTION @schema@.delete_closed_account TO @platform@;
