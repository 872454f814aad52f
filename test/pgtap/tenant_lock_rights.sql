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
GRANT CREATE ON DATABASE :DBNAME TO tenant_lock_rights_app;
SET client_min_messages = error;
CREATE PUBLICATION tenant_lock_rights;
ALTER PUBLICATION tenant_lock_rights OWNER TO tenant_lock_rights_app;
CREATE TABLE published (id int);
CREATE PUBLICATION tenant_lock_rights_once FOR TABLE published;
SET client_min_messages = warning;
ALTER PUBLICATION tenant_lock_rights_once OWNER TO tenant_lock_rights_app;
CREATE INDEX victim_brin ON victim USING brin (friend);
CREATE RULE kept AS ON INSERT TO victim DO ALSO NOTHING;
GRANT REFERENCES (id), TRIGGER ON victim TO tenant_lock_rights_friend;
-- A transaction that reads, and the statement beside it: 55P03 where it would have waited.
SELECT dblink_connect('reader', format('host=%s dbname=%s user=postgres', current_setting('unix_socket_directories'),
    current_database()));
SELECT dblink_exec('reader', 'BEGIN');
SELECT * FROM dblink('reader', 'SELECT (SELECT count(*) FROM victim) + (SELECT count(*) FROM parted) + (SELECT count(*) FROM seen)
    + (SELECT count(*) FROM pg_proc WHERE oid = 1) + (SELECT count(*) FROM pg_database)') AS t(n text);
SELECT dblink_exec('reader', 'LOCK TABLE victim, parted, parted_1 IN ROW EXCLUSIVE MODE');
SELECT dblink_exec('reader', 'LOCK TABLE victim IN SHARE UPDATE EXCLUSIVE MODE');
\ir ../fixtures/beside.sql
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
    ('COMMENT ON TABLE victim IS ''mine''', 'must be owner of table victim'),
    ('COMMENT ON COLUMN victim.id IS ''mine''', 'must be owner of relation victim'),
    ('COMMENT ON INDEX victim_friend IS ''mine''', 'must be owner of index victim_friend'),
    ('COMMENT ON MATERIALIZED VIEW seen IS ''mine''', 'must be owner of materialized view seen'),
    ('COMMENT ON CONSTRAINT victim_pkey ON victim IS ''mine''', 'must be owner of relation victim'),
    ('COMMENT ON RULE kept ON victim IS ''mine''', 'must be owner of relation victim'),
    ('CREATE PUBLICATION p FOR TABLE victim', 'must be owner of table victim'),
    ('ALTER PUBLICATION tenant_lock_rights ADD TABLE victim', 'must be owner of table victim'),
    ('ALTER PUBLICATION tenant_lock_rights SET TABLE victim', 'must be owner of table victim'),
    ('ALTER PUBLICATION tenant_lock_rights DROP TABLE victim', 'must be owner of table victim'),
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
SELECT is(beside('tenant_lock_rights_app', 'DO $d$ BEGIN PERFORM brin_summarize_new_values(''victim_brin''); END $d$'),
    '55P03 canceling statement due to lock timeout', 'a BRIN index is not summed up by whom it does not belong to, who waits for it first');
SELECT is(beside('tenant_lock_rights_bare', 'CREATE RULE r AS ON INSERT TO victim DO NOTHING'),
    '55P03 canceling statement due to lock timeout', 'without the library it waits for the lock');
SELECT is(dblink_exec('reader', 'ROLLBACK'), 'ROLLBACK', 'the reader is through');
SELECT is(beside('tenant_lock_rights_friend', statement), wanted, statement) FROM (VALUES
    ('CREATE TABLE own.refers (id int REFERENCES victim)', 'CREATE TABLE'),
    ('CREATE TABLE own.refers_not (id int REFERENCES victim (friend))', '42501 permission denied for table victim'),
    ('CREATE TRIGGER t BEFORE INSERT ON victim FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()', 'CREATE TRIGGER'),
    ('COMMENT ON TABLE nowhere IS ''mine''', '42P01 relation "nowhere" does not exist'),
    ('CREATE RULE r AS ON INSERT TO nowhere DO NOTHING', '42P01 relation "nowhere" does not exist')) AS t(statement, wanted);
SELECT is(beside('tenant_lock_rights_owner', statement), wanted, statement) FROM (VALUES
    ('CREATE TABLE own.whole (id int) PARTITION BY LIST (id)', 'CREATE TABLE'),
    ('CREATE TABLE own.part PARTITION OF own.whole FOR VALUES IN (1)', 'CREATE TABLE'),
    ('CREATE TABLE own.other (id int)', 'CREATE TABLE'),
    ('ALTER TABLE own.whole ATTACH PARTITION own.other FOR VALUES IN (2)', 'ALTER TABLE'),
    ('ALTER TABLE own.whole DETACH PARTITION own.other', 'ALTER TABLE'),
    ('CREATE TABLE own.child () INHERITS (own.other)', 'CREATE TABLE'),
    ('CREATE RULE r AS ON INSERT TO own.other DO NOTHING', 'CREATE RULE'),
    ('COMMENT ON TABLE own.other IS ''mine''', 'COMMENT'),
    ('COMMENT ON COLUMN own.other.id IS ''mine''', 'COMMENT'),
    ('COMMENT ON RULE r ON own.other IS ''mine''', 'COMMENT'),
    ('CREATE STATISTICS own.s ON id, (id + 1) FROM own.other', 'CREATE STATISTICS')) AS t(statement, wanted);
SELECT is(beside('tenant_lock_rights_app', 'ALTER PUBLICATION tenant_lock_rights_once DROP TABLE published'), 'ALTER PUBLICATION',
    'a table is taken out of a publication by whom the table does not belong to');
SELECT finish();
