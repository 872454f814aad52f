-- What somebody writes on tables of his own, in notes, policies and locks, is read for others: it stops none of their commands, holds up
-- none, and says nothing about what is not his.
CREATE EXTENSION IF NOT EXISTS dblink;
SET client_min_messages = error;
SELECT no_plan();
\o /dev/null
CREATE ROLE notes_evil;
CREATE ROLE notes_vic;
CREATE SCHEMA evil AUTHORIZATION notes_evil;
CREATE SCHEMA vic AUTHORIZATION notes_vic;
CREATE SCHEMA spare;
GRANT TEMPORARY ON DATABASE :"DBNAME" TO notes_evil;
CREATE FUNCTION public.tried(role name, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('role', role, true);
    EXECUTE statement;
    PERFORM set_config('role', 'none', true);
    RAISE SQLSTATE 'UNDO1';
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN RETURN 'done';
    WHEN OTHERS OR assert_failure THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
GRANT EXECUTE ON FUNCTION public.tried TO PUBLIC;
CREATE TABLE vic.things (id int);
ALTER TABLE vic.things OWNER TO notes_vic;
-- Statements of others, that the guard or the schemas' watch looks at.
CREATE TABLE public.of_others (n serial, role name, statement text);
INSERT INTO public.of_others (role, statement) VALUES ('notes_vic', 'CREATE TABLE vic.more (id int)'),
    ('notes_vic', 'GRANT SELECT ON vic.things TO PUBLIC'), ('notes_vic', 'ALTER TABLE vic.things ADD a int'),
    ('notes_vic', 'CREATE VIEW vic.seen AS SELECT * FROM vic.things'), (current_user, 'GRANT SELECT ON vic.things TO PUBLIC'),
    (current_user, 'ALTER TABLE vic.things ADD a int'), (current_user, 'CREATE VIEW vic.seen AS SELECT * FROM vic.things'),
    (current_user, 'CREATE TABLE spare.more (id int)'), (current_user, 'ALTER SCHEMA spare RENAME TO spares'),
    (current_user, 'DROP SCHEMA spare'), (current_user, 'CREATE SCHEMA another'), (current_user, 'SELECT primecloud.leave()'),
    (current_user, 'SELECT primecloud.unprotected_tables()'), (current_user, 'SELECT primecloud.check_installation()');
SELECT dblink_connect('evil', format('host=%s port=%s dbname=%s user=postgres', current_setting('unix_socket_directories'),
    current_setting('port'), current_database()));
SELECT dblink_exec('evil', 'SET client_min_messages = error; SET ROLE notes_evil');

-- A table of ranks that nobody has registered, temporary or not, with a key that carries.
CREATE FUNCTION pg_temp.carrying(kind text, space text) RETURNS text LANGUAGE sql AS $$
    SELECT format('CREATE %1$s TABLE %2$spp (id text PRIMARY KEY); GRANT UPDATE ON %2$spp TO PUBLIC;
        CREATE %1$s TABLE %2$srk (account_id int, user_id text REFERENCES %2$spp ON UPDATE CASCADE, role text);
        DO $d$ BEGIN PERFORM primecloud.protect_table(%3$L); END $d$', kind, space, space || 'rk')
$$;
SELECT dblink_exec('evil', pg_temp.carrying('TEMPORARY', '')), dblink_exec('evil', pg_temp.carrying('', 'evil.'));
SELECT dblink_exec('evil', format('CREATE POLICY primecloud_rank_insert ON %s AS RESTRICTIVE FOR INSERT WITH CHECK '
    '(primecloud.has_role(role))', t)) FROM unnest('{pg_temp.rk,evil.rk}'::text[]) AS t;
\o
SELECT is(public.tried(role, statement), 'done', format('beside another''s table of ranks, %s: %s', role, statement))
FROM public.of_others ORDER BY n;
SELECT matches(public.tried('notes_evil', 'GRANT SELECT ON evil.rk TO PUBLIC'), '^42501 foreign key "rk_user_id_fkey" of evil.rk would',
    'his own commands are refused');
SELECT matches(public.tried(current_user, 'GRANT SELECT ON evil.pp TO notes_vic'), '^42501 foreign key "rk_user_id_fkey" of evil.rk would',
    'and a superuser''s on what is his');
SELECT matches(public.tried(current_user, 'ALTER TABLE evil.pp ADD a int'), '^42501 foreign key "rk_user_id_fkey" of evil.rk would',
    'likewise ALTER TABLE');
SELECT matches(public.tried(current_user, 'CREATE VIEW evil.seen AS SELECT * FROM vic.things; ALTER VIEW evil.seen OWNER TO notes_evil'),
    '^42501 foreign key "rk_user_id_fkey" of evil.rk would', 'and ALTER VIEW');
\o /dev/null
SELECT dblink_exec('evil', 'DROP TABLE evil.rk, evil.pp, pg_temp.rk, pg_temp.pp');

-- Notes.
CREATE FUNCTION pg_temp.noted(note text) RETURNS text LANGUAGE sql AS $$
    SELECT format('CREATE TABLE IF NOT EXISTS evil.nt (id int); DROP POLICY IF EXISTS %I ON evil.nt;
        CREATE POLICY primecloud_floor ON evil.nt USING (true); COMMENT ON POLICY primecloud_floor ON evil.nt IS %L', 'none', note)
$$;
CREATE TABLE evil.nt (id int);
ALTER TABLE evil.nt OWNER TO notes_evil;
CREATE POLICY primecloud_floor ON evil.nt USING (true);
CREATE TABLE public.bad_note (n serial, what text, note text);
INSERT INTO public.bad_note (what, note) VALUES
    ('deep', '{"schemas": {}, "x": ' || repeat('[', 14490) || repeat(']', 14490) || '}'),
    ('a little deep', '{"schemas": {"a": {"tables": [[]]}}}'),
    ('long', '{"schemas": {}, "index": "' || repeat('x', 1048576) || '"}'),
    ('very long', '{"schemas": {}, "index": "' || repeat('x', 16000000) || '"}'),
    ('an unknown key', '{"schemas": {}, "mine": 1}'), ('no end', '{"schemas": {}'), ('twice', '{"schemas": {}} {}'),
    ('a fraction', '{"schemas": {"a": {"schema": 1.5}}}'), ('a large number', '{"schemas": {"a": {"schema": 1e999999}}}'),
    ('a zero', '{"schemas": {"a\u0000": {}}}'), ('half a pair', '{"schemas": {"\ud800": {}}}'), ('a list', '{"schemas": []}'),
    ('a word', '{"made": "column"}'), ('no JSON', '{schemas: {}}'), ('a comma', '{"schemas": {},}'), ('a line', E'{"index": "\n"}'),
    ('half an escape', '{"index": "\'), ('no quote', '{"index": "x'), ('a leading zero', '{"schemas": {"a": {"schema": 01}}}');
\o
SELECT is(public.tried('notes_evil', format('COMMENT ON POLICY primecloud_floor ON evil.nt IS %L', 'primecloud: ' || note)),
    '22023 the comment on policy "primecloud_floor" of table evil.nt is no note of primecloud''s', 'not written: ' || what)
FROM public.bad_note ORDER BY n;
SELECT is(public.tried('notes_evil', format('COMMENT ON POLICY primecloud_floor ON evil.nt IS %L', 'primecloud: ' || note)), 'done',
    'written: ' || left(note, 40))
FROM (VALUES (1, '{}'), (2, ' { "row security" : "off" , "made" : [ ] } '),
    (3, '{"roles": {"read": "owner", "refuse": true}, "lost": true}'),
    (4, '{"schemas": {"odd \"\\\u0007\tname": {"left": [], "schema": 1, "tables": ["x"], "tenants": 4294967295}}}'),
    (5, (SELECT jsonb_build_object('row security', 'off', 'index', 'i', 'schemas', jsonb_build_object('s', jsonb_build_object('left', t,
        'tables', t)))::text FROM (SELECT jsonb_agg(rpad(n::text, 63, 'x')) AS t FROM generate_series(1, 3000) AS n) AS u))) AS v(n, note)
ORDER BY n;
-- As a restore brings them, where nobody looked.
CREATE FUNCTION public.beside(note text, role name, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    said text;
BEGIN
    UPDATE pg_description SET description = 'primecloud: ' || note WHERE classoid = 'pg_policy'::regclass
        AND objoid = (SELECT oid FROM pg_policy WHERE polrelid = 'evil.nt'::regclass);
    said := public.tried(role, statement);
    RAISE SQLSTATE 'UNDO2';
EXCEPTION WHEN SQLSTATE 'UNDO2' THEN RETURN said;
END $$;
\o /dev/null
COMMENT ON POLICY primecloud_floor ON evil.nt IS 'primecloud: {}';
\o
SELECT is(public.beside(b.note, o.role, o.statement), 'done', format('beside a note that is restored (%s), %s: %s', b.what, o.role,
    o.statement))
FROM public.bad_note b, public.of_others o 
WHERE b.what IN ('deep', 'very long') OR o.statement ~ '^(ALTER|DROP) SCHEMA|TABLE vic.more' ORDER BY b.n, o.n;
SELECT is(public.beside(note, current_user, 'DO $d$ BEGIN ASSERT primecloud_internal.protection_note(''evil.nt'') = ''{}''; END $d$'),
    'done', 'which is none: ' || what) FROM public.bad_note ORDER BY n;

-- A note says nothing about the schema of another, nor about the server's.
SELECT is(public.beside(format('{"row security": "off", "schemas": {"zz": {"schema": %s, "tenants": %s, "their schema": %s, "tables": [], '
    '"left": []}}}', s::regnamespace::oid, 'evil.nt'::regclass::oid, 'evil'::regnamespace::oid), r, 'DO $d$ BEGIN '
    'ASSERT NOT EXISTS (SELECT FROM primecloud.unprotected_tables() AS u JOIN pg_class c ON c.oid = u.rel '
    'WHERE c.relnamespace <> ''evil''::regnamespace); END $d$'), 'done', format('not believed of %s, as %s', s, r))
FROM unnest('{vic,pg_catalog,information_schema,spare}'::text[]) AS s, unnest(ARRAY[current_user::name, 'notes_vic']) AS r;
SELECT is(public.beside(format('{"row security": "off", "schemas": {"vic": {"schema": 1, "tenants": 1, "their schema": 2, "tables": [], '
    '"left": []}}}'), current_user, 'DO $d$ BEGIN ASSERT NOT EXISTS (SELECT FROM primecloud.unprotected_tables() AS u JOIN pg_class c '
    'ON c.oid = u.rel WHERE c.relnamespace <> ''evil''::regnamespace); END $d$'), 'done', 'not by its name either');
SELECT is(public.beside(format('{"row security": "off", "schemas": {"zz": {"schema": %s, "tenants": %s, "their schema": %s, "tables": [], '
    '"left": []}}}', 'evil'::regnamespace::oid, 'evil.nt'::regclass::oid, 'evil'::regnamespace::oid), current_user,
    $$CREATE TABLE evil.late (id int); DO 'BEGIN ASSERT (SELECT array_agg(rel::text || since)
        FROM primecloud.unprotected_tables()
            WHERE rel = ''evil.late''::regclass) = ''{evil.latecame after protect_schema}''; END' $$), 'done', 'of his own he is believed');

-- Nor does anybody wait for his table.
\o /dev/null
SELECT dblink_exec('evil', format('COMMENT ON POLICY primecloud_floor ON evil.nt IS %L', format('primecloud: {"row security": "off", '
    '"schemas": {"zz": {"schema": %s, "tenants": %s, "their schema": %s, "tables": [], "left": []}, "zzz": {"schema": %1$s, "tenants": '
    '%2$s, "their schema": %3$s, "tables": [], "left": []}}}', 'evil'::regnamespace::oid, 'evil.nt'::regclass::oid,
    'evil'::regnamespace::oid)));
CREATE TABLE evil.sealed_late (id int, s primecloud.sealed);
ALTER TABLE evil.sealed_late OWNER TO notes_evil;
INSERT INTO evil.sealed_late VALUES (1, primecloud.seal('secret', '1', 'l', '1'));
SELECT dblink_exec('evil', 'BEGIN; LOCK TABLE evil.nt, evil.sealed_late IN ACCESS EXCLUSIVE MODE');
SET lock_timeout = '300ms';
\o
SELECT is(public.tried(current_user, s), 'done', 'not behind his lock: ' || s)
FROM unnest(ARRAY[
    'ALTER SCHEMA spare RENAME TO spares', 'DROP SCHEMA spare', 'ALTER SCHEMA evil RENAME TO good',
    'SELECT primecloud.check_installation()', 'SELECT primecloud.leave()']) AS s;
SELECT is((SELECT state FROM primecloud.check_installation()
    WHERE what = 'column evil.sealed_late.s, which may hold envelopes, can be looked at'), 'risk', 'what cannot be looked at is said');
SELECT is((SELECT count(*) FROM primecloud.leave() AS l WHERE l = '-- in the way: column "s" of evil.sealed_late may hold envelopes: the '
    'table could not be looked at, which somebody holds locked'), 1::bigint, 'and by leave()');
SELECT matches(public.tried(current_user, 'DROP EXTENSION primecloud CASCADE'),
    '^2BP01 refusing to drop primecloud: table evil.sealed_late could not be looked at, which somebody holds locked',
    'and by the guard of DROP EXTENSION');
\o /dev/null
RESET lock_timeout;
SELECT dblink_exec('evil', 'ROLLBACK');
\o
SELECT is(primecloud_internal.size_now('evil.sealed_late'), pg_relation_size('evil.sealed_late'), 'a size is that of the file');
SELECT is(public.tried(current_user, 'ALTER SCHEMA evil RENAME TO good; '
    'DO $d$ BEGIN ASSERT primecloud_internal.protection_note(''good.nt'') '
    '-> ''schemas'' ? ''good''; END $d$'), 'done', 'unlocked, the note follows its schema');

-- A label that begins with the name of a schema is for who creates there; one that somebody took before is named with its owner.
\o /dev/null
CREATE TABLE evil.labels (id int PRIMARY KEY, account_id int, a primecloud.sealed, b primecloud.sealed);
ALTER TABLE evil.labels OWNER TO notes_evil;
\o
SELECT is(public.tried('notes_evil', 'SELECT primecloud.seal_column(''evil.labels'', ''a'', ''vic.things.secret'')'),
    '42501 label "vic.things.secret" begins with the name of a schema in which you create nothing', 'the label of another''s schema');
SELECT is(public.tried('notes_evil', format('SELECT primecloud.seal_column(''evil.labels'', ''a'', %L)', l)), 'done', 'his own: ' || l)
FROM unnest('{evil.labels.a,victor.a,a}'::text[]) AS l;
\o /dev/null
SELECT dblink_exec('evil', 'DO $d$ BEGIN PERFORM primecloud.seal_column(''evil.labels'', ''a'', '
    '''staging.access_key_secrets.secret''); END $d$');
\o
SELECT is(public.tried(current_user, 'SELECT primecloud.create_schema(''staging'', register => false)'), '42710 the label '
    '"staging.access_key_secrets.secret" is that of column "a" of evil.labels, which belongs to role "notes_evil"', 'who has it is said');
SELECT is(public.tried(current_user, 'SELECT primecloud.unregister_sealed_column(''evil.labels'', ''a''); SELECT '
    'primecloud.forget_label(''staging.access_key_secrets.secret''); SELECT primecloud.create_schema(''staging'', register => false)'),
    'done', 'and a superuser frees it');
SELECT * FROM finish();
SELECT dblink_disconnect('evil') \g /dev/null
DROP SCHEMA evil, vic, spare CASCADE;
DROP TABLE public.of_others, public.bad_note;
DROP FUNCTION public.tried, public.beside;
DROP OWNED BY notes_evil, notes_vic;
DROP ROLE notes_evil, notes_vic;
