-- What is to be billed for a month.

CREATE FUNCTION @schema@.usage_cents(bytes bigint, included bigint, cents_per_gib bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
-- Bytes all the way; rounded half up to the cent, once.
RETURN floor(greatest(bytes - included, 0)::numeric * cents_per_gib / 1073741824 + 0.5)::bigint;
COMMENT ON FUNCTION @schema@.usage_cents(bigint, bigint, bigint) IS 'price of the bytes above those included';
GRANT EXECUTE ON FUNCTION @schema@.usage_cents TO @gate@;

CREATE FUNCTION @schema@.invoice_candidates(period_start timestamptz, period_end timestamptz)
RETURNS TABLE (account_id uuid, customer_id uuid, billed_name text, billed_tax_id text, billing_day integer, currency text,
    discount_percent integer, lines jsonb)
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $invoice_candidates$
    WITH used AS (
        SELECT u.account_id, b.customer_id, sum(u.stored)::bigint AS stored, sum(u.moved)::bigint AS moved
        FROM (SELECT d.account_id, d.bucket_id, max(d.storage_bytes_max) AS stored, sum(d.egress_bytes) AS moved
              FROM @schema@.usage_daily d WHERE d.period_start >= invoice_candidates.period_start
                  AND d.period_start < invoice_candidates.period_end
              GROUP BY 1, 2) u
        LEFT JOIN @schema@.buckets b ON b.account_id = u.account_id AND b.id = u.bucket_id
        GROUP BY GROUPING SETS ((u.account_id), (u.account_id, b.customer_id)) HAVING GROUPING(b.customer_id) = 1
            OR b.customer_id IS NOT NULL
    ), platform AS (
        SELECT DISTINCT ON (s.account_id) a.id AS account_id, NULL::uuid AS customer_id, coalesce(l.legal_name, a.name) AS billed_name,
            l.tax_id, coalesce(l.billing_day, 10) AS billing_day,
               s.currency, 0 AS discount_percent,
               jsonb_build_array(jsonb_build_object('kind', 'subscription', 'description', p.name, 'amount', s.price_cents),
                   jsonb_build_object('kind', 'storage', 'description', 'Storage above the plan', 'bytes',
                       greatest(u.stored - p.storage_limit_bytes, 0),
                       'amount', @schema@.usage_cents(u.stored, p.storage_limit_bytes, p.overage_storage_cents)),
                   jsonb_build_object('kind', 'transfer', 'description', 'Transfer above the plan', 'bytes',
                       greatest(u.moved - p.transfer_limit_bytes, 0),
                       'amount', @schema@.usage_cents(u.moved, p.transfer_limit_bytes, p.overage_transfer_cents))) AS lines
        FROM @schema@.account_subscriptions s
        JOIN @schema@.accounts a ON a.id = s.account_id
        JOIN @schema@.products p ON p.id = s.product_id
        LEFT JOIN @schema@.account_billing l ON l.account_id = a.id
        LEFT JOIN used u ON u.account_id = a.id AND u.customer_id IS NULL
        -- Whenever this is run: from the end of a trial on, and not at all if it ended within it.
        WHERE coalesce(s.trial_ends_at, s.created_at) < invoice_candidates.period_end
          AND (s.canceled_at IS NULL OR s.canceled_at >= invoice_candidates.period_start
              AND s.canceled_at > coalesce(s.trial_ends_at, s.created_at))
        ORDER BY s.account_id, s.created_at DESC
    ), resold AS (
        SELECT c.account_id, c.id, c.name, c.tax_id, c.billing_day, c.currency, c.discount_percent,
               jsonb_build_array(jsonb_build_object('kind', 'fixed', 'description', 'Monthly price', 'amount',
                   CASE WHEN c.billing_model <> 'usage' THEN c.price_cents END),
                   jsonb_build_object('kind', 'storage', 'description', 'Storage', 'bytes',
                       greatest(u.stored - c.contracted_storage_bytes, 0),
                       'amount', CASE WHEN c.billing_model <> 'fixed' THEN @schema@.usage_cents(u.stored, c.contracted_storage_bytes,
                           c.overage_cents) END)) AS lines
        FROM @schema@.customers c LEFT JOIN used u ON u.account_id = c.account_id AND u.customer_id = c.id
        WHERE c.status = 'active' AND c.created_at < invoice_candidates.period_end
    )
    SELECT * FROM platform UNION ALL SELECT * FROM resold
$invoice_candidates$;
COMMENT ON FUNCTION @schema@.invoice_candidates(timestamptz, timestamptz)
    IS 'whom to bill for a period and what for, billed already or not';
GRANT EXECUTE ON FUNCTION @schema@.invoice_candidates TO @gate@;
