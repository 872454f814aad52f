-- The doors that stand open before an account is entered, attacked: what a person, a
-- guest or a stranger gets out of them, and an operator who assumes an account.
\set test schema_gateway
\ir ../fixtures/control_plane.sql
SELECT no_plan();
-- a stranger without a token, and a token of somebody who is nobody here
INSERT INTO people VALUES ('stranger', NULL, NULL, NULL, :'app'), ('unknown', '00000000-0000-7000-8000-0000000000ff', NULL, NULL, :'app');
SELECT is(act('stranger', q), answer, 'a stranger: ' || q)
    FROM (VALUES ('SELECT count(*) FROM cloud.my_accounts()', '42501'), ('SELECT cloud.create_account(''x'', ''x'')', '42501'),
    ('SELECT cloud.accept_invitation(''x'')', '42501'),
    ('SELECT count(*) FROM cloud.resolve_domain(''x'')', '0'), ('SELECT object_key FROM cloud.open_share(''x'')', 'P0002'),
        ('SELECT count(*) FROM cloud.orders_page()', '42501'), ('SELECT count(*) FROM cloud.buckets', '42501')) AS t(q, answer);
SELECT is(act('unknown', q), answer, 'a user nobody registered: ' || q)
    FROM (VALUES ('SELECT count(*) FROM cloud.my_accounts()', '0'), ('SELECT cloud.create_account(''x'', ''x'')', '42501'),
    ('SELECT cloud.accept_invitation(''x'')', 'P0002')) AS t(q, answer);
-- a token whose user is no uuid at all
CREATE FUNCTION as_user(name text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    PERFORM connection('odd');
    BEGIN
        PERFORM dblink_exec('odd', 'BEGIN');
        PERFORM FROM dblink('odd',
            format('SELECT primecloud.enter(%L)::text',
            (SELECT input || '.' || base64url(hmac(input::bytea, '\x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
            'sha256'))
            FROM (SELECT base64url('{"alg":"HS256","typ":"JWT","kid":"fixture"}') || '.'
                || base64url(convert_to(json_build_object('sub', name, 'aud', current_database(),
                'iat', extract(epoch FROM now())::bigint, 'exp', extract(epoch FROM now())::bigint + 120)::text, 'UTF8')) AS input) AS t)))
                    AS t(v text);
        PERFORM dblink_exec('odd', 'SET LOCAL ROLE schema_gateway_app');
        SELECT t.v INTO answer FROM dblink('odd', format('SELECT v::text FROM (%s) AS q(v)', statement)) AS t(v text);
        PERFORM dblink_exec('odd', 'COMMIT');
        RETURN answer;
    EXCEPTION WHEN OTHERS THEN
        PERFORM dblink_exec('odd', 'ROLLBACK');
        RETURN SQLSTATE;
    END;
END $$;
SELECT is(as_user(name, q), answer, format('user %s: %s', name, q))
    FROM unnest(ARRAY['ann', 'x'' OR true --', '00000000-0000-7000-8000-0000000000a1 ', '{00000000-0000-7000-8000-0000000000a1}']) AS name,
    (VALUES ('SELECT count(*) FROM cloud.my_accounts()', '0'), ('SELECT cloud.create_account(''x'', ''x'')', '42501'),
        ('SELECT cloud.accept_invitation(''x'')', 'P0002')) AS t(q, answer);
SELECT is(as_user('00000000-0000-7000-8000-0000000000A1', 'SELECT count(*) FROM cloud.my_accounts()'), '1',
    'a user''s id in capitals is his id');

-- the switcher is a page, too
SELECT is(as_user('00000000-0000-7000-8000-0000000000a1', 'SELECT count(*) FROM cloud.my_accounts(page_size => 0)'), '1',
    'a page of one at least');
INSERT INTO cloud.account_members (user_id, account_id, role, email, display_name) SELECT user_id, '00000000-0000-7000-8000-00000000000b',
    'developer', u.email, u.display_name FROM people p JOIN cloud.users u ON u.id = p.user_id WHERE p.who = 'a_owner';
SELECT is(as_user('00000000-0000-7000-8000-0000000000a1', $$SELECT string_agg(role || ' ' || (account).slug, ',')
    FROM cloud.my_accounts()$$), 'owner account-a,developer account-b', 'two accounts');
SELECT is(as_user('00000000-0000-7000-8000-0000000000a1', $$SELECT string_agg((account).slug, ',')
    FROM cloud.my_accounts('Account a', '00000000-0000-7000-8000-00000000000a', 1)$$), 'account-b', 'the one after the first');
DELETE FROM cloud.account_members WHERE account_id = '00000000-0000-7000-8000-00000000000b' AND role = 'developer';

-- invitations: for their address, in time, once, of an account that is there; a token of one kind is none of another
SELECT act('a_admin', $$SELECT token FROM cloud.invite('guest@example.com', 'admin')$$) AS token \gset
SELECT act('a_dev', $$SELECT cloud.create_bucket('assets')$$) AS bucket \gset
SELECT act('a_dev', format($$SELECT token FROM cloud.share_object(%L, 'report')$$, :'bucket')) AS link \gset
SELECT is(act('guest', format('SELECT object_key FROM cloud.open_share(%L)', :'token')), 'P0002', 'an invitation opens no link');
SELECT is(act('guest', format('SELECT cloud.accept_invitation(%L)', :'link')), 'P0002', 'a link is no invitation');
SELECT is(act(who, format('SELECT cloud.accept_invitation(%L)', :'token')), 'P0002', 'an invitation is not for ' || who)
    FROM unnest(ARRAY['b_owner', 'a_dev', 'unknown']) AS who;
SELECT is(act('guest', format('SELECT cloud.accept_invitation(%L)', token)), 'P0002', what)
    FROM (VALUES ('', 'an empty token'), (upper(:'token'), 'in capitals'), (:'token' || ' ', 'with a blank'),
    (left(:'token', -1), 'shortened'),
    ((SELECT encode(token_hash, 'hex') FROM cloud.invitation_tokens), 'the hash that a dump would show')) AS t(token, what);
SELECT is(act('guest', 'SELECT cloud.accept_invitation(NULL)'), 'P0002', 'no token');
SELECT act('a_platform', $$SELECT cloud.set_account_status('suspended')$$);
SELECT is(act('guest', format('SELECT cloud.accept_invitation(%L)', :'token')), 'P0002', 'of a suspended account');
SELECT is((SELECT count(*) FROM cloud.account_members WHERE user_id = (SELECT user_id FROM people WHERE who = 'guest')), 0::bigint,
    'nobody joins it');
UPDATE cloud.accounts SET status = 'closing' WHERE id = '00000000-0000-7000-8000-00000000000a';
SELECT is(act('guest', format('SELECT cloud.accept_invitation(%L)', :'token')), 'P0002', 'nor one that is about to close');
UPDATE cloud.accounts SET status = 'active' WHERE id = '00000000-0000-7000-8000-00000000000a';
UPDATE cloud.invitations SET expires_at = now() - interval '1 second';
SELECT is(act('guest', format('SELECT cloud.accept_invitation(%L)', :'token')), 'P0002', 'too late');
UPDATE cloud.invitations SET expires_at = now() + interval '1 day';
SELECT is(act('a_admin', format('SELECT cloud.revoke_invitation(%L)', id)), 'true', 'taken back') FROM cloud.invitations;
SELECT is(act('guest', format('SELECT cloud.accept_invitation(%L)', :'token')), 'P0002', 'and worth nothing');
SELECT is((SELECT count(*) FROM cloud.account_members WHERE user_id = (SELECT user_id FROM people WHERE who = 'guest')), 0::bigint,
    'nobody has come in');
SELECT is(act('a_admin', $$SELECT id FROM cloud.invite('not an address')$$), '23514', 'no address');
SELECT is(act('guest', format('SELECT account_id FROM cloud.invitations WHERE account_id = %L', account_id)), '42501',
    'invitations are not read before an account is entered') FROM people WHERE who = 'a_owner';

-- links: in time, of an account in good standing
SELECT is(act('stranger', format('SELECT object_key FROM cloud.open_share(%L)', :'link')), 'report', 'whoever holds a link opens it');
SELECT is(act('a_platform', $$SELECT cloud.set_account_status('suspended', 'unpaid')$$), '', 'an account is suspended');
SELECT is(act('stranger', format('SELECT object_key FROM cloud.open_share(%L)', :'link')), 'P0002', 'its links open no more');
UPDATE cloud.accounts SET status = 'active' WHERE slug = 'account-a';
UPDATE cloud.object_shares SET expires_at = now() - interval '1 second';
SELECT is(act('stranger', format('SELECT object_key FROM cloud.open_share(%L)', :'link')), 'P0002', 'nor when their time is over');

-- host names: who has one, and how it goes from one to another
SELECT act('a_admin', $$SELECT cloud.set_domain('shop.example.com')$$) AS proof_a,
    act('b_owner', $$SELECT cloud.set_domain('shop.example.com')$$) AS proof_b \gset
SELECT is(act('gateway', format('SELECT cloud.confirm_domain(''shop.example.com'', ARRAY[%L])', :'proof_a')), 'true',
    'the one that the DNS proves has it');
SELECT is(act('stranger', 'SELECT slug FROM cloud.resolve_domain(''shop.example.com'')'), 'account-a', 'and it resolves');
SELECT is(act('gateway', 'SELECT cloud.confirm_domain(''shop.example.com'', ARRAY[''primecloud-verify=x'', ''v=spf1 -all''])'), 'false',
    'without a proof');
SELECT is(act('stranger', 'SELECT slug FROM cloud.resolve_domain(''shop.example.com'')'), 'account-a', 'it stays where it is');
SELECT act('b_owner', $$SELECT cloud.set_domain('shop.example.com')$$) AS proof_b \gset
SELECT is(act('gateway', format('SELECT cloud.confirm_domain(''Shop.Example.com'', ARRAY[%L, %L])', :'proof_b', :'proof_a')), 'true',
    'with both');
SELECT is(act('stranger', 'SELECT slug FROM cloud.resolve_domain(''shop.example.com'')'), 'account-a', 'too');
SELECT is(act('gateway', format('SELECT cloud.confirm_domain(''shop.example.com'', ARRAY[%L])', :'proof_b')), 'true',
    'with the other''s alone');
SELECT is(act('stranger', 'SELECT slug FROM cloud.resolve_domain(''shop.example.com'')'), 'account-b', 'it goes to the other');
SELECT is((SELECT domain_status FROM cloud.accounts WHERE slug = 'account-a'), 'failed', 'and is the former''s no longer');
SELECT is(act('b_owner', $$SELECT cloud.set_domain('new.example.com') IS NOT NULL$$), 'true', 'a change of name');
SELECT is(act('stranger', 'SELECT count(*) FROM cloud.resolve_domain(''shop.example.com'')'), '0', 'gives the old one up');
SELECT is(act('stranger', 'SELECT count(*) FROM cloud.resolve_domain(''new.example.com'')'), '0', 'and has to be proven again');
SELECT is(act('a_admin', format('SELECT cloud.set_domain(%L)', name)), '23514', 'no host name: ' || name)
    FROM unnest(ARRAY['https://x.example.com', 'x', 'x.example.com/', 'x..example.com', '-x.example.com', 'x.example.com:80']) AS name;
SELECT is(act('stranger', format('SELECT count(*) FROM cloud.resolve_domain(%L)', host)), '0', 'nothing resolves '
    || quote_nullable(left(host, 30)))
    FROM unnest(ARRAY['', NULL, 'x'' OR true --', '%', '.', 'shop.example.com, new.example.com', repeat('a.', 100000)]) AS host;
-- a web page's view of an account holds no more than a web page shows
SELECT set_eq($$SELECT unnest(p.proargnames[2:]) FROM pg_proc p WHERE p.oid = 'cloud.resolve_domain(text)'::regprocedure$$,
    ARRAY['account_id', 'slug', 'name', 'branding_name', 'branding_logo_url', 'branding_icon_url', 'branding_primary_color',
    'branding_sidebar_color', 'branding_background_color'], 'what a host name tells');

-- objects of the caller's own that the doors might take for theirs
SELECT is(act('guest', $$SELECT count(*) FROM (SELECT set_config('search_path', 'pg_temp, public', true)) s, cloud.my_accounts()$$), '0',
    'a search_path of the caller''s');
SELECT dblink_exec(connection('odd'), 'BEGIN');
SELECT v FROM dblink('odd', format('SELECT primecloud.enter(%L)::text', user_token('00000000-0000-7000-8000-0000000000c1'))) AS t(v text);
SELECT dblink_exec('odd', 'SET LOCAL ROLE schema_gateway_app; CREATE TEMP TABLE accounts (id uuid, slug text); CREATE TEMP TABLE '
    'account_members (user_id uuid, account_id uuid, role text);
    CREATE FUNCTION pg_temp.entered_person() RETURNS uuid LANGUAGE sql AS ''SELECT ''''00000000-0000-7000-8000-0000000000a1''''::uuid'';
    CREATE FUNCTION pg_temp.lower(text) RETURNS text LANGUAGE sql AS ''SELECT ''''new.example.com'''''';
    SET LOCAL search_path = pg_temp, cloud, primecloud, pg_catalog');
SELECT is((SELECT v FROM dblink('odd', 'SELECT count(*)::text FROM cloud.my_accounts()') AS t(v text)), '0',
    'tables and functions of the caller''s, in his own session');
SELECT is((SELECT v FROM dblink('odd', 'SELECT count(*)::text FROM cloud.resolve_domain(''x'')') AS t(v text)), '0', 'of any name');
SELECT is((SELECT v FROM dblink('odd', 'SELECT cloud.create_account(''Mine'', ''mine'') IS NOT NULL') AS t(v text)), 't',
    'he opens his own account');
SELECT dblink_exec('odd', 'COMMIT');
SELECT is((SELECT m.user_id::text FROM cloud.account_members m JOIN cloud.accounts a ON a.id = m.account_id WHERE a.slug = 'mine'),
    '00000000-0000-7000-8000-0000000000c1', 'as himself');
-- every function of the gate checks its caller, or takes nothing from him but a token
SELECT set_eq(format($$SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'cloud'::regnamespace AND p.proowner = to_regrole(%L)
    AND p.prosrc !~ 'caller_is|require_(worker|platform)'$$, :'gate'),
    ARRAY['my_accounts', 'create_account', 'accept_invitation', 'resolve_domain', 'open_share', 'register_user', 'check_owned'],
        'those of the gate that ask for no role: by token, or let in by grant alone');
SELECT ok(NOT pg_has_role(:'app', :'gate', 'MEMBER') AND NOT pg_has_role(:'worker', :'gate', 'MEMBER')
    AND NOT pg_has_role(:'platform', :'gate', 'MEMBER') AND NOT (SELECT rolcanlogin FROM pg_roles WHERE rolname = :'gate'),
    'nobody is the gate');

-- an operator assumes an account: with a reason, one at a time, and what he did says so
CREATE FUNCTION operate(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    PERFORM connection('operator');
    BEGIN
        PERFORM dblink_exec('operator', 'BEGIN; SET LOCAL ROLE schema_gateway_platform');
        PERFORM FROM dblink('operator', 'SELECT primecloud.assume(''00000000-0000-7000-8000-00000000000a'', ''ticket 4711'')::text')
            AS t(v text);
        SELECT t.v INTO answer FROM dblink('operator', format('SELECT v::text FROM (%s) AS q(v)', statement)) AS t(v text);
        PERFORM dblink_exec('operator', 'COMMIT');
        RETURN answer;
    EXCEPTION WHEN OTHERS THEN
        PERFORM dblink_exec('operator', 'ROLLBACK');
        RETURN SQLSTATE;
    END;
END $$;
SELECT act('a_admin', 'SELECT cloud.request_quota(300000000000)') AS request \gset
SELECT is(operate(format('SELECT cloud.approve_quota(%L)', :'request')), '', 'an operator decides');
SELECT isnt((SELECT user_id FROM cloud.audit_log WHERE action = 'approve_quota'), NULL, 'and is named for it');
SELECT is(operate('SELECT count(DISTINCT account_id) FROM cloud.accounts a JOIN cloud.account_members m ON m.account_id = a.id'), '1',
    'in one account');
SELECT is(operate(q), '42501', 'an operator is no member: ' || q)
    FROM unnest(ARRAY['SELECT cloud.place_order(''00000000-0000-7000-8000-000000000001'')', 'SELECT id FROM cloud.create_access_key(''k'')',
    'SELECT cloud.delete_account(''account-a'')', 'SELECT secret FROM cloud.access_key_secrets',
    'SELECT id FROM cloud.invite(''op@example.com'')', 'SELECT cloud.set_smtp(''h'', ''u'', ''p'', ''f@example.com'')',
        'SELECT 1 FROM cloud.customers']) AS q;

-- nobody stops another account's commands by a lock that he takes
SELECT is(act('b_owner', q), '42501', q)
    FROM unnest(ARRAY['SELECT kind FROM cloud.account_locks FOR UPDATE',
    'INSERT INTO cloud.account_locks (account_id, kind) VALUES (''00000000-0000-7000-8000-00000000000a'', ''end'')',
    'SELECT cloud.hold_account(''end'', true)', 'SELECT cloud.lock_account()', 'LOCK TABLE cloud.account_locks IN ROW SHARE MODE',
        'SELECT id FROM cloud.accounts FOR UPDATE', 'SELECT id FROM cloud.orders FOR SHARE']) AS q
        WHERE q NOT LIKE '%cloud.accounts FOR UPDATE';
SELECT is_empty($$SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'cloud'::regnamespace AND p.prosrc ~ 'pg_(try_)?advisory'$$,
    'no command waits at a lock that anybody can take');

-- The toolkit's own attacks, on every tenant table there is.
SELECT act('b_owner', $$SELECT cloud.create_bucket('theirs')$$),
    act('b_owner', $$SELECT cloud.place_order('00000000-0000-7000-8000-000000000001')$$);
CREATE TABLE attacked AS SELECT c.relname, line FROM pg_class c, LATERAL primecloud.assert_isolated(c.oid::regclass, :'app') AS line
WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind = 'r' AND c.relrowsecurity
  AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = CASE c.relname WHEN 'accounts' THEN 'id' ELSE 'account_id'
      END);
-- (a private table shows its own tenant nothing either)
SELECT is_empty(format($$SELECT * FROM attacked WHERE line LIKE 'not ok%%'
    AND (line NOT LIKE '%%(refused with 42501)' OR has_table_privilege(%L, 'cloud.' || relname, 'SELECT'))$$, :'app'),
    'no tenant table lets a row through');
SELECT cmp_ok((SELECT count(DISTINCT relname) FROM attacked), '>=', 33::bigint, '(of all)');
-- what must be unique among all accounts, and so tells that something is taken: names that people choose for all to see, and random ones
SELECT set_eq($$SELECT substring(line FROM '"cloud\.(\w+)" tells whether') FROM attacked WHERE line LIKE '%tells whether%'$$,
    ARRAY['accounts_slug_unique', 'accounts_domain_active_unique', 'sftp_credentials_username_unique',
    'access_keys_id_unique', 'invitation_tokens_hash_unique', 'object_share_tokens_hash_unique',
        'invoices_number_unique'], 'what is unique among all accounts');
-- nor one that has ended since
SELECT act('b_owner', $$SELECT token FROM cloud.invite('guest@example.com', 'admin')$$) AS token \gset
SELECT is(act('b_owner', $$SELECT cloud.delete_account('account-b')$$), '', 'an account ends');
SELECT is(act('guest', format('SELECT cloud.accept_invitation(%L)', :'token')), 'P0002', 'and nobody joins it either');
SELECT finish();
