-- What retention says of a table that Citus has spread.  A stand-in for Citus' own list of such tables; on Citus itself rows expire in
-- test/citus/suites/retention.
SELECT no_plan();
SET client_min_messages = warning;
CREATE SCHEMA shop;
CREATE TABLE shop.events (account_id bigint, id bigint, at timestamptz, PRIMARY KEY (account_id, id));
CREATE TABLE shop.loose (account_id bigint, id bigint, at timestamptz);
CREATE TABLE shop.moved (LIKE shop.events);
CREATE TABLE shop.here (LIKE shop.events);
SELECT count(*) FROM (SELECT primecloud.protect_table('shop.events')
    UNION ALL SELECT primecloud.protect_table('shop.moved')) AS done \g /dev/null
SET allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass PRIMARY KEY, partmethod "char");
INSERT INTO pg_catalog.pg_dist_partition VALUES ('shop.events', 'h'), ('shop.loose', 'h'), ('shop.moved', 'h');
SELECT throws_ok($$SELECT primecloud.retain('shop.loose', 'at', '1 day', tenant_column => 'account_id')$$, '0A000',
    'table shop.loose is distributed, and is no protected table of tenants', 'tenants are those of a protected table');
SELECT throws_ok($$SELECT primecloud.retain('shop.events', 'at', '1 day')$$, '55000',
    'table shop.events is distributed by column "account_id", which its retention does not name', 'the tenant is to be named');
SELECT throws_ok(format($$SELECT primecloud.retain('shop.events', 'at', '1 day', %L, 'account_id', archive => %L)$$, mode, archive),
    '0A000', format('mode %s cannot be carried out on distributed table shop.events', mode), mode)
    FROM (VALUES ('detach_partition', NULL), ('archive', 'shop.here')) AS t(mode, archive);
SELECT throws_ok($$SELECT primecloud.retain('shop.here', 'at', '1 day', 'archive', archive => 'shop.moved')$$, '0A000',
    'table shop.moved is distributed', 'nor does anything move to one');
SELECT lives_ok($$SELECT primecloud.retain('shop.events', 'at', '1 day', tenant_column => 'account_id', id_column => 'id')$$, 'a policy');
SELECT throws_ok($$SELECT primecloud.expire_preview('shop.events')$$, '0A000',
    'what would expire of distributed table shop.events is not counted', 'no preview');
SELECT throws_ok($$SELECT primecloud.expire_batch('shop.events')$$, '0A000',
    'rows of distributed table shop.events expire in transactions of their own', 'no batch in a transaction of somebody');
SELECT lives_ok($$SELECT primecloud.place_hold('shop.events', 'case', tenant => '1')$$, 'a hold');
SELECT is((SELECT count(*) FROM primecloud.retention_holds WHERE released_at IS NULL)::int, 1, 'is there');
CREATE ROLE retention_distributed;
SELECT is(has_function_privilege('retention_distributed', 'primecloud_internal.stored_tenants(regclass, text)', 'EXECUTE'), false,
    'whose rows a shard has is for superusers');
DROP TABLE pg_catalog.pg_dist_partition;
SELECT * FROM finish();
