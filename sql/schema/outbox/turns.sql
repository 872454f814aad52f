-- Whose turn it is among orders: what an order does to its object, and a fair round among
-- accounts.

-- (The index outbox_ends_idx has the same words, and serves no others.)
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

CREATE FUNCTION @schema@.order_in_turn(service text, object text) RETURNS SETOF bigint
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    -- The last that takes access away comes before all others.  Without one it is the first that is not done: a dead one too, for
    -- which the others wait.  Asked as a place in the index from which one step is taken: whatever the statistics say, neither the
    -- history nor the other orders of the object are walked.
    SELECT coalesce(
        (SELECT e.sequence FROM (SELECT o.service, o.object, o.sequence FROM @schema@.outbox o
            WHERE (o.service, o.object) <= (order_in_turn.service, order_in_turn.object)
                AND o.status = 'pending' AND @schema@.order_ends(o.operation, o.payload)
            ORDER BY o.service DESC, o.object DESC, o.sequence DESC LIMIT 1) e
            WHERE e.service = order_in_turn.service AND e.object = order_in_turn.object),
        (SELECT f.sequence FROM (SELECT o.service, o.object, o.sequence FROM @schema@.outbox o
            WHERE (o.service, o.object) >= (order_in_turn.service, order_in_turn.object) AND o.status <> 'done'
            ORDER BY o.service, o.object, o.sequence LIMIT 1) f
            WHERE f.service = order_in_turn.service AND f.object = order_in_turn.object));
END;
COMMENT ON FUNCTION @schema@.order_in_turn(text, text)
    IS 'the one order of an object that may be carried out next, if it is pending and due: for claim_outbox, into which it is inlined';
GRANT EXECUTE ON FUNCTION @schema@.order_in_turn TO @gate@;

CREATE FUNCTION @schema@.outbox_turns(service text, most integer) RETURNS SETOF uuid
LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $outbox_turns$
    -- A step from account to account costs the same whatever each has ordered, and begins anywhere: nobody comes
    -- first for long.  (The beginning is asked for as a value: joined, it would be no place in the index.)
    WITH RECURSIVE start AS MATERIALIZED (
        SELECT (random() * 4294967295 - 2147483648)::bigint::integer AS place
    ), step AS (
        (SELECT uuid_hash(o.account_id) AS place, o.account_id FROM @schema@.outbox o
         WHERE o.status = 'pending' AND o.service = outbox_turns.service AND uuid_hash(o.account_id) >= (SELECT place FROM start)
         ORDER BY uuid_hash(o.account_id), o.account_id LIMIT 1)
        UNION ALL
        SELECT n.place, n.account_id FROM step s, LATERAL (
            SELECT uuid_hash(o.account_id) AS place, o.account_id FROM @schema@.outbox o
            WHERE o.status = 'pending' AND o.service = outbox_turns.service
                AND (uuid_hash(o.account_id), o.account_id) > (s.place, s.account_id)
            ORDER BY uuid_hash(o.account_id), o.account_id LIMIT 1) n
    ), around AS (
        (SELECT uuid_hash(o.account_id) AS place, o.account_id FROM @schema@.outbox o
         WHERE o.status = 'pending' AND o.service = outbox_turns.service AND uuid_hash(o.account_id) < (SELECT place FROM start)
         ORDER BY uuid_hash(o.account_id), o.account_id LIMIT 1)
        UNION ALL
        SELECT n.place, n.account_id FROM around s, LATERAL (
            SELECT uuid_hash(o.account_id) AS place, o.account_id FROM @schema@.outbox o
            WHERE o.status = 'pending' AND o.service = outbox_turns.service AND uuid_hash(o.account_id) < (SELECT place FROM start)
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
