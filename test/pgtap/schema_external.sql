-- An external client: exactly the buckets granted, reading or writing as granted,
-- whichever way he goes: rows, counts, cursors, keys, links.
\set test schema_external
\ir ../fixtures/control_plane.sql
SELECT no_plan();
SELECT act('a_dev', $$SELECT cloud.create_bucket('readable')$$) AS r, act('a_dev', $$SELECT cloud.create_bucket('writable')$$) AS w,
       act('a_dev', $$SELECT cloud.create_bucket('both')$$) AS rw, act('a_dev', $$SELECT cloud.create_bucket('hidden')$$) AS hidden \gset
CREATE TABLE named AS SELECT name, id FROM cloud.buckets;
SELECT user_id AS ext FROM people WHERE who = 'a_ext' \gset
SELECT user_id AS dev FROM people WHERE who = 'a_dev' \gset
SELECT act('a_admin', format('SELECT cloud.grant_bucket(%L, %L, %L)', b, :'ext', p))
    FROM (VALUES (:'r', 'read'), (:'w', 'write'), (:'rw', 'read-write')) AS t(b, p);
SELECT act('a_admin', format('SELECT cloud.grant_bucket(%L, %L)', id, :'dev')) FROM named;
-- something of each kind in each bucket, made by others
SELECT act('a_dev', format($$SELECT cloud.add_lifecycle_rule(%L,
    '{"ID":"x","Status":"Enabled","Filter":{"Prefix":"x/"},"Expiration":{"Days":30}}')$$, id)),
       act('a_dev', format($$SELECT cloud.tag_object(%L, 'object', 'tag')$$, id)),
           act('a_dev', format($$SELECT id FROM cloud.share_object(%L, 'object')$$, id)) FROM named;
SELECT act('worker', format($$SELECT
    cloud.record_usage('[{"bucket":"%s","at":"2026-01-01T10:00:00Z","storage_bytes":1000,"object_count":3,"ingress_bytes":10}]')$$,
    physical_name)) FROM cloud.buckets;
SELECT act('a_dev', $$SELECT access_key_id FROM cloud.create_access_key('k')$$),
    act('a_admin', $$SELECT id FROM cloud.create_sftp_credential('login')$$),
       act('a_dev', $$SELECT cloud.place_vps_order('debian-12', 'sp', 1, 1, 25)$$),
           act('a_admin', $$SELECT cloud.subscribe('00000000-0000-7000-8000-000000000001')$$),
       act('a_admin', $$SELECT id FROM cloud.invite('new@example.com')$$),
           act('a_admin', $$SELECT cloud.set_smtp('m.example.com', 'u', NULL, 'f@example.com')$$),
       act('a_admin', $$INSERT INTO cloud.customers (name) VALUES ('Customer')$$),
           act('a_admin', $$SELECT cloud.request_quota(200000000000)$$);

-- rows: of every relation that an application reads
CREATE TABLE reachable AS SELECT c.oid, c.oid::regclass::text AS rel FROM pg_class c WHERE c.relnamespace = 'cloud'::regnamespace
    AND c.relkind IN ('r', 'v')
    AND has_any_column_privilege(:'app', c.oid, 'SELECT');
CREATE TABLE seen AS
SELECT r.rel, b.attname,
    act('a_ext', format('SELECT string_agg(name, '','' ORDER BY name) FROM (SELECT DISTINCT n.name FROM (VALUES %s) AS n(name, id) JOIN %s '
    't ON n.id = t.%I::text) s',
    (SELECT string_agg(format('(%L, %L)', name, id), ',') FROM named), r.rel, b.attname)) AS buckets
FROM reachable r JOIN pg_attribute b ON b.attrelid = r.oid AND (b.attname = 'bucket_id' OR (b.attname = 'id' AND r.rel = 'cloud.buckets'));
SELECT is(buckets, CASE rel WHEN 'cloud.object_tags' THEN 'both,readable' WHEN 'cloud.object_shares' THEN NULL WHEN 'cloud.usage_records'
    THEN NULL WHEN 'cloud.usage_hourly' THEN NULL
    WHEN 'cloud.usage_daily' THEN NULL ELSE 'both,readable,writable' END, 'he sees of ' || rel || ': ' || coalesce(buckets, 'nothing'))
        FROM seen ORDER BY rel;
SELECT cmp_ok((SELECT count(*) FROM seen), '>=', 8::bigint, '(of all that have a bucket)');
SELECT is(act('a_ext', 'SELECT count(DISTINCT user_id) FROM cloud.bucket_permissions'), '1', 'of grants: his own');
-- personal data: no row of any relation that has some, though others see rows of it
SELECT is(act('a_ext', 'SELECT count(*) FROM ' || rel), '0', 'no person''s data: ' || rel) FROM reachable r
WHERE EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = r.oid AND a.attnum > 0 AND col_description(r.oid, a.attnum) LIKE '@pii%')
    ORDER BY rel;
SELECT isnt(act('a_owner', 'SELECT count(*) FROM ' || rel), '0', '(which an owner sees: ' || rel || ')') FROM reachable r
WHERE rel <> 'cloud.invoices' AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = r.oid AND a.attnum > 0
    AND col_description(r.oid, a.attnum) LIKE '@pii%') ORDER BY rel;
SELECT is(act('a_ext', 'SELECT owner IS NULL AND billing IS NULL AND smtp IS NULL AND subscription IS NULL FROM '
    'cloud.account_with_details()'), 'true', 'nor in the account''s details');
SELECT is(act('a_ext', 'SELECT (account).owner IS NULL AND (account).billing IS NULL AND (account).smtp IS NULL FROM cloud.my_accounts()'),
    'true', 'nor in the account switcher');
SELECT is(act('a_ext', $$SELECT to_json(m)::text ~ '@example' FROM cloud.my_accounts() m$$), 'false', 'in which no address stands');
-- counts and cursors
SELECT is(act('a_ext', 'SELECT count(*) FROM cloud.buckets_page()'), '3', 'he counts three buckets');
SELECT is(act('a_ext', 'SELECT orders FROM cloud.orders_count(''' || mode || ''')'), '0', 'no order: ' || mode)
    FROM unnest(ARRAY['capped', 'exact']) AS mode;
SELECT cmp_ok(act('a_ext', 'SELECT orders FROM cloud.orders_count(''estimated'')')::int, '<=', 1,
    'nor does the planner''s estimate tell him of one');
SELECT is(act('a_ext', 'SELECT cloud.unread_count()'), '0', 'nothing unread');
SELECT act('a_dev', 'SELECT cursor FROM cloud.buckets_page() LIMIT 1') AS cursor \gset
SELECT is(act('a_ext', format('SELECT string_agg((item).name, '','') FROM cloud.buckets_page(%L)', :'cursor')), 'both,writable,readable',
    'a member''s cursor, which begins at a bucket hidden from him, leads him to his own');
SELECT is(act('a_ext', format('SELECT cloud.bucket_lifecycle(%L) IS NULL', :'hidden')), 'true', 'no configuration of a hidden bucket');
-- keys
SELECT is(act('a_ext', 'SELECT count(*) FROM cloud.access_keys'), '0', 'he sees no key');
SELECT is(act('a_ext', q), '42501', 'and makes none: ' || q)
    FROM unnest(ARRAY['SELECT id FROM cloud.create_access_key(''k'')', 'SELECT id FROM cloud.create_sftp_credential(''x-login'')',
    'SELECT id FROM cloud.access_keys_page() p, cloud.rotate_access_key((p.item).id) r(id)',
        format('SELECT cloud.grant_bucket(%L, %L)', :'hidden', :'ext')]) AS q WHERE q NOT LIKE '%_page%';
-- writing
SELECT is(act('a_ext', format($$SELECT cloud.tag_object(%L, 'mine', 't')$$, id)), CASE name WHEN 'writable' THEN 'true' WHEN 'both'
    THEN 'true' ELSE 'P0002' END, 'he tags in ' || name) FROM named ORDER BY name;
SELECT is(act('a_ext', format($$SELECT cloud.untag_object(%L, 'mine', 't')$$, id)), CASE name WHEN 'writable' THEN 'true' WHEN 'both'
    THEN 'true' ELSE 'P0002' END, 'he untags in ' || name) FROM named ORDER BY name;
SELECT is(act('a_ext', q), '42501', 'raw SQL: ' || q)
    FROM unnest(ARRAY['UPDATE cloud.buckets SET quota_bytes = 1', 'UPDATE cloud.bucket_permissions SET permission = ''read-write''',
    'DELETE FROM cloud.bucket_permissions',
    format('INSERT INTO cloud.bucket_permissions (bucket_id, user_id, account_id) VALUES (%L, %L, primecloud.tenant_uuid())', :'hidden',
        :'ext'),
    format('INSERT INTO cloud.object_tags (bucket_id, account_id, object_key, tag) VALUES (%L, primecloud.tenant_uuid(), ''k'', ''t'')',
        :'hidden'), 'DELETE FROM cloud.object_tags', 'UPDATE cloud.accounts SET name = ''x''']) AS q
WHERE q NOT LIKE 'UPDATE cloud.accounts%';
SELECT is(act('a_ext', 'UPDATE cloud.accounts SET name = ''x'''), 'UPDATE 0', 'nor does he rename the account');
-- links
CREATE TABLE links AS SELECT name, act('a_ext', format($$SELECT token FROM cloud.share_object(%L, 'report')$$, id)) AS token FROM named;
SELECT is(length(token) > 5, name IN ('both', 'readable'), 'he shares from ' || name || ': ' || (length(token) > 5)) FROM links
    ORDER BY name;
SELECT is(act('a_ext', 'SELECT count(*) FROM cloud.object_shares'), '2', 'he sees his own links');
SELECT is(act('a_ext', format('SELECT count(*) FROM cloud.object_shares_page(%L)', :'r')), '1', 'bucket by bucket');
SELECT is(act('a_ext', format('SELECT cloud.revoke_share(%L)', (SELECT s.id FROM cloud.object_shares s WHERE s.created_by = :'dev'
    LIMIT 1))), 'false', 'and ends no other''s');
SELECT is(act('guest', format('SELECT s.object_key FROM cloud.open_share(%L) s', token)), 'report', 'his link to ' || name || ' opens')
    FROM links WHERE name IN ('both', 'readable') ORDER BY name;
SELECT act('a_admin', format('SELECT cloud.revoke_bucket(%L, %L)', :'r', :'ext'));
SELECT is(act('guest', format('SELECT s.object_key FROM cloud.open_share(%L) s', token)), 'P0002',
    'what is taken from him, his link gives nobody') FROM links WHERE name = 'readable';
SELECT act('a_admin', format('SELECT cloud.grant_bucket(%L, %L, ''write'')', :'rw', :'ext'));
SELECT is(act('guest', format('SELECT s.object_key FROM cloud.open_share(%L) s', token)), 'P0002', 'nor what he may write only') FROM links
    WHERE name = 'both';
SELECT act('a_dev', format($$SELECT token FROM cloud.share_object(%L, 'of a developer')$$, :'hidden')) AS token \gset
SELECT act('a_admin', format('SELECT cloud.revoke_bucket(%L, %L)', id, :'dev')) FROM named;
SELECT is(act('guest', format('SELECT s.object_key FROM cloud.open_share(%L) s', :'token')), 'of a developer',
    'a developer needs no grant');
SELECT act('a_admin', format('SELECT cloud.change_member_role(%L, ''external_client'')', :'dev'));
SELECT is(act('guest', format('SELECT s.object_key FROM cloud.open_share(%L) s', :'token')), 'P0002', 'until he is a developer no longer');
SELECT act('a_admin', format('SELECT cloud.grant_bucket(%L, %L)', :'w', :'dev'));
UPDATE people SET role = 'external_client' WHERE who = 'a_dev';
SELECT act('a_dev', format($$SELECT token FROM cloud.share_object(%L, 'before he left')$$, :'w')) AS token \gset
SELECT is(act('guest', format('SELECT s.object_key FROM cloud.open_share(%L) s', :'token')), 'before he left', 'a link');
SELECT act('a_admin', format('SELECT cloud.remove_member(%L)', :'dev'));
SELECT is(act('guest', format('SELECT s.object_key FROM cloud.open_share(%L) s', :'token')), 'P0002', 'ends when its maker leaves');
SELECT finish();
