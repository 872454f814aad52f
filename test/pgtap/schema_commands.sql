-- The control plane's commands, by people of each role.
\set test schema_commands
\ir ../fixtures/control_plane.sql
SELECT no_plan();
\set product '''00000000-0000-7000-8000-000000000001'''

-- orders
SELECT matches(act('a_dev', $$SELECT cloud.place_order('00000000-0000-7000-8000-000000000001', 2, request_id => 'r1')$$), '^[0-9a-f-]{36}$',
    'a developer orders');
SELECT is(act('a_dev', $$SELECT cloud.place_order('00000000-0000-7000-8000-000000000001', 2, request_id => 'r1')$$),
          (SELECT id::text FROM cloud.orders WHERE request_id = 'r1'), 'the same request is the same order');
SELECT results_eq($$SELECT unit_price_cents, total_cents, status FROM cloud.orders WHERE request_id = 'r1'$$,
    $$VALUES (4900::bigint, 9800::bigint, 'pending')$$, 'at the server''s price');
SELECT is(act('a_ext', $$SELECT cloud.place_order('00000000-0000-7000-8000-000000000001')$$), '42501', 'an external client does not');
SELECT is(act('a_dev', $$SELECT cloud.place_order('00000000-0000-7000-8000-00000000dead')$$), 'P0002', 'a product that is none');
SELECT is(act('a_dev', $$SELECT cloud.place_order('00000000-0000-7000-8000-000000000001', 0)$$), '23514', 'none of a product');
SELECT matches(act('a_dev', $$SELECT cloud.place_vps_order('debian-12', 'sp', 2, 4, 25, request_id => 'v1')$$), '^[0-9a-f-]{36}$',
    'a developer orders a machine');
SELECT results_eq($$SELECT o.unit_price_cents, v.base_price_cents FROM cloud.orders o JOIN cloud.vps_configs v
    ON v.order_id = o.id AND v.account_id = o.account_id WHERE request_id = 'v1'$$,
    $$VALUES (7288::bigint, 7038::bigint)$$, 'its price is rounded half up, once a part');
SELECT act('a_dev', $$SELECT cloud.request_dedicated('two sockets', request_id => 'd1')$$);
SELECT is_empty($$SELECT o.order_type, o.placed_by FROM cloud.orders o WHERE o.request_id IN ('r1', 'v1', 'd1')
    AND o.placed_by IS DISTINCT FROM (SELECT p.user_id::text FROM people p WHERE p.who = 'a_dev')$$, 'each order says who placed it');
SELECT is((SELECT count(*) FROM cloud.orders WHERE request_id IN ('r1', 'v1', 'd1')), 3::bigint, '(of all three kinds)');
SELECT is(act('a_dev', $$SELECT cloud.place_vps_order('beos', 'sp', 2, 4, 25, request_id => 'v2')$$), '23514', 'an unknown system');
SELECT is((SELECT count(*) FROM cloud.orders WHERE request_id = 'v2'), 0::bigint, 'leaves no order behind');

-- what an order is, its product says
SELECT isnt(act('platform', format($$SELECT cloud.set_product('Kind %s', 100, 1, 1, order_type => %L)$$, kind, kind)), '23514',
    'a product: ' || kind) FROM unnest(ARRAY['storage', 'backup_cloud', 'backup_vps']) AS kind;
SELECT is(act('platform', $$SELECT cloud.set_product('Kind vps', 100, 1, 1, order_type => 'vps')$$), '23514', 'a machine is no product');
SELECT act('a_dev', format('SELECT cloud.place_order(%L, request_id => %L)', id, name)) FROM cloud.products WHERE name LIKE 'Kind %';
SELECT results_eq($$SELECT o.order_type FROM cloud.orders o WHERE request_id LIKE 'Kind %' ORDER BY 1$$, $$VALUES ('backup_cloud'),
    ('backup_vps'), ('storage')$$, 'orders of three kinds');

-- the order's states
SELECT id AS order_id FROM cloud.orders WHERE request_id = 'r1' \gset
SELECT set_config('test.order', :'order_id', false);
SELECT is(act('a_owner', format($$SELECT cloud.move_order(%L, 'approved')$$, :'order_id')), '42501',
    'an owner does not approve his order');
SELECT is(act('a_platform', format($$SELECT cloud.move_order(%L, 'approved')$$, :'order_id')), 'approved', 'the platform does');
SELECT is(act('a_platform', format($$SELECT cloud.move_order(%L, 'completed')$$, :'order_id')), '23514', 'no state is skipped');
SELECT is(act('a_platform', format($$SELECT cloud.set_payment(%L, 'refunded')$$, :'order_id')), '23514',
    'nothing is refunded that was not paid');
SELECT is(act('a_platform', format($$SELECT cloud.set_payment(%L, 'paid', 'pix')$$, :'order_id')), 'paid',
    'the platform records the payment');
SELECT is(act('a_owner', format($$SELECT cloud.set_payment(%L, 'paid')$$, :'order_id')), '42501', 'an owner does not');
SELECT is(act('b_owner', format($$SELECT cloud.move_order(%L, 'canceled')$$, :'order_id')), 'P0002',
    'another account''s order is not there');
SELECT is(act('a_dev', format($$SELECT cloud.move_order(%L, 'canceled')$$, :'order_id')), '42501',
    'a developer does not cancel what is approved');
SELECT is(act('a_admin', format($$SELECT cloud.move_order(%L, 'canceled', 'changed my mind')$$, :'order_id')), 'canceled',
    'an admin does');
SELECT is(act('a_admin', format($$SELECT cloud.move_order(%L, 'canceled')$$, :'order_id')), 'canceled', 'and again');
SELECT is(act('a_owner', format($$UPDATE cloud.orders SET %s WHERE true$$, change)), '42501', 'raw SQL: ' || change)
FROM unnest(ARRAY['status = ''completed''', 'payment_status = ''paid''', 'unit_price_cents = 1', 'discount_cents = 1', 'quantity = 1',
    'paid_at = now()']) AS change;
SELECT is(act('a_owner', $$INSERT INTO cloud.orders (product_id, unit_price_cents) VALUES ('00000000-0000-7000-8000-000000000001', 1)$$),
    '42501', 'raw SQL: an order');

-- members
SELECT is(act('a_admin', format($$SELECT cloud.change_member_role(%L, 'owner')$$, user_id)), '42501', 'an admin makes no owner') FROM people
    WHERE who = 'a_dev';
SELECT is(act('a_admin', format($$SELECT cloud.change_member_role(%L, 'developer')$$, user_id)), '42501', 'nor demotes one') FROM people
    WHERE who = 'a_owner';
SELECT is(act('a_owner', format($$SELECT cloud.change_member_role(%L, 'developer')$$, user_id)), '23503',
    'the owner stays until he transfers') FROM people WHERE who = 'a_owner';
SELECT is(act('a_dev', format($$SELECT cloud.change_member_role(%L, 'admin')$$, user_id)), '42501', 'a developer changes no role')
    FROM people WHERE who = 'a_dev';
SELECT is(act('a_admin', format($$SELECT cloud.remove_member(%L)$$, user_id)), '42501', 'an admin removes no owner') FROM people
    WHERE who = 'a_owner';
SELECT is(act('a_admin', $$SELECT email FROM cloud.invite('x@example.com', 'owner') AS i(id, email)$$), '42501',
    'an admin invites no owner');
SELECT act('a_admin', $$SELECT i.token FROM cloud.invite('Guest@Example.com', 'developer') AS i$$) AS token \gset
SELECT act('a_admin', $$SELECT i.token FROM cloud.invite('guest@example.com', 'developer') AS i$$) AS renewed \gset
SELECT is(act('guest', format('SELECT cloud.accept_invitation(%L)', :'token')), 'P0002', 'an invitation that was renewed is none');
SELECT is((SELECT count(*) FROM cloud.invitations WHERE email = 'guest@example.com'), 1::bigint, 'and one is left');
SELECT :'renewed' AS token \gset
SELECT is(act('a_dev', format('SELECT cloud.accept_invitation(%L)', :'token')), 'P0002', 'an invitation is for its address');
SELECT is(act('guest', 'SELECT cloud.accept_invitation(''guess'')'), 'P0002', 'a token that is none');
SELECT is(act('guest', format('SELECT cloud.accept_invitation(%L)', :'token')), (SELECT account_id::text FROM people WHERE who = 'a_owner'),
    'the guest accepts');
SELECT is(act('guest', format('SELECT cloud.accept_invitation(%L)', :'token')), (SELECT account_id::text FROM people WHERE who = 'a_owner'),
    'and again');
SELECT is((SELECT count(*) FROM cloud.account_members m JOIN people p USING (user_id) WHERE who = 'guest'), 1::bigint, 'and is one member');
SELECT is(act('guest', $$SELECT string_agg(m.role || ':' || (m.account).slug, ',') FROM cloud.my_accounts() m$$), 'developer:account-a',
    'the account switcher shows it');
SELECT is(act('guest', $$SELECT (m.account).billing IS NULL FROM cloud.my_accounts() m$$), 'true', 'without what a developer may not see');
SELECT is(act('a_admin', format('SELECT cloud.remove_member(%L)', user_id)), '', 'an admin removes him') FROM people WHERE who = 'guest';
-- the owner is a member who owns: not even raw SQL of the schema's owner has it otherwise
PREPARE owned AS SELECT account_id, user_id FROM cloud.account_owners;
PREPARE owning AS SELECT id, owner_user_id FROM cloud.accounts;
SELECT throws_ok(format('%s; SET CONSTRAINTS ALL IMMEDIATE', statement), '23503', NULL, 'raw SQL: ' || statement) FROM unnest(ARRAY[
    $$DELETE FROM cloud.account_members WHERE role = 'owner'$$, $$UPDATE cloud.account_members SET role = 'admin' WHERE role = 'owner'$$,
        $$UPDATE cloud.account_members SET user_id = gen_random_uuid() WHERE role = 'owner'$$,
    $$UPDATE cloud.accounts SET owner_user_id = gen_random_uuid()$$, $$UPDATE cloud.accounts
        SET owner_user_id = (SELECT user_id FROM people WHERE who = 'a_dev') WHERE slug = 'account-a'$$,
    $$UPDATE cloud.account_owners SET user_id = (SELECT user_id FROM people WHERE who = 'a_admin')
        WHERE account_id = (SELECT account_id FROM people WHERE who = 'a_admin')$$]) AS statement;
SELECT is(act('a_owner', format('SELECT cloud.transfer_ownership(%L)', user_id)), '', 'the owner makes another member the owner')
    FROM people WHERE who = 'a_admin';
SELECT is((SELECT a.owner_user_id FROM cloud.accounts a WHERE slug = 'account-a'), user_id, 'who is it') FROM people WHERE who = 'a_admin';
SELECT set_eq('owned', 'owning', 'and is kept as such');
SELECT throws_ok(format('DELETE FROM cloud.account_members WHERE user_id = %L; SET CONSTRAINTS ALL IMMEDIATE', user_id), '23503', NULL,
    'raw SQL: nor does he leave') FROM people WHERE who = 'a_admin';
SELECT is(act('a_owner', format('SELECT cloud.transfer_ownership(%L)', user_id)), '', 'a second owner takes it back') FROM people
    WHERE who = 'a_owner';
SELECT is(act('a_owner', format($$SELECT cloud.change_member_role(%L, 'admin')$$, user_id)), '', 'and demotes who was') FROM people
    WHERE who = 'a_admin';

-- subscriptions
SELECT matches(act('a_admin', $$SELECT cloud.subscribe('00000000-0000-7000-8000-000000000001')$$), '^[0-9a-f-]{36}$',
    'an admin subscribes');
SELECT is(act('a_admin', $$SELECT cloud.subscribe('00000000-0000-7000-8000-000000000001')$$),
    (SELECT id::text FROM cloud.account_subscriptions), 'and again');
SELECT is(act('a_admin', $$SELECT cloud.subscribe('00000000-0000-7000-8000-000000000002')$$), '23505', 'not to a second plan');
SELECT is(act('a_admin', $$SELECT cloud.change_subscription('00000000-0000-7000-8000-000000000002')$$),
    (SELECT id::text FROM cloud.account_subscriptions), 'but changes it');
SELECT is(act('a_admin', $$SELECT cloud.cancel_subscription()$$), 'true', 'and cancels it');

-- buckets and what is in them
SELECT act('a_dev', $$SELECT cloud.create_bucket('assets')$$) AS bucket \gset
SELECT act('a_dev', $$SELECT cloud.create_bucket('private')$$) AS other \gset
SELECT is(act('a_dev', $$SELECT cloud.create_bucket('assets')$$), '23505', 'a name is taken once');
SELECT is(act('a_dev', $$SELECT cloud.create_bucket('tenant-2-data')$$), '23514', 'no bucket impersonates another''s');
SELECT is(act('a_dev', $$SELECT cloud.create_bucket('A_b')$$), '22023', 'a name that is none') ;
SELECT is(act('a_dev',
    format($$SELECT cloud.add_lifecycle_rule(%L, '{"ID":"logs","Status":"Enabled","Filter":{"Prefix":"logs/"},"Expiration":{"Days":30}}')$$,
    :'bucket')), 'logs', 'a rule is added');
SELECT is(act('a_dev',
    format($$SELECT cloud.add_lifecycle_rule(%L, '{"ID":"logs","Status":"Enabled","Filter":{"Prefix":"x/"},"Expiration":{"Days":3}}')$$,
    :'bucket')), '23505', 'its name is taken once');
SELECT is(act('a_ext', format($$SELECT cloud.add_lifecycle_rule(%L, '{}')$$, :'bucket')), '42501', 'an external client adds none');
SELECT is(act('a_dev',
    format($$SELECT cloud.bucket_lifecycle(%L) =
    '{"Rules":[{"ID":"logs","Status":"Enabled","Filter":{"Prefix":"logs/"},"Expiration":{"Days":30}}]}'::primecloud.lifecycle$$,
    :'bucket')), 'true', 'the whole configuration');
SELECT is(act('a_dev', format($$SELECT cloud.remove_lifecycle_rule(%L, 'logs')$$, :'bucket')), 'true', 'a rule is removed');

UPDATE cloud.accounts SET storage_quota_bytes = 1000 WHERE slug = 'account-b';
SELECT act('b_owner', $$SELECT cloud.create_bucket('small')$$) AS small \gset
SELECT is((SELECT quota_bytes FROM cloud.buckets WHERE id = :'small'), 1000::bigint, 'a bucket begins with no more than its account has');
SELECT is(act('b_owner', format('SELECT cloud.set_bucket_quota(%L, 1001)', :'small')), '23514', 'and is given no more');
SELECT is(act('b_owner', format('SELECT cloud.set_bucket_quota(%L, -1)', :'small')), '23514', 'nor less than nothing');

-- external clients
SELECT is(act('a_ext', 'SELECT count(*) FROM cloud.buckets'), '0', 'an external client sees no bucket');
SELECT is(act('a_admin', format($$SELECT cloud.grant_bucket(%L, %L, 'read')$$, :'bucket', user_id)), '', 'until he is granted one')
    FROM people WHERE who = 'a_ext';
SELECT is(act('a_ext', 'SELECT string_agg(name, '','') FROM cloud.buckets'), 'assets', 'which is all he sees');
SELECT is(act('a_ext', format($$SELECT cloud.tag_object(%L, 'k', 't')$$, :'bucket')), 'P0002', 'he writes not where he may read');
SELECT is(act('a_ext', format($$SELECT s.token IS NOT NULL FROM cloud.share_object(%L, 'k') AS s$$, :'other')), 'P0002',
    'nor shares from another bucket');
SELECT act('a_ext', format($$SELECT s.token FROM cloud.share_object(%L, 'report.pdf', 'download') AS s$$, :'bucket')) AS token \gset
SELECT is(act('guest', format($$SELECT s.object_key FROM cloud.open_share(%L) AS s$$, :'token')), 'report.pdf', 'he shares from it');
SELECT act('maintenance', 'SELECT cloud.maintain(''access'', 10)');
SELECT is((SELECT opened_count FROM cloud.object_shares), 1::bigint, 'which is counted');
SELECT is(act('guest', $$SELECT s.object_key FROM cloud.open_share('guess') AS s$$), 'P0002', 'a link that is none');
SELECT is(act('a_ext', 'SELECT count(*) FROM ' || rel), '0', 'an external client sees nothing of ' || rel)
FROM unnest(ARRAY['cloud.account_members', 'cloud.orders', 'cloud.access_keys', 'cloud.audit_log', 'cloud.notifications', 'cloud.invoices',
    'cloud.customers', 'cloud.account_billing', 'cloud.usage_daily', 'cloud.sftp_credentials', 'cloud.invitations']) AS rel;

-- quotas
SELECT is(act('a_dev', $$SELECT cloud.request_quota(1)$$), '42501', 'a developer asks for no quota');
SELECT act('a_admin', $$SELECT cloud.request_quota(214748364800)$$) AS request \gset
SELECT is(act('a_admin', $$SELECT cloud.request_quota(214748364800)$$), :'request', 'the same request is one');
SELECT is(act('a_owner', format('SELECT cloud.approve_quota(%L)', :'request')), '42501', 'an owner does not approve it');
SELECT is(act('platform', 'SELECT format(''%s %s'', account_name, requested_quota_bytes) FROM cloud.platform_quota_requests()'),
    'Account a 214748364800', 'the platform sees what is asked for');
SELECT is(act('a_platform', format('SELECT cloud.approve_quota(%L)', :'request')), '', 'and approves it');
SELECT is(act('platform', 'SELECT count(*) FROM cloud.platform_quota_requests()'), '0', 'what it has decided is asked for no more');
SELECT is(act('a_platform', format('SELECT cloud.approve_quota(%L)', :'request')), 'P0002', 'once');
SELECT is((SELECT storage_quota_bytes FROM cloud.accounts WHERE slug = 'account-a'), 214748364800, 'and it holds');

-- notifications
SELECT is((SELECT count(*) FROM cloud.notifications WHERE type = 'approval_approved'), 1::bigint, 'the account is told');
SELECT is(act('a_admin', $$SELECT cloud.notify('account_activated', 'x') IS NULL$$), 'false', 'a notification');
SELECT is(act('a_admin', $$SELECT cloud.notify('account_activated', 'x') IS NULL$$), 'true', 'is sent once an hour');
SELECT is(act('a_dev', $$UPDATE cloud.notifications SET title = 'x'$$), '42501', 'raw SQL: only read_at');
SELECT is(act('a_dev', $$UPDATE cloud.notifications SET read_at = now()$$), 'UPDATE ' || (SELECT count(*) FROM cloud.notifications),
    'which may change');
SELECT is(act('a_owner', 'DELETE FROM cloud.notifications'), '42501', 'none is deleted');
SELECT is(act('a_owner', 'DELETE FROM cloud.audit_log'), '42501', 'nor the audit log');
SELECT is(act('a_dev', 'SELECT count(*) FROM cloud.audit_log'), '0', 'a developer does not read it');
SELECT isnt(act('a_admin', 'SELECT count(*) FROM cloud.audit_log'), '0', 'an admin does');

-- domains
SELECT act('a_admin', $$SELECT cloud.set_domain('Shop.Example.com')$$) AS proof \gset
SELECT is(act('guest', $$SELECT count(*) FROM cloud.resolve_domain('shop.example.com')$$), '0', 'an unproven domain leads nowhere');
SELECT is(act('gateway', $$SELECT cloud.confirm_domain('shop.example.com', ARRAY['primecloud-verify=guess'])$$), 'false', 'a wrong proof');
SELECT is(act('a_owner', format($$SELECT cloud.confirm_domain('shop.example.com', ARRAY[%L])$$, :'proof')), '42501',
    'an owner confirms nothing');
SELECT is(act('gateway', format($$SELECT cloud.confirm_domain('shop.example.com', ARRAY[%L])$$, :'proof')), 'true', 'the right one');
SELECT is(act('guest', $$SELECT r.slug FROM cloud.resolve_domain('SHOP.example.com:443') AS r$$), 'account-a', 'leads to its account');
SELECT is(act('a_owner', $$UPDATE cloud.accounts SET custom_domain = 'other.example.com'$$), '42501', 'raw SQL: the domain');
SELECT is(act('a_owner', $$UPDATE cloud.accounts SET storage_quota_bytes = 1$$), '42501', 'raw SQL: the quota');

-- usage
SELECT physical_name AS physical FROM cloud.buckets WHERE id = :'bucket' \gset
SELECT is(act('a_owner', format($$SELECT cloud.record_usage('[]')$$)), '42501', 'usage is a worker''s');
SELECT is(act('worker',
    format($$SELECT cloud.record_usage('[{"bucket":"%s","at":"2026-01-01T10:00:00Z","storage_bytes":1000,"object_count":3,'
    '"ingress_bytes":10,"egress_bytes":20,"request_count":5}]')$$, :'physical')), '1', 'a measurement')
FROM generate_series(1, 2);
SELECT results_eq(format('SELECT size_bytes, object_count FROM cloud.buckets WHERE id = %L', :'bucket'), 'VALUES (1000::bigint, 3::bigint)',
    'sizes the bucket');
SELECT results_eq('SELECT sum(ingress_bytes), sum(egress_bytes), sum(request_count) FROM cloud.usage_daily',
    'VALUES (10::numeric, 20::numeric, 5::numeric)', 'and is counted once');
SELECT is((SELECT storage_used_bytes FROM cloud.accounts WHERE slug = 'account-a'), (SELECT sum(size_bytes)::bigint FROM cloud.buckets
    WHERE name IN ('assets', 'private')), 'the account''s total is its buckets''');

-- opening an account, with a token of the user alone
SELECT is(act('a_owner', $$SELECT cloud.register_user(gen_random_uuid(), 'x@example.com')$$), '42501',
    'nobody registers people but the gateway');
SELECT is(act('gateway', $$SELECT cloud.register_user('00000000-0000-7000-8000-0000000000a3', 'Renamed@Example.com', 'New Name')$$),
    '00000000-0000-7000-8000-0000000000a3', 'which renames one');
SELECT is((SELECT email || ' ' || display_name FROM cloud.account_members WHERE user_id = '00000000-0000-7000-8000-0000000000a3'),
    'renamed@example.com New Name', 'in each of his accounts');
SELECT matches(act('guest', $$SELECT cloud.create_account('Mine', 'mine')$$), '^[0-9a-f-]{36}$', 'a registered user opens an account');
SELECT is(act('guest', $$SELECT cloud.create_account('Other', 'mine')$$), '23505', 'a slug is taken once');
SELECT is(act('guest', $$SELECT cloud.create_account('Other', 'Not Plain')$$), '23514', 'and plain');
SELECT is(act('guest', $$SELECT string_agg(m.role || ' ' || (m.account).slug, ',') FROM cloud.my_accounts() m$$), 'owner mine',
    'of which he is the owner');
SELECT set_eq('owned', 'owning', 'each account is kept with its owner');
SELECT throws_ok(format('DELETE FROM cloud.account_members WHERE user_id = %L; SET CONSTRAINTS ALL IMMEDIATE', user_id), '23503', NULL,
    'raw SQL: he stays, too') FROM people WHERE who = 'guest';
SELECT is(act('b_owner', $$SELECT string_agg((m.account).slug, ',') FROM cloud.my_accounts() m$$), 'account-b',
    'and nobody else''s switcher shows it');

-- the end of an account, whatever it owns
SELECT is(act('a_admin', $$SELECT cloud.delete_account('account-a')$$), '42501', 'an admin deletes no account');
SELECT is(act('a_owner', $$SELECT cloud.delete_account('account-b')$$), '22023', 'its owner names it');
SELECT is(act('a_owner', $$SELECT cloud.delete_account('account-a')$$), '', 'and it goes');
SELECT is((SELECT count(*) FROM cloud.accounts WHERE slug = 'account-a'), 0::bigint, 'with all it owned');
SELECT set_eq('owned', 'owning', 'and its owner');
SELECT isnt((SELECT count(*) FROM cloud.audit_log WHERE action = 'delete_account'), 0::bigint, 'but its audit log');
SELECT finish();
