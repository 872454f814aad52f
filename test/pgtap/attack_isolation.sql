-- What a superuser is told to run over tables of lesser roles runs nothing of theirs with
-- his rights: assert_isolated and explain_access, over everything that they may look at.
-- Each trap makes its owner superuser if it runs as one, or goes back to who runs the test.
SET client_min_messages = error;
SELECT no_plan();
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

SELECT matches(told(rel), 'ok \d+ - public\.' || rel || ': no row of another is reached # SKIP not tried: it runs what isolation_owner '
    'made',
    'a table full of traps is told, and not tried: ' || rel) FROM unnest('{invoices,parts}'::text[]) AS rel;
SELECT matches(told('invoices'), 'ok \d+ - public\.' || v || ': it shows no row of another # SKIP not tried: it runs what isolation_owner '
    'made', 'so is a view of the kind: ' || v) FROM unnest('{of_owner,of_invoker,of_rule,of_trigger}'::text[]) AS v;
SELECT is((SELECT is_called FROM ran), false, 'nothing of theirs has run at all');
SELECT unalike(told('invoices') || told('parts'), '%could not%', 'and nothing is claimed of them');
-- What did run all the same, by a function that nothing shows, would have the role's rights alone.
SELECT is((SELECT answer FROM primecloud_internal.try_as('isolation_app', NULL, 'owner', 'SELECT public.trap()::text', NULL, true,
    false)), 'true', 'a trap that is tried by itself');
SELECT is((SELECT is_called FROM ran), true, 'does run');
SELECT is(sprung(), '', 'and neither as the superuser, nor does it go back to him');
CREATE FUNCTION plants() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'PREPARE planted AS SELECT 1'; RETURN true; END $$;
ALTER FUNCTION plants() OWNER TO isolation_owner;
SELECT FROM primecloud_internal.try_as('isolation_app', NULL, 'owner', 'SELECT public.plants()::text', NULL, true, false) \gset done_
SELECT is_empty($$SELECT FROM pg_prepared_statements WHERE name = 'planted'$$, 'and leaves nothing in his session');
-- Each place of the kind by itself: of a clean table of the same owner, with one trap.
SET ROLE isolation_owner;
CREATE FUNCTION at_changing(daterange) RETURNS daterange LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE FUNCTION difference(text, text) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM public.trap(); RETURN 1; END $$;
CREATE TYPE spans AS RANGE (SUBTYPE = text, SUBTYPE_DIFF = difference);
CREATE TYPE pair AS (a trapped, b int);
CREATE TABLE other (id int PRIMARY KEY, label text);
RESET ROLE;
CREATE FUNCTION one_trap(made text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    PERFORM set_config('role', 'isolation_owner', true);
    CREATE TABLE clean (id int PRIMARY KEY, account_id int NOT NULL, label text, n int);
    INSERT INTO clean VALUES (1, 1), (2, 2), (3, 1);
    PERFORM primecloud.protect_table('clean');
    GRANT SELECT, INSERT, UPDATE, DELETE ON clean TO isolation_app;
    EXECUTE made;
    PERFORM set_config('role', 'none', true);
    PERFORM setval('ran', 1, false);
    answer := (SELECT string_agg(DISTINCT regexp_replace(line, '^ok \d+ - (public\.)?', ''), E'\n') FROM
        primecloud.assert_isolated('clean', 'isolation_app') AS line WHERE line ~ 'SKIP not tried|^not ok');
    RAISE SQLSTATE 'ATTCK' USING MESSAGE = concat_ws(E'\n', CASE WHEN (SELECT is_called FROM ran) THEN 'ran' END, answer);
EXCEPTION WHEN SQLSTATE 'ATTCK' THEN RETURN SQLERRM;
END $$;
-- A key that the server always generates is taken as it stands in the other's row, and no new one in its place.
CREATE TABLE numbered (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account_id int NOT NULL);
INSERT INTO numbered (account_id) VALUES (1), (2);
SELECT primecloud.protect_table('numbered');
GRANT SELECT, INSERT, UPDATE, DELETE ON numbered TO isolation_app;
SELECT is(string_agg(line, E'\n'), NULL, 'keys that are always generated: all is tried, and nothing is wrong') FROM
    primecloud.assert_isolated('numbered', 'isolation_app') AS line WHERE line ~ 'SKIP not tried|^not ok';
SELECT ok(bool_or(line ~ '^ok .*nor taken over by ON CONFLICT'), 'ON CONFLICT too')
    FROM primecloud.assert_isolated('numbered', 'isolation_app') AS line;
SELECT is(one_trap(made), CASE skipped WHEN '' THEN '' ELSE format('%s: %s # SKIP not tried: it runs what isolation_owner made', skipped,
    CASE skipped WHEN 'clean' THEN 'no row of another is reached' ELSE 'it shows no row of another' END) END, made)
FROM (VALUES ('clean', 'CREATE INDEX ON clean (n) WHERE public.at_planning(1)'),
    ('clean', 'CREATE INDEX ON clean ((public.at_planning(n)))'),
    ('clean', 'CREATE STATISTICS st ON (public.at_planning(n)), account_id FROM clean'),
    ('clean', 'CREATE POLICY more ON clean FOR DELETE USING (public.trap())'),
    ('clean', 'CREATE POLICY more ON clean USING (''a'' OPERATOR(public.===) ''a'')'),
    ('clean', 'CREATE VIEW asked AS SELECT id FROM other WHERE public.trap(); CREATE POLICY more ON clean USING (id IN (SELECT id FROM '
        'asked))'),
    ('clean', 'CREATE INDEX ON other (label) WHERE public.at_planning(1); CREATE POLICY more ON clean USING (id IN (SELECT id FROM '
        'other))'),
    ('clean', 'ALTER TABLE clean ADD CHECK (public.trap())'),
    ('clean', 'ALTER TABLE clean ADD CONSTRAINT later CHECK (public.trap()) NOT VALID'),
    ('clean', 'ALTER TABLE clean ADD g boolean GENERATED ALWAYS AS (public.at_planning(n)) STORED'),
    ('clean', 'ALTER TABLE clean ADD t trapped'),
    ('clean', 'ALTER TABLE clean ADD t trapped[]'),
    ('clean', 'ALTER TABLE clean ADD t pair'),
    ('clean', 'ALTER TABLE clean ADD t spans'),
    -- Left out of a trial, which loses nothing by it.
    ('', 'CREATE TRIGGER t BEFORE INSERT OR UPDATE OR DELETE ON clean FOR EACH ROW EXECUTE FUNCTION at_writing()'),
    ('', 'CREATE TRIGGER t BEFORE TRUNCATE ON clean EXECUTE FUNCTION at_writing()'),
    ('', 'CREATE CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE ON clean DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION '
        'at_writing()'),
    ('', 'CREATE RULE r AS ON INSERT TO clean DO ALSO SELECT public.trap()'),
    ('', 'ALTER TABLE clean ALTER label SET DEFAULT public.trap()::text'),
    ('', 'CREATE TABLE below (clean_id int REFERENCES clean ON DELETE CASCADE ON UPDATE CASCADE, a boolean DEFAULT true); CREATE INDEX ON '
        'below (clean_id) WHERE public.at_planning(1)'),
    ('', 'ALTER TABLE clean ADD FOREIGN KEY (n) REFERENCES other ON UPDATE CASCADE NOT VALID; CREATE INDEX ON other (label) WHERE '
        'public.at_planning(1)'),
    -- Not those that fire always.
    ('clean', 'CREATE TRIGGER t BEFORE INSERT ON clean FOR EACH ROW EXECUTE FUNCTION at_writing(); ALTER TABLE clean ENABLE ALWAYS '
        'TRIGGER t'),
    ('clean', 'CREATE TRIGGER t BEFORE INSERT ON clean FOR EACH ROW EXECUTE FUNCTION at_writing(); ALTER TABLE clean ENABLE REPLICA '
        'TRIGGER t'),
    ('clean', 'CREATE RULE r AS ON INSERT TO clean DO ALSO SELECT public.trap(); ALTER TABLE clean ENABLE ALWAYS RULE r'),
    -- Views.
    ('', 'CREATE VIEW v AS SELECT * FROM clean; GRANT SELECT, INSERT, UPDATE, DELETE ON v TO isolation_app'),
    ('', 'CREATE VIEW v AS SELECT * FROM clean; GRANT SELECT, INSERT ON v TO isolation_app; CREATE TRIGGER t BEFORE INSERT ON clean FOR '
        'EACH ROW EXECUTE FUNCTION at_writing()'),
    ('v', 'CREATE VIEW v AS SELECT id, account_id FROM clean; GRANT SELECT, INSERT ON v TO isolation_app; ALTER TABLE clean ALTER label '
        'SET DEFAULT public.trap()::text'),
    ('v', 'CREATE VIEW v AS SELECT * FROM clean; GRANT SELECT, INSERT ON v TO isolation_app; ALTER VIEW v ALTER label SET DEFAULT '
        'public.trap()::text'),
    ('v', 'CREATE VIEW v AS SELECT c.*, o.label AS other FROM clean c LEFT JOIN other o USING (id); CREATE INDEX ON other (label) WHERE '
        'public.at_planning(1); GRANT SELECT ON v TO isolation_app'),
    ('v', 'CREATE VIEW v AS SELECT * FROM clean; CREATE TRIGGER t INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION at_writing(); GRANT '
        'SELECT, INSERT ON v TO isolation_app')) AS t(skipped, made);
-- What he wrote is his, though the function that it names is the server's.
SELECT is(one_trap(made), skipped || ' # SKIP not tried: what isolation_owner wrote would call ' || called, made)
FROM (VALUES ('clean: no row of another is reached', 'pg_advisory_lock(bigint)',
        'ALTER TABLE clean ADD CHECK (pg_advisory_lock(99) IS NOT NULL)'),
    ('clean: no row of another is reached', 'query_to_xml(text,boolean,boolean,text)',
        'CREATE POLICY more ON clean USING (query_to_xml(''SELECT public.trap()'', true, true, '''') IS NOT NULL)'),
    ('v: it shows no row of another', 'query_to_xml(text,boolean,boolean,text)', 'CREATE VIEW v AS SELECT id, account_id FROM clean; '
        'GRANT SELECT, INSERT ON v TO isolation_app; ALTER TABLE clean ALTER label SET DEFAULT query_to_xml(''SELECT public.trap()'', '
        'true, true, '''')::text')) AS t(skipped, called, made);
-- What a trigger does outside the transaction stays undone: no lock is left with the superuser.
SET ROLE isolation_owner;
CREATE FUNCTION keeps_a_lock() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_lock(4711); RETURN NEW; END $$;
RESET ROLE;
SELECT is(one_trap('CREATE TRIGGER t BEFORE INSERT OR UPDATE ON clean FOR EACH ROW EXECUTE FUNCTION keeps_a_lock()'), '',
    'a trigger that locks');
SELECT is_empty($$SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711$$, 'leaves no lock');
SELECT is(current_setting('session_replication_role'), 'origin', 'after which triggers fire as before');

-- A temporary view of the application's own, left open in its session.
SELECT dblink_connect('app', format('host=%s port=%s dbname=%s user=isolation_app', current_setting('unix_socket_directories'),
    current_setting('port'), current_database())) \gset done_
SELECT dblink_exec('app', $$CREATE FUNCTION pg_temp.evil() RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN public.trap(); END'$$),
       dblink_exec('app', 'CREATE TEMP VIEW trap WITH (security_invoker) AS SELECT account_id FROM invoices WHERE pg_temp.evil()'),
       dblink_exec('app', 'GRANT SELECT, INSERT, UPDATE, DELETE ON trap TO PUBLIC') \gset done_
SELECT setval('ran', 1, false), setval('ran_as_superuser', 1, false), setval('came_back', 1, false) \gset done_
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
    SELECT primecloud_internal.try_as('isolation_app', NULL, 'owner', 'SELECT 1', NULL, true, false)$$, '42501', NULL,
    'nobody else may try');
RESET ROLE;
-- Nor may who was given the function try as somebody whom he is not; and what lies in his session stays.
GRANT EXECUTE ON FUNCTION primecloud_internal.try_as(text, text, text, text, text, boolean, boolean, regclass) TO isolation_app;
GRANT USAGE ON SCHEMA primecloud_internal TO isolation_app;
SELECT dblink_exec('app', 'PREPARE mine AS SELECT ''mine''::text'), dblink_exec('app', 'BEGIN') \gset done_
SELECT is((SELECT answer FROM dblink('app', $$SELECT t.answer FROM primecloud_internal.try_as('isolation_app', '1', 'owner',
    'SELECT primecloud.tenant_int()', NULL, true, false) AS t$$) AS t(answer text)), '1', 'he tries as himself');
SELECT is((SELECT answer FROM dblink('app', 'EXECUTE mine') AS t(answer text)), 'mine', 'and finds his session as it was');
SELECT throws_ok($$SELECT FROM dblink('app', 'SELECT t.answer FROM primecloud_internal.try_as(''isolation_owner'', NULL, ''owner'',
    ''SELECT 1'', NULL, true, false) AS t') AS t(answer text)$$, '42501', 'must be member of role "isolation_owner"',
    'not as the owner of the tables');
SELECT dblink_exec('app', 'ROLLBACK') \gset done_
SELECT * FROM finish();
-- Before it goes: a session that ends drops what is temporary in its own time.
SELECT dblink_exec('app', 'DROP VIEW trap'), dblink_disconnect('app') \gset done_
SET primecloud.guard = off;
DROP VIEW harmless, broken, of_both, theirs.app_view, theirs.third_view;
DROP TABLE invoices, parts, children, parents, other;
DROP TYPE spans, pair;
DROP SCHEMA theirs CASCADE;
DROP OWNED BY isolation_app, isolation_owner, isolation_third;
DROP ROLE isolation_app, isolation_owner, isolation_third;
