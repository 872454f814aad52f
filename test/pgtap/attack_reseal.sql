-- Against the life of keys: a table's owner against the maintenance role that reseals
-- the table, and everybody who is not a maintenance role against keys.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE reseal_mallory;
CREATE ROLE reseal_victim;
SELECT primecloud.create_app_role('reseal_app'), primecloud.create_platform_role('reseal_platform'),
    primecloud.create_backup_role('reseal_backup'),
       primecloud.create_maintenance_role('reseal_cleaner');
CREATE SCHEMA mallory AUTHORIZATION reseal_mallory;
CREATE SCHEMA victim AUTHORIZATION reseal_victim;
GRANT USAGE ON SCHEMA victim, mallory TO PUBLIC;
GRANT CREATE ON SCHEMA public TO reseal_mallory;
CREATE TABLE public.loot (who text, what text);
GRANT INSERT, SELECT ON public.loot TO PUBLIC;

-- The victim's secret, of which mallory has got hold of the envelope and the place.
CREATE TABLE victim.keys (id integer PRIMARY KEY, account_id text, secret primecloud.sealed);
INSERT INTO victim.keys VALUES (1, 'victim', primecloud.seal('the crown jewels', 'victim', 'victim.keys', '1'));
ALTER TABLE victim.keys OWNER TO reseal_victim;
SET ROLE reseal_victim;
SELECT primecloud.seal_column('victim.keys', 'secret', 'victim.keys', maintenance_role => 'reseal_cleaner') IS NOT NULL AS registered;
RESET ROLE;
CREATE TABLE public.stolen AS SELECT secret FROM victim.keys;
GRANT SELECT ON public.stolen TO PUBLIC;
-- An application that may open secrets of its own tenant, and owns its table.
GRANT EXECUTE ON FUNCTION primecloud.open(primecloud.sealed, text, text, text, text), primecloud.reveal(regclass, name, anyelement, text),
    primecloud.matches(primecloud.sealed, text, text, text, text), primecloud.reseal_move(primecloud.sealed, text, text, text, text, text,
        text),
    primecloud.rotate_key(text, text), primecloud.shred_tenant(text), primecloud.reseal_batch(regclass, name, integer),
    primecloud_internal.reseal_request(regclass, name, jsonb), primecloud.blind_index(text, text, text) TO reseal_mallory;

SET ROLE reseal_mallory;
CREATE FUNCTION mallory.note(trap text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.loot VALUES (current_user, trap);
    END $$;
CREATE FUNCTION mallory.spring(trap text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM mallory.note(trap); RETURN true;
    END $$;
CREATE FUNCTION mallory.try_everything() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    statement text;
    answer text;
BEGIN
    FOREACH statement IN ARRAY ARRAY[
        'RESET ROLE', 'SET SESSION AUTHORIZATION DEFAULT', 'SET ROLE reseal_cleaner',
        'SELECT secret::text FROM victim.keys', 'UPDATE victim.keys SET secret = NULL',
        'SELECT primecloud.open(secret, ''victim'', ''victim.keys'', ''1'', ''for me'') FROM public.stolen',
        'SELECT primecloud.matches(secret, ''victim'', ''victim.keys'', ''1'', ''the crown jewels'') FROM public.stolen',
        'SELECT primecloud.reseal_move(secret, ''victim'', ''victim.keys'', ''1'', ''mallory'', ''mallory.trap'', ''1'') FROM '
            'public.stolen',
        'SELECT primecloud.seal(''forged'', ''victim'', ''victim.keys'', ''1'')',
        'SELECT primecloud.blind_index(''guess'', ''victim'', ''email'')',
        'SELECT primecloud.rotate_key(''victim'')', 'SELECT primecloud.shred_tenant(''victim'')',
        'SELECT primecloud.retire_key(1)', 'SELECT primecloud.retire_key(1, true)', 'SELECT primecloud.destroy_key(1, true)',
            'SELECT primecloud.rotate_root()',
        'SELECT primecloud.key_usage()', 'SELECT primecloud.root_versions_in_use()', 'SELECT wrapped FROM primecloud.data_key',
        'UPDATE primecloud.data_key SET state = ''active''', 'DELETE FROM primecloud.data_key',
            'DELETE FROM primecloud_internal.root_key_version',
        'SELECT primecloud.reseal_batch(''victim.keys'', ''secret'')', 'SELECT primecloud.reseal_batch(''mallory.trap'', ''secret'')',
        'SELECT primecloud_internal.reseal_request(''mallory.trap'', ''secret'', ''{"kind": "begin"}'')',
        'SELECT primecloud_internal.reseal_rows(''victim.keys'', ''secret'', ''account_id'', ''id'', ''victim.keys'', 0, 0, 1, 1, '
            'true, '''')',
        'SELECT primecloud_internal.sealed_rows_by_key(''victim.keys'', ''secret'', true)',
        'SELECT primecloud_internal.lock_keys(''victim'', ''seal'')', 'SELECT primecloud_internal.make_data_key(''victim'', ''seal'')',
            'SELECT primecloud_internal.keys_changed()',
        'SELECT primecloud_internal.wait_for_sealers(1)',
            'SELECT primecloud_internal.key_request(''rotate_key'', ''{"tenant": "victim", "purpose": "seal"}'')',
        'SELECT primecloud_internal.key_request(''shred_tenant'', ''{"tenant": "victim"}'')',
            'SELECT primecloud_internal.key_decide(ROW(10, true, NULL), ''rotate_key'', ''{"tenant": "victim", "purpose": "seal"}'')',
        'SELECT primecloud.enter_trusted(''victim'', ''x'', ''owner'')',
        'SELECT tenant FROM primecloud.key_status', 'SET primecloud.root_key_file = ''''', 'SET session_replication_role = replica',
        'CREATE TEMP TABLE keys (id integer)'] LOOP
        BEGIN
            answer := NULL;
            IF statement LIKE 'SELECT%' THEN EXECUTE statement INTO answer; ELSE EXECUTE statement; answer := 'done'; END IF;
            IF answer IS NOT NULL THEN INSERT INTO public.loot VALUES (current_user, statement || ' -> ' || answer); END IF;
        EXCEPTION WHEN OTHERS THEN NULL;
        END;
    END LOOP;
    PERFORM set_config('search_path', 'mallory', false);
    BEGIN
        PERFORM set_config('session_replication_role', 'replica', false);
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
END $$;
CREATE FUNCTION mallory.on_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mallory.spring(TG_NAME), mallory.try_everything();
    RETURN coalesce(NEW, OLD);
END $$;
-- mallory's table runs code of mallory's wherever a table can.
CREATE TABLE mallory.trap (id integer PRIMARY KEY, account_id text, secret primecloud.sealed, other text DEFAULT 'x',
    CHECK (mallory.spring('check')), line text GENERATED ALWAYS AS (mallory.spring('generated')::text) STORED);
RESET ROLE;
INSERT INTO mallory.trap SELECT g, 'mallory', primecloud.seal('mine', 'mallory', 'mallory.trap', g::text) FROM generate_series(1, 20) g;
SET ROLE reseal_mallory;
SELECT primecloud.seal_column('mallory.trap', 'secret', 'mallory.trap', maintenance_role => 'reseal_cleaner') IS NOT NULL AS registered;
CREATE INDEX ON mallory.trap ((mallory.spring('constant'))) WHERE mallory.spring('constant');
CREATE INDEX ON mallory.trap ((mallory.spring(CASE WHEN primecloud.key_id(secret) > 0 THEN 'index' END)))
    WHERE mallory.spring(CASE WHEN primecloud.key_id(secret) > 0 THEN 'predicate' END);
CREATE TRIGGER before_row BEFORE UPDATE ON mallory.trap FOR EACH ROW EXECUTE FUNCTION mallory.on_row();
CREATE TRIGGER after_row AFTER UPDATE ON mallory.trap FOR EACH ROW EXECUTE FUNCTION mallory.on_row();
CREATE TRIGGER after_all AFTER UPDATE ON mallory.trap FOR EACH STATEMENT EXECUTE FUNCTION mallory.on_row();
CREATE TRIGGER when_row BEFORE UPDATE ON mallory.trap FOR EACH ROW WHEN (mallory.spring('when')) EXECUTE FUNCTION mallory.on_row();
ALTER TABLE mallory.trap ENABLE ALWAYS TRIGGER after_row;
CREATE CONSTRAINT TRIGGER at_commit AFTER UPDATE ON mallory.trap DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION
    mallory.on_row();
ALTER TABLE mallory.trap ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY spring ON mallory.trap USING (mallory.spring('policy')) WITH CHECK (mallory.spring('policy'));
-- what an unqualified name or operator could be taken for
CREATE FUNCTION public.same(bytea, bytea) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN PERFORM mallory.spring('operator'); RETURN true;
    END $$;
CREATE OPERATOR public.= (FUNCTION = public.same, LEFTARG = bytea, RIGHTARG = bytea);
CREATE FUNCTION public.same(tid, tid) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN PERFORM mallory.spring('operator'); RETURN true; END $$;
CREATE OPERATOR public.= (FUNCTION = public.same, LEFTARG = tid, RIGHTARG = tid);
CREATE FUNCTION public.unnest(tid[], bytea[], primecloud.sealed[]) RETURNS SETOF record
    LANGUAGE plpgsql AS $$ BEGIN PERFORM mallory.spring('function'); END $$;
CREATE FUNCTION public.hashtext(text) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN PERFORM mallory.spring('function'); RETURN 1; END $$;
CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE plpgsql AS $$ BEGIN PERFORM mallory.spring('function');
    RETURN pg_catalog.now(); END $$;
RESET ROLE;

-- First the attack on a cleaner who just types the statement: it works.
TRUNCATE public.loot;
GRANT ALL ON mallory.trap TO reseal_cleaner;
GRANT USAGE ON SCHEMA mallory TO reseal_cleaner;
BEGIN;
SET ROLE reseal_cleaner;
UPDATE mallory.trap SET other = 'y' WHERE id = 1;
RESET ROLE;
SELECT EXISTS (SELECT FROM public.loot WHERE who = 'reseal_cleaner') AS as_cleaner,
       EXISTS (SELECT FROM public.loot WHERE what LIKE 'SELECT primecloud.rotate_key(''victim'')%') AS at_keys \gset
ROLLBACK;
SELECT ok(:'as_cleaner', 'a bare UPDATE runs mallory''s code as the cleaner');
SELECT ok(:'at_keys', 'who gets at the victim''s keys');
REVOKE ALL ON mallory.trap FROM reseal_cleaner;
GRANT SELECT (secret), UPDATE (secret) ON mallory.trap TO reseal_cleaner;
SELECT primecloud.rotate_key('mallory') > 0 AS rotated;
SELECT md5(string_agg(key_id || state, ',' ORDER BY key_id)) AS keys_before FROM primecloud.data_key WHERE tenant = 'victim' \gset

-- Resealing, as the cleaner and as a superuser, with a search_path that mallory would choose.
TRUNCATE public.loot;
SET search_path = public, pg_catalog;
SET SESSION AUTHORIZATION reseal_cleaner;
CALL primecloud.reseal('mallory.trap', 'secret', batch => 6);
RESET SESSION AUTHORIZATION;
RESET search_path;
SELECT ok(EXISTS (SELECT FROM public.loot WHERE what = trap), 'mallory''s code ran: ' || trap)
FROM unnest(ARRAY['before_row', 'after_row', 'after_all', 'at_commit', 'when', 'check', 'generated', 'index', 'predicate']) AS trap;
SELECT is((SELECT array_agg(DISTINCT who) FROM public.loot), '{reseal_mallory}', 'as mallory and nobody else');
SELECT is((SELECT array_agg(DISTINCT what) FROM public.loot WHERE what LIKE '% -> %'), NULL, 'and none of what they tried worked');
SELECT is((SELECT count(*) FROM public.loot WHERE what IN ('policy', 'operator', 'function')), 0::bigint,
    'policies are not asked, nor what shadows pg_catalog');
SELECT is((SELECT count(*) FROM mallory.trap WHERE primecloud.matches(secret, 'mallory', 'mallory.trap', id::text, 'mine')
           AND primecloud.key_id(secret) = (SELECT key_id FROM primecloud.key_status WHERE tenant = 'mallory' AND state = 'active')),
               20::bigint, 'the rows are resealed');
SELECT is(current_setting('search_path') || current_setting('session_replication_role'), '"$user", publicorigin',
    'no setting of theirs stayed');
SELECT primecloud.rotate_key('mallory') > 0 AS rotated;
TRUNCATE public.loot;
SET search_path = public, pg_catalog;
CALL primecloud.reseal('mallory.trap', 'secret', batch => 6);
RESET search_path;
SELECT is((SELECT array_agg(DISTINCT who) FROM public.loot), '{reseal_mallory}', 'run by a superuser: as mallory again');
SELECT is((SELECT array_agg(DISTINCT what) FROM public.loot WHERE what LIKE '% -> %'), NULL, 'for nothing');
SELECT primecloud.rotate_key('mallory') > 0 AS rotated;
TRUNCATE public.loot;
SET SESSION AUTHORIZATION reseal_cleaner;
BEGIN;
SELECT is(primecloud.reseal_batch('mallory.trap', 'secret'), 20::bigint, 'and by batch, in a transaction');
COMMIT;
RESET SESSION AUTHORIZATION;
SELECT is((SELECT array_agg(DISTINCT who) FROM public.loot), '{reseal_mallory}', 'as mallory');
SELECT is((SELECT array_agg(DISTINCT what) FROM public.loot WHERE what LIKE '% -> %'), NULL, 'for nothing');
-- careful mode asks for locks by a statement of its own
SELECT primecloud.rotate_key('mallory') > 0 AS rotated;
TRUNCATE public.loot;
SELECT resealed FROM primecloud_internal.reseal_rows('mallory.trap', 'secret', 'account_id', 'id', 'mallory.trap', 0, 0, 100, 100, true, '')
    \gset
SELECT is(:resealed::bigint, 20::bigint, 'careful mode');
SELECT is((SELECT array_agg(DISTINCT who) FROM public.loot), '{reseal_mallory}', 'as mallory too');
SELECT is((SELECT array_agg(DISTINCT what) FROM public.loot WHERE what LIKE '% -> %'), NULL, 'for nothing');
-- looking at a table to count its keys runs nothing at all
TRUNCATE public.loot;
SELECT count(*) > 0 AS counted FROM primecloud.key_usage();
SELECT throws_ok(format('SELECT primecloud.retire_key(%s)', (SELECT max(key_id) FROM primecloud.key_status WHERE tenant = 'mallory'
    AND state = 'active')), '55000', NULL, 'active');
SELECT is((SELECT count(*) FROM public.loot), 0::bigint, 'key_usage and retire_key run nothing of the table''s');
SELECT is((SELECT md5(string_agg(key_id || state, ',' ORDER BY key_id)) FROM primecloud.data_key WHERE tenant = 'victim'), :'keys_before',
    'the victim''s keys are as they were');

-- A trigger that puts another envelope into the row gives it to its own row alone.
SET ROLE reseal_mallory;
CREATE FUNCTION mallory.swap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.secret := (SELECT secret FROM public.stolen);
    NEW.account_id := 'victim'; RETURN NEW; END $$;
DROP TRIGGER before_row ON mallory.trap;
CREATE TRIGGER swap BEFORE UPDATE ON mallory.trap FOR EACH ROW EXECUTE FUNCTION mallory.swap();
RESET ROLE;
SELECT primecloud.rotate_key('mallory') > 0 AS rotated;
SET SESSION AUTHORIZATION reseal_cleaner;
CALL primecloud.reseal('mallory.trap', 'secret');
CALL primecloud.reseal('mallory.trap', 'secret');
RESET SESSION AUTHORIZATION;
SELECT throws_ok($$SELECT primecloud.reveal('mallory.trap', 'secret', 1, 'try')$$, 'PC005', NULL, 'a stolen envelope opens nowhere else');

-- Tables of others, and keys, as each kind of role.
CREATE FUNCTION outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
CREATE TABLE attempts (what text);
INSERT INTO attempts VALUES ('SELECT primecloud.rotate_key(''victim'')'), ('SELECT primecloud.rotate_key(''victim'', ''index'')'),
    ('SELECT primecloud.rotate_key(''*'', ''token'')'),
    ('SELECT primecloud.retire_key(1)'), ('SELECT primecloud.retire_key(1, true)'), ('SELECT primecloud.restore_key(1)'),
        ('SELECT primecloud.destroy_key(1, true)'),
    ('SELECT primecloud.shred_tenant(''victim'')'), ('SELECT primecloud.rotate_root()'), ('SELECT primecloud.verify_root_key()'),
        ('SELECT primecloud.root_versions_in_use()'),
    ('SELECT primecloud.key_usage()'), ('SELECT primecloud.reseal_batch(''victim.keys'', ''secret'')'),
        ('SELECT primecloud_internal.reseal_request(''victim.keys'', ''secret'', ''{"kind": "begin"}'')'),
    ('CALL primecloud.reseal(''victim.keys'', ''secret'')'),
        ('SELECT primecloud.allow_reseal(''victim.keys'', ''secret'', ''reseal_cleaner'')'),
    ('SELECT primecloud.reseal_move(secret, ''victim'', ''victim.keys'', ''1'', ''victim'', ''victim.keys'', ''2'') FROM public.stolen'),
    ('SELECT primecloud_internal.reseal_rows(''victim.keys'', ''secret'', ''account_id'', ''id'', ''victim.keys'', 0, 0, 1, 1, '
        'true, '''')'),
    ('SELECT primecloud_internal.sealed_rows_by_key(''victim.keys'', ''secret'', true)'),
        ('SELECT primecloud_internal.lock_keys(''victim'', ''seal'')'), ('SELECT primecloud_internal.make_data_key(''victim'', ''seal'')'),
    ('SELECT primecloud_internal.wait_for_sealers(1)'), ('SELECT primecloud_internal.keys_changed()'),
        ('SELECT primecloud_internal.lock_key(ROW(10, true, NULL), 1)'), ('SELECT * FROM primecloud.data_key'),
    ('SELECT * FROM primecloud_internal.root_key_version'), ('SELECT * FROM primecloud_internal.reseal_run'),
        ('SELECT * FROM primecloud_internal.reseal_problem'), ('UPDATE primecloud.data_key SET state = ''active'''),
    ('INSERT INTO primecloud.sealed_column SELECT * FROM primecloud.sealed_column'),
        ('SELECT nextval(''primecloud_internal.data_key_id'')'),
    ('SELECT primecloud_internal.retention_claim(''primecloud_internal.reseal_run'', 1)'),
        ('SELECT primecloud_internal.key_request(''destroy_key'', ''{"key_id": 1}'')'),
    ('SELECT primecloud_internal.key_decide(ROW(10, true, NULL), ''destroy_key'', ''{"key_id": 1}'')'),
        ('SELECT primecloud_internal.rotate_key_as(ROW(10, true, NULL), ''victim'', ''seal'')');
GRANT SELECT ON attempts TO PUBLIC;
SET SESSION AUTHORIZATION reseal_app;
SELECT ok(outcome(what) IN ('42501', 'PC007'), 'an application: ' || what) FROM attempts;
SELECT is((SELECT count(*) FROM primecloud.key_status) + (SELECT count(*) FROM primecloud.reseal_problems) + (SELECT count(*)
    FROM primecloud.job_progress), 0::bigint, 'and views show it nothing');
SET SESSION AUTHORIZATION reseal_backup;
SELECT ok(outcome(what) IN ('42501', 'PC007'), 'the backup role: ' || what) FROM attempts
    WHERE what !~ 'SELECT \* FROM|root_versions_in_use|nextval';
SELECT is(outcome('SELECT primecloud.root_versions_in_use()'), 'done', 'which knows what its backup needs');
SET SESSION AUTHORIZATION reseal_mallory;
SELECT ok(outcome(what) IN ('42501', 'PC007'), 'who has the functions but not every tenant: ' || what) FROM attempts;
SET SESSION AUTHORIZATION reseal_platform;
SELECT ok(outcome(what) IN ('42501', 'PC007'), 'an operator: ' || what) FROM attempts
    WHERE what !~ 'rotate_key|shred_tenant|verify_root_key|reseal_move';
SET SESSION AUTHORIZATION reseal_cleaner;
SELECT ok(outcome(what) IN ('42501', 'PC007'), 'the maintenance role: ' || what) FROM attempts
WHERE what ~ 'destroy_key|shred_tenant|SELECT \* '
    'FROM|reseal_rows|sealed_rows_by_key|lock_key|make_data_key|wait_for|keys_changed|key_decide|_as|UPDATE|INSERT|nextval|allow_reseal|'
    'retention_claim';
RESET SESSION AUTHORIZATION;
SELECT is((SELECT count(*) FROM primecloud.data_key WHERE tenant = 'victim'), 1::bigint, 'the victim still has one key');

-- A trigger of mallory's that runs as mallory, come upon by a superuser who inserts a row.
SET ROLE reseal_mallory;
CREATE TABLE mallory.bait (id integer);
CREATE FUNCTION mallory.definer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN PERFORM mallory.try_everything();
    RETURN NEW; END $$;
CREATE TRIGGER definer AFTER INSERT ON mallory.bait FOR EACH ROW EXECUTE FUNCTION mallory.definer();
RESET ROLE;
TRUNCATE public.loot;
INSERT INTO mallory.bait VALUES (1);
RESET search_path;
SET SESSION AUTHORIZATION reseal_cleaner;
INSERT INTO public.loot VALUES ('still', 'there');
RESET SESSION AUTHORIZATION;
SELECT is((SELECT array_agg(DISTINCT what) FROM public.loot WHERE what LIKE '% -> %'
    AND what !~ '^(RESET ROLE|SET SESSION AUTHORIZATION DEFAULT|SET ROLE reseal_cleaner|CREATE TEMP)'), NULL,
    'a SECURITY DEFINER trigger borrows nothing from a superuser');
SELECT is((SELECT count(*) FROM primecloud.data_key WHERE tenant = 'victim'), 1::bigint, 'and the victim has the same key');

-- What a table's code does in maintenance is not maintenance, whoever owns it.
GRANT EXECUTE ON FUNCTION primecloud.blind_index(text, text, text) TO reseal_cleaner;
GRANT CREATE ON SCHEMA public TO reseal_cleaner;
SET SESSION AUTHORIZATION reseal_cleaner;
SELECT is(outcome($$SELECT primecloud.blind_index('x', 'victim', 'email')$$), 'done', 'usual: the maintenance role has every tenant');
CREATE MATERIALIZED VIEW public.looked_up AS SELECT primecloud.blind_index('x', 'victim', 'email') WITH NO DATA;
SELECT is(outcome('REFRESH MATERIALIZED VIEW public.looked_up'), 'PC007', 'but what it refreshes has none');
DROP MATERIALIZED VIEW public.looked_up;
SELECT throws_ok($$CREATE MATERIALIZED VIEW public.asked AS SELECT primecloud.rotate_key('victim')$$, '42501',
    'keys cannot be asked for from inside a security-restricted operation', 'nor makes it keys');
RESET SESSION AUTHORIZATION;

-- A table of a superuser's is not resealed while a trigger on it is another's.
CREATE TABLE public.superusers (id integer PRIMARY KEY, account_id text, secret primecloud.sealed);
INSERT INTO public.superusers VALUES (1, 's', primecloud.seal('x', 's', 'superusers', '1'));
SELECT primecloud.seal_column('public.superusers', 'secret', 'superusers') IS NOT NULL AS registered, primecloud.rotate_key('s') > 0
    AS rotated;
GRANT TRIGGER ON public.superusers TO reseal_mallory;
SET ROLE reseal_mallory;
CREATE TRIGGER direct BEFORE UPDATE ON public.superusers FOR EACH ROW EXECUTE FUNCTION mallory.on_row();
RESET ROLE;
SELECT throws_ok($$SELECT primecloud.reseal_batch('public.superusers', 'secret')$$, '42501', NULL,
    'a stranger''s trigger on a superuser''s table');
SELECT * FROM finish();
