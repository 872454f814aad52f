-- How workers carry out the outbox: claim, do, acknowledge.  A claim lasts for a
-- lease; a worker that dies lets go by itself.

CREATE FUNCTION @schema@.order_ends(operation text, payload jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN operation IN ('delete_service_account', 'delete_user', 'delete_bucket', 'disable_user')
    OR (operation = 'update_service_account' AND payload ->> 'newStatus' IS NOT DISTINCT FROM 'off');
COMMENT ON FUNCTION @schema@.order_ends(text, jsonb)
    IS 'whether an order takes access away: it waits for nothing but what a worker is doing just now';
GRANT EXECUTE ON FUNCTION @schema@.order_ends TO @gate@;

CREATE FUNCTION @schema@.order_gives(operation text, payload jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN operation IN ('add_service_account', 'put_user')
    OR (operation = 'update_service_account' AND payload ->> 'newStatus' IS DISTINCT FROM 'off');
COMMENT ON FUNCTION @schema@.order_gives(text, jsonb) IS 'whether an order gives access: it waits until its account is active';
GRANT EXECUTE ON FUNCTION @schema@.order_gives TO @gate@;

CREATE FUNCTION @schema@.claim_outbox(service text, worker text, most integer DEFAULT 10, lease interval DEFAULT '1 minute')
RETURNS TABLE (sequence bigint, claim_token uuid, account_id uuid, object text, operation text, payload jsonb, attempts integer)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $claim_outbox$
BEGIN
    PERFORM @schema@.require_worker();
    PERFORM @schema@.settle_accounts(claim_outbox.service);
    RETURN QUERY
    WITH free AS (
        SELECT o.sequence, o.service, o.object, o.operation, o.payload FROM @schema@.outbox o
        WHERE o.status = 'pending' AND o.service = claim_outbox.service AND o.available_at <= clock_timestamp() AND o.operation <> 'settle'
          -- An order waits for every earlier one of its object that is not done, a dead one included.  One that takes access
          -- away waits for none of them, if none is being carried out: it locks them, and they are superseded.
          AND CASE WHEN @schema@.order_ends(o.operation, o.payload) THEN
              (SELECT count(*) FROM @schema@.outbox earlier WHERE earlier.service = o.service AND earlier.object = o.object
                  AND earlier.sequence < o.sequence AND earlier.status <> 'done')
              = (SELECT count(*) FROM (SELECT FROM @schema@.outbox earlier WHERE earlier.service = o.service AND earlier.object = o.object
                  AND earlier.sequence < o.sequence AND earlier.status <> 'done'
                  AND NOT (earlier.status = 'pending' AND earlier.claim_token IS NOT NULL AND earlier.available_at > clock_timestamp())
                  FOR UPDATE SKIP LOCKED) idle)
              ELSE NOT EXISTS (SELECT FROM @schema@.outbox earlier WHERE earlier.service = o.service AND earlier.object = o.object
                  AND earlier.sequence < o.sequence AND earlier.status <> 'done') END
          AND NOT EXISTS (SELECT FROM @schema@.outbox later WHERE later.service = o.service AND later.object = o.object
                  AND later.sequence > o.sequence AND later.status = 'pending' AND @schema@.order_ends(later.operation, later.payload))
          -- What a command ordered beside a suspension is not carried out while the account is suspended.
          AND (NOT @schema@.order_gives(o.operation, o.payload) OR EXISTS (SELECT FROM @schema@.accounts a WHERE a.id = o.account_id
              AND a.status = 'active'))
        ORDER BY o.sequence LIMIT least(greatest(coalesce(most, 10), 1), 1000)
        FOR UPDATE SKIP LOCKED
    ), superseded AS (
        UPDATE @schema@.outbox o SET status = 'done', finished_at = now(), claim_token = NULL, last_error = 'superseded by order '
            || free.sequence
        FROM free WHERE o.service = free.service AND o.object = free.object AND o.sequence < free.sequence AND o.status <> 'done'
          AND @schema@.order_ends(free.operation, free.payload)
          -- a key that is turned off is to be there to be turned on again
          AND (free.operation <> 'update_service_account' OR o.operation = 'update_service_account')
    ), claimed AS (
        UPDATE @schema@.outbox o
        SET attempts = o.attempts + 1, claimed_by = worker, claim_token = gen_random_uuid(),
            available_at = clock_timestamp() + least(greatest(coalesce(lease, interval '1 minute'), interval '1 second'), interval '1 hour')
        FROM free WHERE o.sequence = free.sequence
        RETURNING o.*
    )
    SELECT c.sequence, c.claim_token, c.account_id, c.object, w.now_operation, w.now_payload, c.attempts
    FROM claimed c, @schema@.wanted_order(c.account_id, c.object, c.operation, c.payload) w ORDER BY c.sequence;
END
$claim_outbox$;
COMMENT ON FUNCTION @schema@.claim_outbox(text, text, integer, interval) IS
    'orders to carry out, this worker''s own until the lease is over; never two of one object; what takes access away supersedes what is '
        'before';
GRANT EXECUTE ON FUNCTION @schema@.claim_outbox TO @worker@;
ALTER FUNCTION @schema@.claim_outbox OWNER TO @gate@;

CREATE FUNCTION @schema@.acknowledge_outbox(sequence bigint, claim_token uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $acknowledge_outbox$
BEGIN
    PERFORM @schema@.require_worker();
    UPDATE @schema@.outbox o SET status = 'done', finished_at = now(), last_error = NULL
    WHERE o.sequence = acknowledge_outbox.sequence AND o.claim_token = acknowledge_outbox.claim_token AND o.status = 'pending';
    RETURN FOUND;
END
$acknowledge_outbox$;
COMMENT ON FUNCTION @schema@.acknowledge_outbox(bigint, uuid)
    IS 'says that an order was carried out; false if the claim was lost meanwhile';
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
