-- Rising within an account: nobody makes himself or anybody else more than he is, by any
-- SQL, where the tables that entering asks are protected by the usual call.
\set app attack_ranks
\set app_owner attack_ranks_owner
\ir support/attack.sql
\o /dev/null
ALTER TABLE members ADD PRIMARY KEY (account_id, user_id), ADD COLUMN nickname text;
ALTER TABLE granted ADD PRIMARY KEY (account_id, user_id, item_id);
INSERT INTO members VALUES (1, 'admin', 'admin'), (1, 'other', 'developer'), (1, 'strange', 'viewer');
ALTER TABLE members OWNER TO :app_owner; ALTER TABLE accounts OWNER TO :app_owner; ALTER TABLE granted OWNER TO :app_owner;
SELECT primecloud.register_membership('members', 'account_id', 'user_id', 'role', accounts => 'accounts',
    grants => 'granted', grants_tenant_column => 'account_id', grants_user_column => 'user_id', grants_id_column => 'item_id');
SELECT primecloud.protect_schema('public', 'accounts', app_role => :'app', keep_out => '{plain}');
SELECT primecloud.copy_target('members'), primecloud.copy_target('granted');
GRANT INSERT ON members_copy, granted_copy TO :app;
CREATE VIEW all_members WITH (security_invoker) AS SELECT * FROM members;
CREATE VIEW owners_members AS SELECT * FROM members;
ALTER VIEW owners_members OWNER TO attack_ranks_owner;
GRANT SELECT, INSERT, UPDATE, DELETE ON all_members, owners_members TO :app;
CREATE FUNCTION harness.lines(rel regclass) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(regexp_replace(line, '^not ok \d+ - (public\.)?', ''), E'\n') FROM primecloud.assert_isolated(rel, 'attack_ranks')
        AS line WHERE line LIKE 'not ok%' $$;
\o
SELECT no_plan();
INSERT INTO harness.attacks (name, ours, statements, who) VALUES
-- The input of the fault, and its kin by every statement that writes.
('a developer makes himself owner', '42501', ARRAY['UPDATE members SET role = ''owner'' WHERE user_id = ''mallory'' RETURNING role'],
    'mallory'),
('in every row', '42501', ARRAY['UPDATE members SET role = ''owner'' RETURNING role'], 'mallory'),
('through a view that reads as its caller', '42501', ARRAY['UPDATE all_members SET role = ''owner'' RETURNING role'], 'mallory'),
('through a view that reads as the owner of the table', '42501', ARRAY['UPDATE owners_members SET role = ''owner'' RETURNING role'],
    'mallory'),
('by INSERT', '42501', ARRAY['INSERT INTO members VALUES (1, ''mallory2'', ''owner'')'], 'mallory'),
('by INSERT of his own rank', '42501', ARRAY['INSERT INTO members VALUES (1, ''mallory2'', ''developer'')'], 'mallory'),
('by INSERT of a lesser one', '42501', ARRAY['INSERT INTO members VALUES (1, ''mallory2'', ''external_client'')'], 'mallory'),
('by ON CONFLICT', '42501', ARRAY['INSERT INTO members VALUES (1, ''mallory'', ''developer'') ON CONFLICT (account_id, user_id) DO UPDATE '
    'SET role = ''owner'''], 'mallory'),
('by MERGE', '42501', ARRAY['MERGE INTO members USING (VALUES (1)) AS s(n) ON user_id = ''mallory'' WHEN MATCHED THEN UPDATE SET role '
    '= ''owner'''], 'mallory'),
('by MERGE that inserts', '42501',
    ARRAY['MERGE INTO members USING (VALUES (1)) AS s(n) ON false WHEN NOT MATCHED THEN INSERT VALUES (1, ''x'', ''owner'')'], 'mallory'),
('by a CTE', '42501', ARRAY['WITH u AS (UPDATE members SET role = ''owner'' RETURNING 1) SELECT count(*) FROM u'], 'mallory'),
('by what COPY loads', '42501', ARRAY['INSERT INTO members_copy (account_id, user_id, role) VALUES (1, ''mallory2'', ''owner'')'],
    'mallory'),
('by taking an owner''s place', '42501', ARRAY['UPDATE members SET user_id = ''mallory2'' WHERE role = ''owner'' RETURNING user_id'],
    'mallory'),
('by removing him', '42501', ARRAY['DELETE FROM members WHERE role = ''owner'' RETURNING user_id'], 'mallory'),
('by giving his own place to a friend', '42501',
    ARRAY['UPDATE members SET user_id = ''friend'' WHERE user_id = ''mallory'' RETURNING user_id'], 'mallory'),
('by locking the owner out', '42501', ARRAY['SELECT count(*) FROM (SELECT 1 FROM members FOR UPDATE) AS l'], 'mallory'),
('an external client', '42501', ARRAY['UPDATE members SET role = ''developer'' WHERE user_id = ''ext'' RETURNING role'], 'ext'),
('an external client takes in', '42501', ARRAY['INSERT INTO members VALUES (1, ''y'', ''external_client'')'], 'ext'),
-- An admin writes members, and none above himself.
('an admin makes himself owner', '42501', ARRAY['UPDATE members SET role = ''owner'' WHERE user_id = ''admin'''], 'admin'),
('or a developer', '42501', ARRAY['UPDATE members SET role = ''owner'' WHERE user_id = ''mallory'''], 'admin'),
('or takes one in', '42501', ARRAY['INSERT INTO members VALUES (1, ''x'', ''owner'')'], 'admin'),
('or by ON CONFLICT', '42501',
    ARRAY['INSERT INTO members VALUES (1, ''admin'', ''admin'') ON CONFLICT (account_id, user_id) DO UPDATE SET role = ''owner'''],
    'admin'),
('or over the owner''s row', '42501',
    ARRAY['INSERT INTO members VALUES (1, ''boss'', ''admin'') ON CONFLICT (account_id, user_id) DO UPDATE SET role = ''developer'''],
    'admin'),
('or by MERGE', '42501', ARRAY['MERGE INTO members USING (VALUES (1)) AS s(n) ON user_id = ''mallory'' WHEN MATCHED THEN UPDATE SET role '
    '= ''owner'''], 'admin'),
('or by what COPY loads', '42501', ARRAY['INSERT INTO members_copy (account_id, user_id, role) VALUES (1, ''x'', ''owner'')'], 'admin'),
('or of what is no role', '42501', ARRAY['INSERT INTO members VALUES (1, ''x'', ''Owner'')'], 'admin'),
('or of none', '42501', ARRAY['INSERT INTO members VALUES (1, ''x'', NULL)'], 'admin'),
('an admin lowers the owner', 'nothing', ARRAY['UPDATE members SET role = ''developer'' WHERE role = ''owner'' RETURNING user_id'],
    'admin'),
('an admin takes the owner''s place', 'nothing', ARRAY['UPDATE members SET user_id = ''admin2'' WHERE role = ''owner'' RETURNING user_id'],
    'admin'),
('an admin removes the owner', 'nothing', ARRAY['DELETE FROM members WHERE role = ''owner'' RETURNING user_id'], 'admin'),
('an admin narrowed to developer is one', '42501',
    ARRAY['SELECT primecloud.narrow(''developer'')', 'UPDATE members SET role = ''developer'' WHERE user_id = ''ext'' RETURNING role'],
    'admin'),
-- What each may.
('an admin makes an admin', 'admin', ARRAY['UPDATE members SET role = ''admin'' WHERE user_id = ''mallory'' RETURNING role'], 'admin'),
('an admin takes in a developer', 'developer', ARRAY['INSERT INTO members VALUES (1, ''new'', ''developer'') RETURNING role'], 'admin'),
('an admin removes a developer', 'mallory', ARRAY['DELETE FROM members WHERE user_id = ''mallory'' RETURNING user_id'], 'admin'),
('an owner makes an owner', 'owner', ARRAY['UPDATE members SET role = ''owner'' WHERE user_id = ''mallory'' RETURNING role'], 'boss'),
('an owner takes one in', 'owner', ARRAY['INSERT INTO members VALUES (1, ''second'', ''owner'') RETURNING role'], 'boss'),
('an owner steps down', 'admin', ARRAY['UPDATE members SET role = ''admin'' WHERE user_id = ''boss'' RETURNING role'], 'boss'),
('an owner removes whom he likes', '6', ARRAY['WITH d AS (DELETE FROM members RETURNING 1) SELECT count(*) FROM d'], 'boss'),
('an owner mends what is no role', 'developer', ARRAY['UPDATE members SET role = ''developer'' WHERE user_id = ''strange'' RETURNING role'],
    'boss'),
('every member is read as before', '6', ARRAY['SELECT count(*) FROM members'], 'mallory'),
('by an external client, too', '6', ARRAY['SELECT count(*) FROM members'], 'ext'),
('and none of another account', '0', ARRAY['SELECT count(*) FROM members WHERE account_id = 2'], 'boss'),
-- The account, and what was granted.
('a developer changes the status', '42501', ARRAY['UPDATE accounts SET status = ''active'' RETURNING id'], 'mallory'),
('a developer makes an account', '42501', ARRAY['INSERT INTO accounts VALUES (1)'], 'mallory'),
('an admin changes the status of his own', '1', ARRAY['UPDATE accounts SET status = ''active'' RETURNING id'], 'admin'),
('an admin removes the account', '42501', ARRAY['DELETE FROM accounts RETURNING id'], 'admin'),
('an external client grants himself', '42501', ARRAY['INSERT INTO granted VALUES (1, ''ext'', 4)'], 'ext'),
('an external client changes his grant', '42501', ARRAY['UPDATE granted SET item_id = 4 RETURNING item_id'], 'ext'),
('a developer grants', '42501', ARRAY['INSERT INTO granted VALUES (1, ''ext'', 4)'], 'mallory'),
('by what COPY loads', '42501', ARRAY['INSERT INTO granted_copy VALUES (1, ''ext'', 4)'], 'mallory'),
('by MERGE', '42501', ARRAY['MERGE INTO granted USING (VALUES (1)) AS s(n) ON false WHEN NOT MATCHED THEN INSERT VALUES (1, ''ext'', 4)'],
    'mallory'),
('a developer changes a grant', '42501', ARRAY['UPDATE granted SET item_id = 4 RETURNING item_id'], 'mallory'),
('a developer takes one away', '42501', ARRAY['DELETE FROM granted RETURNING item_id'], 'mallory'),
('an admin grants', '4', ARRAY['INSERT INTO granted VALUES (1, ''ext'', 4) RETURNING item_id'], 'admin');
SELECT harness.run();

-- assert_isolated tries it, and finds each hole.
SELECT is(harness.lines(t), NULL, t || ': nothing is found') FROM unnest('{members,accounts,granted}'::regclass[]) AS t;
SET primecloud.guard = off;
CREATE FUNCTION harness.found(hole text, rel text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
    step text;
BEGIN
    FOREACH step IN ARRAY string_to_array(hole, '; ') LOOP
        EXECUTE step;
    END LOOP;
    answer := harness.lines(rel::regclass);
    RAISE SQLSTATE 'ATTCK' USING MESSAGE = coalesce(answer, 'nothing');
EXCEPTION WHEN SQLSTATE 'ATTCK' THEN RETURN SQLERRM; WHEN OTHERS THEN RETURN 'refused: ' || SQLSTATE;
END $$;
SELECT matches(harness.found(hole, rel), line, hole || ': ' || line) FROM (VALUES
    ('members', 'DROP POLICY primecloud_rank_update ON members; ALTER POLICY primecloud_update ON members USING (account_id = '
        'primecloud.tenant_int()) WITH CHECK (account_id = primecloud.tenant_int())',
        E'members: an external client makes nobody owner \\(6 rows\\)\nmembers: a developer makes nobody owner, himself neither \\(6 '
            'rows\\)\nmembers: an admin makes nobody owner \\(6 rows\\)\nmembers: nor changes an owner \\(1 rows\\)'),
    ('members', 'DROP POLICY primecloud_rank_delete ON members; ALTER POLICY primecloud_delete ON members USING (account_id = '
        'primecloud.tenant_int(''admin''))', 'members: nor removes one \(1 rows\)'),
    ('members', 'DROP POLICY primecloud_rank_insert ON members; ALTER POLICY primecloud_insert ON members WITH CHECK (account_id = '
        'primecloud.tenant_int(''admin''))', 'members: nor takes one in \(1 rows\)'),
    ('members', 'DROP POLICY primecloud_rank_insert ON members; ALTER POLICY primecloud_insert ON members WITH CHECK (account_id = '
        'primecloud.tenant_int(''developer''))', 'members: a developer takes nobody in \(1 rows\)'),
    ('members', 'CREATE TABLE people (id text PRIMARY KEY); GRANT UPDATE (id) ON people TO attack_ranks; ALTER TABLE members '
        'ADD FOREIGN KEY (user_id) REFERENCES people ON UPDATE CASCADE NOT VALID',
        'members: no key of another table that attack_ranks may change is carried into it'),
    ('members', 'CREATE TABLE ranks (name text PRIMARY KEY); GRANT DELETE ON ranks TO attack_ranks; ALTER TABLE members '
        'ADD FOREIGN KEY (role) REFERENCES ranks ON DELETE SET DEFAULT NOT VALID',
        'members: no key of another table that attack_ranks may change is carried into it'),
    ('accounts', 'ALTER POLICY primecloud_update ON accounts USING (id = primecloud.tenant_int()) WITH CHECK (id = '
        'primecloud.tenant_int())', 'accounts: a developer changes no status of the account \(1 rows\)'),
    ('granted', 'ALTER POLICY primecloud_insert ON granted WITH CHECK (account_id = primecloud.tenant_int())',
        'granted: a developer grants nothing \((1 rows|refused with 23505)\)'),
    ('granted', 'ALTER POLICY primecloud_update ON granted USING (account_id = primecloud.tenant_int()) WITH CHECK (account_id = '
        'primecloud.tenant_int())', 'granted: nor changes what was granted \(1 rows\)'),
    ('granted', 'ALTER POLICY primecloud_delete ON granted USING (account_id = primecloud.tenant_int())',
        'granted: nor takes it away \(1 rows\)'),
    -- A policy that somebody adds lets nobody rise: the second wall.
    ('members', 'CREATE POLICY careless ON members USING (true) WITH CHECK (true)', '^members: a developer takes nobody in \(1 rows\)$'))
        AS t(rel, hole, line);
RESET primecloud.guard;

-- What was set is not loosened by asking again, nor without being told.
CREATE FUNCTION harness.policies(rel regclass) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', polname, polcmd, polpermissive, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)),
        E'\n' ORDER BY polname) FROM pg_policy WHERE polrelid = rel $$;
SELECT harness.policies('members') AS members, harness.policies('granted') AS granted \gset had_
SELECT is_empty($$SELECT primecloud.protect_table('members', dry_run => true) UNION ALL
    SELECT primecloud.protect_table('granted', dry_run => true)$$, 'asking again has nothing to do');
SELECT count(*) FROM primecloud.protect_table('members', write_role => 'developer') \gset done_
SELECT is(harness.policies('members'), :'had_members', 'asking for less gives no less than admin');
SELECT count(*) FROM primecloud.protect_table('granted', write_role => 'external_client', delete_role => 'external_client') \gset done_
SELECT is(harness.policies('granted'), :'had_granted', 'nor for grants');
SELECT count(*) FROM primecloud.protect_table('accounts', 'id', write_role => 'developer') \gset done_
SELECT is(harness.attack('mallory', 'UPDATE accounts SET status = ''active'' RETURNING id'), '42501', 'nor for accounts');
SELECT count(*) FROM primecloud.protect_table('granted', write_role => 'owner') \gset done_
SELECT count(*) FROM primecloud.protect_table('granted') \gset done_
SELECT matches(harness.policies('granted'), 'primecloud_insert.*''owner''', 'more is kept, and remembered');
SELECT throws_ok($$ALTER POLICY primecloud_rank_update ON members USING (true)$$, '42501', NULL, 'the guard keeps the ranks');
SELECT throws_ok($$DROP POLICY primecloud_rank_update ON members$$, '42501', NULL, 'all of them');
SELECT throws_ok($$ALTER TABLE members DROP COLUMN role CASCADE$$, '42501', NULL, 'and what they compare');
SELECT throws_ok($$ALTER TABLE members ALTER role TYPE varchar$$, '0A000', NULL, 'whose type stays');

-- Told: a command that rank forbids is refused, not without effect.  protect_schema() asks for that
-- in what it protects first; protect_table() where one asks.
\o /dev/null
CREATE TABLE told (id int PRIMARY KEY, account_id int NOT NULL, note text);
INSERT INTO told VALUES (1, 1), (2, 2);
SELECT primecloud.protect_table('told', write_role => 'admin', delete_role => 'owner', refuse => true);
GRANT SELECT, INSERT, UPDATE, DELETE ON told TO :app;
INSERT INTO harness.attacks (name, ours, statements, who) VALUES
('an UPDATE below its role', '42501', ARRAY['UPDATE told SET note = ''x'''], 'mallory'),
('of another account: nothing, and no word', 'UPDATE 0', ARRAY['UPDATE told SET note = ''x'' WHERE account_id = 2'], 'mallory'),
('a DELETE below its role', '42501', ARRAY['DELETE FROM told'], 'admin'),
('a lock below its role', '42501', ARRAY['SELECT id FROM told FOR UPDATE'], 'mallory'),
('a MERGE', '42501', ARRAY['MERGE INTO told USING (VALUES (1)) AS s(n) ON id = n WHEN MATCHED THEN UPDATE SET note = ''x'''], 'mallory'),
('reading is as before', '1', ARRAY['SELECT id FROM told'], 'mallory'),
('an UPDATE from its role on', '1', ARRAY['UPDATE told SET note = ''x'' RETURNING id'], 'admin'),
('of another account: no rows, and no word', 'nothing', ARRAY['UPDATE told SET note = ''x'' WHERE account_id = 2 RETURNING id'], 'admin'),
('a DELETE from its role on', '1', ARRAY['DELETE FROM told RETURNING id'], 'boss');
\o
SELECT harness.run();
SELECT is(harness.refusal('app', 'BEGIN', harness.entering('mallory'), 'DELETE FROM told'),
    'the role "developer" may not do this | It takes the role "owner" in the account.', 'the refusal says what it takes');
SELECT harness.over('app', 'ROLLBACK') \gset done_
SELECT is_empty($$SELECT primecloud.protect_table('told', dry_run => true)$$, 'and it is kept');
SELECT matches(harness.policies('told'), 'primecloud_delete.*tenant_int\(''owner''::text, true\)', 'with the roles that were chosen');
SELECT is(harness.lines('told'), NULL, 'nothing is found');
SELECT count(*) FROM primecloud.protect_table('told', refuse => false) \gset done_
SELECT is(harness.attack('mallory', 'UPDATE told SET note = ''x'' RETURNING id'), 'nothing', 'it can be taken back');

-- Registered after it was protected: from then on by rank.
\o /dev/null
CREATE SCHEMA late;
CREATE TABLE late.accounts (id int PRIMARY KEY, status text DEFAULT 'active');
CREATE TABLE late.members (account_id int, user_id text, rank varchar(20), PRIMARY KEY (account_id, user_id)) PARTITION
    BY LIST (account_id);
CREATE TABLE late.members_1 PARTITION OF late.members FOR VALUES IN (1);
CREATE TABLE late.granted (account_id int, user_id text, item_id bigint);
INSERT INTO late.accounts VALUES (1);
INSERT INTO late.members VALUES (1, 'mallory', 'developer'), (1, 'boss', 'owner');
SELECT primecloud.protect_schema('late', 'late.accounts', app_role => :'app');
SELECT primecloud.protect_table('late.granted', read_role => 'admin');
CREATE FUNCTION harness.rise() RETURNS text LANGUAGE sql AS $$
    SELECT harness.attack('mallory', 'UPDATE late.members SET rank = ''owner'' WHERE user_id = ''mallory'' RETURNING rank') || ' ' ||
           harness.attack('mallory', 'UPDATE late.members_1 SET rank = ''owner'' WHERE user_id = ''mallory'' RETURNING rank') || ' ' ||
           harness.attack('mallory', 'INSERT INTO late.granted VALUES (1, ''ext'', 7)', 'SELECT 7') $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON late.members_1 TO :app;
\o
SELECT is(harness.rise(), 'owner owner 7', 'what nobody has registered is a table like another');
SELECT primecloud.register_membership('late.members', 'account_id', 'user_id', 'rank', accounts => 'late.accounts',
    grants => 'late.granted', grants_tenant_column => 'account_id', grants_user_column => 'user_id', grants_id_column => 'item_id')
        \gset done_
SELECT is(harness.rise(), '42501 42501 42501', 'registering protects it, its partitions by their own names too');
SELECT matches(harness.policies('late.granted'), 'primecloud_select[^\n]*''admin''', 'and keeps the roles that were chosen');
SELECT is_empty($$SELECT line FROM primecloud.protect_schema('late', 'late.accounts', dry_run => true) AS line
    WHERE NOT starts_with(line, '--')$$, 'after which nothing is to be done');
SELECT is(harness.lines('late.members'), NULL, 'nor to be found');

-- Declared, without a registration.
\o /dev/null
CREATE TABLE declared (account_id int NOT NULL, user_id text, level text);
INSERT INTO declared VALUES (1, 'mallory', 'developer');
SELECT primecloud.protect_table('declared', role_column => 'level');
GRANT SELECT, UPDATE ON declared TO :app;
\o
SELECT is(harness.attack('mallory', 'UPDATE declared SET level = ''owner'' RETURNING level'), '42501', 'a column of ranks can be named');
SELECT is(harness.attack('mallory', 'UPDATE declared SET level = ''external_client'' RETURNING level'), 'external_client',
    'below which it is a table like another');
SELECT is_empty($$SELECT primecloud.protect_table('declared', dry_run => true)$$, 'and need not be named again');
SELECT throws_ok($$SELECT primecloud.protect_table('declared', role_column => 'nowhere')$$, '42703', NULL, 'a column that is not there');
SELECT throws_ok($$SELECT primecloud.protect_table('declared', role_column => 'account_id')$$, '42703', NULL, 'nor of another type');
SELECT lives_ok($$SELECT primecloud.unprotect_table('declared')$$, 'and all of it can be taken back');
SELECT is(harness.policies('declared'), NULL, 'to the last policy');
SELECT * FROM finish();
