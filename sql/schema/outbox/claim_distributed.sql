-- Claiming where the orders lie with their accounts on other servers: one at a time, on the shard of its account.

CREATE DISTRIBUTED FUNCTION @schema@.claim_outbox(service text, worker text, most integer DEFAULT 10, lease interval DEFAULT '1 minute')
RETURNS TABLE (sequence bigint, claim_token uuid, account_id uuid, object text, operation text, payload jsonb, attempts integer)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $claim_outbox$
DECLARE
    wanted integer := least(greatest(coalesce(most, 10), 1), 1000);
    seen CONSTANT integer := greatest(wanted, 100);
    turns uuid[];
    turn uuid;
    share integer;
    nth integer;
    tried text[] := '{}';
    looked integer;
    taken @schema@.outbox;
BEGIN
    PERFORM @schema@.require_worker();
    PERFORM @schema@.settle_accounts(claim_outbox.service), @schema@.lay_aside(claim_outbox.service);
    turns := ARRAY(SELECT t FROM @schema@.outbox_turns(claim_outbox.service, wanted + 50) t);
    -- One of each account, then a second of each; what is left when each has had its share is anybody's.
    FOREACH share IN ARRAY ARRAY[2 * ceil(wanted / greatest(cardinality(turns), 1)::numeric)::integer, wanted] LOOP
        FOR nth IN 1..share LOOP
            FOREACH turn IN ARRAY turns LOOP
                EXIT WHEN wanted = 0;
                looked := 0;
                LOOP
                    SELECT o.object INTO object FROM @schema@.outbox o WHERE o.account_id = turn AND o.status = 'pending'
                        AND o.service = claim_outbox.service AND o.available_at <= now() AND o.operation <> 'settle'
                        AND o.object <> ALL (tried) ORDER BY o.available_at, o.sequence LIMIT 1;
                    EXIT WHEN NOT FOUND OR looked = seen;
                    tried := tried || object;
                    looked := looked + 1;
                    taken := @schema@.claim_order(turn, claim_outbox.service, claim_outbox.object, worker, lease);
                    EXIT WHEN taken.sequence IS NOT NULL;
                END LOOP;
                IF looked = seen THEN
                    -- What waits for a person does not hide what is behind it.
                    UPDATE @schema@.outbox o SET available_at = now() + interval '15 seconds' WHERE o.account_id = turn
                        AND o.status = 'pending' AND o.service = claim_outbox.service AND o.available_at <= now()
                        AND o.object = ANY (tried);
                END IF;
                CONTINUE WHEN looked = 0 OR taken.sequence IS NULL;
                sequence := taken.sequence;
                claim_token := taken.claim_token;
                account_id := taken.account_id;
                attempts := taken.attempts;
                SELECT w.now_operation, w.now_payload INTO operation, payload
                    FROM @schema@.wanted_order(taken.account_id, taken.object, taken.operation, taken.payload) w;
                wanted := wanted - 1;
                RETURN NEXT;
            END LOOP;
            EXIT WHEN wanted = 0;
        END LOOP;
    END LOOP;
END
$claim_outbox$;

CREATE FUNCTION @schema@.claim_order(account uuid, service text, object text, worker text, lease interval) RETURNS @schema@.outbox
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $claim_order$
DECLARE
    at CONSTANT timestamptz := clock_timestamp();
    turn bigint;
    given @schema@.outbox;
    earlier record;
    last_operation text;
    last_payload jsonb;
    settles text;
    ends boolean;
    until timestamptz := @schema@.lease_end(lease);
    token CONSTANT uuid := gen_random_uuid();
    said text;
BEGIN
    SELECT t INTO turn FROM @schema@.order_in_turn(claim_order.service, claim_order.object) t;
    SELECT o.* INTO given FROM @schema@.outbox o WHERE o.account_id = account AND o.sequence = turn AND o.status = 'pending'
        AND o.available_at <= at FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    ends := @schema@.order_ends(given.operation, given.payload);
    settles := @schema@.order_settles(given.operation);
    -- What a command ordered beside a suspension is not carried out while the account is suspended.
    IF @schema@.order_gives(given.operation, given.payload) THEN
        PERFORM FROM @schema@.accounts a WHERE a.id = account AND a.status = 'active';
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
    END IF;
    -- One that takes access away waits for no earlier one, if none is being carried out: it locks them, and they are superseded.
    FOR earlier IN SELECT o.account_id, o.sequence, o.status = 'pending' AND o.claim_token IS NOT NULL AND o.available_at > at AS busy
        FROM @schema@.outbox o WHERE ends AND o.service = given.service AND o.object = given.object AND o.sequence < turn
            AND o.status <> 'done' ORDER BY o.sequence
    LOOP
        IF earlier.busy THEN
            RETURN NULL;
        END IF;
        PERFORM FROM @schema@.outbox o WHERE o.account_id = earlier.account_id AND o.sequence = earlier.sequence AND o.status <> 'done'
            AND NOT (o.status = 'pending' AND o.claim_token IS NOT NULL AND o.available_at > at) FOR UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
    END LOOP;
    IF ends OR settles IS NOT NULL THEN
        SELECT o.operation, o.payload INTO last_operation, last_payload FROM @schema@.outbox o
            WHERE settles IS NOT NULL AND o.service = given.service
            AND o.object = given.object AND o.status = 'pending' AND o.sequence > turn AND @schema@.order_settles(o.operation) = settles
            ORDER BY o.sequence DESC LIMIT 1;
        said := 'superseded by order ' || turn;
        FOR earlier IN SELECT o.account_id, o.sequence FROM @schema@.outbox o
            WHERE o.service = given.service AND o.object = given.object AND o.status <> 'done'
              AND (o.sequence < turn AND ends
                  -- a key that is turned off is to be there to be turned on again
                  AND (given.operation <> 'update_service_account' OR o.operation = 'update_service_account')
              -- what sets the same of the object later is carried out now
              OR o.sequence > turn AND o.status = 'pending' AND @schema@.order_settles(o.operation) = settles)
        LOOP
            UPDATE @schema@.outbox o SET status = 'done', finished_at = at, claim_token = NULL, last_error = said,
                lapsed = array_remove(o.lapsed || o.claim_token, NULL)
                WHERE o.account_id = earlier.account_id AND o.sequence = earlier.sequence AND o.status <> 'done';
        END LOOP;
    END IF;
    given.operation := coalesce(last_operation, given.operation);
    given.payload := coalesce(last_payload, given.payload);
    UPDATE @schema@.outbox o SET attempts = o.attempts + 1, claimed_by = worker, claim_token = token, available_at = until,
        operation = given.operation, payload = given.payload, lapsed = array_remove(o.lapsed || o.claim_token, NULL)
        WHERE o.account_id = account AND o.sequence = turn RETURNING o.* INTO given;
    RETURN given;
END
$claim_order$;
COMMENT ON FUNCTION @schema@.claim_order(uuid, text, text, text, interval)
    IS 'claims the order of an object whose turn it is, if it may be carried out now; for claim_outbox where tables are distributed';
GRANT EXECUTE ON FUNCTION @schema@.claim_order TO @gate@;
