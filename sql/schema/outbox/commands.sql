-- How workers carry out the outbox: claim, do, acknowledge.  A claim lasts for a
-- lease; a worker that dies lets go by itself.

CREATE FUNCTION @schema@.acknowledge_outbox(sequence bigint, claim_token uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $acknowledge_outbox$
DECLARE
    account CONSTANT uuid := (SELECT o.account_id FROM @schema@.outbox o WHERE o.sequence = acknowledge_outbox.sequence);
BEGIN
    PERFORM @schema@.require_worker();
    UPDATE @schema@.outbox o SET status = 'done', finished_at = now(), last_error = NULL
    WHERE o.account_id = account AND o.sequence = acknowledge_outbox.sequence AND o.claim_token = acknowledge_outbox.claim_token
        AND o.status = 'pending';
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
    account CONSTANT uuid := (SELECT o.account_id FROM @schema@.outbox o WHERE o.sequence = fail_outbox.sequence);
    tried integer;
    became text;
    later timestamptz;
    ended timestamptz;
BEGIN
    PERFORM @schema@.require_worker();
    SELECT o.attempts INTO tried FROM @schema@.outbox o WHERE o.account_id = account AND o.sequence = fail_outbox.sequence
        AND o.claim_token = fail_outbox.claim_token AND o.status = 'pending' FOR NO KEY UPDATE;
    IF FOUND THEN
        -- 2, 4, 8 ... seconds, an hour at most; then it is laid aside for a person.
        became := CASE WHEN tried >= most_attempts THEN 'dead' ELSE 'pending' END;
        ended := CASE became WHEN 'dead' THEN now() END;
        later := clock_timestamp() + least(power(2, least(tried, 12)), 3600) * interval '1 second';
        UPDATE @schema@.outbox o SET status = became, finished_at = ended, available_at = later, last_error = left(error, 1000),
            claim_token = NULL
        WHERE o.account_id = account AND o.sequence = fail_outbox.sequence;
    END IF;
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
DECLARE
    account CONSTANT uuid := (SELECT o.account_id FROM @schema@.outbox o WHERE o.sequence = retry_outbox.sequence);
BEGIN
    PERFORM @schema@.require_worker();
    UPDATE @schema@.outbox o SET status = 'pending', finished_at = NULL, attempts = 0, available_at = now(), claim_token = NULL
    WHERE o.account_id = account AND o.sequence = retry_outbox.sequence AND o.status = 'dead';
    RETURN FOUND;
END
$retry_outbox$;
COMMENT ON FUNCTION @schema@.retry_outbox(bigint) IS 'brings a dead order back; false if it is none';
GRANT EXECUTE ON FUNCTION @schema@.retry_outbox TO @worker@;
ALTER FUNCTION @schema@.retry_outbox OWNER TO @gate@;

CREATE FUNCTION @schema@.discard_outbox(sequence bigint, reason text) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $discard_outbox$
DECLARE
    account CONSTANT uuid := (SELECT o.account_id FROM @schema@.outbox o WHERE o.sequence = discard_outbox.sequence);
BEGIN
    PERFORM @schema@.require_worker();
    UPDATE @schema@.outbox o SET status = 'done', finished_at = now(), last_error = 'discarded: ' || left(reason, 1000)
    WHERE o.account_id = account AND o.sequence = discard_outbox.sequence AND o.status = 'dead';
    RETURN FOUND;
END
$discard_outbox$;
COMMENT ON FUNCTION @schema@.discard_outbox(bigint, text)
    IS 'gives a dead order up, so that later ones of its object go on; false if it is none';
GRANT EXECUTE ON FUNCTION @schema@.discard_outbox TO @worker@;
ALTER FUNCTION @schema@.discard_outbox OWNER TO @gate@;
