-- People: who shares an account sees a person, a stranger does not; and nobody writes him but himself, whatever SQL is sent.
\set app attack_people
\set app_owner attack_people_owner
\ir support/attack.sql
\o /dev/null
ALTER TABLE members ADD PRIMARY KEY (account_id, user_id), OWNER TO :app_owner;
ALTER TABLE accounts OWNER TO :app_owner;
ALTER TABLE granted OWNER TO :app_owner;
CREATE TABLE users (id text PRIMARY KEY, email text UNIQUE, name text, password_hash text, is_super_admin boolean DEFAULT false);
INSERT INTO members VALUES (1, 'admin', 'admin'), (2, 'both', 'developer'), (1, 'both', 'developer');
INSERT INTO users SELECT DISTINCT user_id, user_id || '@example.com', user_id, 'hash of ' || user_id FROM members;
INSERT INTO users VALUES ('stranger', 'stranger@example.com', 'stranger', 'x');
ALTER TABLE users OWNER TO :app_owner;
ALTER TABLE members ADD FOREIGN KEY (user_id) REFERENCES users ON UPDATE CASCADE ON DELETE CASCADE;
GRANT ALL ON users, members TO :app;
REVOKE UPDATE ON users FROM :app;
SELECT primecloud.register_membership('members', 'account_id', 'user_id', 'role', accounts => 'accounts',
    grants => 'granted', grants_tenant_column => 'account_id', grants_user_column => 'user_id', grants_id_column => 'item_id');
GRANT UPDATE (name) ON users TO :app;
SELECT primecloud.protect_schema('public', 'accounts', app_role => :'app', keep_out => '{plain}', people => '{users}');
CREATE VIEW everybody WITH (security_invoker) AS SELECT id, name FROM users;
CREATE VIEW owners_view AS SELECT id, name FROM users;
ALTER VIEW owners_view OWNER TO :app_owner;
GRANT SELECT, UPDATE (name) ON everybody, owners_view TO :app;
ANALYZE users, members;
\o
SELECT no_plan();
-- What each role sees of its own account and of others.
SELECT is(harness.attack(who, 'SELECT id FROM users ORDER BY 1'), seen, format('%s sees %s', who, seen)) FROM (VALUES
    ('mallory', 'admin,boss,both,ext,mallory'), ('boss', 'admin,boss,both,ext,mallory'), ('admin', 'admin,boss,both,ext,mallory'),
    ('both', 'admin,boss,both,ext,mallory'), ('ext', 'ext')) AS t(who, seen);
INSERT INTO harness.attacks (name, ours, statements, who) VALUES
('a stranger by his id', 'nothing', ARRAY['SELECT name FROM users WHERE id = ''stranger'''], 'mallory'),
('a member of another account', 'nothing', ARRAY['SELECT name FROM users WHERE email = ''victim@example.com'''], 'mallory'),
('by OR true', '5', ARRAY['SELECT count(*) FROM users WHERE id = ''victim'' OR true'], 'mallory'),
('by a join from members', 'admin,boss,both,ext,mallory', ARRAY['SELECT u.name FROM members m JOIN users u ON u.id = m.user_id ORDER BY 1'],
    'mallory'),
('through a view that reads as its caller', 'nothing', ARRAY['SELECT name FROM everybody WHERE id = ''victim'''], 'mallory'),
('through a view of the owner''s', 'nothing', ARRAY['SELECT name FROM owners_view WHERE id = ''victim'''], 'mallory'),
('by a function that tells its argument', '5', ARRAY['SELECT count(*) FROM users WHERE length(name) > 0'], 'mallory'),
('by locking him', 'nothing', ARRAY['SELECT name FROM users WHERE id = ''victim'' FOR UPDATE'], 'mallory'),
('a hash of a colleague''s password', '42501', ARRAY['SELECT password_hash FROM users WHERE id = ''boss'''], 'mallory'),
('his own too', '42501', ARRAY['SELECT * FROM users WHERE id = ''mallory'''], 'mallory'),
('an external client a colleague', 'nothing', ARRAY['SELECT name FROM users WHERE id = ''mallory'''], 'ext'),
('or his id', '{ext}', ARRAY['SELECT primecloud.colleagues_text()'], 'ext'),
('whatever role he names', '{ext}', ARRAY['SELECT primecloud.colleagues_text(''external_client'')'], 'ext'),
('a developer below the role', '{mallory}', ARRAY['SELECT primecloud.colleagues_text(''admin'')'], 'mallory'),
('a role that is none', '22023', ARRAY['SELECT primecloud.colleagues_text(''root'')'], 'mallory'),
-- Writing.
('a colleague is written', 'nothing', ARRAY['UPDATE users SET name = ''x'' WHERE id = ''boss'' RETURNING id'], 'mallory'),
('an owner writes a colleague', 'nothing', ARRAY['UPDATE users SET name = ''x'' WHERE id = ''mallory'' RETURNING id'], 'boss'),
('through a view', 'nothing', ARRAY['UPDATE everybody SET name = ''x'' WHERE id = ''boss'' RETURNING id'], 'mallory'),
('through the owner''s view', 'nothing', ARRAY['UPDATE owners_view SET name = ''x'' WHERE id = ''boss'' RETURNING id'], 'mallory'),
('a colleague is locked', 'nothing', ARRAY['SELECT id FROM users WHERE id = ''boss'' FOR UPDATE'], 'mallory'),
('he himself is', 'mallory', ARRAY['UPDATE users SET name = ''x'' WHERE name <> '''' RETURNING id'], 'mallory'),
('an external client himself', 'ext', ARRAY['UPDATE users SET name = ''x'' RETURNING id'], 'ext'),
('by ON CONFLICT', '42501', ARRAY['INSERT INTO users (id, email) VALUES (''mallory'', ''boss@example.com'') ON CONFLICT (email) DO UPDATE '
    'SET name = ''x'''], 'mallory'),
('by MERGE', '42501', ARRAY['MERGE INTO users USING (VALUES (''boss'')) AS s(n) ON id = n WHEN MATCHED THEN UPDATE SET name = ''x'''],
    'mallory'),
('his key is changed', '42501', ARRAY['UPDATE users SET id = ''victim2'' WHERE id = ''mallory'''], 'mallory'),
('he makes himself an operator', '42501', ARRAY['UPDATE users SET is_super_admin = true WHERE id = ''mallory'''], 'mallory'),
('or is born one', '42501', ARRAY['INSERT INTO users (id, is_super_admin) VALUES (''mallory'', true)'], 'mallory'),
('a colleague is deleted', '42501', ARRAY['DELETE FROM users WHERE id = ''boss'''], 'mallory'),
('another is made', '42501', ARRAY['INSERT INTO users (id, name) VALUES (''fake'', ''x'')'], 'mallory'),
-- Whoever takes in a stranger would see him.
('an admin takes in a stranger', '42501', ARRAY['INSERT INTO members VALUES (1, ''stranger'', ''developer'')'], 'admin'),
('an owner too', '42501', ARRAY['INSERT INTO members VALUES (1, ''stranger'', ''developer'')'], 'boss'),
('or gives a colleague''s place to him', '42501', ARRAY['UPDATE members SET user_id = ''stranger'' WHERE user_id = ''ext'''], 'boss'),
('but an owner gives ranks', 'UPDATE 1', ARRAY['UPDATE members SET role = ''admin'' WHERE user_id = ''mallory'''], 'boss'),
('and removes', 'DELETE 1', ARRAY['DELETE FROM members WHERE user_id = ''mallory'''], 'boss');
SELECT * FROM harness.run();

-- Who is removed is gone for the next statement, in a transaction that is open too.
CREATE FUNCTION seen_by(who text, VARIADIC more text[] DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT harness.attack(who, VARIADIC more || 'SELECT id FROM users ORDER BY 1'::text) $$;
SELECT is(harness.over('app', 'BEGIN', harness.entering('boss'), 'SELECT count(*) FROM users'), '5', 'an open transaction sees five');
DELETE FROM members WHERE user_id = 'ext' AND account_id = 1;
SELECT is(harness.over('app', 'SELECT count(*) FROM users'), '4', 'and four after one was removed');
SELECT is(harness.over('app', 'ROLLBACK'), 'ROLLBACK', 'at once');
SELECT is(seen_by('boss'), 'admin,boss,both,mallory', 'who was removed is seen no more');
INSERT INTO members VALUES (1, 'ext', 'external_client');
SELECT is(seen_by('boss'), 'admin,boss,both,ext,mallory', 'and again when he is back');

-- A user before any account sees himself; without a context nobody sees anybody.
SELECT is(harness.over('app', 'BEGIN', format('SELECT primecloud.enter(%L)', harness.mint('{"sub": "mallory"}')), 'SELECT id FROM users'),
    'mallory', 'a user alone sees himself');
SELECT is(harness.over('app', 'UPDATE users SET name = ''m'' RETURNING id'), 'mallory', 'and writes himself');
SELECT is(harness.over('app', 'ROLLBACK'), 'ROLLBACK', 'as one');
SELECT is(harness.over('app', 'BEGIN', format('SELECT primecloud.enter(%L)', harness.mint('{"sub": "newcomer"}')),
    'INSERT INTO users (id, name) VALUES (''newcomer'', ''n'') ON CONFLICT (id) DO UPDATE SET name = ''n'' RETURNING id'), 'newcomer',
    'who signs up makes his own row');
SELECT is(harness.over('app', 'ROLLBACK'), 'ROLLBACK', 'and no other');
SELECT is(harness.over('app', 'SELECT id FROM users'), '42501', 'without a context nothing is seen');
SELECT is(harness.over('app', 'SELECT primecloud.user_uuid()'), '42501', 'nor is there a user');

-- A careless policy of the owner's opens no stranger and no colleague's row.
CREATE POLICY careless ON users USING (true) WITH CHECK (true);
SELECT is(seen_by('mallory'), 'admin,boss,both,ext,mallory', 'USING (true) opens no stranger');
SELECT is(harness.attack('mallory', 'UPDATE users SET name = ''x'' WHERE id = ''boss'' RETURNING id'), 'nothing', 'nor a colleague''s row');
DROP POLICY careless ON users;

-- In REPEATABLE READ and in parallel plans, too.
SELECT is(harness.over('app', 'BEGIN ISOLATION LEVEL REPEATABLE READ', harness.entering('boss'), 'SELECT count(*) FROM users'), '5',
    'in REPEATABLE READ');
DELETE FROM members WHERE user_id = 'ext' AND account_id = 1;
SELECT is(harness.over('app', 'SELECT count(*) FROM users'), '5', 'where who is removed meanwhile is seen to its end (said in the docs)');
INSERT INTO members VALUES (1, 'ext', 'external_client');
SELECT is(harness.over('app', 'ROLLBACK'), 'ROLLBACK', 'over');
SELECT is(seen_by('mallory', 'SET LOCAL parallel_setup_cost = 0', 'SET LOCAL parallel_tuple_cost = 0',
    'SET LOCAL min_parallel_table_scan_size = 0', 'SET LOCAL enable_indexscan = off', 'SET LOCAL enable_bitmapscan = off'),
    'admin,boss,both,ext,mallory', 'with workers');
SELECT is(harness.attack('mallory', 'SET LOCAL plan_cache_mode = force_generic_plan',
    'PREPARE p(text) AS SELECT name FROM users WHERE id = $1', 'EXECUTE p(''victim'')'), 'nothing', 'by a generic plan');

-- The index of the key is used, for the list and for each of a join.
INSERT INTO users SELECT 'u' || n, 'u' || n, 'u' || n FROM generate_series(1, 5000) AS n;
ANALYZE users;
SELECT matches(harness.attack('mallory', 'EXPLAIN (COSTS OFF) SELECT name FROM users'), 'Index Cond: \(id = ANY',
    'the list takes the index');
SELECT unalike(harness.attack('mallory', 'EXPLAIN (COSTS OFF) SELECT u.name FROM members m JOIN users u ON u.id = m.user_id'),
    '%Seq Scan on users%', 'and so does a join');
SELECT unalike(harness.attack('mallory', 'EXPLAIN (COSTS OFF) UPDATE users SET name = ''x'''), '%Seq Scan on users%', 'and an UPDATE');

-- Again, with another role, and back.
SELECT is((SELECT count(*) FROM primecloud.protect_people('users', dry_run => true)), 0::bigint, 'asking again has nothing to do');
SELECT cmp_ok((SELECT count(*) FROM primecloud.protect_people('users', read_role => 'admin')), '>', 0::bigint,
    'a higher role may be asked for');
SELECT is(seen_by('mallory') || ' ' || seen_by('admin'), 'mallory admin,boss,both,ext,mallory', 'which a developer has not');
SELECT is((SELECT count(*) FROM primecloud.protect_people('users')), 0::bigint, 'and is kept');
SELECT throws_ok($$SELECT primecloud.protect_people('users', read_role => 'external_client')$$, '22023', NULL,
    'external clients see nobody');
SELECT throws_ok($$SELECT primecloud.protect_people('members')$$, '55000', NULL, 'members are no people');
SELECT throws_ok(format('SET ROLE attack_people_owner; %s', s), '42501', NULL, 'the guard: ' || s) FROM (VALUES
    ('ALTER TABLE users DISABLE ROW LEVEL SECURITY'), ('DROP POLICY primecloud_person_update ON users'),
    ('DROP POLICY primecloud_people ON users'), ('ALTER POLICY primecloud_people_select ON users USING (true)')) AS t(s);
RESET ROLE;
SELECT cmp_ok((SELECT count(*) FROM primecloud.unprotect_table('users')), '>', 8::bigint, 'it can be taken back');
SELECT is((SELECT relrowsecurity OR relforcerowsecurity FROM pg_class WHERE oid = 'users'::regclass), false, 'to what it was');
SELECT * FROM finish();
\ir support/done.sql
