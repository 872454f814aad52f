-- A row is under the holds of every table that it is seen in, whichever of them has the policy by which it is due.
SELECT no_plan();
CREATE ROLE held_parts_owner;
CREATE SCHEMA parts AUTHORIZATION held_parts_owner;
SET ROLE held_parts_owner;
SET search_path = parts, public;
SET client_min_messages = error;

-- Whole q, part q1 with parts of its own, child tables of p and of both p and o.  Two rows of each: that of account 1 is held.
CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$
BEGIN
    DROP TABLE IF EXISTS q, p, o, kept CASCADE;
    CREATE TABLE q (id bigint, account_id int, at timestamptz, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
    CREATE TABLE q1 PARTITION OF q FOR VALUES FROM ('1999-01-01') TO ('2001-01-01') PARTITION BY RANGE (at);
    CREATE TABLE q11 PARTITION OF q1 FOR VALUES FROM ('1999-01-01') TO ('2000-01-01');
    CREATE TABLE q12 PARTITION OF q1 FOR VALUES FROM ('2000-01-01') TO ('2001-01-01');
    CREATE TABLE kept (LIKE q);
    CREATE TABLE p (id bigint, account_id int, at timestamptz);
    CREATE TABLE o (number text, at timestamptz);
    CREATE TABLE p1 () INHERITS (p);
    CREATE TABLE po () INHERITS (p, o);
    INSERT INTO q VALUES (1, 1, '1999-06-01'), (2, 2, '1999-07-01'), (3, 2, '2000-06-01');
    INSERT INTO p1 VALUES (1, 1, '2000-01-01'), (2, 2, '2000-01-01');
    INSERT INTO po VALUES (3, 1, '2000-01-01', 'a%1'), (4, 2, '2000-01-01', 'b');
END $$;
CREATE FUNCTION here(rel regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE ids text;
BEGIN
    EXECUTE format('SELECT string_agg(id::text, '' '' ORDER BY id) FROM %s', rel) INTO ids;
    RETURN ids;
END $$;
CREATE FUNCTION held(rel regclass) RETURNS integer LANGUAGE sql AS $$
    SELECT row_count::int FROM primecloud.expire_preview(rel) WHERE what = 'held' $$;

-- release_hold() for a table that goes with the next fill()
CREATE FUNCTION release() RETURNS bigint LANGUAGE sql AS $$
    SELECT count(primecloud.release_hold(format('%I.%I', schema_name, table_name)::regclass, id, 'over'))
    FROM primecloud.retention_holds WHERE released_at IS NULL AND gone_at IS NULL $$;

SELECT 'CALL fill()', whole, first, second, format('SELECT is(held(%L), %s, %L)', rel, held, what || ': the preview says so'),
    format('CALL primecloud.expire(%L)', rel), format('SELECT is(here(%L), %L, %L)', seen, stay, what),
    format('SELECT is((SELECT rows_held FROM primecloud.job_progress WHERE table_name = %L ORDER BY run DESC LIMIT 1) > 0, true, %L)',
        rel, what || ': and is counted'),
    'SELECT release() AS released', format('CALL primecloud.expire(%L)', rel),
    format('SELECT is(here(%L), %L, %L)', seen, at_end, what || ': released, it goes')
FROM (VALUES
    ('a partition''s own policy', 'q12', 'q1',
        $$SELECT count(*) FROM primecloud.retain('q', 'at', '30 days', tenant_column => 'account_id')$$,
        $$SELECT count(*) FROM primecloud.retain('q1', 'at', '30 days')$$, $$SELECT primecloud.place_hold('q', 'court', tenant => '1')$$,
        1, 'q', '1', NULL),
    ('one registered after the hold', 'q1', 'q1',
        $$SELECT count(*) FROM primecloud.retain('q', 'at', '30 days', tenant_column => 'account_id', id_column => 'id')$$,
        $$SELECT primecloud.place_hold('q', 'court', row_id => '1')$$, $$SELECT count(*) FROM primecloud.retain('q1', 'at', '30 days')$$,
        1, 'q', '1', NULL),
    ('that of a part of a part, of all', 'q11', 'q11', 'SELECT 1', $$SELECT primecloud.place_hold('q', 'court')$$,
        $$SELECT count(*) FROM primecloud.retain('q11', 'at', '30 days')$$, 2, 'q', '1 2 3', '3'),
    ('one that archives', 'q1', 'q1', $$SELECT count(*) FROM primecloud.retain('q', 'at', '30 days', tenant_column => 'account_id')$$,
        $$SELECT count(*) FROM primecloud.retain('q1', 'at', '30 days', mode => 'archive', archive => 'kept')$$,
        $$SELECT primecloud.place_hold('q', 'court', tenant => '1')$$, 1, 'q', '1', NULL),
    ('one that drops partitions', 'q1', 'q1',
        $$SELECT count(*) FROM primecloud.retain('q', 'at', '30 days', tenant_column => 'account_id')$$,
        $$SELECT count(*) FROM primecloud.retain('q1', 'at', '30 days', mode => 'drop_partition')$$,
        $$SELECT primecloud.place_hold('q', 'court', tenant => '1')$$, 1, 'q', '1', NULL),
    ('the column of the whole''s policy', 'q1', 'q1', $$ALTER TABLE q ADD held boolean; UPDATE q SET held = id = 1;
        SELECT count(*) FROM primecloud.retain('q', 'at', '30 days', hold_column => 'held')$$, 'SELECT 1',
        $$SELECT count(*) FROM primecloud.retain('q1', 'at', '30 days')$$, 1, 'q', '1', '1'),
    ('a child', 'p1', 'p1', $$SELECT count(*) FROM primecloud.retain('p', 'at', '30 days', tenant_column => 'account_id')$$,
        $$SELECT count(*) FROM primecloud.retain('p1', 'at', '30 days')$$, $$SELECT primecloud.place_hold('p', 'court', tenant => '1')$$,
        1, 'p1', '1', NULL),
    ('a child of two, held by the other', 'p', 'p',
        $$SELECT count(*) FROM primecloud.retain('p', 'at', '30 days', tenant_column => 'account_id')$$,
        $$SELECT count(*) FROM primecloud.retain('o', 'at', '30 days', id_column => 'number')$$,
        $$SELECT primecloud.place_hold('o', 'court', row_id => 'a%1')$$, 1,
        'p', '3', NULL),
    ('a child of two with its own policy', 'po', 'po', $$SELECT count(*) FROM primecloud.retain('po', 'at', '30 days')$$,
        $$SELECT count(*) FROM primecloud.retain('o', 'at', '30 days', id_column => 'number')$$,
        $$SELECT primecloud.place_hold('o', 'court', row_id => 'a%1')$$, 1, 'p', '1 2 3', '1 2'),
    ('a child of two, the other held whole', 'p', 'p', $$SELECT count(*) FROM primecloud.retain('p', 'at', '30 days')$$, 'SELECT 1',
        $$SELECT primecloud.place_hold('o', 'court')$$, 2, 'p', '3 4', NULL)) AS v(what, named, rel, whole, first, second, held, seen, stay,
        at_end) \gexec

-- What is taken in later is under the hold from then on.
CALL fill();
SELECT count(*) FROM primecloud.retain('q', 'at', '30 days', tenant_column => 'account_id');
SELECT primecloud.place_hold('q', 'court', tenant => '1');
CREATE TABLE q0 (LIKE q INCLUDING ALL);
INSERT INTO q0 VALUES (7, 1, '1998-01-01'), (8, 2, '1998-01-01');
SELECT count(*) FROM primecloud.retain('q0', 'at', '30 days');
ALTER TABLE q ATTACH PARTITION q0 FOR VALUES FROM ('1998-01-01') TO ('1999-01-01');
CALL primecloud.expire_all();
SELECT is(here('q'), '1 7', 'a partition that came with a policy of its own');
SELECT is(primecloud.expire_batch('q0', 10), 0::bigint, 'nor does a batch take it');

-- A hold on a part, which a superuser let into the whole: by the whole's policy too.
SELECT release() AS released;
CALL fill();
CREATE TABLE q0 (LIKE q INCLUDING ALL);
INSERT INTO q0 VALUES (7, 1, '1998-01-01'), (8, 2, '1998-01-01');
SELECT count(*) FROM primecloud.retain('q0', 'at', '30 days', tenant_column => 'account_id');
SELECT count(*) FROM primecloud.retain('q', 'at', '30 days');
SELECT primecloud.place_hold('q0', 'court', tenant => '1') AS hold \gset
RESET ROLE;
SET primecloud.allow_drop = on;
ALTER TABLE q ATTACH PARTITION q0 FOR VALUES FROM ('1998-01-01') TO ('1999-01-01');
RESET primecloud.allow_drop;
SET ROLE held_parts_owner;
CALL primecloud.expire('q');
SELECT is(here('q'), '7', 'a hold on a part is asked when the whole expires');
SELECT * FROM finish();
