-- What a key's permissions mean to the object store.

CREATE FUNCTION @schema@.key_policy(permissions text, account uuid DEFAULT primecloud.tenant_uuid()) RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $key_policy$
DECLARE
    -- All buckets of the account, those to come included: a physical name begins with its account's label, which has
    -- a fixed length and no '-', so that no bucket of another account can match.  One pattern, since MinIO takes a
    -- policy of at most 4096 bytes.
    own_buckets text := 'arn:aws:s3:::' || left(primecloud.bucket_physical_name(key_policy.account::text, 'any'), -3) || '*';
    reads boolean := key_policy.permissions IN ('read', 'read-write');
    writes boolean := key_policy.permissions IN ('write', 'read-write');
BEGIN
    RETURN jsonb_build_object('Version', '2012-10-17', 'Statement', jsonb_build_array(
        jsonb_build_object('Effect', 'Allow', 'Resource', ARRAY[own_buckets], 'Action', ARRAY['s3:GetBucketLocation']
            || CASE WHEN reads THEN ARRAY['s3:ListBucket', 's3:ListBucketVersions'] ELSE '{}' END
            || CASE WHEN writes THEN ARRAY['s3:ListBucketMultipartUploads'] ELSE '{}' END),
        jsonb_build_object('Effect', 'Allow', 'Resource', ARRAY[own_buckets || '/*'], 'Action',
            CASE WHEN reads THEN ARRAY['s3:GetObject', 's3:GetObjectVersion'] ELSE '{}' END
            || CASE WHEN writes THEN ARRAY['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts']
                ELSE '{}' END)));
END
$key_policy$;
COMMENT ON FUNCTION @schema@.key_policy(text, uuid)
    IS 'the IAM policy that a key''s permissions mean, for the account''s buckets, present and to come';
GRANT EXECUTE ON FUNCTION @schema@.key_policy TO @gate@;
