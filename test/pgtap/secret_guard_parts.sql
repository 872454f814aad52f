-- Partitions and children of what is sealed: they have keys of their own, and their rows are the whole's.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE secret_guard_parts_owner;
CREATE SCHEMA g AUTHORIZATION secret_guard_parts_owner;
CREATE FUNCTION said(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SET ROLE secret_guard_parts_owner;
CREATE TABLE g.customers (id int PRIMARY KEY);
CREATE TABLE g.parted (id int, account_id int, secret primecloud.sealed, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE g.part PARTITION OF g.parted FOR VALUES FROM (0) TO (100);
CREATE TABLE g.whole (id int PRIMARY KEY, account_id int, secret primecloud.sealed);
SELECT is(said(format('SELECT primecloud.seal_column(%L, ''secret'', %1$L)', t)), 'done', t || ' is sealed') FROM
    unnest('{g.parted,g.whole}'::text[]) AS t;
CREATE TABLE g.child () INHERITS (g.whole);
CREATE TABLE g.next (LIKE g.parted INCLUDING ALL, FOREIGN KEY (account_id) REFERENCES g.customers ON UPDATE CASCADE);
SELECT alike(said(statement), '42501 foreign key % cannot change the row''s id or tenant%', statement) FROM unnest(ARRAY[
    'ALTER TABLE g.part ADD FOREIGN KEY (account_id) REFERENCES g.customers ON UPDATE CASCADE',
    'ALTER TABLE g.part ADD FOREIGN KEY (id) REFERENCES g.customers ON UPDATE CASCADE NOT VALID',
    'ALTER TABLE g.child ADD FOREIGN KEY (id) REFERENCES g.customers ON UPDATE CASCADE',
    'ALTER TABLE g.parted ATTACH PARTITION g.next FOR VALUES FROM (100) TO (200)',
    'CREATE TABLE g.third PARTITION OF g.parted (FOREIGN KEY (account_id) REFERENCES g.customers ON UPDATE CASCADE) FOR VALUES FROM '
        '(200) TO (300)',
    'CREATE TABLE g.second_child (FOREIGN KEY (account_id) REFERENCES g.customers ON DELETE SET NULL) INHERITS (g.whole)']) AS statement;
SELECT is(said('ALTER TABLE g.part ADD FOREIGN KEY (account_id) REFERENCES g.customers'), 'done', 'keys that change nothing are keys');
SELECT * FROM finish();
