# Act three: an application that exists already
> Twenty-five tables with integer keys, no index on any account, passwords in the clear.
--(
\ir ../fixtures/hosting_app.sql
SELECT $$CASE WHEN primecloud.context() IS NULL THEN 'in no account'
    ELSE format('in account %s as its %s', primecloud.context() ->> 'tenant', primecloud.role()) END$$ AS later \gset
\set standing '\'in no account\''
--)
SELECT (SELECT count(*) FROM accounts) AS accounts, (SELECT count(*) FROM orders) AS orders,
    (SELECT smtp_pass FROM accounts WHERE id = 1) AS "mail password of account 1";
CREATE EXTENSION primecloud;
--(
SET client_min_messages = warning;
--)
SELECT primecloud.create_app_role('hosting_app_role');;
--(
RESET client_min_messages;
ALTER ROLE hosting_app_role LOGIN;
\set standing :later
--)

# The first look: what would be done, and what to know before
SELECT primecloud.register_membership('account_members', 'account_id', 'user_id', 'role',
    accounts => 'accounts');;
SELECT split_part(line, ' (', 1) AS "what protect_schema says beforehand, of secrets and joins"
    FROM primecloud.protect_schema('public', 'accounts', app_role => 'hosting_app_role',
        shared => '{products,pricing_configs,pricing_history}', keep_out => '{users,sessions}',
        dry_run => true) AS line
    WHERE line ~ '^-- (will|looks)';
> Its member lists and audit pages join users, who are of no account: they are people, who are
> seen by whoever shares an account with them.

# One statement protects all of it, two seal its secrets in place
SELECT count(*) AS statements_run
    FROM primecloud.protect_schema('public', 'accounts', app_role => 'hosting_app_role',
        shared => '{products,pricing_configs,pricing_history}',
        people => '{users}', keep_out => '{sessions}',
        roles => '{"object_favorites": {"delete": "developer"},
            "object_tags": {"delete": "developer"}, "object_shares": {"delete": "developer"},
            "notifications": {"delete": "developer"}}');
SELECT count(*) AS statements_run FROM primecloud.seal_column('accounts', 'smtp_pass',
    'accounts.smtp_pass', tenant_column => 'id');
SELECT count(*) AS statements_run FROM primecloud.seal_column('vps_configs', 'access_credentials',
    'vps_configs.access_credentials');

# Is every table isolated?
> assert_isolated() enters one account and tries to reach another's rows, on each table. What is
> counted are statements that were sent, each undone again; what it reads in the catalog is not.
CREATE TEMPORARY TABLE answers AS SELECT polrelid::regclass AS rel,
    primecloud.assert_isolated(polrelid::regclass, 'hosting_app_role') AS line
    FROM pg_policy WHERE polname = 'primecloud_floor';
--(
-- What is read in the catalog is no attempt, and what could not be tried neither.
CREATE TEMPORARY TABLE tried AS
SELECT rel, line LIKE 'ok %' AS held, regexp_replace(line, '^(not )?ok \d+ - [^:]*: ', '') AS statement FROM answers
WHERE line ~ '^(not )?ok ' AND line !~ '# SKIP' AND NOT EXISTS (SELECT FROM primecloud_internal.isolation_facts(rel,
    primecloud.tenant_column(rel), 'hosting_app_role') AS f WHERE line LIKE '%: ' || f.claim || '%');
--)
SELECT statement AS "what was tried", count(*) AS tables, count(*) FILTER (WHERE NOT held) AS leaks
    FROM tried GROUP BY statement ORDER BY tables DESC, statement;
=0
SELECT * FROM answers WHERE line LIKE 'not ok%';

# The application's own queries, unchanged but for entering
--(
SELECT primecloud.add_token_key('demo', 'EdDSA', decode(:'public_key', 'hex')) \g /dev/null
\set audience hosting_app
\set user user-3
\set account 3
\ir token.sql
\set owner_of_3 :token
\set user user-2
\ir token.sql
\set developer_of_3 :token
\connect - hosting_app_role
--)
BEGIN; SELECT primecloud.enter(:'owner_of_3');;
=1
SELECT a.id, a.name, p.name AS plan FROM accounts a
    LEFT JOIN subscriptions s ON s.account_id = a.id
    LEFT JOIN products p ON p.id = s.product_id WHERE a.id = 3;
> "All orders", "all invoices", "all buckets", "all accounts", with no WHERE: all of this account.
SELECT (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM invoices) AS invoices,
    (SELECT count(*) FROM buckets) AS buckets, (SELECT count(*) FROM accounts) AS accounts;
> Virtual machines, which had no account column:
=2
SELECT v.id, v.os, v.access_credentials IS NOT NULL AS "has credentials"
    FROM vps_configs v JOIN orders o ON o.id = v.order_id ORDER BY v.id LIMIT 2;
> The list of members, with their names:
SELECT m.role, u.first_name, u.last_name, u.email
    FROM account_members m JOIN users u ON u.id = m.user_id WHERE m.account_id = 3
    ORDER BY m.role, u.id;
COMMIT;

# What a developer writes, and what he is told
BEGIN; SELECT primecloud.enter(:'developer_of_3');;
=1
UPDATE users SET first_name = 'Second' WHERE id = 'user-2' RETURNING id, first_name;
> A colleague is his to see, and not to write:
=0
UPDATE users SET first_name = 'Mine now' WHERE id = 'user-3' RETURNING id;
> Favourites are removed by developers here: roles => ... said so.
INSERT INTO object_favorites (bucket_id, user_id, object_key)
    SELECT min(id), 'user-2', 'photos/2.jpg' FROM buckets RETURNING account_id;
=1
DELETE FROM object_favorites WHERE user_id = 'user-2' RETURNING object_key;
> Orders are not.
!42501
DELETE FROM orders WHERE status = 'canceled';
--(
ROLLBACK;
--)

# The one change to a write: a secret goes through seal_for
BEGIN; SELECT primecloud.enter(:'owner_of_3');;
> (The warning is for us who type it into psql: an application sends the secret as a parameter.)
UPDATE accounts SET smtp_pass = primecloud.seal_for('accounts', 'smtp_pass', id, 'new password')
    WHERE id = 3;
=1
SELECT left(smtp_pass::text, 60) || '...' AS smtp_pass FROM accounts;
COMMIT;
> A write that was forgotten is refused, and nothing is stored in the clear.
BEGIN; SELECT primecloud.enter(:'owner_of_3');;
!22P02
UPDATE accounts SET smtp_pass = 'plaintext' WHERE id = 3;
--(
ROLLBACK;
--)

# Who reads a secret is written down
> The application cannot; the worker that sends the mail can, for a purpose that it names.
BEGIN; SELECT primecloud.enter(:'owner_of_3');;
!42501
SELECT primecloud.reveal('accounts', 'smtp_pass', 3, 'curiosity');
--(
ROLLBACK;
\connect - postgres
--)
SELECT primecloud.create_platform_role('hosting_mailer');;
GRANT SELECT ON accounts TO hosting_mailer;
--(
ALTER ROLE hosting_mailer LOGIN;
\connect - hosting_mailer
--)
BEGIN; SELECT primecloud.assume('3', 'the invoices of December');;
=1
SELECT primecloud.reveal('accounts', 'smtp_pass', 3, 'send the invoices of December');
> The worker's transaction is undone. The record stays:
ROLLBACK;
\connect - postgres
=1
SELECT at::timestamptz(0), tenant, label, row_id, purpose FROM primecloud.reveal_log;

# What is the platform's and not an account's
> The sign-in service's sessions; an account by its host name, before anybody has entered:
--(
\connect - hosting_app_role
--)
!42501
SELECT * FROM sessions;
!42501
SELECT * FROM accounts WHERE custom_domain = 'panel.customer-1.example';
> Such look-ups, the account switcher and the operator's dashboard cross accounts: they belong to
> narrow functions of a gate role, see docs/adoption.md.

# A gate, from here on
> Its old types and names stay, and are accepted with a reason; whatever comes beside them is stopped.
--(
\connect - postgres
--)
=0
SELECT "check", object FROM primecloud.review('public', 'hosting_app_role', levels => '{error}')
    WHERE "check" !~ '^secret_';
SELECT primecloud.review_baseline('public', 'hosting_app_role', 'it was so when it was adopted')
    AS accepted;
=1
SELECT primecloud.review_gate('public', 'hosting_app_role') AS passed;
CREATE TABLE tickets (id bigint PRIMARY KEY, account_id integer NOT NULL REFERENCES accounts);
!55000
SELECT primecloud.review_gate('public', 'hosting_app_role', levels => '{error}');
--(
DROP TABLE tickets;
--)
