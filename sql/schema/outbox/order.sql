-- Ordering something of a service.

CREATE FUNCTION @schema@.order_service(service text, object text, operation text, payload jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $order_service$
BEGIN
    -- Nobody is kept from taking access away.
    IF NOT @schema@.order_ends(order_service.operation, order_service.payload) THEN
        PERFORM @schema@.count_use('orders_per_minute', 1);
    END IF;
    INSERT INTO @schema@.outbox (account_id, service, object, operation, payload)
    VALUES (primecloud.tenant_uuid(), order_service.service, order_service.object, order_service.operation, order_service.payload);
END
$order_service$;
COMMENT ON FUNCTION @schema@.order_service(text, text, text, jsonb)
    IS 'tells a service what to do, in the transaction that decided it; the caller holds the object''s row lock';
