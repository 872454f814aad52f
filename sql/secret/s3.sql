-- Signature Version 4 with a stored secret: the secret itself never leaves.

CREATE FUNCTION s3_signing_key(s sealed, tenant text, label text, row_id text, date date, region text, service text DEFAULT 's3')
    RETURNS bytea
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_s3_signing_key';
COMMENT ON FUNCTION s3_signing_key(sealed, text, text, text, date, text, text) IS
    'the 32 bytes that sign requests of one day, region and service with a sealed S3 secret; recorded like a reveal';
REVOKE ALL ON FUNCTION s3_signing_key(sealed, text, text, text, date, text, text) FROM PUBLIC;

CREATE FUNCTION s3_presign(s sealed, tenant text, label text, row_id text, access_key_id text, method text, endpoint text, path text,
                           region text DEFAULT 'us-east-1', expires interval DEFAULT '15 minutes', parameters jsonb DEFAULT '{}',
                               at timestamptz DEFAULT now()) RETURNS text
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_s3_presign';
COMMENT ON FUNCTION s3_presign(sealed, text, text, text, text, text, text, text, text, interval, jsonb, timestamptz) IS
    'a presigned S3 URL, signed with a sealed S3 secret; the path as it is, not yet percent-encoded';
REVOKE ALL ON FUNCTION s3_presign(sealed, text, text, text, text, text, text, text, text, interval, jsonb, timestamptz) FROM PUBLIC;

INSERT INTO primecloud_internal.role_grant VALUES
    ('platform', 'EXECUTE', 'FUNCTION primecloud.s3_signing_key(primecloud.sealed, text, text, text, date, text, text)'),
    ('platform', 'EXECUTE', 'FUNCTION primecloud.s3_presign(primecloud.sealed, text, text, text, text, text, text, text, text, interval, '
        'jsonb, timestamptz)');
