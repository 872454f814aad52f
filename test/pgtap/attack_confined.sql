-- A confined client beyond what it was granted, and everybody above the role they hold:
-- escalation inside one account.
\set app attack_confined
\set app_owner attack_confined_owner
\ir support/attack.sql
SELECT no_plan();
\o /dev/null
-- The usual way to confine: a policy that asks a table of grants for the user in a setting.
-- Ours: confine_table().  Items 2 and 4 are tenant 1's; ext was granted 2.  Its grant of
-- item 1 is in tenant 2, where it is no member.
CREATE FUNCTION harness.items(target text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %1$s_items (id bigint PRIMARY KEY, account_id int NOT NULL, name text, price int)', target);
    EXECUTE format('CREATE TABLE %1$s_files (id bigserial PRIMARY KEY, account_id int NOT NULL, item_id bigint, body text)', target);
    EXECUTE format('CREATE TABLE %1$s_notes (id bigserial PRIMARY KEY, account_id int NOT NULL, item_id text, body text)', target);
    EXECUTE format('INSERT INTO %1$s_items SELECT n, n %% 2 + 1, ''item '' || n, n * 10 FROM generate_series(1, 10) AS n', target);
    EXECUTE format('INSERT INTO %1$s_files (account_id, item_id, body) SELECT account_id, id, ''file of '' || id FROM %1$s_items', target);
    EXECUTE format('INSERT INTO %1$s_notes (account_id, item_id, body) SELECT account_id, id, ''note of '' || id FROM %1$s_items', target);
    EXECUTE format('ALTER TABLE %1$s_items OWNER TO %2$I; ALTER TABLE %1$s_files OWNER TO %2$I; ALTER TABLE %1$s_notes OWNER TO %2$I',
        target, current_setting('harness.owner'));
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %1$s_items, %1$s_files, %1$s_notes TO %2$I; GRANT USAGE ON ALL SEQUENCES IN '
        'SCHEMA public TO %2$I', target, current_setting('harness.app'));
END $$;
SELECT harness.items('plain'), harness.items('guarded');
GRANT SELECT ON granted, members TO :app;
SELECT format('ALTER TABLE plain_%1$s ENABLE ROW LEVEL SECURITY;
    CREATE POLICY usual ON plain_%1$s USING (account_id = current_setting(''app.tenant'')::int
        AND (current_setting(''app.role'') <> ''external_client''
        OR %2$s::text IN (SELECT item_id::text FROM granted WHERE user_id = current_setting(''app.who''))))', t, c)
FROM (VALUES ('items', 'id'), ('files', 'item_id'), ('notes', 'item_id')) AS v(t, c) \gexec
SELECT primecloud.protect_table('guarded_' || t), primecloud.confine_table('guarded_' || t, c)
    FROM (VALUES ('items', 'id'), ('files', 'item_id'), ('notes', 'item_id')) AS v(t, c);
REVOKE ALL ON granted, members FROM :app;
GRANT SELECT ON granted, members TO :app;
\o
\set as_ext 'SET LOCAL app.who = ''ext''; SET LOCAL app.role = ''external_client'''

INSERT INTO harness.attacks (name, usual, ours, statements, who) VALUES
('its own item', '2', '2', ARRAY[:'as_ext', 'SELECT id FROM {t}_items'], 'ext'),
('raising itself by a setting', '5', '1', ARRAY[:'as_ext', 'SET LOCAL app.role = ''owner''', 'SELECT count(*) FROM {t}_items'], 'ext'),
('being somebody else by a setting', '0', '1', ARRAY[:'as_ext', 'SET LOCAL app.who = ''nobody''', 'SELECT count(*) FROM {t}_items'], 'ext'),
('an item of its account that it was not granted', '0', '0', ARRAY[:'as_ext', 'SELECT count(*) FROM {t}_items WHERE id = 4'], 'ext'),
('an item that it was granted in another account', '0', '0', ARRAY[:'as_ext', 'SELECT count(*) FROM {t}_items WHERE id = 1'], 'ext'),
('a count', '1', '1', ARRAY[:'as_ext', 'SELECT count(*) FROM {t}_items'], 'ext'),
('a sum', '20', '20', ARRAY[:'as_ext', 'SELECT sum(price) FROM {t}_items'], 'ext'),
('the greatest', '20', '20', ARRAY[:'as_ext', 'SELECT max(price) FROM {t}_items'], 'ext'),
('the greatest by the index', '2', '2', ARRAY[:'as_ext', 'SELECT max(id) FROM {t}_items'], 'ext'),
('the rank of its own', '1', '1',
    ARRAY[:'as_ext', 'SELECT r FROM (SELECT id, rank() OVER (ORDER BY price DESC) AS r FROM {t}_items) AS x WHERE id = 2'], 'ext'),
('a join from a list of guesses', '1', '1', ARRAY[:'as_ext', 'SELECT count(*) FROM generate_series(1, 10) AS n JOIN {t}_items ON id = n'],
    'ext'),
('a left join that shows what is missing', '1', '1',
    ARRAY[:'as_ext', 'SELECT count(i.id) FROM generate_series(1, 10) AS n LEFT JOIN {t}_items AS i ON i.id = n'], 'ext'),
('a semi-join', '1', '1',
    ARRAY[:'as_ext', 'SELECT count(*) FROM generate_series(1, 10) AS n WHERE EXISTS (SELECT FROM {t}_items WHERE id = n)'], 'ext'),
('an anti-join', '9', '9', ARRAY[:'as_ext', 'SELECT count(*) FROM generate_series(1, 10) AS n WHERE n NOT IN (SELECT id FROM {t}_items)'],
    'ext'),
('a join through a table that is confined by another column', '1', '1',
    ARRAY[:'as_ext', 'SELECT count(*) FROM {t}_items AS i JOIN {t}_files AS f ON f.item_id = i.id OR true'], 'ext'),
('the children alone', 'file of 2', 'file of 2', ARRAY[:'as_ext', 'SELECT body FROM {t}_files'], 'ext'),
('the children by a key of type text', 'note of 2', 'note of 2', ARRAY[:'as_ext', 'SELECT body FROM {t}_notes'], 'ext'),
('a cursor', '2', '2', ARRAY[:'as_ext', 'DECLARE c SCROLL CURSOR FOR SELECT id FROM {t}_items ORDER BY id', 'MOVE LAST FROM c',
    'FETCH BACKWARD ALL FROM c', 'FETCH ALL FROM c'], 'ext'),
('a leaky function', '1', '1',
    ARRAY[:'as_ext', 'CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS ''BEGIN IF $1 <> ''''item '
    '2'''' THEN RAISE EXCEPTION ''''leaked''''; END IF; RETURN true; END''', 'SELECT count(*) FROM {t}_items WHERE pg_temp.leak(name)'],
    'ext'),
('division by a value', '1', '1', ARRAY[:'as_ext', 'SELECT count(*) FROM {t}_items WHERE 1 / (price - 40) IS NOT NULL'], 'ext'),
('a recursive walk', '1', '1',
    ARRAY[:'as_ext', 'WITH RECURSIVE w AS (SELECT 1 AS n UNION SELECT n + 1 FROM w WHERE n < 10) SELECT count(i.id) FROM w JOIN {t}_items '
    'AS i ON i.id = n'], 'ext'),
('GROUPING SETS', '2', '2',
    ARRAY[:'as_ext', 'SELECT count(*) FROM (SELECT count(*) FROM {t}_items GROUP BY GROUPING SETS ((id), ())) AS g'], 'ext'),
('an UPDATE of its own item', 'UPDATE 1', 'UPDATE 0', ARRAY[:'as_ext', 'UPDATE {t}_items SET price = 0'], 'ext'),
('an INSERT', 'INSERT 0 1', '42501', ARRAY[:'as_ext', 'INSERT INTO {t}_files (account_id, item_id) VALUES (1, 2)'], 'ext'),
('a DELETE', 'DELETE 1', 'DELETE 0', ARRAY[:'as_ext', 'DELETE FROM {t}_items'], 'ext'),
('a MERGE', 'MERGE 1', '42501',
    ARRAY[:'as_ext', 'MERGE INTO {t}_items AS i USING generate_series(1, 10) AS n ON i.id = n WHEN MATCHED THEN DO NOTHING WHEN NOT '
    'MATCHED AND false THEN INSERT VALUES (0)',
    'MERGE INTO {t}_items AS i USING (SELECT id FROM {t}_items) AS n ON i.id = n.id WHEN MATCHED THEN DELETE'], 'ext'),
('locking what it reads', '1', '0', ARRAY[:'as_ext', 'SELECT count(*) FROM (SELECT 1 FROM {t}_items FOR UPDATE) AS l'], 'ext'),
('granting itself more', '42501', '42501', ARRAY[:'as_ext', 'INSERT INTO granted VALUES (1, ''ext'', 4)'], 'ext'),
('raising its own membership', '42501', '42501', ARRAY[:'as_ext', 'UPDATE members SET role = ''owner'' WHERE user_id = ''ext'''], 'ext'),
('asking for a higher role', NULL, 'f', ARRAY['SELECT primecloud.has_role(''developer'')'], 'ext'),
('narrow as a way up', NULL, '42501', ARRAY['SELECT primecloud.narrow(''owner'')'], 'ext'),
('narrow to where it is', NULL, 't', ARRAY['SELECT count(primecloud.narrow(''external_client''))', 'SELECT primecloud.in_scope(2::bigint)'],
    'ext'),
('a tenant key below its role', NULL, 't', ARRAY['SELECT primecloud.tenant_int(''developer'') IS NULL'], 'ext'),
('in_scope of what it was granted, in other spellings', NULL, 'f',
    ARRAY['SELECT primecloud.in_scope(''02'') OR primecloud.in_scope('' 2'') OR primecloud.in_scope(''2.0'') OR primecloud.in_scope('''') '
    'OR primecloud.in_scope(-2::bigint)'], 'ext'),
('in_scope of another type', NULL, 'f', ARRAY['SELECT primecloud.in_scope(''00000000-0000-0000-0000-000000000002''::uuid)'], 'ext'),
('in_scope of NULL hides', NULL, '1', ARRAY['SELECT count(*) FROM guarded_items WHERE primecloud.in_scope(nullif(id, 2)) IS NULL'], 'ext'),
-- Those above it
('a developer deletes nothing', '5', '0',
    ARRAY['SET LOCAL app.role = ''developer''', 'WITH d AS (DELETE FROM {t}_items RETURNING 1) SELECT count(*) FROM d'], 'mallory'),
('a developer writes', '5', '5',
    ARRAY['SET LOCAL app.role = ''developer''', 'WITH u AS (UPDATE {t}_items SET price = 1 RETURNING 1) SELECT count(*) FROM u'],
    'mallory'),
('an owner deletes', '5', '5',
    ARRAY['SET LOCAL app.role = ''owner''', 'WITH d AS (DELETE FROM {t}_items RETURNING 1) SELECT count(*) FROM d'], 'boss'),
('an owner narrowed to a developer deletes nothing', '5', '0',
    ARRAY['SET LOCAL app.role = ''owner''', 'SELECT count(primecloud.narrow(''developer''))',
    'WITH d AS (DELETE FROM {t}_items RETURNING 1) SELECT count(*) FROM d'], 'boss'),
('an owner narrowed to a client sees nothing', '5', '0',
    ARRAY['SET LOCAL app.role = ''owner''', 'SELECT count(primecloud.narrow(''external_client''))', 'SELECT count(*) FROM {t}_items'],
    'boss'),
('a developer by MERGE deletes nothing', 'MERGE 5', '42501',
    ARRAY['SET LOCAL app.role = ''developer''',
    'MERGE INTO {t}_items AS i USING (SELECT id FROM {t}_items) AS n ON i.id = n.id WHEN MATCHED THEN DELETE'], 'mallory');
SELECT harness.run();

-- The confined client keeps nothing that it was granted once.
DELETE FROM granted WHERE account_id = 1;
SELECT is(harness.attack('ext', 'SELECT count(*) FROM guarded_items'), '0', 'a grant that was taken back');
INSERT INTO granted SELECT 1, 'ext', n FROM generate_series(2, 4000, 2) AS n;
SELECT is(harness.attack('ext', 'SELECT count(*) FROM guarded_items'), '5', 'two thousand grants');
INSERT INTO granted VALUES (1, 'ext', NULL);
SELECT is(harness.attack('ext', 'SELECT count(*) FROM guarded_items'), '5', 'a grant of nothing');
SELECT is(harness.attack('ext',
    'SELECT set_config(name, ''on'', true) FROM pg_settings WHERE name IN (''force_parallel_mode'', ''debug_parallel_query'')',
    'SELECT count(*) FROM guarded_items'), '5',
    'the grants go to parallel workers');

-- Membership tables that clients can write are the application's to guard; here is how one does.
SELECT lives_ok($$SELECT primecloud.protect_table('members', write_role => 'owner', delete_role => 'owner')$$,
    'the membership table can be protected itself');
GRANT SELECT, INSERT, UPDATE, DELETE ON members TO :app;
INSERT INTO harness.attacks (name, ours, statements, who) VALUES
('a developer raises itself in the membership table', 'UPDATE 0', ARRAY['UPDATE members SET role = ''owner'' WHERE user_id = ''mallory'''],
    'mallory'),
('a client raises itself', 'UPDATE 0', ARRAY['UPDATE members SET role = ''owner'' WHERE user_id = ''ext'''], 'ext'),
('a developer invites itself', '42501', ARRAY['INSERT INTO members VALUES (1, ''mallory'', ''owner'')'], 'mallory'),
('an owner invites itself into another account', '42501', ARRAY['INSERT INTO members VALUES (2, ''boss'', ''owner'')'], 'boss'),
('an owner sees the members of its own account alone', '3', ARRAY['SELECT count(*) FROM members'], 'boss');
SELECT harness.run();
-- Two rows for one user count as the lesser; protecting has made a key against that.
SELECT throws_ok($$INSERT INTO members VALUES (1, 'mallory', 'owner')$$, '23505', NULL, 'a user is a member once');
SET primecloud.guard = off;
ALTER TABLE members DROP CONSTRAINT members_account_id_user_id_key;
RESET primecloud.guard;
INSERT INTO members VALUES (1, 'mallory', 'owner');
SELECT is(harness.attack('mallory', 'SELECT primecloud.role()'), 'developer', 'two memberships count as the lesser');

-- Grants that name the member by the id of his row, as applications have it.
\o /dev/null
CREATE TABLE staff (id serial PRIMARY KEY, account_id int NOT NULL, user_id varchar(64), role text, UNIQUE (account_id, user_id));
INSERT INTO staff VALUES (7, 1, 'mallory', 'developer'), (8, 1, 'ext', 'external_client'), (9, 1, 'other', 'external_client'),
    (10, 2, 'ext', 'external_client');
CREATE TABLE permissions (account_id int NOT NULL, staff_id int NOT NULL, item_id int);
INSERT INTO permissions VALUES (1, 8, 2), (1, 8, 6), (1, 9, 4), (1, 10, 8), (2, 10, 1);
CREATE FUNCTION harness.granted_by(col name) RETURNS text LANGUAGE plpgsql AS $$ BEGIN
    PERFORM primecloud.register_membership('staff', 'account_id', 'user_id', 'role', grants => 'permissions',
        grants_tenant_column => 'account_id', grants_user_column => col, grants_id_column => 'item_id');
    RETURN 'registered';
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM; END $$;
\o
SELECT is(harness.granted_by('staff_id'), '42804 column "staff_id" of public.permissions is of another type than the user in "user_id" '
    'of public.staff', 'an id that nothing says is a member''s is refused: it would match nobody');
ALTER TABLE permissions ADD FOREIGN KEY (staff_id) REFERENCES staff;
SELECT is(harness.granted_by('staff_id'), 'registered', 'a foreign key says so');
SELECT is(harness.attack('ext', 'SELECT id FROM guarded_items ORDER BY id'), '2,6', 'the client reaches what its row was granted');
SELECT is(harness.attack('other', 'SELECT id FROM guarded_items ORDER BY id'), '4', 'and another what his was');
SELECT is(harness.attack('mallory', 'SELECT count(*) FROM guarded_items'), '5', 'a developer is not confined');
SELECT is(harness.attack('ext', 'SELECT primecloud.context() ->> ''confined'''), 'true', 'the context says so');
SELECT is(harness.attack('mallory', 'SELECT primecloud.context() ->> ''confined'''), 'false', 'and of a developer not');
\o /dev/null
SELECT harness.over('app', 'BEGIN', harness.entering('ext'), 'SELECT 1');
DELETE FROM permissions WHERE item_id = 6;
SELECT primecloud.membership_changed();
\o
SELECT is(harness.over('app', 'SELECT id FROM guarded_items'), '28000', 'a grant that is taken away ends the context');
SELECT harness.over('app', 'ROLLBACK') \gset done_
-- A composite key, and a member's own text for an id.
\o /dev/null
ALTER TABLE permissions DROP CONSTRAINT permissions_staff_id_fkey;
ALTER TABLE staff ADD UNIQUE (account_id, id), ADD COLUMN badge text UNIQUE;
UPDATE staff SET badge = 'badge ' || id;
DELETE FROM permissions WHERE item_id = 8;
ALTER TABLE permissions ADD FOREIGN KEY (account_id, staff_id) REFERENCES staff (account_id, id), ADD COLUMN badge text REFERENCES staff
    (badge);
UPDATE permissions SET badge = 'badge ' || staff_id;
\o
SELECT is(harness.granted_by(col) || ' ' || harness.attack('ext', 'SELECT id FROM guarded_items ORDER BY id'), 'registered 2', col)
    FROM (VALUES ('staff_id'), ('badge')) AS t(col);
-- Where nothing confines, nothing says so.
\o /dev/null
SELECT primecloud.unconfine_table('guarded_' || t) FROM (VALUES ('items'), ('files'), ('notes')) AS v(t);
\o
SELECT is(harness.attack('ext', 'SELECT primecloud.context() ->> ''confined'''), 'false', 'no table is confined: nobody is');
SELECT is(harness.attack('ext', 'SELECT count(*) FROM guarded_items'), '5', 'and reads what others read');
SELECT * FROM finish();
\ir support/done.sql
