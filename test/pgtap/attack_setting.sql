-- Entering by the setting primecloud.token: it does what enter() does, keeps nothing, and acts nowhere else.
\set app attack_setting
\set app_owner attack_setting_owner
\ir support/attack.sql
SELECT no_plan();
\o /dev/null
INSERT INTO members VALUES (2, 'mallory', 'developer');
SELECT harness.mint('{"sub": "mallory", "account": "1"}') AS one, harness.mint('{"sub": "mallory", "account": "2"}') AS two,
    harness.mint('{"sub": "mallory", "account": "99"}') AS bad \gset
CREATE FUNCTION harness.session(VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text := harness.over('app', VARIADIC statements);
BEGIN
    PERFORM harness.over('app', 'ROLLBACK');
    PERFORM harness.over('app', 'DISCARD ALL');
    RETURN answer;
END $$;
CREATE FUNCTION harness.local(token text) RETURNS text LANGUAGE sql AS $$ SELECT format('SET LOCAL primecloud.token = %L', token) $$;
CREATE FUNCTION harness.config(token text, local text DEFAULT 'true') RETURNS text LANGUAGE sql AS $$
    SELECT format('SELECT set_config(''primecloud.token'', %L, %s)', token, local) $$;
\o
SELECT is(harness.session(VARIADIC statements), expected, name) FROM (VALUES
('SET LOCAL enters', '2,4,6,8,10', ARRAY['BEGIN', harness.local(:'one'), 'SELECT id FROM guarded ORDER BY id']),
('set_config enters', '2,4,6,8,10', ARRAY['BEGIN', harness.config(:'one'), 'SELECT id FROM guarded ORDER BY id']),
('and answers nothing', '', ARRAY['BEGIN', harness.config(:'one')]),
('several settings at once, as PostGraphile sends them', '1',
    ARRAY['BEGIN', format('SELECT set_config(el->>0, el->>1, true) FROM json_array_elements(%L) AS el', json_build_array(
    json_build_array('app.tenant', '7'), json_build_array('primecloud.token', :'one'))), 'SELECT primecloud.tenant_int()']),
('a statement that was prepared by SQL goes with what others left', '26000', ARRAY['BEGIN',
    'PREPARE enters(text) AS SELECT set_config(''primecloud.token'', $1, true)', format('EXECUTE enters(%L)', :'one')]),
('and enters when nothing of others is left', '1', ARRAY['BEGIN', harness.local(:'one'),
    'PREPARE enters(text) AS SELECT set_config(''primecloud.token'', $1, true)', format('EXECUTE enters(%L)', :'one'),
    'SELECT primecloud.tenant_int()']),
('the same identity again', '1', ARRAY['BEGIN', harness.local(:'one'), harness.config(:'one'), 'SELECT primecloud.tenant_int()']),
('another one is refused', '55000', ARRAY['BEGIN', harness.local(:'one'), harness.local(:'two')]),
('another one than enter() has entered', '55000', ARRAY['BEGIN', harness.entering(), harness.local(:'two')]),
('another one under a savepoint', '55000', ARRAY['BEGIN', harness.local(:'one'), 'SAVEPOINT s', harness.config(:'two')]),
('ROLLBACK TO undoes it', 't', ARRAY['BEGIN', 'SAVEPOINT s', harness.local(:'one'), 'ROLLBACK TO s',
    'SELECT primecloud.context() IS NULL']),
('and then another may be entered', '2', ARRAY['BEGIN', 'SAVEPOINT s', harness.local(:'one'), 'ROLLBACK TO s', harness.local(:'two'),
    'SELECT primecloud.tenant_int()']),
('RELEASE keeps it', '1', ARRAY['BEGIN', 'SAVEPOINT s', harness.local(:'one'), 'RELEASE s', 'SELECT primecloud.tenant_int()']),
('COMMIT ends it', '42501', ARRAY['BEGIN', harness.local(:'one'), 'COMMIT', 'BEGIN', 'SELECT id FROM guarded']),
('COMMIT AND CHAIN too', 't', ARRAY['BEGIN', harness.local(:'one'), 'COMMIT AND CHAIN', 'SELECT primecloud.context() IS NULL']),
('RESET leaves what was entered', '1', ARRAY['BEGIN', harness.local(:'one'), 'RESET primecloud.token', 'SELECT primecloud.tenant_int()']),
('RESET ALL too', '1', ARRAY['BEGIN', harness.local(:'one'), 'RESET ALL', 'SELECT primecloud.tenant_int()']),
('TO DEFAULT too', '1', ARRAY['BEGIN', harness.local(:'one'), 'SET LOCAL primecloud.token TO DEFAULT', 'SELECT primecloud.tenant_int()']),
('and makes no room for another', '55000', ARRAY['BEGIN', harness.local(:'one'), 'RESET primecloud.token', harness.local(:'two')]),
('after a RESET it enters still', '1', ARRAY['BEGIN', 'RESET primecloud.token', harness.local(:'one'), 'SELECT primecloud.tenant_int()']),
('NULL is RESET, and enters nobody', '42501', ARRAY['BEGIN', 'SELECT set_config(''primecloud.token'', NULL, true)',
    'SELECT id FROM guarded']),
('nothing is a bad token', '28000', ARRAY['BEGIN', harness.local('')]),
('a bad token', '28000', ARRAY['BEGIN', harness.local(:'bad')]),
('one that is swallowed has entered nobody', 't', ARRAY['BEGIN', format('DO $d$ BEGIN PERFORM set_config(''primecloud.token'', %L, '
    'true); EXCEPTION WHEN OTHERS THEN NULL; END $d$', :'bad'), 'SELECT primecloud.context() IS NULL']),
('an exception block undoes it', 't', ARRAY['BEGIN', format('DO $d$ BEGIN BEGIN PERFORM set_config(''primecloud.token'', %L, true); RAISE '
    'EXCEPTION ''x''; EXCEPTION WHEN OTHERS THEN NULL; END; END $d$', :'one'), 'SELECT primecloud.context() IS NULL']),
('enter_context gives the context', 'mallory 1', ARRAY['BEGIN', format('SELECT concat_ws('' '', c ->> ''user'', c ->> ''tenant'') FROM '
    'primecloud.enter_context(%L) AS c', :'one')]),
('and refuses what enter refuses', '28000', ARRAY['BEGIN', format('SELECT primecloud.enter_context(%L)', :'bad')]),
('SHOW has nothing', '', ARRAY['BEGIN', harness.local(:'one'), 'SHOW primecloud.token']),
('nor current_setting', '', ARRAY['BEGIN', harness.config(:'one'), 'SELECT current_setting(''primecloud.token'')']),
('nor pg_settings', '0', ARRAY['BEGIN', harness.local(:'one'), 'SELECT count(*) FROM pg_settings WHERE setting LIKE ''%eyJ%'' '
    'OR reset_val LIKE ''%eyJ%'' OR name = ''primecloud.token''']),
('outside a transaction', '25P01', ARRAY[harness.local(:'one')]),
('by set_config too', '25P01', ARRAY[harness.config(:'one')]),
('in a DO block outside one', '25P01',
    ARRAY[format('DO $d$ BEGIN PERFORM set_config(''primecloud.token'', %L, true); COMMIT; END $d$', :'one')]),
('several statements in one message are one transaction', '2,4,6,8,10', ARRAY['SELECT 1; ' || harness.local(:'one')
    || '; SELECT id FROM guarded ORDER BY id']),
('SET for the session', '55P02', ARRAY['BEGIN', format('SET primecloud.token = %L', :'one')]),
('set_config for the session', '55P02', ARRAY['BEGIN', harness.config(:'one', 'false')]),
('SET for the session after SET LOCAL', '55P02', ARRAY['BEGIN', harness.local(:'one'), format('SET primecloud.token = %L', :'one')]),
('a refused one has entered nobody', '42501', ARRAY['BEGIN', format('DO $d$ BEGIN PERFORM set_config(''primecloud.token'', %L, false); '
    'EXCEPTION WHEN OTHERS THEN NULL; END $d$', :'one'), 'SELECT id FROM guarded']),
('ALTER ROLE', '42501', ARRAY[format('ALTER ROLE CURRENT_USER SET primecloud.token = %L', :'one')]),
('ALTER DATABASE', '42501', ARRAY[format('ALTER DATABASE %I SET primecloud.token = %L', current_database(), :'one')]),
('the SET clause of a function', '55P02', ARRAY['BEGIN', format('CREATE FUNCTION pg_temp.f() RETURNS bigint LANGUAGE sql SET '
    'primecloud.token = %L AS ''SELECT count(*) FROM guarded''', :'one')]),
('FROM CURRENT', '55P02', ARRAY['BEGIN', harness.local(:'one'), 'CREATE FUNCTION pg_temp.f() RETURNS bigint LANGUAGE sql SET '
    'primecloud.token FROM CURRENT AS ''SELECT 1''']),
('ALTER FUNCTION', '55P02', ARRAY['BEGIN', 'CREATE FUNCTION pg_temp.f() RETURNS bigint LANGUAGE sql AS ''SELECT count(*) FROM guarded''',
    format('ALTER FUNCTION pg_temp.f() SET primecloud.token = %L', :'one')])
) AS t(name, expected, statements);

-- By the owner's function with SECURITY DEFINER and settings of its own: as enter() in it.
\o /dev/null
CREATE FUNCTION sign_in(token text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN PERFORM set_config('primecloud.token', token, true); END $$;
ALTER FUNCTION sign_in OWNER TO :app_owner;
\o
SELECT is(harness.session('BEGIN', format('SELECT sign_in(%L)', :'one'), 'SELECT id FROM guarded ORDER BY id'), '2,4,6,8,10',
    'a function with SECURITY DEFINER enters for who calls it');
SELECT is(harness.session('BEGIN', format('SELECT sign_in(%L)', :'one'), harness.local(:'two')), '55000', 'and once');

-- A superuser keeps none either, in a role, a database, the files or a function.
SELECT harness.dblink_connect('root', format('host=%s dbname=%s user=postgres options=''-c session_preload_libraries=primecloud''',
    current_setting('unix_socket_directories'), current_database())) \g /dev/null
SELECT throws_ok(format(statement, :'one'), '55P02', NULL, 'a superuser: ' || statement) FROM unnest(ARRAY[
    'ALTER ROLE attack_setting SET primecloud.token = %L', 'ALTER ROLE attack_setting SET primecloud.token = ''''',
    format('ALTER DATABASE %I SET primecloud.token = %%L', current_database()),
    'ALTER FUNCTION sign_in SET primecloud.token = %L']) AS statement;
SELECT is(harness.over('root', format('ALTER SYSTEM SET primecloud.token = %L', :'one')), '55P02', 'a superuser: ALTER SYSTEM');
SELECT is(harness.refusal('app', 'BEGIN', format('SET primecloud.token = %L', :'one')), 'primecloud.token is for one transaction and is '
    'not kept | After BEGIN: SET LOCAL primecloud.token, or set_config(''primecloud.token'', $1, true).', 'the refusal has no token');
SELECT is(harness.over('app', 'ROLLBACK'), 'ROLLBACK', 'undone');

-- A clause that a superuser has written where the library was not loaded, so that nobody looked at it.
UPDATE pg_proc SET proconfig = proconfig || ('primecloud.token=' || :'one') WHERE proname = 'sign_in';
SELECT is(harness.session('BEGIN', format('SELECT sign_in(%L)', :'one')), '55P02', 'a clause that was not looked at enters nobody');
UPDATE pg_proc SET proconfig = proconfig[1:1] WHERE proname = 'sign_in';

-- What was set before the library is there has been kept by the server, unverified: it goes, and enters nobody.
SELECT is(harness.connect('options', '-c primecloud.token=' || :'one'), 'connected', 'a client that sends it as it connects');
SELECT is(harness.over('options', 'BEGIN', 'SELECT primecloud.context() IS NULL'), 't', 'has entered nobody');
SELECT is(harness.over('options', 'SHOW primecloud.token'), '', 'and it is gone');
SELECT * FROM finish();
\ir support/done.sql
