-- seal_column: what it converts, what it refuses; writing by row, ON CONFLICT and COPY.
SET client_min_messages = error;
SELECT no_plan();
CREATE FUNCTION outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    value text;
BEGIN
    EXECUTE statement INTO value;
    RETURN coalesce(value, 'NULL');
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
-- The reason of a refusal; names without their schema.
CREATE FUNCTION reason(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RETURN 'none';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || replace(SQLERRM, 'public.', '');
END $$;

-- Conversion, in place: every kind of plaintext and of id.
CREATE TABLE mailers (id integer PRIMARY KEY, account_id integer NOT NULL, host text, password text DEFAULT '');
INSERT INTO mailers SELECT n, n % 3 + 1, 'h' || n, CASE n WHEN 4 THEN NULL WHEN 5 THEN '' ELSE 'password ' || n END
    FROM generate_series(1, 9) AS n;
CREATE TABLE before AS SELECT * FROM mailers;
SELECT pg_relation_filenode('mailers') AS file \gset
SELECT is((SELECT string_agg(left(told, 40), '; ') FROM primecloud.seal_column('mailers', 'password', 'mailers.password', dry_run => true)
    AS told),
    'ALTER TABLE public.mailers ALTER COLUMN ; ALTER TABLE public.mailers ALTER COLUMN ; SELECT primecloud_internal.register_seal; '
        'SELECT primecloud_internal.remember_plai; -- plaintext remains in WAL and archives', 'a dry run tells');
SELECT is((SELECT count(*) FROM primecloud.sealed_column), 0::bigint, 'and does nothing');
SELECT is((SELECT count(*) FROM primecloud.seal_column('mailers', 'password', 'mailers.password')), 5::bigint, 'sealed');
SELECT isnt(pg_relation_filenode('mailers'), :file::oid, 'in a new file');
SELECT is(primecloud.reveal('mailers', 'password', b.id, 'test'), b.password, 'row ' || b.id) FROM before b;
SELECT is((SELECT count(*) FROM mailers WHERE password IS NULL), 1::bigint, 'NULL stays NULL');
SELECT is((SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 'mailers'::regclass), NULL, 'a default of plaintext is gone');
SELECT is((SELECT count(*) FROM primecloud.seal_column('mailers', 'password', 'mailers.password')), 1::bigint,
    'again: registered, no more');
SELECT is(outcome($$INSERT INTO mailers VALUES (20, 1, 'h', 'plaintext')$$), '22P02', 'plaintext is refused');
CREATE DOMAIN order_number AS bigint;
CREATE TABLE kinds (small smallint UNIQUE, big bigint UNIQUE, uuid uuid UNIQUE, text text UNIQUE, char character(8) UNIQUE,
    number order_number UNIQUE, owner uuid NOT NULL, "Column One" text, two bytea, three json, four varchar(10), five text, six text);
INSERT INTO kinds VALUES (1, 9223372036854775807, 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'é ''quoted''', 'ab', 7,
    '00000000-0000-7000-8000-000000000001', 'one', '\x00ff', '{"user": "root"}', 'four', 'five', 'six');
SELECT lives_ok(format('SELECT primecloud.seal_column(%L, %L, %L, %L, ''owner'')', 'kinds', col, 'kinds.' || col, id), id)
    FROM (VALUES ('Column One', 'small'), ('two', 'big'), ('three', 'uuid'), ('four', 'text'), ('five', 'char'), ('six', 'number'))
    AS v(col, id);
SELECT is(primecloud.reveal('kinds', 'Column One', 1::smallint, 't'), 'one', 'by smallint');
SELECT is(primecloud.reveal('kinds', 'Column One', 1::bigint, 't'), 'one', 'by another integer');
SELECT is((SELECT primecloud.open_bytes(two, owner::text, 'kinds.two', big::text, 't') FROM kinds), '\x00ff'::bytea,
    'bytes were sealed as bytes');
SELECT is(primecloud.reveal('kinds', 'three', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid, 't'), '{"user": "root"}', 'by uuid');
SELECT is(primecloud.reveal('kinds', 'three', '{A0EEBC999C0B4EF8BB6D6BB9BD380A11}', 't'), '{"user": "root"}', 'by another spelling of it');
SELECT is(primecloud.reveal('kinds', 'four', 'é ''quoted''', 't'), 'four', 'by text');
SELECT is(primecloud.reveal('kinds', 'five', 'ab', 't'), 'five', 'by character(n)');
SELECT is(primecloud.reveal('kinds', 'five', 'ab'::character(8), 't'), 'five', 'with its padding');
BEGIN;
SELECT primecloud.enter_trusted('00000000-0000-7000-8000-000000000001', 'ann', 'owner');
UPDATE kinds SET five = primecloud.seal_for('kinds', 'five', char, 'padded');
SELECT is((SELECT primecloud.open(five, owner::text, 'kinds.five', 'ab', 't') FROM kinds), 'padded',
    'which is not what an envelope is bound to');
UPDATE kinds SET five = primecloud.seal_for('kinds', 'five', 'ab      '::text, 'as text');
SELECT is((SELECT primecloud.open(five, owner::text, 'kinds.five', 'ab', 't') FROM kinds), 'as text',
    'nor where a driver sends it as text');
UPDATE kinds SET five = primecloud.seal_for('kinds', 'five', 'ab'::text, 'five');
SELECT is(primecloud.reveal('kinds', 'five', 'ab'::character(20), 't'), 'five', 'however wide it is');
COMMIT;
SELECT is(primecloud.reveal('kinds', 'six', 7, 't'), 'six', 'by a domain');

-- What stands in the way is named.
CREATE FUNCTION refuses(what text, setup text, expected text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    EXECUTE 'CREATE TABLE victim (id int PRIMARY KEY, account_id int NOT NULL, at timestamptz, n numeric, secret text)';
    EXECUTE setup;
    INSERT INTO victim (id, account_id, secret) VALUES (1, 1, 'plaintext of the victim');
    found := reason($s$SELECT primecloud.seal_column('victim', 'secret', 'victim.secret')$s$);
    RAISE EXCEPTION USING ERRCODE = 'T0001', MESSAGE = format('%s / %s', found, (SELECT secret::text FROM victim));
EXCEPTION WHEN SQLSTATE 'T0001' THEN
    RETURN is(SQLERRM, expected || ' / plaintext of the victim', what);
END $$;
SELECT refuses(what, setup, '2BP01 column "secret" of victim cannot be sealed: ' || obstacle) FROM (VALUES
    ('a view', 'CREATE VIEW v AS SELECT secret FROM victim', 'view v'),
    ('a materialized view', 'CREATE MATERIALIZED VIEW v AS SELECT secret FROM victim', 'materialized view v'),
    ('an index', 'CREATE INDEX i ON victim (secret)', 'index i'),
    ('an expression index', 'CREATE INDEX i ON victim (lower(secret))', 'index i'),
    ('a partial index', 'CREATE INDEX i ON victim (id) WHERE secret <> ''x''', 'index i'),
    ('a unique constraint', 'ALTER TABLE victim ADD CONSTRAINT u UNIQUE (secret)', 'constraint u on table victim'),
    ('a check', 'ALTER TABLE victim ADD CONSTRAINT c CHECK (secret <> '''')', 'constraint c on table victim'),
    ('a foreign key', 'CREATE TABLE parent (secret text PRIMARY KEY); INSERT INTO parent VALUES (''plaintext of the victim''); ALTER TABLE '
        'victim ADD CONSTRAINT f FOREIGN KEY (secret) REFERENCES parent', 'constraint f on table victim'),
    ('a policy', 'CREATE POLICY p ON victim USING (secret <> '''')', 'policy p on table victim'),
    ('a generated column', 'ALTER TABLE victim ADD lower text GENERATED ALWAYS AS (lower(secret)) STORED',
        'default value for column lower of table victim'),
    ('a trigger on the column', 'CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS ''BEGIN RETURN NEW; END''; CREATE TRIGGER t '
        'BEFORE UPDATE OF secret ON victim FOR EACH ROW EXECUTE FUNCTION tf()', 'trigger t on table victim'),
    ('a trigger''s condition', 'CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS ''BEGIN RETURN NEW; END''; CREATE TRIGGER t '
        'BEFORE UPDATE ON victim FOR EACH ROW WHEN (NEW.secret <> '''') EXECUTE FUNCTION tf()', 'trigger t on table victim'),
    ('a rule', 'CREATE RULE r AS ON UPDATE TO victim WHERE old.secret = '''' DO ALSO NOTHING', 'table victim'),
    ('statistics', 'CREATE STATISTICS s ON id, secret FROM victim', 'statistics object s'),
    ('a publication''s columns', 'CREATE PUBLICATION p FOR TABLE victim (id, secret)', 'publication of table victim in publication p'),
    ('a function''s body', 'CREATE FUNCTION f() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT secret FROM victim; END', 'function f()'))
        AS v(what, setup, obstacle);
SELECT is(reason(format('SELECT primecloud.seal_column(%s)', arguments)), expected, expected) FROM (VALUES
    ($$'mailers', 'nothing', 'l'$$, '42703 table mailers has no column "nothing"'),
    ($$'before', 'host', 'l', 'nothing'$$, '42703 table before has no column "nothing"'),
    ($$'before', 'host', 'l', tenant_column => 'nothing'$$, '42703 table before has no column "nothing"'),
    ($$'before', 'host', 'l'$$, '55000 no unique index of before says that "id" names one row'),
    ($$'mailers', 'host', ''$$, '22023 the label has 0 bytes'), ($$'mailers', 'host', NULL$$, '22023 the label has 0 bytes'),
        ($$'mailers', 'host', repeat('l', 129)$$, '22023 the label has 129 bytes'),
    ($$'mailers', 'id', 'l'$$, '22023 column "id" cannot be bound to itself'),
    ($$'mailers', 'host', 'mailers.password'$$,
        format('42710 the label "mailers.password" is that of column "password" of mailers, which belongs to role "%s"', current_user)),
    ($$'mailers', 'password', 'another'$$,
        '55000 column "password" of mailers is registered with label "mailers.password", tenant column "account_id" and id column "id"'),
    ($$'pg_stat_activity', 'query', 'l'$$, '42809 pg_stat_activity is not a table')) AS v(arguments, expected);
SELECT is(primecloud.reveal('mailers', 'password', 1, 'test'), 'password 1', 'nothing changed by that');
CREATE TABLE odd (at timestamptz UNIQUE, n numeric UNIQUE, d double precision UNIQUE, account_id int, secret text);
SELECT matches(reason(format('SELECT primecloud.seal_column(''odd'', ''secret'', ''odd.secret'', %L)', id)),
    '^42804 column .* whose text is not one for each value', 'an id of no single spelling: ' || id) FROM unnest(ARRAY['at', 'n', 'd'])
    AS id;
CREATE TABLE bad (id int PRIMARY KEY, account_id int, secret text);
INSERT INTO bad VALUES (1, 1, 'fine'), (2, NULL, 'of nobody');
SELECT is(outcome($$SELECT primecloud.seal_column('bad', 'secret', 'bad.secret')$$), '22004', 'a secret of nobody stops the conversion');
SELECT is((SELECT string_agg(secret, ',' ORDER BY id) FROM bad), 'fine,of nobody', 'half of it is not done');
CREATE TABLE parent (id int PRIMARY KEY, account_id int, secret text);
CREATE TABLE child () INHERITS (parent);
SELECT matches(reason(format('SELECT primecloud.seal_column(%L, ''secret'', ''p.secret'')', rel)), '^0A000', rel || ' inherits')
    FROM unnest(ARRAY['parent', 'child']) AS rel;

-- Partitions: by the root, at any depth.
CREATE TABLE parts (id int, account_id int, year int, secret text, PRIMARY KEY (id, year)) PARTITION BY RANGE (year);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (2000) TO (2020);
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (2020) TO (2040) PARTITION BY LIST (year);
CREATE TABLE parts_2_1 PARTITION OF parts_2 DEFAULT;
INSERT INTO parts VALUES (1, 1, 2001, 'old'), (2, 1, 2021, 'new');
SELECT is(outcome($$SELECT primecloud.seal_column('parts_1', 'secret', 'l')$$), '42809', 'a partition is sealed with its table');
SELECT is(outcome($$SELECT primecloud.seal_column('parts', 'year', 'l')$$), '2BP01', 'a partition key is not sealed');
CREATE INDEX ON parts_2_1 (secret);
SELECT is(reason($$SELECT primecloud.seal_column('parts', 'secret', 'parts.secret')$$),
    '2BP01 column "secret" of parts cannot be sealed: index parts_2_1_secret_idx', 'what stands on a partition''s column counts');
DROP INDEX parts_2_1_secret_idx;
SELECT lives_ok($$SELECT primecloud.seal_column('parts', 'secret', 'parts.secret')$$, 'a partitioned table');
SELECT is(primecloud.reveal(rel, 'secret', 2, 't'), 'new', 'by ' || rel) FROM unnest(ARRAY['parts', 'parts_2', 'parts_2_1']::regclass[])
    AS rel;
SELECT is(outcome($$SELECT primecloud.reveal('parts_1', 'secret', 2, 't')$$), 'P0002', 'in a partition that has no such row');

-- A table that was renamed, or made anew.
ALTER TABLE mailers RENAME TO senders;
SELECT is(outcome($$SELECT primecloud.reveal('senders', 'password', 1, 'test')$$), 'password 1', 'a renamed table is registered');
SELECT lives_ok($$SELECT primecloud.seal_column('senders', 'password', 'mailers.password')$$, 'and may be asked for with the label it has');
SELECT is(primecloud.reveal('senders', 'password', 1, 'test'), 'password 1', 'and opens');
SELECT is((SELECT count(*) FROM primecloud.sealed_column WHERE label = 'mailers.password'), 1::bigint, 'registered once');
CREATE TABLE fresh (id int PRIMARY KEY, account_id int, secret primecloud.sealed);
SELECT lives_ok($$SELECT primecloud.seal_column('fresh', 'secret', 'fresh.one')$$, 'a column that is sealed from the start');
SELECT lives_ok($$SELECT primecloud.seal_column('fresh', 'secret', 'fresh.two')$$, 'may take another label while the table is empty');

-- Writing: by row, in the entered account.
SELECT is(outcome($$SELECT primecloud.seal_for('senders', 'password', 1, 'x')$$), '42501', 'nobody has entered');
BEGIN;
SELECT primecloud.enter_trusted('1', 'ann', 'owner');
SELECT is(outcome(format('SELECT primecloud.%s', call)), code, call) FROM (VALUES
    ($$seal_for('senders', 'password', 3, NULL)$$, 'NULL'), ($$seal_for('senders', 'password', NULL::int, 'x')$$, '22004'),
        ($$seal_for('senders', 'password', NULL, 'x')$$, '22004'), ($$seal_for(NULL, 'password', 3, 'x')$$, '22004'),
        ($$seal_for('senders', NULL, 3, 'x')$$, '22004'),
    ($$seal_for('senders', 'host', 3, 'x')$$, '42704'), ($$seal_for('before', 'password', 3, 'x')$$, '42704'),
        ($$seal_for('senders', 'password', 3.0, 'x')$$, '42804'), ($$seal_for('senders', 'password', now(), 'x')$$, '42804'),
        ($$seal_for('senders', 'password', 'three', 'x')$$, '22P02'),
    ($$seal_for('senders', 'password', 3, '[sealed]')$$, '22023')) AS v(call, code);
UPDATE senders SET password = primecloud.seal_for('senders', 'password', id, 'bulk ' || id) WHERE account_id = 1;
SELECT is(primecloud.reveal('senders', 'password', id, 't'), 'bulk ' || id, 'row by row, ' || id) FROM senders WHERE account_id = 1;
PREPARE write(text, text) AS UPDATE senders SET password = primecloud.seal_for('senders', 'password', $1, $2) WHERE id = $1::int;
EXECUTE write('03', 'untyped');
SELECT is(primecloud.reveal('senders', 'password', 3, 't'), 'untyped', 'an id in another spelling is the same id');
-- One statement for several columns and tables: each call site has its own registration.
SELECT is(outcome($$SELECT string_agg(primecloud.opens(primecloud.seal_for(t, c, 3, 'x'), '1', l, '3')::text, ',')
    FROM (VALUES ('senders'::regclass, 'password'::name, 'mailers.password'), ('fresh', 'secret', 'fresh.two'),
    ('senders', 'password', 'mailers.password')) AS v(t, c, l)$$), 'true,true,true', 'registrations are not mixed up');

-- ON CONFLICT: excluded is bound to the id that was proposed.
INSERT INTO senders VALUES (30, 1, 'h30', primecloud.seal_for('senders', 'password', 30, 'first'));
INSERT INTO senders VALUES (30, 1, 'h30', primecloud.seal_for('senders', 'password', 30, 'second')) ON CONFLICT (id) DO UPDATE
    SET password = excluded.password;
SELECT is(primecloud.reveal('senders', 'password', 30, 't'), 'second', 'a conflict on the id: excluded is the row''s own');
CREATE UNIQUE INDEX senders_host ON senders (host);
INSERT INTO senders VALUES (31, 1, 'h30', primecloud.seal_for('senders', 'password', 31, 'third')) ON CONFLICT (host) DO UPDATE
    SET password = excluded.password;
SELECT is(outcome($$SELECT primecloud.reveal('senders', 'password', 30, 't')$$), 'PC005',
    'a conflict on another key: excluded is another row''s, and does not open');
INSERT INTO senders VALUES (31, 1, 'h30', primecloud.seal_for('senders', 'password', 31, 'third')) ON CONFLICT (host) DO UPDATE
    SET password = primecloud.seal_for('senders', 'password', senders.id, 'third');
SELECT is(primecloud.reveal('senders', 'password', 30, 't'), 'third', 'sealed for the row that is there it does');
SELECT results_eq($$SELECT id FROM senders WHERE NOT primecloud.opens(password, account_id::text, 'mailers.password', id::text)
    AND account_id = 1$$, $$SELECT 0 WHERE false$$, 'opens() finds nothing amiss');
UPDATE senders SET id = 32 WHERE id = 30;
SELECT results_eq($$SELECT id FROM senders WHERE NOT primecloud.opens(password, account_id::text, 'mailers.password', id::text)
    AND account_id = 1$$, ARRAY[32], 'and finds the row whose id was changed');
COMMIT;
-- COPY: envelopes as they are, plaintext not at all.
SELECT current_setting('data_directory') || '/secret_columns' AS file \gset
CREATE TABLE copied (LIKE senders);
COPY senders TO :'file';
COPY copied FROM :'file';
COPY senders TO :'file' (FORMAT binary);
COPY copied FROM :'file' (FORMAT binary);
SELECT is((SELECT count(*) FROM copied c JOIN senders s USING (id) WHERE c.password::text = s.password::text
    OR (c.password IS NULL AND s.password IS NULL)), 2 * (SELECT count(*) FROM senders), 'COPY keeps every byte, as text and binary');
COPY (SELECT 50, 1, 'h', 'plaintext') TO :'file';
SELECT is(outcome(format('COPY copied FROM %L', :'file')), '22P02', 'plaintext is not copied in');
COPY (SELECT 50, 1, 'h', 'plaintext'::bytea) TO :'file' (FORMAT binary);
SELECT is(outcome(format('COPY copied FROM %L (FORMAT binary)', :'file')), '22P03', 'nor in binary');
-- Binary and text refuse the same bytes.
CREATE FUNCTION by_binary(envelope bytea, file text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('COPY (SELECT 1, 1, ''h''::text, %L::bytea) TO %L (FORMAT binary)', envelope, file);
    EXECUTE format('COPY copied FROM %L (FORMAT binary)', file);
    RETURN 'taken';
EXCEPTION WHEN invalid_binary_representation THEN
    RETURN 'refused';
END $$;
CREATE FUNCTION by_text(envelope bytea) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ('pc1.' || rtrim(translate(encode(envelope, 'base64'), E'+/\n', '-_'), '='))::primecloud.sealed;
    RETURN 'taken';
EXCEPTION WHEN invalid_text_representation THEN
    RETURN 'refused';
END $$;
SELECT is_empty($$SELECT n FROM (SELECT primecloud_internal.sealed_send(password) AS b FROM senders WHERE id = 1) AS e,
    generate_series(0, 2 * octet_length(b) - 1) AS n,
    LATERAL (SELECT CASE WHEN n < octet_length(b) THEN set_byte(b, n, get_byte(b, n) # 255) ELSE substr(b, 1, n - octet_length(b))
        END AS altered) AS a
    WHERE by_binary(altered, current_setting('data_directory') || '/secret_columns') <> by_text(altered)$$,
        'every byte turned and every length: text and binary agree');
SELECT is(by_binary('\x', :'file'), 'refused', 'an empty value');

-- What reads envelopes past SQL looks at the column's type itself: the registration may be older.
SELECT is(outcome(format('SELECT count(*) FROM primecloud_internal.sealed_rows_by_key(%s, true)', what)), code, what) FROM (VALUES
    ($$'senders', 'password'$$, '3'), ($$'senders', 'id'$$, '42804'), ($$'senders', 'host'$$, '42804'), ($$'senders', 'nothing'$$, '42703'),
        ($$'pg_stat_activity', 'query'$$, '42809'), ($$'parts', 'secret'$$, '42809'), ($$0, 'x'$$, '0')) AS v(what, code);
SELECT is(outcome(format($$SELECT count(*) FROM primecloud_internal.reseal_rows('senders', %L, 'account_id', 'id', 'l', 0, 1, 10, 10, false,
    '')$$, col)), '42804', 'reseal_rows: ' || col) FROM unnest(ARRAY['id', 'host']) AS col;
-- Envelopes that are there before their column is registered: a table that was copied, or restored under another name.
CREATE FUNCTION hint_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    hint text;
BEGIN
    EXECUTE statement;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' ', SQLSTATE, SQLERRM, hint);
END $$;
CREATE TABLE vault (id int PRIMARY KEY, account_id int NOT NULL, s text);
INSERT INTO vault SELECT n, 1, 'secret ' || n FROM generate_series(1, 3) AS n;
SELECT count(*) AS sealed FROM primecloud.seal_column('vault', 's', 'vault.s') \gset
CREATE TABLE vault_copy (LIKE vault INCLUDING ALL);
INSERT INTO vault_copy SELECT * FROM vault;
SELECT is((SELECT array_agg(state || ' ' || fix) FROM primecloud.check_installation()
    WHERE what = 'column public.vault_copy.s, which holds envelopes, '
    'has a registered label'), ARRAY[
    'missing SELECT primecloud.seal_column(''public.vault_copy'', ''s'', ''the label under which they were sealed'')'],
    'envelopes under no registered label are told');
SELECT is(hint_of($$SELECT primecloud.seal_column('vault_copy', 's', 'copy.s')$$),
    'PC005 the envelopes in column "s" of public.vault_copy do not '
    'open under the label "copy.s" They open under the label "vault.s": column "s" of public.vault has that label: fill this one with what '
    'is revealed there, or drop the other first.', 'a label under which none of them opens, with the one under which they do');
SELECT is(outcome($$SELECT primecloud.seal_column('vault_copy', 's', 'copy.s', online => true)$$), 'PC005', 'nor by a script');
DROP TABLE vault;
SELECT is(hint_of($$SELECT primecloud.seal_column('vault_copy', 's', 'copy.s')$$),
    'PC005 the envelopes in column "s" of public.vault_copy do not '
    'open under the label "copy.s" They open under the label "vault.s": give that one.', 'of a column that is gone');
SELECT is(hint_of($$SELECT primecloud.seal_column('vault_copy', 's', 'vault.s', id_column => 'account_id', tenant_column => 'id')$$),
    '55000 no unique index of public.vault_copy says that "account_id" names one row '
    'Name the key in id_column, or make it unique: rows that share '
    'an id could exchange their secrets.', 'columns are looked at before');
SELECT is(hint_of($$SELECT primecloud.seal_column('vault_copy', 's', 'vault.s')$$), 'done', 'which is taken up');
SELECT is(primecloud.reveal('vault_copy', 's', '2', 'test'), 'secret 2', 'and opens');
SELECT is_empty($$SELECT fix FROM primecloud.check_installation()
    WHERE what LIKE 'column %vault_copy.s, which holds envelopes, has a registered label'$$,
    'nothing more is told');
SELECT primecloud.unregister_sealed_column('vault_copy', 's');
SELECT is((SELECT array_agg(fix) FROM primecloud.check_installation()
    WHERE what = 'column public.vault_copy.s, which holds envelopes, has a registered '
    'label'), ARRAY['SELECT primecloud.seal_column(''public.vault_copy'', ''s'', ''vault.s'')'],
        'a label that is kept for the column is named');
SELECT primecloud.forget_label('vault.s');
SELECT is(hint_of($$SELECT primecloud.seal_column('vault_copy', 's', 'copy.s')$$),
    'PC005 the envelopes in column "s" of public.vault_copy do not '
    'open under the label "copy.s" Give the label, the id and the tenant column with which they were sealed.', 'a label that nobody knows');
CREATE ROLE secret_columns_no_opener;
GRANT CREATE ON SCHEMA public TO secret_columns_no_opener;
ALTER TABLE vault_copy OWNER TO secret_columns_no_opener;
SET ROLE secret_columns_no_opener;
SELECT is((SELECT array_agg(l) FROM primecloud.seal_column('vault_copy', 's', 'vault.s') AS l WHERE l LIKE '--%'), ARRAY['-- column "s" of '
    'public.vault_copy has envelopes already: whether they open under the label "vault.s" was not looked at'],
        'who may not open is told so');
RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM secret_columns_no_opener;
DROP TABLE vault_copy;
-- What keeps a column from being sealed is named with the way.
CREATE TABLE strays (id int PRIMARY KEY, account_id int, s text);
INSERT INTO strays VALUES (1, 1, 'a secret of somebody'), (2, NULL, 'a secret of nobody');
SELECT is(hint_of($$SELECT primecloud.seal_column('strays', 's', 'strays.s')$$), '22004 the tenant of row "2" is NULL A secret is bound to '
    'its tenant: say whose the row is, or empty it.', 'a row of nobody');
DELETE FROM strays WHERE id = 2;
ALTER TABLE strays OWNER TO secret_columns_no_opener;
SET ROLE secret_columns_no_opener;
SELECT is(hint_of($$SELECT primecloud.seal_column('strays', 's', 'strays.s')$$), 'PC007 tenant "1" is not the one that has been entered '
    'Enter that account first, or act as a role that may act for every tenant: a superuser gives that by GRANT EXECUTE ON FUNCTION '
    'primecloud.act_for_any_tenant() TO ...', 'an owner without the right');
RESET ROLE;
GRANT EXECUTE ON FUNCTION primecloud.act_for_any_tenant() TO secret_columns_no_opener;
SELECT count(*) AS sealed FROM primecloud.seal_column('strays', 's', 'strays.s') \gset
SELECT count(*) AS unsealed FROM primecloud.unseal_column('strays', 's') \gset
SELECT matches((SELECT problem FROM primecloud.registrations WHERE kind = 'label' AND object = 'strays.s'),
    '^column "s" of public.strays is sealed no more;', 'a label is kept for what was unsealed');
CREATE VIEW strays_of AS SELECT s FROM strays;
SELECT alike(hint_of($$SELECT primecloud.seal_column('strays', 's', 'strays.s')$$),
    '2BP01 % Drop what depends on the plaintext first; %', 'a view');
DROP VIEW strays_of;
SELECT count(*) AS protected FROM primecloud.protect_table('strays') \gset
SELECT count(*) AS made FROM primecloud.copy_target('strays') \gset
SELECT alike(hint_of($$SELECT primecloud.seal_column('strays', 's', 'strays.s')$$),
    '2BP01 % SELECT primecloud.drop_copy_target(''public.strays'') '
    'first, and copy_target() again once the column is sealed.', 'the view that copy_target() made');
SELECT count(*) AS dropped FROM primecloud.drop_copy_target('strays') \gset
DROP TABLE strays;
SELECT matches((SELECT problem FROM primecloud.registrations WHERE kind = 'label' AND object = 'strays.s'),
    '^column "s" of public.strays was dropped;', 'or dropped');
REVOKE EXECUTE ON FUNCTION primecloud.act_for_any_tenant() FROM secret_columns_no_opener;
DROP ROLE secret_columns_no_opener;
SELECT finish();
