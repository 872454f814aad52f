-- protect_schema: roles chosen for a table are taken at once, kept, and never loosened by
-- asking again; words that would do nothing are refused.  And tables that cannot be held.
SET client_min_messages = error;
SELECT no_plan();
CREATE SCHEMA shop;
CREATE TABLE shop.accounts (id int PRIMARY KEY);
CREATE TABLE shop.orders (id int PRIMARY KEY, account_id int NOT NULL REFERENCES shop.accounts);
CREATE TABLE shop.lines (id int PRIMARY KEY, order_id int NOT NULL REFERENCES shop.orders);
CREATE TABLE shop.access_keys (id int PRIMARY KEY, account_id int NOT NULL, secret text);
CREATE TABLE shop.currencies (code text);
CREATE FUNCTION roles_of_table(rel regclass) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(coalesce(substring(coalesce(pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) FROM '''(\w+)'''),
        'external_client'), ' ' ORDER BY polname)
    FROM pg_policy WHERE polrelid = rel AND polname IN ('primecloud_select', 'primecloud_insert', 'primecloud_update', 'primecloud_delete')
        $$;
CREATE FUNCTION protect(roles text DEFAULT '{}') RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FILTER (WHERE s NOT LIKE '--%') FROM primecloud.protect_schema('shop', 'shop.accounts', shared => '{currencies}',
        roles => roles::jsonb) AS s $$;
SELECT cmp_ok(protect('{"access_keys": {"read": "admin", "write": "admin"}, "lines": {"delete": "developer"}}'), '>', 10::bigint,
    'a schema is protected');
-- delete, insert, select, update
SELECT is(roles_of_table('shop.access_keys'), 'admin admin admin admin', 'with the roles that were chosen');
SELECT is(roles_of_table('shop.lines'), 'developer developer external_client developer', 'of a child, too');
SELECT is(roles_of_table('shop.orders'), 'admin developer external_client developer', 'and the usual ones elsewhere');
SELECT is(roles_of_table('shop.accounts'), 'owner admin external_client admin', 'the tenants have their own');
SELECT is(protect(), 0::bigint, 'asking again without them has nothing to do');
SELECT is(roles_of_table('shop.access_keys'), 'admin admin admin admin', 'and loosens nothing');
SELECT is((SELECT count(*) FROM primecloud.protect_table('shop.access_keys')), 0::bigint, 'nor does protect_table');
SELECT cmp_ok((SELECT count(*) FROM primecloud.protect_table('shop.access_keys', delete_role => 'owner')), '>', 0::bigint,
    'one of them can be changed');
SELECT is(roles_of_table('shop.access_keys'), 'owner admin admin admin', 'and the others stay');
SET primecloud.guard = off;
ALTER POLICY primecloud_select ON shop.access_keys USING (true);
RESET primecloud.guard;
SELECT cmp_ok(protect(), '>', 0::bigint, 'what was loosened by hand is mended');
SELECT is(roles_of_table('shop.access_keys'), 'owner admin admin admin', 'to what was chosen');
SELECT cmp_ok(protect('{"accounts": {"write": "owner"}}'), '>', 0::bigint, 'the tenants'' own roles can be chosen');
SELECT is(protect(), 0::bigint, 'and stay');
SELECT is(roles_of_table('shop.accounts'), 'owner owner external_client owner', 'as they are');
-- What a role may not change it is told: in what is protected first, and kept as it was chosen.
CREATE FUNCTION tells(rel regclass) RETURNS boolean LANGUAGE sql AS $$
    SELECT bool_and(pg_get_expr(polqual, polrelid) ~ ', true\)') FROM pg_policy WHERE polrelid = rel
        AND polname IN ('primecloud_update', 'primecloud_delete') $$;
SELECT is(tells('shop.accounts') AND tells('shop.orders') AND tells('shop.lines'), true, 'clients are told');
SELECT count(*) FROM primecloud.protect_table('shop.orders', refuse => false) \gset done_
SELECT is(protect(), 0::bigint, 'and not where that was chosen');
SELECT is(tells('shop.orders'), false, 'which is kept');
CREATE TABLE shop.pieces (id int PRIMARY KEY, order_id int NOT NULL REFERENCES shop.orders);
SELECT count(*) FROM primecloud.protect_child('shop.pieces', 'shop.orders') \gset done_
SELECT is(tells('shop.pieces'), true, 'a child');
SELECT is((SELECT count(*) FROM primecloud.protect_child('shop.pieces', 'shop.orders', refuse => false)) > 0
    AND tells('shop.pieces'), false, 'whose clients need not be told');
SELECT is((SELECT count(*) FROM primecloud.protect_schema('shop', 'shop.accounts', shared => '{currencies}', refuse => false)) > 0
    AND NOT tells('shop.accounts') AND NOT tells('shop.lines'), true, 'nor those of a schema');
SELECT throws_ok(format('SELECT count(*) FROM primecloud.protect_schema(''shop'', ''shop.accounts'', %s)', words), code, NULL, words)
    FROM (VALUES
    ('keep_out => ''{user}''', '42P01'), ('shared => ''{currency}''', '42P01'), ('roles => ''{"nowhere": {"read": "admin"}}''', '42P01'),
        ('roles => ''{"orders": {"select": "admin"}}''', '22023'),
    ('roles => ''{"orders": "admin"}''', '22023'), ('roles => ''[]''', '22023'), ('roles => ''{"orders": {"read": "boss"}}''', '22023'))
        AS t(words, code);

-- Of two ways to a tenant the one that every row has, whatever its name.
CREATE TABLE shop.claims (id int PRIMARY KEY, a_line_id int REFERENCES shop.lines, order_id int NOT NULL REFERENCES shop.orders);
INSERT INTO shop.accounts VALUES (2);
INSERT INTO shop.orders VALUES (1, 2);
INSERT INTO shop.claims VALUES (1, NULL, 1);
SELECT cmp_ok(protect(), '>', 0::bigint, 'a table with two ways to a tenant');
SELECT is((SELECT account_id FROM shop.claims), 2, 'its rows are found by the one that is never empty');

-- Row-level security that was there before is there afterwards, no more and no less.
CREATE FUNCTION held(rel regclass) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN relrowsecurity AND relforcerowsecurity THEN 'forced' WHEN relrowsecurity THEN 'on' ELSE 'off' END FROM pg_class
    WHERE oid = rel $$;
CREATE TABLE shop.held_off (account_id int NOT NULL);
CREATE TABLE shop.held_on (LIKE shop.held_off);
CREATE TABLE shop.held_forced (LIKE shop.held_off);
ALTER TABLE shop.held_on ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.held_forced ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
SELECT count(*) AS protected FROM unnest('{shop.held_off,shop.held_on,shop.held_forced}'::regclass[]) AS rel,
    primecloud.protect_table(rel) \gset
SELECT count(*) AS lifted FROM unnest('{shop.held_off,shop.held_on,shop.held_forced}'::regclass[]) AS rel,
    primecloud.unprotect_table(rel) \gset
SELECT is(held('shop.held_' || state), state, 'unprotect_table leaves row-level security as it was: ' || state)
FROM unnest('{off,on,forced}'::text[]) AS state;
DROP TABLE shop.held_off, shop.held_on, shop.held_forced;

-- Online each table of an inheritance has its index, once, and a partition that lies elsewhere none.
CREATE TABLE shop.parents (id int, account_id int NOT NULL);
CREATE TABLE shop.children () INHERITS (shop.parents);
CREATE TABLE shop.parts (id int, account_id int NOT NULL) PARTITION BY LIST (id);
CREATE TABLE shop.parts_here PARTITION OF shop.parts FOR VALUES IN (1);
CREATE FOREIGN DATA WRAPPER tenant_schema_elsewhere;
CREATE SERVER tenant_schema_elsewhere FOREIGN DATA WRAPPER tenant_schema_elsewhere;
CREATE FOREIGN TABLE shop.parts_elsewhere PARTITION OF shop.parts FOR VALUES IN (2) SERVER tenant_schema_elsewhere;
SELECT results_eq(format($$SELECT line FROM primecloud.protect_table(%L, online => true, dry_run => true) AS line
    WHERE line ~ 'CREATE INDEX|attach_index'$$, rel), wanted, 'indexes of ' || rel)
FROM (VALUES ('shop.parents', ARRAY['CREATE INDEX CONCURRENTLY parents_tenant_idx ON shop.parents (account_id, id DESC);',
    'CREATE INDEX CONCURRENTLY children_tenant_idx ON shop.children (account_id, id DESC);']),
    ('shop.parts', ARRAY['CREATE INDEX parts_tenant_idx ON ONLY shop.parts (account_id, id DESC);',
    'CREATE INDEX CONCURRENTLY parts_here_tenant_idx ON shop.parts_here (account_id, id DESC);',
    $$SELECT primecloud_internal.attach_index('shop.parts_here', 'shop.parts_tenant_idx', 'shop.parts_here_tenant_idx');$$]))
    AS t(rel, wanted);
DROP TABLE shop.parents, shop.children, shop.parts;
DROP FOREIGN DATA WRAPPER tenant_schema_elsewhere CASCADE;

-- A view whose option is written in another way reads as its caller all the same.
CREATE ROLE tenant_schema_app;
GRANT USAGE ON SCHEMA shop TO tenant_schema_app;
CREATE VIEW shop.v_on WITH (security_invoker = on) AS SELECT * FROM shop.orders;
CREATE VIEW shop.v_yes WITH (security_invoker = 'yes') AS SELECT * FROM shop.orders;
CREATE VIEW shop.v_off WITH (security_invoker = off) AS SELECT * FROM shop.orders;
GRANT SELECT ON shop.v_on, shop.v_yes, shop.v_off TO tenant_schema_app;
SELECT results_eq($$SELECT path, held FROM primecloud.explain_access('shop.orders', 'tenant_schema_app') WHERE path ~ '^view'
    ORDER BY path$$,
    $$VALUES ('view shop.v_off', false), ('view shop.v_on', true), ('view shop.v_yes', true)$$,
        'security_invoker = on is one way to write it');
ALTER VIEW shop.v_on SET (security_barrier = on);
SELECT is_empty($$SELECT primecloud.protect_view('shop.v_on')$$, 'and protect_view has nothing to add');

-- What has no way to a tenant is left alone, and the application is left out of it.
CREATE TABLE shop.logins (at timestamptz);
SELECT is((SELECT string_agg(line, E'\n') FROM primecloud.protect_schema('shop', 'shop.accounts', app_role => 'tenant_schema_app',
    shared => '{currencies}') AS line WHERE line LIKE '-- %logins%'), '-- left alone, no way from it to a tenant: shop.logins
-- shop.logins: a client that connected as "postgres" read and wrote every row; "tenant_schema_app" may do nothing with it',
    'what is left alone is told');
SELECT is(has_table_privilege('tenant_schema_app', 'shop.logins', 'SELECT, INSERT, UPDATE, DELETE') || ' '
    || has_table_privilege('tenant_schema_app', 'shop.orders', 'SELECT'), 'false true', 'and the application is not let into it');

-- What comes later is listed, and the notice of it says so by the same question.
SELECT set_eq($$SELECT rel::text, since FROM primecloud.unprotected_tables()$$, $$VALUES ('shop.logins', 'left alone by protect_schema')$$,
    'what was left alone is listed');
CREATE TABLE shop.later (id int);
SELECT set_eq($$SELECT rel::text, since FROM primecloud.unprotected_tables()$$, $$VALUES ('shop.logins', 'left alone by protect_schema'),
    ('shop.later', 'came after protect_schema')$$, 'a table that came later is listed');
SELECT set_eq($$SELECT what, state FROM primecloud.check_installation() WHERE what ~ 'after protect_schema'$$,
    $$VALUES ('table shop.later, made after protect_schema(), was said something of', 'risk')$$, 'check_installation() tells of it');
ALTER SCHEMA shop RENAME TO store;
SELECT set_eq($$SELECT rel::text, since FROM primecloud.unprotected_tables()$$, $$VALUES ('store.logins', 'left alone by protect_schema'),
    ('store.later', 'came after protect_schema')$$, 'also where the schema was renamed');
-- What has its name now was never gone through.
CREATE SCHEMA shop;
CREATE TABLE shop.fresh (account_id int);
CREATE TABLE store.fresh (account_id int);
CREATE VIEW listed AS SELECT string_agg(rel || ': ' || since, ', ' ORDER BY rel::text) AS of FROM primecloud.unprotected_tables();
SELECT is((SELECT of FROM listed), 'store.fresh: came after protect_schema, store.later: came after protect_schema, '
    'store.logins: left alone by protect_schema', 'a new schema of the old name inherits nothing');
SELECT is((SELECT jsonb_object_agg(e.key, e.value -> 'left') FROM jsonb_each(primecloud_internal.protection_note('store.accounts')
    -> 'schemas') AS e), '{"store": ["logins"]}', 'the note has the name of now, which a dump carries');
-- Nor by another way: another's schema beside, dropped and made again.
CREATE SCHEMA beside;
CREATE TABLE beside.left_alone (id int);
SELECT count(*) FROM primecloud.protect_schema('beside', 'store.accounts') \g /dev/null
ALTER SCHEMA beside RENAME TO aside;
CREATE SCHEMA beside;
CREATE TABLE beside.left_alone (id int);
SELECT matches((SELECT of FROM listed), '^aside.left_alone: left alone by protect_schema, store.fresh', 'nor a schema without tenants');
SELECT count(*) FROM primecloud.protect_schema('beside', 'store.accounts') \g /dev/null
SELECT matches((SELECT of FROM listed), '^aside.left_alone: left alone by protect_schema, beside.left_alone: left alone', 'both are told');
DROP SCHEMA aside CASCADE;
CREATE SCHEMA aside;
CREATE TABLE aside.left_alone (id int);
SELECT matches((SELECT of FROM listed), '^beside.left_alone: left alone by protect_schema, store.fresh', 'nor what is made anew');
-- Where it was restored its numbers are others': there it is known by its name, and from then on by what becomes of it.
SET primecloud.guard = off;
SELECT format('COMMENT ON POLICY primecloud_floor ON store.accounts IS %L', 'primecloud: ' || jsonb_set(n.note, '{schemas}', (
    SELECT jsonb_object_agg(e.key, e.value || jsonb_build_object('tenants', 1, 'their schema', 2, 'schema', CASE e.key WHEN 'store' THEN 2
        ELSE (SELECT oid::int FROM pg_namespace WHERE nspname = 'aside') END)) FROM jsonb_each(n.note -> 'schemas') AS e))::text)
    FROM primecloud_internal.protection_note('store.accounts') AS n(note) \gexec
RESET primecloud.guard;
SELECT matches((SELECT of FROM listed), '^beside.left_alone: left alone by protect_schema, store.fresh', 'restored: known by its name');
ALTER SCHEMA beside RENAME TO apart;
CREATE SCHEMA beside;
CREATE TABLE beside.left_alone (id int);
SELECT matches((SELECT of FROM listed), '^apart.left_alone: left alone by protect_schema, store.fresh', 'and followed from there');
DROP SCHEMA apart, aside, beside CASCADE;
DROP VIEW listed;
DROP TABLE store.fresh;
DROP SCHEMA shop CASCADE;
ALTER SCHEMA store RENAME TO shop;
-- What lost its policies was not left alone.
SELECT count(*) FROM primecloud.unprotect_table('shop.claims') \g /dev/null
SELECT set_has($$SELECT rel::text, since FROM primecloud.unprotected_tables()$$,
    $$VALUES ('shop.claims', 'protected by protect_schema, not any more')$$, 'what was protected is told apart');
DROP TABLE shop.claims;
ALTER TABLE shop.later ADD account_id int;
SELECT count(*) FROM primecloud.protect_table('shop.later') \g /dev/null
SELECT set_eq($$SELECT rel::text FROM primecloud.unprotected_tables()$$, $$VALUES ('shop.logins')$$, 'until it is protected');
DROP TABLE shop.later;

-- A collation that takes two accounts for one.
CREATE COLLATION shop.careless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE shop.texts (account_id text COLLATE shop.careless NOT NULL);
SELECT throws_ok($$SELECT primecloud.protect_table('shop.texts')$$, '42804', NULL, 'a tenant column tells accounts apart to the letter');
ALTER TABLE shop.texts ALTER account_id TYPE text COLLATE "C";
SELECT count(*) FROM primecloud.protect_table('shop.texts') \gset done_
SELECT throws_ok($$ALTER TABLE shop.texts ALTER account_id TYPE text COLLATE shop.careless$$, '0A000', NULL, 'and goes on to');

-- A table that Citus has spread: a stand-in for its catalog, where there is none.
SELECT to_regclass('pg_catalog.pg_dist_partition') IS NULL AS alone \gset
\if :alone
CREATE TABLE shop.spread (id int PRIMARY KEY, account_id int NOT NULL);
SET allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass PRIMARY KEY);
INSERT INTO pg_catalog.pg_dist_partition VALUES ('shop.spread'), ('shop.orders');
SELECT throws_ok(call, '0A000', NULL, call)
    FROM (VALUES ($$SELECT primecloud.protect_table('shop.spread')$$),
    ($$SELECT primecloud.share_table('shop.spread')$$)) AS t(call);
SELECT matches((SELECT string_agg(line, E'\n') FROM primecloud.assert_isolated('shop.orders', 'tenant_schema_app') AS line),
    'not ok \d+ - shop.orders: its rows lie on other servers, and have not been tried',
    'nothing is said to be isolated that was not looked at');
DROP TABLE pg_catalog.pg_dist_partition;
\endif
SELECT * FROM finish();
DROP SCHEMA shop CASCADE;
DROP OWNED BY tenant_schema_app;
DROP ROLE tenant_schema_app;
