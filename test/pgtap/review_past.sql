-- What leads past the policies of a table: rules of its own, parts, whoever writes what the policies ask, keys; and what mends it.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE review_past_app;
CREATE ROLE review_past_owner;
CREATE SCHEMA shop;
GRANT USAGE ON SCHEMA shop TO review_past_app, review_past_owner;
CREATE FUNCTION pg_temp.told(checks text[]) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(f.object || ': ' || f.evidence, E'\n' ORDER BY f.object COLLATE "C")
    FROM primecloud.review('shop', 'review_past_app', checks) AS f $$;
CREATE FUNCTION pg_temp.objects(checks text[]) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(f.object, ', ' ORDER BY f.object COLLATE "C") FROM primecloud.review('shop', 'review_past_app', checks) AS f $$;
CREATE FUNCTION pg_temp.proved(rel regclass) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce((SELECT string_agg(p.says, ' | ') FILTER (WHERE NOT p.holds AND p.says !~ '^(no row|not proved|shop\..* is open|a row)')
        FROM primecloud.review_prove(rel, 'review_past_app') AS p), 'proved') $$;

CREATE TABLE shop.notes (id bigint PRIMARY KEY, account_id integer NOT NULL);
ALTER TABLE shop.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON shop.notes USING (account_id = primecloud.tenant_int());
GRANT SELECT, DELETE ON shop.notes TO review_past_app;

-- A rule of the table itself runs as its owner.
SELECT is(pg_temp.proved('shop.notes'), 'proved', 'a table by itself');
CREATE RULE soft AS ON DELETE TO shop.notes DO INSTEAD UPDATE shop.notes SET account_id = old.account_id + 1 WHERE id = old.id;
SELECT alike(pg_temp.told('{view_bypasses_policies}'), 'shop.notes: shop.notes, rule soft writes shop.notes as postgres,%', 'its own rule');
SELECT alike(pg_temp.proved('shop.notes'), '%rule soft writes shop.notes as postgres%', 'is no proof');
DROP RULE soft ON shop.notes;

-- One that asks nothing, as a rule that only notifies, is no reading.
CREATE RULE rings AS ON UPDATE TO shop.notes DO ALSO NOTIFY somebody;
GRANT UPDATE ON shop.notes TO review_past_app;
SELECT is(pg_temp.told('{view_bypasses_policies}'), NULL, 'a rule that notifies');
DROP RULE rings ON shop.notes;
REVOKE UPDATE ON shop.notes FROM review_past_app;

-- Parts.
CREATE TABLE shop.t (id bigint, account_id integer NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE shop.t1 PARTITION OF shop.t DEFAULT;
ALTER TABLE shop.t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY p ON shop.t USING (account_id = primecloud.tenant_int());
GRANT SELECT ON shop.t TO review_past_app;
SELECT is(pg_temp.proved('shop.t'), 'proved', 'a table with a part');
GRANT TRUNCATE ON shop.t1 TO review_past_app;
SELECT is(pg_temp.objects('{privilege_beyond_policies}'), 'shop.t1', 'TRUNCATE of a part');
SELECT is(pg_temp.proved('shop.t'), 'TRUNCATE is granted on shop.t1, and asks no policy', 'is none of the whole');
REVOKE TRUNCATE ON shop.t1 FROM review_past_app;
CREATE VIEW shop.v AS SELECT * FROM shop.t1;
GRANT SELECT ON shop.v TO review_past_app;
SELECT alike(pg_temp.proved('shop.t'), 'view_bypasses_policies: shop.v reads shop.t1%', 'a view of a part is one of the whole');
DROP TABLE shop.t CASCADE;

-- Whoever writes what a policy asks, by a part or a parent of it, a view, a rule or a function, is let in.
CREATE TABLE shop.base (account_id integer NOT NULL);
CREATE TABLE shop.members (who text) INHERITS (shop.base);
CREATE TABLE shop.child () INHERITS (shop.members);
CREATE TABLE shop.other (account_id integer);
GRANT SELECT ON shop.members TO review_past_app;
ALTER POLICY p ON shop.notes USING (account_id IN (SELECT m.account_id FROM shop.members AS m WHERE m.who = primecloud.user_id()));
CREATE FUNCTION pg_temp.with(made text, seen regclass DEFAULT 'shop.notes') RETURNS text LANGUAGE plpgsql AS $$ BEGIN
    EXECUTE made;
    RAISE SQLSTATE 'UNDO1' USING MESSAGE = pg_temp.proved(seen);
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN RETURN SQLERRM; END $$;
SELECT is(pg_temp.with(made), wanted, made) FROM (VALUES ('SELECT 1', 'proved'),
    ('GRANT INSERT ON shop.child TO review_past_app', 'policy_reads_writable_table: the policy asks shop.child, which the app may write '
        'and which has no row security'),
    ('GRANT UPDATE ON shop.base TO review_past_app', 'policy_reads_writable_table: the policy asks shop.base, which the app may write and '
        'which has no row security'),
    ('CREATE VIEW shop.mv AS SELECT * FROM shop.members; GRANT INSERT ON shop.mv TO review_past_app',
        'shop.members, which policies ask, is written by the view shop.mv, as its owner'),
    ('CREATE VIEW shop.mv WITH (security_invoker) AS SELECT * FROM shop.members; GRANT INSERT ON shop.mv TO review_past_app', 'proved'),
    ('CREATE VIEW shop.mv AS SELECT * FROM shop.members; GRANT SELECT ON shop.mv TO review_past_app', 'proved'),
    ('GRANT INSERT ON shop.other TO review_past_app; CREATE RULE r AS ON INSERT TO shop.other DO ALSO INSERT INTO shop.members VALUES '
        '(NEW.account_id, current_user)', 'shop.members, which policies ask, is written by a rule of shop.other, as its owner'),
    ('CREATE FUNCTION shop.joins(a int) RETURNS void LANGUAGE sql SECURITY DEFINER AS ''INSERT INTO shop.members VALUES '
        '(a, current_user)''',
        'proved'),
    ('CREATE FUNCTION shop.joins(a int, b text) RETURNS void LANGUAGE sql SECURITY DEFINER AS ''INSERT INTO shop.members VALUES (a, b)''',
        'shop.members, which policies ask, is written by shop.joins(integer,text), as its owner, and asks no context')) AS v(made, wanted);

-- What is taken for who asks: no constant of the server's; a role is, and it is said.
CREATE TABLE shop.texts (id bigint PRIMARY KEY, account_id text NOT NULL);
ALTER TABLE shop.texts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT ON shop.texts TO review_past_app;
CREATE POLICY p ON shop.texts USING (true);
CREATE FUNCTION shop.cast_body() RETURNS integer LANGUAGE sql STABLE AS 'SELECT current_setting(''app.t'', true)::int';
CREATE FUNCTION shop.nullif_body() RETURNS integer LANGUAGE sql STABLE AS 'SELECT nullif(current_setting(''app.t'', true), '''')::int';
SELECT is(pg_temp.with(format('ALTER POLICY p ON %s USING (%s)', rel, predicate), rel) = 'proved', proved, predicate) FROM (VALUES
    ('shop.texts'::regclass, 'account_id = current_setting(''app.t'')', true),
    ('shop.texts', 'account_id::int = current_setting(''app.t'')::int', false),
    ('shop.texts', 'account_id::uuid = current_setting(''app.t'')::uuid', false),
    ('shop.texts', 'account_id::bpchar = current_setting(''app.t'')::bpchar', false),
    ('shop.texts', 'account_id = current_setting(''server_version'')', false),
    ('shop.texts', 'account_id = current_setting(''TimeZone'')', false),
    ('shop.notes', 'account_id::text = current_setting(''app.t'')', true),
    ('shop.notes', 'account_id = current_setting(''app.t'')::int', true),
    ('shop.notes', 'account_id = shop.cast_body()', true), ('shop.notes', 'account_id = (SELECT shop.cast_body())', true),
    ('shop.notes', 'account_id = shop.nullif_body()', true)) AS v(rel, predicate, proved);
ALTER POLICY p ON shop.texts USING (account_id = current_user);
SELECT alike((SELECT says FROM primecloud.review_prove('shop.texts', 'review_past_app') ORDER BY step DESC LIMIT 1),
    '%of its own tenant alone, which is that of the role: all who log in as it share it', 'whoever logs in as the role');

-- What mends a view lends the columns that it shows, of tables under policies.
CREATE TABLE shop.prices (note bigint, cost integer, secret_note text);
CREATE VIEW shop.w AS SELECT n.account_id FROM shop.notes AS n WHERE n.id > 0;
CREATE VIEW shop.x AS SELECT n.id, p.cost FROM shop.notes AS n JOIN shop.prices AS p ON p.note = n.id;
GRANT SELECT ON shop.w, shop.x TO review_past_app;
SELECT is((SELECT string_agg(f.fix, E'\n' ORDER BY f.object) FROM primecloud.review('shop', 'review_past_app', '{view_bypasses_policies}')
        AS f),
    E'SELECT primecloud.protect_view(''shop.w'');\nGRANT SELECT (account_id, id) ON shop.notes TO review_past_app;\n'
    'SELECT primecloud.protect_view(''shop.x'');' || E'\nGRANT SELECT (id) ON shop.notes TO review_past_app; GRANT SELECT (cost, note) ON '
    'shop.prices TO review_past_app; -- choose: it shows columns of tables that no policy holds, and would open them',
    'and says what else');

-- What a key carries along.
CREATE TABLE shop.parents (id integer PRIMARY KEY);
CREATE TABLE shop.children (id integer PRIMARY KEY, account_id integer NOT NULL, parent integer REFERENCES shop.parents ON DELETE CASCADE);
GRANT SELECT, DELETE ON shop.parents TO review_past_app;
SELECT is((SELECT f.level || ' ' || f.evidence FROM primecloud.review('shop', 'review_past_app', '{table_undeclared}') AS f
    WHERE f.object = 'shop.parents'), 'error no tenant, no row security, and nothing says that it is shared; the application has DELETE, '
    'SELECT, which a foreign key carries on to the rows of every tenant in shop.children', 'to the rows of others');

-- An acceptance is of a level; what runs an owner's code is his to run.
CREATE TABLE shop.owned (id integer PRIMARY KEY, account_id integer NOT NULL, code char(2), CHECK (code <> ''));
ALTER TABLE shop.owned OWNER TO review_past_owner;
ALTER TABLE shop.owned ENABLE ROW LEVEL SECURITY;
SELECT is((SELECT f.fix FROM primecloud.review('shop', 'review_past_app', '{type_unsuitable}') AS f), 'ALTER TABLE shop.owned ALTER COLUMN '
    'code TYPE text; -- choose: as the owner of the table, since it runs what he wrote in its checks', 'a table that is written anew');
SELECT f.fingerprint AS before FROM primecloud.review('shop', 'review_past_app', '{rls_not_forced}') AS f
    WHERE f.object = 'shop.owned' \gset
GRANT review_past_owner TO review_past_app;
SELECT is((SELECT f.level || (f.fingerprint <> :'before')::text FROM primecloud.review('shop', 'review_past_app', '{rls_not_forced}') AS f
    WHERE f.object = 'shop.owned'), 'errortrue', 'another level is another finding');
REVOKE review_past_owner FROM review_past_app;

DROP SCHEMA shop CASCADE;
DROP OWNED BY review_past_app, review_past_owner;
DROP ROLE review_past_app, review_past_owner;
SELECT * FROM finish();
