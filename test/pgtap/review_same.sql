-- Two policies that are not the same are told apart: by what their subqueries have besides conditions, by schemas and lengths, and by
-- what stands behind the names in them.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE review_same_app;
CREATE SCHEMA shop;
CREATE SCHEMA other;
GRANT USAGE ON SCHEMA shop TO review_same_app;
CREATE TABLE shop.m (a integer);
CREATE TABLE shop.child () INHERITS (shop.m);
CREATE TABLE other.m (a integer);
CREATE TABLE shop.t (id integer PRIMARY KEY, account_id integer, body text);
ALTER TABLE shop.t ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON shop.t TO review_same_app;
CREATE POLICY p ON shop.t USING (true);
CREATE FUNCTION shop.tells() RETURNS boolean LANGUAGE plpgsql STABLE AS 'BEGIN RETURN false; END';
CREATE FUNCTION shop.asks(integer) RETURNS boolean LANGUAGE sql STABLE RETURN shop.tells();
CREATE VIEW shop.v AS SELECT a FROM shop.m;
-- Of bodies that are texts no catalog says what they call.
CREATE FUNCTION shop.through() RETURNS boolean LANGUAGE plpgsql STABLE AS 'BEGIN RETURN tells(); END';
CREATE FUNCTION other.far() RETURNS boolean LANGUAGE sql STABLE AS 'SELECT shop.through()';
CREATE FUNCTION shop.counts() RETURNS boolean LANGUAGE plpgsql STABLE AS 'BEGIN RETURN EXISTS (SELECT FROM shop.v); END';

-- What becomes of rows that are read, where one predicate is put in the place of another.
CREATE FUNCTION pg_temp.changed(was text, made text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before jsonb;
BEGIN
    EXECUTE format('ALTER POLICY p ON shop.t USING (%s)', was);
    before := primecloud.review_policies('shop');
    EXECUTE made;
    RAISE SQLSTATE 'UNDO1' USING MESSAGE = (SELECT d.change FROM primecloud.review_policies_diff(before, primecloud.review_policies('shop'))
        AS d WHERE d.object = 'shop.t' AND d.command = 'SELECT');
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN RETURN SQLERRM;
END $$;
SELECT is(pg_temp.changed(was, format('ALTER POLICY p ON shop.t USING (%s)', made)), wanted, concat_ws(' -> ', was, made)) FROM (VALUES
    ('EXISTS (SELECT FROM shop.m WHERE a = account_id)', 'EXISTS (SELECT FROM shop.m WHERE account_id = a)', 'neither'),
    ('EXISTS (SELECT FROM shop.m WHERE a = account_id)', 'EXISTS (SELECT count(*) FROM shop.m WHERE a = account_id)', 'cannot be decided'),
    ('EXISTS (SELECT FROM shop.m LIMIT 0)', 'EXISTS (SELECT FROM shop.m)', 'cannot be decided'),
    ('EXISTS (SELECT FROM shop.m OFFSET 5)', 'EXISTS (SELECT FROM shop.m OFFSET 0)', 'cannot be decided'),
    ('EXISTS (SELECT FROM shop.m OFFSET 5)', 'EXISTS  (SELECT  FROM shop.m OFFSET 5)', 'neither'),
    ('account_id IN (SELECT a FROM shop.m)', 'account_id IN (SELECT a FROM other.m)', 'cannot be decided'),
    ('account_id IN (SELECT a FROM ONLY shop.m)', 'account_id IN (SELECT a FROM shop.m)', 'cannot be decided'),
    ('account_id IN (SELECT a FROM shop.m TABLESAMPLE system (0))', 'account_id IN (SELECT a FROM shop.m)', 'cannot be decided'),
    ('account_id IN (SELECT a FROM shop.m GROUP BY a)', 'account_id IN (SELECT a FROM shop.m GROUP BY ROLLUP (a))', 'cannot be decided'),
    ('body = ''x''', 'body::varchar(1) = ''x''', 'cannot be decided'),
    ('body::varchar(2) = ''x''', 'body::varchar(1) = ''x''', 'cannot be decided')) AS v(was, made, wanted);
SELECT is(pg_temp.changed(was, made), wanted, concat_ws(': ', was, made)) FROM (VALUES
    ('shop.tells()', 'SELECT 1', 'neither'),
    ('shop.tells()', 'CREATE OR REPLACE FUNCTION shop.tells() RETURNS boolean LANGUAGE plpgsql STABLE AS ''BEGIN RETURN true; END''',
        'cannot be decided'),
    ('shop.asks(id)', 'CREATE OR REPLACE FUNCTION shop.tells() RETURNS boolean LANGUAGE plpgsql STABLE AS ''BEGIN RETURN true; END''',
        'cannot be decided'),
    ('shop.through()', 'CREATE OR REPLACE FUNCTION shop.tells() RETURNS boolean LANGUAGE plpgsql STABLE AS ''BEGIN RETURN true; END''',
        'cannot be decided'),
    ('other.far()', 'CREATE OR REPLACE FUNCTION shop.tells() RETURNS boolean LANGUAGE plpgsql STABLE AS ''BEGIN RETURN true; END''',
        'cannot be decided'),
    ('shop.counts()', 'CREATE OR REPLACE VIEW shop.v AS SELECT a FROM other.m', 'cannot be decided'),
    ('shop.counts()', 'SELECT 1', 'neither'),
    ('account_id IN (SELECT a FROM shop.v)', 'SELECT 1', 'neither'),
    ('account_id IN (SELECT a FROM shop.v)', 'CREATE OR REPLACE VIEW shop.v AS SELECT a FROM other.m', 'cannot be decided'))
    AS v(was, made, wanted);

-- A constant that is too long to be read is still another.
CREATE FUNCTION pg_temp.of_list(lowest integer) RETURNS text LANGUAGE sql AS $$
    SELECT format('account_id = ANY (%L::integer[])', ARRAY(SELECT i FROM generate_series(lowest, lowest + 299) AS i)) $$;
SELECT is(pg_temp.changed(was, made), wanted, called) FROM (VALUES
    (format('body = %L', repeat('x', 200000)), format('ALTER POLICY p ON shop.t USING (body = %L)', repeat('x', 199999) || 'y'),
        'both', 'long texts that differ at their end are two'),
    (format('body = %L', repeat('x', 200000)), 'SELECT 1', 'neither', 'one that is the same is one'),
    (pg_temp.of_list(1), format('ALTER POLICY p ON shop.t USING (%s)', pg_temp.of_list(2)), 'cannot be decided', 'long lists too'),
    (pg_temp.of_list(1), 'SELECT 1', 'neither', 'and one list is one')) AS v(was, made, wanted, called);

-- So a change that opens is told, and what was accepted of one policy is not of another.
ALTER POLICY p ON shop.t USING (EXISTS (SELECT FROM shop.m WHERE a = account_id));
SELECT is((SELECT string_agg(f."check", ' ') FROM primecloud.review_change(
    'ALTER POLICY p ON shop.t USING (EXISTS (SELECT count(*) FROM shop.m WHERE a = account_id))', 'shop', 'review_same_app') AS f
    WHERE f."check" = 'change_weakens_protection'), 'change_weakens_protection', 'what is counted is there always');
CREATE FUNCTION pg_temp.known(predicate text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN
    EXECUTE format('ALTER POLICY p ON shop.t USING (%s)', predicate);
    RETURN (SELECT f.fingerprint FROM primecloud.review('shop', 'review_same_app', '{policy_unbound_subquery,policy_shares_rows}') AS f);
END $$;
SELECT is((SELECT count(DISTINCT pg_temp.known(predicate)) FROM unnest(ARRAY['EXISTS (SELECT 1 FROM shop.m LIMIT 0)',
    'EXISTS (SELECT 1 FROM other.m)', 'EXISTS (SELECT count(*) FROM shop.m)', 'EXISTS (SELECT 1 FROM shop.m)', 'body::varchar(9) = ''x''',
    'body::varchar(1) = ''x''']) AS predicate), 6::bigint, 'each is known by another name');

-- A role that reaches the server, or owns the schema, is held by no policy.
ALTER POLICY p ON shop.t USING (account_id = primecloud.tenant_int());
ALTER TABLE shop.t FORCE ROW LEVEL SECURITY;
CREATE FUNCTION pg_temp.proved() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(p.says, ' | ') FILTER (WHERE p.says ~ '^app_role') FROM primecloud.review_prove('shop.t', 'review_same_app') AS p $$;
SELECT is(pg_temp.proved(), NULL, 'a role like others');
GRANT pg_execute_server_program TO review_same_app;
SELECT alike(pg_temp.proved(), 'app_role_overpowered:%', 'one that runs programs');
REVOKE pg_execute_server_program FROM review_same_app;
ALTER SCHEMA shop OWNER TO review_same_app;
SELECT alike(pg_temp.proved(), 'app_role_owns_tables:%', 'one that drops the table with its schema');
ALTER SCHEMA shop OWNER TO CURRENT_USER;

-- What no ROLLBACK undoes is refused wherever it is called, and cursors are left alone.
SELECT throws_ok(format('SELECT primecloud.review_change(%L, ''shop'')', ddl), '0A000', NULL, ddl) FROM unnest(ARRAY[
    'CREATE TABLE shop.c AS SELECT pg_create_physical_replication_slot(''z'')', 'DECLARE c CURSOR FOR SELECT pg_switch_wal()',
    'ALTER TABLE shop.t ADD c text DEFAULT pg_create_restore_point(''x'')', 'CREATE VIEW shop.w AS SELECT setval(''s'', 1)',
    'SELECT query_to_xml(''SELECT pg_reload_conf()'', true, true, '''')', 'FETCH c', 'CLOSE c']) AS ddl;
SELECT lives_ok($$ SELECT primecloud.review_change('CREATE FUNCTION shop.later() RETURNS void LANGUAGE sql AS ''SELECT pg_reload_conf()''',
    'shop') $$, 'what a function will do is not looked for');
SELECT count(*) AS done FROM primecloud.review_change('SELECT primecloud.seal(''x'', ''77'', ''o.pw'', ''1'')', 'shop') \gset
SELECT lives_ok($$ SELECT primecloud.seal('x', '88', 'o.pw', '1') $$, 'the number of a key that stays is not given again');

-- A table of another schema that a policy asks may be locked by its owner: nobody waits for him.
ALTER POLICY p ON shop.t USING (account_id IN (SELECT m.a FROM other.m));
CREATE EXTENSION dblink;
SELECT dblink_connect('other', format('host=%s dbname=%s user=postgres', current_setting('unix_socket_directories'),
    current_database())) AS done \gset
SELECT dblink_exec('other', 'BEGIN'), dblink_exec('other', 'LOCK TABLE other.m IN ACCESS EXCLUSIVE MODE') AS done \gset
SET statement_timeout = '30s';
SELECT lives_ok(asked, asked || ' waits for nobody') FROM unnest(ARRAY['SELECT * FROM primecloud.review(''shop'', ''review_same_app'')',
    'SELECT primecloud.review_policies(''shop'')', 'SELECT * FROM primecloud.review_prove(''shop.t'', ''review_same_app'')',
    'SELECT * FROM primecloud.review_change(''SELECT 1'', ''shop'', ''review_same_app'')']) AS asked;
RESET statement_timeout;
SELECT dblink_disconnect('other') AS done \gset

DROP SCHEMA shop, other CASCADE;
DROP OWNED BY review_same_app;
DROP ROLE review_same_app;
SELECT * FROM finish();
