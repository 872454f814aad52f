-- lifecycle: a whole S3 lifecycle configuration, parsed once and checked at input.
-- XML, AWS JSON, MinIO's JSON and lists of application rules in; canonical AWS JSON out.

CREATE TYPE lifecycle;

CREATE FUNCTION primecloud_internal.lifecycle_in(cstring) RETURNS lifecycle
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_in';
COMMENT ON FUNCTION primecloud_internal.lifecycle_in(cstring) IS 'input of lifecycle: XML or JSON; 22P02 names the rule and the reason';

CREATE FUNCTION primecloud_internal.lifecycle_out(lifecycle) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_out';
COMMENT ON FUNCTION primecloud_internal.lifecycle_out(lifecycle) IS 'output of lifecycle: canonical AWS JSON';

CREATE FUNCTION primecloud_internal.lifecycle_recv(internal) RETURNS lifecycle
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_recv';
COMMENT ON FUNCTION primecloud_internal.lifecycle_recv(internal) IS 'binary input of lifecycle; checks all that the text input checks';

CREATE FUNCTION primecloud_internal.lifecycle_send(lifecycle) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_send';
COMMENT ON FUNCTION primecloud_internal.lifecycle_send(lifecycle) IS 'binary output of lifecycle: the record as it is stored';

CREATE TYPE lifecycle (
    INPUT = primecloud_internal.lifecycle_in,
    OUTPUT = primecloud_internal.lifecycle_out,
    RECEIVE = primecloud_internal.lifecycle_recv,
    SEND = primecloud_internal.lifecycle_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = extended
);
COMMENT ON TYPE lifecycle IS 'an S3 lifecycle configuration, valid for MinIO or AWS';

CREATE FUNCTION lifecycle_json(config lifecycle) RETURNS json
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_json';
COMMENT ON FUNCTION lifecycle_json(lifecycle) IS 'a configuration as canonical AWS JSON';

CREATE FUNCTION lifecycle_xml(config lifecycle, dialect text DEFAULT 'minio') RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
    AS 'MODULE_PATHNAME', 'primecloud_lifecycle_xml';
COMMENT ON FUNCTION lifecycle_xml(lifecycle, text) IS 'a configuration as the XML that minio or aws takes';

-- With a cast to json, to_json and its kin nest a configuration instead of quoting it.
CREATE CAST (lifecycle AS json) WITH FUNCTION lifecycle_json(lifecycle);
COMMENT ON CAST (lifecycle AS json) IS 'canonical AWS JSON';
CREATE CAST (lifecycle AS jsonb) WITH INOUT;
COMMENT ON CAST (lifecycle AS jsonb) IS 'canonical AWS JSON';
CREATE CAST (jsonb AS lifecycle) WITH INOUT;
COMMENT ON CAST (jsonb AS lifecycle) IS 'AWS JSON, MinIO''s JSON or a list of application rules; checked like any input';
CREATE CAST (json AS lifecycle) WITH INOUT;
COMMENT ON CAST (json AS lifecycle) IS 'AWS JSON, MinIO''s JSON or a list of application rules; checked like any input';
