-- The tenant context and the helpers that protect tables.
SELECT plan(53);
SELECT primecloud.create_app_role('tenancy_app');
SELECT primecloud.create_gate_role('tenancy_gate');
CREATE TABLE accounts (id int PRIMARY KEY, status text DEFAULT 'active');
CREATE TABLE members (account_id int, user_id text, role text);
CREATE TABLE grants (account_id int, user_id text, bucket_id bigint);
INSERT INTO accounts VALUES (1, 'active'), (2, 'active'), (3, 'suspended');
INSERT INTO members VALUES (1, 'ann', 'owner'), (1, 'dev', 'developer'), (1, 'ext', 'external_client'), (2, 'bob', 'admin'),
    (3, 'ann', 'owner'), (1, 'odd', 'king');
INSERT INTO grants VALUES (1, 'ext', 11), (2, 'ext', 21);

-- The context
\set ON_ERROR_STOP off
SELECT primecloud.enter_trusted('1', 'ann', 'owner');
\set ON_ERROR_STOP on
SELECT is(:'LAST_ERROR_SQLSTATE'::text, '25P01', 'entering outside a transaction block');
SELECT throws_ok($$SELECT primecloud.tenant_int()$$, '42501', NULL, 'a tenant function without a context');
SELECT is(primecloud.context(), NULL, 'no context is NULL');
SELECT throws_ok($$SET primecloud.context = 'x'$$, '42501', NULL, 'SET by a superuser');
SELECT throws_ok($$SELECT set_config('primecloud.context', 'x', false)$$, '42501', NULL, 'set_config');
SELECT throws_ok($$ALTER ROLE tenancy_app SET primecloud.context = 'x'$$, '42501', NULL, 'ALTER ROLE SET');

BEGIN;
SELECT primecloud.enter_trusted('1', 'ann', 'owner');
SELECT is(primecloud.tenant_int(), 1, 'tenant_int');
SELECT is(primecloud.tenant_bigint(), 1::bigint, 'tenant_bigint');
SELECT is(primecloud.tenant_text(), '1', 'tenant_text');
SELECT throws_ok('SELECT primecloud.tenant_uuid()', '42501', NULL, 'a key of another type is an error, not NULL');
SELECT is(primecloud.user_id(), 'ann', 'user_id');
SELECT is(primecloud.role(), 'owner', 'role');
SELECT ok(primecloud.has_role('owner') AND primecloud.has_role('external_client'), 'an owner has every role');
SELECT throws_ok($$SELECT primecloud.has_role('king')$$, '22023', NULL, 'an unknown role');
SELECT throws_ok($$SELECT primecloud.tenant_int('king')$$, '22023', NULL, 'an unknown role in a tenant function');
SELECT throws_ok($$SELECT primecloud.enter_trusted('2', 'ann', 'owner')$$, '55000', NULL, 'a second tenant in one transaction');
SELECT throws_ok($$SELECT primecloud.enter_trusted('1', 'ann', 'admin')$$, '55000', NULL, 'a second role in one transaction');
SELECT lives_ok($$SELECT primecloud.enter_trusted('1', 'ann', 'owner')$$, 'the same identity again');
SAVEPOINT lowered;
SELECT primecloud.narrow('developer');
SELECT is(primecloud.tenant_int('admin'), NULL, 'below the floor the key is NULL');
SELECT throws_ok($$SELECT primecloud.narrow('owner')$$, '42501', NULL, 'narrow does not raise');
SELECT throws_ok($$SELECT primecloud.enter_trusted('1', 'ann', 'owner')$$, '55000', NULL, 'nor does entering again');
ROLLBACK TO lowered;
SELECT is(primecloud.role(), 'owner', 'ROLLBACK TO restores the role');
SELECT is(primecloud.context() ->> 'tenant', '1', 'context()');
COMMIT;
SELECT is(primecloud.context(), NULL, 'the context ends with the transaction');
BEGIN;
SAVEPOINT before;
SELECT primecloud.enter_trusted('1', 'ann', 'owner');
ROLLBACK TO before;
SELECT is(primecloud.context(), NULL, 'and with the savepoint that it was entered in');
ROLLBACK;
SET primecloud.missing_context = 'empty';
SELECT is(primecloud.tenant_int(), NULL, 'missing_context = empty gives NULL');
RESET primecloud.missing_context;

-- Membership
SELECT primecloud.register_membership('members', 'account_id', 'user_id', 'role', accounts => 'accounts',
    grants => 'grants', grants_tenant_column => 'account_id', grants_user_column => 'user_id', grants_id_column => 'bucket_id');
BEGIN;
SELECT throws_ok($$SELECT primecloud.enter_trusted('2', 'ann', 'owner')$$, '28000',
    'the user is not a member of the account: user "ann", account "2"', 'not a member');
SELECT throws_ok($$SELECT primecloud.enter_trusted('3', 'ann', 'owner')$$, '28000',
    'the account is not active: user "ann", account "3"', 'a suspended account');
SELECT throws_ok($$SELECT primecloud.enter_trusted('1', 'dev', 'admin')$$, '28000', NULL, 'a role above the membership');
SELECT throws_ok($$SELECT primecloud.enter_trusted('1', 'odd', NULL)$$, '28000', NULL, 'an unknown role in the table');
SELECT throws_ok($$SELECT primecloud.enter_trusted('1; DROP TABLE members', 'ann', 'owner')$$, '28000', NULL, 'not a key at all');
SELECT throws_ok($$SELECT primecloud.enter_trusted('01', 'ann', 'owner')$$, '28000',
    'there is no such account: user "ann", account "01"', 'a second spelling of a key');
SELECT throws_ok($$SELECT primecloud.enter_trusted('', 'ann', 'owner')$$, '28000', NULL, 'an empty tenant');
SELECT throws_ok($$SELECT primecloud.enter_trusted(NULL, 'ann', 'owner')$$, '22004', NULL, 'a NULL tenant');
SELECT lives_ok($$SELECT primecloud.enter_trusted('1', 'dev')$$, 'without a role, the membership''s');
SELECT is(primecloud.role(), 'developer', 'which is developer');
ROLLBACK;
BEGIN;
SELECT primecloud.enter_trusted('1', 'ext');
SELECT ok(primecloud.in_scope(11::bigint) AND NOT primecloud.in_scope(21::bigint) AND NOT primecloud.in_scope(12::bigint),
    'a confined user is in scope of what it was granted in this account');
ROLLBACK;
BEGIN;
SELECT primecloud.enter_trusted('1', 'dev');
SELECT ok(primecloud.in_scope(12::bigint) AND primecloud.in_scope('a') AND primecloud.in_scope(gen_random_uuid()),
    'others are in scope of everything');
ROLLBACK;

-- Tables
CREATE TABLE orders (id serial PRIMARY KEY, account_id int, amount int, created_at timestamptz DEFAULT now());
CREATE TABLE lines (id serial PRIMARY KEY, order_id int NOT NULL REFERENCES orders, label text);
INSERT INTO orders (account_id, amount) SELECT n % 2 + 1, n FROM generate_series(1, 100) AS n;
INSERT INTO lines (order_id, label) SELECT id, 'line of ' || id FROM orders;
CREATE VIEW orders_view AS SELECT * FROM orders;
SELECT is((SELECT count(*) FROM primecloud.protect_table('orders', dry_run => true)), 11::bigint, 'a dry run names what it would run');
SELECT is((SELECT relrowsecurity FROM pg_class WHERE relname = 'orders'), false, 'and runs nothing');
SELECT is((SELECT count(*) FROM primecloud.protect_table('orders')), 11::bigint, 'protect_table');
SELECT is_empty($$SELECT primecloud.protect_table('orders')$$, 'again: nothing left to do');
SELECT isnt_empty($$SELECT primecloud.protect_child('lines', 'orders')$$, 'protect_child');
SELECT results_eq('SELECT count(*) FROM lines l JOIN orders o ON o.id = l.order_id WHERE l.account_id = o.account_id', ARRAY[100::bigint],
    'the child''s tenant is its parent''s');
SELECT throws_ok($$SELECT primecloud.protect_table('orders_view')$$, '42809', NULL, 'a view');
SELECT throws_ok($$SELECT primecloud.protect_table('accounts')$$, '42703', NULL, 'a table without the tenant column');
SELECT throws_ok($$SELECT primecloud.protect_table('no_such')$$, '42P01', NULL, 'a table that does not exist');
INSERT INTO grants VALUES (NULL, 'x', 1);
SELECT throws_ok($$SELECT primecloud.protect_table('grants')$$, '23502', NULL, 'rows without a tenant');
SELECT throws_ok($$SELECT primecloud.protect_schema('no_such', 'accounts')$$, '3F000', NULL, 'a schema that does not exist');
SELECT throws_ok($$SELECT primecloud.protect_schema('public', 'accounts', app_role => 'no_such')$$, '42704', NULL,
    'a role that does not exist');
GRANT SELECT, INSERT, UPDATE, DELETE ON orders, lines TO tenancy_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO tenancy_app;
SELECT is_empty($$SELECT line FROM primecloud.assert_isolated('orders', 'tenancy_app') AS line WHERE line LIKE 'not ok%'$$,
    'assert_isolated finds the table isolated');
SET primecloud.guard = off;
ALTER TABLE orders NO FORCE ROW LEVEL SECURITY;
CREATE POLICY careless ON orders USING (true);
DROP POLICY primecloud_floor ON orders;
CREATE POLICY primecloud_floor ON orders AS RESTRICTIVE USING (account_id IS NOT NULL);
SELECT isnt_empty($$SELECT line FROM primecloud.assert_isolated('orders', 'tenancy_app') AS line
    WHERE line LIKE 'not ok%naming the other tenant%'$$, 'and says so when it is not');
SELECT isnt_empty($$SELECT primecloud.protect_table('orders')$$, 'protect_table mends what was loosened');
SELECT * FROM finish();
DROP OWNED BY tenancy_app, tenancy_gate;
DROP ROLE tenancy_app, tenancy_gate;
