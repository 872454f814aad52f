-- The tables of random queries: distributed, partitioned and shared ones, one of a tenant's that lies on the coordinator
-- alone (notes), one without policies (plain), and a view.  Values are few, so that joins find rows, and some are null.
CREATE EXTENSION primecloud;
CREATE SCHEMA q;
GRANT USAGE ON SCHEMA q TO app;
CREATE TABLE q.orders (account_id integer NOT NULL, id integer NOT NULL, value integer, PRIMARY KEY (account_id, id));
CREATE TABLE q.lines (account_id integer NOT NULL, id integer NOT NULL, value integer, PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, id) REFERENCES q.orders);
CREATE TABLE q.events (account_id integer NOT NULL, id integer NOT NULL, value integer, PRIMARY KEY (account_id, id))
    PARTITION BY RANGE (id);
CREATE TABLE q.events_1 PARTITION OF q.events FOR VALUES FROM (0) TO (3);
CREATE TABLE q.events_2 PARTITION OF q.events FOR VALUES FROM (3) TO (1000);
CREATE TABLE q.notes (account_id integer NOT NULL, id integer NOT NULL, value integer, PRIMARY KEY (account_id, id));
CREATE TABLE q.prices (id integer PRIMARY KEY, value integer);
CREATE TABLE q.plain (id integer PRIMARY KEY, value integer);
INSERT INTO q.orders SELECT a, i, nullif(i * a % 4, 0) FROM generate_series(1, 3) AS a, generate_series(1, 5) AS i;
INSERT INTO q.lines SELECT a, i, nullif((i + a) % 4, 0) FROM generate_series(1, 3) AS a, generate_series(1, 4) AS i;
INSERT INTO q.events SELECT a, i, nullif((i + a) % 3, 0) FROM generate_series(1, 3) AS a, generate_series(1, 4) AS i;
INSERT INTO q.notes SELECT a, i, nullif((i + a) % 5, 0) FROM generate_series(1, 3) AS a, generate_series(1, 5) AS i;
INSERT INTO q.prices SELECT i, i % 3 FROM generate_series(1, 5) AS i;
INSERT INTO q.plain SELECT i, i % 2 FROM generate_series(1, 5) AS i;
SELECT primecloud.protect_table('q.orders'), primecloud.protect_table('q.lines'), primecloud.protect_table('q.events'),
    primecloud.protect_table('q.notes'), primecloud.share_table('q.prices');
CREATE VIEW q.early WITH (security_invoker) AS SELECT account_id, id, value FROM q.orders WHERE id < 5;
GRANT SELECT, INSERT, UPDATE, DELETE ON q.orders, q.lines, q.events, q.notes, q.prices, q.plain, q.early TO app;
GRANT EXECUTE ON FUNCTION primecloud.enter_trusted(text, text, text) TO app;
