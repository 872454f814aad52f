-- Owners of tables against the role that cleans them, and everybody against tables
-- of others.  mallory owns a table, and does what an owner can.
SELECT no_plan();
CREATE ROLE retention_mallory;
CREATE ROLE retention_victim;
SELECT primecloud.create_maintenance_role('retention_cleaner');
CREATE SCHEMA mallory AUTHORIZATION retention_mallory;
CREATE SCHEMA victim AUTHORIZATION retention_victim;
GRANT USAGE ON SCHEMA victim TO PUBLIC;
GRANT CREATE ON SCHEMA public TO retention_mallory;
CREATE TABLE public.loot (who text, what text);
GRANT INSERT, SELECT ON public.loot TO PUBLIC;

SET ROLE retention_victim;
CREATE TABLE victim.letters (id int PRIMARY KEY, account int, made timestamptz);
INSERT INTO victim.letters SELECT g, g % 2, 'epoch' FROM generate_series(1, 10) g;
SELECT primecloud.retain('victim.letters', 'made', '1 day', tenant_column => 'account', id_column => 'id',
    maintenance_role => 'retention_cleaner');
SELECT primecloud.place_hold('victim.letters', 'trial', row_id => '1') AS hold \gset

-- mallory's table runs code of mallory's wherever a table can.
SET ROLE retention_mallory;
CREATE FUNCTION mallory.note(trap text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.loot VALUES (current_user, trap);
    END $$;
CREATE FUNCTION mallory.spring(trap text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM mallory.note(trap); RETURN true;
    END $$;
CREATE FUNCTION mallory.on_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE statement text;
BEGIN
    PERFORM mallory.spring(TG_NAME);
    FOREACH statement IN ARRAY ARRAY[
        'RESET ROLE', 'SET SESSION AUTHORIZATION DEFAULT', 'SET ROLE retention_cleaner',
        'DELETE FROM victim.letters', 'SELECT 1 FROM victim.letters',
        'SELECT primecloud.expire_batch(''victim.letters'', 5)',
        'SELECT primecloud_internal.retention_request(''victim.letters'', '
            'jsonb_populate_record(NULL::primecloud_internal.retention_question, ''{"kind": "batch", "batch": 5}''))',
        'SELECT primecloud_internal.retention_request(''victim.letters'', '
            'jsonb_populate_record(NULL::primecloud_internal.retention_question, ''{"kind": "unretain"}''))',
        'SELECT primecloud.release_hold(''victim.letters'', 1, ''me'')',
        'SELECT primecloud.enter_trusted(''1'', ''x'', ''owner'')',
        'UPDATE primecloud_internal.retention_policy SET keep = ''0''',
        'DELETE FROM primecloud_internal.retention_log',
        'ALTER ROLE retention_mallory SUPERUSER',
        'CREATE TEMP TABLE letters (id int)'] LOOP
        BEGIN
            EXECUTE statement;
            INSERT INTO public.loot VALUES (current_user, statement);
        EXCEPTION WHEN OTHERS THEN NULL;
        END;
    END LOOP;
    PERFORM set_config('search_path', 'mallory', false);
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TABLE mallory.trap (id int PRIMARY KEY, account int, made timestamptz, gone timestamptz,
    CHECK (mallory.spring('check')), line text GENERATED ALWAYS AS (mallory.spring('generated')::text) STORED);
CREATE INDEX ON mallory.trap ((mallory.spring('index'))) WHERE mallory.spring('predicate');
CREATE TRIGGER before_row BEFORE DELETE OR UPDATE ON mallory.trap FOR EACH ROW EXECUTE FUNCTION mallory.on_row();
CREATE TRIGGER after_row AFTER DELETE OR UPDATE ON mallory.trap FOR EACH ROW EXECUTE FUNCTION mallory.on_row();
CREATE CONSTRAINT TRIGGER at_commit AFTER DELETE OR UPDATE ON mallory.trap DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION
    mallory.on_row();
ALTER TABLE mallory.trap ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY spring ON mallory.trap USING (mallory.spring('policy'));
-- operators and functions that better fit what an unqualified call would pass
CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE plpgsql AS $$ BEGIN PERFORM mallory.spring('clock');
    RETURN pg_catalog.now(); END $$;
CREATE FUNCTION public.before(timestamptz, timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN PERFORM mallory.spring('operator');
    RETURN true; END $$;
CREATE OPERATOR public.< (FUNCTION = public.before, LEFTARG = timestamptz, RIGHTARG = timestamptz);
INSERT INTO mallory.trap SELECT g, 0, 'epoch' FROM generate_series(1, 20) g;
SELECT primecloud.retain('mallory.trap', 'made', '1 day', maintenance_role => 'retention_cleaner');

RESET ROLE;
TRUNCATE public.loot;
-- First the attack on a cleaner who just types the statement: it works.
GRANT INSERT, SELECT, DELETE ON mallory.trap TO retention_cleaner;
GRANT USAGE ON SCHEMA mallory TO retention_cleaner;
SET ROLE retention_cleaner;
DELETE FROM mallory.trap WHERE id = 1;
RESET ROLE;
RESET search_path;  -- which mallory changed
SELECT ok(EXISTS (SELECT FROM public.loot WHERE who = 'retention_cleaner'), 'a bare DELETE runs mallory''s code as the cleaner');
SELECT ok(EXISTS (SELECT FROM public.loot WHERE what LIKE 'DELETE FROM victim%' OR what LIKE 'SELECT primecloud.expire_batch%'),
    'who reaches the victim''s rows');
TRUNCATE public.loot;
SET primecloud.allow_drop = on;
TRUNCATE victim.letters;
RESET primecloud.allow_drop;
INSERT INTO victim.letters SELECT g, g % 2, 'epoch' FROM generate_series(1, 10) g;

-- Now expiry, as the cleaner and as a superuser, with a search_path that mallory would choose.
SET search_path = public, pg_catalog;
SET SESSION AUTHORIZATION retention_cleaner;
CALL primecloud.expire('mallory.trap', batch => 5, max_rate => 0);
RESET SESSION AUTHORIZATION;
RESET search_path;
-- (Merely looking at the table as a superuser runs its index predicate: that comes last.)
SELECT ok(EXISTS (SELECT FROM public.loot WHERE what = 'before_row') AND EXISTS (SELECT FROM public.loot WHERE what = 'after_row')
      AND EXISTS (SELECT FROM public.loot WHERE what = 'at_commit'), 'mallory''s triggers ran');
SELECT is((SELECT array_agg(DISTINCT who) FROM public.loot), '{retention_mallory}', 'as mallory and nobody else');
SELECT is((SELECT array_agg(DISTINCT what ORDER BY what) FROM public.loot WHERE what NOT IN ('before_row', 'after_row', 'at_commit',
    'check', 'generated', 'index', 'predicate')),
    NULL, 'and none of what they tried worked');
SELECT is((SELECT count(*) FROM victim.letters), 10::bigint, 'the victim has all rows');
SELECT is((SELECT count(*) FROM mallory.trap), 0::bigint, 'the rows went');
SELECT is(current_setting('search_path'), '"$user", public', 'no setting of theirs stayed');
TRUNCATE public.loot;
INSERT INTO mallory.trap SELECT g, 0, 'epoch' FROM generate_series(1, 5) g;
TRUNCATE public.loot;
SET search_path = public, pg_catalog;
CALL primecloud.expire('mallory.trap', max_rate => 0);
BEGIN;
SELECT primecloud.expire_batch('mallory.trap');
COMMIT;
RESET search_path;
SELECT is((SELECT array_agg(DISTINCT who) FROM public.loot), '{retention_mallory}', 'run by a superuser: as mallory again');
SELECT is((SELECT count(*) FROM public.loot WHERE what ~ '^[A-Z]'), 0::bigint, 'and nothing worked');
SELECT is((SELECT rolsuper FROM pg_roles WHERE rolname = 'retention_mallory'), false, 'mallory is who mallory was');

-- soft delete and archive evaluate more of mallory's code
SET ROLE retention_mallory;
INSERT INTO mallory.trap SELECT g, 0, 'epoch' FROM generate_series(1, 5) g;
SELECT primecloud.retain('mallory.trap', 'made', '1 day', 'soft_delete', soft_delete_column => 'gone',
    maintenance_role => 'retention_cleaner');
RESET ROLE;
TRUNCATE public.loot;
SET SESSION AUTHORIZATION retention_cleaner;
CALL primecloud.expire('mallory.trap', max_rate => 0);
RESET SESSION AUTHORIZATION;
SELECT ok(EXISTS (SELECT FROM public.loot WHERE what = 'check') AND EXISTS (SELECT FROM public.loot WHERE what = 'generated'),
    'checks and generated columns ran');
SELECT is((SELECT array_agg(DISTINCT who) FROM public.loot), '{retention_mallory}', 'as mallory');
SELECT is((SELECT count(*) FROM public.loot WHERE what ~ '^[A-Z]'), 0::bigint, 'for nothing');
SELECT is((SELECT count(gone) FROM mallory.trap), 5::bigint, 'soft delete went through');
SELECT is((SELECT count(*) FROM public.loot WHERE what IN ('policy', 'operator', 'clock')), 0::bigint,
    'policies are not asked, nor operators and functions that shadow pg_catalog''s');

-- Forced policies stay in force for code inside the statement.
SET ROLE retention_victim;
CREATE TABLE victim.secret_rows (account int, line text);
INSERT INTO victim.secret_rows VALUES (1, 'mine'), (2, 'not mine');
ALTER TABLE victim.secret_rows ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY one ON victim.secret_rows USING (account = 1);
CREATE FUNCTION victim.count_secrets() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.loot SELECT 'secrets', count(*)::text
    FROM victim.secret_rows; RETURN NULL; END $$;
CREATE TABLE victim.watched (id int, made timestamptz);
ALTER TABLE victim.watched ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY none ON victim.watched USING (current_setting('no.such.setting') = 'x');
CREATE TRIGGER count_secrets AFTER DELETE ON victim.watched FOR EACH ROW EXECUTE FUNCTION victim.count_secrets();
ALTER TABLE victim.watched NO FORCE ROW LEVEL SECURITY;
INSERT INTO victim.watched VALUES (1, 'epoch');
ALTER TABLE victim.watched FORCE ROW LEVEL SECURITY;
SELECT throws_ok('DELETE FROM victim.watched', '42704', NULL, 'a forced policy holds the owner');
SELECT primecloud.retain('victim.watched', 'made', '1 day');
SELECT is(primecloud.expire_batch('victim.watched'), 1::bigint, 'expiry is for all tenants');
SELECT is((SELECT what FROM public.loot WHERE who = 'secrets'), '1', 'a trigger inside it finds forced policies in force');

-- Tables of others, as mallory, who may do anything but own them.
SET ROLE retention_mallory;
SELECT throws_ok($$SELECT primecloud.retain('victim.letters', 'made', '0')$$, '42501', NULL, 'no policy on a table of another');
SELECT throws_ok($$SELECT primecloud.unretain('victim.letters')$$, '42501', NULL, 'nor off it');
SELECT throws_ok($$SELECT primecloud.retain_tenant('victim.letters', '1', '0')$$, '42501', NULL, 'nor exceptions');
SELECT throws_ok($$SELECT primecloud.place_hold('victim.letters', 'x')$$, '42501', NULL, 'nor holds');
SELECT throws_ok(format('SELECT primecloud.release_hold(''victim.letters'', %s, ''x'')', :hold), '42501', NULL,
    'a hold cannot be released');
SELECT throws_ok(format('SELECT primecloud.release_hold(''mallory.trap'', %s, ''x'')', :hold), '42704', NULL,
    'nor by way of a table of one''s own');
SELECT throws_ok($$SELECT * FROM primecloud.expire_preview('victim.letters')$$, '42501', NULL, 'nothing to see');
SELECT throws_ok($$SELECT primecloud.expire_batch('victim.letters')$$, '42501', NULL, 'nothing to expire');
SELECT throws_ok($$SELECT primecloud_internal.retention_request('victim.letters',
    jsonb_populate_record(NULL::primecloud_internal.retention_question, '{"kind": "begin"}'))$$, '42501', NULL, 'nor by the door');
SELECT throws_ok($$SELECT primecloud_internal.retention_request('mallory.trap',
    jsonb_populate_record(NULL::primecloud_internal.retention_question, '{"kind": "step", "run": 999}'))$$, '55000', NULL,
    'a run that is none');
SELECT throws_ok($$SELECT primecloud_internal.retention_request('mallory.trap',
    jsonb_populate_record(NULL::primecloud_internal.retention_question, '{"kind": "anything"}'))$$, '22023', NULL,
    'a question that is none');
SELECT is((SELECT count(*) FROM primecloud.retention_status WHERE schema_name = 'victim'), 0::bigint, 'views show no policy of others');
SELECT is((SELECT count(*) FROM primecloud.retention_holds WHERE schema_name = 'victim'), 0::bigint, 'no hold');
SELECT is((SELECT count(*) FROM primecloud.retention_audit WHERE schema_name = 'victim') + (SELECT count(*) FROM primecloud.job_progress
    WHERE schema_name = 'victim'),
    0::bigint, 'no audit');
SELECT throws_ok($$SELECT * FROM primecloud_internal.retention_policy$$, '42501', NULL, 'tables are closed');
SELECT throws_ok($$SELECT primecloud_internal.retention_decide(10, 'mallory.trap'::regclass, NULL)$$, '42501', NULL,
    'one cannot decide for oneself');
SELECT throws_ok($$SELECT primecloud_internal.retention_record(10, 'mallory.trap'::regclass, NULL, NULL)$$, '42501', NULL, 'nor record');
SELECT throws_ok($$SELECT primecloud_internal.retention_claim('primecloud_internal.retention_policy', 1)$$, '42501', NULL,
    'nor stop others by a claim');
SELECT throws_ok($$CREATE MATERIALIZED VIEW mallory.asked AS SELECT primecloud.expire_batch('mallory.trap')$$, '42501',
    'retention cannot be asked for from inside a security-restricted operation', 'nor have others ask by a view that they refresh');

-- A role that has the grant and is held by policies is not a maintenance role.
RESET ROLE;
GRANT SELECT, DELETE ON victim.letters TO retention_mallory;
SET ROLE retention_mallory;
SELECT throws_ok($$SELECT primecloud.expire_batch('victim.letters')$$, '42501', NULL, 'DELETE alone expires nothing');
RESET ROLE;
REVOKE ALL ON victim.letters FROM retention_mallory;

-- The cleaner has exactly what it was given.
SET ROLE retention_cleaner;
SELECT throws_ok($$SELECT primecloud.expire_batch('victim.watched')$$, '42501', NULL, 'no grant, no expiry');
SELECT throws_ok($$SELECT primecloud.unretain('victim.letters')$$, '42501', NULL, 'a cleaner changes no policy');
SELECT throws_ok($$TRUNCATE victim.letters$$, '42501', NULL, 'and has no more than DELETE');
SELECT is(primecloud.expire_batch('victim.letters', 100), 9::bigint, 'it expires what is due, and passes over the hold');
RESET ROLE;

-- Names that come to mean something else.
SET ROLE retention_victim;
SELECT throws_ok('DROP TABLE victim.letters', '55006', NULL, 'what is held is not dropped');
RESET ROLE;
SET primecloud.allow_drop = on;
DROP TABLE victim.letters;
RESET primecloud.allow_drop;
GRANT CREATE ON SCHEMA victim TO retention_mallory;
SET ROLE retention_mallory;
CREATE TABLE victim.letters (id int, account int, made timestamptz);
INSERT INTO victim.letters VALUES (2, 2, 'epoch');
RESET ROLE;
SELECT throws_ok($$SELECT primecloud.expire_batch('victim.letters')$$, '42704', NULL,
    'another owner''s table under the old name is not what was registered');
CREATE TABLE public.superusers (id int PRIMARY KEY, made timestamptz);
INSERT INTO public.superusers VALUES (1, 'epoch');
GRANT REFERENCES, TRIGGER ON public.superusers TO retention_mallory;
SELECT lives_ok($$SELECT primecloud.retain('public.superusers', 'made', '1 day')$$, 'a superuser''s table');
SET ROLE retention_mallory;
CREATE TABLE mallory.child (id int REFERENCES public.superusers ON DELETE CASCADE);
CREATE TRIGGER after_row AFTER DELETE ON mallory.child FOR EACH ROW EXECUTE FUNCTION mallory.on_row();
RESET ROLE;
SELECT throws_ok($$SELECT primecloud.expire_batch('public.superusers')$$, '42501', NULL,
    'is not expired while a cascade would run another''s code');
DROP TABLE mallory.child;
SET ROLE retention_mallory;
CREATE TRIGGER direct BEFORE DELETE ON public.superusers FOR EACH ROW EXECUTE FUNCTION mallory.on_row();
RESET ROLE;
SELECT throws_ok($$SELECT primecloud.expire_batch('public.superusers')$$, '42501', NULL, 'nor while a trigger would');
SELECT * FROM finish();
