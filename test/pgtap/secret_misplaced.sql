-- guard_sealed(): a row whose secrets would not open in it is refused, whoever writes it and by whatever way; all else passes.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE secret_misplaced_owner;
SELECT primecloud.create_app_role('secret_misplaced_app') IS NOT NULL AS made;
CREATE SCHEMA g AUTHORIZATION secret_misplaced_owner;
\ir ../fixtures/misplaced_rows.sql

SET ROLE secret_misplaced_owner;
CREATE TABLE g.accounts (id int PRIMARY KEY, account_id int, host text UNIQUE, secret primecloud.sealed, token primecloud.sealed);
SELECT is(said($$SELECT primecloud.guard_sealed('g.accounts')$$), '42704 | no column of g.accounts is registered as sealed | Call '
    'primecloud.seal_column() first.', 'where nothing is sealed nothing is guarded');
SELECT primecloud.seal_column('g.accounts', 'secret', 'g.secret') IS NOT NULL AS sealed;
RESET ROLE;
INSERT INTO g.accounts SELECT n, n, 'host ' || n, sealed_for(n, n), NULL FROM generate_series(1, 3) AS n;
INSERT INTO g.accounts VALUES (4, 1, 'host 4', sealed_for(9, 9), NULL), (5, 1, 'none', NULL, NULL);
CREATE TABLE envelopes AS SELECT sealed_for(1, 1, 'g.token') AS token, sealed_for(2, 2) AS foreign_one;
SELECT is(does('UPDATE g.accounts SET id = 11 WHERE id = 1'), 'done', 'before it is asked for, an id changes behind its envelope');

-- Who may, and what it says.
SET ROLE secret_misplaced_app;
SELECT alike(said('SELECT primecloud.' || f || '(''g.accounts'')'), '42501 %', 'nobody but the owner: ' || f)
FROM unnest('{guard_sealed,unguard_sealed}'::text[]) AS f;
RESET ROLE;
SET ROLE secret_misplaced_owner;
SELECT is((SELECT array_agg(s) FROM primecloud.guard_sealed('g.accounts', dry_run => true) AS s), ARRAY['CREATE CONSTRAINT TRIGGER '
    'primecloud_sealed AFTER INSERT OR UPDATE ON g.accounts DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION '
    'primecloud.refuse_misplaced()', '-- rows that are in g.accounts already are not looked at: primecloud.why_closed() tells of those '
    'whose secrets do not open'], 'a dry run tells');
SELECT is((SELECT count(*) FROM pg_trigger WHERE tgrelid = 'g.accounts'::regclass), 0::bigint, 'and does nothing');
SELECT is((SELECT count(*) FROM primecloud.guard_sealed('g.accounts')), 2::bigint, 'it is asked for');
SELECT is((SELECT count(*) FROM primecloud.guard_sealed('g.accounts')), 0::bigint, 'once');
SELECT is((SELECT array_agg(object || ' ' || state) FROM primecloud.registrations WHERE kind = 'sealed guard'), '{"g.accounts ok"}',
    'and is told of');
SELECT primecloud.seal_column('g.accounts', 'token', 'g.token') IS NOT NULL AS sealed_later;
GRANT USAGE ON SCHEMA g TO secret_misplaced_app;
GRANT SELECT, INSERT, UPDATE ON g.accounts TO secret_misplaced_app;
RESET ROLE;
UPDATE g.accounts SET token = e.token FROM envelopes e WHERE id = 1;
CREATE TABLE g.parents (id int PRIMARY KEY);
INSERT INTO g.parents SELECT generate_series(1, 3);

-- Every way to write a row.
CREATE TABLE ways (statement text, outcome text, name text);
INSERT INTO ways VALUES
    ('UPDATE g.accounts SET id = 11 WHERE id = 1', 'PC005', 'another id'),
    ('UPDATE g.accounts SET account_id = 2 WHERE id = 1', 'PC005', 'another tenant'),
    ('UPDATE g.accounts SET account_id = NULL WHERE id = 1', 'PC005', 'no tenant'),
    ('UPDATE g.accounts SET id = id, account_id = account_id, secret = secret', 'done',
        'the same ones, of a row that was lost before, too'),
    ('UPDATE g.accounts SET host = upper(host)', 'done', 'what is bound to nothing'),
    ('UPDATE g.accounts SET id = 11, secret = NULL, token = NULL WHERE id = 1', 'done', 'another id, and no secret any more'),
    ('UPDATE g.accounts SET id = 11, secret = NULL WHERE id = 1', 'PC005', 'of two, one is left behind'),
    ('UPDATE g.accounts SET id = 15, account_id = 15 WHERE id = 5', 'done', 'where there is no secret'),
    ('UPDATE g.accounts SET secret = f.secret FROM g.accounts f WHERE g.accounts.id = 5 AND f.id = 1', 'PC005', 'another row''s envelope'),
    ('UPDATE g.accounts SET secret = token WHERE id = 1', 'PC005', 'another column''s'),
    ('UPDATE g.accounts SET token = token, secret = secret WHERE id = 1', 'done', 'each its own'),
    ('INSERT INTO g.accounts SELECT 12, account_id, NULL, secret FROM g.accounts WHERE id = 1', 'PC005', 'a row that is copied'),
    ('INSERT INTO g.accounts SELECT 12, account_id, NULL, sealed_for(1, 12) FROM g.accounts WHERE id = 1', 'done', 'sealed for the copy'),
    ('INSERT INTO g.accounts VALUES (12, NULL, NULL, sealed_for(1, 12))', 'PC005', 'a row without a tenant'),
    ('INSERT INTO g.accounts VALUES (6, 6, ''host 1'', sealed_for(6, 6)) ON CONFLICT (host) DO UPDATE SET secret = excluded.secret',
        'PC005', 'sealed for the id that was proposed'),
    ('INSERT INTO g.accounts VALUES (1, 1, ''host 1'', sealed_for(1, 1)) ON CONFLICT (id) DO UPDATE SET secret = excluded.secret', 'done',
        'which is the row''s'),
    ('MERGE INTO g.accounts a USING envelopes e ON a.id = 1 WHEN MATCHED THEN UPDATE SET secret = e.foreign_one', 'PC005', 'MERGE'),
    ('WITH moved AS (DELETE FROM g.accounts WHERE id = 2 RETURNING *) INSERT INTO g.accounts SELECT 22, account_id, NULL, secret '
        'FROM moved', 'PC005', 'a row that is made anew'),
    ($$UPDATE g.accounts SET id = 11, token = NULL, secret = primecloud.reseal_move(secret, '1', 'g.secret', '1', '1', 'g.secret', '11')
        WHERE id = 1$$, 'done', 'moved in the same statement'),
    ($$UPDATE g.accounts SET id = 11, token = NULL, secret = primecloud.reseal_move(secret, '1', 'g.secret', '1', '1', 'g.secret', '12')
        WHERE id = 1$$, 'PC005', 'moved elsewhere'),
    ($w$DO $d$ BEGIN SET CONSTRAINTS g.primecloud_sealed DEFERRED; UPDATE g.accounts SET account_id = 7 WHERE id = 2;
        UPDATE g.accounts SET secret = sealed_for(7, 2) WHERE id = 2; SET CONSTRAINTS ALL IMMEDIATE; END $d$$w$, 'done',
        'in two statements, where the check waits'),
    ($w$DO $d$ BEGIN SET CONSTRAINTS g.primecloud_sealed DEFERRED; UPDATE g.accounts SET account_id = 7 WHERE id = 2;
        DELETE FROM g.accounts WHERE id = 2; SET CONSTRAINTS ALL IMMEDIATE; END $d$$w$, 'done', 'or a row that is gone by then'),
    ($w$DO $d$ BEGIN SET CONSTRAINTS g.primecloud_sealed DEFERRED; UPDATE g.accounts SET account_id = 7 WHERE id = 2;
        UPDATE g.accounts SET host = 'later' WHERE id = 2; SET CONSTRAINTS ALL IMMEDIATE; END $d$$w$, 'PC005',
        'what was not made right by then is refused then'),
    ($w$DO $d$ BEGIN SET CONSTRAINTS g.primecloud_sealed DEFERRED; UPDATE g.accounts SET account_id = 7 WHERE id = 2;
        UPDATE g.accounts SET account_id = 2 WHERE id = 2; SET CONSTRAINTS ALL IMMEDIATE; END $d$$w$, 'done', 'what is put back is not'),
    ('UPDATE g.accounts SET host = ''y'' WHERE id = 4; UPDATE g.accounts SET host = ''x'' WHERE id = 4', 'done',
        'what was lost before may be written twice'),
    ($w$DO $d$ BEGIN UPDATE g.accounts SET account_id = 7 WHERE id = 2; UPDATE g.accounts SET secret = sealed_for(7, 2) WHERE id = 2;
        END $d$$w$, 'PC005', 'in two statements otherwise'),
    ($w$CREATE FUNCTION g.moves() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN NEW.account_id := 3; RETURN NEW; END $f$;
        CREATE TRIGGER "~~last" BEFORE UPDATE ON g.accounts FOR EACH ROW EXECUTE FUNCTION g.moves();
        UPDATE g.accounts SET host = 'there' WHERE id = 1$w$, 'PC005', 'by a trigger, in a statement that names other columns'),
    ($w$CREATE FUNCTION g.goes_on() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN IF NEW.host <> 'on' THEN
        UPDATE g.accounts SET host = 'on' WHERE id = NEW.id; END IF; RETURN NULL; END $f$;
        CREATE TRIGGER a_first AFTER UPDATE ON g.accounts FOR EACH ROW EXECUTE FUNCTION g.goes_on();
        UPDATE g.accounts SET account_id = 3 WHERE id = 1$w$, 'PC005', 'where a trigger that comes first writes the row once more'),
    ($$SET LOCAL primecloud.guard = off; UPDATE g.accounts SET account_id = 1 WHERE account_id > 3;
        ALTER TABLE g.accounts ADD FOREIGN KEY (account_id) REFERENCES g.parents ON UPDATE CASCADE;
        UPDATE g.parents SET id = 33 WHERE id = 3$$, 'PC005', 'by a foreign key'),
    ($$SET LOCAL primecloud.guard = off; UPDATE g.accounts SET account_id = 1 WHERE account_id > 3;
        ALTER TABLE g.accounts ADD FOREIGN KEY (account_id) REFERENCES g.parents ON DELETE SET NULL; DELETE FROM g.parents WHERE id = 3$$,
        'PC005', 'that empties it'),
    ($$ALTER TABLE g.accounts RENAME id TO number; ALTER TABLE g.accounts RENAME secret TO hidden; ALTER TABLE g.accounts RENAME TO others;
        ALTER SCHEMA g RENAME TO gg; UPDATE gg.others SET number = 11, token = NULL WHERE number = 1$$, 'PC005', 'under other names'),
    ($$ALTER TABLE g.accounts RENAME id TO number; ALTER TABLE g.accounts RENAME secret TO hidden; ALTER TABLE g.accounts RENAME TO others;
        ALTER SCHEMA g RENAME TO gg; UPDATE gg.others SET number = 11, token = NULL, hidden = sealed_for(1, 11) WHERE number = 1$$, 'done',
        'right under other names'),
    ('ALTER TABLE g.accounts ALTER id TYPE bigint; UPDATE g.accounts SET id = 11 WHERE id = 2', 'PC005', 'with a wider id'),
    ('SET LOCAL session_replication_role = replica; UPDATE g.accounts SET id = 11 WHERE id = 1', 'done', 'as a subscriber applies it'),
    ('ALTER TABLE g.accounts DISABLE TRIGGER primecloud_sealed; UPDATE g.accounts SET id = 11 WHERE id = 1', 'done',
        'disabled, as its owner may');
SELECT is(does(statement), outcome, name) FROM ways;

-- It is a matter of the row, not of who writes it: no context, no right to open, no key of his own.
SELECT is(said('UPDATE g.accounts SET id = 11 WHERE id = 2'), 'PC005 | the secret in column "secret" of g.accounts would not open in its '
    'row: it was sealed for another id, tenant or column, or altered | The row''s id is "11". | Take it along in the same statement: SET '
    'secret = primecloud.reseal_move(...), or primecloud.seal_for(...) with the new id, or NULL. | secret', 'the way is in the hint');
SELECT is(said('INSERT INTO g.accounts SELECT 12, 1, NULL, secret FROM g.accounts WHERE id = 1'), 'PC005 | the secret in column "secret" '
    'of g.accounts would not open in its row: it was sealed for another id, tenant or column, or altered | The row''s id is "12". | Make '
    'the row''s id first and seal for it: primecloud.seal_for(...). | secret', 'of a new row, too');
SET ROLE secret_misplaced_app;
SELECT is(does('SELECT primecloud.opens(secret, ''1'', ''g.secret'', ''1'') FROM g.accounts'), '42501', 'who may open nothing');
SELECT is(does('UPDATE g.accounts SET id = 11 WHERE id = 1'), 'PC005', 'is refused');
SELECT is(does('UPDATE g.accounts SET host = host || ''x'', secret = secret'), 'done', 'and writes');
SELECT is(does('INSERT INTO g.accounts SELECT 1, 1, ''mine'', secret FROM g.accounts WHERE id = 1 ON CONFLICT (id) DO UPDATE SET secret = '
    'excluded.secret'), 'done', 'an envelope that he cannot open, where it belongs');
RESET ROLE;
SELECT * FROM finish();
