-- Procedures commit, so none of them can pin its search_path: run under one that is hostile,
-- they use no operator and no function of it, from the first statement to the last.
\set test attack_search_path
\ir ../fixtures/control_plane.sql
SELECT no_plan();
\o /dev/null
CREATE SCHEMA shadow;
GRANT USAGE ON SCHEMA shadow TO PUBLIC;
-- Every operator and many a function of the server again, each of which tells when it runs.
CREATE FUNCTION plant(name text, arguments oid[], result oid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE FUNCTION shadow.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L', name,
        (SELECT string_agg(format_type(a, -1), ', ' ORDER BY n) FROM unnest(arguments) WITH ORDINALITY AS t(a, n)), format_type(result, -1),
        format('BEGIN RAISE EXCEPTION %L; END', 'planted ' || name));
END $$;
CREATE VIEW kinds AS SELECT unnest(ARRAY['text', 'name', 'int2', 'int4', 'int8', 'float8', 'numeric',
    'bool', 'oid', 'jsonb', 'timestamptz', 'interval', 'regclass', '"char"']::regtype[])::oid AS oid;
CREATE VIEW operators AS SELECT o.* FROM pg_operator o WHERE o.oprnamespace = 'pg_catalog'::regnamespace AND o.oprkind = 'b'
    AND o.oprleft IN (SELECT oid FROM kinds) AND o.oprright IN (SELECT oid FROM kinds) AND o.oprcode <> 0;
SELECT plant('op_' || o.oid, ARRAY[o.oprleft, o.oprright], o.oprresult) FROM operators o;
SELECT format('CREATE OPERATOR shadow.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = shadow.op_%s)', o.oprname, format_type(o.oprleft, -1),
    format_type(o.oprright, -1), o.oid) FROM operators o \gexec
SELECT plant(p.proname, p.proargtypes::oid[], p.prorettype) FROM pg_proc p
WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND NOT p.proretset AND p.provariadic = 0
    AND p.prorettype IN (SELECT oid FROM kinds) AND NOT EXISTS (SELECT FROM unnest(p.proargtypes) a WHERE a NOT IN (SELECT oid FROM kinds))
    AND p.proname NOT LIKE '%in' AND p.proname ~ '^[a-z_0-9]+$';
CREATE TABLE old_rows (id bigint PRIMARY KEY, at timestamptz NOT NULL);
INSERT INTO old_rows SELECT n, now() - interval '1 year' FROM generate_series(1, 100) n;
SELECT primecloud.retain('old_rows', 'at', '1 day', id_column => 'id');
CREATE TABLE notes (id bigint PRIMARY KEY, account_id integer NOT NULL, body primecloud.sealed);
SELECT primecloud.seal_column('notes', 'body', 'notes.body');
INSERT INTO notes SELECT n, 1, primecloud.seal('a note', '1', 'notes.body', n::text) FROM generate_series(1, 10) n;
SELECT primecloud.rotate_key('1');
SELECT format('host=%s port=%s user=%s dbname=%s', current_setting('unix_socket_directories'), current_setting('port'), current_user,
    current_database()) AS server \gset
SELECT set_config('attack.server', :'server', false);
-- What a call of its own session ends with, under the hostile path.
CREATE FUNCTION under(call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM dblink_connect('hostile', current_setting('attack.server'));
    PERFORM dblink_exec('hostile', 'SET search_path = shadow, pg_catalog, public');
    PERFORM dblink_exec('hostile', call);
    PERFORM dblink_disconnect('hostile');
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    PERFORM dblink_disconnect('hostile');
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
\o
SELECT cmp_ok((SELECT count(*) FROM pg_operator WHERE oprnamespace = 'shadow'::regnamespace), '>', 150::bigint, 'operators are planted');
SELECT cmp_ok((SELECT count(*) FROM pg_proc WHERE pronamespace = 'shadow'::regnamespace), '>', 500::bigint, 'and functions');
SELECT alike(under($$DO ' BEGIN PERFORM ''a''::text = ''b''::text; END '$$), 'P0001 planted op_%',
    'a statement of one''s own falls for them');
SELECT is(under(call), 'done', call) FROM (VALUES
    ($$CALL primecloud.expire('public.old_rows', batch => 30)$$), ('CALL primecloud.expire_all()'),
    ($$CALL primecloud.expire_all('1 minute', 1000)$$), ($$CALL primecloud.reseal('public.notes', 'body', batch => 3)$$),
    ('CALL cloud.run_maintenance()')) AS c(call);
SELECT is((SELECT count(*) FROM old_rows), 0::bigint, 'the rows are gone');
SELECT set_eq($$SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.prokind = 'p' AND p.proconfig IS NULL AND n.nspname IN ('primecloud', 'primecloud_internal', 'cloud')$$, ARRAY[
    'primecloud.expire(regclass,integer,interval,integer,text)', 'primecloud.expire_all(interval,integer)',
    'primecloud.reseal(regclass,name,integer,interval,integer)', 'cloud.run_maintenance(integer)',
    'primecloud_internal.retention_drive(regclass,integer,interval,integer,text,text,text,text)'],
    'each procedure without a path of its own is called');
SELECT * FROM finish();
