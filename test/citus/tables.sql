-- Tables of an application over a coordinator and two workers: psql runs this on the coordinator of test/citus/cluster.
-- Each line that it prints begins with ok or not ok; it ends with an error where one is not.
\set ON_ERROR_STOP on
\set QUIET on
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS primecloud;
CREATE SCHEMA tried;
-- (What is counted stays counted where a transaction is undone.)
CREATE SEQUENCE tried.good;
CREATE SEQUENCE tried.bad;
CREATE FUNCTION tried.line(ok boolean, name text, more text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM nextval(CASE WHEN ok THEN 'tried.good' ELSE 'tried.bad' END::regclass);
    RETURN format('%s - %s%s', CASE WHEN ok THEN 'ok' ELSE 'not ok' END, name, CASE WHEN NOT coalesce(ok, false) THEN ': ' || more END);
END $$;
CREATE FUNCTION tried.is(have text, want text, name text) RETURNS text LANGUAGE sql AS $$
    SELECT tried.line(have IS NOT DISTINCT FROM want, name, format('have %L, want %L', have, want)) $$;
-- The first column of the first row, or rows touched; else SQLSTATE and message.
CREATE FUNCTION tried.said(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
    rows bigint;
BEGIN
    IF statement ~* '^(SELECT|EXPLAIN)' THEN
        EXECUTE statement INTO answer;
    ELSE
        EXECUTE statement;
        GET DIAGNOSTICS rows = ROW_COUNT;
        answer := rows;
    END IF;
    RETURN answer;
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE FUNCTION tried.plan(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text;
    plan text := '';
BEGIN
    FOR line IN EXECUTE 'EXPLAIN ' || statement LOOP plan := plan || line || E'\n'; END LOOP;
    RETURN plan;
END $$;
-- What stands on the shards of a table, as a superuser sees it.
CREATE FUNCTION tried.shards(rel regclass, question text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT p.result FROM run_command_on_placements(rel, question) AS p $$;

CREATE ROLE tried_owner LOGIN;
CREATE ROLE tried_app LOGIN;
CREATE SCHEMA shop AUTHORIZATION tried_owner;
CREATE SCHEMA who AUTHORIZATION tried_owner;
GRANT USAGE ON SCHEMA shop, tried TO tried_app, tried_owner;
GRANT USAGE ON SEQUENCE tried.good, tried.bad TO PUBLIC;
SET ROLE tried_owner;
SET citus.shard_count = 4;
CREATE TABLE shop.plans (id int PRIMARY KEY, name text);
CREATE TABLE shop.accounts (account_id bigint PRIMARY KEY, plan int REFERENCES shop.plans);
CREATE TABLE shop.orders (account_id bigint REFERENCES shop.accounts ON DELETE CASCADE, id bigint, note text, PRIMARY KEY (account_id, id));
CREATE TABLE shop.team (account_id bigint, name text, role text NOT NULL, PRIMARY KEY (account_id, name));
CREATE TABLE shop.events (account_id bigint, id bigint, at date, PRIMARY KEY (account_id, id, at)) PARTITION BY RANGE (at);
CREATE TABLE shop.events_2025 PARTITION OF shop.events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
INSERT INTO shop.plans VALUES (1, 'small');
INSERT INTO shop.accounts SELECT a, 1 FROM generate_series(1, 6) AS a;
INSERT INTO shop.orders SELECT a, n, 'x' FROM generate_series(1, 6) AS a, generate_series(1, 10) AS n;
INSERT INTO shop.team SELECT a, r, r FROM generate_series(1, 6) AS a, unnest('{developer,admin,owner}'::text[]) AS r;
INSERT INTO shop.events SELECT a, n, '2025-05-05' FROM generate_series(1, 6) AS a, generate_series(1, 10) AS n;
SELECT count(*) FROM (SELECT primecloud.protect_table('shop.accounts') UNION ALL SELECT primecloud.protect_table('shop.orders')
    UNION ALL SELECT primecloud.protect_table('shop.team', role_column => 'role', refuse => true)
    UNION ALL SELECT primecloud.protect_table('shop.events')
    UNION ALL SELECT primecloud.confine_table('shop.orders', 'id')
    UNION ALL SELECT primecloud.share_table('shop.plans')) AS done \g /dev/null
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA shop TO tried_app;
CREATE TABLE who.members (account_id bigint, user_id text, role text, PRIMARY KEY (account_id, user_id));
CREATE TABLE who.granted (account_id bigint, user_id text, order_id bigint, PRIMARY KEY (account_id, user_id, order_id));
INSERT INTO who.members SELECT a, r || a, r FROM generate_series(1, 6) AS a,
    unnest('{external_client,developer,admin,owner}'::text[]) AS r;
INSERT INTO who.granted VALUES (2, 'external_client2', 5);
RESET ROLE;
SELECT primecloud.register_membership('who.members', 'account_id', 'user_id', 'role', grants => 'who.granted',
    grants_tenant_column => 'account_id', grants_user_column => 'user_id', grants_id_column => 'order_id') \gset done_
GRANT EXECUTE ON FUNCTION primecloud.enter_trusted(text, text, text) TO tried_app;
CREATE TABLE tried.before AS SELECT c.oid::regclass::text AS rel, primecloud_internal.policies_text(c.oid) AS policies,
    primecloud_internal.protection_note(c.oid) AS note FROM pg_class c
    WHERE c.relnamespace = 'shop'::regnamespace AND c.relkind IN ('r', 'p');
CREATE TABLE tried.keys AS SELECT conname, pg_get_constraintdef(oid) AS key FROM pg_constraint
    WHERE connamespace = 'shop'::regnamespace AND contype = 'f';
GRANT SELECT ON tried.before, tried.keys TO tried_owner;

-- The way there, by an owner who is no superuser.
SET ROLE tried_owner;
SELECT tried.is(left(tried.said($$SELECT create_distributed_table('shop.team', 'account_id')$$), 5), '42501', 'what is done by hand fails');
SELECT tried.is(tried.said($$SELECT count(*) FROM primecloud.distribute_table('shop.events_2025')$$), 
    '55000 table shop.events_2025 is a part of shop.events', 'a part goes with the whole');
SELECT count(*) FROM primecloud.distribute_table('shop.orders') \g /dev/null
SELECT count(*) FROM primecloud.distribute_table('shop.team') \g /dev/null
SELECT count(*) FROM primecloud.distribute_table('shop.events') \g /dev/null
RESET ROLE;
SELECT tried.is(string_agg(concat_ws(' ', logicalrelid, partmethod), ',' ORDER BY logicalrelid::text),
    'shop.accounts h,shop.events h,shop.events_2025 h,shop.orders h,shop.plans n,shop.team h', 'a table goes with what keys tie to it')
    FROM pg_dist_partition;
SELECT tried.is(count(DISTINCT colocationid)::text, '1', 'those of the same accounts lie beside each other')
    FROM pg_dist_partition WHERE partmethod = 'h';
SELECT tried.is(count(*)::text, '2', 'foreign keys are back') FROM pg_constraint c JOIN tried.keys k
    ON k.conname = c.conname AND k.key = pg_get_constraintdef(c.oid) WHERE c.connamespace = 'shop'::regnamespace;
SELECT tried.is((SELECT count(*) FROM ONLY shop.orders)::text, '60', 'every row has gone');

-- What stands on the shards.
SELECT tried.is(string_agg(DISTINCT s, ','), 't t 0 0', t || ': each shard has forced policies of ours, none restrictive')
    FROM unnest('{shop.orders,shop.team,shop.events,shop.events_2025,shop.accounts,shop.plans}'::text[]) AS t, tried.shards(t::regclass,
        $$SELECT format('%%s %%s %%s %%s', c.relrowsecurity, c.relforcerowsecurity,
            (SELECT count(*) FROM pg_policy WHERE polrelid = c.oid AND NOT polpermissive),
            (SELECT count(*) FROM pg_policy WHERE polrelid = c.oid AND polname NOT LIKE 'primecloud\_%%'))
          FROM pg_class c WHERE c.oid = %L::regclass$$) AS s GROUP BY t;
SELECT tried.is(string_agg(DISTINCT f.holds::text, ','), 'true', t || ': and the same as here')
    FROM unnest('{shop.orders,shop.team,shop.events,shop.accounts,shop.plans}'::text[]) AS t,
    primecloud_internal.spread_facts(t::regclass) AS f GROUP BY t;

-- What they let in.
CREATE FUNCTION tried.as_user(tenant text, who text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    PERFORM primecloud.enter_trusted(tenant, who || tenant, who);
    answer := tried.said(statement);
    RAISE SQLSTATE 'TRIED' USING MESSAGE = coalesce(answer, 'NULL');
EXCEPTION WHEN SQLSTATE 'TRIED' THEN RETURN SQLERRM; WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SET ROLE tried_app;
BEGIN;
SELECT tried.is(regexp_replace(tried.as_user(tenant, who, statement), '^42501.*', '42501'), answer,
    who || ' of ' || tenant || ': ' || statement)
FROM (VALUES ('1', 'developer', 'SELECT count(*) FROM shop.orders', '10'),
    ('1', 'external_client', 'SELECT count(*) FROM shop.orders', '0'),
    ('2', 'external_client', 'SELECT count(*) FROM shop.orders', '1'),
    ('1', 'owner', 'SELECT count(*) FROM shop.orders WHERE account_id = 2', '0'),
    ('1', 'external_client', 'DELETE FROM shop.orders', '0'), ('1', 'developer', 'DELETE FROM shop.orders', '0'),
    ('1', 'admin', 'DELETE FROM shop.orders', '10'), ('1', 'external_client', 'UPDATE shop.orders SET note = ''y''', '0'),
    ('1', 'developer', 'UPDATE shop.orders SET note = ''y''', '10'),
    ('1', 'owner', 'UPDATE shop.orders SET note = ''y'' WHERE account_id = 2', '0'),
    ('1', 'developer', 'INSERT INTO shop.orders VALUES (1, 99, ''z'')', '1'),
    ('1', 'owner', 'INSERT INTO shop.orders VALUES (2, 99, ''z'')', '42501'),
    ('1', 'developer', 'INSERT INTO shop.team VALUES (1, ''eve'', ''admin'')', '42501'),
    ('1', 'developer', 'UPDATE shop.team SET role = ''owner'' WHERE account_id = 1 AND name = ''developer''', '42501'),
    ('1', 'admin', 'DELETE FROM shop.team WHERE account_id = 1', '2'), ('1', 'developer', 'SELECT count(*) FROM shop.events', '10'),
    ('1', 'developer', 'SELECT count(*) FROM shop.events_2025', '10'))
    AS t(tenant, who, statement, answer);
ROLLBACK;
BEGIN;
SELECT tried.is(left(tried.as_user('1', 'owner', statement), 5), answer, 'owner of 1: ' || statement)
FROM (VALUES ('SELECT count(*) FROM shop.plans', '1'), ('INSERT INTO shop.plans VALUES (2, ''x'')', '42501'),
    ('DELETE FROM shop.plans', '0')) AS t(statement, answer);
ROLLBACK;
BEGIN;
SELECT primecloud.enter_trusted('1', 'owner1', 'owner') \gset done_
SELECT primecloud.narrow('external_client') \gset done_
SELECT tried.is(tried.said('DELETE FROM shop.orders'), '0', 'narrowed to an external client it deletes nothing');
ROLLBACK;
SELECT tried.is(left(tried.said('SELECT count(*) FROM shop.orders'), 5), '42501', 'and without a context nothing is seen');
BEGIN;
SELECT primecloud.enter_trusted('1', 'owner1', 'owner') \gset done_
SELECT tried.is(substring(tried.plan('SELECT * FROM shop.orders WHERE account_id = 1') FROM 'Task Count: \d+'), 'Task Count: 1',
    'an account that is named is one shard''s');
PREPARE by_account(bigint) AS SELECT * FROM shop.orders WHERE account_id = $1;
SELECT tried.is(substring(tried.plan('EXECUTE by_account(1)') FROM 'Task Count: \d+'), 'Task Count: 1', 'by a parameter too');
SELECT tried.is((tried.plan('SELECT * FROM shop.orders WHERE account_id = 1') ~ 'BitmapOr')::text, 'false', 'with one index condition');
ROLLBACK;
RESET ROLE;

SELECT tried.is((count(*) FILTER (WHERE l ~ '^not ok'))::text, '0', 'assert_isolated() finds nothing'),
    tried.is((count(*) FILTER (WHERE l ~ 'a tenant sees all of its rows$|and none of another$'))::text, '2', 'and has tried rows'),
    tried.is((count(*) FILTER (WHERE l ~ 'SKIP'))::text, '5', 'but for what Citus does not run')
    FROM primecloud.assert_isolated('shop.orders', 'tried_app') AS l;

-- Within the transaction that changes it, it does not wait for what that holds locked.
BEGIN;
GRANT SELECT ON shop.orders TO tried_app;
SET LOCAL primecloud.guard = off;
ALTER TABLE shop.orders ALTER note SET DEFAULT 'none';
SELECT tried.line(string_agg(l, E'\n') ~ 'not ok \d+ - shop.orders: its rows lie on other servers, and have not been tried',
    'assert_isolated() in the transaction that changed the table says that it was not tried')
    FROM primecloud.assert_isolated('shop.orders', 'tried_app') AS l;
ROLLBACK;

-- What keeps it so.
SET ROLE tried_owner;
SELECT tried.is(left(tried.said(statement), 5), '42501', statement) FROM (VALUES ('CREATE POLICY careless ON shop.orders USING (true)'),
    ('CREATE POLICY careless ON shop.plans AS RESTRICTIVE USING (true)'), ('DROP POLICY primecloud_select ON shop.orders'),
    ('ALTER POLICY primecloud_select ON shop.orders USING (true)'), ('ALTER TABLE shop.orders NO FORCE ROW LEVEL SECURITY'))
    AS t(statement);
SELECT tried.is(string_agg(DISTINCT p.success::text, ','), 'false', 'who runs commands on workers is held by the guard there')
    FROM run_command_on_placements('shop.orders', 'DROP POLICY primecloud_select ON %s') AS p;
RESET ROLE;
SELECT count(*) FROM run_command_on_placements('shop.orders',
    'SET primecloud.guard = off; CREATE POLICY careless ON %s USING (true)') \g /dev/null
SELECT tried.line((SELECT string_agg(l, '') FROM primecloud.assert_isolated('shop.orders', 'tried_app') AS l)
    ~ 'not ok \d+ - shop.orders: its shards have the policies that stand here: others on',
    'assert_isolated() finds a policy of shards alone');
SELECT tried.is(bool_and(held)::text, 'false', 'explain_access() does')
    FROM primecloud.explain_access('shop.orders', 'tried_app') WHERE path = 'distributed';
SELECT tried.is(count(*)::text, '1', 'check_installation() does') FROM primecloud.check_installation()
    WHERE what ~ 'distributed table shop.orders' AND state = 'missing';
SELECT count(*) FROM run_command_on_placements('shop.orders', 'DROP POLICY careless ON %s') \g /dev/null
SELECT count(*) FROM run_command_on_placements('shop.orders', 'ALTER TABLE %s OWNER TO postgres') \g /dev/null
SELECT tried.is(bool_and(held)::text, 'false', 'explain_access() finds shards of another owner')
    FROM primecloud.explain_access('shop.orders', 'tried_app') WHERE path = 'distributed';
SELECT count(*) FROM run_command_on_placements('shop.orders', 'ALTER TABLE %s OWNER TO tried_owner') \g /dev/null
SELECT tried.is(bool_and(held)::text, 'true', 'and those of its own again')
    FROM primecloud.explain_access('shop.orders', 'tried_app') WHERE path = 'distributed';

-- Life: what confines, partitions, migrations.
SET ROLE tried_owner;
SELECT count(*) FROM primecloud.unconfine_table('shop.orders') \g /dev/null
SELECT count(*) FROM primecloud.confine_table('shop.orders', 'id') \g /dev/null
BEGIN;
SELECT count(*) FROM primecloud.migrating('shop', '{events,orders}') \g /dev/null
CREATE TABLE shop.events_2026 PARTITION OF shop.events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
ALTER TABLE shop.orders ADD total int;
UPDATE shop.orders SET total = 7;
SELECT count(*) FROM primecloud.migrated() \g /dev/null
COMMIT;
CREATE TABLE shop.events_2027 (LIKE shop.events INCLUDING ALL);
SELECT count(*) FROM primecloud.protect_table('shop.events_2027') \g /dev/null
SELECT count(*) FROM primecloud.distribute_table('shop.events_2027') \g /dev/null
ALTER TABLE shop.events ATTACH PARTITION shop.events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
RESET ROLE;
SELECT tried.is(string_agg(DISTINCT f.holds::text, ','), 'true', t || ' after its changes')
    FROM unnest('{shop.orders,shop.events}'::text[]) AS t,
    primecloud_internal.spread_facts(t::regclass) AS f GROUP BY t;
SELECT tried.is(count(*)::text, '16', 'with shards of the new partitions') FROM primecloud_internal.placements('shop.events');
SELECT tried.is((SELECT count(*) FROM shop.orders WHERE total = 7)::text, '60', 'a migration reached every row');

-- A shard that is moved.
SELECT shardid AS shard, nodename AS source FROM pg_dist_shard_placement JOIN pg_dist_shard USING (shardid)
    WHERE logicalrelid = 'shop.orders'::regclass ORDER BY shardid LIMIT 1 \gset
SELECT nodename AS target FROM pg_dist_node WHERE noderole = 'primary' AND shouldhaveshards AND nodename <> :'source' \gset
SELECT citus_move_shard_placement(:shard, :'source', 5432, :'target', 5432, 'block_writes') \g /dev/null
CALL citus_cleanup_orphaned_resources();
SELECT tried.is(nodename, :'target', 'a shard is moved') FROM pg_dist_shard_placement WHERE shardid = :shard;
SELECT tried.is(string_agg(DISTINCT f.holds::text, ','), 'true', t || ' after the move')
    FROM unnest('{shop.orders,shop.team,shop.events,shop.accounts}'::text[]) AS t,
    primecloud_internal.spread_facts(t::regclass) AS f GROUP BY t;
SET ROLE tried_app;
BEGIN;
SELECT tried.is(tried.as_user(a::text, 'developer', 'SELECT count(*) FROM shop.orders'), '10', 'account ' || a || ' sees its rows')
    FROM generate_series(1, 6) AS a;
ROLLBACK;
RESET ROLE;

-- Members and grants among them: entering asks where they lie.
SET ROLE tried_owner;
SELECT count(*) FROM (SELECT primecloud.protect_table('who.members') UNION ALL SELECT primecloud.protect_table('who.granted'))
    AS done \g /dev/null
SELECT count(*) FROM primecloud.distribute_table('who.members') \g /dev/null
SELECT count(*) FROM primecloud.distribute_table('who.granted') \g /dev/null
SET ROLE tried_app;
BEGIN;
SELECT tried.is(tried.as_user(tenant, who, 'SELECT count(*) FROM shop.orders'), answer, who || ' of ' || tenant || ' enters')
    FROM (VALUES ('1', 'developer', '10'), ('6', 'owner', '10'), ('2', 'external_client', '1'), ('1', 'external_client', '0'),
        ('7', 'owner', '28000 the user is not a member of the account: user "owner7", account "7"')) AS t(tenant, who, answer);
SELECT tried.is(primecloud.context()::text, NULL, 'and leaves nothing behind where it was undone');
SELECT primecloud.enter_trusted('3', 'external_client3', 'external_client') \gset done_
SELECT tried.is(tried.said('DELETE FROM shop.orders WHERE account_id = 3'), '0', 'what asked for him was an owner: he is not');
ROLLBACK;
RESET ROLE;

-- And back.
SET ROLE tried_owner;
SELECT count(*) FROM primecloud.undistribute_table('who.members') \g /dev/null
SELECT count(*) FROM primecloud.undistribute_table('who.granted') \g /dev/null
SELECT count(*) FROM primecloud.undistribute_table('shop.orders') \g /dev/null
SELECT count(*) FROM primecloud.undistribute_table('shop.team') \g /dev/null
SELECT count(*) FROM primecloud.undistribute_table('shop.events') \g /dev/null
SELECT tried.is(string_agg(b.rel, ',') FILTER (WHERE b.policies <> primecloud_internal.policies_text(b.rel::regclass)
    OR b.note <> primecloud_internal.protection_note(b.rel::regclass)), NULL, 'every policy and note is as it was before')
    FROM tried.before b;
SELECT tried.is(count(*)::text, '2', 'every foreign key') FROM pg_constraint c JOIN tried.keys k
    ON k.conname = c.conname AND k.key = pg_get_constraintdef(c.oid) WHERE c.connamespace = 'shop'::regnamespace;
RESET ROLE;
SELECT tried.is(concat_ws(' ', (SELECT count(*) FROM shop.orders), (SELECT count(*) FROM shop.events),
    (SELECT count(*) FROM pg_dist_partition)),
    '60 60 0', 'and every row');
DO $$ BEGIN
    IF (SELECT is_called FROM tried.bad) OR (SELECT last_value <> 82 FROM tried.good) THEN
        RAISE EXCEPTION '% lines are ok', (SELECT last_value FROM tried.good);
    END IF;
END $$;
