-- Tables of several hands: a partition, an inheriting child or the parent of a foreign key that
-- belongs to another role has code of that role's.  A helper that works as the owner of the one
-- would lend it his rights: it refuses, and says which table it is, also where a script does it.
SELECT no_plan();
\o /dev/null
SET client_min_messages = error;
CREATE ROLE others_mallory;
CREATE ROLE others_dev;
CREATE ROLE others_partner IN ROLE others_dev;
SELECT current_user AS root \gset
SELECT primecloud.create_app_role('others_app');
CREATE SCHEMA o;
GRANT USAGE, CREATE ON SCHEMA o TO others_mallory, others_dev, others_partner;
CREATE SEQUENCE o.sprung;
GRANT USAGE ON o.sprung TO PUBLIC;
SET ROLE others_mallory;
-- Springs in hands that have not been given it: whoever it is, it is not mallory.
CREATE FUNCTION o.spring() RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF current_user <> 'others_mallory' THEN PERFORM pg_catalog.nextval('o.sprung'); END IF;
    RETURN true;
END $$;
CREATE FUNCTION o.on_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM o.spring(); RETURN coalesce(NEW, OLD); END $$;
CREATE FUNCTION o.plant(rel regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE INDEX ON %s ((1)) WHERE o.spring()', rel);
    EXECUTE format('CREATE STATISTICS %s_stat ON (o.spring()), id FROM %1$s', rel);
    EXECUTE format('ALTER TABLE %s ADD CHECK (o.spring())', rel);
    EXECUTE format('CREATE TRIGGER x BEFORE INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION o.on_row()', rel);
END $$;
RESET ROLE;

CREATE TABLE o.acc (id integer PRIMARY KEY);
CREATE TABLE o.par (id integer PRIMARY KEY, account_id integer);
-- Partitions and children.
CREATE TABLE o.p (id integer, account_id integer, at timestamptz DEFAULT '2020-01-01', s text, PRIMARY KEY (id)) PARTITION BY LIST (id);
CREATE TABLE o.p1 PARTITION OF o.p FOR VALUES IN (1);
CREATE TABLE o.p2 PARTITION OF o.p FOR VALUES IN (2);
CREATE TABLE o.h (id integer PRIMARY KEY, account_id integer, at timestamptz DEFAULT '2020-01-01');
CREATE TABLE o.h0 () INHERITS (o.h);
CREATE TABLE o.h1 () INHERITS (o.h0);
CREATE TABLE o.code (id integer);
CREATE TABLE o.code1 () INHERITS (o.code);
CREATE TABLE o.c (id integer PRIMARY KEY, par_id integer REFERENCES o.par);
CREATE TABLE o.c1 () INHERITS (o.c);
CREATE TABLE o.d (id integer PRIMARY KEY, account_id integer);
ALTER TABLE o.d OWNER TO others_dev;
CREATE TABLE o.d1 () INHERITS (o.d);
CREATE TABLE o.m (id integer, account_id integer, user_id text, role text);
CREATE TABLE o.m1 () INHERITS (o.m);
-- A superuser's part below a lesser role's table, and again below that one of that role's.
CREATE TABLE o.e (id integer, account_id integer) PARTITION BY LIST (id);
CREATE TABLE o.e1 PARTITION OF o.e FOR VALUES IN (1) PARTITION BY LIST (id);
CREATE TABLE o.e11 PARTITION OF o.e1 FOR VALUES IN (1);
ALTER TABLE o.e OWNER TO others_dev;
ALTER TABLE o.e11 OWNER TO others_dev;
-- Parents of foreign keys: mallory's own, and one that has a child of hers.
CREATE TABLE o.mp (id integer PRIMARY KEY, account_id integer NOT NULL);
CREATE TABLE o.of_mp (id integer PRIMARY KEY, mp_id integer NOT NULL REFERENCES o.mp);
CREATE TABLE o.near_mp (id integer PRIMARY KEY, account_id integer NOT NULL,
    mp_id integer NOT NULL CONSTRAINT near_mp_key REFERENCES o.mp);
CREATE TABLE o.kp (id integer PRIMARY KEY, account_id integer NOT NULL);
CREATE TABLE o.kp1 () INHERITS (o.kp);
CREATE TABLE o.of_kp (id integer PRIMARY KEY, kp_id integer NOT NULL REFERENCES o.kp);
-- What was protected while it was in one hand.
CREATE TABLE o.was (id integer PRIMARY KEY, account_id integer NOT NULL, mp_id integer NOT NULL CONSTRAINT was_key REFERENCES o.mp,
    name text);
CREATE TABLE o.q (id integer NOT NULL, account_id integer NOT NULL, name text CONSTRAINT q_name UNIQUE,
    name2 text CONSTRAINT q_name2 UNIQUE);
CREATE TABLE o.q1 () INHERITS (o.q);
-- Scripts that were written while it was.
CREATE TABLE o.late (id integer PRIMARY KEY, account_id integer);
CREATE TABLE o.late1 () INHERITS (o.late);
INSERT INTO o.acc VALUES (1);
INSERT INTO o.par VALUES (1, 1);
INSERT INTO o.p VALUES (1, 1), (2, 1);
INSERT INTO o.h VALUES (1, 1);
INSERT INTO o.h1 VALUES (2, 1);
INSERT INTO o.c VALUES (1, 1);
INSERT INTO o.c1 VALUES (2, 1);
INSERT INTO o.d1 VALUES (1, 1);
INSERT INTO o.e VALUES (1, 1);
INSERT INTO o.mp VALUES (1, 1);
INSERT INTO o.of_mp VALUES (1, 1);
INSERT INTO o.near_mp VALUES (1, 1, 1);
INSERT INTO o.kp VALUES (1, 1);
INSERT INTO o.kp1 VALUES (2, 1);
INSERT INTO o.of_kp VALUES (1, 1);
INSERT INTO o.was VALUES (1, 1, 1, 'a');
INSERT INTO o.q1 VALUES (1, 1, 'a', 'b');
INSERT INTO o.late1 VALUES (1, 1);
SELECT primecloud.protect_table(t) FROM unnest('{o.mp,o.kp,o.was,o.near_mp,o.q}'::regclass[]) AS t;
SELECT primecloud.protect_fk('o.was', 'was_key'), primecloud.protect_unique('o.q', 'q_name');
CREATE TABLE o.scripts AS SELECT 'late' AS name, s AS line FROM primecloud.protect_table('o.late', online => true) AS s
    UNION ALL SELECT 'of_mp', s FROM primecloud.protect_child('o.of_mp', 'o.mp', online => true) AS s
    UNION ALL SELECT 'near_mp', s FROM primecloud.protect_fk('o.near_mp', 'near_mp_key', online => true) AS s;
DO $$
DECLARE
    rel regclass;
BEGIN
    FOREACH rel IN ARRAY '{o.p1,o.h1,o.code1,o.c1,o.d1,o.m1,o.mp,o.kp1,o.q1,o.late1}'::regclass[] LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO others_mallory', rel);
        SET ROLE others_mallory;
        PERFORM o.plant(rel);
        RESET ROLE;
    END LOOP;
END $$;
SELECT setval('o.sprung', 1, false);
\o

CREATE TABLE o.cases (n serial, call text, other text, above text, owner text DEFAULT current_user);
INSERT INTO o.cases (call, other, above) VALUES
    ($$primecloud.protect_table('o.p')$$, 'o.p1', 'o.p'),
    ($$primecloud.protect_table('o.p', dry_run => true)$$, 'o.p1', 'o.p'),
    ($$primecloud.protect_table('o.p', online => true)$$, 'o.p1', 'o.p'),
    ($$primecloud.protect_table('o.h')$$, 'o.h1', 'o.h0'),
    ($$primecloud.protect_child('o.c', 'o.par')$$, 'o.c1', 'o.c'),
    ($$primecloud.protect_child('o.c', 'o.par', online => true)$$, 'o.c1', 'o.c'),
    ($$primecloud.protect_child('o.of_mp', 'o.mp')$$, 'o.mp', 'o.of_mp'),
    ($$primecloud.protect_child('o.of_mp', 'o.mp', dry_run => true)$$, 'o.mp', 'o.of_mp'),
    ($$primecloud.protect_child('o.of_mp', 'o.mp', online => true)$$, 'o.mp', 'o.of_mp'),
    ($$primecloud.protect_child('o.of_kp', 'o.kp')$$, 'o.kp1', 'o.kp'),
    ($$primecloud.protect_fk('o.near_mp', 'near_mp_key')$$, 'o.mp', 'o.near_mp'),
    ($$primecloud.protect_fk('o.near_mp', 'near_mp_key', online => true)$$, 'o.mp', 'o.near_mp'),
    ($$primecloud.unprotect_fk('o.was', 'was_key')$$, 'o.mp', 'o.was'),
    ($$primecloud.unprotect_table('o.was')$$, 'o.mp', 'o.was'),
    ($$primecloud.protect_unique('o.q', 'q_name2')$$, 'o.q1', 'o.q'),
    ($$primecloud.unprotect_unique('o.q', 'q_name')$$, 'o.q1', 'o.q'),
    ($$primecloud.unprotect_table('o.q')$$, 'o.q1', 'o.q'),
    ($$primecloud.confine_table('o.q', 'id')$$, 'o.q1', 'o.q'),
    ($$primecloud.unconfine_table('o.q')$$, 'o.q1', 'o.q'),
    ($$primecloud.copy_target('o.q')$$, 'o.q1', 'o.q'),
    ($$primecloud.share_table('o.code')$$, 'o.code1', 'o.code'),
    ($$primecloud.seal_column('o.p', 's', 'o.p.s')$$, 'o.p1', 'o.p'),
    ($$primecloud_internal.fill_pages('o.of_mp', 'o.of_mp', 'o.mp', NULL, 'account_id', 'account_id', 0, 10)$$, 'o.mp', 'o.of_mp'),
    ($$primecloud_internal.validate_as_owner('o.near_mp', 'near_mp_key')$$, 'o.mp', 'o.near_mp');
INSERT INTO o.cases (call, other, above, owner) VALUES ($$primecloud.protect_table('o.d')$$, 'o.d1', 'o.d', 'others_dev');
SELECT throws_ok('SELECT ' || call, '42501',
    format('table %s belongs to role "others_mallory", who has not the rights of "%s", the owner of %s', other, owner, above),
    call || ' refuses a table of another hand') FROM o.cases ORDER BY n;
SELECT throws_like($$SELECT primecloud.protect_schema('o', 'o.acc', app_role => 'others_app')$$, '%belongs to role "others_mallory"%',
    'protect_schema too');
SELECT throws_ok($$SELECT primecloud.protect_table('o.e')$$, '42501',
    format('table o.e11 belongs to role "others_dev", who has not the rights of "%s", the owner of o.e1', :'root'),
    'each part is held against the one above it, not against the root alone');
SELECT throws_ok($$SELECT primecloud.retain('o.h', 'at', '1 day')$$, '55000', NULL, 'retention refuses it as before');
SELECT throws_ok($$SELECT primecloud.register_membership('o.m', 'account_id', 'user_id', 'role')$$, '22023', NULL, 'and registering');

-- A script asks when it runs, before anything else is done.
SELECT is(count(*), 3::bigint, 'each script asks once') FROM o.scripts WHERE line ~ '^SELECT primecloud_internal.check_one_hand';
SELECT throws_ok(line, '42501', NULL, 'the script for ' || name || ' finds that a table has changed hands') FROM o.scripts
    WHERE line ~ '^SELECT primecloud_internal.check_one_hand' ORDER BY name;

-- The guard takes in no partition of another hand.
CREATE TABLE o.fine (id integer, account_id integer) PARTITION BY LIST (id);
CREATE TABLE o.fine2 (id integer, account_id integer NOT NULL);
ALTER TABLE o.fine2 OWNER TO others_mallory;
SELECT lives_ok($$SELECT primecloud.protect_table('o.fine')$$, 'a table of one hand is protected');
SELECT throws_ok($$ALTER TABLE o.fine ATTACH PARTITION o.fine2 FOR VALUES IN (2)$$, '42501', NULL,
    'and takes in no other hand''s partition');
ALTER TABLE o.fine2 OWNER TO CURRENT_USER;
SELECT lives_ok($$ALTER TABLE o.fine ATTACH PARTITION o.fine2 FOR VALUES IN (2)$$, 'but one of its owner''s');
SELECT is(last_value - 1 + is_called::integer, 0::bigint, 'nothing of hers ran with the rights of anybody else') FROM o.sprung;

-- Who has the owner's rights is no other hand: a superuser, and a role that was given them.
CREATE TABLE o.g (id integer, account_id integer NOT NULL) PARTITION BY LIST (id);
ALTER TABLE o.g OWNER TO others_dev;
CREATE TABLE o.g1 PARTITION OF o.g FOR VALUES IN (1);
SET ROLE others_partner;
CREATE TABLE o.g2 PARTITION OF o.g FOR VALUES IN (2);
RESET ROLE;
SELECT lives_ok($$SELECT primecloud.protect_table('o.g')$$, 'parts of a superuser and of a member of the owner');
SET ROLE others_partner;
SELECT lives_ok($$CREATE TABLE o.g3 PARTITION OF o.g FOR VALUES IN (3)$$, 'which the guard takes in too');
RESET ROLE;
-- The hint is the way out.
ALTER TABLE o.p1 OWNER TO CURRENT_USER;
SELECT lives_ok($$SELECT primecloud.protect_table('o.p')$$, 'in one hand it is protected');
SELECT * FROM finish();
