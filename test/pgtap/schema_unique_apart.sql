-- The same where no key sees all accounts: a control plane in the shape that distribute_schema() gives it, on one server.
\set test schema_unique_apart
\ir ../fixtures/control_plane.sql
SELECT no_plan();
SELECT account_id AS a FROM people WHERE who = 'a_owner' \gset
-- (The steps but those that Citus carries out; by a superuser, who alone names a setting of what is not loaded.)
SELECT primecloud_internal.run_plan(ARRAY(
    SELECT primecloud_internal.step(t.kind, t.object, t.statement)
    FROM primecloud_internal.schema_distribute_plan('cloud', 'primecloud_internal') WITH ORDINALITY AS t(kind, object, statement, place)
    WHERE t.kind NOT IN ('setting', 'spread', 'drop foreign key', 'foreign key') ORDER BY t.place), false) \g /dev/null
SELECT is_empty($$SELECT d.* FROM primecloud_internal.schema_differences('cloud',
    primecloud_internal.schema_reference('primecloud_internal', true)) AS d$$, 'it is as check_schema would have it');

SELECT is_empty($$SELECT i.indexrelid::regclass FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = CASE c.relname WHEN 'accounts' THEN 'id' ELSE 'account_id' END
    WHERE c.relnamespace = 'cloud'::regnamespace AND i.indisunique AND a.attnum <> ALL (i.indkey::int2[]) AND c.relname <> 'claims'$$,
    'every unique key has the account in it, but for that of the claims');
SELECT is_empty($$SELECT polrelid::regclass, polname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
    WHERE c.relnamespace = 'cloud'::regnamespace AND NOT polpermissive AND c.relname <> 'claims'$$, 'no policy is restrictive');
SELECT is(act(who, $$SELECT count(*) FROM cloud.claims$$), '42501', 'nobody reads the claims: ' || who)
    FROM unnest(ARRAY['a_owner', 'a_ext', 'platform', 'worker', 'gateway']) AS who;
SELECT is(act('a_owner', statement), '42501', 'nor claims past the commands: ' || statement) FROM unnest(ARRAY[
    $$SELECT cloud.claim_value('accounts_slug_unique', 'mine', NULL)$$, $$SELECT cloud.let_go('00000000-0000-7000-8000-00000000000b')$$,
    $$INSERT INTO cloud.claims VALUES ('accounts_slug_unique', 'mine', '00000000-0000-7000-8000-00000000000a')$$,
    $$DELETE FROM cloud.claims$$]) AS statement;

\ir ../fixtures/unique_attacks.sql

SELECT set_eq($$SELECT key || ' ' || value FROM cloud.claims WHERE key <> 'access_keys_id_unique'$$, $$
    SELECT 'accounts_slug_unique ' || slug FROM cloud.accounts UNION ALL
    SELECT 'accounts_domain_active_unique ' || custom_domain FROM cloud.accounts WHERE domain_status = 'active' UNION ALL
    SELECT 'sftp_credentials_username_unique ' || username FROM cloud.sftp_credentials$$, 'claimed is what there is');

-- What is claimed is compared with the rows that have it, read without a query: for who has the rights of the owner, and with nobody's
-- code.
CREATE TEMPORARY TABLE differences AS SELECT * FROM primecloud_internal.schema_claim_differences('cloud', 'primecloud_internal');
SELECT is_empty('TABLE differences', 'nothing is claimed otherwise');
CREATE ROLE apart_stranger;
GRANT USAGE ON SCHEMA cloud TO apart_stranger;
CREATE SCHEMA planted AUTHORIZATION apart_stranger;
CREATE SEQUENCE planted.sprung;
GRANT USAGE ON SCHEMA planted TO PUBLIC;
GRANT USAGE ON SEQUENCE planted.sprung TO PUBLIC;
CREATE FUNCTION planted.same(a text, b text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE
    AS $$ BEGIN PERFORM nextval('planted.sprung'); RETURN true; END $$;
CREATE OPERATOR planted.= (FUNCTION = planted.same, LEFTARG = text, RIGHTARG = text);
CREATE FUNCTION planted.spring(a text) RETURNS text LANGUAGE plpgsql IMMUTABLE
    AS $$ BEGIN PERFORM nextval('planted.sprung'); RETURN a; END $$;
CREATE INDEX ON cloud.accounts ((planted.spring(slug))) WHERE planted.spring(slug) IS NOT NULL;
SELECT id AS left_over, slug FROM cloud.accounts ORDER BY id LIMIT 1 \gset
DELETE FROM cloud.claims WHERE key = 'accounts_slug_unique' AND account_id = :'left_over';
INSERT INTO cloud.claims VALUES ('sftp_credentials_username_unique', 'gone', :'left_over');
SELECT setval('planted.sprung', 1, false) \g /dev/null
SET search_path = planted, pg_catalog;
INSERT INTO differences SELECT * FROM primecloud_internal.schema_claim_differences('cloud', 'primecloud_internal');
RESET search_path;
SELECT is((SELECT is_called FROM planted.sprung), false, 'no operator or index of anybody''s is asked');
SELECT results_eq('SELECT key, value, claimant, accounts FROM differences ORDER BY key', format($$VALUES
    ('accounts_slug_unique', %L, NULL, ARRAY[%L]), ('sftp_credentials_username_unique', 'gone', %2$L, '{}'::text[])$$, :'slug',
        :'left_over'),
    'a row that has not claimed, and a claim without a row');
SELECT throws_ok(format($$SET ROLE %I; SELECT * FROM primecloud_internal.owners_rows('cloud.accounts', '{id,slug,id}')$$, r), '42501', NULL,
    'a stranger, and whoever reads some of it, reads nothing by it: ' || r) FROM unnest(ARRAY['apart_stranger', :'app', :'gate']) AS r;
RESET ROLE;
SELECT throws_ok(format($$SELECT * FROM primecloud_internal.owners_rows('cloud.accounts', %L)$$, columns), '42703', NULL,
    'a column that is not there, or has a type of its own: ' || columns) FROM unnest('{"{id,gone}","{id,created_at}"}'::text[]) AS columns;
SELECT throws_ok($$SELECT * FROM primecloud_internal.owners_rows('cloud.accounts_flat', '{id}')$$, '42809', NULL, 'a view is not read');
DROP INDEX cloud.accounts_spring_idx;
SET ROLE :"owner";
SELECT primecloud_internal.schema_mend_claims('cloud', 'primecloud_internal') \g /dev/null
SELECT is_empty($$SELECT * FROM primecloud_internal.schema_claim_differences('cloud', 'primecloud_internal')$$, 'and claims are put right');
RESET ROLE;

-- A dump of such a one comes back without Citus: migrate_schema brings the keys of one server back, with its policies and functions.
SET ROLE :"owner";
SELECT cmp_ok((SELECT count(*) FROM primecloud.check_schema('cloud')), '>=', 13::bigint, 'check_schema tells of it');
SELECT lives_ok($$SELECT primecloud.migrate_schema('cloud')$$, 'it is migrated');
SELECT is_empty($$SELECT * FROM primecloud.check_schema('cloud')$$, 'and is as a new one');
RESET ROLE;
SELECT is_empty('TABLE cloud.claims', 'nothing is claimed: the keys say it');
SELECT isnt_empty($$SELECT tgrelid::regclass FROM pg_trigger WHERE tgrelid = 'cloud.account_members'::regclass
    AND tgname = 'primecloud_watch'$$,
    'changes of members are watched again');
SELECT throws_ok(format('UPDATE cloud.accounts SET slug = %L WHERE slug <> %1$L', slug), '23505', NULL, 'a key sees all accounts: slugs')
    FROM cloud.accounts LIMIT 1;
SELECT is(act('b_owner', $$SELECT cloud.create_account('Probe', 'account-a')$$), '23505', 'and the commands are refused by it');

-- Two accounts that have got one name meanwhile are told, and nothing is changed.
SELECT primecloud_internal.run_plan(ARRAY(SELECT s FROM primecloud_internal.schema_key_steps('cloud', 'primecloud_internal', true) s),
    false) \g /dev/null
UPDATE cloud.accounts SET slug = 'twice';
SET ROLE :"owner";
SELECT throws_ok($$SELECT primecloud.migrate_schema('cloud')$$, '23505', NULL, 'one name of two accounts');
RESET ROLE;
SELECT finish();
