-- Whoever may not write a table does not hold it either: a statement that is prepared and never run, or stored, would hold ROW EXCLUSIVE
-- for as long as its transaction is open, and CREATE INDEX would wait for it with everybody else behind.
\o /dev/null
SET client_min_messages = warning;
CREATE EXTENSION dblink;
SELECT primecloud.create_app_role('tenant_lock_held_app');
CREATE ROLE tenant_lock_held_owner LOGIN;
ALTER ROLE tenant_lock_held_owner SET session_preload_libraries = 'primecloud';
ALTER ROLE tenant_lock_held_app LOGIN;
CREATE ROLE tenant_lock_held_friend LOGIN;
ALTER ROLE tenant_lock_held_friend SET session_preload_libraries = 'primecloud';
CREATE ROLE tenant_lock_held_bare LOGIN;
GRANT TEMPORARY ON DATABASE :DBNAME TO tenant_lock_held_app;
CREATE TABLE victim (id int);
GRANT INSERT ON victim TO tenant_lock_held_app;
CREATE TABLE closed (id int);
CREATE TABLE unread (id int);
CREATE TABLE half_open (id int, other int);
GRANT SELECT ON closed TO tenant_lock_held_app;
GRANT UPDATE (other), SELECT ON half_open TO tenant_lock_held_app;
GRANT DELETE ON half_open TO tenant_lock_held_friend;
CREATE VIEW window_to AS SELECT * FROM half_open;
CREATE VIEW behind_trigger AS SELECT * FROM closed;
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END';
CREATE TRIGGER t INSTEAD OF DELETE ON behind_trigger FOR EACH ROW EXECUTE FUNCTION nothing();
CREATE VIEW behind_rule AS SELECT * FROM closed;
CREATE RULE r AS ON DELETE TO behind_rule DO INSTEAD NOTHING;
ALTER VIEW behind_trigger OWNER TO tenant_lock_held_owner;
ALTER VIEW behind_rule OWNER TO tenant_lock_held_owner;
GRANT DELETE ON window_to, behind_trigger, behind_rule TO tenant_lock_held_app;
CREATE FUNCTION empty_closed() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM closed';
\ir ../fixtures/beside.sql
\o
SELECT no_plan();

SELECT is(beside('tenant_lock_held_app', VARIADIC made || statement), '42501 permission denied for table ' || denied, statement)
FROM (VALUES
    ('{}'::text[], 'PREPARE x AS DELETE FROM closed', 'closed'),
    ('{}', 'PREPARE x AS UPDATE closed SET id = 1', 'closed'),
    ('{}', 'PREPARE x AS INSERT INTO closed VALUES (1)', 'closed'),
    ('{}', 'PREPARE x AS MERGE INTO closed USING (VALUES (1)) AS v(id) ON closed.id = v.id WHEN MATCHED THEN DELETE', 'closed'),
    ('{}', 'PREPARE x AS WITH gone AS (DELETE FROM closed RETURNING id) SELECT id FROM gone', 'closed'),
    ('{}', 'PREPARE x AS INSERT INTO victim WITH seen AS (SELECT id FROM closed FOR UPDATE) SELECT id FROM seen', 'closed'),
    ('{}', 'PREPARE x AS SELECT FROM (SELECT FROM closed FOR SHARE) AS s', 'closed'),
    ('{}', 'PREPARE x AS DELETE FROM pg_proc', 'pg_proc'),
    ('{}', 'PREPARE x AS DELETE FROM primecloud.data_key', 'data_key'),
    (ARRAY['BEGIN'], 'DECLARE c CURSOR FOR SELECT id FROM closed FOR UPDATE', 'closed'),
    ('{}', 'CREATE TEMP VIEW v AS SELECT id FROM closed FOR UPDATE', 'closed'),
    ('{}', 'COPY closed FROM STDIN', 'closed'),
    ('{}', 'COPY (DELETE FROM closed RETURNING id) TO STDOUT', 'closed'),
    (ARRAY['CREATE TEMP VIEW v AS SELECT id FROM closed'], 'PREPARE x AS DELETE FROM v', 'closed'),
    (ARRAY['CREATE TEMP VIEW v AS SELECT id FROM closed', 'CREATE TEMP VIEW w AS SELECT id FROM v'],
        'PREPARE y AS INSERT INTO w VALUES (1)',
        'closed'),
    (ARRAY['CREATE TEMP TABLE mine (id int)'], 'CREATE RULE r AS ON INSERT TO mine DO ALSO INSERT INTO closed VALUES (1)', 'closed'),
    (ARRAY['CREATE TEMP TABLE mine (id int)'], 'CREATE RULE r AS ON INSERT TO mine DO ALSO (NOTIFY n; DELETE FROM closed)', 'closed'),
    (ARRAY['CREATE TEMP TABLE mine (id int)'],
        'CREATE RULE r AS ON DELETE TO mine DO ALSO WITH x AS (DELETE FROM closed RETURNING id) SELECT id FROM x', 'closed'),
    (ARRAY['CREATE TEMP TABLE mine (id int)', 'CREATE TEMP VIEW turned AS SELECT id FROM mine',
        'CREATE RULE r AS ON INSERT TO mine DO ALSO DELETE FROM turned', 'CREATE OR REPLACE TEMP VIEW turned AS SELECT id FROM closed'],
        'PREPARE x AS INSERT INTO mine VALUES (1)', 'closed'),
    ('{}', 'CREATE FUNCTION pg_temp.f() RETURNS void LANGUAGE sql AS ''DELETE FROM closed''', 'closed'),
    ('{}', 'CREATE FUNCTION pg_temp.f() RETURNS void LANGUAGE sql BEGIN ATOMIC DELETE FROM closed; END', 'closed'))
    AS t(made, statement, denied);
SELECT is(beside(role, VARIADIC statements), wanted, role || ' with the right: ' || statements[cardinality(statements)]) FROM (VALUES
    ('tenant_lock_held_app', ARRAY['PREPARE x AS UPDATE half_open SET other = 1'], 'PREPARE'),
    ('tenant_lock_held_app', ARRAY['PREPARE x AS SELECT other FROM half_open FOR UPDATE'], 'PREPARE'),
    ('tenant_lock_held_app', ARRAY['DELETE FROM half_open'], '42501 permission denied for table half_open'),
    ('tenant_lock_held_app', ARRAY['DELETE FROM window_to'], 'DELETE 0'),
    ('tenant_lock_held_app', ARRAY['PREPARE x AS DELETE FROM behind_trigger'], 'PREPARE'),
    ('tenant_lock_held_app', ARRAY['DELETE FROM behind_rule'], 'DELETE 0'),
    ('tenant_lock_held_app', ARRAY['DO $d$ BEGIN PERFORM empty_closed(); END $d$'], 'DO'),
    ('tenant_lock_held_app', ARRAY['CREATE TEMP TABLE mine (id int)', 'CREATE RULE r AS ON INSERT TO mine DO ALSO DELETE FROM mine',
        'CREATE RULE d AS ON DELETE TO mine DO ALSO UPDATE half_open SET other = 2', 'INSERT INTO mine VALUES (1)'], 'INSERT 0 1'),
    ('tenant_lock_held_app', ARRAY['SET check_function_bodies = off',
        'CREATE FUNCTION pg_temp.f() RETURNS void LANGUAGE sql AS ''DELETE FROM closed'''], 'CREATE FUNCTION'),
    ('tenant_lock_held_friend', ARRAY['PREPARE x AS DELETE FROM half_open'], 'PREPARE'),
    ('postgres', ARRAY['PREPARE x AS DELETE FROM pg_proc'], 'PREPARE')) AS t(role, statements, wanted);
SELECT is(beside('tenant_lock_held_app', 'PREPARE x AS SELECT FROM unread'), 'PREPARE',
    'a reader who may not read holds off a change of shape');
SELECT is(beside('tenant_lock_held_bare', 'PREPARE x AS DELETE FROM closed'), 'PREPARE', 'without the library it is held');
SELECT finish();
