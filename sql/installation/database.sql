-- check_installation(): what it says of the database, and of the tables in it.

CREATE FUNCTION primecloud_internal.check_database() RETURNS TABLE (what text, state text, fix text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT 'PUBLIC makes no temporary tables',
        CASE WHEN has_database_privilege('public', current_database(), 'TEMPORARY') THEN 'missing' ELSE 'ok' END,
        format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database())
    UNION ALL
    SELECT format('PUBLIC creates nothing in schema %I', n.nspname),
        CASE WHEN has_schema_privilege('public', n.oid, 'CREATE') THEN 'missing' ELSE 'ok' END,
        format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', n.nspname)
    FROM pg_namespace AS n WHERE n.nspname = 'public' OR has_schema_privilege('public', n.oid, 'CREATE')
    UNION ALL
    SELECT format('event trigger %I is enabled', t.name), CASE WHEN e.evtenabled IN ('O', 'A') THEN 'ok' ELSE 'missing' END,
        CASE WHEN e.evtname IS NULL THEN 'it is gone: DROP EXTENSION primecloud and restore, or create it as the extension''s script does'
             ELSE format('ALTER EVENT TRIGGER %I ENABLE', t.name) END
    FROM (VALUES ('primecloud_guard_changes'), ('primecloud_guard_drops'), ('primecloud_guard_drop'),
                 ('primecloud_guard_schemas'), ('primecloud_guard_schemas_start'), ('primecloud_guard_notes'),
                 ('primecloud_guard_triggers'),
                 ('primecloud_follow_start'), ('primecloud_follow_end'), ('primecloud_follow_drops'), ('primecloud_follow_rewrite'))
        AS t (name)
    LEFT JOIN pg_event_trigger AS e ON e.evtname = t.name AND EXISTS (
        SELECT FROM pg_depend AS d WHERE d.classid = 'pg_event_trigger'::regclass AND d.objid = e.oid AND d.deptype = 'e'
            AND d.refobjid = (SELECT x.oid FROM pg_extension AS x WHERE x.extname = 'primecloud'))
    UNION ALL
    -- It runs with the rights of whoever changes the database: a superuser's too.
    SELECT format('event trigger %I runs a superuser''s function', e.evtname), CASE WHEN r.rolsuper THEN 'ok' ELSE 'missing' END,
        format('ALTER FUNCTION %s OWNER TO a superuser, or DROP EVENT TRIGGER %I', p.oid::regprocedure, e.evtname)
    FROM pg_event_trigger AS e JOIN pg_proc AS p ON p.oid = e.evtfoid JOIN pg_roles AS r ON r.oid = p.proowner
    WHERE NOT starts_with(e.evtname, 'primecloud_guard_') AND NOT starts_with(e.evtname, 'primecloud_follow_')
    UNION ALL
    SELECT 'primecloud.guard is error', CASE WHEN coalesce(current_setting('primecloud.guard', true), 'error') = 'error' THEN 'ok'
        ELSE 'missing' END, 'RESET primecloud.guard where it is set: postgresql.conf, ALTER DATABASE or ALTER ROLE'
    UNION ALL
    SELECT format('server function %s is not everybody''s', f.signature),
        CASE WHEN has_function_privilege('public', f.signature, 'EXECUTE') THEN 'risk' ELSE 'ok' END,
        format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f.signature)
    -- (By name: what they take differs between servers.)
    FROM (SELECT 'pg_catalog.' || p.oid::regprocedure FROM pg_proc AS p WHERE p.pronamespace = 'pg_catalog'::regnamespace
            AND p.proname IN ('pg_terminate_backend', 'pg_cancel_backend', 'lo_create', 'lo_creat', 'lo_from_bytea',
                'pg_logical_emit_message')) AS f (signature)
$$;
COMMENT ON FUNCTION primecloud_internal.check_database() IS 'what check_installation() says of the database';
REVOKE ALL ON FUNCTION primecloud_internal.check_database() FROM PUBLIC;

CREATE FUNCTION primecloud_internal.check_tables() RETURNS TABLE (what text, state text, fix text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH shard AS MATERIALIZED (SELECT s AS oid FROM primecloud_internal.shards_here() AS s),
    protected AS (
        SELECT DISTINCT p.polrelid AS oid FROM pg_policy AS p
        WHERE p.polname IN ('primecloud_floor', 'primecloud_shared', 'primecloud_people')
            AND p.polrelid NOT IN (SELECT s.oid FROM shard AS s)),
    clients AS (SELECT c.oid FROM primecloud_internal.client_roles() AS c)
    SELECT format('%s %s has its object', r.kind, r.object), 'missing', r.problem
    FROM primecloud.registrations AS r WHERE r.state IN ('lost', 'broken')
    UNION ALL
    SELECT format('column %s.%I, which holds envelopes, has a registered label', c.oid::regclass, s.col), 'missing',
        format('SELECT primecloud.seal_column(%L, %L, %s)', c.oid::regclass, s.col, coalesce(
            (SELECT quote_literal(k.label) FROM primecloud_internal.kept_label AS k JOIN pg_namespace AS n ON n.oid = c.relnamespace
             WHERE k.schema_name = n.nspname::text AND k.table_name = c.relname::text AND k.column_name = s.col::text
             ORDER BY k.dropped_at DESC LIMIT 1), '''the label under which they were sealed'''))
    FROM pg_class AS c CROSS JOIN LATERAL primecloud_internal.sealed_columns_of(c.oid) AS s
    WHERE c.oid IN (SELECT a.attrelid FROM pg_attribute AS a WHERE a.atttypid = 'primecloud.sealed'::regtype AND NOT a.attisdropped)
      AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND NOT c.relispartition AND s.state = 'unregistered'
      AND c.oid NOT IN (SELECT x.oid FROM shard AS x)
    UNION ALL
    SELECT format('column %s.%I, which may hold envelopes, can be looked at', c.oid::regclass, s.col), 'risk',
        'ask again when whoever holds the table locked has ended'
    FROM pg_class AS c CROSS JOIN LATERAL primecloud_internal.sealed_columns_of(c.oid) AS s
    WHERE c.oid IN (SELECT a.attrelid FROM pg_attribute AS a WHERE a.atttypid = 'primecloud.sealed'::regtype AND NOT a.attisdropped)
      AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND NOT c.relispartition AND s.state = 'unseen'
      AND c.oid NOT IN (SELECT x.oid FROM shard AS x)
    UNION ALL
    SELECT format('row-level security of %s holds its owner too', c.oid::regclass),
        CASE WHEN c.relrowsecurity AND c.relforcerowsecurity THEN 'ok' ELSE 'missing' END,
        format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', c.oid::regclass)
    FROM pg_class AS c JOIN protected USING (oid) WHERE NOT (c.relrowsecurity AND c.relforcerowsecurity)
    UNION ALL
    SELECT format('table %s, beside protected ones, is protected or kept from applications', c.oid::regclass), 'missing',
        format('SELECT primecloud.protect_table(%L), or primecloud.exempt(%1$L, why), or REVOKE', c.oid::regclass)
    FROM pg_class AS c
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.oid NOT IN (SELECT p.oid FROM protected AS p)
      AND c.oid NOT IN (SELECT s.oid FROM shard AS s)
      AND c.relnamespace IN (SELECT o.relnamespace FROM pg_class AS o JOIN protected USING (oid))
      AND primecloud.exemption_of(c.oid) IS NULL
      AND EXISTS (SELECT FROM clients AS r
                  WHERE has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
                     OR has_any_column_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE'))
    UNION ALL
    SELECT format('protected table %s has policy %s', m.rel, array_to_string(m.policies, ', ')), 'missing',
        format(CASE m.kind WHEN 'shared' THEN 'SELECT primecloud.share_table(%L)' WHEN 'people' THEN 'SELECT primecloud.protect_people(%L)'
            ELSE 'SELECT primecloud.protect_table(%L, its tenant column)' END, m.rel)
    FROM primecloud_internal.missing_policies() AS m
    UNION ALL
    SELECT format('distributed table %s is protected on every server: %s', t, f.claim), 'missing',
        format('SELECT primecloud.distribute_table(%L), as its owner; where shards were not looked at, ask as a role '
            'that the other servers let in', t)
    FROM primecloud_internal.spread_tables() AS t, primecloud_internal.spread_facts(t) AS f WHERE NOT f.holds
    UNION ALL
    -- A restore without comments: what was chosen is read from the policies, what protect_schema() knew is not.
    SELECT format('protected table %s has its note', l), 'missing',
        'SELECT primecloud.protect_schema(...) again, or the helper that protected it: its policies stay as they are'
    FROM primecloud_internal.lost_notes() AS l WHERE primecloud_internal.protection_note(l) = '{}'
    UNION ALL
    SELECT format('table %s, %s, was said something of', u.rel, CASE WHEN starts_with(u.since, 'came after')
            THEN 'made after protect_schema()' ELSE 'beside one whose note is lost' END), 'risk',
        format('SELECT primecloud.protect_schema(...) again, or primecloud.exempt(%L, why)', u.rel)
    FROM primecloud.unprotected_tables() AS u WHERE u.since ~ '^(came after|not known)'
$$;
COMMENT ON FUNCTION primecloud_internal.check_tables()
    IS 'what check_installation() says of tables: those alone where something is missing';
REVOKE ALL ON FUNCTION primecloud_internal.check_tables() FROM PUBLIC;
