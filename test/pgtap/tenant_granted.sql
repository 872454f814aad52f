-- How much may be granted to a confined user: as many ids as are still read in no time at each entry.
SELECT no_plan();
CREATE TABLE accounts (id bigint PRIMARY KEY, status text NOT NULL DEFAULT 'active');
CREATE TABLE members (account_id bigint, user_id text, role text, PRIMARY KEY (account_id, user_id));
CREATE TABLE granted (account_id bigint, user_id text, item_id bigint);
CREATE INDEX ON granted (account_id, user_id);
INSERT INTO accounts VALUES (1);
INSERT INTO members VALUES (1, 'eve', 'external_client'), (1, 'dan', 'developer');
-- descending, so that they are not in order as they are read; and each twice
INSERT INTO granted SELECT 1, u, 100000 - n / 2 FROM generate_series(0, 199999) AS n, (VALUES ('eve'), ('dan')) AS w(u);
SELECT primecloud.register_membership('members', 'account_id', 'user_id', 'role', accounts => 'accounts', grants => 'granted',
    grants_tenant_column => 'account_id', grants_user_column => 'user_id', grants_id_column => 'item_id') \g /dev/null

BEGIN;
SELECT lives_ok($$SELECT primecloud.enter_trusted('1', 'eve', NULL)$$, 'a hundred thousand ids are let in, each counted once');
SELECT ok(primecloud.in_scope(i), i || ' was granted') FROM unnest('{1,2,9,10,11,99999,100000}'::bigint[]) AS i;
SELECT ok(NOT primecloud.in_scope(i), i || ' was not') FROM unnest('{0,-1,100001,1000000}'::bigint[]) AS i;
SELECT is((SELECT count(*) FROM generate_series(-1000, 101000) AS i WHERE primecloud.in_scope(i)), 100000::bigint, 'nor any other');
COMMIT;
INSERT INTO granted VALUES (1, 'eve', 100001), (1, 'dan', 100001);
BEGIN;
SELECT throws_matching($$SELECT primecloud.enter_trusted('1', 'eve', NULL)$$,
    '^the user was granted 100001 ids in the account, and 100000 are the most$', 'one more is refused');
SELECT throws_ok($$SELECT primecloud.enter_trusted('1', 'eve', NULL)$$, '54000', NULL, 'as a limit');
SELECT lives_ok($$SELECT primecloud.enter_trusted('1', 'dan', NULL)$$, 'who is not confined needs none of them');
COMMIT;
SELECT finish();
