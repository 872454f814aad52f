-- The secret that an order needs, for the worker that holds its claim.

CREATE FUNCTION @schema@.order_reference(claimed @schema@.outbox, OUT named jsonb, OUT relation text, OUT column_name name, OUT row_id uuid)
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $order_reference$
BEGIN
    -- What an order names counts only where it is its object's, in its account: a payload has words of tenants in it.
    IF claimed.service = 'minio' AND claimed.operation = 'add_service_account' THEN
        named := claimed.payload -> 'secretKey';
        relation := 'access_key_secrets';
        column_name := 'secret';
        row_id := (SELECT k.id FROM @schema@.access_keys k
            WHERE k.account_id = claimed.account_id AND 'key:' || k.access_key_id = claimed.object);
    ELSIF claimed.service = 'sftpgo' AND claimed.operation IN ('put_user', 'disable_user') THEN
        -- As it was given, or as it now is: one that was given as disable_user may have been claimed as put_user.  Without a
        -- password by both it is of a login that is to stay out, and has none any more.
        named := coalesce(claimed.payload #> '{user,password}', (SELECT w.now_payload #> '{user,password}'
            FROM @schema@.wanted_order(claimed.account_id, claimed.object, claimed.operation, claimed.payload) w), 'null');
        relation := 'sftp_secrets';
        column_name := 'password_hash';
        row_id := (SELECT c.id FROM @schema@.sftp_credentials c
            WHERE c.account_id = claimed.account_id AND 'user:' || c.username = claimed.object AND named <> 'null');
    ELSIF claimed.service = 'mail' THEN
        named := claimed.payload -> 'password';
        relation := 'account_smtp_secrets';
        column_name := 'password';
        row_id := claimed.account_id;
    END IF;
END
$order_reference$;
COMMENT ON FUNCTION @schema@.order_reference(@schema@.outbox)
    IS 'the secret that an order names, and the row that it may name: of its key, its login, or its account''s mail server';
GRANT EXECUTE ON FUNCTION @schema@.order_reference TO @gate@;

CREATE FUNCTION @schema@.order_secret(sequence bigint, claim_token uuid) RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $order_secret$
DECLARE
    claimed @schema@.outbox;
    secret record;
BEGIN
    PERFORM @schema@.require_worker();
    SELECT * INTO claimed FROM @schema@.outbox o WHERE o.sequence = order_secret.sequence
        AND o.claim_token = order_secret.claim_token AND o.status = 'pending' AND o.available_at > clock_timestamp();
    IF NOT FOUND THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('order %s is not claimed by you', order_secret.sequence),
            HINT = 'It is settled, its lease is over, or another has it: leave it, and claim again.';
    END IF;
    secret := @schema@.order_reference(claimed);
    IF secret.named IS NULL OR secret.row_id IS NOT NULL
            AND secret.named <> jsonb_build_object('secret', secret.relation || '.' || secret.column_name, 'id', secret.row_id) THEN
        RAISE invalid_parameter_value USING MESSAGE = format('order %s names no secret of its object', order_secret.sequence),
            HINT = 'An order that adds a key or puts a login names one, and so does a mail.';
    END IF;
    IF secret.row_id IS NOT NULL THEN
        BEGIN
            RETURN primecloud.open_ordered(('@schema@.' || secret.relation)::regclass, secret.column_name, claimed.account_id::text,
                secret.row_id::text, left(format('order %s: %s', claimed.sequence, claimed.operation), 200));
        EXCEPTION WHEN no_data_found THEN
            NULL;  -- as below
        END;
    END IF;
    RAISE no_data_found USING MESSAGE = format('the secret of order %s is gone', order_secret.sequence),
        HINT = 'Its key or login has ended, or is off: acknowledge the order. A mail: send it through the platform''s own server.';
END
$order_secret$;
COMMENT ON FUNCTION @schema@.order_secret(bigint, uuid)
    IS 'the secret that an order names, for the worker that has claimed it and whose lease is not over; recorded as a reveal';
GRANT EXECUTE ON FUNCTION @schema@.order_secret TO @worker@;
ALTER FUNCTION @schema@.order_secret OWNER TO @gate@;
