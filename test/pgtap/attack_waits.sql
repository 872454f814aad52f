-- What somebody holds locked that is his alone makes nobody wait who does not ask for it: no command on other tables, no view over all, no
-- superuser who looks or leaves; and in whatever order the planner asks.
CREATE EXTENSION IF NOT EXISTS dblink;
SET client_min_messages = error;
SELECT no_plan();
\o /dev/null
CREATE ROLE waits_evil;
CREATE ROLE waits_vic;
CREATE SCHEMA evil AUTHORIZATION waits_evil;
CREATE SCHEMA vic AUTHORIZATION waits_vic;
SELECT format('GRANT CREATE ON DATABASE %I TO waits_vic', current_database()) \gexec
-- Each in a transaction of its own, which is undone.
CREATE FUNCTION public.tried(role name, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    said text := 'done';
BEGIN
    PERFORM dblink_exec('tries', 'BEGIN'), dblink_exec('tries', format('SET LOCAL ROLE %I', role));
    BEGIN
        IF statement LIKE 'SELECT %' THEN
            PERFORM FROM dblink('tries', statement) AS t(value text);
        ELSE
            PERFORM dblink_exec('tries', statement);
        END IF;
    EXCEPTION WHEN OTHERS OR assert_failure THEN said := SQLSTATE || ' ' || SQLERRM;
    END;
    PERFORM dblink_exec('tries', 'ROLLBACK');
    RETURN said;
END $$;
CREATE FUNCTION public.of_each(space text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT replace(s, 'own.', space || '.') FROM unnest(ARRAY[
        'CREATE TABLE own.retained (id int PRIMARY KEY, at timestamptz)',
        'SELECT primecloud.retain(''own.retained'', ''at'', ''1 day'')',
        'CREATE TABLE own.sealed (id int PRIMARY KEY, account_id int NOT NULL, s primecloud.sealed)',
        'SELECT primecloud.seal_column(''own.sealed'', ''s'', ''own.s'')',
        'CREATE TABLE own.parted (id int, account_id int NOT NULL, s primecloud.sealed, PRIMARY KEY (id)) PARTITION BY RANGE (id)',
        'CREATE TABLE own.part PARTITION OF own.parted FOR VALUES FROM (1) TO (9)',
        'SELECT primecloud.seal_column(''own.parted'', ''s'', ''own.p'')',
        'CREATE TABLE own.held (id int PRIMARY KEY, account_id int NOT NULL, at timestamptz)',
        'SELECT primecloud.retain(''own.held'', ''at'', ''1 day'', id_column => ''id'')',
        'SELECT primecloud.place_hold(''own.held'', ''a reason'', row_id => ''1'')',
        'CREATE TABLE own.ranked (account_id int NOT NULL, user_id text NOT NULL, role varchar(20) NOT NULL, UNIQUE (account_id, user_id))',
        'SELECT primecloud.protect_table(''own.ranked'', role_column => ''role'')',
        'CREATE TABLE own.protected (id int PRIMARY KEY, account_id int NOT NULL, n int DEFAULT 1 CHECK (n > 0))',
        'SELECT primecloud.protect_table(''own.protected'')',
        'CREATE TABLE own.whole (id int, account_id int NOT NULL, UNIQUE (account_id, id)) PARTITION BY RANGE (id)',
        'CREATE TABLE own.piece PARTITION OF own.whole FOR VALUES FROM (1) TO (9)',
        'SELECT primecloud.protect_table(''own.whole'')',
        'CREATE TABLE own.typed (id int PRIMARY KEY, size primecloud.byte_size DEFAULT 5, CHECK (size > ''1''))'])
        WITH ORDINALITY AS u(s, n)
    ORDER BY n
$$;
SET ROLE waits_evil;
SELECT public.of_each('evil') \gexec
SET ROLE waits_vic;
SELECT public.of_each('vic') \gexec
RESET ROLE;
INSERT INTO evil.sealed VALUES (1, 1, primecloud.seal('secret', '1', 'evil.s', '1'));
INSERT INTO vic.sealed VALUES (1, 1, primecloud.seal('secret', '1', 'vic.s', '1'));
INSERT INTO evil.parted VALUES (1, 1, primecloud.seal('secret', '1', 'evil.p', '1'));
INSERT INTO vic.parted VALUES (1, 1, primecloud.seal('secret', '1', 'vic.p', '1'));
CREATE TABLE public.of_others (n serial, role name, statement text);
INSERT INTO public.of_others (role, statement) SELECT 'waits_vic', s FROM unnest(ARRAY[
    'ALTER SCHEMA vic RENAME TO vic2', 'ALTER TABLE vic.retained RENAME TO r2', 'ALTER TABLE vic.sealed RENAME s TO s2',
    'DROP TABLE vic.retained', 'DROP TABLE vic.sealed', 'DROP SCHEMA vic CASCADE', 'TRUNCATE vic.retained',
    'ALTER TABLE vic.retained ALTER at TYPE timestamptz(3)', 'ALTER TABLE vic.sealed ALTER id TYPE bigint',
    'ALTER TABLE vic.held RENAME id TO a2', 'ALTER TABLE vic.parted DETACH PARTITION vic.part',
    'ALTER TABLE vic.whole DETACH PARTITION vic.piece', 'CREATE TABLE vic.part2 PARTITION OF vic.parted FOR VALUES FROM (10) TO (19)',
    'CREATE TABLE vic.fresh (id int)', 'GRANT SELECT ON vic.ranked TO waits_evil', 'CREATE VIEW vic.seen AS SELECT * FROM vic.ranked',
    'SELECT primecloud.unprotected_tables()']) AS s;
INSERT INTO public.of_others (role, statement) SELECT current_user, s FROM unnest(ARRAY['ALTER SCHEMA vic RENAME TO vic2',
    'DROP TABLE vic.sealed', 'GRANT SELECT ON vic.ranked TO waits_evil', 'SELECT primecloud.check_installation()',
    'SELECT primecloud.leave()', 'SELECT primecloud.leave(online => true)']) AS s;
SELECT dblink_connect('evil', format('host=%s port=%s dbname=%s user=postgres', current_setting('unix_socket_directories'),
    current_setting('port'), current_database()));
SELECT dblink_exec('evil', 'SET client_min_messages = error; SET ROLE waits_evil');
SELECT dblink_connect('tries', format('host=%s port=%s dbname=%s user=postgres', current_setting('unix_socket_directories'),
    current_setting('port'), current_database()));
SELECT dblink_exec('tries', 'SET client_min_messages = error');
\o
SELECT is((SELECT count(*) FROM pg_policy WHERE polname = 'primecloud_floor' AND polrelid IN (SELECT oid FROM pg_class
    WHERE relnamespace IN ('evil'::regnamespace, 'vic'::regnamespace))), 8::bigint, 'each has as many that are protected');
\o /dev/null

-- The planner has seen how few there are, and is told in turn to join otherwise.
ANALYZE;
CREATE TABLE public.planned AS SELECT * FROM unnest('{enable_nestloop = on,join_collapse_limit = 1,enable_nestloop = off}'
    ::text[]) WITH ORDINALITY AS p(setting, n);
CREATE FUNCTION public.try_all(most int) RETURNS TABLE (n int, setting text, said text) LANGUAGE plpgsql AS $$
DECLARE
    p record;
    o record;
BEGIN
    FOR p IN SELECT * FROM public.planned AS s WHERE s.n <= most ORDER BY s.n LOOP
        PERFORM dblink_exec('tries', 'DISCARD PLANS'), dblink_exec('tries', 'SET ' || p.setting);
        -- (What looks at everything takes its time where the planner may not choose.)
        FOR o IN SELECT * FROM public.of_others AS s WHERE p.n = 1 OR s.statement !~ 'leave|check_inst|^CREATE|unprotected'
                 ORDER BY s.n LOOP
            RETURN QUERY SELECT o.n, p.setting, public.tried(o.role, o.statement);
        END LOOP;
        PERFORM dblink_exec('tries', 'RESET ' || split_part(p.setting, ' ', 1));
    END LOOP;
END $$;
CREATE TABLE public.alone AS SELECT * FROM public.try_all(1);
SELECT dblink_exec('evil', 'BEGIN');
SELECT dblink_exec('evil', format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', string_agg(oid::regclass::text, ', ')))
FROM pg_class WHERE relnamespace = 'evil'::regnamespace AND relkind IN ('r', 'p');
SELECT dblink_exec('tries', 'SET lock_timeout = ''200ms''');
CREATE TABLE public.beside AS SELECT * FROM public.try_all(3);
\o
SELECT is(string_agg(DISTINCT b.said, ', '), a.said, format('beside his locks: %s, as %s', o.statement, o.role))
FROM public.of_others o JOIN public.alone a USING (n) JOIN public.beside b USING (n) GROUP BY o.n, o.statement, o.role, a.said ORDER BY o.n;
SELECT is((SELECT string_agg(statement, '; ' ORDER BY n) FROM public.alone JOIN public.of_others USING (n) WHERE said <> 'done'),
    'DROP SCHEMA vic CASCADE', 'alone each is done, but for a hold');
\o /dev/null
SELECT dblink_exec('evil', 'ROLLBACK');
\o
SELECT * FROM finish();
SELECT dblink_disconnect('evil'), dblink_disconnect('tries') \g /dev/null
DROP TABLE public.of_others, public.planned, public.alone, public.beside;
DROP FUNCTION public.tried, public.of_each, public.try_all;
SET primecloud.allow_drop = on;
DROP SCHEMA evil, vic CASCADE;
DROP OWNED BY waits_evil, waits_vic;
DROP ROLE waits_evil, waits_vic;
