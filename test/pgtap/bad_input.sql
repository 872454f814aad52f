-- What people get wrong when they adopt it: each an error that names what is wrong and
-- says what to do, with nothing changed.
SET client_min_messages = error;
SELECT no_plan();
CREATE ROLE bad_input_owner;
CREATE ROLE bad_input_other;
CREATE ROLE bad_input_super SUPERUSER;
SELECT primecloud.create_app_role('bad_input_app');
GRANT CREATE ON SCHEMA public TO bad_input_owner, bad_input_other;
SELECT format('GRANT CREATE ON DATABASE %I TO bad_input_owner', current_database()) \gexec
SET ROLE bad_input_other;
CREATE TABLE theirs (id int PRIMARY KEY, account_id int NOT NULL, secret text, at timestamptz);
SET ROLE bad_input_owner;
CREATE TABLE accounts (id int PRIMARY KEY);
CREATE TABLE members (account_id int, user_id text, role text);
CREATE TABLE notes (id int PRIMARY KEY, account_id int NOT NULL, secret text, at timestamptz);
CREATE TABLE no_tenant (id int PRIMARY KEY, secret text, at timestamptz);
CREATE TABLE by_date (id int PRIMARY KEY, account_id date NOT NULL, secret text, at timestamptz);
CREATE TABLE orphans (id int PRIMARY KEY, account_id int, secret text, at timestamptz);
INSERT INTO orphans VALUES (1, NULL, 'x', now());
CREATE VIEW a_view AS SELECT * FROM notes;
CREATE MATERIALIZED VIEW a_copy AS SELECT * FROM notes;
CREATE SEQUENCE a_sequence;
CREATE TABLE parts (id int, account_id int NOT NULL, secret text, at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE part PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE SCHEMA taken;
RESET ROLE;

-- Everything in the catalog and in the extension's tables that an error could leave behind.
CREATE FUNCTION state() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    rel regclass;
    part text;
    whole text := '';
BEGIN
    FOR rel IN SELECT unnest('{pg_class,pg_attribute,pg_attrdef,pg_policy,pg_constraint,pg_trigger,pg_proc,pg_namespace,pg_authid,'
        'pg_description,pg_shdepend}'::regclass[])
               UNION ALL SELECT unnest(extconfig)::regclass FROM pg_extension WHERE extname = 'primecloud' LOOP
        -- (what vacuum writes is no trace)
        EXECUTE format($f$SELECT md5(string_agg(j::text, '' ORDER BY j::text)) FROM (SELECT * FROM %s) t, to_jsonb(t) AS row,
            LATERAL (SELECT row - '{relpages,reltuples,relallvisible,relfrozenxid,relminmxid}'::text[]) AS j$f$, rel) INTO part;
        whole := whole || coalesce(part, '-');
    END LOOP;
    RETURN md5(whole);
END $$;

-- SQLSTATE, message and hint of a statement; 'done' if there is no error.
CREATE TYPE refusal AS (code text, message text, hint text);
CREATE FUNCTION refusal_of(who name, statement text) RETURNS refusal LANGUAGE plpgsql AS $$
DECLARE
    got refusal;
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', who);
    EXECUTE statement;
    RAISE SQLSTATE 'UNDOX';
EXCEPTION
    WHEN SQLSTATE 'UNDOX' THEN RETURN ROW('done'::text, ''::text, ''::text);
    WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS got.code = RETURNED_SQLSTATE, got.message = MESSAGE_TEXT, got.hint = PG_EXCEPTION_HINT;
        RETURN got;
END $$;

CREATE TABLE cases (who name, statement text, code text, message text, hinted boolean DEFAULT true);
-- Relations of the wrong kind or owner, for every function that takes one.
INSERT INTO cases
SELECT 'bad_input_owner', replace(f.call, '$', w.rel), w.code, w.message FROM (VALUES
    ($$SELECT primecloud.protect_table('$')$$), ($$SELECT primecloud.protect_child('$', 'notes')$$),
        ($$SELECT primecloud.unprotect_table('$')$$),
    ($$SELECT primecloud.share_table('$')$$), ($$SELECT primecloud.seal_column('$', 'secret', 'label')$$),
        ($$SELECT primecloud.retain('$', 'at', '1 year')$$)) AS f(call),
    (VALUES ('theirs', '42501', 'must be owner of .*theirs'), ('a_view', '42809', 'a_view"? is not an? (ordinary or partitioned )?table'),
            ('a_copy', '42809', 'a_copy"? is not an? (ordinary or partitioned )?table'),
                ('a_sequence', '42809', 'a_sequence"? is not an? (ordinary or partitioned )?table')) AS w(rel, code, message);
INSERT INTO cases
SELECT 'bad_input_owner', replace(f.call, '$', 'theirs'), '42501', 'must be owner of .*theirs' FROM (VALUES
    ($$SELECT primecloud.confine_table('$', 'id')$$), ($$SELECT primecloud.protect_fk('$', 'x')$$),
        ($$SELECT primecloud.copy_target('$')$$), ($$SELECT primecloud.place_hold('$', 'why')$$)) AS f(call);
INSERT INTO cases (who, statement, code, message) VALUES
    -- tables
    ('bad_input_owner', $$SELECT primecloud.protect_table(to_regclass('nowhere'))$$, '22004', 'the table is NULL'),
    ('bad_input_owner', $$SELECT primecloud.protect_schema(NULL, 'notes')$$, '22004', 'the schema is NULL'),
    ('bad_input_owner', $$SELECT primecloud.protect_schema('public', to_regclass('nowhere'))$$, '22004', 'the table of tenants is NULL'),
    ('bad_input_owner', $$SELECT primecloud.protect_child('notes', NULL)$$, '22004', 'the table is NULL'),
    ('bad_input_app', $$SELECT primecloud.narrow(NULL)$$, '22004', 'the role is NULL'),
    ('postgres', $$SELECT primecloud.assume(NULL, 'why')$$, '22004', 'the account is NULL'),
    ('postgres', $$SELECT primecloud.assume('1', NULL)$$, '22004', 'the reason is NULL'),
    ('postgres', $$SELECT primecloud.register_membership(NULL, 'account_id', 'user_id', 'role')$$, '22004', 'the table of members is NULL'),
    ('postgres', $$SELECT primecloud.register_membership('members', 'account_id', 'user_id', 'role', accounts => to_regclass('acounts'))$$,
        '22004', 'the table of accounts is NULL'),
    ('postgres', $$SELECT primecloud.register_membership('members', 'account_id', 'user_id', 'role', grants => to_regclass('grnts'))$$,
        '22004', 'the table of grants is NULL'),
    ('bad_input_owner', $$SELECT primecloud.protect_table('no_tenant')$$, '42703', 'no_tenant has no column "account_id"'),
    ('bad_input_owner', $$SELECT primecloud.protect_table('notes', 'customer')$$, '42703', 'notes has no column "customer"'),
    ('bad_input_owner', $$SELECT primecloud.protect_table('by_date')$$, '42804', 'account_id" of .*by_date is of type date'),
    ('bad_input_owner', $$SELECT primecloud.protect_table('orphans')$$, '23502', '1 rows of .*orphans have no tenant'),
    ('bad_input_owner', $$SELECT primecloud.protect_child('no_tenant', 'notes')$$, '42704', 'no_tenant has no foreign key to .*notes'),
    ('bad_input_owner', $$SELECT primecloud.protect_child('no_tenant', 'notes', constraint_name => 'fk')$$, '42704',
        'no_tenant has no foreign key "fk" to .*notes'),
    ('bad_input_owner', $$SELECT primecloud.confine_table('notes', 'id')$$, '42809', 'notes is not protected'),
    ('bad_input_owner', $$SELECT primecloud.confine_table('a_view', 'id')$$, '42809', 'a_view is not protected'),
    ('bad_input_owner', $$SELECT primecloud.protect_view('notes')$$, '42809', 'notes is not a view'),
    ('bad_input_owner', $$SELECT primecloud.protect_view('a_copy')$$, '42809', 'a_copy is a materialized view'),
    ('bad_input_owner', $$SELECT primecloud.seal_column('notes', 'nothing', 'label')$$, '42703', 'notes has no column "nothing"'),
    ('bad_input_owner', $$SELECT primecloud.seal_column('no_tenant', 'secret', 'label')$$, '42703', 'no_tenant has no column "account_id"'),
    ('bad_input_owner', $$SELECT primecloud.seal_column('notes', 'secret', '')$$, '22023', 'the label has 0 bytes'),
    ('bad_input_owner', $$SELECT primecloud.seal_column('part', 'secret', 'label')$$, '42809', 'part is a partition'),
    ('bad_input_owner', $$SELECT primecloud.seal_for('notes', 'secret', 1, repeat('x', 9))$$, '42704',
        '"secret" of notes is not registered as sealed'),
    ('bad_input_owner', $$SELECT primecloud.expire_preview('notes')$$, '42704', 'notes has no retention policy'),
    -- schemas
    ('bad_input_owner', $$SELECT primecloud.protect_schema('nowhere', 'accounts')$$, '3F000', 'schema "nowhere" does not exist'),
    ('bad_input_owner', $$SELECT primecloud.create_schema('taken')$$, '42P06', 'schema "taken" exists already'),
    ('bad_input_owner', $$SELECT primecloud.create_schema('pg_mine')$$, '42602', 'pg_mine'),
    ('bad_input_owner', $$SELECT primecloud.migrate_schema('taken')$$, '3F000', 'taken'),
    ('postgres', $$SELECT primecloud.grant_schema('taken', 'bad_input_app', 'app')$$, '3F000', 'taken'),
    -- roles
    ('bad_input_owner', $$SELECT primecloud.protect_schema('public', 'accounts', app_role => 'nobody')$$, '42704',
        'role "nobody" does not exist'),
    ('postgres', $$SELECT primecloud.assert_isolated('notes', 'nobody')$$, '42704', 'role "nobody" does not exist'),
    ('postgres', $$SELECT primecloud.explain_access('notes', 'nobody')$$, '42704', 'role "nobody" does not exist'),
    ('postgres', $$SELECT primecloud.assert_isolated('notes', 'bad_input_app')$$, '42809', 'notes is not protected'),
    ('postgres', $$SELECT primecloud.create_app_role('bad_input_super')$$, '22023', 'role "bad_input_super" is a superuser'),
    ('postgres', $$SELECT primecloud.create_app_role('')$$, '42602', 'the role has no name'),
    ('postgres', $$SELECT primecloud.create_platform_role(NULL)$$, '42602', 'the role has no name'),
    -- membership and tokens
    ('bad_input_other', $$SELECT primecloud.register_membership('theirs', 'account_id', 'secret', 'secret')$$, '42501',
        'only the owner of the database'),
    ('postgres', $$SELECT primecloud.register_membership('a_view', 'account_id', 'id', 'secret')$$, '42809', 'a_view" is not a table'),
    ('postgres', $$SELECT primecloud.add_token_key('k', 'none', '\x00')$$, '22023', 'unknown algorithm: "none"'),
    ('postgres', $$SELECT primecloud.add_token_key('k', 'EdDSA', '\x00')$$, '22023', '32 bytes, not 1'),
    ('postgres', $$SELECT primecloud.add_token_key('k', 'HS256', '\x00')$$, '22023', '32 to 256 bytes, not 1'),
    ('postgres', $$SELECT primecloud.rotate_key('1', NULL)$$, '22004', 'purpose'),
    ('postgres', $$SELECT primecloud.add_token_key('', 'EdDSA', decode(repeat('00', 32), 'hex'))$$, '22023', 'kid'),
    ('postgres', $$SELECT primecloud.add_token_key(NULL, 'EdDSA', decode(repeat('00', 32), 'hex'))$$, '22023', 'kid'),
    ('postgres', $$SELECT primecloud.revoke_token_key('nothing')$$, '42704', 'there is no token key "nothing"');
-- The keys of test vectors, as the RFCs have them: whoever signs with one is anybody.
INSERT INTO cases (who, statement, code, message)
SELECT 'postgres', format('SELECT primecloud.add_token_key(%L, %L, decode(%L, ''hex''))', rfc, alg, key), '22023',
    'is published, or a pattern'
FROM (VALUES ('8032 7.1 test 1, and 8037 A', 'EdDSA', 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'),
    ('8032 7.1 test 2', 'EdDSA', '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'),
    ('8032 7.1 test 3', 'EdDSA', 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025'),
    ('8032 7.1 test 1024', 'EdDSA', '278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e'),
    ('8032 7.1 test SHA(abc)', 'EdDSA', 'ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf'),
    ('8032 7.2 foo', 'EdDSA', 'dfc9425e4f968f7f0c29f0259cf5f9aed6851c2bb4ad8bfb860cfee0ab248292'),
    ('8032 7.2 foo3', 'EdDSA', '0f1d1274943b91415889152e893d80e93275a1fc0b65fd71b4b0dda10ad7d772'),
    ('8410 10.1', 'EdDSA', '19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1'),
    ('9421 B.1.4', 'EdDSA', '26b40b8f93fff3d897112f7ebc582b232dbd72517d082fe83cfb30ddce43d1bb'),
    ('7515 A.1', 'HS256', '0323354b2b0fa5bc837e0665777ba68f5ab328e6f054c928a90f84b2d2502ebf'
        'd3fb5a92d20647ef968ab4c377623d223d2e2172052e4f08c0cd9af567d080a3'),
    ('7520 3.5', 'HS256', '849b57219dae48de646d07dbb533566e976686457c1491be3a76dcea6c427188')) AS t(rfc, alg, key);
-- Every bad token gives one error, that of no token at all included.
INSERT INTO cases (who, statement, code, message)
SELECT 'bad_input_app', format('SELECT primecloud.enter(%L)', t), '28000', '^invalid token$'
    FROM unnest(ARRAY[NULL, '', 'x', 'a.b.c', repeat('x', 100000), '..', 'é.é.é',
    'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.', 'eyJhbGciOiJFZERTQSIsImtpZCI6Im5vYm9keSJ9.eyJzdWIiOiJhIn0.AAAA']) AS t;
-- The server's own words, where it finds out before us: they name what is wrong.
INSERT INTO cases VALUES
    ('bad_input_owner', $$SELECT primecloud.protect_table('nowhere')$$, '42P01', 'relation "nowhere" does not exist', false),
    ('bad_input_owner', $$SELECT primecloud.create_app_role('mine')$$, '42501', 'permission denied for function create_app_role', false),
    ('bad_input_app', $$SELECT primecloud.create_schema('mine')$$, '42501', 'permission denied for database', false),
    ('postgres', $$SELECT primecloud.create_app_role('pg_mine')$$, '42939', 'role name "pg_mine" is reserved', false);

SELECT state() AS before \gset
SELECT ok(r.code = c.code AND r.message ~ c.message AND (r.hint <> '' OR NOT c.hinted), c.who || ': ' || left(c.statement, 90) || CASE
    WHEN r.code = c.code AND r.message ~ c.message AND (r.hint <> '' OR NOT c.hinted) THEN '' ELSE ' gave ' || r::text END)
FROM cases c, refusal_of(c.who, c.statement) AS r;
-- And outside of any block that would undo it: each as a session's own statement.
CREATE EXTENSION dblink;
SELECT dblink_connect('session', format('dbname=%s host=%s user=%s', current_database(),
    split_part(current_setting('unix_socket_directories'), ',', 1), current_user));
SELECT count(dblink_exec('session', 'SET ROLE ' || who)) + count(dblink_exec('session', statement, false)) FROM cases;
SELECT dblink_disconnect('session');
DROP EXTENSION dblink;
SELECT is(state(), :'before', 'nothing is left behind by any of them');
-- A partitioned table and a partition are protected as they are.
SELECT is((refusal_of('bad_input_owner', $$SELECT primecloud.protect_table('parts')$$)).code, 'done', 'a partitioned table');
SELECT is((refusal_of('bad_input_owner', $$SELECT primecloud.protect_table('part')$$)).code, 'done', 'a partition by itself');
SELECT finish();
DROP OWNED BY bad_input_app, bad_input_owner, bad_input_other CASCADE;
DROP ROLE bad_input_app, bad_input_owner, bad_input_other, bad_input_super;
