-- One query shows a policy that fails, one that never ran, one that is late, one that was interrupted, rows that a trigger keeps, rows and
-- partitions that cannot go, and a table that is gone.
SELECT no_plan();
SET client_min_messages = error;
CREATE SCHEMA watch;
SET search_path = watch, public;
CREATE FUNCTION seen(name text) RETURNS text LANGUAGE sql AS $$
    SELECT regexp_replace(concat_ws(' / ', attention, CASE WHEN behind > '1 day' THEN 'late' END), ' at 2.*:[0-9.]+[+-][0-9:]+:', ' then:')
    FROM (SELECT table_name, attention, behind FROM primecloud.retention_status WHERE attention IS NOT NULL OR behind > '1 day') AS s
    WHERE table_name = name $$;
CREATE PROCEDURE make(name text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %I (id int PRIMARY KEY, made timestamptz)', name);
    EXECUTE format('INSERT INTO %I SELECT g, ''epoch'' FROM generate_series(1, 5) g', name);
    PERFORM primecloud.retain(name::regclass, 'made', '1 day');
END $$;
CALL make('well'); CALL make('never'); CALL make('late'); CALL make('stopped');
CALL make('vetoed'); CALL make('referred'); CALL make('lost');
CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER keep BEFORE DELETE ON vetoed FOR EACH ROW WHEN (OLD.id = 1) EXECUTE FUNCTION swallow();
CREATE TABLE refers (id int REFERENCES referred);
INSERT INTO refers VALUES (1), (2);
CREATE TABLE fails (id int, made timestamptz);
CREATE TABLE fails_old (id int, made timestamptz);
SELECT count(*) AS said FROM primecloud.retain('fails', 'made', '1 day', 'archive', archive => 'fails_old') \gset
ALTER TABLE fails ADD more text;
CREATE TABLE parts (id int, made timestamptz) PARTITION BY RANGE (made);
CREATE TABLE part1 PARTITION OF parts FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');
CREATE TABLE part2 PARTITION OF parts FOR VALUES FROM ('2020-02-01') TO ('2020-03-01');
CREATE VIEW on_part AS SELECT * FROM part1;
SELECT count(*) AS said FROM primecloud.retain('parts', 'made', '1 day', 'drop_partition') \gset
SELECT is((SELECT count(*) FROM primecloud.retention_status WHERE attention IS NOT NULL OR behind > '1 day'), 0::bigint,
    'what was registered today is not late');
UPDATE primecloud_internal.retention_policy SET registered_at = now() - interval '3 days' WHERE table_name = 'never';
CALL primecloud.expire('well'); CALL primecloud.expire('late'); CALL primecloud.expire('vetoed'); CALL primecloud.expire('referred');
CALL primecloud.expire('parts'); CALL primecloud.expire('stopped');
\set ON_ERROR_STOP off
CALL primecloud.expire('fails');
\set ON_ERROR_STOP on
UPDATE primecloud_internal.retention_run SET at = now() - interval '3 days' WHERE table_name = 'late';
UPDATE primecloud_internal.retention_run SET state = 'running', finished_at = NULL, updated_at = now() - interval '2 minutes'
    WHERE table_name = 'stopped';
CREATE PROCEDURE event_triggers(what text) LANGUAGE plpgsql AS $$
DECLARE t text;
BEGIN
    FOR t IN SELECT evtname FROM pg_event_trigger WHERE evtname LIKE 'primecloud%' LOOP
        EXECUTE format('ALTER EVENT TRIGGER %I %s', t, what);
    END LOOP;
END $$;
CALL event_triggers('DISABLE');
DROP TABLE lost;
CALL event_triggers('ENABLE ALWAYS');
SELECT is(seen('well'), NULL, 'a policy that went well is not shown');
SELECT is(seen('never'), 'late', 'one that never ran is');
SELECT is(seen('late'), 'late', 'and one that has not run for long');
SELECT is(seen('fails'), 'the last run failed: 42804 archive table watch.fails_old lacks, or has with another type, columns of table '
    'watch.fails: more', 'one that fails');
SELECT is(seen('vetoed'), '1 rows are kept by a trigger', 'rows that a trigger keeps');
SELECT is(seen('referred'), '2 rows cannot go', 'rows that cannot go');
SELECT is(seen('parts'), '1 partitions cannot go', 'a partition that cannot');
SELECT matches(seen('lost'), '^the table is gone', 'a table that is gone');
SELECT primecloud.create_maintenance_role('retention_watch_keeper');
CREATE ROLE retention_watch_nobody;
GRANT USAGE ON SCHEMA watch TO retention_watch_keeper, retention_watch_nobody;
SET ROLE retention_watch_keeper;
SELECT matches(seen('lost'), '^the table is gone', 'to maintenance too');
RESET ROLE;
SET ROLE retention_watch_nobody;
SELECT is(seen('lost'), NULL, 'and to nobody else');
RESET ROLE;
SELECT is(seen('stopped'), 'the last run was interrupted then: the next call goes on with it', 'a run whose session has ended');
SELECT id AS stopped FROM primecloud_internal.retention_policy WHERE table_name = 'stopped' \gset
SELECT primecloud_internal.retention_claim('primecloud_internal.retention_policy', :stopped);
SELECT is(seen('stopped'), NULL, 'not one that somebody runs');
SELECT primecloud_internal.retention_release('primecloud_internal.retention_policy', :stopped);

-- What is said again as it was changes nothing, so that no migration hides what is late, and the run goes on.
SELECT version AS version FROM primecloud_internal.retention_policy WHERE table_name = 'never' \gset
SELECT count(*) AS said FROM primecloud.retain('never', 'made', '1 day') AS a, primecloud.retain('referred', 'made', '24 hours') AS b,
    primecloud.retain('stopped', 'made', '1 day') AS c \gset
SELECT is((SELECT version FROM primecloud_internal.retention_policy WHERE table_name = 'never'), :version::bigint, 'a policy said again');
SELECT is(seen('never'), 'late', 'is as late as it was');
SELECT is((SELECT state FROM primecloud.job_progress WHERE table_name = 'stopped'), 'running', 'its run goes on');
SELECT is((SELECT count(*) FROM primecloud.retention_problems WHERE table_name = 'referred'), 0::bigint,
    'one that says anything else is new, and a day is not 24 hours');
SELECT * FROM finish();
