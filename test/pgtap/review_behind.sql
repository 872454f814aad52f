-- What stands behind the names in a policy, a view or a function is asked when two days are compared, and when a finding was accepted.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE review_behind_app;
CREATE SCHEMA shop;
GRANT USAGE ON SCHEMA shop TO review_behind_app;
CREATE TABLE shop.t (id integer PRIMARY KEY, account_id integer NOT NULL, body text);
ALTER TABLE shop.t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT ON shop.t TO review_behind_app;
CREATE POLICY p ON shop.t USING (account_id = primecloud.tenant_int());
CREATE FUNCTION shop.gives(a integer, b integer DEFAULT 1) RETURNS integer LANGUAGE plpgsql STABLE AS 'BEGIN RETURN coalesce(b, 7); END';
CREATE FUNCTION shop.same(a integer, b integer) RETURNS boolean LANGUAGE plpgsql STABLE AS 'BEGIN RETURN a = b; END';
CREATE FUNCTION shop.other(a integer, b integer) RETURNS boolean LANGUAGE plpgsql STABLE AS 'BEGIN RETURN a <> b; END';
CREATE OPERATOR shop.=== (FUNCTION = shop.same, LEFTARG = integer, RIGHTARG = integer);
CREATE AGGREGATE shop.least(integer) (SFUNC = int4smaller, STYPE = integer);
CREATE COLLATION shop.order (LOCALE = 'C');
CREATE DOMAIN shop.positive AS integer CONSTRAINT sign CHECK (VALUE > 0);
CREATE VIEW shop.inner_view AS SELECT id, body FROM shop.t WHERE body = 'public';
CREATE VIEW shop.v AS SELECT id FROM shop.inner_view;
CREATE FUNCTION shop.count() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM shop.t';
CREATE FUNCTION shop.shown(text) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT $1 = 'public' $$;

CREATE FUNCTION pg_temp.changed(was text, made text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before jsonb;
BEGIN
    EXECUTE format('ALTER POLICY p ON shop.t USING (%s)', was);
    before := primecloud.review_policies('shop');
    EXECUTE made;
    RAISE SQLSTATE 'UNDO1' USING MESSAGE = (SELECT d.change FROM primecloud.review_policies_diff(before, primecloud.review_policies('shop'))
        AS d WHERE d.object = 'shop.t' AND d.command = 'SELECT');
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN RETURN SQLERRM;
END $$;
SELECT is(pg_temp.changed(was, made), wanted, concat_ws(': ', was, made)) FROM (VALUES
    ('account_id = shop.gives(id)', 'CREATE OR REPLACE FUNCTION shop.gives(a integer, b integer DEFAULT 2) RETURNS integer
        LANGUAGE plpgsql STABLE AS ''BEGIN RETURN coalesce(b, 7); END''', 'cannot be decided'),
    ('account_id = shop.gives(id, account_id)', 'ALTER FUNCTION shop.gives STRICT', 'cannot be decided'),
    ('account_id = shop.gives(id)', 'ALTER FUNCTION shop.gives COST 10', 'neither'),
    ('account_id OPERATOR(shop.===) 1', 'CREATE OR REPLACE FUNCTION shop.same(a integer, b integer) RETURNS boolean
        LANGUAGE plpgsql STABLE AS ''BEGIN RETURN true; END''', 'cannot be decided'),
    ('account_id OPERATOR(shop.===) ANY (SELECT x.id FROM shop.t AS x)', 'DROP POLICY p ON shop.t;
        DROP OPERATOR shop.=== (integer, integer);
        CREATE OPERATOR shop.=== (FUNCTION = shop.other, LEFTARG = integer, RIGHTARG = integer); CREATE POLICY p ON shop.t
        USING (account_id OPERATOR(shop.===) ANY (SELECT x.id FROM shop.t AS x))', 'cannot be decided'),
    ('account_id OPERATOR(shop.===) 1', 'SELECT 1', 'neither'),
    ('account_id = (SELECT shop.least(x.id) FROM shop.t AS x)', 'DROP POLICY p ON shop.t; DROP AGGREGATE shop.least(integer);
        CREATE AGGREGATE shop.least(integer) (SFUNC = int4larger, STYPE = integer);
        CREATE POLICY p ON shop.t USING (account_id = (SELECT shop.least(x.id) FROM shop.t AS x))', 'cannot be decided'),
    ('body < ''b'' COLLATE shop.order', 'DROP POLICY p ON shop.t; DROP COLLATION shop.order;
        CREATE COLLATION shop.order (PROVIDER = icu, LOCALE = ''und''); CREATE POLICY p ON shop.t USING (body < ''b'' COLLATE shop.order)',
        'cannot be decided'),
    ('account_id::shop.positive > 0', 'ALTER DOMAIN shop.positive DROP CONSTRAINT sign', 'cannot be decided'),
    ('account_id::shop.positive > 0', 'COMMENT ON DOMAIN shop.positive IS ''x''', 'neither'),
    ('id IN (SELECT v.id FROM shop.v)', 'ALTER VIEW shop.v OWNER TO review_behind_app', 'cannot be decided'),
    ('id IN (SELECT v.id FROM shop.v)', 'GRANT SELECT ON shop.v TO review_behind_app', 'neither')) AS v(was, made, wanted);

-- What the gate says of a schema whose findings were all accepted, after a change of it.
CREATE FUNCTION shop.asked_again(accepted text, became text, looked_for text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE accepted;
    PERFORM primecloud.review_baseline('shop', 'review_behind_app');
    IF NOT EXISTS (SELECT FROM primecloud.review('shop', 'review_behind_app', ARRAY[looked_for])) THEN RETURN 'not found'; END IF;
    EXECUTE became;
    BEGIN
        PERFORM primecloud.review_gate('shop', 'review_behind_app', ARRAY[looked_for]);
        RAISE SQLSTATE 'UNDO0' USING MESSAGE = 'passes';
    EXCEPTION WHEN object_not_in_prerequisite_state THEN RAISE SQLSTATE 'UNDO0' USING MESSAGE = 'asks';
    END;
EXCEPTION WHEN SQLSTATE 'UNDO0' THEN RETURN sqlerrm;
END $$;
SELECT is(shop.asked_again(c.accepted, c.became, c.looked_for), c.said, c.what) FROM (VALUES
    ('asks', 'CREATE FUNCTION shop.f() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = shop AS ''SELECT shop.count()''',
        'CREATE OR REPLACE FUNCTION shop.count() RETURNS bigint LANGUAGE sql AS ''DELETE FROM shop.t WHERE true; SELECT 1::bigint''',
        'definer_bypasses_policies', 'what a function calls counts, then deletes'),
    ('asks', 'CREATE FUNCTION shop.f() RETURNS SETOF integer LANGUAGE sql SECURITY DEFINER
        BEGIN ATOMIC SELECT id FROM shop.inner_view; END',
        'CREATE OR REPLACE VIEW shop.inner_view AS SELECT id, body FROM shop.t', 'definer_bypasses_policies', 'it shows some, then all'),
    ('asks', 'GRANT SELECT ON shop.v TO review_behind_app', 'CREATE OR REPLACE VIEW shop.inner_view AS SELECT id, body FROM shop.t
        WHERE body <> ''public''', 'view_bypasses_policies', 'a view of a view shows the others'),
    ('asks', 'CREATE OR REPLACE VIEW shop.v AS SELECT id FROM shop.t WHERE shop.shown(body); GRANT SELECT ON shop.v TO review_behind_app',
        'CREATE OR REPLACE FUNCTION shop.shown(text) RETURNS boolean LANGUAGE sql STABLE AS $q$ SELECT true $q$',
        'view_bypasses_policies', 'what a view asks lets all through'),
    ('asks', 'ALTER POLICY p ON shop.t USING (primecloud.tenant_int() IS NULL AND body = ''public'')',
        'ALTER POLICY p ON shop.t USING (primecloud.tenant_int() IS NULL)', 'policy_fails_open', 'without a context some, then all'),
    ('asks', 'CREATE TABLE shop.audit_log (id integer PRIMARY KEY); GRANT UPDATE ON shop.audit_log TO review_behind_app',
        'GRANT DELETE ON shop.audit_log TO review_behind_app', 'audit_rewritable', 'what is written once is changed, then removed'),
    ('asks', 'CREATE TABLE shop.members (account_id integer PRIMARY KEY); GRANT INSERT ON shop.members TO review_behind_app;
        ALTER POLICY p ON shop.t USING (account_id IN (SELECT m.account_id FROM shop.members AS m
        WHERE m.account_id = primecloud.tenant_int()))', 'GRANT UPDATE ON shop.members TO review_behind_app',
        'policy_reads_writable_table', 'what a policy asks is filled, then changed'),
    ('passes', 'GRANT SELECT ON shop.v TO review_behind_app', 'CREATE OR REPLACE VIEW shop.inner_view AS
        SELECT id, body FROM shop.t WHERE  body = ''public''', 'view_bypasses_policies', 'a view is made anew as it was'))
    AS c(said, accepted, became, looked_for, what);
CREATE TABLE shop.members (account_id integer PRIMARY KEY);
GRANT INSERT ON shop.members TO review_behind_app;
ALTER POLICY p ON shop.t USING (account_id IN (SELECT m.account_id FROM shop.members AS m WHERE m.account_id = primecloud.tenant_int()));
SELECT is(f.fix, $$SELECT primecloud.protect_table('shop.members', 'account_id');$$, 'what a policy asks is protected by its own tenant')
FROM primecloud.review('shop', 'review_behind_app', '{policy_reads_writable_table}') AS f;
DROP SCHEMA shop CASCADE;
DROP ROLE review_behind_app;
SELECT * FROM finish();
