-- Owners work: what the owner of protected tables does in a migration, who else does not, and that no COMMIT leaves a
-- table lifted.  Each trial is a session of its own, as it would be typed.
\o /dev/null
SET client_min_messages = error;
CREATE SCHEMA harness;
CREATE EXTENSION dblink SCHEMA harness;
CREATE ROLE migrating_owner LOGIN;
CREATE ROLE migrating_member LOGIN IN ROLE migrating_owner;
CREATE ROLE migrating_distant LOGIN NOINHERIT IN ROLE migrating_owner;
CREATE ROLE migrating_stranger LOGIN;
SELECT primecloud.create_app_role('migrating_app'), primecloud.create_gate_role('migrating_gate');
ALTER ROLE migrating_app LOGIN;
GRANT EXECUTE ON FUNCTION primecloud.enter_trusted(text, text, text) TO migrating_app, migrating_owner;
GRANT pg_execute_server_program TO migrating_owner;
SELECT format('GRANT CREATE ON DATABASE %I TO migrating_owner', current_database()) \gexec
CREATE SCHEMA shop AUTHORIZATION migrating_owner;
CREATE SCHEMA bare AUTHORIZATION migrating_owner;
CREATE SCHEMA "Odd ""Schema" AUTHORIZATION migrating_owner;
SET ROLE migrating_owner;
CREATE TABLE shop.accounts (id int PRIMARY KEY, status text NOT NULL DEFAULT 'active');
CREATE TABLE shop.projects (account_id int NOT NULL REFERENCES shop.accounts, id int PRIMARY KEY, UNIQUE (account_id, id));
CREATE TABLE shop.buckets (account_id int NOT NULL REFERENCES shop.accounts, id int PRIMARY KEY, name text, project_id int,
    UNIQUE (account_id, id));
CREATE TABLE shop.events (account_id int NOT NULL, at date NOT NULL, bucket_id int) PARTITION BY RANGE (at);
CREATE TABLE shop.events_1 PARTITION OF shop.events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE shop.plans (code text PRIMARY KEY, cents int);
CREATE TABLE shop.loops (account_id int NOT NULL, id int PRIMARY KEY, next int REFERENCES shop.loops DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE shop.plain (id int);
CREATE TABLE "Odd ""Schema"."Odd {,} ""table" (account_id int, "select" int);
INSERT INTO shop.accounts VALUES (1), (2);
INSERT INTO shop.projects VALUES (1, 11), (2, 22);
INSERT INTO shop.buckets VALUES (1, 1, 'one', 11), (2, 2, 'two', 22), (2, 3, 'three', 22);
INSERT INTO shop.events VALUES (1, '2026-01-01', 1), (2, '2026-01-02', 2);
INSERT INTO shop.plans VALUES ('start', 100);
SELECT primecloud.protect_schema('shop', 'shop.accounts', app_role => 'migrating_app', shared => '{plans}', keep_out => '{plain}');
SELECT primecloud.protect_table('"Odd ""Schema"."Odd {,} ""table"');
GRANT UPDATE ON shop.plans TO migrating_app;
-- What the owner left for everybody to call.
CREATE FUNCTION shop.careless() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER AS $$ SELECT * FROM primecloud.migrating('shop') $$;
CREATE FUNCTION shop.careless_backfill() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$
    SELECT primecloud.backfill('shop.buckets', 'UPDATE shop.buckets SET name = ''taken''') $$;
CREATE FUNCTION shop.careless_validation() RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
    SELECT primecloud.validate_constraint('shop.buckets', 'later') $$;
CREATE FUNCTION shop.write_plans() RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ UPDATE shop.plans SET cents = 0 $$;
CREATE FUNCTION shop.whole() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint;
BEGIN
    PERFORM primecloud.migrating('shop', '{buckets}');
    UPDATE shop.buckets SET name = 'whole'; GET DIAGNOSTICS n = ROW_COUNT;
    PERFORM primecloud.migrated();
    RETURN n;
END $$;
CREATE FUNCTION shop.trap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM primecloud.migrating('shop', '{loops}'); RETURN NEW; END $$;
CREATE TABLE shop.trapped (id int);
INSERT INTO shop.trapped VALUES (1);
CREATE TRIGGER trap BEFORE UPDATE ON shop.trapped FOR EACH ROW EXECUTE FUNCTION shop.trap();
CREATE TABLE shop.trapped_index (id int);
INSERT INTO shop.trapped_index VALUES (1);
CREATE FUNCTION shop.trap(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN IF current_setting('trap.set', true) = 'on' THEN RETURN 1; END IF; PERFORM primecloud.migrating('shop', '{loops}'); RETURN 1; END $$;
SET trap.set = on;
CREATE INDEX ON shop.trapped_index (shop.trap(id));
RESET ROLE;
CREATE FUNCTION harness.run(who text, VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text; statement text; connection text := 'c' || left(md5(random()::text), 8);
BEGIN
    PERFORM harness.dblink_connect(connection, format('host=%s port=%s dbname=%L user=%L', current_setting('unix_socket_directories'),
        current_setting('port'), current_database(), who));
    FOREACH statement IN ARRAY statements LOOP
        BEGIN
            IF statement ~* '^(SELECT|UPDATE .* RETURNING)' THEN
                SELECT string_agg(x, ',') INTO answer FROM harness.dblink(connection, statement) AS t(x text);
            ELSE
                answer := harness.dblink_exec(connection, statement);
            END IF;
        EXCEPTION WHEN OTHERS THEN answer := SQLSTATE;
        END;
    END LOOP;
    PERFORM harness.dblink_disconnect(connection);
    RETURN answer;
END $$;
CREATE FUNCTION harness.hint(who text, VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    PERFORM harness.dblink_connect('hint', format('host=%s port=%s dbname=%L user=%L', current_setting('unix_socket_directories'),
        current_setting('port'), current_database(), who));
    PERFORM harness.dblink_exec('hint', s) FROM unnest(statements[:cardinality(statements) - 1]) WITH ORDINALITY AS u(s, n);
    BEGIN
        PERFORM harness.dblink_exec('hint', statements[cardinality(statements)]);
    EXCEPTION WHEN OTHERS THEN GET STACKED DIAGNOSTICS answer = PG_EXCEPTION_HINT;
    END;
    PERFORM harness.dblink_disconnect('hint');
    RETURN answer;
END $$;
CREATE SCHEMA people AUTHORIZATION migrating_owner;
SET ROLE migrating_owner;
CREATE TABLE people.users (id text PRIMARY KEY, name text);
CREATE TABLE people.members (account_id int, user_id text REFERENCES people.users, role text);
INSERT INTO people.users VALUES ('a'), ('b');
INSERT INTO people.members VALUES (1, 'a', 'owner'), (2, 'b', 'owner');
RESET ROLE;
SELECT primecloud.register_membership('people.members', 'account_id', 'user_id', 'role');
SET ROLE migrating_owner;
SELECT primecloud.protect_people('people.users');
RESET ROLE;
CREATE SCHEMA decoy AUTHORIZATION migrating_owner;
CREATE TABLE decoy.loops (id int);
ALTER TABLE decoy.loops OWNER TO migrating_owner;
CREATE FUNCTION harness.swap() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('trial.swap', true) = 'on' AND to_regclass('decoy.loops') IS NOT NULL THEN
        ALTER SCHEMA shop RENAME TO was;
        ALTER SCHEMA decoy RENAME TO shop;
    END IF;
END $$;
GRANT USAGE ON SCHEMA harness TO migrating_owner;
CREATE EVENT TRIGGER swap ON ddl_command_end WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION harness.swap();
CREATE VIEW harness.open AS SELECT c.oid::regclass::text FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid
    AND p.polname IN ('primecloud_floor', 'primecloud_shared') WHERE NOT (relrowsecurity AND relforcerowsecurity);
\o
SELECT no_plan();

-- What it is for.
CREATE TABLE harness.trials (n serial, name text, who text DEFAULT 'migrating_owner', wanted text, statements text[]);
INSERT INTO harness.trials (name, wanted, statements) VALUES
('without it a foreign key is refused', '42501', ARRAY['ALTER TABLE shop.buckets ADD CONSTRAINT unlifted
    FOREIGN KEY (account_id, project_id) REFERENCES shop.projects (account_id, id)']),
('a foreign key', 'COMMIT', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{buckets,projects}')$$,
    'ALTER TABLE shop.buckets ADD CONSTRAINT of_project FOREIGN KEY (account_id, project_id) REFERENCES shop.projects (account_id, id)',
    'SELECT primecloud.migrated()', 'COMMIT']),
('a foreign key of a partitioned table', 'COMMIT', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{events,buckets}')$$,
    'ALTER TABLE shop.events ADD CONSTRAINT of_bucket FOREIGN KEY (account_id, bucket_id) REFERENCES shop.buckets (account_id, id)',
    'SELECT primecloud.migrated()', 'COMMIT']),
('one that is broken in another account is found', '23503', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop')$$,
    'UPDATE shop.buckets SET project_id = NULL', 'ALTER TABLE shop.buckets DROP CONSTRAINT of_project',
    'UPDATE shop.buckets SET project_id = 11',
    'ALTER TABLE shop.buckets ADD CONSTRAINT broken FOREIGN KEY (account_id, project_id) REFERENCES shop.projects (account_id, id)']),
('a backfill reaches every account', 'UPDATE 3', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{buckets}')$$,
    'UPDATE shop.buckets SET name = upper(name)']),
('rows are seeded', 'COMMIT', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{plans,accounts}')$$,
    $$INSERT INTO shop.plans VALUES ('scale', 900); UPDATE shop.plans SET cents = cents + 1; DELETE FROM shop.plans WHERE code = 'no'$$,
    'INSERT INTO shop.accounts VALUES (3)', 'SELECT primecloud.migrated()', 'COMMIT']),
('and were written', '101,901', ARRAY['SELECT cents FROM shop.plans ORDER BY 1']),
('tables are loaded', 'COPY 2', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{buckets}')$$, $$COPY shop.buckets (account_id,
    id) FROM PROGRAM 'printf "1\t8\n2\t9\n"'$$]),
('rows that point at each other', 'COMMIT', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{loops}')$$,
    'INSERT INTO shop.loops VALUES (1, 1, 2), (1, 2, 1)', 'SELECT primecloud.migrated()', 'COMMIT']),
('and wait for COMMIT again afterwards', 'COMMIT', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{loops}')$$,
    'INSERT INTO shop.loops VALUES (1, 3, 4), (1, 4, 3)', 'SELECT primecloud.migrated()', $$SELECT primecloud.migrating('shop',
    '{loops}')$$,
    'INSERT INTO shop.loops VALUES (1, 5, 6); INSERT INTO shop.loops VALUES (1, 6, 5)', 'SELECT primecloud.migrated()', 'COMMIT']),
('what they point at is asked before it is put back', '23503', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{loops}')$$,
    'INSERT INTO shop.loops VALUES (1, 7, 8)', 'SELECT primecloud.migrated()']),
('it names what it lifts', 'ALTER TABLE shop.events NO FORCE ROW LEVEL SECURITY,ALTER TABLE shop.events_1 NO FORCE ROW LEVEL SECURITY',
    ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{events}')$$]),
('a partition alone', 'ALTER TABLE shop.events_1 NO FORCE ROW LEVEL SECURITY', ARRAY['BEGIN',
    $$SELECT primecloud.migrating('shop', '{events_1}')$$]),
('the others hold him', '42501', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{buckets}')$$,
    'SELECT count(*) FROM shop.projects']),
('without names: all that are protected', '7', ARRAY['BEGIN', $$SELECT count(*)::text FROM primecloud.migrating('shop')$$]),
('asked twice there is nothing to lift', '0', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop')$$,
    $$SELECT count(*)::text FROM primecloud.migrating('shop')$$]),
('odd names', 'COMMIT', ARRAY['BEGIN', $$SELECT primecloud.migrating('Odd "Schema', ARRAY['Odd {,} "table'])$$,
    'INSERT INTO "Odd ""Schema"."Odd {,} ""table" VALUES (1, 1), (2, 2)', 'SELECT primecloud.migrated()', 'COMMIT']),
('whatever is quoted', 'COMMIT', ARRAY['SET quote_all_identifiers = on', 'SET standard_conforming_strings = off', 'BEGIN',
    $$SELECT primecloud.migrating('shop', '{loops}')$$, 'UPDATE shop.loops SET next = next', 'SELECT primecloud.migrated()', 'COMMIT']),
('in a search path that is somebody''s', 'COMMIT', ARRAY['CREATE TEMP TABLE pg_class (oid oid)', 'CREATE TEMP TABLE pg_policy (oid oid)',
    'SET search_path = pg_temp, shop', 'BEGIN', $$SELECT primecloud.migrating('shop', '{loops}')$$, 'UPDATE shop.loops SET next = next',
    'SELECT primecloud.migrated()', 'COMMIT']),
('the owner''s temporary schema has no such name', '3F000', ARRAY['BEGIN', $$SELECT primecloud.migrating('pg_temp')$$]),
('a function of one statement', '3', ARRAY['SELECT shop.whole()']),
('and a DO block', 'DO', ARRAY[$$DO 'BEGIN PERFORM primecloud.migrating(''shop''), primecloud.migrated(); END'$$]),
('several statements in one message', 'SET', ARRAY[$$SET x.y = 1; SELECT primecloud.migrating('shop', '{loops}');
    UPDATE shop.loops SET next = next; SELECT count(*) FROM primecloud.migrated(); SET x.y = 2$$]);
-- Who, and when.
INSERT INTO harness.trials (name, who, wanted, statements) VALUES
('a member of the owner', 'migrating_member', 'UPDATE 3', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{buckets}')$$,
    'UPDATE shop.buckets SET name = name']),
('a member who does not inherit', 'migrating_distant', '42501', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{buckets}')$$]),
('he becomes the owner', 'migrating_distant', 'UPDATE 3', ARRAY['BEGIN', 'SET LOCAL ROLE migrating_owner',
    $$SELECT primecloud.migrating('shop', '{buckets}')$$, 'UPDATE shop.buckets SET name = name']),
('a stranger', 'migrating_stranger', '42501', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{buckets}')$$]),
('an application', 'migrating_app', '42501', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{buckets}')$$]),
('a stranger takes no lock by himself', 'migrating_stranger', '42501', ARRAY['BEGIN',
    $$SELECT primecloud_internal.lock_to_lift('shop.buckets')::text$$]),
('nor lifts anything', 'migrating_stranger', '42501', ARRAY['BEGIN',
    $$SELECT * FROM primecloud_internal.set_forced('{shop.buckets}', false)$$]),
('an application through a function of the owner''s', 'migrating_app', '42501', ARRAY['BEGIN', 'SELECT shop.careless()']),
('without a block too', 'migrating_app', '25P01', ARRAY['SELECT shop.careless()']),
('under a context', 'migrating_app', '55000', ARRAY['BEGIN', $$SELECT primecloud.enter_trusted('1', 'a', 'owner')::text$$,
    'SELECT shop.careless()']),
('a stranger through a function of the owner''s', 'migrating_stranger', '42501', ARRAY['BEGIN', 'SELECT shop.careless()']),
('and backfill', 'migrating_app', '42501', ARRAY['SELECT shop.careless_backfill()::text']),
('under a context', 'migrating_app', '55000', ARRAY['BEGIN', $$SELECT primecloud.enter_trusted('1', 'a', 'owner')::text$$,
    'SELECT shop.careless_backfill()::text']),
('the owner himself under a context', 'migrating_owner', '55000', ARRAY['BEGIN',
    $$SELECT primecloud.enter_trusted('1', 'a', 'owner')::text$$, $$SELECT primecloud.migrating('shop')$$]),
('and backfill', 'migrating_owner', '55000', ARRAY['BEGIN', $$SELECT primecloud.enter_trusted('1', 'a', 'owner')::text$$,
    $$SELECT primecloud.backfill('shop.buckets', 'SELECT 1')::text$$]),
('nobody is entered while it is lifted', 'migrating_owner', '55000', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{loops}')$$,
    $$SELECT primecloud.enter_trusted('1', 'a', 'owner')::text$$]),
('put back, somebody is', 'migrating_owner', '1', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{buckets}')$$,
    'SELECT primecloud.migrated()', $$SELECT primecloud.enter_trusted('1', 'a', 'owner')::text$$,
    'SELECT count(*)::text FROM shop.buckets']),
('outside a block', 'migrating_owner', '25P01', ARRAY[$$SELECT primecloud.migrating('shop')$$]),
('outside a block a stranger learns the same', 'migrating_stranger', '25P01', ARRAY[$$SELECT primecloud.migrating('shop')$$]),
('in a snapshot of before', 'migrating_owner', '55000', ARRAY['BEGIN ISOLATION LEVEL REPEATABLE READ',
    $$SELECT primecloud.migrating('shop')$$]),
('in another', 'migrating_owner', '55000', ARRAY['BEGIN ISOLATION LEVEL SERIALIZABLE', $$SELECT primecloud.migrating('shop')$$]),
('a schema that is none', 'migrating_owner', '3F000', ARRAY['BEGIN', $$SELECT primecloud.migrating('shops')$$]),
('a schema without a protected table', 'migrating_owner', '55000', ARRAY['BEGIN', $$SELECT primecloud.migrating('bare')$$]),
('a table that is none', 'migrating_owner', '42P01', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{buckets,bucket}')$$]),
('a table that is not protected', 'migrating_owner', '55000', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{buckets,plain}')$$]),
('no table', 'migrating_owner', '22004', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{}')$$]),
('no schema', 'migrating_owner', '22004', ARRAY['BEGIN', $$SELECT primecloud.migrating(NULL)$$]);
-- People are protected otherwise, and lifted like the rest.
INSERT INTO harness.trials (name, who, wanted, statements) VALUES
('people without a context', 'migrating_owner', '42501', ARRAY['UPDATE people.users SET name = ''x''']),
('people', 'migrating_owner', 'COMMIT', ARRAY['BEGIN', $$SELECT primecloud.migrating('people', '{users}')$$,
    'UPDATE people.users SET name = ''x''', 'SELECT primecloud.migrated()', 'COMMIT']),
('were written', current_user, 'x,x', ARRAY['SELECT name FROM people.users']);
-- Under the lock a schema still changes its name, here from an event trigger.
INSERT INTO harness.trials (name, wanted, statements) VALUES
('another table is not lifted in its place', '55000', ARRAY['SET trial.swap = on', 'BEGIN', $$SELECT primecloud.migrating('shop',
    '{buckets,loops}')$$]);
-- A trap of the owner's in what others run for him: nobody else's COMMIT is refused for it.
INSERT INTO harness.trials (name, who, wanted, statements) VALUES
('the owner''s code in somebody else''s work', current_user, '42501', ARRAY['BEGIN',
    'SELECT primecloud_internal.run_as_owner(''shop.trapped'', ''UPDATE shop.trapped SET id = 2'')::text']),
('and in an index', current_user, '42501', ARRAY['ANALYZE shop.trapped_index']);
-- What COMMIT asks.
INSERT INTO harness.trials (name, wanted, statements) VALUES
('COMMIT with a table lifted', '55000', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{buckets}')$$, 'COMMIT']),
('COMMIT AND CHAIN', '55000', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{buckets}')$$, 'COMMIT AND CHAIN']),
('a DO block that forgets', '55000', ARRAY[$$DO 'BEGIN PERFORM primecloud.migrating(''shop''); END'$$]),
('COMMIT within a DO block', '55000', ARRAY[$$DO 'BEGIN PERFORM primecloud.migrating(''shop''); COMMIT; END'$$]),
('several statements that forget', '55000', ARRAY[$$SET x.y = 1; SELECT primecloud.migrating('shop', '{loops}')$$]),
('lifted again', '55000', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{buckets}')$$, 'SELECT primecloud.migrated()',
    $$SELECT primecloud.migrating('shop', '{buckets}')$$, 'COMMIT']),
('lifted before a savepoint, put back after it, undone', '55000', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{buckets}')$$,
    'SAVEPOINT s', 'SELECT primecloud.migrated()', 'ROLLBACK TO s', 'COMMIT']),
('lifted in a savepoint that was released', '55000', ARRAY['BEGIN', 'SAVEPOINT s', $$SELECT primecloud.migrating('shop', '{buckets}')$$,
    'RELEASE s', 'COMMIT']),
('lifted in a savepoint that was undone', 'COMMIT', ARRAY['BEGIN', 'SAVEPOINT s', $$SELECT primecloud.migrating('shop', '{buckets}')$$,
    'ROLLBACK TO s', 'COMMIT']),
('then it holds him', '42501', ARRAY['BEGIN', 'SAVEPOINT s', $$SELECT primecloud.migrating('shop', '{buckets}')$$,
    'ROLLBACK TO s', 'SELECT count(*) FROM shop.buckets']),
('renamed meanwhile', '55000', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{loops}')$$,
    'ALTER TABLE shop.loops RENAME TO rings',
    'COMMIT']),
('renamed and moved, put back', 'ALTER TABLE bare.rings FORCE ROW LEVEL SECURITY', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop',
    '{loops}')$$, 'ALTER TABLE shop.loops RENAME TO rings', 'ALTER TABLE shop.rings SET SCHEMA bare', 'SELECT primecloud.migrated()']),
('its schema renamed', 'ALTER TABLE shops.loops FORCE ROW LEVEL SECURITY', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop',
    '{loops}')$$, 'ALTER SCHEMA shop RENAME TO shops', 'SELECT primecloud.migrated()']),
('a partition that was taken out is still asked of', '55000', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{events_1}')$$,
    'ALTER TABLE shop.events DETACH PARTITION shop.events_1', 'COMMIT']),
('without a table there is nothing to put back', 'DROP TABLE', ARRAY['BEGIN', 'CREATE TABLE bare.short (account_id int)',
    $$SELECT count(*)::text FROM primecloud.protect_table('bare.short')$$, $$SELECT primecloud.migrating('bare', '{short}')$$,
    'DROP TABLE bare.short']),
('nor is there where protection was ended after it', 'COMMIT', ARRAY['BEGIN', 'CREATE TABLE bare.kept (account_id int)',
    'ALTER TABLE bare.kept ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY',
    $$SELECT count(*)::text FROM primecloud.protect_table('bare.kept')$$, $$SELECT primecloud.migrating('bare', '{kept}')$$,
    'SELECT primecloud.migrated()', $$SELECT count(*)::text FROM primecloud.unprotect_table('bare.kept')$$, 'COMMIT']),
('which was forced before, and is', 'true', ARRAY['SELECT relforcerowsecurity::text FROM pg_class WHERE oid = ''bare.kept''::regclass']),
('while it is lifted protection is not ended', '55000', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{events_1}')$$,
    $$SELECT count(*)::text FROM primecloud.unprotect_table('shop.events')$$]),
('whoever protects it again puts it back', 'COMMIT', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{buckets}')$$,
    $$SELECT count(*)::text FROM primecloud.protect_table('shop.buckets')$$, 'COMMIT']),
('and all is well', NULL, ARRAY['BEGIN', 'CREATE TABLE bare.gone (account_id int)',
    $$SELECT count(*)::text FROM primecloud.protect_table('bare.gone')$$, $$SELECT primecloud.migrating('bare', '{gone}')$$,
    'DROP TABLE bare.gone', 'SELECT primecloud.migrated()']),
('the guard goes on', '42501', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{buckets}')$$,
    'ALTER TABLE shop.buckets DISABLE ROW LEVEL SECURITY']),
('policies stay', '42501', ARRAY['BEGIN', $$SELECT primecloud.migrating('shop', '{buckets}')$$,
    'DROP POLICY primecloud_floor ON shop.buckets']),
('migrated with nothing lifted', NULL, ARRAY['SELECT primecloud.migrated()']);
-- What owners are told.
INSERT INTO harness.trials (name, wanted, statements) SELECT format('%s without a context', statement), '42501', ARRAY[statement]
FROM unnest(ARRAY['UPDATE shop.buckets SET name = name', 'UPDATE shop.buckets SET name = name WHERE id = 77', 'DELETE FROM shop.buckets',
    'DELETE FROM shop.events', 'UPDATE shop.events_1 SET bucket_id = 1', 'INSERT INTO shop.buckets VALUES (1, 50)',
    'SELECT count(*)::text FROM shop.buckets', 'UPDATE shop.plans SET cents = 0', 'DELETE FROM shop.plans',
    'INSERT INTO shop.plans VALUES (''x'', 1)',
    'MERGE INTO shop.plans USING shop.plans AS p ON true WHEN MATCHED THEN DELETE',
    'INSERT INTO shop.plans VALUES (''start'', 1) ON CONFLICT (code) DO UPDATE SET cents = 0',
    'SELECT code FROM shop.plans FOR UPDATE']) AS statement;
INSERT INTO harness.trials (name, who, wanted, statements) VALUES
('shared rows are read', 'migrating_owner', '101,901', ARRAY['SELECT cents FROM shop.plans ORDER BY 1']),
('nobody else is told', 'migrating_app', 'UPDATE 0', ARRAY['UPDATE shop.plans SET cents = 0']),
('nor is by a function of the owner''s', 'migrating_app', NULL, ARRAY['SELECT shop.write_plans()::text']),
('which wrote nothing', 'migrating_owner', '101,901', ARRAY['SELECT cents FROM shop.plans ORDER BY 1']),
('the owner is', 'migrating_owner', '42501', ARRAY['SELECT shop.write_plans()::text']),
('and under a context', 'migrating_owner', '42501', ARRAY['BEGIN', $$SELECT primecloud.enter_trusted('1', 'a', 'owner')::text$$,
    'UPDATE shop.plans SET cents = 0']),
('unless a policy of his own lets him', 'migrating_owner', 'UPDATE 2', ARRAY['BEGIN',
    'CREATE POLICY zz_mine ON shop.plans FOR UPDATE TO migrating_owner USING (true)', 'UPDATE shop.plans SET cents = cents']),
('a shared table with partitions', 'migrating_owner', '42501', ARRAY['BEGIN',
    'CREATE TABLE shop.rates (code int) PARTITION BY LIST (code)',
    'CREATE TABLE shop.rates_1 PARTITION OF shop.rates FOR VALUES IN (1)', 'INSERT INTO shop.rates VALUES (1)',
    $$SELECT count(*)::text FROM primecloud.share_table('shop.rates')$$, 'UPDATE shop.rates SET code = 1']),
('a partition that comes later', 'migrating_owner', '42501', ARRAY['BEGIN', 'CREATE TABLE shop.rates (code int) PARTITION BY LIST (code)',
    $$SELECT count(*)::text FROM primecloud.share_table('shop.rates')$$,
    'CREATE TABLE shop.rates_1 PARTITION OF shop.rates FOR VALUES IN (1)',
    $$SELECT primecloud.migrating('shop', '{rates}')$$, 'INSERT INTO shop.rates VALUES (1)', 'SELECT primecloud.migrated()',
    'UPDATE shop.rates_1 SET code = 1']),
('and taken out stays when the table goes', 'migrating_owner', 'DROP TABLE', ARRAY['BEGIN',
    'CREATE TABLE shop.rates (code int) PARTITION BY LIST (code)', $$SELECT count(*)::text FROM primecloud.share_table('shop.rates')$$,
    'CREATE TABLE shop.rates_1 PARTITION OF shop.rates FOR VALUES IN (1)', 'ALTER TABLE shop.rates DETACH PARTITION shop.rates_1',
    'DROP TABLE shop.rates']),
-- Without a lock.
('backfill reaches every account', 'migrating_owner', '3', ARRAY[$$SELECT primecloud.backfill('shop.buckets',
    'UPDATE shop.buckets SET name = coalesce(name, ''none'')')::text$$]),
('and holds no lock that readers wait for', 'migrating_owner', 'RowExclusiveLock', ARRAY['BEGIN',
    $$SELECT primecloud.backfill('shop.buckets',
    'UPDATE shop.buckets SET name = name')::text$$, $$SELECT DISTINCT mode FROM pg_locks WHERE relation = 'shop.buckets'::regclass
    AND pid = pg_backend_pid() AND mode <> 'AccessShareLock'$$]),
('after it he is held', 'migrating_owner', '42501', ARRAY['BEGIN', $$SELECT primecloud.backfill('shop.buckets', 'SELECT 1')::text$$,
    'SELECT count(*) FROM shop.buckets']),
('as a member', 'migrating_member', '3', ARRAY[$$SELECT primecloud.backfill('shop.buckets',
    'UPDATE shop.buckets SET name = name')::text$$]),
('as a stranger', 'migrating_stranger', '42501', ARRAY[$$SELECT primecloud.backfill('shop.buckets', 'SELECT 1')::text$$]),
('as an application', 'migrating_app', '42501', ARRAY[$$SELECT primecloud.backfill('shop.buckets', 'SELECT 1')::text$$]),
('it becomes nobody else', 'migrating_owner', '0A000', ARRAY[$$SELECT primecloud.backfill('shop.buckets', 'RESET ROLE')::text$$]),
('it ends no transaction', 'migrating_owner', '0A000', ARRAY[$$SELECT primecloud.backfill('shop.buckets', 'COMMIT')::text$$]),
('it is one statement', 'migrating_owner', '0A000', ARRAY[$$SELECT primecloud.backfill('shop.buckets', 'SELECT 1; SELECT 2')::text$$]),
('and not none', 'migrating_owner', '0A000', ARRAY[$$SELECT primecloud.backfill('shop.buckets', '-- ')::text$$]),
('what is wrong in it is said', 'migrating_owner', '42601', ARRAY[$$SELECT primecloud.backfill('shop.buckets', 'UPDATE')::text$$]),
('nor is it a way for its functions', 'migrating_owner', '42501', ARRAY[$$SELECT primecloud.backfill('shop.buckets',
    'SELECT set_config(''role'', ''migrating_stranger'', false)')::text$$]),
('NULL is refused', 'migrating_owner', '22004', ARRAY[$$SELECT primecloud.backfill('shop.buckets', NULL)::text$$]),
('a foreign key in two steps', 'migrating_owner', 't', ARRAY[
    'ALTER TABLE shop.buckets ADD CONSTRAINT later FOREIGN KEY (account_id, project_id)
        REFERENCES shop.projects (account_id, id) NOT VALID',
    $$SELECT primecloud.validate_constraint('shop.buckets', 'later')::text$$, $$SELECT CASE WHEN convalidated THEN 't' END
    FROM pg_constraint WHERE conname = 'later'$$]),
('without it the second is refused', 'migrating_owner', '42501', ARRAY[
    'ALTER TABLE shop.buckets ADD CONSTRAINT refused FOREIGN KEY (account_id, project_id)
        REFERENCES shop.projects (account_id, id) NOT VALID',
    'ALTER TABLE shop.buckets VALIDATE CONSTRAINT refused']),
('which no reader waits for', 'migrating_owner', 'ShareUpdateExclusiveLock', ARRAY['BEGIN',
    $$SELECT primecloud.validate_constraint('shop.buckets', 'refused')::text$$, $$SELECT DISTINCT mode FROM pg_locks
    WHERE relation = 'shop.buckets'::regclass AND pid = pg_backend_pid() AND mode NOT IN ('AccessShareLock', 'RowShareLock')$$]),
('a stranger validates nothing', 'migrating_stranger', '42501', ARRAY[$$SELECT primecloud.validate_constraint('shop.buckets',
    'refused')::text$$]),
('nor an application through a function of the owner''s', 'migrating_app', '42501', ARRAY['SELECT shop.careless_validation()::text']),
('nor the owner under a context', 'migrating_owner', '55000', ARRAY['BEGIN',
    $$SELECT primecloud.enter_trusted('1', 'a', 'owner')::text$$,
    $$SELECT primecloud.validate_constraint('shop.buckets', 'refused')::text$$]),
('a table that is none', 'migrating_owner', '42P01', ARRAY[$$SELECT primecloud.validate_constraint(0, 'later')::text$$]),
('a NULL table', 'migrating_owner', '22004', ARRAY[$$SELECT primecloud.validate_constraint(NULL, 'later')::text$$]),
('a constraint that is none', 'migrating_owner', '42704', ARRAY[$$SELECT primecloud.validate_constraint('shop.buckets', 'none')::text$$]);
CREATE TABLE harness.tried AS SELECT t.*, harness.run(who, VARIADIC statements) AS got, (SELECT string_agg(o::text, ' ')
    FROM harness.open AS o) AS open
FROM harness.trials t ORDER BY n;
SELECT is(got, wanted, name) FROM harness.tried ORDER BY n;
SELECT is_empty('SELECT name, open FROM harness.tried WHERE open IS NOT NULL', 'after each of them every table holds its owner');

-- The hint is for owners.
SELECT alike(harness.hint('migrating_owner', 'DELETE FROM shop.buckets'), '%primecloud.migrating(schema)%',
    'an owner is told of migrating()');
SELECT alike(harness.hint('migrating_member', 'DELETE FROM shop.buckets'), '%primecloud.migrating(schema)%', 'a member too');
SELECT alike(harness.hint('migrating_owner', 'DELETE FROM shop.plans'), '%primecloud.migrating(''shop'', ''{plans}'')%',
    'of a shared table too');
SELECT alike(harness.hint('migrating_owner', 'ALTER TABLE shop.buckets VALIDATE CONSTRAINT refused'), '%primecloud.migrating(schema)%',
    'and where a foreign key is checked');
SELECT is(harness.hint('migrating_app', 'DELETE FROM shop.buckets'), 'Call primecloud.enter(token) after BEGIN.',
    'an application is not');
SELECT is(harness.hint('migrating_stranger', 'DO ''BEGIN PERFORM primecloud.tenant_int(); END'''),
    'Call primecloud.enter(token) after BEGIN.',
    'nor who owns nothing');
SELECT alike(harness.hint('migrating_owner', 'BEGIN', $$DO 'BEGIN PERFORM primecloud.migrating(''shop''); END'$$, 'COMMIT'),
    '%primecloud.migrated()%', 'a refused COMMIT says what puts it back');

-- Locks: with the owner's lock_timeout, in the order of oids; while it is lifted, nobody else reads.
SELECT harness.dblink_connect('other', format('host=%s port=%s dbname=%L user=migrating_app', current_setting('unix_socket_directories'),
    current_setting('port'), current_database()));
SELECT harness.dblink_exec('other', 'BEGIN');
SELECT * FROM harness.dblink('other', $$SELECT primecloud.enter_trusted('1', 'a', 'owner')::text UNION ALL SELECT NULL$$) AS t(x text);
SELECT * FROM harness.dblink('other', 'SELECT count(*)::text FROM shop.projects') AS t(x text);
SELECT is(harness.run('migrating_owner', 'SET lock_timeout = ''50ms''', 'BEGIN', $$SELECT primecloud.migrating('shop')$$), '55P03',
    'it waits no longer than lock_timeout says');
SELECT is(harness.run('migrating_owner', 'SET lock_timeout = ''50ms''', 'BEGIN', $$SELECT primecloud.migrating('shop', '{buckets}')$$,
    'UPDATE shop.buckets SET name = name'), 'UPDATE 3', 'other tables are not waited for');
SELECT harness.dblink_exec('other', 'ROLLBACK');
SELECT harness.dblink_connect('lifting', format('host=%s port=%s dbname=%L user=migrating_owner',
    current_setting('unix_socket_directories'),
    current_setting('port'), current_database()));
SELECT harness.dblink_exec('lifting', 'BEGIN');
SELECT count(*) FROM harness.dblink('lifting', $$SELECT primecloud.migrating('shop')$$) AS t(x text);
SELECT is_empty($$SELECT p.polrelid::regclass FROM pg_policy p WHERE p.polname IN ('primecloud_floor', 'primecloud_shared')
        AND p.polrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'shop'::regnamespace)
        AND NOT EXISTS (SELECT FROM pg_locks l WHERE l.relation = p.polrelid AND l.mode = 'AccessExclusiveLock' AND l.granted)$$,
    'each table that is lifted is locked against readers');
SELECT is(harness.run('migrating_app', 'SET lock_timeout = ''50ms''', 'BEGIN', $$SELECT primecloud.enter_trusted('1', 'a',
    'owner')::text$$,
    'SELECT count(*)::text FROM shop.buckets'), '55P03', 'an application waits');
SELECT is(harness.run('migrating_member', 'SET lock_timeout = ''50ms''', 'SELECT count(*)::text FROM shop.buckets'), '55P03',
    'the owner himself in another session does');
SELECT count(*) FROM harness.dblink('lifting', 'SELECT primecloud.migrated()') AS t(x text);
SELECT is(harness.run('migrating_app', 'SET lock_timeout = ''50ms''', 'BEGIN', $$SELECT primecloud.enter_trusted('1', 'a',
    'owner')::text$$,
    'SELECT count(*)::text FROM shop.buckets'), '55P03', 'until COMMIT, also when it was put back');
SELECT harness.dblink_exec('lifting', 'COMMIT');
SELECT is(harness.run('migrating_app', 'BEGIN', $$SELECT primecloud.enter_trusted('1', 'a', 'owner')::text$$,
    'SELECT count(*)::text FROM shop.buckets'), '1', 'then it reads its account');
SELECT is_empty('SELECT * FROM harness.open', 'every table holds its owner');

-- What somebody does to a table while it is waited for.
CREATE FUNCTION harness.meanwhile(what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    PERFORM harness.dblink_exec('other', 'BEGIN');
    PERFORM harness.dblink_exec('other', one) FROM unnest(string_to_array(what, '; ')) WITH ORDINALITY AS u(one, n);
    PERFORM harness.dblink_exec('lifting', 'BEGIN');
    PERFORM harness.dblink_send_query('lifting', $q$SELECT string_agg(s, ', ') FROM primecloud.migrating('shop', '{loops}') AS s$q$);
    WHILE NOT EXISTS (SELECT FROM pg_locks WHERE NOT granted) AND harness.dblink_is_busy('lifting') = 1 LOOP
        PERFORM pg_sleep(0.01);
    END LOOP;
    PERFORM harness.dblink_exec('other', 'COMMIT');
    BEGIN
        SELECT x INTO answer FROM harness.dblink_get_result('lifting') AS t(x text);
    EXCEPTION WHEN OTHERS THEN answer := SQLSTATE;
    END;
    PERFORM FROM harness.dblink_get_result('lifting') AS t(x text);
    BEGIN
        answer := answer || ' ' || harness.dblink_exec('lifting', 'COMMIT');
    EXCEPTION WHEN OTHERS THEN answer := answer || ' ' || SQLSTATE;
    END;
    RETURN answer;
END $$;
SELECT harness.dblink_disconnect('other');
SELECT harness.dblink_connect('other', format('host=%s port=%s dbname=%L user=migrating_owner',
    current_setting('unix_socket_directories'),
    current_setting('port'), current_database()));
SELECT is(harness.meanwhile('ALTER TABLE shop.loops RENAME TO rings; CREATE TABLE shop.loops (account_id int, id int)'),
    'ALTER TABLE shop.rings NO FORCE ROW LEVEL SECURITY 55000', 'renamed: it is the table that was named, and COMMIT asks of it');
SELECT harness.dblink_exec('other', one) FROM unnest('{DROP TABLE shop.loops,ALTER TABLE shop.rings RENAME TO loops}'::text[]) AS one;
SELECT is(harness.meanwhile('ALTER SCHEMA bare RENAME TO shops; ALTER TABLE shop.loops ADD COLUMN more int; '
    'ALTER SCHEMA shop RENAME TO bare; ALTER SCHEMA shops RENAME TO shop'),
    'ALTER TABLE bare.loops NO FORCE ROW LEVEL SECURITY 55000', 'its schema renamed: the same');
SELECT harness.dblink_exec('other', one) FROM unnest('{ALTER SCHEMA shop RENAME TO shops,ALTER SCHEMA bare RENAME TO shop,'
    'ALTER SCHEMA shops RENAME TO bare}'::text[]) AS one;
SELECT harness.dblink_disconnect('other');
SELECT harness.dblink_connect('other', format('host=%s port=%s dbname=%L user=%L', current_setting('unix_socket_directories'),
    current_setting('port'), current_database(), current_user));
SELECT is(harness.meanwhile('ALTER TABLE shop.loops OWNER TO migrating_stranger'), '42501 ROLLBACK', 'given away: it belongs to another');
SELECT harness.dblink_exec('other', 'ALTER TABLE shop.loops OWNER TO migrating_owner');
SELECT is(harness.meanwhile('DROP TABLE shop.loops'), '42P01 ROLLBACK', 'dropped: there is none');
SELECT is_empty('SELECT * FROM harness.open', 'every table holds its owner, whatever happened');
SELECT finish();
