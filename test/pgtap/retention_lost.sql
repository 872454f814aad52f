-- retain() tells of what was registered under a table's name and has lost its table.
SELECT plan(5);
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

SELECT finish();
