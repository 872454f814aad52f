-- Every command by every role: none below its rank succeeds, none above it is
-- refused for its rank.  A command that is missing here fails the test.
\set test schema_matrix
\ir ../fixtures/control_plane.sql
SELECT no_plan();
CREATE TABLE commands (name text PRIMARY KEY, least text, call text);
INSERT INTO commands VALUES
    ('notify', 'admin', $$SELECT cloud.notify('welcome', 't')$$),
    ('mark_read', 'developer', $$SELECT cloud.mark_read(gen_random_uuid())$$),
    ('mark_all_read', 'developer', $$SELECT cloud.mark_all_read()$$),
    ('place_order', 'developer', $$SELECT cloud.place_order('00000000-0000-7000-8000-000000000001')$$),
    ('place_vps_order', 'developer', $$SELECT cloud.place_vps_order('debian-12', 'sp', 1, 1, 25)$$),
    ('order_transition', 'developer', $$SELECT cloud.order_transition(gen_random_uuid(), 'canceled')$$),
    ('create_access_key', 'developer', $$SELECT k.name FROM (SELECT access_key_id AS name FROM cloud.create_access_key('k')) k$$),
    ('rotate_access_key', 'developer', $$SELECT id FROM cloud.rotate_access_key(gen_random_uuid())$$),
    ('revoke_access_key', 'developer', $$SELECT cloud.revoke_access_key(gen_random_uuid())$$),
    ('create_sftp_credential', 'admin', $$SELECT id FROM cloud.create_sftp_credential('user' || left(md5(random()::text), 8))$$),
    ('reset_sftp_password', 'admin', $$SELECT cloud.reset_sftp_password(gen_random_uuid())$$),
    ('revoke_sftp_credential', 'admin', $$SELECT cloud.revoke_sftp_credential(gen_random_uuid())$$),
    ('create_bucket', 'developer', $$SELECT cloud.create_bucket('b' || left(md5(random()::text), 8))$$),
    ('delete_bucket', 'admin', $$SELECT cloud.delete_bucket(gen_random_uuid())$$),
    ('set_bucket_quota', 'admin', $$SELECT cloud.set_bucket_quota(gen_random_uuid(), 1)$$),
    ('set_bucket_versioning', 'developer', $$SELECT cloud.set_bucket_versioning(gen_random_uuid(), true)$$),
    ('grant_bucket', 'admin', $$SELECT cloud.grant_bucket(gen_random_uuid(), gen_random_uuid())$$),
    ('revoke_bucket', 'admin', $$SELECT cloud.revoke_bucket(gen_random_uuid(), gen_random_uuid())$$),
    ('add_lifecycle_rule', 'developer', $$SELECT cloud.add_lifecycle_rule(gen_random_uuid(), '{}')$$),
    ('remove_lifecycle_rule', 'developer', $$SELECT cloud.remove_lifecycle_rule(gen_random_uuid(), 'x')$$),
    ('set_bucket_lifecycle', 'developer', $$SELECT cloud.set_bucket_lifecycle(gen_random_uuid(), '{}')$$),
    ('tag_object', 'external_client', $$SELECT cloud.tag_object(gen_random_uuid(), 'k', 't')$$),
    ('untag_object', 'external_client', $$SELECT cloud.untag_object(gen_random_uuid(), 'k', 't')$$),
    ('share_object', 'external_client', $$SELECT id FROM cloud.share_object(gen_random_uuid(), 'k')$$),
    ('revoke_share', 'external_client', $$SELECT cloud.revoke_share(gen_random_uuid())$$),
    ('invite', 'admin', $$SELECT id FROM cloud.invite(left(md5(random()::text), 8) || '@example.com')$$),
    ('revoke_invitation', 'admin', $$SELECT cloud.revoke_invitation(gen_random_uuid())$$),
    ('change_member_role', 'admin', $$SELECT cloud.change_member_role(gen_random_uuid(), 'developer')$$),
    ('remove_member', 'admin', $$SELECT cloud.remove_member(gen_random_uuid())$$),
    ('transfer_ownership', 'owner', $$SELECT cloud.transfer_ownership(gen_random_uuid())$$),
    ('subscribe', 'admin', $$SELECT cloud.subscribe('00000000-0000-7000-8000-000000000001')$$),
    ('change_subscription', 'admin', $$SELECT cloud.change_subscription('00000000-0000-7000-8000-000000000002')$$),
    ('cancel_subscription', 'admin', $$SELECT cloud.cancel_subscription()$$),
    ('request_quota', 'admin', $$SELECT cloud.request_quota(1)$$),
    ('mark_invoice_paid', 'admin', $$SELECT cloud.mark_invoice_paid(gen_random_uuid())$$),
    ('set_domain', 'admin', $$SELECT cloud.set_domain(NULL)$$),
    ('set_smtp', 'admin', $$SELECT cloud.set_smtp('mail.example.com', 'u', 'p', 'a@example.com')$$),
    ('remove_smtp', 'admin', $$SELECT cloud.remove_smtp()$$),
    ('delete_account', 'owner', $$SELECT cloud.delete_account('not this one')$$),
    ('set_payment', 'platform', $$SELECT cloud.set_payment(gen_random_uuid(), 'paid')$$),
    ('set_vps_credentials', 'platform', $$SELECT cloud.set_vps_credentials(gen_random_uuid(), 'h', '10.0.0.1', 'x')$$),
    ('approve_quota', 'platform', $$SELECT cloud.approve_quota(gen_random_uuid())$$),
    ('reject_quota', 'platform', $$SELECT cloud.reject_quota(gen_random_uuid())$$),
    ('set_account_status', 'platform', $$SELECT cloud.set_account_status('active')$$),
    ('set_price', 'platform', $$SELECT cloud.set_price('vps', 'core', 'core', 1)$$),
    ('set_product', 'platform', $$SELECT cloud.set_product('p', 1, 1, 1)$$),
    ('platform_dashboard', 'platform', $$SELECT accounts FROM cloud.platform_dashboard()$$),
    ('platform_quota_requests', 'platform', $$SELECT count(*) FROM cloud.platform_quota_requests()$$),
    ('platform_accounts_page', 'platform', $$SELECT count(*) FROM cloud.platform_accounts_page()$$),
    ('generate_invoices', 'platform', $$SELECT cloud.generate_invoices()$$);
-- what is not the application's at all, and what needs no account
INSERT INTO commands VALUES ('register_user', 'gateway', NULL), ('confirm_domain', 'gateway', NULL), ('record_usage', 'worker', NULL), ('key_used', 'worker', NULL),
    ('claim_outbox', 'worker', NULL), ('acknowledge_outbox', 'worker', NULL), ('fail_outbox', 'worker', NULL), ('retry_outbox', 'worker', NULL), ('discard_outbox', 'worker', NULL),
    ('maintain', 'maintenance', NULL), ('create_account', NULL, NULL), ('my_accounts', NULL, NULL), ('accept_invitation', NULL, NULL), ('resolve_domain', NULL, NULL), ('open_share', NULL, NULL);
SELECT is_empty($$SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'cloud'::regnamespace AND p.prosecdef AND p.proname NOT IN (SELECT name FROM commands)$$, 'every command is here');
SELECT is_empty($$SELECT name FROM commands WHERE name NOT IN (SELECT proname FROM pg_proc WHERE pronamespace = 'cloud'::regnamespace AND prosecdef)$$, 'and nothing else');

CREATE TABLE tried AS
SELECT c.name, c.least, p.who, p.role, act(p.who, c.call) AS answer,
       CASE WHEN c.least = 'platform' THEN p.who = 'a_platform' ELSE primecloud.role_rank(p.role) >= primecloud.role_rank(c.least) END AS allowed
FROM commands c CROSS JOIN people p
WHERE c.call IS NOT NULL AND (p.who IN ('a_ext', 'a_dev', 'a_admin', 'a_owner', 'guest') OR (p.who = 'a_platform' AND c.least = 'platform'));
SELECT is(answer, '42501', format('%s is not for %s', name, who)) FROM tried WHERE allowed IS NOT TRUE ORDER BY name, who;
-- It works, or says why its made-up argument cannot: never that the command itself is at fault.
SELECT unalike(answer, '42%', format('%s is for %s', name, who)) FROM tried WHERE allowed AND answer IS NOT NULL ORDER BY name, who;
SELECT is(act('a_owner', format('SELECT cloud.%s', call)), '42501', call || ' is not for an application') FROM unnest(ARRAY[
    $$register_user(gen_random_uuid(), 'x@example.com')$$, $$record_usage('[]')$$, $$maintain('access', 1)$$, $$key_used('x')$$, $$acknowledge_outbox(1, gen_random_uuid())$$,
    $$command_account('owner', 'x')$$, $$audit('x', 'x', 'x')$$, $$order_service('minio', 'x', 'x', '{}')$$, $$send_notification('welcome', 'x')$$, 
    $$load_demo(1, 1)$$, $$decide_quota(gen_random_uuid(), 'approved', '')$$, $$tell_quota('{}')$$]) AS call;

-- TC015: an escalation is refused, and the server log tells of it though its transaction is gone.
\getenv log SERVER_LOG
SELECT is(act('a_dev', format($$SELECT cloud.change_member_role(%L, 'owner')$$, user_id)), '42501', 'TC015: escalation is refused') FROM people WHERE who = 'a_dev';
SELECT matches(pg_read_file(:'log'), 'primecloud: change_member_role refused for user 00000000-0000-7000-8000-0000000000a3 in role developer', 'TC015: and logged');
SELECT is(act('a_admin', format($$SELECT cloud.change_member_role(%L, 'owner')$$, user_id)), '42501', 'TC015: to a rank above one''s own too') FROM people WHERE who = 'a_admin';
SELECT matches(pg_read_file(:'log'), 'primecloud: change_member_role to role owner refused for user 00000000-0000-7000-8000-0000000000a2', 'TC015: and logged');
-- TC012: the audit log is for owners and admins, of their own account
SELECT is(act('a_ext', 'SELECT count(*) FROM cloud.audit_log'), '0', 'TC012: not for an external client');
SELECT is(act('a_dev', 'SELECT count(*) FROM cloud.audit_log'), '0', 'TC012: not for a developer');
SELECT isnt(act('a_admin', 'SELECT count(*) FROM cloud.audit_log'), '0', 'TC012: for an admin');
SELECT is(act('b_owner', 'SELECT count(*) FROM cloud.audit_log WHERE account_id <> primecloud.tenant_uuid()'), '0', 'TC012: not of another account');
SELECT finish();
