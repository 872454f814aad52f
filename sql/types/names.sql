-- dns_hostname, access_key_id, hex_color: small strings that must be exactly right.
-- No NOT NULL in a domain: outer joins and NULL columns would break it.

CREATE FUNCTION dns_hostname_problem(name text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_dns_hostname_problem';
COMMENT ON FUNCTION dns_hostname_problem(text) IS 'the rule that a host name breaks; NULL if it is fine';
CREATE DOMAIN dns_hostname AS text COLLATE "C"
    CONSTRAINT dns_hostname_valid CHECK (dns_hostname_problem(VALUE) IS NULL);
COMMENT ON DOMAIN dns_hostname IS 'a fully qualified host name in lower case';

CREATE FUNCTION access_key_id_problem(id text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_access_key_id_problem';
COMMENT ON FUNCTION access_key_id_problem(text) IS 'the rule that an access key id breaks; NULL if it is fine';
CREATE DOMAIN access_key_id AS text COLLATE "C"
    CONSTRAINT access_key_id_valid CHECK (access_key_id_problem(VALUE) IS NULL);
COMMENT ON DOMAIN access_key_id IS 'the id of an S3 access key, as MinIO takes it';

CREATE FUNCTION hex_color_problem(color text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_hex_color_problem';
COMMENT ON FUNCTION hex_color_problem(text) IS 'the rule that a colour breaks; NULL if it is fine';
CREATE DOMAIN hex_color AS text COLLATE "C"
    CONSTRAINT hex_color_valid CHECK (hex_color_problem(VALUE) IS NULL);
COMMENT ON DOMAIN hex_color IS 'a colour as # and six lower-case hexadecimal digits';

CREATE FUNCTION tax_id_problem(text text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_tax_id_problem';
COMMENT ON FUNCTION tax_id_problem(text) IS 'the rule that a CPF or CNPJ breaks; NULL if it is fine';

CREATE FUNCTION role_rank(role text) RETURNS smallint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'primecloud_role_rank';
COMMENT ON FUNCTION role_rank(text)
    IS 'the place of a role in external_client (1) < developer < admin < owner (4); NULL for any other text';
