-- What holds of every table, column and function of the control plane, whatever
-- is added to it: read from the catalog.
\set test schema_gates
\ir ../fixtures/control_plane.sql
SELECT no_plan();
CREATE VIEW tables AS SELECT c.oid, c.relname FROM pg_class c WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind = 'r';
CREATE VIEW columns AS
SELECT t.oid, t.relname, a.attnum, a.attname, a.atttypid, a.attnotnull, a.attgenerated, col_description(t.oid, a.attnum) AS comment
FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped;
CREATE VIEW reachable AS SELECT c.* FROM columns c WHERE has_column_privilege(:'app', c.oid, c.attnum, 'SELECT');
CREATE VIEW keys AS SELECT k.*, t.relname FROM pg_constraint k JOIN tables t ON t.oid = k.conrelid WHERE k.contype = 'f';

-- 1. foreign keys: named, indexed, with an explicit delete action
SELECT is_empty($$SELECT relname, conname FROM keys WHERE conname !~ '_fk$'$$, 'foreign keys are named');
-- An index serves if it begins with the key's columns, in any order, or if it is unique on some of them.
SELECT is_empty($$SELECT relname, conname FROM keys k WHERE NOT EXISTS (
    SELECT FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indisvalid AND i.indpred IS NULL
      AND ((i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey OR (i.indisunique AND i.indkey::int2[] <@ k.conkey)))
    -- partial, WHERE the column IS NOT NULL, which the check of a deleted parent is
    AND conname NOT IN ('access_keys_rotation_fk', 'buckets_customer_fk')$$, 'foreign keys are indexed');
SELECT is_empty($$SELECT conname FROM keys k WHERE conname IN ('access_keys_rotation_fk', 'buckets_customer_fk') AND NOT EXISTS (
    SELECT FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indisvalid AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
        AND pg_get_expr(i.indpred, i.indrelid) ~ '^\(\w+ IS NOT NULL\)$')$$, '(the two that are partial)');
SELECT is_empty($$SELECT relname, conname FROM keys WHERE confdeltype NOT IN ('c', 'r')
    AND conname NOT IN ('account_owners_member_fk', 'access_keys_rotation_fk')$$,
    'foreign keys cascade or restrict; the two that wait are listed');
SELECT is_empty($$SELECT relname, conname FROM keys WHERE confdeltype IN ('n', 'd')$$, 'none sets NULL');
-- 2. every table and column is commented, every column classed
SELECT is_empty($$SELECT relname FROM tables WHERE obj_description(oid, 'pg_class') IS NULL$$, 'tables are commented');
SELECT is_empty($$SELECT relname, attname FROM columns WHERE comment IS NULL
    OR comment !~ '^@(public|pii|token|secret) (@notNull |@omit )*[^@]'$$, 'columns are classed and commented');
SELECT is_empty($$SELECT relname, attname FROM columns WHERE comment LIKE '%@notNull%' AND NOT attnotnull$$, '@notNull is true');
SELECT is_empty($$SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind = 'v'
    AND coalesce(col_description(c.oid, a.attnum), '') !~ '^@public '$$, 'views have commented columns, none of them personal or secret');
SELECT is_empty($$SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'cloud'::regnamespace
    AND obj_description(p.oid, 'pg_proc') IS NULL$$, 'functions are commented');
-- 3. every tenant table is led by its tenant key, protected and forced
SELECT is_empty($$SELECT relname FROM tables t WHERE EXISTS (SELECT FROM columns c WHERE c.oid = t.oid AND attname = 'account_id')
    AND relname NOT IN ('outbox', 'claims')
    AND NOT EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE i.indrelid = t.oid AND i.indisprimary AND a.attname = 'account_id')$$,
    'primary keys are led by the tenant key');
SELECT is_empty($$SELECT t.relname FROM tables t JOIN pg_class c USING (oid) WHERE NOT (c.relrowsecurity AND c.relforcerowsecurity)
    AND EXISTS (SELECT FROM columns x WHERE x.oid = t.oid AND x.attname = 'account_id' OR t.relname = 'accounts')$$,
        'tenant tables are protected, by force');
SELECT is_empty($$SELECT k.relname, k.conname FROM keys k JOIN columns c ON c.oid = k.conrelid AND c.attname = 'account_id' JOIN columns f
    ON f.oid = k.confrelid AND f.attname = 'account_id'
    WHERE c.attnum <> ALL (k.conkey)$$, 'no row can point into another tenant');
-- 4. types that clients read
SELECT is_empty($$SELECT relname, attname, atttypid::regtype FROM reachable WHERE atttypid::regtype NOT IN ('uuid', 'text', 'bigint',
    'integer', 'boolean', 'timestamptz', 'date', 'jsonb', 'inet', 'interval')$$, 'clients read built-in types alone');
-- 5. secrets: in no column that a client role reaches, in no read model
SELECT is_empty($$SELECT relname, attname FROM reachable WHERE comment ~ '^@(secret|token)'$$, 'no secret and no token is reachable');
SELECT is_empty($$SELECT relname, attname FROM columns
    WHERE (atttypid::regtype::text LIKE '%sealed' OR attname ~ '(secret|password|token|hash|credential)') AND comment !~ '^@(secret|token)'
    AND relname NOT IN ('sftp_credentials') AND attname NOT IN ('claim_token')$$, 'what looks like a secret is classed as one');
SELECT isnt_empty($$SELECT relname FROM columns WHERE comment ~ '^@secret'$$, '(there are secrets)');
SELECT is_empty($$SELECT t.typname, a.attname FROM pg_type t JOIN pg_attribute a ON a.attrelid = t.typrelid JOIN pg_class c
    ON c.oid = t.typrelid AND c.relkind = 'c'
    WHERE t.typnamespace = 'cloud'::regnamespace
        AND (a.atttypid::regtype::text LIKE '%sealed' OR a.attname ~ '(secret|password|token|hash)')$$, 'no read model has one');
-- personal data is in no table that an external client can read a row of
SELECT is_empty($$SELECT DISTINCT r.relname FROM reachable r JOIN pg_policy p ON p.polrelid = r.oid AND p.polname = 'primecloud_select'
    WHERE r.comment ~ '^@pii' AND pg_get_expr(p.polqual, p.polrelid) LIKE '%tenant_uuid())'$$,
        'personal data is hidden from external clients');
-- 6. each base column stands in its read model, or here with a reason
CREATE TABLE left_out (type text, base text, attname text, reason text);
INSERT INTO left_out VALUES
    ('order_with_details', 'orders', 'request_id', 'the client''s own mark, of no use to a reader');
SELECT is_empty($$SELECT m.type, c.attname FROM (VALUES ('order_with_details', 'orders'), ('account_with_details', 'accounts'),
    ('subscription_with_product', 'account_subscriptions')) AS m(type, base)
    JOIN columns c ON c.relname = m.base
    WHERE NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = to_regclass('cloud.' || m.type) AND a.attname = c.attname
        AND a.atttypid = c.atttypid)
      AND (m.type, m.base, c.attname) NOT IN (SELECT type, base, attname FROM left_out)$$, 'read models have every column');
-- text that people write ends somewhere: what has no CHECK is written by the schema itself
SELECT set_eq($$SELECT c.relname || '.' || c.attname FROM columns c WHERE c.atttypid IN ('text'::regtype, 'jsonb'::regtype)
    AND c.attgenerated = ''
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('c', 'f') AND c.attnum = ANY (k.conkey))$$,
        ARRAY[
    -- who, taken from the context or the connection
    'access_keys.created_by', 'audit_log.user_id', 'audit_log.role', 'invitations.invited_by', 'object_shares.created_by',
        'orders.placed_by', 'price_changes.changed_by', 'quota_requests.requested_by', 'quota_requests.reviewed_by',
    -- names of the schema's own, and copies of what is checked where it comes from
    'audit_log.resource', 'audit_log.resource_id', 'claims.key', 'claims.value',
        'invoice_counters.issuer', 'invoice_lines.description', 'invoices.billed_name',
        'invoices.billed_tax_id', 'invoices.invoice_number', 'notification_marks.type', 'notification_types.type',
    'notification_types.description', 'order_transitions.from_status', 'order_transitions.to_status', 'price_changes.category',
        'price_changes.resource', 'schema_roles.role_name', 'schema_parts.part', 'schema_version.checksum',
        'schema_version.extension_version', 'schema_version.name',
    -- made by the server, or cut short by the command
    'account_domain_tokens.token', 'outbox.object', 'outbox.claimed_by', 'outbox.last_error'],
        'text that people write has a limit');
-- functions: nobody may call what was not given; definers pin their search path
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'cloud'::regnamespace
    AND has_function_privilege('public', p.oid, 'EXECUTE')$$, 'no function is PUBLIC');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'cloud'::regnamespace AND p.prosecdef
    AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false)$$, 'SECURITY DEFINER pins its search path');
SELECT is_empty(format($$SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'cloud'::regnamespace
    AND has_function_privilege(%L, p.oid, 'EXECUTE') AND NOT p.prosecdef AND p.provolatile = 'v'
    AND p.proname <> 'orders_count'  -- which writes nothing: EXPLAIN asks for it
    $$, :'app'), 'what a client calls and writes is a command');
SELECT is_empty(format($$SELECT t.relname, p.privilege FROM tables t, unnest(ARRAY['INSERT', 'UPDATE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'])
    AS p(privilege) WHERE has_table_privilege(%L, t.oid, p.privilege)$$, :'app'), 'no client role writes a whole table');
SELECT results_eq(format($$SELECT t.relname::text COLLATE "default", string_agg(a.attname::text COLLATE "default", ' '
    ORDER BY a.attname::text COLLATE "C") FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0
    WHERE has_column_privilege(%L, t.oid, a.attnum, 'UPDATE') AND t.relname <> 'customers' GROUP BY 1 ORDER BY 1$$, :'app'),
    $$VALUES ('account_billing', 'billing_day billing_email financial_contact legal_name phone tax_id'),
             ('accounts', 'branding_background_color branding_icon_url branding_logo_url branding_name branding_primary_color '
                 'branding_sidebar_color name'),
             ('notifications', 'read_at')$$, 'the columns that a client may change by itself');
-- the toolkit agrees
SELECT results_eq($$SELECT count(*) FROM tables t, primecloud.protect_table(t.oid::regclass, CASE t.relname WHEN 'accounts' THEN 'id'
    ELSE 'account_id' END, dry_run => true) s
    WHERE s LIKE 'ALTER TABLE%' AND EXISTS (SELECT FROM columns c WHERE c.oid = t.oid AND c.attname = 'account_id')$$, 'VALUES (0::bigint)',
        'protect_table has nothing to alter');
SELECT finish();
