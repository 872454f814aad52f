-- order_secret gives nothing else, and to nobody else, whoever has influenced what: roles that have rights over the
-- tables, orders that were altered, words of tenants, sessions full of traps.
\set test schema_order_attacks
\ir ../fixtures/control_plane.sql
\ir ../fixtures/claimed_orders.sql
SELECT no_plan();
SELECT is(claims('minio'), 'a add_service_account, b add_service_account', 'the worker claims: keys');
SELECT is(claims('sftpgo'), 'a put_user', 'a login');
SELECT is(claims('mail'), 'a account_activated', 'and a mail');

-- who: a worker that a superuser has made, and none of those that have rights over the tables
SELECT is(given('a add_service_account', who), '42501', 'not to ' || who)
    FROM unnest(ARRAY['a_owner', 'a_dev', 'b_owner', 'a_platform', 'platform', 'gateway', 'maintenance']) AS who;
INSERT INTO people SELECT t.who, NULL, NULL, NULL, t.role FROM (VALUES ('gate', :'gate'::name), ('owner', :'owner')) AS t(who, role);
CREATE ROLE schema_order_attacks_let_in;
SET ROLE :"owner";
SELECT primecloud.grant_schema('cloud', 'schema_order_attacks_let_in', 'worker'), primecloud.grant_schema('cloud', :'owner', 'worker');
RESET ROLE;
INSERT INTO people SELECT t.who, NULL, NULL, NULL, t.role FROM (VALUES ('let_in', 'schema_order_attacks_let_in'::name)) AS t(who, role);
SELECT is(given('a add_service_account', who), '42501', 'not to a role that was let in as worker, and not made one: ' || who)
    FROM unnest(ARRAY['let_in', 'owner', 'gate']) AS who;
SELECT is(act('owner', $$SELECT count(*) FROM cloud.claim_outbox('mail', 'w') $$), '0', '(the owner lets himself claim)');
SELECT is(act(who, format($$SELECT primecloud.open_ordered('cloud.access_key_secrets', 'secret', %L, %L, 'why')$$, :'a', :'key')), '42501',
    'nor is it opened past the order: ' || who)
    FROM unnest(ARRAY['worker', 'let_in', 'owner', 'gate', 'platform', 'maintenance', 'a_owner']) AS who;
SELECT is(act(who, 'SELECT primecloud.carry_out_orders()'), answer, who || ' has the right: ' || coalesce(answer, 'yes'))
    FROM (VALUES ('worker', NULL), ('owner', '42501'), ('gate', '42501'), ('let_in', '42501'), ('a_owner', '42501'), ('platform', '42501'))
        AS t(who, answer);
-- The two together open no more than the gate may read: not a tenant's row of another table.
CREATE TABLE vault (id int PRIMARY KEY, account_id uuid NOT NULL, secret primecloud.sealed);
SELECT primecloud.seal_column('vault', 'secret', 'vault.secret');
INSERT INTO vault VALUES (1, :'a', primecloud.seal('hunter2', :'a', 'vault.secret', '1'));
CREATE FUNCTION lent(rel text, tenant text, row_id text) RETURNS text LANGUAGE sql SECURITY DEFINER AS
    $$ SELECT primecloud.open_ordered(rel::regclass, 'secret', tenant, row_id, 'lent') $$;
CREATE FUNCTION asks(who text, tenant text, row_id text, rel text DEFAULT 'cloud.access_key_secrets') RETURNS text LANGUAGE sql AS
    $$ SELECT act(who, format('SELECT lent(%L, %L, %L)', rel, tenant, row_id)) $$;
ALTER FUNCTION lent OWNER TO :"gate";
GRANT EXECUTE ON FUNCTION lent TO :"worker";
SELECT is(asks('worker', :'a', '1', 'vault'), '42501', 'what the gate may not read is not opened by it');
SELECT is(asks('worker', :'a', :'key'), :'secret', '(the gate''s functions decide what a worker is given)');
SELECT is(asks('worker', :'b', :'key'), 'P0002', 'of the tenant that is named alone');
SELECT is(asks('platform', :'a', :'key'), '42501', 'and to a worker alone');
ALTER FUNCTION lent SECURITY INVOKER;
SELECT is(asks('worker', :'a', :'key'), '42501', 'not with the worker''s rights');

-- an order that was altered, and one that names what is not its own
CREATE PROCEDURE alters(how text, wanted text, why text) LANGUAGE plpgsql AS $$
DECLARE
    kept cloud.outbox := (SELECT o FROM cloud.outbox o JOIN claimed USING (sequence, claim_token) WHERE what = 'a add_service_account');
BEGIN
    EXECUTE format('UPDATE cloud.outbox o SET %s WHERE o.sequence = %s', how, kept.sequence);
    COMMIT;
    INSERT INTO answers VALUES (given('a add_service_account'), wanted, why);
    UPDATE cloud.outbox o SET payload = kept.payload, account_id = kept.account_id, object = kept.object, service = kept.service,
        operation = kept.operation WHERE o.sequence = kept.sequence;
    COMMIT;
END $$;
CREATE TABLE answers (got text, wanted text, why text);
SELECT access_key_id AS their_name FROM cloud.access_keys WHERE id = :'their_key' \gset
CALL alters(format('payload = jsonb_set(payload, ''{secretKey,id}'', to_jsonb(%L::text))', :'their_key'), '22023',
    'another account''s key');
CALL alters(format('payload = jsonb_set(payload, ''{secretKey}'', %L)', jsonb_build_object('secret', 'sftp_secrets.password_hash',
    'id', :'login')), '22023', 'another secret of the account');
CALL alters('payload = jsonb_set(payload, ''{secretKey,secret}'', ''"vps_secrets.credentials"'')', '22023', 'another table');
CALL alters('payload = payload - ''secretKey''', '22023', 'none');
CALL alters('payload = jsonb_set(payload, ''{secretKey}'', ''"plain"'')', '22023', 'no reference');
CALL alters(format('object = %L, payload = jsonb_set(payload, ''{secretKey,id}'', to_jsonb(%L::text))', 'key:' || :'their_name',
    :'their_key'), 'P0002', 'another account''s object');
CALL alters(format('account_id = %L', :'b'), 'P0002', 'another account');
CALL alters('operation = ''delete_service_account''', '22023', 'another operation');
CALL alters('service = ''sftpgo'', operation = ''put_user''', 'P0002', 'another service');
CALL alters('service = ''mail'', operation = ''welcome''', '22023', 'a mail that names no password');
CALL alters(format('service = ''mail'', payload = jsonb_build_object(''password'', %L::jsonb)',
    jsonb_build_object('secret', 'account_smtp_secrets.password', 'id', :'b')), '22023', 'a mail with another account''s password');
SELECT is(got, wanted, 'altered: ' || why) FROM answers;
SELECT is(given('a add_service_account'), :'secret', '(as it was)');
SELECT act('a_dev', $$SELECT cloud.create_bucket('assets')$$);
SELECT claims('minio');
SELECT is(given('a create_bucket'), '22023', 'an order without a secret');

-- a session of the worker's that is full of traps, and one that would see what is past
SELECT dblink_exec(connection('odd'), format('GRANT TEMPORARY ON DATABASE %I TO %I', current_database(), :'worker')),
    dblink_exec('odd', format('SET ROLE %I', :'worker'));
SELECT dblink_exec('odd', format($$CREATE TEMP TABLE outbox AS SELECT %L::bigint AS sequence; CREATE TEMP TABLE access_keys (id uuid);
    CREATE FUNCTION pg_temp.format(text, text) RETURNS text LANGUAGE sql AS 'SELECT ''trapped''';
    CREATE FUNCTION pg_temp.open_ordered(regclass, name, text, text, text) RETURNS text LANGUAGE sql AS 'SELECT ''trapped''';
    SET search_path = pg_temp, cloud, pg_catalog$$, 1)) FROM (SELECT 1) AS one;
SELECT is((SELECT v FROM dblink('odd', call('a add_service_account')) AS t(v text)), :'secret', 'names of the worker''s own catch nothing');
SELECT is((SELECT count(*) FROM dblink('odd', 'EXPLAIN (ANALYZE, VERBOSE) ' || call('a add_service_account')) AS t(v text)
    WHERE strpos(v, :'secret') > 0), 0::bigint, 'a plan shows no secret');
SELECT dblink_exec('odd', 'BEGIN ISOLATION LEVEL REPEATABLE READ');
SELECT throws_ok(format($$SELECT * FROM dblink('odd', %L) AS t(v text)$$, call('a add_service_account')), '55000',
    'commands run in READ COMMITTED alone',
    'nothing is given by an older snapshot, which would show a claim that is lost');
SELECT dblink_exec('odd', 'ROLLBACK');
SELECT dblink_disconnect('odd');
SELECT finish();
