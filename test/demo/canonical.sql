\echo
\echo :heading'Act one: the canonical schema':plain
\echo :sentence'A new database gets the extension, a control plane of its own, and a role for the application.':plain
\set ECHO queries
CREATE EXTENSION primecloud;
SELECT primecloud.create_schema('cloud') AS migrations;
SELECT primecloud.create_app_role('cloud_app');
SELECT primecloud.grant_schema('cloud', 'cloud_app', 'app');
\set ECHO none
ALTER ROLE cloud_app LOGIN;

\echo
\echo :heading'Two hosting customers, ten thousand orders':plain
\set ECHO queries
SELECT cloud.load_demo(accounts => 2, orders => 10000);
\set ECHO none
UPDATE cloud.accounts SET name = CASE slug WHEN 'account-1' THEN 'Northwind' ELSE 'Contoso' END;
INSERT INTO cloud.users (email, display_name) VALUES ('client@example.com', 'A client of Northwind');
INSERT INTO cloud.account_members (user_id, account_id, role, email, display_name)
SELECT u.id, a.id, 'external_client', u.email, u.display_name FROM cloud.users u, cloud.accounts a WHERE u.email = 'client@example.com'
    AND a.slug = 'account-1';
\set ECHO queries
SELECT a.name AS account, m.role, count(*) AS members FROM cloud.accounts a JOIN cloud.account_members m ON m.account_id = a.id GROUP BY 1,
    2 ORDER BY 1, 2;
SELECT a.name AS account, count(*) AS orders, (sum(o.total_cents) / 100)::bigint AS total FROM cloud.accounts a JOIN cloud.orders o
    ON o.account_id = a.id GROUP BY 1 ORDER BY 1;
\set ECHO none
\echo :sentence'That was the superuser, who sees everything. The application will not.':plain

\echo
\echo :heading'The application enters an account with a signed token':plain
\echo :sentence'The issuer keeps the private key; the database is given the public half.':plain
\set ECHO queries
SELECT primecloud.add_token_key('demo', 'EdDSA', decode(:'public_key', 'hex'));
\set ECHO none
SELECT id AS northwind FROM cloud.accounts WHERE name = 'Northwind' \gset
SELECT id AS contoso FROM cloud.accounts WHERE name = 'Contoso' \gset
SELECT user_id AS owner FROM cloud.account_members WHERE account_id = :'northwind' AND role = 'owner' \gset
SELECT user_id AS other_owner FROM cloud.account_members WHERE account_id = :'contoso' AND role = 'owner' \gset
SELECT id AS bucket FROM cloud.buckets WHERE account_id = :'northwind' AND name = 'logs' \gset
\setenv MINT :here/mint
\setenv ISSUER :issuer
\setenv OWNER :owner
\setenv OTHER :other_owner
\setenv NORTHWIND :northwind
\setenv CONTOSO :contoso
\set token `"$MINT" "$ISSUER" demo hosting_cloud "$OWNER" "$NORTHWIND"`
\set other_token `"$MINT" "$ISSUER" demo hosting_cloud "$OTHER" "$CONTOSO"`
\connect - cloud_app
\echo 'BEGIN; SELECT primecloud.enter($1);    -- the token of an owner of Northwind'
BEGIN;
SELECT primecloud.enter(:'token') \g /dev/null
\set ECHO queries
SELECT primecloud.context() ->> 'role' AS role, count(*) AS orders FROM cloud.orders;
COMMIT;
\set ECHO none
\echo 'BEGIN; SELECT primecloud.enter($1);    -- the token of an owner of Contoso'
BEGIN;
SELECT primecloud.enter(:'other_token') \g /dev/null
\set ECHO queries
SELECT primecloud.context() ->> 'role' AS role, count(*) AS orders FROM cloud.orders;
COMMIT;
\set ECHO none
\echo :sentence'The same connection, two tokens: each account sees its own orders and no others.':plain

\echo
\echo :heading'A forged context':plain
\set ON_ERROR_STOP off
\set expected 42501
\set ECHO queries
SET primecloud.context = '1:t36:the other account';
\set ECHO none
\ir refused.sql
\set ON_ERROR_STOP off
\set ECHO queries
SELECT count(*) FROM cloud.orders;
\set ECHO none
\ir refused.sql
\echo :sentence'No SQL can set it; and without an account there is an error, not an empty list.':plain

\echo
\echo :heading'An access key: its secret is shown once':plain
BEGIN;
SELECT primecloud.enter(:'token') \g /dev/null
\set ECHO queries
SELECT access_key_id, secret_access_key FROM cloud.create_access_key('deployments');
COMMIT;
\set ECHO none
\set expected 42501
BEGIN;
SELECT primecloud.enter(:'token') \g /dev/null
\set ON_ERROR_STOP off
\set ECHO queries
SELECT secret FROM cloud.access_key_secrets;
\set ECHO none
\ir refused.sql
ROLLBACK;
\connect - postgres
\set ECHO queries
SELECT left(secret::text, 60) || '...' AS "what the table holds" FROM cloud.access_key_secrets;
SELECT row_to_json(s) FROM cloud.access_key_secrets s;
\set ECHO none
\echo :sentence'The table holds an envelope. The application may not even read that; JSON redacts it by itself.':plain

\echo
\echo :heading'What would S3 lifecycle rules delete today, and why?':plain
CREATE TABLE inventory (key text, mod_time timestamptz, size bigint, is_latest boolean DEFAULT true, tags text DEFAULT '');
INSERT INTO inventory SELECT (ARRAY['logs/', 'backups/', 'media/'])[n % 3 + 1] || n || '.bin', now() - (n % 120) * interval '1 day',
    n * 1000 FROM generate_series(1, 5000) AS n;
GRANT SELECT ON inventory TO cloud_app;
\connect - cloud_app
BEGIN;
SELECT primecloud.enter(:'token') \g /dev/null
\set ECHO queries
SELECT cloud.set_bucket_lifecycle(:'bucket', '<LifecycleConfiguration>
  <Rule><ID>old logs</ID><Status>Enabled</Status><Filter><Prefix>logs/</Prefix></Filter><Expiration><Days>30</Days></Expiration></Rule>
  <Rule><ID>backups</ID><Status>Enabled</Status><Filter><Prefix>backups/</Prefix></Filter><Expiration><Days>90</Days></Expiration></Rule>
</LifecycleConfiguration>') AS rules;
SELECT (e).action, (e).rule_id, count(*) AS objects, pg_size_pretty(sum(size)) AS bytes, min((e).due)::date AS "oldest due"
FROM inventory, primecloud.lifecycle_evaluate(cloud.bucket_lifecycle(:'bucket'), key, mod_time, size) AS e
GROUP BY 1, 2 ORDER BY objects DESC;
COMMIT;
\set ECHO none
\echo :sentence'The bucket takes the document as S3 does; the decision over an inventory is a plain query.':plain

\echo
\echo :heading'A page of orders with their details, as JSON, and the next page by cursor':plain
BEGIN;
SELECT primecloud.enter(:'token') \g /dev/null
\set ECHO queries
SELECT left(primecloud.to_camel_json(item)::text, 150) || '...' AS "order" FROM cloud.orders_page(page_size => 2);
\set ECHO none
SELECT cursor AS last_cursor FROM cloud.orders_page(page_size => 2) OFFSET 1 \gset
\set ECHO queries
SELECT (item).order_number, (item).status, (item).total_cents FROM cloud.orders_page(after => :'last_cursor', page_size => 2);
COMMIT;
\set ECHO none
\set expected 22023
\echo :sentence'The same cursor in the other account:':plain
\echo 'BEGIN; SELECT primecloud.enter($1);    -- the token of an owner of Contoso'
BEGIN;
SELECT primecloud.enter(:'other_token') \g /dev/null
\set ON_ERROR_STOP off
\set ECHO queries
SELECT cursor FROM cloud.orders_page(after => :'last_cursor');
\set ECHO none
\ir refused.sql
ROLLBACK;
\echo :sentence'A cursor belongs to its list and its account.':plain

\echo
\echo :heading'Retention clears old notifications':plain
\connect - postgres
INSERT INTO cloud.notifications (account_id, type, title, message, created_at) SELECT id, 'welcome', 'Welcome ' || n, '',
    now() - n * interval '1 hour' FROM cloud.accounts, generate_series(1, 4000) AS n;
\set ECHO queries
SELECT count(*) AS notifications, min(created_at)::date AS oldest FROM cloud.notifications;
SELECT primecloud.retain('cloud.notifications', 'created_at', '90 days', tenant_column => 'account_id', id_column => 'id');
SELECT what, name, row_count FROM primecloud.expire_preview('cloud.notifications');
CALL primecloud.expire('cloud.notifications');
SELECT count(*) AS notifications, min(created_at)::date AS oldest FROM cloud.notifications;
\set ECHO none
SELECT count(*) = 0 AS cleared FROM cloud.notifications WHERE created_at < now() - interval '91 days' \gset
\if :cleared
\else
  SELECT 1 / 0 AS demo_failed;
\endif
\echo :sentence'First what would go, then its going: in batches, each its own transaction, none of them holding the table.':plain

\ir installation.sql
