-- Every column of every relation that any role of the control plane can read, and
-- every read it can call: no secret, no hash of one and no token comes out, looked
-- for by value.
\set test schema_reach
\ir ../fixtures/control_plane.sql
SELECT no_plan();
-- one of each: what was told once, and what is kept of it
SELECT act('a_owner', 'SELECT cloud.create_bucket(''assets'')') AS bucket \gset
SELECT act('a_owner', 'SELECT secret_access_key FROM cloud.create_access_key(''k'')') AS s1,
    act('a_owner', 'SELECT password FROM cloud.create_sftp_credential(''login'')') AS s2,
       act('a_owner', 'SELECT token FROM cloud.invite(''x@example.com'')') AS s3,
           act('a_owner', format('SELECT token FROM cloud.share_object(%L, ''o'')', :'bucket')) AS s4,
       split_part(act('a_owner', 'SELECT cloud.set_domain(''a.example.com'')'), '=', 2) AS s5,
           act('a_owner', 'SELECT cloud.set_smtp(''m.example.com'', ''u'', ''correct horse'', ''f@example.com'')') AS s6,
       act('a_owner', 'SELECT cloud.place_vps_order(''debian-12'', ''sp'', 1, 1, 25)') AS machine \gset
SELECT act('a_platform', format('SELECT cloud.set_vps_credentials(%L, ''h'', ''10.0.0.1'', ''root:hunter2'')', :'machine')),
    act('a_platform', format('SELECT cloud.note_order(%L, ''difficult customer'')', :'machine'));
CREATE TABLE needles (what text, value text);
INSERT INTO needles VALUES ('an access key''s secret', :'s1'), ('an SFTP password', :'s2'), ('an invitation''s token', :'s3'),
    ('a link''s token', :'s4'), ('a domain''s proof', :'s5'), ('a mail password', 'correct horse'), ('a machine''s login', 'hunter2');
-- and whatever stands in a column of those classes, in either way that bytes are written
CREATE PROCEDURE gather() LANGUAGE plpgsql AS $$
DECLARE
    hidden record;
BEGIN
    FOR hidden IN SELECT c.oid::regclass AS rel, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
                  WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind = 'r' AND col_description(c.oid, a.attnum) ~ '^@(secret|token)'
                      LOOP
        EXECUTE format('INSERT INTO needles SELECT %L, ltrim(%I::text, ''\x'') FROM %s', hidden.rel || '.' || hidden.attname,
            hidden.attname, hidden.rel);
    END LOOP;
END $$;
CALL gather();
SELECT is_empty($$SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind = 'r'
    AND col_description(c.oid, a.attnum) ~ '^@(secret|token)' AND 'cloud.' || c.relname || '.'
        || a.attname NOT IN (SELECT what FROM needles)$$, 'a value of each secret column');
SELECT cmp_ok((SELECT min(length(value)) FROM needles), '>=', 7, 'each long enough to be looked for');

-- What a person can read: every readable column of every relation, and every stable function with a call for it.
CREATE TABLE calls (name text PRIMARY KEY, call text);
INSERT INTO calls VALUES ('order_with_details', format('order_with_details(%L)', :'machine')),
    ('order_cursor', format('order_cursor(%L)', :'machine')), ('bucket_lifecycle', format('bucket_lifecycle(%L)', :'bucket')),
    ('object_shares_page', format('object_shares_page(%L)', :'bucket')), ('may_read_bucket', format('may_read_bucket(%L)', :'bucket')),
        ('orders_page_by_status', 'orders_page_by_status(''pending'')'),
    ('audit_page_by_action', 'audit_page_by_action(''set_smtp'')'),
        ('audit_page_by_user', 'audit_page_by_user(''00000000-0000-7000-8000-0000000000a1'')'),
        ('invoices_page_by_status', 'invoices_page_by_status(''pending'')'),
    ('invoice_with_lines', 'invoice_with_lines(gen_random_uuid())'), ('orders_page_before', 'orders_page_before(NULL)'),
        ('resolve_domain', 'resolve_domain(''a.example.com'')');
INSERT INTO calls SELECT p.proname,
    format('%s(%s)', p.proname, (SELECT string_agg(CASE WHEN p.proargnames[n] = 'before_cursor' THEN 'NULL'
    WHEN p.proargnames[n] = 'page_size' THEN '50' WHEN p.proargnames[n] = 'bucket' OR p.proargnames[n] = 'id' THEN quote_literal(:'bucket')
    WHEN p.proargnames[n] = 'wanted_action' THEN '''set_smtp''' WHEN p.proargnames[n] = 'list' THEN '''buckets_page'''
        WHEN p.proargnames[n] = 'filter' THEN 'NULL' ELSE '''00000000-0000-7000-8000-0000000000a1''' END, ', ' ORDER BY n)
        FROM generate_series(1, p.pronargs) n))
FROM pg_proc p WHERE p.pronamespace = 'cloud'::regnamespace AND (p.proname LIKE '%\_before' OR p.proname = 'list_cursor')
    ON CONFLICT DO NOTHING;
INSERT INTO calls SELECT DISTINCT p.proname, p.proname || '()' FROM pg_proc p WHERE p.pronamespace = 'cloud'::regnamespace
    AND p.provolatile = 's' AND p.pronargs = p.pronargdefaults
    AND (has_function_privilege(:'app', p.oid, 'EXECUTE') OR has_function_privilege(:'platform', p.oid, 'EXECUTE')) ON CONFLICT DO NOTHING;
SELECT is_empty(format($$SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'cloud'::regnamespace AND p.provolatile = 's'
    AND p.prokind = 'f'
    AND (has_function_privilege(%L, p.oid, 'EXECUTE') OR has_function_privilege(%L, p.oid, 'EXECUTE'))
        AND p.proname NOT IN (SELECT name FROM calls)$$, :'app', :'platform'), 'every read is called');
CREATE TABLE doors AS
SELECT w.who, c.oid::regclass::text AS door, format('SELECT json_agg(row_to_json(x)) FROM (SELECT %s FROM %s) x',
    string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum), c.oid::regclass) AS query
FROM (VALUES ('a_owner', :'app'::name), ('a_ext', :'app'), ('a_platform', :'platform')) AS w(who, role), pg_class c JOIN pg_attribute a
    ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind IN ('r', 'v') AND has_column_privilege(w.role, c.oid, a.attnum, 'SELECT')
    GROUP BY w.who, c.oid;
INSERT INTO doors SELECT who, name, format('SELECT json_agg(to_json(x)) FROM cloud.%s x', call) FROM calls,
    unnest(ARRAY['a_owner', 'a_ext', 'a_platform']) AS who;
INSERT INTO doors SELECT who, name || ', camel case', format('SELECT json_agg(primecloud.to_camel_json(x)) FROM cloud.%s x', call)
    FROM calls, unnest(ARRAY['a_owner', 'a_platform']) AS who
WHERE EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = 'cloud'::regnamespace AND p.proname = name AND p.proretset);
CREATE TABLE answers AS SELECT *, act(who, query) AS answer FROM doors;
SELECT is_empty($$SELECT a.who, a.door, n.what FROM answers a JOIN needles n ON strpos(a.answer, n.value) > 0
    WHERE NOT (a.who = 'a_platform' AND n.what = 'cloud.order_internal_notes.note')$$, 'nothing secret comes out of any door');
SELECT is_empty($$SELECT who, door, answer FROM answers WHERE answer ~ '^[0-9A-Z]{5}$'
    AND NOT (answer = '42501' AND who = 'a_platform' AND door NOT LIKE 'platform%')
    AND NOT (door LIKE 'platform%' OR door LIKE 'dead_orders%' )
    AND NOT (door IN ('order_cursor', 'list_cursor') AND who = 'a_ext')$$, 'every door opens');
SELECT isnt_empty($$SELECT FROM answers WHERE strpos(answer, 'm.example.com') > 0$$, '(the search finds what is there)');
SELECT isnt_empty($$SELECT FROM answers WHERE who = 'a_platform' AND door LIKE 'platform_accounts%' AND strpos(answer, 'account-a') > 0$$,
    '(and what the platform reads)');
-- by grant: no role but the gate's has a secret column, the platform one kind of remark
SELECT set_eq(format($$SELECT r.access, c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    AND a.attnum > 0, (VALUES ('app', %L), ('platform', %L), ('gateway', %L), ('maintenance', %L), ('worker', %L)) AS r(access, role)
    WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind = 'r' AND col_description(c.oid, a.attnum) ~ '^@(secret|token)'
        AND has_column_privilege(r.role, c.oid, a.attnum, 'SELECT')$$,
    :'app', :'platform', :'gateway', :'maintenance', :'worker'),
    $$VALUES ('platform', 'order_internal_notes.note')$$, 'who may read a secret column');
SELECT finish();
