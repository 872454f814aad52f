-- A table that Citus has spread: what reads tables or keys by itself would find the empty shell
-- that is left here, and say that nothing is there.  A stand-in for Citus' own list of them.
SET client_min_messages = error;
SELECT no_plan();
CREATE TABLE vault (id int PRIMARY KEY, account_id int NOT NULL, secret primecloud.sealed, at timestamptz DEFAULT now());
CREATE TABLE parts (id int, account_id int NOT NULL, secret primecloud.sealed, PRIMARY KEY (id)) PARTITION BY LIST (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE plaintext (id int PRIMARY KEY, account_id int NOT NULL, secret text);
CREATE TABLE accounts (id int PRIMARY KEY, status text DEFAULT 'active');
CREATE TABLE members (account_id int, user_id text, role text, PRIMARY KEY (account_id, user_id));
CREATE TABLE granted (account_id int, user_id text, item_id int);
INSERT INTO accounts VALUES (1);
INSERT INTO members VALUES (1, 'ann', 'owner'), (1, 'eve', 'external_client');
SELECT count(*) FROM primecloud.seal_column('vault', 'secret', 'vault.secret') \gset done_
SELECT count(*) FROM primecloud.seal_column('parts', 'secret', 'parts.secret') \gset done_
SELECT primecloud.register_membership('members', 'account_id', 'user_id', 'role', accounts => 'accounts', grants => 'granted',
    grants_tenant_column => 'account_id', grants_user_column => 'user_id', grants_id_column => 'item_id') \gset done_
BEGIN;
SELECT primecloud.enter_trusted('1', 'ann', 'owner') \gset done_
INSERT INTO vault VALUES (1, 1, primecloud.seal_for('vault', 'secret', 1, 'hidden'));
INSERT INTO parts VALUES (1, 1, primecloud.seal_for('parts', 'secret', 1, 'hidden'));
COMMIT;
SELECT primecloud.rotate_key('1') \gset done_
SELECT min(key_id) AS old FROM primecloud.key_status WHERE tenant = '1' \gset
-- What a call comes to while Citus lists a table, undone.
CREATE FUNCTION spread(rel text, VARIADIC calls text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    call text;
BEGIN
    SET LOCAL allow_system_table_mods = on;
    CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass PRIMARY KEY, partmethod "char" DEFAULT 'h', partkey text);
    IF rel <> '' THEN INSERT INTO pg_catalog.pg_dist_partition VALUES (rel::regclass); END IF;
    FOREACH call IN ARRAY calls LOOP EXECUTE call; END LOOP;
    RAISE SQLSTATE 'ATTCK';
EXCEPTION WHEN SQLSTATE 'ATTCK' THEN RETURN 'done'; WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE TABLE calls (n serial, rel text, call text, message text);
INSERT INTO calls (rel, call, message) VALUES
    ('vault', 'SELECT FROM primecloud.key_usage()', 'table "vault" is distributed'),
    ('parts_1', 'SELECT FROM primecloud.key_usage()', 'table "parts_1" is distributed'),
    ('vault', format('SELECT primecloud.retire_key(%s)', :old), 'table "vault" is distributed'),
    ('parts_1', format('SELECT primecloud.retire_key(%s)', :old), 'table "parts_1" is distributed'),
    ('vault', format('SELECT primecloud.retire_key(%s, force => true), primecloud.destroy_key(%1$s)', :old),
        'table "vault" is distributed'),
    ('vault', 'SELECT primecloud.reseal_batch(''vault'', ''secret'')', 'table "vault" is distributed'),
    ('parts', 'SELECT primecloud.reseal_batch(''parts'', ''secret'')', 'table "parts_1" is distributed'),
    ('parts_1', 'SELECT primecloud.reseal_batch(''parts'', ''secret'')', 'table public.parts_1 is distributed'),
    ('vault', 'SELECT primecloud.reveal(''vault'', ''secret'', 1, ''test'')', 'table "vault" is distributed'),
    ('parts_1', 'SELECT primecloud.reveal(''parts_1'', ''secret'', 1, ''test'')', 'table "parts_1" is distributed'),
    ('plaintext', 'SELECT primecloud.seal_column(''plaintext'', ''secret'', ''plaintext.secret'')',
        'table public.plaintext is distributed'),
    ('vault', 'SELECT primecloud.retain(''vault'', ''at'', ''1 day'')', 'table public.vault is distributed otherwise than by its tenants'),
    ('members', 'SELECT primecloud.enter_trusted(''1'', ''ann'', ''owner'')', 'table "members" is distributed'),
    ('accounts', 'SELECT primecloud.enter_trusted(''1'', ''ann'', ''owner'')', 'table "accounts" is distributed'),
    ('granted', 'SELECT primecloud.enter_trusted(''1'', ''eve'', ''external_client'')', 'table "granted" is distributed');
SELECT is(spread(rel, call), '0A000 ' || message, call || ' with ' || rel) FROM calls ORDER BY n;
SELECT isnt(left(spread('', call), 6), '0A000 ', call || ' with none') FROM calls ORDER BY n;
SELECT is(spread('granted', 'SELECT primecloud.enter_trusted(''1'', ''ann'', ''owner'')'), 'done', 'what is not asked does not matter');
SELECT is(spread('members', 'SELECT primecloud.register_membership(''members'', ''account_id'', ''user_id'', ''role'')'), 'done',
    'members may be spread: where Citus is loaded, entering asks the servers');
-- Before another server has what a key has sealed the key is on disk, wherever the log stands: at the end of a page too, where what
-- comes next begins behind the head of a page that nobody has written yet.
CREATE FUNCTION flushed_at_end_of_page() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    head CONSTANT bigint := 24;  -- of a page
    room bigint;
    overhead bigint;
    at pg_lsn;
BEGIN
    FOR attempt IN 1 .. 1000 LOOP
        PERFORM primecloud_internal.flush_keys();  -- (what is looked up for a call may be written itself)
        at := pg_current_wal_insert_lsn();
        PERFORM pg_logical_emit_message(false, 'test', repeat('x', 1000));
        overhead := pg_current_wal_insert_lsn() - at - 1000;
        room := 8192 - (pg_current_wal_insert_lsn() - '0/0') % 8192;
        CONTINUE WHEN room < overhead + 300 OR overhead NOT BETWEEN 1 AND 100;
        PERFORM pg_logical_emit_message(false, 'test', repeat('x', (room - overhead)::integer));
        CONTINUE WHEN (pg_current_wal_insert_lsn() - '0/0') % 8192 <> head;
        PERFORM primecloud_internal.flush_keys();
        RETURN true;
    END LOOP;
    RETURN false;
END $$;
SELECT ok(flushed_at_end_of_page(), 'keys are flushed at the end of a page of the log');
-- The guard of DROP EXTENSION goes by sizes: an empty shell may have rows elsewhere.
TRUNCATE vault, parts;
SELECT matches(spread('vault', 'DROP EXTENSION primecloud CASCADE'), 'vault has a sealed column that holds rows', 'the extension stays');
SELECT is(spread('', 'DROP EXTENSION primecloud CASCADE'), 'done', 'and goes where nothing is left');
SELECT * FROM finish();
