-- Children of protected tables: the index of the key by which they hang, rows without a parent, who inserts them without a context.
SELECT plan(22);
CREATE ROLE child_platform BYPASSRLS;
CREATE TABLE parent (id int PRIMARY KEY, account_id int NOT NULL);
CREATE TABLE child (id int PRIMARY KEY, parent_id int NOT NULL CONSTRAINT child_parent REFERENCES parent ON DELETE CASCADE);
INSERT INTO parent VALUES (1, 1), (2, 2);
INSERT INTO child VALUES (1, 1), (2, 2);
SELECT primecloud.protect_table('parent') \g /dev/null

CREATE FUNCTION indexes(rel regclass) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(regexp_replace(pg_get_indexdef(indexrelid), '^.* USING btree ', ''), ' ' ORDER BY indexrelid::regclass::text)
    FROM pg_index WHERE indrelid = rel AND NOT indisunique AND indisvalid
$$;
CREATE FUNCTION note(rel regclass) RETURNS jsonb LANGUAGE sql AS 'SELECT primecloud_internal.protection_note(rel) -> ''constraints''';

-- What points at a row is found by an index.
SELECT primecloud.protect_child('child', 'parent') \g /dev/null
SELECT is(indexes('child'), '(account_id, id DESC)', 'a child whose key has no index');
SELECT is((SELECT count(*) FROM primecloud.protect_fk('child', 'child_parent', dry_run => true) AS l
    WHERE l = 'CREATE INDEX child_account_id_parent_id_idx ON public.child (account_id, parent_id)'), 1::bigint, 'it would be made');
SELECT primecloud.protect_fk('child', 'child_parent') \g /dev/null
SELECT is(indexes('child'), '(account_id, parent_id) (account_id, id DESC)', 'protect_fk makes the one of the key that carries the tenant');
SELECT is(note('child'), '{"child_parent": "foreign key", "child_account_id_parent_id_idx": "key index"}', 'and notes it');
ALTER INDEX child_account_id_parent_id_idx RENAME TO found;
SELECT is(note('child'), '{"child_parent": "foreign key", "found": "key index"}', 'under the name that it has');
SELECT primecloud.unprotect_fk('child', 'child_parent') \g /dev/null
SELECT is(indexes('child'), '(account_id, id DESC)', 'unprotect_fk drops it');
SELECT is(note('child'), NULL, 'and the note');
CREATE INDEX own ON child (parent_id, id);
SELECT primecloud.protect_fk('child', 'child_parent') \g /dev/null
SELECT is(indexes('child'), '(account_id, id DESC) (parent_id, id)', 'one that leads with the key''s own columns does');
SELECT primecloud.unprotect_fk('child', 'child_parent') \g /dev/null
DROP INDEX own;
CREATE INDEX own ON child (parent_id, account_id, id);
SELECT primecloud.protect_fk('child', 'child_parent') \g /dev/null
SELECT is(indexes('child'), '(account_id, id DESC) (parent_id, account_id, id)', 'in whatever order, and it is nobody''s to drop');
SELECT primecloud.unprotect_fk('child', 'child_parent') \g /dev/null
DROP INDEX own;
CREATE INDEX own ON child (parent_id) WHERE id > 1;
SELECT primecloud.protect_fk('child', 'child_parent') \g /dev/null
SELECT is(note('child') ->> 'child_account_id_parent_id_idx', 'key index', 'one of some rows does not');

-- Two keys over the same columns lean on one; it goes with the last.
ALTER TABLE child ADD CONSTRAINT again FOREIGN KEY (parent_id) REFERENCES parent;
SELECT primecloud.protect_fk('child', 'again') \g /dev/null
SELECT primecloud.unprotect_fk('child', 'child_parent') \g /dev/null
SELECT is(note('child'), '{"again": "foreign key", "child_account_id_parent_id_idx": "key index"}', 'another key leans on it');
SELECT primecloud.unprotect_table('child') \g /dev/null
SELECT is(indexes('child'), '(parent_id) WHERE (id > 1)', 'unprotect_table drops it');

-- Of a table that points at itself the key, its index and what it leans on are noted together.
CREATE TABLE tree (id int PRIMARY KEY, account_id int NOT NULL, above int CONSTRAINT tree_above REFERENCES tree);
SELECT primecloud.protect_table('tree') \g /dev/null
SELECT primecloud.protect_fk('tree', 'tree_above') \g /dev/null
SELECT is(note('tree'), '{"tree_above": "foreign key", "tree_account_id_above_idx": "key index", "tree_account_id_id_key": "support"}',
    'a table that points at itself');
SELECT primecloud.unprotect_fk('tree', 'tree_above') \g /dev/null
SELECT is(note('tree'), NULL, 'and back');
SELECT is((SELECT count(*) FROM pg_constraint WHERE conrelid = 'tree'::regclass AND contype = 'u'), 0::bigint, 'with what it leaned on');

-- Partitions have it too.
CREATE TABLE parts (id int, account_id int NOT NULL, parent_id int CONSTRAINT parts_parent REFERENCES parent) PARTITION BY LIST (id);
CREATE TABLE parts_one PARTITION OF parts FOR VALUES IN (1);
SELECT primecloud.protect_table('parts') \g /dev/null
SELECT primecloud.protect_fk('parts', 'parts_parent') \g /dev/null
SELECT matches(indexes('parts_one'), '\(account_id, parent_id\)', 'a partition');

-- Rows that have no parent.
CREATE TABLE orphans (id int PRIMARY KEY, parent_id int CONSTRAINT orphans_parent REFERENCES parent);
INSERT INTO orphans VALUES (1, 1), (2, NULL), (3, NULL);
SELECT throws_ok($$SELECT primecloud.protect_child('orphans', 'parent')$$, '23502',
    '2 rows of public.orphans point at no row of public.parent that has a tenant', 'rows without a parent are told');
SELECT matches((SELECT string_agg(l, E'\n') FROM primecloud.protect_child('orphans', 'parent', online => true) AS l),
    'check_filled\(''public.orphans'', ''public.parent'', ''account_id''\);\n.*primecloud_tenant_known', 'online before anything waits');
DELETE FROM orphans WHERE parent_id IS NULL;
SELECT lives_ok($$SELECT primecloud.protect_child('orphans', 'parent')$$, 'until each has one');

-- Whom no policy holds is told what to do, not to enter.
CREATE FUNCTION hint_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    hint text;
BEGIN
    EXECUTE statement;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN SQLSTATE || ' ' || hint;
END $$;
GRANT ALL ON orphans, parent TO child_platform;
GRANT USAGE ON SCHEMA primecloud TO child_platform;
SET ROLE child_platform;
SELECT is(hint_of('INSERT INTO orphans (id, parent_id) VALUES (9, 1)'),
    '42501 Policies do not hold this role, but it has entered no account from which a tenant column could be filled: name the column in '
    'the statement.', 'whom no policy holds is told to name the column');
SELECT is(hint_of('INSERT INTO orphans (id, parent_id, account_id) VALUES (9, 1, 1)'), 'done', 'and then may');
RESET ROLE;

-- A session that reads a script is not left without the guard, wherever the script stops.
ALTER TABLE child DROP CONSTRAINT again;
SELECT is((SELECT string_agg(DISTINCT before || ' ' || l, ' ') FROM (SELECT l, lag(l) OVER (ORDER BY n) AS before
    FROM primecloud.protect_child('child', 'parent', online => true) WITH ORDINALITY AS t(l, n)) AS t WHERE l ~ 'guard'),
    'BEGIN; SET LOCAL primecloud.guard = off;', 'no script takes the guard from a session');
SELECT finish();
