-- What bodies of functions read and call, and what that means for policies.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE review_reach_app;
CREATE ROLE review_reach_owner;
CREATE SCHEMA shop;
GRANT USAGE ON SCHEMA shop TO review_reach_app, review_reach_owner;
CREATE FUNCTION pg_temp.told(checks text[]) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(f.object || ': ' || f.evidence, E'\n' ORDER BY f.object COLLATE "C")
    FROM primecloud.review('shop', 'review_reach_app', checks) AS f $$;
CREATE FUNCTION pg_temp.objects(checks text[]) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(f.object, ', ' ORDER BY f.object COLLATE "C") FROM primecloud.review('shop', 'review_reach_app', checks) AS f $$;

-- A function that runs as somebody else: its own words, views, what it calls.
CREATE TABLE shop.orders (id bigint PRIMARY KEY, account_id integer NOT NULL, body text);
ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY p ON shop.orders USING (account_id = primecloud.tenant_int());
CREATE VIEW shop.all_orders AS SELECT * FROM shop.orders;
CREATE VIEW shop.of_all AS SELECT id FROM shop.all_orders;
CREATE VIEW shop.own_orders AS SELECT * FROM shop.orders WHERE account_id = primecloud.tenant_int();
CREATE FUNCTION shop.inside() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT count(*) FROM shop.orders); END';
CREATE FUNCTION shop.hidden() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS 'BEGIN RETURN (SELECT count(*) FROM shop.orders); END';
REVOKE EXECUTE ON FUNCTION shop.hidden() FROM PUBLIC;
CREATE FUNCTION shop.asking() RETURNS bigint LANGUAGE plpgsql
    AS 'BEGIN RETURN (SELECT count(*) FROM shop.orders WHERE account_id = primecloud.tenant_int()); END';
CREATE FUNCTION pg_temp.definer(name text, body text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    EXECUTE format('CREATE FUNCTION shop.%I() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS %L',
        name, 'SELECT ' || body); END $$;
SELECT count(pg_temp.definer(name, body)) AS done FROM (VALUES ('a1', 'count(*) FROM shop.of_all'), ('a2', 'shop.inside()'),
    ('a3', 'shop.hidden()'),
    ('b1', 'count(*) FROM shop.own_orders'), ('b2', 'shop.asking()'), ('b3', 'shop.a1()')) AS v(name, body) \gset
SELECT is(pg_temp.told('{definer_bypasses_policies}'),
    'shop.a1(): runs as postgres, and by shop.of_all -> shop.all_orders reads shop.orders as postgres, whom no policy holds there, and '
    'asks no context' || E'\n'
    'shop.a2(): runs as postgres, and by shop.inside() reads shop.orders as postgres, whom no policy holds there, and asks no context'
        || E'\n'
    'shop.a3(): runs as postgres, and by shop.hidden() reads shop.orders as postgres, whom no policy holds there, and asks no context',
    'by views and by what it calls; not what a view binds, what asks, and what is looked at by itself');
CREATE FUNCTION shop.held() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS 'SELECT count(*) FROM shop.orders';
ALTER FUNCTION shop.held() OWNER TO review_reach_owner;
GRANT SELECT ON shop.orders TO review_reach_owner;
SELECT unalike(pg_temp.told('{definer_bypasses_policies}'), '%shop.held()%', 'whom policies hold');
CREATE POLICY more ON shop.orders TO review_reach_owner USING (true);
SELECT alike(pg_temp.told('{definer_bypasses_policies}'), '%shop.held(): runs as review_reach_owner, whom policies of his own show more of '
    'shop.orders, and asks no context%', 'and whom they show more');
DROP VIEW shop.all_orders CASCADE;
DROP FUNCTION shop.a1, shop.a2, shop.a3, shop.b1, shop.b2, shop.b3, shop.held;

-- What a function asks for a policy, and what anybody may write of it.
CREATE TABLE shop.members (account_id integer NOT NULL, who text);
GRANT SELECT, INSERT ON shop.members TO review_reach_app;
CREATE FUNCTION shop.is_member(integer) RETURNS boolean LANGUAGE plpgsql STABLE AS $$ BEGIN
    RETURN EXISTS (SELECT FROM shop.orders AS o, shop.members AS m WHERE m.account_id = $1 AND m.who = current_user); END $$;
CREATE FUNCTION shop.asks_member(integer) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT shop.is_member($1)';
CREATE TABLE shop.notes (id bigint PRIMARY KEY, account_id integer NOT NULL);
ALTER TABLE shop.notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT ON shop.notes TO review_reach_app;
CREATE POLICY p ON shop.notes USING (shop.is_member(account_id));
SELECT is(pg_temp.told('{policy_reads_writable_table}'), 'shop.notes.p: the policy asks shop.members by shop.is_member(integer), which the '
    'app may write and which has no row security', 'by a function');
ALTER POLICY p ON shop.notes USING (shop.asks_member(account_id));
SELECT is(pg_temp.objects('{policy_reads_writable_table}'), 'shop.notes.p', 'that another calls');
REVOKE INSERT ON shop.members FROM review_reach_app;
SELECT is(pg_temp.objects('{policy_reads_writable_table}'), NULL, 'not what is read alone');

-- A way back that goes by a function ends where the stack does.
CREATE FUNCTION shop.reads_notes(integer) RETURNS boolean LANGUAGE plpgsql STABLE AS
    'BEGIN RETURN EXISTS (SELECT FROM shop.notes AS n WHERE n.account_id = $1); END';
CREATE FUNCTION shop.behind(integer) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT shop.reads_notes($1)';
CREATE FUNCTION pg_temp.back(predicate text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN
    EXECUTE format('ALTER POLICY p ON shop.notes USING (%s)', predicate);
    RETURN (SELECT regexp_replace(f.evidence, '^.*fails with ', '') FROM primecloud.review('shop', 'review_reach_app', '{policy_recursion}')
        AS f); END $$;
SELECT is(pg_temp.back('shop.reads_notes(account_id)'), '54001: shop.notes -> shop.reads_notes(integer) -> shop.notes', 'by a function');
INSERT INTO shop.notes VALUES (1, 1);
SET ROLE review_reach_app;
SELECT throws_ok('SELECT * FROM shop.notes', '54001', NULL, 'and so it is');
RESET ROLE;
SELECT is(pg_temp.back('shop.behind(account_id)'), NULL, 'not as whom no policy holds');
ALTER FUNCTION shop.behind(integer) OWNER TO review_reach_owner;
SELECT is(pg_temp.back('shop.behind(account_id)'),
    '54001: shop.notes -> shop.behind(integer) -> shop.reads_notes(integer) -> shop.notes', 'but as another whom they hold');
SELECT is(pg_temp.back('EXISTS (SELECT FROM shop.notes AS n WHERE n.id = 1)'), '42P17: shop.notes -> shop.notes', 'by itself');
ALTER POLICY p ON shop.notes USING (account_id = primecloud.tenant_int());

-- Secrets as columns of a function's own.
CREATE TABLE shop.keys (id bigint PRIMARY KEY, account_id integer NOT NULL, api_key text, note text);
CREATE VIEW shop.of_keys AS SELECT * FROM shop.keys;
CREATE FUNCTION shop.k1() RETURNS TABLE (id bigint, api_key text) LANGUAGE sql SECURITY DEFINER AS 'SELECT id, api_key FROM shop.keys';
CREATE FUNCTION shop.k2(OUT "apiKey" text) LANGUAGE plpgsql SECURITY DEFINER
    AS 'BEGIN SELECT k.api_key INTO $1 FROM shop.of_keys AS k; END';
CREATE FUNCTION shop.k3() RETURNS TABLE (id bigint, note text) LANGUAGE sql SECURITY DEFINER AS 'SELECT id, note FROM shop.keys';
CREATE FUNCTION shop.k4() RETURNS TABLE (id bigint, api_key text) LANGUAGE sql SECURITY DEFINER
    AS 'INSERT INTO shop.keys VALUES (1, 1, ''new'') RETURNING id, api_key';
CREATE FUNCTION shop.k5() RETURNS TABLE (id bigint, api_key text) LANGUAGE sql AS 'SELECT id, api_key FROM shop.keys';
CREATE FUNCTION shop.k6() RETURNS TABLE (id bigint, api_key text) LANGUAGE sql SECURITY DEFINER AS 'SELECT id, api_key FROM shop.keys';
REVOKE EXECUTE ON FUNCTION shop.k6() FROM PUBLIC;
SELECT is(pg_temp.told('{secret_readable}'), E'shop.k1(): gives rows with shop.keys.api_key to whoever calls it\n'
    'shop.k2(): gives rows with shop.keys.api_key to whoever calls it', 'of what it reads, not of what it makes, nor as who calls it');
DROP TABLE shop.keys CASCADE;
DROP FUNCTION shop.k1, shop.k2, shop.k3, shop.k4, shop.k5, shop.k6;

-- What joins rows by their uuids is one for all tenants, and tells nobody anything that he does not know.
CREATE TABLE shop.chats (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), account_id integer NOT NULL);
CREATE TABLE shop.chat_files (chat_id uuid REFERENCES shop.chats, file_id uuid REFERENCES shop.chats, account_id integer NOT NULL,
    PRIMARY KEY (chat_id, file_id));
CREATE TABLE shop.chat_codes (chat_id uuid REFERENCES shop.chats, code integer, account_id integer NOT NULL, PRIMARY KEY (chat_id, code));
CREATE TABLE shop.chat_names (chat_id uuid REFERENCES shop.chats, file_id uuid, account_id integer NOT NULL,
    PRIMARY KEY (chat_id, file_id));
CREATE TABLE shop.chat_one (chat_id uuid PRIMARY KEY REFERENCES shop.chats, account_id integer NOT NULL);
GRANT INSERT ON shop.chats, shop.chat_files, shop.chat_codes, shop.chat_names, shop.chat_one TO review_reach_app;
SELECT is(pg_temp.objects('{unique_without_tenant}'), 'shop.chat_codes.chat_codes_pkey, shop.chat_names.chat_names_pkey, '
    'shop.chat_one.chat_one_pkey', 'a key of uuids that lead to rows, but not of one');

DROP SCHEMA shop CASCADE;
DROP OWNED BY review_reach_app, review_reach_owner;
DROP ROLE review_reach_app, review_reach_owner;
SELECT * FROM finish();
