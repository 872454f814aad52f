-- What is claimed otherwise than rows have it is told and put right: read by test/citus/schema.sql, where schema cloud is distributed.
RESET ROLE;
CREATE FUNCTION tried.problems() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT object || ': ' || problem FROM primecloud.check_schema('cloud') WITH ORDINALITY AS c(object, problem, n) ORDER BY n $$;
-- In words that are the same each time: accounts by their letters.
CREATE TABLE tried.letters AS SELECT id, chr(96 + (row_number() OVER (ORDER BY id))::int) AS letter, slug FROM cloud.accounts;
GRANT SELECT ON tried.letters TO PUBLIC;
CREATE FUNCTION tried.lettered(words text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT * FROM tried.letters LOOP
        words := replace(replace(words, one.id::text, upper(one.letter)), format('"%s"', one.slug), format('"slug of %s"',
            upper(one.letter)));
    END LOOP;
    RETURN words;
END $$;
SELECT tried.is(string_agg(p, E'\n'), NULL, 'claimed is what rows have') FROM tried.problems() AS p;
SELECT tried.is(state, 'ok', 'check_installation says so') FROM primecloud.check_installation()
    WHERE what = 'control plane cloud claims what '
    'its rows have';
SELECT id AS a, slug AS slug_a FROM tried.letters JOIN cloud.accounts USING (id, slug) WHERE letter = 'a' \gset
SELECT id AS b, slug AS slug_b FROM tried.letters JOIN cloud.accounts USING (id, slug) WHERE letter = 'b' \gset
SELECT id AS c FROM tried.letters WHERE letter = 'c' \gset
SELECT md5(string_agg(key || value || account_id, ',' ORDER BY key, value)) AS claims FROM cloud.claims \gset
DELETE FROM cloud.claims WHERE key = 'accounts_slug_unique' AND value = :'slug_a';
UPDATE cloud.claims SET account_id = :'c' WHERE key = 'accounts_slug_unique' AND value = :'slug_b';
INSERT INTO cloud.claims VALUES ('accounts_slug_unique', 'nobody''s \ name', :'a'), ('sftp_credentials_username_unique', 'gone', :'b');
DELETE FROM cloud.claims WHERE key = 'invoices_number_unique' AND account_id = :'c';
UPDATE cloud.accounts SET custom_domain = 'twice.example.com', domain_status = 'active' WHERE id IN (:'a', :'b');
INSERT INTO cloud.access_keys (account_id, name, access_key_id) VALUES (:'c', 'k', 'AAAAAAAAAAAAAAAAAAAC');
SELECT invoice_number AS bill FROM cloud.invoices WHERE account_id = :'c' \gset
\set hint 'primecloud.migrate_schema'
SELECT tried.is(tried.lettered(string_agg(p, E'\n')),
    format('claim access_keys_id_unique "AAAAAAAAAAAAAAAAAAAC": account C has it and has not '
        'claimed it: %2$s claims it
claim accounts_domain_active_unique "twice.example.com": accounts A, B have it, and one alone may: give all but one another, and run %2$s
claim accounts_slug_unique "slug of A": account A has it and has not claimed it: %2$s claims it
claim accounts_slug_unique "slug of B": account B has it, and account C has claimed it: %2$s puts it right
claim accounts_slug_unique "nobody''s \ name": account A has claimed it, and no row has it: %2$s frees it
claim invoices_number_unique "%1$s": account C has it and has not claimed it: %2$s claims it
claim sftp_credentials_username_unique "gone": account B has claimed it, and no row has it: %2$s frees it', :'bill', :'hint'),
    'what is claimed otherwise is told, with what puts it right') FROM tried.problems() AS p;
SELECT tried.is(state || ' ' || fix,
    'missing 7 claims differ: SELECT * FROM primecloud.check_schema(''cloud'') says which, and what puts each '
    'right', 'check_installation tells of it')
    FROM primecloud.check_installation() WHERE what = 'control plane cloud claims what its rows have';

-- A shard that cannot be read is not called right.
BEGIN;
SET LOCAL primecloud.guard = off;
ALTER TABLE cloud.sftp_credentials ALTER username SET DEFAULT 'x';
SELECT tried.is((string_agg(p,
    E'\n') ~ 'claims: not compared with the rows that they are of: rows of table cloud.sftp_credentials were not '
    'read: somebody holds table \d+ locked')::text, 'true', 'what is locked is told as not compared') FROM tried.problems() AS p;
ROLLBACK;

-- Whose they are to be told.
SET ROLE schema_app;
SELECT tried.is(tried.said($$SELECT count(*) FROM primecloud_internal.owners_rows('cloud.accounts', '{slug,id,slug}')$$),
    '42501 must be owner of table accounts', 'the application reads no rows by it');
SET ROLE schema_gate;
SELECT tried.is(left(tried.said($$SELECT count(*) FROM primecloud_internal.owners_rows('cloud.claims', '{key,value,account_id}')$$), 5),
    '42501',
    'nor the gate role');
SELECT tried.is(left(tried.said($$SELECT count(*) FROM primecloud_internal.rows_anywhere('cloud.accounts', '{slug,id,slug}')$$), 5),
    '42501',
    'nor past the door');
SET ROLE schema_owner;
SELECT tried.is(string_agg(DISTINCT left(result, 43), ','), 'ERROR:  permission denied for function rows', 'nor on a worker')
    FROM run_command_on_workers($$SELECT primecloud_internal.rows_by_now_on('{cloud.accounts_1}', '{slug,id,slug}')$$);
SELECT tried.is(primecloud.migrate_schema('cloud')::text, '1', 'migrate_schema');
SELECT tried.is(tried.lettered(string_agg(p, E'\n')),
    'claim accounts_domain_active_unique "twice.example.com": accounts A, B have it, and one '
    'alone may: give all but one another, and run primecloud.migrate_schema', 'puts right all but what two have') FROM tried.problems()
        AS p;
RESET ROLE;
SELECT tried.is(tried.lettered(tried.said(format('SELECT cloud.claim_value(%L, %L, %L)', 'accounts_domain_active_unique',
    'twice.example.com',
    :'c'))), '23505 duplicate key value violates unique constraint "accounts_domain_active_unique"', 'which is kept from a third');
UPDATE cloud.accounts SET custom_domain = NULL, domain_status = 'none' WHERE id = :'a';
SET ROLE schema_owner;
SELECT primecloud.migrate_schema('cloud') \g /dev/null
SELECT tried.is(string_agg(p, E'\n'), NULL, 'and the other one''s when the first has given it up') FROM tried.problems() AS p;
RESET ROLE;
SELECT tried.is(account_id::text, :'b', 'as the claim says') FROM cloud.claims WHERE key = 'accounts_domain_active_unique';
UPDATE cloud.accounts SET custom_domain = NULL, domain_status = 'none' WHERE id = :'b';
DELETE FROM cloud.access_keys WHERE account_id = :'c' AND name = 'k';
SET ROLE schema_owner;
SELECT primecloud.migrate_schema('cloud') \g /dev/null
RESET ROLE;
SELECT tried.is(md5(string_agg(key || value || account_id, ',' ORDER BY key, value)), :'claims', 'claimed is what was claimed before')
    FROM cloud.claims;
SET ROLE schema_owner;
