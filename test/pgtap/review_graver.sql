-- What was accepted is not what has become of it: the gate asks again where a finding of the same name has grown.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE review_graver_app;
CREATE SCHEMA shop;
GRANT USAGE ON SCHEMA shop TO review_graver_app;
CREATE TABLE shop.notes (id integer PRIMARY KEY, account_id integer NOT NULL, body text);
ALTER TABLE shop.notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.notes USING (account_id = primecloud.tenant_int());
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.notes TO review_graver_app;

-- What the gate says of a schema whose findings were all accepted, after a change of it: how many findings are not.
CREATE FUNCTION shop.asked_again(accepted text, became text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before bigint;
BEGIN
    EXECUTE accepted;
    PERFORM primecloud.review_baseline('shop', 'review_graver_app');
    before := primecloud.review_gate('shop', 'review_graver_app');
    EXECUTE became;
    BEGIN
        PERFORM primecloud.review_gate('shop', 'review_graver_app');
        RAISE SQLSTATE 'UNDO0' USING MESSAGE = CASE WHEN before > 0 THEN 'passes' ELSE 'nothing was accepted' END;
    EXCEPTION WHEN object_not_in_prerequisite_state THEN RAISE SQLSTATE 'UNDO0' USING MESSAGE = 'asks';
    END;
EXCEPTION WHEN SQLSTATE 'UNDO0' THEN RETURN sqlerrm;
END $$;
SELECT is(shop.asked_again(c.accepted, c.became), c.said, c.what) FROM (VALUES
    ('asks', 'CREATE POLICY p ON shop.notes FOR SELECT USING (true)',
        'DROP POLICY p ON shop.notes; CREATE POLICY p ON shop.notes USING (true)',
        'read by all, then written by all'),
    ('asks', 'CREATE POLICY p ON shop.notes FOR SELECT USING (account_id = primecloud.tenant_int() OR primecloud.tenant_int() IS NULL)',
        'DROP POLICY p ON shop.notes; CREATE POLICY p ON shop.notes USING (account_id = primecloud.tenant_int()
            OR primecloud.tenant_int() IS NULL)', 'nobody reads, then nobody writes'),
    ('asks', 'ALTER ROLE review_graver_app BYPASSRLS', 'ALTER ROLE review_graver_app SUPERUSER', 'bypasses policies, then is a superuser'),
    ('asks', 'ALTER ROLE review_graver_app CREATEROLE', 'ALTER ROLE review_graver_app NOCREATEROLE REPLICATION',
        'makes roles, then replicates'),
    ('asks', $$CREATE FUNCTION shop.f() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
        AS 'SELECT count(*) FROM shop.notes'$$, $$CREATE OR REPLACE FUNCTION shop.f() RETURNS bigint LANGUAGE sql SECURITY DEFINER
        SET search_path = pg_catalog AS 'DELETE FROM shop.notes WHERE true; SELECT 1::bigint'$$, 'counts, then deletes'),
    ('asks', $$CREATE VIEW shop.v AS SELECT account_id, count(*) FROM shop.notes GROUP BY 1; GRANT SELECT ON shop.v TO review_graver_app$$,
        $$DROP VIEW shop.v; CREATE VIEW shop.v AS SELECT * FROM shop.notes; GRANT SELECT ON shop.v TO review_graver_app$$,
        'a view that counts, then shows'),
    ('asks', $$CREATE VIEW shop.v AS SELECT * FROM shop.notes; GRANT SELECT ON shop.v TO review_graver_app$$,
        $$GRANT DELETE ON shop.v TO review_graver_app$$, 'a view that shows, then deletes'),
    ('asks', $$CREATE MATERIALIZED VIEW shop.v AS SELECT account_id FROM shop.notes; GRANT SELECT ON shop.v TO review_graver_app$$,
        $$DROP MATERIALIZED VIEW shop.v; CREATE MATERIALIZED VIEW shop.v AS SELECT * FROM shop.notes;
        GRANT SELECT ON shop.v TO review_graver_app$$, 'a kept view of accounts, then of all'),
    ('asks', 'CREATE PUBLICATION p FOR TABLE shop.notes (id)', 'DROP PUBLICATION p; CREATE PUBLICATION p FOR TABLE shop.notes',
        'keys are published, then rows'),
    ('asks', 'GRANT TRUNCATE ON shop.notes TO review_graver_app', 'GRANT TRUNCATE ON shop.notes TO PUBLIC',
        'one empties it, then everybody'),
    ('asks', 'ALTER TABLE shop.notes DISABLE ROW LEVEL SECURITY; REVOKE ALL ON shop.notes FROM review_graver_app;
        GRANT SELECT ON shop.notes TO review_graver_app', 'GRANT DELETE ON shop.notes TO review_graver_app',
        'open to be read, then emptied'),
    ('asks', 'REVOKE ALL ON shop.notes FROM review_graver_app; ALTER TABLE shop.notes DISABLE ROW LEVEL SECURITY;
        GRANT SELECT (id) ON shop.notes TO review_graver_app', 'GRANT SELECT (body) ON shop.notes TO review_graver_app',
        'keys are read, then rows'),
    ('asks', 'CREATE POLICY p ON shop.notes FOR SELECT TO review_graver_app USING (true)', 'ALTER POLICY p ON shop.notes TO PUBLIC',
        'a policy of one role, then of all'),
    ('asks', 'CREATE TABLE shop.secrets (id integer PRIMARY KEY, password text); GRANT SELECT ON shop.secrets TO review_graver_app',
        'GRANT SELECT ON shop.secrets TO PUBLIC', 'one reads a secret, then everybody'),
    ('asks', 'GRANT CREATE ON SCHEMA shop TO review_graver_app', 'GRANT CREATE ON SCHEMA shop TO PUBLIC', 'one creates, then everybody'),
    ('passes', 'CREATE POLICY p ON shop.notes FOR SELECT USING (true)', 'DROP POLICY p ON shop.notes;
        CREATE POLICY p ON shop.notes FOR SELECT USING (true)', 'made anew as it was'),
    ('passes', 'GRANT TRUNCATE ON shop.notes TO review_graver_app', 'REVOKE TRUNCATE ON shop.notes FROM review_graver_app', 'mended'),
    ('passes', $$CREATE VIEW shop.v AS SELECT * FROM shop.notes; GRANT SELECT ON shop.v TO review_graver_app$$,
        $$DROP VIEW shop.v; CREATE VIEW shop.v AS SELECT * FROM shop.notes;
        GRANT SELECT ON shop.v TO review_graver_app$$, 'a view made anew as it was')) AS c(said, accepted, became, what);
DROP SCHEMA shop CASCADE;
DROP ROLE review_graver_app;
SELECT * FROM finish();
