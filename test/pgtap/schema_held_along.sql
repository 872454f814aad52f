-- What others hang on the rows of accounts, in this schema and in others: held, it goes neither by maintenance nor with its account.
\set test schema_held_along
\ir ../fixtures/control_plane.sql
SELECT no_plan();
\set a '00000000-0000-7000-8000-00000000000a'
CREATE ROLE schema_held_along_law;
CREATE SCHEMA law AUTHORIZATION schema_held_along_law;
GRANT USAGE, CREATE ON SCHEMA cloud TO schema_held_along_law;
GRANT REFERENCES ON cloud.accounts, cloud.notifications TO schema_held_along_law;
SET ROLE schema_held_along_law;
CREATE TABLE law.contracts (id text PRIMARY KEY, account_id uuid REFERENCES cloud.accounts ON DELETE CASCADE, at timestamptz);
CREATE TABLE law.pages (id text PRIMARY KEY, contract text REFERENCES law.contracts ON DELETE SET NULL, at timestamptz);
CREATE TABLE law.replies (id uuid PRIMARY KEY, account_id uuid, notification uuid, at timestamptz,
    FOREIGN KEY (account_id, notification) REFERENCES cloud.notifications (account_id, id) ON DELETE CASCADE);
CREATE TABLE cloud.appendices (id text PRIMARY KEY, account_id uuid REFERENCES cloud.accounts ON DELETE CASCADE, at timestamptz);
SELECT count(*) FROM primecloud.retain('law.contracts', 'at', '100 years', tenant_column => 'account_id', id_column => 'id') \g /dev/null
SELECT count(*) FROM primecloud.retain('law.pages', 'at', '100 years', tenant_column => 'contract') \g /dev/null
SELECT count(*) FROM primecloud.retain('law.replies', 'at', '100 years', tenant_column => 'account_id', id_column => 'notification')
    \g /dev/null
SELECT count(*) FROM primecloud.retain('cloud.appendices', 'at', '100 years', tenant_column => 'account_id', id_column => 'id') \g /dev/null
RESET ROLE;
CREATE PROCEDURE hang() LANGUAGE sql AS $$
    DELETE FROM cloud.notifications; DELETE FROM law.pages; DELETE FROM law.contracts; DELETE FROM cloud.appendices;
    INSERT INTO cloud.notifications (account_id, type, title, message, created_at)
        SELECT id, 'welcome', 'x', 'x', '2001-01-01' FROM cloud.accounts;
    INSERT INTO law.contracts SELECT right(id::text, 1), id, now() FROM cloud.accounts;
    INSERT INTO law.pages SELECT id, id, now() FROM law.contracts;
    INSERT INTO law.replies SELECT id, account_id, id, now() FROM cloud.notifications;
    INSERT INTO cloud.appendices SELECT right(id::text, 1), id, now() FROM cloud.accounts $$;
CREATE FUNCTION release() RETURNS bigint LANGUAGE sql AS $$
    SELECT count(primecloud.release_hold(format('%I.%I', schema_name, table_name)::regclass, id, 'over'))
    FROM primecloud.retention_holds WHERE released_at IS NULL $$;
CREATE FUNCTION maintain() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM connection('maintain');
    PERFORM dblink_exec('maintain', format('SET ROLE %I', (SELECT db_role FROM people WHERE who = 'maintenance')));
    RETURN dblink_exec('maintain', 'CALL cloud.run_maintenance()');
END $$;
-- what an attempt says, which ends in nothing
CREATE FUNCTION ends(who text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text := 'ends';
BEGIN
    PERFORM connection('ends'), begin_as('ends', who);
    BEGIN
        PERFORM FROM dblink('ends', format('SELECT cloud.delete_account(%L)::text', 'account-' || left(who, 1))) AS t(x text);
    EXCEPTION WHEN OTHERS THEN answer := SQLSTATE;
    END;
    PERFORM dblink_exec('ends', 'ROLLBACK');
    RETURN answer;
END $$;

CALL hang();
SELECT is(ends('a_owner'), 'ends', 'without a hold an account ends');
SELECT maintain() \g /dev/null
SELECT is((SELECT count(*) FROM law.replies), 0::bigint, 'and old notifications go with what hangs on them');
SELECT 'CALL hang()', format('SELECT primecloud.place_hold(%L, ''court'', tenant => (SELECT %s FROM %s x WHERE %s), row_id => (SELECT %s '
    'FROM %s x WHERE %s))', rel, coalesce(tenant, 'NULL'), rel, owns, coalesce(row_id, 'NULL'), rel, owns),
    format('SELECT is(ends(''a_owner''), %L, %L)', a, what || ': that account'), format('SELECT is(ends(''b_owner''), %L, %L)', b, what ||
    ': another'), 'SELECT maintain()', format('SELECT is((SELECT count(*)::int FROM law.replies), %s, %L)', replies, what ||
    ': notifications that stay'), 'SELECT release()'
FROM (VALUES
    ('law.contracts', $$x.account_id::text$$, NULL, $$account_id = '00000000-0000-7000-8000-00000000000a'$$, '55006', 'ends', 0,
        'a contract held by its account'),
    ('law.contracts', NULL, 'x.id', $$id = 'a'$$, '55006', '55006', 0, 'by its number, of which nobody here knows whose it is'),
    ('law.contracts', NULL, NULL, $$id = 'a'$$, '55006', '55006', 0, 'with all others'),
    ('law.pages', 'x.contract', NULL, $$id = 'a'$$, '55006', '55006', 0, 'one that would lose what it is held by'),
    ('law.replies', 'x.account_id::text', NULL, $$account_id = '00000000-0000-7000-8000-00000000000a'$$, '55006', 'ends', 1,
        'a reply held by its account'),
    ('law.replies', NULL, 'x.notification::text', $$account_id = '00000000-0000-7000-8000-00000000000a'$$, '55006', '55006', 1,
        'by what it replies to'),
    ('law.replies', NULL, NULL, $$account_id = '00000000-0000-7000-8000-00000000000a'$$, '55006', '55006', 2, 'all replies'),
    ('cloud.appendices', 'x.account_id::text', NULL, $$id = 'a'$$, '55006', 'ends', 0, 'a table of another in this schema, by account'),
    ('cloud.appendices', NULL, NULL, $$id = 'a'$$, '55006', '55006', 0, 'and as a whole'))
    AS v(rel, tenant, row_id, owns, a, b, replies, what) \gexec
-- Who owns neither sees nothing of it.
CALL hang();
SELECT primecloud.place_hold('law.contracts', 'court', tenant => :'a') \g /dev/null
SET ROLE :"app";
SELECT is((SELECT count(*) FROM primecloud.retention_holds_along), 0::bigint, 'an application is shown no hold');
RESET ROLE;
SET ROLE :"owner";
SELECT is((SELECT string_agg(table_name || ' ' || column_name || coalesce(held_table, ''), '')
    FROM primecloud.retention_holds_along), 'accounts id', 'the owner of what is kept is not shown what for');
RESET ROLE;
SELECT * FROM finish();
