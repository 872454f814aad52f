-- Attacks on tenant isolation, by the role that the application connects as, which
-- may run any SQL that it is allowed to.  Each is first shown to succeed against the
-- usual policy, current_setting('app.tenant'), and then to fail here.
SELECT plan(57);
SET client_min_messages = warning;
SELECT primecloud.create_app_role('attack_app');
RESET client_min_messages;
-- The attacks have what the role is not given by itself: temporary tables.
GRANT TEMPORARY ON DATABASE :DBNAME TO attack_app;
CREATE ROLE attack_owner;
CREATE TABLE accounts (id int PRIMARY KEY, status text);
CREATE TABLE members (account_id int, user_id text, role text);
INSERT INTO accounts VALUES (1, 'active'), (2, 'active');
INSERT INTO members VALUES (1, 'mallory', 'developer'), (2, 'victim', 'owner'), (1, 'ext', 'external_client');

-- The usual way, and ours, over the same rows.  Tenant 1 attacks tenant 2.
CREATE TABLE plain (id int PRIMARY KEY, account_id int NOT NULL, secret text);
CREATE TABLE guarded (id int PRIMARY KEY, account_id int NOT NULL, secret text);
INSERT INTO plain SELECT n, n % 2 + 1, 'secret ' || n FROM generate_series(1, 10) AS n;
INSERT INTO guarded SELECT * FROM plain;
ALTER TABLE plain ENABLE ROW LEVEL SECURITY;
CREATE POLICY usual ON plain USING (account_id = current_setting('app.tenant')::int);
GRANT SELECT, INSERT, UPDATE, DELETE ON plain, guarded TO attack_app;
ALTER TABLE plain OWNER TO attack_owner;
ALTER TABLE guarded OWNER TO attack_owner;
SELECT primecloud.protect_table('guarded');
SELECT primecloud.register_membership('members', 'account_id', 'user_id', 'role', accounts => 'accounts');

-- Runs statements as the application's role and undoes them: the last one's first
-- column, or the SQLSTATE that stopped them.
CREATE FUNCTION attempt(VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    SET LOCAL app.tenant = '1';
    PERFORM primecloud.enter_trusted('1', 'mallory', 'developer');
    SET LOCAL ROLE attack_app;
    FOR i IN 1..array_length(statements, 1) LOOP
        IF statements[i] ~* '^(SELECT|WITH|EXPLAIN|EXECUTE|VALUES|TABLE|FETCH)|RETURNING' THEN
            EXECUTE statements[i] INTO answer;
        ELSE
            EXECUTE statements[i];
            answer := 'done';
        END IF;
    END LOOP;
    RAISE SQLSTATE 'ATTCK' USING MESSAGE = coalesce(answer, 'null');
EXCEPTION
    WHEN SQLSTATE 'ATTCK' THEN RETURN SQLERRM;
    WHEN OTHERS THEN RETURN SQLSTATE;
END $$;

-- Forging the context
SELECT is(attempt($$SET LOCAL app.tenant = '2'$$, 'SELECT count(*) FROM plain WHERE account_id = 2'), '5',
    'usual: SET switches the tenant');
SELECT is(attempt($$SET LOCAL primecloud.context = '1:t1:21:u5:owner0:0:'$$), '42501', 'SET of the context');
SELECT is(attempt($$SELECT set_config('primecloud.context', '1:t1:21:u5:owner0:0:', true)$$), '42501', 'set_config of the context');
SELECT is(attempt($$UPDATE pg_settings SET setting = 'x' WHERE name = 'primecloud.context'$$, $$SELECT primecloud.tenant_int()$$), '1',
    'UPDATE pg_settings changes nothing');
SELECT is(attempt($$RESET primecloud.context$$), '42501', 'RESET of the context');
SELECT is(attempt($$RESET ALL$$, 'SELECT primecloud.tenant_int()'), '1', 'RESET ALL keeps the context');
SELECT is(attempt($$CREATE FUNCTION pg_temp.forge() RETURNS bigint LANGUAGE sql SET primecloud.context = '1:t1:21:u5:owner0:0:'
    AS 'SELECT count(*) FROM guarded'$$), '42501', 'a function with a SET clause');
SELECT is(attempt($$ALTER ROLE attack_app SET primecloud.context = 'x'$$), '42501', 'ALTER ROLE SET on itself');
SELECT is(attempt($$SET LOCAL primecloud.missing_context = 'empty'$$), '42501', 'weakening missing_context');
SELECT is(attempt($$SELECT current_setting('primecloud.context')$$), '42501', 'the context is not shown');

-- Switching
SELECT is(attempt($$SELECT primecloud.enter_trusted('2', 'victim', 'owner')$$), '42501', 'enter_trusted is not for the application');
SELECT is(attempt($$SELECT primecloud_internal.enter_probe('2', 'owner')$$), '42501', 'nor is enter_probe');
SELECT is(attempt($$SELECT primecloud.enter('a.b.c')$$), '28000', 'a token that is none');
SELECT is(attempt($$SELECT primecloud.narrow('owner')$$), '42501', 'narrow cannot raise');
SELECT is(attempt($$SAVEPOINT s$$), '0A000', '(savepoints are not for functions)');
SELECT is(attempt($$DO 'BEGIN BEGIN PERFORM primecloud.narrow(''external_client''); RAISE EXCEPTION ''x''; EXCEPTION WHEN OTHERS THEN '
    'NULL; END; END'$$, 'SELECT primecloud.role()'), 'developer', 'an undone narrow gives back what was there, and no more');
SELECT is(attempt($$SELECT primecloud.add_token_key('k', 'EdDSA', decode(repeat('00', 32), 'hex'))$$), '42501', 'adding a token key');
SELECT is(attempt($$SELECT * FROM primecloud_internal.token_key$$), '42501', 'reading the token keys');
SELECT is(attempt($$INSERT INTO primecloud_internal.token_key VALUES ('k', 'EdDSA', decode(repeat('00', 32), 'hex'))$$), '42501',
    'writing the token keys');
SELECT is(attempt($$SELECT primecloud.register_membership('plain', 'account_id', 'secret', 'secret')$$), '42501',
    'registering a membership table');
SELECT is(attempt($$DELETE FROM primecloud_internal.membership_source$$), '42501', 'writing the registration');
SELECT is(attempt($$INSERT INTO members VALUES (2, 'mallory', 'owner')$$), '42501', 'writing the membership');
SELECT ok(NOT pg_has_role('attack_app', 'attack_owner', 'MEMBER'), 'it cannot become the owner');

-- Reading
SELECT is(attempt('SELECT count(*) FROM guarded'), '5', 'its own rows');
SELECT is(attempt('SELECT count(*) FROM guarded WHERE account_id = 2'), '0', 'naming the other tenant');
SELECT is(attempt('SELECT count(*) FROM guarded WHERE account_id = 2 OR true'), '5', 'OR true');
SELECT is(attempt('SELECT count(*) FROM ONLY guarded'), '5', 'ONLY');
SELECT is(attempt('SET LOCAL row_security = off', 'SELECT count(*) FROM guarded'), '42501', 'row_security = off');
SELECT is(attempt($$CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001
    AS 'BEGIN IF $1 IN (''secret 1'', ''secret 3'') THEN RAISE EXCEPTION ''leaked %'', $1; END IF; RETURN true; END'$$,
    'SELECT count(*) FROM guarded WHERE pg_temp.leak(secret)'), '5', 'a cheap leaky function sees no foreign row');
SELECT is(attempt($$SELECT count(*) FROM guarded WHERE 1 / (account_id - 2) IS NOT NULL$$), '5', 'division by a foreign row''s value');
SELECT is(attempt('CREATE TEMP VIEW mine AS SELECT * FROM guarded', 'SELECT count(*) FROM mine'), '5', 'a view of its own');
SELECT is(attempt($$COPY guarded TO '/tmp/x'$$), '42501', 'COPY TO a file');
SELECT is(attempt('SELECT count(*) FROM pg_stats WHERE tablename = ''guarded'''), '0', 'statistics');
SELECT is(attempt('SELECT count(*) FROM pg_statistic'), '42501', 'raw statistics');
SELECT is(attempt('PREPARE p AS SELECT count(*) FROM guarded', 'EXECUTE p'), '5', 'a prepared statement');
SELECT is(attempt('WITH c AS MATERIALIZED (SELECT * FROM guarded) SELECT count(*) FROM c'), '5', 'a materialised CTE');
SELECT is(attempt('SELECT count(*) FROM guarded TABLESAMPLE BERNOULLI (100)'), '5', 'TABLESAMPLE');
SELECT is(attempt('SELECT count(*) FROM (SELECT * FROM guarded UNION ALL TABLE guarded) AS u'), '10', 'UNION ALL of itself');

-- Writing
SELECT is(attempt($$INSERT INTO guarded VALUES (100, 2, 'x')$$), '42501', 'INSERT for the other tenant');
SELECT is(attempt($$INSERT INTO guarded (id, secret) VALUES (100, 'x') RETURNING account_id$$), '1', 'the default is its own tenant');
SELECT is(attempt($$UPDATE guarded SET account_id = 2 RETURNING id$$), '42501', 'moving a row to the other tenant');
SELECT is(attempt($$WITH u AS (UPDATE guarded SET secret = 'x' WHERE account_id = 2 RETURNING 1) SELECT count(*) FROM u$$), '0',
    'UPDATE of foreign rows');
SELECT is(attempt($$WITH d AS (DELETE FROM guarded RETURNING 1) SELECT count(*) FROM d$$), '0', 'DELETE below admin touches nothing');
SELECT is(attempt($$INSERT INTO guarded VALUES (1, 1, 'x') ON CONFLICT (id) DO UPDATE SET secret = guarded.secret RETURNING secret$$),
    '42501', 'ON CONFLICT DO UPDATE of a foreign row');
SELECT is(attempt($$MERGE INTO guarded USING (VALUES (1)) AS s(id) ON guarded.id = s.id WHEN MATCHED THEN UPDATE SET secret = 'x'
    WHEN NOT MATCHED THEN DO NOTHING$$, 'SELECT count(*) FROM guarded WHERE secret = ''x'''), '0', 'MERGE into a foreign row');
SELECT is(attempt('TRUNCATE guarded'), '42501', 'TRUNCATE');
SELECT is(attempt('LOCK TABLE guarded IN ACCESS EXCLUSIVE MODE'), '42501', 'a lock against every tenant');
SELECT is(attempt('CREATE TEMP TABLE child (x int REFERENCES guarded)'), '42501', 'a foreign key as a probe');
SELECT is(attempt('CREATE RULE r AS ON SELECT TO guarded DO INSTEAD SELECT 1'), '42501', 'a rule');

-- The protection itself
SELECT is(attempt('ALTER TABLE guarded DISABLE ROW LEVEL SECURITY'), '42501', 'disabling row-level security');
SELECT is(attempt('ALTER TABLE guarded NO FORCE ROW LEVEL SECURITY'), '42501', 'lifting FORCE');
SELECT is(attempt('DROP POLICY primecloud_floor ON guarded'), '42501', 'dropping a policy');
SELECT is(attempt('CREATE POLICY open ON guarded USING (true)'), '42501', 'adding a policy');
SELECT is(attempt($$SELECT primecloud.unprotect_table('guarded')$$), '42501', 'unprotect_table');
SELECT is(attempt($$SELECT primecloud_internal.try_as('attack_owner', '2', 'owner', 'SELECT 1', NULL, true, false)$$), '42501',
    'the probe of assert_isolated');
-- A careless policy opens nothing: the floor is restrictive.
CREATE POLICY careless ON guarded USING (true);
SELECT is(attempt('SELECT count(*) FROM guarded WHERE account_id = 2'), '0', 'a careless USING (true) stays below the floor');
-- FORCE: the owner is held too.
CREATE FUNCTION owner_sees() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM primecloud.enter_trusted('1', 'mallory', 'developer');
    SET LOCAL ROLE attack_owner;
    RAISE SQLSTATE 'ATTCK' USING MESSAGE = (SELECT count(*)::text FROM guarded);
EXCEPTION WHEN SQLSTATE 'ATTCK' THEN RETURN SQLERRM;
END $$;
SELECT is(owner_sees(), '5', 'the table''s owner sees the entered tenant alone');
SELECT * FROM finish();
DROP TABLE plain, guarded;
DROP OWNED BY attack_app, attack_owner;
DROP ROLE attack_app, attack_owner;
