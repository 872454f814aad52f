-- What an owner wrote as a literal is read again where a helper writes it elsewhere, and reading one of a domain in an array runs the
-- domain's check: in his hands, never in those of whoever calls.
SELECT no_plan();
\o /dev/null
SET client_min_messages = error;
CREATE ROLE literals_mallory;
CREATE SCHEMA literals AUTHORIZATION literals_mallory;

SET ROLE literals_mallory;
CREATE TABLE literals.ran_as (who name, what text);
GRANT INSERT ON literals.ran_as TO PUBLIC;
GRANT USAGE ON SCHEMA literals TO PUBLIC;
CREATE FUNCTION literals.note(n integer) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO literals.ran_as VALUES (current_user, n);
    RETURN true;
END $$;
CREATE DOMAIN literals.number AS integer CHECK (literals.note(VALUE));
CREATE TABLE literals.rows (id integer PRIMARY KEY, account_id integer NOT NULL, numbers literals.number[] DEFAULT '{1}');
CREATE TABLE literals.parts (id integer NOT NULL, account_id integer NOT NULL) PARTITION BY LIST (id);
CREATE TABLE literals.part_1 PARTITION OF literals.parts FOR VALUES IN (1);
CREATE TABLE literals.part_2 (id integer NOT NULL, account_id integer NOT NULL);
RESET ROLE;
SELECT primecloud.protect_table(t) FROM unnest('{literals.rows,literals.parts}'::regclass[]) AS t;
SET ROLE literals_mallory;
-- His own policy, in a name of ours.
CREATE POLICY primecloud_mine ON literals.parts USING ('{2}'::literals.number[] IS NOT NULL);
TRUNCATE literals.ran_as;
RESET ROLE;
CREATE VIEW literals_lent AS SELECT array_agg(DISTINCT what ORDER BY what) FROM literals.ran_as WHERE who <> 'literals_mallory';
\o
SELECT lives_ok('SELECT primecloud.copy_target(''literals.rows'')', 'a view to load the table is made');
SELECT is((SELECT array_agg FROM literals_lent), NULL, 'copy_target reads a default in its owner''s hands');
SELECT ok(EXISTS (SELECT FROM literals.ran_as WHERE who = 'literals_mallory'), 'and it was read');
SELECT is((SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 'literals.rows_copy'::regclass AND adnum = 3),
    '''{1}''::literals.number[]', 'the view has the default');
SELECT is((SELECT relowner::regrole::text FROM pg_class WHERE oid = 'literals.rows_copy'::regclass), 'literals_mallory',
    'the view is the table''s owner''s');
TRUNCATE literals.ran_as;
ALTER TABLE literals.parts ATTACH PARTITION literals.part_2 FOR VALUES IN (2);
SELECT is((SELECT array_agg FROM literals_lent), NULL, 'a partition is given policies in its owner''s hands');
SELECT is((SELECT count(*) FROM pg_policy WHERE polrelid = 'literals.part_2'::regclass),
    (SELECT count(*) FROM pg_policy WHERE polrelid = 'literals.part_1'::regclass) + 1, 'all of them');
SELECT lives_ok('SELECT primecloud.drop_copy_target(''literals.rows'')', 'the view goes');
SELECT * FROM finish();
