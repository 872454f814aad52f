-- The control plane's secrets: shown once, sealed at rest, gone when they end.  Whom
-- they are given to: order_secret.sql.
\set test schema_secrets
\ir ../fixtures/control_plane.sql
SELECT no_plan();
SELECT act('a_dev', $$SELECT cloud.create_bucket('assets')$$) AS bucket \gset
SELECT act('a_dev', $$SELECT id || ' ' || access_key_id || ' ' || secret_access_key FROM cloud.create_access_key('ci', 'read')$$)
    AS made \gset
SELECT split_part(:'made', ' ', 1) AS key, split_part(:'made', ' ', 2) AS public_half, split_part(:'made', ' ', 3) AS secret_half \gset
SELECT matches(:'public_half'::text, '^[A-Z0-9]{20}$', 'the public half');
SELECT matches(:'secret_half'::text, '^[A-Za-z0-9+]{40}$', 'the secret half, this once');
SELECT is((SELECT left(secret::text, 4) FROM cloud.access_key_secrets), 'pc1.', 'the table holds an envelope');
SELECT is(primecloud.reveal('cloud.access_key_secrets', 'secret', :'key'::uuid, 'test'), :'secret_half', 'which a superuser opens');
SELECT is(act(who, format($$SELECT primecloud.reveal('cloud.access_key_secrets', 'secret', %L::uuid, 'curiosity')$$, :'key')), '42501',
    who || ' does not') FROM unnest(ARRAY['a_owner', 'a_admin', 'a_dev', 'a_ext', 'b_owner', 'worker']) AS who;
SELECT is(act('a_owner', 'SELECT count(*) FROM cloud.' || rel), '42501', 'no client reads ' || rel)
FROM unnest(ARRAY['access_key_secrets', 'sftp_secrets', 'account_smtp_secrets', 'vps_secrets', 'invitation_tokens', 'object_share_tokens',
    'account_domain_tokens', 'account_owners', 'order_internal_notes', 'outbox', 'users', 'invoice_counters', 'notification_marks']) AS rel;
SELECT throws_ok($$INSERT INTO cloud.access_key_secrets SELECT gen_random_uuid(), gen_random_uuid(), 'plaintext'$$, '22P02', NULL,
    'plaintext is not taken for an envelope');

-- what the object store is told: by reference, and no more than the key's permissions
SELECT is((SELECT payload -> 'secretKey' FROM cloud.outbox WHERE operation = 'add_service_account'),
    jsonb_build_object('secret', 'access_key_secrets.secret', 'id', :'key'), 'the outbox refers to the secret');
SELECT is((SELECT payload #> '{policy,Statement,1,Action}' FROM cloud.outbox WHERE operation = 'add_service_account'),
    '["s3:GetObject", "s3:GetObjectVersion"]'::jsonb, 'a reading key reads');
SELECT is((SELECT payload #>> '{policy,Statement,1,Resource,0}' FROM cloud.outbox WHERE operation = 'add_service_account'),
    (SELECT 'arn:aws:s3:::' || split_part(physical_name, '-', 1) || '-*/*' FROM cloud.buckets), 'the account''s own buckets');

-- a second secret, for the searches below; rotation itself is TC006's
SELECT act('a_dev', format($$SELECT id || ' ' || secret_access_key FROM cloud.rotate_access_key(%L, '1 hour')$$, :'key')) AS rotated \gset

-- the mail server
SELECT is(act('a_admin', $$SELECT cloud.set_smtp('mail.example.com', 'mailer', 'correct horse', 'a@example.com')$$), '', 'a mail server');
SELECT is(primecloud.reveal('cloud.account_smtp_secrets', 'password', account_id, 'test'), 'correct horse', 'its password, sealed')
    FROM (SELECT account_id FROM cloud.account_smtp_secrets OFFSET 0) AS s;
SELECT is(act('a_admin', $$SELECT cloud.set_smtp('mail.example.com', 'mailer', NULL, 'b@example.com', from_name => 'B')$$), '',
    'changed without a password');
-- Who may set the server was never told its password, and has it sent to no server of his own.
SELECT is(act('a_admin', format('SELECT cloud.set_smtp(%s)', elsewhere)), '22023', 'not without it: ' || elsewhere) FROM unnest(ARRAY[
    $$'mail.evil.example', 'mailer', NULL, 'b@example.com'$$, $$'mail.example.com', 'other', NULL, 'b@example.com'$$,
    $$'mail.example.com', 'mailer', NULL, 'b@example.com', 2525$$,
    $$'mail.example.com', 'mailer', NULL, 'b@example.com', encryption => 'none'$$,
    $$'mail.evil.example', 'mailer', NULL, 'b@example.com', enabled => false$$]) AS elsewhere;
SELECT is((SELECT row(host, port, username, encryption, from_email)::text FROM cloud.account_smtp),
    '(mail.example.com,587,mailer,tls,b@example.com)', 'and nothing of it stays');
SELECT is(primecloud.reveal('cloud.account_smtp_secrets', 'password', account_id, 'test'), 'correct horse', 'keeps it')
    FROM (SELECT account_id FROM cloud.account_smtp_secrets OFFSET 0) AS s;
SELECT is(act('a_platform', $$SELECT cloud.place_vps_order('debian-12', 'sp', 1, 1, 25)$$), '42501', 'an operator places no order');
SELECT act('a_dev', $$SELECT cloud.place_vps_order('debian-12', 'sp', 1, 1, 25)$$) AS machine \gset
SELECT is(act('a_platform', format($$SELECT cloud.set_vps_credentials(%L, 'vps1', '203.0.113.9', 'root:hunter2')$$, :'machine')), '',
    'a machine''s login');

-- TC017: not one of these plaintexts in any row of any table, nor in any read model
CREATE FUNCTION rows_with(needle text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    rel regclass;
BEGIN
    FOR rel IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind = 'r' LOOP
        RETURN QUERY EXECUTE format('SELECT %L::text FROM %s t WHERE t::text LIKE %L', rel, rel, '%' || needle || '%');
    END LOOP;
END $$;
SELECT isnt_empty($$SELECT rows_with('mail.example.com')$$, 'TC017: (the search finds what is there)');
SELECT is_empty(format('SELECT rows_with(%L)', needle), 'TC017: nowhere in the clear')
    FROM unnest(ARRAY[:'secret_half', split_part(:'rotated', ' ', 2), 'correct horse', 'hunter2']) AS needle;
SELECT is_empty(format($$SELECT act('a_owner', %L)$$ || $$ FROM generate_series(1, 1)
    WHERE act('a_owner', %L) ~ 'pc1[.]|hunter2|correct horse'$$, q, q), 'TC017: not in ' || q) FROM unnest(ARRAY[
    'SELECT json_agg(primecloud.to_camel_json(o)) FROM cloud.orders_with_details() o',
        'SELECT json_agg(primecloud.to_camel_json(a)) FROM cloud.account_with_details() a',
    'SELECT json_agg(to_json(m)) FROM cloud.my_accounts() m', 'SELECT json_agg(to_json(k)) FROM cloud.access_keys k']) AS q;
SELECT finish();
