# Act two: a control plane, made by the extension
> Whoever begins anew need not write tables: a new database gets the extension, the schema of a
> hosting platform, and a role for the application.
--(
SELECT $$CASE WHEN primecloud.context() IS NULL THEN 'in no account' ELSE format('in %s as its %s',
    CASE primecloud.context() ->> 'tenant' WHEN :'northwind' THEN 'Northwind' ELSE 'Contoso' END, primecloud.role()) END$$ AS later \gset
\set standing '\'in no account\''
--)
CREATE EXTENSION primecloud;
SELECT primecloud.create_schema('cloud') AS migrations;
--(
SET client_min_messages = warning;
--)
SELECT primecloud.create_app_role('cloud_app');;
SELECT primecloud.grant_schema('cloud', 'cloud_app', 'app');;
SELECT primecloud.add_token_key('demo', 'EdDSA', decode(:'public_key', 'hex'));;
SELECT cloud.load_demo(accounts => 2, orders => 10000);;
--(
RESET client_min_messages;
ALTER ROLE cloud_app LOGIN;
UPDATE cloud.accounts SET name = CASE slug WHEN 'account-1' THEN 'Northwind' ELSE 'Contoso' END;
SELECT id AS northwind FROM cloud.accounts WHERE name = 'Northwind' \gset
SELECT id AS contoso FROM cloud.accounts WHERE name = 'Contoso' \gset
SELECT user_id AS nora FROM cloud.account_members WHERE account_id = :'northwind' AND role = 'owner' \gset
SELECT user_id AS carl FROM cloud.account_members WHERE account_id = :'contoso' AND role = 'owner' \gset
SELECT id AS logs FROM cloud.buckets WHERE account_id = :'northwind' AND name = 'logs' \gset
\set standing :later
\set audience hosting_cloud
\set user :nora
\set account :northwind
\ir token.sql
\set nora_of_northwind :token
\set user :carl
\set account :contoso
\ir token.sql
\set carl_of_contoso :token
--)
> A superuser sees everything. The application will not.
=2
SELECT a.name AS account, count(*) AS orders FROM cloud.accounts a
    JOIN cloud.orders o ON o.account_id = a.id GROUP BY 1 ORDER BY 1;
\connect - cloud_app
BEGIN; SELECT primecloud.enter(:'nora_of_northwind');;
SELECT count(*) AS orders FROM cloud.orders; COMMIT;
BEGIN; SELECT primecloud.enter(:'carl_of_contoso');;
SELECT count(*) AS orders FROM cloud.orders; COMMIT;
!42501
SELECT count(*) AS orders FROM cloud.orders;
> One connection, three requests: each customer has his own orders, and a request that has not
> entered is told so. It does not get an empty list, which nobody would notice.

# An access key: its secret is shown once
BEGIN; SELECT primecloud.enter(:'nora_of_northwind');;
=1
SELECT access_key_id, secret_access_key FROM cloud.create_access_key('deployments');
COMMIT;
BEGIN; SELECT primecloud.enter(:'nora_of_northwind');;
> What is kept of it stands in a table that the application may not read, entered or not:
!42501
SELECT secret FROM cloud.access_key_secrets;
--(
ROLLBACK;
--)
\connect - postgres
> A superuser may read the table, and finds an envelope; as JSON not even that.
=1
SELECT left(secret::text, 60) || '...' AS secret FROM cloud.access_key_secrets;
=1
SELECT row_to_json(s) -> 'secret' AS secret FROM cloud.access_key_secrets s;

# What would S3 lifecycle rules delete today, and why?
--(
CREATE TABLE inventory (key text, mod_time timestamptz, size bigint);
INSERT INTO inventory SELECT (ARRAY['logs/', 'backups/', 'media/'])[n % 3 + 1] || n || '.bin', now() - (n % 120) * interval '1 day',
    n * 1000 FROM generate_series(1, 5000) AS n;
GRANT SELECT ON inventory TO cloud_app;
\connect - cloud_app
--)
> A bucket takes the document as S3 does. The decision over an inventory of 5000 objects is a
> plain query.
BEGIN; SELECT primecloud.enter(:'nora_of_northwind');;
SELECT cloud.set_bucket_lifecycle(:'logs', '<LifecycleConfiguration>
    <Rule><ID>old logs</ID><Status>Enabled</Status><Filter><Prefix>logs/</Prefix></Filter>
        <Expiration><Days>30</Days></Expiration></Rule>
    <Rule><ID>backups</ID><Status>Enabled</Status><Filter><Prefix>backups/</Prefix></Filter>
        <Expiration><Days>90</Days></Expiration></Rule>
    </LifecycleConfiguration>') AS rules;
=3
SELECT (e).action, (e).rule_id, count(*) AS objects, pg_size_pretty(sum(size)) AS bytes,
    min((e).due)::date AS "oldest due"
    FROM inventory,
        primecloud.lifecycle_evaluate(cloud.bucket_lifecycle(:'logs'), key, mod_time, size) AS e
    GROUP BY 1, 2 ORDER BY objects DESC;
COMMIT;

# A page of orders with their details, as JSON, and the next page by cursor
BEGIN; SELECT primecloud.enter(:'nora_of_northwind');;
=2
SELECT left(primecloud.to_camel_json(item)::text, 90) || '...' AS "order"
    FROM cloud.orders_page(page_size => 2);
--(
SELECT cursor AS last_cursor FROM cloud.orders_page(page_size => 2) OFFSET 1 \gset
--)
=2
SELECT (item).order_number, (item).status, (item).total_cents
    FROM cloud.orders_page(after_cursor => :'last_cursor', page_size => 2);
COMMIT;
> A cursor belongs to its list and its account. Contoso cannot read on with Northwind's:
BEGIN; SELECT primecloud.enter(:'carl_of_contoso');;
!22023
SELECT cursor FROM cloud.orders_page(after_cursor => :'last_cursor');
--(
ROLLBACK;
--)

# Retention clears old notifications
--(
\connect - postgres
INSERT INTO cloud.notifications (account_id, type, title, message, created_at) SELECT id, 'welcome', 'Welcome ' || n, '',
    now() - n * interval '1 hour' FROM cloud.accounts, generate_series(1, 4000) AS n;
--)
SELECT count(*) AS notifications, min(created_at)::date AS oldest FROM cloud.notifications;
SELECT count(*) AS settings FROM primecloud.retain('cloud.notifications', 'created_at', '90 days',
    tenant_column => 'account_id', id_column => 'id');
> First what would go, then its going: in batches, each a transaction of its own.
SELECT what, name, row_count FROM primecloud.expire_preview('cloud.notifications');
CALL primecloud.expire('cloud.notifications');
=0
SELECT id FROM cloud.notifications WHERE created_at < now() - interval '91 days';

# A change that would break the application is refused
> The contract of the schema is what its types are made of. A snapshot of it is kept, and compared.
CREATE TEMPORARY TABLE snapshot AS SELECT primecloud.contract('cloud') AS contract;
BEGIN;
ALTER TABLE cloud.notifications ALTER COLUMN title DROP NOT NULL;
!55000
SELECT * FROM primecloud.contract_gate((SELECT contract FROM snapshot), 'cloud');
--(
ROLLBACK;
--)

# What a review finds in it, and in what the extension itself is made of
=0
SELECT level, "check", object
    FROM unnest('{cloud,primecloud,primecloud_internal}'::name[], '{cloud_app,NULL,NULL}'::name[])
        AS s(schema, app), primecloud.review(s.schema, s.app) WHERE level <> 'notice';
