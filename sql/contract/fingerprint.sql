-- contract: its fingerprint.

CREATE FUNCTION contract_fingerprint(schema name) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp SET jit = off
BEGIN ATOMIC
    SELECT encode(sha256(convert_to(primecloud_internal.contract_normal(
        primecloud_internal.contract_whole(contract_fingerprint.schema, '{}'))::text, 'UTF8')), 'hex');
END;
COMMENT ON FUNCTION contract_fingerprint(name) IS
    'SHA-256 in hexadecimal of what a contract promises: another one where an application may have to be looked at';
