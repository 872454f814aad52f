-- What a superuser is told to run over tables of lesser roles runs nothing of theirs with
-- his rights: assert_isolated and explain_access, over everything that they may look at.
-- Each trap makes its owner superuser if it runs as one, or goes back to who runs the test.
SET client_min_messages = error;
SELECT plan(37);
SELECT primecloud.create_app_role('isolation_app');
-- The attacks have what the role is not given by itself: temporary tables.
GRANT TEMPORARY ON DATABASE :DBNAME TO isolation_app;
CREATE ROLE isolation_owner;
CREATE ROLE isolation_third;
ALTER ROLE isolation_app LOGIN;
GRANT CREATE ON SCHEMA public TO isolation_owner, isolation_third;
CREATE EXTENSION dblink;
-- What every trap calls: whoever it runs as stands in the log of the server's own counters,
-- which no ROLLBACK takes back.
CREATE SEQUENCE ran_as_superuser; CREATE SEQUENCE came_back; CREATE SEQUENCE ran;
GRANT ALL ON SEQUENCE ran_as_superuser, came_back, ran TO PUBLIC;
CREATE FUNCTION trap() RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM nextval('public.ran');
    IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN PERFORM nextval('public.ran_as_superuser'); END IF;
    BEGIN
        EXECUTE 'RESET ROLE';
        IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN PERFORM nextval('public.came_back'); END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
    BEGIN
        EXECUTE 'SET SESSION AUTHORIZATION DEFAULT';
        IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN PERFORM nextval('public.came_back'); END IF;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
    RETURN true;
END $$;
ALTER FUNCTION trap() OWNER TO isolation_owner;
CREATE FUNCTION sprung() RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', CASE WHEN (SELECT is_called FROM ran_as_superuser) THEN 'ran as superuser' END,
        CASE WHEN (SELECT is_called FROM came_back) THEN 'came back' END) $$;
-- What assert_isolated says, after which nothing may have been sprung.
CREATE FUNCTION told(rel regclass) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(line, E'\n') FROM (SELECT line FROM primecloud.assert_isolated(rel, 'isolation_app') AS line UNION ALL
        SELECT path || why FROM primecloud.explain_access(rel, 'isolation_app')) AS l $$;

SET ROLE isolation_owner;
-- IMMUTABLE, so that it runs as soon as a query over the table is planned.
CREATE FUNCTION at_planning(int DEFAULT 1) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN public.trap(); END $$;
CREATE FUNCTION at_writing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM public.trap(); RETURN NEW; END $$;
CREATE FUNCTION equal(text, text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM public.trap(); RETURN $1 = $2; END $$;
CREATE OPERATOR public.=== (FUNCTION = equal, LEFTARG = text, RIGHTARG = text);
CREATE DOMAIN trapped AS text CHECK (public.at_planning());
CREATE TABLE invoices (id int PRIMARY KEY, account_id int NOT NULL, label trapped, created_at date DEFAULT now());
CREATE TABLE parts (account_id int NOT NULL, at int) PARTITION BY LIST ((at + CASE WHEN public.at_planning(1) THEN 0 ELSE 1 END));
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
INSERT INTO invoices VALUES (1, 1), (2, 2), (3, 1); INSERT INTO parts VALUES (1, 1), (2, 1);
SELECT count(*) FROM primecloud.protect_table('invoices') \gset done_
SELECT count(*) FROM primecloud.protect_table('parts') \gset done_
GRANT SELECT, INSERT, UPDATE, DELETE ON invoices, parts, parts_1 TO isolation_app;
CREATE INDEX trap_index ON invoices (created_at) WHERE public.at_planning(1);
CREATE INDEX trap_expression ON invoices ((public.at_planning(id)));
CREATE INDEX trap_parts ON parts (at) WHERE public.at_planning(2);
CREATE STATISTICS trap_statistics ON (public.at_planning(id)), account_id FROM invoices;
CREATE TRIGGER trap_trigger BEFORE INSERT OR UPDATE OR DELETE ON invoices FOR EACH ROW EXECUTE FUNCTION at_writing();
CREATE CONSTRAINT TRIGGER trap_later AFTER INSERT OR UPDATE ON invoices DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION
    at_writing();
CREATE POLICY trap_policy ON invoices FOR SELECT USING (public.at_planning(1));
CREATE POLICY trap_policy ON parts FOR SELECT USING (public.trap());
CREATE VIEW of_owner AS SELECT * FROM invoices WHERE public.trap() AND public.at_planning(1);
CREATE VIEW of_invoker WITH (security_invoker = on) AS SELECT account_id, id, label::trapped FROM invoices
    WHERE 'a'::text OPERATOR(public.===) 'a'::text;
CREATE VIEW of_rule AS SELECT * FROM invoices;
CREATE RULE trap_rule AS ON INSERT TO of_rule DO ALSO SELECT public.trap();
CREATE VIEW of_trigger AS SELECT * FROM invoices;
CREATE TRIGGER trap_instead INSTEAD OF INSERT OR UPDATE OR DELETE ON of_trigger FOR EACH ROW EXECUTE FUNCTION at_writing();
GRANT SELECT, INSERT, UPDATE, DELETE ON of_owner, of_invoker, of_rule, of_trigger TO isolation_app;
RESET ROLE;
ALTER TABLE invoices ALTER COLUMN created_at SET DEFAULT CASE WHEN public.trap() THEN now() END;
SELECT setval('ran', 1, false), setval('ran_as_superuser', 1, false), setval('came_back', 1, false) \gset done_

-- Protecting a table that is there already.
SET ROLE isolation_owner;
CREATE TABLE bare (account_id int, label text);
INSERT INTO bare VALUES (NULL, 'x');
CREATE INDEX trap_bare ON bare (label) WHERE public.at_planning(3);
RESET ROLE;
SELECT setval('ran', 1, false) \gset done_
SELECT throws_like($$SELECT primecloud.protect_table('bare')$$, '1 rows of % have no tenant%', 'rows without a tenant are counted');
SELECT is((SELECT is_called FROM ran) OR sprung() <> '', false, 'without running anything');
DROP TABLE bare;
-- Filling a child's column, and checking a foreign key that carries the tenant.
SET ROLE isolation_owner;
CREATE TABLE parents (id int PRIMARY KEY, account_id int, label text);
CREATE TABLE children (id int PRIMARY KEY, parent_id int NOT NULL CONSTRAINT children_parent REFERENCES parents, label text);
INSERT INTO parents VALUES (1, 1), (2, 2); INSERT INTO children VALUES (1, 1), (2, 2);
CREATE INDEX trap_parents ON parents (label) WHERE public.at_planning(4);
CREATE INDEX trap_children ON children (label) WHERE public.at_planning(5);
CREATE TRIGGER trap_children BEFORE UPDATE ON children FOR EACH ROW EXECUTE FUNCTION at_writing();
RESET ROLE;
SELECT setval('ran', 1, false), setval('ran_as_superuser', 1, false), setval('came_back', 1, false) \gset done_
SELECT lives_ok($$SELECT primecloud.protect_table('parents'), primecloud.protect_child('children', 'parents')$$,
    'a child is filled and protected');
SELECT is(sprung(), '', 'and what its owner made there ran as he');
SELECT is((SELECT is_called FROM ran), true, 'for it did run');
SELECT results_eq('SELECT id, account_id FROM children ORDER BY id', 'VALUES (1, 1), (2, 2)', 'the rows are filled');
-- What the test itself asks as a superuser springs the traps.
SELECT setval('ran', 1, false), setval('ran_as_superuser', 1, false), setval('came_back', 1, false) \gset done_
SELECT lives_ok($$SELECT primecloud.protect_fk('children', 'children_parent')$$, 'a foreign key is checked with the tenant');
SELECT is(sprung(), '', 'as the owner of its table');
SELECT is((SELECT bool_and(relforcerowsecurity) FROM pg_class WHERE relname IN ('parents', 'children')), true,
    'and policies are forced again');
SELECT throws_ok($$INSERT INTO children (id, parent_id, account_id) VALUES (3, 2, 1)$$, '23503', NULL, 'and the key holds');
SELECT setval('ran', 1, false), setval('ran_as_superuser', 1, false), setval('came_back', 1, false) \gset done_

SELECT unalike(told('invoices'), '%not ok%could not%', 'a table full of traps is tried to the end');
SELECT is(sprung(), '', 'and none of them runs as the superuser, or goes back to him');
SELECT is((SELECT is_called FROM ran), true, 'though they do run, as the application''s role');
SELECT unalike(told('parts'), '%not ok%', 'a partition key is one more');
SELECT is(sprung(), '', 'and it neither');
SELECT is(length(string_agg(line, '')) > 0, true, 'the views have lines of their own: ' || v)
    FROM unnest('{of_owner,of_invoker,of_rule,of_trigger}'::text[]) AS v, LATERAL (
    SELECT line FROM primecloud.assert_isolated('invoices', 'isolation_app') AS line WHERE line ~ ('public\.' || v || ':')) AS l GROUP BY v;

-- A temporary view of the application's own, left open in its session.
SELECT dblink_connect('app', format('host=%s port=%s dbname=%s user=isolation_app', current_setting('unix_socket_directories'),
    current_setting('port'), current_database())) \gset done_
SELECT dblink_exec('app', $$CREATE FUNCTION pg_temp.evil() RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN public.trap(); END'$$),
       dblink_exec('app', 'CREATE TEMP VIEW trap WITH (security_invoker) AS SELECT account_id FROM invoices WHERE pg_temp.evil()'),
       dblink_exec('app', 'GRANT SELECT, INSERT, UPDATE, DELETE ON trap TO PUBLIC') \gset done_
SELECT matches(told('invoices'), 'ok \d+ - pg_temp_\d+\.trap: it shows no row of another # SKIP not tried: it is temporary',
    'a temporary view is told, and not tried');
SELECT is(sprung(), '', 'and has run nothing');
SELECT is((SELECT rolsuper FROM pg_roles WHERE rolname = 'isolation_app'), false, 'the application is no superuser');

DROP TRIGGER trap_trigger ON invoices; DROP TRIGGER trap_later ON invoices; DROP POLICY trap_policy ON invoices;
    DROP INDEX trap_index, trap_expression; DROP STATISTICS trap_statistics;
DROP VIEW of_owner, of_invoker, of_rule, of_trigger;
ALTER TABLE invoices ALTER COLUMN created_at DROP DEFAULT, ALTER COLUMN label TYPE text;
-- A view of the application's own, and of somebody who may not read the table at all: the
-- tenant that is entered for the trial is lent to neither.
CREATE SCHEMA theirs; GRANT ALL ON SCHEMA theirs TO PUBLIC;
SET ROLE isolation_app;
CREATE FUNCTION theirs.of_app() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval('public.ran'); RETURN true; END $$;
CREATE VIEW theirs.app_view WITH (security_invoker) AS SELECT * FROM public.invoices WHERE theirs.of_app();
SET ROLE isolation_third;
CREATE FUNCTION theirs.of_third() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN public.trap(); END $$;
CREATE VIEW theirs.third_view WITH (security_invoker) AS SELECT * FROM public.invoices WHERE theirs.of_third();
GRANT SELECT, DELETE ON theirs.third_view TO PUBLIC;
RESET ROLE;
-- One that the owner made, over what somebody else made.
GRANT USAGE ON SCHEMA theirs TO isolation_owner;
SET ROLE isolation_owner;
CREATE VIEW of_both WITH (security_invoker) AS SELECT i.* FROM invoices i WHERE theirs.of_third();
GRANT SELECT ON of_both TO isolation_app;
RESET ROLE;
SELECT setval('ran', 1, false) \gset done_
SELECT matches(told('invoices'), v || ': it shows no row of another # SKIP not tried: it runs what ' || maker || ' made', v)
FROM (VALUES ('theirs\.app_view', 'isolation_app'), ('theirs\.third_view', 'isolation_third'), ('public\.of_both', 'isolation_third'))
    AS t(v, maker);
SELECT is((SELECT is_called FROM ran), false, 'none of which has run at all');
SELECT matches(told('invoices'), 'ok \d+ - public.invoices: by view theirs.third_view, policies hold: reads as its caller',
    'what the catalog says of it stands');

-- A harmless view breaks nothing: each gives its lines.
SET ROLE isolation_owner;
CREATE VIEW harmless AS SELECT account_id, count(*) AS n FROM invoices GROUP BY account_id;
CREATE VIEW broken AS SELECT account_id, 1 / (id - id) AS n FROM invoices;
GRANT SELECT ON harmless, broken TO isolation_app;
RESET ROLE;
SELECT matches(told('invoices'), 'ok \d+ - public.harmless: and none of another', 'a harmless view of an ordinary owner');
SELECT matches(told('invoices'), '1\.\.\d+', 'and of a broken one: the plan is given') FROM (SELECT 1) AS one;

-- A trigger that cannot work in such a trial: nothing is proved, and that is said.
SET ROLE isolation_owner;
CREATE FUNCTION makes_temporary() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN CREATE TEMP TABLE IF NOT EXISTS changed (id int); RETURN NEW;
    END $$;
CREATE TRIGGER makes_temporary BEFORE INSERT ON invoices FOR EACH ROW EXECUTE FUNCTION makes_temporary();
RESET ROLE;
SELECT matches(told('invoices'), 'not ok \d+ - public.invoices: a row of another tenant cannot be inserted \(could not be tried: ',
    'a refusal that is the trial''s own is no proof');
DROP TRIGGER makes_temporary ON invoices;

-- Nothing of the superuser's own session can turn a hole into a proof.
SET row_security = off;
SELECT unalike(told('invoices'), '%not ok%a tenant sees all%', 'row_security = off in his session is none in the trial');
RESET row_security;
BEGIN;
SELECT primecloud.enter_trusted('1', 'x', 'owner') \gset done_
SELECT throws_ok($$SELECT primecloud.assert_isolated('invoices', 'isolation_app')$$, '55000', NULL,
    'nor is a tenant that he has entered taken for the trial''s');
ROLLBACK;
SELECT is((SELECT count(*) FROM invoices), 3::bigint, 'rows are as they were');
SELECT throws_ok($$SET ROLE isolation_third;
    SELECT primecloud_internal.try_as('isolation_app', NULL, 'owner', 'SELECT 1', NULL, true)$$, '42501', NULL, 'nobody else may try');
RESET ROLE;
-- Nor may who was given the function try as somebody whom he is not; and what lies in his session stays.
GRANT EXECUTE ON FUNCTION primecloud_internal.try_as(text, text, text, text, text, boolean) TO isolation_app;
GRANT USAGE ON SCHEMA primecloud_internal TO isolation_app;
SELECT dblink_exec('app', 'PREPARE mine AS SELECT ''mine''::text'), dblink_exec('app', 'BEGIN') \gset done_
SELECT is((SELECT answer FROM dblink('app', $$SELECT t.answer FROM primecloud_internal.try_as('isolation_app', '1', 'owner',
    'SELECT primecloud.tenant_int()', NULL, true) AS t$$) AS t(answer text)), '1', 'he tries as himself');
SELECT is((SELECT answer FROM dblink('app', 'EXECUTE mine') AS t(answer text)), 'mine', 'and finds his session as it was');
SELECT throws_ok($$SELECT FROM dblink('app', 'SELECT t.answer FROM primecloud_internal.try_as(''isolation_owner'', NULL, ''owner'',
    ''SELECT 1'', NULL, true) AS t') AS t(answer text)$$, '42501', 'must be member of role "isolation_owner"',
    'not as the owner of the tables');
SELECT dblink_exec('app', 'ROLLBACK') \gset done_
SELECT * FROM finish();
-- Before it goes: a session that ends drops what is temporary in its own time.
SELECT dblink_exec('app', 'DROP VIEW trap'), dblink_disconnect('app') \gset done_
SET primecloud.guard = off;
DROP VIEW harmless, broken, of_both, theirs.app_view, theirs.third_view;
DROP TABLE invoices, parts, children, parents;
DROP SCHEMA theirs CASCADE;
DROP OWNED BY isolation_app, isolation_owner, isolation_third;
DROP ROLE isolation_app, isolation_owner, isolation_third;
