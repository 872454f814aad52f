-- Rising by what no policy holds: referential actions.  Whoever may change a key that members
-- refer to with ON UPDATE CASCADE writes members.
\set app attack_carried
\set app_owner attack_carried_owner
\ir support/attack.sql
\o /dev/null
CREATE ROLE attack_carried_group;
CREATE ROLE attack_carried_clerk LOGIN;
CREATE ROLE attack_carried_heir LOGIN NOINHERIT;
CREATE ROLE attack_carried_past BYPASSRLS;
CREATE ROLE attack_carried_boss LOGIN;
GRANT attack_carried_group TO attack_carried_clerk;
GRANT attack_carried_owner TO attack_carried_boss;
GRANT ALL ON SCHEMA public TO attack_carried_owner;
GRANT USAGE ON SCHEMA harness TO attack_carried_owner;
-- What an ordinary application has, before its foreign keys.
CREATE FUNCTION harness.prepare() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CREATE SCHEMA shop AUTHORIZATION attack_carried_owner;
    SET LOCAL ROLE attack_carried_owner;
    CREATE TABLE shop.people (id text PRIMARY KEY, email text, name text, UNIQUE (id, email));
    CREATE TABLE shop.handles (email text, site text, name text, login text GENERATED ALWAYS AS (lower(email)) STORED UNIQUE,
        pair text GENERATED ALWAYS AS (email || site) STORED UNIQUE);
    CREATE TABLE shop.identities (login text PRIMARY KEY, name text);
    CREATE TABLE shop.ranks (name text PRIMARY KEY, label text);
    CREATE TABLE shop.states (name text PRIMARY KEY);
    CREATE TABLE shop.accounts (id int PRIMARY KEY, status text DEFAULT 'active', name text);
    CREATE TABLE shop.members (id serial UNIQUE, account_id int NOT NULL, user_id text, role text DEFAULT 'owner', email text,
        invited_by text, PRIMARY KEY (account_id, user_id));
    CREATE TABLE shop.items (id int PRIMARY KEY, account_id int NOT NULL, name text);
    CREATE TABLE shop.granted (account_id int, user_id text, item_id int);
    INSERT INTO shop.people VALUES ('mallory', 'm', 'M'), ('boss', 'b', 'B');
    INSERT INTO shop.accounts VALUES (1);
    INSERT INTO shop.members (account_id, user_id, role) VALUES (1, 'mallory', 'developer'), (1, 'boss', 'owner');
    RESET ROLE;
END $$;
CREATE FUNCTION harness.register() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    PERFORM primecloud.register_membership('shop.members', 'account_id', 'user_id', 'role', accounts => 'shop.accounts',
        grants => 'shop.granted', grants_tenant_column => 'account_id', grants_user_column => 'user_id', grants_id_column => 'item_id');
END $$;
CREATE FUNCTION harness.protect() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    PERFORM primecloud.protect_table(rel::regclass, CASE rel WHEN 'shop.accounts' THEN 'id' ELSE 'account_id' END::name)
        FROM unnest('{shop.accounts,shop.members,shop.items,shop.granted}'::text[]) AS rel;
END $$;
-- What a case comes to, undone: 'taken', or what it is refused with and the hint.
CREATE FUNCTION harness.try(VARIADIC steps text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    step text;
    hint text;
BEGIN
    FOREACH step IN ARRAY steps LOOP EXECUTE step; END LOOP;
    RAISE SQLSTATE 'ATTCK';
EXCEPTION WHEN SQLSTATE 'ATTCK' THEN RETURN '{taken}'; WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN ARRAY[SQLSTATE || ': ' || SQLERRM, hint];
END $$;
-- `problem`: what the refusal says; NULL where the case is taken.
CREATE TABLE harness.cases (n serial, name text, ddl text, problem text);
INSERT INTO harness.cases (name, ddl, problem) VALUES
('the user, changed by a grant on the table', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.people ON '
    'UPDATE CASCADE; GRANT UPDATE ON shop.people TO attack_carried', 'role "attack_carried" may change shop.people.id'),
('on the column', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.people ON '
    'UPDATE CASCADE; GRANT UPDATE (id) ON shop.people TO attack_carried', 'role "attack_carried" may change shop.people.id'),
('on another column', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.people ON '
    'UPDATE CASCADE; GRANT SELECT, INSERT, DELETE, UPDATE (name, email) ON shop.people TO attack_carried', NULL),
('to everybody', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.people ON '
    'UPDATE CASCADE; GRANT UPDATE (id) ON shop.people TO PUBLIC', 'everybody may change shop.people.id'),
('to a role that another inherits from', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.people ON '
    'UPDATE CASCADE; GRANT UPDATE ON shop.people TO attack_carried_group', 'role "attack_carried_(clerk|group)" may change'),
('to a role past policies, which no policy holds', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES '
    'shop.people ON UPDATE CASCADE; GRANT UPDATE ON shop.people TO attack_carried_past', NULL),
('from which another inherits', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES '
    'shop.people ON UPDATE CASCADE; GRANT UPDATE ON shop.people TO attack_carried_past; GRANT attack_carried_past TO attack_carried_clerk',
    'role "attack_carried_clerk" may change'),
('to a member of the owner', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.people ON '
    'UPDATE CASCADE; GRANT UPDATE ON shop.people TO attack_carried_boss', NULL),
('who may become a role that writes everything', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.people '
    'ON UPDATE CASCADE; GRANT pg_write_all_data TO attack_carried_heir', 'role "attack_carried_heir" may change'),
('another''s table', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.people ON UPDATE CASCADE; '
    'ALTER TABLE shop.people OWNER TO attack_carried_clerk', 'role "attack_carried_clerk" may change shop.people.id'),
('by a view that writes as its owner', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.people ON UPDATE '
    'CASCADE; CREATE VIEW shop.profile AS SELECT id, name FROM shop.people; GRANT UPDATE ON shop.profile TO attack_carried',
    'role "attack_carried" may change shop.people.id'),
('under another name', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.people ON UPDATE '
    'CASCADE; CREATE VIEW shop.profile AS SELECT id AS login FROM shop.people; GRANT UPDATE ON shop.profile TO attack_carried',
    'role "attack_carried" may change shop.people.id'),
('by one that writes as its caller', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.people ON UPDATE '
    'CASCADE; CREATE VIEW shop.profile WITH (security_invoker = on) AS SELECT id, name FROM shop.people; GRANT UPDATE ON shop.profile TO '
    'attack_carried', NULL),
('of which another column may be changed', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.people ON '
    'UPDATE CASCADE; CREATE VIEW shop.profile AS SELECT id, name FROM shop.people; GRANT UPDATE (name) ON shop.profile TO attack_carried',
    NULL),
('ON UPDATE SET DEFAULT', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (role) REFERENCES shop.ranks ON UPDATE SET DEFAULT NOT '
    'VALID; GRANT UPDATE ON shop.ranks TO attack_carried', 'role "attack_carried" may change shop.ranks.name'),
('ON UPDATE SET NULL, by any column of the key', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id, email) REFERENCES '
    'shop.people (id, email) ON UPDATE SET NULL; GRANT UPDATE (email) ON shop.people TO attack_carried', 'may change shop.people.email'),
('ON UPDATE CASCADE, by its own column alone', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id, email) REFERENCES '
    'shop.people (id, email) ON UPDATE CASCADE; GRANT UPDATE (email) ON shop.people TO attack_carried', NULL),
('ON UPDATE NO ACTION', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.people; GRANT UPDATE, DELETE ON '
    'shop.people TO attack_carried', NULL),
('of what is no rank', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (invited_by) REFERENCES shop.people ON UPDATE CASCADE ON '
    'DELETE SET NULL; GRANT UPDATE, DELETE ON shop.people TO attack_carried', NULL),
('ON DELETE SET DEFAULT', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (role) REFERENCES shop.ranks ON DELETE SET DEFAULT NOT '
    'VALID; GRANT DELETE ON shop.ranks TO attack_carried', 'role "attack_carried" may delete from shop.ranks'),
('which may not be deleted', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (role) REFERENCES shop.ranks ON DELETE SET DEFAULT NOT '
    'VALID; GRANT INSERT ON shop.ranks TO attack_carried', NULL),
('ON DELETE SET NULL', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (role) REFERENCES shop.ranks ON DELETE SET NULL NOT VALID; '
    'GRANT DELETE ON shop.ranks TO PUBLIC', 'everybody may delete from shop.ranks'),
('of another column of the key', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id, email) REFERENCES '
    'shop.people (id, email) ON DELETE SET NULL (email); GRANT DELETE ON shop.people TO attack_carried', NULL),
('ON DELETE CASCADE raises nobody', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.people ON DELETE '
    'CASCADE; GRANT DELETE ON shop.people TO attack_carried', NULL),
('a chain of keys', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.people ON UPDATE CASCADE; ALTER '
    'TABLE shop.people ADD FOREIGN KEY (id) REFERENCES shop.identities ON UPDATE CASCADE NOT VALID; GRANT UPDATE (login) ON '
    'shop.identities TO attack_carried', 'may change shop.identities.login'),
('that one of them ends', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.people ON UPDATE CASCADE; ALTER '
    'TABLE shop.people ADD FOREIGN KEY (id) REFERENCES shop.identities NOT VALID; GRANT UPDATE (login) ON '
    'shop.identities TO attack_carried', NULL),
('a chain of deletions', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (role) REFERENCES shop.ranks ON DELETE SET DEFAULT NOT '
    'VALID; ALTER TABLE shop.ranks ADD FOREIGN KEY (label) REFERENCES shop.states ON DELETE CASCADE; GRANT DELETE ON shop.states TO '
    'attack_carried', 'role "attack_carried" may delete from shop.states'),
('a key of a partition''s own', 'DROP TABLE shop.people CASCADE; CREATE TABLE shop.people (id text PRIMARY KEY, name text) PARTITION BY '
    'LIST (id); CREATE TABLE shop.people_b PARTITION OF shop.people FOR VALUES IN (''boss''); CREATE TABLE shop.people_r PARTITION OF '
    'shop.people DEFAULT; ALTER TABLE shop.people OWNER TO attack_carried_owner; ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY '
    '(user_id) REFERENCES shop.people ON UPDATE CASCADE NOT VALID; GRANT UPDATE ON shop.people_b TO attack_carried',
    'role "attack_carried" may change shop.people_b.id'),
('the account of an account that is protected', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (account_id) REFERENCES '
    'shop.accounts ON UPDATE CASCADE ON DELETE CASCADE; GRANT UPDATE, DELETE ON shop.accounts TO attack_carried', NULL),
('the tenant of a table that is', 'CREATE UNIQUE INDEX ON shop.items (account_id, id); ALTER TABLE shop.granted ADD CONSTRAINT k FOREIGN '
    'KEY (account_id, item_id) REFERENCES shop.items (account_id, id) ON UPDATE CASCADE; GRANT UPDATE (account_id) ON shop.items TO '
    'attack_carried', NULL),
('the id that was granted', 'CREATE UNIQUE INDEX ON shop.items (account_id, id); ALTER TABLE shop.granted ADD CONSTRAINT k FOREIGN '
    'KEY (account_id, item_id) REFERENCES shop.items (account_id, id) ON UPDATE CASCADE; GRANT UPDATE ON shop.items TO '
    'attack_carried', 'role "attack_carried" may change shop.items.id'),
('members, which whoever grants may write', 'ALTER TABLE shop.granted ADD CONSTRAINT k FOREIGN KEY (account_id, user_id) REFERENCES '
    'shop.members ON UPDATE CASCADE ON DELETE CASCADE; GRANT UPDATE, DELETE ON shop.members TO attack_carried', NULL),
('the status of an account', 'ALTER TABLE shop.accounts ADD CONSTRAINT k FOREIGN KEY (status) REFERENCES shop.states ON UPDATE CASCADE NOT '
    'VALID; GRANT UPDATE ON shop.states TO attack_carried', 'role "attack_carried" may change shop.states.name'),
('another of its columns', 'ALTER TABLE shop.accounts ADD CONSTRAINT k FOREIGN KEY (name) REFERENCES shop.states ON UPDATE CASCADE NOT '
    'VALID; GRANT UPDATE ON shop.states TO attack_carried', NULL),
('a computed key', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.handles (login) ON UPDATE CASCADE NOT '
    'VALID; GRANT UPDATE (email) ON shop.handles TO attack_carried', 'role "attack_carried" may change shop.handles.email'),
('by a grant on the table', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.handles (login) ON UPDATE '
    'CASCADE NOT VALID; GRANT UPDATE ON shop.handles TO attack_carried', 'role "attack_carried" may change shop.handles.email'),
('of two columns', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.handles (pair) ON UPDATE CASCADE NOT '
    'VALID; GRANT UPDATE (email, site) ON shop.handles TO attack_carried', 'role "attack_carried" may change shop.handles.(email|site)'),
('from which it is not computed', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.handles (login) ON '
    'UPDATE CASCADE NOT VALID; GRANT UPDATE (site, name) ON shop.handles TO attack_carried', NULL),
('by a view that shows what it is computed from', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.handles '
    '(login) ON UPDATE CASCADE NOT VALID; CREATE VIEW shop.profile AS SELECT email FROM shop.handles; GRANT UPDATE ON shop.profile TO '
    'attack_carried', 'role "attack_carried" may change shop.handles.email'),
('what a computed key is computed from, by a key', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES '
    'shop.handles (login) ON UPDATE CASCADE NOT VALID; '
    'ALTER TABLE shop.handles ADD FOREIGN KEY (email) REFERENCES shop.identities ON UPDATE CASCADE; '
    'GRANT UPDATE (login) ON shop.identities TO attack_carried', 'may change shop.identities.login'),
('a key of a partition, by its table', 'CREATE TABLE shop.parted (id text PRIMARY KEY, name text) PARTITION BY LIST (id); CREATE TABLE '
    'shop.parted_r PARTITION OF shop.parted DEFAULT; ALTER TABLE shop.parted_r OWNER TO attack_carried_owner; ALTER TABLE shop.members ADD '
    'CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.parted_r ON UPDATE CASCADE NOT VALID; GRANT UPDATE ON shop.parted TO '
    'attack_carried', 'role "attack_carried" may change shop.parted.id'),
('of a child, by what it inherits from', 'CREATE TABLE shop.above (id text, name text); CREATE TABLE shop.below (PRIMARY KEY (id)) '
    'INHERITS (shop.above); '
    'ALTER TABLE shop.below OWNER TO attack_carried_owner; ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) '
    'REFERENCES shop.below ON UPDATE CASCADE NOT VALID; GRANT UPDATE ON shop.above TO attack_carried',
    'role "attack_carried" may change shop.above.id'),
('by what inherits from it, which no key points at', 'CREATE TABLE shop.below () INHERITS (shop.people); ALTER TABLE shop.members ADD '
    'CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.people ON UPDATE CASCADE; GRANT UPDATE ON shop.below TO attack_carried', NULL);
\o
SELECT no_plan();

-- What it is about: a key that is changed takes an owner's place.
\o /dev/null
SELECT harness.prepare();
ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.people ON UPDATE CASCADE;
SELECT harness.register(), harness.protect();
GRANT USAGE ON SCHEMA shop TO :app;
GRANT SELECT ON shop.members TO :app;
SET primecloud.guard = off;
GRANT SELECT, UPDATE ON shop.people TO :app;
RESET primecloud.guard;
\o
SELECT is(harness.attack('mallory', 'UPDATE shop.people SET id = ''gone'' WHERE id = ''mallory''',
    'UPDATE shop.people SET id = ''mallory'' WHERE id = ''boss''', 'SELECT role FROM shop.members WHERE user_id = ''mallory'''), 'owner',
    'past the policies of members a key carries an owner''s place');
SELECT matches(string_agg(line, E'\n'), 'not ok \d+ - shop.members: no key of another table that attack_carried may change is carried')
    FROM primecloud.assert_isolated('shop.members', 'attack_carried') AS line;
REVOKE UPDATE ON shop.people FROM :app;
SELECT is(harness.attack('mallory', 'UPDATE shop.people SET id = ''gone'' WHERE id = ''mallory'''), '42501',
    'the right taken away: nobody');
SELECT unalike(string_agg(line, E'\n'), '%not ok%', 'and nothing is found')
    FROM primecloud.assert_isolated('shop.members', 'attack_carried') AS line;
\o /dev/null
DROP SCHEMA shop CASCADE;
SELECT harness.prepare();
\o

-- Each case, before the tables are protected: by register_membership(), by protect_table();
-- and after: by the guard.  What the hints say mends it.
CREATE FUNCTION harness.mended(ddl text, hint text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(array_to_string(harness.try(ddl, 'SELECT 1', h, 'SELECT harness.register()', 'SELECT harness.protect()'), ' '), ' ')
    FROM regexp_split_to_table(hint, '; or ') AS h WHERE h <> '' $$;
SELECT ok(CASE WHEN problem IS NULL THEN got[1] = 'taken' ELSE got[1] ~ ('^55000: foreign key "k" .*' || problem) END,
    format('before: %s: %s', name, got[1]))
FROM harness.cases, LATERAL harness.try(ddl, 'SELECT harness.register()', 'SELECT harness.protect()') AS got ORDER BY n;
SELECT ok(CASE WHEN problem IS NULL THEN got[1] = 'taken' ELSE got[1] ~ ('^55000: foreign key "k" .*' || problem) END,
    format('registered before: %s: %s', name, got[1]))
FROM harness.cases, LATERAL harness.try('SELECT harness.register()', ddl, 'SELECT harness.protect()') AS got ORDER BY n;
SELECT ok(CASE WHEN problem IS NULL THEN got[1] = 'taken' ELSE got[1] ~ ('^42501: foreign key "k" .*' || problem) END,
    format('after: %s: %s', name, got[1]))
FROM harness.cases, LATERAL harness.try('SELECT harness.register()', 'SELECT harness.protect()', ddl) AS got
-- Rights to roles are no table's: nothing tells of them but assert_isolated() and asking again.
WHERE name NOT IN ('from which another inherits', 'who may become a role that writes everything') ORDER BY n;
SELECT is(harness.mended(ddl, got[2]), repeat('taken ', array_length(regexp_split_to_array(got[2], '; or '), 1) - 1) || 'taken',
    format('mended: %s: %s', name, got[2]))
FROM harness.cases, LATERAL harness.try(ddl, 'SELECT harness.register()') AS got
WHERE problem IS NOT NULL ORDER BY n;

-- Rights that arise in passing.
SELECT is((harness.try('SELECT harness.register()', 'SELECT harness.protect()', 'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY '
    '(user_id) REFERENCES shop.people ON UPDATE CASCADE', 'CREATE SCHEMA passing GRANT UPDATE ON shop.people TO attack_carried'))[1] ~
    '^42501: foreign key "k"', true, 'a GRANT within CREATE SCHEMA');
SELECT is((harness.try('SELECT harness.register()', 'ALTER TABLE shop.members DROP CONSTRAINT members_pkey, DROP CONSTRAINT members_id_key',
    'ALTER TABLE shop.members RENAME TO plain_members',
    'CREATE TABLE shop.members (LIKE shop.plain_members) PARTITION BY LIST (account_id)',
    'ALTER TABLE shop.members OWNER TO attack_carried_owner', 'SELECT harness.register()', 'SELECT harness.protect()',
    'GRANT UPDATE ON shop.people TO attack_carried',
    'CREATE TABLE shop.members_1 PARTITION OF shop.members (FOREIGN KEY (user_id) REFERENCES shop.people ON UPDATE CASCADE) FOR VALUES IN '
    '(1)'))[1] ~ '^42501: foreign key "members_1_user_id_fkey" of shop.members_1', true, 'a partition with a key of its own');
SELECT is((harness.try('SET LOCAL primecloud.guard = warn', 'SET LOCAL client_min_messages = error', 'SELECT harness.register()',
    'SELECT harness.protect()', 'ALTER TABLE shop.members ADD FOREIGN KEY (user_id) REFERENCES shop.people ON UPDATE CASCADE',
    'GRANT UPDATE ON shop.people TO attack_carried'))[1], 'taken', 'the guard may warn');
-- A GRANT of one role to another tells no event trigger.
CREATE FUNCTION harness.granted(VARIADIC steps text[] DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT (harness.try(VARIADIC ARRAY['SELECT harness.register()', 'SELECT harness.protect()', 'ALTER TABLE shop.members ADD CONSTRAINT k '
        'FOREIGN KEY (user_id) REFERENCES shop.people ON UPDATE CASCADE', 'GRANT UPDATE ON shop.people TO attack_carried_past',
        'GRANT attack_carried_past TO attack_carried_clerk'] || steps))[1] $$;
SELECT is(harness.granted(), 'taken', '(the guard does not see it)');
SELECT is(harness.granted($$DO 'BEGIN IF EXISTS (SELECT FROM primecloud.assert_isolated(''shop.members'', ''attack_carried_clerk'') AS line
    WHERE line ~ ''^not ok \d+ - shop.members: no key of another table'') THEN RAISE EXCEPTION ''told''; END IF; END'$$), 'P0001: told',
    'a right by a grant of one role to another is found');
SELECT matches(harness.granted('SELECT harness.protect()'), '^55000: foreign key "k" .*role "attack_carried_clerk" may change',
    'and refused when protecting is asked again');
-- Names that come to write it, after the key and the right to them.
SELECT ok((harness.try(VARIADIC ARRAY['SELECT harness.register()', 'SELECT harness.protect()',
        'CREATE TABLE shop.other (id text, name text)',
    'CREATE TABLE shop.moves (was text, id text)', 'GRANT ALL ON shop.moves TO attack_carried',
    'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.people ON UPDATE CASCADE'] || steps))[1] ~ expected,
    name)
FROM (VALUES ('a view made to show it', '^42501: foreign key "k"', ARRAY['CREATE VIEW shop.v AS SELECT * FROM shop.other',
        'GRANT UPDATE ON shop.v TO attack_carried', 'CREATE OR REPLACE VIEW shop.v AS SELECT id, name FROM shop.people']),
    ('below another', '^42501: foreign key "k"', ARRAY['CREATE VIEW shop.v AS SELECT * FROM shop.other',
        'CREATE VIEW shop.w AS SELECT * FROM '
        'shop.v', 'GRANT UPDATE ON shop.w TO attack_carried', 'CREATE OR REPLACE VIEW shop.v AS SELECT id, name FROM shop.people']),
    ('made to write as its owner', '^42501: foreign key "k"',
        ARRAY['CREATE VIEW shop.v WITH (security_invoker) AS SELECT * FROM shop.people',
        'GRANT UPDATE ON shop.v TO attack_carried', 'ALTER VIEW shop.v SET (security_invoker = off)']),
    ('by a RESET', '^42501: foreign key "k"', ARRAY['CREATE VIEW shop.v WITH (security_invoker) AS SELECT * FROM shop.people',
        'GRANT UPDATE ON shop.v TO attack_carried', 'ALTER VIEW shop.v RESET (security_invoker)']),
    ('with default privileges', '^42501: foreign key "k"', ARRAY['ALTER DEFAULT PRIVILEGES GRANT UPDATE ON TABLES TO attack_carried',
        'CREATE VIEW shop.v AS SELECT * FROM shop.people']),
    ('with those to SELECT', 'taken', ARRAY['ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO attack_carried',
        'CREATE VIEW shop.v AS SELECT * FROM shop.people']),
    ('a rule', '^42501: foreign key "k"',
        ARRAY['CREATE RULE r AS ON INSERT TO shop.moves DO ALSO UPDATE shop.people SET id = new.id WHERE id '
        '= new.was']),
    ('a rule of what nobody writes', 'taken', ARRAY['CREATE RULE r AS ON INSERT TO shop.other DO ALSO UPDATE shop.people SET id = new.id']),
    ('a rule that sets another column', 'taken', ARRAY['CREATE RULE r AS ON INSERT TO shop.moves DO ALSO UPDATE shop.people SET name = '
        'new.id']),
    ('a view of his own, which writes with his own rights', 'taken', ARRAY['GRANT USAGE, CREATE ON SCHEMA shop TO attack_carried',
        'GRANT SELECT, UPDATE (name) ON shop.people TO attack_carried', 'SET LOCAL ROLE attack_carried',
        'CREATE VIEW shop.v AS SELECT * FROM shop.people', 'CREATE VIEW shop.w AS SELECT * FROM shop.v']),
    ('of a view that he may read', 'taken', ARRAY['GRANT USAGE, CREATE ON SCHEMA shop TO attack_carried',
        'CREATE VIEW shop.v AS SELECT * FROM shop.people', 'GRANT SELECT ON shop.v TO attack_carried', 'SET LOCAL ROLE attack_carried',
        'CREATE VIEW shop.w AS SELECT * FROM shop.v'])) AS t(name, expected, steps);
-- What inherits from a registered table has rows that no key of it holds.
SELECT is((harness.try(VARIADIC ARRAY['SELECT harness.register()', 'SELECT harness.protect()'] || steps))[1], expected, name)
FROM (VALUES ('a child of members', '42501: table shop.child would inherit from protected table shop.members',
        ARRAY['CREATE TABLE shop.child () INHERITS (shop.members)']),
    ('made one', '42501: table shop.child would inherit from protected table shop.members',
        ARRAY['CREATE TABLE shop.child (LIKE shop.members INCLUDING ALL)', 'ALTER TABLE shop.child INHERIT shop.members']),
    ('a foreign one', '42501: table shop.child would inherit from protected table shop.accounts', ARRAY['CREATE FOREIGN DATA WRAPPER none',
        'CREATE SERVER nowhere FOREIGN DATA WRAPPER none', 'CREATE FOREIGN TABLE shop.child () INHERITS (shop.accounts) SERVER nowhere']),
    ('a foreign one made one', '42501: table shop.child would inherit from protected table shop.accounts', ARRAY['CREATE FOREIGN DATA '
        'WRAPPER none', 'CREATE SERVER nowhere FOREIGN DATA WRAPPER none', 'CREATE FOREIGN TABLE shop.child (id int NOT NULL, status text, '
        'name text) SERVER nowhere', 'ALTER FOREIGN TABLE shop.child INHERIT shop.accounts']),
    ('in CREATE SCHEMA', '42501: table passing.child would inherit from protected table shop.granted',
        ARRAY['CREATE SCHEMA passing CREATE TABLE child () INHERITS (shop.granted)']),
    ('members, made a child', '42501: protected table shop.members would inherit from another',
        ARRAY['CREATE TABLE shop.above (account_id int)', 'ALTER TABLE shop.members INHERIT shop.above']),
    ('what is no member''s', 'taken', ARRAY['CREATE TABLE shop.child () INHERITS (shop.items)'])) AS t(name, expected, steps);
-- A table whose ranks are declared: all of its columns, since nobody has said which is the user.
SELECT is((harness.try('ALTER TABLE shop.members ADD FOREIGN KEY (user_id) REFERENCES shop.people ON UPDATE CASCADE',
    'GRANT UPDATE ON shop.people TO attack_carried', 'SELECT primecloud.protect_table(''shop.members'', role_column => ''role'')'))[1] ~
    '^55000: foreign key "members_user_id_fkey"', true, 'ranks that are declared');
SELECT is((harness.try('SELECT primecloud.protect_table(''shop.members'', role_column => ''role'')',
    'ALTER TABLE shop.members ADD FOREIGN KEY (user_id) REFERENCES shop.people ON UPDATE CASCADE',
    'GRANT UPDATE ON shop.people TO attack_carried'))[1] ~ '^42501: foreign key "members_user_id_fkey"', true, 'and the guard of those');
-- The other helpers.
SELECT is((harness.try('SELECT harness.register()', 'SELECT harness.protect()', 'SET LOCAL primecloud.guard = off',
    'ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.people ON UPDATE CASCADE',
    'GRANT UPDATE ON shop.people TO attack_carried', step))[1] ~ '^55000: foreign key "k"', true, step)
FROM (VALUES ('SELECT primecloud.protect_table(''shop.members'', dry_run => true)'),
    ('SELECT primecloud.protect_table(''shop.members'', online => true)'),
    ('SELECT primecloud.protect_schema(''shop'', ''shop.accounts'')'),
    ('SELECT primecloud.protect_schema(''shop'', ''shop.accounts'', app_role => ''attack_carried'')'),
    ('SELECT primecloud.protect_schema(''shop'', ''shop.accounts'', app_role => ''attack_carried'', dry_run => true)')) AS t(step);

-- Members whose user is computed, from what a key carries.
CREATE FUNCTION harness.computed(VARIADIC steps text[]) RETURNS text LANGUAGE sql AS $$
    SELECT (harness.try(VARIADIC ARRAY['ALTER TABLE shop.members DROP user_id CASCADE', 'UPDATE shop.members SET email = ''m'' || id',
        'ALTER TABLE shop.members ADD user_id text GENERATED ALWAYS AS (lower(email)) STORED, ADD UNIQUE (account_id, user_id), '
        'ADD CONSTRAINT k FOREIGN KEY (email) REFERENCES shop.identities ON UPDATE CASCADE NOT VALID'] || steps))[1] $$;
SELECT matches(harness.computed('GRANT UPDATE ON shop.identities TO attack_carried', 'SELECT harness.register()'),
    '^55000: foreign key "k" of shop.members .* may change shop.identities.login', 'a user that is computed from a key');
SELECT matches(harness.computed('SELECT harness.register()', 'SELECT harness.protect()', 'GRANT UPDATE ON shop.identities TO '
    'attack_carried'), '^42501: foreign key "k" of shop.members .* may change shop.identities.login', 'and the guard of it');
SELECT is(harness.computed('SELECT harness.register()', 'SELECT harness.protect()', 'GRANT UPDATE (name) ON shop.identities TO '
    'attack_carried'), 'taken', 'beside which another column may be changed');
-- Most triggers set a date: they are told, not refused.
\o /dev/null
BEGIN;
CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touches BEFORE INSERT OR UPDATE ON shop.people FOR EACH ROW EXECUTE FUNCTION shop.touch();
CREATE TRIGGER tells AFTER UPDATE ON shop.people FOR EACH ROW EXECUTE FUNCTION shop.touch();
ALTER TABLE shop.members ADD CONSTRAINT k FOREIGN KEY (user_id) REFERENCES shop.people ON UPDATE CASCADE;
SELECT harness.register(), harness.protect();
GRANT UPDATE (name) ON shop.people TO :app;
\o
SELECT is(string_agg(line, E'\n'), '# shop.members: what trigger "touches" of shop.people makes of a row that attack_carried changes is '
    'carried into it, if it changes the key', 'a trigger that could change the key is told')
    FROM primecloud.assert_isolated('shop.members', 'attack_carried') AS line WHERE line ~ 'trigger "';
ROLLBACK;

-- protect_schema() keeps back what a key is computed from.
\o /dev/null
BEGIN;
CREATE SCHEMA made AUTHORIZATION attack_carried_owner;
SET ROLE attack_carried_owner;
CREATE TABLE made.accounts (id int PRIMARY KEY, status text DEFAULT 'active');
CREATE TABLE made.people (account_id int NOT NULL REFERENCES made.accounts, email text, name text,
    login text GENERATED ALWAYS AS (lower(email)) STORED, UNIQUE (account_id, login));
CREATE TABLE made.members (account_id int NOT NULL REFERENCES made.accounts, user_id text NOT NULL, role text NOT NULL,
    UNIQUE (account_id, user_id), FOREIGN KEY (account_id, user_id) REFERENCES made.people (account_id, login) ON UPDATE CASCADE);
RESET ROLE;
SELECT primecloud.register_membership('made.members', 'account_id', 'user_id', 'role', accounts => 'made.accounts');
\o
SELECT matches(string_agg(line, E'\n'), 'GRANT SELECT, INSERT, UPDATE \(account_id, name\), DELETE ON made.people TO attack_carried\n'
    '-- kept back from attack_carried: UPDATE of made.people.email, [^\n]*\n-- kept back from attack_carried: UPDATE of made.people.login',
    'what a key is computed from is kept back')
    FROM primecloud.protect_schema('made', 'made.accounts', app_role => :'app', dry_run => true) AS line;
SELECT lives_ok(format('SELECT count(*) FROM primecloud.protect_schema(''made'', ''made.accounts'', app_role => %L)', :'app'),
    'and protect_schema keeps to it');
SELECT throws_like('GRANT UPDATE (email) ON made.people TO attack_carried', 'foreign key "members_account_id_user_id_fkey" of made.members '
    'would carry ranks past its policies: role "attack_carried" may change made.people.email', 'and the guard keeps it back');
ROLLBACK;

-- An application as ORMs make it: every key ON UPDATE CASCADE, and all rights to its role.
\o /dev/null
CREATE SCHEMA orm AUTHORIZATION attack_carried_owner;
SET ROLE attack_carried_owner;
CREATE TABLE orm.accounts (id int PRIMARY KEY, status text DEFAULT 'active', name text);
CREATE TABLE orm.people (id text PRIMARY KEY, account_id int NOT NULL REFERENCES orm.accounts ON UPDATE CASCADE, name text);
CREATE TABLE orm.titles (name text PRIMARY KEY, account_id int REFERENCES orm.accounts ON UPDATE CASCADE);
CREATE TABLE orm.items (id int PRIMARY KEY, account_id int NOT NULL REFERENCES orm.accounts ON UPDATE CASCADE, name text);
CREATE TABLE orm.parts (id int PRIMARY KEY, item_id int NOT NULL REFERENCES orm.items ON UPDATE CASCADE, name text);
CREATE TABLE orm.members (id serial PRIMARY KEY, account_id int NOT NULL REFERENCES orm.accounts ON UPDATE CASCADE,
    user_id text REFERENCES orm.people ON UPDATE CASCADE ON DELETE CASCADE, role text DEFAULT 'owner',
    title text REFERENCES orm.titles ON UPDATE CASCADE ON DELETE SET NULL, UNIQUE (account_id, user_id));
CREATE TABLE orm.granted (account_id int NOT NULL REFERENCES orm.accounts ON UPDATE CASCADE, user_id text,
    part_id int REFERENCES orm.parts ON UPDATE CASCADE ON DELETE SET DEFAULT);
INSERT INTO orm.accounts VALUES (1), (2);
INSERT INTO orm.people VALUES ('mallory', 1, 'M'), ('boss', 1, 'B'), ('admin', 1, 'A');
INSERT INTO orm.titles VALUES ('chief', 1);
INSERT INTO orm.members (account_id, user_id, role) VALUES (1, 'mallory', 'developer'), (1, 'boss', 'owner'), (1, 'admin', 'admin');
INSERT INTO orm.items VALUES (1, 1); INSERT INTO orm.parts VALUES (1, 1);
RESET ROLE;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA orm TO :app;
\o
SELECT throws_ok($$SELECT primecloud.register_membership('orm.members', 'account_id', 'user_id', 'role', accounts => 'orm.accounts',
    grants => 'orm.granted', grants_tenant_column => 'account_id', grants_user_column => 'user_id', grants_id_column => 'part_id')$$,
    '55000', 'foreign key "members_user_id_fkey" of orm.members would carry ranks past its policies: role "attack_carried" may change '
    'orm.people.id', 'with all rights it is refused');
REVOKE UPDATE ON orm.people, orm.parts FROM :app;
REVOKE DELETE ON orm.parts FROM :app;
SELECT primecloud.register_membership('orm.members', 'account_id', 'user_id', 'role', accounts => 'orm.accounts',
    grants => 'orm.granted', grants_tenant_column => 'account_id', grants_user_column => 'user_id', grants_id_column => 'part_id')
    \gset done_
-- Given again before anything is protected: protect_schema() puts them right.
GRANT UPDATE, DELETE ON orm.people, orm.parts TO :app;
CREATE FUNCTION harness.rights() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(line, E'\n' ORDER BY n) FROM primecloud.protect_schema('orm', 'orm.accounts', app_role => 'attack_carried',
        dry_run => true) WITH ORDINALITY AS t(line, n) WHERE line ~ '(people|parts)' AND line ~ '(GRANT|REVOKE|kept back)' $$;
SELECT matches(harness.rights(), 'REVOKE UPDATE ON orm.parts FROM attack_carried\nREVOKE DELETE ON orm.parts FROM attack_carried\nGRANT '
    'SELECT, INSERT, UPDATE \(item_id, name, account_id\) ON orm.parts TO attack_carried\n-- kept back from attack_carried: UPDATE of '
    'orm.parts.id, [^\n]*\n-- kept back from attack_carried: DELETE from orm.parts', 'of a table that has no account yet');
SELECT matches(harness.rights(), 'REVOKE UPDATE ON orm.people FROM attack_carried\nGRANT SELECT, INSERT, UPDATE \(account_id, name\), '
    'DELETE ON orm.people TO attack_carried\n-- kept back from attack_carried: UPDATE of orm.people.id', 'what is to be put right');
SELECT ok(count(*) > 10, 'as a script, too') FROM primecloud.protect_schema('orm', 'orm.accounts', app_role => :'app', online => true);
SELECT count(*) FROM primecloud.protect_schema('orm', 'orm.accounts', app_role => :'app') \gset done_
SELECT primecloud.register_membership('orm.members', 'account_id', 'user_id', 'role', accounts => 'orm.accounts',
    grants => 'orm.granted', grants_tenant_column => 'account_id', grants_user_column => 'user_id', grants_id_column => 'part_id')
    \gset done_
SELECT unalike(harness.rights(), '%REVOKE%', 'after which nothing is to be taken away');
SELECT unalike(string_agg(line, E'\n'), '%not ok%', 'and nothing is found in ' || rel)
    FROM unnest('{orm.members,orm.granted,orm.accounts}'::regclass[]) AS rel, primecloud.assert_isolated(rel, 'attack_carried') AS line
    GROUP BY rel;
SELECT matches(string_agg(line, E'\n'), '# orm.members: foreign key "members_user_id_fkey" removes rows with those of orm.people, whatever '
    'their rank, and attack_carried may delete there', 'a key that removes owners is told')
    FROM primecloud.assert_isolated('orm.members', 'attack_carried') AS line;
INSERT INTO harness.attacks (name, ours, statements, who) VALUES
('a key that carries a rank', '42501', ARRAY['UPDATE orm.people SET id = ''gone'' WHERE id = ''mallory'''], 'mallory'),
('by an owner, too', '42501', ARRAY['UPDATE orm.people SET id = ''gone'' WHERE id = ''mallory'''], 'boss'),
('by ON CONFLICT', '42501', ARRAY['INSERT INTO orm.people VALUES (''boss'', 1) ON CONFLICT (id) DO UPDATE SET id = ''x'''], 'mallory'),
('what stands beside it is changed as before', 'X', ARRAY['UPDATE orm.people SET name = ''X'' WHERE id = ''mallory'' RETURNING name'],
    'mallory'),
('what carries no rank', 'boss', ARRAY['UPDATE orm.titles SET name = ''boss'' WHERE name = ''chief'' RETURNING name'], 'mallory'),
('the key of an account', '42501', ARRAY['UPDATE orm.accounts SET id = 7 WHERE id = 1'], 'boss'),
('what was granted, by its key', '42501', ARRAY['UPDATE orm.parts SET id = 7'], 'mallory'),
('by deleting it', '42501', ARRAY['DELETE FROM orm.parts'], 'boss'),
('other tables are written as before', '7', ARRAY['UPDATE orm.items SET id = 7 RETURNING id'], 'mallory'),
('and taken from', '1', ARRAY['DELETE FROM orm.titles RETURNING account_id'], 'admin');
SELECT harness.run();
SELECT * FROM finish();
