-- What test/citus/suites/races has in each of two databases, one with its control plane on this server and one that is distributed:
-- two accounts, and people to open others.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS primecloud;
SELECT to_regrole('race_owner') IS NULL AS first \gset
\if :first
CREATE ROLE race_owner LOGIN;
SELECT primecloud.create_gate_role('race_gate'), primecloud.create_app_role('race_app'),
    primecloud.create_maintenance_role('race_maintenance');
CREATE ROLE race_gateway;
ALTER ROLE race_gate LOGIN;
ALTER ROLE race_app LOGIN;
ALTER ROLE race_gateway LOGIN;
ALTER ROLE race_maintenance LOGIN;
GRANT race_gate TO race_owner;
\endif
SELECT format('ALTER DATABASE %I OWNER TO race_owner', current_database()) \gexec
SET ROLE race_owner;
SELECT primecloud.create_schema('cloud');
SELECT primecloud.grant_schema('cloud', r, a) FROM (VALUES ('race_gate', 'gate'), ('race_app', 'app'), ('race_gateway', 'gateway'),
    ('race_maintenance', 'maintenance')) AS t(r, a);
RESET ROLE;
SELECT primecloud.add_token_key('race', 'HS256', '\x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f');
-- One person and one account a letter, and people without any.
CREATE FUNCTION id_of(letter text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT ('00000000-0000-7000-8000-0000000000' || encode(letter::bytea, 'hex'))::uuid $$;
INSERT INTO cloud.users (id, email, display_name) SELECT id_of(l), l || '@example.com', l FROM unnest('{a,b,p,q}'::text[]) AS l;
BEGIN;
INSERT INTO cloud.accounts (id, owner_user_id, name, slug) SELECT id_of(l), id_of(l), l, 'account-' || l FROM unnest('{a,b}'::text[]) AS l;
INSERT INTO cloud.account_members (user_id, account_id, role, email, display_name)
    SELECT id_of(l), id_of(l), 'owner', l || '@example.com', l FROM unnest('{a,b}'::text[]) AS l;
INSERT INTO cloud.account_owners (account_id, user_id) SELECT id_of(l), id_of(l) FROM unnest('{a,b}'::text[]) AS l;
INSERT INTO cloud.account_billing (account_id) SELECT id_of(l) FROM unnest('{a,b}'::text[]) AS l;
COMMIT;
-- Plans that months which are over are billed for.
INSERT INTO cloud.products (id, name, description, price_cents, storage_limit_bytes, transfer_limit_bytes)
    VALUES (id_of('z'), 'plan', 'plan', 1000, 1, 1);
INSERT INTO cloud.account_subscriptions (account_id, product_id, price_cents, currency, current_period_start, current_period_end,
    created_at)
    SELECT id_of(l), id_of('z'), 1000, 'BRL', '2020-01-01', '2030-01-01', '2020-01-01' FROM unnest('{a,b}'::text[]) AS l;
