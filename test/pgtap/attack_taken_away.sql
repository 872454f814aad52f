-- What was taken away stays away: in transactions that are open already, too.  `app` is the
-- attacker's connection, in a transaction that has entered; what it was entered with goes,
-- and the next statement is the first that must not run.
\set app attack_taken_away
\set app_owner attack_taken_away_owner
\ir support/attack.sql
SELECT no_plan();
SELECT harness.connect('other');
CREATE FUNCTION harness.again() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM harness.over('app', 'ROLLBACK');
    TRUNCATE members, accounts, granted;
    INSERT INTO accounts VALUES (1, 'active'), (2, 'active');
    INSERT INTO members VALUES (1, 'mallory', 'developer'), (1, 'boss', 'owner'), (1, 'ext', 'external_client'), (2, 'victim', 'owner');
    INSERT INTO granted VALUES (1, 'ext', 2), (1, 'ext', 4);
    UPDATE primecloud_internal.token_key SET revoked_at = NULL;
END $$;

-- One a row: who is in, what somebody commits meanwhile, what the next statement says.
CREATE TABLE harness.takings (n serial, name text, who text DEFAULT 'mallory', level text DEFAULT 'READ COMMITTED', taking text,
    said boolean DEFAULT true,
    next text[] DEFAULT '{SELECT count(*) FROM guarded}', wanted text DEFAULT '28000', seen text);
INSERT INTO harness.takings (name, taking) VALUES
('the member is removed', $$DELETE FROM members WHERE user_id = 'mallory'$$),
('the member is demoted', $$UPDATE members SET role = 'external_client' WHERE user_id = 'mallory'$$),
('the account is suspended', $$UPDATE accounts SET status = 'suspended' WHERE id = 1$$),
('the account is gone', $$DELETE FROM accounts WHERE id = 1$$),
('the members are', $$TRUNCATE members$$);
INSERT INTO harness.takings (name, taking, said) VALUES
('the key of the token is revoked', $$SELECT primecloud.revoke_token_key('test')$$, false),
('another registration, which does not know him', $$SELECT primecloud.register_membership('granted', 'account_id', 'user_id', 'user_id')$$,
    false);
INSERT INTO harness.takings (name, who, taking) VALUES ('a grant is revoked', 'ext', $$DELETE FROM granted WHERE item_id = 2$$);
INSERT INTO harness.takings (name, level, taking) VALUES
('in REPEATABLE READ too', 'REPEATABLE READ', $$DELETE FROM members WHERE user_id = 'mallory'$$),
('and in SERIALIZABLE', 'SERIALIZABLE', $$DELETE FROM members WHERE user_id = 'mallory'$$);
INSERT INTO harness.takings (name, taking, next) SELECT 'what comes next is ' || next[1], $$DELETE FROM members WHERE user_id = 'mallory'$$,
    next
FROM (VALUES ('{SELECT 1}'::text[]), ('{EXECUTE prepared}'), ('{FETCH opened}'), ('{"COPY guarded TO ''/dev/null''"}'),
    ('{SELECT primecloud.context()}'), ('{LOCK TABLE guarded IN ACCESS SHARE MODE}'),
    ('{SET LOCAL work_mem = ''1MB''}'), ('{SAVEPOINT s,SELECT 1}'), ('{"SELECT primecloud.narrow(''external_client'')"}'),
        ('{"UPDATE guarded SET secret = ''x''"}')) AS n(next);
INSERT INTO harness.takings (name, who, taking, wanted) VALUES
('somebody else is removed', 'mallory', $$DELETE FROM members WHERE user_id = 'ext'$$, '5'),
('somebody comes', 'mallory', $$INSERT INTO members VALUES (1, 'new', 'developer')$$, '5'),
('the member is promoted', 'mallory', $$UPDATE members SET role = 'owner' WHERE user_id = 'mallory'$$, '5'),
('a confined one is promoted', 'ext', $$UPDATE members SET role = 'owner' WHERE user_id = 'ext'$$, '5'),
('a grant is added', 'ext', $$INSERT INTO granted VALUES (1, 'ext', 6)$$, '5'),
('another''s grant is revoked', 'ext', $$INSERT INTO granted VALUES (1, 'mallory', 6);
    DELETE FROM granted WHERE user_id = 'mallory'$$, '5'),
('another account is suspended', 'mallory', $$UPDATE accounts SET status = 'suspended' WHERE id = 2$$, '5'),
('the next statement is COMMIT', 'mallory', $$DELETE FROM members WHERE user_id = 'mallory'$$, 'COMMIT');
UPDATE harness.takings SET next = '{COMMIT}' WHERE wanted = 'COMMIT';
CREATE PROCEDURE harness.take(watched boolean) LANGUAGE plpgsql AS $$
DECLARE
    one record;
BEGIN
    PERFORM harness.over('app', 'PREPARE prepared AS SELECT count(*) FROM guarded');
    FOR one IN SELECT * FROM harness.takings WHERE said OR NOT watched ORDER BY n LOOP
        PERFORM harness.again();
        PERFORM primecloud.register_membership('members', 'account_id', 'user_id', 'role', accounts => 'accounts',
            grants => 'granted', grants_tenant_column => 'account_id', grants_user_column => 'user_id', grants_id_column => 'item_id',
                watch => watched);
        COMMIT;
        one.seen := harness.over('app', 'BEGIN ISOLATION LEVEL ' || one.level, harness.entering(one.who),
            'DECLARE opened CURSOR FOR SELECT id FROM guarded', 'PREPARE prepared AS SELECT count(*) FROM guarded',
            'EXECUTE prepared');
        IF one.seen NOT IN ('5', '2') THEN
            one.seen := 'not entered: ' || one.seen;
        ELSE
            EXECUTE one.taking;
            IF one.said AND NOT watched THEN
                PERFORM primecloud.membership_changed();
            END IF;
            COMMIT;
            one.seen := harness.over('app', VARIADIC one.next);
        END IF;
        PERFORM harness.over('app', 'ROLLBACK'), harness.over('app', 'DEALLOCATE ALL');
        UPDATE harness.takings SET seen = one.seen WHERE n = one.n;
        COMMIT;
    END LOOP;
END $$;
CALL harness.take(false);
SELECT is(seen, wanted, name) FROM harness.takings ORDER BY n;
UPDATE harness.takings SET seen = NULL;
CALL harness.take(true);
SELECT is(seen, wanted, name || ' (by SQL that says nothing, watched)') FROM harness.takings WHERE said ORDER BY n;

-- Each transaction for itself: who was not meant goes on, and what is rolled back was never said.
SELECT harness.again();
SELECT is(harness.over('app', 'BEGIN', harness.entering()) || harness.over('other', 'BEGIN', harness.entering('boss'),
    'SELECT count(*) FROM guarded'), '5', 'two are in');
BEGIN;
DELETE FROM members WHERE user_id = 'mallory';
SELECT is(harness.over('app', 'SELECT count(*) FROM guarded'), '5', 'a removal that is not committed takes nothing away');
ROLLBACK;
SELECT is(harness.over('app', 'SELECT count(*) FROM guarded'), '5', 'nor one that is rolled back');
DELETE FROM members WHERE user_id = 'mallory';
SELECT is(harness.over('app', 'SELECT count(*) FROM guarded'), '28000', 'one that is committed does');
SELECT is(harness.over('other', 'SELECT count(*) FROM guarded'), '5', 'from whom it was taken');
SELECT harness.over('other', 'ROLLBACK') IS NOT NULL AS ignored \gset

-- Statements inside a statement under way are statements: a block that waits gets no further.
SELECT harness.again();
SELECT is(harness.over('app', 'BEGIN', harness.entering(), 'SELECT count(*) FROM guarded'), '5', 'in');
SELECT pg_advisory_lock(71);
SELECT harness.dblink_send_query('app',
    'DO $$ BEGIN PERFORM pg_advisory_lock(71); PERFORM set_config(''harness.read'', (SELECT count(*)::text FROM guarded), false); END $$');
DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted) LOOP PERFORM pg_sleep(0.01); END LOOP;
    END $$;
DELETE FROM members WHERE user_id = 'mallory';
SELECT pg_advisory_unlock(71);
SELECT throws_ok($$SELECT * FROM harness.dblink_get_result('app') AS t(x text)$$, '28000', NULL,
    'a block that was under way ends at its next statement');
SELECT count(*) FROM harness.dblink_get_result('app') AS t(x text) \g /dev/null

-- So does an assignment, which starts no query, where it touches a secret.
SELECT harness.again();
SELECT is(harness.over('app', 'BEGIN', harness.entering(), 'SELECT count(*) FROM guarded'), '5', 'in');
SELECT pg_advisory_lock(73);
SELECT harness.dblink_send_query('app', 'DO $$ DECLARE v text; BEGIN v := primecloud.seal(''secret'', ''1'', ''l'', ''1''); '
    'PERFORM pg_advisory_xact_lock(73); v := primecloud.seal(''secret'', ''1'', ''l'', ''1''); END $$');
DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted) LOOP PERFORM pg_sleep(0.01); END LOOP;
    END $$;
DELETE FROM members WHERE user_id = 'mallory';
SELECT pg_advisory_unlock(73);
SELECT throws_ok($$SELECT * FROM harness.dblink_get_result('app') AS t(x text)$$, '28000', NULL,
    'an assignment that would seal in a block that was under way');
SELECT count(*) FROM harness.dblink_get_result('app') AS t(x text) \g /dev/null

-- What the leader of a parallel plan runs inside it goes on: it is part of a statement under way.
CREATE FUNCTION waiting(n bigint) RETURNS bigint LANGUAGE plpgsql PARALLEL RESTRICTED AS $$
BEGIN
    LOOP
        PERFORM FROM pg_locks WHERE locktype = 'advisory' AND objid = 72;
        EXIT WHEN NOT FOUND;
        PERFORM pg_sleep(0.01);
    END LOOP;
    RETURN n;
END $$;
SELECT harness.again();
SELECT matches(harness.over('app', 'BEGIN', 'SET LOCAL parallel_setup_cost = 0', 'SET LOCAL parallel_tuple_cost = 0',
    'SET LOCAL min_parallel_table_scan_size = 0',
    'SET LOCAL enable_indexscan = off', 'SET LOCAL enable_bitmapscan = off', 'SET LOCAL enable_indexonlyscan = off', harness.entering(),
    'EXPLAIN SELECT waiting(count(*)) FROM guarded'), 'Gather', 'a parallel plan');
SELECT pg_advisory_lock(72);
SELECT harness.dblink_send_query('app', 'SELECT waiting(count(*)) FROM guarded');
DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename = current_setting('harness.app') AND wait_event = 'PgSleep') LOOP
    PERFORM pg_sleep(0.01), pg_stat_clear_snapshot(); END LOOP; END $$;
DELETE FROM members WHERE user_id = 'mallory';
SELECT pg_advisory_unlock(72);
SELECT is((SELECT x FROM harness.dblink_get_result('app') AS t(x text)), '5', 'a parallel plan that was under way goes on');
SELECT count(*) FROM harness.dblink_get_result('app') AS t(x text) \g /dev/null
SELECT is(harness.over('app', 'SELECT 1'), '28000', 'ends the context with the next statement');

-- So does a loop that fetches rows of a query that was started before, as long as it starts nothing: what it waits with is no statement.
CREATE FUNCTION fetching() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    fetched bigint := 0;
    slept text;
    one record;
BEGIN
    FOR one IN SELECT g.id FROM guarded g, generate_series(1, 100) n LOOP
        fetched := fetched + 1;
        WHILE fetched = 1 AND NOT pg_try_advisory_lock_shared(73) LOOP
            slept := pg_sleep(0.01);
        END LOOP;
    END LOOP;
    RETURN fetched;
END $$;
SELECT harness.again();
SELECT is(harness.over('app', 'BEGIN', harness.entering(), 'SELECT count(*) FROM guarded'), '5', 'in');
SELECT pg_advisory_lock(73);
SELECT harness.dblink_send_query('app', 'SELECT fetching()');
DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename = current_setting('harness.app') AND wait_event = 'PgSleep') LOOP
    PERFORM pg_sleep(0.01), pg_stat_clear_snapshot(); END LOOP; END $$;
DELETE FROM members WHERE user_id = 'mallory';
SELECT pg_advisory_unlock(73);
SELECT is((SELECT x FROM harness.dblink_get_result('app') AS t(x text)), '500', 'a loop over rows fetches on to its end');
SELECT count(*) FROM harness.dblink_get_result('app') AS t(x text) \g /dev/null
SELECT is(harness.over('app', 'SELECT pg_advisory_unlock_all()'), '28000', 'and no further');

-- What a transaction changes itself is not taken from it before it commits.
SELECT harness.again();
GRANT SELECT, INSERT, DELETE ON members TO :app;
SELECT is(harness.over('app', 'BEGIN', harness.entering(), $$DELETE FROM members WHERE user_id = 'mallory'$$,
    'SELECT count(*) FROM guarded'), '5', 'who leaves goes on until the end');
SELECT is(harness.over('app', 'COMMIT', 'BEGIN', harness.entering()), '28000', 'and has left then');
SELECT is(harness.over('app', 'ROLLBACK', 'BEGIN', $$INSERT INTO members VALUES (1, 'novice', 'developer')$$, harness.entering('novice'),
    $$DELETE FROM members WHERE user_id = 'ext'$$, 'SELECT count(*) FROM guarded'), '5', 'who came in the same transaction stays');
REVOKE ALL ON members FROM :app;

-- A context that ROLLBACK TO brings back is asked anew.
SELECT harness.again();
SELECT is(harness.over('app', 'BEGIN', harness.entering('ext'), 'SELECT primecloud.in_scope(2::bigint)', 'SAVEPOINT s'), 'SAVEPOINT',
    'a savepoint in a context with two grants');
INSERT INTO granted VALUES (1, 'ext', 8);
SELECT is(harness.over('app', harness.entering('ext', 1, '{"exp": 33333333333}'), 'SELECT 1'), '28000',
    '(a token that lives too long renews nothing)');
SELECT harness.again();
SELECT is(harness.over('app', 'BEGIN', harness.entering('ext'), 'SAVEPOINT s',
    harness.entering('ext', 1, jsonb_build_object('exp', floor(extract(epoch FROM now())) + 180)),
    'SELECT primecloud.in_scope(8::bigint)'), 'f', 'renewed with a token that ends later');
SELECT ok((harness.over('app', $$SELECT primecloud.context() ->> 'expires'$$))::timestamptz > now() + interval '150 seconds', 'until then');
DELETE FROM granted WHERE item_id = 2;
SELECT is(harness.over('app', 'ROLLBACK TO s', 'SELECT primecloud.in_scope(2::bigint)'), '28000',
    'what was revoked after it does not come back with ROLLBACK TO');

SELECT harness.again();
SELECT is(harness.over('app', 'BEGIN', harness.entering(), 'SAVEPOINT s', 'SELECT primecloud.narrow(''external_client'')',
    'SELECT primecloud.role()'), 'external_client', 'a lesser role under a savepoint');
UPDATE members SET role = 'external_client' WHERE user_id = 'mallory';
SELECT is(harness.over('app', 'SELECT primecloud.role()'), 'external_client', 'stays when its user has no greater one any more');
SELECT is(harness.over('app', 'ROLLBACK TO s', 'SELECT count(*) FROM guarded'), '28000', 'and the greater one does not come back');

-- What comes to a confined user comes with his next entry.
SELECT harness.again();
SELECT is(harness.over('app', 'BEGIN', harness.entering('ext'), 'SELECT primecloud.in_scope(4::bigint)'), 't', '(what was granted)');
INSERT INTO granted VALUES (1, 'ext', 6);
SELECT is(harness.over('app', 'SELECT primecloud.in_scope(6::bigint)') || harness.over('app', 'ROLLBACK', 'BEGIN', harness.entering('ext'),
    'SELECT primecloud.in_scope(6::bigint)'), 'ft', 'what was granted meanwhile is reached after the next entry');

-- The token's time.
SELECT harness.again();
SELECT floor(extract(epoch FROM now()))::bigint + 6 AS ends \gset
SELECT is(harness.over('app', 'BEGIN', harness.entering('mallory', 1, jsonb_build_object('exp', :ends)),
    'DECLARE opened CURSOR FOR SELECT id FROM guarded', 'FETCH opened'), '2', 'a token of six seconds');
SELECT is(harness.over('other', 'BEGIN', harness.entering('boss', 1, jsonb_build_object('exp', :ends)), 'SELECT count(*) FROM guarded'),
    '5', 'two');
SELECT pg_sleep(greatest(0, :ends - extract(epoch FROM clock_timestamp())) + 0.1) \g /dev/null
SELECT is(harness.over('app', 'FETCH opened'), '28000', 'after it, no statement under it');
SELECT matches(harness.refusal('other', 'SELECT 1'), 'its token has expired.*enter again', 'who is told why');
SELECT harness.over('app', 'ROLLBACK') || harness.over('other', 'ROLLBACK') IS NOT NULL AS ignored \gset
-- The key's time, where that ends before.
SELECT primecloud.rotate_token_key('test', 'next', '\x8c41f7d20be3956a17cd4488f0a25e319b6a02d5c8e7134f90ab6d5e21c3f874',
    grace => '40 seconds');
SELECT ok(harness.over('app', 'BEGIN', harness.entering(), $$SELECT primecloud.context() ->> 'expires'$$)::timestamptz < now() + interval
    '50 seconds', 'a context ends with its key, too');
SELECT harness.again();

-- Commands.
SELECT is(harness.over('app', 'BEGIN ISOLATION LEVEL ' || level, 'SELECT primecloud.require_read_committed()')
    || harness.over('app', 'ROLLBACK'), wanted || 'ROLLBACK', 'a command in ' || level)
FROM (VALUES ('READ COMMITTED', ''), ('READ UNCOMMITTED', ''), ('REPEATABLE READ', '55000'), ('SERIALIZABLE', '55000')) AS l(level, wanted);

-- Whoever was allowed to set the context gains nothing by emptying it.
GRANT SET ON PARAMETER primecloud.context TO :app;
SELECT is(harness.over('app', 'BEGIN', harness.entering(), emptied) || harness.over('app', 'ROLLBACK'), '42501ROLLBACK',
    'it is not emptied: ' || emptied)
FROM unnest(ARRAY[$$SET LOCAL primecloud.context = ''$$, $$SET primecloud.context = ''$$,
    $$SELECT set_config('primecloud.context', '', true)$$, $$SELECT set_config('primecloud.context', NULL, true)$$]) AS emptied;
SELECT is(harness.over('app', 'BEGIN', harness.entering('boss'), 'SELECT primecloud.narrow(''developer'')', emptied, again)
    || harness.over('app', 'ROLLBACK'), '55000ROLLBACK', 'nor is another entered then: ' || emptied)
FROM unnest(ARRAY['RESET primecloud.context', 'SET LOCAL primecloud.context TO DEFAULT']) AS emptied,
     unnest(ARRAY[harness.entering('victim', 2), harness.entering('boss')]) AS again;
REVOKE SET ON PARAMETER primecloud.context FROM :app;

-- A query begun before a savepoint does not go on with what ROLLBACK TO has taken away.
CREATE FUNCTION opened() RETURNS refcursor LANGUAGE plpgsql AS $$ DECLARE c refcursor := 'c';
    BEGIN OPEN c FOR SELECT secret FROM guarded ORDER BY id; RETURN c; END $$;
SELECT is(harness.over('app', 'BEGIN', harness.entering(), 'SELECT opened()', 'COMMIT'), 'COMMIT', '(its plan is made in a context)');
SELECT is(harness.over('app', 'BEGIN', 'SELECT opened()', 'SAVEPOINT s', harness.entering(), 'FETCH c'), 'secret 2',
    'a cursor is read in a context');
SELECT is(harness.over('app', 'ROLLBACK TO s', 'FETCH c') || harness.over('app', 'ROLLBACK'), '55000ROLLBACK', 'and not after it');
SELECT is(harness.over('app', 'BEGIN', harness.entering(), 'DECLARE c CURSOR FOR SELECT secret FROM guarded ORDER BY id', 'FETCH c',
    'SAVEPOINT s', 'FETCH c', 'ROLLBACK TO s', 'FETCH c') || harness.over('app', 'ROLLBACK'),
    'secret 6ROLLBACK', 'where the context stays, so does the cursor');
SELECT is(harness.over('app', 'BEGIN', 'SAVEPOINT r', harness.entering(), 'DECLARE c CURSOR FOR SELECT secret FROM guarded ORDER BY id',
    'FETCH c', 'SAVEPOINT s', 'FETCH c', 'ROLLBACK TO s', 'FETCH c') || harness.over('app', 'ROLLBACK'),
    'secret 6ROLLBACK', 'under a savepoint of its own too');

SELECT * FROM finish();
\ir support/done.sql
