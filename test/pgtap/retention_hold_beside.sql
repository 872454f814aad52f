-- Expiry beside a transaction that places a hold and stays open, and errors that are not to be written down as they are.
SELECT no_plan();
CREATE EXTENSION dblink;
SET client_min_messages = error;
CREATE SCHEMA beside;
SET search_path = beside, public;
CREATE PROCEDURE make(name text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %I (id int PRIMARY KEY, at timestamptz)', name);
    EXECUTE format('INSERT INTO %I SELECT g, now() - g * interval ''1 day'' FROM generate_series(1, 100) g', name);
    PERFORM primecloud.retain(name::regclass, 'at', '50 days', id_column => 'id');
END $$;
CREATE FUNCTION said(name text) RETURNS text LANGUAGE sql AS $$
    SELECT format('%s %s: %s', last_state, last_error, regexp_replace(coalesce(attention, 'nothing'), 'at 2\S+ \S+:', 'at ...:'))
    FROM primecloud.retention_status WHERE table_name = name $$;
CALL make('held'); CALL make('other'); CALL make('moved');
SELECT dblink_connect('holder', format('host=%s dbname=%s user=postgres', current_setting('unix_socket_directories'), current_database()));
SELECT dblink_exec('holder', 'BEGIN');
SELECT * FROM dblink('holder', $$SELECT primecloud.place_hold('beside.held', 'case', row_id => '70')$$) AS h(id bigint);
SET statement_timeout = '60s';  -- against for ever: it is told after some five seconds
CALL primecloud.expire_all(max_rate => 0);
SELECT is(said('held'), 'paused 55P03: the last run was held up at ...: the retention of table beside.held is held up by a transaction '
    'that has changed it, or locked the table', 'a table on which a hold is being placed is left, and that is told');
SELECT is((SELECT format('%s %s', (SELECT count(*) FROM held), (SELECT count(*) FROM other))), '100 49', 'the others are done');
\setenv PGDATABASE :DBNAME
\set told `psql -XqAt -U postgres -c "CALL primecloud.expire('beside.held', max_rate => 0)" 2>&1`
SELECT is(:'told', E'WARNING:  expiry of table beside.held: the retention of table beside.held is held up by a transaction that has '
    'changed it, or locked the table\nHINT:  Nothing is lost: the next call goes on where this one was.'::text, 'asked alone, it says so');
SELECT is((SELECT count(*) FROM held), 100::bigint, 'and leaves all');
SELECT dblink_exec('holder', 'COMMIT');
CALL primecloud.expire_all(max_rate => 0);
SELECT is((SELECT format('%s %s', count(*), count(*) FILTER (WHERE id = 70)) FROM held), '50 1',
    'then the rest goes, but for what is held');
SELECT matches(said('held'), '^finished \S*: nothing$', 'and nothing is to be told');

-- a table that has another name in that transaction
SELECT dblink_exec('holder', 'BEGIN');
SELECT dblink_exec('holder', 'ALTER TABLE beside.moved RENAME TO moved_on');
SELECT * FROM dblink('holder', $$SELECT primecloud.place_hold('beside.moved_on', 'case')$$) AS h(id bigint);
INSERT INTO other VALUES (0, now() - interval '60 days');
CALL primecloud.expire_all(max_rate => 0);
SELECT is(said('other'), 'finished : nothing', 'a rename with a hold holds up no other table');
SELECT is((SELECT count(*) FROM other), 49::bigint, 'which is done');
SELECT dblink_exec('holder', 'ROLLBACK');

-- a name of a constraint that no index takes
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = repeat('m', 100000), CONSTRAINT =
        (SELECT string_agg(md5(g::text || OLD.id), 'ä') FROM generate_series(1, 400) g);
END $$;
CALL make('talks');
CREATE TRIGGER refuse BEFORE DELETE ON talks FOR EACH ROW WHEN (OLD.id IN (60, 61)) EXECUTE FUNCTION refuse();
CALL primecloud.expire('talks', max_rate => 0);
SELECT is(said('talks'), 'finished 23514: 2 rows cannot go', 'a row is passed over, whatever its trigger calls the constraint');
SELECT is((SELECT array_agg(id ORDER BY id) FROM talks WHERE id > 50), '{60,61}', 'and no other');
SELECT is((SELECT format('%s %s %s', count(*), sum(row_count), max(length(constraint_name))) FROM primecloud.retention_problems
    WHERE table_name = 'talks'), '2 2 63', 'it is counted by the beginning of that name');
SELECT * FROM finish();
