-- What is wrong with a registration whose table is there is told: a trigger that is off or gone, a type with which nothing expires, an
-- archive that cannot hold a row.  And what is said of a column or a table that was dropped has the name that people know.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE registrations_told_owner;
CREATE SCHEMA t AUTHORIZATION registrations_told_owner;
SELECT format('ALTER DATABASE %I OWNER TO registrations_told_owner', current_database()) \gexec
CREATE FUNCTION said(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE FUNCTION told(pattern text) RETURNS text LANGUAGE sql
    AS $$ SELECT string_agg(concat_ws(': ', object, state, problem), '; ' ORDER BY object) FROM primecloud.registrations
          WHERE object LIKE pattern AND state IN ('broken', 'lost') $$;
CREATE FUNCTION missing() RETURNS bigint LANGUAGE sql
    AS $$ SELECT count(*) FROM primecloud.check_installation() WHERE state = 'missing' AND what LIKE '% has its object' $$;
SET ROLE registrations_told_owner;

-- the triggers of members
CREATE TABLE t.accounts (id int PRIMARY KEY, status text DEFAULT 'active');
CREATE TABLE t.members (account_id int, user_id text, role text) PARTITION BY LIST (account_id);
CREATE TABLE t.members_1 PARTITION OF t.members FOR VALUES IN (1);
CREATE TABLE t.grants (account_id int, user_id text, thing text);
CREATE PROCEDURE register(watch boolean) LANGUAGE sql AS $$
    SELECT primecloud.register_membership('t.members', 'account_id', 'user_id', 'role', accounts => 't.accounts', grants => 't.grants',
        grants_tenant_column => 'account_id', grants_user_column => 'user_id', grants_id_column => 'thing', watch => register.watch) $$;
CALL register(true);
SELECT is(told('t.%'), NULL, 'all three are watched');
SELECT is(said(format('ALTER TABLE %s', change)), 'done', change) FROM unnest('{t.accounts DISABLE TRIGGER primecloud_watch,
    t.grants ENABLE REPLICA TRIGGER primecloud_watch,t.members_1 ENABLE TRIGGER primecloud_watch}'::text[]) AS change;
SELECT is(told('t.%'), 't.accounts (accounts): broken: its trigger primecloud_watch on t.accounts is disabled: sessions go on with what '

       'was taken away there; t.grants (grants): broken: its trigger primecloud_watch on t.grants is enabled for replicas alone: sessions '
    'go on with what was taken away there; t.members (members): broken: its trigger primecloud_watch on t.members_1 is not enabled for '
    'replicas: sessions go on with what was taken away there', 'is told');
RESET ROLE;
SELECT is(missing(), 3::bigint, 'and missing in the installation');
SET ROLE registrations_told_owner;
SELECT is(said('DROP TRIGGER primecloud_watch ON ' || rel), format('42501 trigger "primecloud_watch" of table %s would be dropped', rel),
    'dropped: ' || rel) FROM unnest('{t.members,t.members_1,t.accounts,t.grants}'::text[]) AS rel;
SELECT is(said('ALTER TRIGGER primecloud_watch ON t.grants RENAME TO other'),
    '42501 trigger "primecloud_watch" of table t.grants would be renamed to "other"', 'renamed');
CALL register(true);
SELECT is(told('t.%'), NULL, 'registered again, all is as it was');
CREATE TABLE t.members_2 PARTITION OF t.members FOR VALUES IN (2);
SELECT alike(told('t.%'), 't.members (members): broken: its trigger primecloud_watch on t.members_2 is gone: %',
    'a partition that came later');
RESET ROLE;
SET primecloud.guard = off;
CALL register(true);
DROP TRIGGER primecloud_watch ON t.accounts;
RESET primecloud.guard;
SELECT alike(told('t.%'), 't.accounts (accounts): broken: its trigger primecloud_watch on t.accounts is gone: %',
    'dropped, though it was guarded');
SET ROLE registrations_told_owner;
CALL register(false);
SELECT is(told('t.%'), NULL, 'whoever asked for none lacks none');
SELECT is((SELECT count(*) FROM pg_trigger WHERE tgname = 'primecloud_watch'), 0::bigint, 'and has none');
CREATE TRIGGER primecloud_watch AFTER DELETE ON t.grants EXECUTE FUNCTION primecloud.watch_membership();
SELECT is(said('DROP TRIGGER primecloud_watch ON t.grants'), 'done', 'one that nobody needs is dropped');
CALL register(true);
SELECT is(said('DROP TABLE t.members_2'), 'done', 'with its table it goes');
SELECT is(said('ALTER TABLE t.members DETACH PARTITION t.members_1'), 'done', 'a partition leaves');
SELECT is(said('DROP TRIGGER primecloud_watch ON t.members_1'), 'done', 'and may lose its trigger');

-- the trigger of sealed columns
CREATE TABLE t.vault (id int, account_id int, secret primecloud.sealed, PRIMARY KEY (account_id, id)) PARTITION BY LIST (account_id);
CREATE TABLE t.vault_1 PARTITION OF t.vault FOR VALUES IN (1);
SELECT primecloud.seal_column('t.vault', 'secret', 't.vault'), primecloud.guard_sealed('t.vault');
SELECT is(said('DROP TRIGGER primecloud_sealed ON t.vault'), '42501 trigger "primecloud_sealed" of table t.vault would be dropped',
    'dropped');
SELECT is(said('ALTER TRIGGER primecloud_sealed ON t.vault RENAME TO other'),
    '42501 trigger "primecloud_sealed" of table t.vault would be renamed to "other"', 'renamed');
SELECT is(said('ALTER TABLE t.vault DETACH PARTITION t.vault_1'), 'done', 'a partition leaves, and its trigger goes');
SELECT is((SELECT count(*) FROM primecloud.unguard_sealed('t.vault')), 1::bigint, 'taken back by its helper');
SELECT is((SELECT count(*) FROM primecloud.guard_sealed('t.vault')), 2::bigint, 'and guarded again');
SELECT is(said('SELECT primecloud.unregister_sealed_column(''t.vault'', ''secret'')'), 'done', 'it goes with the last sealed column');
SELECT is((SELECT count(*) FROM pg_trigger WHERE tgrelid = 't.vault'::regclass AND tgname = 'primecloud_sealed'), 0::bigint, 'and is gone');

-- policies
CREATE TABLE t.events (id int PRIMARY KEY, account_id int, at timestamptz, done boolean, note text);
CREATE TABLE t.archive (LIKE t.events);
SELECT primecloud.retain('t.events', 'at', '1 year', mode => 'archive', archive => 't.archive', tenant_column => 'account_id',
    id_column => 'id', hold_column => 'done');
SELECT is(told('t.%'), NULL, 'a policy that runs');
CREATE FUNCTION after(statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    statement text;
BEGIN
    FOREACH statement IN ARRAY statements LOOP
        EXECUTE statement;
    END LOOP;
    RAISE EXCEPTION USING ERRCODE = 'RB000', MESSAGE = coalesce(told('t.%'), 'ok');
EXCEPTION WHEN SQLSTATE 'RB000' THEN
    RETURN SQLERRM;
END $$;
SELECT is(after(statements), wanted, statements[1]) FROM (VALUES
    ('{ALTER TABLE t.events ALTER at TYPE text}'::text[], 't.archive: broken: it lacks, or has with another type, what t.events has: "at"; '
        't.events: broken: its column "at" has type text, with which nothing expires'),
    ('{ALTER TABLE t.events ALTER account_id TYPE numeric,ALTER TABLE t.archive ALTER account_id TYPE numeric}',
        't.events: broken: its column "account_id" has type numeric, with which nothing expires'),
    ('{ALTER TABLE t.events ALTER id TYPE bigint}', 't.archive: broken: it lacks, or has with another type, what t.events has: "id"'),
    ('{ALTER TABLE t.archive DROP note}', 't.archive: broken: it lacks, or has with another type, what t.events has: "note"'),
    ('{ALTER TABLE t.events RENAME note TO remark}', 't.archive: broken: it lacks, or has with another type, what t.events has: "remark"'),
    ('{ALTER TABLE t.events RENAME note TO remark,ALTER TABLE t.archive RENAME note TO remark,ALTER TABLE t.archive ADD more text}', 'ok'),
    ('{ALTER TABLE t.archive RENAME TO old,ALTER TABLE t.old DROP note}',
    't.old: broken: it lacks, or has with another type, what t.events '
        'has: "note"'),
    ('{DROP TABLE t.archive}', 't.archive: lost: there is no such table'),
    ('{ALTER TABLE t.events ALTER at TYPE date,ALTER TABLE t.archive ALTER at TYPE date}', 'ok'),
    ('{ALTER TABLE t.events ADD x int,ALTER TABLE t.events DROP x}', 'ok')) AS c(statements, wanted);
-- What runs says the same.
CREATE FUNCTION runs(statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    statement text;
BEGIN
    FOREACH statement IN ARRAY statements LOOP
        EXECUTE statement;
    END LOOP;
    RAISE EXCEPTION USING ERRCODE = 'RB000', MESSAGE = concat(said('SELECT primecloud.expire_batch(''t.events'', 10)') = 'done',
        ' ', told('t.%') IS NULL);
EXCEPTION WHEN SQLSTATE 'RB000' THEN
    RETURN SQLERRM;
END $$;
SELECT is(runs(statements), wanted, 'as it runs: ' || statements[1]) FROM (VALUES
    ('{ALTER TABLE t.events ALTER at TYPE text,ALTER TABLE t.archive ALTER at TYPE text}'::text[], 'f f'),
    ('{ALTER TABLE t.events ALTER id TYPE numeric,ALTER TABLE t.archive ALTER id TYPE numeric}', 'f f'),
    ('{ALTER TABLE t.archive DROP note}', 'f f'), ('{ALTER TABLE t.archive ADD more text}', 't t')) AS c(statements, wanted);

-- what was dropped
CREATE TABLE t.members_3 PARTITION OF t.members DEFAULT;
INSERT INTO t.members VALUES (2, 'ann', 'owner');
RESET ROLE;
CREATE FUNCTION enters() RETURNS text LANGUAGE sql AS $$ SELECT said('SELECT primecloud.enter_trusted(''2'', ''ann'')') $$;
ALTER TABLE t.members RENAME role TO rank;
ALTER TABLE t.members DROP rank;
SELECT is(enters(), '42703 column "rank" of the registered membership table "members_3" does not exist', 'a column that was dropped');
DROP TABLE t.members;
SELECT is(enters(), '42P01 the registered membership table "t.members" was dropped', 'a table that was dropped');
SELECT * FROM finish();
