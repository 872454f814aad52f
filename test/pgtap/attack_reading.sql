-- Reading around row-level security: every way by which a row, or a trace of one, could
-- reach a role that its policies hide it from.
\set app attack_reading
\set app_owner attack_reading_owner
\ir support/attack.sql
SELECT no_plan();

-- Naming rows in every way that SQL has.
INSERT INTO harness.attacks (name, usual, ours, statements) VALUES
('its own rows', '5', '5', ARRAY['SELECT count(*) FROM {t}']),
('naming the other tenant', '0', '0', ARRAY['SELECT count(*) FROM {t} WHERE account_id = 2']),
('OR true', '5', '5', ARRAY['SELECT count(*) FROM {t} WHERE account_id = 2 OR true']),
('ONLY', '5', '5', ARRAY['SELECT count(*) FROM ONLY {t}']),
('row_security = off', '42501', '42501', ARRAY['SET LOCAL row_security = off', 'SELECT count(*) FROM {t}']),
('ctid', '0', '0', ARRAY['SELECT count(*) FROM {t} WHERE ctid = ANY (ARRAY(SELECT format(''(0,%s)'', n)::tid FROM generate_series(1, 20) '
    'AS n)) AND account_id = 2']),
('system columns', '5', '5', ARRAY['SELECT count(*) FROM {t} WHERE tableoid = ''{t}''::regclass AND xmin IS NOT NULL']),
('a whole-row reference', '5', '5', ARRAY['SELECT count(*) FROM {t} AS r WHERE r::text LIKE ''%secret%''']),
('a row that is locked', '0', '0', ARRAY['SELECT count(*) FROM (SELECT 1 FROM {t} WHERE account_id = 2 FOR UPDATE) AS l']),
('SKIP LOCKED', '0', '0', ARRAY['SELECT count(*) FROM (SELECT 1 FROM {t} WHERE account_id = 2 FOR KEY SHARE SKIP LOCKED) AS l']),
('TABLESAMPLE', '5', '5', ARRAY['SELECT count(*) FROM {t} TABLESAMPLE BERNOULLI (100)']),
('TABLESAMPLE SYSTEM, repeated', '5', '5', ARRAY['SELECT count(*) FROM {t} TABLESAMPLE SYSTEM (100) REPEATABLE (0)']),
('a materialised CTE', '5', '5', ARRAY['WITH c AS MATERIALIZED (SELECT * FROM {t}) SELECT count(*) FROM c']),
('a recursive CTE', '5', '5', ARRAY['WITH RECURSIVE r AS (SELECT id FROM {t} WHERE id = 2 UNION SELECT t.id FROM {t} AS t, r WHERE t.id <> '
    'r.id) SELECT count(*) FROM r']),
('UNION ALL of itself', '10', '10', ARRAY['SELECT count(*) FROM (SELECT * FROM {t} UNION ALL TABLE {t}) AS u']),
('EXCEPT', '5', '5', ARRAY['SELECT count(*) FROM (SELECT * FROM {t} EXCEPT SELECT * FROM {t} WHERE false) AS u']),
('a LATERAL join by id', '0', '0',
    ARRAY['SELECT count(*) FROM generate_series(1, 10) AS n, LATERAL (SELECT * FROM {t} WHERE id = n) AS l WHERE account_id = 2']),
('an outer join that makes up rows', '0', '0',
    ARRAY['SELECT count(l.secret) FROM (SELECT 2 AS account_id) AS o LEFT JOIN {t} AS l USING (account_id)']),
('an aggregate', '2', '2', ARRAY['SELECT min(id) FROM {t}']),
('an aggregate by the index', '10', '10', ARRAY['SELECT max(id) FROM {t}']),
('a window', '5', '5', ARRAY['SELECT max(n) FROM (SELECT row_number() OVER () AS n FROM {t}) AS w']),
('a cursor', 'secret 2', 'secret 2', ARRAY['DECLARE c CURSOR FOR SELECT secret FROM {t} ORDER BY id', 'FETCH NEXT FROM c']),
('a cursor, backwards', 'secret 10', 'secret 10', ARRAY['DECLARE c SCROLL CURSOR FOR SELECT secret FROM {t} ORDER BY id',
    'FETCH LAST FROM c']),
('a cursor, by position', 'nothing', 'nothing', ARRAY['DECLARE c SCROLL CURSOR FOR SELECT secret FROM {t} ORDER BY id',
    'FETCH ABSOLUTE 6 FROM c']),
('WHERE CURRENT OF', '0', '0', ARRAY['DECLARE c CURSOR FOR SELECT * FROM {t} WHERE account_id = 2 FOR UPDATE', 'MOVE ALL FROM c',
    'SELECT count(*) FROM {t} WHERE account_id = 2']),
('a prepared statement', '5', '5', ARRAY['PREPARE p AS SELECT count(*) FROM {t}', 'EXECUTE p']),
('a generic plan', '0', '0', ARRAY['SET LOCAL plan_cache_mode = force_generic_plan',
    'PREPARE p (int) AS SELECT count(*) FROM {t} WHERE account_id = $1', 'EXECUTE p (2)']),
('xmlforest of a table', '0', '0', ARRAY['SELECT (xpath(''count(//account_id[.=2])'', table_to_xml(''{t}'', true, false, '''')))[1]']),
('query_to_xml', '0', '0', ARRAY['SELECT (xpath(''count(//account_id[.=2])'', query_to_xml(''SELECT * FROM {t}'', true, '
    'false, '''')))[1]']),
('a parallel scan', '5', '5', ARRAY['SELECT set_config(name, ''on'', true) FROM pg_settings WHERE name IN (''force_parallel_mode'', '
    '''debug_parallel_query'')', 'SET LOCAL min_parallel_table_scan_size = 0',
    'SET LOCAL parallel_setup_cost = 0', 'SELECT count(*) FROM {t}']),
('dynamic SQL', '0', '0', ARRAY['CREATE FUNCTION pg_temp.look() RETURNS bigint LANGUAGE plpgsql AS ''DECLARE n bigint; BEGIN '
    'EXECUTE ''''SELECT count(*) FROM {t} WHERE account_id = 2'''' INTO n; RETURN n; END''', 'SELECT pg_temp.look()']),
('a SECURITY DEFINER function of its own', '0', '0',
    ARRAY['CREATE FUNCTION pg_temp.look() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS ''SELECT count(*) FROM {t} WHERE account_id = '
    '2''', 'SELECT pg_temp.look()']),
('a view of its own', '0', '0', ARRAY['CREATE TEMP VIEW mine AS SELECT * FROM {t}', 'SELECT count(*) FROM mine WHERE account_id = 2']),
('a temporary copy', '0', '0', ARRAY['CREATE TEMP TABLE mine AS TABLE {t}', 'SELECT count(*) FROM mine WHERE account_id = 2']),
('a child of its own, to read the parent by', '42501', '42501', ARRAY['CREATE TEMP TABLE mine () INHERITS ({t})']);
SELECT harness.run();

-- Functions and operators that tell what they are given, tempted to run before the policy.
-- Each is cheaper than the policy, so that a planner that trusted it would ask it first.
INSERT INTO harness.attacks (name, usual, ours, statements) VALUES
('a cheap function that raises what it sees', '5', '5',
    ARRAY['CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS ''BEGIN IF $1 = ''''secret 1'''' THEN '
    'RAISE EXCEPTION ''''leaked''''; END IF; RETURN true; END''', 'SELECT count(*) FROM {t} WHERE pg_temp.leak(secret)']),
('a function that writes what it sees', '0', '0',
    ARRAY['CREATE TEMP TABLE loot (s text)',
    'CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS ''BEGIN INSERT INTO loot VALUES ($1); RETURN '
    'true; END''', 'SELECT count(*) FROM {t} WHERE pg_temp.leak(secret)', 'SELECT count(*) FROM loot WHERE s = ''secret 1''']),
('a function that claims to leak nothing', '42501', '42501',
    ARRAY['CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE plpgsql LEAKPROOF AS ''BEGIN RETURN true; END''']),
('an operator of its own', '5', '5',
    ARRAY['CREATE FUNCTION pg_temp.leak(text, text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS ''BEGIN IF $1 = ''''secret 1'''' '
    'THEN RAISE EXCEPTION ''''leaked''''; END IF; RETURN true; END''',
    'CREATE OPERATOR pg_temp.=== (FUNCTION = pg_temp.leak, LEFTARG = text, RIGHTARG = text)',
    'SELECT count(*) FROM {t} WHERE secret OPERATOR(pg_temp.===) ''x''']),
('an operator whose estimate is asked of the statistics', '5', '5',
    ARRAY['CREATE FUNCTION pg_temp.leak(text, text) RETURNS boolean LANGUAGE plpgsql AS ''BEGIN IF $1 LIKE ''''secret _'''' AND substr($1, '
    '8)::int % 2 = 1 THEN RAISE EXCEPTION ''''leaked''''; END IF; RETURN true; END''',
    'CREATE OPERATOR pg_temp.<<< (FUNCTION = pg_temp.leak, LEFTARG = text, RIGHTARG = text, RESTRICT = scalarltsel)',
    'SELECT count(*) FROM {t} WHERE secret OPERATOR(pg_temp.<<<) ''x''']),
('an operator whose join is estimated', '25', '25',
    ARRAY['CREATE FUNCTION pg_temp.leak(text, text) RETURNS boolean LANGUAGE plpgsql AS ''BEGIN IF substr($1, 8)::int % 2 = 1 THEN RAISE '
    'EXCEPTION ''''leaked''''; END IF; RETURN true; END''',
    'CREATE OPERATOR pg_temp.<<< (FUNCTION = pg_temp.leak, LEFTARG = text, RIGHTARG = text, JOIN = eqjoinsel)',
    'SELECT count(*) FROM {t} AS a JOIN {t} AS b ON a.secret OPERATOR(pg_temp.<<<) b.secret']),
('division by a foreign row''s value', '5', '5', ARRAY['SELECT count(*) FROM {t} WHERE 1 / (account_id - 2) IS NOT NULL']),
('a cast that fails on a foreign row', '5', '5',
    ARRAY['SELECT count(*) FROM {t} WHERE CASE WHEN secret = ''secret 1'' THEN secret::int ELSE 1 END = 1']),
('a regular expression made of the column', '5', '5',
    ARRAY['SELECT count(*) FROM {t} WHERE ''x'' !~ (CASE id WHEN 1 THEN ''('' || secret ELSE secret END)']),
('a custom aggregate', '5', '5',
    ARRAY['CREATE FUNCTION pg_temp.step(int, text) RETURNS int LANGUAGE plpgsql AS ''BEGIN IF $2 = ''''secret 1'''' THEN RAISE '
    'EXCEPTION ''''leaked''''; END IF; RETURN $1 + 1; END''',
    'CREATE AGGREGATE pg_temp.look(text) (SFUNC = pg_temp.step, STYPE = int, INITCOND = ''0'')', 'SELECT pg_temp.look(secret) FROM {t}']),
('an ORDER BY that looks', '2,4,6,8,10', '2,4,6,8,10',
    ARRAY['CREATE FUNCTION pg_temp.leak(text, int) RETURNS int LANGUAGE plpgsql AS ''BEGIN IF $1 = ''''secret 1'''' THEN RAISE '
    'EXCEPTION ''''leaked''''; END IF; RETURN $2; END''', 'SELECT id FROM {t} ORDER BY pg_temp.leak(secret, id)']);
SELECT harness.run();

-- The extension's own functions are the ones that a planner might trust, and this one is as
-- cheap as they come.  Row 1, the first of the table, is tenant 2's; row 2 its own.
SELECT is(harness.refusal('app', 'BEGIN', harness.entering(), format('SELECT count(*) FROM guarded WHERE primecloud.%s', call)),
    'unknown role: "secret 2" | The roles are external_client, developer, admin and owner.',
        format('%s shows a value of its own rows alone', call))
FROM unnest(ARRAY['has_role(secret)', 'tenant_int(secret) IS NULL', 'tenant_text(secret) IS NULL',
                  'tenant_bigint(secret) IS NULL', 'tenant_uuid(secret) IS NULL']) AS c(call)
WHERE harness.over('app', 'ROLLBACK') = 'ROLLBACK';
SELECT is(harness.over('app', 'ROLLBACK'), 'ROLLBACK', 'undone');
-- What is left of them is known to raise nothing, whatever it is given (see test/server/every_function).
SELECT is_empty($$SELECT proname FROM pg_proc WHERE pronamespace IN ('primecloud'::regnamespace, 'primecloud_internal'::regnamespace)
    AND proleakproof
    AND proname IN ('has_role', 'tenant_int', 'tenant_text', 'tenant_bigint', 'tenant_uuid')$$,
        'what raises an error about its argument is not leakproof');

-- What is kept beside the rows.
CREATE STATISTICS guarded_stats (mcv, dependencies, ndistinct) ON account_id, secret FROM guarded;
CREATE STATISTICS plain_stats (mcv, dependencies, ndistinct) ON account_id, secret FROM plain;
ANALYZE plain, guarded;
SELECT isnt_empty($$SELECT FROM pg_stats_ext WHERE tablename = 'guarded' AND most_common_vals::text LIKE '%secret 1%'$$,
    'statistics hold every tenant''s values');
INSERT INTO harness.attacks (name, usual, ours, statements) VALUES
('statistics', '0', '0', ARRAY['SELECT count(*) FROM pg_stats WHERE tablename = ''{t}''']),
('statistics of several columns', '0', '0', ARRAY['SELECT count(*) FROM pg_stats_ext WHERE tablename = ''{t}''']),
('statistics of expressions', '0', '0', ARRAY['SELECT count(*) FROM pg_stats_ext_exprs WHERE tablename = ''{t}''']),
('raw statistics', '42501', '42501', ARRAY['SELECT count(*) FROM pg_statistic']),
('raw statistics of several columns', '42501', '42501', ARRAY['SELECT count(*) FROM pg_statistic_ext_data']),
('gathering them for itself', '0', '0', ARRAY['ANALYZE {t}', 'SELECT count(*) FROM pg_stats WHERE tablename = ''{t}''']),
('an estimate over several columns, with an operator that looks', '5', '5',
    ARRAY['CREATE FUNCTION pg_temp.leak(text, text) RETURNS boolean LANGUAGE plpgsql AS ''BEGIN IF substr($1, 8)::int % 2 = 1 THEN RAISE '
    'EXCEPTION ''''leaked''''; END IF; RETURN true; END''',
    'CREATE OPERATOR pg_temp.<<< (FUNCTION = pg_temp.leak, LEFTARG = text, RIGHTARG = text, RESTRICT = scalarltsel)',
    'SELECT count(*) FROM {t} WHERE account_id = 1 AND secret OPERATOR(pg_temp.<<<) ''x''']),
('files of the server', '42501', '42501', ARRAY['SELECT length(pg_read_binary_file(pg_relation_filepath(''{t}'')))']),
('COPY TO a file', '42501', '42501', ARRAY['COPY {t} TO ''/tmp/x''']),
('COPY TO a program', '42501', '42501', ARRAY['COPY (SELECT * FROM {t}) TO PROGRAM ''cat''']),
('large objects of the server', '42501', '42501', ARRAY['SELECT lo_import(''/etc/passwd'')']),
('what pg_dump does', '42501', '42501', ARRAY['SET LOCAL row_security = off', 'LOCK TABLE {t} IN ACCESS SHARE MODE',
    'DECLARE c CURSOR FOR SELECT * FROM ONLY {t}']),
('a publication', '42501', '42501', ARRAY['CREATE PUBLICATION mine FOR TABLE {t}']),
('a replication slot', '42501', '42501', ARRAY['SELECT pg_create_logical_replication_slot(''mine'', ''test_decoding'')']);
SELECT harness.run();

-- What is said in the docs not to be covered, as it is.
CREATE INDEX ON plain (secret);
CREATE INDEX ON guarded (secret);
INSERT INTO harness.attacks (name, usual, ours, statements) VALUES
('EXPLAIN ANALYZE counts what a policy removed (said in the docs)', '1', '1',
    ARRAY['SET LOCAL enable_seqscan = off', 'SET LOCAL enable_bitmapscan = off',
    'CREATE FUNCTION pg_temp.removed() RETURNS text LANGUAGE plpgsql AS $f$ DECLARE plan json; BEGIN EXECUTE ''EXPLAIN (ANALYZE, FORMAT '
    'json) SELECT 1 FROM {t} WHERE secret = ''''secret 1'''''' INTO plan; RETURN plan #>> ''{0,Plan,Rows Removed by Filter}''; END $f$',
    'SELECT pg_temp.removed()']),
('large objects know no tenant (said in the docs)', 'kept', 'kept',
    ARRAY['SELECT lo_from_bytea(4711, ''kept'')', 'SELECT convert_from(lo_get(4711), ''UTF8'')']);
SELECT harness.run();

-- COPY to the client.
SELECT harness.entering() AS entering \gset
\setenv PGDATABASE :DBNAME
\setenv APP :app
\setenv ENTERING :entering
\set plain_rows `psql -XqAt -U "$APP" -c BEGIN -c "SET LOCAL app.tenant = '1'" -c 'COPY plain TO STDOUT' | cut -f 2 | sort | uniq -c`
\set guarded_rows `psql -XqAt -U "$APP" -c BEGIN -c "$ENTERING" -c 'COPY guarded TO STDOUT' | grep secret | cut -f 2 | sort | uniq -c`
\set binary_rows `psql -XqAt -U "$APP" -c BEGIN -c "$ENTERING" -c 'COPY guarded TO STDOUT (FORMAT binary)' | grep -ac 'secret [3579]'`
SELECT is(btrim(:'plain_rows'), '5 1', 'the usual policy: COPY TO STDOUT');
SELECT is(btrim(:'guarded_rows'), '5 1', 'COPY TO STDOUT');
SELECT is(:'binary_rows'::text, '0', 'COPY TO STDOUT in binary');
SELECT * FROM finish();
\ir support/done.sql
