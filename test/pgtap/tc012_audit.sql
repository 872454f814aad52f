-- TC012: the audit log is for owners and admins, of their own account; everything
-- that a command did stands in it, and nothing takes it out again.
\set test tc012_audit
\ir ../fixtures/control_plane.sql
SELECT no_plan();
SELECT act('a_dev', $$SELECT cloud.create_bucket('assets')$$) AS bucket, act('b_owner', $$SELECT cloud.create_bucket('assets')$$)
    AS theirs \gset
-- who reads it, by which door
CREATE TABLE doors (what text, query text);
INSERT INTO doors VALUES ('the table', 'SELECT count(*) FROM cloud.audit_log'), ('its page', 'SELECT count(*) FROM cloud.audit_page()'),
    ('its page of an action', 'SELECT count(*) FROM cloud.audit_page_by_action(''create_bucket'')'),
    ('its page of a user', 'SELECT count(*) FROM cloud.audit_page_by_user(''00000000-0000-7000-8000-0000000000a3'')');
SELECT is(act(who, query), '0', what || ' is not for ' || who) FROM doors, unnest(ARRAY['a_ext', 'a_dev']) AS who;
SELECT isnt(act(who, query), '0', what || ' is for ' || who) FROM doors, unnest(ARRAY['a_admin', 'a_owner']) AS who;
SELECT is(act('guest', query), '42501', what || ' is not for a user without an account') FROM doors;
SELECT is(act('b_owner', 'SELECT count(*) FROM cloud.audit_log WHERE account_id <> primecloud.tenant_uuid()'), '0',
    'nobody reads another account''s');
SELECT is(act('b_owner', 'SELECT string_agg((item).resource_id, '','') FROM cloud.audit_page_by_action(''create_bucket'')'), :'theirs',
    'only his own');
SELECT is(act('worker', 'SELECT count(*) FROM cloud.audit_log'), '42501', 'a worker does not read it');
SELECT is(act('gateway', 'SELECT count(*) FROM cloud.audit_log'), '42501', 'nor the gateway');
SELECT is(act('a_platform', 'SELECT count(*) FROM cloud.audit_log'), act('a_owner', 'SELECT count(*) FROM cloud.audit_log'),
    'an operator reads that of the account he is in');
SELECT is(act('platform', 'SELECT count(*) FROM cloud.audit_log'), '42501', 'and without one, none');
-- what is written
SELECT results_eq('SELECT user_id, role, resource, resource_id, details FROM cloud.audit_log WHERE action = ''create_bucket'' AND '
    'account_id = ''00000000-0000-7000-8000-00000000000a''',
    format($$VALUES ('00000000-0000-7000-8000-0000000000a3', 'developer', 'buckets', %L, '{"name": "assets"}'::jsonb)$$, :'bucket'),
        'who, as what, did what to which');
-- Whatever writes an audit row says so of itself: each command that changes something calls it.
SELECT is_empty($$SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'cloud'::regnamespace AND p.prosecdef AND p.provolatile = 'v'
    AND p.prosrc !~ '(cloud\.audit\(|cloud\.audit_log|make_access_key|decide_quota|end_account)'
    AND p.proname NOT IN (
        'register_user', 'confirm_domain', 'record_usage', 'key_used', 'sftp_used',     -- services, of no account or of many
        'claim_outbox', 'acknowledge_outbox', 'fail_outbox', 'renew_outbox', 'retry_outbox', 'discard_outbox', 'maintain',
        'generate_invoices', 'order_secret',                                                                    -- in reveal_log
        'set_price', 'set_product',                                                        -- price_changes; the catalogue
        'set_limit', 'check_owned', 'open_holds',                                    -- the platform's own; asks alone
        'notify', 'mark_read', 'mark_all_read', 'tag_object', 'untag_object', 'open_share', 'note_order')$$,
            'every command that changes what is an account''s writes it');
-- what is refused leaves it as it was, what is rolled back too
SELECT count(*) AS before FROM cloud.audit_log \gset
SELECT is(act('a_dev', $$SELECT cloud.delete_account('account-a')$$), '42501', 'refused');
SELECT is((SELECT count(*) FROM cloud.audit_log), :before::bigint, 'is not done, and not written as done');
-- and none of it goes
SELECT is(act(who, q), '42501', who || ': ' || q) FROM unnest(ARRAY['a_owner', 'a_platform', 'worker', 'gateway', 'maintenance']) AS who,
    unnest(ARRAY['DELETE FROM cloud.audit_log', 'UPDATE cloud.audit_log SET action = ''nothing''', 'TRUNCATE cloud.audit_log',
    'INSERT INTO cloud.audit_log (account_id, action, resource) VALUES (''00000000-0000-7000-8000-00000000000a'', ''forged'', ''x'')'])
        AS q;
SELECT is((SELECT count(*) FROM cloud.audit_log), :before::bigint, 'it is as it was');
SELECT act('a_owner', $$SELECT cloud.delete_account('account-a')$$);
SELECT is((SELECT count(*) FROM cloud.audit_log WHERE account_id = '00000000-0000-7000-8000-00000000000a'),
    (SELECT count(*) FROM cloud.audit_log WHERE account_id = '00000000-0000-7000-8000-00000000000a'
    AND action IN ('create_bucket', 'delete_account')), 'it outlives its account');
SELECT isnt_empty($$SELECT FROM cloud.audit_log WHERE action = 'delete_account' AND severity = 'critical'$$, 'with its end');
-- no secret in it, whatever was done
SELECT act('b_owner', $$SELECT secret_access_key FROM cloud.create_access_key('k')$$) AS secret,
    act('b_owner', $$SELECT password FROM cloud.create_sftp_credential('login')$$) AS password,
       act('b_owner', $$SELECT token FROM cloud.invite('x@example.com')$$) AS token,
           act('b_owner', $$SELECT cloud.set_smtp('m.example.com', 'u', 'correct horse', 'f@example.com')$$) AS mail,
       act('b_owner', format($$SELECT token FROM cloud.share_object(%L, 'o')$$, :'theirs')) AS link,
           act('b_owner', 'SELECT cloud.set_domain(''b.example.com'')') AS proof \gset
SELECT isnt_empty($$SELECT FROM cloud.audit_log WHERE action = 'set_smtp'$$, '(all of which is in it)');
SELECT is_empty(format('SELECT FROM cloud.audit_log a WHERE strpos(a::text, %L) > 0', what), 'no secret in it')
    FROM unnest(ARRAY[:'secret', :'password', :'token', 'correct horse', :'link', split_part(:'proof', '=', 2)]) AS what;
SELECT finish();
