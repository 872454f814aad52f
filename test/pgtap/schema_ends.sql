-- The end of an account that owns something of every kind, and of its parts.
\set test schema_ends
\ir ../fixtures/control_plane.sql
SELECT no_plan();
-- something of every kind, in both accounts
CREATE FUNCTION fill(letter text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    owner text := letter || '_owner';
    account uuid := (SELECT account_id FROM people WHERE who = owner);
    person uuid := (SELECT user_id FROM people WHERE who = owner);
    bucket text := act(owner, 'SELECT cloud.create_bucket(''assets'', versioning => true)');
    machine text := act(owner, 'SELECT cloud.place_vps_order(''debian-12'', ''sp'', 1, 1, 25)');
    key text := act(owner, 'SELECT id FROM cloud.create_access_key(''k'')');
BEGIN
    PERFORM act(owner, format('SELECT id FROM cloud.rotate_access_key(%L)', key));
    PERFORM act(owner, format('SELECT cloud.grant_bucket(%L, %L)', bucket, person));
    PERFORM act(owner, format('SELECT cloud.add_lifecycle_rule(%L, %L)', bucket,
        '{"ID":"x","Status":"Enabled","Filter":{"Prefix":"x/"},"Expiration":{"Days":30}}'));
    PERFORM act(owner, format('SELECT cloud.tag_object(%L, ''o'', ''t'')', bucket)),
        act('guest', format('SELECT object_key FROM cloud.open_share(%L)',
            act(owner, format('SELECT token FROM cloud.share_object(%L, ''o'')', bucket))));
    PERFORM act(owner, format('SELECT id FROM cloud.create_sftp_credential(''login-%s'')', letter)),
        act(owner, 'SELECT id FROM cloud.invite(''new@example.com'')');
    PERFORM act(owner, 'SELECT cloud.set_smtp(''m.example.com'', ''u'', ''p'', ''f@example.com'')'),
        act(owner, format('SELECT cloud.set_domain(''%s.example.com'')', letter));
    PERFORM act(owner, 'SELECT cloud.subscribe(''00000000-0000-7000-8000-000000000001'')'),
        act(owner, 'SELECT cloud.request_quota(200000000000)'),
            act(owner, 'SELECT cloud.notify(''account_activated'', ''x'')'),
                act(owner, 'INSERT INTO cloud.customers (name, price_cents) VALUES (''C'', 100)');
    PERFORM act(letter || '_platform', format('SELECT cloud.set_vps_credentials(%L, ''h'', ''10.0.0.1'', ''x'')', machine)),
        act(letter || '_platform', format('SELECT cloud.note_order(%L, ''n'')', machine));
    PERFORM act('worker', format('SELECT cloud.record_usage(jsonb_build_array(jsonb_build_object(''bucket'', %L, ''at'', now() - '
        'interval ''40 days'', ''storage_bytes'', 5)))',
        (SELECT physical_name FROM cloud.buckets b WHERE b.account_id = account)));
    UPDATE cloud.buckets b SET customer_id = (SELECT id FROM cloud.customers c WHERE c.account_id = account) WHERE b.account_id = account;
    UPDATE cloud.customers SET created_at = now() - interval '3 months';
    UPDATE cloud.account_subscriptions SET created_at = now() - interval '3 months';
END $$;
SELECT fill('a'), fill('b');
SELECT isnt(act('platform', 'SELECT cloud.generate_invoices()'), '0', 'invoices');
CREATE FUNCTION rows_of(letter text) RETURNS TABLE (rel text, held bigint) LANGUAGE plpgsql AS $$
BEGIN
    FOR rel IN SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id'
               WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind = 'r' ORDER BY 1 LOOP
        EXECUTE format('SELECT count(*) FROM cloud.%I WHERE account_id = %L',
            rel, (SELECT account_id FROM people WHERE who = letter || '_owner')) INTO held;
        RETURN NEXT;
    END LOOP;
END $$;
SELECT is_empty($$SELECT rel FROM rows_of('a') WHERE held = 0 AND rel <> 'claims'$$,  -- empty on one server
    'the account owns a row of every kind: a table that is missing here is not tested');
CREATE TABLE of_b AS SELECT * FROM rows_of('b');
CREATE TABLE before AS SELECT b.physical_name, k.access_key_id, c.username FROM cloud.buckets b, cloud.access_keys k,
    cloud.sftp_credentials c
    WHERE b.account_id = '00000000-0000-7000-8000-00000000000a' AND k.account_id = b.account_id AND c.account_id = b.account_id;
SELECT is(act('a_owner', 'SELECT cloud.delete_account(''account-a'')'), '', 'it is deleted all the same');
SELECT set_eq($$SELECT rel FROM rows_of('a') WHERE held > 0$$, ARRAY['audit_log', 'invoices', 'invoice_lines', 'outbox'],
    'what stays is what the law and the services need');
SELECT is((SELECT count(*) FROM cloud.accounts WHERE slug = 'account-a'), 0::bigint, 'the account is gone');
SELECT results_eq($$SELECT rel, held FROM rows_of('b') ORDER BY 1$$, $$SELECT rel, held FROM of_b ORDER BY 1$$,
    'the other account has all it had');
SELECT isnt((SELECT count(*) FROM cloud.users), 0::bigint, 'people stay: they may belong elsewhere');
-- the services are told of each thing that they have
SELECT is((SELECT operation FROM cloud.outbox o WHERE o.object = 'bucket:' || physical_name ORDER BY sequence DESC LIMIT 1),
    'delete_bucket', 'the bucket') FROM (SELECT DISTINCT physical_name FROM before) b;
SELECT is((SELECT operation FROM cloud.outbox o WHERE o.object = 'key:' || access_key_id ORDER BY sequence DESC LIMIT 1),
    'delete_service_account', 'a key') FROM (SELECT DISTINCT access_key_id FROM before) b;
SELECT is((SELECT operation FROM cloud.outbox o WHERE o.object = 'user:' || username ORDER BY sequence DESC LIMIT 1), 'delete_user',
    'the login') FROM (SELECT DISTINCT username FROM before) b;

-- a part: a bucket with everything in it, a customer who still has one, the last owner
SELECT is(act('b_owner', format('SELECT cloud.delete_customer(%L)', id)), '23503', 'a customer with a bucket stays')
    FROM cloud.customers;
UPDATE cloud.buckets SET object_count = 3;
SELECT is(act('b_owner', format('SELECT cloud.delete_bucket(%L)', id)), '55000', 'a bucket with objects stays') FROM cloud.buckets;
UPDATE cloud.buckets SET object_count = 0;
SELECT is(act('b_owner', format('SELECT cloud.delete_bucket(%L)', id)), '', 'an empty one goes') FROM cloud.buckets;
SELECT is_empty($$SELECT rel FROM rows_of('b') WHERE held > 0 AND rel IN ('buckets', 'bucket_permissions', 'lifecycle_rules', 'object_tags',
    'object_shares', 'object_share_tokens')$$, 'with what is in it');
SELECT isnt_empty($$SELECT rel FROM rows_of('b') WHERE held > 0 AND rel = 'usage_daily'$$, 'but for what it used');
SELECT is((SELECT storage_used_bytes FROM cloud.accounts WHERE slug = 'account-b'), 0::bigint, 'and the account holds so much less');
SELECT is(act('b_owner', format('SELECT cloud.delete_customer(%L)', id)), '', 'then the customer goes')
    FROM cloud.customers;
-- (From 18 on RESTRICT has a code of its own.)
SELECT CASE WHEN current_setting('server_version_num')::int >= 180000 THEN '23001' ELSE '23503' END AS restricted \gset
SELECT throws_ok('DELETE FROM cloud.users', :'restricted', NULL, 'a person who is a member stays');
SELECT throws_ok('DELETE FROM cloud.products', :'restricted', NULL, 'and a product that was ordered');
-- one that nobody may enter: the platform ends it, and turns nothing on for it
SELECT act('guest', $$SELECT cloud.create_account('Third', 'third')$$) AS third \gset
INSERT INTO people VALUES ('c_owner', '00000000-0000-7000-8000-0000000000c1', :'third', 'owner', :'app'),
    ('c_platform', '00000000-0000-7000-8000-0000000000c1', :'third', 'owner', :'platform');
SELECT act('c_owner', $$SELECT cloud.create_bucket('assets')$$), act('c_owner', $$SELECT id FROM cloud.create_access_key('k')$$),
    act('c_owner', $$SELECT id FROM cloud.create_sftp_credential('login-c')$$);
-- not in the transaction that has written its row: what serves all accounts would wait for that
CREATE FUNCTION ends_after(VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    statement text;
    answer text;
BEGIN
    PERFORM begin_as(connection('changes'), 'c_owner');
    FOREACH statement IN ARRAY statements LOOP
        PERFORM dblink_exec('changes', statement);
    END LOOP;
    SELECT v INTO answer FROM dblink('changes', $q$SELECT cloud.delete_account('third')::text$q$) AS t(v text);
    PERFORM dblink_exec('changes', 'ROLLBACK');
    RETURN answer;
EXCEPTION WHEN OTHERS THEN
    PERFORM dblink_exec('changes', 'ROLLBACK');
    RETURN SQLSTATE;
END $$;
SELECT is(ends_after('UPDATE cloud.accounts SET name = ''x'''), '55000', 'an account that this transaction has changed does not end in it');
SELECT is(ends_after('SAVEPOINT s', 'UPDATE cloud.accounts SET name = ''x''', 'RELEASE s'), '55000', 'nor in a part of it');
SELECT is(ends_after('SAVEPOINT s', 'UPDATE cloud.accounts SET name = ''x''', 'ROLLBACK TO s'), '', 'what was taken back was not changed');
SELECT is(ends_after('INSERT INTO cloud.customers (name, price_cents) VALUES (''C'', 100)'), '', 'other rows are not meant');
CREATE FUNCTION operates(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    PERFORM dblink_exec(connection('operator'), 'BEGIN; SET LOCAL ROLE schema_ends_platform');
    PERFORM FROM dblink('operator', format('SELECT primecloud.assume(%L, ''gone'')::text', (SELECT account_id FROM people
        WHERE who = 'c_owner'))) AS t(v text);
    SELECT v INTO answer FROM dblink('operator', format('SELECT v::text FROM (%s) AS q(v)', statement)) AS t(v text);
    PERFORM dblink_exec('operator', 'COMMIT');
    RETURN answer;
EXCEPTION WHEN OTHERS THEN
    PERFORM dblink_exec('operator', 'ROLLBACK');
    RETURN SQLSTATE;
END $$;
SELECT is(operates($$SELECT cloud.delete_closed_account('third', 'unpaid')$$), '55000', 'not one that is active: it has an owner who may');
SELECT is(operates($$SELECT cloud.set_account_status('suspended')$$), '', '(suspended)');
SELECT is(act('c_owner', $$SELECT cloud.delete_account('third')$$), '28000', 'its owner may not enter it');
SELECT is(operates($$SELECT cloud.delete_account('third')$$), '42501', 'an operator is no owner');
SELECT is(operates($$SELECT cloud.delete_closed_account('account-a', 'unpaid')$$), '22023', 'another account''s name is not this one''s');
SELECT is(operates($$SELECT cloud.delete_closed_account('third', repeat('x', 2000))$$), '22001', 'a reason has an end');
SELECT count(*) AS ordered FROM cloud.outbox WHERE account_id = :'third' \gset
SELECT is(operates($$SELECT cloud.delete_closed_account('third', 'unpaid')$$), '', 'suspended, it is ended by the platform');
SELECT is((SELECT count(*) FROM cloud.accounts WHERE id = :'third'), 0::bigint, 'the account is gone');
SELECT set_eq(format($$SELECT operation FROM cloud.outbox WHERE account_id = %L ORDER BY sequence OFFSET %s$$, :'third', :ordered),
    ARRAY['delete_service_account', 'delete_user', 'delete_bucket'], 'the services are told to remove, and nothing else');
SELECT is((SELECT payload - 'username' FROM cloud.outbox WHERE account_id = :'third' AND operation = 'delete_user'),
    (SELECT jsonb_build_object('folder_prefix', split_part(payload ->> 'bucket', '-', 1) || '-') FROM cloud.outbox
        WHERE account_id = :'third' AND operation = 'delete_bucket'), 'and which folders the login leaves behind');
SELECT is((SELECT payload - 'bucket' FROM cloud.outbox WHERE account_id = :'third' AND operation = 'delete_bucket'),
    '{"region": "us-east-1", "force": true}'::jsonb, 'the bucket in its region');
SELECT results_eq(format($$SELECT user_id, details FROM cloud.audit_log WHERE account_id = %L AND action = 'delete_closed_account'$$,
    :'third'),
    $$VALUES ('postgres as schema_ends_platform', '{"slug": "third", "reason": "unpaid"}'::jsonb)$$, 'and it is written down who, and why');
SELECT finish();
