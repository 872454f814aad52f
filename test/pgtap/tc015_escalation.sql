-- TC015: attempts to escalate are refused and logged.  The refusal takes the
-- transaction along, so what tells of it is the server log.
\set test tc015_escalation
\ir ../fixtures/control_plane.sql
SELECT no_plan();
\getenv log SERVER_LOG
CREATE TABLE attempts (who text, statement text, logged text);
INSERT INTO attempts SELECT w.who, replace(s.statement, '@me', w.user_id::text), s.logged FROM (VALUES
    -- to a rank: one's own, or somebody else's, above the caller's
    ('a_dev', $$SELECT cloud.change_member_role('@me', 'owner')$$, 'change_member_role refused'),
    ('a_dev', $$SELECT cloud.change_member_role('@me', 'admin')$$, 'change_member_role refused'),
    ('a_ext', $$SELECT cloud.change_member_role('@me', 'developer')$$, 'change_member_role refused'),
    ('a_admin', $$SELECT cloud.change_member_role('@me', 'owner')$$, 'change_member_role to role owner refused'),
    ('a_admin', $$SELECT cloud.change_member_role('00000000-0000-7000-8000-0000000000a1', 'developer')$$,
        'change_member_role to role owner refused'),
    ('a_admin', $$SELECT cloud.remove_member('00000000-0000-7000-8000-0000000000a1')$$, 'remove_member to role owner refused'),
    ('a_admin', $$SELECT cloud.transfer_ownership('@me')$$, 'transfer_ownership refused'),
    ('a_admin', $$SELECT id FROM cloud.invite('me2@example.com', 'owner')$$, 'invite to role owner refused'),
    ('a_dev', $$SELECT id FROM cloud.invite('me2@example.com', 'admin')$$, 'invite refused'),
    -- to what is another role's
    ('a_ext', $$SELECT cloud.place_order('00000000-0000-7000-8000-000000000001')$$, 'place_order refused'),
    ('a_ext', $$SELECT id FROM cloud.create_access_key('k')$$, 'create_access_key refused'),
    ('a_dev', $$SELECT cloud.delete_account('account-a')$$, 'delete_account refused'),
    ('a_admin', $$SELECT cloud.delete_account('account-a')$$, 'delete_account refused'),
    ('a_dev', $$SELECT cloud.set_domain('evil.example.com')$$, 'set_domain refused'),
    ('a_dev', $$SELECT cloud.request_quota(1)$$, 'request_quota refused')) AS s(who, statement, logged) JOIN people w USING (who);
CREATE TABLE tried AS SELECT a.*, act(a.who, a.statement) AS answer FROM attempts a;
SELECT is(answer, '42501', format('%s: %s is refused', who, statement)) FROM tried;
SELECT matches(pg_read_file(:'log'), format('LOG:  primecloud: %s for user %s in role %s of account 00000000-0000-7000-8000-00000000000a',
    t.logged, p.user_id, p.role), format('%s: %s is logged, with who, as what and where', who, statement))
FROM tried t JOIN people p USING (who);
-- nothing of it was done
SELECT results_eq('SELECT role FROM cloud.account_members WHERE account_id = ''00000000-0000-7000-8000-00000000000a'' ORDER BY user_id',
    $$VALUES ('owner'), ('admin'), ('developer'), ('external_client')$$, 'all ranks are as they were');
SELECT is_empty('SELECT FROM cloud.invitations UNION ALL SELECT FROM cloud.orders UNION ALL SELECT FROM cloud.access_keys',
    'nothing was made');
-- by raw SQL, and by the doors beside the commands
SELECT is(act(who, statement), '42501', format('%s, raw: %s', who, statement)) FROM (VALUES
    ('a_dev', 'UPDATE cloud.account_members SET role = ''owner'''), ('a_admin', 'UPDATE cloud.account_members SET role = ''owner'''),
        ('a_admin', 'UPDATE cloud.accounts SET owner_user_id = ''00000000-0000-7000-8000-0000000000a2'''),
    ('a_dev', 'INSERT INTO cloud.account_members (user_id, account_id, role, email, display_name) VALUES '
        '(''00000000-0000-7000-8000-0000000000c1'', primecloud.tenant_uuid(), ''owner'', ''guest@example.com'', '''')'),
    ('a_ext', 'DELETE FROM cloud.account_members'), ('a_dev', 'UPDATE cloud.accounts SET status = ''active'''),
        ('a_owner', 'UPDATE cloud.accounts SET storage_quota_bytes = 9007199254740991'),
    ('a_owner', 'SELECT cloud.approve_quota(gen_random_uuid())'), ('a_owner', 'SELECT cloud.set_account_status(''active'')'),
        ('a_owner', 'INSERT INTO cloud.schema_roles VALUES (''public'', ''platform'')'),
    ('a_owner',
        'SELECT primecloud.enter_trusted(''00000000-0000-7000-8000-00000000000b'', ''00000000-0000-7000-8000-0000000000a1'', ''owner'')'),
    ('a_owner', 'SELECT primecloud.assume(''00000000-0000-7000-8000-00000000000b'', ''curious'')'),
        ('worker', 'SELECT cloud.set_account_status(''active'')'), ('platform', 'SELECT cloud.set_account_status(''active'')'))
        AS t(who, statement);
SELECT is(act('a_ext', 'SELECT set_config(''primecloud.context'', ''x'', true)'), '42501', 'the context is not set by hand');
SELECT is(act('a_dev', 'SELECT primecloud.narrow(''owner'')'), '42501', 'narrow raises nobody');
SELECT finish();
