-- What is kept of runs that are over.

-- A run that found nothing to do takes the place of one before it that found nothing
-- either, and a failure the place of the same failure: a policy leaves one row for all
-- of them, however often it runs.
CREATE FUNCTION primecloud_internal.retention_fold(run_id bigint) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    run primecloud_internal.retention_run;
    former primecloud_internal.retention_run;
BEGIN
    SELECT r.* INTO run FROM primecloud_internal.retention_run r WHERE r.id = run_id;
    SELECT r.* INTO former FROM primecloud_internal.retention_run r
    WHERE r.schema_name = run.schema_name AND r.table_name = run.table_name AND r.id < run_id ORDER BY r.id DESC LIMIT 1;
    IF NOT FOUND OR (former.state, former.policy_version, former.done_by) <> (run.state, run.policy_version, run.done_by)
       OR run.state NOT IN ('finished', 'failed') OR former.last_error IS DISTINCT FROM run.last_error
       OR former.rows_held <> run.rows_held
       OR greatest(run.batches, run.partitions_done, run.rows_locked, run.rows_vetoed, run.rows_failed,
                   former.batches, former.partitions_done, former.rows_locked, former.rows_vetoed, former.rows_failed) > 0 THEN
        RETURN;
    END IF;
    DELETE FROM primecloud_internal.retention_position p WHERE p.run = former.id;
    DELETE FROM primecloud_internal.retention_run r WHERE r.id = former.id;
    UPDATE primecloud_internal.retention_run r SET runs_folded = former.runs_folded + 1, folded_since = coalesce(former.folded_since,
        former.started_at) WHERE r.id = run_id;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_fold(bigint)
    IS 'lets a run that did nothing take the place of the one before it that did as little';

-- How long runs are kept: 90 days, or what retain() says of the table of runs itself.
CREATE FUNCTION primecloud_internal.retention_trim() RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    keep CONSTANT interval := coalesce((SELECT p.keep FROM primecloud_internal.retention_policy p
        WHERE p.schema_name = 'primecloud_internal' AND p.table_name = 'retention_run'), interval '90 days');
BEGIN
    -- The last run of a policy that finished has its watermark; it stays.
    WITH old AS MATERIALIZED (
        SELECT r.id FROM primecloud_internal.retention_run r WHERE r.finished_at < primecloud.retention_cutoff(now(), keep)
          AND (r.state <> 'finished' OR EXISTS (SELECT FROM primecloud_internal.retention_run later
              WHERE later.schema_name = r.schema_name AND later.table_name = r.table_name
                                                  AND later.id > r.id AND later.state = 'finished'))
        ORDER BY r.finished_at LIMIT 1000 FOR UPDATE SKIP LOCKED),
    gone AS (DELETE FROM primecloud_internal.retention_run r USING old WHERE r.id = old.id)
    DELETE FROM primecloud_internal.retention_position p USING old WHERE p.run = old.id;
END $$;
COMMENT ON FUNCTION primecloud_internal.retention_trim() IS 'forgets runs that ended long ago, a thousand at a time';

REVOKE ALL ON FUNCTION primecloud_internal.retention_fold(bigint), primecloud_internal.retention_trim() FROM PUBLIC;
