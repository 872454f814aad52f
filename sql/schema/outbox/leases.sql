-- How long a claim lasts: a lease, which a worker at work may renew; and what was claimed again
-- and again by workers that were never heard of.

CREATE FUNCTION @schema@.lease_end(lease interval) RETURNS timestamptz
LANGUAGE sql VOLATILE PARALLEL SAFE
RETURN clock_timestamp() + least(greatest(coalesce(lease, interval '1 minute'), interval '1 second'), interval '1 hour');
COMMENT ON FUNCTION @schema@.lease_end(interval) IS 'when a lease that begins now is over: after a second at least, an hour at most';
GRANT EXECUTE ON FUNCTION @schema@.lease_end TO @gate@;

CREATE FUNCTION @schema@.renew_outbox(sequence bigint, claim_token uuid, lease interval DEFAULT '1 minute') RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $renew_outbox$
DECLARE
    account CONSTANT uuid := (SELECT o.account_id FROM @schema@.outbox o WHERE o.sequence = renew_outbox.sequence);
    ends CONSTANT timestamptz := @schema@.lease_end(renew_outbox.lease);
BEGIN
    PERFORM @schema@.require_worker();
    UPDATE @schema@.outbox o SET available_at = ends
    WHERE o.account_id = account AND o.sequence = renew_outbox.sequence AND o.claim_token = renew_outbox.claim_token
      AND o.status = 'pending'
      -- What takes access away waits for a claim, and so for nobody's renewing it.
      AND (@schema@.order_ends(o.operation, o.payload) OR NOT EXISTS (SELECT FROM @schema@.outbox y WHERE y.service = o.service
          AND y.object = o.object AND y.sequence > o.sequence AND y.status = 'pending' AND @schema@.order_ends(y.operation, y.payload)));
    RETURN FOUND;
END
$renew_outbox$;
COMMENT ON FUNCTION @schema@.renew_outbox(bigint, uuid, interval) IS
    'a new lease for an order that is being carried out; false if the claim was lost, or what takes access away waits for it';
GRANT EXECUTE ON FUNCTION @schema@.renew_outbox TO @worker@;
ALTER FUNCTION @schema@.renew_outbox OWNER TO @gate@;

CREATE FUNCTION @schema@.lay_aside(service text) RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $lay_aside$
    -- An order that ends each worker that claims it, before he can say that it failed.  (The index outbox_spent_idx has the number.)
    UPDATE @schema@.outbox o SET status = 'dead', finished_at = now(), claim_token = NULL, lapsed = o.lapsed || o.claim_token,
        last_error = format('claimed %s times, the last time by %s, who was not heard of', o.attempts, coalesce(o.claimed_by, 'nobody'))
    WHERE o.sequence IN (SELECT s.sequence FROM @schema@.outbox s WHERE s.service = lay_aside.service AND s.status = 'pending'
        AND s.claim_token IS NOT NULL AND s.attempts >= 20 AND s.available_at <= clock_timestamp()
        ORDER BY s.sequence LIMIT 100 FOR UPDATE SKIP LOCKED)
$lay_aside$;
COMMENT ON FUNCTION @schema@.lay_aside(text)
    IS 'lays aside as dead what was claimed twenty times and never heard of; called by claim_outbox';
GRANT EXECUTE ON FUNCTION @schema@.lay_aside TO @gate@;
