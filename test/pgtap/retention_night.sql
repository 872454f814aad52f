-- The nightly job: what one owner has registered stops nobody else, what fails is a run
-- that failed, and one view says what wants attention.
SELECT no_plan();
CREATE ROLE retention_night_a;
CREATE ROLE retention_night_b;
SELECT primecloud.create_maintenance_role('retention_night_cleaner');
CREATE SCHEMA closed AUTHORIZATION retention_night_a;
CREATE SCHEMA night AUTHORIZATION retention_night_b;
GRANT USAGE ON SCHEMA night TO PUBLIC;
SET client_min_messages = error;

-- another owner's policy in a schema that may not be used
SET ROLE retention_night_a;
CREATE TABLE closed.rows (id int, made timestamptz);
SELECT count(*) FROM primecloud.retain('closed.rows', 'made', '1 day');
SET ROLE retention_night_b;
CREATE TABLE night.rows (id int, made timestamptz);
INSERT INTO night.rows VALUES (1, 'epoch');
SELECT count(*) FROM primecloud.retain('night.rows', 'made', '1 day', maintenance_role => 'retention_night_cleaner');
RESET ROLE;
SET SESSION AUTHORIZATION retention_night_cleaner;
CALL primecloud.expire_all(max_rate => 0);
SELECT is((SELECT count(*) FROM night.rows), 0::bigint,
    'a maintenance role expires its tables beside a policy in a schema that is closed to it');
RESET SESSION AUTHORIZATION;
SET ROLE retention_night_b;
INSERT INTO night.rows VALUES (2, 'epoch');
RESET ROLE;
SET SESSION AUTHORIZATION retention_night_b;
CALL primecloud.expire_all(max_rate => 0);
SELECT is((SELECT count(*) FROM night.rows), 0::bigint, 'and so does an owner');
SELECT is((SELECT array_agg(table_name) FROM primecloud.retention_status), '{rows}', 'who sees no policy but its own');
RESET SESSION AUTHORIZATION;
-- an owner whose own schema was closed to it
SET ROLE retention_night_b;
INSERT INTO night.rows VALUES (3, 'epoch');
RESET ROLE;
ALTER SCHEMA night OWNER TO retention_night_a;
REVOKE ALL ON SCHEMA night FROM PUBLIC, retention_night_b;
SET SESSION AUTHORIZATION retention_night_b;
SELECT lives_ok('SELECT * FROM primecloud.retention_status', 'the view raises nothing where even the owner may not use the schema');
SELECT lives_ok('SELECT * FROM primecloud.expire_all_preview()', 'nor does the dry run');
RESET SESSION AUTHORIZATION;
ALTER SCHEMA night OWNER TO retention_night_b;
GRANT USAGE ON SCHEMA night TO PUBLIC;
SET ROLE retention_night_b;

-- a time to keep longer than there are years, and one that has never run
CREATE TABLE night.ages (id int, made timestamptz);
SELECT count(*) FROM primecloud.retain('night.ages', 'made', '170000000 years');
SELECT lives_ok('SELECT * FROM primecloud.retention_status', 'a time to keep of 170 million years breaks no view');
SELECT count(*) FROM primecloud.unretain('night.ages');

-- A policy that can no longer be carried out is a run that failed; the others are done.
CREATE TABLE night.source (id int, made timestamptz);
CREATE TABLE night.archive (id int, made timestamptz);
SELECT count(*) FROM primecloud.retain('night.source', 'made', '1 day', 'archive', archive => 'night.archive');
CALL primecloud.expire('night.source');
SELECT is((SELECT last_state FROM primecloud.retention_status WHERE table_name = 'source'), 'finished', 'a run that went well');
ALTER TABLE night.source ADD COLUMN later text;
INSERT INTO night.rows VALUES (4, 'epoch');
\set ON_ERROR_STOP off
CALL primecloud.expire_all(max_rate => 0);
\set ON_ERROR_STOP on
SELECT is((SELECT count(*) FROM night.rows), 0::bigint, 'a policy that cannot be carried out stops no other');
SELECT is((SELECT format('%s %s', last_state, last_error) FROM primecloud.retention_status WHERE table_name = 'source'), 'failed 42804',
    'and is a run that failed');
SELECT is((SELECT attention FROM primecloud.retention_status WHERE table_name = 'source'),
    'the last run failed: 42804 archive table night.archive lacks, or has with another type, columns of table night.source: later',
        'which wants attention, and says why');
SELECT is((SELECT attention FROM primecloud.retention_status WHERE table_name = 'rows'), NULL, 'the other does not');
SELECT ok((SELECT watermark IS NOT NULL FROM primecloud.retention_status WHERE table_name = 'source'),
    'the watermark is that of the last run that finished');
\set ON_ERROR_STOP off
CALL primecloud.expire('night.source');
CALL primecloud.expire('night.source');
\set ON_ERROR_STOP on
SELECT is((SELECT array_agg(format('%s %s', state, runs_folded) ORDER BY run) FROM primecloud.job_progress WHERE table_name = 'source'),
    '{"finished 0","failed 2"}',
    'the same failure again and again is one row');
SELECT is((SELECT array_agg(name) FROM primecloud.expire_all_preview() WHERE what = 'error'), '{42804}',
    'a dry run of all policies has the failure as a line');
INSERT INTO night.rows VALUES (5, 'epoch'), (6, 'epoch');
SELECT is((SELECT row_count FROM primecloud.expire_all_preview() WHERE table_name = 'rows' AND what = 'expires'), 2::bigint,
    'and counts what the others would expire');
SELECT is((SELECT count(*) FROM night.rows), 2::bigint, 'and removes nothing');

-- A policy that is taken away, or a table that goes, while all are being expired.
CREATE TABLE night.ends (id int, made timestamptz);
INSERT INTO night.ends VALUES (1, 'epoch');
SELECT count(*) FROM primecloud.retain('night.ends', 'made', '1 day');
CREATE FUNCTION night.unretain() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$ BEGIN RAISE SQLSTATE 'XX999'; END $$;
CREATE TRIGGER fatal BEFORE DELETE ON night.ends FOR EACH ROW EXECUTE FUNCTION night.unretain();
\set ON_ERROR_STOP off
CALL primecloud.expire_all(max_rate => 0);
\set ON_ERROR_STOP on
SELECT is((SELECT count(*) FROM night.rows), 0::bigint, 'an error of the server''s in one table stops no other');
SELECT is((SELECT format('%s %s', last_state, last_error) FROM primecloud.retention_status WHERE table_name = 'ends'), 'failed XX999',
    'and is that table''s run that failed');
SELECT primecloud.unretain('night.ends'), primecloud.unretain('night.source');

-- Runs that find nothing leave one row, and the watermark moves.
CALL primecloud.expire('night.rows', max_rate => 0);
SELECT watermark AS first, (SELECT max(run) FROM primecloud.job_progress WHERE table_name = 'rows') AS run FROM primecloud.retention_status
    WHERE table_name = 'rows' \gset
CALL primecloud.expire('night.rows', max_rate => 0);
CALL primecloud.expire('night.rows', max_rate => 0);
CALL primecloud.expire('night.rows', max_rate => 0);
SELECT is((SELECT runs_folded FROM primecloud.job_progress WHERE table_name = 'rows' ORDER BY run DESC LIMIT 1), 3::bigint,
    'runs that do nothing are one row');
SELECT is((SELECT count(*) FROM primecloud.job_progress WHERE table_name = 'rows' AND run >= :run), 1::bigint, 'and no more');
SELECT ok((SELECT watermark > :'first' FROM primecloud.retention_status WHERE table_name = 'rows'), 'the watermark moves on');
SELECT ok((SELECT folded_since < started_at FROM primecloud.job_progress WHERE table_name = 'rows' ORDER BY run DESC LIMIT 1),
    'it is known since when');
INSERT INTO night.rows VALUES (7, 'epoch');
CALL primecloud.expire('night.rows', max_rate => 0);
CALL primecloud.expire('night.rows', max_rate => 0);
SELECT is((SELECT array_agg(rows_expired ORDER BY run) FROM primecloud.job_progress WHERE table_name = 'rows' AND run > :run), '{0,1,0}',
    'a run that does something stands by itself');

-- Runs that ended long ago are forgotten, but for the last that finished.
RESET ROLE;
UPDATE primecloud_internal.retention_run SET finished_at = now() - interval '91 days', started_at = now() - interval '91 days'
    WHERE schema_name = 'night' AND table_name = 'rows';
SET ROLE retention_night_b;
INSERT INTO night.rows VALUES (8, 'epoch');
CALL primecloud.expire('night.rows', max_rate => 0);
SELECT is((SELECT count(*) FROM primecloud.job_progress WHERE table_name = 'rows'), 1::bigint, 'after ninety days runs are forgotten');
RESET ROLE;
SELECT count(*) FROM primecloud.retain('primecloud_internal.retention_run', 'finished_at', '1 year');
UPDATE primecloud_internal.retention_run SET finished_at = now() - interval '91 days' WHERE schema_name = 'night' AND table_name = 'rows';
SET ROLE retention_night_b;
INSERT INTO night.rows VALUES (9, 'epoch');
CALL primecloud.expire('night.rows', max_rate => 0);
SELECT is((SELECT count(*) FROM primecloud.job_progress WHERE table_name = 'rows'), 2::bigint,
    'or after the time that a policy on the table of runs gives');
RESET ROLE;
UPDATE primecloud_internal.retention_run SET finished_at = now() - interval '2 years' WHERE schema_name = 'night' AND table_name = 'rows';
CALL primecloud.expire('primecloud_internal.retention_run', max_rate => 0);
SELECT is((SELECT count(*) FROM primecloud.job_progress WHERE table_name = 'rows'), 0::bigint, 'which expires like any other');

-- What shows all runs shows nobody those of others.
SET ROLE retention_night_b;
CALL primecloud.expire('night.rows', max_rate => 0);
SET ROLE retention_night_a;
CREATE FUNCTION closed.tell(t text, n text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN RAISE NOTICE 'told: %', t;
    PERFORM set_config('night.told', current_setting('night.told', true) || ' ' || n, false); RETURN true; END $$;
SELECT set_config('night.told', '', false);
SELECT count(*) FROM primecloud.job_progress WHERE closed.tell(schema_name, table_name);
SELECT count(*) FROM primecloud.retention_status WHERE closed.tell(schema_name, table_name);
SELECT unalike(current_setting('night.told'), '%source%', 'a cheap function sees no run of another''s table');
SELECT is((SELECT array_agg(DISTINCT t) FROM regexp_split_to_table(trim(current_setting('night.told')), ' ') t), '{rows}',
    'nor any policy');
SELECT throws_ok('SELECT * FROM primecloud_internal.expiry_progress', '42501', NULL, 'the views below it are closed');
RESET ROLE;

-- Said before anything is tried.
SELECT throws_ok($$CALL primecloud.expire('night.rows')$$, '2D000', NULL, 'from a function it is the server that refuses to commit');
BEGIN;
\set ON_ERROR_STOP off
CALL primecloud.expire_all();
\set ON_ERROR_STOP on
\set state :LAST_ERROR_SQLSTATE
\set message :LAST_ERROR_MESSAGE
ROLLBACK;
SELECT is(:'state' || ' ' || :'message', '2D000 expire_all commits after every batch and cannot run inside a transaction block',
    'inside a transaction block it says so');
SET default_transaction_read_only = on;
\set ON_ERROR_STOP off
CALL primecloud.expire_all();
\set ON_ERROR_STOP on
\set state :LAST_ERROR_SQLSTATE
RESET default_transaction_read_only;
SELECT is(:'state'::text, '25006', 'where nothing can be written it is one error, not one a table');
SELECT * FROM finish();
