-- What retention does and has done, each role of the tables that it could expire.

-- By the catalog alone, so that no name of somebody else's raises anything here.
CREATE FUNCTION may_expire(schema_name text, table_name text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce((SELECT pg_has_role(c.relowner, 'USAGE')
            OR has_table_privilege(c.oid, 'SELECT') AND (has_table_privilege(c.oid, 'DELETE') OR has_any_column_privilege(c.oid, 'UPDATE'))
               AND (SELECT r.rolbypassrls FROM pg_roles r WHERE r.rolname = current_user)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = schema_name AND c.relname = table_name),
        (SELECT r.rolsuper OR r.rolbypassrls FROM pg_roles r WHERE r.rolname = current_user))
$$;
COMMENT ON FUNCTION may_expire(text, text)
    IS 'whether the current role owns a table or may expire its rows; of one that is gone, whether it passes row security';

CREATE VIEW retention_status WITH (security_barrier) AS
SELECT s.schema_name, s.table_name, s.mode, s.keep, primecloud_internal.column_said(s.relation, s.time_column) AS time_column,
       s.may_run, s.tenants_excepted, s.holds,
       last.updated_at AS last_run, last.state AS last_state, last.last_error, last.last_message, s.watermark,
       -- What is due since the last run that finished is still there, and what that left.  (Older than years are counted is as old.)
       CASE WHEN s.may_run AND isfinite(s.cutoff) THEN greatest(interval '0', s.cutoff - greatest(s.since,
           timestamp '4714-11-24 BC' AT TIME ZONE 'UTC')) END AS behind,
       last.rows_held, last.rows_locked, last.rows_vetoed, last.rows_failed AS rows_undeletable, s.oldest_undeletable,
           s.partitions_undeletable,
       nullif(concat_ws('; ', CASE WHEN NOT s.may_run THEN 'the table is gone: unretain it, or register the one that took its place' END,
           (SELECT format('its table has no column "%s" any more', primecloud_internal.column_said(s.relation, n.col))
            FROM pg_catalog.unnest(ARRAY[s.time_column, s.tenant_column, s.id_column, s.hold_column, s.soft_delete_column]) AS n(col)
            WHERE n.col IS NOT NULL AND s.relation IS NOT NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
                WHERE a.attrelid = s.relation AND a.attname = n.col AND a.attnum > 0 AND NOT a.attisdropped) LIMIT 1),
           CASE WHEN s.archive_table IS NOT NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n
                   ON n.oid = c.relnamespace WHERE n.nspname = s.archive_schema AND c.relname = s.archive_table)
               THEN format('its archive %I.%I is gone: retain() again with another', s.archive_schema, s.archive_table) END,
           'this role may not use the schema: ' || primecloud_internal.retention_grant((SELECT r.oid FROM pg_catalog.pg_roles r
               WHERE r.rolname = current_user), s.relation),
           CASE WHEN last.state = 'running' AND last.updated_at < now() - interval '1 minute' AND NOT pg_catalog.pg_is_in_recovery()
               AND NOT primecloud_internal.retention_is_claimed('primecloud_internal.retention_policy', s.id)
               THEN format('the last run was interrupted at %s: the next call goes on with it', last.updated_at) END,
           CASE WHEN last.state = 'failed' THEN format('the last run failed: %s', concat_ws(' ', last.last_error, last.last_message)) END,
           CASE WHEN last.state = 'paused' AND last.last_message IS NOT NULL
               THEN format('the last run was held up at %s: %s', last.updated_at, last.last_message) END,
           CASE WHEN s.parts_left > 0 THEN format('due rows stay in %s partitions (the first is %s): mode %s takes whole ones that are '
               'over, and none with a row that is not due', s.parts_left, s.first_left, s.mode) END,
           CASE WHEN last.rows_failed > 0 THEN format('%s rows cannot go', last.rows_failed) END,
           CASE WHEN s.partitions_undeletable > 0 THEN format('%s partitions cannot go', s.partitions_undeletable) END,
           CASE WHEN last.rows_vetoed > 0 THEN format('%s rows are kept by a trigger', last.rows_vetoed) END), '') AS attention
FROM (SELECT m.*, primecloud.retention_cutoff(now(), m.keep) AS cutoff, coalesce(m.watermark,
    primecloud.retention_cutoff(m.registered_at, m.keep)) AS since
FROM (SELECT p.*, done.watermark, done.parts_left, done.first_left,
             t.oid IS NOT NULL AS may_run, t.oid AS relation,
             (SELECT count(*) FROM primecloud_internal.retention_override o WHERE o.schema_name = p.schema_name
                 AND o.table_name = p.table_name) AS tenants_excepted,
             (SELECT count(*) FROM primecloud_internal.open_hold h WHERE h.schema_name = p.schema_name
                 AND h.table_name = p.table_name) AS holds,
             (SELECT min(b.oldest) FROM primecloud_internal.retention_problem b WHERE b.schema_name = p.schema_name
                 AND b.table_name = p.table_name) AS oldest_undeletable,
             (SELECT count(*) FROM primecloud_internal.retention_problem b WHERE b.schema_name = p.schema_name
                 AND b.table_name = p.table_name AND b.partition_name <> ''
                AND b.run = (SELECT max(r.id) FROM primecloud_internal.retention_run r WHERE r.schema_name = p.schema_name
                    AND r.table_name = p.table_name)) AS partitions_undeletable
      FROM primecloud_internal.retention_policy p LEFT JOIN LATERAL (
          SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          WHERE n.nspname = p.schema_name AND c.relname = p.table_name) AS t ON true
      -- Everything older than the watermark has gone, but for what is held, locked, vetoed or undeletable.
      LEFT JOIN LATERAL (
          SELECT least(primecloud.retention_cutoff(r.at, p.keep), r.left_since) AS watermark, r.parts_left, r.first_left
          FROM primecloud_internal.retention_run r WHERE r.schema_name = p.schema_name AND r.table_name = p.table_name
              AND r.state = 'finished' AND r.policy_version = p.version ORDER BY r.id DESC LIMIT 1) AS done ON true
      WHERE primecloud.may_expire(p.schema_name, p.table_name) OFFSET 0) m) s
LEFT JOIN LATERAL (
    SELECT * FROM primecloud_internal.retention_run r WHERE r.schema_name = s.schema_name AND r.table_name = s.table_name
        ORDER BY r.id DESC LIMIT 1) last ON true;
COMMENT ON VIEW retention_status
    IS 'each policy: its last run, how far it is behind, what is held and what cannot go, and whether it wants attention';

CREATE VIEW retention_holds WITH (security_barrier) AS
SELECT h.id, h.schema_name, h.table_name, h.tenant, h.row_id, h.reason, h.placed_by, h.placed_at, h.released_by, h.released_at,
    h.release_reason, h.owner_name, h.column_name, h.gone_at
FROM primecloud_internal.retention_hold h WHERE CASE WHEN h.gone_at IS NULL THEN primecloud.may_expire(h.schema_name,
    h.table_name) ELSE (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user) END;
COMMENT ON VIEW retention_holds IS 'what is held and was held: by whom, why, and who let it go';

CREATE VIEW retention_audit WITH (security_barrier) AS
SELECT l.* FROM primecloud_internal.retention_log l WHERE CASE WHEN l.gone_at IS NULL THEN primecloud.may_expire(l.schema_name,
    l.table_name) ELSE (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user) END;
COMMENT ON VIEW retention_audit
    IS 'one row for each batch: how many rows went, of when, of which tenants, under which cut-off; a whole partition with the count '
        'that ANALYZE last made';

CREATE VIEW retention_problems WITH (security_barrier) AS
SELECT p.* FROM primecloud_internal.retention_problem p WHERE primecloud.may_expire(p.schema_name, p.table_name);
COMMENT ON VIEW retention_problems IS 'rows and partitions that are due and cannot go, by error and constraint';

GRANT SELECT ON retention_status, retention_holds, retention_audit, retention_problems TO PUBLIC;
