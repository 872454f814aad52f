-- Measurements where accounts lie on other servers: account by account, each on its shard.

CREATE DISTRIBUTED FUNCTION @schema@.record_usage(measurements jsonb) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $record_usage$
DECLARE
    names CONSTANT text[] := ARRAY(SELECT DISTINCT m.bucket FROM jsonb_to_recordset(measurements) AS m(bucket text));
    known jsonb;
    owner uuid;
    free_accounts uuid[] := '{}';
    bucket record;
    item record;
    former record;
    hour timestamptz;
    day timestamptz;
    of_month date;
    month date;
    moved bigint;
    grown bigint;
    recorded bigint;
BEGIN
    PERFORM primecloud.require_read_committed();
    IF NOT @schema@.caller_is('worker') THEN
        RAISE insufficient_privilege USING MESSAGE = 'record_usage is for a worker',
            HINT = 'Let the role in with primecloud.grant_schema, as worker.';
    END IF;
    SELECT coalesce(jsonb_agg(jsonb_build_object('account', b.account_id, 'id', b.id, 'name', b.physical_name)), '[]') INTO known
        FROM @schema@.buckets b WHERE b.physical_name = ANY (names);
    -- A measurement of a bucket that is gone is done with.
    recorded := (SELECT count(*) FROM jsonb_to_recordset(measurements) AS m(bucket text)
        WHERE NOT EXISTS (SELECT FROM jsonb_to_recordset(known) AS k(name text) WHERE k.name = m.bucket));
    -- Account by account, each on its shard.  What one holds is left, and is reported again.
    FOR owner IN SELECT DISTINCT k.account FROM jsonb_to_recordset(known) AS k(account uuid) ORDER BY 1 LOOP
        PERFORM FROM @schema@.accounts a WHERE a.id = owner FOR KEY SHARE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        INSERT INTO @schema@.account_locks (account_id, kind) VALUES (owner, 'usage') ON CONFLICT DO NOTHING;
        PERFORM FROM @schema@.account_locks l WHERE l.account_id = owner AND l.kind = 'usage' FOR UPDATE;
        PERFORM FROM @schema@.accounts a WHERE a.id = owner FOR NO KEY UPDATE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        month := NULL;
        moved := 0;
        grown := 0;
        FOR bucket IN SELECT k.id, k.name FROM jsonb_to_recordset(known) AS k(account uuid, id uuid, name text)
            WHERE k.account = owner ORDER BY k.id
        LOOP
            SELECT b.size_bytes, b.measured_at INTO former FROM @schema@.buckets b WHERE b.account_id = owner AND b.id = bucket.id
                FOR NO KEY UPDATE SKIP LOCKED;
            CONTINUE WHEN NOT FOUND;
            FOR item IN SELECT m.at, coalesce(m.storage_bytes, 0) AS storage, coalesce(m.object_count, 0) AS objects,
                coalesce(m.ingress_bytes, 0) AS ingress, coalesce(m.egress_bytes, 0) AS egress, coalesce(m.request_count, 0) AS requests
                FROM jsonb_to_recordset(measurements) AS m(bucket text, at timestamptz, storage_bytes bigint, object_count bigint,
                    ingress_bytes bigint, egress_bytes bigint, request_count bigint) WHERE m.bucket = bucket.name ORDER BY m.at
            LOOP
                recorded := recorded + 1;
                -- Reported again, a measurement adds nothing anywhere below.
                INSERT INTO @schema@.usage_records (account_id, bucket_id, recorded_at, storage_bytes, object_count, ingress_bytes,
                    egress_bytes, request_count)
                VALUES (owner, bucket.id, item.at, item.storage, item.objects, item.ingress, item.egress, item.requests)
                ON CONFLICT ON CONSTRAINT usage_records_once DO NOTHING;
                CONTINUE WHEN NOT FOUND;
                hour := date_trunc('hour', item.at, 'UTC');
                day := date_trunc('day', item.at, 'UTC');
                INSERT INTO @schema@.usage_hourly AS h (account_id, bucket_id, period_start, storage_bytes_max, ingress_bytes, egress_bytes,
                    request_count)
                VALUES (owner, bucket.id, hour, item.storage, item.ingress, item.egress, item.requests)
                ON CONFLICT ON CONSTRAINT usage_hourly_pk DO UPDATE
                    SET storage_bytes_max = greatest(h.storage_bytes_max, excluded.storage_bytes_max),
                    ingress_bytes = h.ingress_bytes + excluded.ingress_bytes, egress_bytes = h.egress_bytes + excluded.egress_bytes,
                    request_count = h.request_count + excluded.request_count;
                INSERT INTO @schema@.usage_daily AS d (account_id, bucket_id, period_start, storage_bytes_max, ingress_bytes, egress_bytes,
                    request_count)
                VALUES (owner, bucket.id, day, item.storage, item.ingress, item.egress, item.requests)
                ON CONFLICT ON CONSTRAINT usage_daily_pk DO UPDATE
                    SET storage_bytes_max = greatest(d.storage_bytes_max, excluded.storage_bytes_max),
                    ingress_bytes = d.ingress_bytes + excluded.ingress_bytes, egress_bytes = d.egress_bytes + excluded.egress_bytes,
                    request_count = d.request_count + excluded.request_count;
                -- An older measurement that comes late does not replace a newer one.
                IF former.measured_at IS NULL OR former.measured_at < item.at THEN
                    UPDATE @schema@.buckets b SET size_bytes = item.storage, object_count = item.objects, measured_at = item.at
                        WHERE b.account_id = owner AND b.id = bucket.id;
                    grown := grown + item.storage - former.size_bytes;
                    former.size_bytes := item.storage;
                    former.measured_at := item.at;
                END IF;
                of_month := date_trunc('month', item.at AT TIME ZONE 'UTC')::date;
                IF month IS NULL OR of_month > month THEN
                    month := of_month;
                    moved := 0;
                END IF;
                moved := moved + CASE WHEN of_month = month THEN item.ingress + item.egress ELSE 0 END;
            END LOOP;
        END LOOP;
        IF month IS NOT NULL THEN
            UPDATE @schema@.accounts a SET storage_used_bytes = a.storage_used_bytes + grown,
                bandwidth_used_bytes = CASE WHEN month > a.bandwidth_month THEN moved WHEN month = a.bandwidth_month
                    THEN a.bandwidth_used_bytes + moved ELSE a.bandwidth_used_bytes END,
                bandwidth_month = greatest(a.bandwidth_month, month)
            WHERE a.id = owner;
        END IF;
        free_accounts := free_accounts || owner;
    END LOOP;
    PERFORM @schema@.tell_quota(free_accounts);
    RETURN recorded;
END
$record_usage$;
