-- The note of a protected table is lost: replaced, taken away, or left out by pg_restore --no-comments.  What was chosen stands in the
-- policies, and nothing is looser for having been asked for again.
SET client_min_messages = warning;
SELECT plan(136);
CREATE ROLE notes_owner;
CREATE SCHEMA app AUTHORIZATION notes_owner;
SET search_path = app, public;
CREATE TABLE accounts (id int PRIMARY KEY, status text NOT NULL DEFAULT 'active');
CREATE TABLE users (id text PRIMARY KEY);
CREATE TABLE members (account_id int REFERENCES accounts, user_id text REFERENCES users, role text, PRIMARY KEY (account_id, user_id));
CREATE TABLE people (id text PRIMARY KEY REFERENCES users);
CREATE TABLE ranked (id int, account_id int NOT NULL, role text);
CREATE TABLE long_keys (id int, account_id varchar NOT NULL, role varchar);
CREATE TABLE "odd table" (id int, "the ""account""" int NOT NULL);
CREATE TABLE parts (id int, account_id int NOT NULL) PARTITION BY LIST (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE currencies (code text PRIMARY KEY);
CREATE TABLE plain (id int, account_id int NOT NULL);
SELECT format('ALTER TABLE %s OWNER TO notes_owner', c.oid::regclass)
FROM pg_class c WHERE relnamespace = 'app'::regnamespace AND relkind IN ('r', 'p') \gexec
\o /dev/null
SELECT primecloud.register_membership('members', 'account_id', 'user_id', 'role', accounts => 'accounts');
\o
GRANT CREATE, USAGE ON SCHEMA public TO notes_owner;
SET ROLE notes_owner;

CREATE FUNCTION policies() RETURNS text LANGUAGE sql SET quote_all_identifiers = off AS $$
    SELECT string_agg(concat_ws(' ', polrelid::regclass, polname, polcmd, polpermissive, polroles::text, pg_get_expr(polqual, polrelid),
        '/', pg_get_expr(polwithcheck, polrelid)), E'\n' ORDER BY polrelid::regclass::text, polname) FROM pg_policy
$$;
CREATE FUNCTION without_notes() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT polname, polrelid::regclass AS rel FROM pg_policy WHERE obj_description(oid, 'pg_policy') IS NOT NULL LOOP
        EXECUTE format('COMMENT ON POLICY %I ON %s IS NULL', one.polname, one.rel);
    END LOOP;
END $$;
-- Each is protected, its notes are lost, it is asked for again without a word, and nothing is as much as touched.
CREATE FUNCTION again(first text, later text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before text;
    after text;
    said text;
BEGIN
    EXECUTE first;
    before := app.policies();
    PERFORM set_config('primecloud.guard', 'off', true);
    PERFORM app.without_notes();
    PERFORM set_config('primecloud.guard', 'error', true);
    EXECUTE 'SELECT string_agg(s, ''; '') FROM (' || later || ') AS t(s) WHERE s !~ ''^(COMMENT|--)''' INTO said;
    after := app.policies();
    RAISE SQLSTATE 'AGAIN' USING MESSAGE = CASE WHEN said IS NOT NULL THEN said WHEN before = after THEN 'the same' ELSE after END;
EXCEPTION WHEN SQLSTATE 'AGAIN' THEN
    RETURN SQLERRM;
END $$;
RESET ROLE;
CREATE TEMPORARY TABLE kinds (n serial, made text, called text);
INSERT INTO kinds (made, called)
SELECT format('protect_table(%L, %L, %L, %L, %L%s%s)', t.rel, t.col, read, write, CASE write WHEN 'developer' THEN 'owner' ELSE write END,
    more, t.ranks), format('protect_table(%L, %L)', t.rel, t.col)
FROM unnest('{external_client,developer,admin,owner}'::text[]) AS read, unnest('{external_client,developer,admin,owner}'::text[]) AS write,
    unnest('{"",", refuse => true"}'::text[]) AS more, (VALUES ('plain', 'account_id', '')) AS t(rel, col, ranks)
UNION ALL
SELECT format('protect_table(%L, %L, %L, %3$L, %3$L, refuse => true%s)', t.rel, t.col, r, t.ranks), format('protect_table(%L, %L)', t.rel,
    t.col)
FROM unnest('{developer,owner}'::text[]) AS r, (VALUES ('ranked', 'account_id', ', role_column => ''role'''),
    ('long_keys', 'account_id', ', role_column => ''role'''), ('"odd table"', 'the "account"', ''), ('parts', 'account_id', ''),
    ('members', 'account_id', ''), ('accounts', 'id', '')) AS t(rel, col, ranks)
UNION ALL
SELECT format('protect_people(%L, read_role => %L)', t, r), format('protect_people(%L)', t)
FROM unnest('{developer,admin,owner}'::text[]) AS r, unnest('{users,people}'::text[]) AS t
UNION ALL VALUES ('share_table(''currencies'')', 'share_table(''currencies'')'),
    ('protect_table(''plain'', read_role => ''owner''), primecloud.confine_table(''plain'', ''id'')',
        'protect_table(''plain'') UNION ALL SELECT primecloud.confine_table(''plain'', ''id'')'),
    ('protect_schema(''app'', ''accounts'', app_role => NULL, shared => ''{currencies}'', people => ''{users,people}'',
        keep_out => ''{long_keys,"odd table"}'', roles => ''{"plain": {"read": "owner", "delete": "owner"}, "people": {"read": "owner"},
        "accounts": {"read": "admin"}}'')', 'protect_schema(''app'', ''accounts'', keep_out => ''{long_keys,"odd table"}'')');
SELECT is(again(format('SELECT primecloud.%s', made), format('SELECT primecloud.%s', called)), 'the same', made) FROM kinds ORDER BY n;

-- What does not stand in the policies as it was made is not guessed, and nothing is done; who names it again is heard.
CREATE FUNCTION tampered(first text, meanwhile text, later text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    told text;
BEGIN
    PERFORM set_config('primecloud.guard', 'off', true);
    EXECUTE first;
    EXECUTE meanwhile;
    PERFORM app.without_notes();
    PERFORM set_config('primecloud.guard', 'error', true);
    BEGIN
        EXECUTE later;
        told := 'done';
    EXCEPTION WHEN OTHERS THEN
        told := SQLSTATE || ' ' || SQLERRM;
    END;
    RAISE SQLSTATE 'AGAIN' USING MESSAGE = told;
EXCEPTION WHEN SQLSTATE 'AGAIN' THEN
    RETURN SQLERRM;
END $$;
SELECT is(tampered('SELECT primecloud.protect_table(''plain'', read_role => ''owner'', write_role => ''owner'', delete_role => ''owner'')',
    meanwhile, 'SELECT primecloud.protect_table(''plain'')'),
    format('55000 which role was chosen to %s table app.plain is not known any more', what), 'not guessed: ' || meanwhile)
FROM (VALUES ('ALTER POLICY primecloud_select ON plain USING (true)', 'read'), ('DROP POLICY primecloud_select ON plain', 'read'),
    ('ALTER POLICY primecloud_select ON plain TO notes_owner', 'read'),
    ('ALTER POLICY primecloud_insert ON plain WITH CHECK (false)', 'write'),
    ('ALTER POLICY primecloud_update ON plain USING (account_id = primecloud.tenant_int())', 'write'),
    ('DROP POLICY primecloud_update ON plain', 'write'),
    ('ALTER POLICY primecloud_delete ON plain USING (account_id = primecloud.tenant_int(''owner'') OR id = 1)', 'delete from'),
    ('DROP POLICY primecloud_delete ON plain', 'delete from'),
    ('DROP POLICY primecloud_floor ON plain; DROP POLICY primecloud_select ON plain', 'read')) AS t(meanwhile, what);
SELECT is(tampered('SELECT primecloud.protect_table(''plain'', read_role => ''owner'')', 'DROP POLICY primecloud_select ON plain',
    'SELECT primecloud.protect_table(''plain'', read_role => ''admin'')'), 'done', 'what is named again is heard');
SELECT is(tampered('SELECT primecloud.protect_people(''users'', read_role => ''owner'')', meanwhile,
    'SELECT primecloud.protect_people(''users'')'), '55000 which role was chosen to read table app.users is not known any more',
    'not guessed: ' || meanwhile)
FROM (VALUES ('ALTER POLICY primecloud_people ON users USING (true)'), ('DROP POLICY primecloud_people ON users'),
    ('DROP POLICY primecloud_people_select ON users')) AS t(meanwhile);
SELECT is(tampered('SELECT primecloud.protect_table(''plain'', read_role => ''owner'')', 'SELECT 1',
    'SELECT primecloud.protect_table(''plain''); SELECT primecloud.unprotect_table(''plain''); DO $d$ BEGIN ASSERT NOT (SELECT '
    'relrowsecurity FROM pg_class WHERE oid = ''plain''::regclass); END $d$'), 'done', 'and unprotect_table() is the way back still');

-- The wall of ranks is there again if any stone of it was left.
CREATE FUNCTION walls(meanwhile text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before text;
BEGIN
    PERFORM primecloud.protect_table('ranked', role_column => 'role');
    before := app.policies();
    PERFORM set_config('primecloud.guard', 'off', true);
    EXECUTE meanwhile;
    PERFORM app.without_notes();
    PERFORM set_config('primecloud.guard', 'error', true);
    PERFORM primecloud.protect_table('ranked');
    RAISE SQLSTATE 'AGAIN' USING MESSAGE = CASE app.policies() WHEN before THEN 'the same' ELSE app.policies() END;
EXCEPTION WHEN SQLSTATE 'AGAIN' THEN
    RETURN SQLERRM;
END $$;
SELECT is(walls(meanwhile), 'the same', 'built again: ' || meanwhile) FROM (VALUES ('DROP POLICY primecloud_rank_insert ON ranked'),
    ('DROP POLICY primecloud_rank_insert ON ranked; DROP POLICY primecloud_rank_update ON ranked; DROP POLICY primecloud_rank_delete ON '
        'ranked')) AS t(meanwhile);

-- The guard: a note of ours is its table's.
SET ROLE notes_owner;
\o /dev/null
SELECT primecloud.protect_table('plain', read_role => 'owner', write_role => 'owner', delete_role => 'owner');
SELECT primecloud.protect_table('members'), primecloud.protect_people('users'), primecloud.share_table('currencies');
\o
SELECT policies() AS before \gset
SELECT throws_ok(format('COMMENT ON POLICY %I ON %s IS %s', p.polname, p.polrelid::regclass, c.text), '42501',
    format('the note of protected table %s, on policy "%s", would be %s', 'app.' || p.polrelid::regclass, p.polname, c.what),
    format('a note stays: %s of %s: %s', p.polname, p.polrelid::regclass, c.text))
FROM pg_policy p, (VALUES (1, 'NULL', 'removed'), (2, '''''', 'replaced'), (3, '''his own words''', 'replaced'),
    (4, '''primecloud: {"roles": {"read": "external_client"}}''', 'replaced')) AS c(n, text, what)
WHERE obj_description(p.oid, 'pg_policy') IS NOT NULL ORDER BY p.polrelid::regclass::text, c.n;
SELECT lives_ok(format('COMMENT ON POLICY primecloud_floor ON plain IS %L', obj_description(oid, 'pg_policy')), 'as it was')
FROM pg_policy WHERE polrelid = 'plain'::regclass AND polname = 'primecloud_floor';
SELECT lives_ok(format('COMMENT ON POLICY primecloud_floor ON plain IS %L; COMMENT ON POLICY primecloud_floor ON plain IS %1$L',
    'primecloud: ' || (primecloud_internal.protection_note('plain') || '{"constraints": {}}')::text),
    'or more than it was, as scripts add');
SELECT lives_ok('COMMENT ON POLICY primecloud_select ON plain IS ''his own words''', 'what is no note is his');
SELECT lives_ok('COMMENT ON POLICY primecloud_select ON plain IS NULL', 'and may go');
SELECT throws_ok('COMMENT ON POLICY no_such ON plain IS NULL', '42704', NULL, 'what is not there is the server''s to refuse');
SELECT throws_ok('COMMENT ON POLICY primecloud_floor ON no_such IS NULL', '42P01', NULL, 'and a table');

-- And so is the name of each policy: what is called otherwise could be dropped.
SELECT throws_ok(format('ALTER POLICY %I ON %s RENAME TO w1', polname, polrelid::regclass), '42501',
    format('policy "%s" of protected table %s would be renamed to "w1"', polname, 'app.' || polrelid::regclass),
    format('a name stays: %s of %s', polname, polrelid::regclass)) FROM pg_policy ORDER BY polrelid::regclass::text, polname;
SELECT throws_ok('DO $d$ BEGIN ALTER POLICY primecloud_rank_update ON members RENAME TO w1; DROP POLICY w1 ON members; END $d$', '42501',
    NULL, 'nor within a block');
CREATE POLICY careless ON members USING (true);
SELECT throws_ok('ALTER POLICY careless ON members RENAME TO primecloud_rank_more', '42501',
    'policy "careless" of table app.members would be renamed to "primecloud_rank_more"', 'none of his own takes such a name');
SELECT lives_ok('ALTER POLICY careless ON members RENAME TO careful', 'he calls his own what he likes');
DROP POLICY careful ON members;
SELECT throws_ok('DO $d$ BEGIN PERFORM primecloud.migrating(''app'', ''{members}''); ' || s || '; END $d$', '42501', NULL,
    'nor while migrating(): ' || s) FROM (VALUES ('DROP POLICY primecloud_rank_update ON members'),
    ('ALTER POLICY primecloud_rank_update ON members RENAME TO w1'), ('ALTER TABLE members DISABLE ROW LEVEL SECURITY'),
    ('COMMENT ON POLICY primecloud_floor ON members IS NULL'), ('ALTER POLICY primecloud_rank_update ON members TO notes_owner')) AS t(s);
SELECT is(policies(), :'before', 'nothing has changed');
RESET ROLE;

-- What it did not see is told: a policy that is gone, and a note.
\o /dev/null
SELECT primecloud.create_app_role('notes_app');
\o
SET primecloud.guard = off;
CREATE FUNCTION found_after(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    told text;
    one text;
BEGIN
    FOREACH one IN ARRAY string_to_array(statement, '; ') LOOP
        EXECUTE one;
    END LOOP;
    SELECT string_agg(f, '; ' ORDER BY f COLLATE "C") INTO told FROM (
        SELECT concat_ws(' ', rel, since) FROM primecloud.unprotected_tables()
        UNION ALL SELECT what FROM primecloud.check_installation() WHERE what ~ '^(protected table|table .* was said)' AND state <> 'ok')
        AS u(f);
    RAISE SQLSTATE 'AGAIN' USING MESSAGE = coalesce(told, 'nothing');
EXCEPTION WHEN SQLSTATE 'AGAIN' THEN
    RETURN SQLERRM;
END $$;
SELECT is(found_after('SELECT 1'), 'nothing', 'nothing is to be told');
SELECT is(found_after(statement), (SELECT string_agg(f, '; ' ORDER BY f COLLATE "C")
    FROM (VALUES (format('%s protected, without %s', rel, gone)), (format('protected table app.%s has policy %s', rel, gone))) AS u(f)),
    statement)
FROM (VALUES ('ALTER POLICY primecloud_rank_update ON members RENAME TO w1', 'members', 'primecloud_rank_update'),
    ('DROP POLICY primecloud_delete ON plain; DROP POLICY primecloud_select ON plain', 'plain', 'primecloud_delete, primecloud_select'),
    ('DROP POLICY primecloud_person_update ON users', 'users', 'primecloud_person_update'),
    ('DROP POLICY primecloud_shared_delete ON currencies', 'currencies', 'primecloud_shared_delete')) AS t(statement, rel, gone);
SELECT is(found_after('DROP POLICY primecloud_floor ON plain'), 'protected table app.plain has policy primecloud_floor', 'its floor');
\set again 'SELECT primecloud.protect_schema(''app'', ''accounts'', keep_out => ''{long_keys,\"odd table\"}'')'
SELECT is(replace(found_after('COMMENT ON POLICY primecloud_floor ON plain IS ' || c), 'protected table app.plain has its note; ', ''),
    (SELECT string_agg(f, '; ' ORDER BY f COLLATE "C")
    FROM unnest(ARRAY['accounts', '"odd table"', 'long_keys', 'parts', 'people', 'ranked']) AS t, LATERAL (
        VALUES (t || ' not known: a note of protection is lost'),
            (format('table app.%s, beside one whose note is lost, was said something of', t))) AS u(f)), 'a note: ' || c)
FROM unnest(ARRAY['NULL', '''his own words''']) AS c;
\set left '"odd table" left alone by protect_schema; long_keys left alone by protect_schema; people left alone by protect_schema'
SELECT is(found_after(:'again'), :'left', 'after protect_schema()');
SELECT is(found_after(:'again' || '; SELECT without_notes(); SELECT primecloud.protect_table(''plain''); SELECT '
    'primecloud.protect_table(''accounts'', ''id'')'), (SELECT string_agg(f, '; ' ORDER BY f COLLATE "C") FROM (
        SELECT format('protected table app.%s has its note', t) FROM unnest('{currencies,members,parts,ranked,users}'::text[]) AS t
        UNION ALL SELECT u FROM unnest(ARRAY['"odd table"', 'long_keys', 'people']) AS t, LATERAL (
            VALUES (t || ' not known: a note of protection is lost'),
                (format('table app.%s, beside one whose note is lost, was said something of', t))) AS v(u)) AS l(f)),
    'one by one the notes are back, and what protect_schema() knew is not');
SELECT is(found_after(:'again' || '; SELECT without_notes(); ' || :'again'), :'left', 'protect_schema() again, and all is as it was');
RESET primecloud.guard;
SELECT * FROM finish();
DROP SCHEMA app CASCADE;
DROP OWNED BY notes_owner, notes_app;
DROP ROLE notes_owner, notes_app;
