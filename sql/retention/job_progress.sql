-- Long work and how far it is: expiry and resealing, in one view.  Each kind of work is
-- a view of its own, since a security barrier does not reach the arms of a UNION ALL.

CREATE VIEW primecloud_internal.expiry_progress WITH (security_barrier) AS
SELECT 'expire'::text AS job, r.id AS run, r.schema_name, r.table_name, r.state, r.done_by, r.started_at, r.updated_at, r.finished_at,
    r.at AS run_instant,
       p.table_name AS partition_name, p.method,
       CASE WHEN p.method = 'slices' THEN p.block END AS blocks_done, CASE WHEN p.method = 'slices' THEN p.end_block END AS blocks_total,
       r.batches, r.rows_expired, r.rows_held, r.rows_locked, r.rows_vetoed, r.rows_failed, r.partitions_done, r.last_error,
       r.runs_folded, r.folded_since, NULL::text AS column_name, NULL::bigint AS rows_resealed
FROM primecloud_internal.retention_run r LEFT JOIN primecloud_internal.retention_position p ON p.run = r.id
    WHERE primecloud.may_expire(r.schema_name, r.table_name);
COMMENT ON VIEW primecloud_internal.expiry_progress IS 'each run of expire(), for job_progress';

CREATE VIEW primecloud_internal.reseal_progress WITH (security_barrier) AS
SELECT 'reseal'::text AS job, r.id AS run, r.schema_name, r.table_name, r.state, r.done_by, r.started_at, r.updated_at, r.finished_at,
    NULL::timestamptz AS run_instant,
       r.position ->> 'leaf' AS partition_name, CASE r.position ->> 'pass' WHEN '2' THEN 'second pass' ELSE 'first pass' END AS method,
       least((r.position ->> 'block')::bigint, (r.position ->> 'end')::bigint) AS blocks_done,
           (r.position ->> 'end')::bigint AS blocks_total,
       r.batches, NULL::bigint AS rows_expired, NULL::bigint AS rows_held, r.rows_locked, NULL::bigint AS rows_vetoed, r.rows_failed,
       NULL::bigint AS partitions_done, r.last_error, NULL::bigint AS runs_folded, NULL::timestamptz AS folded_since, r.column_name,
           r.rows_resealed
FROM primecloud_internal.reseal_run r WHERE primecloud_internal.may_reseal(r.schema_name, r.table_name, r.column_name);
COMMENT ON VIEW primecloud_internal.reseal_progress IS 'each run of reseal(), for job_progress';

REVOKE ALL ON primecloud_internal.expiry_progress, primecloud_internal.reseal_progress FROM PUBLIC;
CREATE VIEW job_progress WITH (security_barrier) AS
SELECT * FROM primecloud_internal.expiry_progress UNION ALL SELECT * FROM primecloud_internal.reseal_progress;
COMMENT ON VIEW job_progress IS 'each run of expire() and reseal(): how far it is and what it did';
GRANT SELECT ON job_progress TO PUBLIC;
