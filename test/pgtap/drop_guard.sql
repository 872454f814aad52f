-- The guard of DROP EXTENSION: whatever statement would take sealed columns with rows
-- along is refused, whoever says it; every other is as it was.
SELECT plan(45);
SET client_min_messages = error;
CREATE ROLE drop_guard_owner;
CREATE ROLE drop_guard_bystander SUPERUSER;
CREATE ROLE drop_guard_installer SUPERUSER;
-- Installed by a superuser who is not the first one, so that DROP OWNED can reach it.
DROP EXTENSION primecloud;
SET ROLE drop_guard_installer;
CREATE EXTENSION primecloud;
RESET ROLE;
CREATE SCHEMA shop;
CREATE TABLE shop.notes (id int, secret primecloud.sealed);
SELECT set_config('drop_guard.envelope', primecloud.seal('secret', '1', 'notes', '1')::text, false) \g /dev/null

-- Runs a statement and undoes it: what stopped it, or 'dropped'.
CREATE FUNCTION attempt(statement text, who name DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    IF who IS NOT NULL THEN
        EXECUTE format('SET LOCAL ROLE %I', who);
    END IF;
    EXECUTE statement;
    RAISE SQLSTATE 'UNDOX';
EXCEPTION
    WHEN SQLSTATE 'UNDOX' THEN RETURN 'dropped';
    WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE FUNCTION hint_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    hint text;
BEGIN
    EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN hint;
END $$;
CREATE VIEW ways AS SELECT * FROM (VALUES
    ('DROP EXTENSION primecloud CASCADE'), ('DROP EXTENSION IF EXISTS pgtap, primecloud CASCADE'), ('DROP SCHEMA primecloud CASCADE'),
    ('DROP SCHEMA shop, primecloud CASCADE'), ('DROP EXTENSION plpgsql CASCADE'), ('DROP OWNED BY drop_guard_installer CASCADE')) AS w(way);
-- No rows: quiet
SELECT is(attempt(way), 'dropped', 'empty table: ' || way) FROM ways;
SELECT matches(attempt('DROP EXTENSION primecloud'), '^2BP01 cannot drop extension primecloud because other objects depend on it',
    'without CASCADE the server itself refuses');

-- Rows
INSERT INTO shop.notes VALUES (1, current_setting('drop_guard.envelope')::primecloud.sealed);
SELECT is(attempt(way), '2BP01 refusing to drop primecloud: table shop.notes has a sealed column that holds rows', way) FROM ways;
SELECT is(attempt('DROP OWNED BY drop_guard_bystander CASCADE'), 'dropped', 'a superuser who owns nothing of it');
SELECT is(attempt('DROP OWNED BY drop_guard_owner CASCADE'), 'dropped', 'a role that owns nothing of it');
SELECT is(attempt(s), 'dropped', s)
    FROM unnest(ARRAY['DROP SCHEMA shop CASCADE', 'DROP EXTENSION pgtap CASCADE', 'DROP EXTENSION IF EXISTS no_such',
    'DROP SCHEMA IF EXISTS no_such CASCADE', 'DROP TABLE shop.notes']) AS s;
SELECT is((SELECT hint FROM hint_of('DROP EXTENSION primecloud CASCADE') AS hint), 'SELECT * FROM primecloud.leave() lists what takes them '
    'out, releases and undoes the rest, and leave(dry_run => false) does it; or, as a superuser: SET primecloud.allow_drop = on.',
    'the way is named');

-- Whose table it is, and what its policies hide, changes nothing.
ALTER TABLE shop.notes OWNER TO drop_guard_owner;
ALTER TABLE shop.notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
SELECT matches(attempt('DROP EXTENSION primecloud CASCADE'), '^2BP01 refusing', 'rows that policies hide');
SELECT matches(attempt('DROP EXTENSION primecloud CASCADE', 'drop_guard_owner'), '^2BP01 refusing|^42501', 'an ordinary role');

-- Who opens it
SELECT matches(attempt('SET primecloud.allow_drop = on', 'drop_guard_owner'), '^42501', 'an ordinary role cannot open the guard');
SELECT matches(attempt('ALTER ROLE drop_guard_owner SET primecloud.allow_drop = on', 'drop_guard_owner'), '^42501',
    'nor for its next session');
SELECT matches(attempt('ALTER EVENT TRIGGER primecloud_guard_drop DISABLE', 'drop_guard_owner'), '^42501', 'nor disable the trigger');
SELECT matches(attempt('DROP EVENT TRIGGER primecloud_guard_drop'), '^2BP01', 'which belongs to the extension');
SELECT is(attempt('SET LOCAL primecloud.allow_drop = on; DROP EXTENSION primecloud CASCADE'), 'dropped', 'a superuser can');

-- Sealed in other shapes
TRUNCATE shop.notes;
CREATE TYPE shop.login AS (name text, password primecloud.sealed);
CREATE DOMAIN shop.password AS primecloud.sealed;
CREATE FUNCTION shaped(declaration text, content text, kind text DEFAULT 'TABLE') RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
    EXECUTE format('CREATE TABLE shop.shaped (id int, secret %s)', declaration);
    EXECUTE format('INSERT INTO shop.shaped SELECT 1, %s',
        replace(content, '$', format('%L::primecloud.sealed', current_setting('drop_guard.envelope'))));
    answer := attempt('DROP EXTENSION primecloud CASCADE');
    RAISE SQLSTATE 'UNDOX' USING MESSAGE = answer;
EXCEPTION WHEN SQLSTATE 'UNDOX' THEN RETURN SQLERRM;
END $$;
SELECT matches(shaped(d, c), '^2BP01 refusing to drop primecloud: table shop.shaped', 'a column of ' || d)
FROM (VALUES ('primecloud.sealed', '$'), ('primecloud.sealed[]', 'ARRAY[$]'), ('shop.password', '$'),
    ('shop.login', 'ROW(''x'', $)::shop.login'),
             ('shop.login[]', 'ARRAY[ROW(''x'', $)::shop.login]'), ('shop.notes', 'ROW(1, $)::shop.notes')) AS shapes(d, c);
SELECT is(shaped('text', '''x'''), 'dropped', 'a table without one');
CREATE MATERIALIZED VIEW shop.copied AS SELECT 1 AS id, current_setting('drop_guard.envelope')::primecloud.sealed AS secret;
SELECT matches(attempt('DROP EXTENSION primecloud CASCADE'), 'table shop.copied', 'a materialized view');
DROP MATERIALIZED VIEW shop.copied;
SELECT is(attempt('DROP EXTENSION primecloud CASCADE'), 'dropped', 'nothing left: quiet');

-- What else dies with it, one after the other and all at once
CREATE FUNCTION reasons(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE statement;
    answer := attempt('DROP EXTENSION primecloud CASCADE');
    RAISE SQLSTATE 'UNDOX' USING MESSAGE = answer;
EXCEPTION WHEN SQLSTATE 'UNDOX' THEN
    -- A first key is there to stay, whatever is undone.
    DELETE FROM primecloud.data_key WHERE purpose <> 'seal';
    PERFORM primecloud_internal.keys_changed();
    RETURN SQLERRM;
END $$;
CREATE TABLE shop.letters (id int, account int, made timestamptz);
CREATE VIEW deaths AS SELECT * FROM (VALUES
    (1, $$PERFORM primecloud.token_hash('a token of thirty-two characters', 'sessions')$$, '1 key has hashed tokens'),
    (2, $$PERFORM primecloud.blind_index('ann@example.com', '1', 'l')$$, '1 tenant has blind indexes'),
    (3, $$PERFORM primecloud.place_hold('shop.letters', 'case ' || n) FROM generate_series(1, 2) AS n$$,
        '2 legal holds are open'),
    (4, $$PERFORM primecloud.retain('shop.letters', 'made', '1 year')$$, '1 retention policy runs'),
    (5, $$INSERT INTO shop.notes VALUES (1, current_setting('drop_guard.envelope')::primecloud.sealed);
        CREATE TABLE shop.more AS TABLE shop.notes$$,
        '2 tables have sealed columns that hold rows (shop.more, shop.notes)')) AS d(n, statement, why);
SELECT is(reasons(format('DO %L', 'BEGIN ' || statement || '; END')), '2BP01 refusing to drop primecloud: ' || why, why)
FROM deaths ORDER BY n;
SELECT is(reasons((SELECT format('DO %L', 'BEGIN ' || string_agg(statement, '; ') || '; END') FROM deaths)),
    '2BP01 refusing to drop primecloud: ' || (SELECT string_agg(why, ', ' ORDER BY n = 5 DESC, n) FROM deaths), 'all of them are counted');
-- (Rows that were undone leave a file behind.)
TRUNCATE shop.notes;
SELECT is(reasons($$DO 'BEGIN PERFORM primecloud.place_hold(''shop.letters'', ''x'');
    PERFORM primecloud.retain(''shop.letters'', ''made'', ''1 year'');
    PERFORM primecloud.release_hold(''shop.letters'', h.id, ''y'') FROM primecloud.retention_holds h;
    PERFORM primecloud.unretain(''shop.letters'');
    END'$$), 'dropped', 'released and unretained: quiet');
SELECT is(reasons($$DO 'BEGIN PERFORM primecloud.blind_index(''a'', ''1'', ''l''); PERFORM primecloud.shred_tenant(''1''); END'$$),
    'dropped', 'keys that were destroyed: quiet');
SELECT * FROM finish();
DROP SCHEMA shop CASCADE;
DROP OWNED BY drop_guard_owner, drop_guard_bystander, drop_guard_installer;
DROP ROLE drop_guard_owner, drop_guard_bystander, drop_guard_installer;
