-- Long work and how far it is: expiry and resealing, in one view.

CREATE VIEW job_progress WITH (security_barrier) AS
SELECT 'expire'::text AS job, r.id AS run, r.schema_name, r.table_name, r.state, r.done_by, r.started_at, r.updated_at, r.finished_at, r.at AS run_instant,
       r.position ->> 'leaf' AS partition_name, r.position ->> 'method' AS method,
       CASE WHEN r.position ->> 'method' = 'slices' THEN (r.position ->> 'block')::bigint END AS blocks_done,
       CASE WHEN r.position ->> 'method' = 'slices' THEN (r.position ->> 'end')::bigint END AS blocks_total,
       r.batches, r.rows_expired, r.rows_held, r.rows_locked, r.rows_failed, r.partitions_done, r.last_error,
       NULL::text AS column_name, NULL::bigint AS rows_resealed
FROM primecloud_internal.retention_run r WHERE primecloud.may_expire(r.schema_name, r.table_name)
UNION ALL
SELECT 'reseal', r.id, r.schema_name, r.table_name, r.state, r.done_by, r.started_at, r.updated_at, r.finished_at, NULL,
       r.position ->> 'leaf', CASE r.position ->> 'pass' WHEN '2' THEN 'second pass' ELSE 'first pass' END,
       least((r.position ->> 'block')::bigint, (r.position ->> 'end')::bigint), (r.position ->> 'end')::bigint,
       r.batches, NULL, NULL, r.rows_locked, r.rows_failed, NULL, r.last_error, r.column_name, r.rows_resealed
FROM primecloud_internal.reseal_run r WHERE primecloud_internal.may_reseal(r.schema_name, r.table_name, r.column_name);
COMMENT ON VIEW job_progress IS 'each run of expire() and reseal(): how far it is and what it did';
GRANT SELECT ON job_progress TO PUBLIC;
