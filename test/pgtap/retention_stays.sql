-- What is due and stays: kept by a trigger in silence, by an error of any kind, by what
-- depends on a partition.  It is counted, and stops nothing else.
SELECT no_plan();
CREATE ROLE retention_stays_owner;
CREATE SCHEMA stays AUTHORIZATION retention_stays_owner;
SET ROLE retention_stays_owner;
SET search_path = stays, public;
SET client_min_messages = error;
CREATE FUNCTION of_run(name text) RETURNS text LANGUAGE sql AS
    $$ SELECT format('%s: %s gone, %s vetoed, %s failed, %s held', state, rows_expired, rows_vetoed, rows_failed, rows_held)
        FROM primecloud.job_progress
       WHERE table_name = name ORDER BY run DESC LIMIT 1 $$;

-- a trigger that keeps rows in silence, by every method and in every mode
CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE PROCEDURE fill(name text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %I (id int PRIMARY KEY, account int NOT NULL, made timestamptz, gone timestamptz)', name);
    EXECUTE format('CREATE INDEX ON %I (made)', name);
    EXECUTE format('INSERT INTO %I SELECT g, g %% 4, timestamptz ''2020-01-01'' + g * interval ''1 hour'' FROM generate_series(1, 400) g',
        name);
    EXECUTE format('CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON %I FOR EACH ROW WHEN (OLD.id %% 40 = 0) EXECUTE FUNCTION '
        'stays.swallow()', name);
    PERFORM primecloud.retain(name::regclass, 'made', '1 day', tenant_column => 'account', id_column => 'id');
    PERFORM primecloud.place_hold(name::regclass, 'kept', row_id => '7');
END $$;
CALL fill('slices');
CALL fill('ranges');
CALL fill('keyset');
CALL fill('tenants');
CALL primecloud.expire('slices', max_rate => 0, method => 'slices');
CALL primecloud.expire('ranges', max_rate => 0, method => 'ranges');
CALL primecloud.expire('keyset', max_rate => 0, method => 'keyset');
CALL primecloud.expire('tenants', max_rate => 0, method => 'tenants');
SELECT is(of_run(m), 'finished: 389 gone, 10 vetoed, 0 failed, 1 held', 'rows that a trigger keeps in silence are counted, by ' || m)
FROM unnest('{slices,ranges,keyset,tenants}'::text[]) m;
SELECT is((SELECT attention FROM primecloud.retention_status WHERE table_name = 'slices'), '10 rows are kept by a trigger',
    'and want attention');
SELECT is((SELECT rows_vetoed FROM primecloud.retention_status WHERE table_name = 'keyset'), 10::bigint, 'beside the watermark');
CALL fill('marked');
SELECT count(*) FROM primecloud.retain('marked', 'made', '1 day', 'soft_delete', soft_delete_column => 'gone', tenant_column => 'account',
    id_column => 'id');
CALL primecloud.expire('marked', max_rate => 0);
SELECT is(of_run('marked'), 'finished: 389 gone, 10 vetoed, 0 failed, 1 held', 'so are rows that were to be marked');
CALL fill('moved');
CREATE TABLE archive (LIKE moved);
SELECT count(*) FROM primecloud.retain('moved', 'made', '1 day', 'archive', archive => 'archive', tenant_column => 'account',
    id_column => 'id');
CALL primecloud.expire('moved', max_rate => 0);
SELECT is(of_run('moved'), 'finished: 389 gone, 10 vetoed, 0 failed, 1 held', 'or to be moved');
-- a trigger that takes the mark back
CREATE FUNCTION unmark() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.gone := NULL; RETURN NEW; END $$;
CREATE TABLE unmarked (id int PRIMARY KEY, made timestamptz, gone timestamptz);
INSERT INTO unmarked SELECT g, 'epoch' FROM generate_series(1, 10) g;
CREATE TRIGGER unmark BEFORE UPDATE ON unmarked FOR EACH ROW WHEN (OLD.id < 4) EXECUTE FUNCTION unmark();
SELECT count(*) FROM primecloud.retain('unmarked', 'made', '1 day', 'soft_delete', soft_delete_column => 'gone');
CALL primecloud.expire('unmarked', max_rate => 0);
SELECT is(of_run('unmarked'), 'finished: 7 gone, 3 vetoed, 0 failed, 0 held', 'a mark that a trigger takes back is none');

-- An error of whatever class keeps its row and no other.
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.id = 7 THEN ASSERT false; END IF;
    IF OLD.code <> '' THEN RAISE EXCEPTION USING ERRCODE = OLD.code, MESSAGE = 'not this one'; END IF;
    RETURN OLD;
END $$;
CREATE TABLE codes (id int PRIMARY KEY, made timestamptz, code text);
INSERT INTO codes SELECT g, 'epoch', '' FROM generate_series(1, 500) g;
UPDATE codes SET code = c FROM unnest('{42501,42P01,55000,0A000,AB123,2BP01,21000,P0004,57014}'::text[]) WITH ORDINALITY AS u(c, n)
    WHERE id = 50 * n;
CREATE TRIGGER refuse BEFORE DELETE ON codes FOR EACH ROW EXECUTE FUNCTION refuse();
SELECT count(*) FROM primecloud.retain('codes', 'made', '1 day');
CALL primecloud.expire('codes', max_rate => 0);
SELECT is((SELECT array_agg(id ORDER BY id) FROM codes), '{7,50,100,150,200,250,300,350,400,450}',
    'an error of any class, a failed assertion and a cancellation that a trigger makes up too, keeps its row alone');
SELECT is((SELECT array_agg(code ORDER BY code) FROM primecloud.retention_problems WHERE table_name = 'codes'),
    '{0A000,21000,2BP01,42501,42P01,55000,AB123,P0001,P0004}', 'each is told');
CREATE TABLE single (id int PRIMARY KEY, made timestamptz);
CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'never'; END $$;
CREATE TRIGGER never BEFORE DELETE ON single FOR EACH STATEMENT EXECUTE FUNCTION never();
INSERT INTO single VALUES (1, 'epoch'), (2, now());
SELECT count(*) FROM primecloud.retain('single', 'made', '1 day');
CALL primecloud.expire('single', max_rate => 0);
SELECT is(of_run('single'), 'finished: 0 gone, 0 vetoed, 1 failed, 0 held',
    'a statement trigger that fails keeps one row where one is due, not as many as its block could have');

-- A partition that something depends on stays; those after it go.
CREATE TABLE parts (id int, made timestamptz) PARTITION BY RANGE (made);
DO $$ BEGIN
    FOR i IN 1..6 LOOP
        EXECUTE format('CREATE TABLE stays.part%s PARTITION OF stays.parts FOR VALUES FROM (%L) TO (%L)', i, date '2020-01-01' + i,
            date '2020-01-02' + i);
    END LOOP;
END $$;
CREATE TABLE part_rest PARTITION OF parts DEFAULT;
INSERT INTO parts SELECT g, date '2020-01-01' + g FROM generate_series(1, 6) g;
CREATE VIEW on_part AS SELECT * FROM part2;
SELECT count(*) FROM primecloud.retain('parts', 'made', '1 day', 'drop_partition');
CALL primecloud.expire('parts', max_rate => 0);
SELECT is((SELECT array_agg(relid::text ORDER BY 1) FROM pg_partition_tree('parts') WHERE isleaf), '{part2,part_rest}',
    'a view on one partition keeps that one');
SELECT is((SELECT array_agg(format('%s %s %s', code, partition_name, row_count)) FROM primecloud.retention_problems
    WHERE table_name = 'parts'), '{"2BP01 part2 1"}', 'which is named');
SELECT is((SELECT attention FROM primecloud.retention_status WHERE table_name = 'parts'), '1 partitions cannot go', 'and wants attention');
SELECT is((SELECT count(*) FROM parts), 0::bigint, 'its rows go one by one');
DROP VIEW on_part;
CALL primecloud.expire('parts', max_rate => 0);
SELECT is((SELECT array_agg(relid::text ORDER BY 1) FROM pg_partition_tree('parts') WHERE isleaf), '{part_rest}',
    'and it goes when nothing depends on it');
SELECT is((SELECT attention FROM primecloud.retention_status WHERE table_name = 'parts'), NULL, 'after which nothing wants attention');
RESET ROLE;
SELECT * FROM finish();
