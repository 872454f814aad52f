-- PL/pgSQL keeps an expression for a whole transaction, and with it what a call in it had
-- looked up: it is looked up again where it has changed.
SELECT no_plan();
CREATE TABLE vault (id int PRIMARY KEY, account_id int NOT NULL, secret primecloud.sealed);
SELECT is(count(*), 1::bigint, 'a sealed column')
    FROM (SELECT primecloud_internal.register_sealed_column('vault', 'secret', 'first', 'id', 'account_id')) AS t;
CREATE FUNCTION seal_twice(change text) RETURNS primecloud.sealed[] LANGUAGE plpgsql AS $$
DECLARE
    made primecloud.sealed[];
    one primecloud.sealed;
    vault CONSTANT regclass := 'vault';
BEGIN
    FOR i IN 1 .. 2 LOOP
        one := primecloud.seal_for(vault, 'secret', 1, 'a secret of its own');
        made := made || one;
        IF i = 1 THEN
            EXECUTE change;
        END IF;
    END LOOP;
    RETURN made;
END $$;
BEGIN;
SELECT is(primecloud.enter_trusted('1', 'ann', 'owner')::text, '', 'an account is entered');
CREATE TABLE made AS SELECT seal_twice($$SELECT primecloud_internal.register_sealed_column('vault', 'secret', 'second', 'id',
    'account_id')$$) AS s;
SELECT ok(primecloud.opens(s[1], '1', 'first', '1'), 'sealed under the first label') FROM made;
SELECT ok(primecloud.opens(s[2], '1', 'second', '1'), 'and under the second as soon as it is the column''s') FROM made;
CREATE TABLE made_then AS SELECT seal_twice('ALTER TABLE vault RENAME TO elsewhere') AS s;
SELECT ok(primecloud.opens(s[2], '1', 'second', '1'), 'a table is registered under whatever name') FROM made_then;

COMMIT;

-- to_camel_json: the names of columns as they are.
CREATE TABLE person (id int, first_name text, secret_word text);
INSERT INTO person VALUES (1, 'Ann', 'x');
CREATE FUNCTION json_twice(change text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    made text[];
    one person;
BEGIN
    FOR i IN 1 .. 2 LOOP
        EXECUTE 'SELECT * FROM person' INTO one;
        made := made || primecloud.to_camel_json(one)::text;
        IF i = 1 THEN
            EXECUTE change;
        END IF;
    END LOOP;
    RETURN made;
END $$;
SELECT is(json_twice('ALTER TABLE person RENAME COLUMN first_name TO given_name'),
    ARRAY['{"id":1,"firstName":"Ann","secretWord":"x"}', '{"id":1,"givenName":"Ann","secretWord":"x"}'],
        'a column has another name at once');
SELECT is(json_twice('ALTER TABLE person RENAME COLUMN given_name TO a; ALTER TABLE person RENAME COLUMN secret_word TO given_name; ALTER '
    'TABLE person RENAME COLUMN a TO secret_word'),
    ARRAY['{"id":1,"givenName":"Ann","secretWord":"x"}', '{"id":1,"secretWord":"Ann","givenName":"x"}'], 'two columns change names');
SELECT * FROM finish();
