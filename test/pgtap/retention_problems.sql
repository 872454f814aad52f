-- Rows that are due and cannot go: passed over, counted, told once; the others go.
SELECT no_plan();
CREATE ROLE retention_problems_owner;
CREATE SCHEMA bad AUTHORIZATION retention_problems_owner;
SET ROLE retention_problems_owner;
SET search_path = bad, public;
SET client_min_messages = error;

-- 2000 rows of 300 days; every fiftieth is referred to, ten of them lie together.
CREATE PROCEDURE fill(name text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %I (id int PRIMARY KEY, made timestamptz, CHECK (id > 0))', name);
    EXECUTE format('CREATE INDEX ON %I (made)', name);
    EXECUTE format('INSERT INTO %I SELECT g, now() - (2001 - g) * interval ''4 hours'' + interval ''5 minutes'' FROM generate_series(1, '
        '2000) g', name);
    EXECUTE format('ANALYZE %I', name);
    EXECUTE format('CREATE TABLE %I (parent int CONSTRAINT %I REFERENCES %I)', name || '_child', name || '_child_parent', name);
    EXECUTE format('INSERT INTO %I SELECT id FROM %I WHERE id %% 50 = 0 OR id BETWEEN 701 AND 710', name || '_child', name);
END $$;
CREATE FUNCTION left_of(rel regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    EXECUTE format('SELECT format(''%%s due, %%s not'', count(*) FILTER (WHERE made < now() - interval ''100 days''), count(*) FILTER '
        '(WHERE made >= now() - interval ''100 days'')) FROM %s', rel) INTO answer;
    RETURN answer;
END $$;

CALL fill('keyset');
CALL fill('slices');
CALL fill('ranges');
SELECT is((SELECT array_agg(r) FROM primecloud.retain('slices', 'made', '100 days') r WHERE r NOT LIKE 'rows whose%'),
    ARRAY['foreign key slices_child_parent of table bad.slices_child: rows that it refers to stay; no index on it, so each row searches '
        'the whole table'], 'retain tells of a foreign key');
SELECT is((SELECT note FROM primecloud.expire_preview('slices') WHERE what = 'foreign key'),
    'rows that it refers to stay; no index on it, so each row searches the whole table', 'and so does the preview');
CREATE INDEX ON slices_child (parent);
CREATE INDEX ON keyset_child (parent);
CREATE INDEX ON ranges_child (parent);
SELECT count(*) FROM primecloud.retain('keyset', 'made', '100 days');
SELECT count(*) FROM primecloud.retain('ranges', 'made', '100 days');

-- 1400 rows are due: 28 and 10 of them stay
CALL primecloud.expire('slices', max_rate => 0, method => 'slices');
SELECT is(left_of('slices'), '38 due, 600 not', 'block by block, what can go goes');
CALL primecloud.expire('keyset', max_rate => 0, method => 'keyset');
SELECT is(left_of('keyset'), '38 due, 600 not', 'along the index too');
CALL primecloud.expire('ranges', max_rate => 0, method => 'ranges');
SELECT is(left_of('ranges'), '38 due, 600 not', 'and by ranges, the rest of which goes along the index');
SELECT results_eq($$SELECT table_name, code, constraint_name, row_count FROM primecloud.retention_problems ORDER BY table_name$$,
    $$VALUES ('keyset', '23503', 'keyset_child_parent', 38::bigint), ('ranges', '23503', 'ranges_child_parent', 38),
        ('slices', '23503', 'slices_child_parent', 38)$$, 'what stays is counted by constraint');
SELECT results_eq($$SELECT p.table_name, p.state, p.rows_expired, p.rows_failed, p.last_error FROM primecloud.job_progress p
    ORDER BY p.table_name$$,
    $$VALUES ('keyset', 'finished', 1362::bigint, 38::bigint, '23503'), ('ranges', 'finished', 1362, 38, '23503'),
        ('slices', 'finished', 1362, 38, '23503')$$, 'and in the run, which ends well');
SELECT is((SELECT oldest_undeletable FROM primecloud.retention_status WHERE table_name = 'slices'), (SELECT min(made) FROM slices),
    'the status tells the oldest');
CREATE TEMP TABLE seen AS SELECT * FROM primecloud.retention_problems;
CALL primecloud.expire('slices', max_rate => 0);
SELECT is((SELECT p.row_count FROM primecloud.retention_problems p JOIN seen USING (table_name) WHERE p.table_name = 'slices'
    AND p.first_seen = seen.first_seen AND p.last_seen > seen.last_seen), 38::bigint,
    'again: the same problem, not a new one');
TRUNCATE slices_child;
CALL primecloud.expire('slices', max_rate => 0);
SELECT is(left_of('slices'), '0 due, 600 not', 'nothing refers to them any more: they go');

-- what a foreign key says else
CREATE TABLE family (id int PRIMARY KEY, made timestamptz);
CREATE TABLE goes (parent int REFERENCES family ON DELETE CASCADE);
CREATE TABLE nulled (parent int REFERENCES family ON DELETE SET NULL);
CREATE TABLE deferred (parent int REFERENCES family DEFERRABLE INITIALLY DEFERRED);
INSERT INTO family SELECT g, 'epoch' FROM generate_series(1, 30) g;
INSERT INTO goes SELECT id FROM family WHERE id % 2 = 0;
INSERT INTO nulled SELECT id FROM family WHERE id % 3 = 0;
INSERT INTO deferred VALUES (7);
SELECT is((SELECT count(*) FROM primecloud.retain('family', 'made', '1 day') r WHERE r LIKE 'foreign key%'), 3::bigint, 'each is told');
CALL primecloud.expire('family', max_rate => 0);
SELECT is((SELECT array_agg(id) FROM family), '{7}', 'a deferred constraint is heard at once');
SELECT is((SELECT format('%s %s', (SELECT count(*) FROM goes), (SELECT count(*) FROM nulled WHERE parent IS NULL))), '0 10',
    'cascades and nulls follow');

-- what else says no
CREATE TABLE guarded (id int, made timestamptz, gone boolean CHECK (id <> 5 OR gone IS NULL));
INSERT INTO guarded SELECT g, 'epoch' FROM generate_series(1, 10) g;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.id = 3 THEN RAISE EXCEPTION 'not this one'; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER refuse BEFORE DELETE ON guarded FOR EACH ROW EXECUTE FUNCTION refuse();
SELECT count(*) FROM primecloud.retain('guarded', 'made', '1 day', 'soft_delete', soft_delete_column => 'gone');
CALL primecloud.expire('guarded', max_rate => 0);
SELECT is((SELECT array_agg(id) FROM guarded WHERE gone IS NULL), '{5}', 'a check keeps a row from being marked');
SELECT is((SELECT code FROM primecloud.retention_problems WHERE table_name = 'guarded'), '23514', 'and is the reason given');
SELECT count(*) FROM primecloud.retain('guarded', 'made', '1 day');
SELECT is((SELECT count(*) FROM primecloud.retention_problems WHERE table_name = 'guarded'), 0::bigint,
    'a new policy begins with a clean slate');
CALL primecloud.expire('guarded', max_rate => 0);
SELECT is((SELECT array_agg(id) FROM guarded), '{3}', 'a trigger keeps a row');
SELECT is((SELECT code FROM primecloud.retention_problems WHERE table_name = 'guarded'), 'P0001', 'and is the reason given');
CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
INSERT INTO guarded SELECT g, 'epoch' FROM generate_series(11, 20) g;
CREATE TRIGGER a_swallow BEFORE DELETE ON guarded FOR EACH ROW WHEN (OLD.id = 12) EXECUTE FUNCTION swallow();
CALL primecloud.expire('guarded', max_rate => 0);
SELECT is((SELECT array_agg(id ORDER BY id) FROM guarded), '{3,12}', 'a trigger that keeps one in silence is heard too');
SELECT is((SELECT sum(row_count) FROM primecloud.retention_audit WHERE table_name = 'guarded' AND action = 'delete'), 18::numeric,
    'and what stayed is not in the audit');

-- The table's code finds no search_path of anybody's.
CREATE TABLE journal (id int);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO journal VALUES (OLD.id); RETURN NULL; END $$;
CREATE TABLE noted (id int, made timestamptz);
INSERT INTO noted SELECT g, 'epoch' FROM generate_series(1, 10) g;
CREATE TRIGGER note AFTER DELETE ON noted FOR EACH ROW EXECUTE FUNCTION note();
SELECT ok(EXISTS (SELECT FROM primecloud.retain('noted', 'made', '1 day') r WHERE r LIKE 'trigger note of table bad.noted %search_path%'),
    'retain tells of a trigger that may not find its tables');
SELECT throws_ok($$SELECT primecloud.expire_batch('noted')$$, '42P01', NULL, 'which then is an error');
SELECT is((SELECT count(*) FROM noted), 10::bigint, 'and nothing is lost');
ALTER FUNCTION note() SET search_path = bad;
SELECT ok(NOT EXISTS (SELECT FROM primecloud.retain('noted', 'made', '1 day') r WHERE r LIKE 'trigger%'),
    'with a search_path of its own nothing is told');
SELECT is(primecloud.expire_batch('noted'), 10::bigint, 'and it works');
SELECT is((SELECT count(*) FROM journal), 10::bigint, 'as its owner meant it');

-- A thousand at most in one call; the next goes on behind them.
CREATE TABLE crowd (id int PRIMARY KEY, made timestamptz);
CREATE INDEX ON crowd (made);
INSERT INTO crowd SELECT g, timestamptz 'epoch' + g * interval '1 minute' FROM generate_series(1, 1100) g;
CREATE TABLE crowd_child (parent int PRIMARY KEY REFERENCES crowd);
INSERT INTO crowd_child SELECT g FROM generate_series(1, 1010) g;
SELECT count(*) FROM primecloud.retain('crowd', 'made', '1 day');
CALL primecloud.expire('crowd', max_rate => 0, method => 'keyset');
SELECT is((SELECT format('%s %s %s', state, rows_failed, rows_expired) FROM primecloud.job_progress WHERE table_name = 'crowd'),
    'paused 1000 0', 'after a thousand it pauses');
CALL primecloud.expire('crowd', max_rate => 0);
SELECT is((SELECT format('%s %s %s', state, rows_failed, rows_expired) FROM primecloud.job_progress WHERE table_name = 'crowd'),
    'finished 1010 90', 'and goes on behind them');

-- A table that is gone has no owner, and nobody has his rights.
SELECT throws_ok('SELECT primecloud.place_hold(4294967295::oid::regclass, ''none'')', '42501', 'must be owner of table 4294967295',
    'no hold on a table that is not there');
RESET ROLE;
SELECT * FROM finish();
