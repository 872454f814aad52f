-- Billing, paying, taking back.

CREATE FUNCTION @schema@.generate_invoices(month date DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $generate_invoices$
DECLARE
    begins timestamptz := date_trunc('month', coalesce(generate_invoices.month::timestamp, (now() AT TIME ZONE 'UTC') - interval '1 month'))
        AT TIME ZONE 'UTC';
    ends timestamptz := (date_trunc('month', begins AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC';
    this_year integer := extract(year FROM now() AT TIME ZONE 'UTC');
    made bigint;
    items jsonb;
    free_accounts uuid[];
    busy bigint;
BEGIN
    PERFORM primecloud.require_read_committed();
    IF NOT (@schema@.caller_is('platform') OR @schema@.caller_is('maintenance')) THEN
        RAISE insufficient_privilege USING MESSAGE = 'generate_invoices is for the platform and for maintenance';
    END IF;
    IF ends > now() THEN
        RAISE invalid_parameter_value USING MESSAGE = format('the month that begins on %s is not over', begins::date),
            HINT = 'A month is billed when it is over.';
    END IF;
    -- Whoever bills at the same time waits here, and then finds the period billed.
    INSERT INTO @schema@.invoice_counters (issuer, year, last_number) VALUES ('platform', this_year, 0) ON CONFLICT
        ON CONSTRAINT invoice_counters_pk DO NOTHING;
    PERFORM FROM @schema@.invoice_counters c WHERE c.issuer = 'platform' AND c.year = this_year FOR UPDATE;
    -- An account is told of its invoice, which refers to its row.  One that an open transaction holds is billed the next time.
    free_accounts := ARRAY(SELECT a.id FROM @schema@.accounts a
        WHERE EXISTS (SELECT FROM @schema@.subscriptions s WHERE s.account_id = a.id) FOR KEY SHARE SKIP LOCKED);
    busy := (SELECT count(DISTINCT s.account_id) FROM @schema@.subscriptions s) - cardinality(free_accounts);
    IF busy > 0 THEN
        RAISE WARNING 'accounts that are busy and not billed: %', busy USING HINT = 'Call generate_invoices again: it bills what is left.';
    END IF;
    WITH due AS MATERIALIZED (
        SELECT primecloud.uuid_v7() AS id, c.*, CASE WHEN c.customer_id IS NULL THEN 'platform' ELSE c.account_id::text END AS issuer
        FROM @schema@.invoice_candidates(begins, ends) c LEFT JOIN unnest(free_accounts) AS f ON f = c.account_id
        WHERE (f IS NOT NULL OR c.customer_id IS NOT NULL)
            AND NOT EXISTS (SELECT FROM @schema@.invoices i WHERE i.account_id = c.account_id AND i.period_start = begins
            AND i.customer_id IS NOT DISTINCT FROM c.customer_id)
    ), priced AS MATERIALIZED (
        SELECT d.*, (SELECT coalesce(sum((l ->> 'amount')::bigint), 0)::bigint FROM jsonb_array_elements(d.lines) l) AS subtotal FROM due d
    ), counted AS (
        INSERT INTO @schema@.invoice_counters AS c (issuer, year, last_number)
        SELECT p.issuer, this_year, count(*) FROM priced p WHERE p.subtotal > 0 GROUP BY p.issuer
        ON CONFLICT ON CONSTRAINT invoice_counters_pk DO UPDATE SET last_number = c.last_number + excluded.last_number
        RETURNING c.issuer, c.last_number
    ), numbered AS MATERIALIZED (
        SELECT p.*, c.last_number - count(*) OVER (PARTITION BY p.issuer) + row_number() OVER (PARTITION BY p.issuer ORDER BY p.account_id,
            p.customer_id) AS number
        FROM priced p JOIN counted c ON c.issuer = p.issuer WHERE p.subtotal > 0
    ), invoiced AS (
        INSERT INTO @schema@.invoices (id, customer_id, account_id, invoice_number, billed_name, billed_tax_id, period_start, period_end,
            subtotal_cents, discount_cents, currency, due_at)
        SELECT n.id, n.customer_id, n.account_id, format('%s-%s', this_year, lpad(n.number::text, 6, '0')), n.billed_name, n.billed_tax_id,
            begins, ends, n.subtotal,
               floor(n.subtotal * n.discount_percent / 100.0 + 0.5)::bigint, n.currency,
                   greatest(ends + (n.billing_day - 1) * interval '1 day', now())
        FROM numbered n
        RETURNING id, account_id, invoice_number, customer_id
    ), lined AS (
        INSERT INTO @schema@.invoice_lines (invoice_id, account_id, position, kind, description, quantity_bytes, amount_cents)
        SELECT n.id, n.account_id, l.position, l.line ->> 'kind', l.line ->> 'description', (l.line ->> 'bytes')::bigint,
            (l.line ->> 'amount')::bigint
        FROM numbered n CROSS JOIN jsonb_array_elements(n.lines) WITH ORDINALITY AS l(line, position)
        WHERE (l.line ->> 'amount')::bigint > 0
    ), told AS (
        SELECT jsonb_agg(jsonb_build_object('account_id', i.account_id, 'type', 'invoice_generated', 'title',
            format('Invoice %s', i.invoice_number),
                                            'metadata', jsonb_build_object('invoice', i.id))) AS items
        FROM invoiced i WHERE i.customer_id IS NULL
    )
    SELECT (SELECT count(*) FROM invoiced), told.items INTO made, items FROM told;
    PERFORM @schema@.send_notifications(items) WHERE items IS NOT NULL;
    RETURN made;
END
$generate_invoices$;
COMMENT ON FUNCTION @schema@.generate_invoices(date) IS
    'bills a month that is over, the last one by default: accounts for their plans, resold customers for their accounts; what is billed '
        'already is passed over; tells how many were made';
GRANT EXECUTE ON FUNCTION @schema@.generate_invoices TO @platform@, @maintenance@;
ALTER FUNCTION @schema@.generate_invoices OWNER TO @gate@;

CREATE FUNCTION @schema@.invoice_at_hand(account uuid, invoice uuid, command text) RETURNS @schema@.invoices
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $invoice_at_hand$
DECLARE
    bill @schema@.invoices;
BEGIN
    SELECT * INTO bill FROM @schema@.invoices i WHERE i.account_id = account AND i.id = invoice FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('invoice', invoice::text);
    END IF;
    -- An account decides on its customers' invoices; on its own, the platform.
    IF bill.customer_id IS NULL THEN
        PERFORM @schema@.platform_account(command);
    END IF;
    RETURN bill;
END
$invoice_at_hand$;
COMMENT ON FUNCTION @schema@.invoice_at_hand(uuid, uuid, text) IS 'an invoice that the caller may decide on, held until the end';

CREATE FUNCTION @schema@.mark_invoice_paid(invoice uuid, method text DEFAULT 'manual') RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $mark_invoice_paid$
DECLARE
    account uuid := @schema@.command_account('admin', 'mark_invoice_paid');
    bill @schema@.invoices := @schema@.invoice_at_hand(account, invoice, 'mark_invoice_paid');
BEGIN
    IF bill.status = 'paid' THEN
        RETURN false;
    ELSIF bill.status = 'canceled' THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('invoice %s is canceled', bill.invoice_number);
    END IF;
    UPDATE @schema@.invoices i SET status = 'paid', paid_at = now(), payment_method = method WHERE i.account_id = account
        AND i.id = invoice;
    PERFORM @schema@.audit('mark_invoice_paid', 'invoices', invoice::text, jsonb_build_object('number', bill.invoice_number, 'method',
        method));
    IF bill.customer_id IS NULL THEN
        PERFORM @schema@.end_past_due(account);
        PERFORM @schema@.send_notification('payment_received', format('Invoice %s is paid', bill.invoice_number), '',
            jsonb_build_object('invoice', invoice));
    END IF;
    RETURN true;
END
$mark_invoice_paid$;
COMMENT ON FUNCTION @schema@.mark_invoice_paid(uuid, text)
    IS 'records that an invoice was paid; false if it was; the platform, and admins for their own customers';
GRANT EXECUTE ON FUNCTION @schema@.mark_invoice_paid TO @app@, @platform@;

CREATE FUNCTION @schema@.cancel_invoice(invoice uuid, reason text) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $cancel_invoice$
DECLARE
    account uuid := @schema@.command_account('admin', 'cancel_invoice');
    bill @schema@.invoices := @schema@.invoice_at_hand(account, invoice, 'cancel_invoice');
BEGIN
    IF bill.status = 'canceled' THEN
        RETURN false;
    ELSIF bill.status = 'paid' THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('invoice %s is paid', bill.invoice_number);
    END IF;
    -- It keeps its number, so that there is no gap, and its period, which is not billed again.
    UPDATE @schema@.invoices i SET status = 'canceled' WHERE i.account_id = account AND i.id = invoice;
    PERFORM @schema@.end_past_due(account);
    PERFORM @schema@.audit('cancel_invoice', 'invoices', invoice::text, jsonb_build_object('number', bill.invoice_number, 'reason', reason),
        'warning');
    RETURN true;
END
$cancel_invoice$;
COMMENT ON FUNCTION @schema@.cancel_invoice(uuid, text)
    IS 'takes an unpaid invoice back, number kept and period not billed again; false if it was; the platform, and admins for their own '
    'customers';
GRANT EXECUTE ON FUNCTION @schema@.cancel_invoice TO @app@, @platform@;
