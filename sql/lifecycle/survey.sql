-- Questions about a configuration as a whole.

CREATE FUNCTION lifecycle_problem(config lifecycle, dialect text, object_lock boolean DEFAULT false) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_problem';
COMMENT ON FUNCTION lifecycle_problem(lifecycle, text, boolean) IS
    'what minio or aws would refuse, or take and not do as written, a line each; NULL if nothing';

CREATE FUNCTION lifecycle_has_active_rules(config lifecycle, prefix text DEFAULT '', at timestamptz DEFAULT now()) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_has_active_rules';
COMMENT ON FUNCTION lifecycle_has_active_rules(lifecycle, text, timestamptz) IS
    'whether an enabled rule could act on some key with this prefix; a date in the future does not act yet';

CREATE FUNCTION lifecycle_noncurrent_limit(
    config lifecycle,
    object object_version,
    OUT rule_id text,
    OUT noncurrent_days bigint,
    OUT newer_noncurrent_versions bigint
) RETURNS record
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_noncurrent_limit';
COMMENT ON FUNCTION lifecycle_noncurrent_limit(lifecycle, object_version) IS
    'the first rule for the object that spares a number of noncurrent versions; NULLs if there is none';

CREATE FUNCTION lifecycle_cutoff(config lifecycle, at timestamptz DEFAULT now()) RETURNS timestamptz
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_cutoff';
COMMENT ON FUNCTION lifecycle_cutoff(lifecycle, timestamptz) IS
    'nothing modified at or after this can be due: a bound for an index on the modification time; restored copies aside';

CREATE FUNCTION lifecycle_counts_versions(config lifecycle) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_counts_versions';
COMMENT ON FUNCTION lifecycle_counts_versions(lifecycle) IS
    'whether an enabled rule counts NewerNoncurrentVersions, so that versions must be judged together';

CREATE FUNCTION lifecycle_upload_due(config lifecycle, key text, initiated timestamptz) RETURNS timestamptz
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_upload_due';
COMMENT ON FUNCTION lifecycle_upload_due(lifecycle, text, timestamptz) IS
    'when an unfinished multipart upload is to be aborted; NULL if never';

CREATE FUNCTION lifecycle_restore_expires(header text) RETURNS timestamptz
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_restore_expires';
COMMENT ON FUNCTION lifecycle_restore_expires(text) IS
    'when the restored copy ends that an x-amz-restore header tells of; NULL while it is being restored; 22P02 for what is no such header';
