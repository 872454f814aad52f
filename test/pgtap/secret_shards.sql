-- Keys in use where Citus has spread a column: what the coordinator asks of the servers that have the shards, and what it makes of
-- their answers.  A stand-in for Citus: its lists, and a way to other servers that leads back here.
SET client_min_messages = error;
SELECT no_plan();
SET allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass PRIMARY KEY);
CREATE TABLE pg_catalog.pg_dist_shard (logicalrelid regclass, shardid bigint PRIMARY KEY);
CREATE TABLE pg_catalog.pg_dist_placement (shardid bigint, groupid int, shardstate int DEFAULT 1);
CREATE TABLE pg_catalog.pg_dist_node (groupid int, nodename text, nodeport int, noderole text DEFAULT 'primary');
CREATE TABLE pg_catalog.pg_dist_local_group (groupid int);
CREATE FUNCTION pg_catalog.shard_name(rel regclass, shard bigint) RETURNS text LANGUAGE sql AS 'SELECT rel::text || ''_'' || shard';
CREATE FUNCTION pg_catalog.master_run_on_worker(hosts text[], ports int[], commands text[], parallel boolean, OUT host text, OUT port int,
    OUT success boolean, OUT result text) RETURNS SETOF record LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1 .. cardinality(hosts) LOOP
        host := hosts[i];
        port := ports[i];
        success := host NOT IN ('away', 'silent');
        result := 'failed to connect';
        CONTINUE WHEN host = 'silent';
        IF success THEN
            EXECUTE commands[i] INTO result;
        END IF;
        IF host = 'moves' THEN
            UPDATE pg_catalog.pg_dist_placement SET groupid = 1 WHERE groupid = 4;
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;
INSERT INTO pg_catalog.pg_dist_local_group VALUES (0);
INSERT INTO pg_catalog.pg_dist_node VALUES (1, 'one', 5432), (2, 'two', 5432), (3, 'away', 5432), (4, 'moves', 5432), (5, 'silent', 5432);
CREATE TABLE vault (id int PRIMARY KEY, account_id int NOT NULL, secret primecloud.sealed);
SELECT count(*) FROM primecloud.seal_column('vault', 'secret', 'vault.secret') \gset done_
CREATE TABLE vault_7 (LIKE vault INCLUDING ALL);
CREATE TABLE vault_8 (LIKE vault INCLUDING ALL);
BEGIN;
SELECT primecloud.enter_trusted('1', 'ann', 'owner') \gset done_
INSERT INTO vault_7 SELECT i, 1, primecloud.seal_for('vault', 'secret', i, 'hidden ' || i) FROM generate_series(1, 20) AS i;
INSERT INTO vault_8 SELECT i, 1, primecloud.seal_for('vault', 'secret', i, 'hidden ' || i) FROM generate_series(21, 25) AS i;
COMMIT;
SELECT min(key_id) AS old FROM primecloud.key_status WHERE tenant = '1' \gset
SELECT primecloud.rotate_key('1') AS active \gset
INSERT INTO pg_catalog.pg_dist_partition VALUES ('vault');
INSERT INTO pg_catalog.pg_dist_shard VALUES ('vault', 7), ('vault', 8);
-- Where the shards lie: shard and server, of each copy.
CREATE FUNCTION lie(VARIADIC where_they_do text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM pg_catalog.pg_dist_placement;
    INSERT INTO pg_catalog.pg_dist_placement SELECT split_part(w, ':', 1)::bigint, split_part(w, ':', 2)::int
        FROM unnest(where_they_do) AS w;
END $$;
CREATE FUNCTION outcome(call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE call;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE VIEW seen AS SELECT string_agg(concat_ws(' ', table_name, key_id, row_count), ', ' ORDER BY table_name, key_id) AS rows
    FROM primecloud.key_usage();
SELECT lie('7:1', '8:2');
SELECT is((SELECT rows FROM seen), format('vault %s 25, vault_7 %1$s 20, vault_8 %1$s 5', :old),
    'shards that lie elsewhere; here they are tables, too');
SELECT lie('7:1', '7:2', '8:2');
SELECT matches((SELECT rows FROM seen), format('^vault %s 25,', :old), 'two copies of a shard are one');
UPDATE pg_catalog.pg_dist_local_group SET groupid = 1;
SELECT is((SELECT rows FROM seen), format('vault %s 25, vault_8 %1$s 5', :old), 'one that lies here is counted as a shard alone');
SELECT lie('7:1', '8:1');
SELECT is((SELECT rows FROM seen), format('vault %s 25', :old), 'and so are two');
SELECT matches(outcome(format('SELECT primecloud.retire_key(%s)', :old)), '^55006 .*25 rows of column "secret" of public.vault$',
    'not retired');
CREATE TABLE ways (lie text[], message text);
INSERT INTO ways VALUES
    ('{7:1}', '^08006 keys in use cannot be counted: public.vault_8 of table public.vault lies on no server'),
    ('{7:1,8:9}', '^08006 keys in use cannot be counted: public.vault_8 of table public.vault lies on no server'),
    ('{7:1,8:3}', '^08006 keys in use cannot be counted: public.vault_8 on away:5432 was not seen'),
    ('{7:1,8:1,8:3}', '^08006 keys in use cannot be counted: public.vault_8 on away:5432 was not seen'),
    ('{7:1,8:5}', '^08006 keys in use cannot be counted: public.vault_8 was not seen'),
    ('{7:1,8:4}', '^55P03 tables were distributed, or shards moved, while they were counted');
SELECT matches(outcome(format('SELECT lie(VARIADIC %L), primecloud.%s', lie, call)), message, call || ' ' || lie::text)
FROM ways, LATERAL (VALUES ('key_usage()'), (format('retire_key(%s)', :old))) AS c(call);
UPDATE pg_catalog.pg_dist_placement SET shardstate = 4 WHERE shardid = 8;
SELECT matches(outcome('SELECT primecloud.key_usage()'), '^08006', 'a copy that is to be dropped is none');
SELECT lie('7:1', '8:1');
DELETE FROM pg_catalog.pg_dist_shard;
SELECT matches(outcome('SELECT primecloud.key_usage()'), '^08006 .*a shard of table public.vault lies',
    'a table without shards has not been counted');
INSERT INTO pg_catalog.pg_dist_shard VALUES ('vault', 7), ('vault', 8);
ALTER TABLE vault_8 RENAME TO gone;
SELECT matches(outcome('SELECT primecloud.key_usage()'), '^42P01', 'a shard that is not where it is said to be');
ALTER TABLE gone RENAME TO vault_8;
ALTER TABLE vault_8 RENAME COLUMN secret TO other;
SELECT matches(outcome('SELECT primecloud.key_usage()'), '^42703', 'nor one without the column');
ALTER TABLE vault_8 RENAME COLUMN other TO secret;
INSERT INTO vault SELECT * FROM vault_8;
SELECT matches(outcome('SELECT primecloud.key_usage()'), '^55000 rows of table public.vault lie here', 'rows that are left here');
TRUNCATE vault;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT matches(outcome('SELECT primecloud.key_usage()'), '^55000 shards cannot be counted', 'in a snapshot that would not see them move');
ROLLBACK;

-- Resealing.
SELECT lie('7:1', '8:3');
SELECT is(outcome('SELECT primecloud.reseal_batch(''vault'', ''secret'', 20)'), 'done', 'as far as the servers answer');
SELECT is((SELECT count(*) FROM vault_7 WHERE primecloud.key_id(secret) = :active), 20::bigint, 'all of one shard');
SELECT matches(outcome('SELECT primecloud.reseal_batch(''vault'', ''secret'', 20)'), '^08006 shard public.vault_8 on away:5432',
    'and the error names the other');
SELECT lie('7:1', '8:1', '8:2');
SELECT matches(outcome('SELECT primecloud.reseal_batch(''vault'', ''secret'')'), '^0A000 table public.vault has copies',
    'copies are not resealed one by one');
SELECT lie('7:1', '8:2');
UPDATE vault_8 SET secret = (SELECT secret FROM vault_7 WHERE id = 1) WHERE id = 21;
UPDATE vault_8 SET secret = (SELECT secret FROM vault_8 WHERE id = 22) WHERE id = 23;
SELECT is(primecloud.reseal_batch('vault', 'secret'), 3::bigint, 'those that belong to their rows');
SELECT is((SELECT string_agg(concat_ws(' ', table_name, partition_name, tenant, row_id, code), ', ') FROM primecloud.reseal_problems),
    'vault vault 1 23 PC005', 'the other is noted');
SELECT is((SELECT rows FROM seen), format('vault %s 1, vault %s 24, vault_8 %1$s 1, vault_8 %2$s 4', :old, :active), 'and as it was');
SELECT is(primecloud.reseal_batch('vault', 'secret'), 0::bigint, 'nothing is left');
BEGIN;
SELECT primecloud.rotate_key('1') \gset done_
SELECT matches(outcome('SELECT primecloud.reseal_batch(''vault'', ''secret'')'),
    '^55000 the key of tenant "1" was made in this transaction',
    'a key that may be rolled back seals nothing elsewhere');
ROLLBACK;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT matches(outcome('SELECT primecloud.reseal_batch(''vault'', ''secret'')'), '^55000', 'nor is it done in a snapshot');
ROLLBACK;
-- What is compared is what was read.
SELECT is(primecloud_internal.write_shard('vault_8', 'secret', ARRAY[ctid], ARRAY['\x00'::bytea], ARRAY[secret]), 0::bigint,
    'an envelope that is another by now stays') FROM vault_8 WHERE id = 24;
SELECT matches(outcome(call), code, call) FROM (VALUES
    ('SELECT primecloud_internal.write_shard(''vault_8'', ''secret'', ''{"(0,1)"}'', ''{}'', ''{}'')', '^22023'),
    ('SELECT primecloud_internal.write_shard(''vault_8'', ''secret'', ''{NULL}'', ''{NULL}'', ''{NULL}'')', '^22023'),
    ('SELECT primecloud_internal.write_shard(''vault_8'', ''id'', ''{}'', ''{}'', ''{}'')', '^42804'),
    ('SELECT primecloud_internal.write_shard(''seen'', ''rows'', ''{}'', ''{}'', ''{}'')', '^42809'),
    ('SELECT primecloud_internal.read_shard(''vault_8'', ''secret'', ''account_id'', ''id'', ''{NULL}'', 0, 0, 1, 1)', '^22023'),
    ('SELECT primecloud_internal.read_shard(''vault_8'', ''secret'', ''account_id'', ''id'', ''{}'', -1, 0, 1, 1)', '^22023'),
    ('SELECT primecloud_internal.read_shard(''vault_8'', ''secret'', ''account_id'', ''id'', ''{}'', 0, 0, 4294967296, 1)', '^22023'),
    ('SELECT primecloud_internal.read_shard(''vault_8'', ''secret'', ''account_id'', ''id'', ''{}'', 4294967293, 0, 1, 1)', '^done'),
    ('SELECT primecloud_internal.read_shard(''vault_8'', ''secret'', ''nothing'', ''id'', ''{}'', 0, 0, 1, 1)', '^42703'),
    ('SELECT primecloud_internal.read_shard(''vault_8'', ''id'', ''account_id'', ''id'', ''{}'', 0, 0, 1, 1)', '^42804')) AS c(call, code);
SELECT is((SELECT jsonb_array_length(primecloud_internal.read_shard('vault_8', 'secret', 'account_id', 'id', ARRAY[:active,
    :old]::bigint[], 0, 0,
    1, n) -> 'rows')), least(n, 5), n || ' rows at most') FROM unnest('{1,3,9}'::int[]) AS n;
-- Whatever another server says.
SELECT is(s, ROW(NULL, code)::record::text, name) FROM (VALUES
    ('no envelope', '\x00'::bytea, '1', '1', 'PC003'), ('nothing', '\x', '1', '1', 'PC003'),
    ('no tenant', (SELECT primecloud_internal.sealed_send(secret) FROM vault_8 WHERE id = 23), NULL, '23', '22004'),
    ('an empty id', (SELECT primecloud_internal.sealed_send(secret) FROM vault_8 WHERE id = 23), '1', '', '22023'),
    ('another tenant', (SELECT primecloud_internal.sealed_send(secret) FROM vault_8 WHERE id = 23), '2', '22', 'PC005'),
    ('a cut one', (SELECT substr(primecloud_internal.sealed_send(secret), 1, 60) FROM vault_8 WHERE id = 23), '1', '22', 'PC006'),
    ('one that is done', (SELECT primecloud_internal.sealed_send(secret) FROM vault_8 WHERE id = 24), '1', '24', NULL)) AS c(name,
        envelope, tenant,
    row, code), LATERAL (SELECT ROW(r.after, r.problem)::text FROM primecloud_internal.seal_row_anew(envelope, tenant, 'vault.secret',
        row) AS r) AS a(s);
SELECT * FROM finish();
