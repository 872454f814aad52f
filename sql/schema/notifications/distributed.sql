-- Telling accounts that lie on other servers: one by one, each on its shard.

CREATE DISTRIBUTED FUNCTION @schema@.send_notifications(items jsonb, sender text DEFAULT 'platform') RETURNS SETOF uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $send_notifications$
DECLARE
    item record;
    made uuid;
    sent timestamptz;
    due timestamptz;
    marked text := '';
BEGIN
    -- In one order, so that two senders meet at the marks of their accounts and do not cross.
    FOR item IN
        SELECT i.account_id, i.type, coalesce(i.metadata, '{}') AS metadata, t.dedup_window, t.sends_mail, t.audience,
               -- a title becomes a mail's subject: one line
               left(regexp_replace(left(i.title, 1000), '[[:cntrl:]]+', ' ', 'g'), 200) AS title,
               left(coalesce(i.message, ''), 4000) AS message
        FROM jsonb_to_recordset(items) AS i(account_id uuid, type text, title text, message text, metadata jsonb)
        JOIN @schema@.notification_types t ON t.type = i.type ORDER BY i.account_id, i.type
    LOOP
        IF item.dedup_window IS NOT NULL THEN
            CONTINUE WHEN marked = concat_ws(' ', item.account_id, item.type);
            marked := concat_ws(' ', item.account_id, item.type);
            sent := clock_timestamp();
            due := sent - item.dedup_window;
            -- Two senders meet at this row: the second waits, then sees the first's time.
            INSERT INTO @schema@.notification_marks AS mark (account_id, type, sender, sent_at)
            VALUES (item.account_id, item.type, send_notifications.sender, sent)
            ON CONFLICT ON CONSTRAINT notification_marks_pk DO UPDATE SET sent_at = excluded.sent_at WHERE mark.sent_at <= due;
            CONTINUE WHEN NOT FOUND;
        END IF;
        made := primecloud.uuid_v7();
        INSERT INTO @schema@.notifications (id, account_id, type, title, message, metadata)
        VALUES (made, item.account_id, item.type, item.title, item.message, item.metadata);
        IF item.sends_mail THEN
            -- Whom it goes to, what it looks like and which server sends it are looked up when it is sent.
            INSERT INTO @schema@.outbox (account_id, service, object, operation, payload)
            VALUES (item.account_id, 'mail', 'mail:' || made, item.type, jsonb_build_object(
                'template', item.type, 'notification', made, 'account', item.account_id, 'title', item.title, 'message', item.message,
                'metadata', item.metadata,
                'to', jsonb_build_object('function', 'mail_recipients', 'account', item.account_id, 'audience', item.audience),
                'from', jsonb_build_object('function', 'mail_sender', 'account', item.account_id),
                'password', jsonb_build_object('secret', 'account_smtp_secrets.password', 'id', item.account_id)));
        END IF;
        RETURN NEXT made;
    END LOOP;
END
$send_notifications$;
