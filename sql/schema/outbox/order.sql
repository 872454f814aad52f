-- Ordering something of a service.

CREATE FUNCTION @schema@.order_service(service text, object text, operation text, payload jsonb) RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    INSERT INTO @schema@.outbox (account_id, service, object, operation, payload)
    VALUES (primecloud.tenant_uuid(), service, object, operation, payload);
END;
COMMENT ON FUNCTION @schema@.order_service(text, text, text, jsonb)
    IS 'tells a service what to do, in the transaction that decided it; the caller holds the object''s row lock';
