-- leave() of each kind of registration, by whom it may be done, and what is in its way.
SELECT no_plan();
\o /dev/null
SET client_min_messages = error;
CREATE ROLE leaving_owner;
CREATE ROLE leaving_other;
CREATE ROLE leaving_mallory;
SELECT primecloud.create_app_role('leaving_app'), primecloud.create_maintenance_role('leaving_maintenance');
GRANT EXECUTE ON FUNCTION primecloud.act_for_any_tenant() TO leaving_owner;
CREATE SCHEMA app AUTHORIZATION leaving_owner;
CREATE SCHEMA planted AUTHORIZATION leaving_mallory;
GRANT USAGE ON SCHEMA app, planted TO PUBLIC;
CREATE FUNCTION outcome(statement text, who name DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    IF who IS NOT NULL THEN
        EXECUTE format('SET LOCAL ROLE %I', who);
    END IF;
    EXECUTE statement;
    RESET ROLE;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    RESET ROLE;
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE FUNCTION dry_run_of(rel regclass, who name) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', who);
    RETURN QUERY SELECT * FROM primecloud.leave(rel);
    RESET ROLE;
END $$;
-- What a table is, and what it holds.
CREATE FUNCTION looks(rel regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    rows text;
BEGIN
    EXECUTE format('SELECT string_agg(t::text, E''\n'' ORDER BY t::text) FROM %s t', rel) INTO rows;
    RETURN concat_ws(E'\n', rows, (SELECT concat_ws(' ', relrowsecurity, relforcerowsecurity, relacl) FROM pg_class WHERE oid = rel),
        (SELECT string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull, attcollation, attacl, attstorage,
            attcompression,
            pg_get_expr(adbin, adrelid), attgenerated), E'\n' ORDER BY attnum) FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid
            AND adnum = attnum WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped),
        (SELECT string_agg(pg_get_constraintdef(oid), E'\n' ORDER BY conname) FROM pg_constraint WHERE conrelid = rel),
        (SELECT string_agg(pg_get_indexdef(indexrelid), E'\n' ORDER BY 1) FROM pg_index WHERE indrelid = rel),
        (SELECT string_agg(pg_get_triggerdef(oid), E'\n' ORDER BY 1) FROM pg_trigger WHERE tgrelid = rel AND NOT tgisinternal),
        (SELECT string_agg(polname, E'\n' ORDER BY 1) FROM pg_policy WHERE polrelid = rel));
END $$;
SET ROLE leaving_owner;
CREATE DOMAIN app.word AS text CHECK (VALUE <> 'forbidden');
CREATE TABLE app.accounts (id int PRIMARY KEY, status text DEFAULT 'active');
CREATE TABLE app.members (account_id int NOT NULL, user_id text NOT NULL, role text, PRIMARY KEY (account_id, user_id));
CREATE TABLE app.orders (id int PRIMARY KEY, account_id int, number text CONSTRAINT orders_number UNIQUE,
    made timestamptz DEFAULT '2026-01-01');
CREATE TABLE app.lines (id int PRIMARY KEY, order_id int NOT NULL CONSTRAINT lines_order REFERENCES app.orders,
    up int CONSTRAINT lines_up REFERENCES app.lines);
CREATE TABLE app.vault (id int PRIMARY KEY, account_id int NOT NULL, word app.word DEFAULT 'o''hara', pin varchar(9) NOT NULL DEFAULT '0',
    bytes bytea, computed text DEFAULT md5('x'));
CREATE TABLE app.rates (code text);
CREATE TABLE app.kinds (id int PRIMARY KEY, account_id int NOT NULL, i int DEFAULT 7, down int DEFAULT -7, n numeric(5,2) DEFAULT 1.5,
    list text[] DEFAULT '{a,b}', yes boolean DEFAULT true, stored text, packed text COMPRESSION pglz);
ALTER TABLE app.kinds ALTER stored SET STORAGE EXTERNAL, ALTER packed SET STORAGE MAIN;
INSERT INTO app.accounts VALUES (1), (2);
INSERT INTO app.members VALUES (1, 'ann', 'owner');
INSERT INTO app.orders SELECT n, n % 2 + 1, 'n' || n FROM generate_series(1, 6) AS n;
INSERT INTO app.lines SELECT n, n, nullif(greatest(n - 2, 0), 0) FROM generate_series(1, 6) AS n;
INSERT INTO app.vault SELECT n, n % 2 + 1, 'word ' || n, n, 'b' FROM generate_series(1, 6) AS n;
INSERT INTO app.kinds (id, account_id, stored, packed) SELECT n, n % 2 + 1, 'x', 'y' FROM generate_series(1, 4) AS n;
RESET ROLE;
CREATE TABLE before AS SELECT t AS rel, looks(t) AS looked
FROM unnest('{app.accounts,app.members,app.orders,app.lines,app.vault,app.rates,app.kinds}'
    ::regclass[]) AS t;
\o

-- Each kind by itself: what it takes in, leave() takes back.
CREATE TABLE adoption (n serial, rel regclass, statement text);
INSERT INTO adoption (rel, statement) VALUES
    ('app.orders', $$SELECT primecloud.protect_table('app.orders')$$),
    ('app.orders', $$SELECT primecloud.protect_table('app.orders'), primecloud.protect_unique('app.orders', 'orders_number')$$),
    ('app.orders', $$SELECT primecloud.protect_table('app.orders'), primecloud.confine_table('app.orders', 'id'),
        primecloud.copy_target('app.orders')$$),
    ('app.rates', $$SELECT primecloud.share_table('app.rates')$$),
    ('app.rates', $$SELECT primecloud.exempt('app.rates', 'why')$$),
    ('app.orders', $$SELECT primecloud.retain('app.orders', 'made', '9 years', tenant_column => 'account_id', id_column => 'id');
        SELECT primecloud.retain_tenant('app.orders', '1', '10 years'); SELECT primecloud.place_hold('app.orders', 'x', row_id => '1')$$),
    ('app.vault', $$SELECT primecloud.seal_column('app.vault', 'word', 'app.word', maintenance_role => 'leaving_maintenance')$$),
    ('app.vault', $$SELECT primecloud.seal_column('app.vault', c, 'app.' || c) FROM unnest('{word,pin,bytes}'::name[]) AS c$$),
    ('app.kinds', $$SELECT primecloud.seal_column('app.kinds', c, 'app.' || c) FROM unnest('{i,down,n,list,yes,stored,packed}'::name[])
        AS c$$),
    ('app.vault', $$SELECT primecloud.protect_table('app.vault'); SELECT primecloud.seal_column('app.vault', 'pin', 'app.pin')$$);
CREATE FUNCTION there_and_back(rel regclass, statement text, leave text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    SET LOCAL ROLE leaving_owner;
    EXECUTE statement;
    RESET ROLE;
    answer := CASE WHEN looks(rel) = (SELECT looked FROM before b WHERE b.rel = there_and_back.rel) AND rel <> 'app.rates'::regclass
        AND statement !~ 'retain' THEN 'it changed nothing; ' ELSE '' END;
    EXECUTE leave;
    answer := answer || CASE WHEN looks(rel) = (SELECT looked FROM before b WHERE b.rel = there_and_back.rel) THEN 'as before'
        ELSE 'other: ' || looks(rel) END || coalesce(' ' || (SELECT string_agg(kind || ' ' || object, ', ') FROM primecloud.registrations
            WHERE kind <> 'label'), '');
    RAISE SQLSTATE 'UNDOX' USING MESSAGE = answer;
EXCEPTION WHEN SQLSTATE 'UNDOX' THEN RETURN SQLERRM;
END $$;
SELECT is(there_and_back(rel, statement, format($$SELECT primecloud.leave(%L, dry_run => false, release => 'over')$$, rel)), 'as before',
    'a table: ' || statement) FROM adoption ORDER BY n;
SELECT is(there_and_back(rel, statement, $$SELECT primecloud.leave(schema => 'app', dry_run => false, release => 'over')$$), 'as before',
    'a schema: ' || statement) FROM adoption ORDER BY n;
SELECT is(there_and_back(rel, statement, $$SELECT primecloud.leave(dry_run => false, release => 'over')$$), 'as before',
    'everything: ' || statement) FROM adoption ORDER BY n;
-- With children, keys that carry the tenant and members.
SELECT is(there_and_back(rel, $$SELECT primecloud.protect_table('app.orders'); SELECT primecloud.protect_child('app.lines', 'app.orders');
    SELECT primecloud.protect_fk('app.lines', 'lines_order'); SELECT primecloud.protect_fk('app.lines', 'lines_up');
    SELECT primecloud.protect_table('app.accounts', 'id'); SELECT primecloud.protect_table('app.members')$$,
    $$SELECT primecloud.leave(schema => 'app', dry_run => false)$$), 'as before', 'children and their keys: ' || rel)
FROM before WHERE rel NOT IN ('app.vault'::regclass, 'app.rates'::regclass, 'app.kinds'::regclass) ORDER BY rel::text;
SELECT is(outcome($$SELECT primecloud.register_membership('app.members', 'account_id', 'user_id', 'role', accounts => 'app.accounts',
    watch => true)$$, 'postgres'), 'done', 'members are registered');
SELECT matches(outcome($$SELECT primecloud.protect_table('app.orders'); SELECT primecloud.leave('app.members', dry_run => false)$$),
    '^55006 table app.members says who may enter which account', 'the table of members goes last');
SELECT is(outcome($$SELECT primecloud.unregister_membership()$$, 'leaving_owner'),
    '42501 only the owner of the database may end the registration of the membership table', 'who owns the database ends it');
-- People are protected by membership too, whoever they belong to.
CREATE TABLE persons (id text PRIMARY KEY);
ALTER TABLE persons OWNER TO leaving_other;
SELECT is(outcome($$SELECT primecloud.protect_people('persons')$$, 'leaving_other'), 'done', 'somebody else''s people');
SELECT matches(outcome(s, 'leaving_owner'), '^55006 .*table app.members says who may enter .* \(public.persons\)$',
    'people stay, and so do members: '
    || s) FROM (VALUES ($$SELECT primecloud.leave('app.members', dry_run => false)$$),
    ($$SELECT primecloud.leave(schema => 'app', dry_run => false)$$), ($$SELECT primecloud.leave(dry_run => false)$$)) AS t(s);
SELECT is(outcome($$SELECT primecloud.unregister_membership()$$, 'postgres'), '55000 tables are protected still: public.persons',
    'and their registration');
-- A name that is misspelt is nobody's, and least of all everything.
SELECT is(outcome(s, 'leaving_owner'), '22004 the ' || what || ' is NULL', 'not everything: ' || s) FROM (VALUES
    ($$SELECT primecloud.leave(to_regclass('app.ordres'), dry_run => false, release => 'typo')$$, 'table'),
    ($$SELECT primecloud.leave(NULL)$$, 'table'), ($$SELECT primecloud.leave(rel => NULL, schema => 'app')$$, 'table'),
    ($$SELECT primecloud.leave(schema => NULL, dry_run => false)$$, 'schema'),
    ($$SELECT primecloud.leave('app.orders', schema => NULL)$$, 'schema')) AS t(s, what);
SELECT matches(outcome($$SELECT primecloud.leave(schema => '')$$, 'leaving_owner'), '^3F000 ', 'nor is an empty name');
SET ROLE leaving_owner;
SELECT count(*) FROM primecloud.protect_table('app.orders') \g /dev/null
SELECT set_has($$SELECT primecloud.leave()$$, $$VALUES ('-- 1 table stays, which is not yours'),
    ('-- the registration of members stays: tables of others are protected still')$$, 'which is told');
SELECT count(*) FROM primecloud.unprotect_table('app.orders') \g /dev/null
RESET ROLE;
DROP TABLE persons;
SELECT is(there_and_back(rel, $$SELECT primecloud.protect_table('app.members')$$, $$SELECT primecloud.leave(dry_run => false)$$),
    'as before', 'members: ' || rel) FROM before WHERE rel IN ('app.members'::regclass, 'app.accounts'::regclass);

-- Whose is it
CREATE TABLE adopted AS SELECT outcome($$SELECT primecloud.protect_table('app.orders'); SELECT primecloud.protect_table('app.vault');
    SELECT primecloud.seal_column('app.vault', 'word', 'app.word', maintenance_role => 'leaving_maintenance')$$, 'postgres');
SELECT is(outcome(s, who), wanted, who || ': ' || s) FROM (VALUES
    ($$SELECT primecloud.leave('app.orders', dry_run => false)$$, '42501 must be owner of app.orders'),
    ($$SELECT primecloud.leave('app.orders')$$, '42501 must be owner of app.orders'),
    ($$SELECT primecloud.leave(schema => 'app', dry_run => false)$$, '42501 none of 4 adopted tables is yours'),
    ($$SELECT primecloud.leave(dry_run => false)$$, '42501 none of 4 adopted tables is yours'),
    ($$SELECT primecloud.unseal_column('app.vault', 'word')$$, '42501 must be owner of app.vault'),
    ($$SELECT primecloud_internal.convert_rows('app.vault', 'word', 'computed', 'account_id', 'id', 'app.word', 0, 1, 'refuse')$$,
        '42501 must be owner of table vault'),
    ($$SELECT primecloud_internal.closed_rows('app.vault', 'word', 'account_id', 'id', 'app.word')$$, '42501 must be owner of table vault'),
    ($$SELECT primecloud_internal.unseal_in_place('app.vault', 'word', 'account_id', 'id', 'app.word', 'text', -1, 'refuse')$$,
        '42501 permission denied to unseal column "word" of app.vault'),
    ($$SELECT primecloud_internal.leave_keys()$$, '42501 permission denied for function retire_key'))
    AS t(s, wanted), unnest('{leaving_app,leaving_other,leaving_mallory}'::text[]) AS who ORDER BY who, s;
SELECT is(outcome(format('SELECT %s', s)), '42501 secrets are unsealed by unseal_column() alone', s) FROM unnest(ARRAY[
    $$primecloud_internal.unseal(word, account_id::text, 'app.word', id::text) FROM app.vault$$,
    $$primecloud_internal.unseal_bytes(word, account_id::text, 'app.word', id::text) FROM app.vault$$]) AS s;
-- An owner opens no secrets by leaving, unless he may open them.
SELECT is(outcome($$SELECT primecloud.leave('app.vault', dry_run => false)$$, 'leaving_owner'),
    '42501 permission denied to unseal column "word" of app.vault', 'an owner who may not open secrets');
SELECT ok((SELECT bool_or(l LIKE '-- in the way: permission denied to unseal column "word" of app.vault; '
    'a superuser gives it: GRANT EXECUTE %')
    AND bool_or(l LIKE 'SELECT primecloud.%' OR l LIKE 'ALTER TABLE %' OR l LIKE 'DROP POLICY %') FROM dry_run_of('app.vault',
        'leaving_owner')
    AS l), 'a dry run says so among the rest');
SELECT is(outcome($$SELECT primecloud.unseal_column('app.vault', 'word')$$, 'leaving_owner'),
    '42501 permission denied to unseal column "word" of app.vault', 'unseal_column() as well');
SELECT is(outcome($$SELECT primecloud.leave('app.orders', dry_run => false)$$, 'leaving_owner'), 'done', 'but his tables without secrets');
GRANT EXECUTE ON FUNCTION primecloud.open(primecloud.sealed, text, text, text, text) TO leaving_owner;
SELECT count(*) AS recorded FROM primecloud.reveal_log \gset
SELECT is(outcome($$SELECT primecloud.leave('app.vault', dry_run => false)$$, 'leaving_owner'), 'done', 'one who may open them leaves');
SELECT is((SELECT looks(rel)), looked, 'and has what he had: ' || rel)
    FROM before WHERE rel IN ('app.vault'::regclass, 'app.orders'::regclass);
SELECT results_eq(format($$SELECT tenant, purpose FROM primecloud.reveal_log ORDER BY id OFFSET %s$$, :recorded),
    $$VALUES ('*', 'unsealed: column word of app.vault')$$, 'on record, once');

-- What cannot be opened any more
SELECT is(outcome($$SELECT primecloud.seal_column('app.vault', c, 'app.' || c) FROM unnest('{word,pin}'::name[]) AS c$$), 'done', 'sealed');
UPDATE app.vault SET word = (SELECT word FROM app.vault WHERE id = 1) WHERE id = 3;
SELECT primecloud.shred_tenant('1') \g /dev/null
SELECT ok(line, message) FROM (SELECT bool_or(l = w) AS line, w AS message FROM primecloud.leave('app.vault') AS l, unnest(ARRAY[
    '-- column "word" of app.vault: what cannot be opened is in the way: 3 PC004 (the key was destroyed or retired), 1 PC005 (moved from '
    'another row, or altered)', '-- column "pin" of app.vault: what cannot be opened is in the way: 3 PC004 (the key was destroyed or '
    'retired)']) AS w GROUP BY w) AS said;
SELECT is(outcome($$SELECT primecloud.leave('app.vault', dry_run => false)$$),
    '55000 secrets in column "word" of app.vault cannot be opened: 3 PC004 (the key was destroyed or retired), 1 PC005 (moved from another '
    'row, or altered)', 'what no key opens is not lost silently');
SELECT is(outcome($$SELECT primecloud.leave('app.vault', dry_run => false, unopened => 'null')$$),
    '23502 column "pin" of app.vault is NOT NULL, and secrets in it cannot be opened: 3 PC004 (the key was destroyed or retired)',
    'nor made NULL where that cannot be');
SELECT is(outcome($$SELECT primecloud.unseal_column('app.vault', 'pin', as_type => 'text', unopened => 'envelope')$$),
    'done', 'kept as text');
SELECT is(outcome($$SELECT primecloud.leave('app.vault', dry_run => false, unopened => 'null')$$), 'done', 'or NULL, if that is said');
SELECT results_eq($$SELECT id, word::text, pin LIKE 'pc1.%' FROM app.vault ORDER BY id$$, $$VALUES (1, 'word 1', false), (2, NULL, true),
    (3, NULL, false), (4, NULL, true), (5, 'word 5', false), (6, NULL, true)$$, 'all others are there');
SELECT matches(outcome(s), '^22023 ' || m, s) FROM (VALUES
    ($$SELECT primecloud.leave('app.vault', unopened => 'drop')$$, 'unopened is refuse, null or envelope'),
    ($$SELECT primecloud.leave('app.vault', release => ' ')$$, 'holds are released for a reason'),
    ($$SELECT primecloud.leave('app.vault', schema => 'app')$$, 'leave table app.vault, or schema "app"')) AS t(s, m);
SELECT is(outcome($$SELECT primecloud.leave(schema => 'nowhere')$$), '3F000 schema "nowhere" does not exist', 'a schema that is none');

-- The owner of a table opens nothing by the code of an index that is built anew while a superuser unseals it.
CREATE TABLE app.target AS SELECT 1 AS id, 2 AS account_id, primecloud.seal('another''s', '2', 'app.target', '1') AS secret;
CREATE TABLE planted.seen (what text);
GRANT ALL ON planted.seen TO leaving_mallory;
GRANT SELECT ON app.target TO leaving_mallory;
SET ROLE leaving_mallory;
CREATE TABLE planted.bait (id int PRIMARY KEY, account_id int NOT NULL, secret text);
INSERT INTO planted.bait VALUES (1, 2, 'x');
CREATE FUNCTION planted.look() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO planted.seen SELECT primecloud_internal.unseal(t.secret, '2', 'app.target', '1') FROM app.target t;
EXCEPTION WHEN OTHERS THEN
    INSERT INTO planted.seen VALUES (SQLSTATE);
END $$;
CREATE FUNCTION planted.peek(id int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM planted.look(); RETURN id; END $$;
CREATE INDEX ON planted.bait (planted.peek(id));
RESET ROLE;
SELECT is(outcome($$SELECT primecloud.seal_column('planted.bait', 'secret', 'planted.bait')$$), 'done', 'a bait is sealed');
SELECT is(outcome($$SELECT primecloud.unseal_column('planted.bait', 'secret')$$), 'done', 'and unsealed by a superuser');
SELECT results_eq('SELECT DISTINCT what FROM planted.seen', $$VALUES ('42501')$$, 'nothing was opened by it');
DROP TABLE planted.bait, planted.seen, app.target;

-- A secret that is no value of the type is not told.
CREATE TABLE app.pins (id int PRIMARY KEY, account_id int NOT NULL, pin int);
INSERT INTO app.pins VALUES (1, 2, 4711);
SELECT is(outcome($$SELECT primecloud.seal_column('app.pins', 'pin', 'app.pins')$$), 'done', 'numbers are sealed');
UPDATE app.pins SET pin = primecloud.seal('canary', '2', 'app.pins', '1');
SELECT is(outcome(s), '22P02 a secret in column "pin" of app.pins is no value of type that it had', s)
FROM unnest(ARRAY[$$SELECT primecloud.unseal_column('app.pins', 'pin')$$, $$SELECT primecloud.leave('app.pins', dry_run => false)$$]) AS s;
SELECT is(outcome($$ALTER TABLE app.pins ADD COLUMN primecloud_3 int; SELECT primecloud_internal.finish_rows('app.pins', 'pin',
    'primecloud_3', 'account_id', 'id', 'app.pins', 'refuse')$$), '22P02 a secret in column "pin" of app.pins is no value of type '
    'integer', 'nor by a script');
SELECT is(outcome($$SELECT primecloud.unseal_column('app.pins', 'pin', as_type => 'text')$$), 'done', 'as text it is one');

-- Of mixed content
CREATE TABLE app.mixed (id int PRIMARY KEY, account_id int NOT NULL, secret text);
INSERT INTO app.mixed SELECT n, 2, CASE WHEN n % 2 = 0 THEN 'plain ' || n ELSE primecloud.seal('sealed '
    || n, '2', 'app.mixed', n::text)::text
    END FROM generate_series(1, 6) AS n;
INSERT INTO app.mixed VALUES (7, 2, NULL), (8, 2, primecloud.seal('stolen', '2', 'app.mixed', '1'));
SELECT is(outcome($$SELECT primecloud.seal_column('app.mixed', 'secret', 'app.mixed')$$),
    'PC005 the value of row "8" is an envelope that does not open there', 'an envelope of another place is no secret of this one');
UPDATE app.mixed SET secret = '' WHERE id = 8;
SELECT is(outcome($$SELECT primecloud.seal_column('app.mixed', 'secret', 'app.mixed')$$), 'done', 'mixed content is finished');
SELECT results_eq($$SELECT primecloud.open(secret, '2', 'app.mixed', id::text, 'test') FROM app.mixed ORDER BY id$$,
    $$VALUES ('sealed 1'), ('plain 2'), ('sealed 3'), ('plain 4'), ('sealed 5'), ('plain 6'), (NULL), ('')$$, 'each is sealed once');

-- What stands on the envelopes, and what nobody has a label for
CREATE VIEW app.shown AS SELECT id, primecloud.redacted(secret) FROM app.mixed;
SELECT is(outcome($$SELECT primecloud.leave('app.mixed', dry_run => false)$$),
    '55006 column "secret" of app.mixed cannot be unsealed: view app.shown', 'a view of envelopes');
SELECT ok('-- in the way: column "secret" of app.mixed cannot be unsealed: view app.shown' IN (SELECT primecloud.leave('app.mixed')),
    'the dry run names it');
DROP VIEW app.shown;
CREATE TABLE app.loose (id int, secret primecloud.sealed, nested primecloud.sealed[]);
SELECT is(outcome($$SELECT primecloud.leave('app.loose', dry_run => false); SELECT 1 / (SELECT count(*) FROM pg_attribute WHERE attrelid =
    'app.loose'::regclass AND attname = 'secret' AND atttypid = 'text'::regtype)$$), 'done', 'an empty column is made text');
DROP TABLE app.loose;
CREATE TABLE app.loose AS SELECT 1 AS id, primecloud.seal('x', '2', 'l', '1') AS secret,
    ARRAY[primecloud.seal('x', '2', 'l', '1')] AS nested;
SELECT is(outcome($$SELECT primecloud.leave('app.loose', dry_run => false)$$),
    '55006 column "nested" of app.loose holds envelopes within its '
    'values: open them into a column of another type; column "secret" of app.loose holds envelopes under no registered label: register it '
    'with seal_column(), or empty it', 'what nobody can open is in the way');
DROP TABLE app.loose;

-- Types and functions of the extension
CREATE TABLE app.typed (id uuid PRIMARY KEY DEFAULT primecloud.uuid_v7(), size primecloud.byte_size DEFAULT '1 GiB',
    bucket primecloud.bucket_name
    DEFAULT 'a-bucket', price primecloud.money_amount, taxes primecloud.tax_id[], rules primecloud.lifecycle,
    pretty text GENERATED ALWAYS AS (primecloud.currency_digits('BRL')::text) STORED,
    CONSTRAINT named CHECK (primecloud.bucket_name_problem(bucket) IS NULL), CONSTRAINT own CHECK (size::bigint > 0));
CREATE INDEX ON app.typed (size, bucket);
INSERT INTO app.typed (price, taxes, rules) VALUES ('12.34 BRL', '{}',
    '{"Rules": [{"ID": "a", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1}}]}');
SELECT is(outcome($$SELECT primecloud.leave('app.typed', dry_run => false)$$), 'done', 'types become those of the server');
SELECT is((SELECT string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), pg_get_expr(adbin, adrelid)), ', ' ORDER BY attnum)
    FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attrelid = 'app.typed'::regclass AND attnum > 0),
    'id uuid gen_random_uuid(), size bigint, bucket text ''a-bucket''::text, price text, taxes text[], rules jsonb, pretty text',
    'with the defaults that plain PostgreSQL has');
SELECT is((SELECT concat_ws(' ', size, bucket, price, rules #>> '{Rules,0,ID}', pretty) FROM app.typed),
    '1073741824 a-bucket 12.34 BRL a 2', 'and the values');

-- Code of a lesser role's, wherever leaving looks, writes or checks
SET ROLE leaving_mallory;
CREATE FUNCTION planted.spring(what text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF current_user <> 'leaving_mallory' THEN
        RAISE 'sprung in the hands of %: %', current_user, what;
    END IF;
    RETURN true;
END $$;
CREATE FUNCTION planted.on_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM planted.spring('trigger'); RETURN NEW; END $$;
CREATE DOMAIN planted.word AS text CHECK (planted.spring('domain of ' || VALUE));
CREATE TABLE planted.rows (id int PRIMARY KEY, account_id int, word planted.word DEFAULT 'x', number text CONSTRAINT rows_number UNIQUE,
    other planted.word, made timestamptz DEFAULT now(), size primecloud.byte_size DEFAULT '1 KiB'::text::primecloud.byte_size,
    CHECK (planted.spring('check')), CHECK (planted.spring('check of ' || number)), CHECK (planted.spring('check of size ' || size)),
    line boolean GENERATED ALWAYS AS (planted.spring('generated ' || number)) STORED);
INSERT INTO planted.rows (id, account_id, word, number, other) SELECT n, 2, 'w' || n, n, 'o' FROM generate_series(1, 5) AS n;
CREATE INDEX ON planted.rows ((planted.spring('index ' || number))) WHERE planted.spring('predicate');
CREATE VIEW planted.view AS SELECT id, number FROM planted.rows WHERE planted.spring('view');
CREATE TRIGGER a BEFORE INSERT OR UPDATE ON planted.rows FOR EACH ROW EXECUTE FUNCTION planted.on_row();
CREATE POLICY trap ON planted.rows USING (planted.spring('policy'));
RESET ROLE;
SELECT is(outcome($$SELECT primecloud.seal_column('planted.rows', 'word', 'planted.word')$$, 'postgres'), 'done', 'sealed')
FROM (SELECT outcome('GRANT EXECUTE ON FUNCTION primecloud.act_for_any_tenant() TO leaving_mallory')) AS g;
SELECT is(outcome($$SELECT primecloud.protect_table('planted.rows'); SELECT primecloud.protect_unique('planted.rows', 'rows_number');
    SELECT primecloud.retain('planted.rows', 'made', '9 years'); SELECT primecloud.copy_target('planted.rows')$$, 'leaving_mallory'),
        'done',
    'protected');
SELECT is(outcome($$SELECT primecloud.leave('planted.rows')$$), 'done', 'a superuser looks at what mallory has planted');
SELECT is(outcome($$SELECT primecloud.leave(schema => 'planted', dry_run => false)$$), 'done', 'and leaves past it');
SET ROLE leaving_mallory;
SELECT count(word) AS words FROM planted.rows \gset
RESET ROLE;
SELECT is((SELECT a.atttypid::regtype || ' ' || :words FROM pg_attribute a
    WHERE a.attrelid = 'planted.rows'::regclass AND a.attname = 'word'),
    'planted.word 5', 'the domain is there again');
-- A note that the owner writes himself is no more than a name.
SELECT is(outcome($$SELECT primecloud.seal_column('planted.rows', 'word', 'planted.word')$$), 'done', 'sealed again');
SELECT is(left(outcome($$SELECT primecloud_internal.remember_plain('planted.rows', 'word',
    '{"type": "text USING planted.spring(1)"}')$$, 'leaving_mallory'), 5), '42704', 'the owner names a type that is there');
SELECT is(outcome($$SELECT primecloud_internal.remember_plain('planted.rows', 'word', '{"type": "planted.word", "default":
    "'') ; SELECT planted.spring(''x"}')$$, 'leaving_mallory'), 'done', 'and else writes what he likes');
SELECT matches(outcome($$SELECT primecloud.leave('planted.rows', dry_run => false)$$), '^done', 'and nothing of it is run');

-- Everything, in the end
SELECT is(outcome($$SELECT primecloud.leave(dry_run => false)$$), 'done', 'everything is left');
SELECT is((SELECT count(*) FROM primecloud.leave() AS l WHERE l LIKE '%in the way%'), 0::bigint, 'nothing is in the way');
SELECT is(array_to_string(ARRAY(SELECT l FROM primecloud.leave() AS l WHERE l ~ 'stands? on primecloud still'), E'\n'), '',
    'nothing stands on it');
SELECT * FROM finish();
DROP EXTENSION primecloud;
SET client_min_messages = error;
DROP SCHEMA app, planted CASCADE;
DROP OWNED BY leaving_owner, leaving_other, leaving_mallory, leaving_app, leaving_maintenance;
DROP ROLE leaving_owner, leaving_other, leaving_mallory, leaving_app, leaving_maintenance;
