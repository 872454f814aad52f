-- Policies for a table that Citus spreads: the shape that holds where nothing is restrictive, the way there and back as a plan, and
-- what is refused.  A stand-in for Citus' own list of such tables; on Citus itself all of it is run by test/citus/tables.sql.
SELECT no_plan();
SET client_min_messages = warning;
CREATE ROLE tenant_distributed_app;
CREATE SCHEMA shop;
GRANT USAGE ON SCHEMA shop TO tenant_distributed_app;
CREATE TABLE shop.plans (id int PRIMARY KEY);
CREATE TABLE shop.accounts (account_id bigint PRIMARY KEY, plan int REFERENCES shop.plans);
CREATE TABLE shop.orders (account_id bigint REFERENCES shop.accounts, id bigint, note text, PRIMARY KEY (account_id, id));
CREATE TABLE shop.team (account_id bigint, name text, role varchar NOT NULL, PRIMARY KEY (account_id, name));
INSERT INTO shop.accounts VALUES (1), (2);
INSERT INTO shop.orders SELECT a, n + 3 * (a - 1), 'x' FROM generate_series(1, 2) AS a, generate_series(1, 3) AS n;
INSERT INTO shop.team VALUES (1, 'ann', 'owner'), (1, 'dev', 'developer'), (2, 'bob', 'owner');
CREATE TABLE members (account_id bigint, user_id text, role text, PRIMARY KEY (account_id, user_id));
CREATE TABLE granted (account_id bigint, user_id text, order_id bigint);
INSERT INTO members SELECT 1, r, r FROM unnest('{external_client,developer,admin,owner}'::text[]) AS r;
INSERT INTO granted VALUES (1, 'external_client', 2);
SELECT primecloud.register_membership('members', 'account_id', 'user_id', 'role', grants => 'granted', grants_tenant_column => 'account_id',
    grants_user_column => 'user_id', grants_id_column => 'order_id') \gset done_
SELECT count(*) FROM (SELECT primecloud.protect_table('shop.accounts') UNION ALL SELECT primecloud.protect_table('shop.orders')
    UNION ALL SELECT primecloud.protect_table('shop.team', role_column => 'role', refuse => true)
    UNION ALL SELECT primecloud.confine_table('shop.orders', 'id') UNION ALL SELECT primecloud.share_table('shop.plans'))
    AS done \g /dev/null
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA shop TO tenant_distributed_app;

SELECT throws_ok($$SELECT primecloud.distribute_table('shop.orders')$$, '0A000', 'there is no Citus in this database', 'without Citus');
SELECT throws_ok($$SELECT primecloud.undistribute_table('shop.orders')$$, '0A000', 'there is no Citus in this database', 'nor back');
SET allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass PRIMARY KEY, partmethod "char", partkey text);

-- The way there, as a plan.
CREATE TABLE plan AS SELECT n, s FROM primecloud.distribute_table('shop.orders', dry_run => true) WITH ORDINALITY AS p(s, n);
SELECT is((SELECT array_agg(s ORDER BY n) FROM plan WHERE s !~ 'POLICY'), '{SET LOCAL citus.multi_shard_modify_mode = ''sequential'',
ALTER TABLE shop.accounts DROP CONSTRAINT accounts_plan_fkey,ALTER TABLE shop.orders DROP CONSTRAINT orders_account_id_fkey,
ALTER TABLE shop.plans NO FORCE ROW LEVEL SECURITY,ALTER TABLE shop.accounts NO FORCE ROW LEVEL SECURITY,
ALTER TABLE shop.orders NO FORCE ROW LEVEL SECURITY,SELECT pg_catalog.create_reference_table(''shop.plans''),
"SELECT pg_catalog.create_distributed_table(''shop.accounts'', ''account_id'', colocate_with => ''default'')",
"SELECT pg_catalog.create_distributed_table(''shop.orders'', ''account_id'', colocate_with => ''shop.accounts'')",
SELECT pg_catalog.truncate_local_data_after_distributing_table(''shop.plans''),
SELECT pg_catalog.truncate_local_data_after_distributing_table(''shop.accounts''),
SELECT pg_catalog.truncate_local_data_after_distributing_table(''shop.orders''),
ALTER TABLE shop.accounts ADD CONSTRAINT accounts_plan_fkey FOREIGN KEY (plan) REFERENCES shop.plans(id),
ALTER TABLE shop.orders ADD CONSTRAINT orders_account_id_fkey FOREIGN KEY (account_id) REFERENCES shop.accounts(account_id),
ALTER TABLE shop.plans FORCE ROW LEVEL SECURITY,ALTER TABLE shop.accounts FORCE ROW LEVEL SECURITY,
ALTER TABLE shop.orders FORCE ROW LEVEL SECURITY}'::text[],
    'what foreign keys tie goes together: keys off, shared tables to every server, the others by account, beside each other, keys back');
SELECT is((SELECT count(*) FROM plan WHERE s ~ 'RESTRICTIVE'), 0::bigint, 'and no policy that is made for it is restrictive');
SELECT cmp_ok((SELECT max(n) FROM plan WHERE s ~ 'POLICY'), '<', (SELECT min(n) FROM plan WHERE s ~ 'NO FORCE'), 'before rows move');
SELECT throws_ok($$SELECT primecloud.distribute_table('shop.orders')$$, '42883', NULL, 'what fails on the way');
SELECT is((SELECT count(*) FROM pg_policy WHERE polrelid = 'shop.orders'::regclass AND NOT polpermissive), 2::bigint,
    'leaves all as it was');

CREATE FUNCTION tenant_distributed_altered(rel regclass, condition text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER POLICY primecloud_select ON %s USING (%s)', rel, condition);
    RETURN (SELECT string_agg(u.rel::text, ',') FROM primecloud.unprotected_tables() AS u);
END $$;

-- What is refused, each by itself.
CREATE FUNCTION refused(change text, rel text DEFAULT 'shop.orders') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE change;
    PERFORM count(*) FROM primecloud.distribute_table(rel::regclass, dry_run => true);
    RAISE SQLSTATE 'ATTCK';
EXCEPTION WHEN SQLSTATE 'ATTCK' THEN RETURN 'planned'; WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT is(refused(change, rel), answer, change) FROM (VALUES
    ('SELECT', 'shop.orders', 'planned'),
    ('CREATE POLICY mine ON shop.orders USING (true)', 'shop.orders',
        '0A000 table shop.orders cannot be distributed: policy "mine" of shop.orders is not one of ours'),
    ('CREATE POLICY primecloud_mine ON shop.accounts AS RESTRICTIVE USING (true)', 'shop.orders',
        '0A000 table shop.accounts cannot be distributed: policy "primecloud_mine" of shop.accounts is not one of ours'),
    ('CREATE TRIGGER t BEFORE INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()', 'shop.orders',
        '0A000 table shop.orders cannot be distributed: shop.orders has trigger "t"'),
    ('ALTER TABLE shop.orders ADD CONSTRAINT one UNIQUE (id)', 'shop.orders',
        '0A000 table shop.orders cannot be distributed: "shop.one" is unique over all accounts, without column "account_id"'),
    ('CREATE UNIQUE INDEX two ON shop.orders (id) INCLUDE (account_id)', 'shop.orders',
        '0A000 table shop.orders cannot be distributed: "shop.two" is unique over all accounts, without column "account_id"'),
    ('ALTER TABLE shop.team OWNER TO tenant_distributed_app; CREATE VIEW shop.seen AS SELECT * FROM shop.team;
        ALTER VIEW shop.seen OWNER TO tenant_distributed_app; CREATE VIEW shop.seen_above AS SELECT * FROM shop.seen', 'shop.team',
        '0A000 table shop.team cannot be distributed: view shop.seen_above over it belongs to role "postgres"'),
    ('ALTER TABLE shop.team OWNER TO tenant_distributed_app; CREATE VIEW shop.seen AS SELECT * FROM shop.team;
        ALTER VIEW shop.seen OWNER TO tenant_distributed_app', 'shop.team', 'planned'),
    ('CREATE VIEW shop.seen AS SELECT * FROM shop.team; ALTER VIEW shop.seen OWNER TO tenant_distributed_app', 'shop.team', 'planned'),
    ('ALTER TABLE shop.orders ADD n int GENERATED ALWAYS AS IDENTITY', 'shop.orders',
        '0A000 table shop.orders cannot be distributed: identity column "n" is not bigint'),
    ('ALTER TABLE shop.orders ADD n bigint GENERATED ALWAYS AS IDENTITY', 'shop.orders', 'planned'),
    ('CREATE TABLE shop.visits (account_id bigint, id bigint, n int, PRIMARY KEY (account_id, id, n)) PARTITION BY RANGE (n);
        CREATE TABLE shop.visits_1 PARTITION OF shop.visits FOR VALUES FROM (1) TO (9);
        SELECT primecloud.protect_table(''shop.visits'')', 'shop.visits', 'planned'),
    ('CREATE TABLE shop.visits (account_id bigint, id bigint, n int, PRIMARY KEY (account_id, id, n)) PARTITION BY RANGE (n);
        CREATE TABLE shop.visits_1 PARTITION OF shop.visits FOR VALUES FROM (1) TO (9) PARTITION BY RANGE (id);
        CREATE TABLE shop.visits_1_1 PARTITION OF shop.visits_1 FOR VALUES FROM (1) TO (9);
        SELECT primecloud.protect_table(''shop.visits'')', 'shop.visits',
        '0A000 table shop.visits cannot be distributed: partition shop.visits_1 has partitions of its own'),
    ('CREATE TABLE shop.lines (account_id bigint, id bigint, order_account bigint, order_id bigint, PRIMARY KEY (account_id, id),
        CONSTRAINT to_order FOREIGN KEY (order_account, order_id) REFERENCES shop.orders);
        SELECT count(*) FROM primecloud.protect_table(''shop.lines'')', 'shop.orders',
        '0A000 table shop.lines cannot be distributed: foreign key "to_order" of shop.lines to shop.orders does not carry the tenant'),
    ('ALTER TABLE shop.plans ADD a bigint CONSTRAINT back REFERENCES shop.accounts', 'shop.orders',
        '0A000 table shop.plans cannot be distributed: foreign key "back" of shop.plans to shop.accounts leads from what every server has '
            'to what one has'),
    ('ALTER TABLE shop.orders ADD CONSTRAINT along FOREIGN KEY (account_id) REFERENCES shop.accounts ON UPDATE CASCADE', 'shop.orders',
        '0A000 table shop.orders cannot be distributed: foreign key "along" of shop.orders to shop.accounts would change the tenant '
            'column, or clears others with it'),
    ('CREATE TABLE shop.other (account_id bigint CONSTRAINT tied REFERENCES shop.accounts)', 'shop.orders',
        '55000 table shop.other cannot be distributed: it is tied to shop.orders by foreign keys, and it is not protected'),
    ('CREATE TABLE shop.other (account_id bigint)', 'shop.other', '55000 table shop.other cannot be distributed: it is not protected'),
    ('CREATE TABLE shop.parts (account_id bigint NOT NULL) PARTITION BY LIST (account_id);
        CREATE TABLE shop.parts_1 PARTITION OF shop.parts FOR VALUES IN (1);
        SELECT count(*) FROM primecloud.protect_table(''shop.parts'')', 'shop.parts_1', '55000 table shop.parts_1 is a part of shop.parts'),
    ('CREATE TABLE shop.parts (account_id bigint NOT NULL); CREATE TABLE shop.more () INHERITS (shop.parts);
        SELECT count(*) FROM primecloud.protect_table(''shop.parts'')', 'shop.parts', '0A000 table shop.parts cannot be distributed: '
            'shop.more is temporary, unlogged, foreign or a child that inherits'),
    ('CREATE TABLE shop.people (id text PRIMARY KEY); SELECT count(*) FROM primecloud.protect_people(''shop.people'', ''id'')',
        'shop.people', '0A000 table shop.people cannot be distributed: it is protected as people, who are seen through many accounts'),
    ('ALTER TABLE shop.orders ADD at timestamptz; SELECT primecloud.retain(''shop.orders'', ''at'', ''1 day'')', 'shop.orders',
        '0A000 table shop.orders cannot be distributed: retention policy shop.orders works on its rows'),
    ('SELECT count(*) FROM primecloud.protect_table(''public.members'')', 'public.members', 'planned'))
    AS t(change, rel, answer);
SET ROLE tenant_distributed_app;
SELECT throws_ok($$SELECT primecloud.distribute_table('shop.orders')$$, '42501', NULL, 'only its owner spreads a table');
SELECT throws_ok($$SELECT primecloud.undistribute_table('shop.orders')$$, '42501', NULL, 'and takes it back');
RESET ROLE;

-- A table that Citus was told of by hand: nothing of it is called ok, and distribute_table() mends its policies.
INSERT INTO pg_catalog.pg_dist_partition VALUES ('shop.orders', 'h'), ('shop.team', 'h'), ('shop.accounts', 'h'), ('shop.plans', 'n');
SELECT results_eq($$SELECT holds FROM primecloud_internal.spread_facts('shop.orders')$$, ARRAY[false, false, false], 'restrictive');
SELECT results_eq($$SELECT rel::text, since FROM primecloud.unprotected_tables()$$, $$SELECT 'shop.' || t,
    'distributed, with policies that do not hold on shards' FROM unnest('{accounts,orders,team}'::text[]) AS t$$, 'unprotected_tables');
SELECT is((SELECT count(DISTINCT what) FROM primecloud.check_installation()
    WHERE what ~ '^distributed table shop.orders' AND state = 'missing'), 3::bigint, 'check_installation');
SELECT results_eq($$SELECT DISTINCT held FROM primecloud.explain_access('shop.orders', 'tenant_distributed_app')
    WHERE path = 'distributed'$$, ARRAY[false], 'explain_access');
SELECT matches((SELECT string_agg(line, E'\n') FROM primecloud.assert_isolated('shop.orders', 'tenant_distributed_app') AS line),
    'not ok \d+ - shop.orders: it is distributed, and has no restrictive policy', 'assert_isolated');
SELECT throws_ok($$SELECT primecloud.undistribute_table('shop.orders')$$, '55000', NULL, 'it does not come back as it is');
SELECT count(*) FROM primecloud.distribute_table('shop.orders') \g /dev/null
SELECT count(*) FROM primecloud.distribute_table('shop.team') \g /dev/null
SELECT is_empty($$SELECT FROM primecloud.distribute_table('shop.orders')$$, 'and once they are mended nothing is left to do');
SELECT is((SELECT count(*) FROM pg_policy WHERE polrelid IN ('shop.orders'::regclass, 'shop.team'::regclass)
    AND NOT polpermissive), 0::bigint, 'no policy of a distributed table is restrictive');
SELECT results_eq($$SELECT holds FROM primecloud_internal.spread_facts('shop.orders')$$, ARRAY[true, true, false],
    'what stands here holds by itself; shards that nobody has looked at are not called ok');
SELECT is_empty($$SELECT * FROM primecloud.unprotected_tables()$$, 'unprotected_tables() is content');
SELECT is_empty($$SELECT * FROM primecloud.protect_table('shop.orders')$$, 'protect_table() knows the shape');
SELECT is(primecloud.tenant_column('shop.orders'), 'account_id', 'the tenant column is known');
SELECT is(primecloud_internal.protection_note('shop.orders') -> 'roles' ->> 'delete', 'admin', 'and the note has come along');

-- The shape alone holds, with no restrictive policy below it.  (Its rows are here.)
SELECT is((SELECT count(*) FROM pg_policy WHERE polrelid = 'shop.orders'::regclass), 6::bigint,
    'four that let in, two in the walls'' place');
CREATE FUNCTION as_role(role text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    rows bigint;
BEGIN
    PERFORM primecloud.enter_trusted('1', role, role);
    SET LOCAL ROLE tenant_distributed_app;
    EXECUTE statement;
    GET DIAGNOSTICS rows = ROW_COUNT;
    RAISE SQLSTATE 'ATTCK';
EXCEPTION WHEN SQLSTATE 'ATTCK' THEN RETURN rows; WHEN OTHERS THEN RETURN SQLSTATE;
END $$;
BEGIN;
SELECT is(as_role(role, statement), answer, role || ': ' || statement) FROM (VALUES
    ('external_client', 'SELECT FROM shop.orders', '1'), ('developer', 'SELECT FROM shop.orders', '3'),
    ('external_client', 'DELETE FROM shop.orders', '0'), ('developer', 'DELETE FROM shop.orders', '0'),
    ('admin', 'DELETE FROM shop.orders', '3'), ('external_client', 'UPDATE shop.orders SET note = ''y''', '0'),
    ('developer', 'UPDATE shop.orders SET note = ''y''', '3'),
    ('owner', 'UPDATE shop.orders SET account_id = 2, id = 9 WHERE id = 1', '42501'),
    ('external_client', 'INSERT INTO shop.orders VALUES (1, 2)', '42501'), ('developer', 'INSERT INTO shop.orders VALUES (1, 7)', '1'),
    ('owner', 'INSERT INTO shop.orders VALUES (2, 7)', '42501'),
    ('developer', 'INSERT INTO shop.team VALUES (1, ''eve'', ''admin'')', '42501'),
    ('developer', 'INSERT INTO shop.team VALUES (1, ''eve'', ''developer'')', '1'),
    ('developer', 'UPDATE shop.team SET role = ''owner'' WHERE name = ''dev''', '42501'),
    ('admin', 'DELETE FROM shop.team', '1'), ('owner', 'DELETE FROM shop.team', '2')) AS t(role, statement, answer);
UPDATE granted SET order_id = 99;
SELECT is(as_role('external_client', 'SELECT FROM shop.orders'), '0', 'a confined user to whom nothing was granted sees nothing');
ROLLBACK;
CREATE FUNCTION pg_temp.plan_of(statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || statement;
END $$;
BEGIN;
SELECT primecloud.enter_trusted('1', 'developer', 'developer') \gset done_
SET LOCAL ROLE tenant_distributed_app;
SET LOCAL enable_seqscan = off;
SELECT string_agg(p, E'\n') AS plan FROM pg_temp.plan_of('SELECT * FROM shop.orders') AS p \gset
SELECT matches(:'plan'::text, 'Index Cond: \(account_id = ', 'one index condition');
SELECT doesnt_match(:'plan'::text, 'BitmapOr|false', 'and nothing beside it');
ROLLBACK;

-- Keys without the tenant are none that it could have.
CREATE TABLE shop.keyed (account_id bigint, id bigint PRIMARY KEY, name text CONSTRAINT keyed_name UNIQUE,
    above bigint CONSTRAINT keyed_above REFERENCES shop.keyed);
SELECT count(*) FROM (SELECT primecloud.protect_table('shop.keyed') UNION ALL SELECT primecloud.protect_fk('shop.keyed', 'keyed_above')
    UNION ALL SELECT primecloud.protect_unique('shop.keyed', 'keyed_name')) AS done \g /dev/null
INSERT INTO pg_catalog.pg_dist_partition VALUES ('shop.keyed', 'h');
SELECT count(*) FROM primecloud.distribute_table('shop.keyed') \g /dev/null
SELECT throws_ok(statement, '0A000', 'table shop.keyed is distributed', statement)
    FROM unnest(ARRAY['SELECT primecloud.unprotect_fk(''shop.keyed'', ''keyed_above'')',
        'SELECT primecloud.unprotect_unique(''shop.keyed'', ''keyed_name'')',
        'SELECT primecloud.unprotect_table(''shop.keyed'')']) AS statement;
DELETE FROM pg_catalog.pg_dist_partition WHERE logicalrelid = 'shop.keyed'::regclass;
SELECT count(*) FROM primecloud.unprotect_table('shop.keyed') \g /dev/null
DROP TABLE shop.keyed;

-- The guard keeps other policies off, and policies that Citus has copied as something else.
SELECT throws_ok(change, '42501', NULL, change) FROM (VALUES ('CREATE POLICY mine ON shop.orders USING (true)'),
    ('CREATE POLICY mine ON shop.plans AS RESTRICTIVE USING (true)'), ('ALTER POLICY primecloud_select ON shop.orders USING (true)'),
    ('DROP POLICY primecloud_floor ON shop.orders'), ('ALTER TABLE shop.orders NO FORCE ROW LEVEL SECURITY')) AS t(change);
CREATE TABLE shop.orders_102008 (account_id bigint, id bigint);
SELECT throws_ok('CREATE POLICY primecloud_floor ON shop.orders_102008 FOR ALL TO PUBLIC USING (account_id = 1)', '42501',
    'policy "primecloud_floor" of shop.orders_102008 would let in what it should keep out', 'a floor that Citus made to let in');
SELECT lives_ok('CREATE POLICY primecloud_floor ON shop.orders_102008 USING (false AND (account_id = 1))', 'one that lets nobody in');
SET primecloud.guard = off;
DROP TABLE shop.orders_102008;
RESET primecloud.guard;
-- What lies here of a distributed table is no table of its own, be it a copy of a shared one or a part of another.
CREATE TABLE pg_catalog.pg_dist_shard (logicalrelid regclass, shardid bigint);
CREATE TABLE pg_catalog.pg_dist_placement (shardid bigint, groupid int);
CREATE TABLE pg_catalog.pg_dist_local_group (groupid int);
CREATE FUNCTION pg_catalog.shard_name(rel regclass, shard bigint) RETURNS text LANGUAGE sql AS 'SELECT rel::text || ''_'' || shard';
INSERT INTO pg_catalog.pg_dist_local_group VALUES (0);
INSERT INTO pg_catalog.pg_dist_shard VALUES ('shop.plans', 9), ('shop.orders', 10);
CREATE TABLE shop.plans_9 (id int PRIMARY KEY);
CREATE TABLE shop.orders_10 (account_id bigint);
CREATE POLICY primecloud_shared ON shop.plans_9 USING (true);
GRANT SELECT ON shop.plans_9, shop.orders_10 TO tenant_distributed_app;
CREATE FUNCTION shards_told() RETURNS text[] LANGUAGE sql AS $$
    SELECT array_agg(DISTINCT found ORDER BY found) FROM (
        SELECT 'installation ' || substring(what FROM '(plans_9|orders_10)') FROM primecloud.check_installation()
        UNION ALL SELECT 'unprotected ' || substring(rel::text FROM '(plans_9|orders_10)') FROM primecloud.unprotected_tables()
        UNION ALL SELECT 'review ' || substring(f::text FROM '(plans_9|orders_10)') FROM primecloud.review('shop',
            'tenant_distributed_app') AS f
        UNION ALL SELECT 'policies ' || substring(primecloud.review_policies('shop')::text FROM '(plans_9|orders_10)')
        UNION ALL SELECT 'shared ' || substring(t FROM '(plans_9|orders_10)') FROM unnest(primecloud_internal.tables_with('shop',
            'primecloud_shared', '{}')) AS t
        UNION ALL SELECT 'noted ' || substring(primecloud_internal.schemas_noted('shop.accounts', 'shop', '{}')::text
            FROM '(plans_9|orders_10)')
        UNION ALL SELECT 'contract ' || substring(t::regclass::text FROM '(plans_9|orders_10)')
            FROM unnest(primecloud_internal.contract_told_relations('shop'::regnamespace)) AS t
        UNION ALL SELECT 'changes ' || substring(primecloud_internal.review_facts('shop')::text FROM '(plans_9|orders_10)')
        UNION ALL SELECT 'leave ' || substring(s::text FROM '(plans_9|orders_10)') FROM primecloud_internal.adopted_tables('shop') AS s)
        AS f(found) WHERE found IS NOT NULL $$;
SELECT is(shards_told(), '{changes orders_10,contract orders_10,contract plans_9,installation orders_10,installation plans_9,leave plans_9,
noted orders_10,policies plans_9,review orders_10,shared plans_9,unprotected orders_10,unprotected plans_9}'::text[],
    'tables that only bear the names of shards elsewhere are told');
INSERT INTO pg_catalog.pg_dist_placement VALUES (9, 0), (9, 1), (10, 0), (10, 1);
SELECT is(shards_told(), NULL, 'shards that lie here are not');
DROP TABLE shop.plans_9, shop.orders_10;
DROP TABLE pg_catalog.pg_dist_shard, pg_catalog.pg_dist_placement, pg_catalog.pg_dist_local_group;
DROP FUNCTION pg_catalog.shard_name(regclass, bigint);

-- What is right where Citus is.
SELECT is((SELECT state FROM primecloud.check_installation() WHERE what = 'no prepared transaction keeps its locks'), 'ok',
    'Citus needs prepared transactions, and none is old');
SELECT primecloud.create_gate_role('tenant_distributed_gate');
CREATE FUNCTION gate_told() RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(': ', what, state, fix) FROM primecloud.check_installation() WHERE what ~ 'tenant_distributed_gate, which' $$;
SELECT is(gate_told(), 'role tenant_distributed_gate, which owns what crosses accounts, logs in from the other servers alone: ok',
    'a gate role that nothing is distributed for');
CREATE FUNCTION shop.all_orders() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM shop.orders';
REVOKE ALL ON FUNCTION shop.all_orders() FROM PUBLIC;
ALTER FUNCTION shop.all_orders() OWNER TO tenant_distributed_gate;
SELECT is(gate_told(), 'role tenant_distributed_gate, which owns what crosses accounts, logs in from the other servers alone: missing: '
    'ALTER ROLE tenant_distributed_gate LOGIN, without a password; pg_hba.conf lets it in from the other servers alone',
    'one whose functions would not come to the rows');
ALTER ROLE tenant_distributed_gate LOGIN;
SELECT matches(gate_told(), ': ok$', 'and one whose functions do');
DROP FUNCTION shop.all_orders();

-- As another node would connect, and as somebody who takes its name later.
CREATE EXTENSION IF NOT EXISTS dblink;
CREATE TABLE pg_catalog.pg_dist_local_group (groupid int);
INSERT INTO pg_catalog.pg_dist_local_group VALUES (0);
CREATE FUNCTION sent(name text, VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    statement text;
BEGIN
    PERFORM dblink_connect('node', format('host=%s port=%s dbname=%s user=postgres application_name=''%s''',
        current_setting('unix_socket_directories'), current_setting('port'), current_database(), name));
    FOREACH statement IN ARRAY ARRAY['BEGIN'] || statements || ARRAY['ROLLBACK'] LOOP PERFORM dblink_exec('node', statement); END LOOP;
    PERFORM dblink_disconnect('node');
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    PERFORM dblink_disconnect('node');
    RETURN SQLSTATE;
END $$;
SELECT is(sent('citus_internal gpid=10000000001', 'DROP POLICY primecloud_floor ON shop.orders'), '42501',
    'a name of another node''s opens nothing where the others follow');
UPDATE pg_catalog.pg_dist_local_group SET groupid = 1;
SELECT is(sent('citus_internal gpid=10000000001', 'DROP POLICY primecloud_floor ON shop.orders'), 'done',
    'a worker runs what the guard elsewhere has judged');
SELECT is(sent('citus_internal gpid=10000000001', 'SET LOCAL application_name = ''citus_run_command gpid=1''',
    'DROP POLICY primecloud_floor ON shop.orders'), '42501', 'not what somebody has it run');
SELECT is(sent('psql', 'SET LOCAL application_name = ''citus_internal gpid=1''', 'DROP POLICY primecloud_floor ON shop.orders'), '42501',
    'nor what takes the name later');
SELECT is(sent('citus_internal gpid=10000000001', 'DROP POLICY primecloud_floor ON shop.orders',
    'CREATE POLICY primecloud_floor ON shop.orders USING (account_id = 1)'), '42501', 'and takes no wall that lets in');
DROP TABLE pg_catalog.pg_dist_local_group;
DROP EXTENSION dblink;

-- confine_table(), unconfine_table() and unprotect_table() on it.
SELECT is((SELECT count(*) FROM primecloud.unconfine_table('shop.orders')), 9::bigint, 'unconfine_table() takes it out of each');
SELECT is_empty($$SELECT FROM pg_policy WHERE polrelid = 'shop.orders'::regclass
    AND pg_get_expr(coalesce(polqual, polwithcheck), polrelid) ~ 'in_scope'$$, 'of all');
SELECT is((SELECT count(*) FROM primecloud.confine_table('shop.orders', 'id')), 9::bigint, 'confine_table() puts it into each');
SELECT results_eq($$SELECT holds FROM primecloud_internal.spread_facts('shop.orders')$$, ARRAY[true, true, false], 'in the shape still');
SELECT throws_ok(call, '0A000', NULL, call) FROM (VALUES ($$SELECT primecloud.protect_child('shop.orders', 'shop.accounts')$$),
    ($$SELECT primecloud.protect_table('shop.orders', online => true)$$)) AS t(call);
SELECT matches((SELECT string_agg(s, E'\n') FROM primecloud.leave('shop.orders'::regclass, dry_run => true) AS s),
    'table shop.orders is distributed: take it back with undistribute_table\(\) first', 'leave() says what comes first');
-- What shows less than we do holds as well, and stays; what shows more is told.
CREATE TEMPORARY TABLE shown AS SELECT pg_get_expr(polqual, polrelid) AS base FROM pg_policy
    WHERE polrelid = 'shop.team'::regclass AND polname = 'primecloud_select';
SELECT primecloud_internal.narrow_policy('shop.team', condition) FROM unnest('{name <> ''x'' OR role = ''y'',name <> ''z''}'::text[])
    AS condition
    \g /dev/null
SELECT is_empty('SELECT * FROM primecloud.unprotected_tables()', 'what shows less holds');
SELECT is_empty($$SELECT s FROM primecloud.protect_table('shop.team') AS s WHERE s ~ 'POLICY'
    UNION ALL SELECT s FROM primecloud.distribute_table('shop.team', dry_run => true) AS s WHERE s ~ 'POLICY'$$, 'and stays');
SET primecloud.guard = off;
SELECT is(shows, rel, 'what shows more is told: ' || format(condition, '..')) FROM shown, unnest(ARRAY['%s OR true',
    '(%s AND true) OR true',
    '((%s AND true) = false)', 'true', 'NOT (%s AND true)', '%s']) WITH ORDINALITY AS c(condition, n), LATERAL (SELECT
    tenant_distributed_altered('shop.team', format(condition, base))) AS t(shows), LATERAL (SELECT CASE WHEN n < 6 THEN 'shop.team' END)
        AS w(rel)
    ORDER BY n;
RESET primecloud.guard;
-- The way back, as a plan.
SELECT is((SELECT count(*) FROM primecloud.undistribute_table('shop.orders', dry_run => true) AS s WHERE s ~ 'AS RESTRICTIVE'), 3::bigint,
    'what comes back has its restrictive policies again');
SELECT is((SELECT array_agg(s) FROM primecloud.undistribute_table('shop.orders', dry_run => true) AS s WHERE s ~ 'undistribute_table'),
    '{SELECT pg_catalog.undistribute_table(''shop.orders''),SELECT pg_catalog.undistribute_table(''shop.accounts''),
SELECT pg_catalog.undistribute_table(''shop.plans'')}'::text[], 'each of what is tied');
SELECT is((SELECT array_agg(s) FROM primecloud.unprotect_table('shop.orders', dry_run => true) AS s WHERE s ~ 'COLUMN|column'),
    ARRAY['-- column "account_id" of shop.orders keeps its default and stays NOT NULL as long as the table is distributed'],
    'unprotect_table() leaves what Citus does not change');

-- A dump of it, restored where Citus is not: it holds as it is, and protect_table() gives it the shape of this server.
DROP TABLE pg_catalog.pg_dist_partition;
SELECT is(as_role('external_client', 'SELECT FROM shop.orders'), '1', 'restored elsewhere it holds') FROM (SELECT 1) AS x;
SELECT results_eq($$SELECT rel::text FROM primecloud.unprotected_tables() WHERE since ~ 'without restrictive policies'$$,
    $$SELECT 'shop.' || t FROM unnest('{accounts,orders,team}'::text[]) AS t$$, 'but is told: nothing restrictive is there');
SELECT is((SELECT count(*) FROM primecloud.protect_table('shop.orders') AS s WHERE s ~ 'AS RESTRICTIVE'), 2::bigint,
    'protect_table() mends it');
SELECT results_eq($$SELECT rel::text FROM primecloud.unprotected_tables() WHERE since ~ 'without restrictive policies'$$,
    $$SELECT 'shop.' || t FROM unnest('{accounts,team}'::text[]) AS t$$, 'until it is mended');
SELECT is((SELECT count(*) FROM pg_policy WHERE polrelid = 'shop.orders'::regclass AND NOT polpermissive), 2::bigint, 'to what it was');
SELECT * FROM finish();
SET primecloud.guard = off;
DROP SCHEMA shop CASCADE;
DROP ROLE tenant_distributed_app;
