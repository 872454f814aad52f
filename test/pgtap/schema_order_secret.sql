-- order_secret: to the worker that holds the claim of an order, the secret that the order names, also where the account
-- is suspended, and recorded as any other.
\set test schema_order_secret
\ir ../fixtures/control_plane.sql
\ir ../fixtures/claimed_orders.sql
SELECT no_plan();
SELECT is(claims('minio'), 'a add_service_account, b add_service_account', 'the worker claims: keys');
SELECT is(claims('sftpgo'), 'a put_user', 'a login');
SELECT is(claims('mail'), 'a account_activated', 'and a mail');

-- the secret of each
SELECT is(given('a add_service_account'), :'secret', 'the secret of a key');
SELECT is(given('b add_service_account'), :'their_secret', 'of another account''s by its order');
SELECT ok(primecloud.password_verify(:'password', given('a put_user')), 'the hash of a login');
SELECT is(given('a account_activated'), 'correct horse', 'the password of the mail server, whatever the tenant has written into his mail');
SELECT is(given('a add_service_account'), :'secret', 'asked again');

-- recorded as any other
SELECT results_eq(format($$SELECT tenant, label, row_id, regexp_replace(purpose, '\d+', 'N'), session_role, count(*)
    FROM primecloud.reveal_log
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 2, 1$$),
    format($$VALUES (%1$L, 'cloud.access_key_secrets.secret', %3$L, 'order N: add_service_account', 'postgres', 2::bigint),
        (%2$L, 'cloud.access_key_secrets.secret', %4$L, 'order N: add_service_account', 'postgres', 1),
        (%1$L, 'cloud.account_smtp_secrets.password', %1$L, 'order N: account_activated', 'postgres', 1),
        (%1$L, 'cloud.sftp_secrets.password_hash', %5$L, 'order N: put_user', 'postgres', 1)$$, :'a', :'b', :'key', :'their_key', :'login'),
    'each is in reveal_log: of whom, which, what for, and who was connected');
SELECT dblink_exec(connection('gone'), format('BEGIN; SET LOCAL ROLE %I', :'worker'));
SELECT v IS NOT NULL FROM dblink('gone', call('a put_user')) AS t(v text);
SELECT dblink_exec('gone', 'ROLLBACK');
SELECT is((SELECT count(*) FROM primecloud.reveal_log WHERE row_id = :'login'), 2::bigint, 'a ROLLBACK takes no record back');
SELECT dblink_exec('gone', 'SET primecloud.reveals_per_transaction = 1'),
    dblink_exec('gone', format('BEGIN; SET LOCAL ROLE %I', :'worker'));
SELECT v IS NOT NULL FROM dblink('gone', call('a put_user')) AS t(v text);
SELECT throws_ok(format($$SELECT * FROM dblink('gone', %L) AS t(v text)$$, call('a put_user')), 'PC008', NULL,
    'the limit of a transaction holds');
SELECT dblink_exec('gone', 'ROLLBACK'), dblink_exec('gone', 'RESET primecloud.reveals_per_transaction'),
    dblink_exec('gone', 'SET primecloud.reveals_per_hour = 3'), dblink_exec('gone', format('SET ROLE %I', :'worker'));
SELECT throws_ok(format($$SELECT * FROM dblink('gone', %L) AS t(v text)$$, call('a put_user')), 'PC008', NULL, 'and that of an hour');
SELECT dblink_disconnect('gone');

-- the claim: this order's, this one, not over
SELECT is(act('worker', format('SELECT cloud.order_secret(%s, %s)', s, t)), '55000', 'no claim: ' || why) FROM (
    SELECT k.sequence, k.claim_token, m.sequence, m.claim_token FROM claimed k, claimed m
    WHERE k.what = 'a add_service_account' AND m.what = 'b add_service_account') AS c(k, k_token, m, m_token),
    LATERAL (VALUES (k::text, quote_literal(gen_random_uuid()), 'a token that is none'),
        (k::text, quote_literal(m_token), 'another order''s'), (m::text, quote_literal(k_token), 'the other way round'),
        (k::text, 'NULL', 'none'), ('NULL', quote_literal(k_token), 'of no order'),
        ('9223372036854775807', quote_literal(k_token), 'of an order that is none')) AS v(s, t, why);
SELECT is(act('worker', format('SELECT cloud.fail_outbox(%s, %L, ''later'')', sequence, claim_token)), 'pending', '(one fails)')
    FROM claimed WHERE what = 'b add_service_account';
SELECT is(given('b add_service_account'), '55000', 'what has failed is claimed no more');
UPDATE cloud.outbox SET available_at = now() WHERE operation = 'put_user';
SELECT is(given('a put_user'), '55000', 'the lease is over');
SELECT is(act('worker', format('SELECT cloud.renew_outbox(%s, %L, ''10 minutes'')', sequence, claim_token)), 'true', '(renewed)')
    FROM claimed WHERE what = 'a put_user';
SELECT ok(primecloud.password_verify(:'password', given('a put_user')), 'and given again');
UPDATE cloud.outbox SET available_at = now() WHERE operation = 'put_user';
CREATE TABLE stale AS SELECT * FROM claimed WHERE what = 'a put_user';
SELECT is(claims('sftpgo'), 'a put_user', '(another claims it)');
SELECT is(act('worker', format('SELECT cloud.order_secret(%s, %L)', sequence, claim_token)), '55000', 'to the one before it is not given')
    FROM stale;
SELECT ok(primecloud.password_verify(:'password', given('a put_user')), 'to the one that has it now it is');

-- while the account is suspended, what was claimed before is carried out
SELECT act('a_platform', $$SELECT cloud.set_account_status('suspended', 'unpaid')$$);
SELECT is(given('a add_service_account'), :'secret', 'suspended: the secret of a key');
SELECT ok(primecloud.password_verify(:'password', given('a put_user')), 'the hash of a login');
SELECT matches(claims('mail'), 'a account_suspended', '(the mail that says so)');
SELECT is(given('a account_suspended'), 'correct horse', 'and the password of its mail server');
UPDATE cloud.outbox SET available_at = now() WHERE operation = 'put_user';
DELETE FROM claimed WHERE what ~ 'user';
SELECT is(claims('sftpgo'), 'a disable_user', '(then the login is disabled)');
SELECT is(given('a disable_user'), 'P0002', 'an order that disables a login has none');
-- Given as disable_user, and put_user by the time that it is claimed.
UPDATE cloud.outbox SET available_at = now() WHERE operation = 'disable_user';
DELETE FROM claimed WHERE what ~ 'user';
UPDATE cloud.accounts SET status = 'active' WHERE id = :'a';
SELECT is(claims('sftpgo'), 'a put_user', '(active again)');
SELECT ok(primecloud.password_verify(:'password', given('a put_user')), 'what a login is when it is claimed counts');

-- what has ended
SELECT act('a_dev', format('SELECT cloud.revoke_access_key(%L)', :'key'));
SELECT is(given('a add_service_account'), 'P0002', 'a key that was revoked meanwhile');
SELECT is(act('worker', format('SELECT cloud.acknowledge_outbox(%s, %L)', sequence, claim_token)), 'true', 'whose order is acknowledged')
    FROM claimed WHERE what = 'a add_service_account';
SELECT is(given('a add_service_account'), '55000', 'and which gives nothing any more');
SELECT is(act('a_admin', 'SELECT cloud.remove_smtp()'), 'true', '(no mail server)');
SELECT is(given('a account_suspended'), 'P0002', 'a mail server that is gone');
SELECT act('a_admin', format('SELECT cloud.revoke_sftp_credential(%L)', :'login'));
SELECT is(given('a put_user'), 'P0002', 'a login that was revoked');
UPDATE cloud.outbox SET available_at = now() WHERE operation = 'add_service_account' AND account_id = :'b';
DELETE FROM claimed;
SELECT matches(claims('minio'), 'b add_service_account', '(claimed again)');
SELECT act('b_owner', $$SELECT cloud.delete_account('account-b')$$);
SELECT is(given('b add_service_account'), 'P0002', 'an account that is gone');
SELECT finish();
