-- guard_sealed() of a partitioned table; how it is undone, with the last column that is sealed; what is told of it.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE secret_misplaced_parts_owner;
SELECT primecloud.create_app_role('secret_misplaced_parts_app') IS NOT NULL AS made;
CREATE SCHEMA g AUTHORIZATION secret_misplaced_parts_owner;
\ir ../fixtures/misplaced_rows.sql

SET ROLE secret_misplaced_parts_owner;
CREATE TABLE g.parted (id int, account_id int, secret primecloud.sealed, filler int, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE g.low PARTITION OF g.parted FOR VALUES FROM (0) TO (10);
CREATE TABLE g.mid (filler int, secret primecloud.sealed, gone int, account_id int, id int NOT NULL);
ALTER TABLE g.mid DROP COLUMN gone;
ALTER TABLE g.parted ATTACH PARTITION g.mid FOR VALUES FROM (10) TO (20);
SELECT primecloud.seal_column('g.parted', 'secret', 'g.secret') IS NOT NULL AS sealed;
SELECT is(does(format('SELECT primecloud.guard_sealed(%L)', 'g.' || name)), outcome, name) FROM (VALUES ('parted', 'done'),
    ('low', '42809'), ('mid', '42809')) AS v(name, outcome);
SELECT count(*) > 0 AS guarded FROM primecloud.guard_sealed('g.parted');
CREATE TABLE g.high PARTITION OF g.parted FOR VALUES FROM (20) TO (30);
CREATE TABLE g.next (LIKE g.parted INCLUDING ALL);
ALTER TABLE g.parted ATTACH PARTITION g.next FOR VALUES FROM (30) TO (40);
CREATE VIEW g.seen AS SELECT * FROM g.parted;
SELECT is(does('SELECT primecloud.guard_sealed(''g.seen'')'), '42809', 'a view');
SELECT is(does('SELECT primecloud.guard_sealed(NULL)'), '22004', 'nothing');
DROP VIEW g.seen;
RESET ROLE;
INSERT INTO g.parted SELECT n, 1, sealed_for(1, n), 1 FROM unnest('{1,11,21,31}'::int[]) AS n;
SELECT is(does(statement), outcome, statement) FROM (VALUES
    ('UPDATE g.parted SET account_id = 2 WHERE id = 1', 'PC005'), ('UPDATE g.parted SET account_id = 2 WHERE id = 11', 'PC005'),
    ('UPDATE g.mid SET account_id = 2', 'PC005'), ('UPDATE g.high SET account_id = 2', 'PC005'),
    ('UPDATE g.next SET account_id = 2', 'PC005'), ('UPDATE g.parted SET filler = 2, id = id', 'done'),
    ('UPDATE g.parted SET id = 2 WHERE id = 1', 'PC005'), ('UPDATE g.parted SET id = 12 WHERE id = 1', 'PC005'),
    ('UPDATE g.parted SET id = 12, secret = sealed_for(1, 12) WHERE id = 1', 'done'),
    ('INSERT INTO g.mid (id, account_id, secret) VALUES (12, 1, sealed_for(1, 12))', 'done'),
    ('INSERT INTO g.mid (id, account_id, secret) VALUES (12, 1, sealed_for(1, 13))', 'PC005'),
    ('ALTER TABLE g.parted DETACH PARTITION g.mid; UPDATE g.mid SET account_id = 2', 'done'),
    ('ALTER TABLE g.parted DETACH PARTITION g.mid; SELECT primecloud.guard_sealed(''g.mid''); UPDATE g.mid SET account_id = 2', 'PC005'),
    ('ALTER TABLE g.parted DETACH PARTITION g.mid; SELECT primecloud.guard_sealed(''g.mid''); SELECT primecloud.unguard_sealed(''g.mid''); '
        'ALTER TABLE g.parted ATTACH PARTITION g.mid FOR VALUES FROM (10) TO (20); UPDATE g.mid SET account_id = 2', 'PC005'),
    ('ALTER TABLE g.mid DISABLE TRIGGER primecloud_sealed; SELECT primecloud.guard_sealed(''g.parted''); UPDATE g.mid SET account_id = 2',
        'PC005')) AS v(statement, outcome);
SELECT is(said('ALTER TABLE g.mid DISABLE TRIGGER primecloud_sealed'), 'done', 'a partition without it');
SELECT is((SELECT array_agg(object || ' ' || problem) FROM primecloud.registrations WHERE kind = 'sealed guard'),
    '{"g.parted its trigger on g.mid is disabled"}', 'is told');
SELECT count(*) FROM primecloud.unguard_sealed('g.parted');
SELECT is((SELECT count(*) FROM pg_trigger WHERE tgfoid = 'primecloud.refuse_misplaced()'::regprocedure), 0::bigint,
    'and goes with the whole');

SET ROLE secret_misplaced_parts_owner;
CREATE TABLE g.accounts (id int PRIMARY KEY, account_id int, host text, secret primecloud.sealed, token primecloud.sealed);
SELECT primecloud.seal_column('g.accounts', c, 'g.accounts.' || c) IS NOT NULL AS sealed FROM unnest('{secret,token}'::name[]) AS c;
SELECT count(*) FROM primecloud.guard_sealed('g.accounts');
CREATE TABLE g.plain (id int, name text);
RESET ROLE;
INSERT INTO g.accounts VALUES (1, 1, 'one', sealed_for(1, 1, 'g.accounts.secret'), sealed_for(1, 1, 'g.accounts.token'));

-- Undone, with the last column that is sealed.
CREATE FUNCTION guards() RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FROM pg_trigger WHERE tgrelid = 'g.accounts'::regclass AND tgfoid = 'primecloud.refuse_misplaced()'::regprocedure $$;
CREATE FUNCTION left_after(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE found bigint;
BEGIN
    EXECUTE statement;
    found := guards();
    RAISE EXCEPTION USING ERRCODE = 'UNDO0', MESSAGE = found;
EXCEPTION WHEN SQLSTATE 'UNDO0' THEN
    RETURN SQLERRM;
END $$;
SELECT is(left_after(statement), outcome, statement) FROM (VALUES
    ($$SELECT primecloud.unguard_sealed('g.accounts')$$, '0'),
    ($$SELECT primecloud.unguard_sealed('g.accounts', dry_run => true)$$, '1'),
    ($$SELECT primecloud.unregister_sealed_column('g.accounts', 'token')$$, '1'),
    ($$SELECT primecloud.unregister_sealed_column('g.accounts', c) FROM unnest('{token,secret}'::name[]) AS c$$, '0'),
    ($$SELECT primecloud.unseal_column('g.accounts', 'token')$$, '1'),
    ($$SELECT primecloud.unseal_column('g.accounts', c) FROM unnest('{token,secret}'::name[]) AS c$$, '0'),
    ($$SELECT primecloud.unseal_column('g.accounts', 'secret', dry_run => true)$$, '1'),
    ($$SELECT primecloud.leave('g.accounts', dry_run => false)$$, '0')) AS v(statement, outcome);
SELECT is((SELECT count(*) FROM primecloud.leave('g.accounts') AS l WHERE l LIKE 'DROP TRIGGER primecloud_sealed %'), 1::bigint,
    'leave() tells it');
SELECT is((SELECT count(*) FROM primecloud.leave() AS l WHERE l LIKE '-- trigger %'), 0::bigint,
    'and leaves nothing behind');
SELECT is(said('ALTER TABLE g.accounts DISABLE TRIGGER primecloud_sealed'), 'done', 'disabled');
SELECT is((SELECT array_agg(state || ': ' || problem) FROM primecloud.registrations WHERE kind = 'sealed guard'),
    '{"broken: its trigger on g.accounts is disabled"}', 'is told');
SELECT is((SELECT array_agg(s) FROM primecloud.guard_sealed('g.accounts') AS s), 
    '{ALTER TABLE g.accounts ENABLE TRIGGER primecloud_sealed}', 'and mended by asking again');
SELECT is(does('UPDATE g.accounts SET id = 11 WHERE id = 1'), 'PC005', 'it refuses again');

-- Called as guard_sealed() does not.
SELECT is(does('CREATE TRIGGER wrong ' || how || ' EXECUTE FUNCTION primecloud.refuse_misplaced(); ' || statement), outcome, how)
FROM (VALUES ('BEFORE UPDATE ON g.accounts FOR EACH ROW', 'UPDATE g.accounts SET host = ''x''', '39P01'),
    ('AFTER UPDATE ON g.accounts FOR EACH STATEMENT', 'UPDATE g.accounts SET host = ''x''', '39P01'),
    ('AFTER DELETE ON g.accounts FOR EACH ROW', 'DELETE FROM g.accounts', '39P01'),
    ('AFTER UPDATE ON g.plain FOR EACH ROW', 'UPDATE g.plain SET name = ''x''', 'done')) AS v(how, statement, outcome);
SELECT is(does('SELECT primecloud.refuse_misplaced()'), '39P01', 'by itself');
SELECT * FROM finish();
