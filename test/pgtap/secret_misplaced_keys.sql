-- guard_sealed() and keys: nothing is told of envelopes of others; a reseal goes on; what no key opens is nobody's to guard.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE secret_misplaced_keys_owner;
SELECT primecloud.create_app_role('secret_misplaced_keys_app') IS NOT NULL AS made,
    primecloud.create_maintenance_role('secret_misplaced_keys_keeper');
CREATE SCHEMA g AUTHORIZATION secret_misplaced_keys_owner;
\ir ../fixtures/misplaced_rows.sql

CREATE TABLE g.accounts (id int PRIMARY KEY, account_id int, host text, secret primecloud.sealed);
ALTER TABLE g.accounts OWNER TO secret_misplaced_keys_owner;
SELECT primecloud.seal_column('g.accounts', 'secret', 'g.secret') IS NOT NULL AS sealed;
INSERT INTO g.accounts VALUES (2, 2, 'host 2', sealed_for(2, 2));
SELECT primecloud.guard_sealed('g.accounts') IS NOT NULL AS guarded, primecloud.protect_table('g.accounts') IS NOT NULL AS protected;
GRANT USAGE ON SCHEMA g TO secret_misplaced_keys_app;
GRANT SELECT, INSERT, UPDATE ON g.accounts TO secret_misplaced_keys_app;

-- Nothing is told of envelopes of others: known and unknown keys, retired and destroyed ones look the same.
INSERT INTO g.accounts SELECT n, 60, 'host ' || n, sealed_for(60, n) FROM generate_series(61, 62) AS n;
SELECT primecloud.seal('x', t::text, 'l', 'r') IS NOT NULL AS keyed FROM generate_series(50, 52) AS t;
CREATE TABLE strangers AS SELECT v.name, primecloud.seal(repeat('s', 6), v.tenant, 'g.secret', '61') AS s
FROM (VALUES ('a stranger''s', '50'), ('a stranger''s whose key is retired', '51'), ('a stranger''s that was shredded', '52'))
    AS v(name, tenant);
INSERT INTO strangers SELECT 'of a key that there is not', ('pc1.' || replace(replace(rtrim(translate(encode(set_byte(
    primecloud_internal.sealed_send(s), 10, 99), 'base64'), E'\n', ''), '='), '+', '-'), '/', '_'))::primecloud.sealed FROM strangers
WHERE name = 'a stranger''s';
SELECT primecloud.rotate_key('51') > 0 AS rotated;
SELECT primecloud.retire_key(key_id, force => true) FROM primecloud.key_status WHERE tenant = '51' AND state = 'decrypt_only';
SELECT count(*) > 0 AS shredded FROM primecloud.shred_tenant('52');
GRANT SELECT ON strangers TO secret_misplaced_keys_app;
BEGIN;
SELECT primecloud.enter_trusted('60', 'ann', 'owner');
SET LOCAL ROLE secret_misplaced_keys_app;
SELECT is(said(format('UPDATE g.accounts SET secret = (SELECT s FROM strangers WHERE name = %L) WHERE id = 61', name)), 'PC005 | the '
    'secret in column "secret" of g.accounts would not open in its row: it was sealed for another id, tenant or column, or altered | Take '
    'it along in the same statement: SET secret = primecloud.reseal_move(...), or primecloud.seal_for(...) with the new id, or NULL. | '
    'secret',
    name) FROM strangers;
SELECT is(does('UPDATE g.accounts SET id = 63 WHERE id = 61'), 'PC005', 'another id, in an account');
SELECT is(does($$UPDATE g.accounts SET id = 63, secret = primecloud.seal_for('g.accounts', 'secret', 63, repeat('s', 6)) WHERE id = 61$$),
    'done', 'sealed again in the same statement');
COMMIT;
SELECT primecloud.unprotect_table('g.accounts') IS NOT NULL AS open_again;

-- Keys change, and are gone.
SELECT primecloud.allow_reseal('g.accounts', 'secret', 'secret_misplaced_keys_keeper');
SELECT primecloud.rotate_key('60') > 0 AS rotated;
SET ROLE secret_misplaced_keys_keeper;
SELECT is(primecloud.reseal_batch('g.accounts', 'secret'), 2::bigint, 'resealing goes on, in the same place');
RESET ROLE;
SELECT is((SELECT count(*) FROM primecloud.reseal_problems WHERE code <> 'PC005'), 0::bigint, 'without a row that it could not write');
SELECT primecloud.rotate_key('60') > 0 AS rotated_again;
SELECT primecloud.retire_key(key_id, force => true) FROM primecloud.key_status WHERE tenant = '60' AND state = 'decrypt_only';
SELECT is(does('UPDATE g.accounts SET id = 63 WHERE id = 61'), 'PC004', 'a secret whose key is retired may open again, so it stays');
SELECT is(said('INSERT INTO g.accounts SELECT 63, account_id, NULL, secret FROM g.accounts WHERE id = 61'), 'PC004 | the secret in column '
    '"secret" of g.accounts would not open in its row: its data key is retired | The row''s id is "63". | Bring the key back with '
    'primecloud.restore_key(), or seal the secret again in the same statement. | secret', 'in words');
SELECT is(does('UPDATE g.accounts SET host = ''else'' WHERE id = 61'), 'done', 'all else of its row is free');
SELECT count(*) > 0 AS shredded FROM primecloud.shred_tenant('60');
SELECT is(does(statement), outcome, name) FROM (VALUES
    ('UPDATE g.accounts SET id = 63 WHERE id = 61', 'done', 'what no key opens ever is nobody''s to keep together'),
    ('UPDATE g.accounts SET host = ''else'' WHERE id = 61', 'done', 'of a tenant that was shredded'),
    ('UPDATE g.accounts SET account_id = 1 WHERE id = 61', 'PC005', 'but it is no other tenant''s'),
    ('UPDATE g.accounts SET account_id = 1, secret = NULL WHERE id = 61', 'done', 'which takes the row without it'))
    AS v(statement, outcome, name);
SET primecloud.root_key_file = '/nonexistent/root.key';
SELECT is(does('UPDATE g.accounts SET id = 11 WHERE id = 2'), 'PC001', 'without the root key nobody knows');
SELECT is(does('UPDATE g.accounts SET host = ''else'', id = id WHERE id = 2'), 'done', 'and whoever changes no place is not asked');
RESET primecloud.root_key_file;

-- Loaded.
SELECT current_setting('data_directory') || '/misplaced' AS file \gset
COPY (SELECT 70 + n, 70, NULL, sealed_for(70, 70 + n) FROM generate_series(1, 2) AS n) TO :'file';
SELECT is(does(format('COPY g.accounts FROM %L', :'file')), 'done', 'COPY of envelopes that belong there');
COPY (SELECT 70 + n, 70, NULL, sealed_for(70, 71) FROM generate_series(1, 2) AS n) TO :'file';
SELECT is(does(format('COPY g.accounts FROM %L', :'file')), 'PC005', 'and of one that does not');
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT is(does('UPDATE g.accounts SET id = 11 WHERE id = 2'), 'PC005', 'in REPEATABLE READ');
COMMIT;
SELECT * FROM finish();
