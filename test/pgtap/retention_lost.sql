-- retain() tells of what was registered under a table's name and has lost its table.
SELECT no_plan();
CREATE ROLE lost_owner;
CREATE SCHEMA lost;
GRANT ALL ON SCHEMA lost TO lost_owner;
CREATE FUNCTION told(rel text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(l, E'\n') FROM primecloud.retain(rel::regclass, 'at', '1 day') AS l WHERE l ~ ' is (lost|broken): '
$$;
CREATE TABLE lost.letters (id int PRIMARY KEY, at timestamptz NOT NULL);
CREATE INDEX ON lost.letters (at);
SELECT is(told('lost.letters'), NULL, 'nothing is lost');
SELECT primecloud.place_hold('lost.letters', 'court') AS hold \gset
SELECT primecloud.place_hold('lost.letters', 'another') AS other \gset
SELECT primecloud.release_hold('lost.letters', :other, 'over');

-- A hold whose table somebody dropped all the same.
SET primecloud.allow_drop = on;
DROP TABLE lost.letters;
RESET primecloud.allow_drop;
CREATE TABLE lost.letters (id int PRIMARY KEY, at timestamptz NOT NULL);
CREATE TABLE lost.letters_2 (id int PRIMARY KEY, at timestamptz NOT NULL);
SELECT matches(told('lost.letters'),
    '^legal hold lost.letters, hold ' || :'hold' || ' is lost: its table was dropped before .*, though it was held$',
    'a hold whose table was dropped, and none that was released');
SELECT is(told('lost.letters_2'), NULL, 'of that name alone');
SELECT matches(told('lost.letters'), 'legal hold', 'as often as it is asked');
ALTER TABLE lost.letters OWNER TO lost_owner;
SET ROLE lost_owner;
SELECT is(told('lost.letters'), NULL, 'whoever may not see it is not told');
RESET ROLE;

-- A column that a policy names: its name is what it was registered by.
CREATE TABLE lost.visits (id int PRIMARY KEY, made timestamptz, held boolean);
CREATE TABLE lost.visits_old (LIKE lost.visits);
SELECT count(*) AS told FROM primecloud.retain('lost.visits', 'made', '1 day', 'archive', archive => 'lost.visits_old') \gset
\setenv PGDATABASE :DBNAME
\set told `psql -XqAt -U postgres -c "BEGIN; ALTER TABLE lost.visits DROP COLUMN made; ROLLBACK" 2>&1`
SELECT is(:'told', E'NOTICE:  the retention policy of table lost.visits has ended with its column "made"\n'
    'HINT:  Call primecloud.retain() again, or primecloud.unretain().'::text, 'DROP COLUMN says what it ends');
ALTER TABLE lost.visits DROP COLUMN made;
SELECT is((SELECT problem FROM primecloud.registrations WHERE kind = 'retention policy' AND object = 'lost.visits'),
    'its table has no column "made" any more', 'registrations has the name');
SELECT is((SELECT time_column || ': ' || attention FROM primecloud.retention_status WHERE table_name = 'visits'),
    'made: its table has no column "made" any more', 'and retention_status');
SELECT throws_ok($$SELECT primecloud.expire_batch('lost.visits')$$, '42703', 'table lost.visits has no column "made"', 'and who expires');
ALTER TABLE lost.visits ADD made timestamptz;
SELECT throws_ok($$SELECT primecloud.expire_batch('lost.visits')$$, '42703', 'table lost.visits has no column "made"',
    'a column that is added under the name is another');
SELECT count(*) AS told FROM primecloud.retain('lost.visits', 'made', '1 day', 'archive', archive => 'lost.visits_old') \gset
SELECT is((SELECT attention FROM primecloud.retention_status WHERE table_name = 'visits'), NULL, 'until it is registered');
DROP TABLE lost.visits_old;
SELECT is((SELECT attention FROM primecloud.retention_status WHERE table_name = 'visits'),
    'its archive lost.visits_old is gone: retain() again with another', 'an archive that is gone wants attention');

-- A maintenance role, when the table goes to another schema.
SELECT primecloud.create_maintenance_role('lost_cleaner') AS made \gset
CREATE SCHEMA lost_elsewhere;
CREATE TABLE lost.moving (id int PRIMARY KEY, made timestamptz);
SELECT count(*) AS told FROM primecloud.retain('lost.moving', 'made', '1 day', maintenance_role => 'lost_cleaner') \gset
ALTER TABLE lost.moving SET SCHEMA lost_elsewhere;
SET ROLE lost_cleaner;
SELECT is((SELECT attention FROM primecloud.retention_status WHERE table_name = 'moving'),
    'this role may not use the schema: GRANT USAGE ON SCHEMA lost_elsewhere TO lost_cleaner', 'what it lacks is told beforehand');
RESET ROLE;
\set told `psql -XqAt -U postgres -c "SET ROLE lost_cleaner" -c "CALL primecloud.expire_all()" 2>&1`
SELECT matches(:'told'::text, 'permission denied to expire rows of table lost_elsewhere.moving\n'
    'HINT:  GRANT USAGE ON SCHEMA lost_elsewhere TO '
    'lost_cleaner\.', 'and when it expires');
GRANT USAGE ON SCHEMA lost_elsewhere TO lost_cleaner;
SET ROLE lost_cleaner;
SELECT is((SELECT attention FROM primecloud.retention_status WHERE table_name = 'moving'), NULL, 'and not where it has it');
RESET ROLE;

-- A table of members that is gone is told by the name that it had.
CREATE TABLE lost.members (account_id int NOT NULL, user_id text NOT NULL, role text NOT NULL, PRIMARY KEY (account_id, user_id));
SELECT count(*) AS told FROM (SELECT primecloud.register_membership('lost.members', 'account_id', 'user_id', 'role')) AS r \gset
SET primecloud.guard = off;
DROP TABLE lost.members;
RESET primecloud.guard;
SELECT is((SELECT array_agg(object) FROM primecloud.registrations WHERE kind = 'membership'), '{lost.members (dropped) (members)}',
    'by its whole name');

SELECT finish();
