-- What a late worker may have undone is ordered anew.

CREATE FUNCTION @schema@.order_again(sequence bigint, claim_token uuid) RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $order_again$
    WITH late AS (
        UPDATE @schema@.outbox o SET lapsed = array_remove(o.lapsed, order_again.claim_token)
        WHERE o.sequence = order_again.sequence AND order_again.claim_token = ANY (o.lapsed) RETURNING o.*
    ), since AS (
        -- of another account too: the name of a login is free again when its account is gone
        SELECT y.*, @schema@.order_settles(y.operation) AS settles FROM late JOIN @schema@.outbox y ON y.service = late.service
            AND y.object = late.object AND y.sequence >= late.sequence
    ), removal AS (
        SELECT max(s.sequence) AS sequence FROM since s WHERE s.operation IN ('delete_service_account', 'delete_user', 'delete_bucket')
    ), wanted AS (
        SELECT DISTINCT ON (coalesce(s.settles, s.operation)) s.* FROM late, removal r, since s
        WHERE CASE
            -- What the object is to be stands in the last order that ends it, or sets the same of it.
            WHEN r.sequence IS NULL THEN @schema@.order_ends(s.operation, s.payload)
                OR s.settles = @schema@.order_settles(late.operation)
                OR @schema@.order_gives(late.operation, late.payload) AND s.settles IS NOT NULL
            -- Of one that was removed and is there again it is all that was ordered since.  (A key never is.)
            WHEN EXISTS (SELECT FROM since n WHERE n.sequence > r.sequence AND n.operation IN ('create_bucket', 'put_user', 'disable_user'))
                THEN s.sequence > r.sequence
            ELSE s.sequence = r.sequence END
        ORDER BY coalesce(s.settles, s.operation), s.sequence DESC
    )
    -- Where that was claimed, the late worker may have undone it.
    INSERT INTO @schema@.outbox (account_id, service, object, operation, payload)
    SELECT w.account_id, w.service, w.object, w.operation, w.payload FROM wanted w
    WHERE w.status = 'done' OR w.claim_token IS NOT NULL ORDER BY w.sequence
$order_again$;
COMMENT ON FUNCTION @schema@.order_again(bigint, uuid)
    IS 'orders anew what a worker may have undone that was heard of after another had claimed; for workers'' calls';
GRANT EXECUTE ON FUNCTION @schema@.order_again TO @gate@;

CREATE FUNCTION @schema@.order_overtaken(sequence bigint, claim_token uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $order_overtaken$
BEGIN
    -- A key that is turned off is not waited for by the order that adds it, nor superseded: its claim is not lost, and yet late.
    UPDATE @schema@.outbox o SET lapsed = o.lapsed || order_overtaken.claim_token
    WHERE o.sequence = order_overtaken.sequence AND @schema@.order_gives(o.operation, o.payload)
      AND @schema@.order_settles(o.operation) IS NULL
      AND EXISTS (SELECT FROM @schema@.outbox y WHERE y.account_id = o.account_id AND y.sequence > o.sequence AND y.service = o.service
          AND y.object = o.object AND @schema@.order_settles(y.operation) IS NOT NULL
          AND (y.status = 'done' OR y.claim_token IS NOT NULL));
    RETURN FOUND;
END
$order_overtaken$;
COMMENT ON FUNCTION @schema@.order_overtaken(bigint, uuid) IS
    'whether a later order was carried out, or begun, before one that gives access; marks the claim for order_again; for workers'' calls';
GRANT EXECUTE ON FUNCTION @schema@.order_overtaken TO @gate@;
