-- Orders to services: what takes access away never waits behind what gives it, and
-- nothing gives access to an account that is suspended.
\set test schema_orders
\ir ../fixtures/control_plane.sql
SELECT no_plan();
CREATE FUNCTION claim(lease text DEFAULT '10 minutes') RETURNS text LANGUAGE sql AS $$
    SELECT act('worker', format('SELECT string_agg(operation, '','' ORDER BY sequence) FROM cloud.claim_outbox(''minio'', ''w'', 100, %L)',
        lease)) $$;
CREATE FUNCTION orders(key text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(operation || ' ' || status, ',' ORDER BY sequence) FROM cloud.outbox WHERE object = 'key:' || key $$;

-- carried out, but never acknowledged; then revoked
SELECT act('a_dev', $$SELECT access_key_id FROM cloud.create_access_key('one')$$) AS one \gset
SELECT is(claim(), 'add_service_account', 'a key is added');
SELECT act('a_dev', format('SELECT cloud.revoke_access_key(%L)', id)) FROM cloud.access_keys WHERE access_key_id = :'one';
SELECT is(coalesce(claim(), ''), '', 'its end waits for who adds it just now');
UPDATE cloud.outbox SET available_at = now() - interval '1 second' WHERE object = 'key:' || :'one' AND operation = 'add_service_account';
SELECT claim_token AS late, sequence AS late_sequence FROM cloud.outbox WHERE object = 'key:' || :'one'
    AND operation = 'add_service_account' \gset
SELECT is(claim(), 'delete_service_account', 'and for nobody, once the lease is over');
SELECT is(orders(:'one'), 'add_service_account done,delete_service_account pending', 'what was before it is superseded');
SELECT is(act('worker', format('SELECT cloud.acknowledge_outbox(%s, %L)', :late_sequence, :'late')), 'false', 'and its worker is told so');
SELECT is((SELECT now_payload FROM cloud.wanted_order(k.account_id, 'key:' || :'one', 'update_service_account',
    jsonb_build_object('accessKey', :'one', 'newStatus', 'off'))), jsonb_build_object('accessKey', :'one', 'newStatus', 'off'),
    'of a key that is gone an order is as it was given') FROM cloud.access_keys k WHERE k.access_key_id = :'one';
-- given up as dead
SELECT act('a_dev', $$SELECT access_key_id FROM cloud.create_access_key('two')$$) AS two \gset
UPDATE cloud.outbox SET status = 'dead', finished_at = now(), attempts = 10 WHERE object = 'key:' || :'two';
SELECT act('a_dev', format('SELECT cloud.revoke_access_key(%L)', id)) FROM cloud.access_keys WHERE access_key_id = :'two';
SELECT is(claim(), 'delete_service_account', 'a dead order holds no revocation up');
SELECT is(orders(:'two'), 'add_service_account done,delete_service_account pending', 'it is superseded too');
-- failed, to be tried again later
SELECT act('a_dev', $$SELECT access_key_id FROM cloud.create_access_key('later')$$) AS later \gset
SELECT is(claim(), 'add_service_account', 'another key is added');
SELECT is(act('worker', format('SELECT cloud.fail_outbox(%s, %L, ''no route'')', sequence, claim_token)), 'pending', 'in vain, for now')
FROM cloud.outbox WHERE object = 'key:' || :'later';
SELECT act('a_dev', format('SELECT cloud.revoke_access_key(%L)', id)) FROM cloud.access_keys WHERE access_key_id = :'later';
SELECT is(claim(), 'delete_service_account', 'its end waits for no second try');
-- never claimed: the one that ends it is claimed, alone
SELECT act('a_dev', $$SELECT access_key_id FROM cloud.create_access_key('three')$$) AS three \gset
SELECT act('a_dev', format('SELECT cloud.revoke_access_key(%L)', id)) FROM cloud.access_keys WHERE access_key_id = :'three';
SELECT is(claim(), 'delete_service_account', 'never two of one object');

-- ordered, and not carried out when its account is suspended
SELECT act('a_dev', $$SELECT access_key_id FROM cloud.create_access_key('four')$$) AS four \gset
SELECT act('a_platform', $$SELECT cloud.set_account_status('suspended', 'fraud')$$);
SELECT is(claim(), 'update_service_account', 'suspended: keys are turned off, and the one that was ordered before is not added');
SELECT is(orders(:'four'), 'add_service_account pending,update_service_account pending', 'its order waits');
UPDATE cloud.outbox SET status = 'done', finished_at = now() WHERE object = 'key:' || :'four' AND operation = 'update_service_account';
SELECT is(coalesce(claim(), ''), '', 'for as long as the account is suspended');
UPDATE cloud.accounts SET status = 'active' WHERE slug = 'account-a';
SELECT is(claim(), 'add_service_account', 'active again, it is added');
-- a login that was revoked is told nothing of its account
SELECT act('a_admin', $$SELECT id FROM cloud.create_sftp_credential('gone')$$) AS gone \gset
SELECT is(act('a_admin', format('SELECT cloud.revoke_sftp_credential(%L)', :'gone')), 'true', 'a login is revoked');
UPDATE cloud.outbox SET status = 'done', finished_at = now() WHERE service = 'sftpgo';
SELECT act('a_platform', $$SELECT cloud.set_account_status('suspended', 'fraud')$$);
SELECT is(act('worker', $$SELECT count(*) FROM cloud.claim_outbox('sftpgo', 'w', 100)$$), '0', 'nothing is ordered for it any more');
SELECT finish();
