\echo
\echo :heading'Act two: an application that exists already':plain
\echo :sentence'Twenty-five tables with integer keys, no index on any account, passwords in the clear.':plain
\ir ../fixtures/hosting_app.sql
\set ECHO queries
SELECT (SELECT count(*) FROM accounts) AS accounts, (SELECT count(*) FROM orders) AS orders, (SELECT smtp_pass FROM accounts WHERE id = 1)
    AS "SMTP password of account 1";
CREATE EXTENSION primecloud;
\set ECHO none

\echo
\echo :heading'The first look: what would be done, and what to know before':plain
\set ECHO queries
SELECT primecloud.create_app_role('hosting_app_role');
SELECT primecloud.register_membership('account_members', 'account_id', 'user_id', 'role', accounts => 'accounts');
SELECT line FROM primecloud.protect_schema('public', 'accounts', app_role => 'hosting_app_role',
    shared => '{products,pricing_configs,pricing_history}', keep_out => '{users,sessions}', dry_run => true) AS line
WHERE line ~ '^-- (will|looks|public)';
\set ECHO none
\echo :sentence'Its member lists and audit pages join users, who are of no account: they are people, seen by who shares one.':plain

\echo
\echo :heading'Five statements protect all of it and seal its secrets in place':plain
\set ECHO queries
SELECT count(*) AS statements_run FROM primecloud.protect_schema('public', 'accounts', app_role => 'hosting_app_role',
    shared => '{products,pricing_configs,pricing_history}', people => '{users}', keep_out => '{sessions}',
    roles => '{"object_favorites": {"delete": "developer"}, "object_tags": {"delete": "developer"},
        "object_shares": {"delete": "developer"}, "notifications": {"delete": "developer"}}');
SELECT count(*) FROM primecloud.seal_column('accounts', 'smtp_pass', 'accounts.smtp_pass', tenant_column => 'id');
SELECT count(*) FROM primecloud.seal_column('vps_configs', 'access_credentials', 'vps_configs.access_credentials');
\set ECHO none
ALTER ROLE hosting_app_role LOGIN;

\echo
\echo :heading'Is every tenant table isolated?':plain
\set ECHO queries
SELECT count(DISTINCT rel) AS tables, count(*) FILTER (WHERE line LIKE 'ok%') AS "attacks that failed",
    count(*) FILTER (WHERE line LIKE 'not ok%') AS "attacks that succeeded"
FROM (SELECT polrelid::regclass AS rel, primecloud.assert_isolated(polrelid::regclass, 'hosting_app_role') AS line FROM pg_policy
    WHERE polname = 'primecloud_floor') AS tried;
\set ECHO none
SELECT count(*) = 0 AS isolated FROM (SELECT primecloud.assert_isolated(polrelid::regclass, 'hosting_app_role') AS line FROM pg_policy
    WHERE polname = 'primecloud_floor') AS t WHERE line LIKE 'not ok%' \gset
\if :isolated
\else
  SELECT 1 / 0 AS demo_failed;
\endif

\echo
\echo :heading'The application''s own queries, unchanged but for entering':plain
SELECT primecloud.add_token_key('demo', 'EdDSA', decode(:'public_key', 'hex')) \g /dev/null
\setenv MINT :here/mint
\setenv ISSUER :issuer
\set token `"$MINT" "$ISSUER" demo hosting_app user-3 3`
\connect - hosting_app_role
\echo 'BEGIN; SELECT primecloud.enter($1);'
BEGIN;
SELECT primecloud.enter(:'token') \g /dev/null
\set ECHO queries
\echo '-- the account and its plan'
SELECT a.id, a.name, p.name AS plan FROM accounts a LEFT JOIN subscriptions s ON s.account_id = a.id LEFT JOIN products p
    ON p.id = s.product_id WHERE a.id = 3;
\echo '-- orders, which the application asks for without a limit'
SELECT count(*), min(account_id), max(account_id) FROM (SELECT * FROM orders ORDER BY created_at DESC) AS every_order;
\echo '-- its "all orders", "all invoices", "all buckets", "all accounts": all of this account'
SELECT (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM invoices) AS invoices, (SELECT count(*) FROM buckets) AS buckets,
    (SELECT count(*) FROM accounts) AS accounts;
\echo '-- virtual machines, which had no account column'
SELECT v.id, v.os, v.access_credentials IS NOT NULL AS "has credentials" FROM vps_configs v JOIN orders o ON o.id = v.order_id ORDER BY v.id
    LIMIT 2;
\echo '-- the list of members, with their names; the audit page, with who did it'
SELECT m.role, u.first_name, u.last_name, u.email FROM account_members m JOIN users u ON u.id = m.user_id WHERE m.account_id = 3
    ORDER BY m.role, u.id;
SELECT a.action, u.email, count(*) FROM audit_logs a LEFT JOIN users u ON u.id = a.user_id GROUP BY 1, 2 ORDER BY 1, 2;
\echo '-- members, and what an external client was granted'
SELECT m.role, count(DISTINCT m.id) AS members, count(bp.id) AS grants FROM account_members m LEFT JOIN bucket_permissions bp
    ON bp.account_member_id = m.id GROUP BY 1 ORDER BY 1;
\echo '-- notifications with the unread count, the audit log, the usage history'
SELECT (SELECT count(*) FROM notifications WHERE NOT is_read) AS unread, (SELECT count(*) FROM audit_logs WHERE action ILIKE '%order%')
    AS audit, (SELECT count(*) FROM usage_records) AS usage;
\set ECHO none
COMMIT;
\echo :sentence'Each runs as it was written, and sees one account.':plain

\echo
\echo :heading'What a developer writes, and what he is told':plain
\set token `"$MINT" "$ISSUER" demo hosting_app user-2 3`
BEGIN;
SELECT primecloud.enter(:'token') \g /dev/null
\set ECHO queries
SELECT primecloud.role();
INSERT INTO object_favorites (bucket_id, user_id, object_key) SELECT min(id), 'user-2', 'photos/2.jpg' FROM buckets RETURNING account_id;
UPDATE notifications SET is_read = true, read_at = now() WHERE NOT is_read;
UPDATE users SET first_name = 'Second' WHERE id = 'user-2' RETURNING id, first_name;
UPDATE users SET first_name = 'Mine now' WHERE id = 'user-3' RETURNING id;
\echo '-- favourites, tags, shares and notifications are removed by developers here: roles => ... said so'
DELETE FROM object_favorites WHERE user_id = 'user-2' RETURNING object_key;
DELETE FROM object_tags WHERE tag = 'summer' RETURNING tag;
\set ECHO none
COMMIT;
\set expected 42501
BEGIN;
SELECT primecloud.enter(:'token') \g /dev/null
\set ON_ERROR_STOP off
\set ECHO queries
DELETE FROM orders WHERE status = 'canceled';
\set ECHO none
\ir refused.sql
ROLLBACK;
\echo :sentence'What his role may not do he is told; a colleague is his to see, and not to write.':plain
\set token `"$MINT" "$ISSUER" demo hosting_app user-3 3`

\echo
\echo :heading'The one change to a write: a secret goes through seal_for':plain
BEGIN;
SELECT primecloud.enter(:'token') \g /dev/null
\set ECHO queries
UPDATE accounts SET smtp_pass = primecloud.seal_for('accounts', 'smtp_pass', id, 'new password') WHERE id = 3;
SELECT left(smtp_pass::text, 40) || '...' AS smtp_pass FROM accounts;
\set ECHO none
COMMIT;
\echo :sentence'(The warning is for us who type it into psql: an application sends the secret as a parameter.)':plain
\set expected 22P02
BEGIN;
SELECT primecloud.enter(:'token') \g /dev/null
\set ON_ERROR_STOP off
\set ECHO queries
UPDATE accounts SET smtp_pass = 'plaintext' WHERE id = 3;
\set ECHO none
\ir refused.sql
ROLLBACK;
\echo :sentence'A forgotten one is refused, and nothing is stored in the clear.':plain

\echo
\echo :heading'What is the platform''s and not an account''s':plain
\set expected 42501
\set ON_ERROR_STOP off
\set ECHO queries
\echo '-- the sign-in service: sessions'
SELECT * FROM sessions;
\set ECHO none
\ir refused.sql
\set ON_ERROR_STOP off
\set ECHO queries
\echo '-- the account switcher, the host-name look-up, the operator''s dashboard, the hourly collector'
SELECT * FROM accounts WHERE custom_domain = 'panel.customer-1.example';
\set ECHO none
\ir refused.sql
\echo :sentence'Getting all accounts for a host name, the list of a user''s accounts, the administrator''s statistics and the':plain
\echo :sentence'usage collector cross accounts: they belong to narrow functions of a gate role, see docs/adoption.md.':plain
\connect - postgres

\ir installation.sql
