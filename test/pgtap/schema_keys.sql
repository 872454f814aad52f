-- The control plane's secrets through the life of their keys: rotated, resealed by the
-- maintenance role, and shredded when an account has ended.
\set test schema_keys
\ir ../fixtures/control_plane.sql
SELECT no_plan();
GRANT EXECUTE ON FUNCTION primecloud.reveal(regclass, name, text, text), primecloud.reveal(regclass, name, anyelement, text),
    primecloud.open(primecloud.sealed, text, text, text, text) TO :"worker";
GRANT SELECT ON cloud.access_key_secrets, cloud.account_smtp_secrets TO :"worker";
INSERT INTO people SELECT 'a_worker', user_id, account_id, 'admin', :'worker' FROM people WHERE who = 'a_admin';
INSERT INTO people SELECT 'b_worker', user_id, account_id, 'admin', :'worker' FROM people WHERE who = 'b_owner';
SELECT account_id AS a FROM people WHERE who = 'a_owner' \gset
SELECT account_id AS b FROM people WHERE who = 'b_owner' \gset

SELECT act('a_owner', $$SELECT id || ' ' || secret_access_key FROM cloud.create_access_key('ci', 'read')$$) AS a_made \gset
SELECT act('b_owner', $$SELECT id || ' ' || secret_access_key FROM cloud.create_access_key('ci', 'read')$$) AS b_made \gset
SELECT is(left(act('a_owner', format('SELECT id FROM cloud.create_access_key(%L)', name)), 5), '22023', 'a key needs a name: ' || what)
FROM (VALUES ('none', NULL), ('an empty one', ''), ('a blank one', '  '), ('a long one', repeat('x', 201))) AS t(what, name);
SELECT is(act('a_admin', $$SELECT cloud.set_smtp('mail.example.com', 'mailer', 'correct horse', 'a@example.com')$$), '', 'a mail server');
CREATE FUNCTION told(who text, made text) RETURNS text LANGUAGE sql AS $$
    SELECT act(who, format($q$SELECT primecloud.reveal('cloud.access_key_secrets', 'secret', %L::uuid, 'provision')$q$,
        split_part(made, ' ', 1))) $$;
SELECT is(told('a_worker', :'a_made'), split_part(:'a_made', ' ', 2), 'the worker opens a''s secret');

-- its owner lets the maintenance role in, which then needs nobody
SET ROLE :"owner";
SELECT lives_ok(format('SELECT primecloud.allow_reseal(%L, %L, %L)', format('cloud.%I', table_name), column_name, :'maintenance'),
    'let in: ' || table_name)
FROM primecloud.sealed_column WHERE schema_name = 'cloud' ORDER BY table_name;
RESET ROLE;
SELECT is((SELECT count(*) FROM primecloud.sealed_column WHERE schema_name = 'cloud'), 4::bigint, 'four columns');
SELECT connection('keeper');
SELECT dblink_exec('keeper', format('SET ROLE %I', :'maintenance'));
SELECT fresh AS fresh FROM dblink('keeper', format('SELECT primecloud.rotate_key(%L)', :'a')) AS t(fresh bigint) \gset
SELECT dblink_exec('keeper', format('CALL primecloud.reseal(%L, %L)', format('cloud.%I', table_name), column_name))
    FROM primecloud.sealed_column WHERE schema_name = 'cloud';
SELECT array_agg(DISTINCT primecloud.key_id(secret)) AS sealed_with FROM cloud.access_key_secrets WHERE account_id = :'a' \gset
SELECT is(:'sealed_with'::bigint[], ARRAY[:fresh::bigint], 'access keys are sealed with the new key');
SELECT is((SELECT array_agg(DISTINCT primecloud.key_id(password)) FROM cloud.account_smtp_secrets), ARRAY[:fresh::bigint],
    'and the mail server''s password');
SELECT is(told('a_worker', :'a_made'), split_part(:'a_made', ' ', 2), 'which the worker opens as before');
SELECT is(told('b_worker', :'b_made'), split_part(:'b_made', ' ', 2), 'b''s too');
SELECT lives_ok(format($$SELECT dblink_exec('keeper',
    'DO $d$ BEGIN PERFORM primecloud.retire_key(key_id) FROM primecloud.key_status WHERE tenant = ''%s'' AND state = ''decrypt_only''; END '
    '$d$')$$, :'a'), 'the old key retires');
SELECT is((SELECT count(*) FROM primecloud.reseal_problems), 0::bigint, 'nothing was passed over');

-- nobody of the account has a say in keys; an operator shreds what has ended
SELECT is(act(who, format('SELECT primecloud.rotate_key(%L)', :'a')), '42501', who || ' rotates no key')
    FROM unnest(ARRAY['a_owner', 'a_admin', 'a_ext', 'a_worker', 'b_owner', 'gateway']) AS who;
SELECT is(act(who, format('SELECT count(*) FROM primecloud.shred_tenant(%L)', :'a')), '42501', who || ' shreds nothing')
    FROM unnest(ARRAY['a_owner', 'a_worker', 'b_owner', 'maintenance']) AS who;
CREATE TABLE kept AS SELECT * FROM cloud.access_key_secrets;
SELECT is(act('a_owner', $$SELECT cloud.delete_account('account-a')$$), '', 'the account ends');
SELECT ok(act('platform', format('SELECT count(*) FROM primecloud.shred_tenant(%L)', :'a'))::int > 5, 'and an operator shreds it');
-- as if a backup of its rows came back
SELECT throws_ok(format($$SELECT primecloud.open(secret, account_id::text, 'access_key_secrets.secret', id::text, 'restored') FROM kept
    WHERE account_id = %L$$, :'a'), 'PC004', NULL, 'rows that come back from a backup do not open');
SELECT throws_ok(format($$SELECT primecloud.seal('x', %L, 'l', '1')$$, :'a'), 'PC004', NULL, 'nothing is sealed for it any more');
SELECT is(told('b_worker', :'b_made'), split_part(:'b_made', ' ', 2), 'b has lost nothing');
SELECT finish();
