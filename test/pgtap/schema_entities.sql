-- What belongs to an entity stands in its files and nowhere else: its tables with all
-- that hangs on them, its reads, its commands, and who may do what with each.
SET client_min_messages = warning;
SELECT no_plan();
SELECT primecloud.create_schema('cloud', register => false) > 0 AS made;
CREATE TEMP TABLE made AS SELECT * FROM primecloud_internal.schema_statements();
SELECT cmp_ok((SELECT count(DISTINCT entity) FROM made), '>', 20::bigint, 'there are entities');
SELECT set_eq('SELECT DISTINCT kind FROM made', ARRAY['table', 'index', 'type', 'view', 'function', 'policy', 'rows', 'protection',
    'comment', 'distributed function', 'distributed view', 'distributed key', 'distributed condition', 'distributed local',
    'distributed claim'], 'and statements of each kind');
SELECT is_empty($$SELECT d.name FROM made d WHERE d.kind IN ('distributed function', 'distributed view') AND NOT EXISTS (SELECT FROM made s
    WHERE 'distributed ' || s.kind = d.kind AND s.name = d.name AND s.position < d.position)$$,
    'what is another where tables are distributed stands behind what it is elsewhere');
SELECT is((SELECT count(*) FROM primecloud_internal.schema_source('primecloud_internal', true) s
    JOIN primecloud_internal.schema_source('primecloud_internal', false) o USING (position) WHERE s.statement <> o.statement),
    (SELECT count(*) FROM made WHERE kind IN ('distributed function', 'distributed view')), 'and takes its place');

-- each object of the schema is made by one statement, and each statement makes one
CREATE TEMP VIEW objects AS
    SELECT CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'c' THEN 'type' END AS kind, c.relname::text AS name, c.oid
        FROM pg_class c
    WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind IN ('r', 'v', 'c') AND c.relname NOT IN ('schema_version', 'schema_parts')
    UNION ALL SELECT 'function', p.proname, p.oid FROM pg_proc p WHERE p.pronamespace = 'cloud'::regnamespace
    UNION ALL SELECT 'index', c.relname, c.oid FROM pg_class c WHERE c.relnamespace = 'cloud'::regnamespace AND c.relkind = 'i'
        AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid);
SELECT is_empty($$(SELECT kind, name FROM objects EXCEPT SELECT kind, name FROM made)
    UNION ALL (SELECT kind, name FROM made WHERE kind IN ('table', 'view', 'type', 'function', 'index') EXCEPT SELECT kind, name
    FROM objects)$$,
    'what is made is what the files say');
SELECT is_empty($$SELECT kind, name FROM made WHERE kind NOT IN ('comment', 'protection', 'rows') GROUP BY 1, 2 HAVING count(*) > 1$$,
    'each once');

-- a table's file has its indexes, its protection, its rows, its columns' comments, and the grants on it
CREATE TEMP VIEW homes AS SELECT kind, name, entity, file FROM made WHERE kind IN ('table', 'view', 'type', 'function');
SELECT is_empty($$SELECT m.name, m.entity, m.file FROM made m JOIN pg_class i ON i.relname = m.name
    AND i.relnamespace = 'cloud'::regnamespace JOIN pg_index x ON x.indexrelid = i.oid
    JOIN homes h ON h.kind = 'table' AND h.name = (SELECT relname FROM pg_class WHERE oid = x.indrelid) WHERE m.kind = 'index'
        AND (m.entity, m.file) <> (h.entity, h.file)$$, 'an index stands with its table');
SELECT is_empty($$SELECT m.name, m.entity, m.file FROM made m WHERE m.kind IN ('protection', 'rows')
    AND NOT EXISTS (SELECT FROM homes h WHERE h.kind = 'table' AND h.name = m.name AND (h.entity, h.file) = (m.entity, m.file))$$,
        'so do its protection and its rows');
SELECT is_empty($$SELECT m.name, m.entity FROM made m WHERE m.kind = 'policy' AND NOT EXISTS (SELECT FROM homes h WHERE h.kind = 'table'
    AND h.name = split_part(m.name, '.', 1) AND h.entity = m.entity)$$,
    'a policy that calls functions is of its table''s entity');
SELECT is_empty($$SELECT m.name, m.entity, m.file FROM made m WHERE m.kind = 'comment'
    AND NOT EXISTS (SELECT FROM homes h WHERE h.name = split_part(split_part(m.name, ' ', 2), '.', 1)
        AND (h.entity, h.file) = (m.entity, m.file))$$, 'a comment stands with what it describes');
SELECT is_empty($$SELECT t.name FROM objects t WHERE t.kind = 'table' AND NOT EXISTS (SELECT FROM made p WHERE p.kind = 'protection'
    AND p.name = t.name)
    AND t.name NOT IN ('schema_roles', 'users', 'retention_periods', 'invoice_counters', 'limits')$$,
        'each table of accounts is protected where it is made');

-- each entity has its tables, by name, and of functions those that write them, or return or read them first; what no
-- table of its own places is named behind them
CREATE TEMP TABLE entities (entity text PRIMARY KEY, tables text, besides text);
INSERT INTO entities VALUES
    ('access_keys', 'access_key_secrets access_keys', 'key_policy'),
    ('accounts', 'account_billing accounts', 'my_accounts'),
    ('audit', 'audit_log', ''),
    ('buckets', 'bucket_permissions buckets lifecycle_rules', ''),
    ('customers', 'customers', ''),
    ('demo', '', 'load_demo load_demo_orders'),
    ('domains', 'account_domain_tokens', 'confirm_domain resolve_domain'),
    ('invitations', 'invitation_tokens invitations', 'may_invite'),
    ('invoices', 'invoice_counters invoice_lines invoices', 'invoice_candidates usage_cents'),
    ('limits', 'account_counters limits', 'check_owned stored_text'),
    ('mail', 'account_smtp account_smtp_secrets', 'is_public_host mail_recipients mail_sender'),
    ('maintenance', 'retention_periods', 'is_held maintain_access maintain_invoices maintain_retention maintain_subscriptions '
        'open_holds'),
    ('members', 'account_members account_owners', 'check_rank left_behind members_with_buckets_page members_with_buckets_page_before'),
    ('notifications', 'notification_marks notification_types notifications', ''),
    ('orders', 'order_internal_notes order_transitions orders', ''),
    ('outbox', 'outbox', 'key_order lease_end order_ends order_gives order_reference order_settles wanted_order'),
    ('platform', '', 'platform_dashboard'),
    ('products', 'price_changes prices products', ''),
    ('quotas', 'quota_requests', 'quota_level tell_quota'),
    ('sftp', 'sftp_credentials sftp_secrets', 'folder_prefix sftp_order'),
    ('shared', 'account_locks claims schema_roles', 'check_text claim_value command_account entered_person let_go list_cursor '
        'lock_account person platform_account refuse_missing require_platform require_worker take_account take_row tell_sessions'),
    ('sharing', 'object_share_openings object_share_tokens object_shares object_tags', 'may_share reach_bucket'),
    ('subscriptions', 'account_subscriptions', ''),
    ('usage', 'usage_daily usage_hourly usage_records', ''),
    ('users', 'users', ''),
    ('vps', 'vps_configs vps_secrets', '');
SELECT set_eq($$SELECT entity, name FROM homes WHERE kind = 'table'$$,
    $$SELECT entity, string_to_table(tables, ' ') FROM entities WHERE tables <> ''$$, 'each table is in the files of its entity');
CREATE TEMP VIEW placed AS
    SELECT f.name, f.entity, f.file, e.besides,
        ARRAY(SELECT DISTINCT h.entity FROM regexp_matches(f.statement, '(?:INSERT INTO|UPDATE|DELETE FROM) @schema@\.(\w+)', 'g') AS m
              JOIN homes h ON h.kind = 'table' AND h.name = m[1] AND h.name <> 'audit_log') AS writes,
        ARRAY(SELECT h.entity FROM regexp_match(f.statement, '(?:RETURNS SETOF|RETURNS|FROM) @schema@\.(\w+)') AS m
              JOIN homes h ON h.name = m[1]) AS reads,
        ARRAY(SELECT DISTINCT h.entity FROM regexp_matches(f.statement, '@schema@\.(\w+)', 'g') AS m
              JOIN homes h ON h.name = m[1] AND h.name <> f.name AND h.entity <> 'shared') AS names
    FROM made f JOIN entities e USING (entity) WHERE f.kind = 'function';
CREATE TEMP VIEW strangers AS SELECT * FROM (
    SELECT *, CASE WHEN writes <> '{}' THEN writes WHEN reads <> '{}' THEN reads ELSE names END AS belongs
    FROM placed) p WHERE NOT entity = ANY (belongs);
SELECT is_empty($$SELECT name, entity, file, belongs FROM strangers WHERE NOT name = ANY (string_to_array(besides, ' '))$$,
    'each read and command is in the files of the entity that it reads or writes');
SELECT is_empty($$SELECT entity, string_to_table(besides, ' ') FROM entities WHERE besides <> ''
    EXCEPT SELECT entity, name FROM strangers$$,
    'what is named besides is there, and could not be placed otherwise');
SELECT is_empty('SELECT entity FROM made EXCEPT SELECT entity FROM entities', 'there are no other entities');

-- who may call a function stands beside it; who may read a table, behind it
SELECT is_empty($$SELECT g.access, g.object, g.entity, g.file FROM primecloud_internal.schema_grants() g
    WHERE NOT EXISTS (SELECT FROM homes h WHERE h.name = g.object AND (h.entity, h.file) = (g.entity, g.file)
        AND (h.kind = 'function') = (g.privilege IN ('EXECUTE', 'OWNER')))$$, 'a grant stands in the file of its object');
SELECT is_empty($$SELECT access, privilege, object FROM primecloud_internal.schema_grants() GROUP BY 1, 2, 3 HAVING count(*) > 1$$,
    'none twice');
-- what nobody is let to call is called by the schema's own functions
SELECT is_empty($$SELECT f.name FROM objects f WHERE f.kind = 'function' AND NOT EXISTS (SELECT FROM primecloud_internal.schema_grants() g
    WHERE g.object = f.name)
    AND NOT EXISTS (SELECT FROM made m WHERE m.kind IN ('function', 'policy', 'table') AND m.name <> f.name
        AND m.statement ~ ('@schema@\.' || f.name || '\('))
    AND f.name <> 'load_demo'$$, 'a function that nobody calls is none');

-- both ways of a list are one template's: named together in one line
SELECT is_empty($$SELECT f.name FROM made f WHERE f.kind = 'function' AND f.name ~ '_page(_by_[a-z]+)?$' AND f.name !~ '^platform_'
    AND NOT EXISTS (SELECT FROM made b WHERE b.kind = 'function' AND b.name = f.name || '_before'
        AND (b.entity, b.file) = (f.entity, f.file))$$, 'each list has its way back beside it');
SELECT finish();
