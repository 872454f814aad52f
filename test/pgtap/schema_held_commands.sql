-- What an account's people delete by commands stays while it is held; what takes access away is refused by no hold.
\set test schema_held_commands
\ir ../fixtures/control_plane.sql
SELECT no_plan();
\set a '00000000-0000-7000-8000-00000000000a'
SELECT act('a_dev', $$SELECT cloud.create_bucket('assets')$$) AS bucket,
    act('b_owner', $$SELECT cloud.create_bucket('assets')$$) AS other \gset
SELECT act('a_dev', $$SELECT cloud.create_bucket('empty')$$) AS empty \gset
INSERT INTO cloud.object_tags (account_id, bucket_id, object_key, tag) VALUES (:'a', :'bucket', 'o', 'red'), (:'a', :'bucket', 'o', 'blue');
INSERT INTO cloud.object_tags (account_id, bucket_id, object_key, tag) SELECT account_id, id, 'o', 'red' FROM cloud.buckets
    WHERE id = :'other';
INSERT INTO cloud.lifecycle_rules (account_id, bucket_id, rule_id, position, rule)
    VALUES (:'a', :'bucket', 'r', 1, '{"ID": "r", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 3}}');
INSERT INTO cloud.customers (account_id, name) VALUES (:'a', 'held') RETURNING id AS customer \gset
INSERT INTO cloud.account_smtp (account_id, host, username, from_email, from_name)
    VALUES (:'a', 'h.example.com', 'u', 'u@example.com', 'u');
SELECT user_id AS external FROM people WHERE who = 'a_ext' \gset
INSERT INTO cloud.bucket_permissions (account_id, bucket_id, user_id) VALUES (:'a', :'bucket', :'external');
SET ROLE :"owner";
SELECT count(*) FROM unnest('{object_tags,lifecycle_rules,customers,bucket_permissions,account_members}'::text[]) AS rel,
    primecloud.retain(format('cloud.%I', rel)::regclass, 'created_at', '100 years', tenant_column => 'account_id',
        id_column => CASE rel WHEN 'account_members' THEN 'user_id' ELSE 'id' END) \g /dev/null
SELECT count(*) FROM primecloud.retain('cloud.account_smtp', 'updated_at', '100 years', tenant_column => 'account_id') \g /dev/null
RESET ROLE;
SELECT id AS tag FROM cloud.object_tags WHERE tag = 'red' AND bucket_id = :'bucket' \gset
SET ROLE :"owner";
SELECT primecloud.place_hold('cloud.object_tags', 'court', row_id => :'tag') \g /dev/null
SELECT primecloud.place_hold('cloud.lifecycle_rules', 'court', tenant => :'a') \g /dev/null
SELECT primecloud.place_hold('cloud.customers', 'court', row_id => :'customer') \g /dev/null
SELECT primecloud.place_hold('cloud.account_smtp', 'court', tenant => :'a') \g /dev/null
SELECT primecloud.place_hold('cloud.bucket_permissions', 'court') \g /dev/null
SELECT primecloud.place_hold('cloud.account_members', 'court') \g /dev/null
RESET ROLE;

SELECT is(act('a_dev', format($$SELECT cloud.untag_object(%L, 'o', 'red')$$, :'bucket')), '55006', 'a tag that is held');
SELECT is(act('a_dev', format($$SELECT cloud.untag_object(%L, 'o', 'blue')$$, :'bucket')), 'true', 'another goes');
SELECT is(act('b_owner', format($$SELECT cloud.untag_object(%L, 'o', 'red')$$, :'other')), 'true', 'and that of another account');
SELECT is(act('a_dev', format($$SELECT cloud.remove_lifecycle_rule(%L, 'r')$$, :'bucket')), '55006', 'a rule');
SELECT is(act('a_dev', format($$SELECT cloud.set_bucket_lifecycle(%L,
    '{"Rules": [{"ID": "s", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 4}}]}')$$, :'bucket')),
    '55006', 'nor is it replaced');
SELECT is(act('a_owner', format($$SELECT cloud.delete_customer(%L)$$, :'customer')), '55006', 'a customer');
SELECT is(act('a_owner', $$SELECT cloud.remove_smtp()$$), '55006', 'a mail server');
SELECT is(act('a_owner', format($$SELECT cloud.delete_bucket(%L)$$, :'bucket')), '55006', 'a bucket with what is held');
SELECT is(act('a_owner', format($$SELECT cloud.delete_bucket(%L)$$, :'empty')), '', 'a bucket without');
SELECT is((SELECT count(*) FROM cloud.object_tags) + (SELECT count(*) FROM cloud.lifecycle_rules) + (SELECT count(*) FROM cloud.customers)
    + (SELECT count(*) FROM cloud.account_smtp) + (SELECT count(*) FROM cloud.buckets WHERE id = :'bucket'), 5::numeric::bigint,
    'all of it is there');
-- Security first.
SELECT is(act('a_owner', format($$SELECT cloud.revoke_bucket(%L, %L)$$, :'bucket', :'external')), 'true', 'a permission ends, held or not');
SELECT is(act('a_owner', format($$SELECT cloud.remove_member(%L)$$, :'external')), '', 'so does a membership');
SET ROLE :"owner";
SELECT primecloud.release_hold(format('%I.%I', schema_name, table_name)::regclass, id, 'over') FROM primecloud.retention_holds
    WHERE released_at IS NULL \g /dev/null
RESET ROLE;
SELECT is(act('a_dev', format($$SELECT cloud.untag_object(%L, 'o', 'red')$$, :'bucket')), 'true', 'released, it goes');
SELECT is(act('a_owner', $$SELECT cloud.remove_smtp()$$), 'true', 'and this');
SELECT is(act('a_owner', format($$SELECT cloud.delete_bucket(%L)$$, :'bucket')), '', 'and that');
SELECT is(act('a_owner', format($$SELECT cloud.delete_customer(%L)$$, :'customer')), '', 'and he');
SELECT * FROM finish();
