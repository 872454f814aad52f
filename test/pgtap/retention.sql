-- Retention of rows: each mode expires what is due and nothing else.
SELECT no_plan();
CREATE ROLE retention_owner;
CREATE SCHEMA shop AUTHORIZATION retention_owner;
SET ROLE retention_owner;

-- 300 rows, one a day; the cut-off of 100 days leaves days 0..99.
CREATE FUNCTION shop.fill(rel regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO %s (id, account, made) SELECT g, ''a'' || g %% 3, now() - g * interval ''1 day'' - interval ''1 minute'' '
        'FROM generate_series(0, 299) g', rel);
END $$;
CREATE FUNCTION shop.ages(rel regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    EXECUTE format('SELECT format(''%%s rows, ids %%s to %%s'', count(*), min(id), max(id)) FROM %s', rel) INTO answer;
    RETURN answer;
END $$;

CREATE TABLE shop.plain (id int PRIMARY KEY, account text, made timestamptz, held boolean, gone timestamptz, flag boolean);
SELECT shop.fill('shop.plain');
SELECT is((SELECT array_agg(r) FROM primecloud.retain('shop.plain', 'made', '100 days', tenant_column => 'account', id_column => 'id') r
    WHERE r NOT LIKE 'rows whose%'),
    ARRAY['no index leads with made, so every run reads the whole table: CREATE INDEX CONCURRENTLY ON shop.plain (made)'],
        'retain says what is slow');
SELECT results_eq($$SELECT what, name, row_count FROM primecloud.expire_preview('shop.plain') WHERE what IN ('expires', 'tenant')$$,
    $$VALUES ('expires', '', 200::bigint), ('tenant', 'a1', 67), ('tenant', 'a2', 67), ('tenant', 'a0', 66)$$,
        'the preview counts, by tenant');
SELECT is(shop.ages('shop.plain'), '300 rows, ids 0 to 299', 'and removes nothing');
SELECT is(primecloud.expire_batch('shop.plain', 7), 7::bigint, 'a batch of seven is seven');
SELECT throws_ok($$CALL primecloud.expire('shop.plain')$$, '2D000', NULL, 'expire refuses to run inside a transaction');
CALL primecloud.expire('shop.plain', max_rate => 0);
SELECT is(shop.ages('shop.plain'), '100 rows, ids 0 to 99', 'delete: what is due is gone');
SELECT is((SELECT sum(row_count) FROM primecloud.retention_audit WHERE table_name = 'plain'), 200::numeric,
    'every row is in the audit, once');
SELECT results_eq($$SELECT state, rows_expired, rows_failed FROM primecloud.job_progress WHERE table_name = 'plain'$$,
    $$VALUES ('finished', 193::bigint, 0::bigint)$$, 'and in the progress');
SELECT is((SELECT sum(value::int) FROM primecloud.retention_audit, jsonb_each_text(tenants) WHERE table_name = 'plain' AND key = 'a1'),
    67::bigint, 'by tenant');
SELECT ok((SELECT watermark < now() - interval '99 days' FROM primecloud.retention_status WHERE table_name = 'plain'),
    'the watermark is the cut-off of the run');
CALL primecloud.expire('shop.plain', max_rate => 0);
SELECT is(shop.ages('shop.plain'), '100 rows, ids 0 to 99', 'again: nothing more');

-- along the index
TRUNCATE shop.plain;
SELECT shop.fill('shop.plain');
CREATE INDEX ON shop.plain (made);
CALL primecloud.expire('shop.plain', batch => 30, max_rate => 0, method => 'keyset');
SELECT is(shop.ages('shop.plain'), '100 rows, ids 0 to 99', 'keyset: the same rows go');
SELECT is((SELECT max(row_count) FROM primecloud.retention_audit WHERE method = 'keyset'), 30::bigint,
    'and no batch is larger than asked for');

-- by ranges of time: many rows at one instant, and rows in no order
TRUNCATE shop.plain;
SELECT shop.fill('shop.plain');
INSERT INTO shop.plain (id, account, made) SELECT 1000 + g, 'a', now() - interval '150 days' FROM generate_series(1, 700) g;
INSERT INTO shop.plain (id, account, made) SELECT 2000 + g, 'a', 'epoch' FROM generate_series(1, 700) g;
CALL primecloud.expire('shop.plain', max_rate => 0, method => 'ranges');
SELECT is(shop.ages('shop.plain'), '100 rows, ids 0 to 99', 'ranges: the same rows go');
SELECT is((SELECT array_agg(DISTINCT method) FROM primecloud.retention_audit WHERE run = (SELECT max(run) FROM primecloud.job_progress)),
    '{ranges}', 'by ranges alone');
INSERT INTO shop.plain (id, account, made) SELECT 1000 + g, 'a', now() - interval '150 days' - g / 20 * interval '1 day'
    FROM generate_series(1, 700) g;
CALL primecloud.expire('shop.plain', batch => 10, max_rate => 0, method => 'ranges');
SELECT is(shop.ages('shop.plain'), '100 rows, ids 0 to 99', 'where more rows share an instant than a batch may have, they go by slices');
SELECT is((SELECT rows_expired FROM primecloud.job_progress ORDER BY run DESC LIMIT 1), 700::bigint, 'each once');
INSERT INTO shop.plain (id, account, made) SELECT 1000 + g, 'a', now() - g * interval '1 hour' FROM generate_series(1, 4000) g;
ANALYZE shop.plain;
CALL primecloud.expire('shop.plain', max_rate => 0);
SELECT is((SELECT count(*) FROM shop.plain), 100 + 2399::bigint, 'what the statistics choose does the same');

TRUNCATE shop.plain;
SELECT shop.fill('shop.plain');
SELECT primecloud.place_hold('shop.plain', 'case 6', row_id => '299') AS row_hold \gset
SELECT primecloud.retain_tenant('shop.plain', 'a1', '250 days'), primecloud.retain_tenant('shop.plain', 'a0', '40 days');
CALL primecloud.expire('shop.plain', batch => 25, max_rate => 0, method => 'ranges');
SELECT is((SELECT string_agg(format('%s %s-%s', account, min, max), ' ' ORDER BY account)
    FROM (SELECT account, min(id), max(id) FROM shop.plain WHERE id <> 299 GROUP BY account) t),
    'a0 0-39 a1 1-247 a2 2-98', 'each tenant its own time, the longer and the shorter');
SELECT is((SELECT format('%s %s', (SELECT count(*) FROM shop.plain WHERE id = 299), rows_held) FROM primecloud.job_progress
    ORDER BY run DESC LIMIT 1), '1 1', 'what is held stays, counted once');
SELECT primecloud.release_hold('shop.plain', :row_hold, 'closed'), primecloud.unretain_tenant('shop.plain', 'a1'),
    primecloud.unretain_tenant('shop.plain', 'a0');

-- holds and exceptions
TRUNCATE shop.plain;
SELECT shop.fill('shop.plain');
UPDATE shop.plain SET held = true WHERE id = 299;
SELECT lives_ok($$SELECT primecloud.retain('shop.plain', 'made', '100 days', tenant_column => 'account', id_column => 'id',
    hold_column => 'held')$$, 'retain with a hold column');
SELECT primecloud.place_hold('shop.plain', 'case 7', row_id => '298') AS row_hold \gset
SELECT primecloud.place_hold('shop.plain', 'case 8', tenant => 'a0') AS tenant_hold \gset
SELECT primecloud.retain_tenant('shop.plain', 'a1', '250 days');
SELECT results_eq($$SELECT what, name, row_count FROM primecloud.expire_preview('shop.plain') WHERE what <> 'note'$$,
    $$VALUES ('expires', '', 82::bigint), ('held', '', 68), ('tenant', 'a2', 66), ('tenant', 'a1', 16)$$,
        'the preview knows holds and exceptions');
CALL primecloud.expire('shop.plain', max_rate => 0);
SELECT is((SELECT count(*) FROM shop.plain WHERE account = 'a0'), 100::bigint, 'a held tenant keeps all');
SELECT is((SELECT max(id) FROM shop.plain WHERE account = 'a1' AND id <> 298), 247, 'a tenant with a longer time keeps it');
SELECT is((SELECT array_agg(id ORDER BY id) FROM shop.plain WHERE id >= 100 AND account = 'a2'), '{299}', 'a held row stays');
SELECT is((SELECT count(*) FROM shop.plain WHERE id = 298), 1::bigint, 'a row held by number stays');
SELECT is((SELECT rows_held FROM primecloud.job_progress WHERE table_name = 'plain' ORDER BY run DESC LIMIT 1), 68::bigint,
    'held rows are counted');
SELECT throws_ok($$SELECT primecloud.retain('shop.plain', 'made', '100 days')$$, '55000', NULL,
    'a policy that could not honour the holds is refused');
SELECT primecloud.release_hold('shop.plain', :tenant_hold, 'closed');
SELECT primecloud.unretain_tenant('shop.plain', 'a1');
CALL primecloud.expire('shop.plain', max_rate => 0, method => 'keyset');
SELECT is((SELECT array_agg(id ORDER BY id) FROM shop.plain WHERE id >= 100), '{298,299}', 'released and excepted no more: they go');
SELECT primecloud.retain_tenant('shop.plain', 'a0', NULL);
UPDATE shop.plain SET made = '-infinity' WHERE id IN (0, 1);
UPDATE shop.plain SET made = 'infinity' WHERE id = 2;
UPDATE shop.plain SET made = NULL WHERE id = 5;
CALL primecloud.expire('shop.plain', max_rate => 0);
SELECT is((SELECT array_agg(id ORDER BY id) FROM shop.plain WHERE id < 6), '{0,2,3,4,5}',
    'never is never, infinity is not yet, unknown is never');
SELECT is(primecloud.place_hold('shop.plain', 'all of it') > 0, true, 'the whole table can be held');
UPDATE shop.plain SET made = 'epoch';
CALL primecloud.expire('shop.plain', max_rate => 0);
SELECT is(shop.ages('shop.plain'), '101 rows, ids 0 to 299', 'and then nothing goes');

-- soft delete
CREATE TABLE shop.soft (LIKE shop.plain INCLUDING ALL);
SELECT shop.fill('shop.soft');
SELECT lives_ok($$SELECT primecloud.retain('shop.soft', 'made', '100 days', 'soft_delete', soft_delete_column => 'gone')$$,
    'soft delete by a time');
CALL primecloud.expire('shop.soft', max_rate => 0);
SELECT is((SELECT format('%s %s', count(*), count(gone)) FROM shop.soft), '300 200', 'the rows are marked and stay');
CALL primecloud.expire('shop.soft', max_rate => 0);
SELECT is((SELECT sum(row_count) FROM primecloud.retention_audit WHERE table_name = 'soft'), 200::numeric, 'marked once');
SELECT lives_ok($$SELECT primecloud.retain('shop.soft', 'made', '100 days', 'soft_delete', soft_delete_column => 'flag')$$, 'by a flag');
CALL primecloud.expire('shop.soft', max_rate => 0, method => 'keyset');
SELECT is((SELECT count(*) FROM shop.soft WHERE flag), 200::bigint, 'flagged');

-- archive
CREATE TABLE shop.moving (id int PRIMARY KEY, account text, made timestamptz, doubled int GENERATED ALWAYS AS (id * 2) STORED,
    "odd, name" text DEFAULT 'x');
CREATE TABLE shop.archive (LIKE shop.moving);
SELECT shop.fill('shop.moving');
SELECT lives_ok($$SELECT primecloud.retain('shop.moving', 'made', '100 days', 'archive', archive => 'shop.archive')$$, 'archive');
CALL primecloud.expire('shop.moving', max_rate => 0);
SELECT is(shop.ages('shop.moving') || '; ' || shop.ages('shop.archive'), '100 rows, ids 0 to 99; 200 rows, ids 100 to 299', 'rows move');
SELECT is((SELECT count(*) FROM shop.archive WHERE doubled = id * 2 AND "odd, name" = 'x'), 200::bigint, 'whole');
CREATE FUNCTION shop.swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER swallow BEFORE INSERT ON shop.archive FOR EACH ROW EXECUTE FUNCTION shop.swallow();
UPDATE shop.moving SET made = 'epoch';
SELECT throws_ok($$SELECT primecloud.expire_batch('shop.moving')$$, '22000', NULL, 'an archive that swallows rows is an error');
SELECT is((SELECT count(*) FROM shop.moving), 100::bigint, 'and no row is lost');
DROP TRIGGER swallow ON shop.archive;
ALTER TABLE shop.moving ADD COLUMN later text;
SELECT throws_ok($$SELECT primecloud.expire_batch('shop.moving')$$, '42804', NULL, 'nor when a column is added to the table alone');
SELECT throws_ok($$SELECT primecloud.retain('shop.moving', 'made', '1 day', 'archive', archive => 'shop.moving')$$, '22023', NULL,
    'a table is not its own archive');

-- other types of time
CREATE TABLE shop.days (id int, day date);
INSERT INTO shop.days SELECT g, (now() AT TIME ZONE 'UTC')::date - g FROM generate_series(0, 20) g;
SELECT lives_ok($$SELECT primecloud.retain('shop.days', 'day', '10 days')$$, 'a date');
CALL primecloud.expire('shop.days', max_rate => 0);
SELECT is((SELECT max(id) FROM shop.days), 10, 'a day is kept until it ended ten days ago');
CREATE TABLE shop.stamps (id int, at timestamp);
INSERT INTO shop.stamps SELECT g, (now() AT TIME ZONE 'UTC') - g * interval '1 hour' FROM generate_series(0, 20) g;
SET timezone = 'Pacific/Kiritimati';
SELECT lives_ok($$SELECT primecloud.retain('shop.stamps', 'at', '10 hours 30 minutes')$$,
    'a timestamp, read as UTC wherever the session is');
CALL primecloud.expire('shop.stamps', max_rate => 0, method => 'keyset');
SELECT is((SELECT max(id) FROM shop.stamps), 10, 'so many hours are kept');
SET datestyle = 'SQL, DMY';
UPDATE shop.stamps SET at = at - interval '5 hours 1 minute';
CALL primecloud.expire('shop.stamps', batch => 2, max_rate => 0, method => 'keyset');
SELECT is((SELECT max(id) FROM shop.stamps), 5, 'whatever its date style');
RESET datestyle;
RESET timezone;
SELECT lives_ok($$SELECT primecloud.retain('shop.stamps', 'at', '170000000 years')$$, 'longer than there are years');
UPDATE shop.stamps SET at = '4000-01-01 BC';
CALL primecloud.expire('shop.stamps', max_rate => 0);
SELECT is((SELECT count(*) FROM shop.stamps), 6::bigint, 'is never');

-- refusals
CREATE VIEW shop.seen AS SELECT * FROM shop.plain;
CREATE TEMP TABLE passing (id int, made timestamptz);
SELECT throws_ok($$SELECT primecloud.retain('shop.seen', 'made', '1 day')$$, '42809', NULL, 'a view');
SELECT throws_ok($$SELECT primecloud.retain('passing', 'made', '1 day')$$, '42809', NULL, 'a temporary table');
SELECT throws_ok($$SELECT primecloud.retain('shop.plain', 'nothing', '1 day')$$, '42703', NULL, 'a column that is not there');
SELECT throws_ok($$SELECT primecloud.retain('shop.plain', 'account', '1 day')$$, '42804', NULL, 'a column that holds no time');
SELECT throws_ok($$SELECT primecloud.retain('shop.plain', 'made', '-1 day')$$, '22023', NULL, 'a negative time');
SELECT throws_ok($$SELECT primecloud.retain('shop.plain', 'made', NULL)$$, '22004', NULL, 'no time');
SELECT throws_ok($$SELECT primecloud.retain('shop.plain', 'made', '1 day', 'shred')$$, '22023', NULL, 'a mode that does not exist');
SELECT throws_ok($$SELECT primecloud.retain('shop.plain', 'made', '1 day', 'soft_delete')$$, '22023', NULL, 'soft delete without a column');
SELECT throws_ok($$SELECT primecloud.retain('shop.plain', 'made', '1 day', 'drop_partition')$$, '42809', NULL,
    'partitions of a table that has none');
SELECT throws_ok($$SELECT primecloud.place_hold('shop.plain', '')$$, '22023', NULL, 'a hold without a reason');
SELECT throws_ok($$SELECT primecloud.expire_batch('shop.archive')$$, '42704', NULL, 'a table without a policy');
SELECT throws_ok($$SELECT primecloud.expire_batch('shop.plain', 0)$$, '22023', NULL, 'a batch of none');
CREATE TABLE shop.ruled (id int, made timestamptz);
CREATE RULE r AS ON DELETE TO shop.ruled DO INSTEAD NOTHING;
SELECT throws_ok($$SELECT primecloud.retain('shop.ruled', 'made', '1 day')$$, '0A000', NULL, 'a table with rules');
DROP RULE r ON shop.ruled;
SELECT lives_ok($$SELECT primecloud.retain('shop.ruled', 'made', '1 day')$$, 'and none when the last is dropped');
SELECT lives_ok($$SELECT primecloud.expire_batch('shop.ruled', 1)$$, 'which is expired');
ALTER TABLE shop.ruled SET UNLOGGED;
SELECT throws_ok($$SELECT primecloud.place_hold('shop.ruled', 'case')$$, '55000',
    'table shop.ruled is not logged, or a partition of it: a crash would empty it', 'nothing is held that a crash empties');
ALTER TABLE shop.ruled SET LOGGED;
SELECT lives_ok($$SELECT primecloud.place_hold('shop.ruled', 'case')$$, 'logged, it is');
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT throws_ok($$SELECT primecloud.expire_batch('shop.plain', 1)$$, '55000', NULL, 'a transaction that could not see a new hold');
ROLLBACK;
SELECT lives_ok($$SELECT primecloud.unretain('shop.plain')$$, 'unretain');
SELECT throws_ok($$SELECT primecloud.expire_batch('shop.plain')$$, '42704', NULL, 'forgets the policy');
RESET ROLE;
SELECT * FROM finish();
