-- Writing around row-level security: into another tenant, and into what tells of another.
\set app attack_writing
\set app_owner attack_writing_owner
\ir support/attack.sql
SELECT no_plan();
INSERT INTO harness.attacks (name, usual, ours, statements, who) VALUES
('INSERT for the other tenant', '42501', '42501', ARRAY['INSERT INTO {t} VALUES (100, 2, ''x'')'], 'boss'),
('INSERT of nobody''s row', '42501', '42501', ARRAY['INSERT INTO {t} VALUES (100, NULL, ''x'')'], 'boss'),
('INSERT ... SELECT', '42501', '42501', ARRAY['INSERT INTO {t} SELECT id + 100, 3 - account_id, secret FROM {t}'], 'boss'),
('INSERT ... RETURNING', '42501', '42501', ARRAY['INSERT INTO {t} VALUES (100, 2, ''x'') RETURNING secret'], 'boss'),
('INSERT in a CTE', '42501', '42501', ARRAY['WITH i AS (INSERT INTO {t} VALUES (100, 2, ''x'') RETURNING 1) SELECT count(*) FROM i'],
    'boss'),
('INSERT of many, one of them foreign', '42501', '42501', ARRAY['INSERT INTO {t} VALUES (100, 1, ''x''), (101, 2, ''x'')'], 'boss'),
('the default is its own tenant', '42501', '1', ARRAY['INSERT INTO {t} (id, secret) VALUES (100, ''x'') RETURNING account_id'], 'boss'),
('UPDATE that moves a row', '42501', '42501', ARRAY['UPDATE {t} SET account_id = 2 RETURNING id'], 'boss'),
('UPDATE that fetches one', '0', '0',
    ARRAY['WITH u AS (UPDATE {t} SET account_id = 1 WHERE account_id = 2 RETURNING 1) SELECT count(*) FROM u'], 'boss'),
('UPDATE of foreign rows', '0', '0',
    ARRAY['WITH u AS (UPDATE {t} SET secret = ''x'' WHERE account_id = 2 RETURNING 1) SELECT count(*) FROM u'], 'boss'),
('UPDATE ... FROM itself', '0', '0',
    ARRAY['WITH u AS (UPDATE {t} AS a SET secret = b.secret FROM {t} AS b WHERE b.account_id = 2 RETURNING 1) SELECT count(*) FROM u'],
    'boss'),
('UPDATE to what a foreign row holds', '0', '0',
    ARRAY['WITH u AS (UPDATE {t} SET secret = (SELECT secret FROM {t} WHERE id = 1) RETURNING secret) SELECT count(secret) FROM u'],
    'boss'),
('DELETE of foreign rows', '0', '0', ARRAY['WITH d AS (DELETE FROM {t} WHERE account_id = 2 RETURNING 1) SELECT count(*) FROM d'], 'boss'),
('DELETE ... USING', '0', '0',
    ARRAY['WITH d AS (DELETE FROM {t} USING generate_series(1, 9, 2) AS n WHERE id = n RETURNING 1) SELECT count(*) FROM d'], 'boss'),
('DELETE of everything takes its own alone', '5', '5', ARRAY['WITH d AS (DELETE FROM {t} RETURNING 1) SELECT count(*) FROM d'], 'boss'),
('ON CONFLICT DO UPDATE of a foreign row', '42501', '42501',
    ARRAY['INSERT INTO {t} VALUES (1, 1, ''x'') ON CONFLICT (id) DO UPDATE SET secret = ''x'' RETURNING {t}.secret'], 'boss'),
('ON CONFLICT DO UPDATE that moves its own row', '42501', '42501',
    ARRAY['INSERT INTO {t} VALUES (2, 1, ''x'') ON CONFLICT (id) DO UPDATE SET account_id = 2'], 'boss'),
('ON CONFLICT DO UPDATE with a condition that looks', '42501', '42501',
    ARRAY['INSERT INTO {t} AS a VALUES (1, 1, ''x'') ON CONFLICT (id) DO UPDATE SET secret = ''x'' WHERE a.secret = ''secret 1'''], 'boss'),
('MERGE into a foreign row', '23505', '23505',
    ARRAY['MERGE INTO {t} USING (VALUES (1)) AS s(n) ON id = n WHEN MATCHED THEN UPDATE SET secret = ''x'' WHEN NOT MATCHED THEN INSERT '
    'VALUES (n, 1, ''x'')'], 'boss'),
('MERGE that moves its own row', '42501', '42501',
    ARRAY['MERGE INTO {t} USING (VALUES (2)) AS s(n) ON id = n WHEN MATCHED THEN UPDATE SET account_id = 2'], 'boss'),
('MERGE that inserts a foreign row', '42501', '42501',
    ARRAY['MERGE INTO {t} USING (VALUES (100)) AS s(n) ON id = n WHEN NOT MATCHED THEN INSERT VALUES (n, 2, ''x'')'], 'boss'),
('SELECT FOR UPDATE of what it may only read', '5', '0', ARRAY['SELECT count(*) FROM (SELECT 1 FROM {t} FOR UPDATE) AS l'], 'ext'),
('TRUNCATE', '42501', '42501', ARRAY['TRUNCATE {t}'], 'boss'),
('a rule', '42501', '42501', ARRAY['CREATE RULE r AS ON INSERT TO {t} DO ALSO SELECT 1'], 'boss'),
('a trigger', '42501', '42501', ARRAY['CREATE FUNCTION pg_temp.look() RETURNS trigger LANGUAGE plpgsql AS ''BEGIN RETURN NULL; END''',
    'CREATE TRIGGER look AFTER INSERT ON {t} FOR EACH ROW EXECUTE FUNCTION pg_temp.look()'], 'boss'),
('a policy', '42501', '42501', ARRAY['CREATE POLICY mine ON {t} USING (true)'], 'boss'),
('a foreign key of its own, as a probe', '42501', '42501', ARRAY['CREATE TEMP TABLE probe (id int REFERENCES {t})'], 'boss'),
('taking the policies away', '42501', '42501', ARRAY['ALTER TABLE {t} DISABLE ROW LEVEL SECURITY'], 'boss'),
('lifting FORCE', '42501', '42501', ARRAY['ALTER TABLE {t} NO FORCE ROW LEVEL SECURITY'], 'boss'),
('changing the default', '42501', '42501', ARRAY['ALTER TABLE {t} ALTER account_id SET DEFAULT 2'], 'boss'),
('unprotect_table', '42501', '42501', ARRAY['SELECT primecloud.unprotect_table(''{t}'')'], 'boss'),
('protecting it in a way that opens it', '42501', '42501',
    ARRAY['SELECT primecloud.protect_table(''{t}'', read_role => ''external_client'', write_role => ''external_client'')'], 'boss'),
('exempting it', '42501', '42501', ARRAY['SELECT primecloud.exempt(''{t}'', ''I say so'')'], 'boss'),
('expiring it', NULL, '42704', ARRAY['SELECT primecloud.expire_batch(''{t}'')'], 'boss'),
('retaining it for no time at all', NULL, '42501', ARRAY['SELECT primecloud.retain(''{t}'', ''id'', ''0'')'], 'boss');
-- (A cluster begins to take the rows before it refuses them, and dblink has none to send: test/citus/suites/joins tries it there.)
SELECT NOT :{?distributed} AS refused_at_once \gset
\if :refused_at_once
INSERT INTO harness.attacks (name, usual, ours, statements, who) VALUES
('COPY FROM', '0A000', '0A000', ARRAY['COPY {t} FROM STDIN'], 'boss');
\endif
SELECT harness.run();

-- Rows that were there are there, whatever was tried and kept.
SELECT is(harness.over('app', 'BEGIN', harness.entering('boss'), 'UPDATE guarded SET secret = secret || ''!'' ',
    'DELETE FROM guarded WHERE id < 5', 'MERGE INTO guarded USING generate_series(1, 10) AS n ON id = n WHEN MATCHED THEN DELETE',
    'COMMIT'), 'COMMIT', 'a tenant does to its own rows what it likes');
SELECT results_eq('SELECT id, secret FROM guarded ORDER BY id', 'SELECT n, ''secret '' || n FROM generate_series(1, 10, 2) AS n',
    'and tenant 2 has each of its own, untouched');
INSERT INTO guarded SELECT * FROM plain WHERE account_id = 1;

-- What is refused, and what the refusal tells.
\o /dev/null
CREATE EXTENSION btree_gist SCHEMA harness;
CREATE FUNCTION harness.constrain(target text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %1$s_rooms (id int PRIMARY KEY, account_id int NOT NULL, code text CONSTRAINT %1$s_code UNIQUE, during '
        'int4range, note text CHECK (note <> ''bad''), parent int CONSTRAINT %1$s_parent REFERENCES %1$s_rooms DEFERRABLE INITIALLY '
        'DEFERRED, late int CONSTRAINT %1$s_late UNIQUE DEFERRABLE INITIALLY DEFERRED, CONSTRAINT %1$s_overlap EXCLUDE USING gist (during '
        'WITH &&))', target);
    EXECUTE format('INSERT INTO %s_rooms VALUES (1, 2, ''hidden'', ''[10,20)'', ''n'', NULL, 7), (2, 1, ''own'', ''[30,40)'', ''n'', NULL, '
        '8)', target);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s_rooms TO %I', target, current_setting('harness.app'));
END $$;
SELECT harness.constrain('plain'), harness.constrain('guarded');
ALTER TABLE plain_rooms ENABLE ROW LEVEL SECURITY;
CREATE POLICY usual ON plain_rooms USING (account_id = current_setting('app.tenant')::int);
SELECT primecloud.protect_table('guarded_rooms');
\o
CREATE FUNCTION harness.told(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text := harness.refusal('app', 'BEGIN', harness.entering('boss'), statement, 'SET CONSTRAINTS ALL IMMEDIATE');
BEGIN
    PERFORM harness.over('app', 'ROLLBACK');
    RETURN answer;
END $$;
SELECT unalike(harness.told(statement), '%' || secret || '%', name || ' does not show the foreign row')
FROM (VALUES
    ('a unique constraint', 'Key', $$INSERT INTO guarded_rooms (id, code) VALUES (9, 'hidden')$$),
    ('a primary key', 'Key', $$INSERT INTO guarded_rooms (id) VALUES (1)$$),
    ('an exclusion constraint', '10,20', $$INSERT INTO guarded_rooms (id, during) VALUES (9, '[15,16)')$$),
    ('a deferred unique constraint', 'Key', $$INSERT INTO guarded_rooms (id, late) VALUES (9, 7)$$),
    ('a check', 'Failing row', $$UPDATE guarded_rooms SET note = 'bad'$$),
    ('a policy', 'hidden', $$INSERT INTO guarded_rooms (id, account_id, code) VALUES (9, 2, 'hidden')$$)) AS c(name, secret, statement);
SELECT is(harness.told($$INSERT INTO guarded_rooms (id, code) VALUES (9, 'hidden')$$),
    'duplicate key value violates unique constraint "guarded_code"', 'but that it is there');
SELECT is(harness.told($$INSERT INTO guarded_rooms (id, parent) VALUES (9, 1)$$), 'accepted', 'a deferred foreign key takes a foreign row');
\o /dev/null
SELECT primecloud.protect_fk('guarded_rooms', 'guarded_parent'), primecloud.protect_unique('guarded_rooms', 'guarded_code'),
    primecloud.protect_unique('guarded_rooms', 'guarded_late');
\o
INSERT INTO harness.attacks (name, usual, ours, statements, who) VALUES
('a unique constraint as a probe', '23505', 'INSERT 0 1', ARRAY['INSERT INTO {t}_rooms (id, account_id, code) VALUES (9, 1, ''hidden'')'],
    'boss'),
('a deferred one', '23505', 'SET CONSTRAINTS', ARRAY['INSERT INTO {t}_rooms (id, account_id, late) VALUES (9, 1, 7)',
    'SET CONSTRAINTS ALL IMMEDIATE'], 'boss'),
('ON CONFLICT DO NOTHING as a probe', 'INSERT 0 0', 'INSERT 0 1',
    ARRAY['INSERT INTO {t}_rooms (id, account_id, code) VALUES (9, 1, ''hidden'') ON CONFLICT ON CONSTRAINT {t}_code DO NOTHING'], 'boss'),
('an UPDATE as a probe', '23505', 'UPDATE 1', ARRAY['UPDATE {t}_rooms SET code = ''hidden'' WHERE id = 2'], 'boss'),
('a foreign key that points at a foreign row', 'SET CONSTRAINTS', '23503',
    ARRAY['INSERT INTO {t}_rooms (id, account_id, parent) VALUES (9, 1, 1)', 'SET CONSTRAINTS ALL IMMEDIATE'], 'boss'),
('the same by COMMIT', NULL, '23503', ARRAY['UPDATE {t}_rooms SET parent = 1', 'COMMIT'], 'boss'),
('its own constraint still holds', '23505', '23505', ARRAY['INSERT INTO {t}_rooms (id, account_id, code) VALUES (9, 1, ''own'')'], 'boss'),
-- A primary key that can be guessed tells that it is taken; one of random uuids does not.
('a primary key as a probe (said in the docs)', '23505', '23505', ARRAY['INSERT INTO {t}_rooms (id, account_id) VALUES (1, 1)'], 'boss');
SELECT harness.run();

-- Grants that policies do not hold, given by GRANT ALL.  assert_isolated says so.
GRANT ALL ON plain, guarded TO :app;
INSERT INTO harness.attacks (name, usual, ours, statements, who) VALUES
('TRUNCATE, granted by GRANT ALL', 'TRUNCATE TABLE', 'TRUNCATE TABLE', ARRAY['TRUNCATE {t}'], 'boss');
SELECT harness.run();
SELECT isnt_empty(format('SELECT line FROM primecloud.assert_isolated(''guarded'', %L) AS line WHERE line LIKE ''not ok%%truncate%%''',
    :'app'), 'which assert_isolated reports');
SELECT * FROM finish();
\ir support/done.sql
