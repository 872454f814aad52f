-- Every command by every role: none below its rank succeeds, none above it is
-- refused for its rank.  A command that is missing here fails the test.
\set test schema_matrix
\ir ../fixtures/control_plane.sql
SELECT no_plan();
CREATE FUNCTION exec(statement text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE statement; END $$;
CREATE TABLE commands (name text PRIMARY KEY, least text, call text);
INSERT INTO commands VALUES
    ('notify', 'admin', $$SELECT cloud.notify('welcome', 't')$$),
    ('mark_read', 'developer', $$SELECT cloud.mark_read(gen_random_uuid())$$),
    ('mark_all_read', 'developer', $$SELECT cloud.mark_all_read()$$),
    ('place_order', 'developer', $$SELECT cloud.place_order('00000000-0000-7000-8000-000000000001')$$),
    ('place_vps_order', 'developer', $$SELECT cloud.place_vps_order('debian-12', 'sp', 1, 1, 25)$$),
    ('move_order', 'developer', $$SELECT cloud.move_order(gen_random_uuid(), 'canceled')$$),
    ('create_access_key', 'developer', $$SELECT k.name FROM (SELECT access_key_id AS name FROM cloud.create_access_key('k')) k$$),
    ('rotate_access_key', 'developer', $$SELECT id FROM cloud.rotate_access_key(gen_random_uuid())$$),
    ('revoke_access_key', 'developer', $$SELECT cloud.revoke_access_key(gen_random_uuid())$$),
    ('create_sftp_credential', 'admin', $$SELECT id FROM cloud.create_sftp_credential('user' || left(md5(random()::text), 8))$$),
    ('reset_sftp_password', 'admin', $$SELECT cloud.reset_sftp_password(gen_random_uuid())$$),
    ('revoke_sftp_credential', 'admin', $$SELECT cloud.revoke_sftp_credential(gen_random_uuid())$$),
    ('delete_customer', 'admin', $$SELECT cloud.delete_customer(gen_random_uuid())$$),
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
    ('delete_closed_account', 'platform', $$SELECT cloud.delete_closed_account('not this one', 'x')$$),
    ('set_price', 'platform', $$SELECT cloud.set_price('vps', 'core', 'core', 1)$$),
    ('set_limit', 'platform', $$SELECT cloud.set_limit('accounts_per_day', 20)$$),
    ('set_product', 'platform', $$SELECT cloud.set_product('p', 1, 1, 1)$$),
    ('platform_dashboard', 'platform', $$SELECT accounts FROM cloud.platform_dashboard()$$),
    ('platform_quota_requests', 'platform', $$SELECT count(*) FROM cloud.platform_quota_requests()$$),
    ('platform_accounts_page', 'platform', $$SELECT count(*) FROM cloud.platform_accounts_page()$$),
    ('generate_invoices', 'platform', $$SELECT cloud.generate_invoices()$$),
    ('cancel_invoice', 'admin', $$SELECT cloud.cancel_invoice(gen_random_uuid(), 'x')$$),
    ('request_dedicated', 'developer', $$SELECT cloud.request_dedicated('a large one')$$),
    ('quote_order', 'platform', $$SELECT cloud.quote_order(gen_random_uuid(), 1)$$),
    ('note_order', 'platform', $$SELECT cloud.note_order(gen_random_uuid(), 'x')$$),
    ('grant_trial', 'platform', $$SELECT cloud.grant_trial('00000000-0000-7000-8000-000000000001', now() + interval '7 days')$$),
    ('platform_open_orders', 'platform', $$SELECT count(*) FROM cloud.platform_open_orders()$$),
    ('platform_open_invoices', 'platform', $$SELECT count(*) FROM cloud.platform_open_invoices()$$),
    ('dead_orders', 'platform', $$SELECT count(*) FROM cloud.dead_orders()$$),
    ('register_user', 'gateway', $$SELECT cloud.register_user(gen_random_uuid(), left(md5(random()::text), 8) || '@example.com')$$),
    ('confirm_domain', 'gateway', $$SELECT cloud.confirm_domain('none.example.com', '{}')$$),
    ('record_usage', 'worker', $$SELECT cloud.record_usage('[]')$$),
    ('key_used', 'worker', $$SELECT cloud.key_used('x')$$),
    ('sftp_used', 'worker', $$SELECT cloud.sftp_used('x')$$),
    ('mail_recipients', 'worker', $$SELECT count(*) FROM cloud.mail_recipients('00000000-0000-7000-8000-00000000000a', 'admins')$$),
    ('mail_sender', 'worker', $$SELECT count(*) FROM cloud.mail_sender('00000000-0000-7000-8000-00000000000a')$$),
    ('order_secret', 'worker', $$SELECT cloud.order_secret(0, gen_random_uuid())$$),
    ('renew_outbox', 'worker', $$SELECT cloud.renew_outbox(0, gen_random_uuid())$$),
    ('claim_outbox', 'worker', $$SELECT count(*) FROM cloud.claim_outbox('none', 'x')$$),
    ('acknowledge_outbox', 'worker', $$SELECT cloud.acknowledge_outbox(0, gen_random_uuid())$$),
    ('fail_outbox', 'worker', $$SELECT cloud.fail_outbox(0, gen_random_uuid(), 'x')$$),
    ('retry_outbox', 'worker', $$SELECT cloud.retry_outbox(0)$$),
    ('discard_outbox', 'worker', $$SELECT cloud.discard_outbox(0, 'x')$$),
    ('maintain', 'maintenance', $$SELECT cloud.maintain('access', 1)$$);
-- what needs no account: for whoever has a token of his own, or of an invitation or a link
INSERT INTO commands VALUES ('create_account', NULL, NULL), ('my_accounts', NULL, NULL), ('accept_invitation', NULL, NULL),
    ('resolve_domain', NULL, NULL), ('open_share', NULL, NULL);
-- what commands ask of all accounts: nobody's to call
INSERT INTO commands VALUES ('check_owned', NULL, NULL), ('open_holds', NULL, NULL);
SELECT is_empty($$SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'cloud'::regnamespace AND p.prosecdef
    AND p.proname NOT IN (SELECT name FROM commands)$$, 'every command is here');
SELECT is_empty($$SELECT name FROM commands WHERE name NOT IN (SELECT proname FROM pg_proc WHERE pronamespace = 'cloud'::regnamespace
    AND prosecdef)$$, 'and nothing else');
-- No one may call more than schema_grants says, by PUBLIC or by another role.
SELECT is_empty(format($$SELECT p.proname, r.access FROM pg_proc p, (VALUES ('app', %L), ('gateway', %L), ('platform', %L), ('worker', %L),
    ('maintenance', %L)) AS r(access, role)
    WHERE p.pronamespace = 'cloud'::regnamespace AND has_function_privilege(r.role, p.oid, 'EXECUTE')
      AND NOT EXISTS (SELECT FROM primecloud_internal.schema_grants() g WHERE g.access = r.access AND g.privilege = 'EXECUTE'
          AND g.object = p.proname)$$,
    :'app', :'gateway', :'platform', :'worker', :'maintenance'), 'nobody may call more than he was let in for');

CREATE TABLE tried AS
SELECT c.name, c.least, p.who, p.role, act(p.who, c.call) AS answer,
       CASE WHEN c.least IN ('gateway', 'worker', 'maintenance') THEN p.who = c.least
            WHEN p.who IN ('gateway', 'worker', 'maintenance')
                THEN (c.name, p.who) IN (('dead_orders', 'worker'), ('generate_invoices', 'maintenance'))
            WHEN c.least = 'platform' THEN p.who = 'a_platform'
            ELSE primecloud.role_rank(p.role) >= primecloud.role_rank(c.least) END AS allowed
FROM commands c CROSS JOIN people p
WHERE c.call IS NOT NULL AND (p.who IN ('a_ext', 'a_dev', 'a_admin', 'a_owner', 'guest', 'gateway', 'worker', 'maintenance')
    OR (p.who = 'a_platform' AND c.least IN ('platform', 'gateway', 'worker', 'maintenance')));
SELECT is(answer, '42501', format('%s is not for %s', name, who)) FROM tried WHERE allowed IS NOT TRUE ORDER BY name, who;
-- It works, or says why its made-up argument cannot: never that the command itself is at fault.
SELECT unalike(answer, '42%', format('%s is for %s', name, who)) FROM tried WHERE allowed AND answer IS NOT NULL ORDER BY name, who;
-- EXECUTE alone makes an application nobody else: who was let in is asked inside (but not by register_user, as schema_gateway has it).
SELECT count(*) AS granted FROM (SELECT exec(format('GRANT EXECUTE ON FUNCTION %s TO %I', p.oid::regprocedure, :'app'))
    FROM pg_proc p JOIN commands c ON c.name = p.proname WHERE p.pronamespace = 'cloud'::regnamespace
    AND c.least IN ('platform', 'gateway', 'worker', 'maintenance')) AS g \gset
SELECT is(act('a_owner', call), '42501', format('%s is not for an application that has EXECUTE', name)) FROM commands
    WHERE least IN ('platform', 'gateway', 'worker', 'maintenance') AND name <> 'register_user' ORDER BY name;
-- What commands are made of is nobody's to call.
SELECT is_empty(format($$SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'cloud'::regnamespace AND NOT p.prosecdef
    AND p.provolatile = 'v' AND p.prokind = 'f'
    AND p.proname <> 'orders_count' AND has_function_privilege(%L, p.oid, 'EXECUTE')$$, r), 'the parts of commands are not for ' || r)
        FROM unnest(ARRAY[:'app', :'gateway', :'platform', :'worker', :'maintenance']) AS r;
SELECT is(act('a_owner', format('SELECT cloud.%s', call)), '42501', call || ' is not for an application') FROM unnest(ARRAY[
    $$command_account('owner', 'x')$$, $$audit('x', 'x', 'x')$$, $$order_service('minio', 'x', 'x', '{}')$$,
        $$send_notification('welcome', 'x')$$, $$send_notifications('[]')$$,
    $$load_demo(1, 1)$$, $$decide_quota(gen_random_uuid(), 'approved', '')$$, $$tell_quota('{}')$$, $$end_shares(gen_random_uuid())$$,
        $$make_access_key('k', 'read', NULL, NULL)$$]) AS call;

-- Arguments that nobody would send, by those who may call: an error that says what is wrong with them, never one of the command's own.
CREATE TABLE odd (type regtype, variant int, value text);
INSERT INTO odd VALUES ('text', 1, 'NULL'), ('text', 2, ''''''), ('text', 3, 'repeat(''é'', 50000)'),
    ('text', 4, 'E''\n\x01''''; DROP TABLE x; --%s$1'''),
    ('uuid', 1, 'NULL'), ('uuid', 2, quote_literal('00000000-0000-0000-0000-000000000000')),
        ('uuid', 3, quote_literal('ffffffff-ffff-ffff-ffff-ffffffffffff')),
        ('uuid', 4, quote_literal('00000000-0000-7000-8000-000000000001')),
    ('integer', 1, 'NULL'), ('integer', 2, '(-2147483648)'), ('integer', 3, '2147483647'), ('integer', 4, '0'), ('bigint', 1, 'NULL'),
        ('bigint', 2, '(-9223372036854775808)'), ('bigint', 3, '9223372036854775807'), ('bigint', 4, '0'),
    ('interval', 1, 'NULL'), ('interval', 2, '''-178000000 years'''), ('interval', 3, '''178000000 years'''), ('interval', 4, '''0'''),
        ('timestamptz', 1, 'NULL'), ('timestamptz', 2, '''-infinity'''), ('timestamptz', 3, '''infinity'''),
        ('timestamptz', 4, '''epoch'''),
    ('date', 1, 'NULL'), ('date', 2, '''-infinity'''), ('date', 3, '''infinity'''), ('date', 4, '''0001-01-01'''), ('boolean', 1, 'NULL'),
        ('boolean', 2, 'false'), ('boolean', 3, 'true'), ('boolean', 4, 'NULL'),
    ('jsonb', 1, 'NULL'), ('jsonb', 2, '''[]'''), ('jsonb', 3, '''{"x": [1, {"y": null}]}'''), ('jsonb', 4, '''[1]'''),
        ('text[]', 1, 'NULL'), ('text[]', 2, '''{}'''), ('text[]', 3, '''{NULL,""}'''), ('text[]', 4, 'ARRAY[repeat(''x'', 1000000)]'),
    ('inet', 1, 'NULL'), ('inet', 2, '''::1'''), ('inet', 3, '''0.0.0.0/0'''), ('inet', 4, '''255.255.255.255''');
CREATE TABLE thrown AS
SELECT p.proname, v.variant, w.who, act(w.who, format('SELECT count(*) FROM cloud.%I(%s)', p.proname,
    (SELECT string_agg(o.value || '::' || t::regtype, ', ' ORDER BY n) FROM unnest(p.proargtypes) WITH ORDINALITY AS a(t, n) JOIN odd o
        ON o.type = t::regtype AND o.variant = 1 + (v.variant + n * (v.variant > 4)::int) % 4))) AS answer
FROM pg_proc p, generate_series(1, 5) AS v(variant), (VALUES ('a_owner', :'app'::name), ('a_platform', :'platform'), ('worker', :'worker'),
    ('gateway', :'gateway'), ('maintenance', :'maintenance'), ('a_ext', :'app')) AS w(who, role)
WHERE p.pronamespace = 'cloud'::regnamespace AND p.prokind = 'f' AND p.pronargs > 0 AND has_function_privilege(w.role, p.oid, 'EXECUTE')
    AND p.proname NOT IN ('set_account_status');
SELECT is_empty($$SELECT * FROM thrown
    WHERE answer !~ '^(\d+|22001|22023|22004|22003|22007|22008|22P02|23502|23503|23505|23514|P0002|55000)$'
    AND NOT (answer = '42501' AND who IN ('a_ext', 'a_platform', 'maintenance'))$$,
    'odd arguments: an error that says what is wrong with them');
SELECT cmp_ok((SELECT count(*) FROM thrown), '>', 800::bigint, '(of all commands and reads)');
SELECT finish();
