-- bucket_name: names that every S3 server takes, and the names tenants get on a shared one.

CREATE FUNCTION bucket_name_problem(name text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_bucket_name_problem';
COMMENT ON FUNCTION bucket_name_problem(text) IS 'the first rule of S3 that a bucket name breaks; NULL if it is fine';

CREATE FUNCTION bucket_name_problem(name text, rules text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_bucket_name_problem_by';
COMMENT ON FUNCTION bucket_name_problem(text, text) IS
    'the same under the rules minio_strict (what bucket_name takes), minio_legacy, aws or aws_legacy_us_east_1';

-- One constraint, one C function: five cost twice as much on load.
CREATE DOMAIN bucket_name AS text COLLATE "C"
    CONSTRAINT bucket_name_valid CHECK (bucket_name_problem(VALUE) IS NULL);
COMMENT ON DOMAIN bucket_name
    IS 'the name of an S3 bucket that both MinIO and AWS can serve; bucket_name_problem says what is wrong with one';

CREATE FUNCTION bucket_name_is_reserved(name text, provider text DEFAULT 'aws') RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_bucket_name_is_reserved';
COMMENT ON FUNCTION bucket_name_is_reserved(text, text) IS 'whether aws or minio keeps a well-formed name for itself';

CREATE FUNCTION bucket_physical_name(tenant text, name text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_bucket_physical_name';
COMMENT ON FUNCTION bucket_physical_name(text, text) IS
    'the name of a tenant''s bucket on a shared server: different for every tenant and name, at most 63 characters, or an error';
