-- What protect_schema() says of an application that it has not seen before, in a dry run and when it does it; what
-- create_app_role() says of a role that exists; and tables that come afterwards.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE ROLE regress_adopting_owner;
CREATE ROLE regress_adopting_group;
CREATE ROLE regress_adopting_reader BYPASSRLS;
CREATE ROLE regress_adopting_app LOGIN CREATEDB CREATEROLE BYPASSRLS;
GRANT regress_adopting_group TO regress_adopting_app;
CREATE SCHEMA adopting AUTHORIZATION regress_adopting_owner;
SET search_path = adopting;
SELECT primecloud.create_app_role('regress_adopting_first');
SET client_min_messages = notice;
SELECT primecloud.create_app_role('regress_adopting_app');
SELECT rolcanlogin, rolinherit, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = 'regress_adopting_app';
SELECT primecloud.create_app_role('regress_adopting_app');
SELECT primecloud.create_platform_role('regress_adopting_first');
SELECT primecloud.create_backup_role('regress_adopting_first');
SELECT primecloud.create_app_role('regress_adopting_first');
SET client_min_messages = warning;

-- (Whoever runs this is not named in what is printed.)
SET ROLE regress_adopting_owner;
CREATE TABLE users (id uuid PRIMARY KEY, email text, "passwordHash" text, mfa_secret text, is_admin boolean);
CREATE TABLE accounts (id int PRIMARY KEY, status text NOT NULL DEFAULT 'active', smtp_pass text, api_key text, "webhookSecret" bytea,
    token_count int, secret_id int, key_fingerprint text);
CREATE TABLE members (account_id int REFERENCES accounts, user_id uuid REFERENCES users, role text, PRIMARY KEY (account_id, user_id));
CREATE TABLE grants (account_id int, user_id uuid, project_id bigint, PRIMARY KEY (account_id, user_id, project_id));
CREATE TABLE projects (id bigint PRIMARY KEY, account_id int REFERENCES accounts, owner_id uuid REFERENCES users);
CREATE TABLE files (id bigint PRIMARY KEY, project_id bigint NOT NULL REFERENCES projects, country text);
CREATE TABLE countries (code text PRIMARY KEY);
CREATE TABLE sessions (sid text PRIMARY KEY, user_id uuid REFERENCES users, sess jsonb);
CREATE TABLE logins (user_id uuid, at timestamptz);
CREATE TABLE jobs (payload jsonb);
GRANT SELECT, INSERT ON logins TO regress_adopting_app;
CREATE VIEW who_is_on WITH (security_invoker) AS SELECT s.sid, u.email FROM sessions s JOIN users u ON u.id = s.user_id;
CREATE VIEW all_projects AS SELECT * FROM projects;
CREATE VIEW all_users AS SELECT id FROM users;
CREATE MATERIALIZED VIEW counted AS SELECT account_id, count(*) FROM projects GROUP BY account_id;
CREATE VIEW over_counted AS SELECT * FROM counted;
CREATE FUNCTION end_sessions(who uuid) RETURNS void LANGUAGE sql BEGIN ATOMIC DELETE FROM sessions WHERE user_id = who; END;
CREATE FUNCTION log_in() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN DELETE FROM adopting.jobs; RETURN NEW; END $$;
CREATE FUNCTION of_no_matter() RETURNS int LANGUAGE sql AS 'SELECT 1 AS jobsworth';
RESET ROLE;
ALTER VIEW all_projects OWNER TO regress_adopting_reader;
SELECT primecloud.register_membership('members', 'account_id', 'user_id', 'role', accounts => 'accounts', grants => 'grants',
    grants_tenant_column => 'account_id', grants_user_column => 'user_id', grants_id_column => 'project_id');
SELECT primecloud.exempt('jobs', 'worked off by the platform');
\set said 'WHERE starts_with(line, ''--'') AND line !~ ''^-- (kept back|external)'''
\pset format unaligned
\pset tuples_only on
-- Names that would do nothing.
SELECT primecloud.protect_schema('adopting', 'accounts', people => '{user}');
SELECT primecloud.protect_schema('adopting', 'accounts', keep_out => '{sesions}');
SELECT primecloud.protect_schema('adopting', 'accounts', people => '{users}', keep_out => '{users}');
SELECT primecloud.protect_schema('adopting', 'accounts', keep_out => '{accounts}');
SELECT primecloud.protect_schema('adopting', 'accounts', keep_out => '{sessions}', roles => '{"sessions": {"read": "admin"}}');
SELECT primecloud.protect_schema('adopting', 'accounts', people => '{users}', roles => '{"users": {"write": "admin"}}');
-- The first look: users are kept out, as before there were people.
SELECT line FROM primecloud.protect_schema('adopting', 'accounts', app_role => 'regress_adopting_app', shared => '{countries}',
    keep_out => '{users,sessions}', dry_run => true) AS line :said;
-- Where no application is named yet, what would break is told all the same.
SELECT line FROM primecloud.protect_schema('adopting', 'accounts', shared => '{countries}', keep_out => '{users,sessions}', dry_run => true)
    AS line WHERE line ~ 'may not read';
-- And as it should be.
CREATE TEMP TABLE dry AS SELECT n, line FROM primecloud.protect_schema('adopting', 'accounts', app_role => 'regress_adopting_app',
    shared => '{countries}', keep_out => '{sessions}', people => '{users}', roles => '{"grants": {"read": "developer"}}', dry_run => true)
    WITH ORDINALITY AS l(line, n);
SELECT line FROM dry WHERE starts_with(line, '-- ') ORDER BY n;
CREATE TEMP TABLE run AS SELECT n, line FROM primecloud.protect_schema('adopting', 'accounts', app_role => 'regress_adopting_app',
    shared => '{countries}', keep_out => '{sessions}', people => '{users}', roles => '{"grants": {"read": "developer"}}')
    WITH ORDINALITY AS l(line, n);
SELECT 'announced and not run', line FROM dry EXCEPT SELECT 'announced and not run', line FROM run;
SELECT 'run and not announced', line FROM run EXCEPT SELECT 'run and not announced', line FROM dry;
-- Again, without a word of what was chosen: it stays, and nothing is to be done but what is granted each time.
SELECT line FROM primecloud.protect_schema('adopting', 'accounts', app_role => 'regress_adopting_app', keep_out => '{sessions}') AS line
WHERE line !~ '^(GRANT|--)';
-- A table that comes afterwards.
SET client_min_messages = notice;
CREATE TABLE comments (id int, account_id int);
CREATE TABLE copied AS SELECT 1 AS id;
CREATE TEMP TABLE passing (id int);
CREATE TABLE public.moved (id int, account_id int);
ALTER TABLE public.moved SET SCHEMA adopting;
ALTER TABLE countries SET SCHEMA public;
ALTER TABLE public.countries SET SCHEMA adopting;
DROP TABLE moved;
SET client_min_messages = warning;
SELECT * FROM primecloud.unprotected_tables();
SELECT primecloud.exempt('copied', 'for a day', current_date);
SELECT count(*) > 0 FROM primecloud.protect_schema('adopting', 'accounts', keep_out => '{sessions}');
SELECT * FROM primecloud.unprotected_tables();
-- What entering asks is never replaced because a control plane is made.
SELECT primecloud.create_schema('regress_cloud');
SELECT primecloud.create_schema('regress_cloud', register => false) > 0;
SELECT relation_name FROM primecloud_internal.registered_table WHERE part = 'members';
DROP SCHEMA regress_cloud CASCADE;
SET client_min_messages = notice;
SELECT primecloud.create_schema('regress_cloud', register => true) > 0;
SET client_min_messages = warning;
SELECT relation_schema FROM primecloud_internal.registered_table WHERE part = 'members';
DROP SCHEMA regress_cloud CASCADE;
SELECT primecloud.create_schema('regress_cloud') > 0;
DROP SCHEMA regress_cloud, adopting CASCADE;
-- The tests of this directory share a database: the next registers nobody.
DELETE FROM primecloud_internal.membership_source;
DROP OWNED BY regress_adopting_app, regress_adopting_first, regress_adopting_owner, regress_adopting_group, regress_adopting_reader;
DROP ROLE regress_adopting_app, regress_adopting_first, regress_adopting_owner, regress_adopting_group, regress_adopting_reader;
