-- Partitions: whole ones go whole, what must stay keeps its own, and a place in one
-- partition is never taken for the same place in another.
SELECT no_plan();
CREATE ROLE retention_partitions_owner;
CREATE SCHEMA "odd ""schema" AUTHORIZATION retention_partitions_owner;
SET ROLE retention_partitions_owner;
SET search_path = "odd ""schema", public;
SET timezone = 'Asia/Kolkata';

CREATE FUNCTION parts_of(rel regclass) RETURNS text LANGUAGE sql AS
    $$ SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM pg_partition_tree(rel) t JOIN pg_class c ON c.oid = t.relid
        WHERE t.isleaf $$;

-- Days 1 to 10 of January 2020 as partitions, one of today, and the default.
CREATE PROCEDURE make(name text, type text DEFAULT 'timestamptz') LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %I (id int, account int, made %s) PARTITION BY RANGE (made)', name, type);
    FOR i IN 1..10 LOOP
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', name || lpad(i::text, 2, '0'), name,
            format('2020-01-%s 00:00+00', i), format('2020-01-%s 00:00+00', i + 1));
        EXECUTE format('INSERT INTO %I SELECT %s * 10 + g, g, %L::timestamptz AT TIME ZONE ''UTC'' FROM generate_series(0, 4) g', name, i,
            format('2020-01-%s 12:00+00', i));
    END LOOP;
    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (MAXVALUE)', name || '_now', name, now()::date - 10);
    EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', name || '_rest', name);
    EXECUTE format('INSERT INTO %I VALUES (900, 0, now()), (901, 0, now() - interval ''9 days''), (902, 0, ''2019-06-01''), (903, 0, now() '
        '- interval ''20 days''), (904, 0, ''-infinity''), (905, 0, NULL)', name);
END $$;
CALL make('whole');
CALL make('plain_time', 'timestamp');
CALL make('days', 'date');
CALL make('apart');
CALL make('held');
CALL make('rows');

-- dropped
SELECT ok(EXISTS (SELECT FROM primecloud.retain('rows', 'made', '1 day') r WHERE r LIKE '%drop\_partition%'),
    'retain says what would be cheaper');
SELECT is(count(*), 2::bigint, 'retain of partitions says what goes and notes the missing index alone')
    FROM primecloud.retain('whole', 'made', '30 days', 'drop_partition');
SELECT is((SELECT array_agg(name ORDER BY name) FROM primecloud.expire_preview('whole') WHERE what = 'partition')::text[],
    (SELECT array_agg(format('"odd ""schema".whole%s', lpad(g::text, 2, '0')) ORDER BY g) FROM generate_series(1, 10) g),
        'the preview names the partitions') FROM (SELECT set_config('search_path', 'public', true)) s;
SET search_path = "odd ""schema", public;
SELECT is((SELECT row_count FROM primecloud.expire_preview('whole') WHERE what = 'expires'), 52::bigint, 'and counts the rows');
ANALYZE whole;
CALL primecloud.expire('whole', max_rate => 0);
SELECT is(parts_of('whole'), 'whole_now whole_rest', 'what is over is dropped');
SELECT is(to_regclass('whole01'), NULL, 'and exists no more');
SELECT is((SELECT array_agg(id ORDER BY id) FROM whole), '{900,901,903,905}', 'what lies outside bounded partitions goes row by row');
SELECT is((SELECT array_agg(partition_name || ' ' || row_count ORDER BY partition_name) FROM primecloud.retention_audit
    WHERE table_name = 'whole' AND method = 'partition'),
    (SELECT array_agg(format('whole%s 5', lpad(g::text, 2, '0')) ORDER BY g) FROM generate_series(1, 10) g),
        'the audit has each, with the rows that ANALYZE saw');
SELECT is((SELECT format('%s %s %s', state, partitions_done, rows_expired) FROM primecloud.job_progress WHERE table_name = 'whole'),
    'finished 10 2', 'the progress counts them');
CALL primecloud.expire('whole', max_rate => 0);
SELECT is((SELECT count(*) FROM primecloud.retention_audit WHERE table_name = 'whole'), 11::bigint, 'once');

SELECT count(*) FROM primecloud.retain('plain_time', 'made', '30 days', 'drop_partition');
SELECT count(*) FROM primecloud.retain('days', 'made', '30 days', 'drop_partition');
CALL primecloud.expire('plain_time', max_rate => 0);
CALL primecloud.expire('days', max_rate => 0);
SELECT is(parts_of('plain_time') || ', ' || parts_of('days'), 'plain_time_now plain_time_rest, days_now days_rest',
    'bounds that are timestamps or dates are read as UTC');

-- detached
SELECT count(*) FROM primecloud.retain('apart', 'made', '30 days', 'detach_partition');
CALL primecloud.expire('apart', max_rate => 0);
SELECT is(parts_of('apart'), 'apart_now apart_rest', 'what is over is detached');
SELECT is((SELECT count(*) FROM apart05), 5::bigint, 'and a table of its own, with its rows');
SELECT is((SELECT count(*) FROM apart), 6::bigint, 'rows outside bounded partitions stay: detaching loses none');
SELECT throws_ok($$SELECT primecloud.expire_batch('apart')$$, '0A000', NULL, 'partitions have no batches');

-- held and excepted
SELECT count(*) FROM primecloud.retain('held', 'made', '30 days', 'drop_partition', tenant_column => 'account', id_column => 'id');
SELECT primecloud.retain_tenant('held', '2', '100 years');
ALTER TABLE held DETACH PARTITION held07;
DELETE FROM held07 WHERE account = 2;
ALTER TABLE held ATTACH PARTITION held07 FOR VALUES FROM ('2020-01-07 00:00+00') TO ('2020-01-08 00:00+00');
SELECT primecloud.place_hold('held', 'case 1', row_id => '31');
CALL primecloud.expire('held', max_rate => 0);
SELECT is(parts_of('held'), 'held01 held02 held03 held04 held05 held06 held08 held09 held10 held_now held_rest',
    'a partition with a row that stays stays');
SELECT is((SELECT array_agg(id ORDER BY id) FROM held WHERE id < 900), '{12,22,31,32,42,52,62,82,92,102}',
    'and loses the others row by row');
SELECT is((SELECT rows_held FROM primecloud.job_progress WHERE table_name = 'held'), 1::bigint, 'what is held is counted');

-- below each other
CREATE TABLE deep (id int, made timestamptz) PARTITION BY RANGE (made);
CREATE TABLE deep_2020 PARTITION OF deep FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY RANGE (made);
CREATE TABLE deep_2020_1 PARTITION OF deep_2020 FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');
CREATE TABLE deep_2020_2 PARTITION OF deep_2020 FOR VALUES FROM ('2020-02-01') TO ('2020-03-01');
CREATE TABLE deep_now PARTITION OF deep FOR VALUES FROM ('2021-01-01') TO ('infinity') PARTITION BY RANGE (made);
CREATE TABLE deep_2021 PARTITION OF deep_now FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE TABLE deep_later PARTITION OF deep_now FOR VALUES FROM ('2022-01-01') TO ('infinity') PARTITION BY HASH (id);
CREATE TABLE deep_later_0 PARTITION OF deep_later FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE deep_later_1 PARTITION OF deep_later FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO deep SELECT g, timestamptz '2020-01-15' + g * interval '10 days' FROM generate_series(0, 4) g;
INSERT INTO deep SELECT g, timestamptz '2021-06-01' FROM generate_series(10, 12) g;
INSERT INTO deep SELECT g, timestamptz '2022-06-01' FROM generate_series(20, 29) g;
INSERT INTO deep SELECT g, now() FROM generate_series(30, 39) g;
SELECT count(*) FROM primecloud.retain('deep', 'made', '100 days', 'drop_partition');
CALL primecloud.expire('deep', max_rate => 0);
SELECT is(parts_of('deep'), 'deep_later_0 deep_later_1', 'a partition goes with all below it, and one below one that stays');
SELECT is((SELECT format('%s %s', count(*), min(id)) FROM deep), '10 30', 'a bound that never comes is none: its rows go by themselves');

-- the same place in another partition
CREATE TABLE twins (id int, made timestamptz) PARTITION BY LIST (id);
CREATE TABLE twins_old PARTITION OF twins FOR VALUES IN (1);
CREATE TABLE twins_new PARTITION OF twins FOR VALUES IN (2);
CREATE INDEX ON twins (made);
INSERT INTO twins SELECT 1, 'epoch' FROM generate_series(1, 1000);
INSERT INTO twins SELECT 2, now() FROM generate_series(1, 1000);
SELECT is((SELECT count(*) FROM twins_old o JOIN twins_new n ON n.ctid = o.ctid), 1000::bigint,
    'every live row lies where an expired one lies');
SELECT count(*) FROM primecloud.retain('twins', 'made', '1 day');
CREATE FUNCTION live_ones() RETURNS text LANGUAGE sql AS $$
    SELECT format('%s %s', count(*) FILTER (WHERE id = 1), count(*) FILTER (WHERE id = 2)) FROM twins $$;
SELECT is(primecloud.expire_batch('twins', 100), 100::bigint, 'a batch of one partition');
SELECT is(live_ones(), '900 1000', 'leaves the other alone');
CALL primecloud.expire('twins', batch => 150, max_rate => 0, method => 'keyset');
SELECT is(live_ones(), '0 1000', 'along the index');
INSERT INTO twins SELECT 1, 'epoch' FROM generate_series(1, 1000);
CALL primecloud.expire('twins', max_rate => 0, method => 'slices');
SELECT is(live_ones(), '0 1000', 'and block by block');
CREATE TABLE parent (id int, made timestamptz);
CREATE TABLE child () INHERITS (parent);
INSERT INTO parent SELECT 1, 'epoch' FROM generate_series(1, 100);
INSERT INTO child SELECT 2, now() FROM generate_series(1, 100);
SELECT count(*) FROM primecloud.retain('parent', 'made', '1 day');
CALL primecloud.expire('parent', max_rate => 0);
SELECT is((SELECT format('%s %s', count(*), min(id)) FROM parent), '100 2', 'tables that inherit too');

-- row by row, and a row that moved between partitions
CALL primecloud.expire('rows', max_rate => 0);
SELECT is((SELECT array_agg(id ORDER BY id) FROM rows), '{900,905}', 'mode delete empties partitions and keeps them');
SELECT is((SELECT count(*) FROM pg_partition_tree('rows') WHERE isleaf), 12::bigint, 'all of them');

-- referred to from outside
CREATE TABLE parent_part (id int, made timestamptz, PRIMARY KEY (id, made)) PARTITION BY RANGE (made);
CREATE TABLE parent_part1 PARTITION OF parent_part FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');
CREATE TABLE parent_part2 PARTITION OF parent_part FOR VALUES FROM ('2020-02-01') TO ('2020-03-01');
CREATE TABLE refers (id int, made timestamptz, CONSTRAINT refers_fk FOREIGN KEY (id, made) REFERENCES parent_part);
INSERT INTO parent_part VALUES (1, '2020-01-10'), (2, '2020-02-10');
INSERT INTO refers VALUES (1, '2020-01-10');
SELECT count(*) FROM primecloud.retain('parent_part', 'made', '1 day', 'drop_partition');
CALL primecloud.expire('parent_part', max_rate => 0);
SELECT is(parts_of('parent_part'), 'parent_part1', 'a partition that a foreign key points into stays, and the next goes');
SELECT ok(count(*) > 0 AND bool_and(code = '23503' AND constraint_name LIKE 'refers%'), 'and is a problem that is told')
    FROM primecloud.retention_problems WHERE table_name = 'parent_part';

-- a closed door
CALL make('locked');
SELECT count(*) FROM primecloud.retain('locked', 'made', '30 days', 'drop_partition');
RESET ROLE;
ALTER TABLE locked03 OWNER TO CURRENT_USER;
SET ROLE retention_partitions_owner;
SELECT is((SELECT array_agg(note) FROM primecloud.expire_preview('locked') WHERE what = 'error' AND name = '55000'),
    ARRAY['partition "odd ""schema".locked03 does not belong to the owner of table "odd ""schema".locked'],
    'a partition of another owner is told');
RESET ROLE;
-- One walk over the partitions a run, however many there are.
SET ROLE retention_partitions_owner;
CALL make('walked');
CALL make('walked_rows');
SELECT count(*) FROM primecloud.retain('walked', 'made', '30 days', 'drop_partition');
SELECT count(*) FROM primecloud.retain('walked_rows', 'made', '30 days');
RESET ROLE;
SET track_functions = 'all';
SELECT pg_stat_reset();
CALL primecloud.expire('walked', max_rate => 0);
CALL primecloud.expire('walked_rows', max_rate => 0);
SELECT pg_stat_force_next_flush();
SELECT is((SELECT calls FROM pg_stat_user_functions WHERE funcname = 'retention_walk'), 2::bigint,
    'two runs over twelve partitions each: two walks');
SELECT cmp_ok((SELECT calls FROM pg_stat_user_functions WHERE funcname = 'retention_check_parts'), '<=', 30::bigint,
    'and each partition is checked once a run');
RESET track_functions;
SELECT * FROM finish();
