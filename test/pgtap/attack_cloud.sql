-- The control plane's commands, which run as the schema's owner: ids of another account's, and
-- objects planted where they might be looked up.
\set test attack_cloud
\ir ../fixtures/control_plane.sql
\ir support/plants.sql
SELECT no_plan();
\o /dev/null
-- Both accounts have some of everything; a marker stands in what b wrote.
CREATE FUNCTION fill(who text, mark text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    bucket text;
    account uuid := (SELECT account_id FROM people p WHERE p.who = fill.who);
BEGIN
    bucket := act(who, format('SELECT cloud.create_bucket(%L)', mark || '-bucket'));
    PERFORM act(who, format('SELECT access_key_id FROM cloud.create_access_key(%L)', mark || ' key')),
        act(who, format('SELECT id FROM cloud.create_sftp_credential(%L)', mark || '_sftp')),
            act(who, $c$SELECT cloud.place_order('00000000-0000-7000-8000-000000000001')$c$),
                act(who, $c$SELECT cloud.place_vps_order('debian-12', 'sp', 1, 1, 25)$c$),
            act(who, $c$SELECT cloud.subscribe('00000000-0000-7000-8000-000000000001')$c$),
                act(who, format('SELECT id FROM cloud.invite(%L)', mark || '-guest@example.com')),
            act(who, format('SELECT cloud.notify(''welcome'', %L)', mark || ' notice')),
                act(who, format('SELECT cloud.request_quota(1000, %L)', mark || ' wants more')),
            act(who, format('SELECT cloud.set_smtp(''mail.example.com'', %L, ''password'', ''a@example.com'')', mark)),
                act(who, format('SELECT cloud.set_domain(%L)', mark || '.example.org')),
            act(who, format('SELECT cloud.tag_object(%L, ''report.pdf'', %L)', bucket, mark)),
                act(who, format('SELECT id FROM cloud.share_object(%L, ''report.pdf'')', bucket));
END $$;
SELECT fill('a_owner', 'own'), fill('b_owner', 'hidden');
-- Every row of an account, whatever table it is in, and the ids that stand in them.
CREATE VIEW tenant_tables AS
SELECT c.oid::regclass AS rel, CASE WHEN c.relname = 'accounts' THEN 'id' ELSE 'account_id' END AS tenant FROM pg_class c
WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind = 'r'
    AND (c.relname = 'accounts' OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'account_id'
    AND NOT attisdropped));
CREATE FUNCTION rows_of(account text) RETURNS TABLE (rel text, held jsonb) LANGUAGE plpgsql AS $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT * FROM tenant_tables LOOP
        RETURN QUERY EXECUTE format('SELECT %L, to_jsonb(x) FROM %s x WHERE %I = %L', t.rel, t.rel, t.tenant, account);
    END LOOP;
END $$;
\set a '00000000-0000-7000-8000-00000000000a'
\set b '00000000-0000-7000-8000-00000000000b'
CREATE TABLE before_b AS SELECT * FROM rows_of(:'b');
-- What is b's alone: ids that a has nowhere, and the mark.
CREATE TABLE ids_of_b AS
SELECT DISTINCT v.value #>> '{}' AS id FROM before_b, jsonb_each(held) AS v WHERE v.value #>> '{}' ~ '^[0-9a-f]{8}-[0-9a-f]{4}-7'
EXCEPT SELECT v.value #>> '{}' FROM rows_of(:'a'), jsonb_each(held) AS v;
\o
SELECT cmp_ok((SELECT count(DISTINCT rel) FROM before_b), '>=', 12::bigint, 'account b has rows in a dozen tables');
SELECT cmp_ok((SELECT count(*) FROM ids_of_b), '>=', 12::bigint, 'and ids');
-- A command as a careless person writes it answers for any id.
CREATE FUNCTION careless(id uuid) RETURNS text LANGUAGE sql SECURITY DEFINER AS $$ SELECT b.name FROM cloud.buckets b WHERE b.id = $1 $$;
SELECT matches(act('a_owner', format('SELECT careless(%L)', b.id)), 'hidden', 'a careless command shows another account''s bucket')
    FROM cloud.buckets b WHERE account_id = :'b';

-- Every command that takes an id, with every id of b's in every place, by a's owner and by
-- somebody who is in no account.
CREATE TABLE answers AS
WITH commands AS (
    SELECT p.oid, p.proname, p.proargnames, p.pronargs, array_agg(t::regtype::text ORDER BY n) AS types
    FROM pg_proc p, unnest(p.proargtypes) WITH ORDINALITY AS a(t, n)
    WHERE p.pronamespace = 'cloud'::regnamespace AND has_function_privilege(:'app', p.oid, 'EXECUTE') AND p.prokind = 'f' GROUP BY p.oid
    HAVING 'uuid' = ANY (array_agg(t::regtype::text))),
calls AS (
    SELECT c.proname, w.who, i.id, (
        SELECT string_agg(CASE WHEN t = 'uuid' AND (place = 0 OR n = place) THEN quote_literal(i.id)
                               WHEN t = 'uuid' THEN quote_literal('00000000-0000-7000-8000-0000000000a3')
                               WHEN t = 'text' THEN quote_nullable(CASE WHEN c.proargnames[n] ~ 'cursor' THEN NULL
                                   WHEN c.proargnames[n] IN ('role', 'access') THEN 'developer' WHEN c.proargnames[n] ~ 'key'
                                   THEN 'report.pdf' WHEN c.proargnames[n] ~ 'status|state' THEN 'canceled' ELSE 'x' END)
                               WHEN t = 'interval' THEN '''1 hour''' WHEN t = 'boolean' THEN 'true' WHEN t ~ 'timestamp' THEN 'now()'
                                   WHEN t = 'date' THEN 'current_date' WHEN t = 'inet' THEN '''10.0.0.1''' WHEN t ~ 'int' THEN '1'
                                   ELSE 'NULL' END || '::' || t, ', ' ORDER BY n)
        FROM unnest(c.types) WITH ORDINALITY AS u(t, n)) AS arguments
    FROM commands c, ids_of_b i, unnest(ARRAY['a_owner', 'guest']) AS w(who), generate_series(0, 2) AS place
    WHERE (w.who = 'a_owner' OR i.id IN (SELECT id FROM ids_of_b ORDER BY id LIMIT 4))
        AND (place < 2 OR (SELECT count(*) FROM unnest(c.types) AS t WHERE t = 'uuid') > 1))
SELECT DISTINCT ON (proname, who, arguments) proname, who, id, act(who, format('SELECT r::text FROM cloud.%I(%s) AS r', proname, arguments))
    AS answer FROM calls;
SELECT cmp_ok((SELECT count(DISTINCT proname) FROM answers), '>=', 15::bigint, 'fifteen commands take an id');
SELECT is_empty($$SELECT proname, who, answer FROM answers WHERE answer ~ 'hidden'$$, 'none shows what b wrote');
SELECT is_empty($$SELECT proname, who, answer FROM answers a JOIN ids_of_b i ON a.answer LIKE '%' || i.id || '%' WHERE i.id <> a.id$$,
    'nor an id of b''s that it was not given');
SELECT results_eq(format('SELECT rel, held FROM rows_of(%L) ORDER BY rel, held::text', :'b'),
    'SELECT rel, held FROM before_b ORDER BY rel, held::text', 'account b is what it was');
SELECT is_empty(format('SELECT rel, held FROM rows_of(%L) r WHERE EXISTS (SELECT FROM ids_of_b i WHERE r.held::text LIKE ''%%'' || i.id '
    '|| ''%%'')', :'a'), 'and nothing in a points into it');
SELECT isnt_empty($$SELECT FROM answers WHERE who = 'a_owner' AND answer = 'P0002'$$, 'what is another''s is not there');

-- Every table and view, as a's owner.
CREATE FUNCTION seen_by_a(rel regclass, account text) RETURNS text LANGUAGE sql AS $$
    SELECT act('a_owner', format('SELECT count(*) FROM %s WHERE account_id = %L', rel, account)) $$;
CREATE TABLE looked AS
SELECT c.oid::regclass AS rel, seen_by_a(c.oid, :'a') AS own, seen_by_a(c.oid, :'b') AS foreign_rows FROM pg_class c JOIN pg_attribute a
    ON a.attrelid = c.oid AND a.attname = 'account_id'
WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind IN ('r', 'v', 'm') AND has_column_privilege(:'app', c.oid, a.attnum, 'SELECT');
SELECT cmp_ok((SELECT count(*) FROM looked WHERE own NOT IN ('0', '42501')), '>=', 8::bigint,
    'a looks at its own rows in eight tables and views');
SELECT is_empty($$SELECT * FROM looked WHERE foreign_rows NOT IN ('0', '42501')$$, 'and at none of b''s');

-- The same commands with everything shadowed: the attacker's search path, and tables, views and
-- types of the control plane's and the catalog's names in pg_temp.
\o /dev/null
SELECT harness.plant('common'), harness.plant(:'app');
SELECT dblink_exec(connection('act'), s) FROM unnest(ARRAY[
    format('SET ROLE %I', :'app'), 'CREATE TEMP TABLE accounts (id uuid, account_id uuid, status text)',
        'CREATE TEMP TABLE account_members (account_id uuid, user_id uuid, role text)',
    'CREATE TEMP TABLE buckets (id uuid, account_id uuid, name text)', 'CREATE TEMP TABLE products (id uuid, price_cents bigint)',
        'CREATE TEMP TABLE prices (category text, resource text, unit text, price_millicents bigint)',
    'CREATE TEMP TABLE pg_class (oid oid, relname name)', 'CREATE TEMP TABLE outbox (id bigint)',
        'CREATE DOMAIN pg_temp.uuid AS pg_catalog.uuid', 'CREATE DOMAIN pg_temp.text AS pg_catalog.text',
    'RESET ROLE', format('SET search_path = pg_temp, %I, common, public, pg_catalog', :'app')]) AS s;
TRUNCATE harness.loot;
\o
SELECT is(act('a_owner', $$SELECT careless_too(1::bigint)$$), '42883', '(no such function)');
SELECT unalike(act('a_owner', 'SELECT ' || call), '42%', 'shadowed: ' || call) FROM unnest(ARRAY[
    $$cloud.create_bucket('shadowed')$$, $$cloud.place_order('00000000-0000-7000-8000-000000000001'::pg_catalog.uuid)$$,
        $$cloud.place_vps_order('debian-12', 'sp', 1, 1, 25)$$, $$(cloud.create_access_key('shadowed')).access_key_id$$,
    $$(cloud.create_sftp_credential('shadowed')).id$$, $$(cloud.invite('shadowed@example.com')).id$$,
        $$cloud.notify('welcome', 'shadowed')$$, $$cloud.mark_all_read()$$, $$cloud.cancel_subscription()$$,
    $$cloud.request_quota(7)$$, $$cloud.set_domain('shadowed.example.org')$$,
        $$cloud.set_smtp('mail.example.com', 'u', 'p', 'a@example.com')$$, $$cloud.delete_account('not this one')$$]) AS call;
SELECT is(act('a_owner', $$SELECT pg_catalog.array_agg(DISTINCT x.account_id) FROM cloud.buckets x$$), '{' || :'a' || '}',
    'shadowed: reads are as ever');
SELECT is((SELECT count(*) FROM cloud.buckets WHERE name LIKE '%shadowed%' AND account_id = :'a'), 1::bigint,
    'what was written went where it belongs');
SELECT is_empty(format('SELECT DISTINCT who, what FROM harness.loot WHERE who <> %L', :'app'),
    'and nobody but the attacker ran what was planted');
SELECT results_eq(format('SELECT rel, held FROM rows_of(%L) ORDER BY rel, held::text', :'b'),
    'SELECT rel, held FROM before_b ORDER BY rel, held::text', 'account b is still what it was');
SELECT * FROM finish();
