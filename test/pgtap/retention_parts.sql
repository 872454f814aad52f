-- One partition that nothing can be done with, of whatever kind, stops no other, in any mode; it is told, by the dry run too.
SELECT no_plan();
CREATE ROLE retention_parts_owner;
CREATE ROLE retention_parts_other;
CREATE EXTENSION file_fdw;
CREATE SERVER parts_files FOREIGN DATA WRAPPER file_fdw;
GRANT USAGE ON FOREIGN SERVER parts_files TO retention_parts_owner;
CREATE SCHEMA parts AUTHORIZATION retention_parts_owner;
GRANT ALL ON SCHEMA parts TO retention_parts_other;
GRANT retention_parts_other TO retention_parts_owner;
GRANT pg_read_server_files TO retention_parts_owner;
SET ROLE retention_parts_owner;
SET search_path = parts, public;
SET client_min_messages = error;
CREATE PROCEDURE make(name text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %I (id int, made timestamptz, gone timestamptz) PARTITION BY RANGE (made)', name);
    FOR i IN 1..5 LOOP
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', name || i, name, date '2020-01-01' + i,
            date '2020-01-02' + i);
    END LOOP;
    EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', name || '_rest', name);
    EXECUTE format('INSERT INTO %I SELECT g, timestamptz ''2020-01-01'' + g * interval ''1 day'' FROM generate_series(1, 6) g', name);
END $$;
-- The second has a rule, the third is another's, the sixth is none of this server's.
CREATE PROCEDURE spoil(name text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE RULE nothing AS ON DELETE TO %I DO INSTEAD NOTHING', name || 2);
    EXECUTE format('ALTER TABLE %I OWNER TO retention_parts_other', name || 3);
    EXECUTE format('CREATE FOREIGN TABLE %I PARTITION OF %I FOR VALUES FROM (''2021-01-01'') TO (''2021-01-02'') SERVER parts_files '
        'OPTIONS (filename ''/dev/null'')', name || 6, name);
END $$;
CREATE TABLE archive (id int, made timestamptz, gone timestamptz);
CALL make('deleted'); CALL make('marked'); CALL make('moved'); CALL make('dropped'); CALL make('detached');
SELECT count(*) AS said FROM primecloud.retain('deleted', 'made', '1 day') AS a,
    primecloud.retain('marked', 'made', '1 day', 'soft_delete', soft_delete_column => 'gone') AS b,
    primecloud.retain('moved', 'made', '1 day', 'archive', archive => 'archive') AS c,
    primecloud.retain('dropped', 'made', '1 day', 'drop_partition') AS d,
    primecloud.retain('detached', 'made', '1 day', 'detach_partition') AS e \gset
CALL spoil('deleted'); CALL spoil('marked'); CALL spoil('moved'); CALL spoil('dropped'); CALL spoil('detached');

SELECT is((SELECT format('%s %s', count(*), string_agg(DISTINCT name, ' ')) FROM primecloud.expire_all_preview() WHERE what = 'error'),
    '15 0A000 55000', 'a dry run tells of each');
SELECT is((SELECT array_agg(DISTINCT format('%s %s', table_name = 'detached', row_count)) FROM primecloud.expire_all_preview()
    WHERE what = 'expires'), '{"f 4","t 3"}', 'and counts of the others: what lies in a default partition is not detached');
CALL primecloud.expire_all(max_rate => 0);
SELECT results_eq($$SELECT p.table_name, p.state, p.rows_expired, p.partitions_done FROM primecloud.job_progress p ORDER BY 1$$,
    $$VALUES ('deleted', 'finished', 4::bigint, 0::bigint), ('detached', 'finished', 0, 3), ('dropped', 'finished', 1, 3),
        ('marked', 'finished', 4, 0), ('moved', 'finished', 4, 0)$$, 'all of the others are done');
SELECT is((SELECT count(*) FROM archive), 4::bigint, 'none is lost on the way');
SELECT results_eq($$SELECT table_name, string_agg(code || ' ' || partition_name, ', ' ORDER BY partition_name)
        FROM primecloud.retention_problems GROUP BY 1 ORDER BY 1$$,
    $$SELECT t, format('0A000 %1$s2, 55000 %1$s3, 0A000 %1$s6', t) FROM unnest('{deleted,detached,dropped,marked,moved}'::text[]) t$$,
    'what stays is named');
SELECT is((SELECT array_agg(DISTINCT substring(attention FROM '\d partitions cannot go$')) FROM primecloud.retention_status),
    '{"3 partitions cannot go"}', 'and wants attention');
SELECT is((SELECT count(*) FROM deleted2), 1::bigint, 'a rule was not run');
DROP RULE nothing ON deleted2;
CALL primecloud.expire('deleted', max_rate => 0);
SELECT is((SELECT count(*) FROM deleted2), 0::bigint, 'when it is mended it goes');
SELECT throws_ok($$SELECT primecloud.retain('moved', 'made', '2 days', 'archive', archive => 'archive')$$, '0A000', NULL,
    'whoever registers is told at once');
-- The table itself is refused as before.
CREATE TABLE plain (id int, made timestamptz);
SELECT count(*) AS said FROM primecloud.retain('plain', 'made', '1 day') \gset
CREATE RULE nothing AS ON DELETE TO plain DO INSTEAD NOTHING;
\set ON_ERROR_STOP off
CALL primecloud.expire('plain', max_rate => 0);
\set ON_ERROR_STOP on
SELECT is((SELECT format('%s %s', last_state, last_error) FROM primecloud.retention_status WHERE table_name = 'plain'), 'failed 0A000',
    'a rule on a table without partitions is a run that failed');

-- Published without an identity: what goes with its partition needs none, and a part that lacks one stops no other.
CALL make('listed'); CALL make('logged');
RESET ROLE;
CREATE PUBLICATION parts_all FOR TABLE parts.listed, parts.logged;
SET ROLE retention_parts_owner;
SELECT lives_ok($$SELECT primecloud.retain('listed', 'made', '1 day', 'drop_partition')$$, 'partitions without an identity may be dropped');
SELECT throws_ok($$SELECT primecloud.retain('logged', 'made', '1 day')$$, '55000', NULL, 'rows not deleted');
ALTER TABLE logged1 REPLICA IDENTITY FULL; ALTER TABLE logged2 REPLICA IDENTITY FULL; ALTER TABLE logged3 REPLICA IDENTITY FULL;
ALTER TABLE logged4 REPLICA IDENTITY FULL; ALTER TABLE logged5 REPLICA IDENTITY FULL; ALTER TABLE logged_rest REPLICA IDENTITY FULL;
SELECT count(*) AS said FROM primecloud.retain('logged', 'made', '1 day') \gset
ALTER TABLE logged2 REPLICA IDENTITY DEFAULT;
CALL primecloud.expire('listed', max_rate => 0);
CALL primecloud.expire('logged', max_rate => 0);
SELECT is((SELECT array_agg(id ORDER BY id) FROM listed), '{6}', 'whole partitions go');
SELECT is((SELECT array_agg(id ORDER BY id) FROM logged), '{2}', 'and all other rows');
SELECT is((SELECT string_agg(code || ' ' || partition_name, ', ' ORDER BY partition_name) FROM primecloud.retention_problems
    WHERE table_name IN ('listed', 'logged')), '55000 listed_rest, 55000 logged2', 'the others are named, once each');
RESET ROLE;
DROP PUBLICATION parts_all;
SELECT * FROM finish();
