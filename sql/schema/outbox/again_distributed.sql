-- What a late worker may have undone, where orders lie with their accounts on other servers.

CREATE DISTRIBUTED FUNCTION @schema@.order_again(sequence bigint, claim_token uuid) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $order_again$
DECLARE
    late @schema@.outbox;
    since @schema@.outbox[];
    removal bigint;
    again @schema@.outbox;
    said jsonb;
BEGIN
    UPDATE @schema@.outbox o SET lapsed = array_remove(o.lapsed, order_again.claim_token)
        WHERE o.sequence = order_again.sequence AND order_again.claim_token = ANY (o.lapsed) RETURNING o.* INTO late;
    IF late.sequence IS NULL THEN
        RETURN;
    END IF;
    -- of another account too
    SELECT jsonb_agg(to_jsonb(o)) INTO said FROM @schema@.outbox o
        WHERE o.service = late.service AND o.object = late.object AND o.sequence >= late.sequence;
    since := ARRAY(SELECT s FROM jsonb_populate_recordset(NULL::@schema@.outbox, said) s);
    SELECT max(s.sequence) INTO removal FROM unnest(since) s
        WHERE s.operation IN ('delete_service_account', 'delete_user', 'delete_bucket');
    FOR again IN
        WITH wanted AS (
            SELECT DISTINCT ON (coalesce(@schema@.order_settles(s.operation), s.operation)) s.* FROM unnest(since) s
            WHERE CASE
                -- What the object is to be stands in the last order that ends it, or sets the same of it.
                WHEN removal IS NULL THEN @schema@.order_ends(s.operation, s.payload)
                    OR @schema@.order_settles(s.operation) = @schema@.order_settles(late.operation)
                    OR @schema@.order_gives(late.operation, late.payload) AND @schema@.order_settles(s.operation) IS NOT NULL
                -- Of one that was removed and is there again it is all that was ordered since.
                WHEN EXISTS (SELECT FROM unnest(since) n WHERE n.sequence > removal
                    AND n.operation IN ('create_bucket', 'put_user', 'disable_user')) THEN s.sequence > removal
                ELSE s.sequence = removal END
            ORDER BY coalesce(@schema@.order_settles(s.operation), s.operation), s.sequence DESC)
        SELECT w.* FROM wanted w WHERE w.status = 'done' OR w.claim_token IS NOT NULL ORDER BY w.sequence
    LOOP
        INSERT INTO @schema@.outbox (account_id, service, object, operation, payload)
        VALUES (again.account_id, again.service, again.object, again.operation, again.payload);
    END LOOP;
END
$order_again$;

CREATE DISTRIBUTED FUNCTION @schema@.order_overtaken(sequence bigint, claim_token uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $order_overtaken$
DECLARE
    given @schema@.outbox;
BEGIN
    SELECT o.* INTO given FROM @schema@.outbox o WHERE o.sequence = order_overtaken.sequence;
    IF NOT FOUND OR NOT @schema@.order_gives(given.operation, given.payload) OR @schema@.order_settles(given.operation) IS NOT NULL THEN
        RETURN false;
    -- (What asks a table is asked by itself: it goes to another server, which has no functions of the schema.)
    ELSIF NOT EXISTS (SELECT FROM @schema@.outbox y WHERE y.account_id = given.account_id AND y.sequence > given.sequence
           AND y.service = given.service AND y.object = given.object AND (y.status = 'done' OR y.claim_token IS NOT NULL)
           AND y.operation IN ('set_versioning', 'set_bucket_quota', 'update_service_account', 'set_lifecycle', 'remove_lifecycle',
               'put_user', 'disable_user')) THEN
        RETURN false;
    END IF;
    UPDATE @schema@.outbox o SET lapsed = o.lapsed || order_overtaken.claim_token
        WHERE o.account_id = given.account_id AND o.sequence = given.sequence;
    RETURN FOUND;
END
$order_overtaken$;

CREATE DISTRIBUTED FUNCTION @schema@.renew_outbox(sequence bigint, claim_token uuid, lease interval DEFAULT '1 minute') RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $renew_outbox$
DECLARE
    account CONSTANT uuid := (SELECT o.account_id FROM @schema@.outbox o WHERE o.sequence = renew_outbox.sequence);
    ends CONSTANT timestamptz := @schema@.lease_end(renew_outbox.lease);
    held @schema@.outbox;
    later @schema@.outbox;
BEGIN
    PERFORM @schema@.require_worker();
    SELECT o.* INTO held FROM @schema@.outbox o WHERE o.account_id = account AND o.sequence = renew_outbox.sequence
        AND o.claim_token = renew_outbox.claim_token AND o.status = 'pending' FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    FOR later IN SELECT y.* FROM @schema@.outbox y WHERE y.account_id = account AND y.service = held.service AND y.object = held.object
            AND y.sequence > held.sequence AND y.status = 'pending' LOOP
        IF @schema@.order_ends(later.operation, later.payload) AND NOT @schema@.order_ends(held.operation, held.payload) THEN
            RETURN false;
        END IF;
    END LOOP;
    UPDATE @schema@.outbox o SET available_at = ends WHERE o.account_id = account AND o.sequence = held.sequence;
    RETURN FOUND;
END
$renew_outbox$;
