-- Tokens: forged, altered, expired, another database's, and good ones used once too often.
\set app attack_replaying
\set app_owner attack_replaying_owner
\ir support/attack.sql
SELECT no_plan();
CREATE FUNCTION harness.now() RETURNS bigint LANGUAGE sql AS $$ SELECT floor(extract(epoch FROM clock_timestamp()))::bigint $$;
-- Enters with a token and says who it is, or the SQLSTATE.
CREATE FUNCTION harness.who(token text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text := harness.over('app', 'BEGIN', format('SELECT primecloud.enter(%L)', token),
        $s$SELECT concat_ws(' ', primecloud.context() ->> 'user', primecloud.context() ->> 'tenant', primecloud.context() ->> 'role')$s$);
BEGIN
    PERFORM harness.over('app', 'ROLLBACK');
    RETURN answer;
END $$;
SELECT is(harness.who(harness.mint('{"sub": "mallory", "account": "1"}')), 'mallory 1 developer', 'a good token');
SELECT is(harness.who(harness.mint('{"sub": "mallory"}')), 'mallory', 'a token for a user alone');
SELECT is(harness.who(harness.mint('{"sub": "mallory", "account": "1", "role": "external_client"}')), 'mallory 1 external_client',
    'a token for a lesser role');

-- Claims that do not hold.  One answer for all of them.
SELECT is(harness.who(harness.mint(claims::jsonb)), '28000', name) FROM (VALUES
    ('expired', json_build_object('sub', 'mallory', 'account', '1', 'iat', harness.now() - 200, 'exp', harness.now() - 1)),
    ('expired this second', json_build_object('sub', 'mallory', 'account', '1', 'exp', harness.now())),
    ('not valid yet', json_build_object('sub', 'mallory', 'account', '1', 'nbf', harness.now() + 60)),
    ('issued in the future', json_build_object('sub', 'mallory', 'account', '1', 'iat', harness.now() + 60)),
    ('living too long', json_build_object('sub', 'mallory', 'account', '1', 'exp', harness.now() + 3600)),
    ('living too long, and without iat', json_build_object('sub', 'mallory', 'account', '1', 'iat', NULL, 'exp', harness.now() + 3600)),
    ('living for ever', json_build_object('sub', 'mallory', 'account', '1', 'exp', 9223372036854775807)),
    ('with an exp that wraps around', json_build_object('sub', 'mallory', 'account', '1', 'exp', 18446744073709551615)),
    ('with exp as text', json_build_object('sub', 'mallory', 'account', '1', 'exp', '9999999999')),
    ('with exp in fractions', json_build_object('sub', 'mallory', 'account', '1', 'exp', harness.now() + 60.5)),
    ('without exp', json_build_object('sub', 'mallory', 'account', '1', 'exp', NULL)),
    ('for another database', json_build_object('sub', 'mallory', 'account', '1', 'aud', 'template1')),
    ('for every database', json_build_object('sub', 'mallory', 'account', '1', 'aud', '*')),
    ('for no database', json_build_object('sub', 'mallory', 'account', '1', 'aud', json_build_array())),
    ('for a database and something odd', json_build_object('sub', 'mallory', 'account', '1', 'aud',
        json_build_array(current_database(), 1))),
    ('without aud', json_build_object('sub', 'mallory', 'account', '1', 'aud', NULL)),
    ('without sub', json_build_object('account', '1')),
    ('with an empty sub', json_build_object('sub', '', 'account', '1')),
    ('with a sub that is a number', json_build_object('sub', 7, 'account', '1')),
    ('of a stranger', json_build_object('sub', 'nobody', 'account', '1')),
    ('of a member of another account', json_build_object('sub', 'mallory', 'account', '2')),
    ('of an account that is suspended', json_build_object('sub', 'gone', 'account', '3')),
    ('of an account that does not exist', json_build_object('sub', 'mallory', 'account', '99')),
    ('with a role above the membership', json_build_object('sub', 'mallory', 'account', '1', 'role', 'owner')),
    ('with a role that is none', json_build_object('sub', 'mallory', 'account', '1', 'role', 'root')),
    ('with a role but no account', json_build_object('sub', 'mallory', 'role', 'developer')),
    ('with a number of another account', json_build_object('sub', 'mallory', 'account', 2)),
    ('with an account that is a fraction', json_build_object('sub', 'mallory', 'account', 1.0)),
    ('with an account of more than 64 bits', json_build_object('sub', 'mallory', 'account', 18446744073709551617)),
    ('with an account in another spelling', json_build_object('sub', 'mallory', 'account', '01')),
    ('with an account with a blank', json_build_object('sub', 'mallory', 'account', '1 ')),
    ('with an account that is SQL', json_build_object('sub', 'mallory', 'account', '1 OR true')),
    ('with a user that is SQL', json_build_object('sub', 'mallory'' OR ''1''=''1', 'account', '1')),
    ('with a list of accounts', json_build_object('sub', 'mallory', 'account', json_build_array('1', '2'))),
    ('with a user too long', json_build_object('sub', repeat('m', 256), 'account', '1')),
    ('with a user that ends like another after 255 bytes', json_build_object('sub', repeat('m', 300), 'account', '1'))
) AS c(name, claims);

-- Serial ids are JSON numbers: an account's key where keys are integers, and nobody's where they are texts.
SELECT is(harness.who(harness.mint('{"sub": "mallory", "account": 1}')), 'mallory 1 developer', 'an account that is a number');
CREATE TABLE texts (account_id text, user_id text, role text);
INSERT INTO texts VALUES ('1', 'mallory', 'owner');
SELECT primecloud.register_membership('texts', 'account_id', 'user_id', 'role') \g /dev/null
SELECT is(harness.who(harness.mint('{"sub": "mallory", "account": "1"}')), 'mallory 1 owner', 'a text where keys are texts');
SELECT is(harness.who(harness.mint('{"sub": "mallory", "account": 1}')), '28000', 'a number where keys are texts');
SELECT primecloud.register_membership('members', 'account_id', 'user_id', 'role', accounts => 'accounts',
    grants => 'granted', grants_tenant_column => 'account_id', grants_user_column => 'user_id', grants_id_column => 'item_id') \g /dev/null
DROP TABLE texts;

-- Headers and signatures.
SELECT is(harness.who(token), '28000', name) FROM (
    SELECT harness.mint('{"sub": "victim", "account": "2"}'),
        harness.base64url(convert_to('{"sub":"victim","account":"2","aud":"' || current_database() || '","exp":' || harness.now() + 100
        || '}', 'UTF8'))
) AS t(good, payload), LATERAL (VALUES
    ('alg none', harness.base64url('{"alg":"none","kid":"test"}') || '.' || payload || '.'),
    ('alg none, with the signature of another', harness.base64url('{"alg":"none","kid":"test"}') || '.' || payload || '.'
        || split_part(good, '.', 3)),
    ('another algorithm than the key''s', harness.mint('{"sub": "victim", "account": "2"}', '{"alg": "EdDSA", "kid": "test"}')),
    ('HS512', harness.mint('{"sub": "victim", "account": "2"}', '{"alg": "HS512", "kid": "test"}')),
    ('alg in another case', harness.mint('{"sub": "victim", "account": "2"}', '{"alg": "hs256", "kid": "test"}')),
    ('a key that nobody knows', harness.mint('{"sub": "victim", "account": "2"}', '{"alg": "HS256", "kid": "other"}')),
    ('no kid', harness.mint('{"sub": "victim", "account": "2"}', '{"alg": "HS256"}')),
    ('a key sent along', harness.mint('{"sub": "victim", "account": "2"}',
        '{"alg": "HS256", "kid": "test", "jwk": {"kty": "oct", "k": "AAAA"}}',
        '\x0000000000000000000000000000000000000000000000000000000000000000')),
    ('a key by address', harness.mint('{"sub": "victim", "account": "2"}',
        '{"alg": "HS256", "kid": "http://evil/test", "jku": "http://evil/"}')),
    ('a kid that is a path', harness.mint('{"sub": "victim", "account": "2"}', '{"alg": "HS256", "kid": "../../../../dev/null"}', '\x')),
    ('a kid that is SQL', harness.mint('{"sub": "victim", "account": "2"}', '{"alg": "HS256", "kid": "x'' UNION SELECT ''test"}')),
    ('the wrong key', harness.mint('{"sub": "victim", "account": "2"}', key => decode(repeat('5b', 32), 'hex'))),
    ('an empty key', harness.mint('{"sub": "victim", "account": "2"}', key => '\x')),
    ('a signature cut short', left(good, -4)),
    ('no signature', split_part(good, '.', 1) || '.' || split_part(good, '.', 2) || '.'),
    ('two parts', split_part(good, '.', 1) || '.' || split_part(good, '.', 2)),
    ('four parts', good || '.x'),
    ('padding', good || '='),
    ('base64 that is not url', replace(good, '_', '/') || '+'),
    ('a second spelling of the last letter', left(good, -1) || chr(ascii(right(good, 1)) + 1)),
    ('a blank after it', good || ' '),
    ('a line before it', E'\n' || good),
    ('another payload under the same signature', split_part(good, '.', 1) || '.' || payload || '.' || split_part(good, '.', 3)),
    ('an extension it must understand',
        harness.mint('{"sub": "victim", "account": "2"}', '{"alg": "HS256", "kid": "test", "crit": ["x"], "x": 1}')),
    ('an unencoded payload', harness.mint('{"sub": "victim", "account": "2"}', '{"alg": "HS256", "kid": "test", "b64": false}')),
    ('nothing', ''),
    ('dots', '..'),
    ('8193 bytes', rpad(good, 8193, 'A')),
    ('a megabyte', repeat('A', 1000000))) AS c(name, token);
-- Whoever reads a dump has the public half, and signs nothing with it.
SELECT primecloud.add_token_key('public', 'EdDSA', '\xb9a50d6396548dacad0f3167b72aacc67e5dbbef4474b1b402a3a4371c2560fe') \g /dev/null
SELECT is(harness.who(harness.mint('{"sub": "victim", "account": "2"}', format('{"alg": "%s", "kid": "public"}', alg)::jsonb,
    '\xb9a50d6396548dacad0f3167b72aacc67e5dbbef4474b1b402a3a4371c2560fe')), '28000',
    format('signed with what a dump has of an EdDSA key, as %s', alg))
FROM unnest('{HS256,EdDSA}'::text[]) AS alg;
-- jsonb cannot say a member twice.
CREATE FUNCTION harness.raw(payload text) RETURNS text LANGUAGE sql AS $$
    SELECT input || '.' || harness.base64url(harness.hmac(convert_to(input, 'UTF8'),
        '\x5b1d0a63cf1c7e0d2f9a44d0b9e7c1a8835f60e2d7914caab3f05e6c28d19b74', 'sha256'))
    FROM (SELECT harness.base64url('{"alg":"HS256","kid":"test"}') || '.' || harness.base64url(convert_to(payload, 'UTF8'))) AS t(input) $$;
SELECT is(harness.who(harness.raw(format(payload, current_database(), harness.now() + 100))), expected, name) FROM (VALUES
    ('a raw token', 'mallory 1 developer', '{"sub":"mallory","account":"1","aud":"%s","exp":%s}'),
    ('a member said twice', '28000', '{"sub":"mallory","account":"1","account":"1","aud":"%s","exp":%s}'),
    ('a member said twice, once with an escape', '28000', '{"sub":"mallory","account":"1","acc\u006funt":"1","aud":"%s","exp":%s}'),
    ('a NUL in the user', '28000', '{"sub":"mallory\u0000x","account":"1","aud":"%s","exp":%s}'),
    ('something after it', '28000', '{"sub":"mallory","account":"1","aud":"%s","exp":%s}{}'),
    ('comments', '28000', '{"sub":"mallory",/**/"account":"1","aud":"%s","exp":%s}'),
    ('a list around it', '28000', '[{"sub":"mallory","account":"1","aud":"%s","exp":%s}]'),
    ('a tower', '28000', '{"sub":"mallory","account":"1","aud":"%s","exp":%s,"x":' || repeat('[', 500) || repeat(']', 500) || '}'),
    ('an exp in exponents', '28000', '{"sub":"mallory","account":"1","aud":"%s","exp":%se0}')) AS c(name, expected, payload);

-- What is good now, later.
SELECT harness.mint('{"sub": "mallory", "account": "1"}', '{"alg": "HS256", "kid": "second"}',
        '\x7ffb8f6f7e57fb23cdf93e9b54df8e1b9106f84dfb5fad4155626f0fe7730260') AS second,
       harness.now() + 10 AS brief_exp, harness.mint(jsonb_build_object('sub', 'mallory', 'account', '1', 'exp', harness.now() + 10))
           AS brief \gset
SELECT is(harness.who(:'brief'), 'mallory 1 developer', 'a token that is good for ten seconds');
SELECT is(harness.who(:'second'), '28000', 'a token before its key is known');
SELECT primecloud.add_token_key('second', 'HS256', '\x7ffb8f6f7e57fb23cdf93e9b54df8e1b9106f84dfb5fad4155626f0fe7730260') \g /dev/null
SELECT is(harness.who(:'second'), 'mallory 1 developer', 'and after');
SELECT is(harness.who(:'second'), 'mallory 1 developer', 'and again: it may be used until it expires (said in the docs)');
-- Whatever empties the caches of a backend between the first look and the second.
SELECT is(harness.over('app', 'BEGIN'), 'BEGIN', 'a transaction that enters');
ANALYZE primecloud_internal.token_key;
SELECT is(harness.over('app', format('SELECT primecloud.enter(%L)', :'second'), 'SELECT primecloud.tenant_int()'), '1',
    'after the key table was analyzed meanwhile');
SELECT is(harness.over('app', 'ROLLBACK'), 'ROLLBACK', 'and it ends');
UPDATE members SET role = 'external_client' WHERE user_id = 'mallory';
SELECT is(harness.who(:'second'), 'mallory 1 external_client', 'a membership that was lowered, with the cached token');
UPDATE members SET account_id = 2 WHERE user_id = 'mallory';
SELECT is(harness.who(:'second'), '28000', 'a member who was thrown out, with the cached token');
UPDATE members SET account_id = 1, role = 'developer' WHERE user_id = 'mallory';
UPDATE accounts SET status = 'suspended' WHERE id = 1;
SELECT is(harness.who(:'second'), '28000', 'an account that was suspended, with the cached token');
UPDATE accounts SET status = 'active' WHERE id = 1;
SELECT is(harness.who(:'second'), 'mallory 1 developer', 'and taken up again');
UPDATE primecloud_internal.token_key SET issuer = 'us' WHERE kid = 'second';
SELECT is(harness.who(:'second'), '28000', 'an issuer that the key names now, with the cached token');
UPDATE primecloud_internal.token_key SET issuer = NULL WHERE kid = 'second';
SELECT is(harness.who(:'second'), 'mallory 1 developer', 'and no more');
UPDATE primecloud_internal.token_key SET key = decode(repeat('5b', 32), 'hex') WHERE kid = 'second';
SELECT is(harness.who(:'second'), '28000', 'another key under the same id, with the cached token');
UPDATE primecloud_internal.token_key SET key = '\x7ffb8f6f7e57fb23cdf93e9b54df8e1b9106f84dfb5fad4155626f0fe7730260' WHERE kid = 'second';
SELECT is(harness.who(:'second'), 'mallory 1 developer', 'and the old key again');
BEGIN;
SELECT primecloud.revoke_token_key('second') \g /dev/null
SELECT is(harness.who(:'second'), 'mallory 1 developer', 'a revocation that is not committed');
COMMIT;
SELECT is(harness.who(:'second'), '28000', 'a revoked key, with the cached token');
DELETE FROM primecloud_internal.token_key WHERE kid = 'second';
SELECT is(harness.who(:'second'), '28000', 'a key that is gone, with the cached token');
SELECT pg_sleep(greatest(0, :brief_exp + 0.05 - extract(epoch FROM clock_timestamp()))) \g /dev/null
SELECT is(harness.who(:'brief'), '28000', 'an expired token, though it is cached');

-- One answer for everything, and nothing of the token in it.
SELECT set_eq(format('SELECT DISTINCT harness.refusal(''app'', ''BEGIN'', format(''SELECT primecloud.enter(%%L)'', t)) FROM '
    'unnest(%L::text[]) AS t WHERE harness.over(''app'', ''ROLLBACK'') = ''ROLLBACK''',
    ARRAY[:'brief', :'second', 'x.y.z', harness.mint('{"sub": "nobody", "account": "1"}'),
        harness.mint('{"sub": "mallory", "account": "3"}'), harness.mint('{"sub": "mallory", "account": "1", "role": "owner"}')]),
    ARRAY['invalid token | The server''s log has the reason, as this error''s DETAIL. If it lies in the token, ask the issuer for a '
        'new one.'], 'every bad token gets the same words');
SELECT is(harness.over('app', 'ROLLBACK'), 'ROLLBACK', 'undone');
-- Other sessions of the application see each other's statements.
SELECT is(harness.connect('watcher'), 'connected', 'another session of the application');
SELECT is(harness.over('app', 'BEGIN', harness.entering()), '', 'while one enters');
SELECT is(harness.over('watcher', 'SELECT count(*) FROM pg_stat_activity WHERE query LIKE ''%eyJ%'' AND pid <> pg_backend_pid()'), '0',
    'the other sees no token');
SELECT is(harness.over('watcher', 'SELECT count(*) FROM pg_stat_activity WHERE query LIKE ''%with a token%'' AND pid <> pg_backend_pid()'),
    '1', 'but that there was one');
SELECT * FROM finish();
\ir support/done.sql
