-- People by every type of key, and a whole adoption by an owner who is no superuser: what he can do, and what he cannot.
\o /dev/null
SET client_min_messages = warning;
CREATE ROLE people_owner;
SELECT primecloud.create_app_role('people_app');
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO people_owner', current_database()); END $$;
CREATE FUNCTION asked(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    EXECUTE statement INTO answer;
    RETURN answer;
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE;
END $$;
-- As a user in an account, by the application's role.
CREATE FUNCTION within(tenant text, who text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    PERFORM primecloud.enter_trusted(tenant, who, NULL);
    SET LOCAL ROLE people_app;
    answer := public.asked(statement);
    RESET ROLE;
    RETURN answer;
END $$;
\o
SELECT no_plan();

CREATE FUNCTION plan_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text;
    lines text := '';
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        lines := lines || line || E'\n';
    END LOOP;
    RETURN lines;
END $$;
-- One schema for each type, made and protected by its owner.
CREATE FUNCTION people_of(type text, a text, b text, c text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    space text := 'by_' || replace(type, '(36)', '');
BEGIN
    SET LOCAL ROLE people_owner;
    EXECUTE format('CREATE SCHEMA %I', space);
    PERFORM set_config('search_path', format('%I, public', space), true);
    EXECUTE format('CREATE TABLE accounts (id int PRIMARY KEY, status text NOT NULL DEFAULT ''active'')');
    EXECUTE format('CREATE TABLE users (id %s PRIMARY KEY, name text)', type);
    EXECUTE format('CREATE TABLE profiles (id serial PRIMARY KEY, user_id %s NOT NULL UNIQUE REFERENCES users, bio text)', type);
    EXECUTE format('CREATE TABLE members (account_id int REFERENCES accounts, user_id %s REFERENCES users, role text, '
        'PRIMARY KEY (account_id, user_id))', type);
    INSERT INTO accounts VALUES (1), (2);
    EXECUTE format('INSERT INTO users VALUES (%L, ''a''), (%L, ''b''), (%L, ''c'')', a, b, c);
    INSERT INTO profiles (user_id, bio) SELECT id, 'of ' || name FROM users;
    EXECUTE format('INSERT INTO members VALUES (1, %L, ''owner''), (1, %L, ''external_client''), (2, %L, ''owner'')', a, b, c);
    PERFORM primecloud.register_membership('members', 'account_id', 'user_id', 'role', accounts => 'accounts');
    RETURN NEXT cmp_ok((SELECT count(*) FROM primecloud.protect_schema(space::name, 'accounts', app_role => 'people_app',
        people => '{users,profiles}')), '>', 20::bigint, type || ': the owner protects it');
    RETURN NEXT is((SELECT count(*) FROM primecloud.protect_schema(space::name, 'accounts') AS line WHERE NOT starts_with(line, '--')),
        0::bigint, type || ': once');
    RESET ROLE;
    PERFORM primecloud.enter_trusted('1', a, 'owner');
    SET LOCAL enable_seqscan = off;
    SET LOCAL ROLE people_app;
    RETURN NEXT matches(plan_of('SELECT name FROM users'), 'Index Cond: \(.*id.* = ANY', type || ': the list by the key''s index');
    RETURN NEXT matches(plan_of('UPDATE users SET name = name'), 'Index Cond: \(.*id.* = primecloud', type || ': and himself');
    RESET ROLE;
END $$;
CREATE FUNCTION seen_in(space text, tenant text, who text) RETURNS text LANGUAGE sql AS $$
    SELECT within(tenant, who, format('SELECT string_agg(name, '''' ORDER BY name) FROM %I.users', space)) || ' '
        || within(tenant, who, format('SELECT string_agg(bio, '','' ORDER BY bio) FROM %I.profiles', space)) $$;
\set each 'BEGIN; SELECT people_of(:''type'', :''a'', :''b'', :''c''); COMMIT;'
\set type integer \set a 1 \set b 2 \set c 3
:each
BEGIN; SELECT is(seen_in('by_integer', '1', '1'), 'ab of a,of b', 'integer: a colleague'); ROLLBACK;
BEGIN; SELECT is(seen_in('by_integer', '1', '2'), 'b of b', 'an external client'); ROLLBACK;
BEGIN; SELECT is(seen_in('by_integer', '2', '3'), 'c of c', 'another account'); ROLLBACK;
BEGIN; SELECT is(within('1', '2', 'UPDATE by_integer.users SET name = ''x'' RETURNING id'), '2', 'himself'); ROLLBACK;
BEGIN;
SELECT is(within('1', '1', 'UPDATE by_integer.profiles SET bio = ''x'' WHERE user_id = 2 RETURNING id'), NULL, 'no colleague');
SELECT is(within('1', '1', 'UPDATE by_integer.profiles SET user_id = 3 WHERE user_id = 1 RETURNING id'), '42501', 'nor becomes one');
ROLLBACK;
BEGIN; SELECT is(within('1', '1', 'SELECT primecloud.colleagues_bigint()'), '{1,1,2}', 'as numbers'); ROLLBACK;
BEGIN; SELECT is(within('1', '1', 'SELECT primecloud.colleagues_uuid()'), '{}', 'none of them is a uuid'); ROLLBACK;
BEGIN; SELECT is(within('1', '1', 'SELECT primecloud.user_bigint()'), '1', 'the user as a number'); ROLLBACK;
BEGIN; SELECT is(within('1', '1', 'SELECT primecloud.user_uuid()'), NULL, 'who is no uuid'); ROLLBACK;
\set type bigint \set a 5000000001 \set b 5000000002 \set c 3
:each
BEGIN; SELECT is(seen_in('by_bigint', '1', '5000000001'), 'ab of a,of b', 'bigint: a colleague'); ROLLBACK;
BEGIN; SELECT is(within('1', '5000000001', 'UPDATE by_bigint.users SET name = ''x'' RETURNING id'), '5000000001', 'himself'); ROLLBACK;
\set type uuid \set a 018f0000-0000-7000-8000-000000000001 \set b 018f0000-0000-7000-8000-000000000002
\set c 018f0000-0000-7000-8000-000000000003
:each
BEGIN; SELECT is(seen_in('by_uuid', '1', :'a'), 'ab of a,of b', 'uuid: a colleague'); ROLLBACK;
BEGIN; SELECT is(within('1', :'b', 'UPDATE by_uuid.users SET name = ''x'' RETURNING name'), 'x', 'himself'); ROLLBACK;
BEGIN; SELECT is(within('1', :'a', 'SELECT primecloud.user_uuid()'), :'a', 'the user as uuid'); ROLLBACK;
\set type varchar \set a Ann \set b ann \set c 3
:each
BEGIN; SELECT is(seen_in('by_varchar', '1', 'Ann'), 'ab of a,of b', 'varchar: a colleague'); ROLLBACK;
BEGIN; SELECT is(seen_in('by_varchar', '1', 'ann'), 'b of b', 'and not who is written like him'); ROLLBACK;
-- An operator, whose name is no user's of that type, sees the account's people and writes none.
\set type uuid
SELECT primecloud.create_platform_role('people_operator');
GRANT USAGE ON SCHEMA by_varchar TO people_operator;
GRANT SELECT, UPDATE ON by_varchar.users TO people_operator;
SET ROLE people_operator;
BEGIN;
SELECT primecloud.assume('1', 'a test') \g /dev/null
SELECT is((SELECT string_agg(name, '' ORDER BY name) FROM by_varchar.users), 'ab', 'an operator sees the people of the account');
ROLLBACK;
RESET ROLE;

-- What cannot be people.
CREATE TABLE nobody (a int, b int);
CREATE TABLE in_parts (id int PRIMARY KEY, name text) PARTITION BY RANGE (id);
CREATE TABLE in_parts_1 PARTITION OF in_parts FOR VALUES FROM (0) TO (100);
SELECT throws_ok(s, code, NULL, s) FROM (VALUES
    ($$SELECT primecloud.protect_people('nobody')$$, '42703'), ($$SELECT primecloud.protect_people('nobody', 'c')$$, '42703'),
    ($$SELECT primecloud.protect_people(NULL)$$, '22004'), ($$SELECT primecloud.protect_people('pg_views')$$, '42809'),
    ($$SELECT primecloud.protect_people('by_varchar.members')$$, '55000'),
    ($$SELECT primecloud.protect_people('by_varchar.accounts')$$, '55000'),
    ($$SET ROLE people_app; SELECT primecloud.protect_people('nobody', 'a')$$, '42501')) AS t(s, code);
RESET ROLE;
SELECT set_has($$SELECT primecloud.protect_people('nobody', 'a')$$,
    $$VALUES ('CREATE INDEX nobody_people_idx ON public.nobody (a)')$$, 'a column without an index is given one');
SELECT is((SELECT count(*) FROM primecloud.protect_people('nobody')), 0::bigint, 'and the column is remembered');
SELECT is((SELECT count(*) FROM primecloud.unprotect_table('nobody') AS s WHERE s ~ 'DROP INDEX'), 1::bigint, 'which goes with protection');
SELECT count(*) FROM primecloud.protect_people('in_parts') \g /dev/null
CREATE TABLE in_parts_2 PARTITION OF in_parts FOR VALUES FROM (100) TO (200);
SELECT is((SELECT count(*) FROM pg_policy WHERE polrelid = n), 8::bigint, 'a partition has its policies: ' || n)
FROM (VALUES ('in_parts_1'::regclass), ('in_parts_2')) AS t(n);

-- A table that is people stays it, whatever is asked again, and nobody is taken into members meanwhile.
SET ROLE people_owner;
CREATE SCHEMA kinds;
CREATE TABLE kinds.accounts (id int PRIMARY KEY, status text DEFAULT 'active');
CREATE TABLE kinds.users (id text PRIMARY KEY, email text);
CREATE TABLE kinds.members (account_id int REFERENCES kinds.accounts, user_id text REFERENCES kinds.users, role text,
    PRIMARY KEY (account_id, user_id));
CREATE TABLE kinds.orders (id int PRIMARY KEY, account_id int, by_user text REFERENCES kinds.users);
CREATE TABLE kinds.lines (id int PRIMARY KEY, order_id int NOT NULL REFERENCES kinds.orders);
CREATE TABLE kinds.rates (code text);
CREATE TABLE kinds.noted (id int PRIMARY KEY);
CREATE TABLE kinds.child () INHERITS (kinds.noted);
CREATE TABLE kinds.later () INHERITS (kinds.orders);
SELECT primecloud.register_membership('kinds.members', 'account_id', 'user_id', 'role', accounts => 'kinds.accounts') \g /dev/null
CREATE FUNCTION pg_temp.kinds(words text) RETURNS text LANGUAGE sql AS $$
    SELECT public.asked(format('SELECT count(*) > 0 FROM primecloud.protect_schema(''kinds'', ''kinds.accounts'', '
        'app_role => ''people_app'', %s)', words)) $$;
SELECT is(pg_temp.kinds(words || ', dry_run => true') || ' ' || pg_temp.kinds(words), '55000 55000',
    words || ': the dry run refuses it too')
FROM (VALUES ($$people => '{orders}'$$), ($$shared => '{orders}'$$), ($$people => '{users,lines}', shared => '{members}'$$),
    ($$shared => '{noted}', keep_out => '{child}'$$), ($$keep_out => '{later}'$$), ($$people => '{noted}', shared => '{child}'$$))
    AS t(words);
SELECT is(asked($$SELECT count(*) FROM primecloud.protect_people('kinds.orders')$$), '55000', 'what has an account is no people');
SELECT is(pg_temp.kinds($$people => '{users}', shared => '{rates}'$$), 'true', 'of each kind one');
SELECT is(pg_temp.kinds(words || ', dry_run => true') || ' ' || pg_temp.kinds(words), '55000 55000', 'again, ' || words)
FROM (SELECT format('%s => ''{%s}''', l, r) AS words FROM unnest('{shared,keep_out,people}'::text[]) AS l,
    unnest('{users,rates,orders,lines}'::text[]) AS r WHERE (l, r) NOT IN (('people', 'users'), ('shared', 'rates'))) AS t;
SELECT is(asked(format('SELECT count(*) FROM primecloud.%s', call)) || ' ' || asked(format('SELECT count(*) FROM primecloud.%s',
    replace(call, ')', ', dry_run => true)'))), '55000 55000', call)
FROM (VALUES ($$share_table('kinds.users')$$), ($$protect_table('kinds.users', 'id')$$), ($$share_table('kinds.orders')$$),
    ($$protect_people('kinds.lines')$$), ($$protect_people('kinds.rates', 'code')$$),
        ($$protect_table('kinds.rates', 'code')$$)) AS t(call);
SELECT is(asked(format($$SELECT primecloud.exempt('kinds.%s', 'so')$$, rel)), '55000', 'nor exempt: ' || rel)
FROM unnest('{users,rates,orders}'::text[]) AS rel;
SELECT is(pg_temp.kinds($$people => '{users}', shared => '{rates}'$$), 'true', 'the same again');
SELECT is((SELECT string_agg(c.relname || ' ' || p.polname, ', ' ORDER BY 1) FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
    WHERE c.relnamespace = 'kinds'::regnamespace AND c.relname IN ('users', 'rates')
        AND p.polname IN ('primecloud_floor', 'primecloud_shared', 'primecloud_people')),
    'rates primecloud_shared, users primecloud_people', 'each is what it was');
SELECT is(has_any_column_privilege('people_app', 'kinds.members', 'INSERT') || ' '
    || has_column_privilege('people_app', 'kinds.members', 'user_id', 'UPDATE'), 'false false', 'and members are taken in by nobody');
-- People of another schema are shown to whoever shares an account with them all the same.
CREATE SCHEMA persons;
CREATE TABLE persons.users (id text PRIMARY KEY);
SELECT count(*) FROM primecloud.protect_people('persons.users') \g /dev/null
SELECT count(*) FROM primecloud.unprotect_table('kinds.users') \g /dev/null
SELECT is(pg_temp.kinds($$keep_out => '{users}'$$), 'true', 'what is protected no more may be kept out');
SELECT is(has_any_column_privilege('people_app', 'kinds.members', 'INSERT'), false,
    'and nobody is taken in while there are people anywhere');
SELECT count(*) FROM primecloud.unprotect_table('persons.users') \g /dev/null
DROP SCHEMA persons CASCADE;
RESET ROLE;
SELECT count(*) FROM primecloud.register_membership('by_varchar.members', 'account_id', 'user_id', 'role',
    accounts => 'by_varchar.accounts') \g /dev/null
DROP SCHEMA kinds CASCADE;

-- As a script: what is there is mended by a call, what is not comes together or not at all.
SELECT is((SELECT string_agg(line, '|') FROM primecloud.protect_schema('by_uuid', 'by_uuid.accounts', online => true,
    roles => '{"users": {"read": "admin"}}') AS line WHERE line ~ 'people'),
    'SELECT primecloud.protect_people(''by_uuid.users'', read_role => ''admin'');', 'online: mended by a call');
SELECT count(*) FROM primecloud.unprotect_table('by_uuid.users') \g /dev/null
SELECT matches((SELECT string_agg(line, E'\n') FROM primecloud.protect_schema('by_uuid', 'by_uuid.accounts', online => true,
    people => '{users}') AS line), E'BEGIN;\nALTER TABLE by_uuid.users ENABLE[^;]*;\n(CREATE POLICY[^;]*;\n){8}COMMENT[^;]*;\nCOMMIT;',
    'online: together');

-- Adopting as an owner: what is his, and what is a superuser's.
SET ROLE people_owner;
SELECT is(asked(s), wanted, 'the owner of the database: ' || s) FROM (VALUES
    ($$SELECT primecloud.exempt('by_varchar.users', NULL)$$, ''),
    ($$SELECT count(*) > 0 FROM primecloud.unprotect_table('by_varchar.profiles')$$, 'true'),
    ($$SELECT primecloud.create_app_role('people_other')$$, '42501'), ($$SELECT primecloud.create_gate_role('people_gate')$$, '42501'),
    ($$SELECT primecloud.add_token_key('k', 'EdDSA', '\x00')$$, '42501'),
    ($$SELECT count(*) FROM primecloud.check_installation()$$, '42501'),
    ($$SELECT count(*) FROM primecloud.assert_isolated('by_varchar.users', 'people_app')$$, '42501'),
    ($$SELECT count(*) > 0 FROM primecloud.explain_access('by_varchar.users', 'people_app')$$, 'true'),
    ($$SELECT count(*) FROM primecloud.unprotected_tables()$$, '2'),
    ($$SELECT count(*) > 0 FROM primecloud.create_schema('people_cloud', register => false)$$, 'true'),
    ($$SELECT primecloud.create_schema('people_other')$$, '55000')) AS t(s, wanted);
RESET ROLE;
SELECT * FROM finish();
\o /dev/null
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO postgres', current_database()); END $$;
DROP OWNED BY people_app, people_operator, people_owner CASCADE;
DROP ROLE people_app, people_operator, people_owner;
