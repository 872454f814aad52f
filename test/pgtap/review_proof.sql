-- What review_prove() takes for a proof shows nobody another's row: each policy is proved or not, and tried.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE review_proof_app;
CREATE SCHEMA shop;
GRANT USAGE ON SCHEMA shop TO review_proof_app;
CREATE TABLE shop.members (account_id integer NOT NULL, user_id text NOT NULL, role text NOT NULL DEFAULT 'owner');
CREATE TABLE shop.users (id text PRIMARY KEY, team text NOT NULL);
CREATE TABLE shop.teams (name text PRIMARY KEY, account_id integer NOT NULL, word text NOT NULL DEFAULT 'team');
INSERT INTO shop.members VALUES (1, 'ann'), (2, 'bob');
INSERT INTO shop.users VALUES ('ann', 'one'), ('bob', 'two');
INSERT INTO shop.teams VALUES ('one', 1), ('two', 2);
CREATE TABLE shop.notes (id integer PRIMARY KEY, account_id integer NOT NULL);
INSERT INTO shop.notes VALUES (1, 1), (2, 2);
CREATE VIEW shop.beside AS SELECT m.account_id, o.user_id FROM shop.members AS m, shop.members AS o;
CREATE FUNCTION shop.one() RETURNS integer STABLE LANGUAGE sql AS $$ SELECT length(current_setting('app.user', true)) - 2 $$;
GRANT SELECT ON ALL TABLES IN SCHEMA shop TO review_proof_app;
ALTER TABLE shop.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON shop.notes FOR SELECT USING (false);

-- Each policy of whom a setting names, with what is to be said of it, and the accounts that ann is to see.
CREATE FUNCTION shop.proves(policy text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    said boolean;
    seen text;
BEGIN
    EXECUTE format('ALTER POLICY p ON shop.notes USING (%s)', replace(policy, '$me', $q$current_setting('app.user', true)$q$));
    SELECT p.holds INTO said FROM primecloud.review_prove('shop.notes', 'review_proof_app') AS p ORDER BY p.step DESC LIMIT 1;
    PERFORM set_config('app.user', 'ann', true);
    SET LOCAL ROLE review_proof_app;
    SELECT coalesce(string_agg(account_id::text, ' ' ORDER BY account_id), '') INTO seen FROM shop.notes;
    RESET ROLE;
    RETURN concat_ws(', ', CASE WHEN said THEN 'proved' ELSE 'not proved' END, 'sees ' || seen);
END $$;
CREATE TABLE shop.cases (id integer GENERATED ALWAYS AS IDENTITY, said text, policy text, what text);
INSERT INTO shop.cases (said, policy, what) VALUES
    ('proved, sees 1', 'EXISTS (SELECT FROM shop.members AS m WHERE m.account_id = notes.account_id AND m.user_id = $me)', 'a membership'),
    ('proved, sees 1', 'account_id IN (SELECT m.account_id FROM shop.members AS m WHERE m.user_id = $me)', 'a list of his'),
    ('proved, sees 1', 'account_id = ANY (ARRAY(SELECT m.account_id FROM shop.members AS m WHERE m.user_id = $me))', 'an array of his'),
    ('proved, sees 1', 'account_id = (SELECT m.account_id FROM shop.members AS m WHERE m.user_id = $me)', 'the one of his'),
    ('proved, sees 1', $$EXISTS (SELECT FROM shop.members AS m, shop.users AS u WHERE m.account_id = notes.account_id AND u.id = $me
        AND u.id = m.user_id)$$, 'two tables that meet'),
    ('proved, sees 1', $$EXISTS (SELECT FROM shop.users AS u JOIN shop.teams AS t ON t.name = u.team WHERE u.id = $me
        AND t.account_id = notes.account_id)$$, 'by way of another table'),
    ('proved, sees 1', $$account_id IN (SELECT t.account_id FROM shop.teams AS t WHERE t.name IN (SELECT u.team FROM shop.users AS u
        WHERE u.id = $me))$$, 'a list in a list'),
    ('not proved, sees 1 2', $$EXISTS (SELECT FROM shop.members AS m, shop.users AS u WHERE m.account_id = notes.account_id
        AND u.id = $me)$$, 'two tables that do not meet'),
    ('not proved, sees 1 2', $$EXISTS (SELECT FROM shop.members AS m LEFT JOIN shop.users AS u ON u.id = m.user_id AND u.id = $me
        WHERE m.account_id = notes.account_id)$$, 'who asks stands in an outer join alone'),
    ('not proved, sees 1 2', $$EXISTS (SELECT FROM shop.members AS m FULL JOIN (SELECT id FROM shop.users
        WHERE id = $me) AS u ON u.id = m.user_id WHERE m.account_id = notes.account_id)$$, 'in a full one'),
    ('not proved, sees 1 2', 'account_id IN (SELECT m.account_id FROM shop.members AS m, shop.users AS u WHERE u.id = $me)',
        'a list of others beside him'),
    ('not proved, sees 1 2', $$EXISTS (SELECT count(*) FROM shop.members AS m WHERE m.account_id = notes.account_id
        AND m.user_id = $me)$$, 'what is counted has a row of none'),
    ('not proved, sees 1 2', $$EXISTS (SELECT FROM shop.members AS m WHERE m.account_id = notes.account_id
        AND EXISTS (SELECT FROM shop.users AS u WHERE u.id = $me))$$, 'he is somebody, somewhere'),
    ('not proved, sees 1 2', $$EXISTS (SELECT FROM shop.members AS m WHERE m.account_id = notes.account_id
        AND (m.user_id = $me OR m.user_id <> ''))$$, 'or anybody'),
    ('not proved, sees 1 2', 'account_id IN (SELECT m.account_id FROM shop.members AS m WHERE m.user_id = $me UNION SELECT 2)',
        'and one more'),
    ('not proved, sees 2', 'account_id <> (SELECT m.account_id FROM shop.members AS m WHERE m.user_id = $me)', 'all but his'),
    ('not proved, sees 1 2', $$EXISTS (SELECT FROM shop.members AS m WHERE m.account_id = notes.account_id
        AND m.user_id >= $me)$$, 'his and those after it'),
    -- What is made of who asks is not he.
    ('not proved, sees 2', 'account_id = (SELECT m.account_id + 1 FROM shop.members AS m WHERE m.user_id = $me)', 'a number after his'),
    ('not proved, sees 2', 'account_id = length($me) - 1', 'how long his name is'),
    ('not proved, sees 1 2', 'account_id IN (SELECT generate_series(1, m.account_id + 1) FROM shop.members AS m WHERE m.user_id = $me)',
        'as many as one likes'),
    ('not proved, sees 1 2', $$account_id = ANY (ARRAY(SELECT m.account_id FROM shop.members AS m WHERE m.user_id = $me) || 2)$$,
        'a list with one more'),
    ('not proved, sees 1 2', $$account_id::boolean IN (SELECT m.account_id::boolean FROM shop.members AS m WHERE m.user_id = $me)$$,
        'what folds all of them'),
    -- Rows that nothing but a word has in common.
    ('not proved, sees 1 2', $$EXISTS (SELECT FROM shop.members AS m JOIN shop.members AS o ON o.role = m.role
        WHERE m.account_id = notes.account_id AND o.user_id = $me)$$, 'whoever has his role'),
    ('not proved, sees 1 2', $$account_id IN (SELECT t.account_id FROM shop.teams AS t WHERE t.word IN (SELECT o.word
        FROM shop.teams AS o JOIN shop.users AS u ON u.team = o.name WHERE u.id = $me))$$, 'teams alike'),
    ('proved, sees 1', $$EXISTS (SELECT FROM shop.members AS m JOIN shop.members AS o ON o.account_id = m.account_id
        WHERE m.account_id = notes.account_id AND o.user_id = $me)$$, 'whoever is of his account'),
    -- What no table has as it is.
    ('not proved, sees 1 2', $$account_id IN (SELECT c.account_id FROM (SELECT m.account_id, $me AS user_id FROM shop.members AS m) AS c
        WHERE c.user_id = $me)$$, 'a column that is made up'),
    ('not proved, sees 1 2', $$account_id IN (WITH c AS (SELECT m.account_id, 'ann' AS user_id FROM shop.members AS m)
        SELECT c.account_id FROM c WHERE c.user_id = $me)$$, 'in a WITH'),
    ('not proved, sees 1 2', 'account_id IN (SELECT b.account_id FROM shop.beside AS b WHERE b.user_id = $me)', 'a view'),
    ('not proved, sees 1 2', $$account_id IN (SELECT c.account_id FROM (SELECT m.account_id, min(m.user_id) OVER () AS user_id
        FROM shop.members AS m) AS c WHERE c.user_id = $me)$$, 'a window'),
    ('not proved, sees 1 2', $$EXISTS (SELECT FROM shop.members AS m WHERE m.account_id = notes.account_id
        AND 0 = (SELECT count(*) FROM shop.users AS u WHERE u.id = m.user_id AND u.id = $me || 'x'))$$, 'how many of none'),
    ('not proved, sees 1 2', 'account_id = shop.one() OR account_id = shop.one() + 1', 'a function that counts'),
    ('not proved, sees 1 2', $$NOT EXISTS (SELECT FROM shop.members AS m WHERE m.account_id = notes.account_id AND m.user_id = $me
        AND m.account_id > 7)$$, 'none of his');
SELECT is(shop.proves(policy), said, what) FROM shop.cases ORDER BY id;
-- What leads past a policy that is proved.
CREATE FUNCTION shop.past(ddl text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    said text;
BEGIN
    EXECUTE ddl;
    SELECT string_agg(p.says, ' | ') INTO said FROM primecloud.review_prove('shop.kept', 'review_proof_app') AS p WHERE NOT p.holds;
    RAISE EXCEPTION USING ERRCODE = 'P0001', MESSAGE = coalesce(said, 'proved');
EXCEPTION WHEN raise_exception THEN
    RETURN SQLERRM;
END $$;
CREATE ROLE review_proof_owner;
CREATE ROLE review_proof_admin BYPASSRLS;
CREATE TABLE shop.kept (id integer PRIMARY KEY, account_id integer NOT NULL);
ALTER TABLE shop.kept ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY, OWNER TO review_proof_owner;
CREATE POLICY p ON shop.kept USING (account_id IN (SELECT m.account_id FROM shop.members AS m WHERE m.user_id = CURRENT_USER));
GRANT SELECT ON shop.kept TO review_proof_app;
SELECT matches(shop.past(ddl), said, ddl) FROM (VALUES
    ('SELECT 1', '^proved$'),
    ('CREATE TABLE shop.part (id integer) INHERITS (shop.kept); GRANT SELECT ON shop.part TO review_proof_app',
        '^part shop.part is reached by its own name, without row security \|'),
    ('CREATE TABLE shop.part () INHERITS (shop.kept); CREATE TABLE shop.below () INHERITS (shop.part); '
        'ALTER TABLE shop.below ENABLE ROW LEVEL SECURITY; GRANT SELECT (id) ON shop.below TO review_proof_app; '
        'CREATE POLICY p ON shop.below USING (id > 0)',
        '^part shop.below is reached by its own name, and its own policies are not proved \|'),
    ('CREATE TABLE shop.whole (account_id integer NOT NULL); ALTER TABLE shop.kept INHERIT shop.whole; '
        'GRANT SELECT ON shop.whole TO PUBLIC', '^parent shop.whole is reached by its own name, without row security \|'),
    ('CREATE TABLE shop.whole (account_id integer NOT NULL); ALTER TABLE shop.kept INHERIT shop.whole', '^proved$'),
    ('GRANT review_proof_admin TO review_proof_app', 'can become review_proof_admin, whom no policy holds'),
    ('GRANT review_proof_owner TO review_proof_app', 'can become review_proof_owner, who can change the policies'),
    ('GRANT TRIGGER ON shop.kept TO review_proof_app', '^TRIGGER is granted'),
    ('GRANT INSERT ON shop.members TO PUBLIC', 'policy_reads_writable_table'),
    ('ALTER TABLE shop.kept ADD other integer; ALTER POLICY p ON shop.kept USING (other = CURRENT_USER::text::integer)',
        '(account_id is called a tenant''s column, and other is what policies compare|nothing in it is bound to account_id)'),
    ('ALTER ROLE review_proof_app CREATEROLE', CASE WHEN current_setting('server_version_num')::integer < 160000
        THEN 'takes any role' ELSE '^proved$' END),
    ('ALTER ROLE review_proof_app BYPASSRLS', 'policies do not hold review_proof_app')) AS v(ddl, said);
DROP SCHEMA shop CASCADE;
DROP OWNED BY review_proof_app, review_proof_owner;
DROP ROLE review_proof_app, review_proof_owner, review_proof_admin;
SELECT * FROM finish();
