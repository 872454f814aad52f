-- Secrets that are only verified: passwords, tokens, blind indexes; and secrets made here.
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

-- Passwords.
CREATE TABLE password AS SELECT primecloud.password_hash('correct horse') AS hash;
SELECT matches(hash, '^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$',
    'the parameters that OWASP asks for, as SFTPGo reads them') FROM password;
SELECT is(primecloud.password_verify(given, hash), expected, format('verify %L', given))
    FROM password, (VALUES ('correct horse', true), ('correct horse ', false), ('Correct horse', false), ('', false), (NULL, NULL))
    AS v(given, expected);
SELECT is(primecloud.password_verify('pw',
    '$argon2id$v=19$m=65536,t=1,p=2$c29tZXNhbHRzb21lc2FsdA$5idQv+fSn6Ooj5woJwc6wnlVkTIUtIKtD8JB07OMktY'), true,
    'a hash of two lanes, as SFTPGo makes them');
SELECT is(primecloud.password_verify('password', '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'),
    true, 'a short salt');
SELECT is(primecloud.password_needs_rehash(hash), false, 'made with the parameters of today') FROM password;
SELECT is(primecloud.password_needs_rehash('$argon2id$v=19$m=65536,t=1,'
    'p=2$c29tZXNhbHRzb21lc2FsdA$5idQv+fSn6Ooj5woJwc6wnlVkTIUtIKtD8JB07OMktY'), true, 'made with others');
SELECT is(outcome(format('SELECT primecloud.password_hash(%L)', given)), '22023', 'refused: ' || left(given, 12))
    FROM unnest(ARRAY['', '$argon2id$v=19$m=1', '$2a$10$x', '$2b$10$x', '{SHA256}abc', '{MD5}abc', '$pbkdf2-sha256$x', '$1$x', '$apr1$x',
    '$5$x', '$6$x', '$y$x']) AS given;
SELECT is(primecloud.password_verify(repeat('é', 512), primecloud.password_hash(repeat('é', 512))), true, 'a long one, whole');
SELECT is(primecloud.password_verify(repeat('é', 511) || 'e', primecloud.password_hash(repeat('é', 511) || 'f')), false,
    'to the last letter');
SELECT is(outcome($$SELECT primecloud.password_hash(repeat('x', 1025))$$), '54000', 'longer than the setting');
SELECT is(outcome(format($$SELECT primecloud.password_verify(repeat('x', 1025), %L)$$, hash)), '54000', 'also to verify') FROM password;
SET statement_timeout = '20s';  -- the first two would take half a minute and two gigabytes
SELECT is(outcome(format('SELECT primecloud.%s', replace(call, 'HASH', quote_literal(hash)))), '22023', left(hash, 40))
    FROM unnest(ARRAY['password_verify(''x'', HASH)', 'password_needs_rehash(HASH)']) AS call, unnest(ARRAY[
    '$argon2id$v=19$m=2097152,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$5idQv+fSn6Ooj5woJwc6wnlVkTIUtIKtD8JB07OMktY',
        '$argon2id$v=19$m=65536,t=4294967295,p=1$c29tZXNhbHRzb21lc2FsdA$5idQv+fSn6Ooj5woJwc6wnlVkTIUtIKtD8JB07OMktY',
    '$argon2id$v=19$m=65536,t=1,p=255$c29tZXNhbHRzb21lc2FsdA$5idQv+fSn6Ooj5woJwc6wnlVkTIUtIKtD8JB07OMktY', '', 'x', '$argon2id$',
        '$2a$10$abcdefghijklmnopqrstuu', repeat('$argon2id$', 1000), '$argon2id$v=19$m=8,t=1,p=1$$']) AS hash;
RESET statement_timeout;
SET primecloud.password_memory_kib = 8192;
SELECT ok(primecloud.password_needs_rehash(hash), 'after a change of the setting it is to be made anew') FROM password;
SELECT matches(primecloud.password_hash('x'), '^\$argon2id\$v=19\$m=8192,t=2', 'and a new one follows the setting');
RESET primecloud.password_memory_kib;
SET primecloud.password_max_memory_kib = 16384;
SELECT is(primecloud.password_verify('correct horse', hash), true, 'a limit below the setting for new hashes does not lock everybody out')
    FROM password;
RESET primecloud.password_max_memory_kib;
SELECT is(outcome('SET primecloud.password_passes = 0'), '22023', 'no passes');

-- Tokens: one hash for a token and a purpose, in this database.
SELECT is(octet_length(primecloud.token_hash('token', 'invitation')), 32, '32 bytes');
SELECT is(primecloud.token_hash('token', 'invitation'), primecloud.token_hash('token', 'invitation'), 'always the same');
SELECT is(count(DISTINCT primecloud.token_hash(token, purpose)), 5::bigint, 'but for another token or purpose')
    FROM (VALUES ('token', 'invitation'), ('token', 'reset'), ('Token', 'invitation'), ('', 'invitation'), ('tokeni', 'nvitation'))
    AS v(token, purpose);
SELECT is(primecloud.token_hash(NULL, 'invitation'), NULL, 'of nothing');
SELECT is(outcome($$SELECT primecloud.token_hash('token', NULL)$$), '22004', 'for nothing');
SELECT is(outcome($$SELECT primecloud.token_hash('token', '')$$), '22023', 'for an empty purpose');
CREATE TABLE invitation (hash bytea PRIMARY KEY);
INSERT INTO invitation SELECT primecloud.token_hash('token ' || n, 'invitation') FROM generate_series(1, 500) AS n;
ANALYZE invitation;
CREATE FUNCTION plan_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text; whole text := '';
BEGIN
    FOR line IN EXECUTE 'EXPLAIN ' || statement LOOP whole := whole || line || E'\n'; END LOOP;
    RETURN whole;
END $$;
SELECT matches(plan_of($$SELECT FROM invitation WHERE hash = primecloud.token_hash('token 7', 'invitation')$$), 'Index (Only )?Scan',
    'an index serves the look-up');

-- Blind indexes: by tenant and label, under a key of their own.
SELECT is(octet_length(primecloud.blind_index('ann@example.com', '1', 'email')), 16, '16 bytes');
SELECT is(count(DISTINCT primecloud.blind_index(value, tenant, label)), 4::bigint, 'for value, tenant and label')
    FROM (VALUES ('a', '1', 'email'), ('b', '1', 'email'), ('a', '2', 'email'), ('a', '1', 'phone'), ('a', '1', 'email'))
    AS v(value, tenant, label);
SELECT is(primecloud.blind_index(NULL, '1', 'email'), NULL, 'of nothing');
SELECT is(outcome(format('SELECT primecloud.blind_index(''x'', %s)', place)), code, place)
    FROM (VALUES ($$NULL, 'l'$$, '22004'), ($$'1', NULL$$, '22004'), ($$'', 'l'$$, '22023'), ($$'1', ''$$, '22023'),
    ($$'1', repeat('l', 129)$$, '22023')) AS v(place, code);
SELECT bag_eq($$SELECT DISTINCT purpose FROM primecloud.data_key WHERE tenant = '1'$$, ARRAY['index'], 'the key is not the one that seals');
SELECT isnt(primecloud.blind_index('x', '1', 'invitation'), substr(primecloud.token_hash('x', 'invitation'), 1, 16),
    'nor the one of tokens');

-- Made here.
SELECT ok(bool_and(primecloud.generate_access_key_id() ~ '^[A-Z0-9]{20}$' AND primecloud.generate_secret() ~ '^[A-Za-z0-9+]{40}$'),
    'as MinIO and AWS take them') FROM generate_series(1, 1000);
SELECT is(length(primecloud.generate_secret(n)), n, n || ' characters') FROM unnest(ARRAY[8, 40, 1024]) AS n;
SELECT is(outcome(format('SELECT primecloud.generate_secret(%s)', n)), '22023', n || ' characters are refused')
    FROM unnest(ARRAY[-1, 0, 7, 1025, 2147483647]) AS n;
SELECT is(primecloud.generate_secret(NULL), NULL, 'none asked for');
SELECT finish();
