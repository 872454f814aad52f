-- Billing where accounts lie on other servers: account by account, each on its shard.

CREATE DISTRIBUTED FUNCTION @schema@.invoice_candidates(period_start timestamptz, period_end timestamptz)
RETURNS TABLE (account_id uuid, customer_id uuid, billed_name text, billed_tax_id text, billing_day integer, currency text,
    discount_percent integer, lines jsonb)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $invoice_candidates$
DECLARE
    one uuid;
    plan record;
    offered record;
    customer record;
    stored bigint;
    moved bigint;
    used jsonb;
BEGIN
    FOR one IN SELECT s.account_id FROM @schema@.account_subscriptions s UNION SELECT c.account_id FROM @schema@.customers c ORDER BY 1 LOOP
        -- What each bucket used: the account's, those of a customer's beside.
        SELECT coalesce(jsonb_agg(jsonb_build_object('bucket', u.bucket_id, 'stored', u.stored, 'moved', u.moved)), '[]') INTO used
            FROM (SELECT d.bucket_id, max(d.storage_bytes_max) AS stored, sum(d.egress_bytes) AS moved FROM @schema@.usage_daily d
                WHERE d.account_id = one AND d.period_start >= invoice_candidates.period_start
                    AND d.period_start < invoice_candidates.period_end GROUP BY d.bucket_id) u;
        SELECT sum(u.stored), sum(u.moved) INTO stored, moved FROM jsonb_to_recordset(used) AS u(stored bigint, moved bigint);
        account_id := one;
        customer_id := NULL;
        discount_percent := 0;
        -- Whenever this is run: from the end of a trial on, and not at all if it ended within it.
        SELECT s.price_cents, s.currency, s.product_id, a.name INTO plan FROM @schema@.account_subscriptions s
            JOIN @schema@.accounts a ON a.id = s.account_id
            WHERE s.account_id = one AND coalesce(s.trial_ends_at, s.created_at) < invoice_candidates.period_end
              AND (s.canceled_at IS NULL OR s.canceled_at >= invoice_candidates.period_start
                  AND s.canceled_at > coalesce(s.trial_ends_at, s.created_at))
            ORDER BY s.created_at DESC LIMIT 1;
        IF FOUND THEN
            SELECT p.* INTO offered FROM @schema@.products p WHERE p.id = plan.product_id;
            SELECT coalesce(l.legal_name, plan.name), l.tax_id, l.billing_day INTO billed_name, billed_tax_id, billing_day
                FROM @schema@.account_billing l WHERE l.account_id = one;
            billed_name := coalesce(billed_name, plan.name);
            billing_day := coalesce(billing_day, 10);
            currency := plan.currency;
            lines := jsonb_build_array(
                jsonb_build_object('kind', 'subscription', 'description', offered.name, 'amount', plan.price_cents),
                jsonb_build_object('kind', 'storage', 'description', 'Storage above the plan',
                    'bytes', greatest(stored - offered.storage_limit_bytes, 0),
                    'amount', @schema@.usage_cents(stored, offered.storage_limit_bytes, offered.overage_storage_cents)),
                jsonb_build_object('kind', 'transfer', 'description', 'Transfer above the plan',
                    'bytes', greatest(moved - offered.transfer_limit_bytes, 0),
                    'amount', @schema@.usage_cents(moved, offered.transfer_limit_bytes, offered.overage_transfer_cents)));
            RETURN NEXT;
        END IF;
        FOR customer IN SELECT c.* FROM @schema@.customers c
            WHERE c.account_id = one AND c.status = 'active' AND c.created_at < invoice_candidates.period_end
        LOOP
            stored := (SELECT sum((u ->> 'stored')::bigint) FROM jsonb_array_elements(used) u WHERE (u ->> 'bucket')::uuid = ANY (
                ARRAY(SELECT b.id FROM @schema@.buckets b WHERE b.account_id = one AND b.customer_id = customer.id)));
            customer_id := customer.id;
            billed_name := customer.name;
            billed_tax_id := customer.tax_id;
            billing_day := customer.billing_day;
            currency := customer.currency;
            discount_percent := customer.discount_percent;
            lines := jsonb_build_array(
                jsonb_build_object('kind', 'fixed', 'description', 'Monthly price', 'amount',
                    CASE WHEN customer.billing_model <> 'usage' THEN customer.price_cents END),
                jsonb_build_object('kind', 'storage', 'description', 'Storage',
                    'bytes', greatest(stored - customer.contracted_storage_bytes, 0),
                    'amount', CASE WHEN customer.billing_model <> 'fixed' THEN @schema@.usage_cents(stored,
                        customer.contracted_storage_bytes, customer.overage_cents) END));
            RETURN NEXT;
        END LOOP;
    END LOOP;
END
$invoice_candidates$;

CREATE DISTRIBUTED FUNCTION @schema@.generate_invoices(month date DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $generate_invoices$
DECLARE
    begins timestamptz := date_trunc('month', coalesce(generate_invoices.month::timestamp, (now() AT TIME ZONE 'UTC') - interval '1 month'))
        AT TIME ZONE 'UTC';
    ends timestamptz := (date_trunc('month', begins AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC';
    this_year integer := extract(year FROM now() AT TIME ZONE 'UTC');
    due record;
    line record;
    subtotal bigint;
    number bigint;
    made_id uuid;
    made bigint := 0;
    busy bigint := 0;
    told jsonb := '[]';
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
    FOR due IN SELECT c.*, CASE WHEN c.customer_id IS NULL THEN 'platform' ELSE c.account_id::text END AS issuer
        FROM @schema@.invoice_candidates(begins, ends) c ORDER BY c.account_id, c.customer_id
    LOOP
        CONTINUE WHEN EXISTS (SELECT FROM @schema@.invoices i WHERE i.account_id = due.account_id AND i.period_start = begins
            AND i.customer_id IS NOT DISTINCT FROM due.customer_id);
        subtotal := (SELECT coalesce(sum((l ->> 'amount')::bigint), 0)::bigint FROM jsonb_array_elements(due.lines) l);
        IF due.customer_id IS NULL THEN
            -- An account is told of its invoice, which refers to its row.  One that an open transaction holds is billed the next time.
            PERFORM FROM @schema@.accounts a WHERE a.id = due.account_id FOR KEY SHARE SKIP LOCKED;
            busy := busy + CASE WHEN FOUND THEN 0 ELSE 1 END;
            CONTINUE WHEN NOT FOUND;
        END IF;
        CONTINUE WHEN subtotal <= 0;
        INSERT INTO @schema@.invoice_counters AS c (issuer, year, last_number) VALUES (due.issuer, this_year, 1)
            ON CONFLICT ON CONSTRAINT invoice_counters_pk DO UPDATE SET last_number = c.last_number + 1 RETURNING c.last_number INTO number;
        made_id := primecloud.uuid_v7();
        IF due.customer_id IS NULL THEN
            PERFORM @schema@.claim_value('invoices_number_unique', format('%s-%s', this_year, lpad(number::text, 6, '0')), due.account_id);
        END IF;
        INSERT INTO @schema@.invoices (id, customer_id, account_id, invoice_number, billed_name, billed_tax_id, period_start, period_end,
            subtotal_cents, discount_cents, currency, due_at)
        VALUES (made_id, due.customer_id, due.account_id, format('%s-%s', this_year, lpad(number::text, 6, '0')),
            due.billed_name, due.billed_tax_id, begins, ends, subtotal, floor(subtotal * due.discount_percent / 100.0 + 0.5)::bigint,
            due.currency, greatest(ends + (due.billing_day - 1) * interval '1 day', now()));
        FOR line IN SELECT l.position, l.line ->> 'kind' AS kind, l.line ->> 'description' AS description,
            (l.line ->> 'bytes')::bigint AS bytes, (l.line ->> 'amount')::bigint AS amount
            FROM jsonb_array_elements(due.lines) WITH ORDINALITY AS l(line, position) WHERE (l.line ->> 'amount')::bigint > 0
        LOOP
            INSERT INTO @schema@.invoice_lines (invoice_id, account_id, position, kind, description, quantity_bytes, amount_cents)
            VALUES (made_id, due.account_id, line.position, line.kind, line.description, line.bytes, line.amount);
        END LOOP;
        made := made + 1;
        told := told || CASE WHEN due.customer_id IS NULL THEN jsonb_build_array(jsonb_build_object('account_id', due.account_id,
            'type', 'invoice_generated', 'title', format('Invoice %s-%s', this_year, lpad(number::text, 6, '0')),
            'metadata', jsonb_build_object('invoice', made_id))) ELSE '[]' END;
    END LOOP;
    IF busy > 0 THEN
        RAISE WARNING 'accounts that are busy and not billed: %', busy USING HINT = 'Call generate_invoices again: it bills what is left.';
    END IF;
    PERFORM @schema@.send_notifications(told) WHERE told <> '[]';
    RETURN made;
END
$generate_invoices$;
