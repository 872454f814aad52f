-- A table that its owner has locked, and left so, holds up no other: it is waited for as long as a batch would, and told.
SELECT no_plan();
CREATE EXTENSION dblink;
SET client_min_messages = error;
CREATE SCHEMA locked;
SET search_path = locked, public;
CREATE TABLE bad (id int PRIMARY KEY, made timestamptz);
CREATE TABLE good (LIKE bad INCLUDING ALL);
CREATE TABLE parts (id int, made timestamptz) PARTITION BY RANGE (id);
CREATE TABLE part_1 PARTITION OF parts FOR VALUES FROM (0) TO (10);
CREATE TABLE part_2 PARTITION OF parts FOR VALUES FROM (10) TO (20);
INSERT INTO bad VALUES (1, '2000-01-01');
INSERT INTO good VALUES (1, '2000-01-01');
INSERT INTO parts VALUES (1, '2000-01-01'), (11, '2000-01-01');
SELECT count(*) FROM unnest('{bad,good,parts}'::text[]) AS rel, primecloud.retain(rel::regclass, 'made', '30 days');
CREATE FUNCTION open_as(name text, statement text) RETURNS text LANGUAGE sql AS $$
    SELECT dblink_connect(name, format('host=%s dbname=%s user=postgres', current_setting('unix_socket_directories'), current_database()));
    SELECT dblink_exec(name, 'BEGIN');
    SELECT dblink_exec(name, statement) $$;
SELECT open_as('owner', 'LOCK TABLE locked.bad, locked.part_1 IN ACCESS EXCLUSIVE MODE');
\set ON_ERROR_STOP off
SET statement_timeout = '60s';
CALL primecloud.expire_all(max_duration => '30 seconds', max_rate => 0);
SELECT is(:'SQLSTATE'::text, '00000', 'it comes to its end');
SELECT is((SELECT count(*) FROM good), 0::bigint, 'another table is done');
SELECT is((SELECT count(*) FROM part_2), 0::bigint, 'and another partition');
SELECT is((SELECT string_agg(concat_ws(' ', partition_name, code), ', ' ORDER BY partition_name) FROM primecloud.retention_problems),
    'bad 55P03, part_1 55P03', 'which could not be looked at is told');
SELECT is((SELECT string_agg(table_name || ': ' || attention, ', ' ORDER BY table_name) FROM primecloud.retention_status),
    'bad: 1 partitions cannot go, parts: 1 partitions cannot go', 'and wants attention');
SELECT throws_ok($$SELECT primecloud.expire_batch('bad', 1)$$, '55P03', NULL, 'nor does a batch wait');
SELECT dblink_exec('owner', 'COMMIT');
CALL primecloud.expire('bad', max_duration => '0');  -- a run that is to be gone on with
SELECT open_as('changes', 'DO $do$ BEGIN PERFORM primecloud.retain(''locked.bad'', ''made'', ''40 days''); END $do$');
CALL primecloud.expire_all(max_duration => '30 seconds', max_rate => 0);
SELECT is(:'LAST_ERROR_MESSAGE'::text, 'expiry failed for 1 tables', 'a policy that is being changed is told');
SELECT is((SELECT count(*) FROM part_1), 0::bigint, 'what is not locked any more goes, beside a policy that is being changed');
SELECT dblink_exec('changes', 'COMMIT');
CALL primecloud.expire_all(max_rate => 0);
SELECT is(:'SQLSTATE'::text || (SELECT count(*) FROM bad), '000000', 'and all goes in the end');
SELECT * FROM finish();
