-- A child of several tables, and what is below it, stays as long as one of them is held, whichever was made first; and what a
-- crash would empty comes under no hold.
SELECT no_plan();
LOAD 'primecloud';
CREATE ROLE held_parents_owner;
CREATE SCHEMA kin AUTHORIZATION held_parents_owner;
SET ROLE held_parents_owner;
SET search_path = kin, public;
SET client_min_messages = error;

CREATE TABLE ka (id int);
CREATE TABLE kb (id int);
CREATE TABLE kc () INHERITS (ka, kb);
CREATE TABLE g0 (id int);
CREATE TABLE g1 () INHERITS (g0);
CREATE TABLE x1 (id int);
CREATE TABLE g2 () INHERITS (g1, x1);
CREATE TABLE free1 (id int);
CREATE TABLE free2 (id int);
CREATE TABLE freed () INHERITS (free1, free2);
INSERT INTO kc VALUES (1);
INSERT INTO g2 VALUES (1);

-- Whichever of the two is held.
SELECT format('SELECT primecloud.place_hold(%L, ''court'')', held),
    format('SELECT throws_ok(%L, %L, NULL, %L)', statement, '55006', held || ' is held: ' || statement),
    format('SELECT primecloud.release_hold(%L, id, ''over'') FROM primecloud.retention_holds WHERE released_at IS NULL', held)
FROM (VALUES ('ka', 'kc'), ('kb', 'kc'), ('g0', 'g2'), ('x1', 'g2')) AS h(held, child)
CROSS JOIN LATERAL unnest(ARRAY[format('TRUNCATE %s', child), format('DROP TABLE %s', child),
    format('ALTER TABLE %s SET UNLOGGED', child),
    format('ALTER TABLE %s NO INHERIT %s', child, CASE held WHEN 'g0' THEN 'g1' ELSE held END)]
    || CASE child WHEN 'kc' THEN '{TRUNCATE ka,TRUNCATE kb,DROP TABLE ka CASCADE,DROP TABLE kb CASCADE}'::text[]
        ELSE '{TRUNCATE x1,DROP TABLE x1 CASCADE,TRUNCATE g1,DROP TABLE g1 CASCADE,ALTER TABLE g1 NO INHERIT g0}'::text[] END)
    AS s(statement)
WHERE NOT (held = 'x1' AND statement LIKE '%g1%') \gexec
SELECT is((SELECT count(*) FROM kc) + (SELECT count(*) FROM g2), 2::bigint, 'all rows are there');
SELECT primecloud.place_hold('x1', 'court') AS hold \gset
SELECT lives_ok('ALTER TABLE g1 NO INHERIT g0', 'what is not held goes its way');
SELECT lives_ok('ALTER TABLE g2 NO INHERIT g1', 'so does a child that stays below the held one');
SELECT throws_ok('DROP TABLE g2', '55006', NULL, 'which is asked then');
SELECT lives_ok('ALTER TABLE freed NO INHERIT free2', 'and of what is not held');
SELECT lives_ok('DROP TABLE freed, free1, free2', 'all goes');
SELECT primecloud.release_hold('x1', :hold, 'over');
SELECT lives_ok('DROP TABLE g2, x1, g1, g0', 'released, it goes');

-- What is not logged.
CREATE TABLE q (at date) PARTITION BY RANGE (at);
CREATE TABLE q1 PARTITION OF q FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE UNLOGGED TABLE q2 (at date);
CREATE UNLOGGED TABLE kd (id int);
CREATE TABLE branch (at date) PARTITION BY RANGE (at);
CREATE UNLOGGED TABLE leaf PARTITION OF branch FOR VALUES FROM ('2023-01-01') TO ('2023-02-01');
SELECT primecloud.place_hold('q', 'court') AS of_q, primecloud.place_hold('kb', 'court') AS of_kb \gset
SELECT throws_ok(statement, '55000', NULL, statement) FROM (VALUES
    ($$CREATE UNLOGGED TABLE q3 PARTITION OF q FOR VALUES FROM ('2021-01-01') TO ('2022-01-01')$$),
    ($$ALTER TABLE q ATTACH PARTITION q2 FOR VALUES FROM ('2022-01-01') TO ('2023-01-01')$$),
    ($$ALTER TABLE q ATTACH PARTITION branch FOR VALUES FROM ('2023-01-01') TO ('2024-01-01')$$),
    ('CREATE UNLOGGED TABLE ke () INHERITS (ka, kb)'), ('CREATE UNLOGGED TABLE ke () INHERITS (kc)'), ('ALTER TABLE kd INHERIT kb'),
    ('ALTER TABLE kd INHERIT kc')) AS s(statement);
SELECT lives_ok(statement, statement) FROM (VALUES ('CREATE UNLOGGED TABLE ke () INHERITS (ka)'),
    ('CREATE TABLE kf () INHERITS (kb)'), ('ALTER TABLE kd SET LOGGED'), ('ALTER TABLE kd INHERIT kb'),
    ($$CREATE TABLE q3 PARTITION OF q FOR VALUES FROM ('2021-01-01') TO ('2022-01-01')$$)) AS s(statement);

-- A column that a hold goes by keeps what it prints.
CREATE TABLE t (tenant varchar(10), n int, at timestamptz);
INSERT INTO t VALUES ('ab  ', 1, now());
SELECT count(*) FROM primecloud.retain('t', 'at', '1 day', tenant_column => 'tenant');
SELECT primecloud.place_hold('t', 'court', tenant => 'ab  ') AS of_t \gset
CREATE COLLATION alike (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
SELECT throws_ok(statement, '42501', NULL, statement) FROM (VALUES ('ALTER TABLE t ALTER tenant TYPE varchar(2)'),
    ('ALTER TABLE t ALTER tenant TYPE char(10)'), ('ALTER TABLE t ALTER tenant TYPE text'),
    ('ALTER TABLE t ALTER tenant TYPE varchar(10) COLLATE alike')) AS s(statement);
SELECT lives_ok(statement, statement) FROM (VALUES ('ALTER TABLE t ALTER tenant TYPE varchar(20)'), ('ALTER TABLE t ALTER n TYPE bigint'),
    ('ALTER TABLE t ALTER tenant TYPE varchar(20) COLLATE "C"')) AS s(statement);
SELECT throws_ok('ALTER TABLE t ALTER tenant TYPE varchar(10)', '42501', NULL, 'it is as wide as it was made');
SELECT * FROM finish();
