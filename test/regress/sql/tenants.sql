-- The whole of it in small, on whatever server this runs: a protected table, the
-- application's role in one account, and what is refused.
SET client_min_messages = warning;
CREATE TABLE regress_notes (account_id int, body text);
INSERT INTO regress_notes VALUES (1, 'of one'), (2, 'of two');
SELECT primecloud.create_app_role('regress_primecloud_app');
GRANT SELECT, INSERT, UPDATE, DELETE ON regress_notes TO regress_primecloud_app;
SELECT count(*) > 5 AS protected FROM primecloud.protect_table('regress_notes');
SELECT count(*) FILTER (WHERE line LIKE 'ok%') > 10 AS tried, count(*) FILTER (WHERE line LIKE 'not ok%') AS failed
    FROM primecloud.assert_isolated('regress_notes', 'regress_primecloud_app') AS line;

SET ROLE regress_primecloud_app;
SELECT * FROM regress_notes;
BEGIN;
SELECT primecloud.enter_trusted('1', 'ann', 'owner');
ROLLBACK;
SET primecloud.context = 'forged';
RESET ROLE;
BEGIN;
SELECT primecloud.enter_trusted('1', 'ann', 'owner');
SET LOCAL ROLE regress_primecloud_app;
SELECT * FROM regress_notes;
SELECT primecloud.role(), primecloud.tenant_int();
INSERT INTO regress_notes VALUES (2, 'for another');
ROLLBACK;

-- What other rooms need no key for
SELECT 'plaintext'::primecloud.sealed;
SELECT (primecloud.lifecycle_evaluate('{"Rules": [{"ID": "logs", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": '
    '{"Days": 30}}]}',
    'logs/1', '2026-01-01Z', at => '2026-03-01Z')).*;
SELECT primecloud.create_schema('regress_cloud') > 0 AS created;
SELECT * FROM primecloud.check_schema('regress_cloud');
DROP SCHEMA regress_cloud CASCADE;
DROP TABLE regress_notes;
DROP OWNED BY regress_primecloud_app;
DROP ROLE regress_primecloud_app;
