-- Who asks for a change of keys, and what the keeper does it with.  The functions here are the
-- keeper's, who alone reads and writes the keys.

-- The door; whom it lets in is decided in key_request.sql.
CREATE FUNCTION primecloud_internal.key_request(kind text, request jsonb) RETURNS jsonb
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'primecloud_key_request';
COMMENT ON FUNCTION primecloud_internal.key_request(text, jsonb) IS 'behind rotate_key(), reseal() and their sisters; call those';

-- Who asks, as key_request() saw it.
CREATE TYPE primecloud_internal.key_asker AS (role oid, any_tenant boolean, tenant text);
COMMENT ON TYPE primecloud_internal.key_asker
    IS 'who asks for a change of keys: the role, whether it may act for every tenant, and the tenant it has entered';

CREATE FUNCTION primecloud_internal.check_asker(asker primecloud_internal.key_asker, tenant text) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF coalesce(octet_length(check_asker.tenant), 0) NOT BETWEEN 1 AND 255 THEN
        RAISE invalid_parameter_value USING MESSAGE = format('the tenant has %s bytes', coalesce(octet_length(check_asker.tenant), 0)),
            HINT = 'It has 1 to 255.';
    ELSIF asker.any_tenant IS NOT TRUE AND asker.tenant IS DISTINCT FROM check_asker.tenant THEN
        RAISE SQLSTATE 'PC007' USING MESSAGE = format('tenant "%s" is not the one that has been entered', check_asker.tenant),
            HINT = 'Enter that account first, or act as a role that may act for every tenant: a superuser gives that by GRANT EXECUTE ON '
                'FUNCTION primecloud.act_for_any_tenant() TO ...';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_asker(primecloud_internal.key_asker, text)
    IS 'raises PC007 unless the asker has entered this tenant or may act for every one';

CREATE FUNCTION primecloud_internal.check_asker(asker primecloud_internal.key_asker) RETURNS void
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF asker.any_tenant IS NOT TRUE THEN
        RAISE SQLSTATE 'PC007' USING MESSAGE = 'permission denied to act for every tenant', HINT = 'Act as a maintenance or platform role.';
    END IF;
END $$;
COMMENT ON FUNCTION primecloud_internal.check_asker(primecloud_internal.key_asker)
    IS 'raises PC007 unless the asker may act for every tenant';
REVOKE ALL ON FUNCTION primecloud_internal.check_asker(primecloud_internal.key_asker, text),
    primecloud_internal.check_asker(primecloud_internal.key_asker) FROM PUBLIC;

CREATE FUNCTION primecloud_internal.lock_keys(tenant text, purpose text) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_lock_keys';
COMMENT ON FUNCTION primecloud_internal.lock_keys(text, text)
    IS 'holds off others who would change a tenant''s keys; refused where the transaction would not see what others commit';

CREATE FUNCTION primecloud_internal.make_data_key(tenant text, purpose text) RETURNS bigint
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_make_data_key';
COMMENT ON FUNCTION primecloud_internal.make_data_key(text, text) IS 'a new active data key, wrapped by the newest root key; its id';

CREATE FUNCTION primecloud_internal.wait_for_sealers(key_id bigint) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_wait_for_sealers';
COMMENT ON FUNCTION primecloud_internal.wait_for_sealers(bigint) IS 'waits for the transactions that may have sealed with a key';

CREATE FUNCTION primecloud_internal.keys_changed() RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_keys_changed';
COMMENT ON FUNCTION primecloud_internal.keys_changed() IS 'has every session forget the keys it holds, when this transaction commits';

CREATE FUNCTION primecloud_internal.sealed_rows_by_key(rel regclass, col text, patient boolean, OUT key_id bigint, OUT row_count bigint)
    RETURNS SETOF record
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
    AS 'MODULE_PATHNAME', 'primecloud_sealed_rows_by_key';
COMMENT ON FUNCTION primecloud_internal.sealed_rows_by_key(regclass, text, boolean)
    IS 'how many rows of a column each data key has sealed, those of open transactions included; one row of nulls where somebody holds the '
        'table locked, for whom this waits two seconds or not at all';

REVOKE ALL ON FUNCTION primecloud_internal.lock_keys(text, text), primecloud_internal.make_data_key(text, text),
    primecloud_internal.wait_for_sealers(bigint), primecloud_internal.keys_changed(),
    primecloud_internal.sealed_rows_by_key(regclass, text, boolean) FROM PUBLIC;
