-- Billing a period: once, whatever is run twice, with numbers that have no gap.

CREATE FUNCTION @schema@.usage_cents(bytes bigint, included bigint, cents_per_gib bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
-- Bytes all the way; rounded half up to the cent, once.
RETURN floor(greatest(bytes - included, 0)::numeric * cents_per_gib / 1073741824 + 0.5)::bigint;
COMMENT ON FUNCTION @schema@.usage_cents(bigint, bigint, bigint) IS 'price of the bytes above those included';

CREATE FUNCTION @schema@.invoice_candidates(period_start timestamptz, period_end timestamptz)
RETURNS TABLE (account_id uuid, customer_id uuid, billed_name text, billed_tax_id text, billing_day integer, currency text, discount_percent integer, lines jsonb)
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $invoice_candidates$
    WITH used AS (
        SELECT u.account_id, b.customer_id, sum(u.stored)::bigint AS stored, sum(u.moved)::bigint AS moved
        FROM (SELECT d.account_id, d.bucket_id, max(d.storage_bytes_max) AS stored, sum(d.egress_bytes) AS moved
              FROM @schema@.usage_daily d WHERE d.period_start >= invoice_candidates.period_start AND d.period_start < invoice_candidates.period_end
              GROUP BY 1, 2) u
        LEFT JOIN @schema@.buckets b ON b.account_id = u.account_id AND b.id = u.bucket_id
        GROUP BY GROUPING SETS ((u.account_id), (u.account_id, b.customer_id)) HAVING GROUPING(b.customer_id) = 1 OR b.customer_id IS NOT NULL
    ), platform AS (
        SELECT DISTINCT ON (s.account_id) a.id AS account_id, NULL::uuid AS customer_id, coalesce(l.legal_name, a.name) AS billed_name, l.tax_id, coalesce(l.billing_day, 10) AS billing_day,
               s.currency, 0 AS discount_percent,
               jsonb_build_array(jsonb_build_object('kind', 'subscription', 'description', p.name, 'amount', s.price_cents),
                   jsonb_build_object('kind', 'storage', 'description', 'Storage above the plan', 'bytes', greatest(u.stored - p.storage_limit_bytes, 0),
                       'amount', @schema@.usage_cents(u.stored, p.storage_limit_bytes, p.overage_storage_cents)),
                   jsonb_build_object('kind', 'transfer', 'description', 'Transfer above the plan', 'bytes', greatest(u.moved - p.transfer_limit_bytes, 0),
                       'amount', @schema@.usage_cents(u.moved, p.transfer_limit_bytes, p.overage_transfer_cents))) AS lines
        FROM @schema@.subscriptions s
        JOIN @schema@.accounts a ON a.id = s.account_id
        JOIN @schema@.products p ON p.id = s.product_id
        LEFT JOIN @schema@.account_billing l ON l.account_id = a.id
        LEFT JOIN used u ON u.account_id = a.id AND u.customer_id IS NULL
        -- Whenever this is run: from the end of a trial on, and not at all if it ended within it.
        WHERE coalesce(s.trial_ends_at, s.created_at) < invoice_candidates.period_end
          AND (s.canceled_at IS NULL OR s.canceled_at >= invoice_candidates.period_start AND s.canceled_at > coalesce(s.trial_ends_at, s.created_at))
        ORDER BY s.account_id, s.created_at DESC
    ), resold AS (
        SELECT c.account_id, c.id, c.name, c.tax_id, c.billing_day, c.currency, c.discount_percent,
               jsonb_build_array(jsonb_build_object('kind', 'fixed', 'description', 'Monthly price', 'amount', CASE WHEN c.billing_model <> 'usage' THEN c.price_cents END),
                   jsonb_build_object('kind', 'storage', 'description', 'Storage', 'bytes', greatest(u.stored - c.contracted_storage_bytes, 0),
                       'amount', CASE WHEN c.billing_model <> 'fixed' THEN @schema@.usage_cents(u.stored, c.contracted_storage_bytes, c.overage_cents) END)) AS lines
        FROM @schema@.customers c LEFT JOIN used u ON u.account_id = c.account_id AND u.customer_id = c.id
        WHERE c.status = 'active' AND c.created_at < invoice_candidates.period_end
    )
    SELECT * FROM platform UNION ALL SELECT * FROM resold
$invoice_candidates$;
COMMENT ON FUNCTION @schema@.invoice_candidates(timestamptz, timestamptz) IS 'whom to bill for a period and what for, billed already or not';

CREATE FUNCTION @schema@.generate_invoices(month date DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $generate_invoices$
#variable_conflict use_column
DECLARE
    begins timestamptz := date_trunc('month', coalesce(generate_invoices.month::timestamp, (now() AT TIME ZONE 'UTC') - interval '1 month')) AT TIME ZONE 'UTC';
    ends timestamptz := (date_trunc('month', begins AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC';
    this_year integer := extract(year FROM now() AT TIME ZONE 'UTC');
    made bigint;
    items jsonb;
BEGIN
    IF NOT (@schema@.caller_is('platform') OR @schema@.caller_is('maintenance')) THEN
        RAISE EXCEPTION 'generate_invoices is for the platform and for maintenance' USING ERRCODE = '42501';
    END IF;
    IF ends > now() THEN
        RAISE EXCEPTION 'the month that begins on % is not over', begins::date USING ERRCODE = '22023', HINT = 'A month is billed when it is over.';
    END IF;
    -- Whoever bills at the same time waits here, and then finds the period billed.
    INSERT INTO @schema@.invoice_counters (issuer, year, last_number) VALUES ('platform', this_year, 0) ON CONFLICT ON CONSTRAINT invoice_counters_pk DO NOTHING;
    PERFORM FROM @schema@.invoice_counters c WHERE c.issuer = 'platform' AND c.year = this_year FOR UPDATE;
    WITH due AS MATERIALIZED (
        SELECT primecloud.uuid_v7() AS id, c.*, CASE WHEN c.customer_id IS NULL THEN 'platform' ELSE c.account_id::text END AS issuer
        FROM @schema@.invoice_candidates(begins, ends) c
        WHERE NOT EXISTS (SELECT FROM @schema@.invoices i WHERE i.account_id = c.account_id AND i.period_start = begins AND i.customer_id IS NOT DISTINCT FROM c.customer_id)
    ), priced AS MATERIALIZED (
        SELECT d.*, (SELECT coalesce(sum((l ->> 'amount')::bigint), 0)::bigint FROM jsonb_array_elements(d.lines) l) AS subtotal FROM due d
    ), counted AS (
        INSERT INTO @schema@.invoice_counters AS c (issuer, year, last_number)
        SELECT p.issuer, this_year, count(*) FROM priced p WHERE p.subtotal > 0 GROUP BY p.issuer
        ON CONFLICT ON CONSTRAINT invoice_counters_pk DO UPDATE SET last_number = c.last_number + excluded.last_number
        RETURNING c.issuer, c.last_number
    ), numbered AS MATERIALIZED (
        SELECT p.*, c.last_number - count(*) OVER (PARTITION BY p.issuer) + row_number() OVER (PARTITION BY p.issuer ORDER BY p.account_id, p.customer_id) AS number
        FROM priced p JOIN counted c ON c.issuer = p.issuer WHERE p.subtotal > 0
    ), invoiced AS (
        INSERT INTO @schema@.invoices (id, customer_id, account_id, invoice_number, billed_name, billed_tax_id, period_start, period_end, subtotal_cents, discount_cents, currency, due_at)
        SELECT n.id, n.customer_id, n.account_id, format('%s-%s', this_year, lpad(n.number::text, 6, '0')), n.billed_name, n.billed_tax_id, begins, ends, n.subtotal,
               floor(n.subtotal * n.discount_percent / 100.0 + 0.5)::bigint, n.currency, greatest(ends + (n.billing_day - 1) * interval '1 day', now())
        FROM numbered n
        RETURNING id, account_id, invoice_number, customer_id
    ), lined AS (
        INSERT INTO @schema@.invoice_lines (invoice_id, account_id, position, kind, description, quantity_bytes, amount_cents)
        SELECT n.id, n.account_id, l.position, l.line ->> 'kind', l.line ->> 'description', (l.line ->> 'bytes')::bigint, (l.line ->> 'amount')::bigint
        FROM numbered n CROSS JOIN jsonb_array_elements(n.lines) WITH ORDINALITY AS l(line, position)
        WHERE (l.line ->> 'amount')::bigint > 0
    ), told AS (
        SELECT jsonb_agg(jsonb_build_object('account_id', i.account_id, 'type', 'invoice_generated', 'title', format('Invoice %s', i.invoice_number),
                                            'metadata', jsonb_build_object('invoice', i.id))) AS items
        FROM invoiced i WHERE i.customer_id IS NULL
    )
    SELECT (SELECT count(*) FROM invoiced), told.items INTO made, items FROM told;
    PERFORM @schema@.send_notifications(items) WHERE items IS NOT NULL;
    RETURN made;
END
$generate_invoices$;
COMMENT ON FUNCTION @schema@.generate_invoices(date) IS
    'bills a month that is over, the last one by default: accounts for their plans, resold customers for their accounts; what is billed already is passed over; tells how many were made';

CREATE FUNCTION @schema@.mark_invoice_paid(invoice uuid, method text DEFAULT 'manual') RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $mark_invoice_paid$
DECLARE
    account uuid := @schema@.command_account('admin', 'mark_invoice_paid');
    bill @schema@.invoices;
BEGIN
    SELECT * INTO bill FROM @schema@.invoices i WHERE i.account_id = account AND i.id = invoice FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('invoice', invoice::text);
    END IF;
    -- An account says so of its customers' invoices; of its own, the platform.
    IF bill.customer_id IS NULL THEN
        PERFORM @schema@.platform_account('mark_invoice_paid');
    END IF;
    IF bill.status = 'paid' THEN
        RETURN false;
    ELSIF bill.status = 'canceled' THEN
        RAISE EXCEPTION 'invoice % is canceled', bill.invoice_number USING ERRCODE = '55000';
    END IF;
    UPDATE @schema@.invoices i SET status = 'paid', paid_at = now(), payment_method = method WHERE i.account_id = account AND i.id = invoice;
    PERFORM @schema@.audit('mark_invoice_paid', 'invoices', invoice::text, jsonb_build_object('number', bill.invoice_number, 'method', method));
    IF bill.customer_id IS NULL THEN
        UPDATE @schema@.subscriptions s SET status = 'active' WHERE s.account_id = account AND s.status = 'past_due'
            AND NOT EXISTS (SELECT FROM @schema@.invoices i WHERE i.account_id = account AND i.customer_id IS NULL AND i.status = 'overdue');
        PERFORM @schema@.send_notification('payment_received', format('Invoice %s is paid', bill.invoice_number), '', jsonb_build_object('invoice', invoice));
    END IF;
    RETURN true;
END
$mark_invoice_paid$;
COMMENT ON FUNCTION @schema@.mark_invoice_paid(uuid, text) IS 'records that an invoice was paid; false if it was; the platform, and admins for their own customers';
