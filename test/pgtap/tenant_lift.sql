-- What helpers lift for one owner they lift for him alone, and for one statement: no view, rule or function of
-- somebody else's reads more inside it, and no code that runs within.  The same for what the server itself
-- lifts where it keeps foreign keys.
SELECT no_plan();
\o /dev/null
SET client_min_messages = error;
SELECT primecloud.create_app_role('lift_app');
CREATE ROLE lift_vic;
CREATE ROLE lift_evil;
CREATE SCHEMA vic AUTHORIZATION lift_vic;
CREATE SCHEMA evil AUTHORIZATION lift_evil;
CREATE SCHEMA harness;
-- The SQLSTATE of a statement as somebody, or how many rows it had; of what it read, nothing is kept.
CREATE FUNCTION harness.try(who name, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    PERFORM set_config('role', who, true);
    EXECUTE statement;
    GET DIAGNOSTICS n = ROW_COUNT;
    PERFORM set_config('role', 'none', true);
    RETURN n;
EXCEPTION WHEN OTHERS THEN RETURN sqlstate || CASE WHEN sqlstate = 'P0666' THEN ' ' || sqlerrm ELSE '' END;
END $$;
-- A backfill gives a number.
CREATE FUNCTION harness.fill(who name, rel text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    PERFORM set_config('role', who, true);
    n := primecloud.backfill(rel::regclass, statement);
    PERFORM set_config('role', 'none', true);
    RETURN n;
EXCEPTION WHEN OTHERS THEN RETURN sqlstate || CASE WHEN sqlstate = 'P0666' THEN ' ' || sqlerrm ELSE '' END;
END $$;

SET ROLE lift_vic;
GRANT USAGE ON SCHEMA vic TO lift_evil, lift_app;
CREATE TABLE vic.t (id integer PRIMARY KEY, account_id integer NOT NULL, secret text);
INSERT INTO vic.t VALUES (1, 1, 'one'), (2, 2, 'two');
SELECT primecloud.protect_table('vic.t');
CREATE VIEW vic.vt AS SELECT * FROM vic.t;
CREATE VIEW vic.nested AS SELECT v.* FROM (SELECT * FROM vic.vt OFFSET 0) AS v;
CREATE VIEW vic.sub AS SELECT 1 AS account_id, (SELECT string_agg(secret, ',') FROM vic.t) AS secret;
CREATE VIEW vic.cte AS WITH w AS MATERIALIZED (SELECT * FROM vic.t) SELECT * FROM w;
CREATE VIEW vic.asked WITH (security_invoker) AS SELECT * FROM vic.t;
CREATE VIEW vic.ruled AS SELECT 1 AS id;
CREATE RULE wipe AS ON UPDATE TO vic.ruled DO INSTEAD UPDATE vic.t SET secret = 'wiped';
CREATE TABLE vic.policed (id integer);
INSERT INTO vic.policed VALUES (1);
ALTER TABLE vic.policed ENABLE ROW LEVEL SECURITY;
CREATE POLICY looks ON vic.policed USING (EXISTS (SELECT FROM vic.vt));
CREATE TABLE vic.open (id integer);
INSERT INTO vic.open VALUES (7);
CREATE VIEW vic.shown AS SELECT * FROM vic.open;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA vic TO lift_evil;
CREATE FUNCTION vic.sd() RETURNS text LANGUAGE plpgsql SECURITY DEFINER
    AS $$ BEGIN RETURN (SELECT string_agg(secret, ',') FROM vic.t); END $$;
CREATE FUNCTION vic.sd_sql() RETURNS text LANGUAGE sql SECURITY DEFINER
    BEGIN ATOMIC SELECT string_agg(secret, ',') FROM vic.t; END;

-- Code that looks, wherever it stands: P0666 is what it has read.  That it ran, a sequence tells.
SET ROLE lift_evil;
CREATE SEQUENCE evil.ran;
CREATE TABLE evil.mine (id integer PRIMARY KEY, account_id integer NOT NULL, secret text, UNIQUE (account_id, id));
INSERT INTO evil.mine VALUES (1, 1, 'my one'), (2, 2, 'my two');
SELECT primecloud.protect_table('evil.mine');
CREATE FUNCTION evil.cached() RETURNS text LANGUAGE plpgsql STABLE
    AS $$ BEGIN RETURN (SELECT string_agg(secret, ',') FROM evil.mine); END $$;
CREATE FUNCTION evil.atomic() RETURNS text LANGUAGE sql STABLE BEGIN ATOMIC SELECT string_agg(secret, ',') FROM evil.mine; END;
CREATE FUNCTION evil.look(place text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    query text;
    got text;
BEGIN
    PERFORM pg_catalog.nextval('evil.ran');
    FOREACH query IN ARRAY '{vic.vt,vic.nested,vic.sub,vic.cte,vic.sd(),vic.sd_sql(),evil.cached(),evil.atomic()}'::text[] LOOP
        got := NULL;
        BEGIN
            IF query LIKE '%()' THEN
                EXECUTE 'SELECT ' || query INTO got;
            ELSE
                EXECUTE format('SELECT string_agg(secret, '','') FROM %s', query) INTO got;
            END IF;
        EXCEPTION WHEN insufficient_privilege THEN CONTINUE;
        END;
        RAISE EXCEPTION USING ERRCODE = 'P0666', MESSAGE = pg_catalog.format('%s: %s of %s', place, got, query);
    END LOOP;
    RETURN true;
END $$;
CREATE FUNCTION evil.on_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM evil.look(TG_NAME); RETURN coalesce(NEW, OLD); END $$;
CREATE DOMAIN evil.number AS integer CHECK (evil.look('domain' || VALUE));
CREATE TABLE evil.own (id integer, x text, n evil.number, made boolean DEFAULT evil.look('default'));
CREATE TABLE evil.plain (id integer, x text);
CREATE TABLE evil.triggered (id integer);
CREATE TRIGGER before_row BEFORE INSERT OR UPDATE ON evil.triggered FOR EACH ROW EXECUTE FUNCTION evil.on_row();
CREATE TABLE evil.later (id integer);
CREATE TRIGGER after_row AFTER INSERT ON evil.later FOR EACH ROW EXECUTE FUNCTION evil.on_row();
CREATE TABLE evil.conditional (id integer);
CREATE TRIGGER w BEFORE INSERT ON evil.conditional FOR EACH ROW WHEN (evil.look('condition')) EXECUTE FUNCTION evil.on_row();
CREATE TABLE evil.indexed (id integer);
CREATE INDEX ON evil.indexed ((evil.look(id::text)));
CREATE TABLE evil.generated (id integer, g boolean GENERATED ALWAYS AS (evil.look(id::text)) STORED);
CREATE TABLE evil.checked (id integer);
INSERT INTO evil.checked VALUES (1);
ALTER TABLE evil.checked ADD CONSTRAINT c CHECK (evil.look('check' || id)) NOT VALID;
RESET ROLE;
SELECT setval('evil.ran', 1);
CREATE FUNCTION harness.fill_and_ran(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before bigint := (SELECT last_value FROM evil.ran);
    outcome text := harness.fill('lift_evil', 'evil.own', statement);
BEGIN
    RETURN outcome || CASE WHEN (SELECT last_value FROM evil.ran) > before THEN ', ran' ELSE '' END;
END $$;
-- (The session's schema of temporary tables is whose the first of them was.)
CREATE TEMPORARY TABLE passing (id integer, x text);
ALTER TABLE passing OWNER TO lift_evil;
SELECT format('GRANT USAGE ON SCHEMA %s TO lift_evil', pg_my_temp_schema()::regnamespace) \gexec
\o

-- As the server has it, without anything of ours.
SELECT is(harness.try('lift_evil', 'SELECT * FROM vic.' || v), '42501', 'nobody reads ' || v || ' without an account')
    FROM unnest('{vt,nested,sub,cte,asked}'::text[]) AS v;

-- What the statement itself reads, and writes.
SELECT is(harness.fill('lift_evil', rel, format('INSERT INTO %s (x) SELECT secret FROM vic.%s', named, v)), '42501', v || ' into ' || rel)
    FROM unnest('{vt,nested,sub,cte,asked}'::text[]) AS v,
        (VALUES ('evil.plain', 'evil.plain'), ('passing', 'pg_temp.passing')) AS r(rel, named);
SELECT is(harness.fill('lift_evil', 'evil.plain', s), '42501', s) FROM unnest(ARRAY[
    'UPDATE vic.vt SET secret = secret || ''!''',
    'DELETE FROM vic.vt',
    'INSERT INTO vic.vt VALUES (3, 1, ''three'')',
    'UPDATE vic.ruled SET id = 2',
    'MERGE INTO evil.plain p USING vic.vt v ON v.id = p.id WHEN NOT MATCHED THEN INSERT VALUES (v.id, v.secret)',
    'SELECT * FROM evil.plain WHERE EXISTS (SELECT FROM vic.vt)',
    'WITH w AS (UPDATE vic.vt SET secret = ''x'' RETURNING *) SELECT * FROM w',
    'SELECT * FROM vic.policed',
    'SELECT vic.sd()', 'SELECT vic.sd_sql()', 'SELECT evil.cached()', 'SELECT evil.atomic()']) AS s;
SELECT is((SELECT array_agg(secret ORDER BY id) FROM vic.t), '{one,two}', 'nothing was written');

-- Code within, in every place: it runs, and reads nothing.
SELECT is(harness.fill_and_ran(s), '1, ran', s) FROM unnest(ARRAY[
    'INSERT INTO evil.own (id) VALUES (1)',
    'INSERT INTO evil.own (id, n, made) VALUES (1, 1, true)',
    'SELECT ''{1}''::evil.number[]',
    'SELECT ''(1,x,1,t)''::evil.own',
    'INSERT INTO evil.triggered VALUES (1)',
    'UPDATE evil.triggered SET id = 2',
    'INSERT INTO evil.later VALUES (1)',
    'INSERT INTO evil.conditional VALUES (1)',
    'INSERT INTO evil.indexed VALUES (1)',
    'INSERT INTO evil.generated VALUES (1)',
    'INSERT INTO evil.checked VALUES (2)',
    'SELECT evil.look(''constant'')']) AS s;
SELECT is(harness.try('lift_evil', 'SELECT primecloud.validate_constraint(''evil.checked'', ''c'')'), '1',
    'a check reads nothing');
SELECT is(harness.try('lift_evil', format('SELECT %s(''evil.plain'', %L)', f, s)), w, f || ' ' || s) FROM (VALUES
    ('SELECT evil.look(''direct'')', '1'), ('DO $d$ BEGIN PERFORM evil.look(''block''); END $d$', '1'), ('SELECT * FROM vic.vt', '42501'),
    ('EXPLAIN ANALYZE SELECT * FROM vic.vt', '42501'), ('CREATE TABLE evil.taken AS SELECT * FROM vic.vt', '42501')) AS t(s, w),
    unnest('{primecloud_internal.run_as_owner,primecloud_internal.check_as_owner}'::text[]) AS f;
SELECT is(harness.try('lift_evil', 'SELECT primecloud_internal.run_as_owner(''evil.plain'', ''SELECT 1; SELECT 2'')'), '0A000',
    'one statement');

-- What was planned in between serves nobody later, and the other way round.
SELECT is(harness.try('lift_evil', 'SELECT evil.cached()'), '42501', 'a plan that was kept has its policies');
SELECT is(harness.try('lift_evil', 'SELECT evil.atomic()'), '42501', 'so has a query of SQL');
SELECT is(harness.fill('lift_evil', 'evil.mine', 'UPDATE evil.mine SET secret = upper(secret)'), '2', 'his own he still fills');
SELECT is(harness.fill('lift_evil', 'evil.mine', 'SELECT * FROM evil.mine WHERE EXISTS (SELECT FROM vic.shown)'), '2',
    'what is open stays open');
SELECT is(harness.try('lift_evil', 'SELECT * FROM evil.mine'), '42501', 'and afterwards he is held');

-- An error in between leaves nothing lifted, in the same transaction.
BEGIN;
SELECT is(harness.fill('lift_evil', 'evil.mine', 'SELECT 1 / (id - 1) FROM evil.mine'), '22012', 'it fails');
SELECT is(harness.fill('lift_evil', 'evil.mine', 'SELECT nothing FROM evil.mine'), '42703', 'it cannot be read');
SELECT is(harness.try('lift_evil', 'SELECT * FROM evil.mine'), '42501', 'and he is held');
ROLLBACK;

-- A superuser's own helper lends nothing of vic's either.
SELECT throws_ok($$SELECT primecloud.backfill('pg_temp.passing', 'SELECT * FROM vic.vt')$$, '42501',
    'table vic.t is reached with the rights of role "lift_vic", by a view or a rule, past its row-level security', 'nor a superuser''s');

-- Foreign keys: a command's own query still sees every row, and what the server does for a key still goes past policies.
\o /dev/null
SET ROLE lift_evil;
CREATE TABLE evil.children (id integer PRIMARY KEY, account_id integer NOT NULL, mine_id integer);
INSERT INTO evil.children VALUES (1, 1, 1), (2, 2, 2);
SELECT primecloud.protect_table('evil.children');
ALTER TABLE evil.children ADD CONSTRAINT key FOREIGN KEY (account_id, mine_id)
    REFERENCES evil.mine (account_id, id) ON DELETE CASCADE NOT VALID;
CREATE TABLE evil.broken (id integer PRIMARY KEY, account_id integer NOT NULL, mine_id integer);
INSERT INTO evil.broken VALUES (1, 1, 1), (2, 2, 77);
SELECT primecloud.protect_table('evil.broken');
ALTER TABLE evil.broken ADD CONSTRAINT key FOREIGN KEY (account_id, mine_id) REFERENCES evil.mine (account_id, id) NOT VALID;
CREATE TABLE evil.above (id integer PRIMARY KEY);
CREATE TABLE evil.below (id integer DEFAULT 0 REFERENCES evil.above ON DELETE CASCADE ON UPDATE CASCADE, CHECK (evil.look('key check')));
CREATE TRIGGER key_row BEFORE UPDATE OR DELETE ON evil.below FOR EACH ROW EXECUTE FUNCTION evil.on_row();
CREATE TABLE evil.aside (id integer REFERENCES evil.above ON DELETE CASCADE);
INSERT INTO evil.above VALUES (1), (2), (3);
INSERT INTO evil.below VALUES (1), (2);
INSERT INTO evil.aside VALUES (3);
SELECT setval('evil.ran', 1);
RESET ROLE;
\o
SELECT is(harness.try('lift_evil', 'SELECT primecloud.validate_constraint(''evil.children'', ''key'')'), '1', 'a key is validated');
SELECT is(harness.try('lift_evil', 'SELECT primecloud.validate_constraint(''evil.broken'', ''key'')'), '23503',
    'and a row without its parent found');
SELECT ok((SELECT convalidated FROM pg_constraint WHERE conrelid = 'evil.children'::regclass AND conname = 'key'), 'it is');
SELECT is(harness.try('lift_evil', 'UPDATE evil.above SET id = 11 WHERE id = 1'), '1',
    'a row that a key changes has its trigger read nothing');
SELECT is(harness.try('lift_evil', 'DELETE FROM evil.above WHERE id = 2'), '1', 'nor one that it deletes');
SELECT cmp_ok((SELECT last_value FROM evil.ran), '>=', 3::bigint, 'and they ran');
SET ROLE lift_evil;
CREATE RULE take AS ON DELETE TO evil.aside DO ALSO INSERT INTO evil.plain (x) SELECT secret FROM vic.vt;
RESET ROLE;
SELECT is(harness.try('lift_evil', 'DELETE FROM evil.above WHERE id = 3'), '42501', 'nor does a rule');
SELECT is(harness.fill('lift_evil', 'evil.mine', 'DELETE FROM evil.mine WHERE id = 2'), '1', 'a cascade within');
SELECT is((SELECT array_agg(id) FROM evil.children), '{1}', 'goes past policies');
SELECT is(harness.fill('lift_evil', 'evil.children', 'INSERT INTO evil.children VALUES (3, 1, 77)'), '23503', 'a key holds within');
SELECT is(harness.fill('lift_evil', 'evil.children', 'INSERT INTO evil.children VALUES (3, 1, 1)'), '1', 'and finds its row');
SELECT * FROM finish();
