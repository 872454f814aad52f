--(
CREATE ROLE shop_owner LOGIN;
CREATE ROLE shop_app LOGIN;
ALTER DATABASE hosting_usual OWNER TO shop_owner;
ALTER SCHEMA public OWNER TO shop_owner;
SELECT $$CASE coalesce(current_setting('app.tenant', true), '') WHEN '' THEN 'app.tenant is not set'
    ELSE 'app.tenant = ' || current_setting('app.tenant') END$$ AS standing \gset
\connect - shop_owner
--)
# The problem
> Many customers share one database. Every query of the application must reach the rows of the
> customer who asks, and no others. One that does not is the worst bug a platform can have, and
> no test of the application finds it. Act one shows it; then what this extension changes.

# Act one: the usual recipe
> Row-level security, with a setting that says whose request it is. Most guides have this:
CREATE TABLE accounts (id int PRIMARY KEY, name text NOT NULL, status text DEFAULT 'active');
CREATE TABLE orders (id int PRIMARY KEY, account_id int NOT NULL REFERENCES accounts, item text);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON orders USING (account_id = current_setting('app.tenant')::int);
> Releases later somebody adds a table and a view, and the application gets its grants:
CREATE TABLE order_notes (id int PRIMARY KEY, order_id int NOT NULL REFERENCES orders, note text);
CREATE VIEW order_list AS SELECT o.id, a.id AS account_id, a.name, o.item
    FROM orders o JOIN accounts a ON a.id = o.account_id;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO shop_app;
--(
CREATE TABLE account_members (account_id int NOT NULL REFERENCES accounts, user_id text NOT NULL, role text NOT NULL,
    PRIMARY KEY (account_id, user_id));
INSERT INTO accounts VALUES (1, 'Northwind'), (2, 'Contoso');
INSERT INTO account_members VALUES (1, 'nora', 'owner'), (2, 'carl', 'owner');
INSERT INTO orders VALUES (1, 1, 'Northwind server'), (2, 1, 'Northwind backup'), (3, 2, 'Contoso server'), (4, 2, 'Contoso mail'),
    (5, 2, 'Contoso shop');
INSERT INTO order_notes VALUES (1, 1, 'Northwind pays late'), (2, 3, 'Contoso asks for a discount');
\connect - shop_app
--)
> Northwind is account 1, Contoso is account 2. It works, and every test is green:
=2
BEGIN; SET LOCAL app.tenant = '1'; SELECT * FROM orders;
COMMIT;

# Five ways through it, none of them an attack on PostgreSQL
> 1. Whatever reaches the server as SQL says who it is: an injection, a filter made of strings,
>    a report that somebody wrote. This request is Northwind's:
BEGIN; SET LOCAL app.tenant = '1';
=3
SET LOCAL app.tenant = '2'; SELECT * FROM orders;
COMMIT;
> 2. SET without LOCAL stays on the connection. A request of Northwind's ends with
SET app.tenant = '1';
> and the pool hands the same connection to the next request, of a visitor who has not even
> signed in:
=2
SELECT * FROM orders;
> 3. A view reads with the rights of its owner, and no policy holds an owner:
=5
SELECT * FROM order_list;
> 4. The table that came later: nobody thought of a policy.
=2
SELECT * FROM order_notes;
\connect - shop_owner
> 5. The owner himself, as whom migrations, jobs and many an application connect:
BEGIN; SET LOCAL app.tenant = '1';
=5
SELECT * FROM orders;
COMMIT;

# The same database, with primecloud
\connect - postgres
> A superuser installs it, and says who is a member of what; then one call per schema:
CREATE EXTENSION primecloud;
--(
SELECT $$CASE primecloud.context() ->> 'tenant' WHEN '1' THEN 'in Northwind as its ' || primecloud.role()
    WHEN '2' THEN 'in Contoso as its ' || primecloud.role() ELSE 'in no account' END$$ AS standing \gset
--)
SELECT primecloud.create_app_role('shop_app');;
SELECT primecloud.register_membership('account_members', 'account_id', 'user_id', 'role',
    accounts => 'accounts');;
DROP POLICY tenant ON orders;
SELECT count(*) AS statements_run
    FROM primecloud.protect_schema('public', 'accounts', app_role => 'shop_app');
SELECT count(*) AS statements_run FROM primecloud.protect_view('order_list');
SELECT primecloud.add_token_key('demo', 'EdDSA', decode(:'public_key', 'hex'));;
> Where people sign in, a token is signed for each request. Its key is not in the database, so
> no SQL can make one. This is the same application:
--(
\set audience hosting_usual
\set user nora
\set account 1
\ir token.sql
\set nora_of_northwind :token
\connect - shop_app
--)
BEGIN; SELECT primecloud.enter(:'nora_of_northwind');;
=2
SELECT * FROM orders;

# The same five ways
> 1. What a session may set opens nothing, and what opens something no session may set:
=2
SET LOCAL app.tenant = '2'; SELECT * FROM orders;
!42501
SET LOCAL primecloud.context = '1:t1:2';
--(
ROLLBACK;
--)
> 2. The account was the transaction's, which has ended. The next request on the connection:
!42501
SELECT * FROM orders;
> 3. The view, and 4. the table that came later, which protect_schema found by its foreign key:
BEGIN; SELECT primecloud.enter(:'nora_of_northwind');;
=2
SELECT * FROM order_list;
=1
SELECT * FROM order_notes;
COMMIT;
\connect - shop_owner
> 5. The owner is held like anybody:
!42501
SELECT * FROM orders;
> And a table that comes later still belongs to nobody until somebody says what it is. It is
> told when it is made, the application is given nothing, and it is listed from then on:
CREATE TABLE order_files (id int PRIMARY KEY, account_id int NOT NULL, name text);
\connect - shop_app
!42501
SELECT * FROM order_files;
\connect - postgres
=1
SELECT * FROM primecloud.unprotected_tables();
> Five ways led to another customer before, and none of the five does now.
