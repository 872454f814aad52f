-- What is behind a row that does not go is reached: behind one that leads to a locked row, behind errors of code in C and of other
-- servers, and, in a batch of the caller's own, behind rows that a trigger keeps.
SELECT no_plan();
CREATE EXTENSION dblink;
SET client_min_messages = error;
CREATE SCHEMA behind;
SET search_path = behind, public;
CREATE FUNCTION open_as(name text, statement text) RETURNS text LANGUAGE sql AS $$
    SELECT dblink_connect(name, format('host=%s dbname=%s user=postgres', current_setting('unix_socket_directories'), current_database()));
    SELECT dblink_exec(name, 'BEGIN');
    SELECT dblink_exec(name, statement) $$;
CREATE FUNCTION of_run(name text) RETURNS text LANGUAGE sql AS
    $$ SELECT format('%s: %s gone, %s locked, %s failed', state, rows_expired, rows_locked, rows_failed)
        FROM primecloud.job_progress WHERE table_name = name ORDER BY run DESC LIMIT 1 $$;
CREATE PROCEDURE fill(name text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %I (id int PRIMARY KEY, made timestamptz)', name);
    EXECUTE format('CREATE INDEX ON %I (made)', name);
    EXECUTE format('CREATE TABLE %I (parent int REFERENCES %I ON DELETE CASCADE, note text)', name || '_child', name);
    EXECUTE format('INSERT INTO %I SELECT g, timestamptz ''2020-01-01'' + g * interval ''1 hour'' FROM generate_series(1, 300) g', name);
    EXECUTE format('INSERT INTO %I SELECT g FROM generate_series(1, 300) g', name || '_child');
    EXECUTE format('CREATE INDEX ON %I (parent)', name || '_child');
    PERFORM primecloud.retain(name::regclass, 'made', '1 day');
END $$;

-- somebody has a row open that would be deleted along with another
CALL fill('slices'); CALL fill('keyset');
SELECT open_as('somebody', 'UPDATE behind.slices_child SET note = ''x'' WHERE parent IN (5, 6)');
SELECT dblink_exec('somebody', 'UPDATE behind.keyset_child SET note = ''x'' WHERE parent IN (5, 6)');
CALL primecloud.expire('slices', max_rate => 0, method => 'slices');
CALL primecloud.expire('keyset', max_rate => 0, method => 'keyset');
SELECT is(of_run('slices'), 'finished: 298 gone, 2 locked, 0 failed', 'rows that lead to a locked one are left to the next run, by slices');
SELECT is(of_run('keyset'), 'finished: 298 gone, 2 locked, 0 failed', 'and along the index');
SELECT is((SELECT count(*) FROM primecloud.retention_problems), 0::bigint, 'that is no problem of theirs');
SELECT dblink_exec('somebody', 'COMMIT');
CALL primecloud.expire('slices', max_rate => 0);
SELECT is((SELECT count(*) FROM slices), 0::bigint, 'which takes them');

-- a whole table that rows lead to
CALL fill('shut');
SELECT open_as('closer', 'LOCK TABLE behind.shut_child IN ACCESS EXCLUSIVE MODE');
SET statement_timeout = '5min';
CALL primecloud.expire('shut', max_rate => 0);
SELECT matches(of_run('shut'), '^paused: 0 gone, [0-9]+ locked, 0 failed$', 'where all of them lead to a locked table it pauses');
SELECT dblink_exec('closer', 'COMMIT');
CALL primecloud.expire('shut', max_rate => 0);
CALL primecloud.expire('shut', max_rate => 0);
SELECT is((SELECT count(*) FROM shut), 0::bigint, 'and all go in the end');

-- what code in C says, and what another server says
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.id IN (3, 4) THEN RAISE EXCEPTION USING ERRCODE = CASE OLD.id WHEN 3 THEN 'XX000' ELSE '08006' END; END IF;
    RETURN OLD;
END $$;
CREATE TABLE codes (id int PRIMARY KEY, made timestamptz);
INSERT INTO codes SELECT g, 'epoch' FROM generate_series(1, 100) g;
CREATE TRIGGER refuse BEFORE DELETE ON codes FOR EACH ROW EXECUTE FUNCTION refuse();
SELECT count(*) AS said FROM primecloud.retain('codes', 'made', '1 day') \gset
CALL primecloud.expire('codes', max_rate => 0);
SELECT is((SELECT array_agg(id ORDER BY id) FROM codes), '{3,4}', 'an internal error keeps its row alone, as does one of a connection');
SELECT is((SELECT array_agg(code ORDER BY code) FROM primecloud.retention_problems WHERE table_name = 'codes'), '{08006,XX000}', 'told');

-- a batch of the caller's own goes on behind rows that a trigger keeps
CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TABLE kept (id int PRIMARY KEY, made timestamptz);
INSERT INTO kept SELECT g, timestamptz '2020-01-01' + g * interval '1 hour' FROM generate_series(1, 60) g;
CREATE TRIGGER keep BEFORE DELETE ON kept FOR EACH ROW WHEN (OLD.id <= 30) EXECUTE FUNCTION swallow();
SELECT count(*) AS said FROM primecloud.retain('kept', 'made', '1 day') \gset
SELECT is(primecloud.expire_batch('kept', 10), 10::bigint, 'ten of those that may go');
SELECT is(primecloud.expire_batch('kept', 100), 20::bigint, 'and the rest');
SELECT is((SELECT count(*) FROM kept), 30::bigint, 'the others stay');
\setenv PGDATABASE :DBNAME
\set told `psql -XqAt -U postgres -c "SELECT primecloud.expire_batch('behind.kept')" 2>&1`
SELECT is(:'told', E'WARNING:  30 rows of table behind.kept are kept by a trigger\n'
    'HINT:  Its BEFORE trigger returns NULL for them, or takes their mark back.\n0'::text, 'which it says');
SELECT * FROM finish();
