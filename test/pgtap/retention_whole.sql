-- Where partitions are taken whole: what retain() says beforehand, what is told of rows that stay, and of what cannot be looked at.
SELECT no_plan();
CREATE EXTENSION dblink;
SET client_min_messages = error;
CREATE SCHEMA whole;
SET search_path = whole, public;
CREATE FUNCTION said(name text) RETURNS text LANGUAGE sql AS $$
    SELECT format('%s, behind %s: %s', watermark::date, date_part('year', justify_interval(behind)), coalesce(attention, 'nothing'))
    FROM primecloud.retention_status WHERE table_name = name $$;
CREATE PROCEDURE make(name text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %I (id int, account int, at timestamptz) PARTITION BY RANGE (at)', name);
    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (''2019-01-01'') TO (''2020-01-01'')', name || '_2019', name);
    EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', name || '_rest', name);
    EXECUTE format('INSERT INTO %I VALUES (1, 1, ''2019-05-01''), (2, 2, ''2019-06-01'')', name);
    EXECUTE format('CREATE INDEX ON %I (at)', name);
END $$;

-- the default partition
CALL make('apart'); CALL make('gone');
SELECT is((SELECT array_agg(r) FROM primecloud.retain('apart', 'at', '90 days', 'detach_partition', tenant_column => 'account') r
    WHERE r !~ '^rows whose'), ARRAY['rows of partition whole.apart_rest stay: their partition has no end, and mode ''detach_partition'' '
    'takes whole partitions alone'], 'retain says what detaching does not take');
SELECT is((SELECT array_agg(r) FROM primecloud.retain('gone', 'at', '90 days', 'drop_partition', tenant_column => 'account') r
    WHERE r !~ '^rows whose'), NULL, 'dropping takes it');
CALL primecloud.expire('apart', max_rate => 0);
SELECT is((SELECT format('%s, %s', attention, behind < '1 minute') FROM primecloud.retention_status WHERE table_name = 'apart'), ', t',
    'a default partition with nothing due in it is nobody''s concern');
INSERT INTO apart VALUES (3, 1, '2018-05-01'), (4, 1, now());
INSERT INTO gone VALUES (3, 1, '2018-05-01'), (4, 1, now());
CALL primecloud.expire('apart', max_rate => 0); CALL primecloud.expire('gone', max_rate => 0);
SELECT matches(said('apart'), '^2018-05-01, behind [1-9]\d*: due rows stay in 1 partitions \(the first is apart_rest\)',
    'what is due in it is told');
SELECT is((SELECT array_agg(format('%s %s: %s', name, row_count, note)) FROM primecloud.expire_preview('apart') WHERE what = 'stays'),
    ARRAY['whole.apart_rest 1: their partition has no end, and mode ''detach_partition'' takes whole partitions alone'], 'and foretold');
SELECT is((SELECT format('%s %s', row_count, (SELECT count(*) FROM apart)) FROM primecloud.expire_preview('apart') WHERE what = 'expires'),
    '0 2', 'not as what goes');
SELECT matches(said('gone'), 'behind 0: nothing', 'where rows may go one by one it has gone');
DELETE FROM apart WHERE id = 3;
CALL primecloud.expire('apart', max_rate => 0);
SELECT matches(said('apart'), 'behind 0: nothing', 'what is gone is told no more');

-- a partition that another tenant's row keeps, one that a hold keeps, one that cannot be detached
CALL make('kept'); CALL make('held'); CALL make('seen');
SELECT count(*) AS said FROM primecloud.retain('kept', 'at', '90 days', 'detach_partition', tenant_column => 'account') \gset
SELECT count(*) AS said FROM primecloud.retain('held', 'at', '90 days', 'detach_partition', tenant_column => 'account') \gset
SELECT primecloud.retain_tenant('kept', '2', NULL);
SELECT primecloud.place_hold('held', 'case', tenant => '2') AS hold \gset
CALL primecloud.expire('kept', max_rate => 0); CALL primecloud.expire('held', max_rate => 0);
SELECT matches(said('kept'), '^2019-05-01, behind [1-9]\d*: due rows stay in 1 partitions \(the first is kept_2019\)',
    'rows that stay with those of a tenant who keeps his');
SELECT is((SELECT format('%s held, %s', rows_held, behind < '1 minute') FROM primecloud.retention_status WHERE table_name = 'held'),
    '2 held, t', 'all that is due in a partition with a held row is held');
SELECT is((SELECT string_agg(what || ' ' || row_count, ', ' ORDER BY what) FROM primecloud.expire_preview('held')
    WHERE what IN ('expires', 'held', 'stays')), 'expires 0, held 2', 'as the preview says');
SELECT primecloud.release_hold('held', :hold, 'over');
CALL primecloud.expire('held', max_rate => 0);
SELECT is((SELECT count(*) FROM held), 0::bigint, 'and goes when that is released');

-- one that is half detached has left the table
CALL make('half');
INSERT INTO half VALUES (3, 1, '2018-05-01');
SELECT count(*) AS said FROM primecloud.retain('half', 'at', '90 days', 'drop_partition') \gset
SELECT dblink_connect('reader', format('host=%s dbname=%s user=postgres', current_setting('unix_socket_directories'), current_database()));
ALTER TABLE half DETACH PARTITION half_rest;
SELECT dblink_exec('reader', 'BEGIN; LOCK TABLE whole.half IN ACCESS SHARE MODE');
\set ON_ERROR_STOP off
SET statement_timeout = '1s';
ALTER TABLE half DETACH PARTITION half_2019 CONCURRENTLY;
RESET statement_timeout;
\set ON_ERROR_STOP on
SELECT dblink_exec('reader', 'COMMIT');
SELECT is((SELECT row_count FROM primecloud.expire_preview('half') WHERE what = 'expires'), 0::bigint,
    'what is half detached is not foretold');
CALL primecloud.expire('half', max_rate => 0);
SELECT matches(said('half'), 'behind 0: nothing', 'nor told');
SELECT is((SELECT count(*) FROM half_2019), 2::bigint, 'nor touched');

-- a table elsewhere
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere;
CALL make('far'); CALL make('further');
CREATE FOREIGN TABLE far_2020 PARTITION OF far FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') SERVER nowhere;
CREATE FOREIGN TABLE further_2020 PARTITION OF further FOR VALUES FROM ('2020-01-01') TO ('2100-01-01') SERVER nowhere;
SELECT throws_ok($$SELECT primecloud.retain('far', 'at', '90 days', 'drop_partition')$$, '0A000', NULL, 'no policy on a table elsewhere');
DROP FOREIGN TABLE far_2020, further_2020;
SELECT count(*) AS said FROM primecloud.retain('far', 'at', '90 days', 'detach_partition') \gset
SELECT count(*) AS said FROM primecloud.retain('further', 'at', '90 days', 'drop_partition') \gset
CREATE FOREIGN TABLE far_2020 PARTITION OF far FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') SERVER nowhere;
CREATE FOREIGN TABLE further_2020 PARTITION OF further FOR VALUES FROM ('2020-01-01') TO ('2100-01-01') SERVER nowhere;
CALL primecloud.expire('far', max_rate => 0); CALL primecloud.expire('further', max_rate => 0);
SELECT is((SELECT string_agg(format('%s: %s', partition_name, code), ', ' ORDER BY table_name)
    FROM primecloud.retention_problems WHERE table_name IN ('far', 'further') AND row_count = 1),
    'far_2020: 0A000, further_2020: 0A000', 'one that comes later is passed over and told');
SELECT is((SELECT string_agg(format('%s %s', what, coalesce(row_count::text, name)), ', ' ORDER BY what)
    FROM primecloud.expire_preview('further') WHERE what IN ('expires', 'stays', 'error')), 'error 0A000, expires 0',
    'and foretold, which nobody connects for');
SELECT is((SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent IN ('far'::regclass, 'further'::regclass)), 'far_2020 far_rest further_2020 further_rest', 'the others are done');
SELECT * FROM finish();
