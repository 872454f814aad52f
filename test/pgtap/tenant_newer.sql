-- Protection by what later servers have: roles that are granted without SET (16), MAINTAIN (17), NOT NULL that is a constraint
-- with a name, keys that are not enforced, columns that are computed when they are read, keys over time (18).
SET client_min_messages = warning;
SELECT no_plan();
SELECT current_setting('server_version_num')::int >= 160000 AS has_16, current_setting('server_version_num')::int >= 170000 AS has_17,
    current_setting('server_version_num')::int >= 180000 AS has_18 \gset
CREATE ROLE newer_app;
CREATE ROLE newer_asker BYPASSRLS;
CREATE SCHEMA newer;
SET search_path = newer, public;
CREATE FUNCTION outcome(VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    statement text;
    answer text;
BEGIN
    FOREACH statement IN ARRAY statements LOOP
        IF statement LIKE 'SELECT %' THEN EXECUTE statement INTO answer; ELSE EXECUTE statement; END IF;
    END LOOP;
    RETURN coalesce(answer, 'done');
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || replace(SQLERRM, 'newer.', '');
END $$;
CREATE TABLE customers (id int PRIMARY KEY, account_id int NOT NULL);
CREATE TABLE orders (id int PRIMARY KEY, account_id int NOT NULL, note text NOT NULL DEFAULT '', customer_id int
    CONSTRAINT orders_customer REFERENCES customers);
CREATE TABLE events (id int, account_id int, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
SELECT count(*) FROM (SELECT primecloud.protect_table('customers') UNION ALL SELECT primecloud.protect_table('orders')
    UNION ALL SELECT primecloud.protect_table('events')
    UNION ALL SELECT primecloud.protect_fk('orders', 'orders_customer')) AS t \gset made_
INSERT INTO customers VALUES (1, 1), (2, 2);
INSERT INTO orders SELECT n, n % 2 + 1, '', NULL FROM generate_series(1, 10) AS n;
GRANT USAGE ON SCHEMA newer TO newer_app, newer_asker;
GRANT SELECT, INSERT, UPDATE, DELETE ON customers, orders, events TO newer_app;
GRANT SELECT ON customers, orders, events TO newer_asker;
SELECT is(outcome('ALTER TABLE orders ALTER account_id DROP NOT NULL'), '42501 protected table orders would lose NOT NULL of account_id',
    'on every server: NOT NULL of the tenant stays');

\if :has_16
-- A role that may not become another tries nothing as it.
CREATE FUNCTION asked(grants text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE grants;
    SET LOCAL ROLE newer_asker;
    answer := outcome('SELECT primecloud_internal.try_as(''newer_app'', NULL, ''owner'', ''SELECT 1'', NULL, true, true)::text');
    RESET ROLE;
    RETURN answer;
END $$;
SELECT format('GRANT EXECUTE ON FUNCTION %s TO newer_asker', oid::regprocedure) FROM pg_proc WHERE proname IN ('try_as') \gexec
SELECT is(asked('GRANT newer_app TO newer_asker WITH INHERIT FALSE, SET FALSE'), '42501 must be member of role "newer_app"',
    'granted without SET');
SELECT is(asked('GRANT newer_app TO newer_asker WITH INHERIT TRUE, SET FALSE'), '42501 must be member of role "newer_app"',
    'nor where the rights come by themselves');
SELECT unalike(asked('GRANT newer_app TO newer_asker WITH INHERIT FALSE, SET TRUE'), '42501%', 'granted with it');
\endif

\if :has_17
-- MAINTAIN is told, and taken away.
GRANT MAINTAIN ON orders TO newer_app;
SELECT is((SELECT why FROM primecloud.explain_access('orders', 'newer_app') WHERE path = 'itself'),
    'granted; who may MAINTAIN it locks every tenant out', 'explain_access tells of MAINTAIN');
SELECT matches((SELECT string_agg(r, E'\n') FROM primecloud_internal.isolation_facts('orders', 'account_id', 'newer_app') AS f(holds, r)
    WHERE NOT holds), 'newer_app cannot truncate, reference, maintain or attach a trigger', 'so does assert_isolated');
SELECT is(has_table_privilege('newer_app', 'orders', primecloud_internal.past_policies()), true, 'it is among what policies do not hold');
REVOKE MAINTAIN ON orders FROM newer_app;
GRANT pg_maintain TO newer_app;
SELECT is(has_table_privilege('newer_app', 'orders', primecloud_internal.past_policies()), true, 'also by pg_maintain');
REVOKE pg_maintain FROM newer_app;
\endif

\if :has_18
-- NOT NULL by its constraint's name.
SELECT is(outcome(s), '42501 protected table ' || wanted, s) FROM (VALUES
    ('ALTER TABLE orders DROP CONSTRAINT orders_account_id_not_null', 'orders would lose NOT NULL of account_id'),
    ('ALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_account_id_not_null CASCADE', 'orders would lose NOT NULL of account_id'),
    ('ALTER TABLE orders DROP CONSTRAINT orders_note_not_null, DROP CONSTRAINT orders_account_id_not_null',
        'orders would lose NOT NULL of account_id'),
    ('ALTER TABLE orders DROP CONSTRAINT orders_account_id_not_null, ADD CONSTRAINT other NOT NULL account_id',
        'orders would lose NOT NULL of account_id'),
    ('ALTER TABLE events DROP CONSTRAINT events_account_id_not_null', 'events would lose NOT NULL of account_id'),
    ('ALTER TABLE orders ALTER CONSTRAINT orders_customer NOT ENFORCED', 'orders would lose constraint orders_customer'))
    AS t(s, wanted);
SELECT is(outcome('ALTER TABLE orders RENAME CONSTRAINT orders_account_id_not_null TO quiet', 'ALTER TABLE orders DROP CONSTRAINT quiet'),
    '42501 protected table orders would lose NOT NULL of account_id', 'renamed before');
SELECT matches(outcome('ALTER TABLE events_1 DROP CONSTRAINT events_account_id_not_null'), '^(42P16|42501)', 'of a partition');
SELECT is(outcome('ALTER TABLE orders DROP CONSTRAINT orders_note_not_null'), 'done', 'that of another column passes');
SELECT is(outcome('ALTER TABLE orders ADD CONSTRAINT note_size CHECK (length(note) < 9) NOT ENFORCED',
    'ALTER TABLE orders DROP CONSTRAINT note_size'), 'done', 'and a check that was never enforced');
SELECT is((SELECT count(*) FROM pg_constraint WHERE conrelid = 'orders'::regclass AND contype = 'n' AND convalidated), 2::bigint,
    '(id and tenant are NOT NULL)');

-- NOT NULL that was never checked is none yet.
CREATE TABLE unchecked (id int PRIMARY KEY, account_id int);
INSERT INTO unchecked VALUES (1, NULL);
ALTER TABLE unchecked ADD CONSTRAINT later NOT NULL account_id NOT VALID;
SELECT matches(outcome('SELECT count(*) FROM primecloud.protect_table(''unchecked'')'), '^(23502|55000)',
    'a row without tenant is found though the column says NOT NULL');
UPDATE unchecked SET account_id = 1;
SELECT lives_ok($$SELECT primecloud.protect_table('unchecked')$$, 'and mended, protected');
SELECT is((SELECT convalidated FROM pg_constraint WHERE conname = 'later'), true, 'and the constraint checked');

-- Keys that nothing holds, and keys over time.
CREATE TABLE loose (id int PRIMARY KEY, account_id int NOT NULL, customer_id int,
    CONSTRAINT loose_customer FOREIGN KEY (customer_id) REFERENCES customers NOT ENFORCED);
INSERT INTO loose VALUES (1, 1, 2), (2, 1, 77);
SELECT lives_ok($$SELECT primecloud.protect_table('loose')$$, 'a table whose key is not enforced is protected');
SELECT is(outcome('SELECT count(*) FROM primecloud.protect_fk(''loose'', ''loose_customer'')'),
    '0A000 foreign key "loose_customer" is NOT ENFORCED', 'its key is told, and stays as it was');
SELECT matches(outcome('ALTER TABLE loose ALTER CONSTRAINT loose_customer ENFORCED'), '^23503', '(rows break it)');
CREATE EXTENSION btree_gist SCHEMA public;
CREATE TABLE prices (id int, account_id int NOT NULL, during daterange, PRIMARY KEY (id, during WITHOUT OVERLAPS));
CREATE TABLE sold (id int PRIMARY KEY, account_id int NOT NULL, price int, during daterange,
    CONSTRAINT sold_price FOREIGN KEY (price, PERIOD during) REFERENCES prices (id, PERIOD during));
SELECT lives_ok(format('SELECT primecloud.protect_table(%L)', t), 'protected: ' || t) FROM unnest('{prices,sold}'::text[]) AS t;
SELECT is(outcome('SELECT count(*) FROM primecloud.protect_fk(''sold'', ''sold_price'')'), '0A000 foreign key "sold_price" is of a PERIOD',
    'the key over time is for its owner to make');
ALTER TABLE sold DROP CONSTRAINT sold_price;
ALTER TABLE prices ADD UNIQUE (account_id, id, during WITHOUT OVERLAPS);
ALTER TABLE sold ADD CONSTRAINT sold_price FOREIGN KEY (account_id, price, PERIOD during) REFERENCES prices (account_id, id, PERIOD during);
SELECT is(outcome('SELECT count(*) FROM primecloud.protect_fk(''sold'', ''sold_price'')'), '0', 'and carries the tenant then');

-- Columns that are computed when they are read: policies hold what they say, nothing is sealed by them or from under them.
CREATE TABLE computed (id int PRIMARY KEY, place int NOT NULL, account_id int GENERATED ALWAYS AS (place / 100));
SELECT matches(outcome('SELECT count(*) FROM primecloud.protect_table(''computed'')'), '^(0A000|42601|55000|428C9)',
    'a tenant that is computed');
CREATE TABLE shown (id int PRIMARY KEY, account_id int NOT NULL, secret text NOT NULL, ending text GENERATED ALWAYS AS (right(secret, 4)));
INSERT INTO shown (id, account_id, secret) VALUES (1, 1, 'secret 1'), (2, 2, 'secret 2');
SELECT lives_ok($$SELECT primecloud.protect_table('shown')$$, 'a table with such a column is protected');
SELECT is(outcome('SELECT count(*) FROM primecloud.seal_column(''shown'', ''secret'', ''shown.secret'')'),
    '2BP01 column "secret" of shown cannot be sealed: default value for column ending of table shown', 'not sealed from under it');
ALTER TABLE shown DROP COLUMN ending;
SELECT lives_ok($$SELECT primecloud.seal_column('shown', 'secret', 'shown.secret')$$, 'sealed without, NOT NULL as it is');
SELECT is(outcome('INSERT INTO shown (id, account_id) VALUES (3, 1)'), '23502 null value in column "secret" of relation "shown" violates '
    'not-null constraint', 'and NOT NULL it stays');
CREATE TABLE placed (id int PRIMARY KEY, place int, account_id int GENERATED ALWAYS AS (place / 100), secret text);
INSERT INTO placed (id, place, secret) VALUES (1, 100, 'secret 1');
SELECT matches(outcome('SELECT count(*) FROM primecloud.seal_column(''placed'', ''secret'', ''placed.secret'')'), '^(0A000|55000|42809)',
    'nothing is bound to a tenant that is computed');
\endif
SELECT * FROM finish();
DROP SCHEMA newer CASCADE;
DROP OWNED BY newer_app, newer_asker;
DROP ROLE newer_app, newer_asker;
