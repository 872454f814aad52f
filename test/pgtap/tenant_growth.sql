-- Protecting many tables, or one more partition, costs what they are: what is looked at is counted by the server.
SELECT no_plan();
SET client_min_messages = warning;
CREATE SCHEMA shop;
CREATE TABLE shop.accounts (id bigint PRIMARY KEY);
SELECT format('CREATE TABLE shop.t%s (id bigint PRIMARY KEY, account_id bigint NOT NULL)', i) FROM generate_series(1, 20) AS i \gexec
SET track_functions = 'all';
CREATE FUNCTION calls_of(name text) RETURNS bigint LANGUAGE sql AS $$
    SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_xact_user_functions WHERE funcname = name $$;
BEGIN;
SELECT count(*) FROM primecloud.protect_schema('shop', 'shop.accounts') \g /dev/null
SELECT cmp_ok(calls_of('candidate_name'), '<=', calls_of('free_name') + 5, 'the first name that is free is the last that is tried');
SELECT cmp_ok(calls_of('free_name'), '>=', 20::bigint, '(and names are tried)');
SELECT cmp_ok(calls_of('relation_name'), '<=', 200::bigint, 'each table''s name is asked for some times, and not for each other table');
SELECT cmp_ok(calls_of('obj_description'), '<=', 200::bigint, 'and so is what is noted of it');
COMMIT;

-- What is asked of one table reads of the catalogs what is its own, however many tables there are.
CREATE FUNCTION rows_read(catalog regclass) RETURNS bigint LANGUAGE sql AS $$
    SELECT pg_stat_get_xact_tuples_returned(catalog) + pg_stat_get_xact_tuples_fetched(catalog) $$;
CREATE FUNCTION rows_read_by(call text, catalog regclass) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    before bigint;
BEGIN
    EXECUTE 'SELECT count(*) FROM ' || call;  -- the server's own caches
    before := rows_read(catalog);
    EXECUTE 'SELECT count(*) FROM ' || call;
    RETURN rows_read(catalog) - before;
END $$;
SELECT cmp_ok(rows_read_by($$primecloud_internal.check_one_kind('shop.t20', 'primecloud_floor')$$, 'pg_policy'), '<=', 10::bigint,
    'a table''s five policies, of a hundred');
SELECT is(primecloud_internal.free_name('shop', 't1'), 't1_1', 'a name that is taken is numbered');
SELECT is(primecloud_internal.free_name('shop', 'free'), 'free', 'one that is not is kept');
SELECT is(primecloud_internal.free_name('public', 't1'), 't1', 'each schema has names of its own');

-- What is reached by foreign keys: by the best key of all that lead on, each time.
CREATE SCHEMA tree;
CREATE TABLE tree.accounts (id bigint PRIMARY KEY);
CREATE TABLE tree.top (id bigint PRIMARY KEY, account_id bigint NOT NULL, CONSTRAINT of_account FOREIGN KEY (account_id)
    REFERENCES tree.accounts);
CREATE TABLE tree.a (id bigint PRIMARY KEY, top bigint NOT NULL CONSTRAINT z REFERENCES tree.top);
CREATE TABLE tree.b (id bigint PRIMARY KEY, top bigint NOT NULL CONSTRAINT zz REFERENCES tree.top,
    a bigint NOT NULL CONSTRAINT y REFERENCES tree.a);
CREATE TABLE tree.c (id bigint PRIMARY KEY, top bigint CONSTRAINT b REFERENCES tree.top,
    b bigint NOT NULL CONSTRAINT zzz REFERENCES tree.b);
CREATE TABLE tree.d (id bigint PRIMARY KEY, d bigint CONSTRAINT self REFERENCES tree.d, c bigint CONSTRAINT a REFERENCES tree.c);
CREATE TABLE tree.e (id bigint PRIMARY KEY, account bigint NOT NULL CONSTRAINT only_account REFERENCES tree.accounts);
SELECT format('CREATE TABLE tree.n%s (id bigint PRIMARY KEY, up bigint NOT NULL CONSTRAINT k%s REFERENCES tree.%s)', i,
    lpad((i * 7 % 31)::text, 2, '0'), CASE WHEN i <= 3 THEN 'top' ELSE 'n' || i / 3 END) FROM generate_series(1, 30) AS i \gexec
CREATE FUNCTION one_by_one(at regclass[], others regclass[]) RETURNS TABLE (rel regclass, way name) LANGUAGE plpgsql AS $$
DECLARE
    k pg_constraint;
BEGIN
    LOOP
        SELECT c.* INTO k FROM pg_constraint c WHERE contype = 'f' AND c.conrelid = ANY (others) AND NOT c.conrelid = ANY (at)
            AND c.confrelid = ANY (at) AND c.confrelid <> 'tree.accounts'::regclass
        ORDER BY EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND NOT a.attnotnull),
            conname LIMIT 1;
        EXIT WHEN NOT FOUND;
        at := at || k.conrelid::regclass;
        rel := k.conrelid;
        way := k.conname;
        RETURN NEXT;
    END LOOP;
END $$;
CREATE FUNCTION others() RETURNS regclass[] LANGUAGE sql AS $$ SELECT ARRAY(SELECT oid FROM pg_class
    WHERE relnamespace = 'tree'::regnamespace AND relkind = 'r' AND relname NOT IN ('accounts', 'top')) $$;
CREATE FUNCTION by_keys(at regclass[]) RETURNS TABLE (rel regclass, way name, n bigint) LANGUAGE sql AS $$
    SELECT r.rel, k.conname, r.n FROM primecloud_internal.reached_by_keys('tree.accounts', at, others()) WITH ORDINALITY AS r(rel, way, n)
    JOIN pg_constraint k ON k.oid = r.way $$;
SELECT results_eq($$SELECT rel, way FROM by_keys('{tree.accounts,tree.top}') ORDER BY n$$,
    $$SELECT * FROM one_by_one('{tree.accounts,tree.top}', others())$$, 'each table by the key that was best when it came');
SELECT is((SELECT count(*) FROM by_keys('{tree.accounts,tree.top}')),
    34::bigint, 'all but what hangs from the accounts alone');
SELECT is_empty($$SELECT * FROM by_keys('{tree.accounts}')$$, 'from the accounts alone nothing');

-- One more partition.
CREATE TABLE parts (id bigint, account_id bigint NOT NULL) PARTITION BY LIST (id);
SELECT count(*) FROM primecloud.protect_table('parts') \g /dev/null
CREATE FUNCTION policies_looked_at(n int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    before bigint := pg_stat_get_xact_tuples_fetched('pg_policy'::regclass) + pg_stat_get_xact_numscans('pg_policy'::regclass);
BEGIN
    EXECUTE format('CREATE TABLE part%s PARTITION OF parts FOR VALUES IN (%1$s)', n);
    RETURN pg_stat_get_xact_tuples_fetched('pg_policy'::regclass) + pg_stat_get_xact_numscans('pg_policy'::regclass) - before;
END $$;
SELECT policies_looked_at(1) AS first, policies_looked_at(2) AS second \gset
SELECT count(policies_looked_at(n)) FROM generate_series(3, 60) AS n \g /dev/null
SELECT cmp_ok(policies_looked_at(61), '<=', :second + 10::bigint, 'the sixty-first partition is looked at, and not the sixty before it');
SELECT is((SELECT count(*) FROM pg_policy WHERE polname = 'primecloud_floor' AND polrelid IN (SELECT inhrelid FROM pg_inherits
    WHERE inhparent = 'parts'::regclass)), 61::bigint, 'each is protected');
-- with what is below it
CREATE TABLE whole (id bigint, account_id bigint NOT NULL) PARTITION BY LIST (id);
CREATE TABLE below PARTITION OF whole FOR VALUES IN (1);
ALTER TABLE parts ATTACH PARTITION whole DEFAULT;
SELECT is((SELECT count(*) FROM pg_policy WHERE polname = 'primecloud_floor' AND polrelid IN ('whole'::regclass, 'below'::regclass)),
    2::bigint, 'one that is attached too, with its own');
SELECT finish();
