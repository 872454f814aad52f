-- What the platform does with orders: quotes, payments, remarks, those that wait.

CREATE FUNCTION @schema@.quote_order(order_id uuid, unit_price_cents bigint, discount_cents bigint DEFAULT 0) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $quote_order$
DECLARE
    account uuid := @schema@.platform_account('quote_order');
    current @schema@.orders;
BEGIN
    SELECT * INTO current FROM @schema@.orders o WHERE o.account_id = account AND o.id = quote_order.order_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('order', quote_order.order_id::text);
    END IF;
    IF current.status NOT IN ('pending', 'quoting') OR current.payment_status <> 'pending' THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('order %s is %s already', current.order_number, current.status),
            HINT = 'A price is set before the order is approved or paid.';
    END IF;
    UPDATE @schema@.orders o SET unit_price_cents = quote_order.unit_price_cents, discount_cents = quote_order.discount_cents,
        updated_at = now()
    WHERE o.account_id = account AND o.id = quote_order.order_id RETURNING * INTO current;
    PERFORM @schema@.audit('quote_order', 'orders', quote_order.order_id::text,
        jsonb_build_object('unit_price_cents', quote_order.unit_price_cents, 'discount_cents', quote_order.discount_cents));
    RETURN current.total_cents;
END
$quote_order$;
COMMENT ON FUNCTION @schema@.quote_order(uuid, bigint, bigint)
    IS 'sets price and discount of an order that is pending or being quoted; tells its total; for the platform';
GRANT EXECUTE ON FUNCTION @schema@.quote_order TO @platform@;

CREATE FUNCTION @schema@.set_payment(order_id uuid, to_status text, method text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $set_payment$
DECLARE
    account uuid := @schema@.platform_account('set_payment');
    at CONSTANT timestamptz := now();
    current @schema@.orders;
BEGIN
    SELECT * INTO current FROM @schema@.orders o WHERE o.account_id = account AND o.id = set_payment.order_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('order', set_payment.order_id::text);
    END IF;
    IF current.payment_status = set_payment.to_status THEN
        RETURN current.payment_status;
    END IF;
    IF (current.payment_status, set_payment.to_status) NOT IN (('pending', 'paid'), ('pending', 'failed'), ('failed', 'paid'),
        ('paid', 'refunded')) THEN
        RAISE check_violation USING
            MESSAGE = format('a payment cannot go from %s to %s', current.payment_status, coalesce(set_payment.to_status, 'NULL')),
            HINT = 'It goes from pending to paid or failed, from failed to paid, from paid to refunded.';
    END IF;
    UPDATE @schema@.orders o
    SET payment_status = set_payment.to_status, payment_method = coalesce(method, o.payment_method), updated_at = at,
        paid_at = CASE WHEN set_payment.to_status = 'paid' THEN at WHEN set_payment.to_status = 'failed' THEN NULL ELSE o.paid_at END
    WHERE o.account_id = account AND o.id = set_payment.order_id;
    PERFORM @schema@.audit('set_payment', 'orders', set_payment.order_id::text, jsonb_build_object('from', current.payment_status, 'to',
        set_payment.to_status));
    RETURN set_payment.to_status;
END
$set_payment$;
COMMENT ON FUNCTION @schema@.set_payment(uuid, text, text) IS 'records what became of an order''s payment; for the platform';
GRANT EXECUTE ON FUNCTION @schema@.set_payment TO @platform@;

CREATE FUNCTION @schema@.note_order(order_id uuid, note text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $note_order$
DECLARE
    account uuid := @schema@.platform_account('note_order');
    at CONSTANT timestamptz := now();
BEGIN
    PERFORM FROM @schema@.orders o WHERE o.account_id = account AND o.id = note_order.order_id;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('order', note_order.order_id::text);
    END IF;
    INSERT INTO @schema@.order_internal_notes (order_id, account_id, note) VALUES (note_order.order_id, account, note_order.note)
    ON CONFLICT ON CONSTRAINT order_internal_notes_pk DO UPDATE SET note = excluded.note, updated_at = at;
END
$note_order$;
COMMENT ON FUNCTION @schema@.note_order(uuid, text)
    IS 'writes what the platform''s staff remark on an order, which no customer sees; for the platform';
GRANT EXECUTE ON FUNCTION @schema@.note_order TO @platform@;

CREATE FUNCTION @schema@.platform_open_orders(after_time timestamptz DEFAULT NULL, after_id uuid DEFAULT NULL, page_size integer DEFAULT 50)
RETURNS TABLE (id uuid, account_id uuid, account_name text, order_number text, order_type text, status text, payment_status text,
    total_cents bigint, currency text, created_at timestamptz)
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, pg_temp
AS $platform_open_orders$
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
COMMENT ON FUNCTION @schema@.platform_open_orders(timestamptz, uuid, integer)
    IS 'orders still to be worked on in all accounts, longest waiting first, after one of a time and id; for the platform';
GRANT EXECUTE ON FUNCTION @schema@.platform_open_orders TO @platform@;
ALTER FUNCTION @schema@.platform_open_orders OWNER TO @gate@;
