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
RESET ROLE;
-- Who owns a partition alone ends nothing of the whole's, nor says what it was.
CREATE ROLE secret_guard_parts_other;
GRANT USAGE ON SCHEMA g TO secret_guard_parts_other;
ALTER TABLE g.part OWNER TO secret_guard_parts_other;
SET ROLE secret_guard_parts_other;
SELECT is(said(statement), '42501 must be owner of g.parted', statement) FROM unnest(ARRAY[
    $$SELECT primecloud.unregister_sealed_column('g.part', 'secret')$$,
    $$SELECT primecloud_internal.remember_plain('g.part', 'secret', '{"type": "bytea"}')$$]) AS statement;
RESET ROLE;
SELECT is((SELECT s.plain FROM primecloud.sealed_column_of('g.parted', 'secret') AS s), NULL, 'which is registered as before');
SELECT * FROM finish();
