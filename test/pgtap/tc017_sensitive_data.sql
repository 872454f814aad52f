-- TC017, sensitive data: no secret is stored in the clear, none is returned by any read
-- model or readable by any client, and after a rotation the old secret is refused.
-- What is searched is asked of the catalog, so that a table or read model added later is
-- searched as well.
\set test tc017_sensitive_data
\ir ../fixtures/control_plane.sql
SELECT no_plan();
GRANT EXECUTE ON FUNCTION primecloud.reveal(regclass, name, anyelement, text), primecloud.open(primecloud.sealed, text, text, text, text),
    primecloud.matches(primecloud.sealed, text, text, text, text) TO :"worker";
GRANT SELECT ON cloud.access_key_secrets, cloud.account_smtp_secrets TO :"worker";
INSERT INTO people SELECT 'a_worker', user_id, account_id, 'admin', :'worker' FROM people WHERE who = 'a_admin';

-- Every kind of secret that the control plane knows, made as an application makes it.
CREATE TABLE secret (kind text PRIMARY KEY, value text);
SELECT act('a_dev', $$SELECT cloud.create_bucket('assets')$$) AS bucket \gset
SELECT act('a_dev', $$SELECT id || ' ' || access_key_id || ' ' || secret_access_key FROM cloud.create_access_key('ci')$$) AS made \gset
SELECT split_part(:'made', ' ', 1) AS key, split_part(:'made', ' ', 2) AS public_half \gset
INSERT INTO secret VALUES ('access key', split_part(:'made', ' ', 3)), ('mail password', 'mail-password-3f81'),
    ('machine login', 'root:machine-9b2c');
SELECT act('a_admin', $$SELECT cloud.set_smtp('mail.tc017.example', 'mailer', 'mail-password-3f81', 'a@example.com')$$) AS done \gset
SELECT act('a_dev', $$SELECT cloud.place_vps_order('debian-12', 'sp', 1, 1, 25)$$) AS machine \gset
SELECT act('a_platform', format($$SELECT cloud.set_vps_credentials(%L, 'vps1', '203.0.113.9', 'root:machine-9b2c')$$, :'machine'))
    AS done \gset
SELECT isnt_empty($$SELECT FROM secret HAVING count(*) = 3 AND bool_and(length(value) > 10)$$, '(three secrets were made)');

-- 1. Not in any row of any table of the schema, of the extension, or of the catalog's statistics.
CREATE FUNCTION spelled(value text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT unnest(ARRAY[value, encode(value::bytea, 'hex'), encode(value::bytea, 'base64'),
    replace(encode(value::bytea, 'base64'), '=', '')]) $$;
CREATE FUNCTION tables_with(needle text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    rel regclass;
    found boolean;
BEGIN
    FOR rel IN SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE c.relkind IN ('r', 'm') AND (n.nspname IN ('cloud', 'primecloud', 'primecloud_internal')
                   OR c.oid IN ('pg_statistic'::regclass, 'pg_description'::regclass)) LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %s WHERE concat_ws('' '', %s) LIKE %L)', rel, (SELECT string_agg(quote_ident(attname),
            ', ') FROM pg_attribute WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped),
            '%' || replace(needle, '\', '\\') || '%') INTO found;
        IF found THEN RETURN NEXT rel; END IF;
    END LOOP;
END $$;
SELECT format('ANALYZE %s', oid::regclass) FROM pg_class WHERE relnamespace = 'cloud'::regnamespace AND relkind = 'r' \gexec
SELECT isnt_empty($$SELECT tables_with('mail.tc017.example')$$, '(the search finds what is there)');
SELECT is_empty(format('SELECT t FROM spelled(%L) AS s, tables_with(s) AS t', value), format('the %s is nowhere in the clear', kind))
    FROM secret;
SELECT bag_eq($$SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    AND a.atttypid = 'primecloud.sealed'::regtype WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind = 'r'$$,
    $$SELECT table_name || '.' || column_name FROM primecloud.sealed_column WHERE schema_name = 'cloud'$$,
        'every sealed column is registered');
SELECT is_empty($$SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attname ~ '(secret|password|credential|passphrase|private_key)' AND a.atttypid <> 'primecloud.sealed'::regtype
        AND a.attname !~ '_hash$'$$, 'no column that is named for a secret is anything but sealed or a hash');

-- 2. No read model returns one, to anybody: every function of the schema that can be called
-- with its defaults and changes nothing, and every view, as everybody.
CREATE FUNCTION answer(who text, query text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN coalesce(act(who, query), ''); END $$;
CREATE TABLE model AS
    SELECT p.oid::regprocedure::text AS name,
        format('SELECT coalesce(json_agg(primecloud.to_camel_json(r)), ''[]'')::text || coalesce(string_agg(r::text, '',''), '''') FROM '
        '%s(%s) AS r', p.oid::regproc,
            (SELECT string_agg(CASE WHEN t.typname = 'uuid' THEN quote_literal(CASE a.n WHEN 1 THEN :'machine' END) || '::uuid'
                ELSE format('NULL::%s', format_type(a.type, NULL)) END, ', ' ORDER BY a.n)
             FROM unnest(p.proargtypes) WITH ORDINALITY AS a(type, n) JOIN pg_type t ON t.oid = a.type
                 WHERE a.n <= p.pronargs - p.pronargdefaults)) AS query
    FROM pg_proc p WHERE p.pronamespace = 'cloud'::regnamespace AND p.provolatile <> 'v' AND p.prokind = 'f'
        AND p.prorettype NOT IN ('trigger'::regtype, 'void'::regtype)
    UNION ALL
    SELECT c.oid::regclass::text, format('SELECT coalesce(json_agg(primecloud.to_camel_json(r)), ''[]'')::text || '
        'coalesce(string_agg(r::text, '',''), '''') FROM %s AS r', c.oid::regclass)
    FROM pg_class c WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind IN ('v', 'm', 'r');
CREATE TABLE answered AS SELECT who, name, answer(who, query) AS text FROM model,
    unnest(ARRAY['a_owner', 'a_admin', 'a_dev', 'a_ext', 'b_owner', 'a_platform', 'guest', 'platform']) AS who;
SELECT ok(count(*) > 100, format('%s answers of %s read models, tables and views', count(*), count(DISTINCT name))) FROM answered
    WHERE text !~ '^[0-9A-Z]{5}$' AND text <> '[]';
SELECT ok(bool_or(text LIKE '%' || :'public_half' || '%'), '(they answer: the public half of the key is among them)') FROM answered;
SELECT is_empty(format('SELECT who, name FROM answered, spelled(%L) AS s WHERE position(s IN text) > 0', value),
    format('none returns the %s', kind)) FROM secret;
SELECT is_empty($$SELECT who, name FROM answered WHERE text ~ 'pc1[.]' AND who <> 'platform'$$, 'nor an envelope');
-- The types and views themselves have no place for one.
SELECT is_empty($$SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind IN ('v', 'm', 'c') AND a.atttypid = 'primecloud.sealed'::regtype$$,
    'no view and no composite type has a sealed column');
SELECT is_empty($$SELECT grantee || ' ' || privilege_type || ' ' || table_name FROM information_schema.table_privileges
    WHERE table_schema = 'cloud' AND table_name IN (SELECT table_name FROM primecloud.sealed_column WHERE schema_name = 'cloud')
    AND grantee IN ('PUBLIC', 'tc017_sensitive_data_app', 'tc017_sensitive_data_gateway')$$,
        'no client has a right to a table that holds secrets');

-- 3. The old secret is refused after a rotation.
-- (Whatever server has the row: the secret is compared on this one.)
CREATE FUNCTION works(key uuid, secret text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN CASE WHEN EXISTS (SELECT 1 FROM cloud.access_keys k WHERE k.id = key AND k.status = 'active') THEN act('a_worker',
        format('SELECT primecloud.matches(secret, account_id::text, ''cloud.access_key_secrets.secret'', id::text, %L)::text '
        'FROM (SELECT * FROM cloud.access_key_secrets WHERE id = %L OFFSET 0) AS s', secret, key)) ELSE 'refused' END;
END $$;
SELECT is(works(:'key', value), 'true', 'the secret is the key''s') FROM secret WHERE kind = 'access key';
SELECT is(works(:'key', value || 'x'), 'false', 'another is not') FROM secret WHERE kind = 'access key';
SELECT act('a_dev', format($$SELECT id || ' ' || secret_access_key FROM cloud.rotate_access_key(%L, '0')$$, :'key')) AS rotated \gset
SELECT is(works(:'key', value), 'refused', 'after the rotation the old secret is refused') FROM secret WHERE kind = 'access key';
SELECT is(works(split_part(:'rotated', ' ', 1)::uuid, value), 'false', 'by the new key too') FROM secret WHERE kind = 'access key';
SELECT is(works(split_part(:'rotated', ' ', 1)::uuid, split_part(:'rotated', ' ', 2)), 'true', 'the new one is taken');
SELECT is(act('a_worker', format($$SELECT primecloud.reveal('cloud.access_key_secrets', 'secret', %L::uuid, 'tc017')$$, :'key')), 'P0002',
    'there is nothing left of it to reveal');
SELECT is(act('a_admin', $$SELECT cloud.set_smtp('mail.tc017.example', 'mailer', 'mail-password-new', 'a@example.com')$$), '',
    'a mail password is changed');
SELECT is(act('a_worker', $$SELECT primecloud.reveal('cloud.account_smtp_secrets', 'password', primecloud.tenant_uuid(), 'tc017')$$),
    'mail-password-new', 'and the old one is gone');
SELECT is_empty(format('SELECT t FROM spelled(%L) AS s, tables_with(s) AS t', v), 'nothing of the new ones is in the clear')
    FROM unnest(ARRAY['mail-password-new', split_part(:'rotated', ' ', 2)]) AS v;
SELECT finish();
