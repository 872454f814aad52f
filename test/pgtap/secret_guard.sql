-- A sealed column, what its envelopes are bound to, and what a hold goes by: refused to be dropped or retyped, whoever's tool
-- it is, with the object, the reason and the way.
SELECT no_plan();
SET client_min_messages = error;
CREATE ROLE secret_guard_owner;
CREATE SCHEMA g AUTHORIZATION secret_guard_owner;
CREATE FUNCTION said(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE hint text;
BEGIN
    EXECUTE statement;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' ', SQLSTATE, SQLERRM, nullif(replace(hint, ' A superuser may SET primecloud.guard = off.', ''), ''));
END $$;
SET ROLE secret_guard_owner;
CREATE TABLE g.accounts (id int PRIMARY KEY, account_id int NOT NULL, smtp_pass primecloud.sealed, note text);
SELECT is(said($$SELECT primecloud.seal_column('g.accounts', 'smtp_pass', 'g.smtp_pass')$$), 'done', 'a sealed column');
SELECT is(said('ALTER TABLE g.accounts ALTER smtp_pass TYPE text USING NULL'), 'done', 'of a table without rows may be anything');
SELECT is(said('ALTER TABLE g.accounts ALTER smtp_pass TYPE primecloud.sealed USING NULL'), 'done', 'and sealed again');
RESET ROLE;
INSERT INTO g.accounts SELECT n, 1, primecloud.seal(repeat('s', 6), '1', 'g.smtp_pass', n::text) FROM generate_series(1, 3) AS n;
SET ROLE secret_guard_owner;
CREATE FUNCTION g.seen(primecloud.sealed) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a row is touched'; END $$;
SELECT is(said('ALTER TABLE g.accounts ALTER COLUMN smtp_pass SET DATA TYPE text'), '42501 column "smtp_pass" of g.accounts cannot be '
    'given another type: it is sealed, and would hold plaintext from then on If its secrets are to go, SELECT '
    'primecloud.unregister_sealed_column(''g.accounts'', ''smtp_pass'') first.', 'what a migration tool writes');
SELECT alike(said('ALTER TABLE g.accounts ALTER COLUMN smtp_pass TYPE text USING g.seen(smtp_pass)'), '42501 column "smtp_pass" %',
    'before a row is touched');
SELECT alike(said('ALTER TABLE g.accounts ALTER smtp_pass TYPE primecloud.sealed[] USING ARRAY[smtp_pass]'), '42501 %', 'an array');
SELECT alike(said('ALTER TABLE g.accounts RENAME smtp_pass TO plain; ALTER TABLE g.accounts ALTER plain TYPE text'),
    '42501 column "plain" of g.accounts %', 'after a rename');
SELECT alike(said('ALTER TABLE g.accounts RENAME TO plain; ALTER TABLE g.plain ALTER smtp_pass TYPE text'), '42501 %', 'of the table, too');
SELECT alike(said('DO $d$ BEGIN ALTER TABLE g.accounts ALTER smtp_pass TYPE text; END $d$'), '42501 %', 'in a function');
SELECT is(said('ALTER TABLE g.accounts DROP COLUMN smtp_pass'), '42501 column "smtp_pass" of g.accounts cannot be dropped: it is sealed, '
    'and its secrets would go If its secrets are to go, SELECT primecloud.unregister_sealed_column(''g.accounts'', ''smtp_pass'') first.',
    'DROP COLUMN');
SELECT alike(said('ALTER TABLE g.accounts DROP COLUMN account_id'), '42501 column "account_id" of g.accounts cannot be dropped: the '
    'envelopes in "smtp_pass" are bound to it %', 'of the tenant');
SELECT alike(said('ALTER TABLE g.accounts ALTER id TYPE text'), '42501 column "id" of g.accounts cannot be given another type: the '
    'envelopes in "smtp_pass" are bound to it %', 'another type of the id');
SELECT is(said('ALTER TABLE g.accounts ALTER id TYPE bigint'), 'done', 'but not a wider one');
SELECT is(said('ALTER TABLE g.accounts ALTER note TYPE varchar(9), ADD more int DEFAULT 1, DROP COLUMN more'), '42703 column "more" of '
    'relation "accounts" does not exist', 'what is wrong otherwise is told by the server');
SELECT is(said('ALTER TABLE g.accounts ALTER note TYPE varchar(9), ADD more int DEFAULT random()'), 'done',
    'other columns are the owner''s');
CREATE TABLE g.customers (id bigint PRIMARY KEY, account_id int, UNIQUE (account_id, id));
INSERT INTO g.customers VALUES (1, 1), (2, 1), (3, 1);
SELECT is(said('ALTER TABLE g.accounts ADD CONSTRAINT theirs FOREIGN KEY (id) REFERENCES g.customers ON UPDATE CASCADE'),
    '42501 foreign key "theirs" of g.accounts cannot change the row''s id or tenant: the envelopes in "smtp_pass" are bound to them '
    'Make it ON UPDATE NO ACTION, and ON DELETE NO ACTION or CASCADE.', 'a key that changes ids');
SELECT alike(said('ALTER TABLE g.accounts ADD CONSTRAINT theirs FOREIGN KEY (account_id, id) REFERENCES g.customers (account_id, id) ON '
    'DELETE SET NULL (account_id)'), '42501 foreign key "theirs" %', 'or tenants');
SELECT is(said('ALTER TABLE g.accounts ADD CONSTRAINT theirs FOREIGN KEY (id) REFERENCES g.customers ON DELETE CASCADE'), 'done',
    'one that deletes the row changes nothing in it');
CREATE TABLE g.later (id bigint PRIMARY KEY REFERENCES g.customers ON UPDATE CASCADE, account_id int, secret primecloud.sealed);
SELECT alike(said($$SELECT primecloud.seal_column('g.later', 'secret', 'g.later')$$), '55000 foreign key "later_id_fkey" of g.later %',
    'where there is one, nothing is sealed');
SELECT alike(said('ALTER TABLE g.accounts ALTER ' || c || ' TYPE ' || t),
    '42501 column "' || c || '" of g.accounts cannot be computed anew: %', c || ' computed anew: ' || t)
FROM (VALUES ('smtp_pass', 'primecloud.sealed USING NULL'), ('id', 'int USING id + 1'),
    ('account_id', 'int USING 7'), ('id', 'bigint USING -id')) AS v(c, t);
SELECT is(said('ALTER TABLE g.accounts ALTER note TYPE text USING upper(note)'), 'done', 'others are the owner''s to compute');
SELECT is((SELECT count(*) FROM g.accounts WHERE primecloud.key_id(smtp_pass) IS NOT NULL), 3::bigint, 'every row is as it was');
SELECT is((SELECT s.label FROM primecloud.sealed_column_of('g.accounts', 'smtp_pass') AS s), 'g.smtp_pass', 'and the registration');
SELECT is(said($$SELECT primecloud.unregister_sealed_column('g.accounts', 'smtp_pass')$$), 'done', 'its owner takes it back');
SELECT is(said('ALTER TABLE g.accounts DROP COLUMN smtp_pass'), 'done', 'and drops it');
SELECT is((SELECT array_agg(object || ' ' || state) FROM primecloud.registrations), '{"g.smtp_pass kept"}', 'the label is kept');
SELECT is(said($$SELECT primecloud.unregister_sealed_column('g.accounts', 'note')$$), '42704 column "note" of g.accounts is not registered '
    'as sealed Call primecloud.seal_column() first; primecloud.registrations has the labels of columns that are gone.', 'none twice');
RESET ROLE;
CREATE ROLE secret_guard_other;
GRANT USAGE ON SCHEMA g TO secret_guard_other;
SET ROLE secret_guard_other;
SELECT alike(said($$SELECT primecloud.unregister_sealed_column('g.later', 'secret')$$), '42501 must be owner of g.later%',
    'and no other''s');
RESET ROLE;

-- what a hold goes by
SET ROLE secret_guard_owner;
CREATE TABLE g.letters (id int PRIMARY KEY, made timestamptz);
SELECT is(said($$SELECT primecloud.retain('g.letters', 'made', '1 day', id_column => 'id')$$), 'done', 'a policy');
SELECT is(said($$SELECT primecloud.place_hold('g.letters', 'a case', row_id => '1')$$), 'done', 'and a hold');
SELECT alike(said('ALTER TABLE g.letters ALTER id TYPE text USING id || ''x'''), '42501 column "id" of g.letters cannot be given another '
    'type: by it hold % knows what is held Release the hold first.', 'another type of what is held by');
-- A column that says itself which rows are held.
CREATE TABLE g.cases (id int PRIMARY KEY, made timestamptz, held boolean, day date NOT NULL DEFAULT '2026-01-01');
CREATE TABLE g.case_parts (id int, made timestamptz, held boolean) PARTITION BY RANGE (made);
CREATE TABLE g.case_part PARTITION OF g.case_parts FOR VALUES FROM (MINVALUE) TO (MAXVALUE);
INSERT INTO g.cases VALUES (1, now(), NULL), (2, now(), false), (3, now(), true);
INSERT INTO g.case_parts VALUES (1, now(), true);
SELECT primecloud.retain(t, 'made', '1 year', hold_column => 'held') FROM unnest('{g.cases,g.case_parts}'::regclass[]) AS t;
SELECT is(said(format('ALTER TABLE %s %s', t, how)), format('42501 column "held" of %s cannot be %s: by it '
    'rows are held Make it false where '
    'nothing is held any more, or call primecloud.unretain().', t, what), t || ' ' || how)
FROM unnest('{g.cases,g.case_parts}'::text[]) AS t, (VALUES ('DROP COLUMN held', 'dropped'), ('DROP held CASCADE', 'dropped'),
    ('ALTER held TYPE boolean USING false', 'given another type or computed anew'), ('ADD more int, DROP held', 'dropped'),
    ('ALTER held TYPE text', 'given another type or computed anew')) AS v(how, what);
SELECT is(said('ALTER TABLE g.cases ALTER held TYPE boolean'), 'done', 'the type that it has');
SELECT is(said('ALTER TABLE g.cases DROP COLUMN day'), 'done', 'another column');
UPDATE g.cases SET held = false;
SELECT is(said('ALTER TABLE g.cases DROP COLUMN held'), 'done', 'where nothing is held any more');
SELECT primecloud.unretain(t) FROM unnest('{g.case_parts}'::regclass[]) AS t;
SELECT is(said('ALTER TABLE g.case_parts DROP COLUMN held'), 'done', 'or nothing is registered');
DROP TABLE g.cases, g.case_parts;
SELECT alike(said('ALTER TABLE g.letters DROP COLUMN id'), '42501 column "id" of g.letters cannot be dropped: by it hold %', 'DROP COLUMN');
SELECT alike(said('ALTER TABLE g.letters ALTER id TYPE int USING -id'), '42501 column "id" of g.letters cannot be computed anew: by it %',
    'computed anew');
CREATE FUNCTION g.lifts() RETURNS void LANGUAGE plpgsql SET search_path = g AS $$
BEGIN
    PERFORM primecloud_internal.lift_guard();
END $$;
CREATE FUNCTION g.as_helpers_do(statement text, again boolean) RETURNS void LANGUAGE plpgsql SET search_path = g AS $$
BEGIN
    PERFORM primecloud_internal.lift_guard();
    IF again THEN
        PERFORM g.lifts();
    END IF;
    EXECUTE statement;
END $$;
SELECT alike(said(format('SELECT g.as_helpers_do(%L, %L)', 'ALTER TABLE g.letters ' || how, again)),
    '42501 column "id" of g.letters cannot be %: by it hold %', 'nor within a function that lifts the guard as helpers do: ' || how
    || CASE WHEN again THEN ', twice' ELSE '' END)
FROM unnest('{DROP COLUMN id,ALTER id TYPE text,ALTER id TYPE int USING -id}'::text[]) AS how, unnest('{false,true}'::boolean[]) AS again;
RESET ROLE;
SET primecloud.guard = off;
SELECT g.as_helpers_do('SELECT 1', false) IS NOT NULL AS lifted;
SELECT is(said('ALTER TABLE g.letters DROP COLUMN id'), 'done', 'a superuser may, whatever helper has lifted it meanwhile');
RESET primecloud.guard;
SELECT is((SELECT array_agg(kind || ' ' || state ORDER BY kind) FROM primecloud.registrations WHERE state <> 'kept'),
    '{"legal hold broken","retention policy broken"}', 'and is told what is left of it');
SELECT is((SELECT count(*) FROM primecloud.check_installation() WHERE what LIKE '%g.letters% has its object'), 2::bigint,
    'by check_installation(), too');
SELECT is((SELECT problem FROM primecloud.registrations WHERE kind = 'retention policy'),
    'its table has no column "id" any more', 'in words');
SELECT * FROM finish();
