-- Reading through what others made: views, functions, partitions, children, copies.  Each is
-- what a careless owner or superuser makes, over the usual table and over the protected one.
\set app attack_paths
\set app_owner attack_paths_owner
\ir support/attack.sql
SELECT no_plan();
\o /dev/null
GRANT CREATE ON SCHEMA public TO :app_owner;
-- The same objects over both tables, by the tables' owner and by a superuser.
CREATE FUNCTION harness.make(target text, maker text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    prefix text := target || '_' || CASE maker WHEN 'postgres' THEN 'super' ELSE 'owner' END;
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', maker);
    EXECUTE format('CREATE VIEW %s_view AS SELECT * FROM %s', prefix, target);
    EXECUTE format('CREATE VIEW %s_barrier WITH (security_barrier) AS SELECT * FROM %s', prefix, target);
    EXECUTE format('CREATE VIEW %s_invoker WITH (security_invoker) AS SELECT * FROM %s', prefix, target);
    EXECUTE format('CREATE FUNCTION %s_definer() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public AS ''SELECT '
        'count(*) FROM %s WHERE account_id = 2''', prefix, target);
    EXECUTE format('CREATE FUNCTION %s_atomic() RETURNS bigint LANGUAGE sql SECURITY DEFINER BEGIN ATOMIC SELECT count(*) FROM %s WHERE '
        'account_id = 2; END', prefix, target);
    EXECUTE format('CREATE FUNCTION %s_cursor() RETURNS refcursor LANGUAGE plpgsql SECURITY DEFINER AS ''DECLARE c refcursor '
        ':= ''''handed''''; BEGIN OPEN c FOR SELECT id FROM %s WHERE account_id = 2; RETURN c; END''', prefix, target);
    EXECUTE format('CREATE FUNCTION %s_invoked() RETURNS bigint LANGUAGE sql AS ''SELECT count(*) FROM %s WHERE account_id = 2''', prefix,
        target);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %1$s_view, %1$s_barrier, %1$s_invoker TO PUBLIC', prefix);
    RESET ROLE;
END $$;
SELECT harness.make(target, maker) FROM unnest(ARRAY['plain', 'guarded']) AS target, unnest(ARRAY['postgres', :'app_owner']) AS maker;
\o

INSERT INTO harness.attacks (name, usual, ours, statements) VALUES
('a view by the owner', '5', '0', ARRAY['SELECT count(*) FROM {t}_owner_view WHERE account_id = 2']),
('a barrier view by the owner', '5', '0', ARRAY['SELECT count(*) FROM {t}_owner_barrier WHERE account_id = 2']),
('an invoker view by the owner', '0', '0', ARRAY['SELECT count(*) FROM {t}_owner_invoker WHERE account_id = 2']),
('a view by the owner, under a view of one''s own', '5', '0', ARRAY['CREATE TEMP VIEW mine AS SELECT * FROM {t}_owner_view',
    'SELECT count(*) FROM mine WHERE account_id = 2']),
('writing through a view by the owner', '5', '0',
    ARRAY['WITH u AS (UPDATE {t}_owner_view SET secret = ''x'' WHERE account_id = 2 RETURNING 1) SELECT count(*) FROM u']),
('deleting through a view by the owner', '5', '0',
    ARRAY['WITH d AS (DELETE FROM {t}_owner_view WHERE account_id = 2 RETURNING 1) SELECT count(*) FROM d']),
('inserting through a view by the owner', '2', '42501', ARRAY['INSERT INTO {t}_owner_view VALUES (99, 2, ''x'') RETURNING account_id']),
('a SECURITY DEFINER function by the owner', '5', '0', ARRAY['SELECT {t}_owner_definer()']),
('one with parsed statements', '5', '0', ARRAY['SELECT {t}_owner_atomic()']),
('a cursor that it hands out', '1,3,5,7,9', 'nothing', ARRAY['SELECT {t}_owner_cursor()', 'FETCH ALL FROM handed']),
('a function that runs as its caller', '0', '0', ARRAY['SELECT {t}_owner_invoked()']),
-- A superuser, and a role with BYPASSRLS, is held by no policy, and so are views and
-- functions of theirs: protect_view() and explain_access() are the answer.
('a view by a superuser', '5', '5', ARRAY['SELECT count(*) FROM {t}_super_view WHERE account_id = 2']),
('an invoker view by a superuser', '0', '0', ARRAY['SELECT count(*) FROM {t}_super_invoker WHERE account_id = 2']),
('a SECURITY DEFINER function by a superuser', '5', '5', ARRAY['SELECT {t}_super_definer()']);
SELECT harness.run();
SELECT results_eq(format('SELECT path FROM primecloud.explain_access(''guarded'', %L) WHERE NOT held ORDER BY path COLLATE "C"', :'app'),
    ARRAY['function public.guarded_super_atomic()', 'function public.guarded_super_cursor()', 'function public.guarded_super_definer()',
        'view public.guarded_super_barrier', 'view public.guarded_super_view'], 'explain_access names every way that is open');
\o /dev/null
SELECT primecloud.protect_view('guarded_super_view'), primecloud.protect_view('guarded_super_barrier');
DROP FUNCTION guarded_super_definer(), guarded_super_atomic(), guarded_super_cursor();
\o
SELECT is(harness.attack('mallory', 'SELECT count(*) FROM guarded_super_view WHERE account_id = 2'), '0', 'protect_view closes it');
SELECT is(harness.attack('mallory',
    'CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS ''BEGIN IF $1 = ''''secret 1'''' THEN RAISE '
    'EXCEPTION ''''leaked''''; END IF; RETURN true; END''',
    'SELECT count(*) FROM guarded_super_view WHERE pg_temp.leak(secret)'), '5', 'also to a function that looks');
SELECT is_empty(format('SELECT path FROM primecloud.explain_access(''guarded'', %L) WHERE NOT held', :'app'),
    'and explain_access has nothing left to name');

-- Partitions under their own names, and tables that were partitions once.
\o /dev/null
CREATE TABLE plain_parts (id int, account_id int NOT NULL, secret text) PARTITION BY RANGE (id);
CREATE TABLE plain_parts_1 PARTITION OF plain_parts FOR VALUES FROM (0) TO (6);
CREATE TABLE plain_parts_2 PARTITION OF plain_parts FOR VALUES FROM (6) TO (20) PARTITION BY LIST (account_id);
CREATE TABLE plain_parts_2_a PARTITION OF plain_parts_2 DEFAULT;
CREATE TABLE guarded_parts (LIKE plain_parts) PARTITION BY RANGE (id);
CREATE TABLE guarded_parts_1 PARTITION OF guarded_parts FOR VALUES FROM (0) TO (6);
SELECT primecloud.protect_table('guarded_parts');
CREATE TABLE guarded_parts_2 PARTITION OF guarded_parts FOR VALUES FROM (6) TO (20) PARTITION BY LIST (account_id);
CREATE TABLE guarded_parts_2_a PARTITION OF guarded_parts_2 DEFAULT;
ALTER TABLE plain_parts ENABLE ROW LEVEL SECURITY;
CREATE POLICY usual ON plain_parts USING (account_id = current_setting('app.tenant')::int);
INSERT INTO plain_parts SELECT * FROM plain;
INSERT INTO guarded_parts SELECT * FROM plain;
-- A table that inherits in the old way.
CREATE TABLE plain_heirs (id int, account_id int NOT NULL, secret text);
CREATE TABLE plain_heirs_1 () INHERITS (plain_heirs);
CREATE TABLE guarded_heirs (LIKE plain_heirs);
CREATE TABLE guarded_heirs_1 () INHERITS (guarded_heirs);
INSERT INTO plain_heirs_1 SELECT * FROM plain;
INSERT INTO guarded_heirs_1 SELECT * FROM plain;
ALTER TABLE plain_heirs ENABLE ROW LEVEL SECURITY;
CREATE POLICY usual ON plain_heirs USING (account_id = current_setting('app.tenant')::int);
SELECT primecloud.protect_table('guarded_heirs');
CREATE TABLE guarded_heirs_2 (more int) INHERITS (guarded_heirs_1);
INSERT INTO guarded_heirs_2 SELECT * FROM plain;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :app;
ANALYZE;
\o
INSERT INTO harness.attacks (name, usual, ours, statements) VALUES
('a partitioned table', '0', '0', ARRAY['SELECT count(*) FROM {t}_parts WHERE account_id = 2']),
('a leaf by its own name', '3', '0', ARRAY['SELECT count(*) FROM {t}_parts_1 WHERE account_id = 2']),
('a partition that is partitioned', '2', '0', ARRAY['SELECT count(*) FROM {t}_parts_2 WHERE account_id = 2']),
('a leaf below it', '2', '0', ARRAY['SELECT count(*) FROM {t}_parts_2_a WHERE account_id = 2']),
('writing into a leaf', '2', '42501', ARRAY['INSERT INTO {t}_parts_1 VALUES (3, 2, ''x'') RETURNING account_id']),
('moving a row from leaf to leaf and tenant to tenant', '42501', '42501',
    ARRAY['UPDATE {t}_parts SET id = 15, account_id = 2 WHERE id = 2']),
('an operator whose estimate is asked of a leaf''s statistics', '5', '5',
    ARRAY['CREATE FUNCTION pg_temp.leak(text, text) RETURNS boolean LANGUAGE plpgsql AS ''BEGIN IF substr($1, 8)::int % 2 = 1 THEN RAISE '
    'EXCEPTION ''''leaked''''; END IF; RETURN true; END''',
    'CREATE OPERATOR pg_temp.<<< (FUNCTION = pg_temp.leak, LEFTARG = text, RIGHTARG = text, RESTRICT = scalarltsel)',
    'SELECT count(*) FROM {t}_parts WHERE secret OPERATOR(pg_temp.<<<) ''x''']),
('a parent, through its policies', '0', '0', ARRAY['SELECT count(*) FROM {t}_heirs WHERE account_id = 2']),
('a child that inherits, by its own name', '5', '0', ARRAY['SELECT count(*) FROM {t}_heirs_1 WHERE account_id = 2']);
SELECT harness.run();
SELECT is(harness.attack('mallory', 'SELECT count(*) FROM guarded_heirs_2 WHERE account_id = 2'), '0',
    'a child of the child, that came later');
\o /dev/null
ALTER TABLE guarded_parts DETACH PARTITION guarded_parts_1;
\o
SELECT is(harness.attack('mallory', 'SELECT count(*) FROM guarded_parts_1 WHERE account_id = 2'), '0',
    'a partition that was detached stays protected');

-- A materialized view holds rows and no policy.  It cannot be made safe: it is refused, and named.
CREATE MATERIALIZED VIEW plain_kept AS SELECT * FROM plain;
CREATE MATERIALIZED VIEW guarded_kept AS SELECT * FROM guarded;
GRANT SELECT ON plain_kept, guarded_kept TO :app;
SELECT is(harness.attack('mallory', 'SELECT count(*) FROM plain_kept WHERE account_id = 2'), '5', 'the usual policy: a materialized view');
SELECT is(harness.attack('mallory', 'SELECT count(*) FROM guarded_kept WHERE account_id = 2'), '5',
    '(a superuser''s is open here too: said in the docs)');
SELECT throws_ok($$SELECT primecloud.protect_view('guarded_kept')$$, '42809', NULL, 'which protect_view says');
SELECT is((SELECT held FROM primecloud.explain_access('guarded', :'app') WHERE path = 'materialized view public.guarded_kept'), false,
    'and explain_access names');
SET ROLE :app_owner;
SELECT throws_ok('CREATE MATERIALIZED VIEW owner_kept AS SELECT * FROM guarded', '42501', NULL, 'the table''s owner cannot even fill one');
RESET ROLE;
SELECT * FROM finish();
\ir support/done.sql
