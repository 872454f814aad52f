-- What retention says of a table that Citus has spread, and what it asks of the servers that have the shards.  A stand-in for Citus: its
-- lists, and a way to other servers that leads back here; on Citus itself rows expire in test/citus/suites/retention.
SELECT no_plan();
SET client_min_messages = warning;
CREATE ROLE retention_keeper;
CREATE ROLE retention_distributed;
CREATE SCHEMA shop AUTHORIZATION retention_keeper;
SET ROLE retention_keeper;
CREATE TABLE shop.events (account_id bigint, id bigint, at timestamptz, PRIMARY KEY (account_id, id));
CREATE TABLE shop.loose (account_id bigint, id bigint, at timestamptz);
CREATE TABLE shop.moved (LIKE shop.events);
CREATE TABLE shop.here (LIKE shop.events);
CREATE TABLE shop.shared (account_id bigint, id bigint, at timestamptz, PRIMARY KEY (account_id, id));
CREATE TABLE shop.aside (account_id bigint, id bigint, at timestamptz, PRIMARY KEY (account_id, id));
SELECT count(*) FROM unnest('{shop.events,shop.moved,shop.shared,shop.aside}'::regclass[]) AS t, primecloud.protect_table(t) \g /dev/null
RESET ROLE;
CREATE TABLE boss (account_id bigint, id bigint, at timestamptz, PRIMARY KEY (account_id, id));
SELECT count(*) FROM primecloud.protect_table('boss') \g /dev/null
SET allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass PRIMARY KEY, partmethod "char" DEFAULT 'h',
    partkey text DEFAULT '{VAR :varno 1 :varattno 1 :vartype 20}');
CREATE TABLE pg_catalog.pg_dist_shard (logicalrelid regclass, shardid bigint PRIMARY KEY, shardminvalue text, shardmaxvalue text);
CREATE TABLE pg_catalog.pg_dist_placement (shardid bigint, groupid int, shardstate int DEFAULT 1);
CREATE TABLE pg_catalog.pg_dist_node (groupid int, nodename text, nodeport int, noderole text DEFAULT 'primary');
CREATE FUNCTION pg_catalog.shard_name(rel regclass, shard bigint) RETURNS text LANGUAGE sql AS 'SELECT rel::text || ''_'' || shard';
CREATE FUNCTION pg_catalog.worker_hash(value anyelement) RETURNS integer LANGUAGE sql AS 'SELECT pg_catalog.hashtext(value::text)';
CREATE FUNCTION pg_catalog.master_run_on_worker(hosts text[], ports int[], commands text[], parallel boolean, OUT host text, OUT port int,
    OUT success boolean, OUT result text) RETURNS SETOF record LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1 .. cardinality(hosts) LOOP
        host := hosts[i];
        port := ports[i];
        success := host <> 'away';
        result := 'failed to connect';
        CONTINUE WHEN host = 'silent';
        IF success THEN
            EXECUTE commands[i] INTO result;
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;
INSERT INTO pg_catalog.pg_dist_partition VALUES ('shop.events'), ('shop.loose'), ('shop.moved'), ('boss');
INSERT INTO pg_catalog.pg_dist_partition VALUES ('shop.shared', 'n', NULL), ('shop.aside', 'h', '{VAR :varno 1 :varattno 2 :vartype 20}');
INSERT INTO pg_catalog.pg_dist_node VALUES (1, 'one', 5432), (2, 'two', 5432), (3, 'away', 5432), (4, 'silent', 5432);
SELECT throws_ok(format($$SELECT primecloud.retain('shop.%s', 'at', '1 day', tenant_column => 'account_id')$$, name), '0A000',
    format('table shop.%s is distributed otherwise than by its tenants', name), why)
    FROM (VALUES ('loose', 'tenants are those of a protected table'), ('shared', 'not one that every server has'),
        ('aside', 'nor by another column')) AS t(name, why);
SELECT throws_ok($$SELECT primecloud.retain('boss', 'at', '1 day', tenant_column => 'account_id')$$, '0A000',
    'table public.boss is distributed, and belongs to a superuser', 'nor one of a superuser');
SELECT throws_ok($$SELECT primecloud.retain('shop.events', 'at', '1 day')$$, '55000',
    'table shop.events is distributed by column "account_id", which its retention does not name', 'the tenant is to be named');
SELECT throws_ok(format($$SELECT primecloud.retain('shop.events', 'at', '1 day', %L, 'account_id', archive => %L)$$, mode, archive),
    '0A000', format('mode %s cannot be carried out on distributed table shop.events', mode), mode)
    FROM (VALUES ('detach_partition', NULL), ('archive', 'shop.here')) AS t(mode, archive);
SELECT throws_ok($$SELECT primecloud.retain('shop.here', 'at', '1 day', 'archive', archive => 'shop.moved')$$, '0A000',
    'table shop.moved is distributed', 'nor does anything move to one');
CREATE TABLE tied (account_id bigint, event bigint, FOREIGN KEY (account_id, event) REFERENCES shop.events ON DELETE CASCADE);
SELECT throws_ok($$SELECT primecloud.retain('shop.events', 'at', '1 day', tenant_column => 'account_id')$$, '55000',
    'table public.tied refers to distributed table shop.events, and belongs to somebody else', 'nobody else''s table hangs on it');
DROP TABLE tied;
SELECT lives_ok($$SELECT primecloud.retain('shop.events', 'at', '1 day', tenant_column => 'account_id', id_column => 'id')$$, 'a policy');
SELECT throws_ok($$SELECT primecloud.expire_preview('shop.events')$$, '0A000',
    'what would expire of distributed table shop.events is not counted', 'no preview');
SELECT throws_ok($$SELECT primecloud.expire_batch('shop.events')$$, '0A000',
    'rows of distributed table shop.events expire in transactions of their own', 'no batch in a transaction of somebody');
SELECT lives_ok($$SELECT primecloud.place_hold('shop.events', 'case', tenant => '1')$$, 'a hold');
SELECT is((SELECT count(*) FROM primecloud.retention_holds WHERE released_at IS NULL)::int, 1, 'is there');
SELECT is(has_function_privilege('retention_distributed', f, 'EXECUTE'), false, f || ' is for superusers')
    FROM (VALUES ('primecloud_internal.stored_tenants(regclass, text)'),
        ('primecloud_internal.tenants_on_shards(text[], text, text, bigint)')) AS t(f);
-- Whose rows there are.
CREATE TABLE shop.events_7 (account_id bigint, id bigint, at timestamptz);
CREATE TABLE shop.events_8 (LIKE shop.events_7);
INSERT INTO shop.events_7 VALUES (1, 1), (1, 2), (30, 1), (NULL, 1);
INSERT INTO shop.events_8 VALUES (2, 1), (NULL, 2);
CREATE FUNCTION lie(VARIADIC where_they_do text[]) RETURNS void LANGUAGE sql AS $$
    DELETE FROM pg_catalog.pg_dist_placement;
    INSERT INTO pg_catalog.pg_dist_placement SELECT split_part(w, ':', 1)::bigint, split_part(w, ':', 2)::int
        FROM unnest(where_they_do) AS w $$;
CREATE FUNCTION sought(behind text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer record;
BEGIN
    SELECT * INTO answer FROM primecloud_internal.retention_seek_tenants(7, 'shop.events', 'account_id', behind);
    RETURN concat_ws(' ', (SELECT string_agg(t.tenant, ',' ORDER BY t.tenant) FROM primecloud_internal.retention_tenant t WHERE t.run = 7),
        answer.any_left, answer.rows_without);
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT is(sought(NULL), '08006 a shard with rows of table shop.events does not answer', 'a table without shards has not been looked at');
INSERT INTO pg_catalog.pg_dist_shard VALUES ('shop.events', 7, '-2147483648', '-1');
SELECT lie('7:1');
SELECT throws_ok($$SELECT primecloud_internal.retention_beside('shop.events', 'bigint', '1')$$, '55000', 'table shop.events has one shard',
    'one shard is not committed in two phases');
INSERT INTO pg_catalog.pg_dist_shard VALUES ('shop.events', 8, '0', '2147483647');
SELECT lie('7:1', '8:2');
SELECT is(sought(NULL), '1,2,30 t 2', 'on every shard, once each; and how many have none');
SELECT is(sought('2'), '30 t 2', 'those behind one');
SELECT is(sought('30'), 'f 2', 'until there are no more');
SELECT lie('7:1', '8:3');
SELECT is(sought(NULL), '08006 server away:5432 with rows of table shop.events does not answer', 'a server that is away');
SELECT lie('7:1', '8:4');
SELECT is(sought(NULL), '08006 a server with rows of table shop.events does not answer', 'one that is not asked');
SELECT lie('7:1', '8:9');
SELECT is(sought(NULL), '08006 shop.events_8 with rows of table shop.events does not answer', 'a shard that lies nowhere');
SELECT lie('7:1', '8:2');
ALTER TABLE shop.events_8 RENAME TO gone;
SELECT matches(sought(NULL), '^40001', 'a shard that has been moved is looked for again');
ALTER TABLE shop.gone RENAME TO events_8;
ALTER TABLE shop.events_8 RENAME COLUMN account_id TO other;
SELECT matches(sought(NULL), '^42703', 'an error of a shard has its code');
-- The second shard of a batch.
SELECT is((SELECT count(*) FROM generate_series(1, 50) AS n WHERE sign(hashtext(n::text) + 0.5) = sign(hashtext(
    primecloud_internal.retention_beside('shop.events', 'bigint', n::text)) + 0.5)), 0::bigint, 'what is beside a tenant is another shard');
DROP TABLE pg_catalog.pg_dist_partition;
SELECT * FROM finish();
