-- What the owner of a table does to it, or to what its policies ask, between the look of review_prove() or assert_isolated()
-- and their use of it, or while they wait: none of his code runs in their session.
CREATE EXTENSION IF NOT EXISTS dblink;
SET client_min_messages = error;
SELECT no_plan();
\o /dev/null
CREATE ROLE meanwhile_owner LOGIN;
CREATE ROLE meanwhile_app;
CREATE SCHEMA evil AUTHORIZATION meanwhile_owner;
GRANT USAGE ON SCHEMA evil TO meanwhile_app;
CREATE SCHEMA harness;
CREATE SEQUENCE harness.ran;
GRANT USAGE ON SCHEMA harness TO PUBLIC;
GRANT ALL ON SEQUENCE harness.ran TO PUBLIC;
SELECT format('host=%s port=%s dbname=%s user=meanwhile_owner', current_setting('unix_socket_directories'), current_setting('port'),
    current_database()) AS dsn \gset
SELECT dblink_connect('one', :'dsn'), dblink_connect('two', :'dsn');
CREATE FUNCTION harness.does(who text, VARIADIC statements text[]) RETURNS void LANGUAGE sql AS $$
    SELECT count(public.dblink_exec(who, s)) FROM unnest(statements) WITH ORDINALITY AS t(s, n) $$;
-- What was said of trials, and whether code of the owner's ran since it was asked last.
CREATE FUNCTION harness.proved(rel text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(p.says, ' | ' ORDER BY p.step) FROM primecloud.review_prove(rel::regclass, 'meanwhile_app') AS p
    WHERE p.says ~ '^(a row|no row|.* is open|not proved)' $$;
CREATE FUNCTION harness.told(rel text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(line, E'\n') FROM primecloud.assert_isolated(rel::regclass, 'meanwhile_app') AS line
    WHERE line ~ '# SKIP not tried|^not ok' $$;
CREATE FUNCTION harness.ran() RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN s.is_called THEN 'ran' ELSE 'did not run' END || CASE setval('harness.ran', 1, false) WHEN 1 THEN '' END
    FROM harness.ran AS s $$;
SELECT harness.does('one',
    $$CREATE FUNCTION evil.spy(text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN PERFORM nextval(''harness.ran''); RETURN true; END'$$,
    $$CREATE FUNCTION evil.spy(integer) RETURNS boolean LANGUAGE sql AS 'SELECT evil.spy($1::text)'$$,
    'CREATE TABLE evil.notes (id bigint PRIMARY KEY, account_id integer, body text)',
    'ALTER TABLE evil.notes ENABLE ROW LEVEL SECURITY',
    'CREATE POLICY p ON evil.notes USING (account_id = primecloud.tenant_int() OR body = ''link'')',
    'GRANT SELECT ON evil.notes TO meanwhile_app',
    'CREATE TABLE evil.asked (id bigint PRIMARY KEY)', 'GRANT SELECT ON evil.asked TO meanwhile_app',
    'CREATE VIEW evil.shown AS SELECT id FROM evil.asked', 'GRANT SELECT ON evil.shown TO meanwhile_app',
    'CREATE DOMAIN evil.word AS text', 'CREATE TYPE evil.state AS ENUM (''new'')',
    'CREATE TABLE evil.orders (id bigint PRIMARY KEY, account_id integer NOT NULL, body text, state evil.state)',
    'INSERT INTO evil.orders VALUES (1, 1, ''a''), (2, 2, ''b'')',
    'GRANT SELECT, INSERT, UPDATE, DELETE ON evil.orders TO meanwhile_app');
SELECT primecloud.protect_table('evil.orders');
\o
SELECT alike(harness.proved('evil.notes'), 'a row was put in, seen by meanwhile_app, who had entered another tenant,%',
    'a table alone is tried');
SELECT is(harness.told('evil.orders'), NULL, 'and protected ones are, an enum of the owner''s in it');

-- A snapshot that was taken before: nothing is tried under it.
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT 1 AS taken \gset
SELECT harness.does('one', 'CREATE POLICY q ON evil.notes FOR SELECT USING (evil.spy(account_id))',
    'CREATE POLICY q ON evil.orders FOR SELECT USING (evil.spy(account_id))') \gset done_
SELECT alike(harness.proved('evil.notes'), 'no row is tried: the transaction keeps a snapshot,% | not proved%', 'a snapshot is kept');
SELECT alike(harness.told('evil.orders'), '%no row of another is reached # SKIP not tried: the transaction keeps a snapshot%',
    'in assert_isolated() too');
COMMIT;
SELECT is(harness.ran(), 'did not run', 'code that came after the snapshot');
SELECT harness.does('one', 'DROP POLICY q ON evil.notes', 'DROP POLICY q ON evil.orders') \gset done_
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT alike(harness.proved('evil.notes'), 'no row is tried: the transaction keeps a snapshot,%', 'nor in a serializable one');
ROLLBACK;

-- What a policy asks besides tables: its owner changes it whenever he likes.
SELECT alike(said, 'no row is tried: it asks what meanwhile_owner may change meanwhile: ' || what || ' | not proved%', what)
FROM (VALUES ('type evil.word', 'body::evil.word = ''link'''),
    ('type evil.state', 'body = ''new''::evil.state::text')) AS v(what, predicate)
CROSS JOIN LATERAL (SELECT harness.does('one', format('ALTER POLICY p ON evil.notes USING (%s)', predicate))) AS d
CROSS JOIN LATERAL (SELECT harness.proved('evil.notes' || left(d::text, 0))) AS p(said);
SELECT harness.does('one', 'ALTER POLICY p ON evil.notes USING (body = ''link'')') \gset done_
-- Tables and views that it asks are held, so nothing comes to them.
SELECT harness.does('one', 'ALTER POLICY p ON evil.notes USING (id IN (SELECT a.id FROM evil.shown AS a) OR body = ''link'')',
    'INSERT INTO evil.asked VALUES (1)') \gset done_
SELECT alike(harness.proved('evil.notes'), 'a row was put in,%', 'a view that is asked is held, and what it reads');
SELECT harness.does('one', 'BEGIN', 'LOCK TABLE evil.asked IN SHARE UPDATE EXCLUSIVE MODE') \gset done_
SELECT alike(harness.proved('evil.notes'), 'no row is tried: somebody holds it locked%', 'or waited for by nobody');
SELECT harness.does('one', 'ROLLBACK', 'CREATE POLICY q ON evil.asked USING (evil.spy(id::integer))',
    'ALTER TABLE evil.asked ENABLE ROW LEVEL SECURITY') \gset done_
SELECT alike(harness.proved('evil.notes'), 'no row is tried: it would run what meanwhile_owner made%', 'and what its policies run');
SELECT is(harness.ran(), 'did not run', 'is not run');
SELECT harness.does('one', 'DROP POLICY q ON evil.asked', 'ALTER TABLE evil.asked DISABLE ROW LEVEL SECURITY',
    'ALTER POLICY p ON evil.notes USING (body = ''link'')') \gset done_
CREATE TABLE harness.base (id bigint PRIMARY KEY, account_id integer, body text);
ALTER TABLE harness.base OWNER TO meanwhile_owner;
SELECT harness.does('one', 'ALTER TABLE evil.notes INHERIT harness.base') \gset done_
SELECT alike(harness.proved('evil.notes'), 'a row was put in,%', 'a parent is held as well');
SELECT harness.does('one', 'ALTER TABLE evil.notes NO INHERIT harness.base') \gset done_

-- Nobody is waited for: a row of his that is not committed, of the key that his policy names.
SELECT harness.does('one', 'ALTER POLICY p ON evil.notes USING (id = 77 AND body = ''link'')', 'BEGIN',
    'INSERT INTO evil.notes VALUES (77, 3, ''x'')') \gset done_
SELECT alike(harness.proved('evil.notes'), 'no row that was put in was seen: canceling statement due to lock timeout (55P03) | not proved%',
    'a key that is being written is not waited for');
SELECT harness.does('one', 'ROLLBACK', 'ALTER POLICY p ON evil.notes USING (body = ''link'')', 'BEGIN',
    'LOCK TABLE evil.notes IN SHARE UPDATE EXCLUSIVE MODE') \gset done_
SELECT alike(harness.proved('evil.notes'), 'no row is tried: somebody holds it locked%', 'nor a lock');
SELECT harness.does('one', 'ROLLBACK') \gset done_

-- What came while a lock was waited for is seen.
SELECT harness.does('one', 'CREATE POLICY q ON evil.orders FOR SELECT USING (evil.spy(account_id))', 'BEGIN',
    'DROP POLICY q ON evil.orders', 'CREATE POLICY q ON evil.orders FOR SELECT USING (true)') \gset done_
SELECT harness.does('one', 'ROLLBACK') \gset done_
SELECT alike(harness.told('evil.orders'), '%SKIP not tried: it runs what meanwhile_owner made', 'what is there is told');
SELECT harness.does('one', 'DROP POLICY q ON evil.orders',
    'CREATE POLICY q ON evil.orders FOR SELECT USING (body::evil.word IS NULL AND account_id = primecloud.tenant_int())') \gset done_
SELECT alike(harness.told('evil.orders'), '%SKIP not tried: it asks what meanwhile_owner may change meanwhile: type evil.word',
    'a domain without a check, which may get one');
SELECT harness.does('one', 'DROP POLICY q ON evil.orders') \gset done_

-- A view of somebody who may read its table and do no more: it is held by itself, and tried.
CREATE ROLE meanwhile_reader;
GRANT USAGE, CREATE ON SCHEMA harness TO meanwhile_reader;
GRANT USAGE ON SCHEMA harness, evil TO meanwhile_app, meanwhile_reader;
SELECT harness.does('one', 'GRANT SELECT ON evil.orders TO meanwhile_reader') \gset done_
SET ROLE meanwhile_reader;
CREATE VIEW harness.seen AS SELECT id, account_id FROM evil.orders;
GRANT SELECT ON harness.seen TO meanwhile_app;
RESET ROLE;
SELECT is((SELECT count(*) FROM primecloud.assert_isolated('evil.orders', 'meanwhile_app') AS line
    WHERE line ~ '^ok \d+ - harness.seen: and none of another$'), 1::bigint, 'a reader''s view is tried');
SELECT is(harness.told('evil.orders'), NULL, 'with all else');
DROP VIEW harness.seen;

-- Casts are the owner's to make, of the row of his table as of any type of his.
SELECT harness.does('one',
    $$CREATE FUNCTION evil.read(text) RETURNS evil.orders LANGUAGE plpgsql AS
        'DECLARE r evil.orders; BEGIN PERFORM evil.spy($1); RETURN r; END'$$,
    $$CREATE FUNCTION evil.write(evil.orders) RETURNS text LANGUAGE sql AS 'SELECT evil.spy(''x'')::text'$$,
    'CREATE CAST (text AS evil.orders) WITH FUNCTION evil.read(text)',
    'CREATE CAST (evil.orders AS text) WITH FUNCTION evil.write') \gset done_
SELECT is(harness.told('evil.orders'), NULL, 'a table with casts of its row');
SELECT is(harness.ran(), 'did not run', 'and these are not run');

-- A table of his that he holds locked, with what its policies ask: who asks of another schema waits for nobody.
CREATE SCHEMA vic;
CREATE TABLE vic.notes (id bigint PRIMARY KEY, account_id integer NOT NULL);
SELECT harness.does('one', 'ALTER POLICY p ON evil.notes USING (account_id IN (SELECT a.id FROM evil.asked AS a))', 'BEGIN',
    'LOCK TABLE evil.notes, evil.asked, evil.shown, evil.orders') \gset done_
SET statement_timeout = '120s';
SELECT lives_ok(q, q) FROM unnest(ARRAY['SELECT FROM primecloud.review(''vic'', ''meanwhile_app'')',
    'SELECT FROM primecloud.review_prove(''vic.notes'', ''meanwhile_app'')', 'SELECT primecloud.review_policies(''vic'')',
    'SELECT FROM primecloud.review_report(''vic'', ''meanwhile_app'')', 'SELECT primecloud.contract(''vic'')',
    'SELECT primecloud.contract_drizzle(''vic'')']) AS q;
RESET statement_timeout;
SELECT harness.does('one', 'ROLLBACK') \gset done_
DROP SCHEMA vic CASCADE;

-- Policies of a few lines that come to more than anybody reads: calls within calls of a function that asks twice for what it is given.
SELECT harness.does('one', 'CREATE FUNCTION evil.twice(x bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS ''SELECT x + x''',
    format('ALTER POLICY p ON evil.notes USING (account_id = %sid%s)', repeat('evil.twice(', 40), repeat(')', 40))) \gset done_
SET statement_timeout = '120s';
SELECT lives_ok(q, q) FROM unnest(ARRAY['SELECT FROM primecloud.review(''evil'', ''meanwhile_app'')',
    'SELECT FROM primecloud.review_prove(''evil.notes'', ''meanwhile_app'')', 'SELECT primecloud.review_policies(''evil'')']) AS q;
RESET statement_timeout;

-- Policies that ask each other come to more than any machine has: nothing of them is planned.
DO $$
DECLARE asks text := 'account_id = 1';
BEGIN
    FOR i IN 0..22 LOOP
        EXECUTE format('CREATE TABLE evil.u%s (id integer PRIMARY KEY, account_id integer NOT NULL)', i);
        EXECUTE format('GRANT SELECT ON evil.u%s TO meanwhile_app', i);
        EXECUTE format('ALTER TABLE evil.u%s ENABLE ROW LEVEL SECURITY', i);
        EXECUTE format('CREATE POLICY p ON evil.u%s USING (%s)', i, asks);
        asks := replace('id IN (SELECT id FROM evil.u0) OR id IN (SELECT account_id FROM evil.u0) OR '
            'account_id IN (SELECT id FROM evil.u0)',
            'u0', 'u' || i);
    END LOOP;
END $$;
SET statement_timeout = '180s';
SELECT alike(harness.proved('evil.u22'), 'no row is tried: what its policies ask comes to more than can be planned | not proved%',
    'tables that ask each other');
SELECT count(*) AS done FROM primecloud.protect_table('evil.u22') \gset
SELECT alike(harness.told('evil.u22'), '%SKIP not tried: what its policies ask comes to more than can be planned',
    'nor by assert_isolated()');
SELECT ok((SELECT count(*) > 0 FROM primecloud.review('evil', 'meanwhile_app')), 'review() reads them');
RESET statement_timeout;

\o /dev/null
SELECT dblink_disconnect('one'), dblink_disconnect('two');
DROP SCHEMA evil, harness CASCADE;
DROP OWNED BY meanwhile_owner, meanwhile_app, meanwhile_reader;
DROP ROLE meanwhile_owner, meanwhile_app, meanwhile_reader;
\o
SELECT * FROM finish();
