-- What is under a legal hold goes neither by maintenance nor with its account.
\set test schema_held
\ir ../fixtures/control_plane.sql
SELECT no_plan();
\set a '00000000-0000-7000-8000-00000000000a'
\set b '00000000-0000-7000-8000-00000000000b'
-- something old of each kind, in both accounts
CREATE PROCEDURE fill() LANGUAGE sql AS $$
    DELETE FROM cloud.audit_log; DELETE FROM cloud.notifications; DELETE FROM cloud.usage_records; DELETE FROM cloud.usage_hourly;
    DELETE FROM cloud.outbox; DELETE FROM cloud.invitations; DELETE FROM cloud.object_share_openings; DELETE FROM cloud.object_shares;
    DELETE FROM cloud.access_key_secrets; DELETE FROM cloud.access_keys; DELETE FROM cloud.account_counters;
    INSERT INTO cloud.audit_log (account_id, action, resource, created_at) SELECT id, 'x', 'x', '2001-01-01' FROM cloud.accounts;
    INSERT INTO cloud.notifications (account_id, type, title, message, created_at)
        SELECT id, 'welcome', 'x', 'x', '2001-01-01' FROM cloud.accounts;
    INSERT INTO cloud.usage_records (bucket_id, account_id, recorded_at, storage_bytes, object_count)
        SELECT id, id, '2001-01-01', 1, 1 FROM cloud.accounts;
    INSERT INTO cloud.usage_hourly SELECT id, id, '2001-01-01', 1, 1, 1, 1 FROM cloud.accounts;
    INSERT INTO cloud.outbox (account_id, service, object, operation, payload, status, finished_at)
        SELECT id, 'minio', 'bucket:x', 'create_bucket', '{}', 'done', '2001-01-01' FROM cloud.accounts;
    INSERT INTO cloud.invitations (account_id, email, role, invited_by, expires_at)
        SELECT id, 'x@example.com', 'developer', 'x', '2001-01-01' FROM cloud.accounts;
    INSERT INTO cloud.object_shares (id, bucket_id, account_id, object_key, access, expires_at)
        SELECT b.account_id, b.id, b.account_id, 'o', 'read', '2001-01-01' FROM cloud.buckets b;
    INSERT INTO cloud.object_share_openings (account_id, share_id) SELECT id, id FROM cloud.accounts;
    INSERT INTO cloud.account_counters (account_id, kind, id, amount, since, counted_by, added)
        SELECT id, 'orders_per_minute', id, 1, '2001-01-01', '1', 1 FROM cloud.accounts $$;
CREATE FUNCTION left_of() RETURNS TABLE (rel text, accounts text) LANGUAGE plpgsql AS $$
BEGIN
    FOREACH rel IN ARRAY ARRAY['account_counters', 'audit_log', 'invitations', 'notifications', 'object_share_openings', 'object_shares',
        'outbox', 'usage_hourly', 'usage_records'] LOOP
        EXECUTE format('SELECT string_agg(right(account_id::text, 1), '''' ORDER BY account_id) FROM cloud.%I', rel) INTO accounts;
        RETURN NEXT;
    END LOOP;
END $$;
CREATE FUNCTION maintain() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM connection('maintain');
    PERFORM dblink_exec('maintain', format('SET ROLE %I', (SELECT db_role FROM people WHERE who = 'maintenance')));
    RETURN dblink_exec('maintain', 'CALL cloud.run_maintenance()');
END $$;
SELECT act('a_dev', $$SELECT cloud.create_bucket('assets')$$) AS bucket, act('b_owner', $$SELECT cloud.create_bucket('assets')$$) AS other
    \gset

CALL fill();
SELECT is(accounts, 'ab', 'old ' || rel) FROM left_of();
SELECT maintain() \g /dev/null
SELECT is(accounts, NULL, rel || ' without a hold goes') FROM left_of();

CALL fill();
SET ROLE :"owner";
SELECT primecloud.place_hold(format('cloud.%I', rel)::regclass, 'court') FROM unnest(ARRAY['account_counters', 'audit_log', 'invitations',
    'notifications', 'object_share_openings', 'object_shares', 'outbox', 'usage_hourly', 'usage_records']) AS rel \g /dev/null
RESET ROLE;
SELECT maintain() \g /dev/null
SELECT is(accounts, 'ab', rel || ' under a hold of the whole table stays') FROM left_of();
SELECT throws_ok($$SELECT primecloud_internal.check_not_held(ARRAY['cloud.audit_log'::regclass::oid], 'cloud', 'audit_log', 'dropped')$$,
    '55006', NULL, '(the table is held)');
SELECT is(act('a_owner', $$SELECT cloud.delete_account('account-a')$$), '55006', 'an account with rows in it does not end');
SET ROLE :"owner";
SELECT primecloud.release_hold(format('%I.%I', schema_name, table_name)::regclass, id, 'over') FROM primecloud.retention_holds \g /dev/null
SELECT primecloud.retain(format('cloud.%I', rel)::regclass, column_name, '100 years', tenant_column => 'account_id') FROM (VALUES
    ('account_counters', 'since'), ('audit_log', 'created_at'),
    ('invitations', 'expires_at'), ('notifications', 'created_at'),
    ('object_shares', 'expires_at'), ('outbox', 'finished_at'),
    ('usage_hourly', 'period_start'), ('usage_records', 'recorded_at')) AS t(rel, column_name) \g /dev/null
SELECT primecloud.place_hold(format('%I.%I', schema_name, table_name)::regclass, 'court', tenant => :'a')
    FROM primecloud.retention_status \g /dev/null
RESET ROLE;
SELECT maintain() \g /dev/null
SELECT is(accounts, CASE WHEN rel <> 'object_share_openings' THEN 'a' END, rel || ' of an account under a hold stays, that of another goes')
    FROM left_of();
SELECT is(act('a_owner', $$SELECT cloud.delete_account('account-a')$$), '55006', 'nor does an account end that is held');
SELECT is((SELECT count(*) FROM cloud.accounts WHERE id = :'a'), 1::bigint, '(it is there)');
SET ROLE :"owner";
SELECT primecloud.release_hold(format('%I.%I', schema_name, table_name)::regclass, id, 'over') FROM primecloud.retention_holds
    WHERE released_at IS NULL \g /dev/null
SELECT primecloud.retain('cloud.notifications', 'created_at', '100 years', tenant_column => 'account_id', id_column => 'id') \g /dev/null
RESET ROLE;
SELECT maintain() \g /dev/null
SELECT is(accounts, NULL, rel || ' whose hold is released goes') FROM left_of();

-- What goes with another row keeps that one; access ends all the same.
CALL fill();
SELECT act('a_dev', $$SELECT id FROM cloud.create_access_key('k')$$) AS key,
    act('a_owner', $$SELECT id FROM cloud.invite('held@example.com')$$) AS invitation \gset
UPDATE cloud.access_keys SET expires_at = '2001-01-01' WHERE id = :'key';
UPDATE cloud.invitations SET expires_at = '2001-01-01' WHERE id = :'invitation';
SET ROLE :"owner";
SELECT primecloud.place_hold('cloud.access_key_secrets', 'court'), primecloud.place_hold('cloud.invitation_tokens', 'court') \g /dev/null
RESET ROLE;
SELECT maintain() \g /dev/null
SELECT is((SELECT status FROM cloud.access_keys WHERE id = :'key'), 'revoked', 'a key whose secret is held ends when its time is over');
SELECT is((SELECT count(*) FROM cloud.access_key_secrets WHERE id = :'key'), 1::bigint, 'its secret stays');
SELECT is((SELECT count(*) FROM cloud.invitation_tokens WHERE id = :'invitation'), 1::bigint, 'and an invitation whose token is held');
SET ROLE :"owner";
SELECT primecloud.release_hold(format('%I.%I', schema_name, table_name)::regclass, id, 'over') FROM primecloud.retention_holds
    WHERE released_at IS NULL \g /dev/null
RESET ROLE;

CALL fill();
SELECT id AS row FROM cloud.notifications WHERE account_id = :'b' \gset
SET ROLE :"owner";
SELECT primecloud.place_hold('cloud.notifications', 'court', row_id => :'row') AS hold \gset
RESET ROLE;
SELECT maintain() \g /dev/null
SELECT is(accounts, CASE rel WHEN 'notifications' THEN 'b' END, rel || ': a row that is held stays') FROM left_of();
SELECT is(act('a_owner', $$SELECT cloud.delete_account('account-a')$$), '', 'an account ends while that of another is held');
SELECT connection('said'), begin_as('said', 'b_owner') \g /dev/null
SELECT throws_ok($$SELECT * FROM dblink('said', 'SELECT cloud.delete_account(''account-b'')::text') AS t(x text)$$, '55006',
    format('account %s has rows under a legal hold in table notifications', :'b'), 'that other is told which table');
SELECT dblink_exec('said', 'ROLLBACK') \g /dev/null
SET ROLE :"owner";
SELECT primecloud.release_hold('cloud.notifications', :hold, 'over') \g /dev/null
RESET ROLE;
SELECT is(act('b_owner', $$SELECT cloud.delete_account('account-b')$$), '', 'and ends when the hold is released');

SELECT is(act('maintenance', 'SELECT count(*) FROM cloud.open_holds(''{accounts}'')'), '42501', 'nobody asks for the holds but functions');
SELECT finish();
