-- Forging the context: making the database believe in a tenant that nobody entered.
\set app attack_forging
\set app_owner attack_forging_owner
\ir support/attack.sql
SELECT no_plan();

-- The forged value is what the server itself would hold for victim of tenant 2.
BEGIN;
SELECT primecloud.enter_trusted('2', 'victim', 'owner');
SELECT is(current_setting('primecloud.context'), (harness.aimed('{"{forged}"}', true))[1], 'the forged value is a real one');
COMMIT;

INSERT INTO harness.attacks (name, usual, ours, statements) VALUES
('nothing forged', '5', '5', ARRAY['SELECT count(*) FROM {t}']),
('SET LOCAL', '5', '42501', ARRAY['SET LOCAL {setting} = ''{forged}''', 'SELECT count(*) FROM {t} WHERE account_id = 2']),
('SET', '5', '42501', ARRAY['SET {setting} = ''{forged}''', 'SELECT count(*) FROM {t} WHERE account_id = 2']),
('SET in capitals', '5', '42501', ARRAY['SET LOCAL "{setting}" = ''{forged}''', 'SELECT count(*) FROM {t} WHERE account_id = 2']),
('set_config', '5', '42501', ARRAY['SELECT set_config(''{setting}'', ''{forged}'', true)',
    'SELECT count(*) FROM {t} WHERE account_id = 2']),
('set_config for the session', '5', '42501', ARRAY['SELECT set_config(upper(''{setting}''), ''{forged}'', false)',
    'SELECT count(*) FROM {t} WHERE account_id = 2']),
('set_config within the query itself', '5', '42501',
    ARRAY['WITH s AS MATERIALIZED (SELECT set_config(''{setting}'', ''{forged}'', true)) SELECT count(*) FROM s, LATERAL (SELECT * FROM '
    '{t} WHERE s IS NOT NULL OFFSET 0) AS t WHERE account_id = 2']),
('a function with a SET clause', NULL, '42501',
    ARRAY['CREATE FUNCTION pg_temp.forge() RETURNS bigint LANGUAGE sql SET {setting} = ''{forged}'' AS ''SELECT count(*) FROM {t} WHERE '
    'account_id = 2''', 'SELECT pg_temp.forge()']),
('ALTER FUNCTION SET', NULL, '42501',
    ARRAY['CREATE FUNCTION pg_temp.forge() RETURNS bigint LANGUAGE sql AS ''SELECT count(*) FROM {t} WHERE account_id = 2''',
    'ALTER FUNCTION pg_temp.forge() SET {setting} = ''{forged}''', 'SELECT pg_temp.forge()']),
('a function that takes the current value along', NULL, '42501',
    ARRAY['CREATE FUNCTION pg_temp.forge() RETURNS bigint LANGUAGE sql SET primecloud.context FROM CURRENT AS ''SELECT count(*) FROM '
    'guarded''']),
('a function that starts from nothing', NULL, '42501',
    ARRAY['CREATE FUNCTION pg_temp.forge() RETURNS bigint LANGUAGE sql SET primecloud.context TO DEFAULT AS ''SELECT count(*) FROM '
    'guarded''', 'SELECT pg_temp.forge()']),
('RESET', NULL, '42501', ARRAY['RESET primecloud.context']),
('SET TO DEFAULT', NULL, '42501', ARRAY['SET LOCAL primecloud.context TO DEFAULT']),
('SET to nothing', NULL, '42501', ARRAY['SET LOCAL primecloud.context = ''''']),
('RESET ALL', '22P02', '5', ARRAY['RESET ALL', 'SELECT count(*) FROM {t}']),
('DISCARD ALL', NULL, '25001', ARRAY['DISCARD ALL']),
('UPDATE pg_settings', NULL, '1', ARRAY['UPDATE pg_settings SET setting = ''{forged}'' WHERE name = ''{setting}''',
    'SELECT primecloud.tenant_int()']),
('ALTER ROLE on itself', NULL, '42501', ARRAY['ALTER ROLE CURRENT_USER SET {setting} = ''{forged}''']),
('ALTER DATABASE', NULL, '42501',
    ARRAY['DO $$ BEGIN EXECUTE format(''ALTER DATABASE %I SET primecloud.context = 1'', current_database()); END $$']),
('ALTER SYSTEM', NULL, '25001', ARRAY['ALTER SYSTEM SET primecloud.context = ''{forged}''']),
('reading the context, to forge it better', NULL, '42501', ARRAY['SELECT current_setting(''primecloud.context'')']),
('SHOW', NULL, '42501', ARRAY['SHOW primecloud.context']),
('looking for it in pg_settings', NULL, '0', ARRAY['SELECT count(*) FROM pg_settings WHERE name = ''primecloud.context''']),
('another setting of that prefix', NULL, '42602', ARRAY['SET LOCAL primecloud.tenant = ''2''']),
('entering on its own word', NULL, '42501', ARRAY['SELECT primecloud.enter_trusted(''2'', ''victim'', ''owner'')']),
('entering as an operator', NULL, '42501', ARRAY['SELECT primecloud.assume(''2'', ''curious'')']),
('entering as a probe', NULL, '42501', ARRAY['SELECT primecloud_internal.enter_probe(''2'', ''owner'')']),
('the C function under a name of its own', NULL, '42501',
    ARRAY['CREATE FUNCTION pg_temp.enter(text, text, text) RETURNS void LANGUAGE c AS ''primecloud'', ''primecloud_enter_trusted''']),
('LOAD', NULL, '42501', ARRAY['LOAD ''/usr/lib/anything.so''']),
('no context is an empty result', NULL, '42501', ARRAY['SET LOCAL primecloud.missing_context = ''empty''']),
('keys of its own', NULL, '42501', ARRAY['SELECT primecloud.add_token_key(''mine'', ''HS256'', decode(repeat(''00'', 32), ''hex''))']),
('keys of its own, by INSERT', NULL, '42501',
    ARRAY['INSERT INTO primecloud_internal.token_key VALUES (''mine'', ''HS256'', decode(repeat(''00'', 32), ''hex''))']),
('un-revoking a key', NULL, '42501', ARRAY['UPDATE primecloud_internal.token_key SET revoked_at = NULL']),
('reading the secrets that sign', NULL, '42501', ARRAY['SELECT count(*) FROM primecloud_internal.token_key']),
('what shows keys shows no secret', NULL, '42703', ARRAY['SELECT key FROM primecloud.token_key_status']),
('membership of its own', NULL, '42501', ARRAY['CREATE TEMP TABLE m (account_id int, user_id text, role text)',
    'SELECT primecloud.register_membership(''m'', ''account_id'', ''user_id'', ''role'')']),
('the registration, by INSERT', NULL, '42501', ARRAY['DELETE FROM primecloud_internal.membership_source']),
('the key that seals audit records', NULL, '42501', ARRAY['SELECT count(*) FROM primecloud_internal.audit_key']),
('a record sealed for it', NULL, '42501', ARRAY['SELECT primecloud_internal.record_audit(''{"action":"assume"}'')']),
('whether a record would pass', NULL, '42501', ARRAY['SELECT primecloud.verify_audit(''{}'')']),
('joining the other account', NULL, '42501', ARRAY['INSERT INTO members VALUES (2, ''mallory'', ''owner'')']);
SELECT harness.run();

-- What a client writes into the log or the WAL by itself is no record: it has no seal, or not the right one.
SELECT is(primecloud.verify_audit('{"action":"assume","tenant":"2","operator":"boss"' || seal || '}'), false,
    'a client''s record is none' || seal)
FROM unnest(ARRAY['', ',"at":"2026-01-01T00:00:00.000Z","seal":""',
    ',"at":"2026-01-01T00:00:00.000Z","seal":"00000000000000000000000000000000"']) AS seal;

-- Settings that an ordinary user can set weaken nothing.
SELECT set_eq($$SELECT name FROM pg_settings WHERE name LIKE 'primecloud.%' AND context = 'user'$$, ARRAY['primecloud.byte_size_output'],
    'what everyone may set');

-- From outside: what the client asks for when it connects.
SELECT is(harness.connect('forger', '-c app.tenant=2'), 'connected', 'a client may send settings');
SELECT is(harness.over('forger', 'SELECT count(*) FROM plain WHERE account_id = 2'), '5', 'the usual policy: PGOPTIONS');
SELECT is(harness.connect('options', '-c primecloud.context=1:t1:26:victim5:owner0:0: -c primecloud.missing_context=empty'), 'connected',
    'a client may send settings that it may not set');
SELECT is(harness.over('options', 'SELECT count(*) FROM guarded'), '42501', 'PGOPTIONS');
SELECT is(harness.over('options', 'SELECT primecloud.context() IS NULL'), 't', 'PGOPTIONS make no context');
SELECT is(harness.over('options', 'BEGIN', harness.entering(), 'SELECT count(*) FROM guarded WHERE account_id = 2'), '0',
    'nor one that comes back after entering');

-- The role's sessions begin with the library, so nothing can be set before it is there.
SELECT is(harness.connect('with'), 'connected', 'a new session of the role that create_app_role() made');
SELECT is(harness.over('with', $$SET primecloud.context = '1:t1:26:victim5:owner0:0:'$$), '42501', 'has met the extension');
-- Before the library is loaded the setting is nobody's, and anybody may set it: a role that somebody else has made.
ALTER ROLE :app RESET session_preload_libraries;
SELECT is(harness.connect('early'), 'connected', 'a new session');
SELECT is(harness.over('early', $$SET primecloud.context = '1:t1:26:victim5:owner0:0:'$$), 'SET',
    'a session that has not met the extension sets what it likes');
SELECT is(harness.over('early', 'SELECT count(*) FROM guarded'), '42501', 'which is gone when it does');
SELECT is(harness.over('early', 'SELECT primecloud.context() IS NULL'), 't', 'and no context');
SELECT is(harness.connect('early2'), 'connected', 'and another');
SELECT is(harness.over('early2', 'BEGIN', $$CREATE FUNCTION pg_temp.forge() RETURNS bigint LANGUAGE sql
    SET primecloud.context = '1:t1:26:victim5:owner0:0:' AS 'SELECT count(*) FROM guarded'$$,
    'SELECT pg_temp.forge()'), '42501', 'a function with a SET clause, made before the library is loaded');

-- A superuser who gives too much away.
GRANT SET ON PARAMETER primecloud.context TO :app;
INSERT INTO harness.attacks (name, ours, statements) VALUES
('GRANT SET ON PARAMETER: SET', '42501', ARRAY['SET LOCAL {setting} = ''{forged}''']),
('GRANT SET ON PARAMETER: set_config', '42501', ARRAY['SELECT set_config(''{setting}'', ''{forged}'', true)']),
('GRANT SET ON PARAMETER: a function', '42501',
    ARRAY['CREATE FUNCTION pg_temp.forge() RETURNS bigint LANGUAGE sql SET {setting} = ''{forged}'' AS ''SELECT count(*) FROM {t}''',
    'SELECT pg_temp.forge()']),
('GRANT SET ON PARAMETER: it may end its own context, and sees nothing then', '42501',
    ARRAY['RESET primecloud.context', 'SELECT count(*) FROM guarded']);
SELECT harness.run();
SELECT is(harness.over('app', $$ALTER ROLE CURRENT_USER SET primecloud.context = '1:t1:26:victim5:owner0:0:'$$), '42501',
    'GRANT SET ON PARAMETER: ALTER ROLE');
REVOKE SET ON PARAMETER primecloud.context FROM :app;

-- A superuser who sets it for the role does nothing.
SELECT throws_ok(format('ALTER ROLE %I SET primecloud.context = %L', :'app', '1:t1:26:victim5:owner0:0:'), '42501', NULL,
    'ALTER ROLE SET by a superuser');
SELECT throws_ok(format('ALTER DATABASE %I SET primecloud.context = %L', current_database(), '1:t1:26:victim5:owner0:0:'), '42501', NULL,
    'ALTER DATABASE SET by a superuser');
SELECT * FROM finish();
\ir support/done.sql
