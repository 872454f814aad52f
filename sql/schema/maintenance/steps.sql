-- What time does to rows: set-based, a batch a transaction, so that it can stop
-- and go on anywhere.  What an open transaction of an account holds is passed over until the next
-- time, its own row among it, which a notification refers to.  In each, `told` sends the notifications:
-- counted, since a SELECT that nobody reads is not run.  (An account FOR SHARE: to
-- refer to it asks for KEY SHARE alone, which waits where one transaction has changed a row and then locks it FOR UPDATE.)

CREATE FUNCTION @schema@.maintain_subscriptions(batch integer) RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $maintain_subscriptions$
    WITH due AS (
        SELECT s.account_id, s.id, s.status AS was FROM @schema@.account_subscriptions s JOIN @schema@.accounts a ON a.id = s.account_id
        WHERE s.status IN ('trial', 'active', 'past_due') AND s.current_period_end <= now() ORDER BY s.current_period_end
            LIMIT batch FOR NO KEY UPDATE OF s SKIP LOCKED FOR SHARE OF a SKIP LOCKED
    ), moved AS (
        -- The next period begins where the last ended, however late this runs.
        UPDATE @schema@.account_subscriptions s
        SET status = CASE WHEN s.cancel_at_period_end THEN 'canceled' WHEN s.status = 'trial' THEN 'active' ELSE s.status END,
            canceled_at = CASE WHEN s.cancel_at_period_end THEN s.current_period_end END,
            current_period_start = CASE WHEN s.cancel_at_period_end THEN s.current_period_start ELSE s.current_period_end END,
            current_period_end = CASE WHEN s.cancel_at_period_end THEN s.current_period_end ELSE s.current_period_end + interval '1 month'
                END
        FROM due d WHERE s.account_id = d.account_id AND s.id = d.id
        RETURNING s.account_id, s.id, s.status, d.was
    ), told AS (
        SELECT @schema@.send_notifications(coalesce(jsonb_agg(jsonb_build_object('account_id', account_id,
            'type', CASE status WHEN 'canceled' THEN 'subscription_ended' ELSE 'trial_ended' END,
            'title', CASE status WHEN 'canceled' THEN 'The subscription has ended' ELSE 'The trial has ended' END, 'metadata',
                jsonb_build_object('subscription', id))), '[]'))
        FROM moved WHERE status = 'canceled' OR was = 'trial'
    ), trials AS (
        UPDATE @schema@.customers c SET status = 'active'
        FROM (SELECT account_id, id FROM @schema@.customers WHERE status = 'trial' AND trial_ends_at <= now()
            LIMIT batch FOR NO KEY UPDATE SKIP LOCKED) d
        WHERE c.account_id = d.account_id AND c.id = d.id RETURNING 1
    )
    SELECT (SELECT count(*) FROM moved) + (SELECT count(*) FROM trials) + 0 * (SELECT count(*) FROM told)
$maintain_subscriptions$;
COMMENT ON FUNCTION @schema@.maintain_subscriptions(integer) IS 'moves subscriptions past their period on, or ends them; ends trials';
GRANT EXECUTE ON FUNCTION @schema@.maintain_subscriptions TO @gate@;

CREATE FUNCTION @schema@.maintain_invoices(batch integer) RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $maintain_invoices$
    WITH live AS (
        SELECT i.account_id, i.id, i.customer_id FROM @schema@.invoices i JOIN @schema@.accounts a ON a.id = i.account_id
        WHERE i.status = 'pending' AND i.due_at <= now() ORDER BY i.due_at
            LIMIT batch FOR NO KEY UPDATE OF i SKIP LOCKED FOR SHARE OF a SKIP LOCKED
    ), ended AS (
        -- of accounts that are gone
        SELECT i.account_id, i.id, i.customer_id FROM @schema@.invoices i WHERE i.status = 'pending' AND i.due_at <= now()
            AND NOT EXISTS (SELECT FROM @schema@.accounts a WHERE a.id = i.account_id) LIMIT batch FOR NO KEY UPDATE SKIP LOCKED
    ), paying AS (
        SELECT s.account_id, s.id FROM @schema@.account_subscriptions s
        WHERE s.status = 'active' AND s.account_id IN (SELECT l.account_id FROM live l WHERE l.customer_id IS NULL)
            FOR NO KEY UPDATE SKIP LOCKED
    ), overdue AS (
        UPDATE @schema@.invoices i SET status = 'overdue' FROM (SELECT * FROM live UNION ALL SELECT * FROM ended) d
        WHERE i.account_id = d.account_id AND i.id = d.id
          -- with its subscription, or the next time
          AND (i.customer_id IS NOT NULL OR NOT EXISTS (SELECT FROM @schema@.account_subscriptions s WHERE s.account_id = i.account_id
              AND s.status = 'active' AND s.id NOT IN (SELECT p.id FROM paying p)))
        RETURNING i.account_id, i.id, i.invoice_number, i.customer_id
    ), behind AS (
        -- An account that owes the platform is past due until mark_invoice_paid finds nothing owed.
        UPDATE @schema@.account_subscriptions s SET status = 'past_due' FROM paying p WHERE s.account_id = p.account_id AND s.id = p.id
            AND s.account_id IN (SELECT account_id FROM overdue WHERE customer_id IS NULL)
    ), told AS (
        SELECT @schema@.send_notifications(coalesce(jsonb_agg(jsonb_build_object('account_id', account_id, 'type', 'payment_overdue',
            'title', format('Invoice %s is overdue', invoice_number), 'metadata', jsonb_build_object('invoice', id))), '[]'))
        FROM overdue WHERE customer_id IS NULL AND account_id IN (SELECT account_id FROM live)
    )
    SELECT (SELECT count(*) FROM overdue) + 0 * (SELECT count(*) FROM told)
$maintain_invoices$;
COMMENT ON FUNCTION @schema@.maintain_invoices(integer)
    IS 'marks invoices overdue, and the subscription of an account that owes one past due';
GRANT EXECUTE ON FUNCTION @schema@.maintain_invoices TO @gate@;

CREATE FUNCTION @schema@.maintain_retention(batch integer) RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $maintain_retention$
    WITH kept AS (
        SELECT max(now() - keep) FILTER (WHERE relation = 'notifications') AS notifications,
            max(now() - keep) FILTER (WHERE relation = 'usage_records') AS usage_records,
               max(now() - keep) FILTER (WHERE relation = 'usage_hourly') AS usage_hourly,
                   max(now() - keep) FILTER (WHERE relation = 'audit_log') AS audit_log,
               max(now() - keep) FILTER (WHERE relation = 'outbox') AS outbox FROM @schema@.retention_periods
    ), held AS MATERIALIZED (
        SELECT * FROM @schema@.open_holds('{notifications,usage_records,usage_hourly,audit_log,outbox}')
    ), n AS (
        DELETE FROM @schema@.notifications t USING (SELECT x.account_id, x.id FROM @schema@.notifications x, kept
            WHERE x.created_at < kept.notifications
                AND NOT EXISTS (SELECT FROM held h WHERE h.relation = 'notifications'
                    AND (h.value IS NULL OR h.value = to_jsonb(x) ->> h.column_name))
            LIMIT batch FOR UPDATE OF x SKIP LOCKED) d
        WHERE t.account_id = d.account_id AND t.id = d.id RETURNING 1
    ), u AS (
        DELETE FROM @schema@.usage_records t USING (SELECT x.account_id, x.id FROM @schema@.usage_records x, kept
            WHERE x.recorded_at < kept.usage_records
                AND NOT EXISTS (SELECT FROM held h WHERE h.relation = 'usage_records'
                    AND (h.value IS NULL OR h.value = to_jsonb(x) ->> h.column_name))
            LIMIT batch FOR UPDATE OF x SKIP LOCKED) d
        WHERE t.account_id = d.account_id AND t.id = d.id RETURNING 1
    ), h AS (
        DELETE FROM @schema@.usage_hourly t USING (SELECT x.account_id, x.period_start, x.bucket_id FROM @schema@.usage_hourly x, kept
            WHERE x.period_start < kept.usage_hourly
                AND NOT EXISTS (SELECT FROM held h WHERE h.relation = 'usage_hourly'
                    AND (h.value IS NULL OR h.value = to_jsonb(x) ->> h.column_name))
            LIMIT batch FOR UPDATE OF x SKIP LOCKED) d
        WHERE t.account_id = d.account_id AND t.period_start = d.period_start AND t.bucket_id = d.bucket_id RETURNING 1
    ), a AS (
        DELETE FROM @schema@.audit_log t USING (SELECT x.account_id, x.id FROM @schema@.audit_log x, kept
            WHERE x.created_at < kept.audit_log
                AND NOT EXISTS (SELECT FROM held h WHERE h.relation = 'audit_log'
                    AND (h.value IS NULL OR h.value = to_jsonb(x) ->> h.column_name))
            LIMIT batch) d
        WHERE t.account_id = d.account_id AND t.id = d.id RETURNING 1
    ), o AS (
        DELETE FROM @schema@.outbox t USING (SELECT x.sequence FROM @schema@.outbox x, kept WHERE x.status = 'done'
            AND x.finished_at < kept.outbox
                AND NOT EXISTS (SELECT FROM held h WHERE h.relation = 'outbox'
                    AND (h.value IS NULL OR h.value = to_jsonb(x) ->> h.column_name))
            LIMIT batch FOR UPDATE OF x SKIP LOCKED) d
        WHERE t.sequence = d.sequence RETURNING 1
    )
    SELECT (SELECT count(*) FROM n) + (SELECT count(*) FROM u) + (SELECT count(*) FROM h) + (SELECT count(*) FROM a) + (SELECT count(*)
        FROM o)
$maintain_retention$;
COMMENT ON FUNCTION @schema@.maintain_retention(integer)
    IS 'deletes a batch of rows that are older than retention_periods keeps them, and under no legal hold';
GRANT EXECUTE ON FUNCTION @schema@.maintain_retention TO @gate@;
