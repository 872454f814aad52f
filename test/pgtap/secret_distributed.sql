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
    CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass PRIMARY KEY);
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
    ('vault', 'SELECT primecloud.reseal_batch(''vault'', ''secret'')', 'table public.vault is distributed'),
    ('parts', 'SELECT primecloud.reseal_batch(''parts'', ''secret'')', 'table public.parts is distributed'),
    ('parts_1', 'SELECT primecloud.reseal_batch(''parts'', ''secret'')', 'table public.parts_1 is distributed'),
    ('plaintext', 'SELECT primecloud.seal_column(''plaintext'', ''secret'', ''plaintext.secret'')',
        'table public.plaintext is distributed'),
    ('vault', 'SELECT primecloud.retain(''vault'', ''at'', ''1 day'')', 'table public.vault is distributed');
SELECT is(spread(rel, call), '0A000 ' || message, call || ' with ' || rel) FROM calls ORDER BY n;
SELECT isnt(left(spread('', call), 6), '0A000 ', call || ' with none') FROM calls ORDER BY n;
-- Entering asks by SQL, as the owner of the tables, who is past nothing but his own.
SELECT is(spread(rel, call), answer, call || ' with ' || rel) FROM (VALUES
    ('members', 'SELECT primecloud.enter_trusted(''1'', ''ann'', ''owner'')', 'done'),
    ('accounts', 'SELECT primecloud.enter_trusted(''1'', ''ann'', ''owner'')', 'done'),
    ('granted', 'SELECT primecloud.enter_trusted(''1'', ''eve'', ''external_client'')', 'done'),
    ('members', 'SELECT primecloud.enter_trusted(''1'', ''bob'', ''owner'')',
        '28000 the user is not a member of the account: user "bob", account "1"'),
    ('members', 'SELECT primecloud.enter_trusted(''1'' || chr(39), ''ann'', ''owner'')',
        '28000 there is no such account: user "ann", account "1''"'),
    ('members', 'SELECT primecloud.enter_trusted(''1'', chr(39) || ''ann'', ''owner'')',
        '28000 the user is not a member of the account: user "''ann", account "1"'),
    ('accounts', 'SELECT primecloud.enter_trusted(''2'', ''ann'', ''owner'')',
        '28000 there is no such account: user "ann", account "2"'),
    ('members', 'SELECT primecloud.register_membership(''members'', ''account_id'', ''user_id'', ''role'')', 'done'))
    AS t(rel, call, answer);
-- What the owner has put into an index is planned as him.
CREATE ROLE distributed_owner;
CREATE FUNCTION lent(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN RAISE EXCEPTION 'lent'; END IF;
    RETURN true;
END $$;
ALTER TABLE members OWNER TO distributed_owner;
ALTER TABLE accounts OWNER TO distributed_owner;
ALTER TABLE granted OWNER TO distributed_owner;
CREATE INDEX trap ON members (user_id) WHERE lent(1);
SELECT is(spread('members', 'SELECT primecloud.enter_trusted(''1'', ''ann'', ''owner'')'), 'done', 'and lends nobody''s rights');
SELECT is(spread('members', 'EXPLAIN SELECT FROM members WHERE user_id = ''ann'''), 'P0001 lent', '(a query of one''s own would)');
DROP INDEX trap;
-- The guard of DROP EXTENSION goes by sizes: an empty shell may have rows elsewhere.
TRUNCATE vault, parts;
SELECT matches(spread('vault', 'DROP EXTENSION primecloud CASCADE'), 'vault has a sealed column that holds rows', 'the extension stays');
SELECT is(spread('', 'DROP EXTENSION primecloud CASCADE'), 'done', 'and goes where nothing is left');
SELECT * FROM finish();
DROP OWNED BY distributed_owner;
DROP ROLE distributed_owner;
