-- Whoever is no owner takes no registration, and who is loses no hold and gives no label away: by names, by partitions, with
-- the event triggers disabled, after a restore.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE attack_registrations_owner;
CREATE ROLE attack_registrations_thief;
CREATE SCHEMA r;
GRANT ALL ON SCHEMA r TO attack_registrations_owner, attack_registrations_thief;
CREATE FUNCTION as_role(who text, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', who);
    EXECUTE statement;
    RESET ROLE;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    RESET ROLE;
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE FUNCTION owner_does(statement text) RETURNS text LANGUAGE sql AS $$ SELECT as_role('attack_registrations_owner', statement) $$;
CREATE FUNCTION thief_does(statement text) RETURNS text LANGUAGE sql AS $$ SELECT as_role('attack_registrations_thief', statement) $$;
CREATE FUNCTION sealed_table(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format('CREATE TABLE r.%I (id int PRIMARY KEY, account_id int NOT NULL, made timestamptz, secret primecloud.sealed)', name) $$;
CREATE FUNCTION labels() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s=%s', table_name, label), ' ' ORDER BY table_name, label) FROM primecloud.sealed_column $$;
CREATE FUNCTION watched(state text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE (SELECT string_agg(format('ALTER EVENT TRIGGER %I %s', evtname, state), ';') FROM pg_event_trigger
             WHERE evtname LIKE 'primecloud%');
END $$;

-- a label that is left behind
SELECT is(owner_does(sealed_table('v')), 'done', 'a table');
SELECT is(owner_does($$SELECT primecloud.seal_column('r.v', 'secret', 'v')$$), 'done', 'is sealed');
SELECT is(owner_does('DROP TABLE r.v'), 'done', 'and dropped');
SELECT is(thief_does(sealed_table('v')), 'done', 'somebody else takes the name');
SELECT is(thief_does($$SELECT primecloud.seal_column('r.v', 'secret', 'v')$$), '42710 the label "v" is kept for column "secret" of r.v, '
    'which role "attack_registrations_owner" owned and which was dropped', 'and not the label');
SELECT is(thief_does($$SELECT primecloud.forget_label('v')$$), '42501 the label "v" is kept for role "attack_registrations_owner"',
    'nor ends it');
SELECT is(thief_does('ALTER TABLE r.v RENAME TO thiefs'), 'done', 'he makes room');
SELECT is(owner_does(sealed_table('w')), 'done', 'the owner has another table');
SELECT alike(owner_does($$SELECT primecloud.seal_column('r.w', 'secret', 'v')$$), '42710 %', 'which is not the one');
SELECT is(owner_does('ALTER TABLE r.w RENAME TO v'), 'done', 'until it is named so');
SELECT is(owner_does($$SELECT primecloud.seal_column('r.v', 'secret', 'v')$$), 'done', 'and takes the label up');
SELECT is(labels(), 'v=v', 'as its own');
SELECT is((SELECT count(*) FROM primecloud.registrations WHERE kind = 'label'), 0::bigint, 'which is kept no longer');
SELECT is(owner_does('ALTER TABLE r.v DROP COLUMN secret'), 'done', 'a column that is dropped');
SELECT is((SELECT array_agg(object || ' ' || state) FROM primecloud.registrations), '{"v kept"}', 'leaves its label, too');
SELECT is(owner_does($$SELECT primecloud.forget_label('v')$$), 'done', 'its owner ends it');
SELECT is(owner_does($$SELECT primecloud.forget_label('v')$$), '42704 no label "v" is kept', 'once');
SELECT is(thief_does($$SELECT primecloud.seal_column('r.thiefs', 'secret', 'v')$$), 'done', 'and it is anybody''s');
SELECT is(thief_does('DROP TABLE r.thiefs'), 'done', 'who gives it back');
SELECT is(as_role('postgres', $$SELECT primecloud.forget_label('v')$$), 'done', 'a superuser ends it, too');

-- unseen: with the event triggers disabled
SELECT is(owner_does(sealed_table('x')), 'done', 'a table');
SELECT is(owner_does(sealed_table('y')), 'done', 'and another');
SELECT is(owner_does($$SELECT primecloud.seal_column(('r.' || t)::regclass, 'secret', t) FROM unnest('{x,y}'::text[]) AS t$$), 'done',
    'are sealed');
SELECT watched('DISABLE');
ALTER TABLE r.x RENAME TO z;
ALTER TABLE r.y RENAME TO x;
ALTER TABLE r.z RENAME TO y;
SELECT is((SELECT s.label FROM primecloud.sealed_column_of('r.x', 'secret') AS s), 'y', 'names that were exchanged unseen: by the object');
SELECT watched('ENABLE ALWAYS');
SELECT is(owner_does(sealed_table('other')), 'done', 'the next command');
SELECT is(labels(), 'x=y y=x', 'writes it down');
SELECT watched('DISABLE');
DROP TABLE r.x;
SELECT is(thief_does(sealed_table('x')), 'done', 'a name that is taken unseen');
SELECT throws_ok($$SELECT primecloud.sealed_column_of('r.x', 'secret')$$, '42704', NULL, 'takes nothing over');
SELECT is((SELECT state FROM primecloud.registrations WHERE object = 'r.x.secret'), 'lost', 'which is told');
SELECT watched('ENABLE ALWAYS');
SELECT alike(thief_does($$SELECT primecloud.seal_column('r.x', 'secret', 'y')$$), '42710 the label "y" is kept for %', 'nor on request');
SELECT is(thief_does('CREATE TABLE r.noise ()'), 'done', 'with the next command');
SELECT is(labels(), 'y=x', 'it ends');
SET session_replication_role = replica;
ALTER TABLE r.y RENAME TO x1;
RESET session_replication_role;
SELECT is(labels(), 'x1=x', 'a session that replicates is watched');
DROP TABLE r.x;
SELECT is(owner_does('ALTER TABLE r.x1 RENAME TO x'), 'done', 'a name that is free again');

-- a restore: nothing is known, and the names are the truth
DELETE FROM primecloud_internal.known_table;
DELETE FROM primecloud_internal.known_column;
SELECT is((SELECT s.label FROM primecloud.sealed_column_of('r.x', 'secret') AS s), 'x', 'registered by its name');
SELECT is(owner_does('ALTER TABLE r.x RENAME TO x2'), 'done', 'a rename is the first command');
SELECT is(labels(), 'x2=x', 'which it follows');
DELETE FROM primecloud_internal.known_table;
DELETE FROM primecloud_internal.known_column;
ALTER TABLE r.x2 OWNER TO attack_registrations_thief;
UPDATE primecloud.sealed_column SET owner_name = 'attack_registrations_owner';
DELETE FROM primecloud_internal.known_table;
DELETE FROM primecloud_internal.known_column;
SELECT throws_ok($$SELECT primecloud.sealed_column_of('r.x2', 'secret')$$, '42704', NULL, 'not where the table is another''s');
SELECT alike(thief_does($$SELECT primecloud.seal_column('r.x2', 'secret', 'x')$$), '42710 the label "x" is kept for %', 'nor on request');
SELECT is(thief_does($$SELECT primecloud.seal_column('r.x2', 'secret', 'thiefs')$$), 'done', 'he has a label of his own');
SELECT is((SELECT array_agg(concat_ws(' ', kind, object, state)) FROM primecloud.registrations WHERE object IN ('x', 'y')),
    '{"label y kept","label x kept"}', 'and the other is kept for whose it was');

-- a hold
CREATE FUNCTION left_of(rel text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE ids text;
BEGIN
    PERFORM primecloud.expire_batch(rel, 10);
    EXECUTE format('SELECT string_agg(id::text, '','' ORDER BY id) FROM %s', rel) INTO ids;
    RETURN ids;
END $$;
SELECT is(owner_does('CREATE TABLE r.h (id int PRIMARY KEY, other int UNIQUE, made timestamptz)'), 'done', 'a table');
SELECT is(owner_does('INSERT INTO r.h VALUES (1, 3, ''2000-01-01''), (2, 2, ''2000-01-01''), (3, 1, ''2000-01-01'')'), 'done', 'its rows');
SELECT is(owner_does($$SELECT primecloud.retain('r.h', 'made', '1 day', id_column => 'id')$$), 'done', 'is registered');
SELECT is(owner_does($$SELECT primecloud.place_hold('r.h', 'case', row_id => '1')$$), 'done', 'and held');
SELECT alike(owner_does($$SELECT primecloud.retain('r.h', 'made', '1 day', id_column => 'other')$$), '55000 %',
    'another id column would hold another row');
SELECT is(owner_does($$SELECT primecloud.unretain('r.h')$$), 'done', 'without a policy');
SELECT alike(owner_does($$SELECT primecloud.retain('r.h', 'made', '1 day', id_column => 'other')$$), '55000 %', 'it is no other');
SELECT is(owner_does('ALTER TABLE r.h RENAME id TO spare'), 'done', 'columns');
SELECT is(owner_does('ALTER TABLE r.h RENAME other TO id'), 'done', 'that exchange');
SELECT is(owner_does('ALTER TABLE r.h RENAME spare TO other'), 'done', 'their names');
SELECT alike(owner_does($$SELECT primecloud.retain('r.h', 'made', '1 day', id_column => 'id')$$), '55000 %', 'are not each other');
SELECT is(owner_does('CREATE TABLE r.whole (id int, other int, made timestamptz)'), 'done', 'a table above');
SELECT is(owner_does($$SELECT primecloud.retain('r.whole', 'made', '1 day')$$), 'done', 'that has a policy');
SELECT is(owner_does('ALTER TABLE r.h INHERIT r.whole'), '55006 table r.h cannot be taken into r.whole: 1 legal hold is open',
    'by which nothing of it would be held');
SELECT is(owner_does($$SELECT primecloud.retain('r.h', 'made', '1 day', id_column => 'other')$$), 'done', 'the column that it was');
SELECT is(left_of('r.h'), '3', 'keeps the row that it did');
SELECT is(owner_does('ALTER TABLE r.h SET UNLOGGED'), '55006 table r.h cannot be made unlogged: 1 legal hold is open',
    'a crash would empty it');
SELECT is(owner_does('CREATE TABLE r.points (h int REFERENCES r.h (id))'), 'done', 'a table that refers to it');
SELECT is(owner_does('CREATE TABLE r.above (id int PRIMARY KEY)'), 'done', 'a table to which it refers');
SELECT is(owner_does('ALTER TABLE r.h ADD above int REFERENCES r.above'), 'done', 'by a key');
SELECT is(owner_does('TRUNCATE r.above CASCADE'), '55006 table r.h cannot be emptied: 1 legal hold is open', 'TRUNCATE that cascades');
SELECT is(as_role('postgres', 'DROP TABLE r.h CASCADE'), '55006 table r.h cannot be dropped: 1 legal hold is open', 'a superuser, too');
SELECT is(owner_does('SET primecloud.allow_drop = on'), '42501 permission denied to set parameter "primecloud.allow_drop"', 'only he');
SET primecloud.allow_drop = on;
DROP TABLE r.h CASCADE;
RESET primecloud.allow_drop;
SELECT is((SELECT count(*) FROM primecloud.registrations WHERE kind = 'legal hold' AND state = 'lost'), 1::bigint,
    'opens it, and it is told');
SELECT is(owner_does('CREATE TABLE r.h (id int PRIMARY KEY, made timestamptz)'), 'done', 'a table of the name');
SELECT is(owner_does('DROP TABLE r.h'), 'done', 'is held by nothing');

-- partitions under another label
SELECT is(owner_does('CREATE TABLE r.p (id int, account_id int, secret primecloud.sealed, PRIMARY KEY (account_id, id)) PARTITION BY '
    'LIST (account_id)'), 'done', 'a partitioned table');
SELECT is(owner_does('CREATE TABLE r.q (LIKE r.p INCLUDING ALL)'), 'done', 'and one to be taken in');
SELECT is(owner_does($$SELECT primecloud.seal_column('r.p', 'secret', 'p')$$), 'done', 'sealed');
INSERT INTO r.q VALUES (1, 1, primecloud.seal(repeat('s', 5), '1', 'q', '1'));
SELECT is(owner_does('ALTER TABLE r.p ATTACH PARTITION r.q FOR VALUES IN (1)'), '42501 column "secret" of r.q is sealed under no '
    'registered label, that of r.p as "p"', 'rows of no label');
SELECT is(owner_does($$SELECT primecloud.seal_column('r.q', 'secret', 'q')$$), 'done', 'or');
SELECT is(owner_does('ALTER TABLE r.p ATTACH PARTITION r.q FOR VALUES IN (1)'), '42501 column "secret" of r.q is sealed as "q", that of '
    'r.p as "p"', 'of another label');
SELECT is(owner_does('TRUNCATE r.q'), 'done', 'emptied');
SELECT is(owner_does('ALTER TABLE r.p ATTACH PARTITION r.q FOR VALUES IN (1)'), 'done', 'it is taken in');
SELECT is(labels(), 'p=p x2=thiefs', 'under the label of the whole');
SELECT is((SELECT s.label FROM primecloud.sealed_column_of('r.q', 'secret') AS s), 'p', 'which is its own');

-- who is told of what
SELECT is(owner_does('SELECT * FROM primecloud.registrations'), 'done', 'everybody asks');
CREATE FUNCTION told(who text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint;
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', who);
    SELECT count(*) INTO n FROM primecloud.registrations WHERE object LIKE 'r.p.%';
    RESET ROLE;
    RETURN n;
END $$;
SELECT is(told('attack_registrations_owner'), 1::bigint, 'the owner is told of his own');
SELECT is(told('attack_registrations_thief'), 0::bigint, 'nobody else is');
SELECT * FROM finish();
