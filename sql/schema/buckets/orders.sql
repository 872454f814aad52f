-- What the object store is told of a bucket.

CREATE FUNCTION @schema@.order_bucket(bucket @schema@.buckets, operation text, says jsonb DEFAULT '{}') RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $order_bucket$
BEGIN
    -- The region with each: there may be an object store in each of them.
    PERFORM @schema@.order_service('minio', 'bucket:' || bucket.physical_name, operation,
        jsonb_build_object('bucket', bucket.physical_name, 'region', bucket.region) || says);
END
$order_bucket$;
COMMENT ON FUNCTION @schema@.order_bucket(@schema@.buckets, text, jsonb)
    IS 'tells the object store something of a bucket; for commands, which hold its row';

CREATE FUNCTION @schema@.order_bucket_quota(bucket @schema@.buckets) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $order_bucket_quota$
BEGIN
    -- By the name that servers and libraries of before know, and by the one of today: who reads neither sets no quota.
    PERFORM @schema@.order_bucket(bucket, 'set_bucket_quota',
        jsonb_build_object('quota', bucket.quota_bytes, 'size', bucket.quota_bytes, 'quotatype', 'hard'));
END
$order_bucket_quota$;
COMMENT ON FUNCTION @schema@.order_bucket_quota(@schema@.buckets) IS 'tells the object store a bucket''s quota as it now is; for commands';
