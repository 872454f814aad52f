-- DETACH PARTITION ... CONCURRENTLY of what is held: refused before anything is done, and no hold keeps one that is under way
-- from its end.
SELECT no_plan();
CREATE EXTENSION dblink;
CREATE ROLE retention_detach_owner LOGIN;
CREATE SCHEMA detach AUTHORIZATION retention_detach_owner;
SET ROLE retention_detach_owner;
SET search_path = detach, public;
CREATE TABLE q (id bigint, account_id int, at timestamptz, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE q1 PARTITION OF q FOR VALUES FROM ('1999-01-01') TO ('2000-01-01') PARTITION BY RANGE (at);
CREATE TABLE q11 PARTITION OF q1 FOR VALUES FROM ('1999-01-01') TO ('1999-07-01');
CREATE TABLE q12 PARTITION OF q1 FOR VALUES FROM ('1999-07-01') TO ('2000-01-01');
CREATE TABLE q2 PARTITION OF q FOR VALUES FROM ('2000-01-01') TO ('2001-01-01');
CREATE TABLE q3 PARTITION OF q FOR VALUES FROM ('2001-01-01') TO ('2002-01-01');
CREATE FUNCTION parts() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(inhrelid::regclass || CASE WHEN inhdetachpending THEN ' pending' ELSE '' END, ', ' ORDER BY inhrelid::regclass::text)
    FROM pg_inherits WHERE inhparent IN ('q'::regclass, 'q1'::regclass) $$;

\set ON_ERROR_STOP off
SELECT primecloud.place_hold('q', 'court') AS hold \gset
ALTER TABLE q DETACH PARTITION q2 CONCURRENTLY;
SELECT is(:'SQLSTATE'::text, '55006', 'a partition of what is held');
SELECT is(:'LAST_ERROR_MESSAGE'::text, 'table detach.q2 cannot be detached: 1 legal hold is open', 'it is said which');
ALTER TABLE q1 DETACH PARTITION q12 CONCURRENTLY;
SELECT is(:'SQLSTATE'::text, '55006', 'a part of a part');
SELECT is(parts(), 'q1, q11, q12, q2, q3', 'nothing is left half done');
-- An ordinary role learns nothing, and stops nobody.
RESET ROLE;
CREATE ROLE retention_detach_other;
GRANT USAGE ON SCHEMA detach TO retention_detach_other;
SET ROLE retention_detach_other;
ALTER TABLE q DETACH PARTITION q2 CONCURRENTLY;
SELECT is(:'SQLSTATE'::text, '42501', 'a table of another');
RESET ROLE;
SET ROLE retention_detach_owner;
SELECT primecloud.release_hold('q', :hold, 'over');

-- A reader, for whom the second half waits.
RESET ROLE;
SELECT dblink_connect('reader', format('host=%s dbname=%s user=postgres', current_setting('unix_socket_directories'), current_database())),
    dblink_connect('detaches', format('host=%s dbname=%s user=postgres', current_setting('unix_socket_directories'), current_database()));
SELECT dblink_exec('reader', 'BEGIN; LOCK TABLE detach.q IN ACCESS SHARE MODE');
SET statement_timeout = '1s';
ALTER TABLE q DETACH PARTITION q2 CONCURRENTLY;
RESET statement_timeout;
SELECT is(parts(), 'q1, q11, q12, q2 pending, q3', '(stopped half way)');
SELECT primecloud.place_hold('q', 'court') AS hold \gset
SELECT dblink_exec('reader', 'COMMIT');
ALTER TABLE q DETACH PARTITION q2 FINALIZE;
SELECT is(parts(), 'q1, q11, q12, q3', 'one that was half way when the hold was placed is finished');
DROP TABLE q2;
SELECT is(to_regclass('q2'), NULL, 'and is its owner''s');
ALTER TABLE q DETACH PARTITION q3 CONCURRENTLY;
SELECT is(:'SQLSTATE'::text, '55006', 'another is not begun');
SELECT primecloud.release_hold('q', :hold, 'over');

SELECT dblink_exec('reader', 'BEGIN; LOCK TABLE detach.q IN ACCESS SHARE MODE');
SELECT dblink_send_query('detaches', 'ALTER TABLE detach.q DETACH PARTITION detach.q1 CONCURRENTLY');
DO $$ BEGIN FOR i IN 1 .. 200 LOOP EXIT WHEN parts() ~ 'q1 pending'; PERFORM pg_sleep(0.05); END LOOP; END $$;
SELECT is(parts(), 'q1 pending, q11, q12, q3', '(under way)');
SELECT primecloud.place_hold('q', 'court') AS hold \gset
SELECT dblink_exec('reader', 'COMMIT');
SELECT is((SELECT t FROM dblink_get_result('detaches', false) AS r(t text)), 'ALTER TABLE', 'one that is under way comes to its end');
SELECT is(parts(), 'q11, q12, q3', 'with what is below it');
SELECT throws_ok('ALTER TABLE q DETACH PARTITION q3', '55006', NULL, 'what is left is held');
SELECT * FROM finish();
