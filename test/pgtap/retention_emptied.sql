-- TRUNCATE of what is held: a table without a page has nothing that a hold could keep, and is emptied; any other is not.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE retention_emptied_owner;
CREATE ROLE retention_emptied_other;
CREATE SCHEMA e AUTHORIZATION retention_emptied_owner;
GRANT USAGE ON SCHEMA e TO retention_emptied_other;
-- What comes of statements, the last of which empties; nothing of it stays.
CREATE FUNCTION after(statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    statement text;
BEGIN
    FOREACH statement IN ARRAY statements LOOP
        EXECUTE statement;
    END LOOP;
    RAISE EXCEPTION USING ERRCODE = 'RB000', MESSAGE = 'emptied';
EXCEPTION WHEN SQLSTATE 'RB000' THEN
    RETURN SQLERRM;
WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
SET ROLE retention_emptied_owner;
CREATE TABLE e.t (id int PRIMARY KEY, note text);
CREATE TABLE e.parts (id int) PARTITION BY LIST (id);
CREATE TABLE e.parts_1 PARTITION OF e.parts FOR VALUES IN (1);
CREATE TABLE e.parts_2 PARTITION OF e.parts FOR VALUES IN (2) PARTITION BY LIST (id);
CREATE TABLE e.parts_22 PARTITION OF e.parts_2 FOR VALUES IN (2);
CREATE TABLE e.above (id int);
CREATE TABLE e.below () INHERITS (e.above);
CREATE TABLE e.referred (id int PRIMARY KEY);
CREATE TABLE e.refers (id int REFERENCES e.referred);
CREATE TABLE e.free (id int);
CREATE TABLE e.fresh (id int);
SELECT primecloud.place_hold(rel::regclass, 'a case') FROM unnest('{e.t,e.parts,e.above,e.refers,e.fresh}'::text[]) AS rel;

SELECT is(after(string_to_array(c.statements, '; ')), c.wanted, c.what) FROM (VALUES
    ('without a row', 'TRUNCATE e.t', 'emptied'),
    ('named twice', 'TRUNCATE e.t, e.t', 'emptied'),
    ('with those that have rows and no hold', 'INSERT INTO e.free VALUES (1); TRUNCATE e.t, e.free', 'emptied'),
    ('a restore', 'TRUNCATE ONLY e.t; INSERT INTO e.t VALUES (1)', 'emptied'),
    ('a restore, and then again', 'TRUNCATE ONLY e.t; INSERT INTO e.t VALUES (1); TRUNCATE ONLY e.t', '55006'),
    ('a row of this transaction', 'INSERT INTO e.t VALUES (1); TRUNCATE e.t', '55006'),
    ('a row that was deleted, of which a page is there', 'INSERT INTO e.t VALUES (1); DELETE FROM e.t; TRUNCATE e.t', '55006'),
    ('a row that was taken back, of which a page is there', 'TRUNCATE e.t', '55006'),
    ('written anew in this transaction, where nothing brings it back', 'INSERT INTO e.t VALUES (1); ALTER TABLE e.t ALTER note TYPE '
        'varchar(9); TRUNCATE e.t', '55006'),
    ('made in this transaction', 'CREATE TABLE e.n (id int); SELECT primecloud.place_hold(''e.n'', ''a case''); '
        'INSERT INTO e.n VALUES (1); TRUNCATE e.n', '55006'),
    ('hidden from its owner', 'INSERT INTO e.t VALUES (1); ALTER TABLE e.t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; '
        'TRUNCATE e.t', '55006'),
    ('behind one without a row', 'INSERT INTO e.t VALUES (1); TRUNCATE e.free, e.t', '55006'),
    ('partitions without a row', 'TRUNCATE e.parts', 'emptied'),
    ('a partition with one', 'INSERT INTO e.parts VALUES (2); TRUNCATE e.parts', '55006'),
    ('the same, by its name', 'INSERT INTO e.parts VALUES (2); TRUNCATE e.parts_22', '55006'),
    ('another of it', 'INSERT INTO e.parts VALUES (2); TRUNCATE e.parts_1', 'emptied'),
    ('a child with a row', 'INSERT INTO e.below VALUES (2); TRUNCATE e.above', '55006'),
    ('the parent alone', 'INSERT INTO e.below VALUES (2); TRUNCATE ONLY e.above', 'emptied'),
    ('the child alone', 'INSERT INTO e.below VALUES (2); TRUNCATE e.below', '55006'),
    ('what is emptied along, without a row', 'INSERT INTO e.referred VALUES (1); TRUNCATE e.referred CASCADE', 'emptied'),
    ('what is emptied along', 'INSERT INTO e.referred VALUES (1); INSERT INTO e.refers VALUES (1); TRUNCATE e.referred CASCADE', '55006'),
    ('no table', 'TRUNCATE e.none', '42P01'), ('a sequence', 'CREATE SEQUENCE e.numbers; TRUNCATE e.numbers', '42809'),
    ('a table of the server''s', 'TRUNCATE pg_class', '42501'),
    ('in a transaction that only reads', 'SET TRANSACTION READ ONLY; TRUNCATE e.t', '25006'))
    AS c(what, statements, wanted);
RESET ROLE;
SET ROLE retention_emptied_other;
SELECT is(after('{TRUNCATE e.fresh}'), '42501', 'who may not empty it');
SELECT is((SELECT count(*) FROM pg_locks WHERE relation = 'e.fresh'::regclass AND mode = 'AccessExclusiveLock'), 0::bigint,
    'has not locked it');
RESET ROLE;
GRANT TRUNCATE ON e.fresh TO retention_emptied_other;
SET ROLE retention_emptied_other;
SELECT is(after('{TRUNCATE e.fresh}'), 'emptied', 'who may');
RESET ROLE;
INSERT INTO e.fresh VALUES (1);
SET ROLE retention_emptied_other;
SELECT is(after('{TRUNCATE e.fresh}'), '55006', 'but not with a row');
RESET ROLE;
SET primecloud.allow_drop = on;
SELECT is(after('{TRUNCATE e.fresh}'), 'emptied', 'but for a superuser who says so');
SELECT * FROM finish();
