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

CREATE FUNCTION @schema@.order_settles(operation text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN operation IN ('set_versioning', 'set_bucket_quota', 'update_service_account') THEN operation
    WHEN operation IN ('set_lifecycle', 'remove_lifecycle') THEN 'lifecycle' WHEN operation IN ('put_user', 'disable_user') THEN 'user' END;
COMMENT ON FUNCTION @schema@.order_settles(text)
    IS 'what of its object an order sets, the whole of it, so that the last of several will do; NULL for one that does something';
GRANT EXECUTE ON FUNCTION @schema@.order_settles TO @gate@;

CREATE FUNCTION @schema@.outbox_turns(service text, most integer) RETURNS SETOF uuid
LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $outbox_turns$
    -- A step from account to account costs the same whatever each has ordered, and begins anywhere: nobody comes
    -- first for long.
    WITH RECURSIVE start AS MATERIALIZED (
        SELECT (random() * 4294967295 - 2147483648)::bigint::integer AS place
    ), step AS (
        (SELECT uuid_hash(o.account_id) AS place, o.account_id FROM @schema@.outbox o, start
         WHERE o.status = 'pending' AND o.service = outbox_turns.service AND uuid_hash(o.account_id) >= start.place
         ORDER BY uuid_hash(o.account_id), o.account_id LIMIT 1)
        UNION ALL
        SELECT n.place, n.account_id FROM step s, LATERAL (
            SELECT uuid_hash(o.account_id) AS place, o.account_id FROM @schema@.outbox o
            WHERE o.status = 'pending' AND o.service = outbox_turns.service
                AND (uuid_hash(o.account_id), o.account_id) > (s.place, s.account_id)
            ORDER BY uuid_hash(o.account_id), o.account_id LIMIT 1) n
    ), around AS (
        (SELECT uuid_hash(o.account_id) AS place, o.account_id FROM @schema@.outbox o, start
         WHERE o.status = 'pending' AND o.service = outbox_turns.service AND uuid_hash(o.account_id) < start.place
         ORDER BY uuid_hash(o.account_id), o.account_id LIMIT 1)
        UNION ALL
        SELECT n.place, n.account_id FROM around s, start, LATERAL (
            SELECT uuid_hash(o.account_id) AS place, o.account_id FROM @schema@.outbox o
            WHERE o.status = 'pending' AND o.service = outbox_turns.service AND uuid_hash(o.account_id) < start.place
                AND (uuid_hash(o.account_id), o.account_id) > (s.place, s.account_id)
            ORDER BY uuid_hash(o.account_id), o.account_id LIMIT 1) n
    )
    SELECT t.account_id FROM (
        (SELECT s.account_id FROM step s LIMIT most)
        UNION ALL
        (SELECT a.account_id FROM around a LIMIT most)) t LIMIT most
$outbox_turns$;
COMMENT ON FUNCTION @schema@.outbox_turns(text, integer)
    IS 'accounts that have orders, so many at most, in a circle that begins anywhere: for claim_outbox';
GRANT EXECUTE ON FUNCTION @schema@.outbox_turns TO @gate@;

CREATE FUNCTION @schema@.claim_outbox(service text, worker text, most integer DEFAULT 10, lease interval DEFAULT '1 minute')
RETURNS TABLE (sequence bigint, claim_token uuid, account_id uuid, object text, operation text, payload jsonb, attempts integer)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $claim_outbox$
DECLARE
    wanted integer := least(greatest(coalesce(most, 10), 1), 1000);
    turns uuid[];
    served uuid[] := '{}';
    share integer;
    -- so many orders of one account are looked at in a call; where all of them wait, others have their turn
    seen integer := greatest(wanted, 100);
BEGIN
    PERFORM @schema@.require_worker();
    PERFORM @schema@.settle_accounts(claim_outbox.service);
    turns := ARRAY(SELECT t FROM @schema@.outbox_turns(claim_outbox.service, wanted + 50) t);
    -- What is left of the call when each has had its share is anybody's.
    FOREACH share IN ARRAY ARRAY[2 * ceil(wanted / greatest(cardinality(turns), 1)::numeric)::integer, wanted] LOOP
        FOR sequence, claim_token, account_id, object, operation, payload, attempts IN
        WITH ready AS (
            SELECT c.sequence, row_number() OVER (PARTITION BY t.place ORDER BY c.sequence) AS nth, t.place
            FROM unnest(turns) WITH ORDINALITY AS t(account, place), LATERAL (
              SELECT o.sequence FROM (
                SELECT x.sequence, x.service, x.object, x.operation, x.payload, x.account_id FROM @schema@.outbox x
                WHERE x.status = 'pending' AND x.service = claim_outbox.service AND x.available_at <= clock_timestamp()
                  AND uuid_hash(x.account_id) = uuid_hash(t.account) AND x.account_id = t.account AND x.operation <> 'settle'
                ORDER BY x.available_at, x.sequence LIMIT seen) o
              -- An order waits for every earlier one of its object that is not done, a dead one included.  One that takes access
              -- away waits for none of them, if none is being carried out: it locks them, and they are superseded.
              WHERE CASE WHEN @schema@.order_ends(o.operation, o.payload) THEN
                  (SELECT count(*) FROM @schema@.outbox earlier WHERE earlier.service = o.service AND earlier.object = o.object
                      AND earlier.sequence < o.sequence AND earlier.status <> 'done')
                  = (SELECT count(*) FROM (SELECT FROM @schema@.outbox earlier WHERE earlier.service = o.service
                      AND earlier.object = o.object AND earlier.sequence < o.sequence AND earlier.status <> 'done'
                      AND NOT (earlier.status = 'pending' AND earlier.claim_token IS NOT NULL AND earlier.available_at > clock_timestamp())
                      FOR UPDATE SKIP LOCKED) idle)
                  ELSE NOT EXISTS (SELECT FROM @schema@.outbox earlier WHERE earlier.service = o.service AND earlier.object = o.object
                      AND earlier.sequence < o.sequence AND earlier.status <> 'done') END
              AND NOT EXISTS (SELECT FROM @schema@.outbox later WHERE later.service = o.service AND later.object = o.object
                      AND later.sequence > o.sequence AND later.status = 'pending' AND @schema@.order_ends(later.operation, later.payload))
              -- What a command ordered beside a suspension is not carried out while the account is suspended.
              AND (NOT @schema@.order_gives(o.operation, o.payload) OR EXISTS (SELECT FROM @schema@.accounts a WHERE a.id = o.account_id
                  AND a.status = 'active'))
              LIMIT share) c
        ), free AS (
            -- One of each account, then a second of each, and so on.
            SELECT o.sequence, o.service, o.object, o.operation, o.payload FROM @schema@.outbox o JOIN ready r ON r.sequence = o.sequence
            WHERE o.status = 'pending' AND o.available_at <= clock_timestamp()
            ORDER BY r.nth, r.place LIMIT wanted - cardinality(served)
            FOR UPDATE OF o SKIP LOCKED
        ), superseded AS (
            UPDATE @schema@.outbox o SET status = 'done', finished_at = now(), claim_token = NULL, last_error = 'superseded by order '
                || free.sequence
            FROM free WHERE o.service = free.service AND o.object = free.object AND o.status <> 'done' AND (
              o.sequence < free.sequence AND @schema@.order_ends(free.operation, free.payload)
              -- a key that is turned off is to be there to be turned on again
              AND (free.operation <> 'update_service_account' OR o.operation = 'update_service_account')
              -- what sets the same of the object later is carried out now
              OR o.sequence > free.sequence AND o.status = 'pending'
                  AND @schema@.order_settles(o.operation) = @schema@.order_settles(free.operation))
        ), claimed AS (
            UPDATE @schema@.outbox o
            SET attempts = o.attempts + 1, claimed_by = worker, claim_token = gen_random_uuid(), available_at = clock_timestamp()
                + least(greatest(coalesce(lease, interval '1 minute'), interval '1 second'), interval '1 hour'),
                operation = last.operation, payload = last.payload
            FROM free, LATERAL (SELECT l.operation, l.payload FROM @schema@.outbox l
                WHERE l.sequence = free.sequence OR l.service = free.service AND l.object = free.object AND l.status = 'pending'
                    AND l.sequence > free.sequence AND @schema@.order_settles(l.operation) = @schema@.order_settles(free.operation)
                ORDER BY l.sequence DESC LIMIT 1) last
            WHERE o.sequence = free.sequence
            RETURNING o.*
        )
        SELECT c.sequence, c.claim_token, c.account_id, c.object, w.now_operation, w.now_payload, c.attempts
        FROM claimed c, @schema@.wanted_order(c.account_id, c.object, c.operation, c.payload) w ORDER BY c.sequence
        LOOP
            served := served || claim_outbox.account_id;
            RETURN NEXT;
        END LOOP;
        IF cardinality(served) = wanted THEN
            RETURN;
        END IF;
        EXIT WHEN cardinality(served) = 0;
    END LOOP;
    -- What waits for a person, because of what was given up before it or of the account, does not hide what is behind it.
    UPDATE @schema@.outbox o SET available_at = clock_timestamp() + interval '15 seconds'
    FROM unnest(turns) AS t(account), LATERAL (
        SELECT x.*, count(*) OVER () AS looked FROM (
            SELECT y.sequence, y.service, y.object, y.operation, y.payload FROM @schema@.outbox y
            WHERE y.status = 'pending' AND y.service = claim_outbox.service AND y.available_at <= clock_timestamp()
              AND uuid_hash(y.account_id) = uuid_hash(t.account) AND y.account_id = t.account AND y.operation <> 'settle'
            ORDER BY y.available_at, y.sequence LIMIT seen FOR UPDATE SKIP LOCKED) x) waiting
    WHERE o.sequence = waiting.sequence AND waiting.looked = seen AND t.account <> ALL (served)
      AND (EXISTS (SELECT FROM @schema@.outbox dead WHERE dead.service = waiting.service AND dead.object = waiting.object
              AND dead.sequence < waiting.sequence AND dead.status = 'dead')
          OR @schema@.order_gives(waiting.operation, waiting.payload) AND NOT EXISTS (SELECT FROM @schema@.accounts a
              WHERE a.id = t.account AND a.status = 'active'));
END
$claim_outbox$;
COMMENT ON FUNCTION @schema@.claim_outbox(text, text, integer, interval) IS
    'orders to carry out, this worker''s own until the lease is over; never two of one object, an account as soon as another; '
        'what takes access away supersedes what is before';
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
