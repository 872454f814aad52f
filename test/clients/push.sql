-- An application of its own, protected and sealed, for what drizzle-kit does to it.
CREATE EXTENSION primecloud;
SET client_min_messages = warning;
CREATE ROLE push_owner LOGIN;
GRANT CREATE ON DATABASE clients_push TO push_owner;
SELECT primecloud.create_app_role('push_app');
CREATE SCHEMA shop AUTHORIZATION push_owner;
SET ROLE push_owner;
CREATE TABLE shop.accounts (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE shop.projects (id integer PRIMARY KEY, account_id integer NOT NULL REFERENCES shop.accounts,
    name text NOT NULL CONSTRAINT projects_name UNIQUE);
CREATE TABLE shop.smtp (id integer PRIMARY KEY, account_id integer NOT NULL REFERENCES shop.accounts,
    project_id integer CONSTRAINT smtp_project REFERENCES shop.projects, smtp_pass text, made timestamptz NOT NULL DEFAULT now());
CREATE TABLE shop.plans (code text PRIMARY KEY, cents integer NOT NULL);
INSERT INTO shop.accounts VALUES (1, 'one'), (2, 'two');
INSERT INTO shop.projects VALUES (11, 1, 'first'), (22, 2, 'second');
INSERT INTO shop.smtp (id, account_id, project_id, smtp_pass) VALUES (1, 1, 11, 'hunter2'), (2, 2, 22, 'swordfish');
INSERT INTO shop.plans VALUES ('start', 900);
SELECT count(*) FROM primecloud.protect_schema('shop', 'shop.accounts', app_role => 'push_app', shared => '{plans}');
SELECT primecloud.protect_fk('shop.smtp', 'smtp_project');
SELECT primecloud.protect_unique('shop.projects', 'projects_name');
SELECT primecloud.confine_table('shop.projects', 'id');
RESET ROLE;
SELECT primecloud.seal_column('shop.smtp', 'smtp_pass', 'shop.smtp');
SELECT primecloud.retain('shop.smtp', 'made', '10 years', tenant_column => 'account_id', id_column => 'id');
SELECT primecloud.place_hold('shop.smtp', 'a case', NULL, '1');
