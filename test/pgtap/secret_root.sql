-- The root key: every way in which it can be missing, wrong or old, and its rotation.
SELECT no_plan();
SET client_min_messages = error;
CREATE FUNCTION file_path(name text) RETURNS text LANGUAGE sql AS $$ SELECT current_setting('data_directory') || '/secret_root_' || name $$;
-- A file with these lines and this mode, in place of what was there.
CREATE FUNCTION key_file(name text, contents text, mode text DEFAULT '0600') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('COPY (SELECT %L) TO PROGRAM %L', translate(encode(convert_to(contents, 'UTF8'), 'base64'), E'\n', ''),
                   format('rm -rf %1$s; umask 077; base64 -d > %1$s; chmod %2$s %1$s', file_path(name), mode));
    RETURN file_path(name);
END $$;
CREATE FUNCTION hex_key(digit text) RETURNS text LANGUAGE sql AS $$ SELECT repeat(digit, 64) $$;
-- SQLSTATE and message of a statement, or its value.
CREATE FUNCTION outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    EXECUTE statement INTO answer;
    RETURN answer;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT set_config('primecloud.root_key_file', key_file('good', '1:' || hex_key('a')), false) AS file \gset
SELECT primecloud.seal('kept', '1', 'l', '1') AS envelope \gset
SELECT format('SELECT primecloud.open(%L, ''1'', ''l'', ''1'', ''test'')', :'envelope') AS open \gset
SELECT is(outcome(:'open'), 'kept', 'with its root key it opens');
CREATE TABLE plain (id integer, secret primecloud.sealed);
INSERT INTO plain VALUES (1, :'envelope');

-- what is wrong with the file -> what every use of the key says
CREATE TABLE cases (name text, contents text, mode text, says text);
INSERT INTO cases VALUES
    ('empty', '', '0600', 'PC001 the root key is empty'),
    ('comments', E'# nothing\n\n', '0600', 'PC001 the root key is empty'),
    ('no version', hex_key('a'), '0600', 'PC001 line 1 of the root key has no version'),
    ('a version that is none', 'x:' || hex_key('a'), '0600', 'PC001 line 1 of the root key has a version that is no positive number'),
    ('version 0', '0:' || hex_key('a'), '0600', 'PC001 line 1 of the root key has a version that is no positive number'),
    ('a short key', '1:' || left(hex_key('a'), 63), '0600', 'PC001 line 1 of the root key has a key of another length than 64 digits'),
    ('a long key', '1:' || hex_key('a') || 'a', '0600', 'PC001 line 1 of the root key has a key of another length than 64 digits'),
    ('blanks', '1: ' || hex_key('a'), '0600', 'PC001 line 1 of the root key has a key of another length than 64 digits'),
    ('not hexadecimal', E'# one line\n1:' || hex_key('g'), '0600', 'PC001 line 2 of the root key has a key that is not hexadecimal'),
    ('zeros', '1:' || hex_key('0'), '0600', 'PC001 line 1 of the root key has a key of zeros'),
    ('a version twice', E'1:' || hex_key('a') || E'\n1:' || hex_key('b'), '0600', 'PC001 line 2 of the root key repeats a version'),
    ('too long', repeat('# a comment' || chr(10), 6000), '0600', 'PC001 the root key is too long'),
    ('read by others', '1:' || hex_key('a'), '0604', 'PC001 the file of primecloud.root_key_file is open to others'),
    ('written by the group', '1:' || hex_key('a'), '0620', 'PC001 the file of primecloud.root_key_file is open to others'),
    ('another key', '1:' || hex_key('b'), '0600', 'PC002 root key version 1 is not this database''s'),
    ('another version alone', '2:' || hex_key('a'), '0600', 'PC002 the root key has no version 1');
CREATE FUNCTION with_file(file text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    PERFORM set_config('primecloud.root_key_file', file, true);
    answer := outcome(statement);
    PERFORM set_config('primecloud.root_key_file', file_path('good'), true);
    RETURN answer;
END $$;
SELECT is(with_file(key_file('case', contents, mode), :'open'), says, 'open with ' || name) FROM cases;
SELECT is(with_file(key_file('case', contents, mode), $$SELECT primecloud.seal('x', '1', 'l', '1')$$), says, 'seal with ' || name)
    FROM cases WHERE name <> 'another version alone';
SELECT is(with_file(key_file('case', contents, mode), $$SELECT primecloud.seal('x', 'new tenant', 'l', '1')$$),
    CASE name WHEN 'another version alone' THEN
    'PC002 root key version 2 is not this database''s' ELSE says END, 'a new tenant with ' || name) FROM cases;
SELECT is(with_file(key_file('case', contents, mode), 'SELECT primecloud.rotate_root()'), CASE name WHEN 'another version alone' THEN
    'PC002 root key version 2 is not this database''s' ELSE says END, 'rotate_root with ' || name) FROM cases;
SELECT is(with_file(key_file('case', contents, mode), 'SELECT primecloud.verify_root_key()'), CASE name WHEN 'another version alone' THEN
    'PC002 root key version 2 is not this database''s' ELSE says END, 'verify_root_key with ' || name) FROM cases;
SELECT is(with_file(file, :'open'), says, 'open with ' || name) FROM (VALUES
    ('no setting', '', 'PC001 primecloud root key is not configured'),
    ('a file that is not there', file_path('nowhere'),
        'PC001 could not read the file of primecloud.root_key_file: No such file or directory'),
    ('a directory', current_setting('data_directory'), 'PC001 primecloud.root_key_file is not a file'),
    ('a device', '/dev/zero', 'PC001 primecloud.root_key_file is not a file')) AS v(name, file, says);
SELECT is(with_file(file, :'open'), 'PC001 primecloud.root_key_file is not a file', 'a pipe does not keep anybody waiting')
FROM (SELECT outcome(format('COPY (SELECT 1) TO PROGRAM %L', format('cat > /dev/null; mkfifo %s', file_path('pipe')))), file_path('pipe')
    AS file) AS made;
-- and none of it says anything of the key
SELECT is((SELECT count(*) FROM cases WHERE with_file(key_file('case', contents, mode), :'open') ~ '(a{8}|b{8}|g{8})'), 0::bigint,
    'no message repeats the file');

-- without a key everything but sealing and opening works
SET primecloud.root_key_file = '';
SELECT is(outcome(statement), says, 'without a key: ' || statement) FROM (VALUES
    ('SELECT primecloud.redacted(secret) FROM plain', '[sealed]'),
    ('SELECT primecloud.key_id(secret) > 0 FROM plain', 'true'),
    ('SELECT secret::text::primecloud.sealed::text = secret::text FROM plain', 'true'),
    ('SELECT to_json(secret) ->> ''sealed'' FROM plain', 'true'),
    ('SELECT row_count FROM primecloud.key_usage()', '1'),
    ('SELECT count(*) FROM primecloud.key_status', '1'),
    ('SELECT version FROM primecloud.root_versions_in_use()', '1'),
    ('SELECT length(primecloud.generate_secret())', '40'),
    ('SELECT primecloud.rotate_key(''1'')', 'PC001 primecloud root key is not configured'),
    ('SELECT primecloud.matches(secret, ''1'', ''l'', ''1'', ''kept'') FROM plain', 'PC001 primecloud root key is not configured'),
    ('SELECT primecloud.token_hash(''x'', ''p'')', 'PC001 primecloud root key is not configured')) AS v(statement, says);
SET primecloud.root_key_file = :'file';
SELECT is(outcome(:'open'), 'kept', 'and when it is back, all is as it was');

-- the other codes
SELECT is(split_part(outcome(statement), ' ', 1), code, code) FROM (VALUES
    ('PC003', format('SELECT primecloud.open(%L, ''1'', ''l'', ''1'', ''t'')', overlay(:'envelope' placing 'AAAAAAAP' from 9 for 8))),
    ('PC005', format('SELECT primecloud.open(%L, ''1'', ''l'', ''2'', ''t'')', :'envelope')),
    ('22P02', 'SELECT ''kept''::primecloud.sealed')) AS v(code, statement);
SELECT is(primecloud.why_closed(overlay(:'envelope' placing 'AAAAAAAP' from 9 for 8)::primecloud.sealed, '1', 'l', '1'), 'PC003',
    'which are told of one row, so that the others are looked at');
-- Bytes that no input lets in, as a damaged page could hold them.
CREATE CAST (bytea AS primecloud.sealed) WITHOUT FUNCTION;
CREATE TABLE damaged AS SELECT n, (CASE n WHEN 1 THEN '' WHEN 2 THEN '\x0101' WHEN 3
    THEN set_byte(primecloud_internal.sealed_send(:'envelope'), 0, 2)
    WHEN 4 THEN set_byte(primecloud_internal.sealed_send(:'envelope'), 1, 0) WHEN 5
        THEN set_byte(primecloud_internal.sealed_send(:'envelope'), 3, 1)
    WHEN 6 THEN substr(primecloud_internal.sealed_send(:'envelope'), 1, 83) END)::bytea::primecloud.sealed AS secret
        FROM generate_series(1, 6) AS n;
SELECT results_eq($$SELECT primecloud.why_closed(secret, '1', 'l', '1') FROM damaged$$, $$SELECT 'PC006' FROM damaged$$,
    'each of damaged bytes is told of');
SELECT is(split_part(outcome(format('SELECT %s FROM damaged WHERE n = %s', call, n)), ' ', 1), 'PC006', call || ' of damaged bytes, ' || n)
FROM generate_series(1, 6) AS n,
    unnest(ARRAY['primecloud.open(secret, ''1'', ''l'', ''1'', ''t'')', 'primecloud.matches(secret, ''1'', ''l'', ''1'', ''x'')',
    'primecloud.reseal_move(secret, ''1'', ''l'', ''1'', ''1'', ''l'', ''2'')', 'primecloud.fingerprint(secret, ''1'', ''l'', ''1'')'])
        AS call;
SELECT is((SELECT count(*) FROM primecloud_internal.sealed_rows_by_key('damaged', 'secret', true)), 2::bigint, 'they can be counted');
DROP TABLE damaged;
DROP CAST (bytea AS primecloud.sealed);

-- a file that changes is read again, one that is the same is not a reason to
SELECT key_file('moving', '1:' || hex_key('a')) AS moving \gset
SET primecloud.root_key_file = :'moving';
SELECT is(outcome(:'open'), 'kept', 'a copy of the file serves');
SELECT key_file('moving', '1:' || hex_key('b')) AS moving \gset
SELECT is(split_part(outcome($$SELECT primecloud.seal('x', 'a third', 'l', '1')$$), ' ', 1), 'PC002',
    'a file replaced under the same name is seen when a key is next unwrapped');
SET primecloud.root_key_file = :'file';

-- rotation of the root key
SELECT primecloud.seal('x', g::text, 'l', '1') IS NOT NULL AS sealed FROM generate_series(2, 40) g;
SELECT primecloud.rotate_key('2') AS ignored, (SELECT primecloud.retire_key(key_id, force => true) FROM primecloud.key_status
    WHERE tenant = '2' AND state = 'decrypt_only') AS retired;
SELECT primecloud.rotate_key('3') > 0 AS rotated;
SELECT primecloud.retire_key(key_id, true) FROM primecloud.key_status WHERE tenant = '3' AND state = 'decrypt_only';
SELECT is(primecloud.rotate_root(), 0::bigint, 'with one version there is nothing to do');
SELECT set_config('primecloud.root_key_file', key_file('two', '1:' || hex_key('a') || E'\r\n2:' || hex_key('c') || E'\n'), false)
    AS two \gset
SELECT is(outcome(:'open'), 'kept', 'a second version is added');
SELECT is(primecloud.verify_root_key(), 2, 'and taken, since the first is right');
SELECT results_eq('SELECT version, data_keys, first_used_at FROM primecloud.root_versions_in_use()',
    $$VALUES (1, (SELECT count(*) FROM primecloud.data_key WHERE wrapped IS NOT NULL),
        (SELECT r.first_used_at FROM primecloud_internal.root_key_version r WHERE r.version = 1))$$,
    'but what was wrapped is wrapped by the first');
CREATE EXTENSION dblink;
SELECT dblink_connect('other', format('host=%s dbname=%s user=postgres', current_setting('unix_socket_directories'), current_database()))
    AS connected;
SELECT dblink_exec('other', format('SET primecloud.root_key_file = %L', :'two')) AS set;
BEGIN;
SELECT primecloud.rotate_root() AS wrapped \gset
SELECT is(:wrapped::bigint, (SELECT count(*) FROM primecloud.data_key WHERE wrapped IS NOT NULL),
    'rotate_root wraps every data key anew, retired ones too');
SELECT is((SELECT opened FROM dblink('other', :'open') AS t(opened text)), 'kept', 'until it commits, others open by the old one');
ROLLBACK;
SELECT is((SELECT array_agg(version) FROM primecloud.root_versions_in_use()), '{1}', 'rolled back, nothing has changed');
SELECT is(primecloud.rotate_root(), :wrapped::bigint, 'committed');
SELECT is((SELECT array_agg(version) FROM primecloud.root_versions_in_use()), '{2}', 'the new version alone is in use');
SELECT is(outcome(:'open'), 'kept', 'what was sealed before opens');
SELECT is((SELECT count(*) FROM primecloud_internal.root_key_version), 2::bigint, 'both check values are kept');
SELECT is(with_file(key_file('case', '2:' || hex_key('c')), :'open'), 'kept', 'without the old version too');
SELECT is(with_file(key_file('case', '1:' || hex_key('a')), :'open'), 'PC002 the root key has no version 2',
    'but not with the old one alone, which is named');
SELECT is(with_file(key_file('case', '1:' || hex_key('a')), $$SELECT primecloud.seal('x', 'a fourth', 'l', '1')$$),
    'PC002 root key version 2 is not this database''s', 'nor is anything new wrapped by it');
SELECT is(with_file(key_file('case', '1:' || hex_key('b') || E'\n2:' || hex_key('c')), :'open'), 'kept',
    'a wrong old version does no harm where it is not used');
SELECT is(with_file(key_file('case', '2:' || hex_key('c') || E'\n3:' || hex_key('d')), 'SELECT primecloud.rotate_root()'), (:wrapped)::text,
    'on to the third');
SELECT is(with_file(key_file('case', '3:' || hex_key('d')), 'SELECT primecloud.verify_root_key()'), '3', 'and the third alone');
SELECT is(with_file(key_file('case', '4:' || hex_key('e')), 'SELECT primecloud.rotate_root()'),
    'PC002 root key version 4 is not this database''s', 'who does not have the third cannot bring a fourth');

-- by a command
SELECT is(with_file(key_file('case', '3:' || hex_key('d')), :'open'), 'kept', 'by file');
CREATE FUNCTION with_command(command text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    PERFORM set_config('primecloud.root_key_file', '', true), set_config('primecloud.root_key_command', command, true);
    answer := outcome(statement);
    PERFORM set_config('primecloud.root_key_command', '', true);
    RETURN answer;
END $$;
SET primecloud.root_key_command_timeout = '60s';  -- for those that end by themselves, on however slow a machine
CREATE FUNCTION script(body text) RETURNS text LANGUAGE sql AS $$ SELECT key_file('script', E'#!/bin/sh\n' || body || E'\n', '0700') $$;
SELECT is(with_command(CASE WHEN command ~ '^/' THEN command ELSE script(command) END, :'open'), says, 'a command that ' || name)
    FROM (VALUES
    ('prints the key', 'cat ' || file_path('case'), 'kept'),
    ('prints it bit by bit', format('head -c 20 %1$s; sleep 0.1; tail -c +21 %1$s', file_path('case')), 'kept'),
    ('reads no input', format('cat; cat %s', file_path('case')), 'kept'),
    ('fails', 'cat ' || file_path('case') || '; exit 3', 'PC001 the command of primecloud.root_key_command failed'),
    ('is not there', '/nonexistent/command', 'PC001 the command of primecloud.root_key_command failed'),
    ('kills itself', 'kill -9 $$', 'PC001 the command of primecloud.root_key_command failed'),
    ('prints without end', 'yes', 'PC001 the command of primecloud.root_key_command failed'),
    ('prints nothing', 'true', 'PC001 the root key is empty'),
    ('prints another key', 'echo 3:' || hex_key('e'), 'PC002 root key version 3 is not this database''s'),
    ('lacks a version', 'echo 2:' || hex_key('c'), 'PC002 the root key has no version 3')) AS v(name, command, says);
SET primecloud.root_key_command_timeout = '500ms';
SELECT is(with_command(script(command), :'open'), 'PC001 the command of primecloud.root_key_command failed', 'a command that ' || name)
    FROM (VALUES
    ('takes too long', 'cat ' || file_path('case') || '; sleep 6000'),
    ('goes on after it has printed', 'cat ' || file_path('case') || '; exec >&-; sleep 6000')) AS v(name, command);
SELECT set_config('primecloud.root_key_command', script('cat ' || file_path('case')), false) IS NOT NULL AS set;
SELECT is(outcome(:'open'), 'PC001 primecloud.root_key_file and primecloud.root_key_command are both set', 'a file and a command');
SET primecloud.root_key_file = '';
-- run once a session, and again for a version that it had not printed
SELECT set_config('primecloud.root_key_command', script(format('echo >> %s; cat %s', file_path('count'), file_path('case'))), false)
    IS NOT NULL AS set;
SELECT is(outcome(:'open'), 'kept', 'by command');
SELECT primecloud.seal('x', 'by command ' || g, 'l', '1') IS NOT NULL AS sealed FROM generate_series(1, 5) g;
SELECT is(length(pg_read_file(file_path('count'))), 1, 'it runs once, for many keys');
SELECT key_file('case', '3:' || hex_key('d') || E'\n4:' || hex_key('e')) IS NOT NULL AS added;
SELECT ok(primecloud.rotate_root() > 40, 'a version that was added is found by rotate_root');
SELECT is(outcome(:'open'), 'kept', 'and serves');
SELECT is((SELECT array_agg(version) FROM primecloud.root_versions_in_use()), '{4}', 'from then on');

-- a program and nothing else: before the library is loaded anybody may ask for the setting
SELECT throws_ok(format('SET primecloud.root_key_command = %L', command), '22023', NULL, 'not a program''s path: ' || command)
    FROM unnest(ARRAY['cat /etc/key',
    'key', './key', '/bin/key --token=x', E'/bin/key\t--token', E'/bin/key\n', '/bin/key;id', '/bin/$KEY', '/bin/`id`', '/bin/key|cat',
        '/bin/key>x', '"/bin/key"', '~/key']) AS command;
SELECT is(with_command(key_file('plain', 'echo', '0700'), :'open'), 'PC001 the command of primecloud.root_key_command failed',
    'no shell runs it');

-- nobody but a superuser sees or sets where the key comes from
CREATE ROLE secret_root_app;
SET ROLE secret_root_app;
SELECT is(split_part(outcome(statement), ' ', 1), '42501', statement)
    FROM unnest(ARRAY['SHOW primecloud.root_key_file', 'SHOW primecloud.root_key_command',
    'SET primecloud.root_key_file = ''/etc/passwd''', 'SET primecloud.root_key_command = ''/bin/id''',
        'SET primecloud.root_key_command_timeout = 1000']) AS statement;
SELECT is((SELECT count(*) FROM pg_settings WHERE name IN ('primecloud.root_key_file', 'primecloud.root_key_command')), 0::bigint,
    'they are not listed either');
RESET ROLE;
SELECT * FROM finish();
