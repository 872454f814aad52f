-- The control plane's versions: created, migrated, checked, with what users add kept.
SET client_min_messages = warning;
SELECT no_plan();
CREATE ROLE schema_versions_owner;
CREATE ROLE schema_versions_other;
CREATE ROLE schema_versions_app;
SELECT format('ALTER DATABASE %I OWNER TO schema_versions_owner', current_database()) \gexec
GRANT CREATE ON DATABASE :DBNAME TO schema_versions_other;
SELECT max(version) AS latest FROM primecloud_internal.schema_history('primecloud_internal') \gset
SET ROLE schema_versions_owner;

-- names and owners
SELECT throws_ok($$SELECT primecloud.create_schema('Bad Name')$$, '42602');
SELECT throws_ok($$SELECT primecloud.create_schema('x''y')$$, '42602');
SELECT throws_ok($$SELECT primecloud.create_schema('pg_mine')$$, '42602');
SELECT throws_ok($$SELECT primecloud.create_schema(NULL)$$, '42602');
CREATE SCHEMA taken;
SELECT throws_ok($$SELECT primecloud.create_schema('taken')$$, '42P06', NULL, 'a schema that exists and is not its own');
SELECT is((SELECT count(*) FROM pg_class WHERE relnamespace = 'taken'::regnamespace), 0::bigint, 'is left as it was');
SELECT throws_ok($$SELECT primecloud.migrate_schema('taken')$$, '3F000', NULL, 'nor migrated');
SELECT throws_ok($$SELECT primecloud.migrate_schema('nowhere')$$, '3F000');
SELECT throws_ok($$SELECT primecloud.check_schema('nowhere')$$, '3F000');

-- created at once
SELECT is(primecloud.create_schema('cloud', register => false), :latest, 'created');
SELECT throws_ok($$SELECT primecloud.create_schema('cloud')$$, '42P06', NULL, 'once');
SELECT is(primecloud.migrate_schema('cloud'), :latest, 'nothing to migrate');
SELECT cmp_ok((SELECT count(*) FROM primecloud_internal.schema_objects('cloud')), '>', 900::bigint, '(and there is much to compare)');
SELECT is_empty($$SELECT * FROM primecloud.check_schema('cloud')$$, 'check_schema has nothing to say');
SELECT is((SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'primecloud_check%'), 0::bigint, 'and leaves nothing behind');
SELECT results_eq('SELECT version, name, checksum FROM cloud.schema_version ORDER BY 1', $$SELECT *
    FROM primecloud_internal.schema_history('primecloud_internal')$$, 'its history is the extension''s');

-- with rows, with what its users have added, and with readers
SELECT primecloud.create_schema('used', register => false);
CREATE TABLE placed AS SELECT '00000000-0000-7000-8000-00000000000a'::uuid AS account, '00000000-0000-7000-8000-0000000000a1'::uuid
    AS person;
BEGIN;
SELECT primecloud.migrating('used');
INSERT INTO used.users (id, email, display_name) SELECT person, 'o@example.com', '' FROM placed;
INSERT INTO used.accounts (id, owner_user_id, name, slug) SELECT account, person, 'A', 'a' FROM placed;
INSERT INTO used.account_members (user_id, account_id, role, email, display_name) SELECT person, account, 'owner', 'o@example.com', ''
    FROM placed;
INSERT INTO used.account_owners (account_id, user_id) SELECT account, person FROM placed;
INSERT INTO used.products (name, description, price_cents, storage_limit_bytes, transfer_limit_bytes) VALUES ('p', '', 1, 1, 1);
INSERT INTO used.orders (product_id, account_id, unit_price_cents) SELECT id, account, 1 FROM used.products, placed,
    generate_series(1, 5000);
SELECT primecloud.migrated();
COMMIT;
ALTER TABLE used.orders ADD COLUMN own_mark text DEFAULT 'mine';
CREATE INDEX own_index ON used.orders (account_id, own_mark);
CREATE POLICY own_policy ON used.orders AS RESTRICTIVE FOR DELETE USING (false);
CREATE VIEW used.own_view WITH (security_invoker) AS SELECT id, total_cents FROM used.orders_with_details();
PREPARE reader AS SELECT count(*), sum(total_cents) FROM used.orders_with_details();
GRANT USAGE ON SCHEMA used TO schema_versions_app;
SELECT primecloud.grant_schema('used', 'schema_versions_app', 'app');
REVOKE SELECT ON used.audit_log FROM schema_versions_app;
SELECT is(primecloud.migrate_schema('used'), :latest, 'a schema in use is migrated');
RESET ROLE;
SELECT is((SELECT count(*) FROM used.orders WHERE own_mark = 'mine'), 5000::bigint, 'a user''s column stays');
SELECT * INTO TEMP used_differs FROM primecloud.check_schema('used');
SELECT set_eq($$SELECT object FROM used_differs WHERE problem = 'added'$$,
    ARRAY['column orders.own_mark', 'index @.own_index', 'policy orders.own_policy', 'view own_view', 'table own_view',
        'column own_view.id', 'column own_view.total_cents'], 'and index, policy and view: check_schema lists them');
SELECT is_empty($$SELECT * FROM used_differs WHERE problem <> 'added'$$, 'and nothing else');
SELECT ok((SELECT relforcerowsecurity FROM pg_class WHERE oid = 'used.orders'::regclass), 'the policies are forced again');
CREATE FUNCTION as_owner(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    PERFORM primecloud_internal.enter_probe('00000000-0000-7000-8000-00000000000a', 'owner');
    EXECUTE statement INTO answer;
    RAISE SQLSTATE 'UNDOX' USING MESSAGE = answer;
EXCEPTION WHEN SQLSTATE 'UNDOX' THEN RETURN SQLERRM;
END $$;
SELECT is(as_owner('EXECUTE reader'), '5000', 'a reader prepared before reads on');
SELECT is(as_owner('SELECT count(*) FROM used.own_view'), '5000', 'so does a view');
SELECT is(as_owner('SELECT count(*) FROM (SELECT id FROM used.orders LIMIT 7) o, used.order_with_details(o.id)'), '7',
    'and the model of one order');
SELECT is(as_owner('SELECT count(*) FROM used.orders_page(page_size => 9)'), '9', 'and its pages');
SELECT ok(has_table_privilege('schema_versions_app', 'used.orders', 'SELECT'), 'roles keep their access');

-- drift
SET ROLE schema_versions_owner;
ALTER TABLE cloud.orders DROP CONSTRAINT orders_status_known;
ALTER TABLE cloud.orders ALTER COLUMN notes SET NOT NULL;
COMMENT ON COLUMN cloud.orders.notes IS 'changed';
SELECT set_eq($$SELECT object, problem FROM primecloud.check_schema('cloud')$$,
    $$VALUES ('constraint orders.orders_status_known', 'missing'), ('column orders.notes', 'changed')$$, 'drift is seen');
-- a history that is not this extension's
INSERT INTO cloud.schema_version VALUES (9999, 'future', 'f', '9');
SELECT matches((SELECT problem FROM primecloud.check_schema('cloud')), 'newer than', 'a schema of a newer extension is said to be one');
SELECT throws_ok($$SELECT primecloud.migrate_schema('cloud')$$, '55000',
    'schema "cloud" has version 9999, which this extension does not know', 'and left alone');
DELETE FROM cloud.schema_version WHERE version = 9999;
UPDATE cloud.schema_version SET checksum = 'another' WHERE version = 1;
SELECT throws_ok($$SELECT primecloud.migrate_schema('cloud')$$, '55000',
    'version 1 of schema "cloud" was reached by another step than this extension''s', 'so is one that was made by other steps');
UPDATE cloud.schema_version SET checksum = 'open' WHERE version = 1;
-- nobody migrates another's schema, a superuser included
SET ROLE schema_versions_other;
SELECT throws_ok($$SELECT primecloud.migrate_schema('used')$$, '42501');
RESET ROLE;
SELECT throws_ok($$SELECT primecloud.migrate_schema('used')$$, '42501', NULL, 'a superuser would run the owner''s triggers');
SELECT throws_ok($$SELECT primecloud.grant_schema('cloud', 'nobody_at_all', 'app')$$, '42704');
SELECT throws_ok($$SELECT primecloud.grant_schema('cloud', 'schema_versions_app', 'king')$$, '22023');
SELECT throws_ok($$SELECT primecloud.grant_schema('cloud', 'postgres', 'app')$$, '42501', NULL, 'no client role is above the policies');
SET ROLE schema_versions_owner;
SELECT primecloud.revoke_schema('used', 'schema_versions_app');
SELECT ok(NOT has_schema_privilege('schema_versions_app', 'used', 'USAGE') AND NOT has_table_privilege('schema_versions_app', 'used.orders',
    'SELECT'), 'what was given is taken');
RESET ROLE;

SELECT finish();
