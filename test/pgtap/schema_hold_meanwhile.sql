-- A hold that is placed while a command or a step of maintenance has its transaction open: COMMIT is refused, and nothing has
-- gone.  While one is being placed, nothing of the table goes.
\set test schema_hold_meanwhile
\ir ../fixtures/control_plane.sql
SELECT no_plan();
\set a '00000000-0000-7000-8000-00000000000a'
SELECT act('a_dev', $$SELECT cloud.create_bucket('assets')$$) AS bucket,
    act('a_dev', $$SELECT cloud.create_bucket('other')$$) AS other \gset
INSERT INTO cloud.object_tags (account_id, bucket_id, object_key, tag) SELECT :'a', b, 'o', t
    FROM unnest(ARRAY[:'bucket', :'other']::uuid[]) AS b, unnest('{red,blue}'::text[]) AS t;
INSERT INTO cloud.lifecycle_rules (account_id, bucket_id, rule_id, position, rule)
    VALUES (:'a', :'bucket', 'r', 1, '{"ID": "r", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 3}}');
INSERT INTO cloud.customers (account_id, name) VALUES (:'a', 'held') RETURNING id AS customer \gset
INSERT INTO cloud.account_smtp (account_id, host, username, from_email, from_name)
    VALUES (:'a', 'h.example.com', 'u', 'u@example.com', 'u');
INSERT INTO cloud.notifications (account_id, type, title, message, created_at)
    VALUES (:'a', 'welcome', 'old', 'm', now() - interval '20 years');
INSERT INTO cloud.invitations (account_id, email, role, invited_by, expires_at)
    SELECT :'a', 'late@example.com', 'developer', user_id, now() - interval '1 hour' FROM people WHERE who = 'a_owner';

SELECT connection('said'), connection('placer') \g /dev/null
SELECT dblink_exec('placer', format('SET ROLE %I', :'owner')), dblink_exec('placer', 'SET lock_timeout = ''2s''') \g /dev/null
CREATE FUNCTION place(held text) RETURNS bigint LANGUAGE sql AS $$
    SELECT t.x FROM dblink('placer', format('SELECT primecloud.place_hold(%L, %L)', held, 'court')) AS t(x bigint) $$;
CREATE FUNCTION release(held text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM * FROM dblink('placer', format('SELECT primecloud.release_hold(%L, id, %L)::text FROM primecloud.retention_holds
        WHERE released_at IS NULL', held, 'over')) AS t(x text);
END $$;
-- A transaction that runs a statement; a hold is placed; COMMIT.  What it answered, then what COMMIT did.
CREATE FUNCTION meanwhile(who text, statement text, held text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    PERFORM begin_as('said', who);
    SELECT t.x INTO answer FROM dblink('said', statement) AS t(x text);
    PERFORM place(held);
    BEGIN
        answer := answer || ' ' || dblink_exec('said', 'COMMIT');
    EXCEPTION WHEN OTHERS THEN
        answer := answer || ' ' || SQLSTATE;
    END;
    PERFORM release(held);
    RETURN answer;
END $$;

CREATE TABLE said (who text, statement text, held text, answer text);
INSERT INTO said VALUES
    ('a_dev', format($$SELECT cloud.untag_object(%L, 'o', 'red')::text$$, :'bucket'), 'cloud.object_tags', 'true'),
    ('a_dev', format($$SELECT cloud.remove_lifecycle_rule(%L, 'r')::text$$, :'bucket'), 'cloud.lifecycle_rules', 'true'),
    ('a_owner', format($$SELECT cloud.delete_customer(%L)::text$$, :'customer'), 'cloud.customers', ''),
    ('a_owner', $$SELECT cloud.remove_smtp()::text$$, 'cloud.account_smtp', 'true'),
    ('a_owner', format($$SELECT cloud.delete_bucket(%L)::text$$, :'bucket'), 'cloud.object_tags', ''),
    ('a_owner', $$SELECT cloud.delete_account('account-a')::text$$, 'cloud.customers', ''),
    ('maintenance', $$SELECT cloud.maintain('retention', 100)::text$$, 'cloud.notifications', '1'),
    ('maintenance', $$SELECT cloud.maintain('access', 100)::text$$, 'cloud.invitations', '1');
SELECT is(meanwhile(who, statement, held), answer || ' 40001', 'held meanwhile: ' || statement) FROM said;
SELECT is((SELECT count(*) FROM cloud.object_tags) + (SELECT count(*) FROM cloud.lifecycle_rules) + (SELECT count(*) FROM cloud.customers)
    + (SELECT count(*) FROM cloud.account_smtp) + (SELECT count(*) FROM cloud.notifications WHERE title = 'old')
    + (SELECT count(*) FROM cloud.invitations), 9::bigint, 'and all of it is there');

-- Being placed: nobody waits, and nothing goes.
SELECT dblink_exec('placer', 'BEGIN'), place('cloud.object_tags'), place('cloud.notifications') \g /dev/null
SELECT is(act('a_dev', format($$SELECT cloud.untag_object(%L, 'o', 'red')$$, :'bucket')), '55006',
    'while it is being placed, a tag stays');
SELECT connection('message'), begin_as('message', 'a_dev') \g /dev/null
SELECT throws_ok(format($$SELECT * FROM dblink('message', $q$SELECT cloud.untag_object(%L, 'o', 'red')::text$q$) AS t(x text)$$,
    :'bucket'), '55006', 'a legal hold is being placed on table object_tags', 'as its message says');
SELECT dblink_exec('message', 'ROLLBACK') \g /dev/null
SELECT is(act('maintenance', $$SELECT cloud.maintain('retention', 100)$$), '0', 'a notification too');
SELECT is(act('maintenance', $$SELECT cloud.maintain('access', 100)$$), '1', 'what is not meant goes');
SELECT dblink_exec('placer', 'ROLLBACK') \g /dev/null
SELECT is(act('a_dev', format($$SELECT cloud.untag_object(%L, 'o', 'red')$$, :'bucket')), 'true', 'undone: the tag goes');
SELECT is(act('maintenance', $$SELECT cloud.maintain('retention', 100)$$), '1', 'and the notification');

-- An open command of a tenant's holds nobody off who places a hold.
SELECT begin_as('said', 'a_owner') \g /dev/null
SELECT is((SELECT x FROM dblink('said', $$SELECT cloud.delete_account('account-a')::text$$) AS t(x text)), '',
    'an account ends, and is not committed');
SELECT ok(place('cloud.customers') > 0, 'nobody who places a hold waits for it');
SELECT throws_like($$SELECT dblink_exec('said', 'COMMIT')$$, 'a legal hold %on table cloud.customers %since this '
    'transaction began to delete', 'and it is not');
SELECT release('cloud.customers') \g /dev/null
SELECT is(act('a_dev', $$SELECT primecloud.heed_holds('cloud.customers')$$), '42501', 'nobody asks about a table that is not his');
-- A key that others make to accounts, while an account that ends waits for it: what is held does not go along.
CREATE SCHEMA law AUTHORIZATION :"owner";
SET ROLE :"owner";
CREATE TABLE law.contracts (account_id uuid, at timestamptz);
INSERT INTO law.contracts VALUES (:'a', now());
SELECT primecloud.place_hold('law.contracts', 'court') AS of_contracts \gset
RESET ROLE;
SELECT dblink_exec('placer', 'BEGIN'), dblink_exec('placer', 'ALTER TABLE law.contracts ADD FOREIGN KEY (account_id)
    REFERENCES cloud.accounts ON DELETE CASCADE NOT VALID'), begin_as('said', 'a_owner'),
    dblink_send_query('said', $$SELECT cloud.delete_account('account-a')::text$$) \g /dev/null
DO $$ BEGIN
    WHILE NOT EXISTS (SELECT FROM pg_locks l WHERE NOT l.granted AND l.relation = 'cloud.accounts'::regclass) LOOP
        PERFORM pg_sleep(0.01);
    END LOOP;
END $$;
SELECT dblink_exec('placer', 'COMMIT') \g /dev/null
SELECT is((SELECT x FROM dblink_get_result('said') AS t(x text)), '', 'the account ends when it has the lock');
SELECT count(x) FROM dblink_get_result('said') AS t(x text) \g /dev/null
SELECT throws_ok($$SELECT dblink_exec('said', 'COMMIT')$$, '40001', NULL, 'and is not committed');
SELECT is((SELECT count(*) FROM law.contracts), 1::bigint, 'a contract of it is there');
SET ROLE :"owner";
SELECT primecloud.release_hold('law.contracts', :of_contracts, 'over');
RESET ROLE;
SELECT is(meanwhile('a_owner', $$SELECT cloud.delete_account('account-a')::text$$, 'cloud.products'), ' COMMIT',
    'a hold of what it does not delete refuses nothing');
SELECT finish();
