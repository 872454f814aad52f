-- TC006: after a rotation the old secret is refused, at once or when the overlap is
-- over; what opens nothing any more is kept nowhere.
\set test tc006_rotation
\ir ../fixtures/control_plane.sql
SELECT no_plan();
GRANT EXECUTE ON FUNCTION primecloud.reveal(regclass, name, anyelement, text), primecloud.open(primecloud.sealed, text, text, text, text)
    TO :"worker";
GRANT SELECT ON cloud.access_key_secrets, cloud.account_smtp_secrets TO :"worker";
INSERT INTO people SELECT 'a_worker', user_id, account_id, 'admin', :'worker' FROM people WHERE who = 'a_admin';
SELECT connection('maintenance'), dblink_exec(connection('maintenance'), format('SET ROLE %I', :'maintenance'));
-- What the object store does with a signature: it asks for the key's secret, and refuses without one.
CREATE FUNCTION opens(key text, secret text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RETURN act('a_worker', format($q$SELECT primecloud.reveal('cloud.access_key_secrets', 'secret', %L::uuid, 'verify a signature')$q$,
        key)) = secret
       AND EXISTS (SELECT 1 FROM cloud.access_keys k WHERE k.id = key::uuid AND k.status = 'active'
           AND (k.expires_at IS NULL OR k.expires_at > now()));
END $$;
CREATE FUNCTION last_order(of_key text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT operation FROM cloud.outbox WHERE object = 'key:' || (SELECT access_key_id FROM cloud.access_keys
        WHERE id = of_key::uuid) ORDER BY sequence DESC LIMIT 1);
END $$;
SELECT act('a_dev', $$SELECT id || ' ' || secret_access_key FROM cloud.create_access_key('ci', 'read', now() + interval '30 days')$$)
    AS made \gset
SELECT split_part(:'made', ' ', 1) AS key, split_part(:'made', ' ', 2) AS secret \gset
SELECT ok(opens(:'key', :'secret'), 'a key opens');
SELECT ok(NOT opens(:'key', reverse(:'secret')), '(and not with another secret)');

-- with an overlap
SELECT act('a_dev', format($$SELECT id || ' ' || secret_access_key FROM cloud.rotate_access_key(%L, '1 hour')$$, :'key')) AS made \gset
SELECT split_part(:'made', ' ', 1) AS second, split_part(:'made', ' ', 2) AS second_secret \gset
SELECT ok(opens(:'second', :'second_secret'), 'its successor opens');
SELECT isnt(:'second_secret'::text, :'secret'::text, 'with another secret');
SELECT ok((SELECT s.permissions = k.permissions AND s.name = k.name AND s.rotated_from_id = k.id
    AND s.expires_at > now() + interval '29 days' FROM cloud.access_keys s, cloud.access_keys k
    WHERE s.account_id = k.account_id AND s.id = :'second' AND k.id = :'key'), 'and the rights, the name and the end of the old one');
SELECT ok(opens(:'key', :'secret'), 'the old one opens during the overlap');
SELECT dblink_exec('maintenance', 'CALL cloud.run_maintenance()');
SELECT ok(opens(:'key', :'secret'), 'whatever maintenance does');
SELECT is(act('a_dev', format($$SELECT id FROM cloud.rotate_access_key(%L)$$, :'key')), '55000', 'it is rotated once');
UPDATE cloud.access_keys SET expires_at = now() - interval '1 second' WHERE id = :'key';
SELECT ok(NOT opens(:'key', :'secret'), 'after it the old secret is refused, before any maintenance');
SELECT dblink_exec('maintenance', 'CALL cloud.run_maintenance()');
SELECT is((SELECT status FROM cloud.access_keys WHERE id = :'key'), 'revoked', 'which revokes the key');
SELECT is_empty(format('SELECT FROM cloud.access_key_secrets WHERE id = %L', :'key'), 'and forgets the secret');
SELECT is(last_order(:'key'), 'delete_service_account', 'and tells the object store');
SELECT ok(opens(:'second', :'second_secret'), 'the successor opens on');
-- An overlap lengthens no life, and one that is over is not handed on.
SELECT act('a_dev', $$SELECT id FROM cloud.create_access_key('short', 'read', now() + interval '1 hour')$$) AS short \gset
SELECT isnt(act('a_dev', format('SELECT id FROM cloud.rotate_access_key(%L, ''24 hours'')', :'short')), NULL,
    'a key of an hour is rotated');
SELECT cmp_ok((SELECT expires_at FROM cloud.access_keys WHERE id = :'short'), '<', now() + interval '2 hours', 'and ends with its hour');
SELECT act('a_dev', $$SELECT id FROM cloud.create_access_key('over', 'read', now() + interval '1 hour')$$) AS over \gset
UPDATE cloud.access_keys SET expires_at = now() - interval '1 second' WHERE id = :'over';
SELECT act('a_dev', format('SELECT id FROM cloud.rotate_access_key(%L)', :'over')) AS after_over \gset
SELECT is((SELECT coalesce(expires_at::text, 'never') FROM cloud.access_keys WHERE id::text = :'after_over'), 'never',
    'the successor of a key that is over does not end');
-- without
SELECT act('a_dev', format($$SELECT id || ' ' || secret_access_key FROM cloud.rotate_access_key(%L, '0')$$, :'second')) AS made \gset
SELECT split_part(:'made', ' ', 1) AS third, split_part(:'made', ' ', 2) AS third_secret \gset
SELECT ok(NOT opens(:'second', :'second_secret'), 'without an overlap the old secret is refused at once');
SELECT is_empty(format('SELECT FROM cloud.access_key_secrets WHERE id = %L', :'second'), 'and gone');
SELECT is(last_order(:'second'), 'delete_service_account', 'and the object store told');
SELECT ok(opens(:'third', :'third_secret'), 'the new one opens');
SELECT is(act('a_dev', format('SELECT id FROM cloud.rotate_access_key(%L)', :'second')), '55000', 'what is revoked has no successor');
SELECT is(act('a_dev', format('SELECT cloud.revoke_access_key(%L)', :'third')), 'true', 'a key is revoked');
SELECT ok(NOT opens(:'third', :'third_secret'), 'and opens nothing');
SELECT is(act('a_dev', format('SELECT cloud.revoke_access_key(%L)', :'third')), 'false', 'once');
SELECT is(act(who, format('SELECT cloud.revoke_access_key(%L)', :'third')), answer, who || ' revokes it not')
    FROM (VALUES ('b_owner', 'P0002'), ('a_ext', '42501')) AS t(who, answer);
SELECT is(act(who, format('SELECT id FROM cloud.rotate_access_key(%L)', :'third')), answer, who || ' rotates it not')
    FROM (VALUES ('b_owner', 'P0002'), ('a_ext', '42501')) AS t(who, answer);
-- by raw SQL nothing comes back to life
SELECT is(act('a_owner', q), '42501', q)
    FROM unnest(ARRAY['UPDATE cloud.access_keys SET status = ''active'', revoked_at = NULL',
    'UPDATE cloud.access_keys SET expires_at = NULL', 'DELETE FROM cloud.access_keys',
    'INSERT INTO cloud.access_keys (account_id, name, access_key_id) VALUES (primecloud.tenant_uuid(), ''k'', ''AAAAAAAAAAAAAAAAAAAA'')',
        'SELECT secret FROM cloud.access_key_secrets']) AS q;
-- an SFTP password: the old one is refused when a new one is made
SELECT act('a_admin', $$SELECT id || ' ' || password FROM cloud.create_sftp_credential('login')$$) AS made \gset
SELECT split_part(:'made', ' ', 1) AS login, split_part(:'made', ' ', 2) AS old \gset
CREATE FUNCTION fits(password text, login text) RETURNS boolean LANGUAGE sql AS $$ SELECT primecloud.password_verify(password,
    primecloud.reveal('cloud.sftp_secrets', 'password_hash', login::uuid, 'tc006')) $$;
SELECT ok(fits(:'old', :'login'), 'a password');
SELECT act('a_admin', format('SELECT cloud.reset_sftp_password(%L)', :'login')) AS new \gset
SELECT ok(NOT fits(:'old', :'login'), 'is refused after a reset');
SELECT ok(fits(:'new', :'login'), 'the new one is not');
SELECT is(act('a_admin', format('SELECT cloud.revoke_sftp_credential(%L)', :'login')), 'true', 'a login is revoked');
SELECT is_empty('SELECT FROM cloud.sftp_secrets', 'and no password fits it');
SELECT is((SELECT payload #>> '{user,status}' FROM cloud.outbox WHERE service = 'sftpgo' ORDER BY sequence DESC LIMIT 1), '0',
    'which SFTPGo is told');
-- an invitation: the older token is refused when it is sent again
SELECT act('a_admin', $$SELECT token FROM cloud.invite('guest@example.com')$$) AS first,
    act('a_admin', $$SELECT token FROM cloud.invite('guest@example.com')$$) AS renewed \gset
SELECT is(act('guest', format('SELECT cloud.accept_invitation(%L)', :'first')), 'P0002',
    'the first token is refused when it was sent again');
SELECT matches(act('guest', format('SELECT cloud.accept_invitation(%L)', :'renewed')), '^[0-9a-f-]{36}$', 'the second is not');
SELECT is(act('a_owner', format('SELECT cloud.remove_member(%L)', user_id)), '', '(and who has come by it goes)') FROM people
    WHERE who = 'guest';
SELECT is(act('guest', format('SELECT cloud.accept_invitation(%L)', :'renewed')), 'P0002', 'but it serves once');
SELECT finish();
