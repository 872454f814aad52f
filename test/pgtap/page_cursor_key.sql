-- Cursor keys that change while a session goes on.  It keeps what it has read of them: as
-- they are by now, whatever its transaction's snapshot, and until somebody changes them.
\o /dev/null
SET client_min_messages = warning;
CREATE EXTENSION dblink;
SELECT dblink_connect('other', format('host=%s port=%s user=%s dbname=%s', current_setting('unix_socket_directories'),
    current_setting('port'), current_user,
    current_database()));
CREATE FUNCTION other(query text) RETURNS text LANGUAGE sql AS $$ SELECT answer FROM dblink('other', query) AS t(answer text) $$;
CREATE FUNCTION make() RETURNS text LANGUAGE sql AS $$ SELECT primecloud.make_cursor('event', now(), '00000000-0000-0000-0000-000000000001')
    $$;
\o
SELECT no_plan();
CREATE FUNCTION valid(cursor text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN PERFORM primecloud.cursor_ts(cursor, 'event'); RETURN true; EXCEPTION WHEN invalid_parameter_value THEN RETURN false; END $$;

-- The new key reaches a session that has made cursors.
SELECT ok(valid(other('SELECT make()')), 'a session makes cursors');
SELECT lives_ok('SELECT primecloud.rotate_cursor_key()', 'a new key');
CREATE TABLE made AS SELECT other('SELECT make()') AS cursor;
SELECT is(primecloud.end_old_cursors(), 1::bigint, 'the old one ends');
SELECT ok(valid((SELECT cursor FROM made)), 'the session''s cursors were of the new key already');

-- A session whose transaction looks at the past.
SELECT is(dblink_exec('other', 'BEGIN ISOLATION LEVEL REPEATABLE READ'), 'BEGIN', 'the session has a snapshot');
SELECT isnt(other('SELECT count(*)::text FROM pg_class'), NULL, 'of now');
SELECT lives_ok('SELECT primecloud.rotate_cursor_key()', 'another key');
SELECT is(primecloud.end_old_cursors(), 1::bigint, 'and no other');
SELECT ok(valid(other('SELECT make()')), 'in that transaction it signs with the new one');
SELECT is(dblink_exec('other', 'COMMIT'), 'COMMIT', 'its end');
SELECT ok(valid(other('SELECT make()')), 'and afterwards');

-- A key that came as rows of a dump come, which tells no session of it.
SELECT ok(valid(make()), '(this session has read its keys)');
SELECT dblink_exec('other',
    'INSERT INTO primecloud.cursor_key VALUES (4711, decode(repeat(''5a'', 32), ''hex''), now() + interval ''1 hour'')')
    AS restored \gset
SELECT dblink_disconnect('other') AS left \gset
SELECT dblink_connect('other', format('host=%s port=%s user=%s dbname=%s', current_setting('unix_socket_directories'),
    current_setting('port'), current_user,
    current_database())) AS again \gset
SELECT ok(valid(other('SELECT make()')), 'a session that has read them finds it where a cursor names it');
SELECT is(primecloud.end_old_cursors(), 1::bigint, 'and it is the newest');

-- Paging is allowed in parallel plans, where no snapshot is taken as elsewhere.
CREATE TABLE many AS SELECT n FROM generate_series(1, 2000) AS n;
SELECT is(other('SELECT set_config(name, ''on'', false) FROM pg_settings
    WHERE name IN (''force_parallel_mode'', ''debug_parallel_query'')'), 'on', 'a parallel plan');
SELECT lives_ok('SELECT primecloud.forget_cursor_keys()', 'whose workers know no key');
SELECT ok(valid(other($$SELECT min(primecloud.make_cursor('event', '2026-01-01', '00000000-0000-0000-0000-000000000001')
    || left(n::text, 0)) FROM many$$)),
    'makes cursors');
SELECT * FROM finish();
\o /dev/null
SELECT dblink_disconnect('other');
