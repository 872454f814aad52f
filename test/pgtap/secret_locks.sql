-- What waits for others waits for locks that no client can take: an advisory lock of SQL is
-- open to every role, which could hold off whoever needs it.
\o /dev/null
SET client_min_messages = warning;
CREATE EXTENSION dblink;
CREATE ROLE secret_locks_app LOGIN;
SELECT dblink_connect('app', format('host=%s port=%s dbname=%s user=secret_locks_app', current_setting('unix_socket_directories'),
    current_setting('port'), current_database()));
CREATE FUNCTION client_locks() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid()
    AND locktype = 'advisory' AND objsubid IN (1, 2) $$;
CREATE TABLE vault (id int PRIMARY KEY, account_id int NOT NULL, secret primecloud.sealed);
CREATE TABLE old (id int PRIMARY KEY, made timestamptz);
SELECT primecloud_internal.register_sealed_column('vault', 'secret', 'vault.secret', 'id', 'account_id');
\o
SELECT no_plan();
SELECT isnt((SELECT a FROM dblink('app', format($$SELECT pg_advisory_lock(hashtextextended(%L, 0))::text$$, 'primecloud data key seal 1'))
    AS t(a text)), NULL,
    'a role holds what it can compute');
SET lock_timeout = '10s';
SELECT lives_ok($$SELECT primecloud.rotate_key('1')$$, 'a key is made beside it');
RESET lock_timeout;
BEGIN;
SELECT lives_ok(call, call)
    FROM unnest(ARRAY['SELECT primecloud.rotate_key(''1'')', 'SELECT primecloud.seal(repeat(''x'', 9), ''2'', ''l'', ''1'')',
    'SELECT primecloud.token_hash(repeat(''x'', 9), ''p'')', 'SELECT primecloud.reseal_batch(''vault'', ''secret'', 1)',
        'SELECT primecloud.shred_tenant(''2'')',
    'SELECT primecloud.rotate_root()', 'SELECT primecloud.rotate_cursor_key()', 'SELECT primecloud.retain(''old'', ''made'', ''1 day'')',
    'SELECT primecloud.expire_batch(''old'')', 'SELECT primecloud.create_schema(''locked'')',
        'SELECT primecloud.migrate_schema(''locked'')']) AS call;
SELECT is(client_locks(), 0::bigint, 'none of them takes a lock that a client could take');
COMMIT;
BEGIN;
SELECT isnt(pg_advisory_xact_lock(1)::text, NULL, '(a client''s lock)');
SELECT is(client_locks(), 1::bigint, '(would be seen)');
COMMIT;
SELECT * FROM finish();
\o /dev/null
SELECT dblink_disconnect('app');
DROP ROLE secret_locks_app;
