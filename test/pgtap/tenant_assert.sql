-- assert_isolated and explain_access: what is whole passes, and each hole, opened alone,
-- is found and named.
SET client_min_messages = error;
SELECT plan(72);
SELECT primecloud.create_app_role('assert_app');
CREATE ROLE assert_owner;
CREATE ROLE assert_bypass BYPASSRLS;
CREATE ROLE assert_group;
CREATE TABLE customers (id int PRIMARY KEY, account_id int NOT NULL, email text CONSTRAINT customers_email UNIQUE);
CREATE TABLE orders (id int PRIMARY KEY, account_id int NOT NULL, customer_id int CONSTRAINT orders_customer REFERENCES customers,
    note text);
CREATE TABLE events (account_id int NOT NULL, at date NOT NULL, what text) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
INSERT INTO customers VALUES (1, 1, 'a'), (2, 2, 'b'), (3, 3, 'c');
INSERT INTO orders VALUES (1, 1, 1), (2, 2, 2), (3, 1, 1);
INSERT INTO events VALUES (1, '2026-01-02'), (2, '2026-01-03');
GRANT SELECT, INSERT, UPDATE, DELETE ON customers, orders, events, events_1 TO assert_app;
ALTER TABLE customers OWNER TO assert_owner; ALTER TABLE orders OWNER TO assert_owner; ALTER TABLE events OWNER TO assert_owner;
    ALTER TABLE events_1 OWNER TO assert_owner;
CREATE VIEW orders_whole WITH (security_invoker = true) AS SELECT * FROM orders;
GRANT SELECT, INSERT, UPDATE, DELETE ON orders_whole TO assert_app;
SELECT count(*) FROM (SELECT primecloud.protect_table('customers') UNION ALL SELECT primecloud.protect_table('orders') UNION ALL
    SELECT primecloud.protect_table('events')
    UNION ALL SELECT primecloud.confine_table('orders', 'id')) AS s \gset done_
SET primecloud.guard = off;

SELECT is((SELECT string_agg(line, E'\n') FROM primecloud.assert_isolated(t, 'assert_app') AS line WHERE line LIKE 'not ok%'), NULL,
    t || ': whole') FROM unnest('{customers,orders,events}'::regclass[]) AS t;
SELECT is((SELECT count(*) FILTER (WHERE line LIKE 'ok%')::text || ' ' || max(line) FILTER (WHERE line LIKE '1..%')
    FROM primecloud.assert_isolated('orders', 'assert_app') AS line), '31 1..31', 'every line is counted');
SELECT is((SELECT count(*) FROM primecloud.assert_isolated('orders', 'assert_app') AS line WHERE line LIKE '%SKIP%'), 0::bigint,
    'and none is skipped where there are two tenants');
SELECT is((SELECT string_agg(line, E'\n') FROM primecloud.assert_isolated('orders', 'assert_app') AS line WHERE line LIKE '#%'),
    '# public.orders: foreign key "orders_customer" lets a row point at another tenant''s in public.customers: see primecloud.protect_fk()',
        'a foreign key without the tenant is told');
SELECT is((SELECT string_agg(line, E'\n') FROM primecloud.assert_isolated('customers', 'assert_app') AS line WHERE line LIKE '#%'),
    '# public.customers: "public.customers_email" tells whether a value exists at another tenant: see primecloud.protect_unique()',
        'and a unique constraint');

-- The hole, opened and closed again, and which line then fails.
CREATE FUNCTION found(hole text, rel text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
    one text;
BEGIN
    FOREACH one IN ARRAY string_to_array(hole, '; ') LOOP
        EXECUTE one;
    END LOOP;
    SELECT string_agg(regexp_replace(line, '^not ok \d+ - (public\.)?', ''), E'\n') INTO answer
        FROM primecloud.assert_isolated(rel::regclass, 'assert_app') AS line WHERE line LIKE 'not ok%';
    RAISE SQLSTATE 'ATTCK' USING MESSAGE = coalesce(answer, 'nothing');
EXCEPTION WHEN SQLSTATE 'ATTCK' THEN RETURN SQLERRM;
END $$;
CREATE TABLE hole (n serial, rel text, opened text, line text);
INSERT INTO hole (rel, opened, line) VALUES
    ('orders', 'ALTER TABLE orders DISABLE ROW LEVEL SECURITY', 'orders: row-level security is enabled and forced'),
    ('orders', 'ALTER TABLE orders DISABLE ROW LEVEL SECURITY', 'orders: without a context no row is seen \(3 rows\)'),
    ('orders', 'ALTER TABLE orders DISABLE ROW LEVEL SECURITY', 'orders: and none of another \(1 rows\)'),
    ('orders', 'ALTER TABLE orders DISABLE ROW LEVEL SECURITY', 'orders: not by naming the other tenant \(1 rows\)'),
    ('orders', 'ALTER TABLE orders DISABLE ROW LEVEL SECURITY', 'orders: nor by locking its rows \(1 rows\)'),
    ('orders', 'ALTER TABLE orders DISABLE ROW LEVEL SECURITY', 'orders: nor updated \(1 rows\)'),
    ('orders', 'ALTER TABLE orders DISABLE ROW LEVEL SECURITY', 'orders: a row cannot be moved to another tenant \(2 rows\)'),
    ('orders', 'ALTER TABLE orders DISABLE ROW LEVEL SECURITY', 'orders: a row of another tenant cannot be deleted \(1 rows\)'),
    ('orders', 'ALTER TABLE orders DISABLE ROW LEVEL SECURITY', 'orders: nor taken over by ON CONFLICT \(1 rows\)'),
    ('orders', 'ALTER TABLE orders DISABLE ROW LEVEL SECURITY', 'orders: nor by MERGE \(1 rows\)'),
    ('orders', 'ALTER TABLE orders DISABLE ROW LEVEL SECURITY', 'orders: nor deleted by MERGE \(1 rows\)'),
    ('orders', 'ALTER TABLE orders DISABLE ROW LEVEL SECURITY', 'orders_whole: and none of another \(1 rows\)'),
    ('orders', 'ALTER TABLE orders DISABLE ROW LEVEL SECURITY', 'by view public.orders_whole, policies hold: reads as its caller'),
    ('events', 'ALTER TABLE events DISABLE ROW LEVEL SECURITY; ALTER TABLE events_1 DISABLE ROW LEVEL SECURITY',
        'events: a row of another tenant cannot be inserted \(1 rows\)'),
    ('orders', 'ALTER TABLE orders NO FORCE ROW LEVEL SECURITY',
        E'^orders: row-level security is enabled and forced\norders: and on every partition$'),
    ('events', 'ALTER TABLE events_1 DISABLE ROW LEVEL SECURITY', 'events: and on every partition'),
    ('events', 'ALTER TABLE events_1 DISABLE ROW LEVEL SECURITY', 'events_1: and none of another \(1 rows\)'),
    ('events', 'ALTER TABLE events_1 DISABLE ROW LEVEL SECURITY', 'events_1: a row of another tenant cannot be deleted \(1 rows\)'),
    ('orders', 'ALTER POLICY primecloud_floor ON orders USING (true)', '^orders: the floor is whole$'),
    ('orders', 'ALTER POLICY primecloud_floor ON orders USING (account_id IS NOT NULL); CREATE POLICY careless ON orders FOR SELECT USING '
        '(true)', 'orders: and none of another \(1 rows\)'),
    ('orders', 'ALTER POLICY primecloud_floor ON orders WITH CHECK (account_id > 0); CREATE POLICY careless ON orders FOR INSERT WITH '
        'CHECK (true)', 'orders: the floor is whole'),
    ('events', 'ALTER POLICY primecloud_floor ON events WITH CHECK (account_id > 0); CREATE POLICY careless ON events FOR INSERT WITH '
        'CHECK (true)', 'events: a row of another tenant cannot be inserted \(1 rows\)'),
    ('orders', 'ALTER POLICY primecloud_confine ON orders USING (true)',
        'orders: a confined user to whom nothing was granted sees no row \(2 rows\)'),
    ('orders', 'GRANT TRUNCATE ON orders TO PUBLIC', 'orders: the table cannot be truncated \(0 rows\)'),
    ('orders', 'GRANT TRUNCATE ON orders TO PUBLIC', 'orders: assert_app cannot truncate, reference, maintain or attach a trigger'),
    ('orders', 'GRANT REFERENCES (id) ON orders TO assert_app',
        '^orders: assert_app cannot truncate, reference, maintain or attach a trigger$'),
    ('events', 'GRANT TRIGGER ON events_1 TO assert_app', '^events: assert_app cannot truncate, reference, maintain or attach a trigger$'),
    ('orders', 'ALTER ROLE assert_app BYPASSRLS', 'orders: assert_app is held by policies'),
    ('orders', 'GRANT assert_bypass TO assert_app', '^orders: assert_app is held by policies$'),
    ('orders', 'GRANT assert_owner TO assert_group; GRANT assert_group TO assert_app', '^orders: assert_app cannot become the owner$'),
    ('orders', 'GRANT pg_execute_server_program TO assert_app', '^orders: assert_app does not reach the server''s files$'),
    ('orders', 'CREATE VIEW leaky AS SELECT id, account_id AS whose FROM orders; GRANT SELECT ON leaky TO assert_app',
        '^orders: by view public.leaky, policies hold: reads as postgres$'),
    ('orders', 'CREATE VIEW leaky AS SELECT * FROM orders; GRANT SELECT, DELETE ON leaky TO assert_app',
        'leaky: a row of another tenant cannot be deleted \(1 rows\)'),
    ('orders', 'CREATE VIEW deep AS SELECT * FROM orders; CREATE VIEW leaky WITH (security_invoker = true) AS SELECT * FROM deep; GRANT '
        'SELECT ON leaky, deep TO assert_app', 'leaky: and none of another \(1 rows\)'),
    ('orders', 'CREATE MATERIALIZED VIEW kept AS SELECT id FROM orders; GRANT SELECT ON kept TO assert_app',
        'by materialized view public.kept, policies hold: holds the rows'),
    ('orders', 'SET LOCAL primecloud.missing_context = empty', 'nothing'),
    ('orders', 'DELETE FROM orders WHERE account_id = 2', 'nothing');
SELECT format('SELECT matches(found(%L, %L), %L, %L)', opened, rel, line, opened || ': ' || line) FROM hole ORDER BY n \gexec
SELECT throws_ok($$SELECT primecloud.assert_isolated('hole', 'assert_app')$$, '42809', NULL, 'a table that is not protected');
SELECT throws_ok($$SELECT primecloud.assert_isolated('orders', 'no_such')$$, '42704', NULL, 'a role that is not there');
SELECT is((SELECT line FROM primecloud.assert_isolated('orders', 'assert_app') AS line WHERE line LIKE '%naming%' AND line LIKE 'ok%'
    LIMIT 1) LIKE 'ok % - public.orders: %', true, 'the lines name the table');
SET ROLE assert_owner;
SELECT throws_ok($$SELECT primecloud.assert_isolated('orders', 'assert_app')$$, '42501', NULL, 'who cannot see every row cannot assert');
RESET ROLE;

-- explain_access: each way, whether it is held, and why.
CREATE FUNCTION ways(opened text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
    one text;
BEGIN
    FOREACH one IN ARRAY string_to_array(opened, '; ') LOOP
        EXECUTE one;
    END LOOP;
    SELECT string_agg(format('%s: %s: %s: %s', path, access, CASE WHEN held THEN 'held' ELSE 'free' END, why), E'\n' ORDER BY path, access)
        INTO answer FROM primecloud.explain_access('orders', 'assert_group');
    RAISE SQLSTATE 'ATTCK' USING MESSAGE = coalesce(answer, 'none');
EXCEPTION WHEN SQLSTATE 'ATTCK' THEN RETURN SQLERRM;
END $$;
SELECT is(ways(opened), way, opened) FROM (VALUES
    ('SELECT 1', 'none'),
    ('GRANT SELECT ON orders TO assert_group', 'itself: SELECT: held: granted'),
    ('GRANT SELECT (id) ON orders TO PUBLIC', 'PUBLIC: SELECT: held: granted'),
    ('GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON orders TO assert_app; GRANT assert_app TO assert_group',
        E'inherits assert_app: DELETE, INSERT, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE: free: granted; policies do not hold '
        'TRUNCATE; a foreign key probes for rows that policies hide; a trigger sees what other users write\nview public.orders_whole: '
        'SELECT: held: reads as its caller'),
    ('GRANT SELECT ON orders TO assert_bypass; ALTER ROLE assert_group NOINHERIT; GRANT assert_bypass TO assert_group',
        E'SET ROLE assert_bypass: BYPASSRLS: free: no policy holds this role\nSET ROLE assert_bypass: SELECT: free: granted'),
    ('GRANT assert_owner TO assert_group',
        'inherits assert_owner: ALL: held: the owner can take protection away; until then forced policies hold it'),
    ('ALTER TABLE orders NO FORCE ROW LEVEL SECURITY; GRANT assert_owner TO assert_group',
        'inherits assert_owner: ALL: free: policies do not hold the owner: row-level security is not forced'),
    ('GRANT pg_read_all_data TO assert_group',
        E'inherits pg_read_all_data: pg_read_all_data: held: reads every table\nview public.orders_whole: SELECT: held: reads as its '
        'caller'),
    ('ALTER ROLE assert_group SUPERUSER',
        E'itself: ALL: free: a superuser reads and writes everything\nview public.orders_whole: SELECT: free: reads as its caller'))
        AS t(opened, way);
SELECT matches(ways('CREATE FUNCTION tell() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS ''SELECT count(*) FROM orders'''),
    'function public.tell\(\): EXECUTE: free: SECURITY DEFINER, runs as postgres and names the table', 'a SECURITY DEFINER function');
SELECT matches(ways('CREATE FUNCTION tell() RETURNS bigint LANGUAGE sql SECURITY DEFINER BEGIN ATOMIC SELECT count(*) FROM orders;END'),
    'function public.tell\(\): EXECUTE: free: ', 'one whose body is parsed');
-- The same name in another schema is another table; in doubt it is told.
CREATE SCHEMA elsewhere;
CREATE TABLE elsewhere.orders (id int);
CREATE FUNCTION elsewhere.page(value text, name text) RETURNS text LANGUAGE sql AS 'SELECT NULL::text';
SELECT is(ways(format('CREATE FUNCTION tell() RETURNS text LANGUAGE %s SECURITY DEFINER %s AS %L',
    language, path, replace(body, '; ', ';')))
    ~ 'function public.tell', told, concat_ws(' ', language, path, body)) FROM (VALUES
    ('sql', 'SET search_path = pg_catalog, pg_temp', 'SELECT count(*)::text FROM elsewhere.orders', false),
    ('sql', 'SET search_path = pg_catalog, elsewhere', 'SELECT count(*)::text FROM orders', false),
    ('plpgsql', 'SET search_path = ''''', 'BEGIN RETURN (SELECT count(*) FROM elsewhere.orders AS o WHERE o.id <> 1 AND ''a'' = ''b''); '
        'END', false),
    ('sql', 'SET search_path = pg_catalog, pg_temp', 'SELECT count(*)::text FROM elsewhere.orders, public.orders', true),
    ('sql', 'SET search_path = pg_catalog, pg_temp', 'SELECT count(*)::text FROM "public" . "orders"', true),
    ('sql', 'SET search_path = elsewhere, "public"', 'SELECT count(*)::text FROM elsewhere.orders', true),
    ('sql', '', 'SELECT count(*)::text FROM elsewhere.orders', true),
    ('sql', 'SET row_security = on', 'SELECT count(*)::text FROM elsewhere.orders', true),
    ('sql', 'SET search_path = pg_catalog, "$user"', 'SELECT count(*)::text FROM elsewhere.orders', true),
    ('sql', 'SET search_path = pg_catalog', 'SELECT elsewhere.page($$orders$$, ''orders'')', true),
    ('plpgsql', 'SET search_path = pg_catalog', 'DECLARE n bigint; BEGIN EXECUTE format(''SELECT 1 FROM %I.orders'', ''pub'' || ''lic'') '
        'INTO n; RETURN n; END', true),
    ('plpgsql', 'SET search_path = pg_catalog', 'BEGIN PERFORM set_config(''search'' || ''_path'', ''pub'' || ''lic'', true); '
        'RETURN (SELECT count(*) FROM orders); END', true)) AS t(language, path, body, told);
DROP SCHEMA elsewhere CASCADE;
CREATE SCHEMA "a, b";
CREATE TABLE "a, b".orders (id int);
CREATE FUNCTION listed() RETURNS bigint LANGUAGE sql SET search_path = "a, b" AS 'SELECT count(*) FROM orders';
SELECT ok(primecloud_internal.may_name('listed()'::regprocedure, '"a, b".orders'), 'one whose name looks like two');
DROP FUNCTION listed(); DROP SCHEMA "a, b" CASCADE;
SELECT * FROM finish();
DROP TABLE customers, orders, events CASCADE;
DROP OWNED BY assert_app, assert_owner, assert_bypass, assert_group;
DROP ROLE assert_app, assert_owner, assert_bypass, assert_group;
