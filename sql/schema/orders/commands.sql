-- Placing orders: prices are the server's, an order repeated is one order.

CREATE FUNCTION @schema@.place_order(product uuid, quantity integer DEFAULT 1, notes text DEFAULT NULL, request_id text DEFAULT NULL)
    RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $place_order$
DECLARE
    account uuid := @schema@.command_account('developer', 'place_order');
    offered @schema@.products;
    made uuid := primecloud.uuid_v7();
BEGIN
    PERFORM @schema@.check_text('notes', place_order.notes, 16100), @schema@.check_text('request_id', place_order.request_id);
    SELECT * INTO offered FROM @schema@.products p WHERE p.id = product AND p.is_public;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('product', product::text);
    END IF;
    INSERT INTO @schema@.orders AS o (id, product_id, account_id, order_type, quantity, unit_price_cents, currency, notes, request_id,
        placed_by)
    VALUES (made, offered.id, account, offered.order_type, coalesce(place_order.quantity, 1), offered.price_cents, offered.currency,
        place_order.notes, place_order.request_id, primecloud.user_id())
    ON CONFLICT (account_id, (o.request_id)) WHERE o.request_id IS NOT NULL DO NOTHING;
    IF NOT FOUND THEN
        SELECT o.id INTO made FROM @schema@.orders o WHERE o.account_id = account AND o.request_id = place_order.request_id;
        RETURN made;
    END IF;
    PERFORM @schema@.count_text(concat(place_order.notes, place_order.request_id));
    PERFORM @schema@.audit('place_order', 'orders', made::text, jsonb_build_object('product', product, 'quantity', place_order.quantity));
    PERFORM @schema@.send_notification('order_placed', format('Order of %s', offered.name), '', jsonb_build_object('order', made));
    RETURN made;
END
$place_order$;
COMMENT ON FUNCTION @schema@.place_order(uuid, integer, text, text)
    IS 'orders a product at its price; the same request_id again gives the same order; developers and above';
GRANT EXECUTE ON FUNCTION @schema@.place_order TO @app@;

CREATE FUNCTION @schema@.request_dedicated(notes text, request_id text DEFAULT NULL) RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $request_dedicated$
DECLARE
    account uuid := @schema@.command_account('developer', 'request_dedicated');
    made uuid := primecloud.uuid_v7();
BEGIN
    PERFORM @schema@.check_text('notes', request_dedicated.notes, 16100), @schema@.check_text('request_id', request_dedicated.request_id);
    INSERT INTO @schema@.orders AS o (id, account_id, order_type, unit_price_cents, notes, request_id, placed_by)
    VALUES (made, account, 'dedicated', 0, request_dedicated.notes, request_dedicated.request_id, primecloud.user_id())
    ON CONFLICT (account_id, (o.request_id)) WHERE o.request_id IS NOT NULL DO NOTHING;
    IF NOT FOUND THEN
        SELECT o.id INTO made FROM @schema@.orders o WHERE o.account_id = account AND o.request_id = request_dedicated.request_id;
        RETURN made;
    END IF;
    PERFORM @schema@.count_text(concat(request_dedicated.notes, request_dedicated.request_id));
    PERFORM @schema@.audit('request_dedicated', 'orders', made::text);
    PERFORM @schema@.send_notification('order_placed', 'Request for a dedicated machine', '', jsonb_build_object('order', made));
    RETURN made;
END
$request_dedicated$;
COMMENT ON FUNCTION @schema@.request_dedicated(text, text)
    IS 'asks for a dedicated machine, which the platform quotes; the same request_id again gives the same order; developers and above';
GRANT EXECUTE ON FUNCTION @schema@.request_dedicated TO @app@;

CREATE FUNCTION @schema@.move_order(order_id uuid, to_status text, reason text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $move_order$
DECLARE
    account uuid := @schema@.command_account('developer', 'move_order');
    current @schema@.orders;
    needed text;
    at CONSTANT timestamptz := now();
BEGIN
    PERFORM @schema@.check_text('to_status', move_order.to_status), @schema@.check_text('reason', move_order.reason, 8100);
    SELECT * INTO current FROM @schema@.orders o WHERE o.account_id = account AND o.id = move_order.order_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('order', move_order.order_id::text);
    END IF;
    -- A client that retries is told that it has been done.
    IF current.status = move_order.to_status THEN
        RETURN current.status;
    END IF;
    SELECT t.moved_by INTO needed FROM @schema@.order_transitions t
    WHERE t.from_status = current.status AND t.to_status = move_order.to_status;
    IF needed IS NULL THEN
        RAISE check_violation USING
            MESSAGE = format('an order cannot go from %s to %s', current.status, coalesce(move_order.to_status, 'NULL')),
            HINT = 'Table order_transitions lists the ways.';
    END IF;
    IF needed = 'platform' THEN
        PERFORM @schema@.platform_account('move_order');
    ELSE
        PERFORM @schema@.command_account(needed, 'move_order');
    END IF;
    UPDATE @schema@.orders o
    SET status = move_order.to_status, updated_at = at,
        cancel_reason = CASE WHEN move_order.to_status IN ('canceled', 'denied', 'refunded') THEN reason ELSE o.cancel_reason END,
        canceled_at = CASE WHEN move_order.to_status IN ('canceled', 'denied') THEN at END,
        delivered_at = CASE WHEN move_order.to_status = 'completed' THEN at ELSE o.delivered_at END
    WHERE o.account_id = account AND o.id = move_order.order_id;
    PERFORM @schema@.count_text(move_order.reason);
    PERFORM @schema@.audit('move_order', 'orders', move_order.order_id::text,
        jsonb_build_object('from', current.status, 'to', move_order.to_status, 'reason', reason));
    PERFORM @schema@.send_notification('order_changed', format('Order %s: %s', current.order_number, move_order.to_status), '',
        jsonb_build_object('order', move_order.order_id, 'status', move_order.to_status));
    RETURN move_order.to_status;
END
$move_order$;
COMMENT ON FUNCTION @schema@.move_order(uuid, text, text)
    IS 'moves an order to another state, if there is a way and the caller may go it; tells the state reached';
GRANT EXECUTE ON FUNCTION @schema@.move_order TO @app@, @platform@;
