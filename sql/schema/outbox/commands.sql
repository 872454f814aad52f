-- How workers carry out the outbox: claim, do, acknowledge.  A claim lasts for a
-- lease; a worker that dies lets go by itself.

CREATE FUNCTION @schema@.acknowledge_outbox(sequence bigint, claim_token uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $acknowledge_outbox$
BEGIN
    PERFORM @schema@.require_worker();
    UPDATE @schema@.outbox o SET status = 'done', finished_at = now(), last_error = NULL
    WHERE o.sequence = acknowledge_outbox.sequence AND o.claim_token = acknowledge_outbox.claim_token AND o.status = 'pending';
    -- In a statement of its own, which sees what was claimed while the row was waited for.
    IF FOUND AND NOT @schema@.order_overtaken(acknowledge_outbox.sequence, acknowledge_outbox.claim_token) THEN
        RETURN true;
    END IF;
    PERFORM @schema@.order_again(acknowledge_outbox.sequence, acknowledge_outbox.claim_token);
    RETURN false;
END
$acknowledge_outbox$;
COMMENT ON FUNCTION @schema@.acknowledge_outbox(bigint, uuid)
    IS 'says that an order was carried out; false if the claim was lost, or the order overtaken: what the object is to be is ordered anew';
GRANT EXECUTE ON FUNCTION @schema@.acknowledge_outbox TO @worker@;
ALTER FUNCTION @schema@.acknowledge_outbox OWNER TO @gate@;

CREATE FUNCTION @schema@.fail_outbox(sequence bigint, claim_token uuid, error text, most_attempts integer DEFAULT 10) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $fail_outbox$
DECLARE
    became text;
BEGIN
    PERFORM @schema@.require_worker();
    -- 2, 4, 8 ... seconds, an hour at most; then it is laid aside for a person.
    UPDATE @schema@.outbox o
    SET status = CASE WHEN o.attempts >= most_attempts THEN 'dead' ELSE 'pending' END,
        finished_at = CASE WHEN o.attempts >= most_attempts THEN now() END,
        available_at = clock_timestamp() + least(power(2, least(o.attempts, 12)), 3600) * interval '1 second',
        last_error = left(error, 1000), claim_token = NULL
    WHERE o.sequence = fail_outbox.sequence AND o.claim_token = fail_outbox.claim_token AND o.status = 'pending'
    RETURNING o.status INTO became;
    -- What failed may have been done nevertheless, or be done later.
    IF became IS NULL OR @schema@.order_overtaken(fail_outbox.sequence, fail_outbox.claim_token) THEN
        PERFORM @schema@.order_again(fail_outbox.sequence, fail_outbox.claim_token);
    END IF;
    RETURN became;
END
$fail_outbox$;
COMMENT ON FUNCTION @schema@.fail_outbox(bigint, uuid, text, integer)
    IS 'says that an order failed: tried again later, or dead after so many attempts; NULL if the claim was lost meanwhile';
GRANT EXECUTE ON FUNCTION @schema@.fail_outbox TO @worker@;
ALTER FUNCTION @schema@.fail_outbox OWNER TO @gate@;

CREATE FUNCTION @schema@.retry_outbox(sequence bigint) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $retry_outbox$
BEGIN
    PERFORM @schema@.require_worker();
    UPDATE @schema@.outbox o SET status = 'pending', finished_at = NULL, attempts = 0, available_at = now(), claim_token = NULL
    WHERE o.sequence = retry_outbox.sequence AND o.status = 'dead';
    RETURN FOUND;
END
$retry_outbox$;
COMMENT ON FUNCTION @schema@.retry_outbox(bigint) IS 'brings a dead order back; false if it is none';
GRANT EXECUTE ON FUNCTION @schema@.retry_outbox TO @worker@;
ALTER FUNCTION @schema@.retry_outbox OWNER TO @gate@;

CREATE FUNCTION @schema@.discard_outbox(sequence bigint, reason text) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $discard_outbox$
BEGIN
    PERFORM @schema@.require_worker();
    UPDATE @schema@.outbox o SET status = 'done', finished_at = now(), last_error = 'discarded: ' || left(reason, 1000)
    WHERE o.sequence = discard_outbox.sequence AND o.status = 'dead';
    RETURN FOUND;
END
$discard_outbox$;
COMMENT ON FUNCTION @schema@.discard_outbox(bigint, text)
    IS 'gives a dead order up, so that later ones of its object go on; false if it is none';
GRANT EXECUTE ON FUNCTION @schema@.discard_outbox TO @worker@;
ALTER FUNCTION @schema@.discard_outbox OWNER TO @gate@;
