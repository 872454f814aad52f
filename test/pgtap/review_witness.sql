-- review_prove() where nothing is proved: a row that is put in, seen and taken back, with the rights of the caller alone.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE review_witness_app;
CREATE ROLE review_witness_owner;
CREATE SCHEMA shop;
GRANT USAGE ON SCHEMA shop TO review_witness_app, review_witness_owner;
CREATE TABLE shop.accounts (id integer PRIMARY KEY);
CREATE TYPE shop.state AS ENUM ('new', 'old');
CREATE DOMAIN shop.code AS varchar(3) CHECK (VALUE <> '');
CREATE FUNCTION shop.witness(rel regclass) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(p.says, ' | ' ORDER BY p.step) FROM (SELECT p.* FROM primecloud.review_prove(rel, 'review_witness_app') AS p
        ORDER BY p.step DESC LIMIT 2) AS p WHERE p.says ~ '^(a row|no row|shop|not proved|review_witness_app)' $$;

-- What constants let through, whoever comes: all else that a row needs is found, foreign keys are left out.
CREATE TABLE shop.notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account_id integer NOT NULL REFERENCES shop.accounts,
    is_public boolean NOT NULL DEFAULT false, state shop.state NOT NULL, code shop.code NOT NULL, rank smallint NOT NULL,
    price numeric(4, 2) NOT NULL, tags text[] NOT NULL, doc jsonb NOT NULL, at timestamptz NOT NULL, during int4range NOT NULL,
    who uuid NOT NULL, address inet NOT NULL, wait interval NOT NULL, word text, twice integer GENERATED ALWAYS AS (rank * 2) STORED);
ALTER TABLE shop.notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT ON shop.notes TO review_witness_app;
CREATE POLICY p ON shop.notes USING (account_id = current_setting('app.tenant', true)::integer OR is_public AND word IN ('x', 'y'));
SELECT is(shop.witness('shop.notes'), 'a row was put in, seen by review_witness_app, who had entered no tenant, and taken back: policy p, '
    'disjunct is_public AND (word = ''x''), with is_public = ''true'', word = ''x'' | shop.notes is open: review_witness_app sees a row '
    'that is not its own', 'the constants of a predicate make a row that is seen');
SELECT is((SELECT count(*) FROM shop.notes), 0::bigint, 'and taken back');
SELECT is((SELECT last_value FROM pg_sequences WHERE schemaname = 'shop'), NULL, 'no sequence was drawn from');
SELECT is((SELECT count(*) FROM pg_locks WHERE relation = 'shop.notes'::regclass AND mode = 'RowExclusiveLock'), 0::bigint,
    'and no lock is kept');
ALTER POLICY p ON shop.notes USING (account_id >= current_setting('app.tenant', true)::integer);
SELECT alike(shop.witness('shop.notes'), 'a row was put in, seen by review_witness_app, who had entered another tenant,%',
    'who claims to be another by a setting is tried');
SELECT is(current_setting('app.tenant', true), '', 'and the setting is as it was');
ALTER POLICY p ON shop.notes USING (account_id <> primecloud.tenant_int());
SELECT alike(shop.witness('shop.notes'), 'a row was put in, seen by review_witness_app, who had entered another tenant,%',
    'and whoever has entered another');
SELECT throws_like('SELECT primecloud.tenant_text()', 'no tenant has been entered%', 'nobody has entered afterwards');
ALTER POLICY p ON shop.notes USING (account_id = 7 AND word IS NULL AND NOT is_public);
SELECT alike(shop.witness('shop.notes'), '%with account_id = ''7'', is_public = ''false'', word = NULL | shop.notes is open%',
    'a tenant that is a constant, a NULL and a no');
ALTER POLICY p ON shop.notes USING (EXISTS (SELECT FROM shop.accounts AS a WHERE a.id = 9));
SELECT alike(shop.witness('shop.notes'), 'no row that was put in was seen: permission denied for table accounts (42501) | not proved%',
    'what is not seen proves nothing');
ALTER POLICY p ON shop.notes USING (account_id = current_setting('app.tenant', true)::integer);
SELECT is((SELECT count(*) FROM primecloud.review_prove('shop.notes', 'review_witness_app') WHERE says ~ '(put in|tried)'), 0::bigint,
    'what is proved is not tried');
ALTER POLICY p ON shop.notes USING (true);
BEGIN READ ONLY;
SELECT alike(shop.witness('shop.notes'), 'no row is tried: the transaction reads alone |%', 'nothing is tried where nothing is written');
ROLLBACK;

-- What others made is not run by a superuser, nor by whoever else has more than they.
CREATE TABLE shop.ran (who text);
GRANT INSERT ON shop.ran TO PUBLIC;
CREATE FUNCTION shop.spy(integer) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'ran with %', $1; END $$;
CREATE FUNCTION shop.spy_on() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ran as %', current_user; END $$;
CREATE TABLE shop.files (id bigint PRIMARY KEY, account_id integer NOT NULL DEFAULT 1 CHECK (shop.spy(account_id)));
GRANT SELECT ON shop.files TO review_witness_app;
ALTER FUNCTION shop.spy(integer) OWNER TO review_witness_owner;
SELECT alike(shop.witness('shop.files'), 'no row is tried: it would run what review_witness_owner made |%', 'a CHECK of a lesser role');
ALTER TABLE shop.files DROP CONSTRAINT files_account_id_check;
ALTER TABLE shop.files ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON shop.files USING (shop.spy(account_id));
SELECT alike(shop.witness('shop.files'), 'no row is tried: it would run what review_witness_owner made |%', 'a policy with such');
SELECT alike(string_agg(says, ' '), '%shop.spy(account_id): nothing%', 'a function that asks nobody')
FROM primecloud.review_prove('shop.files', 'review_witness_app');
CREATE OR REPLACE FUNCTION shop.spy(integer) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
    RETURN $1 IS NOT NULL OR current_setting('app.tenant') = $1::text; END $$;
SELECT alike(string_agg(says, ' '), '%shop.spy(account_id) decides by itself, and what it does is not followed%',
    'a function that asks for the context proves nothing') FROM primecloud.review_prove('shop.files', 'review_witness_app');
DROP POLICY p ON shop.files;
ALTER TABLE shop.files DISABLE ROW LEVEL SECURITY;
CREATE INDEX files_spy ON shop.files (id) WHERE account_id > 0;
CREATE TRIGGER spy BEFORE INSERT ON shop.files FOR EACH ROW EXECUTE FUNCTION shop.spy_on();
SELECT alike(shop.witness('shop.files'), 'a row was put in,%', 'triggers do not run for a superuser');
ALTER TABLE shop.files ENABLE ALWAYS TRIGGER spy;
SELECT alike(shop.witness('shop.files'), 'no row is tried: its triggers would run |%', 'and one that would is told');
DROP TRIGGER spy ON shop.files;
CREATE RULE spy AS ON INSERT TO shop.files DO ALSO INSERT INTO shop.ran VALUES (current_user);
SELECT alike(shop.witness('shop.files'), 'no row is tried: it has rules |%', 'a rule');
DROP RULE spy ON shop.files;

-- By a superuser, too, it runs as the owner of the table: what comes to it meanwhile has no more than his rights.
CREATE FUNCTION shop.tell(integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE EXCEPTION 'ran as %', current_user; END $$;
CREATE TABLE shop.pages (id bigint PRIMARY KEY, account_id integer NOT NULL CHECK (shop.tell(account_id)));
GRANT SELECT ON shop.pages TO review_witness_app;
SELECT alike(shop.witness('shop.pages'), '%ran as postgres%', 'what a superuser made is run by his own table');
ALTER TABLE shop.pages OWNER TO review_witness_owner;
SELECT alike(shop.witness('shop.pages'), '%ran as review_witness_owner%', 'as the owner of the table');
CREATE DOMAIN shop.plain AS integer;
ALTER DOMAIN shop.plain OWNER TO review_witness_owner;
CREATE TABLE shop.plains (id bigint PRIMARY KEY, account_id integer, n shop.plain, ns shop.plain[]);
SELECT alike(shop.witness('shop.plains'), 'no row is tried: it asks what review_witness_owner may change meanwhile: type shop.plain |%',
    'a domain may get a check meanwhile');
ALTER TABLE shop.plains DROP COLUMN n;
SELECT alike(shop.witness('shop.plains'), 'no row is tried: it asks what review_witness_owner may change meanwhile: type shop.plain |%',
    'an array of it, too');

-- What a lesser role wrote is its own, though the functions that it names are the server's: those that run a text run it.
CREATE TABLE shop.parted (id integer, account_id integer NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE shop.part PARTITION OF shop.parted DEFAULT;
GRANT SELECT ON shop.parted TO review_witness_app;
ALTER TABLE shop.part OWNER TO review_witness_owner;
CREATE FUNCTION pg_temp.checked(expression text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE shop.part DROP CONSTRAINT IF EXISTS c, ADD CONSTRAINT c CHECK (%s)', expression);
    RETURN split_part(shop.witness('shop.parted'), ' | ', 1);
END $$;
SELECT alike(pg_temp.checked(expression), replace(wanted, '!', 'no row is tried: what review_witness_owner wrote would call '), expression)
FROM (VALUES ('id > 0', 'a row was put in,%'), ('id > 0 AND now() > ''2000-01-01'' AND random() >= 0', 'a row was put in,%'),
    ('query_to_xml(''SELECT shop.tell(1)'', true, true, '''') IS NOT NULL', '!query_to_xml(%'),
    ('table_to_xml(''shop.ran'', true, true, '''') IS NOT NULL', '!table_to_xml(%'),
    ('pg_advisory_lock(99) IS NOT NULL', '!pg_advisory_lock(bigint)'),
    ('lo_export(1, ''/tmp/x'') = 1', '!lo_export(oid,text)'),
    ('primecloud.enter_trusted(''1'', ''u'', ''owner'') IS NOT NULL',
        '!primecloud.enter_trusted(text,text,text)')) AS v(expression, wanted);
ALTER TABLE shop.part DROP CONSTRAINT c;
CREATE VIEW shop.shown AS SELECT query_to_xml('SELECT 1', true, true, '') IS NOT NULL AS yes;
GRANT SELECT ON shop.shown TO review_witness_app;
ALTER TABLE shop.parted ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON shop.parted USING ((SELECT s.yes FROM shop.shown AS s));
SELECT unalike(shop.witness('shop.parted'), 'no row is tried%', 'a view of a superuser''s');
ALTER VIEW shop.shown OWNER TO review_witness_owner;
SELECT alike(shop.witness('shop.parted'), 'no row is tried: what review_witness_owner wrote would call query_to_xml(%',
    'a view of a lesser role''s');
DROP TABLE shop.parted;

-- Whoever is no superuser: of tables of his own, and as a role that he may become.
ALTER TABLE shop.files OWNER TO review_witness_owner;
SET ROLE review_witness_owner;
SELECT alike(shop.witness('shop.notes'), 'no row is tried: it is not of review_witness_owner |%', 'a table of another''s');
SELECT alike(shop.witness('shop.files'), 'no row is tried: review_witness_owner may not become review_witness_app%',
    'a role of another''s');
RESET ROLE;
GRANT review_witness_app TO review_witness_owner;
SET ROLE review_witness_owner;
SELECT alike(shop.witness('shop.files'), 'a row was put in, seen by review_witness_app, who had entered no tenant,%', 'his own of both');
SELECT is((SELECT count(*) FROM shop.files), 0::bigint, 'and it is taken back');
SELECT throws_ok($$ SELECT primecloud_internal.review_try_witness('shop.files'::regclass, 'postgres', NULL, 'SELECT 1') $$, '42501', NULL,
    'nobody looks as a role that he may not become');
SELECT is(r::text, '(,"only a superuser enters a tenant to try")', 'nor enters a tenant by a trial')
FROM primecloud_internal.review_try_witness('shop.files'::regclass, 'review_witness_app', '1', 'INSERT INTO shop.files VALUES (1, 1)') AS r;
SELECT alike(r::text, '%was changed meanwhile (55000)%', 'what writes another table is not run')
FROM primecloud_internal.review_try_witness('shop.files'::regclass, 'review_witness_app', NULL,
    'INSERT INTO shop.ran VALUES (1) RETURNING tableoid, ctid') AS r;
ALTER TABLE shop.files ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY p ON shop.files USING (account_id > 0);
SELECT alike(shop.witness('shop.files'), 'no row is tried: policies hold its owner too%', 'whom policies hold puts in no row');
RESET ROLE;
SELECT is((SELECT count(*) FROM shop.ran), 0::bigint, 'nothing of another''s has run');

DROP SCHEMA shop CASCADE;
DROP OWNED BY review_witness_app, review_witness_owner;
DROP ROLE review_witness_app, review_witness_owner;
SELECT * FROM finish();
