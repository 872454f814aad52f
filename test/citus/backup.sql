-- What test/citus/suites/backup takes away and brings back: tables by account, one confined and with secrets under two keys.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS primecloud;
CREATE SCHEMA tried;
\ir plane_facts.sql
CREATE ROLE backup_owner LOGIN;
CREATE ROLE backup_app LOGIN;
CREATE SCHEMA shop AUTHORIZATION backup_owner;
CREATE SCHEMA who AUTHORIZATION backup_owner;
GRANT USAGE ON SCHEMA shop TO backup_app;
GRANT EXECUTE ON FUNCTION primecloud.enter_trusted(text, text, text) TO backup_app;
SET ROLE backup_owner;
SET citus.shard_count = 4;
CREATE TABLE shop.accounts (account_id bigint PRIMARY KEY);
CREATE TABLE shop.orders (account_id bigint REFERENCES shop.accounts, id bigint, secret primecloud.sealed, PRIMARY KEY (account_id, id));
CREATE TABLE who.members (account_id bigint, user_id text, role text, PRIMARY KEY (account_id, user_id));
CREATE TABLE who.granted (account_id bigint, user_id text, order_id bigint, PRIMARY KEY (account_id, user_id, order_id));
INSERT INTO shop.accounts SELECT generate_series(1, 6);
INSERT INTO shop.orders SELECT a, n FROM generate_series(1, 6) AS a, generate_series(1, 10) AS n;
INSERT INTO who.members SELECT a, r, r FROM generate_series(1, 6) AS a, unnest('{external_client,developer,admin,owner}'::text[]) AS r;
INSERT INTO who.granted VALUES (1, 'external_client', 5);
RESET ROLE;
UPDATE shop.orders SET secret = primecloud.seal('one1', '1', 'shop.orders.secret', '1') WHERE account_id = 1 AND id = 1;
SELECT count(primecloud.rotate_key(tenant, purpose)) FROM primecloud.data_key;
UPDATE shop.orders SET secret = primecloud.seal('two1', '1', 'shop.orders.secret', '2') WHERE account_id = 1 AND id = 2;
SELECT primecloud.register_membership('who.members', 'account_id', 'user_id', 'role', grants => 'who.granted',
    grants_tenant_column => 'account_id', grants_user_column => 'user_id', grants_id_column => 'order_id');
SET ROLE backup_owner;
SELECT primecloud.protect_table('shop.accounts'), primecloud.protect_table('shop.orders'), primecloud.confine_table('shop.orders', 'id');
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA shop TO backup_app;
SELECT count(*) FROM primecloud.distribute_table('shop.orders');
-- And a control plane with two accounts.
RESET ROLE;
SELECT primecloud.create_gate_role('backup_gate');
ALTER ROLE backup_gate LOGIN;
GRANT backup_gate TO backup_owner;
GRANT CREATE ON DATABASE postgres TO backup_owner;
SET ROLE backup_owner;
SELECT primecloud.create_schema('cloud', register => false), primecloud.grant_schema('cloud', 'backup_gate', 'gate');
RESET ROLE;
INSERT INTO cloud.users (id, email, display_name) VALUES ('00000000-0000-7000-8000-000000000001', 'a@example.com', 'a');
BEGIN;
INSERT INTO cloud.accounts (id, owner_user_id, name, slug) SELECT ('00000000-0000-7000-8000-00000000000' || l)::uuid,
    '00000000-0000-7000-8000-000000000001', l, 'account-' || l FROM unnest('{a,b}'::text[]) AS l;
INSERT INTO cloud.account_members (user_id, account_id, role, email, display_name) SELECT owner_user_id, id, 'owner', 'a@example.com', 'a'
    FROM cloud.accounts;
INSERT INTO cloud.account_owners (account_id, user_id) SELECT id, owner_user_id FROM cloud.accounts;
COMMIT;
SET ROLE backup_owner;
SELECT count(*) FROM primecloud.distribute_schema('cloud');
