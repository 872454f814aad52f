-- Claiming orders: what each object should be now, to one worker at a time.

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
    PERFORM @schema@.settle_accounts(claim_outbox.service), @schema@.lay_aside(claim_outbox.service);
    turns := ARRAY(SELECT t FROM @schema@.outbox_turns(claim_outbox.service, wanted + 50) t);
    -- What is left of the call when each has had its share is anybody's.
    FOREACH share IN ARRAY ARRAY[2 * ceil(wanted / greatest(cardinality(turns), 1)::numeric)::integer, wanted] LOOP
        FOR sequence, claim_token, account_id, object, operation, payload, attempts IN
        WITH ready AS (
            SELECT c.sequence, row_number() OVER (PARTITION BY t.place ORDER BY c.sequence) AS nth, t.place
            FROM unnest(turns) WITH ORDINALITY AS t(account, place), LATERAL (
              SELECT o.sequence FROM (
                -- The objects of what has waited longest, each once, however much is ordered of it.
                SELECT w.object, min(w.place) AS place FROM (
                    SELECT x.object, row_number() OVER (ORDER BY x.available_at, x.sequence) AS place FROM @schema@.outbox x
                    WHERE x.status = 'pending' AND x.service = claim_outbox.service AND x.available_at <= clock_timestamp()
                      AND uuid_hash(x.account_id) = uuid_hash(t.account) AND x.account_id = t.account AND x.operation <> 'settle'
                    ORDER BY x.available_at, x.sequence LIMIT seen) w GROUP BY w.object ORDER BY 2) n,
                  @schema@.order_in_turn(claim_outbox.service, n.object) AS turn(sequence) JOIN @schema@.outbox o USING (sequence)
              WHERE o.status = 'pending' AND o.available_at <= clock_timestamp() AND o.account_id = t.account
              -- One that takes access away waits for no earlier one, if none is being carried out: it locks them, and they are
              -- superseded.
              AND CASE WHEN NOT @schema@.order_ends(o.operation, o.payload) THEN true
                  WHEN EXISTS (SELECT FROM @schema@.outbox earlier WHERE earlier.service = o.service AND earlier.object = o.object
                      AND earlier.sequence < o.sequence AND earlier.status = 'pending' AND earlier.claim_token IS NOT NULL
                      AND earlier.available_at > clock_timestamp()) THEN false
                  ELSE (SELECT count(*) FROM @schema@.outbox earlier WHERE earlier.service = o.service AND earlier.object = o.object
                      AND earlier.sequence < o.sequence AND earlier.status <> 'done')
                  = (SELECT count(*) FROM (SELECT FROM @schema@.outbox earlier WHERE earlier.service = o.service
                      AND earlier.object = o.object AND earlier.sequence < o.sequence AND earlier.status <> 'done'
                      AND NOT (earlier.status = 'pending' AND earlier.claim_token IS NOT NULL AND earlier.available_at > clock_timestamp())
                      FOR UPDATE SKIP LOCKED) idle) END
              -- What a command ordered beside a suspension is not carried out while the account is suspended.
              AND (NOT @schema@.order_gives(o.operation, o.payload) OR EXISTS (SELECT FROM @schema@.accounts a WHERE a.id = o.account_id
                  AND a.status = 'active'))
              ORDER BY n.place LIMIT share) c
        ), free AS (
            -- One of each account, then a second of each, and so on.
            SELECT o.sequence, o.service, o.object, o.operation, o.payload FROM @schema@.outbox o JOIN ready r ON r.sequence = o.sequence
            WHERE o.status = 'pending' AND o.available_at <= clock_timestamp()
            ORDER BY r.nth, r.place LIMIT wanted - cardinality(served)
            FOR UPDATE OF o SKIP LOCKED
        ), superseded AS (
            UPDATE @schema@.outbox o SET status = 'done', finished_at = now(), claim_token = NULL, last_error = 'superseded by order '
                || free.sequence, lapsed = array_remove(o.lapsed || o.claim_token, NULL)
            FROM free WHERE (@schema@.order_ends(free.operation, free.payload) OR @schema@.order_settles(free.operation) IS NOT NULL)
              AND o.service = free.service AND o.object = free.object AND o.status <> 'done' AND (
              o.sequence < free.sequence AND @schema@.order_ends(free.operation, free.payload)
              -- a key that is turned off is to be there to be turned on again
              AND (free.operation <> 'update_service_account' OR o.operation = 'update_service_account')
              -- what sets the same of the object later is carried out now
              OR o.sequence > free.sequence AND o.status = 'pending'
                  AND @schema@.order_settles(o.operation) = @schema@.order_settles(free.operation))
        ), claimed AS (
            UPDATE @schema@.outbox o
            SET attempts = o.attempts + 1, claimed_by = worker, claim_token = gen_random_uuid(),
                available_at = @schema@.lease_end(lease),
                operation = coalesce(last.operation, o.operation), payload = coalesce(last.payload, o.payload),
                lapsed = array_remove(o.lapsed || o.claim_token, NULL)
            FROM free LEFT JOIN LATERAL (SELECT l.operation, l.payload FROM @schema@.outbox l
                WHERE @schema@.order_settles(free.operation) IS NOT NULL AND l.service = free.service AND l.object = free.object
                    AND l.status = 'pending' AND l.sequence > free.sequence
                    AND @schema@.order_settles(l.operation) = @schema@.order_settles(free.operation)
                ORDER BY l.sequence DESC LIMIT 1) last ON true
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
