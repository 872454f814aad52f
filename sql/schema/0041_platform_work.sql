-- What waits for the platform across accounts, and what it does about it.

-- Orders that are still to be worked on: few, however many there have been.
CREATE INDEX orders_open_idx ON @schema@.orders (created_at, id) INCLUDE (status) WHERE status IN ('pending', 'quoting', 'approved', 'provisioning', 'processing');
CREATE INDEX invoices_open_idx ON @schema@.invoices (due_at, id) WHERE status IN ('pending', 'overdue');
DROP INDEX @schema@.invoices_due_idx;
-- Retention reads by time alone; a block range index costs a writer next to nothing.
CREATE INDEX notifications_time_idx ON @schema@.notifications USING brin (created_at);
CREATE INDEX audit_log_time_idx ON @schema@.audit_log USING brin (created_at);
CREATE INDEX usage_hourly_time_idx ON @schema@.usage_hourly USING brin (period_start);

CREATE FUNCTION @schema@.platform_open_orders(after_time timestamptz DEFAULT NULL, after_id uuid DEFAULT NULL, page_size integer DEFAULT 50)
RETURNS TABLE (id uuid, account_id uuid, account_name text, order_number text, order_type text, status text, payment_status text, total_cents bigint, currency text, created_at timestamptz)
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, pg_temp
AS $platform_open_orders$
#variable_conflict use_column
BEGIN
    PERFORM @schema@.require_platform('platform_open_orders');
    RETURN QUERY
    SELECT o.id, o.account_id, a.name, o.order_number, o.order_type, o.status, o.payment_status, o.total_cents, o.currency, o.created_at
    FROM @schema@.orders o JOIN @schema@.accounts a ON a.id = o.account_id
    WHERE o.status IN ('pending', 'quoting', 'approved', 'provisioning', 'processing')
      AND (o.created_at, o.id) > (coalesce(after_time, '-infinity'), coalesce(after_id, '00000000-0000-0000-0000-000000000000'))
    ORDER BY o.created_at, o.id LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END
$platform_open_orders$;
COMMENT ON FUNCTION @schema@.platform_open_orders(timestamptz, uuid, integer) IS 'orders still to be worked on in all accounts, longest waiting first, after one of a time and id; for the platform';

CREATE FUNCTION @schema@.platform_open_invoices(after_time timestamptz DEFAULT NULL, after_id uuid DEFAULT NULL, page_size integer DEFAULT 50)
RETURNS TABLE (id uuid, account_id uuid, account_name text, invoice_number text, status text, total_cents bigint, currency text, due_at timestamptz)
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, pg_temp
AS $platform_open_invoices$
#variable_conflict use_column
BEGIN
    PERFORM @schema@.require_platform('platform_open_invoices');
    RETURN QUERY
    SELECT i.id, i.account_id, coalesce(a.name, i.billed_name), i.invoice_number, i.status, i.total_cents, i.currency, i.due_at
    FROM @schema@.invoices i LEFT JOIN @schema@.accounts a ON a.id = i.account_id
    WHERE i.status IN ('pending', 'overdue') AND i.customer_id IS NULL
      AND (i.due_at, i.id) > (coalesce(after_time, '-infinity'), coalesce(after_id, '00000000-0000-0000-0000-000000000000'))
    ORDER BY i.due_at, i.id LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END
$platform_open_invoices$;
COMMENT ON FUNCTION @schema@.platform_open_invoices(timestamptz, uuid, integer) IS 'the platform''s unpaid invoices of all accounts, longest due first, after one of a time and id; for the platform';

CREATE FUNCTION @schema@.dead_orders(page_size integer DEFAULT 50)
RETURNS TABLE (sequence bigint, account_id uuid, service text, object text, operation text, attempts integer, last_error text, finished_at timestamptz, held_up bigint)
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, pg_temp
AS $dead_orders$
#variable_conflict use_column
BEGIN
    IF NOT (@schema@.caller_is('platform') OR @schema@.caller_is('worker')) THEN
        RAISE EXCEPTION 'dead_orders is for the platform and for workers' USING ERRCODE = '42501';
    END IF;
    RETURN QUERY
    SELECT o.sequence, o.account_id, o.service, o.object, o.operation, o.attempts, o.last_error, o.finished_at,
           (SELECT count(*) FROM @schema@.outbox later WHERE later.service = o.service AND later.object = o.object AND later.sequence > o.sequence AND later.status = 'pending')
    FROM @schema@.outbox o WHERE o.status = 'dead' ORDER BY o.sequence LIMIT least(greatest(coalesce(page_size, 50), 1), 200);
END
$dead_orders$;
COMMENT ON FUNCTION @schema@.dead_orders(integer) IS 'orders to the services that were given up, oldest first, and how many each holds up; for retry_outbox and discard_outbox';

CREATE FUNCTION @schema@.mail_recipients(account uuid, audience text) RETURNS TABLE (email text, display_name text)
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 3 SET search_path = pg_catalog, pg_temp
AS $mail_recipients$
BEGIN
    PERFORM @schema@.require_worker();
    IF mail_recipients.audience = 'billing' THEN
        RETURN QUERY SELECT b.billing_email, coalesce(b.financial_contact, b.legal_name, '') FROM @schema@.account_billing b
                     WHERE b.account_id = mail_recipients.account AND b.billing_email IS NOT NULL;
        IF FOUND THEN
            RETURN;
        END IF;
    END IF;
    RETURN QUERY SELECT m.email, m.display_name FROM @schema@.account_members m
                 WHERE m.account_id = mail_recipients.account AND m.role IN ('owner', 'admin') ORDER BY m.role DESC, m.id;
END
$mail_recipients$;
COMMENT ON FUNCTION @schema@.mail_recipients(uuid, text) IS 'whom a mail to an account''s admins or billing address goes to, as it is now; for a worker';

CREATE FUNCTION @schema@.sftp_used(username text, at timestamptz DEFAULT now()) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $sftp_used$
BEGIN
    PERFORM @schema@.require_worker();
    UPDATE @schema@.sftp_credentials c SET last_login_at = at
    WHERE c.username = sftp_used.username AND (c.last_login_at IS NULL OR c.last_login_at < at - interval '1 minute');
END
$sftp_used$;
COMMENT ON FUNCTION @schema@.sftp_used(text, timestamptz) IS 'records that an SFTP login was used; for a worker that SFTPGo calls';

CREATE FUNCTION @schema@.quote_order(order_id uuid, unit_price_cents bigint, discount_cents bigint DEFAULT 0) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $quote_order$
#variable_conflict use_column
DECLARE
    account uuid := @schema@.platform_account('quote_order');
    current @schema@.orders;
BEGIN
    SELECT * INTO current FROM @schema@.orders o WHERE o.account_id = account AND o.id = quote_order.order_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('order', quote_order.order_id::text);
    END IF;
    IF current.status NOT IN ('pending', 'quoting') OR current.payment_status <> 'pending' THEN
        RAISE EXCEPTION 'order % is % already', current.order_number, current.status USING ERRCODE = '55000', HINT = 'A price is set before the order is approved or paid.';
    END IF;
    UPDATE @schema@.orders o SET unit_price_cents = quote_order.unit_price_cents, discount_cents = quote_order.discount_cents, updated_at = now()
    WHERE o.account_id = account AND o.id = quote_order.order_id RETURNING * INTO current;
    PERFORM @schema@.audit('quote_order', 'orders', quote_order.order_id::text,
        jsonb_build_object('unit_price_cents', quote_order.unit_price_cents, 'discount_cents', quote_order.discount_cents));
    RETURN current.total_cents;
END
$quote_order$;
COMMENT ON FUNCTION @schema@.quote_order(uuid, bigint, bigint) IS 'sets price and discount of an order that is pending or being quoted; tells its total; for the platform';

-- What has no price of a product is approved at a price.
ALTER TABLE @schema@.orders ADD CONSTRAINT orders_dedicated_quoted
    CHECK (order_type <> 'dedicated' OR unit_price_cents > 0 OR status IN ('pending', 'quoting', 'canceled', 'denied'));

CREATE FUNCTION @schema@.request_dedicated(notes text, request_id text DEFAULT NULL) RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $request_dedicated$
#variable_conflict use_column
DECLARE
    account uuid := @schema@.command_account('developer', 'request_dedicated');
    made uuid := primecloud.uuid_v7();
BEGIN
    INSERT INTO @schema@.orders (id, account_id, order_type, unit_price_cents, notes, request_id, placed_by)
    VALUES (made, account, 'dedicated', 0, request_dedicated.notes, request_dedicated.request_id, primecloud.user_id())
    ON CONFLICT (account_id, request_id) WHERE request_id IS NOT NULL DO NOTHING;
    IF NOT FOUND THEN
        SELECT o.id INTO made FROM @schema@.orders o WHERE o.account_id = account AND o.request_id = request_dedicated.request_id;
        RETURN made;
    END IF;
    PERFORM @schema@.audit('request_dedicated', 'orders', made::text);
    PERFORM @schema@.send_notification('order_placed', 'Request for a dedicated machine', '', jsonb_build_object('order', made));
    RETURN made;
END
$request_dedicated$;
COMMENT ON FUNCTION @schema@.request_dedicated(text, text) IS 'asks for a dedicated machine, which the platform quotes; the same request_id again gives the same order; developers and above';

CREATE FUNCTION @schema@.note_order(order_id uuid, note text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $note_order$
#variable_conflict use_column
DECLARE
    account uuid := @schema@.platform_account('note_order');
BEGIN
    PERFORM FROM @schema@.orders o WHERE o.account_id = account AND o.id = note_order.order_id;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('order', note_order.order_id::text);
    END IF;
    INSERT INTO @schema@.order_internal_notes (order_id, account_id, note) VALUES (note_order.order_id, account, note_order.note)
    ON CONFLICT ON CONSTRAINT order_internal_notes_pk DO UPDATE SET note = excluded.note, updated_at = now();
END
$note_order$;
COMMENT ON FUNCTION @schema@.note_order(uuid, text) IS 'writes what the platform''s staff remark on an order, which no customer sees; for the platform';

CREATE FUNCTION @schema@.grant_trial(product uuid, ends_at timestamptz) RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $grant_trial$
DECLARE
    account uuid := @schema@.platform_account('grant_trial');
    offered @schema@.products := @schema@.offered_product(grant_trial.product);
    made uuid := primecloud.uuid_v7();
BEGIN
    IF ends_at IS NULL OR ends_at <= now() OR ends_at > now() + interval '1 year' THEN
        RAISE EXCEPTION 'a trial cannot end at %', coalesce(ends_at::text, 'NULL') USING ERRCODE = '22023', HINT = 'Name a time within a year from now.';
    END IF;
    INSERT INTO @schema@.subscriptions (id, product_id, account_id, status, price_cents, currency, current_period_start, current_period_end, trial_ends_at)
    VALUES (made, offered.id, account, 'trial', offered.price_cents, offered.currency, now(), ends_at, ends_at)
    ON CONFLICT (account_id) WHERE status IN ('trial', 'active', 'past_due') DO NOTHING;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the account has a subscription already' USING ERRCODE = '23505', HINT = 'A trial is for an account without one.';
    END IF;
    PERFORM @schema@.audit('grant_trial', 'subscriptions', made::text, jsonb_build_object('product', offered.id, 'ends_at', ends_at));
    RETURN made;
END
$grant_trial$;
COMMENT ON FUNCTION @schema@.grant_trial(uuid, timestamptz) IS 'subscribes the account to a product for nothing until a time, after which it pays; for the platform';

CREATE FUNCTION @schema@.cancel_invoice(invoice uuid, reason text) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $cancel_invoice$
DECLARE
    account uuid := @schema@.command_account('admin', 'cancel_invoice');
    bill @schema@.invoices;
BEGIN
    SELECT * INTO bill FROM @schema@.invoices i WHERE i.account_id = account AND i.id = invoice FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('invoice', invoice::text);
    END IF;
    IF bill.customer_id IS NULL THEN
        PERFORM @schema@.platform_account('cancel_invoice');
    END IF;
    IF bill.status = 'canceled' THEN
        RETURN false;
    ELSIF bill.status = 'paid' THEN
        RAISE EXCEPTION 'invoice % is paid', bill.invoice_number USING ERRCODE = '55000';
    END IF;
    -- It keeps its number, so that there is no gap, and its period, which is not billed again.
    UPDATE @schema@.invoices i SET status = 'canceled' WHERE i.account_id = account AND i.id = invoice;
    UPDATE @schema@.subscriptions s SET status = 'active' WHERE s.account_id = account AND s.status = 'past_due'
        AND NOT EXISTS (SELECT FROM @schema@.invoices i WHERE i.account_id = account AND i.customer_id IS NULL AND i.status = 'overdue');
    PERFORM @schema@.audit('cancel_invoice', 'invoices', invoice::text, jsonb_build_object('number', bill.invoice_number, 'reason', reason), 'warning');
    RETURN true;
END
$cancel_invoice$;
COMMENT ON FUNCTION @schema@.cancel_invoice(uuid, text) IS 'takes an unpaid invoice back, number kept and period not billed again; false if it was; the platform, and admins for their own customers';
