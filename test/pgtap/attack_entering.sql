-- Whoever owns the tables that entering asks wants to be run by it.  Planning a query over a
-- table is running its owner's IMMUTABLE functions, so entering plans none: whatever code hangs
-- from the table, its indexes, statistics, columns and children, nobody at all runs it.
\set app attack_entering
\set app_owner attack_entering_owner
\ir support/attack.sql
SELECT no_plan();

CREATE TABLE harness.loot (who name, what text);
GRANT USAGE ON SCHEMA harness TO PUBLIC;
GRANT INSERT ON harness.loot TO PUBLIC;
CREATE ROLE attack_entering_other;
GRANT attack_entering_other TO :app_owner;
SELECT format('ALTER DATABASE %I OWNER TO %I', current_database(), :'app_owner') \gexec
GRANT CREATE, USAGE ON SCHEMA public TO :app_owner, attack_entering_other;
ALTER TABLE members OWNER TO :app_owner;
ALTER TABLE accounts OWNER TO :app_owner;
ALTER TABLE granted OWNER TO :app_owner;

-- What the owner would have run: it says who ran it, whatever it is called as.
SET ROLE :app_owner;
CREATE FUNCTION loot(what text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$ BEGIN INSERT INTO harness.loot VALUES (current_user, what);
    END $$;
CREATE FUNCTION evil(what text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM public.loot(what); RETURN true; END $$;
CREATE FUNCTION evil_text(what text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM public.loot(what); RETURN ''; END $$;
CREATE FUNCTION evil_compare(a int, b int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM public.loot('operator class');
    RETURN a - b; END $$;
RESET ROLE;
-- (A class is a superuser's to make; a careless one made this of functions that are not his.)
CREATE OPERATOR CLASS careless_ops FOR TYPE int USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 public.evil_compare(int, int);
-- A planner that likes indexes.
ALTER ROLE :app SET enable_seqscan = off;
SELECT harness.over('app', 'SET enable_seqscan = off');

-- The tables as they should be, in place of what there was.
CREATE FUNCTION harness.fresh() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DROP TABLE IF EXISTS members, accounts, granted CASCADE;
    DROP DOMAIN IF EXISTS word;
    CREATE TABLE accounts (id int PRIMARY KEY, status text NOT NULL DEFAULT 'active');
    CREATE TABLE members (account_id int NOT NULL, user_id text NOT NULL, role text NOT NULL, PRIMARY KEY (account_id, user_id));
    CREATE TABLE granted (account_id int, user_id text, item_id bigint, PRIMARY KEY (account_id, user_id, item_id));
    INSERT INTO accounts VALUES (1, 'active'), (2, 'active');
    INSERT INTO members VALUES (1, 'mallory', 'developer'), (1, 'ext', 'external_client'), (2, 'victim', 'owner');
    INSERT INTO granted VALUES (1, 'ext', 2);
END $$;
CREATE PROCEDURE harness.register() LANGUAGE plpgsql AS $$
BEGIN
    PERFORM primecloud.register_membership('members', 'account_id', 'user_id', 'role', accounts => 'accounts',
        grants => 'granted', grants_tenant_column => 'account_id', grants_user_column => 'user_id', grants_id_column => 'item_id');
END $$;
GRANT ALL ON ALL FUNCTIONS IN SCHEMA harness TO PUBLIC;

-- One trap a row: what the owner does before and after he registers, and what entering says.
CREATE TABLE harness.traps (n serial, name text, before text[] DEFAULT '{}', after text[] DEFAULT '{}', wanted text DEFAULT '1', seen text,
    ran text);
INSERT INTO harness.traps (name, before) VALUES
('a predicate of an index', $${CREATE INDEX ON members (user_id) WHERE public.evil('predicate')}$$),
('a predicate of a unique index', $${CREATE UNIQUE INDEX ON members (account_id\, user_id) WHERE public.evil('predicate')}$$),
('an expression of an index', $${CREATE INDEX ON members ((user_id || public.evil_text('expression')))}$$),
('an expression behind the keys', $${CREATE INDEX ON members (account_id\, user_id\, (role || public.evil_text('expression')))}$$),
('extended statistics', $${CREATE STATISTICS trap
    ON (user_id || public.evil_text('statistics'))\, account_id FROM members,ANALYZE members}$$),
('a policy', $${ALTER TABLE members ENABLE ROW LEVEL SECURITY,ALTER TABLE members FORCE ROW LEVEL SECURITY,CREATE POLICY trap ON members
    USING (public.evil('policy'))}$$),
('a check', $${ALTER TABLE members ADD CHECK (public.evil('check'))}$$),
('a generated column', $${ALTER TABLE members ADD more text GENERATED ALWAYS AS (public.evil_text('generated')) STORED}$$),
('a default', $${ALTER TABLE members ALTER role SET DEFAULT public.evil_text('default')}$$),
('the accounts: a predicate', $${CREATE INDEX ON accounts (id) WHERE public.evil('predicate of accounts')}$$),
('the accounts: statistics', $${CREATE STATISTICS trap
    ON (status || public.evil_text('statistics'))\, id FROM accounts,ANALYZE accounts}$$),
('the grants: a predicate', $${CREATE INDEX ON granted (user_id) WHERE public.evil('predicate of grants')}$$),
('a check of a child', $${CREATE TABLE child (CHECK (public.evil('check of a child'))) INHERITS (members)}$$),
('a predicate of a child''s index', $${CREATE TABLE child () INHERITS (members),CREATE INDEX ON child (user_id)
    WHERE public.evil('predicate of a child')}$$),
('a key of partitions', $${ALTER TABLE members RENAME TO one,CREATE TABLE
    members (account_id int
    NOT NULL\, user_id text NOT NULL\, role text NOT NULL)
    PARTITION BY LIST ((user_id || public.evil_text('partition key'))),ALTER TABLE members ATTACH PARTITION one DEFAULT}$$),
('a class of operators', $${ALTER TABLE members DROP CONSTRAINT members_pkey,CREATE INDEX
    ON members (account_id public.careless_ops\, user_id)}$$),
('a class of operators behind the keys', $${CREATE INDEX ON members (user_id\, account_id public.careless_ops)}$$);
INSERT INTO harness.traps (name, after, wanted) VALUES
('a domain', $${CREATE DOMAIN word AS text CHECK (public.evil('domain')),ALTER TABLE members ALTER role TYPE word}$$, '42804'),
('a domain of the user', $${CREATE DOMAIN word AS text CHECK (public.evil('domain')),ALTER TABLE members ALTER user_id TYPE word}$$,
    '42804'),
('a view in its place', $${ALTER TABLE members RENAME TO real,"CREATE VIEW members AS SELECT * FROM real WHERE public.evil('view')"}$$,
    '1'),
('another owner''s table in its place', $${ALTER TABLE members RENAME TO real,CREATE TABLE members (LIKE real),ALTER TABLE members OWNER
    TO attack_entering_other}$$, '1'),
('another owner''s table, given away', $${ALTER TABLE members OWNER TO attack_entering_other}$$, '42501');

CREATE PROCEDURE harness.spring(who text) LANGUAGE plpgsql AS $$
DECLARE
    one record;
    statement text;
BEGIN
    FOR one IN SELECT * FROM harness.traps WHERE seen IS NULL ORDER BY n LOOP
        EXECUTE format('SET LOCAL ROLE %I', current_setting('harness.owner'));
        DROP TABLE IF EXISTS real CASCADE;
        RESET ROLE;
        DROP TABLE IF EXISTS members CASCADE;
        EXECUTE format('SET LOCAL ROLE %I', current_setting('harness.owner'));
        PERFORM harness.fresh();
        FOREACH statement IN ARRAY one.before LOOP EXECUTE statement; END LOOP;
        CALL harness.register();
        FOREACH statement IN ARRAY one.after LOOP EXECUTE statement; END LOOP;
        RESET ROLE;
        TRUNCATE harness.loot;
        COMMIT;
        one.seen := harness.over('app', 'BEGIN', harness.entering(who), 'SELECT primecloud.tenant_int()');
        PERFORM harness.over('app', 'COMMIT');
        UPDATE harness.traps SET seen = one.seen, ran = (SELECT string_agg(DISTINCT l.what || ' by ' || l.who, ', ') FROM harness.loot AS l)
            WHERE n = one.n;
        COMMIT;
    END LOOP;
END $$;
CALL harness.spring('mallory');
SELECT is(concat_ws('; ran ', seen, ran), wanted, name || ': nobody runs it') FROM harness.traps ORDER BY n;
-- A confined user's grants are asked too.
TRUNCATE harness.traps;
INSERT INTO harness.traps (name, before) VALUES
('for a confined user, the grants: a predicate', $${CREATE INDEX ON granted (user_id) WHERE public.evil('predicate of grants')}$$),
('for a confined user, the grants: statistics', $${CREATE STATISTICS trap
    ON (user_id || public.evil_text('statistics'))\, account_id FROM granted,ANALYZE granted}$$);
CALL harness.spring('ext');
SELECT is(concat_ws('; ran ', seen, ran), wanted, name || ': nobody runs it') FROM harness.traps ORDER BY n;

-- Who is believed.
CREATE FUNCTION harness.enter_as(who text, account int DEFAULT 1) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    answer := harness.over('app', 'BEGIN', harness.entering(who, account), 'SELECT primecloud.role()');
    PERFORM harness.over('app', 'ROLLBACK');
    RETURN answer;
END $$;
CREATE FUNCTION harness.anew(VARIADIC statements text[] DEFAULT '{}') RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    statement text;
BEGIN
    DROP TABLE IF EXISTS members, child CASCADE;
    EXECUTE format('SET LOCAL ROLE %I', current_setting('harness.owner'));
    PERFORM harness.fresh();
    CALL harness.register();
    FOREACH statement IN ARRAY statements LOOP EXECUTE statement; END LOOP;
    RESET ROLE;
END $$;
SELECT harness.anew('CREATE TABLE child () INHERITS (members)', $$INSERT INTO child VALUES (1, 'eve', 'owner')$$);
SELECT is(harness.enter_as('eve'), 'owner', 'a row of a child is a membership');
SELECT is(harness.enter_as('mallory'), 'developer', 'and so is one of the table above it');
ALTER TABLE child OWNER TO attack_entering_other;
SELECT is(harness.enter_as('eve'), '28000', 'but not in a child that another role owns');
SELECT is(harness.enter_as('mallory'), 'developer', 'which keeps nobody else out');
CREATE TABLE granted_child () INHERITS (granted);
INSERT INTO granted_child VALUES (1, 'ext', 77);
SELECT is(harness.over('app', 'BEGIN', harness.entering('ext'), 'SELECT primecloud.in_scope(77::bigint)')
    || harness.over('app', 'ROLLBACK'), 'fROLLBACK', 'nor is a grant in such a child');
DROP TABLE granted_child;
CREATE TABLE accounts_child () INHERITS (accounts);
INSERT INTO accounts_child VALUES (3, 'active');
INSERT INTO members VALUES (3, 'mallory', 'owner');
SELECT is(harness.enter_as('mallory', 3), '28000', 'nor an account');
-- Whoever locks a child of his own stops nobody.
BEGIN;
LOCK TABLE child IN ACCESS EXCLUSIVE MODE;
SELECT is(harness.over('app', 'BEGIN', $$SET LOCAL lock_timeout = '2s'$$, harness.entering(), 'SELECT primecloud.role()')
    || harness.over('app', 'ROLLBACK'), 'developerROLLBACK', 'a child of another is not waited for');
COMMIT;

-- Texts are compared byte for byte, whatever the table's collation takes for equal.
SELECT harness.anew($$CREATE COLLATION IF NOT EXISTS public.careless (provider = icu, locale = 'und-u-ks-level2', deterministic = false)$$,
    'ALTER TABLE members ALTER user_id TYPE text COLLATE public.careless', $$INSERT INTO members VALUES (1, 'Ann', 'owner')$$);
SELECT is(harness.enter_as('ann'), '28000', 'ann is not Ann, through an index that takes her for her');
SELECT is(harness.enter_as('Ann'), 'owner', 'who is herself');
ALTER TABLE members DROP CONSTRAINT members_pkey;
SELECT is(harness.enter_as('ann'), '28000', 'nor without an index');

-- As it is committed now, whatever snapshot the transaction has.
SELECT harness.anew();
SELECT is(harness.over('app', 'BEGIN ISOLATION LEVEL REPEATABLE READ', 'SELECT 1'), '1', 'a transaction takes its snapshot');
DELETE FROM members WHERE user_id = 'mallory';
SELECT is(harness.over('app', harness.entering()), '28000', 'who was removed after it does not enter');
SELECT harness.over('app', 'ROLLBACK') IS NOT NULL AS ignored \gset
SELECT harness.anew();
SELECT is(harness.over('app', 'BEGIN ISOLATION LEVEL SERIALIZABLE', 'SELECT 1'), '1', 'another takes its snapshot');
UPDATE accounts SET status = 'suspended' WHERE id = 1;
SELECT is(harness.over('app', harness.entering()), '28000', 'an account that was suspended after it is not entered');
SELECT harness.over('app', 'ROLLBACK') IS NOT NULL AS ignored \gset
SELECT harness.anew();
SELECT is(harness.over('app', 'BEGIN ISOLATION LEVEL REPEATABLE READ', 'SELECT 1'), '1', 'a third');
DELETE FROM granted;
SELECT is(harness.over('app', harness.entering('ext'), 'SELECT primecloud.in_scope(2::bigint)'), 'f',
    'a grant that was taken back after it is none');
SELECT harness.over('app', 'ROLLBACK') IS NOT NULL AS ignored \gset

-- Duplicates, where nothing forbids them: the least.
SELECT harness.anew('ALTER TABLE members DROP CONSTRAINT members_pkey', 'ALTER TABLE accounts DROP CONSTRAINT accounts_pkey',
    $$INSERT INTO members VALUES (1, 'mallory', 'owner'), (2, 'mallory', 'owner')$$);
SELECT is(harness.enter_as('mallory'), 'developer', 'of two memberships the lesser holds');
SELECT is(harness.enter_as('mallory', 2), 'owner', '(of one, that)');
INSERT INTO accounts VALUES (2, 'suspended');
SELECT is(harness.enter_as('mallory', 2), '28000', 'an account that stands there twice is entered only if both are active');

-- A table that was dropped takes no registration along: the token would say who is what.
SELECT harness.anew();
DROP TABLE members CASCADE;
SELECT is(harness.over('app', 'BEGIN', harness.entering('mallory', 1, '{"role": "owner"}'), 'SELECT primecloud.role()')
    || harness.over('app', 'ROLLBACK'), '42P01ROLLBACK', 'a registration whose table was dropped lets nobody in');

-- What is read through: an index that leads with both keys, in any order; else with one; else the table.
CREATE FUNCTION harness.way() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    PERFORM harness.connect('fresh');  -- which has counted no scan yet
    answer := harness.over('fresh', 'BEGIN', harness.entering(),
        $q$SELECT coalesce((SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indrelid = 'members'::regclass AND pg_stat_get_xact_numscans(c.oid) > 0), 'the table')$q$);
    PERFORM harness.dblink_disconnect('fresh');
    RETURN answer;
END $$;
SELECT harness.anew('ALTER TABLE members DROP CONSTRAINT members_pkey');
SELECT is(harness.way(), 'the table', 'without an index, the table');
CREATE INDEX whole ON members ((account_id + 0), user_id);
CREATE INDEX part ON members (account_id, user_id) WHERE role <> '';
CREATE INDEX other ON members (role, account_id, user_id);
CREATE INDEX hashed ON members USING hash (user_id);
SELECT is(harness.way(), 'the table', 'an expression, a predicate, another column in front, another method: none of those');
CREATE INDEX one_key ON members (account_id, role);
SELECT is(harness.way(), 'one_key', 'one of the keys in front');
CREATE INDEX the_user ON members (user_id text_pattern_ops);
SELECT is(harness.way(), 'the_user', 'the user rather than the account');
CREATE INDEX both_keys ON members (user_id, account_id, role);
SELECT is(harness.way(), 'both_keys', 'both keys in front, in any order');
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'both_keys'::regclass;
SELECT is(harness.way(), 'the_user', 'not an index that is not valid');
-- The types that a key can have.
CREATE PROCEDURE harness.typed(type text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM harness.anew(format('ALTER TABLE members DROP CONSTRAINT members_pkey, ALTER account_id TYPE %s USING account_id::text::%1$s, '
        'ALTER user_id TYPE varchar', type),
        format('ALTER TABLE accounts ALTER id TYPE %s USING id::text::%1$s', type), 'CREATE INDEX typed ON members (account_id, user_id)');
    COMMIT;
    INSERT INTO harness.traps (name, seen, wanted) VALUES (type, harness.way() || ' ' || harness.enter_as('mallory') || ' '
        || harness.enter_as('mallory', 7), 'typed developer 28000');
END $$;
TRUNCATE harness.traps;
CALL harness.typed('bigint');
CALL harness.typed('text');
CALL harness.typed('varchar');
SELECT is(seen, wanted, 'a key of type ' || name) FROM harness.traps;

-- Registering refuses what cannot be read so, and says why.
SELECT harness.anew();
SET ROLE :app_owner;
CREATE TABLE foreign_members (LIKE members);
SELECT throws_like($$DO 'BEGIN CREATE TABLE child () INHERITS (members); ALTER TABLE child OWNER TO attack_entering_other; CALL '
    'harness.register(); END'$$,
    '%child% has another owner%', 'a child of another owner');
RESET ROLE;
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere;
GRANT USAGE ON FOREIGN SERVER nowhere TO :app_owner;
SET ROLE :app_owner;
SELECT throws_like($$DO 'BEGIN CREATE FOREIGN TABLE child () INHERITS (members) SERVER nowhere; CALL harness.register(); END'$$,
    '%child% is not an ordinary table%', 'a foreign child');
RESET ROLE;
CREATE ACCESS METHOD other_heap TYPE TABLE HANDLER heap_tableam_handler;
SET ROLE :app_owner;
SELECT throws_like($$DO 'BEGIN ALTER TABLE members SET ACCESS METHOD other_heap; CALL harness.register(); END'$$,
    '%members% is not an ordinary table%', 'a table of another access method');
RESET ROLE;
SELECT harness.anew('ALTER TABLE members SET ACCESS METHOD other_heap');
SELECT is(harness.enter_as('mallory'), '0A000', 'which is not read either where it became one later');

SELECT * FROM finish();
\o /dev/null
DROP TABLE IF EXISTS members, accounts, granted, foreign_members CASCADE;
DROP ACCESS METHOD other_heap;
SELECT format('ALTER DATABASE %I OWNER TO postgres', current_database()) \gexec
DROP OWNED BY attack_entering_other CASCADE;
\o
\ir support/done.sql
DROP ROLE attack_entering_other;
