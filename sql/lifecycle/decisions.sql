-- What is due.  Every answer is a function of its arguments alone: the time is one of them.
-- now() is only its default, so the functions are IMMUTABLE and a scan evaluates `at` once.
-- Where MinIO and AWS differ `dialect` says whose rules decide: 'minio', 'aws', or the one kept
-- with the configuration, which is MinIO's if it keeps none.

CREATE FUNCTION lifecycle_evaluate(
    config lifecycle,
    key text,
    mod_time timestamptz,
    size bigint DEFAULT NULL,
    tags text DEFAULT '',
    is_latest boolean DEFAULT true,
    delete_marker boolean DEFAULT false,
    num_versions integer DEFAULT NULL,
    successor_mod_time timestamptz DEFAULT NULL,
    transition_status text DEFAULT '',
    restore_expires timestamptz DEFAULT NULL,
    newer_noncurrent_versions integer DEFAULT 0,
    at timestamptz DEFAULT now(),
    dialect text DEFAULT 'kept',
    version_id text DEFAULT ''
) RETURNS lifecycle_event
    LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_evaluate';
COMMENT ON FUNCTION lifecycle_evaluate(lifecycle, text, timestamptz, bigint, text, boolean, boolean, integer, timestamptz, text,
    timestamptz, integer, timestamptz, text, text) IS
    'what the rules say is due for one object version, from plain columns: for scans; holds are not looked at';

CREATE FUNCTION lifecycle_evaluate_object(
    config lifecycle,
    object object_version,
    at timestamptz DEFAULT now(),
    dialect text DEFAULT 'kept'
) RETURNS lifecycle_event
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_evaluate_object';
COMMENT ON FUNCTION lifecycle_evaluate_object(lifecycle, object_version, timestamptz, text) IS
    'what is due for one object version; a held or retained version is never destroyed';

CREATE FUNCTION lifecycle_evaluate_versions(
    config lifecycle,
    versions object_version[],
    at timestamptz DEFAULT now(),
    object_lock boolean DEFAULT false,
    dialect text DEFAULT 'kept'
) RETURNS SETOF lifecycle_event
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 10
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_evaluate_versions';
COMMENT ON FUNCTION lifecycle_evaluate_versions(lifecycle, object_version[], timestamptz, boolean, text) IS
    'what is due for all versions of one key, given newest first: one event for each, in their order';

CREATE FUNCTION lifecycle_predict(config lifecycle, object object_version, dialect text DEFAULT 'kept') RETURNS lifecycle_event
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_predict';
COMMENT ON FUNCTION lifecycle_predict(lifecycle, object_version, text) IS 'what happens to an object version next, whenever that is';

CREATE FUNCTION lifecycle_expiration_header(config lifecycle, object object_version, dialect text DEFAULT 'kept') RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_expiration_header';
COMMENT ON FUNCTION lifecycle_expiration_header(lifecycle, object_version, text) IS
    'the value of x-amz-expiration; NULL unless an expiration is what happens next, or to AWS happens at all';

CREATE FUNCTION lifecycle_explain(
    config lifecycle,
    object object_version,
    at timestamptz DEFAULT now(),
    dialect text DEFAULT 'kept',
    OUT rule integer,
    OUT rule_id text,
    OUT matches boolean,
    OUT action text,
    OUT due timestamptz,
    OUT storage_class text,
    OUT chosen boolean,
    OUT reason text,
    OUT decided_by text
) RETURNS SETOF record
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20 ROWS 10
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_explain';
COMMENT ON FUNCTION lifecycle_explain(lifecycle, object_version, timestamptz, text) IS
    'every rule: whether it applies to an object version, what each of its actions would do, why it is chosen or not, and to whom';
