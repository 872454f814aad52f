-- The outbox where its rows lie with their accounts on other servers: the same calls, order by order, each on the
-- shard of its account. An object is one account's, but for a login's name, which is free again when its account is gone.

CREATE DISTRIBUTED FUNCTION @schema@.order_in_turn(service text, object text) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE PARALLEL UNSAFE ROWS 1 SET search_path = pg_catalog, pg_temp
AS $order_in_turn$
DECLARE
    turn bigint;
BEGIN
    -- The last that takes access away comes before all others; without one, the first that is not done.
    SELECT coalesce(max(o.sequence) FILTER (WHERE o.status = 'pending' AND @schema@.order_ends(o.operation, o.payload)), min(o.sequence))
        INTO turn FROM @schema@.outbox o
        WHERE o.service = order_in_turn.service AND o.object = order_in_turn.object AND o.status <> 'done';
    RETURN NEXT turn;
END
$order_in_turn$;

CREATE DISTRIBUTED FUNCTION @schema@.outbox_turns(service text, most integer) RETURNS SETOF uuid
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $outbox_turns$
DECLARE
    start CONSTANT integer := (random() * 4294967295 - 2147483648)::bigint::integer;
    at CONSTANT timestamptz := clock_timestamp();
BEGIN
    -- A round among accounts that begins anywhere: nobody comes first for long.
    RETURN QUERY SELECT o.account_id FROM @schema@.outbox o
        WHERE o.status = 'pending' AND o.service = outbox_turns.service AND o.available_at <= at
        GROUP BY o.account_id ORDER BY uuid_hash(o.account_id) < start, uuid_hash(o.account_id), o.account_id LIMIT most;
END
$outbox_turns$;

CREATE DISTRIBUTED FUNCTION @schema@.lay_aside(service text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $lay_aside$
DECLARE
    spent record;
    said text;
    at CONSTANT timestamptz := clock_timestamp();
BEGIN
    FOR spent IN SELECT o.account_id, o.sequence, o.attempts, o.claimed_by FROM @schema@.outbox o
        WHERE o.service = lay_aside.service AND o.status = 'pending' AND o.claim_token IS NOT NULL AND o.attempts >= 20
            AND o.available_at <= at ORDER BY o.sequence LIMIT 100
    LOOP
        said := format('claimed %s times, the last time by %s, who was not heard of', spent.attempts, coalesce(spent.claimed_by, 'nobody'));
        PERFORM FROM @schema@.outbox o WHERE o.account_id = spent.account_id AND o.sequence = spent.sequence AND o.status = 'pending'
            AND o.attempts = spent.attempts FOR UPDATE SKIP LOCKED;
        IF FOUND THEN
            UPDATE @schema@.outbox o SET status = 'dead', finished_at = at, claim_token = NULL, lapsed = o.lapsed || o.claim_token,
                last_error = said WHERE o.account_id = spent.account_id AND o.sequence = spent.sequence;
        END IF;
    END LOOP;
END
$lay_aside$;

CREATE DISTRIBUTED FUNCTION @schema@.settle_accounts(service text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $settle_accounts$
DECLARE
    changed record;
    account uuid;
    accounts uuid[] := '{}';
    key @schema@.access_keys;
    login @schema@.sftp_credentials;
    told jsonb;
    telling text;
BEGIN
    FOR changed IN SELECT o.account_id, o.sequence FROM @schema@.outbox o WHERE o.status = 'pending' AND o.operation = 'settle'
        AND o.service = settle_accounts.service ORDER BY o.sequence LIMIT 100
    LOOP
        PERFORM FROM @schema@.outbox o WHERE o.account_id = changed.account_id AND o.sequence = changed.sequence AND o.status = 'pending'
            FOR UPDATE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        UPDATE @schema@.outbox o SET status = 'done', finished_at = now()
            WHERE o.account_id = changed.account_id AND o.sequence = changed.sequence;
        accounts := array_remove(accounts, changed.account_id) || changed.account_id;
    END LOOP;
    FOREACH account IN ARRAY accounts LOOP
        FOR key IN SELECT k.* FROM @schema@.access_keys k
            WHERE k.account_id = account AND k.status = 'active' AND settle_accounts.service = 'minio'
        LOOP
            told := @schema@.key_order(key);
            INSERT INTO @schema@.outbox (account_id, service, object, operation, payload)
            VALUES (account, 'minio', 'key:' || key.access_key_id, 'update_service_account', told);
        END LOOP;
        FOR login IN SELECT c.* FROM @schema@.sftp_credentials c
            WHERE c.account_id = account AND c.status = 'active' AND settle_accounts.service = 'sftpgo'
        LOOP
            SELECT o.operation, o.payload INTO telling, told FROM @schema@.sftp_order(login) o;
            INSERT INTO @schema@.outbox (account_id, service, object, operation, payload)
            VALUES (account, 'sftpgo', 'user:' || login.username, telling, told);
        END LOOP;
    END LOOP;
END
$settle_accounts$;
