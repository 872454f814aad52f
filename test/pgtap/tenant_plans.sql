-- The plans that policies get are those of the WHERE that one would write by hand; they
-- follow the context, serial or parallel, prepared or not.
SET client_min_messages = warning;
SELECT plan(69);
SELECT primecloud.create_app_role('plans_app');
CREATE ROLE plans_plain BYPASSRLS;
CREATE TABLE item (id bigint PRIMARY KEY, account_id bigint NOT NULL, created_at timestamptz NOT NULL, status text NOT NULL,
    amount int NOT NULL, bucket_id bigint NOT NULL);
-- Tenant 1 has a tenth of the rows.
INSERT INTO item SELECT n, CASE WHEN n % 10 = 0 THEN 1 ELSE 2 + n % 199 END, '2026-01-01'::timestamptz + n * interval '1 minute',
    (ARRAY['new', 'paid', 'void'])[1 + n % 3], n % 100, n % 7
FROM generate_series(1, 40000) AS n;
CREATE INDEX item_tenant ON item (account_id, created_at DESC, id DESC);
CREATE TABLE line (id bigint PRIMARY KEY, account_id bigint NOT NULL, item_id bigint NOT NULL, quantity int NOT NULL);
INSERT INTO line SELECT id, account_id, id, amount FROM item;
CREATE INDEX line_item ON line (account_id, item_id);
CREATE TABLE event (account_id bigint NOT NULL, at timestamptz NOT NULL, what text NOT NULL) PARTITION BY HASH (account_id);
SELECT format('CREATE TABLE event_%s PARTITION OF event FOR VALUES WITH (MODULUS 16, REMAINDER %1$s)', r) FROM generate_series(0, 15)
    AS r \gexec
INSERT INTO event SELECT account_id, created_at, 'e' FROM item WHERE id <= 8000;
CREATE INDEX event_tenant ON event (account_id, at DESC);
SELECT count(*) FROM (SELECT primecloud.protect_table('item') UNION ALL SELECT primecloud.protect_table('line') UNION ALL
    SELECT primecloud.protect_table('event')) AS s \gset done_
GRANT SELECT, INSERT, UPDATE, DELETE ON item, line, event TO plans_app, plans_plain;
-- Every row counts, and nobody counts again: two plans are compared down to their estimates.
ALTER TABLE item SET (autovacuum_enabled = off);
ALTER TABLE line SET (autovacuum_enabled = off);
SET default_statistics_target = 200;
ANALYZE item, line, event;

-- The plan of a query with its estimates, the tenant written T whichever way it is said.
CREATE FUNCTION plan_of(query text, tenant text, role name) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    part text;
    plan text := '';
BEGIN
    IF tenant IS NOT NULL THEN
        PERFORM primecloud.enter_trusted(tenant, 'u', 'owner');
    END IF;
    EXECUTE format('SET LOCAL ROLE %I', role);
    FOR part IN EXECUTE 'EXPLAIN ' || query LOOP
        plan := plan || regexp_replace(part, '(\d+\.\d\d\.\.\d+\.\d\d| width=\d+)', '', 'g') || E'\n';
    END LOOP;
    RAISE SQLSTATE 'ATTCK' USING MESSAGE = regexp_replace(plan, '(primecloud\.tenant_bigint\(NULL::text\)|''\d+''::bigint)', 'T', 'g');
EXCEPTION WHEN SQLSTATE 'ATTCK' THEN RETURN SQLERRM;
END $$;

-- {a} is the condition on the table called a: by hand, or by the policy.
CREATE TABLE query (n serial, text text);
INSERT INTO query (text) VALUES
    ('SELECT * FROM item a WHERE {a} ORDER BY created_at DESC, id DESC LIMIT 50'),
    ('SELECT * FROM item a WHERE {a} AND (created_at, id) < (''2026-01-10'', 5) ORDER BY created_at DESC, id DESC LIMIT 50'),
    ('SELECT * FROM item a WHERE {a} AND id = 77'),
    ('SELECT count(*), sum(amount) FROM item a WHERE {a}'),
    ('SELECT status, count(*) FROM item a WHERE {a} GROUP BY status'),
    ('SELECT * FROM item a WHERE {a} AND status = ''paid'' AND amount > 98'),
    ('SELECT * FROM item a JOIN line b ON b.item_id = a.id WHERE {a} AND {b}'),
    ('SELECT * FROM item a JOIN line b ON b.item_id = a.id WHERE {a} AND {b} AND a.id = 77'),
    ('SELECT * FROM item a WHERE {a} AND EXISTS (SELECT FROM line b WHERE {b} AND b.item_id = a.id AND b.quantity > 97)'),
    ('SELECT * FROM item a WHERE {a} AND NOT EXISTS (SELECT FROM line b WHERE {b} AND b.item_id = a.id)'),
    ('SELECT * FROM item a LEFT JOIN line b ON b.item_id = a.id AND {b} WHERE {a} AND a.amount = 3'),
    ('WITH a AS MATERIALIZED (SELECT * FROM item a WHERE {a}) SELECT count(*) FROM a'),
    ('SELECT id FROM item a WHERE {a} UNION ALL SELECT id FROM line b WHERE {b}'),
    ('SELECT id, row_number() OVER (ORDER BY created_at DESC) FROM item a WHERE {a}'),
    ('SELECT DISTINCT status FROM item a WHERE {a}');
SELECT is(plan_of(replace(replace(text, '{a}', 'true'), '{b}', 'true'), tenant, 'plans_app'),
          plan_of(replace(replace(text, '{a}', format('a.account_id = %L::bigint', tenant)), '{b}',
              format('b.account_id = %L::bigint', tenant)), NULL, 'plans_plain'),
          format('tenant %s: %s', tenant, text))
FROM query, (VALUES ('1'), ('77')) AS t(tenant) ORDER BY n, tenant;

-- Partitions: a generic plan prunes by its parameter as ours does by the context.
CREATE FUNCTION analyzed(query text, tenant text, role name, level text DEFAULT 'owner') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    part text;
    plan text := '';
BEGIN
    IF tenant IS NOT NULL THEN
        PERFORM primecloud.enter_trusted(tenant, 'u', level);
    END IF;
    SET LOCAL plan_cache_mode = force_generic_plan;
    EXECUTE format('SET LOCAL ROLE %I', role);
    FOR part IN EXECUTE 'EXPLAIN (ANALYZE, BUFFERS OFF, COSTS OFF, TIMING OFF, SUMMARY OFF) ' || query LOOP
        plan := plan || part || E'\n';
    END LOOP;
    RAISE SQLSTATE 'ATTCK' USING MESSAGE = regexp_replace(plan, '(primecloud\.tenant_bigint\(NULL::text\)|\$1)', 'T', 'g');
EXCEPTION WHEN SQLSTATE 'ATTCK' THEN RETURN SQLERRM;
END $$;
PREPARE by_hand(bigint) AS SELECT * FROM event WHERE account_id = $1 ORDER BY at DESC LIMIT 10;
PREPARE by_hand_count(bigint) AS SELECT count(*) FROM event WHERE account_id = $1;
SELECT matches(analyzed('SELECT * FROM event ORDER BY at DESC LIMIT 10', '77', 'plans_app'), 'Subplans Removed: 15',
    'fifteen of sixteen partitions are not looked at');
SELECT is(analyzed('SELECT * FROM event ORDER BY at DESC LIMIT 10', '77', 'plans_app'),
    analyzed('EXECUTE by_hand(77)', NULL, 'plans_plain'), 'the plan of a list of a partitioned table');
SELECT is(analyzed('SELECT count(*) FROM event', '77', 'plans_app'), analyzed('EXECUTE by_hand_count(77)', NULL, 'plans_plain'),
    'and of a count');

-- Writes: the same index is what finds the rows.
SELECT matches(plan_of(text, '77', 'plans_app'), 'Index Scan using item_pkey on item|Index Cond: \(.*account_id = ', text) FROM (VALUES
    ('UPDATE item SET amount = 1 WHERE id = 77'), ('DELETE FROM item WHERE id = 77'),
        ('UPDATE item SET amount = 1 WHERE created_at < ''2026-01-02'''),
    ('MERGE INTO item USING (VALUES (77)) AS s(id) ON item.id = s.id WHEN MATCHED THEN UPDATE SET amount = 1')) AS t(text);
-- A role below the floor reads no page at all.
SELECT matches(analyzed($$DELETE FROM item$$, '77', 'plans_app', 'developer'), 'Scan .*never executed', 'below a floor nothing is scanned');
SELECT doesnt_match(analyzed($$DELETE FROM item$$, '77', 'plans_app', 'admin'), 'never executed', 'at it, the rows of the tenant are');

-- Parallel and serial. A confined user, too: what was granted goes to the workers.
CREATE TABLE member (account_id bigint, user_id text, role text);
CREATE TABLE granted (account_id bigint, user_id text, bucket_id bigint);
INSERT INTO member SELECT n, u, r FROM generate_series(1, 200) AS n, (VALUES ('u', 'owner'), ('ext', 'external_client')) AS m(u, r);
INSERT INTO granted SELECT n, 'ext', b FROM generate_series(1, 200) AS n, (VALUES (3), (5)) AS g(b);
CREATE TABLE confined AS SELECT * FROM item;
SELECT count(*) FROM (SELECT primecloud.protect_table('confined') UNION ALL SELECT primecloud.confine_table('confined', 'bucket_id'))
    AS s \gset done_
GRANT SELECT ON confined TO plans_app;
ANALYZE confined;
SELECT primecloud.register_membership('member', 'account_id', 'user_id', 'role', grants => 'granted', grants_tenant_column => 'account_id',
    grants_user_column => 'user_id', grants_id_column => 'bucket_id');
CREATE FUNCTION answered(query text, tenant text, person text, workers int, OUT answer text, OUT launched boolean) LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    PERFORM primecloud.enter_trusted(tenant, person);
    SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0; SET LOCAL min_parallel_table_scan_size = 0;
        SET LOCAL min_parallel_index_scan_size = 0;
    SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_indexonlyscan = off;
        SET LOCAL parallel_leader_participation = off;
    PERFORM set_config('max_parallel_workers_per_gather', workers::text, true);
    SET LOCAL ROLE plans_app;
    EXECUTE query INTO answer;
    EXECUTE 'EXPLAIN (ANALYZE, FORMAT JSON) ' || query INTO plan;
    RAISE SQLSTATE 'ATTCK' USING MESSAGE = answer, DETAIL = (plan::text ~ '"Workers Launched": [1-9]')::text;
EXCEPTION WHEN SQLSTATE 'ATTCK' THEN
    answer := SQLERRM;
    GET STACKED DIAGNOSTICS launched = PG_EXCEPTION_DETAIL;
END $$;
CREATE TABLE parallel (n serial, text text, person text);
INSERT INTO parallel (text, person) VALUES
    ('SELECT count(*) || '' '' || sum(amount) || '' '' || min(account_id) || '' '' || max(account_id) FROM item', 'u'),
    ('SELECT string_agg(status || '' '' || c, '','' ORDER BY status) FROM (SELECT status, count(*) AS c FROM item GROUP BY status) AS s',
        'u'),
    ('SELECT count(*) || '' '' || sum(b.quantity) FROM item a JOIN line b ON b.item_id = a.id', 'u'),
    ('SELECT count(*) || '' '' || min(bucket_id) || '' '' || max(bucket_id) FROM confined', 'ext'),
    ('SELECT count(*) || '' '' || max(primecloud.tenant_bigint()) || max(primecloud.user_id()) || max(primecloud.role()) FROM item WHERE '
        'primecloud.has_role(''external_client'')', 'ext');
SELECT ok((answered(text, '1', person, 2)).launched, 'workers are at it: ' || text) FROM parallel ORDER BY n;
SELECT is((answered(text, tenant, person, 2)).answer, (answered(text, tenant, person, 0)).answer,
    format('tenant %s, parallel as serial: %s', tenant, text)) FROM parallel, (VALUES ('1'), ('77')) AS t(tenant) ORDER BY n, tenant;
SELECT is((answered('SELECT count(*) || '' '' || min(bucket_id) || '' '' || max(bucket_id) FROM confined', '1', 'ext', 2)).answer,
          (SELECT count(*) || ' ' || min(bucket_id) || ' ' || max(bucket_id) FROM confined WHERE account_id = 1 AND bucket_id IN (3, 5)),
              'and as counted by hand');

-- Prepared statements, in each mode, through real transactions.
CREATE FUNCTION run(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE statement INTO answer;
    RETURN answer;
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE;
END $$;
GRANT EXECUTE ON FUNCTION primecloud.enter_trusted(text, text, text) TO plans_app;
CREATE TABLE seen (mode text, what text, answer text);
GRANT INSERT ON seen TO plans_app;
SET ROLE plans_app;
PREPARE counted AS SELECT count(*) FROM item;
PREPARE counted_by(bigint) AS SELECT count(*) FROM item WHERE amount = $1;
SELECT format('SET plan_cache_mode = %L', mode),
    format('INSERT INTO seen VALUES (%L, ''none'', run(''EXECUTE counted'') || '' '' || run(''EXECUTE counted_by(50)''))', mode),
    'BEGIN', format('DO $d$BEGIN PERFORM primecloud.enter_trusted(%L, ''u''); END$d$', tenant),
    format('INSERT INTO seen VALUES (%L, %L, run(''EXECUTE counted'') || '' '' || run(''EXECUTE counted_by(50)''))', mode, tenant), 'COMMIT'
FROM (VALUES (1, 'auto'), (2, 'force_generic_plan'), (3, 'force_custom_plan')) AS m(n, mode), generate_series(1, 7) AS turn,
    (VALUES ('1'), ('77')) AS t(tenant) ORDER BY n, turn, tenant \gexec
RESET plan_cache_mode;
RESET ROLE;
SELECT is((SELECT string_agg(DISTINCT answer, ',') || ' of ' || count(*) FROM seen WHERE seen.mode = m.mode AND what = t.what), t.answer,
    format('%s, tenant %s: every time, in turns', m.mode, t.what))
FROM (VALUES ('auto'), ('force_generic_plan'), ('force_custom_plan')) AS m(mode),
    (SELECT account_id::text, count(*) || ' ' || count(*) FILTER (WHERE amount = 50) || ' of 7' FROM item WHERE account_id IN (1, 77)
        GROUP BY 1 UNION ALL SELECT 'none', '42501 42501 of 14') AS t(what, answer);

-- A plan that was made without a context believes that there is no row.  It is not made
-- where that is an error, and does not serve the next context where it is not.
CREATE FUNCTION explained(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    part text;
    plan text := '';
BEGIN
    FOR part IN EXECUTE 'EXPLAIN ' || statement LOOP
        plan := plan || part || E'\n';
    END LOOP;
    RETURN plan;
END $$;
SET ROLE plans_app;
SELECT format('PREPARE %s AS SELECT * FROM item a JOIN line b ON b.item_id = a.id WHERE a.amount < 50', name)
    FROM unnest('{made_early,made_in_time,made_in_error}'::text[]) AS name \gexec
SELECT is(run('EXECUTE made_in_error'), '42501', 'by default there is no plan without a context');
RESET ROLE;
SET primecloud.missing_context = empty;
SET ROLE plans_app;
SELECT is(run('SELECT count(*) FROM item'), '0', 'where a missing context is empty, no row is seen');
SELECT explained('EXECUTE made_early') AS early \gset
BEGIN;
DO $$BEGIN PERFORM primecloud.enter_trusted('1', 'u'); END$$;
SELECT isnt(explained('EXECUTE made_in_time'), :'early', 'and the plan made then is another than in a context');
SELECT is(explained('EXECUTE made_early'), explained('EXECUTE made_in_time'), 'in a context the same statement is planned anew');
SELECT is(explained('EXECUTE made_in_error'), explained('EXECUTE made_in_time'), 'and so is the one that failed');
COMMIT;
RESET ROLE;
RESET primecloud.missing_context;
SELECT * FROM finish();
DROP TABLE item, line, event, member, granted, confined, seen;
DROP OWNED BY plans_app, plans_plain;
DROP ROLE plans_app, plans_plain;
