-- Measurements, by workers.

CREATE FUNCTION @schema@.record_usage(measurements jsonb) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $record_usage$
DECLARE
    free_accounts uuid[];
    free_buckets uuid[];
    recorded bigint;
BEGIN
    PERFORM primecloud.require_read_committed();
    IF NOT @schema@.caller_is('worker') THEN
        RAISE insufficient_privilege USING MESSAGE = 'record_usage is for a worker',
            HINT = 'Let the role in with primecloud.grant_schema, as worker.';
    END IF;
    -- No account is waited for: what one holds is left, and is reported again.  Collectors wait for each other, at a row
    -- that no command of an account takes.
    free_accounts := @schema@.unheld_accounts(ARRAY(SELECT b.account_id FROM jsonb_to_recordset(measurements) AS m(bucket text)
        JOIN @schema@.buckets b ON b.physical_name = m.bucket));
    INSERT INTO @schema@.account_locks (account_id, kind) SELECT f, 'usage' FROM unnest(free_accounts) AS f ORDER BY f
        ON CONFLICT DO NOTHING;
    PERFORM FROM @schema@.account_locks l WHERE l.account_id = ANY (free_accounts) AND l.kind = 'usage' ORDER BY l.account_id FOR UPDATE;
    free_accounts := ARRAY(SELECT a.id FROM @schema@.accounts a WHERE a.id = ANY (free_accounts) ORDER BY a.id
        FOR NO KEY UPDATE SKIP LOCKED);
    free_buckets := ARRAY(SELECT b.id FROM @schema@.buckets b WHERE b.physical_name IN (
            SELECT m.bucket FROM jsonb_to_recordset(measurements) AS m(bucket text))
            AND b.account_id IN (SELECT f FROM unnest(free_accounts) AS f)
        ORDER BY b.account_id, b.id FOR NO KEY UPDATE SKIP LOCKED);
    WITH measured AS (
        SELECT b.account_id, b.id AS bucket_id, m.at AS recorded_at, coalesce(m.storage_bytes, 0) AS storage_bytes,
            coalesce(m.object_count, 0) AS object_count,
               coalesce(m.ingress_bytes, 0) AS ingress_bytes, coalesce(m.egress_bytes, 0) AS egress_bytes, coalesce(m.request_count, 0)
                   AS request_count
        FROM jsonb_to_recordset(measurements) AS m(bucket text, at timestamptz, storage_bytes bigint, object_count bigint,
                                                   ingress_bytes bigint, egress_bytes bigint, request_count bigint)
        JOIN @schema@.buckets b ON b.physical_name = m.bucket
        JOIN unnest(free_buckets) AS f ON f = b.id
    ), added AS (
        -- Reported again, a measurement adds nothing anywhere below.
        INSERT INTO @schema@.usage_records (account_id, bucket_id, recorded_at, storage_bytes, object_count, ingress_bytes, egress_bytes,
            request_count)
        SELECT account_id, bucket_id, recorded_at, storage_bytes, object_count, ingress_bytes, egress_bytes, request_count FROM measured
        ON CONFLICT ON CONSTRAINT usage_records_once DO NOTHING
        RETURNING *
    ), hourly AS (
        INSERT INTO @schema@.usage_hourly AS h (account_id, bucket_id, period_start, storage_bytes_max, ingress_bytes, egress_bytes,
            request_count)
        SELECT account_id, bucket_id, date_trunc('hour', recorded_at, 'UTC'), max(storage_bytes), sum(ingress_bytes), sum(egress_bytes),
            sum(request_count)
        FROM added GROUP BY 1, 2, 3
        ON CONFLICT ON CONSTRAINT usage_hourly_pk DO UPDATE
            SET storage_bytes_max = greatest(h.storage_bytes_max, excluded.storage_bytes_max),
            ingress_bytes = h.ingress_bytes + excluded.ingress_bytes, egress_bytes = h.egress_bytes + excluded.egress_bytes,
            request_count = h.request_count + excluded.request_count
    ), daily AS (
        INSERT INTO @schema@.usage_daily AS d (account_id, bucket_id, period_start, storage_bytes_max, ingress_bytes, egress_bytes,
            request_count)
        SELECT account_id, bucket_id, date_trunc('day', recorded_at, 'UTC'), max(storage_bytes), sum(ingress_bytes), sum(egress_bytes),
            sum(request_count)
        FROM added GROUP BY 1, 2, 3
        ON CONFLICT ON CONSTRAINT usage_daily_pk DO UPDATE
            SET storage_bytes_max = greatest(d.storage_bytes_max, excluded.storage_bytes_max),
            ingress_bytes = d.ingress_bytes + excluded.ingress_bytes, egress_bytes = d.egress_bytes + excluded.egress_bytes,
            request_count = d.request_count + excluded.request_count
    ), latest AS (
        SELECT DISTINCT ON (account_id, bucket_id) * FROM added ORDER BY account_id, bucket_id, recorded_at DESC
    ), sized AS (
        -- An older measurement that comes late does not replace a newer one.
        UPDATE @schema@.buckets b SET size_bytes = l.storage_bytes, object_count = l.object_count, measured_at = l.recorded_at
        FROM latest l, @schema@.buckets before
        WHERE b.account_id = l.account_id AND b.id = l.bucket_id AND before.account_id = b.account_id AND before.id = b.id
          AND (b.measured_at IS NULL OR b.measured_at < l.recorded_at)
        RETURNING b.account_id, b.size_bytes - before.size_bytes AS grown
    ), grown AS (
        SELECT account_id, sum(grown)::bigint AS bytes FROM sized GROUP BY 1
    ), months AS (
        SELECT DISTINCT ON (account_id) account_id, date_trunc('month', recorded_at AT TIME ZONE 'UTC')::date AS month,
               sum(ingress_bytes + egress_bytes) OVER (PARTITION BY account_id, date_trunc('month', recorded_at AT TIME ZONE 'UTC'))
                   AS bytes
        FROM added ORDER BY account_id, 2 DESC
    )
    UPDATE @schema@.accounts a
    SET storage_used_bytes = a.storage_used_bytes + coalesce(g.bytes, 0),
        bandwidth_used_bytes = CASE WHEN m.month > a.bandwidth_month THEN m.bytes WHEN m.month = a.bandwidth_month
            THEN a.bandwidth_used_bytes + m.bytes
                                    ELSE a.bandwidth_used_bytes END,
        bandwidth_month = greatest(a.bandwidth_month, m.month)
    FROM months m LEFT JOIN grown g ON g.account_id = m.account_id WHERE m.account_id = a.id;
    SELECT count(*) FILTER (WHERE b.id IS NULL OR f IS NOT NULL) INTO recorded
    FROM jsonb_to_recordset(measurements) AS m(bucket text) LEFT JOIN @schema@.buckets b ON b.physical_name = m.bucket
    LEFT JOIN unnest(free_buckets) AS f ON f = b.id;
    PERFORM @schema@.tell_quota(free_accounts);
    RETURN recorded;
END
$record_usage$;
COMMENT ON FUNCTION @schema@.record_usage(jsonb) IS
    'takes measurements [{bucket, at, storage_bytes, object_count, ingress_bytes, egress_bytes, request_count}] by physical bucket name; '
        'one taken already adds nothing; tells how many: fewer than were sent if an account was busy; for a worker';
GRANT EXECUTE ON FUNCTION @schema@.record_usage TO @worker@;
ALTER FUNCTION @schema@.record_usage OWNER TO @gate@;
