-- What is one's alone among all accounts: two claim it at once, it is freed and taken again, and somebody probes for it.
\set test schema_unique
\ir ../fixtures/control_plane.sql
SELECT no_plan();
SELECT account_id AS a FROM people WHERE who = 'a_owner' \gset
SELECT account_id AS b FROM people WHERE who = 'b_owner' \gset

-- A key of a table of accounts has the account in it, so that Citus can spread the table; but for these seven, which accounts share.
SELECT set_eq($$SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = CASE c.relname WHEN 'accounts' THEN 'id' ELSE 'account_id' END
    WHERE c.relnamespace = 'cloud'::regnamespace AND i.indisunique AND a.attnum <> ALL (i.indkey::int2[])$$,
    ARRAY['cloud.accounts_slug_unique', 'cloud.accounts_domain_active_unique', 'cloud.access_keys_id_unique',
    'cloud.sftp_credentials_username_unique', 'cloud.invitation_tokens_hash_unique', 'cloud.object_share_tokens_hash_unique',
    'cloud.invoices_number_unique'], 'unique keys have the account in them, but for what is unique over accounts');
SELECT is_empty($$SELECT conname FROM pg_constraint WHERE connamespace = 'cloud'::regnamespace AND contype = 'f'
    AND (confupdtype IN ('c', 'n', 'd') AND conname <> 'account_members_user_fk' OR confdeltype IN ('n', 'd'))$$,
    'no foreign key changes an account, or clears a column');

-- Two claim one value at once: the second waits, gives up after his lock_timeout, and is refused when the first has it.
CREATE FUNCTION at_once(first text, says text, second text, says_too text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answers text := '';
    ending text;
BEGIN
    PERFORM begin_as(connection('first'), first);
    PERFORM FROM dblink('first', format('SELECT v::text FROM (%s) AS q(v)', says)) AS t(v text);
    FOREACH ending IN ARRAY ARRAY['COMMIT', 'ended'] LOOP
        BEGIN
            PERFORM begin_as(connection('second'), second), dblink_exec('second', 'SET LOCAL lock_timeout = ''100ms''');
            PERFORM FROM dblink('second', format('SELECT v::text FROM (%s) AS q(v)', says_too)) AS t(v text);
            answers := answers || ' had';
        EXCEPTION WHEN OTHERS THEN
            answers := answers || ' ' || SQLSTATE;
        END;
        PERFORM dblink_exec('second', 'ROLLBACK'), dblink_exec('first', 'COMMIT') WHERE ending = 'COMMIT';
        PERFORM dblink_exec('second', 'ROLLBACK') WHERE ending = 'ended';
    END LOOP;
    RETURN btrim(answers);
END $$;
SELECT is(at_once(one, statement, other, statement), '55P03 23505', 'two at once: ' || statement) FROM (VALUES
    ('guest', 'b_owner', $$SELECT cloud.create_account('New', 'new-name')$$),
    ('a_owner', 'b_owner', $$SELECT id FROM cloud.create_sftp_credential('one_login')$$)) AS t(one, other, statement);

-- Hosts: who proves one has it, and who had it before has it no more.
SELECT act('a_owner', $$SELECT cloud.set_domain('box.example.com')$$) AS a_proof,
    act('b_owner', $$SELECT cloud.set_domain('box.example.com')$$) AS b_proof \gset
SELECT is(act('gateway', format($$SELECT cloud.confirm_domain('box.example.com', ARRAY[%L])$$, proof)) || ' '
    || act('a_owner', $$SELECT slug FROM cloud.resolve_domain('box.example.com')$$), 'true ' || slug, 'a host is his who proves it: ' || slug)
FROM (VALUES (:'a_proof', 'account-a'), (:'b_proof', 'account-b')) AS t(proof, slug);
SELECT is((SELECT string_agg(domain_status, ' ' ORDER BY slug) FROM cloud.accounts WHERE custom_domain IS NOT NULL), 'failed active',
    'one of the two');

-- Raw SQL of the schema's owner, for what no command lets anybody choose: a second account does not get it.
SELECT act('a_owner', $$SELECT cloud.create_bucket('logs')$$) AS bucket \gset
SELECT act('a_owner', $$SELECT access_key_id FROM cloud.create_access_key('ci')$$) AS key \gset
SELECT act('a_owner', $$SELECT token FROM cloud.invite('new@example.com', 'developer')$$) AS invitation \gset
SELECT act('a_owner', format($$SELECT token FROM cloud.share_object(%L, 'a.txt')$$, :'bucket')) AS share \gset
INSERT INTO cloud.invoices (account_id, invoice_number, billed_name, period_start, period_end, subtotal_cents, currency, due_at)
    VALUES (:'a', '2026-000001', 'A', '2026-01-01', '2026-02-01', 1, 'BRL', '2026-03-01');
SELECT throws_ok(statement, code, NULL, 'raw SQL, another account: ' || name) FROM (VALUES
    ('key', '23505', format($$INSERT INTO cloud.access_keys (account_id, name, access_key_id) VALUES (%L, 'k', %L)$$, :'b', :'key')),
    ('invitation', '23505', format($$INSERT INTO cloud.invitation_tokens (id, account_id, token_hash)
        SELECT gen_random_uuid(), %L, token_hash FROM cloud.invitation_tokens$$, :'b')),
    ('share', '23505', format($$INSERT INTO cloud.object_share_tokens (id, account_id, token_hash)
        SELECT gen_random_uuid(), %L, token_hash FROM cloud.object_share_tokens$$, :'b')),
    ('invoice', '23505', format($$INSERT INTO cloud.invoices (account_id, invoice_number, billed_name, period_start, period_end,
        subtotal_cents, currency, due_at) VALUES (%L, '2026-000001', 'B', '2026-01-01', '2026-02-01', 1, 'BRL', '2026-03-01')$$, :'b')),
    ('host', '23505', $$UPDATE cloud.accounts SET domain_status = 'active' WHERE custom_domain = 'box.example.com'$$),
    -- what makes the value makes it the account's
    ('bucket', '23514', format($$INSERT INTO cloud.buckets (account_id, name, physical_name) SELECT %L, 'logs', physical_name
        FROM cloud.buckets$$, :'b')),
    ('order', '428C9', format($$INSERT INTO cloud.outbox (sequence, account_id, service, object, operation, payload)
        SELECT sequence, %L, service, object, operation, payload FROM cloud.outbox$$, :'b'))) AS t(name, code, statement);
SELECT is(act('b_owner', $$SELECT cloud.create_bucket('logs') IS NOT NULL$$), 'true', 'a name inside the account is every account''s');
SELECT is((SELECT count(DISTINCT physical_name) FROM cloud.buckets), 2::bigint, 'and another one outside');

-- Whoever probes is told that a name that people choose is taken, and nothing of whose it is.
SELECT is(act('b_owner', statement), '23505', 'probing: ' || statement) FROM unnest(ARRAY[
    $$SELECT cloud.create_account('Probe', 'account-a')$$, $$SELECT cloud.create_sftp_credential('one_login')$$]) AS statement;

-- What an account had is free with its end, and is given to who asks next.
SELECT is(act('b_owner', $$SELECT cloud.set_domain('box.example.com') IS NOT NULL$$), 'true', 'a host is let go of');
SELECT is(act('a_owner', $$SELECT cloud.delete_account('account-a')$$), '', 'an account ends');
SELECT is(act('guest', $$SELECT cloud.create_account('Again', 'account-a') IS NOT NULL$$), 'true', 'its name in addresses is free');
SELECT is(act('b_owner', $$SELECT id IS NOT NULL FROM cloud.create_sftp_credential('one_login')$$), 'true', 'its login');
SELECT lives_ok(format($$INSERT INTO cloud.access_keys (account_id, name, access_key_id) VALUES (%L, 'k', %L)$$, :'b', :'key'),
    'its key''s id');
SELECT throws_ok(format($$INSERT INTO cloud.invoices (account_id, invoice_number, billed_name, period_start, period_end,
    subtotal_cents, currency, due_at) VALUES (%L, '2026-000001', 'B', '2026-01-01', '2026-02-01', 1, 'BRL', '2026-03-01')$$, :'b'),
    '23505', NULL, 'and not the number of a bill, which stays');
SELECT finish();
