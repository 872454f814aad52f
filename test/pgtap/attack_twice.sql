-- One row a member: of two rows of a user the lesser role counts, so that whoever could write
-- a second one would lower an owner.  Where a table of members has no key that says so,
-- protecting it gives it one.
\set app attack_twice
\set app_owner attack_twice_owner
\ir support/attack.sql
\o /dev/null
GRANT ALL ON SCHEMA public TO :app_owner;
-- A registered, protected table of members with the indexes of a case, undone.  What the steps
-- come to: the answer of the last, or the SQLSTATE.
CREATE FUNCTION harness.of(made text, VARIADIC steps text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
    step text;
BEGIN
    CREATE TABLE team (id serial, account_id int NOT NULL, user_id text NOT NULL, role text);
    ALTER TABLE team OWNER TO attack_twice_owner;
    INSERT INTO team (account_id, user_id, role) VALUES (1, 'admin', 'admin'), (1, 'boss', 'owner'), (2, 'boss', 'developer');
    GRANT SELECT, INSERT, UPDATE, DELETE ON team TO attack_twice;
    GRANT USAGE ON SEQUENCE team_id_seq TO attack_twice;
    IF made <> '' THEN EXECUTE made; END IF;
    PERFORM primecloud.register_membership('team', 'account_id', 'user_id', 'role');
    FOREACH step IN ARRAY steps LOOP
        IF step ~ '^(SELECT|INSERT .*RETURNING)' THEN EXECUTE step INTO answer; ELSE EXECUTE step; END IF;
    END LOOP;
    RAISE SQLSTATE 'ATTCK' USING MESSAGE = coalesce(answer, 'done');
EXCEPTION WHEN SQLSTATE 'ATTCK' THEN RETURN SQLERRM; WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE FUNCTION harness.key() RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(conname || ' ' || pg_get_constraintdef(oid), ', ' ORDER BY conname), 'none') FROM pg_constraint
    WHERE conrelid = to_regclass('team') AND contype IN ('u', 'p') $$;
\o
SELECT no_plan();
-- The attack, as it was.
SELECT is(harness.of('', 'SET LOCAL primecloud.guard = off', 'SELECT count(*) FROM primecloud.protect_table(''team'')',
    'ALTER TABLE team DROP CONSTRAINT team_account_id_user_id_key', 'SELECT primecloud.enter_trusted(''1'', ''admin'', ''admin'')',
    'SET LOCAL ROLE attack_twice', 'INSERT INTO team (account_id, user_id, role) VALUES (1, ''boss'', ''external_client'') RETURNING role'),
    'external_client', 'without a key an admin gives the owner a second row, and he is as little as that');
SELECT matches(harness.of('', 'SELECT count(*) FROM primecloud.protect_table(''team'')',
    'SELECT primecloud.enter_trusted(''1'', ''admin'', ''admin'')', 'SET LOCAL ROLE attack_twice',
    'INSERT INTO team (account_id, user_id, role) VALUES (1, ''boss'', ''external_client'') RETURNING role'), '^23505 ', 'protected: no');
SELECT is(harness.of('', 'SELECT count(*) FROM primecloud.protect_table(''team'')', 'SELECT harness.key()'),
    'team_account_id_user_id_key UNIQUE (account_id, user_id)', 'protecting makes the key');
SELECT is(harness.of('SELECT count(*) FROM primecloud.protect_table(''team'')', 'SELECT harness.key()'),
    'team_account_id_user_id_key UNIQUE (account_id, user_id)', 'so does registering what is protected');
SELECT is(harness.of('', 'SELECT count(*) FROM primecloud.protect_table(''team'')',
    'SELECT string_agg(l, '';'') FROM primecloud.protect_table(''team'') AS l'), 'done', 'after which nothing is to be done');
SELECT is(harness.of('', 'SELECT count(*) FROM primecloud.protect_table(''team'')',
    'SELECT count(*) FROM primecloud.unprotect_table(''team'')', 'SELECT harness.key()'), 'none', 'and unprotect_table() takes it back');
-- What counts as such a key, and what does not.
SELECT is(harness.of(made, 'SELECT count(*) FROM primecloud.protect_table(''team'', dry_run => true) AS l WHERE l ~ '
    '''ADD CONSTRAINT .* UNIQUE'''), added::text, made)
FROM (VALUES ('ALTER TABLE team ADD PRIMARY KEY (account_id, user_id)', 0),
    ('ALTER TABLE team ADD UNIQUE (user_id, account_id)', 0),
    ('CREATE UNIQUE INDEX ON team (user_id, account_id) INCLUDE (role)', 0),
    ('ALTER TABLE team ADD PRIMARY KEY (id)', 1),
    ('CREATE INDEX ON team (account_id, user_id)', 1),
    ('CREATE UNIQUE INDEX ON team (account_id, user_id, role)', 1),
    ('CREATE UNIQUE INDEX ON team (account_id, user_id) WHERE role = ''owner''', 1),
    ('CREATE UNIQUE INDEX ON team (account_id, lower(user_id))', 1),
    ('ALTER TABLE team ADD UNIQUE (account_id, user_id) DEFERRABLE', 1),
    ('CREATE UNIQUE INDEX i ON team (account_id, user_id); UPDATE pg_index SET indisvalid = false WHERE indexrelid = ''i''::regclass', 1))
    AS t(made, added);
-- Rows that are double already are somebody's to decide on.
SELECT matches(harness.of('INSERT INTO team (account_id, user_id, role) VALUES (1, ''boss'', ''admin'')',
    'SELECT count(*) FROM primecloud.protect_table(''team'')'), '^23505 could not create unique index', 'a user who is there twice');
SELECT matches(harness.of(made, 'SELECT count(*) FROM primecloud.protect_table(''team'')'), '^0A000 ' || problem, problem)
FROM (VALUES ('CREATE TABLE child () INHERITS (team); ALTER TABLE child OWNER TO attack_twice_owner',
        'tables inherit from public.team, whose members'),
    ('DROP TABLE team; CREATE TABLE team (account_id int NOT NULL, user_id text, role text, at date) PARTITION BY RANGE (at); ALTER '
        'TABLE team OWNER TO attack_twice_owner', 'public.team is partitioned by more than "account_id" and "user_id"'))
            AS t(made, problem);
SELECT is(harness.of('DROP TABLE team; CREATE TABLE team (account_id int NOT NULL, user_id text, role text) PARTITION BY LIST '
    '(account_id); CREATE TABLE team_1 PARTITION OF team FOR VALUES IN (1); ALTER TABLE team OWNER TO attack_twice_owner; ALTER TABLE '
    'team_1 OWNER TO attack_twice_owner', 'SELECT count(*) FROM primecloud.protect_table(''team'')', 'SELECT harness.key()'),
    'team_account_id_user_id_key UNIQUE (account_id, user_id)', 'a table that is partitioned by the account');
-- It stays.
SELECT matches(harness.of(made, 'SELECT count(*) FROM primecloud.protect_table(''team'')', step), '^42501 ', step)
FROM (VALUES ('', 'ALTER TABLE team DROP CONSTRAINT team_account_id_user_id_key'),
    ('ALTER TABLE team ADD CONSTRAINT mine UNIQUE (user_id, account_id)', 'ALTER TABLE team DROP CONSTRAINT mine'),
    ('CREATE UNIQUE INDEX mine ON team (user_id, account_id)', 'DROP INDEX mine'),
    ('CREATE UNIQUE INDEX mine ON team (user_id, account_id)', 'DROP INDEX IF EXISTS mine CASCADE')) AS t(made, step);
SELECT matches(harness.of('CREATE INDEX other ON team (role); CREATE UNIQUE INDEX mine ON team (user_id, account_id)',
    'SELECT count(*) FROM primecloud.protect_table(''team'')', 'DROP INDEX other'), '^\d+$', 'other indexes go as they like');
SELECT matches(harness.of('', 'SELECT count(*) FROM primecloud.protect_table(''team'')',
    'SELECT string_agg(l, E''\n'') FROM primecloud.assert_isolated(''team'', ''attack_twice'') AS l'),
    E'\nok \\d+ - public.team: no user has two rows of one account', 'assert_isolated() looks');
SELECT matches(harness.of('', 'SELECT count(*) FROM primecloud.protect_table(''team'')', 'SET LOCAL primecloud.guard = off',
    'ALTER TABLE team DROP CONSTRAINT team_account_id_user_id_key',
    'SELECT string_agg(l, E''\n'') FROM primecloud.assert_isolated(''team'', ''attack_twice'') AS l'),
    E'\nnot ok \\d+ - public.team: no user has two rows of one account', 'and finds that it is gone');
-- As a script: built beside what is written meanwhile, found again where it was interrupted.
SELECT is(harness.of(made, 'SELECT string_agg(l, E''\n'') FROM primecloud.protect_table(''team'', online => true) AS l WHERE l ~ '
    '''INDEX'''), lines, made || ' online')
FROM (VALUES ('', E'CREATE UNIQUE INDEX CONCURRENTLY team_account_id_user_id_key ON public.team (account_id, user_id);\n'
        'SELECT primecloud_internal.check_as_owner(''public.team'', ''ALTER TABLE public.team ADD CONSTRAINT team_account_id_user_id_key '
        'UNIQUE USING INDEX team_account_id_user_id_key'');'),
    ('CREATE UNIQUE INDEX team_account_id_user_id_key ON team (account_id, user_id); UPDATE pg_index SET indisvalid = false WHERE '
        'indexrelid = ''team_account_id_user_id_key''::regclass', E'DROP INDEX CONCURRENTLY public.team_account_id_user_id_key;\nCREATE '
        'UNIQUE INDEX CONCURRENTLY team_account_id_user_id_key ON public.team (account_id, user_id);\n'
        'SELECT primecloud_internal.check_as_owner(''public.team'', ''ALTER TABLE public.team ADD CONSTRAINT team_account_id_user_id_key '
        'UNIQUE USING INDEX team_account_id_user_id_key'');')) AS t(made, lines);
SELECT * FROM finish();
