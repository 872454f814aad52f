-- Reading: who may, for what purpose, how many, and what is left on record.
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
SELECT primecloud.create_app_role('secret_reading_app'), primecloud.create_platform_role('secret_reading_platform'),
    primecloud.create_maintenance_role('secret_reading_maintenance'),
       primecloud.create_backup_role('secret_reading_backup'), primecloud.create_gate_role('secret_reading_gate');
CREATE ROLE secret_reading_worker;
CREATE ROLE secret_reading_nobody;
GRANT EXECUTE ON FUNCTION primecloud.reveal(regclass, name, anyelement, text), primecloud.reveal(regclass, name, text, text),
    primecloud.open(primecloud.sealed, text, text, text, text),
    primecloud.open_bytes(primecloud.sealed, text, text, text, text), primecloud.matches(primecloud.sealed, text, text, text, text),
        primecloud.opens(primecloud.sealed, text, text, text), primecloud.why_closed(primecloud.sealed, text, text, text),
    primecloud.fingerprint(primecloud.sealed, text, text, text), primecloud.s3_signing_key(primecloud.sealed, text, text, text, date, text,
        text),
    primecloud.s3_presign(primecloud.sealed, text, text, text, text, text, text, text, text, interval, jsonb, timestamptz)
        TO secret_reading_worker;
CREATE TABLE keys (id int PRIMARY KEY, account_id int NOT NULL, secret text);
INSERT INTO keys VALUES (1, 1, 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'), (2, 2, 'the second account''s own secret, no less');
SELECT primecloud.seal_column('keys', 'secret', 'keys.secret');
SELECT primecloud.protect_table('keys');
GRANT SELECT, INSERT, UPDATE ON keys TO PUBLIC;
CREATE TABLE copy AS SELECT * FROM keys;
GRANT SELECT ON copy TO PUBLIC;

-- Who may call what: a role in account 1 asks for the secrets of accounts 1 and 2.
CREATE TABLE call AS SELECT * FROM (VALUES
    ('reveal', $$reveal('keys', 'secret', TENANT, 'p')$$), ('reveal by text', $$reveal('keys', 'secret', 'TENANT', 'p')$$),
    ('open', $$open(ENVELOPE, 'TENANT', 'keys.secret', 'TENANT', 'p')$$),
        ('open_bytes', $$open_bytes(ENVELOPE, 'TENANT', 'keys.secret', 'TENANT', 'p')$$),
    ('matches', $$matches(ENVELOPE, 'TENANT', 'keys.secret', 'TENANT', 'x')$$),
        ('opens', $$opens(ENVELOPE, 'TENANT', 'keys.secret', 'TENANT')$$),
        ('opens, and why', $$why_closed(ENVELOPE, 'TENANT', 'keys.secret', 'TENANT')$$),
    ('fingerprint', $$fingerprint(ENVELOPE, 'TENANT', 'keys.secret', 'TENANT')$$),
        ('s3_signing_key', $$s3_signing_key(ENVELOPE, 'TENANT', 'keys.secret', 'TENANT', now()::date, 'r')$$),
    ('s3_presign', $$s3_presign(ENVELOPE, 'TENANT', 'keys.secret', 'TENANT', 'K', 'GET', 'https://h', '/')$$),
    ('blind_index', $$blind_index('x', 'TENANT', 'l')$$), ('seal', $$seal('x', 'TENANT', 'l', 'r')$$),
        ('seal_bytes', $$seal_bytes('x', 'TENANT', 'l', 'r')$$)) AS v(name, text);
GRANT SELECT ON call TO PUBLIC;
CREATE FUNCTION attempt(wanted text, tenant text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    envelope text := (SELECT quote_literal(c.secret::text) || '::primecloud.sealed' FROM copy c WHERE c.id = tenant::int);
    found text := outcome((SELECT 'SELECT primecloud.' || replace(replace(text, 'ENVELOPE', envelope), 'TENANT', tenant) FROM call
        WHERE name = wanted));
BEGIN
    RETURN CASE WHEN found ~ '^[0-9A-Z]{5}$' THEN found ELSE 'done' END;
END $$;
CREATE FUNCTION tried_by(role name) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM primecloud.enter_trusted('1', 'ann', 'developer');
    EXECUTE format('SET LOCAL ROLE %I', role);
    RETURN QUERY SELECT format('%s of its own: %s, of another: %s', name, attempt(name, '1'), attempt(name, '2')) FROM call
        ORDER BY call.text;
    RESET ROLE;
END $$;
CREATE TABLE tried (role name, line text);
BEGIN; INSERT INTO tried SELECT r, tried_by(r) FROM unnest('{secret_reading_nobody}'::name[]) AS r; COMMIT;
BEGIN; INSERT INTO tried SELECT r, tried_by(r) FROM unnest('{secret_reading_app}'::name[]) AS r; COMMIT;
BEGIN; INSERT INTO tried SELECT r, tried_by(r) FROM unnest('{secret_reading_worker}'::name[]) AS r; COMMIT;
BEGIN; INSERT INTO tried SELECT r, tried_by(r) FROM unnest('{secret_reading_backup}'::name[]) AS r; COMMIT;
BEGIN; INSERT INTO tried SELECT r, tried_by(r) FROM unnest('{secret_reading_gate}'::name[]) AS r; COMMIT;
BEGIN; INSERT INTO tried SELECT r, tried_by(r) FROM unnest('{secret_reading_maintenance}'::name[]) AS r; COMMIT;
BEGIN; INSERT INTO tried SELECT r, tried_by(r) FROM unnest('{secret_reading_platform}'::name[]) AS r; COMMIT;
SELECT is(line, format('%s of its own: %s, of another: %s', name,
    CASE WHEN role ~ 'worker|platform' AND (name <> 'blind_index' OR role ~ 'platform') OR name ~ '^seal'
        OR (role ~ 'app' AND name = 'blind_index') OR (role ~ 'maintenance' AND name ~ '^opens') THEN 'done' ELSE '42501' END,
    CASE WHEN name ~ '^seal' THEN CASE WHEN role ~ 'platform|maintenance' THEN 'done' ELSE 'PC007' END
         WHEN role ~ 'platform' THEN CASE WHEN name ~ '^reveal' THEN 'P0002' ELSE 'done' END  -- its policies still hold
         WHEN role ~ 'worker' THEN CASE WHEN name ~ '^reveal' THEN 'P0002' WHEN name = 'blind_index' THEN '42501' ELSE 'PC007' END
         WHEN role ~ 'app' AND name = 'blind_index' THEN 'PC007'
         WHEN role ~ 'maintenance' AND name ~ '^opens' THEN 'done' ELSE '42501' END),
             role || ': ' || name)
FROM (SELECT role, line, split_part(line, ' of its own', 1) AS name FROM tried) AS t;
-- Neither the keys, nor the registration's writer, nor the record are anybody's.
SET ROLE secret_reading_worker;
SELECT is(outcome('SELECT count(*) FROM ' || rel), '42501', rel)
    FROM unnest(ARRAY['primecloud.data_key', 'primecloud_internal.root_key_version',
    'primecloud.reveal_log', 'primecloud_internal.data_key_id', 'primecloud_internal.reveal_log_id', 'primecloud_internal.role_grant'])
        AS rel;
SELECT is(outcome(format('%s primecloud.sealed_column', how)), '42501', how)
    FROM unnest(ARRAY['INSERT INTO primecloud.sealed_column SELECT * FROM', 'DELETE FROM', 'TRUNCATE']) AS how;
SELECT is(outcome($$SELECT primecloud_internal.register_sealed_column('keys', 'secret', 'mine', 'id', 'account_id')$$), '42501',
    'not the table''s owner');
SELECT is(outcome($$SELECT primecloud.seal_column('keys', 'secret', 'mine')$$), '42501', 'nor here');
SELECT is(outcome('SHOW primecloud.root_key_file'), '42501', 'the root key''s place is not shown');
SELECT is(outcome(format('SET primecloud.%s', setting)), '42501', setting)
    FROM unnest(ARRAY['reveals_per_transaction = 1000', 'root_key_file = ''/tmp/x''', 'allow_drop = on',
    'password_max_memory_kib = 1048576']) AS setting;
-- Nobody has entered, or has entered as a user without an account.
SELECT is(attempt('open', '1'), 'PC007', 'nobody has entered');
RESET ROLE;
-- The owner of a function in between lends nobody his right to every tenant.
CREATE FUNCTION lent(s primecloud.sealed) RETURNS text LANGUAGE sql SECURITY DEFINER AS $$
    SELECT primecloud.open(s, '2', 'keys.secret', '2', 'borrowed') $$;
SELECT isnt(lent(secret), NULL, '(the superuser''s function opens for the superuser)') FROM copy WHERE id = 2;
BEGIN;
SELECT primecloud.enter_trusted('1', 'ann', 'owner');
SET LOCAL ROLE secret_reading_worker;
SELECT is(outcome('SELECT lent(secret) FROM copy WHERE id = 2'), 'PC007', 'and for nobody else');
-- A search_path of the caller's bends nothing.
RESET ROLE;
CREATE SCHEMA bent;
GRANT USAGE ON SCHEMA bent TO PUBLIC;
CREATE FUNCTION bent.lie(anyelement, anyelement) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR bent.= (FUNCTION = bent.lie, LEFTARG = anyelement, RIGHTARG = anyelement);
CREATE FUNCTION bent.pg_partition_root(regclass) RETURNS regclass LANGUAGE sql AS $$SELECT 'copy'::regclass$$;
SET LOCAL ROLE secret_reading_worker;
SET LOCAL search_path = bent, pg_catalog, public;
SELECT public.is(public.outcome($$SELECT primecloud.reveal('public.keys', 'secret', 1, 'bent')$$),
    'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'a search_path bends nothing');
COMMIT;

-- The record: a row that says who, what and why.
TRUNCATE primecloud.reveal_log;
BEGIN;
SELECT primecloud.enter_trusted('1', 'ann', 'owner');
SET LOCAL ROLE secret_reading_worker;
SELECT is(primecloud.reveal('keys', 'secret', 1, 'send mail'), 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'revealed');
-- (Read first: where a table is distributed, what is called on its rows would run where they lie, and no keys do.)
SELECT secret AS stored FROM keys \gset
SELECT is(encode(primecloud.s3_signing_key(:'stored', '1', 'keys.secret', '1', '2013-05-24', 'us-east-1'), 'hex'),
    'dbb893acc010964918f1fd433add87c70e8b0db6be30c1fbeafefa5ec6ba8378', 'a day''s key (of S3''s own example)');
SELECT is(right(primecloud.s3_presign(:'stored', '1', 'keys.secret', '1', 'AKIAIOSFODNN7EXAMPLE', 'GET',
    'https://examplebucket.s3.amazonaws.com', '/test.txt', expires => '1 day', at => '2013-05-24T00:00:00Z'), 64),
    'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404', 'a presigned URL (S3''s own example)');
SELECT is(primecloud.s3_presign(:'stored', '1', 'keys.secret', '1', 'K', 'GET', endpoint, '/b/k', at => '2013-05-24T00:00:00Z'),
    primecloud.s3_presign(:'stored', '1', 'keys.secret', '1', 'K', 'GET', 'https://s3.example.com', '/b/k', at => '2013-05-24T00:00:00Z'),
    'signed as clients send it: ' || endpoint)
    FROM unnest(ARRAY['https://S3.Example.COM', 'HTTPS://s3.example.com/', 'https://s3.example.com:0443']) AS endpoint;
SELECT is(primecloud.matches(:'stored', '1', 'keys.secret', '1', candidate), expected, 'matches ' || left(candidate, 10))
    FROM (VALUES ('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', true), ('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEy', false), ('', false),
    ('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY ', false), (NULL, NULL)) AS v(candidate, expected);
COMMIT;
SELECT results_eq($$SELECT session_role, user_id, tenant, label, row_id, purpose, key_id IS NOT NULL, at BETWEEN now() - interval '1 minute'
    AND clock_timestamp() FROM primecloud.reveal_log ORDER BY id$$,
    $$VALUES ('postgres', 'ann', '1', 'keys.secret', '1', 'send mail', true, true), ('postgres', 'ann', '1', 'keys.secret', '1',
        's3_signing_key 20130524/us-east-1/s3', true, true)$$, 'a row for each secret that left; none for a comparison or a URL');
SELECT is(outcome(format('SELECT primecloud.s3_presign(secret, ''1'', ''keys.secret'', ''1'', %s) FROM copy WHERE id = 1', arguments)),
    '22023', 'refused: ' || arguments) FROM unnest(ARRAY[
    $$'A/B', 'GET', 'https://h', '/'$$, $$'K', 'get', 'https://h', '/'$$, $$'K', 'PATCH', 'https://h', '/'$$, $$'K', 'GET', 'h', '/'$$,
        $$'K', 'GET', 'ftp://h', '/'$$, $$'K', 'GET', 'https://h/b', '/'$$, $$'K', 'GET', 'https://', '/'$$, $$'K', 'GET', 'https://u@h',
        '/'$$,
    $$'K', 'GET', E'https://h\nX-Evil: 1', '/'$$, $$'K', 'GET', 'https://h', 'b/k'$$, $$'K', 'GET', 'https://h', '/', 'a/b'$$, $$'K', 'GET',
        'https://h', '/', expires => '0'$$, $$'K', 'GET', 'https://h', '/', expires => '7 days 1 second'$$, $$'K', 'GET', 'https://h', '/',
        expires => '1 month'$$,
    $$'K', 'GET', 'https://127.1', '/'$$, $$'K', 'GET', 'https://h.', '/'$$, $$'K', 'GET', 'https://h', '/b/../k'$$,
    $$'K', 'GET', 'https://h', '/', expires => '-1 day'$$, $$'K', 'GET', 'https://h', '/', at => 'infinity'$$, $$'K', 'GET', 'https://h',
        '/', parameters => '[]'$$, $$'K', 'GET', 'https://h', '/', parameters => '{"a": {"b": 1}}'$$, $$'K', 'GET', 'https://h', '/',
        parameters => '{"X-Amz-Expires": "9999999"}'$$]) AS arguments;
SELECT is(outcome($$SELECT primecloud.s3_signing_key(primecloud.seal('', '1', 'l', 'r'), '1', 'l', 'r', now()::date, 'r')$$), '22023',
    'an empty secret signs nothing');
SELECT is(outcome($$SELECT primecloud.s3_signing_key(primecloud.seal(repeat('x', 1025), '1', 'l', 'r'), '1', 'l', 'r', now()::date, 'r')$$),
    '22023', 'nor one that is cut');
SELECT is(outcome($$SELECT primecloud.s3_signing_key(primecloud.seal('x', '1', 'l', 'r'), '1', 'l', 'r', 'infinity', 'r')$$), '22023',
    'nor for ever');
-- What a rolled-back reveal leaves, and one of a transaction that may not write: a row all the
-- same.  A refusal leaves none.  (The server's log: test/server/secret_log.)
TRUNCATE primecloud.reveal_log;
BEGIN; SELECT primecloud.open(secret, '1', 'keys.secret', '1', 'in vain') IS NOT NULL AS opened FROM copy WHERE id = 1; ROLLBACK;
SELECT is(outcome($$SELECT primecloud.open(secret, '1', 'keys.secret', '2', 'elsewhere') FROM copy WHERE id = 1$$), 'PC005', 'refused');
SELECT is((SELECT string_agg(purpose, ',') FROM primecloud.reveal_log), 'in vain', 'a rollback takes no row back');
BEGIN; SAVEPOINT s; SELECT primecloud.open(secret, '1', 'keys.secret', '1', 'in a savepoint') IS NOT NULL AS opened FROM copy WHERE id = 1;
    ROLLBACK TO s; COMMIT;
SELECT is((SELECT count(*) FROM primecloud.reveal_log WHERE purpose = 'in a savepoint'), 1::bigint, 'nor does one to a savepoint');
SELECT is((SELECT count(*) FROM primecloud.reveal_log WHERE tenant = '1'), 2::bigint, 'which an index finds');
BEGIN READ ONLY;
SELECT throws_ok($$SELECT primecloud.seal(repeat('x', 9), 'of none', 'l', 'r')$$, '25006',
    'tenant "of none" has no key for this yet, and none is made in a read-only transaction', 'a first key is not made in a read-only one');
SELECT is(primecloud.open(secret, '2', 'keys.secret', '2', 'read only') IS NULL, false, 'opens in a read-only transaction') FROM copy
    WHERE id = 2;
COMMIT;
SELECT is((SELECT count(*) FROM primecloud.reveal_log WHERE purpose = 'read only'), 1::bigint, 'with a row of its own');

-- The limit: whatever is tried inside one transaction.
SET primecloud.reveals_per_transaction = 3;
CREATE VIEW opened AS SELECT primecloud.open(secret, '1', 'keys.secret', '1', 'limit') AS secret FROM copy, generate_series(1, 100)
    WHERE id = 1;
BEGIN; SELECT is((SELECT count(*) FROM (SELECT secret FROM opened LIMIT 3) AS t), 3::bigint, 'as many as are allowed');
    SELECT is(outcome('SELECT secret FROM opened LIMIT 1'), 'PC008', 'not one more'); COMMIT;
BEGIN; SELECT is(outcome('SELECT count(secret) FROM (SELECT secret FROM opened LIMIT 4) AS t'), 'PC008', 'not in one statement'); COMMIT;
BEGIN; SELECT is((SELECT string_agg(outcome('SELECT count(secret) FROM (SELECT secret FROM opened LIMIT 2) AS t'), ',')
    FROM generate_series(1, 3)), '2,PC008,PC008', 'nor by savepoints, each rolled back'); COMMIT;
BEGIN; SELECT is(outcome('SELECT count(secret) FROM (SELECT secret FROM opened LIMIT 3) AS t'), '3', 'anew in the next'); COMMIT;
SET primecloud.reveals_per_transaction = 0;
SELECT is(outcome('SELECT secret FROM opened LIMIT 1'), 'PC008', 'none at all');
RESET primecloud.reveals_per_transaction;
-- A record that cannot be written: the secret does not leave.
ALTER TABLE primecloud.reveal_log ADD CONSTRAINT full_disk CHECK (purpose <> 'unrecorded') NOT VALID;
SELECT is(outcome($$SELECT primecloud.open(secret, '1', 'keys.secret', '1', 'unrecorded') FROM copy WHERE id = 1$$), '23514',
    'what cannot be recorded is not opened');
ALTER TABLE primecloud.reveal_log DROP CONSTRAINT full_disk;

-- For screens.
SELECT is(primecloud.redacted(secret), '[sealed]', 'redacted') FROM copy WHERE id = 1;
SELECT is(count(DISTINCT primecloud.fingerprint(primecloud.seal('same', tenant, label, row), tenant, label, row)), 3::bigint,
    'a fingerprint tells equal secrets of one tenant and label')
FROM (VALUES ('1', 'l', 'a'), ('1', 'l', 'b'), ('2', 'l', 'a'), ('1', 'm', 'a')) AS v(tenant, label, row);
SELECT matches(primecloud.fingerprint(secret, '1', 'keys.secret', '1'), '^[0-9a-f]{16}$', 'sixteen digits') FROM copy WHERE id = 1;
SELECT is(primecloud.last_four(secret), shown, 'last four of ' || left(coalesce(secret, 'NULL'), 12))
    FROM (VALUES ('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'EKEY'), ('correct horse battery staple, and then some more', NULL),
    ('hunter2', NULL), (repeat('ab', 20), NULL), (NULL, NULL)) AS v(secret, shown);
-- Planning opens nothing: no function that takes or gives plaintext is folded.
SELECT is_empty($$SELECT oid::regprocedure FROM pg_proc
    WHERE pronamespace IN ('primecloud'::regnamespace, 'primecloud_internal'::regnamespace) AND provolatile = 'i'
    AND proname ~ '^(seal|seal_bytes|seal_for|open|open_bytes|opens|reveal|matches|fingerprint|blind_index|token_hash|password_.*|s3_.*|'
    'generate_.*|last_four)$'$$, 'none of them is IMMUTABLE');
SELECT is_empty($$SELECT oid::regprocedure FROM pg_proc
    WHERE pronamespace IN ('primecloud'::regnamespace, 'primecloud_internal'::regnamespace) AND proleakproof
    AND prosrc ~ 'primecloud_(seal|open|match|reveal|finger|blind|token_hash|password|s3)'$$, 'none is LEAKPROOF');
TRUNCATE primecloud.reveal_log;
CREATE FUNCTION explained(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text; whole text := '';
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (VERBOSE) ' || statement LOOP whole := whole || line || E'\n'; END LOOP;
    RETURN whole;
END $$;
SELECT unalike(explained(format('SELECT primecloud.open(%L, ''1'', ''keys.secret'', ''1'', ''explain'')', secret)), '%wJalr%',
    'EXPLAIN (VERBOSE) shows no plaintext') FROM copy WHERE id = 1;
SELECT is((SELECT count(*) FROM primecloud.reveal_log), 0::bigint, 'and opens nothing');
-- Nor does a plan show what a function was given to hide, whichever it is.
SELECT doesnt_match(explained(format('SELECT %s(%s)', c.called, c.arguments)),
    'plain (plaintext|token|value|candidate|password|secret)|706c61696e', 'a plan hides what is given to ' || c.called)
FROM (SELECT p.oid::regproc AS called, p.proname, string_agg(CASE a.type WHEN 'text'::regtype
    THEN format('%L::text', 'plain ' || p.proargnames[a.n])
        WHEN 'bytea'::regtype THEN '''\x706c61696e''::bytea' WHEN 'regclass'::regtype THEN '''keys''::regclass'
        WHEN 'name'::regtype THEN '''secret''::name' WHEN 'anyelement'::regtype THEN '1'
        WHEN 'interval'::regtype THEN '''1 hour''::interval' ELSE 'NULL::primecloud.sealed' END, ', '
        ORDER BY a.n) AS arguments
    FROM pg_proc AS p CROSS JOIN unnest(p.proargtypes) WITH ORDINALITY AS a(type, n)
    WHERE p.prosupport = 'primecloud_internal.hide_plaintext'::regproc GROUP BY p.oid ORDER BY p.proname) AS c;
SELECT unalike(explained('SELECT FROM copy WHERE primecloud.last_four(''a secret'') IS NULL'), '%a secret%', 'nor where it is a filter');
-- None is forgotten: what has no such name is known not to be plaintext.
SELECT is_empty($$SELECT p.oid::regprocedure, a.name FROM pg_proc p
    CROSS JOIN LATERAL unnest(p.proargnames[1:p.pronargs], p.proargtypes::oid[])
        AS a(name, type)
    WHERE p.pronamespace = 'primecloud'::regnamespace AND p.prosupport <> 'primecloud_internal.hide_plaintext'::regproc
    AND a.type IN ('text'::regtype, 'bytea'::regtype, 'text[]'::regtype, 'bytea[]'::regtype, 'varchar'::regtype)
    AND a.name NOT IN (
        -- whose, where and what for
        'tenant', 'new_tenant', 'label', 'new_label', 'row_id', 'new_row_id', 'purpose', 'reason', 'user_id', 'role', 'id', 'kid', 'scope',
        'schema_name', 'table_name', 'columns', 'accounts_active_status', 'access', 'mode', 'record', 'name', 'text', 'prefix',
        'read_role', 'write_role', 'delete_role', 'min_role', 'roles', 'convention', 'cron', 'currency', 'cursor', 'color', 'dialect',
        'unopened', 'release', 'statement', 'issuer', 'audience', 'account_claim', 'role_claim', 'user_claim', 'audience_claim',
        'accept', 'checks', 'levels', 'fingerprint', 'format', 'ddl',
        -- of an object in a store, and of a request to it
        'access_key_id', 'bucket', 'endpoint', 'header', 'method', 'path', 'provider', 'region', 'rules', 'service', 'tags',
        'transition_status', 'version_id')
    AND NOT (p.proname LIKE 'lifecycle\_%' AND a.name = 'key') AND NOT (p.proname = 'password_needs_rehash' AND a.name = 'hash')$$,
    'every text that a function takes is hidden in plans, or known to be no secret');
-- ANALYZE keeps nothing of a sealed column but how wide it is and how often it is NULL.
ANALYZE copy;
SELECT is((SELECT ROW(null_frac, n_distinct, most_common_vals IS NULL, histogram_bounds IS NULL, correlation IS NULL)::text FROM pg_stats
    WHERE tablename = 'copy' AND attname = 'secret'), '(0,0,t,t,t)', 'statistics');
SELECT finish();
