-- The guard, constraints, views, partitions, exemptions, COPY and the report of access.
SELECT plan(52);
SELECT primecloud.create_app_role('helpers_app');
SELECT primecloud.create_platform_role('helpers_operator');
CREATE ROLE helpers_owner;
GRANT CREATE ON SCHEMA public TO helpers_owner;
CREATE TABLE customers (id int PRIMARY KEY, account_id int NOT NULL, email text CONSTRAINT customers_email UNIQUE);
CREATE TABLE orders (id int PRIMARY KEY, account_id int NOT NULL, customer_id int CONSTRAINT orders_customer REFERENCES customers ON DELETE
    SET NULL, body text);
INSERT INTO customers VALUES (1, 1, 'a@x'), (2, 2, 'b@x');
INSERT INTO orders VALUES (1, 1, 1, 'one'), (2, 2, 2, 'two');
GRANT SELECT, INSERT, UPDATE, DELETE ON customers, orders TO helpers_app;
ALTER TABLE customers OWNER TO helpers_owner;
ALTER TABLE orders OWNER TO helpers_owner;
SET ROLE helpers_owner;
SELECT primecloud.protect_table('customers');
SELECT primecloud.protect_table('orders');
RESET ROLE;

-- Runs statements as the application in tenant 1 and undoes them.
CREATE FUNCTION attempt(VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    PERFORM primecloud.enter_trusted('1', 'mallory', 'owner');
    SET LOCAL ROLE helpers_app;
    FOR i IN 1..array_length(statements, 1) LOOP
        IF statements[i] ~* '^(SELECT|WITH)|RETURNING' THEN EXECUTE statements[i] INTO answer; ELSE EXECUTE statements[i]; answer := 'done';
            END IF;
    END LOOP;
    RAISE SQLSTATE 'ATTCK' USING MESSAGE = coalesce(answer, 'null');
EXCEPTION WHEN SQLSTATE 'ATTCK' THEN RETURN SQLERRM; WHEN OTHERS THEN RETURN SQLSTATE;
END $$;

-- What a constraint without the tenant gives away, and then does not.
SELECT is(attempt($$INSERT INTO orders VALUES (9, 1, 2, 'x')$$), 'done', 'usual: a row can point at another tenant''s row');
SELECT is(attempt($$INSERT INTO customers VALUES (9, 1, 'b@x')$$), '23505', 'usual: a unique constraint tells what another tenant has');
SELECT is((SELECT count(*) FROM primecloud.protect_fk('orders', 'orders_customer', dry_run => true)), 5::bigint, 'protect_fk, dry run');
SET ROLE helpers_owner;
SELECT isnt_empty($$SELECT primecloud.protect_fk('orders', 'orders_customer')$$, 'protect_fk');
SELECT is_empty($$SELECT primecloud.protect_fk('orders', 'orders_customer')$$, 'again: nothing to do');
SELECT isnt_empty($$SELECT primecloud.protect_unique('customers', 'customers_email')$$, 'protect_unique');
SELECT is_empty($$SELECT primecloud.protect_unique('customers', 'customers_email')$$, 'again: nothing to do');
RESET ROLE;
SELECT is(attempt($$INSERT INTO orders VALUES (9, 1, 2, 'x')$$), '23503', 'a row cannot point at another tenant''s row');
SELECT is(attempt($$INSERT INTO orders VALUES (9, 1, 1, 'x')$$), 'done', 'but at its own');
SELECT is(attempt($$INSERT INTO customers VALUES (9, 1, 'b@x')$$), 'done', 'the unique constraint says nothing of another tenant');
SELECT is(attempt($$INSERT INTO customers VALUES (9, 1, 'a@x')$$), '23505', 'and holds within its own');
SELECT is(attempt($$DELETE FROM customers WHERE id = 1$$, $$SELECT account_id || coalesce(customer_id::text, ' none') FROM orders
    WHERE id = 1$$), '1 none', 'SET NULL leaves the tenant column alone');
SELECT throws_ok($$SELECT primecloud.protect_unique('orders', 'orders_pkey')$$, '42809', NULL, 'a primary key is not rebuilt');
SELECT throws_ok($$SELECT primecloud.protect_fk('orders', 'no_such')$$, '42704', NULL, 'a foreign key that is not there');

-- The guard
SET ROLE helpers_owner;
SELECT throws_ok('ALTER TABLE orders DISABLE ROW LEVEL SECURITY', '42501', NULL, 'the owner cannot disable it in passing');
SELECT throws_ok('ALTER TABLE orders NO FORCE ROW LEVEL SECURITY', '42501', NULL, 'nor lift FORCE');
SELECT throws_ok('DROP POLICY primecloud_floor ON orders', '42501', NULL, 'nor drop a policy');
SELECT throws_ok('DROP POLICY primecloud_select ON orders CASCADE', '42501', NULL, 'nor another');
SELECT throws_ok('ALTER POLICY primecloud_floor ON orders USING (true)', '42501', NULL, 'nor alter one');
SELECT throws_ok('ALTER POLICY primecloud_floor ON orders RENAME TO mine', '42501', NULL, 'nor rename the floor');
SELECT throws_ok('ALTER TABLE orders ALTER COLUMN account_id DROP NOT NULL', '42501', NULL, 'nor let the tenant be NULL');
SELECT throws_ok('ALTER TABLE orders DROP CONSTRAINT orders_customer', '42501', NULL, 'nor drop a tenant constraint');
SELECT throws_ok('ALTER TABLE orders DROP COLUMN account_id CASCADE', '42501', NULL, 'nor drop the tenant column with its policies');
SELECT throws_ok('SET primecloud.guard = off', '42501', NULL, 'nor switch the guard off');
SELECT lives_ok('ALTER TABLE orders ADD COLUMN note text', 'everything else is as it was');
SELECT lives_ok('CREATE TABLE other (x int NOT NULL); ALTER TABLE other ALTER COLUMN x DROP NOT NULL, ENABLE ROW LEVEL SECURITY; ALTER '
    'TABLE other DISABLE ROW LEVEL SECURITY; DROP TABLE other', 'and other tables too');
SELECT lives_ok($$SELECT primecloud.unprotect_table('orders')$$, 'unprotect_table is the way');
SELECT isnt_empty($$SELECT primecloud.protect_table('orders')$$, 'and back again');
RESET ROLE;
SET primecloud.guard = warn;
BEGIN;
SET LOCAL client_min_messages = error;
SELECT lives_ok('ALTER TABLE orders DISABLE ROW LEVEL SECURITY', 'warn lets it pass');
ROLLBACK;
RESET primecloud.guard;

-- Partitions, now and later
CREATE TABLE events (account_id int NOT NULL, at date NOT NULL, what text) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
SELECT primecloud.protect_table('events');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
CREATE TABLE events_3 (what text, account_id int NOT NULL, at date NOT NULL);
ALTER TABLE events ATTACH PARTITION events_3 FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');
CREATE TABLE events_4 PARTITION OF events FOR VALUES FROM ('2026-04-01') TO ('2026-05-01') PARTITION BY LIST (account_id);
CREATE TABLE events_4_1 PARTITION OF events_4 FOR VALUES IN (1);
INSERT INTO events SELECT n % 2 + 1, '2026-01-15'::date + (n % 3) * 28, 'e' FROM generate_series(1, 60) AS n;
GRANT SELECT ON events, events_1, events_2, events_3, events_4, events_4_1 TO helpers_app;
SELECT is((SELECT count(*) FROM pg_class WHERE relname LIKE 'events\_%' AND relkind IN ('r', 'p') AND relrowsecurity
    AND relforcerowsecurity), 5::bigint, 'partitions of every kind are protected as they come');
SELECT is(attempt('SELECT count(*) FROM events_2 WHERE account_id = 2'), '0', 'a partition by its own name shows its own tenant');
SELECT is(attempt('SELECT count(*) FROM events_3'), '10', 'also one that was attached');

-- Views
CREATE VIEW leaky AS SELECT * FROM orders;
CREATE VIEW above AS SELECT * FROM leaky;
CREATE MATERIALIZED VIEW kept AS SELECT * FROM orders;
GRANT SELECT ON leaky, above, kept TO helpers_app;
SELECT is(attempt('SELECT count(*) FROM leaky'), '2', 'usual: a superuser''s view shows every tenant');
SELECT results_eq($$SELECT path, held FROM primecloud.explain_access('orders', 'helpers_app') ORDER BY path COLLATE "C"$$,
    $$VALUES ('itself', true), ('materialized view public.kept', false), ('view public.above', false), ('view public.leaky', false)$$,
        'explain_access names each way, held or not');
SELECT primecloud.protect_view('leaky');
SELECT is(attempt('SELECT count(*) FROM leaky'), '1', 'protect_view: as its caller');
SELECT is(attempt('SELECT count(*) FROM above'), '1', 'and so does what stands above it');
SELECT is((SELECT string_agg(path || held, ' ' ORDER BY path) FROM primecloud.explain_access('orders', 'helpers_app') WHERE path ~ '^view'),
    'view public.abovetrue view public.leakytrue', 'and explain_access says so');
SELECT throws_ok($$SELECT primecloud.protect_view('kept')$$, '42809', NULL, 'a materialized view');

-- COPY, exemptions, operators
SELECT isnt_empty($$SELECT primecloud.copy_target('orders')$$, 'copy_target');
GRANT INSERT ON orders_copy TO helpers_app;
SELECT is(attempt($$INSERT INTO orders_copy (id, body) VALUES (50, 'x')$$, 'SELECT account_id FROM orders WHERE id = 50'), '1',
    'its rows take the defaults');
SELECT is(attempt($$INSERT INTO orders_copy (id, account_id) VALUES (50, 2)$$), '42501', 'and meet the policies');
CREATE TABLE loaded (id int, account_id int NOT NULL, PRIMARY KEY (account_id, id));
ALTER TABLE loaded OWNER TO helpers_owner;
SELECT primecloud.protect_table('loaded');
SELECT primecloud.copy_target('loaded');
SELECT is((SELECT proowner::regrole::text FROM pg_proc WHERE oid = 'loaded_copy()'::regprocedure), 'helpers_owner',
    'what a superuser makes for it is the table''s owner''s');
SET ROLE helpers_owner;
SELECT isnt_empty($$SELECT primecloud.drop_copy_target('loaded')$$, 'who drops it');
RESET ROLE;
DROP TABLE loaded;
CREATE TABLE logins (at timestamptz);
SELECT primecloud.exempt('logins', 'holds no tenant', current_date);
SELECT is(primecloud.exemption_of('logins'), 'holds no tenant (until ' || current_date || ')', 'an exemption is recorded');
UPDATE primecloud_internal.exemption SET until = current_date - 1;
SELECT is(primecloud.exemption_of('logins'), NULL, 'and is none when its last day has passed');
SELECT throws_ok($$SELECT primecloud.exempt('logins', 'x', current_date - 1)$$, '22023', NULL, 'one that has passed already is not taken');
SELECT is((SELECT string_agg(line, ',') FROM primecloud.protect_schema('public', 'customers', tenants_key_column => 'account_id',
    dry_run => true) AS line WHERE line LIKE '%logins'),
    '-- left alone, no way from it to a tenant: public.logins', 'protect_schema looks at the table again');
SELECT primecloud.exempt('logins', 'holds no tenant');
SELECT primecloud.exempt('logins', NULL);
SELECT is(primecloud.exemption_of('logins'), NULL, 'a NULL reason takes it back');
SELECT throws_ok($$SELECT primecloud.exempt('orders', 'x')$$, '55000', NULL, 'a protected table is not exempt');
CREATE FUNCTION operate(reason text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    SET LOCAL ROLE helpers_operator;
    PERFORM primecloud.assume('1', reason);
    RAISE SQLSTATE 'ATTCK' USING MESSAGE = primecloud.context() ->> 'tenant';
EXCEPTION WHEN SQLSTATE 'ATTCK' THEN RETURN SQLERRM; WHEN OTHERS THEN RETURN SQLSTATE;
END $$;
SELECT is(operate('ticket 7') || operate(' '), '122023', 'an operator assumes an account, with a reason');
SELECT is(attempt($$SELECT primecloud.assume('2', 'curious')$$), '42501', 'the application does not');
SELECT throws_ok($$DO 'BEGIN
    PERFORM primecloud.assume(''1'', ''ticket 7'');
    PERFORM primecloud.enter_trusted(''1'', primecloud.user_id(), ''owner'');
END'$$, '55000', 'another identity has been entered in this transaction', 'and an operator goes on as no member of his name');
SELECT * FROM finish();
DROP TABLE logins; DROP VIEW above, leaky, orders_copy; DROP MATERIALIZED VIEW kept; DROP TABLE orders, customers, events;
DROP OWNED BY helpers_app, helpers_operator, helpers_owner;
DROP ROLE helpers_app, helpers_operator, helpers_owner;
