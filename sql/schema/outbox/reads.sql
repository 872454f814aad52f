-- Orders that were given up.

CREATE FUNCTION @schema@.dead_orders(page_size integer DEFAULT 50)
RETURNS TABLE (sequence bigint, account_id uuid, service text, object text, operation text, attempts integer, last_error text,
    finished_at timestamptz, held_up bigint)
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, pg_temp
AS $dead_orders$
BEGIN
    IF NOT (@schema@.caller_is('platform') OR @schema@.caller_is('worker')) THEN
        RAISE insufficient_privilege USING MESSAGE = 'dead_orders is for the platform and for workers',
            HINT = 'Let the role in with primecloud.grant_schema, as platform or worker.';
    END IF;
    FOR sequence, account_id, service, object, operation, attempts, last_error, finished_at IN
        SELECT o.sequence, o.account_id, o.service, o.object, o.operation, o.attempts, o.last_error, o.finished_at
        FROM @schema@.outbox o WHERE o.status = 'dead' ORDER BY o.sequence LIMIT least(greatest(coalesce(page_size, 50), 1), 200)
    LOOP
        held_up := (SELECT count(*) FROM @schema@.outbox later WHERE later.service = dead_orders.service
            AND later.object = dead_orders.object AND later.sequence > dead_orders.sequence AND later.status = 'pending');
        RETURN NEXT;
    END LOOP;
END
$dead_orders$;
COMMENT ON FUNCTION @schema@.dead_orders(integer)
    IS 'orders to the services that were given up, oldest first, and how many each holds up; for retry_outbox and discard_outbox';
GRANT EXECUTE ON FUNCTION @schema@.dead_orders TO @platform@, @worker@;
ALTER FUNCTION @schema@.dead_orders OWNER TO @gate@;
