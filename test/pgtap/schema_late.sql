-- A late worker: its lease has run out, another has claimed since.  What it says settles nothing of the newer claim, and what
-- it may have undone is ordered anew: a key that was revoked meanwhile is deleted again.
\set test schema_late
\ir ../fixtures/control_plane.sql
SELECT no_plan();
\set a '00000000-0000-7000-8000-00000000000a'
CREATE TABLE claimed (who text, sequence bigint, claim_token uuid, operation text, payload jsonb);
CREATE FUNCTION claims(who text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    taken text := act('worker', format('SELECT json_agg(c) FROM cloud.claim_outbox(''minio'', %L, 100) c', who));
BEGIN
    INSERT INTO claimed SELECT claims.who, c.sequence, c.claim_token, c.operation, c.payload FROM json_to_recordset(taken::json)
        AS c(sequence bigint, claim_token uuid, operation text, payload jsonb);
    RETURN (SELECT string_agg(concat_ws(' ', c.operation, c.payload ->> 'newStatus'), ', ' ORDER BY c.sequence) FROM claimed c
        WHERE c.who = claims.who);
END $$;
CREATE FUNCTION says(who text, call text DEFAULT 'acknowledge_outbox(%s, %L)') RETURNS text LANGUAGE sql AS $$
    SELECT act('worker', format('SELECT cloud.' || call, sequence, claim_token)) FROM claimed c WHERE c.who = says.who
    ORDER BY sequence LIMIT 1 $$;
CREATE FUNCTION leases_end() RETURNS void LANGUAGE sql AS $$
    UPDATE cloud.outbox SET available_at = now() - interval '1 second' WHERE status = 'pending' $$;

SELECT act('a_dev', $$SELECT id FROM cloud.create_access_key('k')$$) AS key \gset
SELECT is(claims('slow'), 'add_service_account', 'a worker claims the order that adds a key');
SELECT leases_end();
SELECT is(says('slow'), 'true', 'late, and nobody else came: it has done it');
DELETE FROM cloud.outbox;

-- the key is revoked while the worker is late
SELECT act('a_dev', $$SELECT id FROM cloud.create_access_key('k')$$) AS key \gset
SELECT claims('first');
SELECT leases_end();
SELECT act('a_dev', format('SELECT cloud.revoke_access_key(%L)', :'key'));
SELECT is(claims('second'), 'delete_service_account', 'the order that deletes it supersedes the one that is late');
SELECT is(says('second'), 'true', 'it is deleted');
SELECT is(claims('nobody'), NULL, '(and nothing is left to do)');
SELECT is(says('first'), 'false', 'the late one is told that it settles nothing');
SELECT is(claims('third'), 'delete_service_account', 'and the key that it has added is deleted again');
SELECT is(says('third'), 'true', '(done)');
SELECT is(says('first'), 'false', 'said twice');
SELECT is(claims('nobody'), NULL, 'is ordered once');
SELECT is(act('worker', format('SELECT cloud.acknowledge_outbox(%s, gen_random_uuid())', sequence)), 'false',
    'a claim that never was') FROM claimed
    WHERE who = 'first';
SELECT is(claims('nobody'), NULL, 'orders nothing');
DELETE FROM cloud.outbox; DELETE FROM claimed;

-- it fails instead; the newer claim is not over yet
SELECT act('a_dev', $$SELECT id FROM cloud.create_access_key('k')$$) AS key \gset
SELECT claims('first');
SELECT leases_end();
SELECT act('a_dev', format('SELECT cloud.revoke_access_key(%L)', :'key'));
SELECT claims('second');
SELECT is(says('first', 'fail_outbox(%s, %L, ''time-out'')'), NULL, 'a failure that comes late');
SELECT is((SELECT count(*) FROM cloud.outbox o JOIN claimed c ON c.claim_token = o.claim_token WHERE c.who = 'second'
    AND o.status = 'pending'), 1::bigint,
    'leaves the newer claim as it is');
SELECT is(says('second'), 'true', 'which is acknowledged');
SELECT is(claims('third'), 'delete_service_account', 'and the same is ordered behind it');
DELETE FROM cloud.outbox; DELETE FROM claimed;

-- the account is suspended while the worker is late: the same order, claimed again, says off
DELETE FROM cloud.access_key_secrets;
DELETE FROM cloud.access_keys;
SELECT act('a_dev', $$SELECT id FROM cloud.create_access_key('k')$$) AS key \gset
UPDATE cloud.outbox SET status = 'done', finished_at = now();
INSERT INTO cloud.outbox (account_id, service, object, operation, payload) SELECT account_id, 'minio', 'key:' || access_key_id,
    'update_service_account',
    cloud.key_order(k) FROM cloud.access_keys k WHERE k.id = :'key';
SELECT is(claims('first'), 'update_service_account on', 'a key is turned on');
SELECT leases_end();
SELECT act('a_platform', $$SELECT cloud.set_account_status('suspended')$$);
SELECT is(claims('second'), 'update_service_account off', 'suspended meanwhile: off');
SELECT says('second');
SELECT says('first');
SELECT is(claims('third'), 'update_service_account off', 'what the late one turned on is turned off again');
UPDATE cloud.accounts SET status = 'active';
DELETE FROM cloud.outbox; DELETE FROM claimed;

-- A key is added after it was turned off: the order that turns it off waits for no late one, and supersedes none that adds.
CREATE PROCEDURE activate() LANGUAGE sql AS $$
    UPDATE cloud.accounts SET status = 'active';
    INSERT INTO cloud.outbox (account_id, service, object, operation, payload)
        VALUES ('00000000-0000-7000-8000-00000000000a', 'minio', 'account:a', 'settle', '{}') $$;
CREATE PROCEDURE overtaken() LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM cloud.access_key_secrets; DELETE FROM cloud.access_keys; DELETE FROM cloud.outbox; DELETE FROM claimed;
    UPDATE cloud.accounts SET status = 'active';
    COMMIT;
    PERFORM act('a_dev', 'SELECT id FROM cloud.create_access_key(''k'')');
    PERFORM claims('first');
    PERFORM leases_end();
    COMMIT;
    PERFORM act('a_platform', 'SELECT cloud.set_account_status(''suspended'')');
    PERFORM claims('second');
    COMMIT;
END $$;
CALL overtaken();
SELECT is(who || ': ' || operation, 'second: update_service_account', 'the key is turned off before it is there') FROM claimed
    WHERE who = 'second';
SELECT is(says('second'), 'true', '(done)');
SELECT is(says('first'), 'false', 'the worker that adds it then is told that it settles nothing');
SELECT is(claims('third'), 'update_service_account off', 'and the key is turned off again');
SELECT is(says('third'), 'true', '(done)');
SELECT is(says('first'), 'false', 'said twice');
SELECT is(claims('nobody'), NULL, 'is ordered once');
CALL overtaken();
SELECT is(says('first'), 'false', 'the same while it is being turned off');
SELECT is(says('second'), 'true', '(done)');
SELECT is(claims('third'), 'update_service_account off', 'it is turned off once more behind that');
CALL overtaken();
SELECT says('second');
SELECT is(says('first', 'fail_outbox(%s, %L, ''time-out'')'), 'pending', 'a failure after it was turned off');
SELECT is(claims('third'), 'update_service_account off', 'may be none: it is turned off again');
SELECT is(says('third'), 'true', '(done)');
SELECT is(claims('nobody'), NULL, 'the key is not added while the account is suspended');
CALL activate();
SELECT leases_end();
SELECT is(claims('fourth'), 'add_service_account', 'active again: it is added');
SELECT leases_end();
SELECT act('a_platform', $$SELECT cloud.set_account_status('suspended')$$);
SELECT is(claims('fifth'), 'update_service_account off', '(suspended once more)');
SELECT says('fifth');
SELECT is(says('fourth'), 'false', 'carried out again, late');
SELECT is(claims('sixth'), 'update_service_account off', 'is followed by what is wanted now');
CALL overtaken();
SELECT is(says('second', 'fail_outbox(%s, %L, ''no such key'', 1)'), 'dead', '(it fails, and fails)');
SELECT is(act('worker', format('SELECT cloud.discard_outbox(%s, ''no such key'')', sequence)), 'true',
    'a person gives up turning off a key that is not there') FROM claimed WHERE who = 'second';
SELECT is(says('first'), 'false', 'then it is there');
SELECT is(claims('third'), 'update_service_account off', 'and is turned off');
CALL overtaken();
SELECT says('second');
CALL activate();
SELECT is(says('first'), 'false', 'of an account that is active again');
SELECT is(claims('third'), 'update_service_account on', 'the key is turned on');
UPDATE cloud.accounts SET status = 'active';
DELETE FROM cloud.outbox; DELETE FROM claimed;

-- What was deleted and made again is made again, not deleted.
SELECT act('a_dev', $$SELECT cloud.create_bucket('again')$$) AS bucket \gset
DELETE FROM cloud.outbox;
SELECT act('a_admin', format('SELECT cloud.delete_bucket(%L)', :'bucket'));
SELECT is(claims('first'), 'delete_bucket', 'a bucket is deleted');
SELECT leases_end();
SELECT claims('second');
SELECT is(says('second'), 'true', '(by another, in time)');
SELECT act('a_dev', $$SELECT cloud.create_bucket('again', versioning => true)$$) AS bucket \gset
SELECT is(claims('made'), 'create_bucket', '(and made again)');
SELECT says('made');
SELECT is(claims('set'), 'set_versioning', '(set)');
SELECT says('set');
SELECT is(claims('bound'), 'set_bucket_quota', '(and bounded)');
SELECT says('bound');
SELECT is(says('first'), 'false', 'the late one may have deleted it');
SELECT is((SELECT string_agg(operation, ', ' ORDER BY sequence) FROM cloud.outbox WHERE status = 'pending'),
    'create_bucket, set_versioning, set_bucket_quota', 'it is made again, with its settings');
DELETE FROM cloud.outbox; DELETE FROM claimed;
INSERT INTO cloud.outbox (account_id, service, object, operation, payload, lapsed, status, finished_at) VALUES
    (:'a', 'sftpgo', 'user:web', 'delete_user', '{}', ARRAY[:'a'::uuid], 'done', now()),
    ('00000000-0000-7000-8000-00000000000b', 'sftpgo', 'user:web', 'put_user', '{}', '{}', 'done', now());
SELECT is(act('worker', format('SELECT cloud.acknowledge_outbox(%s, %L)', sequence, :'a')), 'false', 'a login is deleted late')
    FROM cloud.outbox WHERE operation = 'delete_user';
SELECT is((SELECT string_agg(right(account_id::text, 1) || ' ' || operation, ', ') FROM cloud.outbox WHERE status = 'pending'),
    'b put_user', 'whose name another account has: that one''s is put again');
-- of a key that is revoked nothing is turned on
DELETE FROM cloud.outbox;
INSERT INTO cloud.outbox (account_id, service, object, operation, payload, lapsed, status, finished_at) VALUES
    (:'a', 'minio', 'key:X', 'add_service_account', '{}', ARRAY[:'a'::uuid], 'done', now()),
    (:'a', 'minio', 'key:X', 'delete_service_account', '{}', '{}', 'done', now()),
    (:'a', 'minio', 'key:X', 'update_service_account', '{"newPolicy": {"Statement": []}, "newStatus": "on"}', '{}', 'done', now());
SELECT is(act('worker', format('SELECT cloud.acknowledge_outbox(%s, %L)', sequence, :'a')), 'false', 'a revoked key is added late')
    FROM cloud.outbox WHERE operation = 'add_service_account';
SELECT is((SELECT string_agg(operation, ', ') FROM cloud.outbox WHERE status = 'pending'), 'delete_service_account',
    'it is deleted, whatever an order that passed it says');

-- settings: the last one stands
DELETE FROM cloud.outbox;
SELECT act('a_dev', $$SELECT cloud.create_bucket('assets')$$) AS bucket \gset
DELETE FROM cloud.outbox;
SELECT act('a_dev', format('SELECT cloud.set_bucket_versioning(%L, true)', :'bucket'));
SELECT claims('first');
SELECT leases_end();
SELECT act('a_dev', format('SELECT cloud.set_bucket_versioning(%L, false)', :'bucket'));
SELECT claims('second');
SELECT says('second');
SELECT says('first');
SELECT claims('third');
SELECT is((SELECT string_agg(payload ->> 'status', ', ' ORDER BY sequence) FROM claimed WHERE who = 'third'), 'Suspended',
    'a setting that came late is set again as it should be');
-- mail is sent once more at most by a worker that is late, and by nobody for it
DELETE FROM cloud.outbox; DELETE FROM claimed;
INSERT INTO cloud.outbox (account_id, service, object, operation, payload) VALUES (:'a', 'minio', 'mail:x', 'welcome', '{}');
SELECT claims('first');
SELECT leases_end();
SELECT claims('second');
SELECT says('second');
SELECT says('first');
SELECT is(claims('third'), NULL, 'what does something is not ordered again');
SELECT finish();
