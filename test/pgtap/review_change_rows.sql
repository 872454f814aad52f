-- review_change(): rows that are gone or written anew, parts that are attached, values of enums, and what is no SQL.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE review_rows_app;
CREATE SCHEMA shop;
CREATE TABLE shop.accounts (id integer PRIMARY KEY);
CREATE TABLE shop.late (account_id integer NOT NULL REFERENCES shop.accounts DEFERRABLE INITIALLY DEFERRED, id integer PRIMARY KEY);
CREATE TYPE shop.state AS ENUM ('new');
CREATE TABLE shop.orders (account_id integer NOT NULL, id integer PRIMARY KEY, n integer, state shop.state,
    CONSTRAINT known FOREIGN KEY (account_id) REFERENCES shop.accounts);
CREATE UNIQUE INDEX once ON shop.orders (account_id, n);
CREATE TABLE shop.log (account_id integer NOT NULL, at date NOT NULL, n integer, extra text, CONSTRAINT of_somebody FOREIGN KEY (account_id)
    REFERENCES shop.accounts, PRIMARY KEY (account_id, at)) PARTITION BY RANGE (at);
CREATE TABLE shop.log_1 PARTITION OF shop.log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE shop.log_2 (account_id integer NOT NULL, at date NOT NULL, n integer, extra text,
    CONSTRAINT of_somebody FOREIGN KEY (account_id) REFERENCES shop.accounts, PRIMARY KEY (account_id, at));
INSERT INTO shop.accounts VALUES (1);
INSERT INTO shop.orders SELECT 1, g, g FROM generate_series(1, 300) AS g;
INSERT INTO shop.log VALUES (1, '2020-02-02', 1);
INSERT INTO shop.log_2 VALUES (1, '2021-02-02', 1);
ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY few ON shop.orders AS RESTRICTIVE FOR DELETE USING (n < 100);
CREATE FUNCTION pg_temp.said(ddl text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(concat_ws(' ', f.level, f."check", f.object), ', ' ORDER BY f."check", f.object), '')
    FROM primecloud.review_change(ddl, 'shop', 'review_rows_app') AS f WHERE f."check" <> 'change_brings_finding' $$;
SELECT is(pg_temp.said(ddl), wanted, ddl) FROM (VALUES
    ('UPDATE shop.orders SET n = 1000 + n; DELETE FROM shop.log; DELETE FROM shop.accounts WHERE id > 5',
        'error change_breaks_readers shop.log, notice change_writes_rows shop.orders'),
    ('DELETE FROM shop.orders; INSERT INTO shop.orders VALUES (1, 1); UPDATE shop.orders SET n = 2 WHERE n = 7', ''),
    ('DELETE FROM shop.orders WHERE n > 0; TRUNCATE shop.log', 'error change_breaks_readers shop.log, error change_breaks_readers '
        'shop.log_1, error change_breaks_readers shop.orders'),
    -- what is attached keeps its keys, and of what parts have it is told once
    ('ALTER TABLE shop.log ATTACH PARTITION shop.log_2 FOR VALUES FROM (''2021-01-01'') TO (''2022-01-01'');'
        'ALTER TABLE shop.log ADD CHECK (n > 0) NOT VALID, DROP COLUMN extra',
        'error change_breaks_readers shop.log.extra, error change_breaks_readers shop.log_2.extra, '
        'error change_breaks_writers shop.log.log_n_check, warning change_locks shop.log_2'),
    ('ALTER TABLE shop.log DETACH PARTITION shop.log_1', 'error change_breaks_readers shop.log'),
    -- without BEGIN each statement is a transaction: what is deferred is asked at its end, and not before
    ('INSERT INTO shop.late VALUES (1, 1); CREATE INDEX ON shop.late (id); BEGIN; INSERT INTO shop.late VALUES (2, 2); INSERT INTO '
        'shop.accounts VALUES (2); COMMIT', ''),
    ('INSERT INTO shop.late VALUES (77, 1); CREATE INDEX ON shop.late (id)', 'error change_fails shop.late'),
    ('ALTER TYPE shop.state ADD VALUE ''late''; UPDATE shop.orders SET state = ''late'' WHERE n = 1; CREATE TABLE shop.more ()',
        'notice change_breaks_readers shop.state.late, notice change_not_tried database'),
    ('BEGIN; ALTER TYPE shop.state ADD VALUE ''late''; UPDATE shop.orders SET state = ''late'' WHERE n = 1; COMMIT',
        'notice change_breaks_readers shop.state.late, error change_fails database'),
    ('ALTER TABLE shop.orders ADD CHECK (id > 0) NOT VALID; ALTER TABLE shop.orders VALIDATE CONSTRAINT orders_id_check;'
        -- what follows from what was there is no weaker
        'ALTER POLICY few ON shop.orders USING (n < 50)', 'error change_breaks_writers shop.orders.orders_id_check'),
    ('ALTER POLICY few ON shop.orders USING (n < 150); DROP INDEX shop.once',
        'warning change_loosens shop.orders.once, error change_weakens_protection shop.orders')) AS v(ddl, wanted);
SELECT matches((SELECT f.fix FROM primecloud.review_change('ALTER TABLE shop.log ADD CONSTRAINT again FOREIGN KEY (account_id) REFERENCES '
    'shop.accounts', 'shop') AS f WHERE f."check" = 'change_locks' AND f.object = 'shop.log_1'), 'the key on each part',
    'NOT VALID is no way for a key of a partitioned table');

-- what is no SQL, and what is nothing
SELECT throws_ok(format('SELECT primecloud.review_change(%L, ''shop'')', ddl), '0A000', said, ddl) FROM (VALUES
    (E'\\i other.sql\nSELECT 1', 'statement 1 of the change, \i, is not tried: it is a command of psql, which the server does not know'),
    (E'SELECT ''\\x;'', E''\\'' \\\\'';\n\\copy t FROM f',
        'statement 2 of the change, \copy, is not tried: it is a command of psql, which the server does not know')) AS v(ddl, said);
SELECT is(pg_temp.said(E'SELECT $x$ \\i $x$, ''\\i'', 1 /* \\i */ -- \\i\n, "a\\b" FROM (SELECT 2 AS "a\\b") AS s'), '',
    'a backslash in quotes is the server''s');
SELECT throws_ok(asked, '22004', said, asked) FROM (VALUES ('SELECT primecloud.review(NULL)', 'the schema is NULL'),
    ('SELECT primecloud.review_gate(NULL)', 'the schema is NULL'), ('SELECT primecloud.review_policies(NULL)', 'the schema is NULL'),
    ('SELECT primecloud.review_change(''SELECT 1'', NULL)', 'the schema is NULL'),
    ('SELECT primecloud.review_change(NULL, ''shop'')', 'the change is NULL')) AS v(asked, said);
SELECT * FROM finish();
