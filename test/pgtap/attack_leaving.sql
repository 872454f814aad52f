-- What the owner of one table did keeps nobody else from leaving, from ending keys, or from sealing, without being told whose it is.
CREATE EXTENSION IF NOT EXISTS dblink;
SET client_min_messages = error;
SELECT no_plan();
\o /dev/null
CREATE ROLE leaving_evil;
CREATE ROLE leaving_vic;
CREATE SCHEMA evil AUTHORIZATION leaving_evil;
CREATE SCHEMA vic AUTHORIZATION leaving_vic;
CREATE FUNCTION public.tried(role name, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    hint text;
BEGIN
    PERFORM set_config('role', role, true);
    EXECUTE statement;
    PERFORM set_config('role', 'none', true);
    RAISE SQLSTATE 'UNDO1';
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN RETURN 'done';
    WHEN OTHERS OR assert_failure THEN
        GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
        RETURN SQLSTATE || ' ' || SQLERRM || ' / ' || hint;
END $$;
GRANT EXECUTE ON FUNCTION public.tried TO PUBLIC;
SELECT dblink_connect('evil', format('host=%s port=%s dbname=%s user=postgres', current_setting('unix_socket_directories'),
    current_setting('port'), current_database()));
SELECT dblink_exec('evil', 'SET client_min_messages = error; SET ROLE leaving_evil');

-- A note that says of a table what it never was.
SET ROLE leaving_vic;
CREATE TABLE vic.orders (id int PRIMARY KEY, account_id int NOT NULL);
SELECT primecloud.protect_table('vic.orders');
SET ROLE leaving_evil;
CREATE TABLE evil.noted (id int CONSTRAINT n_pkey PRIMARY KEY, account_id int NOT NULL);
CREATE POLICY primecloud_floor ON evil.noted AS RESTRICTIVE USING (true);
-- One that cannot be left: its note says that the column was made, and a view stands on it.
CREATE TABLE evil.tied (id int PRIMARY KEY, account_id int NOT NULL);
SELECT primecloud.protect_table('evil.tied');
CREATE VIEW evil.stands AS SELECT account_id FROM evil.tied;
RESET ROLE;
CREATE FUNCTION public.left_beside(note text, dry_run boolean) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('COMMENT ON POLICY primecloud_floor ON evil.noted IS %L', 'primecloud: ' || note);
    RETURN QUERY SELECT * FROM primecloud.leave(dry_run => left_beside.dry_run);
END $$;
\o
SELECT is(public.tried(current_user, format('SELECT public.left_beside(%L, %L)', format('{"made": [], "constraints": {"n_pkey": "%s"}, '
    '"row security": "off"}', k), d)), 'done', format('beside a note that makes a key a %s, dry run %s', k, d))
FROM unnest('{foreign key,unique,support,key index,member key}'::text[]) AS k, unnest('{t,f}'::boolean[]) AS d;
\o /dev/null
SET primecloud.guard = off;
COMMENT ON POLICY primecloud_floor ON evil.tied IS 'primecloud: {"made": ["column"], "row security": "off"}';
RESET primecloud.guard;
\o
SELECT is(public.tried(current_user, 'DO $d$ BEGIN PERFORM primecloud.leave(dry_run => false); ASSERT NOT EXISTS (SELECT FROM pg_policy
    WHERE polrelid = ''vic.orders''::regclass), ''vic''; ASSERT EXISTS (SELECT FROM pg_policy
    WHERE polrelid = ''evil.tied''::regclass), ''tied''; END $d$'),
    'done', 'what cannot be left is left alone as it was, and the rest is left');
\o /dev/null
CREATE FUNCTION public.tell() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    said text[];
BEGIN
    said := ARRAY(SELECT l FROM primecloud.leave(dry_run => false) AS l);
    RAISE SQLSTATE 'UNDO2' USING MESSAGE = array_to_string(said, E'\n');
EXCEPTION WHEN SQLSTATE 'UNDO2' THEN RETURN QUERY SELECT l FROM regexp_split_to_table(SQLERRM, E'\n') AS l;
END $$;
\o
SELECT is((SELECT string_agg(l, ', ') FROM public.tell() AS l WHERE l LIKE '-- left alone%'), '-- left alone: table evil.tied: cannot '
    'drop column account_id of table evil.tied because other objects depend on it', 'and told');
SELECT matches(public.tried('leaving_evil', 'SELECT primecloud.leave(dry_run => false)'), '^2BP01 cannot drop column account_id of table '
    'evil.tied', 'its owner has the error');
SELECT matches(public.tried(current_user, 'SELECT primecloud.leave(''evil.tied'', dry_run => false)'), '^2BP01 cannot drop column '
    'account_id of table evil.tied', 'and whoever names it');

-- What has a name of ours is taken for ours.
SELECT is((SELECT state FROM primecloud.check_installation() WHERE what ~ '^protected table evil.noted has policy'), 'missing',
    'a policy in a name of ours is told of whoever made it');
SELECT is((SELECT array_agg(primecloud_internal.read_note(format('primecloud: {"index": "%s"}', repeat('x', n))) IS NOT NULL ORDER BY n)
    FROM unnest('{1000000,1050000}'::int[]) AS n), '{t,f}', 'a long note is read, and a longer one is none');

-- A table that is held locked is told, and nothing is done.
\o /dev/null
SELECT dblink_exec('evil', 'BEGIN; LOCK TABLE evil.tied IN ACCESS EXCLUSIVE MODE');
SET lock_timeout = '300ms';
\o
SELECT is((SELECT string_agg(l, ', ') FROM primecloud.leave() AS l WHERE l LIKE '-- in the way%' OR l LIKE '% ON evil.tied%'),
    '-- in the way: table evil.tied could not be looked at, which somebody holds locked', 'held locked, it is told');
SELECT is((SELECT count(*) FROM primecloud.leave() AS l WHERE l LIKE 'DROP POLICY % ON vic.orders'), 5::bigint, 'with what is to be done');
SELECT matches(public.tried(current_user, 'SELECT primecloud.leave(dry_run => false)'), '^55006 table evil.tied could not be looked at, '
    'which somebody holds locked', 'and refused until then');
SELECT matches(public.tried('leaving_vic', 'SELECT primecloud.leave(dry_run => false)'), '^done', 'what is his alone each leaves');
SELECT matches(public.tried('leaving_vic', format('SELECT primecloud_internal.look_at(%s)', 'evil.noted'::regclass::oid)),
    '^42501 must be owner of table noted', 'nobody locks what is not his');
\o /dev/null
RESET lock_timeout;
SELECT dblink_exec('evil', 'ROLLBACK');
DROP SCHEMA evil CASCADE;
CREATE SCHEMA evil AUTHORIZATION leaving_evil;

-- Keys.  An envelope with the id of a key and bytes that were made up counts as one: what it is bound to stands nowhere.
CREATE TABLE vic.sealed (id int PRIMARY KEY, account_id int NOT NULL, s primecloud.sealed);
ALTER TABLE vic.sealed OWNER TO leaving_vic;
SELECT primecloud.seal_column('vic.sealed', 's', 'vic.s');
INSERT INTO vic.sealed VALUES (1, 7, primecloud.seal('secret', '7', 'vic.s', '1'));
SELECT key_id AS old_key FROM primecloud.key_status WHERE tenant = '7' AND purpose = 'seal' \gset
SELECT s::text AS envelope FROM vic.sealed \gset
SELECT primecloud.rotate_key('7');
CALL primecloud.reseal('vic.sealed', 's');
SELECT dblink_exec('evil', 'CREATE TABLE evil.locked (s primecloud.sealed); CREATE TABLE evil.locked_too (s primecloud.sealed); '
    'CREATE TABLE evil.raw (s primecloud.sealed)');
SELECT dblink_exec('evil', format('INSERT INTO evil.raw VALUES (%L)', left(:'envelope', -12) || 'AAAAAAAAAAAA'));
SELECT dblink_exec('evil', 'BEGIN; LOCK TABLE evil.locked, evil.locked_too IN ACCESS EXCLUSIVE MODE');
\o
SELECT matches(public.tried(current_user, format('SELECT primecloud.retire_key(%s)', :old_key)), format('^55006 data key %s is in use: 1 '
    'rows of column "s" of evil.raw; not looked at, since somebody holds it locked: evil.locked, evil.locked_too / .*force => true',
    :old_key), 'a key that somebody else''s table holds: it is said which, and what goes by it');
SELECT is((SELECT string_agg(concat_ws(' ', u.key_id::text = :'old_key', u.table_name, u.row_count), ', ' ORDER BY u.table_name)
    FROM primecloud.key_usage(:old_key) u), 'locked, locked_too, t raw 1', 'key_usage() tells what it could not look at');
SELECT is(public.tried(current_user, format('SELECT primecloud.retire_key(%s, force => true)', :old_key)), 'done', 'a superuser goes on');
\o /dev/null
TRUNCATE evil.raw;
SELECT clock_timestamp() AS began \gset
\o
SELECT matches(public.tried(current_user, format('SELECT primecloud.retire_key(%s)', :old_key)), format('^55P03 data key %s may be in use: '
    'somebody holds locked evil.locked, evil.locked_too / .*force => true', :old_key), 'what is locked alone is said');
SELECT cmp_ok(clock_timestamp() - :'began', '<', '8 s'::interval, 'of many that are locked one is waited for');
\o /dev/null
SELECT dblink_exec('evil', 'ROLLBACK');
\o
SELECT is(public.tried(current_user, format('SELECT primecloud.retire_key(%s)', :old_key)), 'done', 'unlocked, the key is retired');

-- A function of somebody without any right to a table depends on its column.
\o /dev/null
CREATE TABLE vic.plain (id int PRIMARY KEY, account_id int NOT NULL, pw text);
ALTER TABLE vic.plain OWNER TO leaving_vic;
GRANT USAGE ON SCHEMA vic TO leaving_evil;
SELECT dblink_exec('evil', 'CREATE FUNCTION evil.dep() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT pw FROM vic.plain; END');
\o
SELECT is(public.tried('leaving_vic', 'SELECT primecloud.seal_column(''vic.plain'', ''pw'', ''vic.pw'')'), '2BP01 column "pw" of '
    'vic.plain cannot be sealed: function evil.dep() of role "leaving_evil" / Drop what depends on the plaintext first; it could not work '
    'on an envelope. What is another role''s, that role or a superuser drops.', 'whose it is that stands on a column is said');
SELECT matches(public.tried(current_user, 'SELECT primecloud.seal_column(''vic.plain'', ''pw'', ''vic.pw'')'), '^2BP01 column "pw" of '
    'vic.plain cannot be sealed: function evil.dep\(\) of role "leaving_evil" /', 'to a superuser too');
SELECT * FROM finish();
SELECT dblink_disconnect('evil') \g /dev/null
DROP SCHEMA evil, vic CASCADE;
DROP FUNCTION public.tried, public.left_beside, public.tell;
DROP OWNED BY leaving_evil, leaving_vic;
DROP ROLE leaving_evil, leaving_vic;
