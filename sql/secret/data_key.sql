-- Data keys: a root key outside the database wraps random data keys, one for each tenant
-- and purpose.

CREATE TABLE primecloud_internal.root_key_version (
    version integer PRIMARY KEY CHECK (version > 0),
    check_value bytea NOT NULL CHECK (octet_length(check_value) = 8),
    first_used_at timestamptz NOT NULL DEFAULT now());
COMMENT ON TABLE primecloud_internal.root_key_version
    IS 'the versions of the root key this database has used, with a value that tells the right key from a wrong one';
COMMENT ON COLUMN primecloud_internal.root_key_version.check_value
    IS 'eight bytes derived from the key; the key cannot be derived from them';
REVOKE ALL ON primecloud_internal.root_key_version FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('primecloud_internal.root_key_version', '');

CREATE SEQUENCE primecloud_internal.data_key_id AS bigint;
COMMENT ON SEQUENCE primecloud_internal.data_key_id IS 'ids of data keys';
REVOKE ALL ON SEQUENCE primecloud_internal.data_key_id FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('primecloud_internal.data_key_id', '');

CREATE TABLE data_key (
    key_id bigint PRIMARY KEY,
    -- "C", since the keys are found without asking the collation of the database.
    tenant text COLLATE "C" NOT NULL CHECK (octet_length(tenant) BETWEEN 1 AND 255),
    purpose text COLLATE "C" NOT NULL CHECK (purpose IN ('seal', 'index', 'token')),
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'decrypt_only', 'retired', 'destroyed')),
    root_version integer NOT NULL,
    wrapped bytea,
    made_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((state = 'destroyed') = (wrapped IS NULL)),
    CHECK (octet_length(wrapped) = 104));
COMMENT ON TABLE data_key IS 'data keys, wrapped by the root key: without these rows nothing sealed can ever be opened again';
COMMENT ON COLUMN data_key.tenant IS 'whose secrets the key seals';
COMMENT ON COLUMN data_key.purpose IS 'seal: envelopes; index: blind indexes; token: hashes of tokens';
COMMENT ON COLUMN data_key.state IS 'active: seals and opens; decrypt_only: opens; retired: refuses; destroyed: gone';
COMMENT ON COLUMN data_key.root_version IS 'the version of the root key that wraps it';
COMMENT ON COLUMN data_key.wrapped IS 'the key, encrypted by the root key and bound to id, tenant and purpose';
CREATE INDEX data_key_tenant ON data_key (tenant, purpose, key_id);
CREATE UNIQUE INDEX data_key_one_active ON data_key (tenant, purpose) WHERE state = 'active';
REVOKE ALL ON data_key FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('data_key', '');

CREATE FUNCTION act_for_any_tenant() RETURNS void
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ $$;
COMMENT ON FUNCTION act_for_any_tenant()
    IS 'does nothing: EXECUTE on it is the right to seal and open for a tenant that has not been entered';
REVOKE ALL ON FUNCTION act_for_any_tenant() FROM PUBLIC;

INSERT INTO primecloud_internal.role_grant VALUES
    ('maintenance', 'EXECUTE', 'FUNCTION primecloud.act_for_any_tenant()'),
    ('platform', 'EXECUTE', 'FUNCTION primecloud.act_for_any_tenant()');
