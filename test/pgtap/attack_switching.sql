-- Switching: being two tenants in one transaction, or one with two roles, or in none what one
-- was in the last.
\set app attack_switching
\set app_owner attack_switching_owner
\ir support/attack.sql
SELECT no_plan();
\o /dev/null
INSERT INTO members VALUES (2, 'mallory', 'developer'), (1, 'mallory2', 'owner');
CREATE FUNCTION ids() RETURNS SETOF int LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$ BEGIN RETURN QUERY SELECT id
    FROM guarded ORDER BY id; END $$;
\o
-- mallory is a member of both accounts and has good tokens for both: still one a transaction.
SELECT harness.entering('mallory', 1) AS one, harness.entering('mallory', 2) AS two, harness.entering('mallory2', 1) AS other_user,
       harness.entering('boss', 1) AS owner, harness.entering('boss', 1, '{"role": "developer"}') AS lesser, harness.entering('ext', 1)
           AS confined \gset

CREATE FUNCTION harness.session(VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text := harness.over('app', VARIADIC statements);
BEGIN
    PERFORM harness.over('app', 'ROLLBACK');
    PERFORM harness.over('app', 'DISCARD ALL');
    RETURN answer;
END $$;

-- The usual way first: nothing stops a second SET, and a cursor then mixes tenants.
SELECT is(harness.session('BEGIN', 'SET LOCAL enable_indexscan = off', 'SET LOCAL app.tenant = ''1''',
    'DECLARE c CURSOR FOR SELECT secret FROM plain', 'FETCH 1 FROM c', 'SET LOCAL app.tenant = ''2''', 'FETCH 1 FROM c'), 'secret 3',
    'the usual policy: a cursor opened as one tenant reads on as another');
SELECT is(harness.session('BEGIN', 'SET LOCAL app.tenant = ''1''', 'SET LOCAL app.tenant = ''2''', 'SELECT min(secret) FROM plain'),
    'secret 1', 'the usual policy: a second tenant');

SELECT is(harness.session(VARIADIC statements), expected, name) FROM (VALUES
('a second tenant', '55000', ARRAY['BEGIN', :'one', :'two']),
('a second user', '55000', ARRAY['BEGIN', :'one', :'other_user']),
('a second role, higher', '55000', ARRAY['BEGIN', :'lesser', :'owner']),
('a second role, lower', '55000', ARRAY['BEGIN', :'owner', :'lesser']),
('the same again', 'developer', ARRAY['BEGIN', :'one', :'one', 'SELECT primecloud.role()']),
('a second tenant in one statement', '55000',
    ARRAY['BEGIN', format('SELECT concat(primecloud.enter(%s), primecloud.enter(%s))', substring(:'one' FROM '\(.*\)'),
    substring(:'two' FROM '\(.*\)'))]),
('a second tenant under a savepoint', '55000', ARRAY['BEGIN', :'one', 'SAVEPOINT s', :'two']),
('and after ROLLBACK TO it is still the first', '2,4,6,8,10', ARRAY['BEGIN', :'one', 'SAVEPOINT s', 'ROLLBACK TO s',
    'SELECT id FROM guarded ORDER BY id']),
('entering under a savepoint ends with it', 't', ARRAY['BEGIN', 'SAVEPOINT s', :'one', 'ROLLBACK TO s',
    'SELECT primecloud.context() IS NULL']),
('a cursor that was opened under it is gone when the other is entered', '34000',
    ARRAY['BEGIN', 'SAVEPOINT s', :'one', 'DECLARE c CURSOR FOR SELECT id FROM guarded', 'ROLLBACK TO s', :'two', 'FETCH ALL FROM c']),
('a temporary table too', '42P01', ARRAY['BEGIN', 'SAVEPOINT s', :'one', 'CREATE TEMP TABLE kept AS TABLE guarded', 'ROLLBACK TO s', :'two',
    'TABLE kept']),
('RELEASE keeps what was entered', '1', ARRAY['BEGIN', 'SAVEPOINT s', :'one', 'RELEASE s', 'SELECT primecloud.tenant_int()']),
('and does not make room for another', '55000', ARRAY['BEGIN', 'SAVEPOINT s', :'one', 'RELEASE s', :'two']),
('a cursor cannot be opened before entering', '42501', ARRAY['BEGIN', 'DECLARE c CURSOR FOR SELECT id FROM guarded']),
('entering in the middle of a scan', '42501',
    ARRAY['BEGIN', format('SELECT count(*) FROM guarded WHERE primecloud.enter(%s) IS NULL', substring(:'two' FROM '\((.*)\)'))]),
('an exception block undoes an entering', 't',
    ARRAY['BEGIN', format('DO $do$ BEGIN BEGIN PERFORM primecloud.enter(%s); RAISE EXCEPTION ''x''; EXCEPTION WHEN OTHERS THEN NULL; END; '
    'END $do$', substring(:'one' FROM '\((.*)\)')), 'SELECT primecloud.context() IS NULL']),
('and keeps an earlier one', '1',
    ARRAY['BEGIN', :'one', format('DO $do$ BEGIN BEGIN PERFORM primecloud.enter(%s); EXCEPTION WHEN OTHERS THEN NULL; END; END $do$',
    substring(:'two' FROM '\((.*)\)')), 'SELECT primecloud.tenant_int()']),
('a function that swallows the refusal and goes on', '0',
    ARRAY['BEGIN', :'one', format('CREATE FUNCTION pg_temp.both() RETURNS bigint LANGUAGE plpgsql AS $f$ BEGIN BEGIN PERFORM '
    'primecloud.enter(%s); EXCEPTION WHEN OTHERS THEN NULL; END; RETURN (SELECT count(*) FROM guarded WHERE account_id = 2); END $f$',
    substring(:'two' FROM '\((.*)\)')), 'SELECT pg_temp.both()']),
('outside a transaction', '25P01', ARRAY[:'one']),
('in a DO block outside one', '25P01',
    ARRAY[format('DO $do$ BEGIN PERFORM primecloud.enter(%s); COMMIT; END $do$', substring(:'one' FROM '\((.*)\)'))]),
('COMMIT in a DO block ends nothing else', '2D000', ARRAY['BEGIN', :'one', 'DO $$ BEGIN COMMIT; END $$']),
('COMMIT AND CHAIN', 't', ARRAY['BEGIN', :'one', 'COMMIT AND CHAIN', 'SELECT primecloud.context() IS NULL']),
('ROLLBACK AND CHAIN', 't', ARRAY['BEGIN', :'one', 'ROLLBACK AND CHAIN', 'SELECT primecloud.context() IS NULL']),
('COMMIT AND CHAIN, and then the other', '1,3,5,7,9',
    ARRAY['BEGIN', :'one', 'COMMIT AND CHAIN', :'two', 'SELECT id FROM guarded ORDER BY id']),
('several statements in one message', '42501', ARRAY['BEGIN; ' || :'one' || '; COMMIT; SELECT id FROM guarded']),
('several statements in one message are one transaction', '2,4,6,8,10',
    ARRAY['SELECT 1; ' || :'one' || '; SELECT id FROM guarded ORDER BY id']),
('which ends with the message', '42501', ARRAY['SELECT 1; ' || :'one', 'SELECT id FROM guarded']),
('SET ROLE changes nothing', '2,4,6,8,10', ARRAY['BEGIN', :'one', 'SET LOCAL ROLE NONE', 'SELECT id FROM guarded ORDER BY id']),
('SET SESSION AUTHORIZATION to itself changes nothing', '2,4,6,8,10', ARRAY['BEGIN', :'one', 'SET SESSION AUTHORIZATION DEFAULT',
    'SELECT id FROM guarded ORDER BY id']),
('a prepared statement follows the context', '1,3,5,7,9', ARRAY['BEGIN', :'one', 'SET LOCAL plan_cache_mode = force_generic_plan',
    'PREPARE q AS SELECT id FROM guarded ORDER BY id', 'EXECUTE q', 'EXECUTE q', 'COMMIT', 'BEGIN', :'two',
    'PREPARE q AS SELECT id FROM guarded ORDER BY id', 'EXECUTE q']),
('a function''s cached plan follows the context', '1,3,5,7,9', ARRAY['BEGIN', :'one', 'SELECT count(ids) FROM ids()',
    'SELECT count(ids) FROM ids()', 'COMMIT', 'BEGIN', :'two', 'SELECT ids FROM ids()']),
('PREPARE TRANSACTION hands the rows to nobody', '0A000', ARRAY['BEGIN', :'one', 'CREATE TEMP TABLE x (y int)',
    'PREPARE TRANSACTION ''handed''']),
-- narrow: down, and never up
('narrow', 'developer', ARRAY['BEGIN', :'owner', 'SELECT primecloud.narrow(''developer'')', 'SELECT primecloud.role()']),
('narrow upwards', '42501', ARRAY['BEGIN', :'owner', 'SELECT primecloud.narrow(''developer'')', 'SELECT primecloud.narrow(''admin'')']),
('entering again after narrow', '55000', ARRAY['BEGIN', :'owner', 'SELECT primecloud.narrow(''developer'')', :'owner']),
('entering with the lower role after narrow is no way up', 'developer', ARRAY['BEGIN', :'owner', 'SELECT primecloud.narrow(''developer'')',
    :'lesser', 'SELECT primecloud.role()']),
('narrow undone by ROLLBACK TO an earlier savepoint', 'owner',
    ARRAY['BEGIN', :'owner', 'SAVEPOINT s', 'SELECT primecloud.narrow(''developer'')', 'ROLLBACK TO s', 'SELECT primecloud.role()']),
('narrow is not undone by one that came later', 'developer', ARRAY['BEGIN', :'owner', 'SELECT primecloud.narrow(''developer'')',
    'SAVEPOINT s', 'ROLLBACK TO s', 'SELECT primecloud.role()']),
('nor by an exception', 'developer', ARRAY['BEGIN', :'owner', 'SELECT primecloud.narrow(''developer'')',
    'DO $$ BEGIN BEGIN RAISE EXCEPTION ''x''; EXCEPTION WHEN OTHERS THEN NULL; END; END $$', 'SELECT primecloud.role()']),
('nor by a function whose SET clause ends', 'developer',
    ARRAY['BEGIN', :'owner', 'CREATE FUNCTION pg_temp.f() RETURNS void LANGUAGE sql SET search_path = public AS ''SELECT '
    'primecloud.narrow(''''developer'''')''', 'SELECT pg_temp.f()', 'SELECT primecloud.role()']),
('narrow to confined leaves nothing granted', 'f', ARRAY['BEGIN', :'owner', 'SELECT primecloud.narrow(''external_client'')',
    'SELECT primecloud.in_scope(2::bigint)']),
('narrow without a context', '42501', ARRAY['BEGIN', 'SELECT primecloud.narrow(''developer'')']),
('narrow to a role that is none', '22023', ARRAY['BEGIN', :'owner', 'SELECT primecloud.narrow(''king'')']),
('entering within a function whose SET clause ends lasts', '1',
    ARRAY['BEGIN', format('CREATE FUNCTION pg_temp.f() RETURNS void LANGUAGE sql SET search_path = public AS $f$ SELECT '
    'primecloud.enter(%s) $f$', substring(:'one' FROM '\((.*)\)')), 'SELECT pg_temp.f()', 'SELECT primecloud.tenant_int()'])
) AS c(name, expected, statements);
SELECT * FROM finish();
\ir support/done.sql
