-- What a finding says is true: of columns that are open, of functions that are not followed, of fixes that mend, of what is no schema.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE review_told_app;
CREATE SCHEMA shop;
GRANT USAGE ON SCHEMA shop TO review_told_app;
CREATE FUNCTION shop.org() RETURNS integer LANGUAGE plpgsql STABLE AS 'begin return current_setting(''app.org'')::int; end';
CREATE FUNCTION shop.slow_org() RETURNS integer LANGUAGE plpgsql VOLATILE AS 'begin return shop.org(); end';
CREATE TABLE shop.notes (id bigint PRIMARY KEY, account_id integer NOT NULL, public boolean NOT NULL, kind text);
ALTER TABLE shop.notes ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON shop.notes TO review_told_app;
CREATE POLICY p ON shop.notes FOR SELECT USING (true);
CREATE FUNCTION pg_temp.shared(predicate text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER POLICY p ON shop.notes USING (%s)', predicate);
    RETURN (SELECT f.level FROM primecloud.review('shop', 'review_told_app', '{policy_shares_rows}') AS f);
END $$;
SELECT is(pg_temp.shared(predicate), wanted, predicate) FROM (VALUES ('public', 'warning'), ('public IS TRUE', 'warning'),
    ('public = true', 'warning'), ('account_id = shop.org() OR public', 'warning'), ('account_id = shop.org()', NULL),
    ('account_id = shop.slow_org()', 'notice'), ('account_id = shop.org() AND public', NULL)) AS v(predicate, wanted);

-- whom no policy holds, FORCE does not hold
SELECT is((SELECT f.fix FROM primecloud.review('shop', 'review_told_app', '{rls_not_forced}') AS f),
    '-- choose: another owner for shop.notes: whom no policy holds, FORCE ROW LEVEL SECURITY does not hold', 'the table of a superuser');

-- a proof says what it stands on
ALTER TABLE shop.notes FORCE ROW LEVEL SECURITY;
ALTER POLICY p ON shop.notes USING (account_id = current_setting('app.org')::integer);
SELECT is((SELECT p.says FROM primecloud.review_prove('shop.notes', 'review_told_app') AS p ORDER BY p.step DESC LIMIT 1),
    'review_told_app reads and writes rows of shop.notes of its own tenant alone, and which one that is any SQL may set',
    'a setting of SQL''s');

-- a document for tools
SELECT is((SELECT r::jsonb #> '{runs,0,results,0,locations,0,physicalLocation}'
    FROM primecloud.review_report('shop', 'review_told_app', 'sarif') AS r),
    '{"region": {"startLine": 1}, "artifactLocation": {"uri": "shop.sql"}}'::jsonb, 'a result of SARIF has a place in a file');
SELECT is(primecloud_internal.review_uri('a b/é%'), 'a%20b%2F%C3%A9%25', 'whatever the schema is called');

-- what would find nothing
SELECT throws_ok('SELECT primecloud.review_gate(''shop'', checks => ''{}'')', '22023',
    'no check or no level is named, and nothing would be found',
    'a gate that asks for no check');
SELECT throws_ok('SELECT primecloud.review_gate(''shop'', levels => ''{}'')', '22023',
    'no check or no level is named, and nothing would be found',
    'or for no level');
SELECT throws_ok('SELECT primecloud.review_policies(''nowhere'')', '3F000', 'schema "nowhere" does not exist', 'a schema that is none');
SELECT * FROM finish();
