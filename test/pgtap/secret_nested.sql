-- Envelopes within arrays, rows and domains over them: the guards of keys see them as they see a sealed column.
SELECT plan(19);
CREATE SCHEMA n;
CREATE TYPE n.login AS (name text, password primecloud.sealed);
CREATE DOMAIN n.password AS primecloud.sealed;
CREATE DOMAIN n.logins AS n.login[];
CREATE TYPE n.host AS (at text, logins n.logins);
CREATE TYPE n.empty AS (name text, gone int);
ALTER TYPE n.empty DROP ATTRIBUTE gone;
CREATE TABLE n.plain (id int, secret primecloud.sealed);
CREATE FUNCTION n.sealed(tenant text) RETURNS primecloud.sealed LANGUAGE sql AS $$ SELECT primecloud.seal('secret', tenant, 'n', '1') $$;

-- Each shape that can hold an envelope, with one of a tenant of its own.
CREATE TABLE n.shape (tenant text, declaration text, content text);
INSERT INTO n.shape VALUES ('t1', 'primecloud.sealed', 'n.sealed(''t1'')'), ('t2', 'n.password', 'n.sealed(''t2'')'),
    ('t3', 'primecloud.sealed[]', 'ARRAY[NULL, n.sealed(''t3''), n.sealed(''t3'')]'),
    ('t4', 'n.password[]', 'ARRAY[n.sealed(''t4'')]::n.password[]'),
    ('t5', 'n.login', 'ROW(''x'', n.sealed(''t5''))::n.login'),
    ('t6', 'n.logins', 'ARRAY[NULL, ROW(''x'', n.sealed(''t6''))::n.login]'),
    ('t7', 'n.host', 'ROW(''y'', ARRAY[ROW(''x'', n.sealed(''t7''))::n.login])::n.host'),
    ('t8', 'n.plain', 'ROW(1, n.sealed(''t8''))::n.plain'),
    ('t9', 'n.host[]', 'ARRAY[NULL, ROW(''y'', ARRAY[ROW(''x'', NULL)::n.login, ROW(''x'', n.sealed(''t9''))::n.login])::n.host]');
SELECT format('CREATE TABLE n.%I (id int, secret %s); INSERT INTO n.%1$I VALUES (1, %3$s), (2, NULL), (3, %3$s)', tenant, declaration,
    content) FROM n.shape \gexec
CREATE TABLE n.other (id int, e n.empty[]);
INSERT INTO n.other VALUES (1, ARRAY[ROW('x')::n.empty]);

SELECT is((SELECT array_agg(concat_ws(' ', u.table_name, u.column_name, u.row_count) ORDER BY u.table_name) FROM primecloud.key_usage() u
    JOIN primecloud.data_key k USING (key_id) WHERE k.tenant = u.table_name),
    ARRAY(SELECT tenant || ' secret 2' FROM n.shape ORDER BY tenant), 'each shape is counted, by rows, under the key that sealed it');
SELECT primecloud.rotate_key(tenant) FROM n.shape \g /dev/null
CREATE FUNCTION attempt(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT matches(attempt(format('SELECT primecloud.retire_key(%s)', k.key_id)), format('^55006 data key %s is in use: 2 rows of column '
    '"secret" of n.%s', k.key_id, s.tenant), 'retire_key: ' || s.declaration)
FROM n.shape s JOIN primecloud.data_key k USING (tenant) WHERE k.state = 'decrypt_only' ORDER BY s.tenant;
SELECT primecloud.retire_key(key_id, force => true) FROM primecloud.data_key WHERE state = 'decrypt_only' \g /dev/null
SELECT matches(attempt(format('SELECT primecloud.destroy_key(%s)', k.key_id)), format('^55006 data key %s is in use: 2 rows', k.key_id),
    'destroy_key: ' || s.declaration)
FROM n.shape s JOIN primecloud.data_key k USING (tenant) WHERE k.state = 'retired' ORDER BY s.tenant;
SELECT * FROM finish();
SET client_min_messages = warning;
DROP SCHEMA n CASCADE;
