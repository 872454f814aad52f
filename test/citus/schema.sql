-- A control plane with rows goes to three servers and comes back: test/citus/suites/schema has psql run this on the coordinator.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS primecloud;
CREATE SCHEMA tried;
CREATE FUNCTION tried.is(have text, want text, name text) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN have IS NOT DISTINCT FROM want THEN 'ok - ' || name ELSE format('not ok - %s: have %L, want %L', name, have,
        want) END $$;
CREATE FUNCTION tried.said(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE statement INTO answer;
    RETURN answer;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
GRANT USAGE ON SCHEMA tried TO PUBLIC;
CREATE ROLE schema_owner LOGIN;
ALTER DATABASE postgres OWNER TO schema_owner;
SELECT primecloud.create_gate_role('schema_gate'), primecloud.create_app_role('schema_app'),
    primecloud.create_platform_role('schema_platform') \g /dev/null
GRANT schema_gate TO schema_owner;
\ir plane_facts.sql

SET ROLE schema_owner;
SET citus.shard_count = 4;
SELECT primecloud.create_schema('cloud') \g /dev/null
SELECT primecloud.grant_schema('cloud', r, a) FROM (VALUES ('schema_gate', 'gate'), ('schema_app', 'app'),
    ('schema_platform', 'platform')) AS t(r, a) \g /dev/null
SELECT cloud.load_demo(5) \g /dev/null
RESET ROLE;
INSERT INTO cloud.outbox (account_id, service, object, operation, payload) SELECT id, 'minio', 'bucket:' || slug, 'create_bucket', '{}'
    FROM cloud.accounts;
INSERT INTO cloud.invoices (account_id, invoice_number, billed_name, period_start, period_end, subtotal_cents, currency, due_at)
    SELECT id, '2026-' || slug, name, '2026-01-01', '2026-02-01', 1, 'BRL', '2026-03-01' FROM cloud.accounts;
SELECT tried.rights() AS rights, tried.rows() AS rows,
    (SELECT count(*) FROM pg_constraint WHERE connamespace = to_regnamespace('cloud') AND contype = 'f') AS keys \gset
SELECT max(sequence) AS sequence FROM cloud.outbox \gset

-- Refused, with nothing changed.
SET ROLE schema_owner;
SELECT tried.is(tried.said($$SELECT primecloud.distribute_schema('cloud')$$), '55000 the gate role schema_gate cannot log in',
    'the gate role is to work on other servers');
RESET ROLE;
ALTER ROLE schema_gate LOGIN;
SELECT tried.is(tried.said($$SELECT primecloud.distribute_schema('cloud')$$), '42501 schema "cloud" belongs to another role',
    'not the owner');
SET ROLE schema_owner;
CREATE POLICY careless ON cloud.orders USING (true);
SELECT tried.is(tried.said($$SELECT primecloud.distribute_schema('cloud')$$),
    '0A000 table cloud.orders cannot be distributed: policy "careless" is not one of ours', 'a policy that is not ours');
DROP POLICY careless ON cloud.orders;
SELECT tried.is((SELECT (count(*) > 300)::text FROM primecloud.distribute_schema('cloud', dry_run => true)), 'true', 'a dry run');
SELECT tried.is((SELECT count(*)::text FROM pg_dist_partition), '0', 'that changes nothing');

-- There.
SELECT count(*) AS steps FROM primecloud.distribute_schema('cloud') \gset
SELECT tried.is((SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM pg_class c WHERE c.relnamespace = to_regnamespace('cloud')
    AND c.relkind = 'r' AND NOT primecloud_internal.is_shard(c.oid) AND NOT primecloud_internal.is_distributed(c.oid)),
    'claims invoice_counters schema_parts schema_roles schema_version', 'all tables are distributed, but for what stays');
SELECT tried.is((SELECT count(DISTINCT colocationid)::text FROM pg_dist_partition WHERE partmethod = 'h'), '1',
    'those of accounts together');
SELECT tried.is((SELECT count(*)::text FROM pg_constraint WHERE connamespace = to_regnamespace('cloud') AND contype = 'f'
    AND NOT primecloud_internal.is_shard(conrelid)), :'keys', 'every foreign key is there');
SELECT tried.is((SELECT string_agg(object || ' ' || problem, ', ') FROM primecloud.check_schema('cloud')), NULL,
    'check_schema finds nothing');
SELECT tried.is((SELECT string_agg(rel || ' ' || since, ', ') FROM primecloud.unprotected_tables()), NULL, 'nor unprotected_tables');
SELECT tried.is((SELECT count(*)::text FROM primecloud.protect_table('cloud.object_tags', 'account_id')), '0',
    'nor protect_table, for tables that '
    'show less');
SELECT tried.is((SELECT count(*)::text FROM primecloud.distribute_schema('cloud')), '0', 'asked again, nothing is done');
RESET ROLE;
SELECT tried.is(tried.rows(), :'rows', 'every row is there');
SELECT tried.is((SELECT count(*)::text FROM cloud.claims), (SELECT (count(*) * 2)::text FROM cloud.accounts),
    'claimed are names and bills');
SELECT tried.is((SELECT string_agg(DISTINCT result, ', ') FROM run_command_on_workers($$SELECT count(*) FROM pg_policy p
    JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = to_regnamespace('cloud') AND NOT p.polpermissive$$)), '0',
    'no worker has a restrictive policy');
SELECT tried.is((SELECT bool_and(result::int > 100)::text FROM run_command_on_workers($$SELECT count(*) FROM pg_policy p
    JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = to_regnamespace('cloud')$$)), 'true', '(of those that it has)');
SELECT id, slug FROM cloud.accounts LIMIT 1 \gset
SELECT tried.is(tried.said(format('SELECT cloud.claim_value(%L, %L, %L)', 'accounts_slug_unique', :'slug', :'id')),
    '23505 duplicate key value violates unique constraint "accounts_slug_unique"', 'what is taken is taken');
SELECT tried.is(left(tried.said(format('INSERT INTO cloud.access_keys (account_id, name, access_key_id) VALUES (%L, ''k'', %L), '
    '(%1$L, ''k'', %2$L)', :'id', 'AAAAAAAAAAAAAAAAAAAA')), 5), '23505', 'within an account its key says so');

\ir schema_claims.sql
-- What has drifted is mended as on one server.
SET ROLE schema_owner;
CREATE OR REPLACE FUNCTION cloud.claim_value(key text, value text, account uuid) RETURNS void LANGUAGE plpgsql AS 'BEGIN END';
SELECT tried.is((SELECT string_agg(object || ' ' || problem, ', ') FROM primecloud.check_schema('cloud')),
    'function @.claim_value(text,text,uuid) changed', 'check_schema sees what was changed');
SELECT tried.is(primecloud.migrate_schema('cloud')::text, '1', 'migrate_schema');
SELECT tried.is((SELECT string_agg(object || ' ' || problem, ', ') FROM primecloud.check_schema('cloud')), NULL, 'mends it');

-- And back, with shards hidden beside the tables as they are unless somebody asks for them.
SET citus.show_shards_for_app_name_prefixes = '';
SELECT count(*) AS steps FROM primecloud.undistribute_schema('cloud') \gset
SELECT tried.is((SELECT string_agg(object || ' ' || problem, ', ') FROM primecloud.check_schema('cloud')), NULL,
    'back, check_schema finds nothing');
SELECT tried.is((SELECT count(*)::text FROM pg_dist_partition), '0', 'nothing is distributed');
RESET ROLE;
SELECT tried.is(tried.rows(), :'rows', 'every row is back');
SELECT tried.is(tried.rights(), :'rights', 'every right, trigger and registration too');
SELECT tried.is((SELECT count(*)::text FROM cloud.claims), '0', 'nothing is claimed');
INSERT INTO cloud.outbox (account_id, service, object, operation, payload) SELECT id, 'minio', 'bucket:next', 'create_bucket', '{}'
    FROM cloud.accounts LIMIT 1;
SELECT tried.is((SELECT (max(sequence) > :sequence)::text FROM cloud.outbox WHERE object = 'bucket:next'), 'true',
    'orders go on being numbered');
