-- review_change(): a migration is run with the caller's rights, told of, and undone whole; what no ROLLBACK undoes is not run.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE review_change_owner;
CREATE ROLE review_change_app;
CREATE SCHEMA shop AUTHORIZATION review_change_owner;
CREATE SCHEMA kept;
SET ROLE review_change_owner;
CREATE TABLE shop.orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account_id integer NOT NULL, title varchar(20), n integer)
    WITH (autovacuum_enabled = off);
INSERT INTO shop.orders (account_id, title) SELECT 1, 'new' FROM generate_series(1, 500);
CREATE TABLE shop.plans (id bigint PRIMARY KEY, name text);
CREATE FUNCTION shop.said(ddl text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(concat_ws(' ', f.level, f."check", f.object), ', ' ORDER BY f."check", f.object), '')
    FROM primecloud.review_change(ddl, 'shop', 'review_change_app') AS f WHERE f."check" <> 'change_brings_finding' $$;
RESET ROLE;
-- Every row of every catalog, and where each sequence is.
CREATE FUNCTION catalogs() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    rel regclass;
    hash text;
    hashes text := '';
BEGIN
    FOR rel IN SELECT c.oid FROM pg_class AS c WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r'
        AND c.relname NOT IN ('pg_statistic', 'pg_largeobject') ORDER BY c.relname LOOP
        -- (What the server counts of relations that are not tried it may count meanwhile.)
        EXECUTE format('SELECT md5(string_agg(%1$s, %3$L ORDER BY %1$s)) FROM %2$s AS t', CASE rel WHEN 'pg_class'::regclass THEN
            '((to_jsonb(t) - CASE t.relnamespace::regnamespace::text WHEN ''shop'' THEN ''{}'' ELSE '
            '''{relpages,reltuples,relallvisible,relallfrozen,relfrozenxid,relminmxid}'' END::text[])::text)' ELSE '(t::text)' END, rel,
            E'\n') INTO hash;
        hashes := concat(hashes, rel, hash);
    END LOOP;
    RETURN hashes || (SELECT string_agg(s.sequencename || s.last_value, ',' ORDER BY s.sequencename) FROM pg_sequences AS s WHERE
    s.schemaname = 'shop');
END $$;
SELECT catalogs() AS before \gset
SET ROLE review_change_owner;
SELECT is(shop.said(ddl), wanted, ddl) FROM (VALUES
    ('ALTER TABLE shop.orders RENAME COLUMN title TO name', 'error change_breaks_readers shop.orders.title'),
    ('ALTER TABLE shop.orders DROP COLUMN title', 'error change_breaks_readers shop.orders.title'),
    ('DROP FUNCTION shop.said', 'error change_breaks_readers shop.said(text)'),
    ('ALTER TABLE shop.plans ADD COLUMN code text NOT NULL', 'error change_breaks_writers shop.plans.code'),
    ('ALTER TABLE shop.orders ADD COLUMN code text NOT NULL', 'error change_breaks_writers shop.orders.code'),
    ('ALTER TABLE shop.orders ADD COLUMN code text NOT NULL DEFAULT ''x''', ''),
    ('BEGIN; ALTER TABLE shop.orders ADD COLUMN code text; COMMIT;', ''),
    ('ALTER TABLE shop.orders ALTER n TYPE bigint', 'warning change_rewrites_table shop.orders'),
    ('ALTER TABLE shop.orders ALTER account_id DROP NOT NULL', 'warning change_loosens shop.orders.account_id'),
    ('CREATE INDEX ON shop.orders (title)', 'warning change_locks shop.orders'),
    ('CREATE INDEX /* concurrently */ CONCURRENTLY ON shop.orders (title)', ''),
    ('ALTER TABLE shop.orders ADD CONSTRAINT x CHECK (n IS NULL) NOT VALID', 'error change_breaks_writers shop.orders.x'),
    ('ALTER TABLE shop.orders ADD CHECK (account_id IS NOT NULL) NOT VALID', ''),
    ('ALTER TABLE shop.orders ADD UNIQUE (account_id, id)', 'warning change_locks shop.orders'),
    ('GRANT TRUNCATE ON shop.orders TO review_change_app', 'error change_weakens_protection shop.orders'),
    ('GRANT SELECT ON shop.orders TO PUBLIC', 'error change_weakens_protection shop.orders'),
    ('GRANT SELECT ON shop.orders TO review_change_app', ''),
    ('INSERT INTO shop.orders (account_id) VALUES (2)', ''),
    ('SELECT nextval(''shop.orders_id_seq'')', ''),
    ('VACUUM shop.orders', 'notice change_not_tried database'),
    ('DROP TABLE shop.nothing', 'error change_fails database'),
    ('DROP TABLE shop.nothing; DROP TABLE shop.plans', 'error change_fails database'),
    ('CREATE TABLE kept.mine ()', 'error change_fails database')) AS v(ddl, wanted);
SELECT throws_ok(format('SELECT shop.said(%L)', ddl), '0A000', NULL, ddl) FROM (VALUES ('ALTER SYSTEM SET work_mem = 1'), ('NOTIFY x'),
    ('COPY shop.orders TO PROGRAM ''true'''), ('LOAD ''primecloud'''), ('SELECT setval(''shop.orders_id_seq'', 1)'),
    ('DROP SUBSCRIPTION s'), ('SAVEPOINT s'), ('COPY shop.orders FROM stdin')) AS v(ddl);
SELECT throws_ok('SELECT * FROM primecloud.review_change(''SELECT 1'', ''shop'', pages => 1)', '54000', NULL, 'a schema with many rows');
SELECT throws_ok('SELECT shop.said(''CREATE TABEL x'')', '42601', NULL, 'what cannot be read');
RESET ROLE;
SELECT is(catalogs(), :'before', 'every row of every catalog is as it was, and every sequence');
SELECT is((SELECT count(*) FROM shop.orders), 500::bigint, 'and every row');

-- A sequence that the caller may not set, and one from which another drew meanwhile, stay where they are, and that is said.
CREATE EXTENSION IF NOT EXISTS dblink;
CREATE SEQUENCE kept.s;
CREATE SEQUENCE kept.cached INCREMENT -3 CACHE 4;
GRANT USAGE ON SCHEMA kept TO review_change_owner;
GRANT USAGE ON SEQUENCE kept.s TO review_change_owner;
CREATE FUNCTION pg_temp.left_behind(ddl text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(f.evidence, ' ' ORDER BY f.evidence) FROM primecloud.review_change(ddl, 'shop') AS f
    WHERE f."check" = 'change_not_tried' $$;
SELECT is(pg_temp.left_behind($$SELECT nextval('kept.s'), nextval('kept.s'); SELECT nextval('kept.cached') FROM generate_series(1, 6)$$),
    NULL, 'what is put back');
SELECT is((SELECT array_agg(s.last_value ORDER BY s.sequencename) FROM pg_sequences AS s WHERE s.schemaname = 'kept'),
    ARRAY[NULL, NULL]::bigint[], 'is where it was');
SET ROLE review_change_owner;
SELECT alike(pg_temp.left_behind('SELECT nextval(''kept.s'')'), 'sequence kept.s %: the caller may not set it', 'what is not is told');
RESET ROLE;
SELECT is((SELECT s.last_value FROM kept.s AS s), 1::bigint, 'since it is drawn');
SELECT alike(pg_temp.left_behind(format(
    $$SELECT nextval('kept.s'); SELECT dblink_exec(%L, 'DO ''BEGIN PERFORM nextval(''''kept.s''''); END''')$$,
    format('host=%s dbname=%s user=postgres',
    current_setting('unix_socket_directories'), current_database()))), 'sequence kept.s %: others may have drawn from it meanwhile',
    'nor one of another');
SELECT is((SELECT nextval('kept.s')), 4::bigint, 'whose number nobody else gets');

-- Names in the script are the caller's to say; ours are looked up in pg_catalog.
CREATE SCHEMA trap;
GRANT USAGE, CREATE ON SCHEMA trap TO review_change_owner;
SET ROLE review_change_owner;
CREATE FUNCTION trap.current_setting(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE 'a name of ours is looked up there'; END $$;
CREATE FUNCTION trap.set_config(text, text, boolean) RETURNS text LANGUAGE plpgsql
    AS $$ BEGIN RAISE 'a name of ours is looked up there'; END $$;
SELECT is(shop.said('SET search_path = trap, pg_catalog; CREATE TABLE shop.more (); SELECT 1'), '',
    'a path with functions of another''s before pg_catalog');
SELECT matches(shop.said('SET search_path = trap, pg_catalog; SELECT current_setting(''x'')'), '^error change_fails',
    'which the script calls');
RESET ROLE;
SELECT is(current_setting('search_path'), '"$user", public', 'and the path is the caller''s again');
SELECT is(current_setting('lock_timeout'), '0', 'and the lock_timeout');
SELECT * FROM finish();
