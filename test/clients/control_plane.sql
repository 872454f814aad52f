-- A control plane for the clients' tests: demo accounts, the roles, and one person who
-- owns two of the accounts.
SELECT primecloud.create_schema('cloud') > 0 AS created;
SELECT primecloud.create_app_role('clients_app'), primecloud.create_gate_role('clients_gate');
SELECT primecloud.grant_schema('cloud', 'clients_gate', 'gate');
SELECT primecloud.grant_schema('cloud', 'clients_app', 'app');
ALTER ROLE clients_app LOGIN;
SELECT cloud.load_demo(accounts => 5, orders => :orders);
BEGIN;
SELECT primecloud.migrating('cloud', '{account_members,accounts}');
INSERT INTO cloud.account_members (user_id, account_id, role, email, display_name)
SELECT u.id, a.id, 'admin', u.email, u.display_name FROM cloud.users u, cloud.accounts a WHERE u.email = 'owner1@example.com'
    AND a.slug = 'account-2';
SELECT primecloud.migrated();
COMMIT;
