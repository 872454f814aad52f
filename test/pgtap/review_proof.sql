-- What review_prove() takes for a proof shows nobody another's row: each policy is proved or not, and tried.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE review_proof_app;
CREATE SCHEMA shop;
GRANT USAGE ON SCHEMA shop TO review_proof_app;
CREATE TABLE shop.members (account_id integer NOT NULL, user_id text NOT NULL);
CREATE TABLE shop.users (id text PRIMARY KEY, team text NOT NULL);
CREATE TABLE shop.teams (name text PRIMARY KEY, account_id integer NOT NULL);
INSERT INTO shop.members VALUES (1, 'ann'), (2, 'bob');
INSERT INTO shop.users VALUES ('ann', 'one'), ('bob', 'two');
INSERT INTO shop.teams VALUES ('one', 1), ('two', 2);
CREATE TABLE shop.notes (id integer PRIMARY KEY, account_id integer NOT NULL);
INSERT INTO shop.notes VALUES (1, 1), (2, 2);
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
    ('not proved, sees 1 2', $$NOT EXISTS (SELECT FROM shop.members AS m WHERE m.account_id = notes.account_id AND m.user_id = $me
        AND m.account_id > 7)$$, 'none of his');
SELECT is(shop.proves(policy), said, what) FROM shop.cases ORDER BY id;
DROP SCHEMA shop CASCADE;
DROP OWNED BY review_proof_app;
DROP ROLE review_proof_app;
SELECT * FROM finish();
