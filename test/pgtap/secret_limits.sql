-- How much may be opened: limits that no COMMIT and no new session set back.
\o /dev/null
SET client_min_messages = warning;
CREATE EXTENSION dblink;
CREATE ROLE secret_limits_app LOGIN;
CREATE ROLE secret_limits_other LOGIN;
GRANT EXECUTE ON FUNCTION primecloud.open(primecloud.sealed, text, text, text, text), primecloud.act_for_any_tenant() TO secret_limits_app,
    secret_limits_other;
CREATE TABLE kept AS SELECT primecloud.seal(repeat('x', 9), '1', 'l', '1') AS secret;
GRANT SELECT ON kept TO PUBLIC;
CREATE FUNCTION connect(name text, role text) RETURNS text LANGUAGE sql AS $$
    SELECT dblink_connect(name, format('host=%s port=%s dbname=%s user=%s', current_setting('unix_socket_directories'),
        current_setting('port'), current_database(), role)) $$;
CREATE FUNCTION attempt(name text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    SELECT a INTO answer FROM dblink(name, statement) AS t(a text);
    RETURN answer;
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
ALTER ROLE secret_limits_app SET primecloud.reveals_per_hour = 40;
SELECT connect('one', 'secret_limits_app'), connect('two', 'secret_limits_app'), connect('other', 'secret_limits_other');
\o
SELECT no_plan();
SELECT set_eq($$SELECT split_part(attempt('one', format('SELECT primecloud.open(secret, ''1'', ''l'', ''1'', %L) FROM kept', n)), ' ', 1)
    FROM generate_series(1, 30) AS n$$,
    ARRAY['xxxxxxxxx'], 'thirty, each in a transaction of its own');
SELECT is((SELECT count(*) FROM generate_series(1, 30) AS n
    WHERE attempt('two', 'SELECT primecloud.open(secret, ''1'', ''l'', ''1'', ''more'') FROM kept') = 'xxxxxxxxx'), 10::bigint,
    'another session of the role opens what is left');
SELECT is(attempt('two', 'SELECT primecloud.open(secret, ''1'', ''l'', ''1'', ''more'') FROM kept'),
    'PC008 role "secret_limits_app" has opened 40 secrets within an hour', 'and no more');
SELECT is(attempt('one', 'SELECT primecloud.open(secret, ''1'', ''l'', ''1'', ''more'') FROM kept'),
    'PC008 role "secret_limits_app" has opened 40 secrets within an hour', 'nor does the first');
SELECT is(attempt('other', 'SELECT primecloud.open(secret, ''1'', ''l'', ''1'', ''more'') FROM kept'), 'xxxxxxxxx', 'another role opens');
SELECT is((SELECT count(*) FROM primecloud.reveal_log WHERE session_role = 'secret_limits_app'), 40::bigint, 'each has its row');
UPDATE primecloud.reveal_log SET at = at - interval '1 hour 1 second' WHERE session_role = 'secret_limits_app'
    AND id <= (SELECT min(id) + 9 FROM primecloud.reveal_log);
SELECT is(attempt('one', 'SELECT primecloud.open(secret, ''1'', ''l'', ''1'', ''more'') FROM kept'), 'xxxxxxxxx',
    'an hour later there is more');
SELECT is(attempt('one', 'SELECT set_config(''primecloud.reveals_per_hour'', ''1000'', false)'),
    '42501 permission denied to set parameter "primecloud.reveals_per_hour"', 'no role raises its limit');
SELECT is(attempt('one', 'SELECT set_config(''primecloud.reveal_needs_row'', ''off'', false)'),
    '42501 permission denied to set parameter "primecloud.reveal_needs_row"', 'nor says what a row needs');

-- The limit is the role's, not the session's.
SELECT connect('three', 'postgres') AS connected \gset
SELECT attempt('three', 'SET primecloud.reveals_per_hour = 20') || attempt('three', 'SET SESSION AUTHORIZATION secret_limits_other') AS set
\gset
SELECT is(attempt('three', 'SELECT primecloud.open(secret, ''1'', ''l'', ''1'', ''more'') FROM kept'), 'xxxxxxxxx',
    'a role that has some left');
SELECT attempt('three', 'SET SESSION AUTHORIZATION secret_limits_app') AS set \gset
SELECT is(attempt('three', 'SELECT primecloud.open(secret, ''1'', ''l'', ''1'', ''more'') FROM kept'),
    'PC008 role "secret_limits_app" has opened 20 secrets within an hour', 'lends them to no other');

-- A transaction's limit is that transaction's, however it ends.
SET primecloud.reveals_per_transaction = 2;
\o /dev/null
BEGIN;
SELECT primecloud.open(secret, '1', 'l', '1', 'rolled back') FROM kept, generate_series(1, 2);
ROLLBACK;
\o
SELECT is(primecloud.open(secret, '1', 'l', '1', 'the next'), 'xxxxxxxxx', 'after ROLLBACK there is as much again') FROM kept;
SELECT throws_ok('SELECT primecloud.open(secret, ''1'', ''l'', ''1'', ''more'') FROM kept, generate_series(1, 3)', 'PC008', NULL,
    'and no more');
SET primecloud.reveals_per_transaction = DEFAULT;

-- A key that was destroyed opens nothing more, though the transaction has used it and asks
-- with a value that lies in no table.
SELECT secret::text AS value FROM kept \gset
ALTER ROLE secret_limits_other SET primecloud.reveals_per_hour = -1;
SELECT dblink_exec('other', 'BEGIN');
SELECT is(attempt('other', format('SELECT primecloud.open(%L, ''1'', ''l'', ''1'', ''by value'')', :'value')), 'xxxxxxxxx',
    'a value opens');
SELECT isnt_empty($$SELECT primecloud.shred_tenant('1')$$, 'its tenant is destroyed');
SELECT matches(attempt('other', format('SELECT primecloud.open(%L, ''1'', ''l'', ''1'', ''by value'')', :'value')), '^PC004',
    'it opens no more');

-- Damage.
CREATE CAST (bytea AS primecloud.sealed) WITHOUT FUNCTION;
SELECT is(primecloud.key_id('\x01'::bytea::primecloud.sealed), 0::bigint, 'what is too short has no key');
SELECT is(to_json('\x01'::bytea::primecloud.sealed)::text, '{"sealed":true,"key":0}', 'nor a key in JSON');
CREATE FUNCTION warned(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('client_min_messages', 'error', true);
    EXECUTE statement;
    RETURN 'written';
END $$;
SELECT is(warned($$SELECT '\x01'::bytea::primecloud.sealed::text$$), 'written', 'it is written all the same');

-- Every key that still hashes is a candidate.
SELECT lives_ok($$SELECT primecloud.rotate_key('2', 'index') FROM generate_series(1, 70)$$, 'seventy keys');
SELECT is(cardinality(primecloud.blind_index_candidates(repeat('x', 9), '2', 'l')), 70, 'seventy candidates');

-- NULL: the hint is about what is missing.
CREATE FUNCTION hint_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE hint text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN hint;
END $$;
SELECT is(hint_of($$SELECT primecloud.token_hash(repeat('x', 9), NULL)$$), 'Name the purpose.', 'of a token''s purpose');
SELECT is(hint_of($$SELECT primecloud.seal(repeat('x', 9), NULL, 'l', '1')$$),
    'A secret is bound to tenant, label and row: name all three.', 'of a tenant');

-- A temporary table keeps no registration.
CREATE TEMP TABLE passing (id int PRIMARY KEY, account_id int NOT NULL, secret primecloud.sealed);
SELECT throws_ok($$SELECT primecloud.seal_column('passing', 'secret', 'passing.secret')$$, '42809', NULL, 'seal_column');
SELECT throws_ok($$SELECT primecloud_internal.register_sealed_column('passing', 'secret', 'passing.secret', 'id', 'account_id')$$, '42809',
    NULL, 'register_sealed_column');

-- A trigger that keeps a row from being written is told, not waited for.
CREATE TABLE vault (id int PRIMARY KEY, account_id int NOT NULL, secret primecloud.sealed);
SELECT lives_ok($$SELECT primecloud_internal.register_sealed_column('vault', 'secret', 'vault.secret', 'id', 'account_id')$$,
    'a sealed column');
INSERT INTO vault SELECT n, 3, primecloud.seal(repeat('x', 9), '3', 'vault.secret', n::text) FROM generate_series(1, 5) AS n;
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN CASE WHEN old.id = 3 THEN NULL ELSE new END; END $$;
CREATE TRIGGER keep BEFORE UPDATE ON vault FOR EACH ROW EXECUTE FUNCTION keep();
SELECT isnt(primecloud.rotate_key('3'), NULL, 'a new key');
CALL primecloud.reseal('vault', 'secret');
SELECT results_eq('SELECT row_id, code FROM primecloud.reseal_problems', $$VALUES ('3', '09000')$$, 'the row is named with the reason');
SELECT is((SELECT rows_locked FROM primecloud_internal.reseal_run ORDER BY id DESC LIMIT 1), 0::bigint, 'and does not count as locked');
SELECT is((SELECT count(DISTINCT primecloud.key_id(secret)) FROM vault WHERE id <> 3), 1::bigint, 'the others are sealed anew');
SELECT * FROM finish();
\o /dev/null
SELECT dblink_disconnect(n) FROM unnest(dblink_get_connections()) AS n;
DROP OWNED BY secret_limits_app, secret_limits_other CASCADE;
DROP ROLE secret_limits_app, secret_limits_other;
