-- Who writes where policies look says what they answer: review_prove() proves a table whose policies ask another only if what the
-- application writes there is of its own tenant.  Each case is tried with rows, by what somebody would write.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE review_written_app;
CREATE SCHEMA shop;
GRANT USAGE ON SCHEMA shop TO review_written_app;
CREATE TABLE shop.members (account_id integer NOT NULL, user_id text NOT NULL, nick text, PRIMARY KEY (account_id, user_id));
CREATE TABLE shop.users (id text PRIMARY KEY, team text NOT NULL, nick text);
CREATE TABLE shop.invited (account_id integer NOT NULL, user_id text NOT NULL);
CREATE TABLE shop.teams (name text PRIMARY KEY, account_id integer NOT NULL);
CREATE TABLE shop.shared (account_id integer NOT NULL, guest integer NOT NULL);
CREATE TABLE shop.notes (id integer PRIMARY KEY, account_id integer NOT NULL);
INSERT INTO shop.members VALUES (1, 'ann'), (2, 'bob');
INSERT INTO shop.users VALUES ('ann', 'one'), ('bob', 'two');
INSERT INTO shop.teams VALUES ('one', 1), ('two', 2);
INSERT INTO shop.notes VALUES (1, 1), (2, 2);
CREATE FUNCTION shop.me() RETURNS text STABLE LANGUAGE sql RETURN current_setting('app.who', true);
CREATE FUNCTION shop.fixed() RETURNS text STABLE LANGUAGE sql SET app.who = 'bob' AS $$ SELECT current_setting('app.who') $$;
CREATE FUNCTION shop.fixed_below() RETURNS text STABLE LANGUAGE plpgsql AS $$ BEGIN RETURN shop.fixed(); END $$;
CREATE FUNCTION shop.owner() RETURNS text STABLE LANGUAGE sql SECURITY DEFINER AS $$ SELECT current_user::text $$;
CREATE FUNCTION shop.login() RETURNS text STABLE LANGUAGE sql SECURITY DEFINER AS $$ SELECT session_user::text $$;
GRANT SELECT ON ALL TABLES IN SCHEMA shop TO review_written_app;
ALTER TABLE shop.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON shop.notes USING (account_id IN (SELECT m.account_id FROM shop.members AS m WHERE m.user_id = shop.me()));

-- What is said, what ann sees after somebody has tried in her name, and what of the steps says why.
CREATE FUNCTION shop.proves(setup text, attack text, why text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    said boolean;
    seen text;
    told boolean;
BEGIN
    EXECUTE setup;
    SELECT bool_and(p.holds), bool_or(p.says ~ why) INTO said, told FROM primecloud.review_prove('shop.notes', 'review_written_app') AS p;
    PERFORM set_config('app.who', 'ann', true);
    SET LOCAL ROLE review_written_app;
    BEGIN
        EXECUTE coalesce(attack, 'SELECT 1');
    EXCEPTION WHEN insufficient_privilege THEN NULL;
    END;
    SELECT coalesce(string_agg(account_id::text, ' ' ORDER BY account_id), '') INTO seen FROM shop.notes;
    RESET ROLE;
    RAISE SQLSTATE 'UNDO0' USING MESSAGE = format('%s, sees %s%s', CASE WHEN said THEN 'proved' ELSE 'not proved' END, seen,
        CASE WHEN told IS FALSE THEN ', and says not why' END);
EXCEPTION WHEN SQLSTATE 'UNDO0' THEN RETURN sqlerrm;
END $$;
CREATE TABLE shop.cases (id integer GENERATED ALWAYS AS IDENTITY, said text, setup text, attack text, why text, what text);
INSERT INTO shop.cases (said, setup, attack, why, what) VALUES
    ('not proved, sees 1 2', 'ALTER TABLE shop.members ENABLE ROW LEVEL SECURITY; CREATE POLICY a ON shop.members USING (true);
        GRANT INSERT ON shop.members TO review_written_app', $$INSERT INTO shop.members VALUES (2, 'ann')$$,
        '^shop.members, which policies ask, is written by the application, and INSERT: policy a', 'row security that lets all through'),
    ('not proved, sees 1 2', 'ALTER TABLE shop.members ENABLE ROW LEVEL SECURITY;
        CREATE POLICY a ON shop.members USING (user_id = shop.me());
        GRANT INSERT ON shop.members TO review_written_app', $$INSERT INTO shop.members VALUES (2, 'ann')$$,
        'nothing in it is bound to account_id$', 'rows of the person, of whatever account'),
    ('not proved, sees 2', 'ALTER TABLE shop.members ENABLE ROW LEVEL SECURITY;
        CREATE POLICY a ON shop.members USING (user_id = shop.me());
        GRANT UPDATE (account_id) ON shop.members TO review_written_app', $$UPDATE shop.members SET account_id = 2$$,
        'UPDATE CHECK: policy a', 'one changes his account'),
    ('proved, sees 1', 'ALTER TABLE shop.members ENABLE ROW LEVEL SECURITY;
        CREATE POLICY a ON shop.members USING (user_id = shop.me());
        GRANT UPDATE (nick) ON shop.members TO review_written_app', $$UPDATE shop.members SET nick = 'an'$$, NULL,
        'a column that no policy asks for'),
    ('proved, sees 1', 'ALTER TABLE shop.members ENABLE ROW LEVEL SECURITY;
        CREATE POLICY a ON shop.members USING (user_id = shop.me());
        GRANT DELETE ON shop.members TO review_written_app', NULL, NULL, 'what is deleted opens nothing'),
    ('proved, sees 1', 'ALTER TABLE shop.members ENABLE ROW LEVEL SECURITY; CREATE POLICY a ON shop.members FOR SELECT USING (true);
        GRANT INSERT ON shop.members TO review_written_app', $$INSERT INTO shop.members VALUES (2, 'ann')$$,
        'in rows of its own tenant alone$', 'no policy lets rows in'),
    ('proved, sees 1', $$ALTER TABLE shop.members ENABLE ROW LEVEL SECURITY; CREATE POLICY a ON shop.members FOR SELECT USING (true);
        CREATE POLICY b ON shop.members FOR INSERT WITH CHECK (account_id
        IN (SELECT i.account_id FROM shop.invited AS i WHERE i.user_id = shop.me()));
        GRANT INSERT ON shop.members TO review_written_app$$, $$INSERT INTO shop.members VALUES (2, 'ann')$$,
        'in rows of its own tenant alone$', 'who was invited'),
    ('not proved, sees 1 2', $$ALTER TABLE shop.members ENABLE ROW LEVEL SECURITY; CREATE POLICY a ON shop.members FOR SELECT USING (true);
        CREATE POLICY b ON shop.members FOR INSERT WITH CHECK (account_id
        IN (SELECT i.account_id FROM shop.invited AS i WHERE i.user_id = shop.me()));
        ALTER TABLE shop.invited ENABLE ROW LEVEL SECURITY; CREATE POLICY c ON shop.invited USING (user_id = shop.me());
        GRANT INSERT ON shop.members, shop.invited TO review_written_app$$,
        $$INSERT INTO shop.invited VALUES (2, 'ann'); INSERT INTO shop.members VALUES (2, 'ann')$$,
        '^shop.invited, which policies ask, is written', 'who invites himself'),
    ('not proved, sees 1 2', $$ALTER TABLE shop.members ENABLE ROW LEVEL SECURITY; CREATE POLICY a ON shop.members FOR SELECT USING (true);
        CREATE POLICY b ON shop.members FOR INSERT WITH CHECK (account_id
        IN (SELECT i.account_id FROM shop.invited AS i WHERE i.user_id = shop.me()));
        GRANT INSERT ON shop.members, shop.invited TO review_written_app$$,
        $$INSERT INTO shop.invited VALUES (2, 'ann'); INSERT INTO shop.members VALUES (2, 'ann')$$,
        '^shop.invited, which policies ask, is written by the application, and row security is off', 'without row security of invitations'),
    ('not proved, sees 1 2', $$ALTER POLICY p ON shop.notes USING (account_id = shop.me()::integer OR account_id IN (SELECT s.guest
        FROM shop.shared AS s WHERE s.account_id = shop.me()::integer)); ALTER TABLE shop.shared ENABLE ROW LEVEL SECURITY;
        CREATE POLICY a ON shop.shared USING (account_id = shop.me()::integer); GRANT ALL ON shop.shared TO review_written_app;
        SELECT set_config('app.who', '1', true)$$, $$SET LOCAL app.who = '1'; INSERT INTO shop.shared VALUES (1, 2)$$,
        'shop.shared, which policies ask, is written', 'what is bound is another column than what gives the tenant'),
    ('not proved, sees 1 2', $$CREATE FUNCTION shop.account() RETURNS SETOF integer STABLE LANGUAGE plpgsql SECURITY DEFINER AS
        'BEGIN RETURN QUERY SELECT m.account_id FROM shop.members AS m WHERE m.user_id = current_setting(''app.who''); END';
        ALTER POLICY p ON shop.notes USING (account_id IN (SELECT shop.account()));
        ALTER TABLE shop.members ENABLE ROW LEVEL SECURITY; CREATE POLICY a ON shop.members USING (user_id = shop.me());
        GRANT INSERT ON shop.members TO review_written_app$$, $$INSERT INTO shop.members VALUES (2, 'ann')$$, NULL,
        'a function asks what is written'),
    ('not proved, sees 2', $$ALTER POLICY p ON shop.notes USING (account_id IN (SELECT t.account_id FROM shop.users AS u
        JOIN shop.teams AS t ON t.name = u.team WHERE u.id = shop.me())); ALTER TABLE shop.users ENABLE ROW LEVEL SECURITY;
        CREATE POLICY a ON shop.users USING (id = shop.me()); GRANT UPDATE ON shop.users TO review_written_app$$,
        $$UPDATE shop.users SET team = 'two'$$, '^shop.users, which policies ask, is written by the application, and it has no column',
        'one changes his team'),
    ('proved, sees 1', $$ALTER POLICY p ON shop.notes USING (account_id IN (SELECT t.account_id FROM shop.users AS u
        JOIN shop.teams AS t ON t.name = u.team WHERE u.id = shop.me())); ALTER TABLE shop.users ENABLE ROW LEVEL SECURITY;
        CREATE POLICY a ON shop.users USING (id = shop.me()); GRANT UPDATE (nick) ON shop.users TO review_written_app$$,
        $$UPDATE shop.users SET nick = 'two'$$, NULL, 'one changes his nickname'),
    ('not proved, sees 1 2', $$CREATE TABLE shop.part () INHERITS (shop.members); ALTER TABLE shop.part ENABLE ROW LEVEL SECURITY;
        CREATE POLICY a ON shop.part USING (true); GRANT INSERT ON shop.part TO review_written_app$$,
        $$INSERT INTO shop.part VALUES (2, 'ann')$$, '^shop.part, which policies ask, is written by', 'by way of a part'),
    ('proved, sees 1', $$CREATE POLICY q ON shop.notes AS RESTRICTIVE USING (account_id = CASE shop.me() WHEN 'ann' THEN 1 END
        OR account_id = nullif(current_setting('app.account', true), '')::integer);
        ALTER POLICY q ON shop.notes USING (account_id = nullif(current_setting('app.account', true), '')::integer);
        ALTER TABLE shop.members ENABLE ROW LEVEL SECURITY; CREATE POLICY a ON shop.members USING (true);
        GRANT INSERT ON shop.members TO review_written_app$$, $$SET LOCAL app.account = '1'; INSERT INTO shop.members VALUES (2, 'ann')$$,
        'restrictive policy q stands before all', 'a floor asks nothing of what is written'),
    ('proved, sees 1', $$ALTER TABLE shop.members ENABLE ROW LEVEL SECURITY; CREATE POLICY a ON shop.members FOR SELECT USING (true);
        CREATE POLICY b ON shop.members FOR INSERT WITH CHECK (account_id = nullif(current_setting('app.account', true), '')::integer);
        GRANT INSERT ON shop.members TO review_written_app$$, $$SET LOCAL app.account = '1'; INSERT INTO shop.members VALUES (1, 'cid')$$,
        'in rows of its own tenant alone$', 'colleagues are taken in'),
    ('not proved, sees 2', $$CREATE POLICY q ON shop.notes AS RESTRICTIVE USING (true); ALTER POLICY p ON shop.notes USING (account_id
        IN (SELECT m.account_id FROM shop.members AS m WHERE m.user_id = shop.fixed()))$$, NULL, NULL, 'a function that sets what it asks'),
    ('not proved, sees 2', $$ALTER POLICY p ON shop.notes USING (account_id
        IN (SELECT m.account_id FROM shop.members AS m WHERE m.user_id = shop.fixed_below()))$$, NULL, NULL, 'one that calls such a one'),
    ('not proved, sees ', $$ALTER POLICY p ON shop.notes USING (account_id IN (SELECT m.account_id FROM shop.members AS m
        WHERE m.user_id = shop.owner()))$$, NULL, NULL, 'a function that asks who it runs as, and that is its owner'),
    ('proved, sees ', $$ALTER POLICY p ON shop.notes USING (account_id IN (SELECT m.account_id FROM shop.members AS m
        WHERE m.user_id = shop.login()))$$, NULL, NULL, 'one that asks who logged in'),
    ('not proved, sees ', $$ALTER POLICY p ON shop.notes USING (account_id IN (SELECT m.account_id FROM shop.members AS m
        WHERE m.user_id = current_setting('primecloud.preempt_after')))$$, NULL, NULL, 'a setting of this library'),
    ('not proved, sees ', $$ALTER POLICY p ON shop.notes USING (account_id IN (SELECT m.account_id FROM shop.members AS m
        WHERE m.user_id = current_setting('plpgsql.extra_errors')))$$, NULL, NULL, 'a setting of another library'),
    ('not proved, sees ', $$ALTER POLICY p ON shop.notes USING (account_id IN (SELECT m.account_id FROM shop.members AS m
        WHERE m.user_id = current_setting('plpgsql.who', true) OR m.nick = 'x'))$$, NULL, NULL, 'one that a library lets nobody make');
SELECT is(shop.proves(c.setup, c.attack, c.why), c.said, c.what) FROM shop.cases AS c ORDER BY c.id;
DROP SCHEMA shop CASCADE;
DROP ROLE review_written_app;
SELECT * FROM finish();
