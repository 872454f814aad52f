-- What carries rows to where policies look, besides what the application writes itself: review_prove() sees columns that others make,
-- rules, triggers, aggregates, and what functions call.  Each case is tried by what somebody would write.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE review_carried_app;
CREATE SCHEMA shop;
GRANT USAGE ON SCHEMA shop TO review_carried_app;
CREATE TABLE shop.members (account_id integer NOT NULL, user_id text NOT NULL, role text, seen timestamptz);
CREATE TABLE shop.made (role text, account_id integer GENERATED ALWAYS AS (CASE role WHEN 'one' THEN 1 ELSE 2 END) STORED, user_id text);
CREATE TABLE shop.notes (id integer PRIMARY KEY, account_id integer NOT NULL);
CREATE TABLE shop.parted (id integer) PARTITION BY LIST (id);
CREATE TABLE shop.part PARTITION OF shop.parted DEFAULT;
CREATE TABLE shop.carts (id integer PRIMARY KEY);
CREATE TABLE shop.lines (cart integer REFERENCES shop.carts ON DELETE CASCADE);
INSERT INTO shop.members VALUES (1, 'ann', 'x'), (2, 'bob', 'x');
INSERT INTO shop.made VALUES ('one', DEFAULT, 'ann');
INSERT INTO shop.notes VALUES (1, 1), (2, 2);
INSERT INTO shop.carts VALUES (1);
INSERT INTO shop.lines VALUES (1);
CREATE FUNCTION shop.me() RETURNS text STABLE LANGUAGE sql RETURN current_setting('app.who', true);
CREATE FUNCTION shop.enters() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    INSERT INTO shop.members VALUES (2, 'ann'); RETURN NULL; END $$;
CREATE FUNCTION shop.put() RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO shop.members VALUES (2, 'ann'); END $$;
CREATE FUNCTION shop.adds(integer, integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    INSERT INTO shop.members VALUES ($2, 'ann'); RETURN $2; END $$;
CREATE FUNCTION shop.finds(integer, text) RETURNS integer LANGUAGE plpgsql STABLE AS $$ BEGIN
    RETURN (SELECT max(m.account_id) FROM shop.members AS m WHERE m.user_id = $2); END $$;
REVOKE EXECUTE ON FUNCTION shop.put(), shop.adds(integer, integer) FROM PUBLIC;
CREATE AGGREGATE shop.found(text) (sfunc = shop.finds, stype = integer);
GRANT SELECT ON ALL TABLES IN SCHEMA shop TO review_carried_app;
ALTER TABLE shop.notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.members ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.made ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON shop.notes USING (account_id IN (SELECT m.account_id FROM shop.members AS m WHERE m.user_id = shop.me()));
CREATE POLICY a ON shop.members USING (user_id = shop.me());
CREATE POLICY a ON shop.made USING (user_id = shop.me());

-- What is said, and what ann sees after somebody has tried in her name.
CREATE FUNCTION shop.proves(setup text, attack text, why text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    said boolean;
    seen text;
    told boolean;
BEGIN
    EXECUTE setup;
    SELECT bool_and(p.holds), bool_or(p.says ~ why) INTO said, told FROM primecloud.review_prove('shop.notes', 'review_carried_app') AS p;
    PERFORM set_config('app.who', 'ann', true);
    SET LOCAL ROLE review_carried_app;
    EXECUTE attack;
    SELECT coalesce(string_agg(account_id::text, ' ' ORDER BY account_id), '') INTO seen FROM shop.notes;
    RESET ROLE;
    RAISE SQLSTATE 'UNDO0' USING MESSAGE = format('%s, sees %s%s', CASE WHEN said THEN 'proved' ELSE 'not proved' END, seen,
        CASE WHEN told IS FALSE THEN ', and says not why' END);
EXCEPTION WHEN SQLSTATE 'UNDO0' THEN RETURN sqlerrm;
END $$;
SELECT is(shop.proves(c.setup, c.attack, c.why), c.said, c.what) FROM (VALUES
    ('not proved, sees 2', $$ALTER POLICY p ON shop.notes USING (account_id IN (SELECT m.account_id FROM shop.made AS m
        WHERE m.user_id = shop.me())); GRANT UPDATE (role) ON shop.made TO review_carried_app$$, $$UPDATE shop.made SET role = 'two'$$,
        '^shop.made, which policies ask, is written by the application, and UPDATE CHECK', 'the tenant is made of what is written'),
    ('proved, sees 1', $$ALTER POLICY p ON shop.notes USING (account_id IN (SELECT m.account_id FROM shop.made AS m
        WHERE m.user_id = shop.me())); CREATE POLICY b ON shop.made AS RESTRICTIVE FOR UPDATE USING (true)
        WITH CHECK (account_id = 1 AND account_id = nullif(current_setting('app.account', true), '')::integer);
        GRANT UPDATE (role) ON shop.made TO review_carried_app$$, $$SET LOCAL app.account = '1'; UPDATE shop.made SET role = 'one'$$, NULL,
        'what is made is bound'),
    ('not proved, sees 2', $$CREATE FUNCTION shop.moves() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN NEW.account_id := 2; RETURN NEW; END'; CREATE TRIGGER g BEFORE UPDATE ON shop.members FOR EACH ROW
        EXECUTE FUNCTION shop.moves(); GRANT UPDATE (role) ON shop.members TO review_carried_app$$,
        $$UPDATE shop.members SET role = 'y'$$, 'and UPDATE CHECK: policy a', 'a trigger writes another column'),
    ('not proved, sees 2', $$CREATE FUNCTION shop.moves() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN NEW := jsonb_populate_record(NEW, ''{"acc\u006funt_id": 2}''); RETURN NEW; END'; CREATE TRIGGER g BEFORE UPDATE
        ON shop.members FOR EACH ROW EXECUTE FUNCTION shop.moves(); GRANT UPDATE (role) ON shop.members TO review_carried_app$$,
        $$UPDATE shop.members SET role = 'y'$$, 'and UPDATE CHECK: policy a', 'a trigger writes the whole row'),
    ('proved, sees 1', $$CREATE FUNCTION shop.touches() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN NEW.seen := now(); RETURN NEW; END'; CREATE TRIGGER g BEFORE UPDATE ON shop.members FOR EACH ROW
        EXECUTE FUNCTION shop.touches(); GRANT UPDATE (role) ON shop.members TO review_carried_app$$,
        $$UPDATE shop.members SET role = 'y'$$, NULL, 'a trigger writes the time'),
    ('not proved, sees 1 2', $$CREATE RULE r AS ON UPDATE TO shop.members DO INSTEAD INSERT INTO shop.members VALUES (2, 'ann');
        GRANT UPDATE (role) ON shop.members TO review_carried_app$$, $$UPDATE shop.members SET role = 'y'$$,
        '^shop.members, which policies ask, is written by a rule of shop.members, as its owner$', 'a rule of the table itself'),
    ('proved, sees 1', $$CREATE RULE r AS ON UPDATE TO shop.members DO INSTEAD NOTHING;
        GRANT UPDATE (role) ON shop.members TO review_carried_app$$, $$UPDATE shop.members SET role = 'y'$$, NULL,
        'a rule that does nothing'),
    ('not proved, sees 1 2', $$CREATE TRIGGER g AFTER INSERT ON shop.part FOR EACH ROW EXECUTE FUNCTION shop.enters();
        GRANT INSERT ON shop.parted TO review_carried_app$$, 'INSERT INTO shop.parted VALUES (1)',
        'is written by shop.enters\(\), as its owner, and asks no context$', 'a trigger of a part'),
    ('not proved, sees 1 2', $$CREATE TRIGGER g AFTER DELETE ON shop.lines FOR EACH ROW EXECUTE FUNCTION shop.enters();
        GRANT DELETE ON shop.carts TO review_carried_app$$, 'DELETE FROM shop.carts',
        'is written by shop.enters\(\), as its owner, and asks no context$', 'a trigger of what a key carries away'),
    ('proved, sees 1', $$CREATE TRIGGER g AFTER DELETE ON shop.lines FOR EACH ROW EXECUTE FUNCTION shop.enters();
        GRANT INSERT ON shop.carts TO review_carried_app$$, 'INSERT INTO shop.carts VALUES (2)', NULL,
        'nothing of it is carried away'),
    ('not proved, sees 1 2', $$CREATE AGGREGATE shop.sums(integer) (sfunc = shop.adds, stype = integer)$$, 'SELECT shop.sums(2)',
        'is written by shop.adds\(integer,integer\), as its owner, and asks no context$', 'an aggregate'),
    ('proved, sees 1', $$CREATE AGGREGATE shop.sums(integer) (sfunc = shop.adds, stype = integer);
        REVOKE EXECUTE ON FUNCTION shop.sums(integer) FROM PUBLIC$$, 'SELECT 1', NULL, 'an aggregate that may not be asked'),
    ('not proved, sees 1 2', $$CREATE FUNCTION shop.calls() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS
        'BEGIN PERFORM shop.put(); END'$$, 'SELECT shop.calls()', 'is written by shop.calls\(\), as its owner', 'a function calls another'),
    ('not proved, sees 2', $$CREATE FUNCTION shop.calls() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS
        'BEGIN UPDATE ONLY shop.members SET account_id = 2; END'$$, 'SELECT shop.calls()',
        'is written by shop.calls\(\), as its owner', 'only the table'),
    ('not proved, sees 2', $$CREATE FUNCTION shop.account() RETURNS integer STABLE LANGUAGE plpgsql AS
        'BEGIN RETURN (SELECT shop.found(shop.me())); END'; ALTER POLICY p ON shop.notes USING (account_id = shop.account());
        GRANT UPDATE ON shop.members TO review_carried_app$$, 'UPDATE shop.members SET account_id = 2',
        '^shop.members, which policies ask, is written by the application', 'what asks is an aggregate'))
    AS c(said, setup, attack, why, what);
DROP SCHEMA shop CASCADE;
DROP ROLE review_carried_app;
SELECT * FROM finish();
