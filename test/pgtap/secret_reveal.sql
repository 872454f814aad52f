-- reveal() reads a row without a query, and finds what a query of its caller's would find: by
-- his privileges and the table's policies, in its partitions and children.
SET client_min_messages = error;
SELECT no_plan();
CREATE FUNCTION outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    value text;
BEGIN
    EXECUTE statement INTO value;
    RETURN coalesce(value, 'NULL');
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
CREATE ROLE secret_reveal_owner;
CREATE ROLE secret_reveal_reader;
CREATE ROLE secret_reveal_policed;
GRANT EXECUTE ON FUNCTION primecloud.reveal(regclass, name, anyelement, text), primecloud.reveal(regclass, name, text, text),
    primecloud.open(primecloud.sealed, text, text, text, text), primecloud.act_for_any_tenant()
    TO secret_reveal_owner, secret_reveal_reader, secret_reveal_policed;
CREATE SCHEMA mine AUTHORIZATION secret_reveal_owner;
GRANT USAGE ON SCHEMA mine TO secret_reveal_policed;

-- Tables of one shape, their ids of every type that a registration takes.
SET ROLE secret_reveal_owner;
CREATE DOMAIN mine.small AS smallint CHECK (VALUE < 100);
CREATE DOMAIN mine.smaller AS mine.small CHECK (VALUE < 50);
RESET ROLE;
CREATE COLLATION mine.any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE kinds (name text, type text, stored text, asked text, shown text);
INSERT INTO kinds VALUES
    ('k_small', 'smallint', '-7', ' -7 ', '-7'), ('k_int', 'integer', '41', '+41', '41'), ('k_big', 'bigint', '9007199254740993',
    '9007199254740993', NULL),
    ('k_uuid', 'uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{A0EEBC999C0B4EF8BB6D6BB9BD380A11}', NULL),
    ('k_text', 'text', 'it''s é', 'it''s é', NULL),
    ('k_varchar', 'varchar(20)', 'a b ', 'a b ', NULL), ('k_char', 'character(8)', 'ab', 'ab  ', 'ab'),
    ('k_domain', 'mine.smaller', '9', '9', NULL), ('k_case', 'text COLLATE mine.any_case', 'Anna', 'aNNA', 'Anna'),
    ('k_c', 'text COLLATE "C"', 'Anna', 'Anna', NULL);
UPDATE kinds SET shown = stored WHERE shown IS NULL;
SELECT lives_ok(format('CREATE TABLE mine.%I (id %s NOT NULL %s, account_id integer, secret primecloud.sealed)', name, type, key),
    name || key)
FROM (SELECT name, type, 'PRIMARY KEY' AS key FROM kinds) AS k;
SELECT lives_ok(format('INSERT INTO mine.%I VALUES (%L, 1, primecloud.seal(%L, ''1'', %L, %L)), (%L, 1, NULL)', name, stored, 'of ' || name,
    'label.' || name, shown, CASE WHEN type ~ 'uuid' THEN primecloud.uuid_v7()::text ELSE '3' END), 'a row of ' || name) FROM kinds;
SELECT lives_ok(format('SELECT primecloud.seal_column(''mine.%I'', ''secret'', %L)', name, 'label.' || name),
    'registered ' || name) FROM kinds;
SELECT is(outcome(format('SELECT primecloud.reveal(''mine.%I'', ''secret'', %L, ''test'')', name, asked)), 'of ' || name, 'by ' || type)
FROM kinds;
SELECT is(outcome(format('SELECT primecloud.reveal(''mine.%I'', ''secret'', %L::text, ''test'')', name, asked)), 'of ' || name,
    'by text for ' || type) FROM kinds;
SELECT is(outcome(format('SELECT primecloud.reveal(''mine.%I'', ''secret'', %L::%s, ''test'')', name, stored, type)), 'of ' || name,
    'by a value of ' || type) FROM kinds;
SELECT is(outcome(format('SELECT primecloud.reveal(''mine.%I'', ''secret'', %L, ''test'')', name,
    CASE WHEN type ~ 'uuid' THEN '00000000-0000-0000-0000-000000000000' ELSE '8' END)), 'P0002', 'no such row: ' || type) FROM kinds;
-- An index of another collation keeps apart what the column takes for equal.
ALTER TABLE mine.k_case DROP CONSTRAINT k_case_pkey;
CREATE UNIQUE INDEX ON mine.k_case (id COLLATE "C");
SELECT is(outcome($$SELECT primecloud.reveal('mine.k_case', 'secret', 'aNNA', 'test')$$), 'of k_case', 'and past an index by bytes');
SELECT is(outcome($$SELECT primecloud.reveal('mine.k_domain', 'secret', '99', 'test')$$), 'P0002', 'what a domain forbids is no row''s id');
SELECT is(outcome($$SELECT primecloud.reveal('mine.k_small', 'secret', 'seven', 'test')$$), '22P02', 'what is no value of the type');
SELECT is(outcome($$SELECT primecloud.reveal('mine.k_small', 'secret', '70000', 'test')$$), '22003', 'or beyond it');
SELECT is(outcome($$SELECT primecloud.reveal('mine.k_int', 'secret', '3', 'test')$$), 'NULL', 'a row without a secret');
SELECT is(outcome($$SELECT primecloud.reveal('mine.k_int', 'secret', NULL::text, 'test')$$), '22004', 'no id');
SELECT is(outcome($$SELECT primecloud.reveal(NULL, 'secret', '1', 'test')$$), '22004', 'no table');
SELECT is(outcome($$SELECT primecloud.reveal('mine.k_int', NULL, '1', 'test')$$), '22004', 'no column');
SELECT is(outcome($$SELECT primecloud.reveal('mine.k_int', 'account_id', '1', 'test')$$), '42704', 'a column that is not registered');

-- Privileges: those of a SELECT of the three columns.
GRANT SELECT ON mine.k_int TO secret_reveal_reader, secret_reveal_policed;
SET ROLE secret_reveal_reader;
SELECT is(outcome($$SELECT primecloud.reveal(o.oid, 'secret', '41', 'test') FROM (SELECT 'mine.k_int'::regclass AS oid) AS o$$),
    '42501', 'by name');
SELECT is(outcome(format($$SELECT primecloud.reveal(%s::regclass, 'secret', '41', 'test')$$,
    (SELECT oid FROM pg_class WHERE relname = 'k_int'))),
    '42501', 'a schema that may not be used, by its number too');
RESET ROLE;
GRANT USAGE ON SCHEMA mine TO secret_reveal_reader;
SET ROLE secret_reveal_reader;
SELECT is(outcome($$SELECT primecloud.reveal('mine.k_int', 'secret', '41', 'test')$$), 'of k_int', 'with both rights');
SELECT is(outcome($$SELECT primecloud.reveal('mine.k_big', 'secret', '41', 'test')$$), '42501', 'without the table''s');
RESET ROLE;
CREATE FUNCTION with_columns(columns text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    EXECUTE format('GRANT SELECT (%s) ON mine.k_big TO secret_reveal_reader', columns);
    SET LOCAL ROLE secret_reveal_reader;
    answer := outcome($q$SELECT primecloud.reveal('mine.k_big', 'secret', '9007199254740993', 'test')$q$);
    RESET ROLE;
    EXECUTE format('REVOKE SELECT (%s) ON mine.k_big FROM secret_reveal_reader', columns);
    RETURN answer;
END $$;
SELECT is(with_columns(two), '42501', 'two columns of three: ' || two)
FROM unnest('{"id, secret","id, account_id","account_id, secret"}'::text[]) AS two;
GRANT SELECT (id, account_id, secret) ON mine.k_big TO secret_reveal_reader;
SET ROLE secret_reveal_reader;
SELECT is(outcome($$SELECT primecloud.reveal('mine.k_big', 'secret', '9007199254740993', 'test')$$), 'of k_big', 'all three');
RESET ROLE;

-- Policies: of a table whose owner is lesser than nobody, and of one whose owner is.
CREATE TABLE mine.rows (id integer, account_id integer, status text, secret primecloud.sealed, PRIMARY KEY (account_id, id));
INSERT INTO mine.rows SELECT i, a, CASE WHEN i = 2 THEN 'hidden' ELSE 'shown' END,
    primecloud.seal(a || '/' || i, a::text, 'label.rows', i::text) FROM generate_series(1, 4) AS i, generate_series(1,
    2) AS a WHERE i < 4 OR a = 2;
SELECT primecloud.seal_column('mine.rows', 'secret', 'label.rows') IS NOT NULL AS registered;
GRANT SELECT ON mine.rows TO secret_reveal_policed;
CREATE FUNCTION mine.superusers(status text) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT status = 'shown' $$;
CREATE FUNCTION mine.lesser(status text) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT true $$;
ALTER FUNCTION mine.lesser(text) OWNER TO secret_reveal_owner;
CREATE FUNCTION mine.acts(status text) RETURNS boolean LANGUAGE sql VOLATILE AS $$ SELECT status = 'shown' $$;
SET ROLE secret_reveal_policed;
CREATE FUNCTION pg_temp.own(status text) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT status = 'shown' $$;
RESET ROLE;
ALTER TABLE mine.rows ENABLE ROW LEVEL SECURITY;
CREATE TABLE policies (qual text, one text, two text, four text, lesser boolean DEFAULT false);
-- What is revealed of rows 1 and 2 of account 1, and of row 4, of account 2, with the setting at 1.
INSERT INTO policies (qual, one, two, four) VALUES
    ('false', 'P0002', 'P0002', 'P0002'),
    ('NULL', 'P0002', 'P0002', 'P0002'),
    ('account_id = current_setting(''my.account'')::integer', '1/1', '1/2', 'P0002'),
    ('current_setting(''my.account'')::integer = account_id', '1/1', '1/2', 'P0002'),
    ('account_id = (SELECT current_setting(''my.account'')::integer)', '1/1', '1/2', 'P0002'),
    ('account_id = (SELECT (SELECT nullif(current_setting(''my.account''), '''')::integer))', '1/1', '1/2', 'P0002'),
    ('account_id = 1 AND status = ''shown''', '1/1', 'P0002', 'P0002'),
    ('account_id <> 2', '1/1', '1/2', 'P0002'),
    ('account_id IN (1, 3)', '1/1', '1/2', 'P0002'),
    ('account_id = account_id', '1/1', '1/2', '2/4'),
    ('account_id = (SELECT account_id)', '1/1', '1/2', '2/4'),
    ('account_id = ANY (string_to_array(current_setting(''my.account''), '','')::integer[])', '1/1', '1/2', 'P0002'),
    ('account_id = (string_to_array(current_setting(''my.account''), '',''))[1]::integer', '1/1', '1/2', 'P0002'),
    ('coalesce(account_id, 2) < 2 AND upper(status) LIKE ''SH%''', '1/1', 'P0002', 'P0002'),
    ('CASE WHEN account_id = 1 THEN status ELSE ''hidden'' END = ''shown''', '1/1', 'P0002', 'P0002'),
    ('status IS DISTINCT FROM ''hidden'' AND account_id BETWEEN 0 AND 1 AND now() > ''2000-01-01''', '1/1', 'P0002', 'P0002'),
    ('current_user = ''secret_reveal_policed'' AND session_user IS NOT NULL AND account_id = 1', '1/1', '1/2', 'P0002'),
    ('tableoid = ''mine.rows''::regclass AND account_id = 1', '1/1', '1/2', 'P0002'),
    ('mine.superusers(status) AND account_id = 1', '1/1', 'P0002', 'P0002'),
    ('pg_temp.own(status) AND account_id = 1', '1/1', 'P0002', 'P0002'),
    ('mine.acts(status) AND account_id = 1', '1/1', 'P0002', 'P0002'),
    ('mine.lesser(status)', '42501', '42501', '42501'),
    ('(SELECT mine.lesser(status)) OR account_id = 1', '42501', '42501', '42501'),
    ('account_id IN (SELECT 1)', '0A000', '0A000', '0A000'),
    ('EXISTS (SELECT FROM pg_catalog.pg_class)', '0A000', '0A000', '0A000');
-- No lesser owner's policy may call what acts.
INSERT INTO policies SELECT qual, CASE WHEN qual ~ 'acts' THEN '0A000' ELSE one END, CASE WHEN qual ~ 'acts' THEN '0A000' ELSE two END,
    CASE WHEN qual ~ 'acts' THEN '0A000' ELSE four END, true FROM policies WHERE qual !~ 'pg_temp';
SET my.account = '1';
CREATE FUNCTION under(qual text, lesser boolean, ids text[], OUT revealed text[]) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE POLICY it ON mine.rows USING (%s)', qual);
    EXECUTE format('ALTER TABLE mine.rows OWNER TO %I', CASE WHEN lesser THEN 'secret_reveal_owner' ELSE 'postgres' END);
    SET LOCAL ROLE secret_reveal_policed;
    revealed := ARRAY(SELECT outcome(format('SELECT primecloud.reveal(''mine.rows'', ''secret'', %L, ''test'')', i)) FROM unnest(ids) AS i);
    RESET ROLE;
    DROP POLICY it ON mine.rows;
END $$;
DELETE FROM mine.rows WHERE account_id = 2 AND id IN (1, 2);
SELECT is(under(qual, lesser, '{1,2,4}'), ARRAY[one, two, four],
    CASE WHEN lesser THEN 'a lesser' ELSE 'a greater' END || ' owner''s ' || qual)
FROM policies;
-- Several, of both kinds.
CREATE POLICY first ON mine.rows USING (status = 'shown');
CREATE POLICY second ON mine.rows FOR SELECT TO secret_reveal_policed USING (account_id = 2);
CREATE POLICY changes ON mine.rows FOR UPDATE USING (EXISTS (SELECT FROM kinds));
CREATE POLICY others ON mine.rows FOR SELECT TO secret_reveal_reader USING (EXISTS (SELECT FROM kinds));
CREATE POLICY floor ON mine.rows AS RESTRICTIVE USING (id <> 1);
SET ROLE secret_reveal_policed;
SELECT is(ARRAY(SELECT outcome(format('SELECT primecloud.reveal(''mine.rows'', ''secret'', %s, ''test'')',
    i)) FROM unnest('{1,2,3,4}'::int[]) AS i),
    '{P0002,P0002,21000,2/4}', 'permissive ones let in, restrictive ones hold, those of other commands and roles are not asked');
SET row_security = off;
SELECT is(outcome($$SELECT primecloud.reveal('mine.rows', 'secret', 4, 'test')$$), '42501', 'who asks for no policies is refused');
RESET row_security;
RESET ROLE;
SELECT is(outcome($$SELECT primecloud.reveal('mine.rows', 'secret', 1, 'test')$$), '1/1', 'a superuser is asked for none');
SELECT is(outcome($$SELECT primecloud.reveal('mine.rows', 'secret', 3, 'test')$$), '21000', 'one id in two accounts');
-- Messages name what is in the way.
DROP POLICY first ON mine.rows;
DROP POLICY second ON mine.rows;
CREATE POLICY harmless ON mine.rows USING (account_id = 1);
CREATE POLICY theirs ON mine.rows USING (mine.lesser(status));
SET ROLE secret_reveal_policed;
SELECT throws_ok($$SELECT primecloud.reveal('mine.rows', 'secret', 3, 'test')$$, '42501',
    'policy "theirs" of table "rows" would run code of role "secret_reveal_owner" with your rights', 'whose code a policy runs');
RESET ROLE;
ALTER POLICY theirs ON mine.rows USING (EXISTS (SELECT FROM kinds));
SET ROLE secret_reveal_policed;
SELECT throws_ok($$SELECT primecloud.reveal('mine.rows', 'secret', 3, 'test')$$, '0A000', 'policy "theirs" of table "rows" reads tables',
    'that it reads tables');
RESET ROLE;
ALTER POLICY theirs ON mine.rows USING (pg_sleep(0) IS NULL);
SET ROLE secret_reveal_policed;
SELECT throws_ok($$SELECT primecloud.reveal('mine.rows', 'secret', 3, 'test')$$, '0A000',
    'policy "theirs" of table "rows" calls pg_sleep(double precision), which may do more than look at a row', 'that it acts');
RESET ROLE;

-- The policies of ours.
CREATE TABLE mine.ours (id integer PRIMARY KEY, account_id integer NOT NULL, project_id integer, role text, secret primecloud.sealed);
INSERT INTO mine.ours SELECT i, 1 + i % 2, i, CASE WHEN i = 4 THEN 'owner' ELSE 'developer' END,
    primecloud.seal('row ' || i, (1 + i % 2)::text, 'label.ours', i::text) FROM generate_series(1, 4) AS i;
ALTER TABLE mine.ours OWNER TO secret_reveal_owner;
SELECT primecloud.seal_column('mine.ours', 'secret', 'label.ours') IS NOT NULL AS registered;
SELECT primecloud.protect_table('mine.ours') IS NOT NULL AS protected;
GRANT SELECT ON mine.ours TO secret_reveal_policed;
CREATE FUNCTION entered(tenant text, role text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    revealed text[];
BEGIN
    PERFORM primecloud.enter_trusted(tenant, 'ann', role);
    SET LOCAL ROLE secret_reveal_policed;
    revealed := ARRAY(SELECT outcome(format('SELECT primecloud.reveal(''mine.ours'', ''secret'', %s, ''test'')',
    i)) FROM generate_series(1, 4) AS i);
    RESET ROLE;
    RETURN revealed;
END $$;
BEGIN;
SELECT is(entered('1', 'developer'), '{P0002,"row 2",P0002,"row 4"}', 'protect_table: an account''s own');
COMMIT;
BEGIN;
SELECT is(entered('2', 'developer'), '{"row 1",P0002,"row 3",P0002}', 'and the other''s');
COMMIT;
SET ROLE secret_reveal_policed;
SELECT is(outcome($$SELECT primecloud.reveal('mine.ours', 'secret', 1, 'test')$$), '42501', 'without an account none');
SELECT is(outcome($$SELECT primecloud.reveal('mine.ours', 'secret', 99, 'test')$$), '42501', 'whether there is such a row or not');
RESET ROLE;
SELECT primecloud.confine_table('mine.ours', 'project_id') IS NOT NULL AS confined;
BEGIN;
SELECT is(entered('1', 'developer'), '{P0002,"row 2",P0002,"row 4"}', 'confine_table: who is not confined');
COMMIT;
BEGIN;
SELECT is(entered('1', 'external_client'), '{P0002,P0002,P0002,P0002}', 'who is, and was granted nothing');
COMMIT;
SELECT primecloud.protect_table('mine.ours', read_role => 'admin') IS NOT NULL AS protected;
BEGIN;
SELECT is(entered('1', 'developer'), '{P0002,P0002,P0002,P0002}', 'read_role: below it');
COMMIT;
BEGIN;
SELECT is(entered('1', 'admin'), '{P0002,"row 2",P0002,"row 4"}', 'and at it');
COMMIT;
SELECT primecloud.unconfine_table('mine.ours') IS NOT NULL AS free;
SELECT primecloud.unprotect_table('mine.ours') IS NOT NULL AS unprotected;
SELECT primecloud.share_table('mine.ours') IS NOT NULL AS shared;
BEGIN;
SELECT is(entered('1', 'developer'), '{"row 1","row 2","row 3","row 4"}', 'share_table: read by all');
COMMIT;

-- Partitions and children, whose columns lie in another order, and whose own policies and
-- privileges are not asked.
CREATE TABLE mine.parts (id integer, account_id integer, kept text, secret primecloud.sealed, PRIMARY KEY (id, account_id))
    PARTITION BY RANGE (id);
CREATE TABLE mine.parts_1 PARTITION OF mine.parts FOR VALUES FROM (0) TO (10);
CREATE TABLE mine.parts_2 (gone text, kept text, secret primecloud.sealed, account_id integer NOT NULL, id integer NOT NULL);
ALTER TABLE mine.parts_2 DROP COLUMN gone;
ALTER TABLE mine.parts ATTACH PARTITION mine.parts_2 FOR VALUES FROM (10) TO (20);
CREATE TABLE mine.parts_3 PARTITION OF mine.parts FOR VALUES FROM (20) TO (40) PARTITION BY HASH (account_id);
CREATE TABLE mine.parts_3_1 PARTITION OF mine.parts_3 FOR VALUES WITH (MODULUS 1, REMAINDER 0);
INSERT INTO mine.parts SELECT i, 1, CASE WHEN i % 2 = 0 THEN 'yes' ELSE 'no' END, primecloud.seal('part ' || i, '1', 'label.parts', i::text)
FROM generate_series(1, 39) AS i;
SELECT primecloud.seal_column('mine.parts', 'secret', 'label.parts') IS NOT NULL AS registered;
GRANT SELECT ON mine.parts TO secret_reveal_policed;
ALTER TABLE mine.parts ENABLE ROW LEVEL SECURITY;
ALTER TABLE mine.parts_2 ENABLE ROW LEVEL SECURITY;
CREATE POLICY kept ON mine.parts USING (kept = 'yes' AND tableoid <> 0 AND tableoid <> 'mine.parts'::regclass);
SET ROLE secret_reveal_policed;
SELECT is(ARRAY(SELECT outcome(format('SELECT primecloud.reveal(''mine.parts'', ''secret'', %s, ''test'')',
    i)) FROM unnest('{2,3,12,13,22,23}'::int[]) AS i),
    ARRAY['part 2', 'P0002', 'part 12', 'P0002', 'part 22', 'P0002'], 'partitions, by the policies of the whole');
SELECT is(outcome($$SELECT primecloud.reveal('mine.parts_1', 'secret', 2, 'test')$$), '42501', 'not by themselves');
RESET ROLE;
GRANT SELECT ON mine.parts_1, mine.parts_2 TO secret_reveal_policed;
SET ROLE secret_reveal_policed;
SELECT is(outcome($$SELECT primecloud.reveal('mine.parts_1', 'secret', 3, 'test')$$), 'part 3', 'by themselves,
    under policies of their own: none');
SELECT is(outcome($$SELECT primecloud.reveal('mine.parts_2', 'secret', 12, 'test')$$), 'P0002', 'or none that lets in');
RESET ROLE;
CREATE TABLE mine.k_int_child (more text) INHERITS (mine.k_int);
INSERT INTO mine.k_int_child VALUES (77, 1, primecloud.seal('a child', '1', 'label.k_int', '77'));
SELECT is(outcome($$SELECT primecloud.reveal('mine.k_int', 'secret', 77, 'test')$$), 'a child', 'a child''s row');
INSERT INTO mine.k_int_child VALUES (41, 2, NULL);
SELECT is(outcome($$SELECT primecloud.reveal('mine.k_int', 'secret', 41, 'test')$$), '21000', 'an id in parent and child');

-- What is no table.  (What is read elsewhere: secret_distributed.sql.)
ALTER TABLE mine.k_small RENAME TO k_was_small;
CREATE VIEW mine.k_small AS SELECT * FROM mine.k_was_small;
SELECT is(outcome($$SELECT primecloud.reveal('mine.k_small', 'secret', '-7', 'test')$$), '42704',
    'a view in a table''s place is not what was registered');
SET primecloud.guard = off;
ALTER TABLE mine.k_uuid ALTER account_id TYPE numeric;
RESET primecloud.guard;
SELECT is(outcome($$SELECT primecloud.reveal('mine.k_uuid', 'secret', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'test')$$), '42804',
    'a tenant of another type');

-- Rows are those of the statement's snapshot, and of the transaction's own changes.
BEGIN;
INSERT INTO mine.k_c VALUES ('new', 1, primecloud.seal('of now', '1', 'label.k_c', 'new'));
SELECT is(outcome($$SELECT primecloud.reveal('mine.k_c', 'secret', 'new', 'test')$$), 'of now', 'a row of this transaction');
DELETE FROM mine.k_c WHERE id = 'new';
SELECT is(outcome($$SELECT primecloud.reveal('mine.k_c', 'secret', 'new', 'test')$$), 'P0002', 'that is gone again');
COMMIT;
SELECT * FROM finish();
