-- Whoever may do nothing to a table does not stop it either.  PostgreSQL locks a table for some statements before it looks
-- whose it is: here a reader's transaction is open, and the statement would wait for it with everybody else behind.
\o /dev/null
SET client_min_messages = warning;
CREATE EXTENSION dblink;
SELECT primecloud.create_app_role('tenant_lock_rights_app');
CREATE ROLE tenant_lock_rights_owner LOGIN;
ALTER ROLE tenant_lock_rights_owner SET session_preload_libraries = 'primecloud';
ALTER ROLE tenant_lock_rights_app LOGIN;
CREATE ROLE tenant_lock_rights_friend LOGIN;
ALTER ROLE tenant_lock_rights_friend SET session_preload_libraries = 'primecloud';
CREATE ROLE tenant_lock_rights_bare LOGIN;
CREATE SCHEMA own;
GRANT USAGE, CREATE ON SCHEMA own TO tenant_lock_rights_owner, tenant_lock_rights_friend;
GRANT TEMPORARY ON DATABASE :DBNAME TO tenant_lock_rights_app;
CREATE TABLE victim (id int PRIMARY KEY, friend int UNIQUE);
CREATE TABLE parted (id int) PARTITION BY LIST (id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
CREATE INDEX victim_friend ON victim (friend);
CREATE MATERIALIZED VIEW seen AS SELECT 1 AS one;
GRANT SELECT, INSERT, UPDATE ON victim, parted TO tenant_lock_rights_app;
GRANT SELECT ON seen TO tenant_lock_rights_app;
GRANT REFERENCES (id), TRIGGER ON victim TO tenant_lock_rights_friend;
-- A transaction that reads, and the statement beside it: 55P03 where it would have waited.
SELECT dblink_connect('reader', format('host=%s dbname=%s user=postgres', current_setting('unix_socket_directories'),
    current_database()));
SELECT dblink_exec('reader', 'BEGIN');
SELECT * FROM dblink('reader', 'SELECT (SELECT count(*) FROM victim) + (SELECT count(*) FROM parted) + (SELECT count(*) FROM seen)
    + (SELECT count(*) FROM pg_proc WHERE oid = 1) + (SELECT count(*) FROM pg_database)') AS t(n text);
SELECT dblink_exec('reader', 'LOCK TABLE victim, parted, parted_1 IN ROW EXCLUSIVE MODE');
CREATE FUNCTION beside(role name, VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    PERFORM dblink_connect('beside', format('host=%s dbname=%s user=%s',
        current_setting('unix_socket_directories'), current_database(), role));
    PERFORM dblink_exec('beside', 'SET lock_timeout = ''150ms''');
    FOR i IN 1..cardinality(statements) LOOP
        answer := dblink_exec('beside', statements[i]);
    END LOOP;
    PERFORM dblink_disconnect('beside');
    RETURN answer;
EXCEPTION WHEN OTHERS THEN
    PERFORM dblink_disconnect('beside');
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
\o
SELECT no_plan();

SELECT is(beside('tenant_lock_rights_app', statement), '42501 ' || wanted, statement) FROM (VALUES
    ('CREATE RULE r AS ON INSERT TO victim DO NOTHING', 'must be owner of table victim'),
    ('CREATE OR REPLACE RULE "_RETURN" AS ON SELECT TO public.victim DO INSTEAD SELECT 1', 'must be owner of table victim'),
    ('CREATE RULE r AS ON INSERT TO pg_proc DO NOTHING', 'must be owner of table pg_proc'),
    ('CREATE RULE r AS ON INSERT TO pg_database DO NOTHING', 'must be owner of table pg_database'),
    ('CREATE RULE r AS ON INSERT TO seen DO NOTHING', 'must be owner of materialized view seen'),
    ('CREATE TRIGGER t BEFORE INSERT ON victim FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
        'permission denied for table victim'),
    ('CREATE CONSTRAINT TRIGGER t AFTER INSERT ON victim FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
        'permission denied for table victim'),
    ('ALTER INDEX victim_friend DEPENDS ON EXTENSION primecloud', 'must be owner of index victim_friend'),
    ('ALTER INDEX victim_friend NO DEPENDS ON EXTENSION primecloud', 'must be owner of index victim_friend'),
    ('ALTER MATERIALIZED VIEW seen DEPENDS ON EXTENSION primecloud', 'must be owner of materialized view seen'),
    ('CREATE STATISTICS s ON id, friend FROM victim', 'must be owner of table victim'),
    ('CREATE TEMP TABLE mine PARTITION OF parted FOR VALUES IN (2)', 'must be owner of table parted'),
    ('CREATE TEMP TABLE mine () INHERITS (victim)', 'must be owner of table victim'),
    ('CREATE TEMP TABLE mine (id int REFERENCES victim)', 'permission denied for table victim'),
    ('DO $d$ BEGIN CREATE RULE r AS ON INSERT TO victim DO NOTHING; END $d$', 'must be owner of table victim')) AS t(statement, wanted);
SELECT is(beside('tenant_lock_rights_app', made, statement), '42501 ' || wanted, statement) FROM (VALUES
    ('CREATE TEMP TABLE mine (id int)', 'ALTER TABLE mine ADD FOREIGN KEY (id) REFERENCES victim (id)',
        'permission denied for table victim'),
    ('CREATE TEMP TABLE mine (id int)', 'ALTER TABLE mine ADD x int REFERENCES victim (id)', 'permission denied for table victim'),
    ('CREATE TEMP TABLE mine (id int)', 'ALTER TABLE mine INHERIT victim', 'must be owner of table victim'),
    ('CREATE TEMP TABLE mine (id int) PARTITION BY LIST (id)', 'ALTER TABLE mine ATTACH PARTITION victim FOR VALUES IN (1)',
        'must be owner of table victim'),
    ('CREATE TEMP TABLE mine (id int) PARTITION BY LIST (id)', 'ALTER TABLE mine DETACH PARTITION parted_1',
        'must be owner of table parted_1'),
    ('CREATE TEMP TABLE mine (id int) PARTITION BY LIST (id)', 'ALTER TABLE mine DETACH PARTITION victim',
        'must be owner of table victim'))
    AS t(made, statement, wanted);

-- The rights are those that the server asks for afterwards: whoever has them goes on to the lock, or has what he asked for.
SELECT is(beside('tenant_lock_rights_friend', statement), '55P03 canceling statement due to lock timeout', 'with the right: ' || statement)
    FROM (VALUES
    ('CREATE TRIGGER t BEFORE INSERT ON victim FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()'),
    ('CREATE TABLE own.refers (id int REFERENCES victim)')) AS t(statement);
SELECT is(beside('tenant_lock_rights_bare', 'CREATE RULE r AS ON INSERT TO victim DO NOTHING'),
    '55P03 canceling statement due to lock timeout', 'without the library it waits for the lock');
SELECT is(dblink_exec('reader', 'ROLLBACK'), 'ROLLBACK', 'the reader is through');
SELECT is(beside('tenant_lock_rights_friend', statement), wanted, statement) FROM (VALUES
    ('CREATE TABLE own.refers (id int REFERENCES victim)', 'CREATE TABLE'),
    ('CREATE TABLE own.refers_not (id int REFERENCES victim (friend))', '42501 permission denied for table victim'),
    ('CREATE TRIGGER t BEFORE INSERT ON victim FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()', 'CREATE TRIGGER'),
    ('CREATE RULE r AS ON INSERT TO nowhere DO NOTHING', '42P01 relation "nowhere" does not exist')) AS t(statement, wanted);
SELECT is(beside('tenant_lock_rights_owner', statement), wanted, statement) FROM (VALUES
    ('CREATE TABLE own.whole (id int) PARTITION BY LIST (id)', 'CREATE TABLE'),
    ('CREATE TABLE own.part PARTITION OF own.whole FOR VALUES IN (1)', 'CREATE TABLE'),
    ('CREATE TABLE own.other (id int)', 'CREATE TABLE'),
    ('ALTER TABLE own.whole ATTACH PARTITION own.other FOR VALUES IN (2)', 'ALTER TABLE'),
    ('ALTER TABLE own.whole DETACH PARTITION own.other', 'ALTER TABLE'),
    ('CREATE TABLE own.child () INHERITS (own.other)', 'CREATE TABLE'),
    ('CREATE RULE r AS ON INSERT TO own.other DO NOTHING', 'CREATE RULE'),
    ('CREATE STATISTICS own.s ON id, (id + 1) FROM own.other', 'CREATE STATISTICS')) AS t(statement, wanted);
SELECT finish();
