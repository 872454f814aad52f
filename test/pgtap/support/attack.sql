-- What every attack_*.sql file stands on.  Included by \ir after \set app ROLE, a role named
-- after the file.  Attacks run over a connection of their own, as the role that the
-- application connects as: nothing that a statement sends can fall back on the superuser who
-- runs the test.
--
-- Tenant 1 attacks tenant 2.  Table `plain` has the usual policy, on a setting;
-- table `guarded` has the same rows behind protect_table().
\o /dev/null
SET client_min_messages = warning;
CREATE SCHEMA harness;
CREATE EXTENSION dblink SCHEMA harness;
CREATE EXTENSION pgcrypto SCHEMA harness;
SELECT primecloud.create_app_role(:'app');
-- The attacks have what the role is not given by itself: temporary tables.
GRANT TEMPORARY ON DATABASE :DBNAME TO :app;
ALTER ROLE :app LOGIN;
SELECT set_config('harness.app', :'app', false), set_config('harness.owner', :'app' || '_owner', false);
CREATE ROLE :app_owner;

CREATE TABLE accounts (id int PRIMARY KEY, status text NOT NULL DEFAULT 'active');
CREATE TABLE members (account_id int, user_id text, role text);
CREATE TABLE granted (account_id int, user_id text, item_id bigint);
INSERT INTO accounts VALUES (1, 'active'), (2, 'active'), (3, 'suspended');
INSERT INTO members VALUES (1, 'mallory', 'developer'), (1, 'boss', 'owner'), (1, 'ext', 'external_client'), (2, 'victim', 'owner'),
    (3, 'gone', 'owner');
INSERT INTO granted VALUES (1, 'ext', 2), (2, 'ext', 1);
SELECT primecloud.register_membership('members', 'account_id', 'user_id', 'role', accounts => 'accounts',
    grants => 'granted', grants_tenant_column => 'account_id', grants_user_column => 'user_id', grants_id_column => 'item_id');

CREATE TABLE plain (id int PRIMARY KEY, account_id int NOT NULL, secret text);
CREATE TABLE guarded (id int PRIMARY KEY, account_id int NOT NULL, secret text);
-- Odd ids are tenant 2's.
INSERT INTO plain SELECT n, n % 2 + 1, 'secret ' || n FROM generate_series(1, 10) AS n;
INSERT INTO guarded SELECT * FROM plain;
ALTER TABLE plain OWNER TO :app_owner;
ALTER TABLE guarded OWNER TO :app_owner;
ALTER TABLE plain ENABLE ROW LEVEL SECURITY;
CREATE POLICY usual ON plain USING (account_id = current_setting('app.tenant')::int);
SELECT primecloud.protect_table('guarded');
GRANT SELECT, INSERT, UPDATE, DELETE ON plain, guarded TO :app;
ANALYZE plain, guarded;

-- Tokens, as an issuer would make them.
SELECT primecloud.add_token_key('test', 'HS256', '\x5b1d0a63cf1c7e0d2f9a44d0b9e7c1a8835f60e2d7914caab3f05e6c28d19b74');
CREATE FUNCTION harness.base64url(bytes bytea) RETURNS text LANGUAGE sql AS $$ SELECT translate(encode(bytes, 'base64'), E'+/=\n', '-_') $$;
CREATE FUNCTION harness.mint(claims jsonb, header jsonb DEFAULT '{"alg": "HS256", "kid": "test"}',
    key bytea DEFAULT '\x5b1d0a63cf1c7e0d2f9a44d0b9e7c1a8835f60e2d7914caab3f05e6c28d19b74') RETURNS text
LANGUAGE sql AS $$
    SELECT input || '.' || harness.base64url(harness.hmac(convert_to(input, 'UTF8'), key, 'sha256'))
    FROM (SELECT harness.base64url(convert_to(header::text, 'UTF8')) || '.' || harness.base64url(convert_to(jsonb_strip_nulls(
              jsonb_build_object('aud', current_database(), 'iat', floor(extract(epoch FROM now()))::bigint, 'exp',
                  floor(extract(epoch FROM now()))::bigint + 120) || claims)::text, 'UTF8'))) AS t(input)
$$;
-- The statement that enters: mallory of tenant 1, unless told otherwise.
CREATE FUNCTION harness.entering(who text DEFAULT 'mallory', account int DEFAULT 1, more jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT format('SELECT primecloud.enter(%L)', harness.mint(jsonb_build_object('sub', who, 'account', account::text) || more))
$$;

CREATE FUNCTION harness.connect(name text, options text DEFAULT '') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM harness.dblink_connect(name, format('host=%s port=%s dbname=%s user=%s options=''%s''',
        current_setting('unix_socket_directories'),
        current_setting('port'), current_database(), current_setting('harness.app'), options));
    RETURN 'connected';
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE;
END $$;
-- Statements over one connection, in order: what the last one gave (its one column, rows
-- joined by commas), or the SQLSTATE of the first that was refused.
CREATE FUNCTION harness.over(name text, VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
    statement text;
BEGIN
    FOREACH statement IN ARRAY statements LOOP
        SELECT string_agg(coalesce(value, 'null'), ',') INTO answer FROM harness.dblink(name, statement) AS t(value text);
    END LOOP;
    RETURN coalesce(answer, 'nothing');
EXCEPTION WHEN OTHERS THEN
    RETURN CASE WHEN SQLSTATE = 'XX000' OR SQLSTATE LIKE '08%' THEN SQLSTATE || ' ' || SQLERRM ELSE SQLSTATE END;
END $$;
-- What the server said in refusing the last of some statements: message, detail and hint.
CREATE FUNCTION harness.refusal(name text, VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
    hint text;
BEGIN
    FOR i IN 1..cardinality(statements) LOOP
        PERFORM FROM harness.dblink(name, statements[i]) AS t(value text);
    END LOOP;
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' | ', SQLERRM, nullif(detail, ''), nullif(hint, ''));
END $$;
SELECT harness.connect('app');

-- A transaction of mallory's, which is undone: the usual way of entering and ours side by side.
CREATE FUNCTION harness.attack(who text, VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    answer := harness.over('app', VARIADIC ARRAY['BEGIN', 'SET LOCAL app.tenant = ''1''', harness.entering(who)] || statements);
    PERFORM harness.over('app', 'ROLLBACK');
    PERFORM harness.over('app', 'DISCARD ALL');
    RETURN answer;
END $$;

-- One attack a row.  `usual` is what it gives the attacker against the usual policy, NULL
-- where policies have no part in it; `ours` is what it gives here.  {t} is the table, {setting}
-- what its policy reads, {forged} what an attacker would have it say.
CREATE TABLE harness.attacks (n serial, name text, usual text, ours text, statements text[], who text DEFAULT 'mallory');
CREATE FUNCTION harness.aimed(statements text[], at_guarded boolean) RETURNS text[] LANGUAGE sql AS $$
    SELECT array_agg(replace(replace(replace(s, '{t}', CASE WHEN at_guarded THEN 'guarded' ELSE 'plain' END),
                                     '{setting}', CASE WHEN at_guarded THEN 'primecloud.context' ELSE 'app.tenant' END),
                             '{forged}', CASE WHEN at_guarded THEN '1:t1:26:victim5:owner0:0:0:' ELSE '2' END) ORDER BY n)
    FROM unnest(statements) WITH ORDINALITY AS u(s, n)
$$;
CREATE FUNCTION harness.run() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT * FROM harness.attacks ORDER BY n LOOP
        IF one.usual IS NOT NULL THEN
            RETURN NEXT is(harness.attack(one.who, VARIADIC harness.aimed(one.statements, false)), one.usual, 'the usual policy: '
                || one.name);
        END IF;
        RETURN NEXT is(harness.attack(one.who, VARIADIC harness.aimed(one.statements, true)), one.ours, one.name);
    END LOOP;
    DELETE FROM harness.attacks;
END $$;
\o
