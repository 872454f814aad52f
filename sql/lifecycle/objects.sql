-- What lifecycle rules are asked about, and what they answer.

CREATE TYPE object_version AS (
    key text,
    version_id text,
    mod_time timestamptz,
    size bigint,
    is_latest boolean,
    delete_marker boolean,
    num_versions integer,
    successor_mod_time timestamptz,
    tags text,
    transition_status text,
    restore_expires timestamptz,
    legal_hold boolean,
    retain_until timestamptz,
    replication_pending boolean
);
COMMENT ON TYPE object_version IS 'one version of an S3 object, or a delete marker; what is NULL is not known';
COMMENT ON COLUMN object_version.key IS 'the name of the object';
COMMENT ON COLUMN object_version.version_id
    IS 'empty where the bucket keeps no versions, and to AWS "null" for one made while it kept none';
COMMENT ON COLUMN object_version.mod_time IS 'when it was written; without it nothing is due';
COMMENT ON COLUMN object_version.size IS 'bytes; without it no rule that asks for a size applies';
COMMENT ON COLUMN object_version.is_latest IS 'NULL is true';
COMMENT ON COLUMN object_version.delete_marker IS 'NULL is false';
COMMENT ON COLUMN object_version.num_versions
    IS 'versions of the key, this one included; without it a delete marker is never taken for the last';
COMMENT ON COLUMN object_version.successor_mod_time IS 'when it ceased to be the latest; without it no rule on noncurrent versions is due';
COMMENT ON COLUMN object_version.tags IS 'as a URL query: a=1&b=2';
COMMENT ON COLUMN object_version.transition_status IS '"complete" once it has moved to another storage class; to AWS the class it is in';
COMMENT ON COLUMN object_version.restore_expires IS 'when a copy restored from another storage class ends';
COMMENT ON COLUMN object_version.legal_hold IS 'a held version is never destroyed';
COMMENT ON COLUMN object_version.retain_until IS 'until then the version is not destroyed';
COMMENT ON COLUMN object_version.replication_pending IS 'its deletion waits to be replicated';

CREATE TYPE lifecycle_event AS (
    action text,
    due timestamptz,
    rule_id text,
    storage_class text
);
COMMENT ON TYPE lifecycle_event IS 'what lifecycle rules do to an object version';
COMMENT ON COLUMN lifecycle_event.action
    IS 'none, delete, delete_version, transition, transition_version, delete_restored, delete_restored_version, delete_all_versions or '
        'del_marker_delete_all_versions';
COMMENT ON COLUMN lifecycle_event.due IS 'since when, or from when; NULL for none, infinity for never';
COMMENT ON COLUMN lifecycle_event.rule_id IS 'the rule; NULL for none and for restored copies';
COMMENT ON COLUMN lifecycle_event.storage_class IS 'where a transition leads';
