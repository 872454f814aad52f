-- What is one's alone among all accounts: two claim it at once, it is freed and taken again, and somebody probes for it.
-- On one server, by its unique keys.
\set test schema_unique
\ir ../fixtures/control_plane.sql
SELECT no_plan();
SELECT account_id AS a FROM people WHERE who = 'a_owner' \gset
SELECT account_id AS b FROM people WHERE who = 'b_owner' \gset

-- A key of a table of accounts has the account in it, so that Citus can spread the table; but for these seven, which accounts share,
-- and for the claims, which stand for them where it is spread.
SELECT set_eq($$SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = CASE c.relname WHEN 'accounts' THEN 'id' ELSE 'account_id' END
    WHERE c.relnamespace = 'cloud'::regnamespace AND i.indisunique AND a.attnum <> ALL (i.indkey::int2[])$$,
    ARRAY['cloud.accounts_slug_unique', 'cloud.accounts_domain_active_unique', 'cloud.access_keys_id_unique',
    'cloud.sftp_credentials_username_unique', 'cloud.invitation_tokens_hash_unique', 'cloud.object_share_tokens_hash_unique',
    'cloud.invoices_number_unique', 'cloud.claims_pk'], 'unique keys have the account in them, but for what is unique over accounts');
SELECT is_empty($$SELECT conname FROM pg_constraint WHERE connamespace = 'cloud'::regnamespace AND contype = 'f'
    AND (confupdtype IN ('c', 'n', 'd') AND conname <> 'account_members_user_fk' OR confdeltype IN ('n', 'd'))$$,
    'no foreign key changes an account, or clears a column');

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
    ('host', '23505', $$UPDATE cloud.accounts SET custom_domain = 'box.example.com', domain_status = 'active'$$),
    -- what makes the value makes it the account's
    ('bucket', '23514', format($$INSERT INTO cloud.buckets (account_id, name, physical_name) SELECT %L, 'logs', physical_name
        FROM cloud.buckets$$, :'b')),
    ('order', '428C9', format($$INSERT INTO cloud.outbox (sequence, account_id, service, object, operation, payload)
        SELECT sequence, %L, service, object, operation, payload FROM cloud.outbox$$, :'b'))) AS t(name, code, statement);
SELECT is(act('b_owner', $$SELECT cloud.create_bucket('logs') IS NOT NULL$$), 'true', 'a name inside the account is every account''s');
SELECT is((SELECT count(DISTINCT physical_name) FROM cloud.buckets), 2::bigint, 'and another one outside');

\ir ../fixtures/unique_attacks.sql
SELECT lives_ok(format($$INSERT INTO cloud.access_keys (account_id, name, access_key_id) VALUES (%L, 'k', %L)$$, :'b', :'key'),
    'its key''s id');
SELECT throws_ok(format($$INSERT INTO cloud.invoices (account_id, invoice_number, billed_name, period_start, period_end,
    subtotal_cents, currency, due_at) VALUES (%L, '2026-000001', 'B', '2026-01-01', '2026-02-01', 1, 'BRL', '2026-03-01')$$, :'b'),
    '23505', NULL, 'and not the number of a bill, which stays');
SELECT finish();
