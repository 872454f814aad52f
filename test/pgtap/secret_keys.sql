-- The life of keys: rotated, resealed, retired, brought back, destroyed, shredded; and
-- the root key above them.
SELECT no_plan();
SET client_min_messages = error;
SELECT primecloud.create_maintenance_role('secret_keys_maintenance');
CREATE TABLE mailers (id integer PRIMARY KEY, account_id text NOT NULL, password text, note text);
INSERT INTO mailers SELECT g, 'a' || g % 3, 'secret ' || g FROM generate_series(1, 300) g;
SELECT lives_ok($$SELECT primecloud.seal_column('mailers', 'password', 'mailers.password')$$, 'a column of three tenants');
-- how many rows open, and with how many keys they are sealed
CREATE FUNCTION opened(rel regclass DEFAULT 'mailers') RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    EXECUTE format($q$SELECT format('%%s of %%s, %%s keys',
        count(*) FILTER (WHERE primecloud.matches(password, account_id, 'mailers.password', id::text, 'secret ' || id)),
        count(*), count(DISTINCT primecloud.key_id(password))) FROM (SELECT * FROM %s OFFSET 0) AS m$q$, rel) INTO answer;
    RETURN answer;
END $$;
CREATE FUNCTION key_of(wanted text, wanted_state text DEFAULT 'active', wanted_purpose text DEFAULT 'seal') RETURNS bigint
    LANGUAGE sql AS $$
    SELECT max(key_id) FROM primecloud.key_status WHERE tenant = wanted AND state = wanted_state AND purpose = wanted_purpose $$;
CREATE FUNCTION states(wanted text, wanted_purpose text DEFAULT 'seal') RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(state, ' ' ORDER BY key_id) FROM primecloud.key_status WHERE tenant = wanted AND purpose = wanted_purpose $$;
SELECT is(opened(), '300 of 300, 3 keys', 'all open');

-- rotation and resealing
SELECT key_of('a1') AS old_key \gset
SELECT isnt(primecloud.rotate_key('a1'), :old_key::bigint, 'rotate_key: another key');
SELECT is(states('a1'), 'decrypt_only active', 'the earlier one opens, the new one seals');
SELECT is(opened(), '300 of 300, 3 keys', 'no row has changed, every one opens');
INSERT INTO mailers VALUES (301, 'a1', primecloud.seal('secret 301', 'a1', 'mailers.password', '301'));
SELECT is((SELECT primecloud.key_id(password) FROM mailers WHERE id = 301), key_of('a1'), 'what is sealed now has the new key');
SELECT results_eq($$SELECT key_id, table_name, column_name, row_count FROM primecloud.key_usage()
    WHERE key_id IN (key_of('a1'), key_of('a1', 'decrypt_only')) ORDER BY 1$$,
    $$VALUES (key_of('a1', 'decrypt_only'), 'mailers', 'password', 100::bigint), (key_of('a1'), 'mailers', 'password', 1::bigint)$$,
        'key_usage counts');
SELECT throws_ok(format('SELECT primecloud.retire_key(%s)', :old_key), '55006',
    format('data key %s is in use: 100 rows of column "password" of public.mailers', :old_key), 'a key in use is not retired');
SELECT throws_ok(format('SELECT primecloud.retire_key(%s)', key_of('a1')), '55000', NULL, 'nor is the active one');
SELECT throws_ok(format('SELECT primecloud.destroy_key(%s)', :old_key), '55000', NULL, 'and only a retired one is destroyed');
SELECT throws_ok('SELECT primecloud.retire_key(4711)', 'PC003', NULL, 'a key that is none');
SELECT throws_ok($$CALL primecloud.reseal('mailers', 'password')$$, '2D000', NULL, 'reseal refuses to run inside a transaction');
SELECT is(primecloud.reseal_batch('mailers', 'password', 7), 7::bigint, 'a batch of seven is seven');
CALL primecloud.reseal('mailers', 'password', batch => 30);
SELECT is(opened(), '301 of 301, 3 keys', 'resealed: all open, and the old key is gone from them');
SELECT is((SELECT count(*) FROM mailers WHERE primecloud.key_id(password) = :old_key), 0::bigint, 'not one row is left');
SELECT results_eq($$SELECT state, rows_resealed, rows_failed, rows_locked FROM primecloud.job_progress WHERE job = 'reseal' ORDER BY run$$,
    $$VALUES ('superseded', 7::bigint, 0::bigint, 0::bigint), ('finished', 93, 0, 0)$$, 'the progress says so');
SELECT ok((SELECT batches >= 4 FROM primecloud.job_progress WHERE job = 'reseal' AND state = 'finished'), 'in batches');
SELECT is(primecloud.reseal_batch('mailers', 'password'), 0::bigint, 'nothing is left');
SELECT lives_ok(format('SELECT primecloud.retire_key(%s)', :old_key), 'now the old key retires');
SELECT lives_ok(format('SELECT primecloud.retire_key(%s)', :old_key), 'and again, to no effect');
SELECT throws_ok($$SELECT primecloud.reseal_batch('mailers', 'password', 0)$$, '22023', NULL, 'a batch of none');
SELECT throws_ok($$CALL primecloud.reseal('mailers', 'note')$$, NULL, NULL, 'a column that is not sealed');
SELECT throws_ok($$SELECT primecloud.reseal_batch('mailers', 'note')$$, '42704', NULL, 'a column that is not registered');

-- the states, one after the other, for an envelope left behind
SELECT primecloud.seal('left behind', 'a2', 'other', '1') AS envelope, key_of('a2') AS a2_key \gset
SELECT primecloud.rotate_key('a2') > 0 AS rotated;
CALL primecloud.reseal('mailers', 'password');
SELECT format('SELECT primecloud.matches(%L, ''a2'', ''other'', ''1'', ''left behind'')', :'envelope') AS look \gset
PREPARE look AS SELECT primecloud.matches($1, 'a2', 'other', '1', 'left behind');
SELECT is((SELECT primecloud.matches(:'envelope', 'a2', 'other', '1', 'left behind')), true, 'decrypt_only: opens');
SELECT primecloud.retire_key(:a2_key);
SELECT throws_ok(:'look', 'PC004', format('data key %s is retired', :a2_key), 'retired: refuses');
SELECT primecloud.restore_key(:a2_key);
SELECT is((SELECT primecloud.matches(:'envelope', 'a2', 'other', '1', 'left behind')), true, 'restored: opens again');
SELECT is(states('a2'), 'decrypt_only active', 'but seals no more');
SELECT primecloud.retire_key(:a2_key), primecloud.destroy_key(:a2_key);
SELECT throws_ok(:'look', 'PC004', format('data key %s is destroyed', :a2_key), 'destroyed: refuses');
SELECT is(primecloud.why_closed(:'envelope', 'a2', 'other', '1'), 'PC004', 'and why_closed() tells, where others are looked at too');
SELECT throws_ok(format('SELECT primecloud.restore_key(%s)', :a2_key), 'PC004', NULL, 'for good');
SELECT throws_ok(format('SELECT primecloud.retire_key(%s)', :a2_key), 'PC004', NULL, 'there is nothing to retire');
SELECT lives_ok(format('SELECT primecloud.destroy_key(%s)', :a2_key), 'or to destroy');
SELECT ok((SELECT wrapped IS NULL FROM primecloud.data_key WHERE key_id = :a2_key), 'its bytes are out of the table');
SELECT is(opened(), '301 of 301, 3 keys', 'what was resealed is not touched by it');

-- a column that nobody registered holds envelopes too
CREATE TABLE strays (secret primecloud.sealed);
INSERT INTO strays VALUES (primecloud.seal('stray', 'a0', 'strays', '1'));
CREATE TABLE forgotten AS SELECT 1 AS id;
SELECT key_of('a0') AS a0_key \gset
SELECT primecloud.rotate_key('a0') > 0 AS rotated;
CALL primecloud.reseal('mailers', 'password');
SELECT throws_ok(format('SELECT primecloud.retire_key(%s)', :a0_key), '55006',
    format('data key %s is in use: 1 rows of column "secret" of public.strays', :a0_key),
    'an unregistered column keeps a key from retiring');
SELECT lives_ok(format('SELECT primecloud.retire_key(%s, force => true)', :a0_key), 'force goes past it');
DROP TABLE strays;

-- rows that do not belong, or whose key is gone, are recorded and left alone
CREATE FUNCTION rows_as(rel text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    EXECUTE format('SELECT md5(string_agg(id || password::text, '','' ORDER BY id)) FROM %s WHERE id IN (10, 13, 16, 19)', rel) INTO answer;
    RETURN answer;
END $$;
UPDATE mailers SET password = (SELECT password FROM mailers WHERE id = 4) WHERE id = 10;          -- moved from another row
UPDATE mailers SET password = primecloud.seal('x', 'a2', 'mailers.password', '13') WHERE id = 13;  -- another tenant's
UPDATE mailers SET password = overlay(password::text placing 'AAAA' from 60)::primecloud.sealed WHERE id = 16;  -- altered
SELECT primecloud.seal('lost', 'lost', 'mailers.password', '19') AS lost, key_of('lost') AS lost_key \gset
UPDATE mailers SET password = :'lost' WHERE id = 19;
DELETE FROM primecloud.data_key WHERE tenant = 'lost';
SELECT primecloud.rotate_key('a1') > 0, primecloud.rotate_key('a2') > 0 AS rotated;
SELECT rows_as('mailers') AS before \gset
CALL primecloud.reseal('mailers', 'password');
SELECT results_eq($$SELECT row_id, code FROM primecloud.reseal_problems ORDER BY row_id::int$$, $$VALUES ('10', 'PC005'), ('13', 'PC005'),
    ('16', 'PC005'), ('19', 'PC003')$$, 'what cannot be resealed is recorded');
SELECT is(rows_as('mailers'), :'before', 'and is as it was');
SELECT is((SELECT rows_failed || ' ' || state FROM primecloud.job_progress WHERE job = 'reseal' ORDER BY run DESC LIMIT 1), '4 finished',
    'counted, without ending the run');
SELECT is((SELECT rows_not_resealed FROM primecloud.key_status WHERE key_id = key_of('a1', 'decrypt_only')), 2::bigint,
    'key_status knows of them');
SELECT is((SELECT count(*) FROM mailers
    WHERE primecloud.key_id(password) = ANY (ARRAY(SELECT key_id FROM primecloud.key_status WHERE state = 'active'))), 297::bigint,
    'all others have their new keys');
UPDATE mailers SET password = primecloud.seal('secret ' || id, account_id, 'mailers.password', id::text) WHERE id IN (10, 13, 16, 19);
CALL primecloud.reseal('mailers', 'password');
SELECT is((SELECT count(*) FROM primecloud.reseal_problems), 0::bigint, 'once they are put right, the record is empty');
SELECT is(opened(), '301 of 301, 3 keys', 'all open');

-- a constraint or trigger of the table's that refuses a row, and one that swallows it
ALTER TABLE mailers ADD CONSTRAINT no_note CHECK (note IS DISTINCT FROM 'never') NOT VALID;
CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.id = 20 THEN RETURN NULL; END IF; RETURN NEW; END $$;
ALTER TABLE mailers DROP CONSTRAINT no_note;
UPDATE mailers SET note = 'never' WHERE id IN (21, 22);
ALTER TABLE mailers ADD CONSTRAINT no_note CHECK (note IS DISTINCT FROM 'never') NOT VALID;
CREATE TRIGGER swallow BEFORE UPDATE ON mailers FOR EACH ROW EXECUTE FUNCTION swallow();
SELECT primecloud.rotate_key('a' || g) > 0 AS rotated FROM generate_series(0, 2) g;
CALL primecloud.reseal('mailers', 'password');
SELECT results_eq($$SELECT row_id, code, constraint_name FROM primecloud.reseal_problems ORDER BY 1$$, $$VALUES ('20', '09000', ''),
    ('21', '23514', 'no_note'), ('22', '23514', 'no_note')$$,
    'rows that a constraint refuses or a trigger swallows are recorded');
SELECT is((SELECT rows_resealed || ' ' || rows_locked || ' ' || rows_failed || ' ' || state FROM primecloud.job_progress
    WHERE job = 'reseal' ORDER BY run DESC LIMIT 1), '298 0 3 finished', 'the run goes around them');
SELECT is(opened(), '301 of 301, 6 keys', 'all open, three with the keys of before');
DROP TRIGGER swallow ON mailers;
ALTER TABLE mailers DROP CONSTRAINT no_note;
CALL primecloud.reseal('mailers', 'password');
SELECT is(opened(), '301 of 301, 3 keys', 'and are resealed when nothing is in the way');

-- partitions, keys of other types, long secrets, generated columns, forced policies
CREATE TABLE parted (id bigint NOT NULL, account_id integer NOT NULL, secret primecloud.sealed, sealed_by bigint GENERATED ALWAYS
    AS (primecloud.key_id(secret)) STORED,
                     PRIMARY KEY (id, account_id)) PARTITION BY LIST (account_id);
CREATE TABLE parted_one (account_id integer NOT NULL, dropped text, id bigint NOT NULL, secret primecloud.sealed,
    sealed_by bigint GENERATED ALWAYS AS (primecloud.key_id(secret)) STORED);
ALTER TABLE parted_one DROP COLUMN dropped;
ALTER TABLE parted ATTACH PARTITION parted_one FOR VALUES IN (1);
CREATE TABLE parted_rest PARTITION OF parted DEFAULT;
INSERT INTO parted SELECT g, g % 3, primecloud.seal(repeat('long ', CASE g WHEN 5 THEN 20000 ELSE 1 END) || g, (g % 3)::text,
    'parted.secret', g::text) FROM generate_series(1, 30) g;
ALTER TABLE parted ALTER COLUMN secret SET STORAGE EXTENDED;
UPDATE parted SET secret = primecloud.seal(repeat('short ', 2000), '0', 'parted.secret', '6') WHERE id = 6;
SELECT lives_ok($$SELECT primecloud.seal_column('parted', 'secret', 'parted.secret')$$,
    'a partitioned table, with a column that follows the key');
SELECT primecloud.rotate_key(g::text) > 0 AS rotated FROM generate_series(0, 2) g;
CALL primecloud.reseal('parted', 'secret');
SELECT is((SELECT count(*) FROM parted WHERE sealed_by = primecloud.key_id(secret)
    AND sealed_by IN (SELECT key_id FROM primecloud.key_status WHERE state = 'active')), 30::bigint,
    'every partition is resealed, generated columns follow');
SELECT is((SELECT bool_and(primecloud.matches(secret, account_id::text, 'parted.secret', id::text,
    CASE id WHEN 6 THEN repeat('short ', 2000) ELSE repeat('long ', CASE id WHEN 5 THEN 20000 ELSE 1 END) || id END)) FROM parted), true,
        'short and long ones open');
SELECT throws_ok($$SELECT primecloud.retire_key((SELECT max(key_id) FROM primecloud.key_status WHERE tenant = '1' AND state = 'active'))$$,
    '55000', NULL, 'active');

-- the maintenance role: forced policies do not hold the work, and it has no more than its grants
CREATE ROLE secret_keys_owner;
GRANT CREATE ON SCHEMA public TO secret_keys_owner;
ALTER TABLE mailers OWNER TO secret_keys_owner;
SET ROLE secret_keys_owner;
SELECT primecloud.protect_table('mailers') IS NOT NULL AS protected;
SELECT lives_ok($$SELECT primecloud.allow_reseal('mailers', 'password', 'secret_keys_maintenance')$$,
    'the owner lets a maintenance role in');
SELECT throws_ok($$SELECT primecloud.allow_reseal('mailers', 'password', 'secret_keys_owner')$$, '22023', NULL, 'but no other');
SELECT throws_ok($$SELECT primecloud.reseal_batch('mailers', 'password')$$, '42501', NULL,
    'an owner who was not given the function cannot call it');
RESET ROLE;
SELECT primecloud.rotate_key('a' || g) > 0 AS rotated FROM generate_series(0, 2) g;
SET SESSION AUTHORIZATION secret_keys_maintenance;
SELECT is(primecloud.reseal_batch('mailers', 'password', 50), 50::bigint, 'reseal_batch as the maintenance role');
CALL primecloud.reseal('mailers', 'password');
SELECT throws_ok('SELECT account_id FROM mailers', '42501', NULL, 'which cannot read the rest of the row');
SELECT throws_ok($$UPDATE mailers SET note = 'x'$$, '42501', NULL, 'nor write it');
SELECT throws_ok($$SELECT primecloud.reseal_batch('parted', 'secret')$$, '42501', NULL, 'nor reseal a column that nobody let it');
SELECT results_eq($$SELECT table_name, rows_resealed, state FROM primecloud.job_progress WHERE job = 'reseal' ORDER BY run DESC LIMIT 1$$,
    $$VALUES ('mailers', 251::bigint, 'finished')$$, 'it sees its progress');
SELECT ok((SELECT count(*) > 0 FROM primecloud.key_status), 'and the keys');
RESET SESSION AUTHORIZATION;
SELECT is(opened(), '301 of 301, 3 keys', 'every tenant''s rows were resealed');

-- moving a secret with its row
SELECT primecloud.seal('movable', 'a0', 'l', '1') AS movable \gset
SELECT is(primecloud.matches(primecloud.reseal_move(:'movable', 'a0', 'l', '1', 'a0', 'l', '2'), 'a0', 'l', '2', 'movable'), true,
    'reseal_move: another row');
SELECT is(primecloud.matches(primecloud.reseal_move(:'movable', 'a0', 'l', '1', 'a1', 'l', '1'), 'a1', 'l', '1', 'movable'), true,
    'another tenant');
SELECT is(primecloud.key_id(primecloud.reseal_move(:'movable', 'a0', 'l', '1', 'a1', 'l', '1')), key_of('a1'), 'with that tenant''s key');
SELECT is(primecloud.reseal_move(NULL, 'a0', 'l', '1', 'a0', 'l', '2') IS NULL, true, 'nothing stays nothing');
SELECT throws_ok(format($$SELECT primecloud.matches(primecloud.reseal_move(%L, 'a0', 'l', '1', 'a0', 'l', '2'), 'a0', 'l', '1',
    'movable')$$, :'movable'), 'PC005', NULL, 'it opens in the old place no more');
SELECT throws_ok(format($$SELECT primecloud.reseal_move(%L, 'a0', 'l', '9', 'a0', 'l', '2')$$, :'movable'), 'PC005', NULL,
    'from a place where it is not');
SELECT throws_ok(format($$SELECT primecloud.reseal_move(%L, 'a0', 'l', '1', 'a0', 'l', NULL)$$, :'movable'), '22004', NULL, 'to no place');

-- blind indexes and tokens outlive a rotation by their candidates
CREATE TABLE found (email_index bytea, token bytea);
INSERT INTO found VALUES (primecloud.blind_index('ann@example.com', 'a0', 'email'), primecloud.token_hash('tok', 'invitation'));
SELECT is(primecloud.blind_index_candidates('ann@example.com', 'a0', 'email'),
    ARRAY[primecloud.blind_index('ann@example.com', 'a0', 'email')], 'one key, one candidate');
SELECT primecloud.rotate_key('a0') > 0 AS sealing_rotated;
SELECT is((SELECT count(*) FROM found WHERE email_index = primecloud.blind_index('ann@example.com', 'a0', 'email')), 1::bigint,
    'rotating the sealing key leaves blind indexes alone');
SELECT primecloud.rotate_key('a0', 'index') > 0, primecloud.rotate_key('*', 'token') > 0 AS rotated;
SELECT is((SELECT count(*) FROM found WHERE email_index = primecloud.blind_index('ann@example.com', 'a0', 'email')), 0::bigint,
    'after rotating theirs the new value is another');
SELECT is((SELECT count(*) FROM found WHERE email_index = ANY (primecloud.blind_index_candidates('ann@example.com', 'a0', 'email'))),
    1::bigint, 'and the candidates find the old');
SELECT is((SELECT count(*) FROM found WHERE email_index = ANY (primecloud.blind_index_candidates('bob@example.com', 'a0', 'email'))),
    0::bigint, 'of this value alone');
SELECT is((SELECT count(*) FROM found WHERE token = ANY (primecloud.token_hash_candidates('tok', 'invitation'))), 1::bigint,
    'tokens likewise');
SELECT is(cardinality(primecloud.token_hash_candidates('tok', 'invitation')), 2, 'two keys, two candidates');
SELECT throws_ok(format('SELECT primecloud.retire_key(%s)', key_of('a0', 'decrypt_only', 'index')), '55000', NULL,
    'nobody can see whether a hash is still stored');
SELECT lives_ok(format('SELECT primecloud.retire_key(%s, force => true)', key_of('a0', 'decrypt_only', 'index')),
    'so retiring takes force');
SELECT is((SELECT count(*) FROM found WHERE email_index = ANY (primecloud.blind_index_candidates('ann@example.com', 'a0', 'email'))),
    0::bigint, 'a retired key gives no candidate');
SELECT throws_ok($$SELECT primecloud.rotate_key('a0', 'token')$$, '22023', NULL, 'the token key is the database''s');
SELECT throws_ok($$SELECT primecloud.rotate_key('a0', 'other')$$, '22023', NULL, 'a purpose that is none');

-- a first key is made beside the transaction, and stays; a rotation goes with its savepoint
BEGIN;
SAVEPOINT before;
SELECT primecloud.key_id(primecloud.seal('x', 'fresh', 'l', '1')) AS ghost \gset
ROLLBACK TO before;
SELECT is(primecloud.key_id(primecloud.seal('x', 'fresh', 'l', '1')), :ghost::bigint, 'a first key made in a savepoint outlasts it');
SELECT key_of('a0') AS kept \gset
SAVEPOINT before;
SELECT primecloud.rotate_key('a0') AS ghost \gset
SELECT is(primecloud.key_id(primecloud.seal('x', 'a0', 'l', '1')), :ghost::bigint, 'a rotation seals within its savepoint');
ROLLBACK TO before;
SELECT is(primecloud.key_id(primecloud.seal('x', 'a0', 'l', '1')), :kept::bigint, 'and after it the key of before does');
COMMIT;
BEGIN;
SELECT primecloud.key_id(primecloud.seal('x', 'never', 'l', '1')) AS ghost \gset
ROLLBACK;
SELECT is(primecloud.key_id(primecloud.seal('x', 'never', 'l', '1')), :ghost::bigint,
    'as does one of a transaction that was rolled back');
SELECT is((SELECT count(*) FROM primecloud.data_key WHERE key_id = :ghost), 1::bigint, 'since others may have sealed with it by then');

-- another session's rotation is seen at the next statement
CREATE EXTENSION dblink;
SELECT dblink_connect('other', format('host=%s dbname=%s user=postgres', current_setting('unix_socket_directories'), current_database()))
    AS connected;
BEGIN;
SELECT primecloud.key_id(primecloud.seal('x', 'a0', 'l', '1')) AS mine \gset
SELECT fresh AS theirs FROM dblink('other', $$SELECT primecloud.rotate_key('a0')$$) AS t(fresh bigint) \gset
SELECT isnt(:mine::bigint, :theirs::bigint, 'another session rotates');
SELECT is(primecloud.key_id(primecloud.seal('x', 'a0', 'l', '1')), :theirs::bigint,
    'the next statement seals with its key, in a transaction begun before');
COMMIT;
SELECT throws_ok(format($$SELECT primecloud.retire_key(%s)$$, :theirs), '55000', NULL, 'active there, active here');
CALL primecloud.reseal('mailers', 'password');
SELECT dblink_exec('other', format('DO $d$ BEGIN PERFORM primecloud.retire_key(k.key_id, force => true) FROM primecloud.key_status k WHERE '
    'tenant = ''a0'' AND purpose = ''seal'' AND state = ''decrypt_only''; END $d$')) AS done;
SELECT throws_ok(format($$SELECT primecloud.matches(%L, 'a0', 'l', '1', 'movable')$$, :'movable'), 'PC004', NULL,
    'another session''s retirement too');

-- keys are decided on by what is committed
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT throws_ok(statement, '55000', NULL, 'not in a transaction that sees the past: ' || statement) FROM unnest(ARRAY[
    $$SELECT primecloud.rotate_key('a0')$$, $$SELECT primecloud.shred_tenant('a0')$$, $$SELECT primecloud.rotate_root()$$,
        $$SELECT primecloud.reseal_batch('mailers', 'password')$$]) AS statement;
COMMIT;

-- shredding
CREATE TABLE doomed (id integer PRIMARY KEY, account_id text, secret primecloud.sealed);
INSERT INTO doomed SELECT g, 'doomed', primecloud.seal('doomed ' || g, 'doomed', 'doomed.secret', g::text) FROM generate_series(1, 3) g;
SELECT primecloud.seal_column('doomed', 'secret', 'doomed.secret') IS NOT NULL AS registered;
SELECT length(primecloud.blind_index('x', 'doomed', 'l')) AS indexed, primecloud.rotate_key('doomed') > 0 AS rotated;
SELECT array_agg(line) AS said FROM primecloud.shred_tenant('doomed') AS line \gset
SELECT is((SELECT count(*) FROM unnest(:'said'::text[]) line WHERE line LIKE 'destroyed: data key %'), 3::bigint,
    'shred_tenant destroys every key of the tenant');
SELECT ok(EXISTS (SELECT FROM unnest(:'said'::text[]) line WHERE line ~ what), 'and says of ' || what)
FROM unnest(ARRAY['VACUUM FULL primecloud[.]data_key', 'WAL', 'base backups', 'replicas', 'root key version 1', 'rotate_root', 'PC004'])
    AS what;
SELECT throws_ok($$SELECT primecloud.reveal('doomed', 'secret', 1, 'try')$$, 'PC004', NULL, 'its rows open no more');
SELECT throws_ok($$SELECT primecloud.seal('x', 'doomed', 'l', '1')$$, 'PC004', NULL, 'and it seals no more');
SELECT throws_ok($$SELECT primecloud.blind_index('x', 'doomed', 'l')$$, 'PC004', NULL, 'nor indexes');
SELECT is((SELECT bool_and(wrapped IS NULL) FROM primecloud.data_key WHERE tenant = 'doomed'), true, 'no key of it is left in the table');
SELECT is((SELECT left(secret::text, 4) || primecloud.redacted(secret) FROM doomed WHERE id = 1), 'pc1.[sealed]',
    'the envelopes are, and dump');
SELECT throws_ok($$SELECT primecloud.shred_tenant('doomed') LIMIT 1;
    SELECT primecloud.seal('x', 'doomed', 'l', '1')$$, 'PC004', NULL, 'again: nothing more to destroy');
SELECT is((SELECT line FROM primecloud.shred_tenant('nobody') AS line LIMIT 1),
    'nothing to destroy: tenant "nobody" has no key that could open anything', 'a tenant without keys');
SELECT throws_ok($$SELECT primecloud.seal('x', 'nobody', 'l', '1')$$, 'PC004', NULL, 'is closed too');
CALL primecloud.reseal('doomed', 'secret');
SELECT is((SELECT count(*) FROM primecloud.reseal_problems WHERE table_name = 'doomed' AND code = 'PC004'), 3::bigint,
    'resealing says what it could not');
SELECT isnt(primecloud.rotate_key('doomed'), NULL, 'a tenant that begins anew');
SELECT is(primecloud.matches(primecloud.seal('x', 'doomed', 'l', '1'), 'doomed', 'l', '1', 'x'), true, 'seals and opens');
SELECT isnt(primecloud.blind_index('x', 'doomed', 'l'), NULL, 'and has an index again');
SELECT throws_ok($$SELECT primecloud.reveal('doomed', 'secret', 1, 'try')$$, 'PC004', NULL, 'but has not come back');
SELECT is(opened(), '301 of 301, 3 keys', 'nobody else has lost anything');
SELECT * FROM finish();
