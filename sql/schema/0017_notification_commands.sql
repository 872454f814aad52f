-- Telling an account something, once.

CREATE TABLE @schema@.notification_marks (
    account_id uuid NOT NULL,  --: @public the account
    type text NOT NULL,  --: @public type of notification
    sent_at timestamptz NOT NULL,  --: @public when one was last sent; the row two senders meet at
    CONSTRAINT notification_marks_pk PRIMARY KEY (account_id, type),
    CONSTRAINT notification_marks_account_fk FOREIGN KEY (account_id) REFERENCES @schema@.accounts (id) ON DELETE CASCADE
);
COMMENT ON TABLE @schema@.notification_marks IS 'private: when a notification of a type that is sent once an hour was last sent';
SELECT primecloud.protect_table('@schema@.notification_marks'::regclass, read_role => 'external_client', write_role => 'external_client', delete_role => 'owner');

CREATE FUNCTION @schema@.send_notification(kind text, title text, message text DEFAULT '', metadata jsonb DEFAULT '{}') RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $send_notification$
DECLARE
    account uuid := primecloud.tenant_uuid();
    known @schema@.notification_types;
    made uuid := primecloud.uuid_v7();
BEGIN
    SELECT * INTO known FROM @schema@.notification_types t WHERE t.type = kind;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'notification type % is not known', coalesce(quote_literal(kind), 'NULL') USING ERRCODE = '22023',
            HINT = 'Table notification_types lists them.';
    END IF;
    IF known.dedup_window IS NOT NULL THEN
        -- Two senders meet at this row: the second waits, then sees the first's time.
        INSERT INTO @schema@.notification_marks AS mark (account_id, type, sent_at) VALUES (account, kind, clock_timestamp())
        ON CONFLICT ON CONSTRAINT notification_marks_pk DO UPDATE SET sent_at = excluded.sent_at
            WHERE mark.sent_at <= excluded.sent_at - known.dedup_window;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO @schema@.notifications (id, account_id, type, title, message, metadata)
    VALUES (made, account, kind, send_notification.title, send_notification.message, send_notification.metadata);
    IF known.sends_mail THEN
        PERFORM @schema@.order_service('mail', 'mail:' || made, kind, jsonb_build_object(
            'template', kind, 'notification', made, 'account', account, 'title', title, 'metadata', metadata,
            'branding', jsonb_build_object('table', 'accounts', 'id', account), 'smtp', jsonb_build_object('table', 'account_smtp', 'id', account)));
    END IF;
    RETURN made;
END
$send_notification$;
COMMENT ON FUNCTION @schema@.send_notification(text, text, text, jsonb) IS 'notifies the entered account, unless one of the type was just sent; for commands';

CREATE FUNCTION @schema@.notify(kind text, title text, message text DEFAULT '', metadata jsonb DEFAULT '{}') RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $notify$
BEGIN
    PERFORM @schema@.command_account('admin', 'notify');
    RETURN @schema@.send_notification(kind, title, message, metadata);
END
$notify$;
COMMENT ON FUNCTION @schema@.notify(text, text, text, jsonb) IS 'notifies the account; NULL if one of the type was just sent; admins';

CREATE FUNCTION @schema@.mark_read(notification uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $mark_read$
DECLARE
    account uuid := @schema@.command_account('developer', 'mark_read');
BEGIN
    UPDATE @schema@.notifications n SET read_at = now() WHERE n.account_id = account AND n.id = notification AND n.read_at IS NULL;
    RETURN FOUND;
END
$mark_read$;
COMMENT ON FUNCTION @schema@.mark_read(uuid) IS 'marks a notification as read; false if it was, or is not the account''s';

CREATE FUNCTION @schema@.mark_all_read() RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $mark_all_read$
DECLARE
    account uuid := @schema@.command_account('developer', 'mark_all_read');
    marked bigint;
BEGIN
    UPDATE @schema@.notifications n SET read_at = now() WHERE n.account_id = account AND n.read_at IS NULL;
    GET DIAGNOSTICS marked = ROW_COUNT;
    RETURN marked;
END
$mark_all_read$;
COMMENT ON FUNCTION @schema@.mark_all_read() IS 'marks all notifications as read; tells how many were not';
