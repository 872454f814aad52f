-- What gives access beside what takes it away: whichever commits first, what was taken away stays away.
\set test schema_beside
\ir ../fixtures/control_plane.sql
SELECT no_plan();
SELECT format('ALTER DATABASE %I SET lock_timeout = ''3s''', current_database()) \gexec
-- One person's statement in a transaction that is left open, and its end.
CREATE FUNCTION leave_open(who text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    PERFORM begin_as(connection('open'), who), dblink_exec('open', 'SET lock_timeout = ''2s''');
    SELECT t.v INTO answer FROM dblink('open', format('SELECT v::text FROM (%s) AS q(v)', statement)) AS t(v text);
    RETURN answer;
END $$;
CREATE FUNCTION operate(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    PERFORM connection('operator'), dblink_exec('operator', 'BEGIN; SET LOCAL ROLE schema_beside_platform; SET lock_timeout = ''2s''');
    PERFORM FROM dblink('operator', 'SELECT primecloud.assume(''00000000-0000-7000-8000-00000000000a'', ''test'')::text') AS t(v text);
    SELECT t.v INTO answer FROM dblink('operator', format('SELECT v::text FROM (%s) AS q(v)', statement)) AS t(v text);
    RETURN answer;
END $$;
CREATE FUNCTION claim(service text DEFAULT 'minio') RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(act('worker', format('SELECT string_agg(concat_ws('' '', operation, payload ->> ''newStatus'', '
        'payload #>> ''{user,status}''), '','' ORDER BY sequence) FROM cloud.claim_outbox(%L, ''w'', 100)', service)), 'nothing') $$;
CREATE FUNCTION carried_out() RETURNS bigint LANGUAGE sql AS $$
    WITH done AS (UPDATE cloud.outbox SET status = 'done', finished_at = now() WHERE status = 'pending' AND claim_token IS NOT NULL
        RETURNING 1) SELECT count(*) FROM done $$;
SELECT act('worker', $$SELECT count(*) FROM cloud.claim_outbox('mail', 'w', 1000)$$), carried_out() \g /dev/null

-- a key made, and carried out, beside a suspension that is not committed yet
SELECT act('a_dev', $$SELECT id FROM cloud.create_access_key('old')$$) AS old \gset
SELECT is(claim(), 'add_service_account', '(a key from before)');
SELECT is(carried_out(), 1::bigint, '(which the store has)');
SELECT is(operate($$SELECT cloud.set_account_status('suspended', 'fraud')$$), '', 'a suspension');
SELECT act('a_dev', $$SELECT id FROM cloud.create_access_key('beside')$$) AS beside,
    act('a_dev', format($$SELECT id FROM cloud.rotate_access_key(%L)$$, :'old')) AS successor \gset
SELECT is(claim(), 'add_service_account,add_service_account', 'beside it a key is made, another rotated');
SELECT carried_out() \g /dev/null
SELECT dblink_exec('operator', 'COMMIT');
SELECT is(claim(), 'update_service_account off,update_service_account off,update_service_account off', 'committed, it turns off all three');
SELECT is(carried_out(), 3::bigint, '(which the store does)');
SELECT is(claim(), 'nothing', 'once');
SELECT operate($$SELECT cloud.set_account_status('active')$$), dblink_exec('operator', 'COMMIT') \g /dev/null
SELECT is(claim(), 'update_service_account on,update_service_account on,update_service_account on', 'active again, they are on again');
SELECT carried_out() \g /dev/null
-- the other way round: a key made in a transaction that outlives the suspension
SELECT leave_open('a_dev', $$SELECT id FROM cloud.create_access_key('late')$$) \g /dev/null
SELECT is(operate($$SELECT cloud.set_account_status('suspended', 'fraud')$$), '', 'no command that is under way holds a suspension off');
SELECT dblink_exec('operator', 'COMMIT'), dblink_exec('open', 'COMMIT');
SELECT is(claim(), 'update_service_account off,update_service_account off,update_service_account off,update_service_account off',
    'a key that is committed after it is not added, and turned off in case it was');
SELECT carried_out() \g /dev/null
SELECT is(claim(), 'nothing', 'nor later');
SELECT operate($$SELECT cloud.set_account_status('active')$$), dblink_exec('operator', 'COMMIT') \g /dev/null
SELECT is(claim(), 'add_service_account,update_service_account on,update_service_account on,update_service_account on',
    'until the account is active');
SELECT carried_out() \g /dev/null
SELECT is(claim(), 'update_service_account on', '(and turned on, after it was added)');
SELECT carried_out() \g /dev/null
-- what an order says is what its key is when it is claimed, whatever it was when it was ordered
SELECT operate($$SELECT cloud.set_account_status('suspended', 'fraud')$$), dblink_exec('operator', 'COMMIT') \g /dev/null
SELECT operate($$SELECT cloud.set_account_status('active')$$), dblink_exec('operator', 'COMMIT') \g /dev/null
SELECT unalike(claim(), '%off%', 'suspended and active again before anybody claimed: no key is turned off');
SELECT carried_out(), claim(), carried_out() \g /dev/null
SELECT is(claim(), 'nothing', '(and no more)');

-- the login, likewise
SELECT is(operate($$SELECT cloud.set_account_status('suspended', 'fraud')$$), '', 'a suspension');
SELECT act('a_admin', $$SELECT id FROM cloud.create_sftp_credential('login-a')$$) AS login \gset
SELECT is(claim('sftpgo'), 'put_user 1', 'beside it a login is made');
SELECT carried_out(), dblink_exec('operator', 'COMMIT') \g /dev/null
SELECT is(claim('sftpgo'), 'disable_user 0', 'committed, it disables the login');
SELECT carried_out() \g /dev/null
SELECT operate($$SELECT cloud.set_account_status('active')$$), dblink_exec('operator', 'COMMIT') \g /dev/null
SELECT is(claim('sftpgo'), 'put_user 1', 'active again, it may log in');
SELECT carried_out() \g /dev/null
SELECT leave_open('a_admin', $$SELECT cloud.create_bucket('beside')$$) \g /dev/null
SELECT is(act('a_admin', format('SELECT cloud.revoke_sftp_credential(%L)', :'login')), 'true', 'a login is revoked beside a new bucket');
SELECT is(claim('sftpgo'), 'disable_user 0', 'and disabled');
SELECT carried_out(), dblink_exec('open', 'COMMIT') \g /dev/null
SELECT is(claim('sftpgo'), 'disable_user 0', 'the order of the bucket, which was made for a live login, disables it once more');
SELECT carried_out(), claim(), carried_out(), claim(), carried_out() \g /dev/null

-- links: made beside the revocation of what they open
SELECT act('a_dev', $$SELECT cloud.create_bucket('shared')$$) AS bucket \gset
SELECT user_id AS ext FROM people WHERE who = 'a_ext' \gset
CREATE FUNCTION opened(token text) RETURNS text LANGUAGE sql AS $$
    SELECT act('guest', format('SELECT object_key FROM cloud.open_share(%L)', token)) $$;
SELECT act('a_admin', format('SELECT cloud.grant_bucket(%L, %L, ''read-write'')', :'bucket', :'ext')) \g /dev/null
SELECT act('a_ext', format('SELECT token FROM cloud.share_object(%L, ''before'')', :'bucket')) AS before \gset
SELECT is(opened(:'before'), 'before', 'a link opens');
SELECT leave_open('a_ext', format('SELECT token FROM cloud.share_object(%L, ''open'')', :'bucket')) AS token \gset
SELECT is(act('a_admin', format('SELECT cloud.revoke_bucket(%L, %L)', :'bucket', :'ext')), 'true',
    'nobody holds off that a bucket is taken from him');
SELECT dblink_exec('open', 'COMMIT');
SELECT is(opened(:'token'), 'P0002', 'a link that is committed after it opens nothing');
SELECT is(opened(:'before'), 'P0002', 'nor does one from before');
SELECT act('a_admin', format('SELECT cloud.grant_bucket(%L, %L, ''read-write'')', :'bucket', :'ext')) \g /dev/null
SELECT leave_open('a_admin', format('SELECT cloud.revoke_bucket(%L, %L)', :'bucket', :'ext')) \g /dev/null
SELECT act('a_ext', format('SELECT token FROM cloud.share_object(%L, ''beside'')', :'bucket')) AS token \gset
SELECT dblink_exec('open', 'COMMIT');
SELECT is(opened(:'token'), 'P0002', 'a link that was made beside the revocation opens nothing');
SELECT act('a_admin', format('SELECT cloud.grant_bucket(%L, %L, ''read-write'')', :'bucket', :'ext')) \g /dev/null
SELECT leave_open('a_ext', format('SELECT cloud.tag_object(%L, ''o'', ''t'')', :'bucket')) \g /dev/null
SELECT is(act('a_admin', format('SELECT cloud.revoke_bucket(%L, %L)', :'bucket', :'ext')), 'true', 'nor does a tag hold it off');
SELECT dblink_exec('open', 'COMMIT');
-- a developer who leaves takes his links along
SELECT user_id AS dev FROM people WHERE who = 'a_dev' \gset
SELECT leave_open('a_dev', format('SELECT token FROM cloud.share_object(%L, ''of a developer'')', :'bucket')) AS token \gset
SELECT is(act('a_admin', format('SELECT cloud.remove_member(%L)', :'dev')), '', 'a developer is removed');
SELECT dblink_exec('open', 'COMMIT');
SELECT is(opened(:'token'), 'P0002', 'his link opens nothing');

-- invitations: of who may no longer invite
SELECT user_id AS admin FROM people WHERE who = 'a_admin' \gset
SELECT act('a_admin', $$SELECT token FROM cloud.invite('guest@example.com', 'admin')$$) AS before \gset
SELECT leave_open('a_admin', $$SELECT token FROM cloud.invite('again@example.com', 'admin')$$) AS late \gset
SELECT is(act('a_owner', format('SELECT cloud.change_member_role(%L, ''developer'')', :'admin')), '', 'an admin falls in rank');
SELECT dblink_exec('open', 'COMMIT');
SELECT is(act('guest', format('SELECT cloud.accept_invitation(%L)', :'before')), 'P0002', 'nobody comes by his invitation');
UPDATE cloud.users SET email = 'again@example.com' WHERE email = 'guest@example.com';
SELECT is(act('guest', format('SELECT cloud.accept_invitation(%L)', :'late')), 'P0002', 'nor by one that was committed later');
SELECT is((SELECT count(*) FROM cloud.invitations WHERE email = 'guest@example.com'), 0::bigint, 'it has ended');
-- what is left of who has gone is listed, for an admin to decide
UPDATE cloud.users SET email = 'guest@example.com' WHERE email = 'again@example.com';
SELECT act('a_owner', format('SELECT cloud.change_member_role(%L, ''admin'')', :'admin')) \g /dev/null
SELECT is(act('a_owner', 'SELECT count(*) FROM cloud.left_behind() WHERE kind = ''member'''), '0', 'nobody was invited by who may not');
SELECT act('a_admin', $$SELECT token FROM cloud.invite('guest@example.com', 'developer')$$) AS token \gset
SELECT isnt(act('guest', format('SELECT cloud.accept_invitation(%L)', :'token')), 'P0002', 'somebody is invited, and joins');
SELECT act('a_admin', $$SELECT id FROM cloud.create_access_key('of an admin')$$) AS key \gset
SELECT is(act('a_owner', format('SELECT count(*) FROM cloud.left_behind() WHERE id = %L', :'key')), '0', 'his key is an admin''s');
SELECT act('a_owner', format('SELECT cloud.remove_member(%L)', :'admin')) \g /dev/null
SELECT is(act('a_owner', format('SELECT string_agg(kind || '' '' || name, '','' ORDER BY kind) FROM cloud.left_behind() WHERE person = %L',
    :'admin')), 'access_key of an admin,member guest', 'he has gone: his key, and whom he invited');
SELECT is(act('a_owner', format('SELECT cloud.revoke_access_key(%L)', :'key')), 'true', 'the key is revoked');
SELECT is(act('a_owner', format('SELECT string_agg(kind, '','') FROM cloud.left_behind() WHERE person = %L', :'admin')), 'member',
    'and no longer listed');
SELECT is(act('b_owner', 'SELECT count(*) FROM cloud.left_behind()'), '0', 'nothing of it is another account''s');
SELECT finish();
