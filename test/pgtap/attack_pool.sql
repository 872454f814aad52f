-- One backend, handed from client to client as a pooler in transaction mode does: what the
-- last one left for the next to find, and what the next one finds of the last.
\set app attack_pool
\set app_owner attack_pool_owner
\ir support/attack.sql
SELECT no_plan();
SELECT harness.entering('victim', 2) AS victim, harness.entering('mallory', 1) AS mallory, harness.entering('boss', 1) AS boss \gset
-- Each case has a backend of its own.  The usual way enters by a setting.
CREATE FUNCTION harness.backend(VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    PERFORM harness.connect('pooled');
    answer := harness.over('pooled', VARIADIC statements);
    PERFORM harness.dblink_disconnect('pooled');
    RETURN answer;
END $$;
CREATE TABLE harness.cases (n serial, name text, usual text, ours text, statements text[]);
CREATE FUNCTION harness.run_cases(victim text, mallory text, boss text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    one record;
    prepared text[];
BEGIN
    FOR one IN SELECT * FROM harness.cases ORDER BY n LOOP
        IF one.usual IS NOT NULL THEN
            SELECT array_agg(replace(replace(replace(replace(replace(s, '{n}', one.n::text), '{t}', 'plain'), '{victim}',
                'SET LOCAL app.tenant = ''2'''), '{mallory}', 'SET LOCAL app.tenant = ''1'''), '{boss}', 'SET LOCAL app.tenant = ''1''')
                ORDER BY o)
            INTO prepared FROM unnest(one.statements) WITH ORDINALITY AS u(s, o);
            RETURN NEXT is(harness.backend(VARIADIC prepared), one.usual, 'the usual way: ' || one.name);
        END IF;
        SELECT array_agg(replace(replace(replace(replace(replace(s, '{n}', one.n::text), '{t}', 'guarded'), '{victim}', victim),
            '{mallory}', mallory), '{boss}', boss) ORDER BY o)
        INTO prepared FROM unnest(one.statements) WITH ORDINALITY AS u(s, o);
        RETURN NEXT is(harness.backend(VARIADIC prepared), one.ours, one.name);
    END LOOP;
END $$;
CREATE SCHEMA writable;
GRANT CREATE, USAGE ON SCHEMA writable TO :app;
INSERT INTO harness.cases (name, usual, ours, statements) VALUES
-- What the victim left, read by the next who enters
('a held cursor, read by the next tenant', '1,3,5,7,9', '34000',
    '{BEGIN,"{victim}","DECLARE c CURSOR WITH HOLD FOR SELECT id FROM {t} ORDER BY id",COMMIT,BEGIN,"{mallory}",COMMIT,"FETCH ALL FROM '
    'c"}'),
('a held cursor, read by the next tenant in its transaction', '1,3,5,7,9', '34000',
    '{BEGIN,"{victim}","DECLARE c CURSOR WITH HOLD FOR SELECT id FROM {t} ORDER BY id",COMMIT,BEGIN,"{mallory}","FETCH ALL FROM c"}'),
('a temporary table, read by the next tenant', '1,3,5,7,9', '42P01',
    '{BEGIN,"{victim}","CREATE TEMP TABLE mine AS SELECT id FROM {t} ORDER BY id",COMMIT,BEGIN,"{mallory}","TABLE mine"}'),
('a temporary view over what it read', NULL, '42P01',
    '{BEGIN,"{victim}","CREATE TEMP VIEW mine AS SELECT id FROM {t}",COMMIT,BEGIN,"{mallory}","TABLE mine"}'),
('a temporary sequence', '6', '42P01',
    '{BEGIN,"{victim}","CREATE TEMP SEQUENCE mine START 6","SELECT nextval(''mine'')",COMMIT,BEGIN,"{mallory}","SELECT last_value FROM '
    'mine"}'),
('another user of the same account', '2,4,6,8,10', '42P01',
    '{BEGIN,"{boss}","CREATE TEMP TABLE mine AS SELECT id FROM {t} ORDER BY id",COMMIT,BEGIN,"{mallory}","TABLE mine"}'),
-- What the victim left, read by somebody who enters nobody at all
('a held cursor, read by who enters nobody', '1,3,5,7,9', '34000',
    '{BEGIN,"{victim}","DECLARE c CURSOR WITH HOLD FOR SELECT id FROM {t} ORDER BY id",COMMIT,"FETCH ALL FROM c"}'),
('a held cursor, moved by who enters nobody', 'MOVE 5', '34000',
    '{BEGIN,"{victim}","DECLARE c CURSOR WITH HOLD FOR SELECT id FROM {t} ORDER BY id",COMMIT,"MOVE ALL FROM c"}'),
('a held cursor that was read in part', '3,5,7,9', '34000',
    '{BEGIN,"{victim}","DECLARE c CURSOR WITH HOLD FOR SELECT id FROM {t} ORDER BY id","FETCH 1 FROM c",COMMIT,"FETCH ALL FROM c"}'),
('a cursor held by a function', '1,3,5,7,9', '34000',
    '{BEGIN,"{victim}","DO $$ BEGIN EXECUTE ''DECLARE c CURSOR WITH HOLD FOR SELECT id FROM {t} ORDER BY id''; END $$",COMMIT,"FETCH ALL '
    'FROM c"}'),
('a temporary table, read by who enters nobody', '1,3,5,7,9', '42P01',
    '{BEGIN,"{victim}","CREATE TEMP TABLE mine AS SELECT id FROM {t} ORDER BY id",COMMIT,"TABLE mine"}'),
('its statistics', '1', '0', '{BEGIN,"{victim}","CREATE TEMP TABLE mine AS SELECT id, secret FROM {t}","ANALYZE mine",COMMIT,"SELECT '
    'count(*) FROM pg_stats WHERE schemaname LIKE ''pg_temp%'' AND histogram_bounds::text LIKE ''%secret 1%''"}'),
('a temporary table under a savepoint', '1,3,5,7,9', '42P01',
    '{BEGIN,"{victim}","SAVEPOINT s","CREATE TEMP TABLE mine AS SELECT id FROM {t} ORDER BY id","RELEASE s",COMMIT,"TABLE mine"}'),
('a temporary table that was there before entering', '1,3,5,7,9', '42P01',
    '{"CREATE TEMP TABLE mine (id int)",BEGIN,"{victim}","CREATE TEMP TABLE IF NOT EXISTS mine (id int)","INSERT INTO mine SELECT id FROM '
    '{t} ORDER BY id",COMMIT,"TABLE mine"}'),
('a temporary table of a transaction that failed', '42P01', '42P01',
    '{BEGIN,"{victim}","CREATE TEMP TABLE mine AS SELECT id FROM {t}",ROLLBACK,"TABLE mine"}'),
('a transaction that goes on under AND CHAIN', '1,3,5,7,9', '42P01',
    '{BEGIN,"{victim}","CREATE TEMP TABLE mine AS SELECT id FROM {t} ORDER BY id","COMMIT AND CHAIN","TABLE mine"}'),
-- What an attacker left for the victim to fall into
('a table under the name that the victim fills', 'hers', '42501',
    '{BEGIN,"{mallory}","CREATE TEMP TABLE {t} (id int, account_id int, secret text)",COMMIT,BEGIN,"{victim}","INSERT INTO {t} VALUES '
    '(9{n}, 2, ''hers'')",COMMIT,"SELECT secret FROM {t}"}'),
('the same by who entered nobody', 'hers', '42501',
    '{BEGIN,"{victim}",COMMIT,"CREATE TEMP TABLE {t} (id int, account_id int, secret text)",BEGIN,"{victim}","INSERT INTO {t} VALUES '
    '(9{n}, 2, ''hers'')",COMMIT,"SELECT secret FROM {t}"}'),
('the same in a transaction that entered nobody', 'hers', '42501',
    '{BEGIN,"{victim}",COMMIT,BEGIN,"CREATE TEMP TABLE {t} (id int, account_id int, secret text)",COMMIT,BEGIN,"{victim}","INSERT INTO {t} '
    'VALUES (9{n}, 2, ''hers'')",COMMIT,"SELECT secret FROM {t}"}'),
('the same under a savepoint that was undone', 'hers', '42501',
    '{BEGIN,"{mallory}","CREATE TEMP TABLE {t} (id int, account_id int, secret text)",COMMIT,BEGIN,"SAVEPOINT s","{victim}","ROLLBACK TO '
    's",COMMIT,BEGIN,"{victim}","INSERT INTO {t} VALUES (9{n}, 2, ''hers'')",COMMIT,"SELECT secret FROM {t}"}'),
('the same under a savepoint that was undone, entered again behind it', '1', '42P01',
    '{"CREATE TEMP TABLE {t} (id int, account_id int, secret text)",BEGIN,"SAVEPOINT s","{victim}","ROLLBACK TO s","{victim}","INSERT INTO '
    '{t} VALUES (9{n}, 2, ''hers'')","SELECT count(*) FROM pg_temp.{t}"}'),
('the same after a transaction of the victim that failed', 'hers', '42501',
    '{BEGIN,"{mallory}","CREATE TEMP TABLE {t} (id int, account_id int, secret '
    'text)",COMMIT,BEGIN,"{victim}",ROLLBACK,BEGIN,"{victim}","INSERT INTO {t} VALUES (9{n}, 2, ''hers'')",COMMIT,"SELECT secret FROM '
    '{t}"}'),
('a view under the name that the victim reads', 'planted', 'secret 1',
    '{"CREATE TEMP VIEW {t} AS SELECT 1 AS id, ''planted''::text AS secret",BEGIN,"{victim}","SELECT min(secret) FROM {t} WHERE id < 90"}'),
('a trigger on it that keeps what it sees', 'hers', '42P01',
    '{"CREATE TEMP TABLE loot (s text)","CREATE TEMP TABLE {t} (id int, account_id int, secret text)","CREATE FUNCTION pg_temp.look() '
    'RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO pg_temp.loot VALUES (NEW.secret); RETURN NULL; END $$","CREATE TRIGGER look '
    'BEFORE INSERT ON pg_temp.{t} FOR EACH ROW EXECUTE FUNCTION pg_temp.look()",BEGIN,"{victim}","INSERT INTO {t} VALUES (9{n}, '
    '2, ''hers'')",COMMIT,"TABLE loot"}'),
('a prepared statement under the name that the driver uses', '3', '26000',
    '{BEGIN,"{mallory}","PREPARE s1 AS SELECT 3",COMMIT,BEGIN,"{victim}","EXECUTE s1"}'),
('the same by who entered nobody', '3', '26000', '{BEGIN,"{victim}",COMMIT,"PREPARE s1 AS SELECT 3",BEGIN,"{victim}","EXECUTE s1"}'),
('the same in a transaction that was rolled back: it stays all the same', '3', '26000',
    '{BEGIN,"{victim}",COMMIT,BEGIN,"PREPARE s1 AS SELECT 3",ROLLBACK,BEGIN,"{victim}","EXECUTE s1"}'),
('the same in a transaction of another that was rolled back', '3', '26000',
    '{BEGIN,"{victim}",COMMIT,BEGIN,"{mallory}","PREPARE s1 AS SELECT 3",ROLLBACK,BEGIN,"{victim}","EXECUTE s1"}'),
('a cursor under the name that the victim reads', '3', '34000',
    '{BEGIN,"{mallory}","DECLARE c CURSOR WITH HOLD FOR SELECT 3",COMMIT,BEGIN,"{victim}","FETCH ALL FROM c"}'),
('the same by who entered nobody', '3', '34000',
    '{BEGIN,"{victim}",COMMIT,BEGIN,"DECLARE c CURSOR WITH HOLD FOR SELECT 3",COMMIT,BEGIN,"{victim}","FETCH ALL FROM c"}'),
('both before anybody entered: the statement', '3', '26000', '{"PREPARE s1 AS SELECT 3",BEGIN,"{victim}","EXECUTE s1"}'),
('and the cursor', '3', '34000', '{BEGIN,"DECLARE c CURSOR WITH HOLD FOR SELECT 3",COMMIT,BEGIN,"{victim}","FETCH ALL FROM c"}'),
-- What is one's own within a transaction is there
('a temporary table within its transaction', '5', '5',
    '{BEGIN,"{victim}","CREATE TEMP TABLE mine AS SELECT id FROM {t} WHERE id < 90","SAVEPOINT s","SELECT count(*) FROM mine"}'),
('one made in the same transaction before entering', '42P01', '42P01',
    '{BEGIN,"CREATE TEMP TABLE mine ON COMMIT DROP AS SELECT 1 AS x","{victim}","SELECT count(*) FROM mine",COMMIT,"TABLE mine"}'),
('a cursor within its transaction', '1,3,5,7,9', '1,3,5,7,9',
    '{BEGIN,"{victim}","DECLARE c CURSOR WITH HOLD FOR SELECT id FROM {t} WHERE id < 90 ORDER BY id","FETCH ALL FROM c"}'),
('a temporary table of nobody''s, while nobody enters', '3', '3', '{"CREATE TEMP TABLE mine AS SELECT 3","TABLE mine"}'),
('ON COMMIT DROP', '42P01', '42P01',
    '{BEGIN,"{victim}","CREATE TEMP TABLE mine ON COMMIT DROP AS SELECT id FROM {t}",COMMIT,"TABLE mine"}'),
('ON COMMIT DELETE ROWS', 'nothing', '42P01',
    '{BEGIN,"{victim}","CREATE TEMP TABLE mine ON COMMIT DELETE ROWS AS SELECT id FROM {t}",COMMIT,"TABLE mine"}'),
-- What stays, and is said in the docs: nothing of it holds rows unless the application puts them there
('a session''s own setting (said in the docs)', 'x', 'x',
    '{BEGIN,"{victim}","SET app.note = ''x''",COMMIT,BEGIN,"{mallory}","SELECT current_setting(''app.note'')"}'),
('an advisory lock of the session (said in the docs)', '1', '1',
    '{BEGIN,"{victim}","SELECT count(pg_advisory_lock(42))",COMMIT,BEGIN,"{mallory}","SELECT count(*) FROM pg_locks WHERE locktype '
    '= ''advisory'' AND pid = pg_backend_pid()"}'),
('a search path that finds a table of everybody''s first, where the role may create one (said in the docs)', 'hers', 'hers',
    '{"SET search_path = writable, public","CREATE TABLE IF NOT EXISTS writable.{t} (id int, account_id int, secret '
    'text)",BEGIN,"{victim}","INSERT INTO {t} VALUES (9{n}, 2, ''hers'')",COMMIT,"SELECT DISTINCT secret FROM writable.{t}"}'),
('row_security = off, left behind, refuses and shows nothing', '42501', '42501',
    '{BEGIN,"{mallory}","SET row_security = off",COMMIT,BEGIN,"{victim}","SELECT count(*) FROM {t}"}');
SELECT harness.run_cases(:'victim', :'mallory', :'boss');

-- Connections that no pooler shares may keep what is theirs, if a superuser says so.
ALTER ROLE :app SET primecloud.keep_session_objects = on;
SELECT is(harness.backend('BEGIN', :'victim', 'CREATE TEMP TABLE mine AS SELECT id FROM guarded WHERE id < 90 ORDER BY id', 'COMMIT',
    'BEGIN', :'victim', 'TABLE mine'), '1,3,5,7,9', 'keep_session_objects: the same identity finds its own');
SELECT is(harness.backend('BEGIN', :'victim', 'CREATE TEMP TABLE mine AS SELECT id FROM guarded WHERE id < 90 ORDER BY id', 'COMMIT',
    'BEGIN', :'mallory', 'TABLE mine'), '42P01', 'and another does not');
ALTER ROLE :app RESET primecloud.keep_session_objects;
SELECT is(harness.backend('SET primecloud.keep_session_objects = on'), '42501', 'nobody but a superuser sets it');
ALTER ROLE :app RESET session_preload_libraries;
SELECT is(harness.backend('SET primecloud.keep_session_objects = on'), 'SET', '(before the library is loaded anybody may)');
SELECT is(harness.backend('SET primecloud.keep_session_objects = on', 'BEGIN', :'victim',
    'CREATE TEMP TABLE mine AS SELECT id FROM guarded WHERE id < 90 ORDER BY id', 'COMMIT', 'TABLE mine'), '42P01', 'but it does not take');
SELECT is(harness.backend('BEGIN', :'victim', 'SET primecloud.keep_session_objects = on'), '42501', 'nor afterwards');
-- What the library, which entering loads, could not see being made.
SELECT is(harness.backend('PREPARE s1 AS SELECT 3', 'BEGIN', :'victim', 'EXECUTE s1'), '26000', 'a statement older than the library');
SELECT is(harness.backend('BEGIN', 'DECLARE c CURSOR WITH HOLD FOR SELECT 3', 'COMMIT', 'BEGIN', :'victim', 'FETCH ALL FROM c'), '34000',
    'and such a cursor');
SELECT * FROM finish();
\ir support/done.sql
