-- Rows that go along: what is held is not deleted by ON DELETE CASCADE from a table that expires, by whatever way there.
SELECT no_plan();
CREATE ROLE retention_cascade_owner;
CREATE SCHEMA cascades AUTHORIZATION retention_cascade_owner;
SET ROLE retention_cascade_owner;
SET search_path = cascades, public;
SET client_min_messages = error;
CREATE TABLE tree (id bigint PRIMARY KEY, up bigint REFERENCES tree ON DELETE CASCADE, account_id int, made timestamptz);
CREATE TABLE leaf (id bigint PRIMARY KEY, tree bigint REFERENCES tree ON DELETE CASCADE);
CREATE TABLE vein (id bigint PRIMARY KEY, leaf bigint REFERENCES leaf ON DELETE CASCADE);
CREATE TABLE beside (id bigint PRIMARY KEY, tree bigint REFERENCES tree ON DELETE SET NULL);
CREATE TABLE years (id bigint, tree bigint, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE year_1 PARTITION OF years FOR VALUES FROM (0) TO (100);
ALTER TABLE year_1 ADD FOREIGN KEY (tree) REFERENCES tree ON DELETE CASCADE;
CREATE TABLE rings (id bigint PRIMARY KEY, tree bigint REFERENCES tree ON DELETE CASCADE) PARTITION BY RANGE (id);
CREATE TABLE ring_1 PARTITION OF rings FOR VALUES FROM (0) TO (100);
CREATE TABLE deep (id bigint PRIMARY KEY, ring bigint REFERENCES ring_1 ON DELETE CASCADE);
CREATE TABLE kept (LIKE tree);
SELECT count(*) FROM primecloud.retain('tree', 'made', '90 days', tenant_column => 'account_id', id_column => 'id');

-- What is left of all tables after an expiry, which is undone by filling them anew; and what its run says.
CREATE PROCEDURE fill() LANGUAGE sql AS $$
    TRUNCATE tree, leaf, vein, beside, years, rings, deep, kept;
    INSERT INTO tree VALUES (1, NULL, 1, now() - interval '2 years'), (2, 1, 2, now()), (3, NULL, 1, now() - interval '2 years');
    INSERT INTO leaf VALUES (7, 1);
    INSERT INTO vein VALUES (8, 7);
    INSERT INTO beside VALUES (9, 1);
    INSERT INTO years VALUES (10, 1);
    INSERT INTO rings VALUES (11, 1);
    INSERT INTO deep VALUES (12, 11) $$;
CREATE FUNCTION here() RETURNS text LANGUAGE sql AS $$
    SELECT format('%s %s %s %s %s', (SELECT count(*) FROM tree), (SELECT count(*) FROM leaf), (SELECT count(*) FROM vein),
        (SELECT count(*) FROM beside), (SELECT count(*) FROM years)) $$;
CREATE FUNCTION of_run() RETURNS text LANGUAGE sql AS $$
    SELECT format('%s: %s gone, %s held', state, rows_expired, rows_held) FROM primecloud.job_progress WHERE table_name = 'tree'
    ORDER BY run DESC LIMIT 1 $$;
CALL fill();
CALL primecloud.expire('tree');
SELECT is(here(), '0 0 0 1 0', 'nothing is held: what hangs on rows goes with them');

CREATE FUNCTION release() RETURNS bigint LANGUAGE sql AS $$
    SELECT count(primecloud.release_hold(format('%I.%I', schema_name, table_name)::regclass, id, 'closed'))
    FROM primecloud.retention_holds WHERE released_at IS NULL $$;
SELECT 'CALL fill()', format('SELECT primecloud.place_hold(%L, ''case'', row_id => %L, tenant => %L) > 0 AS placed', rel, row_id, tenant),
    format('CALL primecloud.expire(''tree''%s)', how), format('SELECT is(here(), ''3 1 1 1 1'', %L)', what),
    'SELECT is(of_run(), ''finished: 0 gone, 2 held'', ''and is counted'')', 'SELECT release() AS released'
FROM (VALUES
    ('leaf', NULL, NULL, '', 'a table that hangs on it is held'),
    ('vein', NULL, NULL, '', 'one that hangs on that'),
    ('years', NULL, NULL, '', 'one that hangs on it by a key of its partition'),
    ('deep', NULL, NULL, '', 'one that hangs on a partition of one that hangs on it'),
    ('tree', '2', NULL, '', 'a row of its own that hangs on another'),
    ('tree', NULL, '2', ', method => ''slices''', 'a tenant of its own')) AS v(rel, row_id, tenant, how, what) \gexec

CALL fill();
SELECT primecloud.place_hold('beside', 'case') AS hold \gset
CALL primecloud.expire('tree');
SELECT is(here(), '0 0 0 1 0', 'what stays where it points at nothing holds nobody');
SELECT primecloud.release_hold('beside', :hold, 'closed');
CALL fill();
SELECT primecloud.place_hold('vein', 'case') AS hold \gset
SELECT is(primecloud.expire_batch('tree', 10), 0::bigint, 'nor does a batch take it');
SELECT is((SELECT string_agg(row_count::text, ' ') FROM primecloud.expire_preview('tree') WHERE what = 'held'), '2', 'as the preview says');
SELECT count(*) FROM primecloud.retain('tree', 'made', '90 days', mode => 'archive', archive => 'kept', tenant_column => 'account_id',
    id_column => 'id');
CALL primecloud.expire('tree');
SELECT is(here() || ' ' || (SELECT count(*) FROM kept), '3 1 1 1 1 0', 'nor does what archives');
SELECT primecloud.release_hold('vein', :hold, 'closed');
CALL primecloud.expire('tree');
SELECT is(here() || ' ' || (SELECT count(*) FROM kept), '0 0 0 1 0 2', 'released, it goes');

-- Keys that change the column by which a hold knows its rows: one that is held, or that stands in the way of one.
CREATE TABLE account (id int PRIMARY KEY, other int UNIQUE DEFAULT 5, mark timestamptz UNIQUE, made timestamptz);
CREATE TABLE nulled (id int PRIMARY KEY, account_id int REFERENCES account ON DELETE SET NULL, made timestamptz);
CREATE TABLE defaulted (id int PRIMARY KEY, account_id int DEFAULT 0 REFERENCES account ON DELETE SET DEFAULT, made timestamptz);
CREATE TABLE listed (id int PRIMARY KEY, a int, account_id int, made timestamptz, UNIQUE (a, account_id),
    FOREIGN KEY (a) REFERENCES account ON DELETE SET NULL (a));
CREATE TABLE carried (id int PRIMARY KEY, account_id int REFERENCES account ON DELETE CASCADE, made timestamptz);
CREATE TABLE beyond (id int PRIMARY KEY, account_id int REFERENCES carried ON DELETE SET NULL, made timestamptz);
CREATE TABLE named_after (id int PRIMARY KEY, a int, account_id int, made timestamptz,
    FOREIGN KEY (a, account_id) REFERENCES listed (a, account_id) ON UPDATE SET NULL);
CREATE TABLE computed (id int PRIMARY KEY, a int REFERENCES account ON DELETE SET NULL, made timestamptz,
    account_id int GENERATED ALWAYS AS (a) STORED);
CREATE TABLE marked (id int PRIMARY KEY, account_id timestamptz REFERENCES account (mark) ON UPDATE CASCADE, tenant int, made timestamptz);
CREATE TABLE both_listed (id int PRIMARY KEY, a int, account_id int, made timestamptz,
    FOREIGN KEY (a) REFERENCES account ON DELETE SET NULL (a));
SELECT count(*) FROM unnest('{nulled,defaulted,listed,beyond,named_after,computed,both_listed}'::text[]) AS rel,
    primecloud.retain(rel::regclass, 'made', '30 days', tenant_column => 'account_id', id_column => 'id');
SELECT count(*) FROM primecloud.retain('account', 'made', '30 days');
INSERT INTO account VALUES (0, 0, NULL, now());
SELECT 'DELETE FROM account WHERE id = 1; DELETE FROM named_after; DELETE FROM listed; DELETE FROM beyond; DELETE FROM carried; '
    'INSERT INTO account VALUES (1, 1, NULL, now() - interval ''1 year''); INSERT INTO carried VALUES (1, 1); '
    'INSERT INTO listed VALUES (1, 1, 1, now()); INSERT INTO beyond VALUES (1, 1, now()); INSERT INTO named_after VALUES (1, 1, 1, now())',
    format('SELECT primecloud.place_hold(%L, ''case'', %s => ''1'')', rel, by), 'CALL primecloud.expire(''account'')',
    format('SELECT is((SELECT count(*)::int FROM account WHERE id = 1), %s, %L)', stays, what), 'SELECT release() AS released'
FROM (VALUES ('nulled', 'tenant', 1, 'SET NULL takes the tenant of what is held'),
    ('nulled', 'row_id', 0, 'a row that is held by another column'),
    ('defaulted', 'tenant', 1, 'SET DEFAULT gives it another'), ('beyond', 'tenant', 1, 'SET NULL beyond a CASCADE'),
    ('named_after', 'tenant', 1, 'ON UPDATE beyond a SET NULL'), ('computed', 'tenant', 1, 'a column that is computed of one set to null'),
    ('both_listed', 'tenant', 0, 'SET NULL of another column than the hold goes by')) AS v(rel, by, stays, what) \gexec
-- what retention updates itself
SELECT count(*) FROM primecloud.retain('account', 'made', '30 days', mode => 'soft_delete', soft_delete_column => 'mark');
DELETE FROM account;
UPDATE account SET made = now();
INSERT INTO account VALUES (2, 2, NULL, now() - interval '1 year');
CREATE TABLE of_mark (id int PRIMARY KEY, mark timestamptz REFERENCES account (mark) ON UPDATE CASCADE,
    account_id text GENERATED ALWAYS AS (CASE WHEN mark IS NULL THEN '1' ELSE '2' END) STORED, made timestamptz);
SELECT count(*) FROM primecloud.retain('of_mark', 'made', '30 days', tenant_column => 'account_id');
SELECT primecloud.place_hold('of_mark', 'case', tenant => '1');
CALL primecloud.expire('account');
SELECT is((SELECT count(*)::int FROM account WHERE mark IS NOT NULL), 0, 'a mark that a key carries to where something is held');
SELECT release() AS released;
CALL primecloud.expire('account');
SELECT is((SELECT count(*)::int FROM account WHERE mark IS NOT NULL), 1, '(and without the hold)');

-- reasons, and texts that a table takes for equal
SELECT primecloud.place_hold('tree', 'case') AS hold \gset
SELECT throws_ok(format('SELECT primecloud.release_hold(''tree'', %s, %L)', :hold, reason), '22023', NULL,
    'released for no reason: ' || coalesce(reason, 'NULL')) FROM (VALUES (NULL), ('')) AS v(reason);
SELECT lives_ok(format('SELECT primecloud.release_hold(''tree'', %s, ''closed'')', :hold), 'for one');
CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE named (id text COLLATE blind PRIMARY KEY, made timestamptz);
SELECT count(*) FROM primecloud.retain('named', 'made', '90 days', id_column => 'id');
SELECT throws_ok($$SELECT primecloud.place_hold('named', 'case', row_id => 'abc')$$, '0A000',
    'table cascades.named compares column id by a collation that takes different texts for equal', 'a row that cannot be told from others');
SELECT lives_ok($$SELECT primecloud.place_hold('named', 'case')$$, 'the whole table can be held');
SELECT * FROM finish();
