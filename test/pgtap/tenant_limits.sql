-- What isolation does not cover, as docs/tenancy.md says: each shown here, so that the
-- page stays true.  (Literals in logs: test/server/tokens.)
SET client_min_messages = error;
SELECT plan(17);
SELECT primecloud.create_app_role('limits_app');
SELECT primecloud.create_backup_role('limits_backup');
CREATE ROLE limits_owner;
GRANT CREATE ON SCHEMA public TO limits_owner;
CREATE TABLE orders (id serial PRIMARY KEY, account_id int NOT NULL, number text CONSTRAINT orders_number UNIQUE);
INSERT INTO orders (account_id, number) SELECT CASE WHEN n <= 700 THEN 2 ELSE 1 END, n::text FROM generate_series(1, 1000) AS n;
ALTER TABLE orders OWNER TO limits_owner;
SELECT primecloud.protect_table('orders');
GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO limits_app;
GRANT USAGE, SELECT ON SEQUENCE orders_id_seq TO limits_app;
CREATE MATERIALIZED VIEW kept AS SELECT * FROM orders;
CREATE FUNCTION tell() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM orders';
GRANT SELECT ON kept TO limits_app;
ANALYZE orders;
CREATE FUNCTION attempt(role name, VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
    part text;
BEGIN
    PERFORM primecloud.enter_trusted('1', 'mallory', 'owner');
    EXECUTE format('SET LOCAL ROLE %I', role);
    FOR i IN 1..array_length(statements, 1) LOOP
        IF statements[i] ~* '^(SELECT|EXPLAIN)|RETURNING' THEN
            answer := '';
            FOR part IN EXECUTE statements[i] LOOP answer := answer || part || E'\n'; END LOOP;
            answer := rtrim(answer, E'\n');
        ELSE
            EXECUTE statements[i];
            answer := 'done';
        END IF;
    END LOOP;
    RAISE SQLSTATE 'ATTCK' USING MESSAGE = coalesce(answer, 'null');
EXCEPTION WHEN SQLSTATE 'ATTCK' THEN RETURN SQLERRM; WHEN OTHERS THEN RETURN SQLSTATE;
END $$;
SELECT is(attempt('postgres', 'SELECT count(*) FROM orders'), '1000', 'a superuser sees every row, also inside an account');
SELECT is(attempt('limits_backup', 'SELECT count(*) FROM orders'), '1000', 'and so does a role with BYPASSRLS');
SELECT is(attempt('limits_app', 'SELECT count(*) FROM orders'), '300', 'the application does not');

-- Row estimates
CREATE FUNCTION estimate(plan text) RETURNS int LANGUAGE sql AS $$ SELECT max(m[1]::int) FROM regexp_matches(plan, 'rows=(\d+)', 'g')
    AS m $$;
SELECT ok(estimate(attempt('limits_app', 'EXPLAIN SELECT FROM orders WHERE account_id = 2')) BETWEEN 600 AND 800,
    'EXPLAIN shows about how many rows another tenant has');
SELECT is(attempt('limits_app', 'SELECT (reltuples::int)::text FROM pg_class WHERE oid = ''orders''::regclass'), '1000',
    'but the number of rows of the whole table is anybody''s');
SELECT ok(abs(estimate(attempt('limits_app', 'EXPLAIN SELECT FROM orders a WHERE id <= 700')) - 210) < 60,
    'estimates come from statistics of every tenant''s rows');
SELECT ok(attempt('limits_app', 'SELECT count(*) FROM pg_stats WHERE tablename = ''orders''') = '0',
    'the statistics themselves are hidden');

-- Locks and sequences
SELECT is(attempt('limits_app', 'LOCK TABLE orders IN ACCESS EXCLUSIVE MODE'), '42501', 'an application''s role locks no table');
SELECT is(attempt('limits_app', 'LOCK TABLE orders IN ROW SHARE MODE'), 'done', 'but as far as SELECT ... FOR UPDATE does');
SELECT ok(attempt('limits_app', 'SELECT nextval(''orders_id_seq'')')::int > 1000,
    'a shared sequence shows how many rows all tenants have made');

-- Constraints without the tenant
SELECT is(attempt('limits_app', 'INSERT INTO orders (number) VALUES (''5'')'), '23505',
    'a unique constraint without the tenant tells that another tenant has a value');
SELECT is(attempt('limits_app', 'INSERT INTO orders (id) VALUES (5)'), '23505', 'and so does a primary key that can be guessed');
SELECT primecloud.protect_unique('orders', 'orders_number');
SELECT is(attempt('limits_app', 'INSERT INTO orders (number) VALUES (''5'')'), 'done', 'protect_unique ends the first');

-- What runs or was read as somebody else
SELECT is(attempt('limits_app', 'SELECT tell()'), '1000', 'a SECURITY DEFINER function of a superuser sees every row');
SELECT is(attempt('limits_app', 'SELECT count(*) FROM kept'), '1000', 'and a materialized view has them');
SELECT is((SELECT string_agg(path, ', ' ORDER BY path) FROM primecloud.explain_access('orders', 'limits_app') WHERE NOT held),
    'function public.tell(), materialized view public.kept', 'explain_access lists both');

-- The owner
SET ROLE limits_owner;
SELECT lives_ok($$SELECT primecloud.unprotect_table('orders')$$, 'the owner of a table may unprotect it');
RESET ROLE;
SELECT * FROM finish();
DROP FUNCTION tell(); DROP MATERIALIZED VIEW kept; DROP TABLE orders;
DROP OWNED BY limits_app, limits_backup, limits_owner;
DROP ROLE limits_app, limits_backup, limits_owner;
