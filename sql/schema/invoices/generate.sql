-- Billing a month that is over.

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
        RAISE insufficient_privilege USING MESSAGE = 'generate_invoices is for the platform and for maintenance',
            HINT = 'Let the role in with primecloud.grant_schema, as platform or maintenance.';
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
    free_accounts := @schema@.unheld_accounts(ARRAY(SELECT DISTINCT s.account_id FROM @schema@.account_subscriptions s));
    busy := (SELECT count(DISTINCT s.account_id) FROM @schema@.account_subscriptions s) - cardinality(free_accounts);
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
    ), claimed AS (
        SELECT @schema@.claim_value('invoices_number_unique', i.invoice_number, i.account_id) FROM invoiced i WHERE i.customer_id IS NULL
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
    SELECT (SELECT count(*) FROM invoiced) + 0 * (SELECT count(*) FROM claimed), told.items INTO made, items FROM told;
    PERFORM @schema@.send_notifications(items) WHERE items IS NOT NULL;
    RETURN made;
END
$generate_invoices$;
COMMENT ON FUNCTION @schema@.generate_invoices(date) IS
    'bills a month that is over, the last one by default: accounts for their plans, resold customers for their accounts; what is billed '
        'already is passed over; tells how many were made';
GRANT EXECUTE ON FUNCTION @schema@.generate_invoices TO @platform@, @maintenance@;
ALTER FUNCTION @schema@.generate_invoices OWNER TO @gate@;
