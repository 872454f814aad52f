-- Tenant after tenant, by the index that lists of a tenant's rows have anyway.
SELECT no_plan();
CREATE ROLE retention_tenants_owner;
CREATE SCHEMA many AUTHORIZATION retention_tenants_owner;
SET ROLE retention_tenants_owner;
SET search_path = many, public;
SET client_min_messages = error;
CREATE FUNCTION due(rel regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    EXECUTE format('SELECT format(''%%s due, %%s not'', count(*) FILTER (WHERE created_at < now() - interval ''100 days''), count(*) '
        'FILTER (WHERE created_at >= now() - interval ''100 days'')) FROM %s', rel) INTO answer;
    RETURN answer;
END $$;
CREATE PROCEDURE fill(name text, type text, tenants int, per_tenant int) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %I (id bigint PRIMARY KEY, account_id %s NOT NULL, created_at timestamptz NOT NULL, filler text)', name,
        type);
    EXECUTE format('INSERT INTO %I SELECT t * 1000 + g, %s, now() - g * interval ''1 day'' + interval ''12 hours'', repeat(''x'', 400) '
        'FROM generate_series(1, %s) t, generate_series(1, %s) g ORDER BY g',
        name, CASE type WHEN 'uuid' THEN 'md5(t::text)::uuid' WHEN 'text' THEN 'chr(64 + t % 50) || t' ELSE 't' END, tenants, per_tenant);
    EXECUTE format('CREATE INDEX ON %I (account_id, created_at DESC, id DESC)', name);
    EXECUTE format('ANALYZE %I', name);
END $$;

-- chosen where it is the better way
CALL fill('events', 'uuid', 40, 104);
SELECT count(*) FROM primecloud.retain('events', 'created_at', '100 days', tenant_column => 'account_id', id_column => 'id');
SELECT is(due('events'), '160 due, 4000 not', 'one row in 26 is due');
CALL primecloud.expire('events', max_rate => 0);
SELECT is(due('events'), '0 due, 4000 not', 'what is due goes');
SELECT is((SELECT array_agg(DISTINCT method) FROM primecloud.retention_audit WHERE table_name = 'events'), '{tenants}',
    'tenant after tenant');
SELECT is((SELECT count(*) FROM primecloud.retention_audit a, jsonb_each_text(a.tenants) t WHERE a.table_name = 'events'), 40::bigint,
    'of every tenant');
CALL primecloud.expire('events', max_rate => 0);
SELECT is((SELECT format('%s %s', state, rows_expired) FROM primecloud.job_progress WHERE table_name = 'events' ORDER BY run DESC LIMIT 1),
    'finished 0', 'again: nothing');

-- in small batches, with keys of each type, exceptions and holds
CALL fill('whole', 'int', 40, 120);
CALL fill('words', 'text', 40, 120);
CALL fill('ids', 'uuid', 40, 120);
SELECT count(*) FROM unnest('{whole,words,ids}'::regclass[]) t,
    primecloud.retain(t, 'created_at', '100 days', tenant_column => 'account_id', id_column => 'id');
SELECT primecloud.place_hold(t, 'held', row_id => '1110'), primecloud.place_hold(t, 'held', tenant => CASE t WHEN 'whole'::regclass THEN '2'
    WHEN 'words'::regclass THEN 'B2' ELSE md5('2')::uuid::text END),
    primecloud.retain_tenant(t, CASE t WHEN 'whole'::regclass THEN '3' WHEN 'words'::regclass THEN 'C3' ELSE md5('3')::uuid::text
        END, '110 days') FROM unnest('{whole,words,ids}'::regclass[]) t;
CALL primecloud.expire('whole', batch => 7, max_rate => 0, method => 'tenants');
CALL primecloud.expire('words', batch => 40, max_rate => 0, method => 'tenants');
CALL primecloud.expire('ids', batch => 1000, max_rate => 0, method => 'tenants');
SELECT is(due(t), '31 due, 4000 not', format('%s: all but 20 of a tenant that is held, 10 of one with a longer time, and a row', t))
    FROM unnest('{whole,words,ids}'::regclass[]) t;
SELECT is((SELECT max(row_count) FROM primecloud.retention_audit WHERE table_name = 'whole'), 7::bigint,
    'no batch is larger than asked for');
SELECT is((SELECT array_agg(format('%s %s', rows_expired, rows_held) ORDER BY table_name) FROM primecloud.job_progress
    WHERE table_name IN ('whole', 'words', 'ids')), '{"769 21","769 21","769 21"}', 'each counted once');

-- more tenants than one batch looks at, and rows that cannot go
CALL fill('crowd', 'int', 2500, 2);
UPDATE crowd SET created_at = 'epoch' WHERE account_id % 1250 = 0;
CREATE TABLE crowd_child (id bigint REFERENCES crowd);
INSERT INTO crowd_child SELECT id FROM crowd WHERE account_id = 1250 AND id % 1000 = 1;
SELECT count(*) FROM primecloud.retain('crowd', 'created_at', '100 days', tenant_column => 'account_id');
CALL primecloud.expire('crowd', max_rate => 0, method => 'tenants');
SELECT is((SELECT array_agg(account_id) FROM crowd WHERE created_at = 'epoch'), '{1250}',
    'past a thousand tenants, and around a row that cannot go');
SELECT is((SELECT format('%s %s %s', state, rows_expired, rows_failed) FROM primecloud.job_progress WHERE table_name = 'crowd'),
    'finished 3 1', 'which is counted');
ALTER TABLE crowd ALTER account_id DROP NOT NULL;
\set ON_ERROR_STOP off
CALL primecloud.expire('crowd', max_rate => 0, method => 'tenants');
\set ON_ERROR_STOP on
\set state :LAST_ERROR_SQLSTATE
SELECT is(:'state'::text, '55000', 'rows that could be of no tenant are not passed over: it is refused');

-- Neither a batch of the caller's own, nor what is counted as held, nor a tenant with a shorter time has a run read the whole table.
CALL fill('large', 'int', 100, 120);
SELECT count(*) FROM primecloud.retain('large', 'created_at', '117 days', tenant_column => 'account_id', id_column => 'id');
CREATE FUNCTION reads(name text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    scans bigint := -pg_stat_get_xact_numscans(name::regclass);
    entries bigint := -(SELECT sum(pg_stat_get_xact_tuples_returned(indexrelid)) FROM pg_index WHERE indrelid = name::regclass);
    removed bigint;
BEGIN
    EXECUTE statement INTO removed;
    scans := scans + pg_stat_get_xact_numscans(name::regclass);
    entries := entries + (SELECT sum(pg_stat_get_xact_tuples_returned(indexrelid)) FROM pg_index WHERE indrelid = name::regclass);
    RETURN format('%s rows, %s scans of the table, %s entries looked at', removed, scans, CASE WHEN entries < 1500 THEN 'few'
        ELSE entries::text END);
END $$;
SELECT is(reads('large', $$SELECT primecloud.expire_batch('large', 250)$$), '250 rows, 0 scans of the table, few entries looked at',
    'a batch goes by the index');
SELECT is(reads('large', $$SELECT primecloud.expire_batch('large', 250)$$), '50 rows, 0 scans of the table, few entries looked at',
    'so does the next, and finds what is left');
SELECT primecloud.retain_tenant('large', '7', '1 day');
SELECT is(reads('large', $$SELECT primecloud.expire_batch('large', 500)$$), '116 rows, 0 scans of the table, few entries looked at',
    'a tenant with a shorter time costs those of others nothing');
INSERT INTO large SELECT id + 500, account_id, 'epoch', NULL FROM large WHERE id % 1000 = 2;
SELECT primecloud.place_hold('large', 'held', tenant => '9');
ANALYZE large;
SELECT pg_stat_force_next_flush();
SELECT seq_scan AS before FROM pg_stat_user_tables WHERE relname = 'large' \gset
CALL primecloud.expire('large', max_rate => 0, method => 'tenants');
SELECT pg_stat_force_next_flush();
SELECT is((SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'large'), :before::bigint,
    'a run with a hold reads the table by its index');
SELECT is((SELECT format('%s %s %s', state, rows_expired, rows_held) FROM primecloud.job_progress WHERE table_name = 'large'
    ORDER BY run DESC LIMIT 1), 'finished 98 1', 'and counts what is held');
CALL fill('pages', 'int', 1300, 2);
SELECT count(*) FROM primecloud.retain('pages', 'created_at', '1 day', tenant_column => 'account_id', id_column => 'id');
SELECT is(primecloud.expire_batch('pages', 2000), 1300::bigint, 'a batch goes on past a thousand tenants');
RESET ROLE;
SELECT * FROM finish();
