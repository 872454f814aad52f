-- What an order says is decided when it is claimed: the state that is wanted then, whatever was
-- committed beside the command that gave it.

CREATE FUNCTION @schema@.key_order(key @schema@.access_keys) RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $key_order$
DECLARE
    status text := (SELECT a.status FROM @schema@.accounts a WHERE a.id = key.account_id);
BEGIN
    -- MinIO takes an update without a policy as one that takes the policy away: the key would have its parent's.
    RETURN CASE WHEN status IS NOT NULL THEN jsonb_build_object('accessKey', key.access_key_id,
        'newPolicy', @schema@.key_policy(key.permissions, key.account_id),
        'newStatus', CASE status WHEN 'active' THEN 'on' ELSE 'off' END) END;
END
$key_order$;
COMMENT ON FUNCTION @schema@.key_order(@schema@.access_keys) IS 'what MinIO is to be told of a key as it and its account now are';
GRANT EXECUTE ON FUNCTION @schema@.key_order TO @gate@;

CREATE FUNCTION @schema@.wanted_order(account uuid, object text, operation text, payload jsonb)
RETURNS TABLE (now_operation text, now_payload jsonb)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1 SET search_path = pg_catalog, pg_temp
AS $wanted_order$
DECLARE
    key @schema@.access_keys;
    login @schema@.sftp_credentials;
BEGIN
    -- Of what is gone the order is as it was given: the one that ends it stands behind it.
    now_operation := operation;
    now_payload := payload;
    IF operation = 'update_service_account' THEN
        SELECT k.* INTO key FROM @schema@.access_keys k
            WHERE k.account_id = account AND k.access_key_id = payload ->> 'accessKey' AND k.status = 'active';
        IF FOUND THEN
            now_payload := @schema@.key_order(key);
        END IF;
    ELSIF operation IN ('put_user', 'disable_user') THEN
        SELECT c.* INTO login FROM @schema@.sftp_credentials c WHERE c.account_id = account AND 'user:' || c.username = object;
        IF FOUND THEN
            SELECT o.operation, o.payload INTO now_operation, now_payload FROM @schema@.sftp_order(login) o;
        END IF;
    END IF;
    RETURN NEXT;
END
$wanted_order$;
COMMENT ON FUNCTION @schema@.wanted_order(uuid, text, text, jsonb) IS 'an order with the state of its object as it now is';
GRANT EXECUTE ON FUNCTION @schema@.wanted_order TO @gate@;

-- A change of an account's status is one order, settle.  It becomes one for each key or login when a worker
-- comes by: then what was committed beside the change is there to be seen, and nobody's lock was waited for.
CREATE FUNCTION @schema@.settle_accounts(service text) RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $settle_accounts$
    WITH changed AS (
        UPDATE @schema@.outbox o SET status = 'done', finished_at = now()
        WHERE o.sequence IN (SELECT s.sequence FROM @schema@.outbox s WHERE s.status = 'pending' AND s.operation = 'settle'
            AND s.service = settle_accounts.service ORDER BY s.sequence LIMIT 100 FOR UPDATE SKIP LOCKED)
        RETURNING o.account_id
    ), account AS (
        SELECT DISTINCT account_id AS id FROM changed
    )
    INSERT INTO @schema@.outbox (account_id, service, object, operation, payload)
    SELECT k.account_id, 'minio', 'key:' || k.access_key_id, 'update_service_account', @schema@.key_order(k)
    FROM account a JOIN @schema@.access_keys k ON k.account_id = a.id WHERE k.status = 'active' AND settle_accounts.service = 'minio'
    UNION ALL
    SELECT c.account_id, 'sftpgo', 'user:' || c.username, o.operation, o.payload
    FROM account a JOIN @schema@.sftp_credentials c ON c.account_id = a.id, @schema@.sftp_order(c) o
    WHERE c.status = 'active' AND settle_accounts.service = 'sftpgo'
$settle_accounts$;
COMMENT ON FUNCTION @schema@.settle_accounts(text)
    IS 'orders what follows for keys and logins where the status of their account has changed; called by claim_outbox';
GRANT EXECUTE ON FUNCTION @schema@.settle_accounts TO @gate@;
