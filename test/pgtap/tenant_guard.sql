-- The guard: what a migration tool does that does not know of row-level security.
SET client_min_messages = warning;
SELECT plan(90);
CREATE ROLE guard_owner;
CREATE SCHEMA app AUTHORIZATION guard_owner;
SET ROLE guard_owner;
SET search_path = app, public;
RESET ROLE;
GRANT CREATE ON SCHEMA public TO guard_owner;
SET ROLE guard_owner;
CREATE TABLE customers (id int PRIMARY KEY, account_id int, email text CONSTRAINT customers_email UNIQUE);
CREATE TABLE orders (id int PRIMARY KEY, account_id int, customer_id int CONSTRAINT orders_customer REFERENCES customers,
    note text NOT NULL DEFAULT '', CONSTRAINT note_size CHECK (length(note) < 100));
CREATE TABLE currencies (code text PRIMARY KEY);
CREATE TABLE events (account_id int, at date) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE plain (id int NOT NULL DEFAULT 1, CONSTRAINT positive CHECK (id > 0));
ALTER TABLE plain ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON plain USING (true);
INSERT INTO orders VALUES (1, 1), (2, 2);
SELECT count(*) FROM (SELECT primecloud.protect_table('customers') UNION ALL SELECT primecloud.protect_table('orders') UNION ALL
    SELECT primecloud.protect_table('events')
    UNION ALL SELECT primecloud.protect_fk('orders', 'orders_customer') UNION ALL
        SELECT primecloud.protect_unique('customers', 'customers_email')
    UNION ALL SELECT primecloud.share_table('currencies') UNION ALL SELECT primecloud.confine_table('orders', 'id')) AS made \gset

CREATE FUNCTION described() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(line, E'\n' ORDER BY line) FROM (
        SELECT concat_ws(' ', relname, relrowsecurity, relforcerowsecurity) FROM pg_class WHERE relnamespace = 'app'::regnamespace
        UNION ALL SELECT concat_ws(' ', polrelid::regclass, polname, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
            FROM pg_policy
        UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
            WHERE connamespace = 'app'::regnamespace
        UNION ALL SELECT concat_ws(' ', attrelid::regclass, attname, attnotnull, atthasdef) FROM pg_attribute JOIN pg_class c
            ON c.oid = attrelid WHERE relnamespace = 'app'::regnamespace AND attnum > 0) AS u(line)
$$;
SELECT described() AS before \gset

-- What drizzle-kit push sends, table by table, once the policies are not in its schema file;
-- and what other tools do.
CREATE TABLE public.attack (n serial, statement text);
INSERT INTO attack (statement) VALUES
    ('ALTER TABLE "orders" DISABLE ROW LEVEL SECURITY;'),
    ('ALTER TABLE "orders" NO FORCE ROW LEVEL SECURITY'),
    ('DROP POLICY "primecloud_floor" ON "orders" CASCADE;'),
    ('DROP POLICY "primecloud_select" ON "orders" CASCADE;'),
    ('DROP POLICY IF EXISTS "primecloud_insert" ON "app"."orders" CASCADE;'),
    ('DROP POLICY "primecloud_update" ON "orders" CASCADE;'),
    ('DROP POLICY "primecloud_delete" ON "orders" CASCADE;'),
    ('DROP POLICY "primecloud_confine" ON "orders"'),
    ('DROP POLICY "primecloud_shared" ON "currencies"'),
    ('ALTER TABLE "currencies" DISABLE ROW LEVEL SECURITY'),
    ('ALTER POLICY "primecloud_floor" ON "orders" TO public USING (true) WITH CHECK (true);'),
    ('ALTER POLICY "primecloud_floor" ON "orders" RENAME TO "floor"'),
    ('ALTER POLICY "primecloud_floor" ON "orders" TO guard_owner'),
    ('ALTER TABLE "orders" DROP CONSTRAINT "orders_customer";'),
    ('ALTER TABLE "orders" DROP CONSTRAINT IF EXISTS "orders_customer" CASCADE'),
    ('ALTER TABLE "customers" DROP CONSTRAINT "customers_email";'),
    ('ALTER TABLE "customers" DROP CONSTRAINT "customers_account_id_id_key" CASCADE'),
    ('ALTER TABLE "orders" ALTER COLUMN "account_id" DROP DEFAULT;'),
    ('ALTER TABLE "orders" ALTER COLUMN "account_id" SET DEFAULT 1;'),
    ('ALTER TABLE "orders" ALTER COLUMN "account_id" DROP NOT NULL;'),
    ('ALTER TABLE "orders" DROP COLUMN "account_id" CASCADE'),
    ('ALTER TABLE "orders" ADD COLUMN x int, DISABLE ROW LEVEL SECURITY'),
    ('ALTER TABLE "events_1" DISABLE ROW LEVEL SECURITY'),
    ('DROP POLICY "primecloud_floor" ON "events_1"'),
    ('DO $d$BEGIN EXECUTE ''ALTER TABLE orders DISABLE ROW LEVEL SECURITY''; END$d$'),
    ('DO $d$BEGIN PERFORM primecloud.tenant_column(''orders''); EXECUTE ''ALTER TABLE orders DISABLE ROW LEVEL SECURITY''; END$d$'),
    ('DO $d$BEGIN BEGIN PERFORM primecloud.protect_table(''no_such''); EXCEPTION WHEN OTHERS THEN NULL; END; EXECUTE ''ALTER TABLE orders '
        'DISABLE ROW LEVEL SECURITY''; END$d$'),
    ('DO $d$BEGIN PERFORM primecloud.protect_table(''orders''); EXECUTE ''DROP POLICY primecloud_floor ON orders''; END$d$');
SELECT throws_ok(statement, '42501', NULL, 'refused: ' || statement) FROM attack ORDER BY n;
SELECT is(described(), :'before', 'and nothing has changed');
SELECT throws_ok('ALTER TABLE orders DISABLE ROW LEVEL SECURITY', '42501', 'protected table app.orders would lose row-level security',
    'it says what, and where');
SELECT throws_ok('DROP POLICY primecloud_floor ON orders', '42501',
    'policy "primecloud_floor" of protected table app.orders would be dropped', 'also of a policy');

CREATE FUNCTION hint_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    hint text;
BEGIN
    EXECUTE statement;
    RETURN NULL;
EXCEPTION WHEN insufficient_privilege THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN hint;
END $$;
SELECT is(hint_of(statement), format('Use primecloud.%s if this is meant. A superuser may SET primecloud.guard = off.', way), 'the way: '
    || way) FROM (VALUES ('ALTER TABLE orders DROP CONSTRAINT orders_customer', $$unprotect_fk('app.orders', 'orders_customer')$$),
    ('ALTER TABLE customers DROP CONSTRAINT customers_email', $$unprotect_unique('app.customers', 'customers_email')$$),
    ('ALTER TABLE orders NO FORCE ROW LEVEL SECURITY', 'unprotect_table()')) AS t(statement, way);

-- Everything else is as it was.
SELECT lives_ok(statement, 'passes: ' || statement) FROM (VALUES
    ('ALTER TABLE orders ADD COLUMN extra text DEFAULT ''x'''), ('ALTER TABLE orders ALTER COLUMN note DROP DEFAULT'),
        ('ALTER TABLE orders ALTER COLUMN note DROP NOT NULL'),
    ('ALTER TABLE orders DROP CONSTRAINT note_size'), ('ALTER TABLE orders DROP COLUMN note'),
        ('ALTER TABLE orders RENAME COLUMN account_id TO account'),
    ('ALTER TABLE orders RENAME COLUMN account TO account_id'), ('ALTER TABLE orders RENAME TO renamed'),
        ('ALTER TABLE renamed RENAME TO orders'),
    ('CREATE POLICY more ON orders AS RESTRICTIVE USING (id > 0)'), ('ALTER POLICY more ON orders USING (id > 1)'),
        ('DROP POLICY more ON orders'),
    ('ALTER TABLE plain DISABLE ROW LEVEL SECURITY'), ('DROP POLICY own ON plain'),
        ('ALTER TABLE plain ALTER COLUMN id DROP DEFAULT, ALTER COLUMN id DROP NOT NULL, DROP CONSTRAINT positive'),
    ('DROP TABLE plain'), ('CREATE TABLE plain (id int)'), ('ALTER TABLE orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY'),
        ('DROP INDEX customers_tenant_idx')) AS t(statement);
SELECT throws_ok('SET primecloud.guard = off', '42501', NULL, 'the owner cannot switch it off');
SELECT throws_ok('SELECT primecloud_internal.lift_guard()', '55000', NULL, 'nor lift it in passing');
SELECT throws_ok('SELECT set_config(''primecloud.guard'', ''off'', true)', '42501', NULL, 'nor by set_config');
RESET ROLE;
SELECT throws_ok('ALTER TABLE orders DISABLE ROW LEVEL SECURITY', '42501', NULL, 'a superuser''s migration is stopped too');

-- warn, and off
SET primecloud.guard = warn;
CREATE FUNCTION attempt(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RAISE SQLSTATE 'ATTCK';
EXCEPTION WHEN SQLSTATE 'ATTCK' THEN RETURN 'done'; WHEN OTHERS THEN RETURN SQLSTATE;
END $$;
SET client_min_messages = error;
SELECT is(attempt('ALTER TABLE orders DISABLE ROW LEVEL SECURITY'), 'done', 'warn lets it pass');
SELECT is(attempt('DROP POLICY primecloud_floor ON orders'), 'done', 'and a policy go');
SET primecloud.guard = off;
SELECT is(attempt('ALTER TABLE orders DISABLE ROW LEVEL SECURITY'), 'done', 'off: nobody looks');
RESET primecloud.guard;
SELECT is(attempt('ALTER TABLE orders DISABLE ROW LEVEL SECURITY'), '42501', 'and on again');

-- What was loosened while it was off is mended by the helper.
SET primecloud.guard = off;
CREATE TABLE public.loosened (n serial, statement text);
INSERT INTO loosened (statement) VALUES ('ALTER TABLE orders DISABLE ROW LEVEL SECURITY'),
    ('ALTER TABLE orders NO FORCE ROW LEVEL SECURITY'), ('DROP POLICY primecloud_floor ON orders'),
    ('ALTER POLICY primecloud_floor ON orders USING (true)'), ('ALTER POLICY primecloud_floor ON orders WITH CHECK (true)'),
        ('ALTER POLICY primecloud_update ON orders WITH CHECK (true)'),
    ('ALTER POLICY primecloud_floor ON orders TO guard_owner'),
        ('DROP POLICY primecloud_floor ON orders; CREATE POLICY primecloud_floor ON orders USING (account_id = primecloud.tenant_int())'),
    ('ALTER TABLE orders ALTER COLUMN account_id DROP NOT NULL'), ('ALTER TABLE orders ALTER COLUMN account_id DROP DEFAULT'),
        ('ALTER TABLE events_1 DISABLE ROW LEVEL SECURITY');
SELECT described() AS before \gset
CREATE FUNCTION mended(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY string_to_array(statement, '; ') LOOP
        EXECUTE one;
    END LOOP;
    PERFORM primecloud.protect_table('orders');
    PERFORM primecloud.protect_table('events');
    RETURN described();
END $$;
SELECT format('SELECT is(mended(%L), %L, %L)', statement, :'before', 'mended: ' || statement) FROM loosened ORDER BY n \gexec
RESET primecloud.guard;

-- What the helpers note is read for others too: what cannot be read is not written.
SET ROLE guard_owner;
SELECT obj_description(oid, 'pg_policy') AS note FROM pg_policy WHERE polrelid = 'orders'::regclass AND polname = 'primecloud_floor' \gset
SELECT throws_ok(format('COMMENT ON POLICY primecloud_select ON orders IS %L', 'primecloud: ' || note), '22023',
    'the comment on policy "primecloud_select" of table app.orders is no note of primecloud''s', 'a note: ' || left(note, 30))
    FROM (VALUES ('{"schemas"'), ('{"schemas": 3}'), ('{"constraints": []}'), ('{"roles": "owner"}'), ('{"a": "' || chr(92) || 'u0000"}'),
        ('{"a": ' || repeat('[', 100000))) AS t(note);
SELECT lives_ok(format('COMMENT ON POLICY primecloud_floor ON orders IS %L', :'note'), 'as it was');
SELECT lives_ok('CREATE TABLE made_beside (id int); DROP TABLE made_beside', 'and tables are made');
RESET ROLE;

-- Partitions and children, as they come
SET ROLE guard_owner;
SELECT lives_ok(statement, statement)
    FROM (VALUES ('CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (''2026-02-01'') TO (''2026-03-01'')'),
    ('CREATE TABLE events_3 (at date, account_id int NOT NULL); ALTER TABLE events ATTACH PARTITION events_3 FOR VALUES FROM '
        '(''2026-03-01'') TO (''2026-04-01'')'),
    ('CREATE TABLE events_4 PARTITION OF events FOR VALUES FROM (''2026-04-01'') TO (''2026-05-01'') PARTITION BY LIST (account_id); '
        'CREATE TABLE events_4_1 PARTITION OF events_4 FOR VALUES IN (1)'),
    ('CREATE TABLE orders_child () INHERITS (orders)'),
        ('CREATE TABLE orders_later (LIKE orders); ALTER TABLE orders_later INHERIT orders'),
    ('CREATE TABLE currencies_child () INHERITS (currencies)')) AS t(statement);
SELECT is((SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class c WHERE relnamespace = 'app'::regnamespace
    AND relname ~ '^events_|^orders_(child|later)$|^currencies_child$' AND relkind IN ('r', 'p') AND relrowsecurity AND relforcerowsecurity
    AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid AND polname IN ('primecloud_floor', 'primecloud_shared'))),
        'currencies_child events_1 events_2 events_3 events_4 events_4_1 orders_child orders_later', 'every one is protected');
SELECT is_empty($$SELECT primecloud.protect_table('events')$$, 'and protect_table finds nothing to add');
SELECT lives_ok('SELECT primecloud.unprotect_table(''events'')', 'unprotect_table is the way back');
SELECT is((SELECT count(*) FROM pg_class WHERE relnamespace = 'app'::regnamespace AND relname ~ '^events' AND relrowsecurity), 0::bigint,
    'for all of them');
RESET ROLE;
SELECT * FROM finish();
DROP SCHEMA app CASCADE;
DROP OWNED BY guard_owner;
DROP ROLE guard_owner;
