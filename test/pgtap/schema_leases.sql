-- Leases: renewed by who is at work, in nobody's way who takes access away; and what was claimed too often laid aside.
\set test schema_leases
\ir ../fixtures/control_plane.sql
\ir ../fixtures/claimed_orders.sql
SELECT no_plan();
DELETE FROM cloud.outbox WHERE service <> 'minio';
CREATE FUNCTION says(what text, call text) RETURNS text LANGUAGE sql AS $$
    SELECT act('worker', format('SELECT cloud.' || call, sequence, claim_token)) FROM claimed c WHERE c.what = says.what
    ORDER BY n DESC LIMIT 1 $$;
CREATE FUNCTION left_of(what text) RETURNS interval LANGUAGE sql AS $$
    SELECT date_trunc('minute', o.available_at - clock_timestamp() + interval '30 seconds') FROM cloud.outbox o
    JOIN claimed c USING (sequence, claim_token) WHERE c.what = left_of.what $$;
CREATE FUNCTION leases_end() RETURNS void LANGUAGE sql AS $$
    UPDATE cloud.outbox SET available_at = clock_timestamp() WHERE status = 'pending' $$;

SELECT is(claims('minio', '2 minutes'), 'a add_service_account, b add_service_account', 'claimed');
SELECT is(left_of('a add_service_account'), interval '2 minutes', '(for two minutes)');
SELECT is(says('a add_service_account', 'renew_outbox(%s, %L, ''10 minutes'')'), 'true', 'renewed');
SELECT is(left_of('a add_service_account'), interval '10 minutes', 'from now on');
SELECT is(left_of('b add_service_account'), interval '2 minutes', 'that one alone');
SELECT is(says('a add_service_account', 'renew_outbox(%s, %L, ''2 days'')'), 'true', 'for an age');
SELECT is(left_of('a add_service_account'), interval '1 hour', 'is an hour');
SELECT is(says('a add_service_account', 'renew_outbox(%s, %L)'), 'true', 'for as long as nobody says');
SELECT is(left_of('a add_service_account'), interval '1 minute', 'is a minute');
SELECT is((SELECT max(attempts) FROM cloud.outbox), 1, 'and is no new claim');
SELECT is(says('a add_service_account', 'renew_outbox(%s, gen_random_uuid())'), 'false', 'not by a token that is none');
SELECT is(says('a add_service_account', 'renew_outbox(%s, NULL)'), 'false', 'nor by none');
SELECT is(act(who, format('SELECT cloud.renew_outbox(%s, %L)', sequence, claim_token)), '42501', 'not by ' || who)
    FROM claimed, unnest(ARRAY['a_owner', 'a_platform', 'platform', 'gateway', 'maintenance']) AS who WHERE what = 'a add_service_account';
SELECT leases_end();
SELECT is(says('a add_service_account', 'renew_outbox(%s, %L)'), 'true', 'late, and nobody has claimed since: it is yours on');
SELECT leases_end();
CREATE TABLE first AS SELECT * FROM claimed;
SELECT claims('minio');
SELECT is(act('worker', format('SELECT cloud.renew_outbox(%s, %L)', sequence, claim_token)), 'false', 'another has it')
    FROM first WHERE what = 'a add_service_account';
SELECT is(says('b add_service_account', 'acknowledge_outbox(%s, %L)'), 'true', '(one is done)');
SELECT is(says('b add_service_account', 'renew_outbox(%s, %L)'), 'false', 'what is done has no lease');

-- what takes access away waits for a claim, and not for its renewals
SELECT act('a_dev', format('SELECT cloud.revoke_access_key(%L)', :'key'));
SELECT is(says('a add_service_account', 'renew_outbox(%s, %L, ''1 hour'')'), 'false', 'a key that is revoked meanwhile');
SELECT cmp_ok(left_of('a add_service_account'), '<=', interval '10 minutes', 'the lease ends when it would have');
SELECT leases_end();
SELECT is(claims('minio'), 'a delete_service_account', 'and the key is deleted');
SELECT is(says('a delete_service_account', 'renew_outbox(%s, %L, ''1 hour'')'), 'true', 'which takes as long as it takes');
SELECT is(says('a delete_service_account', 'acknowledge_outbox(%s, %L)'), 'true', '(done)');

-- an order that ends each worker that claims it
DELETE FROM cloud.outbox; DELETE FROM claimed;
SELECT act('a_dev', $$SELECT id FROM cloud.create_access_key('deadly')$$) AS deadly \gset
CREATE PROCEDURE claim_and_die(times integer) LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1..times LOOP
        PERFORM claims('minio'), leases_end();
        COMMIT;
    END LOOP;
END $$;
CALL claim_and_die(19);
SELECT is((SELECT concat_ws(' ', status, attempts) FROM cloud.outbox), 'pending 19', 'claimed 19 times, and never heard of');
SELECT is(says('a add_service_account', 'fail_outbox(%s, %L, ''no route'', 50)'), 'pending', 'a worker that lives says that it failed');
SELECT leases_end();
CALL claim_and_die(1);
SELECT is((SELECT concat_ws(' ', status, attempts) FROM cloud.outbox), 'pending 20', 'the 20th claim');
SELECT is(claims('minio'), NULL, 'is the last');
SELECT is((SELECT concat_ws(' ', status, claim_token IS NULL, last_error) FROM cloud.outbox),
    'dead t claimed 20 times, the last time by w, who was not heard of', 'laid aside, and says why');
SELECT is(act('worker', 'SELECT attempts FROM cloud.dead_orders()'), '20', 'among the dead');
SELECT is(claims('minio'), NULL, 'nobody claims it any more');
SELECT is(act('worker', format('SELECT cloud.retry_outbox(%s)', sequence)), 'true', 'until somebody brings it back') FROM cloud.outbox;
SELECT is(claims('minio'), 'a add_service_account', 'and it is claimed again');
SELECT leases_end();
SELECT is(claims('minio'), 'a add_service_account', 'from the beginning: one death does not lay it aside');
-- A late worker of such an order is heard all the same, and a revocation is not held up by it.
UPDATE cloud.outbox SET attempts = 20;
SELECT leases_end();
SELECT claims('minio');
SELECT is((SELECT status FROM cloud.outbox), 'dead', '(laid aside again)');
SELECT act('a_dev', format('SELECT cloud.revoke_access_key(%L)', :'deadly'));
SELECT is(claims('minio'), 'a delete_service_account', 'what is dead holds up no revocation');
SELECT is(says('a delete_service_account', 'acknowledge_outbox(%s, %L)'), 'true', '(deleted)');
SELECT is(says('a add_service_account', 'acknowledge_outbox(%s, %L)'), 'false', 'the worker that was given up answers');
SELECT is(claims('minio'), 'a delete_service_account', 'and what it has added is deleted again');
-- One that fails each time, and says so, is its caller's to give up.
SELECT act('a_dev', $$SELECT cloud.create_bucket('stubborn')$$);
UPDATE cloud.outbox SET attempts = 30 WHERE operation = 'create_bucket';
SELECT claims('minio');
SELECT is(says('a create_bucket', 'fail_outbox(%s, %L, ''no route'', 100)'), 'pending', 'what is failed 31 times of 100');
SELECT leases_end();
SELECT matches(claims('minio'), 'a create_bucket', 'is claimed again');
SELECT finish();
