-- Placing orders: prices are the server's, an order repeated is one order.

CREATE FUNCTION @schema@.place_order(product uuid, quantity integer DEFAULT 1, notes text DEFAULT NULL, request_id text DEFAULT NULL) RETURNS uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $place_order$
#variable_conflict use_column
DECLARE
    account uuid := @schema@.command_account('developer', 'place_order');
    offered @schema@.products;
    made uuid := primecloud.uuid_v7();
BEGIN
    SELECT * INTO offered FROM @schema@.products p WHERE p.id = product AND p.is_public;
    IF NOT FOUND THEN
        PERFORM @schema@.refuse_missing('product', product::text);
    END IF;
    INSERT INTO @schema@.orders (id, product_id, account_id, order_type, quantity, unit_price_cents, currency, notes, request_id)
    VALUES (made, offered.id, account, offered.order_type, coalesce(place_order.quantity, 1), offered.price_cents, offered.currency, place_order.notes, place_order.request_id)
    ON CONFLICT (account_id, request_id) WHERE request_id IS NOT NULL DO NOTHING;
    IF NOT FOUND THEN
        SELECT o.id INTO made FROM @schema@.orders o WHERE o.account_id = account AND o.request_id = place_order.request_id;
        RETURN made;
    END IF;
    PERFORM @schema@.audit('place_order', 'orders', made::text, jsonb_build_object('product', product, 'quantity', place_order.quantity));
    PERFORM @schema@.send_notification('order_placed', format('Order of %s', offered.name), '', jsonb_build_object('order', made));
    RETURN made;
END
$place_order$;
COMMENT ON FUNCTION @schema@.place_order(uuid, integer, text, text) IS 'orders a product at its price; the same request_id again gives the same order; developers and above';
