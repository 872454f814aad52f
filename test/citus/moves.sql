-- What test/citus/suites/moves moves: tables of one owner, or of a superuser, made afresh; and a control plane with two accounts.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS primecloud;
CREATE EXTENSION dblink;
SET check_function_bodies = off;
CREATE ROLE move_owner LOGIN;
CREATE SCHEMA shop AUTHORIZATION move_owner;
CREATE SCHEMA tried;
SELECT primecloud.create_gate_role('move_gate');
ALTER ROLE move_gate LOGIN;
GRANT move_gate TO move_owner;
GRANT CREATE ON DATABASE postgres TO move_owner;
-- In another session, that commits.
CREATE FUNCTION tried.beside(statement text) RETURNS text LANGUAGE sql AS $$
    SELECT public.dblink_exec(format('dbname=%s host=%s user=postgres', current_database(), split_part(current_setting(
        'unix_socket_directories'), ',', 1)), statement) $$;
CREATE FUNCTION tried.afresh(owner text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('primecloud.guard', 'off', true), set_config('client_min_messages', 'error', true);
    DROP TABLE IF EXISTS shop.orders, shop.accounts CASCADE;
    EXECUTE format('SET LOCAL ROLE %I', owner);
    CREATE TABLE shop.accounts (account_id bigint PRIMARY KEY);
    CREATE TABLE shop.orders (account_id bigint REFERENCES shop.accounts, id bigint, PRIMARY KEY (account_id, id));
    INSERT INTO shop.accounts SELECT generate_series(1, 6);
    INSERT INTO shop.orders SELECT a, n FROM generate_series(1, 6) AS a, generate_series(1, 10) AS n;
    PERFORM primecloud.protect_table('shop.accounts'), primecloud.protect_table('shop.orders');
END $$;
-- (One by one: Citus plans no query of both kinds of tables.)
CREATE FUNCTION tried.there() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    rows bigint := (SELECT count(*) FROM shop.orders);
    spread bigint := (SELECT count(*) FROM pg_dist_partition WHERE logicalrelid::text ~ '^shop\.');
    holds boolean := NOT EXISTS (SELECT FROM primecloud.unprotected_tables() u WHERE u.rel::text ~ '^shop\.');
    forced boolean := (SELECT bool_and(relforcerowsecurity) FROM pg_class WHERE oid IN ('shop.orders'::regclass,
        'shop.accounts'::regclass));
    tied boolean := EXISTS (SELECT FROM pg_constraint WHERE conrelid = 'shop.orders'::regclass AND contype = 'f');
BEGIN
    RETURN concat_ws(' ', rows, spread, holds AND forced AND tied);
END $$;
SET ROLE move_owner;
SELECT primecloud.create_schema('cloud', register => false), primecloud.grant_schema('cloud', 'move_gate', 'gate');
RESET ROLE;
INSERT INTO cloud.users (id, email, display_name) VALUES ('00000000-0000-7000-8000-000000000001', 'a@example.com', 'a');
BEGIN;
INSERT INTO cloud.accounts (id, owner_user_id, name, slug) SELECT ('00000000-0000-7000-8000-00000000000' || l)::uuid,
    '00000000-0000-7000-8000-000000000001', l, 'account-' || l FROM unnest('{a,b}'::text[]) AS l;
INSERT INTO cloud.account_members (user_id, account_id, role, email, display_name) SELECT owner_user_id, id, 'owner', 'a@example.com', 'a'
    FROM cloud.accounts;
INSERT INTO cloud.account_owners (account_id, user_id) SELECT id, owner_user_id FROM cloud.accounts;
COMMIT;
CREATE FUNCTION tried.cloud_there() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    slugs text := (SELECT string_agg(slug, ' ' ORDER BY slug) FROM cloud.accounts);
    members bigint := (SELECT count(*) FROM cloud.account_members);
    claims bigint := (SELECT count(*) FROM cloud.claims);
BEGIN
    RETURN concat_ws(' ', slugs, members, claims, (SELECT count(*) FROM pg_dist_partition WHERE logicalrelid::text ~ '^cloud\.'),
        (SELECT count(*) FROM pg_constraint WHERE connamespace = 'cloud'::regnamespace),
        (SELECT count(*) FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = 'cloud'::regnamespace
            AND NOT polpermissive));
END $$;
