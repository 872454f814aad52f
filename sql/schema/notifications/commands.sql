-- Telling an account something, once.

CREATE FUNCTION @schema@.send_notifications(items jsonb, sender text DEFAULT 'platform') RETURNS SETOF uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $send_notifications$
BEGIN
    RETURN QUERY WITH wanted AS (
        SELECT primecloud.uuid_v7() AS id, i.account_id, i.type,
               -- a title becomes a mail's subject: one line
               left(regexp_replace(left(i.title, 1000), '[[:cntrl:]]+', ' ', 'g'), 200) AS title,
                   left(coalesce(i.message, ''), 4000) AS message,
                   coalesce(i.metadata, '{}') AS metadata,
               t.dedup_window, row_number() OVER (PARTITION BY i.account_id, i.type) AS nth
        FROM jsonb_to_recordset(items) AS i(account_id uuid, type text, title text, message text, metadata jsonb)
        JOIN @schema@.notification_types t ON t.type = i.type
    ), marked AS (
        -- Two senders meet at this row: the second waits, then sees the first's time.
        INSERT INTO @schema@.notification_marks AS mark (account_id, type, sender, sent_at)
        SELECT w.account_id, w.type, send_notifications.sender, clock_timestamp() FROM wanted w
        WHERE w.dedup_window IS NOT NULL AND w.nth = 1 ORDER BY w.account_id, w.type
        ON CONFLICT ON CONSTRAINT notification_marks_pk DO UPDATE SET sent_at = excluded.sent_at
            WHERE mark.sent_at <= excluded.sent_at - (SELECT t.dedup_window FROM @schema@.notification_types t WHERE t.type = excluded.type)
        RETURNING mark.account_id, mark.type
    ), sent AS (
        INSERT INTO @schema@.notifications (id, account_id, type, title, message, metadata)
        SELECT w.id, w.account_id, w.type, w.title, w.message, w.metadata FROM wanted w
        WHERE w.dedup_window IS NULL OR (w.nth = 1 AND EXISTS (SELECT FROM marked m WHERE m.account_id = w.account_id AND m.type = w.type))
        RETURNING id, account_id, type, title, message, metadata
    ), mailed AS (
        -- Whom it goes to, what it looks like and which server sends it are looked up when it is sent.
        INSERT INTO @schema@.outbox (account_id, service, object, operation, payload)
        SELECT s.account_id, 'mail', 'mail:' || s.id, s.type, jsonb_build_object(
            'template', s.type, 'notification', s.id, 'account', s.account_id, 'title', s.title, 'message', s.message, 'metadata',
                s.metadata,
            'to', jsonb_build_object('function', 'mail_recipients', 'account', s.account_id, 'audience', t.audience),
            'from', jsonb_build_object('function', 'mail_sender', 'account', s.account_id),
            'password', jsonb_build_object('secret', 'account_smtp_secrets.password', 'id', s.account_id))
        FROM sent s JOIN @schema@.notification_types t ON t.type = s.type WHERE t.sends_mail
    )
    SELECT s.id FROM sent s;
END
$send_notifications$;
COMMENT ON FUNCTION @schema@.send_notifications(jsonb, text) IS
    'notifies accounts [{account_id, type, title, message, metadata}] and orders the mails, passing over what was just sent; for commands';
GRANT EXECUTE ON FUNCTION @schema@.send_notifications TO @gate@;

CREATE FUNCTION @schema@.send_notification(kind text, title text, message text DEFAULT '', metadata jsonb DEFAULT '{}',
    sender text DEFAULT 'platform') RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $send_notification$
DECLARE
    mails boolean;
    made uuid;
BEGIN
    SELECT t.sends_mail INTO mails FROM @schema@.notification_types t WHERE t.type = kind;
    IF NOT FOUND THEN
        RAISE invalid_parameter_value USING MESSAGE = format('notification type %s is not known', coalesce(quote_literal(kind), 'NULL')),
            HINT = 'Table notification_types lists them.';
    END IF;
    SELECT sent INTO made FROM @schema@.send_notifications(jsonb_build_array(jsonb_build_object('account_id', primecloud.tenant_uuid(),
        'type', kind,
        'title', send_notification.title, 'message', send_notification.message, 'metadata', send_notification.metadata)),
        send_notification.sender) AS sent;
    IF made IS NOT NULL AND mails THEN
        PERFORM @schema@.count_use('orders_per_minute', 1);
    END IF;
    RETURN made;
END
$send_notification$;
COMMENT ON FUNCTION @schema@.send_notification(text, text, text, jsonb, text)
    IS 'notifies the entered account, unless one of the type was just sent; for commands';

CREATE FUNCTION @schema@.notify(kind text, title text, message text DEFAULT '', metadata jsonb DEFAULT '{}') RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $notify$
BEGIN
    PERFORM @schema@.check_text('kind', notify.kind);
    PERFORM @schema@.command_account('admin', 'notify');
    -- Measured before any work is done on it.
    IF pg_column_size(metadata) > 65536 THEN
        RAISE string_data_right_truncation USING MESSAGE = format('metadata of %s bytes', pg_column_size(metadata)),
            HINT = 'A notification takes 16000 bytes.';
    END IF;
    PERFORM @schema@.count_text(concat(left(title, 200), left(message, 4000), metadata));
    RETURN @schema@.send_notification(kind, left(title, 1000), left(message, 4000), metadata, 'account');
END
$notify$;
COMMENT ON FUNCTION @schema@.notify(text, text, text, jsonb) IS 'notifies the account; NULL if one of the type was just sent; admins';
GRANT EXECUTE ON FUNCTION @schema@.notify TO @app@;

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
GRANT EXECUTE ON FUNCTION @schema@.mark_read TO @app@;

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
GRANT EXECUTE ON FUNCTION @schema@.mark_all_read TO @app@;
